/* Which sentences tell of a report that is not there, or that has come after all. */
#include "notifier/writing.h"

#include <string.h>

static bool
is_reminder(const struct writing *m)
{
    return strcmp(m->w->event->kind, "reminder") == 0;
}

enum phrase
missing_tag(const struct writing *m)
{
    if (m->reason == REASON_RESOLVED) {
        return PHRASE_TAG_ARRIVED;
    }
    if (m->reason == REASON_CORRECTED) {
        return PHRASE_TAG_CORRECTED;
    }
    if (m->reason == REASON_REPEAT) {
        return is_reminder(m) ? PHRASE_TAG_REMINDER_REPEAT : PHRASE_TAG_OVERDUE_REPEAT;
    }
    return is_reminder(m) ? PHRASE_TAG_REMINDER : PHRASE_TAG_OVERDUE;
}

static enum phrase
fact_of(const struct writing *m)
{
    if (is_reminder(m)) {
        return named(m, SLOT_left) ? PHRASE_MISSING_REMINDER : PHRASE_MISSING_TODAY;
    }
    return m->w->whole ? PHRASE_MISSING_SILENT : PHRASE_MISSING_OVERDUE;
}

void
write_missing(struct writing *m)
{
    if (m->reason == REASON_RESOLVED) {
        say(m, m->w->whole ? PHRASE_MISSING_SPEAKS : PHRASE_MISSING_ARRIVED);
        return;
    }
    if (m->reason == REASON_CORRECTED && !m->escalated) {
        say(m, PHRASE_MISSING_CORRECTED);
    }
    say(m, fact_of(m));
    if (named(m, SLOT_section) && named(m, SLOT_document)) {
        say(m, PHRASE_MISSING_CITE);
    }
    if (named(m, SLOT_rule_day)) {
        say(m, PHRASE_MISSING_MOVED);
    }
    if (m->w->event->late) {
        say(m, PHRASE_MISSING_LATE);
    }
    new_line(m);
    if (m->escalated) {
        say_climbed(m);
        return;
    }
    if (m->reason == REASON_REPEAT) {
        say(m, PHRASE_REPEAT);
    }
    if (is_reminder(m)) {
        say(m, PHRASE_MISSING_ASK_UNIT);
    } else if (!m->w->whole) {
        say(m, PHRASE_MISSING_ASK);
    }
}
