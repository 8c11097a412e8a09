/* lib/journal where Redis holds, or answers, what no release of ours wrote. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/journal.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/redis_server.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DIGITS_33 "0123456789abcdef0123456789abcdef0"
#define DIGITS_65 DIGITS_33 "0123456789abcdef0123456789abcdef"

static struct redis_server *server;
static struct redis *client;
static struct journal_append append;
static struct journal_read reading;
static struct journal_head head;
static char province[32]; /* a fresh one for each test */

static int
setup(void **state)
{
    static int provinces;

    (void)state;
    client = redis_server_client(server);
    (void)snprintf(province, sizeof province, "p%d", ++provinces);
    journal_append_init(&append);
    journal_read_init(&reading);
    return journal_head_read(client, province, &head) == ST_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    journal_append_fini(&append);
    journal_read_fini(&reading);
    redis_free(&client);
    return 0;
}

static void
want(const char *command, const char *answer)
{
    redis_want_in(client, province, command, answer);
}

/* --- the head --- */

struct field_case {
    const char *field;
    const char *value;
};

static const struct field_case spoiled[] = {
    {"seq", "1x"},
    {"chain", DIGITS_33},
    {"tick", "x"},
    {"programme", DIGITS_65},
    {"log", DIGITS_33},
    {"trim_seq", "-1"},
    {"trim_seq", "7"}, /* and no chain value of it */
    {"trim_chain", DIGITS_33},
    {"trim_chain", "00ff"}, /* and no place of it */
    {"receipts", "many"},
    {"acts", "-0"},
};

static void
each_field_of_the_head_is_refused_when_it_is_spoiled(void **state)
{
    char command[256];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(spoiled); i++) {
        struct journal_head got = {.seq = 77};
        bool log = strcmp(spoiled[i].field, "log") == 0;

        (void)snprintf(command, sizeof command, "HSET $head %s %s", spoiled[i].field,
                       spoiled[i].value);
        want(command, log ? "0" : "1");
        if (journal_head_read(client, province, &got) != ST_BAD || got.seq != 77) {
            fail_msg("%s=%s was taken", spoiled[i].field, spoiled[i].value);
        }
        assert_non_null(strstr(redis_error(client), "changed by hand"));
        (void)snprintf(command, sizeof command, "HDEL $head %s", spoiled[i].field);
        want(command, "1");
    }
}

/* A text of the right length with a zero in it would be read as a shorter one. */
static void
a_zero_inside_a_text_of_the_head_is_refused(void **state)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HSET", key, "chain", "ab\0cd"};
    const size_t lens[] = {4, 0, 5, 5};
    size_t with_key[4];
    struct journal_head got;
    struct reply *rep = NULL;

    (void)state;
    key_make(key, province, KEY_HEAD);
    memcpy(with_key, lens, sizeof lens);
    with_key[1] = strlen(key);
    assert_int_equal(redis_call(client, 4, argv, with_key, &rep), ST_OK);
    reply_free(&rep);
    assert_int_equal(journal_head_read(client, province, &got), ST_BAD);
}

static void
a_head_of_another_type_is_bad(void **state)
{
    struct journal_head got;

    (void)state;
    want("DEL $head", "1");
    want("SET $head x", "OK");
    assert_int_equal(journal_head_read(client, province, &got), ST_BAD);
    assert_true(redis_connected(client));
}

/* Without the Function no log id can be minted: again, when it is loaded. */
static void
a_log_id_that_cannot_be_minted_is_asked_for_again(void **state)
{
    struct journal_head got = {.seq = 77};

    (void)state;
    want("DEL $head", "1");
    want("FUNCTION FLUSH", "OK");
    assert_int_equal(journal_head_read(client, province, &got), ST_AGAIN);
    assert_int_equal(got.seq, 77);
    redis_free(&client);
    client = redis_server_client(server); /* which loads them */
    assert_int_equal(journal_head_read(client, province, &got), ST_OK);
    assert_int_equal(strlen(got.log_id), 32);
}

/* --- what an append is answered --- */

struct answer_case {
    const char *name;
    const char *lua;
    enum status want;
    size_t count; /* of guards that did not hold */
    size_t first;
};

/* The append has two guards. */
static const struct answer_case answers[] = {
    {"done", "return {'OK'}", ST_OK, 0, 99},
    {"the head moved", "return {'HEAD', '7', 'ff'}", ST_STALE, 0, 99},
    {"a guard did not hold", "return {'GUARD', '1'}", ST_STALE, 1, 1},
    {"none of them held", "return {'GUARD', '0', '1'}", ST_STALE, 2, 0},
    {"more than there are", "return {'GUARD', '0', '1', '2'}", ST_BAD, 0, 99},
    {"a word of no release", "return {'DONE'}", ST_BAD, 0, 99},
    {"nothing", "return {}", ST_BAD, 0, 99},
    {"a number", "return 1", ST_BAD, 0, 99},
    {"a refusal", "return redis.error_reply('ARGS wrong')", ST_BAD, 0, 99},
    {"no right to it", "return redis.error_reply('NOPERM no')", ST_DENIED, 0, 99},
    {"for the moment", "return redis.error_reply('OOM full')", ST_AGAIN, 0, 99},
};

static void
begin_with_two_guards(void)
{
    journal_append_begin(&append, province, &head, JOURNAL_REPORTS, "x", 1);
    journal_append_guard(&append, TABLE_RECEIPTS, "a/1", "");
    journal_append_guard(&append, TABLE_RECEIPTS, "b/1", "");
}

static struct reply *
answer_of(const char *lua)
{
    const char *argv[] = {"EVAL", lua, "0"};
    struct reply *rep = NULL;

    redis_put(client, 3, argv, NULL);
    assert_int_equal(redis_next(client, &rep), ST_OK);
    return rep;
}

static void
each_answer_to_an_append_means_one_thing(void **state)
{
    size_t i;

    (void)state;
    begin_with_two_guards();
    for (i = 0; i < COUNT(answers); i++) {
        struct reply *rep = answer_of(answers[i].lua);
        size_t conflicts[2] = {99, 99};
        size_t count = 77;
        enum status st = journal_append_result(&append, rep, conflicts, 2, &count);

        if (st != answers[i].want || count != answers[i].count ||
            conflicts[0] != answers[i].first) {
            fail_msg("%s: got %s, %zu guards, the first %zu", answers[i].name,
                     status_name(st), count, conflicts[0]);
        }
        assert_int_equal(journal_append_result(&append, rep, NULL, 0, NULL), st);
        reply_free(&rep);
    }
}

static void
more_conflicts_than_there_is_room_for_are_counted(void **state)
{
    struct reply *rep;
    size_t conflicts[2] = {99, 99};
    size_t count;

    (void)state;
    begin_with_two_guards();
    rep = answer_of("return {'GUARD', '0', '1'}");
    assert_int_equal(journal_append_result(&append, rep, conflicts, 1, &count),
                     ST_STALE);
    assert_int_equal(count, 2);
    assert_int_equal(conflicts[0], 0);
    assert_int_equal(conflicts[1], 99);
    reply_free(&rep);
}

static void
a_real_append_says_which_guards_did_not_hold(void **state)
{
    size_t conflicts[2] = {99, 99};
    size_t count = 0;

    (void)state;
    want("HSET $receipts b/1 x", "1");
    begin_with_two_guards();
    assert_int_equal(journal_append_call(&append, client, conflicts, 2, &count),
                     ST_STALE);
    assert_int_equal(count, 1);
    assert_int_equal(conflicts[0], 1);
    want("EXISTS $reports", "0");
    begin_with_two_guards();
    assert_int_equal(journal_append_call(&append, client, NULL, 0, NULL), ST_STALE);
}

static void
an_append_that_is_refused_says_why(void **state)
{
    size_t count = 77;

    (void)state;
    want("SET $reports x", "OK");
    journal_append_begin(&append, province, &head, JOURNAL_REPORTS, "x", 1);
    assert_int_equal(journal_append_call(&append, client, NULL, 0, &count), ST_BAD);
    assert_int_equal(count, 0);
    assert_non_null(strstr(redis_error(client), "WRONGTYPE"));
    assert_true(redis_connected(client));
}

/* An error that passes leaves the outcome to be asked for: the connection is closed. */
static void
an_append_without_its_function_is_tried_again(void **state)
{
    (void)state;
    want("FUNCTION FLUSH", "OK");
    journal_append_begin(&append, province, &head, JOURNAL_REPORTS, "x", 1);
    assert_int_equal(journal_append_call(&append, client, NULL, 0, NULL), ST_AGAIN);
    assert_false(redis_connected(client));
    redis_free(&client);
    client = redis_server_client(server);
    want("EXISTS $reports", "0");
}

static void
an_append_to_a_redis_that_is_gone_is_tried_again(void **state)
{
    (void)state;
    redis_server_kill(server);
    journal_append_begin(&append, province, &head, JOURNAL_REPORTS, "x", 1);
    assert_int_equal(journal_append_call(&append, client, NULL, 0, NULL), ST_AGAIN);
    assert_int_equal(journal_read_after(client, province, KEY_REPORTS, 0, 1, &reading),
                     ST_AGAIN);
    redis_server_again(server);
    redis_free(&client);
    client = redis_server_client(server);
    want("EXISTS $reports", "0");
}

/* --- reading --- */

static void
ids_that_are_not_ours_are_named(void **state)
{
    static const char *const ids[] = {"1-10", "10-7", "9223372036854775808-0",
                                      "18446744073709551614-5"};
    char command[128];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(ids); i++) {
        want("DEL $alerts", i == 0 ? "0" : "1");
        (void)snprintf(command, sizeof command, "XADD $alerts %s k tick b x", ids[i]);
        want(command, ids[i]);
        assert_int_equal(
            journal_read_after(client, province, KEY_ALERTS, 0, 10, &reading), ST_BAD);
        assert_non_null(strstr(redis_error(client), ids[i]));
        assert_int_equal(reading.count, 0);
    }
}

/* A receipt that was changed by hand may name it; nothing stands there. */
static void
there_is_no_entry_at_the_place_0(void **state)
{
    (void)state;
    want("XADD $reports 0-5 k reports b x h y", "0-5");
    assert_int_equal(journal_read_one(client, province, KEY_REPORTS, 0, &reading),
                     ST_GONE);
    assert_int_equal(reading.count, 0);
}

/* Redis is busy with somebody's script: that passes, and says nothing of the journal.
 */
static void
a_busy_redis_is_no_broken_journal(void **state)
{
    struct redis *other = redis_server_client(server);
    const struct redis_settings settings = {.address = redis_server_address(server),
                                            .timeout_ms = 1000};
    const char *forever[] = {"EVAL", "while true do end", "0"};
    struct reply *rep = NULL;
    bool more;
    int tries;
    enum status st = ST_OK;

    (void)state;
    want("CONFIG SET busy-reply-threshold 1", "OK");
    redis_put(other, 3, forever, NULL);
    assert_int_equal(redis_send(other, &more), ST_OK);
    for (tries = 0; tries < 1000 && st == ST_OK; tries++) {
        st = journal_read_after(client, province, KEY_REPORTS, 0, 1, &reading);
    }
    assert_int_equal(st, ST_AGAIN);
    assert_false(redis_connected(client));
    redis_free(&client);
    client = redis_new(&settings);
    assert_int_equal(redis_connect(client, NULL, NULL), ST_OK);
    redis_want(client, "SCRIPT KILL", "OK");
    assert_int_equal(redis_next(other, &rep), ST_OK);
    assert_int_equal(reply_type(rep), REPLY_ERROR); /* the script was ended */
    reply_free(&rep);
    redis_want(client, "CONFIG SET busy-reply-threshold 5000", "OK");
    redis_free(&other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_field_of_the_head_is_refused_when_it_is_spoiled),
        TEST(a_zero_inside_a_text_of_the_head_is_refused),
        TEST(a_head_of_another_type_is_bad),
        TEST(a_log_id_that_cannot_be_minted_is_asked_for_again),
        TEST(each_answer_to_an_append_means_one_thing),
        TEST(more_conflicts_than_there_is_room_for_are_counted),
        TEST(a_real_append_says_which_guards_did_not_hold),
        TEST(an_append_that_is_refused_says_why),
        TEST(an_append_without_its_function_is_tried_again),
        TEST(an_append_to_a_redis_that_is_gone_is_tried_again),
        TEST(ids_that_are_not_ours_are_named),
        TEST(there_is_no_entry_at_the_place_0),
        TEST(a_busy_redis_is_no_broken_journal),
    };
    int failed;

    diag_init("test_journal_edges");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
