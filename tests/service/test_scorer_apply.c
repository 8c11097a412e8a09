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
#include "scorer/scorer.h"
#include "tests/support/child.h"
#include "tests/support/redis_server.h"
#include "tests/support/specimen_programme.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct redis_server *server;
static struct redis *client; /* the writer's side */
static struct scorer scorer;
static struct state s;
static struct journal_head head;
static struct journal_append append;
static struct buf body;
static struct arena *arena;
static char province[32]; /* a fresh one for each test */

static int
setup(void **state)
{
    static int provinces;
    const struct redis_settings settings = {.address = redis_server_address(server),
                                            .timeout_ms = 5000};

    (void)state;
    client = redis_server_client(server);
    (void)snprintf(province, sizeof province, "p%d", ++provinces);
    memset(&scorer, 0, sizeof scorer);
    scorer.instance = "1";
    scorer.arena = arena_new(4 * WIRE_ARENA_BYTES);
    scorer.event_arena = arena_new(64 * WIRE_ARENA_BYTES);
    buf_init(&scorer.line, 4096);
    buf_init(&scorer.body, JOURNAL_PROGRAMME_MAX + 65536);
    state_init(&s, &scorer, province, redis_new(&settings));
    journal_append_init(&append);
    buf_init(&body, JOURNAL_PROGRAMME_MAX);
    arena = arena_new(WIRE_ARENA_BYTES);
    assert_true(state_work(&s));
    return journal_head_read(client, province, &head) == ST_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    state_fini(&s);
    arena_free(&scorer.arena);
    arena_free(&scorer.event_arena);
    buf_fini(&scorer.line);
    buf_fini(&scorer.body);
    journal_append_fini(&append);
    buf_fini(&body);
    arena_free(&arena);
    redis_free(&client);
    return 0;
}

static void
want(const char *command, const char *answer)
{
    redis_want_in(client, province, command, answer);
}

/* --- writing an entry, and applying it --- */

static void
put(enum journal_kind kind)
{
    journal_append_begin(&append, province, &head, kind, buf_str(&body), body.len);
    assert_int_equal(journal_append_call(&append, client, NULL, 0, NULL), ST_OK);
    head = append.next;
    buf_clear(&body);
}

static enum status
apply(bool *barrier)
{
    struct journal_read rd;
    enum status st;

    journal_read_init(&rd);
    assert_int_equal(journal_read_one(client, province, KEY_REPORTS, head.seq, &rd),
                     ST_OK);
    st = entry_apply(&s, &rd.entries[0], barrier);
    (void)snprintf(s.chain, sizeof s.chain, "%s", rd.entries[0].chain);
    journal_read_fini(&rd);
    return st;
}

static void
commit(void)
{
    effects_seal(&s.effects, s.chain);
    assert_int_equal(
        follow_apply(&s.follow, s.redis, &s.effects, s.seen, s.programme, s.tick),
        ST_OK);
    effects_clear(&s.effects, &s.follow);
}

static void
take(enum journal_kind kind)
{
    bool barrier = true;

    put(kind);
    assert_int_equal(apply(&barrier), ST_OK);
    assert_false(barrier);
    commit();
}

static const uint8_t hash[16] = {1};

static void
record_add(const char *unit, const char *group, const char *period,
           const struct figure_record *figures, size_t count, uint32_t revision)
{
    const struct report_record r = {.unit = unit,
                                    .group = group,
                                    .period = period,
                                    .revision = revision,
                                    .figures = figures,
                                    .figure_count = count,
                                    .received_at_ms = 1696406400000,
                                    .hash = hash};

    report_record_encode(&r, arena, &body);
}

static const struct figure_record ordinary[] = {{"results", 100, false},
                                                {"results_digitised", 50, false}};

static void
ordinary_add(const char *period, uint32_t revision)
{
    record_add("101", "digitisation", period, ordinary, 2, revision);
}

/* The specimen as a programme entry's body. */
static void
programme_body(const char *by)
{
    struct catalogue_file files[SPECIMEN_FILES];
    struct programme_record r = {.by = by, .at_ms = 1688144400000}; /* 1/7/2023 */
    struct buf bundle;
    char digest[65];

    memcpy(files, SPECIMEN, sizeof files);
    buf_init(&bundle, JOURNAL_PROGRAMME_MAX);
    programme_pack(files, SPECIMEN_FILES, &bundle);
    programme_digest(buf_str(&bundle), bundle.len, digest);
    r.digest = digest;
    r.bundle = (const uint8_t *)buf_str(&bundle);
    r.bundle_bytes = bundle.len;
    programme_encode(&r, arena, &body);
    buf_fini(&bundle);
}

static void
programme_take(const char *by)
{
    programme_body(by);
    take(JOURNAL_PROGRAMME);
}

static void
act_put(const char *kind, const char *subject)
{
    const struct wire_act act = {"id", kind, subject, "", "", "ops", 12};

    act_encode(&act, arena, &body);
    put(JOURNAL_ACT);
}

static void
act_take(const char *kind, const char *subject)
{
    bool barrier = true;

    act_put(kind, subject);
    assert_int_equal(apply(&barrier), ST_OK);
    commit();
}

/* Every parked place and its reason: "3-0 unknown_unit 3-2 torn_entry". */
static void
parked_are(const char *want_text)
{
    char key[KEY_BYTES];
    const char *argv[] = {"XRANGE", key, "-", "+"};
    struct reply *rep = NULL;
    char got[512] = "";
    size_t i;

    key_make(key, province, KEY_PARKED);
    assert_int_equal(redis_call(client, 4, argv, NULL, &rep), ST_OK);
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
    assert_int_equal(s.follow.checkpoint, 1);
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
        facts_series(s.facts, catalogue_unit(s.catalogue, "101"), 0)->facts[0].index,
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
    assert_int_equal(facts_series(s.facts, catalogue_unit(s.catalogue, "101"), 0)
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
    report_record_encode(&nameless, arena, &body);
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
    buf_add(&body, "\xff\xff", 2);
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
    assert_int_equal(entry_apply(&s, &alerts, &barrier), ST_OK);
    assert_int_equal(entry_apply(&s, &newer, &barrier), ST_OK);
    assert_int_equal(s.seen, 2);
    commit();
    parked_are("1-0 unknown_kind 2-0 unknown_kind");
}

/* --- ticks --- */

static void
tick_take(int64_t hour)
{
    const struct tick_record tick = {.hour = hour, .simulated = scorer.simulated};

    tick_encode(&tick, &body);
    take(JOURNAL_TICK);
}

static int64_t
hour_at(int year, int month, int mday, int hour)
{
    return (int64_t)day_from_civil(year, month, mday) * 24 + hour;
}

static void
time_goes_forward_or_the_tick_is_parked(void **state)
{
    int64_t noon = hour_at(2023, 7, 3, 12);

    (void)state;
    tick_take(noon);
    assert_int_equal(s.tick, noon);
    tick_take(noon);
    tick_take(noon - 1);
    buf_add(&body, "\x0b", 1);
    take(JOURNAL_TICK);
    assert_int_equal(s.tick, noon);
    parked_are("2-0 bad_tick 3-0 bad_tick 4-0 bad_tick");
    tick_take(noon + 1);
    assert_int_equal(s.tick, noon + 1);
    want("XLEN $alerts", "2"); /* only those that were taken are passed on */
}

static void
score_is(const char *unit, const char *words)
{
    char command[96];
    char *line;

    (void)snprintf(command, sizeof command, "HGET dondoc:{%s}:scores:%s 7c/2023",
                   province, unit);
    line = redis_ask(client, command);
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
    s.tick = hour_at(2020, 1, 5, 9);
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
    s.catalogue->groups[0].due = none;
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
        const struct tick_record tick = {480000 + simulated, 0, simulated == 0};
        pid_t pid;

        scorer.simulated = simulated == 1;
        tick_encode(&tick, &body);
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
    assert_int_equal(s.tick, 480002);
}

/* --- programmes --- */

static void
a_programme_that_cannot_be_read_leaves_the_old_one(void **state)
{
    const struct programme_record empty = {.digest = "1f2e", .by = "ops"};

    (void)state;
    programme_take("ops");
    programme_encode(&empty, arena, &body);
    take(JOURNAL_PROGRAMME);
    buf_add(&body, "\x0b\x0b", 2);
    take(JOURNAL_PROGRAMME);
    parked_are("2-0 programme_unreadable 3-0 programme_unreadable");
    assert_non_null(s.catalogue);
    ordinary_add("2023-01", 1);
    take(JOURNAL_REPORTS);
    fact_is("101", "2023-01", true);
}

static void
the_first_programme_begins_the_time_and_a_later_one_does_not(void **state)
{
    (void)state;
    programme_take("ops");
    assert_int_equal(s.tick, hour_at(2023, 7, 1, 0));
    tick_take(hour_at(2023, 7, 2, 0));
    programme_take("another");
    assert_int_equal(s.tick, hour_at(2023, 7, 2, 0));
}

static void
a_programme_on_a_lost_connection_is_read_again(void **state)
{
    bool barrier;

    (void)state;
    programme_take("ops");
    programme_body("another");
    put(JOURNAL_PROGRAMME);
    redis_close(s.redis);
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
    report_record_encode(&nameless, arena, &body);
    take(JOURNAL_REPORTS); /* 3-0 is unreadable for ever */
    programme_take("ops");
    for (i = 0; i < COUNT(subjects); i++) {
        act_take("parked-retry", subjects[i]);
        parked_are("1-0 no_programme 3-0 unreadable");
    }
    act_take("parked-drop", "1");
    act_take("acknowledge", "1:0");
    parked_are("1-0 no_programme 3-0 unreadable");
    buf_add(&body, "\x0b", 1);
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

    key_make(key, province, KEY_REPORTS);
    journal_read_init(&rd);
    assert_int_equal(journal_read_after(client, province, KEY_REPORTS, 0, 100, &rd),
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
        assert_int_equal(redis_call(client, COUNT(argv), argv, lens, &rep), ST_OK);
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
    redis_close(s.redis);
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
        uint64_t acts = scorer.counters.acts;
        uint64_t seen;

        ordinary_add(i == 0 ? "2023-01" : "2023-02", 1);
        put(JOURNAL_REPORTS);
        assert_int_equal(apply(&barrier), ST_OK);
        assert_false(barrier);
        seen = s.seen;
        act_put("parked-drop", "9:9");
        {
            const struct journal_entry e = {.seq = head.seq, .kind = kinds[i]};

            assert_int_equal(entry_apply(&s, &e, &barrier), ST_OK);
        }
        assert_true(barrier);
        assert_int_equal(s.seen, seen);
        assert_int_equal(scorer.counters.acts, acts);
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
    state_stop(&s, "reports: entry 1-0 is missing");
    assert_false(s.stopped);
    assert_true(s.fenced);
    s.retry_at.us = 0;
    assert_true(state_work(&s)); /* nobody else lives: it takes over */
    redis_close(s.redis);
    state_stop(&s, "reports: entry 1-0 is missing");
    assert_false(s.stopped); /* it cannot tell: it looks again */
    assert_false(s.fenced);
    s.retry_at.us = 0;
    assert_true(state_work(&s));
    state_stop(&s, "reports: entry 1-0 is missing");
    assert_true(s.stopped);
    assert_false(state_work(&s));
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
    s.fenced = true;
    state_lost(&s, "fenced");
    s.retry_at.us = 0;
    assert_true(state_work(&s));
    want("SET dondoc:ops:heartbeat:scorer:2 alive", "OK");
    want("SET $owner:scorer 2", "OK");
    s.fenced = true;
    state_lost(&s, "fenced");
    s.retry_at.us = 0;
    assert_false(state_work(&s)); /* another one lives and says so */
    want("DEL dondoc:ops:heartbeat:scorer:2", "1");
    s.retry_at.us = 0;
    assert_true(state_work(&s));
    want("DEL dondoc:ops:heartbeat:scorer:1", "1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
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
    int failed;

    diag_init("test_scorer_apply");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
