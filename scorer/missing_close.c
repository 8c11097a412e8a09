/* What ends an alert about a missing report: it came, nobody asks for it any more. */
#include "scorer/missing_private.h"

#include <string.h>

#include "lib/mem.h"

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
    const struct unit *u = &s->catalogue->units[unit];
    const struct cause cause = {at_ms, entry, index};
    struct asked a = {.s = s, .group = group};
    char level[SUBJECT_NAME_BYTES];
    char all[SUBJECT_NAME_BYTES];
    const char *subjects[3] = {u->id, level, all};
    size_t i;

    missing_parked_forget(s, entry, index);
    if (table_count(s->missing->told) == 0 ||
        !window_of(asked_group(&a), w, &a.window)) {
        return;
    }
    (void)asked_set(&a);
    whole_name(u->level, level);
    whole_name(LEVEL_ALL, all);
    for (i = 0; i < 3; i++) {
        struct told_missing *t = told_get(&a, subjects[i], false);

        if (t == NULL || t->kind == MISSING_NONE ||
            (i > 0 && !asked_of_unit(&a, u))) { /* not one of those that are silent */
            continue;
        }
        if (i > 0) {
            asked_count(&a);
        }
        told_set(&a, t, MISSING_NONE, REASON_RESOLVED, &cause);
    }
}

void
missing_parked(struct state *s, const struct report_record *r, uint64_t entry,
               uint32_t index)
{
    const struct catalogue *c = s->catalogue;
    int group = c == NULL ? NONE : catalogue_group(c, r->group);
    struct window reported;
    struct window w;

    if (group != NONE && catalogue_unit(c, r->unit) != NONE &&
        window_parse(r->period, c->groups[group].rule, &reported, NULL) == ST_OK &&
        window_of(&c->groups[group], &reported, &w)) {
        missing_parked_put(s, r->unit, r->group, w.code, entry, index);
    }
}

/* ---- a programme ---- */

/* Of the programme as it is now; false: it does not know such a report. */
static bool
told_asked(const struct told_missing *t, struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;

    a->group = catalogue_group(c, t->group);
    if (a->group == NONE ||
        window_parse(t->period, c->groups[a->group].rule, &a->window, NULL) != ST_OK) {
        a->group = NONE;
        return false;
    }
    return asked_set(a);
}

static bool
told_justified(const struct told_missing *t, struct asked *a)
{
    const struct catalogue *c = a->s->catalogue;
    int unit = catalogue_unit(c, t->subject);
    enum level level;

    if (a->kind == MISSING_NONE ||
        (t->kind == MISSING_OVERDUE && a->kind != MISSING_OVERDUE)) {
        return false;
    }
    if (unit != NONE) {
        return asked_of_unit(a, &c->units[unit]) && !asked_reported(a, unit);
    }
    if (!whole_level(t->subject, &level)) {
        return false;
    }
    asked_count(a);
    return level == LEVEL_ALL ? asked_all_silent(a)
                              : asked_level_silent(a, level) && !asked_all_silent(a);
}

void
missing_programme(struct state *s, int64_t at_ms)
{
    const struct cause cause = {at_ms, 0, 0};
    struct told_missing **open;
    size_t count;
    size_t i;

    asked_note(s, state_day(s));
    open = told_list(s, true, &count);
    for (i = 0; i < count; i++) {
        struct asked a = {.s = s, .today = state_day(s), .at_ms = at_ms};

        if (!told_asked(open[i], &a) || !told_justified(open[i], &a)) {
            told_set(&a, open[i], MISSING_NONE, REASON_WITHDRAWN, &cause);
        }
    }
    mem_free(&open);
}

/* ---- the end of a year or of a unit ---- */

static bool
is_history(const struct told_missing *t, struct asked *a)
{
    return !told_asked(t, a) || a->due.day < a->today - LOOK_BACK_DAYS;
}

static bool
unit_ended(const struct state *s, const struct told_missing *t, int32_t today)
{
    int unit = catalogue_unit(s->catalogue, t->subject);

    return unit != NONE && !unit_valid_on(&s->catalogue->units[unit], today);
}

/*
 * Its number goes on for as long as its report may be asked for again, be it by another
 * programme: leaders' clients drop what comes under an id that they have.
 */
static bool
is_forgotten(const struct told_missing *t, int32_t today)
{
    return instant_day((struct instant){t->opened_at_ms}) < today - KEPT_DAYS;
}

void
told_sweep(struct state *s, int32_t today, int64_t at_ms)
{
    const struct cause cause = {at_ms, 0, 0};
    struct told_missing **list;
    size_t count;
    size_t i;

    list = told_list(s, true, &count);
    for (i = 0; i < count; i++) {
        struct asked a = {.s = s, .today = today};

        if (is_history(list[i], &a) || unit_ended(s, list[i], today)) {
            told_set(&a, list[i], MISSING_NONE, REASON_WITHDRAWN, &cause);
        }
    }
    mem_free(&list);
    list = told_list(s, false, &count);
    for (i = 0; i < count; i++) {
        if (is_forgotten(list[i], today)) {
            missing_told_forget(s, list[i]);
        }
    }
    mem_free(&list);
}

/* ---- behind ---- */

bool
missing_mutes(const struct state *s, const struct target *t, struct subject_ref ref,
              int32_t last)
{
    const struct catalogue *c = s->catalogue;
    int group = c->indicators[t->indicator].group;
    int32_t overdue;

    if (ref.unit == NONE || ref.under || s->missing->overdue == NULL) {
        return false;
    }
    overdue = s->missing->overdue[(size_t)ref.unit * c->group_count + (size_t)group];
    return overdue != DAY_NONE && last <= overdue;
}
