/*
 * Taking an included programme over: the targets that are asked for, with what they
 * count. What is there already under the same code must be the same thing; it is then
 * one report for both. Targets: catalogue_include_targets.c.
 */
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_include.h"

/* One kind of thing, for the message that two of one code differ. */
struct twin {
    const char *en;
    const char *vi;
    const char *code;
    const struct origin *theirs;
    const struct origin *ours;
    enum programme_file file;
};

static void
refuse_twin(struct merge *m, const struct twin *t, const char *key)
{
    const struct origin *o = t->theirs;

    refuse(
        m->l, ((struct place){o->from->names[t->file], o->node->line, o->node->column}),
        "%s%.0s %s differs from the one of %s:%d (\"%s\"); make both equal, or give "
        "one "
        "of them another code",
        "%.0s%s %s khác với mục cùng mã ở %s:%d (\"%s\"); ghi giống nhau, hoặc đổi mã "
        "một bên",
        t->en, t->vi, t->code, t->ours->from->names[t->file], t->ours->node->line, key);
}

/* --- measures --- */

static void
merge_measures(struct merge *m)
{
    struct catalogue *c = m->l->c;
    size_t before = c->measure_count;

    for (size_t i = 0; i < m->from->measure_count; i++) {
        const struct measure *theirs = &m->from->measures[i];
        int ours = find_name(c->measures, before, sizeof *theirs, theirs->code);
        const char *key;

        if (m->measure[i] == NONE) {
            continue;
        }
        if (ours == NONE) {
            m->measure[i] = (int)c->measure_count;
            m->l->measures[c->measure_count] = m->measures[i];
            c->measures[c->measure_count++] = *theirs;
            continue;
        }
        m->measure[i] = ours;
        key = include_measure_differs(m, theirs, &c->measures[ours]);
        if (key != NULL) {
            refuse_twin(m,
                        &(struct twin){"measure", "số đo", theirs->code,
                                       &m->measures[i], &m->l->measures[ours],
                                       FILE_MEASURES},
                        key);
        }
    }
    for (size_t i = before; i < c->measure_count; i++) {
        int part_of = c->measures[i].part_of;

        /* The whole of a part is in its group, so it was taken too. */
        c->measures[i].part_of = part_of == NONE ? NONE : m->measure[part_of];
    }
}

/* --- groups --- */

/* A new group, its measures as they are numbered here; none may stand in another. */
static void
group_take(struct merge *m, size_t index, size_t before)
{
    struct catalogue *c = m->l->c;
    struct group *g = &c->groups[c->group_count];
    const struct origin *o = &m->groups[index];

    *g = m->from->groups[index];
    if (m->from->illustrative && !m->in->adopted) {
        g->demanded_section = ""; /* no duty here: nobody is urged to report it */
    }
    for (size_t i = 0; i < g->measure_count; i++) {
        g->measures[i] = m->measure[g->measures[i]];
        for (size_t k = 0; k < before; k++) {
            const struct origin *ours = &m->l->groups[k];

            if (group_measure_place(&c->groups[k], g->measures[i]) == NONE) {
                continue;
            }
            refuse(
                m->l,
                ((struct place){o->from->names[FILE_MEASURES], o->node->line,
                                o->node->column}),
                "group %s: measure %s stands in group %s already (%s:%d), and a "
                "measure is reported in one group only; make the groups equal, or give "
                "the measure another code",
                "nhóm %s: số đo %s đã có trong nhóm %s (%s:%d), mỗi số đo chỉ "
                "báo cáo trong một nhóm; ghi hai nhóm giống nhau, hoặc đổi mã số đo",
                g->code, c->measures[g->measures[i]].code, c->groups[k].code,
                ours->from->names[FILE_MEASURES], ours->node->line);
        }
    }
    m->group[index] = (int)c->group_count;
    m->l->groups[c->group_count++] = *o;
}

static void
merge_groups(struct merge *m)
{
    struct catalogue *c = m->l->c;
    size_t before = c->group_count;

    for (size_t i = 0; i < m->from->group_count; i++) {
        const struct group *theirs = &m->from->groups[i];
        int ours = find_name(c->groups, before, sizeof *theirs, theirs->code);
        const char *key;

        if (m->group[i] == NONE) {
            continue;
        }
        if (ours == NONE) {
            group_take(m, i, before);
            continue;
        }
        m->group[i] = ours;
        key = include_group_differs(m, theirs, &c->groups[ours]);
        if (key != NULL) {
            refuse_twin(m,
                        &(struct twin){"group", "nhóm", theirs->code, &m->groups[i],
                                       &m->l->groups[ours], FILE_MEASURES},
                        key);
        }
    }
}

/* --- indicators --- */

static void
indicator_take(struct merge *m, size_t index)
{
    struct catalogue *c = m->l->c;
    struct indicator *in = &c->indicators[c->indicator_count];

    *in = m->from->indicators[index];
    for (size_t i = 0; i < in->numerator_count; i++) {
        in->numerator[i] = m->measure[in->numerator[i]];
    }
    for (size_t i = 0; i < in->denominator_count; i++) {
        in->denominator[i] = m->measure[in->denominator[i]];
    }
    in->ranked = in->ranked == NONE ? NONE : m->measure[in->ranked];
    in->group = m->group[in->group];
    m->indicator[index] = (int)c->indicator_count;
    m->l->indicators[c->indicator_count++] = m->indicators[index];
}

static void
merge_indicators(struct merge *m)
{
    struct catalogue *c = m->l->c;
    size_t before = c->indicator_count;

    for (size_t i = 0; i < m->from->indicator_count; i++) {
        const struct indicator *theirs = &m->from->indicators[i];
        int ours = find_name(c->indicators, before, sizeof *theirs, theirs->id);
        const char *key;

        if (m->indicator[i] == NONE) {
            continue;
        }
        if (ours == NONE) {
            indicator_take(m, i);
            continue;
        }
        m->indicator[i] = ours;
        key = include_indicator_differs(m, theirs, &c->indicators[ours]);
        if (key != NULL) {
            refuse_twin(m,
                        &(struct twin){"indicator", "chỉ số", theirs->id,
                                       &m->indicators[i], &m->l->indicators[ours],
                                       FILE_MEASURES},
                        key);
        }
    }
}

/* --- all of it --- */

/* What the targets that are taken count: whole groups, as they are reported. */
static void
mark_needed(struct merge *m)
{
    const struct catalogue *from = m->from;

    for (size_t i = 0; i < from->target_count; i++) {
        int indicator = from->targets[i].indicator;

        if (m->target[i] && indicator != NONE) {
            m->indicator[indicator] = 0;
            m->group[from->indicators[indicator].group] = 0;
        }
    }
    for (size_t i = 0; i < from->group_count; i++) {
        for (size_t k = 0; m->group[i] != NONE && k < from->groups[i].measure_count;
             k++) {
            m->measure[from->groups[i].measures[k]] = 0;
        }
    }
}

static int *
nothing_yet(size_t count)
{
    int *map = mem_alloc(count * sizeof *map);

    for (size_t i = 0; i < count; i++) {
        map[i] = NONE;
    }
    return map;
}

static void
make_room(struct merge *m)
{
    struct loader *l = m->l;
    struct catalogue *c = l->c;
    size_t measures = c->measure_count + m->from->measure_count;
    size_t groups = c->group_count + m->from->group_count;
    size_t indicators = c->indicator_count + m->from->indicator_count;
    size_t targets = c->target_count + m->from->target_count;
    size_t infos = c->info_count + m->from->info_count;

    c->measures = mem_grow(c->measures, (measures + 1) * sizeof *c->measures);
    l->measures = mem_grow(l->measures, (measures + 1) * sizeof *l->measures);
    c->groups = mem_grow(c->groups, (groups + 1) * sizeof *c->groups);
    l->groups = mem_grow(l->groups, (groups + 1) * sizeof *l->groups);
    c->indicators = mem_grow(c->indicators, (indicators + 1) * sizeof *c->indicators);
    l->indicators = mem_grow(l->indicators, (indicators + 1) * sizeof *l->indicators);
    c->targets = mem_grow(c->targets, (targets + 1) * sizeof *c->targets);
    l->targets = mem_grow(l->targets, (targets + 1) * sizeof *l->targets);
    c->infos = mem_grow(c->infos, (infos + 1) * sizeof *c->infos);
}

/* Each file keeps to its limits; together they must too. */
static void
check_limits(struct merge *m)
{
    const struct catalogue *c = m->l->c;
    const struct {
        const char *what;
        size_t count;
        size_t max;
    } limits[] = {
        {"measures", c->measure_count, MEASURES_MAX},
        {"groups", c->group_count, GROUPS_MAX},
        {"indicators", c->indicator_count, INDICATORS_MAX},
        {"targets", c->target_count + c->info_count, TARGETS_MAX},
    };

    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        if (limits[i].count > limits[i].max) {
            refuse(m->l, include_place(m, "programme"),
                   "with %s there are %zu %s, at most %zu can be; name fewer in "
                   "\"targets\"",
                   "cộng với %s là %zu %s, nhiều nhất %zu; ghi ít mục hơn trong "
                   "\"targets\"",
                   m->in->programme, limits[i].count, limits[i].what, limits[i].max);
        }
    }
}

struct place
include_place(const struct merge *m, const char *key)
{
    const struct yaml_node *node = yaml_get(m->in->node, key);

    node = node == NULL ? m->in->node : node;
    return (struct place){m->l->own.names[FILE_PROGRAMME], node->line, node->column};
}

void
include_merge(struct loader *l, struct include *in, const struct catalogue *from,
              const struct origin *targets)
{
    struct merge m = {.l = l, .in = in, .from = from, .targets = targets};
    size_t errors = l->found->errors;

    m.measures = read_origins(l, "measures", from->measure_count);
    m.groups = read_origins(l, "groups", from->group_count);
    m.indicators = read_origins(l, "indicators", from->indicator_count);
    m.measure = nothing_yet(from->measure_count);
    m.group = nothing_yet(from->group_count);
    m.indicator = nothing_yet(from->indicator_count);
    m.target = mem_alloc(from->target_count * sizeof *m.target);
    m.info = mem_alloc(from->info_count * sizeof *m.info);
    include_choose(&m);
    mark_needed(&m);
    make_room(&m);
    merge_measures(&m);
    merge_groups(&m);
    merge_indicators(&m);
    if (l->found->errors == errors) {
        include_targets(&m);
        check_limits(&m);
    }
    mem_free(&m.measures);
    mem_free(&m.groups);
    mem_free(&m.indicators);
    mem_free(&m.measure);
    mem_free(&m.group);
    mem_free(&m.indicator);
    mem_free(&m.target);
    mem_free(&m.info);
}
