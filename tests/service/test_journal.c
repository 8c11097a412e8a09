/* lib/journal: what was appended is read back in order, or the reader is told. */
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
#include "lib/journal.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/redis_server.h"

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

static void
append_entry(enum journal_kind kind, const void *body, size_t bytes)
{
    journal_append_begin(&append, province, &head, kind, body, bytes);
    assert_int_equal(journal_append_call(&append, client, NULL, 0, NULL), ST_OK);
    head = append.next;
}

static void
append_numbers(int count)
{
    char body[16];
    int i;

    for (i = 1; i <= count; i++) {
        (void)snprintf(body, sizeof body, "%d", i);
        append_entry(JOURNAL_REPORTS, body, strlen(body));
    }
}

/* Entries of the same numbers in the alerts journal. */
static void
alert_numbers(int count)
{
    struct follow f;
    struct effects e;
    char body[16];
    int i;

    follow_init(&f, province, "scorer", KEY_REPORTS);
    effects_init(&e);
    assert_int_equal(follow_take_over(&f, client), ST_OK);
    effects_clear(&e, &f);
    for (i = 1; i <= count; i++) {
        (void)snprintf(body, sizeof body, "%d", i);
        effects_alert(&e, &f, JOURNAL_ALERTS, body, strlen(body));
    }
    assert_int_equal(follow_apply(&f, client, &e, 1, "", 0), ST_OK);
    effects_fini(&e);
}

static void
assert_numbers(uint64_t from, size_t count)
{
    size_t i;

    assert_int_equal(reading.count, count);
    for (i = 0; i < count; i++) {
        char body[16];
        int len = snprintf(body, sizeof body, "%d", (int)(from + i));

        assert_int_equal(reading.entries[i].seq, from + i);
        assert_int_equal(reading.entries[i].body_bytes, (size_t)len);
        assert_memory_equal(reading.entries[i].body, body, (size_t)len);
    }
}

static enum status
read_after(const char *stream, uint64_t after, size_t max)
{
    return journal_read_after(client, province, stream, after, max, &reading);
}

/* --- appending and reading --- */

static void
entries_are_read_in_order_from_any_place(void **state)
{
    static const struct {
        uint64_t after;
        size_t max;
        size_t count;
    } rows[] = {
        {0, 100, 20}, {0, 7, 7},  {7, 7, 7},  {14, 7, 6},
        {19, 1, 1},   {20, 7, 0}, {25, 7, 0},
    };
    size_t i;

    (void)state;
    append_numbers(20);
    alert_numbers(20);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_after(KEY_REPORTS, rows[i].after, rows[i].max), ST_OK);
        assert_numbers(rows[i].after + 1, rows[i].count);
        assert_int_equal(read_after(KEY_ALERTS, rows[i].after, rows[i].max), ST_OK);
        assert_numbers(rows[i].after + 1, rows[i].count);
    }
}

static void
empty_journals_are_no_gap(void **state)
{
    (void)state;
    assert_int_equal(read_after(KEY_REPORTS, 0, 10), ST_OK);
    assert_int_equal(reading.count, 0);
    assert_int_equal(read_after(KEY_ALERTS, 0, 10), ST_OK);
    assert_int_equal(reading.count, 0);
}

static void
bodies_are_binary_safe_up_to_their_limit(void **state)
{
    static uint8_t body[JOURNAL_PROGRAMME_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof body; i++) {
        body[i] = (uint8_t)(i * 7 + i / 256);
    }
    append_entry(JOURNAL_REPORTS, body, JOURNAL_BODY_MAX);
    append_entry(JOURNAL_PROGRAMME, body, JOURNAL_PROGRAMME_MAX);
    append_entry(JOURNAL_ACT, "", 0);
    assert_int_equal(read_after(KEY_REPORTS, 0, 10), ST_OK);
    assert_int_equal(reading.count, 3);
    assert_int_equal(reading.entries[0].body_bytes, JOURNAL_BODY_MAX);
    assert_memory_equal(reading.entries[0].body, body, JOURNAL_BODY_MAX);
    assert_int_equal(reading.entries[1].body_bytes, JOURNAL_PROGRAMME_MAX);
    assert_memory_equal(reading.entries[1].body, body, JOURNAL_PROGRAMME_MAX);
    assert_int_equal(reading.entries[1].kind, JOURNAL_PROGRAMME);
    assert_int_equal(reading.entries[2].body_bytes, 0);
    assert_int_equal(reading.entries[2].kind, JOURNAL_ACT);
}

static void
one_entry_is_found_by_its_place(void **state)
{
    static const struct {
        uint64_t seq;
        enum status want;
    } rows[] = {
        {1, ST_OK}, {5, ST_OK}, {3, ST_GONE}, {6, ST_GONE}, {INT64_MAX, ST_GONE}};
    size_t i;

    (void)state;
    append_numbers(5);
    want("XDEL $reports 3-0", "1");
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(
            journal_read_one(client, province, KEY_REPORTS, rows[i].seq, &reading),
            rows[i].want);
        if (rows[i].want == ST_OK) {
            assert_numbers(rows[i].seq, 1);
        } else {
            assert_int_equal(reading.count, 0);
        }
    }
}

static void
chain_can_be_recomputed_and_shows_a_changed_byte(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char next[JOURNAL_CHAIN_BYTES];
    uint8_t *body;
    size_t i;

    (void)state;
    append_numbers(5);
    append_entry(JOURNAL_TICK, "tick", 4);
    assert_int_equal(read_after(KEY_REPORTS, 0, 10), ST_OK);
    assert_int_equal(reading.count, 6);
    for (i = 0; i < reading.count; i++) {
        const struct journal_entry *e = &reading.entries[i];

        journal_chain(chain, e->kind, e->body, e->body_bytes, next);
        assert_string_equal(e->chain, next);
        assert_true(journal_entry_follows(e, chain));
        assert_false(journal_entry_follows(e, i == 0 ? next : ""));
        memcpy(chain, next, sizeof chain);
    }
    assert_string_equal(head.chain, chain);
    /* BLAKE2b-128 of "" 0 "reports" 0 "1", computed with another program */
    assert_string_equal(reading.entries[0].chain, "19498732ce070aefb4c0911383e931d3");
    body = mem_copy(reading.entries[1].body, reading.entries[1].body_bytes);
    body[0] ^= 1;
    reading.entries[1].body = body;
    assert_false(journal_entry_follows(&reading.entries[1], reading.entries[0].chain));
    mem_free(&body);
    /* The same bytes parted differently are another entry. */
    journal_chain("", JOURNAL_TICK, "x", 1, chain);
    journal_chain("t", JOURNAL_TICK, "x", 1, next);
    assert_string_not_equal(chain, next);
}

static void
entry_of_a_newer_version_is_unknown_and_keeps_the_chain(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES];

    (void)state;
    append_numbers(1);
    memcpy(chain, head.chain, sizeof chain);
    want("XADD $reports 2-0 k seal b body h 0", "2-0");
    want("XADD $reports 3-0 k reports", "3-0");
    want("XADD $reports 4-0 x y", "4-0");
    assert_int_equal(read_after(KEY_REPORTS, 0, 10), ST_OK);
    assert_int_equal(reading.count, 4);
    assert_int_equal(reading.entries[0].kind, JOURNAL_REPORTS);
    assert_int_equal(reading.entries[1].kind, JOURNAL_UNKNOWN);
    assert_string_equal(reading.entries[1].kind_word, "seal");
    assert_int_equal(reading.entries[1].body_bytes, 4);
    assert_int_equal(reading.entries[2].kind, JOURNAL_UNKNOWN);
    assert_int_equal(reading.entries[3].kind, JOURNAL_UNKNOWN);
    assert_false(journal_entry_follows(&reading.entries[1], chain));
    /* Written by the newer version with its own word, it follows. */
    want("DEL $reports", "1");
    want("XADD $reports 1-0 k seal b body h 25dcce92f56793a1aa86388dad27ec5d", "1-0");
    assert_int_equal(read_after(KEY_REPORTS, 0, 10), ST_OK);
    assert_int_equal(reading.entries[0].kind, JOURNAL_UNKNOWN);
    assert_true(journal_entry_follows(&reading.entries[0], ""));
}

/* --- gaps --- */

static const struct {
    const char *command; /* by hand, on the stream */
    const char *rest;
    const char *answer;
    uint64_t after;
    enum status want;
    size_t count;
} gap_rows[] = {
    {"XDEL", "4-0", "1", 0, ST_OK, 3},   /* what is before the gap is given, */
    {"XDEL", "4-0", "0", 3, ST_GONE, 0}, /* and then no more */
    {"XDEL", "4-0", "0", 4, ST_OK, 6},
    {"XDEL", "10-0", "1", 9, ST_GONE, 0}, /* the last one is missing */
    {"XDEL", "9-0", "1", 8, ST_GONE, 0},
    {"XDEL", "9-0", "0", 10, ST_OK, 0},
    {"XTRIM", "MAXLEN 3", "4", 0, ST_GONE, 0},
    {"XTRIM", "MAXLEN 3", "0", 5, ST_OK, 3},
    {"XTRIM", "MAXLEN 0", "3", 0, ST_GONE, 0},
    {"XTRIM", "MAXLEN 0", "0", 9, ST_GONE, 0},
    {"XTRIM", "MAXLEN 0", "0", 10, ST_OK, 0},
};

static void
gaps_are_found(const char *stream)
{
    size_t i;

    for (i = 0; i < sizeof gap_rows / sizeof gap_rows[0]; i++) {
        char command[96];

        (void)snprintf(command, sizeof command, "%s $%s %s", gap_rows[i].command,
                       stream, gap_rows[i].rest);
        want(command, gap_rows[i].answer);
        assert_int_equal(read_after(stream, gap_rows[i].after, 100), gap_rows[i].want);
        assert_int_equal(reading.count, gap_rows[i].count);
        if (gap_rows[i].want == ST_GONE) {
            assert_non_null(strstr(redis_error(client), stream));
            assert_non_null(strstr(redis_error(client), "restore it from the archive"));
        }
    }
}

static void
gap_in_the_reports_journal_stops_the_reader(void **state)
{
    (void)state;
    append_numbers(10);
    gaps_are_found(KEY_REPORTS);
}

static void
gap_in_the_alerts_journal_stops_the_reader(void **state)
{
    (void)state;
    alert_numbers(10);
    gaps_are_found(KEY_ALERTS);
}

static void
ids_of_another_shape_stop_the_reader(void **state)
{
    static const char *const ids[] = {"1-1", "0-5", "18446744073709551615-0"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char command[96];

        want("DEL $alerts", i == 0 ? "0" : "1");
        (void)snprintf(command, sizeof command, "XADD $alerts %s k tick b x", ids[i]);
        want(command, ids[i]);
        if (strcmp(ids[i], "0-5") == 0) { /* before the first place: nothing there */
            assert_int_equal(read_after(KEY_ALERTS, 0, 10), ST_OK);
            assert_int_equal(reading.count, 0);
        } else {
            assert_int_equal(read_after(KEY_ALERTS, 0, 10), ST_BAD);
        }
    }
}

static void
stream_of_another_type_is_bad_not_empty(void **state)
{
    (void)state;
    want("SET $reports x", "OK");
    want("SET $alerts x", "OK");
    assert_int_equal(read_after(KEY_REPORTS, 0, 10), ST_BAD);
    assert_int_equal(read_after(KEY_ALERTS, 0, 10), ST_BAD);
    assert_int_equal(journal_read_one(client, province, KEY_ALERTS, 1, &reading),
                     ST_BAD);
    assert_true(redis_connected(client));
    want("GET $alerts", "x");
}

static void
head_changed_by_hand_is_refused(void **state)
{
    static const char *const rows[][2] = {
        {"seq", "-1"},
        {"seq", "x"},
        {"seq", "9223372036854775808"},
        {"tick", "-3"},
        {"tick", "1e3"},
        {"chain", "0123456789abcdef0123456789abcdef0"},
        {"log", "0123456789abcdef0123456789abcdef0"},
    };
    struct journal_head got = {.seq = 77};
    size_t i;

    (void)state;
    append_numbers(2);
    want("HSET $head tick 0", "1");
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char command[128];
        char back[96];
        char *old;

        (void)snprintf(back, sizeof back, "HGET dondoc:{%s}:head %s", province,
                       rows[i][0]);
        old = redis_ask(client, back);
        (void)snprintf(command, sizeof command, "HSET $head %s %s", rows[i][0],
                       rows[i][1]);
        want(command, "0");
        assert_int_equal(journal_head_read(client, province, &got), ST_BAD);
        assert_int_equal(got.seq, 77); /* out only on success */
        (void)snprintf(command, sizeof command, "HSET $head %s %s", rows[i][0], old);
        want(command, "0");
        mem_free(&old);
    }
    assert_int_equal(journal_head_read(client, province, &got), ST_OK);
    assert_int_equal(got.seq, 2);
    assert_string_equal(got.chain, head.chain);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(entries_are_read_in_order_from_any_place),
        TEST(empty_journals_are_no_gap),
        TEST(bodies_are_binary_safe_up_to_their_limit),
        TEST(one_entry_is_found_by_its_place),
        TEST(chain_can_be_recomputed_and_shows_a_changed_byte),
        TEST(entry_of_a_newer_version_is_unknown_and_keeps_the_chain),
        TEST(gap_in_the_reports_journal_stops_the_reader),
        TEST(gap_in_the_alerts_journal_stops_the_reader),
        TEST(ids_of_another_shape_stop_the_reader),
        TEST(stream_of_another_type_is_bad_not_empty),
        TEST(head_changed_by_hand_is_refused),
    };
    int failed;

    diag_init("test_journal");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
