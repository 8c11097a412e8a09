/*
 * dondoc undelivered - what courier could not bring to a mailbox or a webhook: what
 * waits, for how long and why, and what was refused for good. All of it stands in the
 * office's inbox, where `dondoc watch` shows it. Only reads.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "cli/reading.h"
#include "lib/instant.h"
#include "lib/json.h"

#define COLUMNS 100
#define INDENT 4
#define LINE_BYTES 8192
#define JSON_BYTES (4u << 20)
#define MINUTE_S 60
#define DAY_MS INT64_C(86400000)

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"days", CONF_INT, "7", 1, 40000, "thư chết trong bao nhiêu ngày qua",
     "dead letters of how many days back"},
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON", "one JSON object"},
};

static const struct option_spec spec = {
    .command = "undelivered",
    .synopsis = "[--days 7] [--json]",
    .vi = "Những thông báo chưa chuyển được đến hộp thư hoặc webhook của chức danh "
          "nào: chờ bao lâu,\nđã gửi mấy lần, lỗi gần nhất, nên làm gì; và những tin "
          "không gửi được (thư chết).\nThông báo vẫn nằm trong hộp thư của chức danh "
          "trên máy chủ: dondoc watch vẫn nhận được.\n",
    .en = "What was not delivered to which office's mailbox or webhook: for how long, "
          "how many\nattempts, the last error, what to do; and what could not be sent "
          "at all (dead letters).\nAll of it is in the office's inbox on the server: "
          "dondoc watch shows it.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

struct mailbag {
    struct reading reading;
    struct board_undelivered_list waiting;
    struct board_dead_list dead;
    bool couriers; /* at least one runs */
};

static enum status
mailbag_read(struct mailbag *b, long days)
{
    struct redis *r = b->reading.redis;
    const char *province = b->reading.province;
    struct board_instances all = {0};
    enum status st = board_instances(r, &all);
    size_t i;

    for (i = 0; i < all.count; i++) {
        b->couriers |=
            all.items[i].alive && strcmp(all.items[i].service, "courier") == 0;
    }
    /* Of one that is dead the list stays for a day: better than nothing. */
    for (i = 0; st == ST_OK && i < all.count; i++) {
        if (strcmp(all.items[i].service, "courier") == 0 &&
            (all.items[i].alive || !b->couriers)) {
            st = board_undelivered(r, all.items[i].instance, province, &b->waiting);
        }
    }
    board_instances_fini(&all);
    return st == ST_OK
               ? board_dead(r, province, instant_now().ms - days * DAY_MS, &b->dead)
               : st;
}

/* --- for people --- */

static const char *
state_words(const char *state)
{
    static const char *const said[][3] = {
        {"delayed", "gửi chưa được, hệ thống tự gửi lại",
         "failed, tried again by itself"},
        {"hours", "chờ đến giờ làm việc của chức danh", "waits for the office's hours"},
        {"not_served", "dịch vụ gửi cảnh báo chưa phục vụ kênh này",
         "the notifier does not serve this channel"},
        {"standby", "phiên bản khác của courier đang phục vụ kênh này",
         "another courier serves this channel"},
    };
    size_t i;

    for (i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (strcmp(state, said[i][0]) == 0) {
            return words(said[i][1], said[i][2]);
        }
    }
    return state;
}

static const char *
state_remedy(const char *state)
{
    static const char *const said[][3] = {
        {"delayed",
         "đề nghị kiểm tra máy chủ thư hoặc webhook này và mạng đến đó; sửa xong "
         "không phải làm gì thêm",
         "look at this mail server or webhook and the network to it; once it is mended "
         "nothing else is to be done"},
        {"not_served",
         "đề nghị kiểm tra chức danh trong courier.yaml, leaders.yaml và khóa của "
         "courier (dondoc keys list)",
         "look at the office in courier.yaml and leaders.yaml, and at courier's key "
         "(dondoc keys list)"},
    };
    size_t i;

    for (i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (strcmp(state, said[i][0]) == 0) {
            return words(said[i][1], said[i][2]);
        }
    }
    return words("không phải làm gì", "nothing is to be done");
}

/* The line in hand, and it is empty again. */
static void
line_out(struct buf *line, size_t first)
{
    struct buf out;

    buf_init(&out, 2 * LINE_BYTES);
    flow_add(&out, buf_str(line), first, INDENT, COLUMNS);
    (void)fputs(buf_str(&out), stdout); /* main checks stdout */
    buf_fini(&out);
    buf_clear(line);
}

static void
waiting_print(const struct board_undelivered *u, struct buf *line)
{
    char when[WHEN_BYTES];

    when_say(u->since_ms, when);
    buf_format(line, "%s (%s)  %s", u->office, u->channel,
               u->id[0] != '\0' ? u->id : "-");
    if (u->id[0] != '\0') {
        buf_format(line, words("  từ %s", "  since %s"), when);
        buf_format(line, words(", %" PRId64 " phút%s", ", %" PRId64 " min%s"),
                   u->age_s / MINUTE_S,
                   u->overdue ? words(" (quá lâu)", " (overdue)") : "");
        buf_format(line,
                   words("; số lần gửi: %" PRId64 "; đang chờ: %" PRId64,
                         "; attempts: %" PRId64 "; waiting: %" PRId64),
                   u->attempts, u->in_hand);
    }
    line_out(line, 0);
    buf_text(line, state_words(u->state));
    if (u->why[0] != '\0') {
        buf_text(line, ": ");
        flow_plain(line, u->why, true);
    }
    buf_format(line, "; %s", state_remedy(u->state));
    line_out(line, INDENT);
}

static void
dead_print(const struct board_dead *d, struct buf *line)
{
    char when[WHEN_BYTES];

    when_say(d->at_ms, when);
    buf_format(line, "%s (%s)  %s  %s", d->office, d->channel, d->id, when);
    if (d->attempts > 0) {
        buf_format(line, words("; số lần gửi: %" PRId64, "; attempts: %" PRId64),
                   d->attempts);
    }
    line_out(line, 0);
    flow_plain(line, d->why, true);
    buf_format(line, words("; xem: dondoc history %.*s", "; see: dondoc history %.*s"),
               (int)strcspn(d->id, "/"), d->id);
    line_out(line, INDENT);
}

static void
mailbag_text(const struct mailbag *b)
{
    struct buf line;
    size_t i;

    buf_init(&line, LINE_BYTES);
    if (!b->couriers) {
        (void)puts(words("Không có courier nào đang chạy; danh sách chờ là của lần "
                         "ghi cuối.",
                         "No courier runs; what waits is as it was last written."));
    }
    (void)printf(words("Chưa chuyển được: %zu\n", "Not delivered yet: %zu\n"),
                 b->waiting.count);
    for (i = 0; i < b->waiting.count; i++) {
        waiting_print(&b->waiting.items[i], &line);
    }
    (void)printf(words("Không gửi được (thư chết): %zu\n",
                       "Not to be sent (dead letters): %zu\n"),
                 b->dead.count);
    for (i = 0; i < b->dead.count; i++) {
        dead_print(&b->dead.items[i], &line);
    }
    if (b->dead.count > 0) {
        buf_text(&line,
                 words("Thư chết không được gửi lại: đề nghị sửa địa chỉ trong "
                       "courier.yaml rồi báo cho chức danh xem bằng dondoc watch.",
                       "A dead letter is not sent again: put the address in "
                       "courier.yaml right, and tell the office to look with dondoc "
                       "watch."));
        line_out(&line, 0);
    }
    buf_fini(&line);
}

/* --- for programs --- */

static void
text_add(struct buf *out, const char *name, const char *text)
{
    buf_format(out, ",\"%s\":", name);
    json_write_text(out, text);
}

/* Office, channel, id and the alert's code in it. */
static void
message_add(struct buf *out, const char *office, const char *channel, const char *id)
{
    char code[ALERT_CODE_BYTES];

    (void)snprintf(code, sizeof code, "%.*s", (int)strcspn(id, "/"), id);
    buf_text(out, "{\"office\":");
    json_write_text(out, office);
    text_add(out, "channel", channel);
    text_add(out, "id", id);
    text_add(out, "code", code);
}

static void
mailbag_json(const struct mailbag *b)
{
    struct buf out;
    size_t i;

    buf_init(&out, JSON_BYTES);
    buf_text(&out, "{\"province\":");
    json_write_text(&out, b->reading.province);
    buf_format(&out, ",\"courier_runs\":%s,\"undelivered\":[",
               b->couriers ? "true" : "false");
    for (i = 0; i < b->waiting.count; i++) {
        const struct board_undelivered *u = &b->waiting.items[i];

        buf_text(&out, i == 0 ? "" : ",");
        message_add(&out, u->office, u->channel, u->id);
        text_add(&out, "courier", u->instance);
        text_add(&out, "state", u->state);
        text_add(&out, "since", u->since);
        buf_format(&out,
                   ",\"age_s\":%" PRId64 ",\"attempts\":%" PRId64
                   ",\"in_hand\":%" PRId64 ",\"overdue\":%s",
                   u->age_s, u->attempts, u->in_hand, u->overdue ? "true" : "false");
        text_add(&out, "why", u->why);
        buf_char(&out, '}');
    }
    buf_text(&out, "],\"dead\":[");
    for (i = 0; i < b->dead.count; i++) {
        const struct board_dead *d = &b->dead.items[i];

        buf_text(&out, i == 0 ? "" : ",");
        message_add(&out, d->office, d->channel, d->id);
        text_add(&out, "at", d->at);
        buf_format(&out, ",\"attempts\":%" PRId64, d->attempts);
        text_add(&out, "why", d->why);
        buf_char(&out, '}');
    }
    buf_text(&out, "]}\n");
    (void)fwrite(buf_str(&out), 1, out.len, stdout); /* main checks stdout */
    buf_fini(&out);
}

int
cli_undelivered(int argc, char **argv)
{
    struct mailbag b = {0};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count > 0) {
        code = options_usage("undelivered", words("“%s” thừa", "“%s” is too much"),
                             o.operands[0]);
    } else {
        code = reading_open(&b.reading, &o);
        if (code == EXIT_DONE) {
            if (mailbag_read(&b, conf_int(o.conf, "days")) != ST_OK) {
                code = reading_broken(&b.reading);
            } else if (conf_switch(o.conf, "json")) {
                mailbag_json(&b);
            } else {
                mailbag_text(&b);
            }
            board_undelivered_fini(&b.waiting);
            board_dead_fini(&b.dead);
            reading_close(&b.reading);
        }
    }
    options_fini(&o);
    return code;
}
