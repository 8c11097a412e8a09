/*
 * dondoc push [FILE] - the reports of a file, and their receipts.
 *
 * Connects, learns which measures make a group, asks what stands, puts the reports into
 * the outbox, sends what an earlier run left and then these, prints. Safe to repeat:
 * what is acknowledged already comes back as a duplicate. What gets no final receipt
 * stays in the outbox (cli/outbox.h); what was acknowledged is kept for some days, and
 * offered again when the server has lost it.
 */
#include "cli/push.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/instant.h"

static const struct option_row rows[] = {
    {"dry-run", CONF_SWITCH, "false", 0, 0, "kiểm tra tại máy chủ, không gửi thật",
     "let the server check everything, store nothing"},
    {"reason", CONF_TEXT, "", 0, 0,
     "lý do, cho các dòng không có lý do riêng (cần khi sửa sau hạn)",
     "the reason, for rows without one (asked for after the due date)"},
    {"outbox", CONF_TEXT, "", 0, 0,
     "thư mục giữ báo cáo chưa gửi được (mặc định ~/.local/state/dondoc/TỈNH/TÊN-KHÓA)",
     "folder for what is not sent yet (default "
     "~/.local/state/dondoc/PROVINCE/KEY-NAME)"},
    {"json", CONF_SWITCH, "false", 0, 0, "kết quả dạng JSON cho máy đọc",
     "results as JSON"},
    {"probe", CONF_SWITCH, "false", 0, 0,
     "chỉ kiểm tra kết nối, khóa và phạm vi; không gửi gì",
     "only check connection, key and scope; nothing is sent"},
    {"template", CONF_SWITCH, "false", 0, 0,
     "viết tệp mẫu để điền (ra màn hình, hoặc vào FILE)",
     "write the file to fill in (to stdout, or to FILE)"},
    {"period", CONF_TEXT, "", 0, 0, "kỳ báo cáo ghi sẵn trong tệp mẫu, ví dụ 2026-09",
     "period to put into the template, such as 2026-09"},
};

static const struct option_spec spec = {
    .command = "push",
    .synopsis = "[FILE] [--reason TEXT] [--json]\n"
                "FILE --dry-run [--json]\n"
                "--probe [FILE]\n"
                "--template [FILE] [--period 2026-09]",
    .vi =
        "Gửi số liệu trong FILE (CSV hoặc JSON; - là đầu vào chuẩn) và in biên nhận "
        "của từng báo cáo.\n"
        "Gửi lại cùng một tệp là an toàn. Cách viết tệp: doc/report-format.md.\n"
        "Báo cáo được ghi vào hộp thư đi trước khi gửi và ở đó đến khi có biên nhận; "
        "mỗi lần\nchạy, có hoặc không có FILE, đều gửi những gì còn trong đó trước. "
        "Báo cáo đã có\nbiên nhận được giữ thêm 7 ngày (doc/outbox.md).\n"
        "Mã thoát: 0 đã tiếp nhận tất cả, 64 sai cách dùng, 65 có dòng chưa được tiếp "
        "nhận,\n69 không kết nối được và chưa lưu được gì, 75 còn trong hộp thư đi (đề "
        "nghị chạy lại),\n77 khóa bị từ chối, 78 cài đặt sai.\n",
    .en =
        "Sends the figures in FILE (CSV or JSON; - is standard input) and prints a "
        "receipt for\neach report. Sending the same file again is safe. How the file "
        "is written:\ndoc/report-format.md.\n"
        "A report is put into the outbox before it is sent and stays there until its "
        "receipt\ncomes; every run, with or without a FILE, first sends what is there. "
        "What was\nacknowledged is kept for 7 more days (doc/outbox.md).\n"
        "Exit status: 0 everything stands, 64 wrong usage, 65 a row was refused, 69 "
        "not\nreachable and nothing is kept, 75 kept in the outbox (run it again), 77 "
        "our key is\nrefused, 78 wrong settings.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
    .link = true,
};

/* Reads and parses; the exit status. A file refused as a whole is shown by the caller.
 */
static int
file_take(struct push *p, const char *path)
{
    char why[512];
    size_t bytes = 0;
    char *text =
        options_file_read(path, REPORT_FILE_BYTES_MAX, &bytes, why, sizeof why);

    if (text == NULL) {
        (void)fprintf(stderr,
                      words("Không đọc được tệp báo cáo: %s\n",
                            "The report file cannot be read: %s\n"),
                      why);
        return EXIT_DATA;
    }
    p->file = report_file_parse(text, bytes);
    mem_free(&text);
    return EXIT_DONE;
}

static int
hello(struct push *p, bool hasty)
{
    struct unit_reply reply;
    int code = link_hello(p->link, hasty, p->hello, &reply);

    if (code == EXIT_DONE) {
        p->info = reply.info;
    }
    return code;
}

static int
dry_run(struct push *p, const struct options *o)
{
    int code = hello(p, false);
    int shown;

    if (code == EXIT_DONE) {
        plan_make(p->file, &p->info, &p->plan);
        if (!p->file->refused && p->plan.count > 0) {
            code = push_send(p);
        }
    }
    if (code != EXIT_DONE && push_unanswered(&p->plan) == p->plan.count) {
        push_show_faults(p); /* why nothing was answered has been said */
        return code;
    }
    shown = push_show(p, conf_switch(o->conf, "json"));
    return code != EXIT_DONE ? code : shown;
}

static int
without_sending(struct push *p, const struct options *o, const char *path)
{
    int code = hello(p, true);

    if (code != EXIT_DONE) {
        if (p->file != NULL) {
            push_show_faults(p); /* to be mended meanwhile */
        }
        return code;
    }
    return conf_switch(o->conf, "probe")
               ? push_probe(p)
               : push_template(p, path, conf_text(o->conf, "period"));
}

static int
push_run(struct push *p, const struct options *o)
{
    bool template = conf_switch(o->conf, "template");
    const char *path = o->operand_count == 1 ? o->operands[0] : "";
    struct link_target target;
    int code;

    if (path[0] != '\0' && !template) {
        code = file_take(p, path);
        if (code != EXIT_DONE) {
            return code;
        }
        if (p->file->refused) {
            return push_show(p, conf_switch(o->conf, "json"));
        }
    }
    link_target_from(o, &target);
    code = link_open(&target, &p->link);
    if (code != EXIT_DONE) {
        if (p->file != NULL) {
            push_show_faults(p); /* to be mended meanwhile */
        }
        return code;
    }
    if (template || conf_switch(o->conf, "probe")) {
        return without_sending(p, o, path);
    }
    return p->dry_run ? dry_run(p, o) : push_box(p, o, path);
}

int
cli_push(int argc, char **argv)
{
    struct options o;
    struct push p = {.made_at_ms = instant_now().ms};
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count > 1 ||
        (o.operand_count == 0 && conf_switch(o.conf, "dry-run"))) {
        code = options_usage(
            "push", "%s",
            o.operand_count > 1
                ? words("chỉ gửi một tệp mỗi lần", "one file at a time")
                : words("thiếu tên tệp báo cáo", "the report file is missing"));
    } else if (strlen(conf_text(o.conf, "reason")) > REPORT_REASON_BYTES) {
        code = options_usage("push",
                             words("--reason: dài hơn %d byte; đề nghị viết ngắn hơn",
                                   "--reason: longer than %d bytes; please write less"),
                             REPORT_REASON_BYTES);
    } else {
        p.reason = conf_text(o.conf, "reason");
        p.dry_run = conf_switch(o.conf, "dry-run");
        p.answers = arena_new(WIRE_ARENA_BYTES);
        p.hello = arena_new(WIRE_ARENA_BYTES);
        code = push_run(&p, &o);
        link_close(&p.link);
        plan_fini(&p.plan);
        report_file_free(&p.file);
        arena_free(&p.answers);
        arena_free(&p.hello);
    }
    options_fini(&o);
    return code;
}
