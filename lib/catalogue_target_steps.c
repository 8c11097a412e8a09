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
        int64_t year = 0;

        if (!whole_parse(steps->names[i], CALENDAR_YEAR_MAX, &year) ||
            year < target_year_first(c, t) || year > target_year_last(c, t)) {
            refuse(l, node_place(l, steps->name_nodes[i]),
                   "target %s: step \"%s\" is no year from %d to %d (years in "
                   "programme.yaml%s)%.0s",
                   "mục tiêu %s: mức \"%s\" không phải năm từ %d đến %d (years trong "
                   "programme.yaml%.0s%s)",
                   t->id, shown(steps->names[i]).text, target_year_first(c, t),
                   target_year_last(c, t), t->years_from == 0 ? "" : " and here",
                   t->years_from == 0 ? "" : " và ở đây");
        }
    }
    for (int year = c->years_from; year <= c->years_to; year++) {
        struct ratio *step = &t->steps[year - c->years_from];
        char text[16];

        (void)snprintf(text, sizeof text, "%d", year); /* always fits */
        *step = read_decimal(l, steps, text, 100, PERCENT);
        check_step(l, steps, t, text, *step, before);
        before = step->den == 0 ? before : *step;
    }
}
