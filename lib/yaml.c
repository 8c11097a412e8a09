#include "lib/yaml.h"

#include <libfyaml.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/utf8.h"
#include "lib/yaml_private.h"

struct yaml {
    struct arena *arena;
    struct yaml_node *root;
};

/* What the library would let pass or explain badly. */
static enum status
check_bytes(struct yaml_build *b, const char *text, size_t bytes)
{
    int line = 1;
    int column = 1;
    size_t at;
    size_t len;

    if (bytes > YAML_BYTES_MAX) {
        return yaml_refuse(b, 1, 1,
                           "%zu bytes, at most %u are taken: split the document", bytes,
                           YAML_BYTES_MAX);
    }
    for (at = 0; at < bytes; at += len) {
        len = utf8_char_bytes(text + at, bytes - at);
        if (len == 0) {
            return yaml_refuse(b, line, column, "not UTF-8: save the file as UTF-8");
        }
        if (text[at] == '\n') {
            line++;
            column = 0;
        } else if (((unsigned char)text[at] < 0x20 &&
                    strchr("\t\r", text[at]) == NULL) ||
                   text[at] == '\0' || text[at] == 0x7f) {
            return yaml_refuse(b, line, column, "control character %u: take it out",
                               (unsigned)text[at]);
        }
        column++;
    }
    return ST_OK;
}

static enum status
take_scalar(struct yaml_build *b, struct fy_token *value)
{
    enum fy_scalar_style style = FYSS_PLAIN;
    const char *text = "";
    size_t bytes = 0;

    if (value != NULL) {
        style = fy_token_scalar_style(value);
        text = fy_token_get_text(value, &bytes);
    }
    if (text == NULL) {
        return yaml_refuse_size(b);
    }
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
        b->column--; /* the mark stands behind the quote */
    }
    return yaml_add_scalar(b, text, bytes, style == FYSS_PLAIN);
}

static void
move_to(struct yaml_build *b, const struct fy_mark *mark)
{
    if (mark != NULL) {
        b->line = mark->line + 1;
        b->column = mark->column + 1;
    }
}

static enum status
take_event(struct yaml_build *b, struct fy_event *event)
{
    struct fy_token *anchor = event->type == FYET_ALIAS
                                  ? event->alias.anchor
                                  : fy_event_get_anchor_token(event);
    struct fy_token *tag = fy_event_get_tag_token(event);

    move_to(b, fy_event_start_mark(event));
    if (anchor != NULL) {
        move_to(b, fy_token_start_mark(anchor));
        return yaml_refuse(
            b, b->line, b->column - 1, /* the mark stands behind & or * */
            "anchors (&name) and aliases (*name) are not taken: write the "
            "value out, or put quotes around a text");
    }
    if (tag != NULL) {
        move_to(b, fy_token_start_mark(tag));
        return yaml_refuse(
            b, b->line, b->column,
            "tags (!name) are not taken: leave it out, or put quotes around "
            "a text");
    }
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (b->document_seen) {
            return yaml_refuse(b, b->line, b->column,
                               "a second document begins: one file, one document");
        }
        b->document_seen = true;
        return ST_OK;
    case FYET_MAPPING_START:
        return yaml_open(b, YAML_MAP);
    case FYET_SEQUENCE_START:
        return yaml_open(b, YAML_LIST);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        return yaml_close(b);
    case FYET_SCALAR:
        return take_scalar(b, event->scalar.value);
    default:
        return ST_OK;
    }
}

/* The first error that the library collected; its places count from 1. */
static enum status
refuse_library(struct yaml_build *b, struct fy_diag *diag)
{
    void *at = NULL;
    struct fy_diag_error *error = fy_diag_errors_iterate(diag, &at);

    if (error == NULL) {
        return yaml_refuse(b, b->line, b->column,
                           "not YAML from here on: check the lines");
    }
    return yaml_refuse(b, error->line, error->column,
                       "%.120s: check indentation, quotes and colons here", error->msg);
}

static enum status
parse_events(struct yaml_build *b, const char *text, size_t bytes)
{
    struct fy_diag_cfg quiet;
    struct fy_parse_cfg cfg = {.search_path = "",
                               .flags = FYPCF_QUIET | FYPCF_JSON_NONE};
    struct fy_parser *parser;
    struct fy_event *event;
    enum status st = ST_OK;

    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    cfg.diag = fy_diag_create(&quiet);
    parser = cfg.diag == NULL ? NULL : fy_parser_create(&cfg);
    if (parser == NULL) {
        st = yaml_refuse(b, 1, 1, "no memory for the YAML parser: try again");
        goto out;
    }
    fy_diag_set_collect_errors(cfg.diag, true);
    if (fy_parser_set_string(parser, text, bytes) != 0) {
        st = refuse_library(b, cfg.diag);
        goto out;
    }
    while (st == ST_OK && (event = fy_parser_parse(parser)) != NULL) {
        st = take_event(b, event);
        fy_parser_event_free(parser, event);
    }
    if (st == ST_OK && (fy_parser_get_stream_error(parser) || b->depth > 0)) {
        st = refuse_library(b, cfg.diag);
    }
out:
    if (parser != NULL) {
        fy_parser_destroy(parser);
    }
    if (cfg.diag != NULL) {
        fy_diag_destroy(cfg.diag);
    }
    return st;
}

enum status
yaml_parse(const char *text, size_t text_bytes, struct yaml **out, int *line,
           int *column, char *why, size_t why_bytes)
{
    struct yaml_build b = {.line = 1,
                           .column = 1,
                           .bad_line = line,
                           .bad_column = column,
                           .why = why,
                           .why_bytes = why_bytes};
    enum status st = check_bytes(&b, text, text_bytes);

    if (st != ST_OK) {
        return st;
    }
    yaml_build_init(&b);
    st = parse_events(&b, text, text_bytes);
    b.line = b.column = 1;
    if (st == ST_OK && b.root == NULL) {
        st = yaml_add_scalar(&b, "", 0, true);
    }
    if (st == ST_OK) {
        *out = mem_alloc(sizeof **out);
        (*out)->root = b.root;
        (*out)->arena = b.arena;
        b.arena = NULL; /* the tree lives in it */
    }
    yaml_build_fini(&b);
    return st;
}

void
yaml_free(struct yaml **y)
{
    if (*y == NULL) {
        return;
    }
    arena_free(&(*y)->arena);
    mem_free(y);
}

const struct yaml_node *
yaml_root(const struct yaml *y)
{
    return y->root;
}

const struct yaml_node *
yaml_get(const struct yaml_node *node, const char *name)
{
    size_t i;

    if (node == NULL || node->type != YAML_MAP) {
        return NULL;
    }
    for (i = 0; i < node->count; i++) {
        if (strcmp(node->names[i], name) == 0) {
            return node->items[i];
        }
    }
    return NULL;
}
