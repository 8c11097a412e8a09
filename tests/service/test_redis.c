/* lib/redis against a real redis-server: what is sent, what is answered, what breaks.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/redis.h"
#include "tests/support/redis_server.h"

static struct redis_server *server;
static struct redis *client; /* fresh for each test */

static int
setup(void **state)
{
    (void)state;
    client = redis_server_client(server);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    redis_free(&client);
    return 0;
}

static struct redis *
client_of(const char *address, const char *user, const char *password, int timeout_ms)
{
    const struct redis_settings settings = {address, user, password, timeout_ms};

    return redis_new(&settings);
}

/* --- argument vectors --- */

static void
copies_survive_growth_and_clearing(void **state)
{
    struct args a;
    char big[10000];
    int i;

    (void)state;
    memset(big, 'x', sizeof big);
    args_init(&a);
    for (i = 0; i < 2000; i++) {
        args_int(&a, i - 1000);
    }
    args_copy(&a, big, sizeof big);
    args_replace_int(&a, 1, INT64_MIN);
    args_replace(&a, 2, "", 0);
    assert_int_equal(a.argc, 2001);
    assert_memory_equal(a.argv[0], "-1000", a.lens[0]);
    assert_int_equal(a.lens[1], strlen("-9223372036854775808"));
    assert_memory_equal(a.argv[1], "-9223372036854775808", a.lens[1]);
    assert_int_equal(a.lens[2], 0);
    assert_memory_equal(a.argv[1999], "999", 3);
    assert_memory_equal(a.argv[2000], big, sizeof big);
    args_clear(&a);
    assert_int_equal(a.argc, 0);
    args_text(&a, "again");
    assert_memory_equal(a.argv[0], "again", 5);
    args_fini(&a);
}

static void
arguments_are_binary_safe(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"", 0},           {"\0", 1},           {"a\0b", 3},        {"%s%b%n%", 7},
        {"\r\n$3\r\n", 7}, {"\xff\xfe\x80", 3}, {"'\"\\ blank", 9},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *argv[] = {"ECHO", rows[i].bytes};
        const size_t lens[] = {4, rows[i].len};
        struct reply *rep = NULL;
        size_t len;

        assert_int_equal(redis_call(client, 2, argv, lens, &rep), ST_OK);
        assert_int_equal(reply_type(rep), REPLY_STRING);
        assert_memory_equal(reply_str(rep, &len), rows[i].bytes, rows[i].len);
        assert_int_equal(len, rows[i].len);
        reply_free(&rep);
        assert_null(rep);
    }
}

/* --- pipelines --- */

#define PIPELINE 3000
#define PIPELINE_BYTES 2000

static void
pipeline_put(void)
{
    static char body[PIPELINE_BYTES];
    const char *argv[] = {"ECHO", body};
    const size_t lens[] = {4, sizeof body};
    int i;

    for (i = 0; i < PIPELINE; i++) {
        (void)snprintf(body, sizeof body, "%d", i);
        redis_put(client, 2, argv, lens);
    }
}

/* More than both socket buffers hold: sending waits until we read. */
static void
long_pipeline_answers_in_order(void **state)
{
    int i;

    (void)state;
    pipeline_put();
    for (i = 0; i < PIPELINE; i++) {
        struct reply *rep = NULL;

        assert_int_equal(redis_next(client, &rep), ST_OK);
        assert_int_equal(strtol(reply_str(rep, NULL), NULL, 10), i);
        reply_free(&rep);
    }
    redis_want(client, "ECHO end", "end");
}

static void
pipeline_without_blocking_answers_in_order(void **state)
{
    int i = 0;

    (void)state;
    pipeline_put();
    while (i < PIPELINE) {
        struct pollfd p = {.fd = redis_fd(client), .events = POLLIN};
        struct reply *rep = NULL;
        bool more;

        assert_int_equal(redis_send(client, &more), ST_OK);
        if (more) {
            p.events |= POLLOUT;
        }
        assert_int_equal(redis_try(client, &rep), ST_OK);
        if (rep == NULL) {
            assert_int_equal(poll(&p, 1, 5000), 1);
            continue;
        }
        assert_int_equal(strtol(reply_str(rep, NULL), NULL, 10), i);
        reply_free(&rep);
        i++;
    }
}

/* --- answers --- */

static void
reply_types_are_told_apart(void **state)
{
    static const struct {
        const char *command;
        enum reply_type type;
    } rows[] = {
        {"SET types:s 1", REPLY_STATUS},        {"GET types:s", REPLY_STRING},
        {"GET types:none", REPLY_NIL},          {"INCR types:s", REPLY_INTEGER},
        {"LRANGE types:none 0 1", REPLY_ARRAY}, {"LPUSH types:s 1", REPLY_ERROR},
        {"NOSUCHCOMMAND", REPLY_ERROR},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char words[64];
        const char *argv[4];
        size_t argc = 0;
        char *word;
        char *rest = words;
        struct reply *rep = NULL;
        enum status want = rows[i].type == REPLY_ERROR ? ST_BAD : ST_OK;

        (void)snprintf(words, sizeof words, "%s", rows[i].command);
        while ((word = strtok_r(rest, " ", &rest)) != NULL) {
            argv[argc++] = word;
        }
        assert_int_equal(redis_call(client, argc, argv, NULL, &rep), want);
        assert_int_equal(reply_type(rep), rows[i].type);
        assert_true(redis_connected(client));
        reply_free(&rep);
        redis_put(client, argc, argv, NULL);
        assert_int_equal(redis_next(client, &rep), ST_OK);
        assert_int_equal(reply_type(rep), rows[i].type);
        reply_free(&rep);
    }
    assert_int_equal(reply_type(NULL), REPLY_NIL);
}

static void
reply_parts_outside_are_null(void **state)
{
    const char *set[] = {"HSET", "parts", "a", "1", "b", "two"};
    const char *all[] = {"HGETALL", "parts"};
    struct reply *rep = NULL;

    (void)state;
    assert_int_equal(redis_call(client, 6, set, NULL, &rep), ST_OK);
    assert_int_equal(reply_count(rep), 0);
    assert_null(reply_at(rep, 0));
    reply_free(&rep);
    assert_int_equal(redis_call(client, 2, all, NULL, &rep), ST_OK);
    assert_int_equal(reply_count(rep), 4);
    assert_null(reply_at(rep, 4));
    assert_string_equal(reply_str(reply_field(rep, "b"), NULL), "two");
    assert_int_equal(reply_int(reply_field(rep, "a")), 1);
    assert_null(reply_field(rep, "two"));
    assert_null(reply_field(rep, "c"));
    assert_string_equal(reply_str(rep, NULL), "");
    reply_free(&rep);
}

static void
strings_of_digits_are_numbers(void **state)
{
    static const struct {
        const char *text;
        int64_t want;
    } rows[] = {
        {"12", 12},
        {"-3", -3},
        {"0", 0},
        {"9223372036854775807", INT64_MAX},
        {"9223372036854775808", 0},
        {"", 0},
        {"-", 0},
        {"+4", 0},
        {" 4", 0},
        {"4 ", 0},
        {"4x", 0},
        {"1.5", 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *argv[] = {"ECHO", rows[i].text};
        struct reply *rep = NULL;

        assert_int_equal(redis_call(client, 2, argv, NULL, &rep), ST_OK);
        assert_int_equal(reply_int(rep), rows[i].want);
        reply_free(&rep);
    }
}

static const struct {
    const char *text;
    enum status want;
} error_rows[] = {
    {"OOM command not allowed when used memory > 'maxmemory'.", ST_AGAIN},
    {"MISCONF Errors writing to the AOF file: No space left on device", ST_AGAIN},
    {"READONLY You can't write against a read only replica.", ST_AGAIN},
    {"LOADING Redis is loading the dataset in memory", ST_AGAIN},
    {"BUSY Redis is busy running a script.", ST_AGAIN},
    {"NOREPLICAS Not enough good replicas to write.", ST_AGAIN},
    {"VERSION the library is 1, the caller 2", ST_AGAIN},
    {"ERR Function not found", ST_AGAIN},
    {"ERR max number of clients reached", ST_AGAIN},
    {"NOAUTH Authentication required.", ST_DENIED},
    {"WRONGPASS invalid username-password pair or user is disabled.", ST_DENIED},
    {"NOPERM this user has no permissions", ST_DENIED},
    {"ERR The user executing the script can't run this command", ST_DENIED},
    {"WRONGTYPE Operation against a key holding the wrong kind of value", ST_BAD},
    {"BUSYKEY Target key name already exists.", ST_BAD},
    {"ERR unknown command", ST_BAD},
};

static void
error_replies_have_a_meaning(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof error_rows / sizeof error_rows[0]; i++) {
        const char *argv[] = {"EVAL", "return redis.error_reply(ARGV[1])", "0",
                              error_rows[i].text};
        struct reply *rep = NULL;

        redis_put(client, 4, argv, NULL);
        assert_int_equal(redis_next(client, &rep), ST_OK);
        assert_string_equal(reply_str(rep, NULL), error_rows[i].text);
        assert_int_equal(reply_status(rep), error_rows[i].want);
        reply_free(&rep);

        /* In a blocking call a temporary one ends the connection, others do not. */
        assert_int_equal(redis_call(client, 4, argv, NULL, &rep), error_rows[i].want);
        assert_non_null(strstr(redis_error(client), error_rows[i].text));
        assert_int_equal(redis_connected(client), error_rows[i].want != ST_AGAIN);
        assert_int_equal(rep == NULL, error_rows[i].want == ST_AGAIN);
        reply_free(&rep);
        if (!redis_connected(client)) {
            assert_int_equal(redis_connect(client, NULL, NULL), ST_OK);
        }
    }
}

/* --- what breaks --- */

static void
time_out_closes_the_connection(void **state)
{
    struct redis *r = client_of(redis_server_address(server), NULL, NULL, 500);
    const char *argv[] = {"BLPOP", "timeout:none", "30"};
    struct reply *rep = NULL;
    bool more;

    (void)state;
    assert_int_equal(redis_connect(r, "dondoc:ops:hello", NULL), ST_OK);
    assert_true(redis_fd(r) >= 0);
    assert_int_equal(redis_call(r, 3, argv, NULL, &rep), ST_AGAIN);
    assert_null(rep);
    assert_non_null(strstr(redis_error(r), "no answer within 500 ms"));
    assert_false(redis_connected(r));
    assert_int_equal(redis_fd(r), -1);
    /* Nothing goes on, nothing crashes, until it is connected again. */
    redis_put(r, 3, argv, NULL);
    assert_int_equal(redis_send(r, &more), ST_AGAIN);
    assert_int_equal(redis_next(r, &rep), ST_AGAIN);
    assert_int_equal(redis_try(r, &rep), ST_AGAIN);
    assert_int_equal(redis_connect(r, "dondoc:ops:hello", NULL), ST_OK);
    redis_want(r, "ECHO back", "back");
    redis_free(&r);
    assert_null(r);
}

static void
death_of_redis_is_an_unknown_outcome(void **state)
{
    const char *incr[] = {"INCR", "death:n"};
    struct reply *rep = NULL;

    (void)state;
    redis_want(client, "INCR death:n", "1");
    redis_server_kill(server);
    assert_int_equal(redis_call(client, 2, incr, NULL, &rep), ST_AGAIN);
    assert_false(redis_connected(client));
    assert_int_equal(redis_connect(client, "dondoc:ops:hello", NULL), ST_AGAIN);
    assert_non_null(strstr(redis_error(client), redis_server_address(server)));
    redis_server_again(server);
    assert_int_equal(redis_connect(client, "dondoc:ops:hello", NULL), ST_OK);
    redis_want(client, "GET death:n", "1");
}

static void
closed_by_the_server_is_noticed_without_blocking(void **state)
{
    struct redis *other = redis_server_client(server);
    struct reply *rep = NULL;
    struct pollfd p = {.fd = redis_fd(client), .events = POLLIN};

    (void)state;
    redis_want(other, "CLIENT KILL SKIPME yes TYPE normal", "1");
    assert_int_equal(poll(&p, 1, 5000), 1);
    assert_int_equal(redis_try(client, &rep), ST_AGAIN);
    assert_false(redis_connected(client));
    redis_free(&other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(copies_survive_growth_and_clearing),
        TEST(arguments_are_binary_safe),
        TEST(long_pipeline_answers_in_order),
        TEST(pipeline_without_blocking_answers_in_order),
        TEST(reply_types_are_told_apart),
        TEST(reply_parts_outside_are_null),
        TEST(strings_of_digits_are_numbers),
        TEST(error_replies_have_a_meaning),
        TEST(time_out_closes_the_connection),
        TEST(death_of_redis_is_an_unknown_outcome),
        TEST(closed_by_the_server_is_noticed_without_blocking),
    };
    int failed;

    diag_init("test_redis");
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
