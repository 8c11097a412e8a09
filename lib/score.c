#include "lib/score.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/subject.h"

static const char *const verdict_names[] = {
    [VERDICT_NO_DATA] = "no_data",     [VERDICT_MET] = "met",
    [VERDICT_ON_PACE] = "on_pace",     [VERDICT_BEHIND] = "behind",
    [VERDICT_MISSED] = "missed",       [VERDICT_ON_WAY] = "on_way",
    [VERDICT_EXEMPT] = "exempt",       [VERDICT_NOT_APPLICABLE] = "not_applicable",
    [VERDICT_TOO_SMALL] = "too_small", [VERDICT_INFO] = "info",
};

#define VERDICT_COUNT (sizeof verdict_names / sizeof verdict_names[0])

static const struct ratio no_value = {0, 0};

const char *
verdict_name(enum verdict v)
{
    MUST((size_t)v < VERDICT_COUNT);
    return verdict_names[v];
}

enum status
verdict_parse(const char *name, enum verdict *v)
{
    size_t i;

    for (i = 0; i < VERDICT_COUNT; i++) {
        if (strcmp(name, verdict_names[i]) == 0) {
            *v = (enum verdict)i;
            return ST_OK;
        }
    }
    return ST_BAD;
}

void
target_span(const struct catalogue *c, const struct target *t, int year, int *first,
            int *last)
{
    bool all = t->kind == TARGET_RANK_GAIN || t->pace == PACE_DUE;

    *first = all ? c->years_from : year;
    *last = all ? c->years_to : year;
    if (t->pace == PACE_DUE && day_year(t->due) > *last) {
        *last = day_year(t->due); /* a date after the programme's years is waited for */
    }
}

static bool
lower_is_better(const struct target *t)
{
    return t->kind == TARGET_RANK_AT_MOST;
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

/*
 * a - b, not reduced: this runs for every window of every report, and a greatest common
 * divisor costs more than all the rest of a score. Both are read to two decimals, so
 * what a whole of absurd figures does not leave room for may go: who is short is
 * decided by ratio_compare, exactly.
 */
static struct ratio
difference(struct ratio a, struct ratio b)
{
    __int128 num = (__int128)a.num * b.den - (__int128)b.num * a.den;
    __int128 den = (__int128)a.den * b.den;

    while (num > INT64_MAX || num < INT64_MIN || den > INT64_MAX) {
        num /= 2;
        den /= 2;
    }
    return ratio_of((int64_t)num, (int64_t)den);
}

/* before + (step - before) * elapsed/total, as ratio_pace, without reducing either. */
static struct ratio
pace(struct ratio before, struct ratio step, int32_t elapsed, int32_t total)
{
    if (before.den != step.den) {
        return ratio_pace(before, step, elapsed, total);
    }
    return ratio_of(before.num * total + (step.num - before.num) * elapsed,
                    before.den * total);
}

/* Percent, rank, points, or places gained a year; 49th in 2023 after 60th in 2020:
 * 11/3. */
static struct ratio
value_of(const struct catalogue *c, const struct target *t, int year,
         const struct standing *st)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    int64_t one;

    if (!st->has || st->den == 0) {
        return no_value;
    }
    if (!ind->is_value) {
        return ratio_percent(st->num, st->den);
    }
    one = value_one(c, ind);
    if (t->kind != TARGET_RANK_GAIN) {
        return ratio_of(st->num, one);
    }
    if (year <= t->baseline_year) {
        return no_value;
    }
    return ratio_of(t->baseline_value * one - st->num, one * (year - t->baseline_year));
}

/* Nothing was promised for a year outside the programme: history is only shown. A date
 * after the programme's years is waited for, and its year judged. */
static bool
year_promised(const struct catalogue *c, const struct target *t, int year)
{
    int first;
    int last;

    if (t->pace == PACE_DUE) {
        target_span(c, t, year, &first, &last);
        return year >= first && year <= last;
    }
    return year >= c->years_from && year <= c->years_to;
}

static struct ratio
step_of(const struct catalogue *c, const struct target *t, int year)
{
    if (t->kind == TARGET_STEPS && year == t->baseline_year && year < c->years_from) {
        return ratio_of(t->baseline_value, 1);
    }
    if (!year_promised(c, t, year)) {
        return no_value;
    }
    switch (t->kind) {
    case TARGET_STEPS:
        return target_step(c, t, year);
    case TARGET_ALL:
        return ratio_of(100, 1);
    case TARGET_AT_LEAST:
    case TARGET_RANK_AT_MOST:
    case TARGET_RANK_GAIN:
        return t->threshold;
    case TARGET_INFO:
        break;
    }
    return no_value;
}

/* Sets the steps, and what is required at the window's end: nothing while on the way.
 */
static void
require(const struct catalogue *c, const struct target *t, int32_t year_first,
        int32_t year_last, struct score *out)
{
    enum pace by = t->kind == TARGET_RANK_GAIN ? PACE_FLAT : t->pace;
    int32_t total = year_last - year_first + 1;
    int32_t elapsed = out->window.last - year_first + 1;

    /* Windows of another calendar rule may begin before or end after the year. */
    elapsed = elapsed < 0 ? 0 : elapsed > total ? total : elapsed;
    out->step = step_of(c, t, out->year);
    if (t->kind == TARGET_STEPS) {
        out->step_before = step_of(c, t, out->year - 1);
    }
    if (out->step.den == 0) {
        return;
    }
    if (by == PACE_FLAT || (by == PACE_LINEAR && out->year_last) ||
        (by == PACE_DUE && out->window.last >= t->due)) {
        out->required = out->step;
    } else if (by == PACE_LINEAR && out->step_before.den != 0) {
        out->required = pace(out->step_before, out->step, elapsed, total);
    }
}

static bool
is_short(const struct target *t, struct ratio value, struct ratio against)
{
    int order = ratio_compare(value, against);

    return lower_is_better(t) ? order > 0 : order < 0;
}

/* Does this window close the promise, so that short is missed? */
static bool
closes(const struct catalogue *c, const struct target *t, const struct score *s)
{
    if (t->kind == TARGET_RANK_GAIN) {
        return s->year_last && s->year == c->years_to;
    }
    return t->pace == PACE_DUE || s->year_last;
}

static enum verdict
judge(const struct catalogue *c, const struct target *t, const struct score *s)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    const struct standing *st = &s->standing;
    enum nature nature = c->measures[ind->numerator[0]].nature;

    if (!st->complete) {
        return VERDICT_NO_DATA;
    }
    if (st->not_applicable) {
        return VERDICT_NOT_APPLICABLE;
    }
    if (!st->has) {
        return VERDICT_NO_DATA;
    }
    if (!ind->is_value && st->den < ind->min_denominator) {
        return VERDICT_TOO_SMALL;
    }
    if (s->step.den == 0 || s->value.den == 0) {
        return VERDICT_INFO; /* nothing was promised for this year */
    }
    if (s->required.den == 0) {
        return VERDICT_ON_WAY;
    }
    if (is_short(t, s->value, s->required)) {
        return closes(c, t, s) && !t->full_marks ? VERDICT_MISSED : VERDICT_BEHIND;
    }
    if (closes(c, t, s) ||
        (nature == NATURE_STOCK && !is_short(t, s->value, s->step))) {
        return VERDICT_MET;
    }
    return VERDICT_ON_PACE;
}

/* ceil(percent * den / 100) - num, of what is short of it: 49,9589 % of 2386 is
 * 1192,02: 1193 - 1130 = 63. */
static int64_t
things_short(struct ratio percent, const struct standing *st)
{
    __int128 top = (__int128)percent.num * st->den;
    __int128 bottom = (__int128)percent.den * 100;
    __int128 needed = top / bottom + (top % bottom > 0 ? 1 : 0);

    return (int64_t)(needed - st->num);
}

/* Places: 49th, 5 a year for 3 years from 60th is 45th: 4. */
static int64_t
places_short(const struct catalogue *c, const struct target *t, const struct score *s,
             struct ratio against)
{
    struct ratio goal = against;
    int64_t one = value_one(c, &c->indicators[t->indicator]);
    int64_t years;

    if (t->kind == TARGET_RANK_GAIN) {
        years = s->year - t->baseline_year;
        goal = ratio_sub(ratio_of(t->baseline_value, 1),
                         ratio_of(against.num * years, against.den));
    }
    return ratio_ceil(ratio_of(s->standing.num, one)) - ratio_floor(goal);
}

static int64_t
need(const struct catalogue *c, const struct target *t, const struct score *s,
     struct ratio against)
{
    if (against.den == 0 || !is_short(t, s->value, against)) {
        return 0;
    }
    if (!c->indicators[t->indicator].is_value) {
        return things_short(against, &s->standing);
    }
    if (t->kind == TARGET_RANK_GAIN || t->kind == TARGET_RANK_AT_MOST) {
        return places_short(c, t, s, against);
    }
    return 0; /* points cannot be counted out */
}

static bool
is_judgement(enum verdict v)
{
    return v == VERDICT_MET || v == VERDICT_ON_PACE || v == VERDICT_BEHIND ||
           v == VERDICT_MISSED || v == VERDICT_ON_WAY;
}

static void
shortfall(const struct catalogue *c, const struct target *t, struct score *s)
{
    struct ratio against = s->required.den != 0 ? s->required : s->step;

    s->gap = lower_is_better(t) ? difference(s->value, against)
                                : difference(against, s->value);
    s->need_now = need(c, t, s, s->required);
    s->need_year = need(c, t, s, s->step);
}

void
score_judge(const struct catalogue *c, const struct target *t, bool judged, bool exempt,
            int year, const struct window *w, const struct standing *st,
            struct score *out)
{
    int32_t year_first;
    int32_t year_last;

    memset(out, 0, sizeof *out);
    out->standing = *st;
    out->window = *w;
    out->year = year;
    year_bounds(year, c->rule, &year_first, &year_last);
    out->year_last = w->last == year_last;
    out->value = value_of(c, t, year, st);
    if (exempt) {
        out->verdict = VERDICT_EXEMPT;
        return;
    }
    if (t->kind == TARGET_INFO) {
        out->verdict = VERDICT_INFO;
        return;
    }
    require(c, t, year_first, year_last, out);
    out->verdict = judge(c, t, out);
    if (is_judgement(out->verdict)) {
        shortfall(c, t, out);
    }
    if (!judged) {
        out->verdict = VERDICT_INFO;
    }
}

void
score_subject(const struct catalogue *c, const struct facts *f, const struct target *t,
              struct subject_ref s, int year, const struct window *w, struct score *out)
{
    struct standing st;

    if (subject_is_whole(c, t, s)) {
        score_whole(c, f, t, s, year, w, &st);
    } else {
        score_standing(c, f, t->indicator, s.unit, year, w, &st);
    }
    score_judge(c, t, subject_judged(c, t, s), subject_exempt(c, t, s), year, w, &st,
                out);
}
