/* When a report is due, whether it is there, and what a day makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/missing.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* 2/9/2024 is the national day (and 3/9 beside it); 4/5/2024 was worked. */
static const int32_t holidays[] = {19968, 19969};
static const struct workdays wd = {holidays, 2, NULL, 0};

static int32_t
day(const char *text)
{
    int32_t out;

    assert_int_equal(day_parse(text, &out), ST_OK);
    return out;
}

static void
day_is(int32_t got, const char *want)
{
    char text[DAY_TEXT_BYTES];

    day_text(got, text);
    assert_string_equal(text, want);
}

/* Days by the calendar on the wall: 31/8/2024 is a Saturday, 2 and 3/9 are holidays. */
static const struct due_case {
    const char *window;
    struct due_rule rule;
    int remind;
    const char *due;
    const char *reminded;
} DUES[] = {
    {"2024-08", {.working_days = 5}, 2, "2024-09-10", "2024-09-06"},
    {"2024-08", {.working_days = 5}, 0, "2024-09-10", "-"},
    {"2024-08", {.working_days = 1}, 2, "2024-09-04", "2024-09-04"}, /* not before */
    {"2024-08", {.working_days = 2}, 9, "2024-09-05", "2024-09-04"},
    {"2024-Q2", {.working_days = 5}, 2, "2024-07-05", "2024-07-03"},
    {"2023",
     {.next_year_month = 4, .next_year_mday = 28},
     2,
     "2024-04-29",
     "2024-04-25"}, /* 28/4/2024 is a Sunday */
};

static void
a_report_is_due_and_reminded_of_in_working_days(void **state)
{
    const struct outages none = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(DUES); i++) {
        struct group g = {.due = DUES[i].rule, .remind = DUES[i].remind};
        struct missing_due due;
        struct window w;

        assert_int_equal(window_parse(DUES[i].window, CALENDAR_CIVIL, &w, NULL), ST_OK);
        missing_due(&g, &w, &wd, &none, &due);
        day_is(due.day, DUES[i].due);
        day_is(due.by_rule, DUES[i].due);
        day_is(due.remind, DUES[i].reminded);
    }
}

static void
an_outage_moves_it_over_every_day_without_us(void **state)
{
    const struct group g = {.due = {.working_days = 5}};
    struct outages outages = {0};
    struct missing_due due;
    struct window w;

    (void)state;
    assert_int_equal(window_parse("2024-08", CALENDAR_CIVIL, &w, NULL), ST_OK);
    assert_int_equal(outages_add(&outages, day("2024-09-10"), 60), 60);
    assert_int_equal(outages_add(&outages, day("2024-09-10"), 60), 120);
    missing_due(&g, &w, &wd, &outages, &due);
    day_is(due.day, "2024-09-10"); /* two hours and no minute more */
    assert_int_equal(outages_add(&outages, day("2024-09-12"), 480), 480);
    assert_int_equal(outages_add(&outages, day("2024-09-10"), 1), 121);
    assert_int_equal(outages_add(&outages, day("2024-09-13"), 480), 480);
    assert_int_equal(outages_add(&outages, day("2024-09-11"), 480),
                     480); /* any order */
    missing_due(&g, &w, &wd, &outages, &due);
    day_is(due.day, "2024-09-16"); /* behind the week-end */
    day_is(due.by_rule, "2024-09-10");
    outages_fini(&outages);
}

static void
each_day_makes_something_else_of_it(void **state)
{
    const struct missing_due due = {.day = 100, .by_rule = 100, .remind = 98};
    const struct missing_due silent = {.day = 100, .by_rule = 100, .remind = DAY_NONE};
    const struct missing_due none = {DAY_NONE, DAY_NONE, DAY_NONE};

    (void)state;
    assert_int_equal(missing_on(&due, 97), MISSING_NONE);
    assert_int_equal(missing_on(&due, 98), MISSING_REMINDER);
    assert_int_equal(missing_on(&due, 100), MISSING_REMINDER);
    assert_int_equal(missing_on(&due, 101), MISSING_OVERDUE);
    assert_int_equal(missing_on(&silent, 100), MISSING_NONE);
    assert_int_equal(missing_on(&silent, 101), MISSING_OVERDUE);
    assert_int_equal(missing_on(&none, 20000), MISSING_NONE);
}

static void
a_cumulative_report_counts_for_the_window_of_its_day(void **state)
{
    static const struct {
        const char *code;
        bool there; /* for June 2024 */
    } CASES[] = {{"2024-06", true},          {"2024@2024-06-01", true},
                 {"2024@2024-06-30", true},  {"2024@2024-05-31", false},
                 {"2024@2024-07-01", false}, {"2024-05", false},
                 {"2024-07", false}};
    struct window june;
    size_t i;

    (void)state;
    window_make(PERIOD_MONTH, 2024, 6, CALENDAR_CIVIL, &june);
    for (i = 0; i < COUNT(CASES); i++) {
        struct fact fact = {.revision = 1};
        struct series s = {&fact, 1, 1};

        assert_int_equal(
            window_parse(CASES[i].code, CALENDAR_CIVIL, &fact.window, NULL), ST_OK);
        assert_int_equal(missing_reported(&s, &june), CASES[i].there);
    }
}

static void
who_is_not_there_any_more_owes_nothing(void **state)
{
    const struct group g = {.reported_by = 1u << KIND_COMMUNE};
    struct missing_due due = {.day = day("2024-07-05")};
    struct unit u = {.kind = KIND_COMMUNE, .from = DAY_NONE, .to = DAY_OPEN};
    struct window june;

    (void)state;
    window_make(PERIOD_MONTH, 2024, 6, CALENDAR_CIVIL, &june);
    assert_true(missing_expected(&g, &u, &june, &due));
    u.to = day("2024-07-04");
    assert_false(missing_expected(&g, &u, &june, &due));
    u.to = DAY_OPEN;
    u.from = day("2024-07-01");
    assert_false(missing_expected(&g, &u, &june, &due));
    u.from = DAY_NONE;
    u.kind = KIND_DISTRICT;
    assert_false(missing_expected(&g, &u, &june, &due));
}

static void
the_working_hours_are_those_of_offices(void **state)
{
    static const int hours[] = {7, 8, 11, 12, 13, 16, 17};
    static const bool worked[] = {false, true, true, false, true, true, false};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(hours); i++) {
        assert_int_equal(working_hour(&wd, day("2024-09-10"), hours[i]), worked[i]);
        assert_false(working_hour(&wd, day("2024-09-07"), hours[i])); /* Saturday */
        assert_false(working_hour(&wd, day("2024-09-02"), hours[i]));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_due_and_reminded_of_in_working_days),
        cmocka_unit_test(an_outage_moves_it_over_every_day_without_us),
        cmocka_unit_test(each_day_makes_something_else_of_it),
        cmocka_unit_test(a_cumulative_report_counts_for_the_window_of_its_day),
        cmocka_unit_test(who_is_not_there_any_more_owes_nothing),
        cmocka_unit_test(the_working_hours_are_those_of_offices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
