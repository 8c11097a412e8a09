/*
 * An acknowledgement: an act in the province's reports journal, answered when it is on
 * disk. The id is the client's, so a repeat finds itself there and is harmless.
 */
#include "notifier/notifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/journal_check.h"
#include "lib/keys.h"
#include "lib/text.h"

#define CHECK_ENTRIES_A_STEP 64

#define APPEND_TRIES 16 /* against ingest, which moves the head under load */
#define ID_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

static const char *
field_wrong(const struct leader_request *q)
{
    const char *id = q->acknowledge.id;
    const char *until = q->acknowledge.until;
    int32_t day;

    if (strlen(id) < 8 || strlen(id) > 64 || strspn(id, ID_LETTERS) != strlen(id)) {
        return "acknowledge.id";
    }
    if (q->acknowledge.alert[0] == '\0' ||
        strlen(q->acknowledge.alert) >= ALERT_CODE_BYTES ||
        !text_valid(q->acknowledge.alert, strlen(q->acknowledge.alert))) {
        return "acknowledge.alert";
    }
    if (strlen(q->acknowledge.note) > NOTE_BYTES_MAX ||
        !text_valid(q->acknowledge.note, strlen(q->acknowledge.note))) {
        return "acknowledge.note";
    }
    /* One that has passed is taken: a repeat of an act that waited is the same act. */
    if (until[0] != '\0' && day_parse(until, &day) != ST_OK) {
        return "acknowledge.until";
    }
    return NULL;
}

/* ST_DENIED: this leader was never told of it. */
static enum status
told_check(struct province *p, const char *code, const char *leader)
{
    char key[KEY_BYTES];
    char field[LEADER_ID_BYTES + 8];
    const char *argv[3] = {"HEXISTS", key, field};
    struct reply *rep = NULL;
    enum status st;

    key_make2(key, p->slug, KEY_ALERT, code);
    (void)snprintf(field, sizeof field, FIELD_TOLD "%s", leader);
    st = redis_call(p->redis, 3, argv, NULL, &rep);
    if (st == ST_OK && reply_int(rep) == 0) {
        st = ST_DENIED;
    }
    reply_free(&rep);
    return st;
}

/* What came of appending, besides a status. */
struct append_result {
    uint64_t seq; /* its entry; 0: it stood before */
    bool tried;   /* it may be in the journal whatever the status says */
    bool taken;   /* its id stands for another act: "recorded" would be a lie */
};

/* An act of this id stands already: is it this one, sent again? */
static enum status
act_compare(struct province *p, const struct wire_act *act, bool *taken)
{
    char key[KEY_BYTES];
    const char *argv[3] = {"HGET", key, act->id};
    struct reply *rep = NULL;
    struct journal_read rd;
    struct wire_act stands = {0};
    enum status st;

    key_make(key, p->slug, KEY_ACTS);
    st = redis_call(p->redis, 3, argv, NULL, &rep);
    journal_read_init(&rd);
    if (st == ST_OK) {
        st = journal_read_one(p->redis, p->slug, KEY_REPORTS, (uint64_t)reply_int(rep),
                              &rd);
    }
    if (st == ST_OK) {
        st = act_decode(rd.entries[0].body, rd.entries[0].body_bytes,
                        p->notifier->arena, &stands);
    }
    if (st == ST_GONE) {
        st = ST_OK; /* archived long ago: ids are random, so it is this one */
        *taken = false;
        journal_read_fini(&rd);
        reply_free(&rep);
        return st;
    }
    *taken = st == ST_BAD || /* nothing to compare it with */
             (st == ST_OK &&
              (strcmp(stands.kind, act->kind) != 0 || strcmp(stands.by, act->by) != 0 ||
               strcmp(stands.subject, act->subject) != 0 ||
               strcmp(stands.note, act->note) != 0 ||
               strcmp(stands.until, act->until) != 0));
    journal_read_fini(&rd);
    reply_free(&rep);
    return *taken ? ST_OK : st;
}

static enum status
act_append(struct province *p, const struct wire_act *act, struct append_result *done)
{
    struct journal_append a;
    struct journal_head head;
    struct buf body;
    char next[24];
    enum status st = ST_STALE;
    size_t conflicts = 0;
    int tries;

    buf_init(&body, BUS_MESSAGE_MAX);
    act_encode(act, p->notifier->arena, &body);
    journal_append_init(&a);
    for (tries = 0; st == ST_STALE && conflicts == 0 && tries < APPEND_TRIES; tries++) {
        st = journal_head_read(p->redis, p->slug, &head);
        if (st == ST_OK) {
            (void)snprintf(next, sizeof next, "%" PRIu64, head.seq + 1);
            journal_append_begin(&a, p->slug, &head, JOURNAL_ACT, buf_str(&body),
                                 body.len);
            journal_append_guard(&a, TABLE_ACTS, act->id, "");
            journal_append_set(&a, TABLE_ACTS, act->id, next);
            FAULT("notifier.act_put");
            st = journal_append_call(&a, p->redis, NULL, 0, &conflicts);
            done->tried = st != ST_STALE;
        }
    }
    done->seq = st == ST_OK ? a.next.seq : 0;
    journal_append_fini(&a);
    buf_fini(&body);
    return st == ST_STALE && conflicts > 0 ? act_compare(p, act, &done->taken) : st;
}

static void
acknowledged_send(struct notifier *n, const struct bus_message *m,
                  const struct leader_request *q, uint64_t seq)
{
    struct leader_reply reply = {.version = WIRE_VERSION,
                                 .request_id = q->request_id,
                                 .kind = LEADER_REPLY_ACKNOWLEDGED};

    reply.acknowledged.alert = q->acknowledge.alert;
    reply.acknowledged.entry = seq;
    /* Who is gone asks again with the same id. */
    status_ignore(reply_send(n, &m->peer, &reply));
}

/* Neither an entry nor the certainty that there is none. */
static void
acknowledge_failed(struct province *p, const struct bus_message *m,
                   const struct leader_request *q, enum status st, bool tried)
{
    struct notifier *n = p->notifier;

    if (st == ST_STALE) { /* ingest was faster sixteen times */
        leader_refuse(n, &m->peer, q->request_id, LEADER_BUSY, "", "");
        return;
    }
    province_lost(p, ST_AGAIN, redis_error(p->redis));
    /* A refusal says "not recorded". Once tried nobody knows: no answer, so the client
     * asks again with the same id. */
    if (!tried) {
        leader_refuse(n, &m->peer, q->request_id, LEADER_NOT_READY, "", "redis");
    }
}

/* "Recorded" means on disk, and a Redis that is set up otherwise answers before it is.
 * Asked each time: people act seldom, and settings change under an open connection. */
static bool
redis_syncs(struct province *p)
{
    char why[120];

    if (redis_settings_check(p->redis, why, sizeof why) == ST_OK) {
        return true;
    }
    (void)snprintf(p->notifier->last_error, sizeof p->notifier->last_error,
                   "redis settings: %.100s; start Redis with etc/redis.conf", why);
    return false;
}

/* Nothing is recorded behind a damaged entry: a journal that is put back from its
 * archive would lose it. Looked at once for each start of Redis, as ingest does. */
static enum status
journal_whole(struct province *p)
{
    char run_id[REDIS_RUN_ID_BYTES];
    struct journal_check check;
    enum status st = redis_run_id(p->redis, run_id);

    if (st != ST_OK || (run_id[0] != '\0' && strcmp(run_id, p->run_id) == 0)) {
        return st;
    }
    st = journal_check_begin(&check, p->redis, p->slug);
    while (st == ST_OK && !journal_check_done(&check)) {
        st = journal_check_step(&check, p->redis, CHECK_ENTRIES_A_STEP);
    }
    if (st == ST_OK) {
        memcpy(p->run_id, run_id, sizeof p->run_id);
    } else {
        (void)snprintf(p->notifier->last_error, sizeof p->notifier->last_error,
                       "%.150s", redis_error(p->redis));
    }
    return st;
}

void
acknowledge(struct province *p, const struct bus_message *m,
            const struct principal *who, const struct leader_request *q)
{
    struct notifier *n = p->notifier;
    const char *wrong = field_wrong(q);
    struct wire_act act = {.id = q->acknowledge.id,
                           .kind = "acknowledge",
                           .subject = q->acknowledge.alert,
                           .note = q->acknowledge.note,
                           .until = q->acknowledge.until,
                           .by = who->name,
                           .at_ms = province_now(p).ms};
    struct append_result done = {0};
    enum status st;

    if (wrong != NULL) {
        leader_refuse(n, &m->peer, q->request_id, LEADER_BAD_ACT, wrong, "acknowledge");
        return;
    }
    st = told_check(p, act.subject, who->name);
    if (st == ST_DENIED) {
        leader_refuse(n, &m->peer, q->request_id, LEADER_NOT_YOURS, "", "");
        return;
    }
    st = st == ST_OK ? journal_whole(p) : st;
    if (st == ST_BAD || st == ST_GONE || (st == ST_OK && !redis_syncs(p))) {
        leader_refuse(n, &m->peer, q->request_id, LEADER_NOT_READY, "", "redis");
        return;
    }
    if (st == ST_OK) {
        st = act_append(p, &act, &done);
        FAULT("notifier.act_done");
    }
    if (st == ST_OK && done.taken) {
        leader_refuse(n, &m->peer, q->request_id, LEADER_BAD_ACT, "acknowledge.id",
                      act.id);
        return;
    }
    if (st != ST_OK) {
        acknowledge_failed(p, m, q, st, done.tried);
        return;
    }
    n->counters.acknowledged += done.seq != 0;
    diag_info("acknowledged", "province=%s entry=%" PRIu64 " alert=%s by=%s key=%s",
              p->slug, done.seq, act.subject, who->name, who->fingerprint);
    acknowledged_send(n, m, q, done.seq);
}
