/*
 * clockshift - preloaded into one process: its wall clock is shifted, its monotonic one
 * is not, as after a wrong hand on the clock of one machine.
 *
 * DONDOC_CLOCK_SHIFT_FILE names a file of eight bytes, an int64_t of milliseconds in
 * this machine's order. It is mapped, so whoever writes it moves the clock while the
 * process runs, also in the middle of a batch.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BILLION 1000000000

static int (*real_gettime)(clockid_t, struct timespec *);
static const volatile int64_t *shift_ms;

/* An allocator may ask for the time before any constructor ran. */
static int
gettime(clockid_t clock, struct timespec *ts)
{
    if (real_gettime == NULL) {
        *(void **)&real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    }
    return real_gettime(clock, ts);
}

__attribute__((constructor)) static void
clockshift_open(void)
{
    const char *path = getenv("DONDOC_CLOCK_SHIFT_FILE");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    void *at = MAP_FAILED;

    if (fd >= 0) {
        at = mmap(NULL, sizeof *shift_ms, PROT_READ, MAP_SHARED, fd, 0);
        (void)close(fd);
    }
    if (at == MAP_FAILED) {
        _exit(126); /* a test that shifts nothing would prove nothing */
    }
    shift_ms = at;
}

static void
clockshift_now(struct timespec *ts)
{
    int64_t ns;

    (void)gettime(CLOCK_REALTIME, ts);
    ns = ((int64_t)ts->tv_sec * 1000 + (shift_ms == NULL ? 0 : *shift_ms)) * 1000000 +
         ts->tv_nsec;
    ts->tv_sec = ns / BILLION;
    ts->tv_nsec = ns % BILLION;
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
        clockshift_now(ts);
        return 0;
    }
    return gettime(clock, ts);
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    struct timespec ts;

    (void)zone;
    clockshift_now(&ts);
    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;
    return 0;
}

time_t
time(time_t *out)
{
    struct timespec ts;

    clockshift_now(&ts);
    if (out != NULL) {
        *out = ts.tv_sec;
    }
    return ts.tv_sec;
}
