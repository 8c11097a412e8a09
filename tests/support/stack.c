#define _GNU_SOURCE /* prctl, mkdtemp beside POSIX */
#include "tests/support/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/crypto.h"
#include "lib/calendar.h"
#include "lib/instant.h"
#include "lib/keyfile.h"
#include "lib/keys.h"
#include "lib/mem.h"

#define START_MS 10000
#define SETTLE_MS 20000

static const char *const part_names[PART_COUNT] = {"ingest", "scorer", "notifier"};

static void
nap_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&t, NULL);
}

static const char *
build_dir(void)
{
    const char *dir = getenv("DONDOC_BUILD");

    return dir != NULL ? dir : "build";
}

void
stack_init(struct stack *s, const char *province, bool simulated)
{
    const char *tmp = getenv("TMPDIR");
    char path[200];
    char why[200];

    memset(s, 0, sizeof *s);
    crypto_init();
    s->province = province;
    s->simulated = simulated;
    (void)snprintf(s->dir, sizeof s->dir, "%s/stack.XXXXXX",
                   tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(bus_keys_new(&s->service_keys), ST_OK);
    (void)snprintf(path, sizeof path, "%s/service.key", s->dir);
    assert_int_equal(keyfile_write(path, &s->service_keys, "services", why, sizeof why),
                     ST_OK);
}

const struct bus_keys *
stack_key(struct stack *s, const char *name, const char *rest)
{
    struct stack_key *k = &s->keys[s->key_count++];
    char path[200];
    FILE *f;

    assert_true(s->key_count <= STACK_KEYS_MAX);
    (void)snprintf(k->name, sizeof k->name, "%s", name);
    assert_int_equal(bus_keys_new(&k->keys), ST_OK);
    (void)snprintf(path, sizeof path, "%s/keyring", s->dir);
    f = fopen(path, "a");
    assert_non_null(f);
    (void)fprintf(f, "%s %s\n", k->keys.public_key, rest);
    assert_int_equal(fclose(f), 0);
    return &k->keys;
}

static void
endpoint_make(const struct stack *s, const char *where, char out[200])
{
    (void)snprintf(out, 200, "ipc://%s/%s.ipc", s->dir, where);
}

static void
part_exec(const struct stack *s, enum stack_part part)
{
    char program[300];
    char log[200];
    char units[200], ops[200], leaders[200], hints_in[200], hints_out[200];
    char key[200], keyring[200], ready[200];
    const char *argv[40];
    size_t n = 0;
    int fd;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)snprintf(program, sizeof program, "%s/bin/dondoc-%s", build_dir(),
                   part_names[part]);
    (void)snprintf(log, sizeof log, "%s/%s.log", s->dir, part_names[part]);
    (void)snprintf(key, sizeof key, "%s/service.key", s->dir);
    (void)snprintf(keyring, sizeof keyring, "%s/keyring", s->dir);
    (void)snprintf(ready, sizeof ready, "%s/%s.ready", s->dir, part_names[part]);
    endpoint_make(s, "units", units);
    endpoint_make(s, "ops", ops);
    endpoint_make(s, "leaders", leaders);
    endpoint_make(s, "hints-in", hints_in);
    endpoint_make(s, "hints-out", hints_out);
    argv[n++] = program;
#define FLAG(name, value)                                                              \
    argv[n++] = (name);                                                                \
    argv[n++] = (value)
    FLAG("--redis", redis_server_address(s->redis));
    FLAG("--province", s->province);
    FLAG("--key-file", key);
    FLAG("--keyring", keyring);
    FLAG("--ready-file", ready);
    if (part == PART_INGEST) {
        FLAG("--listen", units);
        FLAG("--listen-ops", ops);
        FLAG("--listen-hints", hints_in);
    } else if (part == PART_SCORER) {
        FLAG("--hints-from", hints_in);
        FLAG("--hints-from-key", s->service_keys.public_key);
        FLAG("--listen-hints", hints_out);
    } else {
        FLAG("--hints-from", hints_out);
        FLAG("--hints-from-key", s->service_keys.public_key);
        FLAG("--listen", leaders);
    }
#undef FLAG
    if (s->simulated) {
        argv[n++] = "--simulated";
    }
    argv[n] = NULL;
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)dup2(fd, STDERR_FILENO);
    (void)dup2(fd, STDOUT_FILENO);
    (void)execv(program, (char *const *)argv);
    _exit(127);
}

void
stack_part_start(struct stack *s, enum stack_part part)
{
    char ready[200];
    int waited;
    pid_t pid;

    (void)snprintf(ready, sizeof ready, "%s/%s.ready", s->dir, part_names[part]);
    (void)unlink(ready);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        part_exec(s, part);
    }
    s->pids[part] = pid;
    for (waited = 0; access(ready, F_OK) != 0; waited += 5) {
        if (waited >= START_MS || waitpid(pid, NULL, WNOHANG) == pid) {
            fail_msg("dondoc-%s did not become ready; see %s/%s.log", part_names[part],
                     s->dir, part_names[part]);
        }
        nap_ms(5);
    }
}

void
stack_part_signal(struct stack *s, enum stack_part part, int sig)
{
    assert_int_equal(kill(s->pids[part], sig), 0);
}

void
stack_part_kill(struct stack *s, enum stack_part part)
{
    if (s->pids[part] > 0) {
        (void)kill(s->pids[part], SIGKILL);
        (void)waitpid(s->pids[part], NULL, 0);
        s->pids[part] = 0;
    }
}

void
stack_start(struct stack *s)
{
    char path[200];
    FILE *f;
    int part;

    /* The services hear each other's hints. */
    (void)snprintf(path, sizeof path, "%s/keyring", s->dir);
    f = fopen(path, "a");
    assert_non_null(f);
    (void)fprintf(f, "%s role=service name=services\n", s->service_keys.public_key);
    assert_int_equal(fclose(f), 0);
    s->redis = redis_server_start(NULL);
    for (part = 0; part < PART_COUNT; part++) {
        stack_part_start(s, (enum stack_part)part);
    }
}

void
stack_stop(struct stack *s, bool passed)
{
    int part;

    for (part = 0; part < PART_COUNT; part++) {
        stack_part_kill(s, (enum stack_part)part);
    }
    if (s->redis != NULL) {
        redis_server_stop(&s->redis, passed);
    }
    if (!passed) {
        print_message("kept: %s\n", s->dir);
    }
}

/* --- sides --- */

void
side_open(struct side *d, struct stack *s, const char *where,
          const struct bus_keys *keys)
{
    char endpoint[200];

    memset(d, 0, sizeof *d);
    d->stack = s;
    d->arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&d->out, BUS_MESSAGE_MAX * 2);
    assert_int_equal(bus_new(NULL, NULL, &d->bus), ST_OK);
    endpoint_make(s, where, endpoint);
    assert_int_equal(bus_connect_dealer(d->bus, endpoint, s->service_keys.public_key,
                                        keys, &d->socket),
                     ST_OK);
}

void
side_close(struct side *d)
{
    bus_close(&d->socket);
    bus_free(&d->bus);
    arena_free(&d->arena);
    buf_fini(&d->out);
}

/* The next message within ms; ST_AGAIN when none came. */
static enum status
side_receive(struct side *d, int ms, struct bus_message *m)
{
    struct mono began = mono_now();

    for (;;) {
        struct bus_poll_item item = {.socket = d->socket};
        int64_t left = ms - mono_since_us(began) / 1000;

        if (bus_receive(d->socket, m) == ST_OK) {
            return ST_OK;
        }
        if (left <= 0) {
            return ST_AGAIN;
        }
        if (bus_poll(d->bus, &item, 1, (int)left) != ST_OK) {
            return ST_AGAIN;
        }
    }
}

/* Sends when the connection is there; a DEALER without a peer takes nothing. */
static bool
side_send(struct side *d, int ms)
{
    struct mono began = mono_now();

    while (bus_send(d->socket, buf_str(&d->out), d->out.len) != ST_OK) {
        if (mono_since_us(began) > (int64_t)ms * 1000) {
            return false;
        }
        nap_ms(2);
    }
    return true;
}

enum status
side_ask_for(struct side *d, struct unit_request *request, int ms,
             struct unit_reply *reply)
{
    struct mono began = mono_now();
    struct bus_message m;

    request->version = WIRE_VERSION;
    request->province = d->stack->province;
    request->request_id = ++d->request_id;
    arena_reset(d->arena);
    buf_clear(&d->out);
    unit_request_encode(request, d->arena, &d->out);
    if (!side_send(d, ms)) {
        return ST_AGAIN;
    }
    for (;;) {
        int64_t left = ms - mono_since_us(began) / 1000;
        enum status st;

        if (left <= 0 || side_receive(d, (int)left, &m) != ST_OK) {
            return ST_AGAIN;
        }
        arena_reset(d->arena);
        st = unit_reply_decode(m.body, m.body_bytes, d->arena, reply);
        bus_message_close(&m);
        if (st != ST_OK || reply->request_id == request->request_id) {
            return st;
        }
    }
}

enum status
side_ask(struct side *d, struct unit_request *request, struct unit_reply *reply)
{
    struct mono began = mono_now();
    enum status st = ST_AGAIN;

    while (st == ST_AGAIN && mono_since_us(began) < 10000000) {
        st = side_ask_for(d, request, 2000, reply);
    }
    return st;
}

void
side_clock(struct side *ops, const char *civil)
{
    struct unit_request q = {.kind = UNIT_REQUEST_CLOCK};
    struct unit_reply r = {0};
    int year, month, mday, hour, minute;

    assert_int_equal(
        sscanf(civil, "%d-%d-%d %d:%d", &year, &month, &mday, &hour, &minute), 5);
    q.clock_ms =
        ((int64_t)day_from_civil(year, month, mday) * 24 + hour - 7) * 3600000 +
        minute * 60000;
    assert_int_equal(side_ask_for(ops, &q, 30000, &r), ST_OK);
    if (r.kind != UNIT_REPLY_DONE) {
        fail_msg("clock %s: %s", civil, r.refusal.message_en);
    }
}

void
side_standing(struct side *d, const char *unit, const char *group, const char *period,
              char out[64])
{
    struct wire_key key = {unit, group, period};
    struct unit_request q = {.kind = UNIT_REQUEST_STANDING};
    struct unit_reply r = {0};

    q.standing.keys = &key;
    q.standing.count = 1;
    assert_int_equal(side_ask(d, &q, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REPLY_STANDINGS);
    assert_int_equal(r.standing_count, 1);
    (void)snprintf(out, 64, "%s", r.standings[0].hash);
}

static size_t
figures_split(char *text, struct wire_figure *out, size_t max)
{
    size_t count = 0;
    char *save = NULL;
    char *word;

    for (word = strtok_r(text, " ", &save); word != NULL && count < max;
         word = strtok_r(NULL, " ", &save)) {
        char *equals = strchr(word, '=');

        assert_non_null(equals);
        *equals = '\0';
        out[count].measure = word;
        if (strcmp(equals + 1, "x") == 0) {
            out[count].kind = WIRE_NOT_APPLICABLE;
        } else {
            out[count].kind = WIRE_COUNT;
            out[count].count = strtoll(equals + 1, NULL, 10);
        }
        count++;
    }
    return count;
}

void
side_push(struct side *d, const char *unit, const char *group, const char *period,
          const char *figures, const char *reason, const char *replaces,
          struct wire_receipt *receipt)
{
    struct wire_figure list[16] = {0};
    char *text = mem_copy_text(figures);
    struct wire_report report = {.unit = unit,
                                 .group = group,
                                 .period = period,
                                 .figures = list,
                                 .reason = reason,
                                 .replaces = replaces};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r = {0};

    report.figure_count = figures_split(text, list, 16);
    q.push.reports = &report;
    q.push.count = 1;
    assert_int_equal(side_ask(d, &q, &r), ST_OK);
    if (r.kind != UNIT_REPLY_RECEIPTS) {
        fail_msg("push was refused: %s %s", r.refusal.code, r.refusal.message_en);
    }
    if (r.receipt_count != 1 || r.receipts == NULL) {
        fail_msg("%zu receipts for one report", r.receipt_count);
        return;
    }
    *receipt = r.receipts[0];
    mem_free(&text);
}

size_t
side_watch(struct side *d, bool received, side_alert *each, void *context)
{
    struct leader_request q = {.version = WIRE_VERSION,
                               .request_id = ++d->request_id,
                               .province = d->stack->province,
                               .kind = LEADER_REQUEST_SUBSCRIBE};
    uint64_t last = 0;
    size_t count = 0;
    bool ended = false;

    buf_clear(&d->out);
    leader_request_encode(&q, d->arena, &d->out);
    assert_true(side_send(d, 5000));
    while (!ended) {
        struct leader_reply r;
        struct bus_message m;

        assert_int_equal(side_receive(d, 10000, &m), ST_OK);
        arena_reset(d->arena);
        assert_int_equal(leader_reply_decode(m.body, m.body_bytes, d->arena, &r),
                         ST_OK);
        bus_message_close(&m);
        if (r.kind == LEADER_REPLY_REFUSAL) {
            fail_msg("leader refused: %s", r.refusal.message_en);
        }
        if (r.kind == LEADER_REPLY_ALERT) {
            count++;
            last = r.alert.position;
            each(context, &r.alert);
            if (received) {
                q.kind = LEADER_REQUEST_RECEIVED;
                q.received = last;
                buf_clear(&d->out);
                leader_request_encode(&q, d->arena, &d->out);
                assert_true(side_send(d, 5000));
            }
        }
        ended = r.kind == LEADER_REPLY_BACKLOG_END;
    }
    return count;
}

static bool
settled(struct redis *r, const char *province)
{
    static const char *const pairs[2][2] = {{KEY_REPORTS, "scorer"},
                                            {KEY_ALERTS, "notifier"}};
    bool all = true;
    int i;

    for (i = 0; i < 2; i++) {
        char stream[KEY_BYTES];
        char checkpoint[KEY_BYTES];
        const char *last[] = {"XREVRANGE", stream, "+", "-", "COUNT", "1"};
        const char *seq[] = {"HGET", checkpoint, "seq"};
        struct reply *a = NULL;
        struct reply *b = NULL;

        key_make(stream, province, pairs[i][0]);
        key_make2(checkpoint, province, KEY_CHECKPOINT, pairs[i][1]);
        assert_int_equal(redis_call(r, 6, last, NULL, &a), ST_OK);
        assert_int_equal(redis_call(r, 3, seq, NULL, &b), ST_OK);
        all = all && strtoull(reply_str(reply_at(reply_at(a, 0), 0), NULL), NULL, 10) ==
                         strtoull(reply_str(b, NULL), NULL, 10);
        reply_free(&a);
        reply_free(&b);
    }
    return all;
}

void
stack_settle(struct stack *s)
{
    struct redis *r = redis_server_client(s->redis);
    int waited;

    for (waited = 0; !settled(r, s->province); waited += 10) {
        if (waited >= SETTLE_MS) {
            fail_msg("scorer or notifier did not catch up; see %s", s->dir);
        }
        nap_ms(10);
    }
    redis_free(&r);
}
