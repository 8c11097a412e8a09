/*
 * json - the only includer of jansson. Reading: a tree of plain nodes with no floating
 * point (a number with a fraction or exponent is only marked as real). Writing: a small
 * writer into a buf.
 */
#ifndef DONDOC_JSON_H
#define DONDOC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

struct buf;

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_INTEGER,
    JSON_REAL,
    JSON_TEXT,
    JSON_LIST,
    JSON_OBJECT
};

struct json_node {
    enum json_type type;
    bool truth;
    int64_t integer;
    const char *text;         /* JSON_TEXT; else "" (a real is never judged) */
    size_t count;             /* list: items; object: members */
    struct json_node **items; /* list items, or an object's values */
    const char **names;       /* JSON_OBJECT, in the order of the text */
};

#define JSON_BYTES_MAX (4u * 1024u * 1024u)
#define JSON_DEPTH_MAX 32

struct json;
/*
 * Errors: ST_BAD not JSON, a name twice in one object, an integer beyond int64, deeper
 * than JSON_DEPTH_MAX; ST_LIMIT too large. line and why say where and what; line is set
 * on every error.
 */
MUST_USE enum status json_parse(const char *text, size_t bytes, struct json **out,
                                int *line, char *why, size_t why_bytes);
void json_free(struct json **j);
const struct json_node *json_root(const struct json *j);
/* Member of an object; NULL when absent (or node is no object). */
const struct json_node *json_get(const struct json_node *node, const char *name);

/* A text as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_write_text(struct buf *out, const char *text);

#endif
