/*
 * refusals - the specimen with one thing changed, and where the check must then
 * point and what it must say. One mistake is one finding, unless the case says how
 * many.
 */
#ifndef DONDOC_TESTS_REFUSALS_H
#define DONDOC_TESTS_REFUSALS_H

#include <stddef.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "tests/support/specimen_programme.h"

enum refusal_file { H, L, M, P, T, U }; /* the files, in the order of the specimen */

struct refusal {
    int file;
    const char *from; /* this text */
    const char *to;   /* becomes this; an error must stand on its line */
    const char *says;
    size_t errors; /* 0: one */
};

/* The specimen with the change; text holds the changed file: buf_fini it. */
void programme_changed(const struct refusal *r,
                       struct catalogue_file files[SPECIMEN_FILES], struct buf *text);
/* Fails the test when a case is not refused as it says; prints what came instead. */
void refusals_check(const struct refusal *cases, size_t count);
#define CHECK(cases) refusals_check(cases, sizeof(cases) / sizeof(cases)[0])

#endif
