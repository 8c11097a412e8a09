/*
 * queue - reports that wait for their place in the journal, first come, first served;
 * how many of them each principal has, and how many requests of other kinds: counted by
 * a hash of role and name, so that one who sends or asks without end is told to come
 * again, and the others are served. What goes into the next batch is picked from it: a
 * key is in one batch once, and whoever sends it twice waits, alone, for the next.
 *
 * Invariant: reports of one principal keep their order, returned ones included.
 * Nothing here does input or output.
 */
#ifndef DONDOC_INGEST_QUEUE_H
#define DONDOC_INGEST_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/keyring.h"

#define QUEUE_REPORTS_MAX 65536u /* waiting in one province; beyond: RETRY_LATER */
#define QUEUE_LANES 1024u
/* Of one principal: forty full pushes. The others wait behind them for some 50 ms, and
 * a sender whose window is 1.000 reports never sees the end. */
#define QUEUE_LANE_MAX 4096u
#define QUEUE_CHORES_MAX 4096u /* requests of other kinds, waiting in one province */
#define QUEUE_CHORES_A_LANE 16u

struct pending;

struct queue {
    struct pending *first;
    struct pending *last;
    size_t count;
    unsigned short waiting[QUEUE_LANES]; /* of `count`, each lane's */
    size_t chore_count; /* chores are kept elsewhere; here is only who has how many */
    unsigned char chores[QUEUE_LANES];
};

/* Which lane is a principal's: its role and name, so that two keys of one share it. */
unsigned queue_lane(enum role role, const char *name);

/* Is there room for `count` more of this lane? */
bool queue_room(const struct queue *q, unsigned lane, size_t count);
/* Its lane must be set. */
void queue_put(struct queue *q, struct pending *pend);
/* The first, which there must be. */
struct pending *queue_take(struct queue *q);
/* Back to the head, after taking it: the last taken comes first. */
void queue_return(struct queue *q, struct pending *pend);
/*
 * queue_pick - takes the first `most` whose keys are all different, linked by `next`;
 * NULL: nothing waits. Who sends a key that is among them is passed over from there on:
 * nothing of his overtakes it. Costs a look at each that was passed over.
 */
struct pending *queue_pick(struct queue *q, size_t most);
/* The first, taken, when it has waited longer; else NULL. */
struct pending *queue_take_older(struct queue *q, int64_t older_us);

/* A chore more of this lane; false: it has enough of them, or the province has. */
bool queue_chore(struct queue *q, unsigned lane);
void queue_chore_done(struct queue *q, unsigned lane);

#endif
