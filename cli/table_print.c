#include "cli/table_print.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/flow.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/text.h"

#define GAP 2

struct table_print {
    size_t columns;
    char *heads[TABLE_COLUMNS_MAX];
    enum table_align aligns[TABLE_COLUMNS_MAX];
    size_t widths[TABLE_COLUMNS_MAX]; /* 0: nothing in it so far */
    char **cells;                     /* row after row */
    size_t count;
    size_t room;
    size_t fit_column;
    size_t fit_width; /* 0: as wide as it is */
    size_t fit_least;
};

#define CUT "…"

struct table_print *
table_print_new(size_t columns)
{
    struct table_print *t = mem_alloc(sizeof *t);

    MUST(columns > 0 && columns <= TABLE_COLUMNS_MAX);
    t->columns = columns;
    return t;
}

void
table_print_free(struct table_print **t)
{
    if (*t == NULL) {
        return;
    }
    for (size_t i = 0; i < (*t)->columns; i++) {
        mem_free(&(*t)->heads[i]);
    }
    for (size_t i = 0; i < (*t)->count; i++) {
        mem_free(&(*t)->cells[i]);
    }
    mem_free(&(*t)->cells);
    mem_free(t);
}

void
table_print_head(struct table_print *t, size_t i, const char *text,
                 enum table_align align)
{
    MUST(i < t->columns);
    mem_free(&t->heads[i]);
    t->heads[i] = mem_copy_text(text);
    t->aligns[i] = align;
}

void
table_print_cell(struct table_print *t, const char *text)
{
    struct buf plain;
    size_t column;
    size_t width;

    MUST(t->columns > 0);
    text = text == NULL ? "" : text;
    buf_init(&plain, strlen(text) + 1);
    flow_plain(&plain, text, true); /* it may have come from anywhere */
    column = t->count % t->columns;
    mem_array_room((void **)&t->cells, t->count, &t->room, sizeof *t->cells);
    t->cells[t->count++] = mem_copy_text(buf_str(&plain));
    width = text_width(buf_str(&plain));
    if (width > t->widths[column]) {
        t->widths[column] = width;
    }
    buf_fini(&plain);
}

void
table_print_number(struct table_print *t, unsigned long long number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%llu", number);
    table_print_cell(t, text);
}

size_t
table_print_rows(const struct table_print *t)
{
    MUST(t->columns > 0);
    return t->count / t->columns;
}

void
table_print_fit(struct table_print *t, size_t i, size_t columns, size_t least)
{
    MUST(i < t->columns && columns > 0);
    t->fit_column = i;
    t->fit_width = columns;
    t->fit_least = least;
}

/* A byte of UTF-8 that is not the first of its letter. */
static bool
is_continued(char byte)
{
    return ((unsigned char)byte >> 6) == 2;
}

/* Cut at the end to so many columns; a letter is never cut in two. */
static void
cell_cut(char **cell, size_t width)
{
    char *text = *cell;
    size_t len = strlen(text);
    char *cut;

    if (text_width(text) <= width || width == 0) {
        return;
    }
    while (len > 0 && text_width(text) > width - 1) {
        do {
            len--;
        } while (len > 0 && is_continued(text[len]));
        text[len] = '\0';
    }
    while (len > 0 && text[len - 1] == ' ') {
        text[--len] = '\0';
    }
    cut = mem_alloc(len + sizeof CUT);
    memcpy(cut, text, len);
    memcpy(cut + len, CUT, sizeof CUT);
    mem_free(cell);
    *cell = cut;
}

static void
column_fit(struct table_print *t, size_t *widths)
{
    size_t all = 0;
    size_t over;

    for (size_t i = 0; i < t->columns; i++) {
        all += widths[i] == 0 ? 0 : widths[i] + (all == 0 ? 0 : GAP);
    }
    if (t->fit_width == 0 || all <= t->fit_width || widths[t->fit_column] == 0) {
        return;
    }
    over = all - t->fit_width;
    if (widths[t->fit_column] < t->fit_least + over) {
        over = widths[t->fit_column] > t->fit_least
                   ? widths[t->fit_column] - t->fit_least
                   : 0;
    }
    widths[t->fit_column] -= over;
    for (size_t i = t->fit_column; i < t->count; i += t->columns) {
        cell_cut(&t->cells[i], widths[t->fit_column]);
    }
}

static void
put_blanks(size_t count)
{
    (void)printf("%*s", (int)count, "");
}

/* One line; `widths` 0 leaves a column out, nothing is padded behind the last. */
static void
put_row(const struct table_print *t, char *const *cells, const size_t *widths)
{
    size_t last = t->columns;
    size_t owed = 0; /* blanks before the next cell */

    while (last > 0 && (widths[last - 1] == 0 || cells[last - 1][0] == '\0')) {
        last--;
    }
    for (size_t i = 0; i < last; i++) {
        size_t width;

        if (widths[i] == 0) {
            continue;
        }
        width = text_width(cells[i]);
        if (t->aligns[i] == TABLE_RIGHT) {
            put_blanks(owed + widths[i] - width);
            owed = 0;
        } else {
            put_blanks(owed);
            owed = widths[i] - width;
        }
        (void)fputs(cells[i], stdout);
        owed += GAP;
    }
    (void)putchar('\n');
}

void
table_print_out(struct table_print *t)
{
    size_t widths[TABLE_COLUMNS_MAX];
    char *heads[TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < t->columns; i++) {
        size_t head;

        heads[i] = t->heads[i] == NULL ? "" : t->heads[i];
        head = text_width(heads[i]);
        widths[i] = t->widths[i];
        if (widths[i] > 0 && head > widths[i]) {
            widths[i] = head;
        }
    }
    column_fit(t, widths);
    put_row(t, heads, widths);
    for (size_t row = 0; row + 1 <= table_print_rows(t); row++) {
        put_row(t, t->cells + row * t->columns, widths);
    }
}
