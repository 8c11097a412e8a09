/*
 * walks - what score_wanted has gone through already, kept beside the facts: of each
 * unit, target and year the windows up to some day, what the walk makes of each (a
 * mark), and where it stood behind them. A report costs the windows that it changed:
 * the others' marks are gone over again only where an older one changed, and are never
 * scored again. For who scores again and again with the same facts (scorer). The same
 * wishes either way: tests/unit/test_walks.c.
 *
 * Kept are units, not wholes (sums.h is theirs), and targets of one year at a time that
 * do not compare with another year's figure. What a mark says depends on the programme,
 * and on reports of this unit, group and year that end on its window's last day or
 * before: of a stock or a value, whose last day it is; of a flow, any of them. It does
 * not depend on the day of the question, which only says where the windows end.
 *
 * Memory: eight bytes a window and about a hundred a unit, target and year; at
 * WALKS_BYTES_MAX (of one province) all of it is dropped and kept anew.
 */
#ifndef DONDOC_WALKS_H
#define DONDOC_WALKS_H

#include "lib/score.h"

#define WALKS_BYTES_MAX (64u << 20)

/* From here on; they are freed with the facts. c: the catalogue of these facts. */
void walks_keep(const struct catalogue *c, struct facts *f);

enum says {
    SAYS_UNKNOWN, /* to be scored: nobody did, or a report has changed it */
    SAYS_NOTHING, /* can only be on the way: not looked at */
    SAYS_FAIR,    /* on pace; whether that is enough to close was not asked */
    SAYS_GOOD,
    SAYS_BEHIND,
    SAYS_MISSED,
    SAYS_OTHER, /* no verdict: a hole */
};

/* All that the walk asks of a window's score. */
struct mark {
    int32_t last; /* of its window */
    uint8_t says; /* enum says */
    bool due;     /* counts in a row: no report between two windows */
    bool enough;  /* good: so far over the line that it closes; behind: so far under it
                     that it would open */
    bool firm;    /* good: met; behind: late enough in the year to open; missed: not a
                     past date, which accuses nobody */
};

/* Where the walk stands: wanted.c. Zeroed: at its beginning. */
struct stand {
    uint8_t kind; /* enum alert_kind */
    bool ever;
    bool broken; /* the next short window begins a new lag */
    bool over;   /* decided for good */
    bool missed; /* judged short; only a good window says more */
    int run;
    int calm;
    uint32_t lag;
    int32_t at;    /* last day of the window that decides */
    int32_t since; /* of the first of the present lag */
};

struct kept_walk {
    struct mark *marks; /* every window that ends on or before `upto`, ascending */
    size_t count;
    size_t room;
    int32_t upto;
    bool flow;      /* a window's figure is made of reports before it, too */
    size_t stepped; /* so many of them are behind `stand` */
    struct stand stand;
};

/* walks_find - the kept walk, perhaps one that has not begun; valid until the next call
 * and the next report. NULL: nothing is kept with these facts, or not of that. */
struct kept_walk *walks_find(const struct catalogue *c, const struct facts *f,
                             const struct target *t, struct subject_ref s, int year);

/* One more window behind all others. */
struct mark *walks_mark(const struct facts *f, struct kept_walk *k, int32_t last);

#endif
