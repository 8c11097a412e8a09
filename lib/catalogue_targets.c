/*
 * targets.yaml: what the resolution demands. Each kind has the keys it needs and no
 * others, so that a threshold that decides nothing cannot stand in the file.
 */
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"

#define TARGETS_MAX 512
#define OPEN_WINDOWS_MAX 24
#define OPEN_THINGS_MAX 1000000

static const char *const KINDS[] = {"steps",        "at_least",  "all",
                                    "rank_at_most", "rank_gain", "info"};
static const char *const PACES[] = {"linear", "flat", "due"};
static const char *const SUBJECTS[] = {"each", "level", "province"};
static const char *const LEVELS[] = {"province", "district", "commune", "all"};

/* Which keys a kind has: 'n' needs it, 'm' may have it, '-' has no use for it. */
static const struct kind_keys {
    char steps;
    char threshold;
    char baseline;
    char due;
    bool ranks;
} KIND_KEYS[] = {
    [TARGET_STEPS] = {'n', '-', '-', '-', false},
    [TARGET_AT_LEAST] = {'-', 'n', '-', 'm', false},
    [TARGET_ALL] = {'-', '-', '-', 'm', false},
    [TARGET_RANK_AT_MOST] = {'-', 'n', '-', 'm', true},
    [TARGET_RANK_GAIN] = {'-', 'n', 'n', '-', true},
    [TARGET_INFO] = {'-', '-', '-', '-', false},
};

static void
check_key(struct loader *l, const struct yaml_node *node, const struct target *t,
          const char *key, char need)
{
    const struct yaml_node *value = yaml_get(node, key);

    if (need == 'n' && value == NULL) {
        refuse(l, node_place(l, node), "target %s: kind %s needs \"%s\"; add it",
               "mục tiêu %s: loại %s cần \"%s\"; hãy thêm", t->id, KINDS[t->kind], key);
    }
    if (need == '-' && value != NULL) {
        refuse(
            l, node_place(l, value),
            "target %s: kind %s has no use for \"%s\"; take it out or change the kind",
            "mục tiêu %s: loại %s không dùng \"%s\"; bỏ đi hoặc đổi loại", t->id,
            KINDS[t->kind], key);
    }
}

int
target_pool(const struct catalogue *c, const struct target *t)
{
    const struct indicator *in;

    if (t->indicator == NONE) {
        return TARGET_RANK_MAX;
    }
    in = &c->indicators[t->indicator];
    if (!in->is_value || in->numerator_count == 0 ||
        c->measures[in->numerator[0]].pool == 0) {
        return TARGET_RANK_MAX;
    }
    return c->measures[in->numerator[0]].pool;
}

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

static void
load_steps(struct loader *l, const struct yaml_node *node, struct target *t)
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
            year < c->years_from || year > c->years_to) {
            refuse(l, node_place(l, steps->name_nodes[i]),
                   "target %s: step \"%s\" is no year from %d to %d (years in "
                   "programme.yaml)",
                   "mục tiêu %s: mức \"%s\" không phải năm từ %d đến %d (years trong "
                   "programme.yaml)",
                   t->id, shown(steps->names[i]).text, c->years_from, c->years_to);
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

static void
load_threshold(struct loader *l, const struct yaml_node *node, struct target *t)
{
    int pool = target_pool(l->c, t);

    switch (t->kind) {
    case TARGET_AT_LEAST:
        t->threshold = read_decimal(l, node, "threshold", 100, PERCENT);
        break;
    case TARGET_ALL:
        t->threshold = ratio_of(100, 1);
        break;
    case TARGET_RANK_AT_MOST:
        t->threshold = ratio_of(read_whole(l, node, "threshold", 1, pool, 1), 1);
        break;
    case TARGET_RANK_GAIN:
        t->threshold =
            read_decimal(l, node, "threshold", pool, "places a year", "bậc mỗi năm");
        break;
    case TARGET_STEPS:
    case TARGET_INFO:
        break;
    }
    if (t->kind == TARGET_RANK_GAIN && t->threshold.den != 0 && t->threshold.num == 0) {
        refuse(l, node_place(l, yaml_get(node, "threshold")),
               "target %s: 0 places a year is no gain; write at least 0.01",
               "mục tiêu %s: 0 bậc mỗi năm không phải là tăng; viết ít nhất 0.01",
               t->id);
    }
}

static void
load_baseline(struct loader *l, const struct yaml_node *node, struct target *t)
{
    static const struct key_rule RULES[] = {{"year", NEED}, {"value", NEED}};
    const struct yaml_node *baseline = yaml_get(node, "baseline");

    if (baseline == NULL || t->kind != TARGET_RANK_GAIN ||
        !read_map(l, baseline, RULES, COUNT_OF(RULES))) {
        return;
    }
    t->baseline_year = (int)read_whole(
        l, baseline, "year", CALENDAR_YEAR_MIN,
        l->c->years_from == 0 ? CALENDAR_YEAR_MAX : l->c->years_from, 0);
    t->baseline_value = read_whole(l, baseline, "value", 1, target_pool(l->c, t), 0);
}

static void
load_pace(struct loader *l, const struct yaml_node *node, struct target *t)
{
    const struct yaml_node *pace = yaml_get(node, "pace");
    bool has_due = yaml_get(node, "due") != NULL;
    enum pace usual = has_due                   ? PACE_DUE
                      : t->kind == TARGET_STEPS ? PACE_LINEAR
                                                : PACE_FLAT;

    t->due = read_day(l, node, "due", DAY_NONE);
    t->pace = (enum pace)read_choice(l, node, "pace", PACES, 3, (int)usual);
    if (pace != NULL && ((t->pace == PACE_LINEAR && t->kind != TARGET_STEPS) ||
                         (t->pace == PACE_DUE && KIND_KEYS[t->kind].due == '-'))) {
        refuse(l, node_place(l, pace),
               "target %s: pace %s does not go with kind %s; leave the pace out",
               "mục tiêu %s: pace %s không đi với loại %s; bỏ pace đi", t->id,
               PACES[t->pace], KINDS[t->kind]);
        return;
    }
    if ((t->pace == PACE_DUE) != has_due && KIND_KEYS[t->kind].due != '-') {
        refuse(
            l, node_place(l, has_due ? yaml_get(node, "due") : pace),
            "target %s: pace due and a due date go together; write both or neither",
            "mục tiêu %s: pace due và ngày due đi với nhau; viết cả hai hoặc bỏ cả hai",
            t->id);
    }
    if (t->due != DAY_NONE && l->c->years_from != 0 && t->due < year_first_day(l->c)) {
        refuse(
            l, node_place(l, yaml_get(node, "due")),
            "target %s: due %s is before the programme's years %d to %d; correct one",
            "mục tiêu %s: due %s trước các năm %d đến %d của chương trình; sửa lại",
            t->id, yaml_get(node, "due")->text, l->c->years_from, l->c->years_to);
    }
}

static void
load_open(struct loader *l, const struct yaml_node *node, struct target *t)
{
    static const struct key_rule RULES[] = {
        {"windows", MAY}, {"points", MAY}, {"things", MAY}};
    const struct yaml_node *open = yaml_get(node, "open");
    bool counts = !KIND_KEYS[t->kind].ranks && t->pace != PACE_DUE;
    struct ratio points;

    /* Ranks and dates come once a year: they open at once and on the exact line. */
    t->open_windows = counts ? 2 : 1;
    t->open_points = ratio_of(counts ? 2 : 0, 1);
    t->open_things = counts ? 5 : 0;
    if (open == NULL || !read_map(l, open, RULES, COUNT_OF(RULES))) {
        return;
    }
    t->open_windows =
        (int)read_whole(l, open, "windows", 1, OPEN_WINDOWS_MAX, t->open_windows);
    t->open_things = read_whole(l, open, "things", 0, OPEN_THINGS_MAX, t->open_things);
    points = read_decimal(l, open, "points", 100, PERCENT);
    t->open_points = points.den == 0 ? t->open_points : points;
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

static void
load_citation(struct loader *l, const struct yaml_node *node, struct target *t)
{
    static const struct key_rule RULES[] = {{"document", NEED}, {"section", NEED}};
    const struct yaml_node *citation = yaml_get(node, "citation");
    int document;

    t->document_vi = t->document_en = t->section = "";
    if (citation == NULL || !read_map(l, citation, RULES, COUNT_OF(RULES))) {
        return;
    }
    t->section = read_text(l, citation, "section");
    if (l->document_count == 0) {
        return; /* said already, at the list of documents */
    }
    document = read_reference(l, yaml_get(citation, "document"), "document",
                              l->documents, l->document_count, sizeof *l->documents);
    if (document != NONE) {
        t->document_vi = l->documents[document].title_vi;
        t->document_en = l->documents[document].title_en;
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

static void
load_target(struct loader *l, const struct yaml_node *node)
{
    struct catalogue *c = l->c;
    struct target *t = &c->targets[c->target_count];
    int subject = read_choice(l, node, "subject", SUBJECTS, COUNT_OF(SUBJECTS), NONE);
    int level = read_choice(l, node, "level", LEVELS, COUNT_OF(LEVELS), NONE);
    int kind = read_choice(l, node, "kind", KINDS, COUNT_OF(KINDS), NONE);

    t->id = read_code(l, node, "id", CODE_NAME);
    t->indicator =
        read_reference(l, yaml_get(node, "indicator"), "indicator", c->indicators,
                       c->indicator_count, sizeof *c->indicators);
    t->title_vi = read_text(l, node, "title_vi");
    t->title_en = read_text(l, node, "title_en");
    t->full_marks = read_truth(l, node, "full_marks", false);
    load_citation(l, node, t);
    load_readings(l, node, t);
    load_exempt(l, node, t);
    check_new_name(l, node, "id", c->targets, c->target_count, sizeof *t);
    if (subject == NONE || level == NONE || kind == NONE) {
        return; /* the error stands; what follows would only repeat it */
    }
    t->subject = (enum subject)subject;
    t->level = (enum level)level;
    t->kind = (enum target_kind)kind;
    check_key(l, node, t, "steps", KIND_KEYS[t->kind].steps);
    check_key(l, node, t, "threshold", KIND_KEYS[t->kind].threshold);
    check_key(l, node, t, "baseline", KIND_KEYS[t->kind].baseline);
    check_key(l, node, t, "due", KIND_KEYS[t->kind].due);
    load_pace(l, node, t);
    load_steps(l, node, t);
    load_threshold(l, node, t);
    load_baseline(l, node, t);
    load_open(l, node, t);
    if (t->indicator != NONE && l->measures_good) {
        check_indicator(l, node, t, KIND_KEYS[t->kind].ranks);
        check_subject(l, node, t);
        check_calendar(l, node, t);
    }
    c->target_count++;
}

void
load_targets(struct loader *l)
{
    static const struct key_rule FILE_RULES[] = {{"targets", NEED}};
    static const struct key_rule RULES[] = {
        {"id", NEED},        {"indicator", NEED},  {"subject", NEED},
        {"level", NEED},     {"kind", NEED},       {"pace", MAY},
        {"steps", MAY},      {"threshold", MAY},   {"due", MAY},
        {"baseline", MAY},   {"exempt", MAY},      {"exempt_confirmed", MAY},
        {"open", MAY},       {"full_marks", MAY},  {"title_vi", NEED},
        {"title_en", NEED},  {"citation", NEED},   {"reading_vi", MAY},
        {"reading_en", MAY}, {"rejected_vi", MAY}, {"rejected_en", MAY},
    };
    const struct yaml_node *root = yaml_root(l->yaml[FILE_TARGETS]);
    const struct yaml_node *list;
    struct catalogue *c = l->c;

    l->at = FILE_TARGETS;
    if (!read_map(l, root, FILE_RULES, COUNT_OF(FILE_RULES))) {
        return;
    }
    list = read_list(l, root, "targets", TARGETS_MAX);
    c->targets = mem_alloc((list == NULL ? 0 : list->count) * sizeof *c->targets);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (read_map(l, list->items[i], RULES, COUNT_OF(RULES))) {
            load_target(l, list->items[i]);
        }
    }
}
