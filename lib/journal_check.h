/*
 * journal_check - does the reports journal stand as it was written? Reads it in pieces
 * and follows the chain of hashes, so that a changed, missing or reordered entry is
 * named before anybody relies on what stands behind it.
 *
 * What was checked before is not read again: the scorer seals its checkpoint with the
 * chain value of the entry there, and trimming leaves the last value in the head. Older
 * entries are for `dondoc verify`.
 * Source: design.md section 1 (journal form); reliability.md F1, F6.
 */
#ifndef DONDOC_JOURNAL_CHECK_H
#define DONDOC_JOURNAL_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/journal.h"
#include "lib/redis.h"
#include "lib/status.h"

struct journal_check {
    const char *province; /* borrowed */
    uint64_t at;          /* the last entry that is known to stand */
    char chain[JOURNAL_CHAIN_BYTES];
    uint64_t to;                    /* where it ends */
    char want[JOURNAL_CHAIN_BYTES]; /* chain value there; "" none is known */
    uint64_t missing; /* entries before `at` that are gone without being trimmed */
};

static inline bool
journal_check_done(const struct journal_check *c)
{
    return c->at >= c->to;
}

/* From an entry whose chain value is known (0, "": the beginning) to another. */
void journal_check_init(struct journal_check *c, const char *province, uint64_t at,
                        const char *chain, uint64_t to, const char *want);

/*
 * journal_check_begin - from the scorer's seal, or the trim point if that is later, or
 * the beginning, to the head. What can be told without reading is looked at first: the
 * stream ends where its head says, the scorer is not ahead of it, no receipts and acts
 * are lost.
 * Errors: ST_GONE  part of what the head tells of is not there
 *         ST_BAD   it is there and is not what was written
 *         ST_AGAIN the connection
 * redis_error says it in words, and names the entry.
 */
MUST_USE enum status journal_check_begin(struct journal_check *c, struct redis *r,
                                         const char *province);

/*
 * journal_check_step - read at most `max` entries more. Errors as above; c->at is the
 * last good entry then.
 */
MUST_USE enum status journal_check_step(struct journal_check *c, struct redis *r,
                                        size_t max);

/* One entry as journal_read_one gives it, but only if its chain value follows from the
 * entry before it. ST_BAD: it was changed. */
MUST_USE enum status journal_read_checked(struct redis *r, const char *province,
                                          uint64_t seq, struct journal_read *rd);

#endif
