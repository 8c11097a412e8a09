#include "notifier/deliver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/put.h"
#include "notifier/digest.h"
#include "notifier/fresh.h"
#include "notifier/ladder.h"

/* Of the places of an entry in one inbox these are left for digests and notices, and
 * of those for notices alone. */
#define PLACES_KEPT 64u
#define PLACES_OF_NOTICES 16u

/* One that waits until the events of the entry in hand have their places. */
struct later {
    char leader[LEADER_ID_BYTES];
    char code[ALERT_CODE_BYTES];
    struct delivery delivery;
};

void
spot_text(struct spot at, char out[SPOT_BYTES])
{
    struct put p;

    put_begin(&p, out, SPOT_BYTES);
    put_count(&p, at.seq);
    put_char(&p, '-');
    put_count(&p, at.index);
    put_end(&p);
}

bool
spot_read(const char *text, struct spot *at)
{
    char *end;

    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    at->seq = strtoull(text, &end, 10);
    if (*end != '-' || end[1] < '0' || end[1] > '9') {
        return false;
    }
    at->index = (uint32_t)strtoul(end + 1, &end, 10);
    return *end == '\0' && at->seq > 0;
}

/* ---- where it stands ---- */

/* False: the inbox has no place left in this entry. */
static bool
place_next(struct batch *b, const char *leader, uint32_t kept, struct spot *row)
{
    union table_value used = {.number = 0};

    (void)table_get(b->placed, leader, strlen(leader), &used);
    if (b->events_in_hand + used.number >= POSITION_EVENTS - kept) {
        return false;
    }
    row->seq = b->seq_in_hand;
    row->index = b->events_in_hand + (uint32_t)used.number;
    MUST(table_put_number(b->placed, leader, strlen(leader), used.number + 1) == ST_OK);
    return true;
}

size_t
places_left(const struct batch *b, const char *leader)
{
    union table_value used = {.number = 0};
    uint64_t taken;

    (void)table_get(b->placed, leader, strlen(leader), &used);
    taken = b->events_in_hand + used.number + PLACES_OF_NOTICES;
    return taken < POSITION_EVENTS ? POSITION_EVENTS - taken : 0;
}

static void
later_put(struct batch *b, const char *leader, const struct delivery *d)
{
    struct later *l;

    mem_array_room((void **)&b->later, b->later_count, &b->later_room,
                   sizeof *b->later);
    l = &b->later[b->later_count++];
    l->delivery = *d;
    (void)put_copy(l->leader, sizeof l->leader, leader);
    (void)put_copy(l->code, sizeof l->code, d->code);
}

/* More than an inbox takes of one entry: the rest is a table. */
static void
overflow(struct batch *b, const char *leader, const struct delivery *d)
{
    const struct problem *p = ladder_find(b->p->ladder, d->code);
    struct digest_row row = {.number = d->number,
                             .at = d->event,
                             .rung = d->rung,
                             .since = p != NULL ? p->since : DAY_NONE};

    told_unsure(b, d->code); /* its hash may name the office from an earlier time */
    (void)put_copy(row.code, sizeof row.code, d->code);
    (void)put_copy(row.reason, sizeof row.reason,
                   d->again > 0            ? "repeat"
                   : d->rung >= RUNG_FIRST ? "escalated"
                                           : "new");
    row_put(b, leader, &row);
}

/* ---- the row ---- */

static void
row_write(struct batch *b, const char *leader, const struct delivery *d,
          struct spot row)
{
    char number[16];
    struct put digits;
    char at[SPOT_BYTES];
    char rung[32];
    char day[DAY_TEXT_BYTES];
    const char *fields[14] = {"code", d->code, "n", number};
    size_t n = 4;

    put_begin(&digits, number, sizeof number);
    put_count(&digits, d->number);
    put_end(&digits);
    if (d->event.seq != 0 && (d->event.seq != row.seq || d->event.index != row.index)) {
        spot_text(d->event, at);
        fields[n++] = "at";
        fields[n++] = at;
    }
    if (d->rung > 0) {
        (void)snprintf(rung, sizeof rung, d->again > 0 ? "%d.%u" : "%d", d->rung,
                       d->again);
        fields[n++] = "r";
        fields[n++] = rung;
        day_text(batch_today(b), day);
        fields[n++] = "t";
        fields[n++] = day;
    }
    if (d->held) {
        fields[n++] = "h";
        fields[n++] = d->opened ? "2" : "1";
    }
    if (d->kind != DELIVERY_ALERT) {
        fields[n++] = "d";
        fields[n++] = d->kind == DELIVERY_DIGEST ? "1" : "2";
    }
    effects_xadd(&b->p->effects, &b->p->follow, KEY_INBOX, leader, row.seq, row.index,
                 fields, n);
}

static void
told_write(struct batch *b, const char *leader, const struct delivery *d,
           struct spot row)
{
    char field[LEADER_ID_BYTES + 8];
    char value[SPOT_BYTES + 16];
    char at[SPOT_BYTES];
    struct put p;

    put_begin(&p, field, sizeof field);
    put_text(&p, FIELD_TOLD);
    put_text(&p, leader);
    put_end(&p);
    spot_text(row, at);
    put_begin(&p, value, sizeof value);
    put_count(&p, d->number);
    put_char(&p, '/');
    put_text(&p, at);
    put_end(&p);
    effects_hset(&b->p->effects, &b->p->follow, KEY_ALERT, d->code, field, value,
                 strlen(value));
    leaders_add(told_of(b, d->code), leader);
    leaders_remove(told_rows_of(b, d->code), leader);
}

void
deliver(struct batch *b, const char *leader, const struct delivery *d)
{
    struct spot row = d->row;

    if (row.seq == 0 && b->events_in_hand > 0) {
        later_put(b, leader, d);
        return;
    }
    if (row.seq == 0 &&
        !place_next(b, leader, d->kind == DELIVERY_ALERT ? PLACES_KEPT : 0, &row)) {
        MUST(d->kind == DELIVERY_ALERT);
        overflow(b, leader, d);
        return;
    }
    row_write(b, leader, d, row);
    fresh_put(b, leader, d, row);
    if (d->kind == DELIVERY_ALERT) {
        told_write(b, leader, d, row);
        row_remove(b, leader, d->code);
    }
    leaders_add(&b->woken, leader);
    b->routed++;
}

void
deliver_later(struct batch *b)
{
    size_t i;

    for (i = 0; i < b->later_count; i++) {
        struct delivery d = b->later[i].delivery;

        d.code = b->later[i].code;
        if (place_next(b, b->later[i].leader, 0, &d.row)) {
            deliver(b, b->later[i].leader, &d);
        } else {
            overflow(b, b->later[i].leader, &d);
        }
    }
    b->later_count = 0;
}
