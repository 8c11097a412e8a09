/*
 * Ready cases of the domain that are pure: calendars, days off, the exact line, steps,
 * sums, names, two definitions of one name. Where the others are tested stands in
 * tests/README.md. Worked by hand. Runs in the repository's root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/mem.h"
#include "lib/programme_dir.h"
#include "lib/score.h"
#include "lib/text.h"
#include "tests/support/toy_claims.h"

static const struct subject_ref one = {TOY_COMMUNE, LEVEL_COMMUNE, false};

static int32_t
day_of(const char *text)
{
    int32_t day;

    assert_int_equal(day_parse(text, &day), ST_OK);
    return day;
}

/* Dossiers of a day: ten up to 30/6/2026, twenty up to 14/9, thirty from then on. */
static int
dossiers_on(int32_t day)
{
    if (day <= day_of("2026-06-30")) {
        return 10;
    }
    return day <= day_of("2026-09-14") ? 20 : 30;
}

static void
case_02_a_quarter_by_two_calendars_is_two_values_each_with_its_days(void **state)
{
    static const struct {
        enum calendar_rule rule;
        const char *first;
        const char *last;
        int sum;
    } cases[] = {
        /* 16 days of June at 10, 31 + 31 + 14 at 20 */
        {CALENDAR_STATUTORY, "2026-06-15", "2026-09-14", 160 + 1520},
        /* 31 + 31 + 14 days at 20, 16 at 30 */
        {CALENDAR_CIVIL, "2026-07-01", "2026-09-30", 1520 + 480},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct window w;
        int sum = 0;

        assert_int_equal(window_parse("2026-Q3", cases[i].rule, &w, NULL), ST_OK);
        for (int32_t day = w.first; day <= w.last; day++) {
            sum += dossiers_on(day);
        }
        same_number(cases[i].first, "first", w.first, day_of(cases[i].first));
        same_number(cases[i].first, "last", w.last, day_of(cases[i].last));
        same_number(cases[i].first, "dossiers", sum, cases[i].sum);
    }
}

static void
case_03_a_due_day_moves_from_days_off_and_not_from_a_swapped_saturday(void **state)
{
    /* Tết 14/2 to 22/2/2026; 31/8 off for Saturday 22/8, 1/9 and 2/9 National Day */
    static const char *const off[] = {
        "2026-02-14", "2026-02-15", "2026-02-16", "2026-02-17",
        "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-21",
        "2026-02-22", "2026-08-31", "2026-09-01", "2026-09-02",
    };
    static const struct {
        const char *name;
        int month;
        int mday;
        bool saturdays; /* 20/6/2026 is worked in exchange */
        const char *want;
    } cases[] = {
        {"a Sunday", 9, 20, false, "2026-09-21"},
        {"a Saturday", 6, 20, false, "2026-06-22"},
        {"a Saturday that is worked", 6, 20, true, "2026-06-20"},
        {"in the week of Tết", 2, 18, false, "2026-02-23"},
        {"a Saturday worked for a Monday", 8, 22, false, "2026-08-22"},
        {"the Monday that is off for it", 8, 31, false, "2026-09-03"},
    };
    int32_t holidays[COUNT(off)];
    int32_t worked[2] = {day_of("2026-06-20"), day_of("2026-08-22")};
    struct window year;

    (void)state;
    for (size_t i = 0; i < COUNT(off); i++) {
        holidays[i] = day_of(off[i]);
    }
    assert_int_equal(window_parse("2025", CALENDAR_CIVIL, &year, NULL), ST_OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool all = cases[i].saturdays;
        struct workdays days = {holidays, COUNT(holidays), all ? worked : worked + 1,
                                all ? 2 : 1};
        struct due_rule rule = {0, cases[i].month, cases[i].mday};

        same_number(cases[i].name, "due", due_day(&year, rule, &days),
                    day_of(cases[i].want));
    }
}

static void
case_05_the_exact_line_decides_and_a_failed_figure_is_never_rounded_up(void **state)
{
    static const struct {
        const char *name;
        const char *report;
        enum verdict verdict;
        const char *printed;
    } cases[] = {
        {"54,95", "2023-12:2000:1099", VERDICT_MISSED, "54,95"},
        {"1.313 of 2.386", "2023-12:2386:1313", VERDICT_MET, "55,02"},
        {"1.312 of 2.386", "2023-12:2386:1312", VERDICT_MISSED, "54,98"},
    };
    struct toy *toy = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct score s;
        char text[RATIO_TEXT_BYTES];

        toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, cases[i].report);
        toy_score(toy, TOY_7C, one, "2023-12", &s);
        same_verdict(cases[i].name, s.verdict, cases[i].verdict);
        ratio_text(s.value, 2, CUT_DOWN, true, text);
        same_text(cases[i].name, "printed", text, cases[i].printed);
    }
}

static void
case_07_twenty_points_a_year_end_at_the_documents_cap_and_with_the_district(
    void **state)
{
    static const struct {
        enum toy_target target;
        int unit;
        enum level level;
        const char *window;
        int step; /* 0: nothing is asked for */
    } cases[] = {
        {TOY_7A, TOY_DEPARTMENT, LEVEL_PROVINCE, "2021-12", 30},
        {TOY_7B, TOY_DISTRICT, LEVEL_DISTRICT, "2021-12", 20},
        {TOY_7C, TOY_COMMUNE, LEVEL_COMMUNE, "2021-12", 15},
        {TOY_7A, TOY_DEPARTMENT, LEVEL_PROVINCE, "2025-12", 100}, /* not 110 */
        {TOY_7B, TOY_DISTRICT, LEVEL_DISTRICT, "2025-06", 100},
        {TOY_7C, TOY_COMMUNE, LEVEL_COMMUNE, "2025-12", 95},
    };
    struct toy *toy = *state;
    const struct unit *district = &toy->c->units[TOY_DISTRICT];

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct subject_ref subject = {cases[i].unit, cases[i].level, false};
        struct score s;

        toy_reports(toy, cases[i].unit, TOY_DIGITISATION, "2021-12:100:99");
        toy_score(toy, cases[i].target, subject, cases[i].window, &s);
        same_ratio(cases[i].window, "step", s.step, ratio_of(cases[i].step, 1));
    }
    assert_true(unit_valid_on(district, day_of("2025-06-30")));
    assert_false(unit_valid_on(district, day_of("2025-07-01")));
}

/* Neither the last one that came in (11,11 %) nor the mean of both (50,55 %). */
static void
case_08_a_merged_whole_is_the_sum_of_counts_over_the_sum_of_counts(void **state)
{
    static const struct subject_ref whole = {TOY_DISTRICT, LEVEL_COMMUNE, true};
    struct toy *toy = *state;
    char text[RATIO_TEXT_BYTES];
    struct score s;

    toy_reports(toy, TOY_COMMUNE_C, TOY_DIGITISATION, "2023-06:0:0");
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-06:100:90");
    toy_reports(toy, TOY_COMMUNE_B, TOY_DIGITISATION, "2023-06:900:100");
    toy_score(toy, TOY_7C, whole, "2023-06", &s);
    same_number("whole", "num", s.standing.num, 190);
    same_number("whole", "den", s.standing.den, 1000);
    ratio_text(s.value, 2, CUT_DOWN, true, text);
    same_text("whole", "printed", text, "19,00");
}

/* Nothing is keyed by a name: names are only looked for, by text_fold. */
static void
case_09_names_are_matched_however_the_mark_is_set_and_places_do_not_clash(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        {"Phong Hoà", "Phong Hòa", true},
        {"Thuỷ Nguyên", "Thủy Nguyên", true},
        {"Phong Ho\x61\xcc\x80", "phong hòa", true}, /* decomposed */
        {"phường Long An, tỉnh Tây Ninh", "tỉnh Long An (cũ)", false},
        {"Long An", "Long Ân", true}, /* a suggestion may be too wide, a key may not */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *a = text_fold(cases[i].a);
        char *b = text_fold(cases[i].b);

        same_number(cases[i].a, "same", strcmp(a, b) == 0, cases[i].same);
        mem_free(&a);
        mem_free(&b);
    }
}

static const struct indicator *
indicator_of(const struct catalogue *c, const char *target)
{
    int t = catalogue_target(c, target);

    assert_int_not_equal(t, NONE);
    return &c->indicators[c->targets[t].indicator];
}

static const char *
denominator_of(const struct catalogue *c, const char *target)
{
    const struct indicator *ind = indicator_of(c, target);

    assert_int_equal(ind->denominator_count, 1);
    return c->measures[ind->denominator[0]].code;
}

static void
case_14_two_definitions_of_on_time_have_two_wholes_and_68_54_is_cut(void **state)
{
    struct programme_dir d;
    struct catalogue *c = NULL;
    struct findings found = {0};
    char text[RATIO_TEXT_BYTES];

    (void)state;
    assert_int_equal(programme_dir_read("programmes/quoc-gia-766", &d, &found), ST_OK);
    assert_int_equal(catalogue_load(d.files, d.count, &c, &found), ST_OK);
    assert_string_equal(denominator_of(c, "2.1"), "dossiers_received");
    assert_string_equal(denominator_of(c, "other-on-time"), "dossiers_at_hand");
    programme_dir_fini(&d);
    catalogue_free(&c);
    findings_fini(&found);

    ratio_text(ratio_percent(115665, 168746), 2, CUT_DOWN, true, text);
    assert_string_equal(text, "68,54"); /* 68,5438… */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            case_02_a_quarter_by_two_calendars_is_two_values_each_with_its_days),
        cmocka_unit_test(
            case_03_a_due_day_moves_from_days_off_and_not_from_a_swapped_saturday),
        CLAIM(case_05_the_exact_line_decides_and_a_failed_figure_is_never_rounded_up),
        CLAIM(
            case_07_twenty_points_a_year_end_at_the_documents_cap_and_with_the_district),
        CLAIM(case_08_a_merged_whole_is_the_sum_of_counts_over_the_sum_of_counts),
        cmocka_unit_test(
            case_09_names_are_matched_however_the_mark_is_set_and_places_do_not_clash),
        cmocka_unit_test(
            case_14_two_definitions_of_on_time_have_two_wholes_and_68_54_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
