#include "ingest/queue.h"

#include "ingest/ingest.h"
#include "lib/diag.h"

_Static_assert(QUEUE_CHORES_A_LANE <= UINT8_MAX, "counted in a byte");

/* FNV-1a. Names are the keyring's, so nobody outside chooses one that collides. */
unsigned
queue_lane(enum role role, const char *name)
{
    uint32_t hash = 2166136261u ^ (uint32_t)role;

    for (; *name != '\0'; name++) {
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    }
    return (hash ^ hash >> 16) % QUEUE_LANES;
}

bool
queue_room(const struct queue *q, size_t count)
{
    return q->count + count <= QUEUE_REPORTS_MAX;
}

void
queue_put(struct queue *q, struct pending *pend)
{
    pend->next = NULL;
    if (q->first == NULL) {
        q->first = pend;
    } else {
        q->last->next = pend;
    }
    q->last = pend;
    q->count++;
}

struct pending *
queue_take(struct queue *q)
{
    struct pending *pend = q->first;

    MUST(pend != NULL);
    q->first = pend->next;
    if (q->first == NULL) {
        q->last = NULL;
    }
    pend->next = NULL;
    q->count--;
    return pend;
}

void
queue_return(struct queue *q, struct pending *pend)
{
    pend->next = q->first;
    q->first = pend;
    if (pend->next == NULL) {
        q->last = pend;
    }
    q->count++;
}

struct pending *
queue_take_older(struct queue *q, int64_t older_us)
{
    bool older = q->first != NULL && mono_since_us(q->first->since) > older_us;

    return older ? queue_take(q) : NULL;
}

/* ---- other kinds ---- */

bool
queue_chore(struct queue *q, unsigned lane)
{
    if (q->chore_count >= QUEUE_CHORES_MAX || q->chores[lane] >= QUEUE_CHORES_A_LANE) {
        return false;
    }
    q->chore_count++;
    q->chores[lane]++;
    return true;
}

void
queue_chore_done(struct queue *q, unsigned lane)
{
    MUST(q->chore_count > 0 && q->chores[lane] > 0);
    q->chore_count--;
    q->chores[lane]--;
}
