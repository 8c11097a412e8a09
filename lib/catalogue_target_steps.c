/*
 * The thresholds of the years, of kind steps.
 */
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"

/* One step, compared with the one before it: a promise does not grow weaker. */
static void
check_step(struct loader *l, const struct yaml_node *steps, const struct target *t,
           const char *year_text, struct ratio step, struct ratio before)
{
    bool up = t->indicator == NONE || l->c->indicators[t->indicator].better_up;
    int order = step.den == 0 || before.den == 0 ? 0 : ratio_compare(step, before);

    if (up ? order < 0 : order > 0) {
        refuse(l, node_place(l, yaml_get(steps, year_text)),
               "target %s: the step of %s is %s than the one before; correct the two",
               "mục tiêu %s: mức của năm %s %.0sngược chiều với mức năm trước; sửa hai "
               "mức",
               t->id, year_text, up ? "lower" : "higher");
    }
}

/* The key of a step: one of the target's years, and a percentage behind it. */
static void
check_year(struct loader *l, const struct yaml_node *steps, const struct target *t,
           size_t i)
{
    const struct catalogue *c = l->c;
    const struct yaml_node *value = steps->items[i];
    int64_t year = 0;

    if (!whole_parse(steps->names[i], CALENDAR_YEAR_MAX, &year) ||
        year < target_year_first(c, t) || year > target_year_last(c, t)) {
        refuse(l, node_place(l, steps->name_nodes[i]),
               "target %s: step \"%s\" is no year from %d to %d (years in "
               "programme.yaml%s); write year: percent%.0s",
               "mục tiêu %s: mức \"%s\" không phải năm từ %d đến %d (years trong "
               "programme.yaml%.0s%s); viết năm: phần trăm",
               t->id, shown(steps->names[i]).text, target_year_first(c, t),
               target_year_last(c, t), t->years_from == 0 ? "" : " and here",
               t->years_from == 0 ? "" : " và ở đây");
    } else if (value->type == YAML_SCALAR && value->text[0] == '\0') {
        refuse(l, node_place(l, steps->name_nodes[i]),
               "target %s: the step of %s is empty; write the percentage, or take the "
               "year out",
               "mục tiêu %s: mức của năm %s để trống; ghi phần trăm, hoặc bỏ năm này",
               t->id, steps->names[i]);
    }
}

/* A year without a step between two that have one: it asks for nothing. */
static void
warn_gap(struct loader *l, const struct yaml_node *steps, const struct target *t,
         int year)
{
    const struct ratio *step = &t->steps[year - l->c->years_from];
    int before = year - 1;
    char text[16];

    while (before >= l->c->years_from && step[before - year].den == 0) {
        before--;
    }
    if (before == year - 1 || before < l->c->years_from) {
        return;
    }
    (void)snprintf(text, sizeof text, "%d", year); /* always fits */
    finding_add(l->found, FINDING_WARNING, node_place(l, yaml_get(steps, text)),
                "target %s: there is no step between %d and %d, so nothing is asked in "
                "between; add the step if the document sets one",
                "mục tiêu %s: giữa năm %d và %d không có mức nào nên các năm đó không "
                "yêu cầu gì; thêm mức nếu văn bản có nêu",
                t->id, before, year);
}

void
load_target_steps(struct loader *l, const struct yaml_node *node, struct target *t)
{
    const struct yaml_node *steps = yaml_get(node, "steps");
    const struct catalogue *c = l->c;
    struct ratio before = {0, 0};

    if (steps == NULL || c->years_from == 0) {
        return;
    }
    if (steps->type != YAML_MAP || steps->count == 0) {
        refuse(l, node_place(l, steps),
               "\"steps\" of target %s is {year: percent, …}, such as {%d: 15}",
               "\"steps\" của mục tiêu %s viết {năm: phần trăm, …}, ví dụ {%d: 15}",
               t->id, c->years_from);
        return;
    }
    for (size_t i = 0; i < steps->count; i++) {
        check_year(l, steps, t, i);
    }
    for (int year = c->years_from; year <= c->years_to; year++) {
        struct ratio *step = &t->steps[year - c->years_from];
        char text[16];

        (void)snprintf(text, sizeof text, "%d", year); /* always fits */
        *step = read_decimal(l, steps, text, 100, PERCENT);
        check_step(l, steps, t, text, *step, before);
        if (step->den != 0) {
            warn_gap(l, steps, t, year);
        }
        before = step->den == 0 ? before : *step;
    }
}
