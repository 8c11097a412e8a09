/*
 * dondoc-notifier delivers: to whom, in which order, again after a kill, from where.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/keyring.h"
#include "tests/support/child.h"
#include "tests/support/notifier_scene.h"

static void
an_alert_reaches_the_leaders_in_scope_once_and_in_order(void **state)
{
    struct scene *s = *state;
    struct alert_event events[] = {
        event_of("A-7c-21040", 1, "new", "21040"),
        event_of("A-7c-21043", 1, "new", "21043"),
        event_of("A-9c-commune", 1, "new", "level-commune"),
    };
    struct client head;
    struct client district;
    struct client chair;
    struct client other;

    notifier_start(s, 0);
    client_open(&head, s, 0, HEAD_B);
    client_open(&district, s, 0, DISTRICT_D);
    client_open(&chair, s, 0, CHAIR);
    client_open(&other, s, 0, HEAD_G);
    subscribe(&head, s, 0, 0);
    assert_string_equal(head.reply.subscribed.leader, "head-21040");
    assert_string_equal(head.reply.subscribed.title_vi, "Chủ tịch UBND xã B");
    want_kind(&head, LEADER_REPLY_BACKLOG_END);
    subscribe(&other, s, 0, 0);
    want_kind(&other, LEADER_REPLY_BACKLOG_END);
    tell(s, events, 3);
    tell_one(s, "A-7c-21040", 2, "worse", "21040");

    want_alert(&head, "A-7c-21040/1");
    assert_string_equal(head.reply.alert.code, "A-7c-21040");
    assert_string_equal(head.reply.alert.reason, "new");
    assert_non_null(
        strstr(head.reply.alert.text_vi, "đạt 47,35% (1.130/2.386 kết quả)"));
    assert_non_null(strstr(head.reply.alert.text_en, "47.35%"));
    assert_non_null(strstr(head.reply.alert.subject_vi, "Xã B"));
    assert_false(head.reply.alert.acknowledged);
    want_alert(&head, "A-7c-21040/2");
    want_quiet(&head, s);

    /* Later comers get the same from their inbox, in order. */
    subscribe(&district, s, 0, 3);
    want_alert(&district, "A-7c-21040/1");
    want_alert(&district, "A-7c-21043/1");
    want_alert(&district, "A-7c-21040/2");
    want_kind(&district, LEADER_REPLY_BACKLOG_END);
    subscribe(&chair, s, 0, 1);
    want_alert(&chair, "A-9c-commune/1");
    want_kind(&chair, LEADER_REPLY_BACKLOG_END);
    want_quiet(&chair, s);

    want_quiet(&other, s); /* nothing of all this lies in its scope */
    tell_one(s, "A-7c-21046", 1, "new", "21046");
    want_alert(&other, "A-7c-21046/1");
    client_close(&head);
    client_close(&district);
    client_close(&chair);
    client_close(&other);
}

static void
a_later_message_goes_to_exactly_those_who_were_told(void **state)
{
    struct scene *s = *state;
    struct client head;
    struct client district;

    notifier_start(s, 0);
    tell_one(s, "B-1", 1, "new", "21040");
    wait_for(s, "HGET dondoc:{%s}:alert:B-1 told:head-21040", "1/3-0");
    /* As if the district had not been in the programme then. */
    notifier_end(s, 0, SIGTERM); /* it remembers who was told */
    want_now(s, "HDEL dondoc:{%s}:alert:B-1 told:head-530", "1");
    notifier_start(s, 0);
    tell_one(s, "B-1", 2, "withdrawn", "21040");
    wait_for(s, "HGET dondoc:{%s}:alert:B-1 told:head-21040", "2/4-0");
    want_now(s, "HGET dondoc:{%s}:alert:B-1 told:head-530", "-");
    client_open(&head, s, 0, HEAD_B);
    subscribe(&head, s, 0, 2);
    want_alert(&head, "B-1/1");
    want_alert(&head, "B-1/2");
    assert_non_null(strstr(head.reply.alert.subject_vi, "[Thu hồi cảnh báo]"));
    client_open(&district, s, 0, DISTRICT_D);
    subscribe(&district, s, 0, 1);
    want_alert(&district, "B-1/1");
    want_kind(&district, LEADER_REPLY_BACKLOG_END);
    client_close(&head);
    client_close(&district);
}

static void
opened_again_it_goes_only_to_those_who_hear_of_it_now(void **state)
{
    struct scene *s = *state;
    struct client c;

    notifier_start(s, 0);
    tell_one(s, "P-1", 1, "new", "21040");
    wait_for(s, "HGET dondoc:{%s}:alert:P-1 told:head-21040", "1/3-0");
    /* As if the neighbour had been in charge when it was opened the first time. */
    notifier_end(s, 0, SIGTERM);
    want_now(s, "HSET dondoc:{%s}:alert:P-1 told:head-21043 1/3-0", "1");
    notifier_start(s, 0);
    tell_one(s, "P-1", 2, "resolved", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21043", "1");
    tell_one(s, "P-1", 3, "new", "21040");
    tell_one(s, "P-1", 4, "worse", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "4");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21043", "1");
    want_now(s, "HEXISTS dondoc:{%s}:alert:P-1 told:head-21043", "0");
    client_open(&c, s, 0, HEAD_C);
    acknowledge(&c, s, "ack-P-1-x", "P-1", "", "");
    want_refusal(&c, "not_yours");
    client_close(&c);
}

static void
killed_between_sending_and_received_it_sends_again_with_the_same_id(void **state)
{
    struct scene *s = *state;
    struct client c;
    uint64_t position;

    notifier_start(s, 0);
    tell_one(s, "C-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    want_alert(&c, "C-1/1");
    position = c.reply.alert.position;
    notifier_end(s, 0, SIGKILL);
    client_close(&c);
    tell_one(s, "C-1", 2, "worse", "21040"); /* while nobody is there */

    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    subscribe(&c, s, 0, 2);
    want_alert(&c, "C-1/1");
    assert_int_equal(c.reply.alert.position, position);
    want_alert(&c, "C-1/2");
    assert_true(c.reply.alert.position > position);
    client_close(&c);
}

static void
the_cursor_is_durable_and_each_key_has_its_own(void **state)
{
    struct scene *s = *state;
    char field[64];
    char command[200];
    char want[24];
    struct client c;
    uint64_t position;
    uint64_t last;

    notifier_start(s, 0);
    tell_one(s, "D-1", 1, "new", "21040");
    tell_one(s, "D-2", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 2);
    want_alert(&c, "D-1/1");
    position = c.reply.alert.position;
    want_alert(&c, "D-2/1");
    received(&c, s, position);
    keyring_fingerprint(scene_keys[HEAD_B].public_key, field);
    (void)snprintf(command, sizeof command, "HGET dondoc:{%%s}:cursor head-21040/%s",
                   field);
    (void)snprintf(want, sizeof want, "%llu", (unsigned long long)position);
    wait_for(s, command, want);
    notifier_end(s, 0, SIGKILL);
    client_close(&c);

    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    assert_int_equal(c.reply.subscribed.position, position);
    want_alert(&c, "D-2/1");
    last = c.reply.alert.position;
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    received(&c, s, UINT64_MAX); /* never beyond what was sent */
    want_kind(&c, LEADER_REPLY_REFUSAL);
    wait_for(s, command, want);
    received(&c, s, last);
    (void)snprintf(want, sizeof want, "%llu", (unsigned long long)last);
    wait_for(s, command, want);
    received(&c, s, position); /* never back */
    want_quiet(&c, s);
    wait_for(s, command, want);
    client_close(&c);
}

/* A cursor waits for a commit to go with, but not beyond the next subscription. */
static void
who_subscribes_again_at_once_gets_nothing_twice(void **state)
{
    struct scene *s = *state;
    struct client c;

    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 0);
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    tell_one(s, "D-3", 1, "new", "21040");
    want_alert(&c, "D-3/1");
    received(&c, s, c.reply.alert.position);
    subscribe(&c, s, 0, 0);
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    want_quiet(&c, s);
    client_close(&c);
}

static void
from_start_gives_the_whole_inbox_and_leaves_the_cursor(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE, .from_start = true};
    struct client c;

    notifier_start(s, 0);
    tell_one(s, "E-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    want_alert(&c, "E-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    received(&c, s, c.reply.backlog_position);
    wait_for(s, "HLEN dondoc:{%s}:cursor", "1");
    subscribe(&c, s, 0, 0);
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    client_send(&c, s, &q);
    want_kind(&c, LEADER_REPLY_SUBSCRIBED);
    assert_int_equal(c.reply.subscribed.waiting, 0);
    want_alert(&c, "E-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    client_close(&c);
}

/* A device says how far its store goes, also when that is further than this session
 * has come: the link broke before it could say so, or it reads from the start. */
static void
a_device_that_stored_more_than_was_sent_again_is_not_stopped(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {
        .kind = LEADER_REQUEST_SUBSCRIBE, .from_start = true, .credit = 1};
    struct client c;
    uint64_t last;

    notifier_start(s, 0);
    tell_one(s, "H-1", 1, "new", "21040");
    tell_one(s, "H-2", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 2);
    want_alert(&c, "H-1/1");
    want_alert(&c, "H-2/1");
    last = c.reply.alert.position;
    client_close(&c); /* nothing was said of them */

    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 1, 2);
    want_alert(&c, "H-1/1");
    received(&c, s, last); /* it has that, too; what was not sent again still comes */
    want_alert(&c, "H-2/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    received(&c, s, last);
    wait_for(s, "HLEN dondoc:{%s}:cursor", "1");
    client_close(&c);

    client_open(&c, s, 0, HEAD_B);
    client_send(&c, s, &q);
    want_kind(&c, LEADER_REPLY_SUBSCRIBED);
    want_alert(&c, "H-1/1");
    received(&c, s, last);
    want_alert(&c, "H-2/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    client_close(&c);
}

static void
no_more_is_in_flight_than_the_credit(void **state)
{
    struct scene *s = *state;
    struct client c;
    struct client other;
    int i;
    char code[16];
    uint64_t position = 0;

    notifier_start(s, 0);
    for (i = 0; i < 5; i++) {
        (void)snprintf(code, sizeof code, "F-%d", i);
        tell_one(s, code, 1, "new", "21040");
    }
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "5");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 2, 5);
    want_alert(&c, "F-0/1");
    position = c.reply.alert.position;
    want_alert(&c, "F-1/1");
    want_quiet(&c, s);
    received(&c, s, position);
    want_alert(&c, "F-2/1");
    position = c.reply.alert.position;
    want_quiet(&c, s);
    /* Its slowness is nobody else's. */
    client_open(&other, s, 0, DISTRICT_D);
    subscribe(&other, s, 0, 5);
    for (i = 0; i < 5; i++) {
        want_kind(&other, LEADER_REPLY_ALERT);
    }
    received(&c, s, position);
    want_alert(&c, "F-3/1");
    want_alert(&c, "F-4/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    client_close(&c);
    client_close(&other);
}

static void
one_that_was_overtaken_stands_by_until_the_others_heartbeat_is_gone(void **state)
{
    struct scene *s = *state;
    struct client first;
    struct client second;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};
    struct mono start;

    notifier_start(s, 0);
    client_open(&first, s, 0, HEAD_B);
    subscribe(&first, s, 0, 0);
    want_kind(&first, LEADER_REPLY_BACKLOG_END);
    notifier_start(s, 1);
    client_open(&second, s, 1, HEAD_B);
    subscribe(&second, s, 0, 0);
    want_kind(&second, LEADER_REPLY_BACKLOG_END);
    tell_one(s, "K-1", 1, "new", "21040");
    want_alert(&second, "K-1/1");
    want_refusal(&first, "not_ready"); /* and its session is over */
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    want_now(s, "GET dondoc:{%s}:owner:notifier", "1");

    notifier_end(s, 1, SIGKILL);
    redis_want(s->r, "DEL dondoc:ops:heartbeat:notifier:1", "1"); /* sooner than 15 s */
    start = mono_now();
    do { /* it looks every two seconds */
        client_send(&first, s, &q);
        assert_int_equal(client_try(&first, DEADLINE_US), ST_OK);
        assert_true(mono_since_us(start) < DEADLINE_US);
        child_pause_us(20000);
    } while (first.reply.kind == LEADER_REPLY_REFUSAL);
    assert_int_equal(first.reply.kind, LEADER_REPLY_SUBSCRIBED);
    want_alert(&first, "K-1/1");
    client_close(&first);
    client_close(&second);
}

static void
without_redis_nobody_is_told_wrong_things_and_then_it_goes_on(void **state)
{
    struct scene *s = *state;
    struct client c;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};
    struct mono start;

    notifier_start(s, 0);
    tell_one(s, "L-1", 1, "new", "21040");
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    subscribe(&c, s, 0, 1);
    want_alert(&c, "L-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    redis_server_kill(scene_server);
    acknowledge(&c, s, "ack-0004", "L-1", "", "");
    want_refusal(&c, "not_ready");
    redis_server_again(scene_server);
    redis_free(&s->r);
    s->r = redis_server_client(scene_server);
    start = mono_now();
    do {
        client_send(&c, s, &q);
        assert_int_equal(client_try(&c, DEADLINE_US), ST_OK);
        assert_true(mono_since_us(start) < DEADLINE_US);
        child_pause_us(20000);
    } while (c.reply.kind == LEADER_REPLY_REFUSAL);
    want_alert(&c, "L-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    assert_int_equal(follow_take_over(&s->scorer, s->r), ST_OK);
    effects_clear(&s->effects, &s->scorer);
    tell_one(s, "L-1", 2, "worse", "21040");
    want_alert(&c, "L-1/2");
    client_close(&c);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_alert_reaches_the_leaders_in_scope_once_and_in_order),
        TEST(a_later_message_goes_to_exactly_those_who_were_told),
        TEST(opened_again_it_goes_only_to_those_who_hear_of_it_now),
        TEST(killed_between_sending_and_received_it_sends_again_with_the_same_id),
        TEST(the_cursor_is_durable_and_each_key_has_its_own),
        TEST(who_subscribes_again_at_once_gets_nothing_twice),
        TEST(from_start_gives_the_whole_inbox_and_leaves_the_cursor),
        TEST(a_device_that_stored_more_than_was_sent_again_is_not_stopped),
        TEST(no_more_is_in_flight_than_the_credit),
        TEST(one_that_was_overtaken_stands_by_until_the_others_heartbeat_is_gone),
        TEST(without_redis_nobody_is_told_wrong_things_and_then_it_goes_on),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
