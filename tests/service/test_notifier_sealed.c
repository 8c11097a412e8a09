/*
 * dondoc-notifier with seal = on: what leaves it is sealed to the key of the connection
 * that it goes to, and nothing else about it changes. Weakened for a look at the tests:
 * with alert_send never sealing, the first three fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>

#include "lib/sealed.h"
#include "tests/support/notifier_scene.h"

#define CODE "A-7c-21040"

static bool
holds(const struct bus_message *m, const char *text)
{
    size_t len = strlen(text);
    size_t i;

    for (i = 0; i + len <= m->body_bytes; i++) {
        if (memcmp(m->body + i, text, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The next message as it came. */
static void
raw(struct client *c, struct bus_message *m)
{
    struct mono start = mono_now();

    while (bus_receive(c->socket, m) != ST_OK) {
        struct bus_poll_item item = {.socket = c->socket};

        assert_true(mono_since_us(start) < DEADLINE_US);
        assert_int_equal(bus_poll(scene_bus, &item, 1, 50), ST_OK);
    }
    arena_reset(c->arena);
    assert_int_equal(leader_reply_decode(m->body, m->body_bytes, c->arena, &c->reply),
                     ST_OK);
}

static void
an_alert_is_for_the_key_of_its_connection_alone(void **state)
{
    struct scene *s = *state;
    struct client head;
    struct bus_message m;
    struct leader_reply wrong;
    int other;

    notifier_start(s, 0);
    tell_one(s, CODE, 1, "new", "21040");
    settle(s);
    client_open(&head, s, 0, HEAD_B);
    subscribe(&head, s, 0, 1);
    raw(&head, &m);
    assert_int_equal(head.reply.kind, LEADER_REPLY_SEALED);
    assert_false(holds(&m, CODE)); /* "7c" alone stands in random bytes, too */
    assert_false(holds(&m, "21040"));
    for (other = 0; other < WHO_COUNT; other++) {
        if (other != HEAD_B) {
            wrong = head.reply;
            assert_int_equal(sealed_open(&wrong, scene_keys[other].public_key,
                                         scene_keys[other].secret_key, head.arena),
                             ST_BAD);
        }
    }
    assert_int_equal(sealed_open(&head.reply, scene_keys[HEAD_B].public_key,
                                 scene_keys[HEAD_B].secret_key, head.arena),
                     ST_OK);
    assert_string_equal(head.reply.alert.id, CODE "/1");
    assert_int_not_equal(head.reply.alert.position, 0);
    assert_false(holds(&m, head.reply.alert.subject_vi));
    assert_false(holds(&m, head.reply.alert.text_vi));
    bus_message_close(&m);
    client_close(&head);
}

static void
everybody_opens_with_his_own_key_and_receives(void **state)
{
    static const enum who hear[] = {HEAD_B, DISTRICT_D};
    struct scene *s = *state;
    struct client c;
    size_t i;

    notifier_start(s, 0);
    tell_one(s, CODE, 1, "new", "21040");
    settle(s);
    for (i = 0; i < sizeof hear / sizeof *hear; i++) {
        client_open(&c, s, 0, hear[i]);
        subscribe(&c, s, 0, 1);
        want_alert(&c, CODE "/1");
        assert_true(c.sealed);
        received(&c, s, c.reply.alert.position);
        client_close(&c);
    }
}

static void
a_preview_is_sealed_too(void **state)
{
    static const enum who ask[] = {CHAIR, OPS};
    struct scene *s = *state;
    struct client c;
    size_t i;

    notifier_start(s, 0);
    tell_one(s, CODE, 1, "new", "21040");
    settle(s);
    for (i = 0; i < sizeof ask / sizeof *ask; i++) {
        struct leader_request q = {.kind = LEADER_REQUEST_PREVIEW,
                                   .request_id = 5,
                                   .leader = "chair-province"};

        client_open(&c, s, 0, ask[i]);
        client_send(&c, s, &q);
        want_kind(&c, LEADER_REPLY_ALERT);
        assert_true(c.sealed);
        assert_int_equal(c.reply.request_id, 5);
        client_close(&c);
    }
}

/* What is no alert says nothing that had to be sealed. */
static void
other_answers_are_not_sealed(void **state)
{
    struct scene *s = *state;
    struct client c;

    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 0);
    assert_false(c.sealed);
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    want_quiet(&c, s);
    assert_false(c.sealed);
    client_close(&c);
}

/* The inbox holds no box: another life of the service sends the same in clear. */
static void
nothing_is_stored_sealed(void **state)
{
    struct scene *s = *state;
    struct client c;

    notifier_start(s, 0);
    tell_one(s, CODE, 1, "new", "21040");
    settle(s);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    want_alert(&c, CODE "/1");
    assert_true(c.sealed);
    client_close(&c);
    notifier_end(s, 0, SIGKILL);
    scene_seals = false;
    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    want_alert(&c, CODE "/1");
    assert_false(c.sealed);
    client_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_alert_is_for_the_key_of_its_connection_alone,
                                        scene_setup_sealed, scene_teardown),
        cmocka_unit_test_setup_teardown(everybody_opens_with_his_own_key_and_receives,
                                        scene_setup_sealed, scene_teardown),
        cmocka_unit_test_setup_teardown(a_preview_is_sealed_too, scene_setup_sealed,
                                        scene_teardown),
        cmocka_unit_test_setup_teardown(other_answers_are_not_sealed,
                                        scene_setup_sealed, scene_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_stored_sealed, scene_setup_sealed,
                                        scene_teardown),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
