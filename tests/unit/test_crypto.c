/* lib/crypto: hashes against values of another program; randomness; comparing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/crypto.h"

static const struct {
    const char *text;
    int times;
    const char *hex128;
    const char *hex256;
} hash_rows[] = {
    /* as Python's hashlib.blake2b gives them */
    {"", 1, "cae66941d9efbd404e4d88758ea67670",
     "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
    {"abc", 1, "cf4ab791c62b8d2b2109c90275287816",
     "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
    {"abc", 1000, "5423cbd09c14ddc44315a8f90ac8c133",
     "75fb65b0f7c11bc13e28fb997e6db9888c0b6804bc504248c200f189d0267f9e"},
};

static void
hashes_are_those_of_another_program(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof hash_rows / sizeof hash_rows[0]; i++) {
        struct crypto_hash h;
        char hex[CRYPTO_HEX256_BYTES];
        int n;

        crypto_hash_begin(&h, CRYPTO_HASH128_BYTES);
        for (n = 0; n < hash_rows[i].times; n++) {
            crypto_hash_add(&h, hash_rows[i].text, strlen(hash_rows[i].text));
        }
        crypto_hash_end_hex(&h, hex);
        assert_string_equal(hex, hash_rows[i].hex128);
        crypto_hash_begin(&h, CRYPTO_HASH256_BYTES);
        for (n = 0; n < hash_rows[i].times; n++) {
            crypto_hash_add(&h, hash_rows[i].text, strlen(hash_rows[i].text));
        }
        crypto_hash_end_hex(&h, hex);
        assert_string_equal(hex, hash_rows[i].hex256);
        if (hash_rows[i].times == 1) {
            crypto_hex128(hash_rows[i].text, strlen(hash_rows[i].text), hex);
            assert_string_equal(hex, hash_rows[i].hex128);
            crypto_hex256(hash_rows[i].text, strlen(hash_rows[i].text), hex);
            assert_string_equal(hex, hash_rows[i].hex256);
        }
    }
}

/* hashlib.blake2b(b"abc", digest_size=…, key=bytes(range(…))) */
static void
keyed_hashes_are_those_of_another_program(void **state)
{
    static const struct {
        const char *text;
        size_t hash_bytes;
        size_t key_bytes;
        const char *hex;
    } rows[] = {
        {"abc", 16, 16, "cc611a2673ca66e9f7fc64b995c5467c"},
        {"", 16, 32, "3daf97bce7888fd59773c66bf647459c"},
        {"abc", 32, 32,
         "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"},
    };
    uint8_t key[32];
    char hex[CRYPTO_HEX256_BYTES];
    struct crypto_hash h;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof key; i++) {
        key[i] = (uint8_t)i;
    }
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        crypto_keyed_begin(&h, rows[i].hash_bytes, key, rows[i].key_bytes);
        crypto_hash_add(&h, rows[i].text, strlen(rows[i].text));
        crypto_hash_end_hex(&h, hex);
        assert_string_equal(hex, rows[i].hex);
        key[0] = 1;
        crypto_keyed_begin(&h, rows[i].hash_bytes, key, rows[i].key_bytes);
        crypto_hash_add(&h, rows[i].text, strlen(rows[i].text));
        crypto_hash_end_hex(&h, hex);
        assert_string_not_equal(hex, rows[i].hex);
        key[0] = 0;
    }
}

static void
hex_is_small_digits_with_leading_zeros(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x0a, 0xff};
    char hex[7];

    (void)state;
    crypto_hex(bytes, sizeof bytes, hex);
    assert_string_equal(hex, "000aff");
}

static void
random_ids_differ(void **state)
{
    char a[CRYPTO_HEX128_BYTES];
    char b[CRYPTO_HEX128_BYTES];

    (void)state;
    crypto_random_id(a);
    crypto_random_id(b);
    assert_int_equal(strlen(a), 32);
    assert_int_equal(strspn(a, "0123456789abcdef"), 32);
    assert_string_not_equal(a, b);
}

static void
bytes_are_compared_and_wiped(void **state)
{
    char a[] = "secret";
    char b[] = "secreT";
    static const char zeros[sizeof a];

    (void)state;
    assert_true(crypto_equal(a, "secret", 6));
    assert_false(crypto_equal(a, b, 6));
    assert_true(crypto_equal(a, b, 5));
    assert_true(crypto_equal(a, b, 0));
    crypto_wipe(a, sizeof a);
    assert_memory_equal(a, zeros, sizeof a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_another_program),
        cmocka_unit_test(keyed_hashes_are_those_of_another_program),
        cmocka_unit_test(hex_is_small_digits_with_leading_zeros),
        cmocka_unit_test(random_ids_differ),
        cmocka_unit_test(bytes_are_compared_and_wiped),
    };

    crypto_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
