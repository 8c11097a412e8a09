/* One province: its connection, its head, its programme, what waits for it. */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/backoff.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/programme.h"
#include "lib/service.h"

#define RETRY_MIN_MS 100
#define RETRY_MAX_MS 3000
#define LOOK_AGAIN_US 2000000

void
province_init(struct province *p, struct ingest *in, const char *slug,
              struct redis *redis)
{
    memset(p, 0, sizeof *p);
    p->ingest = in;
    p->slug = slug;
    p->redis = redis;
    p->presents = present_cache_new();
    p->queue_end = &p->queue;
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
    catalogue_free(&p->catalogue);
    redis_free(&p->redis);
}

struct instant
province_now(const struct province *p)
{
    return p->ingest->simulated ? p->clock : instant_now();
}

void
province_lost(struct province *p, const char *what)
{
    uint32_t random;

    if (p->state != PROVINCE_DOWN) {
        diag_warn("redis_lost", "province=%s why=\"%s\" waiting=%zu", p->slug, what,
                  p->queued + p->batch_count);
    }
    (void)snprintf(p->why, sizeof p->why, "%s", what);
    (void)snprintf(p->ingest->last_error, sizeof p->ingest->last_error, "%.150s", what);
    redis_close(p->redis);
    p->state = PROVINCE_DOWN;
    down_begin(&p->down, instant_now().ms);
    present_cache_clear(p->presents);
    /* The outcome of what was in flight is unknown: the same again, in order. */
    while (p->batch_count > 0) {
        struct pending *pend = p->batch[--p->batch_count];

        pend->probe = true;
        pend->next = p->queue;
        p->queue = pend;
        if (pend->next == NULL) {
            p->queue_end = &pend->next;
        }
        p->queued++;
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
    catalogue_free(&p->catalogue);
    p->catalogue = c;
}

static enum status
programme_follow(struct province *p)
{
    struct catalogue *c = NULL;
    enum status st;

    if (p->head.programme[0] == '\0' ||
        (p->catalogue != NULL &&
         strcmp(p->catalogue->digest, p->head.programme) == 0)) {
        return ST_OK;
    }
    st = programme_read(p->redis, p->slug, p->head.programme, &c);
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
    if (st == ST_OK) {
        st = province_head_read(p);
    }
    return st == ST_OK && !p->known ? down_find(p) : st;
}

/* "used_memory:123" in the answer to INFO; 0 when it is not there. */
static int64_t
info_number(const char *info, const char *name)
{
    const char *at = strstr(info, name);
    long long n = 0;

    if (at == NULL || sscanf(at + strlen(name), ":%lld", &n) != 1) {
        return 0;
    }
    return n;
}

static enum status
memory_check(struct province *p)
{
    const char *argv[] = {"INFO", "memory"};
    struct reply *rep = NULL;
    enum status st = redis_call(p->redis, 2, argv, NULL, &rep);
    int64_t used = info_number(reply_str(rep, NULL), "\nused_memory");
    int64_t most = info_number(reply_str(rep, NULL), "\nmaxmemory");

    reply_free(&rep);
    if (st != ST_OK) {
        return st == ST_BAD ? ST_AGAIN : st;
    }
    p->memory_at.us = mono_now().us + LOOK_AGAIN_US;
    if (most == 0 || used < most / 100 * MEMORY_FULL_PERCENT) {
        return ST_OK;
    }
    (void)snprintf(p->why, sizeof p->why,
                   "redis memory: %" PRId64 " of %" PRId64 " MiB used", used >> 20,
                   most >> 20);
    return ST_LIMIT;
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

void
province_memory_look(struct province *p)
{
    if (mono_now().us < p->memory_at.us) {
        return;
    }
    switch (memory_check(p)) {
    case ST_OK:
        break;
    case ST_LIMIT:
        province_unsettle(p);
        break;
    default:
        province_lost(p, redis_error(p->redis));
        break;
    }
}

bool
province_work(struct province *p)
{
    char why[200];

    if (p->state == PROVINCE_READY) {
        return true;
    }
    if (mono_now().us < p->retry_at.us) {
        return false;
    }
    if (p->state == PROVINCE_DOWN && province_connect(p) != ST_OK) {
        province_lost(p, redis_error(p->redis));
        return false;
    }
    switch (redis_settings_check(p->redis, why, sizeof why)) {
    case ST_OK:
        break;
    case ST_BAD:
        (void)snprintf(p->why, sizeof p->why,
                       "redis settings: %s; start Redis with etc/redis.conf", why);
        province_unsettle(p);
        return false;
    default:
        province_lost(p, redis_error(p->redis));
        return false;
    }
    switch (memory_check(p)) {
    case ST_OK:
        break;
    case ST_LIMIT:
        province_unsettle(p);
        return false;
    default:
        province_lost(p, redis_error(p->redis));
        return false;
    }
    if (p->ingest->simulated && p->head.tick != 0 &&
        p->clock.ms < hour_start(p->head.tick).ms) {
        p->clock = hour_start(p->head.tick); /* where the player left it, to the hour */
    }
    p->state = PROVINCE_READY;
    p->why[0] = '\0';
    down_end(&p->down, instant_now().ms);
    diag_info("connected", "province=%s head=%" PRIu64 " programme=%.12s", p->slug,
              p->head.seq, p->head.programme[0] != '\0' ? p->head.programme : "none");
    return true;
}

void
province_queue(struct province *p, struct pending *pend)
{
    pend->next = NULL;
    *p->queue_end = pend;
    p->queue_end = &pend->next;
    p->queued++;
}
