/* Reading segments in order; every entry's chain value is computed again. */
#include "lib/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/archive_private.h"
#include "lib/mem.h"

#define LINE_BYTES 256

void
archive_cursor_init(struct archive_cursor *c, struct archive *a)
{
    memset(c, 0, sizeof *c);
    c->archive = a;
    c->chain_known = true; /* nothing is before entry 1 */
}

static void
cursor_shut(struct archive_cursor *c)
{
    if (c->file != NULL) {
        (void)fclose(c->file); /* was only read */
        c->file = NULL;
    }
}

void
archive_cursor_fini(struct archive_cursor *c)
{
    cursor_shut(c);
    mem_free(&c->body);
}

void
archive_seek(struct archive_cursor *c, uint64_t after)
{
    cursor_shut(c);
    c->after = after;
    c->chain[0] = '\0';
    c->chain_known = after == 0;
}

static enum status
damage_at(struct archive_cursor *c, enum archive_fault fault, uint64_t seq)
{
    char path[ARCHIVE_PATH_BYTES];

    archive_path(c->archive, &c->segment, path);
    cursor_shut(c);
    return archive_damaged(c->archive, fault, path, seq, seq);
}

/* One line without its line feed; ST_BAD when it is cut, too long or not text. */
static enum status
line_read(struct archive_cursor *c, char line[LINE_BYTES], uint64_t seq)
{
    size_t len;

    errno = 0;
    if (fgets(line, LINE_BYTES, c->file) == NULL) {
        return damage_at(c, ferror(c->file) ? ARCHIVE_UNREADABLE : ARCHIVE_TORN, seq);
    }
    len = strlen(line);
    if (len == 0 || line[len - 1] != '\n') {
        return damage_at(c, ARCHIVE_TORN, seq);
    }
    line[len - 1] = '\0';
    return ST_OK;
}

static const char *
chain_or_none(const char *chain)
{
    return chain[0] == '\0' ? "-" : chain;
}

/* The first line; sets the chain value before the first entry. */
static enum status
header_read(struct archive_cursor *c)
{
    uint64_t first = c->segment.first;
    char line[LINE_BYTES];
    char want[LINE_BYTES];
    char before[JOURNAL_CHAIN_BYTES];
    enum status st = line_read(c, line, first);
    const char *last;

    if (st != ST_OK) {
        return st;
    }
    last = strrchr(line, ' ');
    if (last == NULL || strlen(last + 1) >= sizeof before) {
        return damage_at(c, ARCHIVE_FOREIGN, first);
    }
    (void)snprintf(before, sizeof before, "%s",
                   strcmp(last + 1, "-") == 0 ? "" : last + 1);
    (void)snprintf(want, sizeof want, "dondoc-journal 1 %s %" PRIu64 " %s",
                   c->archive->province, first, chain_or_none(before));
    if (strcmp(line, want) != 0) {
        return damage_at(c, ARCHIVE_FOREIGN, first);
    }
    (void)snprintf(c->chain, sizeof c->chain, "%s", before);
    c->chain_known = true;
    return ST_OK;
}

/* The line before a body. */
static enum status
entry_line_read(struct archive_cursor *c, uint64_t seq, size_t *bytes)
{
    char line[LINE_BYTES];
    char want[LINE_BYTES];
    enum status st = line_read(c, line, seq);

    if (st != ST_OK) {
        return st;
    }
    *bytes = 0;
    c->kind[0] = '\0';
    c->hash[0] = '\0';
    /* Printed again and compared: one form only. */
    if (sscanf(line, "entry %*20u %32s %10zu %32s", c->kind, bytes, c->hash) != 3 ||
        *bytes > JOURNAL_PROGRAMME_MAX) {
        return damage_at(c, ARCHIVE_TORN, seq);
    }
    (void)snprintf(want, sizeof want, "entry %" PRIu64 " %s %zu %s", seq, c->kind,
                   *bytes, c->hash);
    return strcmp(line, want) == 0 ? ST_OK : damage_at(c, ARCHIVE_TORN, seq);
}

static enum status
body_read(struct archive_cursor *c, uint64_t seq, size_t bytes)
{
    if (bytes + 1 > c->body_room) {
        c->body_room = bytes + 1;
        c->body = mem_grow(c->body, c->body_room);
    }
    errno = 0;
    if (fread(c->body, 1, bytes + 1, c->file) != bytes + 1) {
        return damage_at(c, ferror(c->file) ? ARCHIVE_UNREADABLE : ARCHIVE_TORN, seq);
    }
    return c->body[bytes] == '\n' ? ST_OK : damage_at(c, ARCHIVE_TORN, seq);
}

/* Steps over the entries before the one that is wanted. */
static enum status
entries_skip(struct archive_cursor *c)
{
    enum status st = ST_OK;
    uint64_t seq;

    for (seq = c->segment.first; st == ST_OK && seq <= c->after; seq++) {
        size_t bytes;

        st = entry_line_read(c, seq, &bytes);
        if (st == ST_OK && fseek(c->file, (long)bytes + 1, SEEK_CUR) != 0) {
            st = damage_at(c, ARCHIVE_UNREADABLE, seq);
        }
        (void)snprintf(c->chain, sizeof c->chain, "%s", c->hash);
    }
    return st;
}

FILE *
archive_file_read(const char *path)
{
    struct stat is;
    FILE *f = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        return NULL;
    }
    if (fstat(fd, &is) != 0 || !S_ISREG(is.st_mode)) {
        errno = EINVAL;
    } else {
        f = fdopen(fd, "rb");
    }
    if (f == NULL) {
        int cause = errno;

        (void)close(fd); /* was only opened */
        errno = cause;
    }
    return f;
}

static enum status
segment_open(struct archive_cursor *c)
{
    struct archive *a = c->archive;
    char path[ARCHIVE_PATH_BYTES];
    char before[JOURNAL_CHAIN_BYTES];
    bool known = c->chain_known;
    const struct archive_segment *s = archive_find(a, c->after + 1);
    enum status st;

    if (s == NULL) {
        size_t i = 0;

        while (i < a->count && a->segments[i].first <= c->after) {
            i++;
        }
        return i == a->count ? ST_GONE
                             : archive_damaged(a, ARCHIVE_MISSING, a->dir, c->after + 1,
                                               a->segments[i].first - 1);
    }
    c->segment = *s;
    (void)snprintf(before, sizeof before, "%s", c->chain);
    archive_path(a, s, path);
    c->file = archive_file_read(path);
    if (c->file == NULL) {
        return archive_damaged(a, ARCHIVE_UNREADABLE, path, c->segment.first,
                               c->segment.last);
    }
    st = header_read(c);
    if (st == ST_OK) {
        st = entries_skip(c);
    }
    if (st == ST_OK && known && strcmp(before, c->chain) != 0) {
        st = damage_at(c, ARCHIVE_UNJOINED, c->after + 1);
    }
    return st;
}

static enum status
end_read(struct archive_cursor *c)
{
    const struct archive_segment *s = &c->segment;
    char line[LINE_BYTES];
    char want[LINE_BYTES];
    enum status st = line_read(c, line, s->last);

    if (st != ST_OK) {
        return st;
    }
    (void)snprintf(want, sizeof want, "end %" PRIu64 " %s %" PRIu64, s->last, c->chain,
                   s->last - s->first + 1);
    if (strcmp(line, want) != 0 || fgetc(c->file) != EOF) {
        return damage_at(c, ARCHIVE_TORN, s->last);
    }
    cursor_shut(c);
    return ST_OK;
}

enum status
archive_next(struct archive_cursor *c, struct journal_entry *entry)
{
    uint64_t seq = c->after + 1;
    enum status st = ST_OK;
    size_t bytes = 0;
    bool follows;

    if (c->file == NULL) {
        st = segment_open(c);
    }
    if (st == ST_OK) {
        st = entry_line_read(c, seq, &bytes);
    }
    if (st == ST_OK) {
        st = body_read(c, seq, bytes);
    }
    if (st != ST_OK) {
        return st;
    }
    *entry =
        (struct journal_entry){.seq = seq,
                               .kind = journal_kind_parse(c->kind, strlen(c->kind)),
                               .kind_word = c->kind,
                               .body = c->body,
                               .body_bytes = bytes,
                               .chain = c->hash};
    follows = journal_entry_follows(entry, c->chain);
    (void)snprintf(c->chain, sizeof c->chain, "%s", c->hash);
    c->after = seq;
    if (seq == c->segment.last) {
        st = end_read(c);
    }
    if (st == ST_OK && !follows) {
        char path[ARCHIVE_PATH_BYTES];

        archive_path(c->archive, &c->segment, path);
        st = archive_damaged(c->archive, ARCHIVE_CHANGED, path, seq, seq);
    }
    return st;
}
