/*
 * Attacks over real sockets, by a peer that speaks the protocol itself: no process
 * ends, nothing is delivered that must not be, and the others are served meanwhile.
 * Bounded in connections, bytes and seconds; all on this machine.
 *
 * Seen to fail: tests/attacks/mutants.
 */
#define _GNU_SOURCE /* prlimit */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

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

static bool
rogue_open(struct raw_peer *p, const void *identity, size_t bytes)
{
    return raw_open(p, fx.units, fx.stack.service_keys.public_key, &fx.rogue, "CURVE",
                    identity, bytes, RAW_INITIATE);
}

/* ---- the peer itself works ---- */

static bool
says_hello(struct raw_peer *p)
{
    struct unit_request q = {.version = WIRE_VERSION, .request_id = 7};
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    uint8_t in[BUS_MESSAGE_MAX];
    struct unit_reply r;
    struct buf out;
    long got;
    bool answered;

    q.kind = UNIT_REQUEST_HELLO;
    buf_init(&out, BUS_MESSAGE_MAX);
    unit_request_encode(&q, a, &out);
    got = raw_send(p, 0, buf_str(&out), out.len) ? raw_receive(p, in, sizeof in, 1500)
                                                 : -1;
    arena_reset(a);
    answered = got > 0 && unit_reply_decode(in, (size_t)got, a, &r) == ST_OK &&
               r.request_id == 7;
    buf_fini(&out);
    arena_free(&a);
    return answered;
}

static void
our_own_peer_is_served_like_any_client(void **state)
{
    struct raw_peer p;

    (void)state;
    assert_true(rogue_open(&p, "", 0));
    assert_true(says_hello(&p));
    raw_close(&p);
}

/* ---- who gets in ---- */

static void
only_a_registered_key_with_curve_gets_in(void **state)
{
    /* The pair that the manual of libzmq prints: known to everybody. */
    static const struct bus_keys manual = {"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
                                           "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"};
    struct raw_peer p;

    (void)state;
    assert_false(raw_open(&p, fx.units, fx.stack.service_keys.public_key, &fx.stranger,
                          "CURVE", "", 0, RAW_INITIATE));
    raw_close(&p);
    assert_false(raw_open(&p, fx.units, fx.stack.service_keys.public_key, &manual,
                          "CURVE", "", 0, RAW_INITIATE));
    raw_close(&p);
    /* A leader's key at the units' door, a unit's at the leaders'. */
    assert_false(raw_open(&p, fx.units, fx.stack.service_keys.public_key, &fx.head,
                          "CURVE", "", 0, RAW_INITIATE));
    raw_close(&p);
    assert_false(raw_open(&p, fx.leaders, fx.stack.service_keys.public_key, &fx.rogue,
                          "CURVE", "", 0, RAW_INITIATE));
    raw_close(&p);
    attack_recovered(&fx, __func__);
}

static void
other_mechanisms_are_cut_off(void **state)
{
    static const char *const mechanisms[] = {"NULL", "PLAIN", "GSSAPI", "curve"};
    struct raw_peer p;
    uint8_t in[16];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
        if (raw_open(&p, fx.units, fx.stack.service_keys.public_key, &fx.rogue,
                     mechanisms[i], "", 0, RAW_GREETING)) {
            /* READY of the mechanism NULL, which would be enough for it. */
            static const uint8_t ready[] =
                "\x04\x19\x05READY\x0bSocket-Type\0\0\0\6DEALER";

            (void)raw_write(&p, ready, sizeof ready - 1);
            assert_true(raw_receive(&p, in, sizeof in, 3000) < 0);
        }
        raw_close(&p);
    }
    attack_recovered(&fx, __func__);
}

/* ---- routing ids ---- */

/* Whoever comes next gets the next automatic id: libzmq asserts that it is free. */
static void
somebody_comes(void)
{
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};
    struct unit_reply r;
    struct side fresh;

    side_open(&fresh, &fx.stack, SIDE_UNITS, &fx.rogue);
    assert_int_equal(side_ask(&fresh, &q, &r), ST_OK); /* it has come */
    side_close(&fresh);
    attack_recovered(&fx, "routing id");
}

static void
a_routing_id_of_ones_own_wins_nothing(void **state)
{
    static const struct {
        const char *id;
        size_t bytes;
    } ids[] = {{"head-21055", 10},
               {"\0\0\0\0\1", 5},
               {"\0", 1},
               {"\0\xff\xff\xff\xff", 5},
               {"21043", 5}};
    struct raw_peer first;
    struct raw_peer second;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof ids / sizeof *ids; i++) {
        (void)rogue_open(&first, ids[i].id, ids[i].bytes);
        (void)rogue_open(&second, ids[i].id, ids[i].bytes); /* and the same again */
        if (first.fd >= 0) {
            (void)says_hello(&first);
        }
        somebody_comes();
        raw_close(&first);
        raw_close(&second);
    }
}

/* Where the automatic ids of the first ROUTERs of a process begin that never called
 * srand (libzmq makes each of two rand(); the first is the one that answers ZAP), and
 * as many behind it as may have been given by now. */
static void
the_next_automatic_routing_id_is_not_known(void **state)
{
    enum { AHEAD = 24 };
    static const uint32_t begins[] = {0x6b8b4567, 0xe43c9869, 0xf4b0dc51, 0x2ae8944a};
    static struct raw_peer peers[AHEAD];
    size_t i;
    uint32_t k;

    (void)state;
    for (i = 0; i < sizeof begins / sizeof *begins; i++) {
        for (k = 0; k < AHEAD; k++) {
            uint32_t id = begins[i] + k;
            const uint8_t bytes[] = {0, (uint8_t)(id >> 24), (uint8_t)(id >> 16),
                                     (uint8_t)(id >> 8), (uint8_t)id};

            (void)rogue_open(&peers[k], bytes, sizeof bytes);
        }
        somebody_comes();
        for (k = 0; k < AHEAD; k++) {
            raw_close(&peers[k]);
        }
    }
}

/* ---- limits of one connection ---- */

/* Does the server end it within ms? What it says until then is thrown away. */
static bool
ended_within(struct raw_peer *p, int ms)
{
    struct mono began = mono_now();
    uint8_t in[4096];

    for (;;) {
        struct pollfd poller = {p->fd, POLLIN, 0};
        int left = ms - (int)(mono_since_us(began) / 1000);

        if (p->fd < 0) {
            return true;
        }
        if (left <= 0 || poll(&poller, 1, left) != 1) {
            return false;
        }
        if (recv(p->fd, in, sizeof in, 0) <= 0) {
            return true;
        }
    }
}

/* One that came, and one that is only announced: 1 MiB, of which nothing follows. */
static void
a_frame_beyond_the_limit_ends_its_connection(void **state)
{
    static const uint8_t announced[] = {2, 0, 0, 0, 0, 0, 16, 0, 0};
    static uint8_t body[BUS_MESSAGE_MAX + 100];
    struct raw_peer p;

    (void)state;
    assert_true(rogue_open(&p, "", 0));
    assert_true(raw_send(&p, 0, body, BUS_MESSAGE_MAX)); /* refused, and answered */
    assert_false(ended_within(&p, 300));
    raw_close(&p);
    assert_true(rogue_open(&p, "", 0));
    (void)raw_send(&p, 0, body, sizeof body); /* it may be ended before all is sent */
    assert_true(ended_within(&p, 3000));
    raw_close(&p);
    assert_true(rogue_open(&p, "", 0));
    assert_true(raw_write(&p, announced, sizeof announced));
    assert_true(ended_within(&p, 3000));
    raw_close(&p);
    attack_recovered(&fx, __func__);
}

static void
a_handshake_has_two_seconds(void **state)
{
    static const enum raw_step steps[] = {RAW_CONNECT, RAW_GREETING, RAW_HELLO};
    const char *const doors[] = {fx.units, fx.leaders};
    struct raw_peer p[2][3];
    struct mono began = mono_now();
    size_t d;
    size_t i;

    (void)state;
    for (d = 0; d < 2; d++) {
        for (i = 0; i < 3; i++) {
            (void)raw_open(&p[d][i], doors[d], fx.stack.service_keys.public_key,
                           d == 0 ? &fx.rogue : &fx.head, "CURVE", "", 0, steps[i]);
            assert_true(p[d][i].fd >= 0);
        }
    }
    for (d = 0; d < 2; d++) {
        for (i = 0; i < 3; i++) {
            int left = 6000 - (int)(mono_since_us(began) / 1000);

            if (!ended_within(&p[d][i], left > 0 ? left : 1)) {
                fail_msg("door %zu, step %zu: still open", d, i);
            }
            raw_close(&p[d][i]);
        }
    }
}

/* ---- descriptors ---- */

static rlim_t
descriptors_of(pid_t pid)
{
    char path[64];
    rlim_t count = 0;
    DIR *d;

    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    d = opendir(path);
    assert_non_null(d);
    while (readdir(d) != NULL) {
        count++;
    }
    (void)closedir(d); /* only read */
    return count - 2;  /* . and .. */
}

static void
descriptors_limit(pid_t pid, rlim_t most)
{
    struct rlimit limit;

    assert_int_equal(prlimit(pid, RLIMIT_NOFILE, NULL, &limit), 0);
    limit.rlim_cur = most == 0 ? limit.rlim_max : most;
    assert_int_equal(prlimit(pid, RLIMIT_NOFILE, &limit, NULL), 0);
}

/* There is room for three more, and they are kept: files have to be opened, and at the
 * very end libzmq spins. */
static void
the_last_descriptors_are_not_for_newcomers(void **state)
{
    enum { HERE = 60 };
    static struct raw_peer here[HERE];
    pid_t pid = fx.pids[PART_INGEST];
    struct raw_peer late;
    size_t i;

    (void)state;
    for (i = 0; i < HERE; i++) {
        assert_true(rogue_open(&here[i], "", 0));
    }
    descriptors_limit(pid, descriptors_of(pid) + 3);
    assert_false(rogue_open(&late, "", 0));
    raw_close(&late);
    assert_true(says_hello(&here[HERE - 1])); /* who is here is served */
    assert_true(descriptors_of(pid) >= HERE);
    descriptors_limit(pid, 0);
    assert_true(rogue_open(&late, "", 0));
    assert_true(says_hello(&late));
    raw_close(&late);
    for (i = 0; i < HERE; i++) {
        raw_close(&here[i]);
    }
    attack_recovered(&fx, __func__);
}

/* ---- floods ---- */

static void
endless_parts(void)
{
    static uint8_t part[32768];
    struct mono began = mono_now();
    struct raw_peer p;
    size_t bytes = 0;

    if (!rogue_open(&p, "", 0)) {
        _exit(1);
    }
    while (!attack_over(began) && bytes < (512u << 20)) {
        if (!raw_send(&p, RAW_MORE, part, sizeof part)) {
            raw_close(&p);
            (void)rogue_open(&p, "", 0);
        }
        bytes += sizeof part;
    }
}

static void
an_endless_message_costs_nobody_else_anything(void **state)
{
    (void)state;
    attack_serves(&fx, endless_parts, "endless message");
}

static void
idle_connections(void)
{
    static struct raw_peer idle[2000];
    struct mono began = mono_now();
    size_t i;

    for (i = 0; i < 2000 && !attack_over(began); i++) {
        (void)raw_open(&idle[i], fx.units, fx.stack.service_keys.public_key,
                       &fx.stranger, "CURVE", "", 0,
                       i % 2 ? RAW_CONNECT : RAW_GREETING);
    }
    while (!attack_over(began)) {
        nap_ms(20);
    }
}

static void
two_thousand_idle_handshakes_keep_nobody_out(void **state)
{
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};
    struct unit_reply r;
    struct side late;
    pid_t attacker;
    int status;

    (void)state;
    attacker = attack_start(idle_connections);
    nap_ms(ATTACK_MS / 2);
    side_open(&late, &fx.stack, SIDE_UNITS, &fx.rogue); /* gets in meanwhile */
    assert_int_equal(side_ask(&late, &q, &r), ST_OK);
    assert_int_equal(waitpid(attacker, &status, WNOHANG), 0);
    side_close(&late);
    assert_int_equal(waitpid(attacker, &status, 0), attacker);
    attack_serves(&fx, idle_connections, "idle handshakes");
}

static void
one_byte_at_a_time(void)
{
    static struct raw_peer slow[100];
    struct mono began = mono_now();
    size_t i;

    for (i = 0; i < 100; i++) {
        (void)raw_open(&slow[i], fx.units, fx.stack.service_keys.public_key, &fx.rogue,
                       "CURVE", "", 0, i % 2 ? RAW_INITIATE : RAW_CONNECT);
        (void)raw_write(&slow[i], "\xff", 1);
    }
    while (!attack_over(began)) {
        for (i = 0; i < 100; i++) {
            (void)raw_write(&slow[i], "\2", 1);
        }
        nap_ms(50);
    }
}

static void
a_byte_at_a_time_holds_nobody_up(void **state)
{
    (void)state;
    attack_serves(&fx, one_byte_at_a_time, "byte by byte");
}

static void
strangers_storm(void)
{
    struct mono began = mono_now();
    struct raw_peer p;

    while (!attack_over(began)) {
        (void)raw_open(&p, fx.units, fx.stack.service_keys.public_key, &fx.stranger,
                       "CURVE", "", 0, RAW_INITIATE);
        raw_close(&p);
    }
}

static void
a_storm_of_strangers_is_turned_away(void **state)
{
    (void)state;
    attack_serves(&fx, strangers_storm, "strangers");
}

static void
noise(void)
{
    struct mono began = mono_now();
    uint8_t bytes[4096];
    struct raw_peer p;
    unsigned seed = 1;
    size_t i;

    while (!attack_over(began)) {
        for (i = 0; i < sizeof bytes; i++) {
            seed = seed * 1103515245u + 12345u;
            bytes[i] = (uint8_t)(seed >> 16);
        }
        /* At every step of a handshake, and behind it. */
        (void)raw_open(&p, fx.units, fx.stack.service_keys.public_key, &fx.rogue,
                       "CURVE", "", 0, (enum raw_step)(seed >> 8 & 3));
        for (i = 0; i < 16 && raw_write(&p, bytes, sizeof bytes); i++) {
        }
        raw_close(&p);
    }
}

static void
noise_at_any_step_harms_nothing(void **state)
{
    (void)state;
    attack_serves(&fx, noise, "noise");
}

static void
flood(void)
{
    static uint8_t body[60000];
    struct mono began = mono_now();
    struct raw_peer p;

    if (!rogue_open(&p, "", 0)) {
        _exit(1);
    }
    while (!attack_over(began)) {
        if (!raw_send(&p, 0, body, sizeof body)) {
            raw_close(&p);
            (void)rogue_open(&p, "", 0);
        }
    }
}

static void
a_flood_of_refused_messages_leaves_the_others_their_turn(void **state)
{
    (void)state;
    attack_serves(&fx, flood, "flood");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_peer_is_served_like_any_client),
        cmocka_unit_test(only_a_registered_key_with_curve_gets_in),
        cmocka_unit_test(other_mechanisms_are_cut_off),
        cmocka_unit_test(the_next_automatic_routing_id_is_not_known),
        cmocka_unit_test(a_routing_id_of_ones_own_wins_nothing),
        cmocka_unit_test(a_frame_beyond_the_limit_ends_its_connection),
        cmocka_unit_test(a_handshake_has_two_seconds),
        cmocka_unit_test(the_last_descriptors_are_not_for_newcomers),
        cmocka_unit_test(two_thousand_idle_handshakes_keep_nobody_out),
        cmocka_unit_test(a_byte_at_a_time_holds_nobody_up),
        cmocka_unit_test(a_storm_of_strangers_is_turned_away),
        cmocka_unit_test(noise_at_any_step_harms_nothing),
        cmocka_unit_test(a_flood_of_refused_messages_leaves_the_others_their_turn),
        cmocka_unit_test(an_endless_message_costs_nobody_else_anything),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
