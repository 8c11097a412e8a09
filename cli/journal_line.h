/*
 * journal_line - an entry of a journal as lines for people or as JSON, one line a
 * record. Pure: the entry and the programme (for decimals; may be NULL) come in, text
 * goes out.
 */
#ifndef DONDOC_CLI_JOURNAL_LINE_H
#define DONDOC_CLI_JOURNAL_LINE_H

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "lib/journal.h"
#include "lib/mem.h"

/* Appends whole lines. a: reset and used. A record that cannot be read is a line that
 * says so. */
void journal_text(const struct catalogue *c, const struct journal_entry *e,
                  struct arena *a, struct buf *out);
void journal_json(const struct catalogue *c, const struct journal_entry *e,
                  struct arena *a, struct buf *out);

/* A scaled figure as a machine writes it: 2386, or 41.09. out RATIO_TEXT_BYTES. */
void figure_plain(const struct catalogue *c, const char *measure, int64_t scaled,
                  char *out);

#endif
