/* Does the archive end with an entry that the journal has, too? */
#include "cli/archive.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/keys.h"

/* --- chain values --- */

int
archive_chain_at(struct archiving *x, uint64_t seq, char chain[JOURNAL_CHAIN_BYTES])
{
    struct archive_cursor c;
    struct journal_entry e;
    enum status st = ST_OK;

    chain[0] = '\0';
    if (seq == 0) {
        return EXIT_DONE;
    }
    archive_cursor_init(&c, &x->archive);
    archive_seek(&c, seq - 1);
    st = archive_next(&c, &e);
    if (st == ST_OK) {
        (void)snprintf(chain, JOURNAL_CHAIN_BYTES, "%s", e.chain);
    }
    archive_cursor_fini(&c);
    return st == ST_OK ? EXIT_DONE : archived_damaged(&x->archive);
}

enum status
archive_live_chain(struct archiving *x, uint64_t seq, char chain[JOURNAL_CHAIN_BYTES])
{
    const struct journal_head *head = &x->marks.head;
    struct journal_read rd;
    enum status st;

    if (seq == 0 || seq == head->trimmed) {
        (void)snprintf(chain, JOURNAL_CHAIN_BYTES, "%s",
                       seq == 0 ? "" : head->trim_chain);
        return seq == 0 && head->trimmed > 0 ? ST_GONE : ST_OK;
    }
    journal_read_init(&rd);
    st = journal_read_one(x->reading.redis, x->reading.province, KEY_REPORTS, seq, &rd);
    if (st == ST_OK) {
        (void)snprintf(chain, JOURNAL_CHAIN_BYTES, "%s", rd.entries[0].chain);
    }
    journal_read_fini(&rd);
    return st;
}

/* --- does the archive belong to this journal? --- */

int
archive_end_check(struct archiving *x)
{
    struct archive *a = &x->archive;
    struct archive_cursor c;
    struct journal_entry e;
    enum status st = ST_OK;
    size_t i;

    x->chain[0] = '\0';
    if (a->count == 0) {
        return EXIT_DONE;
    }
    archive_cursor_init(&c, a);
    for (i = 0; i + 1 < a->count && st == ST_OK; i++) {
        if (a->segments[i + 1].first > a->segments[i].last + 1) {
            archive_seek(&c, a->segments[i].last);
            st = archive_next(&c, &e); /* says what is missing */
        }
    }
    if (st == ST_OK) {
        archive_seek(&c, a->segments[a->count - 1].first - 1);
        while ((st = archive_next(&c, &e)) == ST_OK) {
            (void)snprintf(x->chain, sizeof x->chain, "%s", e.chain);
        }
        st = st == ST_GONE ? ST_OK : st;
    }
    archive_cursor_fini(&c);
    return st == ST_OK ? EXIT_DONE : archived_damaged(a);
}

static int
refuse_lost(const struct archiving *x, uint64_t last)
{
    (void)fprintf(
        stderr,
        words(
            "Sổ ghi trong Redis kết thúc ở mục %" PRIu64 ", kho lưu trữ ở mục %" PRIu64
            ": sổ ghi đã mất phần cuối.\n"
            "Đề nghị dừng ingest rồi chạy: dondoc restore --archive DIR (ghi lại phần "
            "bị mất).\nNếu chủ ý bỏ phần đó: dondoc archive --continue.\n",
            "The journal in Redis ends at entry %" PRIu64 ", the archive at %" PRIu64
            ": the journal has lost its end.\n"
            "Please stop ingest and run: dondoc restore --archive DIR (it writes the "
            "lost part again).\nTo give that part up on purpose: dondoc archive "
            "--continue.\n"),
        x->marks.head.seq, last);
    return EXIT_DATA;
}

static int
refuse_other(uint64_t last)
{
    (void)fprintf(
        stderr,
        words(
            "Mục %" PRIu64 " trong kho không phải mục đó của sổ ghi: kho này của một "
            "sổ khác, hoặc sổ đã\nđược phục hồi về trước đó rồi ghi tiếp. Chưa ghi gì. "
            "Nếu đúng là sổ của tỉnh này:\n"
            "dondoc archive --continue (phần khác được cất vào thư mục riêng, không "
            "xóa).\n",
            "Entry %" PRIu64 " of the archive is not that entry of the journal: this "
            "is the archive of another\njournal, or the journal was restored to an "
            "earlier state and went on. Nothing was written.\nIf it is this "
            "province's: dondoc archive --continue (what differs is put into a folder "
            "of its\nown, nothing is deleted).\n"),
        last);
    return EXIT_DATA;
}

static int
refuse_hole(const struct archiving *x, uint64_t last)
{
    (void)fprintf(
        stderr,
        words(
            "Kho lưu trữ kết thúc ở mục %" PRIu64 ", sổ ghi bắt đầu từ mục %" PRIu64
            ": đây không phải thư mục lưu trữ\ncủa sổ này (đĩa sao lưu đã gắn chưa?). "
            "Chưa ghi gì.%s\n",
            "The archive ends at entry %" PRIu64 ", the journal begins at %" PRIu64
            ": this is not the directory\nof this journal (is the backup disk "
            "mounted?). Nothing was written.%s\n"),
        last, x->marks.head.trimmed + 1,
        last > 0
            ? ""
            : words(" Nếu kho cũ đã mất hẳn: dondoc archive --continue.",
                    " If the old one is gone for good: dondoc archive --continue."));
    return EXIT_DATA;
}

int
archive_join(struct archiving *x, bool go_on, bool *parted)
{
    uint64_t last = archive_last(&x->archive);
    uint64_t end = x->marks.head.seq < last ? x->marks.head.seq : last;
    char ours[JOURNAL_CHAIN_BYTES];
    char theirs[JOURNAL_CHAIN_BYTES];
    enum status st;
    int code;

    *parted = false;
    if (end < x->marks.head.trimmed) {
        *parted = go_on && last == 0;
        return *parted ? EXIT_DONE : refuse_hole(x, last);
    }
    code = archive_chain_at(x, end, ours);
    if (code != EXIT_DONE) {
        return code;
    }
    st = archive_live_chain(x, end, theirs);
    if (st != ST_OK) {
        return reading_broken(&x->reading);
    }
    if (strcmp(ours, theirs) == 0 && end == last) {
        return EXIT_DONE;
    }
    *parted = go_on;
    if (go_on) {
        return EXIT_DONE;
    }
    return strcmp(ours, theirs) == 0 ? refuse_lost(x, last) : refuse_other(last);
}
