/* One province: its connection, its head, its programme, what waits for it. */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/backoff.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/keys.h"
#include "lib/programme.h"
#include "lib/service.h"

/* The units wait for it, and an attempt that fails costs Redis next to nothing. */
#define RETRY_MIN_MS 50
#define RETRY_MAX_MS 500
#define LOOK_AGAIN_US 2000000
#define BROKEN_AGAIN_US 60000000

void
province_init(struct province *p, struct ingest *in, const char *slug,
              struct redis *redis)
{
    memset(p, 0, sizeof *p);
    p->ingest = in;
    p->slug = slug;
    p->redis = redis;
    p->presents = present_cache_new();
    p->chores_end = &p->chores;
    journal_append_init(&p->append);
    buf_init(&p->body, JOURNAL_BODY_MAX + BUS_MESSAGE_MAX);
    down_begin(&p->down, instant_now().ms);
    (void)snprintf(p->why, sizeof p->why, "starting");
}

void
province_fini(struct province *p)
{
    while (p->chores != NULL) {
        struct chore *c = p->chores;

        p->chores = c->next;
        chore_free(p->ingest, &c);
    }
    /* Pushes that wait are dropped unanswered: their senders send them again. */
    journal_append_fini(&p->append);
    buf_fini(&p->body);
    present_cache_free(&p->presents);
    ahead_fini(p);
    catalogue_free(&p->catalogue);
    redis_free(&p->redis);
}

/* The journal's time never runs back: while the clock is behind the last tick (status
 * says so), time stands still, and no window that was over is open again. */
struct instant
province_now(const struct province *p)
{
    struct instant now;

    if (p->ingest->simulated) {
        return p->clock;
    }
    now = instant_now();
    if (p->head.tick != 0 && now.ms < hour_start(p->head.tick).ms) {
        now = hour_start(p->head.tick);
    }
    return now;
}

void
province_lost(struct province *p, const char *what)
{
    uint32_t random;

    if (p->state != PROVINCE_DOWN) {
        diag_warn("redis_lost", "province=%s why=\"%s\" waiting=%zu", p->slug, what,
                  p->queue.count + p->batch_count);
    }
    (void)snprintf(p->why, sizeof p->why, "%s", what);
    (void)snprintf(p->ingest->last_error, sizeof p->ingest->last_error, "%.150s", what);
    redis_close(p->redis);
    p->state = PROVINCE_DOWN;
    p->trusted = false;
    p->broken = false;
    down_begin(&p->down, instant_now().ms);
    present_cache_clear(p->presents);
    ahead_clear(p);
    /* The outcome of what was in flight is unknown: the same again, in order. */
    while (p->batch_count > 0) {
        struct pending *pend = p->batch[--p->batch_count];

        pend->probe = true;
        queue_return(&p->queue, pend);
    }
    p->in_flight = false;
    crypto_random(&random, sizeof random);
    p->retry_at.us = mono_now().us + 1000 * backoff_delay_ms(p->retries++, RETRY_MIN_MS,
                                                             RETRY_MAX_MS, random);
}

/* c is taken. */
void
province_programme_set(struct province *p, struct catalogue *c)
{
    checks_begin(&p->checks, NULL);
    catalogue_free(&p->catalogue);
    p->catalogue = c;
}

/* Another Redis, with no programme in force: what waits was checked against one. */
static void
programme_gone(struct province *p)
{
    struct refused why = {0};

    refused_set(&why, REFUSAL_NOT_READY, "", "programme", "");
    while (p->queue.first != NULL) {
        pending_refuse(p, queue_take(&p->queue), OUTCOME_RETRY_LATER, &why);
    }
    province_programme_set(p, NULL);
}

static enum status
programme_follow(struct province *p)
{
    struct catalogue *c = NULL;
    enum status st;

    if (p->head.programme[0] == '\0') {
        programme_gone(p);
        return ST_OK;
    }
    if (p->catalogue != NULL && strcmp(p->catalogue->digest, p->head.programme) == 0) {
        return ST_OK;
    }
    st = programme_read(p->redis, p->slug, p->head.programme, &c);
    if (st == ST_GONE || st == ST_BAD) {
        redis_error_set(p->redis, "programme %.12s, in force, %s", p->head.programme,
                        st == ST_GONE ? "is not there any more"
                                      : "cannot be read by this version");
    }
    if (st == ST_OK) {
        province_programme_set(p, c);
        diag_info("programme", "province=%s digest=%.12s", p->slug, p->head.programme);
    }
    return st;
}

enum status
province_head_read(struct province *p)
{
    enum status st = journal_head_read(p->redis, p->slug, &p->head);

    present_cache_clear(p->presents);
    ahead_clear(p);
    return st == ST_OK ? programme_follow(p) : st;
}

/* A process that starts does not know since when nobody served: since the heartbeat of
 * the one before, or else since the last tick. */
static enum status
down_find(struct province *p)
{
    char key[160];
    const char *argv[] = {"GET", key};
    struct reply *rep = NULL;
    enum status st;
    int64_t last;

    p->known = true;
    if (p->head.tick == 0) {
        return ST_OK;
    }
    (void)snprintf(key, sizeof key, "dondoc:ops:heartbeat:ingest:%s",
                   service_instance(p->ingest->service));
    st = redis_call(p->redis, 2, argv, NULL, &rep);
    last = reply_int(rep);
    reply_free(&rep);
    down_since(&p->down, last > 0 ? last : hour_start(p->head.tick).ms);
    return st;
}

/* ST_GONE, ST_BAD: what the head tells of is not there. */
static enum status
province_connect(struct province *p)
{
    char epoch_key[KEY_BYTES];
    int64_t epoch;
    enum status st;

    key_make2(epoch_key, p->slug, KEY_EPOCH, "ingest");
    st = redis_connect(p->redis, epoch_key, &epoch);
    if (st == ST_OK) {
        st = redis_load_functions(p->redis);
    }
    if (st != ST_OK) {
        return ST_AGAIN; /* whatever it is, it may be mended there at any time */
    }
    st = province_head_read(p);
    if (st == ST_OK && p->ingest->simulated && p->head.tick != 0 &&
        p->clock.ms < hour_start(p->head.tick).ms) {
        /* Where the player left it, to the hour; reports are looked at from now on. */
        p->clock = hour_start(p->head.tick);
    }
    return st == ST_OK && !p->known ? down_find(p) : st;
}

static void
province_unsettle(struct province *p)
{
    if (p->state != PROVINCE_UNSETTLED) {
        diag_warn("not_acknowledging",
                  "province=%s why=\"%s\" remedy=\"dondoc status\"", p->slug, p->why);
        down_begin(&p->down, instant_now().ms);
    }
    p->state = PROVINCE_UNSETTLED;
    p->retry_at.us = mono_now().us + LOOK_AGAIN_US;
}

/* False: not acknowledging. */
static bool
room_settled(struct province *p)
{
    switch (redis_room(p)) {
    case ST_OK:
        p->memory_at.us = mono_now().us + LOOK_AGAIN_US;
        return true;
    case ST_LIMIT:
        province_unsettle(p);
        return false;
    default:
        province_lost(p, redis_error(p->redis));
        return false;
    }
}

/* Looked at again in a minute, on a new connection: somebody may mend it. */
static void
province_break(struct province *p)
{
    (void)snprintf(p->why, sizeof p->why, "%s", redis_error(p->redis));
    diag_error("journal_broken",
               "province=%s why=\"%s\" effect=\"nothing is acknowledged\" "
               "remedy=\"dondoc verify; dondoc restore\"",
               p->slug, p->why);
    province_unsettle(p);
    redis_close(p->redis);
    p->broken = true;
    p->trusted = false;
    p->retry_at.us = mono_now().us + BROKEN_AGAIN_US;
}

/* False: not connected, or nothing may be acknowledged on this Redis, or not yet. */
static bool
journal_settled(struct province *p)
{
    enum status st = redis_connected(p->redis) ? ST_OK : province_connect(p);

    if (st == ST_OK) {
        st = province_check(p);
    }
    switch (st) {
    case ST_OK:
        p->broken = false;
        return true;
    case ST_LIMIT:
        p->state = PROVINCE_CHECKING;
        return false;
    case ST_BAD:
    case ST_GONE:
        province_break(p);
        return false;
    default:
        province_lost(p, redis_error(p->redis));
        return false;
    }
}

static bool
settings_settled(struct province *p)
{
    char why[200];

    switch (redis_settings_check(p->redis, why, sizeof why)) {
    case ST_OK:
        return true;
    case ST_BAD:
        (void)snprintf(p->why, sizeof p->why,
                       "redis settings: %s; start Redis with etc/redis.conf", why);
        province_unsettle(p);
        return false;
    default:
        province_lost(p, redis_error(p->redis));
        return false;
    }
}

/* Another instance may have put one in force; nothing that we append need tell us. */
static bool
programme_moved(struct province *p)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HGET", key, "programme"};
    struct reply *rep = NULL;
    bool moved;

    key_make(key, p->slug, KEY_HEAD);
    moved = redis_call(p->redis, 3, argv, NULL, &rep) != ST_OK ||
            strcmp(reply_str(rep, NULL), p->head.programme) != 0;
    reply_free(&rep);
    return moved;
}

void
province_memory_look(struct province *p)
{
    if (mono_now().us < p->memory_at.us) {
        return;
    }
    if (room_settled(p) && programme_moved(p) && province_head_read(p) != ST_OK) {
        province_lost(p, redis_error(p->redis));
    }
}

void
province_resume(struct province *p)
{
    if (p->broken) {
        p->retry_at.us = 0;
    }
}

bool
province_work(struct province *p)
{
    if (p->state == PROVINCE_READY) {
        return true;
    }
    if (mono_now().us < p->retry_at.us) {
        return false;
    }
    if (!journal_settled(p) || !settings_settled(p) || !room_settled(p)) {
        return false;
    }
    FAULT("ingest.connected");
    p->state = PROVINCE_READY;
    p->why[0] = '\0';
    down_end(&p->down, instant_now().ms);
    diag_info("connected", "province=%s head=%" PRIu64 " programme=%.12s", p->slug,
              p->head.seq, p->head.programme[0] != '\0' ? p->head.programme : "none");
    return true;
}
