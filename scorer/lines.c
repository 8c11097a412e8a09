/*
 * Scores that wait to be written: a subject is scored again with each of its reports,
 * and of its lines only the last of a commit is kept. So the score is noted, and the
 * line made when the commit closes.
 */
#include "scorer/scorer.h"

#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/put.h"
#include "lib/subject.h"

#define LINES_MAX 4096u /* that wait; more are written at once */
#define PLACES (2 * LINES_MAX)
#define FIELD_BYTES 96

struct line {
    int target;
    int year;
    struct subject_ref ref;
    size_t place; /* among the places */
    struct score score;
};

struct lines {
    size_t count;
    struct line items[LINES_MAX];
    uint16_t places[PLACES]; /* by what a line is of: its number, from 1; 0: free */
};

struct lines *
lines_new(void)
{
    return mem_alloc(sizeof(struct lines));
}

void
lines_free(struct lines **l)
{
    mem_free(l);
}

void
lines_drop(struct lines *l)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        l->places[l->items[i].place] = 0;
    }
    l->count = 0;
}

static size_t
place_of(int target, struct subject_ref ref, int year)
{
    uint64_t all = (uint64_t)(ref.unit + 1) << 32 | (uint64_t)(uint32_t)target << 14 |
                   (uint64_t)(uint32_t)year << 4 | (uint64_t)ref.level << 1 |
                   (uint64_t)ref.under;

    /* Fibonacci hashing: the high bits of a product with the golden ratio. */
    return (size_t)((all * 0x9e3779b97f4a7c15u) >> 40) % PLACES;
}

static bool
line_is(const struct line *l, int target, struct subject_ref ref, int year)
{
    return l->target == target && l->year == year && l->ref.unit == ref.unit &&
           l->ref.level == ref.level && l->ref.under == ref.under;
}

void
line_put(struct state *s, int target, struct subject_ref ref, int year,
         const struct score *score)
{
    struct lines *all = s->lines;
    size_t place = place_of(target, ref, year);
    struct line *l;

    for (; all->places[place] != 0; place = (place + 1) % PLACES) {
        l = &all->items[all->places[place] - 1];
        if (line_is(l, target, ref, year)) {
            l->score = *score;
            return;
        }
    }
    if (all->count == LINES_MAX) {
        lines_write(s);
        place = place_of(target, ref, year); /* all are free now */
    }
    l = &all->items[all->count++];
    l->target = target;
    l->year = year;
    l->ref = ref;
    l->place = place;
    l->score = *score;
    all->places[place] = (uint16_t)all->count;
    s->effects.count++; /* it will be one */
}

static void
line_write(struct state *s, const struct line *l)
{
    const struct target *t = &s->catalogue->targets[l->target];
    struct buf *line = &s->scorer->line;
    char subject[SUBJECT_NAME_BYTES];
    char field[FIELD_BYTES];
    struct put p;

    buf_clear(line);
    score_line(s->catalogue, t, &l->score, line);
    subject_name(s->catalogue, t, l->ref, subject);
    put_begin(&p, field, sizeof field);
    put_text(&p, t->id);
    put_char(&p, '/');
    put_number(&p, l->year);
    put_end(&p);
    if (!kept_same(s, subject, field, buf_str(line))) {
        effects_hset(&s->effects, &s->follow, KEY_SCORES, subject, field, buf_str(line),
                     line->len);
    }
}

void
lines_write(struct state *s)
{
    size_t i;

    for (i = 0; i < s->lines->count; i++) {
        line_write(s, &s->lines->items[i]);
    }
    lines_drop(s->lines);
}
