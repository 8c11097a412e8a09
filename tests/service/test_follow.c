/*
 * lib/follow and lib/journal under kill -9: of the consumer, of Redis, of both.
 * A writer appends the numbers 1…n, one an entry; a consumer adds them up and passes
 * each on to the alerts journal. Whatever is killed, each number must be there once.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/follow.h"
#include "lib/instant.h"
#include "lib/journal.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/child.h"
#include "tests/support/redis_server.h"

#define DEADLINE_US 30000000
#define EXIT_FENCED 3
#define EXIT_LATE 4
#define EXIT_WRONG 5

static struct redis_server *server;
static struct redis *client;
static char province[32]; /* a fresh one for each test */
static uint32_t chance = 20261121;

static int
setup(void **state)
{
    static int provinces;

    (void)state;
    client = redis_server_client(server);
    (void)snprintf(province, sizeof province, "p%d", ++provinces);
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
want(const char *command, const char *answer)
{
    redis_want_in(client, province, command, answer);
}

/* 0 … below - 1 */
static uint32_t
chance_below(uint32_t below)
{
    chance = chance * 1664525u + 1013904223u;
    return (chance >> 8) % below;
}

/* --- what runs in processes of its own --- */

/* Connected with Functions, however often that takes. */
static void
connect_again(struct redis *r, const char *first_key)
{
    struct mono start = mono_now();

    while (redis_connect(r, first_key, NULL) != ST_OK ||
           redis_load_functions(r) != ST_OK) {
        if (mono_since_us(start) > DEADLINE_US) {
            _exit(EXIT_LATE);
        }
        child_pause_us(1000);
    }
}

static struct redis *
connect_child(void)
{
    const struct redis_settings settings = {.address = redis_server_address(server),
                                            .timeout_ms = 2000};
    struct redis *r = redis_new(&settings);

    connect_again(r, "dondoc:ops:hello");
    return r;
}

/* Reads the sum so far; the other half of taking over. */
static enum status
load_sum(struct redis *r, int64_t *sum)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HGET", key, "sum"};
    struct reply *rep = NULL;
    enum status st;

    key_make(key, province, KEY_SUMMARY);
    st = redis_call(r, 3, argv, NULL, &rep);
    *sum = reply_int(rep);
    reply_free(&rep);
    return st;
}

static enum status
consume_some(struct follow *f, struct redis *r, struct journal_read *rd,
             struct effects *e, int64_t *sum)
{
    char text[32];
    enum status st;
    size_t i;

    st = journal_read_after(r, province, KEY_REPORTS, f->checkpoint,
                            1 + chance_below(3), rd);
    if (st != ST_OK || rd->count == 0) {
        return st;
    }
    effects_clear(e, f);
    for (i = 0; i < rd->count; i++) {
        *sum += strtol((const char *)rd->entries[i].body, NULL, 10);
        effects_alert(e, f, JOURNAL_ALERTS, rd->entries[i].body,
                      rd->entries[i].body_bytes);
    }
    (void)snprintf(text, sizeof text, "%" PRId64, *sum);
    effects_hset(e, f, KEY_SUMMARY, NULL, "sum", text, strlen(text));
    return follow_apply(f, r, e, rd->entries[rd->count - 1].seq, "", 0);
}

/* Follows until `last`; after ST_STALE and ST_AGAIN as follow.h says. */
static void
consumer(uint64_t last)
{
    struct redis *r = connect_child();
    struct follow f;
    struct journal_read rd;
    struct effects e;
    int64_t sum = 0;
    enum status st = ST_STALE;

    follow_init(&f, province, "scorer", KEY_REPORTS);
    journal_read_init(&rd);
    effects_init(&e);
    while (st != ST_OK || f.checkpoint < last) {
        if (st == ST_OK) {
            st = consume_some(&f, r, &rd, &e, &sum);
            continue;
        }
        if (st == ST_FENCED) {
            _exit(EXIT_FENCED);
        }
        if (st == ST_AGAIN) {
            connect_again(r, "dondoc:ops:hello");
        } else if (st != ST_STALE) {
            diag_warn("consumer", "status=%s error=\"%s\"", status_name(st),
                      redis_error(r));
            _exit(EXIT_WRONG);
        }
        st = follow_take_over(&f, r);
        if (st == ST_OK) {
            st = load_sum(r, &sum);
        }
    }
    _exit(0);
}

/* One number as the guard of its own place: a repeat is harmless. */
static enum status
append_number(struct journal_append *a, struct redis *r,
              const struct journal_head *head, uint32_t number, size_t *conflicts)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%" PRIu32, number);
    journal_append_begin(a, province, head, JOURNAL_REPORTS, text, strlen(text));
    journal_append_guard(a, TABLE_ACTS, text, "");
    journal_append_set(a, TABLE_ACTS, text, "x");
    return journal_append_call(a, r, NULL, 0, conflicts);
}

/* Appends 1…last; each acknowledged number goes into `acknowledged`. */
static void
writer(uint32_t last, int acknowledged)
{
    struct redis *r = connect_child();
    struct journal_append a;
    struct journal_head head;
    enum status st = ST_STALE;
    uint32_t number = 1;
    size_t conflicts = 0;

    journal_append_init(&a);
    while (number <= last) {
        if (st == ST_OK) {
            st = append_number(&a, r, &head, number, &conflicts);
            if (st == ST_OK) {
                head = a.next;
            }
            if (st == ST_OK || (st == ST_STALE && conflicts > 0)) {
                if (write(acknowledged, &number, sizeof number) != sizeof number) {
                    _exit(EXIT_WRONG);
                }
                number++;
            }
            continue;
        }
        if (st == ST_AGAIN) {
            connect_again(r, "dondoc:ops:hello");
        } else if (st != ST_STALE) {
            diag_warn("writer", "status=%s error=\"%s\"", status_name(st),
                      redis_error(r));
            _exit(EXIT_WRONG);
        }
        st = journal_head_read(r, province, &head);
    }
    _exit(0);
}

static pid_t
consumer_start(uint64_t last)
{
    pid_t pid = child_begin();

    if (pid == 0) {
        consumer(last);
    }
    return pid;
}

/* --- what must hold in the end --- */

static void
append_from(uint32_t first, uint32_t last)
{
    struct journal_append a;
    struct journal_head head;
    uint32_t number;

    journal_append_init(&a);
    assert_int_equal(journal_head_read(client, province, &head), ST_OK);
    for (number = first; number <= last; number++) {
        assert_int_equal(append_number(&a, client, &head, number, NULL), ST_OK);
        head = a.next;
    }
    journal_append_fini(&a);
}

/* The journal holds 1…last, each once, in order, with dense ids and an unbroken chain.
 */
static void
assert_journal_whole(const char *stream, uint64_t last)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    struct journal_read rd;
    uint64_t seq = 0;
    size_t i;

    journal_read_init(&rd);
    do {
        assert_int_equal(journal_read_after(client, province, stream, seq, 500, &rd),
                         ST_OK);
        for (i = 0; i < rd.count; i++) {
            const struct journal_entry *e = &rd.entries[i];

            assert_int_equal(e->seq, ++seq);
            assert_int_equal(strtol((const char *)e->body, NULL, 10), seq);
            if (strcmp(stream, KEY_REPORTS) == 0) {
                assert_true(journal_entry_follows(e, chain));
                memcpy(chain, e->chain, sizeof chain);
            }
        }
    } while (rd.count > 0);
    assert_int_equal(seq, last);
    journal_read_fini(&rd);
}

static void
assert_effects_once(uint64_t last)
{
    char answer[64];

    assert_journal_whole(KEY_ALERTS, last);
    (void)snprintf(answer, sizeof answer, "%" PRIu64, last * (last + 1) / 2);
    want("HGET $summary sum", answer);
    (void)snprintf(answer, sizeof answer, "[%" PRIu64 " %" PRIu64 "]", last, last);
    want("HMGET $checkpoint:scorer seq out", answer);
}

/* --- the tests --- */

#define TAKE_OVERS 40

/* Two instances that take over from each other, each with work in hand. */
static void
entries_take_effect_once_through_take_overs(void **state)
{
    struct follow f[2];
    struct journal_read rd;
    struct effects e;
    int64_t sum[2] = {0, 0};
    int i;

    (void)state;
    append_from(1, 2 * TAKE_OVERS * 3);
    journal_read_init(&rd);
    effects_init(&e);
    follow_init(&f[0], province, "scorer", KEY_REPORTS);
    follow_init(&f[1], province, "scorer", KEY_REPORTS);
    assert_int_equal(follow_take_over(&f[0], client), ST_OK);
    for (i = 0; i < TAKE_OVERS; i++) {
        int now = i % 2;
        int next = 1 - now;

        assert_int_equal(consume_some(&f[now], client, &rd, &e, &sum[now]), ST_OK);
        assert_int_equal(follow_take_over(&f[next], client), ST_OK);
        assert_int_equal(load_sum(client, &sum[next]), ST_OK);
        assert_int_equal(sum[next], sum[now]);
        assert_int_equal(consume_some(&f[now], client, &rd, &e, &sum[now]), ST_FENCED);
        assert_int_equal(consume_some(&f[next], client, &rd, &e, &sum[next]), ST_OK);
    }
    journal_read_fini(&rd);
    effects_fini(&e);
    assert_effects_once(f[1 - (TAKE_OVERS - 1) % 2].checkpoint);
}

#define KILLS 40
#define KILLED_ENTRIES 2000

static void
killed_consumer_leaves_each_entry_in_effect_once(void **state)
{
    int kills = 0;
    int code = -1;
    int i;

    (void)state;
    append_from(1, KILLED_ENTRIES);
    for (i = 0; i < KILLS && code != 0; i++) {
        pid_t pid = consumer_start(KILLED_ENTRIES);

        child_pause_us(500 + (long)chance_below(6000));
        (void)kill(pid, SIGKILL); /* it may have ended */
        code = child_end(pid);
        kills += code == -1;
    }
    if (code != 0) {
        assert_int_equal(child_end(consumer_start(KILLED_ENTRIES)), 0);
    }
    assert_true(kills >= 5);
    assert_effects_once(KILLED_ENTRIES);
}

static int64_t
checkpoint(void)
{
    char command[96];
    char *seq;
    int64_t n;

    (void)snprintf(command, sizeof command, "HGET dondoc:{%s}:checkpoint:scorer seq",
                   province);
    seq = redis_ask(client, command);
    n = strtoll(seq, NULL, 10); /* "-", none yet, is 0 */
    mem_free(&seq);
    return n;
}

#define FROZEN_ENTRIES 1500

/* Frozen in the middle, replaced, thawed: it finds itself fenced and changes nothing.
 */
static void
frozen_consumer_is_fenced_when_it_wakes(void **state)
{
    struct mono start = mono_now();
    pid_t old;

    (void)state;
    append_from(1, FROZEN_ENTRIES);
    old = consumer_start(FROZEN_ENTRIES + 1); /* waits for one more */
    while (checkpoint() < 20) {
        assert_true(mono_since_us(start) < DEADLINE_US);
        child_pause_us(200);
    }
    assert_int_equal(kill(old, SIGSTOP), 0);
    assert_int_equal(child_end(consumer_start(FROZEN_ENTRIES)), 0);
    assert_effects_once(FROZEN_ENTRIES);
    append_from(FROZEN_ENTRIES + 1, FROZEN_ENTRIES + 1);
    assert_int_equal(kill(old, SIGCONT), 0);
    assert_int_equal(child_end(old), EXIT_FENCED);
    assert_effects_once(FROZEN_ENTRIES);
}

#define REDIS_KILLS 12
#define REDIS_ENTRIES 4000

static void
killed_redis_keeps_what_was_acknowledged_once(void **state)
{
    int acknowledged[2];
    uint32_t number;
    uint32_t next = 1;
    pid_t write_pid;
    pid_t read_pid;
    int kills;

    (void)state;
    assert_int_equal(pipe(acknowledged), 0);
    write_pid = child_begin();
    if (write_pid == 0) {
        writer(REDIS_ENTRIES, acknowledged[1]);
    }
    (void)close(acknowledged[1]);
    read_pid = consumer_start(REDIS_ENTRIES);
    for (kills = 0; kills < REDIS_KILLS; kills++) {
        child_pause_us(10000 + (long)chance_below(60000));
        redis_server_kill(server);
        redis_server_again(server);
    }
    assert_int_equal(child_end(write_pid), 0);
    assert_int_equal(child_end(read_pid), 0);
    while (read(acknowledged[0], &number, sizeof number) == sizeof number) {
        assert_int_equal(number, next++);
    }
    (void)close(acknowledged[0]);
    assert_int_equal(next, REDIS_ENTRIES + 1);
    redis_free(&client);
    client = redis_server_client(server);
    assert_journal_whole(KEY_REPORTS, REDIS_ENTRIES);
    assert_effects_once(REDIS_ENTRIES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(entries_take_effect_once_through_take_overs),
        TEST(killed_consumer_leaves_each_entry_in_effect_once),
        TEST(frozen_consumer_is_fenced_when_it_wakes),
        TEST(killed_redis_keeps_what_was_acknowledged_once),
    };
    int failed;

    diag_init("test_follow");
    crypto_init();
    server = redis_server_start(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server, failed == 0);
    return failed;
}
