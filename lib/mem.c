#include "lib/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "lib/diag.h"

#define EX_OSERR 71

void *
mem_alloc(size_t bytes)
{
    void *p = calloc(1, bytes == 0 ? 1 : bytes);

    if (p == NULL) {
        diag_fatal(EX_OSERR, "no_memory", "bytes=%zu", bytes);
    }
    return p;
}

void *
mem_grow(void *p, size_t bytes)
{
    void *q = realloc(p, bytes == 0 ? 1 : bytes);

    if (q == NULL) {
        diag_fatal(EX_OSERR, "no_memory", "bytes=%zu", bytes);
    }
    return q;
}

char *
mem_copy_text(const char *text)
{
    return text == NULL ? NULL : mem_copy(text, strlen(text));
}

void *
mem_copy(const void *p, size_t bytes)
{
    char *q = mem_grow(NULL, bytes + 1);

    if (bytes > 0) {
        memcpy(q, p, bytes);
    }
    q[bytes] = '\0';
    return q;
}

void
mem_free_at(void **p)
{
    free(*p);
    *p = NULL;
}

void
mem_array_room(void **items, size_t count, size_t *room, size_t bytes)
{
    size_t more;

    if (count < *room) {
        return;
    }
    more = *room == 0 ? 8 : *room;
    MUST(more <= SIZE_MAX / 4 / bytes);
    *items = mem_grow(*items, (*room + more) * bytes);
    memset((char *)*items + *room * bytes, 0, more * bytes);
    *room += more;
}

void
mem_give_back(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0); /* says only whether there was anything */
#endif
}

/* A list of blocks; the first is reused for ever, the others freed at reset. */
struct arena_block {
    struct arena_block *next;
    size_t room;
    size_t used;
    _Alignas(16) unsigned char data[];
};

struct arena {
    size_t max_bytes;
    size_t taken;
    struct arena_block *blocks; /* newest first; the oldest is kept */
};

#define ARENA_BLOCK_BYTES 4096u
#define ARENA_KEPT_BYTES 16384u /* a reset keeps so much, if it was needed */

static struct arena_block *
arena_block_new(struct arena_block *next, size_t bytes)
{
    size_t room = bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES;
    struct arena_block *b = malloc(sizeof *b + room);

    if (b == NULL) {
        diag_fatal(EX_OSERR, "no_memory", "bytes=%zu", room);
    }
    b->next = next;
    b->room = room;
    b->used = 0;
    return b;
}

struct arena *
arena_new(size_t max_bytes)
{
    struct arena *a = mem_alloc(sizeof *a);

    a->max_bytes = max_bytes;
    a->blocks = arena_block_new(NULL, 0);
    return a;
}

void
arena_free(struct arena **a)
{
    struct arena_block *b;
    struct arena_block *next;

    if (*a == NULL) {
        return;
    }
    for (b = (*a)->blocks; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    mem_free(a);
}

/* As it was left: what is taken and its size are for the caller to fill. */
static inline void *
arena_carve(struct arena *a, size_t bytes, size_t *taken)
{
    struct arena_block *b = a->blocks;
    size_t need = (bytes + 15u) & ~(size_t)15u;
    void *p;

    /* A size that wraps is over the bound, too. */
    if (bytes > a->max_bytes || need > a->max_bytes - a->taken) {
        return NULL;
    }
    if (need > b->room - b->used) {
        b = arena_block_new(b, need);
        a->blocks = b;
    }
    p = b->data + b->used;
    b->used += need;
    a->taken += need;
    *taken = need;
    return p;
}

void *
arena_take(struct arena *a, size_t bytes)
{
    size_t taken = 0;
    void *p = arena_carve(a, bytes, &taken);

    if (p != NULL) {
        memset(p, 0, taken);
    }
    return p;
}

void *
arena_room(struct arena *a, size_t bytes)
{
    size_t taken;

    return arena_carve(a, bytes, &taken);
}

char *
arena_copy(struct arena *a, const char *from, size_t bytes)
{
    size_t taken;
    char *p = arena_carve(a, bytes + 1, &taken);

    if (p != NULL) {
        memcpy(p, from, bytes);
        p[bytes] = '\0';
    }
    return p;
}

char *
arena_text(struct arena *a, const char *text)
{
    return arena_copy(a, text, strlen(text));
}

size_t
arena_taken(const struct arena *a)
{
    return a->taken;
}

static void
arena_block_drop(struct arena *a)
{
    struct arena_block *next = a->blocks->next;

    free(a->blocks);
    a->blocks = next;
}

struct arena_mark
arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->blocks, a->blocks->used, a->taken};
}

void
arena_back(struct arena *a, struct arena_mark mark)
{
    while (a->blocks != mark.block) {
        arena_block_drop(a);
    }
    a->blocks->used = mark.used;
    a->taken = mark.taken;
}

void
arena_reset(struct arena *a)
{
    size_t kept = a->taken < ARENA_KEPT_BYTES ? a->taken : ARENA_KEPT_BYTES;

    while (a->blocks->next != NULL) {
        arena_block_drop(a);
    }
    if (kept > a->blocks->room) { /* so that the next time takes one block */
        arena_block_drop(a);
        a->blocks = arena_block_new(NULL, kept + ARENA_BLOCK_BYTES);
    }
    a->blocks->used = 0;
    a->taken = 0;
}
