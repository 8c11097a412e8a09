#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ops.h"
#include "tests/support/redis_server.h"

static struct redis_server *server;
static struct redis *client;
static struct ops *ops;
static bool all_passed = true;
static bool passed;

static const struct ops_value values[] = {
    {"taken", 57, false},
    {"lag_ms", -3, true},
};

static int
group_setup(void **state)
{
    (void)state;
    server = redis_server_start(NULL);
    client = redis_server_client(server);
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    redis_free(&client);
    redis_server_stop(&server, all_passed);
    return 0;
}

static int
setup(void **state)
{
    (void)state;
    passed = false;
    ops = ops_new("ingest", "1", "9.9");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    all_passed = all_passed && passed;
    ops_free(&ops);
    return 0;
}

static void
hash_metrics_and_heartbeat_are_written(void **state)
{
    (void)state;
    assert_int_equal(ops_write(ops, client, values, 2), ST_OK);
    redis_want(client, "HMGET dondoc:ops:ingest:1 version taken lag_ms last_error",
               "[9.9 57 -3 ]");
    redis_want(client, "HEXISTS dondoc:ops:ingest:1 started", "1");
    redis_want(client, "HEXISTS dondoc:ops:ingest:1 updated", "1");
    redis_want(client, "GET dondoc:ops:metric:ingest:lag_ms", "-3");
    redis_want(client, "GET dondoc:ops:metric:ingest:taken", "-");
    redis_want(client, "EXISTS dondoc:ops:heartbeat:ingest:1", "1");
    passed = true;
}

static void
heartbeat_expires_within_fifteen_seconds(void **state)
{
    static const char *const ask[] = {"PTTL", "dondoc:ops:heartbeat:ingest:1"};
    struct reply *rep = NULL;
    int64_t left;

    (void)state;
    assert_int_equal(ops_write(ops, client, NULL, 0), ST_OK);
    assert_int_equal(redis_call(client, 2, ask, NULL, &rep), ST_OK);
    left = reply_int(rep);
    reply_free(&rep);
    assert_true(left > 5000 && left <= OPS_HEARTBEAT_MS);
    passed = true;
}

static void
second_write_within_a_second_does_nothing(void **state)
{
    static const struct ops_value later[] = {{"taken", 58, false}};

    (void)state;
    assert_int_equal(ops_wait_ms(ops), 0);
    assert_int_equal(ops_write(ops, client, values, 2), ST_OK);
    assert_true(ops_wait_ms(ops) > 0 && ops_wait_ms(ops) <= 1000);
    assert_int_equal(ops_put(ops, client, later, 1), 0);
    redis_want(client, "HGET dondoc:ops:ingest:1 taken", "57");
    passed = true;
}

static void
last_error_is_made_ascii(void **state)
{
    (void)state;
    ops_error(ops, "l\xE1\xBB\x97i\tx");
    assert_int_equal(ops_write(ops, client, NULL, 0), ST_OK);
    redis_want(client, "HGET dondoc:ops:ingest:1 last_error", "l???i?x");
    passed = true;
}

static void
refused_write_is_said(void **state)
{
    (void)state;
    redis_want(client, "SET dondoc:ops:ingest:1 x", "OK");
    assert_int_equal(ops_write(ops, client, values, 2), ST_BAD);
    redis_want(client, "GET dondoc:ops:metric:ingest:lag_ms", "-3"); /* in step */
    redis_want(client, "DEL dondoc:ops:ingest:1", "1");
    passed = true;
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(hash_metrics_and_heartbeat_are_written),
        CLAIM(heartbeat_expires_within_fifteen_seconds),
        CLAIM(second_write_within_a_second_does_nothing),
        CLAIM(last_error_is_made_ascii),
        CLAIM(refused_write_is_said),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
