#include "notifier/send_event.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "notifier/digest.h"
#include "notifier/hold.h"
#include "notifier/ladder.h"

/* One event on its way. */
struct passing {
    struct batch *b;
    const struct alert_event *e; /* with the reason that leaders are told */
    struct spot at;              /* where it stands in the journal */
    struct spot row;             /* and in the inboxes; seq 0: the next free place */
    struct leaders hearers;      /* who hear of it: by a message, then all */
    bool opened;                 /* while it was held */
    bool held;
    bool unended; /* who was told of it before has heard of no end */
};

/* ---- opened again ---- */

static void
ack_forget(struct batch *b, const char *code)
{
    static const char *const fields[] = {"ack_by", "ack_at", "ack_note", "ack_until"};
    size_t i;

    for (i = 0; i < sizeof fields / sizeof *fields; i++) {
        effects_hdel(&b->p->effects, &b->p->follow, KEY_ALERT, code, fields[i]);
    }
    told_unack(b, code);
}

static void
told_forget(struct batch *b, const char *code, struct leaders *told,
            const struct leaders *hearers)
{
    char field[LEADER_ID_BYTES + 8];
    size_t i;

    for (i = 0; i < told->count; i++) {
        if (!leaders_has(hearers, told->ids[i])) {
            (void)snprintf(field, sizeof field, FIELD_TOLD "%s", told->ids[i]);
            effects_hdel(&b->p->effects, &b->p->follow, KEY_ALERT, code, field);
        }
    }
    leaders_clear(told);
}

/* Nobody has taken this one on, and who was told of it before it was closed and is not
 * now hears no more of it. */
static void
opened_again(struct passing *w)
{
    const char *code = w->e->code;
    struct leaders *rows = told_rows_of(w->b, code);
    struct leaders waiting = {0};
    struct leaders kept = {0};
    size_t i;

    ack_forget(w->b, code);
    rows_waiting(w->b->p->rows, code, &waiting);
    for (i = 0; i < waiting.count; i++) { /* nobody has read that it was over */
        row_remove(w->b, waiting.ids[i], code);
        if (leaders_has(rows, waiting.ids[i])) {
            leaders_add(&kept, waiting.ids[i]);
        }
    }
    if (!w->unended) {
        for (i = 0; i < kept.count; i++) {
            leaders_remove(rows, kept.ids[i]);
        }
        told_forget(w->b, code, told_of(w->b, code), &w->hearers);
        told_forget(w->b, code, rows, &w->hearers);
        for (i = 0; i < kept.count; i++) {
            leaders_add(rows, kept.ids[i]);
        }
    }
    leaders_fini(&waiting);
    leaders_fini(&kept);
}

/* ---- those who hear by a message ---- */

/* Which window after window is no better is said to those above only now and then. */
static void
repeat_keep_own(struct passing *w, bool quiet)
{
    const struct catalogue *c = w->b->now;
    size_t i = w->hearers.count;

    while (i-- > 0) {
        int l = c == NULL ? NONE : catalogue_leader(c, w->hearers.ids[i]);

        if (quiet || (l != NONE && route_rung(c, &c->leaders[l], w->e->kind,
                                              w->e->subject) >= RUNG_FIRST)) {
            leaders_remove(&w->hearers, w->hearers.ids[i]);
        }
    }
}

/* A lag whose year closed short, a reminder whose date has passed; of one that was held
 * the event that said so may be behind it. */
static bool
kind_changes(const struct passing *w)
{
    enum hear kind = hear_of(w->e->kind);

    return (w->held || strcmp(w->e->reason, "worse") == 0) &&
           (kind == HEAR_MISSED || kind == HEAR_OVERDUE) && !reason_ends(w->e->reason);
}

/* Offices that want to hear of that, but not of what it was before. */
static void
hearers_of_kind_add(struct passing *w)
{
    struct alert_event as_new = *w->e;
    struct leaders more = {0};
    size_t i;

    as_new.reason = "new";
    if (route(w->b->now, &as_new, &more, &more) == ST_OK) {
        for (i = 0; i < more.count; i++) {
            leaders_add(&w->hearers, more.ids[i]);
        }
    }
    leaders_fini(&more);
}

static void
messages_send(struct passing *w)
{
    struct delivery d = {.kind = DELIVERY_ALERT,
                         .code = w->e->code,
                         .number = w->e->number,
                         .event = w->at,
                         .row = w->row,
                         .held = w->held,
                         .opened = w->opened};
    size_t i;

    for (i = 0; i < w->hearers.count; i++) {
        deliver(w->b, w->hearers.ids[i], &d);
    }
}

/* ---- those who hear by a row ---- */

static void
row_of(const struct passing *w, const char *leader, struct digest_row *row)
{
    const struct catalogue *c = w->b->now;
    const struct problem *p = ladder_find(w->b->p->ladder, w->e->code);
    int l = c == NULL ? NONE : catalogue_leader(c, leader);
    int rung = l == NONE ? 0 : route_rung(c, &c->leaders[l], w->e->kind, w->e->subject);

    *row = (struct digest_row){
        .number = w->e->number,
        .at = w->at,
        .rung = rung >= RUNG_FIRST ? rung : 0,
        .since = p != NULL
                     ? p->since
                     : day_bounded(instant_day((struct instant){w->e->opened_at_ms}))};
    (void)snprintf(row->code, sizeof row->code, "%s", w->e->code);
    (void)snprintf(row->reason, sizeof row->reason, "%s", w->e->reason);
}

/* Rows that wait say how it stands now; one that nobody has read goes with its problem.
 */
static void
rows_waiting_move(struct passing *w)
{
    struct leaders waiting = {0};
    struct digest_row row;
    size_t i;

    rows_waiting(w->b->p->rows, w->e->code, &waiting);
    for (i = 0; i < waiting.count; i++) {
        if (route_ends_unheard(w->e)) {
            row_remove(w->b, waiting.ids[i], w->e->code);
        } else if (!reason_ends(w->e->reason) ||
                   !row_drop(w->b, waiting.ids[i], w->e->code)) {
            row_of(w, waiting.ids[i], &row);
            row_put(w->b, waiting.ids[i], &row);
        }
    }
    leaders_fini(&waiting);
}

/* Whom a digest has told: again by one. They have heard, then. */
static void
rows_send(struct passing *w)
{
    const struct leaders *told = told_rows_of(w->b, w->e->code);
    struct digest_row row;
    size_t i;

    for (i = 0; i < told->count; i++) {
        if (!leaders_has(&w->hearers, told->ids[i])) {
            row_of(w, told->ids[i], &row);
            row_put(w->b, told->ids[i], &row);
            leaders_add(&w->hearers, told->ids[i]);
        }
    }
}

/* ---- an event ---- */

static void
passing_send(struct passing *w, const struct ladder_turn *turn)
{
    bool opens = route_opens(w->e);
    bool repeat = strcmp(w->e->reason, "repeat") == 0;

    if (opens && (w->e->number > 1 || told_before(w->b, w->e->code))) {
        opened_again(w);
    }
    if (kind_changes(w)) {
        hearers_of_kind_add(w);
    }
    if (repeat) {
        repeat_keep_own(w, turn->quiet);
    }
    messages_send(w);
    if (!opens) {
        rows_waiting_move(w);
    }
    if (!opens && !repeat && !route_ends_unheard(w->e)) {
        rows_send(w);
    }
    if (turn->climb != CLIMB_NONE) {
        ladder_speak(w->b, w->e->code, turn->climb, w->row, &w->hearers);
    }
    diag_trace("routed", "id=%s/%u reason=%s leaders=%zu", w->e->code,
               (unsigned)w->e->number, w->e->reason, w->hearers.count);
}

enum status
event_pass(struct batch *b, const struct alert_event *e, struct spot at)
{
    struct passing w = {.b = b, .e = e, .at = at, .row = at};
    struct ladder_turn turn;
    enum status st;

    if (hold_takes(b, e, at)) {
        (void)ladder_event(b, e, at, true); /* nobody hears, so nothing climbs */
        return ST_OK;
    }
    st = route(b->now, e, told_of(b, e->code), &w.hearers);
    if (st == ST_OK) {
        turn = ladder_event(b, e, at, false);
        passing_send(&w, &turn);
    }
    leaders_fini(&w.hearers);
    return st;
}

void
event_send(struct batch *b, const struct alert_event *e, struct spot at, bool opened,
           bool told_before)
{
    static const struct ladder_turn none;
    struct alert_event told = *e;
    struct passing w = {.b = b,
                        .e = &told,
                        .at = at,
                        .held = true,
                        .opened = opened,
                        .unended = told_before};

    if (opened) {
        told.reason = "new";
    }
    if (route(b->now, &told, told_of(b, e->code), &w.hearers) == ST_OK) {
        passing_send(&w, &none);
    } else {
        diag_warn("held_lost", "province=%s id=%s/%u why=\"unknown subject\"",
                  b->p->slug, e->code, (unsigned)e->number);
    }
    leaders_fini(&w.hearers);
}
