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

static void
receipt_put(const struct wire_receipt *from, struct arena *a, struct buf *out)
{
    size_t began = wire_put_begin(out, 1);
    Dondoc__Figure **figures = NULL;
    size_t within;
    size_t i;

    wire_put_number(out, 1, (uint64_t)from->outcome);
    wire_put_text(out, 2, from->unit);
    wire_put_text(out, 3, from->group);
    wire_put_text(out, 4, from->period);
    wire_put_number(out, 5, from->revision);
    wire_put_number(out, 6, from->entry);
    wire_put_number(out, 7, from->index);
    wire_put_text(out, 8, from->hash);
    wire_put_number(out, 9, (uint64_t)from->received_at_ms);
    wire_put_text(out, 10, from->due);
    wire_put_number(out, 11, from->on_time);
    wire_put_text(out, 12, from->from);
    wire_put_text(out, 13, from->to);
    if (from->old_count > 0) { /* a correction: rare */
        figures = wire_figures_pack(from->old_figures, from->old_count, a);
    }
    for (i = 0; i < from->old_count; i++) {
        within = wire_put_begin(out, 14);
        wire_pack(&figures[i]->base, out);
        wire_put_end(out, within);
    }
    if (from->refusal.code != NULL) {
        within = wire_put_begin(out, 15);
        wire_pack(&wire_refusal_pack(&from->refusal, a)->base, out);
        wire_put_end(out, within);
    }
    wire_put_bytes(out, 16, from->seal, from->sealed ? sizeof from->seal : 0);
    wire_put_number(out, 17, (uint64_t)from->first_received_at_ms);
    wire_put_end(out, began);
}

void
wire_receipts_put(const struct unit_reply *in, struct arena *a, struct buf *out)
{
    size_t i;

    for (i = 0; i < in->receipt_count; i++) {
        receipt_put(&in->receipts[i], a, out);
    }
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
