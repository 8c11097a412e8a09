/*
 * What the engine once did otherwise than the documents say, found by comparing it with
 * the model of tests/property. Worked by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/score.h"
#include "tests/support/toy_claims.h"

static const struct subject_ref one = {TOY_COMMUNE, LEVEL_COMMUNE, false};
static const struct subject_ref young = {TOY_YOUNG, LEVEL_COMMUNE, false};

/* Files online over all files, the second one counted in the whole too: a sum of two.
 */
static void
what_does_not_apply_adds_nothing_to_a_sum(void **state)
{
    static const struct {
        const char *name;
        const char *report;
        enum verdict verdict;
        int64_t num;
        int64_t den;
    } cases[] = {
        {"both", "2023-12:100:60", VERDICT_MISSED, 60, 160},
        {"one does not apply", "2023-12:x:60", VERDICT_MET, 60, 60},
        {"one is not reported", "2023-12:a:60", VERDICT_NO_DATA, 0, 0},
        {"all of one side does not apply", "2023-12:100:x", VERDICT_NOT_APPLICABLE, 0,
         0},
        {"nor is the other reported", "2023-12:a:x", VERDICT_NO_DATA, 0, 0},
    };
    struct toy *toy = *state;
    struct indicator *ind = &toy->c->indicators[TOY_DIGITISATION];
    struct score s;
    size_t i;

    ind->denominator[1] = 2 * TOY_DIGITISATION + 1;
    ind->denominator_count = 2;
    for (i = 0; i < COUNT(cases); i++) {
        toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, cases[i].report);
        toy_score(toy, TOY_7C, one, "2023-12", &s);
        same_verdict(cases[i].name, s.verdict, cases[i].verdict);
        same_number(cases[i].name, "num", s.standing.num, cases[i].num);
        same_number(cases[i].name, "den", s.standing.den, cases[i].den);
    }
}

/* It began on 1/3/2025: what it says of the year so far goes on with April, as it does
 * for a unit that was there in January. */
static void
a_young_units_year_so_far_is_continued_by_months(void **state)
{
    struct toy *toy = *state;
    struct score s;

    toy_reports(toy, TOY_YOUNG, TOY_WORK, "2025@2025-03-31:100:50 2025-04:100:70");
    toy_score(toy, TOY_WORK_C, young, "2025-04", &s);
    same_verdict("to April", s.verdict, VERDICT_ON_PACE);
    same_number("to April", "num", s.standing.num, 120);
    same_number("to April", "den", s.standing.den, 200);
    toy_reports(toy, TOY_YOUNG, TOY_WORK, "2025-06:100:70");
    toy_score(toy, TOY_WORK_C, young, "2025-06", &s);
    same_verdict("May is missing", s.verdict, VERDICT_NO_DATA);
    same_number("May is missing", "num", s.standing.num, 120);
}

/* Its first month and its year so far are the same days: the year so far counts. */
static void
a_young_units_year_so_far_comes_before_its_month(void **state)
{
    struct toy *toy = *state;
    struct score s;

    toy_reports(toy, TOY_YOUNG, TOY_WORK, "2025-03:100:10 2025@2025-03-31:100:60");
    toy_score(toy, TOY_WORK_C, young, "2025-03", &s);
    same_number("March", "num", s.standing.num, 60);
    toy_reports(toy, TOY_YOUNG, TOY_WORK, "2025@2025-03-31:100:a");
    toy_score(toy, TOY_WORK_C, young, "2025-03", &s);
    same_number("not of this measure", "num", s.standing.num, 10);
}

/* By Nghị định 09/2019 20/12/2023 lies in the year 2024, and so does the window that
 * judges it: of a target of 2023 alone it was judged by none. */
static void
a_date_behind_the_statutory_year_is_of_the_next(void **state)
{
    struct toy *toy = *state;
    struct target *t = &toy->c->targets[TOY_9C];

    toy->c->rule = CALENDAR_STATUTORY;
    t->years_from = 2023;
    t->years_to = 2023;
    t->due = day_from_civil(2023, 12, 20);
    same_number("20/12", "last year", target_year_last(toy->c, t), 2024);
    t->due = day_from_civil(2023, 12, 14);
    same_number("14/12", "last year", target_year_last(toy->c, t), 2023);
    toy->c->rule = CALENDAR_CIVIL;
    t->due = day_from_civil(2023, 12, 20);
    same_number("civil", "last year", target_year_last(toy->c, t), 2023);
}

/* A date of 15/6 opens nothing when alerts begin on 20/6, though June ends after it. */
static void
a_date_before_alerts_begin_opens_nothing(void **state)
{
    struct toy *toy = *state;
    struct target *t = &toy->c->targets[TOY_WORK_C];
    struct wanted w = {0};

    t->pace = PACE_DUE;
    t->due = day_from_civil(2023, 6, 15);
    toy->c->alerts_from = day_from_civil(2023, 6, 20);
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023@2023-06-30:100:10");
    toy_wanted_on(toy, TOY_WORK_C, one, 2025, toy_window("2023-06").last, &w);
    same_wanted("before", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("but shown", w.latest.verdict, VERDICT_MISSED);
    toy->c->alerts_from = t->due;
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023-01:50:5 2023-02:50:5");
    toy_wanted_on(toy, TOY_WORK_C, one, 2025, toy_window("2023-06").last, &w);
    same_wanted("on the day", &w, ALERT_MISSED, true, "2023-06", "2023-06", 1);
}

/* 1 of 3 late: 33,34 %, though nothing is asked of it. */
static void
what_is_only_shown_is_cut_toward_its_worse_side(void **state)
{
    struct toy *toy = *state;
    struct score s;

    toy_reports(toy, TOY_COMMUNE, TOY_PORTAL, "2023@2023-06-30:3:1");
    toy_score(toy, TOY_INFO, one, "2023@2023-06-30", &s);
    buf_clear(&toy->line);
    score_line(toy->c, &toy->c->targets[TOY_INFO], &s, &toy->line);
    assert_non_null(strstr(buf_str(&toy->line), "info value=33.33 "));
    toy->c->indicators[TOY_PORTAL].better_up = false;
    buf_clear(&toy->line);
    score_line(toy->c, &toy->c->targets[TOY_INFO], &s, &toy->line);
    assert_non_null(strstr(buf_str(&toy->line), "info value=33.34 "));
}

/* --- what an empty denominator means --- */

static void
an_empty_denominator_means_what_the_indicator_says(void **state)
{
    static const struct {
        const char *name;
        enum empty empty;
        bool better_up;
        const char *report;
        enum verdict verdict;
        int64_t percent; /* -1: none */
    } cases[] = {
        {"no ratio", EMPTY_NOT_APPLICABLE, true, "2023-12:0:0", VERDICT_NOT_APPLICABLE,
         -1},
        {"full marks", EMPTY_FULL, true, "2023-12:0:0", VERDICT_MET, 100},
        {"no marks", EMPTY_ZERO, true, "2023-12:0:0", VERDICT_MISSED, 0},
        {"full marks, lower is better", EMPTY_FULL, false, "2023-12:0:0", VERDICT_MET,
         0},
        {"no marks, lower is better", EMPTY_ZERO, false, "2023-12:0:0", VERDICT_MISSED,
         100},
        {"not applicable stays so", EMPTY_FULL, true, "2023-12:x:x",
         VERDICT_NOT_APPLICABLE, -1},
        {"not reported stays so", EMPTY_FULL, true, "2023-12:a:0", VERDICT_NO_DATA, -1},
        {"few are too few", EMPTY_FULL, true, "2023-12:29:0", VERDICT_TOO_SMALL, 0},
    };
    struct toy *toy = *state;
    struct indicator *ind = &toy->c->indicators[TOY_DIGITISATION];
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        ind->empty = cases[i].empty;
        ind->better_up = cases[i].better_up;
        toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, cases[i].report);
        toy_score(toy, TOY_7C, one, "2023-12", &s);
        same_verdict(cases[i].name, s.verdict, cases[i].verdict);
        same_ratio(cases[i].name, "value", s.value,
                   ratio_of(cases[i].percent, cases[i].percent < 0 ? 0 : 1));
        same_number(cases[i].name, "need_now", s.need_now, 0);
    }
}

/* In a whole the empty one adds nothing; where all are empty the whole is. */
static void
an_empty_unit_does_not_make_a_whole_full(void **state)
{
    static const struct subject_ref level = {NONE, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct score s;
    int unit;

    toy->c->indicators[TOY_WORK].empty = EMPTY_FULL;
    for (unit = TOY_COMMUNE; unit <= TOY_ASSUMED; unit++) {
        toy_reports(toy, unit, TOY_WORK, "2023@2023-12-31:0:0");
    }
    toy_score(toy, TOY_9C, level, "2023-12", &s);
    same_ratio("all are empty", "value", s.value, ratio_of(100, 1));
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023@2023-12-31:100:40");
    toy_score(toy, TOY_9C, level, "2023-12", &s);
    same_ratio("one is not", "value", s.value, ratio_of(40, 1));
    same_number("one is not", "covered", s.standing.covered, 6);
}

/* --- what was asked about, and holds --- */

/* A date of 31/12/2025 for a district that ended on 30/6/2025: last seen on the way,
 * not judged, no alert. */
static void
a_date_behind_the_end_of_a_unit_is_not_judged(void **state)
{
    static const struct subject_ref district = {TOY_DISTRICT, LEVEL_DISTRICT, false};
    struct toy *toy = *state;
    struct target *t = &toy->c->targets[TOY_7B];
    struct wanted w = {0};

    t->kind = TARGET_AT_LEAST;
    t->pace = PACE_DUE;
    t->threshold = ratio_of(80, 1);
    t->due = day_from_civil(2025, 12, 31);
    toy_reports(toy, TOY_DISTRICT, TOY_DIGITISATION, "2025-05:100:10 2025-06:100:11");
    toy_wanted_on(toy, TOY_7B, district, 2025, day_from_civil(2026, 6, 30), &w);
    same_wanted("closed", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("last seen", w.latest.verdict, VERDICT_ON_WAY);
    same_text("last seen", "window", w.latest.window.code, "2025-06");
    same_number("last seen", "num", w.latest.standing.num, 11);
    same_ratio("last seen", "gap", w.latest.gap, ratio_of(69, 1));
}

/* A correction of January is in every later sum of the year. */
static void
a_correction_scores_every_later_window_again(void **state)
{
    static const char *const months[] = {"2023-01", "2023-02", "2023-03", "2023-04"};
    struct toy *toy = *state;
    struct wanted w = {0};
    struct score s;
    size_t i;

    toy_reports(toy, TOY_COMMUNE, TOY_WORK,
                "2023-01:100:10 2023-02:100:60 2023-03:100:60 2023-04:100:60");
    for (i = 0; i < COUNT(months); i++) {
        toy_score(toy, TOY_WORK_C, one, months[i], &s);
        same_verdict(months[i], s.verdict, VERDICT_BEHIND);
        same_number(months[i], "num", s.standing.num, 10 + 60 * (int64_t)i);
    }
    toy_wanted(toy, TOY_WORK_C, one, "2023-04", &w);
    same_wanted("as reported", &w, ALERT_BEHIND, true, "2023-04", "2023-01", 4);
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023-01:100:60");
    for (i = 0; i < COUNT(months); i++) {
        toy_score(toy, TOY_WORK_C, one, months[i], &s);
        same_verdict(months[i], s.verdict, VERDICT_ON_PACE);
        same_number(months[i], "num", s.standing.num, 60 + 60 * (int64_t)i);
    }
    toy_wanted(toy, TOY_WORK_C, one, "2023-04", &w);
    same_wanted("corrected", &w, ALERT_NONE, false, NULL, "", 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(what_does_not_apply_adds_nothing_to_a_sum),
        CLAIM(a_young_units_year_so_far_is_continued_by_months),
        CLAIM(a_young_units_year_so_far_comes_before_its_month),
        CLAIM(a_date_behind_the_statutory_year_is_of_the_next),
        CLAIM(a_date_before_alerts_begin_opens_nothing),
        CLAIM(what_is_only_shown_is_cut_toward_its_worse_side),
        CLAIM(an_empty_denominator_means_what_the_indicator_says),
        CLAIM(an_empty_unit_does_not_make_a_whole_full),
        CLAIM(a_date_behind_the_end_of_a_unit_is_not_judged),
        CLAIM(a_correction_scores_every_later_window_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
