/*
 * wire_put - messages written field by field, for those that are made for every report:
 * building protobuf-c's structs and having them measured and packed costs many times as
 * much. The bytes are those protobuf-c writes, as long as fields are put in the order
 * of their numbers; what is zero or empty is left out, as proto3 does. Small ones stand
 * here, so that of a field's tag the compiler makes a constant.
 */
#ifndef DONDOC_WIRE_PUT_H
#define DONDOC_WIRE_PUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/buf.h"

#define WIRE_PUT_TAG_MAX 5 /* of a field; a number behind it takes 10 at most */
#define WIRE_PUT_HEAD_MAX (WIRE_PUT_TAG_MAX + 10)
#define WIRE_PUT_NUMBER 0u /* how the value behind a tag is written */
#define WIRE_PUT_LENGTH 2u

void wire_put_grow(struct buf *out, size_t bytes); /* room for so many more */
/* Encoders are ours: a full buffer is our bug, and the end of the program. */
void wire_put_check(const struct buf *out);

/* Where `bytes` more may be written; wire_put_done says how far it went. */
static inline uint8_t *
wire_put_room(struct buf *out, size_t bytes)
{
    if (out->room - out->len <= bytes) {
        wire_put_grow(out, bytes);
    }
    return (uint8_t *)out->data + out->len;
}

static inline void
wire_put_done(struct buf *out, uint8_t *end)
{
    *end = 0;
    out->len = (size_t)(end - (uint8_t *)out->data);
    if (out->len > out->max) {
        wire_put_check(out);
    }
}

static inline uint8_t *
wire_put_varint(uint8_t *at, uint64_t n)
{
    for (; n > 0x7f; n >>= 7) {
        *at++ = (uint8_t)(n | 0x80);
    }
    *at++ = (uint8_t)n;
    return at;
}

/* int, uint, bool */
static inline void
wire_put_number(struct buf *out, unsigned field, uint64_t n)
{
    uint8_t *at;

    if (n != 0) {
        at = wire_put_room(out, WIRE_PUT_HEAD_MAX);
        at = wire_put_varint(at, field << 3 | WIRE_PUT_NUMBER);
        wire_put_done(out, wire_put_varint(at, n));
    }
}

/* sint: 0, -1, 1, -2 … are 0, 1, 2, 3 … */
static inline void
wire_put_signed(struct buf *out, unsigned field, int64_t n)
{
    wire_put_number(out, field, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

void wire_put_bytes(struct buf *out, unsigned field, const void *p, size_t bytes);

/* NULL: none */
static inline void
wire_put_text(struct buf *out, unsigned field, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        wire_put_bytes(out, field, text, strlen(text));
    }
}

/* A message within: between the two stands what is in it. Returns its place. One byte
 * is kept for the length; most need no more. */
static inline size_t
wire_put_begin(struct buf *out, unsigned field)
{
    uint8_t *at = wire_put_room(out, WIRE_PUT_HEAD_MAX);

    wire_put_done(out, wire_put_varint(at, field << 3 | WIRE_PUT_LENGTH) + 1);
    return out->len;
}

void wire_put_end_long(struct buf *out, size_t began);

static inline void
wire_put_end(struct buf *out, size_t began)
{
    if (out->len - began > 0x7f) {
        wire_put_end_long(out, began);
    } else {
        out->data[began - 1] = (char)(out->len - began);
    }
}

#endif
