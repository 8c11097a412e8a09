/*
 * A target's own years and its versions: an adjusted target is a further entry of the
 * same id, and the years before it keep what was promised for them.
 */
#include <string.h>

#include "lib/catalogue_private.h"

#define VERSION_MAX 1000

static void
load_years(struct loader *l, const struct yaml_node *node, struct target *t)
{
    static const struct key_rule RULES[] = {{"from", NEED}, {"to", NEED}};
    const struct yaml_node *years = yaml_get(node, "years");
    const struct catalogue *c = l->c;

    if (years == NULL || c->years_from == 0 ||
        !read_map(l, years, RULES, COUNT_OF(RULES))) {
        return;
    }
    t->years_from = (int)read_whole(l, years, "from", c->years_from, c->years_to, 0);
    t->years_to = (int)read_whole(l, years, "to", c->years_from, c->years_to, 0);
    if (t->years_from != 0 && t->years_to != 0 && t->years_to < t->years_from) {
        refuse(
            l, node_place(l, years),
            "target %s: years from %d to %d: the last must not be before the first; "
            "correct one",
            "mục tiêu %s: các năm từ %d đến %d: năm cuối không được trước năm đầu; sửa "
            "lại",
            t->id, t->years_from, t->years_to);
        t->years_from = t->years_to = 0;
    }
}

/* The first year that holds or follows the day. */
static int
year_of(const struct catalogue *c, int32_t day, bool *begins)
{
    int32_t first;
    int32_t last;
    int year = c->years_from;

    year_bounds(year, c->rule, &first, &last);
    while (last < day) {
        year_bounds(++year, c->rule, &first, &last);
    }
    *begins = first == day;
    return year;
}

void
load_target_years(struct loader *l, const struct yaml_node *node, struct target *t)
{
    const struct catalogue *c = l->c;

    load_years(l, node, t);
    t->version = (int)read_whole(l, node, "version", 1, VERSION_MAX, 1);
    t->valid_from = read_day(l, node, "valid_from", DAY_NONE);
    if (t->valid_from != DAY_NONE && c->years_from != 0 &&
        (t->valid_from < year_first_day(c) || t->valid_from > year_last_day(c))) {
        refuse(
            l, node_place(l, yaml_get(node, "valid_from")),
            "target %s: valid_from %s is outside the programme's years %d to %d; "
            "correct one",
            "mục tiêu %s: valid_from %s ngoài các năm %d đến %d của chương trình; sửa "
            "lại",
            t->id, yaml_get(node, "valid_from")->text, c->years_from, c->years_to);
        t->valid_from = DAY_NONE;
    }
}

static struct target *
version_before(struct catalogue *c, const struct target *t)
{
    struct target *before = NULL;

    for (size_t i = 0; i < c->target_count; i++) {
        if (strcmp(c->targets[i].id, t->id) == 0) {
            before = &c->targets[i];
        }
    }
    return before;
}

static bool
check_order(struct loader *l, const struct yaml_node *node, const struct target *t,
            const struct target *before)
{
    const struct yaml_node *from = yaml_get(node, "valid_from");
    char day[DAY_TEXT_BYTES];

    day_text(before->valid_from == DAY_NONE ? year_first_day(l->c) : before->valid_from,
             day);
    if (t->version <= before->version) {
        refuse(
            l, node_place(l, yaml_get(node, "version")),
            "target %s: version %d stands behind version %d; number a later one "
            "higher and write it below",
            "mục tiêu %s: phiên bản %d đứng sau phiên bản %d; phiên bản sau có số lớn "
            "hơn và ghi ở dưới",
            t->id, t->version, before->version);
        return false;
    }
    if (t->valid_from == DAY_NONE || t->valid_from <= year_first_day(l->c) ||
        t->valid_from <= before->valid_from) {
        refuse(
            l, node_place(l, from == NULL ? node : from),
            "target %s: versions %d and %d overlap; write the first day on which "
            "version %d is valid, after %s",
            "mục tiêu %s: phiên bản %d và %d trùng thời gian; ghi valid_from của phiên "
            "bản %d sau ngày %s",
            t->id, before->version, t->version, t->version, day);
        return false;
    }
    return true;
}

/*
 * A year is judged by one requirement, so a later version begins with a year; what
 * changes inside a year is put in force as another programme.
 */
void
join_versions(struct loader *l, const struct yaml_node *node, struct target *t)
{
    struct target *before = version_before(l->c, t);
    bool begins;
    int year;

    if (before == NULL || yaml_get(node, "version") == NULL || l->c->years_from == 0 ||
        !check_order(l, node, t, before)) {
        return;
    }
    year = year_of(l->c, t->valid_from, &begins);
    if (!begins) {
        refuse(
            l, node_place(l, yaml_get(node, "valid_from")),
            "target %s: version %d begins inside the year %d; write the first day of "
            "a year, or put a changed programme in force on that day",
            "mục tiêu %s: phiên bản %d bắt đầu giữa năm %d; ghi ngày đầu năm, hoặc đưa "
            "chương trình đã sửa vào áp dụng từ ngày đó",
            t->id, t->version, year);
        return;
    }
    if (target_year_first(l->c, before) >= year) {
        refuse(
            l, node_place(l, yaml_get(node, "valid_from")),
            "target %s: version %d would have no year left; take it out or let "
            "version %d begin later",
            "mục tiêu %s: phiên bản %d không còn năm nào; bỏ đi hoặc cho phiên bản %d "
            "bắt đầu muộn hơn",
            t->id, before->version, t->version);
        return;
    }
    before->versions = before->superseded = t->versions = t->later = true;
    before->years_from = target_year_first(l->c, before);
    before->years_to = year - 1;
    t->years_to = t->years_to != 0 ? t->years_to : l->c->years_to;
    if (t->years_from < year) {
        t->years_from = year;
    }
}
