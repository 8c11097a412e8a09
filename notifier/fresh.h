/*
 * fresh - rows of inboxes that the commit in hand writes, kept until it is done: who is
 * connected and has had all rows before them gets them from here, so that nothing of
 * what was just written is read again. Only alerts, and only when no act, tick or
 * programme is in the same commit: then nobody can have taken one on in between.
 */
#ifndef DONDOC_NOTIFIER_FRESH_H
#define DONDOC_NOTIFIER_FRESH_H

#include "notifier/batch.h"
#include "notifier/message.h"

struct fresh_row {
    char leader[LEADER_ID_BYTES];
    char code[ALERT_CODE_BYTES];
    struct row row; /* as row_parse would have it; code is set by fresh_get */
};

/* Where nobody is connected nothing is kept. */
void fresh_begin(struct batch *b);
/* A row that the batch writes. */
void fresh_put(struct batch *b, const char *leader, const struct delivery *d,
               struct spot at);
/* The batch is committed: may its rows be taken from here? Else all are read. */
bool fresh_whole(const struct batch *b);
/* Row i for the office, and whether somebody has taken its alert on; NULL: it is of
 * another office. */
const struct row *fresh_get(struct batch *b, size_t i, const char *leader, bool *acked);

#endif
