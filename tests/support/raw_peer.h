/*
 * raw_peer - a peer that speaks ZMTP 3.1 with CURVE by itself (RFC 23, 26), over TCP or
 * a Unix socket, so that it can do what libzmq's own sockets never would: announce any
 * routing id, leave messages unfinished, stop in the middle of a handshake, send frames
 * of any kind. One blocking socket; every wait is bounded by RAW_WAIT_MS.
 */
#ifndef DONDOC_TESTS_RAW_PEER_H
#define DONDOC_TESTS_RAW_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bus.h"

#define RAW_WAIT_MS 5000
#define RAW_KEY_BYTES 32

struct raw_peer {
    int fd; /* -1: closed, by us or by the server */
    uint8_t server[RAW_KEY_BYTES];
    uint8_t own_public[RAW_KEY_BYTES], own_secret[RAW_KEY_BYTES];
    uint8_t short_public[RAW_KEY_BYTES], short_secret[RAW_KEY_BYTES];
    uint8_t server_short[RAW_KEY_BYTES];
    uint8_t cookie[96];
    uint64_t nonce;
};

/* How far a handshake is to go. */
enum raw_step {
    RAW_CONNECT,  /* the connection only */
    RAW_GREETING, /* and the 64 bytes */
    RAW_HELLO,
    RAW_INITIATE, /* the server's READY has come */
};

/*
 * raw_open - as far as `until`. endpoint "tcp://127.0.0.1:5701" or "ipc://…"; identity
 * may be any bytes, also none; mechanism "CURVE", "NULL" or "PLAIN" for the greeting.
 * False: the server closed the connection or refused.
 */
bool raw_open(struct raw_peer *p, const char *endpoint, const char *server_key,
              const struct bus_keys *keys, const char *mechanism, const void *identity,
              size_t identity_bytes, enum raw_step until);
void raw_close(struct raw_peer *p);

/* A CURVE message with these flags inside (1: more follow, 2: a command). */
#define RAW_MORE 1
bool raw_send(struct raw_peer *p, unsigned flags, const void *body, size_t bytes);
/* Bytes as they are. */
bool raw_write(struct raw_peer *p, const void *bytes, size_t count);
/* The next message of the server, opened; its length, or -1 when none came in time. */
long raw_receive(struct raw_peer *p, void *out, size_t room, int wait_ms);

#endif
