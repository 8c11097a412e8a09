/* The clock, the heap of events, the one chance of a run, and its trace. */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"

struct world world;

struct event {
    int64_t at_us;
    uint64_t order; /* of those at the same time, the one asked for first */
    event_do *what;
    void *context;
    uint64_t number;
};

static struct event *events;
static size_t event_count;
static size_t event_room;
static uint64_t event_order;

/* ---- chance (splitmix64 to begin with, xoroshiro128+ then) ---- */

static uint64_t
mixed(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t
turned(uint64_t x, unsigned by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t
chance_bits(void)
{
    uint64_t a = world.chance[0];
    uint64_t b = world.chance[1];
    uint64_t sum = a + b;

    b ^= a;
    world.chance[0] = turned(a, 24) ^ b ^ (b << 16);
    world.chance[1] = turned(b, 37);
    return sum;
}

uint64_t
chance_below(uint64_t n)
{
    return n == 0 ? 0 : (chance_bits() >> 11) % n;
}

int64_t
chance_between(int64_t least, int64_t most)
{
    return least + (int64_t)chance_below((uint64_t)(most - least) + 1);
}

bool
chance_of(unsigned in_thousand)
{
    return !world.quiet && chance_below(1000) < in_thousand;
}

/* ---- events: a binary heap ---- */

static bool
sooner(const struct event *a, const struct event *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

void
event_at(int64_t at_us, event_do *what, void *context, uint64_t number)
{
    struct event e = {at_us < world.now_us ? world.now_us : at_us, event_order++, what,
                      context, number};
    size_t i = event_count++;

    if (event_count > event_room) { /* the lasting heap: kept from run to run */
        struct heap *before = heap_now;

        heap_now = &heap_lasting;
        event_room = event_room == 0 ? 1024 : event_room * 2;
        events = mem_grow(events, event_room * sizeof *events);
        heap_now = before;
    }
    while (i > 0 && sooner(&e, &events[(i - 1) / 2])) {
        events[i] = events[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    events[i] = e;
}

void
event_in(int64_t us, event_do *what, void *context, uint64_t number)
{
    event_at(world.now_us + us, what, context, number);
}

static struct event
event_take(void)
{
    struct event first = events[0];
    struct event last = events[--event_count];
    size_t i = 0;

    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= event_count) {
            break;
        }
        if (child + 1 < event_count && sooner(&events[child + 1], &events[child])) {
            child++;
        }
        if (!sooner(&events[child], &last)) {
            break;
        }
        events[i] = events[child];
        i = child;
    }
    events[i] = last;
    return first;
}

bool
event_next(void)
{
    struct event e;

    if (event_count == 0) {
        return false;
    }
    e = event_take();
    world.now_us = e.at_us;
    world.events++;
    trace_mark((uint64_t)e.at_us ^ e.order << 40);
    e.what(e.context, e.number);
    return true;
}

/* ---- the run ---- */

void
world_begin(uint64_t seed, bool trace)
{
    uint64_t state = seed;

    memset(&world, 0, sizeof world);
    world.seed = seed;
    world.trace = trace;
    world.chance[0] = mixed(&state);
    world.chance[1] = mixed(&state);
    world.now_us = 1000000; /* zero means "never" to the services */
    event_count = 0;
    event_order = 0;
}

int64_t
world_wall_ms(void)
{
    return world.wall_ms + world.wall_off_ms + world.now_us / US_A_MS;
}

void
sim_fail(const char *format, ...)
{
    va_list args;

    if (world.failed) {
        return;
    }
    world.failed = true;
    va_start(args, format);
    (void)vsnprintf(world.failure, sizeof world.failure, format, args);
    va_end(args);
    TRACE("FAILED", "%s", world.failure);
}

void
trace_line(const char *who, const char *format, ...)
{
    va_list args;

    (void)printf("%10" PRId64 " %-12s ", world.now_us, who);
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    (void)putchar('\n');
}

void
trace_mark(uint64_t what)
{
    world.digest = (world.digest ^ what) * 0x100000001b3u;
}

/* ---- bytes ---- */

struct text
text_of(const char *zero_terminated)
{
    return (struct text){zero_terminated, strlen(zero_terminated)};
}

struct text
text_copy(const void *p, size_t len)
{
    char *at = world_take(len + 1);

    if (len > 0) {
        memcpy(at, p, len);
    }
    return (struct text){at, len};
}

struct text
text_format(const char *format, ...)
{
    char line[512];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return text_copy(line, len < (int)sizeof line ? (size_t)len : sizeof line - 1);
}

bool
text_same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

bool
text_is(struct text a, const char *b)
{
    return text_same(a, text_of(b));
}

int64_t
text_number(struct text t)
{
    return t.len == 0 ? 0 : strtoll(t.at, NULL, 10); /* a zero stands behind it */
}
