#include "lib/csv.h"

#include <csv.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/utf8.h"

#define EX_OSERR 71

/* Fields come one by one from libcsv; a row is kept when its end is seen. */
struct reader {
    struct csv *csv;
    size_t row_room;
    struct csv_row row; /* in the making */
    size_t field_room;
    bool over;     /* more fields or rows than are taken */
    bool has_text; /* some field of this row is not empty */
    bool in_row;   /* a quoted field goes on in the next line */
};

/* Bytes of the blank at text, 0 when it is none. U+00A0 comes with copied figures. */
static size_t
blank_bytes(const char *text, size_t bytes)
{
    if (bytes > 0 && memchr(" \t\r\n", text[0], 4) != NULL) {
        return 1;
    }
    return bytes > 1 && memcmp(text, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

static char *
trimmed(const char *text, size_t bytes)
{
    size_t len;

    while ((len = blank_bytes(text, bytes)) > 0) {
        text += len;
        bytes -= len;
    }
    while (bytes > 0) {
        if (blank_bytes(text + bytes - 1, 1) == 1) {
            bytes -= 1;
        } else if (bytes > 1 && blank_bytes(text + bytes - 2, 2) == 2) {
            bytes -= 2;
        } else {
            break;
        }
    }
    return mem_copy(text, bytes);
}

static void
row_fini(struct csv_row *row)
{
    size_t i;

    for (i = 0; i < row->count; i++) {
        mem_free(&row->fields[i]);
    }
    mem_free(&row->fields);
    row->count = 0;
}

static void
take_field(void *text, size_t bytes, void *data)
{
    struct reader *r = data;
    char *field;

    if (r->row.count == CSV_FIELDS_MAX) {
        r->over = true;
        return;
    }
    field = trimmed(text, bytes);
    mem_array_room((void **)&r->row.fields, r->row.count, &r->field_room,
                   sizeof r->row.fields[0]);
    r->row.fields[r->row.count++] = field;
    r->has_text = r->has_text || field[0] != '\0';
}

static void
take_row(int end, void *data)
{
    struct reader *r = data;

    (void)end; /* which character ended it does not matter */
    if (r->has_text && r->csv->row_count == CSV_ROWS_MAX) {
        r->over = true;
        row_fini(&r->row);
    } else if (r->has_text) {
        mem_array_room((void **)&r->csv->rows, r->csv->row_count, &r->row_room,
                       sizeof r->csv->rows[0]);
        r->csv->rows[r->csv->row_count++] = r->row;
    } else {
        row_fini(&r->row);
    }
    memset(&r->row, 0, sizeof r->row);
    r->field_room = 0;
    r->has_text = false;
    r->in_row = false;
}

/* Bytes of the line at text with its end: LF, CR LF, or CR alone. */
static size_t
line_bytes(const char *text, size_t bytes)
{
    size_t at;

    for (at = 0; at < bytes; at++) {
        if (text[at] == '\n') {
            return at + 1;
        }
        if (text[at] == '\r') {
            return at + 1 < bytes && text[at + 1] == '\n' ? at + 2 : at + 1;
        }
    }
    return bytes;
}

static bool
line_is_blank(const char *text, size_t bytes)
{
    size_t len;

    while ((len = blank_bytes(text, bytes)) > 0) {
        text += len;
        bytes -= len;
    }
    return bytes == 0;
}

/*
 * A comma decides nothing while a semicolon or tab is there: it may be a decimal sign.
 * With none of the three the file has one column, which a decimal comma must not split.
 */
static char
find_separator(const char *text, size_t bytes)
{
    size_t semicolons = 0;
    size_t tabs = 0;
    size_t commas = 0;
    bool quoted = false;
    size_t end;
    size_t i;

    for (end = line_bytes(text, bytes); bytes > 0 && line_is_blank(text, end);
         end = line_bytes(text, bytes)) {
        text += end;
        bytes -= end;
    }
    for (i = 0; i < end; i++) {
        quoted = text[i] == '"' ? !quoted : quoted;
        semicolons += !quoted && text[i] == ';';
        tabs += !quoted && text[i] == '\t';
        commas += !quoted && text[i] == ',';
    }
    if (semicolons > 0 || tabs > 0) {
        return semicolons >= tabs ? ';' : '\t';
    }
    return commas > 0 ? ',' : ';';
}

/* UTF-8 without zero bytes, or the line where it is not. */
static enum status
check_bytes(const char *text, size_t bytes, char *why, size_t why_bytes)
{
    size_t bad = 0;
    size_t at = 0;
    size_t line = 1;
    const char *zero = memchr(text, '\0', bytes);
    bool valid = utf8_valid(text, bytes, &bad);

    if (valid && zero == NULL) {
        return ST_OK;
    }
    if (valid || (zero != NULL && (size_t)(zero - text) < bad)) {
        bad = (size_t)(zero - text);
        valid = true;
    }
    for (;;) {
        at += line_bytes(text + at, bytes - at);
        if (at > bad) {
            break;
        }
        line++;
    }
    (void)snprintf(why, why_bytes,
                   valid ? "line %zu: a zero byte: save the file as \"CSV UTF-8\""
                         : "line %zu: not UTF-8: save the file as \"CSV UTF-8\"",
                   line);
    return ST_BAD;
}

/* Line by line, since libcsv does not say where a row begins. */
static enum status
read_lines(struct reader *r, struct csv_parser *parser, const char *text, size_t bytes,
           char *why, size_t why_bytes)
{
    size_t line = 0;
    size_t at;
    size_t len;

    for (at = 0; at < bytes; at += len) {
        len = line_bytes(text + at, bytes - at);
        line++;
        if (!r->in_row) {
            r->row.line = line;
            r->in_row = !line_is_blank(text + at, len);
        }
        if (csv_parse(parser, text + at, len, take_field, take_row, r) != len) {
            if (csv_error(parser) != CSV_EPARSE) {
                diag_fatal(EX_OSERR, "no_memory", "bytes=%zu", bytes);
            }
            (void)snprintf(why, why_bytes,
                           "line %zu (row from line %zu): a stray quote: put the whole "
                           "field in quotes and write each quote inside it twice",
                           line, r->row.line);
            return ST_BAD;
        }
        if (r->over) {
            break;
        }
    }
    if (csv_fini(parser, take_field, take_row, r) != 0) {
        (void)snprintf(why, why_bytes,
                       "line %zu: a quote is opened and never closed: close it",
                       r->row.line);
        return ST_BAD;
    }
    if (r->over) {
        (void)snprintf(
            why, why_bytes,
            "line %zu: more than %u fields in a row or %u rows: split the file", line,
            CSV_FIELDS_MAX, CSV_ROWS_MAX);
        return ST_LIMIT;
    }
    return ST_OK;
}

enum status
csv_file_parse(const char *text, size_t text_bytes, struct csv **out, char *why,
               size_t why_bytes)
{
    struct reader r = {0};
    struct csv_parser parser;
    enum status st;

    if (text_bytes > CSV_BYTES_MAX) {
        (void)snprintf(why, why_bytes,
                       "%zu bytes, at most %u are taken: split the file", text_bytes,
                       CSV_BYTES_MAX);
        return ST_LIMIT;
    }
    st = check_bytes(text, text_bytes, why, why_bytes);
    if (st != ST_OK) {
        return st;
    }
    if (text_bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        text_bytes -= 3;
    }
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        diag_fatal(EX_OSERR, "no_memory", "bytes=%zu", text_bytes);
    }
    r.csv = mem_alloc(sizeof *r.csv);
    r.csv->separator = find_separator(text, text_bytes);
    csv_set_delim(&parser, (unsigned char)r.csv->separator);
    st = read_lines(&r, &parser, text, text_bytes, why, why_bytes);
    csv_free(&parser);
    row_fini(&r.row);
    if (st != ST_OK) {
        csv_file_free(&r.csv);
        return st;
    }
    *out = r.csv;
    return ST_OK;
}

void
csv_file_free(struct csv **c)
{
    size_t i;

    if (*c == NULL) {
        return;
    }
    for (i = 0; i < (*c)->row_count; i++) {
        row_fini(&(*c)->rows[i]);
    }
    mem_free(&(*c)->rows);
    mem_free(c);
}
