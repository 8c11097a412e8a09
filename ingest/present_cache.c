/*
 * The cache of present.h: what stands lies behind one another in blocks, each receipt
 * with its key, and an index of open addressing says where. No key is ever removed
 * alone, so there is nothing to move and nothing to free; growing moves eight bytes a
 * key, which is done with 250.000 of them before anybody notices.
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

struct present_cache {
    uint64_t seed; /* nobody outside can choose keys that meet */
    struct slot *slots;
    size_t room; /* a power of two, at most three quarters full */
    size_t count;
    unsigned char *blocks[BLOCKS_MAX]; /* kept when the cache is cleared */
    size_t block;                      /* the one that is being filled */
    size_t used;                       /* units of it */
};

struct present_cache *
present_cache_new(void)
{
    struct present_cache *c = mem_alloc(sizeof *c);

    crypto_random(&c->seed, sizeof c->seed);
    c->room = ROOM_MIN;
    c->slots = mem_alloc(c->room * sizeof *c->slots);
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
    mem_free(&(*c)->slots);
    mem_free(c);
}

void
present_cache_clear(struct present_cache *c)
{
    memset(c->slots, 0, c->room * sizeof *c->slots);
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
slot_find(const struct present_cache *c, const struct present_key *k)
{
    size_t at = (size_t)k->hash & (c->room - 1);

    for (;; at = (at + 1) & (c->room - 1)) {
        struct slot *s = &c->slots[at];
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

const struct receipt *
present_find(const struct present_cache *c, const struct present_key *k)
{
    const struct slot *s = slot_find(c, k);

    return s->place == 0 ? NULL : &item_at(c, s->place)->receipt;
}

/* The lower half of a hash is enough: there are never more slots than it has values. */
static void
slots_double(struct present_cache *c)
{
    struct slot *old = c->slots;
    size_t room = c->room;
    size_t mask = 2 * room - 1;
    size_t i;

    c->room = 2 * room;
    c->slots = mem_alloc(c->room * sizeof *c->slots);
    for (i = 0; i < room; i++) {
        size_t at = (size_t)old[i].hash & mask;

        if (old[i].place == 0) {
            continue;
        }
        while (c->slots[at].place != 0) {
            at = (at + 1) & mask;
        }
        c->slots[at] = old[i];
    }
    mem_free(&old);
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
    struct slot *s = slot_find(c, k);
    struct item *item;

    if (s->place != 0) {
        item_at(c, s->place)->receipt = *p;
        return;
    }
    if (c->count == PRESENT_MAX) {
        present_cache_clear(c);
        s = slot_find(c, k);
    } else if ((c->count + 1) * 4 > c->room * 3) {
        slots_double(c);
        s = slot_find(c, k);
    }
    *s = (struct slot){(uint32_t)k->hash, item_take(c, k->bytes)};
    item = item_at(c, s->place);
    item->receipt = *p;
    item->key_bytes = (uint8_t)k->bytes;
    memcpy(item->key, k->text, k->bytes);
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
