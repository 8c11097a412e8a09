/* Writing segments: as NAME.new, synced, renamed, and the directory synced. */
#include "lib/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/archive_private.h"
#include "lib/diag.h"
#include "lib/mem.h"

#define LOCK_NAME "lock"
#define NEW_NAME "segment.new"
#define SMALL_BYTES_MAX (16u << 20)
#define KIND_LETTERS "abcdefghijklmnopqrstuvwxyz-"

static enum status
failed(struct archive *a, const char *path)
{
    return archive_damaged(a, ARCHIVE_UNREADABLE, path, 0, 0);
}

static void
path_make(const char *dir, const char *name, char out[ARCHIVE_PATH_BYTES])
{
    MUST(snprintf(out, ARCHIVE_PATH_BYTES, "%s/%s", dir, name) < ARCHIVE_PATH_BYTES);
}

/* A new file in the place of whatever stands there under this name: half a file of
 * before, or a link or a FIFO that somebody else put there, which is not followed. */
static FILE *
file_new(const char *path)
{
    FILE *f = NULL;
    int fd;

    (void)unlink(path); /* what cannot be taken away is in the way of O_EXCL */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) {
        f = fdopen(fd, "wb");
    }
    if (fd >= 0 && f == NULL) {
        (void)close(fd); /* nothing was written; fdopen said why */
    }
    return f;
}

static enum status
folder_sync(struct archive *a, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status st = ST_OK;

    if (fd < 0 || fsync(fd) != 0) {
        st = failed(a, path);
    }
    if (fd >= 0) {
        (void)close(fd); /* nothing was written through it */
    }
    return st;
}

enum status
archive_lock(struct archive *a, const char *dir, const char *province, int *fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char path[ARCHIVE_PATH_BYTES];
    struct stat is;
    enum status st = archive_open(a, dir, province);

    if (stat(dir, &is) != 0 || !S_ISDIR(is.st_mode)) {
        return ST_GONE;
    }
    if (st != ST_OK) {
        return st;
    }
    if (mkdir(a->dir, 0750) == 0) {
        st = folder_sync(a, dir);
    } else if (errno != EEXIST) {
        st = failed(a, a->dir);
    }
    if (st != ST_OK) {
        return st;
    }
    path_make(a->dir, LOCK_NAME, path);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (*fd < 0) {
        return failed(a, path);
    }
    if (fcntl(*fd, F_SETLK, &whole) != 0) {
        st = errno == EACCES || errno == EAGAIN ? ST_STALE : failed(a, path);
        (void)close(*fd); /* not ours */
        return st;
    }
    /* The list was read before the lock was ours. */
    return archive_again(a);
}

/* --- segments --- */

void
archive_writer_init(struct archive_writer *w, struct archive *a, uint64_t after,
                    const char *chain)
{
    memset(w, 0, sizeof *w);
    w->archive = a;
    w->last = after;
    (void)snprintf(w->chain, sizeof w->chain, "%s", chain);
}

static enum status
segment_begin(struct archive_writer *w)
{
    char path[ARCHIVE_PATH_BYTES];

    path_make(w->archive->dir, NEW_NAME, path);
    w->file = file_new(path);
    if (w->file == NULL) {
        return failed(w->archive, path);
    }
    w->first = w->last + 1;
    w->bytes = 0;
    if (fprintf(w->file, "dondoc-journal 1 %s %" PRIu64 " %s\n", w->archive->province,
                w->first, w->chain[0] == '\0' ? "-" : w->chain) < 0) {
        return failed(w->archive, path);
    }
    return ST_OK;
}

/* From here on it is there for good: what is not whole keeps another name. */
static enum status
segment_end(struct archive_writer *w)
{
    struct archive *a = w->archive;
    struct archive_segment s = {w->first, w->last};
    char from[ARCHIVE_PATH_BYTES];
    char to[ARCHIVE_PATH_BYTES];
    FILE *f = w->file;
    bool good;

    path_make(a->dir, NEW_NAME, from);
    archive_path(a, &s, to);
    w->file = NULL;
    /* (a write that failed before may have left a piece) */
    good = ferror(f) == 0 &&
           fprintf(f, "end %" PRIu64 " %s %" PRIu64 "\n", w->last, w->chain,
                   w->last - w->first + 1) > 0 &&
           fflush(f) == 0 && fsync(fileno(f)) == 0;
    if (fclose(f) != 0 || !good) {
        return failed(a, from);
    }
    if (rename(from, to) != 0) {
        return failed(a, to);
    }
    return folder_sync(a, a->dir) == ST_OK ? archive_again(a) : ST_AGAIN;
}

/* Only what can be read back and restored: a word for its kind and a body. */
static bool
entry_fits(const struct archive_writer *w, const struct journal_entry *e)
{
    size_t len = strlen(e->kind_word);

    return e->seq == w->last + 1 && len > 0 && len <= 32 &&
           strspn(e->kind_word, KIND_LETTERS) == len &&
           e->kind == journal_kind_parse(e->kind_word, len) &&
           e->body_bytes <= JOURNAL_PROGRAMME_MAX &&
           strlen(e->chain) == JOURNAL_CHAIN_BYTES - 1 &&
           journal_entry_follows(e, w->chain);
}

enum status
archive_add(struct archive_writer *w, const struct journal_entry *entry)
{
    enum status st = ST_OK;
    int head;

    if (!entry_fits(w, entry)) {
        return ST_BAD;
    }
    if (w->file != NULL && (w->bytes > ARCHIVE_SEGMENT_BYTES ||
                            w->last - w->first + 1 >= ARCHIVE_SEGMENT_ENTRIES)) {
        st = segment_end(w);
    }
    if (st == ST_OK && w->file == NULL) {
        st = segment_begin(w);
    }
    if (st != ST_OK) {
        return st;
    }
    head = fprintf(w->file, "entry %" PRIu64 " %s %zu %s\n", entry->seq,
                   entry->kind_word, entry->body_bytes, entry->chain);
    if (head < 0 ||
        fwrite(entry->body, 1, entry->body_bytes, w->file) != entry->body_bytes ||
        fputc('\n', w->file) == EOF) {
        return failed(w->archive, w->archive->dir);
    }
    w->bytes += (uint64_t)head + entry->body_bytes + 1;
    w->last = entry->seq;
    (void)snprintf(w->chain, sizeof w->chain, "%s", entry->chain);
    return ST_OK;
}

enum status
archive_write_end(struct archive_writer *w)
{
    return w->file == NULL ? ST_OK : segment_end(w);
}

void
archive_writer_fini(struct archive_writer *w)
{
    char path[ARCHIVE_PATH_BYTES];

    if (w->file != NULL) {
        (void)fclose(w->file); /* thrown away */
        w->file = NULL;
        path_make(w->archive->dir, NEW_NAME, path);
        (void)unlink(path); /* the next one writes over it */
    }
}

/* --- small files, and moving --- */

enum status
archive_small_write(struct archive *a, const char *name, const char *text, size_t bytes)
{
    char path[ARCHIVE_PATH_BYTES];
    char half[ARCHIVE_PATH_BYTES + 8];
    FILE *f;
    bool good;

    path_make(a->dir, name, path);
    (void)snprintf(half, sizeof half, "%s.new", path);
    f = file_new(half);
    if (f == NULL) {
        return failed(a, half);
    }
    good =
        fwrite(text, 1, bytes, f) == bytes && fflush(f) == 0 && fsync(fileno(f)) == 0;
    if (fclose(f) != 0 || !good || rename(half, path) != 0) {
        return failed(a, path);
    }
    return folder_sync(a, a->dir);
}

enum status
archive_small_read(struct archive *a, const char *name, char **text, size_t *bytes)
{
    char path[ARCHIVE_PATH_BYTES];
    struct stat is;
    FILE *f;

    path_make(a->dir, name, path);
    f = archive_file_read(path);
    if (f == NULL) {
        return errno == ENOENT ? ST_GONE : failed(a, path);
    }
    if (fstat(fileno(f), &is) != 0 || is.st_size < 0 || is.st_size > SMALL_BYTES_MAX) {
        errno = errno == 0 ? EFBIG : errno;
        (void)fclose(f); /* was only read */
        return failed(a, path);
    }
    *text = mem_alloc((size_t)is.st_size + 1);
    *bytes = fread(*text, 1, (size_t)is.st_size, f);
    (void)fclose(f); /* was only read */
    return ST_OK;
}

enum status
archive_move(struct archive *a, const char *name, const char *aside)
{
    char folder[ARCHIVE_PATH_BYTES];
    char from[ARCHIVE_PATH_BYTES];
    char to[ARCHIVE_PATH_BYTES];
    struct stat is;
    enum status st;
    int i;

    path_make(a->dir, aside, folder);
    path_make(a->dir, name, from);
    path_make(folder, name, to);
    if (mkdir(folder, 0750) != 0 && errno != EEXIST) {
        return failed(a, folder);
    }
    for (i = 2; lstat(to, &is) == 0; i++) { /* of another parting: it stays */
        MUST(snprintf(to, sizeof to, "%s/%s.%d", folder, name, i) < (int)sizeof to);
    }
    if (rename(from, to) != 0 && errno != ENOENT) {
        return failed(a, to);
    }
    st = folder_sync(a, folder);
    return st == ST_OK ? folder_sync(a, a->dir) : st;
}
