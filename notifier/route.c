#include "notifier/route.h"

#include <string.h>

#include "lib/mem.h"
#include "notifier/view.h"

void
leaders_clear(struct leaders *l)
{
    while (l->count > 0) {
        mem_free(&l->ids[--l->count]);
    }
}

void
leaders_fini(struct leaders *l)
{
    leaders_clear(l);
    mem_free(&l->ids);
    l->room = 0;
}

bool
leaders_has(const struct leaders *l, const char *id)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (strcmp(l->ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

void
leaders_add(struct leaders *l, const char *id)
{
    if (!leaders_has(l, id)) {
        mem_array_room((void **)&l->ids, l->count, &l->room, sizeof *l->ids);
        l->ids[l->count++] = mem_copy_text(id);
    }
}

bool
route_opens(const struct alert_event *e)
{
    return strcmp(e->reason, "new") == 0;
}

/* A level, or the province, as a whole is about the province's unit. */
static bool
subject_find(const struct catalogue *c, const char *subject, int *unit,
             enum level *level)
{
    if (view_level_parse(subject, level)) {
        *unit = c->province_unit;
        return true;
    }
    *unit = catalogue_unit(c, subject);
    if (*unit == NONE) {
        return false;
    }
    *level = c->units[*unit].level;
    return true;
}

static bool
leader_hears(const struct catalogue *c, const struct leader *l, int unit,
             enum level level)
{
    bool hears_level = level == LEVEL_ALL ? l->levels != 0 && l->scope == unit
                                          : (l->levels & (1u << level)) != 0;

    return hears_level && (l->own ? l->scope == unit : unit_under(c, unit, l->scope));
}

enum status
route(const struct catalogue *c, const struct alert_event *e,
      const struct leaders *told, struct leaders *out)
{
    bool own = strcmp(e->kind, "reminder") == 0; /* the unit's own matter so far */
    enum level level;
    size_t i;
    int unit;

    if (!route_opens(e)) {
        for (i = 0; i < told->count; i++) {
            leaders_add(out, told->ids[i]);
        }
        return ST_OK;
    }
    if (c == NULL || !subject_find(c, e->subject, &unit, &level)) {
        return ST_GONE;
    }
    for (i = 0; i < c->leader_count; i++) {
        if (own && c->leaders[i].scope != unit) {
            continue;
        }
        if (leader_hears(c, &c->leaders[i], unit, level)) {
            leaders_add(out, c->leaders[i].id);
        }
    }
    return ST_OK;
}
