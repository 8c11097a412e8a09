/*
 * queue - reports that wait for their place in the journal, first come, first served;
 * and how many requests of other kinds each principal has waiting: counted by a hash of
 * role and name, so that one who asks without end is refused, and the others are not.
 * Nothing here does input or output.
 */
#ifndef DONDOC_INGEST_QUEUE_H
#define DONDOC_INGEST_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/keyring.h"

#define QUEUE_REPORTS_MAX 65536u /* waiting in one province; beyond: RETRY_LATER */
#define QUEUE_LANES 1024u
#define QUEUE_CHORES_MAX 4096u /* requests of other kinds, waiting in one province */
#define QUEUE_CHORES_A_LANE 16u

struct pending;

struct queue {
    struct pending *first;
    struct pending *last;
    size_t count;
    size_t chore_count; /* chores are kept elsewhere; here is only who has how many */
    unsigned char chores[QUEUE_LANES];
};

/* Which lane is a principal's: its role and name, so that two keys of one share it. */
unsigned queue_lane(enum role role, const char *name);

bool queue_room(const struct queue *q, size_t count);
void queue_put(struct queue *q, struct pending *pend);
/* The first, which there must be. */
struct pending *queue_take(struct queue *q);
/* Back to the head, after taking it: the last taken comes first. */
void queue_return(struct queue *q, struct pending *pend);
/* The first, taken, when it has waited longer; else NULL. */
struct pending *queue_take_older(struct queue *q, int64_t older_us);

/* A chore more of this lane; false: it has enough of them, or the province has. */
bool queue_chore(struct queue *q, unsigned lane);
void queue_chore_done(struct queue *q, unsigned lane);

#endif
