/*
 * phrase - the sentences of phrases.def with their values filled in. Pure.
 */
#ifndef DONDOC_NOTIFIER_PHRASE_H
#define DONDOC_NOTIFIER_PHRASE_H

#include "lib/buf.h"
#include "lib/mem.h"

enum phrase {
#define PHRASE(name, vi, en) PHRASE_##name,
#include "notifier/phrases.def"
#undef PHRASE
    PHRASE_COUNT
};

enum language { LANGUAGE_VI, LANGUAGE_EN };
#define LANGUAGE_COUNT 2

/* The values by name, as they stand between braces. */
/* clang-format off */
#define PHRASE_SLOTS(X)                                                                \
    X(tag) X(title) X(subject) X(period) X(code) X(n) X(to) X(contact)                 \
    X(SIMULATED) X(simulated) X(word) X(year) X(window_year) X(day) X(part)            \
    X(indicator) X(whose) X(whose_short) X(level) X(covered) X(units)                  \
    X(figure) X(value) X(num) X(den) X(things)                                         \
    X(rank) X(rank_to) X(ranked) X(pool) X(base) X(base_year)                          \
    X(moved) X(gain) X(gain_to) X(gap) X(over) X(against) X(required) X(step)          \
    X(before) X(before_year) X(due) X(span) X(nth) X(section) X(document)              \
    X(need_now) X(need_year) X(old_period) X(old_figure) X(received) X(opened)         \
    X(previous) X(withdrawn) X(outcome) X(limit) X(unit) X(gap_unit) X(percent)      \
    X(first) X(left) X(days_late) X(now) X(rule_day)
/* clang-format on */

enum slot {
#define X(name) SLOT_##name,
    PHRASE_SLOTS(X)
#undef X
        SLOT_COUNT
};

/* NULL or "": missing. Texts are borrowed. */
struct values {
    enum language language;
    const char *text[SLOT_COUNT];
};

const char *phrase_template(enum phrase p, enum language language);

/* The sentence behind what out holds. A name that is not a slot is our bug: panic. */
void phrase_add(enum phrase p, const struct values *v, struct buf *out);

/* The sentence as a text of the arena, to be a value itself; "" when it is full. */
const char *phrase_text(enum phrase p, const struct values *v, struct arena *a);

#endif
