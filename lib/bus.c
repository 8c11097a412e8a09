#include "lib/bus_private.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <zmq.h>

#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/z85.h"

/* In zmq.h only for drafts, but in every library since 4.3.0; read back when set. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

#define VERSION_NEEDED ZMQ_MAKE_VERSION(4, 3, 3)

#define HANDSHAKE_MS 2000
#define HEARTBEAT_EVERY_MS 5000
#define HEARTBEAT_TIMEOUT_MS 15000
#define HEARTBEAT_TTL_MS 20000
#define TCP_MAXRT_MS 30000
/*
 * The kernel finds a lost network: asked after 5 s of silence, given up after 15 s
 * without an answer, to what was sent or to the question.
 */
#define KEEPALIVE_IDLE_S 5
#define KEEPALIVE_EVERY_S 3
#define SERVER_MAXRT_MS 15000
#define BACKLOG 1024
#define ROUTER_RECEIVE_MAX 512 /* messages queued of one peer: at most 32 MiB */
#define ROUTER_SEND_MAX 4096
#define LEADERS_SEND_MAX 512 /* alerts are large: at most 32 MiB, too, unread */
#define PUB_SEND_MAX 512     /* hints carry entries: at most 32 MiB unread */
#define REBIND_TRIES 200
#define REBIND_PAUSE_MS 5

_Static_assert(BUS_KEY_BYTES == Z85_KEY_LEN + 1, "a key and its zero");

enum status
bus_fail(struct bus *b, enum status st, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(b->error, sizeof b->error, format, args); /* may be cut: words */
    va_end(args);
    return st;
}

const char *
bus_error(const struct bus *b)
{
    return b->error;
}

/*
 * libzmq draws its routing ids from rand() and never seeds it: a peer that announced
 * the next one would make the process abort (reliability F9).
 */
static void
bus_seed(void)
{
    unsigned int seed;

    MUST(getrandom(&seed, sizeof seed, 0) == (ssize_t)sizeof seed);
    srand(seed);
}

const char *
bus_library_remark(char version[16])
{
    int major;
    int minor;
    int patch;

    zmq_version(&major, &minor, &patch);
    (void)snprintf(version, 16, "%d.%d.%d", major, minor, patch);
    switch (ZMQ_MAKE_VERSION(major, minor, patch)) {
    case ZMQ_MAKE_VERSION(4, 3, 3):
        return "loses messages at signals and closes sessions wrongly: take 4.3.4 of a "
               "distribution that mends it, or 4.3.5";
    case ZMQ_MAKE_VERSION(4, 3, 4):
        /* Its number does not tell which patches are in. */
        return "as released it loses a message at a signal: take the newest build of "
               "the "
               "distribution (Debian 4.3.4-5 or later), or 4.3.5";
    default:
        return NULL;
    }
}

enum status
bus_new(bus_admit *admit, void *context, struct bus **out)
{
    struct bus *b;
    int major;
    int minor;
    int patch;

    zmq_version(&major, &minor, &patch);
    if (ZMQ_MAKE_VERSION(major, minor, patch) < VERSION_NEEDED || !zmq_has("curve")) {
        diag_warn("libzmq_unfit",
                  "version=%d.%d.%d curve=%d remedy=\"install libzmq 4.3.3 or newer, "
                  "built with CURVE\"",
                  major, minor, patch, zmq_has("curve"));
        return ST_BAD;
    }
    bus_seed();
    b = mem_alloc(sizeof *b);
    b->admit = admit;
    b->admit_context = context;
    b->context = zmq_ctx_new();
    MUST(b->context != NULL);
    /* A client socket counts three times: itself and the two ends of its monitor. */
    MUST(zmq_ctx_set(b->context, ZMQ_MAX_SOCKETS, 3 * BUS_SOCKETS_MAX + 16) == 0);
    zap_open(b); /* before any other socket: without it CURVE admits everybody */
    *out = b;
    return ST_OK;
}

void
bus_free(struct bus **b)
{
    if (*b == NULL) {
        return;
    }
    while ((*b)->count > 0) {
        struct bus_socket *s = (*b)->sockets[(*b)->count - 1];

        bus_close(&s);
    }
    zap_close(*b);
    while (zmq_ctx_term((*b)->context) != 0 && zmq_errno() == EINTR) {
        /* a signal: go on waiting for the linger of clients */
    }
    mem_free(b);
}

enum status
bus_keys_new(struct bus_keys *keys)
{
    return zmq_curve_keypair(keys->public_key, keys->secret_key) == 0 ? ST_OK : ST_BAD;
}

enum status
bus_keys_from_secret(const char *secret, struct bus_keys *keys)
{
    struct bus_keys made;

    if (!bus_key_valid(secret)) {
        return ST_BAD;
    }
    memcpy(made.secret_key, secret, sizeof made.secret_key);
    if (zmq_curve_public(made.public_key, secret) != 0 ||
        !bus_key_valid(made.public_key)) {
        return ST_BAD;
    }
    *keys = made;
    return ST_OK;
}

bool
bus_key_valid(const char *key)
{
    return z85_key_valid(key);
}

void
bus_socket_int(struct bus_socket *s, int option, int value)
{
    MUST(zmq_setsockopt(s->socket, option, &value, sizeof value) == 0);
}

void
bus_socket_text(struct bus_socket *s, int option, const char *text)
{
    MUST(zmq_setsockopt(s->socket, option, text, strlen(text)) == 0);
}

static void
bus_socket_open(struct bus_socket *s)
{
    static const int type[] = {
        [BUS_ROUTER] = ZMQ_ROUTER,
        [BUS_PUB] = ZMQ_PUB,
        [BUS_DEALER] = ZMQ_DEALER,
        [BUS_SUB] = ZMQ_SUB,
    };

    s->socket = zmq_socket(s->bus->context, type[s->kind]);
    if (s->socket == NULL) {
        diag_fatal(71, "socket", "reason=\"%s\" remedy=\"raise LimitNOFILE\"",
                   zmq_strerror(zmq_errno()));
    }
}

struct bus_socket *
bus_socket_new(struct bus *b, enum bus_kind kind)
{
    struct bus_socket *s;

    MUST(b->count < BUS_SOCKETS_MAX);
    s = mem_alloc(sizeof *s);
    s->bus = b;
    s->kind = kind;
    bus_socket_open(s);
    b->sockets[b->count++] = s;
    return s;
}

/* What every socket that faces a peer gets. */
void
bus_socket_common(struct bus_socket *s)
{
    bus_socket_int(s, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    bus_socket_int(s, ZMQ_HEARTBEAT_IVL, HEARTBEAT_EVERY_MS);
    bus_socket_int(s, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS);
    bus_socket_int(s, ZMQ_HEARTBEAT_TTL, HEARTBEAT_TTL_MS);
    bus_socket_int(s, ZMQ_TCP_KEEPALIVE, 1);
    bus_socket_int(s, ZMQ_TCP_MAXRT, TCP_MAXRT_MS);
    {
        int64_t max = BUS_FRAME_MAX;

        MUST(zmq_setsockopt(s->socket, ZMQ_MAXMSGSIZE, &max, sizeof max) == 0);
    }
}

/*
 * Units, of whom there are ten thousand. libzmq ends a timer by walking through all of
 * its thread, so that with a heartbeat of ours for each of them every handshake would
 * walk past all the others'. They ask us, and say with it for how long to believe in
 * them; the kernel sees to the rest. Nobody waits behind a unit's dead connection.
 */
static bool
bus_asks_no_heartbeat(const struct bus_socket *s)
{
    return s->kind == BUS_ROUTER && strcmp(s->domain, "units") == 0;
}

static void
bus_server_options(struct bus_socket *s)
{
    int enforced = 0;
    char domain[64] = "";
    size_t bytes = sizeof enforced;
    size_t domain_bytes = sizeof domain;

    bus_socket_common(s);
    bus_socket_int(s, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S);
    bus_socket_int(s, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_EVERY_S);
    bus_socket_int(s, ZMQ_TCP_MAXRT, SERVER_MAXRT_MS);
    if (bus_asks_no_heartbeat(s)) {
        bus_socket_int(s, ZMQ_HEARTBEAT_IVL, 0);
    }
    bus_socket_int(s, ZMQ_LINGER, 0);
    bus_socket_int(s, ZMQ_BACKLOG, BACKLOG);
    bus_socket_int(s, ZMQ_CURVE_SERVER, 1);
    bus_socket_text(s, ZMQ_CURVE_SECRETKEY, s->keys.secret_key);
    bus_socket_text(s, ZMQ_ZAP_DOMAIN, s->domain);
    bus_socket_int(s, ZMQ_ZAP_ENFORCE_DOMAIN, 1);
    MUST(zmq_getsockopt(s->socket, ZMQ_ZAP_ENFORCE_DOMAIN, &enforced, &bytes) == 0 &&
         enforced == 1);
    /* Without a domain, enforced or not, libzmq asks nobody and admits every key. */
    MUST(zmq_getsockopt(s->socket, ZMQ_ZAP_DOMAIN, domain, &domain_bytes) == 0 &&
         domain[0] != '\0' && strcmp(domain, s->domain) == 0);
    if (s->kind == BUS_ROUTER) {
        bus_socket_int(s, ZMQ_ROUTER_MANDATORY, 1);
        bus_socket_int(s, ZMQ_RCVHWM, ROUTER_RECEIVE_MAX);
        bus_socket_int(s, ZMQ_SNDHWM,
                       strcmp(s->domain, "leaders") == 0 ? LEADERS_SEND_MAX
                                                         : ROUTER_SEND_MAX);
    } else {
        bus_socket_int(s, ZMQ_SNDHWM, PUB_SEND_MAX);
    }
}

static enum status
bus_bind_at(struct bus_socket *s, const char *endpoint)
{
    size_t bytes = sizeof s->endpoint;

    if (zmq_bind(s->socket, endpoint) != 0) {
        int cause = zmq_errno();

        return bus_fail(s->bus, cause == EADDRINUSE ? ST_AGAIN : ST_BAD,
                        "cannot listen on %s: %s%s", endpoint, zmq_strerror(cause),
                        cause == EADDRINUSE
                            ? " (is it running already? choose another "
                              "port, or stop the other)"
                            : " (expected tcp://ADDRESS:PORT with an "
                              "address of this machine, or ipc://PATH)");
    }
    MUST(zmq_getsockopt(s->socket, ZMQ_LAST_ENDPOINT, s->endpoint, &bytes) == 0);
    return ST_OK;
}

static enum status
bus_bind(struct bus *b, enum bus_kind kind, const char *endpoint, const char *domain,
         const struct bus_keys *keys, struct bus_socket **out)
{
    struct bus_socket *s;
    enum status st;

    MUST(zap_domain(domain) != NULL);
    if (!bus_key_valid(keys->public_key) || !bus_key_valid(keys->secret_key)) {
        return bus_fail(b, ST_BAD,
                        "the server's key pair is none, or the one printed "
                        "in the manual; make one with dondoc keys new");
    }
    /* No other transport: UDP, WS and GSSAPI of 4.3.4 have open faults. */
    if (strncmp(endpoint, "tcp://", 6) != 0 && strncmp(endpoint, "ipc://", 6) != 0) {
        return bus_fail(b, ST_BAD, "%s: expected tcp://ADDRESS:PORT or ipc://PATH",
                        endpoint);
    }
    s = bus_socket_new(b, kind);
    s->domain = zap_domain(domain);
    s->keys = *keys;
    if (kind == BUS_ROUTER) {
        MUST(b->doors < UINT8_MAX);
        s->door = b->doors++;
    }
    bus_server_options(s);
    st = bus_bind_at(s, endpoint);
    if (st != ST_OK) {
        bus_close(&s);
        return st;
    }
    *out = s;
    return ST_OK;
}

enum status
bus_bind_router(struct bus *b, const char *endpoint, const char *domain,
                const struct bus_keys *keys, struct bus_socket **out)
{
    return bus_bind(b, BUS_ROUTER, endpoint, domain, keys, out);
}

enum status
bus_bind_pub(struct bus *b, const char *endpoint, const char *domain,
             const struct bus_keys *keys, struct bus_socket **out)
{
    return bus_bind(b, BUS_PUB, endpoint, domain, keys, out);
}

const char *
bus_endpoint(const struct bus_socket *s)
{
    return s->endpoint;
}

void
bus_close(struct bus_socket **s)
{
    struct bus *b;

    if (*s == NULL) {
        return;
    }
    b = (*s)->bus;
    for (size_t i = 0; i < b->count; i++) {
        if (b->sockets[i] == *s) {
            b->sockets[i] = b->sockets[--b->count];
            break;
        }
    }
    bus_link_close(*s);
    (void)zmq_close((*s)->socket); /* fails only for what is no socket */
    mem_free(s);
}

void
bus_reopen(struct bus_socket *s)
{
    char endpoint[BUS_ENDPOINT_BYTES];
    enum status st = ST_AGAIN;

    MUST(s->kind == BUS_ROUTER || s->kind == BUS_PUB);
    memcpy(endpoint, s->endpoint, sizeof endpoint);
    (void)zmq_close(s->socket); /* fails only for what is no socket */
    bus_socket_open(s);
    bus_server_options(s);
    s->draining = s->settled = false;
    /* libzmq lets go of the port in a thread of its own: a little later. */
    for (int i = 0; i < REBIND_TRIES && st == ST_AGAIN; i++) {
        st = bus_bind_at(s, endpoint);
        if (st == ST_AGAIN) {
            (void)zmq_poll(NULL, 0, REBIND_PAUSE_MS); /* shortened by a signal: fine */
        }
    }
    if (st != ST_OK) {
        diag_fatal(69, "reopen", "endpoint=%s reason=\"%s\"", endpoint, s->bus->error);
    }
}

void
bus_subscribers_out(struct bus *b)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->sockets[i]->kind == BUS_PUB) {
            bus_reopen(b->sockets[i]);
        }
    }
}

uint64_t
bus_dropped(const struct bus *b)
{
    return b->dropped;
}

uint64_t
bus_refused(const struct bus *b)
{
    return b->refused;
}
