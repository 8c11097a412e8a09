/*
 * What one commit writes, in order (lib/follow.h). A field that is set twice is written
 * once, with its last value: many reports of one unit are scored in one commit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/follow.h"
#include "lib/keys.h"
#include "lib/mem.h"

#define INBOX_MAXLEN "10000"
#define ID_BYTES 48
#define FIELDS_ROOM 8192u /* a power of two; half of it is used */

/* How far back a key is looked for, before it is named a second time (harmless). */
#define KEYS_LOOK_BACK 8u

/* A field that this commit has set. */
struct effects_field {
    uint64_t commit; /* of which commit; another one's: free */
    size_t key;      /* place of its key as dd_apply counts */
    size_t field_at; /* place of the field in ops; its value stands behind it */
    bool stands;     /* false: deleted since */
};

void
effects_init(struct effects *e)
{
    memset(e, 0, sizeof *e);
    args_init(&e->keys);
    args_init(&e->ops);
    e->fields = mem_alloc(FIELDS_ROOM * sizeof *e->fields);
    e->commit = 1; /* 0: a free place */
}

void
effects_fini(struct effects *e)
{
    args_fini(&e->keys);
    args_fini(&e->ops);
    mem_free(&e->fields);
}

void
effects_clear(struct effects *e, const struct follow *f)
{
    args_clear(&e->keys);
    args_clear(&e->ops);
    e->commit++; /* what is noted in `fields` was of the commit before */
    e->field_count = 0;
    e->count = 0;
    e->out_next = f->out_seq;
    e->seal[0] = '\0';
    e->run_name = NULL;
}

void
effects_end(struct effects *e)
{
    if (e->run_name != NULL) {
        args_replace_int(&e->ops, e->run_at, (int64_t)e->run_fields);
        e->run_name = NULL;
    }
}

static size_t
key_text(const struct follow *f, const char *name, const char *part,
         char key[KEY_BYTES])
{
    if (part == NULL) {
        key_make(key, f->province, name);
    } else {
        key_make2(key, f->province, name, part);
    }
    return strlen(key);
}

/* Place of a key in KEYS as dd_apply counts: epoch and checkpoint are 1 and 2. */
static size_t
key_place(struct effects *e, const char *key, size_t len)
{
    size_t i;

    for (i = e->keys.argc; i > 0 && e->keys.argc - i < KEYS_LOOK_BACK; i--) {
        if (e->keys.lens[i - 1] == len && memcmp(e->keys.argv[i - 1], key, len) == 0) {
            return i + 2;
        }
    }
    args_copy(&e->keys, key, len);
    return e->keys.argc + 2;
}

static size_t
effects_key(struct effects *e, const struct follow *f, const char *name,
            const char *part)
{
    char key[KEY_BYTES];
    size_t len = key_text(f, name, part, key);

    return key_place(e, key, len);
}

/* Goes on with the run of the last effect, or begins one of name, key and a count. */
static void
effects_run(struct effects *e, const char *op, size_t key)
{
    if (e->run_name != op || e->run_key != key) {
        effects_end(e);
        args_text(&e->ops, op);
        args_int(&e->ops, (int64_t)key);
        e->run_at = e->ops.argc;
        args_add(&e->ops, "", 0);
        e->run_name = op;
        e->run_key = key;
        e->run_fields = 0;
    }
    e->run_fields++;
    e->count++;
}

/* ---- fields set twice ---- */

static uint32_t
hash_on(uint32_t hash, const char *bytes, size_t len) /* FNV-1a */
{
    size_t i;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    }
    return hash;
}

/* The place of the field among what this commit sets, or the free one where it belongs;
 * NULL: too many to note, then each counts for itself. */
static struct effects_field *
field_find(const struct effects *e, const char *key, size_t key_len, const char *field)
{
    size_t len = strlen(field);
    uint32_t hash = hash_on(hash_on(2166136261u, key, key_len), field, len);
    uint32_t at = (hash ^ hash >> 15) % FIELDS_ROOM;

    if (e->field_count >= FIELDS_ROOM / 2) {
        return NULL;
    }
    for (; e->fields[at].commit == e->commit; at = (at + 1) % FIELDS_ROOM) {
        const struct effects_field *f = &e->fields[at];

        if (e->ops.lens[f->field_at] == len && e->keys.lens[f->key - 3] == key_len &&
            memcmp(e->ops.argv[f->field_at], field, len) == 0 &&
            memcmp(e->keys.argv[f->key - 3], key, key_len) == 0) {
            break;
        }
    }
    return &e->fields[at];
}

static const char op_hset[] = "hset";
static const char op_hdel[] = "hdel";

void
effects_hset(struct effects *e, const struct follow *f, const char *name,
             const char *part, const char *field, const void *value, size_t len)
{
    char key[KEY_BYTES];
    size_t key_len = key_text(f, name, part, key);
    struct effects_field *known = field_find(e, key, key_len, field);
    size_t place;

    if (known != NULL && known->commit == e->commit && known->stands) {
        args_replace(&e->ops, known->field_at + 1, value, len);
        return;
    }
    place = key_place(e, key, key_len);
    effects_run(e, op_hset, place);
    args_text(&e->ops, field);
    args_copy(&e->ops, value, len);
    if (known != NULL) {
        e->field_count += known->commit != e->commit;
        *known = (struct effects_field){e->commit, place, e->ops.argc - 2, true};
    }
}

void
effects_hdel(struct effects *e, const struct follow *f, const char *name,
             const char *part, const char *field)
{
    char key[KEY_BYTES];
    size_t key_len = key_text(f, name, part, key);
    struct effects_field *known = field_find(e, key, key_len, field);

    if (known != NULL && known->commit == e->commit) {
        known->stands = false; /* what is set after this is set behind it */
    }
    effects_run(e, op_hdel, key_place(e, key, key_len));
    args_text(&e->ops, field);
}

void
effects_seal(struct effects *e, const char *chain)
{
    MUST(strlen(chain) < sizeof e->seal);
    (void)snprintf(e->seal, sizeof e->seal, "%s", chain);
}

static void
effects_xadd_begin(struct effects *e, size_t key, const char *id, const char *previous,
                   const char *maxlen, size_t fields)
{
    effects_end(e);
    args_text(&e->ops, "xadd");
    args_int(&e->ops, (int64_t)key);
    args_text(&e->ops, id);
    args_text(&e->ops, previous);
    args_text(&e->ops, maxlen);
    args_int(&e->ops, (int64_t)fields);
    e->count++;
}

void
effects_alert(struct effects *e, const struct follow *f, enum journal_kind kind,
              const void *body, size_t body_bytes)
{
    char previous[ID_BYTES];
    char id[ID_BYTES];
    uint64_t nth = e->out_next - f->out_seq;

    MUST(kind != JOURNAL_REPORTS && kind != JOURNAL_UNKNOWN);
    MUST(body_bytes <= JOURNAL_PROGRAMME_MAX);
    (void)snprintf(previous, sizeof previous, "%" PRIu64 "-0", e->out_next);
    (void)snprintf(id, sizeof id, "%" PRIu64 "-0", e->out_next + 1);
    effects_xadd_begin(e, effects_key(e, f, KEY_ALERTS, NULL), id, previous, "", 2);
    args_text(&e->ops, "k");
    args_text(&e->ops, journal_kind_name(kind));
    args_text(&e->ops, "b");
    if (nth < HINT_ENTRIES_MAX) {
        e->alert_at[nth] = e->ops.argc;
    }
    args_copy(&e->ops, body, body_bytes);
    e->out_next++;
}

size_t
effects_alerts(const struct effects *e, uint64_t out_before,
               struct journal_entry entries[HINT_ENTRIES_MAX])
{
    uint64_t count = e->out_next - out_before;
    size_t i;

    for (i = 0; i < count && count <= HINT_ENTRIES_MAX; i++) {
        size_t at = e->alert_at[i];
        const char *word = e->ops.argv[at - 2];

        entries[i] = (struct journal_entry){
            .seq = out_before + 1 + i,
            .kind = journal_kind_parse(word, e->ops.lens[at - 2]),
            .body = (const uint8_t *)e->ops.argv[at],
            .body_bytes = e->ops.lens[at],
            .chain = ""};
    }
    return i;
}

void
effects_xadd(struct effects *e, const struct follow *f, const char *name,
             const char *part, uint64_t seq, uint32_t index, const char *const *fields,
             size_t field_count)
{
    char id[ID_BYTES];
    size_t i;

    MUST(field_count > 0 && field_count % 2 == 0);
    (void)snprintf(id, sizeof id, "%" PRIu64 "-%" PRIu32, seq, index);
    effects_xadd_begin(e, effects_key(e, f, name, part), id, "",
                       strcmp(name, KEY_INBOX) == 0 ? INBOX_MAXLEN : "",
                       field_count / 2);
    for (i = 0; i < field_count; i++) {
        args_text(&e->ops, fields[i]);
    }
}

void
effects_xdel(struct effects *e, const struct follow *f, const char *name,
             const char *part, uint64_t seq, uint32_t index)
{
    char id[ID_BYTES];

    (void)snprintf(id, sizeof id, "%" PRIu64 "-%" PRIu32, seq, index);
    effects_end(e);
    args_text(&e->ops, "xdel");
    args_int(&e->ops, (int64_t)effects_key(e, f, name, part));
    args_text(&e->ops, "1");
    args_text(&e->ops, id);
    e->count++;
}
