/* A message of a leader: who sent it, for which province, what is asked. */
#include "notifier/notifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "notifier/message.h"
#include "notifier/share.h"

#define BUSY_SAY_US 10000000
#define RECEIVED_BYTES 64 /* no Received is longer */

static struct province *
province_find(struct notifier *n, const char *slug)
{
    size_t i;

    for (i = 0; i < n->province_count; i++) {
        if (strcmp(n->provinces[i].slug, slug) == 0) {
            return &n->provinces[i];
        }
    }
    return NULL;
}

/* The province named, else the only one that it can be. */
static struct province *
province_of(struct notifier *n, const struct principal *who, const char *named)
{
    if (named[0] != '\0') {
        return province_find(n, named);
    }
    if (who->province[0] != '\0') {
        return province_find(n, who->province);
    }
    return n->province_count == 1 ? &n->provinces[0] : NULL;
}

/* An office that the programme does not name, and never did while we wrote to it. */
static enum status
office_check(struct province *p, const char *leader)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"EXISTS", key};
    struct reply *rep = NULL;
    enum status st;

    if (p->catalogue == NULL || catalogue_leader(p->catalogue, leader) != NONE) {
        return ST_OK;
    }
    key_make2(key, p->slug, KEY_INBOX, leader);
    st = redis_call(p->redis, 2, argv, NULL, &rep);
    if (st == ST_OK && reply_int(rep) == 0) {
        st = ST_GONE;
    }
    reply_free(&rep);
    return st;
}

/* Words of the keyring, so that a cursor's field and a log line stay one word. */
static bool
word_good(const char *word, size_t room)
{
    size_t len = strlen(word);

    return len > 0 && len < room &&
           strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789._@-") == len;
}

/* The field of a Subscribe that this role may not say, or says badly; NULL: fine. */
static const char *
subscribe_wrong(const struct principal *who, const struct leader_request *q)
{
    bool leader = q->leader[0] == '\0' || strcmp(q->leader, who->name) == 0;
    bool channel = q->channel[0] == '\0';

    if (who->role == ROLE_COURIER) {
        leader = word_good(q->leader, LEADER_ID_BYTES);
        channel = word_good(q->channel, CHANNEL_BYTES);
    }
    if (!leader) {
        return "subscribe.leader";
    }
    return channel ? NULL : "subscribe.channel";
}

/* Which office? A courier says it, and its channel; of a leader the keyring does. */
static bool
office_named(struct province *p, const struct bus_message *m,
             const struct principal *who, struct leader_request *q)
{
    const char *wrong = subscribe_wrong(who, q);

    if (wrong != NULL) {
        leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_BAD_OFFICE, wrong,
                      "");
        return false;
    }
    q->leader = who->role == ROLE_COURIER ? q->leader : who->name;
    return true;
}

/* May this courier carry there? Said to it when it may not. */
static bool
courier_admitted(struct province *p, const struct bus_message *m,
                 const struct leader_request *q)
{
    enum courier_may may = courier_may(p, &m->peer, q->leader, q->channel);

    if (may != COURIER_MAY) {
        leader_refuse(p->notifier, &m->peer, q->request_id,
                      may == COURIER_UNWANTED ? LEADER_CHANNEL_UNWANTED
                                              : LEADER_OTHER_COURIER,
                      "", "");
    }
    return may == COURIER_MAY;
}

static void
subscribe(struct province *p, const struct bus_message *m, const struct principal *who,
          struct leader_request *q)
{
    enum status st;

    if (!office_named(p, m, who, q)) {
        return;
    }
    if (sessions_cursor_waits(p, m->key, q->leader)) {
        inbox_cursors(p,
                      true); /* what came by its connection before is not sent again */
    }
    if (p->state != PROVINCE_READY) {
        leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_NOT_READY, "",
                      p->state == PROVINCE_STANDBY ? "standby" : "redis");
        return;
    }
    st = office_check(p, q->leader);
    if (st == ST_GONE) {
        diag_warn("unknown_office", "province=%s leader=%s key=%s", p->slug, q->leader,
                  who->fingerprint);
        leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_UNKNOWN_OFFICE, "",
                      "");
        return;
    }
    if (st == ST_OK && who->role == ROLE_COURIER && !courier_admitted(p, m, q)) {
        return;
    }
    if (st == ST_OK) {
        st = session_subscribe(p, m, who, q);
    }
    if (st == ST_LIMIT) {
        leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_BUSY, "", "");
    } else if (st != ST_OK) {
        province_lost(p, ST_AGAIN, redis_error(p->redis));
        leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_NOT_READY, "",
                      "redis");
    }
}

/* An office's own next digest; of any, for who keeps the service. Nothing is written.
 */
static void
preview(struct province *p, const struct bus_message *m, const struct principal *who,
        const struct leader_request *q)
{
    struct leader_reply reply = {.version = WIRE_VERSION,
                                 .request_id = q->request_id,
                                 .kind = LEADER_REPLY_ALERT};
    const char *leader = who->role == ROLE_OPS ? q->leader : who->name;
    struct message made;

    if (who->role == ROLE_COURIER ||
        (who->role == ROLE_LEADER && q->leader[0] != '\0' &&
         strcmp(q->leader, who->name) != 0)) {
        leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_DENIED, "", "");
        return;
    }
    if (p->catalogue == NULL || catalogue_leader(p->catalogue, leader) == NONE) {
        leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_UNKNOWN_OFFICE, "",
                      "");
        return;
    }
    if (message_preview(p, leader, &made) != ST_OK) {
        province_lost(p, ST_AGAIN, redis_error(p->redis));
        leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_NOT_READY, "",
                      "redis");
        return;
    }
    reply.alert = made.alert;
    status_ignore(alert_send(p->notifier, &m->peer, m->key, &reply)); /* asks again */
}

/* Who keeps the service looks at digests; inboxes are for those who work with them. */
static bool
role_may(enum role role, enum leader_request_kind kind)
{
    return role == ROLE_LEADER || role == ROLE_COURIER ||
           (role == ROLE_OPS &&
            (kind == LEADER_REQUEST_PREVIEW || kind == LEADER_REQUEST_BEAT));
}

/* Of a key that has had its share: counted, and answered once in a second. */
static void
busy(struct notifier *n, const struct bus_message *m, const struct principal *who,
     const struct leader_request *q)
{
    n->counters.busy++;
    if (!share_say(n->shares, m->key)) {
        return;
    }
    leader_refuse(n, &m->peer, q->request_id, LEADER_BUSY, "", "");
    if (n->busy_said.us == 0 || mono_since_us(n->busy_said) >= BUSY_SAY_US) {
        n->busy_said = mono_now();
        diag_warn("busy",
                  "role=%s name=%s key=%s total=%" PRIu64
                  " effect=\"what it asks beyond "
                  "its share is not read\"",
                  role_name(who->role), who->name, who->fingerprint, n->counters.busy);
    }
}

/* A device may have stored more than this session has sent so far: its Received was
 * lost with the link, or it asked from the start. Nobody has stored what is not in the
 * inbox: that client has a bug, and hears of it. */
static void
received(struct session *s, const struct bus_message *m, const struct principal *who,
         const struct leader_request *q)
{
    struct province *p = s->province;
    char value[64];

    if (q->received > s->sent && q->received > s->durable && q->received > s->newest) {
        if (!share_take(p->notifier->shares, who->role, m->key, SHARE_BEYOND)) {
            busy(p->notifier, m, who, q);
            return;
        }
        if (session_newest(s) != ST_OK) {
            province_lost(p, ST_AGAIN, redis_error(p->redis));
            return; /* it says it again to the session of the next take-over */
        }
        if (q->received <= s->newest) {
            share_back(p->notifier->shares, m->key, SHARE_BEYOND);
        }
    }
    if (q->received <= s->sent || q->received <= s->durable ||
        q->received <= s->newest) {
        if (session_received(s, q->received, q->request_id)) {
            share_back(p->notifier->shares, m->key, SHARE_ANY);
        }
        return;
    }
    (void)snprintf(value, sizeof value, "%" PRIu64 ", %" PRIu64, q->received,
                   s->newest);
    p->notifier->counters.beyond++;
    diag_warn("cursor_beyond", "leader=%s key=%s received=%" PRIu64 " newest=%" PRIu64,
              s->leader, s->fingerprint, q->received, s->newest);
    leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_CURSOR_BEYOND,
                  "received.position", value);
}

static void
request_do(struct province *p, const struct bus_message *m, const struct principal *who,
           struct leader_request *q)
{
    struct leader_reply beat = {.version = WIRE_VERSION,
                                .request_id = q->request_id,
                                .kind = LEADER_REPLY_BEAT};
    struct session *s;

    switch (q->kind) {
    case LEADER_REQUEST_SUBSCRIBE:
        subscribe(p, m, who, q);
        break;
    case LEADER_REQUEST_RECEIVED:
        s = session_find(p->notifier, &m->peer);
        if (s != NULL && s->province == p && strcmp(s->key, m->key) == 0) {
            received(s, m, who, q);
        }
        break;
    case LEADER_REQUEST_ACKNOWLEDGE:
        if (who->role == ROLE_LEADER) {
            acknowledge(p, m, who, q);
        } else { /* a courier carries; it is no office that could take a task on */
            leader_refuse(p->notifier, &m->peer, q->request_id, LEADER_DENIED, "", "");
        }
        break;
    case LEADER_REQUEST_BEAT:
        status_ignore(reply_send(p->notifier, &m->peer, &beat)); /* it asks again */
        break;
    case LEADER_REQUEST_PREVIEW:
        preview(p, m, who, q);
        break;
    case LEADER_REQUEST_NONE:
        break;
    }
}

/* Not a message of ours: said once to its sender, and counted. */
static bool
request_read(struct notifier *n, const struct bus_message *m, struct leader_request *q)
{
    char version[16];

    arena_reset(n->arena);
    if (leader_request_decode(m->body, m->body_bytes, n->arena, q) != ST_OK) {
        n->counters.malformed++;
        leader_refuse(n, &m->peer, 0, LEADER_BAD_FRAME, "", "");
        return false;
    }
    n->counters.unknown_fields += q->unknown_fields;
    if (q->version != WIRE_VERSION) {
        n->counters.malformed++;
        (void)snprintf(version, sizeof version, "%u", q->version);
        leader_refuse(n, &m->peer, q->request_id, LEADER_WRONG_VERSION, "version",
                      version);
        return false;
    }
    if (q->kind == LEADER_REQUEST_NONE) {
        n->counters.malformed++;
        leader_refuse(n, &m->peer, q->request_id, LEADER_BAD_FRAME, "body", "");
        return false;
    }
    return true;
}

/* Of a key that has had its share: that our messages came is taken all the same, or no
 * more would ever be sent to it. There is one such request at most for each message; of
 * a position beyond what was sent only what was sent counts. */
static bool
came(struct notifier *n, const struct bus_message *m)
{
    struct session *s =
        m->body_bytes <= RECEIVED_BYTES ? session_find(n, &m->peer) : NULL;
    struct leader_request q;

    arena_reset(n->arena);
    return s != NULL && strcmp(s->key, m->key) == 0 &&
           s->province->state == PROVINCE_READY &&
           leader_request_decode(m->body, m->body_bytes, n->arena, &q) == ST_OK &&
           q.version == WIRE_VERSION && q.kind == LEADER_REQUEST_RECEIVED &&
           session_received(s, q.received, q.request_id);
}

void
leader_request_take(struct notifier *n, const struct bus_message *m)
{
    const struct principal *who = service_principal(n->service, m->key);
    struct leader_request q = {0};
    struct province *p;
    unsigned cost;

    if (who != NULL && !share_take(n->shares, who->role, m->key, SHARE_ANY)) {
        if (!came(n, m)) {
            busy(n, m, who, &q); /* not read: that is what it may not have */
        }
        return;
    }
    if (!request_read(n, m, &q)) {
        return;
    }
    if (who == NULL || !role_may(who->role, q.kind) ||
        strlen(who->name) >= LEADER_ID_BYTES) {
        leader_refuse(n, &m->peer, q.request_id, LEADER_DENIED, "", "");
        return;
    }
    p = province_of(n, who, q.province);
    if (p == NULL) {
        leader_refuse(n, &m->peer, q.request_id, LEADER_UNKNOWN_PROVINCE, "province",
                      q.province);
        return;
    }
    if (who->province[0] != '\0' && strcmp(who->province, p->slug) != 0) {
        leader_refuse(n, &m->peer, q.request_id, LEADER_DENIED, "", p->slug);
        return;
    }
    if (p->state != PROVINCE_READY) {
        leader_refuse(n, &m->peer, q.request_id, LEADER_NOT_READY, "",
                      p->state == PROVINCE_STANDBY ? "standby" : "redis");
        return;
    }
    cost = share_cost(who->role, &q) - SHARE_ANY;
    if (cost > 0 && !share_take(n->shares, who->role, m->key, cost)) {
        busy(n, m, who, &q);
        return;
    }
    request_do(p, m, who, &q);
}
