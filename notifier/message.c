#include "notifier/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/missing.h"
#include "lib/put.h"
#include "notifier/hold.h"
#include "notifier/hours.h"
#include "notifier/render.h"

#define HOURS_A_DAY 24

/* ---- a row ---- */

static const char *
field_text(const struct reply *fields, const char *name)
{
    return reply_str(reply_field(fields, name), NULL);
}

bool
row_parse(const struct reply *item, struct row *row)
{
    const struct reply *fields = reply_at(item, 1);
    const char *held = field_text(fields, "h");
    const char *kind = field_text(fields, "d");
    const char *rung = field_text(fields, "r");
    struct spot place;
    char *end;

    memset(row, 0, sizeof *row);
    if (!spot_read(reply_str(reply_at(item, 0), NULL), &place) ||
        place.index >= POSITION_EVENTS) {
        return false;
    }
    row->position = place.seq * POSITION_EVENTS + place.index;
    row->code = field_text(fields, "code");
    row->number = (uint32_t)reply_int(reply_field(fields, "n"));
    if (!spot_read(field_text(fields, "at"), &row->event)) {
        row->event = place;
    }
    row->rung = (int)strtol(rung, &end, 10);
    row->again = *end == '.' ? (unsigned)strtoul(end + 1, NULL, 10) : 0;
    if (day_parse(field_text(fields, "t"), &row->day) != ST_OK) {
        row->day = DAY_NONE;
    }
    row->held = held[0] != '\0';
    row->opened = strcmp(held, "2") == 0;
    row->kind = strcmp(kind, "1") == 0   ? DELIVERY_DIGEST
                : strcmp(kind, "2") == 0 ? DELIVERY_NOTICE
                                         : DELIVERY_ALERT;
    return row->code[0] != '\0';
}

/* ---- filling ---- */

/* What all kinds have in common; of whom and to whom. */
struct making {
    struct province *p;
    const struct catalogue *c;   /* NULL: no programme */
    const struct leader *leader; /* NULL: not in it */
    const char *channel;
    const struct row *row;
    struct message *out;
};

static void
words_fill(struct wire_alert *alert, const struct rendered *words)
{
    alert->subject_vi = words->subject_vi;
    alert->subject_en = words->subject_en;
    alert->text_vi = words->text_vi;
    alert->text_en = words->text_en;
    alert->brief_vi = words->brief_vi;
    alert->brief_en = words->brief_en;
}

/* The table's words see to it that all fits a message. */
static void
table_fill(struct wire_alert *alert, const struct rendered_table *table)
{
    words_fill(alert, &table->words);
    alert->rows = table->rows;
    alert->row_count = table->row_count;
}

static void
wait_fill(const struct making *m)
{
    struct wire_alert *alert = &m->out->alert;

    if (m->channel[0] != '\0' && m->leader != NULL && !alert->simulated) {
        alert->wait_until_ms =
            hours_wait_until(m->c, m->leader, alert->urgent, instant_now());
    }
}

static void
common_fill(const struct making *m, const char *kind, const char *reason, int64_t at_ms)
{
    struct wire_alert *alert = &m->out->alert;
    struct put id;

    *alert = (struct wire_alert){
        .position = m->row->position,
        .id = m->out->id,
        .code = m->row->code,
        .kind = kind,
        .reason = reason,
        .unit = "",
        .target = "",
        .window = "",
        .at_ms = at_ms,
        .simulated = m->p->notifier->simulated || (m->c != NULL && m->c->simulated),
        .held = m->row->held,
    };
    put_begin(&id, m->out->id, sizeof m->out->id);
    put_text(&id, m->row->code);
    put_char(&id, '/');
    put_count(&id, m->row->number);
    put_end(&id);
}

/* ---- an alert ---- */

/* One that is not in the journal any more: the office still hears that there was
 * something. */
static struct alert_event
event_lost(const char *code, uint32_t number, const char *reason)
{
    return (struct alert_event){.code = code,
                                .number = number,
                                .kind = "",
                                .reason = reason,
                                .target = "",
                                .subject = "",
                                .window = "",
                                .since_window = "",
                                .old_window = "",
                                .group = "",
                                .brake = "",
                                .by = "",
                                .measure = ""};
}

/* As the ladder counts: a report from its due date. */
static int32_t
since_of(const struct alert_event *e)
{
    int64_t ms = e->opened_at_ms != 0 ? e->opened_at_ms : e->at_ms;

    return hear_of(e->kind) == HEAR_OVERDUE && e->due_day != 0
               ? e->due_day
               : instant_day((struct instant){ms});
}

static void
alert_words(const struct making *m, const struct alert_event *e)
{
    struct notifier *n = m->p->notifier;
    const struct row *row = m->row;
    struct journey j = {.rung = row->rung,
                        .again = row->again,
                        .held = row->held,
                        .since = row->rung > 0 ? since_of(e) : DAY_NONE,
                        .today = row->day};
    struct rendered_table table = {.words = {"", "", "", "", "", ""}};

    if (m->c != NULL && hear_of(e->kind) == HEAR_PROGRESS) {
        arena_reset(n->table);
        render_progress(m->c, e, m->leader, n->simulated, n->table, &table);
    } else if (m->c != NULL) {
        arena_reset(n->words);
        render_journey(m->c, e, &j, m->leader, n->simulated, n->words, &table.words);
    }
    table_fill(&m->out->alert, &table);
}

static void
alert_fill(const struct making *m, const struct alert_event *e, bool acknowledged)
{
    const struct row *row = m->row;
    struct wire_alert *alert = &m->out->alert;
    struct alert_event told = *e;
    size_t used;

    if (row->opened) {
        told.reason = "new";
    } else if (row->rung == 1) {
        told.reason = "repeat";
    }
    common_fill(m, told.kind, row->rung >= RUNG_FIRST ? "escalated" : told.reason,
                e->at_ms);
    used = strlen(m->out->id);
    if (row->rung > 0) {
        (void)snprintf(m->out->id + used, sizeof m->out->id - used,
                       row->again > 0 ? ".%d.%u" : ".%d", row->rung, row->again);
    }
    alert->unit = e->subject;
    alert->target = e->target;
    alert->window = e->window;
    alert->simulated |= e->simulated;
    alert->acknowledged = acknowledged;
    alert->rung = row->rung >= RUNG_FIRST ? (uint32_t)row->rung : 0;
    alert->urgent = m->leader != NULL && event_urgent(m->c, e, m->leader);
    if (row->event.seq * POSITION_EVENTS + row->event.index == row->position) {
        m->out->fresh_ms = e->simulated ? 0 : e->at_ms;
    }
    alert_words(m, &told);
    wait_fill(m);
}

static enum status
alert_make(const struct making *m, bool acknowledged)
{
    const struct row *row = m->row;
    struct alert_event lost = event_lost(row->code, row->number, "");
    const struct alert_event *e = &lost;
    enum status st = event_find(m->p, row->event.seq, row->event.index, &e);

    if (st == ST_AGAIN) {
        return st;
    }
    if (st != ST_OK || strcmp(e->code, row->code) != 0) {
        diag_warn("event_lost", "province=%s position=%" PRIu64 " code=%s", m->p->slug,
                  row->position, row->code);
        e = &lost;
    }
    alert_fill(m, e, acknowledged);
    return ST_OK;
}

/* ---- tables ---- */

/* Of a row whose event is gone the code and the reason remain. */
static const struct render_row *
items_of(const struct digest *d, struct arena *a)
{
    struct render_row *items = arena_take(a, (d->count + 1) * sizeof *items);
    size_t i;

    for (i = 0; items != NULL && i < d->count; i++) {
        const struct digest_item *from = &d->items[i];
        struct alert_event *lost;

        items[i] = (struct render_row){.event = from->event,
                                       .reason = from->row.reason,
                                       .rung = from->row.rung,
                                       .since = from->row.since,
                                       .acknowledged = from->acknowledged,
                                       .part = from->row.part};
        if (from->event != NULL) {
            continue;
        }
        lost = arena_take(a, sizeof *lost);
        if (lost == NULL) {
            return NULL;
        }
        *lost = event_lost(from->row.code, from->row.number, from->row.reason);
        items[i].event = lost;
    }
    return items;
}

static void
digest_fill(const struct making *m, const struct digest *d)
{
    struct notifier *n = m->p->notifier;
    const struct render_row *items = items_of(d, n->table);
    struct rendered_table table = {.words = {"", "", "", "", "", ""}};

    common_fill(m, "digest", "new",
                d->day == DAY_NONE
                    ? 0
                    : hour_start((int64_t)d->day * HOURS_A_DAY + MISSING_HOUR).ms);
    if (m->c != NULL && items != NULL) {
        render_digest_part(m->c, m->row->code, m->row->number > 0 ? m->row->number : 1,
                           d->day, items, d->count, m->leader, n->simulated, n->table,
                           &table);
    }
    table_fill(&m->out->alert, &table);
    wait_fill(m);
}

static enum status
digest_make(const struct making *m)
{
    struct digest d;
    enum status st;

    arena_reset(m->p->notifier->table);
    st = digest_read(m->p, m->row->code, m->p->notifier->table, &d);
    if (st == ST_AGAIN) {
        return st;
    }
    if (st != ST_OK) {
        diag_warn("digest_lost", "province=%s code=%s status=%s", m->p->slug,
                  m->row->code, status_name(st));
        d = (struct digest){.day = DAY_NONE};
    }
    digest_fill(m, &d);
    return ST_OK;
}

static enum status
notice_make(const struct making *m)
{
    struct notifier *n = m->p->notifier;
    struct rendered_table table = {.words = {"", "", "", "", "", ""}};
    struct hold_notice notice;
    enum status st;

    arena_reset(n->table);
    st = hold_notice_read(m->p, m->row->code, m->row->number, n->table, &notice);
    if (st == ST_AGAIN) {
        return st;
    }
    if (st != ST_OK) {
        diag_warn("notice_lost", "province=%s code=%s", m->p->slug, m->row->code);
        common_fill(m, "hold", "", 0);
    } else {
        common_fill(m, "hold", notice.why.reason,
                    hour_start((int64_t)notice.day * HOURS_A_DAY + MISSING_HOUR).ms);
        m->out->alert.urgent =
            m->leader != NULL && (m->leader->urgent & (1u << HEAR_HOLD)) != 0;
        if (m->c != NULL) {
            render_hold(m->c, m->row->code, notice.day, &notice.why, notice.items,
                        notice.count, m->leader, n->simulated, n->table, &table);
        }
    }
    table_fill(&m->out->alert, &table);
    wait_fill(m);
    return ST_OK;
}

/* ---- whole ---- */

static struct making
making_of(struct province *p, const char *leader, const char *channel,
          const struct row *row, struct message *out)
{
    int l = p->catalogue == NULL ? NONE : catalogue_leader(p->catalogue, leader);

    memset(out, 0, sizeof *out);
    return (struct making){.p = p,
                           .c = p->catalogue,
                           .leader = l == NONE ? NULL : &p->catalogue->leaders[l],
                           .channel = channel,
                           .row = row,
                           .out = out};
}

enum status
message_make(struct province *p, const char *leader, const char *channel,
             const struct row *row, bool acknowledged, struct message *out)
{
    const struct making m = making_of(p, leader, channel, row, out);

    switch (row->kind) {
    case DELIVERY_DIGEST:
        return digest_make(&m);
    case DELIVERY_NOTICE:
        return notice_make(&m);
    case DELIVERY_ALERT:
        break;
    }
    return alert_make(&m, acknowledged);
}

enum status
message_preview(struct province *p, const char *leader, struct message *out)
{
    char code[ALERT_CODE_BYTES] = "";
    struct row row = {.number = 1, .kind = DELIVERY_DIGEST};
    const struct making m = making_of(p, leader, "", &row, out);
    struct digest d;
    enum status st;
    char *kept;

    arena_reset(p->notifier->table);
    st = digest_next(p, leader, p->notifier->table, &d);
    if (st != ST_OK) {
        return st;
    }
    if (m.c != NULL && m.leader != NULL) {
        digest_code(m.c, m.leader, d.day, code);
    }
    kept = arena_text(p->notifier->table, code);
    row.code = kept == NULL ? "" : kept;
    digest_fill(&m, &d);
    return ST_OK;
}
