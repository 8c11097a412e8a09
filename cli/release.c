/*
 * dondoc release PROVINCE [HOLD] - what is held, by kind and level; then, when a person
 * says so, it goes out. Kinds named by --drop are told to nobody.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/act.h"
#include "cli/cli.h"
#include "cli/flow.h"
#include "cli/holds.h"
#include "cli/language.h"
#include "cli/link.h"
#include "cli/reading.h"
#include "cli/table_print.h"
#include "lib/json.h"

#define COLUMNS 100
#define LINE_BYTES 4096u
#define JSON_BYTES 65536u

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    {"drop", CONF_TEXT, "", 0, 0,
     "các loại không gửi, cách nhau dấu phẩy: behind,falling …",
     "kinds that are not sent, with commas: behind,falling …"},
    {"note", CONF_TEXT, "", 0, 0, "ghi chú, lưu trong sổ ghi",
     "a note, kept in the journal"},
    {"yes", CONF_SWITCH, "false", 0, 0, "không hỏi lại; bắt buộc khi không có màn hình",
     "does not ask; wanted where there is no terminal"},
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON; cần --yes",
     "one JSON object; wants --yes"},
};

static const struct option_spec spec = {
    .command = "release",
    .synopsis = "PROVINCE [HOLD] [--drop KIND[,KIND]] [--note TEXT] [--yes] [--json]",
    .vi =
        "Cho biết những gì đang được tạm giữ ở một tỉnh (theo loại, theo cấp), rồi gửi "
        "đi sau khi\nđược xác nhận. HOLD là mã một lệnh tạm giữ trong dondoc status "
        "(person, programme:…, key:…,\ntick:…); không ghi: tất cả. Mỗi cảnh báo chỉ "
        "gửi "
        "nội dung mới nhất. --drop: các loại được bỏ,\nkhông gửi cho chức danh nào; "
        "kết quả tính toán không thay đổi. Xem mà không gửi: trả lời n.\nCần khóa vai "
        "trò ops hoặc office.\n",
    .en =
        "Says what is held in a province, by kind and level, and sends it when a "
        "person says so.\nHOLD is one of those on dondoc status (person, programme:…, "
        "key:…, tick:…); without it: all.\nOf each alert only the newest is sent. "
        "--drop: kinds that are told to nobody; what was\ncomputed stays. To look "
        "only: answer n. Needs a key of role ops or office.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
    .link = true,
};

struct release {
    struct reading reading;
    struct board_holds holds;
    struct board_alerts alerts;
    struct hold_counts counts;
    const char *id;   /* of the one hold that is opened; "" all */
    const char *drop; /* kinds with commas */
};

/* Is the kind among those that are dropped? */
static bool
is_dropped(const struct release *l, const char *kind)
{
    const char *at = l->drop;
    size_t len = strlen(kind);

    while (*at != '\0') {
        size_t bytes = strcspn(at, ",");

        if (bytes == len && memcmp(at, kind, len) == 0) {
            return true;
        }
        at += bytes + (at[bytes] == ',');
    }
    return false;
}

/* --- what would go out --- */

static void
holds_say(const struct release *l)
{
    struct buf line;
    struct buf out;
    size_t i;

    buf_init(&line, LINE_BYTES);
    buf_init(&out, 2 * LINE_BYTES);
    for (i = 0; i < l->holds.count; i++) {
        const struct board_hold *h = &l->holds.items[i];

        if (l->id[0] != '\0' && strcmp(l->id, h->id) != 0) {
            continue;
        }
        buf_format(&line, "%s: ", h->id);
        hold_cause_words(h, &line);
        buf_format(&line,
                   words(" (từ %s, đến hết %s)", " (since %s, up to and with %s)"),
                   h->since, h->until);
        flow_add(&out, buf_str(&line), 0, 4, COLUMNS);
        buf_clear(&line);
    }
    (void)fputs(buf_str(&out), stdout);
    buf_fini(&line);
    buf_fini(&out);
}

static void
counts_say(const struct release *l)
{
    struct table_print *t = table_print_new(5);
    size_t i;

    table_print_head(t, 0, words("loại", "kind"), TABLE_LEFT);
    table_print_head(t, 1, words("cấp", "level"), TABLE_LEFT);
    table_print_head(t, 2, words("đang giữ", "held"), TABLE_RIGHT);
    table_print_head(t, 3, words("mới mở", "newly opened"), TABLE_RIGHT);
    table_print_head(t, 4, "", TABLE_LEFT);
    for (i = 0; i < l->counts.count; i++) {
        const struct hold_count *n = &l->counts.items[i];

        table_print_cell(t, kind_words(n->kind));
        table_print_cell(t, n->level);
        table_print_number(t, n->held);
        table_print_number(t, n->opened);
        table_print_cell(t, is_dropped(l, n->kind)
                                ? words("bỏ, không gửi", "dropped, told to nobody")
                                : words("sẽ gửi", "goes out"));
    }
    if (table_print_rows(t) > 0) {
        table_print_out(t);
    } else {
        (void)puts(words("Chưa có thông báo nào bị giữ lại.",
                         "No message has been kept back so far."));
    }
    table_print_free(&t);
}

/* A hold that is just being set may not be read yet: then the server's word counts. */
static enum status
all_read(struct reading *r, bool *read)
{
    struct board_checkpoint notifier;
    enum status st = board_checkpoint(r->redis, r->province, "notifier", &notifier);

    *read =
        st == ST_OK && r->scorer.seq >= r->head.seq && notifier.seq >= r->scorer.out;
    return st;
}

static int
hold_unknown(const struct release *l)
{
    size_t i;

    (void)fprintf(
        stderr,
        words("Không có lệnh tạm giữ “%s” ở tỉnh %s.", "There is no hold “%s” in %s."),
        l->id, l->reading.province);
    for (i = 0; i < l->holds.count; i++) {
        (void)fprintf(stderr, "%s%s",
                      i == 0 ? words(" Đang có: ", " Those that stand: ") : ", ",
                      l->holds.items[i].id);
    }
    (void)fputs("\n", stderr);
    return EXIT_DATA;
}

/* --- asking, sending --- */

static bool
person_agrees(void)
{
    char line[64];

    (void)fputs(words("Gửi đi và mở lệnh tạm giữ? [c/N] ",
                      "Send this and open the hold? [y/N] "),
                stdout);
    (void)fflush(stdout); /* the next flush says whether it went well */
    return fgets(line, sizeof line, stdin) != NULL &&
           (line[0] == 'y' || line[0] == 'Y' || line[0] == 'c' || line[0] == 'C');
}

static void
counts_json(const struct release *l, const struct wire_act *act, uint64_t entry)
{
    struct buf out;
    size_t i;

    buf_init(&out, JSON_BYTES);
    buf_text(&out, "{\"act\":\"release\",\"province\":");
    json_write_text(&out, l->reading.province);
    buf_text(&out, ",\"hold\":");
    json_write_text(&out, l->id);
    buf_text(&out, ",\"drop\":");
    json_write_text(&out, act->drop);
    buf_format(&out, ",\"entry\":%" PRIu64 ",\"held\":[", entry);
    for (i = 0; i < l->counts.count; i++) {
        const struct hold_count *n = &l->counts.items[i];

        buf_format(&out, "%s{\"kind\":\"%s\",\"level\":", i == 0 ? "" : ",", n->kind);
        json_write_text(&out, n->level);
        buf_format(&out, ",\"count\":%zu,\"opened\":%zu,\"sent\":%s}", n->held,
                   n->opened, is_dropped(l, n->kind) ? "false" : "true");
    }
    buf_text(&out, "]}\n");
    (void)fputs(buf_str(&out), stdout); /* main checks stdout */
    buf_fini(&out);
}

static int
release_send(const struct release *l, const struct options *o)
{
    struct wire_act act = {.kind = "release",
                           .subject = l->id,
                           .note = conf_text(o->conf, "note"),
                           .drop = l->drop};
    uint64_t entry = 0;
    int code;

    if (!conf_switch(o->conf, "yes") && !person_agrees()) {
        (void)puts(words("Không gửi gì; lệnh tạm giữ vẫn còn hiệu lực.",
                         "Nothing was sent; the hold stands."));
        return EXIT_DONE;
    }
    code = act_send(o, l->reading.province, &act, &entry);
    if (code != EXIT_DONE) {
        return code;
    }
    if (conf_switch(o->conf, "json")) {
        counts_json(l, &act, entry);
    } else {
        (void)printf(words("Đã ghi, mục %" PRIu64
                           "; các thông báo trên được đưa vào hộp thư ngay.\n",
                           "Written, entry %" PRIu64
                           "; the messages above go into the inboxes now.\n"),
                     entry);
    }
    return EXIT_DONE;
}

static int
release_run(struct release *l, const struct options *o)
{
    struct reading *r = &l->reading;
    bool read = false;

    if (board_holds(r->redis, r->province, &l->holds) != ST_OK ||
        board_alerts(r->redis, r->province, &l->alerts) != ST_OK ||
        all_read(r, &read) != ST_OK) {
        return reading_broken(r);
    }
    if (read && l->id[0] != '\0' && board_hold(&l->holds, l->id) == NULL) {
        return hold_unknown(l);
    }
    if (read && l->holds.count == 0 && l->holds.held_count == 0) {
        (void)fprintf(
            stderr,
            words("Tỉnh %s không có lệnh tạm giữ nào; không có gì thay đổi.\n",
                  "Nothing is held in %s; nothing was changed.\n"),
            r->province);
        return EXIT_DONE;
    }
    if (r->head.programme[0] != '\0') {
        (void)reading_programme(r); /* has said why; levels are then not known */
    }
    hold_counts_make(r->catalogue, &l->holds, &l->alerts, l->id, &l->counts);
    if (!conf_switch(o->conf, "json")) {
        reading_marks(r);
        holds_say(l);
        counts_say(l);
    }
    return release_send(l, o);
}

/* Kinds that the server would refuse are named before anything is asked. */
static int
drop_check(const char *drop)
{
    const char *at = drop;

    while (*at != '\0') {
        char kind[24];

        (void)snprintf(kind, sizeof kind, "%.*s", (int)strcspn(at, ","), at);
        if (alert_severity(kind) == SEVERITY_OTHER) {
            return options_usage(
                "release",
                words("--drop: “%s” không phải missed, overdue, behind, falling hoặc "
                      "reminder",
                      "--drop: “%s” is not missed, overdue, behind, falling or "
                      "reminder"),
                kind);
        }
        at += strcspn(at, ",");
        at += *at == ',';
    }
    return EXIT_DONE;
}

static int
wish_check(const struct options *o)
{
    bool yes = conf_switch(o->conf, "yes");

    if (o->operand_count < 1 || o->operand_count > 2 || o->operands[0][0] == '\0') {
        return options_usage("release", "%s",
                             words("cần mã tỉnh và, nếu chỉ mở một lệnh, mã lệnh tạm "
                                   "giữ, ví dụ: quang-ngai person",
                                   "a province is wanted and, to open one hold only, "
                                   "its id, such as: quang-ngai person"));
    }
    if (!yes && (conf_switch(o->conf, "json") || isatty(STDIN_FILENO) == 0 ||
                 isatty(STDOUT_FILENO) == 0)) {
        return options_usage("release", "%s",
                             words("không có màn hình để hỏi lại: cần --yes",
                                   "there is no terminal to ask on: --yes is wanted"));
    }
    return drop_check(conf_text(o->conf, "drop"));
}

int
cli_release(int argc, char **argv)
{
    struct release l = {.id = ""};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    code = wish_check(&o);
    if (code == EXIT_DONE) {
        l.drop = conf_text(o.conf, "drop");
        l.id = o.operand_count == 2 ? o.operands[1] : "";
        code = reading_open_province(&l.reading, &o, o.operands[0]);
        if (code == EXIT_DONE) {
            code = release_run(&l, &o);
            board_holds_fini(&l.holds);
            board_alerts_fini(&l.alerts);
            reading_close(&l.reading);
        }
    }
    options_fini(&o);
    return code;
}
