#include "cli/outbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/language.h"
#include "lib/fault.h"

#define PROMISED_MAX 1000000

/* --- opening --- */

static enum status
lock_take(struct outbox *b, char *why, size_t why_bytes)
{
    b->lock = openat(b->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (b->lock < 0) {
        return outbox_fail(b, "lock", why, why_bytes);
    }
    if (flock(b->lock, LOCK_EX | LOCK_NB) == 0) {
        return ST_OK;
    }
    if (errno != EWOULDBLOCK) {
        return outbox_fail(b, "lock", why, why_bytes);
    }
    (void)snprintf(
        why, why_bytes,
        words(
            "Một lần gửi khác đang dùng hộp thư đi %s. Lần chạy này chưa làm gì; đề "
            "nghị chạy lại khi lần kia kết thúc.",
            "Another run is using the outbox %s. This one has changed nothing; please "
            "run it again when that one has ended."),
        b->dir);
    return ST_AGAIN;
}

static enum status
folders_open(struct outbox *b, char *why, size_t why_bytes)
{
    char cause[512];

    if (files_folder(b->dir, cause, sizeof cause) != ST_OK) {
        (void)snprintf(why, why_bytes, "%s", cause);
        return ST_BAD;
    }
    b->folder = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (b->folder < 0) {
        return outbox_fail(b, "", why, why_bytes);
    }
    return lock_take(b, why, why_bytes);
}

static enum status
kept_open(struct outbox *b, char *why, size_t why_bytes)
{
    if (mkdirat(b->folder, "kept", 0700) != 0 && errno != EEXIST) {
        return outbox_fail(b, "kept", why, why_bytes);
    }
    b->kept_folder = openat(b->folder, "kept", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return b->kept_folder < 0 ? outbox_fail(b, "kept", why, why_bytes) : ST_OK;
}

/* Out of the way, and named: it is not ours to throw away. */
static enum status
bad_aside(struct outbox *b, int folder, const char *name, const char *cause, char *why,
          size_t why_bytes)
{
    char bad[OUTBOX_NAME_BYTES + 8];

    (void)snprintf(bad, sizeof bad, "%s.bad", name);
    if (renameat(folder, name, folder, bad) != 0) {
        return outbox_fail(b, name, why, why_bytes);
    }
    (void)fprintf(
        stderr,
        words("%s%s/%s không đọc được (%s) và được đổi tên thành %s; các báo cáo khác "
              "vẫn được gửi. Đề nghị báo cho đầu mối của tỉnh.\n",
              "%s%s/%s cannot be read (%s) and is now called %s; the other reports are "
              "sent. Please tell the province's contact.\n"),
        b->dir, folder == b->folder ? "" : "/kept", name, cause, bad);
    return ST_OK;
}

static enum status
item_take(struct outbox *b, int folder, uint64_t number, struct plan *p, char *why,
          size_t why_bytes)
{
    char name[OUTBOX_NAME_BYTES];
    char cause[300];
    size_t bytes = 0;
    enum status st;
    char *text;

    outbox_name(number, name);
    text = outbox_get(folder, name, OUTBOX_ITEM_BYTES, &bytes);
    if (text == NULL) {
        return outbox_fail(b, name, why, why_bytes);
    }
    st = outbox_item_read(text, bytes, b->province, folder != b->folder, number, p,
                          cause, sizeof cause);
    mem_free(&text);
    if (st == ST_BAD) {
        return bad_aside(b, folder, name, cause, why, why_bytes);
    }
    if (st != ST_OK) {
        (void)snprintf(
            why, why_bytes,
            words("Hộp thư đi %s đang giữ báo cáo của tỉnh “%s”; mỗi tỉnh cần một hộp "
                  "thư đi riêng (--outbox THƯ-MỤC-KHÁC).",
                  "The outbox %s holds reports of the province “%s”; each province "
                  "needs an outbox of its own (--outbox ANOTHER-FOLDER)."),
            b->dir, cause);
        return ST_BAD;
    }
    return ST_OK;
}

static enum status
folder_take(struct outbox *b, int folder, struct plan *p, char *why, size_t why_bytes)
{
    uint64_t *numbers;
    size_t count;
    enum status st = outbox_list(b, folder, &numbers, &count, why, why_bytes);

    plan_empty(p);
    for (size_t i = 0; st == ST_OK && i < count; i++) {
        st = item_take(b, folder, numbers[i], p, why, why_bytes);
    }
    if (st == ST_OK && count > 0 && numbers[count - 1] >= b->next) {
        b->next = numbers[count - 1] + 1;
    }
    mem_free(&numbers);
    return st;
}

/* --- the whole --- */

enum status
outbox_open(const char *dir, const char *province, struct outbox **out, char *why,
            size_t why_bytes)
{
    struct outbox *b = mem_alloc(sizeof *b);
    enum status st;

    b->dir = mem_copy_text(dir);
    b->province = mem_copy_text(province);
    b->lock = b->folder = b->kept_folder = -1;
    b->next = 1;
    b->arena = arena_new(64u * 1024u * 1024u);
    b->promised = table_new(PROMISED_MAX, 1); /* keys are a server's own words */
    st = folders_open(b, why, why_bytes);
    if (st == ST_OK) {
        st = kept_open(b, why, why_bytes);
    }
    if (st == ST_OK) {
        st = folder_take(b, b->folder, &b->waiting, why, why_bytes);
    }
    if (st == ST_OK) {
        st = folder_take(b, b->kept_folder, &b->kept, why, why_bytes);
    }
    if (st != ST_OK) {
        outbox_close(&b);
        return st;
    }
    outbox_server_read(b);
    b->count = b->waiting.count;
    for (size_t i = 0; i < b->kept.count; i++) {
        outbox_promise(b, b->kept.items[i].offered);
    }
    *out = b;
    return ST_OK;
}

void
outbox_close(struct outbox **b)
{
    if (*b == NULL) {
        return;
    }
    plan_fini(&(*b)->waiting);
    plan_fini(&(*b)->kept);
    table_free(&(*b)->promised);
    arena_free(&(*b)->arena);
    mem_free(&(*b)->server_text);
    mem_free(&(*b)->dir);
    mem_free(&(*b)->province);
    for (int i = 0; i < 3; i++) {
        int fd = i == 0   ? (*b)->kept_folder
                 : i == 1 ? (*b)->folder
                          : (*b)->lock; /* the lock goes last */

        if (fd >= 0) {
            (void)close(fd); /* all that matters was synced */
        }
    }
    mem_free(b);
}

const char *
outbox_dir(const struct outbox *b)
{
    return b->dir;
}

struct plan *
outbox_waiting(struct outbox *b)
{
    return &b->waiting;
}

struct plan *
outbox_kept(struct outbox *b)
{
    return &b->kept;
}

size_t
outbox_count(const struct outbox *b)
{
    return b->count;
}

const struct outbox_server *
outbox_server(const struct outbox *b)
{
    return &b->server;
}

/* --- adding --- */

enum status
outbox_add(struct outbox *b, struct plan *p, const char *reason, int64_t made_at_ms,
           const char *file, char *why, size_t why_bytes)
{
    struct planned **items = mem_alloc((p->count + 1) * sizeof *items);
    const char *name = plan_text(p, file);
    enum status st;

    FAULT("push.u0_before_append");
    for (size_t i = 0; i < p->count; i++) {
        struct planned *item = items[i] = &p->items[i];

        item->number = b->next + i;
        item->file = name;
        item->reason = item->row->reason[0] != '\0' ? item->row->reason : reason;
        item->made_at_ms = made_at_ms;
    }
    st = outbox_put(b, b->folder, items, p->count, why, why_bytes);
    FAULT("push.u2_synced");
    for (size_t i = 0; st != ST_OK && i < p->count; i++) {
        char number[OUTBOX_NAME_BYTES];

        outbox_name(items[i]->number, number);
        (void)unlinkat(b->folder, number, 0); /* those that had their names already */
        items[i]->number = 0;
    }
    if (st == ST_OK) {
        b->next += p->count;
        b->count += p->count;
    }
    mem_free(&items);
    return st;
}

enum status
outbox_save(struct outbox *b, struct planned *const *items, size_t count, char *why,
            size_t why_bytes)
{
    return outbox_put(b, b->folder, items, count, why, why_bytes);
}

/* --- where it is --- */

char *
outbox_home(const char *province, const char *key_file)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    const char *name = strrchr(key_file, '/');
    size_t len;
    struct buf path;
    char *out;

    name = name == NULL ? key_file : name + 1;
    len = strlen(name);
    if (len > 4 && strcmp(name + len - 4, ".key") == 0) {
        len -= 4;
    }
    buf_init(&path, OUTBOX_PATH_BYTES);
    if (state != NULL && state[0] == '/') {
        buf_format(&path, "%s/dondoc/", state);
    } else if (home != NULL && home[0] == '/') {
        buf_format(&path, "%s/.local/state/dondoc/", home);
    } else if (geteuid() == 0) {
        buf_text(&path, "/var/lib/dondoc/outbox/");
    } else {
        return NULL;
    }
    buf_format(&path, "%s/%.*s", province, (int)len, name);
    out = path.cut ? NULL : mem_copy_text(buf_str(&path));
    buf_fini(&path);
    return out;
}
