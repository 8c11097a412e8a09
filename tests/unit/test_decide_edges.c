/* link: ingest */
/* Decisions about what is barely there: a name that is none, a day that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/decide.h"

#define DIGITS_32 "00112233445566778899aabbccddeeff"

/* Only "<number>/<hash>" names a revision that is gone; anything else names nothing. */
static void
only_a_number_before_a_slash_names_a_revision(void **state)
{
    static const struct {
        const char *replaces;
        uint32_t becomes;
    } cases[] = {
        {"", 1},
        {"1/ff", 2},
        {"199/ff", 200},
        {"200/ff", 200},
        {"/ff", 1},
        {"x/ff", 1},
        {"2x/ff", 1},
        {"2", 1},
        {"2 /ff", 1},
        {" 2/ff", 1},
        {"-2/ff", 1},
        {"0/ff", 1},
        {"000002/", 3},
        {"000000002/", 3},
        {"0000000002/ff", 1},
        {"2:ff", 1},
        {"4294967297/ff", 1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct checked report = {.record.reason = "",
                                       .replaces = cases[i].replaces};
        const struct receipt none = {.revision = 0};
        struct refused why = {0};
        uint32_t revision = 0;

        assert_int_equal(report_decide(&report, NULL, &revision, &why),
                         OUTCOME_ACCEPTED);
        if (revision != cases[i].becomes) {
            fail_msg("“%s”: got revision %u, want %u", cases[i].replaces,
                     (unsigned)revision, (unsigned)cases[i].becomes);
        }
        /* Known not to stand is the same as not known. */
        revision = 0;
        assert_int_equal(report_decide(&report, &none, &revision, &why),
                         OUTCOME_ACCEPTED);
        assert_int_equal(revision, cases[i].becomes);
    }
}

/* An office's report needs a reason before the due date, too, and without one: the
 * sentence names a day only when there is one. */
static void
a_reason_is_asked_for_with_the_due_day_if_there_is_one(void **state)
{
    struct checked report = {.record.reason = "", .replaces = "", .by_office = true};
    struct refused why = {0};
    uint32_t revision = 77;

    (void)state;
    report.record.due_day = day_from_civil(2023, 10, 6);
    assert_int_equal(report_decide(&report, NULL, &revision, &why), OUTCOME_REJECTED);
    assert_int_equal(why.code, REFUSAL_REASON_NEEDED);
    assert_string_equal(why.day, "2023-10-06");
    report.record.due_day = 0;
    assert_int_equal(report_decide(&report, NULL, &revision, &why), OUTCOME_REJECTED);
    assert_string_equal(why.day, "");
    assert_int_equal(revision, 77);
}

static void
a_hash_is_32_small_hex_digits_and_nothing_else(void **state)
{
    static const char *const wrong[] = {"",
                                        "0",
                                        DIGITS_32 "0",
                                        DIGITS_32 "x",
                                        DIGITS_32 " ",
                                        "00112233445566778899AABBCCDDEEFF",
                                        "0011223344556677 899aabbccddeeff"};
    uint8_t out[RECEIPT_HASH_BYTES];
    size_t i;

    (void)state;
    assert_int_equal(receipt_hash_parse(DIGITS_32, out), ST_OK);
    assert_int_equal(out[0], 0x00);
    assert_int_equal(out[1], 0x11);
    assert_int_equal(out[15], 0xff);
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (receipt_hash_parse(wrong[i], out) != ST_BAD) {
            fail_msg("taken: “%s”", wrong[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_number_before_a_slash_names_a_revision),
        cmocka_unit_test(a_reason_is_asked_for_with_the_due_day_if_there_is_one),
        cmocka_unit_test(a_hash_is_32_small_hex_digits_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
