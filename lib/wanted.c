/*
 * What alert should be open, from all windows of the span. Nothing is remembered
 * between two calls: the newest revisions decide, so a correction of March changes what
 * June said. Source: design.md section 4 (Alert).
 */
#include <string.h>

#include "lib/diag.h"
#include "lib/look.h"
#include "lib/subject.h"

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
 * counts windows in a row that are short at all, and out->since is the first of them;
 * (3) after ALERT_MISSED only a later good window changes anything: it ends the alert,
 * in the same year (a day that was missed and made up for) or in a later one; (4) once
 * something was wanted and nothing is, out->at is the newest good window. Which of them
 * ended the alert that leaders were told of is not known here; the newest ends every
 * one; (5) calm counts windows in a row that each would do to end a lag; until they are
 * enough the lag is open, and out->at is its last short window.
 */
struct walk {
    struct look look;
    struct wanted *out;
    int run;
    int calm;
    uint32_t lag;
    bool broken; /* the next short window begins a new lag */
    bool over;   /* decided for good */
    bool missed; /* judged short; only a good window says more */
};

static void
walk_lag(struct walk *walk, const struct score *s)
{
    if (walk->lag == 0 || walk->broken) {
        walk->lag = 0;
        walk->broken = false;
        walk->out->since = s->window;
    }
    walk->lag++;
}

/* Ranks and points come once a year and open on the exact line, at once. */
static bool
does_to_open(const struct walk *walk, const struct score *s)
{
    const struct target *t = walk->look.target;

    if (s->window.last < walk->look.catalogue->alerts_from) {
        return false;
    }
    if (walk->look.catalogue->indicators[t->indicator].is_value) {
        return true;
    }
    if (t->open_points.den != 0 && ratio_compare(s->gap, t->open_points) < 0) {
        return false;
    }
    return s->need_now >= t->open_things;
}

static bool
may_open(const struct walk *walk, const struct score *s)
{
    const struct catalogue *c = walk->look.catalogue;
    const struct target *t = walk->look.target;
    bool at_once = walk->look.group->cadence == CADENCE_NONE ||
                   (c->indicators[t->indicator].is_value &&
                    walk->look.group->cadence == CADENCE_YEARLY);
    struct window quarter;

    if (walk->run < (at_once || t->open_windows < 1 ? 1 : t->open_windows)) {
        return false;
    }
    if (t->pace != PACE_LINEAR || t->kind == TARGET_RANK_GAIN) {
        return true;
    }
    window_make(PERIOD_QUARTER, s->year, 1, c->rule, &quarter);
    return s->window.last >= quarter.last;
}

static void
walk_missed(struct walk *walk, const struct score *s)
{
    const struct target *t = walk->look.target;
    int32_t day = t->pace == PACE_DUE ? t->due : s->window.last;

    walk->calm = 0;
    if (walk->missed) {
        return; /* judged once: told is the window that missed it */
    }
    walk_lag(walk, s);
    walk->missed = true;
    if (day < walk->look.catalogue->alerts_from) {
        walk->over = true; /* a past date accuses nobody */
    } else {
        walk->out->kind = ALERT_MISSED;
        walk->out->ever = true;
        walk->out->at = *s;
    }
}

static void
walk_behind(struct walk *walk, const struct score *s)
{
    walk_lag(walk, s);
    walk->calm = 0;
    walk->run = does_to_open(walk, s) ? walk->run + 1 : 0;
    if (walk->out->kind == ALERT_NONE && may_open(walk, s)) {
        walk->out->kind = ALERT_BEHIND;
        walk->out->ever = true;
    }
    if (walk->out->kind != ALERT_NONE) {
        walk->out->at = *s;
    }
}

/* So far over the line that the next window will hardly be short again? */
static bool
does_to_close(const struct walk *walk, const struct score *s)
{
    const struct target *t = walk->look.target;
    bool lower = target_lower(walk->look.catalogue, t);

    if (t->close_points.den == 0 || t->close_points.num == 0) {
        return true;
    }
    return lower
               ? ratio_compare(ratio_add(s->value, t->close_points), s->required) <= 0
               : ratio_compare(ratio_add(s->required, t->close_points), s->value) <= 0;
}

/* An extra report between two windows may end a lag where one window is enough for it;
 * in a row of several it does not count. */
static bool
may_close(struct walk *walk, const struct score *s, bool due)
{
    const struct target *t = walk->look.target;

    if (walk->out->kind != ALERT_BEHIND || s->verdict == VERDICT_MET) {
        return true;
    }
    if (!due && t->close_windows > 1) {
        return false;
    }
    walk->calm = does_to_close(walk, s) ? walk->calm + 1 : 0;
    return walk->calm >= t->close_windows;
}

static void
walk_good(struct walk *walk, const struct score *s, bool due)
{
    walk->run = 0;
    if (!may_close(walk, s, due)) {
        walk->broken = walk->broken || due;
        return;
    }
    walk->calm = 0;
    walk->lag = 0;
    walk->over = walk->look.target->pace == PACE_DUE; /* judged once */
    if (walk->out->ever) {
        walk->out->kind = ALERT_NONE;
        walk->out->at = *s;
    }
}

static void
walk_window(struct walk *walk, const struct score *s)
{
    bool due = s->window.kind != PERIOD_CUMULATIVE ||
               walk->look.group->cadence == CADENCE_NONE;

    if (s->verdict == VERDICT_MET || s->verdict == VERDICT_ON_PACE) {
        walk_good(walk, s, due);
        return;
    }
    if (!due) { /* an extra report between two windows may end a lag, not count in it */
        return;
    }
    if (s->verdict == VERDICT_MISSED) {
        walk_missed(walk, s);
    } else if (s->verdict == VERDICT_BEHIND) {
        walk_behind(walk, s);
    } else {
        walk->run = 0;
        walk->calm = 0;
        walk->broken = true;
    }
}

static bool
ends_year(const struct walk *walk, const struct window *w)
{
    int32_t first;
    int32_t last;

    year_bounds(walk->look.year, walk->look.catalogue->rule, &first, &last);
    return w->last == last;
}

/* Windows at which the subject can only be on the way: not worth a sum over units. */
static bool
only_on_way(const struct walk *walk, const struct window *w)
{
    const struct catalogue *c = walk->look.catalogue;
    const struct target *t = walk->look.target;

    if (t->kind == TARGET_IMPROVE || t->kind == TARGET_TIMES_PER_YEAR) {
        return !ends_year(walk, w); /* good already, perhaps: it ends nothing */
    }
    if (t->kind == TARGET_RANK_GAIN || t->pace == PACE_FLAT) {
        return false;
    }
    if (t->pace == PACE_DUE) {
        return w->last < t->due;
    }
    if (walk->look.year > c->years_from && t->kind == TARGET_STEPS) {
        return false;
    }
    if (t->kind == TARGET_STEPS && target_step_before(c, t, walk->look.year).den != 0) {
        return false;
    }
    return !ends_year(walk, w);
}

static void
walk_span(struct walk *walk, int first, int last)
{
    struct score s;
    size_t i;
    int year;

    for (year = first; year <= last && !walk->over; year++) {
        look_year(&walk->look, year);
        for (i = 0; i < walk->look.window_count && !walk->over; i++) {
            if (!only_on_way(walk, &walk->look.windows[i])) {
                look_score(&walk->look, &walk->look.windows[i], &s);
                walk_window(walk, &s);
            }
        }
    }
    if (walk->out->kind == ALERT_NONE) {
        memset(&walk->out->since, 0, sizeof walk->out->since);
    } else {
        walk->out->windows = walk->lag;
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
    /* By name: the windows are many bytes and need no zeroing. */
    walk.look.catalogue = c;
    walk.look.facts = f;
    walk.look.target = t;
    walk.look.group = subject_group(c, t);
    walk.look.subject = s;
    walk.look.now_day = now_day;
    walk.look.year = 0;
    walk.look.window_count = 0;
    walk.out = out;
    walk.run = 0;
    walk.calm = 0;
    walk.lag = 0;
    walk.broken = false;
    walk.over = false;
    walk.missed = false;
    target_span(c, t, year, &first, &last);
    if (subject_armed(c, t, s, simulated)) {
        walk_span(&walk, first, last);
    }
    out->has_latest = look_latest(&walk.look, first, last, &out->latest);
    if (!out->ever) {
        out->at = out->latest;
    }
}
