/* What another programme cannot read or name any more, and whom it would not wake. */
#include <stdio.h>
#include <string.h>

#include "cli/programme_change.h"
#include "lib/mem.h"

/* --- reports --- */

/* A line under one programme. */
struct seen {
    enum loss why; /* only when it could not be read */
    bool read;
    int unit;
    int group;
    struct fact fact;
};

static void
line_see(const struct catalogue *c, const struct change_line *line, struct seen *out)
{
    const char *slash = strchr(line->field, '/');
    struct fact_loss lost;
    struct window w;
    char group[64];

    out->read = false;
    out->why = LOSS_LINE;
    if (slash == NULL || (size_t)(slash - line->field) >= sizeof group) {
        return;
    }
    (void)snprintf(group, sizeof group, "%.*s", (int)(slash - line->field),
                   line->field);
    out->unit = catalogue_unit(c, line->unit);
    out->group = catalogue_group(c, group);
    if (out->unit == NONE) {
        out->why = LOSS_UNIT;
    } else if (out->group == NONE) {
        out->why = LOSS_GROUP;
    } else if (fact_parse(c, out->group, slash + 1, line->value, &out->fact, &lost) ==
               ST_OK) {
        out->read = true;
    } else if (window_parse(slash + 1, c->groups[out->group].rule, &w, NULL) == ST_OK) {
        out->why =
            LOSS_PERIOD; /* its days are others: the line itself was read before */
    }
}

static void
loss_add(struct change *out, enum loss why, const char *name, const char *group,
         const char *unit)
{
    struct change_loss *l = NULL;
    size_t i;

    for (i = 0; i < out->loss_count && l == NULL; i++) {
        struct change_loss *at = &out->losses[i];

        if (at->why == why && strcmp(at->name, name) == 0 &&
            strcmp(at->group, group) == 0) {
            l = at;
        }
    }
    if (l == NULL) {
        mem_array_room((void **)&out->losses, out->loss_count, &out->loss_room,
                       sizeof *out->losses);
        l = &out->losses[out->loss_count++];
        *l = (struct change_loss){why, name, group, 0, 0, ""};
    }
    l->reports++;
    if (strcmp(l->last_unit, unit) != 0) {
        l->units++;
        l->last_unit = unit;
    }
}

/* Both can read the line: is a figure of it missing afterwards? */
static void
figures_lost(const struct change_input *in, const struct change_line *line,
             const struct seen *before, const struct seen *after, struct change *out)
{
    const struct group *g = &in->before->groups[before->group];
    const struct group *now = &in->after->groups[after->group];
    size_t i;

    for (i = 0; i < g->measure_count; i++) {
        const char *code = in->before->measures[g->measures[i]].code;
        int measure = catalogue_measure(in->after, code);
        int place = measure == NONE ? NONE : group_measure_place(now, measure);

        if (before->fact.figures[i].state == FIGURE_ABSENT) {
            continue;
        }
        if (place == NONE) {
            loss_add(out, LOSS_MEASURE, code, g->code, line->unit);
        } else if (after->fact.figures[place].state == FIGURE_ABSENT) {
            loss_add(out, LOSS_DECIMALS, code, g->code, line->unit);
        }
    }
}

static void
line_lost(const struct change_input *in, const struct change_line *line,
          const struct seen *after, struct change *out)
{
    struct seen before;

    line_see(in->before, line, &before);
    if (!before.read) {
        return; /* nobody sees it today */
    }
    if (after->read) {
        figures_lost(in, line, &before, after, out);
        return;
    }
    loss_add(out, after->why,
             after->why == LOSS_UNIT ? line->unit
                                     : in->before->groups[before.group].code,
             "", line->unit);
}

void
change_facts(const struct change_input *in, const struct catalogue *c, struct facts *f,
             struct change *losses)
{
    struct seen seen;
    size_t i;

    for (i = 0; i < in->line_count; i++) {
        line_see(c, &in->lines[i], &seen);
        if (seen.read) {
            /* (a field stands once: nothing newer can be there) */
            (void)(facts_put(f, seen.unit, seen.group, &seen.fact, NULL) == ST_OK);
        }
        if (losses != NULL) {
            line_lost(in, &in->lines[i], &seen, losses);
        }
    }
}

/* --- ids --- */

/* The unit that most likely goes on under another id: same code, same first day, else
 * the first holder of the code. */
static int
successor(const struct catalogue *c, const struct unit *u)
{
    int found = NONE;
    size_t i;

    for (i = 0; i < c->unit_count; i++) {
        if (strcmp(c->units[i].code, u->code) == 0 &&
            (found == NONE || c->units[i].from == u->from)) {
            found = (int)i;
        }
    }
    return found;
}

void
change_ids(const struct catalogue *before, const struct catalogue *after,
           struct change *out)
{
    size_t i;

    for (i = 0; i < before->unit_count; i++) {
        const struct unit *u = &before->units[i];
        int now = NONE;

        if (catalogue_unit(after, u->id) == NONE) {
            now = successor(after, u);
        }
        if (now != NONE) {
            mem_array_room((void **)&out->ids, out->id_count, &out->id_room,
                           sizeof *out->ids);
            out->ids[out->id_count++] = (struct change_id){u->id, after->units[now].id};
        }
    }
}

/* --- not armed --- */

static void
unarmed_add(struct change_unarmed_list *out, const struct target *t, enum unarmed why,
            int unit)
{
    size_t i;

    for (i = out->count; i > 0 && out->items[i - 1].target == t; i--) {
        if (out->items[i - 1].why == why) {
            out->items[i - 1].count++;
            return;
        }
    }
    mem_array_room((void **)&out->items, out->count, &out->room, sizeof *out->items);
    out->items[out->count++] = (struct change_unarmed){t, why, 1, unit};
}

static enum unarmed
unarmed_why(const struct unit *u)
{
    switch (u->exempt) {
    case EXEMPT_YES:
        return UNARMED_EXEMPT;
    case EXEMPT_ASSUMED_NO:
        return UNARMED_UNCONFIRMED;
    case EXEMPT_NO:
    case EXEMPT_UNKNOWN:
        break;
    }
    return UNARMED_UNKNOWN;
}

void
change_unarmed(const struct catalogue *c, bool simulated,
               struct change_unarmed_list *out)
{
    size_t i;
    size_t u;

    memset(out, 0, sizeof *out);
    for (i = 0; i < c->target_count; i++) {
        const struct target *t = &c->targets[i];

        if (target_illustrative(c, t) || t->full_marks || t->kind == TARGET_INFO) {
            continue;
        }
        if (t->subject != SUBJECT_EACH) {
            if (!target_armed(c, t, NULL, simulated)) {
                unarmed_add(out, t, UNARMED_MEMBERS, NONE);
            }
            continue;
        }
        for (u = 0; u < c->unit_count; u++) {
            if (target_concerns(c, t, &c->units[u]) &&
                !target_armed(c, t, &c->units[u], simulated)) {
                unarmed_add(out, t, unarmed_why(&c->units[u]), (int)u);
            }
        }
    }
}
