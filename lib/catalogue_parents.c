/*
 * Who lies under whom: the parent of each unit, looked up on the unit's first day in
 * the programme, and the one unit that is the province.
 */
#include <string.h>

#include "lib/catalogue_private.h"

static const char *
unit_cell(const struct loader *l, size_t unit, enum unit_column column)
{
    return l->csv->rows[l->unit_rows[unit]].fields[l->columns[column]];
}

/* The first day of a unit inside the programme: its parent is looked up then. */
static int32_t
first_day(const struct catalogue *c, const struct unit *u)
{
    int32_t first = c->years_from == 0 ? u->from : year_first_day(c);

    if (u->from != DAY_NONE && u->from > first) {
        return u->from;
    }
    return first > u->to ? u->to : first;
}

static bool
days_overlap(const struct unit *a, const struct unit *b)
{
    return a->from <= b->to && b->from <= a->to;
}

static int
code_first(const struct loader *l, const char *code)
{
    union table_value v;

    return table_get(l->ix->codes, code, strlen(code), &v) ? (int)v.number : NONE;
}

/* The holder of the parent's code on the unit's first day, else one that overlaps. */
static int
parent_holder(const struct loader *l, const struct unit *u, const char *code)
{
    const struct catalogue *c = l->c;
    int exact = catalogue_unit(c, code);
    int best = NONE;

    if (exact != NONE) {
        return days_overlap(u, &c->units[exact]) ? exact : NONE;
    }
    for (int i = code_first(l, code); i != NONE; i = l->ix->next_holder[i]) {
        if (unit_valid_on(&c->units[i], first_day(c, u))) {
            return i;
        }
        if (best == NONE && days_overlap(u, &c->units[i])) {
            best = i;
        }
    }
    return best;
}

static void
refuse_unknown_parent(struct loader *l, size_t unit, const char *code)
{
    const struct catalogue *c = l->c;
    struct place at = unit_place(l, unit, COLUMN_PARENT);
    int known = code_first(l, code);
    const char *better;

    if (!l->units_good) {
        return; /* it may be a row that was refused */
    }
    if (known == NONE) {
        known = catalogue_unit(c, code);
    }
    if (known != NONE) {
        refuse(
            l, at,
            "parent %s and unit %s are never valid on the same day; correct the days "
            "or the parent",
            "đơn vị trên %s và đơn vị %s không có ngày nào cùng hiệu lực; sửa ngày "
            "hoặc "
            "parent",
            shown(code).text, c->units[unit].id);
        return;
    }
    better = catalogue_nearest(c->units, c->unit_count, sizeof *c->units, code);
    refuse(l, at, "parent \"%s\" is no unit of this file; %s%.0s%s",
           "parent \"%s\" không có trong tệp này; %.0s%s%s", shown(code).text,
           better == NULL ? "add a row for it" : "near to it: ",
           better == NULL ? "thêm một dòng cho đơn vị đó" : "gần giống: ",
           better == NULL ? "" : better);
}

/* A district lies under a province, a commune under a district or a province. */
static void
load_parent(struct loader *l, size_t unit)
{
    struct unit *u = &l->c->units[unit];
    const char *code = unit_cell(l, unit, COLUMN_PARENT);
    const struct unit *parent;

    if ((code[0] == '\0') != (u->kind == KIND_PROVINCE)) {
        refuse(l, unit_place(l, unit, COLUMN_PARENT),
               "unit %s: the province has no parent and every other unit has one; "
               "\"%s\" stands here: %s%.0s",
               "đơn vị %s: tỉnh không có parent, mọi đơn vị khác phải có; ở đây ghi "
               "\"%s\": %.0s%s",
               u->id, shown(code).text,
               code[0] == '\0' ? "write the code of the unit above it"
                               : "leave it empty",
               code[0] == '\0' ? "ghi mã đơn vị cấp trên" : "để trống");
        return;
    }
    if (code[0] == '\0') {
        return;
    }
    u->parent = parent_holder(l, u, code);
    if (u->parent == NONE) {
        refuse_unknown_parent(l, unit, code);
        return;
    }
    parent = &l->c->units[u->parent];
    if (parent->kind != KIND_PROVINCE &&
        !(parent->kind == KIND_DISTRICT && u->kind == KIND_COMMUNE)) {
        refuse(l, unit_place(l, unit, COLUMN_PARENT),
               "unit %s, a %s, stands under %s, a %s; communes lie under a district or "
               "the "
               "province, all others under the province",
               "đơn vị %s (%s) đặt dưới %s (%s); xã thuộc huyện hoặc tỉnh, các đơn vị "
               "khác "
               "thuộc tỉnh",
               u->id, unit_kind_name(u->kind), parent->id,
               unit_kind_name(parent->kind));
        u->parent = NONE;
    }
}

static void
warn_outside_years(struct loader *l, size_t unit)
{
    const struct unit *u = &l->c->units[unit];

    if (l->c->years_from != 0 &&
        (u->to < year_first_day(l->c) ||
         (u->from != DAY_NONE && u->from > year_last_day(l->c)))) {
        finding_add(
            l->found, FINDING_WARNING, unit_place(l, unit, COLUMN_FROM),
            "unit %s is valid on no day of %d to %d; correct its days or take the "
            "row out",
            "đơn vị %s không có hiệu lực ngày nào trong các năm %d đến %d; sửa ngày "
            "hoặc bỏ dòng này",
            u->id, l->c->years_from, l->c->years_to);
    }
}

static void
load_province(struct loader *l)
{
    const struct yaml_node *node =
        yaml_get(yaml_root(l->from->yaml[FILE_PROGRAMME]), "province_unit");
    struct catalogue *c = l->c;
    const char *text;

    l->at = FILE_PROGRAMME;
    text = read_scalar(l, node, "province_unit");
    if (!l->units_good) {
        return;
    }
    c->province_unit = read_reference(l, node, "province_unit", c->units, c->unit_count,
                                      sizeof *c->units);
    if (c->province_unit != NONE && c->units[c->province_unit].kind != KIND_PROVINCE) {
        refuse(
            l, node_place(l, node),
            "province_unit \"%s\" is a %s in units.csv; name the unit of kind province",
            "province_unit \"%s\" là %s trong units.csv; ghi đơn vị loại province",
            shown(text).text, unit_kind_name(c->units[c->province_unit].kind));
    }
    l->at = FILE_UNITS;
    for (size_t i = 0; c->province_unit != NONE && i < c->unit_count; i++) {
        if (c->units[i].kind == KIND_PROVINCE && (int)i != c->province_unit) {
            refuse(
                l, unit_place(l, i, COLUMN_KIND),
                "unit %s is of kind province too; a programme has one, its "
                "province_unit %s",
                "đơn vị %s cũng thuộc loại province; mỗi chương trình chỉ có một: %s",
                c->units[i].id, c->units[c->province_unit].id);
        }
    }
}

void
load_parents(struct loader *l)
{
    for (size_t i = 0; i < l->c->unit_count; i++) {
        load_parent(l, i);
        warn_outside_years(l, i);
    }
    load_province(l);
}
