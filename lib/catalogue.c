/*
 * Look-ups in a loaded programme, and the questions that are answered from it alone:
 * who is valid when, who lies under whom, whom a target concerns, what may wake
 * anybody.
 */
#include "lib/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"
#include "lib/diag.h"
#include "lib/put.h"

const char *
level_name(enum level level)
{
    static const char *const NAMES[] = {"province", "district", "commune", "all"};

    return NAMES[level];
}

const char *
unit_kind_name(enum unit_kind kind)
{
    static const char *const NAMES[] = {"province", "department", "district",
                                        "commune"};

    return NAMES[kind];
}

const char *
target_kind_name(enum target_kind kind)
{
    static const char *const NAMES[] = {
        [TARGET_STEPS] = "steps",         [TARGET_AT_LEAST] = "at_least",
        [TARGET_ABOVE] = "above",         [TARGET_AT_MOST] = "at_most",
        [TARGET_BELOW] = "below",         [TARGET_ALL] = "all",
        [TARGET_REDUCE_BY] = "reduce_by", [TARGET_RANK_AT_MOST] = "rank_at_most",
        [TARGET_RANK_GAIN] = "rank_gain", [TARGET_IMPROVE] = "improve",
        [TARGET_BY_DATE] = "by_date",     [TARGET_TIMES_PER_YEAR] = "times_per_year",
        [TARGET_INFO] = "info",
    };

    return NAMES[kind];
}

static const char *const hears[] = {
    [HEAR_MISSED] = "missed",     [HEAR_OVERDUE] = "overdue",
    [HEAR_BEHIND] = "behind",     [HEAR_FALLING] = "falling",
    [HEAR_REMINDER] = "reminder", [HEAR_HOLD] = "hold",
    [HEAR_PROGRESS] = "progress", [HEAR_COUNT] = "other",
};

const char *
hear_name(enum hear h)
{
    return hears[h];
}

enum hear
hear_of(const char *kind)
{
    int h = 0;

    while (h < HEAR_COUNT && (kind[0] != hears[h][0] || strcmp(kind, hears[h]) != 0)) {
        h++;
    }
    return (enum hear)h;
}

const char *
channel_name(enum channel c)
{
    static const char *const NAMES[] = {"mail", "web"};

    return NAMES[c];
}

static int
table_index(const struct table *t, const char *name, size_t bytes)
{
    union table_value v;

    return table_get(t, name, bytes, &v) ? (int)v.number : NONE;
}

int
catalogue_unit(const struct catalogue *c, const char *id)
{
    return table_index(c->index->units, id, strlen(id));
}

int
catalogue_group(const struct catalogue *c, const char *code)
{
    return table_index(c->index->groups, code, strlen(code));
}

int
catalogue_measure(const struct catalogue *c, const char *code)
{
    return table_index(c->index->measures, code, strlen(code));
}

int
catalogue_target(const struct catalogue *c, const char *id)
{
    int first = table_index(c->index->targets, id, strlen(id));

    return first == NONE || !c->targets[first].versions
               ? first
               : catalogue_target_at(c, id, CALENDAR_YEAR_MAX);
}

int
catalogue_leader(const struct catalogue *c, const char *id)
{
    return table_index(c->index->leaders, id, strlen(id));
}

bool
unit_valid_on(const struct unit *u, int32_t day)
{
    return u->from <= day && day <= u->to; /* DAY_NONE and DAY_OPEN lie at the ends */
}

bool
unit_under(const struct catalogue *c, int unit, int above)
{
    /* Province, district, commune: a chain has three links; a fourth is no tree. */
    for (int links = 0; unit != NONE && links <= LEVEL_COUNT; links++) {
        if (unit == above) {
            return true;
        }
        unit = c->units[unit].parent;
    }
    return false;
}

/* Days between a unit's validity and a day; 0 when valid then. */
static int64_t
days_away(const struct unit *u, int32_t day)
{
    if (day < u->from) {
        return (int64_t)u->from - day;
    }
    return day > u->to ? (int64_t)day - u->to : 0;
}

/* The holder that a full id names, also code@first-day of a code with one holder. */
static int
unit_by_id(const struct catalogue *c, const char *id)
{
    const char *at = strchr(id, '@');
    int unit = catalogue_unit(c, id);
    int32_t from;

    if (unit != NONE || at == NULL || day_parse(at + 1, &from) != ST_OK) {
        return unit;
    }
    unit = table_index(c->index->codes, id, (size_t)(at - id));
    while (unit != NONE && c->units[unit].from != from) {
        unit = c->index->next_holder[unit];
    }
    return unit;
}

enum status
catalogue_unit_at(const struct catalogue *c, const char *code, const struct window *w,
                  int *unit, int *other)
{
    int first = unit_by_id(c, code);
    int inside = 0; /* holders inside the window */

    *unit = first;
    *other = NONE;
    if (first != NONE) {
        return unit_valid_on(&c->units[first], w->last) ? ST_OK : ST_BAD;
    }
    first = table_index(c->index->codes, code, strlen(code));
    for (int i = first; i != NONE; i = c->index->next_holder[i]) {
        const struct unit *u = &c->units[i];

        if (u->from <= w->last && u->to >= w->first && ++inside > 1) {
            *other = *unit; /* the earlier one; holders come in order of time */
        }
        if (*unit == NONE ||
            days_away(u, w->last) < days_away(&c->units[*unit], w->last)) {
            *unit = i;
        }
    }
    if (*unit == NONE) {
        return ST_GONE;
    }
    if (inside > 1) {
        return ST_STALE;
    }
    return unit_valid_on(&c->units[*unit], w->last) ? ST_OK : ST_BAD;
}

int
group_measure_place(const struct group *g, int measure)
{
    for (size_t i = 0; i < g->measure_count; i++) {
        if (g->measures[i] == measure) {
            return (int)i;
        }
    }
    return NONE;
}

bool
target_counts(const struct catalogue *c, const struct target *t, const struct unit *u)
{
    const struct group *g = &c->groups[c->indicators[t->indicator].group];

    /* The province's own figure is not that of a body of its level: it counts only
     * where the group is reported by the province itself, which the bit says. */
    return (t->level == LEVEL_ALL || u->level == t->level) &&
           (g->reported_by & 1u << u->kind) != 0;
}

bool
target_concerns(const struct catalogue *c, const struct target *t, const struct unit *u)
{
    return t->subject == SUBJECT_EACH && target_counts(c, t, u);
}

static bool
exemption_clear(const struct target *t, const struct unit *u, bool simulated)
{
    switch (u->exempt) {
    case EXEMPT_NO:
        return true;
    case EXEMPT_ASSUMED_NO:
        return simulated || t->exempt_confirmed;
    case EXEMPT_YES:
    case EXEMPT_UNKNOWN:
        break;
    }
    return false;
}

bool
target_armed(const struct catalogue *c, const struct target *t, const struct unit *u,
             bool simulated)
{
    if (target_illustrative(c, t) || t->full_marks || t->kind == TARGET_INFO) {
        return false;
    }
    if (!t->by_exempt) {
        return true;
    }
    if (u != NULL) {
        return exemption_clear(t, u, simulated);
    }
    /* A whole is as sure as its least sure member; exempt ones are left out of it. */
    for (size_t i = 0; i < c->unit_count; i++) {
        if (target_counts(c, t, &c->units[i]) && c->units[i].exempt != EXEMPT_YES &&
            !exemption_clear(t, &c->units[i], simulated)) {
            return false;
        }
    }
    return true;
}

void
alert_code(const struct catalogue *c, const struct target *t, int year,
           const char *subject, char out[ALERT_CODE_BYTES])
{
    struct put p;

    put_begin(&p, out, ALERT_CODE_BYTES);
    put_text(&p, c->prefix);
    put_char(&p, '-');
    put_number(&p, year);
    put_char(&p, '-');
    put_text(&p, t->id);
    put_char(&p, '-');
    put_text(&p, subject);
    put_end(&p);
    MUST(!p.cut);
}

void
falling_code(const struct catalogue *c, const struct measure *m, int year,
             const char *subject, char out[ALERT_CODE_BYTES])
{
    int len = snprintf(out, ALERT_CODE_BYTES, "%s-%d-GIAM-%s-%s", c->prefix, year,
                       m->code, subject);

    MUST(len > 0 && len < ALERT_CODE_BYTES);
}

void
progress_code(const struct catalogue *c, const struct window *quarter,
              char out[ALERT_CODE_BYTES])
{
    int len = snprintf(out, ALERT_CODE_BYTES, "%s-%s-TD", c->prefix, quarter->code);

    MUST(len > 0 && len < ALERT_CODE_BYTES);
}
