#include "notifier/view.h"

#include <string.h>

#include "lib/calendar.h"
#include "lib/score.h"

#define PERCENT_DECIMALS 2

static const struct ratio no_value = {0, 0};

bool
view_level_parse(const char *subject, enum level *level)
{
    static const char prefix[] = "level-";
    int i;

    if (strncmp(subject, prefix, sizeof prefix - 1) == 0) {
        subject += sizeof prefix - 1;
    }
    for (i = LEVEL_PROVINCE; i <= LEVEL_ALL; i++) {
        if (strcmp(subject, level_name((enum level)i)) == 0) {
            *level = (enum level)i;
            return true;
        }
    }
    return false;
}

static void
view_subject(struct view *w)
{
    int unit;

    if (view_level_parse(w->event->subject, &w->level)) {
        w->whole = true;
        return;
    }
    unit = catalogue_unit(w->catalogue, w->event->subject);
    if (unit != NONE) {
        w->unit = &w->catalogue->units[unit];
        w->level = w->unit->level;
    }
    /* A ratio of the province is the sum over its units; an index is its own. */
    w->whole = w->target != NULL && w->target->subject == SUBJECT_PROVINCE &&
               !w->indicator->is_value;
    if (w->whole) {
        w->level = w->target->level;
    }
}

static enum form
form_of(const struct view *w)
{
    if (!w->indicator->is_value) {
        return FORM_RATIO;
    }
    if (w->target->kind == TARGET_RANK_GAIN) {
        return FORM_GAIN;
    }
    return w->catalogue->measures[w->indicator->numerator[0]].pool > 0 ? FORM_RANK
                                                                       : FORM_VALUE;
}

static enum style
style_of(const struct view *w)
{
    switch (w->target->kind) {
    case TARGET_ABOVE:
    case TARGET_AT_MOST:
    case TARGET_BELOW:
        return STYLE_BOUND;
    case TARGET_REDUCE_BY:
        return STYLE_REDUCE;
    case TARGET_IMPROVE:
        return STYLE_IMPROVE;
    case TARGET_TIMES_PER_YEAR:
        return STYLE_TIMES;
    case TARGET_BY_DATE:
        return w->form == FORM_VALUE ? STYLE_DATE : STYLE_USUAL;
    case TARGET_STEPS:
        return w->lower ? STYLE_OVER : STYLE_USUAL;
    case TARGET_AT_LEAST:
    case TARGET_ALL:
    case TARGET_RANK_AT_MOST:
    case TARGET_RANK_GAIN:
    case TARGET_INFO:
        break;
    }
    return w->form == FORM_VALUE ? STYLE_BOUND : STYLE_USUAL;
}

static int64_t
scale(int decimals)
{
    int64_t one = 1;

    while (decimals-- > 0) {
        one *= 10;
    }
    return one;
}

/* As lib/score reckons it: 49th in 2023 after 60th in 2020 is 11/3 places a year. */
static struct ratio
value_of(const struct view *w, int64_t numerator, int64_t denominator, int year)
{
    const struct measure *m = &w->catalogue->measures[w->indicator->numerator[0]];

    if (w->form == FORM_RATIO) {
        return denominator > 0 ? ratio_percent(numerator, denominator) : no_value;
    }
    if (denominator == 0) {
        return no_value;
    }
    if (w->form != FORM_GAIN) {
        return ratio_of(numerator, scale(m->decimals));
    }
    if (year <= w->target->baseline_year) {
        return no_value;
    }
    return ratio_of(w->target->baseline_value * scale(m->decimals) - numerator,
                    scale(m->decimals) * (year - w->target->baseline_year));
}

static void
view_figures(struct view *w)
{
    const struct alert_event *e = w->event;
    const struct measure *m = &w->catalogue->measures[w->indicator->numerator[0]];
    int year = w->has_window ? w->window.year : e->year;

    w->form = form_of(w);
    w->lower = target_lower(w->catalogue, w->target);
    w->style = style_of(w);
    w->decimals =
        w->form == FORM_RATIO || w->form == FORM_GAIN ? PERCENT_DECIMALS : m->decimals;
    w->value = value_of(w, e->numerator, e->denominator, year);
    w->value_to = no_value;
    if (w->form == FORM_GAIN || w->form == FORM_RANK) {
        if (e->ranked > 0 && e->ranked < e->pool) {
            w->rank_to = e->numerator / scale(m->decimals) + e->pool - e->ranked;
            w->value_to = value_of(w, w->rank_to * scale(m->decimals), 1, year);
        }
    }
    w->old_value = no_value;
    if (w->form == FORM_RATIO && e->old_denominator > 0) {
        w->old_value = ratio_percent(e->old_numerator, e->old_denominator);
    } else if (w->form != FORM_RATIO && e->old_denominator > 0) {
        w->old_value =
            ratio_of(e->old_numerator, scale(m->decimals)); /* rank, points */
    }
}

static bool
worse(const struct view *w, struct ratio value, struct ratio than)
{
    return value.den != 0 && than.den != 0 &&
           score_is_short(w->catalogue, w->target, value, than);
}

/* Has the promise of the year been kept, so that nothing more is due? */
static bool
reached_of(const struct view *w)
{
    const struct indicator *ind = w->indicator;
    enum nature nature = w->catalogue->measures[ind->numerator[0]].nature;
    int32_t first;
    int32_t last;

    if (w->value.den == 0 || w->event->step.den == 0 ||
        worse(w, w->value, w->event->step)) {
        return false;
    }
    if (w->form == FORM_GAIN) {
        return w->has_window && w->window.year == w->event->year;
    }
    year_bounds(w->event->year, w->catalogue->rule, &first, &last);
    return (nature == NATURE_STOCK && !w->lower && w->style != STYLE_IMPROVE) ||
           w->style == STYLE_TIMES || w->target->pace == PACE_DUE ||
           (w->has_window && w->window.last == last);
}

static void
view_measure(struct view *w)
{
    const char *code = w->event->measure;
    int measure = code == NULL ? NONE : catalogue_measure(w->catalogue, code);

    if (measure != NONE) {
        w->measure = &w->catalogue->measures[measure];
    }
}

void
view_make(struct view *w, const struct catalogue *c, const struct alert_event *e,
          const struct leader *leader, bool simulated)
{
    int target = catalogue_target_at(c, e->target, (int)e->year);
    int group = e->group == NULL ? NONE : catalogue_group(c, e->group);
    enum calendar_rule rule = group == NONE ? c->rule : c->groups[group].rule;

    memset(w, 0, sizeof *w);
    w->catalogue = c;
    w->event = e;
    if (view_falling(w)) { /* it names the group that it is reported in, too */
        target = NONE;
        group = NONE;
        view_measure(w);
    }
    w->rule = rule;
    w->leader = leader;
    w->simulated = simulated || e->simulated || c->simulated;
    w->has_window = window_parse(e->window, rule, &w->window, NULL) == ST_OK;
    w->group = group == NONE ? NULL : &c->groups[group];
    if (target != NONE) {
        w->target = &c->targets[target];
        w->indicator = &c->indicators[w->target->indicator];
    }
    view_subject(w);
    if (w->target == NULL) {
        return;
    }
    view_figures(w);
    w->against = e->required.den != 0 ? e->required : e->step;
    w->reference = w->form == FORM_RATIO && e->required.den != 0 && e->step.den != 0 &&
                   ratio_compare(e->required, e->step) != 0;
    w->is_short = worse(w, w->value, w->against);
    w->reached = reached_of(w);
}

bool
event_missing(const struct alert_event *e)
{
    return strcmp(e->kind, "falling") != 0 && e->group != NULL && e->group[0] != '\0';
}

bool
view_missing(const struct view *w)
{
    return event_missing(w->event);
}

bool
view_falling(const struct view *w)
{
    return strcmp(w->event->kind, "falling") == 0;
}
