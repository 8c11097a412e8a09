/*
 * stated - figures that a province has published about itself, to be shown beside our
 * sums: a CSV `indicator,numerator,denominator,source`; the first column names an
 * indicator or a measure, a measure has no denominator. Pure: text in, rows out.
 */
#ifndef DONDOC_CLI_STATED_H
#define DONDOC_CLI_STATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/status.h"

struct stated_row {
    char *name;
    int64_t num;
    bool has_den;
    int64_t den;
    char *source;
};

struct stated {
    struct stated_row *rows;
    size_t count;
    size_t room;
};

/* Errors: ST_BAD, why says line and column name; nothing is kept. */
MUST_USE enum status stated_parse(const char *text, size_t bytes, struct stated *out,
                                  char *why, size_t why_bytes);
void stated_fini(struct stated *s);
const struct stated_row *stated_find(const struct stated *s, const char *name);

#endif
