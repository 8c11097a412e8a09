/*
 * Every kind of target, with sums that were worked by hand from the documents: for each
 * one met, one short inside the year, one short at its end, one that leaves a unit out,
 * and the figure that equals the threshold. The documents: Tiền Giang II.2 (5), (6),
 * (10), (12) and IV.4; Quảng Ngãi II.3(2); chương trình 002 II.2.3; Tây Ninh II.1;
 * Bắc Kạn I.2.7.
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

/* What the group's indicator is made into. */
enum shape {
    RATIO_UP,   /* second measure over the first */
    RATIO_DOWN, /* the same, lower is better */
    COUNT_UP,   /* the first measure alone */
    COUNT_DOWN, /* the same, lower is better */
};

/* A target in hundredths of its unit, and what it is said of. */
struct promise {
    int group;
    enum shape shape;
    enum target_kind kind;
    int64_t hundredths;
    int due_year; /* 0: none; else 31/12 of it */
    int baseline_year;
    int64_t baseline_hundredths; /* 0: of the reports */
};

struct kind_case {
    const char *name;
    const struct promise *promise;
    int unit;
    const char *reports;
    const char *window;
    enum verdict verdict;
    int64_t need_now;
    int64_t need_year;
    const char *line; /* stands in the line that is kept; NULL: not looked at */
};

static struct target *
promise_make(struct toy *toy, const struct promise *p)
{
    struct indicator *ind = &toy->c->indicators[p->group];
    struct target *t = &toy->c->targets[TOY_WORK_C];
    bool value = p->shape == COUNT_UP || p->shape == COUNT_DOWN;

    ind->is_value = value;
    ind->ranked = NONE;
    ind->better_up = p->shape == RATIO_UP || p->shape == COUNT_UP;
    ind->numerator[0] = value ? 2 * p->group : 2 * p->group + 1;
    ind->denominator_count = value ? 0 : 1;
    t->indicator = p->group;
    t->kind = p->kind;
    t->threshold = ratio_of(p->hundredths, 100);
    t->pace = p->due_year != 0          ? PACE_DUE
              : p->kind == TARGET_STEPS ? PACE_LINEAR
                                        : PACE_FLAT;
    t->due = p->due_year == 0 ? DAY_NONE : day_from_civil(p->due_year, 12, 31);
    t->baseline_year = p->baseline_year;
    t->baseline =
        ratio_of(p->baseline_hundredths, p->baseline_hundredths == 0 ? 0 : 100);
    t->by_exempt = true;
    return t;
}

static void
case_check(struct toy *toy, const struct kind_case *k)
{
    struct subject_ref s = {k->unit, LEVEL_COMMUNE, false};
    struct target *t = promise_make(toy, k->promise);
    struct score score;

    facts_free(&toy->f);
    toy->f = facts_new(toy->c);
    toy_reports(toy, k->unit, k->promise->group, k->reports);
    toy_score(toy, TOY_WORK_C, s, k->window, &score);
    same_verdict(k->name, score.verdict, k->verdict);
    same_number(k->name, "need_now", score.need_now, k->need_now);
    same_number(k->name, "need_year", score.need_year, k->need_year);
    buf_clear(&toy->line);
    score_line(toy->c, t, &score, &toy->line);
    if (k->line != NULL && strstr(buf_str(&toy->line), k->line) == NULL) {
        fail_msg("%s: got %s, want %s in it", k->name, buf_str(&toy->line), k->line);
    }
}

#define CASES(cases)                                                                   \
    for (size_t i = 0; i < COUNT(cases); i++) {                                        \
        case_check(*state, &(cases)[i]);                                               \
    }
#define ONE TOY_COMMUNE

/* ---- thresholds ---- */

/* "Over 95 %", of a flow, all year: 950 of 1000 is not over it, 951 is. */
static const struct promise over_95 = {TOY_WORK, RATIO_UP, TARGET_ABOVE, 9500, 0, 0, 0};
static const struct promise over_95_due = {TOY_WORK, RATIO_UP, TARGET_ABOVE, 9500, 2025,
                                           0,        0};
static const struct kind_case above[] = {
    {"one over", &over_95, ONE, "2023@2023-12-31:1000:951", "2023-12", VERDICT_MET, 0,
     0, "value=95.10 required=95.00 num"},
    {"equal is not over", &over_95, ONE, "2023@2023-12-31:1000:950", "2023-12",
     VERDICT_MISSED, 1, 1, "missed value=95.00 required=95.00 num=950"},
    {"equal in June is behind", &over_95, ONE, "2023@2023-06-30:1000:950", "2023-06",
     VERDICT_BEHIND, 1, 1, NULL},
    /* more than 95 % of 30 is 29: 28,5 */
    {"short by things", &over_95, ONE, "2023@2023-06-30:30:25", "2023-06",
     VERDICT_BEHIND, 4, 4, "value=83.33 required=95.00 gap=11.67"},
    {"on pace in June", &over_95, ONE, "2023@2023-06-30:1000:951", "2023-06",
     VERDICT_ON_PACE, 0, 0, NULL},
    {"left out", &over_95, TOY_EXEMPT, "2023@2023-12-31:1000:1", "2023-12",
     VERDICT_EXEMPT, 0, 0, NULL},
    {"nothing reported", &over_95, ONE, "", "2023-12", VERDICT_NO_DATA, 0, 0, NULL},
    {"few cases", &over_95, ONE, "2023@2023-12-31:29:1", "2023-12", VERDICT_TOO_SMALL,
     0, 0, NULL},
    {"a date not come yet", &over_95_due, ONE, "2024@2024-12-31:1000:950", "2024-12",
     VERDICT_ON_WAY, 0, 1, NULL},
    {"the date, equal", &over_95_due, ONE, "2025@2025-12-31:1000:950", "2025-12",
     VERDICT_MISSED, 1, 1, NULL},
    {"the date, over", &over_95_due, ONE, "2025@2025-12-31:1000:951", "2025-12",
     VERDICT_MET, 0, 0, NULL},
};

static void
above_is_strict(void **state)
{
    CASES(above)
}

/* Points are values with two decimals here: minutes, of which 15 are allowed. */
static const struct promise minutes_15 = {
    TOY_POINTS, COUNT_DOWN, TARGET_AT_MOST, 1500, 0, 0, 0};
/* No rule of one's own making is allowed at all. */
static const struct promise none_allowed = {
    TOY_DIGITISATION, COUNT_DOWN, TARGET_AT_MOST, 0, 0, 0, 0};
static const struct promise under_10 = {
    TOY_DIGITISATION, RATIO_DOWN, TARGET_BELOW, 1000, 0, 0, 0};
static const struct kind_case lower[] = {
    {"15 minutes exactly", &minutes_15, ONE, "2023:1500:a", "2023", VERDICT_MET, 0, 0,
     "met value=15.00 required=15.00 window"},
    {"a hundredth over", &minutes_15, ONE, "2023:1501:a", "2023", VERDICT_MISSED, 0, 0,
     "value=15.01 required=15.00 gap=0.01"},
    {"less", &minutes_15, ONE, "2023:900:a", "2023", VERDICT_MET, 0, 0, NULL},
    {"minutes, left out", &minutes_15, TOY_EXEMPT, "2023:9900:a", "2023",
     VERDICT_EXEMPT, 0, 0, NULL},
    {"none, in June", &none_allowed, ONE, "2023-06:0:a", "2023-06", VERDICT_ON_PACE, 0,
     0, NULL},
    {"none, at the year's end", &none_allowed, ONE, "2023-12:0:a", "2023-12",
     VERDICT_MET, 0, 0, NULL},
    {"two, in June", &none_allowed, ONE, "2023-06:2:a", "2023-06", VERDICT_BEHIND, 2, 2,
     "value=2 required=0 gap=2"},
    {"two, at the year's end", &none_allowed, ONE, "2023-12:2:a", "2023-12",
     VERDICT_MISSED, 2, 2, NULL},
    {"10 % is not below it", &under_10, ONE, "2023-12:1000:100", "2023-12",
     VERDICT_MISSED, 1, 1, "value=10.00 required=10.00 num"},
    {"one less is", &under_10, ONE, "2023-12:1000:99", "2023-12", VERDICT_MET, 0, 0,
     NULL},
    /* below 10 % of 1000 are 99 */
    {"11 too many in June", &under_10, ONE, "2023-06:1000:110", "2023-06",
     VERDICT_BEHIND, 11, 11, "value=11.00 required=10.00 gap=1.00"},
    /* 1/3 of a hundredth: cut up, the worse side */
    {"printed up", &under_10, ONE, "2023-12:3000:301", "2023-12", VERDICT_MISSED, 2, 2,
     "value=10.04 required=10.00 gap=0.04"},
    {"low in June is not for good", &under_10, ONE, "2023-06:1000:10", "2023-06",
     VERDICT_ON_PACE, 0, 0, NULL},
};

static void
lower_is_better_where_the_indicator_says_so(void **state)
{
    CASES(lower)
}

/* Falling steps: 12 % at the end of 2022, 8 % of 2023; on 30/6/2023 181 of 365 days of
 * the way: 12 - 4*181/365 = 10,0164…, of 1000: 100. */
static void
falling_steps_have_a_falling_line(void **state)
{
    static const struct promise p = {
        TOY_DIGITISATION, RATIO_DOWN, TARGET_STEPS, 0, 0, 0, 0};
    static const struct kind_case cases[] = {
        {"on the line", &p, ONE, "2023-06:1000:100", "2023-06", VERDICT_ON_PACE, 0, 20,
         "value=10.00 required=10.01"},
        {"one over it", &p, ONE, "2023-06:1000:101", "2023-06", VERDICT_BEHIND, 1, 21,
         "value=10.10 required=10.01 gap=0.09"},
        {"the step itself", &p, ONE, "2023-12:1000:80", "2023-12", VERDICT_MET, 0, 0,
         NULL},
        {"one over the step", &p, ONE, "2023-12:1000:81", "2023-12", VERDICT_MISSED, 1,
         1, NULL},
    };
    struct toy *toy = *state;

    toy->c->targets[TOY_WORK_C].steps[1] = ratio_of(12, 1);
    toy->c->targets[TOY_WORK_C].steps[2] = ratio_of(8, 1);
    CASES(cases)
}

/* ---- reduce_by ---- */

/* Public-service units, 10 % less than 2021 by the end of 2025: of 312 that is 280,8,
 * so 280; of 310 it is 279 exactly. */
static const struct promise less_10 = {
    TOY_DIGITISATION, COUNT_DOWN, TARGET_REDUCE_BY, 1000, 2025, 2021, 0};
static const struct promise less_stated = {
    TOY_DIGITISATION, COUNT_DOWN, TARGET_REDUCE_BY, 1000, 2025, 2020, 31000};
static const struct promise less_share = {
    TOY_DIGITISATION, RATIO_DOWN, TARGET_REDUCE_BY, 1000, 2025, 2021, 0};
static const struct kind_case reduce[] = {
    {"280 of 312", &less_10, ONE, "2021-12:312:a 2025-12:280:a", "2025-12", VERDICT_MET,
     0, 0, "value=280 required=280 base=312 window"},
    {"281 of 312", &less_10, ONE, "2021-12:312:a 2025-12:281:a", "2025-12",
     VERDICT_MISSED, 1, 1, "value=281 required=280 gap=1 base=312"},
    {"279 of 310, equal", &less_10, ONE, "2021-12:310:a 2025-12:279:a", "2025-12",
     VERDICT_MET, 0, 0, NULL},
    {"before the date", &less_10, ONE, "2021-12:312:a 2023-12:300:a", "2023-12",
     VERDICT_ON_WAY, 0, 20, "on_way value=300 step=280 gap=20"},
    {"already there, before the date", &less_10, ONE, "2021-12:312:a 2023-12:280:a",
     "2023-12", VERDICT_ON_WAY, 0, 0, NULL},
    {"the baseline's own year", &less_10, ONE, "2021-06:312:a", "2021-06",
     VERDICT_ON_WAY, 0, 0, NULL},
    {"no figure of 2021", &less_10, ONE, "2025-12:100:a", "2025-12", VERDICT_NO_DATA, 0,
     0, "no_data value=100 base=none"},
    {"2021 only up to November", &less_10, ONE, "2021-11:312:a 2025-12:280:a",
     "2025-12", VERDICT_NO_DATA, 0, 0, NULL},
    {"left out", &less_10, TOY_EXEMPT, "2021-12:312:a 2025-12:312:a", "2025-12",
     VERDICT_EXEMPT, 0, 0, NULL},
    {"stated, equal", &less_stated, ONE, "2025-12:279:a", "2025-12", VERDICT_MET, 0, 0,
     NULL},
    {"stated, one over", &less_stated, ONE, "2025-12:280:a", "2025-12", VERDICT_MISSED,
     1, 1, "gap=1 base=310"},
    {"stated weighs more than a report of that year", &less_stated, ONE,
     "2020-12:500:a 2025-12:280:a", "2025-12", VERDICT_MISSED, 1, 1, NULL},
    /* a share: 20 % less 10 % of it is 18 % */
    {"a share, equal", &less_share, ONE, "2021-12:1000:200 2025-12:500:90", "2025-12",
     VERDICT_MET, 0, 0, "value=18.00 required=18.00"},
    {"a share, one over", &less_share, ONE, "2021-12:1000:200 2025-12:500:91",
     "2025-12", VERDICT_MISSED, 1, 1, "value=18.20 required=18.00 gap=0.20"},
    {"a base of few", &less_share, ONE, "2021-12:20:4 2025-12:500:91", "2025-12",
     VERDICT_TOO_SMALL, 0, 0, NULL},
};

static void
a_reduction_is_measured_against_its_baseline(void **state)
{
    CASES(reduce)
}

/* ---- improve ---- */

/* Component scores of an index: 6,97 and 6,98. */
static const struct promise points = {TOY_POINTS, COUNT_UP, TARGET_IMPROVE, 0, 0, 0, 0};
static const struct promise points_stated = {TOY_POINTS, COUNT_UP, TARGET_IMPROVE, 0, 0,
                                             2020,       697};
static const struct promise share = {
    TOY_DIGITISATION, RATIO_UP, TARGET_IMPROVE, 0, 0, 0, 0};
/* Dossiers past their date: fewer, as a share. */
static const struct promise overdue = {TOY_WORK, RATIO_DOWN, TARGET_IMPROVE, 0, 0,
                                       0,        0};
static const struct kind_case improve[] = {
    {"a hundredth more", &points, ONE, "2022:697:a 2023:698:a", "2023", VERDICT_MET, 0,
     0, "value=6.98 required=6.97 base=6.97"},
    {"equal is not better", &points, ONE, "2022:697:a 2023:697:a", "2023",
     VERDICT_MISSED, 0, 0, "missed value=6.97 required=6.97 base=6.97"},
    {"less", &points, ONE, "2022:697:a 2023:690:a", "2023", VERDICT_MISSED, 0, 0,
     "gap=0.07"},
    {"no year before", &points, ONE, "2023:990:a", "2023", VERDICT_NO_DATA, 0, 0,
     "no_data value=9.90 base=none"},
    {"two years before do not count", &points, ONE, "2021:100:a 2023:990:a", "2023",
     VERDICT_NO_DATA, 0, 0, NULL},
    {"stated for the first year", &points_stated, ONE, "2021:698:a", "2021",
     VERDICT_MET, 0, 0, "base=6.97"},
    {"stated, equal", &points_stated, ONE, "2021:697:a", "2021", VERDICT_MISSED, 0, 0,
     NULL},
    {"stated for one year only", &points_stated, ONE, "2022:990:a", "2022",
     VERDICT_NO_DATA, 0, 0, NULL},
    {"left out", &points, TOY_EXEMPT, "2022:697:a 2023:690:a", "2023", VERDICT_EXEMPT,
     0, 0, NULL},
    {"not better in June: nobody is late yet", &share, ONE,
     "2022-12:1000:500 2023-06:1000:500", "2023-06", VERDICT_ON_WAY, 0, 1,
     "step=50.00"},
    {"better in June", &share, ONE, "2022-12:1000:500 2023-06:1000:501", "2023-06",
     VERDICT_ON_PACE, 0, 0, NULL},
    {"better in December", &share, ONE, "2022-12:1000:500 2023-12:1000:501", "2023-12",
     VERDICT_MET, 0, 0, NULL},
    /* 500 of 1000 against 1001 of 2000: 50,05 %, so more than 500,5: 501 */
    {"shares, not counts", &share, ONE, "2022-12:2000:1001 2023-12:1000:500", "2023-12",
     VERDICT_MISSED, 1, 1, "value=50.00 required=50.05 gap=0.05"},
    {"all of it, twice", &share, ONE, "2022-12:1000:1000 2023-12:1000:1000", "2023-12",
     VERDICT_MET, 0, 0, NULL},
    {"the year before only up to November", &share, ONE,
     "2022-11:1000:500 2023-12:1000:600", "2023-12", VERDICT_NO_DATA, 0, 0, NULL},
    {"fewer overdue", &overdue, ONE, "2022@2022-12-31:1000:20 2023@2023-12-31:1000:19",
     "2023-12", VERDICT_MET, 0, 0, NULL},
    {"as many overdue", &overdue, ONE,
     "2022@2022-12-31:1000:20 2023@2023-12-31:1000:20", "2023-12", VERDICT_MISSED, 1, 1,
     NULL},
    {"none overdue, twice", &overdue, ONE,
     "2022@2022-12-31:1000:0 2023@2023-12-31:1000:0", "2023-12", VERDICT_MET, 0, 0,
     NULL},
};

static void
better_means_better_than_the_year_before(void **state)
{
    CASES(improve)
}

/* ---- by_date ---- */

static const struct promise done = {
    TOY_DIGITISATION, COUNT_UP, TARGET_BY_DATE, 100, 2021, 0, 0};
static const struct promise schemes = {
    TOY_DIGITISATION, RATIO_UP, TARGET_BY_DATE, 10000, 2021, 0, 0};
static const struct kind_case by_date[] = {
    {"done", &done, ONE, "2021-12:1:a", "2021-12", VERDICT_MET, 0, 0, NULL},
    {"not done", &done, ONE, "2021-12:0:a", "2021-12", VERDICT_MISSED, 1, 1,
     "missed value=0 required=1 gap=1"},
    {"not done, before the date", &done, ONE, "2021-11:0:a", "2021-11", VERDICT_ON_WAY,
     0, 1, NULL},
    {"done, before the date", &done, ONE, "2021-11:1:a", "2021-11", VERDICT_ON_WAY, 0,
     0, NULL},
    {"done a year late", &done, ONE, "2022-12:1:a", "2022-12", VERDICT_MET, 0, 0, NULL},
    {"nothing reported", &done, ONE, "2021-11:0:a", "2021-12", VERDICT_NO_DATA, 0, 0,
     NULL},
    {"left out", &done, TOY_EXEMPT, "2021-12:0:a", "2021-12", VERDICT_EXEMPT, 0, 0,
     NULL},
    {"all schemes", &schemes, ONE, "2021-12:40:40", "2021-12", VERDICT_MET, 0, 0, NULL},
    {"all but one", &schemes, ONE, "2021-12:40:39", "2021-12", VERDICT_MISSED, 1, 1,
     "value=97.50 required=100.00 gap=2.50"},
};

static void
a_date_is_judged_at_the_date(void **state)
{
    CASES(by_date)
}

/* ---- times_per_year ---- */

static const struct promise four = {TOY_WORK, COUNT_UP, TARGET_TIMES_PER_YEAR, 400, 0,
                                    0,        0};
static const struct kind_case times[] = {
    {"four", &four, ONE, "2023@2023-12-31:4:a", "2023-12", VERDICT_MET, 0, 0,
     "met value=4 required=4 window"},
    {"five", &four, ONE, "2023@2023-12-31:5:a", "2023-12", VERDICT_MET, 0, 0, NULL},
    {"three", &four, ONE, "2023@2023-12-31:3:a", "2023-12", VERDICT_MISSED, 1, 1,
     "value=3 required=4 gap=1"},
    {"none by September: no line inside the year", &four, ONE, "2023@2023-09-30:0:a",
     "2023-09", VERDICT_ON_WAY, 0, 4, "on_way value=0 step=4 gap=4"},
    {"four by September are four", &four, ONE, "2023@2023-09-30:4:a", "2023-09",
     VERDICT_MET, 0, 0, NULL},
    {"months are added", &four, ONE, "2023-01:1:a 2023-02:0:a 2023-03:2:a", "2023-03",
     VERDICT_ON_WAY, 0, 1, "value=3"},
    {"a month that is missing is not none", &four, ONE, "2023-01:1:a 2023-03:4:a",
     "2023-03", VERDICT_NO_DATA, 0, 0, NULL},
    {"a year begins at none", &four, ONE, "2022@2022-12-31:4:a 2023-01:1:a", "2023-01",
     VERDICT_ON_WAY, 0, 3, NULL},
    {"left out", &four, TOY_EXEMPT, "2023@2023-12-31:0:a", "2023-12", VERDICT_EXEMPT, 0,
     0, NULL},
};

static void
times_are_counted_over_the_year(void **state)
{
    CASES(times)
}

/* ---- years, versions, wholes ---- */

static void
a_target_has_its_own_years(void **state)
{
    static const struct {
        const char *report;
        const char *window;
        enum verdict verdict;
    } cases[] = {
        {"2021@2021-12-31:100:90", "2021-12", VERDICT_INFO},
        {"2022@2022-12-31:100:60", "2022-12", VERDICT_MET},
        {"2023@2023-12-31:100:59", "2023-12", VERDICT_MISSED},
        {"2024@2024-12-31:100:90", "2024-12", VERDICT_INFO},
    };
    struct subject_ref s = {ONE, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct score score;

    toy->c->targets[TOY_WORK_C].years_from = 2022;
    toy->c->targets[TOY_WORK_C].years_to = 2023;
    for (size_t i = 0; i < COUNT(cases); i++) {
        toy_reports(toy, ONE, TOY_WORK, cases[i].report);
        toy_score(toy, TOY_WORK_C, s, cases[i].window, &score);
        same_verdict(cases[i].window, score.verdict, cases[i].verdict);
    }
}

static void
windows_before_the_first_day_are_only_shown(void **state)
{
    struct subject_ref s = {ONE, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct score score;

    toy->c->targets[TOY_WORK_C].valid_from = day_from_civil(2023, 7, 1);
    toy_reports(toy, ONE, TOY_WORK, "2023@2023-06-30:100:1 2023@2023-07-31:100:1");
    toy_score(toy, TOY_WORK_C, s, "2023-06", &score);
    same_verdict("June", score.verdict, VERDICT_INFO);
    toy_score(toy, TOY_WORK_C, s, "2023-07", &score);
    same_verdict("July", score.verdict, VERDICT_BEHIND);
}

/* Two districts, 150 and 162 units in 2021; together 312. */
static void
counts_are_added_over_a_level(void **state)
{
    struct subject_ref level = {NONE, LEVEL_DISTRICT, false};
    struct toy *toy = *state;
    struct target *t = promise_make(toy, &less_10);
    struct score score;

    t->subject = SUBJECT_LEVEL;
    t->level = LEVEL_DISTRICT;
    t->due = day_from_civil(2024, 12, 31);
    toy_reports(toy, TOY_DISTRICT, TOY_DIGITISATION, "2021-12:150:a 2024-12:140:a");
    toy_reports(toy, TOY_DISTRICT_B, TOY_DIGITISATION, "2021-12:162:a");
    toy_score(toy, TOY_WORK_C, level, "2024-12", &score);
    same_verdict("one of two", score.verdict, VERDICT_NO_DATA);
    toy->c->coverage = 50;
    toy_score(toy, TOY_WORK_C, level, "2024-12", &score);
    same_verdict("half is enough where the programme says so", score.verdict,
                 VERDICT_MET);
    toy->c->coverage = 51;
    toy_score(toy, TOY_WORK_C, level, "2024-12", &score);
    same_verdict("half is not 51 %", score.verdict, VERDICT_NO_DATA);
    toy_reports(toy, TOY_DISTRICT_B, TOY_DIGITISATION, "2024-12:141:a");
    toy_score(toy, TOY_WORK_C, level, "2024-12", &score);
    same_verdict("281", score.verdict, VERDICT_MISSED);
    same_number("281", "need", score.need_now, 1);
    toy_reports(toy, TOY_DISTRICT_B, TOY_DIGITISATION, "2024-12:140:a");
    toy_score(toy, TOY_WORK_C, level, "2024-12", &score);
    same_verdict("280", score.verdict, VERDICT_MET);
}

/* A base beyond what 64 bits hold when multiplied: (10^15 + 7) * 97,47 / 100 is
 * 974.700.000.000.006,8229. */
static void
an_absurd_base_is_still_exact(void **state)
{
    static const struct promise less = {
        TOY_DIGITISATION, COUNT_DOWN, TARGET_REDUCE_BY, 253, 2025, 2021, 0};
    static const struct kind_case cases[] = {
        {"just under", &less, ONE,
         "2021-12:1000000000000007:a 2025-12:974700000000006:a", "2025-12", VERDICT_MET,
         0, 0, NULL},
        {"just over", &less, ONE,
         "2021-12:1000000000000007:a 2025-12:974700000000007:a", "2025-12",
         VERDICT_MISSED, 1, 1, NULL},
    };

    CASES(cases)
}

/* ---- alerts ---- */

struct wake_case {
    const char *name;
    const struct promise *promise;
    const char *reports;
    const char *until;
    int year;
    enum alert_kind kind;
    const char *at;
};

static const struct wake_case wakes[] = {
    {"three reports by September wake nobody", &four, "2023@2023-09-30:3:a", "2023-09",
     2023, ALERT_NONE, NULL},
    {"three of four at the year's end", &four, "2023@2023-12-31:3:a", "2023-12", 2023,
     ALERT_MISSED, "2023-12"},
    {"an equal year, at once", &points, "2022:697:a 2023:697:a", "2023", 2023,
     ALERT_MISSED, "2023"},
    {"not better in June wakes nobody", &share, "2022-12:1000:500 2023-06:1000:1",
     "2023-06", 2023, ALERT_NONE, NULL},
    {"no year before wakes nobody", &points, "2023:1:a", "2023", 2023, ALERT_NONE,
     NULL},
    {"a reduction on its way wakes nobody", &less_10, "2021-12:312:a 2023-12:400:a",
     "2023-12", 2025, ALERT_NONE, NULL},
    {"a reduction missed, under the span's last year", &less_10,
     "2021-12:312:a 2025-12:281:a", "2025-12", 2025, ALERT_MISSED, "2025-12"},
    {"a date missed", &done, "2021-12:0:a", "2021-12", 2025, ALERT_MISSED, "2021-12"},
    {"and made good later", &done, "2021-12:0:a 2022-01:1:a", "2022-01", 2025,
     ALERT_NONE, "2022-01"},
    {"one month over is not two", &none_allowed, "2023-04:2:a", "2023-04", 2023,
     ALERT_NONE, NULL},
    {"two months over", &none_allowed, "2023-04:2:a 2023-05:2:a", "2023-05", 2023,
     ALERT_BEHIND, "2023-05"},
    {"equal to a strict line is within 2 points", &over_95,
     "2023@2023-04-30:1000:950 2023@2023-05-31:1000:950", "2023-05", 2023, ALERT_NONE,
     NULL},
    {"and missed on the exact line", &over_95, "2023@2023-12-31:1000:950", "2023-12",
     2023, ALERT_MISSED, "2023-12"},
};

static void
nobody_is_woken_before_the_document_says_so(void **state)
{
    struct subject_ref s = {ONE, LEVEL_COMMUNE, false};
    struct toy *toy = *state;

    for (size_t i = 0; i < COUNT(wakes); i++) {
        const struct wake_case *k = &wakes[i];
        struct target *t = promise_make(toy, k->promise);
        struct wanted w;

        /* as the loader sets them */
        t->open_windows = t->pace == PACE_DUE || k->promise == &points ? 1 : 2;
        facts_free(&toy->f);
        toy->f = facts_new(toy->c);
        toy_reports(toy, ONE, k->promise->group, k->reports);
        score_wanted(toy->c, toy->f, t, s, k->year, toy_window(k->until).last, false,
                     &w);
        same_text(k->name, "kind", alert_kind_name(w.kind), alert_kind_name(k->kind));
        if (k->at != NULL) {
            same_text(k->name, "at", w.at.window.code, k->at);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(above_is_strict),
        CLAIM(lower_is_better_where_the_indicator_says_so),
        CLAIM(falling_steps_have_a_falling_line),
        CLAIM(a_reduction_is_measured_against_its_baseline),
        CLAIM(better_means_better_than_the_year_before),
        CLAIM(a_date_is_judged_at_the_date),
        CLAIM(times_are_counted_over_the_year),
        CLAIM(a_target_has_its_own_years),
        CLAIM(windows_before_the_first_day_are_only_shown),
        CLAIM(counts_are_added_over_a_level),
        CLAIM(an_absurd_base_is_still_exact),
        CLAIM(nobody_is_woken_before_the_document_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
