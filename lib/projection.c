#include "lib/projection.h"

#include <string.h>

#include "lib/diag.h"

const char *
projection_why_name(enum projection_why why)
{
    static const char *const names[] = {
        [PROJECTION_GIVEN] = "given",
        [PROJECTION_NO_DATA] = "no_data",
        [PROJECTION_ONE_POINT] = "one_point",
        [PROJECTION_MEMBERS] = "other_units",
        [PROJECTION_TOO_SMALL] = "too_small",
        [PROJECTION_NOT_APPLICABLE] = "not_applicable",
        [PROJECTION_EXEMPT] = "exempt",
        [PROJECTION_RANK] = "rank",
        [PROJECTION_VALUE] = "value",
        [PROJECTION_UNSET] = "unset",
        [PROJECTION_OVER] = "over",
        [PROJECTION_ENDS] = "ends",
    };

    MUST((size_t)why < sizeof names / sizeof *names);
    return names[why];
}

const char *
arrival_name(enum arrival a)
{
    static const char *const names[] = {
        [ARRIVAL_NONE] = "none",     [ARRIVAL_REACHED] = "reached",
        [ARRIVAL_LEAVES] = "leaves", [ARRIVAL_ON] = "on",
        [ARRIVAL_BEYOND] = "beyond", [ARRIVAL_NEVER] = "never",
    };

    MUST((size_t)a < sizeof names / sizeof *names);
    return names[a];
}

/* --- whether there is one --- */

static enum projection_why
figure_lacks(const struct indicator *ind, const struct score *at)
{
    const struct standing *st = &at->standing;

    if (at->verdict == VERDICT_EXEMPT) {
        return PROJECTION_EXEMPT;
    }
    if (!st->complete || (!st->has && !st->not_applicable)) {
        return PROJECTION_NO_DATA;
    }
    if (st->not_applicable || (!ind->is_value && st->den == 0)) {
        return PROJECTION_NOT_APPLICABLE;
    }
    if (at->verdict == VERDICT_TOO_SMALL || /* or what it is compared with is */
        (!ind->is_value && st->den < ind->min_denominator)) {
        return PROJECTION_TOO_SMALL;
    }
    return at->verdict == VERDICT_NO_DATA ? PROJECTION_NO_DATA : PROJECTION_GIVEN;
}

static enum projection_why
nothing_to_project(const struct catalogue *c, const struct target *t,
                   const struct score *at, int32_t until)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    const struct measure *m = &c->measures[ind->numerator[0]];
    enum projection_why why = figure_lacks(ind, at);

    if (why != PROJECTION_GIVEN) {
        return why;
    }
    if (m->pool > 0) {
        return PROJECTION_RANK;
    }
    if (m->nature == NATURE_VALUE) {
        return PROJECTION_VALUE;
    }
    if (at->step.den == 0 || at->value.den == 0) {
        return PROJECTION_UNSET;
    }
    if (!ind->is_value && at->standing.den == 0) {
        return PROJECTION_TOO_SMALL; /* nothing to be a part of, whatever it counts as
                                      */
    }
    if (at->ends != DAY_NONE) {
        return PROJECTION_ENDS;
    }
    return until <= at->window.last ? PROJECTION_OVER : PROJECTION_GIVEN;
}

/* The year's last day or the due date. What flows begins anew with each year: a count
 * is not carried over to the year of a later date. */
static int32_t
day_until(const struct catalogue *c, const struct target *t, const struct score *at)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    int32_t first;
    int32_t last;

    year_bounds(at->year, c->rule, &first, &last);
    if (t->pace != PACE_DUE || t->due == DAY_NONE) {
        return last;
    }
    if (ind->is_value && c->measures[ind->numerator[0]].nature == NATURE_FLOW &&
        (t->due < first || t->due > last)) {
        return last;
    }
    return t->due;
}

/* --- along the line --- */

/* The count after `days` more, whole, cut toward the worse side, inside its bounds. */
static int64_t
count_after(const struct catalogue *c, const struct target *t, const struct score *at,
            const struct projection *p, int32_t days)
{
    bool ratio = !c->indicators[t->indicator].is_value;
    __int128 span = p->to - p->since;
    __int128 top = at->standing.num * span + (__int128)p->grown * days;
    __int128 count = top / span;
    int64_t most = ratio ? at->standing.den : INT64_MAX;

    if (target_lower(c, t) && top % span > 0) {
        count++;
    }
    return count < 0 ? 0 : count > most ? most : (int64_t)count;
}

static int64_t
value_one(const struct catalogue *c, const struct indicator *ind)
{
    int64_t one = 1;
    int i;

    for (i = 0; i < c->measures[ind->numerator[0]].decimals; i++) {
        one *= 10;
    }
    return one;
}

static struct ratio
value_after(const struct catalogue *c, const struct target *t, const struct score *at,
            int64_t count)
{
    const struct indicator *ind = &c->indicators[t->indicator];

    return ind->is_value ? ratio_of(count, value_one(c, ind))
                         : ratio_percent(count, at->standing.den);
}

static bool
short_after(const struct catalogue *c, const struct target *t, const struct score *at,
            const struct projection *p, int32_t days)
{
    return score_is_short(c, t, value_after(c, t, at, count_after(c, t, at, p, days)),
                          at->step);
}

/* The first day, up to `days` from now, on which it is short, or no longer so; on the
 * last one it is. The line only rises or only falls, so halving finds it. */
static int32_t
day_turns(const struct catalogue *c, const struct target *t, const struct score *at,
          const struct projection *p, int32_t days, bool is_short)
{
    int32_t low = 0; /* not yet */
    int32_t high = days;

    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;

        if (short_after(c, t, at, p, middle) == is_short) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return p->to + high;
}

static void
arrival_find(const struct catalogue *c, const struct target *t, const struct score *at,
             struct projection *p)
{
    bool lower = target_lower(c, t);

    if (!score_is_short(c, t, at->value, at->step)) {
        p->arrival = p->is_short ? ARRIVAL_LEAVES : ARRIVAL_REACHED;
        if (p->is_short) {
            p->day = day_turns(c, t, at, p, p->until - p->to, true);
        }
        return;
    }
    if (lower ? p->grown >= 0 : p->grown <= 0) {
        p->arrival = ARRIVAL_NEVER;
    } else if (short_after(c, t, at, p, p->limit - p->to)) {
        p->arrival = ARRIVAL_BEYOND;
    } else {
        p->arrival = ARRIVAL_ON;
        p->day = day_turns(c, t, at, p, p->limit - p->to, false);
    }
}

/* --- the three paces --- */

static void
share_make(const struct catalogue *c, const struct target *t, const struct score *at,
           struct projection *out)
{
    out->since = at->standing.first - 1;
    out->grown = at->standing.num;
    out->num = at->standing.num;
    out->value = at->value;
    out->limit = out->until;
    out->is_short = score_is_short(c, t, at->value, at->step);
    out->arrival = out->is_short ? ARRIVAL_NEVER : ARRIVAL_REACHED;
}

static void
line_make(const struct catalogue *c, const struct target *t, const struct score *at,
          struct projection *out)
{
    out->num = count_after(c, t, at, out, out->until - out->to);
    out->value = value_after(c, t, at, out->num);
    out->is_short = score_is_short(c, t, out->value, at->step);
    arrival_find(c, t, at, out);
}

static void
stock_make(const struct catalogue *c, const struct target *t, const struct score *at,
           const struct projection_base *base, struct projection *out)
{
    int32_t first;

    if (!base->has || base->day >= out->to) {
        out->why = base->members ? PROJECTION_MEMBERS : PROJECTION_ONE_POINT;
        return;
    }
    out->since = base->day;
    out->grown = at->standing.num - base->num;
    year_bounds(target_year_last(c, t), c->rule, &first, &out->limit);
    out->limit = out->limit < out->until ? out->until : out->limit;
    line_make(c, t, at, out);
}

void
projection_make(const struct catalogue *c, const struct target *t,
                const struct score *at, const struct projection_base *base,
                struct projection *out)
{
    const struct indicator *ind = &c->indicators[t->indicator];

    memset(out, 0, sizeof *out);
    out->nature = c->measures[ind->numerator[0]].nature;
    out->to = at->window.last;
    out->until = day_until(c, t, at);
    out->why = nothing_to_project(c, t, at, out->until);
    if (out->why != PROJECTION_GIVEN) {
        return;
    }
    if (out->nature == NATURE_STOCK) {
        stock_make(c, t, at, base, out);
    } else if (!ind->is_value) {
        share_make(c, t, at, out);
    } else {
        out->since = at->standing.first - 1;
        out->grown = at->standing.num;
        out->limit = out->until;
        line_make(c, t, at, out);
    }
}

void
projection_subject(const struct catalogue *c, const struct facts *f,
                   const struct target *t, struct subject_ref s, const struct score *at,
                   struct projection *out)
{
    struct projection_base base;

    projection_base(c, f, t, s, at, &base);
    projection_make(c, t, at, &base, out);
}
