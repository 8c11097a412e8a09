/* What the files of `dondoc table` share. Nobody else includes this. */
#ifndef DONDOC_CLI_LEAGUE_H
#define DONDOC_CLI_LEAGUE_H

#include "cli/ranking.h"
#include "cli/reading.h"
#include "cli/stated.h"

#define FIGURES_MAX 8 /* the one that ranks, and those shown with it */

/* A figure that is summed: an indicator of the programme, or a single measure dressed
 * as one. The first ranks, the others stand beside it. */
struct league_figure {
    const char
        *name; /* indicator id or measure code: what stated figures are keyed by */
    const char *title;
    int indicator; /* of league.catalogue */
    bool ratio;
    bool sums; /* counts: values (ranks, points) are never added */
};

/* What became of a unit that should be in the figure. */
enum member_state { MEMBER_IN, MEMBER_SMALL, MEMBER_NOT_APPLICABLE, MEMBER_NO_FIGURE };

struct member {
    int unit;
    enum member_state state; /* for the first figure */
    struct standing standings[FIGURES_MAX];
};

struct league {
    struct reading reading;
    struct catalogue catalogue;  /* the programme's, with measures as indicators too */
    const struct target *target; /* NULL: an indicator or a measure was asked for */
    struct league_figure figures[FIGURES_MAX];
    size_t figure_count;
    struct window window;
    int year;
    int64_t min; /* smallest denominator that is ranked */
    bool smallest_first;
    struct member *members;
    size_t member_count;
    size_t exempt;
    struct stated stated;
};

/* Sums of one figure over the members of a level, or all. */
struct league_sum {
    int64_t num;
    int64_t den;
    size_t covered;
    size_t units; /* that should be in it: those it does not apply to are not */
};
void league_sum(const struct league *l, size_t figure, enum level level,
                struct league_sum *out);

/* league_fill.c: the figures named, the window, the members; 0 or an exit status. */
struct league_ask {
    const char *what;    /* target, indicator; "" with measure */
    const char *measure; /* "" none */
    const char *with;    /* measures with commas; "" none */
    const char *period;  /* "" the newest */
    int year;            /* 0 the newest */
    long min;            /* -1: the indicator's own */
    bool reverse;        /* the other end first */
};
int league_fill(struct league *l, const struct league_ask *ask);
void league_free(struct league *l);

/* league_sums.c */
struct table_print;
void league_count_cell(struct table_print *t, int64_t n);
/* Cut toward the worse side; empty for what is no ratio. */
void league_percent_cell(const struct league *l, struct table_print *t, size_t figure,
                         int64_t num, int64_t den);
void league_sums_print(const struct league *l);
void league_sources_print(const struct league *l); /* of the stated figures */
/* Sums over every unit must be what the province states; others cannot be. Exit
 * status. */
int league_stated_check(const struct league *l);

/* league_print.c; the exit status of --check-stated. */
int league_print(const struct league *l, size_t top, bool check);

#endif
