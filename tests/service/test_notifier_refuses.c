/*
 * dondoc-notifier and what leaders ask: acknowledgements, and everything that is
 * refused or parked while the others go on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/notifier_scene.h"

static void
an_acknowledgement_is_an_act_once(void **state)
{
    struct scene *s = *state;
    struct wire_act act = {.id = "ack-0001-x",
                           .kind = "acknowledge",
                           .subject = "G-1",
                           .note = "Đã giao phòng Văn hóa",
                           .until = "2023-11-30",
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
    want_now(s, "HGET dondoc:{%s}:alert:G-1 ack_until", "2023-11-30");
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
        TEST(only_leaders_keys_get_in),
        TEST(what_cannot_be_read_is_refused_and_the_others_go_on),
        TEST(an_entry_nobody_can_apply_is_parked_and_the_next_one_told),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
