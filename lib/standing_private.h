/*
 * What standing.c (states, values, wholes) and standing_flow.c (the year so far) share.
 */
#ifndef DONDOC_STANDING_PRIVATE_H
#define DONDOC_STANDING_PRIVATE_H

#include "lib/score.h"

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
};

/*
 * fact_read - numerator and denominator (a value: the value, and 1) of a report.
 * Not applicable weighs more than absent, absent more than a number.
 */
enum figure_state fact_read(const struct sight *sight, const struct fact *fact,
                            int64_t *num, int64_t *den);

/* Add what a report says; its place counts when it is the newest so far. */
void standing_add(struct standing *out, const struct fact *fact,
                  enum figure_state state, int64_t num, int64_t den);

/* The year so far of a flow. out: zeroed, days DAY_NONE. */
void standing_flow(const struct sight *sight, const struct series *s,
                   const struct unit *u, struct standing *out);

#endif
