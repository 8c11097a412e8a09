/*
 * What standing.c (states, values, wholes), standing_flow.c (the year so far) and
 * standing_sums.c (wholes that are kept) share.
 */
#ifndef DONDOC_STANDING_PRIVATE_H
#define DONDOC_STANDING_PRIVATE_H

#include "lib/score.h"

/* The reports that make a figure, where somebody asked for them. */
struct standing_used {
    const struct fact **facts;
    size_t count;
    size_t max;
};

/* What is looked at: the indicator, and where its measures stand in the group. */
struct sight {
    const struct catalogue *catalogue;
    const struct facts *facts;
    const struct indicator *indicator;
    const struct group *group;
    bool flow;
    int numerator[INDICATOR_SUM_MAX];
    int denominator[INDICATOR_SUM_MAX];
    int ranked;
    int year;
    int32_t year_first; /* by the group's rule: there its windows begin */
    const struct window *window;
    struct standing_used *used; /* NULL: nobody asked */
};

/*
 * fact_read - numerator and denominator (a value: the value, and 1) of a report.
 * Not applicable weighs more than absent, absent more than a number.
 */
enum figure_state fact_read(const struct sight *sight, const struct fact *fact,
                            int64_t *num, int64_t *den);

/* Did one report come after the other? */
bool place_newer(uint64_t entry, uint32_t index, uint64_t than_entry,
                 uint32_t than_index);

/* Add what a report says; its place counts when it is the newest so far. */
void standing_add(const struct sight *sight, struct standing *out,
                  const struct fact *fact, enum figure_state state, int64_t num,
                  int64_t den);

/* An indicator at the end of w; then the figure of one unit. */
void sight_init(struct sight *sight, const struct catalogue *c, const struct facts *f,
                int indicator, int year, const struct window *w);
void standing_of(const struct sight *sight, int unit, struct standing *out);

/* A sum over units that is still open: covered, units, num, den, ranked, first and the
 * newest report of the standing are set; the rest follows in score_whole. */
struct sum {
    struct standing standing;
    uint32_t inapplicable; /* units that said so: they are not among those asked for */
};
void sum_init(struct sum *sum);
void sum_add(struct sum *sum, const struct standing *one);
/* Is it one of those that are left out, since it does not apply to them? */
bool sum_leaves_out(const struct standing *one);

/*
 * sums_read - the sum of a whole at a window, if sums are kept with these facts.
 * False: they are not, or not of this indicator.
 */
bool sums_read(const struct catalogue *c, const struct facts *f, const struct target *t,
               struct subject_ref s, int year, const struct window *w, struct sum *out);

/* The year so far of a flow. out: zeroed, days DAY_NONE. */
void standing_flow(const struct sight *sight, const struct series *s,
                   const struct unit *u, struct standing *out);

#endif
