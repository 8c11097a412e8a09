/*
 * wire_private - what the wire files share: protobuf-c on an arena.
 */
#ifndef DONDOC_WIRE_PRIVATE_H
#define DONDOC_WIRE_PRIVATE_H

#include <protobuf-c/protobuf-c.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/wire.h"
#include "proto/alert.pb-c.h"
#include "proto/journal.pb-c.h"
#include "proto/report.pb-c.h"

/* Unpacks into the arena; NULL with *st set when malformed or too large. */
void *wire_unpack(const ProtobufCMessageDescriptor *d, const void *p, size_t bytes,
                  struct arena *a, enum status *st);
/* The bytes to unpack: p, or when a text holds a NUL a copy with U+0001 there; NULL:
 * the arena is full. */
const void *wire_texts_whole(const ProtobufCMessageDescriptor *d, const void *p,
                             size_t bytes, struct arena *a);
/* The two ways of unit_request_decode. get: a push as clients write it; false: not so,
 * or the arena is full; *out then holds nothing. unpack: protobuf-c. */
bool unit_request_get(const void *p, size_t bytes, struct arena *a,
                      struct unit_request *out);
MUST_USE enum status unit_request_unpack(const void *p, size_t bytes, struct arena *a,
                                         struct unit_request *out);
/* Appends the packed message. */
void wire_pack(const ProtobufCMessage *m, struct buf *out);
/* Arena memory for an encoder; encoders are ours, so a full arena is our bug. */
void *wire_take(struct arena *a, size_t bytes);
/* proto3 texts are never NULL on the wire; a NULL of ours is empty. */
static inline char *
wire_text(const char *text)
{
    return (char *)(text == NULL ? "" : text); /* protobuf-c does not write to it */
}

/* An array of `n` pointers to fresh messages of `type`, each initialised. */
#define WIRE_ARRAY(a, n, type, init, array)                                            \
    do {                                                                               \
        size_t wire_i_;                                                                \
        (array) = wire_take((a), (n) * sizeof *(array));                               \
        for (wire_i_ = 0; wire_i_ < (n); wire_i_++) {                                  \
            (array)[wire_i_] = wire_take((a), sizeof(type));                           \
            init((array)[wire_i_]);                                                    \
        }                                                                              \
    } while (0)

Dondoc__Figure **wire_figures_pack(const struct wire_figure *in, size_t count,
                                   struct arena *a);
const struct wire_figure *wire_figures_read(Dondoc__Figure *const *in, size_t count,
                                            struct arena *a);
/* NULL for none. */
Dondoc__Held *wire_held_pack(const struct wire_held *in, struct arena *a);
/* *out NULL when m is; false: the arena is full. */
bool wire_held_read(const Dondoc__Held *m, struct arena *a,
                    const struct wire_held **out);
/* The inside of Receipts, from `at` on (wire_put.h); `a` for what is refused or
 * replaced. */
uint8_t *wire_receipts_put(const struct wire_receipt *receipts, size_t count,
                           struct arena *a, struct buf *out, uint8_t *at);
MUST_USE enum status wire_receipts_read(const Dondoc__Receipts *m, struct arena *a,
                                        struct unit_reply *out);
/* The two ways of report_record_decode. get: as report_record_encode writes it; false:
 * not so, or the arena is full; *out then holds nothing. unpack: protobuf-c. */
bool report_record_get(const void *p, size_t bytes, struct arena *a,
                       struct report_record *out);
MUST_USE enum status report_record_unpack(const void *p, size_t bytes, struct arena *a,
                                          struct report_record *out);
/* The same by hand, when it is in its plain form (wire_get.h), and by protobuf-c. */
bool alert_events_get(const void *p, size_t bytes, struct arena *a,
                      struct alert_event **events, size_t *count);
MUST_USE enum status alert_events_unpack(const void *p, size_t bytes, struct arena *a,
                                         struct alert_event **events, size_t *count);
void wire_act_fill(const struct wire_act *in, Dondoc__Act *m);
void wire_act_read(const Dondoc__Act *m, struct wire_act *out);
Dondoc__Refusal *wire_refusal_pack(const struct wire_refusal *in, struct arena *a);
void wire_refusal_read(const Dondoc__Refusal *m, struct wire_refusal *out);

#endif
