/*
 * table - a bounded map from a text key (any bytes, with a length) to a pointer or a
 * number. Open addressing; keys are copied, values are the caller's. The order of
 * iteration depends on the seed: what must come out the same twice is sorted first.
 */
#ifndef DONDOC_TABLE_H
#define DONDOC_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

struct table;

/* The hash of a key, for who keeps a table of his own. Not for anything that is stored:
 * it depends on the machine's byte order. */
uint64_t table_hash(uint64_t seed, const void *key, size_t key_bytes);

/* What a table holds: the caller knows which of the two it put in. */
union table_value {
    void *pointer;
    uint64_t number;
};

/* One key and its value, as iteration shows them; borrowed until the next change. */
struct table_item {
    const char *key; /* a zero byte stands behind it */
    size_t key_bytes;
    union table_value value;
};

/*
 * table_new - an empty table.
 * limit  most keys it will ever hold, at least 1; memory grows with what it holds.
 * seed   random where keys come from outside, so that nobody can choose keys that
 *        collide; any number in tests.
 */
struct table *table_new(size_t limit, uint64_t seed);
void table_free(struct table **t); /* pointers in it are not freed */

size_t table_count(const struct table *t);

/* False: no such key; *value is then untouched. */
bool table_get(const struct table *t, const void *key, size_t key_bytes,
               union table_value *value);

/* The pointer under a key, NULL when there is none: for tables of pointers. */
void *table_pointer(const struct table *t, const void *key, size_t key_bytes);

/*
 * table_put - set the value of a key, new or known.
 * Errors: ST_LIMIT  a new key, and the table holds `limit`; nothing was done
 */
MUST_USE enum status table_put(struct table *t, const void *key, size_t key_bytes,
                               union table_value value);

/* table_put for the two kinds of value. */
MUST_USE enum status table_put_pointer(struct table *t, const void *key,
                                       size_t key_bytes, void *pointer);
MUST_USE enum status table_put_number(struct table *t, const void *key,
                                      size_t key_bytes, uint64_t number);

/* False: no such key. The value it had comes back in *value (may be NULL). */
bool table_remove(struct table *t, const void *key, size_t key_bytes,
                  union table_value *value);

void table_clear(struct table *t); /* all keys gone; the room is kept */

/*
 * table_next - the items one after the other, each once.
 * at  in/out; 0 before the first. The table must not change in between, except that
 *     the value of a key already in it may be put again.
 * Returns false after the last.
 */
bool table_next(const struct table *t, size_t *at, struct table_item *item);

#endif
