/*
 * facts - what units have reported, in memory: for each unit and group the newest
 * revision of each window. Filled from journal entries, or from the facts:<unit> lines
 * of Redis at a take-over; the same lines are written back. No input or output here.
 */
#ifndef DONDOC_FACTS_H
#define DONDOC_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/catalogue.h"

enum figure_state { FIGURE_ABSENT, FIGURE_NUMBER, FIGURE_NOT_APPLICABLE };

struct figure {
    enum figure_state state;
    int64_t scaled; /* times 10^decimals of its measure */
};

/* One report as it counts now. */
struct fact {
    struct window window;
    uint32_t revision;
    uint64_t entry; /* where the report stands */
    uint32_t index;
    int64_t received_at_ms;
    struct figure figures[GROUP_MEASURES_MAX]; /* by place in the group */
};

/* All facts of one unit and group, sorted by window.last, then window.first (the widest
 * of those that end together comes first), then the code. */
struct series {
    struct fact *facts;
    size_t count;
    size_t room;
};

struct facts;
struct facts *facts_new(const struct catalogue *c); /* borrowed until facts_free */
void facts_free(struct facts **f);

size_t facts_count(const struct facts *f); /* of all units and groups */

/* Never NULL; empty when nothing was reported. */
const struct series *facts_series(const struct facts *f, int unit, int group);

/* How many of a series end on or before a day: the first so many. */
size_t series_until(const struct series *s, int32_t last);

/*
 * facts_put - a newer revision of (unit, group, window), or a first one.
 * before  out, may be NULL: what stood (revision 0: nothing).
 * Errors: ST_STALE this or a newer revision stands already; nothing changed.
 */
MUST_USE enum status facts_put(struct facts *f, int unit, int group,
                               const struct fact *fact, struct fact *before);

/*
 * facts_watch - somebody who keeps what he computed from these facts: told before and
 * after each change, and freed with them. A few at most, each with an `end` of its own.
 */
#define FACTS_WATCHES_MAX 2
struct facts_watch {
    void (*before)(void *owner, const struct facts *f, int unit, int group,
                   const struct window *w); /* NULL: not told */
    void (*after)(void *owner, const struct facts *f, int unit, int group,
                  const struct window *w);
    void (*end)(void *owner);
    void *owner;
};
void facts_watch(struct facts *f, const struct facts_watch *watch);
/* The owner, if he came with this `end`; else NULL. */
void *facts_watched(const struct facts *f, void (*end)(void *owner));

/*
 * fact_line / fact_parse - the value of field group/period of facts:<unit>, ASCII:
 *   rev=1 at=57:3 from=2023-09-01 to=2023-09-30 received=1696… results_in_force=2386 …
 * absent measures are left out, not applicable is x; points carry their decimals.
 *
 * A line may be older than the programme. A measure's word that the group does not have
 * (now) is passed over; a figure with other decimals than the measure has now is
 * rescaled (70.5 to 70.50, 2386.00 to 2386), or is absent when that is not exact. What
 * stands beside it is kept.
 * loss    out; what was lost that way.
 * Errors: ST_BAD  doubled, missing or malformed words, a period that is none, days that
 *                 are not the period's; *fact and *loss are then not set
 */
struct fact_loss {
    size_t words;   /* of measures that the group does not have */
    size_t figures; /* that the measure's decimals cannot hold */
};
void fact_line(const struct catalogue *c, int group, const struct fact *fact,
               struct buf *out);
MUST_USE enum status fact_parse(const struct catalogue *c, int group,
                                const char *period, const char *line, struct fact *fact,
                                struct fact_loss *loss);

#endif
