/*
 * entry_sets - what the append of an entry of the reports journal leaves beside it:
 * receipts of a batch, the id of an act, tick and programme of the head. Computed from
 * the entry alone, so that `dondoc restore` writes what ingest and notifier wrote, and
 * `dondoc verify` knows what must stand there. (Placeholders of receipts depend on what
 * stood before: lib/receipt.h.) Pure.
 */
#ifndef DONDOC_ENTRY_SETS_H
#define DONDOC_ENTRY_SETS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/journal.h"
#include "lib/mem.h"
#include "lib/receipt.h"
#include "lib/status.h"
#include "lib/wire.h"

struct entry_record {
    uint32_t index; /* in the entry: records that cannot be read have one too */
    struct report_record report;
    char key[RECEIPT_FIELD_BYTES];   /* unit/group/period */
    char field[RECEIPT_FIELD_BYTES]; /* key/revision */
    char line[RECEIPT_LINE_BYTES];
};

struct entry_sets {
    struct arena *arena;
    /* a batch */
    struct entry_record *records;
    size_t count;
    size_t room;
    size_t unreadable; /* records, or the whole entry */
    /* a tick; a programme that is the province's first thing sets the tick as well */
    int64_t tick; /* 0: not set */
    /* a programme */
    struct programme_record programme; /* digest NULL: none */
    /* an act */
    const char *act_id; /* NULL: none */
    struct wire_act act;
    int64_t at_ms; /* when it was taken in; 0: not known */
};

void entry_sets_init(struct entry_sets *s);
void entry_sets_fini(struct entry_sets *s);
/*
 * entry_sets_take - texts are borrowed from s and the entry until the next call.
 * tick_before  the head's tick before the entry; 0: none yet
 */
void entry_sets_take(struct entry_sets *s, const struct journal_entry *e,
                     int64_t tick_before);

/*
 * report_record_hash - the content hash as ingest computes it: unit, group, window and
 * figures; not who, when, why or from where.
 */
void report_record_hash(const struct report_record *r, uint8_t out[RECEIPT_HASH_BYTES]);
/* The same of who has the texts already: key "unit/group/period", days
 * "/first day/last day" (report_days_text), together under 256 bytes. */
void report_key_hash(const char *key, const char *days,
                     const struct figure_record *figures, size_t count,
                     uint8_t out[RECEIPT_HASH_BYTES]);
#define REPORT_DAYS_BYTES 26
void report_days_text(int32_t first, int32_t last, char out[REPORT_DAYS_BYTES]);

#endif
