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
#include "lib/sealed.h"
#include "notifier/fresh.h"
#include "notifier/message.h"

#define ROWS_A_READ 64u
#define BLOCKED_US 50000 /* its queue was full: look again then */
#define BEAT_US 10000000
#define ID_BYTES 48

enum status
reply_send(struct notifier *n, const struct bus_peer *peer,
           const struct leader_reply *reply)
{
    buf_clear(&n->out);
    leader_reply_encode(reply, n->table, &n->out); /* where its rows are */
    return bus_send_to(n->leaders, peer, buf_str(&n->out), n->out.len);
}

enum status
alert_send(struct notifier *n, const struct bus_peer *peer, const char *key,
           struct leader_reply *reply)
{
    enum status st = ST_OK;

    if (n->seal) {
        st = sealed_close(reply, key, n->table, &n->plain, &n->box);
    }
    if (st != ST_OK) {
        MUST(st == ST_BAD); /* the box has room for whatever was made */
        return ST_GONE;     /* with such a key nobody gets through a handshake */
    }
    return reply_send(n, peer, reply);
}

/* ---- rows ---- */

static enum status
session_rows(struct session *s, unsigned max, struct reply **rep)
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
latency_note(const struct session *s, int64_t fresh_ms)
{
    struct notifier *n = s->province->notifier;
    int64_t ms = instant_now().ms - fresh_ms;

    if (s->backlog_told && !n->simulated && fresh_ms != 0 && ms >= 0) {
        stats_add(n->alert_us, ms * 1000);
    }
}

static enum status
row_send(struct session *s, const struct row *row, bool acknowledged)
{
    struct province *p = s->province;
    struct leader_reply reply = {.version = WIRE_VERSION, .kind = LEADER_REPLY_ALERT};
    struct message m;
    enum status st = message_make(p, s->leader, s->channel, row, acknowledged, &m);

    if (st != ST_OK) {
        province_lost(p, st, redis_error(p->redis));
        return ST_AGAIN;
    }
    reply.alert = m.alert;
    st = alert_send(p->notifier, &s->peer, s->key, &reply);
    if (st == ST_LIMIT) {
        diag_warn("message_long", "id=%s bytes=%zu", m.id, p->notifier->out.len);
        st = ST_OK; /* cannot be sent, today or ever; the inbox keeps it */
    }
    if (st == ST_OK) {
        FAULT("notifier.message_sent");
        s->sent = row->position;
        s->in_flight[s->in_flight_count++] = row->position;
        s->beat = mono_now();
        p->notifier->counters.sent++;
        latency_note(s, m.fresh_ms);
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
    st = session_rows(s, max, &rep);
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

/* ---- straight from a commit ---- */

/* Its queue is full, or it went. */
static void
session_blocked(struct session *s, enum status st)
{
    if (st == ST_GONE) {
        session_forget(s->province->notifier, s);
    } else if (s->province->state == PROVINCE_READY) {
        s->more = true;
        s->blocked_until.us = mono_now().us + BLOCKED_US;
    }
}

static void
session_rows_fresh(struct session *s, struct batch *b)
{
    enum status st = ST_OK;
    size_t i;

    for (i = 0; i < b->fresh_count && st == ST_OK; i++) {
        bool acked;
        const struct row *row = fresh_get(b, i, s->leader, &acked);

        if (row == NULL) {
            continue;
        }
        if (s->more || !s->backlog_told || s->in_flight_count >= s->credit) {
            s->more = true; /* behind what it has yet to read */
            return;
        }
        st = row_send(s, row, acked);
    }
    if (st != ST_OK) {
        session_blocked(s, st);
    }
}

void
sessions_rows(struct batch *b)
{
    struct province *p = b->p;
    struct notifier *n = p->notifier;
    size_t i;

    if (!fresh_whole(b)) {
        for (i = 0; i < b->woken.count; i++) {
            sessions_wake(p, b->woken.ids[i]);
        }
        return;
    }
    for (i = n->session_count; i-- > 0 && p->state == PROVINCE_READY;) {
        if (n->sessions[i]->province == p && b->fresh_count > 0) {
            session_rows_fresh(n->sessions[i], b);
        }
    }
}

/* What was received is on disk now: whoever asked to know is told. */
static void
received_confirm(struct session *s)
{
    struct leader_reply reply = {
        .version = WIRE_VERSION, .request_id = s->confirm, .kind = LEADER_REPLY_BEAT};

    if (s->confirm != 0 && s->durable >= s->confirm_at &&
        reply_send(s->province->notifier, &s->peer, &reply) == ST_OK) {
        s->confirm = 0;
        s->beat = mono_now();
    }
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
        received_confirm(s);
        if (can_take(s)) {
            st = session_send(s);
        }
        if (st == ST_GONE) {
            inbox_cursors(p, true); /* what it has stored is not forgotten with it */
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
