/* The state of one province: taking over, memory, losing it. */
#include "scorer/scorer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/backoff.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/facts_read.h"
#include "lib/journal_check.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "lib/sums.h"
#include "lib/walks.h"
#include "scorer/brake.h"
#include "scorer/missing.h"

#define RETRY_MIN_MS 100
#define RETRY_MAX_MS 3000
#define STAND_BY_MS 2000
#define SAY_AGAIN_US 60000000
#define ENTRIES_A_STEP 64u

static void
effects_closing(void *owner)
{
    lines_write(owner);
}

void
state_init(struct state *s, struct scorer *scorer, const char *slug,
           struct redis *redis)
{
    memset(s, 0, sizeof *s);
    s->scorer = scorer;
    s->slug = slug;
    s->redis = redis;
    follow_init(&s->follow, slug, "scorer", KEY_REPORTS);
    effects_init(&s->effects);
    s->effects.closing = effects_closing;
    s->effects.owner = s;
    s->lines = lines_new();
    buf_init(&s->hint, HINT_BYTES_MAX);
}

void
state_memory_drop(struct state *s)
{
    struct table_item item;
    size_t at = 0;

    while (s->told != NULL && table_next(s->told, &at, &item)) {
        mem_free(&item.value.pointer);
    }
    table_free(&s->told);
    missing_free(&s->missing);
    openers_free(&s->openers);
    facts_free(&s->facts);
    catalogue_free(&s->catalogue);
    mem_free(&s->latest);
    mem_free(&s->latest_year);
    mem_free(&s->counts);
    lines_drop(s->lines);
    mem_free(&s->touched_of);
    mem_free(&s->wholes_of);
    s->touched_count = 0;
    s->whole_count = 0;
    s->event_count = 0;
}

void
state_fini(struct state *s)
{
    state_memory_drop(s);
    effects_fini(&s->effects);
    lines_free(&s->lines);
    buf_fini(&s->hint);
    mem_free(&s->touched);
    mem_free(&s->wholes);
    mem_free(&s->events);
    redis_free(&s->redis);
}

void
state_lost(struct state *s, const char *why)
{
    uint64_t chance;

    if (s->ready) {
        diag_warn("state_lost", "province=%s why=\"%s\" checkpoint=%" PRIu64, s->slug,
                  why, s->follow.checkpoint);
    }
    (void)snprintf(s->why, sizeof s->why, "%s", why);
    (void)snprintf(s->scorer->last_error, sizeof s->scorer->last_error, "%s", why);
    s->ready = false;
    s->owner[0] = '\0';
    state_memory_drop(s);
    follow_drop(&s->follow);
    s->want_write = false;
    redis_close(s->redis);
    crypto_random(&chance, sizeof chance);
    s->retry_at.us =
        mono_now().us + 1000 * (s->fenced ? STAND_BY_MS
                                          : backoff_delay_ms(s->retries++, RETRY_MIN_MS,
                                                             RETRY_MAX_MS, chance));
}

static void
stop_say(struct state *s)
{
    s->said_at = mono_now();
    diag_error("journal_broken",
               "province=%s after=%" PRIu64 " why=\"%s\" effect=\"nothing is scored\" "
               "remedy=\"dondoc verify; dondoc restore; then SIGHUP\"",
               s->slug, s->seen, s->why);
}

void
state_stop(struct state *s, const char *why)
{
    char found[sizeof s->why];
    bool overtaken;

    (void)snprintf(found, sizeof found, "%s", why); /* the next call has its own */
    if (follow_overtaken(&s->follow, s->redis, &overtaken) != ST_OK || overtaken) {
        /* What is missing may have been trimmed behind the other one: not broken. */
        s->fenced = overtaken;
        state_lost(s, overtaken ? "fenced: another scorer has taken over; standing by"
                                : found);
        return;
    }
    s->stopped = true;
    s->ready = false;
    (void)snprintf(s->why, sizeof s->why, "%s", found);
    (void)snprintf(s->scorer->last_error, sizeof s->scorer->last_error, "%s", found);
    state_memory_drop(s);
    redis_close(s->redis);
    stop_say(s);
}

void
state_resume(struct state *s)
{
    if (s->stopped) {
        s->stopped = false;
        s->retry_at.us = 0;
    }
}

struct told *
state_told(struct state *s, const char *code, bool make)
{
    struct told *t = table_pointer(s->told, code, strlen(code));

    if (t == NULL && make) {
        t = mem_alloc(sizeof *t);
        (void)snprintf(t->code, sizeof t->code, "%s", code);
        MUST(table_put_pointer(s->told, code, strlen(code), t) == ST_OK);
    }
    return t;
}

static enum status
told_read(struct state *s)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};
    enum status st;
    size_t i;

    key_make(key, s->slug, KEY_TOLD);
    st = redis_call(s->redis, 2, argv, NULL, &rep);
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        const char *code = reply_str(reply_at(rep, i), NULL);
        struct told *t = state_told(s, code, true);

        if (told_parse(code, reply_str(reply_at(rep, i + 1), NULL), t) != ST_OK) {
            diag_fatal(78, "told_unreadable",
                       "province=%s code=%s remedy=\"a newer scorer wrote this: start "
                       "that version\"",
                       s->slug, code);
        }
    }
    reply_free(&rep);
    return st;
}

enum status
state_memory_read(struct state *s, struct catalogue *c)
{
    size_t skipped = 0;
    uint64_t seed;
    enum status st;

    state_memory_drop(s);
    crypto_random(&seed, sizeof seed);
    s->told = table_new(ALERTS_MAX, seed);
    s->missing = missing_new();
    s->openers = openers_new();
    st = told_read(s);
    if (st == ST_OK) {
        st = missing_read(s->missing, s->redis, s->slug, c);
    }
    if (st == ST_OK) {
        st = openers_read(s->openers, s->redis, s->slug, c);
    }
    s->catalogue = c;
    if (st != ST_OK || c == NULL) {
        return st;
    }
    s->facts = facts_new(c);
    s->latest = mem_alloc(c->unit_count * c->target_count + 1);
    s->latest_year =
        mem_alloc((c->unit_count * c->target_count + 1) * sizeof *s->latest_year);
    s->counts = mem_alloc(c->target_count * (VERDICT_INFO + 1) * sizeof *s->counts + 1);
    sums_keep(c, s->facts);
    walks_keep(c, s->facts);
    st = facts_read(s->redis, s->slug, c, s->facts, &skipped);
    if (skipped > 0) {
        diag_warn("facts_skipped", "province=%s lines=%zu", s->slug, skipped);
    }
    return st;
}

static enum status
state_take_over(struct state *s)
{
    struct catalogue *c = NULL;
    char epoch_key[KEY_BYTES];
    int64_t epoch;
    enum status st;

    key_make2(epoch_key, s->slug, KEY_EPOCH, "scorer");
    st = redis_connect(s->redis, epoch_key, &epoch);
    if (st == ST_OK) {
        st = redis_load_functions(s->redis);
    }
    if (st == ST_OK) {
        st = follow_take_over(&s->follow, s->redis);
    }
    if (st == ST_OK) {
        st = owner_write(s->redis, s->slug, "scorer", s->scorer->instance);
    }
    if (st == ST_OK) {
        st = redis_run_id(s->redis, s->run_id);
        st = st == ST_DENIED ? ST_OK : st; /* no run id: entries are read, then */
    }
    if (st == ST_OK && s->follow.programme[0] != '\0') {
        st = programme_read(s->redis, s->slug, s->follow.programme, &c);
        if (st == ST_BAD || st == ST_GONE) {
            redis_error_set(s->redis, "programme %.12s %s", s->follow.programme,
                            st == ST_GONE ? "is not there any more"
                                          : "cannot be read by this version: start the "
                                            "one that could");
            return ST_GONE;
        }
    }
    return st == ST_OK ? state_memory_read(s, c) : st;
}

/*
 * The chain value at the checkpoint: its seal. An older release moves the checkpoint
 * without sealing it; then the entries since the last seal, or since the trimming, or
 * all of them, are followed once.
 */
static enum status
chain_take_over(struct state *s)
{
    const struct follow *f = &s->follow;
    struct journal_check check;
    struct journal_head head;
    enum status st = journal_head_look(s->redis, s->slug, &head);

    if (st != ST_OK) {
        return st;
    }
    if (f->checkpoint > head.seq) {
        redis_error_set(s->redis,
                        "the checkpoint is entry %" PRIu64
                        ", the journal ends at %" PRIu64,
                        f->checkpoint, head.seq);
        return ST_GONE;
    }
    if (f->sealed >= head.trimmed) {
        journal_check_init(&check, s->slug, f->sealed, f->seal, f->checkpoint, "");
    } else {
        journal_check_init(&check, s->slug, head.trimmed, head.trim_chain,
                           f->checkpoint, "");
    }
    while (st == ST_OK && !journal_check_done(&check)) {
        st = journal_check_step(&check, s->redis, ENTRIES_A_STEP);
    }
    (void)snprintf(s->chain, sizeof s->chain, "%s", check.chain);
    return st;
}

/* A part of Redis' data that is gone would show as units that never reported. */
static enum status
facts_whole(struct state *s)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HMGET", key, FIELD_FACTS, "seq"};
    struct reply *rep = NULL;
    size_t there = s->facts == NULL ? 0 : facts_count(s->facts);
    enum status st;
    int64_t written;
    int64_t now;

    if (s->follow.sealed != s->follow.checkpoint) {
        return ST_OK; /* an older release wrote last, and it does not count them */
    }
    key_make2(key, s->slug, KEY_CHECKPOINT, "scorer");
    st = redis_call(s->redis, 4, argv, NULL, &rep);
    written = reply_int(reply_at(rep, 0));
    now = reply_int(reply_at(rep, 1));
    reply_free(&rep);
    if (st == ST_OK && now != (int64_t)s->follow.checkpoint) {
        return ST_AGAIN; /* another one took over meanwhile */
    }
    if (st == ST_OK && (int64_t)there < written) {
        redis_error_set(s->redis,
                        "facts: %zu reports are there, must be %" PRId64
                        ": somebody removed them",
                        there, written);
        return ST_GONE;
    }
    return st;
}

/* Fenced off: does the other one still live? Then wait, and look again. */
static bool
state_stands_by(struct state *s)
{
    bool stands = true;

    if (!s->fenced) {
        return false;
    }
    if (owner_stands(s->redis, s->slug, "scorer", s->scorer->instance, s->owner,
                     &stands) == ST_OK &&
        !stands) {
        s->fenced = false;
        redis_close(s->redis); /* the take-over's first command is its own write */
        return false;
    }
    s->retry_at.us = mono_now().us + 1000 * STAND_BY_MS;
    return true;
}

bool
state_work(struct state *s)
{
    enum status st;

    if (s->ready) {
        return true;
    }
    if (s->stopped) {
        if (mono_since_us(s->said_at) >= SAY_AGAIN_US) {
            stop_say(s);
        }
        return false;
    }
    if (mono_now().us < s->retry_at.us || state_stands_by(s)) {
        return false;
    }
    st = state_take_over(s);
    if (st == ST_OK) {
        st = chain_take_over(s);
        st = st == ST_BAD ? ST_GONE : st;
    }
    if (st == ST_OK) {
        st = facts_whole(s);
    }
    if (st == ST_GONE) {
        s->seen = s->follow.checkpoint;
        state_stop(s, redis_error(s->redis));
        return false;
    }
    if (st != ST_OK) {
        state_lost(s, redis_error(s->redis));
        return false;
    }
    FAULT("scorer.taken_over");
    s->ready = true;
    s->look = true;
    s->retries = 0;
    s->seen = s->follow.checkpoint;
    s->tick = s->follow.tick;
    (void)snprintf(s->programme, sizeof s->programme, "%s", s->follow.programme);
    summary_fill(s);
    effects_clear(&s->effects, &s->follow);
    diag_info("taken_over",
              "province=%s epoch=%" PRId64 " checkpoint=%" PRIu64 " programme=%.12s",
              s->slug, s->follow.epoch, s->follow.checkpoint,
              s->programme[0] != '\0' ? s->programme : "none");
    return true;
}

int32_t
state_day(const struct state *s)
{
    return s->tick == 0 ? 0 : hour_day(s->tick);
}
