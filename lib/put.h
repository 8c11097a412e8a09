/*
 * put - a text built piece by piece in a place of a known size, without printf's cost:
 * for lines that are written for every report. What does not fit is cut, as snprintf
 * does. Digits do not depend on a locale.
 */
#ifndef DONDOC_PUT_H
#define DONDOC_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct put {
    char *at;
    char *end; /* the place of the last zero byte */
    bool cut;  /* something did not fit */
};

/* Most are short: two moves that may overlap are less than a call. */
static inline void
short_copy(char *to, const char *from, size_t bytes)
{
    if (bytes > 16) {
        memcpy(to, from, bytes);
    } else if (bytes >= 8) {
        uint64_t first;
        uint64_t last;

        memcpy(&first, from, sizeof first);
        memcpy(&last, from + bytes - sizeof last, sizeof last);
        memcpy(to, &first, sizeof first);
        memcpy(to + bytes - sizeof last, &last, sizeof last);
    } else if (bytes >= 4) {
        uint32_t first;
        uint32_t last;

        memcpy(&first, from, sizeof first);
        memcpy(&last, from + bytes - sizeof last, sizeof last);
        memcpy(to, &first, sizeof first);
        memcpy(to + bytes - sizeof last, &last, sizeof last);
    } else if (bytes > 0) {
        to[0] = from[0];
        to[bytes / 2] = from[bytes / 2];
        to[bytes - 1] = from[bytes - 1];
    }
}

/* A count where there is room for PUT_DIGITS_MAX; gives the place behind it. */
#define PUT_DIGITS_MAX 20 /* of 2^64 - 1 */
char *digits_to(char *at, uint64_t n);

/* out: `bytes` long, at least 1. */
void put_begin(struct put *p, char *out, size_t bytes);
void put_count(struct put *p, uint64_t n);
void put_number(struct put *p, int64_t n);

/* Here, so that a constant text is a move and no call. */
static inline void
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

static inline void
put_char(struct put *p, char c)
{
    put_bytes(p, &c, 1);
}

static inline void
put_text(struct put *p, const char *text)
{
    put_bytes(p, text, strlen(text));
}

/* The zero byte; more may follow. */
static inline void
put_end(struct put *p)
{
    *p->at = '\0';
}

/* A text alone, as far as it fits; false: it was cut. */
bool put_copy(char *out, size_t bytes, const char *text);

#endif
