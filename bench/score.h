/*
 * score - what the files of bench/score share: the scorer without Redis and without
 * sockets, on the shipped programmes and SYNTHETIC figures.
 *
 *   score.c          rounds, medians, the table and the JSON
 *   score_fill.c     programmes, reports (seeded), entries of the journal made of them
 *   score_work.c     what is timed: verdicts, wholes, recomputation
 */
#ifndef BENCH_SCORE_H
#define BENCH_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "lib/facts.h"

/* Ends the program; the run is void. */
#define FAIL(...) diag_fatal(1, "bench", __VA_ARGS__)

/* ---- score_fill.c ---- */

#define SCORE_YEARS 5

/* A report as the facts take it. */
struct filled {
    int unit;
    int group;
    struct fact fact;
};

/* An entry of the reports journal: a tick before each month's reports, then these. */
struct sealed {
    size_t at; /* of its body */
    size_t bytes;
    bool tick;
};

struct province {
    const char *slug;
    struct catalogue *catalogue;
    struct filled *reports; /* as they come: month by month, unit by unit */
    size_t report_count;
    size_t report_room;
    size_t unit_years; /* (unit, year) with a report */
    struct buf bodies;
    struct sealed *entries;
    size_t entry_count;
    size_t entry_room;
};

/* Every unit reports every group that is its own, each month of five years. */
void province_fill(struct province *p, const char *folder, const char *slug,
                   uint64_t seed);
/* The same as entries, at most so many reports in one. */
void province_seal(struct province *p, size_t reports_an_entry);
void province_fini(struct province *p);
int64_t report_day(const struct window *w); /* hour of the tick before it comes */
struct facts *province_facts(const struct province *p);

/* ---- score_work.c ---- */

/* What one round of a measurement did, for all provinces together. */
struct work {
    int64_t wall_ns;
    int64_t cpu_ns; /* of this process */
    uint64_t count; /* verdicts, or reports */
    uint64_t more;  /* judged verdicts; units summed; score lines written */
    uint64_t alerts;
    uint64_t digest; /* of all effects, when asked for: then the time means nothing */
};

/* Every unit of every target at each window of the cadence. */
void verdicts_run(const struct province *p, const struct facts *f, struct work *out);
/* Every whole of every target at each of these windows. */
void wholes_run(const struct province *p, const struct facts *f, struct work *out);
/* Facts put, then everything scored once, as for a new programme. */
void batch_run(const struct province *p, bool digest, struct work *out);
/* The entries, one by one, through the scorer's own entry_apply. */
void entries_run(const struct province *p, bool digest, struct work *out);

#endif
