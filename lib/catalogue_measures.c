/*
 * measures.yaml, first half: what units report, and in which groups. A measure stands
 * in one group only, so that a figure has one report it came from.
 */
#include <string.h>

#include "lib/catalogue_private.h"

#define DECIMALS_MAX 4
#define POOL_MAX 1000
#define WORKING_DAYS_MAX 90
#define REMIND_DAYS 2 /* working days before the due date, unless the group says */
#define REMIND_DAYS_MAX 30

static const char *const NATURES[] = {"stock", "flow", "value"};
static const char *const KINDS[] = {"province", "department", "district", "commune"};
static const char *const CALENDARS[] = {"civil", "statutory"};
static const char *const CADENCES[] = {"none", "monthly", "quarterly", "yearly"};

static void
load_measure(struct loader *l, const struct yaml_node *node)
{
    struct measure *m = &l->c->measures[l->c->measure_count];

    m->code = read_code(l, node, "code", CODE_WORD);
    m->name_vi = read_text(l, node, "name_vi");
    m->name_en = read_text(l, node, "name_en");
    m->count_vi = read_text(l, node, "count_vi");
    m->count_en = read_text(l, node, "count_en");
    m->nature = (enum nature)read_choice(l, node, "nature", NATURES, 3, NATURE_STOCK);
    m->decimals = (int)read_whole(l, node, "decimals", 0, DECIMALS_MAX, 0);
    m->pool = (int)read_whole(l, node, "pool", 2, POOL_MAX, 0);
    m->never_falls = read_truth(l, node, "never_falls", false);
    m->part_of = NONE;
    if (m->decimals > 0 && m->nature != NATURE_VALUE) {
        refuse(
            l, node_place(l, yaml_get(node, "decimals")),
            "\"decimals\" is %d for a count; stocks and flows are whole: write 0",
            "\"decimals\" là %d cho số đếm; số dư và số phát sinh là số nguyên: viết 0",
            m->decimals);
    }
    if (m->pool > 0 && (m->nature != NATURE_VALUE || m->decimals > 0)) {
        refuse(l, node_place(l, yaml_get(node, "pool")),
               "\"pool\" %d is for ranks: nature: value, decimals: 0; take it out",
               "\"pool\" %d chỉ dùng cho thứ hạng: nature: value, decimals: 0; bỏ đi",
               m->pool);
    }
    if (m->never_falls && m->nature == NATURE_FLOW) {
        refuse(l, node_place(l, yaml_get(node, "never_falls")),
               "\"never_falls\" is true for %s, a flow, which begins anew in each "
               "window; it is for a stock or a value: take it out",
               "\"never_falls\" là true cho %s, một số phát sinh (flow), mỗi kỳ tính "
               "lại từ đầu; chỉ dùng cho số dư (stock) hoặc giá trị (value): bỏ đi",
               m->code);
    }
    check_new_name(l, node, "code", l->c->measures, l->c->measure_count, sizeof *m);
    l->c->measure_count++;
}

/* Follows part_of upward; a way longer than there are measures is a circle. */
static bool
part_in_circle(const struct catalogue *c, size_t measure)
{
    int at = (int)measure;

    for (size_t i = 0; i <= c->measure_count && at != NONE; i++) {
        at = c->measures[at].part_of;
    }
    return at != NONE;
}

static void
load_parts(struct loader *l, const struct yaml_node *const *nodes)
{
    struct catalogue *c = l->c;

    for (size_t i = 0; i < c->measure_count; i++) {
        c->measures[i].part_of =
            read_reference(l, yaml_get(nodes[i], "part_of"), "part_of", c->measures,
                           c->measure_count, sizeof *c->measures);
    }
    for (size_t i = 0; i < c->measure_count; i++) {
        const struct measure *m = &c->measures[i];

        if (m->part_of == NONE) {
            continue;
        }
        if (part_in_circle(c, i)) {
            refuse(
                l, node_place(l, yaml_get(nodes[i], "part_of")),
                "\"part_of\" of %s leads back to where it began; a part has one whole "
                "above it",
                "\"part_of\" của %s quay lại chỗ bắt đầu; mỗi phần chỉ có một tổng ở "
                "trên",
                m->code);
        } else if (m->nature != c->measures[m->part_of].nature) {
            refuse(
                l, node_place(l, yaml_get(nodes[i], "part_of")),
                "%s is a %s and part of %s, a %s; a part has the nature of its whole",
                "%s là %s, thuộc %s là %s; phần phải cùng loại (nature) với tổng",
                m->code, NATURES[m->nature], c->measures[m->part_of].code,
                NATURES[c->measures[m->part_of].nature]);
        }
    }
}

/* "04-30": a day that every year has. */
static bool
month_day_parse(const char *text, int *month, int *mday)
{
    int32_t day;
    char full[DAY_TEXT_BYTES] = "2021-"; /* not a leap year */
    int year;

    if (strlen(text) != 5) {
        return false;
    }
    memcpy(full + 5, text, 6);
    if (day_parse(full, &day) != ST_OK) {
        return false;
    }
    day_to_civil(day, &year, month, mday);
    return true;
}

static void
load_due(struct loader *l, const struct yaml_node *group, struct group *g)
{
    static const struct key_rule RULES[] = {{"working_days", MAY}, {"next_year", MAY}};
    const struct yaml_node *due = yaml_get(group, "due");
    const struct yaml_node *next;
    const char *text;

    if (g->cadence == CADENCE_NONE || due == NULL) {
        if ((g->cadence == CADENCE_NONE) != (due == NULL)) {
            refuse(
                l, node_place(l, due == NULL ? group : due),
                "group %s: \"due\" goes with a cadence and cadence none goes without; "
                "write due: {working_days: 5} or take it out",
                "nhóm %s: có kỳ báo cáo (cadence) thì phải có \"due\", cadence none "
                "thì "
                "không; viết due: {working_days: 5} hoặc bỏ đi",
                g->code);
        }
        return;
    }
    if (!read_map(l, due, RULES, COUNT_OF(RULES))) {
        return;
    }
    g->due.working_days =
        (int)read_whole(l, due, "working_days", 1, WORKING_DAYS_MAX, 0);
    next = yaml_get(due, "next_year");
    if ((next == NULL) == (yaml_get(due, "working_days") == NULL)) {
        refuse(l, node_place(l, due),
               "group %s: \"due\" is either {working_days: 5} or {next_year: 04-30}",
               "nhóm %s: \"due\" là {working_days: 5} hoặc {next_year: 04-30}",
               g->code);
    }
    text = read_scalar(l, next, "next_year");
    if (text != NULL &&
        !month_day_parse(text, &g->due.next_year_month, &g->due.next_year_mday)) {
        refuse(
            l, node_place(l, next),
            "\"next_year\" is \"%s\"; write month-day of a day that every year has, "
            "such as 04-30",
            "\"next_year\" là \"%s\"; viết tháng-ngày mà năm nào cũng có, ví dụ 04-30",
            shown(text).text);
    }
}

/* Whoever is told that a report is late can read where it is demanded. */
static void
load_demanded(struct loader *l, const struct yaml_node *node, struct group *g)
{
    const struct yaml_node *demanded = yaml_get(node, "demanded");
    const struct yaml_node *remind = yaml_get(node, "remind");

    g->remind = (int)read_whole(l, node, "remind", 0, REMIND_DAYS_MAX, REMIND_DAYS);
    read_citation(l, demanded, &g->demanded_vi, &g->demanded_en, &g->demanded_section);
    if ((demanded != NULL && g->cadence == CADENCE_NONE) ||
        (remind != NULL && demanded == NULL)) {
        refuse(
            l, node_place(l, demanded != NULL ? demanded : remind),
            "group %s: \"demanded\" goes with a cadence, and \"remind\" with "
            "\"demanded\"; add what is missing or take this out",
            "nhóm %s: \"demanded\" phải đi cùng kỳ báo cáo (cadence), \"remind\" phải "
            "đi cùng \"demanded\"; thêm phần còn thiếu hoặc bỏ đi",
            g->code);
    }
}

static const char *
load_source(struct loader *l, const struct yaml_node *node)
{
    const char *text = read_text(l, node, "source");

    if (text[0] == '\0' || strcmp(text, "unit") == 0 ||
        (strncmp(text, "system:", 7) == 0 && code_fits(CODE_SLUG, text + 7))) {
        return text;
    }
    refuse(l, node_place(l, yaml_get(node, "source")),
           "\"source\" is \"%s\"; write unit, or system: and a name in small letters, "
           "such "
           "as system:one-stop",
           "\"source\" là \"%s\"; viết unit, hoặc system: và tên chữ thường, ví dụ "
           "system:one-stop",
           shown(text).text);
    return "";
}

/* The group in which a measure stands already, NONE when in none. */
static int
group_of(const struct catalogue *c, size_t groups, int measure)
{
    for (size_t i = 0; i < groups; i++) {
        if (group_measure_place(&c->groups[i], measure) != NONE) {
            return (int)i;
        }
    }
    return NONE;
}

static void
load_group_measures(struct loader *l, const struct yaml_node *node, struct group *g)
{
    const struct yaml_node *list = read_list(l, node, "measures", GROUP_MEASURES_MAX);
    struct catalogue *c = l->c;

    for (size_t i = 0; list != NULL && i < list->count; i++) {
        int measure = read_reference(l, list->items[i], "measures", c->measures,
                                     c->measure_count, sizeof *c->measures);
        int other;

        if (measure == NONE) {
            continue;
        }
        /* The group itself counts too: it is the newest, not yet counted. */
        other = group_of(c, c->group_count + 1, measure);
        if (other != NONE) {
            refuse(
                l, node_place(l, list->items[i]),
                "measure %s stands in group %s already; a measure is reported in one "
                "group only",
                "số đo %s đã có trong nhóm %s; mỗi số đo chỉ báo cáo trong một "
                "nhóm",
                c->measures[measure].code, c->groups[other].code);
            continue;
        }
        g->measures[g->measure_count++] = measure;
    }
}

static void
load_group(struct loader *l, const struct yaml_node *node)
{
    struct group *g = &l->c->groups[l->c->group_count];
    int cadence = read_choice(l, node, "cadence", CADENCES, COUNT_OF(CADENCES), NONE);

    g->code = read_code(l, node, "code", CODE_WORD);
    g->name_vi = read_text(l, node, "name_vi");
    g->name_en = read_text(l, node, "name_en");
    load_group_measures(l, node, g);
    g->reported_by = read_choices(l, node, "reported_by", KINDS, COUNT_OF(KINDS));
    g->rule = (enum calendar_rule)read_choice(l, node, "calendar", CALENDARS, 2, 0);
    g->cumulative = read_truth(l, node, "cumulative", false);
    g->source = load_source(l, node);
    (void)read_text(l, node, "note"); /* for its findings */
    if (cadence != NONE) {
        g->cadence = (enum cadence)cadence;
        load_due(l, node, g);
    }
    load_demanded(l, node, g);
    if (cadence == CADENCE_NONE && !g->cumulative) {
        refuse(
            l, node_place(l, yaml_get(node, "cadence")),
            "group %s takes no report at all: give it a cadence, or cumulative: true",
            "nhóm %s không nhận báo cáo nào: ghi cadence, hoặc cumulative: true",
            g->code);
    }
    check_new_name(l, node, "code", l->c->groups, l->c->group_count, sizeof *g);
    l->c->group_count++;
}

/* A part can be compared with its whole only inside one report. */
static void
check_parts_together(struct loader *l, const struct yaml_node *const *nodes)
{
    const struct catalogue *c = l->c;

    for (size_t i = 0; i < c->measure_count; i++) {
        int part_of = c->measures[i].part_of;
        int group = group_of(c, c->group_count, (int)i);

        if (group == NONE) {
            finding_add(
                l->found, FINDING_WARNING, node_place(l, nodes[i]),
                "measure %s is in no group, so nobody can report it; add it to one",
                "số đo %s không thuộc nhóm nào nên không ai báo cáo được; thêm "
                "vào một nhóm",
                c->measures[i].code);
        } else if (part_of != NONE && group_of(c, c->group_count, part_of) != group) {
            refuse(l, node_place(l, yaml_get(nodes[i], "part_of")),
                   "%s and its whole %s are in different groups; put both into one",
                   "%s và tổng %s thuộc hai nhóm khác nhau; đặt cả hai vào một nhóm",
                   c->measures[i].code, c->measures[part_of].code);
        }
    }
}

static const struct key_rule MEASURE_RULES[] = {
    {"code", NEED},     {"name_vi", NEED},    {"name_en", NEED}, {"count_vi", NEED},
    {"count_en", NEED}, {"nature", NEED},     {"decimals", MAY}, {"part_of", MAY},
    {"pool", MAY},      {"never_falls", MAY},
};
static const struct key_rule GROUP_RULES[] = {
    {"code", NEED},        {"name_vi", NEED},  {"name_en", NEED},   {"measures", NEED},
    {"reported_by", NEED}, {"calendar", NEED}, {"cadence", NEED},   {"due", MAY},
    {"demanded", MAY},     {"remind", MAY},    {"cumulative", MAY}, {"source", MAY},
    {"note", BLANK},
};

void
load_measures(struct loader *l)
{
    const struct yaml_node *root = yaml_root(l->from->yaml[FILE_MEASURES]);
    const struct yaml_node *nodes[MEASURES_MAX] = {0};
    const struct yaml_node *list;
    struct catalogue *c = l->c;

    l->at = FILE_MEASURES;
    list = read_list(l, root, "measures", MEASURES_MAX);
    c->measures = mem_alloc((list == NULL ? 0 : list->count) * sizeof *c->measures);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (read_map(l, list->items[i], MEASURE_RULES, COUNT_OF(MEASURE_RULES))) {
            nodes[c->measure_count] = list->items[i];
            load_measure(l, list->items[i]);
        }
    }
    load_parts(l, nodes);
    list = read_list(l, root, "groups", GROUPS_MAX);
    c->groups = mem_alloc((list == NULL ? 0 : list->count) * sizeof *c->groups);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (read_map(l, list->items[i], GROUP_RULES, COUNT_OF(GROUP_RULES))) {
            load_group(l, list->items[i]);
        }
    }
    check_parts_together(l, nodes);
}
