/*
 * batch - what one commit of the notifier is made of, while it is made: entry.c puts
 * entries in, told.c knows who was told of what, inbox.c commits.
 *
 * Ladder, rows and holds are the province's and change at once; a commit that fails
 * drops the whole memory, and they are read again.
 */
#ifndef DONDOC_NOTIFIER_BATCH_H
#define DONDOC_NOTIFIER_BATCH_H

#include "notifier/notifier.h"
#include "notifier/route.h"

#define ENTRIES_A_READ 64u

struct later;     /* deliver.c */
struct told_code; /* told.c */

#define FRESH_MAX 64u /* rows that go to who is connected without being read again */

/* What one commit is made of; nothing of it is the province's before it is on disk. */
struct batch {
    struct province *p;
    struct table *told;          /* code -> who was told of it before, and in here */
    struct told_code *told_last; /* of them that which was asked for last, or NULL */
    struct leaders unsure;       /* codes: after this batch they are to be read again */
    const struct catalogue *now; /* in force at the entry in hand */
    struct catalogue *put;       /* the same, when an entry in here put it in force */
    char programme[65];
    int64_t tick;
    uint64_t seq; /* last entry that is in */
    uint64_t seq_in_hand;
    int64_t ms_in_hand;      /* received-at of the event or act in hand */
    uint32_t events_in_hand; /* rows that it makes by itself stand behind these */
    struct table *placed;    /* leader -> how many of those; of the entry in hand */
    struct later *later;     /* they wait for the rows of its events */
    size_t later_count;
    size_t later_room;
    enum status lost; /* not ST_OK: a question in between was not answered */
    struct leaders woken;
    struct fresh_row *fresh; /* fresh.h: the rows of this batch; of the province, */
    size_t fresh_count;
    bool unfresh; /* or: it has others than alerts, or too many; they are read */
    uint64_t events, routed, parked;
};

/* entry.c */
/* What cannot be applied is parked; only the connection makes this fail. */
MUST_USE enum status entry_apply(struct batch *b, const struct journal_entry *entry);
/* Civil day of the last tick; before there was one that of the event or act in hand.
 * One that can be written and read back, as day_bounded makes it. */
int32_t batch_today(const struct batch *b);
/* The nearest day that day_parse takes. */
int32_t day_bounded(int32_t day);

/* told.c */
/* Codes become names of keys. */
bool alert_code_fits(const char *code);
/* Reads who was told of the codes that the entries in hand go on with. */
MUST_USE enum status told_read(struct batch *b);
/* The same for these codes, in one round trip; those that are known, in here or from
 * batches before, are not asked.
 * What goes wrong is in b->lost: then nothing is committed. */
void told_fetch(struct batch *b, const char *const *codes, size_t count);
/* Who was told of a code before by a message, in here included; asks when it is not
 * known yet (in bulk: told_fetch before). The caller may add. */
struct leaders *told_of(struct batch *b, const char *code);
/* And who by a row of a digest that has gone out, and by nothing else. */
struct leaders *told_rows_of(struct batch *b, const char *code);
/* Has somebody taken the alert on, as it stood before this batch? Of one that is not
 * known ST_GONE. */
MUST_USE enum status told_acked(const struct batch *b, const char *code, bool *acked);
/* Does its hash say anything of an earlier time? */
bool told_before(struct batch *b, const char *code);
/* Nobody has any more: it opens again. */
void told_unack(struct batch *b, const char *code);
/* What the batch writes of this code's hash, its lists do not say. */
void told_unsure(struct batch *b, const char *code);
/* The batch is committed: later ones need not ask for its codes. */
void told_keep(struct batch *b);
void told_free(struct batch *b);

#endif
