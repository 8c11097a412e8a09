/*
 * Who is asked for what, since when: nobody is told of a report that fell due before it
 * was demanded of units of its kind, or before the unit was known here.
 */
#include "scorer/missing_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"

void
asked_kind_name(const struct group *g, enum unit_kind kind, char out[ASKED_NAME_BYTES])
{
    (void)snprintf(out, ASKED_NAME_BYTES, "%s/%s", g->code, unit_kind_name(kind));
}

void
asked_unit_name(const struct unit *u, char out[ASKED_NAME_BYTES])
{
    (void)snprintf(out, ASKED_NAME_BYTES, "@%s", u->id);
}

int32_t
asked_from(const struct state *s, const char *name)
{
    union table_value from;

    return table_get(s->missing->from, name, strlen(name), &from) ? (int32_t)from.number
                                                                  : DAY_OPEN;
}

static bool
group_asks(const struct catalogue *c, const struct group *g, enum unit_kind kind)
{
    return !c->illustrative && g->demanded_section[0] != '\0' &&
           cadence_count(g->cadence) > 0 && (g->reported_by & (1u << kind)) != 0;
}

/* Is the name still one that is asked for? */
static bool
name_asked(const struct catalogue *c, const char *name)
{
    char other[ASKED_NAME_BYTES];
    enum unit_kind kind;
    size_t i;

    if (name[0] == '@') {
        return catalogue_unit(c, name + 1) != NONE;
    }
    for (i = 0; i < c->group_count; i++) {
        for (kind = KIND_PROVINCE; kind <= KIND_COMMUNE; kind++) {
            asked_kind_name(&c->groups[i], kind, other);
            if (strcmp(other, name) == 0) {
                return group_asks(c, &c->groups[i], kind);
            }
        }
    }
    return false;
}

static int
text_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
asked_forget(struct state *s)
{
    char **names = mem_alloc((table_count(s->missing->from) + 1) * sizeof *names);
    struct table_item item;
    size_t count = 0;
    size_t at = 0;
    size_t i;

    while (table_next(s->missing->from, &at, &item)) {
        if (!name_asked(s->catalogue, item.key)) {
            names[count++] = mem_copy_text(item.key);
        }
    }
    qsort(names, count, sizeof *names, text_order);
    for (i = 0; i < count; i++) {
        missing_from_erase(s, names[i]);
        mem_free(&names[i]);
    }
    mem_free(&names);
}

static void
asked_name(struct state *s, const char *name, int32_t day)
{
    if (asked_from(s, name) == DAY_OPEN) {
        missing_from_write(s, name, day);
    }
}

void
asked_note(struct state *s, int32_t day)
{
    const struct catalogue *c = s->catalogue;
    char name[ASKED_NAME_BYTES];
    bool any = false;
    enum unit_kind kind;
    size_t i;

    asked_forget(s);
    for (i = 0; i < c->group_count; i++) {
        for (kind = KIND_PROVINCE; kind <= KIND_COMMUNE; kind++) {
            if (group_asks(c, &c->groups[i], kind)) {
                asked_kind_name(&c->groups[i], kind, name);
                asked_name(s, name, day);
                any = true;
            }
        }
    }
    for (i = 0; any && i < c->unit_count; i++) {
        asked_unit_name(&c->units[i], name);
        asked_name(s, name, day);
    }
}
