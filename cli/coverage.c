#include "cli/coverage.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/flow.h"
#include "cli/language.h"
#include "cli/options.h"
#include "lib/csv.h"
#include "lib/mem.h"
#include "lib/yaml.h"

#define WHY_BYTES 200
#define LEFT_OUT "left_out.yaml"

struct coverage {
    const struct catalogue *c;
    const char *path;
    const char *list;
    const char *prefix;
    struct yaml *yaml;
    const struct yaml_node *left; /* the list in it; NULL: there is none */
    struct csv *csv;
    size_t column; /* of the ids */
    size_t errors;
};

static const char *
left_id(const struct coverage *k, size_t i)
{
    const struct yaml_node *id = yaml_get(k->left->items[i], "id");

    return id == NULL || id->type != YAML_SCALAR ? "" : id->text;
}

static bool
is_left_out(const struct coverage *k, const char *id)
{
    for (size_t i = 0; k->left != NULL && i < k->left->count; i++) {
        if (strcmp(left_id(k, i), id) == 0) {
            return true;
        }
    }
    return false;
}

/* A target of this programme's own: what it includes is another document's. */
static bool
is_target(const struct catalogue *c, const char *id)
{
    int target = catalogue_target(c, id);

    for (size_t i = 0; i < c->info_count; i++) {
        if (strcmp(c->infos[i].id, id) == 0 && c->infos[i].programme == NULL) {
            return true;
        }
    }
    return target != NONE && c->targets[target].programme == NULL;
}

/* The id of a row without the prefix; NULL when it is another programme's. */
static const char *
row_id(const struct coverage *k, size_t row)
{
    const struct csv_row *r = &k->csv->rows[row];
    size_t bytes = strlen(k->prefix);

    if (k->column >= r->count || strncmp(r->fields[k->column], k->prefix, bytes) != 0) {
        return NULL;
    }
    return r->fields[k->column] + bytes;
}

static bool
is_listed(const struct coverage *k, const char *id)
{
    for (size_t i = 1; i < k->csv->row_count; i++) {
        const char *listed = row_id(k, i);

        if (listed != NULL && strcmp(listed, id) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- left_out.yaml ---- */

static void
left_complain(struct coverage *k, int line, int column, const char *why)
{
    flow_printf(stdout, "%s/%s:%d:%d: %s: %s\n", k->path, LEFT_OUT, line, column,
                words("lỗi", "error"), why);
    k->errors++;
}

static void
left_check(struct coverage *k, const struct yaml_node *item, size_t index)
{
    static const char *const KEYS[] = {"id", "reason_vi", "reason_en"};
    const struct yaml_node *id = yaml_get(item, "id");
    bool whole = item->type == YAML_MAP && item->count == 3;

    for (size_t i = 0; i < 3 && whole; i++) {
        const struct yaml_node *value = yaml_get(item, KEYS[i]);

        whole = value != NULL && value->type == YAML_SCALAR && value->text[0] != '\0';
    }
    if (!whole) {
        left_complain(
            k, item->line, item->column,
            words("mỗi mục cần đúng ba khóa id, reason_vi và reason_en; ghi đủ",
                  "an item has id, reason_vi and reason_en, and no other key; "
                  "write all three"));
        return;
    }
    if (is_target(k->c, id->text)) {
        left_complain(k, id->line, id->column,
                      words("mục này cũng là mục tiêu trong targets.yaml; bỏ một nơi",
                            "this is a target in targets.yaml too; take one out"));
    }
    for (size_t i = 0; i < index; i++) {
        if (strcmp(left_id(k, i), id->text) == 0) {
            left_complain(k, id->line, id->column,
                          words("mục này ghi hai lần; bỏ một",
                                "this stands here twice; take one out"));
        }
    }
}

static void
left_read(struct coverage *k)
{
    size_t bytes = strlen(k->path) + sizeof LEFT_OUT + 1;
    char *name = mem_alloc(bytes);
    char why[WHY_BYTES] = "";
    char *text = NULL;
    int line = 0;
    int column = 0;

    (void)snprintf(name, bytes, "%s/%s", k->path, LEFT_OUT);
    if (access(name, F_OK) == 0) {
        text = options_file_read(name, YAML_BYTES_MAX, &bytes, why, sizeof why);
        if (text == NULL || yaml_parse(text, bytes, &k->yaml, &line, &column, why,
                                       sizeof why) != ST_OK) {
            left_complain(k, line, column, why);
        }
    }
    if (k->yaml != NULL) {
        k->left = yaml_get(yaml_root(k->yaml), "left_out");
        if (k->left == NULL || k->left->type != YAML_LIST) {
            left_complain(k, 1, 1,
                          words("viết left_out: và dưới đó là danh sách các mục",
                                "write left_out: and a list of items under it"));
            k->left = NULL;
        }
    }
    for (size_t i = 0; k->left != NULL && i < k->left->count; i++) {
        left_check(k, k->left->items[i], i);
    }
    mem_free(&text);
    mem_free(&name);
}

/* ---- the list ---- */

static bool
list_read(struct coverage *k)
{
    char why[WHY_BYTES] = "";
    size_t bytes = 0;
    char *text = options_file_read(k->list, CSV_BYTES_MAX, &bytes, why, sizeof why);
    bool found = false;

    if (text == NULL ||
        csv_file_parse(text, bytes, &k->csv, why, sizeof why) != ST_OK) {
        flow_printf(stdout, "%s: %s: %s\n", k->list, words("lỗi", "error"), why);
        k->errors++;
        mem_free(&text);
        return false;
    }
    mem_free(&text);
    for (size_t i = 0; k->csv->row_count > 0 && i < k->csv->rows[0].count; i++) {
        if (strcmp(k->csv->rows[0].fields[i], "id") == 0) {
            k->column = i;
            found = true;
        }
    }
    if (!found) {
        flow_printf(stdout, "%s:1:1: %s: %s\n", k->list, words("lỗi", "error"),
                    words("dòng đầu không có cột \"id\"; thêm cột này",
                          "the first line has no column \"id\"; add it"));
        k->errors++;
    }
    return found;
}

static size_t
missing_print(struct coverage *k)
{
    size_t rows = 0;

    for (size_t i = 1; i < k->csv->row_count; i++) {
        const char *id = row_id(k, i);

        if (id == NULL) {
            continue;
        }
        rows++;
        if (!is_target(k->c, id) && !is_left_out(k, id)) {
            flow_printf(
                stdout,
                words("%s:%zu: lỗi: %s chưa có trong %s; thêm vào targets.yaml, "
                      "hoặc vào " LEFT_OUT " kèm lý do\n",
                      "%s:%zu: error: %s is missing in %s; add it to "
                      "targets.yaml, or to " LEFT_OUT " with the reason\n"),
                k->list, k->csv->rows[i].line, id, k->path);
            k->errors++;
        }
    }
    return rows;
}

static void
extra_print(struct coverage *k, const char *id)
{
    if (!is_listed(k, id)) {
        flow_printf(stdout,
                    words("%s: cảnh báo: %s không có trong danh sách %s\n",
                          "%s: warning: %s is not in the list %s\n"),
                    k->path, id, k->list);
    }
}

static void
list_compare(struct coverage *k)
{
    size_t rows = missing_print(k);
    size_t infos = 0;
    size_t judged = 0;

    for (size_t i = 0; i < k->c->target_count; i++) {
        const struct target *t = &k->c->targets[i];

        if (t->programme == NULL && !t->later) { /* one id, however many versions */
            extra_print(k, t->id);
            infos += t->kind == TARGET_INFO ? 1 : 0;
            judged += t->kind == TARGET_INFO ? 0 : 1;
        }
    }
    for (size_t i = 0; i < k->c->info_count; i++) {
        if (k->c->infos[i].programme == NULL) {
            extra_print(k, k->c->infos[i].id);
            infos++;
        }
    }
    for (size_t i = 0; k->left != NULL && i < k->left->count; i++) {
        extra_print(k, left_id(k, i));
    }
    if (rows == 0) {
        flow_printf(stdout,
                    words("%s: lỗi: không có mã nào bắt đầu bằng \"%s\"; ghi đúng "
                          "--coverage-prefix\n",
                          "%s: error: no id begins with \"%s\"; give the right "
                          "--coverage-prefix\n"),
                    k->list, k->prefix);
        k->errors++;
    }
    flow_printf(
        stdout,
        words("%s: %zu mã trong danh sách; %zu mục tiêu được đánh giá, %zu chỉ theo "
              "dõi (info), %zu mục không lấy\n",
              "%s: %zu ids in the list; %zu targets judged, %zu info, %zu left out\n"),
        k->path, rows, judged, infos, k->left == NULL ? 0 : k->left->count);
}

size_t
coverage_check(const struct catalogue *c, const char *path, const char *list,
               const char *prefix)
{
    struct coverage k = {.c = c, .path = path, .list = list, .prefix = prefix};
    size_t bytes = strlen(c->slug) + 2;
    char *usual = mem_alloc(bytes);

    (void)snprintf(usual, bytes, "%s.", c->slug);
    if (prefix == NULL) {
        k.prefix = usual;
    }
    left_read(&k);
    if (list[0] != '\0' && list_read(&k)) {
        list_compare(&k);
    }
    yaml_free(&k.yaml);
    csv_file_free(&k.csv);
    mem_free(&usual);
    return k.errors;
}
