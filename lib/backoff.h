/*
 * backoff - how long to wait before trying again. Pure: chance is an argument.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("full
 * jitter"), with a floor under it.
 */
#ifndef DONDOC_BACKOFF_H
#define DONDOC_BACKOFF_H

#include <stdint.h>

/*
 * backoff_delay_ms - the wait after a failed attempt.
 *
 * attempt  0 after the first failure, 1 after the second, …
 * min_ms   at least 1; the wait is never shorter.
 * max_ms   at least min_ms; the wait is never longer.
 * chance   uniform over all 64-bit values; the same number gives the same wait.
 *
 * Uniform over whole milliseconds between min_ms and the smaller of max_ms and
 * min_ms * 2^(attempt + 1): even the first waits of many clients are spread.
 * Worked: min 100, max 5000, attempt 2: from 100 to 800.
 */
int64_t backoff_delay_ms(uint32_t attempt, int64_t min_ms, int64_t max_ms,
                         uint64_t chance);

#endif
