#include "ingest/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/mem.h"

#define SEAL_WORD "dondoc receipt 1"
#define SEAL_KEY_WORD "dondoc receipt seal key 1"

_Static_assert(WIRE_SEAL_BYTES == CRYPTO_HASH128_BYTES, "a seal is a 128-bit hash");

/* A hash that goes on from `begun` is of so many bytes, gathered here: each piece
 * handed over by itself costs more than its bytes do. */
#define GATHERED_BYTES 512

static uint8_t *
number_put(uint8_t *at, uint64_t n)
{
    /* One by one: of this the compiler makes a single store, of a loop eight. */
    at[0] = (uint8_t)n;
    at[1] = (uint8_t)(n >> 8);
    at[2] = (uint8_t)(n >> 16);
    at[3] = (uint8_t)(n >> 24);
    at[4] = (uint8_t)(n >> 32);
    at[5] = (uint8_t)(n >> 40);
    at[6] = (uint8_t)(n >> 48);
    at[7] = (uint8_t)(n >> 56);
    return at + 8;
}

static uint8_t *
text_put(uint8_t *at, const char *text, size_t bytes)
{
    at = number_put(at, bytes);
    memcpy(at, text, bytes);
    return at + bytes;
}

void
seal_key_derive(const char *secret, struct seal_key *out)
{
    uint8_t first[8 + sizeof SEAL_WORD];
    uint8_t key[CRYPTO_HASH256_BYTES];
    struct crypto_hash h;

    crypto_keyed_begin(&h, CRYPTO_HASH256_BYTES, secret, strlen(secret));
    crypto_hash_add(&h, SEAL_KEY_WORD, sizeof SEAL_KEY_WORD - 1);
    crypto_hash_end(&h, key);
    crypto_keyed_begin(&h, CRYPTO_HASH128_BYTES, key, sizeof key);
    crypto_hash_add(&h, first,
                    (size_t)(text_put(first, SEAL_WORD, sizeof SEAL_WORD - 1) - first));
    memcpy(out->begun, &h, sizeof out->begun);
    crypto_wipe(&h, sizeof h);
    crypto_wipe(key, sizeof key);
}

#define TEXTS 4
#define NUMBERS 6

void
seal_make(const struct seal_key *key, const char *province, const char *unit,
          const char *group, const char *period, const struct receipt *r,
          uint8_t out[WIRE_SEAL_BYTES])
{
    const size_t province_bytes = strlen(province);
    const size_t unit_bytes = strlen(unit);
    const size_t group_bytes = strlen(group);
    const size_t period_bytes = strlen(period);
    const size_t bytes = (TEXTS + NUMBERS) * sizeof(uint64_t) + sizeof r->hash +
                         province_bytes + unit_bytes + group_bytes + period_bytes;
    uint8_t here[GATHERED_BYTES];
    uint8_t *elsewhere = NULL; /* a client may show anything */
    uint8_t *gathered = here;
    struct crypto_hash h;
    uint8_t *at;

    if (bytes > sizeof here) {
        gathered = elsewhere = mem_alloc(bytes);
    }
    at = text_put(gathered, province, province_bytes);
    at = text_put(at, unit, unit_bytes);
    at = text_put(at, group, group_bytes);
    at = text_put(at, period, period_bytes);
    at = number_put(at, r->revision);
    memcpy(at, r->hash, sizeof r->hash);
    at = number_put(at + sizeof r->hash, r->entry);
    at = number_put(at, r->index);
    at = number_put(at, (uint64_t)r->received_at_ms);
    at = number_put(at, (uint64_t)(int64_t)r->due_day);
    (void)number_put(at, r->on_time ? 1 : 0); /* the last of `bytes` */
    memcpy(&h, key->begun, sizeof h);
    crypto_hash_add(&h, gathered, bytes);
    crypto_hash_end(&h, out);
    crypto_wipe(&h, sizeof h); /* it held the key */
    mem_free(&elsewhere);
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
