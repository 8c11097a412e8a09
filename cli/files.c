#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/language.h"
#include "lib/disk.h"
#include "lib/mem.h"

#define PATH_BYTES 4096

static enum status
fail(enum status st, const char *path, char *why, size_t why_bytes)
{
    (void)snprintf(why, why_bytes, "%s: %s", path, strerror(errno));
    return st;
}

static enum status
write_new(const char *path, mode_t mode, const char *text, size_t bytes, char *why,
          size_t why_bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool good;

    if (fd < 0) {
        return fail(errno == EEXIST ? ST_STALE : ST_BAD, path, why, why_bytes);
    }
    good = disk_put(fd, text, bytes);
    if (close(fd) != 0 || !good) {
        enum status st = fail(ST_BAD, path, why, why_bytes);

        (void)unlink(path); /* no half file is left; a failure was said */
        return st;
    }
    return ST_OK;
}

enum status
files_new(const char *path, unsigned mode, const char *text, size_t bytes, char *why,
          size_t why_bytes)
{
    enum status st = write_new(path, (mode_t)mode, text, bytes, why, why_bytes);

    if (st == ST_OK) {
        (void)disk_sync_folder(path); /* where that cannot be done the file stays */
    }
    return st;
}

enum status
files_replace(const char *path, const char *text, size_t bytes, char *why,
              size_t why_bytes)
{
    char fresh[PATH_BYTES];
    struct stat info;
    bool was = stat(path, &info) == 0;
    enum status st;

    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
        (void)snprintf(why, why_bytes,
                       words("%s là một liên kết; đề nghị ghi tên tệp thật",
                             "%s is a link; please name the file itself"),
                       path);
        return ST_BAD;
    }
    if ((size_t)snprintf(fresh, sizeof fresh, "%s.new", path) >= sizeof fresh) {
        errno = ENAMETOOLONG;
        return fail(ST_BAD, path, why, why_bytes);
    }
    st = write_new(fresh, was ? info.st_mode & 07777 : 0644, text, bytes, why,
                   why_bytes);
    if (st == ST_STALE) {
        (void)snprintf(
            why, why_bytes,
            words("%s đang có: một lệnh khác đang sửa tệp; nếu không có lệnh "
                  "nào đang chạy thì xóa tệp này rồi chạy lại",
                  "%s is there: another command is changing the file; if none "
                  "is running, remove it and run this again"),
            fresh);
        return ST_AGAIN;
    }
    if (st != ST_OK) {
        return st;
    }
    if (was) {
        /* Root may keep the owner; for others it is theirs already, or cannot be. */
        if (chown(fresh, info.st_uid, info.st_gid) != 0) {
            errno = 0;
        }
        (void)chmod(fresh, info.st_mode & 07777); /* the umask may have cut it */
    }
    if (rename(fresh, path) != 0) {
        st = fail(ST_BAD, path, why, why_bytes);
        (void)unlink(fresh);
        return st;
    }
    (void)disk_sync_folder(path); /* as above */
    return ST_OK;
}

enum status
files_folder(const char *path, char *why, size_t why_bytes)
{
    char *copy = mem_copy_text(path);
    struct stat info;
    enum status st = ST_OK;

    for (char *at = copy + 1; st == ST_OK; at++) {
        char was = *at;

        if (was != '/' && was != '\0') {
            continue;
        }
        *at = '\0';
        if (mkdir(copy, 0700) == 0) {
            (void)disk_sync_folder(copy); /* as above */
        } else if ((errno != EEXIST || stat(copy, &info) != 0 ||
                    !S_ISDIR(info.st_mode))) {
            st = fail(ST_BAD, copy, why, why_bytes);
        }
        *at = was;
        if (was == '\0') {
            break;
        }
    }
    mem_free(&copy);
    return st;
}
