/*
 * `dondoc alerts`, `dondoc history` and the alerts of `dondoc status` on a real Redis,
 * with a real notifier where inboxes matter.
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
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/text.h"
#include "tests/support/command.h"
#include "tests/support/notifier_scene.h"

#define COLUMNS 100
#define HOURS_A_DAY 24
#define OCTOBER_9 1696827600000 /* Monday 2023-10-09, noon in Viet Nam */

/* --- what services would have written --- */

static void
hset(const struct scene *s, const char *name, const char *part, const char *field,
     const char *value)
{
    char key[KEY_BYTES];
    const char *argv[4] = {"HSET", key, field, value};
    struct reply *rep = NULL;

    if (part == NULL) {
        key_make(key, s->province, name);
    } else {
        key_make2(key, s->province, name, part);
    }
    assert_int_equal(redis_call(s->r, 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

/* The programme of the scene in force; Monday 2023-10-16, ten o'clock. */
static void
stand(const struct scene *s)
{
    char tick[24];
    char pattern[KEY_BYTES];
    const char *argv[2] = {"KEYS", pattern};
    struct reply *rep = NULL;
    const char *key;

    (void)snprintf(pattern, sizeof pattern, "dondoc:{%s}:programme:*", s->province);
    assert_int_equal(redis_call(s->r, 2, argv, NULL, &rep), ST_OK);
    key = strrchr(reply_str(reply_at(rep, 0), NULL), ':');
    assert_non_null(key);
    hset(s, KEY_HEAD, NULL, "programme", key + 1);
    reply_free(&rep);
    (void)snprintf(tick, sizeof tick, "%d",
                   day_from_civil(2023, 10, 16) * HOURS_A_DAY + 10);
    hset(s, KEY_CHECKPOINT, "scorer", "tick", tick);
}

static void
figure_told(const struct scene *s, const char *code, const char *kind,
            const char *subject, const char *window, const char *score)
{
    char line[256];
    char field[64];
    bool open = strcmp(kind, "none") != 0;

    (void)snprintf(line, sizeof line,
                   "kind=%s n=1 reason=%s window=%s num=1130 den=2386 opened=%lld",
                   kind, open ? "new" : "resolved", window, (long long)OCTOBER_9);
    hset(s, KEY_TOLD, NULL, code, line);
    hset(s, KEY_ALERT, code, "kind", open ? kind : "behind");
    hset(s, KEY_ALERT, code, "target", "7c");
    hset(s, KEY_ALERT, code, "subject", subject);
    if (score[0] != '\0') {
        (void)snprintf(field, sizeof field, "7c/%.4s", window);
        hset(s, KEY_SCORES, subject, field, score);
    }
}

static void
report_told(const struct scene *s, const char *code, const char *kind,
            const char *group, const char *subject)
{
    char line[256];

    (void)snprintf(line, sizeof line,
                   "kind=%s n=1 reason=new group=%s period=2023-09 subject=%s "
                   "opened=%lld",
                   kind, group, subject, (long long)OCTOBER_9);
    hset(s, KEY_MISSING, NULL, code, line);
    hset(s, KEY_ALERT, code, "kind", kind);
    hset(s, KEY_ALERT, code, "group", group);
    hset(s, KEY_ALERT, code, "subject", subject);
    hset(s, KEY_ALERT, code, "due", "2023-10-06");
}

#define MISSED "QNG-2022-7c-21046"
#define OVERDUE "QNG-2023-09-BC-digitisation-21040"
#define WIDE "QNG-2023-7c-21043"
#define NARROW "QNG-2023-7c-21040"
#define REMINDER "QNG-2023-09-BC-work-level-commune"
#define CLOSED "QNG-2021-7c-21040"

static void
all_kinds(const struct scene *s)
{
    stand(s);
    figure_told(s, NARROW, "behind", "21040", "2023-09",
                "behind value=47.35 required=49.96 gap=2.61 num=1130 den=2386 "
                "window=2023-09");
    figure_told(s, WIDE, "behind", "21043", "2023-09",
                "behind value=39.91 required=49.96 gap=10.05 num=200 den=501 "
                "window=2023-09");
    figure_told(s, MISSED, "missed", "21046", "2022-12",
                "missed value=34.90 step=35.00 gap=0.10 num=349 den=1000 "
                "window=2022-12");
    figure_told(s, CLOSED, "none", "21040", "2021-12", "");
    report_told(s, OVERDUE, "overdue", "digitisation", "21040");
    report_told(s, REMINDER, "reminder", "work", "level-commune");
    hset(s, KEY_ALERT, NARROW, "ack_by", "head-530");
    hset(s, KEY_ALERT, NARROW, "ack_until", "2023-10-31");
}

static void
ask(struct command *c, const struct scene *s, const char *what)
{
    command_run(c, "%s --redis %s --province %s", what,
                redis_server_address(scene_server), s->province);
}

/* One behind the other, in this order. */
static void
want_order(const struct command *c, const char *const *parts, size_t count)
{
    const char *at = c->out;
    size_t i;

    for (i = 0; i < count; i++) {
        const char *found = strstr(at, parts[i]);

        if (found == NULL) {
            fail_msg("“%s” is missing, or too early, in:\n%s", parts[i], c->out);
            return;
        }
        at = found;
    }
}

static void
want_narrow(const struct command *c)
{
    char text[COMMAND_OUT_BYTES];
    char *save = NULL;
    char *line;

    (void)snprintf(text, sizeof text, "%s", c->out);
    for (line = strtok_r(text, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        if (text_width(line) > COLUMNS) {
            fail_msg("%zu columns: %s", text_width(line), line);
        }
    }
}

/* --- dondoc alerts --- */

/* Working days behind Monday 9/10/2023 up to Monday 16: 10, 11, 12, 13, 16: five;
 * behind the due date, Friday 6: Monday 9 too, six. */
static void
the_gravest_is_first_with_figure_age_and_office(void **state)
{
    static const char *const order[] = {
        "[missed] G commune: Digitising results, commune level, window 2022-12",
        "34.90% (349/1,000), wanted: at least 35.00%",
        MISSED,
        "[report overdue] B commune: Group digitisation, window 2023-09",
        "due on 2023-10-06, 6 working days ago · open for 5 working days",
        OVERDUE,
        "39.91% (200/501), wanted: at least 49.96%",
        "not acknowledged",
        WIDE,
        "47.35% (1,130/2,386), wanted: at least 49.96% · open for 5 working days",
        "acknowledged by",
        ", until 2023-10-31",
        NARROW,
        "[reminder] commune level as a whole: Group work, window 2023-09",
        REMINDER,
        "Open: 5 (missed 1, report overdue 1, behind 2, falling 0, reminder 1)",
        "; acknowledged: 1.",
    };
    struct scene *s = *state;
    struct command c;

    all_kinds(s);
    ask(&c, s, "alerts --lang en");
    assert_int_equal(c.code, 0);
    want_order(&c, order, sizeof order / sizeof *order);
    assert_null(strstr(c.out, CLOSED));
    want_narrow(&c);
    ask(&c, s, "alerts --lang vi --all");
    command_want(&c, 0, "[quá hạn gửi báo cáo] Xã B: Nhóm digitisation, kỳ 2023-09");
    command_want(&c, 0, "hạn gửi 06/10/2023, đã quá 06 ngày làm việc");
    command_want(&c, 0, " · đã đóng · " CLOSED);
    command_want(&c, 0, "Đã đóng: 1.");
    want_narrow(&c);
}

static void
filters_leave_the_rest_out_and_a_short_list_says_so(void **state)
{
    struct scene *s = *state;
    struct command c;

    all_kinds(s);
    ask(&c, s, "alerts --unit 530");
    command_want(&c, 0,
                 "Open: 3 (missed 0, report overdue 1, behind 2, falling 0, reminder "
                 "0)");
    ask(&c, s, "alerts --unit level-commune");
    command_want(&c, 0, "Open: 1 (");
    ask(&c, s, "alerts --kind behind --top 1");
    command_want(&c, 0, WIDE);
    assert_null(strstr(c.out, NARROW));
    command_want(&c, 0, "The list above leaves out 1 that are less grave");
    ask(&c, s, "alerts --kind behin");
    command_want(&c, 64, "did you mean behind?");
    ask(&c, s, "alerts --unit 21041");
    command_want(&c, 65, "21040");
    ask(&c, s, "alerts --open --all");
    command_want(&c, 64, "only one");
    ask(&c, s, "alerts all");
    command_want(&c, 64, "too much");
}

static void
programs_get_all_of_it(void **state)
{
    struct scene *s = *state;
    const struct json_node *root;
    struct json *json = NULL;
    struct command c;
    char why[200];
    int line;

    all_kinds(s);
    ask(&c, s, "alerts --json --top 1");
    if (json_parse(c.out, strlen(c.out), &json, &line, why, sizeof why) != ST_OK) {
        fail_msg("%d: %s in %s", line, why, c.out);
    }
    root = json_root(json);
    assert_non_null(json_get(root, "alerts"));
    json_free(&json);
    command_want(&c, 0, "\"code\":\"" REMINDER "\"");
    command_want(&c, 0, "\"numerator\":1130,\"denominator\":2386");
    command_want(&c, 0, "\"late_working_days\":6");
    command_want(&c, 0, "\"ack_by\":\"head-530\"");
    ask(&c, s, "alerts --csv --kind missed");
    command_want(&c, 0, "code,open,kind,reason,n,subject,subject_name,target,group,");
    command_want(&c, 0,
                 "\n" MISSED ",true,missed,new,1,21046,G commune,7c,,"
                 "\"Digitising results, commune level\",2022-12,34.90,35.00,0.10,"
                 "349,1000,,,,1696827600000,5,,,,,,\n");
}

static void
without_a_programme_ids_are_shown(void **state)
{
    struct scene *s = *state;
    struct command c;

    figure_told(s, NARROW, "behind", "21040", "2023-09", "");
    ask(&c, s, "alerts");
    command_want(&c, 0, "[behind] 21040: 7c, window 2023-09");
    command_want(&c, 0, "1,130/2,386 · opened 2023-10-09 12:00");
}

static void
status_shows_missing_reports_and_does_not_drown_in_reminders(void **state)
{
    struct scene *s = *state;
    struct command c;

    all_kinds(s);
    ask(&c, s, "status");
    assert_non_null(strstr(c.out, OVERDUE));
    assert_non_null(strstr(c.out, MISSED));
    assert_null(strstr(c.out, REMINDER));
    assert_non_null(strstr(c.out, "reminders: 1; all of them: dondoc alerts"));
    ask(&c, s, "status --json");
    assert_non_null(strstr(c.out, "\"alerts_open\":4"));
    assert_non_null(strstr(c.out, "\"group\":\"digitisation\""));
}

/* --- dondoc history --- */

static void
a_life_is_told_from_the_first_message_to_the_last(void **state)
{
    static const char *const order[] = {
        "QNG-2023-7c-21040: open, behind; messages: 2",
        "B commune (21040): Digitising results, commune level",
        "/1 2023-10-09 12:00 new, behind, window 2023-09",
        "47.35% (1,130/2,386), wanted: at least 49.96%; 63 more would be on pace; 2 in",
        "window 2023-08",
        "in the inbox of: ",
        "head-21040, received);",
        "acknowledged by: ",
        "(head-21040): “Giao",
        "Văn phòng”; until 2023-10-31",
        "/2 2023-10-09 12:00 worse, behind, window 2023-09",
        "not received)",
        "Now: open, acknowledged by ",
    };
    struct scene *s = *state;
    struct client b;
    struct command c;
    struct buf body;
    struct wire_act act = {.id = "c0ffee0123456789",
                           .kind = "acknowledge",
                           .subject = NARROW,
                           .note = "Giao Văn phòng",
                           .until = "2023-10-31",
                           .by = "head-21040",
                           .at_ms = OCTOBER_9 + 3600000};

    stand(s);
    figure_told(s, NARROW, "behind", "21040", "2023-09", "");
    hset(s, KEY_TOLD, NULL, NARROW,
         "kind=behind n=2 reason=worse window=2023-09 num=1130 den=2386 "
         "opened=1696827600000");
    notifier_start(s, 0);
    tell_one(s, NARROW, 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&b, s, 0, HEAD_B);
    subscribe(&b, s, 0, 1);
    want_alert(&b, NARROW "/1");
    received(&b, s, b.reply.alert.position);
    wait_for(s, "HLEN dondoc:{%s}:cursor", "1");
    buf_init(&body, 4096);
    act_encode(&act, s->arena, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_ACT, buf_str(&body), body.len);
    scene_commit(s);
    buf_fini(&body);
    tell_one(s, NARROW, 2, "worse", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    client_close(&b);
    ask(&c, s, "history " NARROW "/2");
    assert_int_equal(c.code, 0);
    want_order(&c, order, sizeof order / sizeof *order);
    assert_null(strstr(c.out, "head-21043"));
    want_narrow(&c);
    ask(&c, s, "history --lang vi " NARROW);
    command_want(&c, 0, "/1 09/10/2023 12:00 cảnh báo mới, chậm tiến độ, kỳ 2023-09");
    command_want(&c, 0, "nhận xử lý: ");
    ask(&c, s, "history --json " NARROW);
    command_want(&c, 0, "{\"office\":\"head-21040\",\"received\":false}");
    command_want(&c, 0, "\"act\":\"acknowledge\",\"by\":\"head-21040\"");
}

static void
an_entry_that_nobody_has_passed_on_yet_says_so(void **state)
{
    struct scene *s = *state;
    struct command c;

    stand(s);
    report_told(s, OVERDUE, "overdue", "digitisation", "21040");
    {
        struct alert_event e = {.code = OVERDUE,
                                .number = 1,
                                .kind = "overdue",
                                .reason = "new",
                                .target = "",
                                .subject = "21040",
                                .group = "digitisation",
                                .window = "2023-09",
                                .since_window = "",
                                .old_window = "",
                                .due_day = day_from_civil(2023, 10, 9),
                                .rule_day = day_from_civil(2023, 10, 6),
                                .at_ms = OCTOBER_9};

        tell(s, &e, 1);
    }
    ask(&c, s, "history " OVERDUE);
    command_want(&c, 0, "/1 2023-10-09 12:00 new, report overdue, window 2023-09");
    command_want(&c, 0, "due on 2023-10-09; by the rule 2023-10-06, moved");
    command_want(&c, 0, "in no inbox: the notifier has not come to this entry yet");
    command_want(&c, 0, "Now: open, not acknowledged.");
}

static void
an_unknown_code_names_those_near_it(void **state)
{
    struct scene *s = *state;
    struct command c;

    all_kinds(s);
    ask(&c, s, "history QNG-2023-7c-21004");
    command_want(&c, 65, "Did you mean:\n  QNG-2023-7c-2104");
    ask(&c, s, "history 21046");
    command_want(&c, 65, "Did you mean:\n  " MISSED);
    ask(&c, s, "history nothing-like-it");
    command_want(&c, 65, "dondoc alerts --all");
    ask(&c, s, "history");
    command_want(&c, 64, "one code is wanted");
}

static void
inbox_put(const struct scene *s, const char *leader, const char *id,
          const char *const *fields, size_t count)
{
    char key[KEY_BYTES];
    const char *argv[16] = {"XADD", key, id};
    struct reply *rep = NULL;
    size_t i;

    key_make2(key, s->province, KEY_INBOX, leader);
    for (i = 0; i < count; i++) {
        argv[3 + i] = fields[i];
    }
    assert_int_equal(redis_call(s->r, 3 + count, argv, NULL, &rep), ST_OK);
    assert_int_equal(reply_status(rep), ST_OK);
    reply_free(&rep);
}

#define ACT(what, about, text, day)                                                    \
    &(struct wire_act)                                                                 \
    {                                                                                  \
        .id = "c0ffee0123456789", .kind = (what), .subject = (about), .note = (text),  \
        .until = (day), .by = "vp-ubnd", .at_ms = OCTOBER_9, .drop = ""                \
    }

/* Entries of the alerts journal: 1 and 2 of the scene, 3 a hold that is over, 4 hold, 5
 * the event, 6 release, 7 pause, 8 a hold, 9 its end, 10 a release after it. The
 * inboxes as the notifier leaves them behind. */
static void
climbs_holds_and_pauses_are_part_of_a_life(void **state)
{
    static const char *const released[] = {"code", NARROW, "n", "1",
                                           "at",   "5-0",  "h", "1"};
    static const char *const climbed[] = {"code", NARROW, "n", "1",
                                          "at",   "5-0",  "r", "2"};
    static const char *const row[] = {
        "code", "QNG-2023-W41-TH-chair-province", "n", "1", "d", "1"};
    static const char *const order[] = {
        "+ 2023-10-09 12:00 every message held by: vp-ubnd (vp-ubnd): “nguong?[31m”",
        "; until 2023-10-20",
        "/1 2023-10-09 12:00 new, behind",
        "entry 5:0 of the alerts journal",
        "held then, sent after the hold (see below)",
        "+ 2023-10-09 12:00 released by: vp-ubnd",
        "> 2023-10-09 12:00 sent after the hold, message /1: ",
        "(head-21040, not received)",
        "+ 2023-10-09 12:00 paused by: vp-ubnd (vp-ubnd): “chuyen he thong”",
        "; until 2023-11-30",
        "> 2023-10-09 12:00 escalated to rung 2, message /1: ",
        "(head-530, not received)",
        "+ 2023-10-09 12:00 every message held by: vp-ubnd (vp-ubnd): “second”",
        "> 2023-10-09 12:00 in the digest QNG-2023-W41-TH-chair-province: ",
        "(chair-province, not received)",
        "/2 2023-10-09 12:00 resolved",
        "Now: closed.",
    };
    struct scene *s = *state;
    struct command c;

    stand(s);
    figure_told(s, NARROW, "none", "21040", "2023-09", "");
    tell_act(s, ACT("hold", "", "long ago", "2023-10-08"));
    tell_act(s, ACT("hold", "", "nguong\033[31m", "2023-10-20"));
    tell_one(s, NARROW, 1, "new", "21040");
    tell_act(s, ACT("release", "", "", ""));
    tell_act(s, ACT("pause", NARROW, "chuyen he thong", "2023-11-30"));
    tell_act(s, ACT("hold", "", "second", "2023-10-20"));
    tell_one(s, NARROW, 2, "resolved", "21040");
    tell_act(s, ACT("release", "", "too late to matter", ""));
    hset(s, KEY_ALERT, NARROW, "told:head-21040", "1/6-0");
    hset(s, KEY_ALERT, NARROW, "told:head-530", "1/7-1");
    hset(s, KEY_ALERT, NARROW, "told:chair-province",
         "d1/QNG-2023-W41-TH-chair-province");
    hset(s, KEY_DIGEST, "QNG-2023-W41-TH-chair-province", NARROW, "at=5-0 n=1 rung=3");
    inbox_put(s, "head-21040", "6-0", released, 8);
    inbox_put(s, "head-530", "7-1", climbed, 8);
    inbox_put(s, "chair-province", "8-2", row, 6);
    ask(&c, s, "history " NARROW);
    assert_int_equal(c.code, 0);
    want_order(&c, order, sizeof order / sizeof *order);
    assert_null(strstr(c.out, "long ago"));
    assert_null(strstr(c.out, "too late to matter"));
    assert_null(strchr(c.out, '\033'));
    want_narrow(&c);
    ask(&c, s, "history --json " NARROW);
    command_want(&c, 0, "\"office\":\"head-530\",\"entry\":7,\"index\":1,");
    command_want(&c, 0, "\"rung\":2,\"again\":0,\"held\":false,\"digest\":\"\"");
    command_want(&c, 0, "\"digest\":\"QNG-2023-W41-TH-chair-province\"");
    ask(&c, s, "history --lang vi " NARROW);
    command_want(&c, 0, "báo cáo cấp trên, bậc 2, thông báo /1: ");
    command_want(&c, 0, "tạm dừng, do: vp-ubnd");
}

/* What the notifier writes is what status, alerts and history read. */
static void
a_hold_of_a_person_is_seen_where_people_look(void **state)
{
    struct scene *s = *state;
    struct command c;

    stand(s);
    figure_told(s, NARROW, "behind", "21040", "2023-09", "");
    notifier_start(s, 0);
    tell_act(s, ACT("hold", "", "Ngưỡng nhập nhầm", "2023-10-20"));
    tell_one(s, NARROW, 1, "new", "21040");
    settle(s);
    ask(&c, s, "status");
    if (strstr(c.out, "HELD: every message, set by vp-ubnd: Ngưỡng nhập nhầm;") ==
            NULL ||
        strstr(c.out, " 1 held;") == NULL) {
        fail_msg("no hold in: %s", c.out);
    }
    ask(&c, s, "alerts --held");
    command_want(&c, 0, "held (person)");
    ask(&c, s, "history " NARROW);
    command_want(&c, 0, "every message held by: vp-ubnd (vp-ubnd): “Ngưỡng nhập nhầm”");
    command_want(&c, 0, "Held (person); to open: dondoc release ");
    tell_act(s, ACT("release", "", "", ""));
    settle(s);
    wait_for(s, "HLEN dondoc:{%s}:held", "0");
    ask(&c, s, "status");
    assert_null(strstr(c.out, "HELD"));
    ask(&c, s, "history " NARROW);
    command_want(&c, 0, "sent after the hold, message /1: ");
}

static void
a_fall_comes_behind_a_lag_and_before_a_reminder(void **state)
{
    static const char *const order[] = {WIDE, "[falling] ", "[reminder] "};
    struct scene *s = *state;
    struct command c;

    all_kinds(s);
    figure_told(s, "QNG-2023-giam-21046", "falling", "21046", "2023-09", "");
    hset(s, KEY_ALERT, "QNG-2023-giam-21046", "target", "");
    hset(s, KEY_ALERT, "QNG-2023-giam-21046", "measure", "no_such_measure");
    ask(&c, s, "alerts");
    assert_int_equal(c.code, 0);
    want_order(&c, order, sizeof order / sizeof *order);
    command_want(&c, 0, "[falling] G commune: no_such_measure, window 2023-09");
    ask(&c, s, "alerts --kind falling");
    command_want(&c, 0, "Open: 1 (");
    ask(&c, s, "alerts --kind fallin");
    command_want(&c, 64, "did you mean falling?");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_gravest_is_first_with_figure_age_and_office),
        TEST(filters_leave_the_rest_out_and_a_short_list_says_so),
        TEST(programs_get_all_of_it),
        TEST(without_a_programme_ids_are_shown),
        TEST(status_shows_missing_reports_and_does_not_drown_in_reminders),
        TEST(a_life_is_told_from_the_first_message_to_the_last),
        TEST(an_entry_that_nobody_has_passed_on_yet_says_so),
        TEST(an_unknown_code_names_those_near_it),
        TEST(climbs_holds_and_pauses_are_part_of_a_life),
        TEST(a_hold_of_a_person_is_seen_where_people_look),
        TEST(a_fall_comes_behind_a_lag_and_before_a_reminder),
    };

    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
