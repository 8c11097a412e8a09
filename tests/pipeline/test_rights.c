/*
 * Who may do what at which door: every role at every door of the real services, doors
 * without CURVE, hints of somebody else, answers that go only to who asked, refusals in
 * log and counters, and a ZAP handler that is gone.
 *
 * Each was seen to fail on a weakened build: tests/attacks/mutants.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>
#include <zmq.h>

#include "lib/bus_private.h"
#include "lib/instant.h"
#include "lib/keyring.h"
#include "lib/knocks.h"
#include "lib/mem.h"
#include "tests/support/raw_peer.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define LOG_BYTES (1u << 20)
#define WAIT_US 10000000

static struct {
    struct stack stack;
    char log[LOG_BYTES];
} fx;

/* doors: those that open, between blanks. */
static const struct guest {
    const char *name;
    const char *rest; /* NULL: in no keyring */
    const char *doors;
} guests[] = {
    {"unit", "role=unit name=unit scope=21055", " units "},
    {"office", "role=office name=office", " units "},
    {"leader", "role=leader name=chair-province", " leaders "},
    {"courier", "role=courier name=mail", " leaders "},
    {"ops", "role=ops name=ops", " units ops leaders "},
    {"listener", "role=service name=listener", " hints-in hints-out "},
    {"elsewhere", "role=unit name=elsewhere scope=21055 province=phu-tho", " "},
    {"early", "role=unit name=early scope=21055 not-before=2099-01-01", " "},
    {"stranger", NULL, " "},
};
#define GUESTS (sizeof guests / sizeof guests[0])

static const struct door {
    const char *name;
    const char *service;
    const char *domain;
    bool hints; /* a PUB */
} doors[] = {
    {"units", "ingest", "units", false},
    {"ops", "ingest", "ops", false},
    {"hints-in", "ingest", "services", true},
    {"hints-out", "scorer", "services", true},
    {"leaders", "notifier", "leaders", false},
};
#define DOORS (sizeof doors / sizeof doors[0])

static struct bus_keys guest_keys[GUESTS];

static int
setup(void **state)
{
    (void)state;
    stack_init(&fx.stack, PROVINCE, true);
    for (size_t i = 0; i < GUESTS; i++) {
        if (guests[i].rest == NULL) {
            assert_int_equal(bus_keys_new(&guest_keys[i]), ST_OK);
        } else {
            guest_keys[i] = *stack_key(&fx.stack, guests[i].name, guests[i].rest);
        }
    }
    stack_start(&fx.stack);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    stack_stop(&fx.stack, true);
    return 0;
}

static const struct bus_keys *
keys_of(const char *name)
{
    for (size_t i = 0; i < GUESTS; i++) {
        if (strcmp(guests[i].name, name) == 0) {
            return &guest_keys[i];
        }
    }
    fail_msg("nobody is called %s", name);
    return NULL;
}

/* How many lines of a service's log hold both. */
static size_t
lines_with(const char *service, const char *one, const char *two)
{
    char path[200];
    size_t count = 0;
    char *rest = NULL;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s.log", fx.stack.dir, service);
    f = fopen(path, "rb");
    assert_non_null(f);
    fx.log[fread(fx.log, 1, sizeof fx.log - 1, f)] = '\0';
    (void)fclose(f); /* only read */
    for (char *line = strtok_r(fx.log, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        count += strstr(line, one) != NULL && strstr(line, two) != NULL;
    }
    return count;
}

/* ---- every role at every door ---- */

static struct bus_socket *
knock(struct bus *bus, const struct door *door, const struct bus_keys *keys)
{
    struct bus_socket *s = NULL;
    char endpoint[200];

    stack_endpoint(&fx.stack, door->name, endpoint);
    assert_int_equal(
        door->hints
            ? bus_connect_sub(bus, endpoint, fx.stack.service_keys.public_key, keys, &s)
            : bus_connect_dealer(bus, endpoint, fx.stack.service_keys.public_key, keys,
                                 &s),
        ST_OK);
    return s;
}

static bool
sight_is_clear(struct bus_socket *s)
{
    enum bus_sight sight = bus_sight_now(s);

    return sight == SIGHT_READY || sight == SIGHT_KEY_REFUSED;
}

/* Said with fingerprint and reason, once by each service that refused it. A key of
 * another province knocks at doors that are wrong for it besides. */
static void
refusal_is_said(const struct guest *g, const char *service)
{
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    char want[64];
    const char *reason = "reason=wrong_door";

    keyring_fingerprint(keys_of(g->name)->public_key, fingerprint);
    (void)snprintf(want, sizeof want, "fingerprint=%s ", fingerprint);
    if (strcmp(g->name, "elsewhere") == 0) {
        reason = "name=elsewhere reason=";
    } else if (strcmp(g->name, "early") == 0) {
        reason = "reason=not_yet";
    } else if (g->rest == NULL) {
        reason = "reason=unknown";
    }
    if (lines_with(service, "key_refused", want) != 1 ||
        lines_with(service, reason, want) != 1) {
        fail_msg("%s has not said once of %s: %s", service, g->name, reason);
    }
}

static void
each_role_opens_its_own_doors_and_no_other(void **state)
{
    struct bus_socket *sockets[GUESTS][DOORS];
    struct bus *bus = NULL;
    struct mono began = mono_now();
    size_t unclear = 1;

    (void)state;
    assert_int_equal(bus_new(NULL, NULL, &bus), ST_OK);
    for (size_t g = 0; g < GUESTS; g++) {
        for (size_t d = 0; d < DOORS; d++) {
            sockets[g][d] = knock(bus, &doors[d], &guest_keys[g]);
        }
    }
    while (unclear > 0 && mono_since_us(began) < WAIT_US) {
        assert_int_equal(bus_poll(bus, NULL, 0, 20), ST_OK);
        unclear = 0;
        for (size_t i = 0; i < GUESTS * DOORS; i++) {
            unclear += !sight_is_clear(sockets[i / DOORS][i % DOORS]);
        }
    }
    for (size_t g = 0; g < GUESTS; g++) {
        for (size_t d = 0; d < DOORS; d++) {
            char name[32];
            bool opens;

            (void)snprintf(name, sizeof name, " %s ", doors[d].name);
            opens = strstr(guests[g].doors, name) != NULL;
            if (bus_sight_now(sockets[g][d]) !=
                (opens ? SIGHT_READY : SIGHT_KEY_REFUSED)) {
                fail_msg("%s at %s: sight %d, want %s", guests[g].name, doors[d].name,
                         (int)bus_sight_now(sockets[g][d]),
                         opens ? "let in" : "refused");
            }
            if (!opens) {
                refusal_is_said(&guests[g], doors[d].service);
            }
        }
    }
    bus_free(&bus);
}

/* ---- no CURVE ---- */

static void
no_door_speaks_without_curve(void **state)
{
    static const char *const mechanisms[] = {"NULL", "PLAIN"};
    /* What comes next there: READY, or HELLO with a name and a password of a byte. */
    static const struct {
        const char *bytes;
        size_t len;
    } says[] = {{"\x04\x16\x05READY\x0bSocket-Type\0\0\0\3SUB", 24},
                {"\x04\x0a\x05HELLO\1a\1b", 12}};
    const struct bus_keys *keys = keys_of("listener");
    struct raw_peer p;
    uint8_t in[256];

    (void)state;
    for (size_t d = 0; d < DOORS; d++) {
        for (size_t i = 0; i < 2; i++) {
            char endpoint[200];

            stack_endpoint(&fx.stack, doors[d].name, endpoint);
            if (raw_open(&p, endpoint, fx.stack.service_keys.public_key, keys,
                         mechanisms[i], "", 0, RAW_GREETING)) {
                (void)raw_write(&p, says[i].bytes, says[i].len);
                /* Its end, and nothing before it. */
                assert_true(raw_receive(&p, in, sizeof in, 3000) < 0);
                if (p.fd >= 0) {
                    fail_msg("%s at %s: not cut off", mechanisms[i], doors[d].name);
                }
            }
            raw_close(&p);
        }
    }
}

/* ---- answers ---- */

#define QUESTIONS 50u

struct asker {
    struct bus_socket *socket;
    uint64_t base; /* its numbers are base + 1 to base + QUESTIONS */
    bool got[QUESTIONS];
    size_t count;
};

static void
asker_ask(struct bus *bus, const struct asker *a, bool leader, size_t i)
{
    struct unit_request hello = {.version = WIRE_VERSION,
                                 .request_id = a->base + i,
                                 .province = PROVINCE,
                                 .kind = UNIT_REQUEST_HELLO};
    struct leader_request beat = {.version = WIRE_VERSION,
                                  .request_id = a->base + i,
                                  .province = PROVINCE,
                                  .kind = LEADER_REQUEST_BEAT};
    struct arena *arena = arena_new(WIRE_ARENA_BYTES);
    struct mono began = mono_now();
    struct buf out;

    buf_init(&out, BUS_MESSAGE_MAX);
    if (leader) {
        leader_request_encode(&beat, arena, &out);
    } else {
        unit_request_encode(&hello, arena, &out);
    }
    while (bus_send(a->socket, buf_str(&out), out.len) != ST_OK) {
        assert_true(mono_since_us(began) < WAIT_US);
        assert_int_equal(bus_poll(bus, NULL, 0, 5), ST_OK);
    }
    buf_fini(&out);
    arena_free(&arena);
}

/* What has come for it is its own, each once. */
static void
asker_take(struct asker *a, bool leader)
{
    struct arena *arena = arena_new(WIRE_ARENA_BYTES);
    struct leader_reply to_leader;
    struct unit_reply to_unit;
    struct bus_message m;

    while (bus_receive(a->socket, &m) == ST_OK) {
        uint64_t number;

        arena_reset(arena);
        if (leader) {
            assert_int_equal(
                leader_reply_decode(m.body, m.body_bytes, arena, &to_leader), ST_OK);
            assert_int_equal(to_leader.kind, LEADER_REPLY_BEAT);
            number = to_leader.request_id;
        } else {
            assert_int_equal(unit_reply_decode(m.body, m.body_bytes, arena, &to_unit),
                             ST_OK);
            assert_int_equal(to_unit.kind, UNIT_REPLY_SERVER_INFO);
            number = to_unit.request_id;
        }
        bus_message_close(&m);
        if (number < a->base || number >= a->base + QUESTIONS ||
            a->got[number - a->base]) {
            fail_msg("number %llu came to who asked from %llu on",
                     (unsigned long long)number, (unsigned long long)a->base);
        }
        a->got[number - a->base] = true;
        a->count++;
    }
    arena_free(&arena);
}

/* Two devices of one key ask in turns, a third of the same key asks nothing. */
static void
answers_go_only_to_who_asked(void **state)
{
    static const size_t at[] = {0, 4}; /* units, leaders */

    (void)state;
    for (size_t d = 0; d < 2; d++) {
        const struct door *door = &doors[at[d]];
        bool leader = d == 1;
        const struct bus_keys *keys = keys_of(leader ? "leader" : "unit");
        struct asker askers[3] = {{.base = 1000}, {.base = 2000}, {.base = 3000}};
        struct bus *bus = NULL;
        struct mono began;

        assert_int_equal(bus_new(NULL, NULL, &bus), ST_OK);
        for (size_t i = 0; i < 3; i++) {
            askers[i].socket = knock(bus, door, keys);
        }
        for (size_t i = 0; i < QUESTIONS * 2; i++) {
            asker_ask(bus, &askers[i % 2], leader, i / 2);
        }
        began = mono_now();
        while (askers[0].count + askers[1].count < (size_t)QUESTIONS * 2) {
            if (mono_since_us(began) > WAIT_US) {
                fail_msg("%s: %zu and %zu of %u answers", door->name, askers[0].count,
                         askers[1].count, QUESTIONS);
            }
            assert_int_equal(bus_poll(bus, NULL, 0, 5), ST_OK);
            for (size_t i = 0; i < 3; i++) {
                asker_take(&askers[i], leader);
            }
        }
        assert_int_equal(bus_sight_now(askers[2].socket), SIGHT_READY);
        assert_int_equal(askers[2].count, 0);
        bus_free(&bus);
    }
}

/* ---- refusals ---- */

static long
refused_handshakes(void)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    char *text = redis_ask(redis, "HGET dondoc:ops:ingest:1 refused_handshakes");
    long count = strtol(text, NULL, 10);

    mem_free(&text);
    redis_free(&redis);
    return count;
}

/* Forty keys that nobody knows, the last one ten times more: a line for some, a number
 * for all. */
static void
refusals_are_counted_and_do_not_fill_the_log(void **state)
{
    enum { STRANGERS = 40, AGAIN = 10 };
    char endpoint[200];
    struct bus_keys keys;
    struct mono began;
    struct raw_peer p;
    long before;

    (void)state;
    nap_ms(1100); /* counters are written once a second */
    before = refused_handshakes();
    stack_endpoint(&fx.stack, "units", endpoint);
    for (size_t i = 0; i < STRANGERS + AGAIN; i++) {
        if (i < STRANGERS) {
            assert_int_equal(bus_keys_new(&keys), ST_OK);
        }
        assert_false(raw_open(&p, endpoint, fx.stack.service_keys.public_key, &keys,
                              "CURVE", "", 0, RAW_INITIATE));
        raw_close(&p);
    }
    began = mono_now();
    while (refused_handshakes() < before + STRANGERS + AGAIN) {
        assert_true(mono_since_us(began) < WAIT_US);
        nap_ms(50);
    }
    assert_int_equal(lines_with("ingest", "key_refused", "fingerprint="), KNOCKS_LINES);
}

/* ---- the handler ---- */

/* A bus whose ZAP socket has gone, as if by a bug: without it nobody could be asked. */
static void
handler_lost(int to)
{
    const struct rlimit none = {0, 0};
    struct bus *bus = NULL;

    (void)setrlimit(RLIMIT_CORE, &none); /* it is to abort */
    (void)dup2(to, STDERR_FILENO);
    (void)alarm(5);
    if (bus_new(NULL, NULL, &bus) != ST_OK) {
        _exit(1);
    }
    (void)zmq_close(bus->zap);
    for (;;) {
        status_ignore(bus_poll(bus, NULL, 0, 50)); /* it ends in there */
    }
}

static void
without_its_zap_handler_a_process_ends_and_says_so(void **state)
{
    char path[200];
    char said[400];
    int status;
    pid_t pid;
    ssize_t got;
    int fd;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/handler.log", fx.stack.dir);
    fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    pid = fork(); /* the child makes a bus of its own, uses none of ours */
    assert_true(pid >= 0);
    if (pid == 0) {
        handler_lost(fd);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    got = pread(fd, said, sizeof said - 1, 0);
    (void)close(fd); /* only read */
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_true(got > 0);
    said[got] = '\0';
    assert_non_null(strstr(said, "bus_poll.c"));
}

/* ---- hints of somebody else ---- */

/* Where ingest's hints come from: mode 0 without CURVE, 1 with a key pair of its own,
 * 2 with the right one. Has the scorer said that it wants to hear, within ms? */
static bool
fake_is_heard(int mode, int ms)
{
    void *context = zmq_ctx_new();
    void *fake = zmq_socket(context, ZMQ_XPUB);
    struct bus_keys own;
    char endpoint[200];
    char in[8];
    bool heard;
    int zero = 0;
    int one = 1;

    assert_int_equal(bus_keys_new(&own), ST_OK);
    if (mode > 0) {
        const char *secret =
            mode == 1 ? own.secret_key : fx.stack.service_keys.secret_key;

        assert_int_equal(zmq_setsockopt(fake, ZMQ_CURVE_SERVER, &one, sizeof one), 0);
        assert_int_equal(
            zmq_setsockopt(fake, ZMQ_CURVE_SECRETKEY, secret, strlen(secret)), 0);
    }
    (void)zmq_setsockopt(fake, ZMQ_LINGER, &zero, sizeof zero);
    (void)zmq_setsockopt(fake, ZMQ_RCVTIMEO, &ms, sizeof ms);
    stack_endpoint(&fx.stack, "hints-in", endpoint);
    (void)unlink(endpoint + strlen("ipc://"));
    assert_int_equal(zmq_bind(fake, endpoint), 0);
    heard = zmq_recv(fake, in, sizeof in, 0) > 0; /* a subscription */
    (void)zmq_close(fake);
    (void)zmq_ctx_term(context); /* nothing is left to be sent */
    return heard;
}

/* The last: ingest is gone afterwards. */
static void
hints_are_heard_from_nobody_without_the_servers_key(void **state)
{
    (void)state;
    stack_part_kill(&fx.stack, PART_INGEST);
    assert_false(fake_is_heard(0, 2500));
    assert_false(fake_is_heard(1, 2500));
    assert_true(fake_is_heard(2, 20000));
    stack_part_start(&fx.stack, PART_INGEST);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_opens_its_own_doors_and_no_other),
        cmocka_unit_test(no_door_speaks_without_curve),
        cmocka_unit_test(answers_go_only_to_who_asked),
        cmocka_unit_test(refusals_are_counted_and_do_not_fill_the_log),
        cmocka_unit_test(without_its_zap_handler_a_process_ends_and_says_so),
        cmocka_unit_test(hints_are_heard_from_nobody_without_the_servers_key),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
