#include "lib/missing.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"

static const char *const kind_names[] = {"none", "reminder", "overdue"};

const char *
missing_kind_name(enum missing_kind k)
{
    return kind_names[k];
}

enum status
missing_kind_parse(const char *name, enum missing_kind *k)
{
    size_t i;

    for (i = 0; i < sizeof kind_names / sizeof *kind_names; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *k = (enum missing_kind)i;
            return ST_OK;
        }
    }
    return ST_BAD;
}

/* ---- outages ---- */

void
outages_fini(struct outages *o)
{
    mem_free(&o->items);
    *o = (struct outages){0};
}

/* The first that is not before the day. */
static size_t
outage_place(const struct outages *o, int32_t day)
{
    size_t low = 0;
    size_t high = o->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (o->items[middle].day < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool
outage_is_at(const struct outages *o, size_t at, int32_t day)
{
    return at < o->count && o->items[at].day == day;
}

uint32_t
outages_add(struct outages *o, int32_t day, uint32_t minutes)
{
    size_t at = outage_place(o, day);

    if (!outage_is_at(o, at, day)) {
        mem_array_room((void **)&o->items, o->count, &o->room, sizeof *o->items);
        memmove(&o->items[at + 1], &o->items[at], (o->count - at) * sizeof *o->items);
        o->items[at] = (struct outage){day, 0};
        o->count++;
    }
    o->items[at].minutes += minutes;
    return o->items[at].minutes;
}

static uint32_t
outage_of(const struct outages *o, int32_t day)
{
    size_t at = outage_place(o, day);

    return outage_is_at(o, at, day) ? o->items[at].minutes : 0;
}

bool
working_hour(const struct workdays *wd, int32_t day, int hour)
{
    return workday_is(wd, day) &&
           ((hour >= 8 && hour < 12) || (hour >= 13 && hour < 17));
}

/* ---- due ---- */

void
missing_due(const struct group *g, const struct window *w, const struct workdays *wd,
            const struct outages *outages, struct missing_due *out)
{
    int32_t close = workday_add(wd, w->last, 1); /* before that no report can be sent */

    out->by_rule = due_day(w, g->due, wd);
    out->day = out->by_rule;
    out->remind = DAY_NONE;
    if (out->day == DAY_NONE) {
        return;
    }
    if (g->remind > 0) {
        out->remind = close;
        while (workday_add(wd, out->remind, g->remind) < out->by_rule) {
            out->remind = workday_next(wd, out->remind + 1);
        }
    }
    while (outage_of(outages, out->day) > OUTAGE_MINUTES) {
        out->day = workday_next(wd, out->day + 1);
    }
}

bool
missing_reported(const struct series *s, const struct window *w)
{
    size_t i = series_until(s, w->last);

    while (i > 0 && s->facts[i - 1].window.last >= w->first) {
        const struct window *have = &s->facts[--i].window;

        if (strcmp(have->code, w->code) == 0 || have->kind == PERIOD_CUMULATIVE) {
            return true;
        }
    }
    return false;
}

bool
missing_expected(const struct group *g, const struct unit *u, const struct window *w,
                 const struct missing_due *due)
{
    return (g->reported_by & (1u << u->kind)) != 0 && unit_valid_on(u, w->last) &&
           unit_valid_on(u, due->day);
}

enum missing_kind
missing_on(const struct missing_due *due, int32_t day)
{
    if (due->day == DAY_NONE) {
        return MISSING_NONE;
    }
    if (day > due->day) {
        return MISSING_OVERDUE;
    }
    return due->remind != DAY_NONE && day >= due->remind ? MISSING_REMINDER
                                                         : MISSING_NONE;
}

void
missing_code(const struct catalogue *c, const struct group *g, const struct window *w,
             const char *subject, char *out)
{
    int len = snprintf(out, ALERT_CODE_BYTES, "%s-%s-BC-%s-%s", c->prefix, w->code,
                       g->code, subject);

    MUST(len > 0 && len < ALERT_CODE_BYTES);
}

/* Behind an outage the outboxes need a moment: the next hour decides. */
#define DOWN_MINUTES 5

bool
tick_is_behind(const struct tick_record *t)
{
    /* The player's time comes in leaps; ours only when ingest was away. */
    return t->down_minutes >= DOWN_MINUTES || (t->caught_up && !t->simulated);
}
