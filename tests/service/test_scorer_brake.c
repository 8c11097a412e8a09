// link: scorer
/*
 * What opens too much at once is marked, entry by entry on a real Redis; what is
 * ordinary is not, and a restart changes nothing.
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
#include "tests/support/scorer_events.h"
#include "tests/support/specimen_programme.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define MINUTE_MS 60000
#define TEXT_BYTES 8192
#define COMMUNES_MAX 40

/* --- a province of communes with one target --- */

static struct catalogue_file files[SPECIMEN_FILES];
static char texts[SPECIMEN_FILES][TEXT_BYTES];

enum { MEASURES = 2, PROGRAMME, TARGETS, UNITS };

static void
file_set(size_t i, const char *text)
{
    (void)snprintf(texts[i], sizeof texts[i], "%s", text);
    files[i].text = texts[i];
    files[i].bytes = strlen(texts[i]);
}

static void
file_add(size_t i, const char *text)
{
    size_t len = strlen(texts[i]);

    assert_true((size_t)snprintf(texts[i] + len, sizeof texts[i] - len, "%s", text) <
                sizeof texts[i] - len);
    files[i].bytes = strlen(texts[i]);
}

static const char *
commune(int number)
{
    static char id[16];

    (void)snprintf(id, sizeof id, "%d", 200 + number);
    return id;
}

/* Communes 200, 201, …: at least so many percent of their results digitised. */
static void
programme_is(int communes, int threshold)
{
    char line[512];

    memcpy(files, SPECIMEN, sizeof files);
    file_set(MEASURES, SPECIMEN[MEASURES].text);
    file_set(PROGRAMME, SPECIMEN[PROGRAMME].text);
    (void)snprintf(line, sizeof line,
                   "targets:\n"
                   "  - {id: 9, indicator: share, subject: each, level: commune, "
                   "kind: at_least, threshold: %d, pace: flat, title_vi: t, title_en: "
                   "t, citation: {document: nq, section: \"1\"}}\n",
                   threshold);
    file_set(TARGETS, line);
    file_set(UNITS, "code,name_vi,name_en,kind,level,parent,valid_from,valid_to,exempt,"
                    "head_vi,head_en,code_system,note\n"
                    "1,Tỉnh,Province,province,province,,,,,Chủ tịch,Chair,GSO,\n"
                    "11,Huyện,District,district,district,1,,,,Chủ tịch,Chair,GSO,\n");
    for (int i = 0; i < communes; i++) {
        (void)snprintf(line, sizeof line,
                       "%s,xã %d,commune %d,commune,commune,11,,,no,Chủ tịch %d,Chair "
                       "%d,GSO,\n",
                       commune(i), i, i, i, i);
        file_add(UNITS, line);
    }
    programme_good(files);
}

/* --- reports: of every 100 results so many are digitised --- */

#define NOON INT64_C(1696395600000) /* 4/10/2023 12:00 */

static void
share_add(int number, const char *period, int64_t digitised, const char *key,
          int64_t at_ms)
{
    const struct figure_record figures[2] = {{"results", 100, false},
                                             {"results_digitised", digitised, false}};

    report_add(commune(number), "digitisation", period, figures, 2, 1, key, at_ms);
}

/* August and September of communes from … to: short at 50 % or not. */
static void
communes_report(int from, int to, int64_t digitised, const char *key, int64_t at_ms)
{
    for (int i = from; i < to; i++) {
        share_add(i, "2023-08", digitised, key, at_ms);
        share_add(i, "2023-09", digitised, key, at_ms);
    }
    take(JOURNAL_REPORTS);
}

static void
october(void)
{
    programme_take("ops");
    tick_take(hour_at(2023, 10, 4, 11));
}

/* --- what is said of each event --- */

/* "behind 200 new key:a": whether and why it is held. */
static void
brake_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    (void)snprintf(out, EVENT_LINE_BYTES, "%s %s %s %s", ev->kind, ev->subject,
                   ev->reason, ev->brake[0] != '\0' ? ev->brake : "goes");
}

/* The same line for communes from … to. */
static const char *
lines_of(const char *kind, const char *reason, int from, int to, const char *brake)
{
    static char text[EVENTS_TEXT_BYTES];
    size_t len = 0;

    text[0] = '\0';
    for (int i = from; i < to; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s %s %s %s\n", kind,
                                commune(i), reason, brake);
    }
    return text;
}

static void
newest_is_behind(uint64_t *after, int from, int to, const char *brake)
{
    events_are(after, brake_line, lines_of("behind", "new", from, to, brake));
}

/* The brake's name of the programme in force. */
static const char *
programme_brake(void)
{
    static char id[32];

    (void)snprintf(id, sizeof id, "programme:%.12s", scene.s.programme);
    return id;
}

/* --- a programme entry --- */

static void
a_threshold_typed_90_for_9_is_braked_at_the_programme_entry(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(12, 9);
    october();
    communes_report(0, 12, 20, "a", NOON);
    newest_is_behind(&after, 0, 0, "");
    programme_is(12, 90);
    programme_take("ops");
    newest_is_behind(&after, 0, 12, programme_brake());
    want("EXISTS $opened", "0"); /* no key's doing */
}

/* Of 20 communes 2 are 10 %, which is not more than 10 %; 3 are. */
static void
below_the_limit_nothing_is_braked(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(20, 9);
    october();
    communes_report(0, 2, 20, "a", NOON);
    communes_report(2, 20, 95, "a", NOON);
    programme_is(20, 50);
    programme_take("ops");
    newest_is_behind(&after, 0, 2, "goes");
}

static void
one_more_than_the_limit_is_braked(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(20, 9);
    october();
    communes_report(0, 3, 20, "a", NOON);
    communes_report(3, 20, 95, "a", NOON);
    programme_is(20, 50);
    programme_take("ops");
    newest_is_behind(&after, 0, 3, programme_brake());
}

static void
a_level_of_nine_is_never_braked(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(9, 50);
    october();
    communes_report(0, 9, 20, "a", NOON);
    newest_is_behind(&after, 0, 9, "goes");
    programme_is(9, 9);
    programme_take("ops");
    events_are(&after, brake_line, lines_of("behind", "withdrawn", 0, 9, "goes"));
    programme_is(9, 90);
    programme_take("ops");
    newest_is_behind(&after, 0, 9, "goes");
}

static void
a_hundred_percent_is_never(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(12, 50);
    october();
    scene.s.catalogue->brake.key = 100;
    communes_report(0, 12, 20, "a", NOON);
    newest_is_behind(&after, 0, 12, "goes");
}

/* --- one key's reports --- */

/* Of 10 communes 3 are 30 %: the fourth passes the limit, and goes no more. */
static void
one_key_that_opens_more_than_a_third_is_held_from_the_entry_that_does(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(10, 50);
    october();
    communes_report(0, 3, 20, "a", NOON);
    newest_is_behind(&after, 0, 3, "goes");
    communes_report(3, 5, 20, "a", NOON + MINUTE_MS);
    newest_is_behind(&after, 3, 5, "key:a");
    communes_report(5, 6, 20, "a", NOON + 2 * MINUTE_MS);
    newest_is_behind(&after, 5, 6, "key:a");
    communes_report(6, 7, 20, "b", NOON + 3 * MINUTE_MS); /* another one's goes */
    newest_is_behind(&after, 6, 7, "goes");
}

static void
the_entry_that_passes_the_limit_is_held_whole_for_that_key_only(void **state)
{
    uint64_t after = 0;
    int i;

    (void)state;
    programme_is(10, 50);
    october();
    for (i = 0; i < 6; i++) {
        share_add(i, "2023-08", 20, i < 4 ? "a" : "b", NOON);
        share_add(i, "2023-09", 20, i < 4 ? "a" : "b", NOON);
    }
    take(JOURNAL_REPORTS);
    events_are(&after, brake_line,
               "behind 200 new key:a\nbehind 201 new key:a\nbehind 202 new key:a\n"
               "behind 203 new key:a\nbehind 204 new goes\nbehind 205 new goes\n");
}

/* What opened exactly an hour ago does not count; a millisecond later it does. */
static void
an_hour_later_a_key_begins_anew(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(10, 50);
    october();
    communes_report(0, 3, 20, "a", NOON);
    communes_report(3, 4, 20, "a", NOON + 60 * MINUTE_MS - 1);
    events_are(&after, brake_line,
               "behind 200 new goes\nbehind 201 new goes\nbehind 202 new goes\n"
               "behind 203 new key:a\n");
    communes_report(4, 6, 20, "a", NOON + 60 * MINUTE_MS);
    newest_is_behind(&after, 4, 6, "goes"); /* 203 of the hour, and these two: 30 % */
    communes_report(6, 7, 20, "a", NOON + 60 * MINUTE_MS);
    newest_is_behind(&after, 6, 7, "key:a");
    want("HLEN $opened", "7");
    tick_take(hour_at(2023, 10, 4, 13)); /* from 12:00 on, not included */
    want("HLEN $opened", "4");
    want("HGET $opened a/203", "1696399199999");
    tick_take(hour_at(2023, 10, 4, 15));
    want("EXISTS $opened", "0");
}

static void
what_was_opened_within_the_hour_survives_a_restart(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(10, 50);
    october();
    communes_report(0, 3, 20, "a", NOON);
    scorer_again();
    communes_report(3, 4, 20, "a", NOON + MINUTE_MS);
    events_are(&after, brake_line,
               "behind 200 new goes\nbehind 201 new goes\nbehind 202 new goes\n"
               "behind 203 new key:a\n");
    want("HGET $opened a/200", "1696395600000");
}

/* A new programme reads all memory again, too. */
static void
a_programme_forgets_no_key(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(10, 50);
    october();
    communes_report(0, 3, 20, "a", NOON);
    programme_is(10, 51);
    programme_take("ops");
    communes_report(3, 4, 20, "a", NOON + MINUTE_MS);
    events_are(&after, brake_line,
               "behind 200 new goes\nbehind 201 new goes\nbehind 202 new goes\n"
               "behind 203 new key:a\n");
}

/* Opened, ended and opened again within the hour: one commune. */
static void
a_unit_counts_once(void **state)
{
    const struct figure_record good[2] = {{"results", 100, false},
                                          {"results_digitised", 90, false}};
    const struct figure_record bad[2] = {{"results", 100, false},
                                         {"results_digitised", 10, false}};
    uint64_t after = 0;
    uint32_t i;

    (void)state;
    programme_is(10, 50);
    october();
    communes_report(0, 1, 20, "a", NOON);
    for (i = 1; i < 4; i++) {
        report_add("200", "digitisation", "2023-09", good, 2, 2 * i, "a",
                   NOON + i * MINUTE_MS);
        take(JOURNAL_REPORTS);
        report_add("200", "digitisation", "2023-09", bad, 2, 2 * i + 1, "a",
                   NOON + i * MINUTE_MS);
        take(JOURNAL_REPORTS);
    }
    communes_report(1, 3, 20, "a", NOON + 5 * MINUTE_MS);
    want("HLEN $opened", "3");
    events_are(&after, brake_line,
               "behind 200 new goes\nbehind 200 withdrawn goes\nbehind 200 new goes\n"
               "behind 200 withdrawn goes\nbehind 200 new goes\n"
               "behind 200 withdrawn goes\nbehind 200 new goes\n"
               "behind 201 new goes\nbehind 202 new goes\n");
}

/* What a clock a year ahead stamped is not within the hour, now or in a year. */
static void
a_clock_that_was_wrong_leaves_nothing_that_counts(void **state)
{
    const int64_t ahead = INT64_C(365) * 24 * 60 * MINUTE_MS;
    uint64_t after = 0;

    (void)state;
    programme_is(10, 50);
    october();
    communes_report(0, 3, 20, "a", NOON + ahead);
    newest_is_behind(&after, 0, 3, "goes");
    communes_report(3, 6, 20, "a", NOON);
    newest_is_behind(&after, 3, 6, "goes");
    communes_report(6, 7, 20, "a", NOON);
    newest_is_behind(&after, 6, 7, "key:a");
}

/* A fall opens an alert like any other. */
static void
falls_are_counted_too(void **state)
{
    uint64_t after = 0;
    const char *line;
    int i;

    (void)state;
    programme_is(10, 9);
    line = strstr(texts[MEASURES], "nature: stock}");
    assert_non_null(line);
    {
        char text[TEXT_BYTES];

        (void)snprintf(text, sizeof text, "%.*snature: stock, never_falls: true}%s",
                       (int)(line - texts[MEASURES]), texts[MEASURES],
                       line + strlen("nature: stock}"));
        file_set(MEASURES, text);
    }
    october();
    for (i = 0; i < 4; i++) {
        const struct figure_record fallen[2] = {{"results", 90, false},
                                                {"results_digitised", 60, false}};

        share_add(i, "2023-08", 60, "a", NOON);
        report_add(commune(i), "digitisation", "2023-09", fallen, 2, 1, "a", NOON);
    }
    take(JOURNAL_REPORTS);
    events_are(&after, brake_line, lines_of("falling", "new", 0, 4, "key:a"));
}

static void
by_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    (void)snprintf(out, EVENT_LINE_BYTES, "%s %s by=%s", ev->subject, ev->reason,
                   ev->by);
}

static void
an_event_names_the_key_whose_report_it_is_and_a_programme_none(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(12, 50);
    october();
    communes_report(0, 1, 20, "sở-một", NOON);
    programme_is(12, 9);
    programme_take("ops");
    events_are(&after, by_line, "200 new by=sở-một\n200 withdrawn by=\n");
}

/* A parked report that is tried again counts for the key that sent it. */
static void
a_parked_report_that_is_tried_again_counts_for_its_key(void **state)
{
    uint64_t after = 0;

    (void)state;
    programme_is(10, 50);
    october();
    communes_report(0, 3, 20, "a", NOON);
    programme_is(9, 50);
    programme_take("ops");
    share_add(9, "2023-08", 20, "a", NOON);
    share_add(9, "2023-09", 20, "a", NOON);
    take(JOURNAL_REPORTS); /* parked: the programme does not know commune 209 */
    programme_is(10, 50);
    programme_take("ops");
    act_take("parked-retry", "5:0");
    act_take("parked-retry", "5:1");
    events_are(&after, brake_line,
               "behind 200 new goes\nbehind 201 new goes\nbehind 202 new goes\n"
               "behind 209 new key:a\n");
}

/* --- one tick --- */

static const char DEMANDED[] =
    "due: {working_days: 5}, remind: 2, demanded: {document: "
    "nq, section: \"3\"}, source: unit}";

static void
programme_demands(int communes)
{
    const char *line;
    char text[TEXT_BYTES];

    programme_is(communes, 9);
    line = strstr(texts[MEASURES], "due: {working_days: 5}, source: unit}");
    assert_non_null(line);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(line - texts[MEASURES]),
                   texts[MEASURES], DEMANDED,
                   line + strlen("due: {working_days: 5}, source: unit}"));
    file_set(MEASURES, text);
    scene.at_ms = INT64_C(1695949200000); /* 29/9/2023: September is due on 6/10 */
    programme_take("ops");
    scene.at_ms = 0;
}

/* Some have reported; on 4/10 the others are reminded, and on 9/10 they are overdue. */
static void
some_report_and_the_rest_is_due(int communes, int reported)
{
    int i;

    programme_demands(communes);
    tick_take(hour_at(2023, 9, 29, 8));
    tick_take(hour_at(2023, 10, 2, 8));
    for (i = 0; i < reported; i++) {
        share_add(i, "2023-09", 20, "a", NOON - 24 * 60 * MINUTE_MS);
    }
    take(JOURNAL_REPORTS);
    tick_take(hour_at(2023, 10, 4, 8));
}

/* An end carries the key whose report ends it. */
static void
by_of_end_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    if (strcmp(ev->kind, "overdue") == 0) {
        by_line(ev, out);
    }
}

static void
september_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES])
{
    if (strcmp(ev->window, "2023-09") == 0) {
        brake_line(ev, out);
    }
}

static void
reminders_are_never_braked(void **state)
{
    uint64_t after = 0;

    (void)state;
    some_report_and_the_rest_is_due(12, 1);
    events_are(&after, september_line, lines_of("reminder", "new", 1, 12, "goes"));
}

/* 6 of 12 are half of the level, which is not more than half: they go out. 7 are. */
static void
half_a_level_in_one_tick_goes_out_as_ordinary_lateness(void **state)
{
    uint64_t after = 0;

    (void)state;
    some_report_and_the_rest_is_due(12, 6);
    events_are(&after, september_line, lines_of("reminder", "new", 6, 12, "goes"));
    tick_take(hour_at(2023, 10, 9, 8));
    events_are(&after, september_line, lines_of("overdue", "worse", 6, 12, "goes"));
}

static void
more_than_half_a_level_in_one_tick_is_held(void **state)
{
    uint64_t after = 0;
    char id[32];

    (void)state;
    some_report_and_the_rest_is_due(12, 5);
    events_are(&after, september_line, lines_of("reminder", "new", 5, 12, "goes"));
    scorer_again();
    tick_take(hour_at(2023, 10, 9, 8));
    (void)snprintf(id, sizeof id, "tick:%" PRId64, hour_at(2023, 10, 9, 8));
    events_are(&after, september_line, lines_of("overdue", "worse", 5, 12, id));
}

/* The report that was missing is there: its alert ends, and no brake holds an end. */
static void
an_end_is_never_braked(void **state)
{
    uint64_t after = 0;
    int i;

    (void)state;
    some_report_and_the_rest_is_due(12, 5);
    tick_take(hour_at(2023, 10, 9, 8));
    after = scene.s.follow.out_seq;
    for (i = 5; i < 12; i++) {
        share_add(i, "2023-09", 20, "a", NOON + 5 * 24 * 60 * MINUTE_MS);
    }
    take(JOURNAL_REPORTS);
    events_are(&(uint64_t){after}, by_of_end_line,
               "205 resolved by=a\n206 resolved by=a\n207 resolved by=a\n"
               "208 resolved by=a\n209 resolved by=a\n210 resolved by=a\n"
               "211 resolved by=a\n");
    events_are(&after, september_line, lines_of("overdue", "resolved", 5, 12, "goes"));
}

static int
tests(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scorer_setup, scorer_teardown)
    const struct CMUnitTest all[] = {
        TEST(a_threshold_typed_90_for_9_is_braked_at_the_programme_entry),
        TEST(below_the_limit_nothing_is_braked),
        TEST(one_more_than_the_limit_is_braked),
        TEST(a_level_of_nine_is_never_braked),
        TEST(a_hundred_percent_is_never),
        TEST(one_key_that_opens_more_than_a_third_is_held_from_the_entry_that_does),
        TEST(the_entry_that_passes_the_limit_is_held_whole_for_that_key_only),
        TEST(an_hour_later_a_key_begins_anew),
        TEST(what_was_opened_within_the_hour_survives_a_restart),
        TEST(a_programme_forgets_no_key),
        TEST(a_unit_counts_once),
        TEST(a_clock_that_was_wrong_leaves_nothing_that_counts),
        TEST(falls_are_counted_too),
        TEST(an_event_names_the_key_whose_report_it_is_and_a_programme_none),
        TEST(a_parked_report_that_is_tried_again_counts_for_its_key),
        TEST(reminders_are_never_braked),
        TEST(half_a_level_in_one_tick_goes_out_as_ordinary_lateness),
        TEST(more_than_half_a_level_in_one_tick_is_held),
        TEST(an_end_is_never_braked),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_brake", tests);
}
