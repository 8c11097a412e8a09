#include "lib/backoff.h"

#include "lib/diag.h"

int64_t
backoff_delay_ms(uint32_t attempt, int64_t min_ms, int64_t max_ms, uint64_t chance)
{
    int64_t ceiling = max_ms;
    uint64_t choices;

    MUST(min_ms >= 1 && max_ms >= min_ms);
    if (attempt < 62 && min_ms <= (max_ms >> (attempt + 1))) {
        ceiling = min_ms << (attempt + 1);
    }
    choices = (uint64_t)(ceiling - min_ms) + 1;
    /* The high word of the product spreads chance evenly without a division. */
    return min_ms + (int64_t)(uint64_t)(((unsigned __int128)chance * choices) >> 64);
}
