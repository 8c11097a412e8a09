/*
 * What wanted.c (the walk) and wanted_mark.c (what it asks of a window) share.
 */
#ifndef DONDOC_WANTED_PRIVATE_H
#define DONDOC_WANTED_PRIVATE_H

#include "lib/look.h"
#include "lib/walks.h"

/*
 * mark_make - of a window of the year that is looked at.
 * k      the kept walk; NULL: none.
 * lasts  the subject is behind now: how far over the line it is decides whether that
 *        ends, and is asked. Else it is not, SAYS_FAIR.
 */
void mark_make(struct look *look, const struct kept_walk *k, bool lasts,
               const struct window *w, struct mark *m);

#endif
