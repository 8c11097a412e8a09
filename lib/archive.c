#include "lib/archive.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/archive_private.h"
#include "lib/diag.h"
#include "lib/mem.h"

#define NAME_FORMAT "reports-%012" PRIu64 "-%012" PRIu64 ".jrn"
#define NAME_BYTES 64

/* --- which segments there are --- */

enum status
archive_damaged(struct archive *a, enum archive_fault fault, const char *path,
                uint64_t from, uint64_t to)
{
    struct archive_damage *d = &a->damage;

    memset(d, 0, sizeof *d);
    d->fault = fault;
    d->from = from;
    d->to = to;
    d->error = fault == ARCHIVE_UNREADABLE ? errno : 0;
    (void)snprintf(d->path, sizeof d->path, "%s", path);
    return fault == ARCHIVE_UNREADABLE ? ST_AGAIN : ST_BAD;
}

void
archive_path(const struct archive *a, const struct archive_segment *s,
             char out[ARCHIVE_PATH_BYTES])
{
    char name[NAME_BYTES];

    (void)snprintf(name, sizeof name, NAME_FORMAT, s->first, s->last);
    MUST(snprintf(out, ARCHIVE_PATH_BYTES, "%s/%s", a->dir, name) < ARCHIVE_PATH_BYTES);
}

/* False: not the name of a segment. */
static bool
name_parse(const char *name, struct archive_segment *s)
{
    char again[NAME_BYTES];

    if (sscanf(name, "reports-%20" SCNu64 "-%20" SCNu64, &s->first, &s->last) != 2) {
        return false;
    }
    (void)snprintf(again, sizeof again, NAME_FORMAT, s->first, s->last);
    return strcmp(name, again) == 0 && s->first > 0 && s->first <= s->last &&
           s->last <= INT64_MAX;
}

static int
segment_order(const void *a, const void *b)
{
    const struct archive_segment *x = a;
    const struct archive_segment *y = b;

    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return x->last < y->last ? -1 : x->last > y->last ? 1 : 0;
}

/* Invariant 4; the ones that do not count go behind the others. */
static void
segments_sort(struct archive *a)
{
    size_t kept = 0;
    size_t i;

    if (a->count > 0) { /* an array that is not there has no order */
        qsort(a->segments, a->count, sizeof *a->segments, segment_order);
    }
    for (i = 0; i < a->count; i++) {
        if (kept == 0 || a->segments[i].first != a->segments[kept - 1].first) {
            struct archive_segment s = a->segments[i];

            memmove(&a->segments[kept + 1], &a->segments[kept],
                    (i - kept) * sizeof *a->segments);
            a->segments[kept++] = s;
        }
    }
    a->aside_count = a->count - kept;
    a->count = kept;
}

static enum status
segments_read(struct archive *a)
{
    struct dirent *at;
    DIR *d = opendir(a->dir);

    a->count = 0;
    a->aside_count = 0;
    if (d == NULL) {
        return errno == ENOENT ? ST_OK
                               : archive_damaged(a, ARCHIVE_UNREADABLE, a->dir, 0, 0);
    }
    errno = 0;
    while ((at = readdir(d)) != NULL) {
        struct archive_segment s;

        if (name_parse(at->d_name, &s)) {
            mem_array_room((void **)&a->segments, a->count, &a->room,
                           sizeof *a->segments);
            a->segments[a->count++] = s;
        }
        errno = 0;
    }
    if (errno != 0) {
        enum status st = archive_damaged(a, ARCHIVE_UNREADABLE, a->dir, 0, 0);

        (void)closedir(d); /* the first error is the one to tell */
        return st;
    }
    (void)closedir(d); /* was only read */
    segments_sort(a);
    return ST_OK;
}

enum status
archive_open(struct archive *a, const char *dir, const char *province)
{
    struct stat is;

    memset(a, 0, sizeof *a);
    MUST(strlen(province) < sizeof a->province);
    (void)snprintf(a->province, sizeof a->province, "%s", province);
    if (strlen(dir) + strlen(province) + NAME_BYTES + 8 > sizeof a->dir) {
        errno = ENAMETOOLONG;
        return archive_damaged(a, ARCHIVE_UNREADABLE, dir, 0, 0);
    }
    (void)snprintf(a->dir, sizeof a->dir, "%s/%s", dir, province);
    if (stat(dir, &is) != 0) {
        return archive_damaged(a, ARCHIVE_UNREADABLE, dir, 0, 0);
    }
    return segments_read(a);
}

enum status
archive_again(struct archive *a)
{
    return segments_read(a);
}

void
archive_fini(struct archive *a)
{
    mem_free(&a->segments);
    a->count = 0;
    a->room = 0;
}

uint64_t
archive_last(const struct archive *a)
{
    return a->count == 0 ? 0 : a->segments[a->count - 1].last;
}

const struct archive_segment *
archive_find(const struct archive *a, uint64_t seq)
{
    size_t low = 0;
    size_t high = a->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (a->segments[middle].last < seq) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < a->count && a->segments[low].first <= seq ? &a->segments[low] : NULL;
}
