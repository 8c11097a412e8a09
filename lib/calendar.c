/*
 * Days, hours, working days and due dates. What a period code means is in window.c, the
 * tiling of a year by windows in tiles.c; the three implement calendar.h.
 */
#include "lib/calendar.h"

#include <string.h>

#include "lib/diag.h"

#define HOUR_MS ((int64_t)3600 * 1000)
#define CIVIL_OFFSET_MS (7 * HOUR_MS)
#define ERA_DAYS 146097    /* days of 400 Gregorian years */
#define EPOCH_SHIFT 719468 /* days from 0000-03-01 to 1970-01-01 */

/*
 * Both conversions count years from 1 March, so that the leap day is the last of its
 * year and the lengths of the months before it follow (153 * m + 2) / 5.
 */
int32_t
day_from_civil(int year, int month, int mday)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + mday - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           EPOCH_SHIFT;
}

void
day_to_civil(int32_t day, int *year, int *month, int *mday)
{
    int64_t z = (int64_t)day + EPOCH_SHIFT;
    int64_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
    int d = (int)(z - era * ERA_DAYS);
    int y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int of_year = d - (365 * y + y / 4 - y / 100);
    int m = (5 * of_year + 2) / 153;

    *mday = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = (int)(era * 400) + y + (*month <= 2 ? 1 : 0);
}

int
day_year(int32_t day)
{
    int year;
    int month;
    int mday;

    day_to_civil(day, &year, &month, &mday);
    return year;
}

int
year_days(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
}

int
month_days(int year, int month)
{
    MUST(month >= 1 && month <= 12);
    /* 31 and 30 by turns, beginning anew with August */
    return month == 2 ? year_days(year) - 337 : 30 + (month + month / 8) % 2;
}

int
day_weekday(int32_t day)
{
    int w = (day % 7 + 3) % 7; /* 1970-01-01 was a Thursday */

    return w < 0 ? w + 7 : w;
}

static char *
put_two(char *at, int value)
{
    at[0] = (char)('0' + value / 10);
    at[1] = (char)('0' + value % 10);
    return at + 2;
}

static char *
put_four(char *at, int value)
{
    return put_two(put_two(at, value / 100), value % 100);
}

/* False, and "-", for a day that has no text of four digits' year. */
static bool
day_split(int32_t day, int *year, int *month, int *mday, char out[DAY_TEXT_BYTES])
{
    memcpy(out, "-", 2);
    if (day == DAY_NONE || day == DAY_OPEN) {
        return false;
    }
    day_to_civil(day, year, month, mday);
    return *year >= 0 && *year <= 9999;
}

void
day_text(int32_t day, char out[DAY_TEXT_BYTES])
{
    int year;
    int month;
    int mday;
    char *at = out;

    if (!day_split(day, &year, &month, &mday, out)) {
        return;
    }
    at = put_four(at, year);
    *at++ = '-';
    at = put_two(at, month);
    *at++ = '-';
    at = put_two(at, mday);
    *at = '\0';
}

const char *
day_text_kept(struct day_texts *kept, int32_t day)
{
    size_t at = (uint32_t)day % (sizeof kept->days / sizeof *kept->days);

    if (kept->days[at] != day || kept->texts[at][0] == '\0') {
        day_text(day, kept->texts[at]);
        kept->days[at] = day;
    }
    return kept->texts[at];
}

/* The short form of official papers: the day padded, of the months only 1 and 2. */
void
day_text_vi(int32_t day, char out[DAY_TEXT_BYTES])
{
    int year;
    int month;
    int mday;
    char *at = out;

    if (!day_split(day, &year, &month, &mday, out)) {
        return;
    }
    at = put_two(at, mday);
    *at++ = '/';
    if (month <= 2 || month >= 10) {
        at = put_two(at, month);
    } else {
        *at++ = (char)('0' + month);
    }
    *at++ = '/';
    at = put_four(at, year);
    *at = '\0';
}

/* Stops at the first byte that is no digit, so never reads behind the text's end. */
static bool
digits(const char *text, int places, int *value)
{
    int i;

    *value = 0;
    for (i = 0; i < places; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

enum status
day_parse(const char *text, int32_t *day)
{
    int year;
    int month;
    int mday;

    if (!digits(text, 4, &year) || text[4] != '-' || !digits(text + 5, 2, &month) ||
        text[7] != '-' || !digits(text + 8, 2, &mday) || text[10] != '\0') {
        return ST_BAD;
    }
    if (year < CALENDAR_YEAR_MIN || year > CALENDAR_YEAR_MAX || month < 1 ||
        month > 12 || mday < 1 || mday > month_days(year, month)) {
        return ST_BAD;
    }
    *day = day_from_civil(year, month, mday);
    return ST_OK;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

int64_t
hour_of(struct instant t)
{
    return floor_div(t.ms + CIVIL_OFFSET_MS, HOUR_MS);
}

struct instant
hour_start(int64_t hour)
{
    return (struct instant){hour * HOUR_MS - CIVIL_OFFSET_MS};
}

int32_t
hour_day(int64_t hour)
{
    return (int32_t)floor_div(hour, 24);
}

int32_t
instant_day(struct instant t)
{
    return hour_day(hour_of(t));
}

static bool
day_listed(const int32_t *days, size_t count, int32_t day)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (days[middle] < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && days[low] == day;
}

bool
workday_is(const struct workdays *w, int32_t day)
{
    if (day_weekday(day) >= 5) {
        return day_listed(w->worked, w->worked_count, day);
    }
    return !day_listed(w->holidays, w->holiday_count, day);
}

/* Ends: the list of holidays does, and behind it Mondays are worked. */
int32_t
workday_next(const struct workdays *w, int32_t day)
{
    while (!workday_is(w, day)) {
        day++;
    }
    return day;
}

int32_t
workday_add(const struct workdays *w, int32_t day, int n)
{
    MUST(n >= 0);
    while (n > 0) {
        day = workday_next(w, day + 1);
        n--;
    }
    return day;
}

int
workdays_between(const struct workdays *w, int32_t from, int32_t to)
{
    int n = 0;

    while (from < to) {
        n += workday_is(w, ++from);
    }
    return n;
}

int32_t
due_day(const struct window *w, struct due_rule rule, const struct workdays *wd)
{
    int year;
    int mday;

    if (rule.next_year_month != 0) {
        year = day_year(w->last) + 1;
        mday = month_days(year, rule.next_year_month);
        if (rule.next_year_mday < mday) { /* 29/02 is 28/02 in most years */
            mday = rule.next_year_mday;
        }
        MUST(mday >= 1);
        return workday_next(wd, day_from_civil(year, rule.next_year_month, mday));
    }
    if (rule.working_days != 0) {
        return workday_add(wd, w->last, rule.working_days);
    }
    return DAY_NONE;
}
