/*
 * What programme.yaml says of the way of an alert: after how much it climbs (ladder),
 * how many at once are too many (brake), and when all targets are told (progress).
 */
#include "lib/catalogue_private.h"

#define STEPS (RUNG_LAST - 1)
#define WINDOWS_MAX 12 /* a year of months */
#define DAYS_MAX 250   /* working days; a year of them */
#define PROGRESS_DAYS_MAX 60
#define BRAKE_UNITS_MAX 20000

/* A map of keys that may be left out; NULL when absent or (said already) no map. */
static const struct yaml_node *
settings(struct loader *l, const struct yaml_node *root, const char *key,
         const struct key_rule *rules, size_t count)
{
    const struct yaml_node *node = yaml_get(root, key);

    if (node == NULL || (node->type == YAML_SCALAR && node->text[0] == '\0') ||
        !read_map(l, node, rules, count)) {
        return NULL;
    }
    return node;
}

/* To the second and to the third rung, both from the opening on. */
static void
load_steps(struct loader *l, const struct yaml_node *map, const char *key, int64_t max,
           int steps[STEPS])
{
    const struct yaml_node *list = read_list(l, map, key, STEPS);
    int read[STEPS] = {0};

    if (list == NULL) {
        return;
    }
    if (list->count < STEPS) {
        refuse(l, node_place(l, list),
               "\"%s\" has one number, which is a ladder with a gap; write two: after "
               "how many the second rung hears, and the third, such as [%d, %d]",
               "\"%s\" chỉ có một số, thang báo cáo cấp trên bị hụt; viết hai số: sau "
               "bao nhiêu thì báo cáo nấc 2, nấc 3, ví dụ [%d, %d]",
               key, steps[0], steps[1]);
        return;
    }
    for (size_t i = 0; i < STEPS; i++) {
        read[i] = (int)node_whole(l, list->items[i], key, 1, max, 0);
        if (read[i] == 0) {
            return;
        }
    }
    if (read[1] <= read[0]) {
        refuse(
            l, node_place(l, list),
            "\"%s\" is [%d, %d], a ladder with a gap or a step down: both count from "
            "the opening, so the second must be larger; write rising numbers, such "
            "as [%d, %d]",
            "\"%s\" là [%d, %d], thang báo cáo cấp trên bị hụt hoặc đi xuống: cả hai "
            "tính từ khi mở cảnh báo nên số sau phải lớn hơn; viết số tăng dần, ví "
            "dụ [%d, %d]",
            key, read[0], read[1], read[0], read[0] + 1);
        return;
    }
    for (size_t i = 0; i < STEPS; i++) {
        steps[i] = read[i];
    }
}

void
load_ladder(struct loader *l, const struct yaml_node *root)
{
    static const struct key_rule LADDER[] = {
        {"windows", MAY},
        {"working_days", MAY},
        {"repeat_windows", MAY},
        {"repeat_days", MAY},
    };
    static const struct key_rule BRAKE[] = {
        {"programme", MAY}, {"key", MAY}, {"tick", MAY}, {"units", MAY}};
    static const struct key_rule PROGRESS[] = {{"working_days", NEED}};
    struct ladder_rule *ladder = &l->c->ladder;
    struct brake_rule *brake = &l->c->brake;
    const struct yaml_node *node = settings(l, root, "ladder", LADDER, 4);

    if (node != NULL) {
        load_steps(l, node, "windows", WINDOWS_MAX, ladder->windows);
        load_steps(l, node, "working_days", DAYS_MAX, ladder->working_days);
        ladder->repeat_windows = (int)read_whole(l, node, "repeat_windows", 0,
                                                 WINDOWS_MAX, ladder->repeat_windows);
        ladder->repeat_days =
            (int)read_whole(l, node, "repeat_days", 0, DAYS_MAX, ladder->repeat_days);
    }
    node = settings(l, root, "brake", BRAKE, COUNT_OF(BRAKE));
    if (node != NULL) {
        brake->programme =
            (int)read_whole(l, node, "programme", 1, 100, brake->programme);
        brake->key = (int)read_whole(l, node, "key", 1, 100, brake->key);
        brake->tick = (int)read_whole(l, node, "tick", 1, 100, brake->tick);
        brake->units =
            (int)read_whole(l, node, "units", 2, BRAKE_UNITS_MAX, brake->units);
    }
    node = settings(l, root, "progress", PROGRESS, COUNT_OF(PROGRESS));
    if (node != NULL) {
        l->c->progress_days =
            (int)read_whole(l, node, "working_days", 1, PROGRESS_DAYS_MAX, 0);
    }
}
