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

static struct report_file *
parsed(const char *text)
{
    return report_file_parse(text, strlen(text));
}

struct fault_case {
    const char *text;
    const char *code;
    size_t line;   /* 0: the file */
    size_t column; /* 0: none */
    const char *value;
    const char *remedy; /* a part of the sentence in English */
};

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
        cmocka_unit_test(a_row_becomes_a_report_for_each_group_with_a_figure),
        cmocka_unit_test(plans_refuse_what_only_the_server_can_tell),
        cmocka_unit_test(changes_name_only_what_differs),
        cmocka_unit_test(a_row_without_a_reason_gets_the_one_of_the_flag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
