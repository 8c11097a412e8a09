/*
 * The problems that are open, in memory and in Redis: what events, acts and working
 * days do to them.
 */
#include "notifier/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/put.h"
#include "notifier/hold.h"

#define PROBLEMS_MAX (1u << 20)
#define FIELD_DECIDED "decided" /* no code of an alert is one word */

struct ladder {
    struct table *problems; /* code -> struct problem * */
    int32_t decided;
    struct problem **changed; /* by the entry in hand; NULL: ended since */
    size_t changed_count;
    size_t changed_room;
};

struct ladder *
ladder_new(void)
{
    struct ladder *l = mem_alloc(sizeof *l);
    uint64_t seed;

    crypto_random(&seed, sizeof seed);
    l->problems = table_new(PROBLEMS_MAX, seed);
    l->decided = DAY_NONE;
    return l;
}

void
ladder_free(struct ladder **l)
{
    struct table_item item;
    size_t at = 0;

    if (*l == NULL) {
        return;
    }
    while (table_next((*l)->problems, &at, &item)) {
        mem_free(&item.value.pointer);
    }
    table_free(&(*l)->problems);
    mem_free(&(*l)->changed);
    mem_free(l);
}

struct problem *
ladder_find(const struct ladder *l, const char *code)
{
    return table_pointer(l->problems, code, strlen(code));
}

static struct problem *
problem_add(struct ladder *l, const char *code)
{
    struct problem *p = mem_alloc(sizeof *p);

    MUST(table_put_pointer(l->problems, code, strlen(code), p) == ST_OK);
    (void)put_copy(p->code, sizeof p->code, code);
    return p;
}

static int
code_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t
ladder_codes(const struct ladder *l, const char ***codes)
{
    struct table_item item;
    size_t count = 0;
    size_t at = 0;

    *codes = mem_alloc((table_count(l->problems) + 1) * sizeof **codes);
    while (table_next(l->problems, &at, &item)) {
        (*codes)[count++] = item.key;
    }
    qsort(*codes, count, sizeof **codes, code_order);
    return count;
}

/* ---- Redis ---- */

enum status
ladder_read(struct ladder *l, struct redis *r, const char *slug)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};
    struct reply *rep = NULL;
    struct problem read;
    enum status st;
    size_t i;

    key_make(key, slug, KEY_LADDER);
    st = redis_call(r, 2, argv, NULL, &rep);
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);
        const char *line = reply_str(reply_at(rep, i + 1), NULL);

        if (strcmp(field, FIELD_DECIDED) == 0) {
            st = day_parse(line, &l->decided);
        } else {
            st = problem_parse(field, line, &read);
            if (st == ST_OK) {
                *problem_add(l, field) = read;
            }
        }
        if (st != ST_OK) {
            redis_error_set(r,
                            "%s: field %.60s is not in its form; was it changed by "
                            "hand?",
                            key, field);
        }
    }
    reply_free(&rep);
    return st;
}

/* At the end of the entry: lines one after the other are one command. */
static void
problem_write(struct batch *b, struct problem *p)
{
    struct ladder *l = b->p->ladder;

    if (p->changed == 0) {
        mem_array_room((void **)&l->changed, l->changed_count, &l->changed_room,
                       sizeof(struct problem *));
        l->changed[l->changed_count++] = p;
        p->changed = l->changed_count;
    }
}

void
ladder_write(struct batch *b)
{
    struct ladder *l = b->p->ladder;
    char line[LADDER_LINE_BYTES];
    size_t i;

    for (i = 0; i < l->changed_count; i++) {
        struct problem *p = l->changed[i];

        if (p != NULL) {
            p->changed = 0;
            effects_hset(&b->p->effects, &b->p->follow, KEY_LADDER, NULL, p->code, line,
                         problem_line(p, line));
        }
    }
    l->changed_count = 0;
}

static void
problem_end(struct batch *b, struct problem *p)
{
    union table_value gone;

    if (p->changed != 0) {
        b->p->ladder->changed[p->changed - 1] = NULL;
    }
    effects_hdel(&b->p->effects, &b->p->follow, KEY_LADDER, NULL, p->code);
    MUST(table_remove(b->p->ladder->problems, p->code, strlen(p->code), &gone));
    mem_free(&gone.pointer);
}

void
ladder_stop(struct batch *b, const char *code)
{
    struct problem *p = ladder_find(b->p->ladder, code);

    if (p != NULL) {
        p->paused = DAY_OPEN;
        problem_write(b, p);
    }
}

void
ladder_released(struct batch *b, const char *code)
{
    struct problem *p = ladder_find(b->p->ladder, code);

    if (p != NULL) {
        p->spoke = batch_today(b);
        problem_write(b, p);
    }
}

int32_t
ladder_decided(const struct ladder *l)
{
    return l->decided;
}

void
ladder_decided_write(struct batch *b, int32_t today)
{
    char day[DAY_TEXT_BYTES];

    b->p->ladder->decided = today;
    day_text(today, day);
    effects_hset(&b->p->effects, &b->p->follow, KEY_LADDER, NULL, FIELD_DECIDED, day,
                 strlen(day));
}

/* ---- events ---- */

/* A report counts from its due date, everything else from the day it was known. */
static int32_t
since_of(const struct alert_event *e, int64_t at_ms)
{
    return day_bounded(hear_of(e->kind) == HEAR_OVERDUE && e->due_day != 0
                           ? e->due_day
                           : instant_day((struct instant){at_ms}));
}

static struct problem *
problem_open(struct batch *b, const struct alert_event *e)
{
    struct problem *p = ladder_find(b->p->ladder, e->code);

    if (p == NULL) {
        p = problem_add(b->p->ladder, e->code);
    }
    p->rung = RUNG_FIRST - 1;
    p->steps = 0;
    p->again = 0;
    p->since = since_of(e, e->opened_at_ms != 0 ? e->opened_at_ms : e->at_ms);
    p->spoke = DAY_NONE;
    p->acked = DAY_NONE;
    p->paused = DAY_NONE;
    (void)put_copy(p->kind, sizeof p->kind, e->kind);
    (void)put_copy(p->subject, sizeof p->subject, e->subject);
    (void)put_copy(p->target, sizeof p->target, e->target);
    return p;
}

/* A year that closed short is a matter of its own, a reminder none before the date. */
static void
problem_turn(struct problem *p, const struct alert_event *e)
{
    if (strcmp(p->kind, e->kind) != 0) {
        (void)put_copy(p->kind, sizeof p->kind, e->kind);
        p->since = since_of(e, e->at_ms);
        p->spoke = DAY_NONE;         /* rungs and repeats count from here */
        if (p->paused == DAY_OPEN) { /* what was dropped was the other kind */
            p->paused = DAY_NONE;
        }
        p->steps = 0;
    }
}

static bool
kind_climbs(const char *kind)
{
    enum hear h = hear_of(kind);

    return h != HEAR_HOLD && h != HEAR_PROGRESS && h != HEAR_COUNT;
}

/* One more window that is no better; what comes of it. */
static struct ladder_turn
problem_step(struct batch *b, struct problem *p, const struct alert_event *e, bool held)
{
    struct ladder_turn turn = {CLIMB_NONE, false};
    bool repeat = strcmp(e->reason, "repeat") == 0;
    bool slow = p->rung == RUNG_LAST;
    int32_t today = batch_today(b);

    p->steps++;
    if (!held && b->now != NULL) {
        turn.climb = ladder_climb(&b->now->ladder, &b->now->workdays, p, today);
    }
    if (turn.climb != CLIMB_NONE) {
        problem_climb(&b->now->ladder, p, turn.climb, today);
    }
    turn.quiet =
        repeat && (problem_stopped(p, today) || (slow && turn.climb == CLIMB_NONE));
    return turn;
}

struct ladder_turn
ladder_event(struct batch *b, const struct alert_event *e, struct spot at, bool held)
{
    struct problem *p = ladder_find(b->p->ladder, e->code);
    struct ladder_turn turn = {CLIMB_NONE, false};

    if (!kind_climbs(e->kind)) {
        return turn;
    }
    if (reason_ends(e->reason)) {
        if (p != NULL) {
            problem_end(b, p);
        }
        return turn;
    }
    if (p == NULL || route_opens(e)) {
        p = problem_open(b, e); /* also one that an older release let pass */
    } else {
        problem_turn(p, e);
    }
    p->number = e->number;
    p->at = at;
    if (hear_of(p->kind) == HEAR_BEHIND &&
        (strcmp(e->reason, "repeat") == 0 || strcmp(e->reason, "worse") == 0)) {
        turn = problem_step(b, p, e, held);
    }
    problem_write(b, p);
    return turn;
}

/* ---- acts ---- */

void
ladder_act(struct batch *b, const struct wire_act *act)
{
    struct problem *p = ladder_find(b->p->ladder, act->subject);
    int32_t until;

    if (p == NULL) {
        return;
    }
    if (strcmp(act->kind, "acknowledge") == 0) {
        until = day_parse(act->until, &until) == ST_OK ? until : DAY_OPEN;
        p->acked = until > p->acked ? until : p->acked; /* of whichever office */
    } else if (strcmp(act->kind, "pause") == 0 &&
               day_parse(act->until, &until) == ST_OK) {
        p->paused = until; /* one without an end is none */
    } else {
        return;
    }
    problem_write(b, p);
}

/* ---- days ---- */

static bool
climbs_today(const struct batch *b, const struct problem *p, int32_t today,
             enum climb *how)
{
    *how = CLIMB_NONE;
    if (hear_of(p->kind) != HEAR_BEHIND && !hold_has(b->p->holds, p->code)) {
        *how = ladder_climb(&b->now->ladder, &b->now->workdays, p, today);
    }
    return *how != CLIMB_NONE;
}

/* Its unit has ended, or its target is none of the programme's any more: nobody can act
 * on it, and the scorer says no more of it. */
static bool
problem_over(const struct batch *b, const struct problem *p, int32_t today)
{
    int unit = catalogue_unit(b->now, p->subject);

    return (unit != NONE && !unit_valid_on(&b->now->units[unit], today)) ||
           (p->target[0] != '\0' && catalogue_target(b->now, p->target) == NONE);
}

static void
ladder_sweep(struct batch *b, const char **codes, size_t *count, int32_t today)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < *count; i++) {
        struct problem *p = ladder_find(b->p->ladder, codes[i]);

        if (problem_over(b, p, today)) {
            problem_end(b, p);
        } else {
            codes[kept++] = codes[i];
        }
    }
    *count = kept;
}

void
ladder_day(struct batch *b, int32_t today)
{
    static const struct leaders nobody;
    const char **codes;
    size_t count = ladder_codes(b->p->ladder, &codes);
    enum climb how;
    size_t kept = 0;
    size_t i;

    ladder_sweep(b, codes, &count, today);
    for (i = 0; i < count; i++) {
        if (climbs_today(b, ladder_find(b->p->ladder, codes[i]), today, &how)) {
            codes[kept++] = codes[i];
        }
    }
    told_fetch(b, codes, kept);
    for (i = 0; i < kept && b->lost == ST_OK; i++) {
        struct problem *p = ladder_find(b->p->ladder, codes[i]);

        if (climbs_today(b, p, today, &how)) {
            problem_climb(&b->now->ladder, p, how, today);
            ladder_speak(b, p->code, how, (struct spot){0, 0}, &nobody);
            problem_write(b, p);
        }
    }
    mem_free(&codes);
}
