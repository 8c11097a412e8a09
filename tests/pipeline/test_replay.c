/*
 * dondoc replay: what services left is computed again from the journal, byte for byte,
 * while they are at work; what somebody changed is named; another programme is tried
 * without touching anything; and a later version of a target leaves old verdicts alone.
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

#include "lib/buf.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/programme_dir.h"
#include "tests/support/child.h"
#include "tests/support/command.h"
#include "tests/support/dump.h"
#include "tests/support/stack.h"

#define PROVINCE "quang-ngai"
#define GROUP "digitisation"
#define DUMP_BYTES (64u << 20)
#define TARGETS_BYTES (1u << 20)
#define STEPS "steps: {2021: 15, 2022: 35, 2023: 55, 2024: 75, 2025: 95}"

struct fixture {
    struct stack stack;
    struct side unit;
    struct side ops;
    struct command run;
    char archive[200];
    char folder[200]; /* a programme to try */
    char user[300];   /* settings of a Redis user that may only read */
};

static struct fixture fx;

/* --- the province --- */

static void
push(const char *unit, int year, int month, int part, const char *reason)
{
    struct wire_receipt r;
    char period[16], figures[96], stands[64];

    (void)snprintf(period, sizeof period, "%d-%02d", year, month);
    (void)snprintf(figures, sizeof figures,
                   "results_in_force=2386 results_in_force_digitised=%d", part);
    side_standing(&fx.unit, unit, GROUP, period, stands);
    side_push(&fx.unit, unit, GROUP, period, figures, reason, stands, &r);
    if (r.outcome != OUTCOME_ACCEPTED && r.outcome != OUTCOME_REPLACED) {
        fail_msg("%s %s: %s", unit, period, outcome_name(r.outcome));
    }
}

/*
 * January to August 2023. 21055 stands at 1.300 of 2.386 (54,48 %): on the line to 55 %
 * all the year (35 + 20 × 243/365 = 48,31… in August). 21043 stands at 17 %: behind.
 */
static void
months(void)
{
    int m;

    for (m = 1; m <= 8; m++) {
        char clock[32];

        (void)snprintf(clock, sizeof clock, "2023-%02d-03 09:00", m + 1);
        side_clock(&fx.ops, clock);
        push("21055", 2023, m, 1300, "");
        push("21043", 2023, m, 400 + m, "");
        if (m % 4 == 0) {
            push("21043", 2023, m - 1, 395, "nhầm tháng trước");
        }
    }
    stack_settle(&fx.stack);
}

static void
replay(const char *more)
{
    command_run(&fx.run, "replay %s --redis %s %s", PROVINCE,
                redis_server_address(fx.stack.redis), more);
}

static void
said(const char *part)
{
    if (strstr(fx.run.out, part) == NULL) {
        fail_msg("want “%s”, got: %s", part, fx.run.out);
    }
}

static char *
ask(const char *command)
{
    struct redis *r = redis_server_client(fx.stack.redis);
    char *answer = redis_ask(r, command);

    redis_free(&r);
    return answer;
}

static void
want(const char *command, const char *answer)
{
    char *got = ask(command);

    assert_string_equal(got, answer);
    mem_free(&got);
}

/* --- a programme in a folder of its own --- */

static void
file_write(const char *name, const char *text, size_t bytes)
{
    char path[400];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", fx.folder, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, bytes, f), bytes);
    assert_int_equal(fclose(f), 0);
}

/* The province's own, with one place of one file changed. */
static void
folder_make(const char *file, const char *after, const char *was, const char *is)
{
    struct programme_dir d;
    struct findings found = {0};
    size_t i;

    (void)mkdir(fx.folder, 0700); /* there from another test: written over */
    assert_int_equal(programme_dir_read("programmes/" PROVINCE, &d, &found), ST_OK);
    for (i = 0; i < d.count; i++) {
        const struct catalogue_file *f = &d.files[i];
        const char *at = NULL;
        struct buf text;

        buf_init(&text, TARGETS_BYTES);
        if (strcmp(f->name, file) == 0) {
            at = strstr(f->text, after);
            assert_non_null(at);
            at = strstr(at, was);
            assert_non_null(at);
            buf_add(&text, f->text, (size_t)(at - f->text));
            buf_text(&text, is);
            buf_text(&text, at + strlen(was));
        } else {
            buf_add(&text, f->text, f->bytes);
        }
        file_write(f->name, buf_str(&text), text.len);
        buf_fini(&text);
    }
    programme_dir_fini(&d);
    findings_fini(&found);
}

/* A second version of 7c, from 2024 on. */
static void
folder_with_a_later_version(void)
{
    struct programme_dir d;
    struct findings found = {0};
    struct buf block;
    size_t i;

    buf_init(&block, TARGETS_BYTES);
    assert_int_equal(programme_dir_read("programmes/" PROVINCE, &d, &found), ST_OK);
    for (i = 0; i < d.count; i++) {
        const char *from;
        const char *to;
        const char *steps;

        if (strcmp(d.files[i].name, "targets.yaml") != 0) {
            continue;
        }
        from = strstr(d.files[i].text, "\n  - id: 7c\n");
        assert_non_null(from);
        to = strstr(from + 12, "\n  - id: ");
        steps = strstr(from, STEPS);
        assert_true(to != NULL && steps != NULL && steps < to);
        buf_text(&block, "\n  - id: 7c\n    version: 2\n    valid_from: 2024-01-01\n");
        buf_add(&block, from + 12, (size_t)(steps - from) - 12);
        buf_text(&block, "steps: {2024: 80, 2025: 99}");
        buf_add(&block, steps + strlen(STEPS), (size_t)(to - steps) - strlen(STEPS));
    }
    buf_text(&block, "\n  - id: 8a\n");
    folder_make("targets.yaml", "\n  - id: 7c\n", "\n  - id: 8a\n", buf_str(&block));
    programme_dir_fini(&d);
    findings_fini(&found);
    buf_fini(&block);
}

/* --- setup --- */

/* A user of Redis that may look and nothing else. */
static void
looker_make(void)
{
    char path[180];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/looker", fx.stack.dir);
    f = fopen(path, "w");
    assert_non_null(f);
    (void)fputs("only-looks\n", f);
    assert_int_equal(fclose(f), 0);
    want("ACL SETUSER looker on >only-looks ~* +@read +@connection +@transaction "
         "-@write",
         "OK");
    (void)snprintf(fx.user, sizeof fx.user,
                   "--redis-user looker --redis-password-file %s", path);
}

static int
setup(void **state)
{
    const struct bus_keys *unit, *ops;

    (void)state;
    stack_init(&fx.stack, PROVINCE, true);
    unit = stack_key(&fx.stack, "unit", "role=unit name=system scope=21055,21043");
    ops = stack_key(&fx.stack, "ops", "role=ops name=ops");
    stack_start(&fx.stack);
    side_open(&fx.unit, &fx.stack, SIDE_UNITS, unit);
    side_open(&fx.ops, &fx.stack, SIDE_OPS, ops);
    side_clock(&fx.ops, "2023-01-02 09:00");
    side_programme(&fx.ops, "programmes/" PROVINCE);
    (void)snprintf(fx.archive, sizeof fx.archive, "%s/archive", fx.stack.dir);
    (void)snprintf(fx.folder, sizeof fx.folder, "%s/folder", fx.stack.dir);
    assert_int_equal(mkdir(fx.archive, 0700), 0);
    looker_make();
    months();
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

/* --- the same --- */

/* With a user that may not write: nothing can have been written. */
static void
everything_is_computed_again_byte_for_byte(void **state)
{
    (void)state;
    replay(fx.user);
    command_want(&fx.run, 0, "The same, byte for byte.");
    replay("--json");
    command_want(&fx.run, 0, "\"differences\":0}");
}

/* Reports arrive and clocks tick while it compares. */
static void
the_same_while_the_services_are_at_work(void **state)
{
    pid_t pid = command_start("replay %s --redis %s", PROVINCE,
                              redis_server_address(fx.stack.redis));
    int status = -1;
    int i;

    (void)state;
    for (i = 0; waitpid(pid, &status, WNOHANG) == 0; i++) {
        push("21043", 2023, 2, 300 + i, "sửa nhiều lần");
    }
    assert_true(i > 5);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    push("21043", 2023, 2, 402, "như lúc đầu");
    stack_settle(&fx.stack);
}

/* --- differences --- */

static void
score_set(const char *line)
{
    struct redis *r = redis_server_client(fx.stack.redis);
    const char *argv[] = {"HSET", "dondoc:{" PROVINCE "}:scores:21055", "7c/2023",
                          line};
    struct reply *rep = NULL;

    assert_int_equal(redis_call(r, 4, argv, NULL, &rep), ST_OK);
    reply_free(&rep);
    redis_free(&r);
}

static void
a_changed_score_is_named(void **state)
{
    char *was = ask("HGET dondoc:{" PROVINCE "}:scores:21055 7c/2023");

    (void)state;
    assert_true(strncmp(was, "on_pace ", 8) == 0);
    want("HSET dondoc:{" PROVINCE "}:scores:21055 7c/2023 met", "0");
    replay("");
    command_want(&fx.run, 65,
                 "scores:21055 7c/2023\n  stored:     met\n  recomputed: ");
    said(was);
    said("DIFFERENT: 1 values.");
    replay("--json");
    command_want(&fx.run, 65,
                 "{\"key\":\"scores:21055\",\"field\":\"7c/2023\",\"stored\":\"met\","
                 "\"recomputed\":\"on_pace ");
    score_set(was);
    mem_free(&was);
}

/* As a release left it that stamped every line anew with the programme put in force. */
static void
a_score_that_names_another_programme_is_no_difference(void **state)
{
    char *was = ask("HGET dondoc:{" PROVINCE "}:scores:21055 7c/2023");
    char *digest = strstr(was, " programme=");
    char was_digit;

    (void)state;
    assert_non_null(digest);
    digest += strlen(" programme=");
    was_digit = *digest;
    *digest = was_digit == '0' ? '1' : '0';
    score_set(was);
    replay("");
    command_want(&fx.run, 0,
                 "1 lines of scores say the same and name another programme");
    said("Otherwise the same, byte for byte.");
    replay("--json");
    command_want(&fx.run, 0, "\"other_programme\":1,\"differences\":0}");
    was[0] = 'O'; /* what stands before it is compared */
    score_set(was);
    replay("");
    command_want(&fx.run, 65, "DIFFERENT: 1 values.");
    was[0] = 'o';
    *digest = was_digit;
    score_set(was);
    replay("");
    command_want(&fx.run, 0, "The same, byte for byte.");
    mem_free(&was);
}

static void
a_changed_alert_and_a_foreign_field_are_named(void **state)
{
    (void)state;
    want("HSET dondoc:{" PROVINCE "}:alert:QNG-2023-7c-21043 kind missed", "0");
    want("HSET dondoc:{" PROVINCE "}:facts:21055 digitisation/2023-12 rev=1", "1");
    replay("");
    command_want(&fx.run, 65,
                 "alert:QNG-2023-7c-21043 kind\n  stored:     missed\n"
                 "  recomputed: behind\n");
    said("facts:21055 digitisation/2023-12\n  stored:     rev=1\n  recomputed: -\n");
    said("DIFFERENT: 2 values.");
    want("HSET dondoc:{" PROVINCE "}:alert:QNG-2023-7c-21043 kind behind", "0");
    want("HDEL dondoc:{" PROVINCE "}:facts:21055 digitisation/2023-12", "1");
    want("RENAME dondoc:{" PROVINCE "}:summary dondoc:{" PROVINCE "}:other", "OK");
    want("SET dondoc:{" PROVINCE "}:summary 1", "OK");
    replay("");
    command_want(&fx.run, 65, "summary \n  stored:     (another type of key)");
    want("RENAME dondoc:{" PROVINCE "}:other dondoc:{" PROVINCE "}:summary", "OK");
    replay("");
    command_want(&fx.run, 0, "The same, byte for byte.");
}

/* --- as it stood --- */

static void
until_tells_how_things_stood(void **state)
{
    (void)state;
    replay("--until 2023-05-03");
    command_want(&fx.run, 0, "As it stood at the end of 2023-05-03");
    said("Open alerts: ");
    said("The same, byte for byte.");
    replay("--until 2023-05-03 --json");
    command_want(&fx.run, 0,
                 "{\"target\":\"7c\",\"level\":\"commune\",\"verdict\":\"on_pace\","
                 "\"units\":1}\n");
    replay("--until 2022-12-31");
    command_want(&fx.run, 65, "nothing in the journal");
    replay("--until 31/5/2023");
    command_want(&fx.run, 64, "such as 2023-06-30");
}

/* --- another programme --- */

/*
 * 75 instead of 55 for 2023: 35 + 40 × 181/365 = 54,83… in June, 58,23… in July, 61,63…
 * in August; 21055 (54,48 %) is behind from June on, by 2 points or more in July and
 * August, so that the alert is opened. 21043 was behind before.
 */
static void
a_stricter_step_lists_exactly_what_it_would_change(void **state)
{
    (void)state;
    folder_make("targets.yaml", "\n  - id: 7c\n", STEPS,
                "steps: {2021: 15, 2022: 35, 2023: 75, 2024: 85, 2025: 95}");
    command_run(&fx.run, "replay %s --redis %s --json --programme %s", PROVINCE,
                redis_server_address(fx.stack.redis), fx.folder);
    command_want(
        &fx.run, 0,
        "{\"would\":\"verdict\",\"target\":\"7c\",\"year\":2023,"
        "\"from\":\"on_pace\",\"to\":\"behind\",\"subjects\":1,"
        "\"such_as\":\"21055\"}\n"
        "{\"would\":\"alert\",\"alert\":\"QNG-2023-7c-21055\",\"target\":\"7c\","
        "\"subject\":\"21055\",\"from\":\"\",\"to\":\"behind\"}\n"
        "{\"province\":");
    said("\"verdicts\":1,");
    said("\"alerts\":1,\"not_read\":0}");
    command_run(&fx.run, "replay %s --redis %s %s --programme %s", PROVINCE,
                redis_server_address(fx.stack.redis), fx.user, fx.folder);
    command_want(&fx.run, 0, "Nothing was put in force.");
    replay("");
    command_want(&fx.run, 0, "The same, byte for byte.");
}

static void
reports_that_a_folder_cannot_read_are_listed(void **state)
{
    (void)state;
    folder_make("units.csv", "\n21043,", "\n21043,", "\n21044,");
    command_run(&fx.run, "replay %s --redis %s --programme %s", PROVINCE,
                redis_server_address(fx.stack.redis), fx.folder);
    command_want(&fx.run, 0, "Reports taken that this programme cannot read: ");
    said("unknown_unit");
    said("QNG-2023-7c-21043");
    folder_make("targets.yaml", "\n  - id: 7c\n", "steps:", "stepps:");
    command_run(&fx.run, "replay %s --redis %s --programme %s", PROVINCE,
                redis_server_address(fx.stack.redis), fx.folder);
    command_want(&fx.run, 65, "dondoc check");
    command_run(&fx.run, "replay %s --redis %s --programme programmes/%s", PROVINCE,
                redis_server_address(fx.stack.redis), PROVINCE);
    command_want(&fx.run, 0, "No verdict and no alert would change.");
}

/* --- what is missing --- */

static void
what_is_missing_is_named_with_its_remedy(void **state)
{
    char *path = mem_copy_text(getenv("PATH"));
    char *build = mem_copy_text(getenv("DONDOC_BUILD"));
    char alone[200], command[600];

    (void)state;
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    replay("");
    command_want(&fx.run, 69, "redis-tools");
    assert_int_equal(setenv("PATH", path, 1), 0);
    (void)snprintf(alone, sizeof alone, "%s/alone", fx.stack.dir);
    (void)snprintf(command, sizeof command,
                   "mkdir -p %s/bin && cp %s/bin/dondoc %s/bin/", alone,
                   build != NULL ? build : "build", alone);
    assert_int_equal(system(command), 0);
    assert_int_equal(setenv("DONDOC_BUILD", alone, 1), 0);
    replay("");
    command_want(&fx.run, 69, "of the same release beside dondoc");
    if (build != NULL) {
        assert_int_equal(setenv("DONDOC_BUILD", build, 1), 0);
    } else {
        assert_int_equal(unsetenv("DONDOC_BUILD"), 0);
    }
    command_run(&fx.run, "replay elsewhere --redis %s",
                redis_server_address(fx.stack.redis));
    command_want(&fx.run, 69, "is empty");
    replay("more");
    command_want(&fx.run, 64, "too much");
    mem_free(&path);
    mem_free(&build);
}

/* --- ended in the middle --- */

static const char *
tmp_dir(void)
{
    const char *tmp = getenv("TMPDIR");

    return tmp == NULL || strlen(tmp) > 60 ? "/tmp" : tmp;
}

/* Directories of replays that are there; NULL or one name. */
static bool
scratch_there(char name[300])
{
    DIR *d = opendir(tmp_dir());
    struct dirent *at;
    bool found = false;

    assert_non_null(d);
    while ((at = readdir(d)) != NULL) {
        if (strncmp(at->d_name, "dondoc-replay-", 14) == 0) {
            (void)snprintf(name, 300, "%s/%.40s", tmp_dir(), at->d_name);
            found = true;
        }
    }
    (void)closedir(d);
    return found;
}

/* Does a process name this directory on its command line? */
static bool
process_with(const char *name)
{
    DIR *d = opendir("/proc");
    struct dirent *at;
    bool found = false;

    assert_non_null(d);
    while ((at = readdir(d)) != NULL) {
        char path[300], line[2000];
        FILE *f;
        size_t len, i;

        (void)snprintf(path, sizeof path, "/proc/%.20s/cmdline", at->d_name);
        f = fopen(path, "r");
        if (f == NULL) {
            continue;
        }
        len = fread(line, 1, sizeof line - 1, f);
        (void)fclose(f);
        for (i = 0; i < len; i++) {
            line[i] = line[i] == '\0' ? ' ' : line[i];
        }
        line[len] = '\0';
        found |= strstr(line, name) != NULL;
    }
    (void)closedir(d);
    return found;
}

static void
ended_with(int sig, long after_us)
{
    char name[300] = "";
    pid_t pid = command_start("replay %s --redis %s", PROVINCE,
                              redis_server_address(fx.stack.redis));
    int waited;

    child_pause_us(after_us);
    (void)scratch_there(name);
    (void)kill(pid, sig);
    (void)waitpid(pid, NULL, 0);
    for (waited = 0; scratch_there(name) || (name[0] != '\0' && process_with(name));
         waited += 10) {
        if (waited > 10000) {
            fail_msg("after signal %d something is left of %s", sig, name);
        }
        nap_ms(10);
    }
}

static void
ended_in_the_middle_it_leaves_nothing_and_has_touched_nothing(void **state)
{
    static const long after_us[] = {20000, 60000, 120000, 250000, 400000};
    struct redis *r = redis_server_client(fx.stack.redis);
    char *before = redis_digest(r, PROVINCE);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof after_us / sizeof *after_us; i++) {
        ended_with(SIGKILL, after_us[i]);
        ended_with(SIGINT, after_us[i]);
    }
    redis_unchanged(r, PROVINCE, before);
    redis_free(&r);
}

/* --- the archive --- */

static void
an_archived_and_trimmed_journal_is_computed_again(void **state)
{
    (void)state;
    command_run(&fx.run, "archive --redis %s --province %s --archive %s --keep-days 60",
                redis_server_address(fx.stack.redis), PROVINCE, fx.archive);
    command_want(&fx.run, 0, "Removed");
    replay("");
    command_want(&fx.run, 69, "--archive DIR");
    command_run(&fx.run, "replay %s --redis %s --archive %s", PROVINCE,
                redis_server_address(fx.stack.redis), fx.archive);
    command_want(&fx.run, 0, "The same, byte for byte.");
}

/* --- a later version of a target --- */

/* All lines of 2023, of every subject. */
static void
old_lines(struct buf *out)
{
    struct buf all;
    struct redis *r = redis_server_client(fx.stack.redis);
    char *save = NULL;
    char *line;
    bool scores = false;

    buf_init(&all, DUMP_BYTES);
    buf_init(out, DUMP_BYTES);
    province_dump(r, PROVINCE, &all);
    for (line = strtok_r(all.data, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        if (line[0] != ' ') {
            scores = strstr(line, "}:scores:") != NULL;
        }
        if (scores && (line[0] != ' ' || strstr(line, "/2023 = ") != NULL)) {
            buf_format(out, "%s\n", line);
        }
    }
    buf_fini(&all);
    redis_free(&r);
}

static void
old_lines_are(struct buf *before)
{
    struct buf now;

    old_lines(&now);
    dump_same(before, &now);
    buf_fini(&now);
}

/*
 * 2024: 1.500 of 2.386 (62,86 %) in January. The line of version 1 is at 55 + 20 ×
 * 31/366 = 56,69…, that of version 2 (80) at 55 + 25 × 31/366 = 57,11…: printed against
 * the unit, 56,70 and 57,12.
 */
static void
a_later_version_of_a_target_leaves_old_verdicts_alone(void **state)
{
    struct buf before;
    char *line;

    (void)state;
    side_clock(&fx.ops, "2024-02-03 09:00");
    push("21055", 2023, 9, 1300, "nộp muộn");
    push("21055", 2024, 1, 1500, "");
    push("21043", 2024, 1, 500, "");
    stack_settle(&fx.stack);
    line = ask("HGET dondoc:{" PROVINCE "}:scores:21055 7c/2024");
    assert_non_null(strstr(line, " required=56.70 "));
    mem_free(&line);
    old_lines(&before);
    assert_non_null(strstr(buf_str(&before), "  7c/2023 = "));
    folder_with_a_later_version();
    side_programme(&fx.ops, fx.folder);
    stack_settle(&fx.stack);
    old_lines_are(&before);
    stack_part_kill(&fx.stack, PART_SCORER);
    stack_part_start(&fx.stack, PART_SCORER);
    side_clock(&fx.ops, "2024-02-04 09:00");
    push("21055", 2024, 1, 1501, "sửa");
    stack_settle(&fx.stack);
    old_lines_are(&before);
    buf_fini(&before);
    line = ask("HGET dondoc:{" PROVINCE "}:scores:21055 7c/2024");
    assert_non_null(strstr(line, " required=57.12 "));
    mem_free(&line);
    command_run(&fx.run, "replay %s --redis %s --archive %s", PROVINCE,
                redis_server_address(fx.stack.redis), fx.archive);
    command_want(&fx.run, 0, "The same, byte for byte.");
}

/* The folder again, with nothing new but its own number: all lines stay as they are,
 * and nobody takes that for a difference. */
static void
another_number_of_the_programme_changes_no_line(void **state)
{
    char command[512];
    char *was;
    char *is;

    (void)state;
    was = ask("HGET dondoc:{" PROVINCE "}:scores:21055 7c/2024");
    (void)snprintf(command, sizeof command,
                   "sed -i 's/^version: 1$/version: 2/' '%s/programme.yaml'",
                   fx.folder);
    assert_int_equal(system(command), 0);
    side_programme(&fx.ops, fx.folder);
    stack_settle(&fx.stack);
    is = ask("HGET dondoc:{" PROVINCE "}:scores:21055 7c/2024");
    assert_string_equal(is, was);
    mem_free(&is);
    mem_free(&was);
    command_run(&fx.run, "explain 21055 7c --redis %s --province %s --archive %s",
                redis_server_address(fx.stack.redis), PROVINCE, fx.archive);
    command_want(&fx.run, 0, "quang-ngai, version 2, digest");
    assert_null(strstr(fx.run.out, "written something else"));
    stack_part_kill(&fx.stack, PART_SCORER);
    stack_part_start(&fx.stack, PART_SCORER);
    push("21043", 2024, 1, 2380, "sửa");
    stack_settle(&fx.stack);
    /* Two units, each once: by 2024, of which version 2 speaks, not by 2023 too. */
    want("HGET dondoc:{" PROVINCE "}:summary 7c/commune/met", "1");
    want("HGET dondoc:{" PROVINCE "}:summary 7c/commune/on_pace", "1");
    want("HGET dondoc:{" PROVINCE "}:summary 7c/commune/behind", "0");
    want("HEXISTS dondoc:{" PROVINCE "}:summary 7c/commune/missed", "0");
    command_run(&fx.run, "replay %s --redis %s --archive %s", PROVINCE,
                redis_server_address(fx.stack.redis), fx.archive);
    command_want(&fx.run, 0, "The same, byte for byte.");
}

/* A line that says something else is told by explain. */
static void
explain_tells_of_a_line_that_says_something_else(void **state)
{
    (void)state;
    want("HSET dondoc:{" PROVINCE "}:scores:21055 7c/2024 met", "0");
    command_run(&fx.run, "explain 21055 7c --redis %s --province %s --archive %s",
                redis_server_address(fx.stack.redis), PROVINCE, fx.archive);
    command_want(&fx.run, 0, "the scorer has written something else: met");
}

/* What only grows cannot be put back: the last test. */
static void
an_alert_that_was_taken_out_of_the_journal_is_named(void **state)
{
    (void)state;
    want("XDEL dondoc:{" PROVINCE "}:inbox:head-21043 1-0", "0");
    want("XDEL dondoc:{" PROVINCE "}:alerts 3-0", "1");
    command_run(&fx.run, "replay %s --redis %s --archive %s", PROVINCE,
                redis_server_address(fx.stack.redis), fx.archive);
    command_want(&fx.run, 65, "alerts 3-0\n  stored:     -\n  recomputed: k=");
    command_run(&fx.run, "replay %s --redis %s --archive %s --until 2023-03-03",
                PROVINCE, redis_server_address(fx.stack.redis), fx.archive);
    command_want(&fx.run, 65, "alerts 3-0\n  stored:     -\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_computed_again_byte_for_byte),
        cmocka_unit_test(the_same_while_the_services_are_at_work),
        cmocka_unit_test(a_changed_score_is_named),
        cmocka_unit_test(a_score_that_names_another_programme_is_no_difference),
        cmocka_unit_test(a_changed_alert_and_a_foreign_field_are_named),
        cmocka_unit_test(until_tells_how_things_stood),
        cmocka_unit_test(a_stricter_step_lists_exactly_what_it_would_change),
        cmocka_unit_test(reports_that_a_folder_cannot_read_are_listed),
        cmocka_unit_test(what_is_missing_is_named_with_its_remedy),
        cmocka_unit_test(ended_in_the_middle_it_leaves_nothing_and_has_touched_nothing),
        cmocka_unit_test(an_archived_and_trimmed_journal_is_computed_again),
        cmocka_unit_test(a_later_version_of_a_target_leaves_old_verdicts_alone),
        cmocka_unit_test(another_number_of_the_programme_changes_no_line),
        cmocka_unit_test(explain_tells_of_a_line_that_says_something_else),
        cmocka_unit_test(an_alert_that_was_taken_out_of_the_journal_is_named),
    };

    diag_init("test_replay");
    return cmocka_run_group_tests(tests, setup, teardown);
}
