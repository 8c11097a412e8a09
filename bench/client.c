/* Connections of the load generator: plain libzmq DEALERs with CURVE. */
#include "bench/bench.h"

#include <errno.h>
#include <string.h>

#include <zmq.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/keyfile.h"
#include "lib/sealed.h"

#define GREET_US 20000000

static void
option(void *socket, int name, const void *value, size_t bytes)
{
    if (zmq_setsockopt(socket, name, value, bytes) != 0) {
        FAIL("option=%d why=\"%s\"", name, zmq_strerror(errno));
    }
}

static void *
dealer_open(void *context, const char *endpoint, const char *server_key,
            const struct bus_keys *keys)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    int queue = 4096; /* messages; more than any window here */
    int linger = 0;

    MUST(socket != NULL);
    option(socket, ZMQ_SNDHWM, &queue, sizeof queue);
    option(socket, ZMQ_RCVHWM, &queue, sizeof queue);
    option(socket, ZMQ_LINGER, &linger, sizeof linger);
    option(socket, ZMQ_CURVE_SERVERKEY, server_key, strlen(server_key) + 1);
    option(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key, BUS_KEY_BYTES);
    option(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key, BUS_KEY_BYTES);
    if (zmq_connect(socket, endpoint) != 0) {
        FAIL("connect=%s why=\"%s\"", endpoint, zmq_strerror(errno));
    }
    return socket;
}

void
client_open(struct client *c, const char *endpoint, const char *server_key,
            const char *key_path, size_t count)
{
    char why[256];
    size_t i;

    if (keyfile_read(key_path, &c->keys, why, sizeof why) != ST_OK) {
        FAIL("key=%s why=\"%s\"", key_path, why);
    }
    c->context = zmq_ctx_new();
    MUST(c->context != NULL);
    c->count = count;
    c->sockets = mem_alloc(count * sizeof *c->sockets);
    c->arena = arena_new(WIRE_ARENA_BYTES);
    for (i = 0; i < count; i++) {
        c->sockets[i] = dealer_open(c->context, endpoint, server_key, &c->keys);
    }
}

void
client_close(struct client *c)
{
    size_t i;

    for (i = 0; i < c->count; i++) {
        (void)zmq_close(c->sockets[i]);
    }
    (void)zmq_ctx_term(c->context);
    mem_free(&c->sockets);
    arena_free(&c->arena);
}

void
client_send(void *socket, const void *p, size_t bytes)
{
    if (zmq_send(socket, p, bytes, ZMQ_DONTWAIT) < 0) {
        FAIL("send why=\"%s\"", zmq_strerror(errno));
    }
}

/* The next message's bytes as they are in `m`; false when there is none. */
static bool
receive(void *socket, zmq_msg_t *m)
{
    (void)zmq_msg_init(m); /* cannot fail */
    if (zmq_msg_recv(m, socket, ZMQ_DONTWAIT) >= 0) {
        return true;
    }
    if (errno != EAGAIN && errno != EINTR) {
        FAIL("receive why=\"%s\"", zmq_strerror(errno));
    }
    (void)zmq_msg_close(m);
    return false;
}

bool
client_reply(struct client *c, size_t i, struct unit_reply *out)
{
    zmq_msg_t m;

    if (!receive(c->sockets[i], &m)) {
        return false;
    }
    arena_reset(c->arena);
    if (unit_reply_decode(zmq_msg_data(&m), zmq_msg_size(&m), c->arena, out) != ST_OK) {
        FAIL("the server's answer is malformed");
    }
    (void)zmq_msg_close(&m);
    return true;
}

bool
client_leader_reply(struct client *c, size_t i, struct leader_reply *out)
{
    zmq_msg_t m;

    if (!receive(c->sockets[i], &m)) {
        return false;
    }
    arena_reset(c->arena);
    if (leader_reply_decode(zmq_msg_data(&m), zmq_msg_size(&m), c->arena, out) !=
            ST_OK ||
        sealed_open(out, c->keys.public_key, c->keys.secret_key, c->arena) != ST_OK) {
        FAIL("the server's answer is malformed");
    }
    (void)zmq_msg_close(&m);
    return true;
}

static void
hello_wait(struct client *c, size_t i)
{
    struct mono began = mono_now();
    struct unit_reply r;

    while (!client_reply(c, i, &r)) {
        zmq_pollitem_t item = {.socket = c->sockets[i], .events = ZMQ_POLLIN};

        if (mono_since_us(began) > GREET_US) {
            FAIL("no answer to Hello on connection %zu", i);
        }
        (void)zmq_poll(&item, 1, 100); /* time-outs and signals: look again */
    }
    if (r.kind != UNIT_REPLY_SERVER_INFO || strcmp(r.info.state, "ready") != 0) {
        FAIL("ingest is not ready: %s",
             r.kind == UNIT_REPLY_REFUSAL ? r.refusal.message_en : r.info.state);
    }
}

void
client_greet(struct client *c, const char *province)
{
    struct unit_request q = {.version = WIRE_VERSION,
                             .request_id = UINT64_MAX,
                             .province = province,
                             .kind = UNIT_REQUEST_HELLO,
                             .hello = {.log_id = "", .software = "bench"}};
    struct buf out;
    size_t i;

    buf_init(&out, BUS_MESSAGE_MAX);
    unit_request_encode(&q, c->arena, &out);
    for (i = 0; i < c->count; i++) {
        client_send(c->sockets[i], buf_str(&out), out.len);
    }
    for (i = 0; i < c->count; i++) {
        hello_wait(c, i);
    }
    buf_fini(&out);
}

uint64_t
client_accepted(const struct unit_reply *r, bool again, bool corrects, uint64_t *entry)
{
    enum outcome outcome;

    if (r->kind == UNIT_REPLY_REFUSAL) {
        FAIL("refused: %s %s", r->refusal.code, r->refusal.message_en);
    }
    if (r->kind != UNIT_REPLY_RECEIPTS || r->receipt_count != 1) {
        FAIL("an answer that is not one receipt");
    }
    outcome = r->receipts[0].outcome;
    if (outcome != OUTCOME_ACCEPTED && !(again && outcome == OUTCOME_DUPLICATE) &&
        !(corrects && outcome == OUTCOME_REPLACED)) {
        FAIL("%s %s %s is %s: %s", r->receipts[0].unit, r->receipts[0].group,
             r->receipts[0].period, outcome_name(outcome),
             r->receipts[0].refusal.message_en);
    }
    *entry = r->receipts[0].entry;
    return r->request_id;
}
