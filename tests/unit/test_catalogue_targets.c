/*
 * What the check of a programme refuses in measures.yaml and targets.yaml.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/refusals.h"

static const struct refusal MEASURE_CASES[] = {
    {M, "{code: dossiers,", "{code: Dossiers,", "\"Dossiers\"; write small letters", 2},
    {M, "nature: flow}", "nature: flux}", "\"flux\"; write one of: stock, flow, value",
     0},
    {M, "nature: flow}", "nature: flow, decimals: 2}", "\"decimals\" is 2 for a count",
     0},
    {M, "nature: flow}", "nature: flow, pool: 63}", "\"pool\" 63 is for ranks", 0},
    {M, "nature: value, decimals: 0, pool: 63", "nature: value, decimals: 5, pool: 63",
     "between 0 and 4", 0},
    {M, "{code: ranked,", "{code: rank,", "is there twice", 3},
    {M, "part_of: results}", "part_of: resluts}", "did you mean \"results\"?", 0},
    {M, "part_of: results}", "part_of: rank}", "a part has the nature of its whole", 2},
    {M, "nature: stock}\n", "nature: stock, part_of: results_digitised}\n",
     "leads back to where it began", 2},
    {M, "nature: flow}", "nature: flow, part_of: dossiers}", "leads back", 0},
    {M, "measures: [results, results_digitised, dossiers]",
     "measures: [results, results_digitised, dosiers]",
     "names \"dosiers\", which is not there; did you mean \"dossiers\"?", 0},
    {M, "measures: [rank, ranked]", "measures: [rank, ranked, results]",
     "measure results stands in group digitisation already", 0},
    {M, "measures: [rank, ranked]", "measures: [rank, ranked, rank]",
     "stands in group indices already", 0},
    {M, "reported_by: [province]", "reported_by: [ward]", "\"ward\"; write one of", 0},
    {M, "reported_by: [province]", "reported_by: []", "\"reported_by\" is empty", 0},
    {M, "cadence: monthly", "cadence: weekly", "\"weekly\"; write one of", 0},
    {M, "cadence: monthly, due: {working_days: 5}", "cadence: monthly",
     "\"due\" goes with a cadence", 0},
    {M, "cadence: monthly, due: {working_days: 5}", "cadence: none",
     "takes no report at all", 0},
    {M, "cadence: monthly,", "cadence: none, cumulative: true,",
     "\"due\" goes with a cadence", 0},
    {M, "due: {working_days: 5}", "due: {working_days: 5, next_year: 04-30}",
     "\"due\" is either", 0},
    {M, "due: {working_days: 5}", "due: {}", "\"due\" is either", 0},
    {M, "due: {next_year: 04-30}", "due: {next_year: 02-29}",
     "a day that every year has", 0},
    {M, "source: unit", "source: portal", "\"portal\"; write unit, or system:", 0},
    {M, "{code: indices,", "{code: digitisation,", "is there twice", 0},
    {M, "indicators:\n  - {id: share,", "indicators:\n  - {id: place,", NULL, 5},
    {M, "numerator: [results_digitised]", "numerator: [results_digitized]",
     "did you mean \"results_digitised\"?", 0},
    {M, "numerator: [results_digitised]",
     "numerator: [results_digitised, results_digitised]", "would be counted twice", 0},
    {M, "numerator: [results_digitised]", "numerator: []", "\"numerator\" is empty", 0},
    {M, "numerator: [results_digitised]", "numerator: [dossiers]",
     "a ratio is of stocks or of flows", 0},
    {M, "numerator: [results_digitised]", "numerator: [rank]",
     "all must be in one group", 2},
    {M, "denominator: [results]", "value: rank", "keep one of the two", 0},
    {M, "denominator: [results]", "min_denominator: 30",
     "needs numerator and denominator", 0},
    {M, "denominator: [results]", "denominator: [results], ranked: ranked",
     "\"ranked\" goes with value only", 0},
    {M, "value: rank, ranked: ranked", "value: results, ranked: results_digitised",
     "\"ranked\" goes with a rank", 0},
    {M, "value: rank, ranked: ranked", "value: rank, ranked: results",
     "all must be in one group", 0},
    {M, "better: up", "better: upward", "\"upward\"; write one of: down, up", 0},
    {M, "better: up,", "better: up, min_denominator: 3o,", "\"3o\"", 0},
    {M, "better: up,", "better: up, empty: half,",
     "write one of: not_applicable, full, zero", 0},
    {M, "value: rank,", "value: rank, empty: full,",
     "has a value and no denominator that could be empty", 0},
    {M, "better: up, legal_basis: x", "better: up", "\"legal_basis\" is missing here",
     0},
};

static const struct refusal TARGET_CASES[] = {
    {T, "threshold: 60", "treshold: 60", "did you mean \"threshold\"?", 2},
    {T, "threshold: 60", "threshold: 900", "900; 100 percent is the most", 0},
    {T, "threshold: 60", "threshold: 100.01", "100 percent is the most", 0},
    {T, "threshold: 60", "threshold: 25x", "\"25x\"; write a number such as 60", 0},
    {T, "threshold: 60", "threshold: 1e3", "\"1e3\"", 0},
    {T, "threshold: 60", "threshold: \" 60\"", "\" 60\"", 0},
    {T, "threshold: 60", "threshold: 60%", "\"60%\"", 0},
    {T, "threshold: 60", "threshold: 60,5", "unknown key \"5\"", 0},
    {T, "threshold: 60", "threshold: 54.951", "at most two places", 0},
    {T, "threshold: 60", "threshold: 54.", "\"54.\"", 0},
    {T, "threshold: 60", "threshold: .5", "\".5\"", 0},
    {T, "threshold: 60", "threshold: -5", "\"-5\"", 0},
    {T, "kind: at_least, threshold: 60", "kind: at_least",
     "needs \"threshold\"; add it", 0},
    {T, "kind: at_least, threshold: 60", "kind: all, threshold: 60",
     "kind all has no use for \"threshold\"", 0},
    {T, "kind: at_least, threshold: 60", "kind: at_last, threshold: 60",
     "\"at_last\"; write one of: steps, at_least", 0},
    {T, "kind: at_least, threshold: 60", "kind: rank_at_most, threshold: 60",
     "needs a rank", 0},
    {T, "kind: at_least, threshold: 60", "kind: at_least, pace: linear, threshold: 60",
     "pace linear does not go with kind at_least", 0},
    {T, "kind: at_least, threshold: 60", "kind: at_least, pace: due, threshold: 60",
     "pace due and a due date go together", 0},
    {T, "kind: at_least, threshold: 60",
     "kind: at_least, pace: flat, due: 2025-12-31, threshold: 60",
     "pace due and a due date go together", 0},
    {T, "indicator: share, subject: each, level: province",
     "indicator: shares, subject: each, level: province", "did you mean \"share\"?", 0},
    {T, "indicator: share, subject: each, level: province",
     "indicator: share, subject: each, level: district",
     "no unit of level district reports group digitisation", 0},
    {T, "indicator: share, subject: each, level: province",
     "indicator: share, subject: each, level: all",
     "level all goes with subject: province", 0},
    {T, "indicator: share, subject: each, level: province",
     "indicator: share, subject: province, level: province", "write level: all", 0},
    {T, "indicator: share, subject: each, level: province",
     "indicator: place, subject: each, level: province",
     "needs what should rise and is no rank", 0},
    {T, "2023: 54.95", "2023: 34.99", "is lower than the one before", 0},
    {T, "2023: 54.95", "2026: 54.95", "step \"2026\" is no year from 2021 to 2025", 0},
    {T, "2023: 54.95", "2o23: 54.95", "step \"2o23\" is no year", 0},
    {T, "2023: 54.95", "2023: 154.95", "100 percent is the most", 0},
    {T, "kind: steps, steps: {2021: 15, 2022: 35, 2023: 54.95, 2024: 75}",
     "kind: steps, steps: 15", "is {year: percent", 0},
    {T, "kind: steps, steps:", "kind: steps, pace: due, due: 2025-12-31, steps:",
     "does not go with kind steps", 2},
    {T, "exempt: by_unit, ", "exempt: by_list, ", "\"by_list\"; write one of: by_unit",
     2},
    {T, "exempt: by_unit, ", "", "exempt_confirmed goes with exempt: by_unit", 0},
    {T, "exempt_confirmed: {by: \"\", date: \"\"}",
     "exempt_confirmed: {by: X, date: \"\"}", "fill in both or leave both empty", 0},
    {T, "exempt_confirmed: {by: \"\", date: \"\"}",
     "exempt_confirmed: {by: X, date: soon}", "\"soon\", which is no day", 0},
    {T, "due: 2025-06-30", "due: 2020-12-31", "is before the programme's years", 0},
    {T, "threshold: 5, baseline: {year: 2020, value: 60}", "threshold: 5",
     "needs \"baseline\"; add it", 0},
    {T, "baseline: {year: 2020, value: 60}", "baseline: {year: 2020, value: 64}",
     "between 1 and 63", 0},
    {T, "baseline: {year: 2020, value: 60}", "baseline: {year: 2022, value: 60}",
     "\"year\" is 2022", 0},
    {T, "threshold: 5, baseline", "threshold: 0, baseline", "is no gain", 0},
    {T, "threshold: 5, baseline", "threshold: 64, baseline",
     "63 places a year is the most", 0},
    {T, "threshold: 30, due", "threshold: 64, due", "between 1 and 63", 0},
    {T, "threshold: 30, due", "threshold: 30.5, due", "\"30.5\"; write a whole number",
     0},
    {T, "{id: 1d, indicator: place, subject: province",
     "{id: 1d, indicator: place, subject: level", "cannot be summed over units", 0},
    {T, "{id: i, ", "{id: 1e, ", "\"1e\", which is there twice", 0},
    {T, "{id: i, ", "{id: \"i j\", ", "\"i j\"; write letters, digits", 0},
    {T, "{id: 1e, indicator: place, subject: each, level: province, kind: info,",
     "{id: 1e, indicator: place, subject: each, level: province, kind: info, "
     "threshold: 1,",
     "kind info has no use for \"threshold\"", 0},
    {T,
     "{id: i, indicator: share, subject: each, level: commune, kind: info, title_vi: "
     "t, title_en: t, citation: {document: nq",
     "{id: i, indicator: share, subject: each, level: commune, kind: info, title_vi: "
     "t, title_en: t, citation: {document: nr",
     "did you mean \"nq\"?", 0},
    {T, "threshold: 60,", "threshold: 60, open: {windows: 0},", "between 1 and 24", 0},
    {T, "reading_en: read, ", "", "\"reading_vi\" needs \"reading_en\" beside it", 0},
    {T, "reading_vi: hiểu, ", "", "\"reading_en\" needs \"reading_vi\" beside it", 0},
    {T, "rejected_en: left, ", "", "\"rejected_vi\" needs \"rejected_en\"", 0},
    {T, "rejected_vi: bỏ, ", "", "\"rejected_en\" needs \"rejected_vi\"", 0},
    {T, "reading_en: read, ", "reading: read, ", "unknown key \"reading\"", 2},
    {T, "threshold: 60,", "threshold: 60, open: {points: 2.005},", "at most two places",
     0},
};

/* The line on which a target stands in the specimen. */
static int
target_line(const char *id)
{
    const char *at = strstr(SPECIMEN[T].text, id);
    int line = 1;

    assert_non_null(at);
    for (const char *c = SPECIMEN[T].text; c < at; c++) {
        line += *c == '\n';
    }
    return line;
}

/* The last window of a statutory year is not that of a civil one: the year of such a
 * target would never close. */
static void
a_target_and_its_group_have_the_same_year(void **state)
{
    static const struct {
        const char *name;
        struct refusal change;
        const char *refused[5]; /* ids; what is information only is not */
    } cases[] = {
        {"a group of its own",
         {M, "calendar: civil, cadence: yearly", "calendar: statutory, cadence: yearly",
          NULL, 0},
         {"1b", "1d"}},
        {"a year of its own",
         {P, "year: civil", "year: statutory", NULL, 0},
         {"7a", "7c", "10c", "1b", "1d"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct catalogue_file files[SPECIMEN_FILES];
        struct findings found = {0};
        struct catalogue *c = NULL;
        struct buf text;
        size_t want = 0;

        programme_changed(&cases[i].change, files, &text);
        assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_BAD);
        while (want < 5 && cases[i].refused[want] != NULL) {
            const struct finding *f = &found.items[want];
            char id[16];

            (void)snprintf(id, sizeof id, "{id: %s,", cases[i].refused[want]);
            assert_true(want < found.count);
            assert_string_equal(f->file, "targets.yaml");
            assert_int_equal(f->line, target_line(id));
            assert_non_null(strstr(f->text, "write the same calendar"));
            assert_non_null(strstr(f->text_vi, "cùng một lịch"));
            want++;
        }
        assert_int_equal(found.errors, want);
        findings_fini(&found);
        buf_fini(&text);
    }
}

static void
a_statutory_year_with_statutory_groups_is_taken(void **state)
{
    struct catalogue_file files[SPECIMEN_FILES];
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct buf text;
    struct buf year;

    (void)state;
    programme_changed(&(struct refusal){P, "year: civil", "year: statutory", NULL, 0},
                      files, &year);
    buf_init(&text, 1 << 20);
    for (const char *at = SPECIMEN[M].text; *at != '\0'; at++) {
        if (strncmp(at, "civil", 5) == 0) {
            buf_text(&text, "statutory");
            at += 4;
        } else {
            buf_char(&text, *at);
        }
    }
    files[M].text = buf_str(&text);
    files[M].bytes = text.len;
    assert_int_equal(catalogue_load(files, SPECIMEN_FILES, &c, &found), ST_OK);
    assert_int_equal(c->groups[0].rule, CALENDAR_STATUTORY);
    catalogue_free(&c);
    findings_fini(&found);
    buf_fini(&text);
    buf_fini(&year);
}

static void
measures_yaml_is_refused(void **state)
{
    (void)state;
    CHECK(MEASURE_CASES);
}

static void
targets_yaml_is_refused(void **state)
{
    (void)state;
    CHECK(TARGET_CASES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_yaml_is_refused),
        cmocka_unit_test(targets_yaml_is_refused),
        cmocka_unit_test(a_target_and_its_group_have_the_same_year),
        cmocka_unit_test(a_statutory_year_with_statutory_groups_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
