/*
 * powercut - preloaded into redis-server: knows how much of each append-only file is on
 * disk, and can end, delay or fail the server at a chosen system call.
 *
 * After each fdatasync or fsync that succeeded, the file's size and inode go into
 * $DONDOC_POWERCUT/<name>.durable (twice 20 digits, written over in place: this process
 * may be killed between any two instructions). tests/faults/cut makes a power cut of
 * it.
 *
 *   DONDOC_POWERCUT=DIR          where the sizes go; without it nothing here acts
 *   DONDOC_POWERCUT_KILL=CALL:K:WHEN
 *                                SIGKILL to itself at the K-th CALL (write fdatasync
 *                                rename ftruncate) on a file of the append-only
 *                                directory; WHEN: before, middle (write: half of it
 *                                goes out), after
 *   DONDOC_POWERCUT_DELAY_US=N   every fdatasync takes so much longer
 *   DONDOC_POWERCUT_EIO=K        the K-th fdatasync fails with EIO. The pages count as
 *                                clean then: what they held is never durable any more,
 *                                whatever a later fdatasync of that inode says
 *                                (<name>.failed)
 *   files DIR/eio, DIR/eio-once  every fdatasync fails so, as long as it is there; the
 *                                next one, which removes it
 *
 * fsync and fdatasync count as one call. Only a process whose argv[0] is redis-server
 * acts, so that the shell and the checker of etc/redis-start may inherit the preload;
 * and dd, which copies doubtful files there: it counts no calls and is not killed. Not
 * thread-safe on purpose: with `appendfsync always` Redis syncs in its main thread.
 */
#define _GNU_SOURCE /* RTLD_NEXT, program_invocation_short_name */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 4096
#define FILES "/appendonlydir/"

enum call { CALL_WRITE, CALL_FDATASYNC, CALL_RENAME, CALL_FTRUNCATE, CALLS };
enum when { BEFORE, MIDDLE, AFTER };

static const char *const call_names[CALLS] = {"write", "fdatasync", "rename",
                                              "ftruncate"};
static const char *const when_names[] = {"before", "middle", "after"};

static struct {
    bool ready;
    const char *dir;
    bool copies;   /* dd */
    int kill_call; /* -1: none */
    enum when kill_when;
    long kill_at;
    long eio_at;
    useconds_t delay_us;
    long counts[CALLS];
} shim;

/* The library's own function. POSIX lets a pointer to an object hold one. */
#define REAL(function)                                                                 \
    static __typeof__(&(function)) real;                                               \
    if (real == NULL) {                                                                \
        *(void **)&real = dlsym(RTLD_NEXT, #function);                                 \
    }

int fdatasync(int fd);
int fsync(int fd);
int ftruncate64(int fd, off64_t size);

static void
kill_read(const char *text)
{
    char call[16];
    char when[16];
    size_t i;

    shim.kill_call = -1;
    if (text == NULL ||
        sscanf(text, "%15[a-z]:%ld:%15[a-z]", call, &shim.kill_at, when) != 3) {
        return;
    }
    for (i = 0; i < CALLS; i++) {
        if (strcmp(call, call_names[i]) == 0) {
            shim.kill_call = (int)i;
        }
    }
    for (i = 0; i < sizeof when_names / sizeof *when_names; i++) {
        if (strcmp(when, when_names[i]) == 0) {
            shim.kill_when = (enum when)i;
        }
    }
}

static bool
acts(void)
{
    const char *text;

    if (!shim.ready) {
        shim.ready = true;
        shim.copies = strcmp(program_invocation_short_name, "dd") == 0;
        if (shim.copies || strcmp(program_invocation_short_name, "redis-server") == 0) {
            shim.dir = getenv("DONDOC_POWERCUT");
        }
        kill_read(shim.copies ? NULL : getenv("DONDOC_POWERCUT_KILL"));
        text = getenv("DONDOC_POWERCUT_DELAY_US");
        shim.delay_us = text == NULL ? 0 : (useconds_t)strtoul(text, NULL, 10);
        text = shim.copies ? NULL : getenv("DONDOC_POWERCUT_EIO");
        shim.eio_at = text == NULL ? 0 : strtol(text, NULL, 10);
    }
    return shim.dir != NULL;
}

/* Path of an open file of the append-only directory; false: another file. */
static bool
path_of(int fd, char path[PATH_BYTES])
{
    char link[64];
    ssize_t len;

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, path, PATH_BYTES - 1);
    if (len <= 0) {
        return false;
    }
    path[len] = '\0';
    return strstr(path, FILES) != NULL;
}

/* Counts a call and dies when it is the one. */
static void
point(enum call call, enum when when)
{
    if (when == BEFORE) {
        shim.counts[call]++;
    }
    if (shim.kill_call == (int)call && shim.kill_when == when &&
        shim.counts[call] == shim.kill_at) {
        (void)kill(getpid(), SIGKILL);
    }
}

static bool
half_wanted(enum call call)
{
    return shim.kill_call == (int)call && shim.kill_when == MIDDLE &&
           shim.counts[call] == shim.kill_at;
}

/* <dir>/<name>.<suffix>, or false. */
static bool
side_path(char side[PATH_BYTES], const char *path, const char *suffix)
{
    return snprintf(side, PATH_BYTES, "%s/%s.%s", shim.dir, strrchr(path, '/') + 1,
                    suffix) < PATH_BYTES;
}

/* Size and inode, as side_write left them; false: nothing there. */
static bool
side_read(const char *path, const char *suffix, long long *size, long long *inode)
{
    char side[PATH_BYTES];
    bool found = false;
    FILE *in = NULL;

    if (side_path(side, path, suffix)) {
        in = fopen(side, "r");
    }
    if (in != NULL) {
        found = fscanf(in, "%lld %lld", size, inode) == 2;
        (void)fclose(in);
    }
    return found;
}

static void
side_write(const char *path, const char *suffix, long long size, long long inode)
{
    char side[PATH_BYTES];
    char digits[48];
    int len;
    int fd;

    if (!side_path(side, path, suffix)) {
        return;
    }
    fd = open(side, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        return;
    }
    len = snprintf(digits, sizeof digits, "%020lld %020lld\n", size, inode);
    if (pwrite(fd, digits, (size_t)len, 0) != len) {
        abort(); /* without the size every later cut would be wrong */
    }
    (void)close(fd);
}

static void
note(const char *path)
{
    char failed[PATH_BYTES];
    long long size;
    long long inode;
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || strstr(path, ".aof") == NULL) {
        return;
    }
    side_write(path, "durable", (long long)st.st_size, (long long)st.st_ino);
    /* A failure of the file that had this name before: its inode may come again. */
    if (side_read(path, "failed", &size, &inode) && inode != (long long)st.st_ino &&
        side_path(failed, path, "failed")) {
        (void)unlink(failed);
    }
}

/* What stood on disk when a sync of this inode failed for the first time; later ones
 * change nothing. */
static void
note_failed(const char *path)
{
    long long durable = 0;
    long long size;
    long long inode;
    struct stat st;

    if (stat(path, &st) != 0 ||
        (side_read(path, "failed", &size, &inode) && inode == (long long)st.st_ino)) {
        return;
    }
    if (side_read(path, "durable", &size, &inode) && inode == (long long)st.st_ino) {
        durable = size;
    }
    side_write(path, "failed", durable, (long long)st.st_ino);
}

/* The disk is bad as long as the one file is there, for one sync with the other. */
static bool
bad_disk(void)
{
    char path[PATH_BYTES];

    return (snprintf(path, PATH_BYTES, "%s/eio", shim.dir) < PATH_BYTES &&
            access(path, F_OK) == 0) ||
           (snprintf(path, PATH_BYTES, "%s/eio-once", shim.dir) < PATH_BYTES &&
            unlink(path) == 0);
}

static int
sync_one(int fd, int (*real)(int))
{
    char path[PATH_BYTES];
    int rc;

    if (!acts() || !path_of(fd, path)) {
        return real(fd);
    }
    point(CALL_FDATASYNC, BEFORE);
    if (shim.delay_us > 0) {
        (void)usleep(shim.delay_us);
    }
    if (shim.counts[CALL_FDATASYNC] == shim.eio_at || bad_disk()) {
        note_failed(path);
        errno = EIO;
        return -1;
    }
    rc = real(fd);
    if (rc == 0) {
        note(path);
    }
    point(CALL_FDATASYNC, AFTER);
    return rc;
}

int
fdatasync(int fd)
{
    REAL(fdatasync)
    return sync_one(fd, real);
}

int
fsync(int fd)
{
    REAL(fsync)
    return sync_one(fd, real);
}

ssize_t
write(int fd, const void *data, size_t bytes)
{
    char path[PATH_BYTES];
    ssize_t done;

    REAL(write)
    if (!acts() || shim.kill_call != CALL_WRITE || !path_of(fd, path)) {
        return real(fd, data, bytes);
    }
    point(CALL_WRITE, BEFORE);
    if (half_wanted(CALL_WRITE)) {
        done = real(fd, data, bytes / 2);
        point(CALL_WRITE, MIDDLE);
        return done;
    }
    done = real(fd, data, bytes);
    point(CALL_WRITE, AFTER);
    return done;
}

int
rename(const char *from, const char *to)
{
    int rc;

    REAL(rename)
    if (!acts()) {
        return real(from, to);
    }
    point(CALL_RENAME, BEFORE);
    rc = real(from, to);
    point(CALL_RENAME, AFTER);
    return rc;
}

int
ftruncate64(int fd, off64_t size)
{
    int rc;

    REAL(ftruncate64)
    if (!acts()) {
        return real(fd, size);
    }
    point(CALL_FTRUNCATE, BEFORE);
    rc = real(fd, size);
    point(CALL_FTRUNCATE, AFTER);
    return rc;
}
