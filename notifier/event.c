/*
 * Decoded entries of the alerts journal. Entries never change, so what is kept is right
 * for as long as the connection it was read on; the oldest gives way to the next.
 */
#include "notifier/notifier.h"

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"

/* A whole entry of POSITION_EVENTS events, twice: as protobuf-c's structs and ours. */
#define EVENT_ARENA_BYTES (8u * 1024u * 1024u)

struct event_entry {
    uint64_t seq; /* 0: empty */
    struct arena *arena;
    struct alert_event *events;
    size_t count;
};

struct event_cache {
    struct event_entry entries[EVENT_CACHE_ENTRIES];
    size_t next;
    size_t last; /* which was found last: a row asks for the entry of the one before */
};

struct event_cache *
event_cache_new(void)
{
    struct event_cache *c = mem_alloc(sizeof *c);
    size_t i;

    for (i = 0; i < EVENT_CACHE_ENTRIES; i++) {
        c->entries[i].arena = arena_new(EVENT_ARENA_BYTES);
    }
    return c;
}

void
event_cache_clear(struct event_cache *c)
{
    size_t i;

    for (i = 0; i < EVENT_CACHE_ENTRIES; i++) {
        c->entries[i].seq = 0;
        c->entries[i].count = 0;
        arena_reset(c->entries[i].arena);
    }
}

void
event_cache_free(struct event_cache **c)
{
    size_t i;

    if (*c == NULL) {
        return;
    }
    for (i = 0; i < EVENT_CACHE_ENTRIES; i++) {
        arena_free(&(*c)->entries[i].arena);
    }
    mem_free(c);
}

static struct event_entry *
entry_find(struct event_cache *c, uint64_t seq)
{
    size_t i;

    for (i = 0; i < EVENT_CACHE_ENTRIES; i++) {
        size_t at = (c->last + i) % EVENT_CACHE_ENTRIES;

        if (c->entries[at].seq == seq) {
            c->last = at;
            return &c->entries[at];
        }
    }
    return NULL;
}

enum status
event_cache_put(struct event_cache *c, uint64_t seq, const void *body,
                size_t body_bytes, const struct alert_event **events, size_t *count)
{
    struct event_entry *e = entry_find(c, seq);
    enum status st;

    MUST(seq != 0);
    if (e == NULL) {
        e = &c->entries[c->next++ % EVENT_CACHE_ENTRIES];
        e->seq = 0;
        arena_reset(e->arena);
        st = alert_events_decode(body, body_bytes, e->arena, &e->events, &e->count);
        if (st != ST_OK || e->count > POSITION_EVENTS) {
            return ST_BAD;
        }
        e->seq = seq;
    }
    *events = e->events;
    *count = e->count;
    return ST_OK;
}

enum status
event_find(struct province *p, uint64_t seq, uint32_t index,
           const struct alert_event **event)
{
    struct event_entry *e = entry_find(p->events, seq);
    const struct alert_event *events;
    struct journal_read rd;
    enum status st = ST_OK;
    size_t count = 0;

    if (e != NULL) {
        events = e->events;
        count = e->count;
    } else {
        journal_read_init(&rd);
        st = journal_read_one(p->redis, p->slug, KEY_ALERTS, seq, &rd);
        if (st == ST_OK) {
            st = rd.entries[0].kind != JOURNAL_ALERTS
                     ? ST_GONE
                     : event_cache_put(p->events, seq, rd.entries[0].body,
                                       rd.entries[0].body_bytes, &events, &count);
        }
        journal_read_fini(&rd);
    }
    if (st != ST_OK) {
        return st == ST_AGAIN ? ST_AGAIN : ST_GONE;
    }
    if (index >= count) {
        return ST_GONE;
    }
    *event = &events[index];
    return ST_OK;
}
