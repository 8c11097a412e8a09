/* dd_apply: effects and checkpoint together or not at all, and only for the present
 * one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/follow.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/redis_server.h"

static struct redis_server *server;
static struct redis *client;
static struct follow follow;
static struct effects effects;
static char province[32]; /* a fresh one for each test */

static const char *const inbox_fields[] = {"alert", "QNG-2023-7c-21028/1"};

static int
setup(void **state)
{
    static int provinces;

    (void)state;
    client = redis_server_client(server);
    (void)snprintf(province, sizeof province, "p%d", ++provinces);
    effects_init(&effects);
    follow_init(&follow, province, "scorer", KEY_REPORTS);
    return follow_take_over(&follow, client) == ST_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    effects_fini(&effects);
    redis_free(&client);
    return 0;
}

static void
want(const char *command, const char *answer)
{
    redis_want_in(client, province, command, answer);
}

static char *
digest(void)
{
    return redis_digest(client, province);
}

static void
assert_unchanged(char *before)
{
    redis_unchanged(client, province, before);
}

/* One effect of each kind. */
static void
effects_of_each_kind(void)
{
    effects_clear(&effects, &follow);
    effects_hset(&effects, &follow, KEY_FACTS, "21040", "f1", "v1", 2);
    effects_hset(&effects, &follow, KEY_FACTS, "21040", "f2", "v\0two", 5);
    effects_hset(&effects, &follow, KEY_SUMMARY, NULL, "n", "1", 1);
    effects_hdel(&effects, &follow, KEY_SCORES, "21040", "old");
    effects_alert(&effects, &follow, JOURNAL_ALERTS, "body", 4);
    effects_alert(&effects, &follow, JOURNAL_TICK, "tick", 4);
    effects_xadd(&effects, &follow, KEY_INBOX, "chair", follow.checkpoint + 1, 0,
                 inbox_fields, 2);
    effects_xadd(&effects, &follow, KEY_INBOX, "chair", follow.checkpoint + 1, 1,
                 inbox_fields, 2);
    effects_xdel(&effects, &follow, KEY_PARKED, NULL, 1, 3);
}

static enum status
apply(uint64_t seq)
{
    return follow_apply(&follow, client, &effects, seq, "abc", 495000);
}

static void
effects_and_checkpoint_are_committed_together(void **state)
{
    struct follow later;

    (void)state;
    want("HSET $scores:21040 old x new y", "2");
    want("XADD $parked 1-3 why x", "1-3");
    effects_of_each_kind();
    assert_int_equal(effects.count, 9);
    assert_int_equal(apply(1), ST_OK);
    assert_int_equal(follow.checkpoint, 1);
    assert_int_equal(follow.out_seq, 2);
    want("HMGET $checkpoint:scorer seq out programme tick", "[1 2 abc 495000]");
    want("HGET $facts:21040 f1", "v1");
    want("HSTRLEN $facts:21040 f2", "5");
    want("HGETALL $summary", "[n 1]");
    want("HGETALL $scores:21040", "[new y]");
    want("XRANGE $alerts - +", "[[1-0 [k alerts b body]] [2-0 [k tick b tick]]]");
    want("XRANGE $inbox:chair - +", "[[1-0 [alert QNG-2023-7c-21028/1]] "
                                    "[1-1 [alert QNG-2023-7c-21028/1]]]");
    want("XLEN $parked", "0");
    follow_init(&later, province, "scorer", KEY_REPORTS);
    assert_int_equal(follow_take_over(&later, client), ST_OK);
    assert_int_equal(later.epoch, follow.epoch + 1);
    assert_int_equal(later.checkpoint, 1);
    assert_int_equal(later.out_seq, 2);
    assert_int_equal(later.tick, 495000);
    assert_string_equal(later.programme, "abc");
}

static void
checkpoint_may_stay_where_it_is(void **state)
{
    (void)state;
    effects_of_each_kind();
    assert_int_equal(apply(3), ST_OK);
    effects_clear(&effects, &follow);
    effects_hset(&effects, &follow, KEY_ALERT, "X", "acknowledged", "1", 1);
    assert_int_equal(apply(3), ST_OK);
    effects_clear(&effects, &follow);
    assert_int_equal(apply(4), ST_OK); /* an entry without effects */
    want("HGETALL $alert:X", "[acknowledged 1]");
    want("HGET $checkpoint:scorer seq", "4");
}

static void
many_fields_of_one_key_are_one_effect(void **state)
{
    char field[32];
    int i;

    (void)state;
    effects_clear(&effects, &follow);
    for (i = 0; i < 3000; i++) {
        (void)snprintf(field, sizeof field, "f%d", i);
        effects_hset(&effects, &follow, KEY_FACTS, "1", field, field, strlen(field));
    }
    for (i = 0; i < 2000; i++) {
        (void)snprintf(field, sizeof field, "f%d", i);
        effects_hdel(&effects, &follow, KEY_FACTS, "1", field);
    }
    assert_int_equal(effects.keys.argc, 1);
    assert_int_equal(effects.count, 3000);
    assert_int_equal(apply(1), ST_OK);
    want("HLEN $facts:1", "1000");
    want("HGET $facts:1 f2999", "f2999");
}

static void
many_keys_are_touched_in_one_call(void **state)
{
    char unit[32];
    int i;

    (void)state;
    effects_clear(&effects, &follow);
    for (i = 0; i < 2000; i++) {
        (void)snprintf(unit, sizeof unit, "u%d", i);
        effects_hset(&effects, &follow, KEY_SCORES, unit, "f", unit, strlen(unit));
        effects_hset(&effects, &follow, KEY_SUMMARY, NULL, unit, "1", 1);
    }
    assert_int_equal(effects.keys.argc, 2001);
    assert_int_equal(apply(1), ST_OK);
    want("HGET $scores:u1999 f", "u1999");
    want("HLEN $summary", "2000");
}

static void
inbox_keeps_ten_thousand(void **state)
{
    uint32_t i;

    (void)state;
    effects_clear(&effects, &follow);
    for (i = 0; i < 10005; i++) {
        effects_xadd(&effects, &follow, KEY_INBOX, "chair", 1, i, inbox_fields, 2);
        effects_xadd(&effects, &follow, KEY_PARKED, NULL, 1, i, inbox_fields, 2);
    }
    assert_int_equal(apply(1), ST_OK);
    want("XLEN $inbox:chair", "10000");
    want("XLEN $parked", "10005");
}

static void
older_instance_is_fenced(void **state)
{
    struct follow old = follow;
    char *before;

    (void)state;
    assert_int_equal(follow_take_over(&follow, client), ST_OK);
    effects_of_each_kind();
    before = digest();
    assert_int_equal(follow_apply(&old, client, &effects, 1, "", 0), ST_FENCED);
    assert_non_null(strstr(redis_error(client), "the epoch is 2 now"));
    assert_int_equal(old.checkpoint, 0);
    assert_unchanged(before);
    assert_int_equal(apply(1), ST_OK);
    before = digest();
    old.checkpoint = 1; /* knows the place: still the wrong epoch */
    effects_of_each_kind();
    assert_int_equal(follow_apply(&old, client, &effects, 2, "", 0), ST_FENCED);
    assert_unchanged(before);
}

static void
entries_take_effect_only_once(void **state)
{
    struct follow again = follow;
    char *before;

    (void)state;
    effects_of_each_kind();
    assert_int_equal(apply(1), ST_OK);
    before = digest();
    effects_clear(&effects, &again);
    effects_alert(&effects, &again, JOURNAL_ALERTS, "body", 4);
    assert_int_equal(follow_apply(&again, client, &effects, 1, "", 0), ST_STALE);
    assert_non_null(strstr(redis_error(client), "stands at 1"));
    assert_unchanged(before);
}

/* Each key of the call is of another type, in turn. */
static void
effects_on_a_key_of_another_type_write_nothing(void **state)
{
    static const char *const rows[][3] = {
        {"DEL $checkpoint:scorer", "SET $checkpoint:scorer x", "OK"},
        {"DEL $facts:21040", "SET $facts:21040 x", "OK"},
        {"DEL $summary", "LPUSH $summary x", "1"},
        {"DEL $scores:21040", "XADD $scores:21040 1-0 a b", "1-0"},
        {"DEL $alerts", "HSET $alerts a b", "1"},
        {"DEL $inbox:chair", "SET $inbox:chair x", "OK"},
        {"DEL $parked", "HSET $parked a b", "1"},
        {"DEL $epoch:scorer", "HSET $epoch:scorer a b", "1"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *before;

        want(rows[i][0], i < 7 ? "0" : "1");
        want(rows[i][1], rows[i][2]);
        before = digest();
        effects_of_each_kind();
        assert_int_equal(apply(1), ST_BAD);
        assert_non_null(strstr(redis_error(client), "WRONGTYPE"));
        assert_unchanged(before);
        want(rows[i][0], "1");
    }
    assert_int_equal(follow_take_over(&follow, client), ST_OK);
    effects_of_each_kind();
    assert_int_equal(apply(1), ST_OK);
}

static void
same_key_as_hash_and_as_stream_writes_nothing(void **state)
{
    char *before = digest();

    (void)state;
    effects_of_each_kind();
    effects_hset(&effects, &follow, KEY_INBOX, "chair", "f", "v", 1);
    assert_int_equal(apply(1), ST_BAD);
    assert_unchanged(before);
}

static void
alerts_written_by_hand_stop_the_commit(void **state)
{
    char *before;

    (void)state;
    want("XADD $alerts 1-0 k tick b x", "1-0");
    before = digest();
    effects_of_each_kind();
    assert_int_equal(apply(1), ST_BAD);
    assert_non_null(strstr(redis_error(client), "ends at 1-0, not at 0-0"));
    assert_unchanged(before);
    want("XDEL $alerts 1-0", "1"); /* its id stays given */
    before = digest();
    effects_of_each_kind();
    assert_int_equal(apply(1), ST_BAD);
    assert_unchanged(before);
}

static void
ids_that_do_not_grow_write_nothing(void **state)
{
    static const struct {
        uint64_t seq;
        uint32_t index;
        enum status want;
    } rows[] = {
        {5, 1, ST_BAD},
        {5, 0, ST_BAD},
        {4, 9, ST_BAD},
        {5, 2, ST_OK},
        {10, 0, ST_OK},
        {9, 0, ST_BAD},
        {10, 10, ST_OK},
        {10, 9, ST_BAD},
        {9007199254740993, 0, ST_OK},
        {9007199254740992, 0, ST_BAD},
        {9007199254740994, 0, ST_OK},
        {INT64_MAX, UINT32_MAX, ST_OK},
    };
    size_t i;

    (void)state;
    want("XADD $inbox:chair 5-1 a b", "5-1");
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *before = digest();

        effects_clear(&effects, &follow);
        effects_hset(&effects, &follow, KEY_SUMMARY, NULL, "n", "1", 1);
        effects_xadd(&effects, &follow, KEY_INBOX, "chair", rows[i].seq, rows[i].index,
                     inbox_fields, 2);
        if (rows[i].want == ST_OK) {
            mem_free(&before);
            assert_int_equal(apply(1), ST_OK);
        } else {
            assert_int_equal(apply(1), rows[i].want);
            assert_unchanged(before);
        }
    }
    effects_clear(&effects, &follow); /* not within one call either */
    effects_xadd(&effects, &follow, KEY_PARKED, NULL, 7, 1, inbox_fields, 2);
    effects_xadd(&effects, &follow, KEY_PARKED, NULL, 7, 1, inbox_fields, 2);
    assert_int_equal(apply(1), ST_BAD);
    want("EXISTS $parked", "0");
}

static void
apply_refuses_calls_of_another_form(void **state)
{
    static const char *const rows[][2] = {
        {"9 1 0 1 0 '' 0 now ''", "!VERSION"},
        {"3 1 0 1 0 '' 0 now", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 3", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 3 1 f", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 3 0", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 3 1.5 f v", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 4 1 f v", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 0 1 f v", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 3 1 f v rest", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 3 1 f v xadd 3 1-0 '' '' 1 f", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' xadd 3 1-0 '' x 1 f v", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' xadd 3 0-0 '' '' 1 f v", "!JOURNAL"},
        {"3 1 0 1 0 '' 0 now '' xadd 3 * '' '' 1 f v", "!JOURNAL"},
        {"3 1 0 1 0 '' 0 now '' xadd 3 99999999999999999999-0 '' '' 1 f v", "!JOURNAL"},
        {"3 1 0 1 0 '' 0 now '' xdel 3 1 nonsense", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' del 3 1 f", "!ARGS"},
        {"3 1 0 x 0 '' 0 now '' hset 3 1 f v", "!ARGS"},
        {"3 1 0 -1 0 '' 0 now '' hset 3 1 f v", "!ARGS"},
        {"3 2 0 1 0 '' 0 now '' hset 3 1 f v", "[FENCED 1]"},
        {"3 1 1 2 0 '' 0 now '' hset 3 1 f v", "[STALE 0]"},
        {"3 1 5 4 0 '' 0 now '' hset 3 1 f v", "!ARGS"},
        {"3 1 0 1 0 '' 0 now '' hset 3 1 f v", "[OK]"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char command[512];
        char *before = digest();
        char *got;

        (void)snprintf(command, sizeof command,
                       "FCALL dd_apply_3 3 dondoc:{%s}:epoch:scorer "
                       "dondoc:{%s}:checkpoint:scorer dondoc:{%s}:x %s",
                       province, province, province, rows[i][0]);
        got = redis_ask(client, command);
        if (strncmp(got, rows[i][1], strlen(rows[i][1])) != 0) {
            fail_msg("%s: got %s want %s", rows[i][0], got, rows[i][1]);
        }
        mem_free(&got);
        if (strcmp(rows[i][1], "[OK]") == 0) {
            mem_free(&before);
        } else {
            assert_unchanged(before);
        }
    }
}

/* A user that lacks one right: nothing of the call may be there. */
static void
rights_that_are_missing_leave_nothing_half_written(void **state)
{
    static const char *const lacking[] = {"hset",   "hdel",         "xadd", "xdel",
                                          "get",    "hget",         "hlen", "xlen",
                                          "exists", "xinfo|stream", NULL};
    const struct redis_settings settings = {redis_server_address(server), "part", "x",
                                            5000};
    struct redis *r = redis_new(&settings);
    size_t i;

    (void)state;
    want("XADD $alerts 1-0 k tick b x", "1-0"); /* so that XINFO is asked */
    follow.out_seq = 1;
    for (i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
        char command[128];
        enum status st;
        char *before = digest();

        (void)snprintf(
            command, sizeof command, "ACL SETUSER part reset on >x ~* +@all %s%s",
            lacking[i] == NULL ? "" : "-", lacking[i] == NULL ? "" : lacking[i]);
        redis_want(client, command, "OK");
        assert_int_equal(redis_connect(r, "dondoc:ops:hello", NULL), ST_OK);
        effects_of_each_kind();
        st = follow_apply(&follow, r, &effects, 1, "", 0);
        assert_int_equal(st == ST_OK, lacking[i] == NULL);
        if (st == ST_OK) {
            mem_free(&before);
            continue;
        }
        assert_true(st == ST_DENIED || st == ST_BAD);
        assert_unchanged(before);
    }
    redis_free(&r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(effects_and_checkpoint_are_committed_together),
        TEST(checkpoint_may_stay_where_it_is),
        TEST(many_fields_of_one_key_are_one_effect),
        TEST(many_keys_are_touched_in_one_call),
        TEST(inbox_keeps_ten_thousand),
        TEST(older_instance_is_fenced),
        TEST(entries_take_effect_only_once),
        TEST(effects_on_a_key_of_another_type_write_nothing),
        TEST(same_key_as_hash_and_as_stream_writes_nothing),
        TEST(alerts_written_by_hand_stop_the_commit),
        TEST(ids_that_do_not_grow_write_nothing),
        TEST(apply_refuses_calls_of_another_form),
        TEST(rights_that_are_missing_leave_nothing_half_written),
    };
    int failed;

    diag_init("test_functions_apply");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
