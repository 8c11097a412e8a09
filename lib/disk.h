/*
 * disk - what it takes until a small file is on disk: all its bytes, their sync, and
 * the sync of the folder that holds its name.
 */
#ifndef DONDOC_DISK_H
#define DONDOC_DISK_H

#include <stdbool.h>
#include <stddef.h>

/* All of it, or false with errno. Nothing is synced yet. */
bool disk_write(int fd, const char *text, size_t bytes);
/* The same, and synced. */
bool disk_put(int fd, const char *text, size_t bytes);
/* The folder that holds the file `path`, so that its name is on disk, too. */
bool disk_sync_folder(const char *path);

#endif
