/* Texts built piece by piece are those that snprintf would have made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/put.h"

static const int64_t numbers[] = {0,         1,         9,         10,        -1,
                                  -10,       99,        100,       INT32_MAX, INT32_MIN,
                                  INT64_MAX, INT64_MIN, 1760000000};

/* In every size from one byte on: cut at the same byte, and ended by a zero. Seen to
 * fail with an `end` one byte further on. */
static void
text_is_that_of_snprintf_in_every_size(void **state)
{
    size_t i;
    size_t bytes;

    (void)state;
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        for (bytes = 1; bytes < 80; bytes++) {
            char whole[80];
            char want[80];
            char got[81];
            struct put p;
            size_t len;

            memset(got, 'x', sizeof got);
            (void)snprintf(whole, sizeof whole, "xã %" PRId64 "/%" PRIu64 "-end",
                           numbers[i], (uint64_t)numbers[i]);
            len = strlen(whole) < bytes ? strlen(whole) : bytes - 1;
            memcpy(want, whole, len);
            want[len] = '\0';
            put_begin(&p, got, bytes);
            put_text(&p, "xã ");
            put_number(&p, numbers[i]);
            put_char(&p, '/');
            put_count(&p, (uint64_t)numbers[i]);
            put_text(&p, "-end");
            put_end(&p);
            assert_string_equal(got, want);
            assert_int_equal(got[bytes], 'x');
            assert_int_equal(p.cut, strlen(got) < strlen(whole));
        }
    }
}

static void
a_text_alone_is_cut_to_its_place(void **state)
{
    char place[4];

    (void)state;
    assert_true(put_copy(place, sizeof place, "abc"));
    assert_string_equal(place, "abc");
    assert_false(put_copy(place, sizeof place, "defg"));
    assert_string_equal(place, "def");
    assert_true(put_copy(place, sizeof place, ""));
    assert_string_equal(place, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_that_of_snprintf_in_every_size),
        cmocka_unit_test(a_text_alone_is_cut_to_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
