/*
 * seal - the proof that a receipt was given by this service: a keyed hash over all that
 * the receipt says. Its key is made from the service's CURVE secret key, which lies in
 * a file beside the service and not in Redis: whoever has a copy of Redis can seal
 * nothing, and a Redis that lost everything can still be told what it once promised.
 * Another CURVE key: receipts sealed before are no proof any more. Pure.
 * Source: design.md section 6; reliability.md F15.
 */
#ifndef INGEST_SEAL_H
#define INGEST_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/validate.h"
#include "lib/crypto.h"
#include "lib/receipt.h"
#include "lib/wire.h"

/* Secret. The hash as it stands behind the key and the first text: every seal goes on
 * from there. Bytes, because a copy of it may lie anywhere. */
struct seal_key {
    unsigned char begun[sizeof(struct crypto_hash)];
};

/* secret: the CURVE key as 40 characters of Z85. */
void seal_key_derive(const char *secret, struct seal_key *out);

/*
 * seal_make - keyed BLAKE2b-128 over, in this order: the texts "dondoc receipt 1",
 * province, unit, group, period, each behind its length; revision; the 16 bytes of the
 * hash; entry, index, received_at_ms, due_day (days since 1970-01-01, 0: none),
 * on_time. Lengths and numbers are 8 bytes, little-endian, so that no two receipts have
 * the same form. The test has a receipt worked out by another program.
 */
void seal_make(const struct seal_key *key, const char *province, const char *unit,
               const char *group, const char *period, const struct receipt *r,
               uint8_t out[WIRE_SEAL_BYTES]);

/* Is it a receipt of ours? Then *out is what it promises. */
bool seal_held_right(const struct seal_key *key, const char *province,
                     const struct wire_held *held, struct receipt *out);

/*
 * seal_offer - a checked report that comes with its old receipt: is the receipt ours,
 * for this very key and content? Then the report is marked as offered and is as
 * much in time as it was then. False with *why filled: it is refused.
 */
bool seal_offer(const struct seal_key *key, const char *province,
                const struct wire_held *held, struct checked *report,
                struct refused *why);

#endif
