/*
 * Reports through the real services: what is acknowledged, refused, replaced, and what
 * a kill -9 between any two steps leaves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/crypto.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/stack.h"

struct fixture {
    struct stack stack;
    struct side unit;  /* 21043 alone */
    struct side three; /* three communes in one key */
    struct side ops;
};

static struct fixture fx;

static int
setup(void **state)
{
    const struct bus_keys *unit, *three, *ops;

    (void)state;
    stack_init(&fx.stack, "quang-ngai", true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=21043 scope=21043");
    three =
        stack_key(&fx.stack, "three", "role=unit name=system scope=21055,21412,21436");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    stack_start(&fx.stack);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.three, &fx.stack, SIDE_UNITS, three);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2023-02-03 09:00"); /* before: the first tick is its hour */
    side_programme(&fx.ops, "programmes/quang-ngai");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.three);
    side_close(&fx.ops);
    stack_stop(&fx.stack, true);
    return 0;
}

#define GROUP "digitisation"
#define FIGURES(whole, part)                                                           \
    "results_in_force=" whole " results_in_force_digitised=" part

static void
a_report_is_accepted_once_and_a_repeat_is_a_duplicate(void **state)
{
    struct wire_receipt r;

    (void)state;
    side_push(&fx.unit, "21043", GROUP, "2023-01", FIGURES("2386", "1130"), "", "", &r);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(r.revision, 1);
    assert_string_equal(r.from, "2023-01-01");
    assert_string_equal(r.to, "2023-01-31");
    assert_string_equal(r.due, "2023-02-07");
    assert_true(r.on_time);
    side_push(&fx.unit, "21043", GROUP, "2023-01", FIGURES("2386", "1130"), "", "", &r);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    assert_int_equal(r.revision, 1);
}

static void
what_stands_is_what_was_sent_last_whatever_is_retried(void **state)
{
    struct wire_receipt r;
    char first[64], second[64], third[64];

    (void)state;
    side_push(&fx.three, "21055", GROUP, "2023-01", FIGURES("2386", "1204"), "", "",
              &r);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    side_standing(&fx.three, "21055", GROUP, "2023-01", first);
    side_push(&fx.three, "21055", GROUP, "2023-01", FIGURES("2386", "1024"), "", first,
              &r);
    assert_int_equal(r.outcome, OUTCOME_REPLACED);
    assert_int_equal(r.revision, 2);
    assert_int_equal(r.old_count, 2);
    side_standing(&fx.three, "21055", GROUP, "2023-01", second);
    side_push(&fx.three, "21055", GROUP, "2023-01", FIGURES("2386", "1204"), "", second,
              &r);
    assert_int_equal(r.outcome, OUTCOME_REPLACED);
    assert_int_equal(r.revision, 3);
    side_standing(&fx.three, "21055", GROUP, "2023-01", third);
    /* A late retry of the second: its figures replace nothing that stands, although
     * the third has the same content as the first, which it names. */
    side_push(&fx.three, "21055", GROUP, "2023-01", FIGURES("2386", "1024"), "", first,
              &r);
    assert_int_equal(r.outcome, OUTCOME_SUPERSEDED);
    assert_int_equal(r.revision, 3);
    side_push(&fx.three, "21055", GROUP, "2023-01", FIGURES("2386", "1204"), "", "",
              &r);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    side_push(&fx.three, "21055", GROUP, "2023-01", FIGURES("2386", "1204"), "", second,
              &r);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    assert_int_equal(r.revision, 3);
}

static void
after_the_due_date_a_correction_needs_a_reason(void **state)
{
    struct wire_receipt r;
    char stands[64];

    (void)state;
    side_push(&fx.three, "21412", GROUP, "2023-01", FIGURES("2386", "1204"), "", "",
              &r);
    assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
    side_clock(&fx.ops, "2023-02-10 09:00");
    side_standing(&fx.three, "21412", GROUP, "2023-01", stands);
    side_push(&fx.three, "21412", GROUP, "2023-01", FIGURES("2386", "1205"), "", stands,
              &r);
    assert_int_equal(r.outcome, OUTCOME_REJECTED);
    assert_string_equal(r.refusal.code, "reason_needed");
    side_push(&fx.three, "21412", GROUP, "2023-01", FIGURES("2386", "1205"),
              "nhập nhầm một hồ sơ", stands, &r);
    assert_int_equal(r.outcome, OUTCOME_REPLACED);
}

struct refused_case {
    const char *name;
    const char *unit, *group, *period, *figures, *code;
};

static void
what_is_wrong_is_refused_by_name_and_nothing_is_stored(void **state)
{
    static const struct refused_case cases[] = {
        {"fourth unit", "21061", GROUP, "2023-01", FIGURES("10", "1"), "not_in_scope"},
        {"no such unit", "99999", GROUP, "2023-01", FIGURES("10", "1"), "unknown_unit"},
        {"no such group", "21055", "digits", "2023-01", FIGURES("10", "1"),
         "unknown_group"},
        {"group of others", "21055", "indices", "2022", "papi_rank=3",
         "group_not_for_unit"},
        {"no such measure", "21055", GROUP, "2023-01", "results=10", "unknown_measure"},
        {"measure of another group", "21055", GROUP, "2023-01", "work_files=10",
         "unknown_measure"},
        {"no period", "21055", GROUP, "2023-1", FIGURES("10", "1"), "bad_period"},
        {"other cadence", "21055", GROUP, "2023-Q1", FIGURES("10", "1"),
         "wrong_cadence"},
        {"window open", "21055", GROUP, "2023-02", FIGURES("10", "1"), "window_open"},
        {"part above whole", "21055", GROUP, "2022-12", FIGURES("10", "11"),
         "part_above_whole"},
        {"negative", "21055", GROUP, "2022-12", FIGURES("10", "-1"), "negative"},
        {"nothing", "21055", GROUP, "2022-12", "", "missing_figures"},
        {"unit ended", "21403", GROUP, "2023-01", FIGURES("10", "1"), "not_in_scope"},
    };
    struct redis *redis = redis_server_client(fx.stack.redis);
    char *before = redis_digest(redis, "dondoc:{quang-ngai}:*");
    char *after;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire_receipt r;

        side_push(&fx.three, cases[i].unit, cases[i].group, cases[i].period,
                  cases[i].figures, "", "", &r);
        if (r.outcome != OUTCOME_REJECTED ||
            strcmp(r.refusal.code, cases[i].code) != 0) {
            fail_msg("%s: got %s %s, want %s", cases[i].name, outcome_name(r.outcome),
                     r.refusal.code, cases[i].code);
        }
        assert_true(strlen(r.refusal.message_vi) > 20);
        assert_true(strlen(r.refusal.message_en) > 20);
    }
    after = redis_digest(redis, "dondoc:{quang-ngai}:*");
    assert_string_equal(before, after);
    mem_free(&before);
    mem_free(&after);
    redis_free(&redis);
}

static void
an_unknown_key_hears_nothing(void **state)
{
    struct bus_keys stranger;
    struct side d;
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};
    struct unit_reply r;

    (void)state;
    assert_int_equal(bus_keys_new(&stranger), ST_OK);
    side_open(&d, &fx.stack, SIDE_UNITS, &stranger);
    assert_int_equal(side_ask_for(&d, &q, 1000, &r), ST_AGAIN);
    side_close(&d);
}

/* Pushes months until one is answered; the kill comes in between. */
static void
push_through_kill(enum stack_part part, const char *unit, const char *period)
{
    struct wire_receipt r;

    stack_part_kill(&fx.stack, part);
    stack_part_start(&fx.stack, part);
    side_push(&fx.three, unit, GROUP, period, FIGURES("2386", "1100"), "", "", &r);
    assert_true(r.outcome == OUTCOME_ACCEPTED || r.outcome == OUTCOME_DUPLICATE);
}

static void
kills_of_each_part_lose_and_double_nothing(void **state)
{
    struct redis *redis;
    struct wire_receipt r;

    (void)state;
    side_clock(&fx.ops, "2023-06-03 09:00");
    push_through_kill(PART_INGEST, "21436", "2023-01");
    push_through_kill(PART_SCORER, "21436", "2023-02");
    push_through_kill(PART_NOTIFIER, "21436", "2023-03");
    redis_server_kill(fx.stack.redis);
    redis_server_again(fx.stack.redis);
    side_push(&fx.three, "21436", GROUP, "2023-04", FIGURES("2386", "1100"), "", "",
              &r);
    assert_true(r.outcome == OUTCOME_ACCEPTED || r.outcome == OUTCOME_DUPLICATE);
    side_push(&fx.three, "21436", GROUP, "2023-01", FIGURES("2386", "1100"), "", "",
              &r);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    stack_settle(&fx.stack);
    redis = redis_server_client(fx.stack.redis);
    redis_want(redis, "HLEN dondoc:{quang-ngai}:facts:21436", "4");
    redis_want(redis, "XLEN dondoc:{quang-ngai}:parked", "0");
    redis_free(&redis);
}

/* The answer to one push, whatever it is; the stable code of a refusal in code. */
static enum unit_reply_kind
push_raw(const char *period, char code[64])
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2400, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 1200, NULL}};
    const struct wire_report report = {.unit = "21055",
                                       .group = GROUP,
                                       .period = period,
                                       .figures = figures,
                                       .figure_count = 2};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r;

    q.push.reports = &report;
    q.push.count = 1;
    assert_int_equal(side_ask(&fx.three, &q, &r), ST_OK);
    (void)snprintf(code, 64, "%s", r.kind == UNIT_REPLY_REFUSAL ? r.refusal.code : "");
    return r.kind;
}

static void
nothing_is_acknowledged_while_redis_may_forget(void **state)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    char code[64];
    struct mono began;

    (void)state;
    redis_want(redis, "CONFIG SET appendfsync everysec", "OK");
    stack_part_kill(&fx.stack, PART_INGEST);
    stack_part_start(&fx.stack, PART_INGEST);
    assert_int_equal(push_raw("2023-04", code), UNIT_REPLY_REFUSAL);
    assert_string_equal(code, "not_ready");
    redis_want(redis,
               "HEXISTS dondoc:{quang-ngai}:receipts 21055/digitisation/2023-04/1",
               "0");
    redis_want(redis, "CONFIG SET appendfsync always", "OK");
    /* It looks again every two seconds. */
    began = mono_now();
    while (push_raw("2023-04", code) == UNIT_REPLY_REFUSAL) {
        assert_string_equal(code, "not_ready");
        assert_true(mono_since_us(began) < 10000000);
    }
    redis_want(redis,
               "HEXISTS dondoc:{quang-ngai}:receipts 21055/digitisation/2023-04/1",
               "1");
    redis_free(&redis);
}

static void
memory_nearly_full_refuses_in_time(void **state)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    char code[64];
    struct mono began = mono_now();

    (void)state;
    redis_want(redis, "CONFIG SET maxmemory-clients 0", "OK");
    redis_want(redis, "CONFIG SET maxmemory 1500kb", "OK");
    while (push_raw("2023-04", code) != UNIT_REPLY_REFUSAL) {
        assert_true(mono_since_us(began) < 10000000);
    }
    assert_string_equal(code, "not_ready");
    redis_want(redis, "CONFIG SET maxmemory 1gb", "OK");
    while (push_raw("2023-04", code) == UNIT_REPLY_REFUSAL) {
        assert_true(mono_since_us(began) < 10000000);
    }
    redis_free(&redis);
}

static void
a_push_of_nothing_but_refusals_is_answered(void **state)
{
    struct wire_report reports[101];
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r;
    char name[101][64];
    size_t i;

    (void)state;
    for (i = 0; i < 101; i++) {
        (void)snprintf(name[i], sizeof name[i],
                       "a-unit-with-a-name-as-long-as-one-may-be-written-here-%03zu",
                       i);
        reports[i] =
            (struct wire_report){.unit = name[i], .group = GROUP, .period = "2023-01"};
    }
    q.push.reports = reports;
    q.push.count = 100;
    assert_int_equal(side_ask(&fx.three, &q, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REPLY_RECEIPTS);
    assert_int_equal(r.receipt_count, 100);
    assert_string_equal(r.receipts[99].refusal.code, "unknown_unit");
    q.push.count = 101;
    assert_int_equal(side_ask(&fx.three, &q, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REPLY_REFUSAL);
    assert_string_equal(r.refusal.code, "too_many");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_accepted_once_and_a_repeat_is_a_duplicate),
        cmocka_unit_test(what_stands_is_what_was_sent_last_whatever_is_retried),
        cmocka_unit_test(after_the_due_date_a_correction_needs_a_reason),
        cmocka_unit_test(what_is_wrong_is_refused_by_name_and_nothing_is_stored),
        cmocka_unit_test(an_unknown_key_hears_nothing),
        cmocka_unit_test(kills_of_each_part_lose_and_double_nothing),
        cmocka_unit_test(nothing_is_acknowledged_while_redis_may_forget),
        cmocka_unit_test(memory_nearly_full_refuses_in_time),
        cmocka_unit_test(a_push_of_nothing_but_refusals_is_answered),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
