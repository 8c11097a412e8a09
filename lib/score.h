/*
 * score - the pure engine: facts and a programme in, verdicts out. Exact fractions
 * decide; nothing here reads, writes or asks the time.
 * Source: design.md section 4 (Pace, Score, Exact, Roll-ups, Alert defaults).
 */
#ifndef DONDOC_SCORE_H
#define DONDOC_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "lib/facts.h"
#include "lib/ratio.h"

enum verdict {
    VERDICT_NO_DATA,
    VERDICT_MET,
    VERDICT_ON_PACE,
    VERDICT_BEHIND,
    VERDICT_MISSED,
    VERDICT_ON_WAY,
    VERDICT_EXEMPT,
    VERDICT_NOT_APPLICABLE,
    VERDICT_TOO_SMALL,
    VERDICT_INFO,
};
const char *verdict_name(enum verdict v); /* "on_pace" */
MUST_USE enum status verdict_parse(const char *name, enum verdict *v);

/* Who is judged: a unit, the units of a level as a whole, or the province over all.
 * under: a roll-up of the units below `unit` (a district over its communes), or with
 * unit NONE the whole level; shown, judged only if the target's subject is that. */
struct subject_ref {
    int unit;         /* unit index; NONE: a level or the province as a whole */
    enum level level; /* of the members, when unit is NONE or under is set */
    bool under;
};
/* Name in keys and codes: unit id, "level-commune", the province unit's id; for a
 * roll-up under a unit "<id>/under". out 64 bytes. */
#define SUBJECT_NAME_BYTES 64
void subject_name(const struct catalogue *c, const struct target *t,
                  struct subject_ref s, char out[SUBJECT_NAME_BYTES]);

/* What improve and reduce_by compare with: the end of the year before, the baseline. */
enum base {
    BASE_UNUSED, /* another kind, or score_base was not asked */
    BASE_NONE,   /* nothing was stated or reported, or not all of it */
    BASE_SMALL,  /* under the smallest denominator */
    BASE_KNOWN
};

/* The figure of a subject for an indicator at a window's end. */
struct standing {
    bool has;            /* a figure is there (num and den, or value) */
    bool complete;       /* stock: of this very window; flow: year so far tiled without
                            a gap; whole: every unit's is complete */
    bool not_applicable; /* every figure said not applicable, or the denominator is 0 */
    int64_t num;         /* counts; is_value: the value, scaled */
    int64_t den;         /* counts; is_value: 1 */
    int64_t ranked;      /* how many had a score; 0: not known */
    int32_t first;       /* days the figure covers */
    int32_t last;
    int32_t covered_to; /* flow with a gap: last day tiled */
    uint32_t covered;   /* units in the figure, */
    uint32_t units;     /* of units that should be */
    uint64_t entry;     /* newest report in it */
    uint32_t index;
    int64_t received_at_ms; /* of the newest report in it */
    enum base base_is;
    struct ratio base; /* percent or value; den 0: none */
};

struct score {
    enum verdict verdict;
    struct standing standing;
    struct window window; /* of which the verdict speaks */
    int year;
    bool year_last;           /* the year's last window */
    struct ratio value;       /* percent, rank, or places a year; den 0: none */
    struct ratio required;    /* now; same unit; den 0: nothing required now */
    struct ratio step;        /* of the year (or of the due date); den 0: none */
    struct ratio step_before; /* or the base of improve, reduce_by; den 0: none */
    struct ratio gap;  /* required - value (lower is better: the other way), > 0: short;
                          0 and short: the threshold itself is not enough */
    int64_t need_now;  /* countable things to be on pace; 0: none */
    int64_t need_year; /* to reach the step */
    int32_t ends; /* score_subject: the subject's last day, when nothing can be decided
                     before it; DAY_NONE: it will be, or was */
};

/*
 * score_standing - of one unit at the end of window w.
 * Stocks and values: the latest report of the target's year with last day <= w.last.
 * Flows: the year so far from the latest cumulative, else the widest tiling windows.
 */
void score_standing(const struct catalogue *c, const struct facts *f, int indicator,
                    int unit, int year, const struct window *w, struct standing *out);

/*
 * score_standing_facts - the reports that such a figure is made of, in their order; the
 * places are valid until the facts change. Returns how many, at most `max`.
 */
#define STANDING_FACTS_MAX 366 /* every day of a year */
size_t score_standing_facts(const struct catalogue *c, const struct facts *f,
                            int indicator, int unit, int year, const struct window *w,
                            const struct fact **out, size_t max);

/*
 * score_whole - sums over units: a level, all levels, or what lies under a unit, valid
 * on w.last, exempt ones left out (by_exempt), each unit only if it has every measure.
 */
void score_whole(const struct catalogue *c, const struct facts *f,
                 const struct target *t, struct subject_ref s, int year,
                 const struct window *w, struct standing *out);

/*
 * score_base - fill in what improve and reduce_by compare with; other kinds: nothing.
 * As stated in the programme, else the figure of the same subject at the end of that
 * year, all of it. Where it is not known the verdict is no_data, never missed.
 */
void score_base(const struct catalogue *c, const struct facts *f,
                const struct target *t, struct subject_ref s, int year,
                struct standing *st);

/* The year of that figure; 0 for other kinds. */
int score_base_year(const struct target *t, int year);

/*
 * score_judge - the verdict on a standing. Pure arithmetic: pace, kind, smallest
 * denominator. `exempt` for EXEMPT_YES. judged false: a roll-up that gets no verdict
 * (value and required are filled, verdict is VERDICT_INFO).
 */
void score_judge(const struct catalogue *c, const struct target *t, bool judged,
                 bool exempt, int year, const struct window *w,
                 const struct standing *st, struct score *out);

/* Does the value fail the requirement? Both are there. */
bool score_is_short(const struct catalogue *c, const struct target *t,
                    struct ratio value, struct ratio against);

/* All steps for a subject. */
void score_subject(const struct catalogue *c, const struct facts *f,
                   const struct target *t, struct subject_ref s, int year,
                   const struct window *w, struct score *out);

/*
 * score_ends - the last day of a subject that is gone before its target is judged: on
 * the way until then, and from the next day on closed, not judged. DAY_NONE: there is a
 * verdict, or one may come. A clock is not needed: who shows it compares with today.
 */
int32_t score_ends(const struct catalogue *c, const struct facts *f,
                   const struct target *t, struct subject_ref s,
                   const struct score *score);

/*
 * score_windows - the windows at which the target is looked at in `year`, for a
 * subject, ascending by last day: those of the group's cadence that end on or before
 * `until` plus reported ones (cumulative as-of days); room `max`.
 */
size_t score_windows(const struct catalogue *c, const struct facts *f,
                     const struct target *t, struct subject_ref s, int year,
                     int32_t until, struct window *out, size_t max);

/* --- the wanted state of an alert, from all windows (newest revisions) --- */

/* FALLING is no target's: scorer/falling.h */
enum alert_kind { ALERT_NONE, ALERT_BEHIND, ALERT_MISSED, ALERT_FALLING };
const char *alert_kind_name(enum alert_kind k); /* "none" "behind" "missed" … */

struct wanted {
    enum alert_kind kind; /* what should be open now */
    bool ever;            /* some window of the span justifies opening */
    struct score at;      /* the score that decides: the lag told; when it is over, the
                             newest window on pace or met */
    struct window since;  /* first window of the present lag */
    uint32_t windows;     /* windows in a row */
    struct score
        latest; /* score at the latest window with a figure; for scores:<unit> */
    bool has_latest;
};

/*
 * score_wanted - walk the windows of the target's span for a subject and say what
 * should be open at the end. Span: one year for steps and yearly floors, all years of
 * the programme for rank_gain and `due`: what was missed there, a later good window
 * ends, of the same year or a later one. A yearly floor is missed at its last window.
 * now_day  the day of the last tick: windows that end after it are not looked at.
 * year     the span's year (for all-years spans the last year).
 */
void score_wanted(const struct catalogue *c, const struct facts *f,
                  const struct target *t, struct subject_ref s, int year,
                  int32_t now_day, bool simulated, struct wanted *out);

/*
 * score_was_met - a date is judged once: was it met on its day or later, at a window
 * that ends on or before `until`? Then a later fall changes nothing; out is the score
 * of the first such window.
 */
bool score_was_met(const struct catalogue *c, const struct facts *f,
                   const struct target *t, struct subject_ref s, int32_t until,
                   struct score *out);

/* Years of the span whose code carries `year`: first and last. */
void target_span(const struct catalogue *c, const struct target *t, int year,
                 int *first, int *last);

/*
 * score_line - the value under scores:<subject>, ASCII, one line:
 *  behind value=47.35 required=49.96 gap=2.61 num=1130 den=2386 need_now=63
 *  need_year=183 window=2023-09 first=2023-01-01 last=2023-09-30 covered=1/1
 *  entry=57:3 programme=1f2e3d4c
 * Behind `covered` stands ends=2025-06-30 where score.ends is a day: from the day after
 * it, on_way and no_data mean: closed, not judged.
 * Percentages cut toward the worse side; a reader that needs exactness has the counts.
 */
void score_line(const struct catalogue *c, const struct target *t,
                const struct score *s, struct buf *out);
/* Do two lines say the same, whichever programme each was computed with? A programme
 * that is put in force leaves the lines that it does not change as they are. */
bool score_line_same(const char *a, const char *b);

/* The numbers of a score as they are printed: cut toward the worse side, to two
 * decimals (ranks and points: the measure's). den 0: not there. */
struct shown {
    int decimals;
    struct ratio value;
    struct ratio required; /* now; or the step where nothing is required now */
    struct ratio gap;      /* of the printed two; den 0 when not short */
};
void score_shown(const struct catalogue *c, const struct target *t,
                 const struct score *s, struct shown *out);

#endif
