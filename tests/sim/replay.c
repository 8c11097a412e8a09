/*
 * The strongest claim at the least cost: scorer and notifier, started fresh in a world
 * where nothing goes wrong, make of the same journal the same bytes in every key that
 * they write.
 */
#include "tests/sim/sim.h"

#include <string.h>

/* Keys of which the journal decides everything. */
static bool
derived(struct text key)
{
    static const char *const names[] = {
        SIM_PREFIX "facts:", SIM_PREFIX "scores:", SIM_PREFIX "summary",
        SIM_PREFIX "told",   SIM_PREFIX "alerts",  SIM_PREFIX "alert:",
        SIM_PREFIX "inbox:", SIM_PREFIX "parked",  SIM_PREFIX "checkpoint:",
        SIM_PREFIX "due",    SIM_PREFIX "missing", SIM_PREFIX "opened",
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);

        if (key.len >= len && memcmp(key.at, names[i], len) == 0) {
            return true;
        }
    }
    return false;
}

static bool
rows_same(const struct row *a, const struct row *b)
{
    size_t i;

    if (a->ms != b->ms || a->seq != b->seq || a->count != b->count) {
        return false;
    }
    for (i = 0; i < a->count; i++) {
        if (!text_same(a->fields[i].name, b->fields[i].name) ||
            !text_same(a->fields[i].value, b->fields[i].value)) {
            return false;
        }
    }
    return true;
}

static void
hashes_compare(const struct object *a, const struct object *b)
{
    size_t i;

    for (i = 0; i < a->count; i++) {
        const struct text *there = hash_get(b, a->fields[i].name);

        if (text_is(a->fields[i].name, "updated")) {
            continue; /* wall time, for people */
        }
        if (there == NULL || !text_same(*there, a->fields[i].value)) {
            sim_fail("%s %s is \"%s\", undisturbed it is \"%s\"", a->key.at,
                     a->fields[i].name.at, a->fields[i].value.at,
                     there == NULL ? "(nothing)" : there->at);
            return;
        }
    }
    if (a->count != b->count) {
        sim_fail("%s has %zu fields, undisturbed %zu", a->key.at, a->count, b->count);
    }
}

static void
streams_compare(const struct object *a, const struct object *b)
{
    size_t i;

    for (i = 0; i < a->count && i < b->count; i++) {
        if (!rows_same(&a->rows[i], &b->rows[i])) {
            sim_fail("%s differs from the undisturbed one at %llu-%llu", a->key.at,
                     (unsigned long long)a->rows[i].ms,
                     (unsigned long long)a->rows[i].seq);
            return;
        }
    }
    if (a->count != b->count) {
        sim_fail("%s has %zu entries, undisturbed %zu", a->key.at, a->count, b->count);
    }
}

static void
stores_compare(struct store *a, struct store *b)
{
    size_t i;

    for (i = 0; i < a->count && !world.failed; i++) {
        const struct object *o = a->objects[i];
        const struct object *there;

        if (o->type == OBJECT_NONE || !derived(o->key)) {
            continue;
        }
        there = store_find(b, o->key);
        if (there == NULL || there->type != o->type) {
            sim_fail("%s is in one world only", o->key.at);
        } else if (o->type == OBJECT_HASH) {
            hashes_compare(o, there);
        } else if (o->type == OBJECT_STREAM) {
            streams_compare(o, there);
        }
    }
}

/* The journal, its head and the programmes, as if nobody had read them yet. */
static void
journal_copy(const struct store *from)
{
    size_t i;
    size_t k;

    for (i = 0; i < from->count; i++) {
        const struct object *o = from->objects[i];
        bool head = text_is(o->key, SIM_PREFIX "head");

        if (text_is(o->key, SIM_PREFIX "reports")) {
            for (k = 0; k < o->count; k++) {
                const struct row *row = &o->rows[k];

                store_do(store, &(struct op){.kind = OP_XADD,
                                             .key = o->key,
                                             .ms = row->ms,
                                             .seq = row->seq,
                                             .fields = row->fields,
                                             .count = row->count});
            }
        } else if (strncmp(o->key.at, SIM_PREFIX "programme:",
                           strlen(SIM_PREFIX "programme:")) == 0) {
            store_do(store,
                     &(struct op){.kind = OP_SET, .key = o->key, .value = o->value});
        }
        for (k = 0; head && k < o->count; k++) {
            store_do(store, &(struct op){.kind = OP_HSET,
                                         .key = o->key,
                                         .name = o->fields[k].name,
                                         .value = o->fields[k].value});
        }
    }
}

static bool
caught_up(void)
{
    const struct object *alerts = store_get(store, SIM_PREFIX "alerts");
    const struct text *head = store_hget(store, SIM_PREFIX "head", "seq");
    const struct text *scorer =
        store_hget(store, SIM_PREFIX "checkpoint:scorer", "seq");
    const struct text *notifier =
        store_hget(store, SIM_PREFIX "checkpoint:notifier", "seq");

    return head != NULL && scorer != NULL && text_same(*head, *scorer) &&
           alerts != NULL && notifier != NULL &&
           text_number(*notifier) == (int64_t)alerts->last_ms;
}

void
oracle_replay(void)
{
    struct store *disturbed = store;
    int64_t until_us;

    world.quiet = true;
    processes_begin();
    net_begin();
    server_begin(server_life() + 1); /* what was to happen to the old one does not */
    journal_copy(disturbed);
    process_start(process_use(PART_SCORER, "a"));
    process_start(process_use(PART_NOTIFIER, "a"));
    until_us = world.now_us + 60 * (int64_t)US_A_S;
    while (!caught_up() && !world.failed) {
        if (!event_next() || world.now_us > until_us) {
            sim_fail("the undisturbed world does not come to an end");
        }
    }
    if (!world.failed) {
        stores_compare(disturbed, store);
        stores_compare(store, disturbed);
    }
}
