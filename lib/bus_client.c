/*
 * Client sockets: connecting, and what the socket monitor tells about it.
 *
 * Seen with libzmq 4.3.4 on the monitor of a DEALER:
 *   name unknown          CONNECT_RETRIED alone, at growing intervals
 *   nobody listens        CONNECT_DELAYED, CLOSED, CONNECT_RETRIED, growing
 *   another server key    CONNECTED, HANDSHAKE_FAILED_NO_DETAIL within milliseconds,
 *                         DISCONNECTED, CONNECT_RETRIED; for ever every ~150 ms, since
 *                         a TCP connect resets libzmq's back-off
 *   key not registered    CONNECTED, HANDSHAKE_FAILED_AUTH 400, DISCONNECTED; then
 *                         nothing: libzmq never tries again
 *   no CURVE over there   HANDSHAKE_FAILED_PROTOCOL, DISCONNECTED; never again
 *   server hangs          CONNECTED; NO_DETAIL when the handshake interval is over
 * NO_DETAIL carries errno: EPIPE or ECONNRESET when the server cut the connection,
 * EAGAIN when it was our own timer.
 * So after a failed handshake we disconnect, pause (doubling) and connect ourselves: a
 * key registered later gets in, and a wrong one does not hammer the server.
 */
#include "lib/bus_private.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <zmq.h>

#include "lib/diag.h"

#define LINGER_MS 2000
#define RECONNECT_MIN_MS 100
#define RECONNECT_MAX_MS 30000
#define CONNECT_TIMEOUT_MS 5000
/* Sooner is a server that could not read us; later its own handshake timer (2 s). */
#define HANDSHAKE_CUT_US 1500000
#define CUT_SURE 2 /* one cut may be a server that is stopping */
#define DEALER_QUEUE 1000
#define SUB_QUEUE 512

struct monitor_event {
    uint16_t event;
    uint32_t value;
};

static bool
bus_endpoint_valid(const char *endpoint)
{
    const char *colon;
    char *end;
    long port;

    if (strlen(endpoint) >= BUS_ENDPOINT_BYTES) {
        return false;
    }
    if (strncmp(endpoint, "ipc://", 6) == 0) {
        return endpoint[6] != '\0';
    }
    if (strncmp(endpoint, "tcp://", 6) != 0) {
        return false;
    }
    colon = strrchr(endpoint + 6, ':');
    if (colon == NULL || colon == endpoint + 6 || colon[1] < '0' || colon[1] > '9') {
        return false;
    }
    port = strtol(colon + 1, &end, 10);
    return *end == '\0' && port >= 1 && port <= 65535 && endpoint[6] != '*';
}

/* The host of a tcp endpoint without brackets; false for ipc. */
static bool
bus_endpoint_host(const char *endpoint, char host[BUS_ENDPOINT_BYTES])
{
    const char *from = endpoint + 6;
    const char *colon = strrchr(endpoint, ':');
    size_t len;

    if (strncmp(endpoint, "tcp://", 6) != 0) {
        return false;
    }
    len = (size_t)(colon - from);
    if (len >= 2 && from[0] == '[' && from[len - 1] == ']') {
        from++;
        len -= 2;
    }
    memcpy(host, from, len);
    host[len] = '\0';
    return true;
}

static void
bus_link_open(struct bus_socket *s)
{
    char at[64];
    int zero = 0;

    (void)snprintf(at, sizeof at, "inproc://sight-%u", s->bus->monitors++);
    MUST(zmq_socket_monitor(s->socket, at, ZMQ_EVENT_ALL) == 0);
    s->link.monitor = zmq_socket(s->bus->context, ZMQ_PAIR);
    MUST(s->link.monitor != NULL);
    MUST(zmq_setsockopt(s->link.monitor, ZMQ_LINGER, &zero, sizeof zero) == 0);
    /* Unbounded: at its limit libzmq's I/O thread would wait for us. Events come at
     * the pace of reconnecting, so there are never many. */
    MUST(zmq_setsockopt(s->link.monitor, ZMQ_RCVHWM, &zero, sizeof zero) == 0);
    MUST(zmq_connect(s->link.monitor, at) == 0);
}

void
bus_link_close(struct bus_socket *s)
{
    if (s->link.monitor == NULL) {
        return;
    }
    (void)zmq_socket_monitor(s->socket, NULL, 0); /* stops it; nothing to do if not */
    (void)zmq_close(s->link.monitor);             /* fails only for what is no socket */
    s->link.monitor = NULL;
}

static enum status
bus_connect(struct bus *b, enum bus_kind kind, const char *endpoint,
            const char *server_key, const struct bus_keys *keys,
            struct bus_socket **out)
{
    struct bus_socket *s;

    if (!bus_endpoint_valid(endpoint)) {
        return bus_fail(b, ST_BAD, "%s: expected tcp://HOST:PORT or ipc://PATH",
                        endpoint);
    }
    if (!bus_key_valid(server_key)) {
        return bus_fail(b, ST_BAD,
                        "the server's key is not 40 characters of Z85, or "
                        "the one printed in the manual");
    }
    if (!bus_key_valid(keys->public_key) || !bus_key_valid(keys->secret_key)) {
        return bus_fail(b, ST_BAD,
                        "our key pair is none, or the one printed in the "
                        "manual; make one with dondoc keys new");
    }
    s = bus_socket_new(b, kind);
    s->keys = *keys;
    memcpy(s->endpoint, endpoint, strlen(endpoint) + 1);
    memcpy(s->link.server_key, server_key, BUS_KEY_BYTES);
    bus_socket_common(s);
    bus_socket_text(s, ZMQ_CURVE_SERVERKEY, server_key);
    bus_socket_text(s, ZMQ_CURVE_PUBLICKEY, keys->public_key);
    bus_socket_text(s, ZMQ_CURVE_SECRETKEY, keys->secret_key);
    bus_socket_int(s, ZMQ_LINGER, LINGER_MS);
    bus_socket_int(s, ZMQ_IMMEDIATE, 1);
    bus_socket_int(s, ZMQ_CONNECT_TIMEOUT, CONNECT_TIMEOUT_MS);
    bus_socket_int(s, ZMQ_RECONNECT_IVL, RECONNECT_MIN_MS);
    bus_socket_int(s, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
    bus_socket_int(s, ZMQ_IPV6, endpoint[6] == '[' ? 1 : 0);
    if (kind == BUS_SUB) {
        bus_socket_int(s, ZMQ_RCVHWM, SUB_QUEUE);
        bus_socket_text(s, ZMQ_SUBSCRIBE, "");
    } else {
        bus_socket_int(s, ZMQ_RCVHWM, DEALER_QUEUE);
        bus_socket_int(s, ZMQ_SNDHWM, DEALER_QUEUE);
    }
    bus_link_open(s);
    if (zmq_connect(s->socket, endpoint) != 0) {
        int cause = zmq_errno();

        bus_close(&s);
        return bus_fail(b, ST_BAD, "%s: %s (expected tcp://HOST:PORT or ipc://PATH)",
                        endpoint, zmq_strerror(cause));
    }
    *out = s;
    return ST_OK;
}

enum status
bus_connect_dealer(struct bus *b, const char *endpoint, const char *server_key,
                   const struct bus_keys *keys, struct bus_socket **out)
{
    return bus_connect(b, BUS_DEALER, endpoint, server_key, keys, out);
}

enum status
bus_connect_sub(struct bus *b, const char *endpoint, const char *server_key,
                const struct bus_keys *keys, struct bus_socket **out)
{
    return bus_connect(b, BUS_SUB, endpoint, server_key, keys, out);
}

/* --- the monitor --- */

static bool
bus_link_event(struct bus_socket *s, struct monitor_event *e)
{
    unsigned char head[8];
    char address[BUS_ENDPOINT_BYTES];

    if (zmq_recv(s->link.monitor, head, sizeof head, ZMQ_DONTWAIT) != 6) {
        return false;
    }
    (void)zmq_recv(s->link.monitor, address, sizeof address, ZMQ_DONTWAIT); /* known */
    memcpy(&e->event, head, sizeof e->event);
    memcpy(&e->value, head + 2, sizeof e->value);
    return true;
}

/* After a failed handshake: stop libzmq, come again after a pause that doubles. */
static void
bus_link_pause(struct bus_socket *s)
{
    struct bus_link *link = &s->link;
    int64_t ms = RECONNECT_MIN_MS;

    for (unsigned i = 0; i < link->failures && ms < RECONNECT_MAX_MS; i++) {
        ms *= 2;
    }
    ms = ms > RECONNECT_MAX_MS ? RECONNECT_MAX_MS : ms;
    ms += rand() %
          (int)(ms / 2 + 1); /* seeded in bus_new; units must not march in step */
    link->failures++;
    link->pausing = true;
    link->retry_at = (struct mono){mono_now().us + ms * 1000};
    /* Gone already when libzmq gave up by itself. */
    s->settled = false;
    (void)zmq_disconnect(s->socket, s->endpoint);
}

static void
bus_link_failed(struct bus_socket *s, uint16_t event, uint32_t cause)
{
    struct bus_link *link = &s->link;

    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
        link->sight = SIGHT_KEY_REFUSED;
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL) {
        link->sight = SIGHT_SERVER_KEY; /* no CURVE, or not our kind of server */
    } else if ((cause == EPIPE || cause == ECONNRESET) &&
               mono_since_us(link->connected) < HANDSHAKE_CUT_US) {
        link->cut++;
        if (link->cut >= CUT_SURE) {
            link->sight = SIGHT_SERVER_KEY;
        }
    } else {
        link->cut = 0;
        link->sight = SIGHT_CONNECTED; /* somebody listens and does not answer */
    }
    bus_link_pause(s);
}

static void
bus_link_take(struct bus_socket *s, const struct monitor_event *e)
{
    struct bus_link *link = &s->link;

    if (link->pausing) {
        return; /* the tail of the connection that we gave up */
    }
    switch (e->event) {
    case ZMQ_EVENT_CONNECT_DELAYED:
        link->attempted = true;
        break;
    case ZMQ_EVENT_CONNECTED:
        link->attempted = true;
        link->lookup = false;
        link->connected = mono_now();
        /* What the last handshake said stands until this one has ended. */
        if (link->sight != SIGHT_SERVER_KEY && link->sight != SIGHT_KEY_REFUSED) {
            link->sight = SIGHT_CONNECTED;
        }
        break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        link->sight = SIGHT_READY;
        link->cut = 0;
        link->failures = 0;
        link->handshakes++;
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        bus_link_failed(s, e->event, e->value);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        if (link->sight == SIGHT_READY) {
            link->sight = SIGHT_NOTHING;
        }
        break;
    case ZMQ_EVENT_CONNECT_RETRIED:
        if (link->sight != SIGHT_SERVER_KEY && link->sight != SIGHT_KEY_REFUSED) {
            link->lookup = !link->attempted;
            if (link->attempted && link->sight != SIGHT_CONNECTED) {
                link->sight = SIGHT_NOT_REACHABLE;
            }
        }
        link->attempted = false;
        break;
    case ZMQ_EVENT_CLOSED: /* a TCP connect that failed */
        link->sight = SIGHT_NOT_REACHABLE;
        break;
    default:
        break;
    }
}

void
bus_link_turn(struct bus_socket *s)
{
    struct bus_link *link = &s->link;
    struct monitor_event e;

    if (link->monitor == NULL) {
        return;
    }
    while (bus_link_event(s, &e)) {
        bus_link_take(s, &e);
    }
    if (link->pausing && mono_now().us >= link->retry_at.us) {
        link->pausing = false;
        link->attempted = false;
        s->settled = false;
        MUST(zmq_connect(s->socket, s->endpoint) == 0); /* it did before */
    }
}

/* An attempt that failed before TCP: an unknown name, or no way to the network. */
static void
bus_link_lookup(struct bus_socket *s)
{
    char host[BUS_ENDPOINT_BYTES];
    struct addrinfo *found = NULL;
    struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    s->link.lookup = false;
    s->link.sight = SIGHT_NOT_REACHABLE;
    if (!bus_endpoint_host(s->endpoint, host)) {
        return;
    }
    if (s->endpoint[6] != '[') {
        wanted.ai_family = AF_INET; /* as libzmq looks it up without ZMQ_IPV6 */
    }
    if (getaddrinfo(host, NULL, &wanted, &found) != 0) {
        s->link.sight = SIGHT_NAME_UNKNOWN;
        return;
    }
    freeaddrinfo(found);
}

enum bus_sight
bus_sight_now(struct bus_socket *dealer)
{
    MUST(dealer->link.monitor != NULL);
    bus_link_turn(dealer);
    if (dealer->link.lookup) {
        bus_link_lookup(dealer);
    }
    return dealer->link.sight;
}

unsigned
bus_handshakes(const struct bus_socket *dealer)
{
    return dealer->link.handshakes;
}
