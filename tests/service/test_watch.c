/*
 * `dondoc watch` against a real notifier: what is printed, dropped, acknowledged, told
 * to the server, and what is said when there is no connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/json.h"
#include "lib/keyfile.h"
#include "lib/keyring.h"
#include "tests/support/child.h"
#include "tests/support/notifier_scene.h"

#define OUT_BYTES 65536
#define COMMAND_BYTES 4096

/* One run through a shell; both streams, one behind the other, in out. */
struct run {
    int code;
    char out[OUT_BYTES];
};

static void
key_path(const struct scene *s, enum who who, char out[SCENE_PATH_BYTES])
{
    char why[256];

    (void)snprintf(out, SCENE_PATH_BYTES, "%.160s/leader-%d.key", s->dir, (int)who);
    if (access(out, F_OK) != 0) {
        assert_int_equal(keyfile_write(out, &scene_keys[who], "", why, sizeof why),
                         ST_OK);
    }
}

/* The command with the settings of a link, ready for a shell. */
static void
command_make(const struct scene *s, enum who who, const char *more,
             char out[COMMAND_BYTES])
{
    const char *build = getenv("DONDOC_BUILD");
    char at[SCENE_PATH_BYTES];
    char key[SCENE_PATH_BYTES];

    scene_endpoint(s, 0, at);
    key_path(s, who, key);
    (void)snprintf(out, COMMAND_BYTES,
                   "exec env XDG_CONFIG_HOME=%s LC_ALL=C.UTF-8 '%s/bin/dondoc' watch "
                   "--server '%s' --server-key '%s' --key '%s' --province %s "
                   "--timeout 10 %s",
                   s->dir, build == NULL ? "build" : build, at,
                   scene_server_keys.public_key, key, s->province, more);
}

static void
watch(struct run *r, const struct scene *s, enum who who, const char *more)
{
    char command[COMMAND_BYTES + 8];
    size_t len = 0;
    size_t got;
    FILE *pipe;

    command_make(s, who, more, command);
    len = strlen(command);
    (void)snprintf(command + len, sizeof command - len, " 2>&1");
    len = 0;
    (void)fflush(NULL);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    while (len + 1 < sizeof r->out &&
           (got = fread(r->out + len, 1, sizeof r->out - 1 - len, pipe)) > 0) {
        len += got;
    }
    r->out[len] = '\0';
    r->code = WEXITSTATUS(pclose(pipe));
}

static void
want_run(const struct run *r, int code, const char *part)
{
    if (r->code != code || strstr(r->out, part) == NULL) {
        fail_msg("exit status %d, want %d with \"%s\"; printed:\n%s", r->code, code,
                 part, r->out);
    }
}

static void
once_prints_what_waits_and_then_nothing_waits(void **state)
{
    struct scene *s = *state;
    struct run r;

    notifier_start(s, 0);
    tell_one(s, "W-7c-21040", 1, "new", "21040");
    tell_one(s, "W-7c-21043", 1, "new", "21043"); /* the neighbour's */
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-530", "2");
    watch(&r, s, HEAD_B, "--lang vi --once");
    want_run(&r, 0, "Chủ tịch UBND xã B. Số thông báo chưa nhận: 1.");
    want_run(&r, 0, "[Chậm tiến độ] Số hóa kết quả ở cấp xã: Xã B, tháng 9/2023\n---");
    want_run(&r, 0, "47,35% (1.130/2.386 kết quả)");
    want_run(&r, 0, "Thông báo tự động, mã W-7c-21040/1.");
    assert_null(strstr(r.out, "W-7c-21043"));
    watch(&r, s, HEAD_B, "--lang en --once");
    want_run(&r, 0, "Messages waiting: 0.");
    assert_null(strstr(r.out, "W-7c-21040"));
    watch(&r, s, HEAD_B, "--lang en --once --from-start");
    want_run(&r, 0, "Automatic message, code W-7c-21040/1.");
}

static void
json_is_one_object_a_line(void **state)
{
    struct scene *s = *state;
    const struct json_node *root;
    struct json *json = NULL;
    const char *text;
    char why[200];
    struct run r;
    int line;

    notifier_start(s, 0);
    tell_one(s, "X-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    watch(&r, s, HEAD_B, "--json --once");
    want_run(&r, 0, "\n{");
    text = strchr(r.out, '{'); /* behind the greeting, which goes to stderr */
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    if (json_parse(text, strlen(text), &json, &line, why, sizeof why) != ST_OK) {
        fail_msg("%d: %s", line, why);
    }
    root = json_root(json);
    assert_string_equal(json_get(root, "id")->text, "X-1/1");
    assert_string_equal(json_get(root, "unit")->text, "21040");
    assert_non_null(strstr(json_get(root, "text_vi")->text, "47,35%"));
    assert_non_null(strstr(json_get(root, "text_en")->text, "47.35%"));
    json_free(&json);
}

static void
what_was_not_printed_does_not_count_as_received(void **state)
{
    struct scene *s = *state;
    struct run r;

    notifier_start(s, 0);
    tell_one(s, "Y-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    watch(&r, s, HEAD_B, "--once >/dev/full");
    assert_int_equal(r.code, 74);
    watch(&r, s, HEAD_B, "--once --lang en");
    want_run(&r, 0, "Y-1/1");
}

static void
a_double_is_dropped_by_the_file_of_seen_ids(void **state)
{
    struct scene *s = *state;
    char more[SCENE_PATH_BYTES + 64];
    struct run r;

    notifier_start(s, 0);
    tell_one(s, "Z-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    (void)snprintf(more, sizeof more, "--once --lang en --seen '%.160s/%s.seen'",
                   s->dir, s->province);
    watch(&r, s, HEAD_B, more);
    want_run(&r, 0, "Z-1/1");
    wait_for(s, "HLEN dondoc:{%s}:cursor", "1"); /* it may wait for a commit */
    notifier_end(s, 0, SIGKILL); /* as if Received had been lost in it */
    want_now(s, "DEL dondoc:{%s}:cursor", "1");
    notifier_start(s, 0);
    watch(&r, s, HEAD_B, more);
    want_run(&r, 0, "Messages waiting: 1.");
    assert_null(strstr(r.out, "Z-1/1"));
    watch(&r, s, HEAD_B, "--once --lang en"); /* and the server was told again */
    want_run(&r, 0, "Messages waiting: 0.");
}

static void
acknowledging_says_what_was_recorded_and_refuses_the_rest(void **state)
{
    struct scene *s = *state;
    struct run r;

    notifier_start(s, 0);
    tell_one(s, "V-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    watch(&r, s, HEAD_B,
          "--lang vi --ack V-1/1 --note 'Giao Văn phòng' --until 31/10/2099");
    want_run(&r, 0, "đã ghi nhận việc nhận xử lý (mục 1 của sổ ghi)");
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
    watch(&r, s, HEAD_B, "--lang en --ack V-1");
    want_run(&r, 64, "--ack wants --note");
    watch(&r, s, HEAD_B, "--lang en --ack V-1 --note x --until 31/02/2023");
    want_run(&r, 64, "is no day");
    watch(&r, s, HEAD_B, "--lang en --note x");
    want_run(&r, 64, "go with --ack");
    watch(&r, s, HEAD_G, "--lang en --ack V-1 --note x");
    want_run(&r, 77, "(not_yours)");
    watch(&r, s, STRANGER, "--lang en --once");
    want_run(&r, 77, "(unknown_office)");
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
}

/* Redis takes writes again when the first try has had no answer. */
static void
an_acknowledgement_without_an_answer_is_sent_again_with_its_id(void **state)
{
    struct scene *s = *state;
    struct run r;
    pid_t pid;

    notifier_start(s, 0);
    tell_one(s, "T-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    watch(&r, s, HEAD_B, "--lang en --ack T-1 --note first");
    want_run(&r, 0, "entry 1 of the journal");
    redis_want(s->r, "CONFIG SET min-replicas-to-write 1", "OK"); /* only reads */
    watch(&r, s, HEAD_B, "--lang en --ack T-1 --note second --timeout 1");
    want_run(&r, 69, "not known whether this was recorded");
    assert_null(strstr(r.out, "not_ready"));
    /* The notifier is ready again, so that it tries again soon when it is lost anew. */
    redis_want(s->r, "CONFIG SET min-replicas-to-write 0", "OK");
    tell_one(s, "T-2", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    redis_want(s->r, "CONFIG SET min-replicas-to-write 1", "OK");
    pid = child_begin();
    if (pid == 0) {
        (void)execlp("sh", "sh", "-c",
                     "sleep 0.5; exec redis-cli -s \"$1\" CONFIG SET "
                     "min-replicas-to-write 0 >/dev/null",
                     "sh", strchr(redis_server_address(scene_server), '/'),
                     (char *)NULL);
        _exit(127);
    }
    watch(&r, s, HEAD_B, "--lang en --ack T-1 --note third --timeout 15");
    assert_int_equal(child_end(pid), 0);
    want_run(&r, 0, "entry 2 of the journal");
    want_now(s, "XLEN dondoc:{%s}:reports", "2");
}

static void
no_connection_is_explained(void **state)
{
    struct scene *s = *state;
    char fingerprint[64];
    char more[200];
    struct bus_keys other;
    struct run r;

    notifier_start(s, 0);
    watch(&r, s, NOBODY, "--lang en --once");
    keyring_fingerprint(scene_keys[NOBODY].public_key, fingerprint);
    want_run(&r, 77, fingerprint);
    watch(&r, s, UNIT, "--lang en --once");
    want_run(&r, 77, "does not accept our key");
    want_run(&r, 77, "or has no right at this address");
    assert_int_equal(bus_keys_new(&other), ST_OK);
    (void)snprintf(more, sizeof more, "--lang en --once --server-key '%s'",
                   other.public_key);
    watch(&r, s, HEAD_B, more);
    assert_int_equal(r.code, 78);
    watch(&r, s, HEAD_B,
          "--lang en --once --timeout 1 --server tcp://no-such-host.invalid:5702");
    want_run(&r, 69, "not found");
    watch(&r, s, HEAD_B, "--lang en --once --timeout 1 --server tcp://127.0.0.1:1");
    want_run(&r, 69, "not reachable");
}

/* Until the file holds `part` so many times. */
static void
want_in_file(const char *path, const char *part, int times)
{
    struct mono start = mono_now();
    static char text[OUT_BYTES];
    int found = 0;

    while (found != times) {
        FILE *f = fopen(path, "r");
        const char *at = text;
        size_t got = f == NULL ? 0 : fread(text, 1, sizeof text - 1, f);

        if (f != NULL) {
            (void)fclose(f);
        }
        text[got] = '\0';
        for (found = 0; (at = strstr(at, part)) != NULL; at++) {
            found++;
        }
        if (mono_since_us(start) > 2 * DEADLINE_US) {
            fail_msg("%d times %s, want %d, in:\n%s", found, part, times, text);
        }
        child_pause_us(5000);
    }
}

static void
a_live_watch_outlives_a_killed_notifier(void **state)
{
    struct scene *s = *state;
    char command[COMMAND_BYTES + SCENE_PATH_BYTES];
    char out[SCENE_PATH_BYTES];
    char more[SCENE_PATH_BYTES + 32];
    pid_t pid;

    notifier_start(s, 0);
    (void)snprintf(out, sizeof out, "%.160s/%s.out", s->dir, s->province);
    (void)snprintf(more, sizeof more, "--lang en >'%s' 2>&1", out);
    command_make(s, HEAD_B, more, command);
    pid = child_begin();
    if (pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    want_in_file(out, "Messages waiting: 0.", 1);
    tell_one(s, "U-1", 1, "new", "21040");
    want_in_file(out, "code U-1/1.", 1);
    notifier_end(s, 0, SIGKILL);
    tell_one(s, "U-1", 2, "worse", "21040");
    notifier_start(s, 0);
    want_in_file(out, "code U-1/2.", 1);
    tell_one(s, "U-1", 3, "resolved", "21040");
    want_in_file(out, "code U-1/3.", 1);
    want_in_file(out, "code U-1/1.", 1); /* no double was shown */
    (void)kill(pid, SIGTERM);            /* child_end sees */
    assert_int_equal(child_end(pid), -1);
}

/* ---- on a terminal: script(1) lends one ---- */

struct desk_run {
    pid_t pid;
    FILE *keys;
    char out[SCENE_PATH_BYTES];
};

static bool
terminals_are_there(void)
{
    int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd >= 0) {
        (void)close(fd);
    }
    return fd >= 0 && access("/dev/pts/ptmx", F_OK) == 0; /* devpts has it */
}

static void
desk_start(struct desk_run *d, const struct scene *s, const char *columns,
           const char *environment, const char *more)
{
    char command[COMMAND_BYTES];
    char inner[2 * COMMAND_BYTES];
    char keys[SCENE_PATH_BYTES];
    char path[SCENE_PATH_BYTES];
    char line[3 * COMMAND_BYTES];
    FILE *f;

    if (!terminals_are_there()) {
        print_message("no terminals here: /dev/pts is not mounted\n");
        skip();
    }
    command_make(s, HEAD_B, more, command);
    (void)snprintf(keys, sizeof keys, "%.160s/%s.keys", s->dir, s->province);
    (void)snprintf(path, sizeof path, "%.160s/%s.sh", s->dir, s->province);
    (void)snprintf(d->out, sizeof d->out, "%.160s/%s.tty", s->dir, s->province);
    (void)unlink(keys);
    assert_int_equal(mkfifo(keys, 0600), 0);
    (void)snprintf(inner, sizeof inner, "stty cols %s -echo\n%s\n", columns, command);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(inner, f) >= 0);
    assert_int_equal(fclose(f), 0);
    (void)snprintf(line, sizeof line,
                   "exec env %s script -qefc 'sh %s' /dev/null <'%s' >'%s' 2>&1",
                   environment, path, keys, d->out);
    d->pid = child_begin();
    if (d->pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    d->keys = fopen(keys, "w"); /* waits for its reader */
    assert_non_null(d->keys);
}

static void
desk_type(const struct desk_run *d, const char *text)
{
    assert_true(fputs(text, d->keys) >= 0);
    assert_int_equal(fflush(d->keys), 0);
}

static void
desk_end(struct desk_run *d)
{
    desk_type(d, "q\n");
    assert_int_equal(child_end(d->pid), 0);
    (void)fclose(d->keys);
}

static void
a_terminal_gets_a_line_a_message_and_details_when_asked(void **state)
{
    struct scene *s = *state;
    struct desk_run d = {0};

    notifier_start(s, 0);
    tell_one(s, "A-7c-21040", 1, "new", "21040");
    tell_one(s, "A-7c-21040", 2, "worse", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    desk_start(&d, s, "120", "TERM=xterm", "--lang vi");
    want_in_file(d.out, "Số thông báo chưa nhận: 2.", 1);
    want_in_file(d.out,
                 "#1 \033[33m[chậm tiến độ]\033[0m Xã B: 47,35% (1.130/2.386 kết quả); "
                 "mức tham chiếu 49,96% · ",
                 1);
    want_in_file(d.out, " ngày · A-7c-21040/1\r\n", 1);
    want_in_file(d.out, "#2 \033[33m[chậm tiến độ, nặng hơn]\033[0m", 1);
    want_in_file(d.out, "— Đã hiện 2 thông báo đang chờ;", 1);
    want_in_file(d.out, "Thông báo tự động", 0); /* the text is not asked for yet */
    tell_one(s, "A-7c-21040", 3, "resolved", "21040"); /* live, and green */
    want_in_file(d.out, "#3 \033[32m[chậm tiến độ, được đóng]\033[0m", 1);
    desk_type(&d, "1\n");
    want_in_file(d.out, "Thông báo tự động, mã A-7c-21040/1.", 1);
    desk_type(&d, "9\n");
    want_in_file(d.out, "Không có thông báo số “9”", 1);
    desk_type(&d, "?\n");
    want_in_file(d.out, "nhận xử lý cảnh báo của thông báo số 3", 1);
    desk_end(&d);
}

static void
an_alert_is_acknowledged_with_a_note_from_within(void **state)
{
    struct scene *s = *state;
    struct desk_run d = {0};

    notifier_start(s, 0);
    tell_one(s, "B-7c-21040", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    desk_start(&d, s, "100", "TERM=xterm NO_COLOR=1", "--lang en");
    want_in_file(d.out, "#1 [behind] B commune: 47.35%", 1); /* without colour */
    desk_type(&d, "a 1\n");
    want_in_file(d.out, "Note for B-7c-21040", 1);
    desk_type(&d, "\n"); /* leaves it */
    desk_type(&d, "a 1\n");
    want_in_file(d.out, "Note for B-7c-21040", 2);
    desk_type(&d, "Văn phòng làm\n");
    want_in_file(d.out, "Done by which day", 1);
    desk_type(&d, "31/02/2027\n"); /* no such day: asked again */
    want_in_file(d.out, "Done by which day", 2);
    want_now(s, "XLEN dondoc:{%s}:reports", "0");
    desk_type(&d, "31/10/2027\n");
    want_in_file(d.out, "recorded that you take it on (entry 1 of the journal)", 1);
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
    desk_end(&d);
}

static void
a_terminal_session_says_that_it_lost_and_found_the_server(void **state)
{
    struct scene *s = *state;
    struct desk_run d = {0};

    notifier_start(s, 0);
    desk_start(&d, s, "100", "TERM=xterm", "--lang en");
    want_in_file(d.out, "Messages waiting: 0.", 1);
    notifier_end(s, 0, SIGKILL);
    want_in_file(d.out, "The connection to the server is lost;", 1);
    tell_one(s, "C-7c-21040", 1, "new", "21040");
    notifier_start(s, 0);
    want_in_file(d.out, "Connected again.", 1);
    want_in_file(d.out, "C-7c-21040/1", 1);
    desk_end(&d);
}

static void
filters_hide_and_say_that_they_hid(void **state)
{
    struct scene *s = *state;
    struct desk_run d = {0};
    struct run r;

    notifier_start(s, 0);
    tell_one(s, "D-7c-21040", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    watch(&r, s, HEAD_B, "--once --lang en --kind behnd");
    want_run(&r, 64, "is not missed, overdue");
    watch(&r, s, HEAD_B, "--once --lang en --since 31/02/2023");
    want_run(&r, 64, "is no day");
    watch(&r, s, HEAD_B, "--once --lang en --kind missed");
    want_run(&r, 0, "Outside the filter: 1 messages, counted as received");
    assert_null(strstr(r.out, "D-7c-21040/1"));
    watch(
        &r, s, HEAD_B,
        "--once --lang en --from-start --kind behind --unit 21040 --since 09/10/2023");
    want_run(&r, 0, "D-7c-21040/1");
    watch(&r, s, HEAD_B, "--once --lang en --from-start --since 2023-10-10");
    want_run(&r, 0, "Outside the filter: 1");
    desk_start(&d, s, "100", "TERM=xterm", "--lang en --unit 21043 --from-start");
    want_in_file(d.out, "(outside the filter: D-7c-21040/1)", 1);
    desk_end(&d);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
/* The same, word for word, when the notifier seals what it sends. */
#define SEALED(name)                                                                   \
    {                                                                                  \
        "sealed: " #name, name, scene_setup_sealed, scene_teardown, NULL               \
    }
    const struct CMUnitTest tests[] = {
        TEST(once_prints_what_waits_and_then_nothing_waits),
        TEST(json_is_one_object_a_line),
        TEST(what_was_not_printed_does_not_count_as_received),
        TEST(a_double_is_dropped_by_the_file_of_seen_ids),
        TEST(acknowledging_says_what_was_recorded_and_refuses_the_rest),
        TEST(an_acknowledgement_without_an_answer_is_sent_again_with_its_id),
        TEST(no_connection_is_explained),
        TEST(a_live_watch_outlives_a_killed_notifier),
        TEST(a_terminal_gets_a_line_a_message_and_details_when_asked),
        TEST(an_alert_is_acknowledged_with_a_note_from_within),
        TEST(a_terminal_session_says_that_it_lost_and_found_the_server),
        TEST(filters_hide_and_say_that_they_hid),
        SEALED(once_prints_what_waits_and_then_nothing_waits),
        SEALED(a_live_watch_outlives_a_killed_notifier),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
