/*
 * Ticks: one entry per civil hour, so that everything behind ingest has a clock that
 * stands in the journal. Appended by compare-and-set on the last tick (the head), so
 * two ingests make one tick. A tick carries the minutes of the hour before it in which
 * nothing could be acknowledged (down.h).
 */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/diag.h"
#include "lib/fault.h"

#define TICKS_A_BURST 200

int64_t
tick_gap(const struct province *p)
{
    if (p->head.tick == 0) {
        return 0; /* the first programme entry sets the first tick */
    }
    return hour_of(province_now(p)) - p->head.tick;
}

/* The player's time does not pass while we are away. */
static uint32_t
tick_down_minutes(struct province *p, int64_t hour)
{
    return p->ingest->simulated ? 0 : down_minutes(&p->down, hour_start(hour - 1).ms);
}

static void
tick_put(struct province *p, struct journal_append *a, struct buf *body, int64_t hour,
         int64_t hour_now)
{
    struct tick_record t = {hour, tick_down_minutes(p, hour), p->ingest->simulated,
                            hour < hour_now};
    char last[24];
    char next[24];

    buf_clear(body);
    tick_encode(&t, body);
    (void)snprintf(last, sizeof last, "%" PRId64, p->head.tick);
    (void)snprintf(next, sizeof next, "%" PRId64, hour);
    journal_append_begin(a, p->slug, &p->head, JOURNAL_TICK, buf_str(body), body->len);
    journal_append_guard(a, TABLE_HEAD, "tick", last);
    journal_append_set(a, TABLE_HEAD, "tick", next);
    journal_append_put(a, p->redis);
    FAULT("ingest.tick_put");
    a->next.tick = hour;
    p->head = a->next; /* assumed; province_lost reads it again when it was not so */
}

/* Answers of `count` appends; false when one did not go through. */
static bool
ticks_collect(struct province *p, const struct journal_append *a, int count)
{
    bool good = true;
    int i;

    for (i = 0; i < count; i++) {
        struct reply *rep = NULL;
        size_t conflicts;
        enum status st;

        if (redis_next(p->redis, &rep) != ST_OK) {
            province_lost(p, redis_error(p->redis));
            return false;
        }
        st = journal_append_result(a, rep, NULL, 0, &conflicts);
        good &= st == ST_OK;
        if (st != ST_OK && st != ST_STALE) {
            /* Not another writer's doing: Functions that are gone, a right, memory.
             * Only a new connection mends that. */
            province_lost(p, reply_type(rep) == REPLY_ERROR ? reply_str(rep, NULL)
                                                            : "no answer of ours");
        }
        reply_free(&rep);
        if (p->state != PROVINCE_READY) {
            return false;
        }
    }
    return good;
}

static bool
ticks_burst(struct province *p, int64_t hour_now)
{
    struct journal_append a[1];
    struct buf body[TICKS_A_BURST];
    int count = 0;
    bool good;
    int i;

    journal_append_init(a);
    while (p->head.tick < hour_now && count < TICKS_A_BURST) {
        buf_init(&body[count], 64);
        tick_put(p, a, &body[count], p->head.tick + 1, hour_now);
        count++;
    }
    good = ticks_collect(p, a, count);
    FAULT("ingest.tick_done");
    for (i = 0; i < count; i++) {
        buf_fini(&body[i]);
    }
    journal_append_fini(a);
    if (good) {
        p->ingest->counters.ticks += (uint64_t)count;
    } else if (p->state == PROVINCE_READY && province_head_read(p) != ST_OK) {
        province_lost(p, redis_error(p->redis));
    }
    return good;
}

/* A gap that no person has explained yet: a mad clock, or a long time of nobody here.
 */
static bool
clock_doubtful(const struct province *p)
{
    return tick_gap(p) > TICK_GAP_MAX && !p->ingest->simulated && !p->tick_confirmed;
}

void
tick_lateness(const struct province *p, struct checked *c)
{
    int32_t due = c->record.due_day;

    if (c->past_due && clock_doubtful(p) &&
        instant_day(hour_start(p->head.tick)) <= due) {
        c->past_due = false;
        c->record.on_time = true;
    }
}

void
ticks_append(struct province *p)
{
    int64_t gap = tick_gap(p);

    if (gap <= 0) {
        return;
    }
    if (clock_doubtful(p)) {
        if (!p->tick_waits) {
            diag_warn("tick_waits",
                      "province=%s hours=%" PRId64
                      " remedy=\"is the clock right? then: dondoc tick --confirm\"",
                      p->slug, gap);
            p->tick_waits = true;
        }
        return;
    }
    while (p->state == PROVINCE_READY && tick_gap(p) > 0) {
        if (!ticks_burst(p, hour_of(province_now(p)))) {
            return;
        }
    }
    p->tick_waits = false;
    p->tick_confirmed = false;
}
