/* dd_append and dd_apply: all or nothing, whatever stands in Redis before. */
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

/* "HSET $head seq 1": $ stands for the beginning of the province's keys. */
static void
want(const char *command, const char *answer)
{
    redis_want_in(client, province, command, answer);
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

/* --- dd_append --- */

static void
append_gives_dense_ids_and_moves_the_head(void **state)
{
    char chain[2][JOURNAL_CHAIN_BYTES];
    char line[160];

    (void)state;
    assert_int_equal(append_plain("one"), ST_OK);
    assert_int_equal(append_plain("two"), ST_OK);
    assert_int_equal(head.seq, 2);
    journal_chain("", JOURNAL_REPORTS, "one", 3, chain[0]);
    journal_chain(chain[0], JOURNAL_REPORTS, "two", 3, chain[1]);
    (void)snprintf(line, sizeof line,
                   "[[1-0 [k reports b one h %s]] [2-0 [k reports b two h %s]]]",
                   chain[0], chain[1]);
    want("XRANGE $reports - +", line);
    (void)snprintf(line, sizeof line, "[2 %s - -]", chain[1]);
    want("HMGET $head seq chain tick programme", line);
    want("EXISTS $receipts $acts $programme:none", "0");
}

/* The count is right again, and the head's own entry is there. */
static void
append_sees_an_entry_that_was_put_for_another(void **state)
{
    char *before;

    (void)state;
    assert_int_equal(append_plain("one"), ST_OK);
    assert_int_equal(append_plain("two"), ST_OK);
    want("XDEL $reports 1-0", "1");
    want("XADD $reports 2-1 k reports b by-hand h x", "2-1");
    before = digest();
    assert_int_equal(append_plain("three"), ST_BAD);
    assert_unchanged(before);
}

static void
append_writes_all_sets_and_the_programme(void **state)
{
    (void)state;
    begin("body");
    journal_append_guard(&append, TABLE_HEAD, "tick", "");
    journal_append_set(&append, TABLE_RECEIPTS, "r1", "v1");
    journal_append_set(&append, TABLE_RECEIPTS, "r2", "v2");
    journal_append_set(&append, TABLE_ACTS, "a1", "v3");
    journal_append_set(&append, TABLE_RECEIPTS, "r3", "");
    journal_append_set(&append, TABLE_HEAD, "tick", "495000");
    journal_append_set(&append, TABLE_HEAD, "programme", "abc");
    journal_append_programme(&append, "abc", "name: x", 7);
    assert_int_equal(call(), ST_OK);
    assert_int_equal(append.next.tick, 495000);
    assert_string_equal(append.next.programme, "abc");
    want("HMGET $receipts r1 r2 r3", "[v1 v2 ]");
    want("HGETALL $acts", "[a1 v3]");
    want("HMGET $head seq tick programme", "[1 495000 abc]");
    want("GET $programme:abc", "name: x");
    assert_int_equal(journal_head_read(client, province, &head), ST_OK);
    assert_int_equal(head.receipts, 3);
    assert_int_equal(head.acts, 1);
    head.receipts = 0; /* an append does not count them for its caller */
    head.acts = 0;
    assert_memory_equal(&head, &append.next, sizeof head);
}

static void
append_behind_a_moved_head_is_stale(void **state)
{
    struct journal_head old = head;
    size_t count = 7;
    char *before;

    (void)state;
    assert_int_equal(append_plain("one"), ST_OK);
    before = digest();
    head = old;
    begin("late");
    journal_append_set(&append, TABLE_RECEIPTS, "late", "x");
    assert_int_equal(journal_append_call(&append, client, NULL, 0, &count), ST_STALE);
    assert_int_equal(count, 0);
    head = old;
    head.seq = 1; /* the right place, another past */
    assert_int_equal(append_plain("other"), ST_STALE);
    assert_unchanged(before);
}

static const struct {
    const char *field;
    const char *expected;
    enum journal_table table;
    bool holds;
} guard_rows[] = {
    {"r", "1", TABLE_RECEIPTS, true},     {"r", "", TABLE_RECEIPTS, false},
    {"r", "2", TABLE_RECEIPTS, false},    {"none", "", TABLE_RECEIPTS, true},
    {"none", "1", TABLE_RECEIPTS, false}, {"empty", "", TABLE_ACTS, false},
    {"r", "", TABLE_ACTS, true},          {"tick", "5", TABLE_HEAD, true},
    {"tick", "05", TABLE_HEAD, false},    {"r", "1", TABLE_RECEIPTS, true},
};

#define GUARD_ROWS (sizeof guard_rows / sizeof guard_rows[0])

static void
guard_that_does_not_hold_is_named(void **state)
{
    size_t conflicts[GUARD_ROWS];
    size_t count;
    size_t found = 0;
    size_t i;
    char *before;

    (void)state;
    want("HSET $receipts r 1", "1");
    want("HSET $acts empty ''", "1");
    want("HSET $head tick 5", "1");
    before = digest();
    begin("body");
    for (i = 0; i < GUARD_ROWS; i++) {
        journal_append_guard(&append, guard_rows[i].table, guard_rows[i].field,
                             guard_rows[i].expected);
    }
    journal_append_set(&append, TABLE_RECEIPTS, "r", "3");
    assert_int_equal(
        journal_append_call(&append, client, conflicts, GUARD_ROWS, &count), ST_STALE);
    for (i = 0; i < GUARD_ROWS; i++) {
        if (!guard_rows[i].holds) {
            assert_true(found < count);
            assert_int_equal(conflicts[found++], i);
        }
    }
    assert_int_equal(count, found);
    conflicts[1] = 99; /* room for one */
    assert_int_equal(journal_append_call(&append, client, conflicts, 1, &count),
                     ST_STALE);
    assert_int_equal(count, found);
    assert_int_equal(conflicts[1], 99);
    assert_unchanged(before);
}

static void
new_fields_are_guards_and_sets(void **state)
{
    size_t conflicts[8];
    size_t count;
    char *before;

    (void)state;
    want("HSET $receipts old v gone ''", "2");
    before = digest();
    begin("body");
    journal_append_new(&append, TABLE_RECEIPTS, "fresh", "1");
    journal_append_new(&append, TABLE_RECEIPTS, "old", "v"); /* even with its value */
    journal_append_guard(&append, TABLE_RECEIPTS, "old", "v");
    journal_append_set(&append, TABLE_RECEIPTS, "more", "2");
    journal_append_new(&append, TABLE_RECEIPTS, "gone", "");
    journal_append_new(&append, TABLE_ACTS, "old", "3");
    assert_int_equal(journal_append_call(&append, client, conflicts, 8, &count),
                     ST_STALE);
    assert_int_equal(count, 2);
    assert_int_equal(conflicts[0], 1);
    assert_int_equal(conflicts[1], 3);
    assert_unchanged(before);
    want("HDEL $receipts old gone", "2");
    want("HSET $receipts old2 v", "1");
    begin("body");
    journal_append_new(&append, TABLE_RECEIPTS, "old", "4");
    journal_append_set(&append, TABLE_RECEIPTS, "old2", "5");
    journal_append_new(&append, TABLE_ACTS, "old", "6");
    journal_append_guard(&append, TABLE_RECEIPTS, "old2", "v"); /* before the sets */
    assert_int_equal(call(), ST_OK);
    want("HMGET $receipts old old2", "[4 5]");
    want("HGETALL $acts", "[old 6]");
}

static void
guards_that_hold_let_the_entry_in(void **state)
{
    size_t i;

    (void)state;
    want("HSET $receipts r 1", "1");
    want("HSET $acts empty ''", "1");
    want("HSET $head tick 5", "1");
    begin("body");
    for (i = 0; i < GUARD_ROWS; i++) {
        if (guard_rows[i].holds) {
            journal_append_guard(&append, guard_rows[i].table, guard_rows[i].field,
                                 guard_rows[i].expected);
        }
    }
    assert_int_equal(call(), ST_OK);
    want("XLEN $reports", "1");
}

#define MANY 2500

/* `wrong` guards from the start expect something that is not there. */
static void
begin_many(const size_t *wrong, size_t wrong_count)
{
    char field[32];
    size_t i;
    size_t w = 0;

    begin("body");
    for (i = 0; i < MANY; i++) {
        bool bad = w < wrong_count && wrong[w] == i;

        (void)snprintf(field, sizeof field, "f%zu", i);
        journal_append_guard(&append, i % 1000 < 900 ? TABLE_RECEIPTS : TABLE_ACTS,
                             field, bad ? "x" : "");
        w += bad;
    }
    for (i = 0; i < MANY; i++) {
        (void)snprintf(field, sizeof field, "f%zu", i);
        journal_append_set(&append, TABLE_RECEIPTS, field, "value");
    }
}

static void
thousands_of_guards_and_sets_go_in_one_call(void **state)
{
    static const size_t wrong[] = {0, 399, 400, 899, 900, 2499};
    size_t conflicts[10];
    size_t count;
    size_t i;
    char *before = digest();

    (void)state;
    begin_many(wrong, 6);
    assert_int_equal(journal_append_call(&append, client, conflicts, 10, &count),
                     ST_STALE);
    assert_int_equal(count, 6);
    for (i = 0; i < 6; i++) {
        assert_int_equal(conflicts[i], wrong[i]);
    }
    assert_unchanged(before);
    begin_many(wrong, 0);
    assert_int_equal(call(), ST_OK);
    want("HLEN $receipts", "2500");
    want("HGET $receipts f2499", "value");
}

static void
append_to_a_key_of_another_type_writes_nothing(void **state)
{
    static const char *const rows[][3] = {
        {"SET $reports x", "OK", "reports"},
        {"SET $head x", "OK", "head"},
        {"LPUSH $receipts x", "1", "receipts"},
        {"XADD $acts 1-0 a b", "1-0", "acts"},
        {"HSET $programme:abc a b", "1", "programme:abc"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char command[64];
        char *before;

        (void)snprintf(command, sizeof command, "DEL $head $%s", rows[i][2]);
        want(command, "1");
        want(rows[i][0], rows[i][1]);
        before = digest();
        begin("body");
        journal_append_set(&append, TABLE_RECEIPTS, "f", "v");
        journal_append_set(&append, TABLE_ACTS, "f", "v");
        journal_append_set(&append, TABLE_HEAD, "programme", "abc");
        journal_append_programme(&append, "abc", "text", 4);
        assert_int_equal(call(), ST_BAD);
        assert_non_null(strstr(redis_error(client), "WRONGTYPE"));
        assert_non_null(strstr(redis_error(client), rows[i][2]));
        assert_unchanged(before);
        (void)snprintf(command, sizeof command, "DEL $%s", rows[i][2]);
        want(command, "1");
        want("HSET $head log x", "1");
    }
    assert_int_equal(append_plain("body"), ST_OK);
}

static void
journal_written_by_hand_stops_the_append(void **state)
{
    static const char *const rows[][4] = {
        /* by hand, its answer, and back again */
        {"XADD $reports 2-0 k reports", "2-0", "XDEL $reports 2-0", "1"},
        {"XADD $reports 9-0 k reports", "9-0", "XDEL $reports 9-0", "1"},
        {"XSETID $reports 77-0", "OK", "XSETID $reports 99-0", "OK"},
    };
    char *before;
    size_t i;

    (void)state;
    assert_int_equal(append_plain("one"), ST_OK);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        want(rows[i][0], rows[i][1]);
        before = digest();
        assert_int_equal(append_plain("two"), ST_BAD);
        assert_non_null(strstr(redis_error(client), "does not end at 1-0"));
        assert_unchanged(before);
        want(rows[i][2], rows[i][3]);
        before = digest();
        assert_int_equal(append_plain("two"), ST_BAD); /* its id was given away */
        assert_unchanged(before);
    }
}

static void
journal_that_lost_its_end_stops_the_append(void **state)
{
    static const char *const rows[][2] = {
        {"DEL $reports", "1"},
        {"XADD $reports 1-0 k reports", "1-0"},
        {"XADD $reports 1-7 k reports", "1-7"},
        {"XADD $reports 2-1 k reports", "2-1"},
    };
    size_t i;

    (void)state;
    assert_int_equal(append_plain("one"), ST_OK);
    assert_int_equal(append_plain("two"), ST_OK);
    assert_int_equal(append_plain("three"), ST_OK);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *before;

        want(rows[i][0], rows[i][1]);
        if (i == 3) {
            want("XDEL $reports 1-7", "1"); /* not as many as there were */
        }
        before = digest();
        assert_int_equal(append_plain("four"), ST_BAD);
        assert_non_null(strstr(redis_error(client), "does not end at 3-0"));
        assert_unchanged(before);
    }
}

static void
trimmed_journal_goes_on_at_its_head(void **state)
{
    (void)state;
    assert_int_equal(append_plain("one"), ST_OK);
    assert_int_equal(append_plain("two"), ST_OK);
    want("XTRIM $reports MAXLEN 0", "2");
    assert_int_equal(append_plain("three"), ST_OK);
    want("XLEN $reports", "1");
    assert_int_equal(head.seq, 3);
}

static void
numbers_above_2_to_the_53_stay_exact(void **state)
{
    (void)state;
    want("HSET $head seq 9007199254740993 chain ''", "2");
    want("XADD $reports 9007199254740993-0 k reports", "9007199254740993-0");
    head.seq = 9007199254740993;
    assert_int_equal(append_plain("a"), ST_OK);
    want("HGET $head seq", "9007199254740994");
    head.seq = 9007199254740992; /* the same as a double */
    assert_int_equal(append_plain("a"), ST_STALE);
    want("HSET $head seq 9007199254740999 chain ''", "0");
    want("XADD $reports 9007199254740999-0 k reports", "9007199254740999-0");
    head.seq = 9007199254740999;
    head.chain[0] = '\0';
    assert_int_equal(append_plain("a"), ST_OK);
    want("HGET $head seq", "9007199254741000");
}

static void
log_id_is_minted_once(void **state)
{
    struct journal_head again;

    (void)state;
    assert_int_equal(strlen(head.log_id), 32);
    assert_int_equal(journal_head_read(client, province, &again), ST_OK);
    assert_string_equal(again.log_id, head.log_id);
    want("FCALL dd_log_3 1 $x 9 id",
         "!VERSION the library is 3, the caller 9: load the "
         "Functions of one release");
    want("EXISTS $x", "0");
    want("SET $y text", "OK");
    want("FCALL dd_log_3 1 $y 3 id", "!WRONGTYPE $y is a string, must be a hash");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(append_gives_dense_ids_and_moves_the_head),
        TEST(append_sees_an_entry_that_was_put_for_another),
        TEST(append_writes_all_sets_and_the_programme),
        TEST(append_behind_a_moved_head_is_stale),
        TEST(guard_that_does_not_hold_is_named),
        TEST(new_fields_are_guards_and_sets),
        TEST(guards_that_hold_let_the_entry_in),
        TEST(thousands_of_guards_and_sets_go_in_one_call),
        TEST(append_to_a_key_of_another_type_writes_nothing),
        TEST(journal_written_by_hand_stops_the_append),
        TEST(journal_that_lost_its_end_stops_the_append),
        TEST(trimmed_journal_goes_on_at_its_head),
        TEST(numbers_above_2_to_the_53_stay_exact),
        TEST(log_id_is_minted_once),
    };
    int failed;

    diag_init("test_functions");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
