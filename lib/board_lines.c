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

/* --- alerts --- */

static bool
told_take(const char *code, const char *line, struct board_alert *out)
{
    char number[24];

    memset(out, 0, sizeof *out);
    if (strlen(code) >= sizeof out->code ||
        !board_word(line, "kind", out->kind, sizeof out->kind) ||
        !board_word(line, "reason", out->reason, sizeof out->reason) ||
        !board_word(line, "n", number, sizeof number)) {
        return false;
    }
    (void)snprintf(out->code, sizeof out->code, "%s", code);
    out->number = (uint32_t)strtoul(number, NULL, 10);
    out->open = strcmp(out->kind, "none") != 0;
    (void)board_word(line, "window", out->window, sizeof out->window);
    if (board_word(line, "opened", number, sizeof number)) {
        out->opened_at_ms = strtoll(number, NULL, 10);
    }
    return true;
}

static void
alert_text(const struct reply *rep, const char *field, char *out, size_t out_bytes)
{
    const struct reply *value = reply_field(rep, field);

    if (value != NULL) {
        (void)snprintf(out, out_bytes, "%s", reply_str(value, NULL));
    }
}

/* What stands under alert:<code> says more than the told line. */
static void
alert_take(const struct reply *rep, struct board_alert *out)
{
    alert_text(rep, "kind", out->kind, sizeof out->kind);
    alert_text(rep, "target", out->target, sizeof out->target);
    alert_text(rep, "subject", out->subject, sizeof out->subject);
    alert_text(rep, "ack_by", out->ack_by, sizeof out->ack_by);
    alert_text(rep, "ack_at", out->ack_at, sizeof out->ack_at);
}

static void
alert_ask(struct redis *r, const char *province, const char *code)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};

    key_make2(key, province, KEY_ALERT, code);
    redis_put(r, 2, argv, NULL);
}

static enum status
alert_answer(struct redis *r, struct board_alert *out)
{
    struct reply *rep = NULL;
    enum status st = redis_next(r, &rep);

    if (st == ST_OK) {
        st = reply_status(rep);
    }
    if (st == ST_OK) {
        alert_take(rep, out);
    }
    reply_free(&rep);
    return st;
}

enum status
board_alerts(struct redis *r, const char *province, struct board_alerts *out)
{
    struct board_lines told;
    enum status first = ST_OK;
    enum status st = board_told(r, province, &told);
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; st == ST_OK && i < told.count; i++) {
        struct board_alert alert;

        if (told_take(told.items[i].field, told.items[i].value, &alert)) {
            mem_array_room((void **)&out->items, out->count, &out->room,
                           sizeof *out->items);
            out->items[out->count++] = alert;
            alert_ask(r, province, alert.code);
        }
    }
    /* Every answer is taken, whatever the ones before it said. */
    for (i = 0; i < out->count && st != ST_AGAIN; i++) {
        st = alert_answer(r, &out->items[i]);
        first = first == ST_OK ? st : first;
    }
    board_lines_fini(&told);
    return st == ST_AGAIN ? st : first;
}

void
board_alerts_fini(struct board_alerts *l)
{
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}

enum status
board_alert(struct redis *r, const char *province, const char *code,
            struct board_alert *out)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[3] = {"HGET", key, code};
    enum status st;

    key_make(key, province, KEY_TOLD);
    st = redis_call(r, 3, argv, NULL, &rep);
    if (st == ST_OK && (reply_type(rep) != REPLY_STRING ||
                        !told_take(code, reply_str(rep, NULL), out))) {
        st = ST_GONE;
    }
    reply_free(&rep);
    if (st == ST_OK) {
        alert_ask(r, province, code);
        st = alert_answer(r, out);
    }
    return st;
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
