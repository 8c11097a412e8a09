/*
 * crypto - hashes, randomness, sealed boxes and comparing in constant time; the only
 * includer of libsodium. Hashes are BLAKE2b of 16 or 32 bytes, printed in small hex
 * digits.
 */
#ifndef DONDOC_CRYPTO_H
#define DONDOC_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

#define CRYPTO_HASH128_BYTES 16
#define CRYPTO_HASH256_BYTES 32
#define CRYPTO_HEX128_BYTES 33 /* 32 hex digits and a zero */
#define CRYPTO_HEX256_BYTES 65
#define CRYPTO_SEAL_BYTES 48 /* a sealed box is so much longer than what it holds */

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

/*
 * crypto_seal - put bytes into a box that only the holder of a key pair opens:
 * libsodium's crypto_box_seal (a fresh X25519 key for each box, XSalsa20-Poly1305).
 * Keys are CURVE keys in Z85. out: bytes + CRYPTO_SEAL_BYTES long, elsewhere than p.
 * ST_BAD: no key, or one to which nothing can be sealed.
 */
MUST_USE enum status crypto_seal(const void *p, size_t bytes, const char *public_key,
                                 uint8_t *out);
/*
 * crypto_seal_open - out: bytes - CRYPTO_SEAL_BYTES long, elsewhere than p.
 * ST_BAD: sealed to another key, changed or cut; out is not to be looked at.
 */
MUST_USE enum status crypto_seal_open(const void *p, size_t bytes,
                                      const char *public_key, const char *secret_key,
                                      uint8_t *out);

/* out: 2 * bytes + 1 characters. */
void crypto_hex(const void *p, size_t bytes, char *out);

void crypto_random(void *out, size_t bytes);
void crypto_random_id(char out[CRYPTO_HEX128_BYTES]); /* 128 bits in hex */

/* Equal? The time taken does not tell where they differ. */
bool crypto_equal(const void *a, const void *b, size_t bytes);

/* Keeps the pages of a secret out of swap and core files; ST_LIMIT: the machine allows
 * no more locked memory (RLIMIT_MEMLOCK), all else goes on. crypto_unlock wipes it. */
MUST_USE enum status crypto_lock(void *p, size_t bytes);
void crypto_unlock(void *p, size_t bytes);

/* Zeroes a secret so that no compiler leaves it out. */
void crypto_wipe(void *p, size_t bytes);

#endif
