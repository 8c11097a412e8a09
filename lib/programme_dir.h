/*
 * programme_dir - the files of a programme from its folder: those that catalogue_load
 * reads and stated.csv, and of each programme that it includes the three that are taken
 * over, from the folder beside it ("quoc-gia-766/measures.yaml"); in a fixed order, so
 * that the same folders pack to the same bytes. Everything else is left alone.
 */
#ifndef DONDOC_PROGRAMME_DIR_H
#define DONDOC_PROGRAMME_DIR_H

#include <stddef.h>

#include "lib/catalogue.h"
#include "lib/status.h"

#define PROGRAMME_INCLUDES_MAX 4
#define PROGRAMME_FILES_MAX (8 + 3 * PROGRAMME_INCLUDES_MAX)
#define PROGRAMME_BYTES_MAX (1u << 20) /* all files together */

struct programme_dir {
    struct catalogue_file files[PROGRAMME_FILES_MAX]; /* sorted by name; owned */
    size_t count;
};

/*
 * programme_dir_read - read them; programme_dir_fini gives them back, also after
 * errors. found  appended to: what is missing, too large or cannot be read. Errors:
 * ST_GONE no such folder; ST_BAD a required file is missing or cannot be read; ST_LIMIT
 * over PROGRAMME_BYTES_MAX
 */
MUST_USE enum status programme_dir_read(const char *path, struct programme_dir *d,
                                        struct findings *found);
void programme_dir_fini(struct programme_dir *d);

#endif
