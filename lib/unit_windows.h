/*
 * unit_windows - the windows at which one unit is looked at in a year, one by one and
 * without a list of them: those of its group's cadence, and the days of the cumulative
 * reports between them. One a day; of two the cadence's, else the one that was reported
 * last. What score_windows lists, and what the walk of wanted.c and the search of
 * look.c go over.
 */
#ifndef DONDOC_UNIT_WINDOWS_H
#define DONDOC_UNIT_WINDOWS_H

#include "lib/facts.h"

struct unit_windows {
    const struct group *group;
    const struct series *series; /* must not change meanwhile */
    int year;
    int32_t from;          /* they end on or behind it, */
    int32_t to;            /* and on or before it */
    bool as_of;            /* reported days count */
    size_t place;          /* forth: the next of the cadence; back: one behind it */
    size_t at;             /* the same, of the series */
    struct window planned; /* of the cadence, not yet given */
    bool has_planned;
    const struct window *reported; /* not yet given; NULL: none */
};

/* Of one year, those that end from `from` to `until`: begun at either end. */
void unit_windows_forth(struct unit_windows *it, const struct catalogue *c,
                        const struct facts *f, int unit, int group, int year,
                        int32_t from, int32_t until);
void unit_windows_back(struct unit_windows *it, const struct catalogue *c,
                       const struct facts *f, int unit, int group, int year,
                       int32_t from, int32_t until);

/* The next, ascending or descending as it was begun; false: there is none. */
bool unit_windows_next(struct unit_windows *it, struct window *out);
bool unit_windows_last(struct unit_windows *it, struct window *out);

/* Is the window of a report a day between the windows of the cadence? */
bool window_is_between(const struct group *g, int year, const struct window *w);

#endif
