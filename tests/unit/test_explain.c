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
#include "cli/explain.h"
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

static const struct arithmetic_case lines[] = {
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
    for (i = 0; i < 2 * COUNT(lines); i++) {
        const struct arithmetic_case *at = &lines[i / 2];
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

/* What `explain` knows of 21040 (unit NULL), or of the level; nothing is in Redis. */
static void
look(const struct toy *toy, const char *level, int year, const char *window,
     const char *today, struct explain *x)
{
    memset(x, 0, sizeof *x);
    x->c = toy->c;
    x->reading.catalogue = toy->c;
    x->reading.facts = toy->f;
    x->at = DAY_NONE;
    assert_int_equal(day_parse(today, &x->today), ST_OK);
    x->t = &toy->c->targets[catalogue_target_at(toy->c, "7c", year != 0 ? year : 2025)];
    x->subject = commune;
    if (level != NULL) {
        assert_true(explain_subject(x, level));
    }
    subject_name(x->c, x->t, x->subject, x->name);
    assert_true(explain_window(x, level != NULL ? level : "21040", year, window));
}

/* Stocks: "all:digitised". In December 2022 21040 had 60 of 100. */
static void
a_stock_that_fell_is_found(void **state)
{
    static const struct {
        const char *name;
        const char *reports; /* of 21040 */
        const char *others;  /* of the five that the level sums */
        const char *subject;
        const char *window; /* asked for */
        const char *before; /* NULL: nothing fell */
        const char *now;
        bool num;
        bool den;
    } cases[] = {
        {"rises", "2023-01:110:61", "", NULL, "", NULL, "", false, false},
        {"stays", "2023-01:100:60", "", NULL, "", NULL, "", false, false},
        {"numerator, over the year's end", "2023-01:100:59", "", NULL, "", "2022-12",
         "2023-01", true, false},
        {"denominator", "2023-02:99:60", "", NULL, "", "2023-01", "2023-02", false,
         true},
        {"both, behind a hole", "2023-04:90:50", "", NULL, "", "2023-02", "2023-04",
         true, true},
        {"at the window asked for", "2023-05:120:80", "", NULL, "2023-04", "2023-02",
         "2023-04", true, true},
        {"rose again", "", "", NULL, "", NULL, "", false, false},
        {"no figure in the newest: the newest two that are", "2023-06:x:x", "", NULL,
         "", NULL, "", false, false},
        {"fewer units are no fall", "2023-07:120:80", "2023-06:10:5 2023-07:10:5",
         "level-commune", "", NULL, "", false, false},
        {"the same units", "2023-08:119:80", "2023-08:10:5", "level-commune", "",
         "2023-07", "2023-08", false, true},
    };
    static const int others[] = {TOY_COMMUNE_B, TOY_COMMUNE_C, TOY_UNKNOWN,
                                 TOY_ASSUMED};
    struct toy *toy = *state;
    size_t i;
    size_t k;

    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2022-12:100:60");
    toy->c->history_from = 2021;
    for (i = 0; i < COUNT(cases); i++) {
        struct explain x;
        struct fell fell;

        toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, cases[i].reports);
        for (k = 0; k < COUNT(others); k++) {
            toy_reports(toy, others[k], TOY_DIGITISATION, cases[i].others);
        }
        look(toy, cases[i].subject, 0, cases[i].window, "2023-09-10", &x);
        same_number(cases[i].name, "fell", explain_fell(&x, &fell),
                    cases[i].before != NULL);
        if (cases[i].before != NULL) {
            same_text(cases[i].name, "before", fell.before.code, cases[i].before);
            same_text(cases[i].name, "now", fell.now.code, cases[i].now);
            same_number(cases[i].name, "num", fell.num, cases[i].num);
            same_number(cases[i].name, "den", fell.den, cases[i].den);
        }
    }
}

/* Work files are counted anew each year: less of them is no fall of a stock. */
static void
a_flow_does_not_fall(void **state)
{
    struct toy *toy = *state;
    struct explain x;
    struct fell fell;

    toy_versions(toy);
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023-12:100:70 2024-01:50:40");
    look(toy, NULL, 2024, "", "2024-03-01", &x);
    assert_false(explain_fell(&x, &fell));
}

/* Results digitised until 2022, work files online from 2023 on. */
static void
the_version_of_the_year_speaks(void **state)
{
    static const struct {
        int year;
        const char *today;
        int version;
        const char *window;
    } cases[] = {
        {2022, "2023-07-10", 1, "2022-12"},
        {2023, "2023-07-10", 2, "2023-06"},
        {0, "2023-07-10", 2, "2023-06"},
        {0, "2023-01-20", 1, "2022-12"}, /* nothing of 2023 yet */
    };
    struct toy *toy = *state;
    size_t i;
    int unit;

    toy_versions(toy);
    for (unit = TOY_COMMUNE; unit <= TOY_ASSUMED; unit++) {
        toy_reports(toy, unit, TOY_DIGITISATION, "2022-12:100:40");
        toy_reports(toy, unit, TOY_WORK, "2023@2023-06-30:100:70");
    }
    for (i = 0; i < COUNT(cases); i++) {
        struct explain x;

        look(toy, "level-commune", cases[i].year, "", cases[i].today, &x);
        same_number(cases[i].today, "version", x.t->version, cases[i].version);
        same_text(cases[i].today, "window", x.score.window.code, cases[i].window);
    }
}

/* 50 % by the end of March 2023, reached then; 40 % in May. */
static void
a_date_that_was_met_is_explained_as_met(void **state)
{
    static const struct {
        const char *window; /* asked for */
        const char *shown;
        const char *met; /* judged there: "" it is the window shown */
        enum verdict verdict;
    } cases[] = {
        {"", "2023-03", "", VERDICT_MET},
        {"2023-03", "2023-03", "", VERDICT_MET},
        {"2023-05", "2023-05", "2023-03", VERDICT_MET},
        {"2023-02", "2023-02", "", VERDICT_ON_WAY},
    };
    struct toy *toy = *state;
    struct target *t = &toy->c->targets[TOY_7C];
    size_t i;

    t->kind = TARGET_AT_LEAST;
    t->pace = PACE_DUE;
    t->threshold = (struct ratio){50, 1};
    t->due = day_from_civil(2023, 3, 31);
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION,
                "2023-02:100:40 2023-03:100:50 2023-05:100:40");
    for (i = 0; i < COUNT(cases); i++) {
        struct explain x;
        struct fell fell;

        look(toy, NULL, 0, cases[i].window, "2023-06-01", &x);
        same_text(cases[i].window, "window", x.score.window.code, cases[i].shown);
        same_text(cases[i].window, "met", x.met.code, cases[i].met);
        same_verdict(cases[i].window, x.score.verdict, cases[i].verdict);
        /* and what was lost since is shown where the newest was asked for */
        same_number(cases[i].window, "fell", explain_fell(&x, &fell), i == 0 || i == 2);
    }
}

/* Nothing to count is no quotient: "0 / 0 = 100%" would be wrong arithmetic. */
static void
an_empty_denominator_has_no_quotient(void **state)
{
    static const struct {
        enum empty empty;
        const char *line; /* NULL: no figure */
    } cases[] = {{EMPTY_FULL, "0 / 0 → 100.00%"},
                 {EMPTY_ZERO, "0 / 0 → 0.00%"},
                 {EMPTY_NOT_APPLICABLE, NULL}};
    struct toy *toy = *state;
    size_t i;

    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-06:0:0");
    for (i = 0; i < COUNT(cases); i++) {
        struct score s;
        struct arithmetic a = {toy->c, &toy->c->targets[TOY_7C], &s, false};

        toy->c->indicators[TOY_DIGITISATION].empty = cases[i].empty;
        toy_score(toy, TOY_7C, commune, "2023-06", &s);
        buf_clear(&toy->line);
        same_number("0/0", "is there", arithmetic_value(&a, &toy->line),
                    cases[i].line != NULL);
        same_text("0/0", "line", buf_str(&toy->line),
                  cases[i].line == NULL ? "" : cases[i].line);
    }
}

/* What `explain` says of a unit's flow at a window: the reports behind it, and why the
 * others are left out. */
static void
the_reports_of_a_flow_are_in_it_or_left_out_with_the_reason(void **state)
{
    static const struct {
        const char *name;
        int unit;
        const char *reports;
        const char *window;
        const char *behind;
        const char *left_out;
    } cases[] = {
        {"inside a wider one", TOY_COMMUNE, "2025-01:9:1 2025@2025-02-28:20:3",
         "2025-02", "2025@2025-02-28", "inside_a_wider_report:2025-01"},
        {"behind a gap", TOY_COMMUNE_B, "2025-01:9:1 2025-03:9:1 2025-04:9:1",
         "2025-04", "2025-01", "behind_gap:2025-03, 2025-04"},
        {"the first is missing", TOY_COMMUNE_C, "2025-02:9:1", "2025-02", "",
         "behind_gap:2025-02"},
        {"a measure is missing", TOY_UNKNOWN, "2025-01:9:1 2025-02:9:a", "2025-02",
         "2025-01", "measure_missing:2025-02"},
        {"later than the window", TOY_ASSUMED, "2025-01:9:1 2025-02:9:1", "2025-01",
         "2025-01", "later_window:2025-02"},
        {"it began on 1/3/2025", TOY_YOUNG, "2025@2025-04-30:99:40 2025-05:50:10",
         "2025-05", "2025@2025-04-30 2025-05", ""},
    };
    struct toy *toy = *state;
    size_t i;
    size_t k;

    for (i = 0; i < COUNT(cases); i++) {
        struct excluded left[EXCLUDED_COUNT];
        struct explain x = {.c = toy->c,
                            .t = &toy->c->targets[TOY_WORK_C],
                            .subject = {cases[i].unit, LEVEL_COMMUNE, false}};
        struct behind behind;
        size_t count;

        toy_reports(toy, cases[i].unit, TOY_WORK, cases[i].reports);
        x.reading.facts = toy->f;
        toy_score(toy, TOY_WORK_C, x.subject, cases[i].window, &x.score);
        explain_behind(&x, cases[i].unit, &x.score.standing, &behind);
        buf_clear(&toy->line);
        for (k = 0; k < behind.count; k++) {
            buf_format(&toy->line, "%s%s", k == 0 ? "" : " ",
                       behind.facts[k]->window.code);
        }
        same_text(cases[i].name, "behind it", buf_str(&toy->line), cases[i].behind);
        count = explain_excluded(&x, left);
        buf_clear(&toy->line);
        for (k = 0; k < count; k++) {
            buf_format(&toy->line, "%s%s:%s", k == 0 ? "" : " ",
                       excluded_name(left[k].why), left[k].names);
        }
        same_text(cases[i].name, "left out", buf_str(&toy->line), cases[i].left_out);
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
        CLAIM(a_stock_that_fell_is_found),
        CLAIM(a_flow_does_not_fall),
        CLAIM(the_version_of_the_year_speaks),
        CLAIM(a_date_that_was_met_is_explained_as_met),
        CLAIM(an_empty_denominator_has_no_quotient),
        CLAIM(the_reports_of_a_flow_are_in_it_or_left_out_with_the_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
