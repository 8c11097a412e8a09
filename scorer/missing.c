/* A working day decides: what should be open about each report that is not there. */
#include "scorer/missing_private.h"

#include <string.h>

#define HOURS_A_DAY 24

/* What should be open now about a subject, against what was told. */
static void
subject_compare(const struct asked *a, const char *subject, enum missing_kind want,
                enum reason close)
{
    struct told_missing *t = told_get(a, subject, want != MISSING_NONE);
    const struct cause tick = {a->at_ms, 0, 0};

    if (t == NULL || t->kind == want ||
        (t->kind == MISSING_OVERDUE && want == MISSING_REMINDER)) {
        return; /* a due date that moved behind us takes nothing back */
    }
    if (want == MISSING_NONE) {
        told_set(a, t, want, close, &tick);
    } else {
        told_set(a, t, want, t->kind == MISSING_NONE ? REASON_NEW : REASON_WORSE,
                 &tick);
    }
}

/* A whole that is not silent any more has spoken, or is not asked any more. */
static void
whole_compare(const struct asked *a, enum level level, bool silent, uint32_t came)
{
    char name[SUBJECT_NAME_BYTES];

    whole_name(level, name);
    subject_compare(a, name, silent ? MISSING_OVERDUE : MISSING_NONE,
                    came > 0 ? REASON_RESOLVED : REASON_WITHDRAWN);
}

/* The date has passed, and the whole is told in its place. */
static void
reminder_end(const struct asked *a, const char *unit)
{
    const struct cause tick = {a->at_ms, 0, 0};
    struct told_missing *t = told_get(a, unit, false);

    if (t != NULL && t->kind == MISSING_REMINDER) {
        told_set(a, t, MISSING_NONE, REASON_WITHDRAWN, &tick);
    }
}

static void
window_decide(struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;
    bool all;
    enum level level;
    size_t u;

    asked_count(a);
    all = asked_all_silent(a);
    whole_compare(a, LEVEL_ALL, all, asked_sum(a->came));
    for (level = LEVEL_PROVINCE; level < LEVEL_ALL; level++) {
        whole_compare(a, level, !all && asked_level_silent(a, level), a->came[level]);
    }
    for (u = 0; u < c->unit_count; u++) {
        const struct unit *unit = &c->units[u];
        bool asked = asked_of_unit(a, unit);
        bool came = asked && asked_reported(a, (int)u);

        if (asked && !came && (all || asked_level_silent(a, unit->level))) {
            reminder_end(a, unit->id);
            continue; /* told as a whole; what is overdue already stays */
        }
        if (!unit_valid_on(unit, a->today)) {
            continue; /* closed with the unit: told_sweep */
        }
        subject_compare(a, unit->id, asked && !came ? a->kind : MISSING_NONE,
                        came ? REASON_RESOLVED : REASON_WITHDRAWN);
    }
}

static void
group_decide(struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;
    const struct group *g = asked_group(a);
    int year;
    size_t i;

    for (year = day_year(a->today) - 1; year <= day_year(a->today); year++) {
        for (i = 0; year >= c->years_from && year <= c->years_to &&
                    i < cadence_count(g->cadence);
             i++) {
            cadence_window(g->cadence, year, i, g->rule, &a->window);
            if (asked_set(a) && a->kind != MISSING_NONE &&
                a->due.day >= a->today - LOOK_BACK_DAYS) {
                window_decide(a);
            }
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
    if (c == NULL || hour < MISSING_HOUR || !workday_is(&c->workdays, a.today) ||
        a.today <= before || tick_is_behind(t)) {
        return;
    }
    a.at_ms = hour_start(t->hour).ms;
    a.late = before != DAY_NONE &&
             (hour > MISSING_HOUR || workday_add(&c->workdays, before, 1) < a.today);
    asked_note(s, a.today);
    told_sweep(s, a.today, a.at_ms);
    for (g = 0; g < c->group_count; g++) {
        a.group = (int)g;
        group_decide(&a);
    }
    missing_decided_write(s, a.today);
}
