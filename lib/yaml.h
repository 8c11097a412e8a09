/*
 * yaml - the only includer of libfyaml: a document as a tree of plain nodes, each with
 * its place, so that a checker can say file:line:column with a caret. Every scalar is
 * text: `25x`, 60 and 1.20 stay as they were written. Refused: duplicate keys, anchors,
 * aliases and tags (a programme needs none, and a few aliases can unfold to gigabytes),
 * a second document, more than YAML_DEPTH_MAX levels, more than YAML_BYTES_MAX.
 */
#ifndef DONDOC_YAML_H
#define DONDOC_YAML_H

#include <stddef.h>

#include "lib/status.h"

#define YAML_BYTES_MAX (1024u * 1024u)
#define YAML_DEPTH_MAX 32

enum yaml_type { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_type type;
    const char *text; /* scalar's text; "" for null (nothing, ~, null unquoted) */
    int line;         /* from 1 */
    int column;       /* from 1, in characters */
    size_t count;     /* list: items; map: pairs */
    struct yaml_node **items;      /* list items, or map values */
    const char **names;            /* map keys (count of them) */
    struct yaml_node **name_nodes; /* places of the keys */
};

struct yaml;

/*
 * Errors: ST_BAD; line, column and why (why_bytes long) say what and where. An empty
 * document is a scalar with the text "".
 */
MUST_USE enum status yaml_parse(const char *text, size_t text_bytes, struct yaml **out,
                                int *line, int *column, char *why, size_t why_bytes);
void yaml_free(struct yaml **y);
const struct yaml_node *yaml_root(const struct yaml *y);
/* Value of a key of a map; NULL when absent (or node is no map). */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *name);

#endif
