/*
 * Who reports? A group that no unit can report would be waited for every month, and
 * one that no indicator counts is asked for in vain, unless its note says what for.
 */
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"

static const char *const KINDS_VI[] = {"tỉnh", "sở, ngành", "huyện", "xã"};
#define KIND_COUNT 4
#define KINDS_BYTES 96

/* Is there a unit of the kinds in the years of which figures are taken? */
static bool
anybody(const struct catalogue *c, unsigned kinds)
{
    int32_t first;
    int32_t last;
    int32_t unused;

    year_bounds(c->history_from, c->rule, &first, &unused);
    year_bounds(c->years_to, c->rule, &unused, &last);
    for (size_t i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];

        if ((kinds & 1u << u->kind) != 0 && u->from <= last && u->to >= first) {
            return true;
        }
    }
    return false;
}

static void
kinds_text(unsigned kinds, bool english, char out[KINDS_BYTES])
{
    out[0] = '\0';
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const char *name =
            english ? unit_kind_name((enum unit_kind)kind) : KINDS_VI[kind];
        size_t at = strlen(out);

        if ((kinds & 1u << kind) != 0) {
            (void)snprintf(out + at, KINDS_BYTES - at, "%s%s", at == 0 ? "" : ", ",
                           name); /* all four fit */
        }
    }
}

static struct place
group_place(const struct origin *o, const char *key)
{
    const struct yaml_node *node = yaml_get(o->node, key);

    return (struct place){o->from->names[FILE_MEASURES], node->line, node->column};
}

static void
check_units(struct loader *l, const struct group *g, const struct origin *o)
{
    const struct catalogue *c = l->c;
    char en[KINDS_BYTES];
    char vi[KINDS_BYTES];

    if (g->reported_by == 0 || anybody(c, g->reported_by)) {
        return;
    }
    kinds_text(g->reported_by, true, en);
    kinds_text(g->reported_by, false, vi);
    refuse(l, group_place(o, "reported_by"),
           "group %s: nobody reports it: units.csv has no unit of kind %s%.0s from %d "
           "to %d; add the units, or write the kinds that there are",
           "nhóm %s: không ai báo cáo: units.csv không có đơn vị loại %.0s%s nào từ "
           "năm %d đến %d; thêm đơn vị, hoặc ghi loại đơn vị đang có",
           g->code, en, vi, c->history_from, c->years_to);
}

static void
check_use(struct loader *l, size_t group, const struct origin *o)
{
    const struct catalogue *c = l->c;
    const struct yaml_node *note = yaml_get(o->node, "note");

    if (note != NULL && note->type == YAML_SCALAR && note->text[0] != '\0') {
        return;
    }
    for (size_t i = 0; i < c->indicator_count; i++) {
        if (c->indicators[i].group == (int)group) {
            return;
        }
    }
    finding_add(l->found, FINDING_WARNING, group_place(o, "code"),
                "group %s: no indicator counts any of its measures, so its reports are "
                "asked for and judge nothing; add an indicator, take the group out, or "
                "say in its note what it is for",
                "nhóm %s: không chỉ số nào dùng số đo của nhóm nên báo cáo gửi lên "
                "không được đánh giá; thêm chỉ số, bỏ nhóm, hoặc ghi rõ mục đích ở "
                "note",
                c->groups[group].code);
}

void
check_reporters(struct loader *l)
{
    const struct catalogue *c = l->c;

    for (size_t i = 0; c->years_from != 0 && i < c->group_count; i++) {
        check_units(l, &c->groups[i], &l->groups[i]);
        check_use(l, i, &l->groups[i]);
    }
}
