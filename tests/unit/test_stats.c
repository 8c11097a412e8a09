#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/stats.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
reads(const char *name, const struct stats *s, unsigned per_mille, int64_t want)
{
    int64_t got = stats_per_mille(s, per_mille);

    if (got != want) {
        fail_msg("%s: %u per mille: got %lld, want %lld", name, per_mille,
                 (long long)got, (long long)want);
    }
}

static void
nothing_measured_is_not_zero(void **state)
{
    struct stats s;

    (void)state;
    stats_reset(&s);
    reads("empty", &s, 500, -1);
    stats_add(&s, 0);
    reads("one zero", &s, 500, 0);
    assert_int_equal(s.count, 1);
    stats_reset(&s);
    reads("reset", &s, 500, -1);
    assert_int_equal(s.count, 0);
    assert_int_equal(s.max_us, 0);
}

static void
small_values_are_exact(void **state)
{
    struct stats s = {0};
    int64_t us;

    (void)state;
    for (us = 1; us <= 60; us++) {
        stats_add(&s, us);
    }
    reads("1 to 60", &s, 500, 30);
    reads("1 to 60", &s, 501, 31);
    reads("1 to 60", &s, 990, 60);
    reads("1 to 60", &s, 1, 1);
    reads("1 to 60", &s, 1000, 60);
    stats_reset(&s);
    stats_add(&s, 9);
    reads("a thousandth of one value", &s, 1, 9);
}

/* A lone value below a far larger maximum, so that the maximum does not cap it. */
static void
no_value_is_read_out_lower_or_five_per_cent_higher(void **state)
{
    int64_t us = 1;
    int64_t got;

    (void)state;
    while (us < INT64_C(1) << STATS_TOP_BITS) {
        struct stats s = {0};

        stats_add(&s, us);
        stats_add(&s, INT64_MAX);
        got = stats_per_mille(&s, 500);
        if (got < us || got - us > us / 20) {
            fail_msg("%lld us is read out as %lld", (long long)us, (long long)got);
        }
        us += us < 2000 ? 1 : us / 97;
    }
}

static void
edges_of_a_step_lie_together(void **state)
{
    static const struct {
        int64_t us;
        int64_t want;
    } cases[] = {
        {63, 63},     {64, 65},     {65, 65},     {66, 67},   {126, 127},
        {127, 127},   {128, 131},   {131, 131},   {132, 135}, {1000, 1007},
        {1007, 1007}, {1008, 1023}, {1024, 1055}, {-5, 0},    {0, 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct stats s = {0};

        stats_add(&s, cases[i].us);
        stats_add(&s, 1000000);
        reads("edge", &s, 500, cases[i].want);
    }
}

static void
percentiles_take_the_nearest_rank(void **state)
{
    struct stats s = {0};
    int i;

    (void)state;
    for (i = 0; i < 990; i++) {
        stats_add(&s, 10);
    }
    for (i = 0; i < 9; i++) {
        stats_add(&s, 50);
    }
    stats_add(&s, 123456);
    reads("p50", &s, 500, 10);
    reads("p99", &s, 990, 10);
    reads("just above p99", &s, 991, 50);
    reads("p99.9", &s, 999, 50);
    reads("all", &s, 1000, 123456);
    assert_int_equal(s.max_us, 123456);
}

static void
the_maximum_caps_and_stays_exact(void **state)
{
    struct stats s = {0};

    (void)state;
    stats_add(&s, 1000); /* its step ends at 1007 */
    reads("one value", &s, 500, 1000);
    stats_add(&s, INT64_MAX);
    reads("beyond the last step", &s, 1000, INT64_MAX);
    assert_true(s.max_us == INT64_MAX);
}

static void
merged_is_as_if_added_to_one(void **state)
{
    struct stats one = {0};
    struct stats other = {0};
    struct stats all = {0};
    int64_t us;

    (void)state;
    for (us = 1; us < 100000; us += 17) {
        stats_add(us % 3 == 0 ? &one : &other, us);
        stats_add(&all, us);
    }
    stats_merge(&one, &other);
    assert_memory_equal(&one, &all, sizeof all);
    stats_reset(&other);
    stats_merge(&one, &other);
    assert_memory_equal(&one, &all, sizeof all);
}

static void
ranks_do_not_overflow(void **state)
{
    struct stats s = {0};

    (void)state;
    stats_add(&s, 5);
    stats_add(&s, 9);
    s.steps[5] = UINT64_MAX / 4;
    s.steps[9] = UINT64_MAX / 4;
    s.count = UINT64_MAX / 4 * 2;
    reads("half", &s, 500, 5);
    reads("above half", &s, 501, 9);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_measured_is_not_zero),
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(no_value_is_read_out_lower_or_five_per_cent_higher),
        cmocka_unit_test(edges_of_a_step_lie_together),
        cmocka_unit_test(percentiles_take_the_nearest_rank),
        cmocka_unit_test(the_maximum_caps_and_stays_exact),
        cmocka_unit_test(merged_is_as_if_added_to_one),
        cmocka_unit_test(ranks_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
