/* The hashes and streams of a province as they stand: summary, scores, told, parked. */
#include "lib/board.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/wire.h"

#define PARKED_MAX "10000"

/* --- lines --- */

static int
line_compare(const void *a, const void *b)
{
    const struct board_line *x = a;
    const struct board_line *y = b;

    return strcmp(x->field, y->field);
}

static enum status
lines_read(struct redis *r, const char *key, struct board_lines *out)
{
    struct reply *rep = NULL;
    const char *argv[2] = {"HGETALL", key};
    enum status st;
    size_t i;

    memset(out, 0, sizeof *out);
    st = redis_call(r, 2, argv, NULL, &rep);
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        mem_array_room((void **)&out->items, out->count, &out->room,
                       sizeof *out->items);
        out->items[out->count++] =
            (struct board_line){mem_copy_text(reply_str(reply_at(rep, i), NULL)),
                                mem_copy_text(reply_str(reply_at(rep, i + 1), NULL))};
    }
    reply_free(&rep);
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof *out->items, line_compare);
    }
    return st;
}

enum status
board_summary(struct redis *r, const char *province, struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make(key, province, KEY_SUMMARY);
    return lines_read(r, key, out);
}

enum status
board_scores(struct redis *r, const char *province, const char *subject,
             struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make2(key, province, KEY_SCORES, subject);
    return lines_read(r, key, out);
}

enum status
board_facts(struct redis *r, const char *province, const char *unit,
            struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make2(key, province, KEY_FACTS, unit);
    return lines_read(r, key, out);
}

enum status
board_told(struct redis *r, const char *province, struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make(key, province, KEY_TOLD);
    return lines_read(r, key, out);
}

enum status
board_missing(struct redis *r, const char *province, struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make(key, province, KEY_MISSING);
    return lines_read(r, key, out);
}

enum status
board_alert_fields(struct redis *r, const char *province, const char *code,
                   struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make2(key, province, KEY_ALERT, code);
    return lines_read(r, key, out);
}

enum status
board_cursors(struct redis *r, const char *province, struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make(key, province, KEY_CURSOR);
    return lines_read(r, key, out);
}

enum status
board_ladder(struct redis *r, const char *province, struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make(key, province, KEY_LADDER);
    return lines_read(r, key, out);
}

enum status
board_hold_lines(struct redis *r, const char *province, struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make(key, province, KEY_HOLD);
    return lines_read(r, key, out);
}

enum status
board_held_lines(struct redis *r, const char *province, struct board_lines *out)
{
    char key[KEY_BYTES];

    key_make(key, province, KEY_HELD);
    return lines_read(r, key, out);
}

void
board_lines_fini(struct board_lines *l)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        mem_free(&l->items[i].field);
        mem_free(&l->items[i].value);
    }
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}

const char *
board_line(const struct board_lines *l, const char *field)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (strcmp(l->items[i].field, field) == 0) {
            return l->items[i].value;
        }
    }
    return NULL;
}

bool
board_word(const char *line, const char *name, char *out, size_t out_bytes)
{
    size_t len = strlen(name);
    const char *at = line;

    while (at != NULL && *at != '\0') {
        if (strncmp(at, name, len) == 0 && at[len] == '=') {
            (void)snprintf(out, out_bytes, "%.*s", (int)strcspn(at + len + 1, " "),
                           at + len + 1);
            return true;
        }
        at = strchr(at, ' ');
        at = at == NULL ? NULL : at + 1;
    }
    return false;
}

/* --- parked --- */

static bool
parked_take(const struct reply *item, struct board_parked *out)
{
    const struct reply *fields = reply_at(item, 1);
    const char *at = reply_str(reply_field(fields, "at"), NULL);
    char end;

    memset(out, 0, sizeof *out);
    if (sscanf(at, "%" SCNu64 ":%" SCNu32 "%c", &out->entry, &out->index, &end) != 2) {
        return false;
    }
    (void)snprintf(out->unit, sizeof out->unit, "%s",
                   reply_str(reply_field(fields, "unit"), NULL));
    (void)snprintf(out->reason, sizeof out->reason, "%s",
                   reply_str(reply_field(fields, "reason"), NULL));
    return true;
}

enum status
board_parked(struct redis *r, const char *province, struct board_parked_list *out)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[6] = {"XRANGE", key, "-", "+", "COUNT", PARKED_MAX};
    enum status st;
    size_t i;

    memset(out, 0, sizeof *out);
    key_make(key, province, KEY_PARKED);
    st = redis_call(r, 6, argv, NULL, &rep);
    for (i = 0; st == ST_OK && i < reply_count(rep); i++) {
        mem_array_room((void **)&out->items, out->count, &out->room,
                       sizeof *out->items);
        if (parked_take(reply_at(rep, i), &out->items[out->count])) {
            out->count++;
        }
    }
    reply_free(&rep);
    return st;
}

void
board_parked_fini(struct board_parked_list *l)
{
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}

enum status
board_parked_count(struct redis *r, const char *province, int64_t *count)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[2] = {"XLEN", key};
    enum status st;

    key_make(key, province, KEY_PARKED);
    st = redis_call(r, 2, argv, NULL, &rep);
    *count = st == ST_OK ? reply_int(rep) : 0;
    reply_free(&rep);
    return st;
}

/* --- a file of a programme --- */

static enum status
bundle_file(const struct reply *rep, const char *name, struct buf *out)
{
    struct arena *a = arena_new(4u * JOURNAL_PROGRAMME_MAX);
    struct wire_file *files = NULL;
    size_t count = 0;
    size_t bytes;
    const char *text = reply_str(rep, &bytes);
    enum status st = bundle_decode(text, bytes, a, &files, &count);
    size_t i;

    if (st == ST_OK) {
        st = ST_GONE;
        for (i = 0; i < count; i++) {
            if (strcmp(files[i].name, name) == 0) {
                buf_add(out, files[i].text, files[i].bytes);
                st = ST_OK;
            }
        }
    }
    arena_free(&a);
    return st;
}

enum status
board_file(struct redis *r, const char *province, const char *digest, const char *name,
           struct buf *out)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[2] = {"GET", key};
    enum status st;

    key_make2(key, province, KEY_PROGRAMME, digest);
    st = redis_call(r, 2, argv, NULL, &rep);
    if (st == ST_OK) {
        st = reply_type(rep) == REPLY_STRING ? bundle_file(rep, name, out) : ST_GONE;
    }
    reply_free(&rep);
    return st;
}
