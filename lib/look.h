/*
 * look - one subject, one target, and the windows of one year at a time: what the walk
 * of wanted.c and the search of look.c go over. Nobody else needs it.
 */
#ifndef DONDOC_LOOK_H
#define DONDOC_LOOK_H

#include "lib/score.h"

#define LOOK_WINDOWS_MAX 400 /* of one year: as-of days, and twelve months */

struct look {
    const struct catalogue *catalogue;
    const struct facts *facts;
    const struct target *target;
    const struct group *group;
    struct subject_ref subject;
    int32_t now_day;
    int year; /* whose windows these are; 0: none yet */
    struct window windows[LOOK_WINDOWS_MAX];
    size_t window_count;
};

/* Have the windows of a year that end on or before now_day at hand. */
void look_year(struct look *look, int year);

/* The score at a window of the year at hand. */
void look_score(const struct look *look, const struct window *w, struct score *out);

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
