/*
 * bus over real sockets on the loopback. Peers that behave use lib/bus; hostile ones
 * use zmq.h directly. Server and clients live in this one thread, so every wait turns
 * both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "lib/bus.h"
#include "lib/instant.h"

#define DEADLINE_MS 8000
#define QUIET_MS                                                                       \
    300 /* how long "nothing comes" is watched, after proof of a connection */
#define CLIENTS 2

struct grant {
    char key[BUS_KEY_BYTES];
    const char *domain;
};

struct fixture {
    struct grant grants[4];
    size_t grant_count;
    struct bus *server;
    struct bus *client;
    struct bus_keys server_keys;
    struct bus_keys keys[CLIENTS];
    struct bus_socket *router;
    struct bus_socket *dealer[CLIENTS];
    struct bus_message got; /* the last one of pump_message */
    bool has_got;
    void *raw_context;
    void *raw;
};

static struct fixture f;

static bool
admit(void *context, const char *domain, const char *key)
{
    (void)context;
    for (size_t i = 0; i < f.grant_count; i++) {
        if (strcmp(f.grants[i].key, key) == 0 &&
            strcmp(f.grants[i].domain, domain) == 0) {
            return true;
        }
    }
    return false;
}

static void
grant(const char *key, const char *domain)
{
    struct grant *g = &f.grants[f.grant_count++];

    memcpy(g->key, key, BUS_KEY_BYTES);
    g->domain = domain;
}

static int
setup(void **state)
{
    (void)state;
    memset(&f, 0, sizeof f);
    assert_int_equal(bus_new(admit, NULL, &f.server), ST_OK);
    assert_int_equal(bus_new(NULL, NULL, &f.client), ST_OK);
    assert_int_equal(bus_keys_new(&f.server_keys), ST_OK);
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_int_equal(bus_keys_new(&f.keys[i]), ST_OK);
    }
    assert_int_equal(bus_bind_router(f.server, "tcp://127.0.0.1:*", "units",
                                     &f.server_keys, &f.router),
                     ST_OK);
    return 0;
}

static void
drop_got(void)
{
    if (f.has_got) {
        bus_message_close(&f.got);
        f.has_got = false;
    }
}

static int
teardown(void **state)
{
    (void)state;
    drop_got();
    if (f.raw != NULL) {
        zmq_close(f.raw);
    }
    if (f.raw_context != NULL) {
        zmq_ctx_term(f.raw_context);
    }
    bus_free(&f.server); /* first: a client with unsent messages lingers */
    bus_free(&f.client);
    return 0;
}

/* One turn of everybody. */
static void
turn(void)
{
    struct bus_poll_item item = {.socket = f.router, .fd = -1};

    assert_int_equal(bus_poll(f.server, &item, f.router == NULL ? 0 : 1, 5), ST_OK);
    assert_int_equal(bus_poll(f.client, NULL, 0, 5), ST_OK);
}

static bool
over(struct mono start, int64_t ms)
{
    return mono_since_us(start) > ms * 1000;
}

static void
dial(size_t i)
{
    assert_int_equal(bus_connect_dealer(f.client, bus_endpoint(f.router),
                                        f.server_keys.public_key, &f.keys[i],
                                        &f.dealer[i]),
                     ST_OK);
}

static void
send_when_possible(struct bus_socket *s, const void *body, size_t bytes)
{
    struct mono start = mono_now();

    while (bus_send(s, body, bytes) != ST_OK) {
        assert_false(over(start, DEADLINE_MS));
        turn();
    }
}

/* The next message at the router, into f.got. False: none within ms. */
static bool
pump_message(int64_t ms)
{
    struct mono start = mono_now();

    drop_got();
    while (!over(start, ms)) {
        turn();
        if (bus_receive(f.router, &f.got) == ST_OK) {
            f.has_got = true;
            return true;
        }
    }
    return false;
}

static void
expect_message(const char *body)
{
    assert_true(pump_message(DEADLINE_MS));
    assert_int_equal(f.got.body_bytes, strlen(body));
    assert_memory_equal(f.got.body, body, strlen(body));
}

static void
expect_sight(struct bus_socket *s, enum bus_sight want)
{
    struct mono start = mono_now();

    while (bus_sight_now(s) != want && !over(start, DEADLINE_MS)) {
        turn();
    }
    assert_int_equal(bus_sight_now(s), want);
}

/* A DEALER of bare libzmq with the key of client 0. */
static void
raw_dial(const char *routing_id)
{
    int zero = 0;

    f.raw_context = zmq_ctx_new();
    f.raw = zmq_socket(f.raw_context, ZMQ_DEALER);
    assert_non_null(f.raw);
    zmq_setsockopt(f.raw, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(f.raw, ZMQ_CURVE_SERVERKEY, f.server_keys.public_key, 40);
    zmq_setsockopt(f.raw, ZMQ_CURVE_PUBLICKEY, f.keys[0].public_key, 40);
    zmq_setsockopt(f.raw, ZMQ_CURVE_SECRETKEY, f.keys[0].secret_key, 40);
    if (routing_id != NULL) {
        zmq_setsockopt(f.raw, ZMQ_ROUTING_ID, routing_id, strlen(routing_id));
    }
    assert_int_equal(zmq_connect(f.raw, bus_endpoint(f.router)), 0);
}

static void
wait_dropped(uint64_t want)
{
    struct mono start = mono_now();

    while (bus_dropped(f.server) < want && !over(start, DEADLINE_MS)) {
        assert_false(pump_message(20));
    }
    assert_int_equal(bus_dropped(f.server), want);
}

/* --- who gets in --- */

static void
known_key_is_admitted_and_answered(void **state)
{
    struct bus_message reply;
    struct mono start = mono_now();

    (void)state;
    grant(f.keys[0].public_key, "units");
    dial(0);
    send_when_possible(f.dealer[0], "hello", 5);
    expect_message("hello");
    assert_string_equal(f.got.key, f.keys[0].public_key);
    assert_int_equal(bus_send_to(f.router, &f.got.peer, "welcome", 7), ST_OK);
    while (bus_receive(f.dealer[0], &reply) != ST_OK) {
        assert_false(over(start, DEADLINE_MS));
        turn();
    }
    assert_int_equal(reply.body_bytes, 7);
    assert_memory_equal(reply.body, "welcome", 7);
    assert_string_equal(reply.key, "");
    bus_message_close(&reply);
    assert_int_equal(bus_sight_now(f.dealer[0]), SIGHT_READY);
    assert_int_equal(bus_refused(f.server), 0);
    assert_int_equal(bus_dropped(f.server), 0);
}

static void
unknown_key_is_refused(void **state)
{
    (void)state;
    grant(f.keys[1].public_key, "units");
    dial(0);
    expect_sight(f.dealer[0], SIGHT_KEY_REFUSED);
    assert_int_equal(bus_send(f.dealer[0], "hello", 5), ST_AGAIN);
    assert_true(bus_refused(f.server) >= 1);
    assert_false(pump_message(QUIET_MS));
}

static void
key_of_another_domain_is_refused(void **state)
{
    (void)state;
    grant(f.keys[0].public_key, "leaders");
    dial(0);
    expect_sight(f.dealer[0], SIGHT_KEY_REFUSED);
    assert_false(pump_message(QUIET_MS));
}

static void
without_a_keyring_nobody_is_admitted(void **state)
{
    (void)state;
    bus_free(&f.server);
    f.router = NULL;
    assert_int_equal(bus_new(NULL, NULL, &f.server), ST_OK);
    assert_int_equal(bus_bind_router(f.server, "tcp://127.0.0.1:*", "units",
                                     &f.server_keys, &f.router),
                     ST_OK);
    dial(0);
    expect_sight(f.dealer[0], SIGHT_KEY_REFUSED);
}

static void
peer_without_curve_gets_nothing_in(void **state)
{
    int zero = 0;

    (void)state;
    grant(f.keys[0].public_key, "units");
    f.raw_context = zmq_ctx_new();
    f.raw = zmq_socket(f.raw_context, ZMQ_DEALER);
    zmq_setsockopt(f.raw, ZMQ_LINGER, &zero, sizeof zero);
    assert_int_equal(zmq_connect(f.raw, bus_endpoint(f.router)), 0);
    assert_int_equal(zmq_send(f.raw, "forged", 6, ZMQ_DONTWAIT), 6);
    assert_false(pump_message(QUIET_MS));
    dial(0); /* and the others are not disturbed */
    send_when_possible(f.dealer[0], "honest", 6);
    expect_message("honest");
}

static void
key_registered_later_gets_in_on_the_same_socket(void **state)
{
    (void)state;
    dial(0);
    expect_sight(f.dealer[0], SIGHT_KEY_REFUSED);
    grant(f.keys[0].public_key, "units");
    expect_sight(f.dealer[0], SIGHT_READY);
    send_when_possible(f.dealer[0], "at last", 7);
    expect_message("at last");
}

static void
key_removed_while_connected_stops_working_at_once(void **state)
{
    (void)state;
    grant(f.keys[0].public_key, "units");
    dial(0);
    send_when_possible(f.dealer[0], "before", 6);
    expect_message("before");
    f.grant_count = 0;
    send_when_possible(f.dealer[0], "after", 5);
    wait_dropped(1);
}

static void
sender_is_the_right_key_with_two_clients_interleaved(void **state)
{
    char body[16];
    size_t from[CLIENTS] = {0, 0};

    (void)state;
    for (size_t i = 0; i < CLIENTS; i++) {
        grant(f.keys[i].public_key, "units");
        dial(i);
    }
    for (int n = 0; n < 50; n++) {
        for (size_t i = 0; i < CLIENTS; i++) {
            int len = snprintf(body, sizeof body, "%zu/%d", i, n);

            send_when_possible(f.dealer[i], body, (size_t)len);
        }
    }
    for (int n = 0; n < 50 * CLIENTS; n++) {
        size_t i;

        assert_true(pump_message(DEADLINE_MS));
        i = f.got.body[0] == '0' ? 0 : 1;
        assert_string_equal(f.got.key, f.keys[i].public_key);
        from[i]++;
    }
    assert_int_equal(from[0], 50);
    assert_int_equal(from[1], 50);
}

/* --- what gets in --- */

static void
message_of_two_payload_frames_is_dropped(void **state)
{
    (void)state;
    grant(f.keys[0].public_key, "units");
    raw_dial(NULL);
    assert_int_equal(zmq_send(f.raw, "one", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(f.raw, "two", 3, 0), 3);
    wait_dropped(1);
    assert_int_equal(zmq_send(f.raw, "alone", 5, 0), 5);
    expect_message("alone"); /* what follows is in step */
}

static void
message_of_five_thousand_frames_is_dropped_in_turns(void **state)
{
    (void)state;
    grant(f.keys[0].public_key, "units");
    raw_dial(NULL);
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(zmq_send(f.raw, "x", 1, ZMQ_SNDMORE), 1);
    }
    assert_int_equal(zmq_send(f.raw, "end", 3, 0), 3);
    assert_int_equal(zmq_send(f.raw, "alone", 5, 0), 5);
    expect_message("alone");
    assert_int_equal(bus_dropped(f.server), 1);
}

static void
message_of_64_kib_is_taken_and_a_byte_more_is_not(void **state)
{
    static uint8_t body[BUS_MESSAGE_MAX + 1];
    struct bus_peer peer;

    (void)state;
    grant(f.keys[0].public_key, "units");
    raw_dial(NULL);
    assert_int_equal(zmq_send(f.raw, body, BUS_MESSAGE_MAX, 0), BUS_MESSAGE_MAX);
    assert_true(pump_message(DEADLINE_MS));
    assert_int_equal(f.got.body_bytes, BUS_MESSAGE_MAX);
    peer = f.got.peer;
    assert_int_equal(zmq_send(f.raw, body, sizeof body, 0), (int)sizeof body);
    wait_dropped(1);
    dial(0);
    expect_sight(f.dealer[0], SIGHT_READY);
    assert_int_equal(bus_send(f.dealer[0], body, sizeof body), ST_LIMIT);
    assert_int_equal(bus_send_to(f.router, &peer, body, sizeof body), ST_LIMIT);
}

static void
message_of_70_kb_never_arrives_and_the_next_one_does(void **state)
{
    static uint8_t body[70000];
    struct mono start = mono_now();
    bool arrived = false;

    (void)state;
    grant(f.keys[0].public_key, "units");
    raw_dial(NULL);
    assert_int_equal(zmq_send(f.raw, body, sizeof body, 0), (int)sizeof body);
    /* The connection is closed for it; libzmq makes a new one, and what is sent in
     * between may be lost with the old one: so again until it arrives. */
    while (!arrived && !over(start, DEADLINE_MS)) {
        (void)zmq_send(f.raw, "small", 5, ZMQ_DONTWAIT);
        arrived = pump_message(100);
    }
    assert_true(arrived);
    assert_int_equal(f.got.body_bytes, 5);
}

static void
routing_id_chosen_by_the_peer_is_dropped(void **state)
{
    (void)state;
    grant(f.keys[0].public_key, "units");
    raw_dial("leader-7");
    assert_int_equal(zmq_send(f.raw, "give me", 7, 0), 7);
    wait_dropped(1);
}

static void
sending_to_a_peer_that_is_gone_says_gone(void **state)
{
    struct mono start = mono_now();
    struct bus_peer peer;
    enum status st;

    (void)state;
    grant(f.keys[0].public_key, "units");
    dial(0);
    send_when_possible(f.dealer[0], "hello", 5);
    expect_message("hello");
    peer = f.got.peer;
    assert_int_equal(bus_send_to(f.router, &peer, "still there", 11), ST_OK);
    bus_close(&f.dealer[0]);
    do {
        turn();
        st = bus_send_to(f.router, &peer, "gone?", 5);
    } while (st == ST_OK && !over(start, DEADLINE_MS));
    assert_int_equal(st, ST_GONE);
}

static void
reopened_router_puts_peers_out_and_takes_them_back(void **state)
{
    char endpoint[256];
    struct bus_peer peer;

    (void)state;
    grant(f.keys[0].public_key, "units");
    dial(0);
    send_when_possible(f.dealer[0], "before", 6);
    expect_message("before");
    peer = f.got.peer;
    (void)snprintf(endpoint, sizeof endpoint, "%s", bus_endpoint(f.router));
    drop_got();
    bus_reopen(f.router);
    assert_string_equal(bus_endpoint(f.router), endpoint);
    assert_int_equal(bus_send_to(f.router, &peer, "gone", 4), ST_GONE);
    {
        struct mono start = mono_now();

        while (!f.has_got && !over(start, DEADLINE_MS)) {
            send_when_possible(f.dealer[0], "after", 5);
            (void)pump_message(100);
        }
    }
    assert_true(f.has_got);
    assert_string_equal(f.got.key, f.keys[0].public_key);
}

static void
memory_over_its_limit_reopens_the_router(void **state)
{
    struct bus_peer peer;
    struct mono start;

    (void)state;
    grant(f.keys[0].public_key, "units");
    dial(0);
    send_when_possible(f.dealer[0], "before", 6);
    expect_message("before");
    peer = f.got.peer;
    bus_memory_max(f.server, (size_t)1 << 40); /* far away: nothing happens */
    turn();
    assert_int_equal(bus_send_to(f.router, &peer, "still there", 11), ST_OK);
    bus_memory_max(f.server, 1);
    start = mono_now();
    while (bus_send_to(f.router, &peer, "gone?", 5) == ST_OK) {
        assert_false(over(start, DEADLINE_MS));
        turn();
    }
    expect_sight(f.dealer[0], SIGHT_READY); /* and the peer comes back */
}

/* --- hints --- */

/* Hears subscriber 0 a hint within ms? The hint is said again and again. */
static bool
hint_heard(struct bus_socket *pub, struct bus_socket *sub, int64_t ms)
{
    struct mono start = mono_now();
    struct bus_message m;

    while (!over(start, ms)) {
        assert_int_equal(bus_send(pub, "57", 2), ST_OK);
        turn();
        if (bus_receive(sub, &m) == ST_OK) {
            assert_memory_equal(m.body, "57", 2);
            bus_message_close(&m);
            return true;
        }
    }
    return false;
}

static void
hint_is_heard_by_a_service_and_by_nobody_else(void **state)
{
    struct bus_socket *pub;
    struct bus_socket *known;
    struct bus_socket *unknown;

    (void)state;
    grant(f.keys[0].public_key, "services");
    grant(f.keys[1].public_key, "units");
    assert_int_equal(
        bus_bind_pub(f.server, "tcp://127.0.0.1:*", "services", &f.server_keys, &pub),
        ST_OK);
    assert_int_equal(bus_connect_sub(f.client, bus_endpoint(pub),
                                     f.server_keys.public_key, &f.keys[0], &known),
                     ST_OK);
    assert_int_equal(bus_connect_sub(f.client, bus_endpoint(pub),
                                     f.server_keys.public_key, &f.keys[1], &unknown),
                     ST_OK);
    assert_true(hint_heard(pub, known, DEADLINE_MS));
    expect_sight(unknown, SIGHT_KEY_REFUSED);
    assert_false(hint_heard(pub, unknown, QUIET_MS));
}

/* --- what a client sees --- */

static void
sight_of_an_unknown_host_name(void **state)
{
    (void)state;
    assert_int_equal(bus_connect_dealer(f.client, "tcp://no-such-host.invalid:5701",
                                        f.server_keys.public_key, &f.keys[0],
                                        &f.dealer[0]),
                     ST_OK);
    expect_sight(f.dealer[0], SIGHT_NAME_UNKNOWN);
}

static void
sight_of_a_port_where_nobody_listens(void **state)
{
    char endpoint[256];

    (void)state;
    (void)snprintf(endpoint, sizeof endpoint, "%s", bus_endpoint(f.router));
    bus_free(&f.server); /* the port was free, and is again */
    f.router = NULL;
    assert_int_equal(bus_new(admit, NULL, &f.server), ST_OK);
    assert_int_equal(bus_connect_dealer(f.client, endpoint, f.server_keys.public_key,
                                        &f.keys[0], &f.dealer[0]),
                     ST_OK);
    expect_sight(f.dealer[0], SIGHT_NOT_REACHABLE);
}

static void
sight_of_another_server_key(void **state)
{
    struct bus_keys other;
    struct mono start = mono_now();

    (void)state;
    grant(f.keys[0].public_key, "units");
    assert_int_equal(bus_keys_new(&other), ST_OK);
    assert_int_equal(bus_connect_dealer(f.client, bus_endpoint(f.router),
                                        other.public_key, &f.keys[0], &f.dealer[0]),
                     ST_OK);
    expect_sight(f.dealer[0], SIGHT_SERVER_KEY);
    while (!over(start, 1500)) { /* it stays so while it is tried again */
        turn();
        assert_int_equal(bus_sight_now(f.dealer[0]), SIGHT_SERVER_KEY);
    }
}

static void
sight_of_a_server_that_does_not_answer(void **state)
{
    struct mono start = mono_now();

    (void)state;
    dial(0); /* TCP is taken by the kernel and ZAP is not answered: only clients turn */
    while (!over(start, 3000)) {
        assert_int_equal(bus_poll(f.client, NULL, 0, 20), ST_OK);
        assert_int_not_equal(bus_sight_now(f.dealer[0]), SIGHT_SERVER_KEY);
        assert_int_not_equal(bus_sight_now(f.dealer[0]), SIGHT_KEY_REFUSED);
    }
    assert_int_equal(bus_sight_now(f.dealer[0]), SIGHT_CONNECTED);
}

/* --- arguments --- */

static void
published_keys_and_no_keys_are_refused(void **state)
{
    static const struct {
        const char *name;
        const char *key;
    } cases[] = {
        {"manual, first public", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"},
        {"manual, first secret", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"},
        {"manual, second public", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"},
        {"manual, second secret", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"},
        {"our example, public", "2CVWV6D&QXW]Ii55A)@qco1MAyn+7#3/w+9Xnrjk"},
        {"our example, secret", "0rJua1Qkhq2)}4G4gS)W5Ft->6=4P585:Cl9uDpB"},
        {"empty", ""},
        {"39 characters", "abcdefghijabcdefghijabcdefghijabcdefghi"},
        {"a blank in it", "abcdefghijabcdefghij bcdefghijabcdefghij"},
        {"a group over 2^32", "#####fghijabcdefghijabcdefghijabcdefghij"},
        {"all zero", "0000000000000000000000000000000000000000"},
    };
    struct bus_socket *s = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bus_keys pair = f.keys[0];

        if (bus_key_valid(cases[i].key)) {
            fail_msg("%s: got accepted, want refused", cases[i].name);
        }
        assert_int_equal(bus_keys_from_secret(cases[i].key, &pair), ST_BAD);
        assert_int_equal(bus_connect_dealer(f.client, "tcp://127.0.0.1:1", cases[i].key,
                                            &f.keys[0], &s),
                         ST_BAD);
        (void)snprintf(pair.public_key, sizeof pair.public_key, "%s", cases[i].key);
        assert_int_equal(
            bus_bind_router(f.server, "tcp://127.0.0.1:*", "units", &pair, &s), ST_BAD);
        assert_null(s);
    }
    assert_true(bus_key_valid(f.keys[0].public_key));
}

static void
public_key_follows_from_the_secret_one(void **state)
{
    struct bus_keys pair;

    (void)state;
    assert_int_equal(bus_keys_from_secret(f.keys[0].secret_key, &pair), ST_OK);
    assert_string_equal(pair.public_key, f.keys[0].public_key);
}

static void
wrong_endpoints_are_refused_with_a_reason(void **state)
{
    static const char *const bad[] = {"",
                                      "127.0.0.1:5701",
                                      "udp://127.0.0.1:5701",
                                      "ws://127.0.0.1:5701",
                                      "inproc://zeromq.zap.01",
                                      "tcp://:5701",
                                      "tcp://host",
                                      "tcp://host:0",
                                      "tcp://host:65536",
                                      "tcp://host:57o1",
                                      "tcp://*:5701"};
    struct bus_socket *s = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (bus_connect_dealer(f.client, bad[i], f.server_keys.public_key, &f.keys[0],
                               &s) != ST_BAD) {
            fail_msg("\"%s\": got accepted, want refused", bad[i]);
        }
        assert_non_null(strstr(bus_error(f.client), "expected tcp://"));
    }
    assert_int_equal(
        bus_bind_router(f.server, "udp://127.0.0.1:5701", "units", &f.server_keys, &s),
        ST_BAD);
    assert_int_equal(
        bus_bind_router(f.server, bus_endpoint(f.router), "units", &f.server_keys, &s),
        ST_AGAIN);
    assert_non_null(strstr(bus_error(f.server), "another port"));
    assert_null(s);
}

static void
poll_sees_a_file_descriptor_and_keeps_its_time(void **state)
{
    int ends[2];
    struct bus_poll_item items[2];
    struct mono start;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    memset(items, 0, sizeof items);
    items[0].fd = ends[0];
    items[1].fd = ends[1];
    start = mono_now();
    assert_int_equal(bus_poll(f.server, items, 2, 50), ST_OK);
    assert_true(mono_since_us(start) >= 50000);
    assert_false(items[0].readable);
    items[1].want_write = true;
    assert_int_equal(bus_poll(f.server, items, 2, DEADLINE_MS), ST_OK);
    assert_true(items[1].writable);
    items[1].want_write = false;
    assert_int_equal(write(ends[1], "s", 1), 1);
    assert_int_equal(bus_poll(f.server, items, 2, -1), ST_OK);
    assert_true(items[0].readable);
    assert_false(items[1].writable);
    close(ends[0]);
    close(ends[1]);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(known_key_is_admitted_and_answered),
        CLAIM(unknown_key_is_refused),
        CLAIM(key_of_another_domain_is_refused),
        CLAIM(without_a_keyring_nobody_is_admitted),
        CLAIM(peer_without_curve_gets_nothing_in),
        CLAIM(key_registered_later_gets_in_on_the_same_socket),
        CLAIM(key_removed_while_connected_stops_working_at_once),
        CLAIM(sender_is_the_right_key_with_two_clients_interleaved),
        CLAIM(message_of_two_payload_frames_is_dropped),
        CLAIM(message_of_five_thousand_frames_is_dropped_in_turns),
        CLAIM(message_of_64_kib_is_taken_and_a_byte_more_is_not),
        CLAIM(message_of_70_kb_never_arrives_and_the_next_one_does),
        CLAIM(routing_id_chosen_by_the_peer_is_dropped),
        CLAIM(sending_to_a_peer_that_is_gone_says_gone),
        CLAIM(reopened_router_puts_peers_out_and_takes_them_back),
        CLAIM(memory_over_its_limit_reopens_the_router),
        CLAIM(hint_is_heard_by_a_service_and_by_nobody_else),
        CLAIM(sight_of_an_unknown_host_name),
        CLAIM(sight_of_a_port_where_nobody_listens),
        CLAIM(sight_of_another_server_key),
        CLAIM(sight_of_a_server_that_does_not_answer),
        CLAIM(published_keys_and_no_keys_are_refused),
        CLAIM(public_key_follows_from_the_secret_one),
        CLAIM(wrong_endpoints_are_refused_with_a_reason),
        CLAIM(poll_sees_a_file_descriptor_and_keeps_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
