/* Sending: what stands, then the reports in batches, then those asked for again. */
#include "cli/push.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/buf.h"
#include "lib/refusal.h"

#define STANDING_MAX WIRE_REPORTS_MAX
#define PUSH_MAX 100
#define PUSH_BYTES_MAX 60000
#define AGAIN_MAX 2 /* rounds for what the server could not take just now */

/* An answer that ends everything: said, and its exit status. */
static int
unexpected(enum status st, const struct unit_reply *reply, struct link *l)
{
    if (st == ST_AGAIN) {
        return link_explain(l);
    }
    if (st == ST_OK && reply->kind == UNIT_REPLY_REFUSAL) {
        return link_refused(&reply->refusal);
    }
    (void)fprintf(stderr, "%s\n",
                  words("Máy chủ trả lời không đúng giao thức; đề nghị báo cho đầu mối "
                        "của tỉnh.",
                        "The server's answer is not of this protocol; please tell the "
                        "province's contact."));
    return EXIT_UNAVAILABLE;
}

/* --- what stands --- */

static int
standing_batch(struct push *p, size_t first, size_t count)
{
    struct wire_key keys[STANDING_MAX];
    struct unit_request request = {.kind = UNIT_REQUEST_STANDING,
                                   .standing = {.keys = keys, .count = count}};
    struct unit_reply reply;
    enum status st;

    for (size_t i = 0; i < count; i++) {
        const struct planned *item = &p->plan.items[first + i];

        keys[i] = (struct wire_key){item->row->unit, item->group, item->row->period};
    }
    st = link_ask(p->link, &request, p->answers, &reply);
    if (st != ST_OK || reply.kind != UNIT_REPLY_STANDINGS ||
        reply.standing_count != count) {
        return unexpected(st, &reply, p->link);
    }
    for (size_t i = 0; i < count; i++) {
        struct planned *item = &p->plan.items[first + i];
        const struct wire_standing *s = &reply.standings[i];

        if (s->revision > 0) {
            item->replaces = plan_text(&p->plan, s->hash);
        }
        /* An answer too long for one message leaves figures out: nothing is said then,
         * since "not reported before" would be wrong. */
        if (s->revision > 0 && s->figure_count > 0) {
            item->changes = plan_changes(&p->plan, item, s->figures, s->figure_count);
        }
    }
    return EXIT_DONE;
}

/*
 * Read once, before the first report is sent: a report that is sent again later names
 * the revision that stood when the command was started, so an old one that comes late
 * can never undo what a clerk sent after it.
 */
static int
standing_all(struct push *p)
{
    int code = EXIT_DONE;

    for (size_t at = 0; code == EXIT_DONE && at < p->plan.count; at += STANDING_MAX) {
        size_t left = p->plan.count - at;

        code = standing_batch(p, at, left < STANDING_MAX ? left : STANDING_MAX);
    }
    return code;
}

/* --- reports --- */

/* A long answer names code, field and value of all and has sentences only for some. */
static void
sentences_fill(struct plan *plan, struct wire_refusal *why)
{
    struct refusal_values values = {.field = why->field, .value = why->value};
    struct buf vi;
    struct buf en;

    if (why->message_vi[0] != '\0' && why->message_en[0] != '\0') {
        return;
    }
    buf_init(&vi, REFUSAL_MESSAGE_MAX);
    buf_init(&en, REFUSAL_MESSAGE_MAX);
    refusal_fill(refusal_parse(why->code), &values, &vi, &en);
    why->message_vi = plan_text(plan, buf_str(&vi));
    why->message_en = plan_text(plan, buf_str(&en));
    buf_fini(&vi);
    buf_fini(&en);
}

static void
receipt_take(struct push *p, struct planned *item, const struct wire_receipt *r)
{
    struct plan *plan = &p->plan;

    item->outcome = r->outcome;
    item->unit = plan_text(plan, r->unit);
    item->revision = r->revision;
    item->entry = r->entry;
    item->index = r->index;
    item->hash = plan_text(plan, r->hash);
    item->received_at_ms = r->received_at_ms;
    item->due = plan_text(plan, r->due);
    item->on_time = r->on_time;
    if (r->outcome == OUTCOME_REPLACED && r->old_count > 0) {
        item->changes = plan_changes(plan, item, r->old_figures, r->old_count);
    } else if (r->outcome == OUTCOME_SUPERSEDED) {
        item->changes = plan_figures(plan, r->old_figures, r->old_count);
    } else if (r->outcome != OUTCOME_REPLACED && r->outcome != OUTCOME_VALID) {
        item->changes = "";
    }
    item->refusal = (struct wire_refusal){0};
    if (r->refusal.code != NULL && r->refusal.code[0] != '\0') {
        item->refusal = (struct wire_refusal){
            plan_text(plan, r->refusal.code), plan_text(plan, r->refusal.field),
            plan_text(plan, r->refusal.value), plan_text(plan, r->refusal.message_vi),
            plan_text(plan, r->refusal.message_en)};
        sentences_fill(plan, &item->refusal);
    }
}

/* The whole push was refused for now: each of its reports is to be sent again. */
static void
batch_later(struct push *p, size_t *which, size_t count, const struct wire_refusal *why)
{
    for (size_t i = 0; i < count; i++) {
        struct wire_receipt r = {.outcome = OUTCOME_RETRY_LATER, .refusal = *why};
        struct planned *item = &p->plan.items[which[i]];

        r.unit = item->unit;
        receipt_take(p, item, &r);
    }
}

static int
batch_send(struct push *p, size_t *which, size_t count)
{
    struct wire_report reports[PUSH_MAX];
    struct unit_request request = {
        .kind = UNIT_REQUEST_PUSH,
        .push = {.reports = reports, .count = count, .validate_only = p->dry_run}};
    struct unit_reply reply;
    enum status st;

    for (size_t i = 0; i < count; i++) {
        planned_report(&p->plan.items[which[i]], p->reason, p->made_at_ms, &reports[i]);
    }
    st = link_ask(p->link, &request, p->answers, &reply);
    if (st == ST_OK && reply.kind == UNIT_REPLY_REFUSAL &&
        refusal_retry(refusal_parse(reply.refusal.code))) {
        batch_later(p, which, count, &reply.refusal);
        return EXIT_DONE;
    }
    if (st != ST_OK || reply.kind != UNIT_REPLY_RECEIPTS ||
        reply.receipt_count != count) {
        return unexpected(st, &reply, p->link);
    }
    for (size_t i = 0; i < count; i++) {
        receipt_take(p, &p->plan.items[which[i]], &reply.receipts[i]);
    }
    return EXIT_DONE;
}

static bool
wanted(const struct planned *item)
{
    return item->outcome == OUTCOME_NONE || item->outcome == OUTCOME_RETRY_LATER;
}

/* One pass over what has no final answer yet; *left: how many still have none. */
static int
round_send(struct push *p, size_t *left)
{
    size_t which[PUSH_MAX];
    size_t count = 0;
    size_t bytes = 0;
    int code = EXIT_DONE;

    for (size_t i = 0; code == EXIT_DONE && i < p->plan.count; i++) {
        const struct planned *item = &p->plan.items[i];

        link_progress(p->link, i, p->plan.count);
        if (!wanted(item)) {
            continue;
        }
        if (count == PUSH_MAX || (count > 0 && bytes + item->bytes > PUSH_BYTES_MAX)) {
            code = batch_send(p, which, count);
            count = 0;
            bytes = 0;
        }
        which[count++] = i;
        bytes += item->bytes + (item->row->reason[0] == '\0' ? strlen(p->reason) : 0);
    }
    if (code == EXIT_DONE && count > 0) {
        code = batch_send(p, which, count);
    }
    *left = 0;
    for (size_t i = 0; i < p->plan.count; i++) {
        *left += wanted(&p->plan.items[i]) ? 1 : 0;
    }
    return code;
}

int
push_send(struct push *p)
{
    int code = standing_all(p);
    size_t left = p->plan.count;

    for (int i = 0; code == EXIT_DONE && left > 0 && i <= AGAIN_MAX; i++) {
        if (i > 0) {
            struct timespec pause = {.tv_sec = i, .tv_nsec = 0};

            (void)nanosleep(&pause, NULL); /* a signal only makes it shorter */
        }
        code = round_send(p, &left);
    }
    return code;
}
