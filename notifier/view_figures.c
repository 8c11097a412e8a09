/* What was reached, what was asked for, and what lies between, as texts. */
#include "notifier/filling.h"

static const char *
figure_of(const struct filling *f, struct ratio value, int64_t num, int64_t den)
{
    const struct view *w = f->w;

    filling_ratio(f, SLOT_value, value, w->decimals,
                  w->form == FORM_RANK ? CUT_UP : CUT_DOWN);
    if (w->form == FORM_RATIO) {
        filling_count(f, SLOT_num, num);
        filling_count(f, SLOT_den, den);
        return phrase_text(PHRASE_FIGURE_RATIO, f->v, f->a);
    }
    if (w->form == FORM_POINTS) {
        return phrase_text(PHRASE_FIGURE_POINTS, f->v, f->a);
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
    filling_text(
        f, SLOT_moved,
        phrase_template(down ? PHRASE_MOVED_DOWN : PHRASE_MOVED_UP, f->v->language));
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
    bool rank = w->form == FORM_RANK;
    struct ratio value;
    struct ratio against;
    struct ratio gap;

    if (w->value.den == 0 || w->against.den == 0) {
        return;
    }
    value = ratio_cut(w->value, w->decimals, rank ? CUT_UP : CUT_DOWN);
    against = ratio_cut(w->against, w->decimals, rank ? CUT_DOWN : CUT_UP);
    gap = rank ? ratio_sub(value, against) : ratio_sub(against, value);
    if (gap.num > 0 && rank) { /* places, as they are needed */
        filling_things(f, SLOT_gap, ratio_cut(gap, 0, CUT_UP).num);
    } else if (gap.num > 0) {
        filling_ratio(f, SLOT_gap, gap, w->decimals, CUT_UP);
    } else if (gap.num < 0) {
        filling_ratio(f, SLOT_over, without_sign(gap), w->decimals, CUT_DOWN);
    }
}

static void
fill_requirement(const struct filling *f)
{
    const struct view *w = f->w;
    const struct alert_event *e = w->event;
    enum phrase against = PHRASE_AGAINST_STEP;

    filling_ratio(f, SLOT_required, w->against, w->decimals, CUT_UP);
    filling_ratio_short(f, SLOT_step, e->step,
                        w->form == FORM_RANK ? CUT_DOWN : CUT_UP);
    if (e->step_before_year != 0) {
        filling_ratio_short(f, SLOT_before, e->step_before, CUT_UP);
        filling_number(f, SLOT_before_year, e->step_before_year);
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

    filling_text(f, SLOT_title, filling_either(f, t->title_vi, t->title_en));
    filling_text(f, SLOT_indicator,
                 filling_either(f, w->indicator->name_vi, w->indicator->name_en));
    filling_text(f, SLOT_things, filling_either(f, m->count_vi, m->count_en));
    filling_text(f, SLOT_section, t->section);
    filling_text(f, SLOT_document, filling_either(f, t->document_vi, t->document_en));
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
