/* Waiting; and what is done meanwhile: ZAP, clients' reconnecting, the memory watch. */
#include "lib/bus_private.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <zmq.h>

#include "lib/diag.h"
#include "lib/mem.h"

#define MEMORY_LOOK_EVERY_US 1000000
#define REOPEN_EVERY_US 30000000
#define GIVE_BACK_OVER (64u << 20) /* more than we once were */
#define GIVE_BACK_PAUSE_MAX_S 4    /* so that all is back within five seconds */
#define LOOK_EVERY_US 250000

/* --- memory --- */

void
bus_memory_max(struct bus *b, size_t bytes)
{
    b->memory_max_bytes = bytes;
}

static size_t
bus_memory_now(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (f == NULL) {
        return 0;
    }
    if (fscanf(f, "%*s %ld", &pages) != 1) {
        pages = 0;
    }
    (void)fclose(f); /* only read */
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

/*
 * What unfinished messages took is free when their connection ends, but the allocator
 * keeps it: looked after while we are much larger than we were, less often when it
 * brings nothing (10.000 peers are large for good).
 */
static void
bus_memory_give_back(struct bus *b, size_t now)
{
    size_t after;

    if (b->memory_low_bytes == 0 || now < b->memory_low_bytes) {
        b->memory_low_bytes = now;
    }
    if (now <= b->memory_low_bytes + GIVE_BACK_OVER ||
        mono_since_us(b->gave_back) < (int64_t)b->gave_back_pause * 1000000) {
        return;
    }
    mem_give_back();
    after = bus_memory_now();
    b->gave_back = mono_now();
    if (after < now - now / 8) {
        b->gave_back_pause = 1;
        diag_info("memory_back", "before=%zu after=%zu", now, after);
    } else if (b->gave_back_pause < GIVE_BACK_PAUSE_MAX_S) {
        b->gave_back_pause++;
    }
}

/*
 * A peer that never ends its message fills our memory below every limit of libzmq
 * (F10). Closing the ROUTER gives all of it back; who lost something sends it again.
 */
static void
bus_memory_watch(struct bus *b)
{
    size_t now;

    if (b->memory_max_bytes == 0 ||
        mono_since_us(b->memory_looked) < MEMORY_LOOK_EVERY_US) {
        return;
    }
    b->memory_looked = mono_now();
    now = bus_memory_now();
    bus_memory_give_back(b, now);
    if (now <= b->memory_max_bytes ||
        (b->reopened.us != 0 && mono_since_us(b->reopened) < REOPEN_EVERY_US)) {
        return;
    }
    b->reopened = mono_now();
    diag_warn("memory_over", "bytes=%zu max=%zu act=reopen_sockets", now,
              b->memory_max_bytes);
    for (size_t i = 0; i < b->count; i++) {
        if (b->sockets[i]->kind == BUS_ROUTER) {
            bus_reopen(b->sockets[i]);
        }
    }
}

/* --- the caller's look --- */

void
bus_look_set(struct bus *b, bus_look *look, void *context)
{
    b->look = look;
    b->look_context = context;
}

static bool
bus_look_turn(struct bus *b)
{
    if (b->look == NULL ||
        (b->looked.us != 0 && mono_since_us(b->looked) < LOOK_EVERY_US)) {
        return false;
    }
    b->looked = mono_now();
    return b->look(b->look_context);
}

/* --- waiting --- */

/* items, then the ZAP socket, then the monitors of clients. */
static int
bus_poll_fill(struct bus *b, const struct bus_poll_item *items, size_t count,
              zmq_pollitem_t *poll)
{
    int n = 0;

    for (size_t i = 0; i < count; i++) {
        bool socket = items[i].socket != NULL;
        short events = ZMQ_POLLIN;

        if (!socket && items[i].want_write) {
            events = ZMQ_POLLIN | ZMQ_POLLOUT;
        }
        poll[n++] = (zmq_pollitem_t){socket ? items[i].socket->socket : NULL,
                                     items[i].fd, events, 0};
    }
    poll[n++] = (zmq_pollitem_t){b->zap, 0, ZMQ_POLLIN, 0};
    for (size_t i = 0; i < b->count; i++) {
        if (b->sockets[i]->link.monitor != NULL) {
            poll[n++] = (zmq_pollitem_t){b->sockets[i]->link.monitor, 0, ZMQ_POLLIN, 0};
        }
    }
    return n;
}

/* How long to sleep: until the caller's deadline or the next retry of a client. */
static long
bus_poll_ms(const struct bus *b, struct mono start, int timeout_ms)
{
    int64_t us =
        timeout_ms < 0 ? INT64_MAX : (int64_t)timeout_ms * 1000 - mono_since_us(start);

    for (size_t i = 0; i < b->count; i++) {
        const struct bus_link *link = &b->sockets[i]->link;

        if (link->pausing) {
            int64_t left = link->retry_at.us - mono_now().us;

            us = left < us ? left : us;
        }
    }
    if (b->memory_max_bytes > 0 && us > MEMORY_LOOK_EVERY_US) {
        us = MEMORY_LOOK_EVERY_US;
    }
    if (b->look != NULL && us > LOOK_EVERY_US) {
        us = LOOK_EVERY_US;
    }
    if (us == INT64_MAX) {
        return -1;
    }
    return us <= 0 ? 0 : (long)((us + 999) / 1000);
}

static bool
bus_poll_take(struct bus_poll_item *items, size_t count, const zmq_pollitem_t *poll)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        /* An error shows itself to whoever reads. */
        items[i].readable = (poll[i].revents & (ZMQ_POLLIN | ZMQ_POLLERR)) != 0;
        items[i].writable = (poll[i].revents & ZMQ_POLLOUT) != 0;
        any = any || items[i].readable || items[i].writable;
    }
    return any;
}

enum status
bus_poll(struct bus *b, struct bus_poll_item *items, size_t count, int timeout_ms)
{
    zmq_pollitem_t poll[BUS_ITEMS_MAX + 1 + BUS_SOCKETS_MAX];
    struct mono start = timeout_ms > 0 ? mono_now() : (struct mono){0};

    MUST(count <= BUS_ITEMS_MAX);
    for (;;) {
        long ms = timeout_ms == 0 ? 0 : bus_poll_ms(b, start, timeout_ms);
        int n = bus_poll_fill(b, items, count, poll);
        int ready = zmq_poll(poll, n, ms);
        bool woken;

        if (ready < 0) {
            MUST(zmq_errno() == EINTR);
            for (int i = 0; i < n; i++) {
                poll[i].revents = 0;
            }
        }
        woken = bus_look_turn(b);
        if (ready > 0 && poll[count].revents != 0) {
            zap_answer(b);
        }
        for (size_t i = 0; i < b->count; i++) {
            bus_link_turn(b->sockets[i]);
        }
        if (bus_poll_take(items, count, poll) || woken || ready < 0 ||
            timeout_ms == 0) {
            bus_memory_watch(b);
            return ST_OK;
        }
        bus_memory_watch(b); /* after the last use of the sockets in poll */
        if (timeout_ms > 0 && mono_since_us(start) >= (int64_t)timeout_ms * 1000) {
            return ST_OK;
        }
    }
}
