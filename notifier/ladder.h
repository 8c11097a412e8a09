/*
 * ladder - the problems that are open, and how far each has climbed. A lag climbs by
 * further windows that are no better, everything else by working days; an
 * acknowledgement, a pause or a hold stops it. Source: design.md section 4 (Leader).
 *
 * Kept in the hash `ladder`, a line for each open alert, and read at taking over.
 */
#ifndef DONDOC_NOTIFIER_LADDER_H
#define DONDOC_NOTIFIER_LADDER_H

#include "notifier/deliver.h"

#define LADDER_NOT (-1) /* acked, paused: no such thing */

struct problem {
    char code[ALERT_CODE_BYTES];
    char kind[16];
    char subject[64];
    char target[32]; /* "": a missing report */
    uint32_t number; /* of its newest event */
    struct spot at;  /* that event */
    int rung;        /* 1, 2, 3: up to which it has climbed */
    int steps;       /* behind: further windows that were no better */
    int32_t since;   /* working days count from here */
    int32_t spoke;   /* day of the newest climb or repeat */
    int again;       /* repeats behind the last rung */
    int32_t acked;   /* its last day; DAY_OPEN: to its end; DAY_NONE: nobody has */
    int32_t paused;  /* its last day; DAY_NONE: not */
};

#define LADDER_LINE_BYTES 512
void problem_line(const struct problem *p, char out[LADDER_LINE_BYTES]);
MUST_USE enum status problem_parse(const char *code, const char *line,
                                   struct problem *p);

/* What a problem does now. Pure. */
enum climb {
    CLIMB_NONE,
    CLIMB_RUNG,  /* the next rung hears */
    CLIMB_REPEAT /* behind the last one: all hear again */
};
enum climb ladder_climb(const struct ladder_rule *rule, const struct workdays *wd,
                        const struct problem *p, int32_t today);

struct ladder;
struct ladder *ladder_new(void);
void ladder_free(struct ladder **l);
MUST_USE enum status ladder_read(struct ladder *l, struct redis *r, const char *slug);
struct problem *ladder_find(struct ladder *l, const char *code);

/* An event was routed (or held: then only noted); opens, steps, ends. */
void ladder_event(struct batch *b, const struct alert_event *e, struct spot at,
                  bool held);
/* acknowledge and pause. */
void ladder_act(struct batch *b, const struct wire_act *act);
/* Once a working day: who climbs by days. */
void ladder_day(struct batch *b, int32_t today);

#endif
