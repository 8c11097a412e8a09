/*
 * Memory that goes as a whole: one region for each process, one for the world of a run,
 * one that lasts. The linker sends malloc and free of everything that is linked in
 * here; pieces go by powers of two, so a run touches little memory and the same again
 * in the next one.
 */
#define _DEFAULT_SOURCE
#include "tests/sim/sim.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PIECE_LEAST 5u /* 32 bytes */

struct heap heap_lasting;
struct heap heap_world;
struct heap *heap_now = &heap_lasting;

void *__real_malloc(size_t bytes);
void *__real_realloc(void *p, size_t bytes);
void __real_free(void *p);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *p, size_t bytes);
void __wrap_free(void *p);

/* Before each piece; keeps it on 16 bytes. */
struct piece {
    struct heap *heap;
    union {
        size_t power;
        struct piece *spare; /* free: the next one */
    };
};

void
heap_make(struct heap *h, size_t room)
{
    h->base = mmap(NULL, room, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (h->base == MAP_FAILED) {
        abort();
    }
    h->room = room;
}

void
heap_reset(struct heap *h)
{
    h->used = 0;
    memset(h->spare, 0, sizeof h->spare);
}

static size_t
power_of(size_t bytes)
{
    size_t power = PIECE_LEAST;

    while (((size_t)1 << power) < bytes) {
        power++;
    }
    return power;
}

void *
__wrap_malloc(size_t bytes)
{
    struct heap *h = heap_now;
    size_t power = power_of(bytes + sizeof(struct piece));
    struct piece *piece;

    if (h->base == NULL) { /* libraries that set themselves up before main */
        return __real_malloc(bytes);
    }
    piece = h->spare[power];
    if (piece != NULL) {
        h->spare[power] = piece->spare;
        piece->heap = h;
        piece->power = power;
        return piece + 1;
    }
    if (h->used + ((size_t)1 << power) > h->room) {
        abort();
    }
    piece = (struct piece *)(void *)(h->base + h->used);
    h->used += (size_t)1 << power;
    h->most = h->used > h->most ? h->used : h->most;
    piece->heap = h;
    piece->power = power;
    return piece + 1;
}

void *
__wrap_calloc(size_t count, size_t bytes)
{
    void *p = __wrap_malloc(count * bytes);

    memset(p, 0, count * bytes);
    return p;
}

static bool
within(const struct heap *h, const void *p)
{
    return h->base != NULL && (const unsigned char *)p >= h->base &&
           (const unsigned char *)p < h->base + h->room;
}

/* Ours, or of a library that was there before? */
static bool
ours(const void *p)
{
    size_t i;

    if (within(&heap_lasting, p) || within(&heap_world, p)) {
        return true;
    }
    for (i = 0; i < PROCESS_MAX; i++) {
        if (within(&processes[i].heap, p)) {
            return true;
        }
    }
    return false;
}

void
__wrap_free(void *p)
{
    struct piece *piece = p;
    struct heap *h;
    size_t power;

    if (p == NULL) {
        return;
    }
    if (!ours(p)) {
        __real_free(p);
        return;
    }
    piece--;
    h = piece->heap;
    power = piece->power;
    piece->spare = h->spare[power];
    h->spare[power] = piece;
}

void *
__wrap_realloc(void *p, size_t bytes)
{
    struct piece *piece = p;
    size_t room;
    void *q;

    if (p == NULL) {
        return __wrap_malloc(bytes);
    }
    if (!ours(p)) {
        return __real_realloc(p, bytes);
    }
    piece--;
    room = ((size_t)1 << piece->power) - sizeof *piece;
    if (bytes <= room) {
        return p;
    }
    q = __wrap_malloc(bytes);
    memcpy(q, p, room);
    __wrap_free(p);
    return q;
}

void *
world_take(size_t bytes)
{
    size_t need = (bytes + 15u) & ~(size_t)15u;
    void *p = heap_world.base + heap_world.used;

    if (heap_world.used + need > heap_world.room) {
        abort();
    }
    heap_world.used += need;
    heap_world.most =
        heap_world.used > heap_world.most ? heap_world.used : heap_world.most;
    memset(p, 0, need);
    return p;
}
