/* lib/journal_check: whatever was changed, lost or put in by hand is named. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/follow.h"
#include "lib/journal_check.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/redis_server.h"

#define ENTRIES 9

static struct redis_server *server;
static struct redis *client;
static struct journal_head head;
static char chains[ENTRIES + 1][JOURNAL_CHAIN_BYTES];
static char province[32]; /* a fresh one for each row */

static void
append_one(int n)
{
    struct journal_append a;
    char body[16];
    char field[16];

    (void)snprintf(body, sizeof body, "body%d", n);
    (void)snprintf(field, sizeof field, "f%d", n);
    journal_append_init(&a);
    journal_append_begin(&a, province, &head, JOURNAL_REPORTS, body, strlen(body));
    journal_append_set(&a, n % 4 == 0 ? TABLE_ACTS : TABLE_RECEIPTS, field, "v");
    assert_int_equal(journal_append_call(&a, client, NULL, 0, NULL), ST_OK);
    head = a.next;
    memcpy(chains[n], head.chain, sizeof chains[n]);
    journal_append_fini(&a);
}

static void
scorer_goes_to(uint64_t seq, const char *seal)
{
    struct follow f;
    struct effects e;

    follow_init(&f, province, "scorer", KEY_REPORTS);
    assert_int_equal(follow_take_over(&f, client), ST_OK);
    effects_init(&e);
    effects_clear(&e, &f);
    effects_seal(&e, seal);
    assert_int_equal(follow_apply(&f, client, &e, seq, "", 0), ST_OK);
    effects_fini(&e);
}

/* A province of nine entries, fresh. */
static void
nine(void)
{
    static int provinces;
    int i;

    (void)snprintf(province, sizeof province, "p%d", ++provinces);
    assert_int_equal(journal_head_read(client, province, &head), ST_OK);
    for (i = 1; i <= ENTRIES; i++) {
        append_one(i);
    }
}

static void
do_all(const char *commands)
{
    char one[300];

    while (*commands != '\0') {
        size_t len = strcspn(commands, ";");
        size_t used = 0;
        size_t i;
        char *answer;

        for (i = 0; i < len; i++) {
            if (commands[i] == '$') {
                used += (size_t)snprintf(one + used, sizeof one - used,
                                         "dondoc:{%s}:", province);
            } else {
                one[used++] = commands[i];
            }
        }
        one[used] = '\0';
        answer = redis_ask(client, one);
        if (answer[0] == '!') {
            fail_msg("%s: %s", one, answer);
        }
        mem_free(&answer);
        commands += len;
        commands += strspn(commands, "; ");
    }
}

static enum status
check(struct journal_check *c, size_t step)
{
    enum status st = journal_check_begin(c, client, province);

    while (st == ST_OK && !journal_check_done(c)) {
        st = journal_check_step(c, client, step);
    }
    return st;
}

/* Entry n again with another body or chain value: rewritten in place, which Redis has
 * no command for, so the stream is built anew. */
static void
rewrite(int n, const char *body, const char *chain)
{
    char command[300];
    char *answer;
    int i;

    do_all("DEL $reports");
    for (i = 1; i <= ENTRIES; i++) {
        (void)snprintf(command, sizeof command,
                       "XADD dondoc:{%s}:reports %d-0 k reports b %s%d h %s", province,
                       i, i == n && body != NULL ? body : "body", i,
                       i == n && chain != NULL ? chain : chains[i]);
        answer = redis_ask(client, command);
        assert_int_not_equal(answer[0], '!');
        mem_free(&answer);
    }
}

static void
a_whole_journal_passes_in_pieces_of_any_size(void **state)
{
    static const size_t steps[] = {1, 2, 4, 9, 64};
    struct journal_check c;
    size_t i;

    (void)state;
    nine();
    for (i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_int_equal(check(&c, steps[i]), ST_OK);
        assert_int_equal(c.at, 9);
        assert_int_equal(c.missing, 0);
        assert_string_equal(c.chain, chains[9]);
    }
    (void)snprintf(province, sizeof province, "nobody");
    assert_int_equal(check(&c, 4), ST_OK); /* nothing was ever written */
}

static void
what_was_sealed_is_not_read_again(void **state)
{
    struct journal_check c;

    (void)state;
    nine();
    scorer_goes_to(5, chains[5]);
    rewrite(3, "BODY", NULL); /* before the seal: for dondoc verify */
    assert_int_equal(journal_check_begin(&c, client, province), ST_OK);
    assert_int_equal(c.at, 5);
    assert_int_equal(check(&c, 4), ST_OK);
    scorer_goes_to(7, ""); /* an older release moves it without a seal */
    assert_int_equal(journal_check_begin(&c, client, province), ST_OK);
    assert_int_equal(c.at, 5);
    rewrite(6, "BODY", NULL);
    assert_int_equal(check(&c, 4), ST_BAD);
    assert_int_equal(c.at, 5);
}

static void
after_trimming_it_begins_there(void **state)
{
    struct journal_check c;

    (void)state;
    nine();
    scorer_goes_to(6, chains[6]);
    assert_int_equal(journal_trim(client, province, 9, 6, chains[6], NULL), ST_OK);
    assert_int_equal(journal_check_begin(&c, client, province), ST_OK);
    assert_int_equal(c.at, 6);
    assert_int_equal(c.missing, 0);
    assert_int_equal(check(&c, 64), ST_OK);
    nine();
    scorer_goes_to(6, "");
    assert_int_equal(journal_check_begin(&c, client, province), ST_OK);
    /* Trimmed while it reads: it goes on behind. */
    assert_int_equal(journal_trim(client, province, 9, 6, chains[6], NULL), ST_OK);
    while (!journal_check_done(&c)) {
        assert_int_equal(journal_check_step(&c, client, 2), ST_OK);
    }
    assert_string_equal(c.chain, chains[9]);
}

static void
entries_removed_by_hand_before_the_seal_are_counted(void **state)
{
    struct journal_check c;

    (void)state;
    nine();
    scorer_goes_to(6, chains[6]);
    do_all("XTRIM $reports MINID = 4-0");
    assert_int_equal(check(&c, 64), ST_OK);
    assert_int_equal(c.missing, 3);
}

static void
a_changed_entry_is_named(void **state)
{
    struct journal_check c;
    char why[64];
    int n;

    (void)state;
    for (n = 1; n <= ENTRIES; n++) {
        nine();
        rewrite(n, "Body", NULL);
        assert_int_equal(check(&c, 4), ST_BAD);
        (void)snprintf(why, sizeof why, "entry %d-0 is not as it was written", n);
        assert_non_null(strstr(redis_error(client), why));
        assert_int_equal(c.at, n - 1);
        nine();
        rewrite(n, NULL, chains[n % ENTRIES + 1]);
        assert_int_equal(check(&c, 4), ST_BAD);
        assert_non_null(strstr(redis_error(client), why));
    }
}

static void
a_redis_of_which_a_part_is_gone_is_refused(void **state)
{
    static const struct {
        const char *commands;
        enum status want;
        const char *why;
    } rows[] = {
        {"DEL $reports", ST_GONE,
         "reports: the journal is gone; its head tells of 9 entries"},
        {"DEL $head", ST_GONE,
         "reports: the last entry is 9-0, its head tells of none"},
        {"HSET $head seq 8", ST_GONE, "the last entry is 9-0, its head tells of 8-0"},
        {"HSET $head chain 0123456789abcdef0123456789abcdef", ST_BAD,
         "entry 9-0 is the last one, but not the one that the head seals"},
        {"XDEL $reports 9-0", ST_GONE, "the last entry is 8-0"},
        {"XDEL $reports 4-0", ST_GONE, "reports: entry 4-0 is missing"},
        {"XTRIM $reports MINID = 4-0", ST_GONE, "reports: entry 1-0 is missing"},
        {"XADD $reports 9-1 k act b x", ST_GONE, "the last entry is 9-1"},
        {"DEL $receipts", ST_GONE, "receipts: 0 receipts are there, must be 7"},
        {"HDEL $receipts f3", ST_GONE, "receipts: 6 receipts are there, must be 7"},
        {"DEL $acts", ST_GONE, "acts: 0 acts are there, must be 2"},
        {"DEL $reports $head", ST_GONE, "receipts: 7 receipts are there, must be 0"},
        {"DEL $reports $head $receipts", ST_GONE, "acts: 2 acts"},
        {"HSET $checkpoint:scorer seq 12", ST_GONE,
         "checkpoint:scorer: scorer has read entry 12, the journal ends at 9"},
        {"HSET $checkpoint:scorer seq 5 sealed 5 seal abc", ST_BAD,
         "entry 5-0 is not the one that scorer has sealed"},
        {"DEL $receipts; SET $receipts x", ST_BAD, "WRONGTYPE"},
        {"HSET $head trim_seq 3", ST_BAD, "head: a field is not in its form"},
        {"HDEL $head receipts acts; DEL $receipts", ST_OK, NULL}, /* of release 1 */
        {"HSET $receipts more v", ST_OK, NULL}, /* release 1 beside us does not count */
    };
    struct journal_check c;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        nine();
        do_all(rows[i].commands);
        if (check(&c, 3) != rows[i].want ||
            (rows[i].why != NULL && strstr(redis_error(client), rows[i].why) == NULL)) {
            fail_msg("%s: %s", rows[i].commands, redis_error(client));
        }
    }
}

static void
one_entry_is_read_only_if_it_follows(void **state)
{
    struct journal_read rd;

    (void)state;
    nine();
    journal_read_init(&rd);
    assert_int_equal(journal_read_checked(client, province, 1, &rd), ST_OK);
    assert_int_equal(journal_read_checked(client, province, 5, &rd), ST_OK);
    assert_int_equal(journal_read_checked(client, province, 10, &rd), ST_GONE);
    rewrite(5, "Body", NULL);
    assert_int_equal(journal_read_checked(client, province, 5, &rd), ST_BAD);
    assert_int_equal(journal_read_checked(client, province, 6, &rd), ST_OK);
    scorer_goes_to(5, chains[5]);
    assert_int_equal(journal_trim(client, province, 9, 5, chains[5], NULL), ST_OK);
    assert_int_equal(journal_read_checked(client, province, 6, &rd), ST_OK);
    journal_read_fini(&rd);
}

static int
group_setup(void **state)
{
    (void)state;
    crypto_init();
    server = redis_server_start(NULL);
    client = redis_server_client(server);
    return 0;
}

static int
group_teardown(void **state)
{
    (void)state;
    redis_free(&client);
    redis_server_stop(&server, true);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_journal_passes_in_pieces_of_any_size),
        cmocka_unit_test(what_was_sealed_is_not_read_again),
        cmocka_unit_test(after_trimming_it_begins_there),
        cmocka_unit_test(entries_removed_by_hand_before_the_seal_are_counted),
        cmocka_unit_test(a_changed_entry_is_named),
        cmocka_unit_test(a_redis_of_which_a_part_is_gone_is_refused),
        cmocka_unit_test(one_entry_is_read_only_if_it_follows),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
