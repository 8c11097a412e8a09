/* Waiting; and what is done meanwhile: ZAP, clients' reconnecting, the memory watch. */
#include "lib/bus_private.h"

#include <errno.h>
#include <poll.h>
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

/*
 * What is waited for: the caller's items, then the ZAP socket, then the monitors of
 * clients. zmq_poll asks each socket for its events before and after it sleeps, two
 * calls of the system each time; poll on their descriptors needs that only where
 * something has happened. A descriptor of libzmq tells of a change once, so a socket is
 * "settled" only when it has said that it has nothing and nobody has used it since; one
 * that is not is asked before we sleep.
 */
#define WAIT_MAX (BUS_ITEMS_MAX + 1 + BUS_SOCKETS_MAX)

struct bus_wait {
    struct pollfd fds[WAIT_MAX];
    void *sockets[WAIT_MAX]; /* NULL: a descriptor of the caller's */
    bool *settled[WAIT_MAX];
    short seen[WAIT_MAX]; /* POLLIN, POLLOUT */
    size_t count;
};

static void
wait_socket(struct bus_wait *w, void *socket, bool *settled)
{
    int fd = -1;
    size_t bytes = sizeof fd;

    /* (Without its ZAP socket a process would admit nobody: it ends.) */
    MUST(zmq_getsockopt(socket, ZMQ_FD, &fd, &bytes) == 0);
    w->fds[w->count] = (struct pollfd){.fd = fd, .events = POLLIN};
    w->sockets[w->count] = socket;
    w->settled[w->count++] = settled;
}

static void
wait_fill(struct bus *b, const struct bus_poll_item *items, size_t count,
          struct bus_wait *w)
{
    w->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i].socket != NULL) {
            wait_socket(w, items[i].socket->socket, &items[i].socket->settled);
            continue;
        }
        w->sockets[w->count] = NULL;
        w->fds[w->count++] = (struct pollfd){
            .fd = items[i].fd,
            .events = items[i].want_write ? (short)(POLLIN | POLLOUT) : POLLIN};
    }
    wait_socket(w, b->zap, &b->zap_settled);
    for (size_t i = 0; i < b->count; i++) {
        struct bus_link *link = &b->sockets[i]->link;

        if (link->monitor != NULL) {
            wait_socket(w, link->monitor, &link->settled);
        }
    }
}

/* One that has a message stays unsettled until somebody has taken it. */
static bool
wait_ask(struct bus_wait *w, size_t i)
{
    int events = 0;
    size_t bytes = sizeof events;

    while (zmq_getsockopt(w->sockets[i], ZMQ_EVENTS, &events, &bytes) != 0) {
        MUST(zmq_errno() == EINTR);
    }
    w->seen[i] = (events & ZMQ_POLLIN) != 0 ? POLLIN : 0;
    *w->settled[i] = w->seen[i] == 0;
    return w->seen[i] != 0;
}

/* As poll(2). */
static int
wait_sleep(struct bus_wait *w, long ms)
{
    int ready;

    for (size_t i = 0; i < w->count; i++) {
        w->seen[i] = 0;
        if (w->sockets[i] != NULL && !*w->settled[i] && wait_ask(w, i)) {
            ms = 0;
        }
    }
    ready = poll(w->fds, w->count, (int)ms);
    MUST(ready >= 0 || errno == EINTR);
    for (size_t i = 0; i < w->count; i++) {
        short got = ready > 0 ? w->fds[i].revents : 0;

        if (w->sockets[i] == NULL) {
            /* An error shows itself to whoever reads. */
            w->seen[i] = (short)(got & POLLOUT);
            w->seen[i] = (short)(w->seen[i] | ((got & ~POLLOUT) != 0 ? POLLIN : 0));
        } else if (got != 0 && w->seen[i] == 0) {
            (void)wait_ask(w, i); /* nothing: it was for libzmq itself */
        } else if (ready == 0 && ms != 0) {
            *w->settled[i] = false; /* at leisure: all are asked again */
        }
    }
    return ready;
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

/* Of the clients that have news, or whose pause may be over. */
static void
wait_links(struct bus *b, const struct bus_wait *w, size_t at)
{
    for (size_t i = 0; i < b->count; i++) {
        struct bus_link *link = &b->sockets[i]->link;
        bool news = link->monitor != NULL && w->seen[at++] != 0;

        if (news || link->pausing) {
            bus_link_turn(b->sockets[i]);
        }
    }
}

static bool
wait_take(struct bus_poll_item *items, size_t count, const struct bus_wait *w)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        items[i].readable = (w->seen[i] & POLLIN) != 0;
        items[i].writable = (w->seen[i] & POLLOUT) != 0;
        any = any || w->seen[i] != 0;
    }
    return any;
}

enum status
bus_poll(struct bus *b, struct bus_poll_item *items, size_t count, int timeout_ms)
{
    struct bus_wait w;
    struct mono start = timeout_ms > 0 ? mono_now() : (struct mono){0};

    MUST(count <= BUS_ITEMS_MAX);
    for (;;) {
        long ms = timeout_ms == 0 ? 0 : bus_poll_ms(b, start, timeout_ms);
        int ready;
        bool woken;

        wait_fill(b, items, count, &w);
        ready = wait_sleep(&w, ms);
        woken = bus_look_turn(b);
        if (w.seen[count] != 0) {
            b->zap_settled = false;
            zap_answer(b);
        }
        wait_links(b, &w, count + 1);
        if (wait_take(items, count, &w) || woken || ready < 0 || timeout_ms == 0) {
            bus_memory_watch(b);
            return ST_OK;
        }
        bus_memory_watch(b); /* after the last use of the sockets in w */
        if (timeout_ms > 0 && mono_since_us(start) >= (int64_t)timeout_ms * 1000) {
            return ST_OK;
        }
    }
}
