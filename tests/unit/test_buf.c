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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_in_all_their_digits),
        cmocka_unit_test(a_number_over_the_limit_is_cut_and_said_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
