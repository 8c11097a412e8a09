/*
 * What comes from a key that is registered and is wrong all the same: refused with a
 * code, nothing stored, the others served on, and the process lives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/golden.h"
#include "tests/support/stack.h"

struct fixture {
    struct stack stack;
    struct side bad;  /* sends anything */
    struct side good; /* must be served all the time */
    struct side ops;
    pid_t ingest;
};

static struct fixture fx;

static int
setup(void **state)
{
    const struct bus_keys *bad, *good, *ops;

    (void)state;
    stack_init(&fx.stack, "quang-ngai", true);
    bad = stack_key(&fx.stack, "bad", "role=unit name=21055 scope=21055");
    good = stack_key(&fx.stack, "good", "role=unit name=21043 scope=21043");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    stack_start(&fx.stack);
    side_open(&fx.bad, &fx.stack, SIDE_UNITS, bad);
    side_open(&fx.good, &fx.stack, SIDE_UNITS, good);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2023-02-03 09:00");
    side_programme(&fx.ops, "programmes/quang-ngai");
    fx.ingest = fx.stack.pids[PART_INGEST];
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.bad);
    side_close(&fx.good);
    side_close(&fx.ops);
    stack_stop(&fx.stack, true);
    return 0;
}

/* The others are served, by the same process as at the start. */
static void
others_are_served(void)
{
    struct wire_receipt r;

    side_push(&fx.good, "21043", "digitisation", "2023-01",
              "results_in_force=2386 results_in_force_digitised=1130", "", "", &r);
    assert_true(r.outcome == OUTCOME_ACCEPTED || r.outcome == OUTCOME_DUPLICATE);
    stack_part_signal(&fx.stack, PART_INGEST, 0);
    assert_int_equal(fx.ingest, fx.stack.pids[PART_INGEST]);
}

/* The stable code of the answer to bytes as they are; "" when receipts came. */
static void
send_bytes(const void *bytes, size_t len, char code[64])
{
    struct mono began = mono_now();
    struct bus_message m;
    struct unit_reply r;

    while (bus_send(fx.bad.socket, bytes, len) != ST_OK) {
        struct bus_poll_item item = {.socket = fx.bad.socket};

        assert_int_equal(bus_poll(fx.bad.bus, &item, 1, 10), ST_OK);
        assert_true(mono_since_us(began) < 5000000);
    }
    while (bus_receive(fx.bad.socket, &m) != ST_OK) {
        struct bus_poll_item item = {.socket = fx.bad.socket};

        assert_int_equal(bus_poll(fx.bad.bus, &item, 1, 100), ST_OK);
        assert_true(mono_since_us(began) < 5000000);
    }
    arena_reset(fx.bad.arena);
    assert_int_equal(unit_reply_decode(m.body, m.body_bytes, fx.bad.arena, &r), ST_OK);
    bus_message_close(&m);
    code[0] = '\0';
    if (r.kind == UNIT_REPLY_REFUSAL) {
        (void)snprintf(code, 64, "%s", r.refusal.code);
    } else if (r.kind == UNIT_REPLY_RECEIPTS && r.receipt_count > 0 &&
               r.receipts[0].refusal.code != NULL) {
        (void)snprintf(code, 64, "%s", r.receipts[0].refusal.code);
    }
}

static void
send_request(struct unit_request *q, char code[64])
{
    struct arena *a = arena_new(8 * WIRE_ARENA_BYTES);
    struct buf out;

    buf_init(&out, 4 * BUS_MESSAGE_MAX);
    q->version = q->version == 0 ? WIRE_VERSION : q->version;
    unit_request_encode(q, a, &out);
    assert_true(out.len <= BUS_MESSAGE_MAX);
    send_bytes(buf_str(&out), out.len, code);
    arena_free(&a);
    buf_fini(&out);
}

static void
frames_that_are_no_messages_are_refused(void **state)
{
    static const char noise[40] = "\xff\xfe\x00\x01noise that is no protobuf at all";
    struct unit_request q = {.province = "quang-ngai", .kind = UNIT_REQUEST_HELLO};
    char code[64];

    (void)state;
    send_bytes(noise, sizeof noise, code);
    assert_string_equal(code, "bad_frame");
    send_bytes("\x0a\x7f", 2, code); /* a length beyond the end */
    assert_string_equal(code, "bad_frame");
    send_bytes("\x08\x01\x1a\x0aquang-ngai", 14, code); /* no body */
    assert_string_equal(code, "bad_frame");
    q.version = 99;
    send_request(&q, code);
    assert_string_equal(code, "wrong_version");
    q.version = WIRE_VERSION;
    q.province = "nowhere";
    send_request(&q, code);
    assert_string_equal(code, "unknown_province");
    others_are_served();
}

static void
acts_of_operators_are_not_for_units(void **state)
{
    struct unit_request q = {.province = "quang-ngai", .kind = UNIT_REQUEST_ACT};
    char code[64];

    (void)state;
    q.act = (struct wire_act){.id = "0123456789", .kind = "tick-confirm"};
    send_request(&q, code);
    assert_string_equal(code, "denied");
    q.kind = UNIT_REQUEST_CLOCK;
    q.clock_ms = INT64_C(4000000000000);
    send_request(&q, code);
    assert_string_equal(code, "denied");
    q.kind = UNIT_REQUEST_PROGRAMME;
    send_request(&q, code);
    assert_string_equal(code, "denied");
    others_are_served();
}

/* One push, one report, figures as many as fit: decoding fills most of an arena. */
static void
a_push_that_fills_memory_is_refused(void **state)
{
    static struct wire_figure figures[8173];
    struct wire_report report = {.unit = "21055",
                                 .group = "digitisation",
                                 .period = "2023-01",
                                 .figures = figures};
    struct unit_request q = {.province = "quang-ngai", .kind = UNIT_REQUEST_PUSH};
    char code[64];
    size_t i;

    (void)state;
    for (i = 0; i < 8173; i++) {
        figures[i].measure = i < 4224 ? "a" : "";
    }
    q.push.reports = &report;
    q.push.count = 1;
    for (report.figure_count = 8173; report.figure_count > 100;
         report.figure_count = report.figure_count * 3 / 4) {
        send_request(&q, code);
        assert_true(strcmp(code, "bad_frame") == 0 ||
                    strcmp(code, "missing_figures") == 0);
    }
    others_are_served();
}

static void
a_text_as_long_as_a_message_is_not_sent_back(void **state)
{
    static char huge[65301];
    struct wire_report report = {
        .unit = huge, .group = "digitisation", .period = "2023-01"};
    struct unit_request q = {.province = "quang-ngai", .kind = UNIT_REQUEST_PUSH};
    char code[64];

    (void)state;
    memset(huge, 'x', sizeof huge - 1);
    q.push.reports = &report;
    q.push.count = 1;
    send_request(&q, code);
    assert_string_equal(code, "too_long");
    memset(huge, '\xff', 8); /* and no UTF-8 */
    huge[8] = '\0';
    send_request(&q, code);
    assert_string_equal(code, "bad_text");
    others_are_served();
}

/* Every beginning of a good push: refused or, cut between two fields, answered as the
 * report that it then is; never taken. */
static void
a_push_that_was_cut_anywhere_is_never_taken(void **state)
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 1130, NULL}};
    const struct wire_report report = {.unit = "21055",
                                       .group = "digitisation",
                                       .period = "2023-01",
                                       .figures = figures,
                                       .figure_count = 2};
    struct unit_request q = {
        .version = WIRE_VERSION, .province = "quang-ngai", .kind = UNIT_REQUEST_PUSH};
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct buf out;
    char code[64];
    size_t len;

    (void)state;
    buf_init(&out, BUS_MESSAGE_MAX);
    q.push.reports = &report;
    q.push.count = 1;
    unit_request_encode(&q, a, &out);
    for (len = 1; len < out.len; len++) {
        send_bytes(buf_str(&out), len, code);
        if (code[0] == '\0') {
            fail_msg("the first %zu of %zu bytes were taken", len, out.len);
        }
    }
    arena_free(&a);
    buf_fini(&out);
    others_are_served();
}

/* It may be read as a message in which nothing is said. */
static void
refused_as_frame(const char *code)
{
    assert_true(strcmp(code, "bad_frame") == 0 || strcmp(code, "wrong_version") == 0);
}

/* A push of more reports than fit an answer, and a group within a group within … */
static void
counts_and_depths_beyond_measure_are_refused(void **state)
{
    static struct wire_report reports[2000];
    struct unit_request q = {.province = "quang-ngai", .kind = UNIT_REQUEST_PUSH};
    static uint8_t deep[4000];
    char code[64];
    size_t i;

    (void)state;
    for (i = 0; i < 2000; i++) {
        reports[i] = (struct wire_report){.unit = "21055"};
    }
    q.push.reports = reports;
    q.push.count = 2000;
    send_request(&q, code);
    assert_string_equal(code, "too_many");
    memset(deep, 0x5b, sizeof deep); /* field 11, "a group begins", 4000 times */
    send_bytes(deep, sizeof deep, code);
    refused_as_frame(code);
    for (i = 0; i + 3 < sizeof deep; i += 3) { /* field 11 as long as what is left */
        size_t left = sizeof deep - i - 3;

        deep[i] = 0x5a;
        deep[i + 1] = (uint8_t)((left & 0x7f) | 0x80);
        deep[i + 2] = (uint8_t)(left >> 7);
    }
    send_bytes(deep, sizeof deep, code);
    refused_as_frame(code);
    others_are_served();
}

/* A message without a byte: no request id to answer, so a refusal or silence, and the
 * session goes on. */
static void
an_empty_message_harms_nothing(void **state)
{
    char code[64];

    (void)state;
    send_bytes("", 0, code);
    refused_as_frame(code);
    others_are_served();
}

static void
one_request_of_a_release(void *context, const struct golden *g)
{
    size_t *count = context;
    char code[64];

    if (strcmp(g->kind, "unit_request") != 0) {
        return;
    }
    send_bytes(g->bytes, g->len, code);
    *count += 1;
    if (strcmp(g->path, "newer/body-unknown.hex") == 0) {
        assert_string_equal(code, "bad_frame");
    } else if (strcmp(g->path, "newer/hello-more.hex") == 0) {
        assert_string_equal(code, ""); /* ServerInfo */
    } else if (strcmp(g->path, "newer/push-more.hex") == 0) {
        assert_string_equal(code, "not_in_scope"); /* understood, and another's unit */
    }
}

/* What was recorded of every release, and of newer ones, is answered. */
static void
requests_of_every_release_are_answered(void **state)
{
    size_t count = 0;

    (void)state;
    assert_true(golden_all(one_request_of_a_release, &count) > count);
    assert_true(count >= 10);
    others_are_served();
}

static void
nothing_of_it_was_stored(void **state)
{
    struct redis *redis = redis_server_client(fx.stack.redis);

    (void)state;
    redis_want(redis, "HLEN dondoc:{quang-ngai}:receipts", "1"); /* of the good one */
    redis_want(redis, "EXISTS dondoc:{quang-ngai}:acts", "0");
    redis_free(&redis);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_that_are_no_messages_are_refused),
        cmocka_unit_test(acts_of_operators_are_not_for_units),
        cmocka_unit_test(a_push_that_fills_memory_is_refused),
        cmocka_unit_test(a_text_as_long_as_a_message_is_not_sent_back),
        cmocka_unit_test(a_push_that_was_cut_anywhere_is_never_taken),
        cmocka_unit_test(counts_and_depths_beyond_measure_are_refused),
        cmocka_unit_test(an_empty_message_harms_nothing),
        cmocka_unit_test(requests_of_every_release_are_answered),
        cmocka_unit_test(nothing_of_it_was_stored),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
