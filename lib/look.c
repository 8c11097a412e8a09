#include "lib/look.h"

#include <string.h>

#include "lib/subject.h"
#include "lib/sums.h"

void
look_year(struct look *look, int year)
{
    if (look->year == year) {
        return;
    }
    look->year = year;
    look->window_count =
        score_windows(look->catalogue, look->facts, look->target, look->subject, year,
                      look->now_day, look->windows, LOOK_WINDOWS_MAX);
}

void
look_score(const struct look *look, const struct window *w, struct score *out)
{
    score_subject(look->catalogue, look->facts, look->target, look->subject, look->year,
                  w, out);
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

static bool
unit_reported(const struct look *look, const struct window *w)
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
    bool whole;
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
search_window(const struct look *look, const struct window *w, struct search *search)
{
    struct score s;
    bool figure = false;

    if (search->whole ? w->last <= search->reported_last : unit_reported(look, w)) {
        look_score(look, w, &s);
        figure = s.standing.has || s.standing.not_applicable ||
                 (search->reported && s.standing.covered > 0);
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
    search->found_final = !search->whole || s.standing.complete ||
                          look->group->cadence == CADENCE_NONE || due_passed(look, w);
    if (!search->has_found || search->found_final) {
        search->found = s;
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
            struct score s;

            if (w->last < t->due || w->last > until) {
                continue;
            }
            look_score(look, w, &s);
            if (s.verdict == VERDICT_MET) {
                *out = s;
                return true;
            }
            if (!found && is_short(s.verdict) &&
                (w->kind != PERIOD_CUMULATIVE ||
                 look->group->cadence == CADENCE_NONE)) {
                *out = s;
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
    look.catalogue = c;
    look.facts = f;
    look.target = t;
    look.group = subject_group(c, t);
    look.subject = s;
    look.now_day = until;
    look.year = 0;
    look.window_count = 0;
    return look_judged(&look, until, out) && out->verdict == VERDICT_MET;
}

static void
search_years(struct look *look, int first, int last, struct search *search)
{
    size_t i;
    int year;

    search->whole = subject_is_whole(look->catalogue, look->target, look->subject);
    search->reported_last = search->whole ? reported_last(look) : DAY_NONE;
    for (year = last; year >= first && !search->found_final; year--) {
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
        look_score(look, &search.overdue, out);
        look->year = 0; /* the windows at hand may be another year's */
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
