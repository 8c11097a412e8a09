/* What came in: who sent it, may they, is it right; then into a queue or back. */
#include "ingest/act_check.h"
#include "ingest/asked.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/service.h"

void
asked_refuse(const struct asked *q, enum refusal_code code, const char *field,
             const char *value, const char *expected)
{
    struct refused why = {0};

    refused_set(&why, code, field, value, expected);
    answer_refusal(q->in, q->socket, &q->message->peer, q->request.request_id, &why);
}

void
asked_many(const struct asked *q, const char *field, size_t count)
{
    char value[24];
    char limit[24];

    (void)snprintf(value, sizeof value, "%zu", count);
    (void)snprintf(limit, sizeof limit, "%u", WIRE_REPORTS_MAX);
    asked_refuse(q, REFUSAL_TOO_MANY, field, value, limit);
}

static struct province *
province_find(struct ingest *in, const char *slug)
{
    size_t i;

    for (i = 0; i < in->province_count; i++) {
        if (strcmp(in->provinces[i].slug, slug) == 0) {
            return &in->provinces[i];
        }
    }
    return NULL;
}

/* ---- chores ---- */

struct chore *
chore_new(struct asked *q)
{
    struct chore *c = arena_take(q->arena, sizeof *c);

    MUST(c != NULL);
    c->arena = q->arena;
    c->socket = q->socket;
    c->peer = q->message->peer;
    c->request = q->request;
    c->who = *q->who;
    c->who.name = arena_text(q->arena, q->who->name);
    if (c->who.scope_count > 0) { /* the keyring may be read anew before it is done */
        const char **scope = arena_take(q->arena, c->who.scope_count * sizeof *scope);
        size_t i;

        MUST(scope != NULL);
        for (i = 0; i < c->who.scope_count; i++) {
            scope[i] = arena_text(q->arena, q->who->scope[i]);
        }
        c->who.scope = scope;
    }
    buf_init(&c->bundle, JOURNAL_PROGRAMME_MAX);
    q->arena = NULL;
    return c;
}

void
chore_take(struct asked *q, struct chore *c)
{
    if (!queue_chore(&q->province->queue, q->lane)) {
        q->request = c->request;
        asked_refuse(q, REFUSAL_BUSY, "", "", "");
        chore_free(q->in, &c);
        return;
    }
    c->lane = q->lane;
    chore_queue(q->province, c);
}

/* What a client holds is looked for in Redis; while that is away it gets its answer at
 * once, and asks again another time. */
static void
hello(struct asked *q)
{
    if (hello_needs_look(&q->request) && q->province->state == PROVINCE_READY) {
        chore_take(q, chore_new(q));
    } else {
        hello_answer(q->province, q->socket, &q->message->peer, q->who,
                     q->request.request_id, q->arena, false);
    }
}

/* ---- dispatch ---- */

static void
ops_only(struct asked *q)
{
    if (q->who->role != ROLE_OPS) {
        asked_refuse(q, REFUSAL_DENIED, "role", role_name(q->who->role), "ops");
    } else if (q->request.kind == UNIT_REQUEST_PROGRAMME) {
        upload_part(q);
    } else if (q->request.kind == UNIT_REQUEST_CLOCK && !q->in->simulated) {
        asked_refuse(q, REFUSAL_NOT_SIMULATED, "clock", "", "");
    } else {
        chore_take(q, chore_new(q));
    }
}

static void
act_ask(struct asked *q)
{
    if (act_allowed(q->request.act.kind, q->who->role)) {
        chore_take(q, chore_new(q));
    } else {
        asked_refuse(q, REFUSAL_DENIED, "role", role_name(q->who->role), "ops");
    }
}

static void
dispatch(struct asked *q)
{
    switch (q->request.kind) {
    case UNIT_REQUEST_HELLO:
        hello(q);
        break;
    case UNIT_REQUEST_PUSH:
        push_ask(q);
        break;
    case UNIT_REQUEST_STANDING:
        if (q->request.standing.count > WIRE_REPORTS_MAX) {
            asked_many(q, "keys", q->request.standing.count);
        } else {
            chore_take(q, chore_new(q));
        }
        break;
    case UNIT_REQUEST_ACT:
        act_ask(q);
        break;
    case UNIT_REQUEST_PROGRAMME:
    case UNIT_REQUEST_CLOCK:
        ops_only(q);
        break;
    case UNIT_REQUEST_NONE:
        asked_refuse(q, REFUSAL_BAD_FRAME, "body", "", "");
        break;
    }
}

/* Is it ours to answer at all? */
static bool
asked_right(struct asked *q)
{
    char version[16];

    if (q->request.version != WIRE_VERSION) {
        (void)snprintf(version, sizeof version, "%u", q->request.version);
        asked_refuse(q, REFUSAL_WRONG_VERSION, "version", version, "1");
        return false;
    }
    q->province = province_find(q->in, q->request.province);
    if (q->province == NULL) {
        asked_refuse(q, REFUSAL_UNKNOWN_PROVINCE, "province", q->request.province, "");
        return false;
    }
    if (q->who->province[0] != '\0' &&
        strcmp(q->who->province, q->province->slug) != 0) {
        asked_refuse(q, REFUSAL_DENIED, "province", q->request.province,
                     q->who->province);
        return false;
    }
    return true;
}

/* The number of a request that is not read any further: every client writes version and
 * number first. 0: somebody's who does not. */
static uint64_t
request_number(const uint8_t *body, size_t bytes)
{
    uint64_t number = 0;
    unsigned shift = 0;
    size_t i;

    if (bytes < 4 || body[0] != 0x08 || body[1] > 0x7f || body[2] != 0x10) {
        return 0;
    }
    for (i = 3; i < bytes && shift < 64; i++, shift += 7) {
        number |= (uint64_t)(body[i] & 0x7f) << shift;
        if (body[i] < 0x80) {
            return number;
        }
    }
    return 0;
}

/* Who has no room left hears so at once: reading a push of a hundred reports only to
 * send it back would be the others' time. */
static bool
no_room(const struct ingest *in, unsigned lane)
{
    size_t i;

    for (i = 0; i < in->province_count; i++) {
        if (!queue_room(&in->provinces[i].queue, lane, WIRE_REPORTS_MAX)) {
            return true;
        }
    }
    return false;
}

void
ingest_request(struct ingest *in, struct bus_socket *socket,
               const struct bus_message *m)
{
    struct asked q = {.in = in, .socket = socket, .message = m};

    /* The key may have been taken from the keyring since the handshake. */
    q.who = service_principal(in->service, m->key);
    if (q.who == NULL ||
        !role_admitted(q.who->role,
                       socket == in->ops || socket == in->ops_old ? "ops" : "units")) {
        in->counters.denied++;
        asked_refuse(&q, REFUSAL_DENIED, "key", "", "");
        return;
    }
    q.lane = queue_lane(q.who->role, q.who->name);
    FAULT("ingest.received");
    if (no_room(in, q.lane)) {
        q.request.request_id = request_number(m->body, m->body_bytes);
        asked_refuse(&q, REFUSAL_BUSY, "", "", "");
        return;
    }
    q.arena = ingest_arena(in);
    if (unit_request_decode(m->body, m->body_bytes, q.arena, &q.request) != ST_OK ||
        arena_taken(q.arena) > WIRE_ARENA_BYTES) {
        in->counters.malformed++;
        asked_refuse(&q, REFUSAL_BAD_FRAME, "", "", "");
    } else if (asked_right(&q)) {
        in->counters.unknown_fields += q.request.unknown_fields;
        dispatch(&q);
    }
    if (q.arena != NULL) {
        ingest_arena_done(in, q.arena);
    }
}
