/* What the files of `dondoc restore` share. Nobody else includes this. */
#ifndef DONDOC_CLI_RESTORE_H
#define DONDOC_CLI_RESTORE_H

#include "cli/archived.h"
#include "lib/entry_sets.h"
#include "lib/instant.h"

struct restoring {
    struct reading reading;
    struct archive archive;
    uint64_t end;   /* restore up to here */
    int64_t end_ms; /* when its last entry was taken in; 0: not known */
    struct mono said;
    uint64_t unreadable; /* records that this release cannot read */
};

/* "…% " on stderr, now and then. */
void restore_progress(struct restoring *x, const char *what, uint64_t done);

/* restore_live.c: nobody may write between our entries; who was just stopped has a
 * heartbeat yet. The exit status, said. */
int restore_alive_wait(struct restoring *x);
/* Empty, or the beginning of the archive; then head says how far. The exit status. */
int restore_live_check(struct restoring *x, struct journal_head *head);

/* restore_append.c: entries behind `head` up to x->end, each with what it left beside
 * it. The exit status, all said. */
int restore_append(struct restoring *x, const struct journal_head *head);

#endif
