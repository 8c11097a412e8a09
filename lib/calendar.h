/*
 * calendar - civil days, reporting windows, due dates, working days. Pure: time is
 * an argument. A day is a count of days since 1970-01-01 in the proleptic Gregorian
 * calendar; the civil time of Viet Nam is UTC+7 without summer time.
 * Source: design.md section 4 (period codes); Nghị định 09/2019/NĐ-CP, Điều 12 for
 * statutory windows; doc/design.md "Windows".
 */
#ifndef DONDOC_CALENDAR_H
#define DONDOC_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/instant.h"
#include "lib/status.h"

#define DAY_NONE INT32_MIN   /* no such day */
#define DAY_OPEN INT32_MAX   /* valid_to of what has no end */
#define DAY_TEXT_BYTES 16    /* "2023-06-30" */
#define PERIOD_TEXT_BYTES 24 /* "2026@2026-09-26" */
#define CALENDAR_YEAR_MIN 1990
#define CALENDAR_YEAR_MAX 2100

int32_t day_from_civil(int year, int month, int mday); /* 2023,6,30; unchecked */
void day_to_civil(int32_t day, int *year, int *month, int *mday);
int day_year(int32_t day);
int year_days(int year); /* 365 or 366 */
int month_days(int year, int month);
int day_weekday(int32_t day);                            /* 0 Monday … 6 Sunday */
void day_text(int32_t day, char out[DAY_TEXT_BYTES]);    /* 2023-06-30; "-" for none */
void day_text_vi(int32_t day, char out[DAY_TEXT_BYTES]); /* 30/6/2023, 05/02/2023 */
/* day_text for many that are mostly the same few days; empty when zeroed. The text is
 * borrowed until the next call. */
struct day_texts {
    int32_t days[32];
    char texts[32][DAY_TEXT_BYTES]; /* "": none kept here yet */
};
const char *day_text_kept(struct day_texts *kept, int32_t day);
/* "2023-06-30", nothing before or behind it. ST_BAD otherwise. */
MUST_USE enum status day_parse(const char *text, int32_t *day);

/* Civil hours (UTC+7) since 1970-01-01 00:00 UTC+7, and back to the hour's start. */
int64_t hour_of(struct instant t);
struct instant hour_start(int64_t hour);
int32_t hour_day(int64_t hour);
int32_t instant_day(struct instant t); /* civil day in UTC+7 */

enum calendar_rule { CALENDAR_CIVIL, CALENDAR_STATUTORY };

enum period_kind {
    PERIOD_MONTH,      /* 2023-06 */
    PERIOD_QUARTER,    /* 2023-Q3 */
    PERIOD_HALF,       /* 2023-H1 */
    PERIOD_NINE,       /* 2023-9M */
    PERIOD_YEAR,       /* 2023 */
    PERIOD_DAY,        /* 2023-06-17 */
    PERIOD_CUMULATIVE, /* 2026@2026-09-26: the year so far */
};

/* A window: what a period code means under one calendar rule. */
struct window {
    enum period_kind kind;
    int year;      /* the year it belongs to */
    int part;      /* month 1-12, quarter 1-4, half 1-2, else 0 */
    int32_t first; /* first and last day, inclusive */
    int32_t last;
    char code[PERIOD_TEXT_BYTES];
};

/*
 * window_parse - the window that `code` names.
 * Errors: ST_BAD  not a period code, or an as-of day outside its year (statutory:
 *                 15/12 of the year before to 14/12); *better then holds the code
 *                 that was probably meant, or "" (PERIOD_TEXT_BYTES; may be NULL).
 */
MUST_USE enum status window_parse(const char *code, enum calendar_rule rule,
                                  struct window *w, char *better);

/* The window of `kind` and number `part` of a year; kinds with a part only by part. */
void window_make(enum period_kind kind, int year, int part, enum calendar_rule rule,
                 struct window *w);

/* First and last day of the year of a rule (statutory 2023: 15/12/2022 to 14/12/2023).
 */
void year_bounds(int year, enum calendar_rule rule, int32_t *first, int32_t *last);

/* The year, of a rule, that a day belongs to: 20/12/2025 statutory is of 2026. */
int day_rule_year(int32_t day, enum calendar_rule rule);

/* Days that are not worked although Monday to Friday, and the other way round. */
struct workdays {
    const int32_t *holidays; /* sorted; borrowed */
    size_t holiday_count;
    const int32_t *worked; /* sorted; Saturdays and Sundays worked in exchange */
    size_t worked_count;
};

bool workday_is(const struct workdays *w, int32_t day);
int32_t workday_next(const struct workdays *w, int32_t day); /* day itself if worked */
int32_t workday_add(const struct workdays *w, int32_t day,
                    int n); /* n working days after */

/* Working days behind `from`, up to `to` included; 0 when that is not later. */
int workdays_between(const struct workdays *w, int32_t from, int32_t to);

enum cadence { CADENCE_NONE, CADENCE_MONTHLY, CADENCE_QUARTERLY, CADENCE_YEARLY };

struct due_rule {
    int working_days;    /* after the window's last day; 0 with month 0: none */
    int next_year_month; /* or: this day of the year after the window's last day, */
    int next_year_mday;  /*     moved to the next working day; 0: not used */
};

int32_t due_day(const struct window *w, struct due_rule rule,
                const struct workdays *wd);

/* How many windows a cadence has in a year (12, 4, 1, 0) and the i-th (from 0). */
size_t cadence_count(enum cadence c);
void cadence_window(enum cadence c, int year, size_t i, enum calendar_rule rule,
                    struct window *w);

/*
 * window_tiles - can `year so far up to `last`` be tiled without overlap, from the
 * first day `first`, by the widest of the given windows?
 * have    windows at hand (any order); count may be 0.
 * pick    out; indices into have, in order; room for count.
 * covered_to  out; last day tiled without a gap, first-1 when none.
 * Returns the number of picks. A cumulative window that starts at `first` and ends on
 * or before `last` is preferred when it reaches furthest.
 */
size_t window_tiles(const struct window *have, size_t count, int32_t first,
                    int32_t last, size_t *pick, int32_t *covered_to);

#endif
