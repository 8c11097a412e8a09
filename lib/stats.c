#include "lib/stats.h"

#include <stddef.h>
#include <string.h>

#include "lib/diag.h"

#define STEPS_A_DOUBLING ((uint64_t)1 << STATS_STEP_BITS)

void
stats_reset(struct stats *s)
{
    memset(s, 0, sizeof *s);
}

/*
 * A value of e + 6 bits drops its e last ones: 32 to 63 are then left, and each e has
 * its 32 places behind those of the one before. Values below 32 are their own place.
 */
static size_t
step_of(uint64_t us)
{
    unsigned drop;

    if (us < 2 * STEPS_A_DOUBLING) {
        return (size_t)us;
    }
    if (us >= (uint64_t)1 << STATS_TOP_BITS) {
        return STATS_STEPS_COUNT - 1;
    }
    drop = 63 - STATS_STEP_BITS - (unsigned)__builtin_clzll(us);
    return (size_t)(drop * STEPS_A_DOUBLING + (us >> drop));
}

/* The largest value of a step. */
static int64_t
step_top(size_t step)
{
    unsigned drop = 0;

    if (step >= 2 * STEPS_A_DOUBLING) {
        drop = (unsigned)(step / STEPS_A_DOUBLING) - 1;
    }
    return (int64_t)(((step - drop * STEPS_A_DOUBLING + 1) << drop) - 1);
}

void
stats_add(struct stats *s, int64_t us)
{
    if (us < 0) {
        us = 0;
    }
    s->steps[step_of((uint64_t)us)]++;
    s->count++;
    if (us > s->max_us) {
        s->max_us = us;
    }
}

void
stats_merge(struct stats *into, const struct stats *from)
{
    size_t i;

    for (i = 0; i < STATS_STEPS_COUNT; i++) {
        into->steps[i] += from->steps[i];
    }
    into->count += from->count;
    if (from->max_us > into->max_us) {
        into->max_us = from->max_us;
    }
}

int64_t
stats_per_mille(const struct stats *s, unsigned per_mille)
{
    uint64_t rank;
    uint64_t seen = 0;
    int64_t top;
    size_t i;

    MUST(per_mille >= 1 && per_mille <= 1000);
    if (s->count == 0) {
        return -1;
    }
    /* count * per_mille / 1000, rounded up, without the overflow */
    rank = s->count / 1000 * per_mille + (s->count % 1000 * per_mille + 999) / 1000;
    for (i = 0; i < STATS_STEPS_COUNT - 1; i++) {
        seen += s->steps[i];
        if (seen >= rank) {
            top = step_top(i);
            return top < s->max_us ? top : s->max_us;
        }
    }
    return s->max_us; /* the last step has no upper edge */
}
