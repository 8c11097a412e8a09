#include "scorer/falling.h"

#include <stdio.h>
#include <string.h>

#include "lib/mem.h"

/* One measure of one unit, looked at. */
struct stock {
    struct state *s;
    const struct touched *cause;
    int unit;
    int group;
    int measure;
    int place; /* in the group */
    const struct series *series;
    bool armed; /* a fall is told */
    int32_t until;
};

struct fall {
    bool open;
    const struct fact *before; /* the last that was not fallen */
    const struct fact *at;     /* where it fell */
    const struct fact *newest; /* NULL: no figure at all */
    bool told_open;            /* a fall lasted at the told window */
};

static const struct figure *
figure_at(const struct stock *k, size_t i)
{
    return &k->series->facts[i].figures[k->place];
}

/* Does a later fact of the same last day speak in its place? */
static bool
speaks(const struct stock *k, size_t i)
{
    const struct window *w = &k->series->facts[i].window;
    size_t j;

    if (w->last < k->s->catalogue->alerts_from || w->last > k->until ||
        figure_at(k, i)->state != FIGURE_NUMBER) {
        return false;
    }
    for (j = i + 1; j < k->series->count && k->series->facts[j].window.last == w->last;
         j++) {
        if (figure_at(k, j)->state == FIGURE_NUMBER) {
            return false;
        }
    }
    return true;
}

static void
fall_find(const struct stock *k, const char *told_window, struct fall *out)
{
    size_t i;

    *out = (struct fall){0};
    for (i = 0; i < k->series->count; i++) {
        const struct fact *fact = &k->series->facts[i];
        int64_t figure = figure_at(k, i)->scaled;

        if (!speaks(k, i)) {
            continue;
        }
        if (out->open) {
            out->open = figure < out->before->figures[k->place].scaled;
        } else if (out->newest != NULL &&
                   figure < out->newest->figures[k->place].scaled) {
            out->open = true;
            out->before = out->newest;
            out->at = fact;
        }
        if (strcmp(fact->window.code, told_window) == 0) {
            out->told_open = out->open;
        }
        out->newest = fact;
    }
}

/* ---- what is told ---- */

static const struct fact *
fact_of(const struct stock *k, const char *window)
{
    size_t i;

    for (i = 0; i < k->series->count; i++) {
        if (strcmp(k->series->facts[i].window.code, window) == 0) {
            return &k->series->facts[i];
        }
    }
    return NULL;
}

/* Is the window's figure another one than was told? */
static bool
figure_changed(const struct stock *k, const char *window, int64_t told)
{
    const struct fact *fact = fact_of(k, window);

    return fact == NULL || fact->figures[k->place].state != FIGURE_NUMBER ||
           fact->figures[k->place].scaled != told;
}

static void
figure_put(const struct stock *k, const struct fact *fact, int64_t *num, int64_t *den)
{
    if (fact != NULL && fact->figures[k->place].state == FIGURE_NUMBER) {
        *num = fact->figures[k->place].scaled;
        *den = 1;
    }
}

static void
event_put(const struct stock *k, struct told *told, int year, const struct fact *at,
          const struct fact *before, enum reason reason)
{
    const struct catalogue *c = k->s->catalogue;
    struct arena *a = k->s->scorer->event_arena;
    struct alert_event *ev = event_room(k->s);
    bool ends = reason == REASON_RESOLVED || reason == REASON_WITHDRAWN;

    ev->code = arena_text(a, told->code);
    ev->number = told->number + 1;
    ev->kind = alert_kind_name(ALERT_FALLING);
    ev->reason = reason_name(reason);
    ev->target = "";
    ev->subject = arena_text(a, c->units[k->unit].id);
    ev->group = arena_text(a, c->groups[k->group].code);
    ev->measure = arena_text(a, c->measures[k->measure].code);
    ev->year = year;
    ev->window = arena_text(a, at != NULL ? at->window.code : told->window);
    ev->old_window = arena_text(a, before != NULL ? before->window.code : told->before);
    figure_put(k, at, &ev->numerator, &ev->denominator);
    figure_put(k, before, &ev->old_numerator, &ev->old_denominator);
    if (at != NULL) {
        ev->first_day = at->window.first;
        ev->last_day = at->window.last;
        ev->at_ms = at->received_at_ms;
        ev->entry = at->entry;
        ev->index = at->index;
    }
    if (k->cause->at_ms != 0) {
        ev->at_ms = k->cause->at_ms;
        ev->entry = k->cause->entry;
        ev->index = k->cause->index;
    }
    ev->by = k->cause->by;
    ev->opened_at_ms = reason == REASON_NEW ? ev->at_ms : told->opened_at_ms;
    ev->simulated = k->s->scorer->simulated;
    told->kind = ends ? ALERT_NONE : ALERT_FALLING;
    told->number = ev->number;
    told->reason = reason;
    told->num = ev->numerator;
    told->den = ev->denominator;
    told->before_num = ev->old_numerator;
    told->opened_at_ms = ev->opened_at_ms;
    (void)snprintf(told->window, sizeof told->window, "%s", ev->window);
    (void)snprintf(told->before, sizeof told->before, "%s", ev->old_window);
    told_write(k->s, told, ev);
    k->s->scorer->counters.alerts++;
}

/* The fall as it lasts, against what was told under its code. */
static void
open_compare(const struct stock *k, struct told *told, int year,
             const struct fall *fall)
{
    if (told->kind != ALERT_FALLING) {
        event_put(k, told, year, fall->newest, fall->before, REASON_NEW);
    } else if (strcmp(told->before, fall->before->window.code) != 0 ||
               figure_changed(k, told->before, told->before_num) ||
               figure_changed(k, told->window, told->num)) {
        event_put(k, told, year, fall->newest, fall->before, REASON_CORRECTED);
    }
}

static void
told_close(const struct stock *k, struct told *told, int year)
{
    const struct fact *before = fact_of(k, told->before);
    struct fall fall;

    fall_find(k, told->window, &fall);
    if (k->armed && fall.told_open) {
        event_put(k, told, year, fall.newest, before, REASON_RESOLVED);
    } else {
        event_put(k, told, year, fact_of(k, told->window), before, REASON_WITHDRAWN);
    }
}

static void
stock_compare(const struct stock *k)
{
    const struct catalogue *c = k->s->catalogue;
    char code[ALERT_CODE_BYTES];
    struct fall fall;
    int year;
    int last;

    fall_find(k, "", &fall);
    year = k->series->facts[0].window.year;
    last = k->series->facts[k->series->count - 1].window.year;
    for (; year <= last; year++) {
        bool open = k->armed && fall.open && fall.at->window.year == year;
        struct told *told;

        falling_code(c, &c->measures[k->measure], year, c->units[k->unit].id, code);
        told = state_told(k->s, code, open);
        if (open) {
            open_compare(k, told, year, &fall);
        } else if (told != NULL && told->kind == ALERT_FALLING) {
            told_close(k, told, year);
        }
    }
}

/* ---- what is looked at ---- */

/* A programme may take never_falls back: then all measures are looked at. */
static bool
any_told(const struct state *s)
{
    struct table_item item;
    size_t at = 0;

    while (table_next(s->told, &at, &item)) {
        if (((const struct told *)item.value.pointer)->kind == ALERT_FALLING) {
            return true;
        }
    }
    return false;
}

static void
series_compare(struct state *s, const struct touched *cause, bool all)
{
    const struct catalogue *c = s->catalogue;
    const struct group *g = &c->groups[cause->group];
    struct stock k = {.s = s,
                      .cause = cause,
                      .unit = cause->unit,
                      .group = cause->group,
                      .series = facts_series(s->facts, cause->unit, cause->group),
                      .until = touched_day(s, cause)};
    size_t i;

    for (i = 0; k.series->count > 0 && i < g->measure_count; i++) {
        k.measure = g->measures[i];
        k.place = (int)i;
        k.armed = c->measures[k.measure].never_falls && !c->illustrative;
        if (k.armed || all) {
            stock_compare(&k);
        }
    }
}

void
falling_rescore(struct state *s)
{
    bool all =
        s->in_hand.kind == JOURNAL_PROGRAMME && s->touched_count > 0 && any_told(s);
    size_t i;

    for (i = 0; i < s->touched_count; i++) {
        const struct touched *t = &s->touched[i];

        if (i == 0 || t->unit != t[-1].unit || t->group != t[-1].group) {
            series_compare(s, t, all);
        }
    }
}
