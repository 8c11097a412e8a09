/*
 * sim - runs of the simulator.
 *     simulator --seed N [--trace]     one run; the trace is the same bytes every time
 *     simulator --seeds FROM:COUNT     many; stops at the first that fails (--all: goes
 *         [--jobs N] [--all] [--twice] on); --twice: runs each again and compares
 *     simulator --list FILE            those of a file, one a line; # begins a comment
 */
#define _DEFAULT_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "lib/calendar.h"
#include "tests/sim/sim.h"

#define WORLD_ROOM ((size_t)1 << 30)
#define LASTING_ROOM ((size_t)64 << 20)
#define DRAIN_US (120 * (int64_t)US_A_S)
#define LOOK_US (50 * US_A_MS)
#define PROGRAMME_DIR "tests/sim/programme"

int sim_month;

static const char *program;

/* ---- one run ---- */

static void
clock_begin(void)
{
    char day_words[16];
    int32_t day = 0;

    sim_month = (int)chance_between(4, 11);
    (void)snprintf(day_words, sizeof day_words, "2023-%02d-%02d", sim_month,
                   (int)chance_between(1, 28));
    if (day_parse(day_words, &day) != ST_OK) {
        sim_fail("no such day");
    }
    world.wall_ms =
        ((int64_t)day * 24 - 7) * 3600000 + chance_between(0, 24 * 3600 - 1) * 1000;
}

static void
processes_choose(void)
{
    process_start(process_use(PART_INGEST, "a"));
    process_start(process_use(PART_SCORER, "a"));
    process_start(process_use(PART_NOTIFIER, "a"));
    if (chance_of(150)) {
        process_start(process_use(PART_INGEST, "b"));
    }
    if (chance_of(150)) {
        process_start(process_use(PART_SCORER, "b"));
    }
    if (chance_of(150)) {
        process_start(process_use(PART_NOTIFIER, "b"));
    }
}

static void
until_drained(void)
{
    int64_t until_us = world.now_us + DRAIN_US;
    int64_t look_us = 0;

    while (!world.failed) {
        if (world.now_us >= look_us) {
            look_us = world.now_us + LOOK_US;
            if (oracle_undrained() == NULL) {
                return;
            }
        }
        if (!event_next() || world.now_us > until_us) {
            sim_fail("it does not drain: %s", oracle_undrained());
        }
    }
}

static uint64_t transactions; /* of the last run, before the undisturbed one */

static bool
run(uint64_t seed, bool trace)
{
    heap_reset(&heap_world);
    heap_now = &heap_world;
    world_begin(seed, trace);
    clock_begin();
    server_begin(1);
    net_begin();
    processes_begin();
    oracle_begin();
    actors_begin();
    processes_choose();
    faults_begin();
    while (!world.failed && world.now_us < faults_until_us) {
        if (!event_next()) {
            break;
        }
    }
    faults_heal();
    until_drained();
    transactions = server_transactions();
    if (!world.failed) {
        oracle_end();
    }
    if (!world.failed) {
        oracle_replay();
    }
    return !world.failed;
}

static void
failed_say(uint64_t seed)
{
    (void)printf("sim: seed %" PRIu64 " FAILED: %s\n", seed, world.failure);
    (void)printf("sim: again with: %s --seed %" PRIu64 " --trace\n", program, seed);
}

static int
one(uint64_t seed, bool trace)
{
    bool good = run(seed, trace);

    if (!good) {
        failed_say(seed);
        return 1;
    }
    (void)printf("sim: seed %" PRIu64 " holds: %zu reports acknowledged, %" PRIu64
                 " transactions, %" PRIu64 " events, %" PRId64 " ms, digest %016" PRIx64
                 "\n",
                 seed, acked_count, transactions, world.events, world.now_us / US_A_MS,
                 world.digest);
    return 0;
}

/* ---- many ---- */

static double
seconds_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What is asked for. */
struct asked {
    uint64_t from;
    uint64_t count;
    unsigned jobs;
    bool single;
    bool trace;
    bool all;   /* goes on after a failure */
    bool twice; /* each seed twice: the same must come of it */
    const char *list;
};

static bool
holds(const struct asked *q, uint64_t seed)
{
    uint64_t digest;

    if (!run(seed, false)) {
        return false;
    }
    digest = world.digest;
    if (q->twice && run(seed, false) && world.digest != digest) {
        sim_fail("the second time it went another way");
    }
    return !world.failed;
}

/* Every jobs-th seed, beginning with the one of this share. */
static int
share_run(const struct asked *q, unsigned share)
{
    double began = seconds_now();
    double told = began;
    uint64_t done = 0;
    int failures = 0;
    uint64_t i;

    for (i = share; i < q->count; i += q->jobs) {
        double now;

        if (!holds(q, q->from + i)) {
            failures++;
            failed_say(q->from + i);
            (void)fflush(stdout);
            if (!q->all) {
                return 1;
            }
        }
        done++;
        now = seconds_now();
        if (share == 0 && now - told > 10) {
            told = now;
            (void)printf("sim: %" PRIu64 " of %" PRIu64 " seeds, %.0f a second\n",
                         done * q->jobs, q->count,
                         (double)(done * q->jobs) / (now - began));
            (void)fflush(stdout);
        }
    }
    return failures > 0 ? 1 : 0;
}

static int
many(const struct asked *q)
{
    double began = seconds_now();
    int failures = 0;
    unsigned i;

    (void)fflush(stdout);
    for (i = 0; i < q->jobs; i++) {
        pid_t child = fork();

        if (child == 0) {
            int code = share_run(q, i);

            (void)fflush(stdout);
            _exit(code);
        }
        if (child < 0) {
            (void)fprintf(stderr, "sim: cannot fork\n");
            return EX_OSERR;
        }
    }
    for (i = 0; i < q->jobs; i++) {
        int status = 0;

        failures += wait(&status) < 0 || status != 0;
    }
    (void)printf("sim: %" PRIu64 " seeds from %" PRIu64 ": %s, %.1f s, %.0f a second\n",
                 q->count, q->from, failures > 0 ? "FAILED" : "all hold",
                 seconds_now() - began, (double)q->count / (seconds_now() - began));
    return failures > 0 ? 1 : 0;
}

static int
listed(const char *path)
{
    FILE *f = fopen(path, "re");
    char line[256];
    int failures = 0;
    unsigned count = 0;

    if (f == NULL) {
        (void)fprintf(stderr, "sim: cannot open %s\n", path);
        return EX_NOINPUT;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        char *end;
        uint64_t seed = strtoull(line, &end, 10);

        if (end == line) {
            continue;
        }
        count++;
        if (!run(seed, false)) { /* all are run */
            failures++;
            failed_say(seed);
        }
    }
    (void)fclose(f); /* only read */
    (void)printf("sim: %u seeds of %s: %s\n", count, path,
                 failures > 0 ? "FAILED" : "all hold");
    return failures > 0 ? 1 : 0;
}

/* False: not understood. */
static bool
arguments_take(int argc, char **argv, struct asked *q)
{
    int i;

    for (i = 1; i < argc; i++) {
        bool more = i + 1 < argc;

        if (strcmp(argv[i], "--trace") == 0) {
            q->trace = true;
        } else if (strcmp(argv[i], "--all") == 0) {
            q->all = true;
        } else if (strcmp(argv[i], "--twice") == 0) {
            q->twice = true;
        } else if (strcmp(argv[i], "--seed") == 0 && more) {
            q->single = sscanf(argv[++i], "%" SCNu64, &q->from) == 1;
        } else if (strcmp(argv[i], "--seeds") == 0 && more &&
                   sscanf(argv[i + 1], "%" SCNu64 ":%" SCNu64, &q->from, &q->count) ==
                       2) {
            i++;
        } else if (strcmp(argv[i], "--jobs") == 0 && more) {
            q->jobs = (unsigned)strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--list") == 0 && more) {
            q->list = argv[++i];
        } else {
            return false;
        }
    }
    q->jobs = q->jobs == 0 ? 1 : q->jobs;
    return q->single || q->count > 0 || q->list != NULL;
}

int
main(int argc, char **argv)
{
    struct asked q = {.jobs = 1};

    program = argv[0];
    if (!arguments_take(argc, argv, &q)) {
        (void)fprintf(stderr,
                      "usage: %s --seed N [--trace]\n"
                      "       %s [--list FILE] [--seeds FROM:COUNT] [--jobs N] [--all] "
                      "[--twice]\n",
                      argv[0], argv[0]);
        return EX_USAGE;
    }
    heap_make(&heap_lasting, LASTING_ROOM);
    heap_make(&heap_world, WORLD_ROOM);
    world_begin(0, false);
    host_load(PROGRAMME_DIR);
    if (q.single) {
        return one(q.from, q.trace);
    }
    if (q.list != NULL && listed(q.list) != 0) {
        return 1;
    }
    return q.count > 0 ? many(&q) : 0;
}
