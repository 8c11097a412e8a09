/*
 * archived - what the commands that know the archive share: the setting, the sentences
 * about its damage, and reading one entry from the journal or, when it was trimmed
 * away, from the archive.
 */
#ifndef DONDOC_CLI_ARCHIVED_H
#define DONDOC_CLI_ARCHIVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/reading.h"
#include "lib/archive.h"
#include "lib/audit.h"

#define ARCHIVE_ROW                                                                    \
    {                                                                                  \
        "archive", CONF_TEXT, "", 0, 0, "thư mục lưu trữ của sổ ghi (dondoc archive)", \
            "directory of the journal's archive (dondoc archive)"                      \
    }

#define DAMAGE_BYTES (ARCHIVE_PATH_BYTES + 512)

/* One sentence in the language of this process, without a line feed. */
void archived_words(const struct archive_damage *d, char out[DAMAGE_BYTES]);
/* Says it on stderr; 65, or 69 when the file system said no. */
int archived_damaged(const struct archive *a);
/* 0, or the exit status after saying what is wrong. */
int archived_open(struct archive *a, const char *dir, const char *province);

struct history {
    const struct reading *reading; /* borrowed */
    const char *dir;               /* borrowed; "" none was named */
    struct audit_marks marks;
    struct archive archive;
    struct archive_cursor cursor;
    struct journal_read rd;
    struct journal_entry found; /* in the archive */
    bool marked;
    bool opened;
};
void history_init(struct history *h, const struct reading *r, const char *dir);
void history_fini(struct history *h);
/* Where the journal begins and ends, read once; `again`: anew. */
MUST_USE enum status history_marks(struct history *h, bool again);
/* For entries that were trimmed away; 0, or the exit status, all said: 69 when no
 * directory was named. */
int history_archive(struct history *h);
/*
 * history_one - one entry of the reports journal, wherever it is; borrowed until the
 * next call.
 * holds  out: its chain value is that of its content
 * why    out: "", or in words why it is not there
 * Errors: ST_GONE not there (why); ST_AGAIN Redis (redis_error)
 */
MUST_USE enum status history_one(struct history *h, uint64_t seq,
                                 const struct journal_entry **entry, bool *holds,
                                 char why[DAMAGE_BYTES]);

#endif
