/*
 * The windows at which a subject is looked at: those of its cadence, and the days of
 * the cumulative reports between them.
 */
#include <string.h>

#include "lib/score.h"
#include "lib/subject.h"
#include "lib/sums.h"
#include "lib/unit_windows.h"

#define WHOLE_REPORTED_MAX 64 /* as-of days of a whole: the newest */

/*
 * Windows in order of their last days, one a day. They are added in that order, so that
 * each is looked for only behind the one before: `at`.
 */
struct windows {
    struct window *out;
    size_t count;
    size_t max; /* the oldest makes room */
    size_t at;
};

static void
windows_add(struct windows *to, const struct window *w)
{
    struct window *out = to->out;

    while (to->at < to->count && out[to->at].last < w->last) {
        to->at++;
    }
    if (to->at < to->count && out[to->at].last == w->last) {
        return;
    }
    if (to->count < to->max) {
        memmove(&out[to->at + 1], &out[to->at], (to->count - to->at) * sizeof *out);
        out[to->at] = *w;
        to->count++;
    } else if (to->at > 0) {
        memmove(&out[0], &out[1], (to->at - 1) * sizeof *out);
        out[to->at - 1] = *w;
    }
}

/* Days between which windows are looked at. */
struct bounds {
    int year;
    int32_t from;
    int32_t to;
};

/* The first fact whose day has a place: no more days than `max`, none of which would be
 * dropped at once. */
static size_t
reported_first(const struct series *s, size_t end, const struct group *g,
               const struct bounds *bounds, const struct windows *to)
{
    size_t days = 0;
    int32_t day = INT32_MAX;

    while (end > 0 && days < to->max) {
        const struct window *w = &s->facts[end - 1].window;

        if (w->year < bounds->year || w->last < bounds->from ||
            (to->count == to->max && w->last < to->out[0].last)) {
            break;
        }
        if (window_is_between(g, bounds->year, w)) {
            days += w->last < day;
            day = w->last;
        }
        end--;
    }
    return end;
}

static void
windows_reported(const struct series *s, const struct group *g,
                 const struct bounds *bounds, struct windows *to)
{
    size_t end = series_until(s, bounds->to);
    const struct window *waits = NULL; /* of one day the last reported counts */
    size_t i;

    to->at = 0;
    for (i = reported_first(s, end, g, bounds, to); i < end; i++) {
        const struct window *w = &s->facts[i].window;

        if (window_is_between(g, bounds->year, w)) {
            if (waits != NULL && waits->last != w->last) {
                windows_add(to, waits);
            }
            waits = w;
        }
    }
    if (waits != NULL) {
        windows_add(to, waits);
    }
}

/* As-of days that any member reported, at most the newest few. */
static void
windows_of_members(const struct catalogue *c, const struct facts *f,
                   const struct target *t, struct subject_ref s,
                   const struct bounds *bounds, struct windows *to)
{
    const struct group *g = subject_group(c, t);
    size_t i;

    for (i = 0; i < c->unit_count; i++) {
        if (subject_has_member(c, t, s, (int)i)) {
            windows_reported(facts_series(f, (int)i, c->indicators[t->indicator].group),
                             g, bounds, to);
        }
    }
}

static size_t
windows_of_unit(const struct catalogue *c, const struct facts *f, int unit, int group,
                int year, int32_t until, struct window *out, size_t max)
{
    struct unit_windows it;
    struct window w;
    size_t count = 0;

    unit_windows_forth(&it, c, f, unit, group, year, DAY_NONE, until);
    while (max > 0 && unit_windows_next(&it, &w)) {
        if (count == max) { /* the oldest makes room */
            count--;
            memmove(&out[0], &out[1], count * sizeof *out);
        }
        out[count++] = w;
    }
    return count;
}

size_t
score_windows(const struct catalogue *c, const struct facts *f, const struct target *t,
              struct subject_ref s, int year, int32_t until, struct window *out,
              size_t max)
{
    struct window newest[WHOLE_REPORTED_MAX];
    struct windows reported = {.out = newest, .max = WHOLE_REPORTED_MAX};
    struct windows all = {.out = out, .max = max};
    const struct group *g = subject_group(c, t);
    struct bounds bounds = {.year = year};
    struct sums_members members = {.as_of = true};
    int32_t year_first;
    int32_t year_last;
    struct window w;
    size_t i;

    if (!subject_is_whole(c, t, s)) {
        return windows_of_unit(c, f, s.unit, c->indicators[t->indicator].group, year,
                               until, out, max);
    }
    if (sums_members(c, f, t, s, &members)) {
        bounds.from = members.from;
        bounds.to = members.to;
    } else {
        subject_days(c, t, s, &bounds.from, &bounds.to);
    }
    bounds.to = bounds.to < until ? bounds.to : until;
    /* Whatever belongs to a year ends in it. */
    year_bounds(year, g->rule, &year_first, &year_last);
    bounds.to = bounds.to < year_last ? bounds.to : year_last;
    for (i = 0; i < cadence_count(g->cadence); i++) {
        cadence_window(g->cadence, year, i, g->rule, &w);
        if (w.last > bounds.to) {
            break;
        }
        if (w.last >= bounds.from) {
            windows_add(&all, &w);
        }
    }
    if ((!g->cumulative && g->cadence != CADENCE_NONE) || !members.as_of) {
        return all.count;
    }
    if (!sums_reported(c, f, t, s, year, bounds.from, bounds.to, newest,
                       WHOLE_REPORTED_MAX, &reported.count)) {
        windows_of_members(c, f, t, s, &bounds, &reported);
    }
    all.at = 0;
    for (i = 0; i < reported.count; i++) {
        windows_add(&all, &newest[i]);
    }
    return all.count;
}
