/*
 * What one commit writes (lib/follow.h). Hashes are put together in effects_hashes.c;
 * streams take what they take in order.
 */
#include <string.h>

#include "lib/diag.h"
#include "lib/effects_private.h"
#include "lib/keys.h"
#include "lib/put.h"

#define INBOX_MAXLEN "10000"
#define ID_BYTES 48

void
effects_init(struct effects *e)
{
    memset(e, 0, sizeof *e);
    args_init(&e->keys);
    args_init(&e->ops);
    effects_hashes_init(e);
}

void
effects_fini(struct effects *e)
{
    args_fini(&e->keys);
    args_fini(&e->ops);
    effects_hashes_fini(e);
}

void
effects_clear(struct effects *e, const struct follow *f)
{
    args_clear(&e->keys);
    args_clear(&e->ops);
    e->commit++; /* what the indices hold was of the commit before */
    e->field_count = 0;
    e->count = 0;
    e->out_first = follow_out(f);
    e->out_next = e->out_first;
    e->seal[0] = '\0';
    e->province = NULL;
}

void
effects_close(struct effects *e)
{
    if (e->closing != NULL) {
        e->closing(e->owner);
    }
}

void
effects_args(const struct effects *e, struct args *a)
{
    effects_hashes_args(e, a);
    args_all(a, &e->ops);
}

static void
id_text(uint64_t seq, uint32_t index, char out[ID_BYTES])
{
    struct put p;

    put_begin(&p, out, ID_BYTES);
    put_count(&p, seq);
    put_char(&p, '-');
    put_count(&p, index);
    put_end(&p);
}

void
effects_seal(struct effects *e, const char *chain)
{
    MUST(strlen(chain) < sizeof e->seal);
    (void)put_copy(e->seal, sizeof e->seal, chain);
}

static void
effects_xadd_begin(struct effects *e, size_t key, const char *id, const char *previous,
                   const char *maxlen, size_t fields)
{
    args_add(&e->ops, "xadd", 4);
    args_int(&e->ops, (int64_t)key);
    args_text(&e->ops, id);
    args_text(&e->ops, previous);
    args_add(&e->ops, maxlen, strlen(maxlen)); /* for ever */
    args_int(&e->ops, (int64_t)fields);
    e->count++;
}

void
effects_alert(struct effects *e, const struct follow *f, enum journal_kind kind,
              const void *body, size_t body_bytes)
{
    char previous[ID_BYTES];
    char id[ID_BYTES];
    uint64_t nth = e->out_next - e->out_first;

    MUST(kind != JOURNAL_REPORTS && kind != JOURNAL_UNKNOWN);
    MUST(body_bytes <= JOURNAL_PROGRAMME_MAX);
    id_text(e->out_next, 0, previous);
    id_text(e->out_next + 1, 0, id);
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
effects_alerts(const struct effects *e, struct journal_entry entries[HINT_ENTRIES_MAX])
{
    uint64_t count = e->out_next - e->out_first;
    size_t i;

    for (i = 0; i < count && count <= HINT_ENTRIES_MAX; i++) {
        size_t at = e->alert_at[i];
        const char *word = e->ops.argv[at - 2];

        entries[i] = (struct journal_entry){
            .seq = e->out_first + 1 + i,
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
    id_text(seq, index, id);
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

    id_text(seq, index, id);
    args_text(&e->ops, "xdel");
    args_int(&e->ops, (int64_t)effects_key(e, f, name, part));
    args_text(&e->ops, "1");
    args_text(&e->ops, id);
    e->count++;
}
