#include "lib/unit_windows.h"

/* Days of a window of a cadence: where to look for one without making all before it. */
static const struct {
    int32_t least;
    int32_t most;
} lengths[] = {
    [CADENCE_NONE] = {1, 1},
    [CADENCE_MONTHLY] = {28, 31},
    [CADENCE_QUARTERLY] = {90, 92},
    [CADENCE_YEARLY] = {365, 366},
};

bool
window_is_between(const struct group *g, int year, const struct window *w)
{
    return w->year == year &&
           (w->kind == PERIOD_CUMULATIVE || g->cadence == CADENCE_NONE);
}

/* What both directions have in common; *first: of the year. */
static void
windows_begin(struct unit_windows *it, const struct catalogue *c, const struct facts *f,
              int unit, int group, int year, int32_t from, int32_t until,
              int32_t *first)
{
    const struct unit *u = &c->units[unit];
    int32_t last;

    it->group = &c->groups[group];
    it->series = facts_series(f, unit, group);
    it->year = year;
    it->as_of = it->group->cumulative || it->group->cadence == CADENCE_NONE;
    it->has_planned = false;
    it->reported = NULL;
    /* Whatever belongs to a year ends in it. */
    year_bounds(year, it->group->rule, first, &last);
    it->from = from > u->from ? from : u->from;
    it->from = it->from > *first ? it->from : *first;
    it->to = until < u->to ? until : u->to;
    it->to = it->to < last ? it->to : last;
}

/* ---- ascending ---- */

void
unit_windows_forth(struct unit_windows *it, const struct catalogue *c,
                   const struct facts *f, int unit, int group, int year, int32_t from,
                   int32_t until)
{
    int32_t first;

    windows_begin(it, c, f, unit, group, year, from, until, &first);
    it->place = (size_t)((it->from - first) / lengths[it->group->cadence].most);
    it->at = it->as_of ? series_until(it->series, it->from - 1) : it->series->count;
}

static void
planned_next(struct unit_windows *it)
{
    enum cadence cadence = it->group->cadence;

    while (!it->has_planned && it->place < cadence_count(cadence)) {
        cadence_window(cadence, it->year, it->place++, it->group->rule, &it->planned);
        it->has_planned = it->planned.last >= it->from;
    }
    it->has_planned = it->has_planned && it->planned.last <= it->to;
}

static void
reported_next(struct unit_windows *it)
{
    const struct series *s = it->series;

    for (; it->at < s->count && s->facts[it->at].window.last <= it->to; it->at++) {
        const struct window *w = &s->facts[it->at].window;

        if (it->reported != NULL && it->reported->last != w->last) {
            return; /* of one day the last reported counts */
        }
        if (window_is_between(it->group, it->year, w)) {
            it->reported = w;
        }
    }
}

bool
unit_windows_next(struct unit_windows *it, struct window *out)
{
    planned_next(it);
    if (it->as_of && it->reported == NULL) {
        reported_next(it);
    }
    if (it->has_planned &&
        (it->reported == NULL || it->planned.last <= it->reported->last)) {
        if (it->reported != NULL && it->planned.last == it->reported->last) {
            it->reported = NULL;
        }
        *out = it->planned;
        it->has_planned = false;
        return true;
    }
    if (it->reported == NULL) {
        return false;
    }
    *out = *it->reported;
    it->reported = NULL;
    return true;
}

/* ---- descending ---- */

void
unit_windows_back(struct unit_windows *it, const struct catalogue *c,
                  const struct facts *f, int unit, int group, int year, int32_t from,
                  int32_t until)
{
    int32_t first;
    size_t whole;

    windows_begin(it, c, f, unit, group, year, from, until, &first);
    whole = it->to < first
                ? 0
                : (size_t)((it->to - first + 1) / lengths[it->group->cadence].least);
    it->place = cadence_count(it->group->cadence);
    it->place = whole < it->place ? whole : it->place;
    it->at = it->as_of ? series_until(it->series, it->to) : 0;
}

static void
planned_last(struct unit_windows *it)
{
    while (!it->has_planned && it->place > 0) {
        cadence_window(it->group->cadence, it->year, --it->place, it->group->rule,
                       &it->planned);
        it->has_planned = it->planned.last <= it->to;
    }
    it->has_planned = it->has_planned && it->planned.last >= it->from;
}

/* Those of the day that was given are passed over. */
static void
reported_last(struct unit_windows *it)
{
    const struct series *s = it->series;

    for (; it->at > 0 && s->facts[it->at - 1].window.last >= it->from; it->at--) {
        const struct window *w = &s->facts[it->at - 1].window;

        if (w->last <= it->to && window_is_between(it->group, it->year, w)) {
            it->reported = w;
            return;
        }
    }
}

bool
unit_windows_last(struct unit_windows *it, struct window *out)
{
    planned_last(it);
    if (it->as_of && it->reported == NULL) {
        reported_last(it);
    }
    if (it->has_planned &&
        (it->reported == NULL || it->planned.last >= it->reported->last)) {
        *out = it->planned;
        it->has_planned = false;
    } else if (it->reported != NULL) {
        *out = *it->reported;
    } else {
        return false;
    }
    it->to = out->last - 1; /* one a day */
    if (it->reported != NULL && it->reported->last > it->to) {
        it->reported = NULL;
    }
    return true;
}
