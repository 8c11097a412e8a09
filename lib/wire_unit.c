/* Messages between units, ops and ingest: proto/report.proto. */
#include "lib/wire_private.h"

static const struct wire_report *
reports_read(Dondoc__Report *const *in, size_t count, struct arena *a)
{
    struct wire_report *out = arena_take(a, (count + 1) * sizeof *out);
    size_t i;

    for (i = 0; out != NULL && i < count; i++) {
        out[i] = (struct wire_report){
            .unit = in[i]->unit,
            .group = in[i]->group,
            .period = in[i]->period,
            .from = in[i]->from,
            .to = in[i]->to,
            .figure_count = in[i]->n_figures,
            .figures = wire_figures_read(in[i]->figures, in[i]->n_figures, a),
            .reason = in[i]->reason,
            .made_at_ms = in[i]->made_at_ms,
            .source_system = in[i]->source_system,
            .replaces = in[i]->replaces,
        };
        if (out[i].figures == NULL) {
            return NULL;
        }
    }
    return out;
}

static const struct wire_key *
keys_read(Dondoc__Key *const *in, size_t count, struct arena *a)
{
    struct wire_key *out = arena_take(a, (count + 1) * sizeof *out);
    size_t i;

    for (i = 0; out != NULL && i < count; i++) {
        out[i] = (struct wire_key){in[i]->unit, in[i]->group, in[i]->period};
    }
    return out;
}

enum status
unit_request_decode(const void *p, size_t bytes, struct arena *a,
                    struct unit_request *out)
{
    enum status st;
    const Dondoc__UnitRequest *m =
        wire_unpack(&dondoc__unit_request__descriptor, p, bytes, a, &st);

    if (m == NULL) {
        return st;
    }
    memset(out, 0, sizeof *out);
    out->version = m->version;
    out->request_id = m->request_id;
    out->province = m->province;
    out->unknown_fields = m->base.n_unknown_fields;
    switch (m->body_case) {
    case DONDOC__UNIT_REQUEST__BODY_HELLO:
        out->kind = UNIT_REQUEST_HELLO;
        out->hello.log_id = m->hello->log_id;
        out->hello.software = m->hello->software;
        break;
    case DONDOC__UNIT_REQUEST__BODY_PUSH:
        out->kind = UNIT_REQUEST_PUSH;
        out->push.count = m->push->n_reports;
        out->push.reports = reports_read(m->push->reports, m->push->n_reports, a);
        out->push.validate_only = m->push->validate_only;
        if (out->push.reports == NULL) {
            return ST_LIMIT;
        }
        break;
    case DONDOC__UNIT_REQUEST__BODY_STANDING:
        out->kind = UNIT_REQUEST_STANDING;
        out->standing.count = m->standing->n_keys;
        out->standing.keys = keys_read(m->standing->keys, m->standing->n_keys, a);
        if (out->standing.keys == NULL) {
            return ST_LIMIT;
        }
        break;
    case DONDOC__UNIT_REQUEST__BODY_PROGRAMME_PART:
        out->kind = UNIT_REQUEST_PROGRAMME;
        out->programme.digest = m->programme_part->digest;
        out->programme.total_bytes = m->programme_part->total_bytes;
        out->programme.offset = m->programme_part->offset;
        out->programme.data = m->programme_part->data.data;
        out->programme.data_bytes = m->programme_part->data.len;
        out->programme.validate_only = m->programme_part->validate_only;
        break;
    case DONDOC__UNIT_REQUEST__BODY_ACT:
        out->kind = UNIT_REQUEST_ACT;
        wire_act_read(m->act, &out->act);
        break;
    case DONDOC__UNIT_REQUEST__BODY_CLOCK:
        out->kind = UNIT_REQUEST_CLOCK;
        out->clock_ms = m->clock->now_ms;
        break;
    default:
        out->kind = UNIT_REQUEST_NONE;
        break;
    }
    return ST_OK;
}

static void
push_fill(const struct unit_request *in, struct arena *a, Dondoc__Push *push)
{
    size_t i;

    push->n_reports = in->push.count;
    push->validate_only = in->push.validate_only;
    WIRE_ARRAY(a, in->push.count, Dondoc__Report, dondoc__report__init, push->reports);
    for (i = 0; i < in->push.count; i++) {
        const struct wire_report *from = &in->push.reports[i];
        Dondoc__Report *to = push->reports[i];

        to->unit = wire_text(from->unit);
        to->group = wire_text(from->group);
        to->period = wire_text(from->period);
        to->from = wire_text(from->from);
        to->to = wire_text(from->to);
        to->n_figures = from->figure_count;
        to->figures = wire_figures_pack(from->figures, from->figure_count, a);
        to->reason = wire_text(from->reason);
        to->made_at_ms = from->made_at_ms;
        to->source_system = wire_text(from->source_system);
        to->replaces = wire_text(from->replaces);
    }
}

static void
standing_fill(const struct unit_request *in, struct arena *a, Dondoc__Standing *m)
{
    size_t i;

    m->n_keys = in->standing.count;
    WIRE_ARRAY(a, in->standing.count, Dondoc__Key, dondoc__key__init, m->keys);
    for (i = 0; i < in->standing.count; i++) {
        m->keys[i]->unit = wire_text(in->standing.keys[i].unit);
        m->keys[i]->group = wire_text(in->standing.keys[i].group);
        m->keys[i]->period = wire_text(in->standing.keys[i].period);
    }
}

void
unit_request_encode(const struct unit_request *in, struct arena *a, struct buf *out)
{
    Dondoc__UnitRequest m = DONDOC__UNIT_REQUEST__INIT;
    Dondoc__Hello hello = DONDOC__HELLO__INIT;
    Dondoc__Push push = DONDOC__PUSH__INIT;
    Dondoc__Standing standing = DONDOC__STANDING__INIT;
    Dondoc__ProgrammePart part = DONDOC__PROGRAMME_PART__INIT;
    Dondoc__Act act = DONDOC__ACT__INIT;
    Dondoc__Clock clock = DONDOC__CLOCK__INIT;

    m.version = in->version;
    m.request_id = in->request_id;
    m.province = wire_text(in->province);
    switch (in->kind) {
    case UNIT_REQUEST_HELLO:
        m.body_case = DONDOC__UNIT_REQUEST__BODY_HELLO;
        hello.log_id = wire_text(in->hello.log_id);
        hello.software = wire_text(in->hello.software);
        m.hello = &hello;
        break;
    case UNIT_REQUEST_PUSH:
        m.body_case = DONDOC__UNIT_REQUEST__BODY_PUSH;
        push_fill(in, a, &push);
        m.push = &push;
        break;
    case UNIT_REQUEST_STANDING:
        m.body_case = DONDOC__UNIT_REQUEST__BODY_STANDING;
        standing_fill(in, a, &standing);
        m.standing = &standing;
        break;
    case UNIT_REQUEST_PROGRAMME:
        m.body_case = DONDOC__UNIT_REQUEST__BODY_PROGRAMME_PART;
        part.digest = wire_text(in->programme.digest);
        part.total_bytes = in->programme.total_bytes;
        part.offset = in->programme.offset;
        part.data.data = (uint8_t *)in->programme.data; /* only read */
        part.data.len = in->programme.data_bytes;
        part.validate_only = in->programme.validate_only;
        m.programme_part = &part;
        break;
    case UNIT_REQUEST_ACT:
        m.body_case = DONDOC__UNIT_REQUEST__BODY_ACT;
        wire_act_fill(&in->act, &act);
        m.act = &act;
        break;
    case UNIT_REQUEST_CLOCK:
        m.body_case = DONDOC__UNIT_REQUEST__BODY_CLOCK;
        clock.now_ms = in->clock_ms;
        m.clock = &clock;
        break;
    case UNIT_REQUEST_NONE:
        break;
    }
    wire_pack(&m.base, out);
}

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
}

static void
receipts_fill(const struct unit_reply *in, struct arena *a, Dondoc__Receipts *m)
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
    }
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

void
unit_reply_encode(const struct unit_reply *in, struct arena *a, struct buf *out)
{
    Dondoc__UnitReply m = DONDOC__UNIT_REPLY__INIT;
    Dondoc__ServerInfo info = DONDOC__SERVER_INFO__INIT;
    Dondoc__Receipts receipts = DONDOC__RECEIPTS__INIT;
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
    case UNIT_REPLY_RECEIPTS:
        m.body_case = DONDOC__UNIT_REPLY__BODY_RECEIPTS;
        receipts_fill(in, a, &receipts);
        m.receipts = &receipts;
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
    case UNIT_REPLY_NONE:
        break;
    }
    wire_pack(&m.base, out);
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
    };
    return ST_OK;
}

static enum status
receipts_read(const Dondoc__Receipts *m, struct arena *a, struct unit_reply *out)
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
        };
        if (to[i].old_figures == NULL) {
            return ST_LIMIT;
        }
        if (from->refusal != NULL) {
            wire_refusal_read(from->refusal, &to[i].refusal);
        }
    }
    out->receipts = to;
    out->receipt_count = m->n_receipts;
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
        return receipts_read(m->receipts, a, out);
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
