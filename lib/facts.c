#include "lib/facts.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"

/* Series of all units and groups, unit by unit. */
struct facts {
    const struct catalogue *catalogue;
    struct series *series;
    struct facts_watch watches[FACTS_WATCHES_MAX];
    size_t watch_count;
};

static size_t
series_count(const struct catalogue *c)
{
    return c->unit_count * c->group_count;
}

static struct series *
series_at(const struct facts *f, int unit, int group)
{
    MUST(unit >= 0 && (size_t)unit < f->catalogue->unit_count);
    MUST(group >= 0 && (size_t)group < f->catalogue->group_count);
    return &f->series[(size_t)unit * f->catalogue->group_count + (size_t)group];
}

struct facts *
facts_new(const struct catalogue *c)
{
    struct facts *f = mem_alloc(sizeof *f);

    f->catalogue = c;
    f->series = mem_alloc(series_count(c) * sizeof *f->series);
    return f;
}

void
facts_free(struct facts **f)
{
    size_t i;

    if (*f == NULL) {
        return;
    }
    for (i = 0; i < series_count((*f)->catalogue); i++) {
        mem_free(&(*f)->series[i].facts);
    }
    mem_free(&(*f)->series);
    for (i = 0; i < (*f)->watch_count; i++) {
        (*f)->watches[i].end((*f)->watches[i].owner);
    }
    mem_free(f);
}

void
facts_watch(struct facts *f, const struct facts_watch *watch)
{
    MUST(f->watch_count < FACTS_WATCHES_MAX && watch->end != NULL);
    MUST(facts_watched(f, watch->end) == NULL);
    f->watches[f->watch_count++] = *watch;
}

void *
facts_watched(const struct facts *f, void (*end)(void *owner))
{
    size_t i;

    for (i = 0; i < f->watch_count; i++) {
        if (f->watches[i].end == end) {
            return f->watches[i].owner;
        }
    }
    return NULL;
}

size_t
facts_count(const struct facts *f)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < series_count(f->catalogue); i++) {
        count += f->series[i].count;
    }
    return count;
}

const struct series *
facts_series(const struct facts *f, int unit, int group)
{
    return series_at(f, unit, group);
}

size_t
series_until(const struct series *s, int32_t last)
{
    size_t low = 0;
    size_t high = s->count;

    /* Most questions are about the newest window: look there first. */
    if (high > 0 && s->facts[high - 1].window.last <= last) {
        return high;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->facts[middle].window.last <= last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int
window_order(const struct window *a, const struct window *b)
{
    if (a->last != b->last) {
        return a->last < b->last ? -1 : 1;
    }
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    return strcmp(a->code, b->code);
}

/* A first fact of its window, at its place. */
static void
fact_insert(struct series *s, size_t at, const struct fact *fact)
{
    mem_array_room((void **)&s->facts, s->count, &s->room, sizeof *s->facts);
    memmove(&s->facts[at + 1], &s->facts[at], (s->count - at) * sizeof *s->facts);
    s->facts[at] = *fact;
    s->count++;
}

static void
watches_before(const struct facts *f, int unit, int group, const struct window *w)
{
    size_t i;

    for (i = 0; i < f->watch_count; i++) {
        if (f->watches[i].before != NULL) {
            f->watches[i].before(f->watches[i].owner, f, unit, group, w);
        }
    }
}

static void
watches_after(const struct facts *f, int unit, int group, const struct window *w)
{
    size_t i;

    for (i = 0; i < f->watch_count; i++) {
        if (f->watches[i].after != NULL) {
            f->watches[i].after(f->watches[i].owner, f, unit, group, w);
        }
    }
}

enum status
facts_put(struct facts *f, int unit, int group, const struct fact *fact,
          struct fact *before)
{
    struct series *s = series_at(f, unit, group);
    size_t at = s->count;
    bool stands;

    MUST(fact->revision > 0);
    while (at > 0 && window_order(&s->facts[at - 1].window, &fact->window) > 0) {
        at--;
    }
    stands = at > 0 && window_order(&s->facts[at - 1].window, &fact->window) == 0;
    if (stands && s->facts[at - 1].revision >= fact->revision) {
        return ST_STALE;
    }
    if (before != NULL) {
        *before = stands ? s->facts[at - 1] : (struct fact){0};
    }
    watches_before(f, unit, group, &fact->window);
    if (stands) {
        s->facts[at - 1] = *fact;
    } else {
        fact_insert(s, at, fact);
    }
    watches_after(f, unit, group, &fact->window);
    return ST_OK;
}
