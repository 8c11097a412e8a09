/* What the files of `dondoc verify` share. Nobody else includes this. */
#ifndef DONDOC_CLI_VERIFY_H
#define DONDOC_CLI_VERIFY_H

#include "cli/archived.h"
#include "lib/entry_sets.h"
#include "lib/instant.h"

/* A record whose fact is not there: an act further on may say that it was dropped. */
struct verify_absent {
    uint64_t entry;
    uint32_t index;
    char unit[64];
};

struct verifying {
    struct reading reading;
    struct archive archive;
    struct audit_marks marks;
    struct entry_sets sets;
    struct board_parked_list parked;
    bool archived; /* an archive was named */
    bool whole;    /* every entry from 1 to the head was looked at */
    bool json;
    bool quiet;
    /* what the entries say, in order */
    int64_t tick; /* 0: none seen */
    char programme[65];
    uint64_t entries;
    uint64_t records;
    uint64_t acts;
    uint64_t receipts;               /* found as they must be */
    char joint[JOURNAL_CHAIN_BYTES]; /* the archive's chain value at entry joint_at */
    uint64_t joint_at;
    /* where each record stood: place first[seq] + index; four bytes a record */
    uint64_t *first;
    size_t first_count;
    size_t first_room;
    uint32_t *fields; /* hash of the receipt's field */
    size_t field_count;
    size_t field_room;
    struct verify_absent *absent;
    size_t absent_count;
    size_t absent_room;
    uint64_t findings;
    struct mono said;
};

/* verify_say.c: one finding, one line. code is stable: "changed". what and todo are
 * sentences in the language of this process. */
void verify_finding(struct verifying *x, const char *code, const char *where,
                    const char *todo, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void verify_progress(struct verifying *x, uint64_t done);
void verify_summary(struct verifying *x);
const char *verify_todo_restore(void); /* what to do about damage in the journal */

/* verify_entry.c: what an entry left beside it. ST_AGAIN: Redis. */
MUST_USE enum status verify_entry(struct verifying *x, const struct journal_entry *e);
/* verify_tables.c: what the tables hold beyond the entries, and the head. */
MUST_USE enum status verify_tables(struct verifying *x);
/* The place of a record; false: there is none. */
bool verify_place(const struct verifying *x, uint64_t entry, uint32_t index,
                  uint32_t *field_hash);
uint32_t verify_field_hash(const char *field);

/* verify_walk.c */
MUST_USE enum status verify_archive(struct verifying *x);
MUST_USE enum status verify_live(struct verifying *x);

#endif
