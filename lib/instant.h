/*
 * instant - time as two types that cannot be mixed: wall time (what an entry is
 * stamped with) and monotonic time (how long something took). The only module that
 * asks the clock.
 */
#ifndef DONDOC_INSTANT_H
#define DONDOC_INSTANT_H

#include <stdint.h>

struct instant {
    int64_t ms; /* since 1970-01-01T00:00:00Z */
};

struct mono {
    int64_t us; /* since some start; only differences mean anything */
};

#define INSTANT_TEXT_BYTES 32

struct instant instant_now(void);
struct mono mono_now(void);
int64_t mono_since_us(struct mono start);

/* "2026-11-21T09:41:07.123Z" */
void instant_text_utc(struct instant t, char out[INSTANT_TEXT_BYTES]);
/* "2026-11-21T16:41:07+07:00", the civil time of Viet Nam */
void instant_text_civil(struct instant t, char out[INSTANT_TEXT_BYTES]);
/* "21/11/2026 16:41" for people */
void instant_text_short(struct instant t, char out[INSTANT_TEXT_BYTES]);

#endif
