/* A command as we write it is, byte for byte, what hiredis writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hiredis/hiredis.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/redis_private.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ARGS_MAX 1200

static char text[70000];

static void
want_as_hiredis(size_t argc, const char **argv, const size_t *lens)
{
    static char connected;
    struct redis r = {.context = (struct redisContext *)(void *)&connected};
    char *want = NULL;
    int bytes = redisFormatCommandArgv(&want, (int)argc, argv, lens);
    size_t i;

    assert_true(bytes > 0);
    for (i = 1; i <= 3; i++) { /* behind what waits already, too */
        redis_put(&r, argc, argv, lens);
        assert_int_equal(r.out_used, i * (size_t)bytes);
        assert_memory_equal(r.out + r.out_used - (size_t)bytes, want, (size_t)bytes);
        assert_int_equal(r.awaited, i);
    }
    redisFreeCommand(want);
    mem_free(&r.out);
}

static void
lengths_of_all_digits_are_as_hiredis_writes_them(void **state)
{
    static const size_t lengths[] = {0,   1,   9,    10,   11,    99,
                                     100, 999, 1000, 9999, 10000, 65536};
    const char *argv[COUNT(lengths)];
    size_t i;

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "a\r\n\0b", 5);
    for (i = 0; i < COUNT(lengths); i++) {
        argv[i] = text;
    }
    want_as_hiredis(COUNT(lengths), argv, lengths);
}

static void
counts_of_arguments_are_as_hiredis_writes_them(void **state)
{
    static const size_t counts[] = {1, 2, 9, 10, 99, 100, 999, 1000, ARGS_MAX};
    static const char *argv[ARGS_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < ARGS_MAX; i++) {
        argv[i] = i % 3 == 0 ? "" : i % 3 == 1 ? "HSET" : "một hai ba";
    }
    for (i = 0; i < COUNT(counts); i++) {
        want_as_hiredis(counts[i], argv, NULL);
    }
}

static void
nothing_is_put_without_a_connection(void **state)
{
    const char *argv[] = {"PING"};
    struct redis r = {.context = NULL};

    (void)state;
    redis_put(&r, 1, argv, NULL);
    assert_int_equal(r.out_used, 0);
    assert_int_equal(r.awaited, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_of_all_digits_are_as_hiredis_writes_them),
        cmocka_unit_test(counts_of_arguments_are_as_hiredis_writes_them),
        cmocka_unit_test(nothing_is_put_without_a_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
