#include "notifier/hours.h"

#include "lib/calendar.h"

#define HOURS_A_DAY 24

int64_t
hours_wait_until(const struct catalogue *c, const struct leader *l, bool urgent,
                 struct instant now)
{
    int64_t hour = hour_of(now);
    int32_t day = hour_day(hour);
    int64_t of_day = hour - (int64_t)day * HOURS_A_DAY;
    bool worked = workday_is(&c->workdays, day);

    if (urgent || l->hours_from >= l->hours_to) {
        return 0; /* a span that ends before it begins is refused by the check */
    }
    if (worked && of_day >= l->hours_from && of_day < l->hours_to) {
        return 0;
    }
    if (!worked || of_day >= l->hours_to) {
        day = workday_next(&c->workdays, day + 1);
    }
    return hour_start((int64_t)day * HOURS_A_DAY + l->hours_from).ms;
}
