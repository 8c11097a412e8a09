/* The expectations of a test: of whom, at which window, and what should come. */
#include <string.h>

#include "cli/rule_test_private.h"
#include "lib/mem.h"
#include "lib/subject.h"

const char *const RULE_NUMBER_NAMES[RULE_NUMBERS] = {"value", "required", "gap"};
const char *const RULE_COUNT_NAMES[RULE_COUNTS] = {
    "num", "den", "need_now", "need_year", "covered", "units",
};

static const struct rule_key KEYS[] = {
    {"subject", true},   {"window", true},     {"verdict", true},  {"value", false},
    {"required", false}, {"gap", false},       {"num", false},     {"den", false},
    {"need_now", false}, {"need_year", false}, {"covered", false}, {"units", false},
    {"alert", false},
};

/* --- of whom --- */

static bool
has_members(const struct rule_reader *r, const struct target *t, struct subject_ref s)
{
    for (size_t i = 0; i < r->c->unit_count; i++) {
        if (subject_has_member(r->c, t, s, (int)i)) {
            return true;
        }
    }
    return false;
}

static bool
subject_unit(struct rule_reader *r, const struct yaml_node *node,
             const struct target *t, struct rule_expect *e)
{
    int unit = rule_unit(r, node, "subject", &e->window);
    const struct unit *u;

    if (unit == NONE) {
        return false;
    }
    u = &r->c->units[unit];
    if (t->subject == SUBJECT_PROVINCE && unit == r->c->province_unit) {
        /* As the scorer: over all that report, and not the unit's own figure. */
        e->subject = (struct subject_ref){NONE, t->level, false};
        return true;
    }
    e->subject = (struct subject_ref){unit, t->level, false};
    if ((u->level == t->level || t->level == LEVEL_ALL) &&
        (subject_group(r->c, t)->reported_by & (1u << u->kind)) != 0) {
        return true;
    }
    e->subject.under = true; /* a district over its communes */
    if (has_members(r, t, e->subject)) {
        return true;
    }
    rule_refuse(
        r, node,
        "%s says nothing of %s, a %s; it is set for level %s: name such a unit, "
        "\"level\" or \"province\"",
        "%s không đặt ra cho %s (%s); mục tiêu này của cấp %s: ghi đơn vị cấp "
        "đó, \"level\" hoặc \"province\"",
        t->id, u->id, unit_kind_name(u->kind), level_name(t->level));
    return false;
}

static bool
subject_read(struct rule_reader *r, const struct yaml_node *map, const struct target *t,
             struct rule_expect *e)
{
    const struct yaml_node *node = yaml_get(map, "subject");
    const char *text = rule_text(r, node, "subject");
    bool province;

    if (text == NULL) {
        return false;
    }
    e->subject_text = text;
    e->subject = (struct subject_ref){NONE, t->level, false};
    province = strcmp(text, "province") == 0;
    if (!province && strcmp(text, "level") != 0) {
        return subject_unit(r, node, t, e);
    }
    if (province != (t->subject == SUBJECT_PROVINCE)) {
        rule_refuse(r, node,
                    province ? "%s is not set for the province as a whole; write "
                               "\"level\", or a unit"
                             : "%s is set for the province as a whole; write "
                               "\"province\"",
                    province ? "%s không đặt ra cho toàn tỉnh; ghi \"level\" hoặc một "
                               "đơn vị"
                             : "%s đặt ra cho toàn tỉnh; ghi \"province\"",
                    t->id);
        return false;
    }
    return true;
}

/* --- what should come --- */

static void
numbers_read(struct rule_reader *r, const struct yaml_node *map, const struct target *t,
             struct rule_expect *e)
{
    const struct score empty = {0};
    struct shown shown;
    int64_t one = 1;

    score_shown(r->c, t, &empty, &shown);
    for (int i = 0; i < shown.decimals; i++) {
        one *= 10;
    }
    for (int i = 0; i < RULE_NUMBERS; i++) {
        const char *key = RULE_NUMBER_NAMES[i];
        const struct yaml_node *node = yaml_get(map, key);
        const char *text = rule_text(r, node, key);
        struct rule_number *n = &e->numbers[i];
        int64_t scaled = 0;

        if (text == NULL) {
            continue;
        }
        n->given = true;
        n->text = text;
        n->none = strcmp(text, "none") == 0;
        if (!n->none && !rule_decimal(text, shown.decimals, &scaled)) {
            rule_refuse(r, node,
                        "\"%s\" is \"%s\"; write it as it is printed, with at most %d "
                        "places behind a point, or none",
                        "\"%s\" là \"%s\"; viết như khi in ra, nhiều nhất %d chữ số lẻ "
                        "sau dấu chấm, hoặc none",
                        key, rule_said(text).text, shown.decimals);
        }
        n->want = ratio_of(scaled, one);
    }
}

static void
counts_read(struct rule_reader *r, const struct yaml_node *map, struct rule_expect *e)
{
    for (int i = 0; i < RULE_COUNTS; i++) {
        const struct yaml_node *node = yaml_get(map, RULE_COUNT_NAMES[i]);

        e->counts[i].given = node != NULL && rule_whole(r, node, RULE_COUNT_NAMES[i],
                                                        &e->counts[i].want);
    }
}

static void
verdict_read(struct rule_reader *r, const struct yaml_node *map, struct rule_expect *e)
{
    const char *names[VERDICT_INFO + 1];
    int choice;

    for (int v = 0; v <= VERDICT_INFO; v++) {
        names[v] = verdict_name((enum verdict)v);
    }
    choice =
        rule_choice(r, yaml_get(map, "verdict"), "verdict", names, COUNT_OF(names));
    e->verdict = choice == NONE ? VERDICT_NO_DATA : (enum verdict)choice;
}

static void
alert_read(struct rule_reader *r, const struct yaml_node *map, struct rule_expect *e)
{
    const struct yaml_node *node = yaml_get(map, "alert");
    const char *names[ALERT_MISSED + 1];
    int choice;

    for (int k = 0; k <= ALERT_MISSED; k++) {
        names[k] = alert_kind_name((enum alert_kind)k);
    }
    choice = rule_choice(r, node, "alert", names, COUNT_OF(names));
    e->has_alert = choice != NONE;
    e->alert = choice == NONE ? ALERT_NONE : (enum alert_kind)choice;
}

/* --- one of the list --- */

/* All versions of a target read the same group, or the programme is at fault. */
static bool
window_read(struct rule_reader *r, const struct yaml_node *map,
            const struct rule_target *of, int32_t latest, struct rule_expect *e)
{
    const struct yaml_node *node = yaml_get(map, "window");
    int at;

    if (!rule_window(r, node, "window", subject_group(r->c, &r->c->targets[of->target]),
                     &e->window)) {
        return false;
    }
    if (e->window.last > latest) {
        rule_refuse(r, node, "%s ends after the day of \"on\"; take a later day",
                    "kỳ %s kết thúc sau ngày \"on\"; ghi ngày muộn hơn",
                    e->window.code);
        return false;
    }
    at = of->version != 0 ? of->target
                          : catalogue_target_at(r->c, of->id, e->window.year);
    e->target = at == NONE ? of->target : at;
    return true;
}

static bool
said_twice(struct rule_reader *r, const struct yaml_node *node,
           const struct rule_test *t, const struct rule_expect *e)
{
    for (size_t i = 0; i < t->expect_count; i++) {
        const struct rule_expect *other = &t->expects[i];

        if (other->target == e->target && other->subject.unit == e->subject.unit &&
            other->subject.under == e->subject.under &&
            strcmp(other->window.code, e->window.code) == 0) {
            rule_refuse(r, node,
                        "%s at %s is expected twice in this test, first at line %d; "
                        "keep one",
                        "%s kỳ %s có hai kết quả trong bài thử này, lần đầu ở dòng %d; "
                        "chỉ giữ một",
                        e->subject_text, e->window.code, other->line);
            return true;
        }
    }
    return false;
}

void
rule_expects(struct rule_reader *r, const struct yaml_node *list,
             const struct rule_target *of, struct rule_test *t, int32_t latest,
             int32_t *newest)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct yaml_node *node = list->items[i];
        struct rule_expect e = {.line = node->line, .column = node->column};

        if (!rule_map(r, node, KEYS, COUNT_OF(KEYS)) || of->target == NONE ||
            !window_read(r, node, of, latest, &e)) {
            continue;
        }
        *newest = e.window.last > *newest ? e.window.last : *newest;
        numbers_read(r, node, &r->c->targets[e.target], &e);
        counts_read(r, node, &e);
        verdict_read(r, node, &e);
        alert_read(r, node, &e);
        if (!subject_read(r, node, &r->c->targets[e.target], &e) ||
            said_twice(r, node, t, &e)) {
            continue;
        }
        mem_array_room((void **)&t->expects, t->expect_count, &t->expect_room,
                       sizeof *t->expects);
        t->expects[t->expect_count++] = e;
    }
}
