/*
 * score - how fast facts become verdicts, in memory: no Redis, no socket, no disk.
 *
 *   score [--rounds N] [--only NAME] [--digest] [--programmes DIR] [--out FILE]
 *
 * The five shipped provinces, their units and targets, five years of monthly reports
 * of every unit in every group that is its own. All figures are SYNTHETIC, from a
 * seed. bench/README.md says what each line is.
 */
#include "bench/score.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/conf.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/sums.h"

#define EXIT_USAGE 64
#define ROUNDS_MAX 99
#define SEED 20250630u
#define REPORTS_A_PUSH 64u
#define PATH_BYTES 512
#define NS_A_SECOND 1e9
#define ARGUMENTS_MAX 16
#define PROVINCES (sizeof slugs / sizeof *slugs)
#define MEASUREMENTS (sizeof measurements / sizeof *measurements)

static const char *const slugs[] = {"tien-giang", "quang-ngai", "chuong-trinh-002",
                                    "tay-ninh", "bac-kan"};

static const struct conf_setting settings[] = {
    {"rounds", CONF_INT, "7", 1, ROUNDS_MAX, "how often each is measured"},
    {"only", CONF_TEXT, "", 0, 0, "one measurement, by its name in the table"},
    {"digest", CONF_SWITCH, NULL, 0, 0,
     "also a number over everything that would be written (times mean nothing then)"},
    {"programmes", CONF_TEXT, "programmes", 0, 0, "folder of the programmes"},
    {"out", CONF_TEXT, "", 0, 0, "file for the result as JSON"},
};

static struct province provinces[PROVINCES];
static struct facts *filled[PROVINCES];

enum how { VERDICTS, WHOLES, BATCH, ENTRIES };

struct measurement {
    const char *name;
    enum how how;
    size_t reports_an_entry;
    const char *count; /* what is counted, */
    const char *more;  /* and what else */
    size_t rounds;
    struct work work[ROUNDS_MAX];
};

static struct measurement measurements[] = {
    {.name = "verdicts", .how = VERDICTS, .count = "verdicts", .more = "judged"},
    {.name = "wholes", .how = WHOLES, .count = "wholes", .more = "units"},
    {.name = "recompute", .how = BATCH, .count = "reports", .more = "effects"},
    {.name = "entries64",
     .how = ENTRIES,
     .reports_an_entry = REPORTS_A_PUSH,
     .count = "reports",
     .more = "effects"},
    {.name = "entries1",
     .how = ENTRIES,
     .reports_an_entry = 1,
     .count = "reports",
     .more = "effects"},
};

/* ---- memory ---- */

static size_t
resident_bytes(void)
{
    unsigned long long total;
    unsigned long long resident;
    FILE *f = fopen("/proc/self/statm", "r");

    if (f == NULL || fscanf(f, "%llu %llu", &total, &resident) != 2) {
        FAIL("/proc/self/statm has another form");
    }
    (void)fclose(f);
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t
heap_bytes(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.uordblks + m.hblkhd;
}

struct memory {
    size_t heap;     /* asked for and not given back, as the allocator counts */
    size_t resident; /* pages that the process has */
    size_t sums;     /* of the heap, beside: with all wholes of all windows kept */
    size_t unit_years;
    size_t reports;
};

static void
facts_fill(struct memory *m)
{
    size_t resident = resident_bytes();
    size_t heap = heap_bytes();
    size_t i;

    memset(m, 0, sizeof *m);
    for (i = 0; i < PROVINCES; i++) {
        filled[i] = province_facts(&provinces[i]);
        m->unit_years += provinces[i].unit_years;
        m->reports += provinces[i].report_count;
    }
    m->heap = heap_bytes() - heap;
    m->resident = resident_bytes() - resident;
    for (i = 0; i < PROVINCES; i++) {
        struct facts *f = province_facts(&provinces[i]);
        struct work work = {0};

        heap = heap_bytes();
        sums_keep(provinces[i].catalogue, f);
        wholes_run(&provinces[i], f, &work);
        m->sums += heap_bytes() - heap;
        facts_free(&f);
    }
}

/* ---- who else is there ---- */

/* Processor time of everybody in ticks, idle apart. */
static long long
busy_ticks(void)
{
    long long user, nice, system, idle, wait, irq, soft, steal;
    FILE *f = fopen("/proc/stat", "r");

    if (f == NULL || fscanf(f, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &user,
                            &nice, &system, &idle, &wait, &irq, &soft, &steal) != 8) {
        FAIL("/proc/stat has another form");
    }
    (void)fclose(f);
    return user + nice + system + irq + soft;
}

struct others {
    long long busy;
    struct mono at;
    clock_t own;
    double percent; /* of one processor */
};

static void
others_begin(struct others *o)
{
    o->busy = busy_ticks();
    o->at = mono_now();
    o->own = clock();
}

static void
others_end(struct others *o)
{
    double seconds = (double)mono_since_us(o->at) / 1e6;
    double all = (double)(busy_ticks() - o->busy) / (double)sysconf(_SC_CLK_TCK);
    double own = (double)(clock() - o->own) / (double)CLOCKS_PER_SEC;

    o->percent = all > own ? 100 * (all - own) / seconds : 0;
}

/* ---- rounds ---- */

static void
round_run(struct measurement *m, bool digest)
{
    struct work *w = &m->work[m->rounds++];
    size_t i;

    memset(w, 0, sizeof *w);
    for (i = 0; i < PROVINCES; i++) {
        switch (m->how) {
        case VERDICTS:
            verdicts_run(&provinces[i], filled[i], w);
            break;
        case WHOLES:
            wholes_run(&provinces[i], filled[i], w);
            break;
        case BATCH:
            batch_run(&provinces[i], digest, w);
            break;
        case ENTRIES:
            province_seal(&provinces[i], m->reports_an_entry);
            entries_run(&provinces[i], digest, w);
            break;
        }
    }
}

static int
number_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

struct spread {
    double low; /* seconds */
    double median;
    double high;
};

static struct spread
spread_of(const struct measurement *m, bool cpu)
{
    int64_t sorted[ROUNDS_MAX] = {0};
    size_t low = (m->rounds - 1) / 2; /* the two in the middle, or one */
    size_t high = m->rounds / 2;
    size_t i;

    for (i = 0; i < m->rounds; i++) {
        sorted[i] = cpu ? m->work[i].cpu_ns : m->work[i].wall_ns;
    }
    qsort(sorted, m->rounds, sizeof *sorted, number_order);
    return (struct spread){(double)sorted[0] / NS_A_SECOND,
                           (double)(sorted[low] + sorted[high]) / 2 / NS_A_SECOND,
                           (double)sorted[m->rounds - 1] / NS_A_SECOND};
}

static void
table_print(const struct memory *mem, const struct others *others, bool digest)
{
    double unit_years = (double)mem->unit_years;
    size_t i;

    printf("SYNTHETIC figures, seed %u, for %zu shipped programmes: each unit, each "
           "group of it,\neach month of %d years: %zu reports of %zu unit-years. One "
           "core; others used %.0f %% of one.\n\n",
           SEED, PROVINCES, SCORE_YEARS, mem->reports, mem->unit_years,
           others->percent);
    printf("%-10s %16s %18s  %-17s   %-17s  %9s\n", "", "", "", "   CPU s", "  wall s",
           "a CPU s");
    for (i = 0; i < MEASUREMENTS; i++) {
        const struct measurement *m = &measurements[i];
        const struct work *w = &m->work[0];
        struct spread cpu;
        struct spread wall;

        if (m->rounds == 0) {
            continue;
        }
        cpu = spread_of(m, true);
        wall = spread_of(m, false);
        printf("%-10s %7" PRIu64 " %-8s %7" PRIu64
               " %-10s %6.3f [%.2f–%.2f]  %6.3f [%.2f–%.2f] %10.0f\n",
               m->name, w->count, m->count, w->more, m->more, cpu.median, cpu.low,
               cpu.high, wall.median, wall.low, wall.high,
               (double)w->count / cpu.median);
        if (digest && w->digest != 0) {
            printf("%-10s digest %016" PRIx64 ", %" PRIu64 " alert messages\n", "",
                   w->digest, w->alerts);
        }
    }
    printf("\nfacts: %.0f bytes a unit-year, %.0f a report (heap in use; resident "
           "%.0f a unit-year);\nsums of all wholes kept beside them: %.0f a "
           "unit-year\n",
           (double)mem->heap / unit_years, (double)mem->heap / (double)mem->reports,
           (double)mem->resident / unit_years, (double)mem->sums / unit_years);
}

static void
json_measurement(FILE *f, const struct measurement *m)
{
    struct spread cpu = spread_of(m, true);
    struct spread wall = spread_of(m, false);

    (void)fprintf(f,
                  ",\n \"%s\":{\"rounds\":%zu,\"%s\":%" PRIu64 ",\"%s\":%" PRIu64
                  ",\"cpu_s\":[%.4f,%.4f,%.4f],\"wall_s\":[%.4f,%.4f,%.4f],"
                  "\"a_cpu_second\":%.0f}",
                  m->name, m->rounds, m->count, m->work[0].count, m->more,
                  m->work[0].more, cpu.low, cpu.median, cpu.high, wall.low, wall.median,
                  wall.high, (double)m->work[0].count / cpu.median);
}

static void
json_write(const struct memory *mem, const struct others *others, const char *path)
{
    double unit_years = (double)mem->unit_years;
    FILE *f = fopen(path, "w");
    size_t i;

    if (f == NULL) {
        FAIL("file=%s cannot be written", path);
    }
    (void)fprintf(f,
                  "{\"what\":\"score\",\"figures\":\"synthetic\",\"seed\":%u,"
                  "\"programmes\":%zu,\"years\":%d,\"reports\":%zu,"
                  "\"unit_years\":%zu,\n \"facts_bytes_a_unit_year\":%.0f,"
                  "\"resident_bytes_a_unit_year\":%.0f,"
                  "\"sums_bytes_a_unit_year\":%.0f,\"other_cpu_pct\":%.0f",
                  SEED, PROVINCES, SCORE_YEARS, mem->reports, mem->unit_years,
                  (double)mem->heap / unit_years, (double)mem->resident / unit_years,
                  (double)mem->sums / unit_years, others->percent);
    for (i = 0; i < MEASUREMENTS; i++) {
        if (measurements[i].rounds > 0) {
            json_measurement(f, &measurements[i]);
        }
    }
    (void)fprintf(f, "}\n");
    if (fclose(f) != 0) {
        FAIL("file=%s cannot be written", path);
    }
}

static void
rounds_run(long rounds, const char *only, bool digest)
{
    long round;
    size_t i;

    for (round = 0; round < rounds; round++) {
        for (i = 0; i < MEASUREMENTS; i++) {
            if (only[0] == '\0' || strcmp(only, measurements[i].name) == 0) {
                round_run(&measurements[i], digest);
            }
        }
    }
}

int
main(int argc, char **argv)
{
    struct conf *conf = conf_new(settings, sizeof settings / sizeof *settings);
    struct memory mem;
    struct others others;
    char *rest[ARGUMENTS_MAX];
    char why[256];
    int left = 0;
    bool digest;
    size_t i;

    diag_init("bench");
    crypto_init();
    if (argc > ARGUMENTS_MAX ||
        conf_flags(conf, argc - 1, argv + 1, rest, &left, why, sizeof why) != ST_OK ||
        left != 0) {
        diag_fatal(EXIT_USAGE, "usage", "score [--rounds N] [--only NAME] [--digest]");
    }
    digest = conf_switch(conf, "digest");
    for (i = 0; i < PROVINCES; i++) {
        char folder[PATH_BYTES];

        (void)snprintf(folder, sizeof folder, "%s/%s", conf_text(conf, "programmes"),
                       slugs[i]);
        province_fill(&provinces[i], folder, slugs[i], SEED + i);
    }
    facts_fill(&mem);
    others_begin(&others);
    rounds_run(conf_int(conf, "rounds"), conf_text(conf, "only"), digest);
    others_end(&others);
    table_print(&mem, &others, digest);
    if (conf_text(conf, "out")[0] != '\0') {
        json_write(&mem, &others, conf_text(conf, "out"));
    }
    for (i = 0; i < PROVINCES; i++) {
        facts_free(&filled[i]);
        province_fini(&provinces[i]);
    }
    conf_free(&conf);
    return 0;
}
