/* Numbers in a buffer, without printf: the same digits that printf writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/buf.h"

static void
numbers_are_written_in_all_their_digits(void **state)
{
    static const struct {
        int64_t number;
        const char *want;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {-1, "-1"},
        {10, "10"},
        {2386, "2386"},
        {-1000, "-1000"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    struct buf b;
    size_t i;

    (void)state;
    buf_init(&b, 64);
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&b);
        buf_number(&b, cases[i].number);
        assert_string_equal(buf_str(&b), cases[i].want);
    }
    buf_clear(&b);
    buf_count(&b, UINT64_MAX);
    buf_char(&b, ':');
    buf_count(&b, 0);
    assert_string_equal(buf_str(&b), "18446744073709551615:0");
    buf_fini(&b);
}

static void
a_number_over_the_limit_is_cut_and_said_so(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    buf_number(&b, 1234);
    assert_false(b.cut);
    buf_number(&b, 5);
    assert_true(b.cut);
    assert_string_equal(buf_str(&b), "1234");
    buf_fini(&b);
}

static void
a_place_of_the_callers_is_filled_and_never_grows(void **state)
{
    char place[5];
    struct buf b;

    (void)state;
    buf_place(&b, place, sizeof place);
    assert_string_equal(buf_str(&b), "");
    buf_text(&b, "ab");
    buf_text(&b, "cdef");
    assert_ptr_equal(b.data, place);
    assert_string_equal(place, "abcd");
    assert_true(b.cut);
}

static void
room_in_advance_changes_no_byte_and_no_limit(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    buf_reserve(&b, 100);
    assert_string_equal(buf_str(&b), "");
    assert_true(b.room <= 5);
    buf_text(&b, "ab");
    buf_reserve(&b, 3);
    buf_text(&b, "cde");
    assert_string_equal(buf_str(&b), "abcd");
    assert_true(b.cut);
    buf_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_in_all_their_digits),
        cmocka_unit_test(a_number_over_the_limit_is_cut_and_said_so),
        cmocka_unit_test(a_place_of_the_callers_is_filled_and_never_grows),
        cmocka_unit_test(room_in_advance_changes_no_byte_and_no_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
