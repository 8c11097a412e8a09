/* What the files of `dondoc keys` share. Nobody else includes this. */
#ifndef DONDOC_CLI_KEYS_H
#define DONDOC_CLI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "lib/buf.h"
#include "lib/keyring.h"

#define KEYRING_BYTES_MAX (64u << 20)

/* A keyring on disk. While it is open for a change nobody else changes it. */
struct keys_file {
    const char *path; /* borrowed */
    int lock;         /* of its folder; -1: none */
    char *text;
    size_t bytes;
    struct keyring *ring;
};

/*
 * keys_file_open - read and check; the exit status. What is wrong was said, then
 * nothing is open. One that group or others may write is refused.
 * change  it will be written: waits some seconds for who else is changing it; a file
 *         that is not there is an empty one.
 */
int keys_file_open(struct keys_file *f, const char *path, bool change);
/* The new text is checked like any keyring and takes the file's place at once; f->ring
 * is then the new one. The exit status. */
int keys_file_put(struct keys_file *f, const struct buf *text);
void keys_file_close(struct keys_file *f);

/* The next line of a text from *at on, without its end; false: no more. */
bool keys_line(const char **at, const char *end, const char **line, size_t *bytes);
/* Whose line it is; NULL: a comment or a blank one. */
const struct principal *keys_line_principal(const struct keyring *ring,
                                            const char *line, size_t bytes);
/* Today in civil time. */
int32_t keys_today(void);

/* "role=unit name=21040 scope=21040,21043 province=quang-ngai" */
void keys_who(const struct principal *p, struct buf *out);

/* add, rotate, revoke: the operands behind the keyring's path. */
int keys_add(const char *path, char **given, int count);
int keys_rotate(const struct options *o, const char *path, const char *name,
                const char *key);
int keys_revoke(const struct options *o, const char *path, const char *which);

int keys_list(const char *path);
int keys_export(const struct options *o, const char *path);

/* keys_record.c: its own options, since it speaks to the server; the exit status. */
int keys_record(int argc, char **argv);

/* invite.c: the file that a unit joins with; the exit status. */
int keys_invite(const struct options *o, const char *unit);

#endif
