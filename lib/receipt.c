#include "lib/receipt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/put.h"

static void
lines_begin(struct receipt_lines *kept, const struct receipt *r)
{
    char due[DAY_TEXT_BYTES] = "-";
    struct put p;

    if (r->due_day != 0) {
        day_text(r->due_day, due);
    }
    kept->of = *r;
    put_begin(&p, kept->before, sizeof kept->before);
    put_text(&p, " at=");
    put_count(&p, r->entry);
    put_char(&p, ':');
    kept->before_bytes = (size_t)(p.at - kept->before);
    put_begin(&p, kept->behind, sizeof kept->behind);
    put_text(&p, " received=");
    put_number(&p, r->received_at_ms);
    put_text(&p, " due=");
    put_text(&p, due);
    put_text(&p, " on_time=");
    put_char(&p, r->on_time ? '1' : '0');
    kept->behind_bytes = (size_t)(p.at - kept->behind);
}

#define HASH_WORD "hash="
#define HASH_END (sizeof HASH_WORD - 1 + 2 * RECEIPT_HASH_BYTES)

_Static_assert(HASH_END + sizeof((struct receipt_lines *)0)->before + 20 +
                       sizeof((struct receipt_lines *)0)->behind <
                   RECEIPT_LINE_BYTES,
               "a line has room for all that is kept, used or not");

size_t
receipt_line_next(struct receipt_lines *kept, const struct receipt *r,
                  char out[RECEIPT_LINE_BYTES])
{
    struct put p;

    if (kept->before_bytes == 0 || kept->of.entry != r->entry ||
        kept->of.received_at_ms != r->received_at_ms ||
        kept->of.due_day != r->due_day || kept->of.on_time != r->on_time) {
        lines_begin(kept, r);
    }
    memcpy(out, HASH_WORD, sizeof HASH_WORD - 1);
    crypto_hex(r->hash, sizeof r->hash, out + sizeof HASH_WORD - 1);
    /* All of it, with what is behind the text: of a known length it is no call. */
    memcpy(out + HASH_END, kept->before, sizeof kept->before);
    put_begin(&p, out, RECEIPT_LINE_BYTES);
    p.at += HASH_END + kept->before_bytes;
    put_count(&p, r->index);
    memcpy(p.at, kept->behind, sizeof kept->behind);
    p.at += kept->behind_bytes;
    put_end(&p);
    return (size_t)(p.at - out);
}

void
receipt_line(const struct receipt *r, char out[RECEIPT_LINE_BYTES])
{
    struct receipt_lines none = {0};

    (void)receipt_line_next(&none, r, out); /* its length is its text's */
}

enum status
receipt_hash_parse(const char *hex, uint8_t out[RECEIPT_HASH_BYTES])
{
    size_t i;

    if (strspn(hex, "0123456789abcdef") != 2 * RECEIPT_HASH_BYTES ||
        hex[2 * RECEIPT_HASH_BYTES] != '\0') {
        return ST_BAD;
    }
    for (i = 0; i < RECEIPT_HASH_BYTES; i++) {
        unsigned byte;
        char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        if (sscanf(two, "%x", &byte) != 1) {
            return ST_BAD;
        }
        out[i] = (uint8_t)byte;
    }
    return ST_OK;
}

enum status
receipt_line_parse(const char *line, struct receipt *r)
{
    char hash[CRYPTO_HEX128_BYTES];
    char due[DAY_TEXT_BYTES];
    int on_time;

    memset(r, 0, sizeof *r);
    if (sscanf(line,
               "hash=%32s at=%" SCNu64 ":%" SCNu32 " received=%" SCNd64
               " due=%15s on_time=%d",
               hash, &r->entry, &r->index, &r->received_at_ms, due, &on_time) != 6 ||
        receipt_hash_parse(hash, r->hash) != ST_OK) {
        return ST_BAD;
    }
    r->on_time = on_time != 0;
    if (strcmp(due, "-") != 0 && day_parse(due, &r->due_day) != ST_OK) {
        return ST_BAD;
    }
    return ST_OK;
}

void
receipt_field(const char *key, uint32_t revision, char out[RECEIPT_FIELD_BYTES])
{
    struct put p;

    put_begin(&p, out, RECEIPT_FIELD_BYTES);
    put_text(&p, key);
    put_char(&p, '/');
    put_count(&p, revision);
    put_end(&p);
}

void
receipt_placeholder(struct receipt *r, uint32_t revision, int64_t received_at_ms)
{
    memset(r, 0, sizeof *r);
    r->revision = revision;
    r->received_at_ms = received_at_ms;
}

bool
receipt_is_placeholder(const struct receipt *r)
{
    return r->revision > 0 && r->entry == 0;
}
