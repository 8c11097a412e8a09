/*
 * A bad disk and a full one under the real chain: etc/redis-start --supervise, Redis,
 * the three services. No receipt without a synced record, a word about it, and work
 * goes on by itself when the disk is good again.
 *
 * Bad is played by tests/faults/powercut.so (files `eio` and `eio-once` beside the
 * sizes it notes), full by a small tmpfs that only root can mount: else those tests are
 * skipped.
 */
#define _GNU_SOURCE /* unshare */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/instant.h"
#include "lib/mem.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define UNIT "21043"
#define ANSWER_MS 1500 /* how long a push that may get no receipt is watched */
#define REFUSED_MS                                                                     \
    20000 /* ingest says RETRY_LATER when Redis was away for ten seconds */
#define BACK_MS 60000
#define DISK_BYTES "24m"
#define PATH_BYTES 300

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    const char *environment[16];
    char shim[PATH_BYTES];
    char side[PATH_BYTES]; /* of the shim */
    char disk[PATH_BYTES]; /* where the tmpfs is mounted */
    bool mounted;
    bool passed;
    int acknowledged; /* months of 2023, from January */
};

static struct fixture fx;

static void
path_make(char out[PATH_BYTES], const char *dir, const char *name)
{
    assert_true(snprintf(out, PATH_BYTES, "%s/%s", dir, name) < PATH_BYTES);
}

static const char *
test_dir(void)
{
    const char *dir = getenv("TMPDIR");

    return dir != NULL ? dir : "/tmp";
}

static void
file_make(const char *dir, const char *name)
{
    char path[PATH_BYTES];
    int fd;

    path_make(path, dir, name);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
}

static void
file_remove(const char *dir, const char *name)
{
    char path[PATH_BYTES];

    path_make(path, dir, name);
    assert_int_equal(unlink(path), 0);
}

/* --- the disk --- */

/* In a mount namespace of our own: nobody else sees it, and it goes with us. */
static bool
disk_mount(void)
{
    path_make(fx.disk, test_dir(), "disk");
    if (mkdir(fx.disk, 0700) != 0 && errno != EEXIST) {
        fail_msg("mkdir %s: %s", fx.disk, strerror(errno));
    }
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", fx.disk, "tmpfs", 0, "size=" DISK_BYTES) != 0) {
        print_message(
            "skipped: a small tmpfs cannot be mounted here (%s); run as root\n",
            strerror(errno));
        return false;
    }
    fx.mounted = true;
    return true;
}

/* Fills it up to `left` bytes. */
static void
disk_fill(long left)
{
    static char block[65536];
    char path[PATH_BYTES];
    int fd;

    path_make(path, fx.disk, "ballast");
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    while (write(fd, block, sizeof block) > 0) {
    }
    if (left > 0) {
        off_t size = lseek(fd, 0, SEEK_END);

        assert_int_equal(ftruncate(fd, size - left), 0);
    }
    assert_int_equal(close(fd), 0);
}

static void
disk_free(void)
{
    file_remove(fx.disk, "ballast");
}

/* --- the chain --- */

static void
chain_start(const char *mark_mb, bool with_shim)
{
    const struct bus_keys *unit;
    const struct bus_keys *ops;
    size_t n = 0;

    fx.passed = false;
    fx.acknowledged = 0;
    path_make(fx.shim,
              getenv("DONDOC_BUILD") != NULL ? getenv("DONDOC_BUILD") : "build",
              "tests/faults/powercut.so");
    path_make(fx.side, test_dir(), "side");
    if (mkdir(fx.side, 0700) != 0) {
        assert_int_equal(errno, EEXIST);
    }
    fx.environment[n++] = "DONDOC_REDIS_FREE_MARK_MB";
    fx.environment[n++] = mark_mb;
    fx.environment[n++] = "DONDOC_REDIS_WATCH_S";
    fx.environment[n++] = "0.5";
    if (with_shim) {
        if (access(fx.shim, R_OK) != 0) {
            fail_msg("%s is not built: make test builds it", fx.shim);
        }
        fx.environment[n++] = "LD_PRELOAD";
        fx.environment[n++] = fx.shim;
        fx.environment[n++] = "DONDOC_POWERCUT";
        fx.environment[n++] = fx.side;
    }
    fx.environment[n] = NULL;
    redis_server_wrap(fx.mounted ? fx.disk : NULL, fx.environment);
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=system scope=" UNIT);
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    stack_start(&fx.stack);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2024-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
}

static int
chain_stop(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.ops);
    stack_stop(&fx.stack, fx.passed);
    redis_server_wrap(NULL, NULL);
    if (fx.mounted) {
        (void)umount2(fx.disk, MNT_DETACH); /* gone with our namespace at the latest */
        fx.mounted = false;
    }
    return 0;
}

/* One report, asked once: its outcome, OUTCOME_NONE when no answer came within ms. */
static enum outcome
push_once(int month, int ms)
{
    const struct wire_figure figures[] = {
        {"results_in_force", WIRE_COUNT, 2386, NULL},
        {"results_in_force_digitised", WIRE_COUNT, 500, NULL}};
    char period[24];
    const struct wire_report report = {.unit = UNIT,
                                       .group = "digitisation",
                                       .period = period,
                                       .figures = figures,
                                       .figure_count = 2};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    struct unit_reply r = {0};

    (void)snprintf(period, sizeof period, "2023-%02d", month);
    q.push.reports = &report;
    q.push.count = 1;
    if (side_ask_for(&fx.unit, &q, ms, &r) != ST_OK) {
        return OUTCOME_NONE;
    }
    if (r.kind == UNIT_REPLY_REFUSAL) { /* the whole push, before it was queued */
        assert_string_equal(r.refusal.code, "not_ready");
        return OUTCOME_RETRY_LATER;
    }
    assert_int_equal(r.receipt_count, 1);
    return r.receipts[0].outcome;
}

static bool
is_receipt(enum outcome outcome)
{
    return outcome == OUTCOME_ACCEPTED || outcome == OUTCOME_DUPLICATE;
}

/* The next month, until there is a receipt for it. */
static void
push_next(void)
{
    struct mono began = mono_now();
    int month = fx.acknowledged + 1;

    while (!is_receipt(push_once(month, 2000))) {
        if (mono_since_us(began) > BACK_MS * 1000LL) {
            fail_msg("month %d: no receipt in %d s; see %s", month, BACK_MS / 1000,
                     redis_server_log(fx.stack.redis));
        }
        nap_ms(20);
    }
    fx.acknowledged = month;
}

/* The next month may get no receipt now. */
static void
push_in_vain(int ms)
{
    enum outcome outcome = push_once(fx.acknowledged + 1, ms);

    if (outcome != OUTCOME_NONE && outcome != OUTCOME_RETRY_LATER) {
        fail_msg("outcome %d on a disk that keeps nothing", (int)outcome);
    }
}

/* Into the last page of a file, on a disk that is full. */
static void
push_what_still_fits(void)
{
    while (is_receipt(push_once(fx.acknowledged + 1, ANSWER_MS))) {
        fx.acknowledged++;
        assert_in_range(fx.acknowledged, 1, 9);
    }
}

static bool
log_says(const char *words)
{
    char path[PATH_BYTES];
    bool found = false;
    char line[600];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s", redis_server_log(fx.stack.redis));
    f = fopen(path, "r");
    assert_non_null(f);
    while (!found && fgets(line, sizeof line, f) != NULL) {
        found = strstr(line, words) != NULL;
    }
    (void)fclose(f);
    return found;
}

static void
wait_for_words(const char *words)
{
    struct mono began = mono_now();

    while (!log_says(words)) {
        if (mono_since_us(began) > BACK_MS * 1000LL) {
            fail_msg("never said: %s; see %s", words, redis_server_log(fx.stack.redis));
        }
        nap_ms(20);
    }
}

/* Every receipt stands in Redis with its first revision, and there is no second. */
static void
all_there(void)
{
    struct redis *redis;
    char command[160];
    int month;

    stack_settle(&fx.stack);
    redis = redis_server_client(fx.stack.redis);
    for (month = 1; month <= fx.acknowledged; month++) {
        (void)snprintf(command, sizeof command,
                       "HEXISTS dondoc:{" PROVINCE "}:receipts " UNIT
                       "/digitisation/2023-%02d/1",
                       month);
        redis_want(redis, command, "1");
        (void)snprintf(command, sizeof command,
                       "HEXISTS dondoc:{" PROVINCE "}:receipts " UNIT
                       "/digitisation/2023-%02d/2",
                       month);
        redis_want(redis, command, "0");
        (void)snprintf(command, sizeof command,
                       "HEXISTS dondoc:{" PROVINCE "}:facts:" UNIT
                       " digitisation/2023-%02d",
                       month);
        redis_want(redis, command, "1");
    }
    redis_want(redis, "XLEN dondoc:{" PROVINCE "}:parked", "0");
    redis_free(&redis);
}

/* --- a bad disk --- */

static void
a_sync_that_fails_once_acknowledges_nothing_and_is_survived(void **state)
{
    (void)state;
    chain_start("0", true);
    push_next();
    file_make(fx.side, "eio-once");
    push_next(); /* Redis dies of it; the receipt comes from the next one */
    assert_true(log_says("Redis ended with status 1"));
    assert_true(log_says("written anew"));
    push_next();
    all_there();
    fx.passed = true;
}

static void
a_disk_that_refuses_for_long_acknowledges_nothing_and_work_goes_on_after(void **state)
{
    (void)state;
    chain_start("0", true);
    push_next();
    file_make(fx.side, "eio");
    push_in_vain(ANSWER_MS);
    wait_for_words("NOT STARTED: the files could not be written anew");
    push_in_vain(ANSWER_MS);
    file_remove(fx.side, "eio");
    push_next();
    push_next();
    all_there();
    fx.passed = true;
}

/* --- a full disk --- */

static void
a_full_disk_acknowledges_nothing_and_work_goes_on_when_there_is_room(void **state)
{
    (void)state;
    if (!disk_mount()) {
        skip();
    }
    chain_start("0", false);
    push_next();
    disk_fill(0);
    push_what_still_fits();
    assert_int_equal(push_once(fx.acknowledged + 1, REFUSED_MS), OUTCOME_RETRY_LATER);
    disk_free();
    push_next();
    push_next();
    all_there();
    fx.passed = true;
}

/* Twice as much in Redis as there will be room: four megabytes that do not compress
 * (the block is longer than the compressor looks back). */
static void
ballast_in_redis(void)
{
    const char *argv[] = {
        "EVAL",
        "local t = {} for i = 1, 100000 do t[i] = string.char(math.random(0, 255)) end "
        "local block = table.concat(t) for i = 1, 4 do "
        "redis.call('SET', 'ballast:' .. i, string.rep(block, 10)) end return 1",
        "0"};
    struct redis *redis = redis_server_client(fx.stack.redis);
    struct reply *reply = NULL;

    assert_int_equal(redis_call(redis, 3, argv, NULL, &reply), ST_OK);
    reply_free(&reply);
    redis_free(&redis);
}

static void
a_disk_that_fills_while_the_files_are_rewritten_loses_nothing(void **state)
{
    struct redis *redis;
    char *answer;
    int waited;

    (void)state;
    if (!disk_mount()) {
        skip();
    }
    chain_start("0", false);
    push_next();
    ballast_in_redis();
    disk_fill(2 * 1024 * 1024);
    redis = redis_server_client(fx.stack.redis);
    answer = redis_ask(redis, "BGREWRITEAOF");
    mem_free(&answer);
    for (waited = 0;; waited += 20) {
        answer = redis_ask(redis, "INFO persistence");
        if (strstr(answer, "aof_last_bgrewrite_status:err") != NULL) {
            break;
        }
        mem_free(&answer);
        assert_true(waited < BACK_MS);
        nap_ms(20);
    }
    mem_free(&answer);
    redis_free(&redis);
    push_next(); /* there is room for a report */
    disk_fill(0);
    push_what_still_fits();
    push_in_vain(ANSWER_MS);
    disk_free();
    push_next();
    all_there();
    fx.passed = true;
}

static void
a_disk_that_is_full_at_the_start_serves_nobody_until_there_is_room(void **state)
{
    (void)state;
    if (!disk_mount()) {
        skip();
    }
    chain_start("0", false);
    push_next();
    redis_server_kill(fx.stack.redis);
    disk_fill(0);
    disk_fill(0); /* (again: its own end has freed something) */
    redis_server_launch(fx.stack.redis);
    push_what_still_fits();
    wait_for_words("NOT STARTED");
    push_in_vain(ANSWER_MS);
    disk_free();
    push_next();
    push_next();
    all_there();
    fx.passed = true;
}

static void
less_room_than_the_mark_holds_and_more_lets_go(void **state)
{
    (void)state;
    if (!disk_mount()) {
        skip();
    }
    chain_start("8", false);
    push_next();
    disk_fill(4 * 1024 * 1024);
    wait_for_words("HOLD: disk: ");
    nap_ms(2500); /* ingest looks every two seconds */
    assert_int_equal(push_once(fx.acknowledged + 1, REFUSED_MS), OUTCOME_RETRY_LATER);
    disk_free();
    push_next();
    all_there();
    fx.passed = true;
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(a_sync_that_fails_once_acknowledges_nothing_and_is_survived),
        CASE(a_disk_that_refuses_for_long_acknowledges_nothing_and_work_goes_on_after),
        CASE(a_full_disk_acknowledges_nothing_and_work_goes_on_when_there_is_room),
        CASE(a_disk_that_fills_while_the_files_are_rewritten_loses_nothing),
        CASE(a_disk_that_is_full_at_the_start_serves_nobody_until_there_is_room),
        CASE(less_room_than_the_mark_holds_and_more_lets_go),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
