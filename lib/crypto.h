/*
 * crypto - hashes, randomness and comparing in constant time; the only includer of
 * libsodium. Hashes are BLAKE2b of 16 or 32 bytes, printed in small hex digits.
 */
#ifndef DONDOC_CRYPTO_H
#define DONDOC_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_HASH128_BYTES 16
#define CRYPTO_HASH256_BYTES 32
#define CRYPTO_HEX128_BYTES 33 /* 32 hex digits and a zero */
#define CRYPTO_HEX256_BYTES 65

/* Once in main, before anything else here; again is harmless. Fatal on failure. */
void crypto_init(void);

void crypto_hash128(const void *p, size_t bytes, uint8_t out[CRYPTO_HASH128_BYTES]);
void crypto_hash256(const void *p, size_t bytes, uint8_t out[CRYPTO_HASH256_BYTES]);
void crypto_hex128(const void *p, size_t bytes, char out[CRYPTO_HEX128_BYTES]);
void crypto_hex256(const void *p, size_t bytes, char out[CRYPTO_HEX256_BYTES]);

/* A hash piece by piece: begin, add …, then one of the two ends. */
struct crypto_hash {
    _Alignas(64) unsigned char state[384];
    size_t hash_bytes; /* 16 or 32 */
};
void crypto_hash_begin(struct crypto_hash *h, size_t hash_bytes);
/* The same, keyed: only who has the key (16 to 64 bytes) can make or check it. */
void crypto_keyed_begin(struct crypto_hash *h, size_t hash_bytes, const void *key,
                        size_t key_bytes);
void crypto_hash_add(struct crypto_hash *h, const void *p, size_t bytes);
void crypto_hash_end(struct crypto_hash *h, uint8_t *out);  /* hash_bytes long */
void crypto_hash_end_hex(struct crypto_hash *h, char *out); /* 2 * hash_bytes + 1 */

/* HMAC-SHA-256 (RFC 2104, RFC 4231) in hex, for peers that know no BLAKE2b. */
void crypto_hmac256_hex(const void *key, size_t key_bytes, const void *p, size_t bytes,
                        char out[CRYPTO_HEX256_BYTES]);

/* out: 2 * bytes + 1 characters. */
void crypto_hex(const void *p, size_t bytes, char *out);

void crypto_random(void *out, size_t bytes);
void crypto_random_id(char out[CRYPTO_HEX128_BYTES]); /* 128 bits in hex */

/* Equal? The time taken does not tell where they differ. */
bool crypto_equal(const void *a, const void *b, size_t bytes);

/* Zeroes a secret so that no compiler leaves it out. */
void crypto_wipe(void *p, size_t bytes);

#endif
