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
    struct stat info;

    if (files_folder(b->dir, cause, sizeof cause) != ST_OK) {
        (void)snprintf(why, why_bytes, "%s", cause);
        return ST_BAD;
    }
    b->folder = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (b->folder < 0 || fstat(b->folder, &info) != 0) {
        return outbox_fail(b, "", why, why_bytes);
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        /* What they put there would be sent with our key. */
        (void)snprintf(why, why_bytes,
                       words("người khác ghi được vào thư mục %s. Đề nghị chạy: chmod "
                             "700 %s",
                             "others can write to the folder %s. Please run: chmod 700 "
                             "%s"),
                       b->dir, b->dir);
        return ST_BAD;
    }
    return lock_take(b, why, why_bytes);
}

/* Numbers that were put aside are not given again, else a file would take the place of
 * one that nobody has looked at yet. */
static enum status
refused_numbers(struct outbox *b, char *why, size_t why_bytes)
{
    uint64_t *numbers;
    size_t count;
    enum status st;

    if (faccessat(b->folder, "refused", F_OK, 0) != 0) {
        return ST_OK; /* mostly */
    }
    st = outbox_folder(b, "refused", &b->refused_folder, why, why_bytes);
    if (st == ST_OK) {
        st = outbox_list(b, b->refused_folder, &numbers, &count, why, why_bytes);
        mem_free(&numbers);
    }
    return st;
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
    if (text == NULL && errno == EFBIG) { /* larger than any report, or no file */
        return bad_aside(b, folder, name, strerror(EFBIG), why, why_bytes);
    }
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
    b->lock = b->folder = b->kept_folder = b->refused_folder = -1;
    b->next = 1;
    b->arena = arena_new(64u * 1024u * 1024u);
    b->promised = table_new(PROMISED_MAX, 1); /* keys are a server's own words */
    st = folders_open(b, why, why_bytes);
    if (st == ST_OK) {
        st = outbox_folder(b, "kept", &b->kept_folder, why, why_bytes);
    }
    if (st == ST_OK) {
        st = refused_numbers(b, why, why_bytes);
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
    /* What is kept is of a journal, and nobody knows of which: all of it is offered
     * again, since doubles are harmless. */
    b->server.offering =
        b->server.offering || (b->kept.count > 0 && b->server.log_id[0] == '\0');
    b->count = b->waiting.count;
    for (size_t i = 0; i < b->kept.count; i++) {
        outbox_promise(b, b->kept.items[i].offered);
    }
    *out = b;
    return ST_OK;
}

static void
shut(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd); /* all that matters was synced */
    }
    *fd = -1;
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
    shut(&(*b)->refused_folder);
    shut(&(*b)->kept_folder);
    shut(&(*b)->folder);
    shut(&(*b)->lock); /* last */
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

    if (b->next > OUTBOX_NUMBER_MAX || p->count > OUTBOX_NUMBER_MAX - b->next) {
        mem_free(&items);
        errno = EOVERFLOW; /* a longer name would never be read again */
        return outbox_fail(b, "", why, why_bytes);
    }
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
