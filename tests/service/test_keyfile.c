#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/crypto.h"
#include "lib/keyfile.h"
#include "tests/support/command.h"

static char directory[256];
static char path[400];
static struct bus_keys keys;
static struct bus_keys other;
static char why[512];

static int
setup(void **state)
{
    const char *base = getenv("DONDOC_TEST_DIR");

    (void)state;
    crypto_init();
    (void)snprintf(directory, sizeof directory, "%s/keyfile.XXXXXX",
                   base == NULL ? "/tmp" : base);
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/key", directory);
    assert_int_equal(bus_keys_new(&keys), ST_OK);
    assert_int_equal(bus_keys_new(&other), ST_OK);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    (void)alarm(0);
    unlink(path);
    rmdir(directory);
    return 0;
}

static void
put(const char *text, size_t bytes, mode_t mode)
{
    FILE *f;

    unlink(path);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, bytes, f), bytes);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void
what_was_written_is_read_again(void **state)
{
    struct bus_keys got;
    struct stat info;
    mode_t before = umask(0277); /* an odd umask changes nothing */

    (void)state;
    assert_int_equal(keyfile_write(path, &keys, "of 21040", why, sizeof why), ST_OK);
    (void)umask(before);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(keyfile_read(path, &got, why, sizeof why), ST_OK);
    assert_string_equal(got.public_key, keys.public_key);
    assert_string_equal(got.secret_key, keys.secret_key);
}

static void
file_that_is_there_is_never_overwritten(void **state)
{
    struct bus_keys got;

    (void)state;
    assert_int_equal(keyfile_write(path, &keys, "", why, sizeof why), ST_OK);
    assert_int_equal(keyfile_write(path, &other, "", why, sizeof why), ST_STALE);
    assert_non_null(strstr(why, "never overwritten"));
    assert_int_equal(keyfile_read(path, &got, why, sizeof why), ST_OK);
    assert_string_equal(got.public_key, keys.public_key);
}

static void
directory_that_is_not_there_is_named(void **state)
{
    (void)state;
    assert_int_equal(keyfile_write("/nonexistent/key", &keys, "", why, sizeof why),
                     ST_BAD);
    assert_non_null(strstr(why, "/nonexistent/key"));
    assert_int_equal(keyfile_read("/nonexistent/key", &keys, why, sizeof why), ST_GONE);
    assert_non_null(strstr(why, "keys new"));
}

static void
file_that_others_can_read_is_refused_with_the_remedy(void **state)
{
    static const struct {
        mode_t mode;
        enum status want;
    } cases[] = {
        {0600, ST_OK},     {0400, ST_OK},     {0640, ST_DENIED}, {0604, ST_DENIED},
        {0644, ST_DENIED}, {0620, ST_DENIED}, {0666, ST_DENIED},
    };
    struct bus_keys got;

    (void)state;
    assert_int_equal(keyfile_write(path, &keys, "", why, sizeof why), ST_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum status st;

        assert_int_equal(chmod(path, cases[i].mode), 0);
        st = keyfile_read(path, &got, why, sizeof why);
        if (st != cases[i].want) {
            fail_msg("mode %03o: got %s, want %s", (unsigned)cases[i].mode,
                     status_name(st), status_name(cases[i].want));
        }
        if (st == ST_DENIED) {
            assert_non_null(strstr(why, "chmod 600"));
        }
    }
}

/* systemd lets a service in by an ACL, whose mask looks like rights of a group. */
static void
credential_may_show_rights_of_a_group_and_of_nobody_else(void **state)
{
    static const struct {
        mode_t mode;
        bool credential; /* the file lies in $CREDENTIALS_DIRECTORY itself */
        enum status want;
    } cases[] = {
        {0440, true, ST_OK},
        {0444, true, ST_DENIED},
        {0440, false, ST_DENIED},
        {0400, false, ST_OK},
    };
    struct bus_keys got;
    char folder[300];

    (void)state;
    assert_int_equal(keyfile_write(path, &keys, "", why, sizeof why), ST_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = (size_t)(strrchr(path, '/') - path);

        (void)snprintf(folder, sizeof folder, "%.*s%s", (int)len, path,
                       cases[i].credential ? "" : "/deeper");
        assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
        assert_int_equal(chmod(path, cases[i].mode), 0);
        assert_int_equal(keyfile_read(path, &got, why, sizeof why), cases[i].want);
    }
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

static void
link_is_followed_only_where_nobody_else_can_turn_it(void **state)
{
    static const struct {
        const char *name;
        mode_t folder; /* that holds the link */
        mode_t file;
        const char *middle; /* "": the link leads to the file at once */
        enum status want;
    } cases[] = {
        {"folder of our own", 0700, 0600, "", ST_OK},
        {"folder that others read", 0755, 0600, "", ST_OK},
        {"folder that the group writes", 0770, 0600, "", ST_DENIED},
        {"folder that all write", 0777, 0600, "", ST_DENIED},
        {"folder that all write, sticky", 01777, 0600, "", ST_DENIED},
        {"target that others read", 0700, 0644, "", ST_DENIED},
        {"link to a link", 0700, 0600, "/links/second", ST_DENIED},
    };
    char links[300];
    char link[320];
    char second[340];
    struct bus_keys got;

    (void)state;
    assert_int_equal(keyfile_write(path, &keys, "", why, sizeof why), ST_OK);
    (void)snprintf(links, sizeof links, "%s/links", directory);
    (void)snprintf(link, sizeof link, "%s/key", links);
    assert_int_equal(mkdir(links, 0700), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum status st;

        (void)snprintf(second, sizeof second, "%s%s", directory, cases[i].middle);
        if (cases[i].middle[0] == '\0') {
            assert_int_equal(symlink("../key", link), 0);
        } else {
            assert_int_equal(symlink(path, second), 0);
            assert_int_equal(symlink(second, link), 0);
        }
        assert_int_equal(chmod(path, cases[i].file), 0);
        assert_int_equal(chmod(links, cases[i].folder), 0);
        st = keyfile_read(link, &got, why, sizeof why);
        if (st != cases[i].want) {
            fail_msg("%s: got %s, want %s (%s)", cases[i].name, status_name(st),
                     status_name(cases[i].want), why);
        }
        unlink(link);
        if (cases[i].middle[0] != '\0') {
            unlink(second);
        }
    }
    assert_int_equal(symlink("nothing-here", link), 0);
    assert_int_equal(keyfile_read(link, &got, why, sizeof why), ST_GONE);
    unlink(link);
    rmdir(links);
}

static void
comments_order_and_line_ends_do_not_matter(void **state)
{
    char text[512];
    struct bus_keys got;

    (void)state;
    (void)snprintf(text, sizeof text, "\n# a\r\nsecret  %s\r\n\n  public\t%s",
                   keys.secret_key, keys.public_key);
    put(text, strlen(text), 0600);
    assert_int_equal(keyfile_read(path, &got, why, sizeof why), ST_OK);
    assert_string_equal(got.public_key, keys.public_key);
}

static void
file_that_is_no_key_pair_is_refused(void **state)
{
    static char big[6000];
    char cases[12][512];
    struct bus_keys got = {.public_key = "untouched"};
    size_t n = 0;

    (void)state;
    (void)snprintf(cases[n++], 512, "%s", "");
    (void)snprintf(cases[n++], 512, "public %s\n", keys.public_key);
    (void)snprintf(cases[n++], 512, "secret %s\n", keys.secret_key);
    (void)snprintf(cases[n++], 512, "public %s\nsecret %s\n", other.public_key,
                   keys.secret_key);
    (void)snprintf(cases[n++], 512, "public %s\nsecret %s\nsecret %s\n",
                   keys.public_key, keys.secret_key, keys.secret_key);
    (void)snprintf(cases[n++], 512, "public %s\nsecret %.39s\n", keys.public_key,
                   keys.secret_key);
    (void)snprintf(cases[n++], 512, "public %s x\nsecret %s\n", keys.public_key,
                   keys.secret_key);
    (void)snprintf(cases[n++], 512, "public\nsecret %s\n", keys.secret_key);
    (void)snprintf(cases[n++], 512, "hello %s\n", keys.public_key);
    (void)snprintf(cases[n++], 512, "%s",
                   "public Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\n"
                   "secret D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs\n");
    (void)snprintf(cases[n++], 512, "%s",
                   "public rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\n"
                   "secret JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6\n");
    (void)snprintf(cases[n++], 512, "%s",
                   "public 2CVWV6D&QXW]Ii55A)@qco1MAyn+7#3/w+9Xnrjk\n"
                   "secret 0rJua1Qkhq2)}4G4gS)W5Ft->6=4P585:Cl9uDpB\n");
    for (size_t i = 0; i < n; i++) {
        put(cases[i], strlen(cases[i]), 0600);
        if (keyfile_read(path, &got, why, sizeof why) != ST_BAD) {
            fail_msg("case %zu: got accepted, want refused:\n%s", i, cases[i]);
        }
        assert_non_null(strstr(why, path));
        assert_null(strstr(why, keys.secret_key));
    }
    memset(big, '#', sizeof big);
    put(big, sizeof big, 0600);
    assert_int_equal(keyfile_read(path, &got, why, sizeof why), ST_BAD);
    put("a\0b", 3, 0600);
    assert_int_equal(keyfile_read(path, &got, why, sizeof why), ST_BAD);
    assert_int_equal(keyfile_read(directory, &got, why, sizeof why), ST_BAD);
    assert_string_equal(got.public_key, "untouched");
}

/* What may stand where a key file or a keyring is looked for. */
static const struct stand {
    const char *name;
    enum { A_FIFO, A_FOLDER, AN_EMPTY, A_BIG, A_READABLE, A_LINK, A_FILE } what;
    enum status key;     /* of keyfile_read */
    enum status keyring; /* of keyfile_keyring */
    const char *says;
} stands[] = {
    {"FIFO", A_FIFO, ST_BAD, ST_BAD, "not a plain file"},
    {"folder", A_FOLDER, ST_BAD, ST_BAD, "not a plain file"},
    {"empty", AN_EMPTY, ST_BAD, ST_OK, "is missing"},
    {"100 MB", A_BIG, ST_BAD, ST_OK, "over 4096 bytes"},
    {"others may read it", A_READABLE, ST_DENIED, ST_OK, "chmod 600"},
    {"link that others may turn", A_LINK, ST_DENIED, ST_DENIED, "chmod go-w"},
    {"key file", A_FILE, ST_OK, ST_OK, ""},
};

/* Puts it at `path`; a link leads from a folder that all write to a good file. */
static void
stand_put(const struct stand *s)
{
    char good[320];
    char open_folder[320];
    char link[340];

    (void)snprintf(good, sizeof good, "%s/good", directory);
    (void)snprintf(open_folder, sizeof open_folder, "%s/open", directory);
    (void)snprintf(link, sizeof link, "%s/key", open_folder);
    (void)snprintf(path, sizeof path, "%s/key", directory);
    if (s->what == A_FIFO) {
        assert_int_equal(mkfifo(path, 0600), 0);
    } else if (s->what == A_FOLDER) {
        assert_int_equal(mkdir(path, 0700), 0);
    } else if (s->what == AN_EMPTY || s->what == A_BIG) {
        put("", 0, 0600);
        assert_int_equal(truncate(path, s->what == A_BIG ? 100000000 : 0), 0);
    } else if (s->what == A_LINK) {
        assert_int_equal(keyfile_write(good, &keys, "", why, sizeof why), ST_OK);
        assert_int_equal(mkdir(open_folder, 0700), 0);
        assert_int_equal(chmod(open_folder, 0777), 0);
        assert_int_equal(symlink(good, link), 0);
        (void)snprintf(path, sizeof path, "%s", link);
    } else {
        assert_int_equal(keyfile_write(path, &keys, "", why, sizeof why), ST_OK);
        assert_int_equal(chmod(path, s->what == A_READABLE ? 0644 : 0600), 0);
    }
}

static void
stand_take(void)
{
    char name[320];

    unlink(path);
    rmdir(path);
    (void)snprintf(name, sizeof name, "%s/good", directory);
    unlink(name);
    (void)snprintf(name, sizeof name, "%s/open", directory);
    rmdir(name);
    (void)snprintf(path, sizeof path, "%s/key", directory);
}

/* Without a wait: a FIFO that nobody writes would hold a service up for ever. Seen to
 * fail without O_NONBLOCK (keyfile_read), without S_ISREG (keyfile_keyring). */
static void
what_is_no_plain_file_is_refused_at_once(void **state)
{
    struct bus_keys got;

    (void)state;
    for (size_t i = 0; i < sizeof stands / sizeof *stands; i++) {
        const struct stand *s = &stands[i];
        enum status st;

        stand_put(s);
        (void)alarm(10);
        st = keyfile_read(path, &got, why, sizeof why);
        if (st != s->key || (st != ST_OK && strstr(why, s->says) == NULL)) {
            fail_msg("key file, %s: %s, %s", s->name, status_name(st), why);
        }
        st = keyfile_keyring(path, why, sizeof why);
        if (st != s->keyring || (st != ST_OK && strstr(why, s->says) == NULL)) {
            fail_msg("keyring, %s: %s, %s", s->name, status_name(st), why);
        }
        (void)alarm(0);
        stand_take();
    }
}

static void
a_keyring_that_others_may_write_is_refused(void **state)
{
    static const struct {
        mode_t mode;
        enum status want;
    } cases[] = {{0600, ST_OK},     {0644, ST_OK},     {0664, ST_DENIED},
                 {0646, ST_DENIED}, {0666, ST_DENIED}, {0444, ST_OK}};

    (void)state;
    put("", 0, 0600);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(chmod(path, cases[i].mode), 0);
        assert_int_equal(keyfile_keyring(path, why, sizeof why), cases[i].want);
    }
    unlink(path);
    assert_int_equal(keyfile_keyring(path, why, sizeof why), ST_GONE);
}

/* Of another user and for him alone: not to be read, and said so. */
static void
another_users_key_file_is_not_read(void **state)
{
    struct bus_keys got;
    pid_t pid;
    int status;

    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    assert_int_equal(keyfile_write(path, &keys, "", why, sizeof why), ST_OK);
    assert_int_equal(chmod(directory, 0755), 0);
    pid = fork();
    if (pid == 0) {
        bool right = setgid(65534) == 0 && setuid(65534) == 0;

        right = right && keyfile_read(path, &got, why, sizeof why) == ST_GONE &&
                strstr(why, path) != NULL && strstr(why, keys.secret_key) == NULL;
        _exit(right ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* Every command that connects asks for the key by the same way. */
static void
every_command_refuses_such_a_key_file(void **state)
{
    static const char *const commands[] = {
        "push --probe",
        "watch --once",
        "watch --ack QNG-2023-7c-21055 --note x",
        "tick --confirm",
        "hold quang-ngai --reason x --until 2026-12-01",
        "pause QNG-2023-7c-21055 --reason x --until 2026-12-01",
        "programme put programmes/quang-ngai",
        "digest --preview",
        "keys fingerprint",
    };
    static struct command run;

    (void)state;
    for (size_t i = 0; i < sizeof stands / sizeof *stands; i++) {
        const struct stand *s = &stands[i];

        stand_put(s);
        for (size_t k = 0; s->key != ST_OK && k < sizeof commands / sizeof *commands;
             k++) {
            bool connects = strstr(commands[k], "fingerprint") == NULL;

            (void)alarm(20);
            if (connects) {
                command_run(&run,
                            "%s --province quang-ngai --server ipc:///nonexistent/x "
                            "--server-key %s --key %s",
                            commands[k], other.public_key, path);
            } else {
                command_run(&run, "%s %s", commands[k], path);
            }
            if (run.code == 0 || strstr(run.out, s->says) == NULL ||
                strstr(run.out, path) == NULL ||
                strstr(run.out, keys.secret_key) != NULL) {
                fail_msg("%s, %s: %d %s", commands[k], s->name, run.code, run.out);
            }
        }
        (void)alarm(0);
        stand_take();
    }
}

static const char *const services[] = {"ingest", "scorer", "notifier"};
static const char *const settings[] = {"key-file", "keyring"};

static FILE *
service_start(size_t k, const char *good)
{
    const char *build = getenv("DONDOC_BUILD");
    bool ring = k % 2 == 1;
    char command[2000];

    (void)snprintf(command, sizeof command,
                   "timeout 10 %s/bin/dondoc-%s --province quang-ngai --redis "
                   "unix:/nonexistent/redis%s%s --%s %s 2>&1",
                   build == NULL ? "build" : build, services[k / 2],
                   ring ? " --key-file " : "", ring ? good : "", settings[k % 2], path);
    return popen(command, "r"); /* paths of mkdtemp: no quotes needed */
}

static void
service_end(const struct stand *s, size_t k, FILE *f)
{
    char said[4096];
    size_t len = fread(said, 1, sizeof said - 1, f);
    int status;

    said[len] = '\0';
    status = pclose(f);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 78 ||
        strstr(said, s->says) == NULL || strstr(said, settings[k % 2]) == NULL ||
        strstr(said, keys.secret_key) != NULL) {
        fail_msg("%s, %s, %s: %s", services[k / 2], settings[k % 2], s->name, said);
    }
}

/* A service ends with 78 and the reason, and does not wait for a FIFO's writer. (Each
 * takes a second to end, so they run side by side.) */
static void
every_service_refuses_such_a_key_file_and_keyring(void **state)
{
    char good[320];
    FILE *runs[6];

    (void)state;
    for (size_t i = 0; i < sizeof stands / sizeof *stands; i++) {
        const struct stand *s = &stands[i];

        stand_put(s);
        (void)snprintf(good, sizeof good, "%s/own", directory);
        assert_int_equal(keyfile_write(good, &other, "", why, sizeof why), ST_OK);
        for (size_t k = 0; k < 6; k++) {
            bool refused = (k % 2 == 1 ? s->keyring : s->key) != ST_OK;

            runs[k] = refused ? service_start(k, good) : NULL;
        }
        for (size_t k = 0; k < 6; k++) {
            if (runs[k] != NULL) {
                service_end(s, k, runs[k]);
            }
        }
        unlink(good);
        stand_take();
    }
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(what_was_written_is_read_again),
        CLAIM(file_that_is_there_is_never_overwritten),
        CLAIM(directory_that_is_not_there_is_named),
        CLAIM(file_that_others_can_read_is_refused_with_the_remedy),
        CLAIM(credential_may_show_rights_of_a_group_and_of_nobody_else),
        CLAIM(link_is_followed_only_where_nobody_else_can_turn_it),
        CLAIM(comments_order_and_line_ends_do_not_matter),
        CLAIM(file_that_is_no_key_pair_is_refused),
        CLAIM(what_is_no_plain_file_is_refused_at_once),
        CLAIM(a_keyring_that_others_may_write_is_refused),
        CLAIM(another_users_key_file_is_not_read),
        CLAIM(every_command_refuses_such_a_key_file),
        CLAIM(every_service_refuses_such_a_key_file_and_keyring),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
