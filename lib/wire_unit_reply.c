/* Answers of ingest to units and ops: proto/report.proto. */
#include "lib/wire_private.h"
#include "lib/wire_put.h"

static void
server_info_fill(const struct wire_server_info *in, struct arena *a,
                 Dondoc__ServerInfo *m)
{
    size_t i;

    m->server_version = wire_text(in->server_version);
    m->log_id = wire_text(in->log_id);
    m->now_ms = in->now_ms;
    m->programme_digest = wire_text(in->programme_digest);
    m->message_bytes_max = in->message_bytes_max;
    m->reports_max = in->reports_max;
    m->principal = wire_text(in->principal);
    m->n_scope = in->scope_count;
    m->scope = (char **)in->scope; /* only read */
    m->simulated = in->simulated;
    m->state = wire_text(in->state);
    m->n_groups = in->group_count;
    WIRE_ARRAY(a, in->group_count, Dondoc__GroupInfo, dondoc__group_info__init,
               m->groups);
    for (i = 0; i < in->group_count; i++) {
        m->groups[i]->code = wire_text(in->groups[i].code);
        m->groups[i]->n_measures = in->groups[i].measure_count;
        m->groups[i]->measures = (char **)in->groups[i].measures; /* only read */
    }
    m->re_offer = in->re_offer;
}

static void
standings_fill(const struct unit_reply *in, struct arena *a, Dondoc__Standings *m)
{
    size_t i;

    m->n_standings = in->standing_count;
    WIRE_ARRAY(a, in->standing_count, Dondoc__StandingOf, dondoc__standing_of__init,
               m->standings);
    for (i = 0; i < in->standing_count; i++) {
        const struct wire_standing *from = &in->standings[i];
        Dondoc__StandingOf *to = m->standings[i];

        to->revision = from->revision;
        to->hash = wire_text(from->hash);
        to->received_at_ms = from->received_at_ms;
        to->n_figures = from->figure_count;
        to->figures = wire_figures_pack(from->figures, from->figure_count, a);
    }
}

#define RECEIPTS_LENGTH_BYTES 2 /* one receipt is of 128 bytes, a hundred of 16 KiB */

/* By hand: one is made for every report (wire_put.h). */
void
push_reply_encode(uint32_t version, uint64_t request_id,
                  const struct wire_receipt *receipts, size_t count, struct arena *a,
                  struct buf *out)
{
    size_t began;
    uint8_t *at = wire_put_begin(out, 4 * WIRE_PUT_MAX);

    at = wire_put_number(at, 1, version);
    at = wire_put_number(at, 2, request_id);
    at = wire_put_within(out, at, 11, RECEIPTS_LENGTH_BYTES, &began);
    at = wire_receipts_put(receipts, count, a, out, at);
    at = wire_put_room(out, at, WIRE_PUT_MAX);
    wire_put_done(out, wire_put_within_end(out, at, RECEIPTS_LENGTH_BYTES, began));
}

static void
reply_pack(const struct unit_reply *in, struct arena *a, struct buf *out)
{
    Dondoc__UnitReply m = DONDOC__UNIT_REPLY__INIT;
    Dondoc__ServerInfo info = DONDOC__SERVER_INFO__INIT;
    Dondoc__Standings standings = DONDOC__STANDINGS__INIT;
    Dondoc__Done done = DONDOC__DONE__INIT;

    m.version = in->version;
    m.request_id = in->request_id;
    switch (in->kind) {
    case UNIT_REPLY_SERVER_INFO:
        m.body_case = DONDOC__UNIT_REPLY__BODY_SERVER_INFO;
        server_info_fill(&in->info, a, &info);
        m.server_info = &info;
        break;
    case UNIT_REPLY_STANDINGS:
        m.body_case = DONDOC__UNIT_REPLY__BODY_STANDINGS;
        standings_fill(in, a, &standings);
        m.standings = &standings;
        break;
    case UNIT_REPLY_DONE:
        m.body_case = DONDOC__UNIT_REPLY__BODY_DONE;
        done.entry = in->done_entry;
        done.note = wire_text(in->done_note);
        m.done = &done;
        break;
    case UNIT_REPLY_REFUSAL:
        m.body_case = DONDOC__UNIT_REPLY__BODY_REFUSAL;
        m.refusal = wire_refusal_pack(&in->refusal, a);
        break;
    case UNIT_REPLY_RECEIPTS: /* not here */
    case UNIT_REPLY_NONE:
        break;
    }
    wire_pack(&m.base, out);
}

void
unit_reply_encode(const struct unit_reply *in, struct arena *a, struct buf *out)
{
    if (in->kind == UNIT_REPLY_RECEIPTS) {
        push_reply_encode(in->version, in->request_id, in->receipts, in->receipt_count,
                          a, out);
    } else {
        reply_pack(in, a, out);
    }
}

static enum status
server_info_read(const Dondoc__ServerInfo *m, struct arena *a,
                 struct wire_server_info *out)
{
    struct wire_group_info *groups = arena_take(a, (m->n_groups + 1) * sizeof *groups);
    size_t i;

    if (groups == NULL) {
        return ST_LIMIT;
    }
    for (i = 0; i < m->n_groups; i++) {
        groups[i] = (struct wire_group_info){
            m->groups[i]->code, (const char *const *)m->groups[i]->measures,
            m->groups[i]->n_measures};
    }
    *out = (struct wire_server_info){
        .server_version = m->server_version,
        .log_id = m->log_id,
        .now_ms = m->now_ms,
        .programme_digest = m->programme_digest,
        .message_bytes_max = m->message_bytes_max,
        .reports_max = m->reports_max,
        .principal = m->principal,
        .scope = (const char *const *)m->scope,
        .scope_count = m->n_scope,
        .simulated = m->simulated,
        .state = m->state,
        .groups = groups,
        .group_count = m->n_groups,
        .re_offer = m->re_offer,
    };
    return ST_OK;
}

static enum status
standings_read(const Dondoc__Standings *m, struct arena *a, struct unit_reply *out)
{
    struct wire_standing *to = arena_take(a, (m->n_standings + 1) * sizeof *to);
    size_t i;

    if (to == NULL) {
        return ST_LIMIT;
    }
    for (i = 0; i < m->n_standings; i++) {
        const Dondoc__StandingOf *from = m->standings[i];

        to[i] = (struct wire_standing){
            from->revision, from->hash, from->received_at_ms,
            wire_figures_read(from->figures, from->n_figures, a), from->n_figures};
        if (to[i].figures == NULL) {
            return ST_LIMIT;
        }
    }
    out->standings = to;
    out->standing_count = m->n_standings;
    return ST_OK;
}

enum status
unit_reply_decode(const void *p, size_t bytes, struct arena *a, struct unit_reply *out)
{
    enum status st;
    const Dondoc__UnitReply *m =
        wire_unpack(&dondoc__unit_reply__descriptor, p, bytes, a, &st);

    if (m == NULL) {
        return st;
    }
    memset(out, 0, sizeof *out);
    out->version = m->version;
    out->request_id = m->request_id;
    switch (m->body_case) {
    case DONDOC__UNIT_REPLY__BODY_SERVER_INFO:
        out->kind = UNIT_REPLY_SERVER_INFO;
        return server_info_read(m->server_info, a, &out->info);
    case DONDOC__UNIT_REPLY__BODY_RECEIPTS:
        out->kind = UNIT_REPLY_RECEIPTS;
        return wire_receipts_read(m->receipts, a, out);
    case DONDOC__UNIT_REPLY__BODY_STANDINGS:
        out->kind = UNIT_REPLY_STANDINGS;
        return standings_read(m->standings, a, out);
    case DONDOC__UNIT_REPLY__BODY_DONE:
        out->kind = UNIT_REPLY_DONE;
        out->done_entry = m->done->entry;
        out->done_note = m->done->note;
        return ST_OK;
    case DONDOC__UNIT_REPLY__BODY_REFUSAL:
        out->kind = UNIT_REPLY_REFUSAL;
        wire_refusal_read(m->refusal, &out->refusal);
        return ST_OK;
    default:
        out->kind = UNIT_REPLY_NONE;
        return ST_OK;
    }
}
