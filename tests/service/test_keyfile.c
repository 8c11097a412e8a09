#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/crypto.h"
#include "lib/keyfile.h"

static char directory[256];
static char path[300];
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
