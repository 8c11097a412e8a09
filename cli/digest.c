/*
 * dondoc digest --preview - the digest that an office would get now: its text and its
 * table, as the notifier makes them. Nothing is sent, nothing is received by it.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/watch.h"

#define TRIES 3
#define SLICE_MS 100
#define COLUMNS 100
#define PAGE_BYTES (256u * 1024u)
#define JSON_BYTES (512u * 1024u)

static const struct option_row rows[] = {
    {"preview", CONF_SWITCH, "false", 0, 0,
     "in nội dung bản tổng hợp sẽ gửi nếu gửi lúc này",
     "print what the digest would say if it went out now"},
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON, có từng dòng của bảng",
     "one JSON object with the rows of the table"},
};

static const struct option_spec spec = {
    .command = "digest",
    .synopsis = "--preview [LEADER] [--json]",
    .vi =
        "Xem trước bản tổng hợp: những gì đang chờ để gửi cho một chức danh trong bản "
        "tổng hợp kế\ntiếp (hằng ngày hoặc hằng tuần theo leaders.yaml). Không gửi gì, "
        "không thay đổi gì. Khóa của\nchức danh: bản của chính mình; khóa vai trò ops: "
        "ghi tên chức danh, ví dụ chair-province.\n--server là địa chỉ của dịch vụ gửi "
        "cảnh báo, như đối với dondoc watch.\n",
    .en =
        "The digest before it goes out: what waits for an office to be told in its "
        "next one (daily or\nweekly, by leaders.yaml). Nothing is sent and nothing "
        "changes. A leader's key sees that of\nits own office; a key of role ops names "
        "the office, such as chair-province. --server is the\naddress of the notifier, "
        "as for dondoc watch.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
    .link = true,
};

/* The answer, or the message that was asked for, which may come as one of its own. */
static bool
is_answer(const struct leader_reply *reply, uint64_t request_id)
{
    return reply->request_id == request_id ||
           (reply->kind == LEADER_REPLY_ALERT && reply->alert.position == 0);
}

static enum status
answer_await(struct watch_link *w, uint64_t request_id, struct leader_reply *reply)
{
    struct mono start = mono_now();

    while (mono_since_us(start) < w->timeout_s * 1000000) {
        enum status st = watch_link_receive(w, SLICE_MS, reply);

        if ((st == ST_OK && is_answer(reply, request_id)) ||
            (st != ST_OK && st != ST_AGAIN)) {
            return st;
        }
    }
    return ST_AGAIN;
}

static enum status
preview_ask(struct watch_link *w, const char *leader, struct leader_reply *reply)
{
    struct leader_request q = {.kind = LEADER_REQUEST_PREVIEW, .leader = leader};
    enum status st = ST_AGAIN;
    int i;

    for (i = 0; st == ST_AGAIN && i < TRIES; i++) {
        q.request_id = 0;
        st = watch_link_send(w, &q);
        if (st == ST_OK) {
            st = answer_await(w, q.request_id, reply);
        }
    }
    return st;
}

static void
alert_print(const struct wire_alert *a)
{
    const struct watch_look look = {COLUMNS, false, 0};
    struct buf page;

    buf_init(&page, PAGE_BYTES);
    watch_details(words(a->subject_vi, a->subject_en), words(a->text_vi, a->text_en),
                  &look, &page);
    watch_rows(a, &look, &page);
    (void)fputs(buf_str(&page), stdout); /* main checks stdout */
    buf_fini(&page);
}

static int
reply_show(const struct leader_reply *reply, bool json)
{
    struct buf line;

    if (reply->kind == LEADER_REPLY_REFUSAL) {
        return watch_show_refusal(&reply->refusal);
    }
    if (reply->kind == LEADER_REPLY_ALERT && json) {
        buf_init(&line, JSON_BYTES);
        watch_show_json(&reply->alert, &line);
        buf_fini(&line);
    } else if (json) {
        (void)puts("{\"rows\": []}");
    } else if (reply->kind == LEADER_REPLY_ALERT &&
               (reply->alert.row_count > 0 || reply->alert.text_vi[0] != '\0')) {
        alert_print(&reply->alert);
    } else {
        (void)puts(
            words("Chưa có nội dung nào chờ gửi; nếu giữ nguyên như vậy thì không "
                  "có bản tổng hợp.",
                  "Nothing waits to be told; as it is, there would be no "
                  "digest."));
    }
    return EXIT_DONE;
}

static int
preview(const struct options *o)
{
    struct watch_link w = {0};
    struct leader_reply reply;
    int code = watch_link_open(&w, o);

    if (code == EXIT_DONE) {
        switch (preview_ask(&w, o->operand_count == 1 ? o->operands[0] : "", &reply)) {
        case ST_OK:
            code = reply_show(&reply, conf_switch(o->conf, "json"));
            break;
        default:
            code = link_explain(w.link);
            break;
        }
    }
    watch_link_close(&w);
    return code;
}

int
cli_digest(int argc, char **argv)
{
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (!conf_switch(o.conf, "preview") || o.operand_count > 1) {
        code = options_usage("digest", "%s",
                             words("cần --preview và nhiều nhất một chức danh",
                                   "--preview is wanted, and at most one office"));
    } else {
        code = preview(&o);
    }
    options_fini(&o);
    return code;
}
