/*
 * phrase - the sentences of phrases.def with their values filled in, in a province's
 * own wording where it has one (phrases.yaml), and the check of such a wording. Pure.
 *
 * A template is text in which {name} stands for a value and a part between < and > is
 * left out when a value in it is missing; such parts do not lie in one another.
 */
#ifndef DONDOC_PHRASE_H
#define DONDOC_PHRASE_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/mem.h"

enum phrase {
#define PHRASE(name, vi, en) PHRASE_##name,
#include "lib/phrases.def"
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
    X(previous) X(withdrawn) X(outcome) X(limit) X(unit) X(gap_unit) X(percent)        \
    X(first) X(left) X(days_late) X(now) X(rule_day)                                   \
    X(since) X(days) X(again) X(office) X(count) X(urged) X(list) X(until) X(cause)    \
    X(by) X(name) X(note) X(old_day) X(met) X(on_pace) X(behind) X(missed) X(on_way)   \
    X(no_data) X(other)
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
    const char *const *own; /* the province's templates, as struct catalogue has them */
    const char *text[SLOT_COUNT];
};

const char *phrase_name(enum phrase p); /* "TAG_BEHIND" */
/* Where a phrase of a language stands among a province's own. */
#define PHRASE_PLACE(p, language) ((size_t)(p)*LANGUAGE_COUNT + (size_t)(language))
#define PHRASE_PLACES ((size_t)PHRASE_COUNT * LANGUAGE_COUNT)

/* Ours. */
const char *phrase_template(enum phrase p, enum language language);

/* The sentence behind what out holds. A name that is not a slot is our bug (a
 * province's was checked): panic. */
void phrase_add(enum phrase p, const struct values *v, struct buf *out);

/* The sentence as a text, to be a value itself: one of ours that names nothing is good
 * for ever, every other as long as the arena; "" when it is full. */
const char *phrase_text(enum phrase p, const struct values *v, struct arena *a);

/* --- a province's own wording --- */

#define PHRASE_OWN_BYTES_MAX 2000
#define SLOT_NAME_BYTES 40

enum phrase_fault {
    OWN_GOOD,
    OWN_LONG,    /* more than PHRASE_OWN_BYTES_MAX */
    OWN_CONTROL, /* a control character, line ends too */
    OWN_BRACE,   /* { without }, } without {, one within another, {} */
    OWN_ANGLE,   /* the same of < and > */
    OWN_UNKNOWN, /* {name} is no value */
    OWN_LACKS,   /* ours has {name} outside of < >, this has not; or a mark of a
                       simulation is left out */
    OWN_LOOSE    /* {name} may be missing here: it belongs between < and > */
};
/*
 * phrase_check - may this text stand for ours?
 * at    out; offset in the text at which the mistake is; 0 for OWN_LACKS
 * name  out; the value's name; "" when it is about none
 * What ours has outside of < > is always there; every other value may be missing and
 * stands within < >.
 */
enum phrase_fault phrase_check(enum phrase p, enum language language, const char *text,
                               size_t *at, char name[SLOT_NAME_BYTES]);
/* What ours names: "{day} {figure} <{nth}>"; "" when there is nothing. */
void phrase_slots(enum phrase p, enum language language, struct buf *out);
const char *slot_name(enum slot slot);
enum slot slot_find(const char *name, size_t len); /* SLOT_COUNT: there is none */

#endif
