/*
 * golden - the recorded messages of tests/golden/wire (its README says what is in
 * them).
 */
#ifndef DONDOC_TESTS_GOLDEN_H
#define DONDOC_TESTS_GOLDEN_H

#include <stddef.h>
#include <stdint.h>

struct golden {
    char path[256];   /* "0.1.0/push.hex" */
    char kind[32];    /* "unit_request" … */
    char expect[16];  /* same more decoded refused */
    unsigned unknown; /* fields that this release does not know */
    uint8_t bytes[8192];
    size_t len;
};

typedef void golden_each(void *context, const struct golden *g);

/* Hands over every message, in order of names. Returns how many; fails the cmocka test
 * when a file is not in its form. */
size_t golden_all(golden_each *each, void *context);

#endif
