/* Processor time from /proc: of the processes watched, and of everybody else. */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/diag.h"
#include "lib/instant.h"

static struct {
    char name[16];
    long pid;
} watched[USAGE_PROCESSES_MAX + 1];
static size_t watched_count; /* with this process */

void
usage_watch(const char *processes)
{
    const char *at = processes;

    for (watched_count = 0; *at != '\0' && watched_count < USAGE_PROCESSES_MAX;
         watched_count++) {
        int used = 0;

        if (sscanf(at, "%15[a-z]=%ld%n", watched[watched_count].name,
                   &watched[watched_count].pid, &used) != 2) {
            FAIL("processes=\"%s\" remedy=\"write redis=12,ingest=13\"", processes);
        }
        at += used;
        at += *at == ',';
    }
    (void)snprintf(watched[watched_count].name, sizeof watched[0].name, "load");
    watched[watched_count++].pid = (long)getpid();
}

static int64_t
process_ticks(long pid)
{
    char path[64];
    char line[1024];
    const char *behind;
    long long user = 0;
    long long kernel = 0;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    f = fopen(path, "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL) {
        FAIL("process %ld is gone", pid);
    }
    (void)fclose(f);
    behind = strrchr(line, ')'); /* the name may hold anything */
    if (behind == NULL || sscanf(behind + 1,
                                 " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld"
                                 " %lld",
                                 &user, &kernel) != 2) {
        FAIL("%s has another form", path);
    }
    return user + kernel;
}

void
usage_look(struct usage *u)
{
    long long user, nice, system, idle, wait, irq, soft, steal;
    FILE *f = fopen("/proc/stat", "r");
    size_t i;

    if (f == NULL || fscanf(f, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &user,
                            &nice, &system, &idle, &wait, &irq, &soft, &steal) != 8) {
        FAIL("/proc/stat has another form");
    }
    (void)fclose(f);
    u->idle = idle + wait;
    u->steal = steal;
    u->at_us = mono_now().us;
    for (i = 0; i < watched_count; i++) {
        u->own[i] = process_ticks(watched[i].pid);
    }
}

void
usage_write(const struct usage *from, const struct usage *to, FILE *out)
{
    double seconds = (double)(to->at_us - from->at_us) / 1e6;
    double percent = 100.0 / (double)sysconf(_SC_CLK_TCK) / seconds;
    double others = 0;
    size_t i;

    /* What was not idle: the kernel samples who was busy, but measures idleness. */
    others = (double)sysconf(_SC_NPROCESSORS_ONLN) * 100.0 -
             (double)(to->idle - from->idle + to->steal - from->steal) * percent;

    for (i = 0; i < watched_count; i++) {
        double own = (double)(to->own[i] - from->own[i]) * percent;

        others -= own;
        (void)fprintf(out, ",\"cpu_%s_pct\":%.1f", watched[i].name, own);
    }
    (void)fprintf(out, ",\"other_cpu_pct\":%.0f,\"steal_pct\":%.0f",
                  others < 0 ? 0 : others, (double)(to->steal - from->steal) * percent);
}
