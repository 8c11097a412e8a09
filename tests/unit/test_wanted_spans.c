/* Alerts over several years, over wholes and without a cadence; the latest score. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/score.h"
#include "tests/support/toy_claims.h"

static const struct subject_ref commune = {TOY_COMMUNE, LEVEL_COMMUNE, false};
static const struct subject_ref province = {TOY_PROVINCE, LEVEL_PROVINCE, false};

/* 43rd, 23rd, 49th, 38th since 60th in 2020: 17, 18,5, 3,66 and 5,5 places a year. */
static void
a_rank_gain_is_one_alert_for_all_years(void **state)
{
    static const struct {
        const char *report;
        const char *year;
        enum verdict verdict;
        enum alert_kind kind;
        bool ever;
        const char *since;
    } cases[] = {
        {"2021:43:61", "2021", VERDICT_ON_PACE, ALERT_NONE, false, ""},
        {"2022:23:61", "2022", VERDICT_ON_PACE, ALERT_NONE, false, ""},
        {"2023:49:61", "2023", VERDICT_BEHIND, ALERT_BEHIND, true, "2023"},
        {"2024:38:61", "2024", VERDICT_ON_PACE, ALERT_NONE, true, ""},
        {"2025:36:61", "2025", VERDICT_MISSED, ALERT_MISSED, true, "2025"},
        {"2025:35:61", "2025", VERDICT_MET, ALERT_NONE, true, ""},
    };
    struct toy *toy = *state;
    struct wanted w = {0};
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *year = cases[i].year;

        toy_reports(toy, TOY_PROVINCE, TOY_INDICES, cases[i].report);
        toy_wanted_on(toy, TOY_1B, province, 2025, toy_window(year).last, &w);
        same_wanted(year, &w, cases[i].kind, cases[i].ever, NULL, cases[i].since,
                    cases[i].kind == ALERT_NONE ? 0 : 1);
        same_verdict(year, w.latest.verdict, cases[i].verdict);
        same_number(year, "ranked", w.latest.standing.ranked, 61);
    }
    /* 2025 was told as missed: what ends that is 2025, not 2024, which ended 2023. */
    same_text("resolved", "at", w.at.window.code, "2025");
}

static void
a_due_rank_is_on_the_way_until_its_year(void **state)
{
    struct toy *toy = *state;
    struct wanted w = {0};

    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2023:49:61 2024:38:61");
    toy_wanted_on(toy, TOY_1D, province, 2025, toy_window("2024").last, &w);
    same_wanted("2024", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("2024", w.latest.verdict, VERDICT_ON_WAY);
    same_number("2024", "need_year", w.latest.need_year, 8);
    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2025:31:61");
    toy_wanted_on(toy, TOY_1D, province, 2025, toy_window("2025").last, &w);
    same_wanted("2025", &w, ALERT_MISSED, true, "2025", "2025", 1);
    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2025:30:61");
    toy_wanted_on(toy, TOY_1D, province, 2025, toy_window("2025").last, &w);
    same_wanted("2025, corrected", &w, ALERT_NONE, false, NULL, "", 0);
}

static void
members_put(struct toy *toy, int from, int to, const char *reports)
{
    int unit;

    for (unit = from; unit <= to; unit++) {
        toy_reports(toy, unit, TOY_WORK, reports);
    }
}

/* The communes as a whole, at least 60 by 31/3/2023; judged once. */
static void
a_whole_is_judged_once_when_everybody_is_in(void **state)
{
    static const struct subject_ref level = {NONE, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct wanted w = {0};

    toy->c->targets[TOY_9C].due = day_from_civil(2023, 3, 31);
    members_put(toy, TOY_COMMUNE, TOY_ASSUMED, "2023-01:100:50 2023-02:100:50");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2023-02").last, &w);
    same_wanted("before", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("before", w.latest.verdict, VERDICT_ON_WAY);
    same_text("before", "window", w.latest.window.code, "2023-02");
    members_put(toy, TOY_COMMUNE, TOY_UNKNOWN, "2023-03:100:50");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2023-03").last, &w);
    same_wanted("5 of 6", &w, ALERT_NONE, false, NULL, "", 0);
    /* March is still coming in: February is the latest that speaks for the level. */
    same_text("5 of 6", "window", w.latest.window.code, "2023-02");
    toy_wanted_on(toy, TOY_9C, level, 2025, day_from_civil(2023, 5, 1), &w);
    same_wanted("5 of 6, late", &w, ALERT_NONE, false, NULL, "", 0);
    same_text("5 of 6, late", "window", w.latest.window.code, "2023-03");
    same_verdict("5 of 6, late", w.latest.verdict, VERDICT_NO_DATA);
    same_number("5 of 6, late", "covered", w.latest.standing.covered, 5);
    members_put(toy, TOY_ASSUMED, TOY_ASSUMED, "2023-03:100:50");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2023-03").last, &w);
    same_wanted("6 of 6", &w, ALERT_MISSED, true, "2023-03", "2023-03", 1);
    members_put(toy, TOY_COMMUNE, TOY_ASSUMED, "2023-04:1000:1000");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2023-04").last, &w);
    same_wanted("made up for in April", &w, ALERT_NONE, true, "2023-04", "", 0);

    /* The other way round: met in March stands, whatever April says. */
    members_put(toy, TOY_COMMUNE, TOY_ASSUMED, "2023-03:100:80 2023-04:1000:0");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2023-04").last, &w);
    same_wanted("met in March", &w, ALERT_NONE, false, NULL, "", 0);
}

static void
a_whole_does_not_fall_back_behind_a_hole(void **state)
{
    static const struct subject_ref level = {NONE, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct wanted w = {0};

    members_put(toy, TOY_COMMUNE, TOY_ASSUMED, "2023-01:100:50");
    members_put(toy, TOY_COMMUNE, TOY_COMMUNE, "2023@2023-03-31:300:150");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2023-03").last, &w);
    same_text("1 of 6", "window", w.latest.window.code, "2023-03");
    same_number("1 of 6", "covered", w.latest.standing.covered, 1);
    same_verdict("1 of 6", w.latest.verdict, VERDICT_NO_DATA);
}

/* 30th or better by the end of 2022: one alert for all years of the programme. */
static void
a_later_year_resolves_what_a_date_missed(void **state)
{
    static const struct {
        const char *report;
        const char *year;
        enum alert_kind kind;
        bool ever;
        const char *at;
        const char *since;
        uint32_t windows;
    } cases[] = {
        {"2021:50:61", "2021", ALERT_NONE, false, NULL, "", 0},
        {"2022:40:61", "2022", ALERT_MISSED, true, "2022", "2022", 1},
        {"2023:20:61", "2023", ALERT_NONE, true, "2023", "", 0},
        {"2023:31:61", "2023", ALERT_MISSED, true, "2022", "2022", 1},
        {"2024:30:61", "2024", ALERT_NONE, true, "2024", "", 0},
        {"2025:45:61", "2025", ALERT_NONE, true, "2024", "", 0}, /* judged once */
        {"2022:30:61", "2025", ALERT_NONE, false, NULL, "", 0},
    };
    struct toy *toy = *state;
    struct wanted w = {0};
    size_t i;

    toy->c->targets[TOY_1D].due = day_from_civil(2022, 12, 31);
    for (i = 0; i < COUNT(cases); i++) {
        toy_reports(toy, TOY_PROVINCE, TOY_INDICES, cases[i].report);
        toy_wanted_on(toy, TOY_1D, province, 2025, toy_window(cases[i].year).last, &w);
        same_wanted(cases[i].report, &w, cases[i].kind, cases[i].ever, cases[i].at,
                    cases[i].since, cases[i].windows);
    }
    /* Missed before alerts_from: that opens nothing, and no later year does. */
    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2022:40:61 2023:40:61 2024:40:61");
    toy->c->alerts_from = day_from_civil(2023, 1, 1);
    toy_wanted_on(toy, TOY_1D, province, 2025, toy_window("2025").last, &w);
    same_wanted("before alerts_from", &w, ALERT_NONE, false, NULL, "", 0);
}

/* Missed in March: what is short later changes nothing, the first good window ends it,
 * of the same year or of a later one. */
static void
a_missed_date_stays_missed_until_it_is_made_up_for(void **state)
{
    static const struct subject_ref level = {NONE, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct wanted w = {0};

    toy->c->targets[TOY_9C].due = day_from_civil(2023, 3, 31);
    members_put(toy, TOY_COMMUNE, TOY_ASSUMED,
                "2023-01:100:50 2023-02:100:50 2023-03:100:50 2023-04:100:89");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2023-12").last, &w);
    same_wanted("April, 239 of 400", &w, ALERT_MISSED, true, "2023-03", "2023-03", 1);
    members_put(toy, TOY_COMMUNE, TOY_ASSUMED, "2024-01:100:59");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2024-01").last, &w);
    same_wanted("January, short", &w, ALERT_MISSED, true, "2023-03", "2023-03", 1);
    members_put(toy, TOY_COMMUNE, TOY_ASSUMED, "2024-01:100:60");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2024-01").last, &w);
    same_wanted("January, met", &w, ALERT_NONE, true, "2024-01", "", 0);
    members_put(toy, TOY_COMMUNE, TOY_ASSUMED, "2023-04:100:90 2024-01:100:0");
    toy_wanted_on(toy, TOY_9C, level, 2025, toy_window("2024-01").last, &w);
    same_wanted("April, 240 of 400", &w, ALERT_NONE, true, "2023-04", "", 0);
}

/* 30th or better by the end of 2022: what the day decided is shown, whatever a later
 * window says or leaves open. */
static void
a_date_is_shown_as_it_was_judged(void **state)
{
    static const struct {
        const char *reports;
        const char *until;
        const char *window; /* shown, */
        enum verdict verdict;
        int64_t rank;
    } cases[] = {
        {"2021:20:61", "2021", "2021", VERDICT_ON_WAY, 20},
        {"2022:30:61", "2022", "2022", VERDICT_MET, 30},
        {"2023:31:61", "2023", "2022", VERDICT_MET, 30}, /* fell: judged once */
        {"2024:29:61", "2024", "2024", VERDICT_MET, 29}, /* and the newest may say so */
        {"2025:60:61", "2025", "2022", VERDICT_MET, 30},
        {"2022:31:61 2024:31:61", "2025", "2025", VERDICT_MISSED, 60},
        {"2024:30:61", "2025", "2024", VERDICT_MET, 30}, /* late, and then there */
    };
    struct toy *toy = *state;
    struct wanted w = {0};
    struct score met;
    size_t i;

    toy->c->targets[TOY_1D].due = day_from_civil(2022, 12, 31);
    for (i = 0; i < COUNT(cases); i++) {
        toy_reports(toy, TOY_PROVINCE, TOY_INDICES, cases[i].reports);
        toy_wanted_on(toy, TOY_1D, province, 2025, toy_window(cases[i].until).last, &w);
        same_text(cases[i].reports, "window", w.latest.window.code, cases[i].window);
        same_verdict(cases[i].reports, w.latest.verdict, cases[i].verdict);
        same_number(cases[i].reports, "rank", w.latest.standing.num, cases[i].rank);
    }
    assert_true(score_was_met(toy->c, toy->f, &toy->c->targets[TOY_1D], province,
                              toy_window("2025").last, &met));
    same_text("met", "window", met.window.code, "2024");
    assert_false(score_was_met(toy->c, toy->f, &toy->c->targets[TOY_1D], province,
                               toy_window("2023").last, &met));
    assert_false(score_was_met(toy->c, toy->f, &toy->c->targets[TOY_1B], province,
                               toy_window("2025").last, &met)); /* no date */
}

/* March is met or missed; April, due on 10/5/2023, is never sent. */
static void
a_hole_behind_the_day_does_not_hide_its_verdict(void **state)
{
    static const struct subject_ref level = {NONE, LEVEL_COMMUNE, false};
    static const struct {
        const char *march;
        enum verdict verdict;
    } cases[] = {{"2023-03:100:80", VERDICT_MET}, {"2023-03:100:50", VERDICT_MISSED}};
    struct toy *toy = *state;
    struct wanted w = {0};
    size_t i;

    toy->c->targets[TOY_9C].due = day_from_civil(2023, 3, 31);
    members_put(toy, TOY_COMMUNE, TOY_ASSUMED, "2023-01:100:50 2023-02:100:50");
    for (i = 0; i < COUNT(cases); i++) {
        members_put(toy, TOY_COMMUNE, TOY_ASSUMED, cases[i].march);
        toy_wanted_on(toy, TOY_9C, level, 2025, day_from_civil(2023, 6, 20), &w);
        same_verdict(cases[i].march, w.latest.verdict, cases[i].verdict);
        same_text(cases[i].march, "window", w.latest.window.code, "2023-03");
    }
}

/* Without a cadence every report speaks for itself. */
static void
without_a_cadence_one_report_opens(void **state)
{
    struct toy *toy = *state;
    struct wanted w = {0};

    toy->c->targets[TOY_FULL].full_marks = false;
    toy_reports(toy, TOY_COMMUNE, TOY_PORTAL, "2023@2023-02-10:1000:700");
    toy_wanted_on(toy, TOY_FULL, commune, 2023, day_from_civil(2023, 2, 9), &w);
    same_wanted("not yet", &w, ALERT_NONE, false, NULL, "", 0);
    assert_false(w.has_latest);
    toy_wanted_on(toy, TOY_FULL, commune, 2023, day_from_civil(2023, 2, 10), &w);
    same_wanted("at once", &w, ALERT_BEHIND, true, "2023@2023-02-10", "2023@2023-02-10",
                1);
    toy_reports(toy, TOY_COMMUNE, TOY_PORTAL, "2023@2023-03-10:1000:800");
    toy_wanted(toy, TOY_FULL, commune, "2023-03", &w);
    same_wanted("ended", &w, ALERT_NONE, true, "2023@2023-03-10", "", 0);
    toy_wanted(toy, TOY_INFO, commune, "2023-03", &w);
    same_wanted("info", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("info", w.latest.verdict, VERDICT_INFO);
}

/* A report between two months may end a lag; it does not count in one. */
static void
an_extra_report_ends_but_does_not_open(void **state)
{
    struct toy *toy = *state;
    struct wanted w = {0};

    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023-01:100:10 2023@2023-02-10:200:20");
    toy_wanted(toy, TOY_WORK_C, commune, "2023@2023-02-10", &w);
    same_wanted("not a second window", &w, ALERT_NONE, false, NULL, "", 0);
    same_text("but shown", "window", w.latest.window.code, "2023@2023-02-10");
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023-02:100:10");
    toy_wanted(toy, TOY_WORK_C, commune, "2023-02", &w);
    same_wanted("two months", &w, ALERT_BEHIND, true, "2023-02", "2023-01", 2);
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023@2023-03-10:300:200");
    toy_wanted(toy, TOY_WORK_C, commune, "2023@2023-03-10", &w);
    same_wanted("ended", &w, ALERT_NONE, true, "2023@2023-03-10", "", 0);
}

/* Due on the 5th working day: May 2023 (a Wednesday) on Wednesday 7/6. */
static void
a_window_that_is_overdue_is_shown_as_missing(void **state)
{
    struct toy *toy = *state;
    struct wanted w = {0};

    toy_wanted_on(toy, TOY_7C, commune, 2023, day_from_civil(2023, 1, 31), &w);
    assert_false(w.has_latest);
    toy_wanted_on(toy, TOY_7C, commune, 2023, day_from_civil(2023, 2, 20), &w);
    assert_true(w.has_latest); /* January was never sent */
    same_verdict("January", w.latest.verdict, VERDICT_NO_DATA);
    same_text("January", "window", w.latest.window.code, "2023-01");
    assert_false(w.latest.standing.has);

    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-04:1000:420");
    toy_wanted_on(toy, TOY_7C, commune, 2023, day_from_civil(2023, 6, 7), &w);
    same_verdict("on the due day", w.latest.verdict, VERDICT_ON_PACE);
    same_text("on the due day", "window", w.latest.window.code, "2023-04");
    toy_wanted_on(toy, TOY_7C, commune, 2023, day_from_civil(2023, 6, 8), &w);
    same_verdict("the day after", w.latest.verdict, VERDICT_NO_DATA);
    same_text("the day after", "window", w.latest.window.code, "2023-05");
    assert_true(w.latest.standing.has);
    same_number("the day after", "num", w.latest.standing.num, 420);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-05:1000:a");
    toy_wanted_on(toy, TOY_7C, commune, 2023, day_from_civil(2023, 6, 8), &w);
    same_verdict("sent without the figure", w.latest.verdict, VERDICT_NO_DATA);
    same_number("sent without the figure", "num", w.latest.standing.num, 420);

    /* Of a span of years the last figure may be another year's: due 30/4/2024. */
    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2022:23:61");
    toy_wanted_on(toy, TOY_1B, province, 2025, day_from_civil(2024, 4, 30), &w);
    same_verdict("2023 is due", w.latest.verdict, VERDICT_ON_PACE);
    toy_wanted_on(toy, TOY_1B, province, 2025, day_from_civil(2024, 5, 1), &w);
    same_verdict("2023 is overdue", w.latest.verdict, VERDICT_NO_DATA);
    same_text("2023 is overdue", "window", w.latest.window.code, "2023");
    same_number("2023 is overdue", "rank", w.latest.standing.num, 23);
}

static void
spans_are_a_year_or_all_years(void **state)
{
    static const struct {
        enum toy_target target;
        int first;
        int last;
    } cases[] = {{TOY_7C, 2023, 2023},    {TOY_WORK_C, 2023, 2023},
                 {TOY_SCORE, 2023, 2023}, {TOY_1B, 2021, 2025},
                 {TOY_1D, 2021, 2025},    {TOY_9C, 2021, 2025}};
    struct toy *toy = *state;
    int first;
    int last;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const struct target *t = &toy->c->targets[cases[i].target];

        target_span(toy->c, t, 2023, &first, &last);
        same_number(t->id, "first", first, cases[i].first);
        same_number(t->id, "last", last, cases[i].last);
    }
    toy->c->targets[TOY_9C].due = day_from_civil(2026, 3, 31);
    target_span(toy->c, &toy->c->targets[TOY_9C], 2023, &first, &last);
    same_number("due after the programme", "last", last, 2026);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_rank_gain_is_one_alert_for_all_years),
        CLAIM(a_due_rank_is_on_the_way_until_its_year),
        CLAIM(a_whole_is_judged_once_when_everybody_is_in),
        CLAIM(a_whole_does_not_fall_back_behind_a_hole),
        CLAIM(a_later_year_resolves_what_a_date_missed),
        CLAIM(a_missed_date_stays_missed_until_it_is_made_up_for),
        CLAIM(a_date_is_shown_as_it_was_judged),
        CLAIM(a_hole_behind_the_day_does_not_hide_its_verdict),
        CLAIM(without_a_cadence_one_report_opens),
        CLAIM(an_extra_report_ends_but_does_not_open),
        CLAIM(a_window_that_is_overdue_is_shown_as_missing),
        CLAIM(spans_are_a_year_or_all_years),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
