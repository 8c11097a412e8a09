/* What the files of `dondoc archive` share. Nobody else includes this. */
#ifndef DONDOC_CLI_ARCHIVE_H
#define DONDOC_CLI_ARCHIVE_H

#include "cli/archived.h"

struct archiving {
    struct reading reading;
    struct archive archive;
    struct audit_marks marks;
    char chain[JOURNAL_CHAIN_BYTES]; /* of the archive's last entry */
    bool quiet;
};

/* The chain value of one archived entry; "" for 0. The exit status, said. */
int archive_chain_at(struct archiving *x, uint64_t seq,
                     char chain[JOURNAL_CHAIN_BYTES]);
/* The chain value of one entry of the journal, or of the last one trimmed away.
 * ST_GONE: it does not stand there. */
MUST_USE enum status archive_live_chain(struct archiving *x, uint64_t seq,
                                        char chain[JOURNAL_CHAIN_BYTES]);
/* Reads the archive's last segment whole; nothing may be missing before it. The exit
 * status, said. */
int archive_end_check(struct archiving *x);
/*
 * archive_join - is the archive's last entry that entry of the journal?
 * go_on  the person said --continue: then no is not refused.
 * parted out
 * The exit status, said.
 */
int archive_join(struct archiving *x, bool go_on, bool *parted);
/*
 * archive_fork.c: the archive holds entries that the journal does not have (it was
 * restored to an earlier state, or begun anew): those go into a folder of their own
 * beside the others, and the archive ends where the two agree. Interrupted, the same
 * command goes on. The exit status, all said.
 */
int archive_continue(struct archiving *x);
/* Finishes an interrupted one. */
int archive_asides(struct archiving *x);

/* archive_trim.c: removes from the journal what is archived, checked on disk, old
 * enough and behind every reader. The exit status, all said. */
int archive_trim(struct archiving *x, long keep_days);

#endif
