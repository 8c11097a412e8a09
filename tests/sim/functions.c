/*
 * The Redis Functions of lib/functions*.lua, written again from their contract. What
 * the services send is judged more strictly than there: arguments that Redis would
 * refuse as ill formed are a fault of the services and fail the run.
 */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/functions.h"

struct call {
    const struct text *keys; /* from 0 */
    size_t key_count;
    const struct text *args;
    size_t arg_count;
};

static struct rep *
answer(const char *word, const struct text *more, size_t count)
{
    struct rep *r = rep_array(1 + count);
    size_t i;

    r->items[0] = rep_text(text_of(word));
    for (i = 0; i < count; i++) {
        r->items[1 + i] = rep_text(more[i]);
    }
    return r;
}

static struct text
field_of(struct text key, const char *name, const char *absent)
{
    const struct text *t = hash_get(store_find(store, key), text_of(name));

    return t == NULL ? text_of(absent) : *t;
}

static void
field_set(struct text key, struct text name, struct text value)
{
    server_write(
        &(struct op){.kind = OP_HSET, .key = key, .name = name, .value = value});
}

static bool
ill_formed(bool wrong, const char *what)
{
    if (wrong) {
        sim_fail("a Function was called with ill-formed arguments: %s", what);
    }
    return wrong;
}

/* ---- dd_append ---- */

#define APPEND_FIXED 8u

/* A list: its name, a table, a count n, then n times a field and a text. */
struct list {
    const struct text *key; /* NULL: the end */
    const struct text *pairs;
    size_t count;
    bool guards;
    bool writes;
};

static const struct text *
table_key(const struct call *c, struct text table)
{
    return text_is(table, "head")       ? &c->keys[1]
           : text_is(table, "receipts") ? &c->keys[2]
           : text_is(table, "acts")     ? &c->keys[3]
                                        : NULL;
}

/* The list at args[*at], which moves behind it. */
static struct list
list_next(const struct call *c, size_t *at)
{
    const struct text *words = &c->args[*at];
    size_t left = c->arg_count - *at;
    struct list list = {NULL};
    bool both;

    if (left == 0 || ill_formed(left < 3, "a list without its head")) {
        return list;
    }
    both = text_is(words[0], "new");
    list.guards = both || text_is(words[0], "guard");
    list.writes = both || text_is(words[0], "set");
    list.key = table_key(c, words[1]);
    list.count = (size_t)text_number(words[2]);
    list.pairs = words + 3;
    if (ill_formed(!(list.guards || list.writes) || list.key == NULL ||
                       list.count == 0 || list.count > (left - 3) / 2,
                   "a list of dd_append")) {
        list.key = NULL;
        return list;
    }
    *at += 3 + 2 * list.count;
    return list;
}

/* The indices of the guards that do not hold; NULL: all do. */
static struct rep *
guards_broken(const struct call *c)
{
    struct text *broken = world_take((c->arg_count + 1) * sizeof *broken);
    size_t at = APPEND_FIXED;
    size_t count = 0;
    size_t guard = 0;
    struct list list;

    while ((list = list_next(c, &at)).key != NULL) {
        const struct object *o = store_find(store, *list.key);
        size_t i;

        for (i = 0; list.guards && i < list.count; i++, guard++) {
            const struct text *present = hash_get(o, list.pairs[2 * i]);
            struct text want = list.writes ? text_of("") : list.pairs[2 * i + 1];

            if (present == NULL ? want.len > 0
                                : list.writes || !text_same(*present, want)) {
                broken[count++] = text_format("%zu", guard);
            }
        }
    }
    return count == 0 ? NULL : answer("GUARD", broken, count);
}

static void
entry_write(const struct call *c)
{
    struct field *fields = world_take(3 * sizeof *fields);

    fields[0] = (struct field){text_of("k"), c->args[5]};
    fields[1] = (struct field){text_of("b"), c->args[6]};
    fields[2] = (struct field){text_of("h"), c->args[4]};
    server_write(&(struct op){.kind = OP_XADD,
                              .key = c->keys[0],
                              .ms = (uint64_t)text_number(c->args[3]),
                              .fields = fields,
                              .count = 3});
}

static void
lists_write(const struct call *c)
{
    size_t at = APPEND_FIXED;
    struct list list;

    while ((list = list_next(c, &at)).key != NULL) {
        size_t i;

        for (i = 0; list.writes && i < list.count; i++) {
            field_set(*list.key, list.pairs[2 * i], list.pairs[2 * i + 1]);
        }
    }
}

static struct text
fields_in(struct text key)
{
    const struct object *o = store_find(store, key);

    return text_format("%zu", o == NULL ? 0 : o->count);
}

static struct rep *
append_do(const struct call *c)
{
    struct text seq = field_of(c->keys[1], "seq", "0");
    struct text chain = field_of(c->keys[1], "chain", "");
    const struct object *stream = store_find(store, c->keys[0]);
    struct rep *broken;

    if (ill_formed(c->key_count != 5 || c->arg_count < APPEND_FIXED ||
                       text_number(c->args[3]) != text_number(c->args[1]) + 1,
                   "dd_append")) {
        return rep_error("ARGS");
    }
    if (!text_same(seq, c->args[1]) || !text_same(chain, c->args[2])) {
        return answer("HEAD", (struct text[]){seq, chain}, 2);
    }
    if (stream != NULL && (int64_t)stream->last_ms != text_number(seq)) {
        sim_fail("the journal does not end where its head says");
    }
    broken = guards_broken(c);
    if (broken != NULL) {
        return broken;
    }
    entry_write(c);
    if (c->args[7].len > 0) {
        server_write(
            &(struct op){.kind = OP_SET, .key = c->keys[4], .value = c->args[7]});
    }
    lists_write(c);
    field_set(c->keys[1], text_of("seq"), c->args[3]);
    field_set(c->keys[1], text_of("chain"), c->args[4]);
    field_set(c->keys[1], text_of("receipts"), fields_in(c->keys[2]));
    field_set(c->keys[1], text_of("acts"), fields_in(c->keys[3]));
    return answer("OK", NULL, 0);
}

/* ---- dd_log ---- */

static struct rep *
log_do(const struct call *c)
{
    struct text present = field_of(c->keys[0], "log", "");

    if (present.len == 0) {
        present = c->args[1];
        field_set(c->keys[0], text_of("log"), present);
    }
    return answer(present.at, NULL, 0);
}

/* ---- dd_apply ---- */

#define APPLY_FIXED 9u

static bool
id_read(struct text id, uint64_t *ms, uint64_t *seq)
{
    char *end;

    *ms = strtoull(id.at, &end, 10);
    if (*end != '-') {
        return false;
    }
    *seq = strtoull(end + 1, &end, 10);
    return *end == '\0';
}

/* Where the effect at args[i] has its count of fields, and how wide a field is. */
static bool
effect_shape(const struct call *c, size_t i, size_t *at, size_t *width)
{
    struct text name = c->args[i];
    bool xadd = text_is(name, "xadd");

    *at = xadd ? i + 5 : i + 2;
    *width = xadd || text_is(name, "hset") ? 2 : 1;
    return xadd || text_is(name, "hset") || text_is(name, "hdel") ||
           text_is(name, "xdel");
}

/* Redis refuses an id that does not grow, and the Function a journal that ends
 * elsewhere: under a right epoch and a right checkpoint neither can be. */
static void
xadd_check(struct text key, struct text id, struct text previous)
{
    const struct object *o = store_find(store, key);
    uint64_t last_ms = o == NULL ? 0 : o->last_ms;
    uint64_t last_seq = o == NULL ? 0 : o->last_seq;
    uint64_t ms;
    uint64_t seq;

    if (!id_read(id, &ms, &seq) || ms < last_ms || (ms == last_ms && seq <= last_seq)) {
        sim_fail("%s: id %s is not above %" PRIu64 "-%" PRIu64, key.at, id.at, last_ms,
                 last_seq);
    }
    if (previous.len > 0 &&
        (!id_read(previous, &ms, &seq) || ms != last_ms || seq != last_seq)) {
        sim_fail("%s does not end at %s", key.at, previous.at);
    }
}

static void
xadd_do(const struct text *effect, struct text key, size_t at)
{
    size_t count = (size_t)text_number(effect[at]);
    struct field *fields = world_take(count * sizeof *fields);
    struct op op = {.kind = OP_XADD, .key = key, .fields = fields, .count = count};
    size_t i;

    xadd_check(key, effect[2], effect[3]);
    (void)id_read(effect[2], &op.ms, &op.seq); /* looked at above */
    for (i = 0; i < count; i++) {
        fields[i] = (struct field){effect[at + 1 + 2 * i], effect[at + 2 + 2 * i]};
    }
    server_write(&op);
}

static void
effect_do(const struct call *c, size_t i, size_t at)
{
    struct text key = c->keys[text_number(c->args[i + 1]) - 1];
    struct text name = c->args[i];
    size_t count = (size_t)text_number(c->args[at]);
    size_t k;

    if (text_is(name, "xadd")) {
        xadd_do(&c->args[i], key, at - i);
        return;
    }
    for (k = 0; k < count; k++) {
        struct op op = {.kind = OP_HDEL, .key = key, .name = c->args[at + 1 + k]};

        if (text_is(name, "hset")) {
            field_set(key, c->args[at + 1 + 2 * k], c->args[at + 2 + 2 * k]);
            continue;
        }
        if (text_is(name, "xdel")) {
            op.kind = OP_XDEL;
            (void)ill_formed(!id_read(c->args[at + 1 + k], &op.ms, &op.seq), "xdel");
        }
        server_write(&op);
    }
}

static void
checkpoint_move(const struct call *c)
{
    static const char *const names[] = {"seq", "out", "programme", "tick", "updated"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        field_set(c->keys[1], text_of(names[i]), c->args[3 + i]);
    }
    if (c->args[8].len > 0) {
        field_set(c->keys[1], text_of("seal"), c->args[8]);
        field_set(c->keys[1], text_of("sealed"), c->args[3]);
    }
}

static struct rep *
apply_do(const struct call *c)
{
    const struct object *o = store_find(store, c->keys[0]);
    struct text epoch = o == NULL ? text_of("0") : o->value;
    struct text seq = field_of(c->keys[1], "seq", "0");
    size_t i = APPLY_FIXED;
    size_t at = 0;
    size_t width = 0;

    if (!text_same(epoch, c->args[1])) {
        return answer("FENCED", &epoch, 1);
    }
    if (!text_same(seq, c->args[2])) {
        return answer("STALE", &seq, 1);
    }
    while (i < c->arg_count) {
        if (ill_formed(!effect_shape(c, i, &at, &width) || at >= c->arg_count,
                       "dd_apply")) {
            return rep_error("ARGS");
        }
        effect_do(c, i, at);
        i = at + 1 + width * (size_t)text_number(c->args[at]);
    }
    checkpoint_move(c);
    return answer("OK", NULL, 0);
}

/* ---- by name ---- */

static bool
named(struct text name, const char *function)
{
    size_t len = strlen(function);

    /* A version may stand behind the name: dd_append_3. */
    return name.len >= len && memcmp(name.at, function, len) == 0 &&
           (name.len == len || name.at[len] == '_');
}

struct rep *
function_do(const struct command *c)
{
    size_t keys = (size_t)text_number(c->argv[2]);
    struct call call = {c->argv + 3, keys, c->argv + 3 + keys, c->argc - 3 - keys};
    struct text name = c->argv[1];

    if (ill_formed(c->argc < 4 + keys, "too few")) {
        return rep_error("ARGS");
    }
    if (!text_is(call.args[0], FUNCTIONS_VERSION)) {
        return rep_error("VERSION the library is another one");
    }
    if (named(name, "dd_append")) {
        return append_do(&call);
    }
    if (named(name, "dd_log")) {
        return log_do(&call);
    }
    if (named(name, "dd_apply")) {
        return apply_do(&call);
    }
    sim_fail("the Function %s is not modelled: add it to tests/sim/functions.c",
             name.at);
    return rep_error("ERR Function not found");
}
