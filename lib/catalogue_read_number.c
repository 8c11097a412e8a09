/*
 * Readers of numbers and of references: strict digits, exact fractions, and names that
 * must be known.
 */
#include <string.h>

#include "lib/catalogue_private.h"

#define DIGITS_MAX 15 /* fits an int64_t with room to scale */

bool
whole_parse(const char *text, int64_t max, int64_t *out)
{
    int64_t n = 0;
    size_t len = strlen(text);

    if (len == 0 || len > DIGITS_MAX || (text[0] == '0' && len > 1)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        n = n * 10 + (text[i] - '0');
    }
    if (n > max) {
        return false;
    }
    *out = n;
    return true;
}

int64_t
node_whole(struct loader *l, const struct yaml_node *node, const char *key, int64_t min,
           int64_t max, int64_t fallback)
{
    const char *text = read_scalar(l, node, key);
    int64_t n;

    if (text == NULL) {
        return fallback;
    }
    if (!whole_parse(text, INT64_MAX, &n)) {
        refuse(
            l, node_place(l, node),
            "\"%s\" is \"%s\"; write a whole number in digits only, from %lld to %lld",
            "\"%s\" là \"%s\"; viết số nguyên chỉ gồm chữ số, từ %lld đến %lld", key,
            shown(text).text, (long long)min, (long long)max);
        return fallback;
    }
    if (n < min || n > max) {
        refuse(l, node_place(l, node), "\"%s\" is %s; it must be between %lld and %lld",
               "\"%s\" là %s; phải từ %lld đến %lld", key, shown(text).text,
               (long long)min, (long long)max);
        return fallback;
    }
    return n;
}

int64_t
read_whole(struct loader *l, const struct yaml_node *map, const char *key, int64_t min,
           int64_t max, int64_t fallback)
{
    return node_whole(l, yaml_get(map, key), key, min, max, fallback);
}

/* "54.95" is 5495/100, "60" is 60/1, "2.00" 200/100. */
static bool
decimal_parse(const char *text, size_t places, struct ratio *out)
{
    const char *point = strchr(text, '.');
    size_t whole_bytes = point == NULL ? strlen(text) : (size_t)(point - text);
    char whole[DIGITS_MAX + 1] = "";
    int64_t n;
    int64_t den = 1;

    if (whole_bytes > DIGITS_MAX - 1 - places) {
        return false;
    }
    memcpy(whole, text, whole_bytes);
    if (!whole_parse(whole, INT64_MAX, &n)) {
        return false;
    }
    if (point != NULL && (point[1] == '\0' || strlen(point + 1) > places)) {
        return false;
    }
    for (size_t i = 1; point != NULL && point[i] != '\0'; i++) {
        if (point[i] < '0' || point[i] > '9') {
            return false;
        }
        n = n * 10 + (point[i] - '0');
        den *= 10;
    }
    *out = ratio_of(n, den);
    return true;
}

struct ratio
read_decimal(struct loader *l, const struct yaml_node *map, const char *key,
             int64_t max, const char *unit_en, const char *unit_vi)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = read_scalar(l, node, key);
    struct ratio none = {0, 0};
    struct ratio value;

    if (text == NULL) {
        return none;
    }
    if (!decimal_parse(text, 2, &value)) {
        refuse(
            l, node_place(l, node),
            "\"%s\" is \"%s\"; write a number such as 60 or 54.95: digits, a point, at "
            "most two places, without %% or blanks",
            "\"%s\" là \"%s\"; viết số như 60 hoặc 54.95: chữ số, dấu chấm, nhiều nhất "
            "hai chữ số lẻ, không có %% hay khoảng trắng",
            key, shown(text).text);
        return none;
    }
    if (ratio_compare(value, ratio_of(max, 1)) > 0) {
        refuse(l, node_place(l, node),
               "\"%s\" is %s; %lld %s%.0s is the most, so write 0 to %lld",
               "\"%s\" là %s; nhiều nhất là %lld %.0s%s, viết từ 0 đến %lld", key,
               shown(text).text, (long long)max, unit_en, unit_vi, (long long)max);
        return none;
    }
    return value;
}

struct ratio
read_figure(struct loader *l, const struct yaml_node *map, const char *key, int64_t max,
            int places)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = read_scalar(l, node, key);
    struct ratio value;

    if (text == NULL) {
        return ratio_of(0, 0);
    }
    if (!decimal_parse(text, (size_t)places, &value) ||
        ratio_compare(value, ratio_of(max, 1)) > 0) {
        refuse(l, node_place(l, node),
               "\"%s\" is \"%s\"; write a number from 0 to %lld such as 312 or 43.2: "
               "digits, a point, at most %d places",
               "\"%s\" là \"%s\"; viết số từ 0 đến %lld như 312 hoặc 43.2: chữ số, dấu "
               "chấm, nhiều nhất %d chữ số lẻ",
               key, shown(text).text, (long long)max, places);
        return ratio_of(0, 0);
    }
    return value;
}

int
find_name(const void *things, size_t count, size_t bytes, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        const char *known;

        memcpy(&known, (const char *)things + i * bytes, sizeof known);
        if (strcmp(known, name) == 0) {
            return (int)i;
        }
    }
    return NONE;
}

int
read_reference(struct loader *l, const struct yaml_node *node, const char *key,
               const void *things, size_t count, size_t bytes)
{
    const char *text = read_scalar(l, node, key);
    const char *better;
    int found;

    if (text == NULL) {
        return NONE;
    }
    found = find_name(things, count, bytes, text);
    if (found != NONE) {
        return found;
    }
    better = catalogue_nearest(things, count, bytes, text);
    if (better != NULL) {
        refuse(l, node_place(l, node),
               "\"%s\" names \"%s\", which is not there; did you mean \"%s\"?",
               "\"%s\" ghi \"%s\", nhưng không có; có phải \"%s\" không?", key,
               shown(text).text, better);
    } else {
        refuse(l, node_place(l, node),
               "\"%s\" names \"%s\", which is not there; add it, or name one that is",
               "\"%s\" ghi \"%s\", nhưng không có; thêm vào, hoặc ghi tên đã có", key,
               shown(text).text);
    }
    return NONE;
}

void
check_new_name(struct loader *l, const struct yaml_node *map, const char *key,
               const void *things, size_t count, size_t bytes)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *name;

    memcpy(&name, (const char *)things + count * bytes, sizeof name);
    if (name[0] != '\0' && find_name(things, count, bytes, name) != NONE) {
        refuse(l, node_place(l, node),
               "\"%s\" is \"%s\", which is there twice; give each its own",
               "\"%s\" là \"%s\", bị trùng; mỗi mục phải có mã riêng", key,
               shown(name).text);
    }
}

int32_t
year_first_day(const struct catalogue *c)
{
    int32_t first;
    int32_t last;

    year_bounds(c->years_from, c->rule, &first, &last);
    return first;
}

int32_t
year_last_day(const struct catalogue *c)
{
    int32_t first;
    int32_t last;

    year_bounds(c->years_to, c->rule, &first, &last);
    return last;
}
