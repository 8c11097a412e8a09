#include "lib/wire_private.h"

/* Memory for protobuf-c: the arena gives it zeroed and takes it back as a whole. */
struct wire_memory {
    struct arena *arena;
    bool full;
};

static void *
wire_alloc(void *context, size_t bytes)
{
    struct wire_memory *memory = context;
    void *p = arena_take(memory->arena, bytes);

    if (p == NULL) {
        memory->full = true;
    }
    return p;
}

static void
wire_free(void *context, void *p)
{
    (void)context;
    (void)p;
}

void *
wire_unpack(const ProtobufCMessageDescriptor *d, const void *p, size_t bytes,
            struct arena *a, enum status *st)
{
    struct wire_memory memory = {a, false};
    ProtobufCAllocator allocator = {wire_alloc, wire_free, &memory};
    static const uint8_t nothing[1];
    const void *whole = wire_texts_whole(d, p, bytes, a);
    void *m;

    if (whole == NULL && bytes > 0) {
        *st = ST_LIMIT;
        return NULL;
    }
    m = protobuf_c_message_unpack(d, &allocator, bytes, bytes == 0 ? nothing : whole);
    /* protobuf-c says NULL for both. */
    *st = m != NULL ? ST_OK : memory.full ? ST_LIMIT : ST_BAD;
    return m;
}

void
wire_pack(const ProtobufCMessage *m, struct buf *out)
{
    size_t bytes = protobuf_c_message_get_packed_size(m);

    MUST(out->max - out->len >= bytes);
    /* Reserve, then pack in place. */
    if (out->room < out->len + bytes + 1) {
        out->room = (out->len + bytes + 1) * 2;
        out->data = mem_grow(out->data, out->room);
    }
    MUST(protobuf_c_message_pack(m, (uint8_t *)out->data + out->len) == bytes);
    out->len += bytes;
    out->data[out->len] = '\0';
}

void *
wire_take(struct arena *a, size_t bytes)
{
    void *p = arena_take(a, bytes == 0 ? 1 : bytes);

    MUST(p != NULL);
    return p;
}

const char *
outcome_name(enum outcome o)
{
    static const char *const names[] = {"NONE",        "ACCEPTED",   "REPLACED",
                                        "DUPLICATE",   "SUPERSEDED", "REJECTED",
                                        "RETRY_LATER", "VALID"};

    return (size_t)o < sizeof names / sizeof *names ? names[o] : "UNKNOWN";
}

Dondoc__Figure **
wire_figures_pack(const struct wire_figure *in, size_t count, struct arena *a)
{
    Dondoc__Figure **out;
    size_t i;

    WIRE_ARRAY(a, count, Dondoc__Figure, dondoc__figure__init, out);
    for (i = 0; i < count; i++) {
        out[i]->measure = wire_text(in[i].measure);
        switch (in[i].kind) {
        case WIRE_COUNT:
            out[i]->value_case = DONDOC__FIGURE__VALUE_COUNT;
            out[i]->count = in[i].count;
            break;
        case WIRE_DECIMAL:
            out[i]->value_case = DONDOC__FIGURE__VALUE_DECIMAL;
            out[i]->decimal = wire_text(in[i].decimal);
            break;
        case WIRE_NOT_APPLICABLE:
            out[i]->value_case = DONDOC__FIGURE__VALUE_NOT_APPLICABLE;
            out[i]->not_applicable = 1;
            break;
        case WIRE_NOTHING:
            break;
        }
    }
    return out;
}

const struct wire_figure *
wire_figures_read(Dondoc__Figure *const *in, size_t count, struct arena *a)
{
    struct wire_figure *out = arena_take(a, (count + 1) * sizeof *out);
    size_t i;

    if (out == NULL) {
        return NULL;
    }
    for (i = 0; i < count; i++) {
        out[i].measure = in[i]->measure;
        switch (in[i]->value_case) {
        case DONDOC__FIGURE__VALUE_COUNT:
            out[i].kind = WIRE_COUNT;
            out[i].count = in[i]->count;
            break;
        case DONDOC__FIGURE__VALUE_DECIMAL:
            out[i].kind = WIRE_DECIMAL;
            out[i].decimal = in[i]->decimal;
            break;
        case DONDOC__FIGURE__VALUE_NOT_APPLICABLE:
            out[i].kind = in[i]->not_applicable ? WIRE_NOT_APPLICABLE : WIRE_NOTHING;
            break;
        default:
            out[i].kind = WIRE_NOTHING;
            break;
        }
    }
    return out;
}

void
wire_act_fill(const struct wire_act *in, Dondoc__Act *m)
{
    m->id = wire_text(in->id);
    m->kind = wire_text(in->kind);
    m->subject = wire_text(in->subject);
    m->note = wire_text(in->note);
    m->until = wire_text(in->until);
    m->by = wire_text(in->by);
    m->at_ms = in->at_ms;
    m->drop = wire_text(in->drop);
}

void
wire_act_read(const Dondoc__Act *m, struct wire_act *out)
{
    *out = (struct wire_act){m->id,    m->kind, m->subject, m->note,
                             m->until, m->by,   m->at_ms,   m->drop};
}

Dondoc__Refusal *
wire_refusal_pack(const struct wire_refusal *in, struct arena *a)
{
    Dondoc__Refusal *m = wire_take(a, sizeof *m);

    dondoc__refusal__init(m);
    m->code = wire_text(in->code);
    m->field = wire_text(in->field);
    m->value = wire_text(in->value);
    m->message_vi = wire_text(in->message_vi);
    m->message_en = wire_text(in->message_en);
    return m;
}

void
wire_refusal_read(const Dondoc__Refusal *m, struct wire_refusal *out)
{
    *out = (struct wire_refusal){m->code, m->field, m->value, m->message_vi,
                                 m->message_en};
}
