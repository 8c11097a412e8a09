/*
 * dondoc archive --continue: the journal and its archive have parted. What the archive
 * holds beyond the place where they agree goes into a folder of its own; it is the only
 * copy of what was lost, so nothing is deleted.
 *
 * In this order, so that after any interruption the archive is whole and the same
 * command goes on: cursors aside; segments behind the parting aside, the last one
 * first; the segment that spans it written again up to there; the old one aside (until
 * that the shorter of the two counts, lib/archive.h).
 */
#include "cli/archive.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cursors.h"
#include "cli/language.h"

static int
failed(struct archiving *x, enum status st)
{
    return st == ST_OK ? EXIT_DONE : archived_damaged(&x->archive);
}

static enum status
segment_move(struct archiving *x, const struct archive_segment *s, const char *aside)
{
    char path[ARCHIVE_PATH_BYTES];

    archive_path(&x->archive, s, path);
    return archive_move(&x->archive, strrchr(path, '/') + 1, aside);
}

int
archive_asides(struct archiving *x)
{
    struct archive *a = &x->archive;
    enum status st = ST_OK;
    size_t i;

    for (i = 0; i < a->aside_count && st == ST_OK; i++) {
        struct archive_segment s = a->segments[a->count + i];
        char aside[64];

        (void)snprintf(aside, sizeof aside, "aside-%012" PRIu64, s.last);
        st = segment_move(x, &s, aside);
    }
    if (st == ST_OK && a->aside_count > 0) {
        st = archive_again(a);
    }
    return failed(x, st);
}

/* --- where they part --- */

/* The last entry that is the same in both; EXIT_DONE, or said. */
static int
parting_find(struct archiving *x, uint64_t *parting)
{
    uint64_t last = archive_last(&x->archive);
    uint64_t low = x->marks.head.trimmed;
    uint64_t high = last < x->marks.head.seq ? last : x->marks.head.seq;
    char ours[JOURNAL_CHAIN_BYTES];
    char theirs[JOURNAL_CHAIN_BYTES];

    *parting = 0;
    while (high >= low) {
        uint64_t middle = low + (high - low + 1) / 2;
        int code = archive_chain_at(x, middle, ours);

        if (code != EXIT_DONE) {
            return code;
        }
        if (archive_live_chain(x, middle, theirs) != ST_OK) {
            return reading_broken(&x->reading);
        }
        if (strcmp(ours, theirs) == 0) {
            *parting = middle;
            low = middle + 1;
        } else if (middle == x->marks.head.trimmed) {
            break;
        } else {
            high = middle - 1;
        }
    }
    if (*parting < x->marks.head.trimmed) {
        (void)fprintf(
            stderr,
            words("Kho và sổ ghi không có mục chung nào; các mục 1 đến %" PRIu64
                  " của sổ này đã bớt khỏi Redis\nvà nằm ở kho khác. Đề nghị ghi đúng "
                  "thư mục. Chưa ghi gì.\n",
                  "Archive and journal have no entry in common; entries 1 to %" PRIu64
                  " of this journal were moved to\nanother archive. Please name that "
                  "directory. Nothing was written.\n"),
            x->marks.head.trimmed);
        return EXIT_DATA;
    }
    return EXIT_DONE;
}

/* --- moving --- */

/* The common beginning of the segment that spans the parting, as one of its own. */
static enum status
spanning_write(struct archiving *x, const struct archive_segment *s, uint64_t parting,
               const char *before)
{
    struct archive_writer w;
    struct archive_cursor c;
    struct journal_entry e;
    enum status st = ST_OK;

    archive_cursor_init(&c, &x->archive);
    archive_seek(&c, s->first - 1);
    archive_writer_init(&w, &x->archive, s->first - 1, before);
    while (st == ST_OK && w.last < parting) {
        st = archive_next(&c, &e);
        if (st == ST_OK) {
            st = archive_add(&w, &e);
        }
    }
    if (st == ST_OK) {
        st = archive_write_end(&w);
    }
    archive_writer_fini(&w);
    archive_cursor_fini(&c);
    return st;
}

static int
beyond_move(struct archiving *x, uint64_t parting, const char *aside)
{
    struct archive *a = &x->archive;
    enum status st = archive_move(a, CURSORS_NAME, aside);
    char before[JOURNAL_CHAIN_BYTES];
    size_t i = a->count;
    int code;

    while (st == ST_OK && i > 0 && a->segments[i - 1].first > parting) {
        st = segment_move(x, &a->segments[--i], aside);
    }
    if (st == ST_OK && i > 0 && a->segments[i - 1].last > parting) {
        struct archive_segment s = a->segments[i - 1];

        code = archive_chain_at(x, s.first - 1, before);
        if (code != EXIT_DONE) {
            return code;
        }
        st = spanning_write(x, &s, parting, before);
        if (st == ST_OK) {
            st = segment_move(x, &s, aside);
        }
    }
    if (st == ST_OK) {
        st = archive_again(a);
    }
    return failed(x, st);
}

int
archive_continue(struct archiving *x)
{
    uint64_t last = archive_last(&x->archive);
    uint64_t parting;
    char aside[64];
    int code;

    if (last == 0) {
        (void)fprintf(
            stderr,
            words(
                "Kho mới bắt đầu từ mục %" PRIu64
                ": các mục trước đó không có trong kho nào, không phục hồi được từ "
                "kho này.\n",
                "The new archive begins at entry %" PRIu64
                ": those before are in none, and this one cannot be restored from.\n"),
            x->marks.head.trimmed + 1);
        return EXIT_DONE;
    }
    code = parting_find(x, &parting);
    if (code != EXIT_DONE) {
        return code;
    }
    (void)snprintf(aside, sizeof aside, "aside-%012" PRIu64, last);
    code = beyond_move(x, parting, aside);
    if (code == EXIT_DONE) {
        code = archive_chain_at(x, parting, x->chain);
    }
    if (code == EXIT_DONE) {
        (void)fprintf(stderr,
                      words("Kho và sổ ghi giống nhau đến mục %" PRIu64 ". Mục %" PRIu64
                            " đến %" PRIu64
                            " của kho không có trong sổ ghi,\nđã cất vào %s/%s.\n",
                            "Archive and journal agree up to entry %" PRIu64
                            ". Entries %" PRIu64 " to %" PRIu64
                            " of the archive are not in the\njournal; they are kept "
                            "in %s/%s.\n"),
                      parting, parting + 1, last, x->archive.dir, aside);
    }
    return code;
}
