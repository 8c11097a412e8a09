/*
 * csv - the only includer of libcsv: rows of fields, as Excel in Vietnamese writes
 * them: UTF-8 with or without BOM, separator ; , or tab (found in the first line),
 * quotes, CRLF. Fields are trimmed of blanks (also U+00A0) at both ends.
 */
#ifndef DONDOC_CSV_H
#define DONDOC_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/status.h"

struct csv_row {
    size_t line; /* of the file, from 1, where the row begins */
    size_t count;
    char **fields; /* UTF-8, zero-terminated */
};

struct csv {
    char separator;
    size_t row_count;
    struct csv_row *rows; /* blank rows are left out */
};

#define CSV_BYTES_MAX (16u * 1024u * 1024u)
#define CSV_ROWS_MAX 1000000u
#define CSV_FIELDS_MAX 1000u /* of one row */

/*
 * csv_file_parse - the whole file, or why not (libcsv owns the names csv_parse and
 * csv_free). In the first line that is not blank ; and tab count before the comma,
 * which may be a decimal sign; a quote inside an unquoted field is refused, since
 * guessing there could join two rows.
 * Errors: ST_BAD not UTF-8, a zero byte, an open or stray quote (why, with line);
 *         ST_LIMIT over one of the three limits above
 */
MUST_USE enum status csv_file_parse(const char *text, size_t text_bytes,
                                    struct csv **out, char *why, size_t why_bytes);
void csv_file_free(struct csv **c);

#endif
