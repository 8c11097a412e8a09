/*
 * targets.yaml: what the resolution demands, of whom, from when on, and where it says
 * so. What a kind needs is read in catalogue_target_kinds.c.
 */
#include <string.h>

#include "lib/catalogue_private.h"

#define OPEN_WINDOWS_MAX 24
#define OPEN_THINGS_MAX 1000000
#define CLOSE_WINDOWS_MAX 24

static const char *const SUBJECTS[] = {"each", "level", "province"};
static const char *const LEVELS[] = {"province", "district", "commune", "all"};

/* Is it judged on the exact line, so that points and things decide nothing? */
static bool
on_the_line(const struct catalogue *c, const struct target *t)
{
    return kind_is_rank(t->kind) || t->pace == PACE_DUE || t->kind == TARGET_IMPROVE ||
           (t->indicator != NONE && c->indicators[t->indicator].is_value);
}

/* Once a year, or once for all: nothing to wait for. */
static bool
once(const struct catalogue *c, const struct target *t)
{
    int group = t->indicator == NONE ? NONE : c->indicators[t->indicator].group;
    bool yearly = group != NONE && (c->groups[group].cadence == CADENCE_YEARLY ||
                                    c->groups[group].cadence == CADENCE_NONE);

    return kind_is_rank(t->kind) || t->pace == PACE_DUE || t->kind == TARGET_IMPROVE ||
           t->kind == TARGET_TIMES_PER_YEAR || (on_the_line(c, t) && yearly);
}

static void
load_open(struct loader *l, const struct yaml_node *node, struct target *t)
{
    static const struct key_rule RULES[] = {
        {"windows", MAY}, {"points", MAY}, {"things", MAY}};
    const struct yaml_node *open = yaml_get(node, "open");
    bool line = on_the_line(l->c, t);
    struct ratio points;

    t->open_windows = once(l->c, t) ? 1 : 2;
    t->open_points = ratio_of(line ? 0 : 2, 1);
    t->open_things = line ? 0 : 5;
    if (open == NULL || !read_map(l, open, RULES, COUNT_OF(RULES))) {
        return;
    }
    t->open_windows =
        (int)read_whole(l, open, "windows", 1, OPEN_WINDOWS_MAX, t->open_windows);
    t->open_things = read_whole(l, open, "things", 0, OPEN_THINGS_MAX, t->open_things);
    points = read_decimal(l, open, "points", 100, PERCENT);
    t->open_points = points.den == 0 ? t->open_points : points;
}

/* Figures that go up and down around the line need not wake anybody each time. */
static void
load_close(struct loader *l, const struct yaml_node *node, struct target *t)
{
    static const struct key_rule RULES[] = {{"windows", MAY}, {"points", MAY}};
    const struct yaml_node *close = yaml_get(node, "close");

    t->close_windows = 1;
    if (close == NULL || !read_map(l, close, RULES, COUNT_OF(RULES))) {
        return;
    }
    t->close_windows = (int)read_whole(l, close, "windows", 1, CLOSE_WINDOWS_MAX, 1);
    t->close_points = read_decimal(l, close, "points", 100, PERCENT);
    if (t->close_points.num > 0 && t->indicator != NONE &&
        l->c->indicators[t->indicator].is_value) {
        refuse(l, node_place(l, yaml_get(close, "points")),
               "target %s: points of \"close\" are percentage points, and %s is no "
               "ratio; take them out, windows: alone may stay",
               "mục tiêu %s: points của \"close\" là điểm phần trăm, còn %s không phải "
               "là tỷ lệ; bỏ points đi, chỉ giữ windows nếu cần",
               t->id, l->c->indicators[t->indicator].id);
    }
}

static void
load_exempt(struct loader *l, const struct yaml_node *node, struct target *t)
{
    static const char *const BY_UNIT[] = {"by_unit"};
    static const struct key_rule RULES[] = {{"by", BLANK}, {"date", BLANK}};
    const struct yaml_node *confirmed = yaml_get(node, "exempt_confirmed");
    bool by;

    t->by_exempt = read_choice(l, node, "exempt", BY_UNIT, 1, NONE) == 0;
    if (confirmed == NULL || !read_map(l, confirmed, RULES, COUNT_OF(RULES))) {
        return;
    }
    by = read_scalar(l, yaml_get(confirmed, "by"), "by") != NULL;
    t->exempt_confirmed = by && read_day(l, confirmed, "date", DAY_NONE) != DAY_NONE;
    if (by != (read_scalar(l, yaml_get(confirmed, "date"), "date") != NULL)) {
        refuse(l, node_place(l, confirmed),
               "target %s: a confirmation has an office (by) and a day (date); fill in "
               "both or leave both empty",
               "mục tiêu %s: việc xác nhận cần cơ quan (by) và ngày (date); ghi cả hai "
               "hoặc "
               "để trống cả hai",
               t->id);
    }
    if (!t->by_exempt) {
        refuse(
            l, node_place(l, confirmed),
            "target %s: exempt_confirmed goes with exempt: by_unit; add that or take "
            "this out",
            "mục tiêu %s: exempt_confirmed đi với exempt: by_unit; thêm vào hoặc bỏ đi",
            t->id);
    }
}

/* A text that only readers of one language can see is half a text. */
static void
check_languages(struct loader *l, const struct yaml_node *node, const struct target *t,
                const char *one, const char *other)
{
    const struct yaml_node *value = yaml_get(node, one);

    if (value != NULL && yaml_get(node, other) == NULL) {
        refuse(l, node_place(l, value),
               "target %s: \"%s\" needs \"%s\" beside it; add that or take this out",
               "mục tiêu %s: \"%s\" phải đi cùng \"%s\"; thêm vào hoặc bỏ đi", t->id,
               one, other);
    }
}

static void
load_readings(struct loader *l, const struct yaml_node *node, struct target *t)
{
    t->reading_vi = read_text(l, node, "reading_vi");
    t->reading_en = read_text(l, node, "reading_en");
    t->rejected_vi = read_text(l, node, "rejected_vi");
    t->rejected_en = read_text(l, node, "rejected_en");
    check_languages(l, node, t, "reading_vi", "reading_en");
    check_languages(l, node, t, "reading_en", "reading_vi");
    check_languages(l, node, t, "rejected_vi", "rejected_en");
    check_languages(l, node, t, "rejected_en", "rejected_vi");
}

/* The same id again is a later version, if it says so; else a mistake. */
static void
check_id(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    struct catalogue *c = l->c;
    bool again = find_name(c->infos, c->info_count, sizeof *t, t->id) != NONE;

    if (t->id[0] == '\0') {
        return;
    }
    again = again || find_name(c->targets, c->target_count, sizeof *t, t->id) != NONE;
    if (again && (yaml_get(node, "version") == NULL || t->indicator == NONE)) {
        refuse(l, node_place(l, yaml_get(node, "id")),
               "\"%s\" is \"%s\", which is there twice; give each its own, or write "
               "version and valid_from where it is a later version",
               "\"%s\" là \"%s\", bị trùng; mỗi mục phải có mã riêng, hoặc ghi version "
               "và valid_from nếu là phiên bản sau",
               "id", shown(t->id).text);
    }
}

static void
load_words(struct loader *l, const struct yaml_node *node, struct target *t)
{
    t->id = read_code(l, node, "id", CODE_NAME);
    t->title_vi = read_text(l, node, "title_vi");
    t->title_en = read_text(l, node, "title_en");
    t->responsible_vi = read_text(l, node, "responsible_vi");
    t->responsible_en = read_text(l, node, "responsible_en");
    check_languages(l, node, t, "responsible_vi", "responsible_en");
    check_languages(l, node, t, "responsible_en", "responsible_vi");
    read_citation(l, yaml_get(node, "citation"), &t->document_vi, &t->document_en,
                  &t->section);
    load_readings(l, node, t);
}

/* Only listed: there is nothing to sum, to judge or to wake anybody about. */
static bool
is_listed_only(const struct yaml_node *node, const struct target *t)
{
    return t->kind == TARGET_INFO && yaml_get(node, "indicator") == NULL;
}

static void
load_target(struct loader *l, const struct yaml_node *node)
{
    struct catalogue *c = l->c;
    struct target *t = &c->targets[c->target_count];
    int subject = read_choice(l, node, "subject", SUBJECTS, COUNT_OF(SUBJECTS), NONE);
    int level = read_choice(l, node, "level", LEVELS, COUNT_OF(LEVELS), NONE);
    int kind = read_choice(l, node, "kind", TARGET_KIND_NAMES, TARGET_KIND_COUNT, NONE);

    memset(t, 0, sizeof *t); /* what was refused may have stood here */
    t->indicator =
        read_reference(l, yaml_get(node, "indicator"), "indicator", c->indicators,
                       c->indicator_count, sizeof *c->indicators);
    load_words(l, node, t);
    t->full_marks = read_truth(l, node, "full_marks", false);
    load_exempt(l, node, t);
    load_target_years(l, node, t);
    check_id(l, node, t);
    if (subject == NONE || level == NONE || kind == NONE) {
        return; /* the error stands; what follows would only repeat it */
    }
    t->subject = (enum subject)subject;
    t->level = (enum level)level;
    t->kind = (enum target_kind)kind;
    load_pace(l, node, t);
    load_target_kind(l, node, t);
    load_open(l, node, t);
    load_close(l, node, t);
    t->urgent = read_truth(l, node, "urgent", false);
    if (is_listed_only(node, t)) {
        c->infos[c->info_count++] = *t;
        return;
    }
    if (t->indicator != NONE && l->measures_good) {
        check_indicator(l, node, t);
        check_subject(l, node, t);
        check_calendar(l, node, t);
    }
    join_versions(l, node, t);
    l->targets[c->target_count++] = (struct origin){l->from, node};
}

void
load_targets(struct loader *l)
{
    static const struct key_rule FILE_RULES[] = {{"targets", NEED}};
    /* indicator: all kinds but info need it, which load_target_kind looks after */
    static const struct key_rule RULES[] = {
        {"id", NEED},
        {"indicator", MAY},
        {"subject", NEED},
        {"level", NEED},
        {"kind", NEED},
        {"pace", MAY},
        {"steps", MAY},
        {"threshold", MAY},
        {"percent", MAY},
        {"times", MAY},
        {"due", MAY},
        {"baseline", MAY},
        {"years", MAY},
        {"version", MAY},
        {"valid_from", MAY},
        {"exempt", MAY},
        {"exempt_confirmed", MAY},
        {"open", MAY},
        {"close", MAY},
        {"urgent", MAY},
        {"full_marks", MAY},
        {"title_vi", NEED},
        {"title_en", NEED},
        {"citation", NEED},
        {"responsible_vi", MAY},
        {"responsible_en", MAY},
        {"reading_vi", MAY},
        {"reading_en", MAY},
        {"rejected_vi", MAY},
        {"rejected_en", MAY},
    };
    const struct yaml_node *root = yaml_root(l->from->yaml[FILE_TARGETS]);
    const struct yaml_node *list;
    struct catalogue *c = l->c;

    l->at = FILE_TARGETS;
    if (!read_map(l, root, FILE_RULES, COUNT_OF(FILE_RULES))) {
        return;
    }
    list = read_list(l, root, "targets", TARGETS_MAX);
    c->targets = mem_alloc((list == NULL ? 0 : list->count) * sizeof *c->targets);
    c->infos = mem_alloc((list == NULL ? 0 : list->count) * sizeof *c->infos);
    l->targets = mem_alloc((list == NULL ? 0 : list->count) * sizeof *l->targets);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (read_map(l, list->items[i], RULES, COUNT_OF(RULES))) {
            load_target(l, list->items[i]);
        }
    }
}
