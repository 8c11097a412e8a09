/*
 * knocks - how often the log hears of those who were not let in: of one key at most
 * once a minute, of all together at most KNOCKS_LINES lines a minute; the rest is
 * counted, and the count is said. Who knocks all day, or comes with a thousand keys,
 * shall not fill the log nor hide the others in it. Pure: time is an argument.
 */
#ifndef DONDOC_KNOCKS_H
#define DONDOC_KNOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/instant.h"

#define KNOCKS_LINES 20
#define KNOCKS_EVERY_US 60000000
#define KNOCKS_KEY_BYTES 17 /* a fingerprint and its zero */

struct knock {
    char key[KNOCKS_KEY_BYTES];
    struct mono said;
    uint64_t since; /* refused since that line, and not said yet */
};

/* All zero: nobody was refused yet. */
struct knocks {
    struct knock lines[KNOCKS_LINES]; /* the latest, in no order; key "" is free */
    uint64_t unsaid;                  /* since the last summary */
    struct mono first_unsaid;
    uint64_t total;
};

/*
 * knocks_take - one refusal. True: say it, as the *times-th of this key since its last
 * line (1: nothing was kept back). False: it was counted.
 */
bool knocks_take(struct knocks *k, const char *key, struct mono now, uint64_t *times);
/* How many were counted and not said; above 0 once they have waited a minute, which
 * begins the count anew. */
uint64_t knocks_summary(struct knocks *k, struct mono now);

#endif
