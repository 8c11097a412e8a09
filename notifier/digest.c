/* Rows that wait, in memory and in Redis, and the day on which they go out. */
#include "notifier/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/put.h"
#include "notifier/rows.h"

#define WAITING_MAX (1u << 20)
#define FIELD_SENT "sent" /* a row's has a stroke in it */
#define FIELD_BYTES (LEADER_ID_BYTES + ALERT_CODE_BYTES + 2)

struct waiting {
    char leader[LEADER_ID_BYTES];
    struct digest_row row;
};

struct rows {
    struct table *items; /* leader/code -> struct waiting * */
    struct table *codes; /* code -> struct leaders * */
    int32_t sent;
};

struct rows *
rows_new(void)
{
    struct rows *r = mem_alloc(sizeof *r);
    uint64_t seed;

    crypto_random(&seed, sizeof seed);
    r->items = table_new(WAITING_MAX, seed);
    r->codes = table_new(WAITING_MAX, seed);
    r->sent = DAY_NONE;
    return r;
}

void
rows_free(struct rows **r)
{
    struct table_item item;
    size_t at = 0;

    if (*r == NULL) {
        return;
    }
    while (table_next((*r)->items, &at, &item)) {
        mem_free(&item.value.pointer);
    }
    at = 0;
    while (table_next((*r)->codes, &at, &item)) {
        leaders_fini(item.value.pointer);
        mem_free(&item.value.pointer);
    }
    table_free(&(*r)->items);
    table_free(&(*r)->codes);
    mem_free(r);
}

/* ---- memory ---- */

static void
field_of(const char *leader, const char *code, char out[FIELD_BYTES])
{
    struct put p;

    put_begin(&p, out, FIELD_BYTES);
    put_text(&p, leader);
    put_char(&p, '/');
    put_text(&p, code);
    put_end(&p);
}

static struct waiting *
waiting_find(const struct rows *r, const char *leader, const char *code)
{
    char field[FIELD_BYTES];

    if (table_count(r->items) == 0) { /* of most provinces at most hours */
        return NULL;
    }
    field_of(leader, code, field);
    return table_pointer(r->items, field, strlen(field));
}

static struct waiting *
waiting_make(struct rows *r, const char *leader, const char *code)
{
    struct waiting *w = waiting_find(r, leader, code);
    struct leaders *of = table_pointer(r->codes, code, strlen(code));
    char field[FIELD_BYTES];

    if (w != NULL) {
        return w;
    }
    w = mem_alloc(sizeof *w);
    field_of(leader, code, field);
    (void)snprintf(w->leader, sizeof w->leader, "%s", leader);
    MUST(table_put_pointer(r->items, field, strlen(field), w) == ST_OK);
    if (of == NULL) {
        of = mem_alloc(sizeof *of);
        MUST(table_put_pointer(r->codes, code, strlen(code), of) == ST_OK);
    }
    leaders_add(of, leader);
    return w;
}

static void
waiting_free(struct rows *r, struct waiting *w)
{
    const char *code = w->row.code;
    struct leaders *of = table_pointer(r->codes, code, strlen(code));
    union table_value gone;
    char field[FIELD_BYTES];

    leaders_remove(of, w->leader);
    if (of->count == 0) {
        (void)table_remove(r->codes, code, strlen(code), &gone);
        leaders_fini(of);
        mem_free(&of);
    }
    field_of(w->leader, code, field);
    (void)table_remove(r->items, field, strlen(field), &gone);
    mem_free(&w);
}

void
rows_waiting(const struct rows *rows, const char *code, struct leaders *out)
{
    const struct leaders *of = table_pointer(rows->codes, code, strlen(code));
    size_t i;

    for (i = 0; of != NULL && i < of->count; i++) {
        leaders_add(out, of->ids[i]);
    }
}

/* ---- Redis ---- */

static enum status
row_take(struct rows *rows, const char *field, const char *line)
{
    const char *stroke = strchr(field, '/');
    char leader[LEADER_ID_BYTES];
    struct digest_row row;

    if (strcmp(field, FIELD_SENT) == 0) {
        return day_parse(line, &rows->sent);
    }
    if (stroke == NULL || (size_t)(stroke - field) >= sizeof leader ||
        row_line_parse(stroke + 1, line, &row) != ST_OK) {
        return ST_BAD;
    }
    (void)snprintf(leader, sizeof leader, "%.*s", (int)(stroke - field), field);
    waiting_make(rows, leader, row.code)->row = row;
    return ST_OK;
}

enum status
rows_read(struct rows *rows, struct redis *r, const char *slug)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    key_make(key, slug, KEY_ROWS);
    st = redis_call(r, 2, argv, NULL, &rep);
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);

        st = row_take(rows, field, reply_str(reply_at(rep, i + 1), NULL));
        if (st != ST_OK) {
            redis_error_set(r,
                            "%s: field %.60s is not in its form; was it changed by "
                            "hand?",
                            key, field);
        }
    }
    reply_free(&rep);
    return st;
}

void
row_put(struct batch *b, const char *leader, const struct digest_row *row)
{
    struct waiting *w = waiting_find(b->p->rows, leader, row->code);
    struct digest_row kept = *row;
    char field[FIELD_BYTES];
    char line[ROW_LINE_BYTES];

    if (w != NULL) {
        row_merge(&w->row, &kept);
    } else {
        w = waiting_make(b->p->rows, leader, row->code);
    }
    w->row = kept;
    row_line(&kept, line);
    field_of(leader, row->code, field);
    effects_hset(&b->p->effects, &b->p->follow, KEY_ROWS, NULL, field, line,
                 strlen(line));
}

static void
waiting_remove(struct batch *b, struct waiting *w)
{
    char field[FIELD_BYTES];

    field_of(w->leader, w->row.code, field);
    effects_hdel(&b->p->effects, &b->p->follow, KEY_ROWS, NULL, field);
    waiting_free(b->p->rows, w);
}

bool
row_drop(struct batch *b, const char *leader, const char *code)
{
    struct waiting *w = waiting_find(b->p->rows, leader, code);

    if (w == NULL || !row_first(&w->row)) {
        return false;
    }
    waiting_remove(b, w);
    return true;
}

void
row_remove(struct batch *b, const char *leader, const char *code)
{
    struct waiting *w = waiting_find(b->p->rows, leader, code);

    if (w != NULL) {
        waiting_remove(b, w);
    }
}

/* ---- a day ---- */

/* Office by office, as their digests have them: what is open first. */
static int
waiting_order(const void *a, const void *b)
{
    const struct waiting *x = *(const struct waiting *const *)a;
    const struct waiting *y = *(const struct waiting *const *)b;
    int order = strcmp(x->leader, y->leader);

    if (order == 0) {
        order = reason_ends(x->row.reason) - reason_ends(y->row.reason);
    }
    return order != 0 ? order : strcmp(x->row.code, y->row.code);
}

static struct waiting **
waiting_list(const struct rows *r, size_t *count)
{
    struct waiting **list = mem_alloc((table_count(r->items) + 1) * sizeof *list);
    struct table_item item;
    size_t at = 0;

    *count = 0;
    while (table_next(r->items, &at, &item)) {
        list[(*count)++] = item.value.pointer;
    }
    qsort(list, *count, sizeof *list, waiting_order);
    return list;
}

/* An office that the programme does not name any more gets its last ones daily, so
 * that no row waits for ever. */
static bool
office_due(const struct batch *b, const char *leader, int32_t today)
{
    const struct catalogue *c = b->now;
    int l = catalogue_leader(c, leader);

    return digest_due(l == NONE ? DIGEST_DAILY : c->leaders[l].digest, b->p->rows->sent,
                      today);
}

static void
digest_field(struct batch *b, const char *code, const char *field, const char *value)
{
    effects_hset(&b->p->effects, &b->p->follow, KEY_DIGEST, code, field, value,
                 strlen(value));
}

/* Rows that are told for the first time are what the office was told from now on. */
static void
told_note(struct batch *b, const struct waiting *w, const char *digest)
{
    char field[LEADER_ID_BYTES + 8];
    char value[ALERT_CODE_BYTES + 24];

    if (reason_ends(w->row.reason) || leaders_has(told_of(b, w->row.code), w->leader) ||
        leaders_has(told_rows_of(b, w->row.code), w->leader)) {
        return; /* has heard, or hears that it is over */
    }
    (void)snprintf(field, sizeof field, FIELD_TOLD "%s", w->leader);
    (void)snprintf(value, sizeof value, "d%u/%s", (unsigned)w->row.number, digest);
    effects_hset(&b->p->effects, &b->p->follow, KEY_ALERT, w->row.code, field, value,
                 strlen(value));
    leaders_add(told_rows_of(b, w->row.code), w->leader);
}

static uint32_t
part_of(size_t i)
{
    return (uint32_t)(i / ROWS_A_MESSAGE) + 1;
}

/* One office's rows into its digest; group by group, so that each hash is one run. What
 * the inbox has no place for goes on waiting. */
static void
digest_send(struct batch *b, struct waiting *const *list, size_t count, int32_t today)
{
    const struct catalogue *c = b->now;
    const char *leader = list[0]->leader;
    int l = catalogue_leader(c, leader);
    struct leader gone = {.id = leader, .digest = DIGEST_DAILY};
    struct delivery d = {.kind = DELIVERY_DIGEST};
    size_t room = places_left(b, leader) * ROWS_A_MESSAGE;
    char code[ALERT_CODE_BYTES];
    char line[ROW_LINE_BYTES];
    char day[DAY_TEXT_BYTES];
    size_t i;

    count = count < room ? count : room;
    if (count == 0) {
        return;
    }
    digest_code(c, l == NONE ? &gone : &c->leaders[l], today, code);
    day_text(today, day);
    digest_field(b, code, "leader", leader);
    digest_field(b, code, "day", day);
    for (i = 0; i < count; i++) {
        list[i]->row.part = part_of(i);
        row_line(&list[i]->row, line);
        digest_field(b, code, list[i]->row.code, line);
    }
    for (i = 0; i < count; i++) {
        told_note(b, list[i], code);
    }
    d.code = code;
    for (d.number = 1; d.number <= part_of(count - 1); d.number++) {
        deliver(b, leader, &d);
    }
    for (i = 0; i < count; i++) {
        waiting_remove(b, list[i]);
    }
}

static void
codes_fetch(struct batch *b, struct waiting *const *list, size_t count)
{
    const char **codes = mem_alloc((count + 1) * sizeof *codes);
    size_t i;

    for (i = 0; i < count; i++) {
        codes[i] = list[i]->row.code;
    }
    told_fetch(b, codes, count);
    mem_free(&codes);
}

void
digest_day(struct batch *b, int32_t today)
{
    struct rows *rows = b->p->rows;
    char day[DAY_TEXT_BYTES];
    size_t count;
    struct waiting **list = waiting_list(rows, &count);
    size_t i;
    size_t n;

    codes_fetch(b, list, count);
    for (i = 0; i < count && b->lost == ST_OK; i += n) {
        for (n = 1; i + n < count && strcmp(list[i]->leader, list[i + n]->leader) == 0;
             n++) {
        }
        if (office_due(b, list[i]->leader, today)) {
            digest_send(b, &list[i], n, today);
        }
    }
    mem_free(&list);
    rows->sent = today;
    day_text(today, day);
    effects_hset(&b->p->effects, &b->p->follow, KEY_ROWS, NULL, FIELD_SENT, day,
                 strlen(day));
}

size_t
rows_of(const struct rows *rows, const char *leader, struct digest_row *out, size_t max)
{
    size_t count;
    struct waiting **list = waiting_list(rows, &count);
    size_t n = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        if (strcmp(list[i]->leader, leader) == 0) {
            if (n < max) {
                out[n] = list[i]->row;
                out[n].part = part_of(n);
            }
            n++;
        }
    }
    mem_free(&list);
    return n;
}
