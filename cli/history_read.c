/* The life of one alert: journal, hash, inboxes and cursors put together. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/history.h"
#include "lib/keys.h"

#define ENTRIES_A_READ 1000u
#define ENTRY_ARENA_BYTES (16u * WIRE_ARENA_BYTES)
#define LIFE_ARENA_BYTES (64u * WIRE_ARENA_BYTES)
#define POSITION_EVENTS 1024u
#define TOLD_PREFIX "told:"
#define ASKED_AT_ONCE 1000u

uint64_t
moment_position(const struct moment *m)
{
    return m->entry * POSITION_EVENTS + m->index;
}

bool
moment_received(const struct moment *m, const struct office *o)
{
    return o->received >= moment_position(m);
}

/* --- the journal --- */

bool
life_alive(const struct life *l)
{
    size_t i;

    for (i = l->count; i > 0; i--) {
        const struct moment *m = &l->moments[i - 1];

        if (m->kind == MOMENT_MESSAGE) {
            return strcmp(m->event.reason, "resolved") != 0 &&
                   strcmp(m->event.reason, "withdrawn") != 0;
        }
    }
    return false;
}

static struct moment *
moment_add(struct life *l, uint64_t entry, uint32_t index, enum moment_kind kind)
{
    struct moment *m;

    mem_array_room((void **)&l->moments, l->count, &l->room, sizeof *l->moments);
    m = &l->moments[l->count++];
    memset(m, 0, sizeof *m);
    m->kind = kind;
    m->entry = entry;
    m->index = index;
    return m;
}

/* Full, far beyond any alert's life, it gives empty texts. */
static const char *
text_keep(struct life *l, const char *text)
{
    const char *kept = text == NULL ? "" : arena_text(l->arena, text);

    return kept == NULL ? "" : kept;
}

static void
event_keep(struct life *l, const struct journal_entry *e, uint32_t index,
           const struct alert_event *ev)
{
    struct moment *m = moment_add(l, e->seq, index, MOMENT_MESSAGE);
    const char **texts[] = {
        &m->event.code,       &m->event.kind,         &m->event.reason,
        &m->event.target,     &m->event.subject,      &m->event.window,
        &m->event.old_window, &m->event.since_window, &m->event.group,
        &m->event.brake,      &m->event.by,           &m->event.measure};
    size_t i;

    m->event = *ev;
    m->event.progress = NULL; /* of another kind */
    m->event.progress_count = 0;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = text_keep(l, *texts[i]);
    }
}

static void
act_keep(struct life *l, const struct wire_act *act, struct wire_act *out)
{
    out->id = text_keep(l, act->id);
    out->kind = text_keep(l, act->kind);
    out->subject = text_keep(l, act->subject);
    out->note = text_keep(l, act->note);
    out->until = text_keep(l, act->until);
    out->by = text_keep(l, act->by);
    out->drop = text_keep(l, act->drop);
    out->at_ms = act->at_ms;
}

/* A hold and a release are about all of the province: told where they met the alert. */
static void
act_look(struct life *l, const struct journal_entry *e, const struct wire_act *act,
         const char *code)
{
    bool hold = strcmp(act->kind, "hold") == 0;
    bool release = strcmp(act->kind, "release") == 0;
    struct wire_act kept;

    if (hold && !life_alive(l)) {
        act_keep(l, act, &l->hold);
        l->hold_entry = e->seq;
        return;
    }
    if (strcmp(act->subject, code) != 0 && !((hold || release) && life_alive(l))) {
        l->hold.kind = release ? NULL : l->hold.kind;
        return;
    }
    act_keep(l, act, &kept);
    moment_add(l, e->seq, 0, MOMENT_ACT)->ack = kept;
}

/* Its first event came while a person held everything. */
static void
hold_show(struct life *l, const struct alert_event *ev)
{
    int32_t until;

    if (l->hold.kind != NULL && day_parse(l->hold.until, &until) == ST_OK &&
        instant_day((struct instant){ev->at_ms}) <= until) {
        moment_add(l, l->hold_entry, 0, MOMENT_ACT)->ack = l->hold;
    }
    l->hold.kind = NULL;
}

static void
entry_look(struct life *l, const struct journal_entry *e, const char *code,
           struct arena *a)
{
    struct alert_event *events;
    struct wire_act act;
    size_t count;
    size_t i;

    arena_reset(a);
    if (e->kind == JOURNAL_ACT &&
        act_decode(e->body, e->body_bytes, a, &act) == ST_OK) {
        act_look(l, e, &act, code);
    }
    if (e->kind != JOURNAL_ALERTS ||
        alert_events_decode(e->body, e->body_bytes, a, &events, &count) != ST_OK) {
        return;
    }
    for (i = 0; i < count; i++) {
        if (strcmp(events[i].code, code) == 0) {
            hold_show(l, &events[i]);
            event_keep(l, e, (uint32_t)i, &events[i]);
        }
    }
}

static enum status
journal_look(struct life *l, const char *code)
{
    struct arena *a = arena_new(ENTRY_ARENA_BYTES);
    struct journal_read rd;
    uint64_t after = 0;
    enum status st;
    size_t i;

    journal_read_init(&rd);
    do {
        st = journal_read_after(l->reading.redis, l->reading.province, KEY_ALERTS,
                                after, ENTRIES_A_READ, &rd);
        for (i = 0; st == ST_OK && i < rd.count; i++) {
            life_post_times(l, &rd.entries[i], a);
            entry_look(l, &rd.entries[i], code, a);
            after = rd.entries[i].seq;
        }
    } while (st == ST_OK && rd.count > 0);
    journal_read_fini(&rd);
    arena_free(&a);
    return st;
}

/* --- offices --- */

static struct office *
office_get(struct life *l, const char *id)
{
    struct office *o;
    size_t i;

    for (i = 0; i < l->office_count; i++) {
        if (strcmp(l->offices[i].id, id) == 0) {
            return &l->offices[i];
        }
    }
    mem_array_room((void **)&l->offices, l->office_count, &l->office_room,
                   sizeof *l->offices);
    o = &l->offices[l->office_count++];
    memset(o, 0, sizeof *o);
    (void)snprintf(o->id, sizeof o->id, "%s", id);
    return o;
}

/* Those of the hash, then all of the programme: one that hears no more stands in the
 * programme only, one that left it in the hash. */
static enum status
offices_read(struct life *l)
{
    const struct catalogue *c = l->reading.catalogue;
    struct board_lines lines;
    enum status st;
    size_t i;

    st = board_alert_fields(l->reading.redis, l->reading.province, l->alert.code,
                            &lines);
    for (i = 0; st == ST_OK && i < lines.count; i++) {
        const char *field = lines.items[i].field;
        size_t prefix = sizeof TOLD_PREFIX - 1;

        if (strncmp(field, TOLD_PREFIX, prefix) == 0 &&
            strlen(field) - prefix < sizeof l->offices->id) {
            struct office *o = office_get(l, field + prefix);

            (void)snprintf(o->told, sizeof o->told, "%s", lines.items[i].value);
        }
    }
    board_lines_fini(&lines);
    for (i = 0; c != NULL && i < c->leader_count; i++) {
        if (strlen(c->leaders[i].id) < sizeof l->offices->id) {
            (void)office_get(l, c->leaders[i].id);
        }
    }
    return st;
}

static enum status
cursors_read(struct life *l)
{
    struct board_lines lines;
    enum status st = board_cursors(l->reading.redis, l->reading.province, &lines);
    size_t i;
    size_t k;

    for (i = 0; st == ST_OK && i < lines.count; i++) {
        const char *field = lines.items[i].field; /* office/fingerprint */
        size_t bytes = strcspn(field, "/");
        const char *channel =
            field[bytes] == '/' ? strchr(field + bytes + 1, '/') : NULL;
        uint64_t at = strtoull(lines.items[i].value, NULL, 10);

        for (k = 0; k < l->office_count; k++) {
            struct office *o = &l->offices[k];

            if (strlen(o->id) != bytes || memcmp(o->id, field, bytes) != 0) {
                continue;
            }
            if (channel != NULL) { /* a courier's: also behind what was refused */
                way_put(o, channel + 1, at);
            } else {
                o->received = at > o->received ? at : o->received;
            }
        }
    }
    board_lines_fini(&lines);
    return st;
}

/* --- inboxes --- */

/* An inbox keeps its last messages only; the hash still knows the very last one. */
static bool
told_here(const struct office *o, const struct moment *m)
{
    const char *place = strchr(o->told, '/');
    char here[48];

    (void)snprintf(here, sizeof here, "/%" PRIu64 "-%" PRIu32, m->entry, m->index);
    return place != NULL && strcmp(place, here) == 0;
}

/* Every answer is taken, whatever the ones before it said. */
static enum status
inboxes_of(struct life *l, struct moment *m)
{
    struct redis *r = l->reading.redis;
    enum status first = ST_OK;
    enum status st = ST_OK;
    size_t from;
    size_t i;

    m->inbox = mem_alloc((l->office_count + 1) * sizeof *m->inbox);
    for (from = 0; from < l->office_count && st != ST_AGAIN; from += ASKED_AT_ONCE) {
        size_t to = from + ASKED_AT_ONCE;

        to = to < l->office_count ? to : l->office_count;
        for (i = from; i < to; i++) {
            board_inbox_put(r, l->reading.province, l->offices[i].id, m->entry,
                            m->index);
        }
        for (i = from; i < to && st != ST_AGAIN; i++) {
            st = board_inbox_take(r, &m->inbox[i]);
            m->inbox[i] = m->inbox[i] || told_here(&l->offices[i], m);
            first = first == ST_OK ? st : first;
        }
    }
    return st == ST_AGAIN ? st : first;
}

enum status
life_read(struct life *l, const char *code)
{
    enum status st = board_checkpoint(l->reading.redis, l->reading.province, "notifier",
                                      &l->notifier);
    size_t i;

    l->arena = arena_new(LIFE_ARENA_BYTES);
    if (st == ST_OK) {
        st = offices_read(l);
    }
    if (st == ST_OK) {
        st = cursors_read(l);
    }
    if (st == ST_OK) {
        st = board_dead(l->reading.redis, l->reading.province, 0, &l->dead);
    }
    if (st == ST_OK) {
        st = life_posts_read(l, code);
    }
    if (st == ST_OK) {
        st = journal_look(l, code);
    }
    for (i = 0; st == ST_OK && i < l->count; i++) {
        if (l->moments[i].kind == MOMENT_MESSAGE) {
            st = inboxes_of(l, &l->moments[i]);
        }
    }
    if (st == ST_OK) {
        life_posts_merge(l);
    }
    return st;
}

void
life_fini(struct life *l)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        mem_free(&l->moments[i].inbox);
    }
    mem_free(&l->moments);
    mem_free(&l->posts);
    mem_free(&l->offices);
    board_dead_fini(&l->dead);
    arena_free(&l->arena);
}
