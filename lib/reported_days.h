/*
 * reported_days - the days between the windows of a cadence that any of several units
 * has reported, in order. Of a day that several reported the window of the first of
 * them counts, in the programme's order; of several windows of one unit that end on it
 * the last in its series.
 */
#ifndef DONDOC_REPORTED_DAYS_H
#define DONDOC_REPORTED_DAYS_H

#include "lib/facts.h"

struct reported_day {
    struct window window;
    int unit; /* whose it is */
};

/* Zeroed: none. */
struct reported_days {
    struct reported_day *items;
    size_t count;
    size_t room;
};

void reported_days_fini(struct reported_days *days);

/* A report that stands in the facts now. */
void reported_days_add(struct reported_days *days, const struct facts *f, int unit,
                       int group, const struct group *g, const struct window *w);

/* Those of a year from a day to a day, ascending: the newest `max`. Returns how many.
 */
size_t reported_days_read(const struct reported_days *days, int year, int32_t from,
                          int32_t to, struct window *out, size_t max);

#endif
