/* link: scorer */
/*
 * What leaders are told of a lag from window to window, entry by entry on a real Redis:
 * one event for each further window, worse, better or a repeat, and none for what is no
 * further window. Department S1, target 7a: 60 percent all year; of 1.000 results each
 * 10 are a point.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/mem.h"
#include "tests/support/refusals.h"
#include "tests/support/scorer_events.h"
#include "tests/support/scorer_scene.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CODE "TST-2023-7a-S1/"

static void
line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    (void)snprintf(out, EVENT_LINE_BYTES,
                   "%s/%u %s %s %s %" PRId64 " before %s %" PRId64 " in a row %u",
                   ev->code, ev->number, ev->kind, ev->reason, ev->window,
                   ev->numerator, ev->old_window, ev->old_numerator, ev->windows);
}

/* The specimen with another cadence of the group, and all of 2023 behind us. */
static void
programme(const char *cadence)
{
    const struct refusal change = {M, "cadence: monthly, due: {working_days: 5}",
                                   cadence, "", 0};
    static struct catalogue_file files[SPECIMEN_FILES];
    struct buf text;

    programme_changed(&change, files, &text);
    programme_good(files);
    programme_take("ops");
    buf_fini(&text);
    tick_take(hour_at(2024, 1, 10, 9));
}

static void
digitised_add(const char *period, int64_t digitised, uint32_t revision)
{
    const struct figure_record figures[] = {{"results", 1000, false},
                                            {"results_digitised", digitised, false}};

    record_add("S1", "digitisation", period, figures, COUNT(figures), revision);
}

struct step {
    const char *period;
    int64_t digitised;
    uint32_t revision;
    const char *told; /* "": nothing */
};

static void
steps_take(const struct step *steps, size_t count)
{
    uint64_t after = scene.head.seq;

    for (size_t i = 0; i < count; i++) {
        digitised_add(steps[i].period, steps[i].digitised, steps[i].revision);
        take(JOURNAL_REPORTS);
        print_message("%s %" PRId64 "\n", steps[i].period, steps[i].digitised);
        events_are(&after, line, steps[i].told);
    }
}

static void
each_further_window_is_told_once(void **state)
{
    static const struct step STEPS[] = {
        {"2023-01", 500, 1, ""},
        {"2023-02", 500, 1, CODE "1 behind new 2023-02 500 before  0 in a row 2\n"},
        {"2023-03", 500, 1,
         CODE "2 behind repeat 2023-03 500 before 2023-02 500 in a row 3\n"},
        {"2023-04", 480, 1,
         CODE "3 behind worse 2023-04 480 before 2023-03 500 in a row 4\n"},
        {"2023-05", 490, 1,
         CODE "4 behind better 2023-05 490 before 2023-04 480 in a row 5\n"},
        /* less than two points short, yet short */
        {"2023-06", 599, 1,
         CODE "5 behind better 2023-06 599 before 2023-05 490 in a row 6\n"},
        {"2023-06", 470, 2,
         CODE "6 behind corrected 2023-06 470 before 2023-06 599 in a row 6\n"},
        {"2023-08", 470, 1,
         CODE "7 behind repeat 2023-08 470 before 2023-06 470 in a row 1\n"},
        {"2023-07", 300, 1, ""}, /* late, and between */
        {"2023-03", 450, 2, ""}, /* nobody was told it last */
        {"2023-09", 600, 1,
         CODE "8 behind resolved 2023-09 600 before 2023-08 470 in a row 0\n"},
        {"2023-10", 500, 1, ""},
        {"2023-11", 490, 1,
         CODE "9 behind new 2023-11 490 before 2023-09 600 in a row 2\n"},
        {"2023-12", 599, 1,
         CODE "10 missed worse 2023-12 599 before 2023-11 490 in a row 3\n"},
    };

    (void)state;
    programme("cadence: monthly, due: {working_days: 5}");
    steps_take(STEPS, COUNT(STEPS));
    want("HGET $told TST-2023-7a-S1",
         "kind=missed n=10 reason=worse window=2023-12 num=599 den=1000 "
         "opened=1696406400000");
}

/* One entry, one event: the newest window, and the correction weighs more. */
static void
a_correction_in_the_same_entry_wins(void **state)
{
    uint64_t after;

    (void)state;
    programme("cadence: monthly, due: {working_days: 5}");
    digitised_add("2023-01", 500, 1);
    digitised_add("2023-02", 500, 1);
    take(JOURNAL_REPORTS);
    after = scene.head.seq;
    digitised_add("2023-03", 400, 1);
    digitised_add("2023-04", 450, 1);
    take(JOURNAL_REPORTS);
    events_are(&after, line,
               CODE "2 behind worse 2023-04 450 before 2023-02 500 in a row 4\n");
    digitised_add("2023-05", 400, 1);
    digitised_add("2023-04", 440, 2);
    take(JOURNAL_REPORTS);
    events_are(&after, line,
               CODE "3 behind corrected 2023-05 400 before 2023-04 450 in a row 5\n");
    digitised_add("2023-05", 410, 2); /* 19 points, and June's are compared with them */
    digitised_add("2023-04", 450, 3);
    take(JOURNAL_REPORTS);
    digitised_add("2023-06", 400, 1);
    take(JOURNAL_REPORTS);
    events_are(&after, line,
               CODE
               "4 behind corrected 2023-05 410 before 2023-05 400 in a row 5\n" CODE
               "5 behind worse 2023-06 400 before 2023-05 410 in a row 6\n");
}

static void
an_extra_report_between_two_windows_is_no_further_one(void **state)
{
    static const struct step STEPS[] = {
        {"2023-01", 500, 1, ""},
        {"2023-02", 500, 1, CODE "1 behind new 2023-02 500 before  0 in a row 2\n"},
        {"2023@2023-03-01", 400, 1, ""},
        {"2023@2023-03-02", 410, 1, ""},
        {"2023@2023-03-03", 420, 1, ""},
        {"2023-03", 490, 1,
         CODE "2 behind worse 2023-03 490 before 2023-02 500 in a row 3\n"},
        {"2023@2023-04-12", 600, 1,
         CODE "3 behind resolved 2023@2023-04-12 600 before 2023-03 490 in a row 0\n"},
    };

    (void)state;
    programme("cadence: monthly, cumulative: true, due: {working_days: 5}");
    steps_take(STEPS, COUNT(STEPS));
}

static void
where_a_portal_reports_each_day_a_lag_is_told_once_a_month(void **state)
{
    static const struct step STEPS[] = {
        {"2023@2023-03-30", 500, 1,
         CODE "1 behind new 2023@2023-03-30 500 before  0 in a row 1\n"},
        {"2023@2023-03-31", 400, 1, ""},
        {"2023@2023-04-01", 450, 1,
         CODE "2 behind worse 2023@2023-04-01 450 before 2023@2023-03-30 500 in a row "
              "3\n"},
        {"2023@2023-04-02", 300, 1, ""},
        {"2023@2023-04-30", 200, 1, ""},
        {"2023@2023-05-17", 460, 1,
         CODE "3 behind better 2023@2023-05-17 460 before 2023@2023-04-01 450 in a row "
              "6\n"},
        {"2023@2023-05-18", 100, 1, ""},
        /* what was told is not what it was: at once, about the newest */
        {"2023@2023-05-17", 465, 2,
         CODE "4 behind corrected 2023@2023-05-18 100 before 2023@2023-05-17 460 in a "
              "row 7\n"},
        {"2023@2023-05-19", 600, 1,
         CODE "5 behind resolved 2023@2023-05-19 600 before 2023@2023-05-18 100 in a "
              "row 0\n"},
    };

    (void)state;
    programme("cadence: none, cumulative: true");
    steps_take(STEPS, COUNT(STEPS));
}

static int
tests(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test_setup_teardown(each_further_window_is_told_once, scorer_setup,
                                        scorer_teardown),
        cmocka_unit_test_setup_teardown(a_correction_in_the_same_entry_wins,
                                        scorer_setup, scorer_teardown),
        cmocka_unit_test_setup_teardown(
            an_extra_report_between_two_windows_is_no_further_one, scorer_setup,
            scorer_teardown),
        cmocka_unit_test_setup_teardown(
            where_a_portal_reports_each_day_a_lag_is_told_once_a_month, scorer_setup,
            scorer_teardown),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_reasons", tests);
}
