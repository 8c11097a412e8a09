/* Sending: the reports in batches, then those that are asked for again. */
#include "cli/push_private.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/buf.h"
#include "lib/fault.h"
#include "lib/refusal.h"

#define PUSH_MAX 100
#define PUSH_BYTES_MAX 60000
#define WHY_BYTES 512
#define AGAIN_MAX 2 /* rounds for what the server could not take just now */

/* One pass over a plan. */
struct round {
    struct push *push;
    struct plan *plan;
    struct planned *items[PUSH_MAX]; /* of the batch that gathers */
    size_t count;
    size_t bytes;
    struct table *here;    /* keys of the batch: a push names each once */
    struct table *waiting; /* keys of which an earlier report has no answer */
    bool stop;
};

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
receipt_take(struct plan *plan, struct planned *item, const struct wire_receipt *r)
{
    item->outcome = r->outcome;
    item->unit = plan_text(plan, r->unit);
    item->revision = r->revision;
    item->entry = r->entry;
    item->index = r->index;
    item->hash = plan_text(plan, r->hash);
    item->received_at_ms = r->received_at_ms;
    item->due = plan_text(plan, r->due);
    item->on_time = r->on_time;
    item->sealed = r->sealed;
    memcpy(item->seal, r->seal, sizeof item->seal);
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
batch_later(struct round *r, const struct wire_refusal *why)
{
    for (size_t i = 0; i < r->count; i++) {
        struct wire_receipt receipt = {.outcome = OUTCOME_RETRY_LATER, .refusal = *why};

        receipt.unit = r->items[i]->unit;
        receipt_take(r->plan, r->items[i], &receipt);
    }
}

static int
disk_trouble(const char *why)
{
    (void)fprintf(
        stderr,
        words("Không ghi được hộp thư đi: %s. Đề nghị kiểm tra ổ đĩa rồi chạy "
              "lại; chạy lại là an toàn.\n",
              "The outbox cannot be written: %s. Please look at the disk and "
              "run it again; that is safe.\n"),
        why);
    return EXIT_CONFIG;
}

/* What is not known yet of reports that were made while the server was away. */
static int
batch_ask(struct round *r)
{
    struct planned *items[PUSH_MAX];
    size_t count = 0;
    char why[WHY_BYTES];
    int code;

    for (size_t i = 0; i < r->count; i++) {
        if (!r->items[i]->asked) {
            items[count++] = r->items[i];
        }
    }
    if (count == 0) {
        return EXIT_DONE;
    }
    code = push_ask(r->push, r->plan, items, count);
    if (code == EXIT_DONE && r->push->box != NULL &&
        outbox_save(r->push->box, items, count, why, sizeof why) != ST_OK) {
        code = disk_trouble(why);
    }
    return code;
}

static int
batch_settle(struct round *r)
{
    char why[WHY_BYTES];
    size_t later = 0;

    FAULT("push.u4_answered");
    for (size_t i = 0; i < r->count; i++) {
        if (planned_wanted(r->items[i])) {
            keys_put(r->waiting, r->items[i]);
            later++;
        }
    }
    r->stop = later == r->count; /* nothing is taken now */
    if (r->push->box != NULL &&
        outbox_settle(r->push->box, r->items, r->count, why, sizeof why) != ST_OK) {
        return disk_trouble(why);
    }
    FAULT("push.u5_cut");
    return EXIT_DONE;
}

static int
batch_send(struct round *r)
{
    struct push *p = r->push;
    struct wire_report reports[PUSH_MAX];
    struct unit_request request = {
        .kind = UNIT_REQUEST_PUSH,
        .push = {.reports = reports, .count = r->count, .validate_only = p->dry_run}};
    struct unit_reply reply;
    enum status st;
    int code = batch_ask(r);

    if (code != EXIT_DONE) {
        return code;
    }
    for (size_t i = 0; i < r->count; i++) {
        planned_report(r->items[i], p->reason, p->made_at_ms, &reports[i]);
    }
    st = link_ask(p->link, &request, p->answers, &reply);
    if (st == ST_OK && reply.kind == UNIT_REPLY_REFUSAL &&
        refusal_retry(refusal_parse(reply.refusal.code))) {
        batch_later(r, &reply.refusal);
        return batch_settle(r);
    }
    if (st != ST_OK || reply.kind != UNIT_REPLY_RECEIPTS ||
        reply.receipt_count != r->count) {
        return push_unexpected(st, &reply, p->link);
    }
    for (size_t i = 0; i < r->count; i++) {
        receipt_take(r->plan, r->items[i], &reply.receipts[i]);
    }
    return batch_settle(r);
}

/* Sends what has gathered, if anything. */
static int
batch_flush(struct round *r)
{
    int code = r->count == 0 ? EXIT_DONE : batch_send(r);

    r->count = 0;
    r->bytes = 0;
    table_clear(r->here);
    return code;
}

/* One pass over what has no final answer yet; reports of one key one after the other.
 */
static int
round_send(struct round *r)
{
    const struct push *p = r->push;
    uint32_t most = p->info.reports_max;
    size_t room = most > 0 && most < PUSH_MAX ? most : PUSH_MAX;
    int code = EXIT_DONE;

    r->stop = false;
    for (size_t i = 0; code == EXIT_DONE && !r->stop && i < r->plan->count; i++) {
        struct planned *item = &r->plan->items[i];
        size_t bytes =
            item->bytes + (item->row->reason[0] == '\0' ? strlen(p->reason) : 0);

        link_progress(p->link, i, r->plan->count);
        if (!planned_wanted(item)) {
            continue;
        }
        if (r->count == room || r->bytes + bytes > PUSH_BYTES_MAX ||
            keys_have(r->here, item)) {
            code = batch_flush(r);
        }
        if (code != EXIT_DONE || r->stop || keys_have(r->waiting, item)) {
            continue;
        }
        keys_put(r->here, item);
        r->items[r->count++] = item;
        r->bytes += bytes;
    }
    return code == EXIT_DONE && !r->stop ? batch_flush(r) : code;
}

size_t
push_unanswered(const struct plan *plan)
{
    size_t left = 0;

    for (size_t i = 0; i < plan->count; i++) {
        left += planned_wanted(&plan->items[i]) ? 1 : 0;
    }
    return left;
}

int
push_plan_send(struct push *p, struct plan *plan)
{
    struct round r = {.push = p, .plan = plan, .here = table_new(PUSH_MAX, 1)};
    int code = EXIT_DONE;

    for (int i = 0; code == EXIT_DONE && push_unanswered(plan) > 0 && i <= AGAIN_MAX;
         i++) {
        if (i > 0) {
            struct timespec pause = {.tv_sec = i, .tv_nsec = 0};

            (void)nanosleep(&pause, NULL); /* a signal only makes it shorter */
        }
        r.waiting = plan == &p->plan ? keys_before(p) : table_new(KEYS_MAX, 1);
        code = round_send(&r);
        table_free(&r.waiting);
    }
    table_free(&r.here);
    return code;
}

int
push_send(struct push *p)
{
    int code = push_standing(p);

    return code != EXIT_DONE ? code : push_plan_send(p, &p->plan);
}
