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
#define NAME_BYTES_MAX 100u
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

/* "measures.yaml", or "quoc-gia-766/measures.yaml": small letters, so that no two are
 * one on some disk, and nothing that leads out of a folder. */
static bool
name_good(const char *name)
{
    const char *slash = strchr(name, '/');
    const char *last = slash == NULL ? name : slash + 1;

    return strlen(name) <= NAME_BYTES_MAX && last != name + 1 && last[0] != '\0' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-/") == strlen(name) &&
           strchr(last, '/') == NULL && name[0] != '.' && last[0] != '.';
}

/* programme_pack writes them in order, each once. */
static bool
names_check(const struct wire_file *files, size_t count, struct findings *found)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (!name_good(files[i].name)) {
            finding_add(found, FINDING_ERROR, (struct place){"bundle", 0, 0},
                        "file %zu has a name that no file of a programme has; send the "
                        "folder with dondoc programme put",
                        "tệp thứ %zu có tên không thuộc chương trình nào; gửi thư mục "
                        "bằng dondoc programme put",
                        i + 1);
            return false;
        }
        if (i > 0 && strcmp(files[i - 1].name, files[i].name) >= 0) {
            finding_add(found, FINDING_ERROR, (struct place){files[i].name, 0, 0},
                        "the file is there twice, or not in the order of names; send "
                        "the folder with dondoc programme put",
                        "tệp này có hai lần, hoặc không theo thứ tự tên; gửi thư mục "
                        "bằng dondoc programme put");
            return false;
        }
    }
    return true;
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

    if (st != ST_OK || count > BUNDLE_FILES_MAX || !names_check(wire, count, found)) {
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
