/* From an inbox to a leader: rows behind what was sent, with words, as credit allows.
 */
#include "notifier/notifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/keys.h"
#include "notifier/render.h"

#define ROWS_A_READ 64u
#define BLOCKED_US 50000 /* its queue was full: look again then */
#define BEAT_US 10000000
#define ID_BYTES 48

/* One row of an inbox. */
struct row {
    uint64_t position;
    const char *code;
    uint32_t number;
};

enum status
reply_send(struct notifier *n, const struct bus_peer *peer,
           const struct leader_reply *reply)
{
    buf_clear(&n->out);
    leader_reply_encode(reply, NULL, &n->out);
    return bus_send_to(n->leaders, peer, buf_str(&n->out), n->out.len);
}

/* ---- rows ---- */

static bool
row_parse(const struct reply *item, struct row *row)
{
    const struct reply *fields = reply_at(item, 1);
    const char *id = reply_str(reply_at(item, 0), NULL);
    char *dash;
    uint64_t seq = strtoull(id, &dash, 10);
    uint64_t index;

    if (*dash != '-') {
        return false;
    }
    index = strtoull(dash + 1, NULL, 10);
    row->position = seq * POSITION_EVENTS + index;
    row->code = reply_str(reply_field(fields, "code"), NULL);
    row->number = (uint32_t)reply_int(reply_field(fields, "n"));
    return seq > 0 && index < POSITION_EVENTS && row->code[0] != '\0';
}

static enum status
rows_read(struct session *s, unsigned max, struct reply **rep)
{
    char key[KEY_BYTES];
    char start[ID_BYTES];
    char count[16];
    const char *argv[6] = {"XRANGE", key, start, "+", "COUNT", count};

    key_make2(key, s->province->slug, KEY_INBOX, s->leader);
    (void)snprintf(start, sizeof start, "(%" PRIu64 "-%" PRIu64,
                   s->sent / POSITION_EVENTS, s->sent % POSITION_EVENTS);
    (void)snprintf(count, sizeof count, "%u", max);
    return redis_call(s->province->redis, 6, argv, NULL, rep);
}

/* Has somebody taken each of these on? In one round trip. */
static enum status
acks_read(struct province *p, const struct row *rows, size_t count, bool *acks)
{
    char key[KEY_BYTES];
    const char *argv[3] = {"HEXISTS", key, "ack_by"};
    enum status st = ST_OK;
    size_t i;

    for (i = 0; i < count; i++) {
        key_make2(key, p->slug, KEY_ALERT, rows[i].code);
        redis_put(p->redis, 3, argv, NULL);
    }
    for (i = 0; i < count && st == ST_OK; i++) {
        struct reply *rep = NULL;

        st = redis_next(p->redis, &rep);
        acks[i] = st == ST_OK && reply_int(rep) > 0;
        reply_free(&rep);
    }
    return st;
}

/* ---- one message ---- */

static void
latency_note(const struct session *s, const struct alert_event *e)
{
    struct notifier *n = s->province->notifier;
    int64_t ms = instant_now().ms - e->at_ms;

    if (s->backlog_told && !n->simulated && !e->simulated && ms >= 0) {
        stats_add(n->alert_us, ms * 1000);
    }
}

static void
alert_fill(const struct session *s, const struct row *row, const struct alert_event *e,
           bool acknowledged, char *id, size_t id_bytes, struct wire_alert *out)
{
    struct notifier *n = s->province->notifier;
    const struct catalogue *c = s->province->catalogue;
    int leader = c == NULL ? NONE : catalogue_leader(c, s->leader);
    struct rendered words = {"", "", "", "", "", ""};

    (void)snprintf(id, id_bytes, "%s/%" PRIu32, row->code, row->number);
    if (c != NULL) {
        arena_reset(n->words);
        render_alert(c, e, leader == NONE ? NULL : &c->leaders[leader], n->simulated,
                     n->words, &words);
    }
    out->position = row->position;
    out->id = id;
    out->code = row->code;
    out->kind = e->kind;
    out->reason = e->reason;
    out->unit = e->subject;
    out->target = e->target;
    out->window = e->window;
    out->subject_vi = words.subject_vi;
    out->subject_en = words.subject_en;
    out->text_vi = words.text_vi;
    out->text_en = words.text_en;
    out->brief_vi = words.brief_vi;
    out->brief_en = words.brief_en;
    out->at_ms = e->at_ms;
    out->simulated = n->simulated || e->simulated || (c != NULL && c->simulated);
    out->acknowledged = acknowledged;
}

static enum status
row_send(struct session *s, const struct row *row, bool acknowledged)
{
    struct province *p = s->province;
    struct alert_event lost = {.code = row->code,
                               .number = row->number,
                               .kind = "",
                               .reason = "",
                               .target = "",
                               .subject = "",
                               .window = "",
                               .since_window = "",
                               .old_window = ""};
    struct leader_reply reply = {.version = WIRE_VERSION, .kind = LEADER_REPLY_ALERT};
    const struct alert_event *e = &lost;
    char id[ALERT_CODE_BYTES + 16];
    enum status st = event_find(p, row->position / POSITION_EVENTS,
                                (uint32_t)(row->position % POSITION_EVENTS), &e);

    if (st == ST_AGAIN) {
        province_lost(p, st, redis_error(p->redis));
        return ST_AGAIN;
    }
    if (st != ST_OK || strcmp(e->code, row->code) != 0) {
        diag_warn("event_lost", "province=%s position=%" PRIu64 " code=%s", p->slug,
                  row->position, row->code);
        e = &lost; /* the leader still hears that there was something */
    }
    alert_fill(s, row, e, acknowledged, id, sizeof id, &reply.alert);
    st = reply_send(p->notifier, &s->peer, &reply);
    if (st == ST_LIMIT) {
        diag_warn("message_long", "id=%s bytes=%zu", id, p->notifier->out.len);
        st = ST_OK; /* cannot be sent, today or ever; the inbox keeps it */
    }
    if (st == ST_OK) {
        FAULT("notifier.message_sent");
        s->sent = row->position;
        s->in_flight[s->in_flight_count++] = row->position;
        s->beat = mono_now();
        p->notifier->counters.sent++;
        latency_note(s, e);
    }
    return st;
}

/* ---- one session ---- */

static void
backlog_end(struct session *s)
{
    struct leader_reply reply = {.version = WIRE_VERSION,
                                 .kind = LEADER_REPLY_BACKLOG_END};

    if (s->backlog_told || (s->sent < s->backlog_to && s->more)) {
        return;
    }
    reply.backlog_position = s->sent;
    s->backlog_told = reply_send(s->province->notifier, &s->peer, &reply) == ST_OK;
}

/* ST_GONE: the leader's connection; ST_AGAIN: the province is lost. */
static enum status
session_send(struct session *s)
{
    struct province *p = s->province;
    unsigned max = s->credit - s->in_flight_count;
    struct row rows[ROWS_A_READ];
    bool acks[ROWS_A_READ] = {false};
    struct reply *rep = NULL;
    size_t count = 0;
    enum status st;
    size_t i;

    max = max > ROWS_A_READ ? ROWS_A_READ : max;
    st = rows_read(s, max, &rep);
    for (i = 0; st == ST_OK && i < reply_count(rep); i++) {
        count += row_parse(reply_at(rep, i), &rows[count]);
    }
    if (st == ST_OK) {
        st = acks_read(p, rows, count, acks);
    }
    if (st != ST_OK) {
        reply_free(&rep);
        province_lost(p, ST_AGAIN, redis_error(p->redis));
        return ST_AGAIN;
    }
    s->more = reply_count(rep) == max;
    for (i = 0; i < count && st == ST_OK; i++) {
        st = row_send(s, &rows[i], acks[i]);
    }
    reply_free(&rep);
    if (st == ST_AGAIN && p->state == PROVINCE_READY) { /* its queue is full */
        s->more = true;
        s->blocked_until.us = mono_now().us + BLOCKED_US;
        st = ST_OK;
    }
    return st;
}

static bool
can_take(const struct session *s)
{
    return s->more && s->in_flight_count < s->credit &&
           mono_now().us >= s->blocked_until.us;
}

bool
sessions_send(struct province *p)
{
    struct notifier *n = p->notifier;
    bool again = false;
    size_t i = n->session_count;

    while (i-- > 0 && p->state == PROVINCE_READY) {
        struct session *s = n->sessions[i];
        enum status st = ST_OK;

        if (s->province != p) {
            continue;
        }
        if (can_take(s)) {
            st = session_send(s);
        }
        if (st == ST_GONE) {
            session_forget(n, s);
        } else if (st == ST_OK) {
            backlog_end(s);
            again |= can_take(s);
        }
    }
    return again;
}

/* Tells a quiet client that we live, and us whether it does. */
void
sessions_beat(struct notifier *n)
{
    struct leader_reply reply = {.version = WIRE_VERSION, .kind = LEADER_REPLY_BEAT};
    size_t i = n->session_count;

    while (i-- > 0) {
        struct session *s = n->sessions[i];

        if (mono_since_us(s->beat) < BEAT_US) {
            continue;
        }
        s->beat = mono_now();
        if (reply_send(n, &s->peer, &reply) == ST_GONE) {
            session_forget(n, s);
        }
    }
}
