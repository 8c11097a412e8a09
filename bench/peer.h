/*
 * peer - what the lean clients of other systems share. Each peer_<name>.c knows one
 * protocol, by hand, so that no client library stands between; peer.c floods over any
 * of them, with the same bytes, connections and windows as bench/load sends to dondoc.
 *
 * All these systems answer in order on a connection, so an answer needs no number.
 */
#ifndef DONDOC_BENCH_PEER_H
#define DONDOC_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/bench.h"

#define PEER_IN_BYTES 65536
#define PEER_EARLY 8192 /* more than a window */

/* One connection. */
struct peer_link {
    size_t number; /* from 0 */
    int fd;
    struct buf out; /* not sent yet, from out_at on */
    size_t out_at;
    char in[PEER_IN_BYTES + 1]; /* not read yet, and a zero byte */
    size_t in_len;
    uint64_t last;          /* the protocol's own: a number acknowledged or given */
    bool early[PEER_EARLY]; /* acknowledged beyond `last` */
};

struct peer {
    const char *name;
    /* The handshake; the first connection makes the queue. Waits for answers. */
    void (*greet)(struct peer_link *l, const struct conf *conf);
    /* Appends one message to l->out. */
    void (*put)(struct peer_link *l, const void *p, size_t bytes);
    /* Takes whole answers from the front of l->in: how many messages they say are
     * stored. Fails on anything else. */
    size_t (*take)(struct peer_link *l);
};

extern const struct peer peer_rabbitmq;
extern const struct peer peer_nats;
extern const struct peer peer_beanstalkd;
extern const struct peer peer_mosquitto;
extern const struct peer peer_redis_xadd;
extern const struct peer peer_redis_fcall;

/* ---- peer_link.c ---- */

/* "127.0.0.1:5672", or "unix:PATH". */
void link_open(struct peer_link *l, const char *address);
void link_close(struct peer_link *l);
/* Sends what it can; true when all is gone. */
bool link_flush(struct peer_link *l);
/* Reads what is there; false: nothing was. */
bool link_fill(struct peer_link *l);
/* The same, waiting: for handshakes. */
void link_flush_all(struct peer_link *l);
void link_fill_wait(struct peer_link *l);
/* Takes bytes from the front of l->in. */
void link_eat(struct peer_link *l, size_t bytes);
/* The first line of l->in as a text, without its CRLF, or NULL when it is not whole;
 * line_bytes: with the CRLF. */
char *link_line(struct peer_link *l, size_t *line_bytes);
/* Waits for a line, takes it, fails unless it begins with `want`. */
void link_expect(struct peer_link *l, const char *want);

#endif
