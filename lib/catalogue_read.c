/*
 * Readers: a place in a YAML file becomes a value, or a finding that names the key, the
 * value and what to write instead. Numbers are strict: digits only, no sign, no
 * exponent, no blank; a fraction has at most two places and stays exact.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"

#define LIST_TEXT_BYTES 160

/* "steps, at_least, all" for a message. */
static const char *
names_text(const char *const *names, size_t count, char out[LIST_TEXT_BYTES])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count && at < LIST_TEXT_BYTES; i++) {
        at += (size_t)snprintf(out + at, LIST_TEXT_BYTES - at, "%s%s",
                               i == 0 ? "" : ", ", names[i]);
    }
    return out;
}

static void
refuse_unknown_key(struct loader *l, const struct yaml_node *node, size_t i,
                   const struct key_rule *rules, size_t count)
{
    const char *better = catalogue_nearest(rules, count, sizeof *rules, node->names[i]);
    const char *names[24];
    char list[LIST_TEXT_BYTES];

    if (better != NULL) {
        refuse(l, node_place(l, node->name_nodes[i]),
               "unknown key \"%s\"; did you mean \"%s\"?",
               "không có khóa \"%s\"; có phải \"%s\" không?",
               shown(node->names[i]).text, better);
        return;
    }
    for (size_t k = 0; k < count && k < COUNT_OF(names); k++) {
        names[k] = rules[k].name;
    }
    (void)names_text(names, count < COUNT_OF(names) ? count : COUNT_OF(names), list);
    refuse(l, node_place(l, node->name_nodes[i]),
           "unknown key \"%s\"; take it out, or use one of: %s",
           "không có khóa \"%s\"; bỏ đi, hoặc dùng một trong các khóa: %s",
           shown(node->names[i]).text, shown(list).text);
}

static bool
key_known(const char *name, const struct key_rule *rules, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        if (strcmp(rules[k].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Is one of the unknown keys probably this one? Then it was said already. */
static bool
key_misspelt(const struct yaml_node *node, const struct key_rule *rules, size_t count,
             size_t key)
{
    for (size_t i = 0; i < node->count; i++) {
        if (!key_known(node->names[i], rules, count) &&
            catalogue_nearest(rules, count, sizeof *rules, node->names[i]) ==
                rules[key].name) {
            return true;
        }
    }
    return false;
}

bool
read_map(struct loader *l, const struct yaml_node *node, const struct key_rule *rules,
         size_t count)
{
    if (node->type != YAML_MAP) {
        refuse(l, node_place(l, node),
               "keys with values are expected here, such as %s: …",
               "chỗ này phải là các khóa có giá trị, ví dụ %s: …", rules[0].name);
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (!key_known(node->names[i], rules, count)) {
            refuse_unknown_key(l, node, i, rules, count);
        }
    }
    for (size_t k = 0; k < count; k++) {
        const struct yaml_node *value = yaml_get(node, rules[k].name);

        if (value == NULL && rules[k].need == NEED &&
            !key_misspelt(node, rules, count, k)) {
            refuse(l, node_place(l, node), "\"%s\" is missing here; add %s: …",
                   "thiếu \"%s\" ở đây; thêm %s: …", rules[k].name, rules[k].name);
        }
        if (value != NULL && rules[k].need != BLANK && value->type == YAML_SCALAR &&
            value->text[0] == '\0') {
            refuse(l, node_place(l, value), "\"%s\" is empty; give it a value%s%.0s",
                   "\"%s\" để trống; ghi giá trị%.0s%s", rules[k].name,
                   rules[k].need == MAY ? " or take it out" : "",
                   rules[k].need == MAY ? " hoặc bỏ đi" : "");
        }
    }
    return true;
}

const struct yaml_node *
read_list(struct loader *l, const struct yaml_node *map, const char *key, size_t max)
{
    const struct yaml_node *node = yaml_get(map, key);

    if (node == NULL || (node->type == YAML_SCALAR && node->text[0] == '\0')) {
        return NULL;
    }
    if (node->type != YAML_LIST) {
        refuse(l, node_place(l, node),
               "\"%s\" is a list: write it as [a, b] or as lines that begin with -",
               "\"%s\" là một danh sách: viết [a, b] hoặc từng dòng bắt đầu bằng -",
               key);
        return NULL;
    }
    if (node->count == 0) {
        refuse(l, node_place(l, node), "\"%s\" is empty; name at least one",
               "\"%s\" để trống; ghi ít nhất một", key);
        return NULL;
    }
    if (node->count > max) {
        refuse(l, node_place(l, node),
               "\"%s\" has %zu entries, at most %zu can be; split it",
               "\"%s\" có %zu mục, nhiều nhất là %zu; hãy tách ra", key, node->count,
               max);
        return NULL;
    }
    return node;
}

const char *
read_scalar(struct loader *l, const struct yaml_node *node, const char *key)
{
    if (node == NULL) {
        return NULL;
    }
    if (node->type != YAML_SCALAR) {
        refuse(l, node_place(l, node),
               "\"%s\" is one text or number, not a list or map; a text with { or [ "
               "stands in quotes",
               "\"%s\" là một văn bản hoặc số, không phải danh sách; văn bản có { hoặc "
               "[ phải đặt trong ngoặc kép",
               key);
        return NULL;
    }
    return node->text[0] == '\0' ? NULL : node->text;
}

const char *
keep_text(struct loader *l, const char *text)
{
    char *kept = arena_text(l->ix->arena, text);

    if (kept == NULL) {
        l->full = true;
        return "";
    }
    return kept;
}

const char *
read_text(struct loader *l, const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = read_scalar(l, node, key);

    if (text == NULL) {
        return "";
    }
    if (strlen(text) > TEXT_BYTES_MAX) {
        refuse(l, node_place(l, node),
               "\"%s\" is %zu bytes long, at most %d can be; shorten it",
               "\"%s\" dài %zu byte, nhiều nhất là %d; hãy rút ngắn", key, strlen(text),
               TEXT_BYTES_MAX);
        return "";
    }
    return keep_text(l, text);
}

static const struct {
    const char *first; /* classes of the first and of the later letters: */
    const char *later; /* a small letter, A capital, 0 digit, else itself */
    size_t min_bytes;
    size_t max_bytes;
    const char *en;
    const char *vi;
} SHAPES[] = {
    [CODE_WORD] = {"a", "a0_", 1, 40, "small letters, digits and _, first a letter",
                   "chữ thường không dấu, chữ số và _, bắt đầu bằng chữ"},
    [CODE_NAME] = {"aA0", "aA0.-", 1, 24, "letters, digits, . and -, at most 24",
                   "chữ không dấu, chữ số, . và -, nhiều nhất 24 ký tự"},
    [CODE_SLUG] = {"a0", "a0-", 1, 40, "small letters, digits and -",
                   "chữ thường không dấu, chữ số và -"},
    [CODE_PREFIX] = {"A", "A", 2, 5, "two to five capital letters, such as QNG",
                     "hai đến năm chữ hoa không dấu, ví dụ QNG"},
    [CODE_UNIT] = {"aA0", "aA0.-", 1, 32, "letters, digits, . and -, at most 32",
                   "chữ không dấu, chữ số, . và -, nhiều nhất 32 ký tự"},
};

static bool
letter_fits(const char *classes, char letter)
{
    if (letter >= 'a' && letter <= 'z') {
        letter = 'a';
    } else if (letter >= 'A' && letter <= 'Z') {
        letter = 'A';
    } else if (letter >= '0' && letter <= '9') {
        letter = '0';
    }
    return strchr(classes, letter) != NULL;
}

bool
code_fits(enum code_shape shape, const char *text)
{
    size_t bytes = strlen(text);

    if (bytes < SHAPES[shape].min_bytes || bytes > SHAPES[shape].max_bytes ||
        !letter_fits(SHAPES[shape].first, text[0])) {
        return false;
    }
    for (size_t i = 1; i < bytes; i++) {
        if (!letter_fits(SHAPES[shape].later, text[i])) {
            return false;
        }
    }
    return true;
}

const char *
read_code(struct loader *l, const struct yaml_node *map, const char *key,
          enum code_shape shape)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = read_scalar(l, node, key);

    if (text == NULL) {
        return "";
    }
    if (!code_fits(shape, text)) {
        refuse(l, node_place(l, node), "\"%s\" is \"%s\"; write %s%.0s",
               "\"%s\" là \"%s\"; viết %.0s%s", key, shown(text).text, SHAPES[shape].en,
               SHAPES[shape].vi);
        return "";
    }
    return keep_text(l, text);
}

static int
node_choice(struct loader *l, const struct yaml_node *node, const char *key,
            const char *const *names, size_t count, int fallback)
{
    const char *text = read_scalar(l, node, key);
    char list[LIST_TEXT_BYTES];
    const char *better;

    if (text == NULL) {
        return fallback;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) {
            return (int)i;
        }
    }
    better = catalogue_nearest(names, count, sizeof *names, text);
    refuse(l, node_place(l, node), "\"%s\" is \"%s\"; write one of: %s%s%.0s%s",
           "\"%s\" là \"%s\"; viết một trong: %s%.0s%s%s", key, shown(text).text,
           names_text(names, count, list), better == NULL ? "" : "; near to it: ",
           better == NULL ? "" : "; gần giống: ", better == NULL ? "" : better);
    return fallback;
}

int
read_choice(struct loader *l, const struct yaml_node *map, const char *key,
            const char *const *names, size_t count, int fallback)
{
    return node_choice(l, yaml_get(map, key), key, names, count, fallback);
}

unsigned
read_choices(struct loader *l, const struct yaml_node *map, const char *key,
             const char *const *names, size_t count)
{
    const struct yaml_node *list = read_list(l, map, key, 16);
    unsigned bits = 0;

    for (size_t i = 0; list != NULL && i < list->count; i++) {
        int choice = node_choice(l, list->items[i], key, names, count, NONE);

        if (choice != NONE) {
            bits |= 1u << choice;
        }
    }
    return bits;
}

bool
read_truth(struct loader *l, const struct yaml_node *map, const char *key,
           bool fallback)
{
    static const char *const NAMES[] = {"false", "true"};

    return read_choice(l, map, key, NAMES, 2, fallback ? 1 : 0) == 1;
}

int32_t
read_day(struct loader *l, const struct yaml_node *map, const char *key,
         int32_t fallback)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = read_scalar(l, node, key);
    int32_t day;

    if (text == NULL) {
        return fallback;
    }
    if (day_parse(text, &day) != ST_OK) {
        refuse(l, node_place(l, node),
               "\"%s\" is \"%s\", which is no day; write year-month-day, such as "
               "2025-12-31",
               "\"%s\" là \"%s\", không phải một ngày; viết năm-tháng-ngày, ví dụ "
               "2025-12-31",
               key, shown(text).text);
        return fallback;
    }
    return day;
}

void
read_citation(struct loader *l, const struct yaml_node *node, const char **document_vi,
              const char **document_en, const char **section)
{
    static const struct key_rule RULES[] = {{"document", NEED}, {"section", NEED}};
    int document;

    *document_vi = *document_en = *section = "";
    if (node == NULL || !read_map(l, node, RULES, COUNT_OF(RULES))) {
        return;
    }
    *section = read_text(l, node, "section");
    if (l->from->document_count == 0) {
        return; /* said already, at the list of documents */
    }
    document =
        read_reference(l, yaml_get(node, "document"), "document", l->from->documents,
                       l->from->document_count, sizeof *l->from->documents);
    if (document != NONE) {
        *document_vi = l->from->documents[document].title_vi;
        *document_en = l->from->documents[document].title_en;
    }
}
