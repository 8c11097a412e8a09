#include "lib/programme_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/mem.h"
#include "lib/yaml.h"

/* In the order of their names; phrases.yaml and stated.csv may be left out. */
static const struct {
    const char *name;
    bool required;
} FILES[] = {
    {"holidays.yaml", true}, {"leaders.yaml", true},   {"measures.yaml", true},
    {"phrases.yaml", false}, {"programme.yaml", true}, {"stated.csv", false},
    {"targets.yaml", true},  {"units.csv", true},
};
/* Of a programme that is included, from the folder beside this one. */
static const char *const INCLUDED[] = {"measures.yaml", "programme.yaml",
                                       "targets.yaml"};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define SLUG_BYTES_MAX 40

static void
complain(struct findings *found, const char *name, const char *why_en,
         const char *why_vi)
{
    finding_add(found, FINDING_ERROR, (struct place){name, 0, 0}, "%s%.0s", "%.0s%s",
                why_en, why_vi);
}

/* Reads an open file to its end; ST_LIMIT when it holds more than `room`. */
static enum status
file_read(int fd, size_t room, struct catalogue_file *out)
{
    char *text = mem_alloc(room + 2);
    size_t bytes = 0;
    ssize_t got;

    do {
        got = read(fd, text + bytes, room + 1 - bytes);
        if (got > 0) {
            bytes += (size_t)got;
        }
    } while ((got > 0 && bytes <= room) || (got < 0 && errno == EINTR));
    if (got < 0 || bytes > room) {
        mem_free(&text);
        return got < 0 ? ST_BAD : ST_LIMIT;
    }
    out->text = mem_grow(text, bytes + 1); /* the rest was zero: it stays ended */
    out->bytes = bytes;
    return ST_OK;
}

/* The folder's own file, or "<slug>/<name>" of one beside it. Links are not followed: a
 * folder that somebody else made would choose which file of ours is sent and shown. */
static int
file_open(int dir, const char *name)
{
    char beside[SLUG_BYTES_MAX + 32];

    if (strchr(name, '/') != NULL) {
        (void)snprintf(beside, sizeof beside, "../%s", name); /* a slug and a name */
        name = beside;
    }
    return openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
}

static void
complain_missing(struct findings *found, const char *name)
{
    if (strchr(name, '/') == NULL) {
        complain(found, name,
                 "the file is missing; write it as programmes/README.md says",
                 "thiếu tệp này; viết theo programmes/README.md");
    } else {
        complain(found, name,
                 "the programme includes it, and the folder beside has no such file; "
                 "put it there, or take the entry out of \"include\"",
                 "chương trình có đưa tệp này vào nhưng thư mục bên cạnh không có; "
                 "đặt tệp vào đó, hoặc bỏ mục trong \"include\"");
    }
}

/* `name` must live as long as d, or be its own (an included one: it has a slash). */
static enum status
file_load(int dir, const char *name, bool required, struct programme_dir *d,
          struct findings *found)
{
    size_t taken = 0;
    enum status st;
    struct stat about;
    int fd = file_open(dir, name);

    if (fd < 0 && errno == ENOENT) {
        if (!required) {
            return ST_OK;
        }
        complain_missing(found, name);
        return ST_BAD;
    }
    if (fd < 0 && errno == ELOOP) {
        complain(found, name,
                 "is a link, which is not followed; put the file itself there",
                 "là liên kết, không được đọc theo; đặt chính tệp vào đây");
        return ST_BAD;
    }
    if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        complain(found, name,
                 "cannot be read; it must be a plain file that you may read",
                 "không đọc được; phải là tệp thường mà bạn có quyền đọc");
        if (fd >= 0) {
            (void)close(fd); /* nothing was written */
        }
        return ST_BAD;
    }
    for (size_t i = 0; i < d->count; i++) {
        taken += d->files[i].bytes;
    }
    st = file_read(fd, PROGRAMME_BYTES_MAX - taken, &d->files[d->count]);
    (void)close(fd); /* nothing was written */
    if (st == ST_OK) {
        d->files[d->count++].name = name;
    } else if (st == ST_LIMIT) {
        complain(found, name,
                 "with this file the programme is larger than 1 MiB; shorten its notes",
                 "thêm tệp này thì chương trình lớn hơn 1 MiB; rút ngắn ghi chú");
    } else {
        complain(found, name, "reading it failed; try again, then look at the disk",
                 "đọc tệp không thành công; thử lại, rồi kiểm tra ổ đĩa");
    }
    return st;
}

/* --- included programmes --- */

static bool
is_slug(const char *text)
{
    size_t bytes = strlen(text);

    return bytes > 0 && bytes <= SLUG_BYTES_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == bytes;
}

/* Its three files; those that are there already (named twice) are left. */
static enum status
include_load(int dir, const char *slug, struct programme_dir *d, struct findings *found)
{
    enum status worst = ST_OK;

    for (size_t i = 0; i < COUNT_OF(INCLUDED) && worst != ST_LIMIT; i++) {
        char name[SLUG_BYTES_MAX + 32];
        char *kept;
        enum status st;

        (void)snprintf(name, sizeof name, "%s/%s", slug, INCLUDED[i]); /* fits */
        for (size_t k = 0; k < d->count; k++) {
            if (strcmp(d->files[k].name, name) == 0) {
                return ST_OK;
            }
        }
        kept = mem_copy_text(name);
        st = file_load(dir, kept, true, d, found);
        if (st != ST_OK) {
            mem_free(&kept);
            worst = st;
        }
    }
    return worst;
}

/*
 * What programme.yaml names under "include". Only what is well named is read: whatever
 * else is wrong there is for catalogue_load to say, with line and column.
 */
static enum status
includes_load(int dir, const struct catalogue_file *programme, struct programme_dir *d,
              struct findings *found)
{
    struct yaml *yaml = NULL;
    const struct yaml_node *list = NULL;
    enum status worst = ST_OK;
    char why[200];
    int line;
    int column;
    size_t skip =
        programme->bytes >= 3 && memcmp(programme->text, "\xef\xbb\xbf", 3) == 0 ? 3
                                                                                 : 0;

    if (yaml_parse(programme->text + skip, programme->bytes - skip, &yaml, &line,
                   &column, why, sizeof why) == ST_OK) {
        list = yaml_get(yaml_root(yaml), "include");
    }
    for (size_t i = 0; list != NULL && list->type == YAML_LIST && i < list->count &&
                       i < PROGRAMME_INCLUDES_MAX && worst != ST_LIMIT;
         i++) {
        const struct yaml_node *slug = yaml_get(list->items[i], "programme");
        enum status st = ST_OK;

        if (slug != NULL && slug->type == YAML_SCALAR && is_slug(slug->text)) {
            st = include_load(dir, slug->text, d, found);
        }
        worst = st == ST_OK ? worst : st;
    }
    yaml_free(&yaml);
    return worst;
}

static int
name_compare(const void *a, const void *b)
{
    const struct catalogue_file *x = a;
    const struct catalogue_file *y = b;

    return strcmp(x->name, y->name);
}

enum status
programme_dir_read(const char *path, struct programme_dir *d, struct findings *found)
{
    enum status worst = ST_OK;
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    memset(d, 0, sizeof *d);
    if (dir < 0) {
        complain(found, "",
                 "no such folder, or it may not be read; name the programme's folder",
                 "không có thư mục này, hoặc không có quyền đọc; ghi thư mục của "
                 "chương trình");
        return ST_GONE;
    }
    for (size_t i = 0; i < COUNT_OF(FILES) && worst != ST_LIMIT; i++) {
        enum status st = file_load(dir, FILES[i].name, FILES[i].required, d, found);

        worst = st == ST_OK ? worst : st;
    }
    for (size_t i = 0; i < d->count && worst == ST_OK; i++) {
        if (strcmp(d->files[i].name, "programme.yaml") == 0) {
            worst = includes_load(dir, &d->files[i], d, found);
            break;
        }
    }
    (void)close(dir); /* nothing was written */
    if (d->count > 0) {
        qsort(d->files, d->count, sizeof *d->files, name_compare);
    }
    return worst;
}

void
programme_dir_fini(struct programme_dir *d)
{
    for (size_t i = 0; i < d->count; i++) {
        mem_free(&d->files[i].text);
        if (strchr(d->files[i].name, '/') != NULL) {
            mem_free(&d->files[i].name); /* of an included file, made here */
        }
    }
    d->count = 0;
}
