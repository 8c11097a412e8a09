#include "lib/journal_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/keys.h"

#define SETTLE_TRIES 64
#define FOUND_ANSWERS 5u

/* Refuse with the key's name in front. */
#define WRONG(st, format, ...)                                                         \
    (redis_error_set(r, "%s: " format, key, __VA_ARGS__), (st))

void
journal_check_init(struct journal_check *c, const char *province, uint64_t at,
                   const char *chain, uint64_t to, const char *want)
{
    memset(c, 0, sizeof *c);
    c->province = province;
    c->at = at;
    c->to = to;
    (void)snprintf(c->chain, sizeof c->chain, "%s", chain);
    (void)snprintf(c->want, sizeof c->want, "%s", want);
}

/* ---- what can be told without reading ---- */

struct found {
    uint64_t checkpoint; /* the scorer's */
    uint64_t sealed;
    char seal[JOURNAL_CHAIN_BYTES];
    uint64_t receipts;
    uint64_t acts;
    uint64_t entries;
    char last[48]; /* id of the newest entry; "" none */
};

static void
ask(struct redis *r, const char *command, const char *key)
{
    const char *argv[] = {command, key};

    redis_put(r, 2, argv, NULL);
}

static void
found_ask(struct redis *r, const char *province)
{
    char key[KEY_BYTES];
    const char *hmget[] = {"HMGET", key, "seq", "sealed", "seal"};
    const char *newest[] = {"XREVRANGE", key, "+", "-", "COUNT", "1"};

    key_make2(key, province, KEY_CHECKPOINT, "scorer");
    redis_put(r, 5, hmget, NULL);
    key_make(key, province, KEY_RECEIPTS);
    ask(r, "HLEN", key);
    key_make(key, province, KEY_ACTS);
    ask(r, "HLEN", key);
    key_make(key, province, KEY_REPORTS);
    ask(r, "XLEN", key);
    redis_put(r, 6, newest, NULL);
}

static void
found_take(struct found *f, size_t i, const struct reply *rep)
{
    switch (i) {
    case 0:
        f->checkpoint = (uint64_t)reply_int(reply_at(rep, 0));
        f->sealed = (uint64_t)reply_int(reply_at(rep, 1));
        (void)snprintf(f->seal, sizeof f->seal, "%s",
                       reply_str(reply_at(rep, 2), NULL));
        break;
    case 1:
        f->receipts = (uint64_t)reply_int(rep);
        break;
    case 2:
        f->acts = (uint64_t)reply_int(rep);
        break;
    case 3:
        f->entries = (uint64_t)reply_int(rep);
        break;
    default:
        (void)snprintf(f->last, sizeof f->last, "%s",
                       reply_str(reply_at(reply_at(rep, 0), 0), NULL));
        break;
    }
}

static enum status
found_read(struct redis *r, const char *province, struct found *f)
{
    enum status st = ST_OK;
    size_t i;

    memset(f, 0, sizeof *f);
    found_ask(r, province);
    for (i = 0; i < FOUND_ANSWERS; i++) {
        struct reply *rep = NULL;

        if (redis_next(r, &rep) != ST_OK) {
            return ST_AGAIN;
        }
        if (reply_type(rep) == REPLY_ERROR && st == ST_OK) {
            redis_error_set(r, "%s", reply_str(rep, NULL));
            st = reply_status(rep);
        }
        found_take(f, i, rep);
        reply_free(&rep);
    }
    if (st == ST_AGAIN) {
        redis_close(r);
    }
    return st;
}

static enum status
found_wrong(struct redis *r, const char *province, const struct journal_head *head,
            const struct found *f)
{
    char key[KEY_BYTES];
    char want[48] = "";

    if (head->seq > 0) {
        (void)snprintf(want, sizeof want, "%" PRIu64 "-0", head->seq);
    }
    key_make(key, province, KEY_REPORTS);
    if (head->seq > 0 && f->last[0] == '\0') {
        return WRONG(ST_GONE,
                     "the journal is gone; its head tells of %" PRIu64 " entries",
                     head->seq);
    }
    if (strcmp(f->last, want) != 0) {
        return WRONG(ST_GONE, "the last entry is %s, its head tells of %s", f->last,
                     want[0] != '\0' ? want : "none");
    }
    key_make2(key, province, KEY_CHECKPOINT, "scorer");
    if (f->checkpoint > head->seq || f->sealed > f->checkpoint) {
        return WRONG(ST_GONE,
                     "scorer has read entry %" PRIu64 ", the journal ends at %" PRIu64,
                     f->checkpoint, head->seq);
    }
    key_make(key, province, KEY_RECEIPTS);
    if (f->receipts < head->receipts || (head->seq == 0 && f->receipts > 0)) {
        return WRONG(ST_GONE, "%" PRIu64 " receipts are there, must be %" PRIu64,
                     f->receipts, head->receipts);
    }
    key_make(key, province, KEY_ACTS);
    if (f->acts < head->acts || (head->seq == 0 && f->acts > 0)) {
        return WRONG(ST_GONE, "%" PRIu64 " acts are there, must be %" PRIu64, f->acts,
                     head->acts);
    }
    return ST_OK;
}

/* The entry that was sealed is still the sealed one. */
static enum status
seal_check(struct redis *r, const char *province, const struct found *f)
{
    struct journal_read rd;
    char key[KEY_BYTES];
    enum status st;

    key_make(key, province, KEY_REPORTS);
    journal_read_init(&rd);
    st = journal_read_one(r, province, KEY_REPORTS, f->sealed, &rd);
    if (st == ST_OK && strcmp(rd.entries[0].chain, f->seal) != 0) {
        st = WRONG(ST_BAD, "entry %" PRIu64 "-0 is not the one that scorer has sealed",
                   f->sealed);
    }
    journal_read_fini(&rd);
    return st;
}

/* Trimmed meanwhile? Then the head knows where to go on. ST_GONE: not trimmed. */
static enum status
trimmed_behind(struct journal_check *c, struct redis *r)
{
    char why[200];
    struct journal_head head;
    enum status st;

    (void)snprintf(why, sizeof why, "%s", redis_error(r));
    st = journal_head_read(r, c->province, &head);
    if (st != ST_OK) {
        return st;
    }
    if (head.trimmed <= c->at) {
        redis_error_set(r, "%s", why);
        return ST_GONE;
    }
    c->at = head.trimmed;
    (void)snprintf(c->chain, sizeof c->chain, "%s", head.trim_chain);
    return ST_OK;
}

/* The head, and what must agree with it, at one moment: others append meanwhile. */
static enum status
found_settled(struct redis *r, const char *province, struct journal_head *head,
              struct found *f)
{
    struct journal_head again;
    enum status st = journal_head_read(r, province, head);
    int tries;

    for (tries = 0; st == ST_OK && tries < SETTLE_TRIES; tries++) {
        st = found_read(r, province, f);
        if (st == ST_OK) {
            st = journal_head_read(r, province, &again);
        }
        if (st == ST_OK && again.seq == head->seq && again.trimmed == head->trimmed) {
            return ST_OK;
        }
        if (st == ST_OK) {
            *head = again;
        }
    }
    if (st == ST_OK) {
        redis_error_set(r, "%s: others append without a pause", province);
        st = ST_AGAIN;
    }
    return st;
}

enum status
journal_check_begin(struct journal_check *c, struct redis *r, const char *province)
{
    struct journal_head head;
    struct found found;
    enum status st = found_settled(r, province, &head, &found);

    journal_check_init(c, province, 0, "", 0, "");
    if (st == ST_OK) {
        st = found_wrong(r, province, &head, &found);
    }
    if (st != ST_OK) {
        return st;
    }
    if (found.sealed > head.trimmed) {
        journal_check_init(c, province, found.sealed - 1, "", head.seq, head.chain);
        st = seal_check(r, province, &found);
        if (st == ST_GONE) {
            st = trimmed_behind(c, r);
        } else {
            c->at = found.sealed;
            (void)snprintf(c->chain, sizeof c->chain, "%s", found.seal);
        }
    } else {
        journal_check_init(c, province, head.trimmed, head.trim_chain, head.seq,
                           head.chain);
    }
    if (found.entries < head.seq - head.trimmed) {
        c->missing = head.seq - head.trimmed - found.entries;
    }
    return st;
}

/* ---- reading ---- */

static enum status
entry_check(struct journal_check *c, struct redis *r, const struct journal_entry *e)
{
    char key[KEY_BYTES];

    key_make(key, c->province, KEY_REPORTS);
    if (!journal_entry_follows(e, c->chain)) {
        return WRONG(ST_BAD,
                     "entry %" PRIu64 "-0 is not as it was written: its chain value "
                     "does not follow from the entry before it",
                     e->seq);
    }
    c->at = e->seq;
    (void)snprintf(c->chain, sizeof c->chain, "%s", e->chain);
    if (c->at == c->to && c->want[0] != '\0' && strcmp(c->chain, c->want) != 0) {
        return WRONG(ST_BAD,
                     "entry %" PRIu64 "-0 is the last one, but not the one that the "
                     "head seals",
                     e->seq);
    }
    return ST_OK;
}

enum status
journal_check_step(struct journal_check *c, struct redis *r, size_t max)
{
    struct journal_read rd;
    enum status st;
    size_t i;

    if (journal_check_done(c)) {
        return ST_OK;
    }
    if (max > c->to - c->at) {
        max = c->to - c->at;
    }
    journal_read_init(&rd);
    st = journal_read_after(r, c->province, KEY_REPORTS, c->at, max, &rd);
    if (st == ST_GONE) {
        st = trimmed_behind(c, r);
    }
    for (i = 0; st == ST_OK && i < rd.count; i++) {
        st = entry_check(c, r, &rd.entries[i]);
    }
    journal_read_fini(&rd);
    return st;
}

/* ---- one entry ---- */

/* The chain value before `seq`. ST_GONE: nobody knows it any more. */
static enum status
chain_before(struct redis *r, const char *province, uint64_t seq,
             char chain[JOURNAL_CHAIN_BYTES])
{
    struct journal_head head;
    struct journal_read rd;
    enum status st;

    chain[0] = '\0';
    if (seq == 1) {
        return ST_OK;
    }
    st = journal_head_read(r, province, &head);
    if (st != ST_OK) {
        return st;
    }
    if (head.trimmed == seq - 1) {
        (void)snprintf(chain, JOURNAL_CHAIN_BYTES, "%s", head.trim_chain);
        return ST_OK;
    }
    journal_read_init(&rd);
    st = journal_read_one(r, province, KEY_REPORTS, seq - 1, &rd);
    if (st == ST_OK) {
        (void)snprintf(chain, JOURNAL_CHAIN_BYTES, "%s", rd.entries[0].chain);
    }
    journal_read_fini(&rd);
    return st;
}

enum status
journal_read_checked(struct redis *r, const char *province, uint64_t seq,
                     struct journal_read *rd)
{
    char chain[JOURNAL_CHAIN_BYTES];
    char key[KEY_BYTES];
    enum status st = chain_before(r, province, seq, chain);

    key_make(key, province, KEY_REPORTS);
    if (st == ST_OK) {
        st = journal_read_one(r, province, KEY_REPORTS, seq, rd);
    }
    if (st == ST_OK && !journal_entry_follows(&rd->entries[0], chain)) {
        st = WRONG(ST_BAD, "entry %" PRIu64 "-0 is not as it was written", seq);
    }
    return st;
}
