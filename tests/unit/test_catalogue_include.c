/*
 * A programme that includes another: what is taken over, whose promise it is, and what
 * is refused, with the file, line and column. The included one is small and made up
 * here: "rules", an illustration that shares a group with the specimen and has two of
 * its own. Years: the specimen's are 2021 to 2025, those of the rules 2022 to 2026.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/included_programme.h"

/* --- what is taken over --- */

static void
all_targets_come_with_what_they_count(void **state)
{
    struct both b;
    const struct target *t;
    const struct group *g;

    (void)state;
    both_load(&b, INCLUDE, NULL);
    both_print(&b);
    assert_int_equal(b.st, ST_OK);
    /* Of the specimen 5, 2, 2, 7 and 0; of the rules what is not there: the measures
     * answers, answers_good and visits, two groups, two indicators, three targets. */
    assert_int_equal(b.c->measure_count, 8);
    assert_int_equal(b.c->group_count, 4);
    assert_int_equal(b.c->indicator_count, 4);
    assert_int_equal(b.c->target_count, 10);
    assert_int_equal(b.c->info_count, 1);
    assert_string_equal(b.c->slug, "test-province");
    assert_string_equal(b.c->prefix, "TST");
    assert_int_equal(b.c->unit_count, 10);
    t = target_of(&b, "766-4.2");
    assert_string_equal(b.c->indicators[t->indicator].id, "content");
    g = &b.c->groups[b.c->indicators[t->indicator].group];
    assert_string_equal(g->code, "survey");
    assert_string_equal(b.c->measures[g->measures[1]].code, "answers_good");
    assert_int_equal(b.c->measures[g->measures[1]].part_of, g->measures[0]);
    assert_string_equal(t->programme, "rules");
    assert_string_equal(t->document_en, "Decision");
    assert_string_equal(t->section, "III");
    assert_null(target_of(&b, "7c")->programme);
    /* A shared indicator is the one that was there. */
    assert_int_equal(target_of(&b, "766-5.2")->indicator,
                     target_of(&b, "7c")->indicator);
    assert_string_equal(b.c->infos[0].id, "766-9");
    both_fini(&b);
}

static void
the_years_are_those_that_both_have(void **state)
{
    static const struct {
        int year;
        int64_t step; /* 0: none */
    } STEPS[] = {{2021, 0}, {2022, 10}, {2023, 20}, {2025, 40}, {2026, 0}};
    const struct target *t;
    struct both b;

    (void)state;
    both_load(&b, INCLUDE, NULL);
    t = target_of(&b, "766-5.2");
    assert_int_equal(target_year_first(b.c, t), 2022);
    assert_int_equal(target_year_last(b.c, t), 2025);
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        struct ratio step = target_step(b.c, t, STEPS[i].year);

        print_message("%d\n", STEPS[i].year);
        if (STEPS[i].step == 0) {
            assert_int_equal(step.den, 0);
        } else {
            assert_int_equal(ratio_compare(step, ratio_of(STEPS[i].step, 1)), 0);
        }
    }
    both_fini(&b);
}

/* The rules of 2019 to 2022 with steps from 10 to 40: the specimen begins in 2021. */
static void
the_step_of_the_year_before_is_kept(void **state)
{
    static const struct change EARLIER[CHANGES_MAX] = {
        {RP, "{from: 2022, to: 2026}", "{from: 2019, to: 2022}"},
        {RT, "{2022: 10, 2023: 20, 2024: 30, 2025: 40, 2026: 50}",
         "{2019: 10, 2020: 20, 2021: 30, 2022: 40}"},
        {RP, "alerts_from: 2022-08-01", "alerts_from: 2019-08-01"}};
    const struct target *t;
    struct both b;

    (void)state;
    both_load(&b, INCLUDE, EARLIER);
    both_print(&b);
    assert_int_equal(b.st, ST_OK);
    t = target_of(&b, "766-5.2");
    assert_int_equal(ratio_compare(target_step_before(b.c, t, 2021), ratio_of(20, 1)),
                     0);
    assert_int_equal(ratio_compare(target_step_before(b.c, t, 2022), ratio_of(30, 1)),
                     0);
    both_fini(&b);
    both_load(&b, INCLUDE, NULL); /* their first year is one of ours: nothing before */
    assert_int_equal(target_step_before(b.c, target_of(&b, "766-5.2"), 2022).den, 0);
    both_fini(&b);
}

#define FIRST                                                                          \
    "{id: \"6.1\", indicator: visits_all, subject: each, level: commune, "             \
    "kind: times_per_year, times: 4, "

/* 6.1 has two versions; of their years 2022 to 2026 the specimen has those to 2025. */
static void
a_version_without_years_here_is_not_there(void **state)
{
    static const struct {
        const char *name;
        const char *from; /* of the second version */
        const char *years;
        int count;
        bool later; /* of the newest one that came */
        bool superseded;
    } CASES[] = {
        {"both came", "2024-01-01", "{from: 2022, to: 2026}", 2, true, false},
        {"the second did not", "2026-01-01", "{from: 2022, to: 2026}", 1, false, false},
        {"nor did the first", "2021-01-01", "{from: 2019, to: 2026}", 1, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char second[512];
        struct change changes[CHANGES_MAX] = {
            {RP, "{from: 2022, to: 2026}", CASES[i].years}, {RT, FIRST, second}};
        const struct target *t;
        struct both b;
        int count = 0;

        (void)snprintf(second, sizeof second,
                       "{id: \"6.1\", version: 1, indicator: visits_all, subject: "
                       "each, level: commune, kind: times_per_year, times: 4, " END
                       "  - {id: \"6.1\", version: 2, valid_from: %s, indicator: "
                       "visits_all, subject: each, level: commune, kind: "
                       "times_per_year, times: 5, ",
                       CASES[i].from);
        both_load(&b, INCLUDE, changes);
        print_message("%s\n", CASES[i].name);
        both_print(&b);
        assert_int_equal(b.st, ST_OK);
        for (size_t k = 0; k < b.c->target_count; k++) {
            count += strcmp(b.c->targets[k].id, "766-6.1") == 0;
        }
        assert_int_equal(count, CASES[i].count);
        t = target_of(&b, "766-6.1");
        assert_int_equal(t->versions, CASES[i].count > 1);
        assert_int_equal(t->later, CASES[i].later);
        assert_int_equal(t->superseded, CASES[i].superseded);
        both_fini(&b);
    }
}

static void
only_the_named_targets_come(void **state)
{
    struct both b;

    (void)state;
    both_load(&b,
              "include:\n"
              "  - {programme: rules, as: \"766\", targets: [\"5.2\", \"9\"]}\n",
              NULL);
    both_print(&b);
    assert_int_equal(b.st, ST_OK);
    assert_int_equal(b.c->target_count, 8);
    assert_int_equal(b.c->info_count, 1);
    assert_int_equal(b.c->measure_count, 5); /* nothing that nobody asks for */
    assert_int_equal(b.c->group_count, 2);
    assert_int_equal(catalogue_target(b.c, "766-4.2"), NONE);
    both_fini(&b);
}

static void
its_units_are_those_of_the_programme_that_includes(void **state)
{
    struct both b;
    char code[ALERT_CODE_BYTES];
    const struct target *t;

    (void)state;
    both_load(&b, INCLUDE, NULL);
    t = target_of(&b, "766-4.2");
    assert_true(target_concerns(b.c, t, &b.c->units[catalogue_unit(b.c, "101")]));
    assert_false(target_concerns(b.c, t, &b.c->units[catalogue_unit(b.c, "11")]));
    alert_code(b.c, t, 2023, "101", code);
    assert_string_equal(code, "TST-2023-766-4.2-101");
    both_fini(&b);
}

/* Who hears, when, and when it is too much at once is for the province to say. */
static void
its_ladder_and_its_brake_do_not_come_along(void **state)
{
    static const struct change changes[CHANGES_MAX] = {
        {RP, "documents:\n",
         "ladder: {windows: [4, 8], working_days: [30, 60], repeat_days: 0}\n"
         "brake: {programme: 90, units: 99}\nprogress: {working_days: "
         "9}\ndocuments:\n"}};
    struct both b;

    (void)state;
    both_load(&b, INCLUDE, changes);
    both_print(&b);
    assert_int_equal(b.st, ST_OK);
    assert_int_equal(b.c->ladder.windows[0], 1);
    assert_int_equal(b.c->ladder.working_days[1], 10);
    assert_int_equal(b.c->ladder.repeat_days, 20);
    assert_int_equal(b.c->brake.programme, 10);
    assert_int_equal(b.c->brake.units, 10);
    assert_int_equal(b.c->progress_days, 0);
    both_fini(&b);
}

/* --- whose promise --- */

#define ADOPTED                                                                        \
    "include:\n  - {programme: rules, as: \"766\", adopted: true, citation: "          \
    "{document: nq, section: \"II.3\"}}\n"

static void
an_illustration_stays_one_until_the_province_adopts_it(void **state)
{
    static const struct {
        const char *name;
        const char *include;
        struct change changes[CHANGES_MAX];
        bool illustrative; /* of the included */
        bool full_marks;   /* of 766-4.2 */
        bool armed;        /* 766-5.2 about 103@2024-01-01, of which exempt says no */
        bool own_armed;    /* 7c, likewise */
        const char *document_vi;
        const char *document_en;
    } CASES[] = {
        {"an illustration",
         INCLUDE,
         {{0}},
         true,
         true,
         false,
         true,
         "Quyết định",
         "Decision"},
        {"adopted",
         ADOPTED,
         {{0}},
         false,
         false,
         true,
         true,
         "Quyết định, được áp dụng theo mục II.3 Nghị quyết",
         "Decision, adopted under section II.3 of the Resolution"},
        {"a rule in force",
         INCLUDE,
         {{RP, "illustrative: true", "illustrative: false"}},
         false,
         true,
         true,
         true,
         "Quyết định",
         "Decision"},
        {"adopted by an illustration",
         ADOPTED,
         {{P, "illustrative: false", "illustrative: true"}},
         true,
         false,
         false,
         false,
         "Quyết định, được áp dụng theo mục II.3 Nghị quyết",
         "Decision, adopted under section II.3 of the Resolution"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct unit *u;
        const struct target *t;
        struct both b;

        print_message("%s\n", CASES[i].name);
        both_load(&b, CASES[i].include, CASES[i].changes);
        both_print(&b);
        assert_int_equal(b.st, ST_OK);
        u = &b.c->units[catalogue_unit(b.c, "103@2024-01-01")];
        t = target_of(&b, "766-5.2");
        assert_int_equal(target_illustrative(b.c, t), CASES[i].illustrative);
        assert_int_equal(target_armed(b.c, t, u, false), CASES[i].armed);
        assert_int_equal(target_of(&b, "766-4.2")->full_marks, CASES[i].full_marks);
        assert_int_equal(target_armed(b.c, target_of(&b, "7c"), u, false),
                         CASES[i].own_armed);
        assert_string_equal(t->document_vi, CASES[i].document_vi);
        assert_string_equal(t->document_en, CASES[i].document_en);
        assert_string_equal(target_of(&b, "7c")->document_en, "Resolution");
        both_fini(&b);
    }
}

/* The ministry's word about its sample units says nothing about commune 101. */
static void
a_confirmed_exemption_does_not_come_along(void **state)
{
    struct both b;
    size_t asked = 0;

    (void)state;
    both_load(&b, ADOPTED, NULL);
    assert_false(target_armed(b.c, target_of(&b, "766-5.2"),
                              &b.c->units[catalogue_unit(b.c, "101")], false));
    for (size_t i = 0; i < b.found.count; i++) {
        const struct finding *f = &b.found.items[i];

        asked += f->kind == FINDING_QUESTION &&
                 strcmp(f->file, "rules/targets.yaml") == 0 && f->line == 3 &&
                 strstr(f->text, "units.csv says") != NULL;
    }
    assert_int_equal(asked, 2); /* the unknown one, and those assumed */
    both_fini(&b);
}

/* Files that nobody includes are no mistake and change nothing. */
static void
files_beside_it_are_left_alone(void **state)
{
    struct both b;

    (void)state;
    both_load(&b, "",
              (struct change[CHANGES_MAX]){{RT, "targets:", "targets: broken"}});
    assert_int_equal(b.st, ST_OK);
    assert_int_equal(b.c->target_count, 7);
    both_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_targets_come_with_what_they_count),
        cmocka_unit_test(the_years_are_those_that_both_have),
        cmocka_unit_test(the_step_of_the_year_before_is_kept),
        cmocka_unit_test(a_version_without_years_here_is_not_there),
        cmocka_unit_test(only_the_named_targets_come),
        cmocka_unit_test(its_units_are_those_of_the_programme_that_includes),
        cmocka_unit_test(its_ladder_and_its_brake_do_not_come_along),
        cmocka_unit_test(an_illustration_stays_one_until_the_province_adopts_it),
        cmocka_unit_test(a_confirmed_exemption_does_not_come_along),
        cmocka_unit_test(files_beside_it_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
