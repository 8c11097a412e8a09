/* Opening, greeting and the first write of a connection. */
#include "lib/redis.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <hiredis/hiredis.h>

#include "lib/redis_private.h"

static redisContext *
redis_open_unix(struct redis *r, const char *path, struct timeval timeout)
{
    struct sockaddr_un un;

    if (strlen(path) >= sizeof un.sun_path) { /* hiredis would cut it silently */
        redis_error_set(r, "%s: the path is too long for a socket (at most %zu bytes)",
                        r->address, sizeof un.sun_path - 1);
        return NULL;
    }
    return redisConnectUnixWithTimeout(path, timeout);
}

static redisContext *
redis_open_tcp(struct redis *r, const char *name, struct timeval timeout)
{
    const char *colon = strrchr(name, ':');
    char host[256];
    size_t len = colon == NULL ? 0 : (size_t)(colon - name);
    long port = colon == NULL ? 0 : strtol(colon + 1, NULL, 10);

    if (len >= 2 && name[0] == '[' && name[len - 1] == ']') { /* tcp:[::1]:6379 */
        name++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof host || port <= 0 || port > 65535) {
        redis_error_set(r, "%s: write it as tcp:host:port", r->address);
        return NULL;
    }
    memcpy(host, name, len);
    host[len] = '\0';
    return redisConnectWithTimeout(host, (int)port, timeout);
}

/* Quick to notice a dead peer, and not inherited by programs that we start. */
static enum status
redis_prepare_socket(struct redis *r)
{
    int fd = r->context->fd;
    unsigned user_timeout_ms = (unsigned)r->timeout_ms;
    int flags = fcntl(fd, F_GETFL);

    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || flags < 0 ||
        fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        return redis_break(r, strerror(errno));
    }
    r->context->flags &= ~REDIS_BLOCK; /* reading less than an answer is no error */
    if (r->context->connection_type == REDIS_CONN_TCP &&
        (redisEnableKeepAlive(r->context) != REDIS_OK ||
         setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout_ms,
                    sizeof user_timeout_ms) < 0)) {
        return redis_break(r, "cannot set TCP keep-alive");
    }
    return ST_OK;
}

static enum status
redis_open(struct redis *r)
{
    struct timeval timeout = {r->timeout_ms / 1000, r->timeout_ms % 1000 * 1000};

    if (strncmp(r->address, "unix:", 5) == 0) {
        r->context = redis_open_unix(r, r->address + 5, timeout);
    } else if (strncmp(r->address, "tcp:", 4) == 0) {
        r->context = redis_open_tcp(r, r->address + 4, timeout);
    } else {
        redis_error_set(r, "%s: write it as unix:/path or tcp:host:port", r->address);
    }
    if (r->context == NULL) {
        return ST_BAD;
    }
    if (r->context->err != 0) {
        return redis_break(r, r->context->errstr);
    }
    return redis_prepare_socket(r);
}

/* One command of the greeting; anything but success closes the connection. */
static enum status
redis_greet(struct redis *r, size_t argc, const char *const *argv, struct reply **out)
{
    enum status st = redis_call(r, argc, argv, NULL, out);

    if (st != ST_OK) {
        reply_free(out);
        redis_close(r);
    }
    return st;
}

static enum status
redis_auth(struct redis *r)
{
    const char *argv[3] = {"AUTH", NULL, NULL};
    size_t argc = 1;
    struct reply *rep = NULL;
    enum status st;

    if (r->password == NULL || r->password[0] == '\0') {
        return ST_OK;
    }
    if (r->user != NULL && r->user[0] != '\0') {
        argv[argc++] = r->user;
    }
    argv[argc++] = r->password;
    st = redis_greet(r, argc, argv, &rep);
    reply_free(&rep);
    return st;
}

enum status
redis_connect(struct redis *r, const char *first_key, int64_t *first)
{
    const char *argv[2] = {"INCR", first_key};
    struct reply *rep = NULL;
    enum status st;

    redis_close(r);
    st = redis_open(r);
    if (st == ST_OK) {
        st = redis_auth(r);
    }
    if (st != ST_OK || first_key == NULL) {
        return st;
    }
    st = redis_greet(r, 2, argv, &rep);
    if (st == ST_OK && first != NULL) {
        *first = reply_int(rep);
    }
    reply_free(&rep);
    return st;
}
