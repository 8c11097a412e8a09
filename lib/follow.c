#include "lib/follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/functions.h"
#include "lib/instant.h"
#include "lib/keys.h"

#define INBOX_MAXLEN "10000"
#define ID_BYTES 48

/* How far back a key is looked for, before it is named a second time (harmless). */
#define KEYS_LOOK_BACK 8u

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

/* --- effects --- */

void
effects_init(struct effects *e)
{
    memset(e, 0, sizeof *e);
    args_init(&e->keys);
    args_init(&e->ops);
}

void
effects_fini(struct effects *e)
{
    args_fini(&e->keys);
    args_fini(&e->ops);
}

void
effects_clear(struct effects *e, const struct follow *f)
{
    args_clear(&e->keys);
    args_clear(&e->ops);
    e->count = 0;
    e->out_next = f->out_seq;
    e->seal[0] = '\0';
    e->run_name = NULL;
}

/* The number of fields of the last hset or hdel is known now. */
static void
effects_run_end(struct effects *e)
{
    if (e->run_name != NULL) {
        args_replace_int(&e->ops, e->run_at, (int64_t)e->run_fields);
        e->run_name = NULL;
    }
}

/* Place of a key in KEYS as dd_apply counts: epoch and checkpoint are 1 and 2. */
static size_t
effects_key(struct effects *e, const struct follow *f, const char *name,
            const char *part)
{
    char key[KEY_BYTES];
    size_t len;
    size_t i;

    if (part == NULL) {
        key_make(key, f->province, name);
    } else {
        key_make2(key, f->province, name, part);
    }
    len = strlen(key);
    for (i = e->keys.argc; i > 0 && e->keys.argc - i < KEYS_LOOK_BACK; i--) {
        if (e->keys.lens[i - 1] == len && memcmp(e->keys.argv[i - 1], key, len) == 0) {
            return i + 2;
        }
    }
    args_copy(&e->keys, key, len);
    return e->keys.argc + 2;
}

/* Goes on with the run of the last effect, or begins one of name, key and a count. */
static void
effects_run(struct effects *e, const char *op, size_t key)
{
    if (e->run_name != op || e->run_key != key) {
        effects_run_end(e);
        args_text(&e->ops, op);
        args_int(&e->ops, (int64_t)key);
        e->run_at = e->ops.argc;
        args_add(&e->ops, "", 0);
        e->run_name = op;
        e->run_key = key;
        e->run_fields = 0;
    }
    e->run_fields++;
    e->count++;
}

static const char op_hset[] = "hset";
static const char op_hdel[] = "hdel";

void
effects_hset(struct effects *e, const struct follow *f, const char *name,
             const char *part, const char *field, const void *value, size_t len)
{
    effects_run(e, op_hset, effects_key(e, f, name, part));
    args_text(&e->ops, field);
    args_copy(&e->ops, value, len);
}

void
effects_hdel(struct effects *e, const struct follow *f, const char *name,
             const char *part, const char *field)
{
    effects_run(e, op_hdel, effects_key(e, f, name, part));
    args_text(&e->ops, field);
}

void
effects_seal(struct effects *e, const char *chain)
{
    MUST(strlen(chain) < sizeof e->seal);
    (void)snprintf(e->seal, sizeof e->seal, "%s", chain);
}

static void
effects_xadd_begin(struct effects *e, size_t key, const char *id, const char *previous,
                   const char *maxlen, size_t fields)
{
    effects_run_end(e);
    args_text(&e->ops, "xadd");
    args_int(&e->ops, (int64_t)key);
    args_text(&e->ops, id);
    args_text(&e->ops, previous);
    args_text(&e->ops, maxlen);
    args_int(&e->ops, (int64_t)fields);
    e->count++;
}

void
effects_alert(struct effects *e, const struct follow *f, enum journal_kind kind,
              const void *body, size_t body_bytes)
{
    char previous[ID_BYTES];
    char id[ID_BYTES];

    MUST(kind != JOURNAL_REPORTS && kind != JOURNAL_UNKNOWN);
    MUST(body_bytes <= JOURNAL_PROGRAMME_MAX);
    (void)snprintf(previous, sizeof previous, "%" PRIu64 "-0", e->out_next);
    (void)snprintf(id, sizeof id, "%" PRIu64 "-0", e->out_next + 1);
    effects_xadd_begin(e, effects_key(e, f, KEY_ALERTS, NULL), id, previous, "", 2);
    args_text(&e->ops, "k");
    args_text(&e->ops, journal_kind_name(kind));
    args_text(&e->ops, "b");
    args_copy(&e->ops, body, body_bytes);
    e->out_next++;
}

void
effects_xadd(struct effects *e, const struct follow *f, const char *name,
             const char *part, uint64_t seq, uint32_t index, const char *const *fields,
             size_t field_count)
{
    char id[ID_BYTES];
    size_t i;

    MUST(field_count > 0 && field_count % 2 == 0);
    (void)snprintf(id, sizeof id, "%" PRIu64 "-%" PRIu32, seq, index);
    effects_xadd_begin(e, effects_key(e, f, name, part), id, "",
                       strcmp(name, KEY_INBOX) == 0 ? INBOX_MAXLEN : "",
                       field_count / 2);
    for (i = 0; i < field_count; i++) {
        args_text(&e->ops, fields[i]);
    }
}

void
effects_xdel(struct effects *e, const struct follow *f, const char *name,
             const char *part, uint64_t seq, uint32_t index)
{
    char id[ID_BYTES];

    (void)snprintf(id, sizeof id, "%" PRIu64 "-%" PRIu32, seq, index);
    effects_run_end(e);
    args_text(&e->ops, "xdel");
    args_int(&e->ops, (int64_t)effects_key(e, f, name, part));
    args_text(&e->ops, "1");
    args_text(&e->ops, id);
    e->count++;
}

/* --- committing --- */

static void
apply_args(struct args *a, const struct follow *f, struct effects *e, uint64_t seq,
           const char *programme, int64_t tick)
{
    char key[KEY_BYTES];
    char updated[INSTANT_TEXT_BYTES];
    size_t i;

    effects_run_end(e);
    args_text(a, "FCALL");
    args_text(a, FUNCTION_APPLY);
    args_int(a, (int64_t)(2 + e->keys.argc));
    key_make2(key, f->province, KEY_EPOCH, f->service);
    args_text(a, key);
    key_make2(key, f->province, KEY_CHECKPOINT, f->service);
    args_text(a, key);
    for (i = 0; i < e->keys.argc; i++) {
        args_add(a, e->keys.argv[i], e->keys.lens[i]);
    }
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
    for (i = 0; i < e->ops.argc; i++) {
        args_add(a, e->ops.argv[i], e->ops.lens[i]);
    }
}

static enum status
apply_result(struct redis *r, const struct reply *rep)
{
    const char *word = reply_str(reply_at(rep, 0), NULL);
    const char *present = reply_str(reply_at(rep, 1), NULL);

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

enum status
follow_apply(struct follow *f, struct redis *r, struct effects *e, uint64_t seq,
             const char *programme, int64_t tick)
{
    struct args a;
    struct reply *rep = NULL;
    enum status st;

    MUST(seq >= f->checkpoint && seq <= INT64_MAX);
    MUST(strlen(programme) < sizeof f->programme && tick >= 0);
    args_init(&a);
    apply_args(&a, f, e, seq, programme, tick);
    FAULT("follow.put");
    st = redis_call(r, a.argc, a.argv, a.lens, &rep);
    if (st == ST_OK) {
        st = apply_result(r, rep);
    }
    FAULT("follow.answered");
    if (st == ST_OK) {
        f->checkpoint = seq;
        f->out_seq = e->out_next;
        f->tick = tick;
        if (e->seal[0] != '\0') {
            f->sealed = seq;
            memcpy(f->seal, e->seal, sizeof f->seal);
        }
        memmove(f->programme, programme, strlen(programme) + 1); /* may be itself */
    }
    args_fini(&a);
    reply_free(&rep);
    return st;
}
