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
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct told_case *k = &cases[i];
        struct told told = {.kind = k->told};
        struct wanted wanted = {.kind = k->wanted, .ever = k->ever};
        enum reason got = told_reason(&told, &wanted, k->changed);

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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_difference_has_its_reason),
        cmocka_unit_test(a_told_line_reads_back_and_a_damaged_one_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
