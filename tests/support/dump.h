/*
 * dump - everything of a province as text that can be compared byte for byte: keys in
 * order, fields of hashes in order, streams entry by entry. Left out is what differs
 * between two Redis that hold the same: epochs, owners, the log id, where the journal
 * was trimmed, and when a checkpoint was written.
 */
#ifndef DONDOC_TESTS_DUMP_H
#define DONDOC_TESTS_DUMP_H

#include "lib/buf.h"
#include "lib/redis.h"

void province_dump(struct redis *r, const char *province, struct buf *out);
/* Fails the cmocka test, and shows where they begin to differ. */
void dump_same(const struct buf *a, const struct buf *b);

#endif
