#include "cli/arithmetic.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EXACT_DECIMALS 4
#define EXACT_BYTES (RATIO_TEXT_BYTES + 4) /* and "…" */

/* Cut after four decimals, with "…" when there is more. */
static void
exact(const struct arithmetic *a, struct ratio r, char out[EXACT_BYTES])
{
    struct ratio kept = ratio_cut(r, EXACT_DECIMALS, CUT_DOWN);
    char text[RATIO_TEXT_BYTES];

    if (ratio_compare(kept, r) == 0) {
        ratio_text_short(r, EXACT_DECIMALS, CUT_DOWN, a->vietnamese, text);
        (void)snprintf(out, EXACT_BYTES, "%s", text);
    } else {
        ratio_text(r, EXACT_DECIMALS, CUT_DOWN, a->vietnamese, text);
        (void)snprintf(out, EXACT_BYTES, "%s…", text);
    }
}

static void
count(const struct arithmetic *a, int64_t n, char out[RATIO_TEXT_BYTES])
{
    count_text(n, a->vietnamese, out);
}

static const struct indicator *
indicator_of(const struct arithmetic *a)
{
    return &a->catalogue->indicators[a->target->indicator];
}

static bool
is_percent(const struct arithmetic *a)
{
    return !indicator_of(a)->is_value;
}

static int64_t
value_one(const struct arithmetic *a)
{
    int64_t one = 1;
    int i;

    for (i = 0; i < a->catalogue->measures[indicator_of(a)->numerator[0]].decimals;
         i++) {
        one *= 10;
    }
    return one;
}

/* " → 49,96%": of what is printed everywhere. */
static void
arrow(const struct arithmetic *a, struct ratio shown, int decimals, struct buf *out)
{
    char text[RATIO_TEXT_BYTES];

    ratio_text(shown, decimals, CUT_DOWN, a->vietnamese, text);
    buf_format(out, " → %s%s", text, is_percent(a) ? "%" : "");
}

int
arithmetic_year(const struct catalogue *c, const struct score *s)
{
    return s->standing.last == DAY_NONE ? s->year
                                        : day_rule_year(s->standing.last, c->rule);
}

static void
gain_line(const struct arithmetic *a, struct ratio rank, struct buf *out)
{
    const struct target *t = a->target;
    int year = arithmetic_year(a->catalogue, a->score);
    int years = year - t->baseline_year;
    struct ratio gain = ratio_sub(ratio_of(t->baseline_value, 1), rank);
    char base[RATIO_TEXT_BYTES];
    char now[EXACT_BYTES];
    char text[EXACT_BYTES];

    gain = ratio_reduced(ratio_of(gain.num, gain.den * years));
    count(a, t->baseline_value, base);
    exact(a, rank, now);
    exact(a, gain, text);
    buf_format(out, "(%s − %s) / (%d − %d) = %s", base, now, year, t->baseline_year,
               text);
    arrow(a, ratio_cut(gain, 2, CUT_DOWN), 2, out);
}

bool
arithmetic_value(const struct arithmetic *a, struct buf *out)
{
    const struct score *s = a->score;
    struct shown shown;
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];
    char text[EXACT_BYTES];

    if (a->target->kind == TARGET_RANK_GAIN && s->value.den == 0 && s->standing.has) {
        exact(a, ratio_of(s->standing.num, value_one(a)), text); /* the baseline's */
        buf_text(out, text);
        return true;
    }
    if (s->value.den == 0) {
        return false;
    }
    if (a->target->kind == TARGET_RANK_GAIN) {
        gain_line(a, ratio_of(s->standing.num, value_one(a)), out);
        return true;
    }
    exact(a, s->value, text);
    if (!is_percent(a)) {
        buf_text(out, text);
        return true;
    }
    score_shown(a->catalogue, a->target, s, &shown);
    count(a, s->standing.num, num);
    count(a, s->standing.den, den);
    buf_format(out, "%s / %s", num, den);
    if (s->standing.den != 0) { /* else it is what the programme makes of it */
        buf_format(out, " = %s%%", text);
    }
    arrow(a, shown.value, shown.decimals, out);
    return true;
}

bool
arithmetic_range(const struct arithmetic *a, struct buf *out)
{
    const struct measure *m = &a->catalogue->measures[indicator_of(a)->numerator[0]];
    const struct score *s = a->score;
    int64_t unscored = m->pool - s->standing.ranked;
    char from[RATIO_TEXT_BYTES];
    char to[RATIO_TEXT_BYTES];

    if (is_percent(a) || m->pool == 0 || s->standing.ranked == 0 || unscored <= 0 ||
        !s->standing.has) {
        return false;
    }
    if (a->target->kind == TARGET_RANK_GAIN && s->value.den != 0) {
        gain_line(a, ratio_of(s->standing.num + unscored * value_one(a), value_one(a)),
                  out);
        return true;
    }
    count(a, s->standing.num, from);
    count(a, s->standing.num + unscored, to);
    buf_format(out, "%s + %" PRId64 " = %s", from, unscored, to);
    return true;
}

/* Between two steps, on the line from one to the other? */
static bool
on_the_line(const struct arithmetic *a)
{
    const struct score *s = a->score;

    return a->target->kind == TARGET_STEPS && a->target->pace == PACE_LINEAR &&
           !s->year_last && s->step_before.den != 0 && s->required.den != 0;
}

static void
pace_formula(const struct arithmetic *a, struct buf *out)
{
    const struct score *s = a->score;
    struct ratio rise = ratio_sub(s->step, s->step_before);
    bool down = rise.num < 0;
    char before[EXACT_BYTES];
    char by[EXACT_BYTES];
    int32_t first;
    int32_t last;
    int32_t total;
    int32_t elapsed;

    year_bounds(s->year, a->catalogue->rule, &first, &last);
    total = last - first + 1;
    elapsed = s->window.last - first + 1;
    elapsed = elapsed < 0 ? 0 : elapsed > total ? total : elapsed;
    rise.num = down ? -rise.num : rise.num;
    exact(a, s->step_before, before);
    exact(a, rise, by);
    buf_format(out, "%s %s %s × %" PRId32 "/%" PRId32 " = ", before, down ? "−" : "+",
               by, elapsed, total);
}

bool
arithmetic_required(const struct arithmetic *a, struct buf *out)
{
    const struct score *s = a->score;
    struct shown shown;
    char text[EXACT_BYTES];

    if (s->required.den == 0) {
        return false;
    }
    if (on_the_line(a)) {
        pace_formula(a, out);
    }
    exact(a, s->required, text);
    buf_text(out, text);
    score_shown(a->catalogue, a->target, s, &shown);
    if (!is_percent(a) && ratio_compare(shown.required, s->required) == 0) {
        return true; /* a rank: nothing was cut */
    }
    arrow(a, shown.required, shown.decimals, out);
    return true;
}

bool
arithmetic_gap(const struct arithmetic *a, struct buf *out)
{
    bool lower = target_lower(a->catalogue, a->target);
    struct shown shown;
    char required[RATIO_TEXT_BYTES];
    char value[RATIO_TEXT_BYTES];
    char gap[RATIO_TEXT_BYTES];

    score_shown(a->catalogue, a->target, a->score, &shown);
    if (shown.gap.den == 0) {
        return false;
    }
    ratio_text(shown.required, shown.decimals, CUT_DOWN, a->vietnamese, required);
    ratio_text(shown.value, shown.decimals, CUT_DOWN, a->vietnamese, value);
    ratio_text(shown.gap, shown.decimals, CUT_DOWN, a->vietnamese, gap);
    buf_format(out, "%s − %s = %s", lower ? value : required, lower ? required : value,
               gap);
    return true;
}

static void
places_line(const struct arithmetic *a, struct ratio against, int64_t need,
            struct buf *out)
{
    const struct target *t = a->target;
    const struct score *s = a->score;
    char rank[RATIO_TEXT_BYTES];
    char goal[EXACT_BYTES];

    count(a, s->standing.num / value_one(a), rank);
    exact(a, against, goal);
    if (t->kind == TARGET_RANK_GAIN) {
        buf_format(out, "%s − (%" PRId64 " − %s × %d) = %" PRId64, rank,
                   t->baseline_value, goal, s->year - t->baseline_year, need);
    } else {
        buf_format(out, "%s − %s = %" PRId64, rank, goal, need);
    }
}

/*
 * From the count that is there to the nearest one that will do: the first at or above
 * the requirement, the last at or below it, or beside it where equal is not enough.
 */
static void
count_line(const struct arithmetic *a, const char *goal, int64_t need, struct buf *out)
{
    bool lower = target_lower(a->catalogue, a->target);
    bool strict = target_strict(a->target);
    int64_t num = a->score->standing.num;
    char have[RATIO_TEXT_BYTES];
    char will[RATIO_TEXT_BYTES];
    char left[RATIO_TEXT_BYTES];

    count(a, num, have);
    count(a, lower ? num - need : num + need, will);
    count(a, need, left);
    if (lower) {
        buf_format(out, "%s − %s%s%s = %s − %s = %s", have, strict ? "(⌈" : "⌊", goal,
                   strict ? "⌉ − 1)" : "⌋", have, will, left);
    } else {
        buf_format(out, "%s%s%s − %s = %s − %s = %s", strict ? "(⌊" : "⌈", goal,
                   strict ? "⌋ + 1)" : "⌉", have, will, have, left);
    }
}

bool
arithmetic_need(const struct arithmetic *a, bool year, struct buf *out)
{
    const struct score *s = a->score;
    struct ratio against = year ? s->step : s->required;
    int64_t need = year ? s->need_year : s->need_now;
    char goal[EXACT_BYTES];
    char den[RATIO_TEXT_BYTES];
    char of[EXACT_BYTES + RATIO_TEXT_BYTES + 8];

    if (need == 0 || against.den == 0) {
        return false;
    }
    if (a->target->kind == TARGET_RANK_GAIN || a->target->kind == TARGET_RANK_AT_MOST) {
        places_line(a, against, need, out);
        return true;
    }
    exact(a, against, goal);
    if (!is_percent(a)) {
        count_line(a, goal, need, out);
        return true;
    }
    count(a, s->standing.den, den);
    (void)snprintf(of, sizeof of, "%s%% × %s", goal, den);
    count_line(a, of, need, out);
    return true;
}

const char *
arithmetic_places(const struct arithmetic *a, struct ratio n)
{
    bool one = n.den != 0 && ratio_compare(n, ratio_of(1, 1)) == 0;

    return a->vietnamese ? "bậc" : one ? "place" : "places";
}

bool
arithmetic_base(const struct arithmetic *a, struct buf *out)
{
    const struct target *t = a->target;
    const struct score *s = a->score;
    char base[EXACT_BYTES];
    char less[EXACT_BYTES];
    char left[EXACT_BYTES];

    if (s->standing.base_is != BASE_KNOWN) {
        return false;
    }
    exact(a, s->standing.base, base);
    buf_format(out, "%s%s", base, is_percent(a) ? "%" : "");
    if (t->kind == TARGET_REDUCE_BY && s->step.den != 0) {
        exact(a, t->threshold, less);
        exact(a, s->step, left);
        buf_format(out, "; %s × (100 − %s) / 100 = %s", base, less, left);
    }
    return true;
}
