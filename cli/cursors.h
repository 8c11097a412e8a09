/*
 * cursors - how far each leader has read, beside the archived journal. The alerts
 * journal, and with it the place of every message, is computed from the reports
 * journal; what a leader has received is not, so it is kept: after `dondoc restore`
 * nobody hears an old alert again as if it were new. A file of text:
 *
 *     dondoc-cursors 1 quang-ngai 57            valid once entry 57 is in the journal
 *     chair-province/71850f09f013f4bf 2048
 *     end 1 <BLAKE2b-128 of all lines above>
 */
#ifndef DONDOC_CLI_CURSORS_H
#define DONDOC_CLI_CURSORS_H

#include "lib/archive.h"
#include "lib/buf.h"
#include "lib/redis.h"

#define CURSORS_BYTES (8u << 20)
#define CURSORS_NAME "cursors"

/* entry: what leaders have read is of entries up to here; lines: audit_cursors. */
MUST_USE enum status cursors_write(struct archive *a, uint64_t entry,
                                   const struct buf *lines);
/*
 * cursors_read - the lines again, mem_free them.
 * Errors: ST_GONE there is no such file; ST_BAD damaged; ST_AGAIN not readable
 */
MUST_USE enum status cursors_read(struct archive *a, uint64_t *entry, char **lines,
                                  size_t *count);
/* Each cursor that Redis does not have yet. */
MUST_USE enum status cursors_put(struct redis *r, const char *province, char *lines);

#endif
