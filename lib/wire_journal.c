/* Bodies of journal entries: proto/journal.proto. */
#include "lib/wire_private.h"

/* Ticks hold no text and no array: a small arena of their own is enough. */
#define TICK_ARENA_BYTES 4096u

void
tick_encode(const struct tick_record *in, struct buf *out)
{
    Dondoc__Tick m = DONDOC__TICK__INIT;

    m.hour = in->hour;
    m.down_minutes = in->down_minutes;
    m.simulated = in->simulated;
    m.caught_up = in->caught_up;
    wire_pack(&m.base, out);
}

enum status
tick_decode(const void *p, size_t bytes, struct tick_record *out)
{
    struct arena *a = arena_new(TICK_ARENA_BYTES);
    enum status st;
    const Dondoc__Tick *m = wire_unpack(&dondoc__tick__descriptor, p, bytes, a, &st);

    if (m != NULL) {
        *out =
            (struct tick_record){m->hour, m->down_minutes, m->simulated, m->caught_up};
    }
    arena_free(&a);
    return st;
}

void
programme_encode(const struct programme_record *in, struct arena *a, struct buf *out)
{
    Dondoc__ProgrammeRecord m = DONDOC__PROGRAMME_RECORD__INIT;

    (void)a; /* nothing repeated: the stack is enough */
    m.digest = wire_text(in->digest);
    m.bundle.data = (uint8_t *)in->bundle; /* only read */
    m.bundle.len = in->bundle_bytes;
    m.by = wire_text(in->by);
    m.at_ms = in->at_ms;
    wire_pack(&m.base, out);
}

enum status
programme_decode(const void *p, size_t bytes, struct arena *a,
                 struct programme_record *out)
{
    enum status st;
    const Dondoc__ProgrammeRecord *m =
        wire_unpack(&dondoc__programme_record__descriptor, p, bytes, a, &st);

    if (m != NULL) {
        *out = (struct programme_record){m->digest, m->bundle.data, m->bundle.len,
                                         m->by, m->at_ms};
    }
    return st;
}

void
act_encode(const struct wire_act *in, struct arena *a, struct buf *out)
{
    Dondoc__Act m = DONDOC__ACT__INIT;

    (void)a; /* nothing repeated: the stack is enough */
    wire_act_fill(in, &m);
    wire_pack(&m.base, out);
}

enum status
act_decode(const void *p, size_t bytes, struct arena *a, struct wire_act *out)
{
    enum status st;
    const Dondoc__Act *m = wire_unpack(&dondoc__act__descriptor, p, bytes, a, &st);

    if (m != NULL) {
        wire_act_read(m, out);
    }
    return st;
}

void
bundle_encode(const struct wire_file *files, size_t count, struct arena *a,
              struct buf *out)
{
    Dondoc__Bundle m = DONDOC__BUNDLE__INIT;
    size_t i;

    m.n_files = count;
    WIRE_ARRAY(a, count, Dondoc__File, dondoc__file__init, m.files);
    for (i = 0; i < count; i++) {
        m.files[i]->name = wire_text(files[i].name);
        m.files[i]->text.data = (uint8_t *)files[i].text; /* only read */
        m.files[i]->text.len = files[i].bytes;
    }
    wire_pack(&m.base, out);
}

enum status
bundle_decode(const void *p, size_t bytes, struct arena *a, struct wire_file **files,
              size_t *count)
{
    enum status st;
    const Dondoc__Bundle *m =
        wire_unpack(&dondoc__bundle__descriptor, p, bytes, a, &st);
    size_t i;

    if (m == NULL) {
        return st;
    }
    *files = arena_take(a, (m->n_files + 1) * sizeof **files);
    if (*files == NULL) {
        return ST_LIMIT;
    }
    for (i = 0; i < m->n_files; i++) {
        (*files)[i] = (struct wire_file){m->files[i]->name, m->files[i]->text.data,
                                         m->files[i]->text.len};
    }
    *count = m->n_files;
    return ST_OK;
}
