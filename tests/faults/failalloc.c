/*
 * failalloc - preloaded into one process: its n-th request for memory finds none, and
 * so do all after it when DONDOC_FAILALLOC_LAST is not set (a machine that stays full).
 *
 * DONDOC_FAILALLOC_AT=N      the first request that fails, from 1
 * DONDOC_FAILALLOC_LAST=M    the last one that fails
 * DONDOC_FAILALLOC_FILE      a file that is made when one failed: the test knows it was
 * hit
 *
 * DONDOC_FAILALLOC_THREADS=1 no thread can be begun
 *
 * Requests of libraries count, too: what they do without memory is ours to survive.
 * Nobody sleeps whole seconds meanwhile: a service that ends waits one, so that a
 * restart loop does not spin.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static atomic_ulong asked;
static unsigned long fail_at;
static unsigned long fail_last;
static const char *hit_file;
static atomic_bool hit;

/* dlsym itself may ask before the real functions are known. */
static _Alignas(16) char early[65536];
static size_t early_used;

static void *
early_take(size_t bytes)
{
    size_t at = early_used;

    early_used += (bytes + 15) & ~(size_t)15;
    return early_used <= sizeof early ? early + at : NULL;
}

__attribute__((constructor)) static void
failalloc_open(void)
{
    const char *at = getenv("DONDOC_FAILALLOC_AT");
    const char *last = getenv("DONDOC_FAILALLOC_LAST");

    *(void **)&real_calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
    hit_file = getenv("DONDOC_FAILALLOC_FILE");
    fail_last = last == NULL ? (unsigned long)-1 : strtoul(last, NULL, 10);
    fail_at = at == NULL ? 0 : strtoul(at, NULL, 10);
}

static int
fails(void)
{
    unsigned long n;

    if (fail_at == 0) {
        return 0;
    }
    n = atomic_fetch_add(&asked, 1) + 1;
    if (n < fail_at || n > fail_last) {
        return 0;
    }
    if (!atomic_exchange(&hit, 1) && hit_file != NULL) {
        int fd = open(hit_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        if (fd >= 0) {
            (void)close(fd);
        }
    }
    errno = ENOMEM;
    return 1;
}

void *
malloc(size_t bytes)
{
    if (real_malloc == NULL) {
        return early_take(bytes);
    }
    return fails() ? NULL : real_malloc(bytes);
}

void *
calloc(size_t count, size_t bytes)
{
    if (real_calloc == NULL) {
        return early_take(count * bytes);
    }
    return fails() ? NULL : real_calloc(count, bytes);
}

void *
realloc(void *p, size_t bytes)
{
    return fails() ? NULL : real_realloc(p, bytes);
}

void
free(void *p)
{
    static void (*real_free)(void *);

    if ((char *)p >= early && (char *)p < early + sizeof early) {
        return;
    }
    if (real_free == NULL) {
        *(void **)&real_free = dlsym(RTLD_NEXT, "free");
    }
    real_free(p);
}

int
pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict how,
               void *(*begin)(void *), void *restrict context)
{
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

    if (getenv("DONDOC_FAILALLOC_THREADS") != NULL) {
        return EAGAIN;
    }
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    }
    return real(thread, how, begin, context);
}

unsigned
sleep(unsigned seconds)
{
    (void)seconds;
    return 0;
}
