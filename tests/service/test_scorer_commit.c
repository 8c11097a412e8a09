/* link: scorer */
/*
 * A commit on its way, on a real Redis: what is computed meanwhile, what nobody hears
 * before its answer, and what remains when it is refused or never answered.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "tests/support/admit_all.h"
#include "tests/support/stack.h"
#include "tests/support/scorer_scene.h"

static struct bus *bus;
static struct bus_socket *hears; /* as the notifier would */

static int
setup(void **state)
{
    struct bus_keys keys;

    if (scorer_setup(state) != 0) {
        return -1;
    }
    assert_int_equal(bus_new(admit_all, NULL, &bus), ST_OK);
    assert_int_equal(bus_keys_new(&keys), ST_OK);
    assert_int_equal(bus_bind_pub(bus, "tcp://127.0.0.1:*", "services", &keys,
                                  &scene.scorer.hints_out),
                     ST_OK);
    assert_int_equal(bus_connect_sub(bus, bus_endpoint(scene.scorer.hints_out),
                                     keys.public_key, &keys, &hears),
                     ST_OK);
    scene.scorer.redis_timeout_ms = 5000;
    programme_take("ops");
    return 0;
}

static int
teardown(void **state)
{
    bus_close(&hears);
    bus_close(&scene.scorer.hints_out);
    bus_free(&bus);
    return scorer_teardown(state);
}

/* ---- */

static void
applied(void)
{
    bool barrier = true;

    assert_int_equal(apply(&barrier), ST_OK);
    assert_false(barrier);
}

/* A report in memory, not sent. */
static void
report_waits(const char *period)
{
    ordinary_add(period, 1);
    put(JOURNAL_REPORTS);
    applied();
}

static void
redis_pauses(bool pauses)
{
    want(pauses ? "CLIENT PAUSE 60000 WRITE" : "CLIENT UNPAUSE", "OK");
}

static void
checkpoint_is(uint64_t seq)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRIu64, seq);
    want("HGET $checkpoint:scorer seq", text);
}

static void
fact_is(const char *period, bool there)
{
    char command[128];

    (void)snprintf(command, sizeof command, "HEXISTS $facts:101 digitisation/%s",
                   period);
    want(command, there ? "1" : "0");
}

/* The first is on its way, behind it the second is computed. */
static void
two_reports(void)
{
    report_waits("2023-07");
    ordinary_add("2023-08", 1);
    put(JOURNAL_REPORTS);
    redis_pauses(true);
    assert_true(state_commit(&scene.s));
    applied();
}

/* ---- */

static void
entries_behind_a_commit_are_computed_while_it_is_on_its_way(void **state)
{
    struct state *s = &scene.s;

    (void)state;
    two_reports();
    assert_true(commit_collect(s));
    assert_true(s->follow.sent.waiting);
    assert_int_equal(s->follow.checkpoint, 1);
    assert_int_equal(s->seen, 3);
    assert_true(state_wait_us(s) == INT64_MAX); /* one at a time */
    redis_pauses(false);
    assert_true(state_land(s));
    assert_int_equal(s->follow.checkpoint, 2);
    checkpoint_is(2);
    fact_is("2023-07", true);
    fact_is("2023-08", false);
    assert_true(state_wait_us(s) < INT64_MAX);
    assert_true(state_commit(s) && state_land(s));
    checkpoint_is(3);
    fact_is("2023-08", true);
}

static void
a_refused_commit_takes_with_it_what_was_computed_behind_it(void **state)
{
    struct state *s = &scene.s;

    (void)state;
    report_waits("2023-07");
    want("INCR $epoch:scorer", "3"); /* another one has taken over */
    assert_true(state_commit(s));
    ordinary_add("2023-08", 1);
    put(JOURNAL_REPORTS);
    applied();
    assert_false(state_land(s));
    assert_true(s->fenced);
    assert_false(s->ready);
    assert_null(s->facts);
    assert_false(s->follow.sent.waiting);
    assert_true(state_land(s)); /* nothing is awaited any more */
    checkpoint_is(1);
    fact_is("2023-07", false);
    fact_is("2023-08", false);
}

/* Lost, and Redis is there again: taken over anew. */
static void
comes_back(struct state *s)
{
    int i;

    s->scorer->redis_timeout_ms = 5000;
    for (i = 0; i < 100 && !state_work(s); i++) {
        nap_ms(20);
    }
    assert_true(s->ready);
}

static void
a_commit_without_an_answer_in_time_is_lost_and_done_again(void **state)
{
    struct state *s = &scene.s;

    (void)state;
    two_reports();
    s->scorer->redis_timeout_ms = 20;
    nap_ms(60);
    assert_false(commit_collect(s));
    assert_false(s->ready);
    redis_pauses(false);
    comes_back(s);
    (void)state_turn(s, 1000);
    assert_int_equal(s->seen, 3);
    assert_true(state_commit(s) && state_land(s));
    checkpoint_is(3);
    fact_is("2023-07", true);
    fact_is("2023-08", true);
    want("HLEN $facts:101", "2");
}

/* More than a socket takes at once, in one commit. */
static void
much_waits(void)
{
    static char value[200];
    char field[24];
    int i;

    memset(value, 'x', sizeof value);
    for (i = 0; i < 3000; i++) {
        (void)snprintf(field, sizeof field, "%d", i);
        effects_hset(&scene.s.effects, &scene.s.follow, KEY_FACTS, "101", field, value,
                     sizeof value);
    }
}

static void
the_time_for_an_answer_begins_when_all_of_the_question_is_there(void **state)
{
    struct state *s = &scene.s;

    (void)state;
    report_waits("2023-07");
    much_waits();
    assert_int_equal(kill(redis_server_pid(scene.server), SIGSTOP), 0);
    assert_true(state_commit(s));
    assert_true(s->want_write);
    assert_true(commit_patience_us(s) > 0);
    s->scorer->redis_timeout_ms = 50;
    nap_ms(100); /* the turn of another province */
    assert_int_equal(commit_patience_us(s), 0);
    assert_int_equal(kill(redis_server_pid(scene.server), SIGCONT), 0);
    while (s->want_write) {
        struct pollfd item = {.fd = redis_fd(s->redis), .events = POLLOUT};

        assert_int_equal(poll(&item, 1, 5000), 1);
        assert_true(commit_collect(s));
    }
    s->scorer->redis_timeout_ms = 5000;
    assert_true(state_land(s));
    assert_true(commit_patience_us(s) == INT64_MAX);
    checkpoint_is(2);
    fact_is("2023-07", true);
}

static void
a_redis_that_takes_no_more_of_the_question_is_given_up(void **state)
{
    struct state *s = &scene.s;
    struct mono began = mono_now();

    (void)state;
    report_waits("2023-07");
    much_waits();
    assert_int_equal(kill(redis_server_pid(scene.server), SIGSTOP), 0);
    s->scorer->redis_timeout_ms = 100;
    assert_true(state_commit(s));
    assert_true(s->want_write);
    while (commit_collect(s) && mono_since_us(began) < 5000000) {
        nap_ms(10);
    }
    assert_false(s->ready);
    assert_int_equal(kill(redis_server_pid(scene.server), SIGCONT), 0);
    comes_back(s);
    checkpoint_is(1);
}

static void
an_act_reads_only_what_is_committed(void **state)
{
    struct state *s = &scene.s;
    bool barrier = false;

    (void)state;
    report_waits("2023-07");
    act_put("parked-drop", "1:0");
    assert_true(state_commit(s));
    /* All of it is sent, and nothing of it is known to be there. */
    assert_int_equal(apply(&barrier), ST_OK);
    assert_true(barrier);
    assert_true(state_land(s));
    applied();
    assert_int_equal(s->seen, 3);
    assert_true(state_commit(s) && state_land(s));
    checkpoint_is(3);
}

/* True: a hint came within the time. */
static bool
hint_comes(int ms, struct hint *h)
{
    struct bus_poll_item item = {.socket = hears};
    struct mono began = mono_now();
    struct bus_message m;

    while (mono_since_us(began) < (int64_t)ms * 1000) {
        assert_int_equal(bus_poll(bus, &item, 1, 10), ST_OK);
        if (bus_receive(hears, &m) == ST_OK) {
            assert_int_equal(hint_read(m.body, m.body_bytes, h), ST_OK);
            bus_message_close(&m);
            return true;
        }
    }
    return false;
}

static void
the_notifier_hears_of_alerts_when_they_are_on_the_disk(void **state)
{
    struct hint h;
    int i;

    (void)state;
    /* Whoever has just subscribed may miss some. */
    for (i = 0; i < 100; i++) {
        programme_body("ops");
        put(JOURNAL_PROGRAMME);
        applied();
        assert_true(state_commit(&scene.s) && state_land(&scene.s));
        if (hint_comes(100, &h)) {
            break;
        }
    }
    assert_int_equal(h.seq, scene.s.follow.out_seq);
    programme_body("ops");
    put(JOURNAL_PROGRAMME);
    applied();
    redis_pauses(true);
    assert_true(state_commit(&scene.s));
    assert_true(commit_collect(&scene.s));
    assert_false(hint_comes(200, &h));
    redis_pauses(false);
    assert_true(state_land(&scene.s));
    assert_true(hint_comes(5000, &h));
    assert_int_equal(h.seq, scene.s.follow.out_seq);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.entries[0].kind, JOURNAL_PROGRAMME);
    /* A commit without alerts says nothing. */
    report_waits("2023-07");
    assert_true(state_commit(&scene.s) && state_land(&scene.s));
    if (scene.s.follow.out_seq == h.seq) {
        assert_false(hint_comes(200, &h));
    }
}

static int
tests(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest all[] = {
        TEST(entries_behind_a_commit_are_computed_while_it_is_on_its_way),
        TEST(a_refused_commit_takes_with_it_what_was_computed_behind_it),
        TEST(a_commit_without_an_answer_in_time_is_lost_and_done_again),
        TEST(the_time_for_an_answer_begins_when_all_of_the_question_is_there),
        TEST(a_redis_that_takes_no_more_of_the_question_is_given_up),
        TEST(an_act_reads_only_what_is_committed),
        TEST(the_notifier_hears_of_alerts_when_they_are_on_the_disk),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int
main(void)
{
    return scorer_tests("test_scorer_commit", tests);
}
