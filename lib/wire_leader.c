/* Messages between leaders and notifier: proto/alert.proto. */
#include "lib/wire_private.h"
#include "lib/wire_add.h"

enum status
leader_request_decode(const void *p, size_t bytes, struct arena *a,
                      struct leader_request *out)
{
    enum status st;
    const Dondoc__LeaderRequest *m =
        wire_unpack(&dondoc__leader_request__descriptor, p, bytes, a, &st);

    if (m == NULL) {
        return st;
    }
    memset(out, 0, sizeof *out);
    out->version = m->version;
    out->request_id = m->request_id;
    out->province = m->province;
    out->unknown_fields = m->base.n_unknown_fields;
    switch (m->body_case) {
    case DONDOC__LEADER_REQUEST__BODY_SUBSCRIBE:
        out->kind = LEADER_REQUEST_SUBSCRIBE;
        out->credit = m->subscribe->credit;
        out->from_start = m->subscribe->from_start;
        out->leader = m->subscribe->leader;
        out->channel = m->subscribe->channel;
        break;
    case DONDOC__LEADER_REQUEST__BODY_RECEIVED:
        out->kind = LEADER_REQUEST_RECEIVED;
        out->received = m->received->position;
        break;
    case DONDOC__LEADER_REQUEST__BODY_ACKNOWLEDGE:
        out->kind = LEADER_REQUEST_ACKNOWLEDGE;
        out->acknowledge.id = m->acknowledge->id;
        out->acknowledge.alert = m->acknowledge->alert;
        out->acknowledge.note = m->acknowledge->note;
        out->acknowledge.until = m->acknowledge->until;
        break;
    case DONDOC__LEADER_REQUEST__BODY_BEAT:
        out->kind = LEADER_REQUEST_BEAT;
        break;
    case DONDOC__LEADER_REQUEST__BODY_PREVIEW:
        out->kind = LEADER_REQUEST_PREVIEW;
        out->leader = m->preview->leader;
        break;
    default:
        out->kind = LEADER_REQUEST_NONE;
        break;
    }
    return ST_OK;
}

void
leader_request_encode(const struct leader_request *in, struct arena *a, struct buf *out)
{
    Dondoc__LeaderRequest m = DONDOC__LEADER_REQUEST__INIT;
    Dondoc__Subscribe subscribe = DONDOC__SUBSCRIBE__INIT;
    Dondoc__Received received = DONDOC__RECEIVED__INIT;
    Dondoc__Acknowledge acknowledge = DONDOC__ACKNOWLEDGE__INIT;
    Dondoc__Beat beat = DONDOC__BEAT__INIT;
    Dondoc__Preview preview = DONDOC__PREVIEW__INIT;

    (void)a; /* nothing repeated: the stack is enough */
    m.version = in->version;
    m.request_id = in->request_id;
    m.province = wire_text(in->province);
    switch (in->kind) {
    case LEADER_REQUEST_SUBSCRIBE:
        m.body_case = DONDOC__LEADER_REQUEST__BODY_SUBSCRIBE;
        subscribe.credit = in->credit;
        subscribe.from_start = in->from_start;
        subscribe.leader = wire_text(in->leader);
        subscribe.channel = wire_text(in->channel);
        m.subscribe = &subscribe;
        break;
    case LEADER_REQUEST_RECEIVED:
        m.body_case = DONDOC__LEADER_REQUEST__BODY_RECEIVED;
        received.position = in->received;
        m.received = &received;
        break;
    case LEADER_REQUEST_ACKNOWLEDGE:
        m.body_case = DONDOC__LEADER_REQUEST__BODY_ACKNOWLEDGE;
        acknowledge.id = wire_text(in->acknowledge.id);
        acknowledge.alert = wire_text(in->acknowledge.alert);
        acknowledge.note = wire_text(in->acknowledge.note);
        acknowledge.until = wire_text(in->acknowledge.until);
        m.acknowledge = &acknowledge;
        break;
    case LEADER_REQUEST_BEAT:
        m.body_case = DONDOC__LEADER_REQUEST__BODY_BEAT;
        m.beat = &beat;
        break;
    case LEADER_REQUEST_PREVIEW:
        m.body_case = DONDOC__LEADER_REQUEST__BODY_PREVIEW;
        preview.leader = wire_text(in->leader);
        m.preview = &preview;
        break;
    case LEADER_REQUEST_NONE:
        break;
    }
    wire_pack(&m.base, out);
}

static const struct wire_row *
rows_read(const Dondoc__AlertMessage *m, struct arena *a)
{
    struct wire_row *rows = arena_take(a, (m->n_rows + 1) * sizeof *rows);
    size_t i;

    for (i = 0; rows != NULL && i < m->n_rows; i++) {
        const Dondoc__DigestRow *r = m->rows[i];

        rows[i] = (struct wire_row){
            .code = r->code,
            .kind = r->kind,
            .reason = r->reason,
            .unit = r->unit,
            .target = r->target,
            .unit_vi = r->unit_vi,
            .unit_en = r->unit_en,
            .about_vi = r->about_vi,
            .about_en = r->about_en,
            .figure_vi = r->figure_vi,
            .figure_en = r->figure_en,
            .since_vi = r->since_vi,
            .since_en = r->since_en,
            .acknowledged = r->acknowledged,
        };
    }
    return rows;
}

static enum status
alert_read(const Dondoc__AlertMessage *m, struct arena *a, struct wire_alert *out)
{
    *out = (struct wire_alert){
        .position = m->position,
        .id = m->id,
        .code = m->code,
        .kind = m->kind,
        .reason = m->reason,
        .unit = m->unit,
        .target = m->target,
        .window = m->window,
        .subject_vi = m->subject_vi,
        .subject_en = m->subject_en,
        .text_vi = m->text_vi,
        .text_en = m->text_en,
        .brief_vi = m->brief_vi,
        .brief_en = m->brief_en,
        .at_ms = m->at_ms,
        .simulated = m->simulated,
        .acknowledged = m->acknowledged,
        .urgent = m->urgent,
        .wait_until_ms = m->wait_until_ms,
        .rung = m->rung,
        .held = m->held,
        .rows = rows_read(m, a),
        .row_count = m->n_rows,
    };
    return out->rows == NULL ? ST_LIMIT : ST_OK;
}

enum status
wire_alert_decode(const void *p, size_t bytes, struct arena *a, struct wire_alert *out)
{
    enum status st;
    const Dondoc__AlertMessage *m =
        wire_unpack(&dondoc__alert_message__descriptor, p, bytes, a, &st);

    return m == NULL ? st : alert_read(m, a, out);
}

enum status
leader_reply_decode(const void *p, size_t bytes, struct arena *a,
                    struct leader_reply *out)
{
    enum status st;
    const Dondoc__LeaderReply *m =
        wire_unpack(&dondoc__leader_reply__descriptor, p, bytes, a, &st);

    if (m == NULL) {
        return st;
    }
    memset(out, 0, sizeof *out);
    out->version = m->version;
    out->request_id = m->request_id;
    switch (m->body_case) {
    case DONDOC__LEADER_REPLY__BODY_SUBSCRIBED:
        out->kind = LEADER_REPLY_SUBSCRIBED;
        out->subscribed.leader = m->subscribed->leader;
        out->subscribed.title_vi = m->subscribed->title_vi;
        out->subscribed.title_en = m->subscribed->title_en;
        out->subscribed.position = m->subscribed->position;
        out->subscribed.waiting = m->subscribed->waiting;
        out->subscribed.simulated = m->subscribed->simulated;
        out->subscribed.language = m->subscribed->language;
        break;
    case DONDOC__LEADER_REPLY__BODY_ALERT:
        out->kind = LEADER_REPLY_ALERT;
        return alert_read(m->alert, a, &out->alert);
    case DONDOC__LEADER_REPLY__BODY_ACKNOWLEDGED:
        out->kind = LEADER_REPLY_ACKNOWLEDGED;
        out->acknowledged.alert = m->acknowledged->alert;
        out->acknowledged.entry = m->acknowledged->entry;
        break;
    case DONDOC__LEADER_REPLY__BODY_BACKLOG_END:
        out->kind = LEADER_REPLY_BACKLOG_END;
        out->backlog_position = m->backlog_end->position;
        break;
    case DONDOC__LEADER_REPLY__BODY_BEAT:
        out->kind = LEADER_REPLY_BEAT;
        break;
    case DONDOC__LEADER_REPLY__BODY_REFUSAL:
        out->kind = LEADER_REPLY_REFUSAL;
        out->refusal.code = m->refusal->code;
        out->refusal.message_vi = m->refusal->message_vi;
        out->refusal.message_en = m->refusal->message_en;
        break;
    case DONDOC__LEADER_REPLY__BODY_SEALED:
        out->kind = LEADER_REPLY_SEALED;
        out->sealed.bytes = m->sealed.data;
        out->sealed.len = m->sealed.len;
        break;
    default:
        out->kind = LEADER_REPLY_NONE;
        break;
    }
    return ST_OK;
}

/* By hand: one is made for every message of every office (wire_add.h). */
static void
row_put(const struct wire_row *in, struct buf *out)
{
    size_t began = wire_add_begin(out, 22);

    wire_add_text(out, 1, in->code);
    wire_add_text(out, 2, in->kind);
    wire_add_text(out, 3, in->reason);
    wire_add_text(out, 4, in->unit);
    wire_add_text(out, 5, in->target);
    wire_add_text(out, 6, in->unit_vi);
    wire_add_text(out, 7, in->unit_en);
    wire_add_text(out, 8, in->about_vi);
    wire_add_text(out, 9, in->about_en);
    wire_add_text(out, 10, in->figure_vi);
    wire_add_text(out, 11, in->figure_en);
    wire_add_text(out, 12, in->since_vi);
    wire_add_text(out, 13, in->since_en);
    wire_add_number(out, 14, in->acknowledged);
    wire_add_end(out, began);
}

void
wire_alert_encode(const struct wire_alert *in, struct arena *a, struct buf *out)
{
    size_t i;

    (void)a; /* nothing is built on the way */
    wire_add_number(out, 1, in->position);
    wire_add_text(out, 2, in->id);
    wire_add_text(out, 3, in->code);
    wire_add_text(out, 4, in->kind);
    wire_add_text(out, 5, in->reason);
    wire_add_text(out, 6, in->unit);
    wire_add_text(out, 7, in->target);
    wire_add_text(out, 8, in->window);
    wire_add_text(out, 9, in->subject_vi);
    wire_add_text(out, 10, in->subject_en);
    wire_add_text(out, 11, in->text_vi);
    wire_add_text(out, 12, in->text_en);
    wire_add_number(out, 13, (uint64_t)in->at_ms);
    wire_add_number(out, 14, in->simulated);
    wire_add_number(out, 15, in->acknowledged);
    wire_add_text(out, 16, in->brief_vi);
    wire_add_text(out, 17, in->brief_en);
    wire_add_number(out, 18, in->urgent);
    wire_add_number(out, 19, (uint64_t)in->wait_until_ms);
    wire_add_number(out, 20, in->rung);
    wire_add_number(out, 21, in->held);
    for (i = 0; i < in->row_count; i++) {
        row_put(&in->rows[i], out);
    }
}

static void
alert_reply_put(const struct leader_reply *in, struct arena *a, struct buf *out)
{
    size_t began;

    wire_add_number(out, 1, in->version);
    wire_add_number(out, 2, in->request_id);
    began = wire_add_begin(out, 11);
    wire_alert_encode(&in->alert, a, out);
    wire_add_end(out, began);
}

void
leader_reply_encode(const struct leader_reply *in, struct arena *a, struct buf *out)
{
    Dondoc__LeaderReply m = DONDOC__LEADER_REPLY__INIT;
    Dondoc__Subscribed subscribed = DONDOC__SUBSCRIBED__INIT;
    Dondoc__Acknowledged acknowledged = DONDOC__ACKNOWLEDGED__INIT;
    Dondoc__BacklogEnd end = DONDOC__BACKLOG_END__INIT;
    Dondoc__Beat beat = DONDOC__BEAT__INIT;
    Dondoc__LeaderRefusal refusal = DONDOC__LEADER_REFUSAL__INIT;

    m.version = in->version;
    m.request_id = in->request_id;
    switch (in->kind) {
    case LEADER_REPLY_SUBSCRIBED:
        m.body_case = DONDOC__LEADER_REPLY__BODY_SUBSCRIBED;
        subscribed.leader = wire_text(in->subscribed.leader);
        subscribed.title_vi = wire_text(in->subscribed.title_vi);
        subscribed.title_en = wire_text(in->subscribed.title_en);
        subscribed.position = in->subscribed.position;
        subscribed.waiting = in->subscribed.waiting;
        subscribed.simulated = in->subscribed.simulated;
        subscribed.language = wire_text(in->subscribed.language);
        m.subscribed = &subscribed;
        break;
    case LEADER_REPLY_ALERT:
        alert_reply_put(in, a, out);
        return;
    case LEADER_REPLY_ACKNOWLEDGED:
        m.body_case = DONDOC__LEADER_REPLY__BODY_ACKNOWLEDGED;
        acknowledged.alert = wire_text(in->acknowledged.alert);
        acknowledged.entry = in->acknowledged.entry;
        m.acknowledged = &acknowledged;
        break;
    case LEADER_REPLY_BACKLOG_END:
        m.body_case = DONDOC__LEADER_REPLY__BODY_BACKLOG_END;
        end.position = in->backlog_position;
        m.backlog_end = &end;
        break;
    case LEADER_REPLY_BEAT:
        m.body_case = DONDOC__LEADER_REPLY__BODY_BEAT;
        m.beat = &beat;
        break;
    case LEADER_REPLY_REFUSAL:
        m.body_case = DONDOC__LEADER_REPLY__BODY_REFUSAL;
        refusal.code = wire_text(in->refusal.code);
        refusal.message_vi = wire_text(in->refusal.message_vi);
        refusal.message_en = wire_text(in->refusal.message_en);
        m.refusal = &refusal;
        break;
    case LEADER_REPLY_SEALED:
        m.body_case = DONDOC__LEADER_REPLY__BODY_SEALED;
        m.sealed.data = (uint8_t *)in->sealed.bytes; /* protobuf-c only reads it */
        m.sealed.len = in->sealed.len;
        break;
    case LEADER_REPLY_NONE:
        break;
    }
    wire_pack(&m.base, out);
}
