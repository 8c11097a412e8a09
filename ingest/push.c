/* A push: its reports are checked and queued, or answered at once. */
#include "ingest/asked.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"

#define SEEN_SLOTS 256u

_Static_assert(WIRE_REPORTS_MAX <= UINT8_MAX && 2 * WIRE_REPORTS_MAX <= SEEN_SLOTS,
               "places of a push in a table that is half empty");

/* A push while its reports are checked. */
struct taking {
    struct asked *asked;
    struct push *push;
    struct principal who;     /* its name lives as long as the push */
    struct instant now;       /* of all of its reports */
    struct pending *pends;    /* a place for each */
    uint8_t seen[SEEN_SLOTS]; /* by key, open addressing: 1 + place of a report */
};

/* The slot of a key in the push: 0 in it when no report that waits has it. */
static uint8_t *
key_seen(struct taking *t, const struct checked *c)
{
    size_t at = c->key_hash % SEEN_SLOTS;

    while (t->seen[at] != 0 &&
           strcmp(t->push->receipts[t->seen[at] - 1].hash, c->key) != 0) {
        at = (at + 1) % SEEN_SLOTS;
    }
    return &t->seen[at];
}

_Static_assert(sizeof(struct push) % _Alignof(struct pending) == 0 &&
                   sizeof(struct pending) % _Alignof(struct wire_receipt) == 0,
               "one behind the other");

/* The push, what waits of it, and its receipts: one piece. These are zeroed one by one,
 * as they are come to. */
static struct push *
push_new(struct asked *q, struct pending **pends)
{
    size_t count = q->request.push.count;
    struct push *push = arena_room(
        q->arena, sizeof *push + count * (sizeof **pends + sizeof *push->receipts));

    MUST(push != NULL);
    memset(push, 0, sizeof *push);
    *pends = (struct pending *)(push + 1);
    push->arena = q->arena;
    push->socket = q->socket;
    push->peer = q->message->peer;
    push->request_id = q->request.request_id;
    push->count = count;
    push->began = mono_now();
    push->receipts = (struct wire_receipt *)(*pends + count);
    return push;
}

/* What may be sent back of a report that is refused. */
static void
receipt_echo(struct wire_receipt *r, const struct wire_report *in)
{
    r->unit = text_echo(in->unit);
    r->group = text_echo(in->group);
    r->period = text_echo(in->period);
}

static bool
report_right(struct taking *t, const struct wire_report *in, struct checked *c,
             struct refused *why)
{
    const struct asked *q = t->asked;

    if (!report_check(&q->province->checks, &t->who, in, t->now, t->push->arena, c,
                      why)) {
        return false;
    }
    tick_lateness(q->province, c);
    if (*key_seen(t, c) != 0) {
        refused_set(why, REFUSAL_DUPLICATE_IN_PUSH, "unit", in->unit, c->key);
        return false;
    }
    return in->offered == NULL ||
           seal_offer(&q->in->seal_key, q->province->slug, in->offered, c, why) ||
           seal_offer(&q->in->seal_key_old, q->province->slug, in->offered, c, why);
}

/* Checks report i; when it is right it waits in the queue (the receipt's hash holds its
 * key until it is decided, to find the same key twice in one push). */
static void
push_report(struct taking *t, size_t i)
{
    const struct asked *q = t->asked;
    struct push *push = t->push;
    const struct wire_report *in = &q->request.push.reports[i];
    struct wire_receipt *r = &push->receipts[i];
    struct pending *pend = &t->pends[i];
    struct refused why;

    memset(pend, 0, sizeof *pend);
    memset(r, 0, sizeof *r);
    if (!report_right(t, in, &pend->checked, &why)) {
        receipt_echo(r, in);
        receipt_refuse(r, OUTCOME_REJECTED, &why, push->arena);
        return;
    }
    r->unit = in->unit;
    r->group = in->group;
    r->period = in->period;
    if (q->request.push.validate_only) {
        r->outcome = OUTCOME_VALID;
        return;
    }
    r->hash = pend->checked.key;
    *key_seen(t, &pend->checked) = (uint8_t)(i + 1);
    pend->push = push;
    pend->at = i;
    pend->since = push->began;
    push->left++;
    FAULT("ingest.validated");
    pend->lane = q->lane;
    queue_put(&q->province->queue, pend);
}

static void
push_all(struct asked *q)
{
    struct taking t;
    size_t i;

    if (!queue_room(&q->province->queue, q->lane, q->request.push.count)) {
        asked_refuse(q, REFUSAL_BUSY, "", "", "");
        return;
    }
    t.asked = q;
    t.push = push_new(q, &t.pends);
    t.who = *q->who;
    t.who.name = arena_text(q->arena, q->who->name); /* the keyring may be read anew */
    t.now = province_now(q->province);
    memset(t.seen, 0, sizeof t.seen);
    MUST(t.who.name != NULL);
    q->arena = NULL;  /* the push's now */
    t.push->left = 1; /* ours, while we look at it */
    checks_begin(&q->province->checks, q->province->catalogue);
    for (i = 0; i < t.push->count; i++) {
        push_report(&t, i);
    }
    t.push->left--;
    push_decided(q->in, t.push);
}

void
push_ask(struct asked *q)
{
    if (q->who->role != ROLE_UNIT && q->who->role != ROLE_OFFICE) {
        asked_refuse(q, REFUSAL_DENIED, "role", role_name(q->who->role), "unit");
    } else if (q->request.push.count > WIRE_REPORTS_MAX) {
        asked_many(q, "reports", q->request.push.count);
    } else if (q->province->state == PROVINCE_UNSETTLED ||
               (q->province->state == PROVINCE_DOWN &&
                q->province->catalogue == NULL)) {
        asked_refuse(q, REFUSAL_NOT_READY, "", q->province->why, "");
    } else if (q->province->catalogue == NULL) {
        asked_refuse(q, REFUSAL_NO_PROGRAMME, "", q->province->slug, "");
    } else {
        push_all(q);
    }
}
