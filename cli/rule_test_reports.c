/*
 * The reports of a test. They pass what a report passes on its way in: the group is
 * reported by that kind of unit and in that cadence, figures fit their measures, no
 * part is above its whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/rule_test_private.h"
#include "lib/diag.h"
#include "lib/mem.h"

#define FIGURE_MAX INT64_C(1000000000000) /* counts beyond it are not taken */
#define FIGURE_TEXT_BYTES 32

/* One item of the list while it is read. */
struct statement {
    const struct yaml_node *node;
    int group;
    struct figure figures[GROUP_MEASURES_MAX];
    struct rule_test *test;
    int32_t latest;
};

static int64_t
one_of(const struct measure *m)
{
    int64_t one = 1;

    for (int i = 0; i < m->decimals; i++) {
        one *= 10;
    }
    return one;
}

/* --- figures --- */

static int
measure_of(struct rule_reader *r, const struct group *g, const struct yaml_node *name)
{
    const char *codes[GROUP_MEASURES_MAX];

    for (size_t i = 0; i < g->measure_count; i++) {
        codes[i] = r->c->measures[g->measures[i]].code;
        if (strcmp(codes[i], name->text) == 0) {
            return (int)i;
        }
    }
    rule_unknown(r, name, "figures", codes, g->measure_count, sizeof *codes);
    return NONE;
}

static void
figure_refuse(struct rule_reader *r, const struct measure *m,
              const struct yaml_node *node)
{
    if (m->decimals == 0) {
        rule_refuse(r, node,
                    "%s is \"%s\"; write a whole number, or not_applicable; leave out "
                    "what is not reported",
                    "%s là \"%s\"; viết số nguyên, hoặc not_applicable; chưa báo cáo "
                    "thì bỏ số này",
                    m->code, rule_said(node->text).text);
        return;
    }
    rule_refuse(r, node,
                "%s is \"%s\"; write digits with at most %d places behind a point, or "
                "not_applicable; leave out what is not reported",
                "%s là \"%s\"; viết chữ số, nhiều nhất %d chữ số lẻ sau dấu chấm, hoặc "
                "not_applicable; chưa báo cáo thì bỏ số này",
                m->code, rule_said(node->text).text, m->decimals);
}

static bool
figure_read(struct rule_reader *r, const struct measure *m,
            const struct yaml_node *node, struct figure *out)
{
    const char *text =
        node->type == YAML_SCALAR ? node->text : rule_text(r, node, m->code);
    int64_t scaled;

    if (text == NULL) {
        return false;
    }
    if (strcmp(text, "not_applicable") == 0) {
        out->state = FIGURE_NOT_APPLICABLE;
        return true;
    }
    if (text[0] == '-' || !rule_decimal(text, m->decimals, &scaled) ||
        scaled / one_of(m) > FIGURE_MAX) {
        figure_refuse(r, m, node);
        return false;
    }
    if (m->pool > 0 && (scaled < one_of(m) || scaled > m->pool * one_of(m))) {
        rule_refuse(r, node, "%s is %s, but ranks go from 1 to %d",
                    "%s là %s, nhưng thứ hạng chỉ từ 1 đến %d", m->code, text, m->pool);
        return false;
    }
    *out = (struct figure){FIGURE_NUMBER, scaled};
    return true;
}

static bool
part_fits(const struct measure *part, int64_t scaled, const struct measure *whole,
          int64_t whole_scaled)
{
    return (__int128)scaled * one_of(whole) <= (__int128)whole_scaled * one_of(part);
}

static bool
parts_fit(struct rule_reader *r, const struct group *g, const struct yaml_node *node,
          const struct figure *figures)
{
    bool good = true;

    for (size_t i = 0; i < g->measure_count; i++) {
        const struct measure *part = &r->c->measures[g->measures[i]];
        int at = part->part_of == NONE ? NONE : group_measure_place(g, part->part_of);
        const struct measure *whole;

        if (at == NONE || figures[i].state != FIGURE_NUMBER ||
            figures[at].state != FIGURE_NUMBER) {
            continue;
        }
        whole = &r->c->measures[part->part_of];
        if (!part_fits(part, figures[i].scaled, whole, figures[at].scaled)) {
            const struct yaml_node *value = yaml_get(node, part->code);

            rule_refuse(r, value,
                        "%s is %s, above the whole that it is part of: %s is %s; no "
                        "report of it would be taken",
                        "%s là %s, lớn hơn tổng chứa nó: %s là %s; báo cáo như vậy "
                        "không được tiếp nhận",
                        part->code, value->text, whole->code,
                        yaml_get(node, whole->code)->text);
            good = false;
        }
    }
    return good;
}

static bool
figures_read(struct rule_reader *r, struct statement *s)
{
    const struct group *g = &r->c->groups[s->group];
    const struct yaml_node *node = yaml_get(s->node, "figures");
    bool good = true;

    if (node->type != YAML_MAP || node->count == 0) {
        rule_refuse(r, node, "\"figures\" is {measure: number}; name at least one",
                    "\"figures\" có dạng {số đo: số}; ghi ít nhất một");
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        int place = measure_of(r, g, node->name_nodes[i]);

        good = place != NONE &&
               figure_read(r, &r->c->measures[g->measures[place]], node->items[i],
                           &s->figures[place]) &&
               good;
    }
    return good && parts_fit(r, g, node, s->figures);
}

/* --- whose --- */

static void
put(struct rule_reader *r, const struct statement *s, const struct window *w, int unit,
    const struct yaml_node *at)
{
    struct fact fact = {.window = *w, .revision = 1, .entry = ++r->entries};

    memcpy(fact.figures, s->figures, sizeof fact.figures);
    if (facts_put(s->test->facts, unit, s->group, &fact, NULL) == ST_OK) {
        return;
    }
    rule_refuse(r, at,
                "%s has a report of %s for %s in this test already; keep one, or name "
                "the unit under except",
                "%s đã có báo cáo %s kỳ %s trong bài thử này; chỉ giữ một, hoặc ghi "
                "đơn vị ở except",
                r->c->units[unit].id, r->c->groups[s->group].code, w->code);
}

static void
put_named(struct rule_reader *r, const struct statement *s, const struct window *w,
          const struct yaml_node *name, const char *key)
{
    const struct group *g = &r->c->groups[s->group];
    int unit = rule_unit(r, name, key, w);

    if (unit == NONE) {
        return;
    }
    if ((g->reported_by & (1u << r->c->units[unit].kind)) == 0) {
        rule_refuse(r, name, "group %s is not reported by %s, which is a %s",
                    "nhóm %s không do %s (%s) báo cáo", g->code, r->c->units[unit].id,
                    unit_kind_name(r->c->units[unit].kind));
        return;
    }
    put(r, s, w, unit, name);
}

/* Marks the units of `except`; each has to be one of those that would be reported. */
static void
except_mark(struct rule_reader *r, const struct statement *s, const struct window *w,
            enum unit_kind kind, bool *marks)
{
    const struct yaml_node *list = rule_list(r, s->node, "except");

    for (size_t i = 0; list != NULL && i < list->count; i++) {
        int unit = rule_unit(r, list->items[i], "except", w);

        if (unit != NONE && r->c->units[unit].kind != kind) {
            rule_refuse(r, list->items[i],
                        "%s is no %s, so it is left out already; take it away",
                        "%s không phải %s nên vốn không tính; bỏ đi",
                        r->c->units[unit].id, unit_kind_name(kind));
        } else if (unit != NONE) {
            marks[unit] = true;
        }
    }
}

static void
put_kind(struct rule_reader *r, const struct statement *s, const struct window *w,
         const struct yaml_node *node)
{
    const struct group *g = &r->c->groups[s->group];
    const char *names[KIND_COMMUNE + 1];
    bool *marks;
    int kind;

    for (int k = KIND_PROVINCE; k <= KIND_COMMUNE; k++) {
        names[k] = unit_kind_name((enum unit_kind)k);
    }
    kind = rule_choice(r, node, "kind", names, COUNT_OF(names));
    if (kind == NONE) {
        return;
    }
    if ((g->reported_by & (1u << kind)) == 0) {
        rule_refuse(r, node, "group %s is not reported by units of kind %s",
                    "nhóm %s không do đơn vị loại %s báo cáo", g->code, names[kind]);
        return;
    }
    marks = mem_alloc(r->c->unit_count * sizeof *marks);
    except_mark(r, s, w, (enum unit_kind)kind, marks);
    for (size_t i = 0; i < r->c->unit_count; i++) {
        const struct unit *u = &r->c->units[i];

        if ((int)u->kind == kind && unit_valid_on(u, w->last) && !marks[i]) {
            put(r, s, w, (int)i, node);
        }
    }
    mem_free(&marks);
}

/* Exactly one of unit, units, kind; except with kind only. */
static bool
whose_checked(struct rule_reader *r, const struct yaml_node *node)
{
    size_t ways = 0;

    ways += yaml_get(node, "unit") != NULL ? 1 : 0;
    ways += yaml_get(node, "units") != NULL ? 1 : 0;
    ways += yaml_get(node, "kind") != NULL ? 1 : 0;
    if (ways != 1) {
        rule_refuse(r, node, "say whose report it is by one of: unit, units, kind",
                    "ghi báo cáo của ai bằng một trong: unit, units, kind");
        return false;
    }
    if (yaml_get(node, "except") != NULL && yaml_get(node, "kind") == NULL) {
        rule_refuse(r, yaml_get(node, "except"),
                    "\"except\" goes with \"kind\"; leave the unit out instead",
                    "\"except\" chỉ dùng cùng \"kind\"; bỏ đơn vị đó ra");
        return false;
    }
    return true;
}

static void
put_window(struct rule_reader *r, const struct statement *s,
           const struct yaml_node *period, const char *key, int32_t *newest)
{
    const struct yaml_node *unit = yaml_get(s->node, "unit");
    const struct yaml_node *kind = yaml_get(s->node, "kind");
    const struct yaml_node *units = rule_list(r, s->node, "units");
    struct window w;

    if (!rule_window(r, period, key, &r->c->groups[s->group], &w)) {
        return;
    }
    if (w.last > s->latest) {
        rule_refuse(r, period, "%s ends after the day of \"on\"; nobody has it yet",
                    "kỳ %s kết thúc sau ngày \"on\"; khi đó chưa có số liệu", w.code);
        return;
    }
    *newest = w.last > *newest ? w.last : *newest;
    if (unit != NULL) {
        put_named(r, s, &w, unit, "unit");
    }
    if (kind != NULL) {
        put_kind(r, s, &w, kind);
    }
    for (size_t i = 0; units != NULL && i < units->count; i++) {
        put_named(r, s, &w, units->items[i], "units");
    }
}

static void
statement_read(struct rule_reader *r, struct statement *s, int32_t *newest)
{
    static const struct rule_key KEYS[] = {
        {"unit", false}, {"units", false},  {"kind", false},    {"except", false},
        {"group", true}, {"period", false}, {"periods", false}, {"figures", true},
    };
    const struct yaml_node *period;
    const struct yaml_node *periods;
    const struct yaml_node *group;

    if (!rule_map(r, s->node, KEYS, COUNT_OF(KEYS)) || !whose_checked(r, s->node)) {
        return;
    }
    group = yaml_get(s->node, "group");
    if (rule_text(r, group, "group") == NULL) {
        return;
    }
    s->group = catalogue_group(r->c, group->text);
    if (s->group == NONE) {
        rule_unknown(r, group, "group", r->c->groups, r->c->group_count,
                     sizeof *r->c->groups);
        return;
    }
    period = yaml_get(s->node, "period");
    periods = yaml_get(s->node, "periods");
    if ((period == NULL) == (periods == NULL)) {
        rule_refuse(r, s->node, "write one of: period, periods",
                    "ghi một trong: period, periods");
        return;
    }
    if (!figures_read(r, s)) {
        return;
    }
    if (period != NULL) {
        put_window(r, s, period, "period", newest);
        return;
    }
    periods = rule_list(r, s->node, "periods");
    for (size_t i = 0; periods != NULL && i < periods->count; i++) {
        put_window(r, s, periods->items[i], "periods", newest);
    }
}

void
rule_reports(struct rule_reader *r, const struct yaml_node *list, struct rule_test *t,
             int32_t latest, int32_t *newest)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct statement s = {.node = list->items[i], .test = t, .latest = latest};

        statement_read(r, &s, newest);
    }
}
