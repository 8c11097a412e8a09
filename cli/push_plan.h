/*
 * push_plan - the reports that a file makes, once the server has said which measures
 * make a group: a row becomes one report for each group of which it has a figure, each
 * to be taken or refused whole. Pure: no input or output.
 */
#ifndef DONDOC_CLI_PUSH_PLAN_H
#define DONDOC_CLI_PUSH_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/report_file.h"
#include "lib/mem.h"
#include "lib/wire.h"

/* One report on its way; texts lie in the plan's arena. */
struct planned {
    const struct report_row *row;
    const char *group;
    struct wire_figure *figures;
    size_t figure_count;
    size_t bytes;         /* on the wire, estimated from above */
    const char *replaces; /* "2/<hash>"; "" nothing stands */
    bool asked;           /* what stands was asked for; replaces stays as it is */
    bool newer;           /* asked late: newer figures of others stood, not named */
    bool fresh;           /* asked late, in this run: it was never sent before */
    const char *changes; /* "papi_rank 49 → 38": what stood and what is sent; or "" */
    /* In the outbox. */
    uint64_t number;  /* of its file there; 0: it is not there */
    uint64_t aside;   /* of its file in refused/; 0: it is not there */
    const char *file; /* it was taken from; NULL: never in the outbox, and what follows
                         is not set */
    const char *reason;
    int64_t made_at_ms;
    const char *source_system;
    const struct wire_held *offered; /* acknowledged once, with its receipt; or NULL */
    /* The answer; OUTCOME_NONE until it came. */
    enum outcome outcome;
    const char *unit; /* as the server resolved it */
    uint32_t revision;
    uint64_t entry;
    uint32_t index;
    int64_t received_at_ms;
    const char *hash;
    const char *due; /* ISO day or "" */
    bool on_time;
    bool sealed;
    uint8_t seal[WIRE_SEAL_BYTES];
    struct wire_refusal refusal; /* code NULL: none */
};

struct plan {
    struct arena *arena;
    struct planned *items; /* in the order of the file */
    size_t count;
    size_t room;
    size_t empty_rows; /* without any figure: left out */
};

/*
 * plan_make - split the rows of a file that are not refused.
 * file  faults are added: columns of no group (the whole file), codes that lost a zero,
 *       two rows for the same report. It must outlive the plan.
 * info  who the server says we are and what it takes.
 */
void plan_make(struct report_file *file, const struct wire_server_info *info,
               struct plan *out);
/* Without any item; plan_fini it. */
void plan_empty(struct plan *out);
void plan_fini(struct plan *p);
/* One more item, with no answer yet; the items may move. */
struct planned *plan_room(struct plan *p);

/* "21040/procedures/2023-06": reports of one key go in order, one after the other. */
#define PLANNED_KEY_BYTES 256
size_t planned_key(const struct planned *item, char out[PLANNED_KEY_BYTES]);

/* On the wire, estimated from above. */
size_t planned_bytes(const struct planned *item);

/* The same report, as it would be sent: unit, group, period, days, reason, figures. */
bool planned_equal(const struct planned *a, const struct planned *b,
                   const char *reason);

/* The wire form of one; `reason` stands for rows that give none and `made_at_ms` is
 * now, unless it was in the outbox, which has its own. Borrows everything. */
void planned_report(const struct planned *item, const char *reason, int64_t made_at_ms,
                    struct wire_report *out);

/* What stands and what is sent, where they differ: "a 1 → 2, b x → 3"; "" nowhere. */
const char *plan_changes(struct plan *p, const struct planned *item,
                         const struct wire_figure *old, size_t old_count);
/* "a 1, b x" */
const char *plan_figures(struct plan *p, const struct wire_figure *figures,
                         size_t count);

const char *plan_text(struct plan *p, const char *text); /* a copy that lives as long */

#endif
