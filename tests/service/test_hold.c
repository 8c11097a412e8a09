/*
 * What is held, by a brake or a person, with a real notifier on a real Redis. The test
 * is the scorer: it puts the brake on events itself.
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
#include "tests/support/notifier_scene.h"

#define KEY_HELD_BY "key:21040"
#define NOTICE_KEY "QNG-2023-10-09-TG-key-21040"
#define NOTICE_PERSON "QNG-2023-10-09-TG-person"
#define B "QNG-2023-7c-21040"
#define C "QNG-2023-7c-21043"
#define G "QNG-2023-7c-21046"
#define REPORT_B "QNG-2023-09-BC-digitisation-21040"
#define AT_NINE 9

/* ---- the scorer's side ---- */

/* An hour of October 2023; the 9th is a Monday. */
static void
tick(struct scene *s, int day, int hour)
{
    char iso[DAY_TEXT_BYTES];

    day_text(day_from_civil(2023, 10, day), iso);
    tell_tick(s, iso, hour, false);
}

static void
act(struct scene *s, const char *kind, const char *subject, const char *until,
    const char *drop)
{
    const struct wire_act a = {.id = "act-1",
                               .kind = kind,
                               .subject = subject,
                               .note = "Số liệu đang được rà soát",
                               .until = until,
                               .by = "ops-1",
                               .drop = drop};

    tell_act(s, &a);
}

static struct alert_event
braked(const char *code, uint32_t number, const char *subject, const char *brake)
{
    struct alert_event e = event_of(code, number, "new", subject);

    e.brake = brake;
    e.by = strncmp(brake, "key:", 4) == 0 ? brake + 4 : "";
    return e;
}

static void
brake_three(struct scene *s, uint32_t number)
{
    const struct alert_event events[] = {braked(B, number, "21040", KEY_HELD_BY),
                                         braked(C, number, "21043", KEY_HELD_BY),
                                         braked(G, number, "21046", KEY_HELD_BY)};

    tell(s, events, 3);
}

/* One more office, which hears of nothing but holds. */
static const char office[] = "  - id: up-530\n"
                             "    title_vi: \"Chánh Văn phòng UBND tỉnh\"\n"
                             "    title_en: \"Chief of the provincial office\"\n"
                             "    scope: \"51\"\n"
                             "    kinds: [hold]\n"
                             "    language: vi\n";

/* ---- looking ---- */

static void
want(const struct scene *s, const char *command, const char *name, const char *field,
     const char *value)
{
    char line[256];

    settle(s);
    (void)snprintf(line, sizeof line, "%s dondoc:{%%s}:%s %s", command, name, field);
    want_now(s, line, value);
}

static void
want_inbox(const struct scene *s, const char *leader, int rows)
{
    char name[64];
    char count[16];

    (void)snprintf(name, sizeof name, "inbox:%s", leader);
    (void)snprintf(count, sizeof count, "%d", rows);
    want(s, "XLEN", name, "", count);
}

static void
want_held(const struct scene *s, const char *lines, const char *holds)
{
    want(s, "HLEN", "held", "", lines);
    want(s, "HLEN", "hold", "", holds);
}

/* Monday, October 9th, nine o'clock. */
static int
setup(void **state)
{
    int failed = scene_setup(state);
    struct scene *s = *state;

    scene_offices(s, office, false);
    tick(s, 9, AT_NINE);
    notifier_start(s, 0);
    return failed;
}

/* What an office has received since the beginning: "id reason", one behind the other.
 */
static void
want_messages(const struct scene *s, enum who who, const char *const *wanted,
              size_t count)
{
    struct client c;
    char got[256];
    size_t i;

    settle(s);
    client_open(&c, s, 0, who);
    subscribe(&c, s, 64, count);
    for (i = 0; i < count; i++) {
        want_kind(&c, LEADER_REPLY_ALERT);
        (void)snprintf(got, sizeof got, "%s %s", c.reply.alert.id,
                       c.reply.alert.reason);
        assert_string_equal(got, wanted[i]);
    }
    client_close(&c);
}

/* ---- by itself ---- */

static void
what_is_braked_reaches_nobody_and_one_notice_does(void **state)
{
    struct scene *s = *state;
    struct client c;

    brake_three(s, 1);
    want_inbox(s, "head-21040", 0);
    want_inbox(s, "head-530", 0);
    want_inbox(s, "up-530", 1);
    want(s, "HGET", "held", B,
         "at=5-0 n=1 hold=key:21040 opened=1 told=0 kind=behind reason=new "
         "subject=21040");
    want(s, "HGET", "hold", KEY_HELD_BY,
         "since=2023-10-09 until=2023-10-16 level=commune units=3 of=3 by=21040 "
         "said=2023-10-09 n=1 list=1 act=0 reason=-");
    client_open(&c, s, 0, UP_530);
    subscribe(&c, s, 64, 1);
    want_alert(&c, NOTICE_KEY "/1");
    assert_string_equal(c.reply.alert.kind, "hold");
    assert_string_equal(c.reply.alert.reason, "new");
    assert_int_equal(c.reply.alert.row_count, 3);
    client_close(&c);
}

static void
released_goes_out_once_as_new_with_the_newest_figures(void **state)
{
    static const char *const told[] = {NOTICE_KEY "/1 new", NOTICE_KEY "/2 resolved"};
    struct scene *s = *state;
    struct client c;

    brake_three(s, 1);
    tell_one(s, B, 2, "worse", "21040");
    want_inbox(s, "head-21040", 0);
    act(s, "release", KEY_HELD_BY, "", "");
    want_held(s, "0", "0");
    want_inbox(s, "head-21040", 1);
    want_inbox(s, "head-530", 2);
    want_inbox(s, "head-531", 1);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 64, 1);
    want_alert(&c, B "/2");
    assert_string_equal(c.reply.alert.reason, "new");
    assert_true(c.reply.alert.held);
    client_close(&c);
    want_messages(s, UP_530, told, 2);

    act(s, "release", "", "", ""); /* nothing is there */
    tell_one(s, B, 3, "worse", "21040");
    want_inbox(s, "head-21040", 2); /* and it goes on as ever */
    want_inbox(s, "up-530", 2);
}

static void
dropped_kinds_are_told_to_nobody_then_or_later(void **state)
{
    struct scene *s = *state;
    struct alert_event missed = braked(C, 1, "21043", KEY_HELD_BY);

    missed.kind = "missed";
    tell(s, &missed, 1);
    brake_three(s, 1); /* of C the newest is a lag again */
    missed = braked(G, 2, "21046", KEY_HELD_BY);
    missed.kind = "missed";
    missed.reason = "worse";
    missed.brake = "";
    tell(s, &missed, 1);
    act(s, "release", "", "", "overdue,behind");
    want_held(s, "0", "0");
    want(s, "HEXISTS", "ladder", B, "1"); /* it stands there, stopped, to its end */
    want(s, "HEXISTS", "ladder", G, "1");
    want_inbox(s, "head-21040", 0);
    want_inbox(s, "head-21043", 0);
    want_inbox(s, "head-21046", 1);
    tell_one(s, B, 2, "worse", "21040");
    tell_one(s, B, 3, "resolved", "21040");
    tell_one(s, C, 3, "withdrawn", "21043");
    want_inbox(s, "head-21040", 0);
    want_inbox(s, "head-530", 0);
}

static void
mended_before_anybody_looked_reaches_nobody(void **state)
{
    static const char *const told[] = {NOTICE_KEY "/1 new", NOTICE_KEY "/2 resolved"};
    struct scene *s = *state;
    const struct alert_event events[] = {event_of(B, 2, "withdrawn", "21040"),
                                         event_of(C, 2, "withdrawn", "21043"),
                                         event_of(G, 2, "resolved", "21046")};

    brake_three(s, 1);
    tell(s, events, 1);
    want(s, "HLEN", "held", "", "2");
    tick(s, 10, 7); /* the next day, before anything is said again */
    tell(s, events + 1, 2);
    want_held(s, "0", "0");
    want(s, "HGET", "digest:" NOTICE_KEY "/2", "why",
         "notice=resolved day=2023-10-10 ended=- id=key:21040 since=2023-10-09 "
         "until=2023-10-16 level=commune units=2 of=3 by=21040 said=2023-10-10 n=2 "
         "list=0 act=0 reason=-");
    want_inbox(s, "head-21040", 0);
    want_inbox(s, "head-530", 0);
    want_inbox(s, "head-531", 0);
    want_messages(s, UP_530, told, 2);
}

static void
mended_in_the_same_entry_there_was_no_hold(void **state)
{
    struct scene *s = *state;
    const struct alert_event events[] = {braked(B, 1, "21040", KEY_HELD_BY),
                                         event_of(B, 2, "withdrawn", "21040")};

    tell(s, events, 2);
    want_held(s, "0", "0");
    want_inbox(s, "up-530", 0);
}

static void
two_holds_of_one_day_never_share_a_number(void **state)
{
    static const char *const told[] = {NOTICE_KEY "/1 new", NOTICE_KEY "/2 resolved",
                                       NOTICE_KEY "/3 new", NOTICE_KEY "/4 resolved",
                                       NOTICE_KEY "/5 new"};
    struct scene *s = *state;

    brake_three(s, 1);
    act(s, "release", KEY_HELD_BY, "", "behind");
    brake_three(s, 2);
    settle(s);
    act(s, "release", KEY_HELD_BY, "", "behind");
    settle(s);
    notifier_end(s, 0, SIGKILL);
    notifier_start(s, 0);
    brake_three(s, 3);
    want_messages(s, UP_530, told, 5);
}

static void
one_that_began_by_itself_is_prolonged_and_told_never_opened(void **state)
{
    static const char *const told[] = {NOTICE_KEY "/1 new", NOTICE_KEY "/2 repeat",
                                       NOTICE_KEY "/3 repeat",
                                       NOTICE_KEY "/4 escalated"};
    struct scene *s = *state;

    brake_three(s, 1);
    tick(s, 10, 8);
    tick(s, 10, 9);
    tick(s, 14, 9); /* a Saturday */
    tick(s, 16, 9); /* its last day */
    tick(s, 17, 9);
    want_held(s, "3", "1");
    want(s, "HGET", "hold", KEY_HELD_BY,
         "since=2023-10-09 until=2023-10-23 level=commune units=3 of=3 by=21040 "
         "said=2023-10-17 n=4 list=1 act=0 reason=-");
    want_inbox(s, "head-21040", 0);
    want_messages(s, UP_530, told, 4);
}

static void
reminders_pass_a_brake(void **state)
{
    struct scene *s = *state;
    struct alert_event e = braked(REPORT_B, 1, "21040", "tick:465000");

    e.kind = "reminder";
    e.target = "";
    e.group = "digitisation";
    e.due_day = day_from_civil(2023, 10, 13);
    tell(s, &e, 1);
    want_held(s, "0", "0");
    want_inbox(s, "head-21040", 1);
}

/* ---- by a person ---- */

/* Two were reminded; under the hold both reports come, and a third is reminded. */
static void
a_release_sends_no_reminder_of_a_report_that_has_come(void **state)
{
    struct scene *s = *state;
    struct alert_event e = event_of(REPORT_B, 1, "new", "21040");

    e.kind = "reminder";
    e.target = "";
    e.group = "digitisation";
    tell(s, &e, 1);
    want_inbox(s, "head-21040", 1);
    act(s, "hold", "", "2023-10-10", "");
    e.number = 2;
    e.reason = "resolved";
    tell(s, &e, 1);
    e.code = "QNG-2023-10-BC-digitisation-21040";
    e.number = 1;
    e.reason = "new";
    tell(s, &e, 1);
    want_held(s, "1", "1");
    e.number = 2;
    e.reason = "withdrawn";
    tell(s, &e, 1);
    want_held(s, "0", "1");
    act(s, "release", "person", "", "");
    want_held(s, "0", "0");
    want_now(s, "HLEN dondoc:{%s}:ladder", "1"); /* the day itself */
    want_inbox(s, "head-21040", 1);
}

static void
under_a_person_everything_waits_and_opens_at_its_end(void **state)
{
    static const char *const head[] = {B "/1 new", B "/2 resolved", REPORT_B "/1 new"};
    static const char *const told[] = {
        NOTICE_PERSON "/1 new", NOTICE_PERSON "/2 repeat", NOTICE_PERSON "/3 resolved"};
    struct scene *s = *state;
    struct alert_event e = event_of(REPORT_B, 1, "new", "21040");

    tell_one(s, B, 1, "new", "21040");
    act(s, "hold", "", "2023-10-10", "");
    tell_one(s, B, 2, "resolved", "21040");
    tell_one(s, G, 1, "new", "21046");
    tell_one(s, G, 2, "withdrawn", "21046");
    e.kind = "reminder";
    e.target = "";
    e.group = "digitisation";
    tell(s, &e, 1);
    tick(s, 10, 9); /* its last day */
    want(s, "HGET", "held", B,
         "at=7-0 n=2 hold=person opened=0 told=1 kind=behind reason=resolved "
         "subject=21040");
    want(s, "HGET", "hold", "person",
         "since=2023-10-09 until=2023-10-10 level=- units=1 of=0 by=ops-1 "
         "said=2023-10-10 n=2 list=2 act=6 reason=so lieu dang duoc ra soat");
    want_inbox(s, "head-21040", 1);
    want_held(s, "2", "1");
    tick(s, 11, 0); /* the first one behind it */
    want_held(s, "0", "0");
    want_inbox(s, "head-531", 0);
    want_messages(s, HEAD_B, head, 3);
    want_messages(s, UP_530, told, 3);
}

static void
ended_and_open_again_while_held_those_told_before_hear_the_end(void **state)
{
    static const char *const head[] = {B "/1 new", B "/4 resolved"};
    struct scene *s = *state;

    tell_one(s, B, 1, "new", "21040");
    act(s, "hold", "", "2023-10-10", "");
    tell_one(s, B, 2, "resolved", "21040");
    tell_one(s, B, 3, "new", "21040");
    tell_one(s, B, 4, "resolved", "21040");
    act(s, "release", "person", "", "behind"); /* an end is never dropped */
    want_messages(s, HEAD_B, head, 2);
}

static void
a_person_goes_and_the_brake_stays(void **state)
{
    static const char *const head[] = {B "/1 new"};
    struct scene *s = *state;

    act(s, "hold", "", "2023-10-12", "");
    tell_one(s, B, 1, "new", "21040");
    {
        const struct alert_event e = braked(C, 1, "21043", "tick:465001");

        tell(s, &e, 1);
    }
    want_held(s, "2", "2");
    act(s, "release", "tick:465001", "", "");
    want_held(s, "2", "1"); /* under the person's still */
    want_inbox(s, "head-21043", 0);
    {
        const struct alert_event e = braked(G, 1, "21046", "tick:465002");

        tell(s, &e, 1);
    }
    act(s, "release", "person", "", "");
    want_held(s, "1", "1");
    want_inbox(s, "head-21043", 1);
    want_inbox(s, "head-21046", 0);
    want_messages(s, HEAD_B, head, 1);
}

static void
a_second_hold_replaces_reason_and_end(void **state)
{
    static const char *const told[] = {NOTICE_PERSON "/1 new",
                                       NOTICE_PERSON "/2 escalated",
                                       NOTICE_PERSON "/3 repeat"};
    struct scene *s = *state;

    act(s, "hold", "", "2023-10-10", "");
    act(s, "hold", "", "2023-10-20", "");
    act(s, "hold", "", "2023-10-12", "");
    want(s, "HGET", "hold", "person",
         "since=2023-10-09 until=2023-10-12 level=- units=0 of=0 by=ops-1 "
         "said=2023-10-09 n=3 list=1 act=7 reason=so lieu dang duoc ra soat");
    want_messages(s, UP_530, told, 3);
}

static void
notice_of_a_person_has_the_reason_as_it_was_written(void **state)
{
    struct scene *s = *state;
    struct client c;

    act(s, "hold", "", "2023-10-10", "");
    act(s, "hold", "", "2023-10-11", "");
    settle(s);
    client_open(&c, s, 0, UP_530);
    subscribe(&c, s, 64, 2);
    want_alert(&c, NOTICE_PERSON "/1");
    assert_non_null(strstr(c.reply.alert.text_vi, "mã " NOTICE_PERSON "/1."));
    assert_non_null(strstr(c.reply.alert.text_vi, "Số liệu đang được rà soát"));
    assert_non_null(strstr(c.reply.alert.text_en, "Số liệu đang được rà soát"));
    want_alert(&c, NOTICE_PERSON "/2");
    assert_non_null(strstr(c.reply.alert.text_vi, "mã " NOTICE_PERSON "/2."));
    client_close(&c);
}

/* More than one entry has places for in an inbox: the rest goes with the next one. */
#define MANY 1100
#define MANY_A_TURN 960 /* of 1.024, 64 are left to everything else */
static void
many_go_out_in_turns_and_none_is_lost(void **state)
{
    struct scene *s = *state;
    static char codes[MANY][32];
    static struct alert_event events[MANY];
    int i;

    act(s, "hold", "", "2023-10-10", "");
    for (i = 0; i < MANY; i++) {
        (void)snprintf(codes[i], sizeof codes[i], "QNG-2023-t%d-21040", i);
        events[i] = event_of(codes[i], 1, "new", "21040");
    }
    tell(s, events, MANY / 2);
    tell(s, events + MANY / 2, MANY / 2);
    want(s, "HLEN", "held", "", "1100");
    act(s, "release", "", "", "");
    want_inbox(s, "head-21040", MANY_A_TURN);
    want_held(s, "140", "0");
    want(s, "HGET", "held", "QNG-2023-t960-21040",
         "at=7-410 n=1 hold=- opened=1 told=0 kind=behind reason=new subject=21040");
    notifier_end(s, 0, SIGKILL);
    notifier_start(s, 0);
    tell_one(s, codes[MANY - 1], 2, "withdrawn", "21040"); /* it never went out */
    want_held(s, "0", "0");
    want_inbox(s, "head-21040", MANY - 1);
}

static void
acts_that_name_nothing_change_nothing(void **state)
{
    struct scene *s = *state;

    brake_three(s, 1);
    act(s, "release", "key:21043", "", "");
    act(s, "release", "person", "", "");
    act(s, "hold", "", "2023-10-08", ""); /* it is over */
    act(s, "hold", "", "Friday", "");
    act(s, "hold", "", "", "");
    want_held(s, "3", "1");
    want_inbox(s, "up-530", 1);
    want_inbox(s, "head-21040", 0);
    want(s, "XLEN", "parked:notifier", "", "0");
}

/* ---- killed ---- */

/* Step by step: brake, worse, a person over it, an end, another day, all released. */
#define STEPS 10
static void
step(struct scene *s, int i)
{
    switch (i) {
    case 0:
        tell_one(s, G, 1, "new", "21046");
        break;
    case 1: {
        const struct alert_event e[] = {braked(B, 1, "21040", KEY_HELD_BY),
                                        braked(C, 1, "21043", KEY_HELD_BY)};

        tell(s, e, 2);
        break;
    }
    case 2:
        tell_one(s, B, 2, "worse", "21040");
        break;
    case 3:
        act(s, "hold", "", "2023-10-10", "");
        break;
    case 4:
        tell_one(s, G, 2, "resolved", "21046");
        break;
    case 5:
        tell_one(s, C, 2, "withdrawn", "21043");
        break;
    case 6:
        tick(s, 10, 9);
        break;
    case 7:
        tick(s, 11, 1);
        break;
    case 8:
        act(s, "release", "", "", "");
        break;
    default:
        brake_three(s, 3);
        break;
    }
}

/* All that the notifier has written, as text. */
static void
written(const struct scene *s, struct buf *out)
{
    static const char *const commands[] = {
        "XRANGE dondoc:{%s}:inbox:head-21040 - +",
        "XRANGE dondoc:{%s}:inbox:head-21043 - +",
        "XRANGE dondoc:{%s}:inbox:head-21046 - +",
        "XRANGE dondoc:{%s}:inbox:head-530 - +",
        "XRANGE dondoc:{%s}:inbox:up-530 - +",
        "HGETALL dondoc:{%s}:hold",
        "HGET dondoc:{%s}:held QNG-2023-7c-21040",
        "HGET dondoc:{%s}:held QNG-2023-7c-21043",
        "HGET dondoc:{%s}:held QNG-2023-7c-21046",
        "HGETALL dondoc:{%s}:digest:QNG-2023-10-09-TG-key-21040",
        "HGETALL dondoc:{%s}:digest:QNG-2023-10-09-TG-key-21040/1",
        "HGETALL dondoc:{%s}:digest:QNG-2023-10-09-TG-person/2",
        "HGET dondoc:{%s}:ladder QNG-2023-7c-21040",
    };
    size_t i;

    for (i = 0; i < sizeof commands / sizeof *commands; i++) {
        char line[256];
        char *got;
        const char *at = strstr(commands[i], "%s");

        (void)snprintf(line, sizeof line, "%.*s%s%s", (int)(at - commands[i]),
                       commands[i], s->province, at + 2);
        got = redis_ask(s->r, line);
        buf_text(out, got);
        buf_char(out, '\n');
        mem_free(&got);
    }
}

enum trouble { TROUBLE_KILL, TROUBLE_CUT };

/* Each step alone, with the trouble around it. */
static void
steps_troubled(struct scene *s, enum trouble trouble)
{
    int i;

    for (i = 0; i < STEPS; i++) {
        int cuts = trouble == TROUBLE_CUT ? 3 : 0;

        step(s, i);
        while (cuts-- > 0) { /* wherever it is just then */
            char *killed = redis_ask(s->r, "CLIENT KILL TYPE normal SKIPME yes");

            mem_free(&killed);
            child_pause_us(500 * (i + 1));
        }
        settle(s);
        if (trouble == TROUBLE_KILL) {
            notifier_end(s, 0, SIGKILL);
            notifier_start(s, 0);
        }
    }
}

static void
troubled_it_ends_the_same(void **state, enum trouble trouble)
{
    struct scene *s = *state;
    void *other = NULL;
    struct buf one;
    struct buf two;
    int i;

    buf_init(&one, 1u << 20);
    buf_init(&two, 1u << 20);
    steps_troubled(s, trouble);
    written(s, &one);
    assert_int_equal(scene_teardown(state), 0);

    /* The same in another province, in one piece. */
    assert_int_equal(scene_setup(&other), 0);
    s = other;
    *state = s;
    scene_offices(s, office, false);
    tick(s, 9, AT_NINE);
    for (i = 0; i < STEPS; i++) {
        step(s, i);
    }
    notifier_start(s, 0);
    settle(s);
    written(s, &two);
    assert_string_equal(buf_str(&one), buf_str(&two));
    assert_non_null(strstr(buf_str(&one), "TG-key-21040"));
    buf_fini(&one);
    buf_fini(&two);
}

static void
killed_between_any_two_entries_it_ends_the_same(void **state)
{
    troubled_it_ends_the_same(state, TROUBLE_KILL);
}

static void
cut_off_from_redis_at_any_moment_it_ends_the_same(void **state)
{
    troubled_it_ends_the_same(state, TROUBLE_CUT);
}

static char *
epoch(const struct scene *s)
{
    char line[128];

    (void)snprintf(line, sizeof line, "GET dondoc:{%s}:epoch:notifier", s->province);
    return redis_ask(s->r, line);
}

static void
a_question_that_fails_leaves_nothing_half_done(void **state)
{
    struct scene *s = *state;
    char *before;
    char *now;

    settle(s);
    before = epoch(s);
    /* Where the last number of the notice should be: Redis refuses the question. */
    want_now(s, "SET dondoc:{%s}:digest:" NOTICE_KEY " x", "OK");
    brake_three(s, 1);
    now = epoch(s);
    while (strcmp(now, before) == 0) { /* until it has tried, and begun anew */
        child_pause_us(2000);
        mem_free(&now);
        now = epoch(s);
    }
    want_now(s, "HLEN dondoc:{%s}:held", "0");
    want_now(s, "HLEN dondoc:{%s}:hold", "0");
    want_now(s, "XLEN dondoc:{%s}:inbox:up-530", "0");
    want_now(s, "DEL dondoc:{%s}:digest:" NOTICE_KEY, "1");
    want_held(s, "3", "1");
    want_inbox(s, "up-530", 1);
    mem_free(&before);
    mem_free(&now);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, scene_teardown)
        TEST(what_is_braked_reaches_nobody_and_one_notice_does),
        TEST(released_goes_out_once_as_new_with_the_newest_figures),
        TEST(dropped_kinds_are_told_to_nobody_then_or_later),
        TEST(mended_before_anybody_looked_reaches_nobody),
        TEST(mended_in_the_same_entry_there_was_no_hold),
        TEST(two_holds_of_one_day_never_share_a_number),
        TEST(one_that_began_by_itself_is_prolonged_and_told_never_opened),
        TEST(reminders_pass_a_brake),
        TEST(a_release_sends_no_reminder_of_a_report_that_has_come),
        TEST(under_a_person_everything_waits_and_opens_at_its_end),
        TEST(ended_and_open_again_while_held_those_told_before_hear_the_end),
        TEST(a_person_goes_and_the_brake_stays),
        TEST(a_second_hold_replaces_reason_and_end),
        TEST(notice_of_a_person_has_the_reason_as_it_was_written),
        TEST(many_go_out_in_turns_and_none_is_lost),
        TEST(acts_that_name_nothing_change_nothing),
        TEST(killed_between_any_two_entries_it_ends_the_same),
        TEST(a_question_that_fails_leaves_nothing_half_done),
        TEST(cut_off_from_redis_at_any_moment_it_ends_the_same),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
