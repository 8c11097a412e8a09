/*
 * fuzz_csv - any bytes as a CSV file: they are refused with a sentence, or every row
 * has text, every field is trimmed, and lines go up within the file.
 */
#include <stdint.h>
#include <string.h>

#include "lib/csv.h"
#include "lib/diag.h"
#include "lib/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void
check_row(const struct csv_row *row)
{
    size_t text_bytes = 0;
    size_t len;
    size_t i;

    for (i = 0; i < row->count; i++) {
        len = strlen(row->fields[i]);
        MUST(utf8_valid(row->fields[i], len, NULL));
        MUST(len == 0 || strchr(" \t\r\n", row->fields[i][0]) == NULL);
        MUST(len == 0 || strchr(" \t\r\n", row->fields[i][len - 1]) == NULL);
        text_bytes += len;
    }
    MUST(text_bytes > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct csv *c = NULL;
    char why[200] = "";
    size_t line = 0;
    size_t i;

    if (csv_file_parse((const char *)data, bytes, &c, why, sizeof why) != ST_OK) {
        MUST(c == NULL && why[0] != '\0');
        return 0;
    }
    MUST(strchr(";,\t", c->separator) != NULL);
    for (i = 0; i < c->row_count; i++) {
        MUST(c->rows[i].line > line && c->rows[i].line <= bytes);
        line = c->rows[i].line;
        check_row(&c->rows[i]);
    }
    csv_file_free(&c);
    return 0;
}
