#include "cli/stated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/csv.h"
#include "lib/mem.h"

#define DIGITS_MAX 18u

enum column { COLUMN_NAME, COLUMN_NUM, COLUMN_DEN, COLUMN_SOURCE, COLUMN_COUNT };
static const char *const column_names[] = {"indicator", "numerator", "denominator",
                                           "source"};

static bool
count_parse(const char *text, int64_t *out)
{
    size_t len = strlen(text);

    if (len == 0 || len > DIGITS_MAX || strspn(text, "0123456789") != len) {
        return false;
    }
    *out = strtoll(text, NULL, 10);
    return true;
}

static enum status
head_read(const struct csv_row *row, size_t places[COLUMN_COUNT], char *why,
          size_t why_bytes)
{
    size_t c;
    size_t i;

    for (c = 0; c < COLUMN_COUNT; c++) {
        for (i = 0; i < row->count && strcmp(row->fields[i], column_names[c]) != 0;
             i++) {
        }
        if (i == row->count) {
            (void)snprintf(why, why_bytes, "line %zu: the column %s is missing",
                           row->line, column_names[c]);
            return ST_BAD;
        }
        places[c] = i;
    }
    return ST_OK;
}

static enum status
row_read(const struct csv_row *row, const size_t places[COLUMN_COUNT],
         struct stated *out, char *why, size_t why_bytes)
{
    const char *fields[COLUMN_COUNT];
    struct stated_row *to;
    int64_t num;
    int64_t den = 0;
    size_t c;

    for (c = 0; c < COLUMN_COUNT; c++) {
        fields[c] = places[c] < row->count ? row->fields[places[c]] : "";
    }
    if (fields[COLUMN_NAME][0] == '\0' || !count_parse(fields[COLUMN_NUM], &num) ||
        (fields[COLUMN_DEN][0] != '\0' && !count_parse(fields[COLUMN_DEN], &den))) {
        (void)snprintf(why, why_bytes,
                       "line %zu: a name, a numerator in digits, and a denominator in "
                       "digits or nothing are wanted",
                       row->line);
        return ST_BAD;
    }
    mem_array_room((void **)&out->rows, out->count, &out->room, sizeof *out->rows);
    to = &out->rows[out->count++];
    to->name = mem_copy_text(fields[COLUMN_NAME]);
    to->num = num;
    to->has_den = fields[COLUMN_DEN][0] != '\0';
    to->den = den;
    to->source = mem_copy_text(fields[COLUMN_SOURCE]);
    return ST_OK;
}

enum status
stated_parse(const char *text, size_t bytes, struct stated *out, char *why,
             size_t why_bytes)
{
    size_t places[COLUMN_COUNT];
    struct csv *csv = NULL;
    enum status st = csv_file_parse(text, bytes, &csv, why, why_bytes);
    size_t i;

    memset(out, 0, sizeof *out);
    if (st != ST_OK) {
        return ST_BAD;
    }
    if (csv->row_count == 0) {
        (void)snprintf(why, why_bytes, "the file is empty");
        st = ST_BAD;
    } else {
        st = head_read(&csv->rows[0], places, why, why_bytes);
    }
    for (i = 1; st == ST_OK && i < csv->row_count; i++) {
        st = row_read(&csv->rows[i], places, out, why, why_bytes);
    }
    csv_file_free(&csv);
    if (st != ST_OK) {
        stated_fini(out);
    }
    return st;
}

void
stated_fini(struct stated *s)
{
    size_t i;

    for (i = 0; i < s->count; i++) {
        mem_free(&s->rows[i].name);
        mem_free(&s->rows[i].source);
    }
    mem_free(&s->rows);
    memset(s, 0, sizeof *s);
}

const struct stated_row *
stated_find(const struct stated *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->count; i++) {
        if (strcmp(s->rows[i].name, name) == 0) {
            return &s->rows[i];
        }
    }
    return NULL;
}
