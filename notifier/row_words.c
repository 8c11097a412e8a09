/* One line of a list: whom it is about, what, how it stands, since when. */
#include <string.h>

#include "lib/calendar.h"
#include "notifier/route.h"
#include "notifier/filling.h"
#include "notifier/rows.h"

#define NOTE_BYTES 256

const char *
row_reason(const struct render_row *row)
{
    return row->reason == NULL || row->reason[0] == '\0' ? row->event->reason
                                                         : row->reason;
}

bool
row_ended(const struct render_row *row)
{
    return reason_ends(row_reason(row));
}

const char *
level_cell(enum level level, const struct values *v, struct arena *a)
{
    static const enum phrase cells[] = {
        [LEVEL_PROVINCE] = PHRASE_ROW_PROVINCE_LEVEL,
        [LEVEL_DISTRICT] = PHRASE_ROW_DISTRICT_LEVEL,
        [LEVEL_COMMUNE] = PHRASE_ROW_COMMUNE_LEVEL,
        [LEVEL_ALL] = PHRASE_ROW_ALL_LEVELS,
    };

    return phrase_text(cells[level], v, a);
}

static enum phrase
style_phrase(const struct writing *m)
{
    const struct view *w = m->w;

    switch (w->style) {
    case STYLE_USUAL:
        break;
    case STYLE_OVER:
        return w->is_short && named(m, SLOT_gap) ? PHRASE_ROW_ABOVE
                                                 : PHRASE_ROW_AGAINST;
    case STYLE_DATE:
        return PHRASE_ROW_DATE;
    case STYLE_BOUND:
    case STYLE_REDUCE:
    case STYLE_TIMES:
        return PHRASE_ROW_LIMIT;
    case STYLE_IMPROVE:
        return PHRASE_ROW_FIGURE;
    }
    switch (w->form) {
    case FORM_GAIN:
        return named(m, SLOT_gain) ? PHRASE_ROW_GAIN : PHRASE_ROW_FIGURE;
    case FORM_RANK:
        return PHRASE_ROW_RANK;
    case FORM_VALUE:
        return PHRASE_ROW_FIGURE;
    case FORM_RATIO:
        break;
    }
    return w->is_short && named(m, SLOT_gap) ? PHRASE_ROW_BELOW : PHRASE_ROW_AGAINST;
}

/* The essential figure; "" when the tag says all there is. */
static const char *
figure_words(struct writing *m, struct arena *a)
{
    const struct view *w = m->w;

    if (m->reason == REASON_WITHDRAWN) {
        return "";
    }
    if (w->group != NULL) {
        if (m->reason == REASON_RESOLVED) {
            return phrase_text(PHRASE_ROW_ARRIVED, &m->v, a);
        }
        return phrase_text(w->whole ? PHRASE_ROW_SILENT : PHRASE_ROW_DUE, &m->v, a);
    }
    if (w->measure != NULL) {
        return !named(m, SLOT_figure)
                   ? ""
                   : phrase_text(named(m, SLOT_gap) && named(m, SLOT_old_period)
                                     ? PHRASE_ROW_FALLING
                                     : PHRASE_ROW_FIGURE,
                                 &m->v, a);
    }
    if (w->target == NULL || !named(m, SLOT_figure)) {
        return "";
    }
    return phrase_text(w->against.den == 0 ? PHRASE_ROW_FIGURE : style_phrase(m), &m->v,
                       a);
}

static const char *
about_words(const struct writing *m, struct arena *a)
{
    if (!named(m, SLOT_title)) {
        return m->w->event->code;
    }
    return phrase_text(m->w->group != NULL ? PHRASE_ROW_REPORT : PHRASE_ROW_ABOUT,
                       &m->v, a);
}

/* "nhắc lại; đã nhận xử lý" */
static const char *
note_words(const struct render_row *row, struct writing *m, struct arena *a)
{
    bool again = strcmp(row_reason(row), "repeat") == 0;
    struct buf note;
    const char *text;

    buf_init(&note, NOTE_BYTES);
    if (again) {
        phrase_add(PHRASE_ROW_AGAIN, &m->v, &note);
    }
    if (row->acknowledged) {
        buf_text(&note, again ? "; " : "");
        phrase_add(PHRASE_ROW_ACKNOWLEDGED, &m->v, &note);
    }
    text = arena_text(a, buf_str(&note));
    buf_fini(&note);
    return text == NULL ? "" : text;
}

/* What the tag says; that it was said before stands behind. */
static enum reason
tag_reason(const struct render_row *row)
{
    const char *reason = row_reason(row);

    if (strcmp(reason, "escalated") == 0 || strcmp(reason, "repeat") == 0) {
        return REASON_NEW;
    }
    return reason_parse(reason);
}

void
row_words(const struct catalogue *c, const struct render_row *row, int32_t today,
          enum language language, struct arena *a, struct row_words *out)
{
    struct alert_event e = *row->event;
    int64_t opened_ms = e.opened_at_ms != 0 ? e.opened_at_ms : e.at_ms;
    int32_t since = row->since != DAY_NONE && row->since != 0
                        ? row->since
                        : instant_day((struct instant){opened_ms});
    struct writing m;
    struct view w;
    struct filling f = {&w, a, &m.v, language == LANGUAGE_VI};

    if (event_missing(&e) && !row_ended(row)) {
        e.at_ms = hour_start((int64_t)today * 24 + JOURNEY_HOUR).ms;
    }
    view_make(&w, c, &e, NULL, false);
    writing_init(&m, &w, language, WRITING_BYTES_MAX, a);
    m.reason = tag_reason(row);
    out->unit = w.whole ? level_cell(w.level, &m.v, a) : m.v.text[SLOT_subject];
    out->about = about_words(&m, a);
    m.v.text[SLOT_tag] = phrase_text(tag_of(&m), &m.v, a);
    m.v.text[SLOT_figure] = figure_words(&m, a);
    m.v.text[SLOT_note] = note_words(row, &m, a);
    out->state = phrase_text(PHRASE_ROW_STATE, &m.v, a);
    filling_day(&f, SLOT_since, since);
    out->since = m.v.text[SLOT_since];
    out->code = phrase_text(PHRASE_ROW_CODE, &m.v, a);
    buf_fini(&m.out);
}
