#include "ingest/present.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/table.h"

/* About 60 MB at the most; beyond it the cache starts anew, which costs a read a key.
 */
#define PRESENT_MAX 250000u

struct present_cache {
    struct table *places; /* key -> index + 1 into items */
    struct receipt *items;
    size_t count;
    size_t room;
};

struct present_cache *
present_cache_new(void)
{
    struct present_cache *c = mem_alloc(sizeof *c);
    uint64_t seed;

    crypto_random(&seed, sizeof seed);
    c->places = table_new(PRESENT_MAX, seed);
    return c;
}

void
present_cache_free(struct present_cache **c)
{
    if (*c == NULL) {
        return;
    }
    table_free(&(*c)->places);
    mem_free(&(*c)->items);
    mem_free(c);
}

void
present_cache_clear(struct present_cache *c)
{
    table_clear(c->places);
    c->count = 0;
}

const struct receipt *
present_get(const struct present_cache *c, const char *key)
{
    union table_value v;

    if (!table_get(c->places, key, strlen(key), &v)) {
        return NULL;
    }
    return &c->items[v.number];
}

void
present_put(struct present_cache *c, const char *key, const struct receipt *p)
{
    union table_value v;
    size_t len = strlen(key);

    if (table_get(c->places, key, len, &v)) {
        c->items[v.number] = *p;
        return;
    }
    if (table_put_number(c->places, key, len, c->count) != ST_OK) {
        present_cache_clear(c);
        if (table_put_number(c->places, key, len, 0) != ST_OK) {
            return; /* an empty table takes one key */
        }
    }
    mem_array_room((void **)&c->items, c->count, &c->room, sizeof *c->items);
    c->items[c->count++] = *p;
}

#define PRESENT_PROBE 16u /* revisions asked for at once */

enum status
present_read(struct redis *r, const char *province, const char *key,
             struct receipt *out)
{
    char hash_key[KEY_BYTES];
    uint32_t base = 1;

    key_make(hash_key, province, KEY_RECEIPTS);
    memset(out, 0, sizeof *out);
    for (;;) {
        struct args a;
        struct reply *rep = NULL;
        enum status st;
        uint32_t i;

        args_init(&a);
        args_text(&a, "HMGET");
        args_text(&a, hash_key);
        for (i = 0; i < PRESENT_PROBE; i++) {
            char field[RECEIPT_FIELD_BYTES];

            receipt_field(key, base + i, field);
            args_text(&a, field);
        }
        st = redis_call(r, a.argc, a.argv, a.lens, &rep);
        args_fini(&a);
        for (i = 0; st == ST_OK && i < PRESENT_PROBE; i++) {
            const struct reply *v = reply_at(rep, i);

            if (reply_type(v) != REPLY_STRING) {
                break;
            }
            st = receipt_line_parse(reply_str(v, NULL), out);
            out->revision = base + i;
        }
        reply_free(&rep);
        if (st != ST_OK || i < PRESENT_PROBE) {
            return st;
        }
        base += PRESENT_PROBE;
    }
}

void
revision_name(const struct receipt *p, char out[REVISION_NAME_BYTES])
{
    char hash[CRYPTO_HEX128_BYTES];

    crypto_hex(p->hash, sizeof p->hash, hash);
    (void)snprintf(out, REVISION_NAME_BYTES, "%" PRIu32 "/%s", p->revision, hash);
}
