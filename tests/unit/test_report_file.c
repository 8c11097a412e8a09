/* link: cli */
/* What a clerk's file means, and everything in it that is refused instead of guessed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/report_file.h"

#define HEAD "unit;period;a;b\n"
#define HEAD_REASON "unit;period;a;reason\n"
#define ROW "21040;2023-06;"

static struct report_file *
parsed(const char *text)
{
    return report_file_parse(text, strlen(text));
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

/* It would make the message too long, and every report in it would be left out. */
static void
a_reason_too_long_is_found_before_anything_is_sent(void **state)
{
    static const char *const forms[][2] = {
        {HEAD_REASON "21040;2023-06;5;", "\n21043;2023-06;7;\n"},
        {"[{\"unit\":\"21040\",\"period\":\"2023-06\",\"figures\":{\"a\":5},"
         "\"reason\":\"",
         "\"},{\"unit\":\"21043\",\"period\":\"2023-06\",\"figures\":{\"a\":7}}]"},
    };
    char text[1024];
    char reason[512];

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        for (size_t bytes = 500; bytes <= 501; bytes++) {
            struct report_file *f;

            memset(reason, 'r', bytes);
            reason[bytes] = '\0';
            (void)snprintf(text, sizeof text, "%s%s%s", forms[i][0], reason,
                           forms[i][1]);
            f = parsed(text);
            assert_int_equal(f->fault_count, bytes - 500);
            assert_int_equal(f->rows[0].refused, bytes > 500);
            assert_false(f->rows[1].refused);
            assert_false(f->refused);
            report_file_free(&f);
        }
    }
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_figures_come_out_in_order),
        cmocka_unit_test(optional_columns_are_kept_and_empty_rows_are_no_mistake),
        cmocka_unit_test(faults_name_row_column_value_and_remedy),
        cmocka_unit_test(one_bad_row_does_not_hold_back_the_others),
        cmocka_unit_test(a_reason_too_long_is_found_before_anything_is_sent),
        cmocka_unit_test(small_numbers_do_not_decide_how_thousands_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
