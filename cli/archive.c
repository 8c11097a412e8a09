/*
 * dondoc archive - the reports journal into files, then out of Redis what is old.
 *
 * Reads the journal behind the last archived entry and appends it as segments
 * (lib/archive.h), so every run is an incremental backup; keeps how far each leader has
 * read; then trims what is archived and older than --keep-days. Interrupted at any
 * place, the same command goes on. Writes files, and in Redis only through the Function
 * that trims.
 */
#include "cli/archive.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/cursors.h"
#include "cli/language.h"
#include "lib/keys.h"

#define ENTRIES_A_READ 64u

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    ARCHIVE_ROW,
    {"keep-days", CONF_INT, "30", 0, 36500,
     "giữ trong Redis các mục của ngần này ngày gần nhất",
     "keep the entries of so many last days in Redis"},
    {"no-trim", CONF_SWITCH, "false", 0, 0, "chỉ sao lưu, không bớt mục nào khỏi Redis",
     "back up only, remove nothing from Redis"},
    {"continue", CONF_SWITCH, "false", 0, 0,
     "sổ ghi đã khác kho: cất phần khác sang một bên rồi lưu tiếp",
     "the journal has parted from the archive: put that part aside and go on"},
    {"quiet", CONF_SWITCH, "false", 0, 0, "chỉ nói khi có lỗi (cho cron)",
     "speak only when something is wrong (for cron)"},
};

static const struct option_spec spec = {
    .command = "archive",
    .synopsis = "--archive DIR [--keep-days 30] [--no-trim] [--continue] [--quiet]",
    .vi =
        "Lưu sổ ghi của tỉnh thành tệp trong DIR/<tỉnh>/, rồi bớt khỏi Redis những mục "
        "đã lưu,\nđã kiểm tra lại trên đĩa và cũ hơn --keep-days. Mỗi lần chạy chỉ "
        "thêm phần mới; bị ngắt thì\nchạy lại. DIR phải có sẵn (đĩa sao lưu đã gắn).\n"
        "Ví dụ cho cron, mỗi giờ một lần:\n"
        "  7 * * * *  dondoc archive --archive /srv/backup/dondoc --quiet\n"
        "Kiểm tra: dondoc verify --archive DIR. Phục hồi: dondoc restore --archive "
        "DIR.\n",
    .en =
        "Writes a province's journal to files in DIR/<province>/, then removes from "
        "Redis what is\narchived, was read back from disk and is older than "
        "--keep-days. Each run adds what is new;\nafter an interruption run it again. "
        "DIR must be there (the backup disk is mounted).\n"
        "For cron, once an hour:\n"
        "  7 * * * *  dondoc archive --archive /srv/backup/dondoc --quiet\n"
        "To check: dondoc verify --archive DIR. To bring it back: dondoc restore "
        "--archive DIR.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

/* --- writing --- */

static int
refuse_entry(const struct archiving *x, uint64_t seq)
{
    (void)x;
    (void)fprintf(stderr,
                  words("Mục %" PRIu64
                        " của sổ ghi không đúng chuỗi băm, nên không lưu "
                        "từ mục này. Đề nghị chạy: dondoc verify\n",
                        "Entry %" PRIu64 " of the journal does not keep to the chain: "
                        "nothing is archived from there on. Please run: dondoc "
                        "verify\n"),
                  seq);
    return EXIT_DATA;
}

static int
entries_write(struct archiving *x, struct archive_writer *w)
{
    struct journal_read rd;
    enum status st = ST_OK;
    int code = EXIT_DONE;
    size_t i;

    journal_read_init(&rd);
    while (code == EXIT_DONE && w->last < x->marks.head.seq) {
        st = journal_read_after(x->reading.redis, x->reading.province, KEY_REPORTS,
                                w->last, ENTRIES_A_READ, &rd);
        if (st != ST_OK || rd.count == 0) {
            code = st == ST_AGAIN ? reading_broken(&x->reading)
                                  : refuse_entry(x, w->last + 1);
        }
        for (i = 0; code == EXIT_DONE && i < rd.count; i++) {
            st = archive_add(w, &rd.entries[i]);
            if (st != ST_OK) {
                code = st == ST_BAD ? refuse_entry(x, rd.entries[i].seq)
                                    : archived_damaged(&x->archive);
            }
        }
    }
    journal_read_fini(&rd);
    if (w->last > archive_last(&x->archive) &&
        archive_write_end(w) != ST_OK) { /* what came before a bad entry is kept, too */
        code = archived_damaged(&x->archive);
    }
    (void)snprintf(x->chain, sizeof x->chain, "%s", w->chain);
    return code;
}

/* Everything up to the head; how far leaders have read was asked before. */
static int
archive_write(struct archiving *x, struct buf *cursors)
{
    uint64_t before = archive_last(&x->archive);
    struct archive_writer w;
    int code;

    if (before == 0) { /* the first one of a directory; mostly 0 and "" */
        before = x->marks.head.trimmed;
        (void)snprintf(x->chain, sizeof x->chain, "%s", x->marks.head.trim_chain);
    }
    archive_writer_init(&w, &x->archive, before, x->chain);
    code = entries_write(x, &w);
    archive_writer_fini(&w);
    if (code == EXIT_DONE &&
        cursors_write(&x->archive, x->marks.scorer, cursors) != ST_OK) {
        code = archived_damaged(&x->archive);
    }
    if (code == EXIT_DONE && !x->quiet) {
        uint64_t last = archive_last(&x->archive);

        if (last > before) {
            (void)printf(words("Đã lưu mục %" PRIu64 " đến %" PRIu64
                               ". Kho %s giữ đến mục %" PRIu64 ".\n",
                               "Archived entries %" PRIu64 " to %" PRIu64
                               ". %s holds all up to entry %" PRIu64 ".\n"),
                         before + 1, last, x->archive.dir, last);
        } else {
            (void)printf(words("Không có mục mới. Kho %s giữ đến mục %" PRIu64 ".\n",
                               "Nothing new. %s holds all up to entry %" PRIu64 ".\n"),
                         x->archive.dir, last);
        }
    }
    return code;
}

static int
archive_run(struct archiving *x, const struct options *o)
{
    struct buf cursors;
    size_t count = 0;
    bool parted = false;
    int code;

    buf_init(&cursors, CURSORS_BYTES);
    /* In this order: what leaders have read is of entries that are archived below. */
    if (audit_cursors(x->reading.redis, x->reading.province, &cursors, &count) !=
            ST_OK ||
        audit_marks(x->reading.redis, x->reading.province, &x->marks) != ST_OK) {
        buf_fini(&cursors);
        return reading_broken(&x->reading);
    }
    code = archive_asides(x);
    if (code == EXIT_DONE) {
        code = archive_end_check(x);
    }
    if (code == EXIT_DONE) {
        code = archive_join(x, conf_switch(o->conf, "continue"), &parted);
    }
    if (code == EXIT_DONE && parted) {
        code = archive_continue(x);
    }
    if (code == EXIT_DONE) {
        code = archive_write(x, &cursors);
    }
    if (code == EXIT_DONE && !conf_switch(o->conf, "no-trim")) {
        code = archive_trim(x, conf_int(o->conf, "keep-days"));
    }
    buf_fini(&cursors);
    return code;
}

/* The lock, then the connection. */
static int
archive_begin(struct archiving *x, const struct options *o, int *lock)
{
    const char *dir = conf_text(o->conf, "archive");
    enum status st = archive_lock(&x->archive, dir, x->reading.province, lock);

    if (st == ST_GONE) {
        (void)fprintf(
            stderr,
            words("Không có thư mục %s. Đề nghị tạo trước (đĩa sao lưu đã gắn "
                  "chưa?).\n",
                  "There is no directory %s. Please make it first (is the "
                  "backup disk mounted?).\n"),
            dir);
        return EXIT_UNAVAILABLE;
    }
    if (st == ST_STALE) {
        (void)fprintf(stderr,
                      words("Một lệnh dondoc archive khác đang ghi vào %s.\n",
                            "Another dondoc archive is writing to %s.\n"),
                      x->archive.dir);
        return EXIT_AGAIN;
    }
    return st == ST_OK ? archive_run(x, o) : archived_damaged(&x->archive);
}

int
cli_archive(int argc, char **argv)
{
    struct archiving x = {0};
    struct options o;
    int lock = -1;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    x.quiet = conf_switch(o.conf, "quiet");
    if (o.operand_count > 0 || conf_text(o.conf, "archive")[0] == '\0') {
        code = options_usage("archive", "%s",
                             words("cần thư mục lưu trữ: --archive THƯ-MỤC",
                                   "the directory is needed: --archive DIR"));
    } else {
        code = reading_open(&x.reading, &o);
        if (code == EXIT_DONE) {
            code = archive_begin(&x, &o, &lock);
            reading_close(&x.reading);
        }
    }
    if (lock >= 0) {
        (void)close(lock); /* and with it the lock */
    }
    archive_fini(&x.archive);
    options_fini(&o);
    return code;
}
