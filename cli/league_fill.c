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

/* --- the window --- */

static int
window_take(struct league *l, const struct league_ask *ask)
{
    const struct catalogue *c = &l->catalogue;
    int group = c->indicators[l->figures[0].indicator].group;
    char better[PERIOD_TEXT_BYTES];
    bool found = false;
    size_t u;
    size_t i;

    if (ask->period[0] != '\0') {
        if (window_parse(ask->period, c->groups[group].rule, &l->window, better) !=
            ST_OK) {
            return options_usage(ask->command,
                                 words("“%s” không phải mã kỳ báo cáo",
                                       "“%s” is not the code of a window"),
                                 ask->period);
        }
        l->year = ask->year != 0 ? ask->year : l->window.year;
        return EXIT_DONE;
    }
    for (u = 0; u < c->unit_count; u++) {
        const struct series *s = facts_series(l->reading.facts, (int)u, group);

        for (i = 0; i < s->count; i++) {
            const struct window *w = &s->facts[i].window;

            if ((ask->year == 0 || w->year == ask->year) &&
                (!found || w->last > l->window.last)) {
                l->window = *w;
                found = true;
            }
        }
    }
    l->year = l->window.year;
    if (!found) {
        (void)fprintf(stderr,
                      words("Chưa có báo cáo nào cho nhóm “%s”.\n",
                            "Nothing was reported for the group “%s”.\n"),
                      c->groups[group].code);
        return EXIT_DATA;
    }
    return EXIT_DONE;
}

/* --- units --- */

static enum member_state
state_of(const struct league *l, const struct standing *st)
{
    if (st->covered != 1) {
        return st->complete && st->not_applicable ? MEMBER_NOT_APPLICABLE
                                                  : MEMBER_NO_FIGURE;
    }
    if (st->not_applicable || (l->figures[0].ratio && st->den == 0)) {
        return MEMBER_NOT_APPLICABLE; /* an empty denominator */
    }
    /* An empty one has no place, whatever it counts as. */
    return l->figures[0].ratio && (st->den < l->min || st->den == 0) ? MEMBER_SMALL
                                                                     : MEMBER_IN;
}

static bool
is_member(struct league *l, int unit)
{
    const struct catalogue *c = &l->catalogue;
    const struct group *g = &c->groups[c->indicators[l->figures[0].indicator].group];
    const struct unit *u = &c->units[unit];

    if (!unit_valid_on(u, l->window.last) || (g->reported_by & (1u << u->kind)) == 0) {
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

/* The year asked for, so that the target's version of it is taken; 0: the newest. */
static int
year_asked(const struct league *l, const struct league_ask *ask)
{
    struct window w;

    if (ask->year != 0 || ask->period[0] == '\0') {
        return ask->year;
    }
    return window_parse(ask->period, l->catalogue.rule, &w, NULL) == ST_OK ? w.year : 0;
}

/* The newest window may be of a year that another version of the target speaks of, and
 * that may have another indicator. */
static int
version_take(struct league *l, const struct league_ask *ask)
{
    const struct catalogue *c = l->reading.catalogue;
    const struct target *t = l->target;
    const struct indicator *ind;

    if (t == NULL) {
        return EXIT_DONE;
    }
    l->target = &c->targets[catalogue_target_at(c, t->id, l->year)];
    if (l->target->indicator == t->indicator) {
        return EXIT_DONE;
    }
    ind = &c->indicators[l->target->indicator];
    l->figures[0].name = ind->id;
    l->figures[0].title = words(ind->name_vi, ind->name_en);
    l->figures[0].indicator = l->target->indicator;
    l->figures[0].ratio = !ind->is_value;
    l->figures[0].sums = c->measures[ind->numerator[0]].nature != NATURE_VALUE;
    return window_take(l, ask);
}

static int
figures_and_window(struct league *l, const struct league_ask *ask)
{
    struct league_ask of_year = *ask;
    int code;

    l->year = year_asked(l, ask);
    code = figures_take(l, ask);
    if (code == EXIT_DONE) {
        code = window_take(l, ask);
    }
    of_year.year = l->year;
    return code == EXIT_DONE ? version_take(l, &of_year) : code;
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
