/* What the files of `dondoc play` share. Nobody else includes this. */
#ifndef DONDOC_CLI_PLAY_H
#define DONDOC_CLI_PLAY_H

#include "cli/link.h"
#include "cli/play_script.h"
#include "cli/push.h"
#include "cli/reading.h"
#include "lib/table.h"

struct play {
    const struct options *options;
    struct reading reading; /* the programme is read again when another is in force */
    struct link *ops;
    struct arena *ops_answers;
    struct push push;      /* of the unit or system; its link stays open */
    struct table *pushed;  /* "file:line" of rows that were sent with `ended` */
    int64_t clock_ms;      /* 0: not set yet */
    uint64_t alerts_after; /* of the alerts journal: shown up to here */
    struct arena *events;
    const struct play_step *step;
    long wait_s; /* for the services to catch up */
};

/* One line on stdout, marked as simulated and with the simulated time. */
void play_say(const struct play *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The step cannot go on: line number and why, on stderr; returns code. */
int play_stop(const struct play *p, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* play_do.c; 0 or an exit status, said. */
int play_programme(struct play *p);
int play_clock(struct play *p);
int play_push(struct play *p);
/* Have the programme in force at hand. */
int play_programme_read(struct play *p);

/* play_expect.c */
/* Wait until the scorer (and, all: the notifier) has read everything. */
int play_settle(struct play *p, bool all);
/* Alerts that came since the last time, as lines. */
int play_alerts(struct play *p);
int play_expect(struct play *p);

#endif
