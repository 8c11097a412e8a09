/* What was reached, what was asked for, and what lies between, as texts. */
#include "notifier/filling.h"

static const char *
figure_of(const struct filling *f, struct ratio value, int64_t num, int64_t den)
{
    const struct view *w = f->w;

    filling_ratio(f, SLOT_value, value, w->decimals, w->lower ? CUT_UP : CUT_DOWN);
    if (w->form == FORM_RATIO) {
        filling_count(f, SLOT_num, num);
        filling_count(f, SLOT_den, den);
        return phrase_text(PHRASE_FIGURE_RATIO, f->v, f->a);
    }
    if (w->form == FORM_VALUE) {
        return phrase_text(PHRASE_FIGURE_VALUE, f->v, f->a);
    }
    filling_count(f, SLOT_rank, num);
    return phrase_text(f->v->text[SLOT_ranked] == NULL ? PHRASE_FIGURE_RANK
                                                       : PHRASE_FIGURE_RANK_COMPUTED,
                       f->v, f->a);
}

static struct ratio
without_sign(struct ratio r)
{
    return ratio_of(r.num < 0 ? -r.num : r.num, r.den);
}

static void
fill_rank(const struct filling *f)
{
    const struct view *w = f->w;
    const struct alert_event *e = w->event;
    bool down = w->value.num < 0;

    if (e->ranked > 0) {
        filling_count(f, SLOT_ranked, e->ranked);
        filling_count(f, SLOT_pool, e->pool);
        if (w->rank_to > 0) {
            filling_count(f, SLOT_rank_to, w->rank_to);
        }
    }
    if (w->form != FORM_GAIN || w->value.den == 0) {
        return;
    }
    filling_count(f, SLOT_base, w->target->baseline_value);
    filling_number(f, SLOT_base_year, w->target->baseline_year);
    filling_borrow(f, SLOT_moved,
                   phrase_text(down ? PHRASE_MOVED_DOWN : PHRASE_MOVED_UP, f->v, f->a));
    /* A loss is worse the larger it is. */
    filling_ratio(f, SLOT_gain, without_sign(w->value), w->decimals,
                  down ? CUT_UP : CUT_DOWN);
    if (w->value_to.den != 0 && (w->value_to.num < 0) == down) {
        filling_ratio(f, SLOT_gain_to, without_sign(w->value_to), w->decimals,
                      down ? CUT_UP : CUT_DOWN);
    }
}

/* Of the two as they are printed, so that the reader's subtraction comes out. */
static void
fill_gap(const struct filling *f)
{
    const struct view *w = f->w;
    bool counted = w->form == FORM_RANK || (w->form == FORM_VALUE && w->decimals == 0);
    bool lower = w->lower;
    struct ratio value;
    struct ratio against;
    struct ratio gap;

    if (w->value.den == 0 || w->against.den == 0) {
        return;
    }
    value = ratio_cut(w->value, w->decimals, lower ? CUT_UP : CUT_DOWN);
    against = ratio_cut(w->against, w->decimals, lower ? CUT_DOWN : CUT_UP);
    if (target_strict(w->target) && ratio_compare(w->value, w->against) == 0) {
        return; /* equal, which is not enough: there is no gap to name */
    }
    gap = lower ? ratio_sub(value, against) : ratio_sub(against, value);
    if (gap.num > 0 && counted) { /* places, as they are needed */
        filling_things(f, SLOT_gap, ratio_cut(gap, 0, CUT_UP).num);
    } else if (gap.num > 0) {
        filling_ratio(f, SLOT_gap, gap, w->decimals, CUT_UP);
    } else if (gap.num < 0) {
        filling_ratio(f, SLOT_over, without_sign(gap), w->decimals, CUT_DOWN);
    }
}

static enum phrase
limit_of(const struct view *w)
{
    switch (w->target->kind) {
    case TARGET_ABOVE:
        return PHRASE_LIMIT_ABOVE;
    case TARGET_AT_MOST:
    case TARGET_REDUCE_BY:
        return PHRASE_LIMIT_AT_MOST;
    case TARGET_BELOW:
        return PHRASE_LIMIT_BELOW;
    case TARGET_IMPROVE:
        return w->form == FORM_RANK ? PHRASE_LIMIT_BETTER
               : w->lower           ? PHRASE_LIMIT_LOWER
                                    : PHRASE_LIMIT_HIGHER;
    default:
        break;
    }
    return PHRASE_LIMIT_AT_LEAST;
}

/* The level in words, and what was there before, as it was printed then. */
static void
fill_limit(const struct filling *f)
{
    const struct view *w = f->w;
    const struct alert_event *e = w->event;
    bool share = w->form == FORM_RATIO;
    /* Against the unit's comfort, unless it is the very figure of now. */
    bool equal = w->value.den != 0 && e->step_before.den != 0 &&
                 ratio_compare(w->value, e->step_before) == 0;

    f->v->text[SLOT_unit] =
        phrase_text(share ? PHRASE_UNIT_PERCENT : PHRASE_UNIT_THINGS, f->v, f->a);
    f->v->text[SLOT_gap_unit] =
        phrase_text(share ? PHRASE_UNIT_POINTS : PHRASE_UNIT_THINGS, f->v, f->a);
    if (w->style == STYLE_REDUCE) { /* 280,8 units are 280 */
        filling_ratio(f, SLOT_step, e->step, w->decimals, CUT_DOWN);
        filling_ratio_short(f, SLOT_percent, w->target->threshold, CUT_UP);
    }
    if (e->step_before.den != 0) {
        filling_ratio(f, SLOT_before, e->step_before, w->decimals,
                      w->lower == equal ? CUT_UP : CUT_DOWN);
    }
    f->v->text[SLOT_limit] = phrase_text(limit_of(w), f->v, f->a);
}

static void
fill_requirement(const struct filling *f)
{
    const struct view *w = f->w;
    const struct alert_event *e = w->event;
    enum phrase against = PHRASE_AGAINST_STEP;

    filling_ratio(f, SLOT_required, w->against, w->decimals,
                  w->lower ? CUT_DOWN : CUT_UP);
    filling_ratio_short(f, SLOT_step, e->step, w->lower ? CUT_DOWN : CUT_UP);
    if (e->step_before_year != 0) {
        filling_ratio_short(f, SLOT_before, e->step_before, CUT_UP);
        filling_number(f, SLOT_before_year, e->step_before_year);
    }
    if (w->style != STYLE_USUAL && w->style != STYLE_OVER) {
        fill_limit(f);
    }
    if (w->target->due != DAY_NONE) {
        filling_day(f, SLOT_due, w->target->due);
    }
    if (w->target->full_marks) {
        against = PHRASE_AGAINST_FULL_MARKS;
    } else if (w->reference) {
        against = PHRASE_AGAINST_REFERENCE;
    } else if (w->target->pace == PACE_DUE) {
        against = PHRASE_AGAINST_DUE;
    }
    f->v->text[SLOT_against] = phrase_text(against, f->v, f->a);
    filling_things(f, SLOT_need_now, e->need_now);
    filling_things(f, SLOT_need_year, e->need_year);
}

void
filling_target(const struct filling *f)
{
    const struct view *w = f->w;
    const struct target *t = w->target;
    const struct measure *m = &w->catalogue->measures[w->indicator->numerator[0]];
    const struct alert_event *e = w->event;

    filling_borrow(f, SLOT_title, filling_either(f, t->title_vi, t->title_en));
    filling_borrow(f, SLOT_indicator,
                   filling_either(f, w->indicator->name_vi, w->indicator->name_en));
    filling_borrow(f, SLOT_things, filling_either(f, m->count_vi, m->count_en));
    filling_borrow(f, SLOT_section, t->section);
    filling_borrow(f, SLOT_document, filling_either(f, t->document_vi, t->document_en));
    if (t->pace == PACE_DUE) { /* not the span's last year */
        filling_number(f, SLOT_year, day_year(t->due));
    }
    if (w->old_value.den != 0) { /* before the rank's range, which is the new one's */
        f->v->text[SLOT_old_figure] =
            figure_of(f, w->old_value, e->old_numerator, e->old_denominator);
    }
    if (w->form == FORM_RANK || w->form == FORM_GAIN) {
        fill_rank(f);
    }
    if (w->value.den != 0) {
        f->v->text[SLOT_figure] = figure_of(f, w->value, e->numerator, e->denominator);
    }
    fill_gap(f);
    fill_requirement(f);
}

/* Both counts, as they are; places of decimals are those of the measure. */
void
filling_falling(const struct filling *f)
{
    const struct measure *m = f->w->measure;
    const struct alert_event *e = f->w->event;
    int64_t one = 1;
    int i;

    for (i = 0; i < m->decimals; i++) {
        one *= 10;
    }
    filling_borrow(f, SLOT_title, filling_either(f, m->name_vi, m->name_en));
    filling_borrow(f, SLOT_things, filling_either(f, m->count_vi, m->count_en));
    filling_ratio(f, SLOT_value, ratio_of(e->old_numerator, one), m->decimals,
                  CUT_DOWN);
    f->v->text[SLOT_old_figure] = phrase_text(PHRASE_FIGURE_VALUE, f->v, f->a);
    filling_ratio(f, SLOT_value, ratio_of(e->numerator, one), m->decimals, CUT_DOWN);
    f->v->text[SLOT_figure] = phrase_text(PHRASE_FIGURE_VALUE, f->v, f->a);
    if (e->old_denominator == 0 || e->numerator >= e->old_numerator) {
        return;
    }
    if (m->decimals == 0) {
        filling_things(f, SLOT_gap, e->old_numerator - e->numerator);
    } else {
        filling_ratio(f, SLOT_gap, ratio_of(e->old_numerator - e->numerator, one),
                      m->decimals, CUT_UP);
    }
}
