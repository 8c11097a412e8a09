/* dd_trim: removes what every reader has passed, and nothing else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/follow.h"
#include "lib/journal.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/redis_server.h"

#define ENTRIES 9

static struct redis_server *server;
static struct redis *client;
static struct journal_head head;
static char chains[ENTRIES + 1][JOURNAL_CHAIN_BYTES];
static char province[32]; /* a fresh one for each test */

static void
want(const char *command, const char *answer)
{
    redis_want_in(client, province, command, answer);
}

static void
append_one(int n)
{
    struct journal_append a;
    char body[16];

    (void)snprintf(body, sizeof body, "%d", n);
    journal_append_init(&a);
    journal_append_begin(&a, province, &head, JOURNAL_REPORTS, body, strlen(body));
    assert_int_equal(journal_append_call(&a, client, NULL, 0, NULL), ST_OK);
    head = a.next;
    memcpy(chains[n], head.chain, sizeof chains[n]);
    journal_append_fini(&a);
}

static void
scorer_stands_at(uint64_t seq)
{
    struct follow f;
    struct effects e;

    follow_init(&f, province, "scorer", KEY_REPORTS);
    assert_int_equal(follow_take_over(&f, client), ST_OK);
    effects_init(&e);
    effects_clear(&e, &f);
    effects_seal(&e, chains[seq]);
    assert_int_equal(follow_apply(&f, client, &e, seq, "", 0), ST_OK);
    effects_fini(&e);
}

static int
setup(void **state)
{
    static int provinces;
    int i;

    (void)state;
    client = redis_server_client(server);
    (void)snprintf(province, sizeof province, "p%d", ++provinces);
    assert_int_equal(journal_head_read(client, province, &head), ST_OK);
    for (i = 1; i <= ENTRIES; i++) {
        append_one(i);
    }
    scorer_stands_at(7);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    redis_free(&client);
    return 0;
}

static enum status
trim(uint64_t up_to, uint64_t *removed)
{
    return journal_trim(client, province, head.seq, up_to, chains[up_to], removed);
}

static void
what_every_reader_has_passed_goes(void **state)
{
    struct journal_read rd;
    uint64_t removed;
    char line[96];

    (void)state;
    assert_int_equal(trim(4, &removed), ST_OK);
    assert_int_equal(removed, 4);
    (void)snprintf(line, sizeof line, "[4 %s 9]", chains[4]);
    want("HMGET $head trim_seq trim_chain seq", line);
    want("XLEN $reports", "5");
    assert_int_equal(trim(4, &removed), ST_OK); /* the same again */
    assert_int_equal(removed, 0);
    assert_int_equal(trim(7, &removed), ST_OK); /* up to the checkpoint itself */
    assert_int_equal(removed, 3);
    assert_int_equal(journal_head_read(client, province, &head), ST_OK);
    assert_int_equal(head.trimmed, 7);
    assert_string_equal(head.trim_chain, chains[7]);
    journal_read_init(&rd);
    assert_int_equal(journal_read_after(client, province, KEY_REPORTS, 7, 9, &rd),
                     ST_OK);
    assert_int_equal(rd.count, 2);
    journal_read_fini(&rd);
    append_one(ENTRIES); /* the journal goes on; entry 10 */
    want("XLEN $reports", "3");
}

static void
each_refusal_says_why_and_removes_nothing(void **state)
{
    static const struct {
        const char *before; /* command */
        uint64_t head;
        uint64_t up_to;
        uint64_t chain; /* of which entry */
        enum status want;
        const char *why;
    } rows[] = {
        {NULL, 9, 8, 8, ST_LIMIT, "scorer stands at entry 7 only"},
        {NULL, 8, 4, 4, ST_STALE, "the journal ends at entry 9 now"},
        {NULL, 9, 4, 5, ST_BAD, "entry 4 in the journal is not the one exported"},
        {NULL, 9, 9, 9, ST_BAD, "ARGS dd_trim: the newest entry stays"},
        {NULL, 9, 12, 9, ST_BAD, "ARGS dd_trim: the newest entry stays"},
        {NULL, 9, 0, 0, ST_BAD, "ARGS dd_trim: a head, a seq and a chain"},
        {"XADD $parked 4-2 at 4:2", 9, 4, 4, ST_LIMIT,
         "the parked report 4-2 is needed there"},
        {"XADD $parked 6-0 at 6:0", 9, 5, 5, ST_LIMIT, "the parked report 4-2"},
        {"SET $checkpoint:scorer 9", 9, 3, 3, ST_BAD, "WRONGTYPE"},
        {"DEL $checkpoint:scorer", 9, 3, 3, ST_LIMIT, "scorer stands at entry 0 only"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t removed = 7;
        char *before;

        if (rows[i].before != NULL) {
            char command[120];
            char *answer;

            (void)snprintf(command, sizeof command, "%.*s dondoc:{%s}:%s",
                           (int)(strchr(rows[i].before, '$') - rows[i].before - 1),
                           rows[i].before, province, strchr(rows[i].before, '$') + 1);
            answer = redis_ask(client, command);
            assert_int_not_equal(answer[0], '!');
            mem_free(&answer);
        }
        before = redis_digest(client, province);
        assert_int_equal(journal_trim(client, province, rows[i].head, rows[i].up_to,
                                      chains[rows[i].chain], &removed),
                         rows[i].want);
        assert_int_equal(removed, 0);
        if (strstr(redis_error(client), rows[i].why) == NULL) {
            fail_msg("row %zu: %s", i, redis_error(client));
        }
        redis_unchanged(client, province, before);
    }
}

static void
a_parked_report_behind_the_place_holds_nothing_back(void **state)
{
    (void)state;
    want("XADD $parked 5-0 at 5:0", "5-0");
    assert_int_equal(trim(5, NULL), ST_LIMIT);
    assert_int_equal(trim(4, NULL), ST_OK);
    want("XDEL $parked 5-0", "1");
    assert_int_equal(trim(5, NULL), ST_OK);
}

/* Raw calls, as another release or a hand would make them. */
static void
calls_of_another_form_are_refused(void **state)
{
    static const char *const rows[][2] = {
        {"4 $reports $head $checkpoint:scorer $parked 9 9 4 c", "!VERSION"},
        {"4 $reports $head $checkpoint:scorer $parked 3 9 4", "!ARGS"},
        {"3 $reports $head $parked 3 9 4 c", "!ARGS"},
        {"4 $reports $head $checkpoint:other $parked 3 9 4 c",
         "!ARGS dd_trim: the checkpoint of scorer is missing"},
        {"4 $reports $head $epoch:scorer $parked 3 9 4 c", "!ARGS"},
        {"4 $reports $head x:checkpoint:scorer $parked 3 9 4 c", "!ARGS"},
        {"4 $alerts $head $checkpoint:scorer $parked 3 9 4 c", "!ARGS"},
        {"4 $reports $head $checkpoint:scorer $parked 3 9 04 c", "!ARGS"},
        {"4 $reports $head $checkpoint:scorer $parked 3 9 -4 c", "!ARGS"},
        {"4 $reports $head $checkpoint:scorer $parked 3 9 1e0 c", "!ARGS"},
        {"5 $reports $head $checkpoint:scorer $checkpoint:more $parked 3 9 4 c",
         "[BEHIND more 0]"},
        {"4 $reports $head $checkpoint:scorer $parked 3 9 4 c", "[CHAIN]"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *before = redis_digest(client, province);
        char command[600] = "FCALL dd_trim_3 ";
        const char *at;
        char *got;

        for (at = rows[i][0]; *at != '\0'; at++) {
            size_t len = strlen(command);

            if (*at == '$') {
                (void)snprintf(command + len, sizeof command - len,
                               "dondoc:{%s}:", province);
            } else {
                (void)snprintf(command + len, sizeof command - len, "%c", *at);
            }
        }
        got = redis_ask(client, command);
        if (strncmp(got, rows[i][1], strlen(rows[i][1])) != 0) {
            fail_msg("%s: got %s want %s", rows[i][0], got, rows[i][1]);
        }
        mem_free(&got);
        redis_unchanged(client, province, before);
    }
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
        TEST(what_every_reader_has_passed_goes),
        TEST(each_refusal_says_why_and_removes_nothing),
        TEST(a_parked_report_behind_the_place_holds_nothing_back),
        TEST(calls_of_another_form_are_refused),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
