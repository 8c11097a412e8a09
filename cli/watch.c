/*
 * dondoc watch - a leader's alerts: what waits, then what comes; acknowledgements.
 */
#include "cli/watch.h"

#include <stdio.h>
#include <string.h>

#include "cli/alert_words.h"
#include "cli/cli.h"
#include "cli/language.h"
#include "lib/instant.h"

#define JSON_BYTES (512u * 1024u)
#define HOURS_A_DAY 24

static const struct option_row rows[] = {
    {"once", CONF_SWITCH, "false", 0, 0,
     "nhận các thông báo đang chờ rồi kết thúc (mã thoát 0)",
     "take what waits, then end (exit status 0)"},
    {"from-start", CONF_SWITCH, "false", 0, 0,
     "cả những thông báo đã nhận mà máy chủ còn lưu",
     "also what was received before and the server still holds"},
    {"details", CONF_SWITCH, "false", 0, 0,
     "trên màn hình: in toàn văn từng thông báo, không chỉ một dòng",
     "on a terminal: the whole text of each message, not only a line"},
    {"unit", CONF_TEXT, "", 0, 0, "chỉ hiện thông báo về đơn vị này (mã, hoặc level-…)",
     "show only what is about this unit (its id, or level-…)"},
    {"kind", CONF_TEXT, "", 0, 0,
     "chỉ hiện một loại: missed, behind …, digest, hold hoặc progress",
     "show only one kind: missed, behind …, digest, hold or progress"},
    {"since", CONF_TEXT, "", 0, 0,
     "chỉ hiện thông báo từ ngày: 2026-10-01 hoặc 01/10/2026",
     "show only what is of this day or later: 2026-10-01 or 01/10/2026"},
    {"json", CONF_SWITCH, "false", 0, 0, "mỗi thông báo một dòng JSON, cả hai ngôn ngữ",
     "one JSON object a line, with both languages"},
    {"seen", CONF_TEXT, "", 0, 0, "tệp ghi mã các thông báo đã hiện, để không hiện lại",
     "file that keeps the ids of messages shown, so that none is shown twice"},
    {"ack", CONF_TEXT, "", 0, 0, "nhận xử lý cảnh báo có mã này; cần --note",
     "take on the alert of this code; wants --note"},
    {"note", CONF_TEXT, "", 0, 0, "sẽ làm gì, do ai làm", "what will be done, by whom"},
    {"until", CONF_TEXT, "", 0, 0,
     "làm xong trước ngày nào: 2026-10-31 hoặc 31/10/2026",
     "done by which day: 2026-10-31 or 31/10/2026"},
};

static const struct option_spec spec = {
    "watch",
    "[--once] [--details] [--unit U] [--kind K] [--since DAY] [--json] [--seen FILE]\n"
    "--ack CODE --note TEXT [--until DAY]",
    "Nhận thông báo của chức danh mà khóa thuộc về: những thông báo đang chờ, sau đó "
    "là\n"
    "thông báo mới. Máy chủ chỉ coi là đã nhận khi nội dung đã được in ra. Trên màn "
    "hình "
    "mỗi\nthông báo một dòng; gõ ? để xem toàn văn, nhận xử lý. Thông báo ngoài bộ lọc "
    "cũng được\ntính là đã nhận; xem lại bằng --from-start.\n",
    "The messages of the office that the key belongs to: what waits, then what comes. "
    "The\n"
    "server counts a message as received only when it has been printed. On a terminal "
    "each\nmessage is one line; type ? for its whole text and to acknowledge. What a "
    "filter leaves\nout counts as received, too; --from-start shows it.\n",
    rows,
    sizeof rows / sizeof rows[0],
    true,
};

static int
filter_take(struct watch_filter *f, const struct options *o)
{
    const char *since = conf_text(o->conf, "since");
    char day_iso[DAY_TEXT_BYTES];
    int32_t day;

    f->unit = conf_text(o->conf, "unit");
    f->kind = conf_text(o->conf, "kind");
    if (f->kind[0] != '\0' && alert_severity(f->kind) == SEVERITY_OTHER &&
        !watch_is_list(f->kind)) {
        return options_usage("watch",
                             words("--kind: “%s” không phải missed, overdue, behind, "
                                   "falling, reminder, digest, hold hoặc progress",
                                   "--kind: “%s” is not missed, overdue, behind, "
                                   "falling, reminder, digest, hold or progress"),
                             f->kind);
    }
    if (since[0] == '\0') {
        return EXIT_DONE;
    }
    if (!watch_day(since, day_iso) || day_parse(day_iso, &day) != ST_OK) {
        return options_usage("watch",
                             words("--since: “%s” không phải là ngày; viết 2026-10-31 "
                                   "hoặc 31/10/2026",
                                   "--since: “%s” is no day; write 2026-10-31 or "
                                   "31/10/2026"),
                             since);
    }
    f->since_ms = hour_start((int64_t)day * HOURS_A_DAY).ms;
    return EXIT_DONE;
}

static int
watch_begin(struct watch *w, const struct options *o)
{
    char why[512];
    int code = filter_take(&w->filter, o);

    if (code != EXIT_DONE) {
        return code;
    }

    w->json = conf_switch(o->conf, "json");
    w->once = conf_switch(o->conf, "once");
    w->from_start = conf_switch(o->conf, "from-start");
    w->seen = seen_open(conf_text(o->conf, "seen"), why, sizeof why);
    if (w->seen == NULL) {
        (void)fprintf(stderr,
                      words("Không dùng được tệp --seen: %s\n",
                            "The file of --seen cannot be used: %s\n"),
                      why);
        return EXIT_CONFIG;
    }
    buf_init(&w->line, JSON_BYTES);
    if (!w->json) {
        w->desk = desk_new(conf_switch(o->conf, "details"), !w->once);
    }
    code = watch_link_open(&w->link, o);
    return code == EXIT_DONE ? watch_run(w) : code;
}

static int
acknowledge_begin(struct watch *w, const struct options *o)
{
    char until[DAY_TEXT_BYTES];
    int code;

    if (conf_text(o->conf, "note")[0] == '\0') {
        return options_usage("watch", "%s",
                             words("--ack cần có --note: sẽ làm gì, do ai làm",
                                   "--ack wants --note: what will be done, by whom"));
    }
    if (!watch_day(conf_text(o->conf, "until"), until)) {
        return options_usage("watch",
                             words("--until: “%s” không phải là ngày; viết 2026-10-31 "
                                   "hoặc 31/10/2026",
                                   "--until: “%s” is no day; write 2026-10-31 or "
                                   "31/10/2026"),
                             conf_text(o->conf, "until"));
    }
    code = watch_link_open(&w->link, o);
    if (code != EXIT_DONE) {
        return code;
    }
    return watch_acknowledge(&w->link, conf_text(o->conf, "ack"),
                             conf_text(o->conf, "note"), until);
}

int
cli_watch(int argc, char **argv)
{
    struct options o;
    struct watch w = {0};
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count > 0) {
        code = options_usage("watch", words("không hiểu “%s”", "what is “%s”?"),
                             o.operands[0]);
    } else if (conf_text(o.conf, "ack")[0] != '\0') {
        code = acknowledge_begin(&w, &o);
    } else if (conf_text(o.conf, "note")[0] != '\0' ||
               conf_text(o.conf, "until")[0] != '\0') {
        code = options_usage("watch", "%s",
                             words("--note và --until đi cùng --ack MÃ",
                                   "--note and --until go with --ack CODE"));
    } else {
        code = watch_begin(&w, &o);
    }
    watch_link_close(&w.link);
    seen_close(&w.seen);
    desk_free(&w.desk);
    buf_fini(&w.line);
    options_fini(&o);
    return code;
}
