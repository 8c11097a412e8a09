#include "ingest/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/crypto.h"

#define SEAL_WORD "dondoc receipt 1"
#define SEAL_KEY_WORD "dondoc receipt seal key 1"

_Static_assert(WIRE_SEAL_BYTES == CRYPTO_HASH128_BYTES, "a seal is a 128-bit hash");

/* What is sealed, gathered: a seal is made for every receipt, and each piece handed to
 * the hash by itself costs more than its bytes do. */
struct sealed_bytes {
    struct crypto_hash hash;
    uint8_t bytes[384];
    size_t len;
};

static void
bytes_flush(struct sealed_bytes *s)
{
    crypto_hash_add(&s->hash, s->bytes, s->len);
    s->len = 0;
}

static inline void
bytes_add(struct sealed_bytes *s, const void *p, size_t bytes)
{
    if (bytes > sizeof s->bytes - s->len) {
        bytes_flush(s);
    }
    if (bytes > sizeof s->bytes) { /* a client may show anything */
        crypto_hash_add(&s->hash, p, bytes);
        return;
    }
    memcpy(s->bytes + s->len, p, bytes);
    s->len += bytes;
}

static inline void
number_add(struct sealed_bytes *s, uint64_t n)
{
    /* One by one: of this the compiler makes a single store, of a loop eight. */
    const uint8_t bytes[8] = {
        (uint8_t)n,         (uint8_t)(n >> 8),  (uint8_t)(n >> 16), (uint8_t)(n >> 24),
        (uint8_t)(n >> 32), (uint8_t)(n >> 40), (uint8_t)(n >> 48), (uint8_t)(n >> 56)};

    bytes_add(s, bytes, sizeof bytes);
}

static void
text_add(struct sealed_bytes *s, const char *text)
{
    size_t len = strlen(text);

    number_add(s, len);
    bytes_add(s, text, len);
}

void
seal_key_derive(const char *secret, struct seal_key *out)
{
    uint8_t key[CRYPTO_HASH256_BYTES];
    struct sealed_bytes s;

    crypto_keyed_begin(&s.hash, CRYPTO_HASH256_BYTES, secret, strlen(secret));
    crypto_hash_add(&s.hash, SEAL_KEY_WORD, sizeof SEAL_KEY_WORD - 1);
    crypto_hash_end(&s.hash, key);
    s.len = 0;
    crypto_keyed_begin(&s.hash, CRYPTO_HASH128_BYTES, key, sizeof key);
    text_add(&s, SEAL_WORD);
    bytes_flush(&s);
    memcpy(out->begun, &s.hash, sizeof out->begun);
    crypto_wipe(&s, sizeof s);
    crypto_wipe(key, sizeof key);
}

void
seal_make(const struct seal_key *key, const char *province, const char *unit,
          const char *group, const char *period, const struct receipt *r,
          uint8_t out[WIRE_SEAL_BYTES])
{
    struct sealed_bytes s;

    s.len = 0;
    memcpy(&s.hash, key->begun, sizeof s.hash);
    text_add(&s, province);
    text_add(&s, unit);
    text_add(&s, group);
    text_add(&s, period);
    number_add(&s, r->revision);
    bytes_add(&s, r->hash, sizeof r->hash);
    number_add(&s, r->entry);
    number_add(&s, r->index);
    number_add(&s, (uint64_t)r->received_at_ms);
    number_add(&s, (uint64_t)(int64_t)r->due_day);
    number_add(&s, r->on_time ? 1 : 0);
    bytes_flush(&s);
    crypto_hash_end(&s.hash, out);
    crypto_wipe(&s.hash, sizeof s.hash); /* it held the key */
}

bool
seal_held_right(const struct seal_key *key, const char *province,
                const struct wire_held *held, struct receipt *out)
{
    uint8_t want[WIRE_SEAL_BYTES];
    struct receipt r = {.revision = held->revision,
                        .entry = held->entry,
                        .index = held->index,
                        .received_at_ms = held->received_at_ms,
                        .on_time = held->on_time};

    if (held->revision == 0 || receipt_hash_parse(held->hash, r.hash) != ST_OK ||
        (held->due[0] != '\0' && day_parse(held->due, &r.due_day) != ST_OK)) {
        return false;
    }
    seal_make(key, province, held->unit, held->group, held->period, &r, want);
    if (!crypto_equal(want, held->seal, sizeof want)) {
        return false;
    }
    *out = r;
    return true;
}

bool
seal_offer(const struct seal_key *key, const char *province,
           const struct wire_held *held, struct checked *report, struct refused *why)
{
    struct report_record *r = &report->record;
    struct receipt promised;

    /* Its key as well: the receipt of another report would name another revision. */
    if (!seal_held_right(key, province, held, &promised) ||
        strcmp(held->unit, r->unit) != 0 || strcmp(held->group, r->group) != 0 ||
        strcmp(held->period, r->period) != 0 ||
        memcmp(promised.hash, report->hash, sizeof report->hash) != 0) {
        refused_set(why, REFUSAL_OFFERED_NOT_OURS, "offered", report->key, "");
        return false;
    }
    report->offered = promised.revision;
    r->first_received_at_ms = promised.received_at_ms;
    r->due_day = promised.due_day;
    r->on_time = promised.on_time;
    return true;
}
