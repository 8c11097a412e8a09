/*
 * relay - stands between two parts and does to their stream what networks do.
 *
 *   relay [--seed N] FRONT BACK      FRONT, BACK: unix:/PATH or tcp:PORT (on 127.0.0.1)
 *
 * Prints `ready` when it listens (tcp:0 takes a free port: `ready PORT`). Then
 * commands, a line each, on standard input; each is answered with `ok` or `what?`:
 *   delay MS  each piece waits MS, more or less
 *   hole WAY  nothing passes, all sockets stay open; WAY: up (to BACK), down, both.
 *             What was sent in the meantime comes after `heal`, as TCP would do it
 *   half      the connections of now lose their BACK; who speaks to FRONT hears nothing
 *             of it. New ones work
 *   reset     all connections are closed at once, new ones are taken
 *   refuse    the same, and new ones are closed too, until `heal`
 *   flip      one bit of the next piece of at least 64 bytes is changed
 *   cut       the next piece goes out in part, then its connection is closed
 *   heal      all of that ends
 * It ends with its standard input.
 * No more than CHANNELS_MAX connections at once.
 */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CHANNELS_MAX 200
#define PIECE_BYTES 16384
#define FLIP_MIN_BYTES 64

/* One direction of one connection: at most one piece is under way. */
struct way {
    int from;
    int to;
    int64_t due_ms; /* when the piece may go */
    size_t have;
    size_t sent;
    bool last; /* close when it is out */
    uint8_t piece[PIECE_BYTES];
};

enum { UP, DOWN };

struct channel {
    bool open;
    bool half; /* its BACK is gone, FRONT does not know */
    struct way ways[2];
};

static struct {
    uint64_t random;
    struct channel channels[CHANNELS_MAX];
    int listener;
    const char *back;
    bool hole[2];
    bool refuse;
    bool flip;
    bool cut;
    long delay_ms;
} relay;

static uint64_t
chance(uint64_t below)
{
    relay.random ^= relay.random << 13; /* xorshift64 */
    relay.random ^= relay.random >> 7;
    relay.random ^= relay.random << 17;
    return below == 0 ? 0 : relay.random % below;
}

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
die(const char *what)
{
    (void)fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
    exit(69);
}

/* A socket of the address, bound or connected. */
static int
endpoint(const char *address, bool listens)
{
    union {
        struct sockaddr any;
        struct sockaddr_un un;
        struct sockaddr_in in;
    } a = {0};
    socklen_t bytes;
    int one = 1;
    int fd;

    if (strncmp(address, "unix:", 5) == 0 &&
        strlen(address + 5) < sizeof a.un.sun_path) {
        a.un.sun_family = AF_UNIX;
        memcpy(a.un.sun_path, address + 5, strlen(address + 5) + 1);
        bytes = sizeof a.un;
        if (listens) {
            (void)unlink(a.un.sun_path);
        }
    } else if (strncmp(address, "tcp:", 4) == 0) {
        a.in.sin_family = AF_INET;
        a.in.sin_port = htons((uint16_t)strtoul(address + 4, NULL, 10));
        a.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bytes = sizeof a.in;
    } else {
        errno = EINVAL;
        die(address);
        return -1;
    }
    fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        die("socket");
    }
    if (a.any.sa_family == AF_INET) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    }
    if (listens ? bind(fd, &a.any, bytes) != 0 || listen(fd, 128) != 0
                : connect(fd, &a.any, bytes) != 0) {
        (void)close(fd);
        return -1;
    }
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void
channel_close(struct channel *c)
{
    /* Closed with data unread, a TCP connection ends with a reset. */
    struct linger hard = {1, 0};
    int i;

    for (i = UP; i <= (c->half ? UP : DOWN); i++) {
        (void)setsockopt(c->ways[i].from, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        (void)close(c->ways[i].from);
    }
    c->open = false;
}

static void
half_all(void)
{
    size_t i;

    for (i = 0; i < CHANNELS_MAX; i++) {
        struct channel *c = &relay.channels[i];

        if (c->open && !c->half) {
            (void)close(c->ways[DOWN].from);
            c->half = true;
        }
    }
}

static void
close_half(void)
{
    size_t i;

    for (i = 0; i < CHANNELS_MAX; i++) {
        if (relay.channels[i].open && relay.channels[i].half) {
            channel_close(&relay.channels[i]);
        }
    }
}

static void
close_all(void)
{
    size_t i;

    for (i = 0; i < CHANNELS_MAX; i++) {
        if (relay.channels[i].open) {
            channel_close(&relay.channels[i]);
        }
    }
}

static void
take_connection(void)
{
    int front = accept4(relay.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct channel *c = NULL;
    int back;
    size_t i;

    if (front < 0) {
        return;
    }
    for (i = 0; i < CHANNELS_MAX && c == NULL; i++) {
        c = relay.channels[i].open ? NULL : &relay.channels[i];
    }
    back = relay.refuse || c == NULL ? -1 : endpoint(relay.back, false);
    if (back < 0) {
        (void)close(front);
        return;
    }
    memset(c, 0, sizeof *c);
    c->open = true;
    c->ways[UP].from = c->ways[DOWN].to = front;
    c->ways[UP].to = c->ways[DOWN].from = back;
}

/* ---- one direction ---- */

static void
piece_spoil(struct way *w)
{
    if (relay.flip && w->have >= FLIP_MIN_BYTES) {
        w->piece[chance(w->have)] ^= (uint8_t)(1u << chance(8));
        relay.flip = false;
    }
    if (relay.cut) {
        w->have = 1 + chance(w->have);
        w->last = true;
        relay.cut = false;
    }
    w->due_ms = now_ms();
    if (relay.delay_ms > 0) {
        w->due_ms += relay.delay_ms / 2 + (int64_t)chance((uint64_t)relay.delay_ms);
    }
}

/* False: this connection is at its end. */
static bool
way_read(struct way *w)
{
    ssize_t got = read(w->from, w->piece, sizeof w->piece);

    if (got < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    if (got == 0) {
        return false;
    }
    w->have = (size_t)got;
    w->sent = 0;
    piece_spoil(w);
    return true;
}

static bool
way_write(struct way *w)
{
    ssize_t put = send(w->to, w->piece + w->sent, w->have - w->sent, MSG_NOSIGNAL);

    if (put < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    w->sent += (size_t)put;
    if (w->sent == w->have) {
        w->have = 0;
        return !w->last;
    }
    return true;
}

/* ---- the loop ---- */

struct watch {
    struct channel *channel; /* NULL: the listener or the commands */
    struct way *way;
};

static struct pollfd polls[2 * CHANNELS_MAX + 2];
static struct watch watches[2 * CHANNELS_MAX + 2];

static nfds_t
watch_all(int *wait)
{
    nfds_t n = 2;
    size_t i;
    int d;

    polls[0] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
    polls[1] = (struct pollfd){relay.listener, POLLIN, 0};
    *wait = -1;
    for (i = 0; i < CHANNELS_MAX; i++) {
        for (d = UP; relay.channels[i].open && d <= DOWN; d++) {
            struct way *w = &relay.channels[i].ways[d];
            int64_t left = w->due_ms - now_ms();

            if (relay.hole[d] || relay.channels[i].half) {
                continue;
            }
            if (w->have > 0 && left > 0) {
                *wait = *wait < 0 || left < *wait ? (int)left : *wait;
                continue;
            }
            watches[n] = (struct watch){&relay.channels[i], w};
            polls[n++] = w->have > 0 ? (struct pollfd){w->to, POLLOUT, 0}
                                     : (struct pollfd){w->from, POLLIN, 0};
        }
    }
    return n;
}

static bool
hole_set(const char *way)
{
    if (strcmp(way, "up") != 0 && strcmp(way, "down") != 0 &&
        strcmp(way, "both") != 0) {
        return false;
    }
    relay.hole[UP] = strcmp(way, "down") != 0;
    relay.hole[DOWN] = strcmp(way, "up") != 0;
    return true;
}

static bool
command(char *line)
{
    char word[16] = "";
    char rest[16] = "";

    (void)sscanf(line, "%15s %15s", word, rest);
    if (strcmp(word, "delay") == 0) {
        relay.delay_ms = strtol(rest, NULL, 10);
    } else if (strcmp(word, "hole") == 0) {
        return hole_set(rest);
    } else if (strcmp(word, "half") == 0) {
        half_all();
    } else if (strcmp(word, "reset") == 0) {
        close_all();
    } else if (strcmp(word, "refuse") == 0) {
        relay.refuse = true;
        close_all();
    } else if (strcmp(word, "flip") == 0) {
        relay.flip = true;
    } else if (strcmp(word, "cut") == 0) {
        relay.cut = true;
    } else if (strcmp(word, "heal") == 0) {
        relay.hole[UP] = relay.hole[DOWN] = false;
        relay.refuse = relay.flip = relay.cut = false;
        close_half();
        relay.delay_ms = 0;
    } else {
        return false;
    }
    return true;
}

/* False at the end of the input. */
static bool
commands_take(void)
{
    static char line[64];
    static size_t len;
    char byte;

    for (;;) {
        ssize_t got = read(STDIN_FILENO, &byte, 1);

        if (got <= 0) {
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        }
        if (byte != '\n') {
            if (len < sizeof line - 1) {
                line[len++] = byte;
            }
            continue;
        }
        line[len] = '\0';
        len = 0;
        (void)puts(command(line) ? "ok" : "what?");
    }
}

static void
run(void)
{
    for (;;) {
        int wait;
        nfds_t count = watch_all(&wait);
        nfds_t i;

        if (poll(polls, count, wait) < 0 && errno != EINTR) {
            die("poll");
        }
        for (i = 2; i < count; i++) {
            struct watch *w = &watches[i];

            /* (the other direction may have closed it in this turn) */
            if (polls[i].revents != 0 && w->channel->open &&
                !(w->way->have > 0 ? way_write(w->way) : way_read(w->way))) {
                channel_close(w->channel);
            }
        }
        if (polls[1].revents != 0) {
            take_connection();
        }
        if (polls[0].revents != 0 && !commands_take()) {
            return;
        }
    }
}

static void
say_ready(void)
{
    struct sockaddr_in in = {0};
    socklen_t bytes = sizeof in;

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)getsockname(relay.listener, (struct sockaddr *)&in, &bytes);
    if (in.sin_family == AF_INET) {
        (void)printf("ready %d\n", ntohs(in.sin_port));
    } else {
        (void)puts("ready");
    }
}

int
main(int argc, char **argv)
{
    int at = 1;

    relay.random = 88172645463325252u;
    if (argc == 5 && strcmp(argv[1], "--seed") == 0) {
        relay.random += strtoull(argv[2], NULL, 10) * 2654435761u;
        at = 3;
    }
    if (argc - at != 2) {
        (void)fprintf(stderr, "usage: relay [--seed N] FRONT BACK\n");
        return 64;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    relay.listener = endpoint(argv[at], true);
    if (relay.listener < 0) {
        die(argv[at]);
    }
    relay.back = argv[at + 1];
    (void)fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
    say_ready();
    run();
    return 0;
}
