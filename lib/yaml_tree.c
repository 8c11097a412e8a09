#include "lib/yaml_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/utf8.h"

/* Two bytes of text ("- ") can make a node of some hundred bytes. */
#define TREE_BYTES_MAX (96u * YAML_BYTES_MAX)

enum status
yaml_refuse(struct yaml_build *b, int line, int column, const char *format, ...)
{
    va_list args;

    *b->bad_line = line > 0 ? line : 1;
    *b->bad_column = column > 0 ? column : 1;
    va_start(args, format);
    (void)vsnprintf(b->why, b->why_bytes, format, args); /* cut is good enough */
    va_end(args);
    return ST_BAD;
}

enum status
yaml_refuse_size(struct yaml_build *b)
{
    return yaml_refuse(b, b->line, b->column, "too many nodes: split the document");
}

static int
node_order(const void *left, const void *right)
{
    const struct yaml_node *a = *(struct yaml_node *const *)left;
    const struct yaml_node *b = *(struct yaml_node *const *)right;
    int order = strcmp(a->text, b->text);

    if (order == 0) {
        order = a->line != b->line ? (a->line > b->line) - (a->line < b->line)
                                   : (a->column > b->column) - (a->column < b->column);
    }
    return order;
}

/* Sorted, so that a map of a hundred thousand keys costs no quadratic time. */
static enum status
check_names(struct yaml_build *b, const struct yaml_level *level)
{
    struct yaml_node **sorted;
    const struct yaml_node *first = NULL;
    const struct yaml_node *again = NULL;
    size_t i;

    if (level->node->type != YAML_MAP || level->count < 2) {
        return ST_OK;
    }
    sorted = mem_copy(level->name_nodes, level->count * sizeof sorted[0]);
    qsort(sorted, level->count, sizeof sorted[0], node_order);
    for (i = 1; i < level->count; i++) {
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0 &&
            (again == NULL || sorted[i]->line < again->line)) {
            first = sorted[i - 1];
            again = sorted[i];
        }
    }
    mem_free(&sorted);
    if (again == NULL) {
        return ST_OK;
    }
    return yaml_refuse(
        b, again->line, again->column,
        "key `%.60s` stands here again, first at line %d: keep one of them",
        again->text, first->line);
}

/* The document's root, a list's item, a map's key or the value of the key before. */
static enum status
attach(struct yaml_build *b, struct yaml_node *node)
{
    struct yaml_level *level;

    if (b->depth == 0) {
        b->root = node;
        return ST_OK;
    }
    level = &b->levels[b->depth - 1];
    if (level->node->type == YAML_MAP && level->name == NULL) {
        if (node->type != YAML_SCALAR) {
            return yaml_refuse(b, node->line, node->column,
                               "a list or map as a key: write a plain word");
        }
        level->name = node;
        return ST_OK;
    }
    mem_array_room((void **)&level->items, level->count, &level->item_room,
                   sizeof level->items[0]);
    level->items[level->count] = node;
    if (level->node->type == YAML_MAP) {
        mem_array_room((void **)&level->name_nodes, level->count, &level->name_room,
                       sizeof level->name_nodes[0]);
        level->name_nodes[level->count] = level->name;
        level->name = NULL;
    }
    level->count++;
    return ST_OK;
}

enum status
yaml_open(struct yaml_build *b, enum yaml_type type)
{
    struct yaml_node *node = arena_take(b->arena, sizeof *node);
    enum status st;

    if (node == NULL) {
        return yaml_refuse_size(b);
    }
    node->type = type;
    node->text = "";
    node->line = b->line;
    node->column = b->column;
    st = attach(b, node);
    if (st != ST_OK) {
        return st;
    }
    if (b->depth == YAML_DEPTH_MAX) {
        return yaml_refuse(b, b->line, b->column,
                           "more than %d levels: flatten the structure",
                           YAML_DEPTH_MAX);
    }
    memset(&b->levels[b->depth], 0, sizeof b->levels[0]);
    b->levels[b->depth].node = node;
    b->depth++;
    return ST_OK;
}

static void
level_fini(struct yaml_level *level)
{
    mem_free(&level->items);
    mem_free(&level->name_nodes);
}

enum status
yaml_close(struct yaml_build *b)
{
    struct yaml_level *level = &b->levels[b->depth - 1];
    struct yaml_node *node = level->node;
    size_t bytes = level->count * sizeof level->items[0];
    enum status st;
    size_t i;

    MUST(b->depth > 0 && node != NULL);
    st = check_names(b, level);
    if (st != ST_OK) {
        return st;
    }
    node->count = level->count;
    if (level->count > 0) {
        node->items = arena_take(b->arena, bytes);
        if (node->items == NULL) {
            return yaml_refuse_size(b);
        }
        memcpy(node->items, level->items, bytes);
    }
    if (level->count > 0 && node->type == YAML_MAP) {
        node->name_nodes = arena_take(b->arena, bytes);
        node->names = arena_take(b->arena, bytes);
        if (node->name_nodes == NULL || node->names == NULL) {
            return yaml_refuse_size(b);
        }
        memcpy(node->name_nodes, level->name_nodes, bytes);
        for (i = 0; i < level->count; i++) {
            node->names[i] = node->name_nodes[i]->text;
        }
    }
    level_fini(level);
    b->depth--;
    return ST_OK;
}

static bool
is_null(const char *text, size_t bytes)
{
    static const char *const words[] = {"~", "null", "Null", "NULL"};
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == bytes && memcmp(words[i], text, bytes) == 0) {
            return true;
        }
    }
    return bytes == 0;
}

/* An escape may spell what check_bytes does not let in as it is. */
static bool
has_control(const char *text, size_t bytes)
{
    size_t i;

    for (i = 0; i < bytes; i++) {
        unsigned char a = (unsigned char)text[i];

        if ((a < ' ' && a != '\t' && a != '\n') || a == 0x7f ||
            (a == 0xc2 && i + 1 < bytes && (unsigned char)text[i + 1] < 0xa0)) {
            return true;
        }
    }
    return false;
}

enum status
yaml_add_scalar(struct yaml_build *b, const char *text, size_t bytes, bool plain)
{
    struct yaml_node *node = arena_take(b->arena, sizeof *node);
    char *copy;

    if (node == NULL) {
        return yaml_refuse_size(b);
    }
    if (!utf8_valid(text, bytes, NULL) || has_control(text, bytes)) {
        return yaml_refuse(
            b, b->line, b->column,
            "an escape that is no character: write the character itself");
    }
    if (plain && is_null(text, bytes)) {
        bytes = 0;
    }
    copy = arena_take(b->arena, bytes + 1);
    if (copy == NULL) {
        return yaml_refuse_size(b);
    }
    memcpy(copy, text, bytes);
    node->type = YAML_SCALAR;
    node->text = copy;
    node->line = b->line;
    node->column = b->column;
    return attach(b, node);
}

void
yaml_build_init(struct yaml_build *b)
{
    b->arena = arena_new(TREE_BYTES_MAX);
}

void
yaml_build_fini(struct yaml_build *b)
{
    while (b->depth > 0) {
        level_fini(&b->levels[--b->depth]);
    }
    arena_free(&b->arena);
}
