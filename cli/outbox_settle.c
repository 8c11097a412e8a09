/* What becomes of a report after its final receipt, and of what was kept long enough.
 */
#include "cli/outbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/disk.h"
#include "lib/instant.h"

/* All figures: often they are nowhere else. */
#define LOG_LINE_BYTES OUTBOX_ITEM_BYTES
#define PROMISE_BYTES 512

bool
outbox_taken(const struct planned *item)
{
    return item->outcome == OUTCOME_ACCEPTED || item->outcome == OUTCOME_REPLACED ||
           item->outcome == OUTCOME_DUPLICATE;
}

static bool
is_final(const struct planned *item)
{
    return outbox_taken(item) || item->outcome == OUTCOME_SUPERSEDED ||
           item->outcome == OUTCOME_REJECTED;
}

/* --- what is kept, by content --- */

/* name: "2/<hash>". The hash is of the whole unit, so its code alone will do. 0: no key
 * is that long. */
static size_t
promise_key(const char *unit, const char *group, const char *period, const char *name,
            char out[PROMISE_BYTES])
{
    int len = snprintf(out, PROMISE_BYTES, "%.*s/%s/%s/%s", (int)strcspn(unit, "@"),
                       unit, group, period, name);

    return (size_t)len < PROMISE_BYTES ? (size_t)len : 0;
}

static void
name_make(uint32_t revision, const char *hash, char out[PROMISE_BYTES])
{
    (void)snprintf(out, PROMISE_BYTES, "%u/%s", revision, hash);
}

void
outbox_promise(struct outbox *b, const struct wire_held *held)
{
    char key[PROMISE_BYTES];
    char name[PROMISE_BYTES];
    size_t bytes;

    name_make(held->revision, held->hash, name);
    bytes = promise_key(held->unit, held->group, held->period, name, key);
    if (bytes > 0) {
        /* Full: then a report that is sent every day is kept more than once. */
        status_ignore(table_put_number(b->promised, key, bytes, 1));
    }
}

static bool
promised_name(const struct outbox *b, const char *unit, const struct planned *item,
              const char *name)
{
    char key[PROMISE_BYTES];
    size_t bytes = promise_key(unit, item->group, item->row->period, name, key);
    union table_value value;

    return bytes > 0 && table_get(b->promised, key, bytes, &value);
}

/* Is the very receipt kept already? (The same file sent every day says so each time.)
 */
static bool
promised(const struct outbox *b, const struct planned *item)
{
    char name[PROMISE_BYTES];

    name_make(item->revision, item->hash, name);
    return promised_name(b, item->unit, item, name);
}

bool
outbox_ours(const struct outbox *b, const struct planned *item, const char *name)
{
    return promised_name(b, item->row->unit, item, name);
}

/* --- the log --- */

/* For whoever asks later what became of a report that is not kept. */
static void
log_write(struct outbox *b, const struct planned *item)
{
    char now[INSTANT_TEXT_BYTES];
    struct buf line;
    int fd;

    instant_text_civil(instant_now(), now);
    buf_init(&line, LOG_LINE_BYTES);
    buf_format(&line,
               "%s outcome=%s number=%" PRIu64
               " unit=%s group=%s period=%s revision=%u at=%" PRIu64 ":%u code=%s",
               now, outcome_name(item->outcome), item->number, item->row->unit,
               item->group, item->row->period, item->revision, item->entry, item->index,
               item->refusal.code == NULL ? "-" : item->refusal.code);
    for (size_t i = 0; i < item->figure_count; i++) {
        const struct wire_figure *f = &item->figures[i];

        buf_format(&line, " %s=", f->measure);
        if (f->kind == WIRE_COUNT) {
            buf_format(&line, "%" PRId64, f->count);
        } else {
            buf_text(&line, f->kind == WIRE_DECIMAL ? f->decimal : "x");
        }
    }
    buf_char(&line, '\n');
    fd = openat(b->folder, "log.txt", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0) {
        /* A line that cannot be written stops nothing. */
        (void)disk_write(fd, buf_str(&line), line.len);
        (void)close(fd);
    }
    buf_fini(&line);
}

/* --- settling --- */

static bool
gone(int folder, uint64_t number)
{
    char name[OUTBOX_NAME_BYTES];

    outbox_name(number, name);
    return unlinkat(folder, name, 0) == 0 || errno == ENOENT;
}

/* It was acknowledged once: a person has to see it, so it is not thrown away. */
static bool
refused_aside(struct outbox *b, uint64_t number)
{
    char name[OUTBOX_NAME_BYTES];
    char to[OUTBOX_NAME_BYTES + 8];

    outbox_name(number, name);
    (void)snprintf(to, sizeof to, "refused/%s", name);
    return (mkdirat(b->folder, "refused", 0700) == 0 || errno == EEXIST) &&
           renameat(b->kept_folder, name, b->folder, to) == 0;
}

/* Of an earlier run and not taken, though nobody was there to see it: a refusal, or the
 * newer figures of others before it was ever sent. (A later report of our own is no
 * news: it was seen.) */
static bool
has_to_be_seen(const struct outbox *b, const struct planned *item)
{
    bool waited = b->waiting.count > 0 && item >= b->waiting.items &&
                  item < b->waiting.items + b->waiting.count;

    return waited && item->number > 0 &&
           (item->outcome == OUTCOME_REJECTED ||
            (item->outcome == OUTCOME_SUPERSEDED && (item->newer || item->fresh)));
}

/* Those into refused/, before they leave the outbox. */
static enum status
seen_put(struct outbox *b, struct planned *const *items, size_t count, char *why,
         size_t why_bytes)
{
    struct planned **seen = mem_alloc((count + 1) * sizeof *seen);
    enum status st = ST_OK;
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        if (has_to_be_seen(b, items[i])) {
            items[i]->aside = items[i]->number;
            seen[found++] = items[i];
        }
    }
    if (found > 0) {
        st = outbox_folder(b, "refused", &b->refused_folder, why, why_bytes);
    }
    if (st == ST_OK && found > 0) {
        st = outbox_put(b, b->refused_folder, seen, found, why, why_bytes);
    }
    for (size_t i = 0; st != ST_OK && i < found; i++) {
        seen[i]->aside = 0;
    }
    mem_free(&seen);
    return st;
}

/* The new receipt takes the old one's place, or is the first. */
static void
held_set(struct outbox *b, struct planned *item, bool kept)
{
    struct wire_held held = {.unit = item->unit,
                             .group = item->group,
                             .period = item->row->period,
                             .revision = item->revision,
                             .hash = item->hash,
                             .entry = item->entry,
                             .index = item->index,
                             .received_at_ms = item->received_at_ms,
                             .due = item->due,
                             .on_time = item->on_time};
    struct wire_held *own;

    outbox_promise(b, &held);
    if (item->offered == NULL || !kept) {
        return;
    }
    memcpy(held.seal, item->seal, sizeof held.seal);
    own = arena_take(b->kept.arena, sizeof *own);
    if (own != NULL) { /* (else the old one is looked at by this run) */
        *own = held;
        item->offered = own;
    }
}

static bool
item_settle(struct outbox *b, struct planned *item, bool kept)
{
    bool offered = item->offered != NULL;
    bool good = true;

    if (!outbox_taken(item)) {
        log_write(b, item);
    }
    if (offered && item->outcome == OUTCOME_REJECTED) {
        item->aside = item->number;
        good = refused_aside(b, item->number);
    } else if (offered && outbox_taken(item) && !kept) {
        good = gone(b->kept_folder, item->number); /* a receipt without seal */
    } else if (!offered) {
        good = gone(b->folder, item->number);
        b->count--;
    }
    if (outbox_taken(item)) {
        held_set(b, item, kept);
    }
    /* What a later report has overtaken stays its 7 days, too: after the next loss it
     * may be offered before the later one, and belongs to the history. */
    if (!offered || item->outcome == OUTCOME_REJECTED ||
        (outbox_taken(item) && !kept)) {
        item->number = 0;
    }
    return good;
}

enum status
outbox_settle(struct outbox *b, struct planned *const *items, size_t count, char *why,
              size_t why_bytes)
{
    struct planned **keep = mem_alloc((count + 1) * sizeof *keep);
    size_t kept = 0;
    bool good = true;
    enum status st;

    for (size_t i = 0; i < count; i++) {
        struct planned *item = items[i];

        if (item->number > 0 && outbox_taken(item) && item->sealed &&
            (item->offered != NULL || !promised(b, item))) {
            keep[kept++] = item;
        }
    }
    st = outbox_put(b, b->kept_folder, keep, kept, why, why_bytes);
    if (st == ST_OK) {
        st = seen_put(b, items, count, why, why_bytes);
    }
    for (size_t i = 0, k = 0; st == ST_OK && i < count; i++) {
        bool is_kept = k < kept && keep[k] == items[i];

        k += is_kept ? 1 : 0;
        if (items[i]->number > 0 && is_final(items[i])) {
            good = item_settle(b, items[i], is_kept) && good;
        }
    }
    if (st == ST_OK && (!good || fsync(b->folder) != 0)) {
        st = outbox_fail(b, "", why, why_bytes);
    }
    mem_free(&keep);
    return st;
}

/* --- what is kept --- */

static bool
is_newer(const struct wire_held *a, const struct wire_held *b)
{
    if (a->received_at_ms != b->received_at_ms) {
        return a->received_at_ms > b->received_at_ms;
    }
    return a->entry != b->entry ? a->entry > b->entry : a->index > b->index;
}

bool
outbox_last(const struct outbox *b, struct wire_held *out)
{
    const struct wire_held *last = NULL;

    for (size_t i = 0; i < b->kept.count; i++) {
        const struct wire_held *held = b->kept.items[i].offered;

        if (last == NULL || is_newer(held, last)) {
            last = held;
        }
    }
    if (last != NULL) {
        *out = *last;
    }
    return last != NULL;
}

void
outbox_prune(struct outbox *b, int64_t server_ms, int64_t here_ms)
{
    server_ms = server_ms < 0 ? 0 : server_ms;
    for (size_t i = 0; i < b->kept.count; i++) {
        struct planned *item = &b->kept.items[i];
        int64_t since_ms = item->offered->received_at_ms; /* from 0 to INT64_MAX */

        if (item->number > 0 && server_ms - OUTBOX_KEPT_MS > since_ms &&
            here_ms - OUTBOX_KEPT_MS > since_ms && gone(b->kept_folder, item->number)) {
            item->number = 0;
        }
    }
}
