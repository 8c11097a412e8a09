#include "ingest/down.h"

#include <string.h>

#define HOUR_MS 3600000
#define MINUTE_MS 60000

void
down_begin(struct down *d, int64_t now_ms)
{
    if (d->count > 0 && d->spans[d->count - 1].to_ms == DOWN_OPEN) {
        return;
    }
    if (d->count == DOWN_SPANS_MAX) {
        d->spans[d->count - 1].to_ms = DOWN_OPEN; /* the time between counts, too */
        return;
    }
    d->spans[d->count].from_ms = now_ms;
    d->spans[d->count].to_ms = DOWN_OPEN;
    d->count++;
}

void
down_end(struct down *d, int64_t now_ms)
{
    if (d->count > 0 && d->spans[d->count - 1].to_ms == DOWN_OPEN) {
        d->spans[d->count - 1].to_ms = now_ms;
    }
}

void
down_since(struct down *d, int64_t from_ms)
{
    if (d->count > 0 && from_ms < d->spans[0].from_ms) {
        d->spans[0].from_ms = from_ms;
    }
}

uint32_t
down_minutes(struct down *d, int64_t from_ms)
{
    int64_t to_ms = from_ms + HOUR_MS;
    int64_t all = 0;
    size_t kept = 0;
    size_t i;

    for (i = 0; i < d->count; i++) {
        int64_t a = d->spans[i].from_ms < from_ms ? from_ms : d->spans[i].from_ms;
        int64_t b = d->spans[i].to_ms > to_ms ? to_ms : d->spans[i].to_ms;

        if (b > a) {
            all += b - a;
        }
        if (d->spans[i].to_ms > from_ms) {
            d->spans[kept++] = d->spans[i];
        }
    }
    d->count = kept;
    return (uint32_t)((all + MINUTE_MS - 1) / MINUTE_MS);
}
