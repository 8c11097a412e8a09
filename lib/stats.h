/*
 * stats - how long things took: a histogram of microseconds whose steps grow with the
 * value, so that a few KiB hold a microsecond and a day with the same relative error.
 * Integers only. A percentile is read out as the upper edge of its step: never below
 * the true one and at most 1/32 (3,2 %) above it (from 2^40 us on it is the maximum);
 * below 64 us, and the maximum, exact.
 */
#ifndef DONDOC_STATS_H
#define DONDOC_STATS_H

#include <stdint.h>

#define STATS_STEP_BITS 5 /* 32 steps in each doubling */
#define STATS_TOP_BITS 40 /* 2^40 us (12 days) and more share one last step */
#define STATS_STEPS_COUNT                                                              \
    (((STATS_TOP_BITS - STATS_STEP_BITS + 1) << STATS_STEP_BITS) + 1)

/* Empty when zeroed. Not safe from two threads at once: one each, then merge. */
struct stats {
    uint64_t count;
    int64_t max_us; /* exact; 0 while empty */
    uint64_t steps[STATS_STEPS_COUNT];
};

void stats_reset(struct stats *s);
void stats_add(struct stats *s, int64_t us); /* below zero counts as zero */
void stats_merge(struct stats *into, const struct stats *from);

/*
 * stats_per_mille - what at least so many of a thousand did not exceed: 500 is the
 * median, 990 p99, 999 p99.9, 1000 the maximum.
 * per_mille  1 to 1000.
 * Returns microseconds, -1 while nothing was added. Nearest rank: the smallest value
 * with at least count * per_mille / 1000 values not above it.
 */
int64_t stats_per_mille(const struct stats *s, unsigned per_mille);

#endif
