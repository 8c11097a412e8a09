/*
 * explain, league and progress over a running province: what they say of a state of
 * the past, who has a place and who has none, and how all targets stand; no line is
 * wider than a terminal, and what is written for programs can be read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/json.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define GROUP "digitisation"
#define COLUMNS_MAX 100
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    struct command run;
};

static struct fixture fx;

static void
push(const char *unit, const char *period, int all, int part, const char *reason)
{
    struct wire_receipt r;
    char figures[96], stands[64];

    (void)snprintf(figures, sizeof figures,
                   "results_in_force=%d results_in_force_digitised=%d", all, part);
    side_standing(&fx.unit, unit, GROUP, period, stands);
    side_push(&fx.unit, unit, GROUP, period, figures, reason, stands, &r);
    if (r.outcome != OUTCOME_ACCEPTED && r.outcome != OUTCOME_REPLACED) {
        fail_msg("%s %s: %s", unit, period, outcome_name(r.outcome));
    }
}

/* 330 results more in the 273 days to 30/9/2023, corrected to 400 on 11/10. */
static void
reports(void)
{
    side_clock(&fx.ops, "2023-01-04 09:00");
    push("21055", "2022-12", 2386, 800, "");
    side_clock(&fx.ops, "2023-10-03 09:00");
    push("21043", "2023-08", 1100, 520, "");
    push("21055", "2023-09", 2386, 1130, "");
    push("21043", "2023-09", 1000, 500, "");
    push("21412", "2023-09", 500, 250, "");
    push("21436", "2023-09", 20, 10, "");
    side_clock(&fx.ops, "2023-10-11 10:00");
    push("21055", "2023-09", 2386, 1200, "bổ sung một sổ bị sót");
    stack_settle(&fx.stack);
}

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;

    (void)state;
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "unit",
                     "role=unit name=system scope=21055,21043,21412,21436");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    stack_start(&fx.stack);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2022-12-20 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    reports();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.ops);
    stack_stop(&fx.stack, true);
    return 0;
}

static void
dondoc(const char *command, const char *more)
{
    command_run(&fx.run, "%s --redis %s --province %s %s", command,
                redis_server_address(fx.stack.redis), PROVINCE, more);
}

/* --- explain --- */

static void
a_past_day_has_the_windows_and_the_reports_of_then(void **state)
{
    (void)state;
    dondoc("explain", "21055 7c --at 2023-10-05");
    command_want(&fx.run, 0, "As of:           2023-10-05");
    command_want(&fx.run, 0, "1 reports that came later");
    command_want(&fx.run, 0, "1,130 / 2,386 = 47.3595…% → 47.35%");
    command_want(&fx.run, 0, "revision 1, received 2023-10-03 09:00: same as the");
    /* 1.130 + 330 * 92/273 = 1.241,2…; 183 * 273/330 = 151,4 days */
    command_want(&fx.run, 0, "on 2023-12-31: 1,241 / 2,386 → 52.01%, short");
    command_want(&fx.run, 0, "Arrives on:      2024-02-29");
    /* 183 * 365 / (12 * 92) = 60,5…; 183 * 5 / 65 = 14,1… */
    command_want(&fx.run, 0, "183 results in 92 days, 65 of them worked: 61 a month");
    command_want(&fx.run, 0, "61 a window, 3 windows are left");
    dondoc("explain", "21055 7c --at 2023-10-12");
    command_want(&fx.run, 0, "1,200 / 2,386 = 50.2933…% → 50.29%");
    command_want(&fx.run, 0, "1 earlier revisions were replaced");
    dondoc("explain", "21055 7c --at 2023-01-10");
    command_want(&fx.run, 0, "800 / 2,386 = 33.5289…% → 33.52%");
    command_want(&fx.run, 0, "2022-12");
}

static void
what_was_not_yet_is_refused_or_not_there(void **state)
{
    (void)state;
    dondoc("explain", "21055 7c --at 2023-10-05 --window 2023-12");
    command_want(&fx.run, 65, "The window 2023-12 ends after 2023-10-05");
    dondoc("explain", "21055 7c --at 2023-13-05");
    command_want(&fx.run, 64, "“2023-13-05” is not a day");
    dondoc("explain", "21055 7c --at 2023-01-03");
    command_want(&fx.run, 0, "no data");
}

static void
an_explanation_names_all_that_it_rests_on(void **state)
{
    static const char *const parts[] = {
        "share of results in force that are digitised (results_digitised)",
        "273 of 365 days of 2023 are over",
        "35 + 20 × 273/365 = 49.9589… → 49.96%",
        "Clause:",
        "section II.3(7)",
        "1 of the target 7c",
        "Programme:       quang-ngai, version 1, digest",
        "sent by: system; after the due date; reason: bổ sung",
    };
    size_t i;

    (void)state;
    dondoc("explain", "21055 7c --window 2023-09");
    for (i = 0; i < COUNT(parts); i++) {
        command_want(&fx.run, 0, parts[i]);
    }
    dondoc("explain", "level-commune 7c --window 2023-09");
    command_want(&fx.run, 0, "units have no complete figure of the window (");
}

/* 21043 had 520 of 1.100 in August and 500 of 1.000 in September. */
static void
a_stock_that_fell_is_shown_with_both_counts(void **state)
{
    (void)state;
    dondoc("explain", "21043 7c");
    command_want(&fx.run, 0,
                 "It fell:         the numerator from 520 (window 2023-08) to 500 "
                 "(window 2023-09)");
    command_want(&fx.run, 0,
                 "from 1,100 to 1,000; a state may fall, as results expire");
    dondoc("explain", "21043 7c --lang vi");
    command_want(&fx.run, 0,
                 "Số giảm:         tử số từ 520 (kỳ 2023-08) xuống 500 (kỳ 2023-09)");
    command_want(&fx.run, 0, "mẫu số từ 1.100 xuống 1.000");
    dondoc("explain", "21043 7c --json");
    command_want(&fx.run, 0, "\"fell\":{\"window\":{\"code\":\"2023-09\",");
    command_want(&fx.run, 0, "\"num\":{\"before\":520,\"now\":500},");
    command_want(&fx.run, 0, "\"den\":{\"before\":1100,\"now\":1000}}");
    /* At the end of August there was nothing before it; 21055 rose. */
    dondoc("explain", "21043 7c --window 2023-08 --json");
    command_want(&fx.run, 0, "\"fell\":null");
    dondoc("explain", "21055 7c --json");
    command_want(&fx.run, 0, "\"fell\":null");
    dondoc("explain", "21055 7c");
    assert_null(strstr(fx.run.out, "It fell"));
}

static void
a_window_behind_the_end_of_a_unit_says_so(void **state)
{
    (void)state;
    dondoc("explain", "21055 7c --window 2025-09");
    command_want(&fx.run, 0, "had ended: its last day is 2025-06-30");
    dondoc("explain", "21055 7c --window 2025-09 --lang vi");
    command_want(&fx.run, 0, "đã kết thúc: ngày cuối cùng là 30/6/2025");
    dondoc("explain", "21055 7c --window 2025-06");
    assert_null(strstr(fx.run.out, "had ended"));
}

/* --- league --- */

static void
a_league_table_shares_places_and_ranks_nothing_small(void **state)
{
    (void)state;
    dondoc("league", "7c commune --csv");
    command_want(&fx.run, 0, "ranked,1,21055,");
    command_want(&fx.run, 0, "ranked,2,21043,");
    command_want(&fx.run, 0, "ranked,2,21412,");
    command_want(&fx.run, 0, "too_small,,21436,Đức Lân commune,10,20,,,,,2023-09");
    dondoc("league", "7c commune");
    command_want(&fx.run, 0, "3 of 3 ranked units, 1 is the highest.");
    command_want(&fx.run, 0, "(1, 2, 2, 4)");
    command_want(&fx.run, 0, "Too few to count (below 30)");
    command_want(&fx.run, 0, "Coverage: 4 of ");
    dondoc("league", "7c commune --lang vi");
    command_want(&fx.run, 0, "Bằng nhau thì cùng hạng");
    dondoc("league", "7c commune --since 2022 --csv");
    command_want(&fx.run, 0, "on_pace,2023-09,1,\n");
}

static void
a_league_table_that_cannot_be_is_refused_with_the_remedy(void **state)
{
    (void)state;
    dondoc("league", "7c district");
    command_want(&fx.run, 65, "Please run: dondoc league 7c commune");
    dondoc("league", "7z commune");
    command_want(&fx.run, 65, "did you mean 7a?");
    dondoc("league", "7c xa");
    command_want(&fx.run, 64, "“xa” is no level");
    dondoc("league", "7c");
    command_want(&fx.run, 64, "a target and a level are needed");
    dondoc("league", "7c commune --json --csv");
    command_want(&fx.run, 64, "not both");
    dondoc("league", "nv1 province");
    command_want(&fx.run, 65, "has no indicator");
}

/* --- progress --- */

static void
progress_counts_units_by_verdict(void **state)
{
    (void)state;
    command_run(&fx.run, "progress %s --year 2023 --redis %s", PROVINCE,
                redis_server_address(fx.stack.redis));
    command_want(&fx.run, 0, "Year 2023, as of 2023-10-11");
    /* on pace: 50,29 and twice 50,00 against 49,96; too small: 21436 */
    command_want(&fx.run, 0, "7c      commune     0        3       0");
    command_want(&fx.run, 0, "100.00%");
    /* Nobody is short of 7c; 50,00 is closest to 49,96. */
    command_want(&fx.run, 0, "most short of, or least beyond, what is required");
    command_run(&fx.run, "progress %s --year 2023 --redis %s --csv", PROVINCE,
                redis_server_address(fx.stack.redis));
    command_want(&fx.run, 0, "target,version,level,subject,units,no_data,met,");
    command_want(&fx.run, 0, "21043,Bình Thuận commune,on_pace,2023-09,50.00,49.96,");
    command_run(&fx.run, "progress nowhere --redis %s",
                redis_server_address(fx.stack.redis));
    command_want(&fx.run, 69, "No programme is in force for nowhere");
    command_run(&fx.run, "progress a b --redis %s",
                redis_server_address(fx.stack.redis));
    command_want(&fx.run, 64, "the slug of one province");
}

/* --- all of them --- */

static const struct {
    const char *command;
    const char *more;
} views[] = {
    {"explain", "21055 7c"},     {"explain", "21055 7c --at 2023-10-05"},
    {"explain", "21043 7c"},     {"explain", "level-commune 7c --window 2023-09"},
    {"explain", "province nv1"}, {"explain", "21436 7c --window 2023-09"},
    {"league", "7c commune"},    {"league", "7c commune --since 2022 --worst"},
    {"progress", "--year 2023"}, {"progress", "--year 2025"},
};

static void
same_code(const char *name, int want)
{
    if (fx.run.code != want) {
        fail_msg("%s: ended with %d: %s", name, fx.run.code, fx.run.out);
    }
}

static void
lines_are_narrow(const char *name)
{
    char *rest = NULL;
    char *line;

    for (line = strtok_r(fx.run.out, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (text_width(line) > COLUMNS_MAX) {
            fail_msg("%s: %zu columns: %s", name, text_width(line), line);
        }
    }
}

static void
no_line_is_wider_than_100_columns(void **state)
{
    static const char *const languages[] = {"vi", "en"};
    char more[128];
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < COUNT(views); i++) {
        for (k = 0; k < COUNT(languages); k++) {
            (void)snprintf(more, sizeof more, "%s --lang %s", views[i].more,
                           languages[k]);
            dondoc(views[i].command, more);
            same_code(views[i].more, 0);
            lines_are_narrow(views[i].more);
        }
    }
}

static void
json_is_one_object(void **state)
{
    char more[128];
    char why[128];
    size_t i;
    int line;

    (void)state;
    for (i = 0; i < COUNT(views); i++) {
        struct json *j = NULL;

        (void)snprintf(more, sizeof more, "%s --json", views[i].more);
        dondoc(views[i].command, more);
        same_code(views[i].more, 0);
        if (json_parse(fx.run.out, strlen(fx.run.out), &j, &line, why, sizeof why) !=
            ST_OK) {
            fail_msg("%s %s: line %d: %s", views[i].command, more, line, why);
        }
        assert_int_equal(json_root(j)->type, JSON_OBJECT);
        json_free(&j);
    }
}

/* --- last, as it changes the programme --- */

/* The same programme, that makes something of nothing to count. */
static void
programme_with(const char *empty)
{
    char command[1200];

    (void)snprintf(command, sizeof command,
                   "rm -rf '%s/own' && cp -r programmes/" PROVINCE " '%s/own' && "
                   "sed -i '/^  - id: results_digitised$/,/empty:/"
                   "s/empty: not_applicable/empty: %s/' '%s/own/measures.yaml'",
                   fx.stack.dir, fx.stack.dir, empty, fx.stack.dir);
    assert_int_equal(system(command), 0);
    (void)snprintf(command, sizeof command, "%s/own", fx.stack.dir);
    side_programme(&fx.ops, command);
    stack_settle(&fx.stack);
}

static void
nothing_to_count_is_explained(void **state)
{
    (void)state;
    side_clock(&fx.ops, "2023-11-02 09:00");
    push("21412", "2023-10", 0, 0, "");
    stack_settle(&fx.stack);
    dondoc("explain", "21412 7c --window 2023-10");
    command_want(&fx.run, 0, "Figure:          not applicable");
    programme_with("full");
    dondoc("explain", "21412 7c --window 2023-10");
    command_want(&fx.run, 0, "Verdict:         met 2023");
    command_want(&fx.run, 0, "Figure:          0 / 0 → 100.00%");
    command_want(&fx.run, 0, "best there is, 100% (empty: full)");
    dondoc("explain", "21412 7c --window 2023-10 --json");
    command_want(&fx.run, 0, "\"empty\":\"full\"");
    dondoc("league", "7c commune --period 2023-10");
    command_want(&fx.run, 0, "No unit has enough to be ranked.");
    command_want(&fx.run, 0, "Too few to count (below 30), as counts only");
    programme_with("zero");
    dondoc("explain", "21412 7c --window 2023-10 --lang vi");
    command_want(&fx.run, 0, "0 / 0 → 0,00%");
    command_want(&fx.run, 0, "mẫu số bằng 0, không phát sinh: chương trình quy định");
    command_want(&fx.run, 0, "ở mức bất lợi nhất, 0%");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_past_day_has_the_windows_and_the_reports_of_then),
        cmocka_unit_test(what_was_not_yet_is_refused_or_not_there),
        cmocka_unit_test(an_explanation_names_all_that_it_rests_on),
        cmocka_unit_test(a_stock_that_fell_is_shown_with_both_counts),
        cmocka_unit_test(a_window_behind_the_end_of_a_unit_says_so),
        cmocka_unit_test(a_league_table_shares_places_and_ranks_nothing_small),
        cmocka_unit_test(a_league_table_that_cannot_be_is_refused_with_the_remedy),
        cmocka_unit_test(progress_counts_units_by_verdict),
        cmocka_unit_test(no_line_is_wider_than_100_columns),
        cmocka_unit_test(json_is_one_object),
        cmocka_unit_test(nothing_to_count_is_explained),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
