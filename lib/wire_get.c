#include "lib/wire_get.h"

#include <string.h>

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
    g->texts = arena_room(a, bytes + 1);
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

/* Most are of one byte, many of two. */
static inline uint64_t
varint(struct wire_get *g, size_t bytes_max)
{
    const uint8_t *at = g->at;

    if (at < g->end && at[0] < 0x80) {
        g->at = at + 1;
        return at[0];
    }
    if (g->end - at >= 2 && at[1] < 0x80) {
        g->at = at + 2;
        return (uint64_t)at[1] << 7 | (at[0] & 0x7fu);
    }
    return varint_long(g, bytes_max);
}

size_t
wire_get_long_length(struct wire_get *g)
{
    uint64_t bytes = varint(g, LENGTH_BYTES_MAX);

    if (bytes > (size_t)(g->end - g->at)) {
        odd(g);
        return 0;
    }
    return (size_t)bytes;
}

size_t
wire_get_count(const struct wire_get *g, unsigned field)
{
    struct wire_get ahead = *g;
    size_t count = 0;

    while (wire_get_tag(&ahead, field, WIRE_HOW_LENGTH)) {
        size_t bytes = wire_get_length(&ahead);

        ahead.at += bytes;
        count++;
    }
    return count;
}

uint64_t
wire_get_varint(struct wire_get *g, uint64_t max)
{
    uint64_t n = varint(g, VARINT_BYTES_MAX);

    if (n > max) {
        odd(g);
        return 0;
    }
    return n;
}

const uint8_t *
wire_get_bytes(struct wire_get *g, unsigned field, size_t *bytes)
{
    const uint8_t *from;

    *bytes = 0;
    if (!wire_get_tag(g, field, WIRE_HOW_LENGTH)) {
        return NULL;
    }
    *bytes = wire_get_length(g);
    from = g->at;
    g->at += *bytes;
    return from;
}

/* The highest bit of a byte that is zero; perhaps of others, but only beside one. */
static inline uint64_t
zero_bytes(uint64_t word)
{
    const uint64_t each = 0x0101010101010101u;

    return (word - each) & ~word & 0x80 * each;
}

/* False: there is a NUL in it. Codes and days are short: the first and the last bytes
 * of them, which may overlap. */
static inline bool
text_copy(char *out, const uint8_t *from, size_t bytes)
{
    uint64_t first = UINT64_MAX;
    uint64_t last = UINT64_MAX;

    if (bytes > 2 * sizeof first) {
        memcpy(out, from, bytes);
        out[bytes] = '\0';
        return memchr(from, 0, bytes) == NULL;
    }
    if (bytes >= sizeof first) {
        memcpy(&first, from, sizeof first);
        memcpy(&last, from + bytes - sizeof last, sizeof last);
        memcpy(out, &first, sizeof first);
        memcpy(out + bytes - sizeof last, &last, sizeof last);
    } else if (bytes >= sizeof(uint32_t)) {
        uint32_t low;
        uint32_t high;

        memcpy(&low, from, sizeof low);
        memcpy(&high, from + bytes - sizeof high, sizeof high);
        memcpy(out, &low, sizeof low);
        memcpy(out + bytes - sizeof high, &high, sizeof high);
        first = (uint64_t)high << 32 | low;
    } else {
        size_t i;

        for (i = 0; i < bytes; i++) {
            out[i] = (char)from[i];
            first = from[i] == 0 ? 0 : first;
        }
    }
    out[bytes] = '\0';
    return (zero_bytes(first) | zero_bytes(last)) == 0;
}

const char *
wire_get_copy(struct wire_get *g, size_t bytes)
{
    char *text = g->texts;

    if (bytes == 0) {
        return "";
    }
    if (!text_copy(text, g->at, bytes)) {
        odd(g);
        return "";
    }
    g->at += bytes;
    g->texts += bytes + 1;
    return text;
}
