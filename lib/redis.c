#include "lib/redis.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <hiredis/hiredis.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/put.h"
#include "lib/redis_private.h"

#define EX_OSERR 71

struct redis *
redis_new(const struct redis_settings *settings)
{
    struct redis *r = mem_alloc(sizeof *r);

    MUST(settings->timeout_ms > 0);
    r->address = mem_copy_text(settings->address);
    r->user = mem_copy_text(settings->user);
    r->password = mem_copy_text(settings->password);
    r->timeout_ms = settings->timeout_ms;
    redis_error_set(r, "not connected yet");
    return r;
}

void
redis_free(struct redis **r)
{
    if (*r == NULL) {
        return;
    }
    redis_close(*r);
    if ((*r)->password != NULL) {
        volatile char *p = (*r)->password; /* volatile: the writes are not left out */

        while (*p != '\0') {
            *p++ = '\0';
        }
    }
    mem_free(&(*r)->address);
    mem_free(&(*r)->user);
    mem_free(&(*r)->password);
    mem_free(&(*r)->out);
    mem_free(r);
}

void
redis_close(struct redis *r)
{
    if (r->context != NULL) {
        redisFree(r->context);
        r->context = NULL;
    }
    r->out_sent = 0;
    r->out_used = 0;
    r->awaited = 0;
}

bool
redis_connected(const struct redis *r)
{
    return r->context != NULL;
}

int
redis_fd(const struct redis *r)
{
    return r->context == NULL ? -1 : r->context->fd;
}

const char *
redis_error(const struct redis *r)
{
    return r->error;
}

void
redis_error_set(struct redis *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(r->error, sizeof r->error, format, args); /* cut is fine */
    va_end(args);
}

enum status
redis_break(struct redis *r, const char *why)
{
    redis_error_set(r, "%s: %s", r->address, why);
    redis_close(r);
    return ST_AGAIN;
}

bool
redis_idle(const struct redis *r)
{
    return r->awaited == 0;
}

size_t
redis_unsent(const struct redis *r)
{
    return r->out_used - r->out_sent;
}

/* --- sending and receiving --- */

#define HEAD_BYTES 24 /* "$", 20 digits, CR LF */

/* "*3\r\n", "$5\r\n" */
static char *
head_to(char *at, char sign, size_t n)
{
    *at++ = sign;
    at = digits_to(at, n);
    *at++ = '\r';
    *at++ = '\n';
    return at;
}

/* Formatted here: hiredis prints each length with printf, which for a commit of many
 * thousand arguments costs more than what they tell. */
void
redis_put(struct redis *r, size_t argc, const char *const *argv, const size_t *lens)
{
    size_t bytes = HEAD_BYTES;
    char *at;
    size_t i;

    if (r->context == NULL) {
        return; /* redis_next says so */
    }
    MUST(argc > 0 && argc <= INT_MAX);
    for (i = 0; i < argc; i++) {
        bytes += HEAD_BYTES + (lens != NULL ? lens[i] : strlen(argv[i])) + 2;
    }
    if (bytes > r->out_room - r->out_used) {
        r->out_room = 2 * (r->out_used + bytes);
        r->out = mem_grow(r->out, r->out_room);
    }
    at = head_to(r->out + r->out_used, '*', argc);
    for (i = 0; i < argc; i++) {
        size_t len = lens != NULL ? lens[i] : strlen(argv[i]);

        at = head_to(at, '$', len);
        if (len > 0) {
            memcpy(at, argv[i], len);
        }
        at[len] = '\r';
        at[len + 1] = '\n';
        at += len + 2;
    }
    r->out_used = (size_t)(at - r->out);
    r->awaited++;
}

enum status
redis_send(struct redis *r, bool *more)
{
    *more = false;
    if (r->context == NULL) {
        return ST_AGAIN;
    }
    while (r->out_sent < r->out_used) {
        ssize_t sent = send(r->context->fd, r->out + r->out_sent,
                            r->out_used - r->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent >= 0) {
            r->out_sent += (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            *more = true;
            return ST_OK;
        } else if (errno != EINTR) {
            return redis_break(r, strerror(errno));
        }
    }
    r->out_sent = 0;
    r->out_used = 0;
    return ST_OK;
}

/* The next whole answer among what was read; *out NULL when there is none. */
static enum status
redis_parse(struct redis *r, struct reply **out)
{
    void *rep = NULL;

    *out = NULL;
    if (redisGetReplyFromReader(r->context, &rep) != REDIS_OK) {
        return redis_break(r, r->context->errstr);
    }
    if (rep == NULL) {
        return ST_OK;
    }
    *out = rep;
    if (r->awaited == 0) { /* "max number of clients", said before a question */
        enum status st = redis_break(r, reply_str(*out, NULL));

        reply_free(out);
        return st;
    }
    r->awaited--;
    return ST_OK;
}

static enum status
redis_fill(struct redis *r)
{
    return redisBufferRead(r->context) == REDIS_OK ? ST_OK
                                                   : redis_break(r, r->context->errstr);
}

/* Waits until the socket has something to do or `left_us` have passed. */
static enum status
redis_wait(struct redis *r, bool sending, int64_t left_us)
{
    struct pollfd p = {.fd = r->context->fd, .events = POLLIN};
    char why[64];

    if (left_us <= 0) {
        (void)snprintf(why, sizeof why, "no answer within %d ms", r->timeout_ms);
        return redis_break(r, why);
    }
    if (sending) {
        p.events |= POLLOUT;
    }
    if (poll(&p, 1, (int)((left_us + 999) / 1000)) < 0 && errno != EINTR) {
        return redis_break(r, strerror(errno));
    }
    return (p.revents & ~POLLOUT) != 0 ? redis_fill(r) : ST_OK;
}

enum status
redis_next(struct redis *r, struct reply **out)
{
    struct mono start = mono_now();
    int64_t timeout_us = (int64_t)r->timeout_ms * 1000;

    *out = NULL;
    if (r->context == NULL) {
        return ST_AGAIN;
    }
    MUST(r->awaited > 0);
    for (;;) {
        bool more;
        enum status st = redis_parse(r, out);

        if (st != ST_OK || *out != NULL) {
            return st;
        }
        st = redis_send(r, &more);
        FAULT("redis.sent");
        if (st == ST_OK) {
            st = redis_wait(r, more, timeout_us - mono_since_us(start));
        }
        if (st != ST_OK) {
            return st;
        }
    }
}

enum status
redis_try(struct redis *r, struct reply **out)
{
    enum status st;

    *out = NULL;
    if (r->context == NULL) {
        return ST_AGAIN;
    }
    st = redis_parse(r, out);
    if (st != ST_OK || *out != NULL) {
        return st;
    }
    st = redis_fill(r);
    return st == ST_OK ? redis_parse(r, out) : st;
}

enum status
redis_call(struct redis *r, size_t argc, const char *const *argv, const size_t *lens,
           struct reply **out)
{
    enum status st;

    MUST(redis_idle(r));
    redis_put(r, argc, argv, lens);
    st = redis_next(r, out);
    if (st != ST_OK) {
        return st;
    }
    st = reply_status(*out);
    if (st == ST_AGAIN) {
        (void)redis_break(r, reply_str(*out, NULL)); /* is ST_AGAIN */
        reply_free(out);
    } else if (st != ST_OK) {
        redis_error_set(r, "%s: %s", r->address, reply_str(*out, NULL));
    }
    return st;
}
