/*
 * holds - what is kept back in a province, said the same way by `dondoc status` and
 * `dondoc release`: the cause of a hold, and how many messages of which kind and level
 * wait.
 */
#ifndef DONDOC_CLI_HOLDS_H
#define DONDOC_CLI_HOLDS_H

#include "cli/alert_words.h"
#include "lib/board.h"
#include "lib/buf.h"
#include "lib/catalogue.h"

/* "set by ops-1: …", "a programme put in force would open 27 of 173 …". */
void hold_cause_words(const struct board_hold *h, struct buf *out);

/* How many of a kind and a level wait. */
struct hold_count {
    char kind[16];  /* "other": this version does not know the alert */
    char level[16]; /* "province" … "all"; "-" not known */
    size_t held;
    size_t opened; /* of these, opened meanwhile: nobody has heard of them yet */
};
#define HOLD_COUNTS_MAX 64
struct hold_counts {
    struct hold_count items[HOLD_COUNTS_MAX]; /* the gravest kind first, then level */
    size_t count;
    size_t held;
};
/* id "": what every hold keeps back. c may be NULL. */
void hold_counts_make(const struct catalogue *c, const struct board_holds *holds,
                      const struct board_alerts *alerts, const char *id,
                      struct hold_counts *out);

#endif
