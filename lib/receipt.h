/*
 * receipt - what stands in the receipts hash: one line for each revision of each
 * unit/group/period that was ever acknowledged. Pure.
 *
 *   21055/digitisation/2023-09/2
 *       hash=<32 hex> at=57:3 received=1696406400123 due=2023-10-05 on_time=1
 *
 * Revisions of a key are dense from 1, so the last one that exists stands. After a loss
 * a unit may offer revision 5 again and nobody revision 4 yet: the missing ones are
 * then written as placeholders (hash of zeros, entry 0, not on time), which stand for
 * "acknowledged once, not offered again". A placeholder is never the last revision, has
 * no place in the journal and is equal to no content.
 * Source: doc/operations.md.
 */
#ifndef DONDOC_RECEIPT_H
#define DONDOC_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

#define RECEIPT_HASH_BYTES 16
#define RECEIPT_LINE_BYTES 192
#define RECEIPT_FIELD_BYTES 176

struct receipt {
    uint32_t revision; /* 0: nothing stands; in the field's name, not in the line */
    uint8_t hash[RECEIPT_HASH_BYTES];
    uint64_t entry; /* 0: a placeholder */
    uint32_t index;
    int64_t received_at_ms;
    int32_t due_day; /* 0: none */
    bool on_time;
};

/* The value under receipts unit/group/period/revision; ASCII. */
void receipt_line(const struct receipt *r, char out[RECEIPT_LINE_BYTES]);
/*
 * receipt_line_next - the same for many lines one after the other: what they have in
 * common is kept from one to the next. kept: empty when zeroed. Returns the length.
 */
struct receipt_lines {
    struct receipt of;
    char before[32]; /* the index, and behind it; not used but for their lengths */
    char behind[64];
    size_t before_bytes; /* 0: nothing kept */
    size_t behind_bytes;
};
size_t receipt_line_next(struct receipt_lines *kept, const struct receipt *r,
                         char out[RECEIPT_LINE_BYTES]);
/* Sets all but the revision, which is 0 then. ST_BAD: not such a line. */
MUST_USE enum status receipt_line_parse(const char *line, struct receipt *r);
/* The field: key/revision. */
void receipt_field(const char *key, uint32_t revision, char out[RECEIPT_FIELD_BYTES]);

/* 32 small hex digits, and nothing behind them. */
MUST_USE enum status receipt_hash_parse(const char *hex,
                                        uint8_t out[RECEIPT_HASH_BYTES]);

/* received_at_ms is that of the report that jumps over this revision. */
void receipt_placeholder(struct receipt *r, uint32_t revision, int64_t received_at_ms);
bool receipt_is_placeholder(const struct receipt *r);

#endif
