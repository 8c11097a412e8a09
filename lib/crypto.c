#include "lib/crypto.h"

#include <sodium.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/z85.h"

#define EX_SOFTWARE 70

_Static_assert(sizeof(crypto_generichash_state) <=
                   sizeof((struct crypto_hash){0}.state),
               "struct crypto_hash must hold libsodium's state");

_Static_assert(CRYPTO_SEAL_BYTES == crypto_box_SEALBYTES,
               "a seal is longer by what libsodium says");
_Static_assert(Z85_RAW_KEY_BYTES == crypto_box_PUBLICKEYBYTES,
               "a CURVE key is a key of crypto_box");
_Static_assert(Z85_RAW_KEY_BYTES == crypto_box_SECRETKEYBYTES,
               "and so is its other half");

void
crypto_init(void)
{
    if (sodium_init() < 0) {
        diag_fatal(EX_SOFTWARE, "crypto_init",
                   "libsodium=%s remedy=\"no source of randomness: look at "
                   "/dev/urandom\"",
                   sodium_version_string());
    }
}

static void
crypto_hash_once(const void *p, size_t bytes, uint8_t *out, size_t hash_bytes)
{
    MUST(crypto_generichash(out, hash_bytes, p, bytes, NULL, 0) == 0);
}

void
crypto_hash128(const void *p, size_t bytes, uint8_t out[CRYPTO_HASH128_BYTES])
{
    crypto_hash_once(p, bytes, out, CRYPTO_HASH128_BYTES);
}

void
crypto_hash256(const void *p, size_t bytes, uint8_t out[CRYPTO_HASH256_BYTES])
{
    crypto_hash_once(p, bytes, out, CRYPTO_HASH256_BYTES);
}

void
crypto_hex128(const void *p, size_t bytes, char out[CRYPTO_HEX128_BYTES])
{
    uint8_t hash[CRYPTO_HASH128_BYTES];

    crypto_hash128(p, bytes, hash);
    crypto_hex(hash, sizeof hash, out);
}

void
crypto_hex256(const void *p, size_t bytes, char out[CRYPTO_HEX256_BYTES])
{
    uint8_t hash[CRYPTO_HASH256_BYTES];

    crypto_hash256(p, bytes, hash);
    crypto_hex(hash, sizeof hash, out);
}

static crypto_generichash_state *
crypto_state(struct crypto_hash *h)
{
    return (crypto_generichash_state *)(void *)h->state;
}

void
crypto_hash_begin(struct crypto_hash *h, size_t hash_bytes)
{
    MUST(hash_bytes == CRYPTO_HASH128_BYTES || hash_bytes == CRYPTO_HASH256_BYTES);
    h->hash_bytes = hash_bytes;
    MUST(crypto_generichash_init(crypto_state(h), NULL, 0, hash_bytes) == 0);
}

void
crypto_keyed_begin(struct crypto_hash *h, size_t hash_bytes, const void *key,
                   size_t key_bytes)
{
    MUST(hash_bytes == CRYPTO_HASH128_BYTES || hash_bytes == CRYPTO_HASH256_BYTES);
    /* A shorter key would be no secret; libsodium cuts nothing and takes up to 64. */
    MUST(key_bytes >= CRYPTO_HASH128_BYTES &&
         key_bytes <= crypto_generichash_KEYBYTES_MAX);
    h->hash_bytes = hash_bytes;
    MUST(crypto_generichash_init(crypto_state(h), key, key_bytes, hash_bytes) == 0);
}

void
crypto_hash_add(struct crypto_hash *h, const void *p, size_t bytes)
{
    MUST(crypto_generichash_update(crypto_state(h), p, bytes) == 0);
}

void
crypto_hash_end(struct crypto_hash *h, uint8_t *out)
{
    MUST(crypto_generichash_final(crypto_state(h), out, h->hash_bytes) == 0);
}

void
crypto_hash_end_hex(struct crypto_hash *h, char *out)
{
    uint8_t hash[CRYPTO_HASH256_BYTES];

    crypto_hash_end(h, hash);
    crypto_hex(hash, h->hash_bytes, out);
}

void
crypto_hmac256_hex(const void *key, size_t key_bytes, const void *p, size_t bytes,
                   char out[CRYPTO_HEX256_BYTES])
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];

    MUST(crypto_auth_hmacsha256_init(&state, key, key_bytes) == 0);
    MUST(crypto_auth_hmacsha256_update(&state, p, bytes) == 0);
    MUST(crypto_auth_hmacsha256_final(&state, mac) == 0);
    crypto_hex(mac, sizeof mac, out);
    crypto_wipe(&state, sizeof state);
}

enum status
crypto_seal(const void *p, size_t bytes, const char *public_key, uint8_t *out)
{
    uint8_t key[Z85_RAW_KEY_BYTES];

    return z85_key_decode(public_key, key) && crypto_box_seal(out, p, bytes, key) == 0
               ? ST_OK
               : ST_BAD;
}

enum status
crypto_seal_open(const void *p, size_t bytes, const char *public_key,
                 const char *secret_key, uint8_t *out)
{
    uint8_t key[Z85_RAW_KEY_BYTES];
    uint8_t secret[Z85_RAW_KEY_BYTES];
    bool opened = bytes >= CRYPTO_SEAL_BYTES && z85_key_decode(public_key, key) &&
                  z85_key_decode(secret_key, secret) &&
                  crypto_box_seal_open(out, p, bytes, key, secret) == 0;

    crypto_wipe(secret, sizeof secret);
    return opened ? ST_OK : ST_BAD;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* The digits of sixteen bytes at once: half a byte in each place, those above 9 moved
 * on from behind '9' to 'a', the halves of one byte beside each other. */
static void
hex_of_16(const uint8_t *from, char *out)
{
    bytes16 bytes;
    bytes16 high;
    bytes16 low;
    bytes16 half;

    memcpy(&bytes, from, sizeof bytes);
    high = bytes >> 4;
    low = bytes & 15;
    high += '0' + ((bytes16)(high > 9) & ('a' - '9' - 1));
    low += '0' + ((bytes16)(low > 9) & ('a' - '9' - 1));
    half = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                   6, 22, 7, 23);
    memcpy(out, &half, sizeof half);
    half = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                   29, 14, 30, 15, 31);
    memcpy(out + sizeof half, &half, sizeof half);
}

void
crypto_hex(const void *p, size_t bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = p;

    /* Nothing that is printed is a secret: no need of libsodium's constant time. */
    for (; bytes >= 16; bytes -= 16, from += 16, out += 32) {
        hex_of_16(from, out);
    }
    for (; bytes > 0; bytes--, from++, out += 2) {
        out[0] = digits[*from >> 4];
        out[1] = digits[*from & 15];
    }
    *out = '\0';
}

void
crypto_random(void *out, size_t bytes)
{
    randombytes_buf(out, bytes);
}

void
crypto_random_id(char out[CRYPTO_HEX128_BYTES])
{
    uint8_t id[CRYPTO_HASH128_BYTES];

    crypto_random(id, sizeof id);
    crypto_hex(id, sizeof id, out);
}

bool
crypto_equal(const void *a, const void *b, size_t bytes)
{
    return sodium_memcmp(a, b, bytes) == 0;
}

enum status
crypto_lock(void *p, size_t bytes)
{
    return sodium_mlock(p, bytes) == 0 ? ST_OK : ST_LIMIT;
}

void
crypto_unlock(void *p, size_t bytes)
{
    (void)sodium_munlock(p, bytes); /* wipes, locked or not */
    sodium_memzero(p, bytes);
}

void
crypto_wipe(void *p, size_t bytes)
{
    sodium_memzero(p, bytes);
}
