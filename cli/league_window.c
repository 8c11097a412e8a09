/* Which window a league table speaks of, and which version of the target. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/league.h"
#include "lib/look.h"
#include "lib/subject.h"

static int
group_of(const struct league *l)
{
    return l->catalogue.indicators[l->figures[0].indicator].group;
}

/* As explain and progress choose it: the newest, but not one that one of the level has
 * reported early. */
static bool
window_of_target(struct league *l, int year)
{
    const struct catalogue *c = &l->catalogue;
    const struct target *t = l->target;
    enum level level = l->level == LEVEL_ALL ? t->level : l->level;
    const struct subject_ref subject = {NONE, level, level != t->level};
    struct look look;
    struct score score;

    look_begin(&look, c, l->reading.facts, t, subject, l->today);
    if (!look_newest_figure(&look, year != 0 ? year : c->history_from,
                            year != 0 ? year : c->years_to, &score)) {
        return false;
    }
    l->window = score.window;
    return true;
}

/* Without a target there is no level either: the newest of anybody who is asked. */
static bool
window_of_group(struct league *l, int year)
{
    const struct catalogue *c = &l->catalogue;
    int group = group_of(l);
    bool found = false;
    size_t u;
    size_t i;

    for (u = 0; u < c->unit_count; u++) {
        const struct series *s = facts_series(l->reading.facts, (int)u, group);

        for (i = 0; i < s->count; i++) {
            const struct window *w = &s->facts[i].window;

            if ((year == 0 || w->year == year) &&
                league_asks(l, &c->units[u], w->last) &&
                (!found || w->last > l->window.last)) {
                l->window = *w;
                found = true;
            }
        }
    }
    return found;
}

static int
window_take(struct league *l, const struct league_ask *ask, int year)
{
    const struct group *g = &l->catalogue.groups[group_of(l)];
    char better[PERIOD_TEXT_BYTES];

    if (ask->period[0] != '\0') {
        if (window_parse(ask->period, g->rule, &l->window, better) != ST_OK) {
            return options_usage(ask->command,
                                 words("“%s” không phải mã kỳ báo cáo",
                                       "“%s” is not the code of a window"),
                                 ask->period);
        }
        l->year = year != 0 ? year : l->window.year;
        return EXIT_DONE;
    }
    if (l->target != NULL ? !window_of_target(l, year) : !window_of_group(l, year)) {
        (void)fprintf(stderr,
                      words("Chưa có báo cáo nào cho nhóm “%s”.\n",
                            "Nothing was reported for the group “%s”.\n"),
                      g->code);
        return EXIT_DATA;
    }
    l->year = l->window.year;
    return EXIT_DONE;
}

int
league_year_asked(const struct league *l, const struct league_ask *ask)
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
    return window_take(l, ask, l->year);
}

int
league_window(struct league *l, const struct league_ask *ask)
{
    int code = window_take(l, ask, ask->year);

    return code == EXIT_DONE ? version_take(l, ask) : code;
}
