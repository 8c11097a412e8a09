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
queue_room(const struct queue *q, unsigned lane, size_t count)
{
    return q->lanes[lane].count + count <= QUEUE_REPORTS_MAX - q->count;
}

/* ---- lanes ---- */

static void
turn_append(struct queue *q, unsigned lane)
{
    if (q->turn_count == 0) {
        q->turn_first = lane;
    } else {
        q->lanes[q->turn_last].next = lane;
    }
    q->turn_last = lane;
    q->turn_count++;
}

static struct pending *
lane_take(struct queue_lane *lane)
{
    struct pending *pend = lane->first;

    lane->first = pend->next;
    if (lane->first == NULL) {
        lane->last = NULL;
    }
    lane->count--;
    pend->next = NULL;
    return pend;
}

/* ---- the front ---- */

static void
front_append(struct queue *q, struct pending *pend)
{
    pend->next = NULL;
    if (q->first == NULL) {
        q->first = pend;
    } else {
        q->last->next = pend;
    }
    q->last = pend;
    q->front++;
}

void
queue_put(struct queue *q, struct pending *pend)
{
    struct queue_lane *lane = &q->lanes[pend->lane];

    q->count++;
    if (q->turn_count == 0 && q->front < JOURNAL_RECORDS_MAX) {
        front_append(q, pend);
        return;
    }
    pend->next = NULL;
    if (lane->first == NULL) {
        lane->first = pend;
        turn_append(q, pend->lane);
    } else {
        lane->last->next = pend;
    }
    lane->last = pend;
    lane->count++;
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
    q->front--;
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
    q->front++;
    q->count++;
}

void
queue_hold(struct queue *q, struct pending *pend)
{
    struct queue_lane *lane = &q->lanes[pend->lane];

    pend->next = lane->first;
    if (lane->first == NULL) {
        lane->last = pend;
        turn_append(q, pend->lane);
    }
    lane->first = pend;
    lane->count++;
    q->count++;
}

void
queue_fill(struct queue *q)
{
    while (q->turn_count > 0 && q->front < JOURNAL_RECORDS_MAX) {
        unsigned number = q->turn_first;
        struct queue_lane *lane = &q->lanes[number];
        unsigned i;

        for (i = 0;
             i < QUEUE_TURN && lane->first != NULL && q->front < JOURNAL_RECORDS_MAX;
             i++) {
            front_append(q, lane_take(lane));
        }
        q->turn_first = lane->next;
        q->turn_count--;
        if (lane->first != NULL) {
            turn_append(q, number);
        }
    }
}

void
queue_deal(struct queue *q)
{
    struct pending *back = NULL;

    if (q->front <= QUEUE_TURN) {
        queue_fill(q);
        return;
    }
    while (q->first != NULL) {
        struct pending *pend = queue_take(q);

        pend->next = back;
        back = pend;
    }
    while (back != NULL) {
        struct pending *pend = back;

        back = pend->next;
        queue_hold(q, pend);
    }
    queue_fill(q);
}

static bool
older(const struct pending *pend, int64_t older_us)
{
    return pend != NULL && mono_since_us(pend->since) > older_us;
}

/* Empty lanes leave the ring: what has a turn holds something. */
static void
turn_drop(struct queue *q, unsigned before, unsigned lane)
{
    if (q->turn_first == lane) {
        q->turn_first = q->lanes[lane].next;
    } else {
        q->lanes[before].next = q->lanes[lane].next;
        if (q->turn_last == lane) {
            q->turn_last = before;
        }
    }
    q->turn_count--;
}

struct pending *
queue_take_older(struct queue *q, int64_t older_us)
{
    unsigned number = q->turn_first;
    unsigned before = number;
    unsigned i;

    if (older(q->first, older_us)) {
        return queue_take(q);
    }
    for (i = 0; i < q->turn_count; i++) {
        struct queue_lane *lane = &q->lanes[number];

        if (older(lane->first, older_us)) {
            struct pending *pend = lane_take(lane);

            q->count--;
            if (lane->first == NULL) {
                turn_drop(q, before, number);
            }
            return pend;
        }
        before = number;
        number = lane->next;
    }
    queue_fill(q); /* invariant 2 */
    return NULL;
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
