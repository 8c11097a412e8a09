#include "lib/computed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/mem.h"

#define SCAN_COUNT "1000"
#define ENTRY_BYTES (4u << 20) /* an entry of the alerts journal as text */
#define COMMANDS_MAX 5

/* A name that ends in a colon stands for all that begin so; the longer one first. */
static const struct computed_family families[] = {
    {"alert:", COMPUTED_HASH, false, true},
    {"alerts", COMPUTED_STREAM, true, false},
    {"digest:", COMPUTED_HASH, false, true},
    {"due", COMPUTED_HASH, false, false},
    {"facts:", COMPUTED_HASH, false, false},
    {"held", COMPUTED_HASH, false, true},
    {"hold", COMPUTED_HASH, false, true},
    {"inbox:", COMPUTED_STREAM, true, true},
    {"ladder", COMPUTED_HASH, false, true},
    {"missing", COMPUTED_HASH, false, false},
    {"opened", COMPUTED_HASH, false, false},
    {"parked:notifier", COMPUTED_STREAM, true, true},
    {"parked", COMPUTED_STREAM, false, false},
    {"programme:", COMPUTED_TEXT, true, false},
    {"rows", COMPUTED_HASH, false, true},
    {"scores:", COMPUTED_HASH, false, false},
    {"summary", COMPUTED_HASH, false, false},
    {"told", COMPUTED_HASH, false, false},
};

#define FAMILY_COUNT (sizeof families / sizeof *families)

/* --- which keys --- */

static const struct computed_family *
family_of(const char *name)
{
    size_t i;

    for (i = 0; i < FAMILY_COUNT; i++) {
        size_t len = strlen(families[i].name);
        bool many = families[i].name[len - 1] == ':';

        if (many ? strncmp(name, families[i].name, len) == 0
                 : strcmp(name, families[i].name) == 0) {
            return &families[i];
        }
    }
    return NULL;
}

static int
key_order(const void *a, const void *b)
{
    const struct computed_key *x = a;
    const struct computed_key *y = b;

    return strcmp(x->name, y->name);
}

static void
keys_sort(struct computed_keys *k)
{
    size_t kept = 0;
    size_t i;

    if (k->count == 0) {
        return;
    }
    qsort(k->items, k->count, sizeof *k->items, key_order);
    for (i = 0; i < k->count; i++) { /* a scan may bring a key twice */
        if (kept == 0 || strcmp(k->items[kept - 1].name, k->items[i].name) != 0) {
            k->items[kept++] = k->items[i];
        }
    }
    k->count = kept;
}

static void
keys_add(struct computed_keys *k, const char *name)
{
    const struct computed_family *family = family_of(name);
    struct computed_key *key;

    if (family == NULL || strlen(name) >= sizeof key->name) {
        return;
    }
    mem_array_room((void **)&k->items, k->count, &k->room, sizeof *k->items);
    key = &k->items[k->count++];
    key->family = family;
    (void)snprintf(key->name, sizeof key->name, "%s", name);
}

enum status
computed_list(struct redis *r, const char *province, struct computed_keys *out)
{
    char match[KEY_BYTES];
    char at[24] = "0";
    const char *argv[] = {"SCAN", at, "MATCH", match, "COUNT", SCAN_COUNT};
    enum status st;
    size_t prefix;
    size_t i;

    key_make(match, province, "*");
    prefix = strlen(match) - 1;
    do {
        struct reply *rep = NULL;
        const struct reply *page;

        st = redis_call(r, 6, argv, NULL, &rep);
        page = reply_at(rep, 1);
        for (i = 0; st == ST_OK && i < reply_count(page); i++) {
            keys_add(out, reply_str(reply_at(page, i), NULL) + prefix);
        }
        (void)snprintf(at, sizeof at, "%s", reply_str(reply_at(rep, 0), NULL));
        reply_free(&rep);
    } while (st == ST_OK && strcmp(at, "0") != 0);
    keys_sort(out);
    return st;
}

void
computed_keys_fini(struct computed_keys *k)
{
    mem_free(&k->items);
    k->count = 0;
    k->room = 0;
}

/* --- lines --- */

void
computed_lines_fini(struct computed_lines *l)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        mem_free(&l->items[i].field);
        mem_free(&l->items[i].value);
    }
    mem_free(&l->items);
    memset(l, 0, sizeof *l);
}

static void
line_add(struct computed_lines *l, const char *field, const void *value, size_t bytes)
{
    struct computed_line *line;

    mem_array_room((void **)&l->items, l->count, &l->room, sizeof *l->items);
    line = &l->items[l->count++];
    line->field = mem_copy_text(field);
    line->value = mem_copy(value, bytes);
    line->bytes = bytes;
}

static int
line_order(const void *a, const void *b)
{
    const struct computed_line *x = a;
    const struct computed_line *y = b;

    return strcmp(x->field, y->field);
}

static void
hash_take(const struct reply *rep, struct computed_lines *out)
{
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        size_t bytes;
        const char *value = reply_str(reply_at(rep, i + 1), &bytes);

        line_add(out, reply_str(reply_at(rep, i), NULL), value, bytes);
    }
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof *out->items, line_order);
    }
}

static void
stream_take(const struct reply *rep, struct computed_lines *out)
{
    struct buf text;
    size_t i;
    size_t k;

    buf_init(&text, ENTRY_BYTES);
    for (i = 0; i < reply_count(rep); i++) {
        const struct reply *fields = reply_at(reply_at(rep, i), 1);

        buf_clear(&text);
        for (k = 0; k < reply_count(fields); k++) {
            size_t bytes;
            const char *word = reply_str(reply_at(fields, k), &bytes);

            buf_text(&text, k == 0 ? "" : k % 2 == 0 ? " " : "=");
            buf_add(&text, word, bytes);
        }
        line_add(out, reply_str(reply_at(reply_at(rep, i), 0), NULL), buf_str(&text),
                 text.len);
    }
    buf_fini(&text);
}

static void
lines_take(const struct reply *rep, enum computed_type type, struct computed_lines *out)
{
    size_t bytes;
    const char *text;

    out->other_type = reply_type(rep) == REPLY_ERROR;
    if (out->other_type) {
        return;
    }
    switch (type) {
    case COMPUTED_HASH:
        hash_take(rep, out);
        break;
    case COMPUTED_STREAM:
        stream_take(rep, out);
        break;
    case COMPUTED_TEXT:
        text = reply_str(rep, &bytes);
        if (reply_type(rep) == REPLY_STRING) {
            line_add(out, "", text, bytes);
        }
        break;
    }
}

/* --- reading --- */

static void
place_put(struct redis *r, const char *province)
{
    char scorer[KEY_BYTES], notifier[KEY_BYTES];
    const char *of_scorer[] = {"HMGET", scorer, "seq", "out"};
    const char *of_notifier[] = {"HMGET", notifier, "seq"};

    key_make2(scorer, province, KEY_CHECKPOINT, "scorer");
    key_make2(notifier, province, KEY_CHECKPOINT, "notifier");
    redis_put(r, 4, of_scorer, NULL);
    redis_put(r, 3, of_notifier, NULL);
}

static void
place_take(const struct reply *all, struct computed_place *at)
{
    const struct reply *scorer = reply_at(all, 0);

    at->scorer = (uint64_t)reply_int(reply_at(scorer, 0));
    at->out = (uint64_t)reply_int(reply_at(scorer, 1));
    at->notifier = (uint64_t)reply_int(reply_at(reply_at(all, 1), 0));
}

/* The answer to EXEC, which comes last of `count`. */
static enum status
exec_take(struct redis *r, int count, struct reply **rep)
{
    enum status st = ST_OK;
    int i;

    for (i = 0; i < count && st == ST_OK; i++) {
        reply_free(rep);
        st = redis_next(r, rep);
    }
    if (st == ST_OK && reply_type(*rep) != REPLY_ARRAY) {
        redis_error_set(r, "%s", reply_str(*rep, NULL));
        st = ST_DENIED;
    }
    return st;
}

static void
read_put(struct redis *r, const struct computed_key *key, const char *name)
{
    const char *hash[] = {"HGETALL", name};
    const char *text[] = {"GET", name};
    const char *stream[] = {"XRANGE", name, "-", "+"};

    switch (key->family->type) {
    case COMPUTED_HASH:
        redis_put(r, 2, hash, NULL);
        break;
    case COMPUTED_STREAM:
        redis_put(r, 4, stream, NULL);
        break;
    case COMPUTED_TEXT:
        redis_put(r, 2, text, NULL);
        break;
    }
}

static enum status
read_together(struct redis *r, const char *province, const struct computed_key *key,
              struct computed_place *at, struct computed_lines *out)
{
    static const char *const multi[] = {"MULTI"};
    static const char *const exec[] = {"EXEC"};
    char name[KEY_BYTES];
    struct reply *rep = NULL;
    enum status st;

    redis_put(r, 1, multi, NULL);
    place_put(r, province);
    if (key != NULL) {
        key_make(name, province, key->name);
        read_put(r, key, name);
    }
    redis_put(r, 1, exec, NULL);
    st = exec_take(r, key != NULL ? COMMANDS_MAX : COMMANDS_MAX - 1, &rep);
    if (st == ST_OK) {
        place_take(rep, at);
    }
    if (st == ST_OK && key != NULL) {
        lines_take(reply_at(rep, 2), key->family->type, out);
    }
    reply_free(&rep);
    return st;
}

enum status
computed_place(struct redis *r, const char *province, struct computed_place *at)
{
    struct computed_lines none = {0};

    return read_together(r, province, NULL, at, &none);
}

enum status
computed_read(struct redis *r, const char *province, const struct computed_key *key,
              struct computed_place *at, struct computed_lines *out)
{
    computed_lines_fini(out);
    return read_together(r, province, key, at, out);
}

enum status
computed_page(struct redis *r, const char *province, const struct computed_key *key,
              const char *after, size_t max, struct computed_lines *out)
{
    char name[KEY_BYTES];
    char from[64];
    char count[24];
    const char *argv[] = {"XRANGE", name, from, "+", "COUNT", count};
    struct reply *rep = NULL;
    enum status st;

    computed_lines_fini(out);
    key_make(name, province, key->name);
    (void)snprintf(from, sizeof from, "(%s", after);
    (void)snprintf(count, sizeof count, "%zu", max);
    st = redis_call(r, 6, argv, NULL, &rep);
    if (st == ST_OK || (st == ST_BAD && reply_type(rep) == REPLY_ERROR)) {
        lines_take(rep, COMPUTED_STREAM, out);
        st = ST_OK;
    }
    reply_free(&rep);
    return st;
}

enum status
computed_length(struct redis *r, const char *province, const struct computed_key *key,
                uint64_t *count)
{
    char name[KEY_BYTES];
    const char *argv[] = {"XLEN", name};
    struct reply *rep = NULL;
    enum status st;

    key_make(name, province, key->name);
    st = redis_call(r, 2, argv, NULL, &rep);
    *count = st == ST_OK ? (uint64_t)reply_int(rep) : 0;
    reply_free(&rep);
    return st == ST_BAD ? ST_OK : st;
}

bool
computed_field_notifier(const char *field)
{
    return strncmp(field, "told:", 5) == 0 || strncmp(field, "ack_", 4) == 0;
}
