/*
 * filling - the values of one message in one language, in the making: view_values.c
 * puts who and when in, view_figures.c the figures.
 */
#ifndef DONDOC_NOTIFIER_FILLING_H
#define DONDOC_NOTIFIER_FILLING_H

#include "notifier/view.h"

struct filling {
    const struct view *w;
    struct arena *a;
    struct values *v;
    bool vi;
};

/* One of the two texts of the programme; never NULL. */
const char *filling_either(const struct filling *f, const char *vi, const char *en);

/* Set a value, copied into the arena. */
void filling_text(const struct filling *f, enum slot slot, const char *text);
/* Set one that stays as long as the values are used: the programme's, the event's, a
 * text of the arena; not NULL. */
void filling_borrow(const struct filling *f, enum slot slot, const char *text);
/* "<code>/<n>", of a long code only its beginning. */
void filling_code(const struct filling *f, enum slot slot, const char *code,
                  uint32_t n);
void filling_number(const struct filling *f, enum slot slot, int64_t n);
void filling_day(const struct filling *f, enum slot slot, int32_t day);
void filling_ratio(const struct filling *f, enum slot slot, struct ratio r,
                   int decimals, enum cut cut);
void filling_ratio_short(const struct filling *f, enum slot slot, struct ratio r,
                         enum cut cut);
void filling_count(const struct filling *f, enum slot slot, int64_t n);
/* A count of things to do: official Vietnamese writes small ones as 05; 0: missing. */
void filling_things(const struct filling *f, enum slot slot, int64_t n);
/* January … December */
const char *filling_month(int month);

/* view_values.c: a period's name, by the programme's calendar */
void view_period(const struct filling *f, const char *code);
/* view_figures.c */
void filling_target(const struct filling *f);
void filling_falling(const struct filling *f);

#endif
