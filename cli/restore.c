/*
 * dondoc restore - a province's journal from the archive's files into an empty Redis.
 *
 * Reads the archive whole first, then appends entry by entry through the journal's own
 * Function, so that the journal is the same byte for byte; scorer and notifier compute
 * everything else again from it. Killed at any place, the same command goes on: a
 * journal that is the beginning of the archive is taken for that. The new Redis mints a
 * new log id by itself, from which units see that they have to offer again what they
 * were promised afterwards.
 */
#include "cli/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cursors.h"
#include "cli/language.h"
#include "lib/mem.h"

#define PROGRESS_US 2000000
#define WHY_BYTES 400

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    ARCHIVE_ROW,
    {"to", CONF_INT, "0", 0, 2147483647,
     "chỉ đến mục này (khi phần sau của kho bị hỏng); 0: tất cả",
     "only up to this entry (when the archive is damaged behind it); 0: all"},
};

static const struct option_spec spec = {
    .command = "restore",
    .synopsis = "--archive DIR [--to N]",
    .vi = "Ghi lại sổ ghi của tỉnh từ kho lưu trữ vào một Redis còn trống.\n"
          "Kiểm tra cả kho trước, rồi ghi từng mục với đúng số, nội dung và chuỗi băm; "
          "bị ngắt thì chạy lại\nđúng lệnh này. Trình tự khi mất Redis:\n"
          "  1. dừng ingest, scorer, notifier\n"
          "  2. khởi động Redis mới, trống (dondoc-redis-start)\n"
          "  3. dondoc restore --archive DIR\n"
          "  4. khởi động lại ingest, scorer, notifier; xem dondoc status\n"
          "  5. dondoc verify --archive DIR\n"
          "Những gì được biên nhận sau lần lưu cuối sẽ do máy của các đơn vị tự gửi "
          "lại.\n",
    .en =
        "Writes a province's journal from the archive into an empty Redis.\n"
        "Checks the whole archive first, then writes entry by entry, with the same "
        "number, content and\nchain value; after an interruption run the same command "
        "again. When Redis is lost:\n"
        "  1. stop ingest, scorer, notifier\n"
        "  2. start a new, empty Redis (dondoc-redis-start)\n"
        "  3. dondoc restore --archive DIR\n"
        "  4. start ingest, scorer, notifier again; look at dondoc status\n"
        "  5. dondoc verify --archive DIR\n"
        "What was acknowledged after the last archiving is offered again by the "
        "units' machines.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

void
restore_progress(struct restoring *x, const char *what, uint64_t done)
{
    if (mono_since_us(x->said) < PROGRESS_US) {
        return;
    }
    x->said = mono_now();
    (void)fprintf(stderr,
                  words("%s: mục %" PRIu64 " / %" PRIu64 "\n",
                        "%s: entry %" PRIu64 " of %" PRIu64 "\n"),
                  what, done, x->end);
}

/* --- before anything is written --- */

static int
archive_damaged_say(struct restoring *x, uint64_t good)
{
    int code = archived_damaged(&x->archive);

    if (good > 0) {
        (void)fprintf(
            stderr,
            words("Chưa ghi gì. Kho còn nguyên đến mục %" PRIu64
                  ": đề nghị lấy lại tệp đó từ bản sao của kho,\nhoặc phục hồi "
                  "đến đó: dondoc restore --to %" PRIu64 "\n",
                  "Nothing was written. The archive is whole up to entry "
                  "%" PRIu64 ": please bring that file back\nfrom a copy of "
                  "the archive, or restore so far: dondoc restore --to %" PRIu64 "\n"),
            good, good);
    }
    return code;
}

/* The archive from its first entry to the last that is wanted. */
static int
archive_check(struct restoring *x)
{
    struct archive_cursor c;
    struct journal_entry e;
    struct entry_sets sets;
    enum status st = ST_OK;
    int code = EXIT_DONE;

    archive_cursor_init(&c, &x->archive);
    while (c.after < x->end && (st = archive_next(&c, &e)) == ST_OK) {
        restore_progress(x, words("Kiểm tra kho", "Checking the archive"), c.after);
    }
    if (st != ST_OK) {
        bool given = x->archive.damage.fault == ARCHIVE_CHANGED && c.after > 0;

        code = archive_damaged_say(x, given ? c.after - 1 : c.after);
    } else {
        entry_sets_init(&sets);
        entry_sets_take(&sets, &e, 1);
        x->end_ms = sets.at_ms;
        entry_sets_fini(&sets);
    }
    archive_cursor_fini(&c);
    return code;
}

static int
archive_begin(struct restoring *x, const struct options *o)
{
    uint64_t to = (uint64_t)conf_int(o->conf, "to");
    uint64_t last;
    int code =
        archived_open(&x->archive, conf_text(o->conf, "archive"), x->reading.province);

    if (code != EXIT_DONE) {
        return code;
    }
    last = archive_last(&x->archive);
    if (last == 0 || to > last) {
        (void)fprintf(stderr,
                      words("Kho %s giữ đến mục %" PRIu64
                            ": không có gì để phục hồi như yêu cầu. Đúng thư mục, đúng "
                            "tỉnh chưa?\n",
                            "%s holds entries up to %" PRIu64
                            ": there is not what was asked for. Is it the right "
                            "directory and province?\n"),
                      x->archive.dir, last);
        return EXIT_DATA;
    }
    x->end = to == 0 ? last : to;
    return archive_check(x);
}

static int
settings_check(const struct restoring *x)
{
    char why[WHY_BYTES];
    enum status st = redis_settings_check(x->reading.redis, why, sizeof why);

    if (st == ST_BAD) {
        (void)fprintf(stderr,
                      words("Redis chưa đúng cài đặt: %s. Đề nghị khởi động bằng "
                            "etc/redis.conf.\n",
                            "Redis is not set up as it must be: %s. Please start it "
                            "with etc/redis.conf.\n"),
                      why);
        return EXIT_CONFIG;
    }
    return st == ST_OK ? EXIT_DONE : reading_broken(&x->reading);
}

/* --- how far leaders have read --- */

static int
cursors_restore(struct restoring *x)
{
    uint64_t entry = 0;
    char *lines = NULL;
    size_t count = 0;
    enum status st = cursors_read(&x->archive, &entry, &lines, &count);
    int code = EXIT_DONE;

    if (st == ST_BAD || st == ST_AGAIN) {
        (void)fprintf(
            stderr,
            words(
                "%s/%s (lãnh đạo đã nhận đến đâu) bị hỏng. Chưa ghi gì. Đề nghị lấy "
                "lại "
                "từ bản sao của kho,\nhoặc xóa tệp đó: khi ấy lãnh đạo nhận lại các "
                "cảnh báo cũ một lần.\n",
                "%s/%s (how far leaders have read) is damaged. Nothing was written. "
                "Please bring it back from\na copy of the archive, or remove it: then "
                "leaders hear the old alerts once more.\n"),
            x->archive.dir, CURSORS_NAME);
        return EXIT_DATA;
    }
    if (st == ST_OK && entry <= x->end) {
        if (cursors_put(x->reading.redis, x->reading.province, lines) != ST_OK) {
            code = reading_broken(&x->reading);
        }
    } else {
        (void)fputs(words("Lưu ý: không có ghi nhận lãnh đạo đã nhận đến đâu cho phần "
                          "này; cảnh báo cũ được gửi lại một lần.\n",
                          "Note: how far leaders have read is not known for this part; "
                          "old alerts are sent once more.\n"),
                    stderr);
    }
    mem_free(&lines);
    return code;
}

/* --- all of it --- */

static void
done_say(const struct restoring *x, uint64_t before)
{
    char when[WHEN_BYTES];

    when_say(x->end_ms, when);
    (void)printf(words("Sổ ghi của %s đã đủ đến mục %" PRIu64 " (ghi lại %" PRIu64
                       " mục), mục cuối lúc %s.\n",
                       "The journal of %s stands up to entry %" PRIu64 " (%" PRIu64
                       " entries written), the last one of %s.\n"),
                 x->reading.province, x->end, x->end - before, when);
    if (x->unreadable > 0) {
        (void)printf(
            words("%" PRIu64 " bản ghi phiên bản này không đọc được: có trong sổ, "
                  "không có biên nhận.\n",
                  "%" PRIu64 " records cannot be read by this release: they are "
                  "in the journal, without a receipt.\n"),
            x->unreadable);
    }
    (void)puts(words(
        "Những gì được biên nhận sau đó không có ở đây: máy của các đơn vị tự gửi "
        "lại khi kết nối.\n"
        "Tiếp theo: khởi động ingest, scorer, notifier; dondoc status (nếu tick "
        "chờ: dondoc tick --confirm);\nrồi dondoc verify --archive với cùng thư "
        "mục.",
        "What was acknowledged afterwards is not here: the units' machines offer "
        "it again when they connect.\n"
        "Next: start ingest, scorer, notifier; dondoc status (if a tick waits: "
        "dondoc tick --confirm);\nthen dondoc verify --archive with the same "
        "directory."));
}

static int
restore_run(struct restoring *x, const struct options *o)
{
    struct journal_head head;
    int code = archive_begin(x, o);

    if (code == EXIT_DONE) {
        code = settings_check(x);
    }
    if (code == EXIT_DONE && redis_load_functions(x->reading.redis) != ST_OK) {
        code = reading_broken(&x->reading);
    }
    if (code == EXIT_DONE) {
        code = restore_live_check(
            x, &head); /* the wrong Redis is named before anything else */
    }
    if (code == EXIT_DONE) {
        code = restore_alive_wait(x);
    }
    if (code == EXIT_DONE) {
        code = restore_live_check(x, &head); /* as they left it */
    }
    if (code == EXIT_DONE) {
        code = cursors_restore(x); /* first: they must stand when the notifier comes */
    }
    if (code == EXIT_DONE) {
        code = restore_append(x, &head);
    }
    if (code == EXIT_DONE) {
        done_say(x, head.seq);
    }
    return code;
}

int
cli_restore(int argc, char **argv)
{
    struct restoring x = {0};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count > 0 || conf_text(o.conf, "archive")[0] == '\0') {
        code = options_usage("restore", "%s",
                             words("cần thư mục lưu trữ: --archive THƯ-MỤC",
                                   "the directory is needed: --archive DIR"));
    } else {
        x.said = mono_now();
        code = reading_open(&x.reading, &o);
        if (code == EXIT_DONE) {
            code = restore_run(&x, &o);
            reading_close(&x.reading);
        }
    }
    archive_fini(&x.archive);
    options_fini(&o);
    return code;
}
