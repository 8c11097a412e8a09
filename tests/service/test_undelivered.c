/*
 * What couriers could not deliver, where people look for it: `dondoc status`,
 * `dondoc undelivered` and `dondoc history`, on a real Redis that holds what couriers
 * write.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/instant.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/text.h"
#include "tests/support/command.h"
#include "tests/support/notifier_scene.h"

#define COLUMNS 100
#define HOUR_MS INT64_C(3600000)
#define CODE "QNG-2023-7c-21040"
#define DEAD "dondoc:ops:dead:courier"
#define HANDS "dondoc:ops:undelivered:courier:1"
#define COURIER "dondoc:ops:courier:1"

static void
call(const struct scene *s, const char *command, const char *key, const char *field,
     const char *value)
{
    const char *argv[4] = {command, key, field, value};
    struct reply *rep = NULL;

    assert_int_equal(redis_call(s->r, value == NULL ? 3 : 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

static void
hset(const struct scene *s, const char *name, const char *part, const char *field,
     const char *value)
{
    char key[KEY_BYTES];

    if (part == NULL) {
        key_make(key, s->province, name);
    } else {
        key_make2(key, s->province, name, part);
    }
    call(s, "HSET", key, field, value);
}

static void
dead_put(const struct scene *s, const char *province, int64_t hours_ago,
         const char *office, const char *id)
{
    char at[INSTANT_TEXT_BYTES];
    char line[512];

    instant_text_utc((struct instant){instant_now().ms - hours_ago * HOUR_MS}, at);
    (void)snprintf(line, sizeof line,
                   "{\"at\": \"%s\", \"province\": \"%s\", \"office\": \"%s\", "
                   "\"channel\": \"mail\", \"id\": \"%s\", \"attempts\": 1, \"why\": "
                   "\"mail server answered 550 (recipient)\"}",
                   at, province, office, id);
    call(s, "LPUSH", DEAD, line, NULL);
}

static void
waiting_put(const struct scene *s, const char *office, const char *state,
            const char *id, long age_s, bool overdue)
{
    char field[128];
    char line[512];

    (void)snprintf(field, sizeof field, "%s/%s/mail", s->province, office);
    (void)snprintf(line, sizeof line,
                   "{\"state\": \"%s\", \"id\": \"%s\", \"since\": "
                   "\"2023-10-09T05:00:00.000Z\", \"age_s\": %ld, \"attempts\": 7, "
                   "\"in_hand\": 2, \"overdue\": %s, \"why\": \"mail server answered "
                   "450 (recipient)\"}",
                   state, id, age_s, overdue ? "true" : "false");
    call(s, "HSET", HANDS, field, line);
}

static void
courier_lives(const struct scene *s, const char *last_error)
{
    call(s, "HSET", COURIER, "ready", "1");
    call(s, "HSET", COURIER, "version", "0.1.0");
    call(s, "HSET", COURIER, "last_error", last_error);
    call(s, "SET", "dondoc:ops:heartbeat:courier:1", "1", NULL);
}

static void
ask(struct command *c, const struct scene *s, const char *what)
{
    command_run(c, "%s --redis %s --province %s", what,
                redis_server_address(scene_server), s->province);
}

static void
want_narrow(const struct command *c, const char *part)
{
    char text[COMMAND_OUT_BYTES];
    char *save = NULL;
    char *line;

    (void)snprintf(text, sizeof text, "%s", strstr(c->out, part));
    for (line = strtok_r(text, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        if (text_width(line) > COLUMNS) {
            fail_msg("%zu columns: %s", text_width(line), line);
        }
    }
}

/* Of the last day and of this province; after a kill one may stand twice. */
static void
three_dead_letters_of_today_are_on_status(void **state)
{
    struct scene *s = *state;
    struct command c;

    courier_lives(s, "");
    dead_put(s, s->province, 25, "head-21040", CODE "/1");
    dead_put(s, "elsewhere", 1, "head-21040", CODE "/1");
    call(s, "LPUSH", DEAD, "not what a courier writes", NULL);
    ask(&c, s, "status --lang vi");
    assert_null(strstr(c.out, "thư chết"));
    dead_put(s, s->province, 23, "head-21040", CODE "/2");
    dead_put(s, s->province, 2, "head-530", CODE "/2.2");
    dead_put(s, s->province, 1, "head-21040", CODE "/3");
    dead_put(s, s->province, 1, "head-21040", CODE "/3");
    ask(&c, s, "status --lang vi");
    assert_int_not_equal(c.code, 0);
    assert_non_null(strstr(c.out, "3 tin không gửi được (thư chết) trong 24 giờ qua; "
                                  "mới nhất: " CODE "/3 của head-21040 (mail): mail "
                                  "server answered 550 (recipient); đề nghị chạy: "
                                  "dondoc undelivered"));
    ask(&c, s, "status --json");
    assert_non_null(strstr(c.out, "3 messages could not be sent (dead letters)"));
}

/* The courier's own escalate-after decides, not an hour. */
static void
what_is_overdue_is_on_status_and_what_is_young_is_not(void **state)
{
    struct scene *s = *state;
    struct command c;

    courier_lives(s, "");
    waiting_put(s, "head-21040", "delayed", CODE "/2", 5400, false);
    waiting_put(s, "head-530", "hours", CODE "/2.2", 90000, false);
    ask(&c, s, "status --lang en");
    assert_null(strstr(c.out, "escalate-after"));
    waiting_put(s, "head-21040", "delayed", CODE "/2", 600, true);
    ask(&c, s, "status --lang en");
    assert_non_null(strstr(c.out, "1 mailboxes or webhooks have a message that is "
                                  "undelivered for longer than escalate-after, the "
                                  "oldest: head-21040 (mail), 10 minutes: mail server "
                                  "answered 450 (recipient); please type: dondoc "
                                  "undelivered"));
}

static void
a_last_error_stands_below_the_services(void **state)
{
    struct scene *s = *state;
    struct command c;

    courier_lives(s, "mail of head-21040: a mail server that answers at great length "
                     "and says 450 4.2.1 the mailbox is not available just now, please "
                     "come back later");
    ask(&c, s, "status --lang vi");
    assert_non_null(strstr(c.out, "\nlỗi gần nhất của courier/1: mail of head-21040"));
    want_narrow(&c, "\nDịch vụ\n");
}

static void
undelivered_says_what_waits_what_is_dead_and_what_to_do(void **state)
{
    struct scene *s = *state;
    struct json *json = NULL;
    struct command c;
    char why[200];
    int line;

    ask(&c, s, "undelivered --lang en");
    command_want(&c, 0, "No courier runs");
    command_want(&c, 0, "Not delivered yet: 0\nNot to be sent (dead letters): 0\n");
    courier_lives(s, "");
    waiting_put(s, "head-21040", "delayed", CODE "/2", 5400, true);
    waiting_put(s, "head-530", "not_served", "", 0, false);
    dead_put(s, s->province, 30, "chair-province", CODE "/1.3");
    dead_put(s, s->province, 24 * 8, "chair-province", "QNG-2023-7c-21043/1");
    ask(&c, s, "undelivered --lang en");
    command_want(&c, 0, "Not delivered yet: 2\n");
    command_want(&c, 0,
                 "head-21040 (mail) " CODE "/2 since 2023-10-09 12:00, 90 min "
                 "(overdue); attempts: 7;\n    waiting: 2\n");
    command_want(&c, 0, "failed, tried again by itself: mail server answered 450");
    command_want(&c, 0, "the notifier does not serve this channel");
    command_want(&c, 0, "dead letters): 1\nchair-province (mail) " CODE "/1.3 ");
    command_want(&c, 0,
                 "; attempts: 1\n    mail server answered 550 (recipient); see: "
                 "dondoc history " CODE "\n");
    want_narrow(&c, "Not delivered");
    assert_null(strstr(c.out, "21043"));
    ask(&c, s, "undelivered --days 9 --lang vi");
    command_want(&c, 0, "Không gửi được (thư chết): 2");
    want_narrow(&c, "Chưa chuyển");
    ask(&c, s, "undelivered --json");
    if (json_parse(c.out, strlen(c.out), &json, &line, why, sizeof why) != ST_OK) {
        fail_msg("%d: %s in %s", line, why, c.out);
    }
    json_free(&json);
    command_want(&c, 0,
                 "\"code\":\"" CODE "\",\"courier\":\"1\",\"state\":\"delayed\"");
    command_want(&c, 0, "\"age_s\":5400,\"attempts\":7,\"in_hand\":2,\"overdue\":true");
    ask(&c, s, "undelivered now");
    command_want(&c, 64, "too much");
}

/* Two messages: entries 3 and 4 of the alerts journal are the scene's next ones. */
static void
history_says_by_which_way_each_office_got_it(void **state)
{
    struct scene *s = *state;
    char cursor[32];
    struct command c;

    hset(s, KEY_TOLD, NULL, CODE,
         "kind=behind n=2 reason=worse window=2023-09 num=1130 den=2386 "
         "opened=1696827600000");
    hset(s, KEY_ALERT, CODE, "kind", "behind");
    hset(s, KEY_ALERT, CODE, "target", "7c");
    hset(s, KEY_ALERT, CODE, "subject", "21040");
    notifier_start(s, 0);
    tell_one(s, CODE, 1, "new", "21040");
    tell_one(s, CODE, 2, "worse", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    notifier_end(s, 0, SIGTERM);
    hset(s, KEY_CURSOR, NULL, "head-21040/71850f09f013f4bf/mail", "99999999");
    hset(s, KEY_CURSOR, NULL, "head-21040/71850f09f013f4bf/web", "1");
    dead_put(s, s->province, 2, "head-21040", CODE "/2");
    dead_put(s, s->province, 2, "head-530", CODE "/1");
    ask(&c, s, "history --json " CODE);
    command_want(&c, 0,
                 "{\"office\":\"head-21040\",\"received\":false,\"ways\":[{"
                 "\"channel\":\"mail\",\"state\":\"carried\",\"why\":\"\"},{"
                 "\"channel\":\"web\",\"state\":\"waiting\",\"why\":\"\"}]}");
    command_want(&c, 0,
                 "\"channel\":\"mail\",\"state\":\"dead\",\"why\":\"mail server "
                 "answered 550 (recipient)\"}");
    ask(&c, s, "history --lang vi " CODE);
    command_want(&c, 0, "qua dondoc watch: chưa nhận, qua thư điện tử: đã chuyển,");
    command_want(&c, 0, "qua webhook: đang chờ);");
    command_want(&c, 0,
                 "(thư chết): mail server answered 550 (recipient), qua webhook");
    (void)snprintf(cursor, sizeof cursor, "%d", 1);
    hset(s, KEY_CURSOR, NULL, "head-21040/71850f09f013f4bf/mail", cursor);
    ask(&c, s, "history --lang en " CODE);
    command_want(&c, 0, "by mail: waiting");
    assert_null(strstr(c.out, "carried"));
}

/* Held: in no inbox, and history says why. */
static void
history_says_that_a_message_is_held_now(void **state)
{
    struct scene *s = *state;
    struct command c;

    hset(s, KEY_TOLD, NULL, CODE,
         "kind=behind n=1 reason=new window=2023-09 num=1130 den=2386 "
         "opened=1696827600000");
    hset(s, KEY_ALERT, CODE, "kind", "behind");
    hset(s, KEY_ALERT, CODE, "target", "7c");
    hset(s, KEY_ALERT, CODE, "subject", "21040");
    hset(s, KEY_HOLD, NULL, "person",
         "since=2023-10-09 until=2023-10-20 level=- units=0 of=0 by=vp-ubnd act=1 "
         "reason=kiem_tra");
    hset(s, KEY_HELD, NULL, CODE,
         "at=3-0 n=1 hold=person opened=1 kind=behind subject=21040 told=0");
    tell_one(s, CODE, 1, "new", "21040");
    ask(&c, s, "history --lang vi " CODE);
    command_want(&c, 0, "đang tạm giữ: person");
    assert_null(strstr(c.out, "không có trong hộp thư"));
    ask(&c, s, "history --lang en " CODE);
    command_want(&c, 0, "held: person");
}

static int
clean(void **state)
{
    struct scene *s = *state;

    call(s, "DEL", DEAD, HANDS, COURIER);
    call(s, "DEL", "dondoc:ops:heartbeat:courier:1", DEAD, NULL);
    return scene_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, clean)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(three_dead_letters_of_today_are_on_status),
        TEST(what_is_overdue_is_on_status_and_what_is_young_is_not),
        TEST(a_last_error_stands_below_the_services),
        TEST(undelivered_says_what_waits_what_is_dead_and_what_to_do),
        TEST(history_says_by_which_way_each_office_got_it),
        TEST(history_says_that_a_message_is_held_now),
    };

    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
