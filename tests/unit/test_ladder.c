/* How far a problem climbs: dates counted by hand over Tet 2023 (20 to 26 January). */
// link: notifier
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "notifier/ladder.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* The ladder of a programme that says nothing. */
static const struct ladder_rule rule = {{1, 2}, {5, 10}, 3, 20};

static int32_t
day(const char *text)
{
    int32_t d = DAY_NONE;

    if (strcmp(text, "open") == 0) {
        return DAY_OPEN;
    }
    if (strcmp(text, "-") != 0) {
        assert_int_equal(day_parse(text, &d), ST_OK);
    }
    return d;
}

/* Days off of programmes/quang-ngai/holidays.yaml in the first months of 2023. */
static struct workdays
tet(void)
{
    static int32_t off[8];
    struct workdays wd = {off, COUNT(off), NULL, 0};
    int i;

    off[0] = day("2023-01-02");
    for (i = 0; i < 7; i++) {
        off[i + 1] = day("2023-01-20") + i;
    }
    return wd;
}

static struct problem
problem(const char *kind, int rung, const char *since, const char *spoke)
{
    struct problem p = {.number = 1,
                        .at = {57, 3},
                        .rung = rung,
                        .since = day(since),
                        .spoke = day(spoke),
                        .acked = DAY_NONE,
                        .paused = DAY_NONE};

    (void)snprintf(p.code, sizeof p.code, "QNG-2023-7c-21040");
    (void)snprintf(p.kind, sizeof p.kind, "%s", kind);
    (void)snprintf(p.subject, sizeof p.subject, "21040");
    (void)snprintf(p.target, sizeof p.target, "7c");
    return p;
}

/* ---- by working days ---- */

static void
reports_and_dates_climb_by_working_days(void **state)
{
    /* Behind Friday 13/1: 16 17 18 19 are the first four, 27 the fifth, 30 31 1 2 and
     * 3/2 the tenth; behind that 6-10, 13-17, 20-24/2, 27/2-3/3: the twentieth. */
    static const struct {
        const char *name;
        const char *kind;
        int rung;
        const char *spoke;
        const char *today;
        enum climb want;
    } cases[] = {
        {"the fourth working day", "overdue", 1, "-", "2023-01-19", CLIMB_NONE},
        {"Tet is not counted", "overdue", 1, "-", "2023-01-26", CLIMB_NONE},
        {"the fifth", "overdue", 1, "-", "2023-01-27", CLIMB_RUNG},
        {"nobody was at work then", "overdue", 1, "-", "2023-03-01", CLIMB_RUNG},
        {"missed, too", "missed", 1, "-", "2023-01-27", CLIMB_RUNG},
        {"a fall, too", "falling", 1, "-", "2023-01-27", CLIMB_RUNG},
        {"the ninth", "overdue", 2, "2023-01-27", "2023-02-02", CLIMB_NONE},
        {"the tenth", "overdue", 2, "2023-01-27", "2023-02-03", CLIMB_RUNG},
        {"the second rung late: the third keeps its distance", "overdue", 2,
         "2023-02-01", "2023-02-03", CLIMB_NONE},
        {"2 3 6 7 8/2", "overdue", 2, "2023-02-01", "2023-02-08", CLIMB_RUNG},
        {"nineteen behind the last", "overdue", 3, "2023-02-03", "2023-03-02",
         CLIMB_NONE},
        {"twenty", "overdue", 3, "2023-02-03", "2023-03-03", CLIMB_REPEAT},
        {"and twenty behind that, not before", "overdue", 3, "2023-03-03", "2023-03-30",
         CLIMB_NONE},
        {"6/3 to 31/3", "overdue", 3, "2023-03-03", "2023-03-31", CLIMB_REPEAT},
        {"a reminder never", "reminder", 1, "-", "2023-12-01", CLIMB_NONE},
        {"what this release does not know never", "other", 1, "-", "2023-12-01",
         CLIMB_NONE},
        {"a lag not by days", "behind", 1, "-", "2023-12-01", CLIMB_NONE},
    };
    const struct workdays wd = tet();
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct problem p =
            problem(cases[i].kind, cases[i].rung, "2023-01-13", cases[i].spoke);
        enum climb got = ladder_climb(&rule, &wd, &p, day(cases[i].today));

        if (got != cases[i].want) {
            fail_msg("%s: got %d, want %d", cases[i].name, (int)got,
                     (int)cases[i].want);
        }
    }
}

static void
a_repeat_waits_twice_as_long_as_the_one_before(void **state)
{
    static const struct {
        int again;
        const char *today;
        enum climb want;
    } cases[] = {
        {0, "2023-03-30", CLIMB_NONE},   {0, "2023-03-31", CLIMB_REPEAT},
        {1, "2023-03-31", CLIMB_NONE},   {1, "2023-04-27", CLIMB_NONE},
        {1, "2023-04-28", CLIMB_REPEAT}, /* 20 in March behind the third, 20 in April */
        {2, "2023-04-28", CLIMB_NONE},
    };
    const struct workdays wd = tet();
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct problem p = problem("overdue", 3, "2023-01-13", "2023-03-03");

        p.again = cases[i].again;
        assert_int_equal(ladder_climb(&rule, &wd, &p, day(cases[i].today)),
                         cases[i].want);
    }
}

static void
without_repeats_the_last_rung_is_the_end(void **state)
{
    const struct ladder_rule never = {{1, 2}, {5, 10}, 0, 0};
    const struct workdays wd = tet();
    struct problem p = problem("overdue", 3, "2023-01-13", "2023-02-03");
    struct problem lag = problem("behind", 3, "2023-01-13", "2023-02-03");

    (void)state;
    lag.steps = 100;
    assert_int_equal(ladder_climb(&never, &wd, &p, day("2025-02-03")), CLIMB_NONE);
    assert_int_equal(ladder_climb(&never, &wd, &lag, day("2025-02-03")), CLIMB_NONE);
}

/* ---- by windows ---- */

static void
a_lag_climbs_by_further_windows(void **state)
{
    static const struct {
        int rung;
        int steps;
        enum climb want;
    } cases[] = {
        {1, 0, CLIMB_NONE},   {1, 1, CLIMB_RUNG}, {2, 1, CLIMB_NONE},
        {2, 2, CLIMB_RUNG},   {3, 2, CLIMB_NONE}, {3, 4, CLIMB_NONE},
        {3, 5, CLIMB_REPEAT},
    };
    const struct workdays wd = tet();
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct problem p = problem("behind", cases[i].rung, "2023-01-13", "-");

        p.steps = cases[i].steps;
        assert_int_equal(ladder_climb(&rule, &wd, &p, day("2023-01-14")),
                         cases[i].want);
    }
}

static void
window_by_window_it_is_two_rungs_and_then_ever_more_slowly(void **state)
{
    /* After three windows more, then after six. */
    static const enum climb want[] = {CLIMB_RUNG,   CLIMB_RUNG, CLIMB_NONE,  CLIMB_NONE,
                                      CLIMB_REPEAT, CLIMB_NONE, CLIMB_NONE,  CLIMB_NONE,
                                      CLIMB_NONE,   CLIMB_NONE, CLIMB_REPEAT};
    const struct workdays wd = tet();
    struct problem p = problem("behind", 1, "2023-01-13", "-");
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(want); i++) {
        enum climb got;

        p.steps++;
        got = ladder_climb(&rule, &wd, &p, day("2023-02-01"));
        assert_int_equal(got, want[i]);
        if (got != CLIMB_NONE) {
            problem_climb(&rule, &p, got, day("2023-02-01"));
        }
    }
    assert_int_equal(p.rung, 3);
    assert_int_equal(p.again, 2);
}

static void
what_was_taken_on_for_long_climbs_rung_by_rung_all_the_same(void **state)
{
    const struct workdays wd = tet();
    struct problem p = problem("behind", 1, "2023-01-13", "-");

    (void)state;
    p.steps = 6; /* windows went by while somebody had taken it on */
    assert_int_equal(ladder_climb(&rule, &wd, &p, day("2023-07-20")), CLIMB_RUNG);
    problem_climb(&rule, &p, CLIMB_RUNG, day("2023-07-20"));
    assert_int_equal(p.rung, 2);
    assert_int_equal(p.spoke, day("2023-07-20"));
    assert_int_equal(ladder_climb(&rule, &wd, &p, day("2023-07-20")), CLIMB_NONE);
}

/* ---- stopped ---- */

static void
taken_on_or_paused_it_stays_where_it_is_to_the_last_day(void **state)
{
    static const struct {
        const char *acked;
        const char *paused;
        const char *today;
        enum climb want;
    } cases[] = {
        {"-", "-", "2023-02-10", CLIMB_RUNG},
        {"open", "-", "2025-02-10", CLIMB_NONE},
        {"2023-02-10", "-", "2023-02-10", CLIMB_NONE},
        {"2023-02-10", "-", "2023-02-13", CLIMB_RUNG},
        {"-", "2023-02-10", "2023-02-10", CLIMB_NONE},
        {"-", "2023-02-10", "2023-02-13", CLIMB_RUNG},
        {"2023-02-10", "2023-02-14", "2023-02-13", CLIMB_NONE},
    };
    const struct workdays wd = tet();
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct problem p = problem("overdue", 1, "2023-01-13", "-");
        struct problem lag = problem("behind", 1, "2023-01-13", "-");

        lag.steps = 1;
        p.acked = lag.acked = day(cases[i].acked);
        p.paused = lag.paused = day(cases[i].paused);
        assert_int_equal(ladder_climb(&rule, &wd, &p, day(cases[i].today)),
                         cases[i].want);
        assert_int_equal(ladder_climb(&rule, &wd, &lag, day(cases[i].today)),
                         cases[i].want);
    }
}

/* ---- lines ---- */

static const char line_full[] =
    "kind=behind subject=21040 target=7c n=3 at=57-3 rung=2 steps=1 since=2023-09-12 "
    "spoke=2023-10-12 again=0 acked=open paused=2023-12-31";

static void
a_line_says_all_of_a_problem_and_is_read_back(void **state)
{
    static const char *const lines[] = {
        line_full,
        "kind=overdue subject=level-commune target=- n=1 at=8-0 rung=1 steps=0 "
        "since=2023-10-06 spoke=- again=0 acked=- paused=-",
        "kind=missed subject=51 target=1b n=12 at=18446744073709551615-1023 rung=3 "
        "steps=0 since=2023-01-13 spoke=2023-02-03 again=4 acked=2023-06-30 paused=-",
    };
    char out[LADDER_LINE_BYTES];
    struct problem p;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(lines); i++) {
        assert_int_equal(problem_parse("QNG-2023-7c-21040", lines[i], &p), ST_OK);
        problem_line(&p, out);
        assert_string_equal(out, lines[i]);
    }
    assert_int_equal(problem_parse("QNG-2023-7c-21040", line_full, &p), ST_OK);
    assert_string_equal(p.code, "QNG-2023-7c-21040");
    assert_int_equal(p.number, 3);
    assert_int_equal(p.at.seq, 57);
    assert_int_equal(p.at.index, 3);
    assert_int_equal(p.acked, DAY_OPEN);
    assert_int_equal(p.paused, day("2023-12-31"));
}

static void
a_word_of_a_later_release_does_not_matter(void **state)
{
    char line[LADDER_LINE_BYTES];
    struct problem p;

    (void)state;
    (void)snprintf(line, sizeof line, "%s later=7", line_full);
    assert_int_equal(problem_parse("A-1", line, &p), ST_OK);
}

static void
a_line_that_is_not_in_its_form_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "kind=behind",
        "behind",
        "kind=behind subject=21040 target=7c n=x at=57-3 rung=2 steps=1 "
        "since=2023-09-12 spoke=- again=0 acked=- paused=-",
        "kind=behind subject=21040 target=7c n=3 at=57 rung=2 steps=1 "
        "since=2023-09-12 spoke=- again=0 acked=- paused=-",
        "kind=behind subject=21040 target=7c n=3 at=57-3 rung=4 steps=1 "
        "since=2023-09-12 spoke=- again=0 acked=- paused=-",
        "kind=behind subject=21040 target=7c n=3 at=57-3 rung=0 steps=1 "
        "since=2023-09-12 spoke=- again=0 acked=- paused=-",
        "kind=behind subject=21040 target=7c n=3 at=57-3 rung=2 steps=-1 "
        "since=2023-09-12 spoke=- again=0 acked=- paused=-",
        "kind=behind subject=21040 target=7c n=3 at=57-3 rung=2 steps=1 "
        "since=2023-09-31 spoke=- again=0 acked=- paused=-",
        "kind=behind subject= target=7c n=3 at=57-3 rung=2 steps=1 "
        "since=2023-09-12 spoke=- again=0 acked=- paused=-",
        "kind=a-kind-that-is-too-long subject=21040 target=7c n=3 at=57-3 rung=2 "
        "steps=1 since=2023-09-12 spoke=- again=0 acked=- paused=-",
    };
    struct problem p;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(lines); i++) {
        if (problem_parse("QNG-2023-7c-21040", lines[i], &p) != ST_BAD) {
            fail_msg("taken: %s", lines[i]);
        }
    }
    assert_int_equal(problem_parse("", line_full, &p), ST_BAD);
}

static void
a_spot_is_an_entry_and_an_index(void **state)
{
    static const char *const wrong[] = {"",    "57",    "57-", "-3",
                                        "0-3", "57-3x", "a-1", "57:3"};
    char text[SPOT_BYTES];
    struct spot at;
    size_t i;

    (void)state;
    assert_true(spot_read("57-3", &at));
    assert_int_equal(at.seq, 57);
    assert_int_equal(at.index, 3);
    spot_text(at, text);
    assert_string_equal(text, "57-3");
    for (i = 0; i < COUNT(wrong); i++) {
        assert_false(spot_read(wrong[i], &at));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_and_dates_climb_by_working_days),
        cmocka_unit_test(a_repeat_waits_twice_as_long_as_the_one_before),
        cmocka_unit_test(without_repeats_the_last_rung_is_the_end),
        cmocka_unit_test(a_lag_climbs_by_further_windows),
        cmocka_unit_test(window_by_window_it_is_two_rungs_and_then_ever_more_slowly),
        cmocka_unit_test(what_was_taken_on_for_long_climbs_rung_by_rung_all_the_same),
        cmocka_unit_test(taken_on_or_paused_it_stays_where_it_is_to_the_last_day),
        cmocka_unit_test(a_line_says_all_of_a_problem_and_is_read_back),
        cmocka_unit_test(a_word_of_a_later_release_does_not_matter),
        cmocka_unit_test(a_line_that_is_not_in_its_form_is_refused),
        cmocka_unit_test(a_spot_is_an_entry_and_an_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
