/*
 * What a target says of itself: its years, its versions, which side is the good one.
 */
#include <string.h>

#include "lib/catalogue.h"

int
target_year_first(const struct catalogue *c, const struct target *t)
{
    return t->years_from != 0 ? t->years_from : c->years_from;
}

int
target_year_last(const struct catalogue *c, const struct target *t)
{
    int last = t->years_to != 0 ? t->years_to : c->years_to;

    /* A date after the years is still waited for; 20/12/2025 is of the statutory 2026.
     */
    if (t->pace == PACE_DUE && t->due != DAY_NONE && !t->superseded &&
        day_rule_year(t->due, c->rule) > last) {
        last = day_rule_year(t->due, c->rule);
    }
    return last;
}

bool
target_governs(const struct catalogue *c, const struct target *t, int year)
{
    if (!t->versions) {
        return true;
    }
    return (!t->later || year >= target_year_first(c, t)) &&
           (!t->superseded || year <= t->years_to);
}

/* A search, not a table: few programmes have a second version of anything. */
int
catalogue_target_at(const struct catalogue *c, const char *id, int year)
{
    int found = NONE;

    for (size_t i = 0; i < c->target_count; i++) {
        if (strcmp(c->targets[i].id, id) == 0) {
            if (found == NONE || target_governs(c, &c->targets[i], year)) {
                found = (int)i;
            }
        }
    }
    return found;
}

bool
target_lower(const struct catalogue *c, const struct target *t)
{
    switch (t->kind) {
    case TARGET_AT_MOST:
    case TARGET_BELOW:
    case TARGET_REDUCE_BY:
    case TARGET_RANK_AT_MOST:
        return true;
    case TARGET_STEPS:
    case TARGET_IMPROVE:
        return !c->indicators[t->indicator].better_up;
    case TARGET_INFO: /* judged by nobody, and cut toward its worse side */
        return t->indicator != NONE && !c->indicators[t->indicator].better_up;
    case TARGET_AT_LEAST:
    case TARGET_ABOVE:
    case TARGET_ALL:
    case TARGET_RANK_GAIN: /* the figure judged is the gain */
    case TARGET_BY_DATE:
    case TARGET_TIMES_PER_YEAR:
        break;
    }
    return false;
}

bool
target_illustrative(const struct catalogue *c, const struct target *t)
{
    return c->illustrative || t->illustrative;
}

bool
target_strict(const struct target *t)
{
    return t->kind == TARGET_ABOVE || t->kind == TARGET_BELOW ||
           t->kind == TARGET_IMPROVE;
}

struct ratio
target_step(const struct catalogue *c, const struct target *t, int year)
{
    if (t->kind == TARGET_INFO || t->kind == TARGET_REDUCE_BY ||
        t->kind == TARGET_IMPROVE || year < target_year_first(c, t) ||
        year > target_year_last(c, t)) {
        return ratio_of(0, 0);
    }
    if (t->kind == TARGET_ALL) {
        return ratio_of(100, 1);
    }
    return t->kind == TARGET_STEPS ? t->steps[year - c->years_from] : t->threshold;
}

struct ratio
target_step_before(const struct catalogue *c, const struct target *t, int year)
{
    int before = NONE;

    if (t->step_before.den != 0 && year == target_year_first(c, t)) {
        return t->step_before;
    }
    if (year - 1 == t->baseline_year && year - 1 < c->years_from) {
        return ratio_of(t->baseline_value, 1);
    }
    if (t->later && year - 1 < t->years_from) {
        before = catalogue_target_at(c, t->id, year - 1);
    }
    if (before != NONE && c->targets[before].kind == TARGET_STEPS) {
        return target_step(c, &c->targets[before], year - 1);
    }
    return target_step(c, t, year - 1);
}
