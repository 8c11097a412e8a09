/*
 * When a lag ends (close), which target climbs at once (urgent), and which measure
 * never falls: read as written, kept by a programme that includes them, refused where
 * they make no sense, in both languages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "tests/support/refusals.h"
#include "tests/support/specimen_programme.h"

/* Where a key more fits: 7c, the only target of a share by steps; the ranks' 1b. */
#define SHARE "2024: 75}, exempt: by_unit"
#define SHARE_WITH(text) "2024: 75}, " text ", exempt: by_unit"
#define RANK "threshold: 5, baseline"
#define RANK_WITH(text) "threshold: 5, " text ", baseline"

static const struct refusal REFUSED[] = {
    {T, SHARE, SHARE_WITH("close: {windows: 0}"), "between 1 and 24", 0},
    {T, SHARE, SHARE_WITH("close: {windows: 25}"), "between 1 and 24", 0},
    {T, SHARE, SHARE_WITH("close: {windows: two}"), "\"two\"", 0},
    {T, SHARE, SHARE_WITH("close: {points: 100.5}"), "100 percent is the most", 0},
    {T, SHARE, SHARE_WITH("close: {points: -1}"), "\"points\" is \"-1\"", 0},
    {T, SHARE, SHARE_WITH("close: {things: 5}"),
     "unknown key \"things\"; take it out, or use one of: windows, points", 0},
    {T, SHARE, SHARE_WITH("close: 2"), "keys with values are expected here", 0},
    {T, SHARE, SHARE_WITH("close: {}, urgent: yes"), "write one of: false, true", 0},
    {T, RANK, RANK_WITH("close: {windows: 2, points: 1}"),
     "target 1b: points of \"close\" are percentage points, and place is no ratio", 0},
    {M, "nature: flow}", "nature: flow, never_falls: true}",
     "\"never_falls\" is true for dossiers, a flow", 0},
    {M, "nature: stock}", "nature: stock, never_falls: no}",
     "write one of: false, true", 0},
};

static void
nonsense_is_refused_where_it_stands(void **state)
{
    (void)state;
    CHECK(REFUSED);
}

/* What a change of one file, and one more of another, loads to. */
struct loaded {
    struct catalogue *c;
    struct findings found;
    struct buf text[2];
    enum status st;
};

static void
loaded_make(struct loaded *l, const struct refusal *change, const struct refusal *more)
{
    struct catalogue_file files[SPECIMEN_FILES];
    struct catalogue_file other[SPECIMEN_FILES];

    memset(l, 0, sizeof *l);
    programme_changed(change, files, &l->text[0]);
    if (more != NULL) {
        programme_changed(more, other, &l->text[1]);
        files[more->file] = other[more->file];
    }
    l->st = catalogue_load(files, SPECIMEN_FILES, &l->c, &l->found);
}

static void
loaded_fini(struct loaded *l)
{
    catalogue_free(&l->c);
    findings_fini(&l->found);
    buf_fini(&l->text[0]);
    buf_fini(&l->text[1]);
}

static void
a_refusal_says_it_in_vietnamese_too(void **state)
{
    static const char *const SAYS[][2] = {
        {"1b", "points của \"close\" là điểm phần trăm, còn place không phải là tỷ lệ"},
        {"dossiers", "\"never_falls\" là true cho dossiers, một số phát sinh (flow)"}};
    static const struct refusal *const CASES[] = {
        &REFUSED[sizeof REFUSED / sizeof REFUSED[0] - 3],
        &REFUSED[sizeof REFUSED / sizeof REFUSED[0] - 2]};
    struct loaded l;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        bool said = false;

        loaded_make(&l, CASES[i], NULL);
        assert_int_equal(l.st, ST_BAD);
        for (size_t k = 0; k < l.found.count; k++) {
            said = said || strstr(l.found.items[k].text_vi, SAYS[i][1]) != NULL;
        }
        if (!said) {
            fail_msg("%s: not said in Vietnamese", SAYS[i][0]);
        }
        loaded_fini(&l);
    }
}

static const struct target *
target_of(const struct catalogue *c, const char *id)
{
    int at = catalogue_target(c, id);

    assert_int_not_equal(at, NONE);
    return &c->targets[at];
}

static void
what_is_not_written_ends_at_the_first_window_on_pace(void **state)
{
    struct catalogue *c = NULL;
    struct findings found = {0};

    (void)state;
    assert_int_equal(catalogue_load(SPECIMEN, SPECIMEN_FILES, &c, &found), ST_OK);
    for (size_t i = 0; i < c->target_count; i++) {
        assert_int_equal(c->targets[i].close_windows, 1);
        assert_int_equal(c->targets[i].close_points.num, 0);
        assert_false(c->targets[i].urgent);
    }
    for (size_t i = 0; i < c->measure_count; i++) {
        assert_false(c->measures[i].never_falls);
    }
    catalogue_free(&c);
    findings_fini(&found);
}

static void
what_is_written_is_read(void **state)
{
    static const struct refusal TARGET = {
        T, SHARE, SHARE_WITH("close: {windows: 3, points: 1.25}, urgent: true"), "", 0};
    static const struct refusal OTHER = {
        T, RANK, RANK_WITH("close: {windows: 2, points: 0}, urgent: false"), "", 0};
    static const struct refusal MEASURES[] = {
        {M, "nature: stock}", "nature: stock, never_falls: true}", "", 0},
        {M, "decimals: 0, pool: 63", "decimals: 0, never_falls: true, pool: 63", "",
         0}};
    const struct target *t;
    struct loaded l;

    (void)state;
    loaded_make(&l, &TARGET, &MEASURES[0]);
    assert_int_equal(l.st, ST_OK);
    t = target_of(l.c, "7c");
    assert_int_equal(t->close_windows, 3);
    assert_int_equal(ratio_compare(t->close_points, ratio_of(125, 100)), 0);
    assert_true(t->urgent);
    assert_int_equal(t->open_windows, 2); /* the beginning is another matter */
    assert_false(target_of(l.c, "7a")->urgent);
    assert_true(l.c->measures[catalogue_measure(l.c, "results")].never_falls);
    assert_false(
        l.c->measures[catalogue_measure(l.c, "results_digitised")].never_falls);
    loaded_fini(&l);
    loaded_make(&l, &OTHER, &MEASURES[1]);
    assert_int_equal(l.st, ST_OK);
    t = target_of(l.c, "1b");
    assert_int_equal(t->close_windows, 2);
    assert_false(t->urgent);
    assert_true(l.c->measures[catalogue_measure(l.c, "rank")].never_falls);
    loaded_fini(&l);
}

/* --- included --- */

#define RULES_COUNT 3

static const char RULES_PROGRAMME[] =
    "programme: rules\nversion: 1\nprefix: RUL\nprovince_unit: \"X\"\n"
    "title_vi: Quy tắc\ntitle_en: Rules\nword_vi: mức\nword_en: line\n"
    "years: {from: 2021, to: 2025}\nyear: civil\nalerts_from: 2022-08-01\n"
    "contact_vi: Không\ncontact_en: None\n"
    "documents:\n  - {id: qd, title_vi: Quyết định, title_en: Decision}\n";

/* %s: what the stock says of itself. */
static const char RULES_MEASURES[] =
    "measures:\n"
    "  - {code: halls, name_vi: a, name_en: a, count_vi: trụ sở, count_en: halls, "
    "nature: stock%s}\n"
    "  - {code: halls_open, name_vi: b, name_en: b, count_vi: trụ sở, count_en: halls, "
    "nature: stock, part_of: halls}\n"
    "groups:\n"
    "  - {code: halls, name_vi: h, name_en: h, measures: [halls, halls_open], "
    "reported_by: [commune], calendar: civil, cadence: quarterly, "
    "due: {working_days: 10}}\n"
    "indicators:\n"
    "  - {id: open, name_vi: j, name_en: j, numerator: [halls_open], "
    "denominator: [halls], better: up, legal_basis: y}\n";

static const char RULES_TARGETS[] =
    "targets:\n"
    "  - {id: \"4.2\", indicator: open, subject: each, level: commune, "
    "kind: at_least, threshold: 90, close: {windows: 2, points: 0.5}, urgent: true, "
    "title_vi: t, title_en: u, citation: {document: qd, section: \"III\"}}\n";

static void
it_survives_an_include(void **state)
{
    static const struct refusal INCLUDE = {
        P, "year: civil\n",
        "year: civil\ninclude:\n  - {programme: rules, as: \"766\"}\n", "", 0};
    struct catalogue_file files[SPECIMEN_FILES + RULES_COUNT];
    char measures[2048];
    struct buf text;
    struct catalogue *c = NULL;
    struct findings found = {0};
    const struct target *t;

    (void)state;
    programme_changed(&INCLUDE, files, &text);
    (void)snprintf(measures, sizeof measures, RULES_MEASURES, ", never_falls: true");
    files[SPECIMEN_FILES] =
        (struct catalogue_file){"rules/measures.yaml", measures, strlen(measures)};
    files[SPECIMEN_FILES + 1] = (struct catalogue_file){
        "rules/programme.yaml", RULES_PROGRAMME, sizeof RULES_PROGRAMME - 1};
    files[SPECIMEN_FILES + 2] = (struct catalogue_file){
        "rules/targets.yaml", RULES_TARGETS, sizeof RULES_TARGETS - 1};
    if (catalogue_load(files, SPECIMEN_FILES + RULES_COUNT, &c, &found) != ST_OK) {
        fail_msg("%s", found.items[0].text);
        return;
    }
    t = target_of(c, "766-4.2");
    assert_int_equal(t->close_windows, 2);
    assert_int_equal(ratio_compare(t->close_points, ratio_of(1, 2)), 0);
    assert_true(t->urgent);
    assert_true(c->measures[catalogue_measure(c, "halls")].never_falls);
    assert_false(c->measures[catalogue_measure(c, "halls_open")].never_falls);
    catalogue_free(&c);
    findings_fini(&found);
    buf_fini(&text);
}

/* A measure that both have is one thing: it falls for both, or for neither. */
static void
an_include_that_says_otherwise_of_a_measure_is_refused(void **state)
{
    static const char SAME[] =
        "measures:\n"
        "  - {code: results, name_vi: a, name_en: a, count_vi: kết quả, "
        "count_en: results, nature: stock, never_falls: true}\n"
        "  - {code: results_digitised, name_vi: b, name_en: b, count_vi: kết quả, "
        "count_en: results, nature: stock, part_of: results}\n"
        "  - {code: dossiers, name_vi: c, name_en: c, count_vi: hồ sơ, "
        "count_en: dossiers, nature: flow}\n"
        "groups:\n"
        "  - {code: digitisation, name_vi: g, name_en: g, "
        "measures: [results, results_digitised, dossiers], "
        "reported_by: [department, commune], calendar: civil, cadence: monthly, "
        "due: {working_days: 5}, source: unit}\n"
        "indicators:\n"
        "  - {id: open, name_vi: j, name_en: j, numerator: [results_digitised], "
        "denominator: [results], better: up, legal_basis: y}\n";
    static const struct refusal INCLUDE = {
        P, "year: civil\n",
        "year: civil\ninclude:\n  - {programme: rules, as: \"766\"}\n", "", 0};
    struct catalogue_file files[SPECIMEN_FILES + RULES_COUNT];
    struct buf text;
    struct catalogue *c = NULL;
    struct findings found = {0};

    (void)state;
    programme_changed(&INCLUDE, files, &text);
    files[SPECIMEN_FILES] =
        (struct catalogue_file){"rules/measures.yaml", SAME, sizeof SAME - 1};
    files[SPECIMEN_FILES + 1] = (struct catalogue_file){
        "rules/programme.yaml", RULES_PROGRAMME, sizeof RULES_PROGRAMME - 1};
    files[SPECIMEN_FILES + 2] = (struct catalogue_file){
        "rules/targets.yaml", RULES_TARGETS, sizeof RULES_TARGETS - 1};
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES + RULES_COUNT, &c, &found),
                     ST_BAD);
    assert_int_equal(found.errors, 1);
    assert_non_null(strstr(found.items[0].text, "measure results differs"));
    assert_non_null(strstr(found.items[0].text, "(\"never_falls\")"));
    catalogue_free(&c);
    findings_fini(&found);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonsense_is_refused_where_it_stands),
        cmocka_unit_test(a_refusal_says_it_in_vietnamese_too),
        cmocka_unit_test(what_is_not_written_ends_at_the_first_window_on_pace),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(it_survives_an_include),
        cmocka_unit_test(an_include_that_says_otherwise_of_a_measure_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
