/*
 * lines - a table as plain text: columns of a fixed width, a cell that is wider goes on
 * in the next line. Every line begins with two blanks. Pure.
 */
#ifndef DONDOC_NOTIFIER_LINES_H
#define DONDOC_NOTIFIER_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

#define LINES_COLUMNS_MAX 12
#define LINES_GAP 2

struct column {
    const char *head;
    size_t width; /* of a terminal */
    bool right;   /* numbers */
};

/* Headings, and a line of dashes under each. */
void lines_head(struct buf *out, const struct column *columns, size_t count);
/* One row; cells as many as columns, NULL is empty. */
void lines_row(struct buf *out, const struct column *columns, size_t count,
               const char *const *cells);
/* A line of its own that begins under column `under`. */
void lines_note(struct buf *out, const struct column *columns, size_t under,
                const char *text);

#endif
