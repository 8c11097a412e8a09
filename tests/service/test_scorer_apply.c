/* link: scorer */
/*
 * One entry at a time, on a real Redis: what takes effect, what is parked with which
 * reason, and that the one never costs the other.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "tests/support/child.h"
#include "tests/support/scorer_scene.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Every parked place and its reason: "3-0 unknown_unit 3-2 torn_entry". */
static void
parked_are(const char *want_text)
{
    char key[KEY_BYTES];
    const char *argv[] = {"XRANGE", key, "-", "+"};
    struct reply *rep = NULL;
    char got[512] = "";
    size_t i;

    key_make(key, scene.province, KEY_PARKED);
    assert_int_equal(redis_call(scene.client, 4, argv, NULL, &rep), ST_OK);
    for (i = 0; i < reply_count(rep); i++) {
        const struct reply *item = reply_at(rep, i);
        size_t len = strlen(got);

        (void)snprintf(got + len, sizeof got - len, "%s%s %s", i > 0 ? " " : "",
                       reply_str(reply_at(item, 0), NULL),
                       reply_str(reply_field(reply_at(item, 1), "reason"), NULL));
    }
    reply_free(&rep);
    if (strcmp(got, want_text) != 0) {
        fail_msg("parked: got “%s”, want “%s”", got, want_text);
    }
}

static void
fact_is(const char *unit, const char *period, bool there)
{
    char command[128];

    (void)snprintf(command, sizeof command, "HEXISTS $facts:%s digitisation/%s", unit,
                   period);
    want(command, there ? "1" : "0");
}

/* --- reports --- */

static void
without_a_programme_everything_is_parked(void **state)
{
    (void)state;
    ordinary_add("2023-01", 1);
    ordinary_add("2023-02", 1);
    take(JOURNAL_REPORTS);
    parked_are("1-0 no_programme 1-1 no_programme");
    assert_int_equal(scene.s.follow.checkpoint, 1);
}

static const struct parked_case {
    const char *reason;
    const char *unit, *group, *period;
    struct figure_record figure;
} parked[] = {
    {"unknown_unit", "999", "digitisation", "2023-01", {"results", 1, false}},
    {"unknown_group", "101", "other", "2023-01", {"results", 1, false}},
    {"bad_period", "101", "digitisation", "2023-13", {"results", 1, false}},
    {"unknown_measure", "101", "digitisation", "2023-01", {"other", 1, false}},
    {"unknown_measure", "101", "digitisation", "2023-01", {"rank", 1, false}},
};

/* Each stands between two good ones, which take effect. */
static void
what_cannot_be_applied_is_parked_and_its_neighbours_are_not(void **state)
{
    char want_text[64];
    char period[16];
    size_t i;

    (void)state;
    programme_take("ops");
    for (i = 0; i < COUNT(parked); i++) {
        (void)snprintf(period, sizeof period, "2022-%02zu", i + 1);
        want("DEL $parked", i == 0 ? "0" : "1");
        ordinary_add(period, 1);
        record_add(parked[i].unit, parked[i].group, parked[i].period, &parked[i].figure,
                   1, 1);
        record_add("102", "digitisation", period, ordinary, 2, 1);
        take(JOURNAL_REPORTS);
        (void)snprintf(want_text, sizeof want_text, "%zu-1 %s", i + 2,
                       parked[i].reason);
        parked_are(want_text);
        fact_is("101", period, true);
        fact_is("102", period, true);
    }
    fact_is("101", "2023-01", false);
}

static void
an_older_revision_changes_nothing(void **state)
{
    (void)state;
    programme_take("ops");
    ordinary_add("2023-01", 2);
    ordinary_add("2023-01", 1);
    ordinary_add("2023-01", 2);
    take(JOURNAL_REPORTS);
    parked_are("2-1 older_revision 2-2 older_revision");
    assert_int_equal(
        facts_series(scene.s.facts, catalogue_unit(scene.s.catalogue, "101"), 0)
            ->facts[0]
            .index,
        0);
}

static void
what_does_not_apply_is_no_number(void **state)
{
    static const struct figure_record figures[] = {{"results", 0, true},
                                                   {"results_digitised", 0, true}};

    (void)state;
    programme_take("ops");
    record_add("101", "digitisation", "2023-01", figures, 2, 1);
    take(JOURNAL_REPORTS);
    parked_are("");
    assert_int_equal(
        facts_series(scene.s.facts, catalogue_unit(scene.s.catalogue, "101"), 0)
            ->facts[0]
            .figures[0]
            .state,
        FIGURE_NOT_APPLICABLE);
}

static void
a_record_that_cannot_be_read_costs_only_itself(void **state)
{
    const struct report_record nameless = {.unit = "101"}; /* and no hash */

    (void)state;
    programme_take("ops");
    report_record_encode(&nameless, scene.arena, &scene.body);
    ordinary_add("2023-01", 1);
    take(JOURNAL_REPORTS);
    parked_are("2-0 unreadable");
    fact_is("101", "2023-01", true);
}

static void
a_torn_entry_is_applied_up_to_the_tear(void **state)
{
    (void)state;
    programme_take("ops");
    ordinary_add("2023-01", 1);
    buf_add(&scene.body, "\xff\xff", 2);
    take(JOURNAL_REPORTS);
    parked_are("2-1 torn_entry");
    fact_is("101", "2023-01", true);
}

static void
an_entry_of_a_newer_release_is_parked_whole(void **state)
{
    const struct journal_entry alerts = {.seq = 1,
                                         .kind = JOURNAL_ALERTS,
                                         .kind_word = "alerts",
                                         .body = (const uint8_t *)"x",
                                         .body_bytes = 1,
                                         .chain = ""};
    struct journal_entry newer = alerts;
    bool barrier;

    (void)state;
    newer.seq = 2;
    newer.kind = JOURNAL_UNKNOWN;
    newer.kind_word = "poll";
    assert_int_equal(entry_apply(&scene.s, &alerts, &barrier), ST_OK);
    assert_int_equal(entry_apply(&scene.s, &newer, &barrier), ST_OK);
    assert_int_equal(scene.s.seen, 2);
    commit();
    parked_are("1-0 unknown_kind 2-0 unknown_kind");
}

/* --- ticks --- */

static void
time_goes_forward_or_the_tick_is_parked(void **state)
{
    int64_t noon = hour_at(2023, 7, 3, 12);

    (void)state;
    tick_take(noon);
    assert_int_equal(scene.s.tick, noon);
    tick_take(noon);
    tick_take(noon - 1);
    buf_add(&scene.body, "\x0b", 1);
    take(JOURNAL_TICK);
    assert_int_equal(scene.s.tick, noon);
    parked_are("2-0 bad_tick 3-0 bad_tick 4-0 bad_tick");
    tick_take(noon + 1);
    assert_int_equal(scene.s.tick, noon + 1);
    want("XLEN $alerts", "2"); /* only those that were taken are passed on */
}

static void
score_is(const char *unit, const char *words)
{
    char command[96];
    char *line;

    (void)snprintf(command, sizeof command, "HGET dondoc:{%s}:scores:%s 7c/2023",
                   scene.province, unit);
    line = redis_ask(scene.client, command);
    if (strstr(line, words) == NULL) {
        fail_msg("scores:%s: got “%s”, want “%s”", unit, line, words);
    }
    mem_free(&line);
}

/* September was due on 6/10 (working days): from the 7th it is shown as missing. */
static void
a_due_day_that_passes_is_shown_on_the_next_day_only(void **state)
{
    (void)state;
    programme_take("ops");
    tick_take(hour_at(2023, 9, 10, 9));
    ordinary_add("2023-08", 1);
    take(JOURNAL_REPORTS);
    score_is("101", "window=2023-08");
    tick_take(hour_at(2023, 9, 10, 10)); /* the same day */
    tick_take(hour_at(2023, 10, 6, 23));
    score_is("101", "window=2023-08");
    tick_take(hour_at(2023, 10, 7, 0));
    score_is("101", "window=2023-09");
    score_is("101", "no_data");
}

/* Before the programme, and after it, no due day of its own passes. */
static void
years_outside_the_programme_have_no_due_days(void **state)
{
    (void)state;
    programme_take("ops");
    scene.s.tick = hour_at(2020, 1, 5, 9);
    tick_take(hour_at(2020, 12, 30, 9));
    tick_take(hour_at(2027, 12, 30, 9));
    parked_are("");
    want("EXISTS $scores:101", "0");
}

static void
days_pass_without_a_programme_and_without_due_days(void **state)
{
    const struct due_rule none = {0};

    (void)state;
    tick_take(hour_at(2023, 9, 10, 9));
    tick_take(hour_at(2023, 9, 11, 9));
    programme_take("ops");
    scene.s.catalogue->groups[0].due = none;
    tick_take(hour_at(2023, 12, 11, 9));
    want("EXISTS $scores:101", "0");
    parked_are("");
}

/* Whoever plays a year must not mix its clock with the real one: stop, and say how. */
static void
a_clock_of_the_other_kind_ends_the_service(void **state)
{
    int simulated;

    (void)state;
    for (simulated = 0; simulated < 2; simulated++) {
        const struct tick_record tick = {.hour = 480000 + simulated,
                                         .simulated = simulated == 0};
        pid_t pid;

        scene.scorer.simulated = simulated == 1;
        tick_encode(&tick, &scene.body);
        put(JOURNAL_TICK);
        pid = child_begin();
        if (pid == 0) {
            bool barrier;

            status_ignore(apply(&barrier));
            _exit(0);
        }
        assert_int_equal(child_end(pid), 78);
    }
    tick_take(480002);
    assert_int_equal(scene.s.tick, 480002);
}

/* --- programmes --- */

static void
a_programme_that_cannot_be_read_leaves_the_old_one(void **state)
{
    const struct programme_record empty = {.digest = "1f2e", .by = "ops"};

    (void)state;
    programme_take("ops");
    programme_encode(&empty, scene.arena, &scene.body);
    take(JOURNAL_PROGRAMME);
    buf_add(&scene.body, "\x0b\x0b", 2);
    take(JOURNAL_PROGRAMME);
    parked_are("2-0 programme_unreadable 3-0 programme_unreadable");
    assert_non_null(scene.s.catalogue);
    ordinary_add("2023-01", 1);
    take(JOURNAL_REPORTS);
    fact_is("101", "2023-01", true);
}

static void
the_first_programme_begins_the_time_and_a_later_one_does_not(void **state)
{
    (void)state;
    programme_take("ops");
    assert_int_equal(scene.s.tick, hour_at(2023, 7, 1, 0));
    tick_take(hour_at(2023, 7, 2, 0));
    programme_take("another");
    assert_int_equal(scene.s.tick, hour_at(2023, 7, 2, 0));
}

static void
a_programme_on_a_lost_connection_is_read_again(void **state)
{
    bool barrier;

    (void)state;
    programme_take("ops");
    programme_body("another");
    put(JOURNAL_PROGRAMME);
    redis_close(scene.s.redis);
    assert_int_equal(apply(&barrier), ST_AGAIN);
}

/* --- acts --- */

static void
what_was_parked_takes_effect_when_it_is_retried(void **state)
{
    (void)state;
    ordinary_add("2023-01", 1);
    record_add("999", "digitisation", "2023-01", ordinary, 2, 1);
    take(JOURNAL_REPORTS);
    parked_are("1-0 no_programme 1-1 no_programme");
    act_take("parked-retry", "1:0"); /* still none in force */
    parked_are("1-0 no_programme 1-1 no_programme");
    programme_take("ops");
    act_take("parked-retry", "1:1"); /* its unit is still unknown */
    parked_are("1-0 no_programme 1-1 no_programme");
    fact_is("101", "2023-01", false);
    act_take("parked-retry", "1:0");
    parked_are("1-1 no_programme");
    fact_is("101", "2023-01", true);
    act_take("parked-drop", "1:1");
    parked_are("");
}

/* A person may name anything: nothing happens, and the act is passed on all the same.
 */
static void
acts_that_name_nothing_change_nothing(void **state)
{
    static const char *const subjects[] = {"0:0",  "99:0", "2:0", "1:7",     "1",
                                           "1:0x", "x",    "",    "1:0 2:0", "3:0"};
    const struct report_record nameless = {.unit = "101"};
    size_t i;

    (void)state;
    ordinary_add("2023-01", 1);
    take(JOURNAL_REPORTS); /* 1-0 is parked */
    tick_take(hour_at(2023, 7, 1, 0));
    report_record_encode(&nameless, scene.arena, &scene.body);
    take(JOURNAL_REPORTS); /* 3-0 is unreadable for ever */
    programme_take("ops");
    for (i = 0; i < COUNT(subjects); i++) {
        act_take("parked-retry", subjects[i]);
        parked_are("1-0 no_programme 3-0 unreadable");
    }
    act_take("parked-drop", "1");
    act_take("acknowledge", "1:0");
    parked_are("1-0 no_programme 3-0 unreadable");
    buf_add(&scene.body, "\x0b", 1);
    take(JOURNAL_ACT);
    parked_are("1-0 no_programme 3-0 unreadable 17-0 unreadable");
    want("XLEN $alerts", "14"); /* a tick, a programme, twelve acts */
}

/* Another body in the place of an entry: only by writing the journal anew. */
static void
entry_forge(uint64_t seq, const char *text)
{
    struct journal_read rd;
    char key[KEY_BYTES];
    uint64_t at;

    key_make(key, scene.province, KEY_REPORTS);
    journal_read_init(&rd);
    assert_int_equal(
        journal_read_after(scene.client, scene.province, KEY_REPORTS, 0, 100, &rd),
        ST_OK);
    want("DEL $reports", "1");
    for (at = 0; at < rd.count; at++) {
        const struct journal_entry *e = &rd.entries[at];
        bool forged = e->seq == seq;
        char id[32];
        const char *argv[] = {"XADD",
                              key,
                              id,
                              "k",
                              e->kind_word,
                              "b",
                              forged ? text : (const char *)e->body,
                              "h",
                              e->chain};
        size_t lens[COUNT(argv)];
        struct reply *rep = NULL;
        size_t i;

        (void)snprintf(id, sizeof id, "%" PRIu64 "-0", e->seq);
        for (i = 0; i < COUNT(argv); i++) {
            lens[i] = i == 6 && !forged ? e->body_bytes : strlen(argv[i]);
        }
        assert_int_equal(redis_call(scene.client, COUNT(argv), argv, lens, &rep),
                         ST_OK);
        reply_free(&rep);
    }
    journal_read_fini(&rd);
}

/* What it names was changed by hand: stop, never take it. */
static void
a_retry_of_a_changed_entry_is_refused(void **state)
{
    bool barrier;

    (void)state;
    ordinary_add("2023-01", 1);
    take(JOURNAL_REPORTS);
    programme_take("ops");
    act_put("parked-retry", "1:0");
    entry_forge(1, "x");
    assert_int_equal(apply(&barrier), ST_BAD);
    fact_is("101", "2023-01", false);
}

static void
an_act_on_a_lost_connection_is_tried_again(void **state)
{
    bool barrier;

    (void)state;
    ordinary_add("2023-01", 1);
    take(JOURNAL_REPORTS);
    programme_take("ops");
    act_put("parked-retry", "1:0");
    redis_close(scene.s.redis);
    assert_int_equal(apply(&barrier), ST_AGAIN);
}

/* They read what is committed, so what came before them is committed first. */
static void
programmes_and_acts_wait_for_the_commit_before_them(void **state)
{
    static const enum journal_kind kinds[] = {JOURNAL_ACT, JOURNAL_PROGRAMME};
    bool barrier;
    size_t i;

    (void)state;
    programme_take("ops");
    for (i = 0; i < COUNT(kinds); i++) {
        uint64_t acts = scene.scorer.counters.acts;
        uint64_t seen;

        ordinary_add(i == 0 ? "2023-01" : "2023-02", 1);
        put(JOURNAL_REPORTS);
        assert_int_equal(apply(&barrier), ST_OK);
        assert_false(barrier);
        seen = scene.s.seen;
        act_put("parked-drop", "9:9");
        {
            const struct journal_entry e = {.seq = scene.head.seq, .kind = kinds[i]};

            assert_int_equal(entry_apply(&scene.s, &e, &barrier), ST_OK);
        }
        assert_true(barrier);
        assert_int_equal(scene.s.seen, seen);
        assert_int_equal(scene.scorer.counters.acts, acts);
        commit();
        assert_int_equal(apply(&barrier), ST_OK);
        assert_false(barrier);
        commit();
    }
}

/* What it misses may have been trimmed behind the one that overtook it. */
static void
who_was_overtaken_stands_by_and_does_not_stop(void **state)
{
    (void)state;
    want("INCR $epoch:scorer", "3");
    state_stop(&scene.s, "reports: entry 1-0 is missing");
    assert_false(scene.s.stopped);
    assert_true(scene.s.fenced);
    scene.s.retry_at.us = 0;
    assert_true(state_work(&scene.s)); /* nobody else lives: it takes over */
    redis_close(scene.s.redis);
    state_stop(&scene.s, "reports: entry 1-0 is missing");
    assert_false(scene.s.stopped); /* it cannot tell: it looks again */
    assert_false(scene.s.fenced);
    scene.s.retry_at.us = 0;
    assert_true(state_work(&scene.s));
    state_stop(&scene.s, "reports: entry 1-0 is missing");
    assert_true(scene.s.stopped);
    assert_false(state_work(&scene.s));
}

/* Killed between raising the epoch and saying who it is; or an earlier life of this
 * very instance, whose command came late. Its own heartbeat must not hold it back. */
static void
who_was_overtaken_by_one_that_died_at_once_takes_over_again(void **state)
{
    (void)state;
    want("SET dondoc:ops:heartbeat:scorer:1 alive", "OK");
    want("INCR $epoch:scorer", "3");
    ordinary_add("2023-01", 1);
    put(JOURNAL_REPORTS);
    scene.s.fenced = true;
    state_lost(&scene.s, "fenced");
    scene.s.retry_at.us = 0;
    assert_true(state_work(&scene.s));
    want("SET dondoc:ops:heartbeat:scorer:2 alive", "OK");
    want("SET $owner:scorer 2", "OK");
    scene.s.fenced = true;
    state_lost(&scene.s, "fenced");
    scene.s.retry_at.us = 0;
    assert_false(state_work(&scene.s)); /* another one lives and says so */
    want("DEL dondoc:ops:heartbeat:scorer:2", "1");
    scene.s.retry_at.us = 0;
    assert_true(state_work(&scene.s));
    want("DEL dondoc:ops:heartbeat:scorer:1", "1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scorer_setup, scorer_teardown)

static int
tests(void)
{
    const struct CMUnitTest all[] = {
        TEST(without_a_programme_everything_is_parked),
        TEST(what_cannot_be_applied_is_parked_and_its_neighbours_are_not),
        TEST(an_older_revision_changes_nothing),
        TEST(what_does_not_apply_is_no_number),
        TEST(a_record_that_cannot_be_read_costs_only_itself),
        TEST(a_torn_entry_is_applied_up_to_the_tear),
        TEST(an_entry_of_a_newer_release_is_parked_whole),
        TEST(time_goes_forward_or_the_tick_is_parked),
        TEST(a_due_day_that_passes_is_shown_on_the_next_day_only),
        TEST(years_outside_the_programme_have_no_due_days),
        TEST(days_pass_without_a_programme_and_without_due_days),
        TEST(a_clock_of_the_other_kind_ends_the_service),
        TEST(a_programme_that_cannot_be_read_leaves_the_old_one),
        TEST(the_first_programme_begins_the_time_and_a_later_one_does_not),
        TEST(a_programme_on_a_lost_connection_is_read_again),
        TEST(what_was_parked_takes_effect_when_it_is_retried),
        TEST(acts_that_name_nothing_change_nothing),
        TEST(a_retry_of_a_changed_entry_is_refused),
        TEST(an_act_on_a_lost_connection_is_tried_again),
        TEST(programmes_and_acts_wait_for_the_commit_before_them),
        TEST(who_was_overtaken_stands_by_and_does_not_stop),
        TEST(who_was_overtaken_by_one_that_died_at_once_takes_over_again),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_apply", tests);
}
