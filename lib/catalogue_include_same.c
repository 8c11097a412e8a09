/*
 * Is a thing of an included programme the one that is here under the same code? All of
 * it decides, the legal basis and the names too: one popular name has several official
 * definitions, and a name that only one of the two has would be lost.
 */
#include <string.h>

#include "lib/catalogue_include.h"

static const char *
code_of(const struct catalogue *c, int measure)
{
    return measure == NONE ? "" : c->measures[measure].code;
}

const char *
include_measure_differs(const struct merge *m, const struct measure *a,
                        const struct measure *b)
{
    const struct {
        const char *key;
        bool same;
    } keys[] = {
        {"nature", a->nature == b->nature},
        {"decimals", a->decimals == b->decimals},
        {"pool", a->pool == b->pool},
        {"never_falls", a->never_falls == b->never_falls},
        {"part_of",
         strcmp(code_of(m->from, a->part_of), code_of(m->l->c, b->part_of)) == 0},
        {"name_vi", strcmp(a->name_vi, b->name_vi) == 0},
        {"name_en", strcmp(a->name_en, b->name_en) == 0},
        {"count_vi", strcmp(a->count_vi, b->count_vi) == 0},
        {"count_en", strcmp(a->count_en, b->count_en) == 0},
    };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (!keys[i].same) {
            return keys[i].key;
        }
    }
    return NULL;
}

static bool
group_measures_same(const struct merge *m, const struct group *a, const struct group *b)
{
    bool same = a->measure_count == b->measure_count;

    for (size_t i = 0; same && i < a->measure_count; i++) {
        same = strcmp(code_of(m->from, a->measures[i]),
                      code_of(m->l->c, b->measures[i])) == 0;
    }
    return same;
}

const char *
include_group_differs(const struct merge *m, const struct group *a,
                      const struct group *b)
{
    const struct {
        const char *key;
        bool same;
    } keys[] = {
        {"measures", group_measures_same(m, a, b)},
        {"reported_by", a->reported_by == b->reported_by},
        {"calendar", a->rule == b->rule},
        {"cadence", a->cadence == b->cadence},
        {"due", a->due.working_days == b->due.working_days &&
                    a->due.next_year_month == b->due.next_year_month &&
                    a->due.next_year_mday == b->due.next_year_mday},
        {"cumulative", a->cumulative == b->cumulative},
        {"source", strcmp(a->source, b->source) == 0},
        {"name_vi", strcmp(a->name_vi, b->name_vi) == 0},
        {"name_en", strcmp(a->name_en, b->name_en) == 0},
    };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (!keys[i].same) {
            return keys[i].key;
        }
    }
    return NULL;
}

static bool
sum_same(const struct merge *m, const int *a, size_t a_count, const int *b,
         size_t b_count)
{
    bool same = a_count == b_count;

    for (size_t i = 0; same && i < a_count; i++) {
        same = strcmp(code_of(m->from, a[i]), code_of(m->l->c, b[i])) == 0;
    }
    return same;
}

const char *
include_indicator_differs(const struct merge *m, const struct indicator *a,
                          const struct indicator *b)
{
    bool numerator =
        sum_same(m, a->numerator, a->numerator_count, b->numerator, b->numerator_count);
    const struct {
        const char *key;
        bool same;
    } keys[] = {
        {"value", a->is_value == b->is_value && (numerator || !a->is_value)},
        {"numerator", numerator},
        {"denominator", sum_same(m, a->denominator, a->denominator_count,
                                 b->denominator, b->denominator_count)},
        {"ranked",
         strcmp(code_of(m->from, a->ranked), code_of(m->l->c, b->ranked)) == 0},
        {"better", a->better_up == b->better_up},
        {"min_denominator", a->min_denominator == b->min_denominator},
        {"empty", a->empty == b->empty},
        {"legal_basis", strcmp(a->legal_basis, b->legal_basis) == 0},
        {"name_vi", strcmp(a->name_vi, b->name_vi) == 0},
        {"name_en", strcmp(a->name_en, b->name_en) == 0},
    };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (!keys[i].same) {
            return keys[i].key;
        }
    }
    return NULL;
}
