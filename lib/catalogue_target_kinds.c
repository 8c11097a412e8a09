/*
 * What each kind of target needs: its keys and no others, so that a number that decides
 * nothing cannot stand in the file.
 */
#include <string.h>

#include "lib/catalogue_private.h"

#define TIMES_MAX 366

const char *const TARGET_KIND_NAMES[TARGET_KIND_COUNT] = {
    [TARGET_STEPS] = "steps",         [TARGET_AT_LEAST] = "at_least",
    [TARGET_ABOVE] = "above",         [TARGET_AT_MOST] = "at_most",
    [TARGET_BELOW] = "below",         [TARGET_ALL] = "all",
    [TARGET_REDUCE_BY] = "reduce_by", [TARGET_RANK_AT_MOST] = "rank_at_most",
    [TARGET_RANK_GAIN] = "rank_gain", [TARGET_IMPROVE] = "improve",
    [TARGET_BY_DATE] = "by_date",     [TARGET_TIMES_PER_YEAR] = "times_per_year",
    [TARGET_INFO] = "info",
};
static const char *const PACES[] = {"linear", "flat", "due"};

/* Which keys a kind has: 'n' needs it, 'm' may have it, '-' has no use for it. */
static const struct kind_keys {
    char steps;
    char threshold;
    char percent;
    char times;
    char baseline;
    char due;
} KIND_KEYS[] = {
    [TARGET_STEPS] = {'n', '-', '-', '-', '-', '-'},
    [TARGET_AT_LEAST] = {'-', 'n', '-', '-', '-', 'm'},
    [TARGET_ABOVE] = {'-', 'n', '-', '-', '-', 'm'},
    [TARGET_AT_MOST] = {'-', 'n', '-', '-', '-', 'm'},
    [TARGET_BELOW] = {'-', 'n', '-', '-', '-', 'm'},
    [TARGET_ALL] = {'-', '-', '-', '-', '-', 'm'},
    [TARGET_REDUCE_BY] = {'-', '-', 'n', '-', 'n', 'm'},
    [TARGET_RANK_AT_MOST] = {'-', 'n', '-', '-', '-', 'm'},
    [TARGET_RANK_GAIN] = {'-', 'n', '-', '-', 'n', '-'},
    [TARGET_IMPROVE] = {'-', '-', '-', '-', 'm', '-'},
    [TARGET_BY_DATE] = {'-', 'm', '-', '-', '-', 'n'},
    [TARGET_TIMES_PER_YEAR] = {'-', '-', '-', 'n', '-', '-'},
    [TARGET_INFO] = {'-', '-', '-', '-', '-', '-'},
};

bool
kind_is_rank(enum target_kind kind)
{
    return kind == TARGET_RANK_AT_MOST || kind == TARGET_RANK_GAIN;
}

static void
check_key(struct loader *l, const struct yaml_node *node, const struct target *t,
          const char *key, char need)
{
    const struct yaml_node *value = yaml_get(node, key);

    if (need == 'n' && value == NULL) {
        refuse(l, node_place(l, node), "target %s: kind %s needs \"%s\"; add it",
               "mục tiêu %s: loại %s cần \"%s\"; hãy thêm", t->id,
               TARGET_KIND_NAMES[t->kind], key);
    }
    if (need == '-' && value != NULL) {
        refuse(
            l, node_place(l, value),
            "target %s: kind %s has no use for \"%s\"; take it out or change the kind",
            "mục tiêu %s: loại %s không dùng \"%s\"; bỏ đi hoặc đổi loại", t->id,
            TARGET_KIND_NAMES[t->kind], key);
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

/* A share has at most 100 percent, a value what it has. */
static struct ratio
read_threshold(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    bool value = t->indicator != NONE && l->c->indicators[t->indicator].is_value;

    return value ? read_decimal(l, node, "threshold", TARGET_VALUE_MAX, "of that unit",
                                "đơn vị tính của chỉ số")
                 : read_decimal(l, node, "threshold", 100, PERCENT);
}

/* A threshold that every figure reaches, or none can. */
static void
check_bounds(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    bool share = t->indicator != NONE && !l->c->indicators[t->indicator].is_value;
    bool full = share && t->threshold.den != 0 &&
                ratio_compare(t->threshold, ratio_of(100, 1)) == 0;
    bool zero = t->threshold.den != 0 && t->threshold.num == 0;

    if ((t->kind == TARGET_ABOVE && full) || (t->kind == TARGET_BELOW && zero)) {
        refuse(
            l, node_place(l, yaml_get(node, "threshold")),
            "target %s: nothing can be %s %s; write kind: %s with that number%.0s%.0s",
            "mục tiêu %s: không thể %.0s%.0s%.0s%s; viết kind: %s", t->id,
            full ? "above" : "below", full ? "100 percent" : "0",
            full ? "all" : "at_most", full ? "trên 100%" : "dưới 0",
            full ? "all" : "at_most");
    }
    if (t->kind == TARGET_AT_MOST && full) {
        refuse(
            l, node_place(l, yaml_get(node, "threshold")),
            "target %s: a share is never more than 100 percent, so this asks for "
            "nothing; write what the document says, or kind: info",
            "mục tiêu %s: tỷ lệ không bao giờ quá 100%% nên mức này không yêu cầu gì; "
            "ghi đúng văn bản, hoặc kind: info",
            t->id);
    }
}

static void
load_threshold(struct loader *l, const struct yaml_node *node, struct target *t)
{
    int pool = target_pool(l->c, t);
    bool value = t->indicator != NONE && l->c->indicators[t->indicator].is_value;

    switch (t->kind) {
    case TARGET_AT_LEAST:
    case TARGET_ABOVE:
    case TARGET_AT_MOST:
    case TARGET_BELOW:
        t->threshold = read_threshold(l, node, t);
        break;
    case TARGET_BY_DATE:
        t->threshold = yaml_get(node, "threshold") == NULL
                           ? ratio_of(value ? 1 : 100, 1)
                           : read_threshold(l, node, t);
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
    case TARGET_REDUCE_BY:
        t->threshold = read_decimal(l, node, "percent", 100, PERCENT);
        break;
    case TARGET_TIMES_PER_YEAR:
        t->threshold = ratio_of(read_whole(l, node, "times", 1, TIMES_MAX, 1), 1);
        break;
    case TARGET_STEPS:
    case TARGET_IMPROVE:
    case TARGET_INFO:
        break;
    }
    check_bounds(l, node, t);
}

/* Nothing to gain, nothing to be reduced by, nothing to be done. */
static void
check_zero(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    bool zero = t->threshold.den != 0 && t->threshold.num == 0;

    if (zero && t->kind == TARGET_RANK_GAIN) {
        refuse(l, node_place(l, yaml_get(node, "threshold")),
               "target %s: 0 places a year is no gain; write at least 0.01",
               "mục tiêu %s: 0 bậc mỗi năm không phải là tăng; viết ít nhất 0.01",
               t->id);
    }
    if (zero && t->kind == TARGET_REDUCE_BY) {
        refuse(
            l, node_place(l, yaml_get(node, "percent")),
            "target %s: 0 percent less is no reduction; write at least 0.01, or kind: "
            "at_most with the baseline as threshold",
            "mục tiêu %s: giảm 0%% không phải là giảm; viết ít nhất 0.01, hoặc kind: "
            "at_most với threshold là mức gốc",
            t->id);
    }
    if (zero && t->kind == TARGET_BY_DATE) {
        refuse(
            l, node_place(l, yaml_get(node, "threshold")),
            "target %s: 0 is reached before anything is done; write 1, a percentage, "
            "or leave threshold out",
            "mục tiêu %s: mức 0 đạt khi chưa làm gì; viết 1, một tỷ lệ phần trăm, hoặc "
            "bỏ threshold",
            t->id);
    }
}

/* The reports of the baseline's year have to be among those that are taken. */
static void
check_baseline_reports(struct loader *l, const struct yaml_node *baseline,
                       const struct target *t)
{
    const struct catalogue *c = l->c;

    if (t->kind == TARGET_REDUCE_BY && yaml_get(baseline, "value") == NULL &&
        c->years_from != 0 && t->baseline_year != 0 &&
        t->baseline_year < c->history_from) {
        refuse(
            l, node_place(l, yaml_get(baseline, "year")),
            "target %s: reports of %d are not taken (from %d on); write value: beside "
            "the year, or history_from: %d under years in programme.yaml",
            "mục tiêu %s: không nhận báo cáo năm %d (chỉ từ năm %d); ghi value: cạnh "
            "năm, hoặc history_from: %d trong years của programme.yaml",
            t->id, t->baseline_year, c->history_from, t->baseline_year);
    }
}

static void
load_baseline(struct loader *l, const struct yaml_node *node, struct target *t)
{
    struct key_rule rules[] = {{"year", NEED},
                               {"value", t->kind == TARGET_REDUCE_BY ? MAY : NEED}};
    const struct yaml_node *baseline = yaml_get(node, "baseline");
    const struct catalogue *c = l->c;
    int last = c->years_from;

    if (baseline == NULL || KIND_KEYS[t->kind].baseline == '-' ||
        !read_map(l, baseline, rules, COUNT_OF(rules))) {
        return;
    }
    if (c->years_from == 0) {
        last = CALENDAR_YEAR_MAX;
    } else if (t->kind == TARGET_REDUCE_BY) {
        last = (t->due == DAY_NONE ? c->years_to : day_year(t->due)) - 1;
    } else if (t->kind == TARGET_IMPROVE) {
        last = target_year_last(c, t) - 1;
    }
    t->baseline_year = (int)read_whole(l, baseline, "year", CALENDAR_YEAR_MIN, last, 0);
    if (t->kind == TARGET_RANK_GAIN) {
        t->baseline_value =
            read_whole(l, baseline, "value", 1, target_pool(l->c, t), 0);
        return;
    }
    t->baseline = read_figure(l, baseline, "value", TARGET_VALUE_MAX, 4);
    check_baseline_reports(l, baseline, t);
}

/* The first year needs a year before it, from somewhere. */
static void
check_improve(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    const struct catalogue *c = l->c;
    int first = target_year_first(c, t);

    if (t->kind == TARGET_IMPROVE && c->years_from != 0 && first <= c->history_from &&
        t->baseline_year != first - 1) {
        finding_add(
            l->found, FINDING_WARNING, node_place(l, yaml_get(node, "kind")),
            "target %s: reports of %d are not taken, so %d cannot be judged; "
            "write baseline: {year: %d, value: …}, or history_from: %d under "
            "years in programme.yaml",
            "mục tiêu %s: không nhận báo cáo năm %d nên không đánh giá được năm "
            "%d; ghi baseline: {year: %d, value: …}, hoặc history_from: %d trong "
            "years của programme.yaml",
            t->id, first - 1, first, first - 1, first - 1);
    }
}

static enum pace
pace_usual(const struct target *t, bool has_due)
{
    if (has_due || t->kind == TARGET_REDUCE_BY || t->kind == TARGET_BY_DATE) {
        return PACE_DUE;
    }
    return t->kind == TARGET_STEPS ? PACE_LINEAR : PACE_FLAT;
}

static void
check_due_years(struct loader *l, const struct yaml_node *node, const struct target *t)
{
    const struct catalogue *c = l->c;
    const struct yaml_node *due = yaml_get(node, "due");
    bool own = yaml_get(node, "years") != NULL;
    int last = t->years_to != 0 ? t->years_to : c->years_to;

    if (due == NULL || t->due == DAY_NONE || c->years_from == 0) {
        return;
    }
    if (t->due < year_first_day(c)) {
        refuse(
            l, node_place(l, due),
            "target %s: due %s is before the programme's years %d to %d; correct one",
            "mục tiêu %s: due %s trước các năm %d đến %d của chương trình; sửa lại",
            t->id, due->text, c->years_from, c->years_to);
    } else if (own && (day_year(t->due) < target_year_first(c, t) ||
                       day_year(t->due) > last)) {
        refuse(
            l, node_place(l, due),
            "target %s: due %s is outside the target's own years %d to %d; correct one",
            "mục tiêu %s: due %s ngoài các năm %d đến %d của mục tiêu; sửa lại", t->id,
            due->text, target_year_first(c, t), last);
    }
}

void
load_pace(struct loader *l, const struct yaml_node *node, struct target *t)
{
    const struct yaml_node *pace = yaml_get(node, "pace");
    bool has_due = yaml_get(node, "due") != NULL;
    enum pace usual = pace_usual(t, has_due);
    char due = KIND_KEYS[t->kind].due;

    t->due = read_day(l, node, "due", DAY_NONE);
    t->pace = (enum pace)read_choice(l, node, "pace", PACES, 3, (int)usual);
    if (pace != NULL && ((t->pace == PACE_LINEAR && t->kind != TARGET_STEPS) ||
                         (t->pace == PACE_DUE && due == '-') ||
                         (t->pace == PACE_FLAT && usual == PACE_DUE && !has_due))) {
        refuse(l, node_place(l, pace),
               "target %s: pace %s does not go with kind %s; leave the pace out",
               "mục tiêu %s: pace %s không đi với loại %s; bỏ pace đi", t->id,
               PACES[t->pace], TARGET_KIND_NAMES[t->kind]);
        return;
    }
    if (t->kind == TARGET_REDUCE_BY && !has_due && l->c->years_from != 0) {
        int32_t first;

        year_bounds(target_year_last(l->c, t), l->c->rule, &first, &t->due);
    } else if ((t->pace == PACE_DUE) != has_due && due == 'm') {
        refuse(
            l, node_place(l, has_due ? yaml_get(node, "due") : pace),
            "target %s: pace due and a due date go together; write both or neither",
            "mục tiêu %s: pace due và ngày due đi với nhau; viết cả hai hoặc bỏ cả hai",
            t->id);
    } else if (t->pace != PACE_DUE && due == 'n' && has_due) {
        refuse(l, node_place(l, pace),
               "target %s: pace %s does not go with kind %s; leave the pace out",
               "mục tiêu %s: pace %s không đi với loại %s; bỏ pace đi", t->id,
               PACES[t->pace], TARGET_KIND_NAMES[t->kind]);
    }
    check_due_years(l, node, t);
}

void
load_target_kind(struct loader *l, const struct yaml_node *node, struct target *t)
{
    const struct kind_keys *keys = &KIND_KEYS[t->kind];

    check_key(l, node, t, "indicator", t->kind == TARGET_INFO ? 'm' : 'n');
    check_key(l, node, t, "steps", keys->steps);
    check_key(l, node, t, "threshold", keys->threshold);
    check_key(l, node, t, "percent", keys->percent);
    check_key(l, node, t, "times", keys->times);
    check_key(l, node, t, "baseline", keys->baseline);
    check_key(l, node, t, "due", keys->due);
    load_target_steps(l, node, t);
    load_threshold(l, node, t);
    check_zero(l, node, t);
    load_baseline(l, node, t);
    check_improve(l, node, t);
}
