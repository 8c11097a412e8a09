#include "cli/report_value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/calendar.h"

#define DIGITS "0123456789"
#define DIGITS_MAX 15 /* of a figure; int64 holds them with 4 decimals behind */

static bool
all_digits(const char *text, size_t len)
{
    return len > 0 && strspn(text, DIGITS) >= len;
}

/* --- numbers --- */

/* "1.204.567" up to len: digits without points into out; false: not groups of three. */
static bool
groups_read(const char *text, size_t len, char out[DIGITS_MAX + 1])
{
    size_t first = strcspn(text, ".");
    size_t used = 0;

    if (first < 1 || first > 3 || text[0] == '0' || (len - first) % 4 != 0) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        bool point = i >= first && (i - first) % 4 == 0;

        if (point ? text[i] != '.' : !isdigit((unsigned char)text[i])) {
            return false;
        }
        if (!point && used < DIGITS_MAX) {
            out[used++] = text[i];
        }
    }
    out[used] = '\0';
    return true;
}

static size_t
digits_in(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        count += isdigit((unsigned char)*text) ? 1 : 0;
    }
    return count;
}

/* Characters of digits, points and commas only, at least one digit. */
static enum number_verdict
odd_shape(const char *text)
{
    size_t len = strlen(text);

    if ((text[0] == '-' && isdigit((unsigned char)text[1])) ||
        (text[0] == '(' && isdigit((unsigned char)text[1])) ||
        (strncmp(text, "\xe2\x88\x92", 3) == 0 && isdigit((unsigned char)text[3]))) {
        return NUMBER_NEGATIVE; /* the third is U+2212, the minus sign of typesetting */
    }
    if (text[len - 1] == '%' && isdigit((unsigned char)text[0])) {
        return NUMBER_PERCENT;
    }
    if (isdigit((unsigned char)text[0]) && strpbrk(text, "eE") != NULL &&
        strspn(text, DIGITS ".,eE+-") == len) {
        return NUMBER_EXPONENT;
    }
    return strspn(text, DIGITS ".,") == len && digits_in(text) > 0 ? NUMBER_GOOD
                                                                   : NUMBER_SHAPE;
}

static bool
word_read(const char *text, struct number *out)
{
    memset(out, 0, sizeof *out);
    if (text[0] == '\0') {
        out->kind = WIRE_NOTHING;
        return true;
    }
    if (strcmp(text, "x") == 0 || strcmp(text, "X") == 0) {
        out->kind = WIRE_NOT_APPLICABLE;
        return true;
    }
    return false;
}

static enum number_verdict
fraction_judge(const char *fraction)
{
    size_t len = strlen(fraction);

    if (!all_digits(fraction, len)) {
        return strchr(fraction, ',') != NULL ? NUMBER_COMMA : NUMBER_SHAPE;
    }
    if (len == 3) {
        return NUMBER_COMMA;
    }
    return len <= 4 ? NUMBER_GOOD : NUMBER_SHAPE;
}

enum number_verdict
number_read(const char *text, struct number *out)
{
    char whole[DIGITS_MAX + 1];
    const char *comma;
    size_t whole_len;
    enum number_verdict verdict;

    if (word_read(text, out)) {
        return NUMBER_GOOD;
    }
    verdict = odd_shape(text);
    if (verdict != NUMBER_GOOD) {
        return verdict;
    }
    comma = strchr(text, ',');
    whole_len = comma == NULL ? strlen(text) : (size_t)(comma - text);
    verdict = comma == NULL ? NUMBER_GOOD : fraction_judge(comma + 1);
    if (verdict != NUMBER_GOOD) {
        return verdict;
    }
    if (digits_in(text) > DIGITS_MAX) {
        return NUMBER_LARGE;
    }
    if (all_digits(text, whole_len)) {
        memcpy(whole, text, whole_len);
        whole[whole_len] = '\0';
        out->plain = strlen(whole + strspn(whole, "0")) > 3;
    } else if (groups_read(text, whole_len, whole)) {
        out->dotted = true;
    } else {
        return whole_len == 0 ? NUMBER_SHAPE : NUMBER_POINT;
    }
    if (comma == NULL) {
        out->kind = WIRE_COUNT;
        out->count = strtoll(whole, NULL, 10); /* at most 15 digits */
    } else {
        out->kind = WIRE_DECIMAL;
        (void)snprintf(out->decimal, sizeof out->decimal, "%s.%s", whole, comma + 1);
    }
    return NUMBER_GOOD;
}

enum number_verdict
number_read_json(const char *text, struct number *out)
{
    const char *point = strchr(text, '.');
    enum number_verdict verdict;

    if (text[0] != '\0' && word_read(text, out)) {
        return NUMBER_GOOD;
    }
    memset(out, 0, sizeof *out);
    if (text[0] == '\0') {
        return NUMBER_SHAPE;
    }
    verdict = odd_shape(text);
    if (verdict != NUMBER_GOOD) {
        return verdict;
    }
    if (point == NULL || !all_digits(text, (size_t)(point - text))) {
        return strchr(text, ',') != NULL ? NUMBER_COMMA : NUMBER_SHAPE;
    }
    if (fraction_judge(point + 1) != NUMBER_GOOD) {
        return NUMBER_POINT;
    }
    if (digits_in(text) > DIGITS_MAX) {
        return NUMBER_LARGE;
    }
    out->kind = WIRE_DECIMAL;
    (void)snprintf(out->decimal, sizeof out->decimal, "%s", text);
    return NUMBER_GOOD;
}

/* --- units --- */

/* "21.340", "21.340.000": a code that was taken for a number. */
static bool
grouped_number(const char *text)
{
    char digits[DIGITS_MAX + 1];

    return strchr(text, '.') != NULL && groups_read(text, strlen(text), digits);
}

enum unit_verdict
unit_read(const char *text)
{
    static const char code[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789._-";
    size_t len = strlen(text);
    size_t head = strspn(text, code);

    if (len == 4 && all_digits(text, len)) {
        return UNIT_ZERO_LOST;
    }
    if (head == 0 || len > 64 || grouped_number(text) ||
        (text[head] != '\0' && text[head] != '@')) {
        return UNIT_SHAPE;
    }
    if (text[head] == '@' &&
        (text[head + 1] == '\0' || strspn(text + head + 1, code) + head + 1 != len)) {
        return UNIT_SHAPE;
    }
    return UNIT_GOOD;
}

/* --- periods --- */

/* A name of a month as Excel prints it in English or Vietnamese. */
static bool
month_named(const char *text)
{
    static const char *const names[] = {"jan", "feb", "mar", "apr",         "may",
                                        "jun", "jul", "aug", "sep",         "oct",
                                        "nov", "dec", "thg", "th\xc3\xa1ng"};
    char lower[64];
    size_t i;

    for (i = 0; text[i] != '\0' && i + 1 < sizeof lower; i++) {
        lower[i] = (char)tolower((unsigned char)text[i]);
    }
    lower[i] = '\0';
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        if (strstr(lower, names[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* 06-2023, 1-6-2023, 01.06.2023: a year at the end. */
static bool
year_last(const char *text)
{
    size_t len = strlen(text);

    return strspn(text, DIGITS "-.") == len && len > 5 &&
           (text[len - 5] == '-' || text[len - 5] == '.') &&
           all_digits(text + len - 4, 4) &&
           (text[1] == '-' || text[1] == '.' || text[2] == '-' || text[2] == '.');
}

static bool
date_like(const char *text)
{
    size_t len = strlen(text);

    /* Excel counts days from 1900: 36526 is 2000-01-01, 60000 is in 2064. */
    if (len == 5 && all_digits(text, len)) {
        return true;
    }
    return strchr(text, '/') != NULL || strchr(text, ':') != NULL ||
           month_named(text) || year_last(text);
}

enum period_verdict
period_read(const char *text, char *better)
{
    struct window w;

    /* Which rule a group follows is the server's to know: what either takes is sent. */
    if (window_parse(text, CALENDAR_STATUTORY, &w, better) == ST_OK ||
        window_parse(text, CALENDAR_CIVIL, &w, better) == ST_OK) {
        better[0] = '\0';
        return PERIOD_GOOD;
    }
    return date_like(text) ? PERIOD_DATE : PERIOD_SHAPE;
}
