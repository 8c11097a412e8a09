/* link: ingest */
/*
 * What stands, as ingest remembers it: against a plain array, past each doubling and
 * past its end, where it starts anew. Seen to fail with an index that is copied in its
 * old places when it grows, with one that is forgotten before it is moved, and with a
 * block that is filled past its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/present.h"

#define KEYS_MAX 250000u /* as many as it remembers */

static struct present_cache *cache;

static int
setup(void **state)
{
    (void)state;
    cache = present_cache_new();
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    present_cache_free(&cache);
    return 0;
}

/* Of every length from 7 to 155, and none the beginning of another. */
static const char *
key_of(uint32_t n)
{
    static char key[256];
    size_t len = (size_t)snprintf(key, sizeof key, "%06u/", n);

    memset(key + len, 'x', n % 149);
    key[len + n % 149] = '\0';
    return key;
}

static void
remember(uint32_t n, uint32_t revision)
{
    const struct receipt r = {.revision = revision, .entry = n, .due_day = 20000};

    present_put(cache, key_of(n), &r);
}

static void
assert_stands(uint32_t n, uint32_t revision)
{
    const struct receipt *r = present_get(cache, key_of(n));

    assert_non_null(r);
    assert_int_equal(r->revision, revision);
    assert_int_equal(r->entry, n);
    assert_int_equal(r->due_day, 20000);
}

static void
what_stands_is_found_however_many_there_are(void **state)
{
    uint32_t count;
    uint32_t n;

    (void)state;
    for (count = 0; count < 20000; count++) {
        assert_null(present_get(cache, key_of(count)));
        remember(count, count + 1);
        if (count % (count < 4000 ? 41 : 997) == 0) { /* while it grows, too */
            for (n = 0; n <= count; n++) {
                assert_stands(n, n + 1);
            }
        }
    }
}

static void
the_last_revision_stands(void **state)
{
    const char *key = key_of(7);
    struct present_key k;
    struct receipt r = {.revision = 3, .entry = 7, .due_day = 20000};

    (void)state;
    remember(6, 1);
    remember(7, 1);
    remember(7, 2);
    assert_stands(7, 2);
    k = present_key(cache, key);
    assert_ptr_equal(present_find(cache, &k), present_get(cache, key));
    present_set(cache, &k, &r);
    assert_stands(7, 3);
    assert_stands(6, 1);
}

static void
a_key_is_its_whole_text(void **state)
{
    static const char *const keys[] = {"",
                                       "a",
                                       "ab",
                                       "abc",
                                       "abcd",
                                       "abcdefgh",
                                       "abcdefghabcdefgh",
                                       "abcdefghabcdefgha"};
    struct receipt r = {0};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_null(present_get(cache, keys[i]));
        r.revision = (uint32_t)i + 1;
        present_put(cache, keys[i], &r);
    }
    for (i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_int_equal(present_get(cache, keys[i])->revision, i + 1);
    }
}

static void
cleared_it_knows_nothing_and_learns_again(void **state)
{
    uint32_t n;

    (void)state;
    for (n = 0; n < 3000; n++) {
        remember(n, 1);
    }
    present_cache_clear(cache);
    for (n = 0; n < 3000; n++) {
        assert_null(present_get(cache, key_of(n)));
    }
    for (n = 0; n < 3000; n++) {
        remember(n, 2);
    }
    for (n = 0; n < 3000; n++) {
        assert_stands(n, 2);
    }
}

/* It may forget: what it does not know is asked for, or found by a guard. */
static void
full_it_starts_anew(void **state)
{
    uint32_t n;

    (void)state;
    for (n = 0; n < KEYS_MAX; n++) {
        remember(n, 1);
    }
    assert_stands(0, 1);
    remember(KEYS_MAX - 1, 2); /* a key that is known takes no room */
    assert_stands(0, 1);
    remember(KEYS_MAX, 1);
    assert_stands(KEYS_MAX, 1);
    assert_null(present_get(cache, key_of(0)));
    assert_null(present_get(cache, key_of(KEYS_MAX - 1)));
    for (n = 0; n < KEYS_MAX; n++) {
        remember(n, 3);
    }
    assert_stands(KEYS_MAX - 1, 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_stands_is_found_however_many_there_are,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_revision_stands, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_is_its_whole_text, setup, teardown),
        cmocka_unit_test_setup_teardown(cleared_it_knows_nothing_and_learns_again,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(full_it_starts_anew, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
