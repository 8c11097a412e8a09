/*
 * The catalogue: what a good programme answers. What is refused, and in which words, is
 * in test_catalogue_refusals.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/catalogue.h"
#include "tests/support/specimen_programme.h"

static struct catalogue *
specimen_loaded(void)
{
    struct findings found = {0};
    struct catalogue *c = NULL;

    if (catalogue_load(SPECIMEN, SPECIMEN_FILES, &c, &found) != ST_OK) {
        for (size_t i = 0; i < found.count; i++) {
            print_message("%s:%d:%d: %s\n", found.items[i].file, found.items[i].line,
                          found.items[i].column, found.items[i].text);
        }
        fail_msg("the specimen must load");
    }
    findings_fini(&found);
    return c;
}

static void
units_have_parents_ids_and_days(void **state)
{
    struct catalogue *c = specimen_loaded();
    int old = catalogue_unit(c, "103@first");
    int new = catalogue_unit(c, "103@2024-01-01");
    int first = catalogue_unit(c, "101");

    (void)state;
    assert_int_equal(c->unit_count, 10);
    assert_int_equal(catalogue_unit(c, "103"), NONE);
    assert_int_not_equal(old, NONE);
    assert_int_not_equal(new, NONE);
    assert_string_equal(c->units[new].code, "103");
    assert_int_equal(c->units[first].parent, catalogue_unit(c, "11"));
    assert_true(unit_under(c, first, catalogue_unit(c, "1")));
    assert_true(unit_under(c, first, first));
    assert_false(unit_under(c, first, catalogue_unit(c, "12")));
    assert_true(unit_valid_on(&c->units[old], day_from_civil(2023, 12, 31)));
    assert_false(unit_valid_on(&c->units[old], day_from_civil(2024, 1, 1)));
    assert_int_equal(c->province_unit, catalogue_unit(c, "1"));
    catalogue_free(&c);
}

static void
a_code_finds_its_holder_on_the_windows_last_day(void **state)
{
    static const struct {
        const char *code;
        const char *period;
        enum status want;
        const char *unit;
        const char *other;
    } CASES[] = {
        {"101", "2023-06", ST_OK, "101", NULL},
        {"999", "2023-06", ST_GONE, NULL, NULL},
        {"103", "2023-06", ST_OK, "103@first", NULL},
        {"103", "2024-06", ST_OK, "103@2024-01-01", NULL},
        {"103", "2023", ST_OK, "103@first", NULL},
        {"103@first", "2023-06", ST_OK, "103@first", NULL},
        {"103@first", "2024-06", ST_BAD, "103@first", NULL},
        {"103@2024-01-01", "2023-06", ST_BAD, "103@2024-01-01", NULL},
        {"103@2024-01-02", "2024-06", ST_GONE, NULL, NULL},
        {"104", "2024-06", ST_STALE, "104@2024-06-16", "104@first"},
        {"104", "2024", ST_STALE, "104@2024-06-16", "104@first"},
        {"104", "2025-06", ST_BAD, "104@2024-06-16", NULL},
        {"12", "2021-06", ST_BAD, "12", NULL},
        {"12@2022-01-01", "2023-06", ST_OK, "12", NULL},
    };
    struct catalogue *c = specimen_loaded();

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct window w;
        int unit;
        int other;
        enum status got;

        assert_int_equal(window_parse(CASES[i].period, CALENDAR_CIVIL, &w, NULL),
                         ST_OK);
        got = catalogue_unit_at(c, CASES[i].code, &w, &unit, &other);
        print_message("%s in %s: got %s want %s\n", CASES[i].code, CASES[i].period,
                      status_name(got), status_name(CASES[i].want));
        assert_int_equal(got, CASES[i].want);
        assert_int_equal(
            unit, CASES[i].unit == NULL ? NONE : catalogue_unit(c, CASES[i].unit));
        assert_int_equal(
            other, CASES[i].other == NULL ? NONE : catalogue_unit(c, CASES[i].other));
    }
    catalogue_free(&c);
}

static void
measures_groups_and_indicators_are_found(void **state)
{
    struct catalogue *c = specimen_loaded();
    int whole = catalogue_measure(c, "results");
    int part = catalogue_measure(c, "results_digitised");
    const struct group *g = &c->groups[catalogue_group(c, "digitisation")];
    const struct target *t = &c->targets[catalogue_target(c, "7c")];
    const struct indicator *in = &c->indicators[t->indicator];

    (void)state;
    assert_int_equal(catalogue_measure(c, "nothing"), NONE);
    assert_int_equal(catalogue_group(c, "nothing"), NONE);
    assert_int_equal(catalogue_target(c, "7d"), NONE);
    assert_int_equal(c->measures[part].part_of, whole);
    assert_int_equal(c->measures[whole].part_of, NONE);
    assert_int_equal(group_measure_place(g, part), 1);
    assert_int_equal(group_measure_place(g, catalogue_measure(c, "rank")), NONE);
    assert_int_equal(g->reported_by, 1u << KIND_DEPARTMENT | 1u << KIND_COMMUNE);
    assert_int_equal(g->due.working_days, 5);
    assert_int_equal(c->groups[1].due.next_year_month, 4);
    assert_int_equal(c->groups[1].due.next_year_mday, 30);
    assert_string_equal(in->id, "share");
    assert_int_equal(in->group, 0);
    assert_int_equal(in->min_denominator, 30);
    assert_true(in->better_up);
    assert_false(in->is_value);
    assert_int_equal(in->numerator[0], part);
    assert_int_equal(in->denominator[0], whole);
    assert_int_equal(in->ranked, NONE);
    assert_int_equal(c->indicators[1].ranked, catalogue_measure(c, "ranked"));
    catalogue_free(&c);
}

static void
readings_of_a_clause_are_kept_in_both_languages(void **state)
{
    struct catalogue *c = specimen_loaded();
    const struct target *with = &c->targets[catalogue_target(c, "7a")];
    const struct target *without = &c->targets[catalogue_target(c, "7c")];

    (void)state;
    assert_string_equal(with->reading_vi, "hiểu");
    assert_string_equal(with->reading_en, "read");
    assert_string_equal(with->rejected_vi, "bỏ");
    assert_string_equal(with->rejected_en, "left");
    assert_string_equal(without->reading_vi, "");
    assert_string_equal(without->reading_en, "");
    assert_string_equal(without->rejected_vi, "");
    assert_string_equal(without->rejected_en, "");
    catalogue_free(&c);
}

static void
a_target_has_a_step_for_its_years_only(void **state)
{
    struct catalogue *c = specimen_loaded();
    const struct target *steps = &c->targets[catalogue_target(c, "7c")];
    const struct target *due = &c->targets[catalogue_target(c, "10c")];
    const struct target *info = &c->targets[catalogue_target(c, "i")];
    const struct target *gain = &c->targets[catalogue_target(c, "1b")];

    (void)state;
    assert_int_equal(ratio_compare(target_step(c, steps, 2023), ratio_of(5495, 100)),
                     0);
    assert_int_equal(target_step(c, steps, 2020).den, 0);
    assert_int_equal(target_step(c, steps, 2026).den, 0);
    assert_int_equal(target_step(c, steps, 2025).den, 0); /* no step written */
    assert_int_equal(ratio_compare(target_step(c, due, 2025), ratio_of(50, 1)), 0);
    assert_int_equal(target_step(c, due, 2026).den, 0);
    assert_int_equal(target_step(c, info, 2023).den, 0);
    assert_int_equal(gain->baseline_value, 60);
    assert_int_equal(gain->baseline_year, 2020);
    assert_int_equal(steps->pace, PACE_LINEAR);
    assert_int_equal(due->pace, PACE_DUE);
    assert_int_equal(gain->pace, PACE_FLAT);
    assert_int_equal(steps->open_windows, 2);
    assert_int_equal(steps->open_things, 5);
    assert_int_equal(ratio_compare(steps->open_points, ratio_of(2, 1)), 0);
    assert_int_equal(gain->open_windows, 1);
    catalogue_free(&c);
}

static void
a_target_concerns_the_kinds_of_its_level_that_report(void **state)
{
    static const struct {
        const char *target;
        const char *unit;
        bool want;
    } CASES[] = {
        {"7a", "S1", true},    {"7a", "1", false},  {"7a", "101", false},
        {"7c", "101", true},   {"7c", "11", false}, {"7c", "103@first", true},
        {"10c", "101", false}, /* judged over the province */
        {"1b", "1", false},    {"1e", "1", true},   {"1e", "S1", false},
    };
    struct catalogue *c = specimen_loaded();

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct target *t = &c->targets[catalogue_target(c, CASES[i].target)];
        const struct unit *u = &c->units[catalogue_unit(c, CASES[i].unit)];

        print_message("%s %s\n", CASES[i].target, CASES[i].unit);
        assert_int_equal(target_concerns(c, t, u), CASES[i].want);
    }
    catalogue_free(&c);
}

static void
only_what_is_certain_wakes_anybody(void **state)
{
    static const struct {
        const char *unit;
        bool confirmed;
        bool simulated;
        bool want;
    } CASES[] = {
        {"101", false, false, false},           /* assumed no */
        {"101", false, true, true},             /* enough in a simulated run */
        {"101", true, false, true},             /* or once confirmed */
        {"102", true, true, false},             /* unknown: never */
        {"103@first", true, true, false},       /* exempt: never */
        {"103@2024-01-01", false, false, true}, /* no */
    };
    struct catalogue *c = specimen_loaded();
    struct target *t = &c->targets[catalogue_target(c, "7c")];

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct unit *u = &c->units[catalogue_unit(c, CASES[i].unit)];

        t->exempt_confirmed = CASES[i].confirmed;
        print_message("%s\n", CASES[i].unit);
        assert_int_equal(target_armed(c, t, u, CASES[i].simulated), CASES[i].want);
    }
    t->exempt_confirmed = true;
    assert_false(target_armed(c, t, NULL, true)); /* a whole with an unknown in it */
    t->by_exempt = false;
    assert_true(target_armed(c, t, NULL, false));
    t->full_marks = true;
    assert_false(target_armed(c, t, NULL, true));
    t->full_marks = false;
    assert_false(target_armed(c, &c->targets[catalogue_target(c, "i")], NULL, true));
    c->illustrative = true;
    assert_false(target_armed(c, t, &c->units[0], true));
    catalogue_free(&c);
}

static void
every_unit_of_a_kind_has_its_office(void **state)
{
    struct catalogue *c = specimen_loaded();
    int old = catalogue_leader(c, "head-103@first");
    int new = catalogue_leader(c, "head-103@2024-01-01");
    int chair = catalogue_leader(c, "chair");

    (void)state;
    assert_int_equal(c->leader_count, 8); /* chair, director, six communes */
    assert_int_not_equal(old, NONE);
    assert_int_not_equal(new, NONE);
    assert_int_equal(catalogue_leader(c, "head-103"), NONE);
    assert_int_equal(c->leaders[new].scope, catalogue_unit(c, "103@2024-01-01"));
    assert_string_equal(c->leaders[old].title_vi, "Chủ tịch UBND xã Ba, xã Ba");
    assert_int_equal(c->leaders[old].levels, 1u << LEVEL_COMMUNE);
    assert_false(c->leaders[old].own);
    assert_true(c->leaders[chair].own);
    assert_string_equal(c->leaders[chair].language, "vi");
    assert_string_equal(c->leaders[old].language, "en");
    catalogue_free(&c);
}

static void
holidays_come_sorted(void **state)
{
    struct catalogue *c = specimen_loaded();

    (void)state;
    assert_int_equal(c->workdays.holiday_count, 5);
    for (size_t i = 1; i < c->workdays.holiday_count; i++) {
        assert_true(c->workdays.holidays[i - 1] < c->workdays.holidays[i]);
    }
    assert_false(workday_is(&c->workdays, day_from_civil(2024, 1, 1)));
    assert_true(workday_is(&c->workdays, day_from_civil(2024, 5, 4))); /* a Saturday */
    catalogue_free(&c);
}

static void
an_alert_code_says_what_it_is_about(void **state)
{
    struct catalogue *c = specimen_loaded();
    char code[ALERT_CODE_BYTES];

    (void)state;
    alert_code(c, &c->targets[catalogue_target(c, "7c")], 2023, "101", code);
    assert_string_equal(code, "TST-2023-7c-101");
    catalogue_free(&c);
}

static void
what_the_province_must_answer_is_asked_once_a_target(void **state)
{
    struct findings found = {0};
    struct catalogue *c = NULL;
    size_t questions = 0;

    (void)state;
    assert_int_equal(catalogue_load(SPECIMEN, SPECIMEN_FILES, &c, &found), ST_OK);
    assert_int_equal(found.errors, 0);
    for (size_t i = 0; i < found.count; i++) {
        const struct finding *f = &found.items[i];

        print_message("%s:%d:%d: %s\n", f->file, f->line, f->column, f->text);
        assert_int_equal(f->kind, FINDING_QUESTION);
        assert_string_equal(f->file, "targets.yaml");
        assert_true(strstr(f->text, "101, 104@first") != NULL ||
                    strstr(f->text, "102") != NULL);
        assert_true(f->text_vi[0] != '\0');
        questions++;
    }
    assert_int_equal(questions, 2);
    catalogue_free(&c);
    findings_fini(&found);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_have_parents_ids_and_days),
        cmocka_unit_test(a_code_finds_its_holder_on_the_windows_last_day),
        cmocka_unit_test(measures_groups_and_indicators_are_found),
        cmocka_unit_test(readings_of_a_clause_are_kept_in_both_languages),
        cmocka_unit_test(a_target_has_a_step_for_its_years_only),
        cmocka_unit_test(a_target_concerns_the_kinds_of_its_level_that_report),
        cmocka_unit_test(only_what_is_certain_wakes_anybody),
        cmocka_unit_test(every_unit_of_a_kind_has_its_office),
        cmocka_unit_test(holidays_come_sorted),
        cmocka_unit_test(an_alert_code_says_what_it_is_about),
        cmocka_unit_test(what_the_province_must_answer_is_asked_once_a_target),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
