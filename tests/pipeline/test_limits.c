/*
 * What a machine runs out of: descriptors, memory of the process, memory of Redis,
 * threads; and a journal that somebody shortened by hand. Whoever is asked answers
 * RETRY_LATER, or ends and says why; nothing is acknowledged that does not stand, and
 * when there is room again all goes on.
 */
#define _GNU_SOURCE /* prlimit */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define CLIENTS 6
#define UNIT "21055"
#define REPORTS_MAX 36 /* months of 2021 to 2023, before the clock */

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    const struct bus_keys *unit_keys;
    unsigned pushed;
};

static struct fixture fx;

/* A port that nobody uses now. libzmq ends the process when a Unix socket finds no
 * descriptor for a connection; units come by TCP. */
static unsigned
port_free(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t bytes = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &bytes), 0);
    assert_int_equal(close(fd), 0);
    return ntohs(at.sin_port);
}

static int
setup(void **state)
{
    const struct bus_keys *ops;

    (void)state;
    memset(&fx, 0, sizeof fx);
    stack_init(&fx.stack, PROVINCE, true);
    fx.stack.units_port = port_free();
    fx.unit_keys = stack_key(&fx.stack, "unit", "role=unit name=u scope=" UNIT);
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    stack_start(&fx.stack);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, fx.unit_keys);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2024-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.ops);
    stack_stop(&fx.stack, true);
    return 0;
}

static void
period_of(unsigned number, char out[16])
{
    assert_true(number < REPORTS_MAX);
    (void)snprintf(out, 16, "%u-%02u", 2021 + number / 12, number % 12 + 1);
}

/* Report `number` once, within `ms`; OUTCOME_NONE: no answer. The code of a refusal. */
static enum outcome
push_within(unsigned number, int ms, char code[64])
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 1130, NULL}};
    struct wire_report report = {.unit = UNIT,
                                 .group = "digitisation",
                                 .figures = figures,
                                 .figure_count = 2,
                                 .reason = "late"};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r = {0};
    char period[16];

    period_of(number, period);
    report.period = period;
    q.push.reports = &report;
    q.push.count = 1;
    code[0] = '\0';
    if (side_ask_for(&fx.unit, &q, ms, &r) != ST_OK) {
        return OUTCOME_NONE;
    }
    if (r.kind == UNIT_REPLY_REFUSAL) {
        (void)snprintf(code, 64, "%s", r.refusal.code);
        return OUTCOME_RETRY_LATER;
    }
    assert_int_equal(r.kind, UNIT_REPLY_RECEIPTS);
    if (r.receipts[0].refusal.code != NULL) {
        (void)snprintf(code, 64, "%s", r.receipts[0].refusal.code);
    }
    return r.receipts[0].outcome;
}

/* Again until it is acknowledged, as a client does. */
static void
push_until_taken(unsigned number)
{
    struct mono began = mono_now();
    enum outcome outcome;
    char code[64];

    do {
        outcome = push_within(number, 1000, code);
        if (mono_since_us(began) > 15000000) {
            fail_msg("report %u: outcome %d %s", number, outcome, code);
        }
    } while (outcome != OUTCOME_ACCEPTED && outcome != OUTCOME_DUPLICATE);
}

static void
receipts_are(unsigned count)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    char want[16];

    (void)snprintf(want, sizeof want, "%u", count);
    redis_want(redis, "HLEN dondoc:{" PROVINCE "}:receipts", want);
    redis_free(&redis);
}

/* ---- descriptors ---- */

static rlim_t
descriptors_of(pid_t pid)
{
    char path[64];
    rlim_t count = 0;
    DIR *d;

    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    d = opendir(path);
    assert_non_null(d);
    while (readdir(d) != NULL) {
        count++;
    }
    (void)closedir(d);
    return count - 2; /* . and .. */
}

static void
descriptors_limit(pid_t pid, rlim_t most)
{
    struct rlimit limit;

    assert_int_equal(prlimit(pid, RLIMIT_NOFILE, NULL, &limit), 0);
    limit.rlim_cur = most == 0 ? limit.rlim_max : most;
    assert_int_equal(prlimit(pid, RLIMIT_NOFILE, &limit, NULL), 0);
}

static void
without_descriptors_who_is_connected_is_served_and_the_others_later(void **state)
{
    pid_t pid = fx.stack.pids[PART_INGEST];
    struct side others[CLIENTS];
    struct wire_receipt r;
    size_t i;

    (void)state;
    push_until_taken(fx.pushed++);
    descriptors_limit(pid, descriptors_of(pid) + 3);
    for (i = 0; i < CLIENTS; i++) {
        side_open(&others[i], &fx.stack, SIDE_UNITS, fx.unit_keys);
    }
    nap_ms(300); /* they are being turned away meanwhile */
    push_until_taken(fx.pushed++);
    /* Redis is lost, and its new connection may find no descriptor. */
    redis_server_kill(fx.stack.redis);
    redis_server_again(fx.stack.redis);
    nap_ms(300);
    descriptors_limit(pid, 0);
    push_until_taken(fx.pushed++);
    for (i = 0; i < CLIENTS; i++) {
        char period[16];

        period_of(fx.pushed - 1, period);
        side_push(&others[i], UNIT, "digitisation", period,
                  "results_in_force=2386 results_in_force_digitised=1130", "late", "",
                  &r);
        assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
        side_close(&others[i]);
    }
    assert_int_equal(kill(pid, 0), 0);
    assert_int_equal(waitpid(pid, NULL, WNOHANG),
                     0); /* the same process all the time */
    receipts_are(fx.pushed);
}

/* ---- memory of Redis ---- */

static void
without_memory_redis_refuses_nothing_is_acknowledged_and_nothing_evicted(void **state)
{
    struct redis_settings settings = {.address = redis_server_address(fx.stack.redis),
                                      .timeout_ms = 5000};
    struct redis *redis = redis_new(&settings);
    enum outcome outcome;
    char code[64];
    char *before;

    (void)state;
    push_until_taken(fx.pushed++);
    stack_settle(&fx.stack);
    assert_int_equal(redis_connect(redis, NULL, NULL),
                     ST_OK); /* no write: only reads */
    /* (a share of maxmemory: it would put connections out instead) */
    redis_want(redis, "CONFIG SET maxmemory-clients 0", "OK");
    redis_want(redis, "CONFIG SET maxmemory 1mb", "OK");
    before = redis_digest(redis, PROVINCE);
    outcome = push_within(fx.pushed, 15000, code); /* it waits for Redis ten seconds */
    assert_int_equal(outcome, OUTCOME_RETRY_LATER);
    assert_string_equal(code, "not_ready");
    redis_unchanged(redis, PROVINCE, before);
    redis_want(redis, "CONFIG SET maxmemory 256mb", "OK");
    redis_free(&redis);
    push_until_taken(fx.pushed++);
    stack_settle(&fx.stack);
    receipts_are(fx.pushed);
}

/* ---- memory and threads of a service ---- */

static void
shim_on(const char *name, const char *value)
{
    const char *build = getenv("DONDOC_BUILD");
    char shim[400];

    (void)snprintf(shim, sizeof shim, "%s/tests/faults/failalloc.so",
                   build != NULL ? build : "build");
    if (access(shim, R_OK) != 0) {
        fail_msg("%s is missing: make tests", shim);
    }
    assert_int_equal(setenv("LD_PRELOAD", shim, 1), 0);
    assert_int_equal(setenv(name, value, 1), 0);
}

static void
shim_off(void)
{
    static const char *const names[] = {
        "LD_PRELOAD", "DONDOC_FAILALLOC_AT", "DONDOC_FAILALLOC_LAST",
        "DONDOC_FAILALLOC_FILE", "DONDOC_FAILALLOC_THREADS"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        (void)unsetenv(names[i]);
    }
}

/* Started with the shim; true once it is ready, false when it ended before. */
static bool
ingest_starts(int *status)
{
    struct mono began = mono_now();
    char ready[200];

    (void)snprintf(ready, sizeof ready, "%s/ingest.ready", fx.stack.dir);
    stack_part_spawn(&fx.stack, PART_INGEST);
    shim_off();
    while (access(ready, F_OK) != 0) {
        if (waitpid(fx.stack.pids[PART_INGEST], status, WNOHANG) != 0) {
            fx.stack.pids[PART_INGEST] = 0;
            assert_true(*status != 0); /* not as if all were well */
            return false;
        }
        assert_true(mono_since_us(began) < 10000000);
        nap_ms(2);
    }
    return true;
}

/* What the log of ingest says since `from` is not nothing. */
static long
log_bytes(void)
{
    char path[200];
    long bytes;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/ingest.log", fx.stack.dir);
    f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    bytes = ftell(f);
    (void)fclose(f);
    return bytes;
}

/* The n-th request for memory fails, and, unless `once`, all after it. False when this
 * run asked for less. */
static bool
memory_fails_at(unsigned long n, bool once)
{
    char number[24];
    char hit[200];
    char code[64];
    long said = log_bytes();
    int status = 0;
    bool was_hit;

    stack_part_kill(&fx.stack, PART_INGEST);
    (void)snprintf(hit, sizeof hit, "%s/failalloc.hit", fx.stack.dir);
    (void)unlink(hit);
    (void)snprintf(number, sizeof number, "%lu", n);
    shim_on("DONDOC_FAILALLOC_AT", number);
    assert_int_equal(setenv("DONDOC_FAILALLOC_FILE", hit, 1), 0);
    if (once) {
        assert_int_equal(setenv("DONDOC_FAILALLOC_LAST", number, 1), 0);
    }
    /* A wrong acknowledgement is found at the end: the receipts are counted. */
    if (ingest_starts(&status) &&
        push_within(fx.pushed, 1500, code) == OUTCOME_ACCEPTED) {
        fx.pushed++;
    }
    was_hit = access(hit, F_OK) == 0;
    if (fx.stack.pids[PART_INGEST] == 0 ||
        waitpid(fx.stack.pids[PART_INGEST], &status, WNOHANG) != 0) {
        fx.stack.pids[PART_INGEST] = 0;
        assert_true(was_hit);
        /* A word in its log, or a signal that its supervisor sees. */
        if (log_bytes() == said && (status == 0 || WIFEXITED(status))) {
            fail_msg("request %lu: it ended without a word", n);
        }
    }
    stack_part_kill(&fx.stack, PART_INGEST);
    stack_part_start(&fx.stack, PART_INGEST);
    push_until_taken(fx.pushed);
    return was_hit;
}

static void
each_request_for_memory_may_fail_without_a_false_acknowledgement(void **state)
{
    unsigned long n;
    unsigned steps = 0;
    bool more = true;

    (void)state;
    for (n = 1; more && n < 100000; n += n / 2 + 1) {
        more = memory_fails_at(n, steps++ % 2 == 0);
    }
    assert_true(steps > 10);
    fx.pushed++;
    receipts_are(fx.pushed);
}

static void
a_service_that_gets_no_thread_ends_and_says_so(void **state)
{
    int status = 0;
    long said;

    (void)state;
    stack_part_kill(&fx.stack, PART_INGEST);
    said = log_bytes();
    shim_on("DONDOC_FAILALLOC_THREADS", "1");
    assert_false(ingest_starts(&status));
    assert_true(log_bytes() > said);
    stack_part_start(&fx.stack, PART_INGEST);
    push_until_taken(fx.pushed++);
    receipts_are(fx.pushed);
}

/* ---- a journal shortened by hand ---- */

static void
status_says(const char *word)
{
    const char *build = getenv("DONDOC_BUILD");
    struct mono began = mono_now();
    char command[700];
    char text[8192];

    (void)snprintf(command, sizeof command,
                   "%s/bin/dondoc status --redis %s --province %s --lang en 2>&1",
                   build != NULL ? build : "build",
                   redis_server_address(fx.stack.redis), PROVINCE);
    do {
        FILE *f = popen(command, "r");

        assert_non_null(f);
        text[fread(text, 1, sizeof text - 1, f)] = '\0';
        assert_true(pclose(f) != 0);
        if (strstr(text, word) != NULL) {
            return;
        }
        nap_ms(100);
    } while (mono_since_us(began) < 5000000);
    fail_msg("status does not say \"%s\":\n%s", word, text);
}

static void
a_journal_trimmed_by_hand_stops_its_reader_which_skips_nothing(void **state)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    char *checkpoint;
    char *removed;
    int i;

    (void)state;
    stack_settle(&fx.stack);
    checkpoint = redis_ask(redis, "HGET dondoc:{" PROVINCE "}:checkpoint:scorer seq");
    /* Ended, not frozen: a frozen one still gets the removed entries with its hints. */
    stack_part_kill(&fx.stack, PART_SCORER);
    for (i = 0; i < 3; i++) {
        push_until_taken(fx.pushed++);
    }
    removed = redis_ask(redis, "XTRIM dondoc:{" PROVINCE "}:reports MAXLEN 1");
    assert_true(strtoul(removed, NULL, 10) > 3);
    mem_free(&removed);
    stack_part_start(&fx.stack, PART_SCORER);
    status_says("scorer");
    /* The next one stops at the same place. */
    stack_part_kill(&fx.stack, PART_SCORER);
    stack_part_start(&fx.stack, PART_SCORER);
    nap_ms(700); /* more than a sweep */
    redis_want(redis, "HGET dondoc:{" PROVINCE "}:checkpoint:scorer seq", checkpoint);
    status_says("scorer");
    push_until_taken(fx.pushed++); /* a stopped scorer stops no acknowledgement */
    receipts_are(fx.pushed);
    mem_free(&checkpoint);
    redis_free(&redis);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            without_descriptors_who_is_connected_is_served_and_the_others_later),
        cmocka_unit_test(
            without_memory_redis_refuses_nothing_is_acknowledged_and_nothing_evicted),
        cmocka_unit_test(
            each_request_for_memory_may_fail_without_a_false_acknowledgement),
        cmocka_unit_test(a_service_that_gets_no_thread_ends_and_says_so),
        cmocka_unit_test(
            a_journal_trimmed_by_hand_stops_its_reader_which_skips_nothing),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
