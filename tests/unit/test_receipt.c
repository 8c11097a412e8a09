/* The line of a receipt: it reads back, a damaged one is refused, one that was never
 * offered again is known for what it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/receipt.h"

static void
a_receipt_line_reads_back(void **state)
{
    struct receipt in = {.revision = 1,
                         .entry = UINT64_C(18446744073709551615),
                         .index = 255,
                         .received_at_ms = 1700000000123,
                         .due_day = 19600,
                         .on_time = true};
    struct receipt out;
    char line[RECEIPT_LINE_BYTES];

    (void)state;
    memset(in.hash, 0xab, sizeof in.hash);
    receipt_line(&in, line);
    assert_int_equal(receipt_line_parse(line, &out), ST_OK);
    out.revision = in.revision; /* stands in the field, not in the line */
    assert_memory_equal(&in, &out, sizeof in);
    in.due_day = 0;
    receipt_line(&in, line);
    assert_non_null(strstr(line, "due=- "));
    assert_int_equal(receipt_line_parse(line, &out), ST_OK);
    assert_int_equal(out.due_day, 0);
}

/* Each differs from the one before in one thing, and says all of itself. Seen to fail
 * with each of the comparisons left out. */
static void
a_line_behind_another_is_as_if_alone(void **state)
{
    static const struct receipt rows[] = {
        {.entry = 7, .index = 0, .received_at_ms = 5, .due_day = 19600},
        {.entry = 7, .index = 1, .received_at_ms = 5, .due_day = 19600},
        {.entry = 7, .index = 255, .received_at_ms = 5, .due_day = 19600},
        {.entry = 8, .index = 255, .received_at_ms = 5, .due_day = 19600},
        {.entry = 8, .index = 255, .received_at_ms = 6, .due_day = 19600},
        {.entry = 8, .index = 255, .received_at_ms = 6, .due_day = 19601},
        {.entry = 8, .index = 255, .received_at_ms = 6, .due_day = 0},
        {.entry = 8, .index = 255, .received_at_ms = 6, .due_day = 0, .on_time = true},
        {.entry = UINT64_MAX,
         .index = UINT32_MAX,
         .received_at_ms = INT64_MIN,
         .due_day = INT32_MAX,
         .on_time = true},
        {.entry = UINT64_MAX,
         .index = 9,
         .received_at_ms = INT64_MIN,
         .due_day = INT32_MAX,
         .on_time = true},
        {0},
    };
    struct receipt_lines kept = {0};
    char want[RECEIPT_LINE_BYTES];
    char got[RECEIPT_LINE_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct receipt r = rows[i];

        memset(r.hash, (int)i, sizeof r.hash);
        receipt_line(&r, want);
        assert_int_equal(receipt_line_next(&kept, &r, got), strlen(want));
        assert_string_equal(got, want);
    }
}

static void
a_damaged_receipt_line_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "hash=00 at=1:0 received=1 due=- on_time=1",
        "hash=zz000000000000000000000000000000 at=1:0 received=1 due=- on_time=1",
        "hash=00000000000000000000000000000000 at=1 received=1 due=- on_time=1",
        "hash=00000000000000000000000000000000 at=1:0 received=1 due=31/6 on_time=1",
        "hash=00000000000000000000000000000000 at=1:0 received=1 due=-",
        "hash=000000000000000000000000000000000 at=1:0 received=1 due=- on_time=1",
    };
    struct receipt out;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (receipt_line_parse(lines[i], &out) != ST_BAD) {
            fail_msg("taken: %s", lines[i]);
        }
    }
}

static void
a_placeholder_has_the_usual_form_and_no_place(void **state)
{
    struct receipt r;
    struct receipt back;
    char line[RECEIPT_LINE_BYTES];

    (void)state;
    receipt_placeholder(&r, 4, 1696406400123);
    assert_true(receipt_is_placeholder(&r));
    receipt_line(&r, line);
    assert_string_equal(line, "hash=00000000000000000000000000000000 at=0:0 "
                              "received=1696406400123 due=- on_time=0");
    assert_int_equal(receipt_line_parse(line, &back), ST_OK);
    back.revision = 4;
    assert_true(receipt_is_placeholder(&back));
    back.entry = 1;
    assert_false(receipt_is_placeholder(&back));
    back = (struct receipt){0}; /* nothing stands */
    assert_false(receipt_is_placeholder(&back));
}

static void
a_hash_is_32_small_digits_and_nothing_else(void **state)
{
    static const char *const refused[] = {
        "",
        "00112233445566778899aabbccddeef",
        "00112233445566778899aabbccddeeff0",
        "00112233445566778899AABBCCDDEEFF",
        "00112233445566778899aabbccddee f",
    };
    uint8_t hash[RECEIPT_HASH_BYTES];
    size_t i;

    (void)state;
    assert_int_equal(receipt_hash_parse("00112233445566778899aabbccddeeff", hash),
                     ST_OK);
    assert_int_equal(hash[0], 0x00);
    assert_int_equal(hash[15], 0xff);
    for (i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (receipt_hash_parse(refused[i], hash) != ST_BAD) {
            fail_msg("taken: %s", refused[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_line_reads_back),
        cmocka_unit_test(a_line_behind_another_is_as_if_alone),
        cmocka_unit_test(a_damaged_receipt_line_is_refused),
        cmocka_unit_test(a_placeholder_has_the_usual_form_and_no_place),
        cmocka_unit_test(a_hash_is_32_small_digits_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
