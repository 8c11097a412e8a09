#include "lib/keys.h"

#include <string.h>

#include "lib/diag.h"

/* Puts a text at a place of the key; where it ends. Made for every field that is
 * written, so not printed. */
static size_t
key_add(char *key, size_t at, const char *text)
{
    size_t len = strlen(text);

    MUST(len < KEY_BYTES - at);
    memcpy(key + at, text, len + 1);
    return at + len;
}

/* Where it ends. */
static size_t
key_begin(char out[KEY_BYTES], const char *province, const char *name)
{
    size_t at = key_add(out, 0, "dondoc:{");

    at = key_add(out, at, province);
    at = key_add(out, at, "}:");
    return key_add(out, at, name);
}

void
key_make(char out[KEY_BYTES], const char *province, const char *name)
{
    (void)key_begin(out, province, name);
}

void
key_make2(char out[KEY_BYTES], const char *province, const char *name, const char *part)
{
    size_t at = key_add(out, key_begin(out, province, name), ":");

    (void)key_add(out, at, part);
}
