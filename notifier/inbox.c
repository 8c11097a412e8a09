/*
 * Entries of the alerts journal into the leaders' inboxes. A batch is what one read
 * brings; its effects, the cursors that have moved and the checkpoint go to disk together.
 */
#include "notifier/notifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "lib/text.h"
#include "notifier/route.h"

#define ENTRIES_A_READ 64u
#define EFFECTS_A_COMMIT 4000u
#define CODES_MAX (ENTRIES_A_READ * POSITION_EVENTS)
#define PARKED_BY_US "notifier" /* the scorer's ids count another journal */

/* What one commit is made of; nothing of it is the province's before it is on disk. */
struct batch {
    struct province *p;
    struct table *told;          /* code -> struct leaders: told before, and in here */
    const struct catalogue *now; /* in force at the entry in hand */
    struct catalogue *put;       /* the same, when an entry in here put it in force */
    char programme[65];
    int64_t tick;
    uint64_t seq;                /* last entry that is in */
    struct leaders woken;
    uint64_t events, routed, parked;
};

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

/* ---- who was told of a code before ---- */

static struct leaders *
told_of(struct batch *b, const char *code)
{
    struct leaders *l = table_pointer(b->told, code, strlen(code));

    if (l == NULL) {
        l = mem_alloc(sizeof *l);
        MUST(table_put_pointer(b->told, code, strlen(code), l) == ST_OK);
    }
    return l;
}

static void
told_free(struct batch *b)
{
    struct table_item item;
    size_t at = 0;

    while (table_next(b->told, &at, &item)) {
        leaders_fini(item.value.pointer);
        mem_free(&item.value.pointer);
    }
    table_free(&b->told);
}

/* Codes become names of keys. */
static bool
code_fits(const char *code)
{
    return code[0] != '\0' && strlen(code) < ALERT_CODE_BYTES;
}

/* Asks for the alert's hash once; later messages of a code go to those it names. */
static void
told_ask(struct batch *b, const struct alert_event *e, size_t *asked)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};

    if (route_opens(e) || !code_fits(e->code) || table_pointer(b->told, e->code, strlen(e->code)) != NULL) {
        return;
    }
    (void)told_of(b, e->code);
    key_make2(key, b->p->slug, KEY_ALERT, e->code);
    redis_put(b->p->redis, 2, argv, NULL);
    (*asked)++;
}

static void
told_take(struct leaders *told, const struct reply *rep)
{
    static const size_t prefix = sizeof FIELD_TOLD - 1;
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);

        if (strncmp(field, FIELD_TOLD, prefix) == 0 &&
            strlen(field) - prefix < LEADER_ID_BYTES) {
            leaders_add(told, field + prefix);
        }
    }
}

/* Alerts of the entries in hand, decoded; none for other kinds and broken ones. */
static size_t
events_of(struct province *p, const struct journal_entry *entry,
          const struct alert_event **events)
{
    size_t count = 0;

    if (entry->kind != JOURNAL_ALERTS ||
        event_cache_put(p->events, entry->seq, entry->body, entry->body_bytes, events,
                        &count) != ST_OK) {
        return 0;
    }
    return count;
}

/* Two passes in the same order: put all questions, then take all answers. */
static enum status
told_read(struct batch *b)
{
    struct province *p = b->p;
    const struct alert_event *events = NULL;
    const char **codes = NULL;
    size_t room = 0;
    size_t asked = 0;
    size_t before;
    enum status st = ST_OK;
    size_t i;
    size_t j;

    for (i = 0; i < p->read.count; i++) {
        size_t count = events_of(p, &p->read.entries[i], &events);

        for (j = 0; j < count; j++) {
            before = asked;
            told_ask(b, &events[j], &asked);
            if (asked > before) {
                mem_array_room((void **)&codes, before, &room, sizeof *codes);
                codes[before] = events[j].code;
            }
        }
    }
    for (i = 0; i < asked && st == ST_OK; i++) {
        struct reply *rep = NULL;

        st = redis_next(p->redis, &rep);
        if (st == ST_OK) {
            st = reply_status(rep);
        }
        if (st == ST_OK) {
            told_take(told_of(b, codes[i]), rep);
        }
        reply_free(&rep);
    }
    mem_free(&codes);
    return st;
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

    if (!code_fits(e->code)) {
        park(b, seq, index, "bad_code");
        return;
    }
    if (route(b->now, e, told_of(b, e->code), &hearers) != ST_OK) {
        park(b, seq, index, b->now == NULL ? "no_programme" : "unknown_subject");
        return;
    }
    if (route_opens(e) && e->number > 1) {
        ack_forget(b, e->code); /* opened again: nobody has taken this one on */
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
    if (!code_fits(act.subject)) {
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

static enum status
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

/* ---- a commit ---- */

static void
batch_done(struct batch *b)
{
    struct province *p = b->p;
    struct notifier_counters *c = &p->notifier->counters;
    size_t i;

    if (b->put != NULL) {
        catalogue_free(&p->catalogue);
        p->catalogue = b->put;
        b->put = NULL;
        diag_info("programme", "province=%s digest=%.12s", p->slug, b->programme);
    }
    for (i = 0; i < b->woken.count; i++) {
        sessions_wake(p, b->woken.ids[i]);
    }
    sessions_cursors_done(p);
    c->commits++;
    c->events += b->events;
    c->routed += b->routed;
    c->parked += b->parked;
    if (b->events > 0) {
        diag_info("routed", "province=%s entry=%" PRIu64 " events=%" PRIu64 " rows=%" PRIu64,
                  p->slug, b->seq, b->events, b->routed);
    }
}

static enum status
batch_apply(struct batch *b)
{
    struct province *p = b->p;
    enum status st = told_read(b);
    size_t i;

    effects_clear(&p->effects, &p->follow);
    (void)sessions_cursors(p);
    for (i = 0; st == ST_OK && i < p->read.count &&
                p->effects.count < EFFECTS_A_COMMIT;
         i++) {
        st = entry_apply(b, &p->read.entries[i]);
    }
    if (st == ST_OK) {
        st = follow_apply(&p->follow, p->redis, &p->effects, b->seq, b->programme,
                          b->tick);
    }
    if (st == ST_OK) {
        p->notifier->counters.entries += i;
        batch_done(b);
    }
    return st;
}

static enum status
entries_follow(struct province *p)
{
    struct batch b = {.p = p,
                      .now = p->catalogue,
                      .tick = p->follow.tick,
                      .seq = p->follow.checkpoint};
    uint64_t seed;
    enum status st;

    (void)snprintf(b.programme, sizeof b.programme, "%s", p->follow.programme);
    crypto_random(&seed, sizeof seed);
    b.told = table_new(CODES_MAX, seed);
    st = batch_apply(&b);
    told_free(&b);
    leaders_fini(&b.woken);
    catalogue_free(&b.put);
    return st;
}

/* A hole is never stepped over: it may be the alert that mattered. */
static void
gap_say(struct province *p)
{
    if (!p->gap) {
        diag_warn("journal_gap",
                  "province=%s after=%" PRIu64 " why=\"%s\" effect=\"no alert is passed "
                  "on\" remedy=\"look with dondoc journal; restore the entry\"",
                  p->slug, p->follow.checkpoint, redis_error(p->redis));
    }
    (void)snprintf(p->notifier->last_error, sizeof p->notifier->last_error,
                   "journal_gap: %.120s", redis_error(p->redis));
    p->gap = true;
}

bool
inbox_follow(struct province *p)
{
    uint64_t before = p->follow.checkpoint;
    enum status st = journal_read_after(p->redis, p->slug, KEY_ALERTS, before,
                                        ENTRIES_A_READ, &p->read);

    p->look = false;
    if (st == ST_GONE || st == ST_BAD) {
        gap_say(p);
        return false;
    }
    p->gap = false;
    if (st == ST_OK && p->read.count > 0) {
        st = entries_follow(p);
    }
    if (st != ST_OK) {
        province_lost(p, st, redis_error(p->redis));
        return false;
    }
    /* A read that was not full and was used up has shown the journal's end. */
    p->look = p->read.count == ENTRIES_A_READ ||
              p->follow.checkpoint < before + p->read.count;
    return p->look;
}

void
inbox_cursors(struct province *p)
{
    enum status st;

    effects_clear(&p->effects, &p->follow);
    if (sessions_cursors(p) == 0) {
        return;
    }
    st = follow_apply(&p->follow, p->redis, &p->effects, p->follow.checkpoint,
                      p->follow.programme, p->follow.tick);
    if (st != ST_OK) {
        province_lost(p, st, redis_error(p->redis));
        return;
    }
    sessions_cursors_done(p);
}
