/* Which figures, which window, which units: everything that is computed at reading. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/league.h"
#include "cli/nearest.h"
#include "lib/mem.h"
#include "lib/subject.h"

static int
nothing_named(const struct catalogue *c, const char *text)
{
    size_t count = 0;
    size_t room = c->indicator_count + c->target_count + c->measure_count;
    const char **names = mem_alloc((room + 1) * sizeof *names);
    const char *near;
    size_t i;

    for (i = 0; i < c->indicator_count; i++) {
        names[count++] = c->indicators[i].id;
    }
    for (i = 0; i < c->target_count; i++) {
        names[count++] = c->targets[i].id;
    }
    for (i = 0; i < c->measure_count; i++) {
        names[count++] = c->measures[i].code;
    }
    near = nearest_name(text, names, count);
    (void)fprintf(stderr,
                  words("Không có chỉ số, chỉ tiêu hay số đo “%s”",
                        "There is no indicator, target or measure “%s”"),
                  text);
    if (near != NULL) {
        (void)fprintf(stderr, words("; có phải là %s?", "; did you mean %s?"), near);
    }
    (void)fputs(words("\nChỉ số:", "\nIndicators:"), stderr);
    for (i = 0; i < c->indicator_count; i++) {
        (void)fprintf(stderr, " %s", c->indicators[i].id);
    }
    (void)fputs(words("\nSố đo (--measure):", "\nMeasures (--measure):"), stderr);
    for (i = 0; i < c->measure_count; i++) {
        (void)fprintf(stderr, " %s", c->measures[i].code);
    }
    (void)fputs("\n", stderr);
    mem_free(&names);
    return EXIT_DATA;
}

/* --- figures --- */

static struct league_figure *
figure_add(struct league *l, int indicator, const char *name, const char *title)
{
    struct league_figure *f = &l->figures[l->figure_count++];
    const struct indicator *ind = &l->catalogue.indicators[indicator];

    f->name = name;
    f->title = title;
    f->indicator = indicator;
    f->ratio = !ind->is_value;
    f->sums = l->catalogue.measures[ind->numerator[0]].nature != NATURE_VALUE;
    return f;
}

/* A single measure as an indicator of our own copy of the list. */
static int
measure_dress(struct league *l, int measure)
{
    struct catalogue *c = &l->catalogue;
    struct indicator *ind = &c->indicators[c->indicator_count];
    size_t g;

    for (g = 0; g < c->group_count; g++) {
        if (group_measure_place(&c->groups[g], measure) != NONE) {
            break;
        }
    }
    if (g == c->group_count) {
        return NONE;
    }
    *ind = (struct indicator){.id = c->measures[measure].code,
                              .name_vi = c->measures[measure].name_vi,
                              .name_en = c->measures[measure].name_en,
                              .group = (int)g,
                              .is_value = true,
                              .numerator = {measure},
                              .numerator_count = 1,
                              .ranked = NONE,
                              .better_up = true,
                              .legal_basis = ""};
    return (int)c->indicator_count++;
}

static int
measure_add(struct league *l, const struct league_ask *ask, const char *code)
{
    int measure = catalogue_measure(l->reading.catalogue, code);
    int indicator = NONE;

    if (measure == NONE) {
        return nothing_named(l->reading.catalogue, code);
    }
    if (l->figure_count < FIGURES_MAX) {
        indicator = measure_dress(l, measure);
    }
    if (indicator == NONE) {
        return options_usage(ask->command,
                             words("“%s”: quá nhiều số đo", "“%s”: too many measures"),
                             code);
    }
    (void)figure_add(l, indicator, l->catalogue.measures[measure].code,
                     words(l->catalogue.measures[measure].name_vi,
                           l->catalogue.measures[measure].name_en));
    return EXIT_DONE;
}

static int
figure_first(struct league *l, const struct league_ask *ask)
{
    const struct catalogue *c = l->reading.catalogue;
    int target = l->year == 0 ? catalogue_target(c, ask->what)
                              : catalogue_target_at(c, ask->what, l->year);
    int indicator = NONE;
    size_t i;

    if (ask->measure[0] != '\0') {
        return measure_add(l, ask, ask->measure);
    }
    for (i = 0; i < c->indicator_count; i++) {
        if (strcmp(c->indicators[i].id, ask->what) == 0) {
            indicator = (int)i;
        }
    }
    if (indicator == NONE && target != NONE) {
        l->target = &c->targets[target];
        indicator = l->target->indicator;
    }
    if (indicator == NONE) {
        return nothing_named(c, ask->what);
    }
    (void)figure_add(
        l, indicator, c->indicators[indicator].id,
        words(c->indicators[indicator].name_vi, c->indicators[indicator].name_en));
    return EXIT_DONE;
}

static int
figures_take(struct league *l, const struct league_ask *ask)
{
    char *list = mem_copy_text(ask->with);
    char *rest = NULL;
    char *code;
    int status = figure_first(l, ask);

    for (code = strtok_r(list, ", ", &rest); status == EXIT_DONE && code != NULL;
         code = strtok_r(NULL, ", ", &rest)) {
        status = measure_add(l, ask, code);
    }
    mem_free(&list);
    return status;
}

/* --- units --- */

static enum member_state
state_of(const struct league *l, const struct standing *st)
{
    if (st->covered != 1) {
        return st->complete && st->not_applicable ? MEMBER_NOT_APPLICABLE
                                                  : MEMBER_NO_FIGURE;
    }
    if (st->not_applicable) {
        return MEMBER_NOT_APPLICABLE; /* an empty denominator, of which nothing is made
                                       */
    }
    /* An empty one has no place, whatever it counts as. */
    return l->figures[0].ratio && (st->den < l->min || st->den == 0) ? MEMBER_SMALL
                                                                     : MEMBER_IN;
}

bool
league_asks(const struct league *l, const struct unit *u, int32_t day)
{
    const struct catalogue *c = &l->catalogue;
    const struct group *g = &c->groups[c->indicators[l->figures[0].indicator].group];

    return unit_valid_on(u, day) && (g->reported_by & (1u << u->kind)) != 0;
}

static bool
is_member(struct league *l, int unit)
{
    const struct unit *u = &l->catalogue.units[unit];

    if (!league_asks(l, u, l->window.last)) {
        return false;
    }
    if (l->target == NULL) {
        return true;
    }
    if ((l->target->level != LEVEL_ALL && u->level != l->target->level) ||
        (l->level != LEVEL_ALL && u->level != l->level)) {
        return false;
    }
    if (l->target->by_exempt && u->exempt == EXEMPT_YES) {
        l->exempt++;
        return false;
    }
    return true;
}

static void
members_take(struct league *l)
{
    const struct catalogue *c = &l->catalogue;
    size_t i;
    size_t k;

    l->members = mem_alloc((c->unit_count + 1) * sizeof *l->members);
    for (i = 0; i < c->unit_count; i++) {
        struct member *m = &l->members[l->member_count];

        if (!is_member(l, (int)i)) {
            continue;
        }
        m->unit = (int)i;
        for (k = 0; k < l->figure_count; k++) {
            score_standing(c, l->reading.facts, l->figures[k].indicator, (int)i,
                           l->year, &l->window, &m->standings[k]);
        }
        m->state = state_of(l, &m->standings[0]);
        l->member_count++;
    }
}

void
league_sum(const struct league *l, size_t figure, enum level level,
           struct league_sum *out)
{
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; i < l->member_count; i++) {
        const struct member *m = &l->members[i];
        const struct standing *st = &m->standings[figure];

        if (level != LEVEL_ALL && l->catalogue.units[m->unit].level != level) {
            continue;
        }
        if (st->complete && !st->has && st->not_applicable) {
            continue; /* it has said that this does not apply to it */
        }
        out->units++;
        if (st->covered == 1) {
            out->covered++;
            out->num += st->num;
            out->den += st->den;
        }
    }
}

static int
figures_and_window(struct league *l, const struct league_ask *ask)
{
    int code;

    l->year = league_year_asked(l, ask);
    code = figures_take(l, ask);
    return code == EXIT_DONE ? league_window(l, ask) : code;
}

int
league_fill(struct league *l, const struct league_ask *ask)
{
    const struct catalogue *c = l->reading.catalogue;
    const struct indicator *first;
    int code;

    l->catalogue = *c;
    l->catalogue.indicators =
        mem_alloc((c->indicator_count + FIGURES_MAX) * sizeof *c->indicators);
    memcpy(l->catalogue.indicators, c->indicators,
           c->indicator_count * sizeof *c->indicators);
    l->level = ask->level;
    l->today = reading_today(&l->reading);
    code = figures_and_window(l, ask);
    if (code != EXIT_DONE) {
        return code;
    }
    first = &l->catalogue.indicators[l->figures[0].indicator];
    l->min = ask->min >= 0 ? ask->min : first->min_denominator;
    /* Worst first; a count has no worse side, the largest is what one looks for. */
    l->smallest_first = ask->measure[0] != '\0' ? false : first->better_up;
    if (ask->reverse) {
        l->smallest_first = !l->smallest_first;
    }
    members_take(l);
    return EXIT_DONE;
}

void
league_fini(struct league *l)
{
    mem_free(&l->catalogue.indicators);
    mem_free(&l->members);
    stated_fini(&l->stated);
}

void
league_free(struct league *l)
{
    league_fini(l);
    reading_close(&l->reading);
}
