/*
 * What dondoc-notifier remembers of who was told: later events of a code cost no
 * reading of its hash, counted by Redis itself; and nothing is remembered that may have
 * changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"
#include "tests/support/child.h"
#include "tests/support/notifier_scene.h"

/* Hashes that were read as a whole since Redis started. */
static long
reads(const struct scene *s)
{
    static const char name[] = "cmdstat_hgetall:calls=";
    char *info = redis_ask(s->r, "INFO commandstats");
    const char *at = strstr(info, name);
    long n = at == NULL ? 0 : strtol(at + strlen(name), NULL, 10);

    mem_free(&info);
    return n;
}

/* An event, until it is in the inboxes; `want` hashes are read for it. */
static void
tell_reads(struct scene *s, const char *code, uint32_t number, const char *reason,
           long want)
{
    long before;

    settle(s);
    before = reads(s);
    tell_one(s, code, number, reason, "21040");
    settle(s);
    if (reads(s) - before != want) {
        fail_msg("%s/%u %s: %ld hashes were read, not %ld", code, (unsigned)number,
                 reason, reads(s) - before, want);
    }
}

/* The fields that a batch can change: opened again they go to who hears of it now, and
 * nobody has taken it on. */
static void
later_events_of_a_code_read_no_hash(void **state)
{
    struct scene *s = *state;

    notifier_start(s, 0);
    tell_reads(s, "A-1", 1, "new", 0);
    tell_reads(s, "A-1", 2, "worse", 0);
    tell_reads(s, "A-1", 3, "resolved", 0);
    tell_reads(s, "A-1", 4, "new", 0);
    tell_reads(s, "A-2", 1, "new", 0);
    tell_reads(s, "A-1", 5, "worse", 0);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "6");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-530", "6");
    want_now(s, "HGET dondoc:{%s}:alert:A-1 told:head-530", "5/8-0");
}

/* The hash is changed by hand where nobody is in charge: who remembers is caught. */
static void
after_a_restart_it_reads_again_once(void **state)
{
    struct scene *s = *state;

    notifier_start(s, 0);
    tell_reads(s, "B-1", 1, "new", 0);
    notifier_end(s, 0, SIGKILL);
    want_now(s, "HSET dondoc:{%s}:alert:B-1 told:head-21043 1/3-0", "1");
    notifier_start(s, 0);
    tell_reads(s, "B-1", 2, "worse", 1);
    tell_reads(s, "B-1", 3, "worse", 0);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21043", "2");
}

static void
after_a_broken_connection_it_reads_again_once(void **state)
{
    struct scene *s = *state;

    notifier_start(s, 0);
    tell_reads(s, "C-1", 1, "new", 0);
    tell_reads(s, "C-1", 2, "worse", 0);
    want_now(s, "HSET dondoc:{%s}:alert:C-1 told:head-21043 1/3-0", "1");
    redis_server_kill(scene_server);
    redis_server_again(scene_server);
    redis_free(&s->r);
    s->r = redis_server_client(scene_server);
    assert_int_equal(follow_take_over(&s->scorer, s->r), ST_OK);
    effects_clear(&s->effects, &s->scorer);
    tell_one(s, "C-2", 1, "new", "21040"); /* in the inboxes: it has taken over */
    tell_reads(s, "C-1", 3, "worse", 1);
    tell_reads(s, "C-1", 4, "worse", 0);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21043", "2");
}

static void
one_that_was_overtaken_reads_again_once(void **state)
{
    struct scene *s = *state;

    notifier_start(s, 0);
    tell_reads(s, "D-1", 1, "new", 0);
    tell_reads(s, "D-1", 2, "worse", 0);
    notifier_start(s, 1);
    tell_one(s, "D-2", 1, "new", "21040");
    tell_reads(s, "D-1", 3, "worse", 1);
    wait_for(s, "GET dondoc:{%s}:owner:notifier", "1");
    notifier_end(s, 1, SIGKILL);
    want_now(s, "HSET dondoc:{%s}:alert:D-1 told:head-21043 1/3-0", "1");
    redis_want(s->r, "DEL dondoc:ops:heartbeat:notifier:1", "1"); /* sooner than 15 s */
    wait_for(s, "GET dondoc:{%s}:owner:notifier", "0");
    tell_one(s, "D-3", 1, "new", "21040");
    tell_reads(s, "D-1", 4, "worse", 1);
    tell_reads(s, "D-1", 5, "worse", 0);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21043", "2");
}

static void
who_took_it_on_is_seen_in_the_next_message(void **state)
{
    static const struct wire_act act = {.id = "ack-E-1-x",
                                        .kind = "acknowledge",
                                        .subject = "E-1",
                                        .by = "head-530",
                                        .at_ms = 1696827600000};
    struct scene *s = *state;
    struct client c;

    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 0);
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    tell_reads(s, "E-1", 1, "new", 0);
    want_alert(&c, "E-1/1");
    tell_act(s, &act);
    tell_reads(s, "E-1", 2, "worse", 1);
    want_alert(&c, "E-1/2");
    assert_true(c.reply.alert.acknowledged);
    tell_reads(s, "E-1", 3, "worse", 0);
    want_alert(&c, "E-1/3");
    assert_true(c.reply.alert.acknowledged);
    tell_reads(s, "E-1", 4, "resolved", 0);
    tell_reads(s, "E-1", 5, "new", 0);
    want_alert(&c, "E-1/4");
    want_alert(&c, "E-1/5");
    assert_false(c.reply.alert.acknowledged);
    tell_reads(s, "E-1", 6, "worse", 0);
    want_alert(&c, "E-1/6");
    assert_false(c.reply.alert.acknowledged);
    client_close(&c);
}

/* The scorer forgets a missing report that is history; asked for again it begins with
 * number 1 under the code whose hash still names offices, and who had taken it on. */
static void
a_missing_report_asked_for_again_knows_nothing_of_the_first_time(void **state)
{
    struct scene *s = *state;
    struct alert_event e = event_of("F-1", 1, "new", "21040");
    struct client c;

    e.kind = "overdue";
    e.target = "";
    e.group = "digitisation";
    e.due_day = 19600;
    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 0);
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    want_now(
        s, "HSET dondoc:{%s}:alert:F-1 told:head-21043 1/3-0 ack_by head-530 ack_at x",
        "3");
    tell(s, &e, 1);
    want_alert(&c, "F-1/1");
    assert_false(c.reply.alert.acknowledged); /* this one nobody has taken on */
    want_now(s, "HEXISTS dondoc:{%s}:alert:F-1 ack_by", "0");
    want_now(s, "HEXISTS dondoc:{%s}:alert:F-1 told:head-21043", "0");
    e.number = 2;
    e.reason = "resolved";
    tell(s, &e, 1);
    want_alert(&c, "F-1/2");
    settle(s);
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    want_now(s, "XLEN dondoc:{%s}:inbox:head-21043", "0");
    client_close(&c);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(later_events_of_a_code_read_no_hash),
        TEST(after_a_restart_it_reads_again_once),
        TEST(after_a_broken_connection_it_reads_again_once),
        TEST(one_that_was_overtaken_reads_again_once),
        TEST(who_took_it_on_is_seen_in_the_next_message),
        TEST(a_missing_report_asked_for_again_knows_nothing_of_the_first_time),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
