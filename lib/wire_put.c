#include "lib/wire_put.h"

#include "lib/diag.h"
#include "lib/mem.h"

void
wire_put_check(const struct buf *out)
{
    MUST(out->len <= out->max);
}

/* The room may be a little more than the buffer's limit: what is asked for here is the
 * most that a field may take, what it took is checked when it is written. */
void
wire_put_grow(struct buf *out, size_t bytes)
{
    MUST(out->len <= out->max && bytes <= out->max + WIRE_PUT_HEAD_MAX);
    out->room = (out->len + bytes + 1) * 2;
    out->data = mem_grow(out->data, out->room);
}

/* Texts are short: two words that may overlap, without a call. */
static uint8_t *
bytes_put(uint8_t *at, const uint8_t *p, size_t bytes)
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

void
wire_put_bytes(struct buf *out, unsigned field, const void *p, size_t bytes)
{
    uint8_t *at;

    if (bytes == 0) {
        return;
    }
    at = wire_put_room(out, WIRE_PUT_HEAD_MAX + bytes);
    at = wire_put_varint(at, field << 3 | WIRE_PUT_LENGTH);
    at = wire_put_varint(at, bytes);
    wire_put_done(out, bytes_put(at, p, bytes));
}

void
wire_put_end_long(struct buf *out, size_t began)
{
    uint8_t head[WIRE_PUT_HEAD_MAX];
    size_t bytes = out->len - began;
    size_t more = (size_t)(wire_put_varint(head, bytes) - head) - 1;
    uint8_t *end = wire_put_room(out, more) + more;
    char *body = out->data + began;

    memmove(body + more, body, bytes);
    memcpy(body - 1, head, more + 1);
    wire_put_done(out, end);
}
