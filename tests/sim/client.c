/*
 * lib/redis.h as the services see it, over the connections of server.c: the contract of
 * lib/redis.c and lib/redis_connect.c without sockets. Answers are read by the real
 * lib/redis_reply.c, so they are laid out as hiredis does.
 */
#include "lib/redis.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "lib/diag.h"
#include "lib/mem.h"
#include "tests/sim/sim.h"

#define PUT_MAX 4096

struct redis {
    int fd; /* -1: not connected */
    int timeout_ms;
    struct command put[PUT_MAX];
    size_t put_count;
    size_t awaited;
    char error[512];
};

void __wrap_freeReplyObject(void *reply);

struct redis *
redis_new(const struct redis_settings *settings)
{
    struct redis *r = malloc(sizeof *r); /* large, and only its end must be set */

    r->fd = -1;
    r->timeout_ms = settings->timeout_ms;
    r->put_count = r->awaited = 0;
    redis_error_set(r, "not connected yet");
    return r;
}

void
redis_free(struct redis **r)
{
    if (*r != NULL) {
        redis_close(*r);
        mem_free(r);
    }
}

void
redis_close(struct redis *r)
{
    if (r->fd >= 0) {
        conn_close(r->fd);
    }
    r->fd = -1;
    r->put_count = r->awaited = 0;
}

bool
redis_connected(const struct redis *r)
{
    return r->fd >= 0;
}

int
redis_fd(const struct redis *r)
{
    return r->fd;
}

bool
redis_idle(const struct redis *r)
{
    return r->awaited == 0;
}

size_t
redis_unsent(const struct redis *r)
{
    return r->put_count; /* all goes out at once */
}

const char *
redis_error(const struct redis *r)
{
    return r->error;
}

void
redis_error_set(struct redis *r, const char *format, ...)
{
    char text[sizeof r->error]; /* an argument may be the error before */
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    memcpy(r->error, text, sizeof text);
}

static enum status
broken(struct redis *r, const char *why)
{
    redis_error_set(r, "redis: %s", why);
    redis_close(r);
    return ST_AGAIN;
}

/* ---- connecting ---- */

enum status
redis_connect(struct redis *r, const char *first_key, int64_t *first)
{
    const char *argv[2] = {"INCR", first_key};
    struct reply *rep = NULL;
    bool refused;
    enum status st;

    redis_close(r);
    process_wait(world.now_us + chance_between(20, 200));
    r->fd = conn_open(process_now, &refused);
    if (r->fd < 0) {
        return broken(r, "connection refused");
    }
    if (first_key == NULL) {
        return ST_OK;
    }
    st = redis_call(r, 2, argv, NULL, &rep);
    if (st == ST_OK && first != NULL) {
        *first = reply_int(rep);
    }
    reply_free(&rep);
    if (st != ST_OK) {
        redis_close(r);
    }
    return st;
}

/* ---- commands ---- */

void
redis_put(struct redis *r, size_t argc, const char *const *argv, const size_t *lens)
{
    struct command *c;
    size_t i;

    if (r->fd < 0) {
        return;
    }
    MUST(argc > 0 && r->put_count < PUT_MAX);
    c = &r->put[r->put_count++];
    c->argc = argc;
    c->argv = world_take(argc * sizeof *c->argv);
    for (i = 0; i < argc; i++) {
        c->argv[i] = text_copy(argv[i], lens != NULL ? lens[i] : strlen(argv[i]));
    }
    r->awaited++;
}

enum status
redis_send(struct redis *r, bool *more)
{
    *more = false;
    if (r->fd < 0) {
        return ST_AGAIN;
    }
    if (conn_broken(r->fd)) {
        return broken(r, "broken pipe");
    }
    conn_send(r->fd, r->put, r->put_count);
    r->put_count = 0;
    return ST_OK;
}

/* ---- answers: one piece of memory each, nodes first, then the bytes ---- */

static void
rep_measure(const struct rep *rep, size_t *nodes, size_t *bytes)
{
    size_t i;

    *nodes += 1;
    *bytes += rep->str.len + 1 + rep->count * sizeof(redisReply *) + 8;
    for (i = 0; i < rep->count; i++) {
        rep_measure(rep->items[i], nodes, bytes);
    }
}

static redisReply *
rep_lay(const struct rep *rep, redisReply **node, char **at)
{
    redisReply *out = (*node)++;
    size_t i;

    memset(out, 0, sizeof *out);
    out->type = rep->type;
    out->integer = rep->integer;
    if (rep->type == REDIS_REPLY_ARRAY) {
        out->elements = rep->count;
        out->element = (redisReply **)(void *)*at;
        *at += rep->count * sizeof(redisReply *);
        for (i = 0; i < rep->count; i++) {
            out->element[i] = rep_lay(rep->items[i], node, at);
        }
        return out;
    }
    out->str = *at;
    out->len = rep->str.len;
    memcpy(out->str, rep->str.at, rep->str.len);
    out->str[rep->str.len] = '\0';
    *at += (rep->str.len + 8) & ~(size_t)7;
    return out;
}

static struct reply *
rep_to_reply(const struct rep *rep)
{
    size_t nodes = 0;
    size_t bytes = 0;
    redisReply *all;
    redisReply *node;
    char *at;

    rep_measure(rep, &nodes, &bytes);
    all = node = malloc(nodes * sizeof *all + bytes);
    at = (char *)(all + nodes);
    return (struct reply *)(void *)rep_lay(rep, &node, &at);
}

/* Only the root is a piece of its own. */
void
__wrap_freeReplyObject(void *reply)
{
    free(reply);
}

enum status
redis_try(struct redis *r, struct reply **out)
{
    struct rep *rep;

    *out = NULL;
    if (r->fd < 0) {
        return ST_AGAIN;
    }
    rep = conn_reply(r->fd, true);
    if (rep != NULL) {
        *out = rep_to_reply(rep);
        r->awaited--;
        return ST_OK;
    }
    return conn_broken(r->fd) ? broken(r, "server closed the connection") : ST_OK;
}

enum status
redis_next(struct redis *r, struct reply **out)
{
    int64_t until = world.now_us + (int64_t)r->timeout_ms * US_A_MS;
    bool more;
    enum status st;

    *out = NULL;
    if (r->fd < 0) {
        return ST_AGAIN;
    }
    MUST(r->awaited > 0);
    st = r->put_count > 0 ? redis_send(r, &more) : ST_OK;
    while (st == ST_OK) {
        st = redis_try(r, out);
        if (st != ST_OK || *out != NULL) {
            return st;
        }
        if (world.now_us >= until) {
            return broken(r, "no answer in time");
        }
        process_wait(until);
    }
    return st;
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
        (void)broken(r, reply_str(*out, NULL)); /* is ST_AGAIN */
        reply_free(out);
    } else if (st != ST_OK) {
        redis_error_set(r, "redis: %s", reply_str(*out, NULL));
    }
    return st;
}
