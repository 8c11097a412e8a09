/* link: ingest */
/*
 * The path of a report through ingest: a request is decoded, checked and queued; a
 * batch is decided, encoded, chained and put as one call; receipts are sealed and
 * encoded. The parts' own functions run; the sockets and Redis are taken out at the
 * linker.
 */
#include <string.h>

#include "ingest/ingest.h"
#include "lib/calendar.h"
#include "lib/diag.h"
#include "lib/service.h"
#include "tests/perf/paths.h"

#define REPORTS 256 /* of a batch: four months of all units */
#define A_PUSH 64
#define REQUEST_BYTES 16384

/* --- what stands for the outside world --- */

static const struct principal reporter = {.key = "",
                                          .role = ROLE_UNIT,
                                          .name = "reporter",
                                          .province = "",
                                          .scope_all = true,
                                          .not_before = DAY_NONE,
                                          .not_after = DAY_OPEN};

const struct principal *__wrap_service_principal(const struct service *s,
                                                 const char *key);
enum status __wrap_bus_send_to(struct bus_socket *s, const struct bus_peer *peer,
                               const void *body, size_t bytes);
enum status __wrap_bus_send(struct bus_socket *s, const void *body, size_t bytes);
void __wrap_redis_put(struct redis *r, size_t argc, const char *const *argv,
                      const size_t *lens);
enum status __wrap_redis_send(struct redis *r, bool *more);
enum status __wrap_redis_try(struct redis *r, struct reply **out);
enum status __wrap_journal_append_result(const struct journal_append *a,
                                         const struct reply *rep, size_t *conflicts,
                                         size_t room, size_t *count);
void __wrap_reply_free(struct reply **rep);
void __wrap_province_memory_look(struct province *p);
void __wrap_crypto_random(void *out, size_t bytes);

static size_t answered_bytes; /* of all answers: there must be some */
static size_t put_arguments;

const struct principal *
__wrap_service_principal(const struct service *s, const char *key)
{
    (void)s;
    (void)key;
    return &reporter;
}

enum status
__wrap_bus_send_to(struct bus_socket *s, const struct bus_peer *peer, const void *body,
                   size_t bytes)
{
    (void)s;
    (void)peer;
    (void)body;
    answered_bytes += bytes;
    return ST_OK;
}

enum status
__wrap_bus_send(struct bus_socket *s, const void *body, size_t bytes)
{
    (void)s;
    (void)body;
    (void)bytes;
    return ST_OK;
}

void
__wrap_redis_put(struct redis *r, size_t argc, const char *const *argv,
                 const size_t *lens)
{
    (void)r;
    (void)argv;
    (void)lens;
    put_arguments += argc;
}

enum status
__wrap_redis_send(struct redis *r, bool *more)
{
    (void)r;
    *more = false;
    return ST_OK;
}

enum status
__wrap_redis_try(struct redis *r, struct reply **out)
{
    static char answer;

    (void)r;
    *out = (struct reply *)(void *)&answer; /* only whether there is one */
    return ST_OK;
}

enum status
__wrap_journal_append_result(const struct journal_append *a, const struct reply *rep,
                             size_t *conflicts, size_t room, size_t *count)
{
    (void)a;
    (void)rep;
    (void)conflicts;
    (void)room;
    *count = 0;
    return ST_OK;
}

void
__wrap_reply_free(struct reply **rep)
{
    *rep = NULL;
}

void
__wrap_province_memory_look(struct province *p)
{
    (void)p;
}

/* Of a hash table's seed: which keys meet in it must not depend on the day. */
void
__wrap_crypto_random(void *out, size_t bytes)
{
    memset(out, 7, bytes);
}

/* --- a province, and reports for it --- */

static const char secret[] = "0000000000000000000000000000000000000000";

struct scene {
    struct ingest in;
    struct province province;
    struct arena *arena;
    struct buf requests; /* one behind the other, */
    size_t ends[REPORTS];
    size_t count;
    size_t reports; /* in the requests */
};

static void
scene_begin(struct scene *s)
{
    struct ingest *in = &s->in;
    static char door;

    memset(s, 0, sizeof *s);
    in->units = (struct bus_socket *)(void *)&door; /* that it is not that of ops */
    in->simulated = true;                           /* time is given */
    in->redis_timeout_ms = 1000;
    seal_key_derive(secret, &in->seal_key);
    in->seal_key_old = in->seal_key;
    in->scratch = arena_new(WIRE_ARENA_BYTES);
    in->ack_us = mem_alloc(sizeof *in->ack_us);
    buf_init(&in->out, BUS_MESSAGE_MAX * 4);
    in->provinces = &s->province;
    in->province_count = 1;
    province_init(&s->province, in, "perf", NULL);
    s->province.catalogue = perf_programme();
    s->province.state = PROVINCE_READY;
    s->province.head.seq = 1000;
    memset(s->province.head.chain, 'a', JOURNAL_CHAIN_BYTES - 1);
    memset(s->province.head.programme, 'b', 64);
    s->province.clock = hour_start((int64_t)day_from_civil(PERF_YEAR + 1, 2, 1) * 24);
    s->arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&s->requests, (size_t)REPORTS * REQUEST_BYTES);
}

static void
scene_end(struct scene *s)
{
    province_fini(&s->province);
    while (s->in.spare_count > 0) {
        arena_free(&s->in.spare[--s->in.spare_count]);
    }
    mem_free(&s->in.spare);
    mem_free(&s->in.ack_us);
    arena_free(&s->in.scratch);
    arena_free(&s->arena);
    buf_fini(&s->in.out);
    buf_fini(&s->requests);
}

static void
request_add(struct scene *s, size_t first, size_t count)
{
    struct wire_report reports[A_PUSH];
    struct wire_figure figures[A_PUSH][3];
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = first + 1,
                             .province = "perf",
                             .kind = UNIT_REQUEST_PUSH,
                             .push = {.reports = reports, .count = count}};
    size_t i;

    for (i = 0; i < count; i++) {
        size_t n = first + i;
        struct wire_figure *f = figures[i];

        f[0] = (struct wire_figure){.measure = "things_all", .kind = WIRE_COUNT};
        f[1] = (struct wire_figure){.measure = "things_done", .kind = WIRE_COUNT};
        f[2] = (struct wire_figure){.measure = "things_online", .kind = WIRE_COUNT};
        perf_figures(n, &f[0].count, &f[1].count, &f[2].count);
        reports[i] = (struct wire_report){.unit = perf_unit(n % PERF_UNITS),
                                          .group = "things",
                                          .period = perf_period(n / PERF_UNITS),
                                          .from = "",
                                          .to = "",
                                          .figures = f,
                                          .figure_count = 3,
                                          .reason = "",
                                          .made_at_ms = 1760000000000 + (int64_t)n,
                                          .source_system = "perf",
                                          .replaces = ""};
    }
    arena_reset(s->arena);
    unit_request_encode(&q, s->arena, &s->requests);
    MUST(!s->requests.cut && s->count < REPORTS);
    s->ends[s->count++] = s->requests.len;
    s->reports += count;
}

/* From report `first` on; `a_push` of them in a request. */
static void
requests_make(struct scene *s, size_t first, size_t a_push)
{
    size_t i;

    buf_clear(&s->requests);
    s->count = 0;
    s->reports = 0;
    for (i = 0; i < REPORTS; i += a_push) {
        request_add(s, first + i, a_push);
    }
}

static void
take(void *with)
{
    struct scene *s = with;
    struct bus_message m = {.peer = {.len = 5}, .key = ""};
    size_t at = 0;
    size_t i;

    for (i = 0; i < s->count; i++) {
        m.body = (const uint8_t *)s->requests.data + at;
        m.body_bytes = s->ends[i] - at;
        ingest_request(&s->in, s->in.units, &m);
        at = s->ends[i];
    }
}

static void
form(void *with)
{
    batch_run(&((struct scene *)with)->province);
}

static void
collect(void *with)
{
    batch_collect(&((struct scene *)with)->province);
}

static void
plain(void (*work)(void *with), void *with)
{
    work(with);
}

typedef void how(void (*work)(void *with), void *with);

/* Two rounds to warm up, so that buffers have their size; the third, of other months so
 * that nothing stands of them, counts. */
static size_t
rounds(size_t a_push, how *taking, how *forming, how *collecting)
{
    static struct scene s;
    size_t round;

    scene_begin(&s);
    for (round = 0; round < 3; round++) {
        bool last = round == 2;
        uint64_t before = s.in.counters.accepted;

        requests_make(&s, round * REPORTS, a_push);
        (last ? taking : plain)(take, &s);
        MUST(s.province.queue.count == s.reports);
        (last ? forming : plain)(form, &s);
        MUST(s.province.batch_count == s.reports && put_arguments > 2 * s.reports);
        (last ? collecting : plain)(collect, &s);
        MUST(s.in.counters.accepted - before == s.reports && answered_bytes > 0);
    }
    round = s.reports;
    scene_end(&s);
    return round;
}

static size_t
take_run(void)
{
    return rounds(1, counted, plain, plain);
}

static size_t
take_many_run(void)
{
    return rounds(A_PUSH, counted, plain, plain);
}

static size_t
batch_form_run(void)
{
    return rounds(1, plain, counted, plain);
}

static size_t
receipts_run(void)
{
    return rounds(1, plain, plain, counted);
}

/* --- one receipt's seal --- */

#define SEALS 256

static void
seals(void *with)
{
    const struct seal_key *key = with;
    struct receipt r = {.revision = 1,
                        .entry = 1000,
                        .received_at_ms = 1760000000000,
                        .due_day = 20000,
                        .on_time = true};
    uint8_t seal[WIRE_SEAL_BYTES];
    uint32_t i;

    for (i = 0; i < SEALS; i++) {
        r.index = i;
        seal_make(key, "perf", "U01", "things", "2025-01", &r, seal);
    }
}

static size_t
seal_run(void)
{
    struct seal_key key;

    seal_key_derive(secret, &key);
    counted(seals, &key);
    return SEALS;
}

static const struct path paths[] = {
    {"ingest-take", "report",
     "256 pushes of one report: decoded, checked, queued (ingest_request)", take_run},
    {"ingest-take-64", "report", "4 pushes of 64 reports: the same", take_many_run},
    {"ingest-batch", "report",
     "256 reports decided, encoded, chained, put as one call (batch_run)",
     batch_form_run},
    {"ingest-receipts", "report",
     "256 receipts sealed, encoded, handed to the socket (batch_collect)",
     receipts_run},
    {"receipt-seal", "receipt", "256 seals of receipts (seal_make)", seal_run},
};

int
main(int argc, char **argv)
{
    return paths_main(argc, argv, paths, sizeof paths / sizeof *paths);
}
