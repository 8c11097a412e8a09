/* What is told is the difference between what should be open and what was told last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/told.h"

struct told_case {
    const char *name;
    enum alert_kind told, wanted;
    bool ever, changed;
    enum reason want;
};

static const struct told_case cases[] = {
    {"nothing and nothing", ALERT_NONE, ALERT_NONE, false, false, REASON_NONE},
    {"closed stays closed", ALERT_NONE, ALERT_NONE, true, true, REASON_NONE},
    {"a lag", ALERT_NONE, ALERT_BEHIND, true, false, REASON_NEW},
    {"a miss without a lag", ALERT_NONE, ALERT_MISSED, true, false, REASON_NEW},
    {"the lag goes on", ALERT_BEHIND, ALERT_BEHIND, true, false, REASON_NONE},
    {"the told figure changed", ALERT_BEHIND, ALERT_BEHIND, true, true,
     REASON_CORRECTED},
    {"a lag became a miss", ALERT_BEHIND, ALERT_MISSED, true, false, REASON_WORSE},
    {"a miss was a lag", ALERT_MISSED, ALERT_BEHIND, true, false, REASON_CORRECTED},
    {"recovered", ALERT_BEHIND, ALERT_NONE, true, false, REASON_RESOLVED},
    {"never justified", ALERT_BEHIND, ALERT_NONE, false, true, REASON_WITHDRAWN},
    {"a miss that was none", ALERT_MISSED, ALERT_NONE, false, true, REASON_WITHDRAWN},
    {"a miss stays", ALERT_MISSED, ALERT_MISSED, true, false, REASON_NONE},
};

static void
each_difference_has_its_reason(void **state)
{
    struct score now;
    size_t i;

    (void)state;
    memset(&now, 0, sizeof now);
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct told_case *k = &cases[i];
        struct told told = {.kind = k->told};
        struct wanted wanted = {.kind = k->wanted, .ever = k->ever};
        enum reason got =
            told_reason(&told, &wanted, CADENCE_MONTHLY, k->changed, &now);

        if (got != k->want) {
            fail_msg("%s: got %s, want %s", k->name, reason_name(got),
                     reason_name(k->want));
        }
    }
}

/* A lag told at one window, and now behind at another; gaps in points or places. */
struct further_case {
    const char *name;
    const char *told, *at;
    struct ratio told_gap, gap; /* of the told window as it is now; at the other one */
    enum cadence cadence;
    bool changed;
    enum alert_kind kind, wanted;
    enum reason want;
};

#define LAG ALERT_BEHIND, ALERT_BEHIND

static const struct further_case further[] = {
    /* 1.130 of 2.386 in September: 49,9589 - 47,3596 = 2,5993 */
    {"the same window",
     "2023-09",
     "2023-09",
     {25993, 10000},
     {25993, 10000},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_NONE},
    {"a larger gap",
     "2023-09",
     "2023-10",
     {25993, 10000},
     {42980, 10000},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_WORSE},
    {"a smaller gap",
     "2023-09",
     "2023-10",
     {25993, 10000},
     {25992, 10000},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_BETTER},
    {"the same gap, in other words",
     "2023-09",
     "2023-10",
     {25993, 10000},
     {51986, 20000},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_REPEAT},
    {"larger, but not by two decimals",
     "2023-09",
     "2023-10",
     {25993, 10000},
     {25994, 10000},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_WORSE},
    {"two windows on",
     "2023-09",
     "2023-11",
     {25993, 10000},
     {26, 10},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_WORSE},
    {"an earlier window comes late",
     "2023-09",
     "2023-08",
     {25993, 10000},
     {9, 1},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_NONE},
    {"the told figure changed too",
     "2023-09",
     "2023-10",
     {2, 1},
     {9, 1},
     CADENCE_MONTHLY,
     true,
     LAG,
     REASON_CORRECTED},
    {"the told window is not short any more",
     "2023-09",
     "2023-10",
     {-1, 2},
     {1, 9},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_WORSE},
    {"the told window is not judged any more",
     "2023-09",
     "2023-10",
     {0, 0},
     {1, 9},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_WORSE},
    {"a lag that became a miss is no further lag",
     "2023-11",
     "2023-12",
     {9, 1},
     {1, 9},
     CADENCE_MONTHLY,
     false,
     ALERT_BEHIND,
     ALERT_MISSED,
     REASON_WORSE},
    {"a miss does not move on",
     "2023-12",
     "2024-01",
     {1, 9},
     {9, 1},
     CADENCE_MONTHLY,
     false,
     ALERT_MISSED,
     ALERT_MISSED,
     REASON_NONE},
    {"a quarter on",
     "2023-Q2",
     "2023-Q3",
     {3, 1},
     {2, 1},
     CADENCE_QUARTERLY,
     false,
     LAG,
     REASON_BETTER},
    /* 49th and 50th in 2023 and 2024 since 60th in 2020, 5 places a year asked:
       5 - 11/3 = 4/3, 5 - 10/4 = 5/2 */
    {"places a year, a year on",
     "2023",
     "2024",
     {4, 3},
     {5, 2},
     CADENCE_YEARLY,
     false,
     LAG,
     REASON_WORSE},
    {"no cadence: a day on",
     "2023@2023-09-05",
     "2023@2023-09-06",
     {3, 1},
     {9, 1},
     CADENCE_NONE,
     false,
     LAG,
     REASON_NONE},
    {"no cadence: the last day of the month",
     "2023@2023-09-01",
     "2023@2023-09-30",
     {3, 1},
     {9, 1},
     CADENCE_NONE,
     false,
     LAG,
     REASON_NONE},
    {"no cadence: the next month",
     "2023@2023-09-30",
     "2023@2023-10-01",
     {3, 1},
     {2, 1},
     CADENCE_NONE,
     false,
     LAG,
     REASON_BETTER},
    {"no cadence: the next year",
     "2023@2023-12-30",
     "2024@2024-01-02",
     {3, 1},
     {3, 1},
     CADENCE_NONE,
     false,
     LAG,
     REASON_REPEAT},
    {"no cadence: a correction speaks at once",
     "2023@2023-09-05",
     "2023@2023-09-06",
     {3, 1},
     {9, 1},
     CADENCE_NONE,
     true,
     LAG,
     REASON_CORRECTED},
    {"the programme does not know the window",
     "",
     "2023-10",
     {0, 0},
     {9, 1},
     CADENCE_MONTHLY,
     false,
     LAG,
     REASON_NONE},
};

static void
window_read(const char *code, struct window *w)
{
    memset(w, 0, sizeof *w);
    if (code[0] != '\0') {
        assert_int_equal(window_parse(code, CALENDAR_CIVIL, w, NULL), ST_OK);
    }
}

static void
a_further_window_is_compared_with_the_told_one(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof further / sizeof *further; i++) {
        const struct further_case *k = &further[i];
        struct told told = {.kind = k->kind};
        struct wanted wanted;
        struct score now;
        enum reason got;

        memset(&wanted, 0, sizeof wanted);
        memset(&now, 0, sizeof now);
        wanted.kind = k->wanted;
        wanted.ever = true;
        wanted.at.gap = k->gap;
        now.gap = k->told_gap;
        window_read(k->at, &wanted.at.window);
        window_read(k->told, &now.window);
        got = told_reason(&told, &wanted, k->cadence, k->changed, &now);
        if (got != k->want) {
            fail_msg("%s: got %s, want %s", k->name, reason_name(got),
                     reason_name(k->want));
        }
    }
}

static void
a_told_line_reads_back_and_a_damaged_one_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "kind=late n=1 reason=new window=2023-08 num=1 den=2 opened=3",
        "kind=behind n=1 reason=soon window=2023-08 num=1 den=2 opened=3",
        "kind=behind n=1 reason=new window=2023-08 num=1 den=2"};
    struct told in = {.code = "QNG-2023-7c-21055",
                      .kind = ALERT_BEHIND,
                      .number = 3,
                      .window = "2023-08",
                      .num = 1060,
                      .den = 2386,
                      .opened_at_ms = 1693700000000,
                      .reason = REASON_CORRECTED};
    struct told out;
    char line[TOLD_LINE_BYTES];
    size_t i;

    (void)state;
    told_line(&in, line);
    assert_int_equal(told_parse(in.code, line, &out), ST_OK);
    assert_string_equal(out.code, in.code);
    assert_string_equal(out.window, in.window);
    assert_int_equal(out.kind, in.kind);
    assert_int_equal(out.number, in.number);
    assert_int_equal(out.num, in.num);
    assert_int_equal(out.den, in.den);
    assert_int_equal(out.opened_at_ms, in.opened_at_ms);
    assert_int_equal(out.reason, in.reason);
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(told_parse("X", bad[i], &out), ST_BAD);
    }
}

/* While it is open: then both figures are looked at again. */
static void
the_line_of_a_fall_keeps_the_figure_before_it(void **state)
{
    static const char want[] = "kind=falling n=1 reason=new window=2023-09 num=900 "
                               "den=1 opened=3 before=2023-08 before_num=1200";
    static const char *const bad[] = {
        "kind=falling n=1 reason=new window=2023-09 num=900 den=1 opened=3",
        "kind=falling n=1 reason=new window=2023-09 num=900 den=1 opened=3 before=",
        "kind=falling n=1 reason=new window=2023-09 num=900 den=1 opened=3 "
        "before=2023-08 before_num=many"};
    struct told out;
    char line[TOLD_LINE_BYTES];
    size_t i;

    (void)state;
    assert_int_equal(told_parse("X", want, &out), ST_OK);
    assert_string_equal(out.before, "2023-08");
    assert_int_equal(out.before_num, 1200);
    told_line(&out, line);
    assert_string_equal(line, want);
    out.kind = ALERT_NONE;
    told_line(&out, line);
    assert_string_equal(line, "kind=none n=1 reason=new window=2023-09 num=900 den=1 "
                              "opened=3");
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(told_parse("X", bad[i], &out), ST_BAD);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_difference_has_its_reason),
        cmocka_unit_test(a_further_window_is_compared_with_the_told_one),
        cmocka_unit_test(a_told_line_reads_back_and_a_damaged_one_is_refused),
        cmocka_unit_test(the_line_of_a_fall_keeps_the_figure_before_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
