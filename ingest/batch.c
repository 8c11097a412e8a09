/*
 * Batches that form by themselves: whatever arrived while the last call was being made
 * durable is the next batch. One Function call, one entry, one fsync.
 *
 * Invariants
 *  1. A receipt that says ACCEPTED or REPLACED is written only after the call that
 *     holds its report was answered OK by a Redis that syncs before it answers.
 *  2. A batch holds each key once; those of one key and sender are decided in order of
 *     arrival.
 *  3. What stands is believed only from our own committed calls or from reads on this
 *     connection, whose first command was a write.
 */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/hint.h"

static void
present_of_batch(const struct province *p, size_t i, struct receipt *out)
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

/* The one that stands is still there. */
static void
batch_guards(struct province *p)
{
    char field[RECEIPT_FIELD_BYTES];
    char line[RECEIPT_LINE_BYTES];
    size_t i;

    for (i = 0; i < p->batch_count; i++) {
        uint32_t stands = p->stood[i].revision;

        if (stands > 0) {
            receipt_field(p->batch[i]->checked.key, stands, field);
            receipt_line(&p->stood[i], line);
            journal_append_guard(&p->append, TABLE_RECEIPTS, field, line);
            p->guard_owner[p->guard_count++] = i;
        }
    }
}

/* What stands at `revision` after this: a placeholder below the one that arrived. */
static void
batch_receipt(struct province *p, size_t i, uint32_t revision,
              char field[RECEIPT_FIELD_BYTES], char line[RECEIPT_LINE_BYTES])
{
    const struct checked *c = &p->batch[i]->checked;
    struct receipt next;

    if (revision < p->revisions[i]) {
        receipt_placeholder(&next, revision, c->record.received_at_ms);
    } else {
        present_of_batch(p, i, &next);
    }
    receipt_field(c->key, revision, field);
    (void)receipt_line_next(&p->lines, &next, line); /* its length is its text's */
}

/* The next revision is not there yet; they are dense, so all above are not there
 * either.
 */
static void
batch_news(struct province *p)
{
    char field[RECEIPT_FIELD_BYTES];
    char line[RECEIPT_LINE_BYTES];
    size_t i;

    for (i = 0; i < p->batch_count; i++) {
        batch_receipt(p, i, p->stood[i].revision + 1, field, line);
        journal_append_new(&p->append, TABLE_RECEIPTS, field, line);
        p->guard_owner[p->guard_count++] = i;
    }
}

/* Of a report that jumps over revisions: what is above its first placeholder. */
static void
batch_sets(struct province *p)
{
    char field[RECEIPT_FIELD_BYTES];
    char line[RECEIPT_LINE_BYTES];
    size_t i;

    for (i = 0; i < p->batch_count; i++) {
        uint32_t k;

        for (k = p->stood[i].revision + 2; k <= p->revisions[i]; k++) {
            batch_receipt(p, i, k, field, line);
            journal_append_set(&p->append, TABLE_RECEIPTS, field, line);
        }
    }
}

static void
batch_send(struct province *p)
{
    journal_append_begin(&p->append, p->slug, &p->head, JOURNAL_REPORTS,
                         buf_str(&p->body), p->body.len);
    p->guard_count = 0;
    batch_guards(p);
    batch_news(p);
    batch_sets(p);
    FAULT("ingest.batched");
    journal_append_put(&p->append, p->redis);
    p->in_flight = true;
    p->sent = mono_now();
    if (redis_send(p->redis, &p->want_write) != ST_OK) {
        province_lost(p, redis_error(p->redis));
    }
    FAULT("ingest.sent");
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
    if (p->state != PROVINCE_READY || p->queue.first == NULL) {
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
    const struct journal_entry entry = {.kind = JOURNAL_REPORTS,
                                        .body = (const uint8_t *)buf_str(&p->body),
                                        .body_bytes = p->body.len,
                                        .chain = p->head.chain};
    struct buf *out = &p->ingest->out;

    /* Only early news: without it the reader finds the entry by itself. */
    hint_write(out, p->slug, p->head.seq, p->run_id, &entry, 1);
    status_ignore(bus_send(p->ingest->hints, buf_str(out), out->len));
    FAULT("ingest.hint_sent");
}

static void
batch_committed(struct province *p)
{
    size_t count = p->batch_count;
    struct mono now = mono_now();
    size_t i;

    p->head = p->append.next;
    p->retries = 0;
    p->ingest->counters.batches++;
    diag_trace("batch", "province=%s entry=%" PRIu64 " reports=%zu us=%" PRId64,
               p->slug, p->head.seq, count, mono_since_us(p->sent));
    for (i = 0; i < count; i++) {
        struct pending *pend = p->batch[i];
        struct wire_receipt *r = &pend->push->receipts[pend->at];
        struct receipt stands;

        present_of_batch(p, i, &stands);
        present_set(p->presents, &pend->key, &stands);
        p->ingest->counters.re_offered += pend->checked.offered > 0;
        receipt_from_present(p, r, pend, p->outcomes[i], &stands);
        pend->push->left--;
        push_decided_at(p->ingest, pend->push, now); /* and pend is gone with it */
    }
    p->batch_count = 0;
    hint_send(p);
}

/* Back to the front of the queue, in order. */
static void
batch_requeue(struct province *p)
{
    while (p->batch_count > 0) {
        queue_return(&p->queue, p->batch[--p->batch_count]);
    }
}

static void
batch_stale(struct province *p, const size_t *conflicts, size_t count)
{
    const char *keys[2 * JOURNAL_RECORDS_MAX];
    struct receipt read[2 * JOURNAL_RECORDS_MAX];
    enum status st = ST_OK;
    size_t i;

    for (i = 0; i < count; i++) {
        keys[i] = p->batch[p->guard_owner[conflicts[i]]]->checked.key;
    }
    if (count > 0) {
        st = present_read_all(p->redis, p->slug, keys, count, read);
    }
    for (i = 0; st == ST_OK && i < count; i++) {
        present_put(p->presents, keys[i], &read[i]);
    }
    batch_requeue(p); /* before the head: without a programme all are sent back */
    if (st == ST_OK && count == 0) {
        /* Somebody else appended: an act of the notifier, or a second ingest. */
        st = province_head_read(p);
    }
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
    FAULT("ingest.answered");
    p->in_flight = false;
    st = journal_append_result(&p->append, rep, conflicts,
                               sizeof conflicts / sizeof *conflicts, &count);
    reply_free(&rep);
    if (st == ST_OK) {
        batch_committed(p);
    } else if (st == ST_STALE) {
        batch_stale(p, conflicts, count);
    } else {
        /* Refused for good: somebody wrote by hand; the check will name the entry. */
        p->checked &= st == ST_AGAIN;
        province_lost(p, redis_error(p->redis));
    }
}

void
batch_give_up(struct province *p)
{
    struct refused why = {0};
    struct pending *pend;

    if (p->state == PROVINCE_READY) {
        return;
    }
    refused_set(&why, REFUSAL_NOT_READY, "", p->why, "");
    while ((pend = queue_take_older(&p->queue, (int64_t)QUEUE_WAIT_MS * 1000)) !=
           NULL) {
        pending_refuse(p, pend, OUTCOME_RETRY_LATER, &why);
    }
    chores_give_up(p, (int64_t)QUEUE_WAIT_MS * 1000);
}
