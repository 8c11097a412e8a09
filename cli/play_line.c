#include "cli/play_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"

#define MONTHS_MAX 600

enum status
line_wrong(struct play_line *l, const char *vi, const char *en, ...)
{
    va_list args;
    va_list again;

    l->fault->line = l->number;
    va_start(args, en);
    va_copy(again, args);
    (void)vsnprintf(l->fault->vi, sizeof l->fault->vi, vi, args);
    (void)vsnprintf(l->fault->en, sizeof l->fault->en, en, again);
    va_end(again);
    va_end(args);
    return ST_BAD;
}

/* --- words --- */

enum status
line_split(struct play_line *l, const char *at)
{
    l->count = 0;
    l->at = 0;
    for (;;) {
        const char *end;
        size_t len;

        at += strspn(at, " \t");
        if (*at == '\0' || *at == '#') {
            return ST_OK;
        }
        if (*at == '"') {
            at++;
            end = strchr(at, '"');
            if (end == NULL) {
                return line_wrong(l, "thiếu dấu \" đóng", "a closing \" is missing");
            }
        } else {
            end = at + strcspn(at, " \t");
        }
        len = (size_t)(end - at);
        if (l->count == PLAY_WORDS_MAX || len >= PLAY_WORD_BYTES) {
            return line_wrong(l, "dòng quá dài", "the line is too long");
        }
        memcpy(l->words[l->count], at, len);
        l->words[l->count++][len] = '\0';
        at = *end == '"' ? end + 1 : end;
    }
}

/* The next word, or "". */
const char *
line_next(struct play_line *l)
{
    return l->at < l->count ? l->words[l->at++] : "";
}

bool
line_next_is(struct play_line *l, const char *word)
{
    if (l->at < l->count && strcmp(l->words[l->at], word) == 0) {
        l->at++;
        return true;
    }
    return false;
}

bool
line_more(const struct play_line *l)
{
    return l->at < l->count;
}

enum status
line_ended(struct play_line *l)
{
    if (l->at < l->count) {
        return line_wrong(l, "thừa “%s”", "“%s” is too much", l->words[l->at]);
    }
    return ST_OK;
}

struct play_step *
line_step(struct play_line *l, enum play_kind kind)
{
    struct play_script *s = l->script;
    struct play_step *step;

    mem_array_room((void **)&s->steps, s->count, &s->room, sizeof *s->steps);
    step = &s->steps[s->count++];
    memset(step, 0, sizeof *step);
    step->line = l->number;
    step->kind = kind;
    return step;
}

enum status
line_number(struct play_line *l, long min, long max, long *out)
{
    const char *word = line_next(l);
    char *end;

    *out = strtol(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || *end != '\0' || *out < min || *out > max) {
        return line_wrong(l, "“%s” không phải là số từ %ld đến %ld",
                          "“%s” is not a number from %ld to %ld", word, min, max);
    }
    return ST_OK;
}

/* "09:00" as minutes of the day. */
enum status
line_clock(struct play_line *l, int *minutes)
{
    const char *word = line_next(l);
    int hour;
    int minute;
    char end;

    if (strlen(word) != 5 || sscanf(word, "%2d:%2d%c", &hour, &minute, &end) != 2 ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return line_wrong(l, "“%s” không phải là giờ như 09:00",
                          "“%s” is no time such as 09:00", word);
    }
    *minutes = hour * 60 + minute;
    return ST_OK;
}

/* "2021-01..2025-06" as months since year 0. */
enum status
line_months(struct play_line *l, int *first, int *last)
{
    const char *word = line_next(l);
    int year;
    int month;
    int to_year;
    int to_month;
    char end;

    if (strlen(word) != 16 ||
        sscanf(word, "%4d-%2d..%4d-%2d%c", &year, &month, &to_year, &to_month, &end) !=
            4 ||
        month < 1 || month > 12 || to_month < 1 || to_month > 12) {
        return line_wrong(l, "“%s” không phải là khoảng tháng như 2021-01..2025-06",
                          "“%s” is no span of months such as 2021-01..2025-06", word);
    }
    *first = year * 12 + month - 1;
    *last = to_year * 12 + to_month - 1;
    if (*last < *first || *last - *first >= MONTHS_MAX) {
        return line_wrong(l, "“%s”: tháng sau phải không trước tháng đầu",
                          "“%s”: the second month must not be before the first", word);
    }
    return ST_OK;
}
