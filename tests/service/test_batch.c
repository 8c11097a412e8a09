/* link: ingest */
/*
 * A batch on a real Redis, step by step in this process: what is answered, what is
 * written, and that whatever goes wrong between two steps only delays a report.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/ingest.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"
#include "tests/support/child.h"
#include "tests/support/redis_server.h"
#include "tests/support/specimen_programme.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define RECEIPTS_MAX 1200

static struct redis_server *server;
static struct redis *client; /* another's side */
static struct ingest in;
static struct province p;
static struct push push;
static char slug[32]; /* a fresh province for each test */

/* Connected as after a start; the steps before that are tests/pipeline's. */
static void
connect_again(void)
{
    char key[KEY_BYTES];
    int64_t epoch;

    key_make2(key, slug, KEY_EPOCH, "ingest");
    assert_int_equal(redis_connect(p.redis, key, &epoch), ST_OK);
    assert_int_equal(redis_load_functions(p.redis), ST_OK);
    assert_int_equal(journal_head_read(p.redis, slug, &p.head), ST_OK);
    p.state = PROVINCE_READY;
    p.memory_at.us = INT64_MAX; /* nobody looks for room meanwhile */
}

static int
setup(void **state)
{
    static int provinces;
    static struct wire_receipt receipts[RECEIPTS_MAX];
    const struct redis_settings settings = {.address = redis_server_address(server),
                                            .timeout_ms = 5000};
    struct findings found = {0};
    struct bus_keys keys;
    char endpoint[128];

    (void)state;
    client = redis_server_client(server);
    (void)snprintf(slug, sizeof slug, "p%d", ++provinces);
    memset(&in, 0, sizeof in);
    in.redis_timeout_ms = 5000;
    seal_key_derive("0000000000000000000000000000000000000000", &in.seal_key);
    in.scratch = arena_new(WIRE_ARENA_BYTES);
    buf_init(&in.out, BUS_MESSAGE_MAX * 4);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/h%d", getenv("TMPDIR"),
                   provinces);
    assert_int_equal(bus_new(NULL, NULL, &in.bus), ST_OK);
    assert_int_equal(bus_keys_new(&keys), ST_OK);
    assert_int_equal(bus_bind_pub(in.bus, endpoint, "services", &keys, &in.hints),
                     ST_OK);
    province_init(&p, &in, slug, redis_new(&settings));
    assert_int_equal(catalogue_load(SPECIMEN, SPECIMEN_FILES, &p.catalogue, &found),
                     ST_OK);
    findings_fini(&found);
    (void)snprintf(p.catalogue->digest, sizeof p.catalogue->digest, "1f2e");
    redis_want_in(client, slug, "HSET $head programme 1f2e", "1");
    memset(receipts, 0, sizeof receipts);
    /* One receipt is never decided, so the push stays for us to look at. */
    push = (struct push){.arena = arena_new(REQUEST_ARENA_BYTES),
                         .receipts = receipts,
                         .left = RECEIPTS_MAX + 1,
                         .began = mono_now()};
    connect_again();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    province_fini(&p);
    bus_close(&in.hints);
    bus_free(&in.bus);
    arena_free(&in.scratch);
    buf_fini(&in.out);
    arena_free(&push.arena);
    redis_free(&client);
    return 0;
}

static void
want(const char *command, const char *answer)
{
    redis_want_in(client, slug, command, answer);
}

/* --- a report on its way --- */

struct sent {
    const char *period;
    int64_t digitised;
    const char *replaces; /* NULL: nothing */
    const char *reason;   /* NULL: none */
    bool office;
    uint32_t offered;
    const char *note; /* instead of the reason, and not checked: of any length */
};

static struct pending *queued; /* the last */

/* Queues it; the place of its receipt. */
static size_t
queue(const struct sent *sent)
{
    static const char *const scope[] = {"101"};
    const struct principal unit = {
        .role = ROLE_UNIT, .name = "101", .scope = scope, .scope_count = 1};
    const struct principal office = {
        .role = ROLE_OFFICE, .name = "office", .scope_all = true};
    const struct wire_figure figures[] = {
        {"results", WIRE_COUNT, 1000, NULL},
        {"results_digitised", WIRE_COUNT, sent->digitised, NULL}};
    const struct wire_report report = {
        .unit = "101",
        .group = "digitisation",
        .period = sent->period,
        .from = "",
        .to = "",
        .figures = figures,
        .figure_count = 2,
        .reason = sent->reason == NULL ? "" : sent->reason,
        .source_system = "",
        .replaces = sent->replaces == NULL ? "" : sent->replaces};
    struct pending *pend = arena_take(push.arena, sizeof *pend);
    struct refused why = {0};

    checks_begin(&p.checks, p.catalogue);
    assert_true(report_check(&p.checks, sent->office ? &office : &unit, &report,
                             (struct instant){1735700000000}, push.arena,
                             &pend->checked, &why)); /* 1/1/2025 */
    pend->push = &push;
    pend->at = push.count++;
    pend->since = mono_now();
    pend->checked.past_due = false;
    pend->checked.offered = sent->offered;
    if (sent->note != NULL) {
        pend->checked.record.reason = sent->note;
    }
    queue_put(&p.queue, pend);
    queued = pend;
    return pend->at;
}

/* Sends what waits, until nothing is in flight. */
static void
finish(void)
{
    struct mono began = mono_now();

    do {
        batch_run(&p);
        do {
            batch_collect(&p);
            assert_true(mono_since_us(began) < 10000000);
        } while (p.in_flight);
    } while (p.queue.first != NULL && p.state == PROVINCE_READY);
}

static const struct wire_receipt *
outcome_is(size_t at, enum outcome wanted)
{
    const struct wire_receipt *r = &push.receipts[at];

    if (r->outcome != wanted) {
        fail_msg("report %zu: got %s, want %s", at, outcome_name(r->outcome),
                 outcome_name(wanted));
    }
    return r;
}

static const struct wire_receipt *
sent(const struct sent *report, enum outcome wanted)
{
    size_t at = queue(report);

    finish();
    return outcome_is(at, wanted);
}

#define SENT(when, how_many, ...)                                                      \
    (&(const struct sent){.period = (when), .digitised = (how_many), __VA_ARGS__})

/* "2/<hash>" of a receipt. */
static const char *
name_of(const struct wire_receipt *r)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%" PRIu32 "/%s", r->revision, r->hash);
    return arena_text(push.arena, name);
}

/* --- what becomes of a report --- */

static void
each_outcome_is_answered_and_only_what_counts_is_written(void **state)
{
    const struct wire_receipt *first;
    const struct wire_receipt *r;

    (void)state;
    batch_run(&p); /* nothing waits: nothing is sent */
    assert_false(p.in_flight);
    first = sent(SENT("2023-01", 500), OUTCOME_ACCEPTED);
    assert_int_equal(first->revision, 1);
    assert_int_equal(first->entry, 1);
    assert_true(first->sealed);
    assert_string_equal(first->due, "2023-02-07");
    r = sent(SENT("2023-01", 500), OUTCOME_DUPLICATE);
    assert_string_equal(r->hash, first->hash);
    r = sent(SENT("2023-01", 501), OUTCOME_SUPERSEDED);
    assert_string_equal(r->refusal.field, "replaces");
    assert_int_equal(r->old_count, 2);
    assert_int_equal(r->old_figures[1].count, 500);
    assert_false(r->sealed);
    r = sent(SENT("2023-01", 502, .office = true), OUTCOME_REJECTED);
    assert_string_equal(r->refusal.code, "reason_needed");
    r = sent(SENT("2023-01", 503, .replaces = name_of(first)), OUTCOME_REPLACED);
    assert_int_equal(r->revision, 2);
    assert_int_equal(r->old_figures[1].count, 500);
    want("XLEN $reports", "2");
    want("HLEN $receipts", "2");
}

static void
a_group_without_a_due_day_has_receipts_without_one(void **state)
{
    (void)state;
    p.catalogue->groups[0].due = (struct due_rule){0};
    assert_string_equal(sent(SENT("2023-01", 500), OUTCOME_ACCEPTED)->due, "");
}

/* After a loss: it names a revision that is gone, and nobody's may be it. */
static void
revisions_that_are_gone_are_held_by_placeholders(void **state)
{
    const struct wire_receipt *r;

    (void)state;
    r = sent(SENT("2023-01", 500, .replaces = "3/ff"), OUTCOME_ACCEPTED);
    assert_int_equal(r->revision, 4);
    want("HLEN $receipts", "4");
    r = sent(SENT("2023-01", 500, .offered = 4), OUTCOME_DUPLICATE);
    assert_int_equal(r->revision, 4);
    r = sent(SENT("2023-01", 499, .offered = 2), OUTCOME_SUPERSEDED);
    assert_string_equal(r->refusal.field, "offered");
    assert_int_equal(strncmp(r->refusal.value, "2/", 2), 0);
    assert_int_equal(in.counters.re_offered, 0);
    (void)sent(SENT("2023-02", 500, .offered = 1), OUTCOME_ACCEPTED);
    assert_int_equal(in.counters.re_offered, 1);
}

/* The entry of what stands was archived: the answer comes without its figures. */
static void
what_stands_is_named_without_figures_when_its_entry_is_archived(void **state)
{
    const struct wire_receipt *first;
    const struct wire_receipt *r;

    (void)state;
    first = sent(SENT("2023-01", 500), OUTCOME_ACCEPTED);
    want("XDEL $reports 1-0", "1");
    r = sent(SENT("2023-01", 501), OUTCOME_SUPERSEDED);
    assert_int_equal(r->old_count, 0);
    r = sent(SENT("2023-01", 501, .replaces = name_of(first)), OUTCOME_REPLACED);
    assert_int_equal(r->old_count, 0);
    assert_int_equal(r->revision, 2);
}

/* --- how much goes into a batch --- */

static void
one_key_is_in_a_batch_once(void **state)
{
    size_t at[3];

    (void)state;
    at[0] = queue(SENT("2023-01", 500));
    at[1] = queue(SENT("2023-02", 500));
    at[2] = queue(SENT("2023-01", 500));
    finish();
    outcome_is(at[0], OUTCOME_ACCEPTED);
    outcome_is(at[1], OUTCOME_ACCEPTED);
    outcome_is(at[2], OUTCOME_DUPLICATE);
    want("XLEN $reports", "1");
}

/* Keys of their own, more than there are windows: the key is all that a batch reads. */
static void
queue_many(size_t count, const char *note, const char *replaces)
{
    size_t i;

    for (i = 0; i < count; i++) {
        (void)queue(SENT("2023-01", 500, .note = note, .replaces = replaces));
        (void)snprintf(queued->checked.key, sizeof queued->checked.key, "k%zu", i);
    }
}

static void
a_batch_ends_at_512_reports(void **state)
{
    (void)state;
    queue_many(JOURNAL_RECORDS_MAX + 1, NULL, NULL);
    batch_run(&p);
    assert_int_equal(p.batch_count, JOURNAL_RECORDS_MAX);
    assert_int_equal(p.queue.count, 1);
    batch_run(&p); /* one call at a time */
    assert_int_equal(p.batch_count, JOURNAL_RECORDS_MAX);
    finish();
    want("XLEN $reports", "2");
    want("HLEN $receipts", "513");
}

static void
a_batch_ends_before_its_entry_is_too_long(void **state)
{
    static char note[10001];

    (void)state;
    memset(note, 'x', sizeof note - 1);
    queue_many(30, note, NULL);
    batch_run(&p);
    assert_in_range(p.body.len, JOURNAL_BODY_MAX - BUS_MESSAGE_MAX,
                    JOURNAL_BODY_MAX - BUS_MESSAGE_MAX + 11000);
    finish();
    want("XLEN $reports", "2");
    want("HLEN $receipts", "30");
}

static void
a_batch_ends_when_it_jumps_over_many_revisions(void **state)
{
    (void)state;
    queue_many(6, NULL, "199/ff"); /* 199 placeholders each */
    batch_run(&p);
    assert_int_equal(p.batch_count, 5);
    finish();
    want("XLEN $reports", "2");
    want("HLEN $receipts", "1200");
}

/* Nothing is decided, and what waits is `at`, in this order. */
static void
waits_in_order(const size_t *at, size_t count)
{
    const struct pending *pend = p.queue.first;
    size_t i;

    assert_int_equal(p.state, PROVINCE_DOWN);
    assert_false(p.in_flight);
    assert_int_equal(p.queue.count, count);
    for (i = 0; i < count; i++, pend = pend->next) {
        assert_non_null(pend);
        assert_int_equal(pend->at, at[i]);
        outcome_is(at[i], OUTCOME_NONE);
    }
    assert_null(pend);
}

/* --- somebody else wrote --- */

/* An entry of another: the notifier's act, or a second ingest. */
static void
other_append(void)
{
    struct journal_append append;
    struct journal_head head;

    journal_append_init(&append);
    assert_int_equal(journal_head_read(client, slug, &head), ST_OK);
    journal_append_begin(&append, slug, &head, JOURNAL_ACT, "x", 1);
    assert_int_equal(journal_append_call(&append, client, NULL, 0, NULL), ST_OK);
    journal_append_fini(&append);
}

static void
when_the_head_moved_the_same_goes_behind_it_in_order(void **state)
{
    size_t at[2];

    (void)state;
    other_append();
    at[0] = queue(SENT("2023-01", 500));
    at[1] = queue(SENT("2023-02", 500));
    finish();
    assert_int_equal(outcome_is(at[0], OUTCOME_ACCEPTED)->entry, 2);
    assert_int_equal(outcome_is(at[0], OUTCOME_ACCEPTED)->index, 0);
    assert_int_equal(outcome_is(at[1], OUTCOME_ACCEPTED)->index, 1);
    want("XLEN $reports", "2");
}

/* It was checked against a programme that is no longer in force. */
static void
when_the_programme_is_gone_what_waits_is_sent_again_later(void **state)
{
    size_t at;

    (void)state;
    at = queue(SENT("2023-01", 500));
    other_append();
    want("HDEL $head programme", "1");
    finish();
    assert_string_equal(outcome_is(at, OUTCOME_RETRY_LATER)->refusal.code, "not_ready");
    assert_null(p.catalogue);
    want("XLEN $reports", "1");
}

/* No report need come before it is noticed. */
static void
a_tick_that_finds_no_functions_connects_again(void **state)
{
    int64_t hour = hour_of(instant_now());
    char command[64];

    (void)state;
    (void)snprintf(command, sizeof command, "HSET $head tick %" PRId64, hour - 1);
    want(command, "1");
    connect_again();
    redis_want(client, "FUNCTION FLUSH", "OK");
    ticks_append(&p);
    assert_int_equal(p.state, PROVINCE_DOWN);
    connect_again(); /* loads them */
    ticks_append(&p);
    assert_int_equal(p.state, PROVINCE_READY);
    assert_int_equal(p.head.tick, hour);
    want("XLEN $reports", "1");
}

static const char other_line[] =
    "hash=00000000000000000000000000000001 at=1:0 received=1 due=- on_time=1";

/* One command whose last word has blanks in it. */
static void
value_set(const char *command, const char *name, const char *field, const char *value)
{
    char key[KEY_BYTES];
    const char *argv[] = {command, key, field, value};
    struct reply *rep = NULL;

    (void)snprintf(key, sizeof key, "%s", name);
    if (strcmp(command, "CONFIG") != 0) {
        key_make(key, slug, name);
    }
    assert_int_equal(redis_call(client, 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

/* What we took for new stands there already: decided anew on what it is; the other
 * report of the batch is not concerned. */
static void
a_guard_that_does_not_hold_concerns_its_report_alone(void **state)
{
    size_t at[3];

    (void)state;
    value_set("HSET", KEY_RECEIPTS, "101/digitisation/2023-01/1", other_line);
    at[0] = queue(SENT("2023-01", 500));
    at[1] = queue(SENT("2023-02", 500));
    at[2] = queue(SENT("2023-03", 500));
    finish();
    outcome_is(at[0], OUTCOME_SUPERSEDED);
    outcome_is(at[1], OUTCOME_ACCEPTED);
    outcome_is(at[2], OUTCOME_ACCEPTED);
    want("XLEN $reports", "1");
}

static void
receipts_that_cannot_be_read_delay_and_decide_nothing(void **state)
{
    size_t at[2];

    (void)state;
    want("HSET $receipts 101/digitisation/2023-01/1 x", "1");
    want("HSET $receipts 101/digitisation/2023-02/1 x", "1");
    at[0] = queue(SENT("2023-01", 500));
    at[1] = queue(SENT("2023-02", 500));
    finish();
    waits_in_order(at, 2);
    want("DEL $receipts", "1");
    connect_again();
    finish();
    outcome_is(at[0], OUTCOME_ACCEPTED);
    outcome_is(at[1], OUTCOME_ACCEPTED);
}

/* --- what is lost on the way --- */

/* The call was committed, its answer never came: asked for, and taken once. */
static void
an_answer_that_is_lost_is_asked_for(void **state)
{
    char *answer;
    size_t at[2];

    (void)state;
    at[0] = queue(SENT("2023-01", 500));
    at[1] = queue(SENT("2023-02", 500));
    batch_run(&p);
    assert_true(p.in_flight);
    while (strcmp(answer = redis_ask(client, "EXISTS dondoc:ops:none"), "0") != 0) {
        mem_free(&answer);
    }
    mem_free(&answer);
    redis_close(p.redis);
    batch_collect(&p);
    waits_in_order(at, 2);
    (void)queue(SENT("2023-03", 500)); /* behind them */
    connect_again();
    finish();
    outcome_is(at[0], OUTCOME_DUPLICATE);
    outcome_is(at[1], OUTCOME_DUPLICATE);
    want("XLEN $reports", "2");
    want("HLEN $receipts", "3");
}

static void
a_call_that_cannot_be_sent_waits(void **state)
{
    size_t at;

    (void)state;
    at = queue(SENT("2023-01", 500));
    redis_close(p.redis);
    batch_run(&p);
    waits_in_order(&at, 1);
    batch_run(&p); /* not ready: nothing happens */
    batch_collect(&p);
    connect_again();
    finish();
    outcome_is(at, OUTCOME_ACCEPTED);
}

static void
an_answer_that_takes_too_long_is_no_answer(void **state)
{
    size_t at;

    (void)state;
    at = queue(SENT("2023-01", 500));
    want("CLIENT PAUSE 300 ALL", "OK");
    batch_run(&p);
    batch_collect(&p); /* not there yet, and not too late */
    assert_true(p.in_flight);
    in.redis_timeout_ms = 50;
    child_pause_us(60000);
    batch_collect(&p);
    waits_in_order(&at, 1);
    assert_non_null(strstr(p.why, "no answer in time"));
    in.redis_timeout_ms = 5000;
    connect_again();
    finish();
    want("XLEN $reports", "1");
}

static void
an_error_for_an_answer_acknowledges_nothing(void **state)
{
    size_t at;

    (void)state;
    at = queue(SENT("2023-01", 500));
    want("SET $reports x", "OK");
    finish();
    waits_in_order(&at, 1);
    want("DEL $reports", "1");
    connect_again();
    finish();
    outcome_is(at, OUTCOME_ACCEPTED);
}

/* Whatever has to be read first, and the connection ends there: nothing is decided. */
static void
a_connection_that_ends_while_it_is_decided_decides_nothing(void **state)
{
    const struct wire_receipt *first;
    const struct wire_receipt *second;
    size_t i;

    (void)state;
    first = sent(SENT("2023-01", 500), OUTCOME_ACCEPTED);
    second = sent(SENT("2023-02", 500), OUTCOME_ACCEPTED);
    for (i = 0; i < 4; i++) {
        const struct sent reports[] = {
            {.period = "2023-03", .digitised = 500, .replaces = "1/ff"},
            {.period = "2023-01", .digitised = 500},
            {.period = "2023-02", .digitised = 501, .replaces = name_of(second)},
            {.period = "2023-01", .digitised = 502, .replaces = name_of(first)},
        };
        static const enum outcome then[] = {OUTCOME_ACCEPTED, OUTCOME_DUPLICATE,
                                            OUTCOME_REPLACED, OUTCOME_REPLACED};
        size_t at;

        (void)sent(SENT("2023-01", 500), OUTCOME_DUPLICATE); /* so it is known */
        at = queue(&reports[i]);
        redis_close(p.redis);
        batch_run(&p);
        waits_in_order(&at, 1);
        connect_again();
        finish();
        outcome_is(at, then[i]);
    }
}

/* The same when what stands is still known, and only its figures have to be read: an
 * answer that is too long for this client makes Redis hang up. */
static void
figures_that_cannot_be_fetched_decide_nothing(void **state)
{
    static const enum outcome then[] = {OUTCOME_REPLACED, OUTCOME_SUPERSEDED};
    static char note[150001];
    const struct wire_receipt *first;
    size_t i;

    (void)state;
    memset(note, 'x', sizeof note - 1);
    for (i = 0; i < COUNT(then); i++) {
        const char *period = i == 0 ? "2023-01" : "2023-02";
        size_t at;

        first = sent(SENT(period, 500, .note = note), OUTCOME_ACCEPTED);
        value_set("CONFIG", "SET", "client-output-buffer-limit", "normal 100000 0 0");
        at = queue(SENT(period, 501, .replaces = i == 0 ? name_of(first) : NULL));
        batch_run(&p);
        waits_in_order(&at, 1);
        value_set("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0");
        connect_again();
        finish();
        outcome_is(at, then[i]);
    }
}

/* --- too long a wait --- */

static void
who_waited_too_long_hears_retry_later_and_the_others_wait(void **state)
{
    struct pending *old;
    size_t at[2];

    (void)state;
    at[0] = queue(SENT("2023-01", 500));
    old = p.queue.first;
    old->since.us -= (int64_t)QUEUE_WAIT_MS * 1000 + 1;
    at[1] = queue(SENT("2023-02", 500));
    batch_give_up(&p); /* ready: it is about to be sent */
    outcome_is(at[0], OUTCOME_NONE);
    province_lost(&p, "redis is gone");
    batch_give_up(&p);
    assert_string_equal(outcome_is(at[0], OUTCOME_RETRY_LATER)->refusal.code,
                        "not_ready");
    waits_in_order(&at[1], 1);
    p.queue.first->since = old->since;
    batch_give_up(&p);
    outcome_is(at[1], OUTCOME_RETRY_LATER);
    assert_null(p.queue.first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_outcome_is_answered_and_only_what_counts_is_written),
        TEST(a_group_without_a_due_day_has_receipts_without_one),
        TEST(revisions_that_are_gone_are_held_by_placeholders),
        TEST(what_stands_is_named_without_figures_when_its_entry_is_archived),
        TEST(one_key_is_in_a_batch_once),
        TEST(a_batch_ends_at_512_reports),
        TEST(a_batch_ends_before_its_entry_is_too_long),
        TEST(a_batch_ends_when_it_jumps_over_many_revisions),
        TEST(when_the_head_moved_the_same_goes_behind_it_in_order),
        TEST(a_tick_that_finds_no_functions_connects_again),
        TEST(when_the_programme_is_gone_what_waits_is_sent_again_later),
        TEST(a_guard_that_does_not_hold_concerns_its_report_alone),
        TEST(receipts_that_cannot_be_read_delay_and_decide_nothing),
        TEST(an_answer_that_is_lost_is_asked_for),
        TEST(a_call_that_cannot_be_sent_waits),
        TEST(an_answer_that_takes_too_long_is_no_answer),
        TEST(an_error_for_an_answer_acknowledges_nothing),
        TEST(a_connection_that_ends_while_it_is_decided_decides_nothing),
        TEST(figures_that_cannot_be_fetched_decide_nothing),
        TEST(who_waited_too_long_hears_retry_later_and_the_others_wait),
    };
    int failed;

    diag_init("test_batch");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
