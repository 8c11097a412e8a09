// link: scorer
/*
 * A measure that never falls, and falls: entry by entry on a real Redis, who is told,
 * and how it ends.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/scorer_events.h"
#include "tests/support/specimen_programme.h"

#define TEXT_BYTES 8192
#define RECEIVED INT64_C(1696406400000) /* 4/10/2023 15:00 */

/* --- the specimen, whose `results` never fall --- */

static struct catalogue_file files[SPECIMEN_FILES];
static char measures[TEXT_BYTES];
static char programme[TEXT_BYTES];

/* Puts `to` in the place of `from`. */
static void
file_change(size_t i, char text[TEXT_BYTES], const char *from, const char *to)
{
    const char *at = strstr(files[i].text, from);
    char changed[TEXT_BYTES];

    assert_non_null(at);
    (void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - files[i].text),
                   files[i].text, to, at + strlen(from));
    (void)snprintf(text, TEXT_BYTES, "%s", changed);
    files[i].text = text;
    files[i].bytes = strlen(text);
}

enum falls { MAY_FALL, NEVER_FALLS };

static void
programme_is(enum falls falls, const char *from, const char *to)
{
    memcpy(files, SPECIMEN, sizeof files);
    if (falls == NEVER_FALLS) {
        file_change(2, measures, "count_en: results, nature: stock}",
                    "count_en: results, nature: stock, never_falls: true}");
    }
    if (from != NULL && to != NULL) {
        file_change(3, programme, from, to);
    }
    programme_good(files);
    programme_take("ops");
}

static void
autumn(enum falls falls)
{
    programme_is(falls, NULL, NULL);
    tick_take(hour_at(2024, 2, 10, 9));
}

/* --- reports --- */

static void
results_add(const char *period, int64_t results, uint32_t revision)
{
    const struct figure_record figure = {"results", results, false};

    report_add("101", "digitisation", period, &figure, 1, revision, "a", RECEIVED);
}

static void
results_take(const char *period, int64_t results, uint32_t revision)
{
    results_add(period, results, revision);
    take(JOURNAL_REPORTS);
}

/* --- what is said --- */

static void
fall_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    if (strcmp(ev->kind, "falling") == 0) {
        (void)snprintf(out, EVENT_LINE_BYTES,
                       "%s/%u %s %s %" PRId64 "/%" PRId64 " %s %" PRId64 "/%" PRId64,
                       ev->code, ev->number, ev->reason, ev->window, ev->numerator,
                       ev->denominator, ev->old_window, ev->old_numerator,
                       ev->old_denominator);
    }
}

#define CODE "TST-2023-GIAM-results-101"

static void
a_fall_is_told_with_both_figures(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-07", 1200, 1);
    results_take("2023-08", 1200, 1); /* as many is no fall */
    events_are(&after, fall_line, "");
    results_take("2023-09", 900, 1);
    events_are(&after, fall_line, CODE "/1 new 2023-09 900/1 2023-08 1200/1\n");
    want("HGET $told " CODE, "kind=falling n=1 reason=new window=2023-09 num=900 den=1 "
                             "opened=1696406400000 before=2023-08 before_num=1200");
    want("HGET $alert:" CODE " state", "open");
    want("HGET $alert:" CODE " kind", "falling");
    want("HGET $alert:" CODE " subject", "101");
    want("HGET $alert:" CODE " measure", "results");
}

static void
fields_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    if (strcmp(ev->kind, "falling") == 0) {
        (void)snprintf(out, EVENT_LINE_BYTES,
                       "%s %s target=%s group=%s measure=%s year=%d by=%s at=%" PRId64
                       " place=%" PRIu64 ":%u days=%d",
                       ev->kind, ev->subject, ev->target, ev->group, ev->measure,
                       (int)ev->year, ev->by, ev->at_ms, ev->entry, ev->index,
                       (int)(ev->last_day - ev->first_day + 1));
    }
}

static void
the_event_says_what_fell_where_and_whose_report_it_is(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_add("2023-08", 1200, 1);
    results_add("2023-09", 900, 1);
    take(JOURNAL_REPORTS);
    events_are(&after, fields_line,
               "falling 101 target= group=digitisation measure=results year=2023 by=a "
               "at=1696406400000 place=3:1 days=30\n");
}

static void
a_stock_that_may_fall_is_not_told(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(MAY_FALL);
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    events_are(&after, fall_line, "");
}

static void
it_ends_when_a_later_window_is_back_at_the_figure_before(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    results_take("2023-10", 1199, 1); /* more, and still fewer than there were */
    results_take("2023-11", 1200, 1);
    events_are(&after, fall_line,
               CODE "/1 new 2023-09 900/1 2023-08 1200/1\n" CODE
                    "/2 resolved 2023-11 1200/1 2023-08 1200/1\n");
    want("HGET $alert:" CODE " state", "closed");
    results_take("2023-12", 1100, 1); /* broken again: the same code */
    events_are(&after, fall_line, CODE "/3 new 2023-12 1100/1 2023-11 1200/1\n");
}

static void
a_correction_that_removes_the_fall_withdraws_it(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    results_take("2023-09", 1250, 2);
    events_are(&after, fall_line,
               CODE "/1 new 2023-09 900/1 2023-08 1200/1\n" CODE
                    "/2 withdrawn 2023-09 1250/1 2023-08 1200/1\n");
}

static void
the_figure_before_corrected_downward_withdraws_it_too(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    results_take("2023-08", 880, 2);
    events_are(&after, fall_line,
               CODE "/1 new 2023-09 900/1 2023-08 1200/1\n" CODE
                    "/2 withdrawn 2023-09 900/1 2023-08 880/1\n");
}

static void
a_told_figure_that_changes_is_corrected(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-07", 1100, 1);
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    results_take("2023-09", 950, 2);  /* the new one */
    results_take("2023-08", 1300, 2); /* the one before */
    results_take("2023-08", 1000, 3); /* it fell in August already */
    results_take("2023-07", 1150, 2);
    events_are(&after, fall_line,
               CODE "/1 new 2023-09 900/1 2023-08 1200/1\n" CODE
                    "/2 corrected 2023-09 950/1 2023-08 1200/1\n" CODE
                    "/3 corrected 2023-09 950/1 2023-08 1300/1\n" CODE
                    "/4 corrected 2023-09 950/1 2023-07 1100/1\n" CODE
                    "/5 corrected 2023-09 950/1 2023-07 1150/1\n");
}

/* The windows' order decides, not that of their arrival. */
static void
reports_that_come_late_make_the_same_fall(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-09", 900, 1);
    events_are(&after, fall_line, "");
    results_take("2023-07", 1200, 1);
    events_are(&after, fall_line, CODE "/1 new 2023-09 900/1 2023-07 1200/1\n");
    results_take("2023-08", 1250, 1); /* the window before it is another one now */
    events_are(&after, fall_line, CODE "/2 corrected 2023-09 900/1 2023-08 1250/1\n");
}

static void
a_fall_over_the_years_boundary_is_one(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2022-12", 1200, 1);
    results_take("2023-01", 900, 1);
    events_are(&after, fall_line, CODE "/1 new 2023-01 900/1 2022-12 1200/1\n");
}

/* Opened by December, ended by January: under the code of its own year. */
static void
it_ends_in_the_next_year_under_its_own_code(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    report_add("101", "digitisation", "2023-11",
               &(struct figure_record){"results", 10, false}, 1, 1, "a", RECEIVED);
    report_add("101", "digitisation", "2023-12",
               &(struct figure_record){"results", 9, false}, 1, 1, "a", RECEIVED);
    take(JOURNAL_REPORTS);
    report_add("101", "digitisation", "2024-01",
               &(struct figure_record){"results", 11, false}, 1, 1, "a", RECEIVED);
    take(JOURNAL_REPORTS);
    events_are(&after, fall_line,
               "TST-2023-GIAM-results-101/1 new 2023-12 9/1 2023-11 10/1\n"
               "TST-2023-GIAM-results-101/2 resolved 2024-01 11/1 2023-11 10/1\n");
}

/* Not reported is not zero, and not applicable is no figure. */
static void
only_numbers_fall(void **state)
{
    const struct figure_record none = {"results", 0, true};
    const struct figure_record other = {"dossiers", 5, false};
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-07", 1200, 1);
    report_add("101", "digitisation", "2023-08", &none, 1, 1, "a", RECEIVED);
    report_add("101", "digitisation", "2023-09", &other, 1, 1, "a", RECEIVED);
    take(JOURNAL_REPORTS);
    events_are(&after, fall_line, "");
    results_take("2023-10", 0, 1); /* zero is a number */
    events_are(&after, fall_line, CODE "/1 new 2023-10 0/1 2023-07 1200/1\n");
}

static void
windows_that_end_before_alerts_from_do_not_count(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(NEVER_FALLS, "alerts_from: 2021-01-01", "alerts_from: 2023-09-01");
    tick_take(hour_at(2023, 12, 10, 9));
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    events_are(&after, fall_line, "");
    results_take("2023-10", 800, 1);
    events_are(&after, fall_line, CODE "/1 new 2023-10 800/1 2023-09 900/1\n");
}

static void
an_illustration_opens_nothing(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(NEVER_FALLS, "illustrative: false", "illustrative: true");
    tick_take(hour_at(2023, 12, 10, 9));
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    events_are(&after, fall_line, "");
}

static void
a_programme_that_lets_it_fall_withdraws_it(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    programme_is(MAY_FALL, NULL, NULL);
    events_are(&after, fall_line,
               CODE "/1 new 2023-09 900/1 2023-08 1200/1\n" CODE
                    "/2 withdrawn 2023-09 900/1 2023-08 1200/1\n");
    programme_is(NEVER_FALLS, NULL, NULL);
    events_are(&after, fall_line, CODE "/3 new 2023-09 900/1 2023-08 1200/1\n");
}

static void
what_was_told_survives_a_restart(void **state)
{
    uint64_t after = 0;

    (void)state;
    autumn(NEVER_FALLS);
    results_take("2023-08", 1200, 1);
    results_take("2023-09", 900, 1);
    scorer_again();
    results_take("2023-09", 900, 2); /* the same again: nothing to say */
    events_are(&after, fall_line, CODE "/1 new 2023-09 900/1 2023-08 1200/1\n");
    scorer_again();
    results_take("2023-10", 1200, 1);
    scorer_again();
    results_take("2023-11", 1200, 1);
    events_are(&after, fall_line, CODE "/2 resolved 2023-10 1200/1 2023-08 1200/1\n");
}

static int
tests(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scorer_setup, scorer_teardown)
    const struct CMUnitTest all[] = {
        TEST(a_fall_is_told_with_both_figures),
        TEST(the_event_says_what_fell_where_and_whose_report_it_is),
        TEST(a_stock_that_may_fall_is_not_told),
        TEST(it_ends_when_a_later_window_is_back_at_the_figure_before),
        TEST(a_correction_that_removes_the_fall_withdraws_it),
        TEST(the_figure_before_corrected_downward_withdraws_it_too),
        TEST(a_told_figure_that_changes_is_corrected),
        TEST(reports_that_come_late_make_the_same_fall),
        TEST(a_fall_over_the_years_boundary_is_one),
        TEST(it_ends_in_the_next_year_under_its_own_code),
        TEST(only_numbers_fall),
        TEST(windows_that_end_before_alerts_from_do_not_count),
        TEST(an_illustration_opens_nothing),
        TEST(a_programme_that_lets_it_fall_withdraws_it),
        TEST(what_was_told_survives_a_restart),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_falling", tests);
}
