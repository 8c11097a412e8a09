/*
 * yaml_private - between the two files of yaml: yaml.c listens to the library, and
 * yaml_tree.c, which knows nothing of it, builds the nodes.
 */
#ifndef DONDOC_YAML_PRIVATE_H
#define DONDOC_YAML_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/mem.h"
#include "lib/yaml.h"

/* A list or map whose end was not seen yet. Its arrays move to the arena at the end. */
struct yaml_level {
    struct yaml_node *node;
    struct yaml_node *name; /* map: the key that waits for its value */
    struct yaml_node **items;
    struct yaml_node **name_nodes;
    size_t count;
    size_t item_room;
    size_t name_room;
};

/*
 * The tree is built from the parser's events, not from its documents: an event costs
 * what stands in the text, and an alias is seen before anything is unfolded.
 */
struct yaml_build {
    struct arena *arena;
    struct yaml_node *root;
    struct yaml_level levels[YAML_DEPTH_MAX];
    size_t depth;
    int line; /* of the newest event that has a place */
    int column;
    bool document_seen;
    int *bad_line;
    int *bad_column;
    char *why;
    size_t why_bytes;
};

void yaml_build_init(struct yaml_build *b);
/* Frees what is still open; the arena too, unless the caller took it (NULL then). */
void yaml_build_fini(struct yaml_build *b);

/* Always ST_BAD, with the place (1 when it is not known) and the sentence set. */
enum status yaml_refuse(struct yaml_build *b, int line, int column, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));
enum status yaml_refuse_size(struct yaml_build *b);

/* The next node stands at b->line and b->column. plain: without quotes, may be null. */
MUST_USE enum status yaml_add_scalar(struct yaml_build *b, const char *text,
                                     size_t bytes, bool plain);
MUST_USE enum status yaml_open(struct yaml_build *b, enum yaml_type type);
MUST_USE enum status yaml_close(struct yaml_build *b);

#endif
