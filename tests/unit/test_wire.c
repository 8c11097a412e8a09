/* Messages go through and come back; hostile ones are refused within their arena. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/journal.h"
#include "lib/wire.h"

struct fixture {
    struct arena *out;
    struct arena *in;
    struct buf bytes;
};

static int
setup(void **state)
{
    static struct fixture f;

    f.out = arena_new(WIRE_ARENA_BYTES);
    f.in = arena_new(WIRE_ARENA_BYTES);
    buf_init(&f.bytes, 1u << 20);
    *state = &f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->out);
    arena_free(&f->in);
    buf_fini(&f->bytes);
    return 0;
}

static void
a_push_comes_back_whole(void **state)
{
    struct fixture *f = *state;
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"points", WIRE_DECIMAL, 0, "41.09"},
        {"payments", WIRE_NOT_APPLICABLE, 0, NULL},
        {"nothing", WIRE_NOTHING, 0, NULL},
        {"zero", WIRE_COUNT, 0, NULL},
    };
    const struct wire_report report = {
        "21055", "digitisation", "2023-09", "2023-09-01", "2023-09-30", figures,
        5,       "nhầm số liệu", 17,        "motcua",     "2/ab",       NULL};
    struct unit_request q = {.version = 1,
                             .request_id = 9,
                             .province = "quang-ngai",
                             .kind = UNIT_REQUEST_PUSH};
    struct unit_request r;

    q.push.reports = &report;
    q.push.count = 1;
    q.push.validate_only = true;
    unit_request_encode(&q, f->out, &f->bytes);
    assert_int_equal(unit_request_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_int_equal(r.kind, UNIT_REQUEST_PUSH);
    assert_int_equal(r.request_id, 9);
    assert_true(r.push.validate_only);
    assert_int_equal(r.push.count, 1);
    assert_string_equal(r.push.reports[0].reason, "nhầm số liệu");
    assert_string_equal(r.push.reports[0].replaces, "2/ab");
    assert_int_equal(r.push.reports[0].figure_count, 5);
    assert_int_equal(r.push.reports[0].figures[0].count, 2386);
    assert_string_equal(r.push.reports[0].figures[1].decimal, "41.09");
    assert_int_equal(r.push.reports[0].figures[2].kind, WIRE_NOT_APPLICABLE);
    assert_int_equal(r.push.reports[0].figures[3].kind, WIRE_NOTHING);
    /* Zero is a number, not nothing. */
    assert_int_equal(r.push.reports[0].figures[4].kind, WIRE_COUNT);
}

static void
receipts_come_back_whole(void **state)
{
    struct fixture *f = *state;
    const struct wire_figure old[] = {{"a", WIRE_COUNT, 7, NULL}};
    const struct wire_receipt receipts[] = {
        {.outcome = OUTCOME_REPLACED,
         .unit = "21055",
         .revision = 2,
         .entry = 57,
         .index = 3,
         .old_figures = old,
         .old_count = 1,
         .on_time = true},
        {.outcome = OUTCOME_REJECTED,
         .refusal = {"negative", "a", "-1", "âm", "negative"}},
    };
    struct unit_reply q = {.version = 1,
                           .kind = UNIT_REPLY_RECEIPTS,
                           .receipts = receipts,
                           .receipt_count = 2};
    struct unit_reply r;

    unit_reply_encode(&q, f->out, &f->bytes);
    assert_int_equal(unit_reply_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_int_equal(r.receipt_count, 2);
    assert_int_equal(r.receipts[0].outcome, OUTCOME_REPLACED);
    assert_int_equal(r.receipts[0].old_figures[0].count, 7);
    assert_null(r.receipts[0].refusal.code);
    assert_string_equal(r.receipts[1].refusal.code, "negative");
    assert_string_equal(r.receipts[1].refusal.message_vi, "âm");
}

static const struct wire_held held = {
    "21055", "digitisation", "2023-09",    2,    "00ff",           57,
    3,       1696406400123,  "2023-10-05", true, {1, 2, [15] = 16}};

static void
assert_held(const struct wire_held *got)
{
    assert_non_null(got);
    assert_string_equal(got->unit, held.unit);
    assert_string_equal(got->group, held.group);
    assert_string_equal(got->period, held.period);
    assert_int_equal(got->revision, held.revision);
    assert_string_equal(got->hash, held.hash);
    assert_int_equal(got->entry, held.entry);
    assert_int_equal(got->index, held.index);
    assert_int_equal(got->received_at_ms, held.received_at_ms);
    assert_string_equal(got->due, held.due);
    assert_true(got->on_time);
    assert_memory_equal(got->seal, held.seal, sizeof held.seal);
}

static void
what_a_client_holds_comes_back_whole(void **state)
{
    struct fixture *f = *state;
    struct wire_report reports[2] = {{.unit = "21055", .offered = &held},
                                     {.unit = "21055"}};
    struct unit_request q = {.version = 1, .kind = UNIT_REQUEST_HELLO};
    struct unit_request r;

    q.hello.log_id = "ab";
    q.hello.last = &held;
    unit_request_encode(&q, f->out, &f->bytes);
    assert_int_equal(unit_request_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_string_equal(r.hello.log_id, "ab");
    assert_held(r.hello.last);

    q = (struct unit_request){.version = 1, .kind = UNIT_REQUEST_PUSH};
    q.push.reports = reports;
    q.push.count = 2;
    buf_clear(&f->bytes);
    unit_request_encode(&q, f->out, &f->bytes);
    assert_int_equal(unit_request_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_held(r.push.reports[0].offered);
    assert_null(r.push.reports[1].offered);

    q = (struct unit_request){.version = 1, .kind = UNIT_REQUEST_HELLO};
    buf_clear(&f->bytes);
    unit_request_encode(&q, f->out, &f->bytes);
    assert_int_equal(unit_request_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_null(r.hello.last);
}

/* UnitRequest{version 1, hello{last{revision 7, seal}}} with a seal of each length. */
static void
a_seal_of_another_length_is_zeros(void **state)
{
    static const uint8_t zeros[WIRE_SEAL_BYTES];
    struct fixture *f = *state;
    unsigned length;

    for (length = 0; length <= WIRE_SEAL_BYTES + 1; length++) {
        uint8_t bytes[64] = {
            0x08, 0x01, 0x52, (uint8_t)(6 + length), 0x1a, (uint8_t)(4 + length),
            0x20, 0x07, 0x5a, (uint8_t)length};
        struct unit_request r;

        memset(bytes + 10, 0xee, length);
        assert_int_equal(unit_request_decode(bytes, 10 + length, f->in, &r), ST_OK);
        assert_int_equal(r.hello.last->revision, 7);
        assert_int_equal(memcmp(r.hello.last->seal, zeros, sizeof zeros) != 0,
                         length == WIRE_SEAL_BYTES);
    }
}

static void
a_receipt_is_sealed_or_bears_no_seal(void **state)
{
    struct fixture *f = *state;
    const struct wire_receipt receipts[] = {
        {.outcome = OUTCOME_ACCEPTED,
         .sealed = true,
         .seal = {1, [15] = 2},
         .first_received_at_ms = 1696406400123},
        {.outcome = OUTCOME_REJECTED, .seal = {1, [15] = 2}},
    };
    struct unit_reply q = {.version = 1,
                           .kind = UNIT_REPLY_RECEIPTS,
                           .receipts = receipts,
                           .receipt_count = 2};
    struct unit_reply r;

    unit_reply_encode(&q, f->out, &f->bytes);
    assert_int_equal(unit_reply_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_true(r.receipts[0].sealed);
    assert_memory_equal(r.receipts[0].seal, receipts[0].seal, WIRE_SEAL_BYTES);
    assert_int_equal(r.receipts[0].first_received_at_ms, 1696406400123);
    assert_false(r.receipts[1].sealed);
    assert_int_equal(r.receipts[1].seal[0], 0);
    assert_int_equal(r.receipts[1].first_received_at_ms, 0);
}

static void
the_server_says_whether_to_offer_again(void **state)
{
    struct fixture *f = *state;
    struct unit_reply q = {.version = 1, .kind = UNIT_REPLY_SERVER_INFO};
    struct unit_reply r;

    q.info.re_offer = true;
    unit_reply_encode(&q, f->out, &f->bytes);
    assert_int_equal(unit_reply_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_true(r.info.re_offer);
    q.info.re_offer = false;
    buf_clear(&f->bytes);
    unit_reply_encode(&q, f->out, &f->bytes);
    assert_int_equal(unit_reply_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_false(r.info.re_offer);
}

static void
a_record_comes_back_behind_its_length(void **state)
{
    struct fixture *f = *state;
    const uint8_t hash[16] = {1, 2, 3};
    const struct figure_record figures[] = {{"a", -5, false}, {"b", 0, true}};
    const struct report_record in = {.unit = "21055",
                                     .group = "g",
                                     .period = "2023",
                                     .first_day = -3,
                                     .last_day = 19000,
                                     .revision = 4,
                                     .figures = figures,
                                     .figure_count = 2,
                                     .due_day = 19010,
                                     .hash = hash,
                                     .first_received_at_ms = 1696406400123};
    struct journal_cursor cursor;
    struct report_record out;
    const uint8_t *record;
    size_t bytes;

    report_record_encode(&in, f->out, &f->bytes);
    report_record_encode(&in, f->out, &f->bytes);
    cursor = (struct journal_cursor){(const uint8_t *)buf_str(&f->bytes), f->bytes.len};
    assert_int_equal(journal_record_next(&cursor, &record, &bytes), ST_OK);
    assert_int_equal(report_record_decode(record, bytes, f->in, &out), ST_OK);
    assert_int_equal(out.first_day, -3);
    assert_int_equal(out.figures[0].scaled, -5);
    assert_true(out.figures[1].not_applicable);
    assert_memory_equal(out.hash, hash, 16);
    assert_int_equal(out.first_received_at_ms, 1696406400123);
    assert_int_equal(journal_record_next(&cursor, &record, &bytes), ST_OK);
    assert_int_equal(journal_record_next(&cursor, &record, &bytes), ST_GONE);
}

static void
torn_and_foreign_bytes_are_refused(void **state)
{
    static const char *const bytes[] = {"\xff", "\x0a",
                                        "\x0a\x05"
                                        "ab",
                                        "\x5a\xff\xff"};
    struct fixture *f = *state;
    struct unit_request r;
    size_t i;

    for (i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        arena_reset(f->in);
        assert_int_equal(unit_request_decode(bytes[i], strlen(bytes[i]), f->in, &r),
                         ST_BAD);
    }
    /* Nothing at all is a message without a body. */
    arena_reset(f->in);
    assert_int_equal(unit_request_decode("", 0, f->in, &r), ST_OK);
    assert_int_equal(r.kind, UNIT_REQUEST_NONE);
}

static void
a_bomb_ends_at_the_bound_of_its_arena(void **state)
{
    static char bomb[65536];
    struct arena *small = arena_new(65536);
    struct unit_request r;
    size_t at = 0;

    (void)state;
    /* Push{reports: 30.000 empty ones}: two bytes each on the wire. */
    bomb[at++] = 0x5a;
    bomb[at++] = (char)0xe0;
    bomb[at++] = (char)0xd4;
    bomb[at++] = 0x03;
    while (at + 2 <= 4 + 60000) {
        bomb[at++] = 0x0a;
        bomb[at++] = 0x00;
    }
    assert_int_equal(unit_request_decode(bomb, at, small, &r), ST_LIMIT);
    arena_free(&small);
}

static void
unknown_fields_are_counted_and_harmless(void **state)
{
    struct fixture *f = *state;
    struct unit_request q = {.version = 1, .kind = UNIT_REQUEST_HELLO, .province = "x"};
    struct unit_request r;

    unit_request_encode(&q, f->out, &f->bytes);
    buf_add(&f->bytes, "\xf8\x07\x01", 3); /* field 127, varint 1 */
    assert_int_equal(unit_request_decode(buf_str(&f->bytes), f->bytes.len, f->in, &r),
                     ST_OK);
    assert_int_equal(r.kind, UNIT_REQUEST_HELLO);
    assert_int_equal(r.unknown_fields, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_push_comes_back_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(receipts_come_back_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_client_holds_comes_back_whole, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_seal_of_another_length_is_zeros, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_receipt_is_sealed_or_bears_no_seal, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_server_says_whether_to_offer_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_record_comes_back_behind_its_length, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(torn_and_foreign_bytes_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_bomb_ends_at_the_bound_of_its_arena, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(unknown_fields_are_counted_and_harmless, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
