#include "scorer/missing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"

#define LOOK_BACK_DAYS 400 /* what was due longer ago is history */
#define HOURS_A_DAY 24

/* A group's window on the day that is decided. */
struct asked {
    struct state *s;
    int group;
    struct window window;
    struct missing_due due;
    enum missing_kind kind;
    uint32_t expected[LEVEL_COUNT]; /* units that must report, */
    uint32_t came[LEVEL_COUNT];     /* and those that did */
    int32_t today;
    int64_t at_ms;
    bool late;
};

/* What made a message: a tick, or the report that came. */
struct cause {
    int64_t at_ms;
    uint64_t entry;
    uint32_t index;
};

static const struct group *
group_of(const struct asked *a)
{
    return &a->s->catalogue->groups[a->group];
}

static uint32_t
sum(const uint32_t *counts)
{
    return counts[LEVEL_PROVINCE] + counts[LEVEL_DISTRICT] + counts[LEVEL_COMMUNE];
}

static void
whole_name(enum level level, char out[SUBJECT_NAME_BYTES])
{
    (void)snprintf(out, SUBJECT_NAME_BYTES, "level-%s", level_name(level));
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
    for (level = LEVEL_PROVINCE; level < LEVEL_ALL; level++) {
        char name[SUBJECT_NAME_BYTES];

        whole_name(level, name);
        if (strcmp(name, t->subject) == 0) {
            ev->covered = a->came[level];
            ev->units = a->expected[level];
            return;
        }
    }
    ev->covered = sum(a->came);
    ev->units = sum(a->expected);
}

/* Nothing is said when a reminder is done: the report is there, or nobody asks. */
static void
told_set(const struct asked *a, struct told_missing *t, enum missing_kind kind,
         enum reason reason, const struct cause *cause)
{
    enum missing_kind before = t->kind;
    bool says = kind != MISSING_NONE || before == MISSING_OVERDUE;

    if (before == MISSING_NONE) {
        t->opened_at_ms = cause->at_ms;
    }
    t->kind = kind;
    t->reason = reason;
    if (says) {
        t->number++;
        event_put(a, t, kind == MISSING_NONE ? before : kind, reason, cause);
        a->s->scorer->counters.alerts++;
    }
    missing_write(a->s, t, before, a->due.day);
}

static struct told_missing *
told_get(const struct asked *a, const char *subject, bool make)
{
    char code[ALERT_CODE_BYTES];
    struct told_missing *t;

    missing_code(a->s->catalogue, group_of(a), &a->window, subject, code);
    t = missing_told(a->s->missing, code, make);
    if (t != NULL && t->group[0] == '\0') {
        (void)snprintf(t->group, sizeof t->group, "%s", group_of(a)->code);
        (void)snprintf(t->period, sizeof t->period, "%s", a->window.code);
        (void)snprintf(t->subject, sizeof t->subject, "%s", subject);
    }
    return t;
}

/* What should be open now about a subject, against what was told. */
static void
subject_compare(const struct asked *a, const char *subject, enum missing_kind want)
{
    struct told_missing *t = told_get(a, subject, want != MISSING_NONE);
    const struct cause tick = {a->at_ms, 0, 0};

    if (t == NULL || t->kind == want ||
        (t->kind == MISSING_OVERDUE && want == MISSING_REMINDER)) {
        return; /* a due date that moved behind us takes nothing back */
    }
    if (want == MISSING_NONE) {
        told_set(a, t, want, REASON_RESOLVED, &tick);
    } else {
        told_set(a, t, want, t->kind == MISSING_NONE ? REASON_NEW : REASON_WORSE,
                 &tick);
    }
}

/* ---- a day ---- */

static bool
unit_reported(const struct asked *a, int unit)
{
    const struct state *s = a->s;

    return missing_reported(facts_series(s->facts, unit, a->group), &a->window) ||
           missing_is_parked(s->missing, s->catalogue->units[unit].id,
                             group_of(a)->code, a->window.code);
}

static void
asked_count(struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;
    size_t u;

    for (u = 0; u < c->unit_count; u++) {
        if (missing_expected(group_of(a), &c->units[u], &a->window, &a->due)) {
            a->expected[c->units[u].level]++;
            a->came[c->units[u].level] += unit_reported(a, (int)u);
        }
    }
}

static bool
level_silent(const struct asked *a, enum level level)
{
    return a->kind == MISSING_OVERDUE && a->came[level] == 0 &&
           a->expected[level] >= SILENT_UNITS;
}

/* More than one level is asked, and nobody at all has reported. */
static bool
all_silent(const struct asked *a)
{
    int levels = 0;
    enum level level;

    for (level = LEVEL_PROVINCE; level < LEVEL_ALL; level++) {
        levels += a->expected[level] > 0;
    }
    return levels > 1 && a->kind == MISSING_OVERDUE && sum(a->came) == 0 &&
           sum(a->expected) >= SILENT_UNITS;
}

static void
window_decide(struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;
    char name[SUBJECT_NAME_BYTES];
    bool all;
    enum level level;
    size_t u;

    asked_count(a);
    all = all_silent(a);
    whole_name(LEVEL_ALL, name);
    subject_compare(a, name, all ? MISSING_OVERDUE : MISSING_NONE);
    for (level = LEVEL_PROVINCE; level < LEVEL_ALL; level++) {
        whole_name(level, name);
        subject_compare(
            a, name, !all && level_silent(a, level) ? MISSING_OVERDUE : MISSING_NONE);
    }
    for (u = 0; u < c->unit_count; u++) {
        const struct unit *unit = &c->units[u];
        enum missing_kind want = a->kind;

        if (!missing_expected(group_of(a), unit, &a->window, &a->due) ||
            unit_reported(a, (int)u)) {
            want = MISSING_NONE;
        } else if (all || level_silent(a, unit->level)) {
            continue; /* told as a whole; what a unit was told before stays */
        }
        subject_compare(a, unit->id, want);
    }
}

/* Is anything asked of the group's window at all? */
static bool
window_asked(const struct state *s, int group, const struct window *w,
             const struct missing_due *due)
{
    const struct group *g = &s->catalogue->groups[group];
    union table_value from;

    return g->demanded_section[0] != '\0' && due->day != DAY_NONE &&
           due->by_rule >= s->catalogue->alerts_from &&
           w->last >= s->catalogue->alerts_from &&
           table_get(s->missing->from, g->code, strlen(g->code), &from) &&
           due->by_rule >= (int32_t)from.number;
}

static void
group_decide(struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;
    const struct group *g = group_of(a);
    int year;
    size_t i;

    for (year = day_year(a->today) - 1; year <= day_year(a->today); year++) {
        for (i = 0; year >= c->years_from && year <= c->years_to &&
                    i < cadence_count(g->cadence);
             i++) {
            cadence_window(g->cadence, year, i, g->rule, &a->window);
            missing_due(g, &a->window, &c->workdays, &a->s->missing->outages, &a->due);
            a->kind = missing_on(&a->due, a->today);
            if (a->kind == MISSING_NONE || a->due.day < a->today - LOOK_BACK_DAYS ||
                !window_asked(a->s, a->group, &a->window, &a->due)) {
                continue;
            }
            memset(a->expected, 0, sizeof a->expected);
            memset(a->came, 0, sizeof a->came);
            window_decide(a);
        }
    }
}

/* Groups that are new here are asked for from today on. */
static void
groups_ask(struct state *s, int32_t day)
{
    const struct catalogue *c = s->catalogue;
    size_t g;

    for (g = 0; g < c->group_count; g++) {
        const struct group *group = &c->groups[g];
        union table_value from;

        if (cadence_count(group->cadence) > 0 &&
            !table_get(s->missing->from, group->code, strlen(group->code), &from)) {
            missing_from_write(s, group->code, day);
        }
    }
}

static void
outage_note(struct state *s, const struct tick_record *t)
{
    int64_t hour = t->hour - 1; /* of which it tells */
    int32_t day = hour_day(hour);

    if (t->down_minutes > 0 && s->catalogue != NULL &&
        working_hour(&s->catalogue->workdays, day, (int)(hour % HOURS_A_DAY))) {
        missing_outage_write(s, day, t->down_minutes);
    }
}

void
missing_tick(struct state *s, const struct tick_record *t)
{
    const struct catalogue *c = s->catalogue;
    int32_t before = s->missing->decided;
    int hour = (int)(t->hour % HOURS_A_DAY);
    struct asked a = {.s = s, .today = hour_day(t->hour)};
    size_t g;

    outage_note(s, t);
    if (c == NULL || c->illustrative || hour < MISSING_HOUR ||
        !workday_is(&c->workdays, a.today) || a.today <= before ||
        t->down_minutes >= 60) {
        return; /* a whole hour away: reports of it may still be on their way */
    }
    a.at_ms = hour_start(t->hour).ms;
    a.late = before != DAY_NONE &&
             (hour > MISSING_HOUR || workday_add(&c->workdays, before, 1) < a.today);
    groups_ask(s, a.today);
    for (g = 0; g < c->group_count; g++) {
        a.group = (int)g;
        group_decide(&a);
    }
    missing_decided_write(s, a.today);
    events_flush(s);
}

/* ---- a report ---- */

/* The window of the cadence that the report counts for. */
static bool
window_of(const struct group *g, const struct window *w, struct window *out)
{
    size_t i;

    for (i = 0; i < cadence_count(g->cadence); i++) {
        cadence_window(g->cadence, w->year, i, g->rule, out);
        if (strcmp(out->code, w->code) == 0 ||
            (w->kind == PERIOD_CUMULATIVE && w->last >= out->first &&
             w->last <= out->last)) {
            return true;
        }
    }
    return false;
}

void
missing_arrived(struct state *s, int unit, int group, const struct window *w,
                uint64_t entry, uint32_t index, int64_t at_ms)
{
    const struct catalogue *c = s->catalogue;
    const struct cause cause = {at_ms, entry, index};
    struct asked a = {.s = s, .group = group};
    char level[SUBJECT_NAME_BYTES];
    char all[SUBJECT_NAME_BYTES];
    const char *subjects[3] = {c->units[unit].id, level, all};
    size_t i;

    if (table_count(s->missing->parked) > 0) {
        missing_parked(s, NULL, entry, index);
    }
    if (table_count(s->missing->told) == 0 ||
        !window_of(&c->groups[group], w, &a.window)) {
        return;
    }
    missing_due(&c->groups[group], &a.window, &c->workdays, &s->missing->outages,
                &a.due);
    whole_name(c->units[unit].level, level);
    whole_name(LEVEL_ALL, all);
    for (i = 0; i < 3; i++) {
        struct told_missing *t = told_get(&a, subjects[i], false);

        if (t == NULL || t->kind == MISSING_NONE) {
            continue;
        }
        if (i > 0 && a.expected[c->units[unit].level] == 0) {
            asked_count(&a);
        }
        told_set(&a, t, MISSING_NONE, REASON_RESOLVED, &cause);
    }
}

/* ---- a programme ---- */

/* Of the programme as it is now; false: it does not know such a report. */
static bool
told_asked(struct state *s, const struct told_missing *t, struct asked *a)
{
    const struct catalogue *c = s->catalogue;

    a->group = catalogue_group(c, t->group);
    if (a->group == NONE ||
        window_parse(t->period, c->groups[a->group].rule, &a->window, NULL) != ST_OK) {
        return false;
    }
    missing_due(&c->groups[a->group], &a->window, &c->workdays, &s->missing->outages,
                &a->due);
    a->kind = missing_on(&a->due, a->today);
    return window_asked(s, a->group, &a->window, &a->due);
}

static bool
told_justified(struct state *s, const struct told_missing *t, const struct asked *a)
{
    const struct catalogue *c = s->catalogue;
    int unit = catalogue_unit(c, t->subject);

    if (a->kind == MISSING_NONE || c->illustrative ||
        (t->kind == MISSING_OVERDUE && a->kind != MISSING_OVERDUE)) {
        return false;
    }
    return unit == NONE ? strncmp(t->subject, "level-", 6) == 0
                        : missing_expected(&c->groups[a->group], &c->units[unit],
                                           &a->window, &a->due) &&
                              !unit_reported(a, unit);
}

static int
code_order(const void *a, const void *b)
{
    return strcmp((*(struct told_missing *const *)a)->code,
                  (*(struct told_missing *const *)b)->code);
}

void
missing_programme(struct state *s, int64_t at_ms)
{
    const struct cause cause = {at_ms, 0, 0};
    struct told_missing **open =
        mem_alloc((table_count(s->missing->told) + 1) * sizeof(void *));
    struct table_item item;
    size_t count = 0;
    size_t at = 0;
    size_t i;

    groups_ask(s, state_day(s));
    while (table_next(s->missing->told, &at, &item)) {
        struct told_missing *t = item.value.pointer;

        if (t->kind != MISSING_NONE) {
            open[count++] = t;
        }
    }
    qsort(open, count, sizeof *open, code_order); /* a table has no order of its own */
    for (i = 0; i < count; i++) {
        struct asked a = {.s = s, .today = state_day(s), .at_ms = at_ms};

        if (!told_asked(s, open[i], &a) || !told_justified(s, open[i], &a)) {
            told_set(&a, open[i], MISSING_NONE, REASON_WITHDRAWN, &cause);
        }
    }
    mem_free(&open);
    events_flush(s);
}

/* ---- behind ---- */

bool
missing_mutes(const struct state *s, const struct target *t, struct subject_ref ref)
{
    const struct catalogue *c = s->catalogue;
    int group = c->indicators[t->indicator].group;

    return ref.unit != NONE && !ref.under && s->missing->overdue != NULL &&
           s->missing->overdue[(size_t)ref.unit * c->group_count + (size_t)group] > 0;
}
