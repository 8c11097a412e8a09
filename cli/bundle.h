/* bundle - a programme's folder as the bytes that are sent, and sending them. */
#ifndef DONDOC_CLI_BUNDLE_H
#define DONDOC_CLI_BUNDLE_H

#include "cli/link.h"

struct bundle {
    struct buf bytes;
    char digest[65];
};

void bundle_init(struct bundle *b);
void bundle_fini(struct bundle *b);

/* Reads and packs the folder. What is wrong is said on stderr; 0 or EXIT_DATA. */
int bundle_read(struct bundle *b, const char *path);

/*
 * bundle_send - all parts, tried again when no answer comes.
 * *entry  out: where it stands; 0: it was in force already.
 * Returns 0, or the exit status after saying why not.
 */
int bundle_send(struct bundle *b, struct link *l, struct arena *a, uint64_t *entry);

#endif
