/*
 * Who wants to be somebody else: reports for another unit, a session that was recorded
 * and is played again, a report taken over, the routing id of another connection.
 * Nothing of it is taken.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/attack.h"

static struct attack_scene fx;

static int
setup(void **state)
{
    (void)state;
    attack_open(&fx);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    attack_close(&fx);
    return 0;
}

/* ---- a report ---- */

static void
report_encode(const char *unit, const char *period, struct buf *out)
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 1130, NULL}};
    const struct wire_report report = {.unit = unit,
                                       .group = "digitisation",
                                       .period = period,
                                       .figures = figures,
                                       .figure_count = 2};
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = 5,
                             .province = "quang-ngai",
                             .kind = UNIT_REQUEST_PUSH};
    struct arena *a = arena_new(WIRE_ARENA_BYTES);

    q.push.reports = &report;
    q.push.count = 1;
    unit_request_encode(&q, a, out);
    arena_free(&a);
}

/* The outcome of the first receipt; OUTCOME_NONE: no answer. */
static enum outcome
outcome_of_answer(struct raw_peer *p, int wait_ms, char code[64])
{
    static uint8_t in[BUS_MESSAGE_MAX];
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    enum outcome outcome = OUTCOME_NONE;
    struct unit_reply r;
    long got = raw_receive(p, in, sizeof in, wait_ms);

    code[0] = '\0';
    if (got > 0 && unit_reply_decode(in, (size_t)got, a, &r) == ST_OK &&
        r.kind == UNIT_REPLY_RECEIPTS && r.receipt_count == 1) {
        outcome = r.receipts[0].outcome;
        if (r.receipts[0].refusal.code != NULL) {
            (void)snprintf(code, 64, "%s", r.receipts[0].refusal.code);
        }
    }
    arena_free(&a);
    return outcome;
}

static enum outcome
push_as(const struct bus_keys *keys, const struct buf *report, char code[64])
{
    enum outcome outcome = OUTCOME_NONE;
    struct raw_peer p;

    assert_true(raw_open(&p, fx.units, fx.stack.service_keys.public_key, keys, "CURVE",
                         "", 0, RAW_INITIATE));
    if (raw_send(&p, 0, buf_str(report), report->len)) {
        outcome = outcome_of_answer(&p, 5000, code);
    }
    raw_close(&p);
    return outcome;
}

static void
receipts_are(size_t count)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    char text[24];

    (void)snprintf(text, sizeof text, "%zu", count);
    redis_want(redis, "HLEN dondoc:{quang-ngai}:receipts", text);
    redis_free(&redis);
}

static void
a_unit_reports_for_nobody_else(void **state)
{
    struct buf out;
    char code[64];

    (void)state;
    buf_init(&out, BUS_MESSAGE_MAX);
    report_encode(fx.codes[0], "2023-01", &out);
    assert_int_equal(push_as(&fx.rogue, &out, code), OUTCOME_REJECTED);
    assert_string_equal(code, "not_in_scope");
    buf_clear(&out);
    report_encode(fx.codes[fx.rogue_from - 1], "2023-01", &out);
    assert_int_equal(push_as(&fx.rogue, &out, code), OUTCOME_REJECTED);
    assert_string_equal(code, "not_in_scope");
    receipts_are(0);
    buf_fini(&out);
}

/* ---- a recorded session ---- */

static struct {
    pthread_t thread;
    int listener;
    char path[108];
    char endpoint[120];
    atomic_bool deaf;    /* nothing of the client goes on to the server any more */
    atomic_size_t bytes; /* recorded of the client so far */
    uint8_t record[65536];
} relay;

static int
unix_socket(const char *path, struct sockaddr_un *at)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memset(at, 0, sizeof *at);
    at->sun_family = AF_UNIX;
    (void)snprintf(at->sun_path, sizeof at->sun_path, "%.100s", path);
    return fd;
}

static void *
relay_run(void *context)
{
    struct sockaddr_un at;
    int client = accept(relay.listener, NULL, NULL);
    int server = unix_socket(fx.units + strlen("ipc://"), &at);
    struct pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    bool open = connect(server, (const struct sockaddr *)&at, sizeof at) == 0;
    uint8_t bytes[8192];

    while (open && poll(ends, 2, 5000) > 0) {
        if (ends[0].revents != 0) {
            ssize_t got = recv(client, bytes, sizeof bytes, 0);
            size_t had = relay.bytes;

            open = got > 0;
            if (open && had + (size_t)got <= sizeof relay.record) {
                memcpy(relay.record + had, bytes, (size_t)got);
                relay.bytes = had + (size_t)got;
                open = relay.deaf || send(server, bytes, (size_t)got, MSG_NOSIGNAL) > 0;
            }
        }
        if (ends[1].revents != 0) {
            ssize_t got = recv(server, bytes, sizeof bytes, 0);

            open =
                open && got > 0 && send(client, bytes, (size_t)got, MSG_NOSIGNAL) > 0;
        }
    }
    (void)close(client); /* whatever became of it */
    (void)close(server);
    return context;
}

static void
relay_begin(void)
{
    struct sockaddr_un at;

    (void)snprintf(relay.path, sizeof relay.path, "%.90s/relay.ipc", fx.stack.dir);
    (void)snprintf(relay.endpoint, sizeof relay.endpoint, "ipc://%s", relay.path);
    (void)unlink(relay.path); /* of the test before */
    relay.listener = unix_socket(relay.path, &at);
    assert_int_equal(bind(relay.listener, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(relay.listener, 4), 0);
    relay.deaf = false;
    relay.bytes = 0;
    assert_int_equal(pthread_create(&relay.thread, NULL, relay_run, NULL), 0);
}

static void
relay_end(void)
{
    assert_int_equal(pthread_join(relay.thread, NULL), 0);
    (void)close(relay.listener); /* ours */
}

/* The bytes of the good one's session with this report, which never arrived. */
static void
session_record(const struct buf *report)
{
    struct raw_peer p;
    size_t before;
    int waited;

    relay_begin();
    assert_true(raw_open(&p, relay.endpoint, fx.stack.service_keys.public_key,
                         &fx.rogue, "CURVE", "", 0, RAW_INITIATE));
    relay.deaf = true;
    before = relay.bytes;
    assert_true(raw_send(&p, 0, buf_str(report), report->len));
    for (waited = 0; relay.bytes < before + report->len && waited < 5000; waited++) {
        nap_ms(1);
    }
    raw_close(&p);
    relay_end();
    assert_true(relay.bytes >= before + report->len);
}

/* As it was, in one piece or byte groups, over a new connection: no READY, no answer.
 */
static void
session_play(size_t piece)
{
    uint8_t in[1024];
    struct raw_peer p;
    size_t at;

    (void)raw_open(&p, fx.units, fx.stack.service_keys.public_key, &fx.stranger,
                   "CURVE", "", 0, RAW_CONNECT);
    for (at = 0; at < relay.bytes; at += piece) {
        size_t count = relay.bytes - at < piece ? relay.bytes - at : piece;

        if (!raw_write(&p, relay.record + at, count)) {
            break; /* it was cut off before the end */
        }
        nap_ms(20);
    }
    assert_true(raw_receive(&p, in, sizeof in, 1500) < 0);
    raw_close(&p);
}

/*
 * The first half is the proof that the bytes are good: forwarded by the same relay, in
 * the session that they belong to, they are a report.
 */
static void
a_recorded_session_is_worth_nothing_on_another_connection(void **state)
{
    struct raw_peer p;
    struct buf out;
    char code[64];

    (void)state;
    buf_init(&out, BUS_MESSAGE_MAX);
    report_encode(fx.codes[fx.rogue_from], "2023-01", &out);
    relay_begin(); /* not deaf: the relay changes nothing */
    assert_true(raw_open(&p, relay.endpoint, fx.stack.service_keys.public_key,
                         &fx.rogue, "CURVE", "", 0, RAW_INITIATE));
    assert_true(raw_send(&p, 0, buf_str(&out), out.len));
    assert_int_equal(outcome_of_answer(&p, 5000, code), OUTCOME_ACCEPTED);
    raw_close(&p);
    relay_end();
    receipts_are(1);

    buf_clear(&out);
    report_encode(fx.codes[fx.rogue_from], "2023-02", &out);
    session_record(&out);
    session_play(relay.bytes);
    session_play(64);
    session_play(500);
    receipts_are(1);
    buf_fini(&out);
    attack_recovered(&fx, __func__);
    receipts_are(1 + fx.pushed);
}

/*
 * The numbers of a session's messages go up: libzmq ends the connection when one comes
 * again, and what it said stands once.
 */
static void
a_message_played_twice_in_its_connection_ends_it(void **state)
{
    size_t stood = 1 + fx.pushed;
    size_t before;
    struct raw_peer p;
    struct buf out;
    char code[64];

    (void)state;
    buf_init(&out, BUS_MESSAGE_MAX);
    report_encode(fx.codes[fx.rogue_from], "2023-03", &out);
    relay_begin();
    assert_true(raw_open(&p, relay.endpoint, fx.stack.service_keys.public_key,
                         &fx.rogue, "CURVE", "", 0, RAW_INITIATE));
    before = relay.bytes;
    assert_true(raw_send(&p, 0, buf_str(&out), out.len));
    assert_int_equal(outcome_of_answer(&p, 5000, code), OUTCOME_ACCEPTED);
    assert_true(raw_write(&p, relay.record + before, relay.bytes - before));
    assert_int_equal(outcome_of_answer(&p, 3000, code), OUTCOME_NONE);
    assert_int_equal(p.fd, -1); /* the server closed it */
    raw_close(&p);
    relay_end();
    receipts_are(stood + 1);
    buf_fini(&out);
}

/* The bytes of a report prove nothing: who sends them is who may or may not. */
static void
a_report_taken_over_is_a_duplicate_or_refused(void **state)
{
    struct buf out;
    char code[64];

    (void)state;
    buf_init(&out, BUS_MESSAGE_MAX);
    report_encode(fx.codes[fx.rogue_from], "2023-04", &out);
    assert_int_equal(push_as(&fx.rogue, &out, code), OUTCOME_ACCEPTED);
    assert_int_equal(push_as(&fx.rogue, &out, code), OUTCOME_DUPLICATE);
    buf_clear(&out);
    report_encode(fx.codes[0], "2016-01", &out); /* the good one sent it */
    assert_true(fx.pushed > 0);
    assert_int_equal(push_as(&fx.rogue, &out, code), OUTCOME_REJECTED);
    assert_string_equal(code, "not_in_scope");
    buf_fini(&out);
}

/* ---- the next routing id ---- */

/* A ROUTER as libzmq makes it, and a peer that announces an id which it will give. */
static void
router_meets_its_own_id(bool seeded)
{
    static const uint8_t id[] = {0, 0x6b, 0x8b, 0x45,
                                 0x67}; /* rand() of nobody's seed */
    struct rlimit no_core = {0, 0};
    void *context;
    void *router;
    void *taker;
    void *next;
    int timeout = 500;
    char in[8];

    (void)setrlimit(RLIMIT_CORE, &no_core); /* it is to abort */
    (void)close(STDERR_FILENO);
    /* What a process has that never called srand; or as bus_new does. */
    srand(seeded ? (unsigned)getpid() + 77u : 1u);
    context = zmq_ctx_new();
    router = zmq_socket(context, ZMQ_ROUTER);
    taker = zmq_socket(context, ZMQ_DEALER);
    next = zmq_socket(context, ZMQ_DEALER);
    (void)zmq_setsockopt(router, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    (void)zmq_bind(router, "inproc://door");
    (void)zmq_setsockopt(taker, ZMQ_ROUTING_ID, id, sizeof id);
    (void)zmq_connect(taker, "inproc://door");
    (void)zmq_send(taker, "a", 1, 0);
    while (zmq_recv(router, in, sizeof in, 0) >= 0) {
    }
    (void)zmq_connect(next, "inproc://door");
    (void)zmq_send(next, "b", 1, 0);
    while (zmq_recv(router, in, sizeof in, 0) >= 0) {
    }
    _exit(0);
}

/*
 * The teeth of the_next_automatic_routing_id_is_not_known (test_attacks): without the
 * seed of bus_new the attack ends the process, with it it does not.
 */
static void
the_next_routing_id_ends_a_router_that_was_not_seeded(void **state)
{
    int seeded;

    (void)state;
    for (seeded = 0; seeded < 2; seeded++) {
        pid_t pid =
            fork(); /* the child makes a context of its own, uses none of ours */
        int status;

        assert_true(pid >= 0);
        if (pid == 0) {
            router_meets_its_own_id(seeded != 0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (seeded) {
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        } else {
            assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_reports_for_nobody_else),
        cmocka_unit_test(a_recorded_session_is_worth_nothing_on_another_connection),
        cmocka_unit_test(a_message_played_twice_in_its_connection_ends_it),
        cmocka_unit_test(a_report_taken_over_is_a_duplicate_or_refused),
        cmocka_unit_test(the_next_routing_id_ends_a_router_that_was_not_seeded),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
