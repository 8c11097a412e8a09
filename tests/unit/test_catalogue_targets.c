/*
 * What the check of a programme refuses in measures.yaml and targets.yaml.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
    {M, "value: rank, ranked: ranked", "value: results",
     "value takes a measure of nature: value", 0},
    {M, "value: rank, ranked: ranked", "value: rank, ranked: results",
     "all must be in one group", 0},
    {M, "better: up", "better: upward", "\"upward\"; write one of: down, up", 0},
    {M, "better: up,", "better: up, min_denominator: 3o,", "\"3o\"", 0},
    {M, "better: up,", "better: up, empty: zero,", "write one of: not_applicable", 0},
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
    {T, "kind: at_least, threshold: 60", "kind: at_most, threshold: 60",
     "\"at_most\"; write one of: steps, at_least", 0},
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
     "needs a share that should rise", 0},
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
    {T, "due: 2026-06-30", "due: 2020-12-31", "is before the programme's years", 0},
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
