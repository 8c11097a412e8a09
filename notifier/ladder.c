/* How far a problem climbs, and when: pure. What is kept of it is in ladder_keep.c. */
#include "notifier/ladder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/put.h"

/* ---- a line ---- */

/* Years end long before either, so that a line needs no other words. */
static void
day_put(struct put *out, int32_t day)
{
    char text[DAY_TEXT_BYTES];

    if (day == DAY_NONE) {
        put_char(out, '-');
    } else if (day == DAY_OPEN) {
        put_text(out, "open");
    } else {
        day_text(day, text);
        put_text(out, text);
    }
}

static bool
day_take(const char *text, int32_t *day)
{
    if (strcmp(text, "-") == 0) {
        *day = DAY_NONE;
        return true;
    }
    if (strcmp(text, "open") == 0) {
        *day = DAY_OPEN;
        return true;
    }
    return day_parse(text, day) == ST_OK;
}

size_t
problem_line(const struct problem *p, char out[LADDER_LINE_BYTES])
{
    struct put line;

    put_begin(&line, out, LADDER_LINE_BYTES);
    put_text(&line, "kind=");
    put_text(&line, p->kind);
    put_text(&line, " subject=");
    put_text(&line, p->subject);
    put_text(&line, " target=");
    put_text(&line, p->target[0] == '\0' ? "-" : p->target);
    put_text(&line, " n=");
    put_number(&line, p->number);
    put_text(&line, " at=");
    put_count(&line, p->at.seq);
    put_char(&line, '-');
    put_count(&line, p->at.index);
    put_text(&line, " rung=");
    put_number(&line, p->rung);
    put_text(&line, " steps=");
    put_number(&line, p->steps);
    put_text(&line, " since=");
    day_put(&line, p->since);
    put_text(&line, " spoke=");
    day_put(&line, p->spoke);
    put_text(&line, " again=");
    put_number(&line, p->again);
    put_text(&line, " acked=");
    day_put(&line, p->acked);
    put_text(&line, " paused=");
    day_put(&line, p->paused);
    put_end(&line);
    return (size_t)(line.at - out);
}

static bool
word_take(const char *value, char *out, size_t bytes)
{
    return value[0] != '\0' && put_copy(out, bytes, value);
}

static bool
count_take(const char *value, int max, int *out)
{
    char *end;
    long n = strtol(value, &end, 10);

    if (value[0] < '0' || value[0] > '9' || *end != '\0' || n > max) {
        return false;
    }
    *out = (int)n;
    return true;
}

enum word_place {
    P_KIND,
    P_SUBJECT,
    P_TARGET,
    P_NUMBER,
    P_AT,
    P_RUNG,
    P_STEPS,
    P_SINCE,
    P_SPOKE,
    P_AGAIN,
    P_ACKED,
    P_PAUSED,
    P_COUNT
};
static const char *const names[P_COUNT] = {
    "kind",  "subject", "target", "n",     "at",    "rung",
    "steps", "since",   "spoke",  "again", "acked", "paused",
};

static bool
value_take(enum word_place place, const char *value, struct problem *p)
{
    int n = 0;

    switch (place) {
    case P_KIND:
        return word_take(value, p->kind, sizeof p->kind);
    case P_SUBJECT:
        return word_take(value, p->subject, sizeof p->subject);
    case P_TARGET:
        return strcmp(value, "-") == 0 || word_take(value, p->target, sizeof p->target);
    case P_NUMBER:
        if (!count_take(value, INT32_MAX, &n)) {
            return false;
        }
        p->number = (uint32_t)n;
        return true;
    case P_AT:
        return spot_read(value, &p->at);
    case P_RUNG:
        return count_take(value, RUNG_LAST, &p->rung) && p->rung > 0;
    case P_STEPS:
        return count_take(value, INT32_MAX, &p->steps);
    case P_SINCE:
        return day_take(value, &p->since);
    case P_SPOKE:
        return day_take(value, &p->spoke);
    case P_AGAIN:
        return count_take(value, INT32_MAX, &p->again);
    case P_ACKED:
        return day_take(value, &p->acked);
    case P_PAUSED:
        return day_take(value, &p->paused);
    case P_COUNT:
        break;
    }
    return false;
}

/* "name=value" at *at, which moves behind it; P_COUNT: a name of a later release. */
static bool
pair_take(const char **at, enum word_place *place, char value[LADDER_LINE_BYTES])
{
    const char *from = *at;
    size_t name = strcspn(from, "= ");
    size_t len;
    int i = 0;

    if (from[name] != '=') {
        return false;
    }
    len = strcspn(from + name + 1, " ");
    if (len >= LADDER_LINE_BYTES) {
        return false;
    }
    memcpy(value, from + name + 1, len);
    value[len] = '\0';
    while (i < P_COUNT &&
           (strlen(names[i]) != name || memcmp(names[i], from, name) != 0)) {
        i++;
    }
    *place = (enum word_place)i;
    *at = from + name + 1 + len;
    *at += **at == ' ';
    return true;
}

enum status
problem_parse(const char *code, const char *line, struct problem *p)
{
    char value[LADDER_LINE_BYTES];
    unsigned seen = 0;
    enum word_place place;

    memset(p, 0, sizeof *p);
    if (!alert_code_fits(code)) {
        return ST_BAD;
    }
    (void)snprintf(p->code, sizeof p->code, "%s", code);
    while (*line != '\0') {
        if (!pair_take(&line, &place, value)) {
            return ST_BAD;
        }
        if (place == P_COUNT) {
            continue;
        }
        if (!value_take(place, value, p)) {
            return ST_BAD;
        }
        seen |= 1u << place;
    }
    return seen == (1u << P_COUNT) - 1 ? ST_OK : ST_BAD;
}

/* ---- climbing ---- */

bool
problem_stopped(const struct problem *p, int32_t today)
{
    /* DAY_NONE is earlier than every day */
    return today <= p->acked || today <= p->paused;
}

#define DOUBLINGS_MAX 8

/* Repeats slow down: each waits twice as long as the one before. */
static int
repeat_after(int first, const struct problem *p)
{
    return first << (p->again < DOUBLINGS_MAX ? p->again : DOUBLINGS_MAX);
}

static enum climb
climb_by_windows(const struct ladder_rule *rule, const struct problem *p)
{
    if (p->rung < RUNG_LAST) {
        return p->steps >= rule->windows[p->rung - 1] ? CLIMB_RUNG : CLIMB_NONE;
    }
    return rule->repeat_windows > 0 &&
                   p->steps >= rule->windows[RUNG_LAST - 2] +
                                   repeat_after(rule->repeat_windows, p)
               ? CLIMB_REPEAT
               : CLIMB_NONE;
}

/* Rungs have their distance also when the lower one was late: after an
 * acknowledgement whose time is over, or when nobody was at work. */
static enum climb
climb_by_days(const struct ladder_rule *rule, const struct workdays *wd,
              const struct problem *p, int32_t today)
{
    int32_t spoke = p->spoke == DAY_NONE ? p->since : p->spoke;
    const int *days = rule->working_days;

    if (p->rung < RUNG_FIRST) {
        return workdays_between(wd, spoke, today) >= days[0] ? CLIMB_RUNG : CLIMB_NONE;
    }
    if (p->rung < RUNG_LAST) {
        return workdays_between(wd, spoke, today) >= days[1] - days[0] ? CLIMB_RUNG
                                                                       : CLIMB_NONE;
    }
    return rule->repeat_days > 0 && workdays_between(wd, spoke, today) >=
                                        repeat_after(rule->repeat_days, p)
               ? CLIMB_REPEAT
               : CLIMB_NONE;
}

enum climb
ladder_climb(const struct ladder_rule *rule, const struct workdays *wd,
             const struct problem *p, int32_t today)
{
    if (problem_stopped(p, today)) {
        return CLIMB_NONE;
    }
    switch (hear_of(p->kind)) {
    case HEAR_BEHIND:
        return climb_by_windows(rule, p);
    case HEAR_MISSED:
    case HEAR_OVERDUE:
    case HEAR_FALLING:
        return climb_by_days(rule, wd, p, today);
    case HEAR_REMINDER:
    case HEAR_HOLD:
    case HEAR_PROGRESS:
    case HEAR_COUNT:
        break;
    }
    return CLIMB_NONE;
}

void
problem_climb(const struct ladder_rule *rule, struct problem *p, enum climb how,
              int32_t today)
{
    MUST(how != CLIMB_NONE);
    if (how == CLIMB_RUNG) {
        p->rung++;
    } else {
        p->again++;
    }
    if (hear_of(p->kind) == HEAR_BEHIND) {
        p->steps = rule->windows[p->rung - RUNG_FIRST];
    }
    p->spoke = today;
}
