/*
 * Two ROUTERs of one bus, as while a server's key is changed, and the look that
 * bus_poll takes meanwhile.
 *
 * Seen to fail: with every peer's door 0 (answer), with LOOK_EVERY_US a minute (look).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/bus.h"
#include "lib/instant.h"

#define DEADLINE_MS 8000
#define DOORS 2

static struct bus *server;
static struct bus *client;
static struct bus_keys server_keys[DOORS]; /* another one at each door */
static struct bus_keys keys[DOORS];
static struct bus_socket *doors[DOORS];
static struct bus_socket *dealers[DOORS];

static bool
admit(void *context, const char *domain, const char *key)
{
    (void)context;
    (void)key;
    return strcmp(domain, "units") == 0;
}

static int
setup(void **state)
{
    (void)state;
    assert_int_equal(bus_new(admit, NULL, &server), ST_OK);
    assert_int_equal(bus_new(NULL, NULL, &client), ST_OK);
    for (size_t i = 0; i < DOORS; i++) {
        assert_int_equal(bus_keys_new(&server_keys[i]), ST_OK);
        assert_int_equal(bus_keys_new(&keys[i]), ST_OK);
        assert_int_equal(bus_bind_router(server, "tcp://127.0.0.1:*", "units",
                                         &server_keys[i], &doors[i]),
                         ST_OK);
        assert_int_equal(bus_connect_dealer(client, bus_endpoint(doors[i]),
                                            server_keys[i].public_key, &keys[i],
                                            &dealers[i]),
                         ST_OK);
    }
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    bus_free(&server); /* first: a client with unsent messages lingers */
    bus_free(&client);
    return 0;
}

static void
turn(void)
{
    assert_int_equal(bus_poll(server, NULL, 0, 5), ST_OK);
    assert_int_equal(bus_poll(client, NULL, 0, 5), ST_OK);
}

/* The next message of a socket is `want`; who sent it. */
static struct bus_peer
expect(struct bus_socket *s, const char *want)
{
    struct mono start = mono_now();
    struct bus_message m;
    struct bus_peer peer;

    while (bus_receive(s, &m) != ST_OK) {
        assert_true(mono_since_us(start) < DEADLINE_MS * 1000);
        turn();
    }
    assert_int_equal(m.body_bytes, strlen(want));
    assert_memory_equal(m.body, want, strlen(want));
    peer = m.peer;
    bus_message_close(&m);
    return peer;
}

static struct bus_peer
ask(size_t door, const char *what)
{
    struct mono start = mono_now();

    while (bus_send(dealers[door], what, strlen(what)) != ST_OK) {
        assert_true(mono_since_us(start) < DEADLINE_MS * 1000);
        turn();
    }
    return expect(doors[door], what);
}

static void
answer_leaves_by_the_door_that_the_question_came_by(void **state)
{
    struct bus_peer one = ask(0, "one");
    struct bus_peer two = ask(1, "two");

    (void)state;
    assert_int_equal(bus_send_to(doors[0], &two, "to two", 6), ST_OK);
    assert_int_equal(bus_send_to(doors[1], &one, "to one", 6), ST_OK);
    (void)expect(dealers[1], "to two");
    (void)expect(dealers[0], "to one");
    /* If libzmq gave both the same five bytes, they would still be two. */
    memcpy(one.id, two.id, 5);
    assert_int_equal(one.len, two.len);
    assert_memory_not_equal(one.id, two.id, one.len);
    bus_close(&doors[1]);
    assert_int_equal(bus_send_to(doors[0], &two, "gone", 4), ST_GONE);
}

static bool
look_counts(void *context)
{
    return ++*(int *)context == 2;
}

static void
look_is_taken_while_waiting_and_may_end_it(void **state)
{
    struct bus_poll_item item = {.socket = doors[0], .fd = -1};
    struct mono start = mono_now();
    int looks = 0;

    (void)state;
    bus_look_set(server, look_counts, &looks);
    assert_int_equal(bus_poll(server, &item, 1, DEADLINE_MS), ST_OK);
    assert_int_equal(looks, 2);
    assert_false(item.readable);
    assert_true(mono_since_us(start) < DEADLINE_MS / 2 * 1000);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(answer_leaves_by_the_door_that_the_question_came_by),
        CLAIM(look_is_taken_while_waiting_and_may_end_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
