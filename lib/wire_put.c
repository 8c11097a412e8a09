#include "lib/wire_put.h"

#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/put.h"

/*
 * The room may be more than the buffer's limit: what is asked for is the most that some
 * fields may take, and what they took is looked at in the end. Encoders are ours, so a
 * full buffer is our bug.
 */
uint8_t *
wire_put_grow(struct buf *out, size_t len, size_t bytes)
{
    MUST(len <= out->max && bytes < SIZE_MAX / 4);
    out->room = (len + bytes + 1) * 2;
    out->data = mem_grow(out->data, out->room);
    return (uint8_t *)out->data + len;
}

void
wire_put_done(struct buf *out, uint8_t *at)
{
    *at = 0;
    out->len = (size_t)(at - (uint8_t *)out->data);
    MUST(out->len < out->room && out->len <= out->max);
}

uint8_t *
wire_put_bytes(uint8_t *at, unsigned field, const void *p, size_t bytes)
{
    if (bytes == 0) {
        return at;
    }
    at = wire_put_tag(at, field, WIRE_PUT_LENGTH);
    at = wire_put_varint(at, bytes);
    short_copy((char *)at, p, bytes);
    return at + bytes;
}

uint8_t *
wire_put_within_move(struct buf *out, uint8_t *at, unsigned head, size_t began)
{
    uint8_t *body = (uint8_t *)out->data + began;
    uint8_t length[WIRE_PUT_MAX];
    size_t bytes = (size_t)(at - body);
    size_t len = (size_t)(wire_put_varint(length, bytes) - length);

    memmove(body - head + len, body, bytes);
    memcpy(body - head, length, len);
    return at - head + len;
}
