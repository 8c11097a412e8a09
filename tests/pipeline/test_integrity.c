/*
 * A journal that is not as it was written: who reads it stops, says so, and stops
 * alone; nothing is acknowledged on top of it; mended, all goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/crypto.h"
#include "lib/instant.h"
#include "lib/journal.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define OTHER "tinh-khac" /* no programme; its journal is whole */
#define KEY(name) "dondoc:{" PROVINCE "}:" name
#define WAIT_MS 8000

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    struct redis *redis;
    int month; /* of the next report */
};

static struct fixture fx;

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;

    (void)state;
    memset(&fx, 0, sizeof fx);
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=21043 scope=21043");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    fx.stack.province = PROVINCE "," OTHER;
    stack_start(&fx.stack);
    fx.stack.province = PROVINCE;
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2024-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    fx.redis = redis_server_client(fx.stack.redis);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.ops);
    redis_free(&fx.redis);
    stack_stop(&fx.stack, true);
    return 0;
}

static void
part_start(enum stack_part part)
{
    fx.stack.province = PROVINCE "," OTHER;
    stack_part_start(&fx.stack, part);
    fx.stack.province = PROVINCE;
}

/* The next month's report; its outcome, or OUTCOME_NONE and why it was refused. */
static enum outcome
push_month(char why[300])
{
    char period[24];
    struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 1500, NULL}};
    struct wire_report report = {.unit = "21043",
                                 .group = "digitisation",
                                 .period = period,
                                 .figures = figures,
                                 .figure_count = 2};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r = {0};

    (void)snprintf(period, sizeof period, "2023-%02d", fx.month + 1);
    q.push.reports = &report;
    q.push.count = 1;
    assert_int_equal(side_ask(&fx.unit, &q, &r), ST_OK);
    if (r.kind == UNIT_REPLY_RECEIPTS) {
        (void)snprintf(
            why, 300, "%s %s",
            r.receipts[0].refusal.code == NULL ? "" : r.receipts[0].refusal.code,
            r.receipts[0].refusal.code == NULL ? "" : r.receipts[0].refusal.message_en);
        return r.receipts[0].outcome;
    }
    (void)snprintf(why, 300, "%s %s", r.refusal.code, r.refusal.message_en);
    return OUTCOME_NONE;
}

static void
push_taken(void)
{
    char why[300];
    enum outcome outcome = push_month(why);

    if (outcome != OUTCOME_ACCEPTED) {
        fail_msg("month %d: %s %s", fx.month + 1, outcome_name(outcome), why);
    }
    fx.month++;
}

/* Refused for now, and the reason has these words. */
static void
push_refused(const char *words)
{
    char why[300];
    enum outcome outcome = push_month(why);

    if (outcome == OUTCOME_ACCEPTED || strncmp(why, "not_ready", 9) != 0 ||
        strstr(why, words) == NULL) {
        fail_msg("%s %s, wanted: %s", outcome_name(outcome), why, words);
    }
}

static char *
ask(const char *command)
{
    int waited;

    for (waited = 0; waited < WAIT_MS; waited += 20) {
        char *answer;

        if (!redis_connected(fx.redis)) {
            redis_free(&fx.redis);
            fx.redis = redis_server_client(fx.stack.redis);
        }
        answer = redis_ask(fx.redis, command);
        if (strncmp(answer, "!!", 2) != 0) {
            return answer;
        }
        mem_free(&answer);
        nap_ms(20);
    }
    fail_msg("%s: no answer", command);
    return NULL;
}

static void
wait_for(const char *command, const char *words)
{
    char last[400] = "";
    int waited;

    for (waited = 0; waited < WAIT_MS; waited += 20) {
        char *answer = ask(command);
        bool there = strstr(answer, words) != NULL;

        (void)snprintf(last, sizeof last, "%s", answer);
        mem_free(&answer);
        if (there) {
            return;
        }
        nap_ms(20);
    }
    fail_msg("%s: %s, wanted %s; see %s", command, last, words, fx.stack.dir);
}

static void
stands(const char *command, const char *words)
{
    char *answer = ask(command);

    if (strstr(answer, words) == NULL) {
        fail_msg("%s: %s, wanted %s", command, answer, words);
    }
    mem_free(&answer);
}

static void
lives(enum stack_part part)
{
    assert_int_equal(waitpid(fx.stack.pids[part], NULL, WNOHANG), 0);
}

/* An entry in the other province's journal: is it read? */
static void
other_province_goes_on(void)
{
    struct journal_append a;
    struct journal_head head;
    char checkpoint[24];
    static int acts;
    char field[16];

    (void)snprintf(field, sizeof field, "act-%d", ++acts);
    journal_append_init(&a);
    assert_int_equal(journal_head_read(fx.redis, OTHER, &head), ST_OK);
    journal_append_begin(&a, OTHER, &head, JOURNAL_ACT, "x", 1);
    journal_append_set(&a, TABLE_ACTS, field, "1");
    assert_int_equal(journal_append_call(&a, fx.redis, NULL, 0, NULL), ST_OK);
    (void)snprintf(checkpoint, sizeof checkpoint, "%d", (int)a.next.seq);
    journal_append_fini(&a);
    wait_for("HGET dondoc:{" OTHER "}:checkpoint:scorer seq", checkpoint);
}

/* Flips the case of a letter in the n-th occurrence of `bytes` in the append-only
 * files; Redis must not run. Twice gives what was there before. */
static void
flip(const char *bytes, size_t len, size_t at, int nth)
{
    char dir[400];
    struct dirent *entry;
    DIR *d;
    int seen = 0;

    (void)snprintf(dir, sizeof dir, "%s/appendonlydir",
                   redis_server_dir(fx.stack.redis));
    d = opendir(dir);
    assert_non_null(d);
    while ((entry = readdir(d)) != NULL) {
        char path[700];
        struct stat st;
        char *text;
        ssize_t i;
        int fd;

        (void)snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        fd = open(path, O_RDWR);
        if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
            continue;
        }
        text = mem_alloc((size_t)st.st_size + 1);
        assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
        for (i = 0; i + (ssize_t)len <= st.st_size; i++) {
            if (memcmp(text + i, bytes, len) == 0 && ++seen == nth) {
                text[i + (ssize_t)at] ^= 0x20;
                assert_int_equal(pwrite(fd, text + i + at, 1, (off_t)i + (off_t)at), 1);
            }
        }
        mem_free(&text);
        (void)close(fd);
    }
    (void)closedir(d);
    assert_true(seen >= nth);
}

/* Of a report's body: the length and the name of its group. */
static const char body_bytes[] = "\x12\x0c"
                                 "digitisation";
static const char body_flipped[] = "\x12\x0c"
                                   "digItisation";

static void
a_flipped_byte_in_a_report_stops_its_readers_until_it_is_mended(void **state)
{
    char after[120];
    char *head;

    (void)state;
    push_taken();
    stack_settle(&fx.stack);
    stack_part_kill(&fx.stack, PART_SCORER); /* two reports that nobody has sealed */
    push_taken();
    push_taken();
    head = ask("HGET " KEY("head") " seq");
    stack_part_kill(&fx.stack, PART_INGEST);
    redis_server_kill(fx.stack.redis);
    flip(body_bytes, sizeof body_bytes - 1, 5, 2);
    redis_server_again(fx.stack.redis);
    (void)snprintf(after, sizeof after, "entry %ld-0 is not as it was written",
                   strtol(head, NULL, 10) - 1);

    part_start(PART_INGEST);
    push_refused(after);
    wait_for("HGET dondoc:ops:ingest:1 why", after);
    stands("HMGET dondoc:ops:ingest:1 stopped ready", "[1 0]");
    part_start(PART_SCORER);
    wait_for("HGET dondoc:ops:scorer:1 stopped", "1");
    stands("HGET dondoc:ops:scorer:1 why", after);
    other_province_goes_on();
    push_refused(after);
    lives(PART_SCORER);
    lives(PART_INGEST);
    stands("HGET " KEY("head") " seq", head);
    stands("HLEN " KEY("facts:21043"), "1");
    mem_free(&head);

    redis_server_kill(fx.stack.redis);
    flip(body_flipped, sizeof body_flipped - 1, 5, 1);
    redis_server_again(fx.stack.redis);
    nap_ms(1200);
    stands("HGET dondoc:ops:scorer:1 stopped", "1"); /* until somebody says so */
    stack_part_signal(&fx.stack, PART_SCORER, SIGHUP);
    stack_part_signal(&fx.stack, PART_INGEST, SIGHUP);
    wait_for("HLEN " KEY("facts:21043"), "3");
    wait_for("HMGET dondoc:ops:scorer:1 stopped why", "[0 ]");
    push_taken();
    stack_settle(&fx.stack);
}

static void
entries_removed_under_a_reader_stop_that_province_alone(void **state)
{
    char command[120];
    char *at;

    (void)state;
    push_taken();
    stack_settle(&fx.stack);
    at = ask("HGET " KEY("checkpoint:scorer") " seq");
    stack_part_kill(&fx.stack, PART_SCORER); /* no hint brings it what is removed */
    push_taken();
    push_taken();
    (void)snprintf(command, sizeof command, "XTRIM " KEY("reports") " MINID = %ld-0",
                   strtol(at, NULL, 10) + 2);
    mem_free(&at);
    at = ask(command);
    mem_free(&at);
    part_start(PART_SCORER);
    wait_for("HGET dondoc:ops:scorer:1 stopped", "1");
    stands("HGET dondoc:ops:scorer:1 why", "is missing");
    other_province_goes_on();
    stands("HLEN " KEY("facts:21043"), "1"); /* never skipped */
    stack_part_signal(&fx.stack, PART_SCORER, SIGHUP);
    nap_ms(1500);
    stands("HMGET dondoc:ops:scorer:1 stopped ready", "[1 0]");
    lives(PART_SCORER);
}

static void
a_hole_in_the_alerts_stops_the_notifier_and_not_its_process(void **state)
{
    char *answer;

    (void)state;
    stack_settle(&fx.stack);
    stack_part_kill(&fx.stack, PART_NOTIFIER); /* no hint brings it what is removed */
    push_taken();
    side_clock(&fx.ops, "2024-01-02 11:00"); /* two ticks go through the scorer */
    answer = ask("HGET " KEY("head") " seq");
    wait_for("HGET " KEY("checkpoint:scorer") " seq", answer);
    mem_free(&answer);
    answer = ask("XTRIM " KEY("alerts") " MAXLEN = 1");
    assert_string_not_equal(answer, "0");
    mem_free(&answer);
    part_start(PART_NOTIFIER);
    wait_for("HGET dondoc:ops:notifier:1 stopped", "1");
    stands("HGET dondoc:ops:notifier:1 why", "is missing");
    stack_part_signal(&fx.stack, PART_NOTIFIER, SIGHUP);
    nap_ms(1500);
    stands("HMGET dondoc:ops:notifier:1 stopped ready", "[1 0]");
    lives(PART_NOTIFIER);
}

static void
a_part_of_redis_that_is_gone_is_noticed_before_anything_is_acknowledged(void **state)
{
    static const struct {
        const char *command;
        const char *words;
    } rows[] = {
        {"DEL " KEY("receipts"), "receipts are there, must be"},
        {"DEL " KEY("reports"), "the journal is gone"},
        {"DEL " KEY("head"), "its head tells of none"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *answer;

        if (i > 0) {
            (void)teardown(NULL);
            (void)setup(NULL);
        }
        push_taken();
        stack_settle(&fx.stack);
        answer = ask(rows[i].command);
        mem_free(&answer);
        redis_server_kill(fx.stack.redis);
        redis_server_again(fx.stack.redis);
        wait_for("HGET dondoc:ops:ingest:1 why", rows[i].words);
        push_refused(rows[i].words);
        lives(PART_INGEST);
    }
}

static void
facts_that_are_gone_stop_the_scorer(void **state)
{
    char *answer;

    (void)state;
    push_taken();
    push_taken();
    stack_settle(&fx.stack);
    answer = ask("HDEL " KEY("facts:21043") " digitisation/2023-01");
    assert_string_equal(answer, "1");
    mem_free(&answer);
    stack_part_kill(&fx.stack, PART_SCORER);
    part_start(PART_SCORER);
    wait_for("HGET dondoc:ops:scorer:1 why", "facts: 1 reports are there, must be 2");
    other_province_goes_on();
}

static void
a_hold_stops_acknowledging_until_it_is_taken_back(void **state)
{
    char command[120];
    char *answer;

    (void)state;
    push_taken();
    (void)snprintf(command, sizeof command,
                   "HSET dondoc:ops:redis hold disk_full updated %lld",
                   (long long)instant_now().ms);
    answer = ask(command);
    mem_free(&answer);
    wait_for("HGET dondoc:ops:ingest:1 why", "redis hold: disk_full");
    push_refused("redis hold: disk_full");
    stands("HMGET dondoc:ops:ingest:1 ready stopped", "[0 0]");
    answer = ask("HSET dondoc:ops:redis hold ''");
    mem_free(&answer);
    wait_for("HMGET dondoc:ops:ingest:1 ready why", "[1 ]");
    push_taken();
    /* An old one holds as well, and says how old it is: also at a start. */
    stack_part_kill(&fx.stack, PART_INGEST);
    answer = ask("HSET dondoc:ops:redis hold files_missing updated 1000");
    mem_free(&answer);
    part_start(PART_INGEST);
    push_refused("redis hold: files_missing (said ");
    answer = ask("DEL dondoc:ops:redis");
    mem_free(&answer);
    wait_for("HGET dondoc:ops:ingest:1 ready", "1");
    push_taken();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_flipped_byte_in_a_report_stops_its_readers_until_it_is_mended),
        TEST(entries_removed_under_a_reader_stop_that_province_alone),
        TEST(a_hole_in_the_alerts_stops_the_notifier_and_not_its_process),
        TEST(a_part_of_redis_that_is_gone_is_noticed_before_anything_is_acknowledged),
        TEST(facts_that_are_gone_stop_the_scorer),
        TEST(a_hold_stops_acknowledging_until_it_is_taken_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
