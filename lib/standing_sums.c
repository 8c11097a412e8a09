/*
 * Sums that are kept: implements lib/sums.h. A sum over units at a window is computed
 * once; then, at each report of a member, that member's part is taken out as it was and
 * put in as it is. What cannot be moved so (the first day or the newest report of all
 * was this one's, and is not any more) is computed anew when it is next asked for.
 *
 * Invariant: a valid sum is what whole_sum of standing.c makes of the present facts.
 * A report counts for the windows of its own year that end on its last day or later,
 * and for no others. (At a window of another year no unit's figure is complete.) Of a
 * stock or a value it counts for those of its last day only: at a later one the unit's
 * figure is either another report's, or not complete, with this report as without it.
 */
#include "lib/sums.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/reported_days.h"
#include "lib/standing_private.h"
#include "lib/subject.h"

#define KEPT_MAX 512u /* windows of one whole; then it begins anew */

struct kept {
    struct window window;
    struct sum sum;
    bool valid;
    bool first_open;  /* between taking out and putting in: the first day, */
    bool newest_open; /* the newest report went */
};

/* What is looked through for each report: small, and beside each other. */
struct kept_key {
    int year;
    int32_t last;
};

/* Units that targets and references have in common: one for all that ask the same. */
struct whole {
    int indicator;
    bool by_exempt;
    enum level level;
    int under; /* unit, or NONE: all of the level */
    int *members;
    size_t member_count;
    struct sums_members known;
    struct reported_days days;
    struct kept_key *keys;
    struct kept *kept;
    int32_t kept_last; /* of the keys the latest day, or a later one */
    size_t count;
    size_t keys_room;
    size_t kept_room;
};

struct wholes {
    struct whole *items;
    size_t count;
    size_t room;
};

struct sums {
    const struct catalogue *catalogue;
    struct wholes *groups;
    size_t group_count;
};

static void
sums_end(void *owner)
{
    struct sums *sums = owner;
    size_t g;
    size_t i;

    for (g = 0; g < sums->group_count; g++) {
        for (i = 0; i < sums->groups[g].count; i++) {
            struct whole *whole = &sums->groups[g].items[i];

            reported_days_fini(&whole->days);
            mem_free(&whole->members);
            mem_free(&whole->keys);
            mem_free(&whole->kept);
        }
        mem_free(&sums->groups[g].items);
    }
    mem_free(&sums->groups);
    mem_free(&sums);
}

/* ---- wholes ---- */

static void
known_add(struct sums_members *known, const struct group *g, const struct window *w)
{
    known->reported_last =
        w->last > known->reported_last ? w->last : known->reported_last;
    known->as_of =
        known->as_of || w->kind == PERIOD_CUMULATIVE || g->cadence == CADENCE_NONE;
}

static void
whole_fill(struct whole *whole, const struct catalogue *c, const struct facts *f,
           const struct target *t, struct subject_ref s)
{
    int group = c->indicators[t->indicator].group;
    size_t i;
    size_t j;

    subject_days(c, t, s, &whole->known.from, &whole->known.to);
    whole->known.reported_last = DAY_NONE;
    whole->members = mem_alloc(c->unit_count * sizeof *whole->members);
    for (i = 0; i < c->unit_count; i++) {
        const struct series *series = facts_series(f, (int)i, group);

        if (!subject_has_member(c, t, s, (int)i)) {
            continue;
        }
        whole->members[whole->member_count++] = (int)i;
        for (j = 0; j < series->count; j++) {
            known_add(&whole->known, &c->groups[group], &series->facts[j].window);
            reported_days_add(&whole->days, f, (int)i, group, &c->groups[group],
                              &series->facts[j].window);
        }
    }
}

static struct whole *
whole_find(struct sums *sums, const struct facts *f, const struct target *t,
           struct subject_ref s)
{
    const struct catalogue *c = sums->catalogue;
    struct wholes *all = &sums->groups[c->indicators[t->indicator].group];
    /* the province's own unit stands for the province: subject.h */
    enum level level = s.unit != NONE && !s.under ? t->level : s.level;
    int under = s.under ? s.unit : NONE;
    struct whole *whole;
    size_t i;

    for (i = 0; i < all->count; i++) {
        whole = &all->items[i];
        if (whole->indicator == t->indicator && whole->under == under &&
            whole->level == level && whole->by_exempt == t->by_exempt) {
            return whole;
        }
    }
    mem_array_room((void **)&all->items, all->count, &all->room, sizeof *all->items);
    whole = &all->items[all->count++];
    whole->indicator = t->indicator;
    whole->by_exempt = t->by_exempt;
    whole->level = level;
    whole->under = under;
    whole_fill(whole, c, f, t, s);
    return whole;
}

static bool
whole_has(const struct whole *whole, int unit)
{
    size_t low = 0;
    size_t high = whole->member_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (whole->members[middle] < unit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < whole->member_count && whole->members[low] == unit;
}

/* ---- a report ---- */

static void
kept_take_out(struct kept *kept, const struct standing *one)
{
    struct standing *whole = &kept->sum.standing;

    if (sum_leaves_out(one)) {
        kept->sum.inapplicable--;
        return;
    }
    whole->units--;
    if (one->covered == 0) {
        return;
    }
    whole->covered--;
    whole->num -= one->num;
    whole->den -= one->den;
    kept->first_open = one->first <= whole->first;
    kept->newest_open =
        !place_newer(whole->entry, whole->index, one->entry, one->index);
}

static void
kept_put_in(struct kept *kept, const struct standing *one)
{
    const struct standing *whole = &kept->sum.standing;
    bool in = one->covered == 1 && !sum_leaves_out(one);

    if ((kept->first_open && !(in && one->first <= whole->first)) ||
        (kept->newest_open &&
         !(in && !place_newer(whole->entry, whole->index, one->entry, one->index)))) {
        kept->valid = false;
    }
    kept->first_open = false;
    kept->newest_open = false;
    sum_add(&kept->sum, one);
}

static void
sums_move(struct sums *sums, const struct facts *f, int unit, int group,
          const struct window *w, void (*move)(struct kept *, const struct standing *))
{
    const struct catalogue *c = sums->catalogue;
    struct wholes *all = &sums->groups[group];
    size_t i;
    size_t k;

    for (i = 0; i < all->count; i++) {
        struct whole *whole = &all->items[i];
        bool has =
            whole->count > 0 && whole->kept_last >= w->last && whole_has(whole, unit);
        const struct indicator *ind = &c->indicators[whole->indicator];
        bool flow = c->measures[ind->numerator[0]].nature == NATURE_FLOW;

        for (k = 0; has && k < whole->count; k++) {
            struct kept *kept = &whole->kept[k];
            struct standing one;
            struct sight sight;

            if (whole->keys[k].year != w->year || whole->keys[k].last < w->last ||
                (!flow && whole->keys[k].last != w->last) || !kept->valid ||
                !unit_valid_on(&c->units[unit], kept->window.last)) {
                continue;
            }
            sight_init(&sight, c, f, whole->indicator, w->year, &kept->window);
            standing_of(&sight, unit, &one);
            move(kept, &one);
        }
    }
}

static void
sums_before(void *owner, const struct facts *f, int unit, int group,
            const struct window *w)
{
    sums_move(owner, f, unit, group, w, kept_take_out);
}

static void
sums_after(void *owner, const struct facts *f, int unit, int group,
           const struct window *w)
{
    struct sums *sums = owner;
    const struct group *g = &sums->catalogue->groups[group];
    struct wholes *all = &sums->groups[group];
    size_t i;

    sums_move(sums, f, unit, group, w, kept_put_in);
    for (i = 0; i < all->count; i++) {
        if (whole_has(&all->items[i], unit)) {
            known_add(&all->items[i].known, g, w);
            reported_days_add(&all->items[i].days, f, unit, group, g, w);
        }
    }
}

void
sums_keep(const struct catalogue *c, struct facts *f)
{
    struct sums *sums = mem_alloc(sizeof *sums);
    struct facts_watch watch = {sums_before, sums_after, sums_end, sums};

    sums->catalogue = c;
    sums->group_count = c->group_count;
    sums->groups = mem_alloc(sums->group_count * sizeof *sums->groups);
    facts_watch(f, &watch);
}

/* ---- a question ---- */

bool
sums_members(const struct catalogue *c, const struct facts *f, const struct target *t,
             struct subject_ref s, struct sums_members *out)
{
    struct sums *sums = facts_watched(f, sums_end);

    if (sums == NULL || sums->catalogue != c || !subject_is_whole(c, t, s)) {
        return false;
    }
    *out = whole_find(sums, f, t, s)->known;
    return true;
}

bool
sums_reported(const struct catalogue *c, const struct facts *f, const struct target *t,
              struct subject_ref s, int year, int32_t from, int32_t to,
              struct window *out, size_t max, size_t *count)
{
    struct sums *sums = facts_watched(f, sums_end);

    if (sums == NULL || sums->catalogue != c || !subject_is_whole(c, t, s)) {
        return false;
    }
    *count =
        reported_days_read(&whole_find(sums, f, t, s)->days, year, from, to, out, max);
    return true;
}

static struct kept *
kept_at(struct whole *whole, int year, const struct window *w)
{
    struct kept *kept;
    size_t k;

    for (k = whole->count; k > 0; k--) { /* the newest are asked for most */
        if (whole->keys[k - 1].last == w->last && whole->keys[k - 1].year == year) {
            return &whole->kept[k - 1];
        }
    }
    if (whole->count == KEPT_MAX) {
        whole->count = 0;
    }
    mem_array_room((void **)&whole->keys, whole->count, &whole->keys_room,
                   sizeof *whole->keys);
    mem_array_room((void **)&whole->kept, whole->count, &whole->kept_room,
                   sizeof *whole->kept);
    whole->keys[whole->count] = (struct kept_key){year, w->last};
    if (whole->count == 0 || w->last > whole->kept_last) {
        whole->kept_last = w->last;
    }
    kept = &whole->kept[whole->count++];
    kept->window = *w;
    kept->valid = false;
    return kept;
}

static void
kept_fill(struct kept *kept, const struct whole *whole, const struct catalogue *c,
          const struct facts *f, int year)
{
    struct standing one;
    struct sight sight;
    size_t i;

    sight_init(&sight, c, f, whole->indicator, year, &kept->window);
    sum_init(&kept->sum);
    for (i = 0; i < whole->member_count; i++) {
        if (unit_valid_on(&c->units[whole->members[i]], kept->window.last)) {
            standing_of(&sight, whole->members[i], &one);
            sum_add(&kept->sum, &one);
        }
    }
    kept->first_open = false;
    kept->newest_open = false;
    kept->valid = true;
}

bool
sums_read(const struct catalogue *c, const struct facts *f, const struct target *t,
          struct subject_ref s, int year, const struct window *w, struct sum *out)
{
    struct sums *sums = facts_watched(f, sums_end);
    const struct indicator *ind = &c->indicators[t->indicator];
    struct whole *whole;
    struct kept *kept;

    if (sums == NULL || sums->catalogue != c ||
        (ind->is_value && ind->ranked != NONE)) {
        return false; /* of ranks the last unit's pool is shown: no sum */
    }
    whole = whole_find(sums, f, t, s);
    kept = kept_at(whole, year, w);
    if (!kept->valid) {
        kept_fill(kept, whole, c, f, year);
    }
    *out = kept->sum;
    return true;
}
