/* The body of a journal entry of reports, record by record: proto/journal.proto. */
#include "lib/wire_get.h"
#include "lib/wire_private.h"
#include "lib/wire_put.h"

#define HASH_BYTES 16

static uint8_t *
figure_put(struct buf *out, uint8_t *at, const struct figure_record *f)
{
    struct wire_put_text measure = wire_put_text_of(f->measure);
    size_t began;

    at = wire_put_room(out, at, 4 * WIRE_PUT_MAX + measure.bytes);
    at = wire_put_within(out, at, 7, 1, &began);
    at = wire_put_text(at, 1, measure);
    at = wire_put_signed(at, 2, f->scaled);
    at = wire_put_number(at, 3, f->not_applicable);
    return wire_put_within_end(out, at, 1, began);
}

#define RECORD_HEAD_BYTES 4 /* its length */
#define RECORD_FIELDS 16

/* By hand: one is made for every report (wire_put.h). */
void
report_record_encode(const struct report_record *in, struct arena *a, struct buf *out)
{
    struct wire_put_text unit = wire_put_text_of(in->unit);
    struct wire_put_text group = wire_put_text_of(in->group);
    struct wire_put_text period = wire_put_text_of(in->period);
    struct wire_put_text principal = wire_put_text_of(in->principal);
    struct wire_put_text reason = wire_put_text_of(in->reason);
    struct wire_put_text source = wire_put_text_of(in->source_system);
    const size_t most = RECORD_FIELDS * WIRE_PUT_MAX + HASH_BYTES;
    size_t began = out->len;
    size_t bytes;
    uint8_t *at;
    size_t i;

    (void)a;
    at = wire_put_begin(out, RECORD_HEAD_BYTES + most + unit.bytes + group.bytes +
                                 period.bytes);
    at = wire_put_text(at + RECORD_HEAD_BYTES, 1, unit);
    at = wire_put_text(at, 2, group);
    at = wire_put_text(at, 3, period);
    at = wire_put_signed(at, 4, in->first_day);
    at = wire_put_signed(at, 5, in->last_day);
    at = wire_put_number(at, 6, in->revision);
    for (i = 0; i < in->figure_count; i++) {
        at = figure_put(out, at, &in->figures[i]);
    }
    at = wire_put_room(out, at, most + principal.bytes + reason.bytes + source.bytes);
    at = wire_put_number(at, 8, (uint64_t)in->received_at_ms);
    at = wire_put_signed(at, 9, in->due_day);
    at = wire_put_number(at, 10, in->on_time);
    at = wire_put_text(at, 11, principal);
    at = wire_put_text(at, 12, reason);
    at = wire_put_number(at, 13, (uint64_t)in->made_at_ms);
    at = wire_put_text(at, 14, source);
    at = wire_put_bytes(at, 15, in->hash, in->hash == NULL ? 0 : HASH_BYTES);
    at = wire_put_number(at, 16, (uint64_t)in->first_received_at_ms);
    wire_put_done(out, at);
    bytes = out->len - began - RECORD_HEAD_BYTES;
    for (i = 0; i < RECORD_HEAD_BYTES; i++) {
        out->data[began + i] = (char)(uint8_t)(bytes >> (8 * i));
    }
}

/* NULL: the arena is full. */
static const struct figure_record *
figures_get(struct wire_get *g, unsigned field, struct arena *a, size_t *count)
{
    struct figure_record *figures;
    const uint8_t *outside;
    size_t i;

    *count = wire_get_count(g, field);
    figures = arena_take(a, (*count + 1) * sizeof *figures);
    if (figures == NULL) {
        return NULL;
    }
    for (i = 0; i < *count && wire_get_enter(g, field, &outside); i++) {
        figures[i].measure = wire_get_text(g, 1);
        figures[i].scaled = wire_get_signed(g, 2);
        figures[i].not_applicable = wire_get_bool(g, 3);
        wire_get_leave(g, outside);
    }
    return figures;
}

bool
report_record_get(const void *p, size_t bytes, struct arena *a,
                  struct report_record *out)
{
    struct wire_get g;
    const uint8_t *hash;
    uint8_t *kept;
    size_t hash_bytes;

    if (!wire_get_begin(&g, p, bytes, a)) {
        return false;
    }
    out->unit = wire_get_text(&g, 1);
    out->group = wire_get_text(&g, 2);
    out->period = wire_get_text(&g, 3);
    out->first_day = wire_get_signed32(&g, 4);
    out->last_day = wire_get_signed32(&g, 5);
    out->revision = wire_get_number32(&g, 6);
    out->figures = figures_get(&g, 7, a, &out->figure_count);
    out->received_at_ms = (int64_t)wire_get_number(&g, 8);
    out->due_day = wire_get_signed32(&g, 9);
    out->on_time = wire_get_bool(&g, 10);
    out->principal = wire_get_text(&g, 11);
    out->reason = wire_get_text(&g, 12);
    out->made_at_ms = (int64_t)wire_get_number(&g, 13);
    out->source_system = wire_get_text(&g, 14);
    hash = wire_get_bytes(&g, 15, &hash_bytes);
    out->first_received_at_ms = (int64_t)wire_get_number(&g, 16);
    kept = arena_take(a, HASH_BYTES);
    if (hash_bytes != HASH_BYTES || kept == NULL || out->figures == NULL ||
        !wire_get_done(&g)) {
        return false;
    }
    memcpy(kept, hash, HASH_BYTES);
    out->hash = kept;
    return true;
}

enum status
report_record_unpack(const void *p, size_t bytes, struct arena *a,
                     struct report_record *out)
{
    enum status st;
    const Dondoc__ReportRecord *m =
        wire_unpack(&dondoc__report_record__descriptor, p, bytes, a, &st);
    struct figure_record *figures;
    size_t i;

    if (m == NULL) {
        return st;
    }
    figures = arena_take(a, (m->n_figures + 1) * sizeof *figures);
    if (figures == NULL) {
        return ST_LIMIT;
    }
    for (i = 0; i < m->n_figures; i++) {
        figures[i] =
            (struct figure_record){m->figures[i]->measure, m->figures[i]->scaled,
                                   m->figures[i]->not_applicable};
    }
    if (m->hash.len != HASH_BYTES) {
        return ST_BAD;
    }
    *out = (struct report_record){
        .unit = m->unit,
        .group = m->group,
        .period = m->period,
        .first_day = m->first_day,
        .last_day = m->last_day,
        .revision = m->revision,
        .figures = figures,
        .figure_count = m->n_figures,
        .received_at_ms = m->received_at_ms,
        .due_day = m->due_day,
        .on_time = m->on_time,
        .principal = m->principal,
        .reason = m->reason,
        .made_at_ms = m->made_at_ms,
        .source_system = m->source_system,
        .hash = m->hash.data,
        .first_received_at_ms = m->first_received_at_ms,
    };
    return ST_OK;
}

/* By hand, too, in its plain form. */
enum status
report_record_decode(const void *p, size_t bytes, struct arena *a,
                     struct report_record *out)
{
    struct report_record r;

    if (!report_record_get(p, bytes, a, &r)) {
        return report_record_unpack(p, bytes, a, out);
    }
    *out = r;
    return ST_OK;
}
