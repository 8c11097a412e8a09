/* One group's window: who must report it, who has, and what is told about it. */
#include "scorer/missing_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"

#define WHOLE "level-"

const struct group *
asked_group(const struct asked *a)
{
    return &a->s->catalogue->groups[a->group];
}

uint32_t
asked_sum(const uint32_t *counts)
{
    return counts[LEVEL_PROVINCE] + counts[LEVEL_DISTRICT] + counts[LEVEL_COMMUNE];
}

void
whole_name(enum level level, char out[SUBJECT_NAME_BYTES])
{
    (void)snprintf(out, SUBJECT_NAME_BYTES, WHOLE "%s", level_name(level));
}

bool
whole_level(const char *subject, enum level *level)
{
    char name[SUBJECT_NAME_BYTES];

    for (*level = LEVEL_PROVINCE; *level <= LEVEL_ALL; (*level)++) {
        whole_name(*level, name);
        if (strcmp(name, subject) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- who, and who did ---- */

bool
asked_set(struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;
    const struct group *g = asked_group(a);

    missing_due(g, &a->window, &c->workdays, &a->s->missing->outages, &a->due);
    a->kind = missing_on(&a->due, a->today);
    return !c->illustrative && g->demanded_section[0] != '\0' &&
           a->due.day != DAY_NONE && a->due.by_rule >= c->alerts_from &&
           a->window.last >= c->alerts_from;
}

bool
asked_of_unit(const struct asked *a, const struct unit *u)
{
    char name[ASKED_NAME_BYTES];

    if (!missing_expected(asked_group(a), u, &a->window, &a->due)) {
        return false;
    }
    asked_kind_name(asked_group(a), u->kind, name);
    if (a->due.by_rule < asked_from(a->s, name)) {
        return false;
    }
    asked_unit_name(u, name);
    return a->due.by_rule >= asked_from(a->s, name);
}

bool
asked_reported(const struct asked *a, int unit)
{
    const struct state *s = a->s;

    return missing_reported(facts_series(s->facts, unit, a->group), &a->window) ||
           missing_is_parked(s->missing, s->catalogue->units[unit].id,
                             asked_group(a)->code, a->window.code);
}

void
asked_count(struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;
    size_t u;

    memset(a->expected, 0, sizeof a->expected);
    memset(a->came, 0, sizeof a->came);
    for (u = 0; u < c->unit_count; u++) {
        if (asked_of_unit(a, &c->units[u])) {
            a->expected[c->units[u].level]++;
            a->came[c->units[u].level] += asked_reported(a, (int)u);
        }
    }
}

bool
asked_level_silent(const struct asked *a, enum level level)
{
    return a->kind == MISSING_OVERDUE && a->came[level] == 0 &&
           a->expected[level] >= SILENT_UNITS;
}

/* More than one level is asked, and nobody at all has reported. */
bool
asked_all_silent(const struct asked *a)
{
    int levels = 0;
    enum level level;

    for (level = LEVEL_PROVINCE; level < LEVEL_ALL; level++) {
        levels += a->expected[level] > 0;
    }
    return levels > 1 && a->kind == MISSING_OVERDUE && asked_sum(a->came) == 0 &&
           asked_sum(a->expected) >= SILENT_UNITS;
}

/* ---- a message ---- */

static void
event_put(const struct asked *a, const struct told_missing *t, enum missing_kind kind,
          enum reason reason, const struct cause *cause)
{
    struct state *s = a->s;
    struct arena *arena = s->scorer->event_arena;
    struct alert_event *ev = event_room(s);
    enum level level;

    ev->code = arena_text(arena, t->code);
    ev->number = t->number;
    ev->kind = missing_kind_name(kind);
    ev->reason = reason_name(reason);
    ev->subject = arena_text(arena, t->subject);
    ev->group = arena_text(arena, t->group);
    ev->year = a->window.year;
    ev->window = arena_text(arena, a->window.code);
    ev->first_day = a->window.first;
    ev->last_day = a->window.last;
    ev->due_day = a->due.day;
    ev->rule_day = a->due.by_rule;
    ev->late = a->late;
    ev->at_ms = cause->at_ms;
    ev->opened_at_ms = t->opened_at_ms;
    ev->entry = cause->entry;
    ev->index = cause->index;
    ev->simulated = s->scorer->simulated;
    ev->by = s->in_hand.by;
    for (level = LEVEL_PROVINCE; level < LEVEL_ALL; level++) {
        char name[SUBJECT_NAME_BYTES];

        whole_name(level, name);
        if (strcmp(name, t->subject) == 0) {
            ev->covered = a->came[level];
            ev->units = a->expected[level];
            return;
        }
    }
    ev->covered = asked_sum(a->came);
    ev->units = asked_sum(a->expected);
}

void
told_set(const struct asked *a, struct told_missing *t, enum missing_kind kind,
         enum reason reason, const struct cause *cause)
{
    enum missing_kind before = t->kind;

    if (before == MISSING_NONE) {
        t->opened_at_ms = cause->at_ms;
    }
    t->kind = kind;
    t->reason = reason;
    t->number++;
    event_put(a, t, kind == MISSING_NONE ? before : kind, reason, cause);
    a->s->scorer->counters.alerts++;
    missing_write(a->s, t, before, a->group == NONE ? DAY_NONE : a->due.day);
}

struct told_missing *
told_get(const struct asked *a, const char *subject, bool make)
{
    char code[ALERT_CODE_BYTES];
    struct told_missing *t;

    missing_code(a->s->catalogue, asked_group(a), &a->window, subject, code);
    t = missing_told(a->s->missing, code, make);
    if (t != NULL && t->group[0] == '\0') {
        (void)snprintf(t->group, sizeof t->group, "%s", asked_group(a)->code);
        (void)snprintf(t->period, sizeof t->period, "%s", a->window.code);
        (void)snprintf(t->subject, sizeof t->subject, "%s", subject);
    }
    return t;
}

static int
code_order(const void *a, const void *b)
{
    return strcmp((*(struct told_missing *const *)a)->code,
                  (*(struct told_missing *const *)b)->code);
}

struct told_missing **
told_list(const struct state *s, bool open, size_t *count)
{
    struct told_missing **list =
        mem_alloc((table_count(s->missing->told) + 1) * sizeof(void *));
    struct table_item item;
    size_t at = 0;

    *count = 0;
    while (table_next(s->missing->told, &at, &item)) {
        struct told_missing *t = item.value.pointer;

        if ((t->kind != MISSING_NONE) == open) {
            list[(*count)++] = t;
        }
    }
    qsort(list, *count, sizeof *list, code_order); /* a table has no order of its own */
    return list;
}
