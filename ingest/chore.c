/*
 * Chores: requests that read or append by themselves (what a client holds, standing,
 * acts (act.c), programmes, the clock of a simulation), done one after the other while
 * no batch is in flight.
 */
#include "ingest/chore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/keys.h"
#include "lib/programme.h"

#define CHORES_LEAST 4 /* of a turn, however slow */
#define APPEND_TRIES 8 /* against another writer that moves the head */

void
chore_queue(struct province *p, struct chore *c)
{
    c->next = NULL;
    c->since = mono_now();
    *p->chores_end = c;
    p->chores_end = &c->next;
}

void
chore_free(struct ingest *in, struct chore **c)
{
    struct arena *a = (*c)->arena;

    catalogue_free(&(*c)->catalogue);
    buf_fini(&(*c)->bundle);
    ingest_arena_done(in, a); /* and the chore with it */
    *c = NULL;
}

void
chore_answer(struct province *p, const struct chore *c, uint64_t entry,
             const char *note)
{
    struct unit_reply reply = {.version = WIRE_VERSION,
                               .request_id = c->request.request_id,
                               .kind = UNIT_REPLY_DONE,
                               .done_entry = entry,
                               .done_note = note};

    answer_send(p->ingest, c->socket, &c->peer, &reply);
}

void
chore_refuse(struct province *p, const struct chore *c, enum refusal_code code,
             const char *field, const char *value, const char *expected)
{
    struct refused why = {0};

    refused_set(&why, code, field, value, expected);
    answer_refusal(p->ingest, c->socket, &c->peer, c->request.request_id, &why);
}

enum status
append_repeat(struct province *p, enum journal_kind kind, const struct buf *body,
              append_fill *fill, const void *context)
{
    struct journal_append a;
    enum status st = ST_STALE;
    size_t conflicts[4];
    size_t count = 0;
    int tries;

    journal_append_init(&a);
    for (tries = 0; st == ST_STALE && count == 0 && tries < APPEND_TRIES; tries++) {
        journal_append_begin(&a, p->slug, &p->head, kind, buf_str(body), body->len);
        fill(&a, context);
        FAULT("ingest.append_put");
        st = journal_append_call(&a, p->redis, conflicts, 4, &count);
        if (st == ST_OK) {
            p->head = a.next;
        } else if (st == ST_STALE && count == 0 && province_head_read(p) != ST_OK) {
            st = ST_AGAIN;
        }
    }
    journal_append_fini(&a);
    FAULT("ingest.append_done");
    /* Beaten every time: not done, so not "it stood before". */
    return st == ST_STALE && count == 0 ? ST_AGAIN : st;
}

/* ---- what stands for these keys ---- */

static enum status
standing_one(struct province *p, struct chore *c, const struct wire_key *key,
             struct wire_standing *out)
{
    char text[REPORT_KEY_BYTES];
    char name[REVISION_NAME_BYTES];
    struct refused why = {0};
    struct receipt present;
    struct journal_read rd;
    enum status st;

    out->hash = "";
    if (!report_key_check(p->catalogue, &c->who, key, &why, text)) {
        return ST_OK; /* the push itself will say why */
    }
    st = present_read(p->redis, p->slug, text, &present);
    if (st != ST_OK || present.revision == 0) {
        return st;
    }
    present_put(p->presents, text, &present);
    revision_name(&present, name);
    out->revision = present.revision;
    out->hash = arena_text(c->arena, name);
    out->received_at_ms = present.received_at_ms;
    journal_read_init(&rd);
    st = journal_read_one(p->redis, p->slug, KEY_REPORTS, present.entry, &rd);
    if (st == ST_OK) {
        st = figures_of_entry(&rd.entries[0], present.index, p->catalogue, c->arena,
                              &out->figures, &out->figure_count);
    }
    journal_read_fini(&rd);
    return st == ST_AGAIN ? ST_AGAIN : ST_OK;
}

static enum status
chore_standing(struct province *p, struct chore *c)
{
    size_t count = c->request.standing.count;
    struct wire_standing *all = arena_take(c->arena, (count + 1) * sizeof *all);
    struct unit_reply reply = {.version = WIRE_VERSION,
                               .request_id = c->request.request_id,
                               .kind = UNIT_REPLY_STANDINGS};
    size_t i;

    MUST(all != NULL);
    for (i = 0; i < count; i++) {
        enum status st = standing_one(p, c, &c->request.standing.keys[i], &all[i]);

        if (st != ST_OK) {
            return st;
        }
    }
    reply.standings = all;
    reply.standing_count = count;
    answer_send(p->ingest, c->socket, &c->peer, &reply);
    return ST_OK;
}

/* ---- programmes ---- */

struct programme_context {
    const struct province *province;
    const char *digest;
    const struct buf *bundle;
};

static void
programme_fill(struct journal_append *a, const void *context)
{
    const struct programme_context *x = context;
    char hour[24];

    if (x->province->head.tick == 0) {
        a->next.tick = hour_of(province_now(x->province));
        (void)snprintf(hour, sizeof hour, "%" PRId64, a->next.tick);
        journal_append_set(a, TABLE_HEAD, "tick", hour);
    }
    (void)snprintf(a->next.programme, sizeof a->next.programme, "%s", x->digest);
    journal_append_set(a, TABLE_HEAD, "programme", x->digest);
    journal_append_programme(a, x->digest, buf_str(x->bundle), x->bundle->len);
}

static enum status
chore_programme(struct province *p, struct chore *c)
{
    const char *digest = c->catalogue->digest;
    struct programme_context context = {p, digest, &c->bundle};
    struct programme_record rec = {digest, (const uint8_t *)buf_str(&c->bundle),
                                   c->bundle.len, c->who.name, province_now(p).ms};
    struct buf body;
    enum status st;

    if (strcmp(p->head.programme, digest) == 0) {
        /* No guard protects this answer: it is given on what Redis says now. */
        st = province_head_read(p);
        if (st != ST_OK) {
            return st;
        }
        if (strcmp(p->head.programme, digest) == 0) {
            chore_answer(p, c, 0, "this programme is in force already");
            return ST_OK;
        }
    }
    if (p->ingest->simulated && p->clock.ms == 0) {
        chore_refuse(p, c, REFUSAL_NOT_READY, "", "clock not set by the player", "");
        return ST_OK; /* its hour would be that of the first tick */
    }
    buf_init(&body, JOURNAL_PROGRAMME_MAX + BUS_MESSAGE_MAX);
    programme_encode(&rec, p->ingest->scratch, &body);
    st = append_repeat(p, JOURNAL_PROGRAMME, &body, programme_fill, &context);
    buf_fini(&body);
    if (st != ST_OK) {
        return st;
    }
    p->ingest->counters.programmes++;
    diag_info("programme", "province=%s entry=%" PRIu64 " digest=%.12s by=%s", p->slug,
              p->head.seq, digest, c->who.name);
    province_programme_set(p, c->catalogue);
    c->catalogue = NULL;
    chore_answer(p, c, p->head.seq, "");
    return ST_OK;
}

/* ---- the clock of a simulation ---- */

static enum status
chore_clock(struct province *p, struct chore *c)
{
    char have[INSTANT_TEXT_BYTES];

    if (c->request.clock_ms < p->clock.ms) {
        instant_text_civil(p->clock, have);
        chore_refuse(p, c, REFUSAL_CLOCK_BACKWARD, "now", "", have);
        return ST_OK;
    }
    p->clock.ms = c->request.clock_ms;
    ticks_append(p);
    if (p->state != PROVINCE_READY) {
        return ST_AGAIN;
    }
    chore_answer(p, c, p->head.seq, "");
    return ST_OK;
}

static enum status
chore_do(struct province *p, struct chore *c)
{
    switch (c->request.kind) {
    case UNIT_REQUEST_HELLO:
        return chore_hello(p, c);
    case UNIT_REQUEST_STANDING:
        return chore_standing(p, c);
    case UNIT_REQUEST_ACT:
        return chore_act(p, c);
    case UNIT_REQUEST_PROGRAMME:
        return chore_programme(p, c);
    case UNIT_REQUEST_CLOCK:
        return chore_clock(p, c);
    default:
        return ST_OK;
    }
}

static struct chore *
chore_pop(struct province *p)
{
    struct chore *c = p->chores;

    p->chores = c->next;
    if (p->chores == NULL) {
        p->chores_end = &p->chores;
    }
    queue_chore_done(&p->queue, c->lane);
    return c;
}

/* Redis is away: a hello is answered with that, and asks again another time. */
static void
chore_give_up(struct province *p, const struct chore *c)
{
    if (c->request.kind == UNIT_REQUEST_HELLO) {
        hello_answer(p, c->socket, &c->peer, &c->who, c->request.request_id, c->arena,
                     false);
    } else {
        chore_refuse(p, c, REFUSAL_NOT_READY, "", p->why, "");
    }
}

void
chores_give_up(struct province *p, int64_t older_us)
{
    struct chore **at = &p->chores;

    p->chores_end = &p->chores;
    while (*at != NULL) {
        struct chore *c = *at;

        if (c->request.kind != UNIT_REQUEST_HELLO &&
            mono_since_us(c->since) <= older_us) {
            p->chores_end = at = &c->next;
            continue;
        }
        *at = c->next;
        queue_chore_done(&p->queue, c->lane);
        chore_give_up(p, c);
        chore_free(p->ingest, &c);
    }
}

void
chores_run(struct province *p)
{
    struct mono began = mono_now();
    unsigned done;

    for (done = 0; p->chores != NULL && p->state == PROVINCE_READY &&
                   (done < CHORES_LEAST || mono_since_us(began) < CHORES_BUDGET_US);
         done++) {
        struct chore *c = p->chores;
        bool reads = c->request.kind == UNIT_REQUEST_STANDING ||
                     c->request.kind == UNIT_REQUEST_HELLO;
        enum status st = ST_OK;

        if (c->request.kind == UNIT_REQUEST_STANDING && p->catalogue == NULL) {
            chore_refuse(p, c, REFUSAL_NO_PROGRAMME, "", p->slug, "");
        } else {
            st = chore_do(p, c);
        }
        if (st == ST_BAD && reads && redis_connected(p->redis)) {
            /* One line that cannot be read costs who asks for it, not the others. */
            diag_warn("chore_unreadable", "province=%s by=%s", p->slug, c->who.name);
            chore_refuse(p, c, REFUSAL_NOT_READY, "", "receipts", "");
        } else if (st != ST_OK) {
            /* Kept: an act whose outcome is unknown is the same again. */
            province_lost(p, redis_error(p->redis));
            return;
        }
        (void)chore_pop(p);
        chore_free(p->ingest, &c);
    }
}
