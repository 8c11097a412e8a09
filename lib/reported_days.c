#include "lib/reported_days.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/unit_windows.h"

void
reported_days_fini(struct reported_days *days)
{
    mem_free(&days->items);
    days->count = 0;
    days->room = 0;
}

/* How many of them are over on a day or before it. */
static size_t
days_until(const struct reported_days *days, int32_t last)
{
    size_t low = 0;
    size_t high = days->count;

    if (high > 0 && days->items[high - 1].window.last <= last) {
        return high; /* most reports are of the newest day */
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (days->items[middle].window.last <= last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Of the unit's windows that end on the day the last. */
static const struct window *
window_of_day(const struct facts *f, int unit, int group, const struct group *g,
              const struct window *w)
{
    const struct series *s = facts_series(f, unit, group);
    size_t i = series_until(s, w->last);

    for (; i > 0 && s->facts[i - 1].window.last == w->last; i--) {
        if (window_is_between(g, w->year, &s->facts[i - 1].window)) {
            return &s->facts[i - 1].window;
        }
    }
    return w;
}

void
reported_days_add(struct reported_days *days, const struct facts *f, int unit,
                  int group, const struct group *g, const struct window *w)
{
    size_t at = days_until(days, w->last);
    struct reported_day *day;

    if (!window_is_between(g, w->year, w)) {
        return;
    }
    if (at > 0 && days->items[at - 1].window.last == w->last) {
        day = &days->items[at - 1];
        if (unit > day->unit) {
            return;
        }
    } else {
        mem_array_room((void **)&days->items, days->count, &days->room,
                       sizeof *days->items);
        day = &days->items[at];
        memmove(day + 1, day, (days->count - at) * sizeof *day);
        days->count++;
    }
    day->unit = unit;
    day->window = *window_of_day(f, unit, group, g, w);
}

size_t
reported_days_read(const struct reported_days *days, int year, int32_t from, int32_t to,
                   struct window *out, size_t max)
{
    size_t end = days_until(days, to);
    size_t begin = end;
    size_t i;

    while (begin > 0 && end - begin < max &&
           days->items[begin - 1].window.last >= from &&
           days->items[begin - 1].window.year == year) {
        begin--;
    }
    for (i = begin; i < end; i++) {
        out[i - begin] = days->items[i].window;
    }
    return end - begin;
}
