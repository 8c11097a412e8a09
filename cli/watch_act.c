/* --ack: a person takes an alert on. The same id is sent again until it is answered. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/watch.h"
#include "lib/catalogue.h"
#include "lib/crypto.h"

#define TRIES 3
#define SLICE_MS 100

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
    if (reply->acknowledged.entry == 0) {
        (void)printf(words("Cảnh báo %s: việc nhận xử lý đã được ghi trước đó.\n",
                           "Alert %s: this was on record before.\n"),
                     code);
    } else {
        (void)printf(words("Cảnh báo %s: đã ghi nhận việc nhận xử lý (mục %" PRIu64
                           " của sổ ghi).\n",
                           "Alert %s: recorded that you take it on (entry %" PRIu64
                           " of the journal).\n"),
                     code, reply->acknowledged.entry);
    }
    return EXIT_DONE;
}

int
watch_acknowledge(struct watch_link *w, const char *code, const char *note,
                  const char *until)
{
    struct leader_request q = {.kind = LEADER_REQUEST_ACKNOWLEDGE};
    struct leader_reply reply;
    char id[CRYPTO_HEX128_BYTES];
    char alert[ALERT_CODE_BYTES];
    enum status st = ST_AGAIN;
    int i;

    /* People copy what stands under a message: its number behind the code is ours. */
    (void)snprintf(alert, sizeof alert, "%.*s", (int)strcspn(code, "/"), code);
    crypto_random_id(id);
    q.acknowledge.id = id;
    q.acknowledge.alert = alert;
    q.acknowledge.note = note;
    q.acknowledge.until = until;
    for (i = 0; st == ST_AGAIN && i < TRIES; i++) {
        q.request_id = 0;
        st = watch_link_send(w, &q);
        if (st == ST_OK) {
            st = answer_await(w, q.request_id, &reply);
        }
    }
    if (st == ST_LIMIT) {
        return options_usage("watch", "%s",
                             words("--note quá dài", "--note is too long"));
    }
    return st == ST_OK ? answer_show(&reply, alert) : link_explain(w->link);
}
