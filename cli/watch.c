/*
 * dondoc watch - a leader's alerts: what waits, then what comes; acknowledgements.
 */
#include "cli/watch.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/calendar.h"
#include "lib/mem.h"

#define EXIT_OUTPUT 74      /* EX_IOERR: what was printed reached nobody */
#define SLICE_MS 50         /* shorter than a reconnect, so that none is missed */
#define SILENCE_US 25000000 /* the server beats every 10 s: subscribe anew */
#define BEAT_US 10000000
#define REFUSED_PAUSE_US 2000000
#define JSON_BYTES (512u * 1024u)

static const struct option_row rows[] = {
    {"once", CONF_SWITCH, "false", 0, 0,
     "nhận các thông báo đang chờ rồi kết thúc (mã thoát 0)",
     "take what waits, then end (exit status 0)"},
    {"from-start", CONF_SWITCH, "false", 0, 0,
     "cả những thông báo đã nhận mà máy chủ còn lưu",
     "also what was received before and the server still holds"},
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
    "[--once] [--json] [--seen FILE]\n--ack CODE --note TEXT [--until DAY]",
    "Nhận thông báo của chức danh mà khóa thuộc về: những thông báo đang chờ, sau đó "
    "là\n"
    "thông báo mới. Máy chủ chỉ coi là đã nhận khi nội dung đã được in ra.\n",
    "The messages of the office that the key belongs to: what waits, then what comes. "
    "The\n"
    "server counts a message as received only when it has been printed.\n",
    rows,
    sizeof rows / sizeof rows[0],
    true,
};

struct watch {
    struct watch_link link;
    struct seen *seen;
    struct buf line;
    bool json;
    bool once;
    bool from_start;
    bool greeted;
    bool lost;           /* said that the connection is */
    bool ended;          /* the backlog is */
    bool due;            /* something was printed and the server does not know */
    uint64_t printed;    /* position of the last message of this session */
    struct mono unasked; /* the last message that a session of ours brings */
    struct mono beat;
    struct mono subscribe_at; /* us 0: a session is there */
};

/* "31/10/2026" as ISO; what is neither form is refused before anything is sent. */
static bool
day_take(const char *text, char out[DAY_TEXT_BYTES])
{
    int year;
    int month;
    int mday;
    int used = 0;
    int32_t day;

    (void)snprintf(out, DAY_TEXT_BYTES, "%.12s", text);
    if (text[0] == '\0') {
        return true;
    }
    if (sscanf(text, "%2d/%2d/%4d%n", &mday, &month, &year, &used) == 3 &&
        text[used] == '\0' && year >= CALENDAR_YEAR_MIN && year <= CALENDAR_YEAR_MAX &&
        month >= 1 && month <= 12 && mday >= 1 && mday <= month_days(year, month)) {
        day_text(day_from_civil(year, month, mday), out);
        return true;
    }
    return day_parse(text, &day) == ST_OK;
}

/* ---- subscribing and telling ---- */

static void
subscribe(struct watch *w)
{
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE,
                               .from_start = w->from_start && !w->greeted};

    w->unasked = mono_now();
    w->beat = mono_now();
    w->due = false; /* a new session counts from its cursor */
    w->subscribe_at.us = 0;
    if (watch_link_send(&w->link, &q) != ST_OK) {
        w->subscribe_at.us = mono_now().us + REFUSED_PAUSE_US;
    }
}

/* Output first, then the file, then the server. 0, or the exit status. */
static int
tell_received(struct watch *w)
{
    struct leader_request q = {.kind = LEADER_REQUEST_RECEIVED, .received = w->printed};

    if (!w->due) {
        return EXIT_DONE;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(
            stderr, "%s\n",
            words("Không ghi được kết quả ra; thông báo chưa được coi là đã "
                  "nhận.",
                  "The output cannot be written; the messages do not count as "
                  "received."));
        return EXIT_OUTPUT;
    }
    if (!seen_flush(w->seen)) {
        (void)fprintf(stderr, "%s\n",
                      words("Không ghi được tệp --seen; thông báo chưa được coi là đã "
                            "nhận.",
                            "The file of --seen cannot be written; the messages do not "
                            "count as received."));
        return EXIT_OUTPUT;
    }
    /* What does not go out now goes with the next message, or comes again. */
    w->due = watch_link_send(&w->link, &q) != ST_OK;
    return EXIT_DONE;
}

/* ---- one message ---- */

static void
alert_take(struct watch *w, const struct wire_alert *alert)
{
    if (!seen_has(w->seen, alert->id) || (w->from_start && !w->ended)) {
        if (w->json) {
            watch_show_json(alert, &w->line);
        } else {
            watch_show_alert(alert);
        }
        seen_add(w->seen, alert->id);
    }
    w->printed = alert->position;
    w->due = true;
}

/* 0: go on; else the exit status. */
static int
refusal_take(struct watch *w, const struct wire_refusal *why)
{
    bool temporary =
        strcmp(why->code, "not_ready") == 0 || strcmp(why->code, "busy") == 0;

    if (!temporary || w->once) {
        return watch_show_refusal(why);
    }
    if (!w->lost) {
        w->lost = true;
        (void)watch_show_refusal(why); /* and wait: it is temporary */
    }
    w->subscribe_at.us = mono_now().us + REFUSED_PAUSE_US;
    return EXIT_DONE;
}

static int
reply_take(struct watch *w, const struct leader_reply *reply)
{
    if (reply->request_id == 0) {
        w->unasked = mono_now();
    }
    switch (reply->kind) {
    case LEADER_REPLY_SUBSCRIBED:
        if (!w->greeted || w->lost) {
            watch_show_greeting(reply);
        }
        w->greeted = true;
        w->lost = false;
        break;
    case LEADER_REPLY_ALERT:
        alert_take(w, &reply->alert);
        break;
    case LEADER_REPLY_BACKLOG_END:
        w->ended = true;
        break;
    case LEADER_REPLY_REFUSAL:
        return refusal_take(w, &reply->refusal);
    case LEADER_REPLY_ACKNOWLEDGED:
    case LEADER_REPLY_BEAT:
    case LEADER_REPLY_NONE:
        break;
    }
    return EXIT_DONE;
}

/* ---- the loop ---- */

/* Everything that is there, then one Received for all of it. */
static int
messages_take(struct watch *w)
{
    struct leader_reply reply;
    int code = EXIT_DONE;
    int ms = SLICE_MS;
    enum status st;

    while (code == EXIT_DONE &&
           (st = watch_link_receive(&w->link, ms, &reply)) != ST_AGAIN) {
        if (st != ST_OK) {
            (void)fprintf(stderr, "%s\n",
                          words("Máy chủ trả lời theo một giao thức khác.",
                                "The server answers in another protocol."));
            code = EXIT_UNAVAILABLE;
        } else {
            code = reply_take(w, &reply);
        }
        ms = 0;
    }
    return code == EXIT_DONE ? tell_received(w) : code;
}

/* A connection that broke comes back by itself; a session does not. */
static int
connection_look(struct watch *w)
{
    enum bus_sight sight = bus_sight_now(link_socket(w->link.link));
    struct leader_request beat = {.kind = LEADER_REQUEST_BEAT};

    if (sight == SIGHT_KEY_REFUSED || sight == SIGHT_SERVER_KEY) {
        return link_explain(w->link.link);
    }
    if (sight != SIGHT_READY) {
        if (!w->lost) {
            w->lost = true;
            (void)fprintf(stderr, "%s\n",
                          words("Mất kết nối với máy chủ; đang chờ kết nối lại…",
                                "The connection to the server is lost; waiting for it "
                                "to come back…"));
        }
        w->subscribe_at = mono_now();
        return EXIT_DONE;
    }
    if (mono_since_us(w->unasked) > SILENCE_US && w->subscribe_at.us == 0) {
        w->subscribe_at = mono_now();
    }
    if (w->subscribe_at.us != 0 && mono_now().us >= w->subscribe_at.us) {
        subscribe(w);
    } else if (mono_since_us(w->beat) > BEAT_US) {
        w->beat = mono_now();
        status_ignore(watch_link_send(&w->link, &beat)); /* silence says it */
    }
    return EXIT_DONE;
}

/* The last Received has been taken when what was asked behind it is answered. */
static int
end_confirm(struct watch *w)
{
    struct leader_request q = {.kind = LEADER_REQUEST_BEAT};
    struct leader_reply reply;
    struct mono start = mono_now();

    if (watch_link_send(&w->link, &q) != ST_OK) {
        return link_explain(w->link.link);
    }
    while (mono_since_us(start) < w->link.timeout_s * 1000000) {
        if (watch_link_receive(&w->link, SLICE_MS, &reply) == ST_OK &&
            reply.request_id == q.request_id) {
            return EXIT_DONE;
        }
    }
    return link_explain(w->link.link);
}

static int
watch_run(struct watch *w)
{
    int code = EXIT_DONE;

    subscribe(w);
    while (code == EXIT_DONE) {
        code = messages_take(w);
        if (code == EXIT_DONE && w->once && w->ended) {
            return end_confirm(w);
        }
        if (code == EXIT_DONE) {
            code = connection_look(w);
        }
        if (code == EXIT_DONE && w->once &&
            mono_since_us(w->link.heard) > w->link.timeout_s * 1000000) {
            code = link_explain(w->link.link);
        }
    }
    return code;
}

/* ---- the command ---- */

static int
watch_begin(struct watch *w, const struct options *o)
{
    char why[512];
    int code;

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
    if (!day_take(conf_text(o->conf, "until"), until)) {
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
    buf_fini(&w.line);
    options_fini(&o);
    return code;
}
