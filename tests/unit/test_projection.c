/* Where a subject arrives at its present pace, and what it would have to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/projection.h"
#include "tests/support/toy_claims.h"

static const struct subject_ref commune = {TOY_COMMUNE, LEVEL_COMMUNE, false};
static const struct subject_ref district = {TOY_DISTRICT, LEVEL_COMMUNE, true};

/* A change of the toy province, before anything is reported. */
typedef void change_of(struct toy *toy);

/* Results of which at most 10 percent may stay open. */
static void
lower(struct toy *toy)
{
    toy->c->indicators[TOY_DIGITISATION].better_up = false;
    toy->c->targets[TOY_7C].kind = TARGET_AT_MOST;
    toy->c->targets[TOY_7C].pace = PACE_FLAT;
    toy->c->targets[TOY_7C].threshold = (struct ratio){10, 1};
}

static void
by_2025(struct toy *toy)
{
    toy->c->targets[TOY_7C].kind = TARGET_AT_LEAST;
    toy->c->targets[TOY_7C].pace = PACE_DUE;
    toy->c->targets[TOY_7C].due = day_from_civil(2025, 12, 31);
    toy->c->targets[TOY_7C].threshold = (struct ratio){90, 1};
}

static void
more_than_half(struct toy *toy)
{
    toy->c->targets[TOY_7C].kind = TARGET_ABOVE;
    toy->c->targets[TOY_7C].pace = PACE_FLAT;
    toy->c->targets[TOY_7C].threshold = (struct ratio){50, 1};
}

static void
four_a_year(struct toy *toy)
{
    struct indicator *ind = &toy->c->indicators[TOY_WORK];

    ind->is_value = true;
    ind->numerator[0] = 2 * TOY_WORK;
    ind->denominator_count = 0;
    toy->c->targets[TOY_WORK_C].kind = TARGET_TIMES_PER_YEAR;
    toy->c->targets[TOY_WORK_C].threshold = (struct ratio){4, 1};
}

static void
overdue_share(struct toy *toy)
{
    toy->c->indicators[TOY_WORK].better_up = false;
    toy->c->targets[TOY_WORK_C].kind = TARGET_AT_MOST;
    toy->c->targets[TOY_WORK_C].threshold = (struct ratio){10, 1};
}

struct projection_case {
    const char *name;
    change_of *change;
    enum toy_target target;
    int group;
    const char *reports;
    const char *period;
    enum projection_why why;
    int64_t num;        /* projected */
    struct ratio value; /* and the figure */
    bool is_short;
    enum arrival arrival;
    const char *day; /* "" none */
};

#define STOCK TOY_7C, TOY_DIGITISATION
#define FLOW TOY_WORK_C, TOY_WORK

static const struct projection_case cases[] = {
    /* 330 in 273 days; 1130 + 330 * 92/273 = 1241,2; 183 to go: 151,4 days */
    {"a stock grows from the last window of the year before",
     NULL,
     STOCK,
     "2022-12:2386:800 2023-09:2386:1130",
     "2023-09",
     PROJECTION_GIVEN,
     1241,
     {124100, 2386},
     true,
     ARRIVAL_ON,
     "2024-02-29"},
    /* 100 in 91 days; 400 + 100 * 184/91 = 602,2; 150 to go: 136,5 days */
    {"else from the first window of the year",
     NULL,
     STOCK,
     "2023-03:1000:300 2023-06:1000:400",
     "2023-06",
     PROJECTION_GIVEN,
     602,
     {602, 10},
     false,
     ARRIVAL_ON,
     "2023-11-14"},
    {"the denominator stays what it is now",
     NULL,
     STOCK,
     "2023-03:500:300 2023-06:1000:400",
     "2023-06",
     PROJECTION_GIVEN,
     602,
     {602, 10},
     false,
     ARRIVAL_ON,
     "2023-11-14"},
    {"one point is no pace",
     NULL,
     STOCK,
     "2023-06:1000:400",
     "2023-06",
     PROJECTION_ONE_POINT,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
    {"not even with a later one",
     NULL,
     STOCK,
     "2023-06:1000:400 2023-07:1000:500",
     "2023-06",
     PROJECTION_ONE_POINT,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
    {"who stands still never arrives",
     NULL,
     STOCK,
     "2022-12:1000:400 2023-06:1000:400",
     "2023-06",
     PROJECTION_GIVEN,
     400,
     {40, 1},
     true,
     ARRIVAL_NEVER,
     ""},
    /* 380 - 20 * 184/181 = 359,7 */
    {"nor who falls",
     NULL,
     STOCK,
     "2022-12:1000:400 2023-06:1000:380",
     "2023-06",
     PROJECTION_GIVEN,
     359,
     {359, 10},
     true,
     ARRIVAL_NEVER,
     ""},
    /* 149 to go, one in 181 days: 26.969 days */
    {"who is too slow does not in the programme",
     NULL,
     STOCK,
     "2022-12:1000:400 2023-06:1000:401",
     "2023-06",
     PROJECTION_GIVEN,
     402,
     {402, 10},
     true,
     ARRIVAL_BEYOND,
     ""},
    {"who has reached it stays there",
     NULL,
     STOCK,
     "2022-12:1000:500 2023-06:1000:560",
     "2023-06",
     PROJECTION_GIVEN,
     620,
     {62, 1},
     false,
     ARRIVAL_REACHED,
     ""},
    /* 560 - 140 * 13/181 = 549,9; a day before 550,7 */
    {"unless it falls below",
     NULL,
     STOCK,
     "2022-12:1000:700 2023-06:1000:560",
     "2023-06",
     PROJECTION_GIVEN,
     417,
     {417, 10},
     true,
     ARRIVAL_LEAVES,
     "2023-07-13"},
    {"more than all there is none",
     NULL,
     STOCK,
     "2022-12:1000:100 2023-06:1000:900",
     "2023-06",
     PROJECTION_GIVEN,
     1000,
     {100, 1},
     false,
     ARRIVAL_REACHED,
     ""},
    {"in the year's last window there is nothing ahead",
     NULL,
     STOCK,
     "2022-12:1000:400 2023-12:1000:500",
     "2023-12",
     PROJECTION_OVER,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
    /* 100 in 181 days; 400 to go: 724 days; 915 to the due date: more than all */
    {"a due date is what is projected at",
     by_2025,
     STOCK,
     "2022-12:1000:400 2023-06:1000:500",
     "2023-06",
     PROJECTION_GIVEN,
     1000,
     {100, 1},
     false,
     ARRIVAL_ON,
     "2025-06-23"},
    /* 50 in 181 days; 499 -> 501 takes 2 * 181/50 = 7,24 days */
    {"equal to a strict threshold is not there yet",
     more_than_half,
     STOCK,
     "2022-12:1000:449 2023-06:1000:499",
     "2023-06",
     PROJECTION_GIVEN,
     549,
     {549, 10},
     false,
     ARRIVAL_ON,
     "2023-07-08"},
    /* -100 in 181 days; 100 too many: 181 days; 200 - 100 * 184/181 = 98,3 */
    {"lower is better: it falls there",
     lower,
     STOCK,
     "2022-12:1000:300 2023-06:1000:200",
     "2023-06",
     PROJECTION_GIVEN,
     99,
     {99, 10},
     false,
     ARRIVAL_ON,
     "2023-12-28"},
    /* 200 + 100 * 184/181 = 301,7 */
    {"lower is better: it rises",
     lower,
     STOCK,
     "2022-12:1000:100 2023-06:1000:200",
     "2023-06",
     PROJECTION_GIVEN,
     302,
     {302, 10},
     true,
     ARRIVAL_NEVER,
     ""},
    /* 20 in 181 days; 90 + 20 * 91/181 = 100,06, whole 101; a day before 99,94 */
    {"lower is better: it leaves",
     lower,
     STOCK,
     "2022-12:1000:70 2023-06:1000:90",
     "2023-06",
     PROJECTION_GIVEN,
     111,
     {111, 10},
     true,
     ARRIVAL_LEAVES,
     "2023-09-29"},
    {"a share of a flow stays what it is",
     NULL,
     FLOW,
     "2023@2023-06-30:100:40",
     "2023-06",
     PROJECTION_GIVEN,
     40,
     {40, 1},
     true,
     ARRIVAL_NEVER,
     ""},
    {"which may be enough",
     NULL,
     FLOW,
     "2023@2023-06-30:100:70",
     "2023-06",
     PROJECTION_GIVEN,
     70,
     {70, 1},
     false,
     ARRIVAL_REACHED,
     ""},
    /* 1 in 90 days: 365/90 = 4,06; three more: 270 days */
    {"a count of events goes on by the day",
     four_a_year,
     FLOW,
     "2023@2023-03-31:1:0",
     "2023-03",
     PROJECTION_GIVEN,
     4,
     {4, 1},
     false,
     ARRIVAL_ON,
     "2023-12-26"},
    {"and begins anew with the year",
     four_a_year,
     FLOW,
     "2023@2023-06-30:1:0",
     "2023-06",
     PROJECTION_GIVEN,
     2,
     {2, 1},
     true,
     ARRIVAL_BEYOND,
     ""},
    {"no event is no pace",
     four_a_year,
     FLOW,
     "2023@2023-06-30:0:0",
     "2023-06",
     PROJECTION_GIVEN,
     0,
     {0, 1},
     true,
     ARRIVAL_NEVER,
     ""},
    {"a small denominator",
     NULL,
     STOCK,
     "2022-12:100:40 2023-06:20:10",
     "2023-06",
     PROJECTION_TOO_SMALL,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
    {"not applicable",
     NULL,
     STOCK,
     "2022-12:100:40 2023-06:x:x",
     "2023-06",
     PROJECTION_NOT_APPLICABLE,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
    {"not reported is not zero",
     NULL,
     STOCK,
     "2022-12:100:40 2023-05:100:50",
     "2023-06",
     PROJECTION_NO_DATA,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
    {"nothing is set for the year",
     NULL,
     STOCK,
     "2020-01:100:40 2020-06:100:50",
     "2020-06",
     PROJECTION_UNSET,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
    {"points",
     NULL,
     TOY_SCORE,
     TOY_POINTS,
     "2023:7000:0",
     "2023",
     PROJECTION_VALUE,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
    {"shown only",
     NULL,
     TOY_INFO,
     TOY_PORTAL,
     "2023@2023-06-30:100:40",
     "2023@2023-06-30",
     PROJECTION_UNSET,
     0,
     {0, 0},
     false,
     ARRIVAL_NONE,
     ""},
};

static void
a_projection_is_what_a_hand_finds(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        const struct projection_case *at = &cases[i];
        struct projection p;
        struct toy *toy;
        struct score s;
        void *fresh = NULL;
        char day[DAY_TEXT_BYTES] = "";

        (void)toy_set_up(&fresh);
        toy = fresh;
        if (at->change != NULL) {
            at->change(toy);
        }
        toy_reports(toy, TOY_COMMUNE, at->group, at->reports);
        toy_score(toy, at->target, commune, at->period, &s);
        projection_subject(toy->c, toy->f, &toy->c->targets[at->target], commune, &s,
                           &p);
        if (p.arrival == ARRIVAL_ON || p.arrival == ARRIVAL_LEAVES) {
            day_text(p.day, day);
        }
        same_text(at->name, "why", projection_why_name(p.why),
                  projection_why_name(at->why));
        same_number(at->name, "projected count", p.num, at->num);
        same_ratio(at->name, "projected figure", p.value, at->value);
        same_number(at->name, "is short", p.is_short, at->is_short);
        same_text(at->name, "arrival", arrival_name(p.arrival),
                  arrival_name(at->arrival));
        same_text(at->name, "day", day, at->day);
        (void)toy_tear_down(&fresh);
    }
}

static void
others_decide_about_a_rank_and_exempt_units_owe_nothing(void **state)
{
    struct subject_ref province = {NONE, LEVEL_PROVINCE, false};
    struct subject_ref exempt = {TOY_EXEMPT, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct projection p;
    struct score s;

    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2022:50:61 2023:49:61");
    toy_score(toy, TOY_1D, province, "2023", &s);
    projection_subject(toy->c, toy->f, &toy->c->targets[TOY_1D], province, &s, &p);
    same_text("rank", "why", projection_why_name(p.why), "rank");
    toy_reports(toy, TOY_EXEMPT, TOY_DIGITISATION, "2022-12:100:40 2023-06:100:50");
    toy_score(toy, TOY_7C, exempt, "2023-06", &s);
    projection_subject(toy->c, toy->f, &toy->c->targets[TOY_7C], exempt, &s, &p);
    same_text("exempt", "why", projection_why_name(p.why), "exempt");
}

/* A sum grows by what its units do, not by who is in it. */
static void
a_whole_grows_from_a_point_of_the_same_units(void **state)
{
    struct toy *toy = *state;
    struct projection p;
    struct score s;

    toy->c->coverage = 30; /* one of the district's three communes will do */
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                "2022-12:1000:400 2023-03:1000:420 2023-06:1000:500");
    toy_reports(toy, TOY_COMMUNE_B, TOY_DIGITISATION, "2022-12:1000:100");
    toy_score(toy, TOY_7C, district, "2023-03", &s);
    projection_subject(toy->c, toy->f, &toy->c->targets[TOY_7C], district, &s, &p);
    same_text("another unit in December", "why", projection_why_name(p.why),
              "other_units");
    toy_score(toy, TOY_7C, district, "2023-06", &s);
    projection_subject(toy->c, toy->f, &toy->c->targets[TOY_7C], district, &s, &p);
    same_text("the same unit in March", "why", projection_why_name(p.why), "given");
    same_number("the same unit in March", "grown", p.grown, 80);
    toy_reports(toy, TOY_COMMUNE_B, TOY_DIGITISATION, "2023-06:1000:150");
    toy_score(toy, TOY_7C, district, "2023-06", &s);
    projection_subject(toy->c, toy->f, &toy->c->targets[TOY_7C], district, &s, &p);
    same_text("both in June", "why", projection_why_name(p.why), "given");
    same_number("both in June", "grown", p.grown, 150);
}

/* --- what would be needed --- */

struct need_case {
    const char *name;
    change_of *change;
    enum toy_target target;
    int group;
    const char *reports;
    const char *period;
    bool has;
    bool possible;
    int64_t things;
    int32_t days;
    int32_t working_days;
    int32_t windows;
    struct ratio month;
    struct ratio week;
    struct ratio window;
    struct ratio share;
    struct ratio coming;
};

static const struct need_case needs[] = {
    /* October to December 2023: 22 + 22 + 21 working days, nothing is a holiday */
    {"a stock's things, in the time left",
     NULL,
     STOCK,
     "2022-12:2386:800 2023-09:2386:1130",
     "2023-09",
     true,
     true,
     183,
     92,
     65,
     3,
     {183 * 365, 12 * 92},
     {183 * 5, 65},
     {61, 1},
     {0, 0},
     {0, 0}},
    {"with one point, too",
     NULL,
     STOCK,
     "2023-09:2386:1130",
     "2023-09",
     true,
     true,
     183,
     92,
     65,
     3,
     {183 * 365, 12 * 92},
     {183 * 5, 65},
     {61, 1},
     {0, 0},
     {0, 0}},
    {"nothing is needed of who is there",
     NULL,
     STOCK,
     "2023-09:1000:550",
     "2023-09",
     false,
     false,
     0,
     0,
     0,
     0,
     {0, 0},
     {0, 0},
     {0, 0},
     {0, 0},
     {0, 0}},
    {"nor when the year is over",
     NULL,
     STOCK,
     "2023-12:1000:500",
     "2023-12",
     false,
     false,
     0,
     0,
     0,
     0,
     {0, 0},
     {0, 0},
     {0, 0},
     {0, 0},
     {0, 0}},
    /* 60 * 100 * 365 - 100 * 40 * 181 = 1.466.000, over 100 * 184; 120,99 in all;
     * July to December 2023: 21 + 23 + 21 + 22 + 22 + 21 working days */
    {"a share of what is to come",
     NULL,
     FLOW,
     "2023@2023-06-30:100:40",
     "2023-06",
     true,
     true,
     81,
     184,
     130,
     6,
     {81 * 365, 12 * 184},
     {81 * 5, 130},
     {81, 6},
     {1466000, 18400},
     {18400, 181}},
    /* 2.190.000 - 100 * 5 * 181 = 2.099.500, over 18.400: 114,1 percent */
    {"which may be more than all",
     NULL,
     FLOW,
     "2023@2023-06-30:100:5",
     "2023-06",
     true,
     false,
     116,
     184,
     130,
     6,
     {116 * 365, 12 * 184},
     {116 * 5, 130},
     {116, 6},
     {2099500, 18400},
     {18400, 181}},
    /* 10 * 100 * 365 - 100 * 15 * 181 = 93.500, over 18.400: 5,08; 20,17 in all */
    {"lower is better: at most so many",
     overdue_share,
     FLOW,
     "2023@2023-06-30:100:15",
     "2023-06",
     true,
     true,
     5,
     184,
     130,
     6,
     {5 * 365, 12 * 184},
     {5 * 5, 130},
     {5, 6},
     {93500, 18400},
     {18400, 181}},
    /* 365.000 - 100 * 21 * 181 = -15.100 */
    {"lower is better: already too many for the year",
     overdue_share,
     FLOW,
     "2023@2023-06-30:100:21",
     "2023-06",
     true,
     false,
     -1,
     184,
     130,
     6,
     {0, 0},
     {0, 0},
     {0, 0},
     {-15100, 18400},
     {18400, 181}},
    /* April to December 2023: 20 + 23 + 22, then the 130 above */
    {"events to go",
     four_a_year,
     FLOW,
     "2023@2023-03-31:1:0",
     "2023-03",
     true,
     true,
     3,
     275,
     195,
     9,
     {3 * 365, 12 * 275},
     {15, 195},
     {3, 9},
     {0, 0},
     {0, 0}},
};

static void
a_pace_needed_is_what_a_hand_finds(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(needs); i++) {
        const struct need_case *at = &needs[i];
        struct projection_need n;
        struct toy *toy;
        struct score s;
        void *fresh = NULL;

        (void)toy_set_up(&fresh);
        toy = fresh;
        if (at->change != NULL) {
            at->change(toy);
        }
        toy_reports(toy, TOY_COMMUNE, at->group, at->reports);
        toy_score(toy, at->target, commune, at->period, &s);
        projection_need(toy->c, &toy->c->targets[at->target], &s, &n);
        same_number(at->name, "is there", n.has, at->has);
        same_number(at->name, "is possible", n.possible, at->possible);
        same_number(at->name, "things", n.things, at->things);
        same_number(at->name, "days", n.days, at->days);
        same_number(at->name, "working days", n.working_days, at->working_days);
        same_number(at->name, "windows", n.windows, at->windows);
        same_ratio(at->name, "a month", n.month, at->month);
        same_ratio(at->name, "a week", n.week, at->week);
        same_ratio(at->name, "a window", n.window, at->window);
        same_ratio(at->name, "share", n.share, at->share);
        same_ratio(at->name, "to come", n.coming, at->coming);
        (void)toy_tear_down(&fresh);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_projection_is_what_a_hand_finds),
        CLAIM(others_decide_about_a_rank_and_exempt_units_owe_nothing),
        CLAIM(a_whole_grows_from_a_point_of_the_same_units),
        cmocka_unit_test(a_pace_needed_is_what_a_hand_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
