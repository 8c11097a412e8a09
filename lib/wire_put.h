/*
 * wire_put - messages written field by field, for those that are made for every report:
 * building protobuf-c's structs and having them measured and packed costs many times as
 * much. The bytes are those protobuf-c writes, as long as fields are put in the order
 * of their numbers; what is zero or empty is left out, as proto3 does.
 *
 * One look at the room does for several fields: wire_put_begin or wire_put_room with
 * the most that they can take, then the fields from `at` on, each giving the place
 * behind it, then wire_put_done. Small ones stand here, so that of a field's tag the
 * compiler makes a constant.
 */
#ifndef DONDOC_WIRE_PUT_H
#define DONDOC_WIRE_PUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/buf.h"

/* The most that a number takes with its tag; a text or bytes so much more than their
 * length; what is within, so much more than itself. */
#define WIRE_PUT_MAX 15u
#define WIRE_PUT_NUMBER 0u /* how the value behind a tag is written */
#define WIRE_PUT_LENGTH 2u

uint8_t *wire_put_grow(struct buf *out, size_t len, size_t bytes);

/* Behind what is in `out`: room for so many bytes more. */
static inline uint8_t *
wire_put_begin(struct buf *out, size_t bytes)
{
    return out->room - out->len > bytes ? (uint8_t *)out->data + out->len
                                        : wire_put_grow(out, out->len, bytes);
}

/* The same behind what was put up to `at`; all may lie elsewhere then. */
static inline uint8_t *
wire_put_room(struct buf *out, uint8_t *at, size_t bytes)
{
    size_t len = (size_t)(at - (uint8_t *)out->data);

    return out->room - len > bytes ? at : wire_put_grow(out, len, bytes);
}

void wire_put_done(struct buf *out, uint8_t *at);

static inline uint8_t *
wire_put_varint(uint8_t *at, uint64_t n)
{
    for (; n > 0x7f; n >>= 7) {
        *at++ = (uint8_t)(n | 0x80);
    }
    *at++ = (uint8_t)n;
    return at;
}

static inline uint8_t *
wire_put_tag(uint8_t *at, unsigned field, unsigned how)
{
    return wire_put_varint(at, field << 3 | how);
}

/* int, uint, bool */
static inline uint8_t *
wire_put_number(uint8_t *at, unsigned field, uint64_t n)
{
    return n == 0 ? at : wire_put_varint(wire_put_tag(at, field, WIRE_PUT_NUMBER), n);
}

/* sint: 0, -1, 1, -2 … are 0, 1, 2, 3 … */
static inline uint8_t *
wire_put_signed(uint8_t *at, unsigned field, int64_t n)
{
    return wire_put_number(at, field, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

/* Bytes, or a text: not NULL unless there are none of them. */
uint8_t *wire_put_bytes(uint8_t *at, unsigned field, const void *p, size_t bytes);

/* A text and its length; none for NULL. */
struct wire_put_text {
    const char *text;
    size_t bytes;
};

static inline struct wire_put_text
wire_put_text_of(const char *text)
{
    return (struct wire_put_text){text, text == NULL ? 0 : strlen(text)};
}

static inline uint8_t *
wire_put_text(uint8_t *at, unsigned field, struct wire_put_text t)
{
    return wire_put_bytes(at, field, t.text, t.bytes);
}

/*
 * A message within, whatever is put between the two. head: how many bytes its length is
 * expected to take; if it takes another number, all is moved. `began` is the length of
 * `out` where it began.
 */
static inline uint8_t *
wire_put_within(struct buf *out, uint8_t *at, unsigned field, unsigned head,
                size_t *began)
{
    at = wire_put_tag(at, field, WIRE_PUT_LENGTH) + head;
    *began = (size_t)(at - (uint8_t *)out->data);
    return at;
}

uint8_t *wire_put_within_move(struct buf *out, uint8_t *at, unsigned head,
                              size_t began);

static inline uint8_t *
wire_put_within_end(struct buf *out, uint8_t *at, unsigned head, size_t began)
{
    uint8_t *body = (uint8_t *)out->data + began;
    size_t bytes = (size_t)(at - body);

    if (head == 1 && bytes <= 0x7f) {
        body[-1] = (uint8_t)bytes;
        return at;
    }
    if (head == 2 && bytes > 0x7f && bytes <= 0x3fff) {
        (void)wire_put_varint(body - 2, bytes); /* of just two */
        return at;
    }
    return wire_put_within_move(out, at, head, began);
}

#endif
