/*
 * files - writing small files of a person's own: never over one that is there, or whole
 * or not at all.
 */
#ifndef DONDOC_CLI_FILES_H
#define DONDOC_CLI_FILES_H

#include <stddef.h>

#include "lib/status.h"

/*
 * files_new - a new file, on disk when it returns.
 * mode  such as 0644.
 * Errors: ST_STALE it is there already; ST_BAD it cannot be written (why)
 */
MUST_USE enum status files_new(const char *path, unsigned mode, const char *text,
                               size_t bytes, char *why, size_t why_bytes);
/*
 * files_replace - the whole content of a file at once: who reads it sees the old or the
 * new one. Mode and, where we may, owner are kept. Writes to PATH.new first.
 * Errors: ST_AGAIN PATH.new is there: another change is under way, or died half way
 *         ST_BAD   it cannot be written
 */
MUST_USE enum status files_replace(const char *path, const char *text, size_t bytes,
                                   char *why, size_t why_bytes);
/* The folder and those above it, mode 0700. */
MUST_USE enum status files_folder(const char *path, char *why, size_t why_bytes);

#endif
