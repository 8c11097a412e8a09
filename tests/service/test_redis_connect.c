/* lib/redis against a real redis-server: what is sent, what is answered, what breaks.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/diag.h"
#include "lib/functions.h"
#include "lib/mem.h"
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

/* --- connecting --- */

static void
first_command_is_a_write(void **state)
{
    int64_t first = 0;

    (void)state;
    assert_int_equal(redis_connect(client, "first:epoch", &first), ST_OK);
    assert_int_equal(first, 1);
    assert_int_equal(redis_connect(client, "first:epoch", &first), ST_OK);
    assert_int_equal(first, 2);
    assert_int_equal(redis_connect(client, NULL, &first), ST_OK);
    assert_int_equal(first, 2);
    redis_want(client, "GET first:epoch", "2");
    redis_want(client, "LPUSH first:list x", "1");
    assert_int_equal(redis_connect(client, "first:list", &first), ST_BAD);
    assert_non_null(strstr(redis_error(client), "WRONGTYPE"));
    assert_false(redis_connected(client));
}

static void
wrong_credentials_are_denied(void **state)
{
    static const struct {
        const char *user;
        const char *password;
        enum status want;
    } rows[] = {
        {"may", "right", ST_OK},
        {"may", "wrong", ST_DENIED},
        {"nobody", "right", ST_DENIED},
        {"readonly", "right", ST_DENIED},
        {NULL, "right", ST_DENIED},
        {NULL, NULL, ST_OK},
        {"", "", ST_OK},
    };
    size_t i;

    (void)state;
    redis_want(client, "ACL SETUSER may on >right ~* +@all", "OK");
    redis_want(client, "ACL SETUSER readonly on >right ~* +@read", "OK");
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct redis *r = client_of(redis_server_address(server), rows[i].user,
                                    rows[i].password, 5000);

        assert_int_equal(redis_connect(r, "dondoc:ops:hello", NULL), rows[i].want);
        assert_int_equal(redis_connected(r), rows[i].want == ST_OK);
        assert_null(strstr(redis_error(r), "right"));
        redis_free(&r);
    }
}

static void
addresses_that_lead_nowhere_are_named(void **state)
{
    static const struct {
        const char *address;
        enum status want;
    } rows[] = {
        {"unix:/nonexistent/redis.sock", ST_AGAIN},
        {"tcp:127.0.0.1:1", ST_AGAIN},
        {"tcp:[::1]:1", ST_AGAIN},
        {"tcp:127.0.0.1", ST_BAD},
        {"tcp::6379", ST_BAD},
        {"tcp:127.0.0.1:0", ST_BAD},
        {"tcp:127.0.0.1:65536", ST_BAD},
        {"/run/redis.sock", ST_BAD},
        {"", ST_BAD},
        {"unix:/12345678901234567890123456789012345678901234567890123456789012345678901"
         "2345678901234567890123456789012345678901234567890",
         ST_BAD},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct redis *r = client_of(rows[i].address, NULL, NULL, 1000);

        assert_int_equal(redis_connect(r, "dondoc:ops:hello", NULL), rows[i].want);
        assert_non_null(strstr(redis_error(r), rows[i].address));
        assert_false(redis_connected(r));
        redis_free(&r);
    }
}

/* A port that is free now. */
static int
free_port(void)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    socklen_t len = sizeof in;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
    (void)close(fd); /* only its number was wanted */
    return ntohs(in.sin_port);
}

static void
tcp_works_like_the_unix_socket(void **state)
{
    char command[64];
    char address[64];
    int port = free_port();
    struct redis *r;

    (void)state;
    (void)snprintf(command, sizeof command, "CONFIG SET port %d", port);
    redis_want(client, command, "OK");
    (void)snprintf(address, sizeof address, "tcp:127.0.0.1:%d", port);
    r = client_of(address, NULL, NULL, 5000);
    assert_int_equal(redis_connect(r, "dondoc:ops:hello", NULL), ST_OK);
    redis_want(r, "ECHO tcp", "tcp");
    redis_free(&r);
    redis_want(client, "CONFIG SET port 0", "OK");
}

static void
socket_is_not_inherited(void **state)
{
    (void)state;
    assert_true((fcntl(redis_fd(client), F_GETFD) & FD_CLOEXEC) != 0);
}

/* --- settings and Functions --- */

static const struct {
    const char *wrong;
    const char *right;
    const char *want;
} settings_rows[] = {
    {"appendfsync everysec", "appendfsync always",
     "appendfsync=everysec, must be always"},
    {"appendfsync no", "appendfsync always", "appendfsync=no, must be always"},
    {"no-appendfsync-on-rewrite yes", "no-appendfsync-on-rewrite no",
     "no-appendfsync-on-rewrite=yes, must be no"},
    {"aof-load-truncated yes", "aof-load-truncated no",
     "aof-load-truncated=yes, must be no"},
    {"maxmemory 0", "maxmemory 268435456", "maxmemory=0, must be set"},
    {"maxmemory-policy allkeys-lru", "maxmemory-policy noeviction",
     "maxmemory-policy=allkeys-lru, must be noeviction"},
    {"appendonly no", "appendonly yes", "appendonly=no, must be yes"},
};

static void
settings_that_lose_reports_are_refused(void **state)
{
    char why[256];
    char command[96];
    size_t i;

    (void)state;
    assert_int_equal(redis_settings_check(client, why, sizeof why), ST_OK);
    assert_string_equal(why, "");
    for (i = 0; i < sizeof settings_rows / sizeof settings_rows[0]; i++) {
        (void)snprintf(command, sizeof command, "CONFIG SET %s",
                       settings_rows[i].wrong);
        redis_want(client, command, "OK");
        assert_int_equal(redis_settings_check(client, why, sizeof why), ST_BAD);
        assert_string_equal(why, settings_rows[i].want);
        (void)snprintf(command, sizeof command, "CONFIG SET %s",
                       settings_rows[i].right);
        redis_want(client, command, "OK");
    }
    assert_int_equal(redis_settings_check(client, why, sizeof why), ST_OK);
}

static void
all_wrong_settings_are_named_at_once(void **state)
{
    const char *save[] = {"CONFIG", "SET", "save", "60 1"};
    struct reply *rep = NULL;
    char why[256];
    char cut[12];

    (void)state;
    assert_int_equal(redis_call(client, 4, save, NULL, &rep), ST_OK);
    reply_free(&rep);
    redis_want(client, "CONFIG SET appendfsync everysec", "OK");
    assert_int_equal(redis_settings_check(client, why, sizeof why), ST_BAD);
    assert_string_equal(why, "appendfsync=everysec, must be always; "
                             "save=60 1, must be empty");
    assert_int_equal(redis_settings_check(client, cut, sizeof cut), ST_BAD);
    assert_string_equal(cut, "appendfsync");
    redis_want(client, "CONFIG SET save '' appendfsync always", "OK");
    assert_int_equal(redis_settings_check(client, why, sizeof why), ST_OK);
}

static void
settings_that_may_not_be_read_are_denied(void **state)
{
    struct redis *r = client_of(redis_server_address(server), "blind", "x", 5000);
    char why[256];

    (void)state;
    redis_want(client, "ACL SETUSER blind on >x ~* +@all -config", "OK");
    assert_int_equal(redis_connect(r, "dondoc:ops:hello", NULL), ST_OK);
    assert_int_equal(redis_settings_check(r, why, sizeof why), ST_DENIED);
    assert_non_null(strstr(why, "NOPERM"));
    redis_free(&r);
}

/* How often a library was loaded since Redis started. */
static long
loads(void)
{
    static const char name[] = "cmdstat_function|load:calls=";
    char *info = redis_ask(client, "INFO commandstats");
    const char *at = strstr(info, name);
    long n = at == NULL ? 0 : strtol(at + strlen(name), NULL, 10);

    mem_free(&info);
    return n;
}

static void
functions_are_loaded_when_they_differ(void **state)
{
    static const char other[] = "#!lua name=dondoc_3\n"
                                "redis.register_function('dd_apply_3', function() end)";
    const char *argv[] = {"FUNCTION", "LOAD", "REPLACE", other};
    struct reply *rep = NULL;
    long before = loads();

    (void)state;
    assert_int_equal(redis_load_functions(client), ST_OK);
    assert_int_equal(loads(), before); /* same text: not loaded again */
    redis_want(client, "FUNCTION DELETE dondoc_3", "OK");
    redis_want(client, "FCALL dd_log_3 1 f:h 3 id", "!ERR Function not found");
    assert_int_equal(redis_load_functions(client), ST_OK);
    redis_want(client, "FCALL dd_log_3 1 f:h 3 id", "[id]");
    assert_int_equal(redis_call(client, 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
    redis_want(client, "FCALL dd_log_3 1 f:h 3 id", "!ERR Function not found");
    assert_int_equal(redis_load_functions(client), ST_OK);
    redis_want(client, "FCALL dd_log_3 1 f:h 3 other", "[id]");
}

static void
function_version_is_the_one_of_the_header(void **state)
{
    (void)state;
    assert_non_null(
        strstr(functions_lua, "\nlocal VERSION = '" FUNCTIONS_VERSION "'\n"));
    assert_ptr_equal(strstr(functions_lua, "#!lua name=" FUNCTIONS_LIBRARY "\n"),
                     functions_lua);
    redis_want(client, "FCALL " FUNCTION_LOG " 1 f:h " FUNCTIONS_VERSION " id", "[id]");
    redis_want(client, "FCALL " FUNCTION_APPEND " 0 " FUNCTIONS_VERSION,
               "!ARGS dd_append: the counts do not add up");
    redis_want(client, "FCALL " FUNCTION_APPLY " 0 " FUNCTIONS_VERSION,
               "!ARGS dd_apply: too few arguments");
    redis_want(client, "FCALL " FUNCTION_TRIM " 0 " FUNCTIONS_VERSION,
               "!ARGS dd_trim: a head, a seq and a chain, and their keys");
    assert_int_equal(functions_lua_len, strlen(functions_lua));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_command_is_a_write),
        TEST(wrong_credentials_are_denied),
        TEST(addresses_that_lead_nowhere_are_named),
        TEST(tcp_works_like_the_unix_socket),
        TEST(socket_is_not_inherited),
        TEST(settings_that_lose_reports_are_refused),
        TEST(all_wrong_settings_are_named_at_once),
        TEST(settings_that_may_not_be_read_are_denied),
        TEST(functions_are_loaded_when_they_differ),
        TEST(function_version_is_the_one_of_the_header),
    };
    int failed;

    diag_init("test_redis_connect");
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
