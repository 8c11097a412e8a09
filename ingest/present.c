#include "ingest/present.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/keys.h"

#define PRESENT_PROBE 16u /* revisions asked for at once */

/* The next PRESENT_PROBE revisions of a key behind `base`, as fields of HMGET. */
static void
probe_add(struct args *a, const char *key, uint32_t base)
{
    char field[RECEIPT_FIELD_BYTES];
    uint32_t i;

    for (i = 1; i <= PRESENT_PROBE; i++) {
        receipt_field(key, base + i, field);
        args_text(a, field);
    }
}

/* Their answers, from place `at` on; *more when all of them exist. */
static enum status
probe_take(const struct reply *rep, size_t at, struct receipt *out, bool *more)
{
    uint32_t base = out->revision;
    enum status st = ST_OK;
    uint32_t i;

    for (i = 0; st == ST_OK && i < PRESENT_PROBE; i++) {
        const struct reply *v = reply_at(rep, at + i);

        if (reply_type(v) != REPLY_STRING) {
            break;
        }
        st = receipt_line_parse(reply_str(v, NULL), out);
        out->revision = base + i + 1;
    }
    *more = st == ST_OK && i == PRESENT_PROBE;
    return st;
}

/* Goes on behind out->revision, which stands. */
static enum status
present_read_on(struct redis *r, const char *hash_key, const char *key,
                struct receipt *out)
{
    enum status st = ST_OK;
    bool more = true;

    while (st == ST_OK && more) {
        struct args a;
        struct reply *rep = NULL;

        args_init(&a);
        args_text(&a, "HMGET");
        args_text(&a, hash_key);
        probe_add(&a, key, out->revision);
        st = redis_call(r, a.argc, a.argv, a.lens, &rep);
        args_fini(&a);
        if (st == ST_OK) {
            st = probe_take(rep, 0, out, &more);
        }
        reply_free(&rep);
    }
    return st;
}

enum status
present_read(struct redis *r, const char *province, const char *key,
             struct receipt *out)
{
    char hash_key[KEY_BYTES];

    key_make(hash_key, province, KEY_RECEIPTS);
    memset(out, 0, sizeof *out);
    return present_read_on(r, hash_key, key, out);
}

enum status
present_read_all(struct redis *r, const char *province, const char *const *keys,
                 size_t count, struct receipt *out)
{
    char hash_key[KEY_BYTES];
    struct args a;
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    key_make(hash_key, province, KEY_RECEIPTS);
    memset(out, 0, count * sizeof *out);
    args_init(&a);
    args_text(&a, "HMGET");
    args_text(&a, hash_key);
    for (i = 0; i < count; i++) {
        probe_add(&a, keys[i], 0);
    }
    st = redis_call(r, a.argc, a.argv, a.lens, &rep);
    args_fini(&a);
    for (i = 0; st == ST_OK && i < count; i++) {
        bool more = false;

        st = probe_take(rep, i * PRESENT_PROBE, &out[i], &more);
        if (st == ST_OK && more) {
            st = present_read_on(r, hash_key, keys[i], &out[i]);
        }
    }
    reply_free(&rep);
    return st;
}

void
revision_name(const struct receipt *p, char out[REVISION_NAME_BYTES])
{
    char hash[CRYPTO_HEX128_BYTES];

    crypto_hex(p->hash, sizeof p->hash, hash);
    (void)snprintf(out, REVISION_NAME_BYTES, "%" PRIu32 "/%s", p->revision, hash);
}
