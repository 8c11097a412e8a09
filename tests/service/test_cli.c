/*
 * The command `dondoc` without any server: help, exit statuses, keys, invitation and
 * join, a programme's check, and what is said when nobody answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cmocka.h>

#define OUT_BYTES 65536
#define COMMAND_BYTES 8192

static char dir[1024];
static char binary[1024];
static const char *root;

/* One run through a shell in the test's directory; both streams together in out. */
struct run {
    int code;
    char out[OUT_BYTES];
};

static void run(struct run *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
run(struct run *r, const char *format, ...)
{
    char arguments[COMMAND_BYTES];
    char command[2 * COMMAND_BYTES];
    size_t len = 0;
    size_t got;
    va_list args;
    FILE *pipe;

    va_start(args, format);
    (void)vsnprintf(arguments, sizeof arguments, format, args);
    va_end(args);
    (void)snprintf(command, sizeof command,
                   "cd '%s' && XDG_CONFIG_HOME='%s/home' LC_ALL=C.UTF-8 '%s' %s 2>&1",
                   dir, dir, binary, arguments);
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

/* The run ended with `code` and said `part`. */
static void
want(const struct run *r, int code, const char *part)
{
    if (r->code != code || strstr(r->out, part) == NULL) {
        fail_msg("want %d and “%s”, got %d: %s", code, part, r->code, r->out);
    }
}

static void
write_file(const char *name, const char *text)
{
    char path[2048];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static unsigned
mode_of(const char *name)
{
    char path[2048];
    struct stat info;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return stat(path, &info) == 0 ? info.st_mode & 0777u : 0;
}

/* The public key of a key file, in a buffer of 64. */
static void
public_of(const char *name, char key[64])
{
    char path[2048];
    char line[256];
    FILE *f;

    key[0] = '\0';
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "rb");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "public %63s", key) == 1) {
            break;
        }
    }
    (void)fclose(f);
    assert_int_equal(strlen(key), 40);
}

static int
closed_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    (void)close(fd);
    return ntohs(at.sin_port);
}

/* --- help and usage --- */

static void
help_teaches_every_command_in_both_languages(void **state)
{
    static const char *const commands[] = {
        "join",    "push",    "watch",   "check",   "programme", "keys",       "tick",
        "status",  "explain", "table",   "journal", "parked",    "play",       "verify",
        "archive", "restore", "test",    "league",  "progress",  "replay",     "alerts",
        "history", "hold",    "release", "pause",   "digest",    "undelivered"};
    struct run r;

    (void)state;
    run(&r, "--help");
    want(&r, 0, "Usage: dondoc COMMAND");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        want(&r, 0, commands[i]);
    }
    run(&r, "--lang vi --help");
    want(&r, 0, "Cách dùng: dondoc LỆNH");
    run(&r, "push --help");
    want(&r, 0, "--dry-run");
    run(&r, "push --lang vi --help");
    want(&r, 0, "Mã thoát");
    run(&r, "--version");
    want(&r, 0, "dondoc ");
}

static void
wrong_usage_is_64_and_suggests(void **state)
{
    struct run r;

    (void)state;
    run(&r, "%s", "");
    want(&r, 64, "Usage");
    run(&r, "pusch");
    want(&r, 64, "did you mean: dondoc push?");
    run(&r, "frobnicate --lang vi");
    want(&r, 64, "không có lệnh");
    run(&r, "push x.csv --dryrun");
    want(&r, 64, "did you mean --dry-run?");
    run(&r, "push --dry-run");
    want(&r, 64, "missing");
    run(&r, "push a b");
    want(&r, 64, "one file");
    run(&r, "push x.csv --timeout soon");
    want(&r, 64, "whole number");
    run(&r, "push x.csv --lang fr");
    want(&r, 64, "neither vi nor en");
    run(&r, "keys");
    want(&r, 64, "one of");
    run(&r, "tick now");
    want(&r, 64, "too much");
    run(&r, "programme remove x");
    want(&r, 64, "put DIR");
    run(&r, "join");
    want(&r, 64, "invitation");
}

/* --- keys --- */

static void
a_key_pair_is_made_once_and_only_its_owner_reads_it(void **state)
{
    struct run r;
    char key[64];

    (void)state;
    run(&r, "keys new first");
    want(&r, 0, "Fingerprint");
    assert_int_equal(mode_of("first.key"), 0600);
    public_of("first.key", key);
    want(&r, 0, key);
    run(&r, "keys new first");
    want(&r, 65, "never overwritten");
    run(&r, "keys fingerprint first.key");
    want(&r, 0, key);
    run(&r, "keys fingerprint '%s'", key);
    assert_int_equal(r.code, 0);
    assert_int_equal(strlen(r.out), 17); /* 16 digits and a newline */
    run(&r, "keys fingerprint nothing.key");
    want(&r, 65, "no public key");
}

static void
a_keyring_takes_only_whole_and_new_lines(void **state)
{
    struct run r;
    char one[64];
    char two[64];

    (void)state;
    run(&r, "keys new one");
    run(&r, "keys new two");
    public_of("one.key", one);
    public_of("two.key", two);
    run(&r, "keys add ring role=unit name=21040 scope=21040 '%s'", one);
    want(&r, 0, "1 keys now");
    run(&r, "keys add ring '%s' role=leader name=chair-province", two);
    want(&r, 0, "2 keys now");
    run(&r, "keys add ring role=ops name=again '%s'", one);
    want(&r, 65, "already");
    run(&r, "keys add other role=unit name=21040 '%s'", one);
    want(&r, 65, "scope= is missing");
    assert_int_equal(mode_of("other"), 0); /* nothing was made */
    run(&r, "keys add ring role=unit name=x scope=x 'not-a-key'");
    want(&r, 64, "40 characters");
    run(&r, "keys list ring");
    want(&r, 0, "chair-province");
    want(&r, 0, "21040");
    write_file("ring.new", "");
    run(&r, "keys add ring role=ops name=x '%s'",
        "0000000000000000000000000000000000000001");
    assert_int_not_equal(r.code, 0);
    want(&r, r.code, "ring.new");
    write_file("torn", "nonsense\n");
    run(&r, "keys add torn role=ops name=x '%s'", two);
    want(&r, 65, "line 1");
    run(&r, "keys list missing");
    want(&r, 65, "cannot be read");
}

/* --- from the invitation to the first push --- */

static void
an_invitation_leads_to_a_working_set_up(void **state)
{
    char server[64];
    char ours[64];
    char settings[COMMAND_BYTES];
    int port = closed_port();
    struct run r;

    (void)state;
    run(&r, "keys new server");
    public_of("server.key", server);
    run(&r,
        "keys invite 21040 --programme '%s/programmes/quang-ngai' --server "
        "tcp://127.0.0.1:%d --server-key '%s' --out inv.yaml",
        root, port, server);
    want(&r, 0, "dondoc join inv.yaml");
    run(&r, "keys invite 21040 --programme '%s/programmes/quang-ngai' --server x",
        root);
    want(&r, 64, "--server-key");
    run(&r,
        "keys invite 99999 --programme '%s/programmes/quang-ngai' --server tcp://a:1 "
        "--server-key '%s'",
        root, server);
    want(&r, 65, "has no unit");
    run(&r, "join inv.yaml --dir joined");
    want(&r, 0, "role=unit name=21040 scope=21040 province=quang-ngai");
    want(&r, 0, "* * 1-5 dondoc push");
    assert_int_equal(mode_of("joined/21040.key"), 0600);
    public_of("joined/21040.key", ours);
    run(&r, "join inv.yaml --dir joined");
    want(&r, 0, ours); /* the same key: nothing was made anew */
    run(&r, "keys add units role=unit name=21040 scope=21040 province=quang-ngai '%s'",
        ours);
    want(&r, 0, "1 keys now");
    (void)snprintf(settings, sizeof settings, "%s/joined/dondoc.yaml", dir);
    run(&r, "push --probe --timeout 2 --config '%s'", settings);
    want(&r, 69, "not reachable");
    run(&r, "push --probe --timeout 2 --config '%s' --lang vi", settings);
    want(&r, 69, "Không kết nối được cổng");
    write_file("joined/dondoc.yaml", "server: tcp://elsewhere:1\n");
    run(&r, "join inv.yaml --dir joined");
    want(&r, 78, "not overwritten");
}

static void
a_spoiled_invitation_is_refused(void **state)
{
    struct run r;

    (void)state;
    write_file("bad.yaml", "invitation: 1\nprovince: ../etc\nserver: tcp://a:1\n");
    run(&r, "join bad.yaml --dir never");
    want(&r, 65, "province");
    assert_int_equal(mode_of("never"), 0);
    write_file("bad.yaml", "a: [\n");
    run(&r, "join bad.yaml --dir never");
    want(&r, 65, "bad.yaml:");
    run(&r, "join none.yaml");
    want(&r, 65, "cannot be read");
}

/* --- nobody answers --- */

static void
failures_to_connect_say_which_it_is(void **state)
{
    char server[64];
    struct run r;
    int port = closed_port();

    (void)state;
    run(&r, "keys new mine");
    run(&r, "keys new theirs");
    public_of("theirs.key", server);
    run(&r, "push --probe");
    want(&r, 78, "server is missing");
    run(&r,
        "push --probe --timeout 2 --server tcp://127.0.0.1:%d --server-key '%s' --key "
        "mine.key --province quang-ngai",
        port, server);
    want(&r, 69, "not reachable");
    run(&r,
        "push --probe --timeout 5 --server tcp://name.invalid:5701 --server-key '%s' "
        "--key mine.key --province quang-ngai",
        server);
    want(&r, 69, "is not found");
    run(&r,
        "push --probe --server nonsense --server-key '%s' --key mine.key --province q",
        server);
    want(&r, 78, "tcp://HOST:PORT");
    run(&r,
        "push --probe --server tcp://127.0.0.1:%d --server-key '%s' --key none.key "
        "--province q",
        port, server);
    want(&r, 78, "none.key");
    run(&r,
        "tick --timeout 1 --server tcp://127.0.0.1:%d --server-key '%s' --key mine.key "
        "--province q",
        port, server);
    want(&r, 69, "not reachable");
}

static void
a_file_refused_as_a_whole_needs_no_server(void **state)
{
    struct run r;

    (void)state;
    write_file("mixed.csv", "unit;period;a\n21040;2023-06;1.204\n21043;2023-06;1204\n");
    run(&r, "push mixed.csv");
    want(&r, 65, "two ways");
    want(&r, 65, "Nothing of this file was sent");
    run(&r, "push mixed.csv --lang vi");
    want(&r, 65, "hai cách");
    run(&r, "push mixed.csv --json");
    want(&r, 65, "\"mixed_grouping\"");
    run(&r, "push none.csv");
    want(&r, 65, "cannot be read");
}

static void
settings_are_checked_with_their_place(void **state)
{
    struct run r;

    (void)state;
    write_file("set.yaml", "server: tcp://127.0.0.1:1\nsever-key: x\n");
    run(&r, "push --probe --config set.yaml");
    want(&r, 78, "set.yaml:2:1");
    write_file("set.yaml", "timeout: soon\n");
    run(&r, "push --probe --config set.yaml");
    want(&r, 78, "set.yaml:1:10");
    write_file("set.yaml", "lang: vi\nnotifier: tcp://127.0.0.1:2\n");
    run(&r, "push --probe --config set.yaml");
    want(&r, 78, "Thiếu cài đặt server");
    run(&r, "push --probe --config none.yaml");
    want(&r, 78, "cannot be read");
}

static void
programmes_are_checked_before_anything_is_sent(void **state)
{
    struct run r;

    (void)state;
    run(&r, "check '%s/programmes/quang-ngai'", root);
    want(&r, 0, "0 errors");
    run(&r, "check nowhere");
    assert_int_not_equal(r.code, 0);
    run(&r, "programme put nowhere");
    assert_int_not_equal(r.code, 0);
    want(&r, r.code, "Nothing was changed");
}

/* Those of which nothing is counted, too: 002 has two of them (1.2.6a, nv2.4). */
static void
a_check_counts_every_target(void **state)
{
    struct run r;

    (void)state;
    run(&r, "check '%s/programmes/chuong-trinh-002' --lang en", root);
    want(&r, 0, "\n42 targets: 38 judged, 4 info\n");
    run(&r, "check '%s/programmes/chuong-trinh-002' --lang vi", root);
    want(&r, 0, "\n42 mục tiêu: 38 được đánh giá, 4 chỉ theo dõi (info)\n");
    write_file("rows.csv", "id\ntay-ninh.7\ntay-ninh.nv8a1\n");
    run(&r, "check '%s/programmes/tay-ninh' --lang en --coverage rows.csv", root);
    want(&r, 0, ": 2 ids in the list; 19 targets judged, 6 info, 1 left out\n");
    write_file("rows.csv", "id\ntay-ninh.9\n");
    run(&r, "check '%s/programmes/tay-ninh' --lang en --coverage rows.csv", root);
    want(&r, 65, "rows.csv:2: error: 9 is missing in ");
}

static int
set_up(void **state)
{
    const char *given = getenv("DONDOC_TEST_DIR");
    const char *build = getenv("DONDOC_BUILD");

    (void)state;
    root = getenv("DONDOC_ROOT");
    if (given == NULL || build == NULL || root == NULL) {
        (void)fputs("run by tests/run build/tests/service/test_cli\n", stderr);
        return -1;
    }
    (void)snprintf(dir, sizeof dir, "%s", given);
    (void)snprintf(binary, sizeof binary, "%s/bin/dondoc", build);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_teaches_every_command_in_both_languages),
        cmocka_unit_test(wrong_usage_is_64_and_suggests),
        cmocka_unit_test(a_key_pair_is_made_once_and_only_its_owner_reads_it),
        cmocka_unit_test(a_keyring_takes_only_whole_and_new_lines),
        cmocka_unit_test(an_invitation_leads_to_a_working_set_up),
        cmocka_unit_test(a_spoiled_invitation_is_refused),
        cmocka_unit_test(failures_to_connect_say_which_it_is),
        cmocka_unit_test(a_file_refused_as_a_whole_needs_no_server),
        cmocka_unit_test(settings_are_checked_with_their_place),
        cmocka_unit_test(programmes_are_checked_before_anything_is_sent),
        cmocka_unit_test(a_check_counts_every_target),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
