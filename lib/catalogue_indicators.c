/*
 * measures.yaml, second half: indicators. A ratio is a sum over a sum, a value a single
 * measure; all measures of one stand in one group, so that one report answers it.
 */
#include "lib/catalogue_private.h"

#define MIN_DENOMINATOR_DEFAULT 30
#define MIN_DENOMINATOR_MAX 1000000000

static const char *const NATURES[] = {"stock", "flow", "value"};

static int
group_holding(const struct catalogue *c, int measure)
{
    for (size_t i = 0; i < c->group_count; i++) {
        if (group_measure_place(&c->groups[i], measure) != NONE) {
            return (int)i;
        }
    }
    return NONE;
}

/* Checks that the measure is where and of the kind the indicator's others are. */
static void
check_member(struct loader *l, const struct yaml_node *node, struct indicator *in,
             int measure)
{
    const struct catalogue *c = l->c;
    int group = group_holding(c, measure);

    if (group == NONE) {
        refuse(
            l, node_place(l, node),
            "measure %s is in no group, so the indicator has no figures; add it to one",
            "số đo %s không thuộc nhóm nào nên không có số liệu; thêm vào một nhóm",
            c->measures[measure].code);
        return;
    }
    if (in->group == NONE) {
        in->group = group;
    }
    if (in->group != group) {
        refuse(
            l, node_place(l, node),
            "measure %s is in group %s, the others of indicator %s in %s; all must be "
            "in one group",
            "số đo %s thuộc nhóm %s, các số đo khác của %s thuộc %s; tất cả phải "
            "cùng một nhóm",
            c->measures[measure].code, c->groups[group].code, in->id,
            c->groups[in->group].code);
    }
}

static size_t
load_sum(struct loader *l, const struct yaml_node *node, const char *key,
         struct indicator *in, int measures[INDICATOR_SUM_MAX])
{
    const struct yaml_node *list = read_list(l, node, key, INDICATOR_SUM_MAX);
    const struct catalogue *c = l->c;
    size_t count = 0;

    for (size_t i = 0; list != NULL && i < list->count; i++) {
        int measure = read_reference(l, list->items[i], key, c->measures,
                                     c->measure_count, sizeof *c->measures);
        bool again = false;

        if (measure == NONE) {
            continue;
        }
        for (size_t k = 0; k < count; k++) {
            again = again || measures[k] == measure;
        }
        if (again) {
            refuse(l, node_place(l, list->items[i]),
                   "measure %s stands twice in \"%s\" and would be counted twice; take "
                   "one "
                   "out",
                   "số đo %s ghi hai lần trong \"%s\" nên bị tính hai lần; bỏ một",
                   c->measures[measure].code, key);
            continue;
        }
        check_member(l, list->items[i], in, measure);
        measures[count++] = measure;
    }
    return count;
}

static void
check_natures(struct loader *l, const struct yaml_node *node,
              const struct indicator *in)
{
    const struct measure *m = l->c->measures;
    enum nature first = m[in->numerator[0]].nature;

    for (size_t i = 0; i < in->numerator_count + in->denominator_count; i++) {
        int measure = i < in->numerator_count
                          ? in->numerator[i]
                          : in->denominator[i - in->numerator_count];

        if (m[measure].nature == NATURE_VALUE) {
            refuse(l, node_place(l, node),
                   "indicator %s: %s is a value; a ratio is of stocks or of flows",
                   "chỉ số %s: %s là value; tỷ lệ chỉ gồm toàn stock hoặc toàn flow",
                   in->id, m[measure].code);
            return;
        }
        if (m[measure].nature != first) {
            refuse(l, node_place(l, node),
                   "indicator %s: %s is a %s and %s a %s; a ratio is of stocks or of "
                   "flows",
                   "chỉ số %s: %s là %s, %s là %s; tỷ lệ chỉ gồm toàn stock hoặc toàn "
                   "flow",
                   in->id, m[in->numerator[0]].code, NATURES[first], m[measure].code,
                   NATURES[m[measure].nature]);
            return;
        }
    }
}

static void
load_ratio(struct loader *l, const struct yaml_node *node, struct indicator *in)
{
    in->numerator_count = load_sum(l, node, "numerator", in, in->numerator);
    in->denominator_count = load_sum(l, node, "denominator", in, in->denominator);
    if (in->numerator_count > 0 && in->denominator_count > 0) {
        check_natures(l, node, in);
    }
    if (yaml_get(node, "numerator") == NULL || yaml_get(node, "denominator") == NULL) {
        refuse(l, node_place(l, node),
               "indicator %s needs numerator and denominator, or value: a measure",
               "chỉ số %s cần numerator và denominator, hoặc value: một số đo", in->id);
    }
    if (yaml_get(node, "ranked") != NULL) {
        refuse(l, node_place(l, yaml_get(node, "ranked")),
               "\"ranked\" goes with value only; take it out of indicator %s",
               "\"ranked\" chỉ đi với value; bỏ khỏi chỉ số %s", in->id);
    }
}

static void
load_value(struct loader *l, const struct yaml_node *node, struct indicator *in)
{
    const struct catalogue *c = l->c;
    const struct yaml_node *value = yaml_get(node, "value");
    const struct yaml_node *ranked = yaml_get(node, "ranked");
    int measure = read_reference(l, value, "value", c->measures, c->measure_count,
                                 sizeof *c->measures);

    in->is_value = true;
    if (in->empty != EMPTY_NOT_APPLICABLE) {
        refuse(l, node_place(l, yaml_get(node, "empty")),
               "indicator %s has a value and no denominator that could be empty; take "
               "\"empty\" out",
               "chỉ số %s có value, không có mẫu số để trống; bỏ \"empty\"", in->id);
    }
    if (yaml_get(node, "numerator") != NULL || yaml_get(node, "denominator") != NULL) {
        refuse(
            l, node_place(l, value),
            "indicator %s has value and numerator or denominator; keep one of the two",
            "chỉ số %s vừa có value vừa có numerator hoặc denominator; chỉ giữ một",
            in->id);
    }
    if (measure != NONE) {
        check_member(l, value, in, measure);
        in->numerator[0] = measure;
        in->numerator_count = 1;
        if (ranked != NULL && c->measures[measure].nature != NATURE_VALUE) {
            refuse(l, node_place(l, ranked),
                   "measure %s is a %s; \"ranked\" goes with a rank, of nature: value; "
                   "take it out",
                   "số đo %s là %s; \"ranked\" chỉ đi với thứ hạng, có nature: value; "
                   "bỏ đi",
                   c->measures[measure].code, NATURES[c->measures[measure].nature]);
        }
    }
    in->ranked = read_reference(l, ranked, "ranked", c->measures, c->measure_count,
                                sizeof *c->measures);
    if (in->ranked != NONE) {
        check_member(l, ranked, in, in->ranked);
    }
}

static void
load_indicator(struct loader *l, const struct yaml_node *node)
{
    static const char *const BETTER[] = {"down", "up"};
    static const char *const EMPTY[] = {"not_applicable", "full", "zero"};
    struct indicator *in = &l->c->indicators[l->c->indicator_count];

    in->group = NONE;
    in->ranked = NONE;
    in->id = read_code(l, node, "id", CODE_WORD);
    in->name_vi = read_text(l, node, "name_vi");
    in->name_en = read_text(l, node, "name_en");
    in->better_up = read_choice(l, node, "better", BETTER, 2, 1) == 1;
    in->min_denominator = read_whole(l, node, "min_denominator", 0, MIN_DENOMINATOR_MAX,
                                     MIN_DENOMINATOR_DEFAULT);
    in->legal_basis = read_text(l, node, "legal_basis");
    (void)read_whole(l, node, "version", 1, 1000000, 1); /* for its findings */
    in->empty = (enum empty)read_choice(l, node, "empty", EMPTY, COUNT_OF(EMPTY),
                                        EMPTY_NOT_APPLICABLE);
    if (yaml_get(node, "value") != NULL) {
        load_value(l, node, in);
    } else {
        load_ratio(l, node, in);
    }
    check_new_name(l, node, "id", l->c->indicators, l->c->indicator_count, sizeof *in);
    l->c->indicator_count++;
}

void
load_indicators(struct loader *l)
{
    static const struct key_rule RULES[] = {
        {"id", NEED},       {"version", MAY},
        {"name_vi", NEED},  {"name_en", NEED},
        {"numerator", MAY}, {"denominator", MAY},
        {"value", MAY},     {"ranked", MAY},
        {"better", NEED},   {"min_denominator", MAY},
        {"empty", MAY},     {"legal_basis", NEED},
    };
    static const struct key_rule FILE_RULES[] = {
        {"measures", NEED}, {"groups", NEED}, {"indicators", NEED}};
    const struct yaml_node *root = yaml_root(l->from->yaml[FILE_MEASURES]);
    const struct yaml_node *list;
    struct catalogue *c = l->c;

    l->at = FILE_MEASURES;
    if (!read_map(l, root, FILE_RULES, COUNT_OF(FILE_RULES))) {
        return;
    }
    list = read_list(l, root, "indicators", INDICATORS_MAX);
    c->indicators = mem_alloc((list == NULL ? 0 : list->count) * sizeof *c->indicators);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (read_map(l, list->items[i], RULES, COUNT_OF(RULES))) {
            load_indicator(l, list->items[i]);
        }
    }
}
