/*
 * Linear probing in a room of a power of two, at most three quarters full. A removal
 * moves later items back (Knuth, The Art of Computer Programming, 6.4, algorithm R), so
 * there are no tombstones and a table that is filled and emptied for ever stays fast.
 *
 * Invariant 1: no free slot lies between an item's own place and where it stands.
 */
#include "lib/table.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"

#define ROOM_MIN 16u

struct slot {
    char *key; /* ours; NULL: free */
    size_t key_bytes;
    uint64_t hash;
    union table_value value;
};

struct table {
    size_t limit;
    size_t count;
    size_t room; /* a power of two */
    uint64_t seed;
    struct slot *slots;
};

/* Both words of a 64 x 64 bit product, folded: each bit of the input moves all. */
static uint64_t
mixed(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
word_at(const unsigned char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

static uint64_t
half_at(const unsigned char *at)
{
    uint32_t half;

    memcpy(&half, at, sizeof half);
    return half;
}

/*
 * Two words a step, folded with numbers that nobody knows who does not know the seed.
 * The last 16 bytes are read as two words, or two halves, that may overlap: with the
 * length in the end, no two keys give the same words.
 */
uint64_t
table_hash(uint64_t seed, const void *key, size_t key_bytes)
{
    /* Any odd numbers with about as many ones as zeros; these are binary digits of
     * the golden ratio and of the roots of 3 and 5. */
    static const uint64_t odd_a = 0x9e3779b97f4a7c15u;
    static const uint64_t odd_b = 0xbb67ae8584caa73bu;
    static const uint64_t odd_c = 0x3c6ef372fe94f82bu;
    const uint64_t secret = mixed(seed ^ odd_a, odd_b);
    const unsigned char *at = key;
    uint64_t hash = secret ^ odd_c;
    uint64_t first = 0;
    uint64_t last = 0;
    size_t left = key_bytes;

    for (; left > 2 * sizeof first; left -= 2 * sizeof first) {
        hash = mixed(word_at(at) ^ secret, word_at(at + sizeof first) ^ hash);
        at += 2 * sizeof first;
    }
    if (left >= sizeof first) {
        first = word_at(at);
        last = word_at(at + left - sizeof first);
    } else if (left >= sizeof(uint32_t)) {
        first = half_at(at);
        last = half_at(at + left - sizeof(uint32_t));
    } else if (left > 0) {
        first = (uint64_t)at[0] << 16 | (uint64_t)at[left / 2] << 8 | at[left - 1];
    }
    hash = mixed(first ^ secret, last ^ hash);
    return mixed(hash ^ (uint64_t)key_bytes, odd_c);
}

struct table *
table_new(size_t limit, uint64_t seed)
{
    struct table *t = mem_alloc(sizeof *t);

    MUST(limit >= 1 && limit <= SIZE_MAX / 4 / sizeof *t->slots);
    t->limit = limit;
    t->seed = seed;
    t->room = ROOM_MIN;
    t->slots = mem_alloc(t->room * sizeof *t->slots);
    return t;
}

void
table_free(struct table **t)
{
    if (*t == NULL) {
        return;
    }
    table_clear(*t);
    mem_free(&(*t)->slots);
    mem_free(t);
}

size_t
table_count(const struct table *t)
{
    return t->count;
}

/* The slot that holds the key, or the free one where it belongs (invariant 1). */
static struct slot *
slot_find(const struct table *t, uint64_t hash, const void *key, size_t key_bytes)
{
    size_t at = (size_t)hash & (t->room - 1);

    for (;; at = (at + 1) & (t->room - 1)) {
        struct slot *s = &t->slots[at];

        if (s->key == NULL ||
            (s->hash == hash && s->key_bytes == key_bytes &&
             (key_bytes == 0 || memcmp(s->key, key, key_bytes) == 0))) {
            return s;
        }
    }
}

bool
table_get(const struct table *t, const void *key, size_t key_bytes,
          union table_value *value)
{
    const struct slot *s =
        slot_find(t, table_hash(t->seed, key, key_bytes), key, key_bytes);

    if (s->key == NULL) {
        return false;
    }
    *value = s->value;
    return true;
}

void *
table_pointer(const struct table *t, const void *key, size_t key_bytes)
{
    union table_value value = {.pointer = NULL};

    (void)table_get(t, key, key_bytes, &value); /* none leaves NULL */
    return value.pointer;
}

static void
table_double(struct table *t)
{
    struct slot *old = t->slots;
    size_t room = t->room;
    size_t i;

    t->room = 2 * room;
    t->slots = mem_alloc(t->room * sizeof *t->slots);
    for (i = 0; i < room; i++) {
        if (old[i].key != NULL) {
            *slot_find(t, old[i].hash, old[i].key, old[i].key_bytes) = old[i];
        }
    }
    mem_free(&old);
}

/* With the zero byte behind; not zeroed first, as mem_copy would. */
static char *
key_copy(const void *key, size_t key_bytes)
{
    char *copy = mem_grow(NULL, key_bytes + 1);

    if (key_bytes > 0) {
        memcpy(copy, key, key_bytes);
    }
    copy[key_bytes] = '\0';
    return copy;
}

enum status
table_put(struct table *t, const void *key, size_t key_bytes, union table_value value)
{
    uint64_t hash = table_hash(t->seed, key, key_bytes);
    struct slot *s = slot_find(t, hash, key, key_bytes);

    if (s->key != NULL) {
        s->value = value;
        return ST_OK;
    }
    if (t->count == t->limit) {
        return ST_LIMIT;
    }
    if ((t->count + 1) * 4 > t->room * 3) {
        table_double(t);
        s = slot_find(t, hash, key, key_bytes);
    }
    s->key = key_copy(key, key_bytes);
    s->key_bytes = key_bytes;
    s->hash = hash;
    s->value = value;
    t->count++;
    return ST_OK;
}

enum status
table_put_pointer(struct table *t, const void *key, size_t key_bytes, void *pointer)
{
    return table_put(t, key, key_bytes, (union table_value){.pointer = pointer});
}

enum status
table_put_number(struct table *t, const void *key, size_t key_bytes, uint64_t number)
{
    return table_put(t, key, key_bytes, (union table_value){.number = number});
}

bool
table_remove(struct table *t, const void *key, size_t key_bytes,
             union table_value *value)
{
    size_t mask = t->room - 1;
    struct slot *s = slot_find(t, table_hash(t->seed, key, key_bytes), key, key_bytes);
    size_t hole = (size_t)(s - t->slots);
    size_t at;

    if (s->key == NULL) {
        return false;
    }
    if (value != NULL) {
        *value = s->value;
    }
    mem_free(&s->key);
    /* What stands behind moves into the hole unless that is before its own place. */
    for (at = (hole + 1) & mask; t->slots[at].key != NULL; at = (at + 1) & mask) {
        size_t from_own = (at - (size_t)t->slots[at].hash) & mask;
        size_t from_hole = (at - hole) & mask;

        if (from_own >= from_hole) {
            t->slots[hole] = t->slots[at];
            hole = at;
        }
    }
    t->slots[hole] = (struct slot){0};
    t->count--;
    return true;
}

void
table_clear(struct table *t)
{
    size_t i;

    for (i = 0; i < t->room; i++) {
        mem_free(&t->slots[i].key);
        t->slots[i] = (struct slot){0};
    }
    t->count = 0;
}

bool
table_next(const struct table *t, size_t *at, struct table_item *item)
{
    for (; *at < t->room; (*at)++) {
        const struct slot *s = &t->slots[*at];

        if (s->key != NULL) {
            *item = (struct table_item){s->key, s->key_bytes, s->value};
            (*at)++;
            return true;
        }
    }
    return false;
}
