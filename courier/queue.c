#include "courier/queue.h"

#include <string.h>

#include "lib/mem.h"

bool
queue_put(struct queue *q, const struct message *m)
{
    if (q->count == CREDIT_MOST) {
        return false;
    }
    mem_array_room((void **)&q->items, q->count, &q->room, sizeof *q->items);
    q->items[q->count++] = *m;
    return true;
}

void
queue_drop(struct queue *q, size_t first, size_t count)
{
    size_t i;

    if (count == 0) {
        return;
    }
    for (i = first; i < first + count; i++) {
        mem_free(&q->items[i].reply);
    }
    memmove(&q->items[first], &q->items[first + count],
            (q->count - first - count) * sizeof *q->items);
    q->count -= count;
}

void
queue_fini(struct queue *q)
{
    queue_drop(q, 0, q->count);
    mem_free(&q->items);
    q->room = 0;
}

bool
queue_holds(const struct queue *q, uint64_t position, const char *id)
{
    size_t i;

    for (i = 0; i < q->count; i++) {
        if (q->items[i].position == position && strcmp(q->items[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

int64_t
queue_due_ms(const struct queue *q)
{
    int64_t due = q->count == CREDIT_MOST ? 0 : INT64_MAX;
    size_t i;

    for (i = 0; i < q->count; i++) {
        due = q->items[i].wait_until_ms < due ? q->items[i].wait_until_ms : due;
    }
    return due;
}

bool
queue_hides(const struct queue *q, size_t credit, int64_t now_ms)
{
    return credit < CREDIT_MOST && q->count >= credit && queue_due_ms(q) > now_ms;
}

int64_t
message_since_ms(const struct message *m)
{
    return m->wait_until_ms > m->at_ms ? m->wait_until_ms : m->at_ms;
}

size_t
queue_undelivered(const struct queue *q, int64_t now_ms, int64_t *longest_ms)
{
    size_t count = 0;
    size_t i;

    *longest_ms = 0;
    for (i = 0; i < q->count; i++) {
        int64_t ms = now_ms - message_since_ms(&q->items[i]);

        if (q->items[i].wait_until_ms <= now_ms) {
            count = i + 1; /* those before it go with it */
            *longest_ms = ms > *longest_ms ? ms : *longest_ms;
        }
    }
    return count;
}
