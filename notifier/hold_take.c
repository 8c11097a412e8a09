/* What an event does to what is kept back. */
#include <stdio.h>
#include <string.h>

#include "notifier/hold_private.h"

/* A line is words with blanks between: none of them may be empty. */
static const char *
word(const char *text)
{
    return text[0] == '\0' ? "-" : text;
}

/* Who keeps it back. A brake is stronger than a person, whose hold opens by itself. */
static const char *
holder(const struct held *line, bool person, bool brake, const struct alert_event *e)
{
    if (line != NULL && hold_is_automatic(line->hold)) {
        return line->hold;
    }
    if (brake) {
        return e->brake;
    }
    return person ? HOLD_PERSON : line->hold;
}

enum hold_step
hold_decide(const struct held *line, bool person, const struct alert_event *e,
            struct spot at, struct held *next)
{
    bool reminder = strcmp(e->kind, "reminder") == 0;
    bool brake = e->brake[0] != '\0' && !reminder;

    if ((line == NULL && !person && !brake) || (reminder && reason_ends(e->reason))) {
        return HOLD_PASSES; /* that a reminder is done nobody hears anyway */
    }
    if (reminder && !person && hold_is_automatic(line->hold)) {
        return HOLD_PASSES; /* the report became due later than it was */
    }
    if (line != NULL && reason_ends(e->reason) && !line->told) {
        return HOLD_LEAVES;
    }
    memset(next, 0, sizeof *next);
    (void)snprintf(next->code, sizeof next->code, "%s", e->code);
    next->at = at;
    next->number = e->number;
    (void)snprintf(next->reason, sizeof next->reason, "%s", word(e->reason));
    (void)snprintf(next->hold, sizeof next->hold, "%s", holder(line, person, brake, e));
    (void)snprintf(next->kind, sizeof next->kind, "%s", word(e->kind));
    (void)snprintf(next->subject, sizeof next->subject, "%s", word(e->subject));
    if (line == NULL) {
        next->opened = route_opens(e);
        next->told = !next->opened;
    } else {
        next->opened = !reason_ends(e->reason) && (line->opened || route_opens(e));
        next->told = line->told;
    }
    return HOLD_KEEPS;
}

/* ---- a hold that begins by itself ---- */

static uint32_t
units_of_level(const struct catalogue *c, enum level level, int32_t day)
{
    uint32_t units = 0;
    size_t i;

    for (i = 0; c != NULL && i < c->unit_count; i++) {
        units += (level == LEVEL_ALL || c->units[i].level == level) &&
                 unit_valid_on(&c->units[i], day);
    }
    return units;
}

static enum level
level_of(const struct catalogue *c, const char *subject)
{
    int unit = c == NULL ? NONE : catalogue_unit(c, subject);

    return unit == NONE ? LEVEL_ALL : c->units[unit].level;
}

static void
level_set(const struct batch *b, struct hold *hold, enum level level)
{
    (void)snprintf(hold->level, sizeof hold->level, "%s", level_name(level));
    hold->of = units_of_level(b->now, level, hold->since);
    hold->changed = true;
}

static void
brake_taken(struct batch *b, const struct alert_event *e)
{
    static const struct workdays ordinary; /* no programme: Monday to Friday */
    const struct workdays *wd = b->now != NULL ? &b->now->workdays : &ordinary;
    struct hold *hold = hold_find(b->p->holds, e->brake);
    enum level level = level_of(b->now, e->subject);
    int32_t today = batch_today(b);

    if (hold == NULL) {
        hold =
            hold_add(b->p->holds, e->brake, today, workday_add(wd, today, HOLD_DAYS));
        hold->notice = "new";
        (void)snprintf(hold->by, sizeof hold->by, "%s", word(e->by));
        level_set(b, hold, level);
    } else if (strcmp(hold->level, level_name(level)) != 0 &&
               strcmp(hold->level, level_name(LEVEL_ALL)) != 0) {
        level_set(b, hold, LEVEL_ALL);
    }
}

bool
hold_takes(struct batch *b, const struct alert_event *e, struct spot at)
{
    struct holds *h = b->p->holds;
    const struct held *line = held_find(h, e->code);
    struct held next;

    switch (hold_decide(line, hold_of_person(h), e, at, &next)) {
    case HOLD_PASSES:
        if (line != NULL) {
            held_remove(b, e->code);
        }
        return false;
    case HOLD_LEAVES:
        held_remove(b, e->code);
        return true;
    case HOLD_KEEPS:
        break;
    }
    held_write(b, &next);
    if (strcmp(next.hold, e->brake) == 0) {
        brake_taken(b, e);
    }
    return true;
}
