/*
 * Figures: of one unit at a window's end, and of a whole as the sum of its units'.
 * Absent is not zero, not applicable is not absent; a missing window is never carried
 * forward as if it had been reported: the older figure is shown, and not complete.
 * Source: design.md section 4 (Group, Roll-ups).
 */
#include <string.h>

#include "lib/diag.h"
#include "lib/standing_private.h"
#include "lib/subject.h"

void
sight_init(struct sight *sight, const struct catalogue *c, const struct facts *f,
           int indicator, int year, const struct window *w)
{
    const struct indicator *ind = &c->indicators[indicator];
    const struct group *g = &c->groups[ind->group];
    int32_t year_last;
    size_t i;

    sight->catalogue = c;
    sight->facts = f;
    sight->indicator = ind;
    sight->group = g;
    sight->flow = c->measures[ind->numerator[0]].nature == NATURE_FLOW;
    for (i = 0; i < ind->numerator_count; i++) {
        sight->numerator[i] = group_measure_place(g, ind->numerator[i]);
        MUST(sight->numerator[i] != NONE);
    }
    for (i = 0; i < ind->denominator_count; i++) {
        sight->denominator[i] = group_measure_place(g, ind->denominator[i]);
        MUST(sight->denominator[i] != NONE);
    }
    sight->ranked = NONE;
    if (ind->is_value && ind->ranked != NONE) {
        sight->ranked = group_measure_place(g, ind->ranked);
    }
    sight->year = year;
    sight->year_first = 0;
    if (sight->flow) { /* nobody asks for that of a stock */
        year_bounds(year, g->rule, &sight->year_first, &year_last);
    }
    sight->window = w;
    sight->used = NULL;
}

/*
 * One side of a ratio. One measure that was not reported leaves the sum open; one that
 * does not apply adds nothing to the others: there is nothing of it to count.
 */
static enum figure_state
figures_sum(const struct fact *fact, const int *places, size_t count, int64_t *sum)
{
    enum figure_state state = FIGURE_NOT_APPLICABLE;
    size_t i;

    *sum = 0;
    for (i = 0; i < count; i++) {
        const struct figure *figure = &fact->figures[places[i]];

        if (figure->state == FIGURE_ABSENT) {
            return FIGURE_ABSENT;
        }
        if (figure->state == FIGURE_NUMBER) {
            state = FIGURE_NUMBER;
            *sum += figure->scaled;
        }
    }
    return state;
}

/* Nothing was there to count, and the indicator makes nothing of that. */
static bool
is_empty(const struct indicator *ind, const struct standing *st)
{
    return !ind->is_value && st->den == 0 && ind->empty == EMPTY_NOT_APPLICABLE;
}

enum figure_state
fact_read(const struct sight *sight, const struct fact *fact, int64_t *num,
          int64_t *den)
{
    const struct indicator *ind = sight->indicator;
    enum figure_state above;
    enum figure_state below;

    above = figures_sum(fact, sight->numerator, ind->numerator_count, num);
    if (ind->is_value) {
        *den = 1;
        return above;
    }
    below = figures_sum(fact, sight->denominator, ind->denominator_count, den);
    if (above == FIGURE_ABSENT || below == FIGURE_ABSENT) {
        return FIGURE_ABSENT;
    }
    return above == FIGURE_NOT_APPLICABLE ? above : below;
}

static int64_t
ranked_read(const struct sight *sight, const struct fact *fact)
{
    const struct figure *figure;
    int64_t one = 1;
    int i;

    if (sight->ranked == NONE) {
        return 0;
    }
    figure = &fact->figures[sight->ranked];
    if (figure->state != FIGURE_NUMBER) {
        return 0;
    }
    for (i = 0; i < sight->catalogue->measures[sight->indicator->ranked].decimals;
         i++) {
        one *= 10;
    }
    return figure->scaled / one;
}

bool
place_newer(uint64_t entry, uint32_t index, uint64_t than_entry, uint32_t than_index)
{
    return entry != than_entry ? entry > than_entry : index > than_index;
}

void
standing_add(const struct sight *sight, struct standing *out, const struct fact *fact,
             enum figure_state state, int64_t num, int64_t den)
{
    struct standing_used *used = sight->used;

    if (used != NULL && used->count < used->max) {
        used->facts[used->count++] = fact;
    }
    if (state == FIGURE_NUMBER) {
        out->has = true;
        out->num += num;
        out->den += den;
    } else {
        out->not_applicable = true;
    }
    if (place_newer(fact->entry, fact->index, out->entry, out->index)) {
        out->entry = fact->entry;
        out->index = fact->index;
        out->received_at_ms = fact->received_at_ms;
    }
}

/* The newest of the reports that end on the latest day; `count` > 0 of them at hand. */
static const struct fact *
fact_latest(const struct series *s, size_t count)
{
    const struct fact *latest = &s->facts[count - 1];
    size_t i;

    for (i = count - 1; i > 0; i--) {
        const struct fact *other = &s->facts[i - 1];

        if (other->window.last != latest->window.last) {
            break;
        }
        if (place_newer(other->entry, other->index, latest->entry, latest->index)) {
            latest = other;
        }
    }
    return latest;
}

static void
standing_state(const struct sight *sight, const struct series *s, struct standing *out)
{
    size_t count = series_until(s, sight->window->last);
    const struct fact *fact;
    enum figure_state state;
    int64_t num;
    int64_t den;

    if (count == 0) {
        return;
    }
    fact = fact_latest(s, count);
    if (fact->window.year != sight->year) {
        return;
    }
    out->complete = fact->window.last == sight->window->last;
    out->first = fact->window.first;
    out->last = fact->window.last;
    out->covered_to = fact->window.last;
    state = fact_read(sight, fact, &num, &den);
    if (state != FIGURE_ABSENT) {
        standing_add(sight, out, fact, state, num, den);
        out->ranked = ranked_read(sight, fact);
    }
}

void
standing_of(const struct sight *sight, int unit, struct standing *out)
{
    const struct indicator *ind = sight->indicator;
    const struct series *s = facts_series(sight->facts, unit, ind->group);

    memset(out, 0, sizeof *out);
    out->first = out->last = out->covered_to = DAY_NONE;
    out->units = 1;
    if (sight->flow) {
        standing_flow(sight, s, &sight->catalogue->units[unit], out);
    } else {
        standing_state(sight, s, out);
    }
    /* A window in which it did not apply adds nothing to a year in which it did. */
    out->not_applicable = out->has ? is_empty(ind, out) : out->not_applicable;
    out->covered = out->has && out->complete ? 1 : 0;
}

void
score_standing(const struct catalogue *c, const struct facts *f, int indicator,
               int unit, int year, const struct window *w, struct standing *out)
{
    struct sight sight;

    sight_init(&sight, c, f, indicator, year, w);
    standing_of(&sight, unit, out);
}

size_t
score_standing_facts(const struct catalogue *c, const struct facts *f, int indicator,
                     int unit, int year, const struct window *w,
                     const struct fact **out, size_t max)
{
    struct standing_used used = {out, 0, max};
    struct standing standing;
    struct sight sight;

    sight_init(&sight, c, f, indicator, year, w);
    sight.used = &used;
    standing_of(&sight, unit, &standing);
    return used.count;
}

void
sum_init(struct sum *sum)
{
    memset(sum, 0, sizeof *sum);
    sum->standing.first = sum->standing.last = sum->standing.covered_to = DAY_NONE;
}

bool
sum_leaves_out(const struct standing *one)
{
    return one->complete && !one->has && one->not_applicable;
}

void
sum_add(struct sum *sum, const struct standing *one)
{
    struct standing *whole = &sum->standing;

    if (sum_leaves_out(one)) {
        sum->inapplicable++;
        return;
    }
    whole->units++;
    if (one->covered == 0) {
        return;
    }
    whole->covered++;
    whole->num += one->num;
    whole->den += one->den;
    whole->ranked = one->ranked;
    if (whole->covered == 1 || one->first < whole->first) {
        whole->first = one->first;
    }
    if (place_newer(one->entry, one->index, whole->entry, whole->index)) {
        whole->entry = one->entry;
        whole->index = one->index;
        whole->received_at_ms = one->received_at_ms;
    }
}

/* Have as many reported as the programme asks for before a whole is judged? */
static bool
is_covered(const struct catalogue *c, const struct standing *whole)
{
    if (c->coverage == 0 || c->coverage == 100) {
        return whole->covered == whole->units;
    }
    return whole->covered > 0 && (uint64_t)whole->covered * 100 >=
                                     (uint64_t)whole->units * (unsigned)c->coverage;
}

static void
whole_sum(const struct catalogue *c, const struct facts *f, const struct target *t,
          struct subject_ref s, int year, const struct window *w, struct sum *sum)
{
    struct standing one;
    struct sight sight;
    size_t i;

    sight_init(&sight, c, f, t->indicator, year, w);
    sum_init(sum);
    for (i = 0; i < c->unit_count; i++) {
        if (unit_valid_on(&c->units[i], w->last) &&
            subject_has_member(c, t, s, (int)i)) {
            standing_of(&sight, (int)i, &one);
            sum_add(sum, &one);
        }
    }
}

void
score_whole(const struct catalogue *c, const struct facts *f, const struct target *t,
            struct subject_ref s, int year, const struct window *w,
            struct standing *out)
{
    const struct indicator *ind = &c->indicators[t->indicator];
    /* Ranks and points are not added: a whole of one unit has that unit's. */
    bool added = c->measures[ind->numerator[0]].nature != NATURE_VALUE;
    struct sum sum;

    if (!sums_read(c, f, t, s, year, w, &sum)) {
        whole_sum(c, f, t, s, year, w, &sum);
    }
    *out = sum.standing;
    out->has = added ? out->covered > 0 : out->covered == 1;
    out->den = ind->is_value && out->has ? 1 : out->den;
    out->complete = out->units > 0 ? is_covered(c, out) : sum.inapplicable > 0;
    out->not_applicable = out->has ? is_empty(ind, out) : sum.inapplicable > 0;
    out->not_applicable = out->not_applicable && out->complete;
    if (out->has) {
        out->last = w->last;
        out->covered_to = w->last;
    }
}
