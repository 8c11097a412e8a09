#include "lib/put.h"

#include <string.h>

#include "lib/diag.h"

static void
put_bytes(struct put *p, const char *from, size_t bytes)
{
    size_t room = (size_t)(p->end - p->at);

    if (bytes > room) {
        bytes = room;
        p->cut = true;
    }
    memcpy(p->at, from, bytes);
    p->at += bytes;
}

void
put_begin(struct put *p, char *out, size_t bytes)
{
    MUST(bytes >= 1);
    p->at = out;
    p->end = out + bytes - 1;
    p->cut = false;
}

void
put_char(struct put *p, char c)
{
    put_bytes(p, &c, 1);
}

void
put_text(struct put *p, const char *text)
{
    put_bytes(p, text, strlen(text));
}

void
put_count(struct put *p, uint64_t n)
{
    char digits[24]; /* 20 at most */
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    put_bytes(p, digits + at, sizeof digits - at);
}

void
put_number(struct put *p, int64_t n)
{
    if (n < 0) {
        put_char(p, '-');
    }
    put_count(p, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void
put_end(struct put *p)
{
    *p->at = '\0';
}
