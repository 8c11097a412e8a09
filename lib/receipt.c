#include "lib/receipt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/put.h"

void
receipt_line(const struct receipt *r, char out[RECEIPT_LINE_BYTES])
{
    char hash[CRYPTO_HEX128_BYTES];
    char due[DAY_TEXT_BYTES] = "-";
    struct put p;

    crypto_hex(r->hash, sizeof r->hash, hash);
    if (r->due_day != 0) {
        day_text(r->due_day, due);
    }
    put_begin(&p, out, RECEIPT_LINE_BYTES);
    put_text(&p, "hash=");
    put_text(&p, hash);
    put_text(&p, " at=");
    put_count(&p, r->entry);
    put_char(&p, ':');
    put_count(&p, r->index);
    put_text(&p, " received=");
    put_number(&p, r->received_at_ms);
    put_text(&p, " due=");
    put_text(&p, due);
    put_text(&p, " on_time=");
    put_char(&p, r->on_time ? '1' : '0');
    put_end(&p);
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
