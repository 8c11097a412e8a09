/*
 * refusal - why something was not taken: a stable code for programs, a sentence in
 * Vietnamese and one in English for people, each with the remedy. The table is
 * lib/refusal.def; proto/README.md lists the codes.
 */
#ifndef DONDOC_REFUSAL_H
#define DONDOC_REFUSAL_H

#include <stdbool.h>

struct buf;

enum refusal_code {
    REFUSAL_NONE,
#define REFUSAL(name, code, retry, vi, en) REFUSAL_##name,
#include "lib/refusal.def"
#undef REFUSAL
    REFUSAL_COUNT
};

/*
 * What the sentences name; all borrowed, each may be NULL. Which of them a code uses
 * stands in the table; a part of a sentence in [ ] is left out when its value is NULL
 * or empty. Values come from outside: they are cut to REFUSAL_VALUE_MAX bytes, and what
 * is not a printable character is shown as a question mark.
 */
struct refusal_values {
    const char *field;    /* path as on the wire: reports[3].figures[2].measure */
    const char *value;    /* as it was sent */
    const char *expected; /* what would be right: codes, a limit, a range */
    const char *day;      /* ISO; printed 05/7/2026 in Vietnamese */
    const char *until;    /* ISO; last day of a window that begins on `day` */
    const char *unit;     /* id or name */
};

#define REFUSAL_VALUE_MAX 240
#define REFUSAL_MESSAGE_MAX 2048 /* room that every filled sentence fits in */

/* "unknown_unit"; "" for REFUSAL_NONE. Never NULL. */
const char *refusal_name(enum refusal_code code);
/* REFUSAL_NONE for a name that is not in the table. */
enum refusal_code refusal_parse(const char *name);
/* The same request can be sent again later, unchanged: outcome RETRY_LATER. */
bool refusal_retry(enum refusal_code code);

/* A value as the sentences show it, for the field of its own that it has. */
void refusal_value(struct buf *out, const char *text);

/* Both sentences behind what vi and en hold; either may be NULL. Nothing for NONE. */
void refusal_fill(enum refusal_code code, const struct refusal_values *values,
                  struct buf *vi, struct buf *en);

#endif
