/*
 * wire_get - the counterpart of wire_put: messages read field by field, in the plain
 * form that wire_put and the protobuf libraries write: known fields only, in the order
 * of their numbers, each once, no text with a NUL. Whoever reads asks for the fields in
 * that order; one that is not there is zero or "". Anything else makes the reading
 * `odd`: then nothing of it counts, and protobuf-c reads the same bytes from the
 * beginning. So results are the library's, by construction; only the cost differs.
 *
 *   struct wire_get g;
 *   if (wire_get_begin(&g, p, bytes, arena)) {
 *       out->unit = wire_get_text(&g, 1);
 *       out->revision = wire_get_number32(&g, 2);
 *       if (wire_get_done(&g)) { return ST_OK; }
 *   }
 *   … the library
 */
#ifndef DONDOC_WIRE_GET_H
#define DONDOC_WIRE_GET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mem.h"

enum wire_how { WIRE_HOW_NUMBER = 0, WIRE_HOW_LENGTH = 2 };

struct wire_get {
    const uint8_t *at;
    const uint8_t *end; /* of the message that is read now: one within, too */
    char *texts;        /* room for those that follow, each with its zero byte */
    bool odd;           /* for ever: what is read after it is zero or "" */
};

/* p: borrowed while it is read. Texts are copied to the arena, once for all; false: it
 * is full. */
bool wire_get_begin(struct wire_get *g, const void *p, size_t bytes, struct arena *a);
/* Nothing odd, and nothing left over. */
bool wire_get_done(const struct wire_get *g);

/*
 * What follows is here so that a field, a constant, is one comparison where it is not
 * there; what it costs to read one that is there is in wire_get_….
 */
uint64_t wire_get_varint(struct wire_get *g, uint64_t max);
size_t wire_get_long_length(struct wire_get *g);
const char *wire_get_copy(struct wire_get *g, size_t bytes); /* they are there */

/* Of the body at which it then stands. */
static inline size_t
wire_get_length(struct wire_get *g)
{
    const uint8_t *at = g->at;

    if (g->end - at >= 1 && at[0] < 0x80 && at[0] < g->end - at) {
        g->at = at + 1;
        return at[0];
    }
    return wire_get_long_length(g);
}

#define WIRE_TAG(field, how) ((unsigned)(field) << 3 | (unsigned)(how))

/* Is this field next? For what is known by its presence (oneof, optional). */
static inline bool
wire_get_is(const struct wire_get *g, unsigned field, enum wire_how how)
{
    const unsigned tag = WIRE_TAG(field, how); /* one byte, or two up to field 2047 */

    if (tag < 0x80) {
        return g->at < g->end && *g->at == tag;
    }
    return g->end - g->at >= 2 && g->at[0] == (uint8_t)(tag | 0x80) &&
           g->at[1] == tag >> 7;
}

/* The same, and past its tag. */
static inline bool
wire_get_tag(struct wire_get *g, unsigned field, enum wire_how how)
{
    if (!wire_get_is(g, field, how)) {
        return false;
    }
    g->at += WIRE_TAG(field, how) < 0x80 ? 1 : 2;
    return true;
}

/* How many of this field, with a length, follow one another from here. */
size_t wire_get_count(const struct wire_get *g, unsigned field);

/* The others go past the field if it is next. A value beyond its type is odd. */
static inline uint64_t
wire_get_until(struct wire_get *g, unsigned field, uint64_t max)
{
    return wire_get_tag(g, field, WIRE_HOW_NUMBER) ? wire_get_varint(g, max) : 0;
}

/* 0, 1, 2, 3 … are 0, -1, 1, -2 … */
static inline int64_t
wire_get_zigzag(uint64_t n)
{
    return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}

static inline uint64_t
wire_get_number(struct wire_get *g, unsigned field) /* uint64, int64 */
{
    return wire_get_until(g, field, UINT64_MAX);
}

static inline uint32_t
wire_get_number32(struct wire_get *g, unsigned field) /* uint32 */
{
    return (uint32_t)wire_get_until(g, field, UINT32_MAX);
}

static inline bool
wire_get_bool(struct wire_get *g, unsigned field)
{
    return wire_get_until(g, field, 1) != 0;
}

static inline int64_t
wire_get_signed(struct wire_get *g, unsigned field) /* sint64 */
{
    return wire_get_zigzag(wire_get_until(g, field, UINT64_MAX));
}

static inline int32_t
wire_get_signed32(struct wire_get *g, unsigned field) /* sint32 */
{
    return (int32_t)wire_get_zigzag(wire_get_until(g, field, UINT32_MAX));
}

/* Never NULL; in the arena. */
static inline const char *
wire_get_text(struct wire_get *g, unsigned field)
{
    return wire_get_tag(g, field, WIRE_HOW_LENGTH)
               ? wire_get_copy(g, wire_get_length(g))
               : "";
}

/* In p; NULL and 0 when it is not there. */
const uint8_t *wire_get_bytes(struct wire_get *g, unsigned field, size_t *bytes);

/*
 * A message within: true when it is next; g then reads it until wire_get_leave, with
 * what `outside` holds. One that was not read to its end is odd.
 */
static inline bool
wire_get_enter(struct wire_get *g, unsigned field, const uint8_t **outside)
{
    size_t bytes;

    if (!wire_get_tag(g, field, WIRE_HOW_LENGTH)) {
        return false;
    }
    bytes = wire_get_length(g);
    *outside = g->end;
    g->end = g->at + bytes;
    return true;
}

static inline void
wire_get_leave(struct wire_get *g, const uint8_t *outside)
{
    if (g->at != g->end) {
        g->odd = true;
    }
    g->at = g->odd ? outside : g->end;
    g->end = outside;
}

#endif
