#include "lib/wire_get.h"

#include <string.h>

#define ONE_BYTE_FIELD_MAX 15u /* a tag of one byte; two up to 2047 */
#define VARINT_BYTES_MAX 10u
#define VARINT_SHIFT_MAX 63u /* of its last byte */
#define LENGTH_BYTES_MAX 5u  /* more are an error of the message */

bool
wire_get_begin(struct wire_get *g, const void *p, size_t bytes, struct arena *a)
{
    static const uint8_t nothing[1];

    g->at = bytes == 0 ? nothing : p;
    g->end = g->at + bytes;
    /* A text takes a tag and a length at least: more than its zero byte. */
    g->texts = arena_take(a, bytes + 1);
    g->odd = false;
    return g->texts != NULL;
}

bool
wire_get_done(const struct wire_get *g)
{
    return !g->odd && g->at == g->end;
}

/* Nothing more is found after that. */
static void
odd(struct wire_get *g)
{
    g->odd = true;
    g->at = g->end;
}

/* Bytes of the tag, if it is what comes next; else 0. */
static inline size_t
tag_bytes(const struct wire_get *g, unsigned field, enum wire_how how)
{
    unsigned tag = field << 3 | (unsigned)how;

    if (field <= ONE_BYTE_FIELD_MAX) {
        return g->at < g->end && *g->at == tag ? 1 : 0;
    }
    return g->end - g->at >= 2 && g->at[0] == (uint8_t)(tag | 0x80) &&
                   g->at[1] == tag >> 7
               ? 2
               : 0;
}

/* Torn, over 64 bits, or over so many bytes: odd, and 0. */
static uint64_t
varint_long(struct wire_get *g, size_t bytes_max)
{
    const uint8_t *at = g->at;
    size_t left = (size_t)(g->end - at);
    const uint8_t *end = at + (left < bytes_max ? left : bytes_max);
    uint64_t n = 0;
    unsigned shift = 0;

    while (at < end) {
        uint64_t byte = *at++;

        n |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (shift == VARINT_SHIFT_MAX && byte > 1) {
                break;
            }
            g->at = at;
            return n;
        }
        shift += 7;
    }
    odd(g);
    return 0;
}

/* Most are of one byte. */
static inline uint64_t
varint(struct wire_get *g, size_t bytes_max)
{
    return g->at < g->end && *g->at < 0x80 ? *g->at++ : varint_long(g, bytes_max);
}

/* Goes to the body of a field with a length, which is returned: torn is odd, and 0. */
static inline size_t
body(struct wire_get *g, size_t tag)
{
    uint64_t bytes;

    g->at += tag;
    bytes = varint(g, LENGTH_BYTES_MAX);
    if (bytes > (size_t)(g->end - g->at)) {
        odd(g);
        return 0;
    }
    return (size_t)bytes;
}

bool
wire_get_is(const struct wire_get *g, unsigned field, enum wire_how how)
{
    return tag_bytes(g, field, how) != 0;
}

size_t
wire_get_count(const struct wire_get *g, unsigned field)
{
    struct wire_get ahead = *g;
    size_t count = 0;
    size_t tag;

    while ((tag = tag_bytes(&ahead, field, WIRE_HOW_LENGTH)) != 0) {
        size_t bytes = body(&ahead, tag);

        ahead.at += bytes;
        count++;
    }
    return count;
}

static inline uint64_t
number(struct wire_get *g, unsigned field, uint64_t max)
{
    size_t tag = tag_bytes(g, field, WIRE_HOW_NUMBER);
    uint64_t n;

    if (tag == 0) {
        return 0;
    }
    g->at += tag;
    n = varint(g, VARINT_BYTES_MAX);
    if (n > max) {
        odd(g);
        return 0;
    }
    return n;
}

/* 0, 1, 2, 3 … are 0, -1, 1, -2 … */
static inline int64_t
signed_of(uint64_t n)
{
    return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}

uint64_t
wire_get_number(struct wire_get *g, unsigned field)
{
    return number(g, field, UINT64_MAX);
}

uint32_t
wire_get_number32(struct wire_get *g, unsigned field)
{
    return (uint32_t)number(g, field, UINT32_MAX);
}

bool
wire_get_bool(struct wire_get *g, unsigned field)
{
    return number(g, field, 1) != 0;
}

int64_t
wire_get_signed(struct wire_get *g, unsigned field)
{
    return signed_of(number(g, field, UINT64_MAX));
}

int32_t
wire_get_signed32(struct wire_get *g, unsigned field)
{
    return (int32_t)signed_of(number(g, field, UINT32_MAX));
}

const uint8_t *
wire_get_bytes(struct wire_get *g, unsigned field, size_t *bytes)
{
    size_t tag = tag_bytes(g, field, WIRE_HOW_LENGTH);
    const uint8_t *from;

    *bytes = 0;
    if (tag == 0) {
        return NULL;
    }
    *bytes = body(g, tag);
    from = g->at;
    g->at += *bytes;
    return from;
}

const char *
wire_get_text(struct wire_get *g, unsigned field)
{
    size_t tag = tag_bytes(g, field, WIRE_HOW_LENGTH);
    char *text = g->texts;
    size_t bytes;

    if (tag == 0) {
        return "";
    }
    bytes = body(g, tag);
    if (bytes == 0) {
        return "";
    }
    memcpy(text, g->at, bytes);
    text[bytes] = '\0';
    if (memchr(text, 0, bytes) != NULL) {
        odd(g);
        return "";
    }
    g->at += bytes;
    g->texts += bytes + 1;
    return text;
}

bool
wire_get_enter(struct wire_get *g, unsigned field, const uint8_t **outside)
{
    size_t tag = tag_bytes(g, field, WIRE_HOW_LENGTH);
    size_t bytes;

    if (tag == 0) {
        return false;
    }
    bytes = body(g, tag);
    *outside = g->end;
    g->end = g->at + bytes;
    return true;
}

void
wire_get_leave(struct wire_get *g, const uint8_t *outside)
{
    if (g->at != g->end) {
        g->odd = true;
    }
    g->at = g->odd ? outside : g->end;
    g->end = outside;
}
