/* The files of the outbox: written, synced, named, listed. */
#define _GNU_SOURCE /* syncfs */
#include "cli/outbox_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/disk.h"
#include "lib/fault.h"

#define DIGITS 10
/* A sync of each file costs a slow disk some 10 ms; one of the whole file system costs
 * about as much as a few of them, however many files were written. */
#define SYNC_EACH_MAX 16

enum status
outbox_fail(const struct outbox *b, const char *name, char *why, size_t why_bytes)
{
    (void)snprintf(why, why_bytes, "%s/%s: %s", b->dir, name, strerror(errno));
    return ST_BAD;
}

void
outbox_name(uint64_t number, char out[OUTBOX_NAME_BYTES])
{
    (void)snprintf(out, OUTBOX_NAME_BYTES, "%0*" PRIu64 ".json", DIGITS, number);
}

static void
new_name(uint64_t number, char out[OUTBOX_NAME_BYTES])
{
    (void)snprintf(out, OUTBOX_NAME_BYTES, "%0*" PRIu64 ".json.new", DIGITS, number);
}

enum status
outbox_folder(struct outbox *b, const char *name, int *folder, char *why,
              size_t why_bytes)
{
    if (*folder >= 0) {
        return ST_OK;
    }
    if ((mkdirat(b->folder, name, 0700) == 0 && fsync(b->folder) == 0) ||
        errno == EEXIST) {
        *folder = openat(b->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    return *folder < 0 ? outbox_fail(b, name, why, why_bytes) : ST_OK;
}

static const char *
folder_name(const struct outbox *b, int folder)
{
    return folder == b->folder ? "" : folder == b->kept_folder ? "kept" : "refused";
}

/* --- writing --- */

/* A file of our own: what stands there under the name, a link perhaps, is not written
 * to. */
static int
file_new(int folder, const char *name)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int fd = openat(folder, name, flags, S_IRUSR | S_IWUSR);

    if (fd < 0 && errno == EEXIST && unlinkat(folder, name, 0) == 0) {
        fd = openat(folder, name, flags, S_IRUSR | S_IWUSR);
    }
    return fd;
}

static bool
file_write(int folder, const char *name, const char *text, size_t bytes, bool sync)
{
    int fd = file_new(folder, name);
    bool good;

    if (fd < 0) {
        return false;
    }
    good = sync ? disk_put(fd, text, bytes) : disk_write(fd, text, bytes);
    return close(fd) == 0 && good;
}

static bool
batch_write(const struct outbox *b, int folder, struct planned *const *items,
            size_t count)
{
    bool each = count <= SYNC_EACH_MAX;
    bool good = true;
    struct buf text;

    buf_init(&text, OUTBOX_ITEM_BYTES);
    for (size_t i = 0; good && i < count; i++) {
        char name[OUTBOX_NAME_BYTES];

        new_name(items[i]->number, name);
        buf_clear(&text);
        outbox_item_write(items[i], b->province, &text);
        if (text.cut) {
            errno = EFBIG;
            good = false;
        } else {
            good = file_write(folder, name, buf_str(&text), text.len, each);
        }
    }
    buf_fini(&text);
    if (folder == b->folder) {
        FAULT("push.u1_appended");
    }
    return good && (each || syncfs(folder) == 0);
}

static bool
batch_name(int folder, struct planned *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char fresh[OUTBOX_NAME_BYTES];
        char name[OUTBOX_NAME_BYTES];

        new_name(items[i]->number, fresh);
        outbox_name(items[i]->number, name);
        if (renameat(folder, fresh, folder, name) != 0) {
            return false;
        }
    }
    return fsync(folder) == 0;
}

enum status
outbox_put(struct outbox *b, int folder, struct planned *const *items, size_t count,
           char *why, size_t why_bytes)
{
    enum status st;

    if (count == 0 ||
        (batch_write(b, folder, items, count) && batch_name(folder, items, count))) {
        return ST_OK;
    }
    st = outbox_fail(b, folder_name(b, folder), why, why_bytes);
    for (size_t i = 0; i < count; i++) {
        char fresh[OUTBOX_NAME_BYTES];

        new_name(items[i]->number, fresh);
        (void)unlinkat(folder, fresh, 0); /* else the next run removes it */
    }
    return st;
}

enum status
outbox_put_text(struct outbox *b, const char *name, const char *text, size_t bytes,
                char *why, size_t why_bytes)
{
    char fresh[OUTBOX_NAME_BYTES];

    (void)snprintf(fresh, sizeof fresh, "%s.new", name);
    if (!file_write(b->folder, fresh, text, bytes, true) ||
        renameat(b->folder, fresh, b->folder, name) != 0 || fsync(b->folder) != 0) {
        return outbox_fail(b, name, why, why_bytes);
    }
    return ST_OK;
}

/* --- reading --- */

char *
outbox_get(int folder, const char *name, size_t max, size_t *bytes)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    char *text;
    size_t len = 0;
    ssize_t got = 1;

    if (fd < 0) {
        return NULL;
    }
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
        (uintmax_t)info.st_size > max) {
        (void)close(fd); /* only read */
        errno = EFBIG;
        return NULL;
    }
    text = mem_alloc((size_t)info.st_size + 1);
    while (len < (size_t)info.st_size && got != 0) {
        got = read(fd, text + len, (size_t)info.st_size - len);
        if (got < 0 && errno != EINTR) {
            mem_free(&text);
            break;
        }
        len += got > 0 ? (size_t)got : 0;
    }
    (void)close(fd); /* only read */
    *bytes = len;
    return text;
}

/* Every name that begins with a number of ours takes that number, also NAME.bad. */
static bool
number_parse(const char *name, uint64_t *next, uint64_t *out)
{
    if (strspn(name, "0123456789") != DIGITS ||
        strncmp(name + DIGITS, ".json", 5) != 0) {
        return false;
    }
    *out = strtoull(name, NULL, 10);
    *next = *out >= *next ? *out + 1 : *next;
    return name[DIGITS + 5] == '\0';
}

static int
number_compare(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Never finished, so never sent. */
static bool
unfinished(const char *name)
{
    size_t len = strlen(name);

    return len > 4 && strcmp(name + len - 4, ".new") == 0;
}

enum status
outbox_list(struct outbox *b, int folder, uint64_t **numbers, size_t *count, char *why,
            size_t why_bytes)
{
    /* (a descriptor of its own: closedir closes the one that it reads) */
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    size_t room = 0;

    *numbers = NULL;
    *count = 0;
    if (list == NULL) {
        return outbox_fail(b, folder_name(b, folder), why, why_bytes);
    }
    while ((entry = readdir(list)) != NULL) {
        uint64_t number;

        if (unfinished(entry->d_name)) {
            (void)unlinkat(folder, entry->d_name, 0); /* or by the next run */
        } else if (number_parse(entry->d_name, &b->next, &number)) {
            mem_array_room((void **)numbers, *count, &room, sizeof **numbers);
            (*numbers)[(*count)++] = number;
        }
    }
    (void)closedir(list); /* only read */
    if (*count > 0) {
        qsort(*numbers, *count, sizeof **numbers, number_compare);
    }
    return ST_OK;
}
