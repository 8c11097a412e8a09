/* Alerts of a journal entry: AlertEvents of proto/journal.proto. */
#include "lib/wire_get.h"
#include "lib/wire_private.h"
#include "lib/wire_add.h"

#define FIELD_EVENTS 1
#define FIELD_PROGRESS 40

/* ---- written by hand: scorer and notifier handle each alert in a hurry ---- */

/* Also when it is none. */
static void
fraction_put(struct ratio r, unsigned field, struct buf *out)
{
    size_t began = wire_add_begin(out, field);

    wire_add_signed(out, 1, r.num);
    wire_add_signed(out, 2, r.den);
    wire_add_end(out, began);
}

static void
progress_put(const struct progress_row *in, struct buf *out)
{
    size_t began = wire_add_begin(out, FIELD_PROGRESS);

    wire_add_text(out, 1, in->target);
    wire_add_text(out, 2, in->level);
    wire_add_number(out, 3, in->met);
    wire_add_number(out, 4, in->on_pace);
    wire_add_number(out, 5, in->behind);
    wire_add_number(out, 6, in->missed);
    wire_add_number(out, 7, in->on_way);
    wire_add_number(out, 8, in->no_data);
    wire_add_number(out, 9, in->other);
    wire_add_end(out, began);
}

static void
event_put(const struct alert_event *in, struct buf *out)
{
    size_t began = wire_add_begin(out, FIELD_EVENTS);
    size_t i;

    wire_add_text(out, 1, in->code);
    wire_add_number(out, 2, in->number);
    wire_add_text(out, 3, in->kind);
    wire_add_text(out, 4, in->reason);
    wire_add_text(out, 5, in->target);
    wire_add_text(out, 6, in->subject);
    wire_add_signed(out, 7, in->year);
    wire_add_text(out, 8, in->window);
    wire_add_signed(out, 9, in->first_day);
    wire_add_signed(out, 10, in->last_day);
    wire_add_signed(out, 11, in->numerator);
    wire_add_signed(out, 12, in->denominator);
    fraction_put(in->required, 13, out);
    fraction_put(in->step, 14, out);
    fraction_put(in->step_before, 15, out);
    wire_add_signed(out, 16, in->step_before_year);
    wire_add_signed(out, 17, in->need_now);
    wire_add_signed(out, 18, in->need_year);
    wire_add_text(out, 19, in->since_window);
    wire_add_number(out, 20, in->windows);
    wire_add_signed(out, 21, in->old_numerator);
    wire_add_signed(out, 22, in->old_denominator);
    wire_add_text(out, 23, in->old_window);
    wire_add_number(out, 24, (uint64_t)in->at_ms);
    wire_add_number(out, 25, (uint64_t)in->opened_at_ms);
    wire_add_number(out, 26, in->entry);
    wire_add_number(out, 27, in->index);
    wire_add_number(out, 28, in->simulated);
    wire_add_number(out, 29, in->covered);
    wire_add_number(out, 30, in->units);
    wire_add_signed(out, 31, in->ranked);
    wire_add_signed(out, 32, in->pool);
    wire_add_text(out, 33, in->group);
    wire_add_signed(out, 34, in->due_day);
    wire_add_signed(out, 35, in->rule_day);
    wire_add_number(out, 36, in->late);
    wire_add_text(out, 37, in->brake);
    wire_add_text(out, 38, in->by);
    wire_add_text(out, 39, in->measure);
    for (i = 0; i < in->progress_count; i++) {
        progress_put(&in->progress[i], out);
    }
    wire_add_end(out, began);
}

void
alert_events_encode(const struct alert_event *events, size_t count, struct arena *a,
                    struct buf *out)
{
    size_t i;

    (void)a; /* nothing is built on the way */
    for (i = 0; i < count; i++) {
        event_put(&events[i], out);
    }
}

/* ---- read by hand ---- */

static struct ratio
fraction_get(struct wire_get *g, unsigned field)
{
    struct ratio r = {0, 0};
    const uint8_t *outside;

    if (wire_get_enter(g, field, &outside)) {
        r.num = wire_get_signed(g, 1);
        r.den = wire_get_signed(g, 2);
        wire_get_leave(g, outside);
    }
    return r.den <= 0 ? (struct ratio){0, 0} : r;
}

/* False: the arena is full. */
static bool
progress_get(struct wire_get *g, struct arena *a, struct alert_event *out)
{
    struct progress_row *rows;
    const uint8_t *outside;
    size_t i;

    out->progress_count = wire_get_count(g, FIELD_PROGRESS);
    if (out->progress_count == 0) {
        return true;
    }
    rows = arena_take(a, out->progress_count * sizeof *rows);
    out->progress = rows;
    for (i = 0; rows != NULL && i < out->progress_count &&
                wire_get_enter(g, FIELD_PROGRESS, &outside);
         i++) {
        rows[i].target = wire_get_text(g, 1);
        rows[i].level = wire_get_text(g, 2);
        rows[i].met = wire_get_number32(g, 3);
        rows[i].on_pace = wire_get_number32(g, 4);
        rows[i].behind = wire_get_number32(g, 5);
        rows[i].missed = wire_get_number32(g, 6);
        rows[i].on_way = wire_get_number32(g, 7);
        rows[i].no_data = wire_get_number32(g, 8);
        rows[i].other = wire_get_number32(g, 9);
        wire_get_leave(g, outside);
    }
    return rows != NULL;
}

static bool
event_get(struct wire_get *g, struct arena *a, struct alert_event *out)
{
    out->code = wire_get_text(g, 1);
    out->number = wire_get_number32(g, 2);
    out->kind = wire_get_text(g, 3);
    out->reason = wire_get_text(g, 4);
    out->target = wire_get_text(g, 5);
    out->subject = wire_get_text(g, 6);
    out->year = wire_get_signed32(g, 7);
    out->window = wire_get_text(g, 8);
    out->first_day = wire_get_signed32(g, 9);
    out->last_day = wire_get_signed32(g, 10);
    out->numerator = wire_get_signed(g, 11);
    out->denominator = wire_get_signed(g, 12);
    out->required = fraction_get(g, 13);
    out->step = fraction_get(g, 14);
    out->step_before = fraction_get(g, 15);
    out->step_before_year = wire_get_signed32(g, 16);
    out->need_now = wire_get_signed(g, 17);
    out->need_year = wire_get_signed(g, 18);
    out->since_window = wire_get_text(g, 19);
    out->windows = wire_get_number32(g, 20);
    out->old_numerator = wire_get_signed(g, 21);
    out->old_denominator = wire_get_signed(g, 22);
    out->old_window = wire_get_text(g, 23);
    out->at_ms = (int64_t)wire_get_number(g, 24);
    out->opened_at_ms = (int64_t)wire_get_number(g, 25);
    out->entry = wire_get_number(g, 26);
    out->index = wire_get_number32(g, 27);
    out->simulated = wire_get_bool(g, 28);
    out->covered = wire_get_number32(g, 29);
    out->units = wire_get_number32(g, 30);
    out->ranked = wire_get_signed(g, 31);
    out->pool = wire_get_signed(g, 32);
    out->group = wire_get_text(g, 33);
    out->due_day = wire_get_signed32(g, 34);
    out->rule_day = wire_get_signed32(g, 35);
    out->late = wire_get_bool(g, 36);
    out->brake = wire_get_text(g, 37);
    out->by = wire_get_text(g, 38);
    out->measure = wire_get_text(g, 39);
    return progress_get(g, a, out);
}

bool
alert_events_get(const void *p, size_t bytes, struct arena *a,
                 struct alert_event **events, size_t *count)
{
    const uint8_t *outside;
    struct wire_get g;
    size_t i;

    if (!wire_get_begin(&g, p, bytes, a)) {
        return false;
    }
    *count = wire_get_count(&g, FIELD_EVENTS);
    *events = arena_take(a, (*count + 1) * sizeof **events);
    if (*events == NULL) {
        return false;
    }
    for (i = 0; i < *count && wire_get_enter(&g, FIELD_EVENTS, &outside); i++) {
        if (!event_get(&g, a, &(*events)[i])) {
            return false;
        }
        wire_get_leave(&g, outside);
    }
    return wire_get_done(&g);
}

/* ---- by protobuf-c: what is not in its plain form ---- */

static struct ratio
fraction_read(const Dondoc__Fraction *m)
{
    return m == NULL || m->den <= 0 ? (struct ratio){0, 0}
                                    : (struct ratio){m->num, m->den};
}

static const struct progress_row *
progress_read(const Dondoc__AlertEvent *m, struct arena *a)
{
    struct progress_row *rows = arena_take(a, (m->n_progress + 1) * sizeof *rows);
    size_t i;

    for (i = 0; rows != NULL && i < m->n_progress; i++) {
        const Dondoc__ProgressRow *from = m->progress[i];

        rows[i] = (struct progress_row){from->target,  from->level,   from->met,
                                        from->on_pace, from->behind,  from->missed,
                                        from->on_way,  from->no_data, from->other};
    }
    return rows;
}

static enum status
event_read(const Dondoc__AlertEvent *m, struct arena *a, struct alert_event *out)
{
    *out = (struct alert_event){
        .code = m->code,
        .number = m->number,
        .kind = m->kind,
        .reason = m->reason,
        .target = m->target,
        .subject = m->subject,
        .year = m->year,
        .window = m->window,
        .first_day = m->first_day,
        .last_day = m->last_day,
        .numerator = m->numerator,
        .denominator = m->denominator,
        .required = fraction_read(m->required),
        .step = fraction_read(m->step),
        .step_before = fraction_read(m->step_before),
        .step_before_year = m->step_before_year,
        .need_now = m->need_now,
        .need_year = m->need_year,
        .since_window = m->since_window,
        .windows = m->windows,
        .old_numerator = m->old_numerator,
        .old_denominator = m->old_denominator,
        .old_window = m->old_window,
        .at_ms = m->at_ms,
        .opened_at_ms = m->opened_at_ms,
        .entry = m->entry,
        .index = m->index,
        .simulated = m->simulated,
        .covered = m->covered,
        .units = m->units,
        .ranked = m->ranked,
        .pool = m->pool,
        .group = m->group,
        .due_day = m->due_day,
        .rule_day = m->rule_day,
        .late = m->late,
        .brake = m->brake,
        .by = m->by,
        .measure = m->measure,
        .progress_count = m->n_progress,
    };
    if (m->n_progress > 0) {
        out->progress = progress_read(m, a);
    }
    return m->n_progress > 0 && out->progress == NULL ? ST_LIMIT : ST_OK;
}

enum status
alert_events_unpack(const void *p, size_t bytes, struct arena *a,
                    struct alert_event **events, size_t *count)
{
    enum status st;
    const Dondoc__AlertEvents *m =
        wire_unpack(&dondoc__alert_events__descriptor, p, bytes, a, &st);
    size_t i;

    if (m == NULL) {
        return st;
    }
    *events = arena_take(a, (m->n_events + 1) * sizeof **events);
    if (*events == NULL) {
        return ST_LIMIT;
    }
    for (i = 0; i < m->n_events; i++) {
        if (event_read(m->events[i], a, &(*events)[i]) != ST_OK) {
            return ST_LIMIT;
        }
    }
    *count = m->n_events;
    return ST_OK;
}

enum status
alert_events_decode(const void *p, size_t bytes, struct arena *a,
                    struct alert_event **events, size_t *count)
{
    struct arena_mark mark = arena_mark(a);

    if (alert_events_get(p, bytes, a, events, count)) {
        return ST_OK;
    }
    arena_back(a, mark);
    return alert_events_unpack(p, bytes, a, events, count);
}
