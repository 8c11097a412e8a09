#include "lib/entry_sets.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/instant.h"
#include "lib/put.h"

#define ARENA_BYTES (16u << 20)

void
entry_sets_init(struct entry_sets *s)
{
    memset(s, 0, sizeof *s);
    s->arena = arena_new(ARENA_BYTES);
}

void
entry_sets_fini(struct entry_sets *s)
{
    mem_free(&s->records);
    arena_free(&s->arena);
}

/* What is hashed, gathered so that it is handed over in one piece: nearly always all.
 */
struct content {
    struct crypto_hash hash;
    bool begun; /* it was more than has room */
    size_t len;
    char text[1024];
};

#define CONTENT_PART_BYTES 256u

static void
content_flush(struct content *c)
{
    if (!c->begun) {
        crypto_hash_begin(&c->hash, CRYPTO_HASH128_BYTES);
        c->begun = true;
    }
    crypto_hash_add(&c->hash, c->text, c->len);
    c->len = 0;
}

static struct put
part_begin(struct content *c)
{
    struct put p;

    if (sizeof c->text - c->len < CONTENT_PART_BYTES) {
        content_flush(c);
    }
    put_begin(&p, c->text + c->len, CONTENT_PART_BYTES);
    return p;
}

/* A part that was cut counts with its zero byte: so it always was. */
static void
part_end(struct content *c, struct put *p)
{
    put_end(p);
    c->len = (size_t)(p->at - c->text) + (p->cut ? 1 : 0);
}

static void
content_end(struct content *c, uint8_t out[RECEIPT_HASH_BYTES])
{
    if (!c->begun) {
        crypto_hash128(c->text, c->len, out);
        return;
    }
    content_flush(c);
    crypto_hash_end(&c->hash, out);
}

static void
days_put(struct put *p, int32_t first, int32_t last)
{
    put_char(p, '/');
    put_number(p, first);
    put_char(p, '/');
    put_number(p, last);
}

void
report_days_text(int32_t first, int32_t last, char out[REPORT_DAYS_BYTES])
{
    struct put p;

    put_begin(&p, out, REPORT_DAYS_BYTES);
    days_put(&p, first, last);
    put_end(&p);
}

static void
figures_hash(struct content *c, const struct figure_record *figures, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const struct figure_record *f = &figures[i];
        struct put p = part_begin(c);

        put_char(&p, '/');
        put_text(&p, f->measure);
        put_char(&p, '=');
        if (f->not_applicable) {
            put_char(&p, 'x');
        } else {
            put_number(&p, f->scaled);
        }
        part_end(c, &p);
    }
}

void
report_record_hash(const struct report_record *r, uint8_t out[RECEIPT_HASH_BYTES])
{
    struct content c;
    struct put p;

    c.begun = false;
    c.len = 0;
    p = part_begin(&c);
    put_text(&p, r->unit);
    put_char(&p, '/');
    put_text(&p, r->group);
    put_char(&p, '/');
    put_text(&p, r->period);
    days_put(&p, r->first_day, r->last_day);
    part_end(&c, &p);
    figures_hash(&c, r->figures, r->figure_count);
    content_end(&c, out);
}

void
report_key_hash(const char *key, const char *days, const struct figure_record *figures,
                size_t count, uint8_t out[RECEIPT_HASH_BYTES])
{
    struct content c;
    struct put p;

    c.begun = false;
    c.len = 0;
    p = part_begin(&c);
    put_text(&p, key);
    put_text(&p, days);
    part_end(&c, &p);
    figures_hash(&c, figures, count);
    content_end(&c, out);
}

static void
record_take(struct entry_sets *s, const struct journal_entry *e, uint32_t index,
            const struct report_record *r)
{
    struct receipt receipt = {.revision = r->revision,
                              .entry = e->seq,
                              .index = index,
                              .received_at_ms = r->received_at_ms,
                              .due_day = r->due_day,
                              .on_time = r->on_time};
    struct entry_record *at;

    mem_array_room((void **)&s->records, s->count, &s->room, sizeof *s->records);
    at = &s->records[s->count++];
    at->index = index;
    at->report = *r;
    memcpy(receipt.hash, r->hash, sizeof receipt.hash);
    (void)snprintf(at->key, sizeof at->key, "%s/%s/%s", r->unit, r->group, r->period);
    receipt_field(at->key, r->revision, at->field);
    receipt_line(&receipt, at->line);
    s->at_ms = r->received_at_ms > s->at_ms ? r->received_at_ms : s->at_ms;
}

static void
batch_take(struct entry_sets *s, const struct journal_entry *e)
{
    struct journal_cursor cur = {e->body, e->body_bytes};
    const uint8_t *record;
    size_t bytes;
    uint32_t index = 0;
    enum status st;

    while ((st = journal_record_next(&cur, &record, &bytes)) == ST_OK) {
        struct report_record r;

        if (report_record_decode(record, bytes, s->arena, &r) == ST_OK) {
            record_take(s, e, index, &r);
        } else {
            s->unreadable++;
        }
        index++;
    }
    s->unreadable += st == ST_BAD;
}

static void
tick_take(struct entry_sets *s, const struct journal_entry *e)
{
    struct tick_record t;

    if (tick_decode(e->body, e->body_bytes, &t) != ST_OK || t.hour <= 0) {
        s->unreadable++;
        return;
    }
    s->tick = t.hour;
    s->at_ms = hour_start(t.hour).ms;
}

static void
programme_take(struct entry_sets *s, const struct journal_entry *e, int64_t tick_before)
{
    if (programme_decode(e->body, e->body_bytes, s->arena, &s->programme) != ST_OK) {
        s->programme.digest = NULL;
        s->unreadable++;
        return;
    }
    s->at_ms = s->programme.at_ms;
    if (tick_before == 0) {
        s->tick = hour_of((struct instant){s->programme.at_ms});
    }
}

static void
act_take(struct entry_sets *s, const struct journal_entry *e)
{
    if (act_decode(e->body, e->body_bytes, s->arena, &s->act) != ST_OK ||
        s->act.id[0] == '\0') {
        s->unreadable++;
        return;
    }
    s->act_id = s->act.id;
    s->at_ms = s->act.at_ms;
}

void
entry_sets_take(struct entry_sets *s, const struct journal_entry *e,
                int64_t tick_before)
{
    arena_reset(s->arena);
    s->count = 0;
    s->unreadable = 0;
    s->tick = 0;
    s->programme = (struct programme_record){0};
    s->act_id = NULL;
    s->at_ms = 0;
    switch (e->kind) {
    case JOURNAL_REPORTS:
        batch_take(s, e);
        break;
    case JOURNAL_TICK:
        tick_take(s, e);
        break;
    case JOURNAL_PROGRAMME:
        programme_take(s, e, tick_before);
        break;
    case JOURNAL_ACT:
        act_take(s, e);
        break;
    case JOURNAL_ALERTS:
    case JOURNAL_UNKNOWN:
        s->unreadable++;
        break;
    }
}
