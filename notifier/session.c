/* Leaders' sessions: who has subscribed, how far each has come. */
#include "notifier/notifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/keys.h"
#include "lib/mem.h"

#define INBOX_ROWS_MAX "10000"
#define ID_BYTES 48

struct session *
session_find(struct notifier *n, const struct bus_peer *peer)
{
    size_t i;

    for (i = 0; i < n->session_count; i++) {
        struct session *s = n->sessions[i];

        if (s->peer.len == peer->len && memcmp(s->peer.id, peer->id, peer->len) == 0) {
            return s;
        }
    }
    return NULL;
}

void
session_forget(struct notifier *n, struct session *s)
{
    size_t i;

    for (i = 0; i < n->session_count; i++) {
        if (n->sessions[i] == s) {
            n->sessions[i] = n->sessions[--n->session_count];
            diag_info("session_end",
                      "leader=%s key=%s sent=%" PRIu64 " received=%" PRIu64, s->leader,
                      s->fingerprint, s->sent, s->received);
            mem_free(&s);
            return;
        }
    }
}

/* ---- subscribing ---- */

static uint64_t
row_position(const struct reply *row)
{
    const char *id = reply_str(reply_at(row, 0), NULL);
    char *dash;
    uint64_t seq;

    if (id == NULL) {
        return 0;
    }
    seq = strtoull(id, &dash, 10);
    return seq * POSITION_EVENTS + (*dash == '-' ? strtoull(dash + 1, NULL, 10) : 0);
}

/* How many rows wait behind a position, and the last one's place. */
static enum status
inbox_look(struct province *p, const char *leader, uint64_t from, uint64_t cursor,
           uint64_t *waiting, uint64_t *last)
{
    char key[KEY_BYTES];
    char start[ID_BYTES];
    const char *argv[6] = {"XRANGE", key, start, "+", "COUNT", INBOX_ROWS_MAX};
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    key_make2(key, p->slug, KEY_INBOX, leader);
    (void)snprintf(start, sizeof start, "(%" PRIu64 "-%" PRIu64, from / POSITION_EVENTS,
                   from % POSITION_EVENTS);
    st = redis_call(p->redis, 6, argv, NULL, &rep);
    *waiting = 0;
    *last = from;
    for (i = 0; st == ST_OK && i < reply_count(rep); i++) {
        *last = row_position(reply_at(rep, i));
        *waiting += *last > cursor;
    }
    reply_free(&rep);
    return st;
}

enum status
session_newest(struct session *s)
{
    char key[KEY_BYTES];
    const char *argv[6] = {"XREVRANGE", key, "+", "-", "COUNT", "1"};
    struct reply *rep = NULL;
    enum status st;

    key_make2(key, s->province->slug, KEY_INBOX, s->leader);
    st = redis_call(s->province->redis, 6, argv, NULL, &rep);
    if (st == ST_OK) {
        s->newest = reply_count(rep) == 0 ? 0 : row_position(reply_at(rep, 0));
    }
    reply_free(&rep);
    return st;
}

/* Connections that are gone without our knowing are found by sending to them. */
static bool
key_has_room(struct notifier *n, const char *key, unsigned most)
{
    struct leader_reply beat = {.version = WIRE_VERSION, .kind = LEADER_REPLY_BEAT};
    unsigned count = 0;
    size_t i = n->session_count;

    while (i-- > 0) {
        count += strcmp(n->sessions[i]->key, key) == 0;
    }
    for (i = n->session_count; count >= most && i-- > 0;) {
        struct session *s = n->sessions[i];

        if (strcmp(s->key, key) == 0 && reply_send(n, &s->peer, &beat) == ST_GONE) {
            session_forget(n, s);
            count--;
        }
    }
    return count < most;
}

static struct session *
session_new(struct notifier *n, const struct bus_peer *peer, const char *key,
            unsigned most)
{
    struct session *s = session_find(n, peer);

    if (s != NULL) {
        memset(s, 0, sizeof *s); /* subscribed before: begins anew */
    } else {
        if (!key_has_room(n, key, most) || n->session_count >= SESSIONS_MAX) {
            return NULL;
        }
        mem_array_room((void **)&n->sessions, n->session_count, &n->session_room,
                       sizeof(struct session *));
        s = mem_alloc(sizeof *s);
        n->sessions[n->session_count++] = s;
    }
    s->peer = *peer;
    return s;
}

static void
subscribed_send(struct session *s, uint64_t request_id, uint64_t cursor,
                uint64_t waiting)
{
    const struct catalogue *c = s->province->catalogue;
    int leader = c == NULL ? NONE : catalogue_leader(c, s->leader);
    struct leader_reply reply = {.version = WIRE_VERSION,
                                 .request_id = request_id,
                                 .kind = LEADER_REPLY_SUBSCRIBED};

    reply.subscribed.leader = s->leader;
    reply.subscribed.title_vi =
        leader == NONE ? s->leader : c->leaders[leader].title_vi;
    reply.subscribed.title_en =
        leader == NONE ? s->leader : c->leaders[leader].title_en;
    reply.subscribed.language = leader == NONE ? "vi" : c->leaders[leader].language;
    reply.subscribed.position = cursor;
    reply.subscribed.waiting = waiting;
    reply.subscribed.simulated =
        s->province->notifier->simulated || (c != NULL && c->simulated);
    status_ignore(reply_send(s->province->notifier, &s->peer, &reply)); /* seen later */
    s->beat = mono_now();
}

enum status
session_subscribe(struct province *p, const struct bus_message *m,
                  const struct principal *who, const struct leader_request *q)
{
    unsigned most = who->role == ROLE_COURIER ? SESSIONS_A_COURIER : SESSIONS_A_KEY;
    struct session *s = session_new(p->notifier, &m->peer, m->key, most);
    uint64_t cursor = 0;
    uint64_t waiting = 0;
    enum status st;

    if (s == NULL) {
        return ST_LIMIT;
    }
    s->province = p;
    (void)snprintf(s->key, sizeof s->key, "%s", m->key);
    (void)snprintf(s->fingerprint, sizeof s->fingerprint, "%s", who->fingerprint);
    (void)snprintf(s->leader, sizeof s->leader, "%s", q->leader);
    (void)snprintf(s->channel, sizeof s->channel, "%s", q->channel);
    s->credit = q->credit == 0 ? CREDIT_DEFAULT : q->credit;
    s->credit = s->credit > CREDIT_MAX ? CREDIT_MAX : s->credit;
    st = session_cursor(s, &cursor);
    if (st == ST_OK) {
        s->durable = cursor;
        s->received = q->from_start ? 0 : cursor;
        s->sent = s->received;
        st = inbox_look(p, s->leader, s->sent, cursor, &waiting, &s->backlog_to);
    }
    if (st != ST_OK) {
        session_forget(p->notifier, s);
        return st;
    }
    FAULT("notifier.subscribed");
    s->more = true;
    diag_info("session",
              "province=%s leader=%s key=%s cursor=%" PRIu64 " waiting=%" PRIu64,
              p->slug, s->leader, s->fingerprint, cursor, waiting);
    subscribed_send(s, q->request_id, cursor, waiting);
    return ST_OK;
}

bool
session_received(struct session *s, uint64_t position, uint64_t request_id)
{
    unsigned kept = 0;
    unsigned i;

    position = position > s->sent ? s->sent : position; /* stored in a session before */
    s->confirm = request_id;
    s->confirm_at = position;
    if (position <= s->received) {
        return false;
    }
    FAULT("notifier.received");
    s->received = position;
    if (s->province->cursors_since.us == 0) {
        s->province->cursors_since = mono_now();
    }
    for (i = 0; i < s->in_flight_count; i++) {
        if (s->in_flight[i] > position) {
            s->in_flight[kept++] = s->in_flight[i];
        }
    }
    s->province->notifier->counters.received += s->in_flight_count - kept;
    s->in_flight_count = kept;
    return true;
}

/* ---- all of a province ---- */

void
sessions_wake(struct province *p, const char *leader)
{
    struct notifier *n = p->notifier;
    size_t i;

    for (i = 0; i < n->session_count; i++) {
        if (n->sessions[i]->province == p &&
            strcmp(n->sessions[i]->leader, leader) == 0) {
            n->sessions[i]->more = true;
        }
    }
}

void
sessions_end(struct province *p)
{
    struct notifier *n = p->notifier;
    size_t i = n->session_count;

    while (i-- > 0) {
        struct session *s = n->sessions[i];

        if (s->province == p) {
            leader_refuse(n, &s->peer, 0, LEADER_NOT_READY, "", "standby");
            session_forget(n, s);
        }
    }
}

/* A leader's key hears of its own office; a courier's of those that it asked for. */
static bool
session_is_of(const struct session *s, const struct principal *who)
{
    return s->channel[0] == '\0'
               ? who->role == ROLE_LEADER && strcmp(who->name, s->leader) == 0
               : who->role == ROLE_COURIER;
}

void
sessions_check_keys(struct notifier *n)
{
    size_t i = n->session_count;

    while (i-- > 0) {
        struct session *s = n->sessions[i];
        const struct principal *who = service_principal(n->service, s->key);

        if (who == NULL || !session_is_of(s, who) ||
            (who->province[0] != '\0' &&
             strcmp(who->province, s->province->slug) != 0)) {
            diag_info("key_removed", "leader=%s key=%s", s->leader, s->fingerprint);
            session_forget(n, s);
        }
    }
}
