/* What the files of `dondoc table` and `dondoc league` share. Nobody else includes
 * this. */
#ifndef DONDOC_CLI_LEAGUE_H
#define DONDOC_CLI_LEAGUE_H

#include "cli/closing.h"
#include "cli/ranking.h"
#include "cli/reading.h"
#include "cli/stated.h"

struct table_print;

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
    int32_t today; /* who has ended by then is shown as closed */
    int64_t min;   /* smallest denominator that is ranked */
    bool smallest_first;
    struct member *members;
    size_t member_count;
    size_t exempt;
    enum level level; /* only units of this level; LEVEL_ALL: of the target's */
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
    enum level level;    /* LEVEL_ALL: the target's own */
    const char *command; /* "table" "league": who complains */
};
int league_fill(struct league *l, const struct league_ask *ask);
/* Is it a unit on that day, and one that reports the group of the first figure? */
bool league_asks(const struct league *l, const struct unit *u, int32_t day);
/* league_window.c: window and year, and the version of the target that speaks of it; 0
 * or an exit status, said. */
int league_window(struct league *l, const struct league_ask *ask);
/* The year asked for, so that the target's version of it is taken; 0: the newest. */
int league_year_asked(const struct league *l, const struct league_ask *ask);
void league_fini(struct league *l); /* all but what is read */
void league_free(struct league *l);

/* league_sums.c */
const char *league_level_words(enum level level);
void league_count_cell(struct table_print *t, int64_t n);
/* Cut toward the worse side; empty for what is no ratio. */
void league_percent_cell(const struct league *l, struct table_print *t, size_t figure,
                         int64_t num, int64_t den);
void league_sums_print(const struct league *l);
void league_sources_print(const struct league *l); /* of the stated figures */
/* Sums over every unit must be what the province states; others cannot be. Exit
 * status. */
int league_stated_check(const struct league *l);

/* league_closed.c: verdicts of units, as explain gives them. */
bool league_judges(const struct league *l); /* each unit, and has a verdict */
void league_score(const struct league *l, const struct member *m, struct score *out);
enum closing league_closing(const struct league *l, const struct member *m,
                            const struct score *s);
void league_verdict_cell(const struct league *l, struct table_print *t,
                         const struct member *m, const struct score *s);
void league_closed_print(const struct league *l); /* who has ended, and when */

/* league_print.c; the exit status of --check-stated. */
int league_print(const struct league *l, size_t top, bool check);

/* --- dondoc league --- */

/* A place in the table, or why there is none. */
struct league_row {
    const struct member *member;
    struct score score; /* of an `each` target; else value and counts only */
    bool judged;
    size_t place;              /* 0: not ranked */
    const struct member *then; /* --since: the same unit then; NULL: none */
    size_t then_place;         /* 0: not ranked then */
};

struct league_list {
    const struct league *league;
    const struct league *then; /* --since; NULL: not asked for */
    struct league_row
        *rows; /* the ranked ones first, best first; then small, x, none */
    size_t ranked;
    size_t count;
    bool worst;         /* printed from the other end */
    size_t top;         /* how many of the ranked; 0: all */
    bool whole;         /* the target judges the level as a whole: */
    struct score level; /* its score */
};

/* league_list.c */
void league_list_make(struct league_list *list);
void league_list_fini(struct league_list *list);
/* The ranked rows that are printed: *from … *from + count - 1; ties are not cut. */
size_t league_list_shown(const struct league_list *list, size_t *from);
/* Why the two cannot be compared; NULL: they can. */
const char *league_then_refused(const struct league *now, const struct league *then,
                                char *out, size_t out_bytes);
/* Required of every unit alike, at the window; den 0: not one number. */
struct shown league_required(const struct league_list *list);

/* league_list_print.c, league_list_written.c */
void league_list_print(const struct league_list *list);
void league_list_json(const struct league_list *list);
void league_list_csv(const struct league_list *list);

#endif
