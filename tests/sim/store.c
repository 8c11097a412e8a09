/*
 * What Redis holds: keys with strings, hashes and streams, changed by a handful of
 * primitive writes. The same writes, in order, are the log from which it is rebuilt.
 * Bytes are never changed once they stand in the world, so nothing is copied here.
 */
#include "tests/sim/sim.h"

#include <stdlib.h>
#include <string.h>

static void *
grown(void *items, size_t count, size_t *room, size_t bytes)
{
    void *more;

    if (count < *room) {
        return items;
    }
    *room = *room == 0 ? 8 : *room * 2;
    more = world_take(*room * bytes);
    if (count > 0) {
        memcpy(more, items, count * bytes);
    }
    return more;
}

/* A key that has expired is not there. */
static struct object *
object_at(const struct store *s, struct text key)
{
    size_t i;

    for (i = 0; i < s->count; i++) {
        if (text_same(s->objects[i]->key, key)) {
            return s->objects[i];
        }
    }
    return NULL;
}

static bool
empty(const struct object *o)
{
    return o->type == OBJECT_NONE ||
           (o->expires_ms != 0 && o->expires_ms <= world_wall_ms());
}

struct object *
store_find(struct store *s, struct text key)
{
    struct object *o = object_at(s, key);

    return o == NULL || empty(o) ? NULL : o;
}

struct object *
store_get(struct store *s, const char *key)
{
    return store_find(s, text_of(key));
}

static struct object *
object_made(struct store *s, struct text key, enum object_type type)
{
    struct object *o = object_at(s, key);

    if (o == NULL) {
        o = world_take(sizeof *o);
        o->key = key;
        s->objects = grown(s->objects, s->count, &s->room, sizeof(struct object *));
        s->objects[s->count++] = o;
    } else if (empty(o)) {
        *o = (struct object){.key = o->key};
    }
    if (o->type == OBJECT_NONE) {
        o->type = type;
    } else if (o->type != type) {
        sim_fail("%.*s is written as another type", (int)key.len, key.at);
    }
    return o;
}

struct text *
hash_get(const struct object *o, struct text name)
{
    size_t i;

    if (o == NULL || o->type != OBJECT_HASH) {
        return NULL;
    }
    for (i = 0; i < o->count; i++) {
        if (text_same(o->fields[i].name, name)) {
            return &o->fields[i].value;
        }
    }
    return NULL;
}

const struct text *
store_hget(struct store *s, const char *key, const char *name)
{
    return hash_get(store_get(s, key), text_of(name));
}

static void
hash_set(struct object *o, struct text name, struct text value)
{
    struct text *present = hash_get(o, name);

    if (present != NULL) {
        *present = value;
        return;
    }
    o->fields = grown(o->fields, o->count, &o->room, sizeof *o->fields);
    o->fields[o->count++] = (struct field){name, value};
}

static void
hash_delete(struct object *o, struct text name)
{
    size_t i;

    for (i = 0; i < o->count; i++) {
        if (text_same(o->fields[i].name, name)) {
            o->fields[i] = o->fields[--o->count];
            break;
        }
    }
    if (o->count == 0) { /* an empty hash is no key */
        *o = (struct object){.key = o->key};
    }
}

static void
stream_add(struct object *o, const struct op *op)
{
    o->rows = grown(o->rows, o->count, &o->room, sizeof *o->rows);
    o->rows[o->count++] = (struct row){op->ms, op->seq, op->fields, op->count};
    o->last_ms = op->ms;
    o->last_seq = op->seq;
}

static void
stream_delete(struct object *o, const struct op *op)
{
    size_t i;

    for (i = 0; i < o->count; i++) {
        if (o->rows[i].ms == op->ms && o->rows[i].seq == op->seq) {
            memmove(&o->rows[i], &o->rows[i + 1], (o->count - i - 1) * sizeof *o->rows);
            o->count--;
            return;
        }
    }
}

void
store_do(struct store *s, const struct op *op)
{
    struct object *o;

    switch (op->kind) {
    case OP_SET:
        o = object_made(s, op->key, OBJECT_STRING);
        o->value = op->value;
        o->expires_ms = op->expires_ms;
        break;
    case OP_HSET:
        hash_set(object_made(s, op->key, OBJECT_HASH), op->name, op->value);
        break;
    case OP_HDEL:
        o = store_find(s, op->key);
        if (o != NULL) {
            hash_delete(o, op->name);
        }
        break;
    case OP_XADD:
        stream_add(object_made(s, op->key, OBJECT_STREAM), op);
        break;
    case OP_XDEL:
        o = store_find(s, op->key);
        if (o != NULL) {
            stream_delete(o, op);
        }
        break;
    case OP_DEL:
        o = store_find(s, op->key);
        if (o != NULL) {
            *o = (struct object){.key = o->key};
        }
        break;
    }
}
