#include "lib/hint.h"

#include <string.h>

#include "lib/bus.h"
#include "lib/diag.h"

_Static_assert(HINT_BYTES_MAX <= BUS_MESSAGE_MAX, "a hint is one message");

#define ENTRY_HEAD_BYTES 64u /* kind, chain value and length in digits */

/* ---- writing ---- */

static size_t
entries_bytes(const struct journal_entry *entries, size_t count)
{
    size_t bytes = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        bytes += ENTRY_HEAD_BYTES + entries[i].body_bytes;
    }
    return bytes;
}

void
hint_write(struct buf *out, const char *province, uint64_t seq, const char *run_id,
           const struct journal_entry *entries, size_t count)
{
    size_t i;

    buf_clear(out);
    buf_text(out, province);
    buf_char(out, ' ');
    buf_count(out, seq);
    if (run_id[0] == '\0' || count == 0 || count > HINT_ENTRIES_MAX ||
        out->len + strlen(run_id) + 2 + entries_bytes(entries, count) >
            HINT_BYTES_MAX) {
        return;
    }
    buf_char(out, '\n');
    buf_text(out, run_id);
    buf_char(out, '\n');
    for (i = 0; i < count; i++) {
        const struct journal_entry *e = &entries[i];

        buf_text(out, journal_kind_name(e->kind));
        buf_char(out, ' ');
        buf_text(out, e->chain[0] != '\0' ? e->chain : "-");
        buf_char(out, ' ');
        buf_count(out, e->body_bytes);
        buf_char(out, '\n');
        buf_add(out, e->body, e->body_bytes);
    }
    MUST(!out->cut);
}

/* ---- reading ---- */

struct reading {
    const char *at;
    size_t left;
};

/* The bytes before `end`, which is stepped over. False: there is no such end near. */
static bool
word_take(struct reading *r, char end, size_t most, const char **word, size_t *len)
{
    const char *stop = memchr(r->at, end, r->left < most + 1 ? r->left : most + 1);

    if (stop == NULL || stop == r->at) {
        return false;
    }
    *word = r->at;
    *len = (size_t)(stop - r->at);
    r->left -= *len + 1;
    r->at = stop + 1;
    return true;
}

static bool
only_of(const char *word, size_t len, const char *letters)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (word[i] == '\0' || strchr(letters, word[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* Digits without leading zeros, above 0, up to `most`. */
static bool
count_parse(const char *word, size_t len, uint64_t most, uint64_t *n)
{
    size_t i;

    *n = 0;
    if (len == 0 || len > 19 || word[0] == '0' || !only_of(word, len, "0123456789")) {
        return false;
    }
    for (i = 0; i < len; i++) {
        *n = *n * 10 + (uint64_t)(word[i] - '0');
    }
    return *n <= most;
}

static bool
entry_take(struct reading *r, struct hint *h)
{
    struct journal_entry *e;
    const char *word;
    char *chain;
    size_t len;
    uint64_t bytes;

    if (h->count == HINT_ENTRIES_MAX || !word_take(r, ' ', 16, &word, &len)) {
        return false;
    }
    e = &h->entries[h->count];
    chain = h->chains[h->count];
    e->kind = journal_kind_parse(word, len);
    if (e->kind == JOURNAL_UNKNOWN || !word_take(r, ' ', 32, &word, &len)) {
        return false;
    }
    if (len == 1 && word[0] == '-') {
        len = 0;
    }
    if (!only_of(word, len, "0123456789abcdef")) {
        return false;
    }
    memcpy(chain, word, len);
    chain[len] = '\0';
    if (!word_take(r, '\n', 8, &word, &len) ||
        !count_parse(word, len, HINT_BYTES_MAX, &bytes) || bytes > r->left) {
        return false;
    }
    e->kind_word = journal_kind_name(e->kind);
    e->chain = chain;
    e->body = (const uint8_t *)r->at;
    e->body_bytes = (size_t)bytes;
    r->at += bytes;
    r->left -= (size_t)bytes;
    h->count++;
    return true;
}

static bool
entries_take(struct reading *r, struct hint *h)
{
    const char *word;
    size_t len;
    size_t i;

    if (!word_take(r, '\n', sizeof h->run_id - 1, &word, &len) ||
        !only_of(word, len, "0123456789abcdef")) {
        return false;
    }
    memcpy(h->run_id, word, len);
    h->run_id[len] = '\0';
    while (r->left > 0) {
        if (!entry_take(r, h)) {
            return false;
        }
    }
    for (i = 0; i < h->count && h->count <= h->seq; i++) {
        h->entries[i].seq = h->seq - h->count + 1 + i;
    }
    return h->count <= h->seq;
}

enum status
hint_read(const void *bytes, size_t len, struct hint *h)
{
    struct reading r = {bytes, len};
    const char *word;
    size_t word_len;
    const char *end;

    h->count = 0;
    h->run_id[0] = '\0';
    if (len == 0 || len > HINT_BYTES_MAX ||
        !word_take(&r, ' ', sizeof h->province - 1, &word, &word_len) ||
        memchr(word, '\0', word_len) != NULL) {
        return ST_BAD;
    }
    memcpy(h->province, word, word_len);
    h->province[word_len] = '\0';
    end = memchr(r.at, '\n', r.left);
    word_len = end == NULL ? r.left : (size_t)(end - r.at);
    if (!count_parse(r.at, word_len, INT64_MAX, &h->seq)) {
        return ST_BAD;
    }
    if (end != NULL) {
        r.left -= word_len + 1;
        r.at = end + 1;
        if (!entries_take(&r, h)) {
            h->count = 0;
        }
    }
    return ST_OK;
}
