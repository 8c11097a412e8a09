/* lib/follow where the checkpoint, or the Function's answer, is of no release of ours.
 */
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
#include "lib/functions.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/redis_server.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DIGITS_33 "0123456789abcdef0123456789abcdef0"
#define DIGITS_65 DIGITS_33 "0123456789abcdef0123456789abcdef"

static struct redis_server *server;
static struct redis *client;
static struct follow f;
static struct effects effects;
static char province[32]; /* a fresh one for each test */

static int
setup(void **state)
{
    static int provinces;

    (void)state;
    client = redis_server_client(server);
    (void)snprintf(province, sizeof province, "p%d", ++provinces);
    follow_init(&f, province, "scorer", KEY_REPORTS);
    effects_init(&effects);
    return 0;
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

/* --- taking over --- */

static const struct {
    const char *name;
    const char *fields; /* of the checkpoint */
} spoiled[] = {
    {"a place below zero", "seq -1"},
    {"an alert's place below zero", "out -1"},
    {"a tick below zero", "tick -1"},
    {"a seal's place below zero", "seal ff sealed -1"},
    {"a seal behind the checkpoint", "seq 4 seal ff sealed 5"},
    {"a seal's place without its seal", "seq 4 sealed 4"},
    {"a seal without its place", "seq 4 seal ff"},
    {"a seal that is too long", "seq 4 sealed 4 seal " DIGITS_33},
    {"a digest that is too long", "programme " DIGITS_65},
};

static void
a_spoiled_checkpoint_is_not_followed(void **state)
{
    char command[256];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(spoiled); i++) {
        char *answer;

        (void)snprintf(command, sizeof command, "HSET dondoc:{%s}:checkpoint:scorer %s",
                       province, spoiled[i].fields);
        answer = redis_ask(client, command);
        mem_free(&answer);
        f.checkpoint = 77;
        if (follow_take_over(&f, client) != ST_BAD || f.checkpoint != 77) {
            fail_msg("%s was taken", spoiled[i].name);
        }
        assert_non_null(strstr(redis_error(client), "changed by hand"));
        want("DEL $checkpoint:scorer", "1");
    }
}

static void
a_whole_checkpoint_is_followed(void **state)
{
    (void)state;
    want("HSET $checkpoint:scorer seq 4 out 2 tick 9 programme 1f2e sealed 4 seal ff",
         "6");
    assert_int_equal(follow_take_over(&f, client), ST_OK);
    assert_int_equal(f.checkpoint, 4);
    assert_int_equal(f.out_seq, 2);
    assert_int_equal(f.tick, 9);
    assert_string_equal(f.programme, "1f2e");
    assert_int_equal(f.sealed, 4);
    assert_string_equal(f.seal, "ff");
}

static void
keys_of_another_type_stop_the_take_over(void **state)
{
    (void)state;
    want("SET $checkpoint:scorer x", "OK");
    assert_int_equal(follow_take_over(&f, client), ST_BAD);
    want("DEL $checkpoint:scorer $epoch:scorer", "2");
    want("RPUSH $epoch:scorer x", "1");
    assert_int_equal(follow_take_over(&f, client), ST_BAD);
    want("EXISTS $checkpoint:scorer", "0");
}

/* --- committing --- */

/* The loaded library with one answer for everything. */
static void
answer_with(const char *lua)
{
    char text[400];
    const char *argv[] = {"FUNCTION", "LOAD", "REPLACE", text};
    struct reply *rep = NULL;

    (void)snprintf(text, sizeof text,
                   "#!lua name=" FUNCTIONS_LIBRARY "\n"
                   "redis.register_function('" FUNCTION_APPLY "', function() %s end)\n",
                   lua);
    assert_int_equal(redis_call(client, 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

static const struct {
    const char *name;
    const char *lua;
    enum status want;
    const char *error;
} answers[] = {
    {"another took over", "return {'FENCED', '9'}", ST_FENCED, "the epoch is 9 now"},
    {"it was committed before", "return {'STALE', '5'}", ST_STALE, "stands at 5"},
    {"a word of no release", "return {'DONE'}", ST_BAD, "no known form"},
    {"nothing", "return {}", ST_BAD, "no known form"},
    {"an error", "return redis.error_reply('ARGS wrong')", ST_BAD, "ARGS wrong"},
    {"for the moment", "return redis.error_reply('OOM full')", ST_AGAIN, "OOM full"},
};

static void
only_OK_moves_the_consumer(void **state)
{
    size_t i;

    (void)state;
    assert_int_equal(follow_take_over(&f, client), ST_OK);
    for (i = 0; i < COUNT(answers); i++) {
        enum status st;

        answer_with(answers[i].lua);
        effects_clear(&effects, &f);
        effects_alert(&effects, &f, JOURNAL_TICK, "x", 1);
        effects_seal(&effects, "ff");
        st = follow_apply(&f, client, &effects, 1, "1f2e", 9);
        if (st != answers[i].want ||
            strstr(redis_error(client), answers[i].error) == NULL) {
            fail_msg("%s: got %s, %s", answers[i].name, status_name(st),
                     redis_error(client));
        }
        assert_int_equal(f.checkpoint, 0);
        assert_int_equal(f.out_seq, 0);
        assert_int_equal(f.tick, 0);
        assert_int_equal(f.sealed, 0);
        assert_string_equal(f.programme, "");
        if (!redis_connected(client)) {
            redis_free(&client);
            client = redis_server_client(server);
        }
    }
    answer_with("return {'OK'}");
    effects_clear(&effects, &f);
    effects_alert(&effects, &f, JOURNAL_TICK, "x", 1);
    effects_seal(&effects, "ff");
    assert_int_equal(follow_apply(&f, client, &effects, 1, "1f2e", 9), ST_OK);
    assert_int_equal(f.checkpoint, 1);
    assert_int_equal(f.out_seq, 1);
    assert_int_equal(f.tick, 9);
    assert_int_equal(f.sealed, 1);
    assert_string_equal(f.seal, "ff");
    assert_string_equal(f.programme, "1f2e");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_spoiled_checkpoint_is_not_followed),
        TEST(a_whole_checkpoint_is_followed),
        TEST(keys_of_another_type_stop_the_take_over),
        TEST(only_OK_moves_the_consumer),
    };
    int failed;

    diag_init("test_follow_edges");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
