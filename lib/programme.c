#include "lib/programme.h"

#include <stdlib.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/journal.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/wire.h"

#define BUNDLE_FILES_MAX 32u
#define BUNDLE_ARENA_BYTES (4u * JOURNAL_PROGRAMME_MAX)

void
programme_digest(const void *bundle, size_t bytes, char out[65])
{
    crypto_hex256(bundle, bytes, out);
}

static int
file_compare(const void *a, const void *b)
{
    const struct catalogue_file *x = a;
    const struct catalogue_file *y = b;

    return strcmp(x->name, y->name);
}

void
programme_pack(struct catalogue_file *files, size_t count, struct buf *out)
{
    struct arena *a = arena_new(BUNDLE_ARENA_BYTES);
    struct wire_file wire[BUNDLE_FILES_MAX];
    size_t i;

    MUST(count <= BUNDLE_FILES_MAX);
    qsort(files, count, sizeof *files, file_compare);
    for (i = 0; i < count; i++) {
        wire[i] = (struct wire_file){files[i].name, (const uint8_t *)files[i].text,
                                     files[i].bytes};
    }
    bundle_encode(wire, count, a, out);
    arena_free(&a);
}

enum status
programme_load(const void *bundle, size_t bytes, struct catalogue **out,
               struct findings *found)
{
    struct arena *a = arena_new(BUNDLE_ARENA_BYTES);
    struct catalogue_file files[BUNDLE_FILES_MAX];
    struct wire_file *wire;
    size_t count = 0;
    enum status st = bundle_decode(bundle, bytes, a, &wire, &count);
    size_t i;

    if (st != ST_OK || count > BUNDLE_FILES_MAX) {
        arena_free(&a);
        return ST_BAD;
    }
    for (i = 0; i < count; i++) {
        files[i] = (struct catalogue_file){wire[i].name, (const char *)wire[i].text,
                                           wire[i].bytes};
    }
    st = catalogue_load(files, count, out, found);
    if (st == ST_OK) {
        programme_digest(bundle, bytes, (*out)->digest);
    }
    arena_free(&a);
    return st;
}

enum status
programme_read(struct redis *r, const char *province, const char *digest,
               struct catalogue **out)
{
    struct findings found = {0};
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[2] = {"GET", key};
    const char *text;
    size_t bytes;
    enum status st;
    size_t i;

    key_make2(key, province, KEY_PROGRAMME, digest);
    st = redis_call(r, 2, argv, NULL, &rep);
    if (st == ST_OK && reply_type(rep) != REPLY_STRING) {
        st = ST_GONE;
    }
    if (st == ST_OK) {
        text = reply_str(rep, &bytes);
        st = programme_load(text, bytes, out, &found);
        for (i = 0; i < found.count && found.items[i].kind != FINDING_ERROR; i++) {
        }
        if (st != ST_OK && i < found.count) {
            diag_warn("programme_unreadable", "province=%s digest=%.12s what=\"%s\"",
                      province, digest, found.items[i].text);
        }
    }
    reply_free(&rep);
    findings_fini(&found);
    return st;
}
