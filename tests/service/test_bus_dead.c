/*
 * How a server finds out that a peer is dead. Units say it themselves: a PING tells for
 * how long to believe in them, and the kernel asks after a network that is lost. All
 * others are asked by us, too.
 *
 * Seen to fail: with our own heartbeat for units (unit), with none for leaders
 * (leader), with the keepalive of the machine, which asks after two hours (kernel).
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/bus.h"
#include "lib/diag.h"
#include "lib/instant.h"
#include "tests/support/admit_all.h"
#include "tests/support/child.h"
#include "tests/support/raw_peer.h"

#define ENDPOINT_BYTES 128
#define COMMAND 2u        /* within CURVE; of a frame it is 4 */
#define PING_WAIT_MS 6500 /* asked each 5 s */
#define DEADLINE_US 8000000
#define KEEPALIVE_HUNDREDTHS 500

enum door { UNITS, LEADERS, DOOR_COUNT };
static const char *const domains[DOOR_COUNT] = {"units", "leaders"};

static pid_t server;
static struct bus_keys server_keys;
static struct bus_keys keys;
static char endpoints[DOOR_COUNT][ENDPOINT_BYTES];

/* A process of its own, since a raw peer waits without serving anybody. */
static void
server_run(int tell)
{
    struct bus *b;
    struct bus_socket *doors[DOOR_COUNT];
    int i;

    MUST(bus_new(admit_all, NULL, &b) == ST_OK);
    for (i = 0; i < DOOR_COUNT; i++) {
        char at[ENDPOINT_BYTES] = "";

        MUST(bus_bind_router(b, "tcp://127.0.0.1:*", domains[i], &server_keys,
                             &doors[i]) == ST_OK);
        (void)snprintf(at, sizeof at, "%s", bus_endpoint(doors[i]));
        MUST(write(tell, at, sizeof at) == sizeof at);
    }
    for (;;) {
        MUST(bus_poll(b, NULL, 0, 1000) == ST_OK);
    }
}

static int
setup(void **state)
{
    int told[2];
    int i;

    (void)state;
    assert_int_equal(bus_keys_new(&server_keys), ST_OK);
    assert_int_equal(bus_keys_new(&keys), ST_OK);
    assert_int_equal(pipe(told), 0);
    server = child_begin();
    if (server == 0) {
        server_run(told[1]);
    }
    for (i = 0; i < DOOR_COUNT; i++) {
        assert_int_equal(read(told[0], endpoints[i], ENDPOINT_BYTES), ENDPOINT_BYTES);
    }
    (void)close(told[0]);
    (void)close(told[1]);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    (void)kill(server, SIGKILL); /* waited for below */
    (void)waitpid(server, NULL, 0);
    return 0;
}

static void
open_at(struct raw_peer *p, enum door door)
{
    assert_true(raw_open(p, endpoints[door], server_keys.public_key, &keys, "CURVE", "",
                         0, RAW_INITIATE));
}

static bool
pinged(struct raw_peer *p, int ms)
{
    uint8_t in[256];
    long got = raw_receive(p, in, sizeof in, ms);

    return got >= 5 && memcmp(in, "\4PING", 5) == 0;
}

/* The TTL of 0,5 s: our own clients say 20. */
static void
a_unit_that_says_nothing_for_as_long_as_it_said_is_put_out(void **state)
{
    static const uint8_t ping[] = {4, 'P', 'I', 'N', 'G', 0, 5};
    struct raw_peer believed;
    struct raw_peer quiet;
    struct mono began;
    uint8_t in[256];

    (void)state;
    open_at(&quiet, UNITS);
    open_at(&believed, UNITS);
    assert_true(raw_send(&believed, COMMAND, ping, sizeof ping));
    began = mono_now();
    while (believed.fd >= 0) { /* its PONG, then its end */
        assert_true(mono_since_us(began) < DEADLINE_US);
        (void)raw_receive(&believed, in, sizeof in, 200);
    }
    assert_true(mono_since_us(began) > 400000);
    (void)raw_receive(&quiet, in, sizeof in, 10);
    assert_true(quiet.fd >= 0); /* it has said nothing of the kind */
    raw_close(&quiet);
}

static void
a_unit_is_asked_for_no_heartbeat_and_a_leader_is(void **state)
{
    struct raw_peer unit;
    struct raw_peer leader;

    (void)state;
    open_at(&unit, UNITS);
    open_at(&leader, LEADERS);
    assert_true(pinged(&leader, PING_WAIT_MS));
    assert_false(pinged(&unit, 500)); /* as old as the leader */
    assert_true(unit.fd >= 0);
    raw_close(&unit);
    raw_close(&leader);
}

/* The shortest time until the kernel asks for a peer of this port, in hundredths of a
 * second; -1: for none. */
static long
keepalive_in(unsigned port)
{
    FILE *f = fopen("/proc/net/tcp", "re");
    char line[512];
    long least = -1;

    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned local, state, kind;
        unsigned long when;

        if (sscanf(line, " %*u: %*x:%x %*x:%*x %x %*x:%*x %x:%lx", &local, &state,
                   &kind, &when) == 4 &&
            local == port && state == 1 && kind == 2 &&
            (least < 0 || (long)when < least)) {
            least = (long)when;
        }
    }
    (void)fclose(f); /* only read */
    return least;
}

static void
the_kernel_asks_after_a_peer_that_is_silent_for_five_seconds(void **state)
{
    struct mono began = mono_now();
    enum door door;

    (void)state;
    for (door = UNITS; door < DOOR_COUNT; door++) {
        unsigned port = (unsigned)atoi(strrchr(endpoints[door], ':') + 1);
        struct raw_peer p;
        long in;

        open_at(&p, door);
        while ((in = keepalive_in(port)) < 0) { /* what we sent is still under way */
            assert_true(mono_since_us(began) < DEADLINE_US);
            child_pause_us(10000);
        }
        assert_in_range(in, 0, KEEPALIVE_HUNDREDTHS);
        raw_close(&p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_that_says_nothing_for_as_long_as_it_said_is_put_out),
        cmocka_unit_test(a_unit_is_asked_for_no_heartbeat_and_a_leader_is),
        cmocka_unit_test(the_kernel_asks_after_a_peer_that_is_silent_for_five_seconds),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
