/* The loop of `dondoc watch`: a session that comes back by itself. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/watch.h"
#include "lib/crypto.h"
#include "lib/refusal.h"

#define EXIT_OUTPUT 74      /* EX_IOERR: what was printed reached nobody */
#define SLICE_MS 50         /* shorter than a reconnect, so that none is missed */
#define SILENCE_US 25000000 /* the server beats every 10 s: subscribe anew */
#define BEAT_US 10000000
#define REFUSED_PAUSE_US 2000000

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
alert_show(struct watch *w, const struct wire_alert *alert)
{
    if (!watch_passes(&w->filter, alert)) {
        w->hidden++;
        if (w->desk != NULL) {
            desk_hidden(w->desk, alert);
        } else if (w->ended) { /* what waited is counted together */
            (void)fprintf(stderr,
                          words("(ngoài bộ lọc: %s)\n", "(outside the filter: %s)\n"),
                          alert->id);
        }
    } else if (w->json) {
        watch_show_json(alert, &w->line);
    } else if (w->desk != NULL) {
        desk_alert(w->desk, alert);
    } else {
        watch_show_alert(alert);
    }
}

static void
alert_take(struct watch *w, const struct wire_alert *alert)
{
    if (!seen_has(w->seen, alert->id) || (w->from_start && !w->ended)) {
        alert_show(w, alert);
        seen_add(w->seen, alert->id);
    }
    w->printed = alert->position;
    w->due = true;
}

/* A filter must not make anybody believe that there was nothing. */
static void
backlog_end(struct watch *w)
{
    w->ended = true;
    if (w->hidden > 0 && w->desk == NULL) {
        (void)fprintf(stderr,
                      words("Ngoài bộ lọc: %" PRIu64
                            " thông báo, được tính là đã nhận; "
                            "xem lại: dondoc watch --from-start.\n",
                            "Outside the filter: %" PRIu64 " messages, counted as "
                            "received; to see them: dondoc watch --from-start.\n"),
                      w->hidden);
    }
    w->hidden = 0;
    if (w->desk != NULL) {
        desk_ready(w->desk);
    }
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

/* ---- an acknowledgement that was typed ---- */

static void
wish_send(struct watch *w)
{
    struct watch_wish *k = &w->wish;
    struct leader_request q = {.kind = LEADER_REQUEST_ACKNOWLEDGE};

    q.acknowledge.id = k->id;
    q.acknowledge.alert = k->wish.code;
    q.acknowledge.note = k->wish.note;
    q.acknowledge.until = k->wish.until;
    k->asked = mono_now();
    status_ignore(watch_link_send(&w->link, &q)); /* silence is looked at */
    k->asked_as[k->tries++] = q.request_id;
}

static void
wish_take(struct watch *w, const struct desk_wish *wish)
{
    if (w->lost) {
        (void)puts(words("Chưa có kết nối với máy chủ: chưa gửi; đề nghị thực hiện lại "
                         "khi đã kết nối.",
                         "There is no connection: nothing was sent; please do it again "
                         "when there is."));
        desk_ask_again(w->desk);
        return;
    }
    if (w->wish.active) {
        (void)puts(words("Việc nhận xử lý trước chưa được trả lời; đề nghị đợi.",
                         "The acknowledgement before has no answer yet; please wait."));
        desk_ask_again(w->desk);
        return;
    }
    w->wish = (struct watch_wish){.active = true, .wish = *wish};
    crypto_random_id(w->wish.id);
    wish_send(w);
}

static void
wish_unknown(void)
{
    (void)fprintf(
        stderr, "%s\n",
        words("Chưa rõ việc nhận xử lý đã được ghi hay chưa. Đề nghị thực hiện "
              "lại sau ít phút; ghi hai lần không ảnh hưởng.",
              "It is not known whether this was recorded. Please do it again "
              "in some minutes; twice does no harm."));
}

static bool
wish_is(const struct watch_wish *k, uint64_t request_id)
{
    int i;

    for (i = 0; i < k->tries; i++) {
        if (k->asked_as[i] == request_id) {
            return true;
        }
    }
    return false;
}

/* "Not recorded", said to a later try, is true of that one only. */
static bool
wish_answered(struct watch *w, const struct leader_reply *reply)
{
    if (!wish_is(&w->wish, reply->request_id)) {
        return false;
    }
    w->wish.active = false;
    if (reply->kind == LEADER_REPLY_REFUSAL && w->wish.tries > 1 &&
        refusal_retry(refusal_parse(reply->refusal.code))) {
        wish_unknown();
    } else if (reply->kind == LEADER_REPLY_REFUSAL) {
        (void)watch_show_refusal(&reply->refusal); /* said; the session goes on */
    } else if (reply->kind == LEADER_REPLY_ACKNOWLEDGED) {
        watch_show_acknowledged(w->wish.wish.code, reply->acknowledged.entry);
    }
    desk_ask_again(w->desk);
    return true;
}

/* Without an answer it is sent again unchanged; the server knows its id. */
static void
wish_look(struct watch *w)
{
    if (!w->wish.active || w->lost ||
        mono_since_us(w->wish.asked) < w->link.timeout_s * 1000000) {
        return;
    }
    if (w->wish.tries < WISH_TRIES) {
        wish_send(w);
        return;
    }
    w->wish.active = false;
    wish_unknown();
    desk_ask_again(w->desk);
}

static void
keyboard_look(struct watch *w)
{
    struct desk_wish wish;

    switch (desk_input(w->desk, &wish)) {
    case DESK_QUIT:
        w->quit = true;
        break;
    case DESK_ACKNOWLEDGE:
        wish_take(w, &wish);
        break;
    case DESK_NOTHING:
        break;
    }
    wish_look(w);
}

static int
reply_take(struct watch *w, const struct leader_reply *reply)
{
    if (reply->request_id == 0) {
        w->unasked = mono_now();
    }
    if (wish_answered(w, reply)) {
        return EXIT_DONE;
    }
    switch (reply->kind) {
    case LEADER_REPLY_SUBSCRIBED:
        if (w->greeted && w->lost) {
            (void)fprintf(stderr, "%s\n", words("Đã kết nối lại.", "Connected again."));
        }
        if (!w->greeted || w->lost) {
            watch_show_greeting(reply);
        }
        if (w->desk != NULL && w->lost) {
            desk_ask_again(w->desk);
        }
        w->greeted = true;
        w->lost = false;
        w->due = false; /* what was not said comes again in this session */
        break;
    case LEADER_REPLY_ALERT:
        alert_take(w, &reply->alert);
        break;
    case LEADER_REPLY_BACKLOG_END:
        backlog_end(w);
        break;
    case LEADER_REPLY_REFUSAL:
        return refusal_take(w, &reply->refusal);
    case LEADER_REPLY_ACKNOWLEDGED:
    case LEADER_REPLY_BEAT:
    case LEADER_REPLY_NONE:
    case LEADER_REPLY_SEALED: /* watch_link_receive has opened it */
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
                          words("Máy chủ trả lời theo một giao thức khác, hoặc niêm "
                                "phong thông báo cho khóa khác.",
                                "The server answers in another protocol, or sealed "
                                "the message to another key."));
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
            (void)fprintf(stderr, "%s%s\n", w->desk == NULL ? "" : "\n",
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

int
watch_run(struct watch *w)
{
    int code = EXIT_DONE;

    subscribe(w);
    while (code == EXIT_DONE && !w->quit) {
        code = messages_take(w);
        if (code == EXIT_DONE && w->once && w->ended) {
            return end_confirm(w);
        }
        if (code == EXIT_DONE) {
            code = connection_look(w);
        }
        if (code == EXIT_DONE && w->desk != NULL) {
            keyboard_look(w);
        }
        if (code == EXIT_DONE && w->once &&
            mono_since_us(w->link.heard) > w->link.timeout_s * 1000000) {
            code = link_explain(w->link.link);
        }
    }
    return code;
}
