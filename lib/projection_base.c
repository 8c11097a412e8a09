/* Where the growth of a stock is counted from. */
#include <string.h>

#include "lib/projection.h"
#include "lib/subject.h"

#define WINDOWS_MAX 400

/* A subject at a window. */
struct point {
    int year;
    struct window window;
};

struct view {
    const struct catalogue *catalogue;
    const struct facts *facts;
    const struct target *target;
    struct subject_ref subject;
};

static bool
member_has(const struct view *v, int unit, const struct point *at)
{
    struct standing st;

    if (!unit_valid_on(&v->catalogue->units[unit], at->window.last)) {
        return false;
    }
    score_standing(v->catalogue, v->facts, v->target->indicator, unit, at->year,
                   &at->window, &st);
    return st.covered == 1;
}

static bool
members_same(const struct view *v, const struct point *a, const struct point *b)
{
    size_t i;

    for (i = 0; i < v->catalogue->unit_count; i++) {
        if (subject_has_member(v->catalogue, v->target, v->subject, (int)i) &&
            member_has(v, (int)i, a) != member_has(v, (int)i, b)) {
            return false;
        }
    }
    return true;
}

/* True: it will do. A whole need not be complete, the same units have to be in it. */
static bool
point_take(const struct view *v, const struct point *from, const struct point *to,
           struct projection_base *out)
{
    bool whole = subject_is_whole(v->catalogue, v->target, v->subject);
    struct standing st;

    if (whole) {
        score_whole(v->catalogue, v->facts, v->target, v->subject, from->year,
                    &from->window, &st);
    } else {
        score_standing(v->catalogue, v->facts, v->target->indicator, v->subject.unit,
                       from->year, &from->window, &st);
    }
    if (!st.has || st.not_applicable || st.den == 0 || (!whole && !st.complete)) {
        return false;
    }
    if (whole && !members_same(v, from, to)) {
        out->members = true;
        return false;
    }
    out->has = true;
    out->day = from->window.last;
    out->num = st.num;
    return true;
}

void
projection_base(const struct catalogue *c, const struct facts *f,
                const struct target *t, struct subject_ref s, const struct score *at,
                struct projection_base *out)
{
    const struct view v = {c, f, t, s};
    const struct point to = {at->year, at->window};
    struct point from = {at->year - 1, at->window};
    struct window windows[WINDOWS_MAX];
    size_t count;
    size_t i;

    memset(out, 0, sizeof *out);
    if (c->measures[c->indicators[t->indicator].numerator[0]].nature != NATURE_STOCK) {
        return;
    }
    window_make(PERIOD_YEAR, from.year, 0, subject_group(c, t)->rule, &from.window);
    if (point_take(&v, &from, &to, out)) {
        return;
    }
    from.year = at->year;
    count =
        score_windows(c, f, t, s, at->year, at->window.last - 1, windows, WINDOWS_MAX);
    for (i = 0; i < count; i++) {
        from.window = windows[i];
        if (point_take(&v, &from, &to, out)) {
            return;
        }
    }
}
