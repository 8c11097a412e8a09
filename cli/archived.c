#include "cli/archived.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/keys.h"

/* --- words --- */

void
archived_words(const struct archive_damage *d, char out[DAMAGE_BYTES])
{
    switch (d->fault) {
    case ARCHIVE_UNREADABLE:
        (void)snprintf(out, DAMAGE_BYTES, "%s: %s", d->path, strerror(d->error));
        break;
    case ARCHIVE_MISSING:
        (void)snprintf(out, DAMAGE_BYTES,
                       words("%s: thiếu mục %" PRIu64 " đến %" PRIu64
                             ", không tệp nào giữ",
                             "%s: entries %" PRIu64 " to %" PRIu64
                             " are missing, no file holds them"),
                       d->path, d->from, d->to);
        break;
    case ARCHIVE_FOREIGN:
        (void)snprintf(out, DAMAGE_BYTES,
                       words("%s: không phải tệp lưu trữ của tỉnh này từ mục %" PRIu64
                             ", hoặc do phiên bản mới hơn ghi",
                             "%s: no archive of this province from entry %" PRIu64
                             " on, or written by a newer release"),
                       d->path, d->from);
        break;
    case ARCHIVE_TORN:
        (void)snprintf(out, DAMAGE_BYTES,
                       words("%s: hỏng hoặc bị cắt tại mục %" PRIu64,
                             "%s: torn or cut at entry %" PRIu64),
                       d->path, d->from);
        break;
    case ARCHIVE_CHANGED:
        (void)snprintf(out, DAMAGE_BYTES,
                       words("%s: nội dung mục %" PRIu64 " đã bị thay đổi",
                             "%s: entry %" PRIu64 " was changed"),
                       d->path, d->from);
        break;
    case ARCHIVE_UNJOINED:
        (void)snprintf(out, DAMAGE_BYTES,
                       words("%s: mục %" PRIu64 " không nối tiếp mục trước đó",
                             "%s: entry %" PRIu64
                             " does not follow from the one before it"),
                       d->path, d->from);
        break;
    }
}

int
archived_damaged(const struct archive *a)
{
    char text[DAMAGE_BYTES];

    archived_words(&a->damage, text);
    (void)fprintf(stderr, words("Kho lưu trữ: %s.\n", "The archive: %s.\n"), text);
    return a->damage.fault == ARCHIVE_UNREADABLE ? EXIT_UNAVAILABLE : EXIT_DATA;
}

int
archived_open(struct archive *a, const char *dir, const char *province)
{
    return archive_open(a, dir, province) == ST_OK ? EXIT_DONE : archived_damaged(a);
}

/* --- journal and archive as one --- */

void
history_init(struct history *h, const struct reading *r, const char *dir)
{
    memset(h, 0, sizeof *h);
    h->reading = r;
    h->dir = dir;
    journal_read_init(&h->rd);
    archive_cursor_init(&h->cursor, &h->archive);
}

void
history_fini(struct history *h)
{
    journal_read_fini(&h->rd);
    archive_cursor_fini(&h->cursor);
    archive_fini(&h->archive);
}

enum status
history_marks(struct history *h, bool again)
{
    enum status st = ST_OK;

    if (!h->marked || again) {
        st = audit_marks(h->reading->redis, h->reading->province, &h->marks);
        h->marked = st == ST_OK;
    }
    return st;
}

static void
unnamed_words(const struct history *h, char why[DAMAGE_BYTES])
{
    (void)snprintf(why, DAMAGE_BYTES,
                   words("các mục 1 đến %" PRIu64
                         " đã chuyển vào kho lưu trữ; đề nghị ghi thư mục: --archive "
                         "THƯ-MỤC hoặc DONDOC_ARCHIVE",
                         "entries 1 to %" PRIu64
                         " were moved to the archive; please name its directory: "
                         "--archive DIR or DONDOC_ARCHIVE"),
                   h->marks.head.trimmed);
}

int
history_archive(struct history *h)
{
    char why[DAMAGE_BYTES];
    int code;

    if (h->opened) {
        return EXIT_DONE;
    }
    if (h->dir[0] == '\0') {
        unnamed_words(h, why);
        (void)fprintf(stderr, words("Sổ ghi: %s.\n", "The journal: %s.\n"), why);
        return EXIT_UNAVAILABLE;
    }
    code = archived_open(&h->archive, h->dir, h->reading->province);
    h->opened = code == EXIT_DONE;
    return code;
}

static enum status
one_archived(struct history *h, uint64_t seq, const struct journal_entry **entry,
             bool *holds, char why[DAMAGE_BYTES])
{
    enum status st;

    if (h->dir[0] == '\0') {
        unnamed_words(h, why);
        return ST_GONE;
    }
    if (!h->opened &&
        archive_open(&h->archive, h->dir, h->reading->province) != ST_OK) {
        archived_words(&h->archive.damage, why);
        return ST_GONE;
    }
    h->opened = true;
    archive_seek(&h->cursor, seq - 1);
    st = archive_next(&h->cursor, &h->found);
    *holds = st == ST_OK;
    if (st == ST_OK || (st == ST_BAD && h->archive.damage.fault == ARCHIVE_CHANGED)) {
        *entry = &h->found;
        return ST_OK;
    }
    if (st == ST_GONE) {
        (void)snprintf(why, DAMAGE_BYTES,
                       words("kho lưu trữ %s kết thúc trước mục %" PRIu64,
                             "the archive %s ends before entry %" PRIu64),
                       h->archive.dir, seq);
    } else {
        archived_words(&h->archive.damage, why);
    }
    return ST_GONE;
}

/* Is the entry the one that its chain value was made for? */
static bool
live_holds(struct history *h, const struct journal_entry *e)
{
    struct journal_read before;
    bool holds;

    if (e->seq == h->marks.head.trimmed + 1) {
        return journal_entry_follows(e, h->marks.head.trim_chain);
    }
    journal_read_init(&before);
    holds = journal_read_one(h->reading->redis, h->reading->province, KEY_REPORTS,
                             e->seq - 1, &before) == ST_OK &&
            journal_entry_follows(e, before.entries[0].chain);
    journal_read_fini(&before);
    return holds;
}

enum status
history_one(struct history *h, uint64_t seq, const struct journal_entry **entry,
            bool *holds, char why[DAMAGE_BYTES])
{
    enum status st = history_marks(h, false);

    why[0] = '\0';
    if (st == ST_OK && seq > h->marks.head.trimmed) {
        st = journal_read_one(h->reading->redis, h->reading->province, KEY_REPORTS, seq,
                              &h->rd);
        if (st == ST_OK) {
            *entry = &h->rd.entries[0];
            *holds = live_holds(h, *entry);
            return ST_OK;
        }
        if (st == ST_GONE || st == ST_BAD) { /* trimmed since we looked? */
            (void)snprintf(why, DAMAGE_BYTES, "%s", redis_error(h->reading->redis));
            st = history_marks(h, true);
        }
    }
    if (st != ST_OK) {
        return st == ST_BAD ? ST_GONE : st;
    }
    return seq > h->marks.head.trimmed ? ST_GONE
                                       : one_archived(h, seq, entry, holds, why);
}
