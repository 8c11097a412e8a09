/*
 * Batches that form by themselves: whatever arrived while the last call was being made
 * durable is the next batch. One Function call, one entry, one fsync.
 *
 * Invariants
 *  1. A receipt that says ACCEPTED or REPLACED is written only after the call that
 *     holds its report was answered OK by a Redis that syncs before it answers.
 *  2. A batch holds each key once; reports of one key are decided in order of arrival.
 *  3. What stands is believed only from our own committed calls or from reads on this
 *     connection, whose first command was a write.
 */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"

static void
receipt_from_present(struct wire_receipt *r, const struct pending *pend,
                     enum outcome outcome, const struct present *p)
{
    const struct report_record *rec = &pend->checked.record;
    struct arena *a = pend->push->arena;
    char text[DAY_TEXT_BYTES];
    char hash[33];

    r->outcome = outcome;
    r->unit = rec->unit;
    r->group = rec->group;
    r->period = rec->period;
    r->revision = p->revision;
    r->entry = p->entry;
    r->index = p->index;
    r->received_at_ms = p->received_at_ms;
    r->on_time = p->on_time;
    crypto_hex(p->hash, sizeof p->hash, hash);
    r->hash = arena_text(a, hash);
    day_text(rec->first_day, text);
    r->from = arena_text(a, text);
    day_text(rec->last_day, text);
    r->to = arena_text(a, text);
    r->due = "";
    if (p->due_day != 0) {
        day_text(p->due_day, text);
        r->due = arena_text(a, text);
    }
}

static void
pending_done(struct province *p, struct pending *pend)
{
    struct push *push = pend->push;

    push->left--;
    push_decided(p->ingest, push); /* frees pend with the push when it was the last */
}

static void
pending_refuse(struct province *p, struct pending *pend, enum outcome outcome,
               const struct refused *why)
{
    struct wire_receipt *r = &pend->push->receipts[pend->at];

    r->unit = pend->checked.record.unit;
    r->group = pend->checked.record.group;
    r->period = pend->checked.record.period;
    r->hash = ""; /* it held the key until now */
    receipt_refuse(r, outcome, why, pend->push->arena);
    pending_done(p, pend);
}

static struct pending *
queue_take(struct province *p)
{
    struct pending *pend = p->queue;

    p->queue = pend->next;
    if (p->queue == NULL) {
        p->queue_end = &p->queue;
    }
    p->queued--;
    return pend;
}

/* Figures of the revision that stands, from its entry; for the sender's eyes. */
static enum status
old_figures_read(struct province *p, const struct present *present,
                 struct pending *pend)
{
    struct wire_receipt *r = &pend->push->receipts[pend->at];
    struct arena *a = pend->push->arena;
    struct journal_read rd;
    enum status st;

    journal_read_init(&rd);
    st = journal_read_one(p->redis, p->slug, KEY_REPORTS, present->entry, &rd);
    if (st == ST_OK) {
        st = figures_of_entry(&rd.entries[0], present->index, p->catalogue, a,
                              &r->old_figures, &r->old_count);
    }
    journal_read_fini(&rd);
    return st == ST_AGAIN ? ST_AGAIN : ST_OK; /* archived: shown without */
}

static enum status
present_fetch(struct province *p, const char *key, const struct present **known)
{
    struct present read;
    enum status st = present_read(p->redis, p->slug, key, &read);

    if (st == ST_OK) {
        present_put(p->presents, key, &read);
        *known = present_get(p->presents, key);
    }
    return st;
}

/*
 * What becomes of a report. A new one is taken for new, and guards of the append tell
 * when it is not. One that names what it replaces, or comes back from a call whose
 * outcome is not known, is asked for first. An answer that no guard protects (nothing
 * will be written) is given only on what Redis says now: another ingest may have
 * written since we looked.
 */
static enum status
pending_outcome(struct province *p, const struct pending *pend,
                const struct present **known, enum outcome *outcome,
                struct refused *why)
{
    const struct checked *c = &pend->checked;
    bool fetched = false;
    enum status st;

    *known = present_get(p->presents, c->key);
    if (*known == NULL && (pend->probe || c->replaces[0] != '\0')) {
        st = present_fetch(p, c->key, known);
        if (st != ST_OK) {
            return st;
        }
        fetched = true;
    }
    *outcome = report_decide(c, *known, why);
    if (*outcome != OUTCOME_ACCEPTED && *outcome != OUTCOME_REPLACED && !fetched) {
        st = present_fetch(p, c->key, known);
        if (st != ST_OK) {
            return st;
        }
        *outcome = report_decide(c, *known, why);
    }
    return ST_OK;
}

/* The receipt of one that changes nothing; it leaves the queue. */
static enum status
pending_answer(struct province *p, struct pending *pend, enum outcome outcome,
               const struct present *standing, struct refused *why)
{
    struct wire_receipt *r = &pend->push->receipts[pend->at];
    char name[REVISION_NAME_BYTES];

    if (outcome == OUTCOME_REJECTED) {
        (void)queue_take(p);
        pending_refuse(p, pend, OUTCOME_REJECTED, why);
        return ST_OK;
    }
    if (outcome == OUTCOME_SUPERSEDED) {
        enum status st = old_figures_read(p, standing, pend);

        if (st != ST_OK) {
            return st;
        }
        revision_name(standing, name);
        refused_set(why, REFUSAL_SUPERSEDED, "replaces", pend->checked.replaces, name);
        refusal_texts(why, pend->push->arena, &r->refusal);
    }
    (void)queue_take(p);
    receipt_from_present(r, pend, outcome, standing);
    pending_done(p, pend);
    return ST_OK;
}

/* Decides one report. *take: it goes into the batch. ST_AGAIN: connection lost. */
static enum status
pending_decide(struct province *p, struct pending *pend, bool *take)
{
    const struct present *known;
    struct present standing = {0};
    struct refused why = {0};
    enum outcome outcome;
    enum status st = pending_outcome(p, pend, &known, &outcome, &why);

    *take = false;
    if (st != ST_OK) {
        return st;
    }
    if (known != NULL) {
        standing = *known; /* the cache may start anew while the batch forms */
    }
    if (outcome != OUTCOME_ACCEPTED && outcome != OUTCOME_REPLACED) {
        return pending_answer(p, pend, outcome, &standing, &why);
    }
    if (outcome == OUTCOME_REPLACED) {
        st = old_figures_read(p, &standing, pend);
        if (st != ST_OK) {
            return st;
        }
    }
    p->stood[p->batch_count] = standing;
    p->outcomes[p->batch_count] = outcome;
    p->revisions[p->batch_count] = standing.revision + 1;
    *take = true;
    return ST_OK;
}

static bool
batch_has_key(const struct province *p, const char *key)
{
    size_t i;

    /* Mostly small; and a full one of 256 costs 256 first-byte comparisons. */
    for (i = 0; i < p->batch_count; i++) {
        if (strcmp(p->batch[i]->checked.key, key) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes decided reports from the queue until the batch is full. */
static enum status
batch_form(struct province *p)
{
    p->batch_count = 0;
    buf_clear(&p->body);
    while (p->queue != NULL && p->batch_count < JOURNAL_RECORDS_MAX) {
        struct pending *pend = p->queue;
        enum status st;
        bool take;

        if (batch_has_key(p, pend->checked.key)) {
            break;
        }
        st = pending_decide(p, pend, &take);
        if (st != ST_OK) {
            return st;
        }
        if (!take) {
            continue;
        }
        pend->checked.record.revision = p->revisions[p->batch_count];
        pend->checked.record.hash = pend->checked.hash;
        arena_reset(p->ingest->scratch);
        report_record_encode(&pend->checked.record, p->ingest->scratch, &p->body);
        p->batch[p->batch_count++] = queue_take(p);
        if (p->body.len >= JOURNAL_BODY_MAX - BUS_MESSAGE_MAX) {
            break;
        }
    }
    return ST_OK;
}

static void
present_of_batch(const struct province *p, size_t i, struct present *out)
{
    const struct checked *c = &p->batch[i]->checked;

    memset(out, 0, sizeof *out);
    out->revision = p->revisions[i];
    memcpy(out->hash, c->hash, sizeof out->hash);
    out->entry = p->append.next.seq;
    out->index = (uint32_t)i;
    out->received_at_ms = c->record.received_at_ms;
    out->due_day = c->record.due_day;
    out->on_time = c->record.on_time;
}

static void
batch_guards(struct province *p)
{
    struct journal_append *a = &p->append;
    char field[RECEIPT_FIELD_BYTES];
    char line[RECEIPT_LINE_BYTES];
    size_t i;

    p->guard_count = 0;
    for (i = 0; i < p->batch_count; i++) {
        const char *key = p->batch[i]->checked.key;

        receipt_field(key, p->revisions[i], field);
        journal_append_guard(a, TABLE_RECEIPTS, field, "");
        p->guard_owner[p->guard_count++] = i;
        if (p->revisions[i] > 1) {
            receipt_field(key, p->revisions[i] - 1, field);
            receipt_line(&p->stood[i], line);
            journal_append_guard(a, TABLE_RECEIPTS, field, line);
            p->guard_owner[p->guard_count++] = i;
        }
    }
    for (i = 0; i < p->batch_count; i++) {
        struct present next;

        present_of_batch(p, i, &next);
        receipt_field(p->batch[i]->checked.key, p->revisions[i], field);
        receipt_line(&next, line);
        journal_append_set(a, TABLE_RECEIPTS, field, line);
    }
}

static void
batch_send(struct province *p)
{
    journal_append_begin(&p->append, p->slug, &p->head, JOURNAL_REPORTS,
                         buf_str(&p->body), p->body.len);
    batch_guards(p);
    journal_append_put(&p->append, p->redis);
    p->in_flight = true;
    p->sent = mono_now();
    if (redis_send(p->redis, &p->want_write) != ST_OK) {
        province_lost(p, redis_error(p->redis));
    }
}

void
batch_run(struct province *p)
{
    if (p->in_flight || p->state != PROVINCE_READY) {
        return;
    }
    province_memory_look(p);
    if (p->state == PROVINCE_READY) {
        chores_run(p);
    }
    if (p->state != PROVINCE_READY || p->queue == NULL) {
        return;
    }
    if (batch_form(p) != ST_OK) {
        province_lost(p, redis_error(p->redis));
        return;
    }
    if (p->batch_count > 0) {
        batch_send(p);
    }
}

static void
hint_send(struct province *p)
{
    char hint[96];
    int len = snprintf(hint, sizeof hint, "%s %" PRIu64, p->slug, p->head.seq);

    /* Only early news: the reader finds the entry by itself. */
    status_ignore(bus_send(p->ingest->hints, hint, (size_t)len));
}

static void
batch_committed(struct province *p)
{
    size_t count = p->batch_count;
    size_t i;

    p->head = p->append.next;
    p->retries = 0;
    p->ingest->counters.batches++;
    diag_trace("batch", "province=%s entry=%" PRIu64 " reports=%zu us=%" PRId64,
               p->slug, p->head.seq, count, mono_since_us(p->sent));
    for (i = 0; i < count; i++) {
        struct pending *pend = p->batch[i];
        struct wire_receipt *r = &pend->push->receipts[pend->at];
        struct present now;

        present_of_batch(p, i, &now);
        present_put(p->presents, pend->checked.key, &now);
        receipt_from_present(r, pend, p->outcomes[i], &now);
        pending_done(p, pend);
    }
    p->batch_count = 0;
    hint_send(p);
}

/* Back to the front of the queue, in order. */
static void
batch_requeue(struct province *p)
{
    while (p->batch_count > 0) {
        struct pending *pend = p->batch[--p->batch_count];

        pend->next = p->queue;
        p->queue = pend;
        if (pend->next == NULL) {
            p->queue_end = &pend->next;
        }
        p->queued++;
    }
}

static void
batch_stale(struct province *p, const size_t *conflicts, size_t count)
{
    enum status st = ST_OK;
    size_t i;

    for (i = 0; i < count && st == ST_OK; i++) {
        struct pending *pend = p->batch[p->guard_owner[conflicts[i]]];
        struct present read;

        st = present_read(p->redis, p->slug, pend->checked.key, &read);
        if (st == ST_OK) {
            present_put(p->presents, pend->checked.key, &read);
        }
    }
    if (st == ST_OK && count == 0) {
        /* Somebody else appended: an act of the notifier, or a second ingest. */
        st = province_head_read(p);
    }
    batch_requeue(p);
    if (st != ST_OK) {
        province_lost(p, redis_error(p->redis));
    }
}

void
batch_collect(struct province *p)
{
    struct reply *rep = NULL;
    size_t conflicts[2 * JOURNAL_RECORDS_MAX];
    size_t count = 0;
    enum status st;

    if (!p->in_flight) {
        return;
    }
    if (redis_send(p->redis, &p->want_write) != ST_OK ||
        redis_try(p->redis, &rep) != ST_OK) {
        province_lost(p, redis_error(p->redis));
        return;
    }
    if (rep == NULL) {
        if (mono_since_us(p->sent) > p->ingest->redis_timeout_ms * 1000) {
            province_lost(p, "redis gave no answer in time");
        }
        return;
    }
    p->in_flight = false;
    st = journal_append_result(&p->append, rep, conflicts,
                               sizeof conflicts / sizeof *conflicts, &count);
    reply_free(&rep);
    if (st == ST_OK) {
        batch_committed(p);
    } else if (st == ST_STALE) {
        batch_stale(p, conflicts, count);
    } else {
        province_lost(p, redis_error(p->redis));
    }
}

void
batch_give_up(struct province *p)
{
    struct refused why = {0};

    if (p->state == PROVINCE_READY) {
        return;
    }
    refused_set(&why, REFUSAL_NOT_READY, "", p->why, "");
    while (p->queue != NULL &&
           mono_since_us(p->queue->since) > (int64_t)QUEUE_WAIT_MS * 1000) {
        pending_refuse(p, queue_take(p), OUTCOME_RETRY_LATER, &why);
    }
    chores_give_up(p, (int64_t)QUEUE_WAIT_MS * 1000);
}
