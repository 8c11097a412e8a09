/*
 * texts - everything that a log, a terminal, a spreadsheet or a page could take for
 * more than a text; and asking ingest and notifier with it, through real sockets.
 */
#ifndef DONDOC_TESTS_TEXTS_H
#define DONDOC_TESTS_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/support/stack.h"

#define MARK "DAUVET"       /* stands in every text below, and nowhere else */
#define NUL_PAIR "\xf5\xf5" /* becomes two NULs on the wire; no UTF-8 has it */

struct hostile {
    const char *name;
    const char *text;
    bool bad; /* no text at all: not UTF-8, or with a control character */
};
extern const struct hostile hostile_texts[];
extern const size_t hostile_text_count;

/* What came of one text in one field. */
struct texts_outcome {
    bool refused;
    char code[64];
    char field[128];
    char message[1024]; /* in English */
};

/* NUL_PAIR becomes what it stands for. */
void texts_nulls_put(struct buf *out);
/* Asks until there is an answer that is not `busy`; fails the test when an answer holds
 * what a client cannot read or a terminal would obey. q->province NULL: the stack's. */
void texts_unit_ask(struct side *d, struct unit_request *q, struct texts_outcome *out);
void texts_leader_ask(struct side *d, struct leader_request *q,
                      struct texts_outcome *out);

#endif
