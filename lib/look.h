/*
 * look - one subject, one target, and the windows of one year at a time: what the walk
 * of wanted.c and the search of look.c go over. Nobody else needs it.
 */
#ifndef DONDOC_LOOK_H
#define DONDOC_LOOK_H

#include "lib/score.h"
#include "lib/unit_windows.h"

#define LOOK_WINDOWS_MAX 400 /* of one year: as-of days, and twelve months */

struct look {
    const struct catalogue *catalogue;
    const struct facts *facts;
    const struct target *target;
    const struct group *group;
    struct subject_ref subject;
    bool whole; /* else one unit: its windows need no list */
    int32_t now_day;
    int year;           /* that is looked at */
    struct score score; /* the last that was made; window.last DAY_NONE: none */
    int listed;         /* whose windows these are; 0: none yet */
    struct window windows[LOOK_WINDOWS_MAX];
    size_t window_count;
};

void look_begin(struct look *look, const struct catalogue *c, const struct facts *f,
                const struct target *t, struct subject_ref s, int32_t now_day);

/* Have the windows of a year that end on or before now_day at hand. */
void look_year(struct look *look, int year);

/* The windows of the unit that end from a day on, to now_day; no list is made. */
void look_windows_forth(struct look *look, int year, int32_t from,
                        struct unit_windows *it);

/* The unit's window of the year that ends on a day; there is one. */
void look_window(struct look *look, int year, int32_t last, struct window *out);

/* The score at a window of the year at hand; valid until the next. */
const struct score *look_score(struct look *look, const struct window *w);

/* Did the unit report of the window's last day? */
bool look_reported(const struct look *look, const struct window *w);

/*
 * look_latest - the score to show for a span of years. Of a date that was judged, and
 * of which a later window says less, the score of the window that judged it. False:
 * nothing was reported, and nothing is due yet.
 */
bool look_latest(struct look *look, int first, int last, struct score *out);

/*
 * look_newest_figure - the score at the newest window of the span that has a figure, of
 * a whole that of one of its units: not one that is still coming in before its due day
 * is over, as long as there is one before it. False: none has.
 */
bool look_newest_figure(struct look *look, int first, int last, struct score *out);

#endif
