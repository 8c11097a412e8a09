/* What the files about missing reports share: one group's window, looked at. */
#ifndef DONDOC_SCORER_MISSING_PRIVATE_H
#define DONDOC_SCORER_MISSING_PRIVATE_H

#include "scorer/missing.h"

#define LOOK_BACK_DAYS 400 /* what was due longer ago is history */
#define KEPT_DAYS                                                                      \
    (2 * LOOK_BACK_DAYS) /* what was opened before is asked for no more                \
                          */

/* A group's window on the day that is decided. */
struct asked {
    struct state *s;
    int group;
    struct window window;
    struct missing_due due;
    enum missing_kind kind;
    uint32_t expected[LEVEL_COUNT]; /* units that must report, */
    uint32_t came[LEVEL_COUNT];     /* and those that did */
    int32_t today;
    int64_t at_ms;
    bool late;
};

/* What made a message: a tick, or the report that came. */
struct cause {
    int64_t at_ms;
    uint64_t entry;
    uint32_t index;
};

/* missing_window.c */
const struct group *asked_group(const struct asked *a);
uint32_t asked_sum(const uint32_t *counts); /* over the levels */
/* Its due date, and what the day makes of it. False: nothing is demanded, or it was due
 * before alerts_from. */
bool asked_set(struct asked *a);
/* Must this unit report the window, and was it asked to when it fell due? */
bool asked_of_unit(const struct asked *a, const struct unit *u);
bool asked_reported(const struct asked *a, int unit);
void asked_count(struct asked *a);
/* After asked_count: overdue, and none of the level's units (of any unit) has reported.
 */
bool asked_level_silent(const struct asked *a, enum level level);
bool asked_all_silent(const struct asked *a);
void whole_name(enum level level, char out[SUBJECT_NAME_BYTES]);
/* The level that "level-commune" names. */
bool whole_level(const char *subject, enum level *level);

struct told_missing *told_get(const struct asked *a, const char *subject, bool make);
/* Also that a reminder is done goes into the journal: no office hears of it, but who
 * keeps what is open has to know. */
void told_set(const struct asked *a, struct told_missing *t, enum missing_kind kind,
              enum reason reason, const struct cause *cause);
/* All of a kind that is open (or closed), by code; mem_free them. */
struct told_missing **told_list(const struct state *s, bool open, size_t *count);

/* missing_asked.c */
#define ASKED_NAME_BYTES 128
void asked_kind_name(const struct group *g, enum unit_kind kind,
                     char out[ASKED_NAME_BYTES]);
void asked_unit_name(const struct unit *u, char out[ASKED_NAME_BYTES]);
int32_t asked_from(const struct state *s, const char *name); /* DAY_OPEN: it is not */
/* What is new is asked for from this day on; what is not demanded any more begins anew
 * when it is demanded again. */
void asked_note(struct state *s, int32_t day);

/* missing_close.c */
/* Units that ended, and what fell due too long ago: withdrawn, or it would climb for
 * ever; what is closed for long is forgotten. */
void told_sweep(struct state *s, int32_t today, int64_t at_ms);

#endif
