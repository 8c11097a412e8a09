#include "lib/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"

#define ID_BYTES 32

/* --- length-prefixed records --- */

void
journal_record_head(size_t record_bytes, uint8_t out[4])
{
    MUST(record_bytes > 0 && record_bytes <= JOURNAL_BODY_MAX);
    out[0] = (uint8_t)(record_bytes & 0xff);
    out[1] = (uint8_t)(record_bytes >> 8 & 0xff);
    out[2] = (uint8_t)(record_bytes >> 16 & 0xff);
    out[3] = (uint8_t)(record_bytes >> 24 & 0xff);
}

enum status
journal_record_next(struct journal_cursor *c, const uint8_t **record,
                    size_t *record_bytes)
{
    size_t bytes;

    if (c->left == 0) {
        return ST_GONE;
    }
    if (c->left < 4) {
        return ST_BAD;
    }
    bytes = (size_t)c->at[0] | (size_t)c->at[1] << 8 | (size_t)c->at[2] << 16 |
            (size_t)c->at[3] << 24;
    if (bytes == 0 || bytes > c->left - 4) {
        return ST_BAD;
    }
    *record = c->at + 4;
    *record_bytes = bytes;
    c->at += 4 + bytes;
    c->left -= 4 + bytes;
    return ST_OK;
}

/* --- reading --- */

void
journal_read_init(struct journal_read *rd)
{
    memset(rd, 0, sizeof *rd);
}

void
journal_read_fini(struct journal_read *rd)
{
    reply_free(&rd->rep);
    mem_free(&rd->entries);
    journal_read_init(rd);
}

static void
read_clear(struct journal_read *rd)
{
    reply_free(&rd->rep);
    rd->count = 0;
}

/* "<seq>-0" without leading zeros, seq from 1. */
static bool
read_id(const struct reply *rep, uint64_t *seq)
{
    size_t len;
    const char *id = reply_str(rep, &len);
    char *end;
    unsigned long long n;

    if (len < 3 || len > 21 || id[0] < '1' || id[0] > '9') {
        return false;
    }
    n = strtoull(id, &end, 10);
    *seq = n;
    return end == id + len - 2 && strcmp(end, "-0") == 0 && n <= INT64_MAX;
}

/* An entry without kind or body is one that we do not understand. */
static void
read_fields(const struct reply *fields, struct journal_entry *entry)
{
    const struct reply *kind = reply_field(fields, "k");
    const struct reply *body = reply_field(fields, "b");
    size_t kind_len;

    entry->kind_word = reply_str(kind, &kind_len);
    entry->kind = kind == NULL || body == NULL
                      ? JOURNAL_UNKNOWN
                      : journal_kind_parse(entry->kind_word, kind_len);
    entry->body = (const uint8_t *)reply_str(body, &entry->body_bytes);
    entry->chain = reply_str(reply_field(fields, "h"), NULL);
}

/*
 * Fills rd from an XRANGE answer, up to the first gap. ST_GONE when the gap is before
 * the first entry, ST_BAD when an id is not of our form.
 */
static enum status
read_entries(struct redis *r, const char *key, const struct reply *list, uint64_t after,
             struct journal_read *rd)
{
    size_t i;

    for (i = 0; i < reply_count(list); i++) {
        const struct reply *item = reply_at(list, i);
        struct journal_entry *entry;
        uint64_t seq;

        if (!read_id(reply_at(item, 0), &seq)) {
            redis_error_set(r, "%s: entry %s has no id of ours: written by hand?", key,
                            reply_str(reply_at(item, 0), NULL));
            return ST_BAD;
        }
        if (seq != after + 1 + i) {
            redis_error_set(r,
                            "%s: entry %" PRIu64 "-0 is missing (next is %" PRIu64
                            "-0): restore it from the archive",
                            key, after + 1 + i, seq);
            return i > 0 ? ST_OK : ST_GONE;
        }
        mem_array_room((void **)&rd->entries, rd->count, &rd->room,
                       sizeof *rd->entries);
        entry = &rd->entries[rd->count++];
        entry->seq = seq;
        read_fields(reply_at(item, 1), entry);
    }
    return ST_OK;
}

/* Last seq that the answer of HGET head seq, or of XINFO STREAM alerts, tells of. */
static uint64_t
read_last(const struct reply *told)
{
    const struct reply *id = reply_field(told, "last-generated-id");

    if (id != NULL) {
        return strtoull(reply_str(id, NULL), NULL, 10);
    }
    return (uint64_t)reply_int(told); /* also 0 for nil, or for no such stream */
}

/*
 * Where does the journal end? Asked before the entries, in the same round trip, so that
 * an entry behind `after` that is told of must be among them. The reports journal has
 * its head; XINFO would bring its first entry, a whole programme, each time.
 */
static enum status
read_ask(struct redis *r, const char *province, const char *stream, const char *from,
         const char *to, const char *count, struct reply **told, struct reply **list)
{
    char key[KEY_BYTES];
    char head[KEY_BYTES];
    const char *hget[] = {"HGET", head, "seq"};
    const char *xinfo[] = {"XINFO", "STREAM", key};
    const char *xrange[] = {"XRANGE", key, from, to, "COUNT", count};
    enum status st;

    key_make(key, province, stream);
    key_make(head, province, KEY_HEAD);
    redis_put(r, 3, strcmp(stream, KEY_REPORTS) == 0 ? hget : xinfo, NULL);
    redis_put(r, 6, xrange, NULL);
    st = redis_next(r, told);
    if (st == ST_OK) {
        st = redis_next(r, list);
    }
    if (st == ST_OK && reply_type(*list) == REPLY_ERROR) {
        redis_error_set(r, "%s: %s", key, reply_str(*list, NULL));
        st = reply_status(*list);
        if (st == ST_AGAIN) {
            redis_close(r);
        }
    }
    return st;
}

enum status
journal_read_after(struct redis *r, const char *province, const char *stream,
                   uint64_t after, size_t max, struct journal_read *rd)
{
    char key[KEY_BYTES];
    char from[ID_BYTES];
    char count[ID_BYTES];
    struct reply *told = NULL;
    uint64_t last;
    enum status st;

    MUST(max > 0);
    read_clear(rd);
    key_make(key, province, stream);
    (void)snprintf(from, sizeof from, "%" PRIu64 "-0", after + 1);
    (void)snprintf(count, sizeof count, "%zu", max);
    st = read_ask(r, province, stream, from, "+", count, &told, &rd->rep);
    last = read_last(told);
    reply_free(&told);
    if (st == ST_OK) {
        st = read_entries(r, key, rd->rep, after, rd);
    }
    if (st == ST_OK && rd->count == 0 && last > after) {
        redis_error_set(r,
                        "%s: ends at %" PRIu64 "-0, but nothing is behind %" PRIu64
                        "-0: restore it from the archive",
                        key, last, after);
        st = ST_GONE;
    }
    if (st != ST_OK) {
        read_clear(rd);
    }
    return st;
}

enum status
journal_read_one(struct redis *r, const char *province, const char *stream,
                 uint64_t seq, struct journal_read *rd)
{
    char key[KEY_BYTES];
    char id[ID_BYTES];
    const char *xrange[] = {"XRANGE", key, id, id};
    enum status st;

    read_clear(rd);
    key_make(key, province, stream);
    (void)snprintf(id, sizeof id, "%" PRIu64 "-0", seq);
    /* Nothing has the place 0, whatever a line that was changed by hand says. */
    st = seq == 0 ? ST_OK : redis_call(r, 4, xrange, NULL, &rd->rep);
    if (st == ST_OK && seq > 0) {
        st = read_entries(r, key, rd->rep, seq - 1, rd);
    }
    if (st == ST_OK && rd->count == 0) {
        redis_error_set(r, "%s: there is no entry %s", key, id);
        st = ST_GONE;
    }
    if (st != ST_OK) {
        read_clear(rd);
    }
    return st;
}

enum status
journal_read_each(struct redis *r, const char *province, const char *stream,
                  const uint64_t *seqs, size_t count, struct journal_read *rds)
{
    char key[KEY_BYTES];
    char id[ID_BYTES];
    const char *xrange[] = {"XRANGE", key, id, id};
    enum status st = ST_OK;
    size_t i;

    key_make(key, province, stream);
    for (i = 0; i < count; i++) {
        read_clear(&rds[i]);
        (void)snprintf(id, sizeof id, "%" PRIu64 "-0", seqs[i]);
        redis_put(r, 4, xrange, NULL);
    }
    for (i = 0; i < count; i++) {
        enum status one = redis_next(r, &rds[i].rep);

        if (one != ST_OK) {
            return one;
        }
        if (reply_status(rds[i].rep) != ST_OK) {
            st = reply_status(rds[i].rep);
            redis_error_set(r, "%s", reply_str(rds[i].rep, NULL));
        } else if (read_entries(r, key, rds[i].rep, seqs[i] - 1, &rds[i]) != ST_OK) {
            read_clear(&rds[i]);
        }
    }
    return st;
}
