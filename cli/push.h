/* What the files of `dondoc push` share; `dondoc play` sends with it too. */
#ifndef DONDOC_CLI_PUSH_H
#define DONDOC_CLI_PUSH_H

#include "cli/link.h"
#include "cli/outbox.h"
#include "cli/push_plan.h"

/* What became of reports that were offered again after a loss. */
struct push_offered {
    size_t count;
    size_t stand;
    size_t overtaken;
    size_t refused;
    size_t left; /* no answer yet */
};

struct push {
    struct link *link;
    struct arena *answers; /* of the last answer but Hello */
    struct arena *hello;   /* of what the server said about itself, for the whole run */
    struct wire_server_info info;
    const char *reason; /* --reason; "" none */
    bool dry_run;
    int64_t made_at_ms;
    int64_t ahead_ms;         /* the server's clock before ours */
    struct report_file *file; /* NULL: none was given */
    struct plan plan;         /* of the file */
    struct outbox *box;       /* NULL: nothing is kept (a dry run, a play) */
    size_t waited;            /* reports of the file that lay in the outbox already */
    struct push_offered offered;
};

/* push_standing.c: read what stands for the plan. 0, or an exit status, said. */
int push_standing(struct push *p);

/* push_send.c: ask what stands, send, collect receipts. Returns 0, or the exit status
 * of what ended it early; receipts that came stand in the plan. */
int push_send(struct push *p);
/* The same without asking first, for any plan: the file's, or one of the outbox. */
int push_plan_send(struct push *p, struct plan *plan);
/* How many of a plan have no final answer. */
size_t push_unanswered(const struct plan *plan);

/*
 * push_offer.c: when the server has lost what it had acknowledged, send what is kept
 * again, in the old order, before anything else. 0, or an exit status, said: then
 * nothing else may be sent.
 */
int push_offer(struct push *p);

/* push_box.c: `dondoc push [FILE]` with its outbox; the file is parsed. The exit
 * status. */
struct options;
int push_box(struct push *p, const struct options *o, const char *path);

/* push_show.c: results on stdout; the exit status that they mean. */
int push_show(const struct push *p, bool json);
/* Only what is wrong with the file, when nothing could be sent. */
void push_show_faults(const struct push *p);
/* push_before.c: what became of reports of earlier runs, and of those that were offered
 * again; nothing when there is nothing to say. */
void push_show_before(const struct push *p);
int push_before_status(const struct push *p); /* the exit status that they mean */
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
