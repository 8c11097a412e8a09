/*
 * audit - what `dondoc verify`, `archive` and `restore` ask Redis beside the entries:
 * where things end at one instant, what stands in the tables, what there is at all.
 * Nothing here writes but audit_cursor_put.
 */
#ifndef DONDOC_AUDIT_H
#define DONDOC_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/journal.h"
#include "lib/redis.h"
#include "lib/status.h"

/* As they stood together at one instant. */
struct audit_marks {
    struct journal_head head;
    uint64_t receipts; /* lines in the hash now */
    uint64_t acts;
    uint64_t stream_last; /* id that the stream gave last */
    uint64_t scorer;      /* the scorer's checkpoint; 0: none */
    uint64_t sealed;      /* entry of its seal; 0: none */
    char seal[JOURNAL_CHAIN_BYTES];
    uint64_t notifier; /* of the alerts journal */
    uint64_t alerts;   /* the scorer's last entry of the alerts journal */
};
/* ST_BAD: a field is not in its form; redis_error names it. */
MUST_USE enum status audit_marks(struct redis *r, const char *province,
                                 struct audit_marks *m);

/*
 * audit_first_after - id of the first entry behind `after`, whatever its form.
 * seq   out; 0 when there is none, or its id is not of our form
 * id    out; AUDIT_ID_BYTES, as it stands; "" none
 */
#define AUDIT_ID_BYTES 48
MUST_USE enum status audit_first_after(struct redis *r, const char *province,
                                       uint64_t after, uint64_t *seq,
                                       char id[AUDIT_ID_BYTES]);

/* Lines of receipts, acts and facts: put questions, then take the answers in order. */
void audit_receipts_put(struct redis *r, const char *province,
                        const char *const *fields, size_t count);
void audit_act_put(struct redis *r, const char *province, const char *id);
void audit_fact_put(struct redis *r, const char *province, const char *unit,
                    const char *field);
void audit_programme_put(struct redis *r, const char *province, const char *digest);
/* One answer; the caller frees it. An error reply is ST_BAD. */
MUST_USE enum status audit_take(struct redis *r, struct reply **rep);

/* A page of the receipts, of any size; *at "0" at the beginning and at the end. Each
 * line may come twice. */
MUST_USE enum status audit_receipts_scan(struct redis *r, const char *province,
                                         char at[24], struct reply **rep);

/*
 * audit_present - keys of the province other than what a service leaves by connecting
 * (epochs, owners, a log id) and the cursors.
 * out  appended: some of the names, ", " between them; count: how many there are
 */
MUST_USE enum status audit_present(struct redis *r, const char *province,
                                   struct buf *out, size_t *count);

/* Who of the leaders has what, as lines "leader/fingerprint position\n"; appended. */
MUST_USE enum status audit_cursors(struct redis *r, const char *province,
                                   struct buf *out, size_t *count);
/* One of them, unless it stands already; the answer is awaited. */
MUST_USE enum status audit_cursor_put(struct redis *r, const char *province,
                                      const char *field, const char *position);

#endif
