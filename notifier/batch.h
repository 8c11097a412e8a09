/*
 * batch - what one commit of the notifier is made of, while it is made: entry.c puts
 * entries in, told.c knows who was told of what, inbox.c commits.
 */
#ifndef DONDOC_NOTIFIER_BATCH_H
#define DONDOC_NOTIFIER_BATCH_H

#include "notifier/notifier.h"
#include "notifier/route.h"

#define ENTRIES_A_READ 64u

/* What one commit is made of; nothing of it is the province's before it is on disk. */
struct batch {
    struct province *p;
    struct table *told;          /* code -> struct leaders: told before, and in here */
    const struct catalogue *now; /* in force at the entry in hand */
    struct catalogue *put;       /* the same, when an entry in here put it in force */
    char programme[65];
    int64_t tick;
    uint64_t seq; /* last entry that is in */
    struct leaders woken;
    uint64_t events, routed, parked;
};

/* entry.c */
/* What cannot be applied is parked; only the connection makes this fail. */
MUST_USE enum status entry_apply(struct batch *b, const struct journal_entry *entry);

/* told.c */
/* Codes become names of keys. */
bool alert_code_fits(const char *code);
/* Reads who was told of the codes that the entries in hand go on with. */
MUST_USE enum status told_read(struct batch *b);
/* Who was told of a code before, in here included; the caller may add. */
struct leaders *told_of(struct batch *b, const char *code);
void told_free(struct batch *b);

#endif
