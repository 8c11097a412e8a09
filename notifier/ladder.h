/*
 * ladder - the problems that are open, and how far each has climbed. A lag climbs by
 * further windows that are no better, everything else by working days; an
 * acknowledgement, a pause or a hold stops it. Source: design.md section 4 (Leader).
 *
 * Kept in the hash `ladder`, a line for each open alert and the last day on which the
 * daily work was done (field `decided`), and read at taking over.
 */
#ifndef DONDOC_NOTIFIER_LADDER_H
#define DONDOC_NOTIFIER_LADDER_H

#include "notifier/deliver.h"

struct problem {
    char code[ALERT_CODE_BYTES];
    char kind[16];
    char subject[64];
    char target[32]; /* "": a missing report */
    uint32_t number; /* of its newest event */
    struct spot at;  /* that event */
    int rung;        /* 1, 2, 3: up to which it has climbed */
    int steps;       /* behind: further windows that were no better; climbing sets it to
                        what the rung demands, so that two never come at once */
    int32_t since;   /* working days count from here */
    int32_t spoke;   /* day of the newest climb or repeat; DAY_NONE: none yet */
    int again;       /* repeats behind the last rung */
    int32_t acked;   /* its last day; DAY_OPEN: to its end; DAY_NONE: nobody has */
    int32_t paused;  /* its last day; DAY_NONE: not */
    size_t
        changed; /* place among those that the entry in hand writes, from 1; 0: none */
};

#define LADDER_LINE_BYTES 512
size_t problem_line(const struct problem *p,
                    char out[LADDER_LINE_BYTES]); /* its bytes */
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
/* It has: rung, steps, spoke and again are what they are after it. Pure. */
void problem_climb(const struct ladder_rule *rule, struct problem *p, enum climb how,
                   int32_t today);
/* Has somebody taken it on, or paused it? */
bool problem_stopped(const struct problem *p, int32_t today);

struct ladder *ladder_new(void);
void ladder_free(struct ladder **l);
MUST_USE enum status ladder_read(struct ladder *l, struct redis *r, const char *slug);
struct problem *ladder_find(const struct ladder *l, const char *code);
/* All that are open, by code; *codes is the caller's to mem_free, its texts are not. */
size_t ladder_codes(const struct ladder *l, const char ***codes);

/* What an event makes of its problem; who hears of it is tell.c's. */
struct ladder_turn {
    enum climb climb;
    bool quiet; /* a repeat that nobody hears: slowed, or stopped */
};
/* Opens, steps, ends. held: only noted. */
struct ladder_turn ladder_event(struct batch *b, const struct alert_event *e,
                                struct spot at, bool held);
/* Those above hear of it (again), except who has heard just now. row: as in struct
 * delivery. */
void ladder_speak(struct batch *b, const char *code, enum climb how, struct spot row,
                  const struct leaders *heard);
/* It was dropped: it climbs to nobody, to its end. */
void ladder_stop(struct batch *b, const char *code);
/* Its office hears of it only now: working days count from here. */
void ladder_released(struct batch *b, const char *code);
/* acknowledge and pause. */
void ladder_act(struct batch *b, const struct wire_act *act);

/* End of an entry: what it changed goes to Redis, as one command. */
void ladder_write(struct batch *b);

/* Once a working day: who climbs by days. */
void ladder_day(struct batch *b, int32_t today);
/* The last day on which the daily work was done; DAY_NONE: never. */
int32_t ladder_decided(const struct ladder *l);
void ladder_decided_write(struct batch *b, int32_t today);

#endif
