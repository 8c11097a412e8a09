/*
 * keyfile - a CURVE key pair in a file of its own:
 *     # dondoc key of 21040
 *     public <40 characters Z85>
 *     secret <40 characters Z85>
 * Made where it is used, never copied, mode 0600: one that others can read is refused.
 * So is a symbolic link that others may turn to another file: the folder that holds it
 * and the one that holds its target must be ours or root's and writable by nobody else,
 * and the target is a plain file with all that is asked of one.
 */
#ifndef DONDOC_KEYFILE_H
#define DONDOC_KEYFILE_H

#include <stddef.h>

#include "lib/bus.h"
#include "lib/status.h"

/*
 * keyfile_read - why says what is wrong and what to do; why_bytes long.
 * Errors: ST_GONE    no such file, or it cannot be opened
 *         ST_DENIED  group or others may read it, or say which file it is
 *         ST_BAD     not a key file, or public does not belong to secret
 */
MUST_USE enum status keyfile_read(const char *path, struct bus_keys *keys, char *why,
                                  size_t why_bytes);

/*
 * keyfile_write - write a new file and its directory entry to disk.
 * about  one line of comment, without newline; "" for none.
 * Errors: ST_STALE  there is a file already: it is never overwritten
 *         ST_BAD    cannot be written; no half file is left
 */
MUST_USE enum status keyfile_write(const char *path, const struct bus_keys *keys,
                                   const char *about, char *why, size_t why_bytes);

/*
 * keyfile_keyring - may a keyring be read from there? It says who is let in, so nobody
 * else may write it, or turn the link that names it; to read it is for everybody.
 * Errors: ST_GONE    no such file
 *         ST_BAD     not a plain file
 *         ST_DENIED  others may write it, or say which file it is
 */
MUST_USE enum status keyfile_keyring(const char *path, char *why, size_t why_bytes);

#endif
