/*
 * The cache of present.h: what stands lies behind one another in blocks, each receipt
 * with its key, and an index of open addressing says where. No key is ever removed
 * alone, so there is nothing to move and nothing to free. The index grows a few slots
 * with each new key: all at once would be milliseconds in which nobody is answered.
 */
#include "ingest/present.h"

#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/table.h"

/* About 25 MB at the most; beyond it the cache starts anew, which costs a read a key.
 */
#define PRESENT_MAX 250000u
#define KEY_BYTES_MAX UINT8_MAX
#define ROOM_MIN 64u
#define MOVED_AT_ONCE 16u
#define UNIT_BYTES 8u /* places are counted in these */
#define BLOCK_UNITS 8192u
#define BLOCKS_MAX (PRESENT_MAX / (BLOCK_UNITS * UNIT_BYTES / ITEM_BYTES_MAX) + 1)
#define ITEM_BYTES_MAX (offsetof(struct item, key) + KEY_BYTES_MAX + UNIT_BYTES)

struct item {
    struct receipt receipt;
    uint8_t key_bytes;
    char key[];
};

_Static_assert(_Alignof(struct item) <= UNIT_BYTES, "items stand on whole units");

/* Free when place is 0; else the item's unit, counted from 1 through all blocks. */
struct slot {
    uint32_t hash; /* its lower half */
    uint32_t place;
};

struct index {
    struct slot *slots; /* NULL: there is none */
    size_t room;        /* a power of two, at most three quarters full */
};

struct present_cache {
    uint64_t seed; /* nobody outside can choose keys that meet */
    struct index index;
    struct index before; /* half as large; until all of it is in the new one, */
    size_t moved;        /* so many slots are; what was moved stays there, too */
    size_t count;
    unsigned char *blocks[BLOCKS_MAX]; /* kept when the cache is cleared */
    size_t block;                      /* the one that is being filled */
    size_t used;                       /* units of it */
};

static struct index
index_new(size_t room)
{
    return (struct index){mem_alloc(room * sizeof(struct slot)), room};
}

struct present_cache *
present_cache_new(void)
{
    struct present_cache *c = mem_alloc(sizeof *c);

    crypto_random(&c->seed, sizeof c->seed);
    c->index = index_new(ROOM_MIN);
    return c;
}

void
present_cache_free(struct present_cache **c)
{
    size_t i;

    if (*c == NULL) {
        return;
    }
    for (i = 0; i < BLOCKS_MAX; i++) {
        mem_free(&(*c)->blocks[i]);
    }
    mem_free(&(*c)->index.slots);
    mem_free(&(*c)->before.slots);
    mem_free(c);
}

void
present_cache_clear(struct present_cache *c)
{
    memset(c->index.slots, 0, c->index.room * sizeof *c->index.slots);
    mem_free(&c->before.slots);
    c->count = 0;
    c->block = 0;
    c->used = 0;
}

struct present_key
present_key(const struct present_cache *c, const char *text)
{
    struct present_key k = {.text = text, .bytes = strlen(text)};

    MUST(k.bytes <= KEY_BYTES_MAX);
    k.hash = table_hash(c->seed, text, k.bytes);
    return k;
}

static struct item *
item_at(const struct present_cache *c, uint32_t place)
{
    return (struct item *)(void *)(c->blocks[(place - 1) / BLOCK_UNITS] +
                                   (size_t)((place - 1) % BLOCK_UNITS) * UNIT_BYTES);
}

/* The slot that leads to the key, or the free one where it belongs. */
static struct slot *
slot_find(const struct present_cache *c, const struct index *x,
          const struct present_key *k)
{
    size_t mask = x->room - 1;
    size_t at = (size_t)k->hash & mask;

    for (;; at = (at + 1) & mask) {
        struct slot *s = &x->slots[at];
        const struct item *item;

        if (s->place == 0) {
            return s;
        }
        if (s->hash == (uint32_t)k->hash) {
            item = item_at(c, s->place);
            if (item->key_bytes == k->bytes &&
                memcmp(item->key, k->text, k->bytes) == 0) {
                return s;
            }
        }
    }
}

/* The item of a key; NULL: none. */
static struct item *
item_find(const struct present_cache *c, const struct present_key *k)
{
    const struct slot *s = slot_find(c, &c->index, k);

    if (s->place == 0 && c->before.slots != NULL) {
        s = slot_find(c, &c->before, k);
    }
    return s->place == 0 ? NULL : item_at(c, s->place);
}

const struct receipt *
present_find(const struct present_cache *c, const struct present_key *k)
{
    const struct item *item = item_find(c, k);

    return item == NULL ? NULL : &item->receipt;
}

/* The lower half of a hash is enough: there are never more slots than it has values. */
static void
slot_move(struct index *x, struct slot s)
{
    size_t mask = x->room - 1;
    size_t at = (size_t)s.hash & mask;

    while (x->slots[at].place != 0) {
        at = (at + 1) & mask;
    }
    x->slots[at] = s;
}

/* Called with every new key: the old index is moved long before the new one is full. */
static void
index_grow(struct present_cache *c)
{
    size_t end = c->moved + MOVED_AT_ONCE;

    if (c->before.slots != NULL) {
        for (; c->moved < end && c->moved < c->before.room; c->moved++) {
            if (c->before.slots[c->moved].place != 0) {
                slot_move(&c->index, c->before.slots[c->moved]);
            }
        }
        if (c->moved == c->before.room) {
            mem_free(&c->before.slots);
        }
    } else if ((c->count + 1) * 4 > c->index.room * 3) {
        c->before = c->index;
        c->moved = 0;
        c->index = index_new(2 * c->before.room);
    }
}

/* Room for one more behind the others; where it is. */
static uint32_t
item_take(struct present_cache *c, size_t key_bytes)
{
    size_t units =
        (offsetof(struct item, key) + key_bytes + UNIT_BYTES - 1) / UNIT_BYTES;

    if (c->used + units > BLOCK_UNITS) {
        c->block++;
        c->used = 0;
    }
    MUST(c->block < BLOCKS_MAX);
    if (c->blocks[c->block] == NULL) {
        c->blocks[c->block] = mem_grow(NULL, (size_t)BLOCK_UNITS * UNIT_BYTES);
    }
    c->used += units;
    return (uint32_t)(c->block * BLOCK_UNITS + c->used - units + 1);
}

void
present_set(struct present_cache *c, const struct present_key *k,
            const struct receipt *p)
{
    struct item *item = item_find(c, k);
    uint32_t place;

    if (item != NULL) {
        item->receipt = *p;
        return;
    }
    if (c->count == PRESENT_MAX) {
        present_cache_clear(c);
    }
    index_grow(c);
    place = item_take(c, k->bytes);
    item = item_at(c, place);
    item->receipt = *p;
    item->key_bytes = (uint8_t)k->bytes;
    memcpy(item->key, k->text, k->bytes);
    slot_move(&c->index, (struct slot){(uint32_t)k->hash, place});
    c->count++;
}

const struct receipt *
present_get(const struct present_cache *c, const char *key)
{
    const struct present_key k = present_key(c, key);

    return present_find(c, &k);
}

void
present_put(struct present_cache *c, const char *key, const struct receipt *p)
{
    const struct present_key k = present_key(c, key);

    present_set(c, &k, p);
}
