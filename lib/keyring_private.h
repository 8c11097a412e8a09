/* What keyring.c and keyring_line.c share. Nobody else includes this. */
#ifndef DONDOC_KEYRING_PRIVATE_H
#define DONDOC_KEYRING_PRIVATE_H

#include "lib/keyring.h"

/* One line of the file; everything it points to lies in text. */
struct keyring_line {
    struct principal principal; /* first: what callers see */
    char *text;                 /* owned copy, cut into words */
    const char **scope;         /* owned */
    size_t scope_room;
    size_t number;
};

/* What parsing one line needs for its complaint. */
struct keyring_fault {
    char *why;
    size_t why_bytes;
    size_t line;
};

enum status keyring_refuse(const struct keyring_fault *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* *out stays NULL for a blank line or a comment. */
MUST_USE enum status keyring_line_parse(const char *text, size_t bytes,
                                        const struct keyring_fault *f,
                                        struct keyring_line **out);
void keyring_line_free(struct keyring_line **l);

/* ST_BAD: no role is called that. */
MUST_USE enum status role_parse(const char *text, enum role *role);

#endif
