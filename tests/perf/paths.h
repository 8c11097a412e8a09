/*
 * paths - what the programs of this folder have in common: each runs one hot path on
 * fixed inputs, and valgrind counts the instructions between the entry and the exit of
 * counted(). Nothing is decided by a clock, a random number or the environment.
 */
#ifndef DONDOC_TESTS_PERF_PATHS_H
#define DONDOC_TESTS_PERF_PATHS_H

#include <stddef.h>

#include "lib/catalogue.h"

struct path {
    const char *name;
    const char *unit; /* what the figure is per: "report", "event" … */
    const char *what; /* how it is made, one line */
    /* Sets up, has its work counted, cleans up; how many units that were. */
    size_t (*run)(void);
};

/*
 * paths_main - `PROGRAM PATH` runs one and prints how many units it was; `--list`
 * prints name, unit and what of each, with tabs between.
 */
int paths_main(int argc, char **argv, const struct path *paths, size_t count);

/* Calls work(with); only what happens in there is counted. */
void counted(void (*work)(void *with), void *with);

/* --- a programme: SYNTHETIC, 64 communes U01 …, 3 measures, 4 targets, one office ---
 */

#define PERF_UNITS 64
#define PERF_YEAR 2025 /* the last of the programme's five */
struct catalogue *perf_programme(void);
/* The same with a report a unit and day, and targets of which one tells. */
struct catalogue *perf_programme_days(void);
const char *perf_unit(size_t i);   /* "U01"; borrowed, for ever */
const char *perf_period(size_t i); /* month i of PERF_YEAR, from 0; the same */
/* Figures of a report: every twentieth is short of its target. */
void perf_figures(size_t report, int64_t *all, int64_t *done, int64_t *online);

#endif
