/*
 * fuzz_json - any bytes as JSON: they are refused with a line and a sentence, or each
 * text is UTF-8 and comes back the same when it is written and read again.
 */
#include <stdint.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/diag.h"
#include "lib/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void
check_text(const char *text)
{
    struct json *again = NULL;
    struct buf out;
    char why[200];
    int line;

    buf_init(&out, JSON_BYTES_MAX);
    json_write_text(&out, text);
    MUST(json_parse(out.data, out.len, &again, &line, why, sizeof why) == ST_OK);
    MUST(json_root(again)->type == JSON_TEXT);
    MUST(strcmp(json_root(again)->text, text) == 0);
    json_free(&again);
    buf_fini(&out);
}

static void
check_node(const struct json_node *node, int depth)
{
    size_t i;

    MUST(depth <= JSON_DEPTH_MAX + 1);
    if (node->type == JSON_TEXT) {
        check_text(node->text);
    } else {
        MUST(node->text[0] == '\0');
    }
    for (i = 0; i < node->count; i++) {
        check_node(node->items[i], depth + 1);
        if (node->type == JSON_OBJECT) {
            MUST(json_get(node, node->names[i]) == node->items[i]);
            check_text(node->names[i]);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct json *j = NULL;
    char why[300] = "";
    int line = 0;

    if (json_parse((const char *)data, bytes, &j, &line, why, sizeof why) != ST_OK) {
        MUST(j == NULL && why[0] != '\0' && line >= 1);
        return 0;
    }
    check_node(json_root(j), 1);
    json_free(&j);
    return 0;
}
