/*
 * bench - what the files of the load generator share. It plays the outside world with
 * sockets of its own (libzmq, as a department's client would), so nothing of lib/bus
 * is measured on the client's side; encoding and clock are lib's.
 *
 *   client.c  connections, one request out, one answer in
 *   plan.c    which report is number k: unit, group, period, figures (SYNTHETIC)
 *   flood.c   as fast as a window allows: acknowledged, scored and alerted a second
 *   wait.c    until scorer and notifier have followed, read in Redis
 *   paced.c   at a rate, every report an alert: report to receipt and to alert
 *   limit.c   libzmq alone: answers to bytes, and one way
 *   disk.c    what one fdatasync of 4 KiB costs on the disk that Redis uses
 *   usage.c   who used the processors meanwhile
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/buf.h"
#include "lib/bus.h"
#include "lib/conf.h"
#include "lib/mem.h"
#include "lib/wire.h"

/* Ends the program; the run is void. */
#define FAIL(...) diag_fatal(1, "bench", __VA_ARGS__)

/* ---- client.c ---- */

struct client {
    void *context;
    void **sockets; /* count DEALERs, all with the same key */
    size_t count;
    struct bus_keys keys; /* of all of them */
    struct arena *arena;  /* the last answer */
};

/* Connects count DEALERs to endpoint and waits for nothing yet. */
void client_open(struct client *c, const char *endpoint, const char *server_key,
                 const char *key_path, size_t count);
void client_close(struct client *c);
void client_send(void *socket, const void *p, size_t bytes);
/* Each connection asks Hello and hears that ingest is ready. */
void client_greet(struct client *c, const char *province);
/* The next answer of a unit's socket into c->arena; false when there is none. */
bool client_reply(struct client *c, size_t i, struct unit_reply *out);
/* The same on a leader's socket; what is sealed to its key is opened. */
bool client_leader_reply(struct client *c, size_t i, struct leader_reply *out);
/*
 * client_accepted - the one receipt of an answer; fails unless it says ACCEPTED, or,
 * for what was sent again, DUPLICATE, or, for a plan that corrects, REPLACED.
 * Returns the request id.
 */
uint64_t client_accepted(const struct unit_reply *r, bool again, bool corrects,
                         uint64_t *entry);

/* ---- plan.c ---- */

#define PLAN_GROUPS 4u
#define PLAN_MONTHS 60u /* 2021-01 to 2025-12 */

struct plan {
    const char *province;
    unsigned units;
    struct buf bytes; /* all requests, encoded before the clock starts */
    size_t *offsets;  /* count + 1 */
    size_t count;
    /* plan_days: */
    bool corrects; /* some keys come again with other figures */
    size_t share;  /* requests of one reporter, and keys: only these are encoded */
    size_t keys;
    size_t days;
    unsigned own; /* units of a reporter */
    unsigned reporters;
    int32_t first_day;
};

/*
 * plan_flood - reporters x share requests: reporter r sends requests [r * share,
 * (r + 1) * share), its own units' reports month by month. Request ids count from 1.
 * Every report is a new key; one unit in twenty is behind in one of its groups.
 * units must be a multiple of reporters.
 */
void plan_flood(struct plan *p, const char *province, unsigned units,
                unsigned reporters, size_t reports);
/*
 * plan_paced - group g1 alone, unit by unit, then the next month: short in one month,
 * good in the next, so that each report opens an alert or resolves one.
 */
void plan_paced(struct plan *p, const char *province, unsigned units, size_t reports);
/*
 * plan_days - the workload of the goal table: as plan_flood, but one group of three
 * measures, a report a unit and day ("2016@2016-03-01") from the first of January of
 * `from` to the end of 2025, then the same keys again with other figures: corrections,
 * which have to name what they replace and so are encoded when they are sent. The first
 * `skip` days are left out.
 * Every twentieth report of a unit opens an alert or resolves one.
 */
void plan_days(struct plan *p, const char *province, unsigned units, unsigned reporters,
               size_t reports, int from, unsigned skip);
/* Which request of plan_paced a unit and window are, from 0; p->count: none. */
size_t plan_paced_find(const struct plan *p, const char *unit, const char *window);
/* Which key request k is about, from 0; whether it was sent before; request k when it
 * replaces "revision/hash". */
size_t plan_key(const struct plan *p, size_t k);
bool plan_is_correction(const struct plan *p, size_t k);
void plan_correct(const struct plan *p, size_t k, const char *replaces, struct arena *a,
                  struct buf *out);
/* Request k as it is sent the first time. */
const void *plan_request(const struct plan *p, size_t k, size_t *bytes);
void plan_fini(struct plan *p);

/* ---- usage.c ---- */

#define USAGE_PROCESSES_MAX 8

struct usage {
    int64_t at_us;
    int64_t idle; /* all processors; ticks of 1/hz */
    int64_t steal;
    int64_t own[USAGE_PROCESSES_MAX + 1]; /* the last one is this process */
};

/* "redis=12,ingest=13": whom to look at. */
void usage_watch(const char *processes);
void usage_look(struct usage *u);
/* ,"cpu_redis_pct":…,"other_cpu_pct":…: percent of one processor between two looks. */
void usage_write(const struct usage *from, const struct usage *to, FILE *out);

/* ---- wait.c ---- */

/* Until the scorer has committed `entry` of the reports journal; with alerts, until the
 * notifier has then followed the alerts journal, too. Fails when they stand still. */
void wait_open(const struct conf *conf);
void wait_scored(const struct conf *conf, uint64_t entry);
void wait_alerted(const struct conf *conf);
void wait_close(void);

/* ---- the measurements; each writes one line of JSON ---- */

void flood_run(const struct conf *conf, FILE *out);
void paced_run(const struct conf *conf, FILE *out);
void disk_run(const struct conf *conf, FILE *out);
void echo_run(const struct conf *conf, FILE *out);
void oneway_run(const struct conf *conf, FILE *out);
void follow_run(const struct conf *conf, FILE *out);

#endif
