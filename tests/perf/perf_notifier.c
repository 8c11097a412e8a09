/* link: notifier */
/*
 * The path of an alert through the notifier: events are decoded, routed and become rows
 * of inboxes; a row becomes a message in two languages.
 */
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/sealed.h"
#include "notifier/batch.h"
#include "notifier/message.h"
#include "notifier/render.h"
#include "tests/perf/paths.h"

#define EVENTS 64
#define SEED 20250630u
#define SEQ 1000

struct redis *__wrap_service_redis_new(const struct service *s);
void __wrap_crypto_random(void *out, size_t bytes);

struct redis *
__wrap_service_redis_new(const struct service *s)
{
    (void)s;
    return NULL;
}

void
__wrap_crypto_random(void *out, size_t bytes)
{
    memset(out, 7, bytes);
}

struct scene {
    struct notifier n;
    struct province p;
    struct batch b;
    struct arena *arena;
    struct buf body;
    char codes[EVENTS][ALERT_CODE_BYTES];
    size_t sent;
};

static void
scene_begin(struct scene *s)
{
    struct notifier *n = &s->n;

    memset(s, 0, sizeof *s);
    n->simulated = true;
    n->arena = arena_new(4 * WIRE_ARENA_BYTES);
    n->words = arena_new(RENDER_ARENA_BYTES);
    n->table = arena_new(TABLE_ARENA_BYTES);
    buf_init(&n->out, BUS_MESSAGE_MAX * 2);
    buf_init(&n->plain, BUS_MESSAGE_MAX * 2);
    buf_init(&n->box, BUS_MESSAGE_MAX * 2);
    province_init(&s->p, n, "perf");
    s->p.catalogue = perf_programme();
    effects_clear(&s->p.effects, &s->p.follow);
    s->b.p = &s->p;
    s->b.now = s->p.catalogue;
    s->b.tick = (int64_t)day_from_civil(PERF_YEAR, 3, 10) * 24;
    s->b.told = table_new(EVENTS * 4, SEED);
    s->b.placed = table_new(OFFICES_MAX, SEED);
    s->arena = arena_new(4 * WIRE_ARENA_BYTES);
    buf_init(&s->body, BUS_MESSAGE_MAX * 2);
}

static void
scene_end(struct scene *s)
{
    told_free(&s->b);
    table_free(&s->b.placed);
    mem_free(&s->b.later);
    leaders_fini(&s->b.woken);
    province_fini(&s->p);
    arena_free(&s->n.arena);
    arena_free(&s->n.words);
    arena_free(&s->n.table);
    arena_free(&s->arena);
    buf_fini(&s->n.out);
    buf_fini(&s->n.plain);
    buf_fini(&s->n.box);
    buf_fini(&s->body);
}

/* An alert of each unit, number 1 a new one: short of a flat line in February. */
static void
events_make(struct scene *s, uint32_t number)
{
    struct alert_event events[EVENTS];
    int64_t at_ms = hour_start((int64_t)day_from_civil(PERF_YEAR, 3, 5) * 24).ms;
    size_t i;

    for (i = 0; i < EVENTS; i++) {
        (void)snprintf(s->codes[i], sizeof s->codes[i], "PERF-%d-t1-%s", PERF_YEAR,
                       perf_unit(i));
        events[i] = (struct alert_event){.code = s->codes[i],
                                         .number = number,
                                         .kind = "behind",
                                         .reason = number == 1 ? "new" : "worse",
                                         .target = "t1",
                                         .subject = perf_unit(i),
                                         .year = PERF_YEAR,
                                         .window = "2025-02",
                                         .first_day = day_from_civil(PERF_YEAR, 2, 1),
                                         .last_day = day_from_civil(PERF_YEAR, 2, 28),
                                         .numerator = 300 + (int64_t)i,
                                         .denominator = 1000,
                                         .required = {50, 1},
                                         .step = {50, 1},
                                         .need_now = 200 - (int64_t)i,
                                         .need_year = 200 - (int64_t)i,
                                         .since_window = "2025-02",
                                         .windows = 1,
                                         .at_ms = at_ms + (int64_t)i,
                                         .opened_at_ms = at_ms + (int64_t)i,
                                         .entry = 900,
                                         .index = (uint32_t)i,
                                         .covered = 1,
                                         .units = 1,
                                         .by = "reporter"};
    }
    arena_reset(s->arena);
    buf_clear(&s->body);
    alert_events_encode(events, EVENTS, s->arena, &s->body);
}

static void
entry_take(void *with)
{
    struct scene *s = with;
    struct journal_entry e = {.seq = SEQ,
                              .kind = JOURNAL_ALERTS,
                              .body = (const uint8_t *)s->body.data,
                              .body_bytes = s->body.len,
                              .chain = ""};

    struct journal_read read = s->p.read;

    s->p.read.entries = &e;
    s->p.read.count = 1;
    MUST(told_read(&s->b) == ST_OK);
    MUST(entry_apply(&s->b, &e) == ST_OK);
    told_keep(&s->b);
    s->p.read = read;
}

static void
message_send(struct scene *s, size_t i, bool seals)
{
    struct leader_reply reply = {.version = WIRE_VERSION, .kind = LEADER_REPLY_ALERT};
    struct row row = {.position = (uint64_t)SEQ * POSITION_EVENTS + i,
                      .code = s->codes[i],
                      .number = 1,
                      .event = {SEQ, (uint32_t)i},
                      .day = DAY_NONE,
                      .kind = DELIVERY_ALERT};
    struct notifier *n = &s->n;
    struct message m;

    MUST(message_make(&s->p, "listener", "", &row, false, &m) == ST_OK);
    reply.alert = m.alert;
    arena_reset(n->table);
    if (seals) { /* the key of zmq_curve(7): nobody's */
        MUST(sealed_close(&reply, "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", n->table,
                          &n->plain, &n->box) == ST_OK);
    }
    buf_clear(&n->out);
    leader_reply_encode(&reply, n->table, &n->out);
    s->sent += n->out.len;
}

static void
messages_plain(void *with)
{
    size_t i;

    for (i = 0; i < EVENTS; i++) {
        message_send(with, i, false);
    }
}

static void
messages_sealed(void *with)
{
    size_t i;

    for (i = 0; i < EVENTS / 4; i++) {
        message_send(with, i, true);
    }
}

static size_t
events_run(void)
{
    static struct scene s;

    scene_begin(&s);
    events_make(&s, 1);
    counted(entry_take, &s);
    MUST(s.b.events == EVENTS && s.b.parked == 0 && s.p.effects.count >= EVENTS);
    scene_end(&s);
    return EVENTS;
}

/* Without Redis: one question for a hash would end the program. */
static size_t
later_run(void)
{
    static struct scene s;

    scene_begin(&s);
    events_make(&s, 1);
    entry_take(&s);
    told_free(&s.b);
    s.b.told = table_new(EVENTS * 4, SEED);
    s.b.events = 0;
    effects_clear(&s.p.effects, &s.p.follow);
    event_cache_clear(s.p.events); /* the entry is another one */
    events_make(&s, 2);
    counted(entry_take, &s);
    MUST(s.b.events == EVENTS && s.b.parked == 0 && s.p.effects.count >= EVENTS);
    scene_end(&s);
    return EVENTS;
}

static size_t
messages_run(void (*work)(void *with), size_t count)
{
    static struct scene s;

    scene_begin(&s);
    events_make(&s, 1);
    entry_take(&s);
    message_send(&s, 0, true); /* buffers have their size */
    counted(work, &s);
    MUST(s.sent > 200 * count); /* with words, that is */
    scene_end(&s);
    return count;
}

static size_t
message_run(void)
{
    return messages_run(messages_plain, EVENTS);
}

static size_t
message_sealed_run(void)
{
    return messages_run(messages_sealed, EVENTS / 4);
}

static const struct path paths[] = {
    {"notifier-entry", "event",
     "an entry of 64 new alerts: decoded, routed, rows (told_read … told_keep)",
     events_run},
    {"notifier-later", "event", "an entry of 64 later events of them, from memory",
     later_run},
    {"notifier-message", "message",
     "64 rows as messages in two languages, encoded (message_make)", message_run},
    {"notifier-sealed", "message", "16 of them, each sealed to a key",
     message_sealed_run},
};

int
main(int argc, char **argv)
{
    return paths_main(argc, argv, paths, sizeof paths / sizeof *paths);
}
