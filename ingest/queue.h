/*
 * queue - reports that wait for their place in the journal, in two parts: a front of at
 * most one batch, which is decided in order, and behind it a lane for each principal.
 * The front is filled from the lanes in turn, a few reports of each: whoever sends a
 * thousand pushes waits for himself, the others are in the next batch.
 *
 * Lanes are found by hash; two principals in one share it, which costs them some
 * fairness and nothing else. Invariants:
 *  1. reports of one principal keep their order, returned ones included;
 *  2. an empty front means that nothing waits (queue_fill after taking);
 *  3. no lane holds more than what the whole queue still has free (queue_room): one
 *     greedy sender gets half of it at most, and there is always room for another.
 * Memory: 32 bytes a lane. Nothing here does input or output.
 */
#ifndef DONDOC_INGEST_QUEUE_H
#define DONDOC_INGEST_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/keyring.h"

#define QUEUE_REPORTS_MAX 65536u /* waiting in one province; beyond: RETRY_LATER */
#define QUEUE_LANES 1024u
#define QUEUE_TURN 32u         /* reports of a lane before the next one's */
#define QUEUE_CHORES_MAX 4096u /* requests of other kinds, waiting in one province */
#define QUEUE_CHORES_A_LANE 16u

struct pending;

struct queue_lane {
    struct pending *first;
    struct pending *last;
    unsigned next; /* the lane whose turn is after this one's, while it waits */
    unsigned count;
};

struct queue {
    struct pending *first; /* the front */
    struct pending *last;
    size_t front;
    size_t count; /* front and lanes */
    struct queue_lane lanes[QUEUE_LANES];
    unsigned turn_first, turn_last; /* lanes that hold something, in a ring */
    unsigned turn_count;
    size_t chore_count; /* chores are kept elsewhere; here is only who has how many */
    unsigned char chores[QUEUE_LANES];
};

/* Which lane is a principal's: its role and name, so that two keys of one share it. */
unsigned queue_lane(enum role role, const char *name);

/* Is there room for `count` more of this lane? */
bool queue_room(const struct queue *q, unsigned lane, size_t count);
/* Its lane must be set. */
void queue_put(struct queue *q, struct pending *pend);
/* The first of the front, which must not be empty. */
struct pending *queue_take(struct queue *q);
/* One back to the head of the front, after taking it: the last taken comes first. */
void queue_return(struct queue *q, struct pending *pend);
/* One back to the head of its lane: it has to wait for the next batch, and the others
 * in the front shall not wait with it. The last taken is given back first. */
void queue_hold(struct queue *q, struct pending *pend);
/* Deals the front anew, so that who came meanwhile is in it. */
void queue_deal(struct queue *q);
/* Fills the front to one batch, in turns. */
void queue_fill(struct queue *q);
/* The first of a lane or of the front that has waited longer; NULL: none. It is taken.
 */
struct pending *queue_take_older(struct queue *q, int64_t older_us);

/* A chore more of this lane; false: it has enough of them, or the province has. */
bool queue_chore(struct queue *q, unsigned lane);
void queue_chore_done(struct queue *q, unsigned lane);

#endif
