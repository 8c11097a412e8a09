/*
 * z85 - the printed form of a CURVE key: 40 characters of Z85 (RFC 32 of ZeroMQ). Pure;
 * here so that keyring and keyfile can judge a key without libzmq.
 */
#ifndef DONDOC_Z85_H
#define DONDOC_Z85_H

#include <stdbool.h>
#include <stdint.h>

#define Z85_KEY_LEN 40
#define Z85_RAW_KEY_BYTES 32

/*
 * z85_key_valid - may this text be a key of ours?
 *
 * False for another length, a character outside Z85, a group of five above 2^32 - 1
 * (else two texts would mean one key), all zeros, and the pairs that the manual page
 * zmq_curve(7) and our proto/README.md print: everybody knows their secret half.
 */
bool z85_key_valid(const char *text);

/* The 32 bytes of a key, each group of five most significant byte first. False: not 40
 * characters of Z85; what is valid besides is not looked at. */
bool z85_key_decode(const char *text, uint8_t out[Z85_RAW_KEY_BYTES]);

#endif
