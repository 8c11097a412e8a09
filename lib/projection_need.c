/* The pace that is needed in the time left. */
#include <string.h>

#include "lib/projection.h"
#include "lib/subject.h"

#define MONTHS 12
#define WEEK_DAYS 5

static __int128
divisor_of(__int128 a, __int128 b)
{
    a = a < 0 ? -a : a;
    while (b != 0) {
        __int128 rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* For printing: what has no room is halved on both sides, far below the decimals. */
static struct ratio
fraction(__int128 num, __int128 den)
{
    __int128 common = divisor_of(num, den);

    num /= common;
    den /= common;
    while (num > INT64_MAX || num < INT64_MIN || den > INT64_MAX) {
        num /= 2;
        den /= 2;
    }
    return ratio_of((int64_t)num, den == 0 ? 1 : (int64_t)den);
}

static __int128
floor_of(__int128 top, __int128 bottom)
{
    return top / bottom - (top % bottom < 0 ? 1 : 0);
}

static int32_t
windows_between(const struct group *g, int year, int32_t after, int32_t until)
{
    struct window w;
    int32_t count = 0;
    size_t i;

    for (w.last = after; w.last < until && cadence_count(g->cadence) > 0; year++) {
        for (i = 0; i < cadence_count(g->cadence); i++) {
            cadence_window(g->cadence, year, i, g->rule, &w);
            count += w.last > after && w.last <= until ? 1 : 0;
        }
    }
    return count;
}

static void
time_left(const struct catalogue *c, const struct target *t, const struct score *at,
          int32_t until, struct projection_need *out)
{
    int32_t day;

    out->days = until - at->window.last;
    for (day = at->window.last + 1; day <= until; day++) {
        out->working_days += workday_is(&c->workdays, day) ? 1 : 0;
    }
    out->windows =
        windows_between(subject_group(c, t), at->year, at->window.last, until);
}

static void
rates(const struct catalogue *c, int year, struct projection_need *out)
{
    int32_t first;
    int32_t last;

    year_bounds(year, c->rule, &first, &last);
    out->month = fraction((__int128)out->things * (last - first + 1),
                          (__int128)MONTHS * out->days);
    if (out->working_days > 0) {
        out->week = fraction((__int128)out->things * WEEK_DAYS, out->working_days);
    }
    if (out->windows > 0) {
        out->window = fraction(out->things, out->windows);
    }
}

/*
 * Of D cases so far in e days, D * left/e are to come; with step p/q percent
 *     share = (p * D * (e + left) - 100 * q * N * e) / (q * D * left)
 */
static void
share_need(const struct catalogue *c, const struct target *t, const struct score *at,
           struct projection_need *out)
{
    const struct standing *st = &at->standing;
    bool lower = target_lower(c, t);
    bool strict = target_strict(t);
    __int128 elapsed = at->window.last - st->first + 1;
    __int128 total = elapsed + out->days;
    __int128 top = (__int128)at->step.num * st->den * total;
    __int128 bottom = (__int128)at->step.den * 100 * elapsed;
    __int128 down = floor_of(top, bottom);
    __int128 up = -floor_of(-top, bottom);
    int bound;

    out->share =
        fraction(top - bottom * st->num, (__int128)at->step.den * st->den * out->days);
    out->coming = fraction((__int128)st->den * out->days, elapsed);
    out->things =
        (int64_t)((lower ? (strict ? up - 1 : down) : (strict ? down + 1 : up)) -
                  st->num);
    bound = ratio_compare(out->share, ratio_of(lower ? 0 : 100, 1));
    out->possible = lower ? bound > 0 || (bound == 0 && !strict)
                          : bound < 0 || (bound == 0 && !strict);
}

void
projection_need(const struct catalogue *c, const struct target *t,
                const struct score *at, struct projection_need *out)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    struct projection_base base = {.has = true, .day = at->window.last - 1};
    struct projection p;
    int32_t first;
    int32_t last;

    memset(out, 0, sizeof *out);
    projection_make(c, t, at, &base, &p);
    if (p.why != PROJECTION_GIVEN || !score_is_short(c, t, at->value, at->step)) {
        return; /* nothing to go, no time left, or nothing that can be counted */
    }
    year_bounds(at->year, c->rule, &first, &last);
    if (p.nature == NATURE_FLOW && p.until > last) {
        return; /* what counts has not begun */
    }
    out->has = true;
    time_left(c, t, at, p.until, out);
    if (p.nature == NATURE_FLOW && !ind->is_value) {
        share_need(c, t, at, out);
        if (out->things > 0) {
            rates(c, at->year, out);
        }
        return;
    }
    /* What has happened in a year is not undone. */
    out->possible = p.nature == NATURE_STOCK || !target_lower(c, t);
    out->things = at->need_year;
    rates(c, at->year, out);
}
