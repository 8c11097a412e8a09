/* link: cli */
/*
 * Rule tests of a programme: what is refused in tests.yaml and where, each field of an
 * expectation holding and failing, whose reports are meant, what lies on a threshold,
 * and when a kind of target is tested whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/rule_test.h"
#include "lib/buf.h"
#include "lib/diag.h"
#include "tests/support/specimen_programme.h"

#define TEXT_BYTES 16384
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* 200 results, 100 of them digitised, at the end of 2024: the step is 75 percent, so
 * 150 are asked for. The rank is 44th in 2024: (60 - 44) / 4 = 4 places a year. */
static const char BASE[] =
    "tests:\n"
    "  - name: one\n"
    "    target: 7c\n"
    "    reports:\n"
    "      - {unit: \"103\", group: digitisation, period: 2024-12, figures: {results: "
    "200, results_digitised: 100}}\n"
    "    expect:\n"
    "      - {subject: \"103\", window: 2024-12, verdict: missed, value: \"50.00\", "
    "required: \"75.00\", gap: \"25.00\", num: 100, den: 200, need_now: 50, need_year: "
    "50, covered: 1, units: 1, alert: missed}\n"
    "  - name: two\n"
    "    target: 1b\n"
    "    boundary: true\n"
    "    note: by hand\n"
    "    on: 2025-01-31\n"
    "    reports:\n"
    "      - {unit: \"1\", group: indices, period: \"2024\", figures: {rank: 44}}\n"
    "    expect:\n"
    "      - {subject: province, window: \"2024\", verdict: behind, value: \"4.00\"}\n";

struct fixture {
    struct catalogue *c;
    struct buf text;
    struct rule_tests tests;
    struct findings found;
};

static int
setup(void **state)
{
    static struct fixture fixture;
    struct findings found = {0};

    memset(&fixture, 0, sizeof fixture);
    assert_int_equal(catalogue_load(SPECIMEN, SPECIMEN_FILES, &fixture.c, &found),
                     ST_OK);
    findings_fini(&found);
    buf_init(&fixture.text, TEXT_BYTES);
    *state = &fixture;
    return 0;
}

static void
clear(struct fixture *x)
{
    rule_tests_fini(&x->tests);
    findings_fini(&x->found);
    buf_clear(&x->text);
}

static int
teardown(void **state)
{
    struct fixture *x = *state;

    clear(x);
    buf_fini(&x->text);
    catalogue_free(&x->c);
    return 0;
}

static enum status
read_text(struct fixture *x, const char *text)
{
    struct catalogue_file file = {"tests.yaml", text, strlen(text)};

    return rule_tests_read(x->c, &file, &x->tests, &x->found);
}

/* BASE with `from` (which is there) replaced by `to`. */
static enum status
read_changed(struct fixture *x, const char *from, const char *to, int *line)
{
    const char *at = strstr(BASE, from);

    clear(x);
    if (at == NULL) {
        fail_msg("the base does not hold: %s", from);
    }
    *line = 1;
    for (const char *p = BASE; p < at; p++) {
        *line += *p == '\n' ? 1 : 0;
    }
    buf_add(&x->text, BASE, (size_t)(at - BASE));
    buf_text(&x->text, to);
    buf_text(&x->text, at + strlen(from));
    return read_text(x, buf_str(&x->text));
}

static void
must_read(struct fixture *x, const char *name, enum status st)
{
    if (st != ST_OK) {
        fail_msg("%s: %s", name,
                 x->found.count > 0 ? x->found.items[0].text : "no finding");
    }
}

/* --- reading --- */

struct refused {
    const char *from;
    const char *to;
    const char *says;
    int below;  /* lines below the changed text at which the error stands */
    int column; /* 0: any */
};

static const struct refused REFUSED[] = {
    {"tests:", "test:", "unknown key \"test\"; did you mean \"tests\"?", 0, 1},
    {"target: 7c", "target: 7d", "\"target\" names \"7d\"", 0, 13},
    {"target: 7c", "target: 7c\n    version: 2", "target 7c has no version 2", 1, 14},
    {"target: 7c", "target: 7c\n    version: x", "\"x\"; write a whole number", 1, 0},
    {"    target: 7c\n", "", "\"target\" is missing here; add it", -1, 5},
    {"name: two", "name: one", "a test is named \"one\" already, at line 2", 0, 11},
    {"name: two", "name:", "\"name\" is empty", 0, 0},
    {"boundary: true", "bondary: true", "did you mean \"boundary\"?", 0, 5},
    {"boundary: true", "boundary: yes", "write one of: false, true", 0, 0},
    {"on: 2025-01-31", "on: 2025-01-32", "which is no day", 0, 9},
    {"period: \"2024\"", "period: \"2025\"", "2025 ends after the day of \"on\"", 0, 0},
    {"unit: \"103\", group", "unt: \"103\", group", "did you mean \"unit\"?", 0, 10},
    {"unit: \"103\", group", "unit: \"103\", kind: commune, group",
     "one of: unit, units, kind", 0, 0},
    {"unit: \"103\", group", "group", "one of: unit, units, kind", 0, 0},
    {"unit: \"103\", group", "unit: \"103\", except: [\"101\"], group",
     "\"except\" goes with \"kind\"", 0, 0},
    {"unit: \"103\", group", "unit: \"999\", group", "no unit of the programme", 0, 16},
    {"unit: \"103\", group", "unit: 103@first, group", "is not valid on 2024-12-31", 0,
     0},
    {"unit: \"103\", group", "unit: \"12\", group",
     "group digitisation is not reported by 12, which is a district", 0, 0},
    {"unit: \"103\", group", "units: [], group", "a list of at least one", 0, 0},
    {"unit: \"103\", group", "kind: town, group", "\"kind\"", 0, 0},
    {"unit: \"103\", group", "kind: district, group",
     "not reported by units of kind district", 0, 0},
    {"unit: \"103\", group", "kind: commune, except: [S1], group",
     "S1 is no commune, so it is left out already", 0, 0},
    {"unit: \"103\", group", "units: [\"103\", \"103\"], group",
     "has a report of digitisation for 2024-12 in this test already", 0, 0},
    {"group: digitisation", "group: digitsation", "did you mean \"digitisation\"?", 0,
     30},
    {"period: 2024-12", "period: 2024-13", "which is no period", 0, 0},
    {"period: 2024-12", "period: 2024-Q4", "group digitisation is not reported so", 0,
     0},
    {"period: 2024-12", "period: 2019-12", "outside the programme's years", 0, 0},
    {"period: 2024-12", "periods: [2024-11, 2024-13]", "which is no period", 0, 0},
    {"period: 2024-12, ", "", "one of: period, periods", 0, 0},
    {"{results: 200,", "{result: 200,", "did you mean \"results\"?", 0, 0},
    {"{results: 200,", "{rank: 20,", "\"figures\"", 0, 0},
    {"{results: 200,", "{results: 200.5,", "results is \"200.5\"; write a whole number",
     0, 0},
    {"{results: 200,", "{results: -1,", "\"-1\"", 0, 0},
    {"{results: 200,", "{results: 1e3,", "\"1e3\"", 0, 0},
    {"{results: 200,", "{results: 1.000,", "\"1.000\"", 0, 0},
    {"{results: 200,", "{results: 2000000000000,", "whole number", 0, 0},
    {"{results: 200,", "{results: ,", "leave out", 0, 0},
    {"{results: 200,", "{results: 99,",
     "results_digitised is 100, above the whole that it is part of: results is 99", 0,
     0},
    {"{rank: 44}", "{rank: 64}", "ranks go from 1 to 63", 0, 0},
    {"{rank: 44}", "{rank: 0}", "ranks go from 1 to 63", 0, 0},
    {"{rank: 44}", "{}", "name at least one", 0, 0},
    {"{subject: \"103\"", "{subject: \"999\"", "no unit of the programme", 0, 0},
    {"{subject: \"103\"", "{subject: S1", "7c says nothing of S1, a department", 0, 0},
    {"{subject: \"103\"", "{subject: province", "not set for the province as a whole",
     0, 0},
    {"{subject: province", "{subject: level", "set for the province as a whole", 0, 0},
    {"window: 2024-12", "windw: 2024-12", "did you mean \"window\"?", 0, 0},
    {"window: 2024-12", "window: 2024-H2", "is not reported so", 0, 0},
    {"window: 2024-12", "window: 2026-01", "outside the programme's years", 0, 0},
    {"window: \"2024\"", "window: \"2025\"", "2025 ends after the day of \"on\"", 0, 0},
    {"verdict: missed", "verdict: mised", "did you mean \"missed\"?", 0, 0},
    {"verdict: missed", "verdict: [missed]", "one text or number", 0, 0},
    {"value: \"50.00\"", "value: \"50.001\"", "at most 2 places", 0, 0},
    {"value: \"50.00\"", "value: 50%", "\"50%\"", 0, 0},
    {"num: 100", "num: 1.0", "write a whole number in digits only", 0, 0},
    {"need_now: 50", "need_now: -1", "write a whole number in digits only", 0, 0},
    {"alert: missed", "alert: late", "write one of: none, behind, missed", 0, 0},
};

static void
a_mistake_is_refused_at_its_place(void **state)
{
    struct fixture *x = *state;
    size_t bad = 0;

    for (size_t i = 0; i < COUNT(REFUSED); i++) {
        const struct refused *at = &REFUSED[i];
        const struct finding *f;
        int line;

        assert_int_equal(read_changed(x, at->from, at->to, &line), ST_BAD);
        f = &x->found.items[0];
        if (x->found.errors != 1 || strstr(f->text, at->says) == NULL ||
            f->line != line + at->below ||
            (at->column != 0 && f->column != at->column) || f->text_vi[0] == '\0') {
            bad++;
            print_error("%s: want at %d:%d “%s”; got %zu errors, %d:%d %s\n", at->to,
                        line + at->below, at->column, at->says, x->found.errors,
                        f->line, f->column, f->text);
        }
        assert_int_equal(x->tests.count, 0);
    }
    assert_int_equal(bad, 0);
}

static void
several_mistakes_are_named_in_one_run(void **state)
{
    struct fixture *x = *state;

    assert_int_equal(
        read_text(x, "tests:\n"
                     "  - name: a\n"
                     "    target: nothing-like-it\n"
                     "    reports:\n"
                     "      - {unit: \"999\", group: digitisation, period: 2024-12, "
                     "figures: {results: 1}}\n"
                     "      - {unit: \"1\", group: indices, period: \"2024\", figures: "
                     "{rank: 99}}\n"
                     "    expect: []\n"),
        ST_BAD);
    assert_int_equal(x->found.errors, 4);
    for (size_t i = 1; i < x->found.count; i++) {
        assert_true(x->found.items[i - 1].line <= x->found.items[i].line);
    }
}

static void
an_expectation_stands_once(void **state)
{
    struct fixture *x = *state;
    int line;

    assert_int_equal(
        read_changed(x, "      - {subject: province, window: \"2024\", ",
                     "      - {subject: province, window: \"2024\", verdict: met}\n"
                     "      - {subject: province, window: \"2024\", ",
                     &line),
        ST_BAD);
    assert_int_equal(x->found.errors, 1);
    assert_non_null(strstr(x->found.items[0].text, "is expected twice"));
    assert_int_equal(x->found.items[0].line, line + 1);
}

static void
the_day_is_that_of_on_or_of_the_newest_window(void **state)
{
    struct fixture *x = *state;

    must_read(x, "base", read_text(x, BASE));
    assert_int_equal(x->tests.count, 2);
    assert_int_equal(x->tests.tests[0].on, day_from_civil(2024, 12, 31));
    assert_int_equal(x->tests.tests[1].on, day_from_civil(2025, 1, 31));
    assert_false(x->tests.tests[0].boundary);
    assert_true(x->tests.tests[1].boundary);
    assert_string_equal(x->tests.tests[1].note, "by hand");
}

/* --- judging --- */

struct changed_field {
    const char *from;
    const char *to;
    const char *field; /* the one that differs; NULL: it holds */
    const char *want;
    const char *got;
};

static const struct changed_field FIELDS[] = {
    {"verdict: missed", "verdict: met", "verdict", "met", "missed"},
    {"value: \"50.00\"", "value: \"50.01\"", "value", "50.01", "50.00"},
    {"value: \"50.00\"", "value: none", "value", "none", "50.00"},
    {"value: \"50.00\"", "value: 50", NULL, "", ""},
    {"value: \"50.00\"", "value: 50.0", NULL, "", ""},
    {"required: \"75.00\"", "required: \"74.99\"", "required", "74.99", "75.00"},
    {"gap: \"25.00\"", "gap: \"24.99\"", "gap", "24.99", "25.00"},
    {"gap: \"25.00\"", "gap: none", "gap", "none", "25.00"},
    {"num: 100", "num: 99", "num", "99", "100"},
    {"den: 200", "den: 201", "den", "201", "200"},
    {"need_now: 50", "need_now: 49", "need_now", "49", "50"},
    {"need_year: 50", "need_year: 51", "need_year", "51", "50"},
    {"covered: 1", "covered: 0", "covered", "0", "1"},
    {"units: 1", "units: 2", "units", "2", "1"},
    {"alert: missed", "alert: none", "alert", "none", "missed"},
    {"alert: missed", "alert: behind", "alert", "behind", "missed"},
};

static void
each_field_holds_and_fails_alone(void **state)
{
    struct fixture *x = *state;
    struct rule_outcome o;
    int line;

    must_read(x, "base", read_text(x, BASE));
    rule_judge(x->c, &x->tests.tests[0], &x->tests.tests[0].expects[0], &o);
    assert_int_equal(o.wrong_count, 0);
    for (size_t i = 0; i < COUNT(FIELDS); i++) {
        const struct changed_field *at = &FIELDS[i];

        must_read(x, at->to, read_changed(x, at->from, at->to, &line));
        rule_judge(x->c, &x->tests.tests[0], &x->tests.tests[0].expects[0], &o);
        if (o.wrong_count != (at->field == NULL ? 0 : 1)) {
            fail_msg("%s: %zu fields differ", at->to, o.wrong_count);
        }
        if (at->field != NULL) {
            assert_string_equal(o.wrong[0].name, at->field);
            assert_string_equal(o.wrong[0].want, at->want);
            assert_string_equal(o.wrong[0].got, at->got);
        }
    }
}

static void
a_file_that_fails_everywhere_tells_every_field(void **state)
{
    struct fixture *x = *state;
    struct rule_outcome o;

    must_read(x, "all",
              read_text(x, "tests:\n"
                           "  - name: a\n"
                           "    target: 7c\n"
                           "    expect:\n"
                           "      - {subject: \"103\", window: 2024-12, verdict: met, "
                           "value: 1, required: 1, gap: 1, num: 1, den: 1, need_now: "
                           "1, need_year: 1, covered: 1, units: 2, alert: missed}\n"));
    rule_judge(x->c, &x->tests.tests[0], &x->tests.tests[0].expects[0], &o);
    assert_int_equal(o.wrong_count, RULE_FIELDS_MAX);
    assert_string_equal(o.wrong[0].got, "no_data");
    assert_string_equal(o.wrong[1].got, "none"); /* no value, not zero */
}

/* --- whose reports, whose verdict --- */

struct subject_case {
    const char *name;
    const char *reports;
    const char *expect;
};

#define DIGITISED "group: digitisation, period: 2023-12, figures: "

/* On 31/12/2023: communes 101, 102, 103@first (exempt) and 104@first; 102 lies in 12,
 * the others in 11. */
static const struct subject_case SUBJECTS[] = {
    {"an exempt unit",
     "{unit: \"103\", " DIGITISED "{results: 100, "
     "results_digitised: 0}}",
     "{subject: 103@first, window: 2023-12, verdict: exempt, gap: none, alert: none}"},
    {"each unit of a kind, the exempt one is not in the sum",
     "{kind: commune, " DIGITISED "{results: 100, results_digitised: 50}}",
     "{subject: level, window: 2023-12, verdict: info, num: 150, den: 300, covered: 3, "
     "units: 3}"},
    {"but those named",
     "{kind: commune, except: [\"101\"], " DIGITISED
     "{results: 100, results_digitised: 50}}",
     "{subject: level, window: 2023-12, verdict: info, num: 100, den: 200, covered: 2, "
     "units: 3}"},
    {"a district over its communes",
     "{kind: commune, " DIGITISED "{results: 100, results_digitised: 50}}",
     "{subject: \"12\", window: 2023-12, verdict: info, num: 50, den: 100, covered: 1, "
     "units: 1}"},
    {"several units by name",
     "{units: [\"101\", \"102\"], " DIGITISED "{results: 100, results_digitised: 50}}",
     "{subject: \"102\", window: 2023-12, verdict: missed, value: 50}"},
    {"what is left out is not reported", "{unit: \"101\", " DIGITISED "{results: 100}}",
     "{subject: \"101\", window: 2023-12, verdict: no_data, value: none}"},
    {"what does not apply is not zero",
     "{unit: \"101\", " DIGITISED "{results: not_applicable, results_digitised: "
     "not_applicable}}",
     "{subject: \"101\", window: 2023-12, verdict: not_applicable, alert: none}"},
    {"an earlier report is shown and not judged",
     "{unit: \"101\", group: digitisation, periods: [2023-10, 2023-11], figures: "
     "{results: 100, results_digitised: 40}}",
     "{subject: \"101\", window: 2023-12, verdict: no_data, num: 40, covered: 0}"},
};

static void
reports_and_subjects_mean_what_they_say(void **state)
{
    struct fixture *x = *state;

    for (size_t i = 0; i < COUNT(SUBJECTS); i++) {
        const struct subject_case *at = &SUBJECTS[i];
        struct rule_outcome o;

        clear(x);
        buf_format(&x->text,
                   "tests:\n  - name: a\n    target: 7c\n    reports:\n      - %s\n"
                   "    expect:\n      - %s\n",
                   at->reports, at->expect);
        must_read(x, at->name, read_text(x, buf_str(&x->text)));
        rule_judge(x->c, &x->tests.tests[0], &x->tests.tests[0].expects[0], &o);
        if (o.wrong_count != 0) {
            fail_msg("%s: %s: want %s, got %s", at->name, o.wrong[0].name,
                     o.wrong[0].want, o.wrong[0].got);
        }
    }
}

/* 100 of 200 by the province itself, 50 of 100 by each of four communes: 300 of 600.
 */
static void
the_provinces_own_code_means_all_that_report(void **state)
{
    struct fixture *x = *state;
    struct target *t = &x->c->targets[catalogue_target(x->c, "7c")];
    struct rule_outcome o;

    t->subject = SUBJECT_PROVINCE;
    t->level = LEVEL_ALL;
    t->by_exempt = false;
    x->c->groups[x->c->indicators[t->indicator].group].reported_by =
        1u << KIND_PROVINCE | 1u << KIND_COMMUNE;
    for (size_t i = 0; i < 2; i++) {
        clear(x);
        buf_format(&x->text,
                   "tests:\n  - name: a\n    target: 7c\n    reports:\n"
                   "      - {unit: \"1\", " DIGITISED
                   "{results: 200, results_digitised: 100}}\n"
                   "      - {kind: commune, " DIGITISED
                   "{results: 100, results_digitised: 50}}\n"
                   "    expect:\n      - {subject: %s, window: 2023-12, verdict: "
                   "missed, num: 300, den: 600, covered: 5, units: 5}\n",
                   i == 0 ? "\"1\"" : "province");
        must_read(x, "the whole", read_text(x, buf_str(&x->text)));
        rule_judge(x->c, &x->tests.tests[0], &x->tests.tests[0].expects[0], &o);
        if (o.wrong_count != 0) {
            fail_msg("%s: want %s, got %s", o.wrong[0].name, o.wrong[0].want,
                     o.wrong[0].got);
        }
    }
}

/* --- the edge --- */

struct edge_case {
    const char *name;
    const char *target;
    const char *report;
    const char *expect;
    bool edge;
};

static const struct edge_case EDGES[] = {
    {"exactly on the step", "7c",
     "{unit: \"103\", group: digitisation, period: 2024-12, figures: {results: 200, "
     "results_digitised: 150}}",
     "{subject: \"103\", window: 2024-12, verdict: met}", true},
    {"one below", "7c",
     "{unit: \"103\", group: digitisation, period: 2024-12, figures: {results: 200, "
     "results_digitised: 149}}",
     "{subject: \"103\", window: 2024-12, verdict: missed}", true},
    {"two below", "7c",
     "{unit: \"103\", group: digitisation, period: 2024-12, figures: {results: 200, "
     "results_digitised: 148}}",
     "{subject: \"103\", window: 2024-12, verdict: missed}", false},
    {"one more in the denominator", "7c",
     "{unit: \"103\", group: digitisation, period: 2024-12, figures: {results: 30, "
     "results_digitised: 0}}",
     "{subject: \"103\", window: 2024-12, verdict: missed}", true},
    {"far from everything", "7c",
     "{unit: \"103\", group: digitisation, period: 2024-12, figures: {results: 300, "
     "results_digitised: 0}}",
     "{subject: \"103\", window: 2024-12, verdict: missed}", false},
    {"an exempt unit has no threshold", "7c",
     "{unit: \"103\", group: digitisation, period: 2023-12, figures: {results: 200, "
     "results_digitised: 110}}",
     "{subject: \"103\", window: 2023-12, verdict: exempt}", false},
    {"a rank that gains five a year", "1b",
     "{unit: \"1\", group: indices, period: \"2024\", figures: {rank: 40}}",
     "{subject: province, window: \"2024\", verdict: on_pace}", true},
    {"one place behind it", "1b",
     "{unit: \"1\", group: indices, period: \"2024\", figures: {rank: 41}}",
     "{subject: province, window: \"2024\", verdict: behind}", true},
    {"two places", "1b",
     "{unit: \"1\", group: indices, period: \"2024\", figures: {rank: 42}}",
     "{subject: province, window: \"2024\", verdict: behind}", false},
    {"on the way, one place from what is due later", "1d",
     "{unit: \"1\", group: indices, period: \"2024\", figures: {rank: 31}}",
     "{subject: province, window: \"2024\", verdict: on_way}", true},
    {"on the way, two places", "1d",
     "{unit: \"1\", group: indices, period: \"2024\", figures: {rank: 32}}",
     "{subject: province, window: \"2024\", verdict: on_way}", false},
    {"nothing was reported", "1d",
     "{unit: \"1\", group: indices, period: \"2023\", figures: {rank: 30}}",
     "{subject: province, window: \"2024\", verdict: no_data}", false},
};

static void
the_edge_is_where_one_thing_decides(void **state)
{
    struct fixture *x = *state;

    for (size_t i = 0; i < COUNT(EDGES); i++) {
        const struct edge_case *at = &EDGES[i];

        clear(x);
        buf_format(&x->text,
                   "tests:\n  - name: a\n    target: %s\n    reports:\n      - %s\n"
                   "    expect:\n      - %s\n",
                   at->target, at->report, at->expect);
        must_read(x, at->name, read_text(x, buf_str(&x->text)));
        if (rule_on_edge(x->c, &x->tests.tests[0]) != at->edge) {
            fail_msg("%s: want %s", at->name, at->edge ? "on the edge" : "not");
        }
    }
}

/* --- completeness --- */

/* Three tests of `steps`: one met on the step, one short, one of an exempt unit. */
static const char STEPS[] =
    "tests:\n"
    "  - name: met\n"
    "    target: 7c\n"
    "    boundary: true\n"
    "    reports:\n"
    "      - {unit: \"103\", group: digitisation, period: 2024-12, figures: {results: "
    "200, results_digitised: 150}}\n"
    "    expect:\n"
    "      - {subject: \"103\", window: 2024-12, verdict: met}\n"
    "  - name: short\n"
    "    target: 7c\n"
    "    reports:\n"
    "      - {unit: \"103\", group: digitisation, period: 2024-12, figures: {results: "
    "200, results_digitised: 1}}\n"
    "    expect:\n"
    "      - {subject: \"103\", window: 2024-12, verdict: missed}\n"
    "  - name: exempt\n"
    "    target: 7c\n"
    "    expect:\n"
    "      - {subject: \"103\", window: 2022-12, verdict: exempt}\n";

static void
a_kind_is_complete_with_all_four(void **state)
{
    static const struct {
        const char *from; /* "": unchanged */
        const char *to;
        unsigned lacks;
    } CASES[] = {
        {"", "", 0},
        {"boundary: true", "boundary: false", RULE_LACKS_BOUNDARY},
        {"verdict: met", "verdict: no_data", RULE_LACKS_MET},
        {"verdict: missed", "verdict: not_applicable", RULE_LACKS_SHORT},
        {"verdict: exempt", "verdict: not_applicable", RULE_LACKS_EXEMPT},
        {"results_digitised: 150", "results_digitised: 152", RULE_LACKS_BOUNDARY},
    };
    struct fixture *x = *state;

    for (size_t i = 0; i < COUNT(CASES); i++) {
        const char *at = strstr(STEPS, CASES[i].from);
        const struct rule_kind *k;
        struct rule_cover cover;

        clear(x);
        assert_non_null(at);
        buf_add(&x->text, STEPS, (size_t)(at - STEPS));
        buf_text(&x->text, CASES[i].to);
        buf_text(&x->text, at + strlen(CASES[i].from));
        must_read(x, CASES[i].to, read_text(x, buf_str(&x->text)));
        rule_cover(x->c, &x->tests, &cover);
        k = &cover.kinds[TARGET_STEPS];
        assert_true(k->used && k->may_exempt && k->may_judge);
        assert_int_equal(k->tests, 3);
        if (rule_kind_lacks(k) != CASES[i].lacks) {
            fail_msg("%s: lacks %u, want %u", CASES[i].to, rule_kind_lacks(k),
                     CASES[i].lacks);
        }
    }
}

static void
a_kind_that_nobody_tests_lacks_everything(void **state)
{
    struct fixture *x = *state;
    struct rule_cover cover;

    must_read(x, "steps only", read_text(x, STEPS));
    rule_cover(x->c, &x->tests, &cover);
    /* Nobody is exempt from a rank, and nothing is asked for of `info`. */
    assert_int_equal(rule_kind_lacks(&cover.kinds[TARGET_RANK_GAIN]),
                     RULE_LACKS_MET | RULE_LACKS_SHORT | RULE_LACKS_BOUNDARY);
    assert_int_equal(rule_kind_lacks(&cover.kinds[TARGET_INFO]), 0);
    assert_int_equal(rule_kind_lacks(&cover.kinds[TARGET_IMPROVE]), 0);
}

/* The rank of 2025 is due at the end of a year in which the province is no more. */
static void
what_nobody_judges_counts_on_the_way(void **state)
{
    static const char RANKS[] =
        "tests:\n"
        "  - name: a\n"
        "    target: 1d\n"
        "    boundary: true\n"
        "    reports:\n"
        "      - {unit: \"1\", group: indices, period: \"2023\", figures: {rank: 30}}\n"
        "      - {unit: \"1\", group: indices, period: \"2024\", figures: {rank: 31}}\n"
        "    expect:\n"
        "      - {subject: \"1\", window: \"2023\", verdict: on_way}\n"
        "      - {subject: \"1\", window: \"2024\", verdict: on_way}\n";
    struct fixture *x = *state;
    const struct rule_kind *k;
    struct rule_cover cover;

    must_read(x, "ranks", read_text(x, RANKS));
    rule_cover(x->c, &x->tests, &cover);
    k = &cover.kinds[TARGET_RANK_AT_MOST];
    assert_true(k->may_judge);
    assert_int_equal(k->met + k->fallen, 0);

    x->c->units[x->c->province_unit].to = day_from_civil(2025, 6, 30);
    rule_cover(x->c, &x->tests, &cover);
    assert_false(k->may_judge);
    assert_int_equal(k->met, 1);
    assert_int_equal(k->fallen, 1);
    assert_int_equal(rule_kind_lacks(k), 0);
}

int
main(void)
{
#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CLAIM(a_mistake_is_refused_at_its_place),
        CLAIM(several_mistakes_are_named_in_one_run),
        CLAIM(an_expectation_stands_once),
        CLAIM(the_day_is_that_of_on_or_of_the_newest_window),
        CLAIM(each_field_holds_and_fails_alone),
        CLAIM(a_file_that_fails_everywhere_tells_every_field),
        CLAIM(reports_and_subjects_mean_what_they_say),
        CLAIM(the_provinces_own_code_means_all_that_report),
        CLAIM(the_edge_is_where_one_thing_decides),
        CLAIM(a_kind_is_complete_with_all_four),
        CLAIM(a_kind_that_nobody_tests_lacks_everything),
        CLAIM(what_nobody_judges_counts_on_the_way),
    };

    diag_init("test_rule_test");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
