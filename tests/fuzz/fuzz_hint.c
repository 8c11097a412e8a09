/*
 * fuzz_hint - any bytes as a hint of another service: refused, or a place; entries only
 * when all of them have the form that lib/hint.h promises, and then writing them gives
 * the same bytes.
 */
#include <string.h>

#include "lib/diag.h"
#include "lib/hint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct buf again;

static void
entry_check(const struct hint *h, size_t i, const uint8_t *data, size_t bytes)
{
    const struct journal_entry *e = &h->entries[i];

    MUST(e->seq == h->seq - h->count + 1 + i && e->seq > 0);
    MUST(e->kind != JOURNAL_UNKNOWN &&
         strcmp(e->kind_word, journal_kind_name(e->kind)) == 0);
    MUST(strlen(e->chain) < JOURNAL_CHAIN_BYTES);
    MUST(e->body >= data && e->body_bytes > 0 &&
         e->body_bytes <= (size_t)(data + bytes - e->body));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct hint h;
    size_t i;

    if (hint_read(data, bytes, &h) != ST_OK) {
        return 0;
    }
    MUST(h.seq > 0 && h.seq <= INT64_MAX && h.province[0] != '\0');
    MUST(strlen(h.province) < sizeof h.province && h.count <= HINT_ENTRIES_MAX);
    for (i = 0; i < h.count; i++) {
        entry_check(&h, i, data, bytes);
    }
    if (h.count > 0) {
        again.max = HINT_BYTES_MAX;
        hint_write(&again, h.province, h.seq, h.run_id, h.entries, h.count);
        /* Near the limit they are left out: writing reckons with long heads. */
        MUST(again.len <= bytes && memcmp(again.data, data, again.len) == 0);
        MUST(again.len == bytes || bytes > HINT_BYTES_MAX - HINT_ENTRIES_MAX * 64u);
    }
    return 0;
}
