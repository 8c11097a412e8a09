/*
 * The disk of Redis is lost, or an older copy of it comes back: `dondoc push` without a
 * file brings everything that was acknowledged, on time as before, with the same scores
 * and alerts, nothing doubled. And kill -9 of the command itself, at any moment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/journal.h"
#include "lib/keyfile.h"
#include "lib/keys.h"
#include "lib/buf.h"
#include "lib/mem.h"
#include "lib/table.h"
#include "tests/support/child.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define SCOPE "21043,21055,21061"
#define OUT_BYTES 65536

#define ROUNDS 10 /* of kills */

struct fixture {
    struct stack stack;
    struct side ops;
    char key[200];
    char box[200];
    char out[OUT_BYTES]; /* of the last `dondoc push` */
};

static struct fixture fx;

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;
    char why[200];

    (void)state;
    memset(&fx, 0, sizeof fx);
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=system scope=" SCOPE);
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    stack_start(&fx.stack);
    (void)snprintf(fx.key, sizeof fx.key, "%s/pushing.key", fx.stack.dir);
    (void)snprintf(fx.box, sizeof fx.box, "%s/box", fx.stack.dir);
    assert_int_equal(keyfile_write(fx.key, unit, "", why, sizeof why), ST_OK);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2023-01-03 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    side_close(&fx.ops);
    stack_stop(&fx.stack, true);
    return 0;
}

/* --- dondoc push --- */

static void
push_exec(const char *file, const char *reason)
{
    const char *build = getenv("DONDOC_BUILD");
    char program[300];
    char endpoint[200];
    const char *argv[] = {program,
                          "push",
                          "--server",
                          endpoint,
                          "--server-key",
                          fx.stack.service_keys.public_key,
                          "--key",
                          fx.key,
                          "--province",
                          PROVINCE,
                          "--outbox",
                          fx.box,
                          "--lang",
                          "en",
                          "--json",
                          "--timeout",
                          "5",
                          file,
                          "--reason",
                          reason,
                          NULL};
    char out[300];
    int fd;

    (void)snprintf(program, sizeof program, "%s/bin/dondoc",
                   build == NULL ? "build" : build);
    stack_endpoint(&fx.stack, SIDE_UNITS, endpoint);
    (void)snprintf(out, sizeof out, "%s/push.out", fx.stack.dir);
    fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) {
        _exit(127);
    }
    if (file == NULL) {
        argv[17] = NULL;
    } else if (reason == NULL) {
        argv[18] = NULL;
    }
    /* execv takes the vector without const and does not change it. */
    (void)execv(program, (char **)(void *)argv);
    _exit(127);
}

static pid_t
push_begin(const char *file, const char *reason)
{
    pid_t pid = child_begin();

    if (pid == 0) {
        push_exec(file, reason);
    }
    return pid;
}

/* Runs it to its end; what it printed is in fx.out. */
static void
push(const char *file, const char *reason, int want)
{
    char path[300];
    int code = child_end(push_begin(file, reason));
    FILE *f;
    size_t len;

    (void)snprintf(path, sizeof path, "%s/push.out", fx.stack.dir);
    f = fopen(path, "r");
    assert_non_null(f);
    len = fread(fx.out, 1, sizeof fx.out - 1, f);
    fx.out[len] = '\0';
    (void)fclose(f);
    if (code != want) {
        fail_msg("dondoc push %s: %d, want %d: %s", file == NULL ? "" : file, code,
                 want, fx.out);
    }
}

static void
said(const char *part, size_t want)
{
    size_t count = 0;

    for (const char *at = fx.out; (at = strstr(at, part)) != NULL; at++) {
        count++;
    }
    if (count != want) {
        fail_msg("want %zu times “%s”: %s", want, part, fx.out);
    }
}

/* unit;period;figures: a file of three communes, months from..to of 2023. */
static const char *
file_of(const char *name, int from, int to, int digitised)
{
    static char path[300];
    static const char *const units[] = {"21043", "21055", "21061"};
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s.csv", fx.stack.dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f, "unit;period;results_in_force;results_in_force_digitised\n");
    for (int month = from; month <= to; month++) {
        for (size_t u = 0; u < 3; u++) {
            (void)fprintf(f, "%s;2023-%02d;2386;%d\n", units[u], month,
                          digitised + (int)u);
        }
    }
    assert_int_equal(fclose(f), 0);
    return path;
}

static size_t
files_in(const char *folder)
{
    char path[300];
    const struct dirent *entry;
    size_t count = 0;
    DIR *list;

    (void)snprintf(path, sizeof path, "%s%s", fx.box, folder);
    list = opendir(path);
    if (list == NULL) {
        return 0;
    }
    while ((entry = readdir(list)) != NULL) {
        count += entry->d_name[0] == '0';
    }
    (void)closedir(list);
    return count;
}

/* --- the disk --- */

static void
shell(const char *command)
{
    assert_int_equal(system(command), 0);
}

static void
disk_put(const char *from)
{
    char command[600];

    (void)snprintf(command, sizeof command, "cp -a '%s' '%s/appendonlydir'", from,
                   redis_server_dir(fx.stack.redis));
    shell(command);
}

/* Redis comes back with what `from` holds; "": nothing. */
static void
disk_swap(const char *from)
{
    char command[600];

    redis_server_kill(fx.stack.redis);
    (void)snprintf(command, sizeof command, "rm -rf '%s/appendonlydir'",
                   redis_server_dir(fx.stack.redis));
    shell(command);
    if (from[0] != '\0') {
        disk_put(from);
    }
    redis_server_again(fx.stack.redis);
}

static void
disk_copy(const char *to)
{
    char command[600];

    redis_server_kill(fx.stack.redis);
    (void)snprintf(command, sizeof command, "cp -a '%s/appendonlydir' '%s'",
                   redis_server_dir(fx.stack.redis), to);
    shell(command);
    redis_server_again(fx.stack.redis);
}

/* --- what has to be as before --- */

/* One value of a hash without its places in the journal, which are new after a loss. */
static void
line_add(struct buf *out, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, " ]");
        bool place = strncmp(text, "at=", 3) == 0 || strncmp(text, "entry=", 6) == 0 ||
                     strncmp(text, "received=", 9) == 0;

        if (!place) {
            buf_add(out, text, len);
            buf_char(out, ' ');
        }
        text += len + strspn(text + len, " ]");
    }
    buf_char(out, '\n');
}

/* Facts, scores and alerts of the three communes, as text; mem_free it. */
static char *
picture(void)
{
    /* the key, then what stands behind the unit */
    static const char *const wanted[][2] = {
        {"HGET dondoc:{quang-ngai}:facts:", " digitisation/2023-01"},
        {"HGET dondoc:{quang-ngai}:facts:", " digitisation/2023-06"},
        {"HGET dondoc:{quang-ngai}:scores:", " 7c/2023"},
        {"HGET dondoc:{quang-ngai}:alert:QNG-2023-7c-", " state"},
        {"XLEN dondoc:{quang-ngai}:inbox:head-", ""},
    };
    static const char *const units[] = {"21043", "21055", "21061"};
    struct redis *r;
    struct buf out;
    char *text;

    stack_settle(&fx.stack);
    r = redis_server_client(fx.stack.redis);
    buf_init(&out, 65536);
    for (size_t u = 0; u < 3; u++) {
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
            char command[200];
            char *answer;

            (void)snprintf(command, sizeof command, "%s%s%s", wanted[i][0], units[u],
                           wanted[i][1]);
            answer = redis_ask(r, command);
            line_add(&out, answer);
            mem_free(&answer);
        }
    }
    redis_free(&r);
    text = mem_copy_text(buf_str(&out));
    buf_fini(&out);
    return text;
}

static void
picture_want(char *before)
{
    char *now = picture();

    if (strcmp(before, now) != 0) {
        fail_msg("before:\n%s\nnow:\n%s", before, now);
    }
    mem_free(&now);
    mem_free(&before);
}

/* How often each revision of each report stands in the journal: nothing twice. */
static size_t
journal_reports(void)
{
    struct redis *redis = redis_server_client(fx.stack.redis);
    struct table *seen = table_new(10000, 1);
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct journal_read rd;
    uint64_t after = 0;
    size_t count;

    journal_read_init(&rd);
    do {
        assert_int_equal(
            journal_read_after(redis, PROVINCE, KEY_REPORTS, after, 64, &rd), ST_OK);
        for (size_t i = 0; i < rd.count; i++) {
            struct journal_cursor c = {rd.entries[i].body, rd.entries[i].body_bytes};
            const uint8_t *record;
            size_t bytes;

            after = rd.entries[i].seq;
            while (rd.entries[i].kind == JOURNAL_REPORTS &&
                   journal_record_next(&c, &record, &bytes) == ST_OK) {
                struct report_record r;
                union table_value value;
                char key[100];

                arena_reset(a);
                assert_int_equal(report_record_decode(record, bytes, a, &r), ST_OK);
                (void)snprintf(key, sizeof key, "%s/%s/%s/%u", r.unit, r.group,
                               r.period, r.revision);
                if (table_get(seen, key, strlen(key), &value)) {
                    fail_msg("%s stands twice", key);
                }
                assert_int_equal(table_put_number(seen, key, strlen(key), 1), ST_OK);
            }
        }
    } while (rd.count > 0);
    count = table_count(seen);
    table_free(&seen);
    journal_read_fini(&rd);
    arena_free(&a);
    redis_free(&redis);
    return count;
}

/* Half a year on one day, in time for June only, and a correction of January. */
static void
half_a_year(void)
{
    side_clock(&fx.ops, "2023-07-04 09:00");
    push(file_of("half", 1, 6, 500), NULL, 0);
    said("\"ACCEPTED\"", 18);
    said("\"on_time\": true", 3);
    push(file_of("again", 1, 1, 510), "nhập nhầm", 0);
    said("\"REPLACED\"", 3);
}

static void
a_lost_disk_is_filled_again_by_the_units(void **state)
{
    char *before;

    (void)state;
    half_a_year();
    assert_int_equal(files_in("/kept"), 21);
    before = picture();
    assert_non_null(strstr(before, "behind"));
    side_clock(&fx.ops, "2023-07-10 09:00"); /* June would be late now */
    disk_swap("");
    push(NULL, NULL, 75); /* it has no programme yet */
    said("\"left\": 21", 1);
    side_programme(&fx.ops, "programmes/" PROVINCE);
    push(NULL, NULL, 0);
    said(
        "\"offered\": 21, \"stand\": 21, \"overtaken\": 0, \"refused\": 0, \"left\": 0",
        1);
    assert_int_equal(journal_reports(), 21);
    picture_want(before);
    push(NULL, NULL, 0);
    said("\"offered\": 0", 1);
    push(file_of("half", 2, 6, 500), NULL, 0);
    said("\"DUPLICATE\"", 15);
    said("\"on_time\": true", 3);
    push(file_of("again", 1, 1, 510), NULL, 0);
    said("\"revision\": 2", 3);
    assert_int_equal(journal_reports(), 21);
    assert_int_equal(files_in("/kept"), 21);
}

static void
an_older_copy_is_completed_by_the_units(void **state)
{
    char copy[300];
    char *before;

    (void)state;
    (void)snprintf(copy, sizeof copy, "%s/older", fx.stack.dir);
    side_clock(&fx.ops, "2023-07-04 09:00");
    push(file_of("month", 1, 3, 500), NULL, 0);
    disk_copy(copy);
    push(file_of("month", 4, 6, 500), NULL, 0);
    push(file_of("again", 2, 4, 510), "nhập nhầm", 0);
    said("\"REPLACED\"", 9);
    before = picture();
    disk_swap(copy);
    push(NULL, NULL, 0);
    /* 18 and 9 of them; the revisions that the copy holds stand already. */
    said("\"offered\": 27", 1);
    said("\"refused\": 0, \"left\": 0", 1);
    assert_int_equal(journal_reports(), 27);
    picture_want(before);
    push(NULL, NULL, 0);
    said("\"offered\": 0", 1);
}

static void
what_was_overtaken_comes_back_after_the_next_loss(void **state)
{
    char path[300];

    (void)state;
    side_clock(&fx.ops, "2023-07-04 09:00");
    push(file_of("month", 1, 2, 500), NULL, 0);
    push(file_of("again", 1, 2, 510), "nhập nhầm", 0);
    (void)snprintf(path, sizeof path, "%s/server.json", fx.box);
    assert_int_equal(unlink(path), 0); /* so it offers though nothing is lost */
    push(NULL, NULL, 0);
    said("\"offered\": 12, \"stand\": 6, \"overtaken\": 6, \"refused\": 0", 1);
    assert_int_equal(files_in("/kept"), 12);
    disk_swap("");
    push(NULL, NULL, 75);
    side_programme(&fx.ops, "programmes/" PROVINCE);
    push(NULL, NULL, 0);
    said("\"offered\": 12, \"stand\": 12, \"overtaken\": 0", 1);
    assert_int_equal(journal_reports(), 12);
}

static void
killed_at_any_moment_it_sends_each_report_once(void **state)
{
    const char *file;

    (void)state;
    side_clock(&fx.ops, "2024-01-03 09:00");
    for (int i = 0; i < ROUNDS; i++) {
        pid_t pid = push_begin(file_of("year", 1, 12, 500), NULL);

        child_pause_us(3000 + i * 9000); /* from its start to its end */
        assert_int_equal(kill(pid, SIGKILL), 0);
        (void)child_end(pid);
    }
    push(NULL, NULL, 0);
    assert_int_equal(files_in(""), 0);
    file = file_of("year", 1, 12, 500);
    push(file, NULL, 0);
    said("\"NO_ANSWER\"", 0);
    assert_int_equal(journal_reports(), 36);
    assert_int_equal(files_in("/kept"), 36);
}

static void
killed_while_it_offers_it_ends_with_everything_once(void **state)
{
    char *before;

    (void)state;
    side_clock(&fx.ops, "2024-01-03 09:00");
    push(file_of("year", 1, 12, 500), NULL, 0);
    push(file_of("more", 1, 4, 520), "nhập nhầm", 0);
    before = picture();
    disk_swap("");
    push(NULL, NULL, 75);
    side_programme(&fx.ops, "programmes/" PROVINCE);
    for (int i = 0; i < ROUNDS; i++) {
        pid_t pid = push_begin(file_of("last", 12, 12, 530), "nhập nhầm");

        child_pause_us(3000 + i * 9000);
        assert_int_equal(kill(pid, SIGKILL), 0);
        (void)child_end(pid);
    }
    push(file_of("last", 12, 12, 530), "nhập nhầm", 0);
    assert_int_equal(journal_reports(), 36 + 12 + 3);
    assert_int_equal(files_in("/kept"), 36 + 12 + 3);
    mem_free(&before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lost_disk_is_filled_again_by_the_units, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_older_copy_is_completed_by_the_units, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            what_was_overtaken_comes_back_after_the_next_loss, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_at_any_moment_it_sends_each_report_once,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            killed_while_it_offers_it_ends_with_everything_once, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
