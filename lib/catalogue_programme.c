/*
 * programme.yaml (what the programme is and which documents it cites) and
 * holidays.yaml.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/catalogue_private.h"

#define DOCUMENTS_MAX 64
#define HOLIDAYS_MAX 2000

static const char *const CALENDARS[] = {"civil", "statutory"};

static void
load_years(struct loader *l, const struct yaml_node *root)
{
    static const struct key_rule RULES[] = {
        {"from", NEED}, {"to", NEED}, {"history_from", MAY}};
    const struct yaml_node *years = yaml_get(root, "years");
    struct catalogue *c = l->c;

    if (years == NULL || !read_map(l, years, RULES, COUNT_OF(RULES))) {
        return;
    }
    c->years_from = (int)read_whole(l, years, "from", CALENDAR_YEAR_MIN + 1,
                                    CALENDAR_YEAR_MAX - 1, 0);
    c->years_to = (int)read_whole(l, years, "to", CALENDAR_YEAR_MIN + 1,
                                  CALENDAR_YEAR_MAX - 1, 0);
    if (c->years_from == 0 || c->years_to == 0) {
        c->years_from = c->years_to = 0;
        return;
    }
    c->history_from =
        yaml_get(years, "history_from") == NULL
            ? c->years_from
            : (int)read_whole(l, years, "history_from", CALENDAR_YEAR_MIN + 1,
                              c->years_from, c->years_from);
    if (c->years_to < c->years_from ||
        c->years_to - c->years_from >= TARGET_YEARS_MAX) {
        refuse(
            l, node_place(l, years),
            "years from %d to %d: the last must not be before the first, and %d years "
            "are the most",
            "các năm từ %d đến %d: năm cuối không được trước năm đầu, nhiều nhất %d "
            "năm",
            c->years_from, c->years_to, TARGET_YEARS_MAX);
        c->years_from = c->years_to = 0;
    }
}

static void
load_documents(struct loader *l, const struct yaml_node *root)
{
    static const struct key_rule RULES[] = {
        {"id", NEED}, {"title_vi", NEED}, {"title_en", NEED}};
    const struct yaml_node *list = read_list(l, root, "documents", DOCUMENTS_MAX);

    if (list == NULL) {
        return;
    }
    l->from->documents = mem_alloc(list->count * sizeof *l->from->documents);
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = list->items[i];
        struct document *d = &l->from->documents[l->from->document_count];

        if (!read_map(l, node, RULES, COUNT_OF(RULES))) {
            continue;
        }
        d->id = read_code(l, node, "id", CODE_NAME);
        d->title_vi = read_text(l, node, "title_vi");
        d->title_en = read_text(l, node, "title_en");
        check_new_name(l, node, "id", l->from->documents, l->from->document_count,
                       sizeof *d);
        l->from->document_count++;
    }
}

void
load_programme(struct loader *l)
{
    static const struct key_rule RULES[] = {
        {"programme", NEED},     {"version", NEED},     {"prefix", NEED},
        {"province_unit", NEED}, {"title_vi", NEED},    {"title_en", NEED},
        {"word_vi", NEED},       {"word_en", NEED},     {"years", NEED},
        {"year", NEED},          {"alerts_from", NEED}, {"illustrative", MAY},
        {"simulated", MAY},      {"contact_vi", NEED},  {"contact_en", NEED},
        {"documents", NEED},     {"coverage", MAY},     {"include", MAY},
        {"ladder", MAY},         {"brake", MAY},        {"progress", MAY},
    };
    const struct yaml_node *root;
    struct catalogue *c = l->c;

    l->at = FILE_PROGRAMME;
    c->slug = c->prefix = c->title_vi = c->title_en = c->word_vi = c->word_en = "";
    c->contact_vi = c->contact_en = "";
    c->alerts_from = DAY_NONE;
    root = yaml_root(l->from->yaml[FILE_PROGRAMME]);
    if (!read_map(l, root, RULES, COUNT_OF(RULES))) {
        return;
    }
    c->slug = read_code(l, root, "programme", CODE_SLUG);
    c->version = (int)read_whole(l, root, "version", 1, 1000000, 0);
    c->prefix = read_code(l, root, "prefix", CODE_PREFIX);
    c->title_vi = read_text(l, root, "title_vi");
    c->title_en = read_text(l, root, "title_en");
    c->word_vi = read_text(l, root, "word_vi");
    c->word_en = read_text(l, root, "word_en");
    c->contact_vi = read_text(l, root, "contact_vi");
    c->contact_en = read_text(l, root, "contact_en");
    c->rule = (enum calendar_rule)read_choice(l, root, "year", CALENDARS, 2, 0);
    c->alerts_from = read_day(l, root, "alerts_from", DAY_NONE);
    c->illustrative = read_truth(l, root, "illustrative", false);
    c->simulated = read_truth(l, root, "simulated", false);
    c->coverage = (int)read_whole(l, root, "coverage", 1, 100, 100);
    c->ladder = (struct ladder_rule){{1, 2}, {5, 10}, 3, 20};
    c->brake = (struct brake_rule){10, 30, 50, 10};
    load_ladder(l, root);
    load_years(l, root);
    load_documents(l, root);
    load_include_list(l, root);
}

static int
day_order(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;

    return x < y ? -1 : x > y;
}

static void
check_free_day(struct loader *l, const struct yaml_node *node, bool worked, int32_t day)
{
    if (worked && day_weekday(day) < 5) {
        refuse(
            l, node_place(l, yaml_get(node, "date")),
            "%s is a Monday to Friday and worked anyway; working_days takes Saturdays "
            "and Sundays only",
            "%s là ngày thứ hai đến thứ sáu, vốn đã làm việc; working_days chỉ ghi thứ "
            "bảy, chủ nhật",
            yaml_get(node, "date")->text);
    }
}

/* One list of {date, name}; the days come out in the order of the file. */
static size_t
load_days(struct loader *l, const struct yaml_node *root, const char *key, bool worked,
          int32_t **out)
{
    static const struct key_rule RULES[] = {{"date", NEED}, {"name", NEED}};
    const struct yaml_node *list = yaml_get(root, key);
    size_t count = 0;

    if (list != NULL && list->type == YAML_LIST && list->count == 0) {
        return 0; /* none: for these two an answer */
    }
    list = read_list(l, root, key, HOLIDAYS_MAX);
    if (list == NULL) {
        return 0;
    }
    *out = mem_alloc(list->count * sizeof **out);
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = list->items[i];
        int32_t day;

        if (!read_map(l, node, RULES, COUNT_OF(RULES))) {
            continue;
        }
        (void)read_scalar(l, yaml_get(node, "name"), "name"); /* for its findings */
        day = read_day(l, node, "date", DAY_NONE);
        if (day == DAY_NONE) {
            continue;
        }
        for (size_t k = 0; k < count; k++) {
            if ((*out)[k] == day) {
                refuse(l, node_place(l, node),
                       "%s stands twice under \"%s\"; take one out",
                       "%s ghi hai lần trong \"%s\"; bỏ một",
                       yaml_get(node, "date")->text, key);
                break;
            }
        }
        check_free_day(l, node, worked, day);
        (*out)[count++] = day;
    }
    return count;
}

/* A year without a single holiday is a file that was not kept up. */
static void
warn_empty_years(struct loader *l)
{
    const struct workdays *w = &l->c->workdays;

    for (int year = l->c->years_from; year != 0 && year <= l->c->years_to; year++) {
        bool any = false;

        for (size_t i = 0; i < w->holiday_count && !any; i++) {
            any = day_year(w->holidays[i]) == year;
        }
        if (!any) {
            finding_add(
                l->found, FINDING_WARNING, file_place(l, FILE_HOLIDAYS),
                "no holiday in %d: due dates of that year count every Monday to "
                "Friday; add the days announced",
                "năm %d không có ngày nghỉ nào: hạn báo cáo năm đó tính mọi ngày "
                "thứ hai đến thứ sáu; hãy thêm các ngày đã công bố",
                year);
        }
    }
}

void
load_holidays(struct loader *l)
{
    static const struct key_rule RULES[] = {{"holidays", NEED}, {"working_days", MAY}};
    const struct yaml_node *root = yaml_root(l->from->yaml[FILE_HOLIDAYS]);
    struct workdays *w = &l->c->workdays;

    l->at = FILE_HOLIDAYS;
    if (!read_map(l, root, RULES, COUNT_OF(RULES))) {
        return;
    }
    w->holiday_count = load_days(l, root, "holidays", false, &l->ix->holidays);
    w->worked_count = load_days(l, root, "working_days", true, &l->ix->worked);
    if (w->holiday_count > 0) {
        qsort(l->ix->holidays, w->holiday_count, sizeof(int32_t), day_order);
    }
    if (w->worked_count > 0) {
        qsort(l->ix->worked, w->worked_count, sizeof(int32_t), day_order);
    }
    w->holidays = l->ix->holidays;
    w->worked = l->ix->worked;
    for (size_t i = 0; w->holiday_count > 0 && i < w->worked_count; i++) {
        if (bsearch(&w->worked[i], w->holidays, w->holiday_count, sizeof(int32_t),
                    day_order) != NULL) {
            char day[DAY_TEXT_BYTES];

            day_text(w->worked[i], day);
            refuse(l, file_place(l, FILE_HOLIDAYS),
                   "%s is a holiday and a working day; take it out of one of the two",
                   "%s vừa là ngày nghỉ vừa là ngày làm việc; bỏ một trong hai", day);
        }
    }
    warn_empty_years(l);
}
