#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/backoff.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
the_wait_lies_between_its_bounds(void **state)
{
    static const struct {
        const char *name;
        uint32_t attempt;
        int64_t min_ms;
        int64_t max_ms;
        int64_t ceiling_ms;
    } cases[] = {
        {"first", 0, 100, 5000, 200},
        {"second", 1, 100, 5000, 400},
        {"third", 2, 100, 5000, 800},
        {"at the ceiling", 5, 100, 5000, 5000},
        {"ceiling met exactly", 0, 100, 200, 200},
        {"ceiling just missed", 0, 100, 199, 199},
        {"far beyond it", 61, 100, 5000, 5000},
        {"shift as wide as the type", 62, 1, INT64_MAX, INT64_MAX},
        {"the largest attempt", UINT32_MAX, 1, 1000, 1000},
        {"the largest doubling", 61, 1, INT64_MAX, INT64_C(1) << 62},
        {"the largest wait", 90, INT64_MAX, INT64_MAX, INT64_MAX},
        {"no room for chance", 3, 250, 250, 250},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        int64_t low =
            backoff_delay_ms(cases[i].attempt, cases[i].min_ms, cases[i].max_ms, 0);
        int64_t high = backoff_delay_ms(cases[i].attempt, cases[i].min_ms,
                                        cases[i].max_ms, UINT64_MAX);

        if (low != cases[i].min_ms || high != cases[i].ceiling_ms) {
            fail_msg("%s: got %lld to %lld, want %lld to %lld", cases[i].name,
                     (long long)low, (long long)high, (long long)cases[i].min_ms,
                     (long long)cases[i].ceiling_ms);
        }
    }
}

static void
chance_reaches_every_wait_evenly(void **state)
{
    unsigned seen[101] = {0};
    uint64_t n;
    size_t i;

    (void)state;
    for (n = 0; n < 10100; n++) {
        int64_t ms = backoff_delay_ms(0, 100, 5000, n * (UINT64_MAX / 10100));

        assert_in_range(ms, 100, 200);
        seen[ms - 100]++;
    }
    for (i = 0; i < COUNT(seen); i++) {
        assert_in_range(seen[i], 99, 101);
    }
}

static void
the_same_chance_gives_the_same_wait(void **state)
{
    (void)state;
    assert_int_equal(backoff_delay_ms(2, 100, 5000, UINT64_C(1) << 63), 450);
    assert_int_equal(backoff_delay_ms(2, 100, 5000, UINT64_C(1) << 63), 450);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wait_lies_between_its_bounds),
        cmocka_unit_test(chance_reaches_every_wait_evenly),
        cmocka_unit_test(the_same_chance_gives_the_same_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
