/* What the files of `dondoc push` share; `dondoc play` sends with it too. */
#ifndef DONDOC_CLI_PUSH_H
#define DONDOC_CLI_PUSH_H

#include "cli/link.h"
#include "cli/push_plan.h"

struct push {
    struct link *link;
    struct arena *answers; /* of the last answer but Hello */
    struct arena *hello;   /* of what the server said about itself, for the whole run */
    struct wire_server_info info;
    const char *reason; /* --reason; "" none */
    bool dry_run;
    int64_t made_at_ms;
    struct report_file *file;
    struct plan plan;
};

/* push_send.c: ask what stands, send, collect receipts. Returns 0, or the exit status
 * of what ended it early; receipts that came stand in the plan. */
int push_send(struct push *p);

/* push_show.c: results on stdout; the exit status that they mean. */
int push_show(const struct push *p, bool json);
/* Only what is wrong with the file, when nothing could be sent. */
void push_show_faults(const struct push *p);
/* push_json.c */
void push_show_json(const struct push *p);
/* Vietnamese or English words for an outcome. */
const char *outcome_words(enum outcome o);

/* push_probe.c: who are we to the server, is it well, may we report for the file's
 * units. The exit status. */
int push_probe(const struct push *p);
/* The CSV to fill in, to a file ("" or "-": stdout). The exit status. */
int push_template(const struct push *p, const char *path, const char *period);

#endif
