/* What stands for the reports of a plan, asked before they are sent; and which keys
 * have to wait for an earlier report of theirs. */
#include "cli/push_private.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/diag.h"
#include "lib/instant.h"

#define STANDING_MAX WIRE_REPORTS_MAX

/* An answer that ends everything: said, and its exit status. */
int
push_unexpected(enum status st, const struct unit_reply *reply, struct link *l)
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

/*
 * A report that waited and was never asked for may have been overtaken: what stands was
 * received after it was made (by the server's clock), and is no receipt of ours. When
 * our clock was set back since, nobody knows which came first.
 */
static bool
is_overtaken(const struct push *p, const struct planned *item,
             const struct wire_standing *s)
{
    return !outbox_ours(p->box, item, s->hash) &&
           (item->made_at_ms > instant_now().ms ||
            s->received_at_ms > item->made_at_ms + p->ahead_ms);
}

int
push_ask(struct push *p, struct plan *plan, struct planned *const *items, size_t count)
{
    struct wire_key keys[STANDING_MAX];
    struct unit_request request = {.kind = UNIT_REQUEST_STANDING,
                                   .standing = {.keys = keys, .count = count}};
    bool late = p->box != NULL && plan == outbox_waiting(p->box);
    struct unit_reply reply;
    enum status st;

    for (size_t i = 0; i < count; i++) {
        const struct planned *item = items[i];

        keys[i] = (struct wire_key){item->row->unit, item->group, item->row->period};
    }
    st = link_ask(p->link, &request, p->answers, &reply);
    if (st != ST_OK || reply.kind != UNIT_REPLY_STANDINGS ||
        reply.standing_count != count) {
        return push_unexpected(st, &reply, p->link);
    }
    for (size_t i = 0; i < count; i++) {
        struct planned *item = items[i];
        const struct wire_standing *s = &reply.standings[i];

        item->asked = true;
        item->fresh = late;
        item->newer = late && s->revision > 0 && is_overtaken(p, item, s);
        if (s->revision > 0 && !item->newer) {
            item->replaces = plan_text(plan, s->hash);
        }
        /* An answer too long for one message leaves figures out: nothing is said then,
         * since "not reported before" would be wrong. */
        if (s->revision > 0 && !item->newer && s->figure_count > 0) {
            item->changes = plan_changes(plan, item, s->figures, s->figure_count);
        }
    }
    return EXIT_DONE;
}

/* Reports of these keys wait: none of theirs may go before. */
void
keys_put(struct table *t, const struct planned *item)
{
    char key[PLANNED_KEY_BYTES];
    size_t bytes = planned_key(item, key);

    MUST(table_put_number(t, key, bytes, 1) == ST_OK);
}

bool
keys_have(const struct table *t, const struct planned *item)
{
    char key[PLANNED_KEY_BYTES];
    size_t bytes = planned_key(item, key);
    union table_value value;

    return table_get(t, key, bytes, &value);
}

bool
planned_wanted(const struct planned *item)
{
    return item->outcome == OUTCOME_NONE || item->outcome == OUTCOME_RETRY_LATER;
}

/* The keys of what an earlier run left behind and has no final answer yet. */
struct table *
keys_before(const struct push *p)
{
    const struct plan *before = p->box == NULL ? NULL : outbox_waiting(p->box);
    struct table *t = table_new(KEYS_MAX, 1); /* what they came from was checked */

    for (size_t i = 0; before != NULL && i < before->count; i++) {
        if (planned_wanted(&before->items[i])) {
            keys_put(t, &before->items[i]);
        }
    }
    return t;
}

/*
 * Read once, before the first report is sent: a report that is sent again later names
 * the revision that stood when the command was started, so an old one that comes late
 * can never undo what a clerk sent after it. Where an earlier report of the same key
 * still waits, the question waits for its answer.
 */
int
push_standing(struct push *p)
{
    struct table *before = keys_before(p);
    struct planned *items[STANDING_MAX];
    size_t count = 0;
    int code = EXIT_DONE;

    for (size_t i = 0; code == EXIT_DONE && i < p->plan.count; i++) {
        struct planned *item = &p->plan.items[i];

        if (!item->asked && !keys_have(before, item)) {
            items[count++] = item;
        }
        if (count == STANDING_MAX || (count > 0 && i + 1 == p->plan.count)) {
            code = push_ask(p, &p->plan, items, count);
            count = 0;
        }
    }
    table_free(&before);
    return code;
}
