#include "lib/programme_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/mem.h"

/* In the order of their names; stated.csv may be left out. */
static const struct {
    const char *name;
    bool required;
} FILES[PROGRAMME_FILES_MAX] = {
    {"holidays.yaml", true},  {"leaders.yaml", true}, {"measures.yaml", true},
    {"programme.yaml", true}, {"stated.csv", false},  {"targets.yaml", true},
    {"units.csv", true},
};

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

static enum status
file_load(int dir, size_t i, size_t room, struct programme_dir *d,
          struct findings *found)
{
    const char *name = FILES[i].name;
    enum status st;
    struct stat about;
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT) {
        if (!FILES[i].required) {
            return ST_OK;
        }
        complain(found, name,
                 "the file is missing; write it as programmes/README.md says",
                 "thiếu tệp này; viết theo programmes/README.md");
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
    st = file_read(fd, room, &d->files[d->count]);
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

enum status
programme_dir_read(const char *path, struct programme_dir *d, struct findings *found)
{
    enum status worst = ST_OK;
    size_t room = PROGRAMME_BYTES_MAX;
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    memset(d, 0, sizeof *d);
    if (dir < 0) {
        complain(found, "",
                 "no such folder, or it may not be read; name the programme's folder",
                 "không có thư mục này, hoặc không có quyền đọc; ghi thư mục của "
                 "chương trình");
        return ST_GONE;
    }
    for (size_t i = 0; i < PROGRAMME_FILES_MAX && worst != ST_LIMIT; i++) {
        size_t before = d->count;
        enum status st = file_load(dir, i, room, d, found);

        worst = st == ST_OK ? worst : st;
        room -= d->count > before ? d->files[before].bytes : 0;
    }
    (void)close(dir); /* nothing was written */
    return worst;
}

void
programme_dir_fini(struct programme_dir *d)
{
    for (size_t i = 0; i < d->count; i++) {
        mem_free(&d->files[i].text);
    }
    d->count = 0;
}
