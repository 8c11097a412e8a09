#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/conf.h"

static const struct conf_setting settings[] = {
    {"redis", CONF_TEXT, "unix:/run/redis.sock", 0, 0, "where Redis is"},
    {"redis-timeout-ms", CONF_INT, "2000", 50, 60000,
     "how long an answer may take, ms"},
    {"offset", CONF_INT, "0", -5, 5, "a number below zero too"},
    {"simulated", CONF_SWITCH, "false", 0, 0, "time comes from the player"},
    {"nothing", CONF_TEXT, NULL, 0, 0, "has no default"},
    {"smtp-password", CONF_TEXT, "", 0, 0, "a secret"},
    {"smtp-password-file", CONF_TEXT, "", 0, 0, "where a secret is"},
};

#define COUNT (sizeof settings / sizeof settings[0])

static struct conf *conf;
static struct buf out;
static char why[256];

static int
setup(void **state)
{
    (void)state;
    conf = conf_new(settings, COUNT);
    buf_init(&out, 4096);
    why[0] = '\0';
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    conf_free(&conf);
    buf_fini(&out);
    unsetenv("DONDOC_REDIS");
    unsetenv("DONDOC_REDIS_TIMEOUT_MS");
    unsetenv("DONDOC_SIMULATED");
    return 0;
}

static enum status
set(const char *name, const char *value, enum conf_source from)
{
    return conf_set(conf, name, value, from, why, sizeof why);
}

/* Up to seven words; rest and its count are static so that tests can look at them. */
static char *rest[8];
static int rest_count;

static enum status
flags(const char *const *words)
{
    char *argv[8];
    int argc = 0;

    while (words[argc] != NULL) {
        argv[argc] = (char *)(uintptr_t)words[argc];
        argc++;
    }
    return conf_flags(conf, argc, argv, rest, &rest_count, why, sizeof why);
}

#define FLAGS(...) flags((const char *const[]){__VA_ARGS__, NULL})

static void
default_holds_until_something_is_set(void **state)
{
    (void)state;
    assert_string_equal(conf_text(conf, "redis"), "unix:/run/redis.sock");
    assert_int_equal(conf_int(conf, "redis-timeout-ms"), 2000);
    assert_false(conf_switch(conf, "simulated"));
    assert_string_equal(conf_text(conf, "nothing"), "");
    assert_int_equal(conf_from(conf, "redis"), CONF_FROM_DEFAULT);
}

static void
flag_goes_before_environment_before_file_whatever_comes_first(void **state)
{
    (void)state;
    assert_int_equal(set("redis", "flag", CONF_FROM_FLAG), ST_OK);
    assert_int_equal(set("redis", "file", CONF_FROM_FILE), ST_OK);
    setenv("DONDOC_REDIS", "environment", 1);
    setenv("DONDOC_REDIS_TIMEOUT_MS", "100", 1);
    assert_int_equal(conf_environment(conf, why, sizeof why), ST_OK);
    assert_int_equal(set("redis-timeout-ms", "200", CONF_FROM_FILE), ST_OK);
    assert_string_equal(conf_text(conf, "redis"), "flag");
    assert_int_equal(conf_from(conf, "redis"), CONF_FROM_FLAG);
    assert_int_equal(conf_int(conf, "redis-timeout-ms"), 100);
    assert_int_equal(conf_from(conf, "redis-timeout-ms"), CONF_FROM_ENVIRONMENT);
}

static void
empty_environment_is_not_set(void **state)
{
    (void)state;
    setenv("DONDOC_REDIS_TIMEOUT_MS", "", 1);
    assert_int_equal(conf_environment(conf, why, sizeof why), ST_OK);
    assert_int_equal(conf_int(conf, "redis-timeout-ms"), 2000);
}

static void
wrong_environment_is_named(void **state)
{
    (void)state;
    setenv("DONDOC_SIMULATED", "perhaps", 1);
    assert_int_equal(conf_environment(conf, why, sizeof why), ST_BAD);
    assert_non_null(strstr(why, "DONDOC_SIMULATED"));
    assert_non_null(strstr(why, "perhaps"));
}

static void
number_is_taken_only_when_it_is_one_and_in_range(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        bool want;
        long number;
    } cases[] = {
        {"redis-timeout-ms", "50", true, 50},
        {"redis-timeout-ms", "60000", true, 60000},
        {"redis-timeout-ms", "49", false, 0},
        {"redis-timeout-ms", "60001", false, 0},
        {"redis-timeout-ms", "", false, 0},
        {"redis-timeout-ms", "25x", false, 0},
        {"redis-timeout-ms", " 100", false, 0},
        {"redis-timeout-ms", "+100", false, 0},
        {"redis-timeout-ms", "1e3", false, 0},
        {"redis-timeout-ms", "0x64", false, 0},
        {"redis-timeout-ms", "99999999999999999999", false, 0},
        {"offset", "-5", true, -5},
        {"offset", "-6", false, 0},
        {"offset", "-", false, 0},
        {"offset", "--1", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum status st = set(cases[i].name, cases[i].value, CONF_FROM_FLAG);

        if (st != (cases[i].want ? ST_OK : ST_BAD)) {
            fail_msg("%s=\"%s\": got %s", cases[i].name, cases[i].value,
                     status_name(st));
        }
        if (cases[i].want) {
            assert_int_equal(conf_int(conf, cases[i].name), cases[i].number);
        } else {
            assert_non_null(strstr(why, "whole number from"));
        }
    }
}

static void
refused_value_leaves_what_was(void **state)
{
    (void)state;
    assert_int_equal(set("redis-timeout-ms", "300", CONF_FROM_FILE), ST_OK);
    assert_int_equal(set("redis-timeout-ms", "many", CONF_FROM_FLAG), ST_BAD);
    assert_int_equal(conf_int(conf, "redis-timeout-ms"), 300);
    assert_int_equal(conf_from(conf, "redis-timeout-ms"), CONF_FROM_FILE);
}

static void
switch_takes_the_usual_words(void **state)
{
    static const struct {
        const char *value;
        enum status want;
        bool on;
    } cases[] = {
        {"true", ST_OK, true},   {"yes", ST_OK, true},    {"on", ST_OK, true},
        {"1", ST_OK, true},      {"false", ST_OK, false}, {"no", ST_OK, false},
        {"off", ST_OK, false},   {"0", ST_OK, false},     {"", ST_BAD, false},
        {"TRUE", ST_BAD, false}, {"2", ST_BAD, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (set("simulated", cases[i].value, CONF_FROM_FLAG) != cases[i].want) {
            fail_msg("\"%s\": want %s", cases[i].value, status_name(cases[i].want));
        }
        if (cases[i].want == ST_OK) {
            assert_int_equal(conf_switch(conf, "simulated"), cases[i].on);
        }
    }
}

static void
unknown_name_is_gone(void **state)
{
    (void)state;
    assert_int_equal(set("redsi", "x", CONF_FROM_FILE), ST_GONE);
    assert_non_null(strstr(why, "redsi"));
}

static void
flags_are_taken_and_operands_left_in_order(void **state)
{
    (void)state;
    assert_int_equal(FLAGS("one", "--redis", "tcp:h:1", "--simulated", "two",
                           "--redis-timeout-ms=60"),
                     ST_OK);
    assert_string_equal(conf_text(conf, "redis"), "tcp:h:1");
    assert_true(conf_switch(conf, "simulated"));
    assert_int_equal(conf_int(conf, "redis-timeout-ms"), 60);
    assert_int_equal(rest_count, 2);
    assert_string_equal(rest[0], "one");
    assert_string_equal(rest[1], "two");
}

static void
two_dashes_end_flags_and_one_is_an_operand(void **state)
{
    (void)state;
    assert_int_equal(FLAGS("-", "--", "--redis", "-x"), ST_OK);
    assert_int_equal(rest_count, 3);
    assert_string_equal(rest[0], "-");
    assert_string_equal(rest[1], "--redis");
    assert_string_equal(rest[2], "-x");
    assert_int_equal(conf_from(conf, "redis"), CONF_FROM_DEFAULT);
}

static void
switch_can_be_put_off_by_a_flag(void **state)
{
    (void)state;
    assert_int_equal(set("simulated", "true", CONF_FROM_FILE), ST_OK);
    assert_int_equal(FLAGS("--simulated=false"), ST_OK);
    assert_false(conf_switch(conf, "simulated"));
}

static void
wrong_flags_are_refused_with_their_name(void **state)
{
    static const struct {
        const char *word;
        enum status want;
        const char *says;
    } cases[] = {
        {"--redsi=x", ST_GONE, "--redsi is not known"},
        {"--=x", ST_GONE, "not known"},
        {"-r", ST_GONE, "-r is not known"},
        {"--redis", ST_BAD, "--redis needs a value"},
        {"--redis-timeout-ms=1", ST_BAD, "whole number"},
        {"--simulated=x", ST_BAD, "neither true nor false"},
        {"--a-name-that-is-longer-than-any-name-of-a-setting-could-possibly-be-here",
         ST_GONE, "not known"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum status st = FLAGS(cases[i].word);

        if (st != cases[i].want || strstr(why, cases[i].says) == NULL) {
            fail_msg("%s: got %s \"%s\"", cases[i].word, status_name(st), why);
        }
    }
}

static void
help_names_each_setting_with_its_default(void **state)
{
    (void)state;
    conf_help(conf, &out);
    assert_non_null(strstr(buf_str(&out), "--redis TEXT"));
    assert_non_null(strstr(buf_str(&out), "(default 2000)"));
    assert_non_null(strstr(buf_str(&out), "--simulated  "));
    assert_null(strstr(buf_str(&out), "(default )"));
}

static void
show_says_from_where_and_hides_secrets(void **state)
{
    (void)state;
    assert_int_equal(set("smtp-password", "hunter2", CONF_FROM_FILE), ST_OK);
    assert_int_equal(set("smtp-password-file", "/etc/x", CONF_FROM_FLAG), ST_OK);
    conf_show(conf, &out);
    assert_non_null(strstr(buf_str(&out), "redis-timeout-ms=2000  # default\n"));
    assert_non_null(strstr(buf_str(&out), "smtp-password=(hidden)  # file\n"));
    assert_non_null(strstr(buf_str(&out), "smtp-password-file=/etc/x  # flag\n"));
    assert_null(strstr(buf_str(&out), "hunter2"));
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(default_holds_until_something_is_set),
        CLAIM(flag_goes_before_environment_before_file_whatever_comes_first),
        CLAIM(empty_environment_is_not_set),
        CLAIM(wrong_environment_is_named),
        CLAIM(number_is_taken_only_when_it_is_one_and_in_range),
        CLAIM(refused_value_leaves_what_was),
        CLAIM(switch_takes_the_usual_words),
        CLAIM(unknown_name_is_gone),
        CLAIM(flags_are_taken_and_operands_left_in_order),
        CLAIM(two_dashes_end_flags_and_one_is_an_operand),
        CLAIM(switch_can_be_put_off_by_a_flag),
        CLAIM(wrong_flags_are_refused_with_their_name),
        CLAIM(help_names_each_setting_with_its_default),
        CLAIM(show_says_from_where_and_hides_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
