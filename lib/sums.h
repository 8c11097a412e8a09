/*
 * sums - the sums over units that score_whole made, kept beside the facts and moved
 * along with each report: what a report costs does not grow with the units of its
 * level. For who scores again and again with the same facts (scorer); who asks once
 * keeps none. The same numbers either way: tests/unit/test_sums.c.
 */
#ifndef DONDOC_SUMS_H
#define DONDOC_SUMS_H

#include "lib/score.h"

/* From here on; they are freed with the facts. c: the catalogue of these facts. */
void sums_keep(const struct catalogue *c, struct facts *f);

/* What is known of the members of a whole without looking at each. */
struct sums_members {
    int32_t from; /* as subject_days */
    int32_t to;
    int32_t reported_last; /* last day that any of their reports speaks of */
    bool as_of;            /* any of these is cumulative, or its group has no cadence */
};
/* False: nothing is kept with these facts; *out is not set. */
bool sums_members(const struct catalogue *c, const struct facts *f,
                  const struct target *t, struct subject_ref s,
                  struct sums_members *out);

/* The days between the windows of its cadence that any member reported: those of a year
 * from a day to a day, ascending, the newest `max`. False: nothing is kept. */
bool sums_reported(const struct catalogue *c, const struct facts *f,
                   const struct target *t, struct subject_ref s, int year, int32_t from,
                   int32_t to, struct window *out, size_t max, size_t *count);

#endif
