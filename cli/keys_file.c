/* The keyring as a file: locked, checked before and after, replaced at once. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/language.h"
#include "lib/calendar.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "lib/z85.h"

#define WHY_BYTES 512
#define PATH_BYTES 4096
#define LOCK_TRIES 100
#define LOCK_PAUSE_NS 50000000
#define BLANKS " \t\r"

/* On the folder and not on the file, which every change puts another one in place of,
 * and which the first one makes. It goes with the process. */
static int
folder_lock(const char *path)
{
    const struct timespec pause = {0, LOCK_PAUSE_NS};
    const char *slash = strrchr(path, '/');
    char folder[PATH_BYTES];
    int fd;

    if (slash == NULL) {
        (void)snprintf(folder, sizeof folder, ".");
    } else {
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash + 1 - path), path);
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        (void)fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return -1;
    }
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return fd;
        }
        (void)nanosleep(&pause, NULL); /* shortened by a signal: fine */
    }
    (void)fprintf(stderr,
                  words("Một lệnh khác đang sửa tệp khóa trong %s; đề nghị chạy lại "
                        "sau.\n",
                        "Another command is changing a keyring in %s; please run this "
                        "again later.\n"),
                  folder);
    (void)close(fd); /* holds nothing */
    return -1;
}

static int
keyring_check(const char *path, const char *text, size_t bytes, struct keyring **out)
{
    char why[WHY_BYTES];

    if (keyring_parse(text, bytes, out, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, why);
        return EXIT_DATA;
    }
    return EXIT_DONE;
}

static int
keyring_load(struct keys_file *f, bool may_miss)
{
    char why[WHY_BYTES];
    struct stat info;
    bool there = stat(f->path, &info) == 0;

    if (may_miss && !there && errno == ENOENT) {
        f->text = mem_copy_text("");
        return keyring_check(f->path, "", 0, &f->ring);
    }
    if (there && (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        (void)fprintf(
            stderr,
            words("%s: người khác ghi được vào tệp này (quyền %03o) nên có thể tự cho "
                  "bất kỳ ai vào; đề nghị chạy: chmod go-w %s, rồi xem lại từng khóa\n",
                  "%s: others may write this file (mode %03o) and so let anybody in; "
                  "please run: chmod go-w %s, then look at its keys\n"),
            f->path, (unsigned)(info.st_mode & 0777), f->path);
        return EXIT_DATA;
    }
    if (there && keyfile_keyring(f->path, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr,
                      words("Không dùng được tệp khóa của máy chủ: %s\n",
                            "The keyring cannot be used: %s\n"),
                      why);
        return EXIT_DATA;
    }
    f->text = options_file_read(f->path, KEYRING_BYTES_MAX, &f->bytes, why, sizeof why);
    if (f->text == NULL) {
        (void)fprintf(stderr,
                      words("Không đọc được tệp khóa của máy chủ: %s\n",
                            "The keyring cannot be read: %s\n"),
                      why);
        return EXIT_DATA;
    }
    return keyring_check(f->path, f->text, f->bytes, &f->ring);
}

int
keys_file_open(struct keys_file *f, const char *path, bool change)
{
    int code;

    *f = (struct keys_file){.path = path, .lock = -1};
    if (change) {
        f->lock = folder_lock(path);
        if (f->lock < 0) {
            return EXIT_AGAIN;
        }
    }
    code = keyring_load(f, change);
    if (code != EXIT_DONE) {
        keys_file_close(f);
    }
    return code;
}

int
keys_file_put(struct keys_file *f, const struct buf *text)
{
    struct keyring *ring = NULL;
    char why[WHY_BYTES];
    int code = keyring_check(f->path, buf_str(text), text->len, &ring);

    if (code == EXIT_DONE &&
        files_replace(f->path, buf_str(text), text->len, why, sizeof why) != ST_OK) {
        (void)fprintf(
            stderr,
            words("Tệp khóa chưa được sửa: %s\n", "The keyring was not changed: %s\n"),
            why);
        code = EXIT_DATA;
    }
    if (code == EXIT_DONE) {
        keyring_free(&f->ring);
        f->ring = ring;
        return code;
    }
    keyring_free(&ring);
    return code;
}

void
keys_file_close(struct keys_file *f)
{
    keyring_free(&f->ring);
    mem_free(&f->text);
    if (f->lock >= 0) {
        (void)close(f->lock); /* gives the lock back */
        f->lock = -1;
    }
}

bool
keys_line(const char **at, const char *end, const char **line, size_t *bytes)
{
    const char *newline;

    if (*at >= end) {
        return false;
    }
    newline = memchr(*at, '\n', (size_t)(end - *at));
    *line = *at;
    *bytes = (size_t)((newline == NULL ? end : newline) - *at);
    *at += *bytes + 1;
    return true;
}

const struct principal *
keys_line_principal(const struct keyring *ring, const char *line, size_t bytes)
{
    char key[Z85_KEY_LEN + 1];

    if (bytes >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3; /* an editor's byte order mark */
        bytes -= 3;
    }
    while (bytes > 0 && strchr(BLANKS, *line) != NULL) {
        line++;
        bytes--;
    }
    if (bytes < Z85_KEY_LEN) {
        return NULL;
    }
    memcpy(key, line, Z85_KEY_LEN);
    key[Z85_KEY_LEN] = '\0';
    return keyring_find(ring, key);
}

int32_t
keys_today(void)
{
    return instant_day(instant_now());
}

void
keys_who(const struct principal *p, struct buf *out)
{
    buf_format(out, "role=%s name=%s", role_name(p->role), p->name);
    for (size_t i = 0; i < p->scope_count; i++) {
        buf_format(out, "%s%s", i == 0 ? " scope=" : ",", p->scope[i]);
    }
    if (p->role == ROLE_UNIT && p->scope_all) {
        buf_text(out, " scope=*");
    }
    if (p->province[0] != '\0') {
        buf_format(out, " province=%s", p->province);
    }
}
