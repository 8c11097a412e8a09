/* Requests of units and ops to ingest: proto/report.proto. */
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
        if (out[i].figures == NULL ||
            !wire_held_read(in[i]->offered, a, &out[i].offered)) {
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

/* What a newer client says inside a push and we do not understand. */
static unsigned
push_unknown(const Dondoc__Push *push)
{
    unsigned count = push->base.n_unknown_fields;
    size_t i;
    size_t k;

    for (i = 0; i < push->n_reports; i++) {
        const Dondoc__Report *r = push->reports[i];

        count += r->base.n_unknown_fields;
        for (k = 0; k < r->n_figures; k++) {
            count += r->figures[k]->base.n_unknown_fields;
        }
    }
    return count;
}

enum status
unit_request_decode(const void *p, size_t bytes, struct arena *a,
                    struct unit_request *out)
{
    struct arena_mark before = arena_mark(a);

    if (unit_request_get(p, bytes, a, out)) {
        return ST_OK;
    }
    arena_back(a, before);
    return unit_request_unpack(p, bytes, a, out);
}

enum status
unit_request_unpack(const void *p, size_t bytes, struct arena *a,
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
        out->unknown_fields += m->hello->base.n_unknown_fields;
        out->hello.log_id = m->hello->log_id;
        out->hello.software = m->hello->software;
        if (!wire_held_read(m->hello->last, a, &out->hello.last)) {
            return ST_LIMIT;
        }
        break;
    case DONDOC__UNIT_REQUEST__BODY_PUSH:
        out->kind = UNIT_REQUEST_PUSH;
        out->unknown_fields += push_unknown(m->push);
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
        to->offered = wire_held_pack(from->offered, a);
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
        hello.last = wire_held_pack(in->hello.last, a);
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
