/* How fractions and counts are cut and printed, against figures worked by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

static void
fractions_print_cut_to_the_side_told(void **state)
{
    static const struct {
        const char *name;
        struct ratio r;
        int decimals;
        const char *down;
        const char *up;
    } cases[] = {
        {"54,95", {5495, 100}, 2, "54,95", "54,95"},
        {"54,9874", {131200, 2386}, 2, "54,98", "54,99"},
        {"8.412 of 12.236", {841200, 12236}, 2, "68,74", "68,75"},
        {"115.665 of 168.746", {11566500, 168746}, 2, "68,54", "68,55"},
        {"91 of 96", {9100, 96}, 2, "94,79", "94,80"},
        {"1.130 of 2.386", {113000, 2386}, 2, "47,35", "47,36"},
        {"50,0137", {500137, 10000}, 2, "50,01", "50,02"},
        {"44,9178", {16395, 365}, 4, "44,9178", "44,9179"},
        {"not quite all", {9999900, 100000}, 2, "99,99", "100,00"},
        {"all", {10000000, 100000}, 2, "100,00", "100,00"},
        {"5 ranks in 3 years", {11, 3}, 2, "3,66", "3,67"},
        {"a gap", {-11, 3}, 2, "-3,67", "-3,66"},
        {"the gap 4,54", {-454, 100}, 2, "-4,54", "-4,54"},
        {"hardly a gap", {-1, 1000}, 2, "-0,01", "0,00"},
        {"hardly a surplus", {1, 1000}, 2, "0,00", "0,01"},
        {"zero", {0, 5}, 2, "0,00", "0,00"},
        {"five hundredths", {5, 100}, 2, "0,05", "0,05"},
        {"no decimals", {7, 2}, 0, "3", "4"},
        {"zero without decimals", {0, 2}, 0, "0", "0"},
        {"one decimal", {1, 3}, 1, "0,3", "0,4"},
        {"three decimals", {1, 3}, 3, "0,333", "0,334"},
        {"thousands", {1234567, 1}, 2, "1.234.567,00", "1.234.567,00"},
        {"just a thousand", {1000, 1}, 0, "1.000", "1.000"},
        {"just below", {999999, 1000}, 2, "999,99", "1.000,00"},
        {"a million gaps", {-1000000, 1}, 1, "-1.000.000,0", "-1.000.000,0"},
        {"no value", {1, 0}, 2, "-", "-"},
        {"most",
         {INT64_MAX, 1},
         4,
         "9.223.372.036.854.775.807,0000",
         "9.223.372.036.854.775.807,0000"},
        {"least",
         {INT64_MIN, 1},
         4,
         "-9.223.372.036.854.775.808,0000",
         "-9.223.372.036.854.775.808,0000"},
        {"smallest", {1, INT64_MAX}, 4, "0,0000", "0,0001"},
    };
    char text[RATIO_TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        ratio_text(cases[i].r, cases[i].decimals, CUT_DOWN, true, text);
        same_text(cases[i].name, text, cases[i].down);
        ratio_text(cases[i].r, cases[i].decimals, CUT_UP, true, text);
        same_text(cases[i].name, text, cases[i].up);
    }
    ratio_text(ratio_of(123456789, 100), 2, CUT_DOWN, false, text);
    same_text("English", text, "1,234,567.89");
}

static void
short_form_drops_zeros_behind(void **state)
{
    static const struct {
        struct ratio r;
        int decimals;
        const char *vietnamese;
        const char *english;
    } cases[] = {
        {{55, 1}, 2, "55", "55"},         {{4996, 100}, 2, "49,96", "49.96"},
        {{499, 10}, 2, "49,9", "49.9"},   {{100, 1}, 2, "100", "100"},
        {{100, 1}, 0, "100", "100"},      {{1000, 1}, 2, "1.000", "1,000"},
        {{1000, 1}, 0, "1.000", "1,000"}, {{0, 1}, 2, "0", "0"},
        {{-1, 2}, 4, "-0,5", "-0.5"},     {{-1, 3}, 2, "-0,34", "-0.34"},
        {{10, 0}, 2, "-", "-"},
    };
    char text[RATIO_TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        ratio_text_short(cases[i].r, cases[i].decimals, CUT_DOWN, true, text);
        same_text("vi", text, cases[i].vietnamese);
        ratio_text_short(cases[i].r, cases[i].decimals, CUT_DOWN, false, text);
        same_text("en", text, cases[i].english);
    }
}

static void
cut_is_the_number_printed(void **state)
{
    struct ratio r = ratio_of(841200, 12236);
    struct ratio required;
    struct ratio have;

    (void)state;
    same_ratio("down", ratio_cut(r, 2, CUT_DOWN), 6874, 100);
    same_ratio("up", ratio_cut(r, 2, CUT_UP), 6875, 100);
    same_ratio("gap down", ratio_cut(ratio_of(-11, 3), 2, CUT_DOWN), -367, 100);
    same_ratio("gap up", ratio_cut(ratio_of(-11, 3), 2, CUT_UP), -366, 100);
    same_ratio("whole", ratio_cut(ratio_of(7, 2), 0, CUT_UP), 4, 1);
    same_ratio("no value", ratio_cut(ratio_of(7, 0), 2, CUT_UP), 0, 0);
    /* 47,35 against 49,96: the gap printed is that of the numbers printed, 2,61 */
    required = ratio_cut(ratio_of(18235, 365), 2, CUT_UP);
    have = ratio_cut(ratio_percent(1130, 2386), 2, CUT_DOWN);
    same_ratio("printed gap", ratio_cut(ratio_sub(required, have), 2, CUT_UP), 261,
               100);
}

static void
counts_print_their_thousands(void **state)
{
    static const struct {
        int64_t n;
        const char *vietnamese;
        const char *english;
    } cases[] = {
        {0, "0", "0"},
        {7, "7", "7"},
        {999, "999", "999"},
        {1000, "1.000", "1,000"},
        {1313, "1.313", "1,313"},
        {69234, "69.234", "69,234"},
        {597918, "597.918", "597,918"},
        {-1204, "-1.204", "-1,204"},
        {-100, "-100", "-100"},
        {INT64_MAX, "9.223.372.036.854.775.807", "9,223,372,036,854,775,807"},
        {INT64_MIN, "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808"},
    };
    char text[RATIO_TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        count_text(cases[i].n, true, text);
        same_text("vi", text, cases[i].vietnamese);
        count_text(cases[i].n, false, text);
        same_text("en", text, cases[i].english);
    }
}

/* 60th in 2020, 49th in 2023, five places a year promised: 3,66 is behind. */
static void
a_rank_gain_is_a_fraction_too(void **state)
{
    struct ratio gain_2023 = ratio_of(60 - 49, 3);
    struct ratio gain_2024 = ratio_of(60 - 38, 4);
    char text[RATIO_TEXT_BYTES];

    (void)state;
    assert_int_equal(ratio_compare(gain_2023, ratio_of(5, 1)), -1);
    assert_int_equal(ratio_compare(gain_2024, ratio_of(5, 1)), 1);
    ratio_text(gain_2023, 2, CUT_DOWN, true, text);
    same_text("2023", text, "3,66");
    ratio_text_short(gain_2024, 2, CUT_DOWN, true, text);
    same_text("2024", text, "5,5");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractions_print_cut_to_the_side_told),
        cmocka_unit_test(short_form_drops_zeros_behind),
        cmocka_unit_test(cut_is_the_number_printed),
        cmocka_unit_test(counts_print_their_thousands),
        cmocka_unit_test(a_rank_gain_is_a_fraction_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
