#include "lib/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"

#define NAMES_SHOWN 6

/* --- marks --- */

/* Digits; absent is 0. */
static bool
number_take(const struct reply *rep, uint64_t *out)
{
    size_t len;
    const char *text = reply_str(rep, &len);
    int64_t n = reply_int(rep);

    *out = (uint64_t)n;
    return n > 0 || len == 0 || (len == 1 && text[0] == '0');
}

static bool
text_take(const struct reply *rep, char *out, size_t out_bytes)
{
    size_t len;
    const char *text = reply_str(rep, &len);

    (void)snprintf(out, out_bytes, "%s", text);
    return len < out_bytes && strlen(text) == len;
}

static bool
head_take(const struct reply *rep, struct journal_head *h)
{
    uint64_t tick = 0;
    bool good = number_take(reply_at(rep, 0), &h->seq);

    good = text_take(reply_at(rep, 1), h->chain, sizeof h->chain) && good;
    good = number_take(reply_at(rep, 2), &tick) && good;
    good = text_take(reply_at(rep, 3), h->programme, sizeof h->programme) && good;
    good = text_take(reply_at(rep, 4), h->log_id, sizeof h->log_id) && good;
    good = number_take(reply_at(rep, 5), &h->trimmed) && good;
    good = text_take(reply_at(rep, 6), h->trim_chain, sizeof h->trim_chain) && good;
    good = number_take(reply_at(rep, 7), &h->receipts) && good;
    good = number_take(reply_at(rep, 8), &h->acts) && good;
    h->tick = (int64_t)tick;
    return good;
}

/* XINFO STREAM: a flat list; an error when there is no stream. */
static uint64_t
stream_last(const struct reply *rep)
{
    const char *id = reply_str(reply_field(rep, "last-generated-id"), NULL);

    return strtoull(id, NULL, 10);
}

static enum status
marks_take(struct redis *r, const struct reply *all, struct audit_marks *m)
{
    const struct reply *scorer = reply_at(all, 4);
    bool good;

    memset(m, 0, sizeof *m);
    if (reply_count(all) != 6) {
        redis_error_set(r, "the answer to EXEC is in no known form");
        return ST_AGAIN;
    }
    good = head_take(reply_at(all, 0), &m->head);
    m->receipts = (uint64_t)reply_int(reply_at(all, 1));
    m->acts = (uint64_t)reply_int(reply_at(all, 2));
    m->stream_last = stream_last(reply_at(all, 3));
    good = number_take(reply_at(scorer, 0), &m->scorer) && good;
    good = number_take(reply_at(scorer, 1), &m->alerts) && good;
    good = text_take(reply_at(scorer, 2), m->seal, sizeof m->seal) && good;
    good = number_take(reply_at(scorer, 3), &m->sealed) && good;
    good = number_take(reply_at(reply_at(all, 5), 0), &m->notifier) && good;
    if (!good) {
        redis_error_set(r, "a field of head or checkpoint is not in its form");
    }
    return good ? ST_OK : ST_BAD;
}

enum status
audit_marks(struct redis *r, const char *province, struct audit_marks *m)
{
    char head[KEY_BYTES], receipts[KEY_BYTES], acts[KEY_BYTES], reports[KEY_BYTES];
    char scorer[KEY_BYTES], notifier[KEY_BYTES];
    const char *multi[] = {"MULTI"};
    const char *exec[] = {"EXEC"};
    const char *of_head[] = {"HMGET",      head,        "seq", "chain",
                             "tick",       "programme", "log", "trim_seq",
                             "trim_chain", "receipts",  "acts"};
    const char *of_receipts[] = {"HLEN", receipts};
    const char *of_acts[] = {"HLEN", acts};
    const char *of_reports[] = {"XINFO", "STREAM", reports};
    const char *of_scorer[] = {"HMGET", scorer, "seq", "out", "seal", "sealed"};
    const char *of_notifier[] = {"HMGET", notifier, "seq"};
    struct reply *rep = NULL;
    enum status st = ST_OK;
    int i;

    key_make(head, province, KEY_HEAD);
    key_make(receipts, province, KEY_RECEIPTS);
    key_make(acts, province, KEY_ACTS);
    key_make(reports, province, KEY_REPORTS);
    key_make2(scorer, province, KEY_CHECKPOINT, "scorer");
    key_make2(notifier, province, KEY_CHECKPOINT, "notifier");
    redis_put(r, 1, multi, NULL);
    redis_put(r, 11, of_head, NULL);
    redis_put(r, 2, of_receipts, NULL);
    redis_put(r, 2, of_acts, NULL);
    redis_put(r, 3, of_reports, NULL);
    redis_put(r, 6, of_scorer, NULL);
    redis_put(r, 3, of_notifier, NULL);
    redis_put(r, 1, exec, NULL);
    for (i = 0; i < 8 && st == ST_OK; i++) {
        reply_free(&rep);
        st = redis_next(r, &rep);
    }
    if (st == ST_OK && reply_type(rep) == REPLY_ERROR) {
        redis_error_set(r, "%s", reply_str(rep, NULL));
        st = ST_DENIED;
    }
    if (st == ST_OK) {
        st = marks_take(r, rep, m);
    }
    reply_free(&rep);
    return st;
}

/* --- entries and lines --- */

enum status
audit_first_after(struct redis *r, const char *province, uint64_t after, uint64_t *seq,
                  char id[AUDIT_ID_BYTES])
{
    char key[KEY_BYTES];
    char from[AUDIT_ID_BYTES];
    char again[AUDIT_ID_BYTES];
    const char *argv[] = {"XRANGE", key, from, "+", "COUNT", "1"};
    struct reply *rep = NULL;
    enum status st;

    key_make(key, province, KEY_REPORTS);
    (void)snprintf(from, sizeof from, "(%" PRIu64 "-0", after);
    st = redis_call(r, 6, argv, NULL, &rep);
    *seq = 0;
    id[0] = '\0';
    if (st == ST_OK && reply_count(rep) > 0) {
        (void)snprintf(id, AUDIT_ID_BYTES, "%s",
                       reply_str(reply_at(reply_at(rep, 0), 0), NULL));
        *seq = strtoull(id, NULL, 10);
        (void)snprintf(again, sizeof again, "%" PRIu64 "-0", *seq);
        *seq = strcmp(id, again) == 0 ? *seq : 0;
    }
    reply_free(&rep);
    return st;
}

void
audit_receipts_put(struct redis *r, const char *province, const char *const *fields,
                   size_t count)
{
    char key[KEY_BYTES];
    struct args a;
    size_t i;

    key_make(key, province, KEY_RECEIPTS);
    args_init(&a);
    args_text(&a, "HMGET");
    args_text(&a, key);
    for (i = 0; i < count; i++) {
        args_add(&a, fields[i], strlen(fields[i]));
    }
    redis_put(r, a.argc, a.argv, a.lens);
    args_fini(&a);
}

void
audit_act_put(struct redis *r, const char *province, const char *id)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HGET", key, id};

    key_make(key, province, KEY_ACTS);
    redis_put(r, 3, argv, NULL);
}

void
audit_fact_put(struct redis *r, const char *province, const char *unit,
               const char *field)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HGET", key, field};

    key_make2(key, province, KEY_FACTS, unit);
    redis_put(r, 3, argv, NULL);
}

void
audit_programme_put(struct redis *r, const char *province, const char *digest)
{
    char key[KEY_BYTES];
    const char *argv[] = {"STRLEN", key};

    key_make2(key, province, KEY_PROGRAMME, digest);
    redis_put(r, 2, argv, NULL);
}

enum status
audit_take(struct redis *r, struct reply **rep)
{
    enum status st = redis_next(r, rep);

    if (st == ST_OK && reply_type(*rep) == REPLY_ERROR) {
        redis_error_set(r, "%s", reply_str(*rep, NULL));
        st = reply_status(*rep);
    }
    return st;
}

enum status
audit_receipts_scan(struct redis *r, const char *province, char at[24],
                    struct reply **rep)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HSCAN", key, at, "COUNT", "1000"};
    enum status st;

    key_make(key, province, KEY_RECEIPTS);
    st = redis_call(r, 5, argv, NULL, rep);
    if (st == ST_OK) {
        (void)snprintf(at, 24, "%s", reply_str(reply_at(*rep, 0), NULL));
    }
    return st;
}

/* --- what there is --- */

/* Left by a service that has only connected, or not ours to judge. */
static bool
name_harmless(const char *name)
{
    static const char *const begins[] = {KEY_EPOCH ":", KEY_OWNER ":", KEY_CURSOR};
    size_t i;

    for (i = 0; i < sizeof begins / sizeof *begins; i++) {
        if (strncmp(name, begins[i], strlen(begins[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* A head that holds a log id and nothing else. */
static enum status
head_bare(struct redis *r, const char *key, bool *bare)
{
    const char *argv[] = {"HEXISTS", key, "seq"};
    struct reply *rep = NULL;
    enum status st = redis_call(r, 3, argv, NULL, &rep);

    *bare = st == ST_OK && reply_int(rep) == 0;
    reply_free(&rep);
    return st == ST_BAD ? ST_OK : st; /* of another type: it is there */
}

static enum status
present_add(struct redis *r, const char *key, size_t prefix, struct buf *out,
            size_t *count)
{
    const char *name = key + prefix;
    enum status st = ST_OK;
    bool bare = false;

    if (name_harmless(name)) {
        return ST_OK;
    }
    if (strcmp(name, KEY_HEAD) == 0) {
        st = head_bare(r, key, &bare);
    }
    if (st == ST_OK && !bare) {
        if (*count < NAMES_SHOWN) {
            buf_format(out, "%s%s", *count == 0 ? "" : ", ", name);
        }
        (*count)++;
    }
    return st;
}

enum status
audit_present(struct redis *r, const char *province, struct buf *out, size_t *count)
{
    char match[KEY_BYTES];
    char at[24] = "0";
    const char *argv[] = {"SCAN", at, "MATCH", match, "COUNT", "1000"};
    size_t prefix;
    enum status st;

    key_make(match, province, "*");
    prefix = strlen(match) - 1;
    *count = 0;
    do {
        struct reply *rep = NULL;
        size_t i;

        st = redis_call(r, 6, argv, NULL, &rep);
        for (i = 0; st == ST_OK && i < reply_count(reply_at(rep, 1)); i++) {
            st = present_add(r, reply_str(reply_at(reply_at(rep, 1), i), NULL), prefix,
                             out, count);
        }
        if (st == ST_OK) {
            (void)snprintf(at, sizeof at, "%s", reply_str(reply_at(rep, 0), NULL));
        }
        reply_free(&rep);
    } while (st == ST_OK && strcmp(at, "0") != 0);
    return st;
}

enum status
audit_cursors(struct redis *r, const char *province, struct buf *out, size_t *count)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HGETALL", key};
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    key_make(key, province, KEY_CURSOR);
    st = redis_call(r, 2, argv, NULL, &rep);
    *count = 0;
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        buf_format(out, "%s %s\n", reply_str(reply_at(rep, i), NULL),
                   reply_str(reply_at(rep, i + 1), NULL));
        (*count)++;
    }
    reply_free(&rep);
    return st;
}

enum status
audit_cursor_put(struct redis *r, const char *province, const char *field,
                 const char *position)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HSETNX", key, field, position};
    struct reply *rep = NULL;
    enum status st;

    key_make(key, province, KEY_CURSOR);
    st = redis_call(r, 4, argv, NULL, &rep);
    reply_free(&rep);
    return st;
}
