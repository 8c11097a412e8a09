/* Which sentences a message is made of; their wording is in phrases.def. */
#include "notifier/render.h"

#include <string.h>

#include "notifier/writing.h"

enum reason
reason_parse(const char *word)
{
    static const char *const words[] = {"new",       "repeat",   "worse",    "better",
                                        "corrected", "resolved", "withdrawn"};
    int i;

    for (i = 0; i < REASON_OTHER; i++) {
        if (strcmp(word, words[i]) == 0) {
            return (enum reason)i;
        }
    }
    return REASON_OTHER;
}

bool
named(const struct writing *m, enum slot slot)
{
    return m->v.text[slot] != NULL && m->v.text[slot][0] != '\0';
}

void
say(struct writing *m, enum phrase p)
{
    if (m->out.len > 0 && m->out.data[m->out.len - 1] != '\n') {
        buf_char(&m->out, ' ');
    }
    phrase_add(p, &m->v, &m->out);
}

void
new_line(struct writing *m)
{
    if (m->out.len > 0 && m->out.data[m->out.len - 1] != '\n') {
        buf_char(&m->out, '\n');
    }
}

enum phrase
tag_of(const struct writing *m)
{
    bool full_marks = m->w->target != NULL && m->w->target->full_marks;

    if (view_falling(m->w) && m->reason != REASON_WITHDRAWN) {
        return falling_tag(m);
    }
    if (view_missing(m->w) && m->reason != REASON_WITHDRAWN) {
        return missing_tag(m);
    }
    switch (m->reason) {
    case REASON_WITHDRAWN:
        return PHRASE_TAG_WITHDRAWN;
    case REASON_RESOLVED:
        if (full_marks) {
            return PHRASE_TAG_FULL_MARKS_MET;
        }
        return m->w->reached ? PHRASE_TAG_MET : PHRASE_TAG_ON_PACE;
    case REASON_CORRECTED:
        return PHRASE_TAG_CORRECTED;
    case REASON_OTHER:
        return PHRASE_TAG_OTHER;
    default:
        break;
    }
    if (full_marks) {
        return PHRASE_TAG_FULL_MARKS;
    }
    if (m->missed) {
        return PHRASE_TAG_MISSED;
    }
    switch (m->reason) {
    case REASON_WORSE:
        return PHRASE_TAG_WORSE;
    case REASON_BETTER:
        return PHRASE_TAG_BETTER;
    case REASON_REPEAT:
        return PHRASE_TAG_REPEAT;
    default:
        return m->w->style == STYLE_BOUND ? PHRASE_TAG_BEYOND : PHRASE_TAG_BEHIND;
    }
}

static void
say_figure(struct writing *m, bool is_short)
{
    static const enum phrase shorts[] = {PHRASE_SHORT_RATIO, PHRASE_SHORT_GAIN,
                                         PHRASE_SHORT_RANK, PHRASE_SHORT_BOUND};
    static const enum phrase goods[] = {PHRASE_GOOD_RATIO, PHRASE_GOOD_GAIN,
                                        PHRASE_GOOD_RANK, PHRASE_GOOD_BOUND};
    static const enum phrase styles[][2] = {
        [STYLE_OVER] = {PHRASE_GOOD_OVER, PHRASE_SHORT_OVER},
        [STYLE_BOUND] = {PHRASE_GOOD_BOUND, PHRASE_SHORT_BOUND},
        [STYLE_IMPROVE] = {PHRASE_GOOD_IMPROVE, PHRASE_SHORT_IMPROVE},
        [STYLE_REDUCE] = {PHRASE_GOOD_REDUCE, PHRASE_SHORT_REDUCE},
        [STYLE_DATE] = {PHRASE_GOOD_DATE, PHRASE_SHORT_DATE},
        [STYLE_TIMES] = {PHRASE_GOOD_TIMES, PHRASE_SHORT_TIMES},
    };

    say(m, m->w->style != STYLE_USUAL ? styles[m->w->style][is_short ? 1 : 0]
                                      : (is_short ? shorts : goods)[m->w->form]);
    if (m->w->reference) {
        say(m, PHRASE_REFERENCE);
    }
}

static enum phrase
citation_of(const struct view *w)
{
    static const enum phrase styles[] = {
        [STYLE_OVER] = PHRASE_CITE_STEP,       [STYLE_BOUND] = PHRASE_CITE_BOUND,
        [STYLE_IMPROVE] = PHRASE_CITE_IMPROVE, [STYLE_REDUCE] = PHRASE_CITE_REDUCE,
        [STYLE_DATE] = PHRASE_CITE_DATE,       [STYLE_TIMES] = PHRASE_CITE_TIMES,
    };

    if (w->style != STYLE_USUAL) {
        return styles[w->style];
    }
    switch (w->form) {
    case FORM_GAIN:
        return PHRASE_CITE_GAIN;
    case FORM_RANK:
        return PHRASE_CITE_RANK;
    case FORM_RATIO:
    case FORM_VALUE:
        break;
    }
    return w->target->pace == PACE_DUE ? PHRASE_CITE_DUE : PHRASE_CITE_STEP;
}

static void
say_citation(struct writing *m)
{
    if (m->w->target != NULL && named(m, SLOT_section) && named(m, SLOT_document)) {
        say(m, m->w->target->full_marks ? PHRASE_CITE_FULL_MARKS : citation_of(m->w));
    }
}

/* How many, where the sentence before has not said it. */
static void
say_need_style(struct writing *m)
{
    if (m->w->form == FORM_RATIO && !m->missed && named(m, SLOT_need_year)) {
        say(m, m->w->lower ? PHRASE_NEED_LESS : PHRASE_NEED_MORE);
    }
}

static void
say_need(struct writing *m)
{
    if (m->w->style != STYLE_USUAL) {
        say_need_style(m);
    } else if (m->w->form == FORM_GAIN || m->w->form == FORM_RANK) {
        if (named(m, SLOT_need_now)) {
            say(m, PHRASE_NEED_PLACES);
        }
    } else if (!named(m, SLOT_need_year)) {
        return;
    } else if (m->missed) {
        say(m, PHRASE_NEED_MISSED);
    } else if (m->w->reference && named(m, SLOT_need_now)) {
        say(m, PHRASE_NEED_BOTH);
    } else {
        say(m, PHRASE_NEED_ONE);
    }
}

/* The same window with the same figures: then it was the programme that changed. */
static bool
figure_stands(const struct alert_event *e)
{
    return strcmp(e->window, e->old_window) == 0 && e->numerator == e->old_numerator &&
           e->denominator == e->old_denominator;
}

static void
write_short(struct writing *m)
{
    if (m->reason == REASON_CORRECTED && named(m, SLOT_old_figure) && !m->escalated) {
        say(m, figure_stands(m->w->event) ? PHRASE_CORRECTED_OTHER : PHRASE_CORRECTED);
    }
    say_figure(m, m->w->is_short);
    say_citation(m);
    new_line(m);
    if (m->escalated) {
        say_need(m);
        say_climbed(m);
        return;
    }
    if (m->reason == REASON_WORSE) { /* of the year's end: the gap may be smaller */
        say(m, m->missed ? PHRASE_WORSE_MISSED : PHRASE_WORSE);
    } else if (m->reason == REASON_BETTER) {
        say(m, PHRASE_BETTER);
    } else if (m->reason == REASON_REPEAT) {
        say(m, PHRASE_REPEAT);
    }
    if (m->w->is_short) {
        say_need(m);
        say(m, PHRASE_ASK);
    }
}

static void
write_resolved(struct writing *m)
{
    if (m->w->value.den != 0 && m->w->against.den != 0) {
        say_figure(m, m->w->is_short);
        say_citation(m);
        new_line(m);
    }
    say(m, PHRASE_CLOSED);
}

/* Was it a figure that changed, or the programme? */
static bool
figure_changed(const struct alert_event *e)
{
    return e->denominator > 0 && e->old_denominator > 0 &&
           (e->numerator != e->old_numerator || e->denominator != e->old_denominator);
}

static void
write_withdrawn(struct writing *m, struct arena *a)
{
    enum phrase outcome = PHRASE_OUTCOME_NOT_SHORT;

    if (m->w->target == NULL || !figure_changed(m->w->event) ||
        !named(m, SLOT_figure)) {
        say(m, PHRASE_WITHDRAWN_OTHER);
    } else {
        if (m->w->is_short || m->w->against.den == 0) {
            outcome = PHRASE_OUTCOME_SMALL;
        } else if (m->w->style != STYLE_USUAL) {
            outcome = PHRASE_OUTCOME_WITHIN;
        } else if (m->w->form != FORM_RATIO) {
            outcome = PHRASE_OUTCOME_NOT_SHORT_RANK;
        }
        m->v.text[SLOT_outcome] = phrase_text(outcome, &m->v, a);
        say(m, PHRASE_WITHDRAWN_FIGURE);
    }
    say(m, PHRASE_WITHDRAWN_IGNORE);
}

void
say_notes(struct writing *m)
{
    if (m->w->simulated) {
        say(m, PHRASE_NOTE_SIMULATED);
    }
    if (m->w->catalogue->illustrative ||
        (m->w->target != NULL && m->w->target->illustrative)) {
        say(m, PHRASE_NOTE_ILLUSTRATION);
    }
}

void
say_end(struct writing *m)
{
    say(m, PHRASE_CONTACT);
    new_line(m);
    say(m, PHRASE_AUTOMATIC);
}

static void
write_text(struct writing *m, struct arena *a)
{
    say(m, PHRASE_TO);
    new_line(m);
    say_notes(m);
    if (m->journey != NULL && m->journey->held) {
        say(m, PHRASE_HELD);
    }
    if (view_falling(m->w)) {
        write_falling(m);
    } else if (m->reason == REASON_WITHDRAWN) {
        write_withdrawn(m, a);
    } else if (m->w->group != NULL) {
        write_missing(m);
    } else if (m->reason == REASON_RESOLVED) {
        write_resolved(m);
    } else if (m->w->target == NULL || m->w->value.den == 0 || m->w->against.den == 0) {
        say(m, PHRASE_UNKNOWN);
    } else {
        write_short(m);
    }
    say_end(m);
}

/* Whom it is about, and the figure, where a list has one line for it. */
static enum phrase
brief_of(const struct writing *m)
{
    const struct view *w = m->w;

    if (w->group != NULL) {
        return named(m, SLOT_due) ? PHRASE_BRIEF_DUE : PHRASE_BRIEF_SUBJECT;
    }
    if (w->measure != NULL && named(m, SLOT_figure)) {
        return PHRASE_BRIEF_FALLING;
    }
    if (w->target == NULL || !named(m, SLOT_figure)) {
        return PHRASE_BRIEF_SUBJECT;
    }
    return w->form == FORM_RATIO && named(m, SLOT_against) &&
                   (w->style == STYLE_USUAL || w->style == STYLE_OVER)
               ? PHRASE_BRIEF_AGAINST
               : PHRASE_BRIEF_FIGURE;
}

void
writing_init(struct writing *m, const struct view *w, enum language language,
             size_t bytes_max, struct arena *a)
{
    memset(m, 0, sizeof *m);
    m->w = w;
    m->reason = reason_parse(w->event->reason);
    m->missed = strcmp(w->event->kind, "missed") == 0;
    view_values(w, language, a, &m->v);
    buf_init(&m->out, bytes_max);
}

const char *
writing_text(struct writing *m, struct arena *a)
{
    const char *text = arena_copy(a, buf_str(&m->out), m->out.len);

    buf_fini(&m->out);
    return text == NULL ? "" : text;
}

static void
write_language(const struct view *w, const struct journey *j, enum language language,
               struct arena *a, const char **subject, const char **text,
               const char **brief)
{
    bool bare = w->target == NULL && w->group == NULL && w->measure == NULL;
    char place[WRITING_BYTES_MAX + 1];
    const char *whole;
    struct writing m;

    writing_init(&m, w, language, WRITING_BYTES_MAX, a);
    buf_place(&m.out, place, sizeof place); /* nothing was written yet */
    m.journey = j;
    climb_values(&m, a);
    *subject = phrase_text(bare ? PHRASE_SUBJECT_BARE : PHRASE_SUBJECT, &m.v, a);
    *brief = phrase_text(brief_of(&m), &m.v, a);
    write_text(&m, a);
    whole = arena_copy(a, place, m.out.len);
    *text = whole == NULL ? "" : whole;
}

void
render_alert(const struct catalogue *c, const struct alert_event *e,
             const struct leader *leader, bool simulated, struct arena *a,
             struct rendered *out)
{
    static const struct journey straight = {.since = DAY_NONE};

    render_journey(c, e, &straight, leader, simulated, a, out);
}

void
render_journey(const struct catalogue *c, const struct alert_event *e,
               const struct journey *j, const struct leader *leader, bool simulated,
               struct arena *a, struct rendered *out)
{
    struct alert_event now = *e;
    struct view w;

    /* A report that is still missing is so on the day of the climb, too. */
    if (event_missing(e) && journey_day(j) != DAY_NONE) {
        now.at_ms = hour_start((int64_t)j->today * 24 + JOURNEY_HOUR).ms;
    }
    view_make(&w, c, &now, leader, simulated);
    write_language(&w, j, LANGUAGE_VI, a, &out->subject_vi, &out->text_vi,
                   &out->brief_vi);
    write_language(&w, j, LANGUAGE_EN, a, &out->subject_en, &out->text_en,
                   &out->brief_en);
}
