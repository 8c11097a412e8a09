/*
 * dondoc-notifier's ladder and digests: who hears when nobody takes a problem on, and
 * in which form. October 2023: the 9th is a Monday, no day of it is a holiday.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "tests/support/child.h"
#include "tests/support/dump.h"
#include "tests/support/notifier_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

#define OFFICE(id, scope, more)                                                        \
    "  - id: " id "\n"                                                                 \
    "    title_vi: \"Chức danh " id "\"\n"                                             \
    "    title_en: \"Office " id "\"\n"                                                \
    "    scope: \"" scope "\"\n" more

/* One on the second rung for each district, or the ladder has a gap. */
static const char offices[] =
    OFFICE("up-{unit}", "{unit}",
           "    for_each: district\n    rungs: {commune: 2}\n    digest: daily\n")
        OFFICE("up-51", "51", "    rungs: {commune: 3}\n    digest: weekly\n");

/* ---- what happens ---- */

static struct alert_event
lag(const char *code, uint32_t number, const char *reason)
{
    return event_of(code, number, reason, "21040");
}

static void
tell_lag(struct scene *s, const char *code, uint32_t number, const char *reason)
{
    tell_one(s, code, number, reason, "21040");
}

/* A report that was due on Friday the 6th. */
static void
tell_overdue(struct scene *s, const char *code)
{
    struct alert_event e = lag(code, 1, "new");

    e.kind = "overdue";
    e.target = "";
    e.group = "digitisation";
    assert_int_equal(day_parse("2023-10-06", &e.due_day), ST_OK);
    e.rule_day = e.due_day;
    tell(s, &e, 1);
}

static void
tell_acknowledged(struct scene *s, const char *code, const char *until)
{
    struct wire_act act = {.id = "act-0000001",
                           .kind = "acknowledge",
                           .subject = code,
                           .note = "",
                           .until = until,
                           .by = "head-21040",
                           .at_ms = 1696827600000,
                           .drop = ""};

    tell_act(s, &act);
}

static void
begin(struct scene *s, const char *more, bool urgent)
{
    notifier_start(s, 0);
    scene_offices(s, more, urgent); /* entry 3 */
    tell_tick(s, "2023-10-09", 8, false);
}

/* ---- reminders ---- */

static void
a_reminder_leaves_the_ladder_in_silence_when_it_is_done(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("R-BC-21040", 1, "new");

    begin(s, offices, false);
    e.kind = "reminder";
    e.target = "";
    e.group = "digitisation";
    tell(s, &e, 1); /* entry 5 */
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:ladder R-BC-21040", "1");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    e.number = 2;
    e.reason = "resolved";
    tell(s, &e, 1);
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:ladder R-BC-21040", "0");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    e.number = 3; /* open again: its office hears as of a new one */
    e.reason = "new";
    tell(s, &e, 1);
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:ladder R-BC-21040", "1");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
}

/* ---- by windows ---- */

static void
a_lag_climbs_window_by_window_as_rows_of_digests(void **state)
{
    struct scene *s = *state;

    begin(s, offices, false);
    tell_lag(s, "A-7c-21040", 1, "new"); /* entry 5 */
    tell_lag(s, "A-7c-21040", 2, "repeat");
    wait_for(s, "HGET dondoc:{%s}:rows up-530/A-7c-21040",
             "reason=escalated n=2 at=6-0 rung=2 since=2023-10-09");
    tell_tick(s, "2023-10-09", 9, false); /* the digest of today has gone out */
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
    tell_tick(s, "2023-10-10", 8, false); /* entry 8 */
    settle(s);
    want_now(s, "XRANGE dondoc:{%s}:inbox:up-530 - +",
             "[[8-0 [code QNG-2023-10-10-TH-up-530 n 1 d 1]]]");
    want_now(s, "HGET dondoc:{%s}:digest:QNG-2023-10-10-TH-up-530 A-7c-21040",
             "reason=escalated n=2 at=6-0 rung=2 since=2023-10-09 part=1");
    want_now(s, "HGET dondoc:{%s}:alert:A-7c-21040 told:up-530",
             "d2/QNG-2023-10-10-TH-up-530");
    want_now(s, "HLEN dondoc:{%s}:rows", "1"); /* the day itself */

    tell_lag(s, "A-7c-21040", 3, "repeat");
    tell_tick(s, "2023-10-11", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-51", "0"); /* weekly */
    tell_tick(s, "2023-10-16", 8, false);             /* entry 11 */
    settle(s);
    want_now(s, "XRANGE dondoc:{%s}:inbox:up-51 - +",
             "[[11-0 [code QNG-2023-W42-TH-up-51 n 1 d 1]]]");
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "1"); /* once is enough */
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "3");
}

static void
behind_the_last_rung_all_hear_again_every_third_window(void **state)
{
    struct scene *s = *state;

    begin(s, offices, false);
    tell_lag(s, "B-7c-21040", 1, "new");
    tell_lag(s, "B-7c-21040", 2, "repeat");
    tell_lag(s, "B-7c-21040", 3, "repeat");
    tell_tick(s, "2023-10-16", 8, false);
    tell_lag(s, "B-7c-21040", 4, "repeat"); /* nobody hears */
    tell_lag(s, "B-7c-21040", 5, "repeat");
    tell_lag(s, "B-7c-21040", 6, "better"); /* told, and no step */
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "4");
    want_now(s, "HGET dondoc:{%s}:rows up-530/B-7c-21040",
             "reason=better n=6 at=11-0 rung=2 since=2023-10-09");
    tell_lag(s, "B-7c-21040", 7, "repeat");
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "5");
    want_now(s, "HGET dondoc:{%s}:rows up-530/B-7c-21040",
             "reason=repeat n=7 at=12-0 rung=2 since=2023-10-09");
    want_now(s, "HGET dondoc:{%s}:rows up-51/B-7c-21040",
             "reason=repeat n=7 at=12-0 rung=3 since=2023-10-09");
    want_now(s, "HGET dondoc:{%s}:ladder B-7c-21040",
             "kind=behind subject=21040 target=7c n=7 at=12-0 rung=3 steps=2 "
             "since=2023-10-09 spoke=2023-10-16 again=1 acked=- paused=-");
}

static void
of_an_urgent_target_those_above_hear_at_once(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("C-9c-21040", 1, "new");
    struct client c;

    begin(s, offices, true);
    e.target = "9c";
    tell(s, &e, 1);
    e.number = 2;
    e.reason = "worse";
    tell(s, &e, 1); /* entry 6 */
    e.number = 3;
    e.reason = "resolved";
    tell(s, &e, 1);
    settle(s);
    want_now(s, "XRANGE dondoc:{%s}:inbox:up-530 - +",
             "[[6-0 [code C-9c-21040 n 2 r 2 t 2023-10-09]] "
             "[7-0 [code C-9c-21040 n 3]]]");
    client_open(&c, s, 0, UP_530);
    subscribe(&c, s, 0, 2);
    want_alert(&c, "C-9c-21040/2.2");
    assert_string_equal(c.reply.alert.reason, "escalated");
    assert_int_equal(c.reply.alert.rung, 2);
    want_alert(&c, "C-9c-21040/3");
    assert_string_equal(c.reply.alert.reason, "resolved");
    client_close(&c);
}

/* ---- by days ---- */

static void
a_report_climbs_by_working_days_to_who_wants_no_digest(void **state)
{
    struct scene *s = *state;
    struct client c;

    begin(s, OFFICE("up-530", "530", "    rungs: {commune: 2}\n    digest: never\n"),
          false);
    tell_overdue(s, "D-BC-21040");
    tell_tick(s, "2023-10-12", 8, false); /* the fourth working day */
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
    tell_tick(s, "2023-10-13", 8, false); /* entry 7, the fifth */
    settle(s);
    want_now(s, "XRANGE dondoc:{%s}:inbox:up-530 - +",
             "[[7-0 [code D-BC-21040 n 1 at 5-0 r 2 t 2023-10-13]]]");
    tell_tick(s, "2023-11-17", 8, false); /* to the third rung: there is none */
    tell_tick(s, "2023-12-15", 8, false); /* twenty working days behind that */
    settle(s);
    want_now(s, "XRANGE dondoc:{%s}:inbox:head-21040 6 +",
             "[[9-0 [code D-BC-21040 n 1 at 5-0 r 1.1 t 2023-12-15]]]");
    client_open(&c, s, 0, UP_530);
    subscribe(&c, s, 0, 2);
    want_alert(&c, "D-BC-21040/1.2");
    assert_string_equal(c.reply.alert.kind, "overdue");
    assert_string_equal(c.reply.alert.reason, "escalated");
    want_alert(&c, "D-BC-21040/1.2.1");
    client_close(&c);
}

static void
taken_on_it_climbs_only_when_the_time_is_over(void **state)
{
    struct scene *s = *state;

    begin(s, offices, false);
    tell_overdue(s, "E-BC-21040");
    tell_acknowledged(s, "E-BC-21040", "2023-10-16");
    tell_tick(s, "2023-10-13", 8, false);
    tell_tick(s, "2023-10-16", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
    want_now(s, "HGET dondoc:{%s}:ladder E-BC-21040",
             "kind=overdue subject=21040 target=- n=1 at=5-0 rung=1 steps=0 "
             "since=2023-10-06 spoke=- again=0 acked=2023-10-16 paused=-");
    tell_tick(s, "2023-10-17", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "1");
}

/* The commune to 31/7, the district without an end, then a shorter one: each counts as
 * long as it lasts. */
static void
of_two_offices_that_take_it_on_the_later_end_counts(void **state)
{
    static const struct {
        const char *until;
        const char *acked;
    } acts[] = {{"2023-10-16", "2023-10-16"},
                {"2023-10-12", "2023-10-16"},
                {"2023-10-20", "2023-10-20"},
                {"", "open"},
                {"2023-10-31", "open"}};
    struct scene *s = *state;
    char line[200];
    size_t i;

    begin(s, offices, false);
    tell_overdue(s, "E-BC-21040");
    for (i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        tell_acknowledged(s, "E-BC-21040", acts[i].until);
        settle(s);
        (void)snprintf(line, sizeof line,
                       "kind=overdue subject=21040 target=- n=1 at=5-0 rung=1 steps=0 "
                       "since=2023-10-06 spoke=- again=0 acked=%s paused=-",
                       acts[i].acked);
        want_now(s, "HGET dondoc:{%s}:ladder E-BC-21040", line);
    }
}

static void
taken_on_to_its_end_or_paused_it_stays(void **state)
{
    struct scene *s = *state;
    struct wire_act pause = {.id = "act-0000002",
                             .kind = "pause",
                             .subject = "F-BC-21040",
                             .note = "waits for the form",
                             .until = "2023-12-31",
                             .by = "ops-1",
                             .at_ms = 1696827600000,
                             .drop = ""};

    begin(s, offices, false);
    tell_overdue(s, "E-BC-21040");
    tell_overdue(s, "F-BC-21040");
    tell_acknowledged(s, "E-BC-21040", "");
    tell_act(s, &pause);
    tell_lag(s, "G-7c-21040", 1, "new");
    tell_acknowledged(s, "G-7c-21040", "");
    tell_lag(s, "G-7c-21040", 2, "repeat");
    tell_tick(s, "2023-12-15", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
    want_now(s, "HLEN dondoc:{%s}:rows", "1");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "3"); /* and no repeat */
    tell_tick(s, "2024-01-02", 8, false);
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:digest:QNG-2024-01-02-TH-up-530 F-BC-21040", "1");
    want_now(s, "HEXISTS dondoc:{%s}:digest:QNG-2024-01-02-TH-up-530 E-BC-21040", "0");
}

/* ---- ends ---- */

static void
what_ends_before_the_digest_is_told_to_nobody_above(void **state)
{
    struct scene *s = *state;

    begin(s, offices, false);
    tell_lag(s, "H-7c-21040", 1, "new");
    tell_lag(s, "H-7c-21040", 2, "repeat");
    tell_lag(s, "H-7c-21040", 3, "resolved");
    tell_tick(s, "2023-10-10", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
    want_now(s, "HEXISTS dondoc:{%s}:ladder H-7c-21040", "0");
    want_now(s, "HEXISTS dondoc:{%s}:alert:H-7c-21040 told:up-530", "0");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "3");
}

static void
what_ends_behind_the_digest_is_a_row_of_the_next(void **state)
{
    struct scene *s = *state;
    struct client c;

    begin(s, offices, false);
    tell_lag(s, "I-7c-21040", 1, "new");
    tell_lag(s, "I-7c-21040", 2, "repeat");
    tell_tick(s, "2023-10-10", 8, false);
    tell_lag(s, "I-7c-21040", 3, "withdrawn"); /* entry 8 */
    tell_tick(s, "2023-10-11", 8, false);
    settle(s);
    want_now(s, "HGET dondoc:{%s}:digest:QNG-2023-10-11-TH-up-530 I-7c-21040",
             "reason=withdrawn n=3 at=8-0 rung=2 since=2023-10-09 part=1");
    client_open(&c, s, 0, UP_530);
    subscribe(&c, s, 0, 2);
    want_alert(&c, "QNG-2023-10-10-TH-up-530/1");
    assert_string_equal(c.reply.alert.kind, "digest");
    assert_int_equal(c.reply.alert.row_count, 1);
    assert_string_equal(c.reply.alert.rows[0].code, "I-7c-21040");
    assert_string_equal(c.reply.alert.rows[0].reason, "escalated");
    want_alert(&c, "QNG-2023-10-11-TH-up-530/1");
    assert_string_equal(c.reply.alert.rows[0].reason, "withdrawn");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    /* Who heard by a digest may take it on, who did not may not. */
    acknowledge(&c, s, "ack-I-0001", "I-7c-21040", "", "");
    want_kind(&c, LEADER_REPLY_ACKNOWLEDGED);
    acknowledge(&c, s, "ack-I-0002", "J-7c-21040", "", "");
    want_refusal(&c, "not_yours");
    client_close(&c);
}

static void
opened_again_it_begins_on_the_first_rung(void **state)
{
    struct scene *s = *state;

    begin(s, offices, false);
    tell_lag(s, "K-7c-21040", 1, "new");
    tell_lag(s, "K-7c-21040", 2, "repeat");
    tell_tick(s, "2023-10-10", 8, false);
    tell_lag(s, "K-7c-21040", 3, "resolved");
    tell_tick(s, "2023-10-11", 8, false);
    tell_lag(s, "K-7c-21040", 4, "new");
    tell_lag(s, "K-7c-21040", 5, "better");
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:alert:K-7c-21040 told:up-530", "0");
    want_now(s, "HLEN dondoc:{%s}:rows", "1");
    tell_lag(s, "K-7c-21040", 6, "worse");
    settle(s);
    want_now(s, "HGET dondoc:{%s}:rows up-530/K-7c-21040",
             "reason=escalated n=6 at=12-0 rung=2 since=2023-10-09");
}

/* ---- who ---- */

static void
an_office_on_two_rungs_hears_once(void **state)
{
    struct scene *s = *state;

    begin(s,
          OFFICE("up-530", "530",
                 "    levels: [commune]\n    rungs: {commune: 2}\n    digest: daily\n"),
          false);
    tell_lag(s, "L-7c-21040", 1, "new");
    tell_lag(s, "L-7c-21040", 2, "repeat");
    tell_tick(s, "2023-10-10", 8, false);
    settle(s);
    want_now(s, "XRANGE dondoc:{%s}:inbox:up-530 - +",
             "[[5-0 [code L-7c-21040 n 1]] [6-0 [code L-7c-21040 n 2]]]");
    want_now(s, "HLEN dondoc:{%s}:rows", "1");
}

static void
an_office_hears_of_the_kinds_it_wants_also_when_one_becomes_another(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("M-7c-21040", 2, "worse");

    begin(s, OFFICE("up-530", "530", "    levels: [commune]\n    kinds: [missed]\n"),
          false);
    tell_lag(s, "M-7c-21040", 1, "new");
    e.kind = "missed";
    tell(s, &e, 1); /* entry 6 */
    settle(s);
    want_now(s, "XRANGE dondoc:{%s}:inbox:up-530 - +", "[[6-0 [code M-7c-21040 n 2]]]");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
}

static void
how_all_targets_stand_goes_to_who_wants_it_and_climbs_nowhere(void **state)
{
    struct scene *s = *state;
    static const struct progress_row rows[] = {
        {.target = "7c", .level = "commune", .met = 1, .on_pace = 1, .behind = 1}};
    struct alert_event e = event_of("QNG-2023-Q3-TD", 1, "new", "51");
    struct client c;

    e.kind = "progress";
    e.target = "";
    e.progress = rows;
    e.progress_count = 1;
    begin(s, OFFICE("up-530", "530", "    kinds: [progress]\n"), false);
    tell(s, &e, 1);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:chair-province", "0");
    want_now(s, "HEXISTS dondoc:{%s}:ladder QNG-2023-Q3-TD", "0");
    client_open(&c, s, 0, UP_530);
    subscribe(&c, s, 0, 1);
    want_alert(&c, "QNG-2023-Q3-TD/1");
    assert_string_equal(c.reply.alert.kind, "progress");
    assert_true(c.reply.alert.row_count > 0);
    client_close(&c);
}

/* ---- days ---- */

static void
ticks_that_catch_up_make_no_digest_and_the_next_live_one_does(void **state)
{
    struct scene *s = *state;

    begin(s, offices, false);
    tell_lag(s, "N-7c-21040", 1, "new");
    tell_lag(s, "N-7c-21040", 2, "repeat");
    tell_tick(s, "2023-10-10", 8, true);
    tell_tick(s, "2023-10-11", 7, false); /* too early */
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
    want_now(s, "HGET dondoc:{%s}:ladder decided", "2023-10-09");
    tell_tick(s, "2023-10-11", 11, false);
    tell_tick(s, "2023-10-11", 12, false);
    tell_tick(s, "2023-10-14", 8, false); /* a Saturday */
    settle(s);
    want_now(s, "XRANGE dondoc:{%s}:inbox:up-530 - +",
             "[[9-0 [code QNG-2023-10-11-TH-up-530 n 1 d 1]]]");
    want_now(s, "HGET dondoc:{%s}:ladder decided", "2023-10-11");
}

/* ---- the next digest ---- */

static void
ask_preview(struct client *c, const struct scene *s, const char *leader)
{
    struct leader_request q = {
        .kind = LEADER_REQUEST_PREVIEW, .request_id = 9, .leader = leader};

    client_send(c, s, &q);
}

static void
the_next_digest_is_shown_and_nothing_is_written(void **state)
{
    struct scene *s = *state;
    struct client ops;
    struct client own;

    begin(s, offices, false);
    settle(s);
    client_open(&ops, s, 0, OPS);
    client_open(&own, s, 0, UP_530);
    ask_preview(&ops, s, "up-530"); /* nothing waits: no error */
    want_kind(&ops, LEADER_REPLY_ALERT);
    assert_int_equal(ops.reply.request_id, 9);
    assert_string_equal(ops.reply.alert.kind, "digest");
    assert_int_equal(ops.reply.alert.row_count, 0);
    assert_true(ops.reply.alert.text_vi[0] != '\0');
    tell_lag(s, "O-7c-21040", 1, "new");
    tell_lag(s, "O-7c-21040", 2, "repeat");
    settle(s);
    ask_preview(&own, s, "");
    want_kind(&own, LEADER_REPLY_ALERT);
    assert_int_equal(own.reply.alert.position, 0);
    assert_int_equal(own.reply.alert.row_count, 1);
    assert_string_equal(own.reply.alert.rows[0].code, "O-7c-21040");
    ask_preview(&ops, s, "up-530");
    want_kind(&ops, LEADER_REPLY_ALERT);
    assert_int_equal(ops.reply.alert.row_count, 1);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
    want_now(s, "HLEN dondoc:{%s}:rows", "2");
    client_close(&ops);
    client_close(&own);
}

static void
the_next_digest_of_another_is_refused(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};
    struct client c;

    begin(s, offices, false);
    settle(s);
    client_open(&c, s, 0, UP_530);
    ask_preview(&c, s, "up-51");
    want_refusal(&c, "denied");
    client_close(&c);
    client_open(&c, s, 0, COURIER);
    ask_preview(&c, s, "up-530");
    want_refusal(&c, "denied");
    client_close(&c);
    client_open(&c, s, 0, OPS);
    ask_preview(&c, s, "nobody");
    want_refusal(&c, "unknown_office");
    client_send(&c, s, &q);
    want_refusal(&c, "denied");
    client_close(&c);
}

/* ---- before the first tick ---- */

static void
what_happens_before_the_first_tick_is_read_back(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("S-7c-21040", 1, "new");

    /* As if no tick had been told: that of the scene is in the checkpoint then. */
    notifier_start(s, 0);
    settle(s);
    notifier_end(s, 0, SIGTERM);
    want_now(s, "HSET dondoc:{%s}:checkpoint:notifier tick 0", "0");
    notifier_start(s, 0);
    scene_offices(s, offices, false);
    tell(s, &e, 1);
    e.number = 2;
    e.reason = "repeat";
    tell(s, &e, 1);
    e.code = "S-7c-21043";
    e.number = 1;
    e.reason = "new";
    e.at_ms = e.opened_at_ms = 0; /* and of no known time */
    tell(s, &e, 1);
    settle(s);
    notifier_end(s, 0, SIGKILL);
    notifier_start(s, 0);
    tell_tick(s, "2023-10-10", 8, false);
    settle(s);
    want_now(s, "HGET dondoc:{%s}:ladder S-7c-21040",
             "kind=behind subject=21040 target=7c n=2 at=5-0 rung=2 steps=1 "
             "since=2023-10-09 spoke=2023-10-09 again=0 acked=- paused=-");
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "1");
}

/* ---- many ---- */

#define MANY 3000u
#define AN_ENTRY 500u

static void
tell_many(struct scene *s, uint32_t number, const char *reason)
{
    static char codes[AN_ENTRY][24];
    static struct alert_event events[AN_ENTRY];
    unsigned i;
    unsigned j;

    for (i = 0; i < MANY; i += AN_ENTRY) {
        for (j = 0; j < AN_ENTRY; j++) {
            (void)snprintf(codes[j], sizeof codes[j], "P-%04u-21040", i + j);
            events[j] = lag(codes[j], number, reason);
        }
        tell(s, events, AN_ENTRY);
    }
}

static void
three_thousand_rows_are_a_hundred_messages(void **state)
{
    struct scene *s = *state;
    struct client c;
    char text[64];
    unsigned i;

    begin(s, offices, false);
    tell_many(s, 1, "new");
    tell_many(s, 2, "repeat");
    settle(s);
    want_now(s, "HLEN dondoc:{%s}:rows", "3001");
    tell_tick(s, "2023-10-10", 8, false);
    settle(s);
    want_now(s, "HLEN dondoc:{%s}:rows", "1");
    want_now(s, "HLEN dondoc:{%s}:digest:QNG-2023-10-10-TH-up-530", "3002");
    client_open(&c, s, 0, UP_530);
    subscribe(&c, s, 0, 100);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "100");
    for (i = 0; i < MANY; i += 30) { /* each row is named once */
        (void)snprintf(text, sizeof text, "QNG-2023-10-10-TH-up-530/%u", i / 30 + 1);
        want_alert(&c, text);
        assert_int_equal(c.reply.alert.row_count, 30);
        (void)snprintf(text, sizeof text, "P-%04u-21040", i);
        assert_string_equal(c.reply.alert.rows[0].code, text);
        (void)snprintf(text, sizeof text, "P-%04u-21040", i + 29);
        assert_string_equal(c.reply.alert.rows[29].code, text);
        received(&c, s, c.reply.alert.position);
    }
    client_close(&c);
}

static void
who_has_no_digest_gets_what_his_inbox_does_not_take_as_one(void **state)
{
    struct scene *s = *state;
    static char codes[AN_ENTRY][24];
    static struct alert_event events[AN_ENTRY];
    unsigned i;
    unsigned j;

    begin(s, OFFICE("up-530", "530", "    rungs: {commune: 2}\n    digest: never\n"),
          false);
    for (i = 0; i < 1500; i += AN_ENTRY) {
        for (j = 0; j < AN_ENTRY; j++) {
            (void)snprintf(codes[j], sizeof codes[j], "Q-%04u-21040", i + j);
            events[j] = lag(codes[j], 1, "new");
            events[j].kind = "missed";
        }
        tell(s, events, AN_ENTRY);
    }
    tell_tick(s, "2023-10-16", 8, false); /* the fifth working day of all of them */
    settle(s);
    /* 1024 places less 64 that are kept, and 540 rows are 18 messages */
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "978");
    want_now(s, "HLEN dondoc:{%s}:digest:QNG-2023-10-16-TH-up-530", "542");
}

/* ---- killed ---- */

/* One entry after the other; false: that was all. */
static bool
happens(struct scene *s, int step)
{
    static const char *const days[] = {"2023-10-10", "2023-10-11", "2023-10-12",
                                       "2023-10-13", "2023-10-16"};

    switch (step) {
    case 0:
        tell_lag(s, "R-7c-21040", 1, "new");
        return true;
    case 1:
        tell_overdue(s, "R-BC-21040");
        return true;
    case 2:
        tell_lag(s, "R-7c-21040", 2, "repeat");
        return true;
    case 4:
        tell_lag(s, "R-7c-21040", 3, "worse");
        return true;
    case 6:
        tell_acknowledged(s, "R-7c-21040", "2023-10-12");
        return true;
    case 8:
        tell_lag(s, "R-7c-21040", 4, "repeat");
        return true;
    case 10:
        tell_lag(s, "R-7c-21040", 5, "resolved");
        return true;
    case 3:
    case 5:
    case 7:
    case 9:
    case 11:
        tell_tick(s, days[(step - 3) / 2], 8, false);
        return true;
    default:
        return false;
    }
}

/* The same of two provinces: the name of each is in its keys alone. */
static void
names_out(const char *province, struct buf *dump)
{
    char *at = dump->data;
    char name[40];

    (void)snprintf(name, sizeof name, "{%s}", province);
    while ((at = strstr(at, name)) != NULL) {
        memset(at + 1, 'x', strlen(province));
    }
}

static void
dump_of(struct scene *s, struct buf *out)
{
    buf_init(out, 1u << 24);
    province_dump(s->r, s->province, out);
    (void)buf_str(out);
    names_out(s->province, out);
}

static void
killed_between_any_two_entries_it_goes_on_as_if_nothing_had_been(void **state)
{
    struct scene *s = *state;
    struct buf whole;
    struct buf killed;
    int step;

    begin(s, offices, false);
    for (step = 0; happens(s, step); step++) {
    }
    settle(s);
    dump_of(s, &whole);
    assert_int_equal(scene_teardown(state), 0);

    assert_int_equal(scene_setup(state), 0);
    s = *state;
    begin(s, offices, false);
    for (step = 0; happens(s, step); step++) {
        settle(s);
        notifier_end(s, 0, SIGKILL);
        notifier_start(s, 0);
    }
    settle(s);
    dump_of(s, &killed);
    dump_same(&whole, &killed);
    buf_fini(&whole);
    buf_fini(&killed);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_reminder_leaves_the_ladder_in_silence_when_it_is_done),
        TEST(a_lag_climbs_window_by_window_as_rows_of_digests),
        TEST(behind_the_last_rung_all_hear_again_every_third_window),
        TEST(of_an_urgent_target_those_above_hear_at_once),
        TEST(a_report_climbs_by_working_days_to_who_wants_no_digest),
        TEST(taken_on_it_climbs_only_when_the_time_is_over),
        TEST(of_two_offices_that_take_it_on_the_later_end_counts),
        TEST(taken_on_to_its_end_or_paused_it_stays),
        TEST(what_ends_before_the_digest_is_told_to_nobody_above),
        TEST(what_ends_behind_the_digest_is_a_row_of_the_next),
        TEST(opened_again_it_begins_on_the_first_rung),
        TEST(an_office_on_two_rungs_hears_once),
        TEST(an_office_hears_of_the_kinds_it_wants_also_when_one_becomes_another),
        TEST(how_all_targets_stand_goes_to_who_wants_it_and_climbs_nowhere),
        TEST(ticks_that_catch_up_make_no_digest_and_the_next_live_one_does),
        TEST(the_next_digest_is_shown_and_nothing_is_written),
        TEST(the_next_digest_of_another_is_refused),
        TEST(what_happens_before_the_first_tick_is_read_back),
        TEST(three_thousand_rows_are_a_hundred_messages),
        TEST(who_has_no_digest_gets_what_his_inbox_does_not_take_as_one),
        TEST(killed_between_any_two_entries_it_goes_on_as_if_nothing_had_been),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
