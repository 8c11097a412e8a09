/*
 * What a commit writes, against a plain list of what stands at the end: the arguments
 * are carried out as dd_apply would (lib/functions.lua).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/follow.h"
#include "lib/keys.h"

#define SUBJECTS 20
#define FIELDS 5
#define STEPS 20000

/* What stands: by subject and field; "" nothing. */
struct hashes {
    char values[SUBJECTS][FIELDS][24];
};

static struct follow follow;
static struct effects e;
static struct args sent; /* as dd_apply gets them */

static int
setup(void **state)
{
    (void)state;
    follow_init(&follow, "quang-ngai", "scorer", KEY_REPORTS);
    effects_init(&e);
    args_init(&sent);
    effects_clear(&e, &follow);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    effects_fini(&e);
    args_fini(&sent);
    return 0;
}

static void
set(const char *subject, const char *field, const char *value)
{
    effects_hset(&e, &follow, KEY_SCORES, subject, field, value, strlen(value));
}

static void
sent_make(void)
{
    args_clear(&sent);
    effects_args(&e, &sent);
}

static size_t
number_at(size_t i)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%.*s", (int)sent.lens[i], sent.argv[i]);
    return (size_t)strtoul(text, NULL, 10);
}

/* The arguments in words: "hset scores:a f=1 g=2; hdel scores:a f". */
static void
want_effects(const char *want)
{
    char got[400] = "";
    size_t len = 0;
    size_t i = 0;

    sent_make();
    while (i < sent.argc) {
        bool sets = strncmp(sent.argv[i], "hset", 4) == 0;
        size_t key = number_at(i + 1) - 3;
        size_t n = number_at(i + 2);
        const char *name = (const char *)memchr(e.keys.argv[key], '}', 40) + 2;
        size_t name_len = e.keys.lens[key] - (size_t)(name - e.keys.argv[key]);

        len += (size_t)snprintf(got + len, sizeof got - len, "%s%s %.*s",
                                i == 0 ? "" : "; ", sets ? "hset" : "hdel",
                                (int)name_len, name);
        i += 3;
        for (; n > 0; n--) {
            len += (size_t)snprintf(got + len, sizeof got - len, " %.*s",
                                    (int)sent.lens[i], sent.argv[i]);
            i++;
            if (sets) {
                len += (size_t)snprintf(got + len, sizeof got - len, "=%.*s",
                                        (int)sent.lens[i], sent.argv[i]);
                i++;
            }
        }
    }
    assert_string_equal(got, want);
}

static void
a_field_set_again_is_written_once_with_its_last_value(void **state)
{
    (void)state;
    set("a", "f", "1");
    set("a", "g", "2");
    set("b", "f", "3");
    set("a", "f", "a longer one");
    set("b", "f", "");
    want_effects("hset scores:a f=a longer one g=2; hset scores:b f=");
    assert_int_equal(e.count, 3);
}

static void
only_what_stands_at_the_end_is_written(void **state)
{
    (void)state;
    set("a", "f", "1");
    effects_hdel(&e, &follow, KEY_SCORES, "a", "f");
    set("a", "f", "2");
    set("a", "f", "3");
    set("a", "g", "4");
    effects_hdel(&e, &follow, KEY_SCORES, "a", "g");
    effects_hdel(&e, &follow, KEY_SCORES, "b", "h");
    want_effects("hset scores:a f=3; hdel scores:a g; hdel scores:b h");
    assert_int_equal(e.count, 3);
}

/* However far apart: each key is named once, each hash is one command. */
static void
each_hash_is_one_command(void **state)
{
    char subject[24];
    size_t i;

    (void)state;
    for (i = 0; i < 6000; i++) {
        (void)snprintf(subject, sizeof subject, "%zu", i % 2000);
        set(subject, i < 2000 ? "f" : i < 4000 ? "g" : "f", "x");
    }
    assert_int_equal(e.keys.argc, 2000);
    assert_int_equal(e.count, 4000);
    sent_make();
    assert_int_equal(sent.argc, 2000 * (3 + 2 * 2));
}

/* A name or a part that only begins like another is another key. */
static void
keys_that_begin_alike_are_told_apart(void **state)
{
    static const char *const parts[] = {"a", "ab", "", NULL, "a:b"};
    size_t i;

    (void)state;
    for (i = 0; i < 2 * sizeof parts / sizeof *parts; i++) {
        effects_hset(&e, &follow, i % 2 == 0 ? "score" : "scores", parts[i / 2], "f",
                     "1", 1);
    }
    assert_int_equal(e.keys.argc, 2 * sizeof parts / sizeof *parts);
}

static void
the_next_commit_knows_nothing_of_the_one_before(void **state)
{
    (void)state;
    set("a", "f", "1");
    effects_clear(&e, &follow);
    set("b", "f", "1");
    effects_clear(&e, &follow);
    set("a", "f", "2");
    want_effects("hset scores:a f=2");
}

/* Keys whose names run into each other's fields are told apart. */
static void
key_and_field_are_not_one_text(void **state)
{
    (void)state;
    set("a", "bf", "1");
    set("ab", "f", "2");
    want_effects("hset scores:a bf=1; hset scores:ab f=2");
}

/* ---- against the list ---- */

static void
carry_out(struct hashes *h)
{
    size_t i = 0;

    sent_make();
    while (i < sent.argc) {
        bool sets = strncmp(sent.argv[i], "hset", 4) == 0;
        size_t key = number_at(i + 1) - 3;
        size_t n = number_at(i + 2);
        char name[120];
        size_t subject;

        (void)snprintf(name, sizeof name, "%.*s", (int)e.keys.lens[key],
                       e.keys.argv[key]);
        subject = (size_t)strtoul(strrchr(name, ':') + 1, NULL, 10);
        for (i += 3; n > 0; n--, i++) {
            size_t field = (size_t)(sent.argv[i][0] - '0');
            char *value = h->values[subject][field];

            value[0] = '\0';
            if (sets) {
                i++;
                (void)snprintf(value, sizeof h->values[0][0], "%.*s", (int)sent.lens[i],
                               sent.argv[i]);
            }
        }
    }
}

static void
want_same(const struct hashes *got, const struct hashes *want)
{
    size_t i;
    size_t k;

    for (i = 0; i < SUBJECTS; i++) {
        for (k = 0; k < FIELDS; k++) {
            assert_string_equal(got->values[i][k], want->values[i][k]);
        }
    }
}

static void
whatever_is_set_and_deleted_the_end_is_the_same(void **state)
{
    static struct hashes want;
    static struct hashes got;
    uint64_t seed = 20231009;
    size_t step;

    (void)state;
    for (step = 0; step < STEPS; step++) {
        uint64_t n = seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t subject = (size_t)(n >> 33) % SUBJECTS;
        size_t field = (size_t)(n >> 40) % FIELDS;
        char name[8];
        char field_name[8];
        char value[24];

        (void)snprintf(name, sizeof name, "%zu", subject);
        (void)snprintf(field_name, sizeof field_name, "%zu", field);
        if ((n >> 50) % 4 == 0) {
            effects_hdel(&e, &follow, KEY_SCORES, name, field_name);
            want.values[subject][field][0] = '\0';
        } else {
            (void)snprintf(value, sizeof value, "v%zu", step);
            set(name, field_name, value);
            (void)snprintf(want.values[subject][field], sizeof value, "%s", value);
        }
        if ((n >> 55) % 100 == 0) {
            carry_out(&got);
            want_same(&got, &want);
            effects_clear(&e, &follow);
        }
    }
    carry_out(&got);
    want_same(&got, &want);
}

static void
a_large_commit_is_whole(void **state)
{
    char field[24];
    size_t i;

    (void)state;
    for (i = 0; i < 10000; i++) {
        (void)snprintf(field, sizeof field, "%zu", i % 6000);
        set("a", field, "x");
    }
    assert_int_equal(e.count, 6000);
    sent_make();
    assert_int_equal(sent.argc, 3 + 2 * 6000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_field_set_again_is_written_once_with_its_last_value),
        TEST(only_what_stands_at_the_end_is_written),
        TEST(each_hash_is_one_command),
        TEST(keys_that_begin_alike_are_told_apart),
        TEST(the_next_commit_knows_nothing_of_the_one_before),
        TEST(key_and_field_are_not_one_text),
        TEST(whatever_is_set_and_deleted_the_end_is_the_same),
        TEST(a_large_commit_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
