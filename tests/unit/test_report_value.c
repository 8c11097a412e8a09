/* link: cli */
/* What a clerk's file means, and everything in it that is refused instead of guessed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/report_value.h"
#include "lib/calendar.h"

static void
numbers_are_taken_as_written(void **state)
{
    static const struct {
        const char *text;
        enum wire_value kind;
        int64_t count;
        const char *decimal;
    } table[] = {
        {"", WIRE_NOTHING, 0, ""},
        {"0", WIRE_COUNT, 0, ""},
        {"x", WIRE_NOT_APPLICABLE, 0, ""},
        {"X", WIRE_NOT_APPLICABLE, 0, ""},
        {"7", WIRE_COUNT, 7, ""},
        {"1204", WIRE_COUNT, 1204, ""},
        {"1.204", WIRE_COUNT, 1204, ""},
        {"21.340.567", WIRE_COUNT, 21340567, ""},
        {"999999999999999", WIRE_COUNT, INT64_C(999999999999999), ""},
        {"41,09", WIRE_DECIMAL, 0, "41.09"},
        {"41,9", WIRE_DECIMAL, 0, "41.9"},
        {"42,2343", WIRE_DECIMAL, 0, "42.2343"},
        {"1.204,50", WIRE_DECIMAL, 0, "1204.50"},
        {"0,05", WIRE_DECIMAL, 0, "0.05"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct number n;

        if (number_read(table[i].text, &n) != NUMBER_GOOD || n.kind != table[i].kind ||
            n.count != table[i].count || strcmp(n.decimal, table[i].decimal) != 0) {
            fail_msg("%s: got kind %d count %lld decimal %s", table[i].text,
                     (int)n.kind, (long long)n.count, n.decimal);
        }
    }
}

static void
numbers_that_could_be_two_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum number_verdict want;
    } table[] = {
        {"1.20", NUMBER_POINT},
        {"0.204", NUMBER_POINT},
        {"1.2045", NUMBER_POINT},
        {"1204.567", NUMBER_POINT},
        {"1.204.5", NUMBER_POINT},
        {"1204.5,5", NUMBER_POINT},
        {"1,204", NUMBER_COMMA},
        {"1,204,567", NUMBER_COMMA},
        {"0,500", NUMBER_COMMA},
        {"1,", NUMBER_SHAPE},
        {"41,09123", NUMBER_SHAPE},
        {"1e3", NUMBER_EXPONENT},
        {"1,2E+05", NUMBER_EXPONENT},
        {"-4", NUMBER_NEGATIVE},
        {"(4)", NUMBER_NEGATIVE},
        {"\xe2\x88\x92"
         "4",
         NUMBER_NEGATIVE},
        {"50%", NUMBER_PERCENT},
        {"1000000000000000", NUMBER_LARGE},
        {"n/a", NUMBER_SHAPE},
        {"-", NUMBER_SHAPE},
        {"1 204", NUMBER_SHAPE},
        {".", NUMBER_SHAPE},
        {"+5", NUMBER_SHAPE},
        {",5", NUMBER_SHAPE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct number n;
        enum number_verdict got = number_read(table[i].text, &n);

        if (got != table[i].want) {
            fail_msg("%s: got %d want %d", table[i].text, (int)got, (int)table[i].want);
        }
    }
}

static void
units_and_periods_spoiled_by_a_spreadsheet_are_known(void **state)
{
    static const struct {
        const char *text;
        enum unit_verdict want;
    } units[] = {
        {"21040", UNIT_GOOD},     {"21040@2021-01-01", UNIT_GOOD},
        {"D51-SCT", UNIT_GOOD},   {"H44.100", UNIT_GOOD},
        {"51", UNIT_GOOD},        {"522", UNIT_GOOD},
        {"7894", UNIT_ZERO_LOST}, {"21.040", UNIT_SHAPE},
        {"2,1E+04", UNIT_SHAPE},  {"21040@", UNIT_SHAPE},
        {"xã Ba Tơ", UNIT_SHAPE},
    };
    static const struct {
        const char *text;
        enum period_verdict want;
        const char *better;
    } periods[] = {
        {"2023-06", PERIOD_GOOD, ""},
        {"2023-Q3", PERIOD_GOOD, ""},
        {"2023", PERIOD_GOOD, ""},
        {"2023-06-01", PERIOD_GOOD, ""}, /* a day: the server knows whether it is due */
        {"2026@2026-09-26", PERIOD_GOOD, ""},
        {"06/2023", PERIOD_DATE, NULL},
        {"1/6/2023", PERIOD_DATE, NULL},
        {"Jun-23", PERIOD_DATE, NULL},
        {"Thg6-23", PERIOD_DATE, NULL},
        {"01-06-2023", PERIOD_DATE, NULL},
        {"06-2023", PERIOD_DATE, NULL},
        {"45078", PERIOD_DATE, NULL},
        {"2023-06-01 00:00:00", PERIOD_DATE, NULL},
        {"2023-6", PERIOD_SHAPE, "2023-06"},
        {"2023-q3", PERIOD_SHAPE, "2023-Q3"},
        {"2023-13", PERIOD_SHAPE, ""},
        {"2.023", PERIOD_SHAPE, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (unit_read(units[i].text) != units[i].want) {
            fail_msg("unit %s: got %d", units[i].text, (int)unit_read(units[i].text));
        }
    }
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        char better[PERIOD_TEXT_BYTES];
        enum period_verdict got = period_read(periods[i].text, better);

        if (got != periods[i].want ||
            (periods[i].better != NULL && strcmp(better, periods[i].better) != 0)) {
            fail_msg("period %s: got %d, better %s", periods[i].text, (int)got, better);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_taken_as_written),
        cmocka_unit_test(numbers_that_could_be_two_are_refused),
        cmocka_unit_test(units_and_periods_spoiled_by_a_spreadsheet_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
