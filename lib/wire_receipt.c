/* Receipts, as ingest gives them and as clients keep them: proto/report.proto. */
#include "lib/wire_private.h"

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

void
wire_receipts_fill(const struct unit_reply *in, struct arena *a, Dondoc__Receipts *m)
{
    size_t i;

    m->n_receipts = in->receipt_count;
    WIRE_ARRAY(a, in->receipt_count, Dondoc__Receipt, dondoc__receipt__init,
               m->receipts);
    for (i = 0; i < in->receipt_count; i++) {
        const struct wire_receipt *from = &in->receipts[i];
        Dondoc__Receipt *to = m->receipts[i];

        to->outcome = (Dondoc__Outcome)from->outcome;
        to->unit = wire_text(from->unit);
        to->group = wire_text(from->group);
        to->period = wire_text(from->period);
        to->revision = from->revision;
        to->entry = from->entry;
        to->index = from->index;
        to->hash = wire_text(from->hash);
        to->received_at_ms = from->received_at_ms;
        to->due = wire_text(from->due);
        to->on_time = from->on_time;
        to->from = wire_text(from->from);
        to->to = wire_text(from->to);
        to->n_old_figures = from->old_count;
        to->old_figures = wire_figures_pack(from->old_figures, from->old_count, a);
        if (from->refusal.code != NULL) {
            to->refusal = wire_refusal_pack(&from->refusal, a);
        }
        if (from->sealed) {
            to->seal.data = (uint8_t *)from->seal; /* only read */
            to->seal.len = sizeof from->seal;
        }
        to->first_received_at_ms = from->first_received_at_ms;
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
