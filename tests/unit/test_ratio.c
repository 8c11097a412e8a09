/*
 * Exact fractions against figures worked by hand. The steps are those of the province's
 * resolution: results in force that are digitised, by level and year.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/ratio.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
same_text(const char *name, const char *got, const char *want)
{
    if (strcmp(got, want) != 0) {
        fail_msg("%s: got \"%s\", want \"%s\"", name, got, want);
    }
}

static void
same_ratio(const char *name, struct ratio got, int64_t num, int64_t den)
{
    if (got.num != num || got.den != den) {
        fail_msg("%s: got %lld/%lld, want %lld/%lld", name, (long long)got.num,
                 (long long)got.den, (long long)num, (long long)den);
    }
}

/* Does it end by abort? In a child of its own, silent and without a core file. */
static bool
panics(void (*act)(void))
{
    struct rlimit none = {0, 0};
    int how = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)close(STDERR_FILENO);
        act();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    return WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT;
}

static void
fractions_compare_exactly(void **state)
{
    static const struct {
        const char *name;
        struct ratio a;
        struct ratio b;
        int want;
    } cases[] = {
        {"1.313 of 2.386 is not below 55 %", {131300, 2386}, {55, 1}, 1},
        {"1.312 of 2.386 is", {131200, 2386}, {55, 1}, -1},
        {"54,95 % is below 55 %", {5495, 100}, {55, 1}, -1},
        {"55,00 % is not", {5500, 100}, {55, 1}, 0},
        {"halves", {1, 2}, {2, 4}, 0},
        {"nothing is nothing", {0, 7}, {0, 1}, 0},
        {"a gap below none", {-1, 3}, {0, 5}, -1},
        {"gaps", {-1, 3}, {-1, 2}, 1},
        {"gap and surplus", {-1, 2}, {1, 2}, -1},
        {"largest over largest is one", {INT64_MAX, INT64_MAX}, {1, 1}, 0},
        {"neighbours at the top",
         {INT64_MAX, INT64_MAX - 1},
         {INT64_MAX - 1, INT64_MAX - 2},
         -1},
        {"neighbours below one",
         {INT64_MAX - 1, INT64_MAX},
         {INT64_MAX - 2, INT64_MAX - 1},
         1},
        {"largest and smallest", {INT64_MAX, 1}, {1, INT64_MAX}, 1},
        {"least and most", {INT64_MIN, 1}, {INT64_MAX, 1}, -1},
        {"least over large", {INT64_MIN, INT64_MAX}, {-1, 1}, -1},
        {"least is itself", {INT64_MIN, INT64_MAX}, {INT64_MIN, INT64_MAX}, 0},
        {"least whole", {INT64_MIN, 1}, {INT64_MIN, 2}, -1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        int got = ratio_compare(cases[i].a, cases[i].b);
        int back = ratio_compare(cases[i].b, cases[i].a);

        if (got != cases[i].want || back != -cases[i].want) {
            fail_msg("%s: got %d and %d back, want %d", cases[i].name, got, back,
                     cases[i].want);
        }
    }
}

static void
compare_agrees_with_small_sums(void **state)
{
    int64_t a;
    int64_t b;
    int64_t c;
    int64_t d;

    (void)state;
    for (a = -6; a <= 6; a++) {
        for (b = 1; b <= 6; b++) {
            for (c = -6; c <= 6; c++) {
                for (d = 1; d <= 6; d++) {
                    int64_t gap = a * (60 / b) - c * (60 / d); /* in sixtieths */
                    struct ratio x = ratio_of(a, b);
                    struct ratio y = ratio_of(c, d);
                    struct ratio sixtieths = {gap, 60};

                    assert_int_equal(ratio_compare(x, y), (gap > 0) - (gap < 0));
                    assert_int_equal(ratio_compare(ratio_sub(x, y), sixtieths), 0);
                    assert_int_equal(ratio_compare(ratio_add(y, sixtieths), x), 0);
                }
            }
        }
    }
}

static void
fractions_are_reduced(void **state)
{
    static const struct {
        const char *name;
        struct ratio r;
        struct ratio want;
    } cases[] = {
        {"16395/365", {16395, 365}, {3279, 73}},
        {"a gap", {-6, 4}, {-3, 2}},
        {"zero", {0, 12}, {0, 1}},
        {"whole", {55, 1}, {55, 1}},
        {"no value", {5, 0}, {0, 0}},
        {"least", {INT64_MIN, 2}, {INT64_MIN / 2, 1}},
        {"least over largest", {INT64_MIN, INT64_MAX}, {INT64_MIN, INT64_MAX}},
        {"largest over largest", {INT64_MAX, INT64_MAX}, {1, 1}},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        same_ratio(cases[i].name, ratio_reduced(cases[i].r), cases[i].want.num,
                   cases[i].want.den);
    }
    same_ratio("as given", ratio_of(16395, 365), 16395, 365);
}

static void
sums_are_exact_and_reduced(void **state)
{
    struct ratio most = {INT64_MAX, 1};
    struct ratio least = {INT64_MIN, 1};
    struct ratio small = {1, INT64_MAX};

    (void)state;
    same_ratio("1/2+1/3", ratio_add(ratio_of(1, 2), ratio_of(1, 3)), 5, 6);
    same_ratio("1/6+1/3", ratio_add(ratio_of(1, 6), ratio_of(1, 3)), 1, 2);
    same_ratio("1/3-1/2", ratio_sub(ratio_of(1, 3), ratio_of(1, 2)), -1, 6);
    same_ratio("gap 54,95 to 55", ratio_sub(ratio_of(5495, 100), ratio_of(55, 1)), -1,
               20);
    same_ratio("most-most", ratio_sub(most, most), 0, 1);
    same_ratio("least-least", ratio_sub(least, least), 0, 1);
    same_ratio("least+most", ratio_add(least, most), -1, 1);
    same_ratio("small-small", ratio_sub(small, small), 0, 1);
    /* (2^63-1)/2 twice: the sum fits only after it was reduced */
    same_ratio("halves of most",
               ratio_add(ratio_of(INT64_MAX, 2), ratio_of(INT64_MAX, 2)), INT64_MAX, 1);
    /* what has no value has none when something is added */
    same_ratio("none+1", ratio_add(ratio_of(0, 0), ratio_of(1, 1)), 0, 0);
    same_ratio("1-none", ratio_sub(ratio_of(1, 1), ratio_of(7, 0)), 0, 0);
}

static void
add_beyond_most(void)
{
    (void)ratio_add(ratio_of(INT64_MAX, 1), ratio_of(1, 1));
}

static void
sub_beyond_least(void)
{
    (void)ratio_sub(ratio_of(INT64_MIN, 1), ratio_of(1, 1));
}

static void
add_denominators_beyond_most(void)
{
    (void)ratio_add(ratio_of(1, INT64_MAX), ratio_of(1, INT64_MAX - 1));
}

static void
percent_beyond_most(void)
{
    (void)ratio_percent(INT64_MAX, 1);
}

static void
denominator_below_zero(void)
{
    (void)ratio_of(1, -1);
}

static void
compare_without_value(void)
{
    (void)ratio_compare(ratio_of(1, 0), ratio_of(1, 1));
}

static void
floor_without_value(void)
{
    (void)ratio_floor(ratio_of(1, 0));
}

static void
cut_beyond_most(void)
{
    (void)ratio_cut(ratio_of(INT64_MAX, 1), 2, CUT_DOWN);
}

static void
pace_behind_the_year(void)
{
    (void)ratio_pace(ratio_of(35, 1), ratio_of(55, 1), 366, 365);
}

static void
what_does_not_fit_panics(void **state)
{
    (void)state;
    assert_true(panics(add_beyond_most));
    assert_true(panics(sub_beyond_least));
    assert_true(panics(add_denominators_beyond_most));
    assert_true(panics(percent_beyond_most));
    assert_true(panics(denominator_below_zero));
    assert_true(panics(compare_without_value));
    assert_true(panics(floor_without_value));
    assert_true(panics(cut_beyond_most));
    assert_true(panics(pace_behind_the_year));
}

static void
percent_is_a_hundredfold(void **state)
{
    (void)state;
    same_ratio("1.313/2.386", ratio_percent(1313, 2386), 131300, 2386);
    same_ratio("no denominator", ratio_percent(3, 0), 300, 0);
    /* 100 * 2^60 does not fit, 100 * 2^60 / 2^60 does */
    same_ratio("large", ratio_percent(INT64_C(1) << 60, INT64_C(1) << 60), 100, 1);
    same_ratio("large gap", ratio_percent(-(INT64_C(1) << 60), INT64_C(1) << 61), -50,
               1);
}

static void
whole_numbers_lie_on_both_sides(void **state)
{
    static const struct {
        struct ratio r;
        int64_t floor;
        int64_t ceil;
    } cases[] = {
        {{7, 2}, 3, 4},
        {{-7, 2}, -4, -3},
        {{6, 2}, 3, 3},
        {{-6, 2}, -3, -3},
        {{0, 5}, 0, 0},
        {{1, INT64_MAX}, 0, 1},
        {{-1, INT64_MAX}, -1, 0},
        {{INT64_MAX, 1}, INT64_MAX, INT64_MAX},
        {{INT64_MIN, 1}, INT64_MIN, INT64_MIN},
        {{INT64_MIN, 3}, INT64_C(-3074457345618258603), INT64_C(-3074457345618258602)},
        /* 55 % of 2.386 = 1.312,3: 1.313 are needed */
        {{55 * 2386, 100}, 1312, 1313},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        assert_true(ratio_floor(cases[i].r) == cases[i].floor);
        assert_true(ratio_ceil(cases[i].r) == cases[i].ceil);
    }
}

/*
 * At 30/6, day 181 of 365 (182 of 366 in 2024): before + rise * elapsed / total, each
 * numerator worked by hand. 2021 has no step before it: a baseline of 0 is stated.
 */
static const struct pace_case {
    const char *name;
    int before;
    int step;
    int32_t elapsed;
    int32_t total;
    int64_t num; /* over total */
    const char *up;
} paces[] = {
    {"province 2021", 0, 30, 181, 365, 5430, "14,88"},
    {"province 2022", 30, 50, 181, 365, 14570, "39,92"},
    {"province 2023", 50, 70, 181, 365, 21870, "59,92"},
    {"province 2024", 70, 90, 182, 366, 29260, "79,95"},
    {"province 2025", 90, 100, 181, 365, 34660, "94,96"},
    {"district 2021", 0, 20, 181, 365, 3620, "9,92"},
    {"district 2022", 20, 40, 181, 365, 10920, "29,92"},
    {"district 2023", 40, 60, 181, 365, 18220, "49,92"},
    {"district 2024", 60, 80, 182, 366, 25600, "69,95"},
    {"district 2025", 80, 100, 181, 365, 32820, "89,92"},
    {"commune 2021", 0, 15, 181, 365, 2715, "7,44"},
    {"commune 2022", 15, 35, 181, 365, 9095, "24,92"},
    {"commune 2023", 35, 55, 181, 365, 16395, "44,92"},
    {"commune 2024", 55, 75, 182, 366, 23770, "64,95"},
    {"commune 2025", 75, 95, 181, 365, 30995, "84,92"},
    {"commune 2023 at 30/9", 35, 55, 273, 365, 18235, "49,96"},
    {"before the first day", 35, 55, 0, 365, 35 * 365, "35,00"},
    {"at the last day", 35, 55, 365, 365, 55 * 365, "55,00"},
    {"a step that falls", 55, 35, 181, 365, 16455, "45,09"},
};

static void
pace_rises_day_by_day_between_steps(void **state)
{
    char text[RATIO_TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(paces); i++) {
        struct ratio want = ratio_of(paces[i].num, paces[i].total);
        struct ratio got =
            ratio_pace(ratio_of(paces[i].before, 1), ratio_of(paces[i].step, 1),
                       paces[i].elapsed, paces[i].total);
        struct ratio reduced = ratio_reduced(want);

        same_ratio(paces[i].name, got, reduced.num, reduced.den);
        ratio_text(got, 2, CUT_UP, true, text);
        same_text(paces[i].name, text, paces[i].up);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractions_compare_exactly),
        cmocka_unit_test(compare_agrees_with_small_sums),
        cmocka_unit_test(fractions_are_reduced),
        cmocka_unit_test(sums_are_exact_and_reduced),
        cmocka_unit_test(what_does_not_fit_panics),
        cmocka_unit_test(percent_is_a_hundredfold),
        cmocka_unit_test(whole_numbers_lie_on_both_sides),
        cmocka_unit_test(pace_rises_day_by_day_between_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
