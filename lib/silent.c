#include "lib/silent.h"

#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"

static bool
unit_heard(const struct facts *f, int unit, int group, const struct window *w)
{
    const struct series *s = facts_series(f, unit, group);
    size_t i;

    for (i = series_until(s, w->last); i > 0; i--) {
        const struct window *have = &s->facts[i - 1].window;

        if (have->last < w->first) {
            break;
        }
        if ((have->first == w->first && have->last == w->last) ||
            have->kind == PERIOD_CUMULATIVE) {
            return true;
        }
    }
    return false;
}

static void
window_look(const struct catalogue *c, const struct facts *f, int group,
            const struct window *w, int32_t due, struct silences *out)
{
    struct silence found = {.group = group, .window = *w, .due = due};
    size_t i;

    for (i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];

        if ((c->groups[group].reported_by & (1u << u->kind)) == 0 ||
            !unit_valid_on(u, w->last)) {
            continue;
        }
        found.units++;
        if (!unit_heard(f, (int)i, group, w)) {
            mem_array_room((void **)&found.silent, found.count, &found.room,
                           sizeof *found.silent);
            found.silent[found.count++] = (int)i;
        }
    }
    if (found.count > 0) {
        mem_array_room((void **)&out->items, out->count, &out->room,
                       sizeof *out->items);
        out->items[out->count++] = found;
    }
}

static int
silence_compare(const void *a, const void *b)
{
    const struct silence *x = a;
    const struct silence *y = b;

    if (x->due != y->due) {
        return x->due < y->due ? -1 : 1;
    }
    return x->group != y->group ? (x->group < y->group ? -1 : 1)
                                : (x->window.last < y->window.last ? -1 : 1);
}

void
silent_list(const struct catalogue *c, const struct facts *f, int32_t since,
            int32_t today, struct silences *out)
{
    size_t g;

    memset(out, 0, sizeof *out);
    for (g = 0; g < c->group_count; g++) {
        const struct group *group = &c->groups[g];
        int year;
        size_t i;

        for (year = c->years_from; year <= c->years_to; year++) {
            for (i = 0; i < cadence_count(group->cadence); i++) {
                struct window w;
                int32_t due;

                cadence_window(group->cadence, year, i, group->rule, &w);
                due = due_day(&w, group->due, &c->workdays);
                if (due != DAY_NONE && due >= since && due < today) {
                    window_look(c, f, (int)g, &w, due, out);
                }
            }
        }
    }
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof *out->items, silence_compare);
    }
}

void
silences_fini(struct silences *l)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        mem_free(&l->items[i].silent);
    }
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}
