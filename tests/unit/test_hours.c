// link: notifier
/* When a device may reach an office: working hours of working days, by hand. */
#include "notifier/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/calendar.h"

#define ZONE_MS (INT64_C(7) * 3600 * 1000)

/* 2023: Tet 20/1 (a Friday) to 26/1 (a Thursday); Saturday 6/5 is worked in exchange
 * for Friday 28/4. */
static struct catalogue
office_days(int32_t *holidays, int32_t *worked)
{
    struct catalogue c;
    int i;

    memset(&c, 0, sizeof c);
    for (i = 0; i < 7; i++) {
        holidays[i] = day_from_civil(2023, 1, 20 + i);
    }
    holidays[7] = day_from_civil(2023, 4, 28);
    worked[0] = day_from_civil(2023, 5, 6);
    c.workdays = (struct workdays){holidays, 8, worked, 1};
    return c;
}

/* Civil time of Viet Nam. */
struct clock {
    int year, month, mday, hour, minute;
};

static struct instant
instant_of(struct clock t)
{
    int64_t minutes = (int64_t)day_from_civil(t.year, t.month, t.mday) * 1440 +
                      t.hour * 60 + t.minute;

    return (struct instant){minutes * 60000 - ZONE_MS};
}

#define AT_ONCE                                                                        \
    {                                                                                  \
        0, 0, 0, 0, 0                                                                  \
    }

static void
check(const char *name, struct leader l, bool urgent, struct clock now,
      struct clock want)
{
    int32_t holidays[8];
    int32_t worked[1];
    struct catalogue c = office_days(holidays, worked);
    int64_t got = hours_wait_until(&c, &l, urgent, instant_of(now));
    int64_t wanted = want.year == 0 ? 0 : instant_of(want).ms;

    if (got != wanted) {
        fail_msg("%s: got %lld, want %lld", name, (long long)got, (long long)wanted);
    }
}

static void
outside_its_hours_an_office_is_reached_at_its_next_working_hour(void **state)
{
    static const struct {
        const char *name;
        struct clock now;
        struct clock want;
    } cases[] = {
        {"Monday noon", {2023, 3, 6, 12, 0}, AT_ONCE},
        {"exactly at the first hour", {2023, 3, 6, 7, 0}, AT_ONCE},
        {"a minute before it", {2023, 3, 6, 6, 59}, {2023, 3, 6, 7, 0}},
        {"the last minute", {2023, 3, 6, 16, 59}, AT_ONCE},
        {"exactly at the end", {2023, 3, 6, 17, 0}, {2023, 3, 7, 7, 0}},
        {"Friday evening", {2023, 3, 3, 18, 30}, {2023, 3, 6, 7, 0}},
        {"midnight between Friday and Saturday",
         {2023, 3, 4, 0, 0},
         {2023, 3, 6, 7, 0}},
        {"Sunday noon", {2023, 3, 5, 12, 0}, {2023, 3, 6, 7, 0}},
        {"the eve of Tet", {2023, 1, 19, 17, 1}, {2023, 1, 27, 7, 0}},
        {"in Tet", {2023, 1, 23, 10, 0}, {2023, 1, 27, 7, 0}},
        {"a Saturday worked in exchange", {2023, 5, 6, 10, 0}, AT_ONCE},
        {"the evening before it", {2023, 5, 5, 20, 0}, {2023, 5, 6, 7, 0}},
        {"its evening", {2023, 5, 6, 20, 0}, {2023, 5, 8, 7, 0}},
        {"the Friday given for it", {2023, 4, 28, 10, 0}, {2023, 5, 1, 7, 0}},
    };
    const struct leader l = {.hours_from = 7, .hours_to = 17};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check(cases[i].name, l, false, cases[i].now, cases[i].want);
    }
}

static void
what_is_urgent_and_an_office_without_hours_wait_for_nothing(void **state)
{
    const struct clock night = {2023, 3, 4, 2, 0};

    (void)state;
    check("urgent", (struct leader){.hours_from = 7, .hours_to = 17}, true, night,
          (struct clock)AT_ONCE);
    check("no hours", (struct leader){.hours_from = 0, .hours_to = 0}, false, night,
          (struct clock)AT_ONCE);
    check("the whole day of a working day",
          (struct leader){.hours_from = 0, .hours_to = 24}, false, night,
          (struct clock){2023, 3, 6, 0, 0});
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            outside_its_hours_an_office_is_reached_at_its_next_working_hour),
        cmocka_unit_test(what_is_urgent_and_an_office_without_hours_wait_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
