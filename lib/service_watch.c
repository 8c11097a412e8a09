/*
 * Looking at the keyring's file, several times a second in bus_poll: whether another
 * one stands there. It is read when it has rested for a moment, since who writes it in
 * place (an editor, cat) is not done with the first byte; what dondoc keys puts there
 * comes whole, by rename.
 */
#include "lib/service_private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/diag.h"

#define REST_US 200000 /* between two looks: a change counts within half a second */
#define REST_TORN_US 3000000 /* empty, gone, or without a newline at its end */

static struct keyring_mark
keyring_mark_of(const char *path)
{
    struct keyring_mark m = {0};
    struct stat info;

    if (path[0] != '\0' && stat(path, &info) == 0) {
        m.there = true;
        m.device = (uint64_t)info.st_dev;
        m.inode = (uint64_t)info.st_ino;
        m.bytes = (int64_t)info.st_size;
        m.written_s = (int64_t)info.st_mtim.tv_sec;
        m.written_ns = (int64_t)info.st_mtim.tv_nsec;
        m.changed_s = (int64_t)info.st_ctim.tv_sec; /* chmod: it may be fit now */
        m.changed_ns = (int64_t)info.st_ctim.tv_nsec;
    }
    return m;
}

static bool
keyring_mark_same(const struct keyring_mark *a, const struct keyring_mark *b)
{
    return a->there == b->there && a->device == b->device && a->inode == b->inode &&
           a->bytes == b->bytes && a->written_s == b->written_s &&
           a->written_ns == b->written_ns && a->changed_s == b->changed_s &&
           a->changed_ns == b->changed_ns;
}

/* Half a keyring can be a right one with fewer keys, or with a shorter scope: what ends
 * in the middle of a line is left alone for a while. */
static bool
keyring_looks_torn(const char *path)
{
    char last = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    off_t end;

    if (fd < 0) {
        return true;
    }
    end = lseek(fd, 0, SEEK_END);
    if (end <= 0 || pread(fd, &last, 1, end - 1) != 1) {
        last = '\0';
    }
    (void)close(fd); /* only read */
    return last != '\n';
}

void
service_keyring_mark(struct service *s, const struct conf *conf)
{
    s->mark_read = keyring_mark_of(conf_text(conf, "keyring"));
    s->mark_seen = s->mark_read;
}

/* True: the file is another one, and rests. */
static bool
service_keyring_look(struct service *s)
{
    const char *path = conf_text(s->conf, "keyring");
    struct keyring_mark now = keyring_mark_of(path);

    if (keyring_mark_same(&now, &s->mark_read)) {
        s->mark_seen = now;
        return false;
    }
    if (!keyring_mark_same(&now, &s->mark_seen)) {
        s->mark_seen = now;
        s->seen_at = mono_now();
        return false;
    }
    if (mono_since_us(s->seen_at) < REST_US ||
        (mono_since_us(s->seen_at) < REST_TORN_US && keyring_looks_torn(path))) {
        return false;
    }
    return true;
}

bool
service_look(void *context)
{
    struct service *s = context;

    s->day_turned |= service_day_look(s);
    service_refusals_summary(s);
    s->keyring_other = service_keyring_look(s);
    return s->day_turned || s->keyring_other;
}

void
service_keyring_renew(struct service *s)
{
    struct keyring *keyring = NULL;

    if (s->day_turned) {
        s->day_turned = false;
        service_day_turned(s);
    }
    if (!s->keyring_other) {
        return;
    }
    s->keyring_other = false;
    s->mark_read = s->mark_seen; /* said once, whatever is wrong with it */
    if (service_keyring_read(s, s->conf, &keyring) != ST_OK) {
        diag_warn("keyring_kept",
                  "effect=\"the keys stay as they were\" "
                  "remedy=\"mend the file; dondoc keys list checks it\"");
        return;
    }
    service_keyring_swap(s, &keyring);
}
