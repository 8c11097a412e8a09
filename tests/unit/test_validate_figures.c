/* link: ingest */
/* Figures: what is taken and as which scaled number, and what is refused for what. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/validate.h"
#include "tests/support/specimen_programme.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The measures of the specimen, in one group. results_digitised is a part of results;
 * for these tests dossiers has two decimals and ranked is a part of it. */
enum which { RESULTS, DIGITISED, DOSSIERS, RANK, RANKED, PLACES };

static struct catalogue *c;

static int
setup(void **state)
{
    struct findings found = {0};
    int i;

    (void)state;
    assert_int_equal(catalogue_load(SPECIMEN, SPECIMEN_FILES, &c, &found), ST_OK);
    findings_fini(&found);
    assert_int_equal(c->measure_count, PLACES);
    for (i = 0; i < PLACES; i++) {
        c->groups[0].measures[i] = i;
    }
    c->groups[0].measure_count = PLACES;
    c->measures[DOSSIERS].decimals = 2;
    c->measures[RANKED].decimals = 2;
    c->measures[RANKED].part_of = DOSSIERS;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    catalogue_free(&c);
    return 0;
}

#define COUNTED(measure, n)                                                            \
    {                                                                                  \
        measure, WIRE_COUNT, n, NULL                                                   \
    }
#define DECIMAL(measure, text)                                                         \
    {                                                                                  \
        measure, WIRE_DECIMAL, 0, text                                                 \
    }
#define SILENT(measure)                                                                \
    {                                                                                  \
        measure, WIRE_NOTHING, 0, NULL                                                 \
    }
#define UNHAD(measure)                                                                 \
    {                                                                                  \
        measure, WIRE_NOT_APPLICABLE, 0, NULL                                          \
    }

#define LONG_65 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ALL_OF_THEM "(results, results_digitised, dossiers, rank, ranked)"

/* A report of up to three figures; one with no measure ends them. */
struct figures_case {
    const char *name;
    struct wire_figure in[3];
    const char *want; /* "place=scaled …", or code field=value (expected) */
};

static const struct figures_case cases[] = {
    {"a count", {COUNTED("results", 7)}, "0=7"},
    {"zero is a number", {COUNTED("results", 0)}, "0=0"},
    {"the largest", {COUNTED("results", 1000000000000)}, "0=1000000000000"},
    {"one more than that",
     {COUNTED("results", 1000000000001)},
     "value_out_of_range results=1000000000001 (0..1000000000000)"},
    {"below zero", {COUNTED("results", -1)}, "negative results=-1 (0)"},
    {"as low as it goes",
     {COUNTED("results", INT64_MIN)},
     "negative results=-9223372036854775808 (0)"},
    {"a count for a measure with decimals", {COUNTED("dossiers", 7)}, "2=700"},
    {"the largest of those", {COUNTED("dossiers", 1000000000000)}, "2=100000000000000"},

    {"two decimals", {DECIMAL("dossiers", "41.09")}, "2=4109"},
    {"one", {DECIMAL("dossiers", "41.9")}, "2=4190"},
    {"none", {DECIMAL("dossiers", "41")}, "2=4100"},
    {"zeros before it", {DECIMAL("dossiers", "0041.09")}, "2=4109"},
    {"three", {DECIMAL("dossiers", "41.090")}, "not_a_decimal dossiers=41.090 (2)"},
    {"a point and nothing behind it",
     {DECIMAL("dossiers", "41.")},
     "not_a_decimal dossiers=41. (2)"},
    {"nothing before the point",
     {DECIMAL("dossiers", ".5")},
     "not_a_decimal dossiers=.5 (2)"},
    {"no text", {DECIMAL("dossiers", "")}, "not_a_decimal dossiers= (2)"},
    {"two points", {DECIMAL("dossiers", "4.1.0")}, "not_a_decimal dossiers=4.1.0 (2)"},
    {"a comma", {DECIMAL("dossiers", "41,09")}, "not_a_decimal dossiers=41,09 (2)"},
    {"a letter", {DECIMAL("dossiers", "4e2")}, "not_a_decimal dossiers=4e2 (2)"},
    {"a letter first", {DECIMAL("dossiers", "x")}, "not_a_decimal dossiers=x (2)"},
    {"a sign", {DECIMAL("dossiers", "+4")}, "not_a_decimal dossiers=+4 (2)"},
    {"below zero, in decimals",
     {DECIMAL("dossiers", "-0.01")},
     "negative dossiers=-0.01 (0)"},
    {"the largest in decimals",
     {DECIMAL("dossiers", "1000000000000.99")},
     "2=100000000000099"},
    {"above it",
     {DECIMAL("dossiers", "1000000000001")},
     "not_a_decimal dossiers=1000000000001 (2)"},
    {"digits that fit no number",
     {DECIMAL("dossiers", "99999999999999999999")},
     "not_a_decimal dossiers=99999999999999999999 (2)"},
    {"digits that fit until they are scaled",
     {DECIMAL("dossiers", "922337203685477580")},
     "not_a_decimal dossiers=922337203685477580 (2)"},
    {"decimals of a count", {DECIMAL("results", "7.5")}, "not_a_count results=7.5 (0)"},
    {"even whole ones", {DECIMAL("results", "7")}, "not_a_count results=7 (0)"},

    {"the first rank", {COUNTED("rank", 1)}, "3=1"},
    {"the last", {COUNTED("rank", 63)}, "3=63"},
    {"no rank", {COUNTED("rank", 0)}, "value_out_of_range rank=0 (1..63)"},
    {"behind the last", {COUNTED("rank", 64)}, "value_out_of_range rank=64 (1..63)"},

    {"not applicable", {UNHAD("results")}, "0=x"},
    {"unsaid beside a number",
     {SILENT("results_digitised"), COUNTED("results", 7)},
     "0=7"},
    {"unsaid alone", {SILENT("results")}, "missing_figures figures= " ALL_OF_THEM},
    {"nothing", {SILENT(NULL)}, "missing_figures figures= " ALL_OF_THEM},
    {"no such measure",
     {COUNTED("other", 1)},
     "unknown_measure measure=other " ALL_OF_THEM},
    {"too long a measure", {COUNTED(LONG_65, 1)}, "too_long measure=65 (64)"},
    {"a measure that is no text", {COUNTED("\xff", 1)}, "bad_text measure= (UTF-8)"},
    {"a measure twice",
     {COUNTED("results", 7), COUNTED("results", 7)},
     "duplicate_measure results=results ()"},
    {"a number and not applicable",
     {COUNTED("results", 7), UNHAD("results")},
     "duplicate_measure results=results ()"},
    {"unsaid and then said", {SILENT("results"), COUNTED("results", 7)}, "0=7"},

    {"a part as large as its whole",
     {COUNTED("results", 7), COUNTED("results_digitised", 7)},
     "0=7 1=7"},
    {"a part above its whole",
     {COUNTED("results", 7), COUNTED("results_digitised", 8)},
     "part_above_whole results_digitised=8 (results 7)"},
    {"the same in the other order",
     {COUNTED("results_digitised", 8), COUNTED("results", 7)},
     "part_above_whole results_digitised=8 (results 7)"},
    {"a part whose whole is unsaid", {COUNTED("results_digitised", 8)}, "1=8"},
    {"a part whose whole does not apply",
     {COUNTED("results_digitised", 8), UNHAD("results")},
     "0=x 1=8"},
    {"a part that does not apply",
     {COUNTED("results", 7), UNHAD("results_digitised")},
     "0=7 1=x"},
    {"a part above its whole by a hundredth",
     {DECIMAL("dossiers", "7.00"), DECIMAL("ranked", "7.01")},
     "part_above_whole ranked=7.01 (dossiers 7.00)"},
};

static void
placed_text(const struct placed *p, char *out, size_t bytes)
{
    size_t len = 0;
    size_t i;

    out[0] = '\0';
    for (i = 0; i < PLACES; i++) {
        if (!p->given[i]) {
            continue;
        }
        if (p->not_applicable[i]) {
            len += (size_t)snprintf(out + len, bytes - len, "%s%zu=x",
                                    len > 0 ? " " : "", i);
        } else {
            len += (size_t)snprintf(out + len, bytes - len, "%s%zu=%" PRId64,
                                    len > 0 ? " " : "", i, p->scaled[i]);
        }
    }
}

static void
check_text(const struct wire_report *in, char *out, size_t bytes)
{
    struct refused why = {0};
    struct placed placed;

    if (figures_check(c, &c->groups[0], in, &placed, &why)) {
        placed_text(&placed, out, bytes);
    } else {
        (void)snprintf(out, bytes, "%s %s=%s (%s)", refusal_name(why.code), why.field,
                       why.value, why.expected);
    }
}

static void
each_figure_is_taken_exactly_or_refused_for_its_reason(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct wire_report in = {.figures = cases[i].in};
        char got[400];

        while (in.figure_count < COUNT(cases[i].in) &&
               in.figures[in.figure_count].measure != NULL) {
            in.figure_count++;
        }
        check_text(&in, got, sizeof got);
        if (strcmp(got, cases[i].want) != 0) {
            fail_msg("%s: got %s, want %s", cases[i].name, got, cases[i].want);
        }
    }
}

/* The whole is in another group: nothing to compare with. */
static void
a_part_of_another_group_is_not_compared(void **state)
{
    static const struct wire_figure part[] = {COUNTED("results_digitised", 8)};
    const struct wire_report in = {.figures = part, .figure_count = 1};
    char got[400];

    (void)state;
    c->groups[0].measures[RESULTS] = DIGITISED;
    c->groups[0].measure_count = 1;
    check_text(&in, got, sizeof got);
    assert_string_equal(got, "0=8");
}

/* Each is scaled by its own decimals: 41,09 of 42 fits, 42,01 does not. */
static void
a_part_with_more_decimals_is_compared_exactly(void **state)
{
    static const struct wire_figure fits[] = {DECIMAL("ranked", "41.09"),
                                              COUNTED("dossiers", 42)};
    static const struct wire_figure above[] = {DECIMAL("ranked", "42.01"),
                                               COUNTED("dossiers", 42)};
    struct wire_report in = {.figures = fits, .figure_count = 2};
    char got[400];

    (void)state;
    c->measures[DOSSIERS].decimals = 0;
    check_text(&in, got, sizeof got);
    assert_string_equal(got, "2=42 4=4109");
    in.figures = above;
    check_text(&in, got, sizeof got);
    assert_string_equal(got, "part_above_whole ranked=42.01 (dossiers 42)");
}

static void
a_measure_of_another_group_is_unknown_here(void **state)
{
    static const struct wire_figure rank[] = {COUNTED("rank", 8)};
    const struct wire_report in = {.figures = rank, .figure_count = 1};
    char got[400];

    (void)state;
    c->groups[0].measure_count = RANK;
    check_text(&in, got, sizeof got);
    assert_string_equal(
        got, "unknown_measure measure=rank (results, results_digitised, dossiers)");
}

/* A long group is named as far as it fits, and says that it goes on. */
static void
a_long_group_is_cut_between_two_measures(void **state)
{
    static const char *const codes[PLACES] = {
        "measure_with_a_name_of_forty_characters0",
        "measure_with_a_name_of_forty_characters1",
        "measure_with_a_name_of_forty_characters2",
        "measure_with_a_name_of_forty_characters3",
        "measure_with_a_name_of_forty_characters4",
    };
    const struct wire_report in = {0};
    char got[400];
    int i;

    (void)state;
    for (i = 0; i < PLACES; i++) {
        c->measures[i].code = codes[i];
    }
    check_text(&in, got, sizeof got);
    assert_string_equal(got, "missing_figures figures= "
                             "(measure_with_a_name_of_forty_characters0, "
                             "measure_with_a_name_of_forty_characters1, "
                             "measure_with_a_name_of_forty_characters2, …)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_figure_is_taken_exactly_or_refused_for_its_reason),
        TEST(a_part_of_another_group_is_not_compared),
        TEST(a_part_with_more_decimals_is_compared_exactly),
        TEST(a_measure_of_another_group_is_unknown_here),
        TEST(a_long_group_is_cut_between_two_measures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
