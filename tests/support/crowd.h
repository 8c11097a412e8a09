/*
 * crowd - thousands of departments in one thread, each with a connection of its own: as
 * raw_peer they speak ZMTP with CURVE by themselves, so that they cost the machine that
 * they share with the server no more than their share of the cryptography. They behave
 * as our own client does (lib/bus_client.c): connect, handshake within 2 s, come again
 * after pauses that double, a PING each 5 s that says for how long to believe in them.
 */
#ifndef DONDOC_TESTS_CROWD_H
#define DONDOC_TESTS_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bus.h"

struct crowd;

/* What department i says; it is said again to whoever heard nothing for ten seconds. At
 * most 1.000 bytes. */
typedef size_t crowd_word(void *context, size_t i, uint8_t *out);
/* It is answered: true when that is what it came for, false to say it again in a
 * second. */
typedef bool crowd_heard(void *context, size_t i, const uint8_t *body, size_t bytes);

struct crowd *crowd_new(size_t count, unsigned port, const char *server_key,
                        crowd_word *word, crowd_heard *heard, void *context);
void crowd_free(struct crowd **c);
/* Before the first turn. */
void crowd_key(struct crowd *c, size_t i, const struct bus_keys *keys);

/* Serves whatever is ready, waiting at most ms for it. */
void crowd_turn(struct crowd *c, int ms);

struct crowd_figures {
    size_t answered;  /* have what they came for */
    size_t tries;     /* connections begun */
    size_t refused;   /* nobody listened */
    size_t late;      /* handshakes that did not end in time */
    size_t broken;    /* connections that the server ended */
    size_t connected; /* now, with a handshake behind them */
};
struct crowd_figures crowd_figures(const struct crowd *c);

#endif
