/* Holds and what is kept back, in memory and in Redis. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "notifier/hold_private.h"

#define HELD_MAX (1u << 20)

/* ---- lines ---- */

void
hold_line(const struct hold *h, char out[HOLD_LINE_BYTES])
{
    char since[DAY_TEXT_BYTES];
    char until[DAY_TEXT_BYTES];
    char said[DAY_TEXT_BYTES];

    day_text(h->since, since);
    day_text(h->until, until);
    day_text(h->said, said);
    (void)snprintf(out, HOLD_LINE_BYTES,
                   "since=%s until=%s level=%s units=%" PRIu32 " of=%" PRIu32
                   " by=%s said=%s n=%" PRIu32 " list=%" PRIu32 " act=%" PRIu64
                   " reason=%s",
                   since, until, h->level, h->units, h->of, h->by, said, h->number,
                   h->listed, h->act, h->reason);
}

enum status
hold_parse(const char *id, const char *line, struct hold *h)
{
    char since[DAY_TEXT_BYTES];
    char until[DAY_TEXT_BYTES];
    char said[DAY_TEXT_BYTES];
    int used = 0;

    memset(h, 0, sizeof *h);
    if (strlen(id) >= sizeof h->id ||
        sscanf(line,
               "since=%15s until=%15s level=%15s units=%" SCNu32 " of=%" SCNu32
               " by=%95s said=%15s n=%" SCNu32 " list=%" SCNu32 " act=%" SCNu64
               " reason=%n",
               since, until, h->level, &h->units, &h->of, h->by, said, &h->number,
               &h->listed, &h->act, &used) != 10 ||
        used == 0 || strlen(line + used) >= sizeof h->reason ||
        day_parse(since, &h->since) != ST_OK || day_parse(until, &h->until) != ST_OK) {
        return ST_BAD;
    }
    if (day_parse(said, &h->said) != ST_OK) {
        h->said = DAY_NONE;
    }
    (void)snprintf(h->id, sizeof h->id, "%s", id);
    (void)snprintf(h->reason, sizeof h->reason, "%s", line + used);
    return ST_OK;
}

void
held_line(const struct held *l, char out[HELD_LINE_BYTES])
{
    char at[SPOT_BYTES];

    spot_text(l->at, at);
    (void)snprintf(
        out, HELD_LINE_BYTES,
        "at=%s n=%" PRIu32 " hold=%s opened=%d told=%d kind=%s reason=%s subject=%s",
        at, l->number, l->hold, l->opened, l->told, l->kind, l->reason, l->subject);
}

enum status
held_parse(const char *code, const char *line, struct held *l)
{
    char at[SPOT_BYTES];
    int opened;
    int told;

    memset(l, 0, sizeof *l);
    if (strlen(code) >= sizeof l->code ||
        sscanf(line,
               "at=%39s n=%" SCNu32 " hold=%119s opened=%d told=%d kind=%15s "
               "reason=%15s subject=%63s",
               at, &l->number, l->hold, &opened, &told, l->kind, l->reason,
               l->subject) != 8 ||
        !spot_read(at, &l->at)) {
        return ST_BAD;
    }
    (void)snprintf(l->code, sizeof l->code, "%s", code);
    l->opened = opened != 0;
    l->told = told != 0;
    return ST_OK;
}

/* ---- memory ---- */

struct holds *
holds_new(void)
{
    struct holds *h = mem_alloc(sizeof *h);
    uint64_t seed;

    crypto_random(&seed, sizeof seed);
    h->held = table_new(HELD_MAX, seed);
    return h;
}

static void
holds_clear(struct holds *h)
{
    struct table_item item;
    size_t at = 0;

    while (table_next(h->held, &at, &item)) {
        mem_free(&item.value.pointer);
    }
    table_clear(h->held);
    while (h->count > 0) {
        mem_free(&h->items[--h->count]);
    }
    h->ended_count = 0;
    h->leaving = false;
    h->moved = false;
}

void
holds_free(struct holds **h)
{
    if (*h == NULL) {
        return;
    }
    holds_clear(*h);
    table_free(&(*h)->held);
    mem_free(&(*h)->items);
    mem_free(&(*h)->ended);
    mem_free(h);
}

struct hold *
hold_find(const struct holds *h, const char *id)
{
    size_t i;

    for (i = 0; i < h->count; i++) {
        if (!h->items[i]->over && strcmp(h->items[i]->id, id) == 0) {
            return h->items[i];
        }
    }
    return NULL;
}

static struct hold *
hold_push(struct holds *h)
{
    mem_array_room((void **)&h->items, h->count, &h->room, sizeof(struct hold *));
    h->items[h->count] = mem_alloc(sizeof(struct hold));
    return h->items[h->count++];
}

struct hold *
hold_add(struct holds *h, const char *id, int32_t since, int32_t until)
{
    struct hold *hold = hold_push(h);

    (void)snprintf(hold->id, sizeof hold->id, "%s", id);
    hold->since = since;
    hold->until = until;
    (void)snprintf(hold->level, sizeof hold->level, "-");
    (void)snprintf(hold->by, sizeof hold->by, "-");
    (void)snprintf(hold->reason, sizeof hold->reason, "-");
    hold->said = DAY_NONE;
    hold->changed = true;
    return hold;
}

struct held *
held_find(const struct holds *h, const char *code)
{
    return table_pointer(h->held, code, strlen(code));
}

static void
held_put(struct holds *h, const struct held *line)
{
    struct held *l = held_find(h, line->code);

    if (l == NULL) {
        l = mem_alloc(sizeof *l);
        MUST(table_put_pointer(h->held, line->code, strlen(line->code), l) == ST_OK);
    }
    if (l != line) {
        *l = *line;
    }
    h->leaving |= strcmp(l->hold, HOLD_NONE) == 0;
}

static int
held_order(const void *a, const void *b)
{
    const struct held *x = *(struct held *const *)a;
    const struct held *y = *(struct held *const *)b;

    if (x->at.seq != y->at.seq) {
        return x->at.seq < y->at.seq ? -1 : 1;
    }
    return x->at.index < y->at.index ? -1 : x->at.index > y->at.index;
}

struct held **
held_of(const struct holds *h, const char *id, size_t *count)
{
    struct held **lines = NULL;
    struct table_item item;
    size_t room = 0;
    size_t at = 0;

    *count = 0;
    while (table_next(h->held, &at, &item)) {
        struct held *l = item.value.pointer;

        if (strcmp(l->hold, id) == 0) {
            mem_array_room((void **)&lines, *count, &room, sizeof(struct held *));
            lines[(*count)++] = l;
        }
    }
    if (*count > 1) {
        qsort(lines, *count, sizeof(struct held *), held_order);
    }
    return lines;
}

static int
subject_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

uint32_t
held_units(struct held **lines, size_t count)
{
    const char **subjects = mem_alloc((count + 1) * sizeof *subjects);
    uint32_t units = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        subjects[i] = lines[i]->subject;
    }
    qsort(subjects, count, sizeof *subjects, subject_order);
    for (i = 0; i < count; i++) {
        units += i == 0 || strcmp(subjects[i], subjects[i - 1]) != 0;
    }
    mem_free(&subjects);
    return units;
}

bool
hold_is_automatic(const char *id)
{
    return strcmp(id, HOLD_PERSON) != 0 && strcmp(id, HOLD_NONE) != 0;
}

bool
hold_of_person(const struct holds *h)
{
    return hold_find(h, HOLD_PERSON) != NULL;
}

bool
hold_has(const struct holds *h, const char *code)
{
    return held_find(h, code) != NULL;
}

/* ---- Redis ---- */

void
hold_write(struct batch *b, struct hold *hold)
{
    char line[HOLD_LINE_BYTES];

    hold->changed = false;
    hold_line(hold, line);
    effects_hset(&b->p->effects, &b->p->follow, KEY_HOLD, NULL, hold->id, line,
                 strlen(line));
}

void
hold_remove(struct batch *b, struct hold *hold)
{
    struct holds *h = b->p->holds;
    size_t i;

    effects_hdel(&b->p->effects, &b->p->follow, KEY_HOLD, NULL, hold->id);
    for (i = 0; h->items[i] != hold; i++) {
    }
    memmove(&h->items[i], &h->items[i + 1], (h->count - i - 1) * sizeof(struct hold *));
    h->count--;
    mem_free(&hold);
}

void
held_write(struct batch *b, const struct held *line)
{
    char text[HELD_LINE_BYTES];

    held_put(b->p->holds, line);
    b->p->holds->moved = true;
    held_line(line, text);
    effects_hset(&b->p->effects, &b->p->follow, KEY_HELD, NULL, line->code, text,
                 strlen(text));
}

void
held_remove(struct batch *b, const char *code)
{
    union table_value value;

    effects_hdel(&b->p->effects, &b->p->follow, KEY_HELD, NULL, code);
    b->p->holds->moved = true;
    if (table_remove(b->p->holds->held, code, strlen(code), &value)) {
        mem_free(&value.pointer);
    }
}

/* One of the two hashes: each field and its line into `put`. */
static enum status
hash_read(struct holds *h, struct redis *r, const char *slug, const char *name,
          enum status (*put)(struct holds *, const char *, const char *))
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    key_make(key, slug, name);
    st = redis_call(r, 2, argv, NULL, &rep);
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);

        st = put(h, field, reply_str(reply_at(rep, i + 1), NULL));
        if (st != ST_OK) {
            redis_error_set(r, "field %.60s of %.60s cannot be read by this version",
                            field, key);
        }
    }
    reply_free(&rep);
    return st;
}

static enum status
hold_take_in(struct holds *h, const char *id, const char *line)
{
    struct hold hold;
    enum status st = hold_parse(id, line, &hold);

    if (st == ST_OK) {
        *hold_push(h) = hold;
    }
    return st;
}

static enum status
held_take_in(struct holds *h, const char *code, const char *line)
{
    struct held l;
    enum status st = held_parse(code, line, &l);

    if (st == ST_OK) {
        held_put(h, &l);
    }
    return st;
}

static int
id_order(const void *a, const void *b)
{
    return strcmp((*(struct hold *const *)a)->id, (*(struct hold *const *)b)->id);
}

enum status
holds_read(struct holds *h, struct redis *r, const char *slug)
{
    enum status st;

    holds_clear(h);
    st = hash_read(h, r, slug, KEY_HOLD, hold_take_in);
    if (st == ST_OK) {
        st = hash_read(h, r, slug, KEY_HELD, held_take_in);
    }
    if (st == ST_OK && h->count > 1) {
        qsort(h->items, h->count, sizeof(struct hold *), id_order);
    }
    return st;
}
