#include "ingest/queue.h"

#include <string.h>

#include "ingest/ingest.h"
#include "lib/diag.h"

_Static_assert(QUEUE_CHORES_A_LANE <= UINT8_MAX, "counted in a byte");

#define FNV_BASIS 2166136261u

/* FNV-1a, folded. Keys and names are the programme's and the keyring's: who chooses
 * among them to collide wins a few comparisons. */
static unsigned
fnv(uint32_t hash, const char *text)
{
    for (; *text != '\0'; text++) {
        hash = (hash ^ (uint8_t)*text) * 16777619u;
    }
    return hash ^ hash >> 16;
}

unsigned
queue_lane(enum role role, const char *name)
{
    return fnv(FNV_BASIS ^ (uint32_t)role, name) % QUEUE_LANES;
}

bool
queue_room(const struct queue *q, unsigned lane, size_t count)
{
    return q->count + count <= QUEUE_REPORTS_MAX &&
           q->waiting[lane] + count <= QUEUE_LANE_MAX;
}

static void
count_up(struct queue *q, unsigned lane)
{
    q->count++;
    q->waiting[lane]++;
}

static void
count_down(struct queue *q, unsigned lane)
{
    MUST(q->count > 0 && q->waiting[lane] > 0);
    q->count--;
    q->waiting[lane]--;
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
    count_up(q, pend->lane);
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
    count_down(q, pend->lane);
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
    count_up(q, pend->lane);
}

/* ---- what goes into one batch ---- */

#define PICK_SLOTS 1024u

struct picked {
    const struct pending *slots[PICK_SLOTS]; /* by key, open addressing */
    bool passed_over[QUEUE_LANES];
    size_t count;
};

/* Adds the key; false: it is there. */
static bool
picked_add(struct picked *picked, const struct pending *pend)
{
    const char *key = pend->checked.key;
    unsigned at = fnv(FNV_BASIS, key) % PICK_SLOTS;

    for (; picked->slots[at] != NULL; at = (at + 1) % PICK_SLOTS) {
        if (strcmp(picked->slots[at]->checked.key, key) == 0) {
            return false;
        }
    }
    picked->slots[at] = pend;
    picked->count++;
    return true;
}

struct pending *
queue_pick(struct queue *q, size_t most)
{
    struct picked picked = {.count = 0};
    struct pending *first = NULL;
    struct pending **picked_end = &first;
    struct pending **at = &q->first;
    struct pending *left = NULL; /* the last one that stays */

    MUST(most <= PICK_SLOTS / 2);
    while (*at != NULL && picked.count < most) {
        struct pending *pend = *at;

        if (picked.passed_over[pend->lane] || !picked_add(&picked, pend)) {
            picked.passed_over[pend->lane] = true;
            left = pend;
            at = &pend->next;
            continue;
        }
        *at = pend->next;
        if (pend == q->last) {
            q->last = left;
        }
        pend->next = NULL;
        *picked_end = pend;
        picked_end = &pend->next;
        count_down(q, pend->lane);
    }
    return first;
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
