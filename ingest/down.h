/*
 * down - the times in which a province could not acknowledge, so that each tick can say
 * how many minutes of the hour before it that was. Pure; wall time in ms.
 */
#ifndef INGEST_DOWN_H
#define INGEST_DOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOWN_SPANS_MAX 128u /* more in one hour are counted as one long one */

struct down {
    struct {
        int64_t from_ms;
        int64_t to_ms; /* DOWN_OPEN: still down */
    } spans[DOWN_SPANS_MAX];
    size_t count;
};

#define DOWN_OPEN INT64_MAX

void down_begin(struct down *d, int64_t now_ms); /* nothing when it is down already */
void down_end(struct down *d, int64_t now_ms);
/* It began earlier than we could know: moves the beginning of the first span. */
void down_since(struct down *d, int64_t from_ms);
/* Whole minutes of [from, from + one hour) that were down, rounded up; forgets spans
 * that ended before. */
uint32_t down_minutes(struct down *d, int64_t from_ms);

#endif
