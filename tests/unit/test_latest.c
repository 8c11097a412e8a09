/* The verdict that a summary counts: of the newest year that has one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/latest.h"
#include "tests/support/toy_claims.h"

static const struct subject_ref commune = {TOY_COMMUNE, LEVEL_COMMUNE, false};

/* Of 100 work files so many online, up to a day of a year. */
static void
online(struct toy *toy, const char *period, int64_t count, enum calendar_rule rule)
{
    struct fact fact = {.revision = 1, .entry = 1};

    assert_int_equal(window_parse(period, rule, &fact.window, NULL), ST_OK);
    fact.figures[0] = (struct figure){.state = FIGURE_NUMBER, .scaled = 100};
    fact.figures[1] = (struct figure){.state = FIGURE_NUMBER, .scaled = count};
    assert_int_equal(facts_put(toy->f, TOY_COMMUNE, TOY_WORK, &fact, NULL), ST_OK);
}

/* 60 % are asked for, every day of a year. The statutory 2024 begins on 15/12/2023
 * (Nghị định 09/2019/NĐ-CP, Điều 12), the civil one on 1/1/2024. */
static void
the_year_of_today_is_that_of_the_calendar(void **state)
{
    static const struct {
        enum calendar_rule rule;
        const char *before; /* 59 of 100: behind */
        const char *after;  /* 60 of 100: on pace */
        const char *today;
        int year;
        enum verdict verdict;
    } cases[] = {
        {CALENDAR_STATUTORY, "2023@2023-11-30", "2024@2023-12-18", "2023-12-14", 2023,
         VERDICT_BEHIND},
        {CALENDAR_STATUTORY, "2023@2023-11-30", "2024@2023-12-18", "2023-12-20", 2024,
         VERDICT_ON_PACE},
        {CALENDAR_CIVIL, "2023@2023-11-30", "2024@2024-01-18", "2023-12-20", 2023,
         VERDICT_BEHIND},
        {CALENDAR_CIVIL, "2023@2023-11-30", "2024@2024-01-18", "2024-01-20", 2024,
         VERDICT_ON_PACE},
    };
    struct toy *toy = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        enum verdict verdict = VERDICT_INFO;
        int32_t today;
        int year = 0;

        facts_free(&toy->f);
        toy->c->rule = cases[i].rule;
        toy->c->groups[TOY_WORK].rule = cases[i].rule;
        toy->f = facts_new(toy->c);
        online(toy, cases[i].before, 59, cases[i].rule);
        online(toy, cases[i].after, 60, cases[i].rule);
        assert_int_equal(day_parse(cases[i].today, &today), ST_OK);
        assert_true(latest_verdict(toy->c, toy->f, &toy->c->targets[TOY_WORK_C],
                                   commune, today, false, &year, &verdict));
        same_number(cases[i].today, "year", year, cases[i].year);
        same_verdict(cases[i].today, verdict, cases[i].verdict);
    }
}

/* Nothing was reported and no year is due. */
static void
without_a_figure_there_is_none(void **state)
{
    struct toy *toy = *state;
    enum verdict verdict;
    int year;

    assert_false(latest_verdict(toy->c, toy->f, &toy->c->targets[TOY_WORK_C], commune,
                                day_from_civil(2021, 1, 15), false, &year, &verdict));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(the_year_of_today_is_that_of_the_calendar),
        CLAIM(without_a_figure_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
