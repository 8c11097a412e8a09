/* Bodies of journal entries: proto/journal.proto. */
#include "lib/wire_private.h"

/* Ticks hold no text and no array: a small arena of their own is enough. */
#define TICK_ARENA_BYTES 4096u

void
tick_encode(const struct tick_record *in, struct buf *out)
{
    Dondoc__Tick m = DONDOC__TICK__INIT;

    m.hour = in->hour;
    m.down_minutes = in->down_minutes;
    m.simulated = in->simulated;
    m.caught_up = in->caught_up;
    wire_pack(&m.base, out);
}

enum status
tick_decode(const void *p, size_t bytes, struct tick_record *out)
{
    struct arena *a = arena_new(TICK_ARENA_BYTES);
    enum status st;
    const Dondoc__Tick *m = wire_unpack(&dondoc__tick__descriptor, p, bytes, a, &st);

    if (m != NULL) {
        *out =
            (struct tick_record){m->hour, m->down_minutes, m->simulated, m->caught_up};
    }
    arena_free(&a);
    return st;
}

void
programme_encode(const struct programme_record *in, struct arena *a, struct buf *out)
{
    Dondoc__ProgrammeRecord m = DONDOC__PROGRAMME_RECORD__INIT;

    (void)a; /* nothing repeated: the stack is enough */
    m.digest = wire_text(in->digest);
    m.bundle.data = (uint8_t *)in->bundle; /* only read */
    m.bundle.len = in->bundle_bytes;
    m.by = wire_text(in->by);
    m.at_ms = in->at_ms;
    wire_pack(&m.base, out);
}

enum status
programme_decode(const void *p, size_t bytes, struct arena *a,
                 struct programme_record *out)
{
    enum status st;
    const Dondoc__ProgrammeRecord *m =
        wire_unpack(&dondoc__programme_record__descriptor, p, bytes, a, &st);

    if (m != NULL) {
        *out = (struct programme_record){m->digest, m->bundle.data, m->bundle.len,
                                         m->by, m->at_ms};
    }
    return st;
}

void
act_encode(const struct wire_act *in, struct arena *a, struct buf *out)
{
    Dondoc__Act m = DONDOC__ACT__INIT;

    (void)a; /* nothing repeated: the stack is enough */
    wire_act_fill(in, &m);
    wire_pack(&m.base, out);
}

enum status
act_decode(const void *p, size_t bytes, struct arena *a, struct wire_act *out)
{
    enum status st;
    const Dondoc__Act *m = wire_unpack(&dondoc__act__descriptor, p, bytes, a, &st);

    if (m != NULL) {
        wire_act_read(m, out);
    }
    return st;
}

void
bundle_encode(const struct wire_file *files, size_t count, struct arena *a,
              struct buf *out)
{
    Dondoc__Bundle m = DONDOC__BUNDLE__INIT;
    size_t i;

    m.n_files = count;
    WIRE_ARRAY(a, count, Dondoc__File, dondoc__file__init, m.files);
    for (i = 0; i < count; i++) {
        m.files[i]->name = wire_text(files[i].name);
        m.files[i]->text.data = (uint8_t *)files[i].text; /* only read */
        m.files[i]->text.len = files[i].bytes;
    }
    wire_pack(&m.base, out);
}

enum status
bundle_decode(const void *p, size_t bytes, struct arena *a, struct wire_file **files,
              size_t *count)
{
    enum status st;
    const Dondoc__Bundle *m =
        wire_unpack(&dondoc__bundle__descriptor, p, bytes, a, &st);
    size_t i;

    if (m == NULL) {
        return st;
    }
    *files = arena_take(a, (m->n_files + 1) * sizeof **files);
    if (*files == NULL) {
        return ST_LIMIT;
    }
    for (i = 0; i < m->n_files; i++) {
        (*files)[i] = (struct wire_file){m->files[i]->name, m->files[i]->text.data,
                                         m->files[i]->text.len};
    }
    *count = m->n_files;
    return ST_OK;
}

static Dondoc__Fraction *
fraction_pack(struct ratio r, struct arena *a)
{
    Dondoc__Fraction *m = wire_take(a, sizeof *m);

    dondoc__fraction__init(m);
    m->num = r.num;
    m->den = r.den;
    return m;
}

static struct ratio
fraction_read(const Dondoc__Fraction *m)
{
    return m == NULL || m->den <= 0 ? (struct ratio){0, 0}
                                    : (struct ratio){m->num, m->den};
}

static void
progress_fill(const struct alert_event *in, struct arena *a, Dondoc__AlertEvent *m)
{
    size_t i;

    if (in->progress_count == 0) {
        return;
    }
    m->n_progress = in->progress_count;
    WIRE_ARRAY(a, in->progress_count, Dondoc__ProgressRow, dondoc__progress_row__init,
               m->progress);
    for (i = 0; i < in->progress_count; i++) {
        const struct progress_row *from = &in->progress[i];
        Dondoc__ProgressRow *to = m->progress[i];

        to->target = wire_text(from->target);
        to->level = wire_text(from->level);
        to->met = from->met;
        to->on_pace = from->on_pace;
        to->behind = from->behind;
        to->missed = from->missed;
        to->on_way = from->on_way;
        to->no_data = from->no_data;
        to->other = from->other;
    }
}

/* NULL: the arena is full. */
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

static void
event_fill(const struct alert_event *in, struct arena *a, Dondoc__AlertEvent *m)
{
    m->code = wire_text(in->code);
    m->number = in->number;
    m->kind = wire_text(in->kind);
    m->reason = wire_text(in->reason);
    m->target = wire_text(in->target);
    m->subject = wire_text(in->subject);
    m->year = in->year;
    m->window = wire_text(in->window);
    m->first_day = in->first_day;
    m->last_day = in->last_day;
    m->numerator = in->numerator;
    m->denominator = in->denominator;
    m->required = fraction_pack(in->required, a);
    m->step = fraction_pack(in->step, a);
    m->step_before = fraction_pack(in->step_before, a);
    m->step_before_year = in->step_before_year;
    m->need_now = in->need_now;
    m->need_year = in->need_year;
    m->since_window = wire_text(in->since_window);
    m->windows = in->windows;
    m->old_numerator = in->old_numerator;
    m->old_denominator = in->old_denominator;
    m->old_window = wire_text(in->old_window);
    m->at_ms = in->at_ms;
    m->opened_at_ms = in->opened_at_ms;
    m->entry = in->entry;
    m->index = in->index;
    m->simulated = in->simulated;
    m->covered = in->covered;
    m->units = in->units;
    m->ranked = in->ranked;
    m->pool = in->pool;
    m->group = wire_text(in->group);
    m->due_day = in->due_day;
    m->rule_day = in->rule_day;
    m->late = in->late;
    m->brake = wire_text(in->brake);
    m->by = wire_text(in->by);
    m->measure = wire_text(in->measure);
    progress_fill(in, a, m);
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

void
alert_events_encode(const struct alert_event *events, size_t count, struct arena *a,
                    struct buf *out)
{
    Dondoc__AlertEvents m = DONDOC__ALERT_EVENTS__INIT;
    size_t i;

    m.n_events = count;
    WIRE_ARRAY(a, count, Dondoc__AlertEvent, dondoc__alert_event__init, m.events);
    for (i = 0; i < count; i++) {
        event_fill(&events[i], a, m.events[i]);
    }
    wire_pack(&m.base, out);
}

enum status
alert_events_decode(const void *p, size_t bytes, struct arena *a,
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
