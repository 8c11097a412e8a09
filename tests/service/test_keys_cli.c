/*
 * `dondoc keys` and the keyring as a file: rotate, revoke, export, list; nothing is
 * lost when two write at once, and a file that others may write is not touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/keyring.h"
#include "tests/support/child.h"
#include "tests/support/command.h"

/* Of the right form; nobody knows their secret halves. */
#define KEY_A "aaaaaaaaaaaaaaaaaaaaabcdefghijklmnopqrst"
#define KEY_B "bbbbbbbbbbbbbbbbbbbbabcdefghijklmnopqrst"
#define KEY_C "cccccccccccccccccccbabcdefghijklmnopqrst"
#define KEY_D "dddddddddddddddddddbabcdefghijklmnopqrst"
#define WRITERS 12

static char dir[300];
static char ring[400];
static char text[65536];
static struct command c;

static int
setup(void **state)
{
    const char *tmp = getenv("TMPDIR");

    (void)state;
    crypto_init();
    (void)snprintf(dir, sizeof dir, "%s/keys.XXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    (void)snprintf(ring, sizeof ring, "%s/keyring", dir);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    (void)unlink(ring);
    (void)rmdir(dir);
    return 0;
}

static void
put(const char *what)
{
    FILE *f = fopen(ring, "wb");

    assert_non_null(f);
    assert_true(fputs(what, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void
want_file(const char *want)
{
    FILE *f = fopen(ring, "rb");

    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    (void)fclose(f);
    assert_string_equal(text, want);
}

static void
in_days(int days, char out[DAY_TEXT_BYTES])
{
    day_text(instant_day(instant_now()) + days, out);
}

/* --- rotate --- */

static void
rotate_puts_a_second_key_beside_the_first_for_some_days(void **state)
{
    char day[DAY_TEXT_BYTES];
    char want[1024];

    (void)state;
    put("# the province\n" KEY_A
        " role=unit name=u scope=1,2 province=p   # desk 3\n" KEY_B
        " role=leader name=chair\n");
    command_run(&c, "keys rotate %s u %s --overlap 3", ring, KEY_C);
    command_want(&c, 0, "Added the new key");
    in_days(3, day);
    (void)snprintf(
        want, sizeof want,
        "# the province\n" KEY_A
        " role=unit name=u scope=1,2 province=p not-after=%s # desk 3\n" KEY_B
        " role=leader name=chair\n" KEY_C
        " role=unit name=u scope=1,2 province=p # desk 3\n",
        day);
    want_file(want);
    command_run(&c, "keys list %s", ring);
    command_want(&c, 0, "3 days left");
}

static void
rotate_takes_fourteen_days_and_prolongs_nothing(void **state)
{
    char day[DAY_TEXT_BYTES];
    char soon[DAY_TEXT_BYTES];
    char want[1024];
    char begin[1024];

    (void)state;
    in_days(14, day);
    in_days(2, soon);
    (void)snprintf(begin, sizeof begin,
                   KEY_A " role=ops name=o not-after=%s\n" KEY_B
                         " role=ops name=o not-before=2020-01-01\n" KEY_D
                         " role=ops name=o not-before=2099-01-01\n",
                   soon);
    put(begin);
    command_run(&c, "keys rotate %s o %s", ring, KEY_C);
    command_want(&c, 0, "good until the end of");
    (void)snprintf(want, sizeof want,
                   KEY_A " role=ops name=o not-after=%s\n" KEY_B
                         " role=ops name=o not-before=2020-01-01 not-after=%s\n" KEY_D
                         " role=ops name=o not-before=2099-01-01\n" KEY_C
                         " role=ops name=o\n",
                   soon, day);
    want_file(want);
}

static void
rotate_refuses_what_it_cannot_know(void **state)
{
    static const struct {
        const char *arguments;
        int code;
        const char *want;
    } cases[] = {
        {"nobody " KEY_C, 65, "no key has the name nobody"},
        {"both " KEY_C, 65, "with --role"},
        {"u " KEY_A, 65, "already"},
        {"u abc", 64, "40 characters"},
        {"u " KEY_C " --overlap 400", 64, "overlap"},
    };
    static const char begin[] =
        KEY_A " role=unit name=u scope=1\n" KEY_B " role=ops name=both\n" KEY_D
              " role=leader name=both\n";

    (void)state;
    put(begin);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        command_run(&c, "keys rotate %s %s", ring, cases[i].arguments);
        command_want(&c, cases[i].code, cases[i].want);
        want_file(begin);
    }
    command_run(&c, "keys rotate %s both %s --role leader", ring, KEY_C);
    command_want(&c, 0, "leader both");
}

/* --- revoke --- */

static void
revoke_leaves_a_comment_by_key_fingerprint_or_name(void **state)
{
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    char today[DAY_TEXT_BYTES];
    char want[1024];

    (void)state;
    in_days(0, today);
    keyring_fingerprint(KEY_A, fingerprint);
    (void)snprintf(
        want, sizeof want,
        "# revoked %s %s role=unit name=u scope=1,2 province=p reason=lost\n" KEY_B
        " role=leader name=chair\n",
        today, fingerprint);
    {
        const char *const which[] = {KEY_A, fingerprint, "u"};

        for (size_t i = 0; i < 3; i++) {
            put(KEY_A " role=unit name=u scope=1,2 province=p # old words\n" KEY_B
                      " role=leader name=chair\n");
            command_run(&c, "keys revoke %s %s --reason lost", ring, which[i]);
            command_want(&c, 0, "Revoked 1 key(s)");
            want_file(want);
        }
    }
    command_run(&c, "keys revoke %s %s", ring, KEY_A);
    command_want(&c, 65, "was revoked before");
    command_run(&c, "keys revoke %s nobody", ring);
    command_want(&c, 65, "there is no key");
    command_run(&c, "keys add %s role=unit name=u scope=1 %s", ring, KEY_A);
    command_want(&c, 65, "is not registered again");
    want_file(want);
}

static void
revoke_by_name_takes_all_keys_of_one_principal_only(void **state)
{
    (void)state;
    put(KEY_A " role=unit name=u scope=1\n" KEY_B " role=unit name=u scope=1\n" KEY_C
              " role=leader name=u\n");
    command_run(&c, "keys revoke %s u", ring);
    command_want(&c, 65, "with --role");
    command_run(&c, "keys revoke %s u --role unit", ring);
    command_want(&c, 0, "Revoked 2 key(s) of u (1 keys left)");
}

static void
newline_in_a_word_is_no_line_of_its_own(void **state)
{
    static const char begin[] = KEY_A " role=unit name=u scope=1\n";

    (void)state;
    put(begin);
    command_run(&c, "keys revoke %s u --reason x\n%s", ring, KEY_B);
    command_want(&c, 64, "one line");
    command_run(&c, "keys add %s role=ops name=o\n%s %s", ring, KEY_B, KEY_C);
    assert_int_equal(c.code, 64);
    want_file(begin);
}

/* --- list and export --- */

static void
list_and_export_say_who_may_what_until_when(void **state)
{
    char soon[DAY_TEXT_BYTES];
    char begin[2048];

    (void)state;
    in_days(30, soon);
    (void)snprintf(begin, sizeof begin,
                   KEY_A " role=unit name=u scope=1,2 not-after=%s\n" KEY_B
                         " role=leader name=chair not-after=2020-01-31\n" KEY_C
                         " role=ops name=o not-before=2099-01-01\n" KEY_D
                         " role=office name=of\n"
                         "# revoked 2026-11-21 71850f09f013f4bf role=leader name=vice "
                         "reason=desk name=x, gone\n",
                   soon);
    put(begin);
    command_run(&c, "keys list %s", ring);
    command_want(&c, 0, "30 days left");
    command_want(&c, 0, "ENDED");
    command_want(&c, 0, "not yet");
    command_want(&c, 0, soon);
    command_run(&c, "keys export %s", ring);
    command_want(&c, 0, "fingerprint,role,name,province,scope,may,state,not_before");
    command_want(&c, 0,
                 ",leader,chair,,,receives the alerts of its office and takes "
                 "them on,ended,,2020-01-31,,\n");
    command_want(&c, 0, ",office,of,,*,");
    command_want(&c, 0,
                 "71850f09f013f4bf,leader,vice,,,,revoked,,,2026-11-21,"
                 "\"desk name=x, gone\"\n");
    command_want(&c, 0, ",unit,u,,1 2,reports for the units of its scope,ends_soon,");
    assert_null(strstr(c.out, KEY_A)); /* fingerprints are what people compare */
    command_run(&c, "keys export %s --json", ring);
    command_want(&c, 0, "\"state\":\"not_yet\",\"not_before\":\"2099-01-01\"");
    command_want(&c, 0, "\"revoked\":\"2026-11-21\",\"reason\":\"desk name=x, gone\"");
    command_run(&c, "keys export %s --json --csv", ring);
    command_want(&c, 64, "either");
}

/* --- the file --- */

static void
keyring_that_others_may_write_is_refused_and_mode_is_kept(void **state)
{
    static const struct {
        mode_t mode;
        int code;
    } cases[] = {{0600, 0}, {0644, 0}, {0640, 0}, {0664, 65}, {0646, 65}, {0666, 65}};
    struct stat info;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(KEY_A " role=ops name=o\n");
        assert_int_equal(chmod(ring, cases[i].mode), 0);
        command_run(&c, "keys list %s", ring);
        command_want(&c, cases[i].code, cases[i].code == 0 ? "ops" : "chmod go-w");
        command_run(&c, "keys add %s role=ops name=p %s", ring, KEY_B);
        command_want(&c, cases[i].code, cases[i].code == 0 ? "Added" : "chmod go-w");
        assert_int_equal(stat(ring, &info), 0);
        assert_int_equal(info.st_mode & 0777, cases[i].mode);
        assert_int_equal(unlink(ring), 0);
    }
}

/* Each with a key of its own; the words of a key are told apart by two letters. */
static void
two_at_once_lose_no_line(void **state)
{
    pid_t pids[WRITERS];
    struct keyring *k = NULL;
    char why[200];
    FILE *f;

    (void)state;
    for (int i = 0; i < WRITERS; i++) {
        pids[i] =
            command_start("keys add %s role=ops name=o%d %.38s%02d", ring, i, KEY_A, i);
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(child_end(pids[i]), 0);
    }
    f = fopen(ring, "rb");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    (void)fclose(f);
    assert_int_equal(keyring_parse(text, strlen(text), &k, why, sizeof why), ST_OK);
    assert_int_equal(keyring_count(k), WRITERS);
    keyring_free(&k);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(rotate_puts_a_second_key_beside_the_first_for_some_days),
        CLAIM(rotate_takes_fourteen_days_and_prolongs_nothing),
        CLAIM(rotate_refuses_what_it_cannot_know),
        CLAIM(revoke_leaves_a_comment_by_key_fingerprint_or_name),
        CLAIM(revoke_by_name_takes_all_keys_of_one_principal_only),
        CLAIM(newline_in_a_word_is_no_line_of_its_own),
        CLAIM(list_and_export_say_who_may_what_until_when),
        CLAIM(keyring_that_others_may_write_is_refused_and_mode_is_kept),
        CLAIM(two_at_once_lose_no_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
