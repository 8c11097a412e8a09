#include "lib/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"

void
buf_init(struct buf *b, size_t max_bytes)
{
    memset(b, 0, sizeof *b);
    b->max = max_bytes;
}

void
buf_place(struct buf *b, char *place, size_t bytes)
{
    MUST(bytes >= 1);
    *b = (struct buf){.data = place, .room = bytes, .max = bytes - 1};
    place[0] = '\0';
}

void
buf_fini(struct buf *b)
{
    mem_free(&b->data);
    b->len = b->room = 0;
}

void
buf_clear(struct buf *b)
{
    b->len = 0;
    b->cut = false;
    if (b->data != NULL) {
        b->data[0] = '\0';
    }
}

static void
buf_room(struct buf *b, size_t bytes)
{
    size_t need = b->len + bytes + 1;
    size_t room = b->room == 0 ? 64 : b->room;

    if (need <= b->room) {
        return;
    }
    while (room < need) {
        room *= 2;
    }
    b->data = mem_grow(b->data, room);
    b->room = room;
}

void
buf_reserve(struct buf *b, size_t bytes)
{
    size_t need = (bytes < b->max ? bytes : b->max) + 1;

    if (need > b->room) {
        b->data = mem_grow(b->data, need);
        b->data[b->len] = '\0';
        b->room = need;
    }
}

void
buf_add(struct buf *b, const void *p, size_t bytes)
{
    if (bytes > b->max - b->len) {
        bytes = b->max - b->len;
        b->cut = true;
    }
    buf_room(b, bytes);
    if (bytes > 0) {
        memcpy(b->data + b->len, p, bytes);
    }
    b->len += bytes;
    b->data[b->len] = '\0';
}

void
buf_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void
buf_char(struct buf *b, char c)
{
    if (b->len + 1 < b->room && b->len < b->max) { /* nearly always */
        b->data[b->len++] = c;
        b->data[b->len] = '\0';
        return;
    }
    buf_add(b, &c, 1);
}

void
buf_count(struct buf *b, uint64_t n)
{
    char digits[24]; /* 20 at most */
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    buf_add(b, digits + at, sizeof digits - at);
}

void
buf_number(struct buf *b, int64_t n)
{
    if (n < 0) {
        buf_char(b, '-');
    }
    buf_count(b, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void
buf_format(struct buf *b, const char *format, ...)
{
    char small[512];
    char *big;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    MUST(len >= 0);
    if ((size_t)len < sizeof small) {
        buf_add(b, small, (size_t)len);
        return;
    }
    big = mem_alloc((size_t)len + 1);
    va_start(args, format);
    (void)vsnprintf(big, (size_t)len + 1, format, args); /* measured above */
    va_end(args);
    buf_add(b, big, (size_t)len);
    mem_free(&big);
}

const char *
buf_str(const struct buf *b)
{
    return b->data == NULL ? "" : b->data;
}
