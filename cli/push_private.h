/* What the files of `dondoc push` share. Nobody else includes this. */
#ifndef DONDOC_CLI_PUSH_PRIVATE_H
#define DONDOC_CLI_PUSH_PRIVATE_H

#include "cli/push.h"
#include "lib/table.h"

#define KEYS_MAX 10000000

/* Sets of the keys of reports. */
void keys_put(struct table *t, const struct planned *item);
bool keys_have(const struct table *t, const struct planned *item);
/* Of what an earlier run left in the outbox and has no final answer yet; fresh. */
struct table *keys_before(const struct push *p);

/* Has it no final answer yet? */
bool planned_wanted(const struct planned *item);

/* Asks what stands for some items (at most WIRE_REPORTS_MAX) and marks them as asked. 0
 * or an exit status, said. */
int push_ask(struct push *p, struct plan *plan, struct planned *const *items,
             size_t count);
/* An answer that ends everything: said, and its exit status. */
int push_unexpected(enum status st, const struct unit_reply *reply, struct link *l);

/* push_show.c: the receipts of a plan as a table, the sentence of one refusal. before:
 * they come from the outbox, and name their file. */
void push_show_table(const struct push *p, const struct plan *plan, bool before);
void push_show_refusal(const struct push *p, const struct planned *item, bool before);
/* Of an earlier run: it has its final answer, and no later report has won (that one was
 * shown; the log of the outbox has a line) unless nobody has seen that yet. */
bool planned_is_news(const struct planned *item);

#endif
