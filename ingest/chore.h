/* What the files that do chores share. Nobody else includes this. */
#ifndef DONDOC_INGEST_CHORE_H
#define DONDOC_INGEST_CHORE_H

#include "ingest/ingest.h"

/* chore.c */

void chore_answer(struct province *p, const struct chore *c, uint64_t entry,
                  const char *note);
void chore_refuse(struct province *p, const struct chore *c, enum refusal_code code,
                  const char *field, const char *value, const char *expected);

/*
 * append_repeat - one append whose only enemy is another writer: the head is read again
 * and it is tried anew. `fill` adds what goes with the entry.
 * ST_STALE: a guard of it does not hold; ST_AGAIN: not done.
 */
typedef void append_fill(struct journal_append *a, const void *context);
MUST_USE enum status append_repeat(struct province *p, enum journal_kind kind,
                                   const struct buf *body, append_fill *fill,
                                   const void *context);

/* act.c */
MUST_USE enum status chore_act(struct province *p, struct chore *c);

#endif
