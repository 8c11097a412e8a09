/*
 * bus - ZeroMQ sockets with CURVE, and the ZAP handler that admits peers. bus*.c and
 * zap.c are the only includers of zmq.h. One thread; the ZAP handler is answered by
 * bus_poll of the same thread, so it cannot die alone.
 *
 * What this module keeps for its users (reliability.md section 2, F7-F13):
 *  1. srand() is seeded before the first ROUTER; ZAP is bound before any other socket.
 *  2. Every server socket enforces a ZAP domain; without a keyring nobody gets in.
 *  3. The sender of a message is its CURVE public key, read from the payload frame;
 *     a message without it, of more than one payload frame, over 64 KiB, or from a key
 *     that is no longer admitted is dropped and counted. Routing ids are opaque, ours
 * (5 bytes, first 0), and live only as long as the connection.
 *  4. Mandatory routing: sending to a peer that is gone says ST_GONE.
 *  5. Handshake interval 2 s, heartbeats 5/15/20 s (units are not asked: they ask us,
 *     and the kernel asks them), linger 0 in servers and 2 s in clients, reconnect
 *     100 ms to 30 s, immediate (nothing queued for nobody).
 */
#ifndef DONDOC_BUS_H
#define DONDOC_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

#define BUS_MESSAGE_MAX 65536u
#define BUS_KEY_BYTES 41 /* Z85 text of a CURVE key and its zero */
#define BUS_PEER_BYTES 8
#define BUS_ITEMS_MAX 600 /* of one bus_poll */

struct bus;
struct bus_socket;

/* Which connection of which ROUTER: two sockets never give the same. */
struct bus_peer {
    uint8_t id[BUS_PEER_BYTES]; /* opaque */
    uint8_t len;
};

/* A received message; body and key are borrowed until bus_message_close. */
struct bus_message {
    struct bus_peer peer; /* ROUTER: where an answer goes */
    const char *key;      /* sender's CURVE public key (Z85); "" on client sockets */
    const uint8_t *body;
    size_t body_bytes;
    _Alignas(8) unsigned char frame[64]; /* the zmq_msg_t behind it */
};

/*
 * May this key use sockets of this domain? Asked at the handshake and again for every
 * message a ROUTER receives, since a key that was removed keeps its connection: answer
 * from memory. Domains: "units" "leaders" "ops" "services"; others never get here.
 */
typedef bool bus_admit(void *context, const char *domain, const char *key);

/* admit NULL: nobody is admitted. ST_BAD when libzmq is older than 4.3.3 or without
 * CURVE. Never fork after it. */
MUST_USE enum status bus_new(bus_admit *admit, void *context, struct bus **out);
void bus_free(struct bus **b);

struct bus_keys {
    char public_key[BUS_KEY_BYTES];
    char secret_key[BUS_KEY_BYTES];
};
MUST_USE enum status bus_keys_new(struct bus_keys *keys); /* a fresh pair */
/* The public key of a secret one; ST_BAD when it is no key. */
MUST_USE enum status bus_keys_from_secret(const char *secret, struct bus_keys *keys);
bool bus_key_valid(const char *key); /* 40 characters of Z85, not the manual's pair */

/* Server sockets. endpoint "tcp://127.0.0.1:5701", port * allowed, "ipc://…". */
MUST_USE enum status bus_bind_router(struct bus *b, const char *endpoint,
                                     const char *domain, const struct bus_keys *keys,
                                     struct bus_socket **out);
MUST_USE enum status bus_bind_pub(struct bus *b, const char *endpoint,
                                  const char *domain, const struct bus_keys *keys,
                                  struct bus_socket **out);
/* The endpoint really bound (a port * filled in); borrowed. */
const char *bus_endpoint(const struct bus_socket *s);
/* Why a bind or connect failed, in words; borrowed until the next call. */
const char *bus_error(const struct bus *b);

/* Client sockets. */
MUST_USE enum status bus_connect_dealer(struct bus *b, const char *endpoint,
                                        const char *server_key,
                                        const struct bus_keys *keys,
                                        struct bus_socket **out);
MUST_USE enum status bus_connect_sub(struct bus *b, const char *endpoint,
                                     const char *server_key,
                                     const struct bus_keys *keys,
                                     struct bus_socket **out);
void bus_close(struct bus_socket **s);

/*
 * bus_reopen - close a server socket and bind it again at the same place: all peers are
 * put out and come back through ZAP, memory of unfinished messages is given back.
 * Blocks up to a second; a place that somebody else took meanwhile is fatal.
 */
void bus_reopen(struct bus_socket *s);
/* What is known against the libzmq that runs, one line; NULL: nothing. */
const char *bus_library_remark(char version[16]);

/*
 * bus_memory_max - watch the memory of this process in bus_poll, once a second; above
 * bytes every ROUTER is reopened, at most each 30 s (reliability F10). 0: not watched.
 */
void bus_memory_max(struct bus *b, size_t bytes);

/* Puts out everybody who hears one of our PUBs: they come back through ZAP, if they
 * may. Else a key that was revoked would go on hearing on the connection that it has.
 */
void bus_subscribers_out(struct bus *b);
/*
 * bus_look_set - `look` is asked in bus_poll about four times a second, before ZAP and
 * before any message; when it says true bus_poll returns, as after a signal.
 */
typedef bool bus_look(void *context);
void bus_look_set(struct bus *b, bus_look *look, void *context);

/* What the socket monitor of a DEALER has seen so far; explains silence. */
enum bus_sight {
    SIGHT_NOTHING,
    SIGHT_NAME_UNKNOWN,  /* the host name has no address */
    SIGHT_NOT_REACHABLE, /* refused or timed out: nobody listens there */
    SIGHT_CONNECTED,     /* TCP is there, no handshake yet */
    SIGHT_SERVER_KEY,    /* handshake failed: probably another server key */
    SIGHT_KEY_REFUSED,   /* the server did not accept our key (ZAP 400) */
    SIGHT_READY,         /* handshake succeeded */
};
enum bus_sight bus_sight_now(struct bus_socket *dealer);
/* Handshakes that succeeded so far: another number is another connection, of which the
 * server knows nothing yet. As bus_poll has seen it. */
unsigned bus_handshakes(const struct bus_socket *dealer);

struct bus_poll_item {
    struct bus_socket *socket; /* or NULL and fd */
    int fd;
    bool want_write; /* fd only */
    bool readable;   /* out */
    bool writable;   /* out */
};

/*
 * bus_poll - wait until an item is ready or timeout_ms is over (-1: for ever, 0: at
 * once). Meanwhile it answers ZAP, hears the monitors of clients and reconnects those
 * whose handshake failed: a client that is to get through has to be polled. A signal
 * ends the wait with ST_OK and nothing ready. At most BUS_ITEMS_MAX items; an item with
 * neither socket nor fd (-1) is never ready; an fd in error is readable.
 */
MUST_USE enum status bus_poll(struct bus *b, struct bus_poll_item *items, size_t count,
                              int timeout_ms);

/* Next message, without waiting; ST_AGAIN when there is none. */
MUST_USE enum status bus_receive(struct bus_socket *s, struct bus_message *m);
void bus_message_close(struct bus_message *m);

/* ROUTER: to a peer, through the socket it came by; s is that one or another ROUTER of
 * the same bus. ST_GONE: not connected any more; ST_AGAIN: its queue is full;
 * ST_LIMIT: over BUS_MESSAGE_MAX, nothing was sent. */
MUST_USE enum status bus_send_to(struct bus_socket *s, const struct bus_peer *peer,
                                 const void *body, size_t body_bytes);
/* DEALER and PUB. ST_AGAIN: no peer, or its queue is full (a PUB never says so);
 * ST_LIMIT as above. ST_OK means queued in memory, no more. */
MUST_USE enum status bus_send(struct bus_socket *s, const void *body,
                              size_t body_bytes);

/* Messages dropped by rule 3. One over 64 KiB by more than a few bytes is not counted:
 * libzmq closes its connection instead. */
uint64_t bus_dropped(const struct bus *b);
uint64_t bus_refused(const struct bus *b); /* handshakes refused by ZAP */

#endif
