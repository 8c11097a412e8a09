#include "lib/utf8.h"

size_t
utf8_char_bytes(const char *text, size_t bytes)
{
    const unsigned char *p = (const unsigned char *)text;
    unsigned char low = 0x80; /* bounds of the second byte */
    unsigned char high = 0xbf;
    size_t need;
    size_t i;

    if (bytes == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        return 1;
    }
    if (p[0] < 0xc2 || p[0] > 0xf4) {
        return 0;
    }
    need = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (bytes < need) {
        return 0;
    }
    if (p[0] == 0xe0) {
        low = 0xa0;
    } else if (p[0] == 0xed) {
        high = 0x9f;
    } else if (p[0] == 0xf0) {
        low = 0x90;
    } else if (p[0] == 0xf4) {
        high = 0x8f;
    }
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (i = 2; i < need; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return 0;
        }
    }
    return need;
}

bool
utf8_obeyed(const char *text, size_t bytes)
{
    const unsigned char *p = (const unsigned char *)text;

    if (bytes == 1) {
        return p[0] < ' ' || p[0] == 0x7f;
    }
    if (bytes == 2) { /* C1; the mark of Arabic letters */
        return (p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xd8 && p[1] == 0x9c);
    }
    /* Marks, separators, embeddings and overrides; isolates. */
    return bytes == 3 && p[0] == 0xe2 &&
           ((p[1] == 0x80 &&
             (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
            (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

bool
utf8_valid(const char *text, size_t bytes, size_t *bad_at)
{
    size_t at = 0;
    size_t step;

    while (at < bytes) {
        step = utf8_char_bytes(text + at, bytes - at);
        if (step == 0) {
            if (bad_at != NULL) {
                *bad_at = at;
            }
            return false;
        }
        at += step;
    }
    return true;
}
