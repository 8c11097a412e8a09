/* What the walk of wanted.c asks of a window's score, and no more. */
#include "lib/wanted_private.h"

/* Ranks and points come once a year and open on the exact line, at once. */
static bool
does_to_open(const struct look *look, const struct score *s)
{
    const struct target *t = look->target;

    if (s->window.last < look->catalogue->alerts_from) {
        return false;
    }
    if (look->catalogue->indicators[t->indicator].is_value) {
        return true;
    }
    if (t->open_points.den != 0 && ratio_compare(s->gap, t->open_points) < 0) {
        return false;
    }
    return s->need_now >= t->open_things;
}

/* A line that rises all year says little in its first quarter. */
static bool
is_late_enough(const struct look *look, const struct score *s)
{
    const struct target *t = look->target;
    struct window quarter;

    if (t->pace != PACE_LINEAR || t->kind == TARGET_RANK_GAIN) {
        return true;
    }
    window_make(PERIOD_QUARTER, s->year, 1, look->catalogue->rule, &quarter);
    return s->window.last >= quarter.last;
}

/* So far over the line that the next window will hardly be short again? */
static bool
does_to_close(const struct look *look, const struct score *s)
{
    const struct target *t = look->target;
    bool lower = target_lower(look->catalogue, t);

    if (t->close_points.den == 0 || t->close_points.num == 0) {
        return true;
    }
    return lower
               ? ratio_compare(ratio_add(s->value, t->close_points), s->required) <= 0
               : ratio_compare(ratio_add(s->required, t->close_points), s->value) <= 0;
}

static void
mark_score(const struct look *look, bool lasts, const struct score *s, struct mark *m)
{
    const struct target *t = look->target;

    switch (s->verdict) {
    case VERDICT_MET:
    case VERDICT_ON_PACE:
        m->firm = s->verdict == VERDICT_MET;
        m->says = m->firm || lasts ? SAYS_GOOD : SAYS_FAIR;
        m->enough = m->says == SAYS_GOOD && !m->firm && does_to_close(look, s);
        break;
    case VERDICT_MISSED:
        m->says = SAYS_MISSED;
        m->firm = (t->pace == PACE_DUE ? t->due : s->window.last) >=
                  look->catalogue->alerts_from;
        break;
    case VERDICT_BEHIND:
        m->says = SAYS_BEHIND;
        m->firm = is_late_enough(look, s);
        m->enough = does_to_open(look, s);
        break;
    default:
        m->says = SAYS_OTHER;
    }
}

static bool
ends_year(const struct look *look, const struct window *w)
{
    int32_t first;
    int32_t last;

    year_bounds(look->year, look->catalogue->rule, &first, &last);
    return w->last == last;
}

/* Windows at which the subject can only be on the way: not worth a sum over units. */
static bool
only_on_way(const struct look *look, const struct window *w)
{
    const struct catalogue *c = look->catalogue;
    const struct target *t = look->target;

    if (t->kind == TARGET_IMPROVE || t->kind == TARGET_TIMES_PER_YEAR) {
        return !ends_year(look, w); /* good already, perhaps: it ends nothing */
    }
    if (t->kind == TARGET_RANK_GAIN || t->pace == PACE_FLAT) {
        return false;
    }
    if (t->pace == PACE_DUE) {
        return w->last < t->due;
    }
    if (look->year > c->years_from && t->kind == TARGET_STEPS) {
        return false;
    }
    if (t->kind == TARGET_STEPS && target_step_before(c, t, look->year).den != 0) {
        return false;
    }
    return !ends_year(look, w);
}

/* No figure stands for a window that was not reported: of a stock or a value there is
 * no need to score that. */
static bool
is_hole(const struct look *look, const struct kept_walk *k, const struct window *w)
{
    return k != NULL && !k->flow && !look_reported(look, w);
}

void
mark_make(struct look *look, const struct kept_walk *k, bool lasts,
          const struct window *w, struct mark *m)
{
    m->last = w->last;
    m->due = w->kind != PERIOD_CUMULATIVE || look->group->cadence == CADENCE_NONE;
    m->enough = false;
    m->firm = false;
    if (only_on_way(look, w)) {
        m->says = SAYS_NOTHING;
    } else if (is_hole(look, k, w)) {
        m->says = SAYS_OTHER;
    } else {
        mark_score(look, lasts, look_score(look, w), m);
    }
}
