#include "lib/keys.h"

#include <stdio.h>

#include "lib/diag.h"

void
key_make(char out[KEY_BYTES], const char *province, const char *name)
{
    int len = snprintf(out, KEY_BYTES, "dondoc:{%s}:%s", province, name);

    MUST(len > 0 && len < KEY_BYTES);
}

void
key_make2(char out[KEY_BYTES], const char *province, const char *name, const char *part)
{
    int len = snprintf(out, KEY_BYTES, "dondoc:{%s}:%s:%s", province, name, part);

    MUST(len > 0 && len < KEY_BYTES);
}
