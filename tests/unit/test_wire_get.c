/*
 * What is read by hand is what protobuf-c reads, or it is left to it: records as we
 * write them, changed and torn. Seen to fail with a text that keeps its NUL, with a
 * number cut to 32 bits, with a bool of 9 and with a length of six bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/wire_get.h"
#include "lib/wire_private.h"
#include "tests/support/records.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BYTES_MAX (1u << 20)
#define HEAD_BYTES 4
#define ROUNDS 60000

static struct arena *a;
static struct arena *b;
static struct buf written;
static uint64_t seed;

static int
setup(void **state)
{
    (void)state;
    a = arena_new(BYTES_MAX);
    b = arena_new(BYTES_MAX);
    buf_init(&written, BYTES_MAX);
    seed = 20261122;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(&a);
    arena_free(&b);
    buf_fini(&written);
    return 0;
}

static uint64_t
chance(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static int64_t
some_number(void)
{
    static const int64_t numbers[] = {0,         1,         -1,        127,
                                      128,       16383,     INT32_MAX, INT32_MIN,
                                      INT64_MAX, INT64_MIN, UINT32_MAX};

    return numbers[chance(COUNT(numbers))];
}

static const char *
some_text(void)
{
    static const char *const texts[] = {"", "U", "U01", "things_all",
                                        "2025@2025-03-01"};
    static char longer[200];

    if (chance(8) == 0) {
        memset(longer, 'x', sizeof longer - 1);
        return longer;
    }
    return texts[chance(COUNT(texts))];
}

static void
some_record(void)
{
    static const uint8_t hash[16] = {0, 1, 2, 0xff};
    struct figure_record figures[4];
    struct report_record r = {.unit = some_text(),
                              .group = some_text(),
                              .period = some_text(),
                              .first_day = (int32_t)some_number(),
                              .last_day = (int32_t)some_number(),
                              .revision = (uint32_t)some_number(),
                              .figures = figures,
                              .figure_count = (size_t)chance(COUNT(figures) + 1),
                              .received_at_ms = some_number(),
                              .due_day = (int32_t)some_number(),
                              .on_time = chance(2) != 0,
                              .principal = some_text(),
                              .reason = some_text(),
                              .made_at_ms = some_number(),
                              .source_system = some_text(),
                              .hash = hash,
                              .first_received_at_ms = some_number()};
    size_t i;

    for (i = 0; i < r.figure_count; i++) {
        figures[i] = (struct figure_record){some_text(), some_number(), chance(2) != 0};
    }
    buf_clear(&written);
    report_record_encode(&r, a, &written);
}

/* By hand only if the library says the same. Was it by hand? */
static bool
both(const uint8_t *p, size_t bytes)
{
    struct report_record got;
    struct report_record want;
    enum status st;

    arena_reset(a);
    arena_reset(b);
    st = report_record_unpack(p, bytes, b, &want);
    if (!report_record_get(p, bytes, a, &got)) {
        arena_reset(a);
        assert_int_equal(report_record_decode(p, bytes, a, &got), st);
        return false;
    }
    assert_int_equal(st, ST_OK);
    assert_true(records_same(&got, &want));
    return true;
}

static uint8_t *
body_at(void)
{
    return (uint8_t *)written.data + HEAD_BYTES;
}

static size_t
body_bytes(void)
{
    return written.len - HEAD_BYTES;
}

static void
what_we_write_is_read_by_hand(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5000; i++) {
        some_record();
        assert_true(both(body_at(), body_bytes()));
    }
}

static void
what_was_changed_is_read_as_the_library_reads_it(void **state)
{
    size_t by_hand = 0;
    size_t i;

    (void)state;
    for (i = 0; i < ROUNDS; i++) {
        size_t changes;

        some_record();
        for (changes = 1 + chance(3); changes > 0; changes--) {
            body_at()[chance(body_bytes())] =
                (uint8_t)(chance(2) == 0 ? chance(256) : chance(0x84));
        }
        by_hand += both(body_at(), body_bytes());
    }
    assert_in_range(by_hand, ROUNDS / 20, ROUNDS - ROUNDS / 20);
}

static void
what_is_torn_is_read_as_the_library_reads_it(void **state)
{
    size_t bytes;
    size_t i;

    (void)state;
    for (i = 0; i < 200; i++) {
        some_record();
        for (bytes = 0; bytes < body_bytes(); bytes++) {
            uint8_t *alone = mem_copy(body_at(), bytes);

            (void)both(alone, bytes);
            mem_free(&alone);
        }
    }
}

/* --- events --- */

static void
some_events(void)
{
    struct progress_row rows[2] = {{some_text(), some_text(), 1, 2, 0, 200, 5, 0, 7},
                                   {.target = "t1"}};
    struct alert_event events[3];
    size_t count = (size_t)chance(COUNT(events) + 1);
    size_t i;

    for (i = 0; i < count; i++) {
        events[i] =
            (struct alert_event){.code = some_text(),
                                 .number = (uint32_t)some_number(),
                                 .kind = some_text(),
                                 .reason = some_text(),
                                 .target = some_text(),
                                 .subject = some_text(),
                                 .year = (int32_t)some_number(),
                                 .window = some_text(),
                                 .first_day = (int32_t)some_number(),
                                 .last_day = (int32_t)some_number(),
                                 .numerator = some_number(),
                                 .denominator = some_number(),
                                 .required = {some_number(), some_number()},
                                 .step = {some_number(), some_number()},
                                 .step_before = {some_number(), some_number()},
                                 .step_before_year = (int32_t)some_number(),
                                 .need_now = some_number(),
                                 .need_year = some_number(),
                                 .since_window = some_text(),
                                 .windows = (uint32_t)some_number(),
                                 .old_numerator = some_number(),
                                 .old_denominator = some_number(),
                                 .old_window = some_text(),
                                 .at_ms = some_number(),
                                 .opened_at_ms = some_number(),
                                 .entry = (uint64_t)some_number(),
                                 .index = (uint32_t)some_number(),
                                 .simulated = chance(2) != 0,
                                 .covered = (uint32_t)some_number(),
                                 .units = (uint32_t)some_number(),
                                 .ranked = some_number(),
                                 .pool = some_number(),
                                 .group = some_text(),
                                 .due_day = (int32_t)some_number(),
                                 .rule_day = (int32_t)some_number(),
                                 .late = chance(2) != 0,
                                 .brake = some_text(),
                                 .by = some_text(),
                                 .measure = some_text(),
                                 .progress = rows,
                                 .progress_count = (size_t)chance(COUNT(rows) + 1)};
    }
    buf_clear(&written);
    buf_add(&written, "", 0);
    alert_events_encode(events, count, a, &written);
}

/* Held against each other as they are written again: all fields stand there. */
static bool
both_events(const uint8_t *p, size_t bytes)
{
    struct alert_event *got;
    struct alert_event *want;
    struct buf again[2];
    size_t got_count;
    size_t want_count;
    enum status st;

    arena_reset(a);
    arena_reset(b);
    st = alert_events_unpack(p, bytes, b, &want, &want_count);
    if (!alert_events_get(p, bytes, a, &got, &got_count)) {
        return false;
    }
    assert_int_equal(st, ST_OK);
    assert_int_equal(got_count, want_count);
    buf_init(&again[0], BYTES_MAX);
    buf_init(&again[1], BYTES_MAX);
    alert_events_encode(got, got_count, a, &again[0]);
    alert_events_encode(want, want_count, b, &again[1]);
    assert_int_equal(again[0].len, again[1].len);
    assert_memory_equal(buf_str(&again[0]), buf_str(&again[1]), again[0].len);
    buf_fini(&again[0]);
    buf_fini(&again[1]);
    return true;
}

static void
events_are_read_as_the_library_reads_them(void **state)
{
    size_t by_hand = 0;
    size_t i;

    (void)state;
    for (i = 0; i < ROUNDS / 4; i++) {
        size_t changes = chance(3);

        some_events();
        if (changes == 0) {
            assert_true(both_events((uint8_t *)written.data, written.len));
            continue;
        }
        for (; written.len > 0 && changes > 0; changes--) {
            written.data[chance(written.len)] =
                (char)(uint8_t)(chance(2) == 0 ? chance(256) : chance(0x84));
        }
        by_hand += both_events((uint8_t *)written.data, written.len);
        written.len = chance(written.len + 1);
        (void)both_events((uint8_t *)written.data, written.len); /* torn */
    }
    assert_in_range(by_hand, ROUNDS / 80, ROUNDS / 4);
}

/* --- piece by piece --- */

struct odd_case {
    const char *name;
    size_t bytes;
    uint8_t body[24];
};

/* What stands before the one figure and the hash of a record: all of it odd. */
static const struct odd_case odd_cases[] = {
    {"a field twice", 6, {0x0a, 1, 'U', 0x0a, 1, 'V'}},
    {"not in order", 5, {0x12, 1, 'g', 0x0a, 0}},
    {"a number where a text belongs", 2, {0x08, 1}},
    {"a text where a number belongs", 3, {0x32, 1, 1}},
    {"a field that nobody knows", 3, {0x88, 0x02, 1}},
    {"a text with a NUL", 5, {0x0a, 3, 'U', 0, '1'}},
    {"a length past the end", 2, {0x0a, 0x7f}},
    {"a length of six bytes", 8, {0x0a, 0x81, 0x80, 0x80, 0x80, 0x80, 0, 'U'}},
    {"a tag of two bytes where one is enough", 4, {0x8a, 0x00, 1, 'U'}},
    {"a number over 32 bits", 6, {0x30, 0x80, 0x80, 0x80, 0x80, 0x10}},
    {"a bool of 2", 2, {0x50, 2}},
    {"a number of eleven bytes",
     12,
     {0x40, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0}},
    {"a number over 64 bits",
     11,
     {0x40, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}},
    {"a number that never ends", 3, {0x40, 0x80, 0x80}},
    {"a figure with something behind", 6, {0x3a, 4, 0x10, 2, 0x20, 1}},
    {"a figure longer than the message", 4, {0x3a, 4, 0x10, 2}},
};

static void
what_is_odd_is_left_to_the_library(void **state)
{
    static const uint8_t hash[18] = {0x7a, 16, 1};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(odd_cases); i++) {
        const struct odd_case *c = &odd_cases[i];
        uint8_t bytes[sizeof c->body + sizeof hash];

        memcpy(bytes, c->body, c->bytes);
        memcpy(bytes + c->bytes, hash, sizeof hash);
        if (both(bytes, c->bytes + sizeof hash)) {
            fail_msg("%s: read by hand", c->name);
        }
        (void)both(bytes, c->bytes);
    }
    assert_true(both(hash, sizeof hash));
    assert_false(both(hash, 0));
}

static void
what_follows_something_odd_is_nothing(void **state)
{
    static const uint8_t body[] = {0x0a, 2, 'U', 0, 0x12, 1, 'g', 0x18, 7, 0x22, 0};
    struct wire_get g;
    const uint8_t *outside;
    size_t bytes;

    (void)state;
    arena_reset(a);
    assert_true(wire_get_begin(&g, body, sizeof body, a));
    assert_true(wire_get_is(&g, 1, WIRE_HOW_LENGTH));
    assert_false(wire_get_is(&g, 1, WIRE_HOW_NUMBER));
    assert_string_equal(wire_get_text(&g, 1), "");
    assert_string_equal(wire_get_text(&g, 2), "");
    assert_int_equal(wire_get_number(&g, 3), 0);
    assert_int_equal(wire_get_count(&g, 4), 0);
    assert_false(wire_get_enter(&g, 4, &outside));
    assert_null(wire_get_bytes(&g, 4, &bytes));
    assert_false(wire_get_done(&g));
}

static void
what_does_not_fit_the_arena_is_not_begun(void **state)
{
    struct arena *small = arena_new(16);
    struct wire_get g;

    (void)state;
    some_record();
    assert_false(wire_get_begin(&g, body_at(), body_bytes(), small));
    arena_free(&small);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_we_write_is_read_by_hand),
        cmocka_unit_test(what_was_changed_is_read_as_the_library_reads_it),
        cmocka_unit_test(what_is_torn_is_read_as_the_library_reads_it),
        cmocka_unit_test(events_are_read_as_the_library_reads_them),
        cmocka_unit_test(what_is_odd_is_left_to_the_library),
        cmocka_unit_test(what_follows_something_odd_is_nothing),
        cmocka_unit_test(what_does_not_fit_the_arena_is_not_begun),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
