/*
 * Walks that are kept: implements lib/walks.h. Found by unit, then group and year, then
 * target; a report looks at those of its own unit, group and year and at no others.
 */
#include "lib/walks.h"

#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/subject.h"

/* A group of a unit in one year. */
struct walked_year {
    int year;
    struct kept_walk *walks; /* of each target of the group that is kept */
};

/* A group of a unit. */
struct walked {
    struct walked_year *years; /* in the order in which they were asked for */
    size_t count;
    size_t room;
};

struct walks {
    const struct catalogue *catalogue;
    int *places;           /* of each target among those of its group that are kept */
    size_t *kept;          /* of each group: how many are */
    struct walked **units; /* then by group; NULL: nothing yet */
    size_t bytes;
};

static void
years_drop(struct walked *walked, size_t kept)
{
    size_t y;
    size_t i;

    for (y = 0; y < walked->count; y++) {
        for (i = 0; i < kept; i++) {
            mem_free(&walked->years[y].walks[i].marks);
        }
        mem_free(&walked->years[y].walks);
    }
    mem_free(&walked->years);
}

static void
walks_drop(struct walks *w)
{
    size_t u;
    size_t g;

    for (u = 0; u < w->catalogue->unit_count; u++) {
        for (g = 0; w->units[u] != NULL && g < w->catalogue->group_count; g++) {
            years_drop(&w->units[u][g], w->kept[g]);
        }
        mem_free(&w->units[u]);
    }
    w->bytes = 0;
}

static void
walks_end(void *owner)
{
    struct walks *w = owner;

    walks_drop(w);
    mem_free(&w->units);
    mem_free(&w->places);
    mem_free(&w->kept);
    mem_free(&w);
}

static struct walked_year *
year_of(const struct walked *walked, int year)
{
    size_t i;

    for (i = walked->count; i > 0; i--) { /* the newest are asked for most */
        if (walked->years[i - 1].year == year) {
            return &walked->years[i - 1];
        }
    }
    return NULL;
}

/* ---- a report ---- */

/* The marks from `i` on are not there any more, and the windows from `last` on not
 * listed. */
static void
walk_cut(struct kept_walk *k, size_t i, int32_t last)
{
    k->count = i;
    k->upto = last - 1;
}

/* The first mark that is of that day or a later one. */
static size_t
mark_from(const struct kept_walk *k, int32_t last)
{
    size_t low = 0;
    size_t high = k->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (k->marks[middle].last < last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void
walk_change(struct kept_walk *k, int32_t last)
{
    size_t i;

    if (last > k->upto) {
        return;
    }
    i = mark_from(k, last);
    if (i == k->count || k->marks[i].last != last || k->flow) {
        walk_cut(k, i, last); /* another window, perhaps; of a flow all later figures */
    } else {
        k->marks[i].says = SAYS_UNKNOWN;
    }
    if (k->stepped > i) {
        k->stepped = 0;
    }
}

static void
walks_after(void *owner, const struct facts *f, int unit, int group,
            const struct window *w)
{
    struct walks *walks = owner;
    struct walked_year *of;
    size_t i;

    (void)f;
    if (walks->units[unit] == NULL) {
        return;
    }
    of = year_of(&walks->units[unit][group], w->year);
    for (i = 0; of != NULL && i < walks->kept[group]; i++) {
        walk_change(&of->walks[i], w->last);
    }
}

/* One year at a time, and measured by nothing that is not in it. */
static bool
is_kept(const struct target *t)
{
    return t->kind != TARGET_RANK_GAIN && t->kind != TARGET_IMPROVE &&
           t->kind != TARGET_REDUCE_BY && t->pace != PACE_DUE;
}

void
walks_keep(const struct catalogue *c, struct facts *f)
{
    struct walks *w = mem_alloc(sizeof *w);
    struct facts_watch watch = {NULL, walks_after, walks_end, w};
    size_t i;

    w->catalogue = c;
    w->places = mem_alloc((c->target_count + 1) * sizeof *w->places);
    w->kept = mem_alloc((c->group_count + 1) * sizeof *w->kept);
    w->units = mem_alloc((c->unit_count + 1) * sizeof *w->units);
    for (i = 0; i < c->target_count; i++) {
        const struct target *t = &c->targets[i];

        w->places[i] =
            is_kept(t) ? (int)w->kept[c->indicators[t->indicator].group]++ : NONE;
    }
    facts_watch(f, &watch);
}

/* ---- a question ---- */

static struct walked_year *
year_add(struct walks *w, struct walked *walked, int group, int year)
{
    struct walked_year *of;
    size_t room = walked->room;

    mem_array_room((void **)&walked->years, walked->count, &walked->room,
                   sizeof *walked->years);
    of = &walked->years[walked->count++];
    of->year = year;
    of->walks = mem_alloc(w->kept[group] * sizeof *of->walks);
    w->bytes += (walked->room - room) * sizeof *walked->years +
                w->kept[group] * sizeof *of->walks;
    return of;
}

struct kept_walk *
walks_find(const struct catalogue *c, const struct facts *f, const struct target *t,
           struct subject_ref s, int year)
{
    struct walks *w = facts_watched(f, walks_end);
    int group = c->indicators[t->indicator].group;
    const struct indicator *ind = &c->indicators[t->indicator];
    struct walked_year *of;
    struct kept_walk *k;

    if (w == NULL || w->catalogue != c || w->places[t - c->targets] == NONE ||
        subject_is_whole(c, t, s)) {
        return NULL;
    }
    if (w->bytes > WALKS_BYTES_MAX) {
        walks_drop(w);
    }
    if (w->units[s.unit] == NULL) {
        w->units[s.unit] = mem_alloc(c->group_count * sizeof **w->units);
        w->bytes += c->group_count * sizeof **w->units;
    }
    of = year_of(&w->units[s.unit][group], year);
    if (of == NULL) {
        of = year_add(w, &w->units[s.unit][group], group, year);
    }
    k = &of->walks[w->places[t - c->targets]];
    if (k->room == 0) { /* not asked for before */
        k->upto = DAY_NONE;
        k->flow = c->measures[ind->numerator[0]].nature == NATURE_FLOW;
    }
    return k;
}

struct mark *
walks_mark(const struct facts *f, struct kept_walk *k, int32_t last)
{
    struct walks *w = facts_watched(f, walks_end);
    size_t room = k->room;
    struct mark *m;

    mem_array_room((void **)&k->marks, k->count, &k->room, sizeof *k->marks);
    MUST(w != NULL);
    w->bytes += (k->room - room) * sizeof *k->marks;
    m = &k->marks[k->count++];
    *m = (struct mark){.last = last};
    return m;
}
