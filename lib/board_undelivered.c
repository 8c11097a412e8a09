/* What couriers could not deliver yet, dondoc:ops:undelivered:courier:<instance>, and
 * what they never will, dondoc:ops:dead:courier. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/board.h"
#include "lib/calendar.h"
#include "lib/json.h"
#include "lib/mem.h"

#define LIST_KEY "dondoc:ops:undelivered:courier:"
#define DEAD_KEY "dondoc:ops:dead:courier"
#define DAY_MS INT64_C(86400000)
#define OVERDUE_S 3600 /* of a courier that does not say it of itself: its default */

static const char *
text_of(const struct json_node *node, const char *name)
{
    const struct json_node *value = json_get(node, name);

    return value != NULL && value->type == JSON_TEXT ? value->text : "";
}

static int64_t
number_of(const struct json_node *node, const char *name)
{
    const struct json_node *value = json_get(node, name);

    return value != NULL && value->type == JSON_INTEGER ? value->integer : 0;
}

/* "2023-10-09T05:00:00.000Z" in milliseconds since 1970; false: it is not that. */
static bool
utc_parse(const char *text, int64_t *ms)
{
    char day[DAY_TEXT_BYTES];
    int32_t days;
    int hour;
    int minute;
    int second;
    int rest;
    char end;

    (void)snprintf(day, sizeof day, "%.10s", text);
    if (strlen(text) != sizeof "2023-10-09T05:00:00.000Z" - 1 ||
        day_parse(day, &days) != ST_OK ||
        sscanf(text + strlen(day), "T%2d:%2d:%2d.%3d%c", &hour, &minute, &second, &rest,
               &end) != 5) {
        return false;
    }
    *ms = days * DAY_MS + ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + rest;
    return true;
}

/* Cut to fit. */
#define TEXT_TAKE(out, node, name)                                                     \
    (void)snprintf(out, sizeof(out), "%s", text_of(node, name))

/* Waits for the office's hours; another instance carries it. */
static bool
is_no_fault(const char *state)
{
    return strcmp(state, "hours") == 0 || strcmp(state, "standby") == 0;
}

/* province/office/channel and what stands there; false: of another province. */
static bool
line_take(const char *field, const char *value, const char *province,
          struct board_undelivered *out)
{
    size_t bytes = strlen(province);
    const struct json_node *overdue;
    const struct json_node *root;
    struct json *json = NULL;
    int64_t ms;
    char why[200];
    int line;

    memset(out, 0, sizeof *out);
    if (strncmp(field, province, bytes) != 0 || field[bytes] != '/' ||
        sscanf(field + bytes + 1, "%63[^/]/%15[^/]", out->office, out->channel) != 2 ||
        json_parse(value, strlen(value), &json, &line, why, sizeof why) != ST_OK) {
        return false;
    }
    root = json_root(json);
    TEXT_TAKE(out->state, root, "state");
    TEXT_TAKE(out->why, root, "why");
    TEXT_TAKE(out->id, root, "id");
    TEXT_TAKE(out->since, root, "since");
    out->since_ms = utc_parse(out->since, &ms) ? ms : 0;
    out->age_s = number_of(root, "age_s");
    out->attempts = number_of(root, "attempts");
    out->in_hand = number_of(root, "in_hand");
    overdue = json_get(root, "overdue");
    out->overdue = overdue != NULL && overdue->type == JSON_BOOL
                       ? overdue->truth
                       : out->age_s > OVERDUE_S && !is_no_fault(out->state);
    json_free(&json);
    return true;
}

static int
age_compare(const void *a, const void *b)
{
    const struct board_undelivered *x = a;
    const struct board_undelivered *y = b;

    return (x->age_s < y->age_s) - (x->age_s > y->age_s);
}

enum status
board_undelivered(struct redis *r, const char *instance, const char *province,
                  struct board_undelivered_list *out)
{
    char key[sizeof LIST_KEY + 64];
    const char *argv[2] = {"HGETALL", key};
    struct board_undelivered one;
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    (void)snprintf(key, sizeof key, LIST_KEY "%.60s", instance);
    st = redis_call(r, 2, argv, NULL, &rep);
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        if (line_take(reply_str(reply_at(rep, i), NULL),
                      reply_str(reply_at(rep, i + 1), NULL), province, &one)) {
            (void)snprintf(one.instance, sizeof one.instance, "%.31s", instance);
            mem_array_room((void **)&out->items, out->count, &out->room,
                           sizeof *out->items);
            out->items[out->count++] = one;
        }
    }
    reply_free(&rep);
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof *out->items, age_compare);
    }
    return st;
}

void
board_undelivered_fini(struct board_undelivered_list *l)
{
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}

/* --- dead letters --- */

/* False: of another province, or of no form that this version reads. */
static bool
dead_take(const char *value, const char *province, struct board_dead *out)
{
    const struct json_node *root;
    struct json *json = NULL;
    char why[200];
    bool good = false;
    int line;

    memset(out, 0, sizeof *out);
    if (value == NULL ||
        json_parse(value, strlen(value), &json, &line, why, sizeof why) != ST_OK) {
        return false;
    }
    root = json_root(json);
    if (strcmp(text_of(root, "province"), province) == 0 &&
        utc_parse(text_of(root, "at"), &out->at_ms)) {
        good = true;
        out->attempts = number_of(root, "attempts");
        TEXT_TAKE(out->at, root, "at");
        TEXT_TAKE(out->office, root, "office");
        TEXT_TAKE(out->channel, root, "channel");
        TEXT_TAKE(out->id, root, "id");
        TEXT_TAKE(out->why, root, "why");
    }
    json_free(&json);
    return good;
}

/* After a kill a courier may have written one twice. */
static bool
dead_known(const struct board_dead_list *l, const struct board_dead *one)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (strcmp(l->items[i].id, one->id) == 0 &&
            strcmp(l->items[i].office, one->office) == 0 &&
            strcmp(l->items[i].channel, one->channel) == 0) {
            return true;
        }
    }
    return false;
}

enum status
board_dead(struct redis *r, const char *province, int64_t since_ms,
           struct board_dead_list *out)
{
    const char *argv[4] = {"LRANGE", DEAD_KEY, "0", "-1"}; /* a thousand at most */
    struct board_dead one;
    struct reply *rep = NULL;
    enum status st = redis_call(r, 4, argv, NULL, &rep);
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; st == ST_OK && i < reply_count(rep); i++) {
        if (dead_take(reply_str(reply_at(rep, i), NULL), province, &one) &&
            one.at_ms >= since_ms && !dead_known(out, &one)) {
            mem_array_room((void **)&out->items, out->count, &out->room,
                           sizeof *out->items);
            out->items[out->count++] = one;
        }
    }
    reply_free(&rep);
    return st;
}

void
board_dead_fini(struct board_dead_list *l)
{
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}
