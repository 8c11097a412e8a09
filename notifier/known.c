#include "notifier/known.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/table.h"

/* What a code takes besides its item and its own text as a key: a slot of a table that
 * is half full, and what malloc adds to two pieces. */
#define PLACE_BYTES 96u

/* From the one used last to the one unused for longest. */
struct item {
    struct item *newer;
    struct item *older;
    size_t cost; /* in bytes */
    size_t texts_bytes;
    size_t messages; /* of the texts behind the code so many; the others are rows */
    bool acked;
    char texts[]; /* the code, then offices, each with its zero byte */
};

struct known {
    struct table *items;
    struct item *newest;
    struct item *oldest;
    size_t bytes;
    size_t bytes_max;
    struct buf texts; /* of the one that is put */
};

struct known *
known_new(size_t bytes_max, uint64_t seed)
{
    struct known *k = mem_alloc(sizeof *k);

    k->bytes_max = bytes_max;
    k->items = table_new(bytes_max / PLACE_BYTES + 1, seed);
    buf_init(&k->texts, bytes_max / 8);
    return k;
}

void
known_free(struct known **k)
{
    if (*k == NULL) {
        return;
    }
    known_clear(*k);
    table_free(&(*k)->items);
    buf_fini(&(*k)->texts);
    mem_free(k);
}

size_t
known_count(const struct known *k)
{
    return table_count(k->items);
}

size_t
known_bytes(const struct known *k)
{
    return k->bytes;
}

/* ---- in the order of use ---- */

static void
unlink_item(struct known *k, struct item *it)
{
    if (it->newer != NULL) {
        it->newer->older = it->older;
    } else {
        k->newest = it->older;
    }
    if (it->older != NULL) {
        it->older->newer = it->newer;
    } else {
        k->oldest = it->newer;
    }
}

static void
link_newest(struct known *k, struct item *it)
{
    it->newer = NULL;
    it->older = k->newest;
    if (k->newest != NULL) {
        k->newest->newer = it;
    } else {
        k->oldest = it;
    }
    k->newest = it;
}

static void
use(struct known *k, struct item *it)
{
    if (k->newest != it) {
        unlink_item(k, it);
        link_newest(k, it);
    }
}

static struct item *
find(const struct known *k, const char *code)
{
    return table_pointer(k->items, code, strlen(code));
}

static void
forget(struct known *k, struct item *it)
{
    unlink_item(k, it);
    (void)table_remove(k->items, it->texts, strlen(it->texts), NULL);
    k->bytes -= it->cost;
    mem_free(&it);
}

void
known_clear(struct known *k)
{
    while (k->oldest != NULL) {
        forget(k, k->oldest);
    }
}

void
known_drop(struct known *k, const char *code)
{
    struct item *it = find(k, code);

    if (it != NULL) {
        forget(k, it);
    }
}

/* ---- what is known ---- */

bool
known_get(struct known *k, const char *code, struct leaders *messages,
          struct leaders *rows, bool *acked)
{
    struct item *it = find(k, code);
    const char *at;
    const char *end;
    size_t i;

    if (it == NULL) {
        return false;
    }
    use(k, it);
    end = it->texts + it->texts_bytes;
    at = it->texts + strlen(it->texts) + 1;
    for (i = 0; at < end; i++) {
        leaders_add(i < it->messages ? messages : rows, at);
        at += strlen(at) + 1;
    }
    *acked = it->acked;
    return true;
}

static void
texts_add(struct buf *b, const struct leaders *l)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        buf_add(b, l->ids[i], strlen(l->ids[i]) + 1);
    }
}

static void
make(struct known *k, size_t code_bytes, size_t messages, bool acked)
{
    const struct buf *texts = &k->texts;
    size_t cost = sizeof(struct item) + texts->len + code_bytes + PLACE_BYTES;
    struct item *it;

    if (cost > k->bytes_max) {
        return;
    }
    while (k->bytes + cost > k->bytes_max) {
        forget(k, k->oldest);
    }
    it = mem_grow(NULL, sizeof *it + texts->len);
    it->cost = cost;
    it->texts_bytes = texts->len;
    it->messages = messages;
    it->acked = acked;
    memcpy(it->texts, texts->data, texts->len);
    MUST(table_put_pointer(k->items, it->texts, code_bytes - 1, it) == ST_OK);
    k->bytes += cost;
    link_newest(k, it);
}

void
known_put(struct known *k, const char *code, const struct leaders *messages,
          const struct leaders *rows, bool acked)
{
    struct item *it = find(k, code);
    size_t code_bytes = strlen(code) + 1;

    buf_clear(&k->texts);
    buf_add(&k->texts, code, code_bytes);
    texts_add(&k->texts, messages);
    texts_add(&k->texts, rows);
    /* Most events change nothing of who hears of the next one. */
    if (it != NULL && !k->texts.cut && it->messages == messages->count &&
        it->texts_bytes == k->texts.len &&
        memcmp(it->texts, k->texts.data, k->texts.len) == 0) {
        it->acked = acked;
        use(k, it);
        return;
    }
    if (it != NULL) {
        forget(k, it);
    }
    if (!k->texts.cut) {
        make(k, code_bytes, messages->count, acked);
    }
}
