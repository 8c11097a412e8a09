/*
 * view - an event looked at with the programme in force: what it is about, in numbers,
 * without a language; and the same as values for the sentences of one language. Pure.
 */
#ifndef DONDOC_NOTIFIER_VIEW_H
#define DONDOC_NOTIFIER_VIEW_H

#include <stdbool.h>

#include "lib/catalogue.h"
#include "lib/wire.h"
#include "lib/phrase.h"

/* What a figure looks like, and in which words it is held against a target. */
enum form { FORM_RATIO, FORM_GAIN, FORM_RANK, FORM_VALUE };
enum style {
    STYLE_USUAL, /* below a level, a rank or a gain */
    STYLE_OVER,  /* above a level that falls */
    STYLE_BOUND, /* a limit: more than, at most, less than; at least so many */
    STYLE_IMPROVE,
    STYLE_REDUCE,
    STYLE_DATE,
    STYLE_TIMES
};

struct view {
    const struct catalogue *catalogue;
    const struct alert_event *event;
    const struct leader *leader;       /* NULL: not in the programme any more */
    const struct target *target;       /* NULL: the same */
    const struct indicator *indicator; /* NULL when target is */
    const struct group *group;     /* of a missing report; NULL: it is about figures */
    const struct measure *measure; /* of a count that fell; then target is NULL */
    const struct unit *unit;       /* NULL: not there, or a level as a whole */
    enum level level;              /* of the subject, when it is a level */
    bool whole;                    /* a level or the province over its units */
    bool simulated;
    enum calendar_rule rule; /* of its windows */
    bool has_window;
    struct window window;
    enum form form;
    enum style style;
    bool lower;         /* lower is better */
    struct ratio value; /* percent, rank, places a year, points; den 0: none */
    struct ratio
        value_to; /* rank, places a year: if those without a score stood above */
    struct ratio against;   /* required now, else the step */
    struct ratio old_value; /* of the figure that was told; den 0: none */
    int64_t rank_to;        /* 0: the rank is no range */
    int decimals;
    bool reference; /* `against` lies between two steps: ours, not the text's */
    bool is_short;  /* value is worse than `against` */
    bool reached;   /* the step itself, for good */
};

/* "level-commune" or "commune"; false when it is no level. */
bool view_level_parse(const char *subject, enum level *level);

void view_make(struct view *w, const struct catalogue *c, const struct alert_event *e,
               const struct leader *leader, bool simulated);

/* A reminder, or an overdue report: not about figures. */
bool view_missing(const struct view *w);
bool event_missing(const struct alert_event *e);
/* A count that is lower than it was. */
bool view_falling(const struct view *w);

/* What the sentences can name, in one language; computed texts are in the arena. */
void view_values(const struct view *w, enum language language, struct arena *a,
                 struct values *v);

#endif
