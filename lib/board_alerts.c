/* What leaders were told, and about what: the hashes told, missing, alert:<code>; how
 * far it has climbed and whether it is kept back: ladder and held. */
#include "lib/board.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"

static int64_t
word_number(const char *line, const char *name)
{
    char number[24];

    return board_word(line, name, number, sizeof number) ? strtoll(number, NULL, 10)
                                                         : 0;
}

/* A line of told or, `missing`, of missing; false: this version cannot read it. */
static bool
told_take(const char *code, const char *line, bool missing, struct board_alert *out)
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
    out->missing = missing;
    out->number = (uint32_t)strtoul(number, NULL, 10);
    out->open = strcmp(out->kind, "none") != 0;
    (void)board_word(line, missing ? "period" : "window", out->window,
                     sizeof out->window);
    (void)board_word(line, "group", out->group, sizeof out->group);
    (void)board_word(line, "subject", out->subject, sizeof out->subject);
    out->num = word_number(line, "num");
    out->den = word_number(line, "den");
    out->opened_at_ms = word_number(line, "opened");
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
    alert_text(rep, "measure", out->measure, sizeof out->measure);
    alert_text(rep, "subject", out->subject, sizeof out->subject);
    alert_text(rep, "due", out->due, sizeof out->due);
    alert_text(rep, "ack_by", out->ack_by, sizeof out->ack_by);
    alert_text(rep, "ack_at", out->ack_at, sizeof out->ack_at);
    alert_text(rep, "ack_until", out->ack_until, sizeof out->ack_until);
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

static int
line_compare(const void *a, const void *b)
{
    return strcmp(((const struct board_line *)a)->field,
                  ((const struct board_line *)b)->field);
}

static void
lines_take(const struct board_lines *lines, bool missing, struct board_alerts *out)
{
    struct board_alert alert;
    size_t i;

    for (i = 0; i < lines->count; i++) {
        if (told_take(lines->items[i].field, lines->items[i].value, missing, &alert)) {
            mem_array_room((void **)&out->items, out->count, &out->room,
                           sizeof *out->items);
            out->items[out->count++] = alert;
        }
    }
}

/* A line of ladder, and one of held; either may be NULL. */
static void
marks_take(const char *climbed, const char *held, struct board_alert *out)
{
    char word[sizeof out->hold];

    if (climbed != NULL) {
        out->rung = (int)word_number(climbed, "rung");
        if (board_word(climbed, "paused", word, sizeof word) &&
            strcmp(word, "-") != 0) {
            (void)snprintf(out->paused, sizeof out->paused, "%.10s", word);
        }
    }
    if (held != NULL && board_word(held, "hold", out->hold, sizeof out->hold) &&
        strcmp(out->hold, "-") == 0) {
        out->hold[0] = '\0'; /* released, goes out with the next entry */
    }
}

static const char *
line_find(const struct board_lines *l, const char *code)
{
    const struct board_line wanted = {(char *)code, NULL};
    const struct board_line *found;

    if (l->count == 0) {
        return NULL;
    }
    found = bsearch(&wanted, l->items, l->count, sizeof *l->items, line_compare);
    return found == NULL ? NULL : found->value;
}

static enum status
marks_read(struct redis *r, const char *province, struct board_alerts *out)
{
    struct board_lines ladder;
    struct board_lines held = {0};
    enum status st = board_ladder(r, province, &ladder);
    size_t i;

    if (st == ST_OK) {
        st = board_held_lines(r, province, &held);
    }
    for (i = 0; st == ST_OK && i < out->count; i++) {
        struct board_alert *a = &out->items[i];

        marks_take(line_find(&ladder, a->code), line_find(&held, a->code), a);
    }
    board_lines_fini(&ladder);
    board_lines_fini(&held);
    return st;
}

static int
alert_compare(const void *a, const void *b)
{
    return strcmp(((const struct board_alert *)a)->code,
                  ((const struct board_alert *)b)->code);
}

/* Every answer is taken, whatever the ones before it said. */
static enum status
alerts_read(struct redis *r, const char *province, struct board_alerts *out)
{
    enum status first = ST_OK;
    enum status st = ST_OK;
    size_t i;

    for (i = 0; i < out->count; i++) {
        alert_ask(r, province, out->items[i].code);
    }
    for (i = 0; i < out->count && st != ST_AGAIN; i++) {
        st = alert_answer(r, &out->items[i]);
        first = first == ST_OK ? st : first;
    }
    return st == ST_AGAIN ? st : first;
}

enum status
board_alerts(struct redis *r, const char *province, struct board_alerts *out)
{
    struct board_lines told;
    struct board_lines missing = {0};
    enum status st = board_told(r, province, &told);

    memset(out, 0, sizeof *out);
    if (st == ST_OK) {
        st = board_missing(r, province, &missing);
    }
    if (st == ST_OK) {
        lines_take(&told, false, out);
        lines_take(&missing, true, out);
        if (out->count > 0) {
            qsort(out->items, out->count, sizeof *out->items, alert_compare);
        }
        st = marks_read(r, province, out);
    }
    if (st == ST_OK) {
        st = alerts_read(r, province, out);
    }
    board_lines_fini(&told);
    board_lines_fini(&missing);
    return st;
}

void
board_alerts_fini(struct board_alerts *l)
{
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}

static enum status
line_read(struct redis *r, const char *province, const char *code, bool missing,
          struct board_alert *out)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[3] = {"HGET", key, code};
    enum status st;

    key_make(key, province, missing ? KEY_MISSING : KEY_TOLD);
    st = redis_call(r, 3, argv, NULL, &rep);
    if (st == ST_OK && (reply_type(rep) != REPLY_STRING ||
                        !told_take(code, reply_str(rep, NULL), missing, out))) {
        st = ST_GONE;
    }
    reply_free(&rep);
    return st;
}

/* A field of a hash of lines; fresh in *out, NULL when it is not there. */
static enum status
hash_line(struct redis *r, const char *province, const char *hash, const char *field,
          char **out)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[3] = {"HGET", key, field};
    enum status st;

    *out = NULL;
    key_make(key, province, hash);
    st = redis_call(r, 3, argv, NULL, &rep);
    if (st == ST_OK && reply_type(rep) == REPLY_STRING) {
        *out = mem_copy_text(reply_str(rep, NULL));
    }
    reply_free(&rep);
    return st;
}

static enum status
marks_read_one(struct redis *r, const char *province, struct board_alert *out)
{
    char *climbed = NULL;
    char *held = NULL;
    enum status st = hash_line(r, province, KEY_LADDER, out->code, &climbed);

    if (st == ST_OK) {
        st = hash_line(r, province, KEY_HELD, out->code, &held);
    }
    if (st == ST_OK) {
        marks_take(climbed, held, out);
    }
    mem_free(&climbed);
    mem_free(&held);
    return st;
}

enum status
board_alert(struct redis *r, const char *province, const char *code,
            struct board_alert *out)
{
    enum status st = line_read(r, province, code, false, out);

    if (st == ST_GONE) {
        st = line_read(r, province, code, true, out);
    }
    if (st == ST_OK) {
        alert_ask(r, province, code);
        st = alert_answer(r, out);
    }
    return st == ST_OK ? marks_read_one(r, province, out) : st;
}
