/*
 * Every kind of target as targets.yaml writes it: what is taken, and each nonsense that
 * is refused, at the place that has to be changed and with what to write instead.
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
#include "tests/support/specimen_programme.h"

enum { MEASURES_FILE = 2, TARGETS_FILE = 4 };

/* Beside share (a ratio of stocks, up) and place (a rank): a ratio and a count that
 * should fall, events, points, and a milestone. */
static const char MEASURES_MORE[] =
    "  - {id: undigitised, name_vi: i, name_en: i, numerator: [results_digitised], "
    "denominator: [results], better: down, legal_basis: x}\n"
    "  - {id: count, name_vi: i, name_en: i, value: results, better: down, "
    "legal_basis: x}\n"
    "  - {id: done, name_vi: i, name_en: i, value: results_digitised, better: up, "
    "legal_basis: x}\n"
    "  - {id: events, name_vi: i, name_en: i, value: dossiers, better: up, "
    "legal_basis: x}\n"
    "  - {id: points, name_vi: i, name_en: i, value: ranked, better: up, "
    "legal_basis: x}\n";

#define TAIL "title_vi: t, title_en: t, citation: {document: nq, section: \"1\"}}\n"
#define EACH "subject: each, level: commune, "
#define WHOLE "subject: province, level: province, "

struct loaded {
    struct catalogue *c;
    struct findings found;
    struct buf measures;
    struct buf targets;
    enum status st;
};

static void
loaded_make(struct loaded *l, const char *lines)
{
    struct catalogue_file files[SPECIMEN_FILES];

    memset(l, 0, sizeof *l);
    memcpy(files, SPECIMEN, sizeof files);
    buf_init(&l->measures, 1 << 16);
    buf_add(&l->measures, files[MEASURES_FILE].text, files[MEASURES_FILE].bytes);
    buf_text(&l->measures, MEASURES_MORE);
    files[MEASURES_FILE].text = buf_str(&l->measures);
    files[MEASURES_FILE].bytes = l->measures.len;
    buf_init(&l->targets, 1 << 16);
    buf_text(&l->targets, "targets:\n");
    buf_text(&l->targets, lines);
    files[TARGETS_FILE].text = buf_str(&l->targets);
    files[TARGETS_FILE].bytes = l->targets.len;
    l->st = catalogue_load(files, SPECIMEN_FILES, &l->c, &l->found);
}

static void
loaded_fini(struct loaded *l)
{
    catalogue_free(&l->c);
    findings_fini(&l->found);
    buf_fini(&l->measures);
    buf_fini(&l->targets);
}

static void
findings_print(const struct findings *found)
{
    for (size_t i = 0; i < found->count; i++) {
        print_message("  %s:%d:%d: %s\n", found->items[i].file, found->items[i].line,
                      found->items[i].column, found->items[i].text);
    }
}

struct refused {
    const char *target; /* without its id and tail; 1st line, or behind a first one */
    const char *at;     /* where the caret stands */
    const char *says;
};

static const struct refused REFUSED[] = {
    {"indicator: share, " EACH "kind: above", "{id", "kind above needs \"threshold\""},
    {"indicator: share, " EACH "kind: above, threshold: 100", "100,",
     "nothing can be above 100 percent; write kind: all"},
    {"indicator: share, " EACH "kind: at_most, threshold: 40", "at_most,",
     "kind at_most needs what should fall"},
    {"indicator: undigitised, " EACH "kind: above, threshold: 40", "above,",
     "kind above needs what should rise"},
    {"indicator: undigitised, " EACH "kind: below, threshold: 0", "0,",
     "nothing can be below 0; write kind: at_most"},
    {"indicator: undigitised, " EACH "kind: at_most, threshold: 100", "100,",
     "asks for nothing"},
    {"indicator: undigitised, " EACH "kind: at_most, threshold: 101", "101,",
     "100 percent is the most"},
    {"indicator: undigitised, " EACH "kind: at_most, threshold: 40.001", "40.001",
     "at most two places"},
    {"indicator: place, " WHOLE "kind: at_most, threshold: 30", "at_most,",
     "for a rank: rank_at_most"},
    {"indicator: points, " WHOLE "kind: steps, steps: {2021: 15}", "steps, steps",
     "kind steps needs a share"},
    {"indicator: share, " EACH "kind: steps, steps: {2021: 115}", "115",
     "100 percent is the most"},
    {"indicator: share, " EACH "kind: steps, steps: {2020: 15}", "2020",
     "is no year from 2021 to 2025"},
    {"indicator: share, " EACH
     "kind: steps, years: {from: 2022, to: 2023}, steps: {2024: 15}",
     "2024", "is no year from 2022 to 2023"},
    {"indicator: count, " EACH "kind: reduce_by, baseline: {year: 2021}", "{id",
     "kind reduce_by needs \"percent\""},
    {"indicator: count, " EACH "kind: reduce_by, percent: 10", "{id",
     "kind reduce_by needs \"baseline\""},
    {"indicator: count, " EACH "kind: reduce_by, percent: 10, baseline: {value: 312}",
     "{value", "\"year\" is missing here"},
    {"indicator: count, " EACH "kind: reduce_by, percent: 0, baseline: {year: 2021}",
     "0, base", "0 percent less is no reduction"},
    {"indicator: count, " EACH "kind: reduce_by, percent: 110, baseline: {year: 2021}",
     "110", "100 percent is the most"},
    {"indicator: count, " EACH "kind: reduce_by, percent: 10, baseline: {year: 2025}",
     "2025", "between 1990 and 2024"},
    {"indicator: count, " EACH "kind: reduce_by, percent: 10, baseline: {year: 2019}",
     "2019", "reports of 2019 are not taken"},
    {"indicator: count, " EACH
     "kind: reduce_by, percent: 10, baseline: {year: 2019, value: 3.00001}",
     "3.00001", "at most 4 places"},
    {"indicator: count, " EACH
     "kind: reduce_by, percent: 10, pace: flat, baseline: {year: 2021}",
     "flat", "pace flat does not go with kind reduce_by"},
    {"indicator: share, " EACH "kind: reduce_by, percent: 10, baseline: {year: 2021}",
     "reduce_by", "kind reduce_by needs what should fall"},
    {"indicator: count, " EACH "kind: reduce_by, threshold: 10, percent: 10, "
     "baseline: {year: 2021}",
     "10, percent", "kind reduce_by has no use for \"threshold\""},
    {"indicator: share, " EACH "kind: improve, threshold: 10", "10,",
     "kind improve has no use for \"threshold\""},
    {"indicator: share, " EACH "kind: improve, baseline: {year: 2020}", "{year",
     "\"value\" is missing here"},
    {"indicator: share, " EACH "kind: improve, baseline: {year: 2025, value: 40}",
     "2025", "between 1990 and 2024"},
    {"indicator: share, " EACH "kind: improve, due: 2025-12-31", "2025-12-31",
     "kind improve has no use for \"due\""},
    {"indicator: share, " EACH "kind: improve, pace: linear", "linear",
     "pace linear does not go with kind improve"},
    {"indicator: share, " EACH "kind: by_date", "{id", "kind by_date needs \"due\""},
    {"indicator: share, " EACH "kind: by_date, due: 2020-12-31", "2020-12-31",
     "before the programme's years"},
    {"indicator: share, " EACH "kind: by_date, due: 2025-02-30", "2025-02-30",
     "is no day"},
    {"indicator: share, " EACH "kind: by_date, due: 2022-12-31, pace: flat", "flat",
     "pace flat does not go with kind by_date"},
    {"indicator: share, " EACH "kind: by_date, due: 2022-12-31, threshold: 0",
     "0, title", "0 is reached before anything is done"},
    {"indicator: events, " EACH "kind: by_date, due: 2022-12-31", "by_date",
     "kind by_date needs what stays once it is done"},
    {"indicator: share, " EACH
     "kind: by_date, years: {from: 2021, to: 2022}, due: 2023-06-30",
     "2023-06-30", "outside the target's own years 2021 to 2022"},
    {"indicator: events, " EACH "kind: times_per_year", "{id",
     "kind times_per_year needs \"times\""},
    {"indicator: events, " EACH "kind: times_per_year, times: 0", "0, title",
     "between 1 and 366"},
    {"indicator: events, " EACH "kind: times_per_year, times: 2.5", "2.5",
     "write a whole number"},
    {"indicator: share, " EACH "kind: times_per_year, times: 4", "times_per_year",
     "kind times_per_year needs a count of events"},
    {"indicator: done, " EACH "kind: times_per_year, times: 4", "times_per_year",
     "kind times_per_year needs a count of events"},
    {EACH "kind: at_least, threshold: 40", "{id", "kind at_least needs \"indicator\""},
    {"indicator: points, subject: province, level: all, kind: at_least, threshold: 40",
     "all,", "cannot be summed over units"},
    {"indicator: share, " EACH "kind: at_least, threshold: 40, years: {from: 2020, to: "
     "2022}",
     "2020", "between 2021 and 2025"},
    {"indicator: share, " EACH "kind: at_least, threshold: 40, years: {from: 2023, to: "
     "2022}",
     "{from", "the last must not be before the first"},
    {"indicator: share, " EACH "kind: at_least, threshold: 40, years: {from: 2022}",
     "{from", "\"to\" is missing here"},
    {"indicator: share, " EACH "kind: at_least, threshold: 40, valid_from: 2026-01-01",
     "2026-01-01", "outside the programme's years"},
    {"indicator: share, " EACH "kind: at_least, threshold: 40, version: 0", "0, title",
     "between 1 and 1000"},
    {"indicator: share, " EACH "kind: at_least, threshold: 40, responsible_vi: Sở",
     "Sở", "\"responsible_vi\" needs \"responsible_en\""},
    {"indicator: share, " EACH "kind: at_leats, threshold: 40", "at_leats",
     "write one of: steps, at_least, above"},
};

/* Of the second of two entries with one id. */
static const struct refused VERSIONS_REFUSED[] = {
    {"threshold: 50", "x,", "which is there twice"},
    {"threshold: 50, version: 2", "{id", "versions 1 and 2 overlap"},
    {"threshold: 50, version: 2, valid_from: 2021-01-01", "2021-01-01",
     "versions 1 and 2 overlap"},
    {"threshold: 50, version: 1, valid_from: 2023-01-01", "1, valid",
     "version 1 stands behind version 1"},
    {"threshold: 50, version: 2, valid_from: 2023-07-01", "2023-07-01",
     "begins inside the year 2023"},
};

static int
check_refused(const struct refused *r, const char *before, const char *common)
{
    char lines[2048];
    char line[1024];
    struct loaded l;
    const char *caret;
    bool said = false;

    (void)snprintf(line, sizeof line, "  - {id: x, %s%s, " TAIL, common, r->target);
    (void)snprintf(lines, sizeof lines, "%s%s", before, line);
    caret = strstr(line, r->at);
    assert_non_null(caret);
    loaded_make(&l, lines);
    for (size_t i = 0; i < l.found.count; i++) {
        const struct finding *f = &l.found.items[i];

        said =
            said || (f->kind == FINDING_ERROR && strcmp(f->file, "targets.yaml") == 0 &&
                     strstr(f->text, r->says) != NULL && f->text_vi[0] != '\0' &&
                     f->line == (before[0] == '\0' ? 2 : 3) &&
                     f->column == (int)(caret - line) + 1);
    }
    if (l.st != ST_BAD || !said || l.found.errors != 1) {
        print_message("%s: got %s with %zu errors, want one at column %d: %s\n",
                      r->target, status_name(l.st), l.found.errors,
                      (int)(caret - line) + 1, r->says);
        findings_print(&l.found);
    }
    said = said && l.found.errors == 1;
    loaded_fini(&l);
    return said ? 0 : 1;
}

static void
each_nonsense_is_refused_where_it_stands(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        failures += check_refused(&REFUSED[i], "", "");
    }
    assert_int_equal(failures, 0);
}

static void
versions_that_overlap_are_refused(void **state)
{
    static const char FIRST[] =
        "  - {id: x, indicator: share, " EACH "kind: at_least, threshold: 40, " TAIL;
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof VERSIONS_REFUSED / sizeof *VERSIONS_REFUSED; i++) {
        failures += check_refused(&VERSIONS_REFUSED[i], FIRST,
                                  "indicator: share, " EACH "kind: at_least, ");
    }
    assert_int_equal(failures, 0);
}

/* Every kind, as a programme would write it; what is read is what stands there. */
static const char TAKEN[] =
    "  - {id: above, indicator: share, " EACH "kind: above, threshold: 90.5, " TAIL
    "  - {id: most, indicator: count, " EACH "kind: at_most, threshold: 250, " TAIL
    "  - {id: below, indicator: undigitised, " EACH "kind: below, threshold: 1, " TAIL
    "  - {id: less, indicator: count, subject: province, level: all, kind: reduce_by, "
    "percent: 10, baseline: {year: 2021}, years: {from: 2022, to: 2024}, " TAIL
    "  - {id: less2, indicator: count, " EACH
    "kind: reduce_by, percent: 2.5, baseline: {year: 2015, value: 312}, "
    "due: 2023-06-30, " TAIL "  - {id: better, indicator: points, " WHOLE
    "kind: improve, baseline: {year: 2020, value: 61.9712}, responsible_vi: Sở Nội vụ, "
    "responsible_en: Department of Home Affairs, " TAIL
    "  - {id: done, indicator: done, " EACH "kind: by_date, due: 2022-06-30, " TAIL
    "  - {id: all, indicator: share, " EACH "kind: by_date, due: 2022-06-30, " TAIL
    "  - {id: four, indicator: events, " EACH "kind: times_per_year, times: 4, " TAIL
    "  - {id: note, " WHOLE "kind: info, " TAIL "  - {id: v, indicator: share, " EACH
    "kind: at_least, threshold: 40, " TAIL
    "  - {id: v, version: 2, valid_from: 2024-01-01, indicator: share, " EACH
    "kind: above, threshold: 50, " TAIL;

static const struct target *
target_at(const struct loaded *l, const char *id, int year)
{
    int at = catalogue_target_at(l->c, id, year);

    assert_int_not_equal(at, NONE);
    return &l->c->targets[at];
}

static void
ratio_is(struct ratio got, int64_t num, int64_t den)
{
    assert_int_equal(ratio_compare(got, ratio_of(num, den)), 0);
}

static void
each_kind_is_read_as_it_stands(void **state)
{
    struct loaded l;
    const struct target *t;

    (void)state;
    loaded_make(&l, TAKEN);
    if (l.st != ST_OK) {
        findings_print(&l.found);
    }
    assert_int_equal(l.st, ST_OK);
    assert_int_equal(l.c->target_count, 11);
    assert_int_equal(l.c->info_count, 1);
    assert_string_equal(l.c->infos[0].id, "note");
    assert_int_equal(catalogue_target(l.c, "note"), NONE);
    t = target_at(&l, "above", 2021);
    ratio_is(t->threshold, 905, 10);
    assert_int_equal(t->pace, PACE_FLAT);
    assert_int_equal(t->open_windows, 2);
    t = target_at(&l, "most", 2021);
    ratio_is(t->threshold, 250, 1);
    assert_int_equal(t->open_windows, 2); /* monthly: not at once */
    ratio_is(t->open_points, 0, 1);       /* and on the exact line */
    t = target_at(&l, "less", 2021);
    assert_int_equal(t->pace, PACE_DUE);
    assert_int_equal(t->due, day_from_civil(2024, 12, 31)); /* end of its own years */
    assert_int_equal(t->baseline_year, 2021);
    assert_int_equal(t->baseline.den, 0);
    assert_int_equal(target_year_first(l.c, t), 2022);
    t = target_at(&l, "less2", 2021);
    ratio_is(t->baseline, 312, 1);
    ratio_is(t->threshold, 25, 10);
    t = target_at(&l, "better", 2021);
    ratio_is(t->baseline, 619712, 10000);
    assert_string_equal(t->responsible_vi, "Sở Nội vụ");
    assert_int_equal(t->open_windows, 1);
    ratio_is(target_at(&l, "done", 2021)->threshold, 1, 1);
    ratio_is(target_at(&l, "all", 2021)->threshold, 100, 1);
    ratio_is(target_at(&l, "four", 2021)->threshold, 4, 1);
    loaded_fini(&l);
}

static void
a_later_version_leaves_the_years_before_alone(void **state)
{
    struct loaded l;

    (void)state;
    loaded_make(&l, TAKEN);
    assert_int_equal(l.st, ST_OK);
    assert_int_equal(target_at(&l, "v", 2023)->kind, TARGET_AT_LEAST);
    assert_int_equal(target_at(&l, "v", 2019)->kind, TARGET_AT_LEAST);
    assert_int_equal(target_at(&l, "v", 2024)->kind, TARGET_ABOVE);
    assert_int_equal(target_at(&l, "v", 2027)->kind, TARGET_ABOVE);
    assert_int_equal(l.c->targets[catalogue_target(l.c, "v")].version, 2);
    ratio_is(target_step(l.c, target_at(&l, "v", 2023), 2023), 40, 1);
    assert_int_equal(target_step(l.c, target_at(&l, "v", 2023), 2024).den, 0);
    ratio_is(target_step(l.c, target_at(&l, "v", 2024), 2024), 50, 1);
    loaded_fini(&l);
}

static void
an_improvement_without_a_year_before_is_warned_of(void **state)
{
    struct loaded l;

    (void)state;
    loaded_make(&l, "  - {id: x, indicator: points, " WHOLE "kind: improve, " TAIL);
    assert_int_equal(l.st, ST_OK);
    assert_int_equal(l.found.count, 1);
    assert_int_equal(l.found.items[0].kind, FINDING_WARNING);
    assert_non_null(strstr(l.found.items[0].text, "baseline: {year: 2020, value: …}"));
    loaded_fini(&l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_nonsense_is_refused_where_it_stands),
        cmocka_unit_test(versions_that_overlap_are_refused),
        cmocka_unit_test(each_kind_is_read_as_it_stands),
        cmocka_unit_test(a_later_version_leaves_the_years_before_alone),
        cmocka_unit_test(an_improvement_without_a_year_before_is_warned_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
