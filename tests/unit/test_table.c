#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/table.h"

#define SEED 20230630u

/* The table of the test at hand; freed in teardown, since a failed test jumps out. */
static struct table *table;

static int
setup(void **state)
{
    (void)state;
    table = table_new(1000, SEED);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    table_free(&table);
    return 0;
}

static enum status
put(const char *key, uint64_t number)
{
    return table_put_number(table, key, strlen(key), number);
}

/* 0 when there is none. */
static uint64_t
number_of(const char *key)
{
    union table_value value = {.number = 0};

    (void)table_get(table, key, strlen(key), &value);
    return value.number;
}

static void
what_was_put_is_found(void **state)
{
    union table_value value = {.number = 7};

    (void)state;
    assert_false(table_get(table, "21028", 5, &value));
    assert_int_equal(value.number, 7);
    assert_int_equal(put("21028", 55), ST_OK);
    assert_int_equal(put("21029", UINT64_MAX), ST_OK);
    assert_int_equal(number_of("21028"), 55);
    assert_true(number_of("21029") == UINT64_MAX);
    assert_int_equal(table_count(table), 2);
    assert_false(table_get(table, "21030", 5, &value));
}

static void
a_key_put_again_has_the_new_value(void **state)
{
    (void)state;
    assert_int_equal(put("21028", 1), ST_OK);
    assert_int_equal(put("21028", 2), ST_OK);
    assert_int_equal(number_of("21028"), 2);
    assert_int_equal(table_count(table), 1);
}

static void
keys_are_bytes_with_a_length(void **state)
{
    static const struct {
        const char *key;
        size_t bytes;
    } keys[] = {
        {"", 0},
        {"\0", 1},
        {"\0\0", 2},
        {"a", 1},
        {"a\0", 2},
        {"ab", 2},
        {"a\0b", 3},
        {"12345678", 8},
        {"12345678\0", 9},
        {"1234567", 7},
        {"123456789", 9},
        {"\0\0\0\0\0\0\0\0", 8},
        {"xã Bình Châu", 15},
        {"xa Binh Chau", 12},
        {"1234567887654321", 16},
        {"8765432112345678", 16},
    };
    union table_value value;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_false(table_get(table, keys[i].key, keys[i].bytes, &value));
        assert_int_equal(table_put_number(table, keys[i].key, keys[i].bytes, i), ST_OK);
    }
    for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_true(table_get(table, keys[i].key, keys[i].bytes, &value));
        assert_int_equal(value.number, i);
    }
    assert_int_equal(table_count(table), sizeof keys / sizeof keys[0]);
    assert_true(table_get(table, NULL, 0, &value));
}

static void
keys_are_copied(void **state)
{
    char key[] = "21028";

    (void)state;
    assert_int_equal(put(key, 5), ST_OK);
    key[0] = '9';
    assert_int_equal(number_of("21028"), 5);
    assert_int_equal(number_of("91028"), 0);
}

static void
pointers_are_held_and_not_owned(void **state)
{
    int thing = 3;

    (void)state;
    assert_null(table_pointer(table, "a", 1));
    assert_int_equal(table_put_pointer(table, "a", 1, &thing), ST_OK);
    assert_ptr_equal(table_pointer(table, "a", 1), &thing);
    table_free(&table);
    assert_null(table);
    table_free(&table);
    assert_int_equal(thing, 3);
}

static void
the_bound_refuses_new_keys_only(void **state)
{
    struct table_item item;
    size_t at = 0;

    (void)state;
    table_free(&table);
    table = table_new(3, SEED);
    assert_int_equal(put("a", 1), ST_OK);
    assert_int_equal(put("b", 2), ST_OK);
    assert_int_equal(put("c", 3), ST_OK);
    assert_int_equal(put("d", 4), ST_LIMIT);
    assert_int_equal(number_of("d"), 0);
    assert_int_equal(table_count(table), 3);
    assert_int_equal(put("c", 5), ST_OK);
    assert_int_equal(number_of("c"), 5);
    assert_true(table_remove(table, "a", 1, NULL));
    assert_int_equal(put("d", 4), ST_OK);
    assert_int_equal(number_of("d"), 4);
    while (table_next(table, &at, &item)) {
        assert_int_equal(item.key_bytes, 1);
        assert_true(item.key[0] >= 'b' && item.key[0] <= 'd' && item.key[1] == '\0');
    }
}

static void
what_was_removed_is_gone(void **state)
{
    union table_value value = {.number = 9};

    (void)state;
    assert_false(table_remove(table, "a", 1, &value));
    assert_int_equal(value.number, 9);
    assert_int_equal(put("a", 1), ST_OK);
    assert_true(table_remove(table, "a", 1, &value));
    assert_int_equal(value.number, 1);
    assert_false(table_remove(table, "a", 1, NULL));
    assert_int_equal(table_count(table), 0);
    assert_int_equal(number_of("a"), 0);
}

static void
cleared_is_empty_and_usable(void **state)
{
    struct table_item item;
    char key[24];
    size_t at = 0;
    int i;

    (void)state;
    for (i = 0; i < 100; i++) {
        (void)snprintf(key, sizeof key, "unit-%d", i);
        assert_int_equal(put(key, 1), ST_OK);
    }
    table_clear(table);
    assert_int_equal(table_count(table), 0);
    assert_false(table_next(table, &at, &item));
    assert_int_equal(number_of("unit-7"), 0);
    assert_int_equal(put("unit-7", 7), ST_OK);
    assert_int_equal(number_of("unit-7"), 7);
}

static void
iteration_shows_each_key_once(void **state)
{
    bool seen[1000] = {false};
    struct table_item item;
    char key[16];
    size_t at = 0;
    size_t items = 0;
    uint64_t i;

    (void)state;
    for (i = 0; i < 1000; i++) {
        (void)snprintf(key, sizeof key, "%u", (unsigned)i);
        assert_int_equal(put(key, i), ST_OK);
    }
    while (table_next(table, &at, &item)) {
        (void)snprintf(key, sizeof key, "%u", (unsigned)item.value.number);
        assert_string_equal(item.key, key);
        assert_int_equal(item.key_bytes, strlen(key));
        assert_false(seen[item.value.number]);
        seen[item.value.number] = true;
        items++;
    }
    assert_int_equal(items, 1000);
    assert_false(table_next(table, &at, &item));
}

/* Against a plain array, with every kind of change, under many seeds. */
static void
any_order_of_changes_agrees_with_an_array(void **state)
{
    enum { KEYS = 64, CHANGES = 3000 };
    uint32_t chance = 1;
    uint64_t seed;

    (void)state;
    for (seed = 0; seed < 20; seed++) {
        uint64_t want[KEYS] = {0};
        size_t count = 0;
        int i;
        unsigned k;

        table_free(&table);
        table = table_new(KEYS, seed);
        for (i = 0; i < CHANGES; i++) {
            char key[16];

            chance = chance * 1664525u + 1013904223u;
            k = chance >> 26;
            (void)snprintf(key, sizeof key, "2%04u", k);
            if ((chance >> 20 & 63) < (i / 500 % 2 == 0 ? 40u : 20u)) {
                count += want[k] == 0 ? 1 : 0;
                want[k] = (uint64_t)i + 1;
                assert_int_equal(put(key, want[k]), ST_OK);
            } else {
                assert_int_equal(table_remove(table, key, strlen(key), NULL),
                                 want[k] != 0);
                count -= want[k] != 0 ? 1 : 0;
                want[k] = 0;
            }
            assert_int_equal(table_count(table), count);
            if (i % 16 == 0) {
                for (k = 0; k < KEYS; k++) {
                    (void)snprintf(key, sizeof key, "2%04u", k);
                    assert_int_equal(number_of(key), want[k]);
                }
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_put_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_put_again_has_the_new_value, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(keys_are_bytes_with_a_length, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_are_copied, setup, teardown),
        cmocka_unit_test_setup_teardown(pointers_are_held_and_not_owned, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_bound_refuses_new_keys_only, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_was_removed_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(cleared_is_empty_and_usable, setup, teardown),
        cmocka_unit_test_setup_teardown(iteration_shows_each_key_once, setup, teardown),
        cmocka_unit_test_setup_teardown(any_order_of_changes_agrees_with_an_array,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
