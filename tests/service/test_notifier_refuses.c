/*
 * dondoc-notifier and what leaders ask: acknowledgements, and everything that is
 * refused or parked while the others go on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/support/child.h"
#include "tests/support/notifier_scene.h"

static void
an_acknowledgement_is_an_act_once(void **state)
{
    struct scene *s = *state;
    struct wire_act act = {.id = "ack-0001-x",
                           .kind = "acknowledge",
                           .subject = "G-1",
                           .note = "Đã giao phòng Văn hóa",
                           .until = "2099-11-30",
                           .by = "head-21040",
                           .at_ms = 1696900000000};
    struct client c;
    struct buf body;

    notifier_start(s, 0);
    tell_one(s, "G-1", 1, "new", "21040");
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    subscribe(&c, s, 0, 1);
    want_alert(&c, "G-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    acknowledge(&c, s, act.id, "G-1", act.note, act.until);
    want_kind(&c, LEADER_REPLY_ACKNOWLEDGED);
    assert_int_equal(c.reply.request_id, 7);
    assert_string_equal(c.reply.acknowledged.alert, "G-1");
    assert_int_equal(c.reply.acknowledged.entry, 1);
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
    want_now(s, "HGET dondoc:{%s}:acts ack-0001-x", "1");
    acknowledge(&c, s, act.id, "G-1", act.note, act.until);
    want_kind(&c, LEADER_REPLY_ACKNOWLEDGED);
    assert_int_equal(c.reply.acknowledged.entry, 0);
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
    /* What the test's scorer passes on shows in the alert's hash and the next message.
     */
    buf_init(&body, 4096);
    arena_reset(s->arena);
    act_encode(&act, s->arena, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_ACT, buf_str(&body), body.len);
    scene_commit(s);
    buf_fini(&body);
    tell_one(s, "G-1", 2, "worse", "21040");
    want_alert(&c, "G-1/2");
    assert_true(c.reply.alert.acknowledged);
    want_now(s, "HGET dondoc:{%s}:alert:G-1 ack_by", "head-21040");
    want_now(s, "HGET dondoc:{%s}:alert:G-1 ack_note", "da giao phong van hoa");
    want_now(s, "HGET dondoc:{%s}:alert:G-1 ack_until", "2099-11-30");
    tell_one(s, "G-1", 3, "new", "21040"); /* opened again: nobody has taken it on */
    want_alert(&c, "G-1/3");
    assert_false(c.reply.alert.acknowledged);
    client_close(&c);
}

static void
an_acknowledgement_that_may_not_be_leaves_no_trace(void **state)
{
    struct scene *s = *state;
    struct client c;

    notifier_start(s, 0);
    tell_one(s, "H-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_G);
    acknowledge(&c, s, "ack-0002", "H-1", "", "");
    want_refusal(&c, "not_yours");
    acknowledge(&c, s, "ack-0002", "H-9", "", "");
    want_refusal(&c, "not_yours");
    client_close(&c);
    client_open(&c, s, 0, HEAD_B);
    acknowledge(&c, s, "short", "H-1", "", "");
    want_refusal(&c, "bad_act");
    acknowledge(&c, s, "ack-0003", "H-1", "", "30/11/2023");
    want_refusal(&c, "bad_act");
    acknowledge(&c, s, "ack-0003", "H-1", "a\x01z", "");
    want_refusal(&c, "bad_act");
    want_now(s, "EXISTS dondoc:{%s}:reports", "0");
    want_now(s, "EXISTS dondoc:{%s}:acts", "0");
    client_close(&c);
}

/* Two offices' programs may both name their act after the alert. */
static void
an_id_that_stands_for_another_act_is_not_answered_as_recorded(void **state)
{
    struct scene *s = *state;
    struct client head;
    struct client district;

    notifier_start(s, 0);
    tell_one(s, "M-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-530", "1");
    client_open(&head, s, 0, HEAD_B);
    client_open(&district, s, 0, DISTRICT_D);
    acknowledge(&head, s, "ack-M-1-x", "M-1", "we do", "");
    want_kind(&head, LEADER_REPLY_ACKNOWLEDGED);
    acknowledge(&district, s, "ack-M-1-x", "M-1", "we do", "");
    want_refusal(&district, "bad_act");
    assert_non_null(strstr(district.reply.refusal.message_en, "acknowledge.id"));
    acknowledge(&head, s, "ack-M-1-x", "M-1", "another note", "");
    want_refusal(&head, "bad_act");
    acknowledge(&head, s, "ack-M-1-x", "M-1", "we do", "");
    want_kind(&head, LEADER_REPLY_ACKNOWLEDGED);
    assert_int_equal(head.reply.acknowledged.entry, 0);
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
    client_close(&head);
    client_close(&district);
}

/* A Redis that answers before it syncs would make "recorded" a lie. */
static void
nothing_is_recorded_by_a_redis_that_does_not_sync(void **state)
{
    struct scene *s = *state;
    struct client c;

    notifier_start(s, 0);
    tell_one(s, "S-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_B);
    redis_want(s->r, "CONFIG SET appendfsync everysec", "OK");
    acknowledge(&c, s, "ack-S-1-x", "S-1", "", "");
    want_refusal(&c, "not_ready");
    want_now(s, "EXISTS dondoc:{%s}:reports", "0");
    redis_want(s->r, "CONFIG SET appendfsync always", "OK");
    acknowledge(&c, s, "ack-S-1-x", "S-1", "", "");
    want_kind(&c, LEADER_REPLY_ACKNOWLEDGED);
    client_close(&c);
}

/* What stands behind a changed entry would go with it when the archive is put back. */
static void
nothing_is_recorded_behind_a_changed_entry(void **state)
{
    struct scene *s = *state;
    struct client c;
    char command[200];

    notifier_start(s, 0);
    tell_one(s, "W-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    (void)snprintf(command, sizeof command,
                   "XADD dondoc:{%s}:reports 1-0 k act b changed h 00", s->province);
    redis_want(s->r, command, "1-0");
    (void)snprintf(command, sizeof command,
                   "HSET dondoc:{%s}:head seq 1 chain 00 log x", s->province);
    redis_want(s->r, command, "3");
    client_open(&c, s, 0, HEAD_B);
    acknowledge(&c, s, "ack-W-1-x", "W-1", "", "");
    want_refusal(&c, "not_ready");
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
    (void)snprintf(command, sizeof command, "DEL dondoc:{%s}:reports dondoc:{%s}:head",
                   s->province, s->province); /* put right again */
    redis_want(s->r, command, "2");
    acknowledge(&c, s, "ack-W-1-x", "W-1", "", "");
    want_kind(&c, LEADER_REPLY_ACKNOWLEDGED);
    client_close(&c);
}

/* "Not recorded" may be said only when it is known. */
static void
an_outcome_that_is_not_known_is_not_answered(void **state)
{
    struct scene *s = *state;
    struct mono start;
    struct client c;

    notifier_start(s, 0);
    tell_one(s, "N-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_B);
    acknowledge(&c, s, "ack-N-0-x", "N-1", "", ""); /* the journal has a name now */
    want_kind(&c, LEADER_REPLY_ACKNOWLEDGED);
    redis_want(s->r, "CONFIG SET min-replicas-to-write 1", "OK"); /* only reads */
    acknowledge(&c, s, "ack-N-1-x", "N-1", "", "");
    if (client_try(&c, 1000000) != ST_AGAIN) {
        fail_msg("answered: %d %s", (int)c.reply.kind, c.reply.refusal.code);
    }
    redis_want(s->r, "CONFIG SET min-replicas-to-write 0", "OK");
    start = mono_now();
    do { /* refused while the notifier has no connection */
        acknowledge(&c, s, "ack-N-1-x", "N-1", "", "");
        assert_int_equal(client_try(&c, DEADLINE_US), ST_OK);
        assert_true(mono_since_us(start) < DEADLINE_US);
        child_pause_us(20000);
    } while (c.reply.kind == LEADER_REPLY_REFUSAL);
    assert_int_equal(c.reply.kind, LEADER_REPLY_ACKNOWLEDGED);
    want_now(s, "XLEN dondoc:{%s}:reports", "2");
    client_close(&c);
}

static void
one_key_cannot_take_all_the_room(void **state)
{
    enum { MANY = 8 };
    struct scene *s = *state;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};
    struct client many[MANY];
    struct client more;
    struct client other;
    struct mono start;
    int i;

    notifier_start(s, 0);
    for (i = 0; i < MANY; i++) {
        client_open(&many[i], s, 0, HEAD_B);
        subscribe(&many[i], s, 0, 0);
        want_kind(&many[i], LEADER_REPLY_BACKLOG_END);
    }
    client_open(&more, s, 0, HEAD_B);
    client_send(&more, s, &q);
    want_refusal(&more, "busy");
    client_open(&other, s, 0, DISTRICT_D);
    subscribe(&other, s, 0, 0);
    want_kind(&many[1], LEADER_REPLY_BEAT); /* it was asked whether it lives */
    subscribe(&many[1], s, 0, 0);           /* anew on the same connection */
    client_close(&many[0]);
    start = mono_now();
    do { /* until libzmq has seen that it is gone */
        client_send(&more, s, &q);
        assert_int_equal(client_try(&more, DEADLINE_US), ST_OK);
        assert_true(mono_since_us(start) < DEADLINE_US);
        child_pause_us(20000);
    } while (more.reply.kind == LEADER_REPLY_REFUSAL);
    assert_int_equal(more.reply.kind, LEADER_REPLY_SUBSCRIBED);
    for (i = 1; i < MANY; i++) {
        client_close(&many[i]);
    }
    client_close(&more);
    client_close(&other);
}

static void
want_sight(const struct scene *s, enum who who, enum bus_sight want)
{
    struct mono start = mono_now();
    struct client c;

    client_open(&c, s, 0, who);
    while (bus_sight_now(c.socket) != want) {
        struct bus_poll_item item = {.socket = c.socket};

        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("got sight %d, want %d", (int)bus_sight_now(c.socket), (int)want);
        }
        assert_int_equal(bus_poll(scene_bus, &item, 1, 5), ST_OK);
    }
    client_close(&c);
}

static void
only_leaders_keys_get_in(void **state)
{
    struct scene *s = *state;
    struct client c;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};

    notifier_start(s, 0);
    want_sight(s, HEAD_B, SIGHT_READY);
    want_sight(s, NOBODY, SIGHT_KEY_REFUSED);
    want_sight(s, UNIT, SIGHT_KEY_REFUSED);
    client_open(&c, s, 0, STRANGER); /* registered, but no office of the programme */
    client_send(&c, s, &q);
    want_refusal(&c, "unknown_office");
    client_close(&c);
}

/* Nobody has stored what is in no inbox: said, and nothing moves. */
static void
a_cursor_beyond_the_newest_message_is_refused(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {.kind = LEADER_REQUEST_RECEIVED, .request_id = 9};
    struct client c;
    char said[64];

    notifier_start(s, 0);
    tell_one(s, "G-1", 1, "new", "21040");
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    subscribe(&c, s, 0, 1);
    want_alert(&c, "G-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    q.received = c.reply.backlog_position + 1;
    (void)snprintf(said, sizeof said, "%llu, %llu.", (unsigned long long)q.received,
                   (unsigned long long)q.received - 1);
    client_send(&c, s, &q);
    want_refusal(&c, "cursor_beyond");
    assert_int_equal(c.reply.request_id, 9);
    assert_non_null(strstr(c.reply.refusal.message_vi, said));
    assert_non_null(strstr(c.reply.refusal.message_en, said));
    want_now(s, "EXISTS dondoc:{%s}:cursor", "0");
    received(&c, s, q.received - 1); /* the session goes on */
    wait_for(s, "HLEN dondoc:{%s}:cursor", "1");
    client_close(&c);
}

/* A courier carries for the offices that it names, each channel with its own cursor. */
static void
a_courier_hears_for_the_offices_it_names_beside_their_own_devices(void **state)
{
    enum { MANY = 10 };
    struct scene *s = *state;
    struct leader_request q = {
        .kind = LEADER_REQUEST_SUBSCRIBE, .leader = "head-21040", .channel = "mail"};
    struct client own;
    struct client many[MANY];
    char channel[24];
    int i;

    notifier_start(s, 0);
    tell_one(s, "Q-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&own, s, 0, HEAD_B);
    subscribe(&own, s, 0, 1);
    want_alert(&own, "Q-1/1");
    for (i = 0; i < MANY; i++) { /* more than SESSIONS_A_KEY */
        (void)snprintf(channel, sizeof channel, "channel-%d", i);
        q.channel = channel;
        q.request_id = 7;
        client_open(&many[i], s, 0, COURIER);
        client_send(&many[i], s, &q);
        want_kind(&many[i], LEADER_REPLY_SUBSCRIBED);
        assert_string_equal(many[i].reply.subscribed.leader, "head-21040");
        assert_string_equal(many[i].reply.subscribed.language, "vi");
        assert_int_equal(many[i].reply.subscribed.waiting, 1);
        want_alert(&many[i], "Q-1/1");
    }
    want_kind(&many[2], LEADER_REPLY_BACKLOG_END);
    received(&many[0], s, many[0].reply.alert.position);
    wait_for(s, "HLEN dondoc:{%s}:cursor", "1");
    received(&many[1], s, many[1].reply.alert.position);
    wait_for(s, "HLEN dondoc:{%s}:cursor", "2");
    want_quiet(&many[2], s);
    for (i = 0; i < MANY; i++) {
        client_close(&many[i]);
    }
    client_close(&own);
    client_open(&own, s, 0, HEAD_B);
    subscribe(&own, s, 0, 1); /* what the courier received, this device did not */
    client_close(&own);
}

static void
a_courier_names_a_good_office_and_takes_nothing_on(void **state)
{
    static const struct {
        enum who who;
        const char *leader;
        const char *channel;
        const char *want;
    } cases[] = {
        {COURIER, "", "mail", "bad_office"},
        {COURIER, "head-21040", "", "bad_office"},
        {COURIER, "head-21040", "a channel", "bad_office"},
        {COURIER, "head-21040", "seventeen-letters", "bad_office"},
        {COURIER, "head/21040", "mail", "bad_office"},
        {COURIER, "not-an-office", "mail", "unknown_office"},
        {HEAD_B, "head-21043", "", "bad_office"},
        {HEAD_B, "head-21040", "mail", "bad_office"},
        {HEAD_B, "", "mail", "bad_office"},
    };
    struct scene *s = *state;
    struct client c;
    size_t i;

    notifier_start(s, 0);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE,
                                   .leader = cases[i].leader,
                                   .channel = cases[i].channel};

        client_open(&c, s, 0, cases[i].who);
        client_send(&c, s, &q);
        want_refusal(&c, cases[i].want);
        client_close(&c);
    }
    tell_one(s, "Q-2", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, COURIER);
    acknowledge(&c, s, "ack-Q-2-x", "Q-2", "", "");
    want_refusal(&c, "denied");
    client_close(&c);
    want_now(s, "EXISTS dondoc:{%s}:reports", "0");
}

/* Two at once would send everything twice. */
static void
of_two_couriers_for_one_office_and_channel_the_second_stands_by(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {
        .kind = LEADER_REQUEST_SUBSCRIBE, .leader = "head-21040", .channel = "mail"};
    struct client first;
    struct client second;
    int i;

    notifier_start(s, 0);
    client_open(&first, s, 0, COURIER);
    client_send(&first, s, &q);
    want_kind(&first, LEADER_REPLY_SUBSCRIBED);
    client_send(&first, s, &q); /* again on its own connection */
    client_open(&second, s, 0, COURIER);
    client_send(&second, s, &q);
    want_refusal(&second, "other_courier");
    q.channel = "web";
    client_send(&second, s, &q);
    want_kind(&second, LEADER_REPLY_SUBSCRIBED);
    client_close(&second);
    q.channel = "mail";
    client_close(&first);
    client_open(&second, s, 0, COURIER);
    for (i = 0; i < 100; i++) { /* until the notifier has seen the end of the first */
        client_send(&second, s, &q);
        assert_int_equal(client_try(&second, DEADLINE_US), ST_OK);
        if (second.reply.kind == LEADER_REPLY_SUBSCRIBED) {
            break;
        }
    }
    assert_int_equal(second.reply.kind, LEADER_REPLY_SUBSCRIBED);
    client_close(&second);
}

/* Whoever gives his Received a number hears when the cursor is on disk. */
static void
a_received_with_a_number_is_confirmed_when_the_cursor_stands(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {.kind = LEADER_REQUEST_RECEIVED, .request_id = 77};
    struct client c;

    notifier_start(s, 0);
    tell_one(s, "Q-3", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    want_alert(&c, "Q-3/1");
    q.received = c.reply.alert.position;
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    client_send(&c, s, &q);
    want_kind(&c, LEADER_REPLY_BEAT);
    assert_int_equal(c.reply.request_id, 77);
    want_now(s, "HLEN dondoc:{%s}:cursor", "1");
    client_send(&c, s, &q); /* it stands already */
    want_kind(&c, LEADER_REPLY_BEAT);
    received(&c, s, q.received); /* without a number there is no answer */
    want_quiet(&c, s);
    client_close(&c);
}

static void
what_cannot_be_read_is_refused_and_the_others_go_on(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {.kind = LEADER_REQUEST_BEAT, .version = 9};
    struct client bad;
    struct client good;

    notifier_start(s, 0);
    client_open(&good, s, 0, HEAD_B);
    subscribe(&good, s, 0, 0);
    want_kind(&good, LEADER_REPLY_BACKLOG_END);
    client_open(&bad, s, 0, HEAD_C);
    client_send_bytes(&bad, "\xff\xff\xff\xff", 4);
    want_refusal(&bad, "bad_frame");
    client_send_bytes(&bad, "", 0);
    want_refusal(&bad, "wrong_version");
    client_send(&bad, s, &q);
    want_refusal(&bad, "wrong_version");
    q = (struct leader_request){.kind = LEADER_REQUEST_NONE};
    client_send(&bad, s, &q);
    want_refusal(&bad, "bad_frame");
    q = (struct leader_request){.kind = LEADER_REQUEST_SUBSCRIBE,
                                .province = "nowhere"};
    client_send(&bad, s, &q);
    want_refusal(&bad, "unknown_province");
    tell_one(s, "I-1", 1, "new", "21040");
    want_alert(&good, "I-1/1");
    client_close(&bad);
    client_close(&good);
}

static void
an_entry_nobody_can_apply_is_parked_and_the_next_one_told(void **state)
{
    struct scene *s = *state;
    struct alert_event events[] = {
        event_of("J-1", 1, "new", "no-such-unit"),
        event_of("J-2", 1, "new", "21040"),
    };
    struct client c;

    notifier_start(s, 0);
    effects_alert(&s->effects, &s->scorer, JOURNAL_ALERTS, "\xff\xff\xff", 3);
    scene_commit(s);
    tell(s, events, 2);
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    subscribe(&c, s, 0, 1);
    want_alert(&c, "J-2/1");
    want_now(s, "XRANGE dondoc:{%s}:parked:notifier - +",
             "[[3-0 [stream alerts at 3:0 reason undecodable]] "
             "[4-0 [stream alerts at 4:0 reason unknown_subject]]]");
    client_close(&c);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_acknowledgement_is_an_act_once),
        TEST(an_acknowledgement_that_may_not_be_leaves_no_trace),
        TEST(an_id_that_stands_for_another_act_is_not_answered_as_recorded),
        TEST(nothing_is_recorded_by_a_redis_that_does_not_sync),
        TEST(nothing_is_recorded_behind_a_changed_entry),
        TEST(an_outcome_that_is_not_known_is_not_answered),
        TEST(one_key_cannot_take_all_the_room),
        TEST(only_leaders_keys_get_in),
        TEST(a_cursor_beyond_the_newest_message_is_refused),
        TEST(a_courier_hears_for_the_offices_it_names_beside_their_own_devices),
        TEST(a_courier_names_a_good_office_and_takes_nothing_on),
        TEST(of_two_couriers_for_one_office_and_channel_the_second_stands_by),
        TEST(a_received_with_a_number_is_confirmed_when_the_cursor_stands),
        TEST(what_cannot_be_read_is_refused_and_the_others_go_on),
        TEST(an_entry_nobody_can_apply_is_parked_and_the_next_one_told),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
