/*
 * What is short, and by how many things. Integers decide, cross-multiplied in 128 bits.
 * Source: design.md section 4 (Exact, Score).
 */
#include "lib/score_private.h"

int64_t
score_value_one(const struct catalogue *c, const struct indicator *ind)
{
    int64_t one = 1;
    int i;

    for (i = 0; i < c->measures[ind->numerator[0]].decimals; i++) {
        one *= 10;
    }
    return one;
}

/* Nothing to count: full marks or none, by the indicator; or no figure. */
static struct ratio
score_empty(const struct indicator *ind)
{
    if (ind->empty == EMPTY_NOT_APPLICABLE) {
        return ratio_of(0, 0);
    }
    return ratio_of((ind->empty == EMPTY_FULL) == ind->better_up ? 100 : 0, 1);
}

bool
score_too_small(const struct indicator *ind, const struct standing *st)
{
    return !ind->is_value && st->den < ind->min_denominator &&
           !(st->den == 0 && ind->empty != EMPTY_NOT_APPLICABLE);
}

struct ratio
score_value(const struct catalogue *c, const struct indicator *ind,
            const struct standing *st)
{
    if (!st->has) {
        return ratio_of(0, 0);
    }
    if (st->den == 0) {
        return score_empty(ind);
    }
    return ind->is_value ? ratio_of(st->num, score_value_one(c, ind))
                         : ratio_percent(st->num, st->den);
}

static bool
is_rank(const struct catalogue *c, const struct indicator *ind)
{
    return ind->is_value && c->measures[ind->numerator[0]].pool > 0;
}

/* Nothing is left to gain: 100 %; or 0, where lower is better; the first rank. */
static bool
is_at_bound(const struct catalogue *c, const struct indicator *ind, struct ratio value)
{
    if (is_rank(c, ind)) {
        return value.num == value.den;
    }
    if (!ind->better_up) {
        return value.num == 0;
    }
    return !ind->is_value && ratio_compare(value, ratio_of(100, 1)) == 0;
}

bool
score_is_short(const struct catalogue *c, const struct target *t, struct ratio value,
               struct ratio against)
{
    int order = ratio_compare(value, against);

    if (order == 0) {
        return target_strict(t) &&
               !(t->kind == TARGET_IMPROVE &&
                 is_at_bound(c, &c->indicators[t->indicator], value));
    }
    return target_lower(c, t) ? order > 0 : order < 0;
}

/* Largest whole k <= top/bottom, also below zero; bottom > 0. */
static __int128
floor_of(__int128 top, __int128 bottom)
{
    return top / bottom - (top % bottom < 0 ? 1 : 0);
}

/*
 * How far a count is from top/bottom of it: for at least 49,9589 % of 2386, which is
 * 1192,02: 1193 - 1130 = 63; for more than 50 % of 100: 51 - num; for less than 50 %:
 * num - 49.
 */
static int64_t
count_short(const struct catalogue *c, const struct target *t, int64_t num,
            __int128 top, __int128 bottom)
{
    __int128 down = floor_of(top, bottom);
    __int128 up = -floor_of(-top, bottom);

    if (target_lower(c, t)) {
        return (int64_t)(num - (target_strict(t) ? up - 1 : down));
    }
    return (int64_t)((target_strict(t) ? down + 1 : up) - num);
}

/* Places: 49th, 5 a year for 3 years from 60th is 45th: 4. */
static int64_t
gain_short(const struct catalogue *c, const struct target *t, const struct score *s,
           struct ratio against)
{
    int64_t one = score_value_one(c, &c->indicators[t->indicator]);
    int64_t years = s->year - t->baseline_year;
    struct ratio goal = ratio_sub(ratio_of(t->baseline_value, 1),
                                  ratio_of(against.num * years, against.den));

    return ratio_ceil(ratio_of(s->standing.num, one)) - ratio_floor(goal);
}

int64_t
score_need(const struct catalogue *c, const struct target *t, const struct score *s,
           struct ratio against)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    const struct standing *st = &s->standing;

    if (against.den == 0 || st->den == 0 || !score_is_short(c, t, s->value, against)) {
        return 0; /* of nothing, nothing is missing */
    }
    if (!ind->is_value) {
        return count_short(c, t, st->num, (__int128)against.num * st->den,
                           (__int128)against.den * 100);
    }
    if (t->kind == TARGET_RANK_GAIN) {
        return gain_short(c, t, s, against);
    }
    if (c->measures[ind->numerator[0]].nature == NATURE_VALUE && !is_rank(c, ind)) {
        return 0; /* points cannot be counted out */
    }
    return count_short(c, t, st->num, against.num, against.den);
}
