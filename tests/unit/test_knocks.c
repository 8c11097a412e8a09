#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/knocks.h"

#define SECOND 1000000

static struct mono
at_second(int64_t second)
{
    return (struct mono){second * SECOND + 1};
}

static void
one_key_is_said_once_a_minute_and_the_rest_with_its_next_line(void **state)
{
    struct knocks k = {0};
    uint64_t times = 0;

    (void)state;
    assert_true(knocks_take(&k, "a", at_second(0), &times));
    assert_int_equal(times, 1);
    for (int64_t s = 1; s < 60; s++) {
        assert_false(knocks_take(&k, "a", at_second(s), &times));
    }
    assert_true(knocks_take(&k, "a", at_second(60), &times));
    assert_int_equal(times, 60); /* this one and the 59 before it */
    assert_int_equal(k.total, 61);
}

static void
no_minute_has_more_than_twenty_lines(void **state)
{
    struct knocks k = {0};
    int64_t said_at[400] = {0};
    size_t said = 0;
    uint64_t times;

    (void)state;
    /* Three minutes, two fresh keys a second. */
    for (int64_t s = 0; s < 180; s++) {
        for (int i = 0; i < 2; i++) {
            char key[KNOCKS_KEY_BYTES];

            (void)snprintf(key, sizeof key, "%d-%d", (int)s, i);
            if (knocks_take(&k, key, at_second(s), &times)) {
                said_at[said++] = s;
            }
        }
    }
    assert_int_equal(said, 60);
    for (size_t i = KNOCKS_LINES; i < said; i++) {
        assert_true(said_at[i] - said_at[i - KNOCKS_LINES] >= 60);
    }
}

static void
what_was_not_said_is_summed_up_once_it_is_a_minute_old(void **state)
{
    struct knocks k = {0};
    uint64_t times;

    (void)state;
    assert_true(knocks_take(&k, "a", at_second(10), &times));
    assert_int_equal(knocks_summary(&k, at_second(200)), 0); /* all was said */
    assert_true(knocks_take(&k, "a", at_second(201), &times));
    assert_false(knocks_take(&k, "a", at_second(202), &times));
    assert_false(knocks_take(&k, "a", at_second(250), &times));
    assert_int_equal(knocks_summary(&k, at_second(261)), 0);
    assert_int_equal(knocks_summary(&k, at_second(262)), 2);
    assert_int_equal(knocks_summary(&k, at_second(400)), 0);
}

static void
a_loud_key_does_not_hide_a_quiet_one(void **state)
{
    struct knocks k = {0};
    uint64_t times;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        (void)knocks_take(&k, "loud", at_second(5), &times);
    }
    assert_true(knocks_take(&k, "quiet", at_second(5), &times));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_key_is_said_once_a_minute_and_the_rest_with_its_next_line),
        cmocka_unit_test(no_minute_has_more_than_twenty_lines),
        cmocka_unit_test(what_was_not_said_is_summed_up_once_it_is_a_minute_old),
        cmocka_unit_test(a_loud_key_does_not_hide_a_quiet_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
