/*
 * hint - what one service says to the next behind a commit, so that it need not wait
 * for its sweep: which journal has grown and up to where, and mostly the entries
 * themselves, so that it need not ask Redis either. Pure.
 *
 *     PROVINCE SEQ                                   there is something up to SEQ
 *     PROVINCE SEQ \n RUN \n (KIND CHAIN BYTES \n body)+   and this is the end of it
 *
 * RUN is the run id of the Redis that answered OK for them. CHAIN is - in the alerts
 * journal, which has none: that tells the two journals apart. The entries are
 * consecutive, the last one is SEQ.
 *
 * A hint may be lost, doubled, late, or of a service that is older or newer: who hears
 * it takes an entry only if it is the very next one, of the same Redis, and its chain
 * value follows from the one before; in any other case it reads the journal, which
 * decides. Only what Redis has answered OK for is ever in a hint.
 * Source: design.md section 1.
 */
#ifndef DONDOC_HINT_H
#define DONDOC_HINT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/journal.h"
#include "lib/redis.h"
#include "lib/status.h"

#define HINT_BYTES_MAX 65536u /* one message of the bus */
#define HINT_ENTRIES_MAX 16u
#define HINT_PROVINCE_BYTES 64

struct hint {
    char province[HINT_PROVINCE_BYTES];
    uint64_t seq;
    char run_id[REDIS_RUN_ID_BYTES];
    size_t count; /* of entries; 0: it says only that there is something */
    struct journal_entry entries[HINT_ENTRIES_MAX]; /* bodies borrowed from the bytes */
    char chains[HINT_ENTRIES_MAX][JOURNAL_CHAIN_BYTES];
};

/*
 * hint_write - a hint in place of what `out` holds.
 * out      room for HINT_BYTES_MAX
 * run_id   of the Redis that has them; "": it is not known
 * entries  consecutive, the last one is seq; kind, chain and body are used. They are
 *          left out, all together, when they are too many or too long.
 */
void hint_write(struct buf *out, const char *province, uint64_t seq, const char *run_id,
                const struct journal_entry *entries, size_t count);

/*
 * hint_read - any bytes as a hint.
 * Errors: ST_BAD  it does not even say where there is something. Entries of another
 *         form than ours are no error: there are none then.
 */
MUST_USE enum status hint_read(const void *bytes, size_t len, struct hint *h);

#endif
