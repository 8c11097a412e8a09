#include "lib/wire_put.h"

#include "lib/diag.h"
#include "lib/mem.h"

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

/* Texts are short: two words that may overlap, without a call. */
static uint8_t *
bytes_copy(uint8_t *at, const uint8_t *p, size_t bytes)
{
    uint64_t first;
    uint64_t last;
    uint32_t half;

    if (bytes > 2 * sizeof first) {
        memcpy(at, p, bytes);
    } else if (bytes >= sizeof first) {
        memcpy(&first, p, sizeof first);
        memcpy(&last, p + bytes - sizeof last, sizeof last);
        memcpy(at, &first, sizeof first);
        memcpy(at + bytes - sizeof last, &last, sizeof last);
    } else if (bytes >= sizeof half) {
        memcpy(&half, p + bytes - sizeof half, sizeof half);
        memcpy(at, p, sizeof half);
        memcpy(at + bytes - sizeof half, &half, sizeof half);
    } else {
        at[0] = p[0];
        at[bytes / 2] = p[bytes / 2];
        at[bytes - 1] = p[bytes - 1];
    }
    return at + bytes;
}

uint8_t *
wire_put_bytes(uint8_t *at, unsigned field, const void *p, size_t bytes)
{
    if (bytes == 0) {
        return at;
    }
    at = wire_put_tag(at, field, WIRE_PUT_LENGTH);
    return bytes_copy(wire_put_varint(at, bytes), p, bytes);
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
