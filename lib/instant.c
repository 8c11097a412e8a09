#include "lib/instant.h"

#include <stdio.h>
#include <time.h>

#define CIVIL_OFFSET_S (7 * 3600)

struct instant
instant_now(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_REALTIME, &ts); /* cannot fail with this clock */
    return (struct instant){(int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000};
}

struct mono
mono_now(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail with this clock */
    return (struct mono){(int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000};
}

int64_t
mono_since_us(struct mono start)
{
    return mono_now().us - start.us;
}

static void
instant_split(struct instant t, int64_t offset_s, struct tm *tm, int *ms)
{
    int64_t all = t.ms + offset_s * 1000;
    int64_t s = all / 1000;
    time_t secs;

    *ms = (int)(all % 1000);
    if (*ms < 0) {
        *ms += 1000;
        s--;
    }
    secs = (time_t)s;
    (void)gmtime_r(&secs, tm); /* fails only beyond the year 2^31 */
}

void
instant_text_utc(struct instant t, char out[INSTANT_TEXT_BYTES])
{
    struct tm tm = {0};
    char day[24];
    int ms;

    instant_split(t, 0, &tm, &ms);
    (void)strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out, INSTANT_TEXT_BYTES, "%s.%03dZ", day, ms);
}

void
instant_text_civil(struct instant t, char out[INSTANT_TEXT_BYTES])
{
    struct tm tm = {0};
    int ms;

    instant_split(t, CIVIL_OFFSET_S, &tm, &ms);
    (void)strftime(out, INSTANT_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S+07:00", &tm);
}

void
instant_text_short(struct instant t, char out[INSTANT_TEXT_BYTES])
{
    struct tm tm = {0};
    int ms;

    instant_split(t, CIVIL_OFFSET_S, &tm, &ms);
    (void)strftime(out, INSTANT_TEXT_BYTES, "%d/%m/%Y %H:%M", &tm);
}
