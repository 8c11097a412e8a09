/* tests.yaml: its tests one after the other. */
#include "cli/rule_test_private.h"

#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"

#define WHY_BYTES 200

static const struct rule_key KEYS[] = {
    {"name", true},  {"target", true}, {"version", false}, {"boundary", false},
    {"note", false}, {"on", false},    {"reports", false}, {"expect", true},
};

static bool
is_listed_only(const struct catalogue *c, const char *id)
{
    for (size_t i = 0; i < c->info_count; i++) {
        if (strcmp(c->infos[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static void
version_read(struct rule_reader *r, const struct yaml_node *map,
             struct rule_target *out)
{
    const struct yaml_node *node = yaml_get(map, "version");
    int64_t version = 0;

    if (node == NULL || !rule_whole(r, node, "version", &version)) {
        return;
    }
    for (size_t i = 0; i < r->c->target_count; i++) {
        if (strcmp(r->c->targets[i].id, out->id) == 0 &&
            r->c->targets[i].version == version) {
            out->target = (int)i;
            out->version = (int)version;
            return;
        }
    }
    rule_refuse(r, node, "target %s has no version %lld; take one of targets.yaml",
                "mục tiêu %s không có phiên bản %lld; lấy trong targets.yaml", out->id,
                (long long)version);
    out->target = NONE;
}

static void
target_read(struct rule_reader *r, const struct yaml_node *map, struct rule_target *out)
{
    const struct yaml_node *node = yaml_get(map, "target");

    *out = (struct rule_target){rule_text(r, node, "target"), 0, NONE};
    if (out->id == NULL) {
        return;
    }
    out->target = catalogue_target(r->c, out->id);
    if (out->target != NONE) {
        version_read(r, map, out);
    } else if (is_listed_only(r->c, out->id)) {
        rule_refuse(r, node,
                    "target %s is listed only, without figures: there is nothing to "
                    "test; name another",
                    "mục tiêu %s chỉ nêu, không có số liệu để thử; ghi mục tiêu khác",
                    out->id);
    } else {
        const char **ids = mem_alloc((r->c->target_count + 1) * sizeof *ids);

        for (size_t i = 0; i < r->c->target_count; i++) {
            ids[i] = r->c->targets[i].id;
        }
        rule_unknown(r, node, "target", ids, r->c->target_count, sizeof *ids);
        mem_free(&ids);
    }
}

static void
check_new_name(struct rule_reader *r, const struct yaml_node *map,
               const struct rule_tests *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->tests[i].name, name) == 0) {
            rule_refuse(r, yaml_get(map, "name"),
                        "a test is named \"%s\" already, at line %d; give each its own",
                        "đã có bài thử tên \"%s\" ở dòng %d; mỗi bài một tên",
                        rule_said(name).text, all->tests[i].line);
            return;
        }
    }
}

static void
test_read(struct rule_reader *r, const struct yaml_node *node, struct rule_tests *all)
{
    struct rule_test *t;
    struct rule_target of;
    const char *name;
    int32_t newest = DAY_NONE;
    int32_t latest = DAY_OPEN;

    if (!rule_map(r, node, KEYS, COUNT_OF(KEYS))) {
        return;
    }
    name = rule_text(r, yaml_get(node, "name"), "name");
    if (name == NULL) {
        return;
    }
    check_new_name(r, node, all, name);
    mem_array_room((void **)&all->tests, all->count, &all->room, sizeof *all->tests);
    t = &all->tests[all->count++];
    t->name = name;
    t->line = node->line;
    t->column = node->column;
    t->note = rule_text(r, yaml_get(node, "note"), "note");
    t->note = t->note == NULL ? "" : t->note;
    t->facts = facts_new(r->c);
    target_read(r, node, &of);
    if (yaml_get(node, "boundary") != NULL) {
        t->boundary = rule_truth(r, node, "boundary");
    }
    t->on = rule_day(r, node, "on");
    latest = t->on == DAY_NONE ? latest : t->on;
    rule_reports(r, rule_list(r, node, "reports"), t, latest, &newest);
    rule_expects(r, rule_list(r, node, "expect"), &of, t, latest, &newest);
    t->on = t->on == DAY_NONE ? newest : t->on;
}

static void
root_read(struct rule_reader *r, const struct yaml_node *root, struct rule_tests *out)
{
    static const struct rule_key ROOT[] = {{"tests", true}};
    const struct yaml_node *list;

    if (!rule_map(r, root, ROOT, COUNT_OF(ROOT))) {
        return;
    }
    list = rule_list(r, root, "tests");
    if (list != NULL && list->count > RULE_TESTS_MAX) {
        rule_refuse(r, list, "there are %zu tests, at most %d can be; leave some out",
                    "có %zu bài thử, nhiều nhất là %d; hãy bớt đi", list->count,
                    RULE_TESTS_MAX);
        return;
    }
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        test_read(r, list->items[i], out);
    }
}

static int
finding_order(const void *a, const void *b)
{
    const struct finding *x = a;
    const struct finding *y = b;

    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return (x->column > y->column) - (x->column < y->column);
}

enum status
rule_tests_read(const struct catalogue *c, const struct catalogue_file *file,
                struct rule_tests *out, struct findings *found)
{
    struct rule_reader r = {.c = c, .found = found, .file = file->name};
    size_t before = found->count;
    size_t errors = found->errors;
    struct place at = {file->name, 0, 0};
    char why[WHY_BYTES] = "";

    memset(out, 0, sizeof *out);
    if (yaml_parse(file->text, file->bytes, &out->yaml, &at.line, &at.column, why,
                   sizeof why) != ST_OK) {
        finding_add(found, FINDING_ERROR, at,
                    "cannot be read as YAML: %s; correct it there",
                    "không đọc được dạng YAML: %s; sửa ở đó", why);
        return ST_BAD;
    }
    root_read(&r, yaml_root(out->yaml), out);
    if (found->count > before) {
        qsort(found->items + before, found->count - before, sizeof *found->items,
              finding_order);
    }
    if (found->errors > errors) {
        rule_tests_fini(out);
        return ST_BAD;
    }
    return ST_OK;
}

void
rule_tests_fini(struct rule_tests *t)
{
    for (size_t i = 0; i < t->count; i++) {
        facts_free(&t->tests[i].facts);
        mem_free(&t->tests[i].expects);
    }
    mem_free(&t->tests);
    yaml_free(&t->yaml);
    memset(t, 0, sizeof *t);
}
