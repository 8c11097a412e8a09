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

void
leaders_remove(struct leaders *l, const char *id)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (strcmp(l->ids[i], id) == 0) {
            mem_free(&l->ids[i]);
            l->ids[i] = l->ids[--l->count];
            l->ids[l->count] = NULL;
            return;
        }
    }
}

bool
route_opens(const struct alert_event *e)
{
    return strcmp(e->reason, "new") == 0;
}

bool
reason_ends(const char *reason)
{
    return strcmp(reason, "resolved") == 0 || strcmp(reason, "withdrawn") == 0;
}

bool
route_ends_unheard(const struct alert_event *e)
{
    return hear_of(e->kind) == HEAR_REMINDER && reason_ends(e->reason);
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

/* Of all that is asked of it an office hears at once: it is its own matter. */
static bool
is_own(const struct catalogue *c, const struct leader *l, int unit, enum level level)
{
    bool hears_level = level == LEVEL_ALL ? l->levels != 0 && l->scope == unit
                                          : (l->levels & (1u << level)) != 0;

    return hears_level && (l->own ? l->scope == unit : unit_under(c, unit, l->scope));
}

static int
rung_of(const struct catalogue *c, const struct leader *l, enum hear kind, int unit,
        enum level level)
{
    int rung = 0;

    if ((l->kinds & (1u << kind)) == 0) {
        return 0;
    }
    if (kind == HEAR_PROGRESS || kind == HEAR_HOLD) {
        return 1; /* of the whole province, for whoever wants it */
    }
    if (kind == HEAR_REMINDER) { /* the unit's own matter so far */
        return l->scope == unit && is_own(c, l, unit, level) ? 1 : 0;
    }
    if (is_own(c, l, unit, level)) {
        return 1;
    }
    if (unit == c->province_unit) { /* a whole level, too: the province's own matter */
        level = LEVEL_PROVINCE;
    }
    rung = l->rungs[level];
    return rung >= RUNG_FIRST && unit_under(c, unit, l->scope) ? rung : 0;
}

int
route_rung(const struct catalogue *c, const struct leader *l, const char *kind,
           const char *subject)
{
    enum hear hear = hear_of(kind);
    enum level level;
    int unit;

    if (hear == HEAR_COUNT || !subject_find(c, subject, &unit, &level)) {
        return 0;
    }
    return rung_of(c, l, hear, unit, level);
}

enum status
route(const struct catalogue *c, const struct alert_event *e,
      const struct leaders *told, struct leaders *out)
{
    enum hear kind = hear_of(e->kind);
    enum level level;
    size_t i;
    int unit;

    if (route_ends_unheard(e)) {
        return ST_OK;
    }
    if (!route_opens(e)) {
        for (i = 0; i < told->count; i++) {
            leaders_add(out, told->ids[i]);
        }
        return ST_OK;
    }
    if (c == NULL || !subject_find(c, e->subject, &unit, &level)) {
        return ST_GONE;
    }
    for (i = 0; kind != HEAR_COUNT && i < c->leader_count; i++) {
        if (rung_of(c, &c->leaders[i], kind, unit, level) == 1) {
            leaders_add(out, c->leaders[i].id);
        }
    }
    return ST_OK;
}
