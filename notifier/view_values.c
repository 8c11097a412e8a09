/* The values of an event as texts of one language. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "notifier/view.h"

#define TEXT_BYTES 128

struct filling {
    const struct view *w;
    struct arena *a;
    struct values *v;
    bool vi;
};

static const char *
kept(const struct filling *f, const char *text)
{
    const char *copy = arena_text(f->a, text);

    return copy == NULL ? "" : copy;
}

static void
set(const struct filling *f, enum slot slot, const char *text)
{
    f->v->text[slot] = kept(f, text);
}

static const char *
either(const struct filling *f, const char *vi, const char *en)
{
    const char *text = f->vi ? vi : en;

    return text == NULL ? "" : text;
}

static void
set_number(const struct filling *f, enum slot slot, int64_t n)
{
    char text[TEXT_BYTES];

    (void)snprintf(text, sizeof text, "%" PRId64, n);
    set(f, slot, text);
}

/* 30/9/2023, 30 September 2023 */
static const char *const months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

static void
set_day(const struct filling *f, enum slot slot, int32_t day)
{
    char text[TEXT_BYTES];
    int year;
    int month;
    int mday;

    if (f->vi) {
        day_text_vi(day, text);
    } else {
        day_to_civil(day, &year, &month, &mday);
        (void)snprintf(text, sizeof text, "%d %s %d", mday, months[month - 1], year);
    }
    set(f, slot, text);
}

static void
set_ratio(const struct filling *f, enum slot slot, struct ratio r, int decimals,
          enum cut cut)
{
    char text[RATIO_TEXT_BYTES] = "";

    if (r.den != 0) {
        ratio_text(r, decimals, cut, f->vi, text);
    }
    set(f, slot, text);
}

static void
set_ratio_short(const struct filling *f, enum slot slot, struct ratio r, enum cut cut)
{
    char text[RATIO_TEXT_BYTES] = "";

    if (r.den != 0) {
        ratio_text_short(r, 2, cut, f->vi, text);
    }
    set(f, slot, text);
}

static void
set_count(const struct filling *f, enum slot slot, int64_t n)
{
    char text[RATIO_TEXT_BYTES];

    count_text(n, f->vi, text);
    set(f, slot, text);
}

/* Official Vietnamese writes small counts of things with two digits: 05. */
static void
set_things(const struct filling *f, enum slot slot, int64_t n)
{
    char text[TEXT_BYTES];

    if (f->vi && n > 0 && n < 10) {
        (void)snprintf(text, sizeof text, "0%" PRId64, n);
        set(f, slot, text);
    } else if (n > 0) {
        set_count(f, slot, n);
    }
}

static const char *
level_text(const struct filling *f, enum level level)
{
    static const enum phrase phrases[] = {PHRASE_LEVEL_PROVINCE, PHRASE_LEVEL_DISTRICT,
                                          PHRASE_LEVEL_COMMUNE, PHRASE_LEVEL_ALL};

    return phrase_template(phrases[level], f->v->language);
}

/* ---- the window ---- */

static const char *
period_text(const struct filling *f, const struct window *window)
{
    static const char *const roman[] = {"", "I", "II", "III", "IV"};
    char part[TEXT_BYTES];
    enum phrase p = PHRASE_PERIOD_YEAR;

    (void)snprintf(part, sizeof part, "%d", window->part);
    set_number(f, SLOT_window_year, window->year);
    set_day(f, SLOT_day, window->last);
    set(f, SLOT_part, part);
    switch (window->kind) {
    case PERIOD_MONTH:
        p = PHRASE_PERIOD_MONTH;
        if (!f->vi) {
            set(f, SLOT_part, months[window->part - 1]);
        }
        break;
    case PERIOD_QUARTER:
        p = PHRASE_PERIOD_QUARTER;
        if (f->vi) {
            set(f, SLOT_part, roman[window->part]);
        }
        break;
    case PERIOD_HALF:
        p = window->part == 1 ? PHRASE_PERIOD_FIRST_HALF : PHRASE_PERIOD_SECOND_HALF;
        break;
    case PERIOD_NINE:
        p = PHRASE_PERIOD_NINE;
        break;
    case PERIOD_YEAR:
        break;
    case PERIOD_DAY:
        p = PHRASE_PERIOD_DAY;
        break;
    case PERIOD_CUMULATIVE:
        p = PHRASE_PERIOD_CUMULATIVE;
        break;
    }
    return phrase_text(p, f->v, f->a);
}

static void
fill_streak(const struct filling *f)
{
    static const char *const vi[] = {"hai", "ba",  "tư",   "năm", "sáu",
                                     "bảy", "tám", "chín", "mười"};
    static const char *const en[] = {"second",  "third",  "fourth", "fifth", "sixth",
                                     "seventh", "eighth", "ninth",  "tenth"};
    const struct alert_event *e = f->w->event;
    enum phrase span = PHRASE_SPAN_OTHER;
    char text[TEXT_BYTES];

    if (e->windows < 2 || strcmp(e->kind, "behind") != 0 || !f->w->has_window) {
        return;
    }
    if (f->w->window.kind == PERIOD_MONTH) {
        span = PHRASE_SPAN_MONTH;
    } else if (f->w->window.kind == PERIOD_QUARTER) {
        span = PHRASE_SPAN_QUARTER;
    } else if (f->w->window.kind == PERIOD_YEAR) {
        span = PHRASE_SPAN_YEAR;
    }
    (void)snprintf(text, sizeof text, f->vi ? "%" PRIu32 : "%" PRIu32 "th", e->windows);
    set(f, SLOT_nth, e->windows > 10 ? text : (f->vi ? vi : en)[e->windows - 2]);
    set(f, SLOT_span, phrase_template(span, f->v->language));
}

static void
fill_window(const struct filling *f)
{
    const struct alert_event *e = f->w->event;
    struct window old;

    set(f, SLOT_old_period, e->old_window == NULL ? "" : e->old_window);
    if (e->old_window != NULL && e->old_window[0] != '\0' &&
        window_parse(e->old_window, f->w->catalogue->rule, &old, NULL) == ST_OK) {
        f->v->text[SLOT_old_period] = period_text(f, &old);
    }
    /* The present one last: it leaves its own day and year behind. */
    if (f->w->has_window) {
        f->v->text[SLOT_period] = period_text(f, &f->w->window);
    } else {
        set(f, SLOT_period, e->window);
    }
    fill_streak(f);
}

/* ---- who ---- */

/* The head of the unit is spoken to as such; anybody else by title, the unit by name. */
static bool
speaks_to_head(const struct view *w)
{
    const struct catalogue *c = w->catalogue;

    return w->unit != NULL &&
           (w->leader == NULL || &c->units[w->leader->scope] == w->unit);
}

static void
fill_addressee(const struct filling *f)
{
    const struct view *w = f->w;
    const struct unit *head = w->unit;
    const char *to = "";

    if (head == NULL && w->leader == NULL) {
        head = &w->catalogue->units[w->catalogue->province_unit];
    }
    if (speaks_to_head(w) || w->leader == NULL) {
        to = either(f, head->head_vi, head->head_en);
    }
    if (to[0] == '\0' && w->leader != NULL) {
        to = either(f, w->leader->title_vi, w->leader->title_en);
    }
    if (to[0] == '\0' && head != NULL) {
        to = either(f, head->name_vi, head->name_en);
    }
    set(f, SLOT_to, to);
}

static void
fill_whole(const struct filling *f)
{
    const struct view *w = f->w;
    bool all = w->level == LEVEL_ALL;

    set(f, SLOT_level, level_text(f, w->level));
    set_count(f, SLOT_covered, w->event->covered);
    set_count(f, SLOT_units, w->event->units);
    f->v->text[SLOT_subject] = f->v->text[SLOT_level];
    f->v->text[SLOT_whose] =
        phrase_text(all ? PHRASE_WHOSE_ALL : PHRASE_WHOSE_LEVEL, f->v, f->a);
    f->v->text[SLOT_whose_short] = phrase_text(PHRASE_WHO_LEVEL, f->v, f->a);
}

static void
fill_unit(const struct filling *f)
{
    const struct view *w = f->w;
    const char *name = w->unit == NULL
                           ? w->event->subject
                           : either(f, w->unit->name_vi, w->unit->name_en);
    char *lower = f->vi ? text_lower_first(name) : mem_copy_text(name);

    set(f, SLOT_level, level_text(f, w->level));
    set(f, SLOT_subject, name);
    set(f, SLOT_whose, lower);
    mem_free(&lower);
    if (w->target != NULL && w->target->subject == SUBJECT_PROVINCE) {
        set(f, SLOT_whose, phrase_template(PHRASE_WHOSE_PROVINCE, f->v->language));
    } else if (speaks_to_head(w)) {
        set(f, SLOT_whose, phrase_template(PHRASE_WHOSE_UNIT, f->v->language));
    }
    f->v->text[SLOT_whose_short] = f->v->text[SLOT_whose];
}

/* ---- figures ---- */

static const char *
figure_of(const struct filling *f, struct ratio value, int64_t num, int64_t den)
{
    const struct view *w = f->w;

    set_ratio(f, SLOT_value, value, w->decimals,
              w->form == FORM_RANK ? CUT_UP : CUT_DOWN);
    if (w->form == FORM_RATIO) {
        set_count(f, SLOT_num, num);
        set_count(f, SLOT_den, den);
        return phrase_text(PHRASE_FIGURE_RATIO, f->v, f->a);
    }
    if (w->form == FORM_POINTS) {
        return phrase_text(PHRASE_FIGURE_POINTS, f->v, f->a);
    }
    set_count(f, SLOT_rank, num);
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
        set_count(f, SLOT_ranked, e->ranked);
        set_count(f, SLOT_pool, e->pool);
        if (w->rank_to > 0) {
            set_count(f, SLOT_rank_to, w->rank_to);
        }
    }
    if (w->form != FORM_GAIN || w->value.den == 0) {
        return;
    }
    set_count(f, SLOT_base, w->target->baseline_value);
    set_number(f, SLOT_base_year, w->target->baseline_year);
    set(f, SLOT_moved,
        phrase_template(down ? PHRASE_MOVED_DOWN : PHRASE_MOVED_UP, f->v->language));
    /* A loss is worse the larger it is. */
    set_ratio(f, SLOT_gain, without_sign(w->value), w->decimals,
              down ? CUT_UP : CUT_DOWN);
    if (w->value_to.den != 0 && (w->value_to.num < 0) == down) {
        set_ratio(f, SLOT_gain_to, without_sign(w->value_to), w->decimals,
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
    if (gap.num > 0) {
        set_ratio(f, SLOT_gap, gap, w->decimals, CUT_UP);
    } else if (gap.num < 0) {
        set_ratio(f, SLOT_over, without_sign(gap), w->decimals, CUT_DOWN);
    }
}

static void
fill_requirement(const struct filling *f)
{
    const struct view *w = f->w;
    const struct alert_event *e = w->event;
    enum phrase against = PHRASE_AGAINST_STEP;

    set_ratio(f, SLOT_required, w->against, w->decimals, CUT_UP);
    set_ratio_short(f, SLOT_step, e->step,
                    w->form == FORM_RANK ? CUT_DOWN : CUT_UP);
    if (e->step_before_year != 0) {
        set_ratio_short(f, SLOT_before, e->step_before, CUT_UP);
        set_number(f, SLOT_before_year, e->step_before_year);
    }
    if (w->target->due != DAY_NONE) {
        set_day(f, SLOT_due, w->target->due);
    }
    if (w->target->full_marks) {
        against = PHRASE_AGAINST_FULL_MARKS;
    } else if (w->reference) {
        against = PHRASE_AGAINST_REFERENCE;
    } else if (w->target->pace == PACE_DUE) {
        against = PHRASE_AGAINST_DUE;
    }
    f->v->text[SLOT_against] = phrase_text(against, f->v, f->a);
    set_things(f, SLOT_need_now, e->need_now);
    set_things(f, SLOT_need_year, e->need_year);
}

static void
fill_target(const struct filling *f)
{
    const struct view *w = f->w;
    const struct target *t = w->target;
    const struct measure *m = &w->catalogue->measures[w->indicator->numerator[0]];
    const struct alert_event *e = w->event;

    set(f, SLOT_title, either(f, t->title_vi, t->title_en));
    set(f, SLOT_indicator, either(f, w->indicator->name_vi, w->indicator->name_en));
    set(f, SLOT_things, either(f, m->count_vi, m->count_en));
    set(f, SLOT_section, t->section);
    set(f, SLOT_document, either(f, t->document_vi, t->document_en));
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

static void
fill_message(const struct filling *f)
{
    const struct alert_event *e = f->w->event;
    const struct catalogue *c = f->w->catalogue;
    int64_t opened_ms = e->opened_at_ms != 0 ? e->opened_at_ms : e->at_ms;
    char text[TEXT_BYTES];

    set(f, SLOT_code, e->code);
    set_number(f, SLOT_n, e->number);
    set_number(f, SLOT_year, e->year);
    set(f, SLOT_contact, either(f, c->contact_vi, c->contact_en));
    set(f, SLOT_word, either(f, c->word_vi, c->word_en));
    set_day(f, SLOT_received, instant_day((struct instant){e->at_ms}));
    set_day(f, SLOT_opened, instant_day((struct instant){opened_ms}));
    (void)snprintf(text, sizeof text, "%.96s/%" PRIu32, e->code,
                   e->number > 1 ? e->number - 1 : 1);
    set(f, SLOT_previous, text);
    set(f, SLOT_withdrawn, e->number == 2 ? text : e->code);
    if (f->w->simulated) {
        set(f, SLOT_SIMULATED,
            phrase_template(PHRASE_SIMULATED_UPPER, f->v->language));
        set(f, SLOT_simulated, phrase_template(PHRASE_SIMULATED_WORD, f->v->language));
    }
}

void
view_values(const struct view *w, enum language language, struct arena *a,
            struct values *v)
{
    struct filling f = {w, a, v, language == LANGUAGE_VI};

    memset(v, 0, sizeof *v);
    v->language = language;
    fill_message(&f);
    fill_window(&f);
    fill_addressee(&f);
    if (w->whole) {
        fill_whole(&f);
    } else {
        fill_unit(&f);
    }
    if (w->target != NULL) {
        fill_target(&f);
    }
}
