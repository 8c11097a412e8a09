/*
 * What a problem's way upwards must not do at its edges: accuse the morning after,
 * leave somebody who was told without the end, tell what was dropped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/calendar.h"
#include "tests/support/child.h"
#include "tests/support/notifier_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define OFFICE(id, scope, more)                                                        \
    "  - id: " id "\n"                                                                 \
    "    title_vi: \"Chức danh " id "\"\n"                                             \
    "    title_en: \"Office " id "\"\n"                                                \
    "    scope: \"" scope "\"\n" more

static const char offices[] =
    OFFICE("up-{unit}", "{unit}",
           "    for_each: district\n    rungs: {commune: 2}\n    digest: daily\n")
        OFFICE("up-51", "51", "    rungs: {commune: 3}\n    digest: weekly\n");
static const char only2[] =
    OFFICE("up-{unit}", "{unit}",
           "    for_each: district\n    rungs: {commune: 2}\n    digest: daily\n");
static const char two3[] =
    OFFICE("up-{unit}", "{unit}",
           "    for_each: district\n    rungs: {commune: 2}\n    digest: daily\n")
        OFFICE("up-51", "51", "    rungs: {commune: 3}\n    digest: daily\n");

static int64_t
ms_of(int y, int m, int d)
{
    return hour_start((int64_t)day_from_civil(y, m, d) * 24 + 7).ms;
}
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
static void
begin(struct scene *s, const char *more, bool urgent)
{
    notifier_start(s, 0);
    scene_offices(s, more, urgent);
    tell_tick(s, "2023-10-09", 8, false);
}
static void
act(struct scene *s, const char *kind, const char *subject, const char *until,
    const char *drop)
{
    const struct wire_act a = {.id = "act-1",
                               .kind = kind,
                               .subject = subject,
                               .note = "x",
                               .until = until,
                               .by = "ops-1",
                               .at_ms = 1696827600000,
                               .drop = drop};
    tell_act(s, &a);
}
static void
tell_overdue(struct scene *s, const char *code, uint32_t n, const char *reason,
             const char *kind, const char *brake)
{
    struct alert_event e = lag(code, n, reason);

    e.kind = kind;
    e.target = "";
    e.group = "digitisation";
    e.brake = brake;
    assert_int_equal(day_parse("2023-10-06", &e.due_day), ST_OK);
    e.rule_day = e.due_day;
    tell(s, &e, 1);
}

static void
missed_counts_its_days_from_the_day_it_was_missed(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("A-7c-21040", 3, "worse");

    begin(s, two3, false);
    tell_lag(s, "A-7c-21040", 1, "new");
    tell_lag(s, "A-7c-21040", 2, "repeat"); /* rung 2, spoke 9/10 */
    tell_tick(s, "2023-10-10", 8, false);
    tell_tick(s, "2023-12-14", 8, false); /* Thursday */
    e.kind = "missed";
    e.at_ms = ms_of(2023, 12, 14);
    tell(s, &e, 1);
    tell_tick(s, "2023-12-15", 8, false); /* one working day later */
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-51", "0");
}

/* T1b: at the last rung all hear a repeat on the next morning */
static void
missed_at_the_last_rung_is_not_repeated_the_next_morning(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("A-7c-21040", 4, "worse");

    begin(s, two3, false);
    tell_lag(s, "A-7c-21040", 1, "new");
    tell_lag(s, "A-7c-21040", 2, "repeat");
    tell_lag(s, "A-7c-21040", 3, "repeat"); /* rung 3 */
    tell_tick(s, "2023-10-10", 8, false);
    tell_tick(s, "2023-12-14", 8, false);
    e.kind = "missed";
    e.at_ms = ms_of(2023, 12, 14);
    tell(s, &e, 1); /* head hears at once */
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "4");
    tell_tick(s, "2023-12-15", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "4");
}

static void
an_office_that_heard_first_by_a_repeat_hears_of_the_end(void **state)
{
    struct scene *s = *state;

    begin(s, only2, false);
    tell_overdue(s, "B-BC-21040", 1, "new", "overdue", "");
    tell_tick(s, "2023-10-13", 8, false);
    tell_tick(s, "2023-10-20", 8, false); /* rung 3: nobody there */
    scene_offices(s, two3, false);
    tell_tick(s, "2023-11-17", 8, false); /* repeat */
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:digest:QNG-2023-11-17-TH-up-51 B-BC-21040", "1");
    tell_overdue(s, "B-BC-21040", 2, "resolved", "overdue", "");
    tell_tick(s, "2023-11-20", 8, false);
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:digest:QNG-2023-11-20-TH-up-530 B-BC-21040", "1");
    want_now(s, "HEXISTS dondoc:{%s}:digest:QNG-2023-11-20-TH-up-51 B-BC-21040", "1");
}

static void
opened_again_before_the_end_was_told_the_end_reaches_who_heard(void **state)
{
    struct scene *s = *state;

    begin(s, only2, false);
    tell_lag(s, "C-7c-21040", 1, "new");
    tell_lag(s, "C-7c-21040", 2, "repeat");
    tell_tick(s, "2023-10-10", 8, false);      /* up-530 has heard */
    tell_lag(s, "C-7c-21040", 3, "resolved");  /* its row waits */
    tell_lag(s, "C-7c-21040", 4, "new");       /* the same day */
    tell_lag(s, "C-7c-21040", 5, "corrected"); /* the row says corrected now */
    tell_tick(s, "2023-10-11", 8, false);
    settle(s);
    want_now(s, "HGET dondoc:{%s}:digest:QNG-2023-10-11-TH-up-530 C-7c-21040",
             "reason=corrected n=5 at=10-0 rung=2 since=2023-10-09 part=1");
    tell_lag(s, "C-7c-21040", 6, "resolved");
    tell_tick(s, "2023-10-12", 8, false);
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:digest:QNG-2023-10-12-TH-up-530 C-7c-21040", "1");
}

static void
withdrawn_and_opened_again_while_held_the_end_reaches_who_heard(void **state)
{
    struct scene *s = *state;

    begin(s, only2, false);
    tell_lag(s, "D-7c-21040", 1, "new");
    tell_lag(s, "D-7c-21040", 2, "repeat");
    tell_tick(s, "2023-10-10", 8, false); /* up-530 has heard */
    act(s, "hold", "", "2023-10-31", "");
    tell_lag(s, "D-7c-21040", 3, "withdrawn");
    tell_lag(s, "D-7c-21040", 4, "new");
    act(s, "release", "", "", "");
    tell_lag(s, "D-7c-21040", 5, "resolved");
    tell_tick(s, "2023-10-12", 8, false);
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:digest:QNG-2023-10-12-TH-up-530 D-7c-21040", "1");
}

static void
dropped_it_climbs_to_nobody(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("E-7c-21040", 1, "new");

    begin(s, only2, false);
    e.brake = "key:21040";
    tell(s, &e, 1);
    act(s, "release", "", "", "behind");
    tell_lag(s, "E-7c-21040", 2, "worse");
    tell_tick(s, "2023-10-10", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "0");
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
}

/* T5b */
static void
dropped_overdue_behind_a_reminder_climbs_to_nobody(void **state)
{
    struct scene *s = *state;

    begin(s, only2, false);
    tell_overdue(s, "F-BC-21040", 1, "new", "reminder", "");
    tell_overdue(s, "F-BC-21040", 2, "worse", "overdue", "tick:471320");
    act(s, "release", "", "", "overdue");
    tell_tick(s, "2023-10-13", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "1"); /* the reminder */
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
}

static void
released_the_unit_has_its_days_before_it_climbs(void **state)
{
    struct scene *s = *state;

    begin(s, two3, false);
    tell_overdue(s, "G-BC-21040", 1, "new", "overdue", "tick:471320");
    tell_tick(s, "2023-10-19", 8, false);
    act(s, "release", "", "", "");
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    tell_tick(s, "2023-10-20", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
}

/* T7: kept 'missed' only offices: worse then corrected while held */
static void
missed_while_held_reaches_who_wants_missed(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("H-7c-21040", 2, "worse");

    begin(s, OFFICE("up-530", "530", "    levels: [commune]\n    kinds: [missed]\n"),
          false);
    tell_lag(s, "H-7c-21040", 1, "new");
    act(s, "hold", "", "2023-10-31", "");
    e.kind = "missed";
    tell(s, &e, 1);
    e.number = 3;
    e.reason = "corrected";
    tell(s, &e, 1);
    act(s, "release", "", "", "");
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "1");
}

/* T8: own office 'digest' daily that loses scope etc: told rows of gone office */
static void
an_office_taken_out_of_the_ladder_hears_of_the_end(void **state)
{
    struct scene *s = *state;

    begin(s, two3, false);
    tell_lag(s, "I-7c-21040", 1, "new");
    tell_lag(s, "I-7c-21040", 2, "repeat");
    tell_lag(s, "I-7c-21040", 3, "repeat");
    tell_tick(s, "2023-10-10", 8, false); /* both have heard */
    scene_offices(s, only2, false);
    tell_lag(s, "I-7c-21040", 4, "withdrawn");
    tell_tick(s, "2023-10-11", 8, false);
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:digest:QNG-2023-10-11-TH-up-51 I-7c-21040", "1");
    want_now(s, "XLEN dondoc:{%s}:inbox:up-51", "2");
}

/* T9: weekly, the row changes */
static void
opened_again_before_the_digest_the_row_says_how_it_stands_now(void **state)
{
    struct scene *s = *state;

    begin(s, offices, false);
    tell_lag(s, "J-7c-21040", 1, "new");
    tell_lag(s, "J-7c-21040", 2, "repeat");
    tell_lag(s, "J-7c-21040", 3, "repeat"); /* rung 3, weekly office */
    tell_tick(s, "2023-10-16", 8, false);   /* up-51 has heard */
    tell_lag(s, "J-7c-21040", 4, "resolved");
    tell_tick(s, "2023-10-17", 8, false); /* up-530 hears; up-51 waits for Monday */
    tell_lag(s, "J-7c-21040", 5, "new");
    tell_lag(s, "J-7c-21040", 6, "better");
    tell_tick(s, "2023-10-23", 8, false);
    settle(s);
    /* That it was over is not so any more: the office hears how it stands. */
    want_now(s, "HGET dondoc:{%s}:digest:QNG-2023-W43-TH-up-51 J-7c-21040",
             "reason=better n=6 at=12-0 rung=3 since=2023-10-09 part=1");
}

static void
a_reminder_whose_report_came_while_held_goes_to_nobody(void **state)
{
    struct scene *s = *state;

    begin(s, only2, false);
    act(s, "hold", "", "2023-10-31", "");
    tell_overdue(s, "L-BC-21040", 1, "new", "reminder", "");
    tell_overdue(s, "L-BC-21040", 2, "resolved", "reminder", ""); /* it has come */
    tell_tick(s, "2023-10-20", 8, false);
    act(s, "release", "", "", "");
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "0");
}

static void
an_office_of_the_rung_it_has_passed_hears_when_it_is_missed(void **state)
{
    struct scene *s = *state;
    struct alert_event e = lag("M-7c-21040", 3, "worse");

    begin(s,
          OFFICE("up-530", "530",
                 "    rungs: {commune: 2}\n    digest: daily\n    kinds: [missed]\n"),
          false);
    tell_lag(s, "M-7c-21040", 1, "new");
    tell_lag(s, "M-7c-21040", 2, "repeat"); /* rung 2: nobody wants lags there */
    tell_tick(s, "2023-12-14", 8, false);
    e.kind = "missed";
    e.at_ms = ms_of(2023, 12, 14);
    tell(s, &e, 1);
    tell_tick(s, "2023-12-15", 8, false);
    tell_tick(s, "2023-12-22", 8, false);
    tell_tick(s, "2023-12-29", 8, false);
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "1");
}

static void
every_row_of_a_digest_can_be_read(void **state)
{
    struct scene *s = *state;
    static struct alert_event e[400];
    static char codes[400][64];
    struct client c;
    int i;

    begin(s, only2, false);
    for (i = 0; i < 400; i++) {
        (void)snprintf(codes[i], sizeof codes[i], "QNG-2023-%03d-7c-21040", i);
        e[i] = lag(codes[i], 1, "new");
    }
    tell(s, e, 400);
    for (i = 0; i < 400; i++) {
        e[i].number = 2;
        e[i].reason = "repeat";
    }
    tell(s, e, 400);
    tell_tick(s, "2023-10-10", 8, false);
    settle(s);
    client_open(&c, s, 0, UP_530);
    subscribe(&c, s, 0, 14);
    size_t rows = 0;
    for (i = 0; i < 14; i++) {
        want_kind(&c, LEADER_REPLY_ALERT);
        print_message("%s rows %zu\n", c.reply.alert.id, c.reply.alert.row_count);
        rows += c.reply.alert.row_count;
    }
    assert_int_equal(rows, 400);
    client_close(&c);
}

/* Lines are written at the end of an entry, as they stand then. Seen to fail when one
 * that has ended is still among them. */
static void
what_opens_and_ends_in_one_entry_leaves_no_line(void **state)
{
    struct scene *s = *state;
    const struct alert_event events[] = {
        lag("A-7c-21040", 1, "new"),      lag("A-7c-21040", 2, "resolved"),
        lag("B-7c-21040", 1, "new"),      lag("C-7c-21040", 1, "new"),
        lag("C-7c-21040", 2, "resolved"), lag("C-7c-21040", 3, "new"),
        lag("D-7c-21040", 1, "new"),      lag("D-7c-21040", 2, "resolved")};

    begin(s, only2, false);
    tell(s, events, sizeof events / sizeof *events); /* entry 5 */
    settle(s);
    want_now(s, "HLEN dondoc:{%s}:ladder", "3"); /* B, C and the day itself */
    want_now(s, "HGET dondoc:{%s}:ladder B-7c-21040",
             "kind=behind subject=21040 target=7c n=1 at=5-2 rung=1 steps=0 "
             "since=2023-10-09 spoke=- again=0 acked=- paused=-");
    want_now(s, "HGET dondoc:{%s}:ladder C-7c-21040",
             "kind=behind subject=21040 target=7c n=3 at=5-5 rung=1 steps=0 "
             "since=2023-10-09 spoke=- again=0 acked=- paused=-");
    tell_lag(s, "B-7c-21040", 2, "resolved");
    tell_lag(s, "C-7c-21040", 4, "better"); /* entry 7 */
    settle(s);
    want_now(s, "HEXISTS dondoc:{%s}:ladder B-7c-21040", "0");
    want_now(s, "HGET dondoc:{%s}:ladder C-7c-21040",
             "kind=behind subject=21040 target=7c n=4 at=7-0 rung=1 steps=0 "
             "since=2023-10-09 spoke=- again=0 acked=- paused=-");
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(missed_counts_its_days_from_the_day_it_was_missed),
        T(missed_at_the_last_rung_is_not_repeated_the_next_morning),
        T(an_office_that_heard_first_by_a_repeat_hears_of_the_end),
        T(opened_again_before_the_end_was_told_the_end_reaches_who_heard),
        T(withdrawn_and_opened_again_while_held_the_end_reaches_who_heard),
        T(dropped_it_climbs_to_nobody),
        T(dropped_overdue_behind_a_reminder_climbs_to_nobody),
        T(released_the_unit_has_its_days_before_it_climbs),
        T(missed_while_held_reaches_who_wants_missed),
        T(an_office_taken_out_of_the_ladder_hears_of_the_end),
        T(opened_again_before_the_digest_the_row_says_how_it_stands_now),
        T(a_reminder_whose_report_came_while_held_goes_to_nobody),
        T(an_office_of_the_rung_it_has_passed_hears_when_it_is_missed),
        T(every_row_of_a_digest_can_be_read),
        T(what_opens_and_ends_in_one_entry_leaves_no_line),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);
    scene_group_teardown(failed == 0);
    return failed;
}
