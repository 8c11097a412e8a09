/*
 * What improve and reduce_by compare with: the figure at the end of the year before, or
 * of the baseline's year.
 */
#include <string.h>

#include "lib/diag.h"
#include "lib/score_private.h"
#include "lib/subject.h"

int
score_base_year(const struct target *t, int year)
{
    if (t->kind == TARGET_IMPROVE) {
        return year - 1;
    }
    return t->kind == TARGET_REDUCE_BY ? t->baseline_year : 0;
}

static __int128
divisor_of(__int128 a, __int128 b)
{
    while (b != 0) {
        __int128 rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/*
 * 312 less 10 percent: 312 * 90 / 100 = 280,8; exact. A base so large that this has no
 * room (counts over 9 * 10^14) is cut to what a figure can be: a value, which has
 * decimals only up to its measure's, is as short of the one as of the other.
 */
struct ratio
score_reduced(const struct catalogue *c, const struct target *t, struct ratio base)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    __int128 top = (__int128)base.num * (100 * t->threshold.den - t->threshold.num);
    __int128 bottom = (__int128)base.den * 100 * t->threshold.den;
    __int128 common = divisor_of(top, bottom);
    int64_t one;

    MUST(common != 0 && bottom > 0); /* a ratio's denominator is never 0 */
    top /= common;
    bottom /= common;
    MUST(bottom > 0);
    if (top > INT64_MAX || bottom > INT64_MAX) {
        one = ind->is_value ? score_value_one(c, ind) : 1;
        return ratio_of((int64_t)(top / bottom * one + top % bottom * one / bottom),
                        one);
    }
    return ratio_of((int64_t)top, (int64_t)bottom);
}

void
score_base(const struct catalogue *c, const struct facts *f, const struct target *t,
           struct subject_ref s, int year, struct standing *st)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    int base_year = score_base_year(t, year);
    struct standing base;
    struct window w;

    if (base_year == 0) {
        return;
    }
    if (base_year == t->baseline_year && t->baseline.den != 0) {
        st->base = t->baseline;
        st->base_is = BASE_KNOWN;
        return;
    }
    window_make(PERIOD_YEAR, base_year, 0, c->groups[ind->group].rule, &w);
    if (subject_is_whole(c, t, s)) {
        score_whole(c, f, t, s, base_year, &w, &base);
    } else {
        score_standing(c, f, t->indicator, s.unit, base_year, &w, &base);
    }
    st->base_is = BASE_NONE;
    if (!base.complete || !base.has || base.not_applicable) {
        return;
    }
    st->base = score_value(c, ind, &base);
    st->base_is = score_too_small(ind, &base) ? BASE_SMALL
                  : st->base.den == 0         ? BASE_NONE
                                              : BASE_KNOWN;
}
