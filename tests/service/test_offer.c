/* link: ingest */
/*
 * After a loss: Redis stands there empty, and the units offer what was acknowledged to
 * them once more. Real ingest, real Redis; the scorer and the notifier are not needed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/seal.h"
#include "lib/instant.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "tests/support/stack.h"
#include "tests/support/stack_acl.h"

#define GROUP "digitisation"
#define IN_TIME "2023-02-03 09:00" /* January is due on the 7th */
#define LATE "2023-02-20 09:00"

/* What a client keeps: the report as it was sent, and its receipt. */
struct kept {
    char period[16];
    int digitised;
    char unit[64], hash[40], due[16];
    struct wire_held held;
};

static struct stack stack;
static struct side unit;  /* 21043 alone */
static struct side three; /* three communes in one key */
static struct side ops;

static void
begin(const char *clock)
{
    side_clock(&ops, clock);
    side_programme(&ops, "programmes/quang-ngai");
}

static int
setup(void **state)
{
    const struct bus_keys *one, *many, *opkey;

    (void)state;
    stack_init(&stack, "quang-ngai", true);
    one = stack_key(&stack, "unit", "role=unit name=21043 scope=21043");
    many = stack_key(&stack, "three", "role=unit name=three scope=21055,21412,21436");
    opkey = stack_key(&stack, "ops", "role=ops name=ops");
    stack.redis = stack.acl ? stack_acl_redis(&stack) : redis_server_start(NULL);
    stack_part_start(&stack, PART_INGEST);
    side_open(&unit, &stack, SIDE_UNITS, one);
    side_open(&three, &stack, SIDE_UNITS, many);
    side_open(&ops, &stack, SIDE_OPS, opkey);
    begin(IN_TIME);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&unit);
    side_close(&three);
    side_close(&ops);
    stack_stop(&stack, true);
    return 0;
}

/* Everything is gone; the same programme is put in force again, late. */
static void
lose_everything(void)
{
    struct redis *redis;

    stack_part_kill(&stack, PART_INGEST);
    redis = redis_server_client(stack.redis);
    redis_want(redis, "FLUSHALL", "OK");
    redis_want(redis, "FUNCTION FLUSH", "OK");
    redis_free(&redis);
    stack_part_start(&stack, PART_INGEST);
    begin(LATE);
}

/* --- a client's side --- */

static void
keep(struct kept *k, const struct wire_receipt *r, const char *period, int digitised)
{
    memset(k, 0, sizeof *k);
    (void)snprintf(k->period, sizeof k->period, "%s", period);
    (void)snprintf(k->unit, sizeof k->unit, "%s", r->unit);
    (void)snprintf(k->hash, sizeof k->hash, "%s", r->hash);
    (void)snprintf(k->due, sizeof k->due, "%s", r->due);
    k->digitised = digitised;
    k->held = (struct wire_held){.unit = k->unit,
                                 .group = GROUP,
                                 .period = k->period,
                                 .revision = r->revision,
                                 .hash = k->hash,
                                 .entry = r->entry,
                                 .index = r->index,
                                 .received_at_ms = r->received_at_ms,
                                 .due = k->due,
                                 .on_time = r->on_time};
    memcpy(k->held.seal, r->seal, sizeof k->held.seal);
}

/* The first receipt; its texts last until the next question of d. */
static struct wire_receipt
push(struct side *d, const char *code, const char *period, int digitised,
     const char *reason, const char *replaces, const struct wire_held *offered)
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, digitised, NULL}};
    const struct wire_report report = {.unit = code,
                                       .group = GROUP,
                                       .period = period,
                                       .figures = figures,
                                       .figure_count = 2,
                                       .reason = reason,
                                       .replaces = replaces,
                                       .offered = offered};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r = {0};

    q.push.reports = &report;
    q.push.count = 1;
    assert_int_equal(side_ask(d, &q, &r), ST_OK);
    if (r.kind != UNIT_REPLY_RECEIPTS || r.receipt_count != 1) {
        fail_msg("push was refused: %s %s", r.refusal.code, r.refusal.message_en);
    }
    return r.receipts[0];
}

/* An ordinary report, acknowledged; a correction names what stands and has a reason. */
static void
acknowledged(struct side *d, const char *code, const char *period, int digitised,
             struct kept *k)
{
    struct wire_receipt r;
    char stands[64];

    side_standing(d, code, GROUP, period, stands);
    r = push(d, code, period, digitised, stands[0] != '\0' ? "nhập nhầm" : "", stands,
             NULL);
    if (r.outcome != OUTCOME_ACCEPTED && r.outcome != OUTCOME_REPLACED) {
        fail_msg("%s %s: %s %s", code, period, outcome_name(r.outcome),
                 r.refusal.message_en);
    }
    assert_true(r.sealed);
    assert_int_equal(r.first_received_at_ms, 0);
    keep(k, &r, period, digitised);
}

static struct wire_receipt
offer(struct side *d, const struct kept *k)
{
    return push(d, k->unit, k->period, k->digitised, "", "", &k->held);
}

static void
hello(struct side *d, const char *log_id, const struct wire_held *last,
      struct unit_reply *r)
{
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};

    q.hello.log_id = log_id;
    q.hello.last = last;
    assert_int_equal(side_ask(d, &q, r), ST_OK);
    assert_int_equal(r->kind, UNIT_REPLY_SERVER_INFO);
}

static bool
re_offer_asked(struct side *d, const char *log_id, const struct wire_held *last)
{
    struct unit_reply r;

    hello(d, log_id, last, &r);
    assert_string_equal(r.info.state, "ready");
    return r.info.re_offer;
}

static void
log_id_now(struct side *d, char out[64])
{
    struct unit_reply r;

    hello(d, "", NULL, &r);
    assert_int_equal(strlen(r.info.log_id), 32);
    (void)snprintf(out, 64, "%s", r.info.log_id);
}

/* --- the tests, each on the data that the one before left --- */

static void
what_is_here_is_not_asked_for(void **state)
{
    struct kept first, second;
    struct wire_receipt r;
    char log_id[64];

    (void)state;
    log_id_now(&three, log_id);
    acknowledged(&three, "21055", "2022-12", 900, &first);
    acknowledged(&three, "21055", "2022-12", 901, &second);
    assert_int_equal(second.held.revision, 2);
    assert_false(re_offer_asked(&three, "", NULL));
    assert_false(re_offer_asked(&three, log_id, NULL));
    assert_false(re_offer_asked(&three, log_id, &second.held));
    assert_false(re_offer_asked(&three, "", &first.held)); /* a later one stands */
    /* Offered without need: nothing changes. */
    r = offer(&three, &second);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    assert_true(r.sealed);
    assert_memory_equal(r.seal, second.held.seal, sizeof r.seal);
    assert_int_equal(r.first_received_at_ms, 0);
    r = offer(&three, &first);
    assert_int_equal(r.outcome, OUTCOME_SUPERSEDED);
    assert_false(r.sealed);
    assert_int_equal(r.revision, 2);
    assert_int_equal(r.old_count, 2);
    assert_string_equal(r.refusal.code, "superseded");
    assert_string_equal(r.refusal.field, "offered");
    assert_string_equal(r.refusal.value + 2, first.hash);
}

static void
another_journal_is_noticed(void **state)
{
    (void)state;
    assert_true(re_offer_asked(&three, "00112233445566778899aabbccddeeff", NULL));
}

/* Counters are shown once a second. */
static void
counter_reaches(const char *name, const char *want)
{
    struct redis *redis = redis_server_client(stack.redis);
    struct mono began = mono_now();
    char command[80];
    bool there = false;

    (void)snprintf(command, sizeof command, "HGET dondoc:ops:ingest:1 %s", name);
    while (!there && mono_since_us(began) < 5000000) {
        char *got = redis_ask(redis, command);

        there = strcmp(got, want) == 0;
        mem_free(&got);
        nap_ms(20);
    }
    if (!there) {
        fail_msg("%s did not become %s", name, want);
    }
    redis_free(&redis);
}

/* A promise that nobody gave is no reason to ask. */
static void
a_receipt_of_nobody_is_ignored(void **state)
{
    struct kept k;
    struct wire_held forged;

    (void)state;
    acknowledged(&three, "21412", "2022-12", 700, &k);
    forged = k.held;
    forged.revision = 9;
    assert_false(re_offer_asked(&three, "", &forged));
    forged = k.held;
    memset(forged.seal, 0, sizeof forged.seal);
    forged.hash = "00112233445566778899aabbccddeeff";
    assert_false(re_offer_asked(&three, "", &forged));
    /* Right, and yet another's. */
    assert_false(re_offer_asked(&unit, "", &k.held));
    counter_reaches("held_ignored", "3");
    counter_reaches("re_offer_asked", "1"); /* of the test before */
}

static void
after_a_loss_a_late_offer_is_in_time_as_it_was(void **state)
{
    struct kept k, again;
    struct wire_receipt r;
    char old_log[64], new_log[64];

    (void)state;
    log_id_now(&unit, old_log);
    acknowledged(&unit, "21043", "2023-01", 1130, &k);
    assert_true(k.held.on_time);
    lose_everything();
    log_id_now(&unit, new_log);
    assert_string_not_equal(old_log, new_log);
    assert_true(re_offer_asked(&unit, old_log, NULL));
    assert_true(re_offer_asked(&unit, new_log, &k.held));
    assert_true(re_offer_asked(&unit, "", &k.held));
    assert_false(re_offer_asked(&unit, "", NULL));

    r = offer(&unit, &k);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(r.revision, 1);
    assert_true(r.on_time);
    assert_string_equal(r.due, "2023-02-07");
    assert_int_equal(r.first_received_at_ms, k.held.received_at_ms);
    assert_true(r.received_at_ms > k.held.received_at_ms);
    assert_string_equal(r.hash, k.hash);
    assert_true(r.sealed);
    keep(&again, &r, k.period, k.digitised);
    assert_memory_not_equal(again.held.seal, k.held.seal, sizeof k.held.seal);

    assert_false(re_offer_asked(&unit, new_log, &again.held));
    assert_false(re_offer_asked(&unit, "", &k.held));
    /* The answer was lost: the same again, with the old receipt. */
    r = offer(&unit, &k);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    assert_memory_equal(r.seal, again.held.seal, sizeof r.seal);
    assert_int_equal(r.first_received_at_ms, k.held.received_at_ms);
    r = offer(&unit, &again);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    assert_int_equal(r.first_received_at_ms, 0);
    assert_true(r.on_time);
    /* An ordinary first report of the same day is late. */
    r = push(&three, "21436", "2023-01", 5, "", "", NULL);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    assert_false(r.on_time);
}

static void
refused(const struct wire_receipt *r, const char *code)
{
    assert_int_equal(r->outcome, OUTCOME_REJECTED);
    assert_string_equal(r->refusal.code, code);
    assert_true(strlen(r->refusal.message_vi) > 60);
    assert_false(r->sealed);
}

static void
what_was_not_promised_is_refused(void **state)
{
    struct kept k, forged;
    struct redis *redis;
    struct wire_receipt r;
    char *before;
    char *after;

    (void)state;
    acknowledged(&three, "21055", "2023-01", 1204, &k);
    lose_everything();
    redis = redis_server_client(stack.redis);
    before = redis_digest(redis, "dondoc:{quang-ngai}:*");

    forged = k;
    forged.held.seal[7] ^= 0x10;
    r = offer(&three, &forged);
    refused(&r, "offered_not_ours");
    assert_string_equal(r.refusal.field, "offered");
    forged = k;
    assert_false(forged.held.on_time);
    forged.held.on_time = true; /* what a latecomer would like */
    r = offer(&three, &forged);
    refused(&r, "offered_not_ours");
    forged = k;
    forged.held.revision++;
    r = offer(&three, &forged);
    refused(&r, "offered_not_ours");
    /* Other figures than those that were acknowledged. */
    forged = k;
    forged.digitised++;
    r = offer(&three, &forged);
    refused(&r, "offered_not_ours");
    /* Another unit's or window's receipt with one's own report. */
    r = push(&unit, "21043", "2023-01", 1204, "", "", &k.held);
    refused(&r, "offered_not_ours");
    r = push(&three, "21412", "2023-01", 1204, "", "", &k.held);
    refused(&r, "offered_not_ours");
    r = push(&three, "21055", "2022-12", 1204, "", "", &k.held);
    refused(&r, "offered_not_ours");
    /* Another unit's report with its right receipt. */
    r = offer(&unit, &k);
    refused(&r, "not_in_scope");

    after = redis_digest(redis, "dondoc:{quang-ngai}:*");
    assert_string_equal(before, after);
    mem_free(&before);
    mem_free(&after);
    redis_free(&redis);
    r = offer(&three, &k);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
}

#define REVISIONS 4

/* Four revisions of two reports; one comes back first to last, the other last first. */
static void
the_last_correction_stands_in_either_order(void **state)
{
    struct kept up[REVISIONS], down[REVISIONS];
    struct wire_receipt r;
    char stands[64];
    int i;

    (void)state;
    for (i = 0; i < REVISIONS; i++) {
        acknowledged(&three, "21412", "2023-01", 500 + i % 2, &up[i]);
        acknowledged(&three, "21436", "2023-01", 500 + i % 2, &down[i]);
    }
    lose_everything();
    for (i = 0; i < REVISIONS; i++) {
        r = offer(&three, &up[i]);
        assert_int_equal(r.outcome, i == 0 ? OUTCOME_ACCEPTED : OUTCOME_REPLACED);
        assert_int_equal(r.revision, i + 1);
        assert_int_equal(r.old_count, i == 0 ? 0 : 2);
    }
    r = offer(&three, &down[3]);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(r.revision, 4);
    for (i = 0; i < REVISIONS - 1; i++) {
        r = offer(&three, &down[i]);
        assert_int_equal(r.outcome, OUTCOME_SUPERSEDED);
        assert_int_equal(r.revision, 4);
    }
    r = offer(&three, &down[3]);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    side_standing(&three, "21436", GROUP, "2023-01", stands);
    assert_string_equal(stands + 2, down[3].hash);
    /* And life goes on behind it. */
    r = push(&three, "21436", "2023-01", 600, "nhập nhầm", stands, NULL);
    assert_int_equal(r.outcome, OUTCOME_REPLACED);
    assert_int_equal(r.revision, 5);
    assert_int_equal(r.old_count, 2);
}

/* Before: revisions 1 to 3 of 21436 were never offered again. */
static void
what_was_not_offered_again_is_a_placeholder(void **state)
{
    static const char line[] = "hash=00000000000000000000000000000000 at=0:0 received=";
    struct redis *redis = redis_server_client(stack.redis);
    char command[120];
    int i;

    (void)state;
    for (i = 1; i <= 6; i++) {
        char *got;

        (void)snprintf(command, sizeof command,
                       "HGET dondoc:{quang-ngai}:receipts 21436/" GROUP "/2023-01/%d",
                       i);
        got = redis_ask(redis, command);
        if ((strncmp(got, line, sizeof line - 1) == 0) != (i <= 3) ||
            (strcmp(got, "-") == 0) != (i == 6)) {
            fail_msg("revision %d: %s", i, got);
        }
        mem_free(&got);
    }
    redis_free(&redis);
}

#define GAPS 8

/* As if each had been corrected many times: the service's own key seals it. */
static void
many_gaps_at_once_are_taken_whole(void **state)
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 300, NULL}};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r = {0};
    struct wire_report reports[GAPS] = {0};
    struct kept kept[GAPS];
    struct seal_key key;
    struct redis *redis;
    size_t i;

    (void)state;
    seal_key_derive(stack.service_keys.secret_key, &key);
    for (i = 0; i < GAPS; i++) {
        struct receipt promised;
        char period[16];

        (void)snprintf(period, sizeof period, "2022-%02zu", i + 1);
        acknowledged(&three, "21055", period, 300, &kept[i]);
        assert_true(seal_held_right(&key, stack.province, &kept[i].held, &promised));
        promised.revision = kept[i].held.revision = i < GAPS - 1 ? 190 : 5000;
        seal_make(&key, stack.province, kept[i].unit, GROUP, kept[i].period, &promised,
                  kept[i].held.seal);
        reports[i] = (struct wire_report){.unit = "21055",
                                          .group = GROUP,
                                          .period = kept[i].period,
                                          .figures = figures,
                                          .figure_count = 2,
                                          .offered = &kept[i].held};
    }
    lose_everything();
    q.push.reports = reports;
    q.push.count = GAPS;
    assert_int_equal(side_ask(&three, &q, &r), ST_OK);
    assert_int_equal(r.receipt_count, GAPS);
    for (i = 0; i < GAPS; i++) {
        assert_int_equal(r.receipts[i].outcome, OUTCOME_ACCEPTED);
        assert_int_equal(r.receipts[i].revision, i < GAPS - 1 ? 190 : 200);
    }
    redis = redis_server_client(stack.redis);
    redis_want(redis, "HLEN dondoc:{quang-ngai}:receipts", "1530"); /* 7 * 190 + 200 */
    assert_int_equal(side_ask(&three, &q, &r), ST_OK);
    for (i = 0; i < GAPS; i++) {
        assert_int_equal(r.receipts[i].outcome, OUTCOME_DUPLICATE);
    }
    redis_want(redis, "HLEN dondoc:{quang-ngai}:receipts", "1530");
    redis_free(&redis);
    counter_reaches("re_offered", "8");
}

/* A correction that was under way at the loss may come before what it corrects. */
static void
a_correction_that_comes_first_is_not_undone(void **state)
{
    struct kept first, second;
    struct wire_receipt r;
    char stands[64];

    (void)state;
    acknowledged(&unit, "21043", "2022-11", 100, &first);
    acknowledged(&unit, "21043", "2022-11", 101, &second);
    side_standing(&unit, "21043", GROUP, "2022-11", stands);
    lose_everything();
    r = push(&unit, "21043", "2022-11", 102, "nhập nhầm", stands, NULL);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(r.revision, 3);
    r = offer(&unit, &second);
    assert_int_equal(r.outcome, OUTCOME_SUPERSEDED);
    r = offer(&unit, &first);
    assert_int_equal(r.outcome, OUTCOME_SUPERSEDED);
    assert_int_equal(r.revision, 3);
}

/* Emptied while ingest is connected: what it remembers is no answer. */
static void
a_loss_under_an_open_connection_is_noticed(void **state)
{
    struct wire_receipt r;
    struct redis *redis;
    struct kept k;
    char log_id[64];

    (void)state;
    acknowledged(&unit, "21043", "2022-10", 90, &k);
    log_id_now(&unit, log_id);
    redis = redis_server_client(stack.redis);
    redis_want(redis, "FLUSHALL", "OK");
    redis_free(&redis);
    assert_true(re_offer_asked(&unit, "", &k.held));
    assert_true(re_offer_asked(&unit, log_id, NULL));
    begin(LATE);
    r = offer(&unit, &k);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    assert_false(re_offer_asked(&unit, "", &k.held));
}

/* Whoever asks for it hears so; the connection, and the others, go on. */
static void
a_receipt_that_cannot_be_read_stops_nobody_else(void **state)
{
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};
    struct unit_reply r = {0};
    struct redis *redis;
    struct kept k, other;
    char *before;
    char *after;

    (void)state;
    acknowledged(&unit, "21043", "2022-09", 80, &k);
    redis = redis_server_client(stack.redis);
    redis_want(redis, "HSET dondoc:{quang-ngai}:receipts 21043/" GROUP "/2022-09/1 x",
               "0");
    before = redis_ask(redis, "GET dondoc:{quang-ngai}:epoch:ingest");
    q.hello.last = &k.held;
    q.hello.log_id = "";
    assert_int_equal(side_ask(&unit, &q, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REPLY_REFUSAL);
    assert_string_equal(r.refusal.code, "not_ready");
    acknowledged(&unit, "21043", "2022-08", 70, &other);
    after = redis_ask(redis, "GET dondoc:{quang-ngai}:epoch:ingest");
    assert_string_equal(after, before);
    mem_free(&before);
    mem_free(&after);
    redis_free(&redis);
}

static void
without_redis_nothing_is_asked_and_the_state_says_why(void **state)
{
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};
    struct unit_reply r = {0};
    struct kept k;

    (void)state;
    lose_everything();
    acknowledged(&unit, "21043", "2023-01", 1130, &k);
    redis_server_kill(stack.redis);
    q.hello.last = &k.held;
    q.hello.log_id = "00112233445566778899aabbccddeeff";
    assert_int_equal(side_ask_for(&unit, &q, 5000, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REPLY_SERVER_INFO);
    assert_string_not_equal(r.info.state, "ready");
    assert_false(r.info.re_offer);
    redis_server_again(stack.redis);
}

/* Ingest with the key pair of this file, and the one before beside it, or not. */
static void
ingest_again(const char *old_key_file)
{
    stack_part_kill(&stack, PART_INGEST);
    if (old_key_file != NULL) {
        assert_int_equal(setenv("DONDOC_OLD_KEY_FILE", old_key_file, 1), 0);
    }
    stack_part_start(&stack, PART_INGEST);
    (void)unsetenv("DONDOC_OLD_KEY_FILE");
    side_close(&three);
    side_open(&three, &stack, SIDE_UNITS, &stack.keys[1].keys);
}

/* The server's key is changed: what it promised before stays a promise as long as the
 * old pair is named. Seen to fail with seal_key_old derived from the new pair. */
static void
a_receipt_of_the_old_server_key_is_proof_while_that_is_set(void **state)
{
    struct wire_receipt r;
    struct kept k;
    char from[200], to[200], why[300];

    (void)state;
    acknowledged(&three, "21436", "2022-11", 800, &k);
    (void)snprintf(from, sizeof from, "%s/service.key", stack.dir);
    (void)snprintf(to, sizeof to, "%s/old.key", stack.dir);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(bus_keys_new(&stack.service_keys), ST_OK);
    assert_int_equal(
        keyfile_write(from, &stack.service_keys, "services", why, sizeof why), ST_OK);
    ingest_again(to);
    r = offer(&three, &k);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    ingest_again(NULL);
    r = offer(&three, &k);
    assert_int_equal(r.outcome, OUTCOME_REJECTED);
    assert_string_equal(r.refusal.code, "offered_not_ours");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_here_is_not_asked_for),
        cmocka_unit_test(another_journal_is_noticed),
        cmocka_unit_test(a_receipt_of_nobody_is_ignored),
        cmocka_unit_test(after_a_loss_a_late_offer_is_in_time_as_it_was),
        cmocka_unit_test(what_was_not_promised_is_refused),
        cmocka_unit_test(the_last_correction_stands_in_either_order),
        cmocka_unit_test(what_was_not_offered_again_is_a_placeholder),
        cmocka_unit_test(many_gaps_at_once_are_taken_whole),
        cmocka_unit_test(a_correction_that_comes_first_is_not_undone),
        cmocka_unit_test(a_loss_under_an_open_connection_is_noticed),
        cmocka_unit_test(a_receipt_that_cannot_be_read_stops_nobody_else),
        cmocka_unit_test(without_redis_nothing_is_asked_and_the_state_says_why),
        cmocka_unit_test(a_receipt_of_the_old_server_key_is_proof_while_that_is_set),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
