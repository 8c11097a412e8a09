/*
 * One entry of the alerts journal: events into inboxes, the work of a day, a programme
 * into force, acts. What nobody can apply is parked with its reason.
 */
#include "notifier/batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/missing.h"
#include "lib/programme.h"
#include "lib/text.h"
#include "notifier/digest.h"
#include "notifier/hold.h"
#include "notifier/ladder.h"
#include "notifier/send_event.h"

#define HOURS_A_DAY 24
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

/* ---- events ---- */

static void
event_apply(struct batch *b, const struct alert_event *e, uint64_t seq, uint32_t index)
{
    b->ms_in_hand = e->at_ms;
    if (!alert_code_fits(e->code)) {
        park(b, seq, index, "bad_code");
        return;
    }
    if (event_pass(b, e, (struct spot){seq, index}) != ST_OK) {
        park(b, seq, index, b->now == NULL ? "no_programme" : "unknown_subject");
        return;
    }
    b->events++;
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
    b->events_in_hand = (uint32_t)count;
    for (i = 0; i < count; i++) {
        event_apply(b, &events[i], entry->seq, (uint32_t)i);
    }
}

/* ---- ticks ---- */

int32_t
day_bounded(int32_t day)
{
    int32_t first = day_from_civil(CALENDAR_YEAR_MIN, 1, 1);
    int32_t last = day_from_civil(CALENDAR_YEAR_MAX, 12, 31);

    return day < first ? first : day > last ? last : day;
}

int32_t
batch_today(const struct batch *b)
{
    return day_bounded(b->tick > 0 ? hour_day(b->tick)
                                   : instant_day((struct instant){b->ms_in_hand}));
}

/* As missing reports are decided: once a working day, at the first tick from eight
 * o'clock, when the ticks have reached the present. */
static bool
day_begins(const struct batch *b, const struct tick_record *t)
{
    return b->now != NULL && !tick_is_behind(t) &&
           t->hour % HOURS_A_DAY >= MISSING_HOUR &&
           workday_is(&b->now->workdays, hour_day(t->hour)) &&
           hour_day(t->hour) > ladder_decided(b->p->ladder);
}

/* In this order: who is released or prolonged, who climbs, and what is told of it. */
static void
tick_apply(struct batch *b, const struct journal_entry *entry)
{
    struct tick_record tick;
    int32_t today;
    bool daily;

    if (tick_decode(entry->body, entry->body_bytes, &tick) != ST_OK || tick.hour < 0) {
        park(b, entry->seq, 0, "undecodable");
        return;
    }
    b->tick = tick.hour;
    today = batch_today(b);
    daily = day_begins(b, &tick);
    hold_tick(b, today, daily);
    if (!daily) {
        return;
    }
    if (!hold_of_person(b->p->holds)) {
        ladder_day(b, today);
        digest_day(b, today);
    }
    ladder_decided_write(b, today);
}

/* ---- programmes, acts ---- */

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
    if (b->tick == 0 && rec.at_ms > 0) {
        b->tick = hour_of((struct instant){rec.at_ms}); /* as the scorer reckons */
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
    b->ms_in_hand = act.at_ms;
    if (strcmp(act.kind, "hold") == 0 || strcmp(act.kind, "release") == 0) {
        hold_act(b, &act);
        return;
    }
    if (strcmp(act.kind, "pause") == 0) {
        ladder_act(b, &act);
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
    ladder_act(b, &act);
    told_unsure(b, act.subject);
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
    enum status st = ST_OK;

    b->seq_in_hand = entry->seq;
    b->events_in_hand = 0;
    b->ms_in_hand = 0; /* of this entry, however many come before it */
    table_clear(b->placed);
    switch (entry->kind) {
    case JOURNAL_ALERTS:
        alerts_apply(b, entry);
        break;
    case JOURNAL_TICK:
        tick_apply(b, entry);
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
    if (st == ST_OK && b->lost == ST_OK) {
        hold_entry_done(b);
        deliver_later(b);
        ladder_write(b);
        b->seq = entry->seq;
    }
    return st == ST_OK ? b->lost : st;
}
