#include "lib/redis.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/put.h"

#define ARGS_BLOCK_BYTES 4096u

/* Copies live in blocks that never move, newest first; clearing keeps the newest. */
struct args_block {
    struct args_block *next;
    size_t used;
    size_t room;
    char data[];
};

void
args_init(struct args *a)
{
    memset(a, 0, sizeof *a);
}

static void
args_blocks_free(struct args_block *b)
{
    while (b != NULL) {
        struct args_block *next = b->next;

        mem_free(&b);
        b = next;
    }
}

void
args_fini(struct args *a)
{
    args_blocks_free(a->blocks);
    mem_free(&a->argv);
    mem_free(&a->lens);
    args_init(a);
}

void
args_clear(struct args *a)
{
    a->argc = 0;
    if (a->blocks != NULL) {
        args_blocks_free(a->blocks->next);
        a->blocks->next = NULL;
        a->blocks->used = 0;
    }
}

static void
args_room(struct args *a, size_t more)
{
    if (more > a->room - a->argc) {
        size_t room = a->room == 0 ? 32 : 2 * a->room;

        a->room = more > room - a->argc ? a->argc + more : room;
        a->argv = mem_grow(a->argv, a->room * sizeof *a->argv);
        a->lens = mem_grow(a->lens, a->room * sizeof *a->lens);
    }
}

void
args_add(struct args *a, const void *p, size_t len)
{
    args_room(a, 1);
    a->argv[a->argc] = p;
    a->lens[a->argc] = len;
    a->argc++;
}

void
args_all(struct args *a, const struct args *from)
{
    if (from->argc > 0) {
        args_room(a, from->argc);
        memcpy(a->argv + a->argc, from->argv, from->argc * sizeof *a->argv);
        memcpy(a->lens + a->argc, from->lens, from->argc * sizeof *a->lens);
        a->argc += from->argc;
    }
}

/* A larger block each time, so that the one kept at last holds a whole call. */
static struct args_block *
args_block_add(struct args *a, size_t len)
{
    struct args_block *b = a->blocks;
    size_t room = b == NULL ? ARGS_BLOCK_BYTES : 2 * b->room;

    if (room < len) {
        room = len;
    }
    b = mem_grow(NULL, sizeof *b + room);
    b->room = room;
    b->used = 0;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

static inline char *
args_take(struct args *a, size_t len)
{
    struct args_block *b = a->blocks;
    char *p;

    if (b == NULL || len > b->room - b->used) {
        b = args_block_add(a, len);
    }
    p = b->data + b->used;
    b->used += len;
    return p;
}

char *
args_keep(struct args *a, const void *p, size_t len)
{
    char *q = args_take(a, len);

    if (len > 0) {
        memcpy(q, p, len);
    }
    return q;
}

void
args_copy(struct args *a, const void *p, size_t len)
{
    args_add(a, args_keep(a, p, len), len);
}

void
args_text(struct args *a, const char *text)
{
    size_t len = strlen(text);

    args_add(a, args_keep(a, text, len), len);
}

static size_t
digits_put(int64_t n, char *out, size_t bytes)
{
    struct put p;

    put_begin(&p, out, bytes);
    put_number(&p, n);
    return (size_t)(p.at - out);
}

void
args_int(struct args *a, int64_t n)
{
    char digits[24];
    size_t len = digits_put(n, digits, sizeof digits);

    args_copy(a, digits, len);
}

void
args_replace(struct args *a, size_t at, const void *p, size_t len)
{
    a->argv[at] = args_keep(a, p, len);
    a->lens[at] = len;
}

void
args_replace_int(struct args *a, size_t at, int64_t n)
{
    char digits[24];
    size_t len = digits_put(n, digits, sizeof digits);

    args_replace(a, at, digits, len);
}
