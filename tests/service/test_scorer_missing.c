// link: scorer
/*
 * Reports that are missing, entry by entry on a real Redis: who is reminded, who is
 * told, when, once; and everything that must not accuse anybody.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"
#include "tests/support/scorer_scene.h"
#include "tests/support/specimen_programme.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEXT_BYTES 4096

/* --- a programme that demands the reports of a group --- */

static struct catalogue_file files[SPECIMEN_FILES];
static char head[4096];
static char measures[8192];
static char units[8192];

/* September 2023 is due on 6/10, five working days after its end (Saturday 30/9); the
 * reminder is due two working days before, on 4/10. */
static void
programme(const char *demanded, const char *more_units)
{
    const char *line =
        strstr(SPECIMEN[2].text, "due: {working_days: 5}, source: unit}");

    assert_non_null(line);
    (void)snprintf(measures, sizeof measures,
                   "%.*sdue: {working_days: 5}, %ssource: "
                   "unit}%s",
                   (int)(line - SPECIMEN[2].text), SPECIMEN[2].text, demanded,
                   line + strlen("due: {working_days: 5}, source: unit}"));
    (void)snprintf(units, sizeof units, "%s%s", SPECIMEN[5].text, more_units);
    memcpy(files, SPECIMEN, sizeof files);
    files[2].text = measures;
    files[2].bytes = strlen(measures);
    files[5].text = units;
    files[5].bytes = strlen(units);
    scene.files = files;
    programme_take("ops");
}

#define DEMANDED "demanded: {document: nq, section: \"3\"}, "

/* The same, but that nothing due before this day is told. */
static void
programme_from(const char *day)
{
    const char *line = strstr(SPECIMEN[3].text, "alerts_from: 2021-01-01");

    assert_non_null(line);
    (void)snprintf(head, sizeof head, "%.*salerts_from: %s%s",
                   (int)(line - SPECIMEN[3].text), SPECIMEN[3].text, day,
                   line + strlen("alerts_from: 2021-01-01"));
    files[3].text = head;
    files[3].bytes = strlen(head);
    programme_take("ops");
}

/* Ten communes more, so that a level can be silent. */
static const char *
communes(void)
{
    static char text[4096];
    size_t len = 0;

    for (int i = 0; i < 10; i++) {
        len +=
            (size_t)snprintf(text + len, sizeof text - len,
                             "2%02d,xã %d,commune %d,commune,commune,11,,,,Chủ tịch %d,"
                             "Chair %d,GSO,\n",
                             i, i, i, i, i);
    }
    return text;
}

/* --- what was told --- */

static void
event_text(const struct alert_event *e, char *out, size_t bytes)
{
    char due[DAY_TEXT_BYTES];

    day_text(e->due_day, due);
    (void)snprintf(out, bytes, "%s/%u %s %s due=%s %u/%u%s%s\n", e->code, e->number,
                   e->kind, e->reason, due, e->covered, e->units,
                   e->rule_day != e->due_day ? " moved" : "", e->late ? " late" : "");
}

/* All events about missing reports since the entry before, a line each. */
static void
told_are(uint64_t *after, const char *want_text)
{
    char got[TEXT_BYTES] = "";
    struct journal_read rd;
    size_t i;
    size_t j;

    journal_read_init(&rd);
    assert_int_equal(
        journal_read_after(scene.client, scene.province, KEY_ALERTS, *after, 500, &rd),
        ST_OK);
    for (i = 0; i < rd.count; i++) {
        struct alert_event *events = NULL;
        size_t count = 0;

        *after = rd.entries[i].seq;
        if (rd.entries[i].kind != JOURNAL_ALERTS) {
            continue;
        }
        arena_reset(scene.arena);
        assert_int_equal(alert_events_decode(rd.entries[i].body,
                                             rd.entries[i].body_bytes, scene.arena,
                                             &events, &count),
                         ST_OK);
        for (j = 0; j < count; j++) {
            size_t len = strlen(got);

            if (events[j].group[0] != '\0') {
                event_text(&events[j], got + len, sizeof got - len);
            }
        }
    }
    journal_read_fini(&rd);
    if (strcmp(got, want_text) != 0) {
        fail_msg("got:\n%swant:\n%s", got, want_text);
    }
}

/* Ticks of every hour up to this one, none of which was down. */
static void
hours_to(int year, int month, int mday, int hour)
{
    while (scene.s.tick < hour_at(year, month, mday, hour)) {
        tick_take(scene.s.tick + 1);
    }
}

static void
down_tick(int64_t hour, uint32_t minutes)
{
    const struct tick_record tick = {.hour = hour, .down_minutes = minutes};

    tick_encode(&tick, &scene.body);
    take(JOURNAL_TICK);
}

/* The same in leaps: of each day only the hour at which it decides. */
static void
skip_to(int year, int month, int mday, int hour)
{
    int64_t end = hour_at(year, month, mday, hour);

    while (scene.s.tick / 24 + 1 < end / 24) {
        tick_take((scene.s.tick / 24 + 1) * 24 + 8);
    }
    tick_take(end);
}

static void
again(void)
{
    state_lost(&scene.s, "test");
    scene.s.retry_at.us = 0;
    assert_true(state_work(&scene.s));
}

/* In force from 29/9/2023, 9:00: September is the first report that is asked for. */
static void
begin(const char *demanded, const char *more_units)
{
    scene.at_ms = hour_start(hour_at(2023, 9, 29, 9)).ms;
    programme(demanded, more_units);
}

static void
report(const char *unit, const char *period)
{
    record_add(unit, "digitisation", period, ordinary, 2, 1);
    take(JOURNAL_REPORTS);
}

/* September of everybody else. */
static void
all_but_101_report(void)
{
    report("S1", "2023-09");
    report("102", "2023-09");
    report("103@first", "2023-09");
    report("104@first", "2023-09");
}

/* --- tests --- */

static void
a_report_is_reminded_of_then_overdue_then_received(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin(DEMANDED, "");
    report("S1", "2023-08");
    hours_to(2023, 10, 3, 23);
    told_are(&at, "");
    report("S1", "2023-09");
    report("102", "2023-09");
    report("103@first", "2023-09");
    hours_to(2023, 10, 4, 7);
    told_are(&at, "");
    hours_to(2023, 10, 4, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 reminder new due=2023-10-06 3/5\n"
                  "TST-2023-09-BC-digitisation-104@first/1 reminder new "
                  "due=2023-10-06 3/5\n");
    hours_to(2023, 10, 6, 23);
    told_are(&at, "");
    report("104@first", "2023-09");
    /* In time: its office hears nothing, the journal says that nothing is open. */
    told_are(&at, "TST-2023-09-BC-digitisation-104@first/2 reminder resolved "
                  "due=2023-10-06 0/0\n");
    want("HGET $alert:TST-2023-09-BC-digitisation-104@first state", "closed");
    want("HGET $alert:TST-2023-09-BC-digitisation-104@first n", "2");
    hours_to(2023, 10, 9, 7); /* Monday: the 7th and the 8th are no working days */
    told_are(&at, "");
    hours_to(2023, 10, 9, 8);
    told_are(&at,
             "TST-2023-09-BC-digitisation-101/2 overdue worse due=2023-10-06 4/5\n");
    want("HGET $alert:TST-2023-09-BC-digitisation-101 state", "open");
    hours_to(2023, 10, 12, 12);
    told_are(&at, ""); /* once */
    report("101", "2023-09");
    told_are(&at,
             "TST-2023-09-BC-digitisation-101/3 overdue resolved due=2023-10-06 0/0\n");
    want("HGET $alert:TST-2023-09-BC-digitisation-101 state", "closed");
    want("HGET $alert:TST-2023-09-BC-digitisation-101 kind", "overdue");
}

static void
without_a_document_that_demands_it_nobody_is_urged(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("", "");
    report("101", "2023-08");
    hours_to(2023, 10, 20, 12);
    told_are(&at, "");
    want("EXISTS $missing", "0");
}

static void
what_was_due_before_the_group_was_asked_for_accuses_nobody(void **state)
{
    uint64_t at = 0;

    (void)state;
    scene.at_ms = hour_start(hour_at(2023, 10, 7, 9)).ms; /* a day too late */
    programme(DEMANDED, "");
    want("HGET $due from/digitisation/commune", "2023-10-07");
    want("HGET $due from/@101", "2023-10-07");
    report("101", "2023-08");
    hours_to(2023, 10, 31, 12);
    told_are(&at, "");
}

/* A demand that is added later, or added again, begins on that day. */
static void
a_demand_that_comes_later_accuses_nobody(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("", "");
    hours_to(2023, 11, 20, 12);
    scene.at_ms = hour_start(hour_at(2023, 11, 20, 12)).ms;
    programme("remind: 0, " DEMANDED, "");
    hours_to(2023, 11, 30, 12);
    told_are(&at, "");
    programme("", "");
    want("HEXISTS $due from/digitisation/commune", "0");
    programme("remind: 0, " DEMANDED, "");
    want("HGET $due from/digitisation/commune", "2023-11-30");
}

static void
a_unit_that_is_added_later_owes_nothing_of_before(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    report("101", "2023-09");
    hours_to(2023, 10, 20, 12);
    programme("remind: 0, " DEMANDED, communes());
    hours_to(2023, 10, 25, 12);
    told_are(&at, "");
}

/* Outboxes that waited for us send within the hour. */
static void
the_first_hour_after_an_outage_decides_nothing(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 6, 17);
    while (scene.s.tick < hour_at(2023, 10, 9, 8)) {
        down_tick(scene.s.tick + 1, 60);
    }
    down_tick(hour_at(2023, 10, 9, 9), 59);
    told_are(&at, "");
    report("101", "2023-09");
    hours_to(2023, 10, 10, 8);
    told_are(&at, "");
}

static void
a_silent_level_is_one_alert_and_the_rest_follows_when_it_speaks(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, communes());
    report("S1", "2023-09"); /* the other level reports */
    hours_to(2023, 10, 9, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-level-commune/1 overdue new "
                  "due=2023-10-06 0/14\n");
    report("200", "2023-09");
    told_are(&at, "TST-2023-09-BC-digitisation-level-commune/2 overdue resolved "
                  "due=2023-10-06 1/14\n");
    for (int i = 1; i < 10; i++) {
        char unit[16];

        (void)snprintf(unit, sizeof unit, "2%02d", i);
        report(unit, "2023-09");
    }
    report("102", "2023-09");
    report("103@first", "2023-09");
    hours_to(2023, 10, 10, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-06 13/15\n"
                  "TST-2023-09-BC-digitisation-104@first/1 overdue new "
                  "due=2023-10-06 13/15\n");
}

/* What is told of the level takes the place of the reminders. */
static void
a_silent_level_ends_the_reminders_of_its_units(void **state)
{

    (void)state;
    begin(DEMANDED, communes());
    report("S1", "2023-09");
    hours_to(2023, 10, 6, 23);
    want("HGET $alert:TST-2023-09-BC-digitisation-209 state", "open");
    hours_to(2023, 10, 9, 8);
    want("HGET $alert:TST-2023-09-BC-digitisation-level-commune state", "open");
    want("HGET $alert:TST-2023-09-BC-digitisation-209 state", "closed");
    want("HGET $alert:TST-2023-09-BC-digitisation-209 reason", "withdrawn");
    want("HGET $alert:TST-2023-09-BC-digitisation-209 n", "2");
    report("200", "2023-09");
    hours_to(2023, 10, 10, 8);
    want("HGET $alert:TST-2023-09-BC-digitisation-200 state", "closed");
    want("HGET $alert:TST-2023-09-BC-digitisation-209 reason", "new");
    want("HGET $alert:TST-2023-09-BC-digitisation-209 kind", "overdue");
    want("HGET $alert:TST-2023-09-BC-digitisation-209 n", "3");
}

/* Longer than 400 days: nobody waits for it, and nothing of it climbs for ever. */
static void
what_is_overdue_for_very_long_is_withdrawn(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 9, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-06 4/5\n");
    programme("remind: 0, " DEMANDED, "");
    skip_to(2024, 11, 11, 8);
    want("HGET $alert:TST-2023-09-BC-digitisation-101 state", "closed");
    want("HGET $alert:TST-2023-09-BC-digitisation-101 reason", "withdrawn");
    want("HGET $alert:TST-2023-09-BC-digitisation-101 n", "2");
}

static void
a_reminder_is_withdrawn_with_the_demand(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin(DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 4, 8);
    told_are(&at,
             "TST-2023-09-BC-digitisation-101/1 reminder new due=2023-10-06 4/5\n");
    programme("", "");
    told_are(&at, "TST-2023-09-BC-digitisation-101/2 reminder withdrawn due=2023-10-06 "
                  "0/0\n");
}

static void
a_silent_province_is_one_alert(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, communes());
    hours_to(2023, 10, 11, 8);
    told_are(
        &at,
        "TST-2023-09-BC-digitisation-level-all/1 overdue new due=2023-10-06 0/15\n");
    report("200", "2023-09");
    told_are(&at, "TST-2023-09-BC-digitisation-level-all/2 overdue resolved "
                  "due=2023-10-06 1/15\n");
}

static void
a_due_date_on_which_nothing_could_be_taken_moves_for_everybody(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 6, 13);
    down_tick(hour_at(2023, 10, 6, 14), 60);
    down_tick(hour_at(2023, 10, 6, 15), 60);
    down_tick(hour_at(2023, 10, 6, 16), 1); /* 121 minutes of working hours */
    hours_to(2023, 10, 9, 23);
    told_are(&at, "");
    hours_to(2023, 10, 10, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-09 4/5 "
                  "moved\n");
    want("HGET $due down/2023-10-06", "121");
}

static void
two_hours_or_a_night_without_us_move_nothing(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 6, 11);
    down_tick(hour_at(2023, 10, 6, 12), 60);
    down_tick(hour_at(2023, 10, 6, 13), 60); /* noon: no working hour */
    down_tick(hour_at(2023, 10, 6, 14), 60);
    hours_to(2023, 10, 6, 17);
    down_tick(hour_at(2023, 10, 6, 18), 60);
    down_tick(hour_at(2023, 10, 6, 19), 60);
    hours_to(2023, 10, 9, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-06 4/5\n");
}

/* Ticks of hours that are caught up decide nothing: reports may still be waiting. */
static void
after_downtime_what_fell_due_is_told_once_and_marked_late(void **state)
{
    uint64_t at = 0;
    int64_t hour;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    report("S1", "2023-09");
    report("102", "2023-09");
    report("103@first", "2023-09");
    hours_to(2023, 10, 6, 23);
    for (hour = hour_at(2023, 10, 7, 0); hour <= hour_at(2023, 10, 11, 9); hour++) {
        down_tick(hour, 60);
    }
    told_are(&at, "");
    report("104@first", "2023-09"); /* it waited in an outbox */
    down_tick(hour, 12);
    told_are(&at, "");
    tick_take(hour + 1);
    told_are(&at,
             "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-06 4/5 late\n");
    hours_to(2023, 10, 13, 12);
    told_are(&at, "");
}

static void
a_report_that_we_could_not_apply_is_not_missing(void **state)
{
    static const struct figure_record unknown[] = {{"other", 1, false}};
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    record_add("101", "digitisation", "2023-09", unknown, 1, 1);
    take(JOURNAL_REPORTS);
    hours_to(2023, 10, 12, 8);
    told_are(&at, "");
    act_take("parked-drop", "6:0");
    hours_to(2023, 10, 13, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-06 4/5\n");
}

static void
a_programme_that_asks_no_more_withdraws_what_it_told(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 9, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-06 4/5\n");
    programme("", "");
    told_are(&at, "TST-2023-09-BC-digitisation-101/2 overdue withdrawn due=2023-10-06 "
                  "0/0\n");
    hours_to(2023, 10, 12, 8);
    told_are(&at, "");
}

/* Leaders' clients drop what comes under an id that they have: a report that is asked
 * for again goes on counting. */
static void
what_is_asked_for_again_has_a_number_of_its_own(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 9, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-06 4/5\n");
    programme_from("2023-10-31");
    told_are(&at, "TST-2023-09-BC-digitisation-101/2 overdue withdrawn due=2023-10-06 "
                  "0/0\n");
    hours_to(2023, 10, 11, 12); /* two mornings without it */
    programme_from("2021-01-01");
    hours_to(2023, 10, 12, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/3 overdue new due=2023-10-06 4/5\n");
    skip_to(2024, 11, 11, 8);
    want("HEXISTS $missing TST-2023-09-BC-digitisation-101", "1"); /* withdrawn */
    skip_to(2026, 1, 5, 8);
    want("HEXISTS $missing TST-2023-09-BC-digitisation-101", "0");
}

/* Two windows far behind would open an alert; while September is missing they do not:
 * the leader hears of the missing report, and of the lag when the report is there. */
static void
a_missing_report_mutes_behind_until_it_is_there(void **state)
{
    static const struct figure_record low[] = {{"results", 1000, false},
                                               {"results_digitised", 10, false}};
    uint64_t at = 0;

    (void)state;
    scene.scorer.simulated = true; /* its exemption is assumed: else not armed */
    begin("remind: 0, " DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 9, 8);
    told_are(&at, "TST-2023-09-BC-digitisation-101/1 overdue new due=2023-10-06 4/5\n");
    record_add("101", "digitisation", "2023-07", low, 2, 1);
    take(JOURNAL_REPORTS);
    record_add("101", "digitisation", "2023-08", low, 2, 1);
    take(JOURNAL_REPORTS);
    want("HEXISTS $told TST-2023-7c-101", "0");
    hours_to(2023, 12, 4, 12);
    record_add("101", "digitisation", "2023-10", low, 2, 1);
    take(JOURNAL_REPORTS);
    want("HGET $alert:TST-2023-7c-101 state",
         "open"); /* of a later window it is told */
}

/* December cannot be judged, so the lag of 2023 is open to its end; January, overdue,
 * keeps it back, and when it comes the lag is told although only 2024 has moved. */
static void
a_lag_of_the_year_before_is_told_when_the_report_that_muted_it_comes(void **state)
{
    static const struct figure_record low[] = {{"results", 1000, false},
                                               {"results_digitised", 10, false}};
    static const struct figure_record none[] = {{"results", 0, true},
                                                {"results_digitised", 0, true}};
    static const char *const months[] = {"2023-10", "2023-11", "2023-12", "2024-01"};

    (void)state;
    scene.scorer.simulated = true; /* its exemption is assumed: else not armed */
    begin("remind: 0, " DEMANDED, "");
    report("101", "2023-09");
    for (int i = 0; i < 4; i++) {
        skip_to(i < 2 ? 2023 : 2024, i < 2 ? i + 11 : i - 1, 1, 8);
        report("102", months[i]);
    }
    record_add("101", "digitisation", "2023-12", none, 2, 1);
    take(JOURNAL_REPORTS);
    skip_to(2024, 2, 12, 8);
    want("HGET $alert:TST-2024-01-BC-digitisation-101 state", "open");
    record_add("101", "digitisation", "2023-10", low, 2, 1);
    take(JOURNAL_REPORTS);
    record_add("101", "digitisation", "2023-11", low, 2, 1);
    take(JOURNAL_REPORTS);
    want("HEXISTS $told TST-2023-7c-101", "0"); /* muted */
    report("101", "2024-01");
    want("HGET $alert:TST-2024-01-BC-digitisation-101 state", "closed");
    want("HGET $alert:TST-2023-7c-101 state", "open");
    want("HGET $alert:TST-2023-7c-101 window", "2023-11");
}

/* Killed at any entry, it goes on from what is in Redis. */
static void
what_was_told_survives_a_restart(void **state)
{
    uint64_t at = 0;

    (void)state;
    begin(DEMANDED, "");
    all_but_101_report();
    hours_to(2023, 10, 5, 12);
    told_are(&at,
             "TST-2023-09-BC-digitisation-101/1 reminder new due=2023-10-06 4/5\n");
    for (int i = 0; i < 3; i++) {
        again();
        hours_to(2023, 10, 9 + i, 12);
    }
    told_are(&at,
             "TST-2023-09-BC-digitisation-101/2 overdue worse due=2023-10-06 4/5\n");
    again();
    report("101", "2023-09");
    told_are(&at,
             "TST-2023-09-BC-digitisation-101/3 overdue resolved due=2023-10-06 0/0\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scorer_setup, scorer_teardown)

static int
tests(void)
{
    const struct CMUnitTest all[] = {
        TEST(a_report_is_reminded_of_then_overdue_then_received),
        TEST(without_a_document_that_demands_it_nobody_is_urged),
        TEST(what_was_due_before_the_group_was_asked_for_accuses_nobody),
        TEST(a_demand_that_comes_later_accuses_nobody),
        TEST(a_unit_that_is_added_later_owes_nothing_of_before),
        TEST(the_first_hour_after_an_outage_decides_nothing),
        TEST(a_silent_level_is_one_alert_and_the_rest_follows_when_it_speaks),
        TEST(a_silent_level_ends_the_reminders_of_its_units),
        TEST(what_is_overdue_for_very_long_is_withdrawn),
        TEST(a_reminder_is_withdrawn_with_the_demand),
        TEST(a_silent_province_is_one_alert),
        TEST(a_due_date_on_which_nothing_could_be_taken_moves_for_everybody),
        TEST(two_hours_or_a_night_without_us_move_nothing),
        TEST(after_downtime_what_fell_due_is_told_once_and_marked_late),
        TEST(a_report_that_we_could_not_apply_is_not_missing),
        TEST(a_programme_that_asks_no_more_withdraws_what_it_told),
        TEST(what_is_asked_for_again_has_a_number_of_its_own),
        TEST(a_missing_report_mutes_behind_until_it_is_there),
        TEST(a_lag_of_the_year_before_is_told_when_the_report_that_muted_it_comes),
        TEST(what_was_told_survives_a_restart),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_missing", tests);
}
