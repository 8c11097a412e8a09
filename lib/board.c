/* Where the journals end, how far the services are, and which of them live. */
#include "lib/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/wire.h"

#define HELLO_KEY "dondoc:ops:hello"
#define OPS_PREFIX "dondoc:ops:"
#define OPS_PATTERN "dondoc:ops:*"
#define TICK_LOOK_BACK 200u
#define SCAN_COUNT "1000"

static const char *const services[] = {"ingest", "scorer", "notifier", "courier"};
#define SERVICE_COUNT (sizeof services / sizeof services[0])

enum status
board_connect(struct redis *r)
{
    int64_t first;

    return redis_connect(r, HELLO_KEY, &first);
}

static void
text_take(const struct reply *rep, char *out, size_t out_bytes)
{
    (void)snprintf(out, out_bytes, "%s", reply_str(rep, NULL));
}

/* --- head and checkpoints --- */

enum status
board_head(struct redis *r, const char *province, struct journal_head *head)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};
    enum status st;

    memset(head, 0, sizeof *head);
    key_make(key, province, KEY_HEAD);
    st = redis_call(r, 2, argv, NULL, &rep);
    if (st == ST_OK) {
        head->seq = (uint64_t)reply_int(reply_field(rep, "seq"));
        head->tick = reply_int(reply_field(rep, "tick"));
        text_take(reply_field(rep, "chain"), head->chain, sizeof head->chain);
        text_take(reply_field(rep, "programme"), head->programme,
                  sizeof head->programme);
        text_take(reply_field(rep, "log"), head->log_id, sizeof head->log_id);
        head->trimmed = (uint64_t)reply_int(reply_field(rep, "trim_seq"));
        text_take(reply_field(rep, "trim_chain"), head->trim_chain,
                  sizeof head->trim_chain);
        head->receipts = (uint64_t)reply_int(reply_field(rep, "receipts"));
        head->acts = (uint64_t)reply_int(reply_field(rep, "acts"));
    }
    reply_free(&rep);
    return st;
}

enum status
board_checkpoint(struct redis *r, const char *province, const char *service,
                 struct board_checkpoint *out)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};
    enum status st;

    memset(out, 0, sizeof *out);
    key_make2(key, province, KEY_CHECKPOINT, service);
    st = redis_call(r, 2, argv, NULL, &rep);
    if (st == ST_OK) {
        out->has = reply_count(rep) > 0;
        out->seq = (uint64_t)reply_int(reply_field(rep, "seq"));
        out->out = (uint64_t)reply_int(reply_field(rep, "out"));
        out->tick = reply_int(reply_field(rep, "tick"));
        out->sealed = (uint64_t)reply_int(reply_field(rep, "sealed"));
        text_take(reply_field(rep, "seal"), out->seal, sizeof out->seal);
        text_take(reply_field(rep, "updated"), out->updated, sizeof out->updated);
        text_take(reply_field(rep, "programme"), out->programme, sizeof out->programme);
    }
    reply_free(&rep);
    return st;
}

enum status
board_first_day(struct redis *r, const char *province, int32_t *day)
{
    struct arena *a = arena_new(4u * JOURNAL_PROGRAMME_MAX);
    struct programme_record rec;
    struct journal_read rd;
    enum status st;

    *day = DAY_NONE;
    journal_read_init(&rd);
    st = journal_read_one(r, province, KEY_REPORTS, 1, &rd);
    if (st == ST_GONE) { /* archived: the scorer passed the same record on */
        st = journal_read_one(r, province, KEY_ALERTS, 1, &rd);
    }
    if (st == ST_OK && rd.entries[0].kind == JOURNAL_PROGRAMME &&
        programme_decode(rd.entries[0].body, rd.entries[0].body_bytes, a, &rec) ==
            ST_OK) {
        *day = instant_day((struct instant){rec.at_ms});
    }
    journal_read_fini(&rd);
    arena_free(&a);
    return st == ST_AGAIN ? ST_AGAIN : ST_OK;
}

enum status
board_simulated(struct redis *r, const char *province, const struct journal_head *head,
                bool *out)
{
    uint64_t after = head->seq > TICK_LOOK_BACK ? head->seq - TICK_LOOK_BACK : 0;
    struct journal_read rd;
    struct tick_record tick;
    enum status st;
    size_t i;

    *out = false;
    if (head->seq == 0) {
        return ST_OK;
    }
    after = after < head->trimmed ? head->trimmed : after;
    journal_read_init(&rd);
    st = journal_read_after(r, province, KEY_REPORTS, after, TICK_LOOK_BACK, &rd);
    for (i = rd.count; st == ST_OK && i > 0; i--) {
        const struct journal_entry *e = &rd.entries[i - 1];

        if (e->kind == JOURNAL_TICK &&
            tick_decode(e->body, e->body_bytes, &tick) == ST_OK) {
            *out = tick.simulated;
            break;
        }
    }
    journal_read_fini(&rd);
    return st == ST_AGAIN ? ST_AGAIN : ST_OK;
}

/* --- instances --- */

static size_t
service_place(const char *service)
{
    size_t i;

    for (i = 0; i < SERVICE_COUNT && strcmp(services[i], service) != 0; i++) {
    }
    return i;
}

/* "dondoc:ops:scorer:1" to its two names; other keys are metrics and heartbeats. */
static bool
instance_name(const char *key, struct board_instance *out)
{
    const char *at = key + strlen(OPS_PREFIX);
    const char *colon;

    if (strncmp(key, OPS_PREFIX, strlen(OPS_PREFIX)) != 0) {
        return false;
    }
    colon = strchr(at, ':');
    if (colon == NULL || (size_t)(colon - at) >= sizeof out->service ||
        strlen(colon + 1) >= sizeof out->instance) {
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->service, at, (size_t)(colon - at));
    (void)snprintf(out->instance, sizeof out->instance, "%s", colon + 1);
    return service_place(out->service) < SERVICE_COUNT;
}

static void
instance_field(struct board_instance *i, const char *name, const char *value)
{
    struct board_counter *c;

    if (strcmp(name, "version") == 0) {
        (void)snprintf(i->version, sizeof i->version, "%s", value);
    } else if (strcmp(name, "started") == 0) {
        (void)snprintf(i->started, sizeof i->started, "%s", value);
    } else if (strcmp(name, "updated") == 0) {
        (void)snprintf(i->updated, sizeof i->updated, "%s", value);
    } else if (strcmp(name, "last_error") == 0) {
        (void)snprintf(i->last_error, sizeof i->last_error, "%s", value);
    } else if (strcmp(name, "why") == 0) {
        (void)snprintf(i->why, sizeof i->why, "%s", value);
    } else if (i->counter_count < BOARD_COUNTERS_MAX) {
        c = &i->counters[i->counter_count++];
        (void)snprintf(c->name, sizeof c->name, "%s", name);
        c->number = strtoll(value, NULL, 10);
    }
}

static enum status
instance_read(struct redis *r, struct board_instance *i)
{
    char key[KEY_BYTES];
    char beat[KEY_BYTES];
    const char *hash[2] = {"HGETALL", key};
    const char *exists[2] = {"EXISTS", beat};
    struct reply *rep = NULL;
    enum status st;
    size_t k;

    (void)snprintf(key, sizeof key, OPS_PREFIX "%s:%s", i->service, i->instance);
    (void)snprintf(beat, sizeof beat, OPS_PREFIX "heartbeat:%s:%s", i->service,
                   i->instance);
    st = redis_call(r, 2, hash, NULL, &rep);
    for (k = 0; st == ST_OK && k + 1 < reply_count(rep); k += 2) {
        instance_field(i, reply_str(reply_at(rep, k), NULL),
                       reply_str(reply_at(rep, k + 1), NULL));
    }
    reply_free(&rep);
    if (st == ST_OK) {
        st = redis_call(r, 2, exists, NULL, &rep);
        i->alive = st == ST_OK && reply_int(rep) == 1;
        reply_free(&rep);
    }
    return st;
}

static int
instance_compare(const void *a, const void *b)
{
    const struct board_instance *x = a;
    const struct board_instance *y = b;
    size_t px = service_place(x->service);
    size_t py = service_place(y->service);

    return px != py ? (px < py ? -1 : 1) : strcmp(x->instance, y->instance);
}

static bool
instance_known(const struct board_instances *l, const struct board_instance *i)
{
    size_t k;

    for (k = 0; k < l->count; k++) {
        if (instance_compare(&l->items[k], i) == 0) {
            return true; /* SCAN may name a key twice */
        }
    }
    return false;
}

enum status
board_instances(struct redis *r, struct board_instances *out)
{
    char cursor[32] = "0";
    const char *argv[6] = {"SCAN", cursor, "MATCH", OPS_PATTERN, "COUNT", SCAN_COUNT};
    enum status st = ST_OK;
    size_t i;

    memset(out, 0, sizeof *out);
    do {
        struct reply *rep = NULL;
        const struct reply *keys;

        st = redis_call(r, 6, argv, NULL, &rep);
        keys = reply_at(rep, 1);
        for (i = 0; st == ST_OK && i < reply_count(keys); i++) {
            struct board_instance found;

            if (instance_name(reply_str(reply_at(keys, i), NULL), &found) &&
                !instance_known(out, &found)) {
                mem_array_room((void **)&out->items, out->count, &out->room,
                               sizeof *out->items);
                out->items[out->count++] = found;
            }
        }
        if (st == ST_OK) {
            text_take(reply_at(rep, 0), cursor, sizeof cursor);
        }
        reply_free(&rep);
    } while (st == ST_OK && strcmp(cursor, "0") != 0);
    for (i = 0; st == ST_OK && i < out->count; i++) {
        st = instance_read(r, &out->items[i]);
    }
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof *out->items, instance_compare);
    }
    return st;
}

void
board_instances_fini(struct board_instances *l)
{
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}

bool
board_counter(const struct board_instance *i, const char *name, int64_t *number)
{
    size_t k;

    for (k = 0; k < i->counter_count; k++) {
        if (strcmp(i->counters[k].name, name) == 0) {
            *number = i->counters[k].number;
            return true;
        }
    }
    return false;
}
