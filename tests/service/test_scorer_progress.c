// link: scorer
/*
 * How all targets stand, told after each quarter: when, once, with which counts; entry
 * by entry on a real Redis.
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
#define RECEIVED INT64_C(1688632200000) /* 6/7/2023 15:30 */

/* --- the specimen, in force on 1/7/2023, with a report five working days after a
 * quarter's end: 7/7 for the second of 2023, 6/10 for the third --- */

static struct catalogue_file files[SPECIMEN_FILES];
static char text[TEXT_BYTES];
static char measures[TEXT_BYTES];

/* Reports go by the programme's calendar. */
static void
statutory(void)
{
    const char *from = SPECIMEN[2].text;
    const char *at;

    measures[0] = '\0';
    while ((at = strstr(from, "calendar: civil")) != NULL) {
        size_t len = strlen(measures);

        (void)snprintf(measures + len, sizeof measures - len, "%.*scalendar: statutory",
                       (int)(at - from), from);
        from = at + strlen("calendar: civil");
    }
    (void)snprintf(measures + strlen(measures), sizeof measures - strlen(measures),
                   "%s", from);
    files[2].text = measures;
    files[2].bytes = strlen(measures);
}

static void
programme_is(const char *year, const char *more)
{
    const char *at = strstr(SPECIMEN[3].text, "year: civil\n");

    assert_non_null(at);
    memcpy(files, SPECIMEN, sizeof files);
    (void)snprintf(text, sizeof text, "%.*s%s%s%s", (int)(at - SPECIMEN[3].text),
                   SPECIMEN[3].text, year, at + strlen("year: civil\n"), more);
    files[3].text = text;
    files[3].bytes = strlen(text);
    if (strstr(year, "statutory") != NULL) {
        statutory();
    }
    programme_good(files);
    programme_take("ops");
}

#define ASKED "progress: {working_days: 5}\n"

static void
programme_asks(void)
{
    programme_is("year: civil\n", ASKED);
}

static void
tick_of(int month, int mday, int hour)
{
    tick_take(hour_at(2023, month, mday, hour));
}

static void
other_tick(int month, int mday, int hour, uint32_t down_minutes, bool caught_up)
{
    const struct tick_record tick = {.hour = hour_at(2023, month, mday, hour),
                                     .down_minutes = down_minutes,
                                     .caught_up = caught_up,
                                     .simulated = scene.scorer.simulated};

    tick_encode(&tick, &scene.body);
    take(JOURNAL_TICK);
}

/* --- what is said --- */

static void
when_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    if (strcmp(ev->kind, "progress") == 0) {
        struct instant at = {ev->at_ms};

        (void)snprintf(out, EVENT_LINE_BYTES, "%s/%u %s %s %s %d hour=%" PRId64 "%s",
                       ev->code, ev->number, ev->reason, ev->subject, ev->window,
                       (int)(ev->last_day - ev->first_day + 1), hour_of(at) % 24,
                       ev->late ? " late" : "");
    }
}

/* Met, on pace, behind, missed, on the way, no data, other; a target after the other.
 */
static void
rows_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    size_t len = 0;
    size_t i;

    for (i = 0; i < ev->progress_count; i++) {
        const struct progress_row *r = &ev->progress[i];

        len += (size_t)snprintf(out + len, EVENT_LINE_BYTES - len,
                                "%s%s/%s %u %u %u %u %u %u %u", i > 0 ? ", " : "",
                                r->target, r->level, r->met, r->on_pace, r->behind,
                                r->missed, r->on_way, r->no_data, r->other);
    }
}

static void
a_quarter_is_told_once_at_eight_of_the_fifth_working_day(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_asks();
    tick_of(7, 3,
            8); /* the first quarter was due on 7/4, before there was a programme */
    tick_of(7, 6, 17);
    tick_of(7, 7, 7);
    events_are(&after, when_line, "");
    tick_of(7, 7, 8);
    events_are(&after, when_line, "TST-2023-Q2-TD/1 new province 2023-Q2 91 hour=8\n");
    want("HGET $due progress", "2023-Q2");
    tick_of(7, 7, 9);
    tick_of(7, 10, 8);
    tick_of(10, 5, 17);
    events_are(&after, when_line, "");
    tick_of(10, 6, 8);
    events_are(&after, when_line, "TST-2023-Q3-TD/1 new province 2023-Q3 92 hour=8\n");
}

static void
without_the_setting_nothing_is_told(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is("year: civil\n", "");
    tick_of(7, 3, 8);
    tick_of(7, 7, 8);
    tick_of(7, 10, 8);
    events_are(&after, when_line, "");
    want("HEXISTS $due progress", "0");
}

/* 30/6 of the civil year; 14/6 is the end of the second statutory quarter: 21/6. */
static void
quarters_are_those_of_the_programmes_year(void **state)
{
    uint64_t after = 0;

    (void)state;
    scene.at_ms = INT64_C(1685552400000); /* 1/6/2023 */
    programme_is("year: statutory\n", ASKED);
    tick_of(6, 20, 17);
    events_are(&after, when_line, "");
    tick_of(6, 21, 8);
    events_are(&after, when_line, "TST-2023-Q2-TD/1 new province 2023-Q2 92 hour=8\n");
    scene.at_ms = 0;
}

static void
not_by_a_caught_up_tick_nor_by_one_that_was_down(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_asks();
    tick_of(7, 3, 8);
    other_tick(7, 7, 8, 60, true);
    other_tick(7, 7, 9, 5, false);
    events_are(&after, when_line, "");
    tick_of(7, 7, 10);
    events_are(&after, when_line,
               "TST-2023-Q2-TD/1 new province 2023-Q2 91 hour=10 late\n");
}

static void
after_an_outage_the_newest_quarter_is_told_once_and_marked_late(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_asks();
    tick_of(7, 3, 8);
    tick_of(10, 9, 8); /* a Monday; both quarters were due before */
    events_are(&after, when_line,
               "TST-2023-Q3-TD/1 new province 2023-Q3 92 hour=8 late\n");
    tick_of(10, 10, 8);
    events_are(&after, when_line, "");
}

static void
it_survives_a_restart(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_asks();
    tick_of(7, 3, 8);
    scorer_again();
    tick_of(7, 7, 8);
    scorer_again();
    tick_of(7, 7, 9);
    events_are(&after, when_line, "TST-2023-Q2-TD/1 new province 2023-Q2 91 hour=8\n");
    programme_is("year: civil\n", ASKED "coverage: 90\n"); /* all memory anew */
    tick_of(7, 10, 8);
    events_are(&after, when_line, "");
}

/* What was past when it was asked for is not told. */
static void
asked_for_later_it_begins_with_the_next_quarter(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_asks();
    tick_of(7, 3, 8);
    programme_take("ops"); /* the same text: nothing changes */
    programme_is("year: civil\n", "");
    tick_of(7, 7, 8);
    want("HEXISTS $due progress", "0");
    programme_asks();
    tick_of(7, 10, 8);
    events_are(&after, when_line, "");
    tick_of(10, 6, 8);
    events_are(&after, when_line, "TST-2023-Q3-TD/1 new province 2023-Q3 92 hour=8\n");
}

/*
 * Targets that judge, in the programme's order. Of the four communes of 2023 one is
 * exempt (103) and one has reported: 50 of 100 at the end of June, where 35 + (54,95 -
 * 35) * 181/365 = 44,89… % are asked for. The others, the department and the ranks have
 * reported nothing, and of the province's date one unit of five says too little.
 */
static void
the_counts_are_the_summarys_and_who_never_reported_is_among_them(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_asks();
    tick_of(7, 3, 8);
    report_add("101", "digitisation", "2023-06", ordinary, 2, 1, "a", RECEIVED);
    take(JOURNAL_REPORTS);
    tick_of(7, 7, 8);
    events_are(&after, rows_line,
               "7a/province 0 0 0 0 0 1 0, 7c/commune 0 1 0 0 0 2 1, "
               "10c/all 0 0 0 0 0 1 0, 1b/province 0 0 0 0 0 1 0, "
               "1d/province 0 0 0 0 0 1 0\n");
}

static void
an_illustration_is_not_told(void **state)
{
    uint64_t after = 0;
    char *at;

    (void)state;
    programme_asks();
    at = strstr(text, "illustrative: false");
    assert_non_null(at);
    memcpy(at, "illustrative: true ", strlen("illustrative: true "));
    programme_good(files);
    programme_take("ops");
    tick_of(7, 3, 8);
    tick_of(7, 7, 8);
    events_are(&after, when_line, "");
}

static int
tests(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scorer_setup, scorer_teardown)
    const struct CMUnitTest all[] = {
        TEST(a_quarter_is_told_once_at_eight_of_the_fifth_working_day),
        TEST(without_the_setting_nothing_is_told),
        TEST(quarters_are_those_of_the_programmes_year),
        TEST(not_by_a_caught_up_tick_nor_by_one_that_was_down),
        TEST(after_an_outage_the_newest_quarter_is_told_once_and_marked_late),
        TEST(it_survives_a_restart),
        TEST(asked_for_later_it_begins_with_the_next_quarter),
        TEST(the_counts_are_the_summarys_and_who_never_reported_is_among_them),
        TEST(an_illustration_is_not_told),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_progress", tests);
}
