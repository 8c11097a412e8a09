/*
 * progress - how all targets stand, told once a quarter: at the first tick from eight
 * of the programme's progress_days-th working day after the quarter's end, or when that
 * was missed at the next one that decides anything, marked late. Quarters of the
 * programme's year, civil or statutory. What is told is the summary of that hour, and
 * of a target that was never scored for a unit that there is none.
 *
 * Field `progress` of the hash `due`: the quarter that was told last. The first tick
 * that finds none takes what is past as told: nobody hears of quarters before it.
 */
#ifndef DONDOC_SCORER_PROGRESS_H
#define DONDOC_SCORER_PROGRESS_H

#include "scorer/scorer.h"

/* After everything else of the tick: it counts what that made of the targets. */
void progress_tick(struct state *s, const struct tick_record *t);

#endif
