/*
 * Texts with a NUL in them. protobuf-c ends a text there: what stands behind it would
 * be neither checked nor kept nor refused, and a code would be another than its sender
 * wrote. Here each NUL of a text becomes U+0001 before the message is unpacked, which
 * every check of a text refuses with the name of its field.
 */
#include "lib/wire_private.h"

struct texts {
    const uint8_t *at;
    const uint8_t *end;
    uint8_t *copy; /* of the same length as what is left; NULL: only look */
    bool found;
};

/* False at the end, and where the bytes are no message: unpacking says so. */
static bool
varint_read(struct texts *t, uint64_t *out)
{
    unsigned shift;

    *out = 0;
    for (shift = 0; shift < 64 && t->at < t->end; shift += 7) {
        uint8_t byte = *t->at++;

        t->copy += t->copy != NULL;
        *out |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

static bool
bytes_skip(struct texts *t, uint64_t count)
{
    if (count > (uint64_t)(t->end - t->at)) {
        return false;
    }
    t->at += count;
    t->copy += t->copy != NULL ? count : 0;
    return true;
}

static void
text_look(struct texts *t, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (t->at[i] == '\0') {
            t->found = true;
            if (t->copy != NULL) {
                t->copy[i] = 1;
            }
        }
    }
}

/* As deep as the descriptors: no message contains itself. */
static void
message_look(struct texts *t, const ProtobufCMessageDescriptor *d)
{
    uint64_t tag;
    uint64_t count;

    while (varint_read(t, &tag)) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(d, (unsigned)(tag >> 3));
        struct texts part;

        count = 0;
        if ((tag & 7) == 2) {
            if (!varint_read(t, &count) || count > (uint64_t)(t->end - t->at)) {
                return;
            }
            part = *t;
            part.end = t->at + count;
            if (field != NULL && field->type == PROTOBUF_C_TYPE_STRING) {
                text_look(&part, (size_t)count);
            } else if (field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE) {
                message_look(&part, field->descriptor);
            }
            t->found = part.found;
        } else if ((tag & 7) == 0) {
            if (!varint_read(t, &tag)) {
                return;
            }
        } else if ((tag & 7) == 1 || (tag & 7) == 5) {
            count = (tag & 7) == 1 ? 8 : 4;
        } else {
            return;
        }
        if (!bytes_skip(t, count)) {
            return;
        }
    }
}

const void *
wire_texts_whole(const ProtobufCMessageDescriptor *d, const void *p, size_t bytes,
                 struct arena *a)
{
    const uint8_t *from = p;
    struct texts t = {from, from + bytes, NULL, false};
    uint8_t *copy;

    if (bytes == 0 || memchr(p, '\0', bytes) == NULL) {
        return p;
    }
    message_look(&t, d);
    if (!t.found) {
        return p;
    }
    copy = arena_take(a, bytes);
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, p, bytes);
    t = (struct texts){from, from + bytes, copy, false};
    message_look(&t, d);
    return copy;
}
