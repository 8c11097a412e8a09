#include "lib/crypto.h"

#include <sodium.h>

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

/*
 * The eight digits of four bytes at once: half a byte in each byte, and those above 9
 * moved on from behind '9' to 'a'.
 */
static void
hex_of_four(const uint8_t *from, char out[8])
{
    static const uint64_t each = 0x0101010101010101u;
    uint64_t bytes = (uint64_t)from[0] | (uint64_t)from[1] << 16 |
                     (uint64_t)from[2] << 32 | (uint64_t)from[3] << 48;
    uint64_t n =
        (bytes >> 4 & 0x000f000f000f000fu) | (bytes << 8 & 0x0f000f000f000f00u);

    n += each * '0' + ((n + each * 6) >> 4 & each) * ('a' - '9' - 1);
    /* One by one: of this the compiler makes a single store, of a loop eight. */
    out[0] = (char)n;
    out[1] = (char)(n >> 8);
    out[2] = (char)(n >> 16);
    out[3] = (char)(n >> 24);
    out[4] = (char)(n >> 32);
    out[5] = (char)(n >> 40);
    out[6] = (char)(n >> 48);
    out[7] = (char)(n >> 56);
}

void
crypto_hex(const void *p, size_t bytes, char *out)
{
    const uint8_t *from = p;

    /* Nothing that is printed is a secret: no need of libsodium's constant time. */
    for (; bytes >= 4; bytes -= 4, from += 4, out += 8) {
        hex_of_four(from, out);
    }
    for (; bytes > 0; bytes--, from++, out += 2) {
        const uint8_t last[4] = {*from};
        char digits[8];

        hex_of_four(last, digits);
        out[0] = digits[0];
        out[1] = digits[1];
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
