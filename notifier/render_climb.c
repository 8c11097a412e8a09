/* What a message says that climbed to its office: since when, who was told, the rung.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/text.h"
#include "notifier/filling.h"
#include "notifier/rows.h"
#include "notifier/writing.h"

#define TEXT_BYTES 64

int32_t
journey_day(const struct journey *j)
{
    return j->rung > 0 && j->today != 0 ? j->today : DAY_NONE;
}

bool
view_own_office(const struct view *w)
{
    const struct catalogue *c = w->catalogue;
    enum hear kind = hear_of(w->event->kind);
    size_t i;

    for (i = 0; i < c->leader_count && w->unit != NULL && kind != HEAR_COUNT; i++) {
        const struct leader *l = &c->leaders[i];

        if (&c->units[l->scope] == w->unit && (l->levels & 1u << w->level) != 0 &&
            (l->kinds & 1u << kind) != 0) {
            return true;
        }
    }
    return false;
}

/* first, second … of how often it was said again */
static const char *
again_text(unsigned again, bool vi, char out[TEXT_BYTES])
{
    static const char *const words_vi[] = {"nhất", "hai", "ba",  "tư",   "năm",
                                           "sáu",  "bảy", "tám", "chín", "mười"};
    static const char *const words_en[] = {"first", "second", "third",   "fourth",
                                           "fifth", "sixth",  "seventh", "eighth",
                                           "ninth", "tenth"};

    if (again >= 1 && again <= 10) {
        return (vi ? words_vi : words_en)[again - 1];
    }
    (void)snprintf(out, TEXT_BYTES, vi ? "%u" : "%uth", again);
    return out;
}

static void
fill_climb(const struct filling *f, const struct journey *j)
{
    const struct view *w = f->w;
    const struct alert_event *e = w->event;
    bool by_windows = strcmp(e->kind, "behind") == 0;
    int64_t opened_ms = e->opened_at_ms != 0 ? e->opened_at_ms : e->at_ms;
    int32_t since = instant_day((struct instant){opened_ms});
    char text[TEXT_BYTES];

    /* A report's days count from the due date, on which nobody was told yet. */
    if (!event_missing(e) && j->since != DAY_NONE && j->since != 0) {
        since = j->since;
    }
    filling_day(f, SLOT_since, since);
    if (view_own_office(w)) {
        filling_text(f, SLOT_office,
                     filling_either(f, w->unit->head_vi, w->unit->head_en));
    }
    if (!by_windows && journey_day(j) != DAY_NONE) {
        filling_things(f, SLOT_days,
                       workdays_between(&w->catalogue->workdays, since, j->today));
    }
    if (j->again > 0) {
        filling_text(f, SLOT_again, again_text(j->again, f->vi, text));
    }
}

/* The number behind the code, as the message's id has it: 2.3, 2.3.1 */
static void
fill_number(const struct filling *f, const struct journey *j)
{
    char text[TEXT_BYTES];

    if (j->again > 0) {
        (void)snprintf(text, sizeof text, "%" PRIu32 ".%d.%u", f->w->event->number,
                       j->rung, j->again);
    } else {
        (void)snprintf(text, sizeof text, "%" PRIu32 ".%d", f->w->event->number,
                       j->rung);
    }
    filling_text(f, SLOT_n, text);
}

/* "Báo cáo cấp trên: chậm tiến độ" */
static const char *
climb_tag(struct writing *m, struct arena *a)
{
    const char *state = phrase_text(tag_of(m), &m->v, a);
    char *lower = text_lower_first(state);

    m->v.text[SLOT_tag] = lower;
    state = phrase_text(m->journey->again > 0 ? PHRASE_TAG_ESCALATED_AGAIN
                                              : PHRASE_TAG_ESCALATED,
                        &m->v, a);
    mem_free(&lower);
    return state;
}

void
climb_values(struct writing *m, struct arena *a)
{
    const struct journey *j = m->journey;
    struct filling f = {m->w, a, &m->v, m->v.language == LANGUAGE_VI};
    bool open = m->reason != REASON_RESOLVED && m->reason != REASON_WITHDRAWN;

    m->escalated = j->rung >= RUNG_FIRST && open;
    if (j->rung > 0 && open) {
        fill_number(&f, j);
    }
    if (m->escalated) {
        m->reason = REASON_NEW; /* to this office it is */
        fill_climb(&f, j);
        m->v.text[SLOT_tag] = climb_tag(m, a);
        return;
    }
    if (j->again > 0 && open) { /* its own matter, said again by the ladder */
        m->reason = REASON_REPEAT;
    }
    m->v.text[SLOT_tag] = phrase_text(tag_of(m), &m->v, a);
}

void
say_climbed(struct writing *m)
{
    say(m, PHRASE_CLIMBED);
    if (named(m, SLOT_again)) {
        say(m, PHRASE_CLIMBED_AGAIN);
    }
    say(m, PHRASE_ASK_DIRECTION);
}
