/*
 * falling - a measure that the programme declares never_falls has fallen: one alert for
 * a unit and a measure, kept under `told` beside those about targets, with the figure
 * before the fall.
 *
 * A fall begins at a window whose figure is lower than that of the window before it,
 * and lasts until a later window is back at or above the figure before. In the order of
 * the windows' last days, with the newest revisions, over the years' boundaries too; of
 * windows that end on one day the narrowest speaks, as everywhere (lib/standing.h).
 *
 *   told nothing   -> a fall lasts        new
 *   told a fall    -> it lasts, and a told figure is another one now, or another
 *                     window is the one before it   corrected
 *   told a fall    -> none lasts          resolved; withdrawn when, with the figures as
 *                                         they are now, the told window was no part of
 *                                         one, or the programme does not ask any more
 *
 * An event carries the newest figure and, as the old one, that before the fall, each
 * over 1; withdrawn: the told window's and that of the window before it, as they are
 * now, over 0 where there is none any more.
 */
#ifndef DONDOC_SCORER_FALLING_H
#define DONDOC_SCORER_FALLING_H

#include "scorer/scorer.h"

/* Of the units and groups that are touched, against what was told. */
void falling_rescore(struct state *s);

#endif
