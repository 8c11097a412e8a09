#include "lib/journal.h"

#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/functions.h"
#include "lib/keys.h"

static const char *const kind_names[] = {
    [JOURNAL_REPORTS] = "reports",     [JOURNAL_TICK] = "tick",
    [JOURNAL_PROGRAMME] = "programme", [JOURNAL_ACT] = "act",
    [JOURNAL_ALERTS] = "alerts",       [JOURNAL_UNKNOWN] = "unknown",
};

const char *
journal_kind_name(enum journal_kind kind)
{
    MUST((unsigned)kind <= JOURNAL_UNKNOWN);
    return kind_names[kind];
}

enum journal_kind
journal_kind_parse(const char *name, size_t len)
{
    int kind;

    for (kind = JOURNAL_REPORTS; kind < JOURNAL_UNKNOWN; kind++) {
        if (strlen(kind_names[kind]) == len &&
            memcmp(kind_names[kind], name, len) == 0) {
            return (enum journal_kind)kind;
        }
    }
    return JOURNAL_UNKNOWN;
}

/* --- the chain --- */

static void
chain_of(const char *before, const char *word, const void *body, size_t body_bytes,
         char out[JOURNAL_CHAIN_BYTES])
{
    struct crypto_hash h;

    /* The zeros keep "ab"+"c" and "a"+"bc" apart. */
    crypto_hash_begin(&h, CRYPTO_HASH128_BYTES);
    crypto_hash_add(&h, before, strlen(before) + 1);
    crypto_hash_add(&h, word, strlen(word) + 1);
    crypto_hash_add(&h, body, body_bytes);
    crypto_hash_end_hex(&h, out);
}

void
journal_chain(const char *before, enum journal_kind kind, const void *body,
              size_t body_bytes, char out[JOURNAL_CHAIN_BYTES])
{
    MUST(kind != JOURNAL_UNKNOWN);
    chain_of(before, journal_kind_name(kind), body, body_bytes, out);
}

bool
journal_entry_follows(const struct journal_entry *entry, const char *before)
{
    char want[JOURNAL_CHAIN_BYTES];

    chain_of(before, entry->kind_word, entry->body, entry->body_bytes, want);
    return strcmp(want, entry->chain) == 0;
}

/* --- the head --- */

/* A text of the head or the checkpoint; absent is "". ST_BAD when it does not fit. */
static enum status
head_text(const struct reply *rep, char *out, size_t out_bytes)
{
    size_t len;
    const char *text = reply_str(rep, &len);

    if (len >= out_bytes || memchr(text, '\0', len) != NULL) {
        return ST_BAD;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    return ST_OK;
}

/* Digits only; absent is 0. Below 2^63, so that strtoll reads it, too. */
static enum status
head_number(const struct reply *rep, int64_t *out)
{
    size_t len;
    const char *text = reply_str(rep, &len);

    *out = 0;
    if (len == 0) {
        return ST_OK;
    }
    *out = reply_int(rep);
    return *out > 0 || (len == 1 && text[0] == '0') ? ST_OK : ST_BAD;
}

static enum status
head_log_mint(struct redis *r, const char *key, struct journal_head *head)
{
    char id[CRYPTO_HEX128_BYTES];
    static const char function[] = FUNCTION_LOG;
    const char *argv[] = {"FCALL", function, "1", key, FUNCTIONS_VERSION, id};
    struct reply *rep = NULL;
    enum status st;

    crypto_random_id(id);
    st = redis_call(r, 6, argv, NULL, &rep);
    if (st == ST_OK) {
        st = head_text(reply_at(rep, 0), head->log_id, sizeof head->log_id);
    }
    reply_free(&rep);
    return st;
}

static enum status
head_parse(const struct reply *rep, struct journal_head *got)
{
    int64_t seq;
    int64_t trimmed;
    int64_t receipts;
    int64_t acts;

    if (head_number(reply_at(rep, 0), &seq) != ST_OK ||
        head_text(reply_at(rep, 1), got->chain, sizeof got->chain) != ST_OK ||
        head_number(reply_at(rep, 2), &got->tick) != ST_OK ||
        head_text(reply_at(rep, 3), got->programme, sizeof got->programme) != ST_OK ||
        head_text(reply_at(rep, 4), got->log_id, sizeof got->log_id) != ST_OK ||
        head_number(reply_at(rep, 5), &trimmed) != ST_OK ||
        head_text(reply_at(rep, 6), got->trim_chain, sizeof got->trim_chain) != ST_OK ||
        head_number(reply_at(rep, 7), &receipts) != ST_OK ||
        head_number(reply_at(rep, 8), &acts) != ST_OK ||
        (trimmed > 0) != (got->trim_chain[0] != '\0')) {
        return ST_BAD;
    }
    got->seq = (uint64_t)seq;
    got->trimmed = (uint64_t)trimmed;
    got->receipts = (uint64_t)receipts;
    got->acts = (uint64_t)acts;
    return ST_OK;
}

enum status
journal_head_look(struct redis *r, const char *province, struct journal_head *head)
{
    char key[KEY_BYTES];
    const char *argv[] = {"HMGET",      key,         "seq", "chain",
                          "tick",       "programme", "log", "trim_seq",
                          "trim_chain", "receipts",  "acts"};
    struct journal_head got = {0};
    struct reply *rep = NULL;
    enum status st;

    key_make(key, province, KEY_HEAD);
    st = redis_call(r, sizeof argv / sizeof *argv, argv, NULL, &rep);
    if (st != ST_OK) {
        reply_free(&rep);
        return st;
    }
    st = head_parse(rep, &got);
    reply_free(&rep);
    if (st != ST_OK) {
        redis_error_set(r, "%s: a field is not in its form; was it changed by hand?",
                        key);
        return st;
    }
    *head = got;
    return ST_OK;
}

enum status
journal_head_read(struct redis *r, const char *province, struct journal_head *head)
{
    struct journal_head got;
    char key[KEY_BYTES];
    enum status st = journal_head_look(r, province, &got);

    if (st == ST_OK && got.log_id[0] == '\0') {
        key_make(key, province, KEY_HEAD);
        st = head_log_mint(r, key, &got);
    }
    if (st == ST_OK) {
        *head = got;
    }
    return st;
}
