/* The rows of a digest with their events, as its words are made of them. */
#include "notifier/digest.h"

#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"

/* ---- events ---- */

static const char *
text_copy(struct arena *a, const char *text, bool *full)
{
    const char *copy = arena_text(a, text == NULL ? "" : text);

    *full |= copy == NULL;
    return copy;
}

/* The cache of events is smaller than a digest. NULL: the arena is full. */
static const struct alert_event *
event_copy(struct arena *a, const struct alert_event *e)
{
    struct alert_event *copy = arena_take(a, sizeof *copy);
    bool full = copy == NULL;

    if (full) {
        return NULL;
    }
    *copy = *e;
    copy->code = text_copy(a, e->code, &full);
    copy->kind = text_copy(a, e->kind, &full);
    copy->reason = text_copy(a, e->reason, &full);
    copy->target = text_copy(a, e->target, &full);
    copy->subject = text_copy(a, e->subject, &full);
    copy->window = text_copy(a, e->window, &full);
    copy->since_window = text_copy(a, e->since_window, &full);
    copy->old_window = text_copy(a, e->old_window, &full);
    copy->group = text_copy(a, e->group, &full);
    copy->brake = text_copy(a, e->brake, &full);
    copy->by = text_copy(a, e->by, &full);
    copy->measure = text_copy(a, e->measure, &full);
    copy->progress = NULL;
    copy->progress_count = 0;
    return full ? NULL : copy;
}

static enum status
events_find(struct province *p, struct arena *a, struct digest *d)
{
    const struct alert_event *e;
    size_t i;

    for (i = 0; i < d->count; i++) {
        const struct digest_row *row = &d->items[i].row;
        enum status st = event_find(p, row->at.seq, row->at.index, &e);

        if (st == ST_AGAIN) {
            return st;
        }
        if (st == ST_OK && strcmp(e->code, row->code) == 0) {
            d->items[i].event = event_copy(a, e);
            if (d->items[i].event == NULL) {
                return ST_LIMIT;
            }
        }
    }
    return ST_OK;
}

/* Has somebody taken each of these on? In one round trip. */
static enum status
acks_find(struct province *p, struct digest *d)
{
    char key[KEY_BYTES];
    const char *argv[3] = {"HEXISTS", key, "ack_by"};
    enum status st = ST_OK;
    size_t i;

    for (i = 0; i < d->count; i++) {
        key_make2(key, p->slug, KEY_ALERT, d->items[i].row.code);
        redis_put(p->redis, 3, argv, NULL);
    }
    for (i = 0; i < d->count && st == ST_OK; i++) {
        struct reply *rep = NULL;

        st = redis_next(p->redis, &rep);
        d->items[i].acknowledged = st == ST_OK && reply_int(rep) > 0;
        reply_free(&rep);
    }
    return st;
}

/* ---- whole ---- */

static enum status
rows_fill(struct province *p, struct arena *a, struct digest *d)
{
    enum status st = events_find(p, a, d);

    return st == ST_OK ? acks_find(p, d) : st;
}

static int
item_order(const void *a, const void *b)
{
    const struct digest_row *x = &((const struct digest_item *)a)->row;
    const struct digest_row *y = &((const struct digest_item *)b)->row;

    if (x->part != y->part) {
        return x->part < y->part ? -1 : 1;
    }
    return strcmp(x->code, y->code);
}

static enum status
items_take(struct arena *a, size_t count, struct digest *out)
{
    memset(out, 0, sizeof *out);
    out->day = DAY_NONE;
    out->items = arena_take(a, (count + 1) * sizeof *out->items);
    return out->items == NULL ? ST_LIMIT : ST_OK;
}

enum status
digest_read(struct province *p, const char *code, struct arena *a, struct digest *out)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    key_make2(key, p->slug, KEY_DIGEST, code);
    st = redis_call(p->redis, 2, argv, NULL, &rep);
    if (st == ST_OK && reply_count(rep) == 0) {
        st = ST_GONE;
    }
    if (st == ST_OK) {
        st = items_take(a, reply_count(rep) / 2, out);
    }
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);
        const char *line = reply_str(reply_at(rep, i + 1), NULL);

        if (strcmp(field, "day") == 0) {
            status_ignore(day_parse(line, &out->day)); /* DAY_NONE says it, too */
        } else if (row_line_parse(field, line, &out->items[out->count].row) == ST_OK) {
            out->count++;
        }
    }
    reply_free(&rep);
    if (st == ST_OK && out->count > 1) { /* a hash has no order */
        qsort(out->items, out->count, sizeof *out->items, item_order);
    }
    return st == ST_OK ? rows_fill(p, a, out) : st;
}

enum status
digest_next(struct province *p, const char *leader, struct arena *a, struct digest *out)
{
    size_t count = rows_of(p->rows, leader, NULL, 0);
    struct digest_row *rows = mem_alloc((count + 1) * sizeof *rows);
    enum status st = items_take(a, count, out);
    size_t i;

    (void)rows_of(p->rows, leader, rows, count);
    if (st == ST_OK) {
        out->count = count;
        out->day = instant_day(province_now(p));
        for (i = 0; i < count; i++) {
            out->items[i].row = rows[i];
        }
        st = rows_fill(p, a, out);
    }
    mem_free(&rows);
    return st;
}
