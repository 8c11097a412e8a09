/*
 * Days, hours, working days and due dates (calendar.h). The dates were worked by hand
 * or by another program's calendar; no case asks the clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/calendar.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
same_text(const char *name, const char *what, const char *got, const char *want)
{
    if (strcmp(got, want) != 0) {
        fail_msg("%s: %s: got \"%s\", want \"%s\"", name, what, got, want);
    }
}

static void
same_number(const char *name, const char *what, int64_t got, int64_t want)
{
    if (got != want) {
        fail_msg("%s: %s: got %lld, want %lld", name, what, (long long)got,
                 (long long)want);
    }
}

static int32_t
day_of(const char *text)
{
    int32_t day;

    if (day_parse(text, &day) != ST_OK) {
        fail_msg("a test's own day is wrong: \"%s\"", text);
    }
    return day;
}

static void
same_day(const char *name, const char *what, int32_t got, const char *want)
{
    char text[DAY_TEXT_BYTES];

    day_text(got, text);
    same_text(name, what, text, want);
}

static void
days_are_counted_from_1970(void **state)
{
    static const struct {
        int year;
        int month;
        int mday;
        int32_t day;
        int weekday;
    } cases[] = {
        {1970, 1, 1, 0, 3},      {1969, 12, 31, -1, 2},   {1970, 3, 1, 59, 6},
        {2000, 2, 29, 11016, 1}, {2000, 3, 1, 11017, 2},  {2023, 6, 30, 19538, 4},
        {2024, 2, 29, 19782, 3}, {2026, 9, 14, 20710, 0}, {2026, 9, 20, 20716, 6},
        {2026, 6, 20, 20624, 5}, {2100, 2, 28, 47540, 6}, {2100, 3, 1, 47541, 0},
    };
    char name[32];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        (void)snprintf(name, sizeof name, "%d-%d-%d", cases[i].year, cases[i].month,
                       cases[i].mday);
        same_number(name, "day",
                    day_from_civil(cases[i].year, cases[i].month, cases[i].mday),
                    cases[i].day);
        same_number(name, "weekday", day_weekday(cases[i].day), cases[i].weekday);
    }
}

static void
each_day_of_two_centuries_comes_back(void **state)
{
    int32_t day = day_from_civil(1900, 1, 1);
    int weekday = 0; /* a Monday */
    int year;
    int month;
    int mday;
    int y;
    int m;
    int d;

    (void)state;
    for (year = 1900; year <= CALENDAR_YEAR_MAX; year++) {
        int32_t new_year = day;

        for (month = 1; month <= 12; month++) {
            for (mday = 1; mday <= month_days(year, month); mday++) {
                assert_int_equal(day_from_civil(year, month, mday), day);
                day_to_civil(day, &y, &m, &d);
                assert_true(y == year && m == month && d == mday);
                assert_int_equal(day_weekday(day), weekday);
                assert_int_equal(day_year(day), year);
                weekday = (weekday + 1) % 7;
                day++;
            }
        }
        assert_int_equal(day - new_year, year_days(year));
    }
}

static void
leap_years_follow_the_gregorian_rule(void **state)
{
    static const struct {
        int year;
        int days;
        int february;
    } cases[] = {{2023, 365, 28}, {2024, 366, 29}, {2100, 365, 28}, {2000, 366, 29}};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(year_days(cases[i].year), cases[i].days);
        assert_int_equal(month_days(cases[i].year, 2), cases[i].february);
    }
    assert_int_equal(day_from_civil(2023, 6, 30) - day_from_civil(2023, 1, 1) + 1, 181);
    assert_int_equal(day_from_civil(2024, 6, 30) - day_from_civil(2024, 1, 1) + 1, 182);
}

static void
days_print_for_machines_and_for_papers(void **state)
{
    static const struct {
        const char *iso;
        const char *vi;
    } cases[] = {
        {"2020-04-08", "08/4/2020"},  {"2022-06-24", "24/6/2022"},
        {"2023-02-28", "28/02/2023"}, {"2026-12-14", "14/12/2026"},
        {"2023-06-30", "30/6/2023"},  {"2023-02-05", "05/02/2023"},
        {"2023-01-09", "09/01/2023"}, {"2023-03-01", "01/3/2023"},
        {"2023-09-09", "09/9/2023"},  {"2023-10-10", "10/10/2023"},
    };
    static const int32_t none[] = {DAY_NONE, DAY_OPEN, 2932897 /* 10000-01-01 */,
                                   -719529 /* year -1 */};
    char text[DAY_TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        day_text(day_of(cases[i].iso), text);
        same_text(cases[i].iso, "iso", text, cases[i].iso);
        day_text_vi(day_of(cases[i].iso), text);
        same_text(cases[i].iso, "vi", text, cases[i].vi);
    }
    for (i = 0; i < COUNT(none); i++) {
        day_text(none[i], text);
        same_text("none", "iso", text, "-");
        day_text_vi(none[i], text);
        same_text("none", "vi", text, "-");
    }
}

/* Days that share a place, and the one that an empty place looks like. */
static void
a_text_that_is_kept_is_that_of_its_day(void **state)
{
    static const int32_t days[] = {0,       19000, 19000, 19032,    19000,
                                   0,       32,    -32,   DAY_NONE, DAY_OPEN,
                                   2932897, 0,     19001, 19002,    19000};
    struct day_texts kept = {0};
    char text[DAY_TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(days); i++) {
        day_text(days[i], text);
        same_text("kept", "iso", day_text_kept(&kept, days[i]), text);
    }
}

static void
day_parse_refuses_all_but_the_form(void **state)
{
    static const char *const refused[] = {
        "",           "2023",       "2023-06",     "2023-6-30",   "2023-06-3",
        "23-06-30",   "2023/06/30", " 2023-06-30", "2023-06-30 ", "2023-06-30T00",
        "2023-02-29", "2023-00-01", "2023-13-01",  "2023-06-00",  "2023-06-31",
        "+023-06-30", "2023-+6-30", "2023-06--1",  "1989-12-31",  "2101-01-01",
        "30/6/2023",  "45107",      "2100-02-29",  "2023-06-3\n"};
    static const char *const taken[] = {"1990-01-01", "2100-12-31", "2024-02-29"};
    int32_t day = 7;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(refused); i++) {
        same_number(refused[i], "status", day_parse(refused[i], &day), ST_BAD);
        same_number(refused[i], "day left alone", day, 7);
    }
    for (i = 0; i < COUNT(taken); i++) {
        same_number(taken[i], "status", day_parse(taken[i], &day), ST_OK);
        same_day(taken[i], "day", day, taken[i]);
    }
}

static void
the_civil_day_begins_at_17_utc(void **state)
{
    static const struct {
        const char *name;
        int64_t ms;
        int64_t hour;
        const char *day;
    } cases[] = {
        {"2023-06-30 16:59:59.999Z", 1688144399999, 468935, "2023-06-30"},
        {"2023-06-30 17:00Z", 1688144400000, 468936, "2023-07-01"},
        {"2023-06-30 17:59:59.999Z", 1688147999999, 468936, "2023-07-01"},
        {"1970-01-01 00:00Z", 0, 7, NULL},
        {"the first civil hour", -25200000, 0, NULL},
        {"just before it", -25200001, -1, NULL},
        {"an hour before it", -28800000, -1, NULL},
        {"a moment more", -28800001, -2, NULL},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct instant t = {cases[i].ms};
        int64_t start = hour_start(cases[i].hour).ms;

        same_number(cases[i].name, "hour", hour_of(t), cases[i].hour);
        assert_true(start <= t.ms && t.ms < start + 3600000);
        assert_true(hour_of((struct instant){start}) == cases[i].hour);
        assert_int_equal(instant_day(t), hour_day(cases[i].hour));
        if (cases[i].day != NULL) {
            same_day(cases[i].name, "day", instant_day(t), cases[i].day);
        }
    }
    assert_int_equal(hour_day(0), 0);
    assert_int_equal(hour_day(23), 0);
    assert_int_equal(hour_day(24), 1);
    assert_int_equal(hour_day(-1), -1);
    assert_int_equal(hour_day(-24), -1);
    assert_int_equal(hour_day(-25), -2);
}

/* Tết and the April holiday of 2024, with the Saturday worked for Monday 29/4. */
static const char *const holidays_2024[] = {
    "2024-01-01", "2024-02-08", "2024-02-09", "2024-02-12", "2024-02-13", "2024-02-14",
    "2024-04-18", "2024-04-29", "2024-04-30", "2024-05-01", "2024-09-02", "2024-09-03"};
static const char *const worked_2024[] = {"2024-05-04"};

struct year_2024 {
    int32_t holidays[COUNT(holidays_2024)];
    int32_t worked[COUNT(worked_2024)];
    struct workdays days;
};

static void
year_2024_init(struct year_2024 *y)
{
    size_t i;

    for (i = 0; i < COUNT(holidays_2024); i++) {
        y->holidays[i] = day_of(holidays_2024[i]);
    }
    for (i = 0; i < COUNT(worked_2024); i++) {
        y->worked[i] = day_of(worked_2024[i]);
    }
    y->days = (struct workdays){y->holidays, COUNT(holidays_2024), y->worked,
                                COUNT(worked_2024)};
}

static void
holidays_rest_and_swapped_saturdays_work(void **state)
{
    static const struct {
        const char *day;
        bool worked;
        const char *next;
    } cases[] = {
        {"2024-02-07", true, "2024-02-07"},  {"2024-02-08", false, "2024-02-15"},
        {"2024-02-10", false, "2024-02-15"}, {"2024-02-15", true, "2024-02-15"},
        {"2024-04-27", false, "2024-05-02"}, {"2024-05-04", true, "2024-05-04"},
        {"2024-05-05", false, "2024-05-06"}, {"2024-05-11", false, "2024-05-13"},
        {"2023-12-30", false, "2024-01-02"}, {"2024-09-03", false, "2024-09-04"},
    };
    struct year_2024 y;
    size_t i;

    (void)state;
    year_2024_init(&y);
    for (i = 0; i < COUNT(cases); i++) {
        same_number(cases[i].day, "worked", workday_is(&y.days, day_of(cases[i].day)),
                    cases[i].worked);
        same_day(cases[i].day, "next", workday_next(&y.days, day_of(cases[i].day)),
                 cases[i].next);
    }
}

static void
working_days_are_added(void **state)
{
    static const struct {
        const char *day;
        int n;
        const char *want;
    } cases[] = {
        {"2026-09-14", 2, "2026-09-16"}, {"2026-09-14", 0, "2026-09-14"},
        {"2026-09-12", 1, "2026-09-14"}, {"2023-06-30", 5, "2023-07-07"},
        {"2024-01-31", 5, "2024-02-07"}, {"2024-01-31", 6, "2024-02-15"},
        {"2024-04-26", 1, "2024-05-02"}, {"2024-04-26", 3, "2024-05-04"},
        {"2024-04-26", 4, "2024-05-06"}, {"2024-02-10", 0, "2024-02-10"},
    };
    struct year_2024 y;
    size_t i;

    (void)state;
    year_2024_init(&y);
    for (i = 0; i < COUNT(cases); i++) {
        same_day(cases[i].day, "working days after",
                 workday_add(&y.days, day_of(cases[i].day), cases[i].n), cases[i].want);
    }
}

static void
due_days_follow_their_rule(void **state)
{
    static const struct {
        const char *name;
        const char *code;
        enum calendar_rule calendar;
        struct due_rule rule;
        const char *want;
    } cases[] = {
        {"nothing is due", "2023-06", CALENDAR_CIVIL, {0, 0, 0}, "-"},
        {"5th working day", "2023-06", CALENDAR_CIVIL, {5, 0, 0}, "2023-07-07"},
        {"5th across Tet", "2024-01", CALENDAR_CIVIL, {5, 0, 0}, "2024-02-07"},
        {"6th across Tet", "2024-01", CALENDAR_CIVIL, {6, 0, 0}, "2024-02-15"},
        {"of a statutory quarter",
         "2026-Q3",
         CALENDAR_STATUTORY,
         {2, 0, 0},
         "2026-09-16"},
        {"30/4 next year, a holiday", "2023", CALENDAR_CIVIL, {0, 4, 30}, "2024-05-02"},
        {"30/4 next year, a worked day",
         "2024",
         CALENDAR_CIVIL,
         {0, 4, 30},
         "2025-04-30"},
        {"31/3 next year, a Sunday", "2023", CALENDAR_CIVIL, {0, 3, 31}, "2024-04-01"},
        {"29/2 in a year without", "2021", CALENDAR_CIVIL, {0, 2, 29}, "2022-02-28"},
        {"29/2 in a year with", "2023", CALENDAR_CIVIL, {0, 2, 29}, "2024-02-29"},
        {"next year of a month", "2023-06", CALENDAR_CIVIL, {0, 1, 15}, "2024-01-15"},
        {"next year of a statutory January",
         "2024-01",
         CALENDAR_STATUTORY,
         {0, 1, 15},
         "2025-01-15"},
    };
    struct year_2024 y;
    struct window w;
    size_t i;

    (void)state;
    year_2024_init(&y);
    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(window_parse(cases[i].code, cases[i].calendar, &w, NULL),
                         ST_OK);
        same_day(cases[i].name, "due", due_day(&w, cases[i].rule, &y.days),
                 cases[i].want);
    }
    assert_int_equal(due_day(&w, (struct due_rule){0, 0, 0}, &y.days), DAY_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_counted_from_1970),
        cmocka_unit_test(each_day_of_two_centuries_comes_back),
        cmocka_unit_test(leap_years_follow_the_gregorian_rule),
        cmocka_unit_test(days_print_for_machines_and_for_papers),
        cmocka_unit_test(a_text_that_is_kept_is_that_of_its_day),
        cmocka_unit_test(day_parse_refuses_all_but_the_form),
        cmocka_unit_test(the_civil_day_begins_at_17_utc),
        cmocka_unit_test(holidays_rest_and_swapped_saturdays_work),
        cmocka_unit_test(working_days_are_added),
        cmocka_unit_test(due_days_follow_their_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
