/* link: cli */
/* The order of a league table, and figures that a province states about itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/ranking.h"
#include "cli/stated.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define ROWS_MAX 8

struct order_case {
    const char *name;
    bool smallest;
    struct ranked rows[ROWS_MAX]; /* unit, num, den */
    size_t count;
    const char *want; /* "unit=place unit=place" */
};

static const struct order_case orders[] = {
    {"nobody", true, {{0}}, 0, ""},
    {"one", true, {{7, 1, 2, 0}}, 1, "7=1"},
    {"the smallest first",
     true,
     {{0, 3, 4, 0}, {1, 1, 4, 0}, {2, 1, 2, 0}},
     3,
     "1=1 2=2 0=3"},
    {"the largest first",
     false,
     {{0, 3, 4, 0}, {1, 1, 4, 0}, {2, 1, 2, 0}},
     3,
     "0=1 2=2 1=3"},
    {"equals share a place and the next is counted on",
     true,
     {{0, 9, 10, 0}, {1, 1, 2, 0}, {2, 2, 4, 0}, {3, 1, 10, 0}},
     4,
     "3=1 1=2 2=2 0=4"},
    {"equals stand in the programme's order",
     true,
     {{5, 30, 60, 0}, {2, 1, 2, 0}, {9, 50, 100, 0}},
     3,
     "2=1 5=1 9=1"},
    {"what prints alike is not equal",
     true,
     {{0, 666667, 1000000, 0}, {1, 2, 3, 0}},
     2,
     "1=1 0=2"},
    {"products beyond 64 bits",
     true,
     {{0, INT64_MAX - 1, INT64_MAX, 0}, {1, INT64_MAX - 2, INT64_MAX - 1, 0}},
     2,
     "1=1 0=2"},
};

static void
equals_share_a_place(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(orders); i++) {
        struct ranked rows[ROWS_MAX];
        char got[128] = "";
        size_t len = 0;
        size_t k;

        memcpy(rows, orders[i].rows, sizeof rows);
        ranking_make(rows, orders[i].count, orders[i].smallest);
        for (k = 0; k < orders[i].count; k++) {
            len += (size_t)snprintf(got + len, sizeof got - len, "%s%d=%zu",
                                    k == 0 ? "" : " ", rows[k].unit, rows[k].place);
        }
        if (strcmp(got, orders[i].want) != 0) {
            fail_msg("%s: got \"%s\", want \"%s\"", orders[i].name, got,
                     orders[i].want);
        }
    }
}

static void
stated_figures_are_read(void **state)
{
    static const char text[] = "indicator,numerator,denominator,source\n"
                               "dossiers_overdue,69234,,\"portal, row H44\"\n"
                               "on_time,528684,597918,portal\n";
    const struct stated_row *row;
    struct stated s;
    char why[200];

    (void)state;
    assert_int_equal(stated_parse(text, sizeof text - 1, &s, why, sizeof why), ST_OK);
    assert_int_equal(s.count, 2);
    row = stated_find(&s, "on_time");
    assert_non_null(row);
    assert_int_equal(row->num, 528684);
    assert_true(row->has_den);
    assert_int_equal(row->den, 597918);
    row = stated_find(&s, "dossiers_overdue");
    assert_non_null(row);
    assert_false(row->has_den);
    assert_string_equal(row->source, "portal, row H44");
    assert_null(stated_find(&s, "on"));
    stated_fini(&s);
}

static void
stated_figures_are_refused(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        const char *why;
    } cases[] = {
        {"empty", "", "empty"},
        {"no source column", "indicator,numerator,denominator\na,1,2\n", "source"},
        {"a share", "indicator,numerator,denominator,source\na,88.4,,x\n", "line 2"},
        {"below zero", "indicator,numerator,denominator,source\na,-1,,x\n", "line 2"},
        {"no name", "indicator,numerator,denominator,source\n,1,,x\n", "line 2"},
        {"no count", "indicator,numerator,denominator,source\na,,7,x\n", "line 2"},
        {"too large",
         "indicator,numerator,denominator,source\na,1,2,x\n"
         "b,1234567890123456789,,x\n",
         "line 3"},
    };
    struct stated s;
    char why[200];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        if (stated_parse(cases[i].text, strlen(cases[i].text), &s, why, sizeof why) !=
                ST_BAD ||
            strstr(why, cases[i].why) == NULL || s.rows != NULL) {
            fail_msg("%s: got \"%s\", want \"%s\"", cases[i].name, why, cases[i].why);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_share_a_place),
        cmocka_unit_test(stated_figures_are_read),
        cmocka_unit_test(stated_figures_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
