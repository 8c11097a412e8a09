/*
 * What the files of the engine share: score.c (verdicts), score_need.c (what is short,
 * and by how much), score_base.c (what improve and reduce_by compare with).
 */
#ifndef DONDOC_SCORE_PRIVATE_H
#define DONDOC_SCORE_PRIVATE_H

#include "lib/score.h"

/* 10^decimals of the measure of a value. */
int64_t score_value_one(const struct catalogue *c, const struct indicator *ind);

/* Percent of a ratio, or the value; den 0: none. Of an empty denominator what the
 * indicator makes of it. */
struct ratio score_value(const struct catalogue *c, const struct indicator *ind,
                         const struct standing *st);

/* Is it under the smallest denominator? Not where an empty one has a meaning. */
bool score_too_small(const struct indicator *ind, const struct standing *st);

/* Countable things that are missing for it, or too many; 0: none, or not countable. */
int64_t score_need(const struct catalogue *c, const struct target *t,
                   const struct score *s, struct ratio against);

/* What is left of a baseline when it is reduced as promised. */
struct ratio score_reduced(const struct catalogue *c, const struct target *t,
                           struct ratio base);

#endif
