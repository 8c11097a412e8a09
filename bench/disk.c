/* The floor under every acknowledgement: 4 KiB appended to a file, fdatasync, again. */
#include "bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/stats.h"

#define APPEND_BYTES 4096
#define DISK_US 2000000

void
disk_run(const struct conf *conf, FILE *out)
{
    static char bytes[APPEND_BYTES];
    struct stats *sync_us = mem_alloc(sizeof *sync_us);
    struct usage before, after;
    char path[512];
    struct mono began;
    int fd;

    (void)snprintf(path, sizeof path, "%s/disk.tmp", conf_text(conf, "dir"));
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) {
        FAIL("file=%s why=\"%s\"", path, strerror(errno));
    }
    memset(bytes, 'd', sizeof bytes);
    usage_look(&before);
    began = mono_now();
    while (mono_since_us(began) < DISK_US) {
        struct mono one = mono_now();

        if (write(fd, bytes, sizeof bytes) != (ssize_t)sizeof bytes ||
            fdatasync(fd) != 0) {
            FAIL("file=%s why=\"%s\"", path, strerror(errno));
        }
        stats_add(sync_us, mono_since_us(one));
    }
    usage_look(&after);
    (void)close(fd);
    (void)unlink(path);
    (void)fprintf(out,
                  "{\"what\":\"disk 4 KiB\",\"per_s\":%.0f,\"sync_p50_us\":%" PRId64
                  ",\"sync_p99_us\":%" PRId64,
                  (double)sync_us->count * 1e6 / DISK_US, stats_per_mille(sync_us, 500),
                  stats_per_mille(sync_us, 990));
    usage_write(&before, &after, out);
    (void)fputs("}\n", out);
    mem_free(&sync_us);
}
