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

/* Is this field next? For what is known by its presence (oneof, optional). */
bool wire_get_is(const struct wire_get *g, unsigned field, enum wire_how how);
/* How many of this field, with a length, follow one another from here. */
size_t wire_get_count(const struct wire_get *g, unsigned field);

/* The others go past the field if it is next. A value beyond its type is odd. */
uint64_t wire_get_number(struct wire_get *g, unsigned field);   /* uint64, int64 */
uint32_t wire_get_number32(struct wire_get *g, unsigned field); /* uint32 */
bool wire_get_bool(struct wire_get *g, unsigned field);
int64_t wire_get_signed(struct wire_get *g, unsigned field);   /* sint64 */
int32_t wire_get_signed32(struct wire_get *g, unsigned field); /* sint32 */
/* Never NULL; in the arena. */
const char *wire_get_text(struct wire_get *g, unsigned field);
/* In p; NULL and 0 when it is not there. */
const uint8_t *wire_get_bytes(struct wire_get *g, unsigned field, size_t *bytes);

/*
 * A message within: true when it is next; g then reads it until wire_get_leave, with
 * what `outside` holds. One that was not read to its end is odd.
 */
bool wire_get_enter(struct wire_get *g, unsigned field, const uint8_t **outside);
void wire_get_leave(struct wire_get *g, const uint8_t *outside);

#endif
