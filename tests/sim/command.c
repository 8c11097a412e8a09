/*
 * The commands that the services use, as Redis 7 answers them. One that is not here
 * fails the run by name, so that a new use of Redis is noticed.
 */
#include "tests/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "lib/functions.h"

#define WRONGTYPE "WRONGTYPE Operation against a key holding the wrong kind of value"

/* ---- answers ---- */

static struct rep *
rep_new(int type)
{
    struct rep *r = world_take(sizeof *r);

    r->type = type;
    r->str.at = "";
    return r;
}

struct rep *
rep_error(const char *text)
{
    struct rep *r = rep_new(REDIS_REPLY_ERROR);

    r->str = text_copy(text, strlen(text));
    return r;
}

struct rep *
rep_status(const char *text)
{
    struct rep *r = rep_new(REDIS_REPLY_STATUS);

    r->str = text_of(text);
    return r;
}

struct rep *
rep_text(struct text t)
{
    struct rep *r = rep_new(REDIS_REPLY_STRING);

    r->str = t;
    return r;
}

struct rep *
rep_nil(void)
{
    return rep_new(REDIS_REPLY_NIL);
}

struct rep *
rep_integer(long long n)
{
    struct rep *r = rep_new(REDIS_REPLY_INTEGER);

    r->integer = n;
    return r;
}

struct rep *
rep_array(size_t count)
{
    struct rep *r = rep_new(REDIS_REPLY_ARRAY);

    r->count = count;
    r->items = world_take((count + 1) * sizeof(struct rep *));
    return r;
}

static struct rep *
rep_maybe(const struct text *t)
{
    return t == NULL ? rep_nil() : rep_text(*t);
}

/* ---- strings ---- */

static struct rep *
incr_do(const struct command *c)
{
    struct object *o = store_find(store, c->argv[1]);
    struct op op = {.kind = OP_SET, .key = c->argv[1]};

    if (o != NULL && o->type != OBJECT_STRING) {
        return rep_error(WRONGTYPE);
    }
    op.value =
        text_format("%lld", (long long)(o == NULL ? 0 : text_number(o->value)) + 1);
    server_write(&op);
    return rep_integer(text_number(op.value));
}

static struct rep *
get_do(const struct command *c)
{
    struct object *o = store_find(store, c->argv[1]);

    if (o != NULL && o->type != OBJECT_STRING) {
        return rep_error(WRONGTYPE);
    }
    return o == NULL ? rep_nil() : rep_text(o->value);
}

static struct rep *
set_do(const struct command *c)
{
    struct op op = {.kind = OP_SET, .key = c->argv[1], .value = c->argv[2]};

    if (c->argc == 5 && text_is(c->argv[3], "PX")) {
        op.expires_ms = world_wall_ms() + text_number(c->argv[4]);
    } else if (c->argc != 3) {
        sim_fail("SET with options that are not modelled");
    }
    server_write(&op);
    return rep_status("OK");
}

static struct rep *
exists_do(const struct command *c)
{
    return rep_integer(store_find(store, c->argv[1]) != NULL);
}

/* ---- hashes ---- */

static struct rep *
hget_do(const struct command *c)
{
    return rep_maybe(hash_get(store_find(store, c->argv[1]), c->argv[2]));
}

static struct rep *
hexists_do(const struct command *c)
{
    return rep_integer(hash_get(store_find(store, c->argv[1]), c->argv[2]) != NULL);
}

static struct rep *
hmget_do(const struct command *c)
{
    struct object *o = store_find(store, c->argv[1]);
    struct rep *r = rep_array(c->argc - 2);
    size_t i;

    for (i = 0; i < r->count; i++) {
        r->items[i] = rep_maybe(hash_get(o, c->argv[2 + i]));
    }
    return r;
}

/* Redis promises no order: any rotation will do. */
static struct rep *
hgetall_do(const struct command *c)
{
    struct object *o = store_find(store, c->argv[1]);
    size_t count = o == NULL ? 0 : o->count;
    struct rep *r = rep_array(2 * count);
    size_t from = chance_below(count);
    size_t i;

    for (i = 0; i < count; i++) {
        const struct field *f = &o->fields[(from + i) % count];

        r->items[2 * i] = rep_text(f->name);
        r->items[2 * i + 1] = rep_text(f->value);
    }
    return r;
}

static struct rep *
hset_do(const struct command *c)
{
    size_t i;

    for (i = 2; i + 1 < c->argc; i += 2) {
        server_write(&(struct op){.kind = OP_HSET,
                                  .key = c->argv[1],
                                  .name = c->argv[i],
                                  .value = c->argv[i + 1]});
    }
    return rep_integer((long long)(c->argc - 2) / 2);
}

/* ---- streams ---- */

struct place {
    uint64_t ms;
    uint64_t seq;
};

static struct place
place_read(struct text t, uint64_t seq_if_none)
{
    struct place p;
    char *end;

    if (text_is(t, "-")) {
        return (struct place){0, 0};
    }
    if (text_is(t, "+")) {
        return (struct place){UINT64_MAX, UINT64_MAX};
    }
    p.ms = strtoull(t.at, &end, 10);
    p.seq = *end == '-' ? strtoull(end + 1, NULL, 10) : seq_if_none;
    return p;
}

static bool
before(struct place a, struct place b)
{
    return a.ms != b.ms ? a.ms < b.ms : a.seq < b.seq;
}

static struct rep *
row_rep(const struct row *row)
{
    struct rep *r = rep_array(2);
    struct rep *fields = rep_array(2 * row->count);
    size_t i;

    r->items[0] = rep_text(text_format("%llu-%llu", (unsigned long long)row->ms,
                                       (unsigned long long)row->seq));
    r->items[1] = fields;
    for (i = 0; i < row->count; i++) {
        fields->items[2 * i] = rep_text(row->fields[i].name);
        fields->items[2 * i + 1] = rep_text(row->fields[i].value);
    }
    return r;
}

static struct rep *
xrange_do(const struct command *c)
{
    struct object *o = store_find(store, c->argv[1]);
    bool open = c->argv[2].at[0] == '(';
    struct text start = {c->argv[2].at + open, c->argv[2].len - open};
    struct place from = place_read(start, 0);
    struct place to = place_read(c->argv[3], UINT64_MAX);
    size_t most = c->argc == 6 ? (size_t)text_number(c->argv[5]) : SIZE_MAX;
    size_t count = o == NULL ? 0 : o->count;
    size_t first = 0;
    size_t last;
    struct rep *r;
    size_t i;

    while (first < count) {
        struct place at = {o->rows[first].ms, o->rows[first].seq};

        if (open ? before(from, at) : !before(at, from)) {
            break;
        }
        first++;
    }
    for (last = first; last < count && last - first < most; last++) {
        struct place at = {o->rows[last].ms, o->rows[last].seq};

        if (before(to, at)) {
            break;
        }
    }
    r = rep_array(last - first);
    for (i = 0; i < r->count; i++) {
        r->items[i] = row_rep(&o->rows[first + i]);
    }
    return r;
}

static struct rep *
xrevrange_do(const struct command *c)
{
    struct object *o = store_find(store, c->argv[1]);
    struct rep *r = rep_array(o == NULL || o->count == 0 ? 0 : 1);

    if (!text_is(c->argv[2], "+") || !text_is(c->argv[3], "-") || c->argc != 6 ||
        text_number(c->argv[5]) != 1) {
        sim_fail("only XREVRANGE key + - COUNT 1 is modelled");
    }
    if (r->count == 1) {
        r->items[0] = row_rep(&o->rows[o->count - 1]);
    }
    return r;
}

static struct rep *
xinfo_do(const struct command *c)
{
    struct object *o = store_find(store, c->argv[2]);
    struct rep *r = rep_array(4);

    if (o == NULL) {
        return rep_error("ERR no such key");
    }
    r->items[0] = rep_text(text_of("length"));
    r->items[1] = rep_integer((long long)o->count);
    r->items[2] = rep_text(text_of("last-generated-id"));
    r->items[3] = rep_text(text_format("%llu-%llu", (unsigned long long)o->last_ms,
                                       (unsigned long long)o->last_seq));
    return r;
}

/* All at once. */
static struct rep *
scan_do(const struct command *c)
{
    struct text pattern = c->argv[3];
    struct rep *keys = rep_array(store->count);
    struct rep *r = rep_array(2);
    size_t i;

    if (!text_is(c->argv[2], "MATCH") || pattern.at[pattern.len - 1] != '*') {
        sim_fail("only SCAN 0 MATCH front* is modelled");
    }
    r->items[0] = rep_text(text_of("0"));
    r->items[1] = keys;
    keys->count = 0;
    for (i = 0; i < store->count; i++) {
        struct text key = store->objects[i]->key;

        if (key.len >= pattern.len - 1 &&
            memcmp(key.at, pattern.at, pattern.len - 1) == 0 &&
            store_find(store, key) != NULL) {
            keys->items[keys->count++] = rep_text(key);
        }
    }
    return r;
}

/* Rows or fields. */
static struct rep *
count_do(const struct command *c)
{
    struct object *o = store_find(store, c->argv[1]);

    return rep_integer(o == NULL ? 0 : (long long)o->count);
}

/* ---- the server ---- */

static struct rep *
info_do(const struct command *c)
{
    (void)c;
    return rep_text(text_format("# Server\r\nrun_id:%040x\r\n# Memory\r\n"
                                "used_memory:1000000\r\nmaxmemory:1000000000\r\n",
                                server_life()));
}

static struct rep *
config_do(const struct command *c)
{
    static const char *const settings[][2] = {
        {"appendonly", "yes"},
        {"appendfsync", "always"},
        {"no-appendfsync-on-rewrite", "no"},
        {"aof-load-truncated", "no"},
        {"maxmemory-policy", "noeviction"},
        {"maxmemory", "1000000000"},
        {"save", ""},
    };
    size_t all = sizeof settings / sizeof *settings;
    struct rep *r = rep_array(2 * (c->argc - 2));
    size_t i;
    size_t j;

    for (i = 2; i < c->argc; i++) {
        for (j = 0; j < all && !text_is(c->argv[i], settings[j][0]); j++) {
        }
        if (j == all) {
            sim_fail("CONFIG GET %s is not modelled", c->argv[i].at);
            j = 0;
        }
        r->items[2 * (i - 2)] = rep_text(c->argv[i]);
        r->items[2 * (i - 2) + 1] = rep_text(text_of(settings[j][1]));
    }
    return r;
}

/* The library is the one built in: it is there from the beginning. */
static struct rep *
function_command_do(const struct command *c)
{
    struct rep *r;
    struct rep *library;

    if (text_is(c->argv[1], "LOAD")) {
        return rep_text(text_of(FUNCTIONS_LIBRARY));
    }
    if (!text_is(c->argv[1], "LIST")) {
        sim_fail("FUNCTION %s is not modelled", c->argv[1].at);
    }
    r = rep_array(1);
    library = rep_array(4);
    r->items[0] = library;
    library->items[0] = rep_text(text_of("library_name"));
    library->items[1] = rep_text(text_of(FUNCTIONS_LIBRARY));
    library->items[2] = rep_text(text_of("library_code"));
    library->items[3] = rep_text((struct text){functions_lua, functions_lua_len});
    return r;
}

static const struct {
    const char *name;
    struct rep *(*what)(const struct command *c);
    size_t least; /* arguments with the name */
} commands[] = {
    {"FCALL", function_do, 3},
    {"XRANGE", xrange_do, 4},
    {"HGET", hget_do, 3},
    {"HMGET", hmget_do, 3},
    {"HSET", hset_do, 4},
    {"SET", set_do, 3},
    {"XINFO", xinfo_do, 3},
    {"HEXISTS", hexists_do, 3},
    {"GET", get_do, 2},
    {"INCR", incr_do, 2},
    {"HGETALL", hgetall_do, 2},
    {"EXISTS", exists_do, 2},
    {"XREVRANGE", xrevrange_do, 4},
    {"XLEN", count_do, 2},
    {"HLEN", count_do, 2},
    {"SCAN", scan_do, 4},
    {"INFO", info_do, 1},
    {"CONFIG", config_do, 3},
    {"FUNCTION", function_command_do, 2},
};

struct rep *
command_do(const struct command *c)
{
    size_t i;

    for (i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (text_is(c->argv[0], commands[i].name) && c->argc >= commands[i].least) {
            return commands[i].what(c);
        }
    }
    sim_fail("the command %s is not modelled: add it to tests/sim/command.c",
             c->argv[0].at);
    return rep_error("ERR unknown command");
}
