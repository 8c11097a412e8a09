/* The tiling of a year by the windows at hand (window_tiles of calendar.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/calendar.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define HAVE_MAX 400

/* Windows by their codes, blank between; reversed on demand. */
static size_t
windows_of(const char *codes, enum calendar_rule rule, bool reversed,
           struct window *have)
{
    char copy[512];
    char *rest = NULL;
    char *code;
    size_t count = 0;
    size_t i;

    (void)snprintf(copy, sizeof copy, "%s", codes);
    for (code = strtok_r(copy, " ", &rest); code != NULL;
         code = strtok_r(NULL, " ", &rest)) {
        if (window_parse(code, rule, &have[count], NULL) != ST_OK) {
            fail_msg("a test's own code is wrong: %s", code);
        }
        count++;
    }
    for (i = 0; reversed && i < count / 2; i++) {
        struct window w = have[i];

        have[i] = have[count - 1 - i];
        have[count - 1 - i] = w;
    }
    return count;
}

struct tiling_case {
    const char *name;
    enum calendar_rule rule;
    const char *have;
    const char *last; /* of the year so far of 2023 */
    const char *pick;
    const char *covered_to;
};

static const struct tiling_case cases[] = {
    {"nothing at hand", CALENDAR_CIVIL, "", "2023-12-31", "", "2022-12-31"},
    {"months", CALENDAR_CIVIL, "2023-02 2023-01 2023-03", "2023-12-31",
     "2023-01 2023-02 2023-03", "2023-03-31"},
    {"a gap ends it", CALENDAR_CIVIL, "2023-01 2023-03 2023-Q2", "2023-12-31",
     "2023-01", "2023-01-31"},
    {"a gap at the start leaves nothing", CALENDAR_CIVIL, "2023-02 2023-Q2",
     "2023-12-31", "", "2022-12-31"},
    {"the widest stand for the narrow", CALENDAR_CIVIL,
     "2023-01 2023-02 2023-03 2023-Q1 2023-Q2 2023-H1 2023-Q3", "2023-09-30",
     "2023-H1 2023-Q3", "2023-09-30"},
    {"9 months for half and quarter", CALENDAR_CIVIL, "2023-H1 2023-Q3 2023-9M 2023-10",
     "2023-10-31", "2023-9M 2023-10", "2023-10-31"},
    {"nothing behind the last day", CALENDAR_CIVIL, "2023-H1 2023-Q1 2023-Q2 2023",
     "2023-05-31", "2023-Q1", "2023-03-31"},
    {"nothing of the year before", CALENDAR_CIVIL, "2022 2022-12 2023-01", "2023-12-31",
     "2023-01", "2023-01-31"},
    {"a cumulative that reaches furthest", CALENDAR_CIVIL,
     "2023-Q1 2023-Q2 2023@2023-09-26 2023-07 2023-08 2023@2023-03-31", "2023-09-30",
     "2023@2023-09-26", "2023-09-26"},
    {"a cumulative as far as a window", CALENDAR_CIVIL, "2023-H1 2023@2023-06-30",
     "2023-12-31", "2023@2023-06-30", "2023-06-30"},
    {"months that reach further than a cumulative", CALENDAR_CIVIL,
     "2023-Q1 2023-Q2 2023-Q3 2023@2023-08-15", "2023-12-31", "2023-Q1 2023-Q2 2023-Q3",
     "2023-09-30"},
    {"a cumulative goes on by months", CALENDAR_CIVIL,
     "2023@2023-03-31 2023-04 2023-01", "2023-12-31", "2023@2023-03-31 2023-04",
     "2023-04-30"},
    {"a cumulative before a window as wide", CALENDAR_CIVIL,
     "2023-Q1 2023-04 2023@2023-03-31", "2023-12-31", "2023@2023-03-31 2023-04",
     "2023-04-30"},
    {"a cumulative behind the last day", CALENDAR_CIVIL, "2023-01 2023@2023-06-30",
     "2023-05-31", "2023-01", "2023-01-31"},
    {"greedy by the widest would stop at 15/4", CALENDAR_CIVIL,
     "2023@2023-04-15 2023-Q1 2023-Q2", "2023-12-31", "2023-Q1 2023-Q2", "2023-06-30"},
    {"days on end", CALENDAR_CIVIL, "2023-01-02 2023-01-01 2023-01-03 2023-01-05",
     "2023-12-31", "2023-01-01 2023-01-02 2023-01-03", "2023-01-03"},
    {"the same window twice", CALENDAR_CIVIL, "2023-01 2023-01 2023-02 2023-02",
     "2023-12-31", "2023-01 2023-02", "2023-02-28"},
    {"the year", CALENDAR_CIVIL, "2023-H1 2023-H2 2023 2023-Q4", "2023-12-31", "2023",
     "2023-12-31"},
    {"statutory: reform reports", CALENDAR_STATUTORY, "2023-Q1 2023-H1 2023-Q3",
     "2023-12-14", "2023-H1 2023-Q3", "2023-09-14"},
    {"statutory: cumulative and month", CALENDAR_STATUTORY, "2023-01 2023@2022-12-20",
     "2023-12-14", "2023-01", "2023-01-14"},
};

static void
tiling_is(const struct tiling_case *c, bool reversed)
{
    struct window have[HAVE_MAX];
    size_t pick[HAVE_MAX];
    char got[512] = "";
    char covered_text[DAY_TEXT_BYTES];
    size_t count = windows_of(c->have, c->rule, reversed, have);
    size_t picks;
    int32_t first;
    int32_t year_last;
    int32_t last;
    int32_t covered = DAY_NONE;
    size_t i;

    year_bounds(2023, c->rule, &first, &year_last);
    assert_int_equal(day_parse(c->last, &last), ST_OK);
    picks = window_tiles(have, count, first, last, pick, &covered);
    for (i = 0; i < picks; i++) {
        size_t n = strlen(got);

        assert_true(pick[i] < count);
        (void)snprintf(got + n, sizeof got - n, "%s%s", i > 0 ? " " : "",
                       have[pick[i]].code);
    }
    day_text(covered, covered_text);
    if (strcmp(got, c->pick) != 0 || strcmp(covered_text, c->covered_to) != 0) {
        fail_msg("%s%s: got \"%s\" to %s, want \"%s\" to %s", c->name,
                 reversed ? " (reversed)" : "", got, covered_text, c->pick,
                 c->covered_to);
    }
}

static void
the_year_so_far_is_tiled(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        tiling_is(&cases[i], false);
        tiling_is(&cases[i], true);
    }
}

/* All tilings, by trying: the furthest day, and the fewest windows that reach it. */
static void
reach_by_trying(const struct window *have, size_t count, int32_t from, int32_t last,
                size_t used, int32_t *furthest, size_t *fewest)
{
    size_t i;

    if (from - 1 > *furthest || (from - 1 == *furthest && used < *fewest)) {
        *furthest = from - 1;
        *fewest = used;
    }
    for (i = 0; i < count; i++) {
        if (have[i].first == from && have[i].last <= last) {
            reach_by_trying(have, count, have[i].last + 1, last, used + 1, furthest,
                            fewest);
        }
    }
}

static void
no_tiling_reaches_further_or_is_shorter(void **state)
{
    struct window have[14];
    size_t pick[COUNT(have)];
    uint32_t chance = 20230630;
    int round;
    size_t i;

    (void)state;
    for (round = 0; round < 2000; round++) {
        size_t count = (size_t)(round % (int)COUNT(have));
        int32_t furthest = 99;
        int32_t covered = DAY_NONE;
        size_t fewest = 0;
        size_t picks;

        for (i = 0; i < count; i++) {
            chance = chance * 1664525u + 1013904223u;
            have[i] = (struct window){.kind = PERIOD_DAY,
                                      .first = 98 + (int32_t)(chance >> 28)};
            have[i].last = have[i].first + (int32_t)(chance >> 25 & 3);
        }
        reach_by_trying(have, count, 100, 112, 0, &furthest, &fewest);
        picks = window_tiles(have, count, 100, 112, pick, &covered);
        assert_int_equal(covered, furthest);
        assert_int_equal(picks, fewest);
        for (i = 0; i < picks; i++) {
            assert_int_equal(have[pick[i]].first,
                             i == 0 ? 100 : have[pick[i - 1]].last + 1);
        }
        assert_int_equal(covered, picks == 0 ? 99 : have[pick[picks - 1]].last);
    }
}

static void
a_year_of_days_is_tiled(void **state)
{
    struct window have[HAVE_MAX];
    size_t pick[HAVE_MAX];
    int32_t first;
    int32_t last;
    int32_t covered;
    size_t i;

    (void)state;
    year_bounds(2024, CALENDAR_CIVIL, &first, &last);
    for (i = 0; i < 366; i++) {
        have[i] = (struct window){.kind = PERIOD_DAY, .first = last - (int32_t)i};
        have[i].last = have[i].first;
    }
    assert_int_equal(window_tiles(have, 366, first, last, pick, &covered), 366);
    assert_int_equal(covered, last);
    assert_int_equal(pick[0], 365);
    assert_int_equal(pick[365], 0);
}

static void
an_empty_span_has_no_tiling(void **state)
{
    struct window have[1] = {{0}};
    size_t pick[1];
    int32_t covered;

    (void)state;
    assert_int_equal(windows_of("2023-01", CALENDAR_CIVIL, false, have), 1);
    assert_int_equal(window_tiles(have, 1, 19358, 19357, pick, &covered), 0);
    assert_int_equal(covered, 19357);
    assert_int_equal(window_tiles(NULL, 0, 19358, 19400, NULL, &covered), 0);
    assert_int_equal(covered, 19357);
    /* open ends cost nothing: the span is cut to what the windows can reach */
    assert_int_equal(window_tiles(have, 1, have[0].first, DAY_OPEN, pick, &covered), 1);
    assert_int_equal(covered, have[0].last);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_year_so_far_is_tiled),
        cmocka_unit_test(no_tiling_reaches_further_or_is_shorter),
        cmocka_unit_test(a_year_of_days_is_tiled),
        cmocka_unit_test(an_empty_span_has_no_tiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
