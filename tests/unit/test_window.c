/*
 * Period codes and the windows they name under both rules (calendar.h). Statutory
 * windows are those of Nghị định 09/2019/NĐ-CP, Điều 12; the second and fourth quarter
 * are derived from it, nine months follow the practice of provinces.
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

static void
same_day(const char *name, const char *what, int32_t got, const char *want)
{
    char text[DAY_TEXT_BYTES];

    day_text(got, text);
    same_text(name, what, text, want);
}

static void
codes_name_their_days(void **state)
{
    static const struct {
        const char *code;
        enum period_kind kind;
        int part;
        const char *civil[2];
        const char *statutory[2];
    } cases[] = {
        {"2023-01",
         PERIOD_MONTH,
         1,
         {"2023-01-01", "2023-01-31"},
         {"2022-12-15", "2023-01-14"}},
        {"2023-02",
         PERIOD_MONTH,
         2,
         {"2023-02-01", "2023-02-28"},
         {"2023-01-15", "2023-02-14"}},
        {"2024-02",
         PERIOD_MONTH,
         2,
         {"2024-02-01", "2024-02-29"},
         {"2024-01-15", "2024-02-14"}},
        {"2024-03",
         PERIOD_MONTH,
         3,
         {"2024-03-01", "2024-03-31"},
         {"2024-02-15", "2024-03-14"}}, /* with leap day in it */
        {"2023-06",
         PERIOD_MONTH,
         6,
         {"2023-06-01", "2023-06-30"},
         {"2023-05-15", "2023-06-14"}},
        {"2023-12",
         PERIOD_MONTH,
         12,
         {"2023-12-01", "2023-12-31"},
         {"2023-11-15", "2023-12-14"}},
        {"2023-Q1",
         PERIOD_QUARTER,
         1,
         {"2023-01-01", "2023-03-31"},
         {"2022-12-15", "2023-03-14"}},
        {"2023-Q2",
         PERIOD_QUARTER,
         2,
         {"2023-04-01", "2023-06-30"},
         {"2023-03-15", "2023-06-14"}},
        {"2023-H1",
         PERIOD_HALF,
         1,
         {"2023-01-01", "2023-06-30"},
         {"2022-12-15", "2023-06-14"}},
        {"2026-Q3",
         PERIOD_QUARTER,
         3,
         {"2026-07-01", "2026-09-30"},
         {"2026-06-15", "2026-09-14"}},
        {"2023-9M",
         PERIOD_NINE,
         0,
         {"2023-01-01", "2023-09-30"},
         {"2022-12-15", "2023-09-14"}},
        {"2023-H2",
         PERIOD_HALF,
         2,
         {"2023-07-01", "2023-12-31"},
         {"2023-06-15", "2023-12-14"}},
        {"2023-Q4",
         PERIOD_QUARTER,
         4,
         {"2023-10-01", "2023-12-31"},
         {"2023-09-15", "2023-12-14"}},
        {"2023",
         PERIOD_YEAR,
         0,
         {"2023-01-01", "2023-12-31"},
         {"2022-12-15", "2023-12-14"}},
        {"2023-06-17",
         PERIOD_DAY,
         0,
         {"2023-06-17", "2023-06-17"},
         {"2023-06-17", "2023-06-17"}},
        {"2026@2026-09-26",
         PERIOD_CUMULATIVE,
         0,
         {"2026-01-01", "2026-09-26"},
         {"2025-12-15", "2026-09-26"}},
        {"2025@2025-01-01",
         PERIOD_CUMULATIVE,
         0,
         {"2025-01-01", "2025-01-01"},
         {"2024-12-15", "2025-01-01"}},
    };
    struct window w;
    char better[PERIOD_TEXT_BYTES];
    size_t i;
    int rule;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        for (rule = CALENDAR_CIVIL; rule <= CALENDAR_STATUTORY; rule++) {
            const char *const *days =
                rule == CALENDAR_CIVIL ? cases[i].civil : cases[i].statutory;

            memset(better, 'x', sizeof better);
            same_number(
                cases[i].code, "status",
                window_parse(cases[i].code, (enum calendar_rule)rule, &w, better),
                ST_OK);
            same_day(cases[i].code, "first", w.first, days[0]);
            same_day(cases[i].code, "last", w.last, days[1]);
            same_text(cases[i].code, "code", w.code, cases[i].code);
            same_text(cases[i].code, "better", better, "");
            same_number(cases[i].code, "kind", w.kind, cases[i].kind);
            same_number(cases[i].code, "part", w.part, cases[i].part);
            same_number(cases[i].code, "year", w.year,
                        (cases[i].code[2] - '0') * 10 + cases[i].code[3] - '0' + 2000);
        }
    }
}

static void
closed_years_and_edges_are_taken_by_rule(void **state)
{
    static const struct {
        const char *code;
        enum calendar_rule rule;
        enum status status;
        int year;
        const char *better;
    } cases[] = {
        {"2025@2025-12-31", CALENDAR_CIVIL, ST_OK, 2025, ""},
        {"2025@2026-01-03", CALENDAR_CIVIL, ST_BAD, 0, "2026@2026-01-03"},
        {"2026@2025-12-31", CALENDAR_CIVIL, ST_BAD, 0, "2025@2025-12-31"},
        {"2025@2026-1-3", CALENDAR_CIVIL, ST_BAD, 0, "2026@2026-01-03"},
        {"2026@2025-12-15", CALENDAR_STATUTORY, ST_OK, 2026, ""},
        {"2026@2026-12-14", CALENDAR_STATUTORY, ST_OK, 2026, ""},
        {"2026@2026-12-15", CALENDAR_STATUTORY, ST_BAD, 0, "2027@2026-12-15"},
        {"2026@2025-12-14", CALENDAR_STATUTORY, ST_BAD, 0, "2025@2025-12-14"},
        {"2025@2025-12-31", CALENDAR_STATUTORY, ST_BAD, 0, "2026@2025-12-31"},
        /* a day of late December is of the next statutory year */
        {"2025-12-14", CALENDAR_STATUTORY, ST_OK, 2025, ""},
        {"2025-12-15", CALENDAR_STATUTORY, ST_OK, 2026, ""},
        {"2025-12-15", CALENDAR_CIVIL, ST_OK, 2025, ""},
        {"2100-12-15", CALENDAR_CIVIL, ST_OK, 2100, ""},
        {"2100-12-15", CALENDAR_STATUTORY, ST_BAD, 0, ""},
        {"2100@2100-12-15", CALENDAR_STATUTORY, ST_BAD, 0, ""},
    };
    struct window w;
    char better[PERIOD_TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        memset(better, 'x', sizeof better);
        same_number(cases[i].code, "status",
                    window_parse(cases[i].code, cases[i].rule, &w, better),
                    cases[i].status);
        same_text(cases[i].code, "better", better, cases[i].better);
        if (cases[i].status == ST_OK) {
            same_number(cases[i].code, "year", w.year, cases[i].year);
        }
    }
}

static void
other_codes_are_refused_with_what_was_meant(void **state)
{
    static const struct {
        const char *code;
        const char *better;
    } cases[] = {
        {"", ""},
        {" ", ""},
        {"2023-13", ""},
        {"2023-00", ""},
        {"2023-Q5", ""},
        {"2023-Q0", ""},
        {"2023-H3", ""},
        {"2023-8M", ""},
        {"2023-9", "2023-09"},
        {"2023-6", "2023-06"},
        {"2023-0", ""},
        {"23-06", ""},
        {"2023/06", "2023-06"},
        {"2023/6", "2023-06"},
        {"2023/6/5", "2023-06-05"},
        {" 2023", "2023"},
        {"2023 ", "2023"},
        {"2023 06", ""},
        {"2023-q3", "2023-Q3"},
        {"2023-h1", "2023-H1"},
        {"2023-9m", "2023-9M"},
        {"2023/9M", "2023-9M"},
        {"2023-Q", ""},
        {"2023-Q33", ""},
        {"2023-", ""},
        {"2023Q3", ""},
        {"202306", ""},
        {"20230", ""},
        {"202", ""},
        {"1989", ""},
        {"2101", ""},
        {"2101-Q1", ""},
        {"2023-06-31", ""},
        {"2023-06-17x", ""},
        {"2026@", ""},
        {"2026@2026", ""},
        {"2026@2026-09", ""},
        {"2026@2026-09-31", ""},
        {"2026@2026-9-6", "2026@2026-09-06"},
        {"2026@2026/09/26", "2026@2026-09-26"},
        {"2026@2026-09-26 ", "2026@2026-09-26"},
        {"2026@2026-09-260", ""},
        {"2026-Q3@2026-09-26", ""},
        {"Q3/2023", ""},
        {"quý III", ""},
        {"2023-06-17-2023-06-17-2023-06-17", ""},
        {"----------------------------", ""},
        {"-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1", ""},
    };
    struct window w = {.year = 7};
    char better[PERIOD_TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        memset(better, 'x', sizeof better);
        same_number(cases[i].code, "status",
                    window_parse(cases[i].code, CALENDAR_CIVIL, &w, better), ST_BAD);
        same_text(cases[i].code, "better", better, cases[i].better);
        same_number(cases[i].code, "status without better",
                    window_parse(cases[i].code, CALENDAR_CIVIL, &w, NULL), ST_BAD);
        same_number(cases[i].code, "window left alone", w.year, 7);
    }
}

static void
parts_make_up_their_year_without_gap(void **state)
{
    static const struct {
        enum period_kind kind;
        int count;
    } cases[] = {
        {PERIOD_MONTH, 12}, {PERIOD_QUARTER, 4}, {PERIOD_HALF, 2}, {PERIOD_YEAR, 1}};
    struct window w;
    struct window again;
    int32_t first;
    int32_t last;
    int32_t day;
    int rule;
    int year;
    int part;
    size_t i;

    (void)state;
    for (rule = CALENDAR_CIVIL; rule <= CALENDAR_STATUTORY; rule++) {
        for (year = CALENDAR_YEAR_MIN; year <= CALENDAR_YEAR_MAX; year++) {
            year_bounds(year, (enum calendar_rule)rule, &first, &last);
            for (i = 0; i < COUNT(cases); i++) {
                day = first;
                for (part = 1; part <= cases[i].count; part++) {
                    window_make(cases[i].kind, year, part, (enum calendar_rule)rule,
                                &w);
                    assert_int_equal(w.first, day);
                    day = w.last + 1;
                    assert_int_equal(
                        window_parse(w.code, (enum calendar_rule)rule, &again, NULL),
                        ST_OK);
                    assert_memory_equal(&w, &again, sizeof w);
                }
                assert_int_equal(day, last + 1);
            }
        }
    }
    year_bounds(2023, CALENDAR_STATUTORY, &first, &last);
    same_day("statutory 2023", "first", first, "2022-12-15");
    same_day("statutory 2023", "last", last, "2023-12-14");
}

static void
cadences_list_their_windows(void **state)
{
    static const struct {
        enum cadence cadence;
        size_t count;
        const char *first;
        const char *last;
    } cases[] = {
        {CADENCE_NONE, 0, NULL, NULL},
        {CADENCE_MONTHLY, 12, "2023-01", "2023-12"},
        {CADENCE_QUARTERLY, 4, "2023-Q1", "2023-Q4"},
        {CADENCE_YEARLY, 1, "2023", "2023"},
    };
    struct window w;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(cadence_count(cases[i].cadence), cases[i].count);
        if (cases[i].count > 0) {
            cadence_window(cases[i].cadence, 2023, 0, CALENDAR_STATUTORY, &w);
            same_text("cadence", "first", w.code, cases[i].first);
            same_day("cadence", "first day", w.first, "2022-12-15");
            cadence_window(cases[i].cadence, 2023, cases[i].count - 1,
                           CALENDAR_STATUTORY, &w);
            same_text("cadence", "last", w.code, cases[i].last);
            same_day("cadence", "last day", w.last, "2023-12-14");
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_name_their_days),
        cmocka_unit_test(closed_years_and_edges_are_taken_by_rule),
        cmocka_unit_test(other_codes_are_refused_with_what_was_meant),
        cmocka_unit_test(parts_make_up_their_year_without_gap),
        cmocka_unit_test(cadences_list_their_windows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
