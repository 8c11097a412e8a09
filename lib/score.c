#include "lib/score.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/score_private.h"
#include "lib/subject.h"
#include "lib/sums.h"

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

    *first = all ? target_year_first(c, t) : year;
    *last = all ? target_year_last(c, t) : year;
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

/* Percent, rank, points, a count, or places gained a year; 49th in 2023 after 60th in
 * 2020: 11/3. */
static struct ratio
value_of(const struct catalogue *c, const struct target *t, int year,
         const struct standing *st)
{
    int64_t one;

    if (t->kind != TARGET_RANK_GAIN) {
        return score_value(c, &c->indicators[t->indicator], st);
    }
    if (!st->has || st->den == 0 || year <= t->baseline_year) {
        return no_value;
    }
    one = score_value_one(c, &c->indicators[t->indicator]);
    return ratio_of(t->baseline_value * one - st->num, one * (year - t->baseline_year));
}

/* Nothing was promised for a year outside the target's, nor before its first day:
 * history is only shown. A date after its years is waited for, and its year judged. */
static bool
is_promised(const struct catalogue *c, const struct target *t, int year,
            const struct window *w)
{
    return year >= target_year_first(c, t) && year <= target_year_last(c, t) &&
           w->last >= t->valid_from;
}

static struct ratio
step_of(const struct catalogue *c, const struct target *t, int year,
        const struct standing *st)
{
    switch (t->kind) {
    case TARGET_IMPROVE:
        return st->base_is == BASE_KNOWN ? st->base : no_value;
    case TARGET_REDUCE_BY:
        return st->base_is == BASE_KNOWN ? score_reduced(c, t, st->base) : no_value;
    default:
        return target_step(c, t, year);
    }
}

/* A number that a document sets for the year, and no day inside it: nothing is asked
 * for before the year's end, but what is there already counts. */
static bool
is_for_the_year(const struct target *t)
{
    return t->kind == TARGET_IMPROVE || t->kind == TARGET_TIMES_PER_YEAR;
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
    out->step = step_of(c, t, out->year, &out->standing);
    if (t->kind == TARGET_STEPS) {
        out->step_before = target_step_before(c, t, out->year);
    } else if (out->standing.base_is == BASE_KNOWN) {
        out->step_before = out->standing.base;
    }
    if (out->step.den == 0) {
        return;
    }
    if (is_for_the_year(t)) {
        if (out->year_last ||
            (out->value.den != 0 && !score_is_short(c, t, out->value, out->step))) {
            out->required = out->step;
        }
    } else if (by == PACE_FLAT || (by == PACE_LINEAR && out->year_last) ||
               (by == PACE_DUE && out->window.last >= t->due)) {
        out->required = out->step;
    } else if (by == PACE_LINEAR && out->step_before.den != 0) {
        out->required = pace(out->step_before, out->step, elapsed, total);
    }
}

/* Does this window close the promise, so that short is missed? */
static bool
closes(const struct catalogue *c, const struct target *t, const struct score *s)
{
    if (t->kind == TARGET_RANK_GAIN) {
        return s->year_last && s->year == target_year_last(c, t) && !t->superseded;
    }
    return t->pace == PACE_DUE || s->year_last;
}

/* Is what was reached here reached for the year, before it is over? Results digitised
 * are, and events that were held; a share of a flow is not, nor a low figure. */
static bool
stays_reached(const struct catalogue *c, const struct target *t, const struct score *s)
{
    const struct indicator *ind = &c->indicators[t->indicator];

    if (t->kind == TARGET_TIMES_PER_YEAR) {
        return true;
    }
    return c->measures[ind->numerator[0]].nature == NATURE_STOCK &&
           t->kind != TARGET_IMPROVE && !target_lower(c, t) &&
           !score_is_short(c, t, s->value, s->step);
}

/* Is there something to compare with? VERDICT_MET: yes. */
static enum verdict
judge_base(const struct target *t, const struct score *s)
{
    switch (s->standing.base_is) {
    case BASE_KNOWN:
        return VERDICT_MET;
    case BASE_SMALL:
        return VERDICT_TOO_SMALL;
    case BASE_UNUSED:
    case BASE_NONE:
        break;
    }
    if (t->kind == TARGET_REDUCE_BY && s->year <= t->baseline_year) {
        return VERDICT_ON_WAY; /* the baseline itself is still in the making */
    }
    return VERDICT_NO_DATA;
}

static enum verdict
judge(const struct catalogue *c, const struct target *t, bool promised,
      const struct score *s)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    const struct standing *st = &s->standing;
    enum verdict base;

    if (!st->complete) {
        return VERDICT_NO_DATA;
    }
    if (st->not_applicable) {
        return VERDICT_NOT_APPLICABLE;
    }
    if (!st->has) {
        return VERDICT_NO_DATA;
    }
    if (score_too_small(ind, st)) {
        return VERDICT_TOO_SMALL;
    }
    if (promised && score_base_year(t, s->year) != 0) {
        base = judge_base(t, s);
        if (base != VERDICT_MET) {
            return base;
        }
    }
    if (s->step.den == 0 || s->value.den == 0) {
        return VERDICT_INFO; /* nothing was promised for this year */
    }
    if (s->required.den == 0) {
        return VERDICT_ON_WAY;
    }
    if (score_is_short(c, t, s->value, s->required)) {
        return closes(c, t, s) && !t->full_marks ? VERDICT_MISSED : VERDICT_BEHIND;
    }
    return closes(c, t, s) || stays_reached(c, t, s) ? VERDICT_MET : VERDICT_ON_PACE;
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

    if (against.den == 0) {
        return; /* on the way to what is not known yet */
    }
    s->gap = target_lower(c, t) ? difference(s->value, against)
                                : difference(against, s->value);
    s->need_now = score_need(c, t, s, s->required);
    s->need_year = score_need(c, t, s, s->step);
}

void
score_judge(const struct catalogue *c, const struct target *t, bool judged, bool exempt,
            int year, const struct window *w, const struct standing *st,
            struct score *out)
{
    bool promised = is_promised(c, t, year, w);
    int32_t year_first;
    int32_t year_last;

    memset(out, 0, sizeof *out);
    out->standing = *st;
    out->window = *w;
    out->year = year;
    out->ends = DAY_NONE;
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
    if (promised) {
        require(c, t, year_first, year_last, out);
    }
    out->verdict = judge(c, t, promised, out);
    if (is_judgement(out->verdict)) {
        shortfall(c, t, out);
    }
    if (!judged) {
        out->verdict = VERDICT_INFO;
    }
}

int32_t
score_ends(const struct catalogue *c, const struct facts *f, const struct target *t,
           struct subject_ref s, const struct score *score)
{
    struct sums_members members;
    int32_t decided = t->due;
    int32_t first;
    int32_t to;

    if (score->verdict != VERDICT_ON_WAY &&
        (score->verdict != VERDICT_NO_DATA || t->pace != PACE_DUE)) {
        return DAY_NONE;
    }
    if (t->pace != PACE_DUE) {
        year_bounds(score->year, c->rule, &first, &decided);
    }
    if (sums_members(c, f, t, s, &members)) {
        to = members.to;
    } else {
        subject_days(c, t, s, &first, &to);
    }
    return to < decided ? to : DAY_NONE;
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
    score_base(c, f, t, s, year, &st);
    score_judge(c, t, subject_judged(c, t, s), subject_exempt(c, t, s), year, w, &st,
                out);
    out->ends = score_ends(c, f, t, s, out);
}
