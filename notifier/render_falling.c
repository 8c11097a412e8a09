/* Which sentences tell of a count that is lower than it was. */
#include "notifier/writing.h"

enum phrase
falling_tag(const struct writing *m)
{
    switch (m->reason) {
    case REASON_RESOLVED:
        return PHRASE_TAG_FALLING_ENDED;
    case REASON_CORRECTED:
        return PHRASE_TAG_CORRECTED;
    case REASON_REPEAT:
        return PHRASE_TAG_FALLING_REPEAT;
    default:
        return PHRASE_TAG_FALLING;
    }
}

static bool
has_both(const struct writing *m)
{
    return named(m, SLOT_figure) && named(m, SLOT_old_figure) && named(m, SLOT_old_day);
}

/* Both counts when there are two; what is lower says by how much. */
static void
say_counts(struct writing *m)
{
    if (!named(m, SLOT_figure)) {
        return;
    }
    if (!has_both(m)) {
        say(m, PHRASE_FALLING_NOW);
    } else {
        say(m, named(m, SLOT_gap) ? PHRASE_FALLING : PHRASE_FALLING_GOOD);
    }
}

static void
write_end(struct writing *m)
{
    if (m->reason == REASON_RESOLVED) {
        say_counts(m);
        new_line(m);
        say(m, PHRASE_CLOSED);
        return;
    }
    say(m, named(m, SLOT_gap) || !has_both(m) ? PHRASE_WITHDRAWN_OTHER
                                              : PHRASE_FALLING_WITHDRAWN);
    say(m, PHRASE_WITHDRAWN_IGNORE);
}

void
write_falling(struct writing *m)
{
    if (m->w->measure == NULL) {
        say(m, PHRASE_UNKNOWN);
        return;
    }
    if (m->reason == REASON_RESOLVED || m->reason == REASON_WITHDRAWN) {
        write_end(m);
        return;
    }
    if (m->reason == REASON_CORRECTED && !m->escalated) {
        say(m, PHRASE_FALLING_CORRECTED);
    }
    say_counts(m);
    new_line(m);
    if (m->escalated) {
        say_climbed(m);
        return;
    }
    if (m->reason == REASON_WORSE) {
        say(m, PHRASE_FALLING_WORSE);
    } else if (m->reason == REASON_BETTER) {
        say(m, PHRASE_FALLING_BETTER);
    } else if (m->reason == REASON_REPEAT) {
        say(m, PHRASE_REPEAT);
    }
    say(m, PHRASE_FALLING_ASK);
}
