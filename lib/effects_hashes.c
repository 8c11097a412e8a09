/*
 * What one commit writes to hashes, put together field by field, so that each key is
 * named once and each hash is one command: many reports of one unit are scored in one
 * commit, and only what stands at the end is written.
 */
#include <string.h>

#include "lib/diag.h"
#include "lib/effects_private.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/table.h"

#define INDEX_ROOM 1024u /* at first; a power of two */
#define HASH_SEED 20231009u
#define NO_FIELD SIZE_MAX

/* A key that this commit names. */
struct effects_key {
    uint64_t hash;
    size_t first; /* of its fields; NO_FIELD */
    size_t last;
    size_t sets;
    size_t dels;
};

/* A field as it stands at the end. */
struct effects_field {
    uint64_t hash;
    size_t key;
    size_t next; /* of the same key; NO_FIELD */
    const char *name;
    size_t name_len;
    char *value; /* NULL: deleted */
    size_t value_len;
    size_t value_room;
};

/* Where a key or a field stands, by its hash; of another commit: a free place. */
struct effects_place {
    uint64_t commit;
    size_t at;
};

static void
index_init(struct effects_index *x)
{
    x->room = INDEX_ROOM;
    x->places = mem_alloc(x->room * sizeof *x->places);
}

void
effects_hashes_init(struct effects *e)
{
    index_init(&e->key_index);
    index_init(&e->field_index);
    e->commit = 1; /* 0: a free place */
}

void
effects_hashes_fini(struct effects *e)
{
    mem_free(&e->key_index.places);
    mem_free(&e->field_index.places);
    mem_free(&e->hashes);
    mem_free(&e->fields);
}

/* ---- keys ---- */

/* Is it this key, without its text being made? */
static bool
key_is(const struct effects *e, size_t at, const char *name, const char *part)
{
    const char *text = e->keys.argv[at] + e->name_at;
    size_t left = e->keys.lens[at] - e->name_at;
    size_t len = strlen(name);

    if (left < len || memcmp(text, name, len) != 0) {
        return false;
    }
    if (part == NULL) {
        return left == len;
    }
    return left > len && text[len] == ':' && strlen(part) == left - len - 1 &&
           memcmp(text + len + 1, part, left - len - 1) == 0;
}

static uint64_t
key_hash(const char *name, const char *part)
{
    uint64_t hash = table_hash(HASH_SEED, name, strlen(name));

    return part == NULL ? hash : table_hash(hash, part, strlen(part));
}

static void
place_put(struct effects_index *x, uint64_t commit, uint64_t hash, size_t at)
{
    size_t place = (size_t)hash & (x->room - 1);

    while (x->places[place].commit == commit) {
        place = (place + 1) & (x->room - 1);
    }
    x->places[place] = (struct effects_place){commit, at};
}

static void
index_double(struct effects_index *x)
{
    mem_free(&x->places);
    x->room *= 2;
    x->places = mem_alloc(x->room * sizeof *x->places);
}

static size_t
key_add(struct effects *e, const struct follow *f, const char *name, const char *part,
        uint64_t hash)
{
    char key[KEY_BYTES];
    size_t at = e->keys.argc;
    size_t i;

    if (part == NULL) {
        key_make(key, f->province, name);
    } else {
        key_make2(key, f->province, name, part);
    }
    args_text(&e->keys, key);
    mem_array_room((void **)&e->hashes, at, &e->hashes_room, sizeof *e->hashes);
    e->hashes[at] =
        (struct effects_key){.hash = hash, .first = NO_FIELD, .last = NO_FIELD};
    if (2 * (at + 1) > e->key_index.room) {
        index_double(&e->key_index);
        for (i = 0; i < at; i++) {
            place_put(&e->key_index, e->commit, e->hashes[i].hash, i);
        }
    }
    place_put(&e->key_index, e->commit, hash, at);
    return at;
}

/* Place of a key among those that are named. */
static size_t
key_find(struct effects *e, const struct follow *f, const char *name, const char *part)
{
    const struct effects_index *x = &e->key_index;
    uint64_t hash;
    size_t place;

    if (e->province == NULL) {
        e->province = f->province;
        e->name_at = sizeof "dondoc:{}:" - 1 + strlen(f->province);
        e->key_last = SIZE_MAX;
    }
    MUST(f->province == e->province || strcmp(f->province, e->province) == 0);
    if (e->key_last < e->keys.argc && key_is(e, e->key_last, name, part)) {
        return e->key_last; /* what is written of one key comes together, mostly */
    }
    hash = key_hash(name, part);
    for (place = (size_t)hash & (x->room - 1); x->places[place].commit == e->commit;
         place = (place + 1) & (x->room - 1)) {
        size_t at = x->places[place].at;

        if (e->hashes[at].hash == hash && key_is(e, at, name, part)) {
            e->key_last = at;
            return at;
        }
    }
    e->key_last = key_add(e, f, name, part, hash);
    return e->key_last;
}

/* As dd_apply counts: epoch and checkpoint are 1 and 2. */
size_t
effects_key(struct effects *e, const struct follow *f, const char *name,
            const char *part)
{
    return key_find(e, f, name, part) + 3;
}

/* ---- hashes ---- */

static size_t
field_add(struct effects *e, size_t key, const char *name, size_t len, uint64_t hash)
{
    struct effects_key *k = &e->hashes[key];
    size_t at = e->field_count;
    size_t i;

    mem_array_room((void **)&e->fields, at, &e->fields_room, sizeof *e->fields);
    e->fields[at] = (struct effects_field){.hash = hash,
                                           .key = key,
                                           .next = NO_FIELD,
                                           .name = args_keep(&e->keys, name, len),
                                           .name_len = len};
    if (k->first == NO_FIELD) {
        k->first = at;
    } else {
        e->fields[k->last].next = at;
    }
    k->last = at;
    k->dels++; /* it has no value yet */
    e->field_count++;
    e->count++;
    if (2 * e->field_count > e->field_index.room) {
        index_double(&e->field_index);
        for (i = 0; i < at; i++) {
            place_put(&e->field_index, e->commit, e->fields[i].hash, i);
        }
    }
    place_put(&e->field_index, e->commit, hash, at);
    return at;
}

/* The field of a key, made if this commit did not write it yet. */
static struct effects_field *
field_find(struct effects *e, size_t key, const char *name)
{
    const struct effects_index *x = &e->field_index;
    size_t len = strlen(name);
    uint64_t hash = table_hash(HASH_SEED + key, name, len);
    size_t place;

    for (place = (size_t)hash & (x->room - 1); x->places[place].commit == e->commit;
         place = (place + 1) & (x->room - 1)) {
        struct effects_field *f = &e->fields[x->places[place].at];

        if (f->hash == hash && f->key == key && f->name_len == len &&
            memcmp(f->name, name, len) == 0) {
            return f;
        }
    }
    place = field_add(e, key, name, len, hash); /* moves them: first */
    return &e->fields[place];
}

void
effects_hset(struct effects *e, const struct follow *f, const char *name,
             const char *part, const char *field, const void *value, size_t len)
{
    size_t key = key_find(e, f, name, part);
    struct effects_field *at = field_find(e, key, field);

    if (at->value == NULL) {
        e->hashes[key].dels--;
        e->hashes[key].sets++;
    }
    if (at->value == NULL || len > at->value_room) {
        at->value = args_keep(&e->keys, value, len);
        at->value_room = len;
    } else {
        memcpy(at->value, value, len);
    }
    at->value_len = len;
}

void
effects_hdel(struct effects *e, const struct follow *f, const char *name,
             const char *part, const char *field)
{
    size_t key = key_find(e, f, name, part);
    struct effects_field *at = field_find(e, key, field);

    if (at->value != NULL) {
        e->hashes[key].sets--;
        e->hashes[key].dels++;
        at->value = NULL;
    }
}

static void
hash_args(const struct effects *e, size_t key, bool sets, struct args *a)
{
    const struct effects_key *k = &e->hashes[key];
    size_t at;

    args_add(a, sets ? "hset" : "hdel", 4);
    args_int(a, (int64_t)key + 3);
    args_int(a, (int64_t)(sets ? k->sets : k->dels));
    for (at = k->first; at != NO_FIELD; at = e->fields[at].next) {
        const struct effects_field *f = &e->fields[at];

        if ((f->value != NULL) == sets) {
            args_add(a, f->name, f->name_len);
            if (sets) {
                args_add(a, f->value, f->value_len);
            }
        }
    }
}

void
effects_hashes_args(const struct effects *e, struct args *a)
{
    size_t i;

    for (i = 0; i < e->keys.argc; i++) {
        if (e->hashes[i].sets > 0) {
            hash_args(e, i, true, a);
        }
        if (e->hashes[i].dels > 0) {
            hash_args(e, i, false, a);
        }
    }
}
