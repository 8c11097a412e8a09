/* The values of an event as texts of one language: which message, when, who. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "notifier/filling.h"

#define TEXT_BYTES 128

static const char *
level_text(const struct filling *f, enum level level)
{
    static const enum phrase phrases[] = {PHRASE_LEVEL_PROVINCE, PHRASE_LEVEL_DISTRICT,
                                          PHRASE_LEVEL_COMMUNE, PHRASE_LEVEL_ALL};

    return phrase_text(phrases[level], f->v, f->a);
}

/* ---- the window ---- */

static const char *
period_text(const struct filling *f, const struct window *window)
{
    static const char *const roman[] = {"", "I", "II", "III", "IV"};
    enum phrase p = PHRASE_PERIOD_YEAR;

    filling_number(f, SLOT_window_year, window->year);
    filling_day(f, SLOT_day, window->last);
    filling_number(f, SLOT_part, window->part);
    switch (window->kind) {
    case PERIOD_MONTH:
        p = PHRASE_PERIOD_MONTH;
        if (!f->vi) {
            filling_borrow(f, SLOT_part, filling_month(window->part));
        }
        break;
    case PERIOD_QUARTER:
        p = PHRASE_PERIOD_QUARTER;
        if (f->vi) {
            filling_borrow(f, SLOT_part, roman[window->part]);
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

/* 11th, 21st, 22nd */
static const char *
ordinal_end(uint32_t n)
{
    static const char *const ends[] = {"th", "st", "nd", "rd"};

    return n % 10 > 3 || (n % 100 >= 11 && n % 100 <= 13) ? "th" : ends[n % 10];
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
    (void)snprintf(text, sizeof text, "%" PRIu32 "%s", e->windows,
                   f->vi ? "" : ordinal_end(e->windows));
    filling_text(f, SLOT_nth,
                 e->windows > 10 ? text : (f->vi ? vi : en)[e->windows - 2]);
    filling_borrow(f, SLOT_span, phrase_text(span, f->v, f->a));
}

static void
fill_window(const struct filling *f)
{
    const struct alert_event *e = f->w->event;
    struct window old;

    filling_borrow(f, SLOT_old_period, e->old_window == NULL ? "" : e->old_window);
    if (e->old_window != NULL && e->old_window[0] != '\0' &&
        window_parse(e->old_window, f->w->rule, &old, NULL) == ST_OK) {
        f->v->text[SLOT_old_period] = period_text(f, &old);
        filling_day(f, SLOT_old_day, old.last);
    }
    /* The present one last: it leaves its own day and year behind. */
    if (f->w->has_window) {
        f->v->text[SLOT_period] = period_text(f, &f->w->window);
    } else {
        filling_borrow(f, SLOT_period, e->window);
    }
    fill_streak(f);
}

void
view_period(const struct filling *f, const char *code)
{
    struct window window;

    filling_text(f, SLOT_period, code);
    if (window_parse(code, f->w->rule, &window, NULL) == ST_OK) {
        f->v->text[SLOT_period] = period_text(f, &window);
    }
}

/* ---- who ---- */

/* The head of the unit is spoken to as such; anybody else by title, the unit by name.
 */
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
        to = filling_either(f, head->head_vi, head->head_en);
    }
    if (to[0] == '\0' && w->leader != NULL) {
        to = filling_either(f, w->leader->title_vi, w->leader->title_en);
    }
    if (to[0] == '\0' && head != NULL) {
        to = filling_either(f, head->name_vi, head->name_en);
    }
    filling_borrow(f, SLOT_to, to);
}

static void
fill_whole(const struct filling *f)
{
    const struct view *w = f->w;
    bool all = w->level == LEVEL_ALL;

    filling_borrow(f, SLOT_level, level_text(f, w->level));
    filling_count(f, SLOT_covered, w->event->covered);
    filling_count(f, SLOT_units, w->event->units);
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
                           : filling_either(f, w->unit->name_vi, w->unit->name_en);
    filling_borrow(f, SLOT_level, level_text(f, w->level));
    filling_borrow(f, SLOT_subject, name);
    if (f->vi) {
        char *lower = text_lower_first(name);

        filling_text(f, SLOT_whose, lower);
        mem_free(&lower);
    } else {
        filling_borrow(f, SLOT_whose, name);
    }
    if (w->target != NULL && w->target->subject == SUBJECT_PROVINCE) {
        filling_borrow(f, SLOT_whose, phrase_text(PHRASE_WHOSE_PROVINCE, f->v, f->a));
    } else if (speaks_to_head(w)) {
        filling_borrow(f, SLOT_whose, phrase_text(PHRASE_WHOSE_UNIT, f->v, f->a));
    }
    f->v->text[SLOT_whose_short] = f->v->text[SLOT_whose];
}

/* "08 giờ 00 phút ngày 16/9/2026"; it borrows the places of other values. */
static const char *
now_text(const struct filling *f, struct instant now)
{
    char hour[8];

    (void)snprintf(hour, sizeof hour, "%02d", (int)(hour_of(now) % 24));
    filling_text(f, SLOT_left, hour);
    filling_day(f, SLOT_day, instant_day(now));
    return phrase_text(PHRASE_MISSING_NOW, f->v, f->a);
}

static void
fill_missing(const struct filling *f)
{
    const struct view *w = f->w;
    const struct alert_event *e = w->event;
    const struct workdays *wd = &w->catalogue->workdays;
    const struct group *g = w->group;
    struct instant now = {e->at_ms};

    f->v->text[SLOT_now] = now_text(f, now);
    f->v->text[SLOT_left] = "";
    filling_borrow(f, SLOT_title, filling_either(f, g->name_vi, g->name_en));
    filling_borrow(f, SLOT_section, g->demanded_section);
    filling_borrow(f, SLOT_document, filling_either(f, g->demanded_vi, g->demanded_en));
    filling_day(f, SLOT_first, e->first_day);
    filling_day(f, SLOT_day, e->last_day);
    filling_day(f, SLOT_due, e->due_day);
    if (e->rule_day != e->due_day) {
        filling_day(f, SLOT_rule_day, e->rule_day);
    }
    filling_things(f, SLOT_left, workdays_between(wd, instant_day(now), e->due_day));
    filling_things(f, SLOT_days_late,
                   workdays_between(wd, e->due_day, instant_day(now)));
}

static void
fill_message(const struct filling *f)
{
    const struct alert_event *e = f->w->event;
    const struct catalogue *c = f->w->catalogue;
    int64_t opened_ms = e->opened_at_ms != 0 ? e->opened_at_ms : e->at_ms;

    filling_borrow(f, SLOT_code, e->code);
    filling_number(f, SLOT_n, e->number);
    filling_number(f, SLOT_year, e->year);
    filling_borrow(f, SLOT_contact, filling_either(f, c->contact_vi, c->contact_en));
    filling_borrow(f, SLOT_word, filling_either(f, c->word_vi, c->word_en));
    filling_day(f, SLOT_received, instant_day((struct instant){e->at_ms}));
    if (opened_ms == e->at_ms) {
        filling_borrow(f, SLOT_opened, f->v->text[SLOT_received]);
    } else {
        filling_day(f, SLOT_opened, instant_day((struct instant){opened_ms}));
    }
    filling_code(f, SLOT_previous, e->code, e->number > 1 ? e->number - 1 : 1);
    filling_borrow(f, SLOT_withdrawn,
                   e->number == 2 ? f->v->text[SLOT_previous] : e->code);
    if (f->w->simulated) {
        filling_borrow(f, SLOT_SIMULATED,
                       phrase_text(PHRASE_SIMULATED_UPPER, f->v, f->a));
        filling_borrow(f, SLOT_simulated,
                       phrase_text(PHRASE_SIMULATED_WORD, f->v, f->a));
    }
}

void
view_values(const struct view *w, enum language language, struct arena *a,
            struct values *v)
{
    struct filling f = {w, a, v, language == LANGUAGE_VI};

    memset(v, 0, sizeof *v);
    v->language = language;
    v->own = w->catalogue->phrases;
    fill_message(&f);
    fill_window(&f);
    fill_addressee(&f);
    if (w->whole) {
        fill_whole(&f);
    } else {
        fill_unit(&f);
    }
    if (w->target != NULL) {
        filling_target(&f);
    }
    if (w->measure != NULL) {
        filling_falling(&f);
    }
    if (w->group != NULL) {
        fill_missing(&f);
    }
}
