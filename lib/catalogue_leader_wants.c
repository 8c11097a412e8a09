/*
 * What an office of leaders.yaml hears of: at once (levels), when it climbs (rungs), in
 * a digest, by which channels and at which hours. An office that can hear of nothing is
 * a mistake of whoever wrote the file.
 */
#include "lib/catalogue_private.h"

#define ALL_CHANNELS ((1u << CHANNEL_COUNT) - 1)
#define HOUR_MAX 24
#define POINTS_MAX 100
/* What the unit's own office hears of, and what of that climbs. */
#define HEAR_CLIMBS                                                                    \
    (1u << HEAR_MISSED | 1u << HEAR_OVERDUE | 1u << HEAR_BEHIND | 1u << HEAR_FALLING)
#define HEAR_PROVINCE (1u << HEAR_HOLD | 1u << HEAR_PROGRESS) /* of no single unit */

static const char *const LEVELS[] = {"province", "district", "commune"};
static const char *const LANGUAGES[] = {"vi", "en"};
static const char *const DIGESTS[] = {"never", "daily", "weekly"};
static const char *const RUNGS[] = {"2", "3"};

/* A list of choices that may be empty, which means none of them. */
static unsigned
read_any(struct loader *l, const struct yaml_node *node, const char *key,
         const char *const *names, size_t count, unsigned absent)
{
    const struct yaml_node *list = yaml_get(node, key);

    if (list == NULL) {
        return absent;
    }
    if (list->type == YAML_LIST && list->count == 0) {
        return 0;
    }
    return read_choices(l, node, key, names, count);
}

static unsigned
read_kinds(struct loader *l, const struct yaml_node *map, unsigned absent)
{
    const char *names[HEAR_COUNT];
    unsigned kinds;

    for (int h = 0; h < HEAR_COUNT; h++) {
        names[h] = hear_name((enum hear)h);
    }
    if (yaml_get(map, "kinds") == NULL) {
        return absent;
    }
    kinds = read_choices(l, map, "kinds", names, HEAR_COUNT);
    return kinds == 0 ? absent : kinds; /* refused, and said so */
}

/* A map of the entry; NULL when absent or (said already) not one. */
static const struct yaml_node *
read_part(struct loader *l, const struct yaml_node *node, const char *key,
          const struct key_rule *rules, size_t count)
{
    const struct yaml_node *part = yaml_get(node, key);

    if (part == NULL || (part->type == YAML_SCALAR && part->text[0] == '\0') ||
        !read_map(l, part, rules, count)) {
        return NULL;
    }
    if (part->count == 0) {
        refuse(l, node_place(l, part),
               "\"%s\" is empty; give it a value or take it out",
               "\"%s\" để trống; ghi giá trị hoặc bỏ đi", key);
        return NULL;
    }
    return part;
}

static bool
read_rungs(struct loader *l, const struct yaml_node *node, struct leader *wants)
{
    static const struct key_rule RULES[] = {
        {"province", MAY}, {"district", MAY}, {"commune", MAY}};
    const struct yaml_node *rungs = read_part(l, node, "rungs", RULES, COUNT_OF(RULES));
    bool any = false;

    for (int level = 0; rungs != NULL && level < LEVEL_COUNT; level++) {
        int rung = read_choice(l, rungs, LEVELS[level], RUNGS, COUNT_OF(RUNGS), NONE);

        wants->rungs[level] = rung == NONE ? 0 : RUNG_FIRST + rung;
        any = any || rung != NONE;
    }
    return any;
}

static void
read_hours(struct loader *l, const struct yaml_node *node, struct leader *wants)
{
    static const struct key_rule RULES[] = {{"from", NEED}, {"to", NEED}};
    const struct yaml_node *hours = read_part(l, node, "hours", RULES, COUNT_OF(RULES));
    int64_t from;
    int64_t to;

    if (hours == NULL) {
        return;
    }
    from = read_whole(l, hours, "from", 0, HOUR_MAX - 1, NONE);
    to = read_whole(l, hours, "to", 1, HOUR_MAX, NONE);
    if (from == NONE || to == NONE) {
        return;
    }
    if (from >= to) {
        refuse(
            l, node_place(l, hours),
            "hours from %d to %d: the first must be before the last; for any time of "
            "the day take \"hours\" out",
            "giờ từ %d đến %d: giờ đầu phải trước giờ cuối; nếu nhận vào mọi giờ thì "
            "bỏ \"hours\"",
            (int)from, (int)to);
        return;
    }
    wants->hours_from = (int)from;
    wants->hours_to = (int)to;
}

static void
read_urgent(struct loader *l, const struct yaml_node *node, struct leader *wants)
{
    static const struct key_rule RULES[] = {{"kinds", MAY}, {"points", MAY}};
    const struct yaml_node *urgent =
        read_part(l, node, "urgent", RULES, COUNT_OF(RULES));
    unsigned deaf;

    if (urgent == NULL) {
        return;
    }
    wants->urgent = read_kinds(l, urgent, 0);
    wants->urgent_points =
        read_decimal(l, urgent, "points", POINTS_MAX, "points", "điểm phần trăm");
    deaf = wants->urgent & ~wants->kinds;
    for (int h = 0; h < HEAR_COUNT; h++) {
        if ((deaf & 1u << h) != 0) {
            refuse(l, node_place(l, yaml_get(urgent, "kinds")),
                   "urgent names %s, which is not among the kinds that this office "
                   "hears of; add it to its kinds, or take it out here",
                   "urgent ghi %s, không thuộc kinds mà chức danh này nhận; thêm vào "
                   "kinds, hoặc bỏ ở đây",
                   hear_name((enum hear)h));
        }
    }
    if (wants->urgent_points.den != 0 && (wants->kinds & 1u << HEAR_BEHIND) == 0) {
        refuse(l, node_place(l, yaml_get(urgent, "points")),
               "points is the gap of a lag, and this office does not hear of lags; add "
               "behind to its kinds, or take points out",
               "points là khoảng chậm tiến độ, mà chức danh này không nhận tin chậm "
               "tiến độ; thêm behind vào kinds, hoặc bỏ points");
    }
}

/* Is there anything at all that it hears of? */
static void
check_hears(struct loader *l, const struct yaml_node *node, const struct leader *wants,
            bool rungs, size_t errors)
{
    const struct yaml_node *levels = yaml_get(node, "levels");
    bool at_once = wants->levels != 0 && (wants->kinds & HEAR_USUAL) != 0;
    bool climbing = rungs && (wants->kinds & HEAR_CLIMBS) != 0;

    if (l->found->errors > errors) {
        return; /* it may hear once that is right */
    }
    if (rungs && !climbing) {
        refuse(l, node_place(l, yaml_get(node, "rungs")),
               "nothing of its kinds climbs to a rung; add missed, overdue, behind or "
               "falling to kinds, or take rungs out",
               "không loại nào trong kinds được báo cáo lên cấp trên; thêm missed, "
               "overdue, behind hoặc falling vào kinds, hoặc bỏ rungs");
    } else if (!at_once && !climbing && (wants->kinds & HEAR_PROVINCE) == 0) {
        refuse(l, node_place(l, levels == NULL ? node : levels),
               "this office can hear of nothing; name levels (what is sent to it at "
               "once), rungs (what climbs to it), or the kinds hold or progress",
               "chức danh này không nhận được tin nào; ghi levels (nhận ngay), rungs "
               "(nhận khi báo cáo cấp trên), hoặc kinds có hold, progress");
    }
}

void
load_leader_wants(struct loader *l, const struct yaml_node *node, struct leader *wants)
{
    const char *channels[CHANNEL_COUNT];
    size_t errors = l->found->errors;
    bool rungs;

    for (int i = 0; i < CHANNEL_COUNT; i++) {
        channels[i] = channel_name((enum channel)i);
    }
    wants->levels = read_any(l, node, "levels", LEVELS, COUNT_OF(LEVELS), 0);
    wants->own = read_truth(l, node, "own", false);
    wants->language = LANGUAGES[read_choice(l, node, "language", LANGUAGES, 2, 0)];
    wants->kinds = read_kinds(l, node, HEAR_USUAL);
    rungs = read_rungs(l, node, wants);
    wants->digest =
        (enum digest_every)read_choice(l, node, "digest", DIGESTS, COUNT_OF(DIGESTS),
                                       rungs ? DIGEST_WEEKLY : DIGEST_NEVER);
    wants->channels =
        read_any(l, node, "channels", channels, CHANNEL_COUNT, ALL_CHANNELS);
    read_hours(l, node, wants);
    read_urgent(l, node, wants);
    check_hears(l, node, wants, rungs, errors);
}
