/*
 * wire_add - messages written one field after the other, each into the buffer at once,
 * for those whose fields are many and whose number is not that of the reports: shorter
 * to read than wire_put, which this is made of and whose head says what is written.
 */
#ifndef DONDOC_WIRE_ADD_H
#define DONDOC_WIRE_ADD_H

#include "lib/wire_put.h"

/* int, uint, bool */
static inline void
wire_add_number(struct buf *out, unsigned field, uint64_t n)
{
    if (n != 0) {
        wire_put_done(out,
                      wire_put_number(wire_put_begin(out, WIRE_PUT_MAX), field, n));
    }
}

static inline void
wire_add_signed(struct buf *out, unsigned field, int64_t n)
{
    if (n != 0) {
        wire_put_done(out,
                      wire_put_signed(wire_put_begin(out, WIRE_PUT_MAX), field, n));
    }
}

/* NULL: none */
static inline void
wire_add_bytes(struct buf *out, unsigned field, const void *p, size_t bytes)
{
    uint8_t *at = wire_put_begin(out, WIRE_PUT_MAX + bytes);

    wire_put_done(out, wire_put_bytes(at, field, p, bytes));
}

static inline void
wire_add_text(struct buf *out, unsigned field, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        wire_add_bytes(out, field, text, strlen(text));
    }
}

/* A message within: what stands in it is added between the two. Gives its place. */
static inline size_t
wire_add_begin(struct buf *out, unsigned field)
{
    size_t began;
    uint8_t *at = wire_put_begin(out, WIRE_PUT_MAX);

    wire_put_done(out, wire_put_within(out, at, field, 1, &began));
    return began;
}

static inline void
wire_add_end(struct buf *out, size_t began)
{
    uint8_t *at = wire_put_begin(out, WIRE_PUT_MAX); /* a longer length moves it all */

    wire_put_done(out, wire_put_within_end(out, at, 1, began));
}

#endif
