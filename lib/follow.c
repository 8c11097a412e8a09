#include "lib/follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/functions.h"
#include "lib/instant.h"
#include "lib/keys.h"

void
follow_init(struct follow *f, const char *province, const char *service,
            const char *stream)
{
    memset(f, 0, sizeof *f);
    f->province = province;
    f->service = service;
    f->stream = stream;
}

/* --- taking over --- */

static enum status
checkpoint_parse(const struct reply *rep, struct follow *f)
{
    int64_t checkpoint = reply_int(reply_at(rep, 0));
    int64_t out = reply_int(reply_at(rep, 1));
    int64_t tick = reply_int(reply_at(rep, 3));
    int64_t sealed = reply_int(reply_at(rep, 5));
    size_t len;
    size_t seal_len;
    const char *programme = reply_str(reply_at(rep, 2), &len);
    const char *seal = reply_str(reply_at(rep, 4), &seal_len);

    if (checkpoint < 0 || out < 0 || tick < 0 || sealed < 0 || sealed > checkpoint ||
        len >= sizeof f->programme || seal_len >= sizeof f->seal ||
        (sealed > 0) != (seal_len > 0)) {
        return ST_BAD;
    }
    f->sealed = (uint64_t)sealed;
    (void)snprintf(f->seal, sizeof f->seal, "%s", seal);
    f->checkpoint = (uint64_t)checkpoint;
    f->out_seq = (uint64_t)out;
    f->tick = tick;
    memcpy(f->programme, programme, len);
    f->programme[len] = '\0';
    return ST_OK;
}

enum status
follow_take_over(struct follow *f, struct redis *r)
{
    char epoch[KEY_BYTES];
    char key[KEY_BYTES];
    const char *incr[] = {"INCR", epoch};
    const char *hmget[] = {"HMGET",     key,    "seq",  "out",
                           "programme", "tick", "seal", "sealed"};
    struct reply *rep = NULL;
    enum status st;

    key_make2(epoch, f->province, KEY_EPOCH, f->service);
    key_make2(key, f->province, KEY_CHECKPOINT, f->service);
    st = redis_call(r, 2, incr, NULL, &rep);
    if (st == ST_OK) {
        FAULT("follow.epoch");
        f->epoch = reply_int(rep);
        reply_free(&rep);
        st = redis_call(r, sizeof hmget / sizeof *hmget, hmget, NULL, &rep);
    }
    if (st == ST_OK) {
        st = checkpoint_parse(rep, f);
        if (st != ST_OK) {
            redis_error_set(
                r, "%s: a field is not in its form; was it changed by hand?", key);
        }
    }
    reply_free(&rep);
    return st;
}

enum status
follow_overtaken(const struct follow *f, struct redis *r, bool *overtaken)
{
    char epoch[KEY_BYTES];
    const char *get[] = {"GET", epoch};
    struct reply *rep = NULL;
    enum status st;

    key_make2(epoch, f->province, KEY_EPOCH, f->service);
    st = redis_call(r, 2, get, NULL, &rep);
    *overtaken = st == ST_OK && reply_int(rep) != f->epoch;
    reply_free(&rep);
    return st;
}

/* --- committing --- */

static void
apply_args(struct args *a, const struct follow *f, const struct effects *e,
           uint64_t seq, const char *programme, int64_t tick)
{
    char key[KEY_BYTES];
    char updated[INSTANT_TEXT_BYTES];

    args_text(a, "FCALL");
    args_text(a, FUNCTION_APPLY);
    args_int(a, (int64_t)(2 + e->keys.argc));
    key_make2(key, f->province, KEY_EPOCH, f->service);
    args_text(a, key);
    key_make2(key, f->province, KEY_CHECKPOINT, f->service);
    args_text(a, key);
    args_all(a, &e->keys);
    args_text(a, FUNCTIONS_VERSION);
    args_int(a, f->epoch);
    args_int(a, (int64_t)f->checkpoint);
    args_int(a, (int64_t)seq);
    args_int(a, (int64_t)e->out_next);
    args_text(a, programme);
    args_int(a, tick);
    instant_text_utc(instant_now(), updated); /* for people; nothing reads it back */
    args_text(a, updated);
    args_text(a, e->seal);
    effects_args(e, a);
}

static enum status
apply_answer(struct redis *r, const struct reply *rep)
{
    const char *word = reply_str(reply_at(rep, 0), NULL);
    const char *present = reply_str(reply_at(rep, 1), NULL);
    enum status st = reply_status(rep);

    if (st != ST_OK) {
        redis_error_set(r, "%s", reply_str(rep, NULL));
        return st;
    }
    if (strcmp(word, "OK") == 0) {
        return ST_OK;
    }
    if (strcmp(word, "FENCED") == 0) {
        redis_error_set(r, "another instance has taken over: the epoch is %s now",
                        present);
        return ST_FENCED;
    }
    if (strcmp(word, "STALE") == 0) {
        redis_error_set(r, "the checkpoint stands at %s already", present);
        return ST_STALE;
    }
    redis_error_set(r, "dd_apply gave an answer of no known form");
    return ST_BAD;
}

void
follow_put(struct follow *f, struct redis *r, struct effects *e, uint64_t seq,
           const char *programme, int64_t tick)
{
    struct follow_sent *sent = &f->sent;
    struct args a;

    MUST(!sent->waiting && redis_idle(r)); /* the next answer is to be this one's */
    MUST(seq >= f->checkpoint && seq <= INT64_MAX);
    MUST(strlen(programme) < sizeof sent->programme && tick >= 0);
    effects_close(e);
    args_init(&a);
    apply_args(&a, f, e, seq, programme, tick);
    FAULT("follow.put");
    redis_put(r, a.argc, a.argv, a.lens);
    args_fini(&a);
    sent->waiting = true;
    sent->seq = seq;
    sent->out_seq = e->out_next;
    sent->tick = tick;
    memcpy(sent->programme, programme, strlen(programme) + 1);
    memcpy(sent->seal, e->seal, sizeof sent->seal);
}

enum status
follow_result(struct follow *f, struct redis *r, const struct reply *rep)
{
    const struct follow_sent *sent = &f->sent;
    enum status st = apply_answer(r, rep);

    FAULT("follow.answered");
    if (st == ST_OK) {
        f->checkpoint = sent->seq;
        f->out_seq = sent->out_seq;
        f->tick = sent->tick;
        memcpy(f->programme, sent->programme, sizeof f->programme);
        if (sent->seal[0] != '\0') {
            f->sealed = sent->seq;
            memcpy(f->seal, sent->seal, sizeof f->seal);
        }
    } else if (st == ST_AGAIN) {
        redis_close(r);
    }
    follow_drop(f);
    return st;
}

void
follow_drop(struct follow *f)
{
    f->sent.waiting = false;
}

enum status
follow_apply(struct follow *f, struct redis *r, struct effects *e, uint64_t seq,
             const char *programme, int64_t tick)
{
    struct reply *rep = NULL;
    enum status st;

    follow_put(f, r, e, seq, programme, tick);
    st = redis_next(r, &rep);
    if (st == ST_OK) {
        st = follow_result(f, r, rep);
    }
    follow_drop(f);
    reply_free(&rep);
    return st;
}

uint64_t
follow_seq(const struct follow *f)
{
    return f->sent.waiting ? f->sent.seq : f->checkpoint;
}

uint64_t
follow_out(const struct follow *f)
{
    return f->sent.waiting ? f->sent.out_seq : f->out_seq;
}
