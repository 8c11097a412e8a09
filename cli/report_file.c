#include "cli/report_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/report_private.h"
#include "lib/mem.h"

#define SENTENCE_BYTES 2048

/* --- building --- */

struct report_row *
report_row_add(struct report_file *f, size_t line)
{
    struct report_row *row;

    mem_array_room((void **)&f->rows, f->row_count, &f->row_room, sizeof *f->rows);
    row = &f->rows[f->row_count++];
    *row = (struct report_row){.line = line};
    return row;
}

size_t
report_column(struct report_file *f, const char *name, size_t place)
{
    for (size_t i = 0; i < f->column_count; i++) {
        if (strcmp(f->columns[i], name) == 0) {
            return i;
        }
    }
    mem_array_room((void **)&f->columns, f->column_count, &f->column_room,
                   sizeof *f->columns);
    mem_array_room((void **)&f->places, f->column_count, &f->place_room,
                   sizeof *f->places);
    f->columns[f->column_count] = mem_copy_text(name);
    f->places[f->column_count] = place;
    return f->column_count++;
}

void
report_figure_add(struct report_row *row, size_t column, const struct number *n)
{
    struct report_figure *figure;

    mem_array_room((void **)&row->figures, row->figure_count, &row->figure_room,
                   sizeof *row->figures);
    figure = &row->figures[row->figure_count++];
    *figure = (struct report_figure){column, n->kind, n->count, NULL};
    if (n->kind == WIRE_DECIMAL) {
        figure->decimal = mem_copy_text(n->decimal);
    }
}

static char *sentence(const char *format, va_list args)
    __attribute__((format(printf, 1, 0)));

static char *
sentence(const char *format, va_list args)
{
    char text[SENTENCE_BYTES];

    (void)vsnprintf(text, sizeof text, format, args);
    return mem_copy_text(text);
}

void
report_fault_add(struct report_file *f, struct report_row *row, size_t column,
                 const char *name, const char *value, const char *code, const char *vi,
                 const char *en, ...)
{
    struct report_fault *fault;
    va_list args;

    mem_array_room((void **)&f->faults, f->fault_count, &f->fault_room,
                   sizeof *f->faults);
    fault = &f->faults[f->fault_count++];
    *fault = (struct report_fault){
        .line = row == NULL ? 0 : row->line,
        .column = column,
        .name = mem_copy_text(name),
        .value = mem_copy_text(value),
        .code = code,
    };
    va_start(args, en);
    fault->vi = sentence(vi, args);
    va_end(args);
    va_start(args, en);
    fault->en = sentence(en, args);
    va_end(args);
    if (row == NULL) {
        f->refused = true;
    } else {
        row->refused = true;
    }
}

/* --- the whole --- */

static char
first_letter(const char *text, size_t bytes)
{
    size_t at = bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (at < bytes && memchr(" \t\r\n", text[at], 4) != NULL) {
        at++;
    }
    return at < bytes ? text[at] : '\0';
}

struct report_file *
report_file_parse(const char *text, size_t bytes)
{
    struct report_file *f = mem_alloc(sizeof *f);
    char first = first_letter(text, bytes);

    f->json = first == '[' || first == '{';
    if (f->json) {
        report_json_parse(f, text, bytes);
    } else {
        report_csv_parse(f, text, bytes);
    }
    return f;
}

static void
row_free(struct report_row *row)
{
    for (size_t i = 0; i < row->figure_count; i++) {
        mem_free(&row->figures[i].decimal);
    }
    mem_free(&row->figures);
    mem_free(&row->unit);
    mem_free(&row->period);
    mem_free(&row->from);
    mem_free(&row->to);
    mem_free(&row->reason);
}

void
report_file_free(struct report_file **f)
{
    if (*f == NULL) {
        return;
    }
    for (size_t i = 0; i < (*f)->row_count; i++) {
        row_free(&(*f)->rows[i]);
    }
    for (size_t i = 0; i < (*f)->fault_count; i++) {
        mem_free(&(*f)->faults[i].name);
        mem_free(&(*f)->faults[i].value);
        mem_free(&(*f)->faults[i].vi);
        mem_free(&(*f)->faults[i].en);
    }
    for (size_t i = 0; i < (*f)->column_count; i++) {
        mem_free(&(*f)->columns[i]);
    }
    mem_free(&(*f)->rows);
    mem_free(&(*f)->faults);
    mem_free(&(*f)->columns);
    mem_free(&(*f)->places);
    mem_free(f);
}
