/*
 * The windows at which a subject is looked at: those of its cadence, and the days of
 * the cumulative reports between them.
 */
#include <string.h>

#include "lib/score.h"
#include "lib/subject.h"
#include "lib/sums.h"

#define WHOLE_REPORTED_MAX 64 /* as-of days of a whole: the newest */

/* Keeps the order by last day; one window a day; the oldest makes room. */
static size_t
windows_insert(struct window *out, size_t count, size_t max, const struct window *w)
{
    size_t at = count;

    while (at > 0 && out[at - 1].last > w->last) {
        at--;
    }
    if (at > 0 && out[at - 1].last == w->last) {
        return count;
    }
    if (count == max) {
        if (at == 0) {
            return count;
        }
        memmove(&out[0], &out[1], (at - 1) * sizeof *out);
        out[at - 1] = *w;
        return count;
    }
    memmove(&out[at + 1], &out[at], (count - at) * sizeof *out);
    out[at] = *w;
    return count + 1;
}

/* Days between which windows are looked at. */
struct bounds {
    int year;
    int32_t from;
    int32_t to;
};

static size_t
windows_reported(const struct series *s, const struct group *g,
                 const struct bounds *bounds, struct window *out, size_t count,
                 size_t max)
{
    size_t i;

    for (i = series_until(s, bounds->to); i > 0; i--) {
        const struct window *w = &s->facts[i - 1].window;

        if (w->year < bounds->year || w->last < bounds->from) {
            break;
        }
        if (w->year == bounds->year &&
            (w->kind == PERIOD_CUMULATIVE || g->cadence == CADENCE_NONE)) {
            count = windows_insert(out, count, max, w);
        }
    }
    return count;
}

/* As-of days that any member reported, at most the newest few. */
static size_t
windows_of_members(const struct catalogue *c, const struct facts *f,
                   const struct target *t, struct subject_ref s,
                   const struct bounds *bounds, struct window *out)
{
    const struct group *g = subject_group(c, t);
    size_t count = 0;
    size_t i;

    for (i = 0; i < c->unit_count; i++) {
        if (subject_has_member(c, t, s, (int)i)) {
            count = windows_reported(
                facts_series(f, (int)i, c->indicators[t->indicator].group), g, bounds,
                out, count, WHOLE_REPORTED_MAX);
        }
    }
    return count;
}

size_t
score_windows(const struct catalogue *c, const struct facts *f, const struct target *t,
              struct subject_ref s, int year, int32_t until, struct window *out,
              size_t max)
{
    struct window reported[WHOLE_REPORTED_MAX];
    const struct group *g = subject_group(c, t);
    struct bounds bounds = {.year = year};
    struct sums_members members = {.as_of = true};
    struct window w;
    size_t count = 0;
    size_t extra;
    size_t i;

    if (sums_members(c, f, t, s, &members)) {
        bounds.from = members.from;
        bounds.to = members.to;
    } else {
        subject_days(c, t, s, &bounds.from, &bounds.to);
    }
    bounds.to = bounds.to < until ? bounds.to : until;
    for (i = 0; i < cadence_count(g->cadence); i++) {
        cadence_window(g->cadence, year, i, g->rule, &w);
        if (w.last > bounds.to) {
            break;
        }
        if (w.last >= bounds.from) {
            count = windows_insert(out, count, max, &w);
        }
    }
    if ((!g->cumulative && g->cadence != CADENCE_NONE) || !members.as_of) {
        return count;
    }
    if (!subject_is_whole(c, t, s)) {
        return windows_reported(
            facts_series(f, s.unit, c->indicators[t->indicator].group), g, &bounds, out,
            count, max);
    }
    extra = windows_of_members(c, f, t, s, &bounds, reported);
    for (i = 0; i < extra; i++) {
        count = windows_insert(out, count, max, &reported[i]);
    }
    return count;
}
