/*
 * What alert should be open after all windows of a year.
 * Of 1.000 results a commune needs in 2023, at the end of each month, by
 * 35 + 20*days/365 percent, rounded up (days 31 59 90 120 151 181 212 243 273 304 334):
 *   367 383 400 416 433 450 467 484 500 517 534, and 550 on the last day.
 * 2,00 points are 20 of 1.000: in April 41,5753 - 39,5 = 2,07 opens, 39,6 does not.
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

static const struct subject_ref commune = {TOY_COMMUNE, LEVEL_COMMUNE, false};

/* Only the months that matter are written; those before are on pace: */
#define TO_MARCH "2023-01:1000:367 2023-02:1000:383 2023-03:1000:400 "

struct ladder_case {
    const char *name;
    const char *reports;
    const char *until;
    enum alert_kind kind;
    bool ever;
    const char *at; /* NULL: not looked at */
    const char *since;
    uint32_t windows;
};

static const struct ladder_case ladder[] = {
    {"on pace all along", TO_MARCH "2023-04:1000:416 2023-05:1000:433 2023-06:1000:450",
     "2023-06", ALERT_NONE, false, NULL, "", 0},
    {"one window is not enough", TO_MARCH "2023-04:1000:300", "2023-04", ALERT_NONE,
     false, NULL, "", 0},
    {"two windows in a row", TO_MARCH "2023-04:1000:395 2023-05:1000:412", "2023-05",
     ALERT_BEHIND, true, "2023-05", "2023-04", 2},
    {"what ends later is not looked at", TO_MARCH "2023-04:1000:395 2023-05:1000:412",
     "2023-04", ALERT_NONE, false, NULL, "", 0},
    {"1,98 points, then more", TO_MARCH "2023-04:1000:396 2023-05:1000:300", "2023-05",
     ALERT_NONE, false, NULL, "", 0},
    {"more, then 1,98 points", TO_MARCH "2023-04:1000:300 2023-05:1000:413", "2023-05",
     ALERT_NONE, false, NULL, "", 0},
    /* (33*365 + 20*120)/36500 is 2 points short to the last digit; one more is 1,997 */
    {"2 points exactly", TO_MARCH "2023-04:36500:14445 2023-05:36500:15065", "2023-05",
     ALERT_BEHIND, true, "2023-05", "2023-04", 2},
    {"1,997 points", TO_MARCH "2023-04:36500:14446 2023-05:36500:15066", "2023-05",
     ALERT_NONE, false, NULL, "", 0},
    /* of 100: 42 and 44 needed */
    {"4 things", TO_MARCH "2023-04:100:38 2023-05:100:40", "2023-05", ALERT_NONE, false,
     NULL, "", 0},
    {"5 things", TO_MARCH "2023-04:100:37 2023-05:100:39", "2023-05", ALERT_BEHIND,
     true, "2023-05", "2023-04", 2},
    {"January and February open nothing", "2023-01:1000:300 2023-02:1000:300",
     "2023-02", ALERT_NONE, false, NULL, "", 0},
    {"nor when March is good", "2023-01:1000:300 2023-02:1000:300 2023-03:1000:400",
     "2023-03", ALERT_NONE, false, NULL, "", 0},
    {"March opens, and counts from January",
     "2023-01:1000:300 2023-02:1000:300 2023-03:1000:300", "2023-03", ALERT_BEHIND,
     true, "2023-03", "2023-01", 3},
    {"a missing month between", TO_MARCH "2023-04:1000:300 2023-06:1000:300", "2023-06",
     ALERT_NONE, false, NULL, "", 0},
    {"a new row behind it",
     TO_MARCH "2023-04:1000:300 2023-06:1000:300 2023-07:1000:300", "2023-07",
     ALERT_BEHIND, true, "2023-07", "2023-06", 2},
    {"a missing month does not end it", TO_MARCH "2023-04:1000:300 2023-05:1000:300",
     "2023-06", ALERT_BEHIND, true, "2023-05", "2023-04", 2},
    {"the present row begins behind it",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-07:1000:300", "2023-07",
     ALERT_BEHIND, true, "2023-07", "2023-07", 1},
    {"too small does not end it",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:20:20", "2023-06",
     ALERT_BEHIND, true, "2023-05", "2023-04", 2},
    {"not applicable does not end it",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:x:x", "2023-06", ALERT_BEHIND,
     true, "2023-05", "2023-04", 2},
    {"less than 2 points does not end it",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:1000:449", "2023-06",
     ALERT_BEHIND, true, "2023-06", "2023-04", 3},
    {"the first window on pace does",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:1000:450", "2023-06",
     ALERT_NONE, true, "2023-06", "", 0},
    {"it may open again",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:1000:450 2023-07:1000:300 "
              "2023-08:1000:300",
     "2023-08", ALERT_BEHIND, true, "2023-08", "2023-07", 2},
    {"what ended it is the newest good window",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:1000:450 2023-07:1000:467",
     "2023-07", ALERT_NONE, true, "2023-07", "", 0},
    {"also when a short one follows that opens nothing",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:1000:450 2023-07:1000:300",
     "2023-07", ALERT_NONE, true, "2023-06", "", 0},
    {"a correction that lifts leaves nothing",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-05:1000:433", "2023-05",
     ALERT_NONE, false, NULL, "", 0},
    {"a correction that does not",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-05:1000:301", "2023-05",
     ALERT_BEHIND, true, "2023-05", "2023-04", 2},
    {"missed on the exact line, without behind", "2023-12:1000:549", "2023-12",
     ALERT_MISSED, true, "2023-12", "2023-12", 1},
    {"one more is met", "2023-12:1000:550", "2023-12", ALERT_NONE, false, NULL, "", 0},
    {"behind, then missed", "2023-10:1000:400 2023-11:1000:400 2023-12:1000:549",
     "2023-12", ALERT_MISSED, true, "2023-12", "2023-10", 3},
    {"behind, then met", "2023-10:1000:400 2023-11:1000:400 2023-12:1000:550",
     "2023-12", ALERT_NONE, true, "2023-12", "", 0},
    {"recovered, then missed",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:1000:450 2023-12:1000:549",
     "2023-12", ALERT_MISSED, true, "2023-12", "2023-12", 1},
    {"recovered, then missed, then corrected to met",
     TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023-06:1000:450 2023-12:1000:549 "
              "2023-12:1000:550",
     "2023-12", ALERT_NONE, true, "2023-12", "", 0},
    {"behind, and December is missing", "2023-10:1000:400 2023-11:1000:400", "2023-12",
     ALERT_BEHIND, true, "2023-11", "2023-10", 2},
};

static void
the_ladder_opens_and_ends_as_told(void **state)
{
    struct toy *toy = *state;
    struct wanted w = {0};
    size_t i;

    for (i = 0; i < COUNT(ladder); i++) {
        toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, ladder[i].reports);
        toy_wanted(toy, TOY_7C, commune, ladder[i].until, &w);
        same_wanted(ladder[i].name, &w, ladder[i].kind, ladder[i].ever, ladder[i].at,
                    ladder[i].since, ladder[i].windows);
        facts_free(&toy->f);
        toy->f = facts_new(toy->c);
    }
}

/* When a lag of April and May ends. One point over the line is in June 45,9178 percent
 * (460 of 1.000), in July 47,6164 (477), in August 49,3151 (494), in September 50,9589
 * (510). */
struct close_case {
    const char *name;
    int windows;
    struct ratio points;
    const char *reports; /* behind April and May */
    const char *until;
    enum alert_kind kind;
    const char *at;
    const char *since;
    uint32_t in_row;
};

#define CLOSED(at) ALERT_NONE, at, "", 0
#define STILL_MAY ALERT_BEHIND, "2023-05", "2023-04", 2
#define STILL_MAY_TRUE ALERT_BEHIND, true, "2023-05", "2023-04", 2

static const struct close_case closes[] = {
    {"1: the first on pace",
     1,
     {0, 1},
     "2023-06:1000:450",
     "2023-06",
     CLOSED("2023-06")},
    {"2: one is not enough", 2, {0, 1}, "2023-06:1000:450", "2023-06", STILL_MAY},
    {"2: two are",
     2,
     {0, 1},
     "2023-06:1000:450 2023-07:1000:467",
     "2023-07",
     CLOSED("2023-07")},
    {"2: short again between",
     2,
     {0, 1},
     "2023-06:1000:450 2023-07:1000:466 2023-08:1000:484",
     "2023-08",
     ALERT_BEHIND,
     "2023-07",
     "2023-07",
     1},
    {"2: and two behind that",
     2,
     {0, 1},
     "2023-06:1000:450 2023-07:1000:466 2023-08:1000:484 2023-09:1000:500",
     "2023-09",
     CLOSED("2023-09")},
    {"2: a missing month breaks the row",
     2,
     {0, 1},
     "2023-06:1000:450 2023-08:1000:484",
     "2023-08",
     STILL_MAY},
    {"2: and it begins anew",
     2,
     {0, 1},
     "2023-06:1000:450 2023-08:1000:484 2023-09:1000:500",
     "2023-09",
     CLOSED("2023-09")},
    {"2: the year's step ends it at once",
     2,
     {0, 1},
     "2023-06:1000:550",
     "2023-06",
     CLOSED("2023-06")},
    {"2: December met", 2, {0, 1}, "2023-12:1000:550", "2023-12", CLOSED("2023-12")},
    {"2: December missed",
     2,
     {0, 1},
     "2023-11:1000:534 2023-12:1000:549",
     "2023-12",
     ALERT_MISSED,
     "2023-12",
     "2023-12",
     1},
    {"1 point: 0,98", 1, {1, 1}, "2023-06:1000:459", "2023-06", STILL_MAY},
    {"1 point: 1,08", 1, {1, 1}, "2023-06:1000:460", "2023-06", CLOSED("2023-06")},
    /* (35*365 + 20*181)/36500 and 365 more: exactly one point over */
    {"1 point exactly",
     1,
     {100, 100},
     "2023-06:36500:16760",
     "2023-06",
     CLOSED("2023-06")},
    {"1 point less one", 1, {100, 100}, "2023-06:36500:16759", "2023-06", STILL_MAY},
    {"2 and 1 point",
     2,
     {1, 1},
     "2023-06:1000:460 2023-07:1000:477",
     "2023-07",
     CLOSED("2023-07")},
    {"2 and 1 point: the second is too near",
     2,
     {1, 1},
     "2023-06:1000:460 2023-07:1000:476",
     "2023-07",
     STILL_MAY},
    {"2 and 1 point: that breaks the row",
     2,
     {1, 1},
     "2023-06:1000:460 2023-07:1000:476 2023-08:1000:494",
     "2023-08",
     STILL_MAY},
    {"2 and 1 point: and on",
     2,
     {1, 1},
     "2023-06:1000:460 2023-07:1000:476 2023-08:1000:494 2023-09:1000:510",
     "2023-09",
     CLOSED("2023-09")},
};

static void
a_lag_ends_as_its_target_says(void **state)
{
    struct toy *toy = *state;
    struct wanted w = {0};
    size_t i;

    for (i = 0; i < COUNT(closes); i++) {
        const struct close_case *k = &closes[i];

        toy->c->targets[TOY_7C].close_windows = k->windows;
        toy->c->targets[TOY_7C].close_points = k->points;
        toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                    TO_MARCH "2023-04:1000:300 2023-05:1000:300");
        toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, k->reports);
        toy_wanted(toy, TOY_7C, commune, k->until, &w);
        same_wanted(k->name, &w, k->kind, true, k->at, k->since, k->in_row);
        facts_free(&toy->f);
        toy->f = facts_new(toy->c);
    }
}

/* An extra report on 20/6 needs (35*365 + 20*171)/36500 = 44,3699 percent. */
static void
an_extra_report_ends_a_lag_only_where_one_window_does(void **state)
{
    struct toy *toy = *state;
    struct target *t = &toy->c->targets[TOY_7C];
    struct wanted w = {0};

    toy->c->groups[TOY_DIGITISATION].cumulative = true;
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                TO_MARCH "2023-04:1000:300 2023-05:1000:300 2023@2023-06-20:1000:449");
    t->close_windows = 1;
    toy_wanted(toy, TOY_7C, commune, "2023-06", &w);
    same_wanted("1", &w, ALERT_NONE, true, "2023@2023-06-20", "", 0);
    t->close_points = ratio_of(1, 1);
    toy_wanted(toy, TOY_7C, commune, "2023-06", &w);
    same_wanted("1 and 1 point", &w, STILL_MAY_TRUE);
    t->close_points = ratio_of(0, 1);
    t->close_windows = 2;
    toy_wanted(toy, TOY_7C, commune, "2023-06", &w);
    same_wanted("2", &w, STILL_MAY_TRUE);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-06:1000:450");
    toy_wanted(toy, TOY_7C, commune, "2023-06", &w);
    same_wanted("2, and June", &w, STILL_MAY_TRUE);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                "2023@2023-07-02:1000:300 2023-07:1000:467");
    toy_wanted(toy, TOY_7C, commune, "2023-07", &w);
    same_wanted("a short one between breaks no row", &w, ALERT_NONE, true, "2023-07",
                "", 0);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                "2023-07:1000:466 2023@2023-08-02:1000:550");
    toy_wanted(toy, TOY_7C, commune, "2023-08", &w);
    same_wanted("the year's step", &w, ALERT_NONE, true, "2023@2023-08-02", "", 0);
}

/* At most 20 percent all year: one point over the line is 19. */
static void
where_lower_is_better_the_points_lie_below(void **state)
{
    struct toy *toy = *state;
    struct target *t = &toy->c->targets[TOY_7C];
    struct wanted w = {0};

    toy->c->indicators[t->indicator].better_up = false;
    t->kind = TARGET_AT_MOST;
    t->pace = PACE_FLAT;
    t->threshold = ratio_of(20, 1);
    t->close_windows = 1;
    t->close_points = ratio_of(1, 1);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                "2023-01:1000:200 2023-02:1000:200 2023-03:1000:200 2023-04:1000:250 "
                "2023-05:1000:250 2023-06:1000:191");
    toy_wanted(toy, TOY_7C, commune, "2023-06", &w);
    same_wanted("19,1", &w, STILL_MAY_TRUE);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-06:1000:190");
    toy_wanted(toy, TOY_7C, commune, "2023-06", &w);
    same_wanted("19", &w, ALERT_NONE, true, "2023-06", "", 0);
}

static void
windows_before_alerts_from_open_nothing(void **state)
{
    struct toy *toy = *state;
    struct wanted w = {0};

    toy->c->alerts_from = day_from_civil(2023, 5, 1);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                TO_MARCH "2023-04:1000:300 2023-05:1000:300");
    toy_wanted(toy, TOY_7C, commune, "2023-05", &w);
    same_wanted("April does not count", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("but it is shown", w.latest.verdict, VERDICT_BEHIND);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-06:1000:300");
    toy_wanted(toy, TOY_7C, commune, "2023-06", &w);
    same_wanted("May and June do", &w, ALERT_BEHIND, true, "2023-06", "2023-04", 3);
    toy->c->alerts_from = day_from_civil(2024, 1, 1);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-12:1000:0");
    toy_wanted(toy, TOY_7C, commune, "2023-12", &w);
    same_wanted("missed before it", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("missed is shown", w.latest.verdict, VERDICT_MISSED);
}

static void
the_first_year_waits_for_december(void **state)
{
    struct toy *toy = *state;
    struct wanted w = {0};

    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                "2021-09:1000:0 2021-10:1000:0 2021-11:1000:0");
    toy_wanted(toy, TOY_7C, commune, "2021-11", &w);
    same_wanted("November", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("November", w.latest.verdict, VERDICT_ON_WAY);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2021-12:1000:149");
    toy_wanted(toy, TOY_7C, commune, "2021-12", &w);
    same_wanted("December", &w, ALERT_MISSED, true, "2021-12", "2021-12", 1);
}

/* Armed is told by the programme: lists not confirmed, illustrations, information. */
static void
who_is_not_armed_is_scored_and_wakes_nobody(void **state)
{
    static const struct {
        const char *name;
        enum toy_unit unit;
        bool simulated;
        enum verdict verdict;
        enum alert_kind kind;
    } cases[] = {
        {"plain", TOY_COMMUNE, false, VERDICT_BEHIND, ALERT_BEHIND},
        {"exempt", TOY_EXEMPT, true, VERDICT_EXEMPT, ALERT_NONE},
        {"not known", TOY_UNKNOWN, true, VERDICT_BEHIND, ALERT_NONE},
        {"assumed, in service", TOY_ASSUMED, false, VERDICT_BEHIND, ALERT_NONE},
        {"assumed, in a simulation", TOY_ASSUMED, true, VERDICT_BEHIND, ALERT_BEHIND},
    };
    struct toy *toy = *state;
    int32_t now = toy_window("2023-05").last;
    struct subject_ref s = commune;
    struct wanted w = {0};
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        s.unit = (int)cases[i].unit;
        toy_reports(toy, s.unit, TOY_DIGITISATION, "2023-04:1000:300 2023-05:1000:300");
        score_wanted(toy->c, toy->f, &toy->c->targets[TOY_7C], s, 2023, now,
                     cases[i].simulated, &w);
        same_text(cases[i].name, "kind", alert_kind_name(w.kind),
                  alert_kind_name(cases[i].kind));
        same_number(cases[i].name, "ever", w.ever, cases[i].kind != ALERT_NONE);
        same_verdict(cases[i].name, w.latest.verdict, cases[i].verdict);
    }
    toy->c->illustrative = true;
    toy_wanted(toy, TOY_7C, commune, "2023-05", &w);
    same_wanted("illustration", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("illustration", w.latest.verdict, VERDICT_BEHIND);
}

/* The roll-up of a district over its communes is shown; nobody is woken for it. */
static void
a_roll_up_opens_nothing(void **state)
{
    static const struct subject_ref under = {TOY_DISTRICT, LEVEL_COMMUNE, true};
    struct toy *toy = *state;
    struct wanted w = {0};
    int unit;

    for (unit = TOY_COMMUNE; unit <= TOY_COMMUNE_C; unit++) {
        toy_reports(toy, unit, TOY_DIGITISATION, "2023-04:1000:0 2023-05:1000:0");
    }
    toy_wanted(toy, TOY_7C, under, "2023-05", &w);
    same_wanted("roll-up", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("roll-up", w.latest.verdict, VERDICT_INFO);
    same_number("roll-up", "den", w.latest.standing.den, 3000);
}

static void
a_unit_that_ends_keeps_its_last_verdict(void **state)
{
    static const struct subject_ref district = {TOY_DISTRICT, LEVEL_DISTRICT, false};
    struct toy *toy = *state;
    struct wanted w = {0};

    /* 80 + 20*151/365 = 88,27 and 20*181/365 = 89,92 of 1.000 */
    toy_reports(toy, TOY_DISTRICT, TOY_DIGITISATION,
                "2025-05:1000:800 2025-06:1000:800");
    toy_wanted(toy, TOY_7B, district, "2025-12", &w);
    same_wanted("behind", &w, ALERT_BEHIND, true, "2025-06", "2025-05", 2);
    same_verdict("behind", w.latest.verdict, VERDICT_BEHIND);
    same_text("behind", "window", w.latest.window.code, "2025-06");
    toy_reports(toy, TOY_DISTRICT, TOY_DIGITISATION, "2025-06:1000:900");
    toy_wanted(toy, TOY_7B, district, "2025-12", &w);
    same_wanted("on pace", &w, ALERT_NONE, false, NULL, "", 0);
    same_verdict("on pace", w.latest.verdict, VERDICT_ON_PACE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(the_ladder_opens_and_ends_as_told),
        CLAIM(a_lag_ends_as_its_target_says),
        CLAIM(an_extra_report_ends_a_lag_only_where_one_window_does),
        CLAIM(where_lower_is_better_the_points_lie_below),
        CLAIM(windows_before_alerts_from_open_nothing),
        CLAIM(the_first_year_waits_for_december),
        CLAIM(who_is_not_armed_is_scored_and_wakes_nobody),
        CLAIM(a_roll_up_opens_nothing),
        CLAIM(a_unit_that_ends_keeps_its_last_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
