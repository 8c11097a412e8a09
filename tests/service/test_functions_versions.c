/* Two releases' libraries of Functions side by side, and the old one's end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/functions.h"
#include "lib/mem.h"
#include "lib/ops.h"
#include "tests/support/redis_server.h"

static struct redis_server *server;
static struct redis *client;

static void
load(const char *library, const char *function)
{
    char text[200];
    const char *argv[] = {"FUNCTION", "LOAD", "REPLACE", text};
    struct reply *rep = NULL;

    (void)snprintf(text, sizeof text,
                   "#!lua name=%s\nredis.register_function('%s', "
                   "function() return 'here' end)",
                   library, function);
    assert_int_equal(redis_call(client, 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
}

static bool
loaded(const char *function)
{
    char command[100];
    char *answer;
    bool yes;

    (void)snprintf(command, sizeof command, "FCALL %s 0", function);
    answer = redis_ask(client, command);
    yes = strcmp(answer, "here") == 0;
    mem_free(&answer);
    return yes;
}

static int
setup(void **state)
{
    (void)state;
    client = redis_server_client(server);
    redis_want(client, "FLUSHALL", "OK");
    load("dondoc", "dd_apply"); /* version 1 */
    load("dondoc_0", "zero");
    load("dondoc_99", "newer");
    load("dondocs", "foreign");
    load("dondoc_1x", "foreign_too");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    redis_free(&client);
    return 0;
}

static void
both_libraries_answer_at_once(void **state)
{
    (void)state;
    assert_int_equal(redis_load_functions(client), ST_OK);
    assert_true(loaded("dd_apply"));
    redis_want(client, "FCALL " FUNCTION_LOG " 1 f:h " FUNCTIONS_VERSION " id", "[id]");
}

static void
an_old_library_stays_while_a_live_instance_names_it(void **state)
{
    static const struct {
        const char *ops; /* what its ops hash says */
        bool stays;
    } rows[] = {
        {"version 0.1.0", true}, /* the first release does not say */
        {"functions 1", true},   {"functions 2", false},
        {"functions 99", false}, {"functions x", false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char command[120];
        char *answer;

        redis_want(client, "FLUSHALL", "OK");
        load("dondoc", "dd_apply");
        (void)snprintf(command, sizeof command, "HSET dondoc:ops:scorer:old %s",
                       rows[i].ops);
        redis_want(client, command, "1");
        redis_want(client, "SET dondoc:ops:heartbeat:scorer:old 1 PX 60000", "OK");
        redis_want(client, "HSET dondoc:ops:scorer:new functions 2", "1");
        redis_want(client, "SET dondoc:ops:heartbeat:scorer:new 1 PX 60000", "OK");
        assert_int_equal(functions_tidy(client), ST_OK);
        if (loaded("dd_apply") != rows[i].stays) {
            fail_msg("%s", rows[i].ops);
        }
        answer = redis_ask(client, "DEL dondoc:ops:heartbeat:scorer:old");
        mem_free(&answer);
        assert_int_equal(functions_tidy(client), ST_OK);
        assert_false(loaded("dd_apply")); /* it is gone: its ops hash says nothing */
    }
}

static void
only_older_libraries_of_ours_go(void **state)
{
    (void)state;
    assert_int_equal(functions_tidy(client), ST_OK);
    assert_false(loaded("dd_apply"));
    assert_true(loaded("zero"));
    assert_true(loaded("newer"));
    assert_true(loaded("foreign"));
    assert_true(loaded("foreign_too"));
    redis_want(client, "FCALL " FUNCTION_LOG " 1 f:i " FUNCTIONS_VERSION " id", "[id]");
}

static void
an_instance_that_is_shown_tidies(void **state)
{
    static const struct ops_value values[] = {{"ready", 1, true}};
    struct ops *ops = ops_new("scorer", "1", "9.9");

    (void)state;
    assert_true(ops_due(ops, client));
    assert_int_equal(ops_write(ops, client, values, 1), ST_OK);
    redis_want(client, "HGET dondoc:ops:scorer:1 functions", FUNCTIONS_VERSION);
    assert_false(loaded("dd_apply"));
    ops_free(&ops);
}

static int
group_setup(void **state)
{
    (void)state;
    crypto_init();
    server = redis_server_start(NULL);
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    redis_server_stop(&server, true);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_libraries_answer_at_once),
        TEST(an_old_library_stays_while_a_live_instance_names_it),
        TEST(only_older_libraries_of_ours_go),
        TEST(an_instance_that_is_shown_tidies),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
