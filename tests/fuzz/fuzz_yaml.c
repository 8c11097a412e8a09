/*
 * fuzz_yaml - any bytes as a YAML document: they are refused with a place and a
 * sentence, or each node has a place inside the text and each key finds a value.
 */
#include <stdint.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/utf8.h"
#include "lib/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
const char *__lsan_default_suppressions(void);

/*
 * libfyaml 0.7.12 keeps a few kilobytes of some texts that it refuses (long quoted
 * keys). A programme is read when an office puts it in force, so that is borne; ours
 * are not.
 */
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

static void
check_node(const struct yaml_node *node, size_t bytes, int depth)
{
    size_t i;

    MUST(depth <= YAML_DEPTH_MAX + 1);
    /* The library counts an end of line that it adds to a text without one. */
    MUST(node->line >= 1 && (size_t)node->line <= bytes + 2);
    MUST(node->column >= 1 && (size_t)node->column <= bytes + 3);
    MUST(utf8_valid(node->text, strlen(node->text), NULL));
    MUST(node->type == YAML_SCALAR ? node->count == 0 : node->text[0] == '\0');
    for (i = 0; i < node->count; i++) {
        check_node(node->items[i], bytes, depth + 1);
        if (node->type == YAML_MAP) {
            MUST(node->name_nodes[i]->text == node->names[i]);
            MUST(yaml_get(node, node->names[i]) == node->items[i]);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct yaml *y = NULL;
    char why[200] = "";
    int line = 0;
    int column = 0;

    if (yaml_parse((const char *)data, bytes, &y, &line, &column, why, sizeof why) !=
        ST_OK) {
        MUST(y == NULL && why[0] != '\0' && line >= 1 && column >= 1);
        return 0;
    }
    check_node(yaml_root(y), bytes, 1);
    yaml_free(&y);
    return 0;
}
