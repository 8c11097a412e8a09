/* What the files of `dondoc explain` share. Nobody else includes this. */
#ifndef DONDOC_CLI_EXPLAIN_H
#define DONDOC_CLI_EXPLAIN_H

#include "cli/archived.h"
#include "cli/arithmetic.h"
#include "cli/closing.h"
#include "cli/reading.h"
#include "cli/wrapped.h"
#include "lib/projection.h"
#include "lib/wire.h"

struct explain {
    struct reading reading;
    struct history history;
    const struct catalogue *c;
    const struct target *t;
    struct subject_ref subject;
    char name[SUBJECT_NAME_BYTES];
    int32_t today;
    int32_t at; /* --at: the state as of this day's end; DAY_NONE: as it is now */
    struct facts *now; /* --at: the reports as they are now; else NULL */
    size_t later;      /* --at: reports that came later and are not in this, */
    size_t earlier;    /* and reports taken at the revision that stood then */
    bool chosen;       /* the window, the year or the day was asked for, */
    bool named;        /* the window or the year */
    struct window
        met; /* of a date: met there, short at the window asked for; code "" */
    struct score score;
    struct projection projection;
    struct projection_need need;
};

/* explain_subject.c: whom UNIT means for the target; false: said, EXIT_DATA. */
bool explain_subject(struct explain *x, const char *text);
/* Which window, and of the versions of the target the one that speaks of it; false:
 * nothing to look at, said. year 0 and window "": the latest. */
bool explain_window(struct explain *x, const char *subject, int year,
                    const char *window);
/* "Xã Bình Nguyên (21055)", "cấp xã", "toàn tỉnh"; out 256 bytes. */
#define SUBJECT_WORDS_BYTES 256
void explain_subject_words(const struct explain *x, char *out);

/* explain_at.c: puts the reports in place that stood at the end of a day, of the groups
 * that a target reads; the exit status. */
int explain_at(struct explain *x, const char *target);
/* Then: how many of the subject's are left out, or taken as they were. */
void explain_at_count(struct explain *x);

/* explain_text.c: heading, verdict, figure, clause; the lists are printed by others */
void explain_heading(const struct explain *x);
void explain_figure(const struct explain *x, const struct arithmetic *a,
                    struct buf *line);
void explain_clause(const struct explain *x);
/* "%" where a value is a percentage, and is written 90% and not 90 %; else "". */
const char *percent_sign(const struct measure *m);
/* Places gained since a baseline, asked for in its year or before: nothing is judged.
 */
bool explain_before_gain(const struct explain *x);

/* What the end of its units did to a subject, by x->today. */
enum closing explain_closing(const struct explain *x);

/* explain_required.c: what was asked for, and what is short. `line` is room to write
 * in. */
void explain_required(const struct explain *x, const struct arithmetic *a,
                      struct buf *line);

/* explain_ahead.c: projection and the pace needed */
void explain_ahead(const struct explain *x);
const char *projection_words(enum projection_why why);

/* explain_excluded.c: what is not in the figure, and why; one line a reason. */
enum excluded_why {
    EXCLUDED_EXEMPT,
    EXCLUDED_NO_FIGURE,
    EXCLUDED_NOT_APPLICABLE,
    EXCLUDED_NOT_VALID,    /* not a unit on the window's last day */
    EXCLUDED_INCOMPLETE,   /* a report that lacks a measure of the indicator */
    EXCLUDED_COVERED,      /* a report that lies inside a wider one */
    EXCLUDED_BEHIND_GAP,   /* a window before it is missing */
    EXCLUDED_OLDER_WINDOW, /* a stock: only the newest state counts */
    EXCLUDED_LATER_WINDOW, /* ends after the window in hand */
    EXCLUDED_REVISION,     /* revisions that a correction replaced */
    EXCLUDED_COUNT
};
struct excluded {
    enum excluded_why why;
    size_t count;
    bool units;     /* names are units' ids, else windows' codes */
    char names[96]; /* the first few, ", " between them; "…" behind when not all */
};
/* Those of which there are any, in the order above; room EXCLUDED_COUNT. */
size_t explain_excluded(const struct explain *x, struct excluded *out);
void explain_excluded_print(const struct explain *x);
const char *excluded_name(enum excluded_why why); /* "no_figure" */

/* explain_fell.c: a stock that is below what it was at the window before. */
struct fell {
    struct window now;
    struct window before;
    struct standing at;  /* of the newest figure, */
    struct standing was; /* and of the one before it */
    bool num;
    bool den;
};
bool explain_fell(const struct explain *x, struct fell *out); /* false: it did not */
void explain_fell_print(const struct explain *x);
void explain_fell_json(const struct explain *x, struct buf *out);

/* explain_sources.c: the reports behind the figure, held against the journal. */
struct source {
    int unit;
    const struct fact *fact;
    const struct report_record *record; /* NULL: not found */
    const char *problem;                /* "" the journal says the same */
    bool looked_up;                     /* false: it could not be read: problem */
};
typedef void explain_each(const struct explain *x, const struct source *s,
                          void *context);
/* left  out: units more than are listed. The exit status (65: one does not match). */
int explain_sources(struct explain *x, explain_each *each, void *context, size_t *left);
/* Places in the facts of one unit's figure: which reports make it. */
#define BEHIND_MAX STANDING_FACTS_MAX
struct behind {
    const struct fact *facts[BEHIND_MAX];
    size_t count;
};
void explain_behind(const struct explain *x, int unit, const struct standing *st,
                    struct behind *out);
/* Does the report say something about every measure of the indicator? */
bool explain_usable(const struct explain *x, const struct fact *fact);
/* The record at (entry, index); ST_GONE: not there. */
MUST_USE enum status explain_record(const struct journal_entry *e, uint32_t index,
                                    struct arena *a, struct report_record *out);
int explain_sources_print(struct explain *x); /* explain_sources_text.c */

/* explain_told.c: what leaders were told about it, and when. */
typedef void explain_event(const struct alert_event *ev, void *context);
struct told_about {
    bool judged; /* else it is only shown, and nobody is told */
    char code[ALERT_CODE_BYTES];
    bool told; /* somebody was; then: */
    bool open;
};
/* each may be NULL; the exit status. */
int explain_told(const struct explain *x, struct told_about *out, explain_event *each,
                 void *context);
int explain_told_print(const struct explain *x);

/* explain_json.c: the same facts as one object; the exit status. */
int explain_json(struct explain *x);
void explain_json_window(struct buf *out, const char *name, const struct window *w);
/* explain_json_lists.c: excluded, sources, alert; the exit status. */
int explain_json_lists(struct explain *x, struct buf *out);
void explain_info_json(const struct explain *x); /* a target without an indicator */

#endif
