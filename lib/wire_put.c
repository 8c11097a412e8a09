#include "lib/wire_put.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"

#define VARINT_BYTES_MAX 10
#define NUMBER 0u /* how the value behind a tag is written */
#define LENGTH 2u

/* Encoders are ours, so a full buffer is our bug. */
static uint8_t *
room_take(struct buf *out, size_t bytes)
{
    uint8_t *at;

    MUST(out->max - out->len >= bytes);
    if (out->room < out->len + bytes + 1) {
        out->room = (out->len + bytes + 1) * 2;
        out->data = mem_grow(out->data, out->room);
    }
    at = (uint8_t *)out->data + out->len;
    out->len += bytes;
    out->data[out->len] = '\0';
    return at;
}

static size_t
varint(uint64_t n, uint8_t *out)
{
    size_t bytes = 0;

    for (; n > 0x7f; n >>= 7) {
        out[bytes++] = (uint8_t)(n | 0x80);
    }
    out[bytes++] = (uint8_t)n;
    return bytes;
}

static size_t
tag(unsigned field, unsigned how, uint8_t *out)
{
    return varint((uint64_t)field << 3 | how, out);
}

void
wire_put_number(struct buf *out, unsigned field, uint64_t n)
{
    uint8_t bytes[2 * VARINT_BYTES_MAX];
    size_t len;

    if (n == 0) {
        return;
    }
    len = tag(field, NUMBER, bytes);
    len += varint(n, bytes + len);
    memcpy(room_take(out, len), bytes, len);
}

void
wire_put_signed(struct buf *out, unsigned field, int64_t n)
{
    /* 0, -1, 1, -2 … are 0, 1, 2, 3 … */
    wire_put_number(out, field, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

void
wire_put_bytes(struct buf *out, unsigned field, const void *p, size_t bytes)
{
    uint8_t head[2 * VARINT_BYTES_MAX];
    uint8_t *at;
    size_t len;

    if (bytes == 0) {
        return;
    }
    len = tag(field, LENGTH, head);
    len += varint(bytes, head + len);
    at = room_take(out, len + bytes);
    memcpy(at, head, len);
    memcpy(at + len, p, bytes);
}

void
wire_put_text(struct buf *out, unsigned field, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        wire_put_bytes(out, field, text, strlen(text));
    }
}

/* One byte is kept for the length; most need no more. */
size_t
wire_put_begin(struct buf *out, unsigned field)
{
    uint8_t head[VARINT_BYTES_MAX];
    size_t len = tag(field, LENGTH, head);

    memcpy(room_take(out, len + 1), head, len);
    return out->len;
}

void
wire_put_end(struct buf *out, size_t began)
{
    uint8_t head[VARINT_BYTES_MAX];
    size_t bytes = out->len - began;
    size_t len = varint(bytes, head);
    char *body;

    (void)room_take(out, len - 1);
    body = out->data + began;
    if (len > 1) {
        memmove(body + len - 1, body, bytes);
    }
    memcpy(body - 1, head, len);
}
