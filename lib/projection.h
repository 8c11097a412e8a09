/*
 * projection - where a subject arrives if it goes on as it has, and what it would have
 * to do instead. Pure and exact: fractions and days, no clock. Ours, not a document's,
 * and every text that shows it says so.
 *
 * What pace is, by the nature of the numerator:
 *   stock  growth of the numerator since the year's base, by the day: from the last
 *          window of the year before, else from the year's first window, to the window
 *          in hand. The denominator stays what it is. 1.130 of 2.386 on 30/9/2023 after
 *          800 on 31/12/2022: 330 things in 273 days; on 31/12/2023 it is
 *          1.130 + 330 * 92/273 = 1.241,2…, of which 1.241 are whole: 52,01 %.
 *   flow   a share: events so far over days so far on both sides of the fraction, so
 *          the share so far is the projection. A count (times a year): count so far
 *          * days of the year / days so far; 1 in 90 of 365 days: 4,05…, of which 4.
 *   value  none: points and ranks are not worked off day by day.
 * Whole things only: a count that is projected is cut toward the worse side.
 * Source: design.md section 4 (Score: projection at the present rate).
 */
#ifndef DONDOC_PROJECTION_H
#define DONDOC_PROJECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/score.h"

/* Why there is no projection. */
enum projection_why {
    PROJECTION_GIVEN,
    PROJECTION_NO_DATA,   /* no figure of this window, or nothing to compare with */
    PROJECTION_ONE_POINT, /* a stock with no earlier point to grow from */
    PROJECTION_MEMBERS,   /* a whole: other units had a figure at every earlier point */
    PROJECTION_TOO_SMALL,
    PROJECTION_NOT_APPLICABLE,
    PROJECTION_EXEMPT,
    PROJECTION_RANK,  /* others decide about it, too */
    PROJECTION_VALUE, /* points and the like */
    PROJECTION_UNSET, /* info, or nothing is set for the year */
    PROJECTION_OVER,  /* the year is over, or the due date */
    PROJECTION_ENDS,  /* the subject is gone before anything is decided */
};
const char *projection_why_name(enum projection_why why); /* "one_point" */

/* When the year's step, or the threshold of the due date, is arrived at. */
enum arrival {
    ARRIVAL_NONE,    /* no projection */
    ARRIVAL_REACHED, /* it is, and is so at the end at this pace */
    ARRIVAL_LEAVES,  /* it is now, and at this pace no longer from a day on */
    ARRIVAL_ON,      /* on a day, perhaps behind the year's end */
    ARRIVAL_BEYOND,  /* not before the last day on which it counts */
    ARRIVAL_NEVER,   /* the pace is zero, or leads away */
};
const char *arrival_name(enum arrival a); /* "beyond" */

/* A point of the past, from which a stock has grown. */
struct projection_base {
    bool has;
    bool members; /* there are earlier points, but of other units */
    int32_t day;
    int64_t num;
};

struct projection {
    enum projection_why why;
    enum nature nature;
    int32_t to;    /* last day of the figure */
    int32_t until; /* the day projected at: the year's last, or the due date */
    int32_t limit; /* last day on which an arrival counts: of the target's last
                      year; a flow's: until */
    int32_t since; /* stock: the base's day; flow: the day before its first */
    int64_t grown; /* in the days since + 1 … to: things; a flow: its count so far */
    int64_t num;   /* projected, whole; a flow's share: as it is */
    struct ratio value; /* projected: percent, or the value's unit */
    bool is_short;      /* of the step, at `until` */
    enum arrival arrival;
    int32_t day; /* ARRIVAL_ON, ARRIVAL_LEAVES */
};

/*
 * projection_make - at the pace of `base` to `at`.
 * at    borrowed; a score of score_judge
 * base  borrowed; stocks only
 */
void projection_make(const struct catalogue *c, const struct target *t,
                     const struct score *at, const struct projection_base *base,
                     struct projection *out);

/*
 * projection_base - the year's base of a stock, from the facts: same subject; of a
 * whole the very same units must have had a figure.
 */
void projection_base(const struct catalogue *c, const struct facts *f,
                     const struct target *t, struct subject_ref s,
                     const struct score *at, struct projection_base *out);

/* Both. */
void projection_subject(const struct catalogue *c, const struct facts *f,
                        const struct target *t, struct subject_ref s,
                        const struct score *at, struct projection *out);

/*
 * The pace needed from the window's end to the day projected at.
 *   stock, count  the things to go, on the present denominator: 183 in 92 days
 *   flow's share  what is still to come is taken to be as many as so far, by the day;
 *                 of these so many percent: step 60 %, 40 of 100 so far in 181 of 365
 *                 days: (60 * 100 * 365 - 100 * 40 * 181) / (100 * 184) = 79,67… %.
 *                 Lower is better: at most so many percent.
 */
struct projection_need {
    bool has;      /* it is short, and there is time left */
    bool possible; /* a share of 0 to 100 percent will do; else not this year */
    int64_t things;
    int32_t days;
    int32_t working_days;
    int32_t windows;     /* of the group's cadence that end in the time left */
    struct ratio month;  /* things a month: a twelfth of the year's days */
    struct ratio week;   /* and a week of five working days; den 0: none are left */
    struct ratio window; /* and a remaining window; den 0: none */
    struct ratio share;  /* flow's share: percent of what is to come; else den 0 */
    struct ratio coming; /* flow's share: how many are to come at the rate so far */
};
void projection_need(const struct catalogue *c, const struct target *t,
                     const struct score *at, struct projection_need *out);

#endif
