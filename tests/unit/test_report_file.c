/* link: cli */
/* What a clerk's file means, and everything in it that is refused instead of guessed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/push_plan.h"
#include "cli/report_file.h"
#include "cli/report_value.h"
#include "lib/calendar.h"

#define HEAD "unit;period;a;b\n"
#define ROW "21040;2023-06;"

static struct report_file *
parsed(const char *text)
{
    return report_file_parse(text, strlen(text));
}

/* --- one number --- */

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

/* --- whole files --- */

static void
rows_and_figures_come_out_in_order(void **state)
{
    static const char *const files[] = {
        HEAD ROW "1.204;0\n21043;2023-06;x;\n",
        "\xef\xbb\xbf" HEAD ROW "1.204;0\r\n21043;2023-06;x;\r\n",
        "unit,period,a,b\n21040,2023-06,1.204,0\n21043,2023-06,x,\n",
        "unit\tperiod\ta\tb\n21040\t2023-06\t1.204\t0\n21043\t2023-06\tx\t\n",
        "sep=;\n" HEAD ROW "1.204;0\n21043;2023-06;x;\n",
        "[{\"unit\":\"21040\",\"period\":\"2023-06\",\"figures\":{\"a\":1204,\"b\":0}},"
        "{\"unit\":\"21043\",\"period\":\"2023-06\",\"figures\":{\"a\":\"x\",\"b\":"
        "null}"
        "}]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct report_file *f = parsed(files[i]);

        if (f->refused || f->fault_count > 0) {
            fail_msg("file %zu: %s", i, f->faults[0].en);
        }
        assert_int_equal(f->row_count, 2);
        assert_int_equal(f->column_count, 2);
        assert_string_equal(f->columns[0], "a");
        assert_string_equal(f->rows[0].unit, "21040");
        assert_int_equal(f->rows[0].figure_count, 2);
        assert_int_equal(f->rows[0].figures[0].count, 1204);
        assert_int_equal(f->rows[0].figures[1].count, 0);
        assert_int_equal(f->rows[1].figure_count, 1);
        assert_int_equal(f->rows[1].figures[0].kind, WIRE_NOT_APPLICABLE);
        report_file_free(&f);
    }
}

static void
optional_columns_are_kept_and_empty_rows_are_no_mistake(void **state)
{
    struct report_file *f = parsed("reason;a;unit;from;to;period\n"
                                   "Nhập nhầm;5;21040;2023-06-01;2023-06-30;2023-06\n"
                                   ";;21043;;;\n");

    (void)state;
    assert_int_equal(f->fault_count, 0);
    assert_string_equal(f->rows[0].reason, "Nhập nhầm");
    assert_string_equal(f->rows[0].from, "2023-06-01");
    assert_string_equal(f->rows[0].to, "2023-06-30");
    assert_int_equal(f->rows[1].figure_count, 0);
    assert_false(f->rows[1].refused);
    report_file_free(&f);
}

struct fault_case {
    const char *text;
    const char *code;
    size_t line;   /* 0: the file */
    size_t column; /* 0: none */
    const char *value;
    const char *remedy; /* a part of the sentence in English */
};

static void
faults_name_row_column_value_and_remedy(void **state)
{
    static const struct fault_case table[] = {
        {HEAD ROW "5;6\n" ROW "1.20;6\n", "decimal_point", 3, 3, "1.20", "1204"},
        {HEAD ROW "5;1,204\n", "ambiguous_comma", 2, 4, "1,204", "1.204"},
        {HEAD ROW "1e3;6\n", "exponent", 2, 3, "1e3", "write all digits"},
        {HEAD ROW "-4;6\n", "negative", 2, 3, "-4", "check"},
        {HEAD ROW "5;50%\n", "percent", 2, 4, "50%", "counts"},
        {HEAD ROW "n/a;6\n", "not_a_number", 2, 3, "n/a", "empty"},
        {HEAD ROW "1000000000000000;6\n", "too_large", 2, 3, "1000000000000000",
         "check"},
        {HEAD "21040;06/2023;5;6\n", "period_date", 2, 2, "06/2023", "2023-06"},
        {HEAD "21040;1/6/2023;5;6\n", "period_date", 2, 2, "1/6/2023", "as text"},
        {HEAD "21040;Jun-23;5;6\n", "period_date", 2, 2, "Jun-23", "as text"},
        {HEAD "21040;2023-6;5;6\n", "bad_period", 2, 2, "2023-6", "perhaps 2023-06"},
        {HEAD "21040;;5;6\n", "missing_period", 2, 2, "", "2023-06"},
        {HEAD "7894;2023-06;5;6\n", "zero_lost", 2, 1, "7894", "07894"},
        {HEAD "21.040;2023-06;5;6\n", "bad_unit", 2, 1, "21.040", "as text"},
        {HEAD ";2023-06;5;6\n", "missing_unit", 2, 1, "", "write it"},
        {HEAD ROW "5;6;7\n", "extra_field", 2, 5, "7", "quotes"},
        {"unit;period;from;a\n21040;2023-06;1/6/2023;5\n", "bad_day", 2, 3, "1/6/2023",
         "2023-06-30"},
        {HEAD ROW "1.204;6\n21043;2023-06;7;1204\n", "mixed_grouping", 0, 0, "",
         "“1.204” in row 2, column a, and “1204” in row 3, column b"},
        {"Unit;period;a\n21040;2023-06;5\n", "missing_column", 0, 0, "Unit", "exactly"},
        {"unit;a\n21040;5\n", "missing_column", 0, 0, "", "period"},
        {"unit;period\n21040;2023-06\n", "missing_column", 0, 0, "", "--template"},
        {"unit;period;a;a\n" ROW "5;6\n", "duplicate_column", 0, 4, "", "keep one"},
        {"unit;period;a;\n" ROW "5;6\n", "unnamed_column", 0, 4, "", "name the column"},
        {"", "empty_file", 0, 0, "", "--template"},
        {"unit;period;a\n21040;2023-06;\xff\n", "not_a_table", 0, 0, "", "UTF-8"},
        {"[{\"unit\":\"21040\",\"period\":\"2023-06\",\"figures\":{\"a\":1.5}}]",
         "real_number", 1, 0, "", "in quotes"},
        {"[{\"unit\":\"21040\",\"period\":\"2023-06\",\"figures\":{\"a\":\"1.204\"}}]",
         "decimal_point", 1, 0, "1.204", "1204"},
        {"[{\"unit\":\"21040\",\"period\":\"2023-06\",\"figures\":{\"a\":-1}}]",
         "negative", 1, 0, "-1", "check"},
        {"[{\"unit\":21040,\"period\":\"2023-06\",\"figures\":{\"a\":1}}]",
         "not_a_text", 1, 0, "", "quotes"},
        {"[{\"unit\":\"21040\",\"period\":\"2023-06\"}]", "missing_figures", 1, 0, "",
         "figures"},
        {"[{\"unit\":\"21040\",\"period\":\"2023-06\",\"fgures\":1,\"figures\":{\"a\":"
         "1}"
         "}]",
         "unknown_member", 1, 0, "", "known are"},
        {"{\"unit\":\"21040\"}", "not_a_list", 0, 0, "", "list"},
        {"[{\"unit\":", "not_json", 0, 0, "", "line 1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct fault_case *c = &table[i];
        struct report_file *f = parsed(c->text);
        const struct report_fault *got = f->faults;

        if (f->fault_count == 0) {
            fail_msg("%s: want %s, got nothing", c->text, c->code);
        }
        if (strcmp(got->code, c->code) != 0 || got->line != c->line ||
            got->column != c->column || strcmp(got->value, c->value) != 0 ||
            strstr(got->en, c->remedy) == NULL || got->vi[0] == '\0' ||
            f->refused != (c->line == 0)) {
            fail_msg("%s: want %s, got %s at %zu,%zu value %s: %s", c->text, c->code,
                     got->code, got->line, got->column, got->value, got->en);
        }
        report_file_free(&f);
    }
}

static void
one_bad_row_does_not_hold_back_the_others(void **state)
{
    struct report_file *f =
        parsed(HEAD ROW "5;6\n21041;06/2023;1.20;-6\n21043;2023-06;7;8\n");

    (void)state;
    assert_false(f->refused);
    assert_int_equal(f->fault_count, 3); /* every fault of the row is named */
    assert_false(f->rows[0].refused);
    assert_true(f->rows[1].refused);
    assert_false(f->rows[2].refused);
    report_file_free(&f);
}

static void
small_numbers_do_not_decide_how_thousands_are_written(void **state)
{
    static const char *const good[] = {
        HEAD ROW "1.204;999\n",
        HEAD ROW "1204;999\n" ROW "2048;7\n",
        HEAD ROW "1.204;0007\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct report_file *f = parsed(good[i]);

        assert_false(f->refused);
        report_file_free(&f);
    }
}

/* --- splitting rows by group --- */

static const char *const first_measures[] = {"a", "b"};
static const char *const second_measures[] = {"c"};
static const struct wire_group_info groups[] = {{"one", first_measures, 2},
                                                {"two", second_measures, 1}};
static const char *const scope[] = {"21040", "07894", "21043"};
static const struct wire_server_info info = {
    .scope = scope, .scope_count = 3, .groups = groups, .group_count = 2};

static void
a_row_becomes_a_report_for_each_group_with_a_figure(void **state)
{
    struct report_file *f = parsed("unit;period;c;a;b\n"
                                   "21040;2023-06;1;2;\n"
                                   "21043;2023-06;;;3\n"
                                   "21043;2023-05;;;\n");
    struct plan p;

    (void)state;
    plan_make(f, &info, &p);
    assert_int_equal(f->fault_count, 0);
    assert_int_equal(p.count, 3);
    assert_int_equal(p.empty_rows, 1);
    assert_string_equal(p.items[0].group, "one");
    assert_int_equal(p.items[0].figure_count, 1);
    assert_string_equal(p.items[0].figures[0].measure, "a");
    assert_string_equal(p.items[1].group, "two");
    assert_string_equal(p.items[2].figures[0].measure, "b");
    plan_fini(&p);
    report_file_free(&f);
}

static void
plans_refuse_what_only_the_server_can_tell(void **state)
{
    static const struct fault_case table[] = {
        {"unit;period;a;bb\n21040;2023-06;1;2\n", "unknown_column", 0, 4, "",
         "perhaps b"},
        {"unit;period;a;zzzzzz\n21040;2023-06;1;2\n", "unknown_column", 0, 4, "",
         "--template"},
        {"[{\"unit\":\"7894\",\"period\":\"2023-06\",\"figures\":{\"a\":1}}]",
         "zero_lost", 1, 0, "7894", "07894"},
        {"unit;period;a\n21040;2023-06;1\n21040;2023-06;2\n", "same_report", 2, 0, "",
         "row 3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct fault_case *c = &table[i];
        struct report_file *f = parsed(c->text);
        struct plan p;

        plan_make(f, &info, &p);
        if (f->fault_count == 0 || strcmp(f->faults[0].code, c->code) != 0 ||
            f->faults[0].line != c->line || f->faults[0].column != c->column ||
            strstr(f->faults[0].en, c->remedy) == NULL || p.count != 0) {
            fail_msg("%s: want %s, got %s: %s", c->text, c->code,
                     f->fault_count == 0 ? "nothing" : f->faults[0].code,
                     f->fault_count == 0 ? "" : f->faults[0].en);
        }
        plan_fini(&p);
        report_file_free(&f);
    }
}

static void
changes_name_only_what_differs(void **state)
{
    static const struct wire_figure old[] = {
        {"a", WIRE_COUNT, 1204, NULL},
        {"b", WIRE_NOT_APPLICABLE, 0, NULL},
        {"gone", WIRE_DECIMAL, 0, "41.20"},
    };
    struct report_file *f = parsed("unit;period;a;b\n21040;2023-06;1.024;7\n");
    struct plan p;

    (void)state;
    plan_make(f, &info, &p);
    assert_string_equal(plan_changes(&p, &p.items[0], old, 3),
                        "a 1204 → 1024, b x → 7, gone 41.20 → -");
    assert_string_equal(plan_changes(&p, &p.items[0], p.items[0].figures, 2), "");
    assert_string_equal(plan_figures(&p, old, 3), "a 1204, b x, gone 41.20");
    plan_fini(&p);
    report_file_free(&f);
}

static void
a_row_without_a_reason_gets_the_one_of_the_flag(void **state)
{
    struct report_file *f = parsed("unit;period;reason;a\n21040;2023-06;own;1\n"
                                   "21043;2023-06;;1\n");
    struct wire_report r;
    struct plan p;

    (void)state;
    plan_make(f, &info, &p);
    planned_report(&p.items[0], "flag", 7, &r);
    assert_string_equal(r.reason, "own");
    planned_report(&p.items[1], "flag", 7, &r);
    assert_string_equal(r.reason, "flag");
    assert_string_equal(r.replaces, "");
    plan_fini(&p);
    report_file_free(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_taken_as_written),
        cmocka_unit_test(numbers_that_could_be_two_are_refused),
        cmocka_unit_test(units_and_periods_spoiled_by_a_spreadsheet_are_known),
        cmocka_unit_test(rows_and_figures_come_out_in_order),
        cmocka_unit_test(optional_columns_are_kept_and_empty_rows_are_no_mistake),
        cmocka_unit_test(faults_name_row_column_value_and_remedy),
        cmocka_unit_test(one_bad_row_does_not_hold_back_the_others),
        cmocka_unit_test(small_numbers_do_not_decide_how_thousands_are_written),
        cmocka_unit_test(a_row_becomes_a_report_for_each_group_with_a_figure),
        cmocka_unit_test(plans_refuse_what_only_the_server_can_tell),
        cmocka_unit_test(changes_name_only_what_differs),
        cmocka_unit_test(a_row_without_a_reason_gets_the_one_of_the_flag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
