/* Those above hear of a problem: by a row of their digest, or at once. */
#include <stdio.h>

#include "lib/diag.h"
#include "notifier/digest.h"
#include "notifier/ladder.h"

static bool
target_is_urgent(const struct catalogue *c, const char *target)
{
    int t = target[0] == '\0' ? NONE : catalogue_target(c, target);

    return t != NONE && c->targets[t].urgent;
}

static void
speak(struct batch *b, const struct problem *p, const struct leader *l, int rung,
      unsigned again, struct spot row)
{
    struct delivery d = {.kind = DELIVERY_ALERT,
                         .code = p->code,
                         .number = p->number,
                         .event = p->at,
                         .row = row,
                         .rung = rung,
                         .again = again};
    struct digest_row waits = {
        .number = p->number, .at = p->at, .rung = rung, .since = p->since};

    if (rung < RUNG_FIRST || l->digest == DIGEST_NEVER ||
        target_is_urgent(b->now, p->target)) {
        deliver(b, l->id, &d);
        return;
    }
    (void)snprintf(waits.code, sizeof waits.code, "%s", p->code);
    (void)snprintf(waits.reason, sizeof waits.reason, "%s",
                   again > 0 ? "repeat" : "escalated");
    row_put(b, l->id, &waits);
}

/* Behind the last rung all hear again who hear of it now; its own offices, too, when it
 * was no event that told them. */
static bool
hears_again(struct batch *b, const struct problem *p, const struct leader *l, int rung,
            const struct leaders *heard)
{
    if (leaders_has(heard, l->id)) {
        return false;
    }
    return rung >= RUNG_FIRST || (rung == 1 && leaders_has(told_of(b, p->code), l->id));
}

static bool
hears_first(struct batch *b, const struct problem *p, const struct leader *l, int rung)
{
    return rung >= RUNG_FIRST && rung <= p->rung &&
           !leaders_has(told_of(b, p->code), l->id) &&
           !leaders_has(told_rows_of(b, p->code), l->id);
}

void
ladder_speak(struct batch *b, const char *code, enum climb how, struct spot row,
             const struct leaders *heard)
{
    const struct problem *p = ladder_find(b->p->ladder, code);
    const struct catalogue *c = b->now;
    size_t i;

    MUST(p != NULL && how != CLIMB_NONE); /* so there is a programme, too */
    for (i = 0; i < c->leader_count; i++) {
        const struct leader *l = &c->leaders[i];
        int rung = route_rung(c, l, p->kind, p->subject);

        if (how == CLIMB_RUNG && hears_first(b, p, l, rung)) {
            speak(b, p, l, rung, 0, row);
        } else if (how == CLIMB_REPEAT && hears_again(b, p, l, rung, heard)) {
            speak(b, p, l, rung, (unsigned)p->again, row);
        }
    }
}
