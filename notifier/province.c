/* One province: its connection, taking over, standing by, losing it. */
#include "notifier/notifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/backoff.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "notifier/digest.h"
#include "notifier/fresh.h"
#include "notifier/hold.h"
#include "notifier/known.h"
#include "notifier/ladder.h"

#define RETRY_MIN_MS 100
#define RETRY_MAX_MS 3000
#define STANDBY_LOOK_MS 2000

void
province_init(struct province *p, struct notifier *n, const char *slug)
{
    uint64_t seed;

    memset(p, 0, sizeof *p);
    crypto_random(&seed, sizeof seed);
    p->notifier = n;
    p->slug = slug;
    p->redis = service_redis_new(n->service);
    follow_init(&p->follow, slug, "notifier", KEY_ALERTS);
    effects_init(&p->effects);
    journal_read_init(&p->read);
    p->events = event_cache_new();
    p->fresh = mem_alloc(FRESH_MAX * sizeof *p->fresh);
    p->known = known_new(KNOWN_BYTES_MAX, seed);
    p->ladder = ladder_new();
    p->rows = rows_new();
    p->holds = holds_new();
}

static void
province_memory_drop(struct province *p)
{
    event_cache_clear(p->events);
    known_clear(p->known);
    inbox_hints_done(p); /* they were those of the connection that is gone */
    catalogue_free(&p->catalogue);
    ladder_free(&p->ladder);
    rows_free(&p->rows);
    holds_free(&p->holds);
    p->ladder = ladder_new();
    p->rows = rows_new();
    p->holds = holds_new();
    effects_clear(&p->effects, &p->follow);
}

void
province_fini(struct province *p)
{
    catalogue_free(&p->catalogue);
    ladder_free(&p->ladder);
    rows_free(&p->rows);
    holds_free(&p->holds);
    event_cache_free(&p->events);
    mem_free(&p->fresh);
    known_free(&p->known);
    effects_fini(&p->effects);
    journal_read_fini(&p->read);
    redis_free(&p->redis);
}

struct instant
province_now(const struct province *p)
{
    if (!p->notifier->simulated) {
        return instant_now();
    }
    /* No programme yet: no day before which anything could have been. */
    if (p->follow.tick == 0) {
        return (struct instant){0};
    }
    return hour_start(p->follow.tick);
}

static void
retry_later(struct province *p, int64_t ms)
{
    p->retry_at.us = mono_now().us + ms * 1000;
}

/* ---- standing by ---- */

static void
stand_by(struct province *p)
{
    if (p->state != PROVINCE_STANDBY) {
        diag_warn("standing_by",
                  "province=%s epoch=%" PRId64
                  " why=\"another notifier has taken over\" "
                  "until=\"its heartbeat is gone\"",
                  p->slug, p->follow.epoch);
        sessions_end(p);
        p->owner[0] = '\0';
    }
    p->state = PROVINCE_STANDBY;
    retry_later(p, STANDBY_LOOK_MS);
}

/* True: nobody holds it any more, so take over. */
static bool
standby_over(struct province *p)
{
    bool stands = true;

    if (owner_stands(p->redis, p->slug, "notifier",
                     service_instance(p->notifier->service), p->owner,
                     &stands) == ST_OK &&
        !stands) {
        return true;
    }
    retry_later(p, STANDBY_LOOK_MS);
    return false;
}

/* ---- losing, taking over ---- */

void
province_lost(struct province *p, enum status st, const char *what)
{
    uint64_t chance;

    (void)snprintf(p->notifier->last_error, sizeof p->notifier->last_error, "%s", what);
    province_memory_drop(p);
    if (st == ST_FENCED) {
        stand_by(p);
        return;
    }
    if (p->state != PROVINCE_DOWN || p->retries == 0) {
        diag_warn("state_lost", "province=%s why=\"%s\" checkpoint=%" PRIu64, p->slug,
                  what, p->follow.checkpoint);
    }
    redis_close(p->redis);
    p->state = PROVINCE_DOWN;
    crypto_random(&chance, sizeof chance);
    retry_later(p, backoff_delay_ms(p->retries++, RETRY_MIN_MS, RETRY_MAX_MS, chance));
}

/* The programme at the checkpoint; without it nobody could be routed to. */
static enum status
programme_take_over(struct province *p)
{
    enum status st;

    if (p->follow.programme[0] == '\0') {
        return ST_OK;
    }
    st = programme_read(p->redis, p->slug, p->follow.programme, &p->catalogue);
    if (st == ST_GONE || st == ST_BAD) {
        redis_error_set(p->redis,
                        "programme %.12s cannot be read by this version: start the "
                        "version that could",
                        p->follow.programme);
    }
    return st;
}

static enum status
take_over(struct province *p)
{
    enum status st = ST_OK;
    int64_t first;

    if (!redis_connected(p->redis)) {
        st = redis_connect(p->redis, "dondoc:ops:hello", &first);
    }
    if (st == ST_OK) {
        st = redis_load_functions(p->redis);
    }
    if (st == ST_OK) {
        st = follow_take_over(&p->follow, p->redis);
    }
    if (st == ST_OK) {
        st = owner_write(p->redis, p->slug, "notifier",
                         service_instance(p->notifier->service));
    }
    if (st == ST_OK) {
        st = redis_run_id(p->redis, p->linked);
        st = st == ST_DENIED ? ST_OK
                             : st; /* not told: then all is read, nothing hinted */
    }
    if (st == ST_OK) {
        st = programme_take_over(p);
    }
    if (st == ST_OK) {
        st = ladder_read(p->ladder, p->redis, p->slug);
    }
    if (st == ST_OK) {
        st = rows_read(p->rows, p->redis, p->slug);
    }
    if (st == ST_OK) {
        st = holds_read(p->holds, p->redis, p->slug);
    }
    if (st == ST_OK) {
        st = sessions_take_over(p);
    }
    return st;
}

bool
province_work(struct province *p)
{
    enum status st;

    if (p->state == PROVINCE_READY) {
        return true;
    }
    if (mono_now().us < p->retry_at.us) {
        return false;
    }
    if (p->state == PROVINCE_STANDBY && !standby_over(p)) {
        return false;
    }
    p->tried = true;
    province_memory_drop(p);
    st = take_over(p);
    if (st != ST_OK) {
        p->state = PROVINCE_DOWN;
        province_lost(p, ST_AGAIN, redis_error(p->redis));
        return false;
    }
    effects_clear(&p->effects, &p->follow);
    FAULT("notifier.taken_over");
    p->state = PROVINCE_READY;
    p->retries = 0;
    p->stopped = false; /* another Redis, perhaps: looked at anew */
    p->look = true;
    diag_info("taken_over",
              "province=%s epoch=%" PRId64 " checkpoint=%" PRIu64 " programme=%.12s",
              p->slug, p->follow.epoch, p->follow.checkpoint,
              p->follow.programme[0] != '\0' ? p->follow.programme : "none");
    return true;
}
