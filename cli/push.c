/*
 * dondoc push FILE - the reports of a file, and their receipts.
 *
 * Connects, learns which measures make a group, asks what stands, sends, prints. Safe
 * to repeat: what is acknowledged already comes back as a duplicate. Nothing is kept on
 * this machine between two runs.
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
    .synopsis = "FILE [--reason TEXT] [--dry-run] [--json]\n"
                "--probe [FILE]\n"
                "--template [FILE] [--period 2026-09]",
    .vi =
        "Gửi số liệu trong FILE (CSV hoặc JSON; - là đầu vào chuẩn) và in biên nhận "
        "của từng báo cáo.\n"
        "Gửi lại cùng một tệp là an toàn. Cách viết tệp: doc/report-format.md.\n"
        "Mã thoát: 0 đã tiếp nhận tất cả, 64 sai cách dùng, 65 có dòng chưa được tiếp "
        "nhận,\n69 không kết nối được, 75 chưa tiếp nhận được lúc này (đề nghị chạy "
        "lại), 77 khóa\nbị từ chối, 78 cài đặt sai.\n",
    .en =
        "Sends the figures in FILE (CSV or JSON; - is standard input) and prints a "
        "receipt for\neach report. Sending the same file again is safe. How the file "
        "is written:\ndoc/report-format.md.\n"
        "Exit status: 0 everything stands, 64 wrong usage, 65 a row was refused, 69 "
        "not\nreachable, 75 not taken just now (run it again), 77 our key is refused, "
        "78 wrong\nsettings.\n",
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
hello(struct push *p, const struct options *o, bool hasty)
{
    struct link_target target;
    struct unit_reply reply;
    int code;

    link_target_from(o, &target);
    code = link_open(&target, &p->link);
    if (code != EXIT_DONE) {
        return code;
    }
    code = link_hello(p->link, hasty, p->hello, &reply);
    if (code == EXIT_DONE) {
        p->info = reply.info;
    }
    return code;
}

static bool
any_answered(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->items[i].outcome != OUTCOME_NONE) {
            return true;
        }
    }
    return false;
}

static int
send_and_show(struct push *p, const struct options *o)
{
    bool json = conf_switch(o->conf, "json");
    int code = EXIT_DONE;
    int shown;

    plan_make(p->file, &p->info, &p->plan);
    if (!p->file->refused && p->plan.count > 0) {
        if (strcmp(p->info.state, "ready") != 0) {
            (void)fprintf(stderr,
                          words("Máy chủ đang tạm dừng tiếp nhận: %s\n",
                                "The server does not acknowledge now: %s\n"),
                          p->info.state);
        }
        code = push_send(p);
    }
    if (code != EXIT_DONE && !any_answered(&p->plan)) {
        push_show_faults(p); /* why nothing was answered has been said */
        return code;
    }
    shown = push_show(p, json);
    return code != EXIT_DONE ? code : shown;
}

static int
push_run(struct push *p, const struct options *o)
{
    bool probe = conf_switch(o->conf, "probe");
    bool template = conf_switch(o->conf, "template");
    const char *path = o->operand_count == 1 ? o->operands[0] : "";
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
    code = hello(p, o, probe || template);
    if (code != EXIT_DONE) {
        if (p->file != NULL) {
            push_show_faults(p); /* to be mended meanwhile */
        }
        return code;
    }
    if (probe) {
        return push_probe(p);
    }
    if (template) {
        return push_template(p, path, conf_text(o->conf, "period"));
    }
    return send_and_show(p, o);
}

int
cli_push(int argc, char **argv)
{
    struct options o;
    struct push p = {.made_at_ms = instant_now().ms};
    int code;
    bool fileless;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    fileless = conf_switch(o.conf, "probe") || conf_switch(o.conf, "template");
    if (o.operand_count > 1 || (o.operand_count == 0 && !fileless)) {
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
