/*
 * Verdicts, worked by hand from the documents. The ladder (results digitised): province
 * 30 50 70 90 100, district 20 40 60 80 100, commune 15 35 55 75 95 for 2021 to 2025.
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

/* A figure as it stands at the end of a window, complete. */
static struct standing
standing_of(int64_t num, int64_t den)
{
    return (struct standing){.has = true,
                             .complete = true,
                             .num = num,
                             .den = den,
                             .covered = 1,
                             .units = 1};
}

static void
judge(const struct toy *toy, enum toy_target target, const char *period,
      const struct standing *st, struct score *out)
{
    struct window w = toy_window(period);

    score_judge(toy->c, &toy->c->targets[target], true, false, w.year, &w, st, out);
}

static const int ladder[3][5] = {
    {30, 50, 70, 90, 100}, {20, 40, 60, 80, 100}, {15, 35, 55, 75, 95}};
static const enum toy_target ladder_targets[3] = {TOY_7A, TOY_7B, TOY_7C};

static void
each_years_step_decides_on_the_last_day_exactly(void **state)
{
    const struct toy *toy = *state;
    struct score s;
    char name[32];
    int level;
    int year;

    for (level = 0; level < 3; level++) {
        for (year = 0; year < 5; year++) {
            int step = ladder[level][year];
            /* of 2.000 results, one percent is 20 */
            struct standing met = standing_of(step * 20, 2000);
            struct standing missed = standing_of(step * 20 - 1, 2000);

            (void)snprintf(name, sizeof name, "%d-12", 2021 + year);
            judge(toy, ladder_targets[level], name, &met, &s);
            same_verdict(name, s.verdict, VERDICT_MET);
            same_ratio(name, "step", s.step, ratio_of(step, 1));
            same_ratio(name, "required", s.required, ratio_of(step, 1));
            same_number(name, "need_year", s.need_year, 0);
            assert_true(s.year_last);
            judge(toy, ladder_targets[level], name, &missed, &s);
            same_verdict(name, s.verdict, VERDICT_MISSED);
            same_number(name, "need_now", s.need_now, 1);
            same_number(name, "need_year", s.need_year, 1);
        }
    }
}

static void
half_way_the_requirement_lies_between_the_steps(void **state)
{
    /* before + (step - before) * days to 30/6 / days of the year, both inclusive */
    static const struct {
        enum toy_target target;
        const char *period;
        struct ratio required;
    } cases[] = {
        {TOY_7A, "2022-06", {14570, 365}}, /* 30 + 20*181/365 = 39,9178 */
        {TOY_7A, "2023-06", {21870, 365}}, /* 50 + 20*181/365 = 59,9178 */
        {TOY_7A, "2024-06", {29260, 366}}, /* 70 + 20*182/366 = 79,9453 */
        {TOY_7A, "2025-06", {34660, 365}}, /* 90 + 10*181/365 = 94,9589 */
        {TOY_7B, "2022-06", {10920, 365}}, /* 20 + 20*181/365 = 29,9178 */
        {TOY_7B, "2023-06", {18220, 365}}, /* 40 + 20*181/365 = 49,9178 */
        {TOY_7B, "2024-06", {25600, 366}}, /* 60 + 20*182/366 = 69,9453 */
        {TOY_7B, "2025-06", {32820, 365}}, /* 80 + 20*181/365 = 89,9178 */
        {TOY_7C, "2022-06", {9095, 365}},  /* 15 + 20*181/365 = 24,9178 */
        {TOY_7C, "2023-06", {16395, 365}}, /* 35 + 20*181/365 = 44,9178 */
        {TOY_7C, "2024-06", {23770, 366}}, /* 55 + 20*182/366 = 64,9453 */
        {TOY_7C, "2025-06", {30995, 365}}, /* 75 + 20*181/365 = 84,9178 */
    };
    const struct toy *toy = *state;
    struct standing st = standing_of(0, 100);
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        judge(toy, cases[i].target, cases[i].period, &st, &s);
        same_ratio(cases[i].period, "required", s.required, cases[i].required);
        same_verdict(cases[i].period, s.verdict, VERDICT_BEHIND);
        assert_false(s.year_last);
    }
}

static void
a_year_without_a_step_before_is_on_way_until_december(void **state)
{
    const struct toy *toy = *state;
    struct standing st = standing_of(0, 100);
    struct score s;

    judge(toy, TOY_7C, "2021-11", &st, &s);
    same_verdict("2021-11", s.verdict, VERDICT_ON_WAY);
    same_ratio("2021-11", "required", s.required, ratio_of(0, 0));
    same_ratio("2021-11", "step", s.step, ratio_of(15, 1));
    same_ratio("2021-11", "gap", s.gap, ratio_of(15, 1));
    same_number("2021-11", "need_now", s.need_now, 0);
    same_number("2021-11", "need_year", s.need_year, 15);
    judge(toy, TOY_7C, "2021-12", &st, &s);
    same_verdict("2021-12", s.verdict, VERDICT_MISSED);

    /* With a baseline of 5 % for 2020 the year has a pace: 5 + 10*181/365 = 9,9589. */
    toy->c->targets[TOY_7C].baseline_year = 2020;
    toy->c->targets[TOY_7C].baseline_value = 5;
    judge(toy, TOY_7C, "2021-06", &st, &s);
    same_verdict("with a baseline", s.verdict, VERDICT_BEHIND);
    same_ratio("with a baseline", "required", s.required,
               ratio_of(5 * 365 + 1810, 365));
}

struct arithmetic {
    const char *name;
    enum toy_target target;
    enum verdict verdict;
    const char *period;
    int64_t num;
    int64_t den;
    const char *value; /* as printed */
    const char *required;
    const char *gap; /* "-": not short */
    int64_t need_now;
    int64_t need_year;
};

static const struct arithmetic arithmetic[] = {
    /* 35 + 20*273/365 = 49,9589, printed 49,96. 1130/2386 = 47,3596. Of 2386: 1192,02,
     * so 1193 - 1130 = 63; 55 %: 1312,3, so 1313 - 1130 = 183. 49,96 - 47,35 = 2,61. */
    {"commune, 30/9/2023", TOY_7C, VERDICT_BEHIND, "2023-09", 1130, 2386, "47.35",
     "49.96", "2.61", 63, 183},
    {"commune, 30/6/2023", TOY_7C, VERDICT_ON_PACE, "2023-06", 1130, 2386, "47.35",
     "44.92", "-", 0, 183},
    {"1192 is short", TOY_7C, VERDICT_BEHIND, "2023-09", 1192, 2386, "49.95", "49.96",
     "0.01", 1, 121},
    {"1193 is on pace", TOY_7C, VERDICT_ON_PACE, "2023-09", 1193, 2386, "50.00",
     "49.96", "-", 0, 120},
    {"a stock at the step is met early", TOY_7C, VERDICT_MET, "2023-09", 1313, 2386,
     "55.02", "49.96", "-", 0, 0},
    {"1313 of 2386 meets 55", TOY_7C, VERDICT_MET, "2023-12", 1313, 2386, "55.02",
     "55.00", "-", 0, 0},
    {"1312 of 2386 misses 55", TOY_7C, VERDICT_MISSED, "2023-12", 1312, 2386, "54.98",
     "55.00", "0.02", 1, 1},
    {"54,95 is not 55", TOY_7C, VERDICT_MISSED, "2023-12", 1099, 2000, "54.95", "55.00",
     "0.05", 1, 1},
    /* 35 + 20*274/365 = 50,0137, printed 50,02 */
    {"a printed gap is never zero", TOY_7C, VERDICT_BEHIND, "2023-10-01", 5001, 10000,
     "50.01", "50.02", "0.01", 1, 499},
    {"a commune's 2025 ends at 95", TOY_7C, VERDICT_MET, "2025-12", 1900, 2000, "95.00",
     "95.00", "-", 0, 0},
    {"and not below it", TOY_7C, VERDICT_MISSED, "2025-12", 1899, 2000, "94.95",
     "95.00", "0.05", 1, 1},
    {"100 only when the counts are equal", TOY_7B, VERDICT_MISSED, "2025-12", 29999,
     30000, "99.99", "100.00", "0.01", 1, 1},
    {"and then it is 100", TOY_7B, VERDICT_MET, "2025-12", 30000, 30000, "100.00",
     "100.00", "-", 0, 0},
    {"all means all", TOY_ALL, VERDICT_MISSED, "2023-12", 29999, 30000, "99.99",
     "100.00", "0.01", 1, 1},
    {"all, before the year is over", TOY_ALL, VERDICT_ON_PACE, "2023-06", 30000, 30000,
     "100.00", "100.00", "-", 0, 0},
    {"flat asks the same all year", TOY_WORK_C, VERDICT_BEHIND, "2023-01", 599, 1000,
     "59.90", "60.00", "0.10", 1, 1},
    {"a flow is not met before the last day", TOY_WORK_C, VERDICT_ON_PACE, "2023-11",
     600, 1000, "60.00", "60.00", "-", 0, 0},
    {"on the last day it is", TOY_WORK_C, VERDICT_MET, "2023-12", 600, 1000, "60.00",
     "60.00", "-", 0, 0},
    {"due: on the way before", TOY_9C, VERDICT_ON_WAY, "2025-11", 100, 1000, "10.00",
     "60.00", "50.00", 0, 500},
    {"due: met on the day", TOY_9C, VERDICT_MET, "2025-12", 600, 1000, "60.00", "60.00",
     "-", 0, 0},
    {"due: missed on the day", TOY_9C, VERDICT_MISSED, "2025-12", 599, 1000, "59.90",
     "60.00", "0.10", 1, 1},
    {"full marks are never missed", TOY_FULL, VERDICT_BEHIND, "2023@2023-12-31", 799,
     1000, "79.90", "80.00", "0.10", 1, 1},
    {"29 are too small", TOY_7C, VERDICT_TOO_SMALL, "2023-12", 0, 29, "0.00", "55.00",
     "-", 0, 0},
    {"30 are judged", TOY_7C, VERDICT_MISSED, "2023-12", 0, 30, "0.00", "55.00",
     "55.00", 17, 17}, /* 16,5 of 30 */
    {"a rank on the way", TOY_1D, VERDICT_ON_WAY, "2024", 38, 1, "38", "30", "8", 0, 8},
    {"a rank at the line", TOY_1D, VERDICT_MET, "2025", 30, 1, "30", "30", "-", 0, 0},
    {"a rank below the line", TOY_1D, VERDICT_MISSED, "2025", 31, 1, "31", "30", "1", 1,
     1},
    {"points, met", TOY_SCORE, VERDICT_MET, "2023", 7050, 1, "70.50", "70.50", "-", 0,
     0},
    {"points, missed", TOY_SCORE, VERDICT_MISSED, "2023", 7049, 1, "70.49", "70.50",
     "0.01", 0, 0},
};

static void
same_shown(const char *name, const char *what, struct ratio r, int decimals,
           const char *want)
{
    char got[RATIO_TEXT_BYTES];

    ratio_text(r, decimals, CUT_DOWN, false, got);
    if (strcmp(got, want) != 0) {
        fail_msg("%s: %s: got %s, want %s", name, what, got, want);
    }
}

static void
the_arithmetic_is_that_of_the_documents(void **state)
{
    const struct toy *toy = *state;
    struct shown shown;
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(arithmetic); i++) {
        const struct arithmetic *a = &arithmetic[i];
        struct standing st = standing_of(a->num, a->den);

        judge(toy, a->target, a->period, &st, &s);
        same_verdict(a->name, s.verdict, a->verdict);
        same_number(a->name, "need_now", s.need_now, a->need_now);
        same_number(a->name, "need_year", s.need_year, a->need_year);
        score_shown(toy->c, &toy->c->targets[a->target], &s, &shown);
        same_shown(a->name, "value", shown.value, shown.decimals, a->value);
        same_shown(a->name, "required", shown.required, shown.decimals, a->required);
        same_shown(a->name, "gap", shown.gap, shown.decimals, a->gap);
    }
}

static void
rank_gains_are_averages_since_the_baseline(void **state)
{
    /* 60th in 2020, 5 places a year */
    static const struct {
        const char *year;
        int64_t rank;
        struct ratio value;
        enum verdict verdict;
        int64_t need;
        const char *shown;
    } cases[] = {
        {"2021", 43, {17, 1}, VERDICT_ON_PACE, 0, "17.00"},
        {"2022", 23, {37, 2}, VERDICT_ON_PACE, 0, "18.50"},
        {"2023", 49, {11, 3}, VERDICT_BEHIND, 4, "3.66"}, /* 60 - 15 = 45th */
        {"2024", 38, {22, 4}, VERDICT_ON_PACE, 0, "5.50"},
        {"2024", 41, {19, 4}, VERDICT_BEHIND, 1, "4.75"}, /* 60 - 20 = 40th */
        {"2025", 35, {25, 5}, VERDICT_MET, 0, "5.00"},
        {"2025", 36, {24, 5}, VERDICT_MISSED, 1, "4.80"},
    };
    const struct toy *toy = *state;
    struct shown shown;
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        struct standing st = standing_of(cases[i].rank, 1);

        judge(toy, TOY_1B, cases[i].year, &st, &s);
        same_verdict(cases[i].year, s.verdict, cases[i].verdict);
        same_ratio(cases[i].year, "value", s.value, cases[i].value);
        same_ratio(cases[i].year, "required", s.required, ratio_of(5, 1));
        same_number(cases[i].year, "need_now", s.need_now, cases[i].need);
        score_shown(toy->c, &toy->c->targets[TOY_1B], &s, &shown);
        same_shown(cases[i].year, "value", shown.value, shown.decimals, cases[i].shown);
    }
}

/* Figures from 2016 on are taken, the programme is of 2021 to 2025. */
static void
years_outside_the_programme_are_shown_and_not_judged(void **state)
{
    static const struct {
        enum toy_target target;
        const char *period;
        int64_t num;
        int64_t den;
        enum verdict verdict;
        int64_t required; /* 0: nothing */
    } cases[] = {
        {TOY_WORK_C, "2020-12", 100, 1000, VERDICT_INFO, 0},
        {TOY_WORK_C, "2021-12", 100, 1000, VERDICT_MISSED, 60},
        {TOY_WORK_C, "2025-12", 100, 1000, VERDICT_MISSED, 60},
        {TOY_WORK_C, "2026-12", 100, 1000, VERDICT_INFO, 0},
        {TOY_SCORE, "2019", 7049, 1, VERDICT_INFO, 0},
        {TOY_ALL, "2019-12", 999, 1000, VERDICT_INFO, 0},
        {TOY_ALL, "2021-12", 999, 1000, VERDICT_MISSED, 100},
        {TOY_7C, "2019-12", 100, 1000, VERDICT_INFO, 0},
        {TOY_FULL, "2019@2019-12-31", 100, 1000, VERDICT_INFO, 0},
        {TOY_1B, "2019", 61, 1, VERDICT_INFO, 0},
        {TOY_1B, "2026", 60, 1, VERDICT_INFO, 0},
        {TOY_1D, "2019", 61, 1, VERDICT_INFO, 0},
        {TOY_1D, "2021", 61, 1, VERDICT_ON_WAY, 0},
        {TOY_1D, "2026", 61, 1, VERDICT_INFO, 0},
        /* due 30/6/2026: a date after the programme is waited for, and its year */
        {TOY_9C, "2020-12", 100, 1000, VERDICT_INFO, 0},
        {TOY_9C, "2026-05", 100, 1000, VERDICT_ON_WAY, 0},
        {TOY_9C, "2026-06", 100, 1000, VERDICT_MISSED, 60},
        {TOY_9C, "2027-06", 100, 1000, VERDICT_INFO, 0},
    };
    const struct toy *toy = *state;
    struct score s;
    size_t i;

    toy->c->history_from = 2016;
    toy->c->targets[TOY_1B].baseline_year = 2017;
    toy->c->targets[TOY_9C].due = day_from_civil(2026, 6, 30);
    toy->c->targets[TOY_ALL].threshold = ratio_of(100, 1); /* as the catalogue has it */
    for (i = 0; i < COUNT(cases); i++) {
        struct standing st = standing_of(cases[i].num, cases[i].den);
        char name[40];

        (void)snprintf(name, sizeof name, "%s %s", toy->c->targets[cases[i].target].id,
                       cases[i].period);
        judge(toy, cases[i].target, cases[i].period, &st, &s);
        same_verdict(name, s.verdict, cases[i].verdict);
        same_ratio(name, "required", s.required,
                   ratio_of(cases[i].required, cases[i].required == 0 ? 0 : 1));
        same_number(name, "has a value", s.value.den != 0, true);
        if (cases[i].verdict == VERDICT_INFO) {
            same_ratio(name, "step", s.step, ratio_of(0, 0));
            same_number(name, "need_year", s.need_year, 0);
        }
    }
}

/* 49th of 63 with 61 scored: 49th to 51st. The stated end decides, both are kept. */
static void
a_rank_is_a_range_when_not_all_had_a_score(void **state)
{
    struct toy *toy = *state;
    struct subject_ref province = {TOY_PROVINCE, LEVEL_PROVINCE, false};
    struct subject_ref level = {NONE, LEVEL_PROVINCE, false};
    struct window w = toy_window("2025");
    struct score s;

    toy_report(toy->c, toy->f, TOY_PROVINCE, TOY_INDICES, "2025", 30, 61);
    score_subject(toy->c, toy->f, &toy->c->targets[TOY_1D], province, 2025, &w, &s);
    same_verdict("stated rank", s.verdict, VERDICT_MET);
    same_number("stated rank", "rank", s.standing.num, 30);
    same_number("stated rank", "ranked", s.standing.ranked, 61);
    /* The province as a whole of the one unit that reports it: the same figure. */
    score_subject(toy->c, toy->f, &toy->c->targets[TOY_1D], level, 2025, &w, &s);
    same_verdict("as a whole", s.verdict, VERDICT_MET);
    same_number("as a whole", "ranked", s.standing.ranked, 61);
    toy_report(toy->c, toy->f, TOY_PROVINCE, TOY_INDICES, "2025", 30, TOY_ABSENT);
    score_subject(toy->c, toy->f, &toy->c->targets[TOY_1D], province, 2025, &w, &s);
    same_number("not known", "ranked", s.standing.ranked, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(each_years_step_decides_on_the_last_day_exactly),
        CLAIM(half_way_the_requirement_lies_between_the_steps),
        CLAIM(a_year_without_a_step_before_is_on_way_until_december),
        CLAIM(the_arithmetic_is_that_of_the_documents),
        CLAIM(rank_gains_are_averages_since_the_baseline),
        CLAIM(years_outside_the_programme_are_shown_and_not_judged),
        CLAIM(a_rank_is_a_range_when_not_all_had_a_score),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
