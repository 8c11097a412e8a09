/* Readers of tests.yaml: a place becomes a value, or a finding with the remedy. */
#include <stdio.h>
#include <string.h>

#include "cli/nearest.h"
#include "cli/rule_test_private.h"
#include "lib/mem.h"

#define NAMES_TEXT_BYTES 200
#define DIGITS_MAX 15 /* of a number; int64 holds them with four decimals behind */

struct place
rule_place(const struct rule_reader *r, const struct yaml_node *node)
{
    return (struct place){r->file, node->line, node->column};
}

struct rule_said
rule_said(const char *text)
{
    struct rule_said s;
    size_t len;

    (void)snprintf(s.text, sizeof s.text, "%s", text); /* cut on purpose, */
    len = strlen(s.text);
    if (strlen(text) > len) { /* and between two characters */
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
            len--;
        }
        s.text[len] = '\0';
    }
    return s;
}

static bool
key_known(const char *name, const struct rule_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* "met, on_pace, behind": as many as fit. */
static void
names_text(const void *things, size_t count, size_t bytes, char out[NAMES_TEXT_BYTES])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *name;

        memcpy(&name, (const char *)things + i * bytes, sizeof name);
        if (at + strlen(name) + 8 > NAMES_TEXT_BYTES) {
            (void)snprintf(out + at, NAMES_TEXT_BYTES - at, ", …");
            return;
        }
        at += (size_t)snprintf(out + at, NAMES_TEXT_BYTES - at, "%s%s",
                               i == 0 ? "" : ", ", name);
    }
}

static const char *
nearest(const char *text, const void *things, size_t count, size_t bytes)
{
    const char **names = mem_alloc((count + 1) * sizeof *names);
    const char *near;

    for (size_t i = 0; i < count; i++) {
        memcpy(&names[i], (const char *)things + i * bytes, sizeof names[i]);
    }
    near = nearest_name(text, names, count);
    mem_free(&names);
    return near;
}

/* Names that one does not mistype are not worth a list of hundreds. */
#define LISTED_MAX 24

void
rule_unknown(struct rule_reader *r, const struct yaml_node *node, const char *key,
             const void *things, size_t count, size_t bytes)
{
    const char *near = nearest(node->text, things, count, bytes);
    char list[NAMES_TEXT_BYTES];

    if (near != NULL) {
        rule_refuse(r, node,
                    "\"%s\" names \"%s\", which is not there; did you mean "
                    "\"%s\"?",
                    "\"%s\" ghi \"%s\", nhưng không có; có phải \"%s\" không?", key,
                    rule_said(node->text).text, near);
        return;
    }
    if (count > LISTED_MAX) {
        rule_refuse(r, node,
                    "\"%s\" names \"%s\", which the programme does not have; "
                    "name one that it has",
                    "\"%s\" ghi \"%s\", chương trình không có; ghi tên đã có trong "
                    "chương trình",
                    key, rule_said(node->text).text);
        return;
    }
    names_text(things, count, bytes, list);
    rule_refuse(r, node, "\"%s\" is \"%s\"; write one of: %s",
                "\"%s\" là \"%s\"; viết một trong: %s", key, rule_said(node->text).text,
                list);
}

bool
rule_map(struct rule_reader *r, const struct yaml_node *node,
         const struct rule_key *keys, size_t count)
{
    bool good = true;

    if (node->type != YAML_MAP) {
        rule_refuse(r, node, "write lines of the form key: value here",
                    "ở đây cần các dòng dạng khóa: giá trị");
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        char list[NAMES_TEXT_BYTES];
        const char *near;

        if (key_known(node->names[i], keys, count)) {
            continue;
        }
        near = nearest(node->names[i], keys, count, sizeof *keys);
        names_text(keys, count, sizeof *keys, list);
        rule_refuse(r, node->name_nodes[i], "unknown key \"%s\"; %s%s%s%.0s%.0s%.0s",
                    "không có khóa \"%s\"; %.0s%.0s%.0s%s%s%s",
                    rule_said(node->names[i]).text,
                    near != NULL ? "did you mean \"" : "take it out, or use one of: ",
                    near != NULL ? near : list, near != NULL ? "\"?" : "",
                    near != NULL ? "có phải \"" : "bỏ đi, hoặc dùng một trong: ",
                    near != NULL ? near : list, near != NULL ? "\" không?" : "");
        good = false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *value = yaml_get(node, keys[i].name);

        if (value == NULL && keys[i].need && good) {
            rule_refuse(r, node, "\"%s\" is missing here; add it",
                        "thiếu \"%s\" ở đây; thêm vào", keys[i].name);
            good = false;
        } else if (value != NULL && value->type == YAML_SCALAR &&
                   value->text[0] == '\0') {
            rule_refuse(r, value, "\"%s\" is empty; give it a value or take it out",
                        "\"%s\" để trống; ghi giá trị hoặc bỏ đi", keys[i].name);
            good = false;
        }
    }
    return good;
}

const char *
rule_text(struct rule_reader *r, const struct yaml_node *node, const char *key)
{
    if (node == NULL) {
        return NULL;
    }
    if (node->type != YAML_SCALAR || node->text[0] == '\0') {
        rule_refuse(r, node, "\"%s\" is one text or number; write it behind the colon",
                    "\"%s\" là một văn bản hoặc số; viết ngay sau dấu hai chấm", key);
        return NULL;
    }
    return node->text;
}

const struct yaml_node *
rule_list(struct rule_reader *r, const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);

    if (node == NULL) {
        return NULL;
    }
    if (node->type != YAML_LIST || node->count == 0) {
        rule_refuse(r, node,
                    "\"%s\" is a list of at least one: write [a, b], or lines that "
                    "begin with -",
                    "\"%s\" là danh sách có ít nhất một mục: viết [a, b], hoặc từng "
                    "dòng bắt đầu bằng -",
                    key);
        return NULL;
    }
    return node;
}

int
rule_choice(struct rule_reader *r, const struct yaml_node *node, const char *key,
            const char *const *names, size_t count)
{
    const char *text = rule_text(r, node, key);

    if (text == NULL) {
        return NONE;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) {
            return (int)i;
        }
    }
    rule_unknown(r, node, key, names, count, sizeof *names);
    return NONE;
}

bool
rule_truth(struct rule_reader *r, const struct yaml_node *map, const char *key)
{
    static const char *const NAMES[] = {"false", "true"};

    return rule_choice(r, yaml_get(map, key), key, NAMES, 2) == 1;
}

int32_t
rule_day(struct rule_reader *r, const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = rule_text(r, node, key);
    int32_t day = DAY_NONE;

    if (text != NULL && day_parse(text, &day) != ST_OK) {
        rule_refuse(r, node,
                    "\"%s\" is \"%s\", which is no day; write year-month-day, such as "
                    "2023-07-07",
                    "\"%s\" là \"%s\", không phải một ngày; viết năm-tháng-ngày, ví dụ "
                    "2023-07-07",
                    key, rule_said(text).text);
        return DAY_NONE;
    }
    return day;
}

bool
rule_decimal(const char *text, int decimals, int64_t *scaled)
{
    bool minus = text[0] == '-';
    const char *at = text + (minus ? 1 : 0);
    size_t whole = strspn(at, "0123456789");
    size_t places = 0;
    int64_t n = 0;

    if (whole == 0 || whole > DIGITS_MAX || (at[0] == '0' && whole > 1)) {
        return false;
    }
    if (at[whole] == '.') {
        places = strspn(at + whole + 1, "0123456789");
    }
    if (at[whole] == '.' ? places == 0 || at[whole + 1 + places] != '\0'
                         : at[whole] != '\0') {
        return false;
    }
    if (places > (size_t)decimals || whole + places > DIGITS_MAX) {
        return false;
    }
    for (; *at != '\0'; at++) {
        n = *at == '.' ? n : n * 10 + (*at - '0');
    }
    for (; places < (size_t)decimals; places++) {
        n *= 10;
    }
    *scaled = minus ? -n : n;
    return true;
}

bool
rule_whole(struct rule_reader *r, const struct yaml_node *node, const char *key,
           int64_t *out)
{
    const char *text = rule_text(r, node, key);

    if (text == NULL) {
        return false;
    }
    if (text[0] == '-' || !rule_decimal(text, 0, out)) {
        rule_refuse(r, node, "\"%s\" is \"%s\"; write a whole number in digits only",
                    "\"%s\" là \"%s\"; viết số nguyên chỉ gồm chữ số", key,
                    rule_said(text).text);
        return false;
    }
    return true;
}
