/* link: ingest */
/* Minutes of an hour in which nothing could be acknowledged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/down.h"

#define HOUR INT64_C(3600000)
#define MINUTE INT64_C(60000)

static void
a_dead_process_counts_hour_by_hour(void **state)
{
    struct down d = {.count = 0};

    (void)state;
    /* Dead from 10:20 to 12:30: 40, 60 and 30 minutes. */
    down_begin(&d, 12 * HOUR + 30 * MINUTE - 1);
    down_since(&d, 10 * HOUR + 20 * MINUTE);
    down_end(&d, 12 * HOUR + 30 * MINUTE);
    assert_int_equal(down_minutes(&d, 10 * HOUR), 40);
    assert_int_equal(down_minutes(&d, 11 * HOUR), 60);
    assert_int_equal(down_minutes(&d, 12 * HOUR), 30);
    assert_int_equal(down_minutes(&d, 13 * HOUR), 0);
    assert_int_equal(d.count, 0);
}

static void
what_is_down_now_counts_until_the_hour_ends(void **state)
{
    struct down d = {.count = 0};

    (void)state;
    down_begin(&d, 9 * HOUR + 59 * MINUTE);
    down_begin(&d, 9 * HOUR + 59 * MINUTE + 1); /* already */
    assert_int_equal(down_minutes(&d, 9 * HOUR), 1);
    assert_int_equal(down_minutes(&d, 10 * HOUR), 60);
    down_end(&d, 11 * HOUR + 1);
    assert_int_equal(down_minutes(&d, 11 * HOUR), 1); /* rounded up */
}

static void
short_spans_add_up_and_many_become_one(void **state)
{
    struct down d = {.count = 0};
    int64_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        down_begin(&d, i * 10 * MINUTE);
        down_end(&d, i * 10 * MINUTE + 2 * MINUTE);
    }
    assert_int_equal(down_minutes(&d, 0), 6);
    for (i = 0; i < 500; i++) {
        down_begin(&d, HOUR + i * 7000);
        down_end(&d, HOUR + i * 7000 + 1000);
    }
    assert_true(d.count <= DOWN_SPANS_MAX);
    assert_true(down_minutes(&d, HOUR) >= 9); /* never less than it was */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_process_counts_hour_by_hour),
        cmocka_unit_test(what_is_down_now_counts_until_the_hour_ends),
        cmocka_unit_test(short_spans_add_up_and_many_become_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
