/* dd_append when it is called wrongly, lacks rights or memory, or is not there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/journal.h"
#include "lib/mem.h"
#include "tests/support/redis_server.h"

static struct redis_server *server;
static struct redis *client;
static struct journal_append append;
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
    return journal_head_read(client, province, &head) == ST_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    journal_append_fini(&append);
    redis_free(&client);
    return 0;
}

static void
begin(const char *body)
{
    journal_append_begin(&append, province, &head, JOURNAL_REPORTS, body, strlen(body));
}

static enum status
call(void)
{
    return journal_append_call(&append, client, NULL, 0, NULL);
}

static enum status
append_plain(const char *body)
{
    enum status st;

    begin(body);
    st = call();
    if (st == ST_OK) {
        head = append.next;
    }
    return st;
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

/* Raw calls: keys are r h c a p with the province's tag, then the words given. */
static void
append_refuses_calls_of_another_form(void **state)
{
    static const char *const rows[][2] = {
        {"9 0 '' 1 x k b ''", "!VERSION"},
        {"'' 0 '' 1 x k b ''", "!VERSION"},
        {"3 0 '' 1 x k b", "!ARGS"},
        {"3 0 '' 1 x k b '' more", "!ARGS"},
        {"3 0 '' 1 x k b '' set", "!ARGS"},
        {"3 0 '' 1 x k b '' set receipts", "!ARGS"},
        {"3 0 '' 1 x k b '' set receipts 1", "!ARGS"},
        {"3 0 '' 1 x k b '' set receipts 1 f", "!ARGS"},
        {"3 0 '' 1 x k b '' new receipts 2 f v f", "!ARGS"},
        {"3 0 '' 1 x k b '' new receipts 1 f v f", "!ARGS"},
        {"3 0 '' 1 x k b '' guard receipts 0", "!ARGS"},
        {"3 0 '' 1 x k b '' guard receipts -1 f v", "!ARGS"},
        {"3 0 '' 1 x k b '' guard receipts 1.0 f v", "!ARGS"},
        {"3 0 '' 1 x k b '' guard receipts 1e0 f v", "!ARGS"},
        {"3 0 '' 1 x k b '' set nowhere 1 f v", "!ARGS dd_append: no table nowhere"},
        {"3 0 '' 1 x k b '' del receipts 1 f v", "!ARGS"},
        {"3 0 '' 2 x k b ''", "!ARGS"},
        {"3 0 '' 0 x k b ''", "!ARGS"},
        {"3 9 '' 11 x k b ''", "!ARGS"},
        {"3 x '' 1 x k b ''", "!ARGS"},
        {"3 0 '' 1 x k b '' guard receipts 1 f v", "[GUARD 0]"},
        {"3 0 '' 1 x k b '' new receipts 1 f v", "[OK]"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char command[512];
        char *before = digest();
        char *got;

        (void)snprintf(command, sizeof command,
                       "FCALL dd_append_3 5 dondoc:{%s}:r dondoc:{%s}:h dondoc:{%s}:c "
                       "dondoc:{%s}:a dondoc:{%s}:p %s",
                       province, province, province, province, province, rows[i][0]);
        got = redis_ask(client, command);
        if (strncmp(got, rows[i][1], strlen(rows[i][1])) != 0) {
            fail_msg("%s: got %s want %s", rows[i][0], got, rows[i][1]);
        }
        mem_free(&got);
        if (strcmp(rows[i][1], "[OK]") != 0) {
            assert_unchanged(before);
        } else {
            mem_free(&before);
        }
    }
}

/* A call that writes to every key. */
static void
begin_full(void)
{
    begin("body");
    journal_append_set(&append, TABLE_RECEIPTS, "f", "v");
    journal_append_set(&append, TABLE_ACTS, "f", "v");
    journal_append_set(&append, TABLE_HEAD, "programme", "abc");
    journal_append_programme(&append, "abc", "text", 4);
}

/* With these rules for its user, what comes of a call that writes to every key? */
static void
assert_denied(const char *rules, bool denied)
{
    const struct redis_settings settings = {redis_server_address(server), "part", "x",
                                            5000};
    struct redis *r = redis_new(&settings);
    char command[256];
    char *before = digest();
    enum status st;

    (void)snprintf(command, sizeof command, "ACL SETUSER part reset on >x +@all %s",
                   rules);
    redis_want(client, command, "OK");
    assert_int_equal(redis_connect(r, "dondoc:ops:hello", NULL), ST_OK);
    begin_full();
    st = journal_append_call(&append, r, NULL, 0, NULL);
    if (denied) {
        assert_int_equal(st, ST_DENIED);
        assert_unchanged(before);
    } else {
        assert_int_equal(st, ST_OK);
        head = append.next;
        mem_free(&before);
    }
    redis_free(&r);
}

static void
right_to_a_command_that_is_missing_writes_nothing(void **state)
{
    static const char *const lacking[] = {"xadd", "hset",  "set",    "type", "hlen",
                                          "xlen", "hmget", "xrange", "fcall"};
    char rules[64];
    size_t i;

    (void)state;
    assert_denied("~*", false);
    for (i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
        (void)snprintf(rules, sizeof rules, "~* -%s", lacking[i]);
        assert_denied(rules, true);
    }
}

static void
key_that_may_only_be_read_writes_nothing(void **state)
{
    static const char *const names[] = {"reports", "head",          "receipts",
                                        "acts",    "programme:abc", "(none of them)"};
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < 6; i++) {
        char rules[192] = "~dondoc:ops:*";
        size_t len = strlen(rules);

        for (j = 0; j < 5; j++) {
            len += (size_t)snprintf(rules + len, sizeof rules - len, " %s~*:%s",
                                    i == j ? "%R" : "", names[j]);
        }
        assert_denied(rules, i < 5);
    }
}

static void
full_memory_commits_nothing_and_is_temporary(void **state)
{
    char *before;

    (void)state;
    assert_int_equal(append_plain("one"), ST_OK);
    before = digest();
    redis_want(client, "CONFIG SET maxmemory 1", "OK");
    begin("two");
    assert_int_equal(call(), ST_AGAIN);
    assert_non_null(strstr(redis_error(client), "OOM"));
    assert_false(redis_connected(client));
    assert_int_equal(redis_connect(client, "dondoc:ops:hello", NULL), ST_AGAIN);
    assert_int_equal(redis_connect(client, NULL, NULL), ST_OK);
    redis_want(client, "CONFIG SET maxmemory 268435456", "OK");
    assert_unchanged(before);
    assert_int_equal(call(), ST_OK); /* the same again */
}

static void
functions_that_are_lost_are_a_temporary_failure(void **state)
{
    (void)state;
    redis_want(client, "FUNCTION FLUSH", "OK");
    assert_int_equal(append_plain("one"), ST_AGAIN);
    assert_int_equal(redis_connect(client, "dondoc:ops:hello", NULL), ST_OK);
    assert_int_equal(redis_load_functions(client), ST_OK);
    assert_int_equal(append_plain("one"), ST_OK);
}

/* Cuts bytes off the file that Redis wrote last, as a power cut does. */
static void
tear_tail(off_t bytes)
{
    char path[600];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/appendonlydir/appendonly.aof.1.incr.aof",
                   redis_server_dir(server));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - bytes), 0);
}

static void
restart(off_t torn_bytes)
{
    redis_server_kill(server);
    if (torn_bytes > 0) {
        tear_tail(torn_bytes);
    }
    redis_server_again(server);
    redis_free(&client);
    client = redis_server_client(server);
    assert_int_equal(journal_head_read(client, province, &head), ST_OK);
}

/* Two restarts: without the repair Redis 7.0 applies the torn half at the second. */
static void
torn_tail_takes_back_a_whole_entry(void **state)
{
    static const off_t torn[] = {1, 10, 60, 150};
    size_t i;
    char *before;

    (void)state;
    assert_int_equal(append_plain("one"), ST_OK);
    for (i = 0; i < sizeof torn / sizeof torn[0]; i++) {
        before = digest();
        begin_full();
        assert_int_equal(call(), ST_OK);
        restart(torn[i]);
        assert_unchanged(before);
        assert_int_equal(head.seq, 1 + i);
        assert_int_equal(append_plain("next"), ST_OK);
        before = digest();
        restart(0);
        assert_unchanged(before);
        assert_int_equal(head.seq, 2 + i);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(append_refuses_calls_of_another_form),
        TEST(right_to_a_command_that_is_missing_writes_nothing),
        TEST(key_that_may_only_be_read_writes_nothing),
        TEST(full_memory_commits_nothing_and_is_temporary),
        TEST(functions_that_are_lost_are_a_temporary_failure),
        TEST(torn_tail_takes_back_a_whole_entry),
    };
    int failed;

    diag_init("test_functions_faults");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
