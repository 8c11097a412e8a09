/*
 * Period codes, the windows they name, and the windows of a cadence. Implements
 * calendar.h together with calendar.c and tiles.c.
 */
#include <string.h>

#include "lib/calendar.h"
#include "lib/diag.h"

#define DAY_CODE_BYTES 10 /* "2026-09-26" */
#define YEAR_CODE_BYTES 4

/* What kinds with a name in their code look like behind "2023-". */
static const struct part_name {
    char text[3];
    enum period_kind kind;
    int part;
} part_names[] = {
    {"Q1", PERIOD_QUARTER, 1}, {"Q2", PERIOD_QUARTER, 2}, {"Q3", PERIOD_QUARTER, 3},
    {"Q4", PERIOD_QUARTER, 4}, {"H1", PERIOD_HALF, 1},    {"H2", PERIOD_HALF, 2},
    {"9M", PERIOD_NINE, 0},
};

#define PART_NAMES_COUNT (sizeof part_names / sizeof part_names[0])

static void
put_year(int year, char *out)
{
    int i;

    for (i = YEAR_CODE_BYTES - 1; i >= 0; i--) {
        out[i] = (char)('0' + year % 10);
        year /= 10;
    }
}

/* The first day of the window that begins with a month; 0 is December before. */
static int32_t
month_first(int year, int month, enum calendar_rule rule)
{
    if (rule == CALENDAR_CIVIL) {
        return day_from_civil(year, month, 1);
    }
    return month == 1 ? day_from_civil(year - 1, 12, 15)
                      : day_from_civil(year, month - 1, 15);
}

static int32_t
month_last(int year, int month, enum calendar_rule rule)
{
    return rule == CALENDAR_CIVIL ? day_from_civil(year, month, month_days(year, month))
                                  : day_from_civil(year, month, 14);
}

void
year_bounds(int year, enum calendar_rule rule, int32_t *first, int32_t *last)
{
    *first = month_first(year, 1, rule);
    *last = *first + year_days(year) - 1; /* both rules: of the year it ends in */
}

int
day_rule_year(int32_t day, enum calendar_rule rule)
{
    int year = day_year(day);

    return day > month_last(year, 12, rule) ? year + 1 : year;
}

static bool
year_known(int year)
{
    return year >= CALENDAR_YEAR_MIN && year <= CALENDAR_YEAR_MAX;
}

static void
window_code(struct window *w)
{
    size_t i;

    put_year(w->year, w->code);
    w->code[YEAR_CODE_BYTES] = '\0';
    if (w->kind == PERIOD_YEAR) {
        return;
    }
    w->code[4] = '-';
    if (w->kind == PERIOD_MONTH) {
        w->code[5] = (char)('0' + w->part / 10);
        w->code[6] = (char)('0' + w->part % 10);
        w->code[7] = '\0';
        return;
    }
    for (i = 0; i < PART_NAMES_COUNT; i++) {
        if (part_names[i].kind == w->kind && part_names[i].part == w->part) {
            memcpy(w->code + 5, part_names[i].text, sizeof part_names[i].text);
            return;
        }
    }
    MUST(!"a part that its kind has");
}

void
window_make(enum period_kind kind, int year, int part, enum calendar_rule rule,
            struct window *w)
{
    int months = 0;
    int first = 1;

    switch (kind) {
    case PERIOD_MONTH:
        MUST(part >= 1 && part <= 12);
        months = 1;
        first = part;
        break;
    case PERIOD_QUARTER:
        MUST(part >= 1 && part <= 4);
        months = 3;
        first = 3 * part - 2;
        break;
    case PERIOD_HALF:
        MUST(part >= 1 && part <= 2);
        months = 6;
        first = 6 * part - 5;
        break;
    case PERIOD_NINE:
        months = 9;
        break;
    case PERIOD_YEAR:
        months = 12;
        break;
    case PERIOD_DAY:
    case PERIOD_CUMULATIVE:
        break;
    }
    MUST(months != 0); /* those two are made of a day: window_parse */
    *w = (struct window){.kind = kind, .year = year, .part = months < 9 ? part : 0};
    w->first = month_first(year, first, rule);
    w->last = month_last(year, first + months - 1, rule);
    window_code(w);
}

static enum status
window_parse_day(const char *code, enum calendar_rule rule, struct window *w)
{
    int32_t day;

    if (day_parse(code, &day) != ST_OK || !year_known(day_rule_year(day, rule))) {
        return ST_BAD;
    }
    *w = (struct window){.kind = PERIOD_DAY,
                         .year = day_rule_year(day, rule),
                         .first = day,
                         .last = day};
    memcpy(w->code, code, DAY_CODE_BYTES + 1);
    return ST_OK;
}

/* "@2026-09-26" behind a year; *right: the code with the year that has the day. */
static enum status
window_parse_as_of(const char *code, int year, enum calendar_rule rule,
                   struct window *w, char right[PERIOD_TEXT_BYTES])
{
    int32_t day;
    int day_in;

    if (day_parse(code + YEAR_CODE_BYTES + 1, &day) != ST_OK) {
        return ST_BAD;
    }
    day_in = day_rule_year(day, rule);
    if (!year_known(day_in)) {
        return ST_BAD;
    }
    if (day_in != year) {
        put_year(day_in, right);
        memcpy(right + YEAR_CODE_BYTES, code + YEAR_CODE_BYTES, DAY_CODE_BYTES + 2);
        return ST_BAD;
    }
    *w = (struct window){.kind = PERIOD_CUMULATIVE, .year = year, .last = day};
    w->first = month_first(year, 1, rule);
    memcpy(w->code, code, YEAR_CODE_BYTES + DAY_CODE_BYTES + 2);
    return ST_OK;
}

/* "-Q3", "-06" … behind a year. */
static enum status
window_parse_part(const char *part, int year, enum calendar_rule rule, struct window *w)
{
    int month;
    size_t i;

    for (i = 0; i < PART_NAMES_COUNT; i++) {
        if (strcmp(part, part_names[i].text) == 0) {
            window_make(part_names[i].kind, year, part_names[i].part, rule, w);
            return ST_OK;
        }
    }
    if (strlen(part) != 2 || part[0] < '0' || part[0] > '1' || part[1] < '0' ||
        part[1] > '9') {
        return ST_BAD;
    }
    month = (part[0] - '0') * 10 + (part[1] - '0');
    if (month < 1 || month > 12) {
        return ST_BAD;
    }
    window_make(PERIOD_MONTH, year, month, rule, w);
    return ST_OK;
}

static enum status
window_parse_exact(const char *code, enum calendar_rule rule, struct window *w,
                   char right[PERIOD_TEXT_BYTES])
{
    int year = 0;
    size_t i;

    for (i = 0; i < YEAR_CODE_BYTES; i++) {
        if (code[i] < '0' || code[i] > '9') {
            return ST_BAD;
        }
        year = year * 10 + (code[i] - '0');
    }
    if (strlen(code) == DAY_CODE_BYTES) { /* a day's own year may lie one lower */
        return window_parse_day(code, rule, w);
    }
    if (!year_known(year)) {
        return ST_BAD;
    }
    switch (code[YEAR_CODE_BYTES]) {
    case '\0':
        window_make(PERIOD_YEAR, year, 0, rule, w);
        return ST_OK;
    case '@':
        return window_parse_as_of(code, year, rule, w, right);
    case '-':
        return window_parse_part(code + YEAR_CODE_BYTES + 1, year, rule, w);
    default:
        return ST_BAD;
    }
}

/*
 * What people write instead of a code: blanks round it, small letters, a slash for the
 * dash, a month or day of one digit. False when it does not fit.
 */
static bool
code_tidied(const char *code, char out[PERIOD_TEXT_BYTES])
{
    size_t n = 0;
    size_t alone; /* length of the run of digits that ends here */

    while (*code == ' ') {
        code++;
    }
    for (alone = 0; *code != '\0' && *code != ' '; code++) {
        char c = *code == '/' ? '-' : *code;
        bool digit = c >= '0' && c <= '9';
        bool ends = code[1] < '0' || code[1] > '9';

        if (n + 3 > PERIOD_TEXT_BYTES) {
            return false;
        }
        if (digit && alone == 0 && ends && n > 0 && out[n - 1] == '-' &&
            code[1] != 'M' && code[1] != 'm') {
            out[n++] = '0';
        }
        alone = digit ? alone + 1 : 0;
        out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    while (*code == ' ') {
        code++;
    }
    out[n] = '\0';
    return *code == '\0';
}

enum status
window_parse(const char *code, enum calendar_rule rule, struct window *w, char *better)
{
    char right[PERIOD_TEXT_BYTES] = "";
    char tidy[PERIOD_TEXT_BYTES];
    struct window meant;

    if (window_parse_exact(code, rule, w, right) == ST_OK) {
        if (better != NULL) {
            better[0] = '\0';
        }
        return ST_OK;
    }
    if (better == NULL) {
        return ST_BAD;
    }
    if (right[0] == '\0' && code_tidied(code, tidy) &&
        window_parse_exact(tidy, rule, &meant, right) == ST_OK) {
        memcpy(right, tidy, sizeof right);
    }
    memcpy(better, right, sizeof right);
    return ST_BAD;
}

size_t
cadence_count(enum cadence c)
{
    switch (c) {
    case CADENCE_NONE:
        return 0;
    case CADENCE_MONTHLY:
        return 12;
    case CADENCE_QUARTERLY:
        return 4;
    case CADENCE_YEARLY:
        return 1;
    }
    MUST(!"a known cadence");
    return 0;
}

void
cadence_window(enum cadence c, int year, size_t i, enum calendar_rule rule,
               struct window *w)
{
    static const enum period_kind kinds[] = {
        [CADENCE_MONTHLY] = PERIOD_MONTH,
        [CADENCE_QUARTERLY] = PERIOD_QUARTER,
        [CADENCE_YEARLY] = PERIOD_YEAR,
    };

    MUST(i < cadence_count(c));
    window_make(kinds[c], year, (int)i + 1, rule, w);
}
