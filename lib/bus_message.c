/*
 * Receiving and sending: nothing here allocates (libzmq does, for bodies over 33
 * bytes), since every report passes through.
 */
#include "lib/bus_private.h"

#include <errno.h>
#include <string.h>
#include <zmq.h>

#include "lib/diag.h"

#define PEER_ID_LEN 5 /* of an id given by our own ROUTER; its first byte is 0 */
#define PEER_LEN (PEER_ID_LEN + 1) /* and the door, so that two sockets' never meet */
#define DRAIN_FRAMES_MAX 1024      /* frames thrown away in one call */
#define DROP_TURN_MAX 64 /* messages dropped in one call before others get a turn */

_Static_assert(sizeof(zmq_msg_t) <= sizeof((struct bus_message *)0)->frame,
               "frame holds a zmq_msg_t");

static zmq_msg_t *
message_frame(struct bus_message *m)
{
    return (zmq_msg_t *)(void *)m->frame;
}

/* Throws away the rest of a message that is dropped. */
static enum status
bus_drain(struct bus_socket *s)
{
    zmq_msg_t rest;
    int frames = 0;

    while (s->draining && frames++ < DRAIN_FRAMES_MAX) {
        (void)zmq_msg_init(&rest); /* cannot fail */
        if (zmq_msg_recv(&rest, s->socket, ZMQ_DONTWAIT) < 0) {
            /* libzmq hands over whole messages: nothing more means it has ended */
            s->draining = false;
        } else {
            s->draining = zmq_msg_more(&rest) != 0;
        }
        (void)zmq_msg_close(&rest); /* initialised above */
    }
    return s->draining ? ST_AGAIN : ST_OK;
}

/* ST_BAD: a message with an id that its peer chose; the rest is to be drained. */
static enum status
bus_receive_peer(struct bus_socket *s, struct bus_peer *peer)
{
    uint8_t id[256];
    int len = zmq_recv(s->socket, id, sizeof id, ZMQ_DONTWAIT);

    if (len < 0) {
        s->settled = zmq_errno() == EAGAIN;
        return ST_AGAIN;
    }
    s->draining = true; /* the payload is still there */
    if (len != PEER_ID_LEN || id[0] != 0) {
        return ST_BAD;
    }
    memcpy(peer->id, id, PEER_ID_LEN);
    peer->id[PEER_ID_LEN] = s->door;
    peer->len = PEER_LEN;
    return ST_OK;
}

/* Is it from a key that may speak here, now? A key removed from the keyring keeps its
 * connection (ZAP is asked at the handshake only), so every message is asked about. */
static bool
bus_sender_admitted(struct bus_socket *s, struct bus_message *m)
{
    const struct bus *b = s->bus;
    const char *key = zmq_msg_gets(message_frame(m), "User-Id");

    if (key == NULL || b->admit == NULL || strlen(key) != BUS_KEY_BYTES - 1) {
        return false;
    }
    m->key = key;
    return b->admit(b->admit_context, s->domain, key);
}

/* ST_OK, ST_AGAIN (none there), or ST_BAD: one was there and has to be dropped. */
static enum status
bus_receive_one(struct bus_socket *s, struct bus_message *m)
{
    zmq_msg_t *frame = message_frame(m);

    s->settled = false;
    m->key = "";
    m->peer.len = 0;
    if (s->kind == BUS_ROUTER) {
        enum status st = bus_receive_peer(s, &m->peer);

        if (st != ST_OK) {
            return st;
        }
    }
    (void)zmq_msg_init(frame); /* cannot fail */
    if (zmq_msg_recv(frame, s->socket, ZMQ_DONTWAIT) < 0) {
        s->settled = s->kind != BUS_ROUTER && zmq_errno() == EAGAIN;
        (void)zmq_msg_close(frame);
        s->draining = false;
        return s->kind == BUS_ROUTER ? ST_BAD : ST_AGAIN; /* an id without a payload */
    }
    s->draining = zmq_msg_more(frame) != 0;
    m->body = zmq_msg_data(frame);
    m->body_bytes = zmq_msg_size(frame);
    if (s->draining || m->body_bytes > BUS_MESSAGE_MAX ||
        (s->kind == BUS_ROUTER && !bus_sender_admitted(s, m))) {
        (void)zmq_msg_close(frame);
        return ST_BAD;
    }
    return ST_OK;
}

enum status
bus_receive(struct bus_socket *s, struct bus_message *m)
{
    for (int i = 0; i < DROP_TURN_MAX; i++) {
        enum status st;

        if (s->draining && bus_drain(s) != ST_OK) {
            return ST_AGAIN;
        }
        st = bus_receive_one(s, m);
        if (st != ST_BAD) {
            return st;
        }
        s->bus->dropped++;
    }
    return ST_AGAIN; /* there may be more; bus_poll will say so at once */
}

void
bus_message_close(struct bus_message *m)
{
    (void)zmq_msg_close(message_frame(m)); /* open since bus_receive */
    m->body = NULL;
    m->body_bytes = 0;
    m->key = "";
}

/* The socket that a peer came by; NULL: it was closed. */
static struct bus_socket *
bus_peer_socket(struct bus_socket *s, const struct bus_peer *peer)
{
    const struct bus *b = s->bus;

    if (s->door == peer->id[PEER_ID_LEN]) {
        return s;
    }
    for (size_t i = 0; i < b->count; i++) {
        if (b->sockets[i]->kind == BUS_ROUTER &&
            b->sockets[i]->door == peer->id[PEER_ID_LEN]) {
            return b->sockets[i];
        }
    }
    return NULL;
}

enum status
bus_send_to(struct bus_socket *s, const struct bus_peer *peer, const void *body,
            size_t body_bytes)
{
    MUST(s->kind == BUS_ROUTER && peer->len == PEER_LEN);
    if (body_bytes > BUS_MESSAGE_MAX) {
        return ST_LIMIT;
    }
    s = bus_peer_socket(s, peer);
    if (s == NULL) {
        return ST_GONE;
    }
    s->settled = false;
    if (zmq_send(s->socket, peer->id, PEER_ID_LEN, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
        return zmq_errno() == EAGAIN ? ST_AGAIN : ST_GONE;
    }
    /* The queue took the id, so it takes the body; if the peer goes in between, libzmq
     * throws the body away, which is what sending to a peer about to go means. */
    return zmq_send(s->socket, body, body_bytes, ZMQ_DONTWAIT) < 0 ? ST_GONE : ST_OK;
}

enum status
bus_send(struct bus_socket *s, const void *body, size_t body_bytes)
{
    MUST(s->kind == BUS_DEALER || s->kind == BUS_PUB);
    if (body_bytes > BUS_MESSAGE_MAX) {
        return ST_LIMIT;
    }
    s->settled = false;
    return zmq_send(s->socket, body, body_bytes, ZMQ_DONTWAIT) < 0 ? ST_AGAIN : ST_OK;
}
