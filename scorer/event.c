/* Alert events: what notifier needs to write a message, and what was told. */
#include "scorer/scorer.h"

#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/put.h"
#include "scorer/brake.h"

static void
figure_fill(struct alert_event *ev, const struct target *t, const struct score *at,
            struct arena *a)
{
    int base = score_base_year(t, at->year);

    ev->window = arena_text(a, at->window.code);
    ev->first_day = at->standing.first;
    ev->last_day = at->window.last;
    ev->numerator = at->standing.num;
    ev->denominator = at->standing.den;
    ev->required = at->required;
    ev->step = at->step;
    ev->step_before = at->step_before;
    ev->step_before_year = at->step_before.den == 0 ? 0
                           : base != 0              ? base
                                                    : at->year - 1;
    ev->need_now = at->need_now;
    ev->need_year = at->need_year;
    ev->covered = at->standing.covered;
    ev->units = at->standing.units;
    ev->ranked = at->standing.ranked;
    ev->at_ms = at->standing.received_at_ms;
    ev->entry = at->standing.entry;
    ev->index = at->standing.index;
}

static int64_t
pool_of(const struct catalogue *c, const struct target *t)
{
    const struct indicator *ind = &c->indicators[t->indicator];

    return ind->is_value ? c->measures[ind->numerator[0]].pool : 0;
}

static void
number_set(struct state *s, const char *code, const char *field, int64_t n)
{
    char number[24];
    struct put p;

    put_begin(&p, number, sizeof number);
    put_number(&p, n);
    effects_hset(&s->effects, &s->follow, KEY_ALERT, code, field, number,
                 (size_t)(p.at - number));
}

void
told_write(struct state *s, const struct told *told, const struct alert_event *ev)
{
    struct effects *e = &s->effects;
    const struct follow *f = &s->follow;
    char line[TOLD_LINE_BYTES];
    const char *fields[][2] = {
        {"state", told->kind == ALERT_NONE ? "closed" : "open"},
        {"kind", ev->kind},
        {"reason", ev->reason},
        {"target", ev->target},
        {"subject", ev->subject},
        {"window", ev->window},
        {"measure", ev->measure}, /* of a fall only: the last */
    };
    size_t count = sizeof fields / sizeof *fields - (ev->measure == NULL);
    size_t i;

    told_line(told, line);
    effects_hset(e, f, KEY_TOLD, NULL, told->code, line, strlen(line));
    for (i = 0; i < count; i++) {
        effects_hset(e, f, KEY_ALERT, told->code, fields[i][0], fields[i][1],
                     strlen(fields[i][1]));
    }
    number_set(s, told->code, "n", told->number);
    number_set(s, told->code, "opened_at_ms", told->opened_at_ms);
}

static void
told_move(struct told *told, const struct wanted *wanted, const struct alert_event *ev,
          enum reason reason)
{
    told->kind = wanted->kind;
    told->number = ev->number;
    told->reason = reason;
    told->num = ev->numerator;
    told->den = ev->denominator;
    told->opened_at_ms = ev->opened_at_ms;
    (void)put_copy(told->window, sizeof told->window, ev->window);
}

struct alert_event *
event_room(struct state *s)
{
    struct alert_event *ev;

    mem_array_room((void **)&s->events, s->event_count, &s->events_room,
                   sizeof *s->events);
    ev = &s->events[s->event_count++];
    memset(ev, 0, sizeof *ev);
    return ev;
}

void
event_add(struct state *s, int target, struct subject_ref subject, int year,
          const struct wanted *wanted, struct told *told, enum reason reason,
          const struct score *told_now, const struct touched *cause)
{
    const struct target *t = &s->catalogue->targets[target];
    struct arena *a = s->scorer->event_arena;
    const struct score *at = reason == REASON_WITHDRAWN ? told_now : &wanted->at;
    char name[SUBJECT_NAME_BYTES];
    struct alert_event *ev = event_room(s);

    subject_name(s->catalogue, t, subject, name);
    figure_fill(ev, t, at, a);
    ev->code = arena_text(a, told->code);
    ev->number = told->number + 1;
    ev->kind = alert_kind_name(wanted->kind != ALERT_NONE ? wanted->kind : told->kind);
    ev->reason = reason_name(reason);
    ev->target = arena_text(a, t->id);
    ev->subject = arena_text(a, name);
    ev->year = year;
    ev->since_window = arena_text(a, wanted->since.code);
    ev->windows = wanted->windows;
    ev->old_numerator = told->num;
    ev->old_denominator = told->den;
    ev->old_window = arena_text(a, told->window);
    if (cause->at_ms != 0) { /* the report in hand; a due date has none */
        ev->at_ms = cause->at_ms;
        ev->entry = cause->entry;
        ev->index = cause->index;
    }
    ev->by = cause->by;
    ev->opened_at_ms = reason == REASON_NEW ? ev->at_ms : told->opened_at_ms;
    ev->simulated = s->scorer->simulated;
    ev->pool = pool_of(s->catalogue, t);
    told_move(told, wanted, ev, reason);
    told_write(s, told, ev);
    s->scorer->counters.alerts++;
}

void
events_flush(struct state *s)
{
    struct buf *body = &s->scorer->body;
    size_t from;

    brake_events(s);
    for (from = 0; from < s->event_count; from += EVENTS_AN_ENTRY) {
        size_t count = s->event_count - from;

        if (count > EVENTS_AN_ENTRY) {
            count = EVENTS_AN_ENTRY;
        }
        arena_reset(s->scorer->arena);
        buf_clear(body);
        alert_events_encode(&s->events[from], count, s->scorer->arena, body);
        effects_alert(&s->effects, &s->follow, JOURNAL_ALERTS, buf_str(body),
                      body->len);
    }
    s->event_count = 0;
    arena_reset(s->scorer->event_arena);
}
