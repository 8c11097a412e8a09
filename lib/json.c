#include "lib/json.h"

#include <stdio.h>
#include <string.h>

/* Four of jansson's constants have the names of ours: seen from here they have others.
 */
#define JSON_NULL JANSSON_NULL
#define JSON_INTEGER JANSSON_INTEGER
#define JSON_REAL JANSSON_REAL
#define JSON_OBJECT JANSSON_OBJECT
#include <jansson.h>
#undef JSON_NULL
#undef JSON_INTEGER
#undef JSON_REAL
#undef JSON_OBJECT

#include "lib/buf.h"
#include "lib/mem.h"
#include "lib/utf8.h"

/* A number and its comma are two bytes of text and some sixty of tree. */
#define TREE_BYTES_MAX (40u * JSON_BYTES_MAX)

struct json {
    struct arena *arena;
    struct json_node *root;
};

/* NULL: the arena is full. Depth was checked before, so this recursion is short. */
static struct json_node *convert(struct arena *a, json_t *from);

static struct json_node *
convert_list(struct arena *a, struct json_node *node, json_t *from)
{
    size_t i;

    node->type = JSON_LIST;
    node->count = json_array_size(from);
    node->items = arena_take(a, node->count * sizeof node->items[0]);
    if (node->items == NULL) {
        return NULL;
    }
    for (i = 0; i < node->count; i++) {
        node->items[i] = convert(a, json_array_get(from, i));
        if (node->items[i] == NULL) {
            return NULL;
        }
    }
    return node;
}

static struct json_node *
convert_object(struct arena *a, struct json_node *node, json_t *from)
{
    void *at = json_object_iter(from);
    size_t i;

    node->type = JSON_OBJECT;
    node->count = json_object_size(from);
    node->items = arena_take(a, node->count * sizeof node->items[0]);
    node->names = arena_take(a, node->count * sizeof node->names[0]);
    if (node->items == NULL || node->names == NULL) {
        return NULL;
    }
    for (i = 0; i < node->count; i++, at = json_object_iter_next(from, at)) {
        node->names[i] = arena_text(a, json_object_iter_key(at));
        node->items[i] = convert(a, json_object_iter_value(at));
        if (node->names[i] == NULL || node->items[i] == NULL) {
            return NULL;
        }
    }
    return node;
}

static struct json_node *
convert(struct arena *a, json_t *from)
{
    struct json_node *node = arena_take(a, sizeof *node);

    if (node == NULL) {
        return NULL;
    }
    node->text = "";
    switch (json_typeof(from)) {
    case JANSSON_NULL:
        node->type = JSON_NULL;
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        node->type = JSON_BOOL;
        node->truth = json_typeof(from) == JSON_TRUE;
        break;
    case JANSSON_INTEGER:
        node->type = JSON_INTEGER;
        node->integer = json_integer_value(from);
        break;
    case JANSSON_REAL:
        node->type = JSON_REAL;
        break;
    case JSON_STRING:
        node->type = JSON_TEXT;
        node->text = arena_text(a, json_string_value(from));
        return node->text == NULL ? NULL : node;
    case JSON_ARRAY:
        return convert_list(a, node, from);
    case JANSSON_OBJECT:
        return convert_object(a, node, from);
    }
    return node;
}

/* Line of the first bracket that is too deep; 0: none. Brackets in strings are text. */
static int
line_too_deep(const char *text, size_t bytes)
{
    bool quoted = false;
    size_t depth = 0;
    size_t i;
    int line = 1;

    for (i = 0; i < bytes; i++) {
        if (text[i] == '\n') {
            line++;
        } else if (quoted && text[i] == '\\') {
            i++;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && (text[i] == '[' || text[i] == '{')) {
            depth++;
            if (depth > JSON_DEPTH_MAX) {
                return line;
            }
        } else if (!quoted && (text[i] == ']' || text[i] == '}') && depth > 0) {
            depth--;
        }
    }
    return 0;
}

static const char *
remedy(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        return "give each name of an object once";
    case json_error_numeric_overflow:
        return "write a whole number between -2^63 and 2^63-1";
    case json_error_invalid_utf8:
        return "save the file as UTF-8";
    case json_error_premature_end_of_input:
        return "the file ends too early: send it whole";
    case json_error_null_byte_in_key:
    case json_error_null_character:
    case json_error_null_value:
        return "take the zero character out";
    default:
        return "check commas, quotes and brackets near here";
    }
}

enum status
json_parse(const char *text, size_t bytes, struct json **out, int *line, char *why,
           size_t why_bytes)
{
    json_error_t error;
    json_t *tree;
    struct json *j;

    *line = 1;
    if (bytes > JSON_BYTES_MAX) {
        (void)snprintf(why, why_bytes,
                       "%zu bytes, at most %u are taken: split the file", bytes,
                       JSON_BYTES_MAX);
        return ST_LIMIT;
    }
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        bytes -= 3;
    }
    *line = line_too_deep(text, bytes);
    if (*line > 0) {
        (void)snprintf(why, why_bytes, "more than %d levels: flatten the structure",
                       JSON_DEPTH_MAX);
        return ST_BAD;
    }
    tree = json_loadb(text, bytes, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (tree == NULL) {
        *line = error.line > 0 ? error.line : 1;
        (void)snprintf(why, why_bytes, "%s; %s", error.text, remedy(&error));
        return ST_BAD;
    }
    j = mem_alloc(sizeof *j);
    j->arena = arena_new(TREE_BYTES_MAX);
    j->root = convert(j->arena, tree);
    json_decref(tree);
    if (j->root == NULL) {
        json_free(&j);
        *line = 1;
        (void)snprintf(why, why_bytes, "too many values: split the file");
        return ST_LIMIT;
    }
    *out = j;
    return ST_OK;
}

void
json_free(struct json **j)
{
    if (*j == NULL) {
        return;
    }
    arena_free(&(*j)->arena);
    mem_free(j);
}

const struct json_node *
json_root(const struct json *j)
{
    return j->root;
}

const struct json_node *
json_get(const struct json_node *node, const char *name)
{
    size_t i;

    if (node == NULL || node->type != JSON_OBJECT) {
        return NULL;
    }
    for (i = 0; i < node->count; i++) {
        if (strcmp(node->names[i], name) == 0) {
            return node->items[i];
        }
    }
    return NULL;
}

static void
write_ascii(struct buf *out, char c)
{
    switch (c) {
    case '"':
    case '\\':
        buf_char(out, '\\');
        buf_char(out, c);
        break;
    case '\n':
        buf_text(out, "\\n");
        break;
    case '\r':
        buf_text(out, "\\r");
        break;
    case '\t':
        buf_text(out, "\\t");
        break;
    default:
        if ((unsigned char)c < 0x20 || c == 0x7f) {
            buf_format(out, "\\u%04x", (unsigned)(unsigned char)c);
        } else {
            buf_char(out, c);
        }
    }
}

/* C1 and marks of direction: two or three bytes. JSON means the same by its escape, and
 * a terminal on which somebody looks at it does nothing. */
static void
write_obeyed(struct buf *out, const unsigned char *p, size_t len)
{
    unsigned point = len == 2
                         ? (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu)
                         : (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);

    buf_format(out, "\\u%04x", point);
}

void
json_write_text(struct buf *out, const char *text)
{
    size_t left = strlen(text);
    size_t len;

    buf_char(out, '"');
    for (; left > 0; text += len, left -= len) {
        len = utf8_char_bytes(text, left);
        if (len == 1) {
            write_ascii(out, *text);
        } else if (len == 0) {
            buf_text(out, "\xef\xbf\xbd");
            len = 1;
        } else if (utf8_obeyed(text, len)) {
            write_obeyed(out, (const unsigned char *)text, len);
        } else {
            buf_add(out, text, len);
        }
    }
    buf_char(out, '"');
}
