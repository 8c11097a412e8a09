/*
 * mem - allocation that does not fail: out of memory ends the process, and the
 * journal makes that safe. The only caller of malloc. `mem_free(&p)` clears p.
 */
#ifndef DONDOC_MEM_H
#define DONDOC_MEM_H

#include <stddef.h>

void *mem_alloc(size_t bytes);               /* zeroed */
void *mem_grow(void *p, size_t bytes);       /* realloc; the new part is not zeroed */
char *mem_copy_text(const char *text);       /* NULL gives NULL */
void *mem_copy(const void *p, size_t bytes); /* and a zero byte behind */
void mem_free_at(void **p);
#define mem_free(pp) mem_free_at((void **)(pp))

/*
 * mem_array_room - room for one more element in a growing array.
 * items  in/out; array of `*room` elements of `bytes` each.
 * Doubles; new elements are zeroed.
 */
void mem_array_room(void **items, size_t count, size_t *room, size_t bytes);

/* Pages that nothing lives in any more go back to the system; with glibc they would
 * else stay ours, of every thread. Costs a walk over what is free. */
void mem_give_back(void);

/*
 * arena - a bounded piece of memory given back as a whole. Everything taken from
 * it is zeroed. One message, one arena: a message cannot take more than `max`.
 */
struct arena;
struct arena *arena_new(size_t max_bytes);
void arena_free(struct arena **a);
void *arena_take(struct arena *a, size_t bytes); /* NULL: the bound is reached */
/* The same with anything in it: for what is written at once. */
void *arena_room(struct arena *a, size_t bytes);
char *arena_text(struct arena *a, const char *text);
/* Bytes as a text, with a zero byte behind. */
char *arena_copy(struct arena *a, const char *from, size_t bytes);
size_t arena_taken(const struct arena *a);
void arena_reset(struct arena *a); /* all gone; the memory is kept for reuse */

/* What was taken after a mark is given back, as if it never had been: for what is tried
 * first one way, then another. No reset may lie between the two. */
struct arena_mark {
    const void *block;
    size_t used;
    size_t taken;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_back(struct arena *a, struct arena_mark mark);

#endif
