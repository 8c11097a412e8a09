/* Forming a batch: what becomes of each report that waits, given what stands. */
#include "ingest/ingest.h"

#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"

/* The texts of a receipt. */
struct receipt_texts {
    char hash[CRYPTO_HEX128_BYTES];
    char from[DAY_TEXT_BYTES];
    char to[DAY_TEXT_BYTES];
    char due[DAY_TEXT_BYTES];
};

static const char *
day_copy(struct ingest *in, int32_t day, char out[DAY_TEXT_BYTES])
{
    return memcpy(out, day_text_kept(&in->days, day), DAY_TEXT_BYTES);
}

void
receipt_from_present(const struct province *province, struct wire_receipt *r,
                     const struct pending *pend, enum outcome outcome,
                     const struct receipt *p)
{
    struct ingest *in = province->ingest;
    const struct report_record *rec = &pend->checked.record;
    struct receipt_texts *texts = arena_take(pend->push->arena, sizeof *texts);

    MUST(texts != NULL); /* REQUEST_ARENA_BYTES has room for all receipts of a push */
    r->outcome = outcome;
    r->unit = rec->unit;
    r->group = rec->group;
    r->period = rec->period;
    r->revision = p->revision;
    r->entry = p->entry;
    r->index = p->index;
    r->received_at_ms = p->received_at_ms;
    r->on_time = p->on_time;
    crypto_hex(p->hash, sizeof p->hash, texts->hash);
    r->hash = texts->hash;
    r->from = day_copy(in, rec->first_day, texts->from);
    r->to = day_copy(in, rec->last_day, texts->to);
    r->due = p->due_day == 0 ? "" : day_copy(in, p->due_day, texts->due);
    if (outcome == OUTCOME_SUPERSEDED) {
        return;
    }
    if (rec->first_received_at_ms != p->received_at_ms) {
        r->first_received_at_ms = rec->first_received_at_ms;
    }
    seal_make(&in->seal_key, province->slug, r->unit, r->group, r->period, p, r->seal);
    r->sealed = true;
}

void
pending_done(struct province *p, struct pending *pend)
{
    struct push *push = pend->push;

    push->left--;
    push_decided(p->ingest, push); /* frees pend with the push when it was the last */
}

void
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

/* Figures of the revision that stands, from its entry; for the sender's eyes. */
static enum status
old_figures_read(struct province *p, const struct receipt *present,
                 struct pending *pend)
{
    struct wire_receipt *r = &pend->push->receipts[pend->at];
    struct arena *a = pend->push->arena;
    const struct journal_entry *entry;
    enum status st = ahead_entry(p, pend, present->entry, &entry);

    if (st == ST_OK && entry != NULL) {
        st = figures_of_entry(entry, present->index, p->catalogue, a, &r->old_figures,
                              &r->old_count);
    }
    return st == ST_AGAIN ? ST_AGAIN : ST_OK; /* archived: shown without */
}

static enum status
present_fetch(struct province *p, const struct present_key *key,
              const struct receipt **known)
{
    struct receipt read;
    enum status st = present_read(p->redis, p->slug, key->text, &read);

    if (st == ST_OK) {
        present_set(p->presents, key, &read);
        *known = present_find(p->presents, key);
    }
    return st;
}

/* Must Redis be asked before this one is decided? */
static bool
pending_asks(const struct province *p, const struct pending *pend)
{
    const struct checked *c = &pend->checked;
    const struct receipt *known = present_find(p->presents, &pend->key);
    struct refused why; /* filled for none but those that are refused */
    enum outcome outcome;
    uint32_t revision;

    if (known == NULL) {
        return pend->probe || c->offered > 0 || c->replaces[0] != '\0';
    }
    outcome = report_decide(c, known, &revision, &why);
    return outcome != OUTCOME_ACCEPTED && outcome != OUTCOME_REPLACED;
}

/* What stands for all that were picked, in one round trip: after a lost connection all
 * that waited has to be asked for. */
static enum status
picked_ask(struct province *p, struct pending *picked)
{
    struct pending *asked[JOURNAL_RECORDS_MAX];
    const char *keys[JOURNAL_RECORDS_MAX];
    struct receipt read[JOURNAL_RECORDS_MAX];
    struct pending *pend;
    enum status st;
    size_t count = 0;
    size_t i;

    for (pend = picked; pend != NULL; pend = pend->next) {
        pend->fresh = false;
        pend->key = present_key(p->presents, pend->checked.key);
        if (pending_asks(p, pend)) {
            keys[count] = pend->checked.key;
            asked[count++] = pend;
        }
    }
    st = count < 2 ? ST_OK : present_read_all(p->redis, p->slug, keys, count, read);
    for (i = 0; count > 1 && st == ST_OK && i < count; i++) {
        present_set(p->presents, &asked[i]->key, &read[i]);
        asked[i]->fresh = true;
    }
    return st;
}

/*
 * What becomes of a report. A new one is taken for new, and guards of the append tell
 * when it is not. One that names what it replaces, is offered again after a loss, or
 * comes back from a call whose outcome is not known, is asked for first. An answer that
 * no guard protects (nothing will be written) is given only on what Redis says now:
 * another ingest may have written since we looked.
 */
static enum status
pending_outcome(struct province *p, const struct pending *pend,
                const struct receipt **known, enum outcome *outcome, uint32_t *revision,
                struct refused *why)
{
    const struct checked *c = &pend->checked;
    bool fetched = pend->fresh;
    enum status st;

    *known = present_find(p->presents, &pend->key);
    if (*known == NULL && (pend->probe || c->offered > 0 || c->replaces[0] != '\0')) {
        st = present_fetch(p, &pend->key, known);
        if (st != ST_OK) {
            return st;
        }
        fetched = true;
    }
    *outcome = report_decide(c, *known, revision, why);
    if (*outcome != OUTCOME_ACCEPTED && *outcome != OUTCOME_REPLACED && !fetched) {
        st = present_fetch(p, &pend->key, known);
        if (st != ST_OK) {
            return st;
        }
        *outcome = report_decide(c, *known, revision, why);
    }
    return ST_OK;
}

/* What it meant to replace, or to be again, and what stands. */
static void
superseded_set(struct refused *why, const struct checked *c,
               const struct receipt *standing)
{
    struct receipt meant = {.revision = c->offered};
    char was[REVISION_NAME_BYTES];
    char name[REVISION_NAME_BYTES];

    memcpy(meant.hash, c->hash, sizeof meant.hash);
    revision_name(&meant, was);
    revision_name(standing, name);
    refused_set(why, REFUSAL_SUPERSEDED, c->offered > 0 ? "offered" : "replaces",
                c->offered > 0 ? was : c->replaces, name);
}

/* The receipt of one that changes nothing: it is done, and gone with its push. */
static enum status
pending_answer(struct province *p, struct pending *pend, enum outcome outcome,
               const struct receipt *standing, struct refused *why)
{
    struct wire_receipt *r = &pend->push->receipts[pend->at];

    if (outcome == OUTCOME_REJECTED) {
        pending_refuse(p, pend, OUTCOME_REJECTED, why);
        return ST_OK;
    }
    if (outcome == OUTCOME_SUPERSEDED) {
        enum status st = old_figures_read(p, standing, pend);

        if (st != ST_OK) {
            return st;
        }
        superseded_set(why, &pend->checked, standing);
        refusal_texts(why, pend->push->arena, &r->refusal);
    }
    receipt_from_present(p, r, pend, outcome, standing);
    pending_done(p, pend);
    return ST_OK;
}

/* Decides one report. *take: it goes into the batch. ST_AGAIN: connection lost. */
static enum status
pending_decide(struct province *p, struct pending *pend, bool *take)
{
    const struct receipt *known;
    struct receipt standing = {0};
    struct refused why; /* filled for none but those that are refused */
    enum outcome outcome;
    uint32_t revision = 0;
    enum status st = pending_outcome(p, pend, &known, &outcome, &revision, &why);

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
    p->revisions[p->batch_count] = revision;
    *take = true;
    return ST_OK;
}

/* Lines that stand for revisions which were not offered again; a call has its end. */
#define BATCH_PLACEHOLDERS_MAX 1000u

static uint32_t
placeholder_count(const struct province *p, size_t i)
{
    return p->revisions[i] - p->stood[i].revision - 1;
}

/* True: it was the last one that goes in. */
static bool
batch_add(struct province *p, struct pending *pend, uint32_t *placeholders)
{
    *placeholders += placeholder_count(p, p->batch_count);
    pend->checked.record.revision = p->revisions[p->batch_count];
    pend->checked.record.hash = pend->checked.hash;
    arena_reset(p->ingest->scratch);
    report_record_encode(&pend->checked.record, p->ingest->scratch, &p->body);
    p->batch[p->batch_count++] = pend;
    return p->body.len >= JOURNAL_BODY_MAX - BUS_MESSAGE_MAX ||
           *placeholders > BATCH_PLACEHOLDERS_MAX - OFFERED_GAP_MAX;
}

static void
picked_return(struct province *p, struct pending *picked)
{
    struct pending *back = NULL;

    while (picked != NULL) { /* the last one first */
        struct pending *pend = picked;

        picked = pend->next;
        pend->next = back;
        back = pend;
    }
    while (back != NULL) {
        struct pending *pend = back;

        back = pend->next;
        queue_return(&p->queue, pend);
    }
}

enum status
batch_form(struct province *p)
{
    struct pending *picked = queue_pick(&p->queue, JOURNAL_RECORDS_MAX);
    enum status st = picked_ask(p, picked);
    uint32_t placeholders = 0;
    bool full = false;

    p->batch_count = 0;
    buf_clear(&p->body);
    while (st == ST_OK && !full && picked != NULL) {
        struct pending *pend = picked;
        struct pending *next = pend->next; /* answered, it is gone */
        bool take;

        st = pending_decide(p, pend, &take);
        if (st == ST_OK) {
            picked = next;
            full = take && batch_add(p, pend, &placeholders);
        }
    }
    picked_return(p, picked);
    return st;
}
