/*
 * dondoc verify - is the journal what was acknowledged, and do the tables agree with
 * it?
 *
 * Reads archive and journal from the first entry to the head: numbers dense, every
 * chain value recomputed, the head, the scorer's seal and the archive in agreement; for
 * every record its receipt, its content hash and its fact; no receipt without a record.
 * What is appended meanwhile is not looked at. Writes nothing. Exit 65: damage, one
 * line a finding.
 *
 * Not checked: whether a programme's text was changed (its length is), scores, alerts
 * and inboxes (they are computed from the journal), who has read what.
 */
#include "cli/verify.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cursors.h"
#include "cli/language.h"
#include "lib/mem.h"

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    ARCHIVE_ROW,
    {"json", CONF_SWITCH, "false", 0, 0, "mỗi dòng một đối tượng JSON",
     "one JSON object a line"},
    {"quiet", CONF_SWITCH, "false", 0, 0, "chỉ nói khi có hư hỏng (cho cron)",
     "speak only when there is damage (for cron)"},
};

static const struct option_spec spec = {
    .command = "verify",
    .synopsis = "[--archive DIR] [--json] [--quiet]",
    .vi =
        "Kiểm tra toàn bộ sổ ghi của tỉnh: số thứ tự, chuỗi băm, nội dung từng báo "
        "cáo, biên nhận,\nsố liệu, niêm phong của scorer, kho lưu trữ (--archive). Chỉ "
        "đọc, chạy được khi dịch vụ đang chạy.\nMỗi phát hiện một dòng: loại, chỗ, giá "
        "trị, việc cần làm. Mã thoát 0: không có gì, 65: có hư hỏng,\n69: không kết "
        "nối được, 75: dondoc archive vừa bớt mục, chạy lại.\n",
    .en =
        "Checks a province's whole journal: numbers, chain of hashes, content of every "
        "report, receipts,\nfacts, the scorer's seal, the archive (--archive). Only "
        "reads; the services may be at work.\nOne line a finding: kind, place, value, "
        "what to do. Exit status 0: nothing, 65: damage,\n69: not reachable, "
        "75: dondoc archive removed entries meanwhile, run it again.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

static void
cursors_check(struct verifying *x)
{
    uint64_t entry;
    char *lines = NULL;
    size_t count;
    enum status st = cursors_read(&x->archive, &entry, &lines, &count);

    if (st == ST_BAD || st == ST_AGAIN) {
        verify_finding(x, "archive", CURSORS_NAME,
                       words("chạy dondoc archive: tệp được ghi lại",
                             "run dondoc archive: it is written again"),
                       "%s",
                       words("ghi nhận lãnh đạo đã nhận đến đâu bị hỏng",
                             "how far leaders have read is damaged"));
    }
    mem_free(&lines);
}

static int
verify_run(struct verifying *x)
{
    enum status st = audit_marks(x->reading.redis, x->reading.province, &x->marks);

    if (st == ST_BAD) {
        verify_finding(x, "head", "head", verify_todo_restore(), "%s",
                       redis_error(x->reading.redis));
        verify_summary(x);
        return EXIT_DATA;
    }
    if (st == ST_OK) {
        st = board_parked(x->reading.redis, x->reading.province, &x->parked);
    }
    x->whole = x->archived || x->marks.head.trimmed == 0;
    if (st == ST_OK && x->archived) {
        cursors_check(x);
        st = verify_archive(x);
    }
    if (st == ST_OK) {
        st = verify_live(x);
    }
    if (st == ST_OK) {
        st = verify_tables(x);
    }
    if (st == ST_STALE) {
        (void)fflush(stdout);
        (void)fputs(
            words("Trong lúc kiểm tra, dondoc archive đã bớt mục khỏi sổ ghi; đề "
                  "nghị chạy lại lệnh này.\n",
                  "While this was at work, dondoc archive removed entries from "
                  "the journal; please run this again.\n"),
            stderr);
        return EXIT_AGAIN;
    }
    if (st != ST_OK) {
        (void)fflush(stdout);
        return reading_broken(&x->reading);
    }
    if (!x->quiet || x->findings > 0) {
        verify_summary(x);
    }
    return x->findings == 0 ? EXIT_DONE : EXIT_DATA;
}

static void
verify_fini(struct verifying *x)
{
    board_parked_fini(&x->parked);
    entry_sets_fini(&x->sets);
    archive_fini(&x->archive);
    mem_free(&x->first);
    mem_free(&x->fields);
    mem_free(&x->absent);
    reading_close(&x->reading);
}

int
cli_verify(int argc, char **argv)
{
    struct verifying x = {0};
    struct options o;
    const char *dir;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count > 0) {
        code = options_usage("verify", words("“%s” thừa", "“%s” is too much"),
                             o.operands[0]);
        options_fini(&o);
        return code;
    }
    dir = conf_text(o.conf, "archive");
    x.json = conf_switch(o.conf, "json");
    x.quiet = conf_switch(o.conf, "quiet");
    x.archived = dir[0] != '\0';
    x.said = mono_now();
    code = reading_open(&x.reading, &o);
    if (code == EXIT_DONE) {
        entry_sets_init(&x.sets);
        if (x.archived) {
            code = archived_open(&x.archive, dir, x.reading.province);
        }
        if (code == EXIT_DONE) {
            code = verify_run(&x);
        }
        verify_fini(&x);
    }
    options_fini(&o);
    return code;
}
