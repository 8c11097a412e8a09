/* alone: a wait that is too long is what it looks for */
/*
 * lib/bus_poll: libzmq tells of a change once, by a descriptor that any use of the
 * socket may put out again. Whatever is sent, taken or left in between, a message that
 * is there ends the wait.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/bus.h"
#include "lib/instant.h"
#include "tests/support/admit_all.h"

#define ROUNDS 3000
#define LATE_US 2000000 /* a machine may be busy; a wait that misses it is for ever */

static struct bus *bus;
static struct bus_socket *server;
static struct bus_socket *client;
static int pipe_ends[2];

static int
setup(void **state)
{
    const char *dir = getenv("TMPDIR");
    struct bus_keys keys;
    struct bus_keys own;
    char endpoint[200];

    (void)state;
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/poll.ipc",
                   dir != NULL ? dir : "/tmp");
    assert_int_equal(bus_new(admit_all, NULL, &bus), ST_OK);
    assert_int_equal(bus_keys_new(&keys), ST_OK);
    assert_int_equal(bus_keys_new(&own), ST_OK);
    assert_int_equal(bus_bind_router(bus, endpoint, "units", &keys, &server), ST_OK);
    assert_int_equal(bus_connect_dealer(bus, endpoint, keys.public_key, &own, &client),
                     ST_OK);
    assert_int_equal(pipe(pipe_ends), 0);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    bus_close(&client);
    bus_close(&server);
    bus_free(&bus);
    (void)close(pipe_ends[0]);
    (void)close(pipe_ends[1]);
    return 0;
}

/* Waits for both; at most `most` are taken of each. Answers what the server takes. */
static void
turn(int most, int *at_server, int *at_client)
{
    struct bus_poll_item items[3] = {
        {.socket = server}, {.fd = pipe_ends[0]}, {.socket = client}};
    struct bus_message m;
    struct mono began = mono_now();
    int i;

    assert_int_equal(bus_poll(bus, items, 3, 2 * LATE_US / 1000), ST_OK);
    if (mono_since_us(began) > LATE_US) {
        fail_msg("not seen: %d at the server, %d at the client", *at_server,
                 *at_client);
    }
    assert_false(items[1].readable);
    for (i = 0; items[0].readable && i < most; i++) {
        if (bus_receive(server, &m) != ST_OK) {
            break;
        }
        assert_int_equal(bus_send_to(server, &m.peer, "a", 1), ST_OK);
        bus_message_close(&m);
        ++*at_server;
    }
    for (i = 0; items[2].readable && i < most; i++) {
        if (bus_receive(client, &m) != ST_OK) {
            break;
        }
        bus_message_close(&m);
        ++*at_client;
    }
}

static void
no_message_is_slept_over(void **state)
{
    int asked = 0;
    int at_server = 0;
    int at_client = 0;
    int round;

    (void)state;
    while (bus_send(client, "q", 1) != ST_OK) {
        struct bus_poll_item item = {.socket = client};

        assert_int_equal(bus_poll(bus, &item, 1, 10), ST_OK);
    }
    asked++;
    for (round = 0; round < ROUNDS; round++) {
        int burst = round % 4;

        while (burst-- > 0 && asked - at_client < 200) {
            assert_int_equal(bus_send(client, "q", 1), ST_OK);
            asked++;
        }
        if (at_client < asked) {
            turn(1 + round % 3, &at_server, &at_client);
        }
    }
    while (at_client < asked) {
        turn(1, &at_server, &at_client);
    }
    assert_int_equal(at_server, asked);
}

static void
a_descriptor_is_seen_beside_sockets(void **state)
{
    struct bus_poll_item items[3] = {
        {.socket = server}, {.fd = pipe_ends[0]}, {.socket = NULL, .fd = -1}};

    (void)state;
    assert_int_equal(bus_poll(bus, items, 3, 0), ST_OK);
    assert_false(items[1].readable);
    assert_int_equal(write(pipe_ends[1], "x", 1), 1);
    assert_int_equal(bus_poll(bus, items, 3, -1), ST_OK);
    assert_true(items[1].readable && !items[0].readable && !items[2].readable);
    items[1] = (struct bus_poll_item){.fd = pipe_ends[1], .want_write = true};
    assert_int_equal(bus_poll(bus, items, 3, -1), ST_OK);
    assert_true(items[1].writable && !items[1].readable);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_message_is_slept_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_descriptor_is_seen_beside_sockets, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
