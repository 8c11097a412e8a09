/* What the files of `dondoc progress` share. Nobody else includes this. */
#ifndef DONDOC_CLI_PROGRESS_H
#define DONDOC_CLI_PROGRESS_H

#include "cli/reading.h"

#define PROGRESS_VERDICTS 10 /* enum verdict */

/* One target of the year. */
struct progress_row {
    const struct target *target;
    bool whole;                       /* judged as a whole: the level or the province */
    size_t units;                     /* subjects; whole: 1 */
    size_t counts[PROGRESS_VERDICTS]; /* of them, by verdict */
    size_t closed;      /* gone before anything was decided; not in these */
    size_t covered;     /* units with a complete figure, */
    size_t of;          /* of those that should have one */
    size_t good;        /* met or on pace, */
    size_t judged;      /* of those met, on pace, behind or missed */
    bool has_score;     /* there is one to show: */
    struct score score; /* of the whole, else of the worst unit */
    int worst;          /* the unit with the largest gap; NONE: whole */
};

struct progress {
    const struct reading *reading;
    int year;
    int32_t today;
    struct progress_row *rows; /* targets of the year, in the programme's order */
    size_t count;
    struct progress_row *infos; /* shown, not judged; with an indicator */
    size_t info_count;
    const struct target **elsewhere; /* of other years only */
    size_t elsewhere_count;
};

/* progress_rows.c; pure. year 0: of today, or the programme's nearest. */
void progress_make(struct progress *p, const struct reading *r, int year,
                   int32_t today);
void progress_fini(struct progress *p);

void progress_print(const struct progress *p);
void progress_json(const struct progress *p);
void progress_csv(const struct progress *p);

#endif
