/* Rows of a digest, its code, and the days on which it goes out. */
// link: notifier
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "notifier/digest.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static int32_t
day(const char *text)
{
    int32_t d = DAY_NONE;

    if (text[0] != '\0') {
        assert_int_equal(day_parse(text, &d), ST_OK);
    }
    return d;
}

static struct digest_row
row(const char *reason, uint32_t number, int rung)
{
    struct digest_row r = {.number = number,
                           .at = {57 + number, 3},
                           .rung = rung,
                           .since = day("2023-09-12")};

    (void)snprintf(r.code, sizeof r.code, "QNG-2023-7c-21040");
    (void)snprintf(r.reason, sizeof r.reason, "%s", reason);
    return r;
}

static void
a_week_belongs_to_the_year_of_its_thursday(void **state)
{
    static const struct {
        const char *day;
        int year;
        int week;
    } cases[] = {
        {"2023-01-01", 2022, 52}, /* a Sunday */
        {"2023-01-02", 2023, 1},  {"2023-01-16", 2023, 3},  {"2023-01-27", 2023, 4},
        {"2020-12-31", 2020, 53}, /* a Thursday */
        {"2021-01-03", 2020, 53}, {"2021-01-04", 2021, 1},  {"2024-12-30", 2025, 1},
        {"2026-09-14", 2026, 38}, {"2026-09-20", 2026, 38},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        int year;
        int week;

        iso_week(day(cases[i].day), &year, &week);
        if (year != cases[i].year || week != cases[i].week) {
            fail_msg("%s: got %d-W%d", cases[i].day, year, week);
        }
    }
}

static void
the_code_says_which_week_or_day_and_whose(void **state)
{
    const struct catalogue c = {.prefix = "QNG"};
    struct leader l = {.id = "chair-province", .digest = DIGEST_WEEKLY};
    char code[ALERT_CODE_BYTES];

    (void)state;
    digest_code(&c, &l, day("2026-09-14"), code);
    assert_string_equal(code, "QNG-2026-W38-TH-chair-province");
    digest_code(&c, &l, day("2023-01-04"), code);
    assert_string_equal(code, "QNG-2023-W01-TH-chair-province");
    l.digest = DIGEST_DAILY;
    digest_code(&c, &l, day("2026-09-14"), code);
    assert_string_equal(code, "QNG-2026-09-14-TH-chair-province");
}

static void
a_weekly_digest_goes_out_on_the_first_working_day_of_its_week(void **state)
{
    static const struct {
        const char *name;
        enum digest_every every;
        const char *sent;
        const char *today;
        bool want;
    } cases[] = {
        {"Monday behind Friday", DIGEST_WEEKLY, "2023-01-13", "2023-01-16", true},
        {"Tuesday", DIGEST_WEEKLY, "2023-01-16", "2023-01-17", false},
        {"Friday behind Tet, the only day of its week", DIGEST_WEEKLY, "2023-01-19",
         "2023-01-27", true},
        {"and the Monday after it", DIGEST_WEEKLY, "2023-01-27", "2023-01-30", true},
        {"Wednesday behind two days without service", DIGEST_WEEKLY, "2023-02-10",
         "2023-02-15", true},
        {"over the year, the same week", DIGEST_WEEKLY, "2024-12-31", "2025-01-02",
         false},
        {"the first ever", DIGEST_WEEKLY, "", "2023-01-18", true},
        {"each day", DIGEST_DAILY, "2023-01-16", "2023-01-17", true},
        {"once", DIGEST_DAILY, "2023-01-17", "2023-01-17", false},
        {"the first ever", DIGEST_DAILY, "", "2023-01-18", true},
        {"who wants none has one when an inbox was full", DIGEST_NEVER, "2023-01-16",
         "2023-01-17", true},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        if (digest_due(cases[i].every, day(cases[i].sent), day(cases[i].today)) !=
            cases[i].want) {
            fail_msg("%s: got %d", cases[i].name, !cases[i].want);
        }
    }
}

static void
a_row_is_read_back_as_it_was_written(void **state)
{
    struct digest_row r = row("escalated", 2, 3);
    struct digest_row back;
    char line[ROW_LINE_BYTES];

    (void)state;
    row_line(&r, line);
    assert_string_equal(line, "reason=escalated n=2 at=59-3 rung=3 since=2023-09-12");
    assert_int_equal(row_line_parse(r.code, line, &back), ST_OK);
    assert_memory_equal(&r, &back, sizeof r);
    r.since = DAY_NONE;
    row_line(&r, line);
    assert_int_equal(row_line_parse(r.code, line, &back), ST_OK);
    assert_int_equal(back.since, DAY_NONE);
}

static void
a_row_that_is_not_in_its_form_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "reason=escalated",
        "reason=escalated n=2 at=59 rung=3 since=2023-09-12",
        "reason=escalated n=2 at=59-3 rung=4 since=2023-09-12",
        "reason=escalated n=2 at=59-3 rung=3 since=12/9/2023",
    };
    struct digest_row back;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(lines); i++) {
        if (row_line_parse("A-1", lines[i], &back) != ST_BAD) {
            fail_msg("taken: %s", lines[i]);
        }
    }
}

static void
who_has_not_heard_hears_that_it_climbed_with_the_figures_of_now(void **state)
{
    static const struct {
        const char *stands;
        const char *comes;
        const char *want;
    } cases[] = {
        {"escalated", "worse", "escalated"}, {"escalated", "better", "escalated"},
        {"new", "corrected", "new"},         {"worse", "better", "better"},
        {"worse", "resolved", "resolved"},   {"resolved", "escalated", "escalated"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct digest_row stands = row(cases[i].stands, 1, 2);
        struct digest_row comes = row(cases[i].comes, 2, 2);

        row_merge(&stands, &comes);
        assert_string_equal(comes.reason, cases[i].want);
        assert_int_equal(comes.number, 2);
        assert_int_equal(comes.at.seq, 59);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_week_belongs_to_the_year_of_its_thursday),
        cmocka_unit_test(the_code_says_which_week_or_day_and_whose),
        cmocka_unit_test(a_weekly_digest_goes_out_on_the_first_working_day_of_its_week),
        cmocka_unit_test(a_row_is_read_back_as_it_was_written),
        cmocka_unit_test(a_row_that_is_not_in_its_form_is_refused),
        cmocka_unit_test(
            who_has_not_heard_hears_that_it_climbed_with_the_figures_of_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
