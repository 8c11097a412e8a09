/* Figures of a unit at the end of a window, and of the wholes that units add up to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/score.h"
#include "tests/support/toy_claims.h"

static void
standing(const struct toy *toy, int indicator, int unit, const char *period,
         struct standing *out)
{
    struct window w = toy_window(period);

    score_standing(toy->c, toy->f, indicator, unit, w.year, &w, out);
}

static enum verdict
verdict_of(const struct toy *toy, enum toy_target target, int unit, const char *period)
{
    struct subject_ref s = {unit, toy->c->units[unit].level, false};
    struct window w = toy_window(period);
    struct score score;

    score_subject(toy->c, toy->f, &toy->c->targets[target], s, w.year, &w, &score);
    return score.verdict;
}

static void
zero_absent_and_not_applicable_are_three_things(void **state)
{
    static const struct {
        const char *name;
        int64_t in_force;
        int64_t digitised;
        enum verdict verdict;
    } cases[] = {
        {"zero digitised", 100, 0, VERDICT_MISSED},
        {"nothing in force", 0, 0, VERDICT_NOT_APPLICABLE},
        {"numerator absent", 100, TOY_ABSENT, VERDICT_NO_DATA},
        {"denominator absent", TOY_ABSENT, 50, VERDICT_NO_DATA},
        {"numerator not applicable", 100, TOY_NOT_APPLICABLE, VERDICT_NOT_APPLICABLE},
        {"denominator not applicable", TOY_NOT_APPLICABLE, 50, VERDICT_NOT_APPLICABLE},
        {"both not applicable", TOY_NOT_APPLICABLE, TOY_NOT_APPLICABLE,
         VERDICT_NOT_APPLICABLE},
    };
    struct toy *toy = *state;
    size_t i;

    same_verdict("nothing reported", verdict_of(toy, TOY_7C, TOY_COMMUNE, "2023-12"),
                 VERDICT_NO_DATA);
    for (i = 0; i < COUNT(cases); i++) {
        toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-12",
                   cases[i].in_force, cases[i].digitised);
        same_verdict(cases[i].name, verdict_of(toy, TOY_7C, TOY_COMMUNE, "2023-12"),
                     cases[i].verdict);
    }
}

static void
a_stock_is_the_latest_but_a_missing_window_is_not_judged(void **state)
{
    struct toy *toy = *state;
    struct standing st;

    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2022-12", 1000, 500);
    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-05", 1000, 600);
    standing(toy, TOY_DIGITISATION, TOY_COMMUNE, "2023-05", &st);
    assert_true(st.has && st.complete);
    assert_int_equal(st.num, 600);
    assert_int_equal(st.entry, 2);
    assert_int_equal(st.first, toy_window("2023-05").first);
    standing(toy, TOY_DIGITISATION, TOY_COMMUNE, "2023-06", &st); /* shown, dated */
    assert_true(st.has && !st.complete);
    assert_int_equal(st.num, 600);
    assert_int_equal(st.last, toy_window("2023-05").last);
    same_verdict("June", verdict_of(toy, TOY_7C, TOY_COMMUNE, "2023-06"),
                 VERDICT_NO_DATA);
    standing(toy, TOY_DIGITISATION, TOY_COMMUNE, "2023-04", &st); /* not of last year */
    assert_false(st.has);
    same_verdict("April", verdict_of(toy, TOY_7C, TOY_COMMUNE, "2023-04"),
                 VERDICT_NO_DATA);
}

static void
of_two_states_of_one_day_the_later_report_counts(void **state)
{
    struct toy *toy = *state;
    struct standing st;

    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-06:1000:500");
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023@2023-06-30:1000:501");
    standing(toy, TOY_DIGITISATION, TOY_COMMUNE, "2023-06", &st);
    assert_int_equal(st.num, 501);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-06:1000:502"); /* corrected */
    standing(toy, TOY_DIGITISATION, TOY_COMMUNE, "2023-06", &st);
    assert_int_equal(st.num, 502);
    assert_true(st.complete);
}

struct tiling {
    const char *name;
    const char *reports; /* period:files:online … */
    const char *at;
    bool has;
    bool complete;
    enum verdict verdict; /* at least 60, flat */
    int64_t num;
    int64_t den;
    const char *covered_to; /* "": as the window */
};

static const struct tiling tilings[] = {
    {"three months", "2023-01:100:60 2023-02:100:70 2023-03:100:50", "2023-03", true,
     true, VERDICT_ON_PACE, 180, 300, ""},
    {"a gap ends the year so far", "2023-01:100:60 2023-03:100:50", "2023-03", true,
     false, VERDICT_NO_DATA, 60, 100, "2023-01-31"},
    {"a gap at the end", "2023-01:100:60 2023-02:100:50", "2023-03", true, false,
     VERDICT_NO_DATA, 110, 200, "2023-02-28"},
    {"a gap at the start leaves nothing", "2023-02:100:60 2023-03:100:50", "2023-03",
     false, false, VERDICT_NO_DATA, 0, 0, "2022-12-31"},
    {"an absent figure is a gap", "2023-01:100:60 2023-02:100:a 2023-03:100:50",
     "2023-03", true, false, VERDICT_NO_DATA, 60, 100, "2023-01-31"},
    {"a wide window closes it", "2023-Q1:300:200 2023-03:100:50 2023-04:100:10",
     "2023-04", true, true, VERDICT_BEHIND, 210, 400, ""},
    {"a wide window behind a gap", "2023-02:100:1 2023-Q1:300:200 2023-04:100:10",
     "2023-04", true, true, VERDICT_BEHIND, 210, 400, ""},
    {"the widest windows, not the most",
     "2023-01:9:9 2023-02:9:9 2023-03:9:9 "
     "2023-Q1:100:60 2023-Q2:100:60 2023-H1:210:140",
     "2023-06", true, true, VERDICT_ON_PACE, 140, 210, ""},
    {"the widest before what follows",
     "2023-01:9:9 2023-02:9:9 2023-Q1:100:60 2023-03:9:9 2023-04:100:60", "2023-04",
     true, true, VERDICT_ON_PACE, 120, 200, ""},
    {"an absent figure among them",
     "2023@2023-01-20:50:30 2023-01:100:60 2023-02:100:a 2023-03:100:60", "2023-03",
     true, false, VERDICT_NO_DATA, 60, 100, "2023-01-31"},
    {"the latest cumulative", "2023-01:100:60 2023@2023-02-20:150:30 2023-02:100:60",
     "2023@2023-02-20", true, true, VERDICT_BEHIND, 30, 150, ""},
    {"cumulative, then months", "2023@2023-02-28:150:30 2023-03:100:90", "2023-03",
     true, true, VERDICT_BEHIND, 120, 250, ""},
    {"months reach further than a cumulative",
     "2023-01:100:60 2023-02:100:60 2023@2023-02-20:150:30", "2023-02", true, true,
     VERDICT_ON_PACE, 120, 200, ""},
    {"a month in which it did not apply", "2023-01:x:x 2023-02:100:60", "2023-02", true,
     true, VERDICT_ON_PACE, 60, 100, ""},
    {"it never applied", "2023-01:x:x 2023-02:x:x", "2023-02", false, true,
     VERDICT_NOT_APPLICABLE, 0, 0, ""},
    {"nothing happened", "2023-01:0:0 2023-02:0:0", "2023-02", true, true,
     VERDICT_NOT_APPLICABLE, 0, 0, ""},
    {"last year's months do not count", "2022-12:100:60 2023-01:100:10", "2023-01",
     true, true, VERDICT_BEHIND, 10, 100, ""},
    {"later months do not count", "2023-01:100:60 2023-02:100:0", "2023-01", true, true,
     VERDICT_ON_PACE, 60, 100, ""},
};

static void
a_flow_is_the_year_so_far_without_a_gap(void **state)
{
    struct toy *toy = *state;
    char covered_to[DAY_TEXT_BYTES];
    struct standing st;
    size_t i;

    for (i = 0; i < COUNT(tilings); i++) {
        const struct tiling *t = &tilings[i];
        struct window w = toy_window(t->at);

        toy_reports(toy, TOY_COMMUNE, TOY_WORK, t->reports);
        standing(toy, TOY_WORK, TOY_COMMUNE, t->at, &st);
        same_number(t->name, "has", st.has, t->has);
        same_number(t->name, "complete", st.complete, t->complete);
        same_number(t->name, "num", st.num, t->num);
        same_number(t->name, "den", st.den, t->den);
        same_number(t->name, "first", st.first, toy_window("2023").first);
        day_text(t->covered_to[0] == '\0' ? w.last : st.covered_to, covered_to);
        if (t->covered_to[0] != '\0' && strcmp(covered_to, t->covered_to) != 0) {
            fail_msg("%s: covered_to: got %s, want %s", t->name, covered_to,
                     t->covered_to);
        }
        same_verdict(t->name, verdict_of(toy, TOY_WORK_C, TOY_COMMUNE, t->at),
                     t->verdict);
        facts_free(&toy->f);
        toy->f = facts_new(toy->c);
    }
}

static void
a_unit_that_began_inside_the_year_begins_there(void **state)
{
    struct toy *toy = *state;
    struct standing st;

    toy_reports(toy, TOY_YOUNG, TOY_WORK, "2025-03:100:60 2025-04:100:60");
    standing(toy, TOY_WORK, TOY_YOUNG, "2025-04", &st);
    assert_true(st.complete);
    assert_int_equal(st.den, 200);
    assert_int_equal(st.first, toy_window("2025-03").first);
    /* An as-of report says nothing about where its months begin. */
    toy_reports(toy, TOY_YOUNG, TOY_WORK, "2025@2025-03-20:70:40");
    standing(toy, TOY_WORK, TOY_YOUNG, "2025-04", &st);
    assert_int_equal(st.den, 200);
    toy->c->units[TOY_YOUNG].from = day_from_civil(2025, 3, 15); /* inside a month */
    standing(toy, TOY_WORK, TOY_YOUNG, "2025-04", &st);
    assert_true(st.complete);
    assert_int_equal(st.den, 200);
}

static const struct subject_ref under_district = {TOY_DISTRICT, LEVEL_COMMUNE, true};

/* 10/100, 90/100 and 300/1000: 400 of 1200 is 33,33 %; the mean of ratios would be 43.
 */
static void
district_put(struct toy *toy)
{
    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-06", 100, 10);
    toy_report(toy->c, toy->f, TOY_COMMUNE_B, TOY_DIGITISATION, "2023-06", 100, 90);
    toy_report(toy->c, toy->f, TOY_COMMUNE_C, TOY_DIGITISATION, "2023-06", 1000, 300);
    toy_report(toy->c, toy->f, TOY_DISTRICT, TOY_DIGITISATION, "2023-06", 5000, 5000);
    toy_report(toy->c, toy->f, TOY_EXEMPT, TOY_DIGITISATION, "2023-06", 5000, 5000);
    toy_report(toy->c, toy->f, TOY_ASSUMED, TOY_DIGITISATION, "2023-06", 5000, 5000);
}

static void
a_district_is_the_sum_of_its_communes(void **state)
{
    struct toy *toy = *state;
    struct score s;

    district_put(toy);
    toy_score(toy, TOY_7C, under_district, "2023-06", &s);
    same_verdict("sum", s.verdict, VERDICT_INFO); /* shown, not judged */
    same_number("sum", "num", s.standing.num, 400);
    same_number("sum", "den", s.standing.den, 1200);
    same_number("sum", "covered", s.standing.covered, 3);
    same_number("sum", "units", s.standing.units, 3); /* the exempt one is left out */
    same_number("sum", "entry", (int64_t)s.standing.entry, 3);
    assert_true(s.standing.complete);
    same_ratio("sum", "required", s.required, ratio_of(16395, 365));

    /* What lies under a district does not hold the district's own figure. */
    toy_score(toy, TOY_7C, (struct subject_ref){TOY_DISTRICT, LEVEL_ALL, true},
              "2023-06", &s);
    same_number("under", "units", s.standing.units, 3);
}

static void
a_unit_counts_on_both_sides_or_not_at_all(void **state)
{
    struct toy *toy = *state;
    struct score s;

    district_put(toy);
    /* One lacks a measure: out on both sides. 400-10 of 1200-100. */
    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-06", 100,
               TOY_ABSENT);
    toy_score(toy, TOY_7C, under_district, "2023-06", &s);
    same_number("2 of 3", "num", s.standing.num, 390);
    same_number("2 of 3", "den", s.standing.den, 1100);
    same_number("2 of 3", "covered", s.standing.covered, 2);
    same_number("2 of 3", "units", s.standing.units, 3);
    assert_false(s.standing.complete);

    /* To one it does not apply, and it says so: 2 of 2. */
    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-06",
               TOY_NOT_APPLICABLE, TOY_NOT_APPLICABLE);
    toy_score(toy, TOY_7C, under_district, "2023-06", &s);
    same_number("2 of 2", "covered", s.standing.covered, 2);
    same_number("2 of 2", "units", s.standing.units, 2);
    assert_true(s.standing.complete);

    /* May's figure is not June's. */
    toy_score(toy, TOY_7C, under_district, "2023-07", &s);
    same_number("July", "covered", s.standing.covered, 0);
    assert_false(s.standing.has);
}

static void
a_level_is_judged_only_when_everybody_is_in(void **state)
{
    static const int communes[] = {TOY_COMMUNE, TOY_COMMUNE_B, TOY_COMMUNE_C,
                                   TOY_EXEMPT,  TOY_UNKNOWN,   TOY_ASSUMED};
    static const struct subject_ref level = {NONE, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct score s;
    size_t i;

    toy->c->targets[TOY_9C].due = day_from_civil(2023, 1, 31);
    for (i = 0; i < COUNT(communes); i++) {
        toy_score(toy, TOY_9C, level, "2023-01", &s);
        same_verdict("incomplete", s.verdict, VERDICT_NO_DATA);
        same_number("incomplete", "covered", s.standing.covered, (int64_t)i);
        same_number("incomplete", "units", s.standing.units, 6); /* 21061 is later */
        toy_report(toy->c, toy->f, communes[i], TOY_WORK, "2023-01", 100, 60);
    }
    toy_score(toy, TOY_9C, level, "2023-01", &s);
    same_verdict("complete", s.verdict, VERDICT_MET);
    same_number("complete", "den", s.standing.den, 600);
}

static void
the_province_over_all_levels_leaves_its_own_unit_out(void **state)
{
    static const struct subject_ref all = {NONE, LEVEL_ALL, false};
    static const struct subject_ref unit = {TOY_PROVINCE, LEVEL_PROVINCE, false};
    static const struct subject_ref districts = {NONE, LEVEL_DISTRICT, true};
    struct toy *toy = *state;
    struct score s;
    int i;

    for (i = TOY_DEPARTMENT; i < TOY_YOUNG; i++) {
        toy_report(toy->c, toy->f, i, TOY_WORK, "2023-01", 100, 60);
    }
    toy_score(toy, TOY_10C, all, "2023-01", &s);
    same_verdict("all", s.verdict, VERDICT_ON_WAY); /* due 31/12/2025 */
    same_number("all", "units", s.standing.units, 9);
    same_number("all", "den", s.standing.den, 900);
    assert_true(s.standing.complete);
    toy_score(toy, TOY_10C, unit, "2023-01", &s); /* asked for by the province's unit */
    same_number("by unit", "den", s.standing.den, 900);
    same_verdict("by unit", s.verdict, VERDICT_ON_WAY);
    toy_score(toy, TOY_10C, districts, "2023-01", &s);
    same_number("districts", "units", s.standing.units, 2);
    same_verdict("districts", s.verdict, VERDICT_INFO);
}

static void
an_exempt_unit_is_exempt_and_an_unknown_one_is_scored(void **state)
{
    struct toy *toy = *state;
    struct subject_ref exempt = {TOY_EXEMPT, LEVEL_COMMUNE, false};
    struct score s;

    toy_report(toy->c, toy->f, TOY_EXEMPT, TOY_DIGITISATION, "2023-06", 1000, 1);
    toy_report(toy->c, toy->f, TOY_UNKNOWN, TOY_DIGITISATION, "2023-06", 1000, 1);
    toy_score(toy, TOY_7C, exempt, "2023-06", &s);
    same_verdict("exempt", s.verdict, VERDICT_EXEMPT);
    same_ratio("exempt", "value", s.value, ratio_of(1, 10));
    same_ratio("exempt", "required", s.required, ratio_of(0, 0));
    same_verdict("unknown", verdict_of(toy, TOY_7C, TOY_UNKNOWN, "2023-06"),
                 VERDICT_BEHIND);
    same_verdict("info", verdict_of(toy, TOY_INFO, TOY_COMMUNE, "2023-06"),
                 VERDICT_INFO);
}

/* --- which reports make it --- */

static void
the_reports_of_a_figure_are_named(void **state)
{
    static const struct {
        const char *name;
        int unit;
        int group;
        const char *reports;
        const char *window;
        const char *want;
    } cases[] = {
        {"nothing", TOY_COMMUNE, TOY_WORK, "", "2025-03", ""},
        {"months", TOY_COMMUNE, TOY_WORK, "2025-01:9:1 2025-02:9:1 2025-03:9:1",
         "2025-02", "2025-01 2025-02"},
        {"up to a gap", TOY_COMMUNE_B, TOY_WORK, "2025-01:9:1 2025-03:9:1", "2025-03",
         "2025-01"},
        {"the year so far at once", TOY_COMMUNE, TOY_WORK, "2025@2025-03-31:20:3",
         "2025-03", "2025@2025-03-31"},
        {"the year so far, and the month behind it", TOY_COMMUNE, TOY_WORK,
         "2025-04:9:1", "2025-04", "2025@2025-03-31 2025-04"},
        {"the wider one of two, not what lies inside", TOY_COMMUNE_C, TOY_WORK,
         "2025-01:9:1 2025@2025-02-28:20:3 2025-03:9:1", "2025-03",
         "2025@2025-02-28 2025-03"},
        {"a report without a measure is in no figure", TOY_UNKNOWN, TOY_WORK,
         "2025-01:9:a", "2025-01", ""},
        /* It began on 1/3/2025: its year so far begins there. */
        {"a unit that began inside the year", TOY_YOUNG, TOY_PORTAL,
         "2025@2025-04-30:100:40 2025-05:50:10", "2025-05", "2025@2025-04-30 2025-05"},
        {"a state: the newest", TOY_COMMUNE, TOY_DIGITISATION,
         "2025-01:9:1 2025-02:9:2", "2025-03", "2025-02"},
    };
    struct toy *toy = *state;
    size_t i;
    size_t k;

    for (i = 0; i < COUNT(cases); i++) {
        const struct fact *facts[STANDING_FACTS_MAX];
        struct window w = toy_window(cases[i].window);
        size_t count;

        toy_reports(toy, cases[i].unit, cases[i].group, cases[i].reports);
        count =
            score_standing_facts(toy->c, toy->f,
                                 toy->c
                                     ->targets[cases[i].group == TOY_WORK ? TOY_WORK_C
                                               : cases[i].group == TOY_PORTAL ? TOY_FULL
                                                                              : TOY_7C]
                                     .indicator,
                                 cases[i].unit, 2025, &w, facts, COUNT(facts));
        buf_clear(&toy->line);
        for (k = 0; k < count; k++) {
            buf_format(&toy->line, "%s%s", k == 0 ? "" : " ", facts[k]->window.code);
        }
        same_text(cases[i].name, "reports", buf_str(&toy->line), cases[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(zero_absent_and_not_applicable_are_three_things),
        CLAIM(a_stock_is_the_latest_but_a_missing_window_is_not_judged),
        CLAIM(of_two_states_of_one_day_the_later_report_counts),
        CLAIM(a_flow_is_the_year_so_far_without_a_gap),
        CLAIM(a_unit_that_began_inside_the_year_begins_there),
        CLAIM(a_district_is_the_sum_of_its_communes),
        CLAIM(a_unit_counts_on_both_sides_or_not_at_all),
        CLAIM(a_level_is_judged_only_when_everybody_is_in),
        CLAIM(the_province_over_all_levels_leaves_its_own_unit_out),
        CLAIM(an_exempt_unit_is_exempt_and_an_unknown_one_is_scored),
        CLAIM(the_reports_of_a_figure_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
