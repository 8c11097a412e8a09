#include "notifier/fresh.h"

#include <string.h>

void
fresh_begin(struct batch *b)
{
    b->fresh = b->p->fresh;
    b->fresh_count = 0;
    b->unfresh = b->p->notifier->session_count == 0;
}

void
fresh_put(struct batch *b, const char *leader, const struct delivery *d, struct spot at)
{
    struct fresh_row *f;
    bool climbed = d->rung > 0;
    size_t leader_bytes = strlen(leader) + 1;
    size_t code_bytes = strlen(d->code) + 1;

    if (d->kind != DELIVERY_ALERT || b->fresh == NULL || b->fresh_count == FRESH_MAX ||
        leader_bytes > sizeof f->leader || code_bytes > sizeof f->code) {
        b->unfresh = true;
    }
    if (b->unfresh) {
        return;
    }
    f = &b->fresh[b->fresh_count++];
    memcpy(f->leader, leader, leader_bytes);
    memcpy(f->code, d->code, code_bytes);
    f->row = (struct row){.position = at.seq * POSITION_EVENTS + at.index,
                          .number = d->number,
                          .event = d->event.seq != 0 ? d->event : at,
                          .rung = climbed ? d->rung : 0,
                          .again = climbed ? d->again : 0,
                          .day = climbed ? batch_today(b) : DAY_NONE,
                          .held = d->held,
                          .opened = d->held && d->opened,
                          .kind = DELIVERY_ALERT};
}

bool
fresh_whole(const struct batch *b)
{
    const struct journal_read *rd = &b->p->read;
    bool acked;
    size_t i;

    for (i = 0; i < rd->count && rd->entries[i].seq <= b->seq; i++) {
        if (rd->entries[i].kind != JOURNAL_ALERTS) {
            return false;
        }
    }
    for (i = 0; i < b->fresh_count; i++) {
        if (told_acked(b, b->fresh[i].code, &acked) != ST_OK) {
            return false;
        }
    }
    return !b->unfresh;
}

const struct row *
fresh_get(struct batch *b, size_t i, const char *leader, bool *acked)
{
    struct fresh_row *f = &b->fresh[i];

    if (strcmp(f->leader, leader) != 0) {
        return NULL;
    }
    f->row.code = f->code;
    *acked = false;
    return told_acked(b, f->code, acked) == ST_OK ? &f->row : NULL;
}
