/* --ack: a person takes an alert on. The same id is sent again until it is answered. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/watch.h"
#include "lib/catalogue.h"
#include "lib/crypto.h"
#include "lib/refusal.h"

#define TRIES 3
#define SLICE_MS 100
#define PAUSE_US 2000000 /* between two tries, after an answer that asks for one */

/* The answer to this request; others are passed over. */
static enum status
answer_await(struct watch_link *w, uint64_t request_id, struct leader_reply *reply)
{
    struct mono start = mono_now();

    while (mono_since_us(start) < w->timeout_s * 1000000) {
        enum status st = watch_link_receive(w, SLICE_MS, reply);

        if (st == ST_OK && reply->request_id == request_id) {
            return ST_OK;
        }
        if (st != ST_OK && st != ST_AGAIN) {
            return st;
        }
    }
    return ST_AGAIN;
}

static int
answer_show(const struct leader_reply *reply, const char *code)
{
    if (reply->kind == LEADER_REPLY_REFUSAL) {
        return watch_show_refusal(&reply->refusal);
    }
    if (reply->kind != LEADER_REPLY_ACKNOWLEDGED) {
        (void)fprintf(stderr, "%s\n",
                      words("Máy chủ trả lời theo một giao thức khác.",
                            "The server answers in another protocol."));
        return EXIT_UNAVAILABLE;
    }
    watch_show_acknowledged(code, reply->acknowledged.entry);
    return EXIT_DONE;
}

static bool
asked_again(const struct leader_reply *reply)
{
    return reply->kind == LEADER_REPLY_REFUSAL &&
           refusal_retry(refusal_parse(reply->refusal.code));
}

/* The connection is looked after meanwhile. */
static void
pause_make(struct watch_link *w)
{
    struct mono start = mono_now();
    struct leader_reply late;

    while (mono_since_us(start) < PAUSE_US) {
        status_ignore(watch_link_receive(w, SLICE_MS, &late)); /* not waited for */
    }
}

/*
 * Sends until there is an answer that stands. *open: a try had none, so it may be on
 * record; "not recorded", said to a later one, is true of that one only.
 */
static enum status
acknowledge_ask(struct watch_link *w, struct leader_request *q,
                struct leader_reply *reply, bool *open)
{
    enum status st = ST_AGAIN;
    int i;

    for (i = 0; st == ST_AGAIN && i < TRIES; i++) {
        q->request_id = 0;
        st = watch_link_send(w, q);
        if (st == ST_OK) {
            st = answer_await(w, q->request_id, reply);
            *open = *open || st == ST_AGAIN;
        }
        if (st == ST_OK && asked_again(reply) && i + 1 < TRIES) {
            pause_make(w);
            st = ST_AGAIN;
        }
    }
    return st;
}

int
watch_acknowledge(struct watch_link *w, const char *code, const char *note,
                  const char *until)
{
    struct leader_request q = {.kind = LEADER_REQUEST_ACKNOWLEDGE};
    struct leader_reply reply;
    char id[CRYPTO_HEX128_BYTES];
    char alert[ALERT_CODE_BYTES];
    bool open = false;
    enum status st;

    /* People copy what stands under a message: its number behind the code is ours. */
    (void)snprintf(alert, sizeof alert, "%.*s", (int)strcspn(code, "/"), code);
    crypto_random_id(id);
    q.acknowledge.id = id;
    q.acknowledge.alert = alert;
    q.acknowledge.note = note;
    q.acknowledge.until = until;
    st = acknowledge_ask(w, &q, &reply, &open);
    if (st == ST_LIMIT) {
        return options_usage("watch", "%s",
                             words("--note quá dài", "--note is too long"));
    }
    if (open && (st == ST_AGAIN || (st == ST_OK && asked_again(&reply)))) {
        (void)fprintf(
            stderr, "%s\n",
            words("Chưa rõ việc nhận xử lý đã được ghi hay chưa. Đề nghị thực "
                  "hiện lại lệnh này sau ít phút; ghi hai lần không ảnh hưởng.",
                  "It is not known whether this was recorded. Please run the "
                  "same command again in some minutes; twice does no harm."));
        return EXIT_UNAVAILABLE;
    }
    return st == ST_OK ? answer_show(&reply, alert) : link_explain(w->link);
}
