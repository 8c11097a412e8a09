/* Receipts, as ingest gives them and as clients keep them: proto/report.proto. */
#include "lib/wire_private.h"
#include "lib/wire_put.h"

/* False, and zeros, unless it is as long as a seal: zeros are nobody's seal. */
static bool
seal_read(const ProtobufCBinaryData *in, uint8_t out[WIRE_SEAL_BYTES])
{
    if (in->len != WIRE_SEAL_BYTES) {
        memset(out, 0, WIRE_SEAL_BYTES);
        return false;
    }
    memcpy(out, in->data, WIRE_SEAL_BYTES);
    return true;
}

Dondoc__Held *
wire_held_pack(const struct wire_held *in, struct arena *a)
{
    Dondoc__Held *m;

    if (in == NULL) {
        return NULL;
    }
    m = wire_take(a, sizeof *m);
    dondoc__held__init(m);
    m->unit = wire_text(in->unit);
    m->group = wire_text(in->group);
    m->period = wire_text(in->period);
    m->revision = in->revision;
    m->hash = wire_text(in->hash);
    m->entry = in->entry;
    m->index = in->index;
    m->received_at_ms = in->received_at_ms;
    m->due = wire_text(in->due);
    m->on_time = in->on_time;
    m->seal.data = (uint8_t *)in->seal; /* only read */
    m->seal.len = sizeof in->seal;
    return m;
}

bool
wire_held_read(const Dondoc__Held *m, struct arena *a, const struct wire_held **out)
{
    struct wire_held *held;

    *out = NULL;
    if (m == NULL) {
        return true;
    }
    held = arena_take(a, sizeof *held);
    if (held == NULL) {
        return false;
    }
    *held = (struct wire_held){
        .unit = m->unit,
        .group = m->group,
        .period = m->period,
        .revision = m->revision,
        .hash = m->hash,
        .entry = m->entry,
        .index = m->index,
        .received_at_ms = m->received_at_ms,
        .due = m->due,
        .on_time = m->on_time,
    };
    (void)seal_read(&m->seal, held->seal); /* zeros fit no receipt */
    *out = held;
    return true;
}

/* What protobuf-c packs, within. */
static uint8_t *
message_put(struct buf *out, uint8_t *at, unsigned field, const ProtobufCMessage *m)
{
    size_t bytes = protobuf_c_message_get_packed_size(m);

    at = wire_put_room(out, at, WIRE_PUT_MAX + bytes);
    at = wire_put_varint(wire_put_tag(at, field, WIRE_PUT_LENGTH), bytes);
    return at + protobuf_c_message_pack(m, at);
}

/* What most receipts have not: the figures that were replaced, and why it is refused.
 */
static uint8_t *
receipt_more_put(const struct wire_receipt *from, struct arena *a, struct buf *out,
                 uint8_t *at)
{
    Dondoc__Figure **figures;
    size_t i;

    if (from->old_count > 0) {
        figures = wire_figures_pack(from->old_figures, from->old_count, a);
        for (i = 0; i < from->old_count; i++) {
            at = message_put(out, at, 14, &figures[i]->base);
        }
    }
    if (from->refusal.code != NULL) {
        at = message_put(out, at, 15, &wire_refusal_pack(&from->refusal, a)->base);
    }
    return at;
}

#define RECEIPT_FIELDS 17
#define RECEIPT_LENGTH_BYTES 2 /* they are nearly always of 128 bytes and more */

static uint8_t *
receipt_put(const struct wire_receipt *from, struct arena *a, struct buf *out,
            uint8_t *at)
{
    struct wire_put_text unit = wire_put_text_of(from->unit);
    struct wire_put_text group = wire_put_text_of(from->group);
    struct wire_put_text period = wire_put_text_of(from->period);
    struct wire_put_text hash = wire_put_text_of(from->hash);
    struct wire_put_text due = wire_put_text_of(from->due);
    struct wire_put_text first = wire_put_text_of(from->from);
    struct wire_put_text last = wire_put_text_of(from->to);
    size_t began;

    at = wire_put_room(out, at,
                       RECEIPT_FIELDS * WIRE_PUT_MAX + unit.bytes + group.bytes +
                           period.bytes + hash.bytes + due.bytes + first.bytes +
                           last.bytes);
    at = wire_put_within(out, at, 1, RECEIPT_LENGTH_BYTES, &began);
    at = wire_put_number(at, 1, (uint64_t)from->outcome);
    at = wire_put_text(at, 2, unit);
    at = wire_put_text(at, 3, group);
    at = wire_put_text(at, 4, period);
    at = wire_put_number(at, 5, from->revision);
    at = wire_put_number(at, 6, from->entry);
    at = wire_put_number(at, 7, from->index);
    at = wire_put_text(at, 8, hash);
    at = wire_put_number(at, 9, (uint64_t)from->received_at_ms);
    at = wire_put_text(at, 10, due);
    at = wire_put_number(at, 11, from->on_time);
    at = wire_put_text(at, 12, first);
    at = wire_put_text(at, 13, last);
    if (from->old_count > 0 || from->refusal.code != NULL) {
        at = receipt_more_put(from, a, out, at);
    }
    at = wire_put_room(out, at, 3 * WIRE_PUT_MAX + sizeof from->seal);
    at = wire_put_bytes(at, 16, from->seal, from->sealed ? sizeof from->seal : 0);
    at = wire_put_number(at, 17, (uint64_t)from->first_received_at_ms);
    return wire_put_within_end(out, at, RECEIPT_LENGTH_BYTES, began);
}

uint8_t *
wire_receipts_put(const struct wire_receipt *receipts, size_t count, struct arena *a,
                  struct buf *out, uint8_t *at)
{
    size_t i;

    for (i = 0; i < count; i++) {
        at = receipt_put(&receipts[i], a, out, at);
    }
    return at;
}

enum status
wire_receipts_read(const Dondoc__Receipts *m, struct arena *a, struct unit_reply *out)
{
    struct wire_receipt *to = arena_take(a, (m->n_receipts + 1) * sizeof *to);
    size_t i;

    if (to == NULL) {
        return ST_LIMIT;
    }
    for (i = 0; i < m->n_receipts; i++) {
        const Dondoc__Receipt *from = m->receipts[i];
        int outcome = (int)from->outcome;

        to[i] = (struct wire_receipt){
            .outcome = outcome >= OUTCOME_NONE && outcome <= OUTCOME_VALID
                           ? (enum outcome)outcome
                           : OUTCOME_NONE,
            .unit = from->unit,
            .group = from->group,
            .period = from->period,
            .revision = from->revision,
            .entry = from->entry,
            .index = from->index,
            .hash = from->hash,
            .received_at_ms = from->received_at_ms,
            .due = from->due,
            .on_time = from->on_time,
            .from = from->from,
            .to = from->to,
            .old_count = from->n_old_figures,
            .old_figures = wire_figures_read(from->old_figures, from->n_old_figures, a),
            .first_received_at_ms = from->first_received_at_ms,
        };
        if (to[i].old_figures == NULL) {
            return ST_LIMIT;
        }
        if (from->refusal != NULL) {
            wire_refusal_read(from->refusal, &to[i].refusal);
        }
        to[i].sealed = seal_read(&from->seal, to[i].seal);
    }
    out->receipts = to;
    out->receipt_count = m->n_receipts;
    return ST_OK;
}
