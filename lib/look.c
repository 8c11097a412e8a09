#include "lib/look.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/subject.h"
#include "lib/sums.h"

void
look_begin(struct look *look, const struct catalogue *c, const struct facts *f,
           const struct target *t, struct subject_ref s, int32_t now_day)
{
    /* By name: the windows are many bytes and need no zeroing. */
    look->catalogue = c;
    look->facts = f;
    look->target = t;
    look->group = subject_group(c, t);
    look->subject = s;
    look->whole = subject_is_whole(c, t, s);
    look->now_day = now_day;
    look->year = 0;
    look->score.window.last = DAY_NONE;
    look->listed = 0;
    look->window_count = 0;
}

void
look_year(struct look *look, int year)
{
    look->year = year;
    if (look->listed == year) {
        return;
    }
    look->listed = year;
    look->window_count =
        score_windows(look->catalogue, look->facts, look->target, look->subject, year,
                      look->now_day, look->windows, LOOK_WINDOWS_MAX);
}

void
look_windows_forth(struct look *look, int year, int32_t from, struct unit_windows *it)
{
    const struct catalogue *c = look->catalogue;

    look->year = year;
    unit_windows_forth(it, c, look->facts, look->subject.unit,
                       c->indicators[look->target->indicator].group, year, from,
                       look->now_day);
}

void
look_window(struct look *look, int year, int32_t last, struct window *out)
{
    struct unit_windows it;

    look_windows_forth(look, year, last, &it);
    MUST(unit_windows_next(&it, out) && out->last == last);
}

const struct score *
look_score(struct look *look, const struct window *w)
{
    if (look->score.window.last != w->last || look->score.year != look->year) {
        score_subject(look->catalogue, look->facts, look->target, look->subject,
                      look->year, w, &look->score);
    }
    return &look->score;
}

/* The last day that any report of a whole speaks of; later windows are empty. */
static int32_t
reported_last(const struct look *look)
{
    const struct catalogue *c = look->catalogue;
    int group = c->indicators[look->target->indicator].group;
    struct sums_members members;
    int32_t last = DAY_NONE;
    size_t i;

    if (sums_members(c, look->facts, look->target, look->subject, &members)) {
        return members.reported_last;
    }
    for (i = 0; i < c->unit_count; i++) {
        const struct series *s = facts_series(look->facts, (int)i, group);

        if (s->count > 0 && s->facts[s->count - 1].window.last > last &&
            subject_has_member(c, look->target, look->subject, (int)i)) {
            last = s->facts[s->count - 1].window.last;
        }
    }
    return last;
}

bool
look_reported(const struct look *look, const struct window *w)
{
    const struct series *s =
        facts_series(look->facts, look->subject.unit,
                     look->catalogue->indicators[look->target->indicator].group);
    size_t count = series_until(s, w->last);

    return count > 0 && s->facts[count - 1].window.last == w->last;
}

static bool
due_passed(const struct look *look, const struct window *w)
{
    const struct catalogue *c = look->catalogue;
    int32_t due;

    if (w->kind == PERIOD_CUMULATIVE) {
        return false;
    }
    due = due_day(w, look->group->due, &c->workdays);
    return due != DAY_NONE && due < look->now_day;
}

/* What the search for the latest score has met, going back from the present. */
struct search {
    bool reported; /* a unit's figure is enough: ranks of several have no sum */
    int32_t reported_last;
    bool has_overdue;
    struct window
        overdue; /* the latest window without a figure whose due day is over */
    int overdue_year;
    bool has_found;
    bool found_final; /* no need to look further back */
    struct score found;
};

/*
 * A whole whose newest window is still coming in shows the one before, until the due
 * day of the newest is over: else its verdict would be no_data in the first days of
 * every month.
 */
static void
search_window(struct look *look, const struct window *w, struct search *search)
{
    const struct score *s = NULL;
    bool figure = false;

    if (look->whole ? w->last <= search->reported_last : look_reported(look, w)) {
        s = look_score(look, w);
        figure = s->standing.has || s->standing.not_applicable ||
                 (search->reported && s->standing.covered > 0);
    }
    if (!figure) {
        if (search->has_overdue || !due_passed(look, w)) {
            return;
        }
        if (search->has_found) {
            search->found_final = true; /* better than what lies behind a hole */
        } else {
            search->has_overdue = true;
            search->overdue = *w;
            search->overdue_year = look->year;
        }
        return;
    }
    search->found_final = !look->whole || s->standing.complete ||
                          look->group->cadence == CADENCE_NONE || due_passed(look, w);
    if (!search->has_found || search->found_final) {
        search->found = *s;
        search->has_found = true;
    }
}

static void
keep_figure(struct score *s, const struct score *last)
{
    uint32_t units = s->standing.units;

    s->standing = last->standing;
    s->standing.complete = false;
    s->standing.covered = 0;
    s->standing.units = units;
    s->value = last->value;
}

/* Short at a day that had come; full_marks has no other word for it than behind. */
static bool
is_short(enum verdict v)
{
    return v == VERDICT_MISSED || v == VERDICT_BEHIND;
}

static bool
is_date(const struct target *t)
{
    return t->pace == PACE_DUE && t->kind != TARGET_RANK_GAIN;
}

/*
 * A date is judged once, at the first window that ends on or after it (design.md
 * section 4, Pace). Who was short then may still get there later; who was there stays
 * there. A cumulative report between two windows may say that it is done, never that it
 * is not.
 */
static bool
look_judged(struct look *look, int32_t until, struct score *out)
{
    const struct catalogue *c = look->catalogue;
    const struct target *t = look->target;
    int last = target_year_last(c, t);
    bool found = false;

    for (int year = day_rule_year(t->due, c->rule); year <= last; year++) {
        look_year(look, year);
        for (size_t i = 0; i < look->window_count; i++) {
            const struct window *w = &look->windows[i];
            const struct score *s;

            if (w->last < t->due || w->last > until) {
                continue;
            }
            s = look_score(look, w);
            if (s->verdict == VERDICT_MET) {
                *out = *s;
                return true;
            }
            if (!found && is_short(s->verdict) &&
                (w->kind != PERIOD_CUMULATIVE ||
                 look->group->cadence == CADENCE_NONE)) {
                *out = *s;
                found = true;
            }
        }
    }
    return found;
}

/* What was decided at the day stays, whatever a later window says or leaves open. */
static void
judged_stays(struct look *look, struct score *out)
{
    struct score judged;

    if (!is_date(look->target) || out->verdict == VERDICT_MET ||
        out->verdict == VERDICT_INFO || out->verdict == VERDICT_EXEMPT ||
        out->window.last < look->target->due ||
        !look_judged(look, out->window.last, &judged)) {
        return;
    }
    if (judged.verdict == VERDICT_MET || !is_short(out->verdict)) {
        *out = judged;
    }
}

bool
score_was_met(const struct catalogue *c, const struct facts *f, const struct target *t,
              struct subject_ref s, int32_t until, struct score *out)
{
    struct look look;

    if (!is_date(t) || until < t->due) {
        return false;
    }
    look_begin(&look, c, f, t, s, until);
    return look_judged(&look, until, out) && out->verdict == VERDICT_MET;
}

static void
search_unit(struct look *look, int year, struct search *search)
{
    const struct catalogue *c = look->catalogue;
    struct unit_windows it;
    struct window w;

    look->year = year;
    unit_windows_back(&it, c, look->facts, look->subject.unit,
                      c->indicators[look->target->indicator].group, year, DAY_NONE,
                      look->now_day);
    while (!search->found_final && unit_windows_last(&it, &w)) {
        search_window(look, &w, search);
    }
}

static void
search_years(struct look *look, int first, int last, struct search *search)
{
    size_t i;
    int year;

    search->reported_last = look->whole ? reported_last(look) : DAY_NONE;
    for (year = last; year >= first && !search->found_final; year--) {
        if (!look->whole) {
            search_unit(look, year, search);
            continue;
        }
        look_year(look, year);
        for (i = look->window_count; i > 0 && !search->found_final; i--) {
            search_window(look, &look->windows[i - 1], search);
        }
    }
}

bool
look_newest_figure(struct look *look, int first, int last, struct score *out)
{
    struct search search;

    memset(&search, 0, sizeof search);
    search.reported = true;
    search_years(look, first, last, &search);
    if (search.has_found) {
        *out = search.found;
    }
    return search.has_found;
}

bool
look_latest(struct look *look, int first, int last, struct score *out)
{
    struct search search;

    memset(&search, 0, sizeof search);
    search_years(look, first, last, &search);
    if (search.has_overdue) {
        look->year = search.overdue_year;
        *out = *look_score(look, &search.overdue);
        if (search.has_found && !out->standing.has) {
            keep_figure(out, &search.found);
        }
    } else if (search.has_found) {
        *out = search.found;
    }
    if (search.has_found || search.has_overdue) {
        judged_stays(look, out);
    }
    return search.has_found || search.has_overdue;
}
