/* A buffered connection, TCP or Unix, for the clients of peers. */
#define _GNU_SOURCE /* memmem beside POSIX */
#include "bench/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/diag.h"

#define OUT_BYTES_MAX ((size_t)256 << 20)
#define WAIT_MS 20000

static int
unix_connect(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    MUST(fd >= 0 && strlen(path) < sizeof a.sun_path);
    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        FAIL("connect=%s why=\"%s\"", path, strerror(errno));
    }
    return fd;
}

static int
tcp_connect(const char *address)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    const char *colon = strchr(address, ':');
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1;

    if (fd < 0 || colon == NULL) {
        FAIL("address=%s remedy=\"write 127.0.0.1:PORT or unix:PATH\"", address);
    }
    a.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        FAIL("connect=%s why=\"%s\"", address, strerror(errno));
    }
    MUST(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0);
    return fd;
}

void
link_open(struct peer_link *l, const char *address)
{
    l->fd = strncmp(address, "unix:", 5) == 0 ? unix_connect(address + 5)
                                              : tcp_connect(address);
    MUST(fcntl(l->fd, F_SETFL, O_NONBLOCK) == 0);
    buf_init(&l->out, OUT_BYTES_MAX);
}

void
link_close(struct peer_link *l)
{
    (void)close(l->fd);
    buf_fini(&l->out);
}

bool
link_flush(struct peer_link *l)
{
    MUST(!l->out.cut);
    while (l->out_at < l->out.len) {
        ssize_t sent =
            send(l->fd, l->out.data + l->out_at, l->out.len - l->out_at, MSG_NOSIGNAL);

        if (sent < 0 && errno == EAGAIN) {
            return false;
        }
        if (sent < 0 && errno != EINTR) {
            FAIL("send why=\"%s\"", strerror(errno));
        }
        l->out_at += sent > 0 ? (size_t)sent : 0;
    }
    buf_clear(&l->out);
    l->out_at = 0;
    return true;
}

bool
link_fill(struct peer_link *l)
{
    ssize_t got = recv(l->fd, l->in + l->in_len, PEER_IN_BYTES - l->in_len, 0);

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    if (got <= 0) {
        FAIL("connection %zu was closed: %s", l->number,
             got == 0 ? "by the peer" : strerror(errno));
    }
    l->in_len += (size_t)got;
    l->in[l->in_len] = '\0';
    return true;
}

static void
link_wait(const struct peer_link *l, short events)
{
    struct pollfd p = {.fd = l->fd, .events = events};

    if (poll(&p, 1, WAIT_MS) == 0) {
        FAIL("connection %zu: no answer", l->number);
    }
}

void
link_flush_all(struct peer_link *l)
{
    while (!link_flush(l)) {
        link_wait(l, POLLOUT);
    }
}

void
link_fill_wait(struct peer_link *l)
{
    while (!link_fill(l)) {
        link_wait(l, POLLIN);
    }
}

void
link_eat(struct peer_link *l, size_t bytes)
{
    MUST(bytes <= l->in_len);
    l->in_len -= bytes;
    memmove(l->in, l->in + bytes, l->in_len);
    l->in[l->in_len] = '\0';
}

char *
link_line(struct peer_link *l, size_t *line_bytes)
{
    char *end = memmem(l->in, l->in_len, "\r\n", 2);

    if (end == NULL) {
        return NULL;
    }
    *end = '\0';
    *line_bytes = (size_t)(end - l->in) + 2;
    return l->in;
}

void
link_expect(struct peer_link *l, const char *want)
{
    size_t bytes;
    char *line;

    link_flush_all(l);
    while ((line = link_line(l, &bytes)) == NULL) {
        link_fill_wait(l);
    }
    if (strncmp(line, want, strlen(want)) != 0) {
        FAIL("answer=\"%.200s\" expected=\"%s\"", line, want);
    }
    link_eat(l, bytes);
}
