/*
 * The summary: how many units have which verdict, by target and level. Only a unit's
 * newest year counts; a target whose subject is a whole counts as one.
 */
#include "scorer/scorer.h"

#include <string.h>

#include "lib/keys.h"
#include "lib/put.h"

#define VERDICTS ((size_t)VERDICT_INFO + 1)

static void
count_name(const struct state *s, size_t target, enum verdict v, char field[96])
{
    const struct target *t = &s->catalogue->targets[target];
    struct put p;

    put_begin(&p, field, 96);
    put_text(&p, t->id);
    put_char(&p, '/');
    put_text(&p, level_name(t->level));
    put_char(&p, '/');
    put_text(&p, verdict_name(v));
    put_end(&p);
}

static void
count_write(struct state *s, int target, enum verdict v)
{
    char field[96];
    char number[24];
    struct put p;

    count_name(s, (size_t)target, v, field);
    put_begin(&p, number, sizeof number);
    put_number(&p, s->counts[(size_t)target * VERDICTS + v]);
    effects_hset(&s->effects, &s->follow, KEY_SUMMARY, NULL, field, number,
                 (size_t)(p.at - number));
}

/* The versions of a target are counted as one, under the first: the newest year counts,
 * whichever version speaks of it. */
static int
first_version(const struct catalogue *c, int target)
{
    int first = target;

    for (int i = 0; c->targets[target].later && i < target && first == target; i++) {
        if (strcmp(c->targets[i].id, c->targets[target].id) == 0) {
            first = i;
        }
    }
    return first;
}

static void
summary_count(struct state *s, int target, int unit, int year, enum verdict v,
              bool write)
{
    size_t place = (size_t)unit * s->catalogue->target_count + (size_t)target;
    uint8_t *latest = &s->latest[place];
    int64_t *counts = &s->counts[(size_t)target * VERDICTS];

    if (year < s->latest_year[place]) {
        return;
    }
    s->latest_year[place] = (int16_t)year;
    if (*latest == (uint8_t)(v + 1)) {
        return;
    }
    if (*latest != 0) {
        enum verdict old = (enum verdict)(*latest - 1);

        counts[old]--;
        if (write) {
            count_write(s, target, old);
        }
    }
    *latest = (uint8_t)(v + 1);
    counts[v]++;
    if (write) {
        count_write(s, target, v);
    }
}

void
summary_set(struct state *s, int target, int unit, int year, enum verdict v, bool write)
{
    summary_count(s, first_version(s->catalogue, target), unit, year, v, write);
}

void
summary_write(struct state *s)
{
    size_t t;
    size_t v;

    for (t = 0; t < s->catalogue->target_count; t++) {
        for (v = 0; v < VERDICTS; v++) {
            if (s->counts[t * VERDICTS + v] != 0) {
                count_write(s, (int)t, (enum verdict)v);
            }
        }
    }
}

void
summary_erase(struct state *s)
{
    char field[96];
    size_t t;
    size_t v;

    for (t = 0; t < s->catalogue->target_count; t++) {
        for (v = 0; v < VERDICTS; v++) {
            count_name(s, t, (enum verdict)v, field);
            effects_hdel(&s->effects, &s->follow, KEY_SUMMARY, NULL, field);
        }
    }
}
