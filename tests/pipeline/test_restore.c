/*
 * The archive brings a province back: after the loss of Redis, restored through any
 * number of kills, everything that services compute is what it was, byte for byte, and
 * no leader hears an old alert again.
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
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/board.h"
#include "lib/calendar.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "tests/support/child.h"
#include "tests/support/command.h"
#include "tests/support/dump.h"
#include "tests/support/stack.h"
#include "tests/support/stack_acl.h"
#include "tests/support/synthetic.h"

#define PROVINCE "quang-ngai"
#define GROUP "digitisation"
#define DUMP_BYTES (64u << 20)

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    const struct bus_keys *head;  /* has read everything before the loss */
    const struct bus_keys *other; /* nothing */
    char dir[256];                /* the archive */
    struct command run;
    struct buf before;
    char log[64];
};

static struct fixture fx;

/* --- a year of reports --- */

static void
push(const char *unit, int month, int part, const char *reason)
{
    struct wire_receipt r;
    char period[16], figures[96], stands[64];

    (void)snprintf(period, sizeof period, "2023-%02d", month);
    (void)snprintf(figures, sizeof figures,
                   "results_in_force=2386 results_in_force_digitised=%d", part);
    side_standing(&fx.unit, unit, GROUP, period, stands);
    side_push(&fx.unit, unit, GROUP, period, figures, reason, stands, &r);
    if (r.outcome != OUTCOME_ACCEPTED && r.outcome != OUTCOME_REPLACED) {
        fail_msg("%s %s: %s", unit, period, outcome_name(r.outcome));
    }
}

static void
acknowledge_nothing(void *context, const struct wire_alert *a)
{
    size_t *count = context;

    (void)a;
    (*count)++;
}

/* How many alerts a leader is sent; received: it says that it has them. */
static size_t
hears(const struct bus_keys *keys, bool received)
{
    struct side d;
    size_t count = 0;

    side_open(&d, &fx.stack, SIDE_LEADERS, keys);
    (void)side_watch(&d, received, acknowledge_nothing, &count);
    nap_ms(received ? 700 : 0); /* the cursor is written with the next sweep */
    side_close(&d);
    return count;
}

static void
year(void)
{
    int m;

    for (m = 1; m <= 8; m++) {
        char clock[32];

        (void)snprintf(clock, sizeof clock, "2023-%02d-03 09:00", m + 1);
        side_clock(&fx.ops, clock);
        push("21055", m, 700 + 10 * m, "");
        push("21043", m, 400 + m, "");
        if (m % 3 == 0) {
            push("21055", m - 1, 650, "nhầm tháng trước");
            push("21055", m - 1, 655, "nhầm lần nữa");
        }
    }
    side_clock(&fx.ops, "2023-11-20 09:00"); /* September and October are missing */
    stack_settle(&fx.stack);
}

static void
log_read(char out[64])
{
    struct redis *r = redis_server_client(fx.stack.redis);
    char *text = redis_ask(r, "HGET dondoc:{" PROVINCE "}:head log");

    (void)snprintf(out, 64, "%s", text);
    mem_free(&text);
    redis_free(&r);
}

static void
dump_now(struct buf *out)
{
    struct redis *r = redis_server_client(fx.stack.redis);

    buf_init(out, DUMP_BYTES);
    province_dump(r, PROVINCE, out);
    redis_free(&r);
}

static void
dondoc(const char *command, const char *more)
{
    command_run(&fx.run, "%s --redis %s --province %s --archive %s %s", command,
                redis_server_address(fx.stack.redis), PROVINCE, fx.dir, more);
}

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;

    (void)state;
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=system scope=21055,21043");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    fx.head = stack_key(&fx.stack, "head", "role=leader name=head-21055");
    fx.other = stack_key(&fx.stack, "other", "role=leader name=head-21043");
    stack_start(&fx.stack);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2023-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    (void)snprintf(fx.dir, sizeof fx.dir, "%s/archive", fx.stack.dir);
    assert_int_equal(mkdir(fx.dir, 0700), 0);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.unit);
    side_close(&fx.ops);
    buf_fini(&fx.before);
    stack_stop(&fx.stack, true);
    return 0;
}

/* --- before the loss --- */

/* Due dates before it are past: it is known when its entry is archived, too. */
static int32_t
first_day(void)
{
    struct redis *r = redis_server_client(fx.stack.redis);
    int32_t day = DAY_NONE;

    assert_int_equal(board_first_day(r, PROVINCE, &day), ST_OK);
    redis_free(&r);
    return day;
}

static void
a_year_is_archived_verified_and_trimmed(void **state)
{
    int32_t began;
    size_t told;

    (void)state;
    year();
    told = hears(fx.head, true);
    assert_true(told >= 1);
    assert_true(hears(fx.other, false) > 0);
    log_read(fx.log);
    dondoc("verify", "");
    command_want(&fx.run, 0, "No damage");
    dondoc("archive", "--no-trim");
    command_want(&fx.run, 0, "Archived entries 1 to");
    dump_now(&fx.before);
    began = first_day();
    assert_int_not_equal(began, DAY_NONE);
    dondoc("archive", "--keep-days 60");
    command_want(&fx.run, 0, "Removed");
    assert_int_equal(first_day(), began);
    dondoc("verify", "");
    command_want(&fx.run, 0, "No damage");
    dondoc("explain", "21055 7c --window 2023-02");
    command_want(&fx.run, 0, "same as the journal");
    command_run(&fx.run, "explain --redis %s --province %s 21055 7c --window 2023-02",
                redis_server_address(fx.stack.redis), PROVINCE);
    command_want(&fx.run, 69, "--archive DIR");
}

/* Services go on over a trimmed journal: a correction of what was trimmed away, too. */
static void
services_work_over_a_trimmed_journal(void **state)
{
    int part;

    (void)state;
    for (part = 0; part < PART_COUNT; part++) {
        stack_part_kill(&fx.stack, (enum stack_part)part);
        stack_part_start(&fx.stack, (enum stack_part)part);
    }
    push("21055", 2, 660, "sửa số tháng hai");
    push("21043", 9, 900, "");
    stack_settle(&fx.stack);
    dondoc("archive", "--no-trim");
    command_want(&fx.run, 0, "Archived entries");
    dondoc("verify", "");
    command_want(&fx.run, 0, "No damage");
    (void)hears(fx.head, true);
    dondoc("archive", "--no-trim"); /* and how far leaders have read */
    command_want(&fx.run, 0, "Nothing new");
}

/* --- refusals --- */

static void
restore_refuses_a_redis_that_is_not_empty(void **state)
{
    struct redis *r = redis_server_client(fx.stack.redis);
    struct synthetic other;

    (void)state;
    command_run(&fx.run, "restore --redis %s --province %s",
                redis_server_address(fx.stack.redis), PROVINCE);
    command_want(&fx.run, 64, "--archive DIR");
    dondoc("restore", "--to 999999");
    command_want(&fx.run, 65, "there is not what was asked for");
    command_run(&fx.run, "restore --redis %s --province %s --archive %s",
                redis_server_address(fx.stack.redis), "elsewhere", fx.dir);
    command_want(&fx.run, 65, "there is not what was asked for");
    command_run(&fx.run, "restore --redis %s --province %s --archive /nonexistent/dir",
                redis_server_address(fx.stack.redis), PROVINCE);
    command_want(&fx.run, 69, "/nonexistent/dir");
    /* The archive of one province into another that holds something. */
    synthetic_begin(&other, r, "other");
    synthetic_hours(&other, r, 3, 3, true);
    command_run(&fx.run, "archive --redis %s --province other --archive %s",
                redis_server_address(fx.stack.redis), fx.dir);
    command_want(&fx.run, 0, "Archived");
    synthetic_hours(&other, r, 1, 3, true);
    command_run(&fx.run, "restore --redis %s --province other --archive %s",
                redis_server_address(fx.stack.redis), fx.dir);
    command_want(&fx.run, 65, "holds data in this Redis");
    redis_free(&r);
}

/* What is here is the beginning of the archive, but somebody is at work on it. */
static void
restore_refuses_while_services_run(void **state)
{
    (void)state;
    dondoc("restore", "");
    command_want(&fx.run, 65, "Services are running on this Redis: ingest 1");
}

static void
first_segment(char out[512])
{
    char folder[400];
    struct dirent *at;
    DIR *d;

    (void)snprintf(folder, sizeof folder, "%s/%s", fx.dir, PROVINCE);
    out[0] = '\0';
    d = opendir(folder);
    assert_non_null(d);
    while ((at = readdir(d)) != NULL) {
        if (strncmp(at->d_name, "reports-000000000001-", 21) == 0) {
            (void)snprintf(out, 512, "%s/%.80s", folder, at->d_name);
        }
    }
    (void)closedir(d);
    assert_true(out[0] != '\0');
}

static void
flip(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");
    int byte;

    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    byte = fgetc(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_true(fputc(byte ^ 4, f) != EOF);
    assert_int_equal(fclose(f), 0);
}

/* --- the loss --- */

static void
redis_lost(void)
{
    int part;

    for (part = 0; part < PART_COUNT; part++) {
        stack_part_kill(&fx.stack, (enum stack_part)part);
    }
    redis_server_kill(fx.stack.redis);
    redis_server_stop(&fx.stack.redis, true);
    fx.stack.redis =
        fx.stack.acl ? stack_acl_redis(&fx.stack) : redis_server_start(NULL);
}

static void
what_is_damaged_is_not_restored(void **state)
{
    char path[512], cursors[512];
    struct redis *r;
    char *keys;

    (void)state;
    buf_fini(&fx.before);
    dump_now(&fx.before); /* trimmed: the journal itself is compared by verify */
    redis_lost();
    first_segment(path);
    flip(path, 400000);
    dondoc("restore", "");
    command_want(&fx.run, 65, "Nothing was written");
    flip(path, 400000);
    (void)snprintf(cursors, sizeof cursors, "%s/%s/cursors", fx.dir, PROVINCE);
    flip(cursors, 30);
    dondoc("restore", "");
    command_want(&fx.run, 65, "how far leaders have read");
    flip(cursors, 30);
    r = redis_server_client(fx.stack.redis);
    keys = redis_ask(r, "KEYS dondoc:{" PROVINCE "}:*");
    assert_string_equal(keys, "[dondoc:{" PROVINCE "}:head]"); /* its log id */
    mem_free(&keys);
    redis_free(&r);
}

/* Without the entries of the journal: one of the two was trimmed. */
static void
entries_cut(struct buf *dump)
{
    char *from = strstr(dump->data, "dondoc:{" PROVINCE "}:reports (stream)\n");
    char *to;

    assert_non_null(from);
    from = strchr(from, '\n') + 1;
    to = strstr(from, "\ndondoc:");
    assert_non_null(to);
    memmove(from, to + 1, strlen(to + 1) + 1);
}

static void
restored_through_kills_everything_is_as_it_was(void **state)
{
    struct buf after;
    char log[64];
    int part;
    int round;

    (void)state;
    for (round = 0; round < 30; round++) {
        pid_t pid =
            command_start("restore --redis %s --province %s --archive %s",
                          redis_server_address(fx.stack.redis), PROVINCE, fx.dir);

        child_pause_us(3000 + 3500L * (round % 15));
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
    }
    dondoc("restore", "");
    command_want(&fx.run, 0, "offer it again");
    dondoc("restore", ""); /* again: nothing is left to do */
    command_want(&fx.run, 0, "(0 entries written)");
    log_read(log);
    assert_string_not_equal(log, fx.log); /* units see that this is another log */
    for (part = 0; part < PART_COUNT; part++) {
        stack_part_start(&fx.stack, (enum stack_part)part);
    }
    side_clock(&fx.ops, "2023-11-20 09:00"); /* the player's, as it was */
    stack_settle(&fx.stack);
    dondoc("verify", "");
    command_want(&fx.run, 0, "No damage");
    dump_now(&after);
    entries_cut(&after);
    entries_cut(&fx.before);
    dump_same(&fx.before, &after);
    buf_fini(&after);
}

static void
nobody_hears_an_old_alert_again(void **state)
{
    (void)state;
    assert_int_equal(hears(fx.head, true), 0);
    assert_true(hears(fx.other, false) > 0); /* had not read them */
}

static void
life_goes_on_and_so_does_the_archive(void **state)
{
    struct wire_receipt r;

    (void)state;
    side_push(&fx.unit, "21043", GROUP, "2023-09",
              "results_in_force=2386 results_in_force_digitised=900", "", "", &r);
    assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
    push("21043", 10, 950, "");
    stack_settle(&fx.stack);
    dondoc("archive", "--keep-days 60");
    command_want(&fx.run, 0, "Removed");
    dondoc("verify", "");
    command_want(&fx.run, 0, "No damage");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_year_is_archived_verified_and_trimmed),
        cmocka_unit_test(services_work_over_a_trimmed_journal),
        cmocka_unit_test(restore_refuses_a_redis_that_is_not_empty),
        cmocka_unit_test(restore_refuses_while_services_run),
        cmocka_unit_test(what_is_damaged_is_not_restored),
        cmocka_unit_test(restored_through_kills_everything_is_as_it_was),
        cmocka_unit_test(nobody_hears_an_old_alert_again),
        cmocka_unit_test(life_goes_on_and_so_does_the_archive),
    };

    diag_init("test_restore");
    return cmocka_run_group_tests(tests, setup, teardown);
}
