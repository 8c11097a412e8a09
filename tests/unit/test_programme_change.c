/* link: cli */
/* What another programme would change: verdicts, alerts, reports it cannot read, ids,
 * whom it would not wake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/programme_change.h"
#include "lib/mem.h"
#include "tests/support/specimen_programme.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define TEXT_BYTES 8192

/* One text of one file of the specimen for another. */
struct edit {
    const char *file;
    const char *from;
    const char *to;
};

static struct catalogue *
specimen(const struct edit *edits, size_t count)
{
    static char texts[SPECIMEN_FILES][TEXT_BYTES];
    struct catalogue_file files[SPECIMEN_FILES];
    struct findings found = {0};
    struct catalogue *c = NULL;
    size_t i;
    size_t e;

    for (i = 0; i < SPECIMEN_FILES; i++) {
        files[i] = SPECIMEN[i];
        for (e = 0; e < count; e++) {
            const char *at = strstr(files[i].text, edits[e].from);
            char text[TEXT_BYTES];

            if (strcmp(files[i].name, edits[e].file) != 0) {
                continue;
            }
            assert_non_null(at);
            (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - files[i].text),
                           files[i].text, edits[e].to, at + strlen(edits[e].from));
            memcpy(texts[i], text, sizeof text);
            files[i].text = texts[i];
            files[i].bytes = strlen(text);
        }
    }
    if (catalogue_load(files, SPECIMEN_FILES, &c, &found) != ST_OK) {
        fail_msg("%s: %s", found.items[0].file, found.items[0].text);
    }
    findings_fini(&found);
    return c;
}

/* Commune 101 is on pace in April and May 2023 with 50 %, and has been counted
 * dossiers; 103 is exempt. */
#define RECEIVED " received=1683000000000 "
static const struct change_line lines[] = {
    {"101", "digitisation/2023-04",
     "rev=1 at=1:0 from=2023-04-01 to=2023-04-30" RECEIVED
     "results=1000 results_digitised=500 dossiers=7"},
    {"101", "digitisation/2023-05",
     "rev=1 at=2:0 from=2023-05-01 to=2023-05-31" RECEIVED
     "results=1000 results_digitised=500 dossiers=8"},
    {"1", "indices/2022",
     "rev=1 at=3:0 from=2022-01-01 to=2022-12-31" RECEIVED "rank=40 ranked=63"},
    {"103@first", "digitisation/2023-05",
     "rev=1 at=4:0 from=2023-05-01 to=2023-05-31" RECEIVED
     "results=1000 results_digitised=900"},
};

#define STEPS "2022: 35, 2023: 54.95, 2024: 75"
#define TYPED "2022: 35, 2023: 90, 2024: 95"
static const struct edit typed_90 = {"targets.yaml", STEPS, TYPED};

struct fixture {
    struct catalogue *before;
    struct catalogue *after;
    struct change change;
};

static int32_t
day(const char *text)
{
    int32_t out;

    assert_int_equal(day_parse(text, &out), ST_OK);
    return out;
}

static void
made(struct fixture *fx, const struct edit *before, size_t before_count,
     const struct edit *after, size_t after_count, const struct change_told *told,
     size_t told_count)
{
    struct change_input in = {.lines = lines,
                              .line_count = COUNT(lines),
                              .told = told,
                              .told_count = told_count,
                              .today = day("2023-06-10"),
                              .simulated = true};

    fx->before = specimen(before, before_count);
    fx->after = specimen(after, after_count);
    in.before = fx->before;
    in.after = fx->after;
    change_make(&in, &fx->change);
}

static void
gone(struct fixture *fx)
{
    change_fini(&fx->change);
    catalogue_free(&fx->before);
    catalogue_free(&fx->after);
}

/* Open since May, told with the figure that stands. */
static struct change_told
open_alert(const char *code, const char *target, const char *subject)
{
    struct change_told t = {.told = {.kind = ALERT_BEHIND,
                                     .number = 1,
                                     .window = "2023-05",
                                     .num = 500,
                                     .den = 1000,
                                     .opened_at_ms = 1683000000000,
                                     .reason = REASON_NEW},
                            .target = target,
                            .subject = subject};

    (void)snprintf(t.told.code, sizeof t.told.code, "%s", code);
    return t;
}

static void
the_same_programme_changes_nothing(void **state)
{
    struct fixture fx = {0};

    (void)state;
    made(&fx, NULL, 0, NULL, 0, NULL, 0);
    assert_int_equal(fx.change.verdict_count, 0);
    assert_int_equal(fx.change.alert_count, 0);
    assert_int_equal(fx.change.stay_count, 0);
    assert_int_equal(fx.change.loss_count, 0);
    assert_int_equal(fx.change.id_count, 0);
    gone(&fx);
}

static uint64_t
verdict_then(const struct change *c, const char *target, enum verdict v, uint64_t *now)
{
    size_t i;

    for (i = 0; i < c->verdict_count; i++) {
        if (strcmp(c->verdicts[i].target->id, target) == 0 &&
            c->verdicts[i].verdict == v) {
            *now = c->verdicts[i].before;
            return c->verdicts[i].after;
        }
    }
    fail_msg("no row %s %s", target, verdict_name(v));
    return 0;
}

static void
a_step_typed_too_high_shows_what_it_would_open(void **state)
{
    struct fixture fx = {0};
    const struct change_alert *a;
    uint64_t now = 0;

    (void)state;
    made(&fx, NULL, 0, &typed_90, 1, NULL, 0);
    assert_int_equal(verdict_then(&fx.change, "7c", VERDICT_BEHIND, &now), 1);
    assert_int_equal(now, 0);
    assert_int_equal(verdict_then(&fx.change, "7c", VERDICT_ON_PACE, &now), 0);
    assert_int_equal(now, 1);
    assert_int_equal(fx.change.verdict_count, 2);
    assert_int_equal(fx.change.alert_count, 1);
    a = &fx.change.alerts[0];
    assert_string_equal(a->code, "TST-2023-7c-101");
    assert_int_equal(a->reason, REASON_NEW);
    assert_int_equal(a->kind, ALERT_BEHIND);
    assert_string_equal(a->at.window.code, "2023-05");
    assert_int_equal(a->at.standing.num, 500);
    assert_int_equal(a->at.standing.den, 1000);
    assert_int_equal(change_alerts_of(&fx.change, REASON_NEW), 1);
    assert_int_equal(change_alerts_of(&fx.change, REASON_WITHDRAWN), 0);
    gone(&fx);
}

static void
typed_right_again_it_is_withdrawn_and_told_twice_it_is_not(void **state)
{
    struct change_told told = open_alert("TST-2023-7c-101", "7c", "101");
    struct fixture fx = {0};

    (void)state;
    made(&fx, &typed_90, 1, NULL, 0, &told, 1);
    assert_int_equal(fx.change.alert_count, 1);
    assert_int_equal(fx.change.alerts[0].reason, REASON_WITHDRAWN);
    assert_string_equal(fx.change.alerts[0].told_window, "2023-05");
    assert_int_equal(fx.change.stay_count, 0);
    gone(&fx);
    made(&fx, NULL, 0, &typed_90, 1, &told, 1); /* open already: nothing is said */
    assert_int_equal(fx.change.alert_count, 0);
    gone(&fx);
    /* May was not told yet: with the same figure its gap is larger than April's. */
    (void)snprintf(told.told.window, sizeof told.told.window, "2023-04");
    made(&fx, NULL, 0, &typed_90, 1, &told, 1);
    assert_int_equal(fx.change.alert_count, 1);
    assert_int_equal(fx.change.alerts[0].reason, REASON_WORSE);
    assert_string_equal(fx.change.alerts[0].at.window.code, "2023-05");
    gone(&fx);
    (void)snprintf(told.told.window, sizeof told.told.window, "2023-05");
    told.told.num = 499; /* told with another figure */
    made(&fx, NULL, 0, &typed_90, 1, &told, 1);
    assert_int_equal(fx.change.alert_count, 1);
    assert_int_equal(fx.change.alerts[0].reason, REASON_CORRECTED);
    gone(&fx);
}

static void
an_open_alert_that_nobody_comes_to_is_named(void **state)
{
    static const struct edit renamed = {"targets.yaml", "{id: 7c,", "{id: 7d,"};
    static const struct edit removed = {"units.csv", "101,xã Một", "109,xã Một"};
    static const struct edit shown = {"programme.yaml", "illustrative: false",
                                      "illustrative: true"};
    static const struct {
        const char *name;
        const struct edit *edit;
        enum stay want;
    } cases[] = {
        {"target", &renamed, STAY_TARGET},
        {"unit", &removed, STAY_UNIT},
        {"illustration", &shown, STAY_ILLUSTRATIVE},
    };
    struct change_told told = open_alert("TST-2023-7c-101", "7c", "101");
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct fixture fx = {0};

        made(&fx, &typed_90, 1, cases[i].edit, 1, &told, 1);
        if (fx.change.stay_count != 1 || fx.change.stays[0].why != cases[i].want) {
            fail_msg("%s: got %zu stays", cases[i].name, fx.change.stay_count);
        }
        assert_string_equal(fx.change.stays[0].told->told.code, told.told.code);
        gone(&fx);
    }
    told.told.kind = ALERT_NONE; /* closed: nothing stays open */
    {
        struct fixture fx = {0};

        made(&fx, &typed_90, 1, &renamed, 1, &told, 1);
        assert_int_equal(fx.change.stay_count, 0);
        gone(&fx);
    }
}

static void
a_dropped_target_counts_down_to_nothing(void **state)
{
    static const struct edit renamed = {"targets.yaml", "{id: 7c,", "{id: 7d,"};
    struct fixture fx = {0};
    uint64_t now = 0;

    (void)state;
    made(&fx, NULL, 0, &renamed, 1, NULL, 0);
    assert_int_equal(verdict_then(&fx.change, "7c", VERDICT_ON_PACE, &now), 0);
    assert_int_equal(now, 1);
    assert_int_equal(verdict_then(&fx.change, "7d", VERDICT_ON_PACE, &now), 1);
    assert_int_equal(now, 0);
    gone(&fx);
}

static void
what_cannot_be_read_is_counted_by_unit_group_and_measure(void **state)
{
    static const struct edit no_unit = {"units.csv", "101,xã Một", "109,xã Một"};
    static const struct edit no_measure = {
        "measures.yaml", "results_digitised, dossiers]", "results_digitised]"};
    static const struct edit calendar[] = {
        {"measures.yaml", "commune], calendar: civil", "commune], calendar: statutory"},
        {"measures.yaml", "[province], calendar: civil",
         "[province], calendar: statutory"},
        {"programme.yaml", "year: civil", "year: statutory"}};
    static const struct edit group = {"measures.yaml", "{code: digitisation,",
                                      "{code: digitising,"};
    static const struct {
        const char *name;
        const struct edit *edits;
        size_t count;
        size_t rows;
        enum loss why;
        const char *what;
        uint64_t reports;
        uint64_t units;
    } cases[] = {
        {"unit", &no_unit, 1, 1, LOSS_UNIT, "101", 2, 1},
        {"measure", &no_measure, 1, 1, LOSS_MEASURE, "dossiers", 2, 1},
        {"calendar", calendar, 3, 2, LOSS_PERIOD, "digitisation", 3, 2},
        {"group", &group, 1, 1, LOSS_GROUP, "digitisation", 3, 2},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct fixture fx = {0};
        const struct change_loss *l;

        made(&fx, NULL, 0, cases[i].edits, cases[i].count, NULL, 0);
        l = fx.change.losses;
        if (fx.change.loss_count != cases[i].rows || l->why != cases[i].why ||
            strcmp(l->name, cases[i].what) != 0 || l->reports != cases[i].reports ||
            l->units != cases[i].units) {
            fail_msg("%s: got %zu rows, first %s", cases[i].name, fx.change.loss_count,
                     fx.change.loss_count > 0 ? l->name : "none");
        }
        gone(&fx);
        /* lost before: not by this change */
        made(&fx, cases[i].edits, cases[i].count, cases[i].edits, cases[i].count, NULL,
             0);
        assert_int_equal(fx.change.loss_count, 0);
        gone(&fx);
    }
}

static void
a_code_with_a_second_holder_changes_the_id_of_the_first(void **state)
{
    static const struct edit second = {"units.csv", "104,xã Bốn,",
                                       "101,xã Một mới,new,commune,commune,12,2025-06-"
                                       "16,,no,Chủ tịch,Chair,GSO,\n104,xã Bốn,"};
    static const struct edit ends = {"units.csv", "commune,11,,,assumed-no",
                                     "commune,11,,2024-06-15,assumed-no"};
    const struct edit both[] = {ends, second};
    struct fixture fx = {0};

    (void)state;
    made(&fx, NULL, 0, both, 2, NULL, 0);
    assert_int_equal(fx.change.id_count, 1);
    assert_string_equal(fx.change.ids[0].before, "101");
    assert_string_equal(fx.change.ids[0].after, "101@first");
    assert_int_equal(fx.change.loss_count, 1);
    assert_int_equal(fx.change.losses[0].why, LOSS_UNIT);
    gone(&fx);
    made(&fx, both, 2, NULL, 0, NULL, 0); /* and back */
    assert_int_equal(fx.change.id_count, 2);
    assert_string_equal(fx.change.ids[0].before, "101@first");
    assert_string_equal(fx.change.ids[0].after, "101");
    gone(&fx);
}

static void
units_are_not_armed_for_a_reason(void **state)
{
    static const struct edit shown = {"programme.yaml", "illustrative: false",
                                      "illustrative: true"};
    static const struct {
        bool simulated;
        enum unarmed why;
        size_t want;
    } cases[] = {
        {false, UNARMED_UNCONFIRMED, 2}, {false, UNARMED_EXEMPT, 1},
        {true, UNARMED_UNCONFIRMED, 0},  {true, UNARMED_EXEMPT, 1},
        {true, UNARMED_MEMBERS, 0},
    };
    struct change_unarmed_list list;
    struct catalogue *c = specimen(NULL, 0);
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        size_t got = 0;

        change_unarmed(c, cases[i].simulated, &list);
        for (k = 0; k < list.count; k++) {
            assert_string_equal(list.items[k].target->id, "7c");
            got += list.items[k].why == cases[i].why ? list.items[k].count : 0;
        }
        if (got != cases[i].want) {
            fail_msg("case %zu: got %zu, want %zu", i, got, cases[i].want);
        }
        mem_free(&list.items);
    }
    catalogue_free(&c);
    c = specimen(&shown, 1);
    change_unarmed(c, false, &list);
    assert_int_equal(list.count, 0); /* it wakes nobody at all: said once, elsewhere */
    catalogue_free(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_programme_changes_nothing),
        cmocka_unit_test(a_step_typed_too_high_shows_what_it_would_open),
        cmocka_unit_test(typed_right_again_it_is_withdrawn_and_told_twice_it_is_not),
        cmocka_unit_test(an_open_alert_that_nobody_comes_to_is_named),
        cmocka_unit_test(a_dropped_target_counts_down_to_nothing),
        cmocka_unit_test(what_cannot_be_read_is_counted_by_unit_group_and_measure),
        cmocka_unit_test(a_code_with_a_second_holder_changes_the_id_of_the_first),
        cmocka_unit_test(units_are_not_armed_for_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
