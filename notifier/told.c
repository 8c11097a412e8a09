/*
 * Who was told of an alert: the fields told:<leader> of its hash, and what the batch in
 * hand adds. "3/57-2" was a message, "d3/QNG-2026-W38-TH-…" a row of that digest. What
 * batches before have read or written is remembered (known.h): most ask nothing.
 */
#include "notifier/batch.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/put.h"
#include "notifier/known.h"

struct told_code {
    struct leaders messages;
    struct leaders rows;
    bool acked;  /* somebody has taken it on */
    bool unsure; /* its hash may hold more than this, or less */
    char code[ALERT_CODE_BYTES];
};

bool
alert_code_fits(const char *code)
{
    return code[0] != '\0' && strlen(code) < ALERT_CODE_BYTES;
}

/* An event asks again and again for its own. */
static struct told_code *
told_find(struct batch *b, const char *code)
{
    if (b->told_last == NULL || strcmp(b->told_last->code, code) != 0) {
        b->told_last = table_pointer(b->told, code, strlen(code));
    }
    return b->told_last;
}

/* Nobody, until something is added. */
static struct told_code *
told_make(struct batch *b, const char *code)
{
    struct told_code *t = told_find(b, code);

    if (t == NULL) {
        t = mem_alloc(sizeof *t);
        (void)put_copy(t->code, sizeof t->code, code);
        MUST(table_put_pointer(b->told, code, strlen(code), t) == ST_OK);
        b->told_last = t;
    }
    return t;
}

static struct told_code *
told_get(struct batch *b, const char *code)
{
    struct told_code *t = told_find(b, code);

    if (t == NULL) {
        told_fetch(b, &code, 1);
        t = told_find(b, code);
    }
    if (t == NULL) { /* it could not be asked for */
        t = told_make(b, code);
        t->unsure = true;
    }
    return t;
}

struct leaders *
told_of(struct batch *b, const char *code)
{
    return &told_get(b, code)->messages;
}

struct leaders *
told_rows_of(struct batch *b, const char *code)
{
    return &told_get(b, code)->rows;
}

enum status
told_acked(const struct batch *b, const char *code, bool *acked)
{
    const struct told_code *t = table_pointer(b->told, code, strlen(code));

    if (t == NULL) {
        return ST_GONE;
    }
    *acked = t->acked;
    return ST_OK;
}

bool
told_before(struct batch *b, const char *code)
{
    const struct told_code *t = told_get(b, code);

    return t->messages.count > 0 || t->rows.count > 0 || t->acked;
}

void
told_unack(struct batch *b, const char *code)
{
    told_get(b, code)->acked = false;
}

void
told_unsure(struct batch *b, const char *code)
{
    struct told_code *t = told_find(b, code);

    if (t != NULL) {
        t->unsure = true;
    } else {
        leaders_add(&b->unsure, code);
    }
}

void
told_keep(struct batch *b)
{
    struct known *known = b->p->known;
    struct table_item item;
    size_t at = 0;
    size_t i;

    while (table_next(b->told, &at, &item)) {
        const struct told_code *t = item.value.pointer;

        if (t->unsure) {
            known_drop(known, item.key);
        } else {
            known_put(known, item.key, &t->messages, &t->rows, t->acked);
        }
    }
    for (i = 0; i < b->unsure.count; i++) { /* read behind that, as they stood before */
        known_drop(known, b->unsure.ids[i]);
    }
}

void
told_free(struct batch *b)
{
    struct table_item item;
    size_t at = 0;

    leaders_fini(&b->unsure);
    while (table_next(b->told, &at, &item)) {
        struct told_code *t = item.value.pointer;

        leaders_fini(&t->messages);
        leaders_fini(&t->rows);
        mem_free(&t);
    }
    table_free(&b->told);
    b->told_last = NULL;
}

/* ---- asking ---- */

static void
told_take(struct told_code *t, const struct reply *rep)
{
    static const size_t prefix = sizeof FIELD_TOLD - 1;
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);
        bool row = reply_str(reply_at(rep, i + 1), NULL)[0] == 'd';

        if (strncmp(field, FIELD_TOLD, prefix) == 0 &&
            strlen(field) - prefix < LEADER_ID_BYTES) {
            leaders_add(row ? &t->rows : &t->messages, field + prefix);
        }
        t->acked |= strcmp(field, "ack_by") == 0;
    }
}

/* Two passes in the same order: put all questions, then take all answers. */
void
told_fetch(struct batch *b, const char *const *codes, size_t count)
{
    struct redis *r = b->p->redis;
    const char **asked = mem_alloc((count + 1) * sizeof *asked);
    size_t n = 0;
    size_t i;

    for (i = 0; i < count && b->lost == ST_OK; i++) {
        char key[KEY_BYTES];
        const char *argv[2] = {"HGETALL", key};
        struct told_code *t;

        if (!alert_code_fits(codes[i]) || told_find(b, codes[i]) != NULL) {
            continue;
        }
        t = told_make(b, codes[i]);
        if (known_get(b->p->known, codes[i], &t->messages, &t->rows, &t->acked)) {
            continue;
        }
        key_make2(key, b->p->slug, KEY_ALERT, codes[i]);
        redis_put(r, 2, argv, NULL);
        asked[n++] = codes[i];
    }
    for (i = 0; i < n && b->lost == ST_OK; i++) {
        struct reply *rep = NULL;

        b->lost = redis_next(r, &rep);
        if (b->lost == ST_OK) {
            b->lost = reply_status(rep);
        }
        if (b->lost == ST_OK) {
            told_take(told_find(b, asked[i]), rep);
        }
        reply_free(&rep);
    }
    mem_free(&asked);
}

/* Alerts of the entries in hand, decoded; none for other kinds and broken ones. */
static size_t
events_of(struct province *p, const struct journal_entry *entry,
          const struct alert_event **events)
{
    size_t count = 0;

    if (entry->kind != JOURNAL_ALERTS ||
        event_cache_put(p->events, entry->seq, entry->body, entry->body_bytes, events,
                        &count) != ST_OK) {
        return 0;
    }
    return count;
}

/*
 * Nobody was told of one that opens the first time. Only where a code begins once: of a
 * missing report earlier scorers forgot what they told, and when it was asked for again
 * it had the old code and the number 1.
 */
static bool
opens_first(const struct alert_event *e)
{
    enum hear kind = hear_of(e->kind);

    return route_opens(e) && e->number <= 1 &&
           (kind == HEAR_BEHIND || kind == HEAR_MISSED || kind == HEAR_FALLING);
}

/*
 * Later messages of a code go to those its hash names; one that opens again asks too:
 * who hears of it now may be others than before.
 */
enum status
told_read(struct batch *b)
{
    struct province *p = b->p;
    const struct alert_event *events = NULL;
    const char **codes = NULL;
    size_t count = 0;
    size_t room = 0;
    size_t i;
    size_t j;

    for (i = 0; i < p->read.count; i++) {
        size_t n = events_of(p, &p->read.entries[i], &events);

        for (j = 0; j < n; j++) {
            const struct alert_event *e = &events[j];

            if (opens_first(e)) {
                if (alert_code_fits(e->code)) {
                    (void)told_make(b, e->code);
                }
                continue;
            }
            mem_array_room((void **)&codes, count, &room, sizeof *codes);
            codes[count++] = e->code;
        }
    }
    told_fetch(b, codes, count);
    mem_free(&codes);
    return b->lost;
}
