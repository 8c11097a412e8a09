/*
 * The commit of one province: sent when it is due, answered whenever Redis has it on
 * the disk. Meanwhile the effects of the entries behind it are computed; they are sent
 * when it was answered, and dropped with all memory when it was refused.
 */
#include "scorer/scorer.h"

#include <stdio.h>
#include <string.h>

#include "lib/fault.h"
#include "lib/keys.h"

/* Only early news: without it the reader finds the entries by itself. */
static void
hint_form(struct state *s)
{
    struct journal_entry entries[HINT_ENTRIES_MAX];
    size_t count = effects_alerts(&s->effects, entries);

    buf_clear(&s->hint);
    if (s->effects.out_next != s->effects.out_first) {
        hint_write(&s->hint, s->slug, s->effects.out_next, s->run_id, entries, count);
    }
}

static void
hint_send(struct state *s)
{
    if (s->hint.len > 0) {
        status_ignore(bus_send(s->scorer->hints_out, buf_str(&s->hint), s->hint.len));
        FAULT("scorer.hint_sent");
    }
}

/* What the socket does not take now goes out with the next turn. */
static bool
commit_push(struct state *s)
{
    if (redis_send(s->redis, &s->want_write) != ST_OK) {
        state_lost(s, redis_error(s->redis));
        return false;
    }
    return true;
}

bool
state_commit(struct state *s)
{
    char facts[24];

    if (s->seen == follow_seq(&s->follow)) {
        return true;
    }
    if (!state_land(s)) {
        return false;
    }
    (void)snprintf(facts, sizeof facts, "%zu",
                   s->facts == NULL ? (size_t)0 : facts_count(s->facts));
    effects_hset(&s->effects, &s->follow, KEY_CHECKPOINT, "scorer", FIELD_FACTS, facts,
                 strlen(facts));
    effects_seal(&s->effects, s->chain);
    FAULT("scorer.computed");
    follow_put(&s->follow, s->redis, &s->effects, s->seen, s->programme, s->tick);
    hint_form(s);
    effects_clear(&s->effects, &s->follow);
    s->sent = mono_now();
    if (!commit_push(s)) {
        return false;
    }
    FAULT("scorer.sent");
    return true;
}

static bool
commit_answered(struct state *s, const struct reply *rep)
{
    enum status st = follow_result(&s->follow, s->redis, rep);

    s->want_write = false;
    if (st != ST_OK) {
        s->fenced = st == ST_FENCED;
        state_lost(s, s->fenced ? "fenced: another scorer has taken over; standing by"
                                : redis_error(s->redis));
        return false;
    }
    s->scorer->counters.commits++;
    hint_send(s);
    return true;
}

bool
state_land(struct state *s)
{
    struct reply *rep = NULL;
    bool good;

    if (!s->follow.sent.waiting) {
        return true;
    }
    if (redis_next(s->redis, &rep) != ST_OK) {
        state_lost(s, redis_error(s->redis));
        return false;
    }
    good = commit_answered(s, rep);
    reply_free(&rep);
    return good;
}

int64_t
commit_patience_us(const struct state *s)
{
    int64_t left = s->scorer->redis_timeout_ms * 1000 - mono_since_us(s->sent);

    if (!s->ready || !s->follow.sent.waiting) {
        return INT64_MAX;
    }
    return left > 0 ? left : 0;
}

bool
commit_collect(struct state *s)
{
    size_t unsent = redis_unsent(s->redis);
    struct reply *rep = NULL;
    bool good = true;

    if (!s->follow.sent.waiting) {
        return true;
    }
    if (!commit_push(s)) {
        return false;
    }
    if (redis_unsent(s->redis) < unsent) {
        s->sent = mono_now(); /* it has more of the question only now */
    }
    if (redis_try(s->redis, &rep) != ST_OK) {
        state_lost(s, redis_error(s->redis));
        return false;
    }
    if (rep != NULL) {
        good = commit_answered(s, rep);
        reply_free(&rep);
    } else if (commit_patience_us(s) == 0) {
        state_lost(s, "redis gave no answer in time");
        good = false;
    }
    return good;
}
