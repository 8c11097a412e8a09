/*
 * flow - text broken at blanks so that it fits a number of columns on a terminal
 * (display width, not bytes). Pure.
 */
#ifndef DONDOC_CLI_FLOW_H
#define DONDOC_CLI_FLOW_H

#include <stddef.h>

#include "lib/buf.h"

/*
 * flow_add - appends the text and a line feed.
 * first   blanks before its first line, `rest` before the others
 * A word that is wider than a line stands alone and is not cut. Line feeds of the text
 * are kept.
 */
void flow_add(struct buf *out, const char *text, size_t first, size_t rest,
              size_t columns);

/* A fresh copy that is at most `columns` wide, "…" at its end when it was cut; mem_free
 * it. */
char *flow_fit(const char *text, size_t columns);

#endif
