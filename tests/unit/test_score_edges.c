/*
 * The engine where its parts meet: windows of one calendar in a year of another,
 * figures as large as ingest takes them, wholes to which nothing applies.
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
static const struct subject_ref province = {TOY_PROVINCE, LEVEL_PROVINCE, false};
static const struct subject_ref all_communes = {NONE, LEVEL_COMMUNE, false};

static void
judge_on(const struct toy *toy, enum toy_target target, const struct window *w,
         int64_t num, int64_t den, struct score *out)
{
    const struct standing st = {.has = true,
                                .complete = true,
                                .num = num,
                                .den = den,
                                .covered = 1,
                                .units = 1};

    score_judge(toy->c, &toy->c->targets[target], true, false, w->year, w, &st, out);
}

static void
judge(const struct toy *toy, enum toy_target target, const char *period, int64_t num,
      int64_t den, struct score *out)
{
    struct window w = toy_window(period);

    judge_on(toy, target, &w, num, den, out);
}

/* --- calendars --- */

/* A statutory year begins on 15/12: its first as-of days lie before the civil year in
 * which the target is judged, and ask for no more than the step before. */
static void
before_the_year_begins_the_step_before_is_required(void **state)
{
    struct toy *toy = *state;
    struct window w;
    struct score s;

    assert_int_equal(window_parse("2023@2022-12-20", CALENDAR_STATUTORY, &w, NULL),
                     ST_OK);
    judge_on(toy, TOY_7C, &w, 350, 1000, &s);
    same_ratio("20/12/2022", "required", s.required, ratio_of(35, 1));
    same_verdict("at the step before", s.verdict, VERDICT_ON_PACE);
    judge_on(toy, TOY_7C, &w, 349, 1000, &s);
    same_verdict("below it", s.verdict, VERDICT_BEHIND);
}

/* And a civil December ends after a statutory year does: the step, and no more. */
static void
after_the_year_ends_the_step_is_required(void **state)
{
    struct toy *toy = *state;
    struct score s;

    toy->c->rule = CALENDAR_STATUTORY;
    judge(toy, TOY_7C, "2023-12", 549, 1000, &s);
    same_ratio("31/12/2023", "required", s.required, ratio_of(55, 1));
    same_verdict("short of it, not the year's last window", s.verdict, VERDICT_BEHIND);
}

/* --- ranks --- */

static void
a_rank_gain_in_its_own_baseline_year_is_only_shown(void **state)
{
    struct toy *toy = *state;
    struct score s;

    toy->c->targets[TOY_1B].baseline_year = 2021;
    judge(toy, TOY_1B, "2021", 49, 1, &s);
    same_verdict("2021", s.verdict, VERDICT_INFO);
    same_ratio("2021", "value", s.value, ratio_of(0, 0));
    judge(toy, TOY_1B, "2022", 49, 1, &s);
    same_verdict("2022", s.verdict, VERDICT_ON_PACE);
    same_ratio("2022", "value", s.value, ratio_of(11, 1));
}

/* In its last year, too, only the last window closes a promise of the whole span. */
static void
a_rank_gain_is_missed_at_the_last_window_of_the_last_year_only(void **state)
{
    static const struct {
        const char *period;
        enum verdict verdict;
    } cases[] = {{"2024", VERDICT_BEHIND},
                 {"2025-11", VERDICT_BEHIND},
                 {"2025", VERDICT_MISSED}};
    struct toy *toy = *state;
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        judge(toy, TOY_1B, cases[i].period, 59, 1, &s);
        same_verdict(cases[i].period, s.verdict, cases[i].verdict);
    }
}

/* Steps from a stated baseline: the year before the first has that value, only for
 * steps, and no earlier one has any. */
static void
a_baseline_is_the_step_before_the_first(void **state)
{
    static const struct {
        const char *name;
        int baseline_year;
        const char *period;
        int64_t before; /* 0: none */
    } cases[] = {{"the year before", 2020, "2021-06", 10},
                 {"none stated", 0, "2021-06", 0},
                 {"stated for an earlier one", 2019, "2021-06", 0},
                 {"inside the programme the step counts", 2021, "2022-06", 15}};
    struct toy *toy = *state;
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        toy->c->targets[TOY_7C].baseline_year = cases[i].baseline_year;
        toy->c->targets[TOY_7C].baseline_value = 10;
        judge(toy, TOY_7C, cases[i].period, 100, 1000, &s);
        same_ratio(cases[i].name, "step before", s.step_before,
                   ratio_of(cases[i].before, cases[i].before == 0 ? 0 : 1));
    }
}

/* --- large figures --- */

/*
 * Ingest takes counts up to 10^12, and a whole has thousands of units: what such sums
 * ask for does not fit 64 bits. Verdict and things are exact, the gap to more digits
 * than are shown; nothing panics.
 */
static void
sums_of_absurd_figures_are_judged_exactly(void **state)
{
    static const struct {
        const char *name;
        int64_t num;
        int64_t den;
        enum verdict verdict;
        int64_t need;
        int64_t gap_hundredths; /* cut down */
    } cases[] = {
        {"nothing of very much", 1, 9000000000000001, VERDICT_BEHIND, 4042602739726027,
         4491},
        {"a little short of very much", 4042602739726027, 9000000000000001,
         VERDICT_BEHIND, 1, 0},
        {"not short", 4042602739726028, 9000000000000001, VERDICT_ON_PACE, 0, -1},
        {"very much of a little", 9000000000000001, 31, VERDICT_ON_PACE, 0, 0},
        {"very much of much", 90000000000000001, 100000000000003, VERDICT_ON_PACE, 0,
         0},
    };
    struct toy *toy = *state;
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        judge(toy, TOY_7C, "2023-06", cases[i].num, cases[i].den, &s);
        if (cases[i].verdict == VERDICT_ON_PACE && s.verdict == VERDICT_MET) {
            s.verdict = VERDICT_ON_PACE; /* the year's step is reached already */
        }
        same_verdict(cases[i].name, s.verdict, cases[i].verdict);
        same_number(cases[i].name, "need_now", s.need_now, cases[i].need);
        assert_true(s.gap.den > 0);
        if (cases[i].verdict == VERDICT_BEHIND) {
            same_number(cases[i].name, "gap", ratio_cut(s.gap, 2, CUT_DOWN).num,
                        cases[i].gap_hundredths);
        } else {
            assert_true(s.gap.num <= 0);
        }
    }
}

/* A requirement and a value that are close: only the denominator does not fit. */
static void
a_gap_of_almost_nothing_does_not_become_a_denominator_of_nothing(void **state)
{
    struct toy *toy = *state;
    struct score s;

    judge(toy, TOY_7C, "2023-06", 40426027397260274, 90000000000000001, &s);
    same_verdict("one short", s.verdict, VERDICT_BEHIND);
    same_number("one short", "need_now", s.need_now, 1);
    assert_true(s.gap.den > 0 && s.gap.num >= 0);
    same_ratio("shown", "gap", ratio_cut(s.gap, 2, CUT_DOWN), ratio_of(0, 100));
}

/* --- how a score is written --- */

static void
a_machine_reads_points_without_a_thousands_sign(void **state)
{
    struct toy *toy = *state;
    struct score s;

    judge(toy, TOY_SCORE, "2023", 123450, 1, &s);
    buf_clear(&toy->line);
    score_line(toy->c, &toy->c->targets[TOY_SCORE], &s, &toy->line);
    assert_non_null(strstr(buf_str(&toy->line), " value=1234.50 "));
    assert_null(strchr(buf_str(&toy->line), ','));
}

static void
a_programme_without_a_digest_is_not_named(void **state)
{
    struct toy *toy = *state;
    struct score s;

    judge(toy, TOY_7C, "2023-06", 350, 1000, &s);
    score_line(toy->c, &toy->c->targets[TOY_7C], &s, &toy->line);
    assert_non_null(strstr(buf_str(&toy->line), " programme=1f2e3d4c"));
    toy->c->digest[0] = '\0';
    buf_clear(&toy->line);
    score_line(toy->c, &toy->c->targets[TOY_7C], &s, &toy->line);
    assert_null(strstr(buf_str(&toy->line), "programme="));
}

/* --- windows --- */

static void
reports_from_before_a_unit_began_are_no_windows_of_its(void **state)
{
    static const struct subject_ref young = {TOY_YOUNG, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    struct window out[8];
    size_t n;

    toy_reports(toy, TOY_YOUNG, TOY_PORTAL,
                "2025@2025-02-10:10:1 2025@2025-03-20:20:2");
    n = score_windows(toy->c, toy->f, &toy->c->targets[TOY_FULL], young, 2025, DAY_OPEN,
                      out, 8);
    assert_int_equal(n, 1);
    assert_string_equal(out[0].code, "2025@2025-03-20");
}

/* A group may lose its cadence with a new programme; what was reported by it is still
 * looked at. */
static void
a_group_without_a_cadence_is_looked_at_where_it_was_reported(void **state)
{
    struct toy *toy = *state;
    struct window out[8];
    size_t n;

    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-02:10:1 2023-05:10:2");
    toy->c->groups[TOY_DIGITISATION].cadence = CADENCE_NONE;
    n = score_windows(toy->c, toy->f, &toy->c->targets[TOY_7C], commune, 2023, DAY_OPEN,
                      out, 8);
    assert_int_equal(n, 2);
    assert_string_equal(out[0].code, "2023-02");
    assert_string_equal(out[1].code, "2023-05");
}

static void
without_room_there_are_no_windows(void **state)
{
    struct toy *toy = *state;
    struct window none;

    assert_int_equal(score_windows(toy->c, toy->f, &toy->c->targets[TOY_7C], commune,
                                   2023, DAY_OPEN, &none, 0),
                     0);
}

/* --- wholes --- */

static const int communes[] = {TOY_COMMUNE, TOY_COMMUNE_B, TOY_COMMUNE_C,
                               TOY_EXEMPT,  TOY_UNKNOWN,   TOY_ASSUMED};

static void
a_whole_to_which_nothing_applies_says_so_when_all_did(void **state)
{
    struct toy *toy = *state;
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(communes); i++) {
        toy_score(toy, TOY_9C, all_communes, "2023-01", &s);
        same_verdict("some are silent", s.verdict, VERDICT_NO_DATA);
        assert_false(s.standing.not_applicable);
        toy_reports(toy, communes[i], TOY_WORK, "2023-01:x:x");
    }
    toy_score(toy, TOY_9C, all_communes, "2023-01", &s);
    same_verdict("all have said so", s.verdict, VERDICT_NOT_APPLICABLE);
    same_number("all have said so", "units", s.standing.units, 0);
    assert_true(s.standing.complete && s.standing.not_applicable);
}

static void
a_whole_in_which_nothing_happened_is_not_applicable_when_all_are_in(void **state)
{
    struct toy *toy = *state;
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(communes); i++) {
        toy_reports(toy, communes[i], TOY_WORK, "2023-01:0:0");
        toy_score(toy, TOY_9C, all_communes, "2023-01", &s);
        same_number("0 of 0", "not applicable", s.standing.not_applicable,
                    i + 1 == COUNT(communes));
    }
}

static void
a_whole_without_members_has_no_figure(void **state)
{
    struct toy *toy = *state;
    struct score s;

    toy->c->groups[TOY_WORK].reported_by = 0;
    toy_score(toy, TOY_9C, all_communes, "2023-01", &s);
    same_verdict("nobody reports", s.verdict, VERDICT_NO_DATA);
    same_number("nobody reports", "units", s.standing.units, 0);
    assert_false(s.standing.complete);
}

/* Points are not added: of one unit they are that unit's, of two there is no figure. */
static void
values_of_two_units_are_not_added(void **state)
{
    static const struct subject_ref under = {TOY_DISTRICT, LEVEL_COMMUNE, true};
    struct toy *toy = *state;
    struct score s;

    toy_reports(toy, TOY_COMMUNE, TOY_POINTS, "2023:7000:0");
    toy_score(toy, TOY_SCORE, under, "2023", &s);
    assert_true(s.standing.has);
    same_number("one", "points", s.standing.num, 7000);
    toy_reports(toy, TOY_COMMUNE_B, TOY_POINTS, "2023:8000:0");
    toy_score(toy, TOY_SCORE, under, "2023", &s);
    assert_false(s.standing.has);
    assert_false(s.standing.not_applicable);
}

/* The newest report is named whatever the order of the units, and the earliest day. */
static void
a_whole_names_its_newest_report_and_its_first_day(void **state)
{
    static const struct subject_ref under = {TOY_DISTRICT, LEVEL_COMMUNE, true};
    struct toy *toy = *state;
    struct score s;

    toy_reports(toy, TOY_COMMUNE_C, TOY_DIGITISATION, "2023-06:100:1");
    toy_reports(toy, TOY_COMMUNE_B, TOY_DIGITISATION, "2023-Q2:100:1");
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-06:100:1");
    toy_score(toy, TOY_7C, under, "2023-06", &s);
    same_number("of three", "covered", s.standing.covered, 3);
    same_number("of three", "entry", (int64_t)s.standing.entry, 3);
    same_number("of three", "received", s.standing.received_at_ms, 3000);
    same_number("of three", "first", s.standing.first, toy_window("2023-Q2").first);
}

/* --- figures of a unit --- */

static void
how_many_were_ranked_is_a_count_or_not_known(void **state)
{
    struct toy *toy = *state;
    struct score s;

    toy->c->measures[2 * TOY_INDICES + 1].decimals = 1;
    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2023:49:610");
    toy_score(toy, TOY_1B, province, "2023", &s);
    same_number("with decimals", "ranked", s.standing.ranked, 61);
    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2023:49:a");
    toy_score(toy, TOY_1B, province, "2023", &s);
    same_number("not said", "ranked", s.standing.ranked, 0);
    toy->c->indicators[TOY_INDICES].ranked = NONE;
    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2023:49:610");
    toy_score(toy, TOY_1B, province, "2023", &s);
    same_number("not asked", "ranked", s.standing.ranked, 0);
}

/* Two reports in one entry that end on the same day: the later place counts. */
static void
of_two_states_in_one_entry_the_later_place_counts(void **state)
{
    struct toy *toy = *state;
    struct fact fact = {.revision = 1, .entry = 5, .received_at_ms = 5000};
    struct score s;
    uint32_t place;

    for (place = 0; place < 2; place++) {
        facts_free(&toy->f);
        toy->f = facts_new(toy->c);
        fact.figures[0] = fact.figures[1] = (struct figure){FIGURE_NUMBER, 100};
        fact.window = toy_window("2023-06");
        fact.index = place;
        assert_int_equal(facts_put(toy->f, TOY_COMMUNE, TOY_DIGITISATION, &fact, NULL),
                         ST_OK);
        fact.figures[1].scaled = 50;
        fact.window = toy_window("2023-Q2");
        fact.index = 1 - place;
        assert_int_equal(facts_put(toy->f, TOY_COMMUNE, TOY_DIGITISATION, &fact, NULL),
                         ST_OK);
        toy_score(toy, TOY_7C, commune, "2023-06", &s);
        same_number("later in the entry", "num", s.standing.num, place == 1 ? 100 : 50);
        same_number("later in the entry", "index", s.standing.index, 1);
    }
}

struct flow_case {
    const char *name;
    const char *reports;
    const char *at;
    bool complete;
    int64_t num;
    int64_t entry; /* the newest that is in it */
};

static const struct flow_case flows[] = {
    {"the last month alone leaves nothing", "2023-03:100:50", "2023-03", false, 0, 0},
    {"a year so far that lacks the figure gives way to the months",
     "2023-01:100:60 2023-02:100:60 2023@2023-02-28:200:a", "2023-02", true, 120, 2},
    {"a correction of an early month is the newest",
     "2023-01:100:60 2023-02:100:60 2023-01:100:50", "2023-02", true, 110, 3},
    {"a report that came late is the newest", "2023-02:100:60 2023-01:100:50",
     "2023-02", true, 110, 2},
};

static void
the_year_so_far_names_its_newest_report(void **state)
{
    struct toy *toy = *state;
    struct score s;
    size_t i;

    for (i = 0; i < COUNT(flows); i++) {
        facts_free(&toy->f);
        toy->f = facts_new(toy->c);
        toy_reports(toy, TOY_COMMUNE, TOY_WORK, flows[i].reports);
        toy_score(toy, TOY_WORK_C, commune, flows[i].at, &s);
        same_number(flows[i].name, "complete", s.standing.complete, flows[i].complete);
        same_number(flows[i].name, "num", s.standing.num, flows[i].num);
        same_number(flows[i].name, "entry", (int64_t)s.standing.entry, flows[i].entry);
    }
}

/* A unit that began on 15/3: its year begins with the window in which that day lies, or
 * on that day when no window holds it. */
static void
a_unit_begins_with_the_window_that_holds_its_first_day(void **state)
{
    static const struct {
        const char *name;
        const char *reports;
        const char *first;
        bool complete;
    } cases[] = {
        {"its month", "2025-03:100:60 2025-04:100:60", "2025-03-01", true},
        {"its quarter", "2025-Q1:100:60 2025-04:100:60", "2025-01-01", true},
        {"only later months", "2025-04:100:60", "2025-03-15", false},
        {"only earlier months", "2025-02:100:60", "2025-03-15", false},
    };
    static const struct subject_ref young = {TOY_YOUNG, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    char first[DAY_TEXT_BYTES];
    struct score s;
    size_t i;

    toy->c->units[TOY_YOUNG].from = day_from_civil(2025, 3, 15);
    for (i = 0; i < COUNT(cases); i++) {
        facts_free(&toy->f);
        toy->f = facts_new(toy->c);
        toy_reports(toy, TOY_YOUNG, TOY_WORK, cases[i].reports);
        toy_score(toy, TOY_WORK_C, young, "2025-04", &s);
        day_text(s.standing.first, first);
        same_text(cases[i].name, "first", first, cases[i].first);
        same_number(cases[i].name, "complete", s.standing.complete, cases[i].complete);
    }
}

/* A flow taken as a value (how many files this year): months add up, it stays a value.
 */
static void
a_flow_as_a_value_is_the_sum_of_its_months(void **state)
{
    struct toy *toy = *state;
    struct indicator *ind = &toy->c->indicators[TOY_WORK];
    struct score s;

    ind->is_value = true;
    ind->numerator[0] = 2 * TOY_WORK;
    ind->denominator_count = 0;
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023-01:100:60 2023-02:50:60");
    toy_score(toy, TOY_WORK_C, commune, "2023-02", &s);
    same_number("two months", "num", s.standing.num, 150);
    same_number("two months", "den", s.standing.den, 1);
    same_ratio("two months", "value", s.value, ratio_of(150, 1));
    toy_score(toy, TOY_WORK_C, commune, "2023-01", &s);
    same_number("one", "den", s.standing.den, 1);
    toy_reports(toy, TOY_COMMUNE_B, TOY_WORK, "2023-01:x:x");
    toy_score(toy, TOY_WORK_C,
              (struct subject_ref){TOY_COMMUNE_B, LEVEL_COMMUNE, false}, "2023-01", &s);
    same_verdict("it did not apply", s.verdict, VERDICT_NOT_APPLICABLE);
    same_number("it did not apply", "den", s.standing.den, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(before_the_year_begins_the_step_before_is_required),
        CLAIM(after_the_year_ends_the_step_is_required),
        CLAIM(a_rank_gain_in_its_own_baseline_year_is_only_shown),
        CLAIM(a_rank_gain_is_missed_at_the_last_window_of_the_last_year_only),
        CLAIM(a_baseline_is_the_step_before_the_first),
        CLAIM(sums_of_absurd_figures_are_judged_exactly),
        CLAIM(a_gap_of_almost_nothing_does_not_become_a_denominator_of_nothing),
        CLAIM(a_machine_reads_points_without_a_thousands_sign),
        CLAIM(a_programme_without_a_digest_is_not_named),
        CLAIM(reports_from_before_a_unit_began_are_no_windows_of_its),
        CLAIM(a_group_without_a_cadence_is_looked_at_where_it_was_reported),
        CLAIM(without_room_there_are_no_windows),
        CLAIM(a_whole_to_which_nothing_applies_says_so_when_all_did),
        CLAIM(a_whole_in_which_nothing_happened_is_not_applicable_when_all_are_in),
        CLAIM(a_whole_without_members_has_no_figure),
        CLAIM(values_of_two_units_are_not_added),
        CLAIM(a_whole_names_its_newest_report_and_its_first_day),
        CLAIM(how_many_were_ranked_is_a_count_or_not_known),
        CLAIM(of_two_states_in_one_entry_the_later_place_counts),
        CLAIM(the_year_so_far_names_its_newest_report),
        CLAIM(a_unit_begins_with_the_window_that_holds_its_first_day),
        CLAIM(a_flow_as_a_value_is_the_sum_of_its_months),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
