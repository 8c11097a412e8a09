/* What the files of lib/archive share. */
#ifndef DONDOC_ARCHIVE_PRIVATE_H
#define DONDOC_ARCHIVE_PRIVATE_H

#include <stdio.h>

#include "lib/archive.h"

/* Notes what is wrong, with errno when the fault is ARCHIVE_UNREADABLE; ST_AGAIN then,
 * else ST_BAD. */
MUST_USE enum status archive_damaged(struct archive *a, enum archive_fault fault,
                                     const char *path, uint64_t from, uint64_t to);

/* A plain file to be read; NULL and errno for anything else: a FIFO would never end. */
FILE *archive_file_read(const char *path);

#endif
