/*
 * flow - text broken at blanks so that it fits a number of columns on a terminal
 * (display width, not bytes). Pure.
 */
#ifndef DONDOC_CLI_FLOW_H
#define DONDOC_CLI_FLOW_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/buf.h"

/*
 * flow_add - appends the text and a line feed.
 * first   blanks before its first line, `rest` before the others
 * A word that is wider than a line stands alone and is not cut. Line feeds of the text
 * are kept; what else a terminal would obey is made harmless, as by flow_plain.
 */
void flow_add(struct buf *out, const char *text, size_t first, size_t rest,
              size_t columns);

/* A fresh copy that is at most `columns` wide, "…" at its end when it was cut; mem_free
 * it. */
char *flow_fit(const char *text, size_t columns);

/*
 * flow_plain - appends a text that came from outside: shown, never obeyed by a
 * terminal. Control characters, marks that turn the direction of writing, and bytes
 * that are no UTF-8 become question marks; line feeds stay, or are blanks when
 * `one_line`.
 */
void flow_plain(struct buf *out, const char *text, bool one_line);
/* printf of texts from outside: all that is written is made harmless so; the format's
 * own line feeds stay. */
void flow_printf(FILE *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void flow_vprintf(FILE *to, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* The same to a stream, and as a fresh copy on one line (mem_free it). */
void flow_print(FILE *to, const char *text, bool one_line);
char *flow_safe(const char *text);

#endif
