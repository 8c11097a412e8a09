/*
 * buf - a growing byte buffer with a limit. Always ends in a zero byte that is not
 * counted. Over the limit it keeps what fitted and remembers that it was cut.
 */
#ifndef DONDOC_BUF_H
#define DONDOC_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* NULL until the first byte */
    size_t len;
    size_t room;
    size_t max;
    bool cut; /* something did not fit */
};

void buf_init(struct buf *b, size_t max_bytes);
/* In a place of the caller's of so many bytes, one of them for the zero byte: it takes
 * no memory, does not grow, and needs (and stands) no buf_fini. */
void buf_place(struct buf *b, char *place, size_t bytes);
/* Room for so many bytes at once, within its limit. */
void buf_reserve(struct buf *b, size_t bytes);
void buf_fini(struct buf *b);
void buf_clear(struct buf *b);
void buf_add(struct buf *b, const void *p, size_t bytes);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_count(struct buf *b, uint64_t n); /* in digits, without printf's cost */
void buf_number(struct buf *b, int64_t n);
void buf_format(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *buf_str(const struct buf *b); /* never NULL */

#endif
