/*
 * What alert should be open, from all windows of the span. Nothing is remembered
 * between two calls: the newest revisions decide, so a correction of March changes what
 * June said. Source: design.md section 4 (Alert).
 */
#include <string.h>

#include "lib/diag.h"
#include "lib/subject.h"
#include "lib/unit_windows.h"
#include "lib/wanted_private.h"

const char *
alert_kind_name(enum alert_kind k)
{
    static const char *const names[] = {[ALERT_NONE] = "none",
                                        [ALERT_BEHIND] = "behind",
                                        [ALERT_MISSED] = "missed",
                                        [ALERT_FALLING] = "falling"};

    MUST((size_t)k < sizeof names / sizeof names[0]);
    return names[k];
}

/*
 * The walk: from the first window of the span to the present one.
 * Invariants: (1) run counts windows in a row that each would do to open; (2) lag
 * counts windows in a row that are short at all, and `since` is the first of them;
 * (3) after ALERT_MISSED only a later good window changes anything: it ends the alert,
 * in the same year (a day that was missed and made up for) or in a later one; (4) once
 * something was wanted and nothing is, `at` is the newest good window. Which of them
 * ended the alert that leaders were told of is not known here; the newest ends every
 * one; (5) calm counts windows in a row that each would do to end a lag; until they are
 * enough the lag is open, and `at` is its last short window.
 *
 * It goes over marks (walks.h): what it asks of each window's score, and no more, so
 * that a window which has not changed need not be scored again. The scores that are
 * told are made at the end.
 */
struct walk {
    struct look look;
    struct stand stand;
    struct window at;    /* of stand.at, */
    struct window since; /* and of stand.since, where they were at hand */
};

/* ---- a step ---- */

static bool
may_open(const struct walk *walk, const struct mark *m)
{
    const struct catalogue *c = walk->look.catalogue;
    const struct target *t = walk->look.target;
    bool at_once = walk->look.group->cadence == CADENCE_NONE ||
                   (c->indicators[t->indicator].is_value &&
                    walk->look.group->cadence == CADENCE_YEARLY);

    return walk->stand.run >= (at_once || t->open_windows < 1 ? 1 : t->open_windows) &&
           m->firm;
}

static void
step_lag(struct stand *stand, const struct mark *m)
{
    if (stand->lag == 0 || stand->broken) {
        stand->lag = 0;
        stand->broken = false;
        stand->since = m->last;
    }
    stand->lag++;
}

static void
step_missed(struct stand *stand, const struct mark *m)
{
    stand->calm = 0;
    if (stand->missed) {
        return; /* judged once: told is the window that missed it */
    }
    step_lag(stand, m);
    stand->missed = true;
    if (!m->firm) {
        stand->over = true;
    } else {
        stand->kind = ALERT_MISSED;
        stand->ever = true;
        stand->at = m->last;
    }
}

static void
step_behind(struct walk *walk, const struct mark *m)
{
    struct stand *stand = &walk->stand;

    step_lag(stand, m);
    stand->calm = 0;
    stand->run = m->enough ? stand->run + 1 : 0;
    if (stand->kind == ALERT_NONE && may_open(walk, m)) {
        stand->kind = ALERT_BEHIND;
        stand->ever = true;
    }
    if (stand->kind != ALERT_NONE) {
        stand->at = m->last;
    }
}

/* An extra report between two windows may end a lag where one window is enough for it;
 * in a row of several it does not count. */
static bool
may_close(struct walk *walk, const struct mark *m)
{
    const struct target *t = walk->look.target;
    struct stand *stand = &walk->stand;

    if (stand->kind != ALERT_BEHIND || m->firm) {
        return true;
    }
    if (!m->due && t->close_windows > 1) {
        return false;
    }
    stand->calm = m->enough ? stand->calm + 1 : 0;
    return stand->calm >= t->close_windows;
}

static void
step_good(struct walk *walk, const struct mark *m)
{
    struct stand *stand = &walk->stand;

    stand->run = 0;
    if (!may_close(walk, m)) {
        stand->broken = stand->broken || m->due;
        return;
    }
    stand->calm = 0;
    stand->lag = 0;
    stand->over = walk->look.target->pace == PACE_DUE; /* judged once */
    if (stand->ever) {
        stand->kind = ALERT_NONE;
        stand->at = m->last;
    }
}

static void
walk_step(struct walk *walk, const struct mark *m)
{
    struct stand *stand = &walk->stand;

    if (m->says == SAYS_GOOD || m->says == SAYS_FAIR) {
        step_good(walk, m);
        return;
    }
    /* An extra report between two windows may end a lag, not count in it. */
    if (!m->due || m->says == SAYS_NOTHING) {
        return;
    }
    if (m->says == SAYS_MISSED) {
        step_missed(stand, m);
    } else if (m->says == SAYS_BEHIND) {
        step_behind(walk, m);
    } else {
        stand->run = 0;
        stand->calm = 0;
        stand->broken = true;
    }
}

/* ---- the walk ---- */

static void
walk_window(struct walk *walk, const struct kept_walk *k, const struct window *w,
            struct mark *m)
{
    mark_make(&walk->look, k, walk->stand.kind == ALERT_BEHIND, w, m);
    walk_step(walk, m);
    if (m->says != SAYS_NOTHING && walk->stand.at == w->last) {
        walk->at = *w;
    }
    if (m->says != SAYS_NOTHING && walk->stand.since == w->last) {
        walk->since = *w;
    }
}

static void
walk_list(struct walk *walk, int year)
{
    size_t i;

    look_year(&walk->look, year);
    for (i = 0; i < walk->look.window_count && !walk->stand.over; i++) {
        struct mark m;

        walk_window(walk, NULL, &walk->look.windows[i], &m);
    }
}

static void
walk_unit(struct walk *walk, int year)
{
    struct unit_windows it;
    struct window w;

    look_windows_forth(&walk->look, year, DAY_NONE, &it);
    while (!walk->stand.over && unit_windows_next(&it, &w)) {
        struct mark m;

        walk_window(walk, NULL, &w, &m);
    }
}

/* Is there something in a mark that was not asked when it was made, and is now? */
static bool
is_open_mark(const struct walk *walk, const struct mark *m)
{
    return m->says == SAYS_UNKNOWN ||
           (m->says == SAYS_FAIR && walk->stand.kind == ALERT_BEHIND);
}

/* From where the kept walk stands, over the marks that are there: up to the last that
 * ends on now_day or before. */
static void
walk_marks(struct walk *walk, struct kept_walk *k)
{
    size_t i = k->stepped;

    for (; i < k->count && k->marks[i].last <= walk->look.now_day && !walk->stand.over;
         i++) {
        struct window w;

        if (is_open_mark(walk, &k->marks[i])) {
            look_window(&walk->look, walk->look.year, k->marks[i].last, &w);
            walk_window(walk, k, &w, &k->marks[i]);
        } else {
            walk_step(walk, &k->marks[i]);
        }
    }
    k->stepped = i;
}

/* Over the windows behind the marks, which it makes. */
static void
walk_on(struct walk *walk, struct kept_walk *k)
{
    struct unit_windows it;
    struct window w;

    look_windows_forth(&walk->look, walk->look.year,
                       k->upto == DAY_NONE ? DAY_NONE : k->upto + 1, &it);
    while (!walk->stand.over && unit_windows_next(&it, &w)) {
        walk_window(walk, k, &w, walks_mark(walk->look.facts, k, w.last));
        k->upto = w.last;
    }
    k->stepped = k->count;
    if (!walk->stand.over && it.to > k->upto) {
        k->upto = it.to;
    }
}

static void
walk_kept(struct walk *walk, struct kept_walk *k, int year)
{
    walk->look.year = year;
    if (k->stepped > 0 && k->marks[k->stepped - 1].last > walk->look.now_day) {
        k->stepped = 0; /* a day that was looked at has not come yet */
    }
    if (k->stepped > 0) {
        walk->stand = k->stand;
    }
    walk_marks(walk, k);
    if (k->stepped == k->count && !walk->stand.over) {
        walk_on(walk, k);
    }
    k->stand = walk->stand;
}

/* Can a window of the year only be on the way? A year ends with its last window. */
static bool
year_only_on_way(const struct walk *walk, int year)
{
    const struct target *t = walk->look.target;
    int32_t first;
    int32_t last;

    if (t->pace != PACE_DUE || t->kind == TARGET_RANK_GAIN) {
        return false;
    }
    year_bounds(year, walk->look.group->rule, &first, &last);
    if (t->kind == TARGET_IMPROVE || t->kind == TARGET_TIMES_PER_YEAR) {
        return false;
    }
    return last < t->due;
}

static void
walk_span(struct walk *walk, int first, int last)
{
    const struct look *look = &walk->look;
    struct kept_walk *k = first != last
                              ? NULL
                              : walks_find(look->catalogue, look->facts, look->target,
                                           look->subject, first);
    int year;

    if (k != NULL) {
        walk_kept(walk, k, first);
        return;
    }
    for (year = first; year <= last && !walk->stand.over; year++) {
        if (year_only_on_way(walk, year)) {
            continue;
        }
        if (look->whole) {
            walk_list(walk, year);
        } else {
            walk_unit(walk, year);
        }
    }
}

/* What was found, with the scores and windows that it speaks of. */
static void
walk_tell(struct walk *walk, struct wanted *out)
{
    const struct stand *stand = &walk->stand;
    struct look *look = &walk->look;
    int year = look->year; /* of a kept walk; else the windows are at hand */

    out->kind = (enum alert_kind)stand->kind;
    out->ever = stand->ever;
    if (stand->kind != ALERT_NONE) {
        if (walk->since.last != stand->since) {
            look_window(look, year, stand->since, &walk->since);
        }
        out->since = walk->since;
        out->windows = stand->lag;
    }
    if (stand->ever) {
        if (walk->at.last != stand->at) {
            look_window(look, year, stand->at, &walk->at);
        }
        look->year = walk->at.year;
        out->at = *look_score(look, &walk->at);
    }
}

static bool
subject_armed(const struct catalogue *c, const struct target *t, struct subject_ref s,
              bool simulated)
{
    const struct unit *u = subject_is_whole(c, t, s) ? NULL : &c->units[s.unit];

    return subject_judged(c, t, s) && !subject_exempt(c, t, s) &&
           target_armed(c, t, u, simulated);
}

void
score_wanted(const struct catalogue *c, const struct facts *f, const struct target *t,
             struct subject_ref s, int year, int32_t now_day, bool simulated,
             struct wanted *out)
{
    struct walk walk;
    int first;
    int last;

    memset(out, 0, sizeof *out);
    look_begin(&walk.look, c, f, t, s, now_day);
    memset(&walk.stand, 0, sizeof walk.stand);
    walk.at.last = DAY_NONE; /* none at hand */
    walk.since.last = DAY_NONE;
    target_span(c, t, year, &first, &last);
    if (subject_armed(c, t, s, simulated)) {
        walk_span(&walk, first, last);
        walk_tell(&walk, out);
    }
    out->has_latest = look_latest(&walk.look, first, last, &out->latest);
    if (!out->ever) {
        out->at = out->latest;
    }
}
