/*
 * One entry of the alerts journal: events into inboxes, a programme into force, an
 * acknowledgement to its alert. What nobody can apply is parked with its reason.
 */
#include "notifier/batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "lib/text.h"

#define PARKED_BY_US "notifier" /* the scorer's ids count another journal */

static void
park(struct batch *b, uint64_t seq, uint32_t index, const char *reason)
{
    char at[48];
    const char *fields[] = {"stream", KEY_ALERTS, "at", at, "reason", reason};

    (void)snprintf(at, sizeof at, "%" PRIu64 ":%" PRIu32, seq, index);
    effects_xadd(&b->p->effects, &b->p->follow, KEY_PARKED, PARKED_BY_US, seq, index,
                 fields, 6);
    b->parked++;
    diag_warn("parked", "province=%s stream=alerts at=%s reason=%s", b->p->slug, at,
              reason);
}

/* ---- one event ---- */

static void
ack_forget(struct batch *b, const char *code)
{
    static const char *const fields[] = {"ack_by", "ack_at", "ack_note", "ack_until"};
    size_t i;

    for (i = 0; i < sizeof fields / sizeof *fields; i++) {
        effects_hdel(&b->p->effects, &b->p->follow, KEY_ALERT, code, fields[i]);
    }
}

/* Who was told of it before it was closed and is not now hears no more of it. */
static void
told_forget(struct batch *b, const char *code, const struct leaders *hearers)
{
    struct leaders *told = told_of(b, code);
    char field[LEADER_ID_BYTES + 8];
    size_t i;

    for (i = 0; i < told->count; i++) {
        if (!leaders_has(hearers, told->ids[i])) {
            (void)snprintf(field, sizeof field, FIELD_TOLD "%s", told->ids[i]);
            effects_hdel(&b->p->effects, &b->p->follow, KEY_ALERT, code, field);
        }
    }
    leaders_clear(told);
}

static void
told_write(struct batch *b, const struct alert_event *e, const struct leaders *hearers,
           uint64_t seq, uint32_t index)
{
    struct leaders *told = told_of(b, e->code);
    char field[LEADER_ID_BYTES + 8];
    char value[64];
    size_t i;

    (void)snprintf(value, sizeof value, "%" PRIu32 "/%" PRIu64 "-%" PRIu32, e->number,
                   seq, index);
    for (i = 0; i < hearers->count; i++) {
        (void)snprintf(field, sizeof field, FIELD_TOLD "%s", hearers->ids[i]);
        effects_hset(&b->p->effects, &b->p->follow, KEY_ALERT, e->code, field, value,
                     strlen(value));
        leaders_add(told, hearers->ids[i]);
    }
}

static void
event_apply(struct batch *b, const struct alert_event *e, uint64_t seq, uint32_t index)
{
    struct leaders hearers = {0};
    char number[16];
    const char *fields[] = {"code", e->code, "n", number};
    size_t i;

    if (!alert_code_fits(e->code)) {
        park(b, seq, index, "bad_code");
        return;
    }
    if (route(b->now, e, told_of(b, e->code), &hearers) != ST_OK) {
        park(b, seq, index, b->now == NULL ? "no_programme" : "unknown_subject");
        return;
    }
    if (route_opens(e) && e->number > 1) {
        ack_forget(b, e->code); /* opened again: nobody has taken this one on */
        told_forget(b, e->code, &hearers);
    }
    told_write(b, e, &hearers, seq, index);
    (void)snprintf(number, sizeof number, "%" PRIu32, e->number);
    for (i = 0; i < hearers.count; i++) {
        effects_xadd(&b->p->effects, &b->p->follow, KEY_INBOX, hearers.ids[i], seq,
                     index, fields, 4);
        leaders_add(&b->woken, hearers.ids[i]);
    }
    b->events++;
    b->routed += hearers.count;
    diag_trace("routed", "id=%s/%" PRIu32 " reason=%s leaders=%zu", e->code, e->number,
               e->reason, hearers.count);
    leaders_fini(&hearers);
}

static void
alerts_apply(struct batch *b, const struct journal_entry *entry)
{
    const struct alert_event *events;
    size_t count;
    size_t i;

    if (event_cache_put(b->p->events, entry->seq, entry->body, entry->body_bytes,
                        &events, &count) != ST_OK) {
        park(b, entry->seq, 0, "undecodable");
        return;
    }
    for (i = 0; i < count; i++) {
        event_apply(b, &events[i], entry->seq, (uint32_t)i);
    }
}

/* ---- ticks, programmes, acts ---- */

static enum status
programme_apply(struct batch *b, const struct journal_entry *entry)
{
    struct programme_record rec;
    struct catalogue *c = NULL;
    enum status st;

    arena_reset(b->p->notifier->arena);
    if (programme_decode(entry->body, entry->body_bytes, b->p->notifier->arena, &rec) !=
            ST_OK ||
        strlen(rec.digest) >= sizeof b->programme) {
        park(b, entry->seq, 0, "undecodable");
        return ST_OK;
    }
    st = programme_read(b->p->redis, b->p->slug, rec.digest, &c);
    if (st == ST_GONE || st == ST_BAD) {
        park(b, entry->seq, 0, "programme_unreadable");
        return ST_OK;
    }
    if (st != ST_OK) {
        return st;
    }
    catalogue_free(&b->put);
    b->put = c;
    b->now = c;
    (void)snprintf(b->programme, sizeof b->programme, "%s", rec.digest);
    return ST_OK;
}

/* Values under documented keys are ASCII; the note in full is in the journal. */
static void
note_fold(const char *note, char *out, size_t bytes)
{
    char *folded = text_fold(note);
    size_t i;

    for (i = 0; folded[i] != '\0' && i + 1 < bytes; i++) {
        out[i] = folded[i] >= ' ' && folded[i] <= '~' ? folded[i] : '?';
    }
    out[i] = '\0';
    mem_free(&folded);
}

static void
act_apply(struct batch *b, const struct journal_entry *entry)
{
    struct wire_act act;
    char note[NOTE_BYTES_MAX + 1];
    char at[INSTANT_TEXT_BYTES];
    size_t i;

    arena_reset(b->p->notifier->arena);
    if (act_decode(entry->body, entry->body_bytes, b->p->notifier->arena, &act) !=
        ST_OK) {
        park(b, entry->seq, 0, "undecodable");
        return;
    }
    if (strcmp(act.kind, "acknowledge") != 0) {
        return; /* acts of others mean nothing to leaders */
    }
    if (!alert_code_fits(act.subject)) {
        park(b, entry->seq, 0, "bad_code");
        return;
    }
    note_fold(act.note, note, sizeof note);
    instant_text_utc((struct instant){act.at_ms}, at);
    {
        const char *fields[][2] = {{"ack_by", act.by},
                                   {"ack_at", at},
                                   {"ack_note", note},
                                   {"ack_until", act.until}};

        for (i = 0; i < sizeof fields / sizeof *fields; i++) {
            effects_hset(&b->p->effects, &b->p->follow, KEY_ALERT, act.subject,
                         fields[i][0], fields[i][1], strlen(fields[i][1]));
        }
    }
}

enum status
entry_apply(struct batch *b, const struct journal_entry *entry)
{
    struct tick_record tick;
    enum status st = ST_OK;

    switch (entry->kind) {
    case JOURNAL_ALERTS:
        alerts_apply(b, entry);
        break;
    case JOURNAL_TICK:
        if (tick_decode(entry->body, entry->body_bytes, &tick) == ST_OK &&
            tick.hour >= 0) {
            b->tick = tick.hour;
        } else {
            park(b, entry->seq, 0, "undecodable");
        }
        break;
    case JOURNAL_PROGRAMME:
        st = programme_apply(b, entry);
        break;
    case JOURNAL_ACT:
        act_apply(b, entry);
        break;
    case JOURNAL_REPORTS:
    case JOURNAL_UNKNOWN:
        park(b, entry->seq, 0, "unknown_kind");
        break;
    }
    if (st == ST_OK) {
        b->seq = entry->seq;
    }
    return st;
}
