/* link: cli */
/* The arithmetic that `dondoc explain` writes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/arithmetic.h"
#include "tests/support/toy_claims.h"

static const struct subject_ref commune = {TOY_COMMUNE, LEVEL_COMMUNE, false};
static const struct subject_ref province = {NONE, LEVEL_PROVINCE, false};

typedef bool line_of(const struct arithmetic *a, struct buf *out);

static bool
need_now(const struct arithmetic *a, struct buf *out)
{
    return arithmetic_need(a, false, out);
}

static bool
need_year(const struct arithmetic *a, struct buf *out)
{
    return arithmetic_need(a, true, out);
}

struct arithmetic_case {
    const char *name;
    enum toy_target target;
    const char *period;
    line_of *line;
    const char *vi; /* NULL: there is no such line */
    const char *en;
};

static const struct arithmetic_case cases[] = {
    {"a ratio is cut down", TOY_7C, "2023-09", arithmetic_value,
     "1.130 / 2.386 = 47,3595…% → 47,35%", "1,130 / 2,386 = 47.3595…% → 47.35%"},
    {"a requirement between two steps is rounded up", TOY_7C, "2023-09",
     arithmetic_required, "35 + 20 × 273/365 = 49,9589… → 49,96%",
     "35 + 20 × 273/365 = 49.9589… → 49.96%"},
    {"a gap is that of the printed two", TOY_7C, "2023-09", arithmetic_gap,
     "49,96 − 47,35 = 2,61", "49.96 − 47.35 = 2.61"},
    {"what is needed now", TOY_7C, "2023-09", need_now,
     "⌈49,9589…% × 2.386⌉ − 1.130 = 1.193 − 1.130 = 63",
     "⌈49.9589…% × 2,386⌉ − 1,130 = 1,193 − 1,130 = 63"},
    {"what the year needs", TOY_7C, "2023-09", need_year,
     "⌈55% × 2.386⌉ − 1.130 = 1.313 − 1.130 = 183",
     "⌈55% × 2,386⌉ − 1,130 = 1,313 − 1,130 = 183"},
    {"the year's last window has the step itself", TOY_7C, "2023-12",
     arithmetic_required, "55 → 55,00%", "55 → 55.00%"},
    {"who is not short has no gap", TOY_7C, "2023-12", arithmetic_gap, NULL, NULL},
    {"nor a need", TOY_7C, "2023-12", need_now, NULL, NULL},
    {"a count that is exact has no dots", TOY_7C, "2023-12", arithmetic_value,
     "60 / 100 = 60% → 60,00%", "60 / 100 = 60% → 60.00%"},
    {"places gained a year", TOY_1B, "2023", arithmetic_value,
     "(60 − 49) / (2023 − 2020) = 3,6666… → 3,66",
     "(60 − 49) / (2023 − 2020) = 3.6666… → 3.66"},
    {"the other end of a range of ranks", TOY_1B, "2023", arithmetic_range,
     "(60 − 51) / (2023 − 2020) = 3 → 3,00", "(60 − 51) / (2023 − 2020) = 3 → 3.00"},
    {"places that are missing", TOY_1B, "2023", need_now, "49 − (60 − 5 × 3) = 4",
     "49 − (60 − 5 × 3) = 4"},
    {"before the due date nothing is required", TOY_1D, "2023", arithmetic_required,
     NULL, NULL},
    {"and the gap is shown all the same", TOY_1D, "2023", arithmetic_gap,
     "49 − 30 = 19", "49 − 30 = 19"},
    {"a rank is what it is", TOY_1D, "2023", arithmetic_value, "49", "49"},
    {"a percentage has no range", TOY_7C, "2023-09", arithmetic_range, NULL, NULL},
    {"without a report there is no figure", TOY_7C, "2022-03", arithmetic_value, NULL,
     NULL},
};

static void
the_arithmetic_can_be_checked_by_hand(void **state)
{
    struct toy *toy = *state;
    size_t i;

    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-09", 2386, 1130);
    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-12", 100, 60);
    toy_report(toy->c, toy->f, TOY_PROVINCE, TOY_INDICES, "2023", 49, 61);
    for (i = 0; i < 2 * COUNT(cases); i++) {
        const struct arithmetic_case *at = &cases[i / 2];
        const char *want = i % 2 == 0 ? at->vi : at->en;
        bool rank = at->target == TOY_1B || at->target == TOY_1D;
        struct score s;
        struct arithmetic a = {toy->c, &toy->c->targets[at->target], &s, i % 2 == 0};
        bool has;

        toy_score(toy, at->target, rank ? province : commune, at->period, &s);
        buf_clear(&toy->line);
        has = at->line(&a, &toy->line);
        same_number(at->name, "is there", has, want != NULL);
        same_text(at->name, "line", buf_str(&toy->line), want == NULL ? "" : want);
    }
}

/* 49th for 2023 and nothing for 2024, whose day is over: 11 places in 3 years, not 4.
 */
static void
an_older_figure_keeps_its_own_year(void **state)
{
    struct toy *toy = *state;
    struct wanted wanted;
    struct arithmetic a = {toy->c, &toy->c->targets[TOY_1B], &wanted.latest, true};

    toy_report(toy->c, toy->f, TOY_PROVINCE, TOY_INDICES, "2023", 49, 61);
    toy_wanted_on(toy, TOY_1B, province, 2025, day_from_civil(2025, 7, 15), &wanted);
    same_text("2024", "window", wanted.latest.window.code, "2024");
    same_verdict("2024", wanted.latest.verdict, VERDICT_NO_DATA);
    same_number("2024", "year", arithmetic_year(toy->c, &wanted.latest), 2023);
    assert_true(arithmetic_value(&a, &toy->line));
    same_text("2024", "value", buf_str(&toy->line),
              "(60 − 49) / (2023 − 2020) = 3,6666… → 3,66");
    buf_clear(&toy->line);
    assert_true(arithmetic_range(&a, &toy->line));
    same_text("2024", "range", buf_str(&toy->line),
              "(60 − 51) / (2023 − 2020) = 3 → 3,00");
}

static void
in_the_baselines_year_the_rank_itself_is_the_figure(void **state)
{
    struct toy *toy = *state;
    struct score s;
    struct arithmetic a = {toy->c, &toy->c->targets[TOY_1B], &s, true};

    toy->c->history_from = 2016;
    toy_report(toy->c, toy->f, TOY_PROVINCE, TOY_INDICES, "2020", 60, 63);
    toy_score(toy, TOY_1B, province, "2020", &s);
    same_verdict("2020", s.verdict, VERDICT_INFO);
    assert_true(arithmetic_value(&a, &toy->line));
    same_text("2020", "value", buf_str(&toy->line), "60");
    buf_clear(&toy->line);
    toy_score(toy, TOY_1B, province, "2019", &s); /* no report: no figure */
    assert_false(arithmetic_value(&a, &toy->line));
}

static void
one_place_is_no_plural(void **state)
{
    static const struct {
        struct ratio n;
        const char *en;
    } numbers[] = {
        {{1, 1}, "place"},   {{3, 3}, "place"},   {{0, 1}, "places"},
        {{2, 1}, "places"},  {{3, 2}, "places"},  {{1, 2}, "places"},
        {{-1, 1}, "places"}, {{11, 1}, "places"},
    };
    struct toy *toy = *state;
    struct arithmetic vi = {toy->c, &toy->c->targets[TOY_1B], NULL, true};
    struct arithmetic en = {toy->c, &toy->c->targets[TOY_1B], NULL, false};

    for (size_t i = 0; i < COUNT(numbers); i++) {
        same_text("places", "in English", arithmetic_places(&en, numbers[i].n),
                  numbers[i].en);
        same_text("places", "in Vietnamese", arithmetic_places(&vi, numbers[i].n),
                  "bậc");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(the_arithmetic_can_be_checked_by_hand),
        CLAIM(an_older_figure_keeps_its_own_year),
        CLAIM(in_the_baselines_year_the_rank_itself_is_the_figure),
        CLAIM(one_place_is_no_plural),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
