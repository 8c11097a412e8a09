#include "ingest/queue.h"

#include <string.h>

#include "ingest/ingest.h"
#include "lib/diag.h"

_Static_assert(QUEUE_CHORES_A_LANE <= UINT8_MAX, "counted in a byte");

#define FNV_BASIS 2166136261u

/* FNV-1a, folded. Names are the keyring's: who chooses among them to collide shares a
 * limit. */
unsigned
queue_lane(enum role role, const char *name)
{
    uint32_t hash = FNV_BASIS ^ (uint32_t)role;

    for (; *name != '\0'; name++) {
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    }
    return (hash ^ hash >> 16) % QUEUE_LANES;
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
#define PICK_SLOTS_LEAST 16u
#define LANES_A_WORD 64u

_Static_assert(QUEUE_LANES % LANES_A_WORD == 0, "a bit each");

struct picked {
    const struct pending *slots[PICK_SLOTS]; /* by key, open addressing; the first */
    size_t room;                             /* so many of them: a power of two */
    uint64_t passed_over[QUEUE_LANES / LANES_A_WORD];
    size_t count;
};

/* Room for so many, and half of it empty. */
static void
picked_begin(struct picked *picked, size_t most)
{
    picked->room = PICK_SLOTS_LEAST;
    while (picked->room < 2 * most) {
        picked->room *= 2;
    }
    memset(picked->slots, 0, picked->room * sizeof picked->slots[0]);
    memset(picked->passed_over, 0, sizeof picked->passed_over);
    picked->count = 0;
}

/* Adds the key; false: it is there. */
static bool
picked_add(struct picked *picked, const struct pending *pend)
{
    size_t mask = picked->room - 1;
    size_t at = pend->checked.key_hash & mask;

    for (; picked->slots[at] != NULL; at = (at + 1) & mask) {
        if (picked->slots[at]->checked.key_hash == pend->checked.key_hash &&
            strcmp(picked->slots[at]->checked.key, pend->checked.key) == 0) {
            return false;
        }
    }
    picked->slots[at] = pend;
    picked->count++;
    return true;
}

static bool
is_passed_over(const struct picked *picked, unsigned lane)
{
    return (picked->passed_over[lane / LANES_A_WORD] >> lane % LANES_A_WORD & 1) != 0;
}

struct pending *
queue_pick(struct queue *q, size_t most)
{
    struct picked picked;
    struct pending *first = NULL;
    struct pending **picked_end = &first;
    struct pending **at = &q->first;
    struct pending *left = NULL; /* the last one that stays */

    MUST(most <= PICK_SLOTS / 2);
    most = most < q->count ? most : q->count;
    picked_begin(&picked, most);
    while (*at != NULL && picked.count < most) {
        struct pending *pend = *at;

        if (is_passed_over(&picked, pend->lane) || !picked_add(&picked, pend)) {
            picked.passed_over[pend->lane / LANES_A_WORD] |=
                UINT64_C(1) << pend->lane % LANES_A_WORD;
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
