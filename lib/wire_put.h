/*
 * wire_put - messages written field by field, for those that are made for every report:
 * building protobuf-c's structs and having them measured and packed costs five times as
 * much. The bytes are those protobuf-c writes, as long as fields are put in the order
 * of their numbers; what is zero or empty is left out, as proto3 does.
 */
#ifndef DONDOC_WIRE_PUT_H
#define DONDOC_WIRE_PUT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

void wire_put_number(struct buf *out, unsigned field, uint64_t n); /* int, uint, bool */
void wire_put_signed(struct buf *out, unsigned field, int64_t n);  /* sint */
void wire_put_bytes(struct buf *out, unsigned field, const void *p, size_t bytes);
void wire_put_text(struct buf *out, unsigned field, const char *text); /* NULL: none */

/* A message within: whatever is put between the two, also when it is nothing. */
size_t wire_put_begin(struct buf *out, unsigned field);
void wire_put_end(struct buf *out, size_t began);

#endif
