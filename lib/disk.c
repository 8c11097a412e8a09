#include "lib/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096

bool
disk_write(int fd, const char *text, size_t bytes)
{
    while (bytes > 0) {
        ssize_t put = write(fd, text, bytes);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        text += put;
        bytes -= (size_t)put;
    }
    return true;
}

bool
disk_put(int fd, const char *text, size_t bytes)
{
    return disk_write(fd, text, bytes) && fsync(fd) == 0;
}

bool
disk_sync_folder(const char *path)
{
    char folder[PATH_BYTES];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    bool done;
    int fd;

    if (len >= sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(folder, path, len);
    folder[len] = '\0';
    fd = open(slash == NULL ? "."
              : len == 0    ? "/"
                            : folder,
              O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    done = fsync(fd) == 0;
    (void)close(fd); /* only read */
    return done;
}
