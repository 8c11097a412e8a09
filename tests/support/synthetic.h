/*
 * synthetic - a journal for tests of what reads journals: appended through the
 * journal's own Function, with the receipts, ids and facts that services leave, but
 * with content that nobody ever reported. One hour is a tick, a batch, and now and then
 * an act.
 */
#ifndef DONDOC_TESTS_SYNTHETIC_H
#define DONDOC_TESTS_SYNTHETIC_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/journal.h"
#include "lib/redis.h"

struct synthetic {
    const char *province;
    struct journal_head head; /* where the journal ends */
    uint64_t records;
    unsigned hours; /* so far */
};

/* Begins a province with a programme (entry 1) that no catalogue could be made of. */
void synthetic_begin(struct synthetic *s, struct redis *r, const char *province);
/* So many hours more, with a batch of so many records each; every tenth record corrects
 * one of the batch before. applied: facts and the scorer's checkpoint follow. */
void synthetic_hours(struct synthetic *s, struct redis *r, unsigned hours,
                     unsigned records, bool applied);

#endif
