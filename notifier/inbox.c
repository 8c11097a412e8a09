/*
 * Entries of the alerts journal into the leaders' inboxes. A batch is what one read or
 * the hints of a turn bring; its effects, the cursors that have moved and the
 * checkpoint go to disk together.
 */
#include "notifier/fresh.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/keys.h"
#include "lib/mem.h"

/* A cursor that has moved goes to disk with the next commit, after so long by itself:
 * who asked to hear when it is there can wait, and alerts need not wait for it. */
#define CURSORS_US 20000
#define EFFECTS_A_COMMIT 4000u
#define SAY_AGAIN_US 60000000
/* Of the events in hand, and of all that may climb on one day. */
#define CODES_MAX (ENTRIES_A_READ * POSITION_EVENTS + (1u << 20))

/* ---- a commit ---- */

static void
batch_done(struct batch *b)
{
    struct province *p = b->p;
    struct notifier_counters *c = &p->notifier->counters;

    if (b->put != NULL) {
        catalogue_free(&p->catalogue);
        p->catalogue = b->put;
        b->put = NULL;
        diag_info("programme", "province=%s digest=%.12s", p->slug, b->programme);
        couriers_check(p);
    }
    told_keep(b);
    sessions_cursors_done(p);
    c->commits++;
    c->events += b->events;
    c->routed += b->routed;
    c->parked += b->parked;
    if (b->events > 0) {
        diag_info("routed",
                  "province=%s entry=%" PRIu64 " events=%" PRIu64 " rows=%" PRIu64,
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
    for (i = 0; st == ST_OK && i < p->read.count && p->effects.count < EFFECTS_A_COMMIT;
         i++) {
        st = entry_apply(b, &p->read.entries[i]);
    }
    if (st == ST_OK) {
        st = b->lost;
    }
    if (st == ST_OK) {
        FAULT("notifier.computed");
        st = follow_apply(&p->follow, p->redis, &p->effects, b->seq, b->programme,
                          b->tick);
    }
    if (st == ST_OK) {
        p->notifier->counters.entries += i;
        batch_done(b);
        sessions_rows(b); /* as the last: sending may lose the province */
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
    b.placed = table_new(OFFICES_MAX, seed);
    fresh_begin(&b);
    st = batch_apply(&b);
    told_free(&b);
    table_free(&b.placed);
    mem_free(&b.later);
    leaders_fini(&b.woken);
    catalogue_free(&b.put);
    return st;
}

/* A hole is never stepped over: it may be the alert that mattered. What lies in the
 * inboxes is still delivered. */
static void
stop_say(struct province *p)
{
    p->said_at = mono_now();
    diag_error("journal_broken",
               "province=%s after=%" PRIu64 " why=\"%s\" effect=\"no alert is passed "
               "on\" remedy=\"dondoc verify; dondoc restore; then SIGHUP\"",
               p->slug, p->follow.checkpoint, p->why);
}

static void
inbox_stop(struct province *p)
{
    p->stopped = true;
    (void)snprintf(p->why, sizeof p->why, "%s", redis_error(p->redis));
    (void)snprintf(p->notifier->last_error, sizeof p->notifier->last_error, "%s",
                   p->why);
    stop_say(p);
}

void
inbox_resume(struct province *p)
{
    p->look |= p->stopped;
    p->stopped = false;
}

bool
inbox_follow(struct province *p)
{
    uint64_t before = p->follow.checkpoint;
    enum status st;

    p->look = false;
    if (p->stopped) {
        if (mono_since_us(p->said_at) >= SAY_AGAIN_US) {
            stop_say(p);
        }
        return false;
    }
    inbox_hints_done(p);
    st = journal_read_after(p->redis, p->slug, KEY_ALERTS, before, ENTRIES_A_READ,
                            &p->read);
    FAULT("notifier.read");
    if (st == ST_GONE || st == ST_BAD) {
        inbox_stop(p);
        return false;
    }
    if (st == ST_OK && p->read.count > 0) {
        st = entries_follow(p);
    }
    if (st != ST_OK) {
        province_lost(p, st, redis_error(p->redis));
        return false;
    }
    if (p->state != PROVINCE_READY) {
        return false; /* lost at sending */
    }
    /* A read that was not full and was used up has shown the journal's end. */
    p->look = p->read.count == ENTRIES_A_READ ||
              p->follow.checkpoint < before + p->read.count;
    return p->look;
}

/* ---- out of hints ---- */

void
inbox_hinted(struct province *p, const struct hint *h)
{
    uint64_t last = p->follow.checkpoint;
    size_t i;

    if (p->state != PROVINCE_READY) {
        return; /* it will read */
    }
    if (!p->hinted) {
        p->read.count = 0; /* what was read is done with */
        p->hinted = true;
    }
    last += p->read.count;
    for (i = 0; i < h->count && p->read.count < ENTRIES_A_READ &&
                p->linked[0] != '\0' && strcmp(h->run_id, p->linked) == 0;
         i++) {
        struct journal_entry *entry;

        /* One with a chain value is the reports journal's: hints-from names ingest. */
        if (h->entries[i].seq != last + 1 || h->entries[i].chain[0] != '\0') {
            continue;
        }
        mem_array_room((void **)&p->read.entries, p->read.count, &p->read.room,
                       sizeof *p->read.entries);
        entry = &p->read.entries[p->read.count++];
        *entry = h->entries[i];
        entry->chain = ""; /* the alerts journal has none */
        last++;
    }
    p->look |= last < h->seq;
}

void
inbox_hints_follow(struct province *p)
{
    uint64_t before = p->follow.checkpoint;
    enum status st;

    if (!p->hinted || p->read.count == 0 || p->stopped) {
        return;
    }
    st = entries_follow(p);
    if (st != ST_OK) {
        province_lost(p, st, redis_error(p->redis));
        return;
    }
    p->look |= p->follow.checkpoint < before + p->read.count;
}

void
inbox_hints_done(struct province *p)
{
    if (p->hinted) {
        p->read.count = 0;
        p->hinted = false;
    }
}

int64_t
inbox_cursors_wait_us(const struct province *p)
{
    int64_t left = CURSORS_US - mono_since_us(p->cursors_since);

    if (p->state != PROVINCE_READY || p->cursors_since.us == 0) {
        return INT64_MAX;
    }
    return left > 0 ? left : 0;
}

void
inbox_cursors(struct province *p, bool now)
{
    enum status st;

    if (p->state != PROVINCE_READY || p->cursors_since.us == 0 ||
        (!now && inbox_cursors_wait_us(p) > 0)) {
        return;
    }
    effects_clear(&p->effects, &p->follow);
    if (sessions_cursors(p) == 0) {
        p->cursors_since.us = 0;
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
