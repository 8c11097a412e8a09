/*
 * flow - text broken at blanks so that it fits a number of columns on a terminal
 * (display width, not bytes). Pure.
 */
#ifndef DONDOC_CLI_FLOW_H
#define DONDOC_CLI_FLOW_H

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
 * terminal. Control characters, and marks that turn the direction of writing, become
 * question marks; line feeds stay, or are blanks when `one_line`.
 */
void flow_plain(struct buf *out, const char *text, bool one_line);
/* The same to a stream, and as a fresh copy on one line (mem_free it). */
void flow_print(FILE *to, const char *text, bool one_line);
char *flow_safe(const char *text);

#endif
