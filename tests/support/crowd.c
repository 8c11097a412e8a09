#include "tests/support/crowd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sodium.h>
#include <zmq.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/mem.h"

/* As our client: lib/bus_client.c. Who finds nobody listening comes at least each 2 s,
 * else it would be no storm. */
#define CONNECT_US 5000000
#define HANDSHAKE_US 2000000
#define PAUSE_US 100000
#define PAUSE_MAX_US 30000000
#define REFUSED_MAX_US 2000000
#define PING_US 5000000
#define PING_TTL_DS 200
#define SILENT_US 10000000
#define AGAIN_US 1000000

#define LOOK_US 20000 /* for whose time has come */
#define EVENTS 256
#define KEY_BYTES 32
#define NONCE_BYTES 24
#define IN_BYTES 1024
#define WORD_BYTES 1000
#define FRAME_COMMAND 4
#define INNER_COMMAND 2 /* of what CURVE wraps */

enum step { PAUSED, CONNECTING, GREETED, HELLO_SAID, INITIATED, OPEN };

struct one {
    int fd;
    enum step step;
    struct mono until; /* of this step; OPEN: when it says its word again */
    struct mono ping;
    unsigned failures;
    bool answered;
    uint8_t own_public[KEY_BYTES], own_secret[KEY_BYTES];
    uint8_t short_public[KEY_BYTES], short_secret[KEY_BYTES];
    uint8_t
        shared[crypto_box_BEFORENMBYTES]; /* with the server's key, then its short */
    uint64_t nonce;
    uint8_t in[IN_BYTES];
    size_t have;
};

struct crowd {
    int epoll;
    size_t count;
    struct one *ones;
    struct sockaddr_in at;
    uint8_t server[KEY_BYTES];
    crowd_word *word;
    crowd_heard *heard;
    void *context;
    struct mono looked;
    struct crowd_figures figures;
};

struct crowd *
crowd_new(size_t count, unsigned port, const char *server_key, crowd_word *word,
          crowd_heard *heard, void *context)
{
    struct crowd *c = mem_alloc(sizeof *c);
    size_t i;

    c->epoll = epoll_create1(EPOLL_CLOEXEC);
    MUST(c->epoll >= 0);
    MUST(zmq_z85_decode(c->server, server_key) != NULL);
    c->at.sin_family = AF_INET;
    c->at.sin_port = htons((uint16_t)port);
    c->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->count = count;
    c->ones = mem_alloc(count * sizeof *c->ones);
    for (i = 0; i < count; i++) {
        c->ones[i].fd = -1;
    }
    c->word = word;
    c->heard = heard;
    c->context = context;
    return c;
}

void
crowd_free(struct crowd **c)
{
    size_t i;

    for (i = 0; i < (*c)->count; i++) {
        if ((*c)->ones[i].fd >= 0) {
            (void)close((*c)->ones[i].fd); /* nothing of it is wanted any more */
        }
    }
    (void)close((*c)->epoll); /* the same */
    mem_free(&(*c)->ones);
    mem_free(c);
}

void
crowd_key(struct crowd *c, size_t i, const struct bus_keys *keys)
{
    MUST(zmq_z85_decode(c->ones[i].own_public, keys->public_key) != NULL);
    MUST(zmq_z85_decode(c->ones[i].own_secret, keys->secret_key) != NULL);
}

struct crowd_figures
crowd_figures(const struct crowd *c)
{
    return c->figures;
}

/* ---- coming and going ---- */

static struct mono
later(int64_t us)
{
    return (struct mono){mono_now().us + us};
}

static void
one_pause(struct crowd *c, struct one *d, int64_t most_us)
{
    int64_t us = PAUSE_US;
    unsigned i;

    if (d->fd >= 0) {
        (void)close(d->fd); /* it takes itself out of the epoll */
        d->fd = -1;
    }
    c->figures.connected -= d->step == OPEN;
    for (i = 0; i < d->failures && us < most_us; i++) {
        us *= 2;
    }
    us = us > most_us ? most_us : us;
    d->failures++;
    d->step = PAUSED;
    d->until = later(us + (int64_t)randombytes_uniform((uint32_t)us / 2 + 1));
}

static void
one_connect(struct crowd *c, struct one *d)
{
    struct epoll_event want = {.events = EPOLLIN | EPOLLOUT, .data.ptr = d};

    d->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    MUST(d->fd >= 0);
    c->figures.tries++;
    d->have = 0;
    d->nonce = 0;
    if (connect(d->fd, (const struct sockaddr *)&c->at, sizeof c->at) != 0 &&
        errno != EINPROGRESS) {
        c->figures.refused++;
        one_pause(c, d, REFUSED_MAX_US);
        return;
    }
    MUST(epoll_ctl(c->epoll, EPOLL_CTL_ADD, d->fd, &want) == 0);
    d->step = CONNECTING;
    d->until = later(CONNECT_US);
}

/* What we say is short and the socket's buffer empty: all of it goes, or it is broken.
 */
static void
one_write(const struct one *d, const void *bytes, size_t count)
{
    (void)send(d->fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT); /* silence says it */
}

/* ---- CURVE ---- */

static void
nonce_next(struct one *d, const char *name, uint8_t out[NONCE_BYTES])
{
    int i;

    d->nonce++;
    memcpy(out, name, 16);
    for (i = 0; i < 8; i++) {
        out[16 + i] = (uint8_t)(d->nonce >> (56 - 8 * i));
    }
}

/* A frame with its head, in one piece. */
static void
frame_write(const struct one *d, unsigned flags, const void *body, size_t bytes)
{
    uint8_t frame[9 + 64 + WORD_BYTES] = {0};
    size_t head = bytes > 255 ? 9 : 2;

    MUST(head + bytes <= sizeof frame);
    frame[0] = (uint8_t)(flags | (bytes > 255 ? 2u : 0u));
    frame[head - 1] = (uint8_t)bytes;
    if (bytes > 255) {
        frame[head - 2] = (uint8_t)(bytes >> 8);
    }
    memcpy(frame + head, body, bytes);
    one_write(d, frame, head + bytes);
}

static void
greeting_say(const struct one *d)
{
    uint8_t out[64] = {0xff};

    out[9] = 0x7f;
    out[10] = 3;
    out[11] = 1;
    memcpy(out + 12, "CURVE", 5);
    one_write(d, out, sizeof out);
}

static bool
hello_say(const struct crowd *c, struct one *d)
{
    uint8_t body[200] = "\x05HELLO\x01";
    uint8_t zeros[64] = {0};
    uint8_t nonce[NONCE_BYTES];

    (void)crypto_box_keypair(d->short_public, d->short_secret); /* cannot fail */
    nonce_next(d, "CurveZMQHELLO---", nonce);
    memcpy(body + 80, d->short_public, KEY_BYTES);
    memcpy(body + 112, nonce + 16, 8);
    if (crypto_box_beforenm(d->shared, c->server, d->short_secret) != 0 ||
        crypto_box_easy_afternm(body + 120, zeros, sizeof zeros, nonce, d->shared) !=
            0) {
        return false;
    }
    frame_write(d, FRAME_COMMAND, body, sizeof body);
    return true;
}

static bool
initiate_say(const struct crowd *c, struct one *d, const uint8_t *in, size_t bytes)
{
    static const char type[] = "\x0bSocket-Type\0\0\0\x06"
                               "DEALER";
    uint8_t opened[128], vouched[64], plain[128 + sizeof type - 1];
    uint8_t body[113 + 16 + sizeof plain] = "\x08INITIATE";
    uint8_t nonce[NONCE_BYTES] = "WELCOME-";

    if (bytes != 168) {
        return false;
    }
    memcpy(nonce + 8, in + 8, 16);
    if (crypto_box_open_easy_afternm(opened, in + 24, 144, nonce, d->shared) != 0) {
        return false;
    }
    memcpy(plain, d->own_public, KEY_BYTES);
    memcpy(nonce, "VOUCH---", 8);
    randombytes_buf(nonce + 8, 16);
    memcpy(plain + 32, nonce + 8, 16);
    memcpy(vouched, d->short_public, KEY_BYTES);
    memcpy(vouched + 32, c->server, KEY_BYTES);
    memcpy(plain + 128, type, sizeof type - 1);
    memcpy(body + 9, opened + KEY_BYTES, 96);
    if (crypto_box_easy(plain + 48, vouched, sizeof vouched, nonce, opened,
                        d->own_secret) != 0 ||
        crypto_box_beforenm(d->shared, opened, d->short_secret) != 0) {
        return false;
    }
    nonce_next(d, "CurveZMQINITIATE", nonce);
    memcpy(body + 105, nonce + 16, 8);
    if (crypto_box_easy_afternm(body + 113, plain, sizeof plain, nonce, d->shared) !=
        0) {
        return false;
    }
    frame_write(d, FRAME_COMMAND, body, sizeof body);
    return true;
}

static void
message_say(struct one *d, unsigned flags, const void *text, size_t bytes)
{
    uint8_t plain[1 + WORD_BYTES];
    uint8_t body[16 + 16 + sizeof plain] = "\x07MESSAGE";
    uint8_t nonce[NONCE_BYTES];

    MUST(bytes <= WORD_BYTES);
    plain[0] = (uint8_t)flags;
    memcpy(plain + 1, text, bytes);
    nonce_next(d, "CurveZMQMESSAGEC", nonce);
    memcpy(body + 8, nonce + 16, 8);
    MUST(crypto_box_easy_afternm(body + 16, plain, 1 + bytes, nonce, d->shared) == 0);
    frame_write(d, 0, body, 16 + 16 + 1 + bytes);
}

/* ---- what they say and hear ---- */

static void
word_say(struct crowd *c, struct one *d)
{
    uint8_t out[WORD_BYTES] = {0};

    message_say(d, 0, out, c->word(c->context, (size_t)(d - c->ones), out));
    d->until = later(SILENT_US);
}

static void
ping_say(struct one *d)
{
    static const uint8_t ping[] = {4, 'P', 'I', 'N', 'G', 0, PING_TTL_DS};

    message_say(d, INNER_COMMAND, ping, sizeof ping);
    d->ping = later(PING_US);
}

static bool
message_hear(struct crowd *c, struct one *d, const uint8_t *in, size_t bytes)
{
    uint8_t plain[IN_BYTES];
    uint8_t nonce[NONCE_BYTES] = "CurveZMQMESSAGES";

    if (bytes < 33 || memcmp(in, "\x07MESSAGE", 8) != 0) {
        return false;
    }
    memcpy(nonce + 16, in + 8, 8);
    if (crypto_box_open_easy_afternm(plain, in + 16, bytes - 16, nonce, d->shared) !=
        0) {
        return false;
    }
    if ((plain[0] & INNER_COMMAND) != 0 || d->answered) {
        return true; /* a PONG */
    }
    d->answered =
        c->heard(c->context, (size_t)(d - c->ones), plain + 1, bytes - 16 - 16 - 1);
    c->figures.answered += d->answered;
    d->until = later(AGAIN_US);
    return true;
}

static bool
frame_hear(struct crowd *c, struct one *d, const uint8_t *in, size_t bytes)
{
    switch (d->step) {
    case HELLO_SAID:
        d->step = INITIATED;
        return initiate_say(c, d, in, bytes);
    case INITIATED:
        if (bytes < 6 || memcmp(in, "\x05READY", 6) != 0) {
            return false;
        }
        d->step = OPEN;
        d->failures = 0;
        d->ping = later(PING_US);
        c->figures.connected++;
        if (!d->answered) {
            word_say(c, d);
        }
        return true;
    case OPEN:
        return message_hear(c, d, in, bytes);
    default:
        return false;
    }
}

/* How long the next piece is with its head; 0: not known yet. */
static size_t
piece_bytes(const struct one *d, size_t *head)
{
    if (d->step == GREETED) {
        *head = 0;
        return 64;
    }
    if (d->have >= 2 && (d->in[0] & 2) == 0) {
        *head = 2;
        return 2u + d->in[1];
    }
    if (d->have < 9) {
        return 0;
    }
    *head = 9;
    return 9u + (((size_t)d->in[7] << 8) | d->in[8]);
}

static bool
bytes_hear(struct crowd *c, struct one *d)
{
    ssize_t got = recv(d->fd, d->in + d->have, sizeof d->in - d->have, 0);
    size_t head;
    size_t piece;

    if (got <= 0) {
        return got < 0 && errno == EAGAIN;
    }
    d->have += (size_t)got;
    while ((piece = piece_bytes(d, &head)) > 0 && piece <= d->have) {
        bool good;

        if (d->step == GREETED) {
            d->step = HELLO_SAID;
            good = hello_say(c, d);
        } else {
            good = frame_hear(c, d, d->in + head, piece - head);
        }
        if (!good) {
            return false;
        }
        d->have -= piece;
        memmove(d->in, d->in + piece, d->have);
    }
    return piece <= sizeof d->in;
}

/* ---- turns ---- */

static void
one_ready(struct crowd *c, struct one *d, uint32_t events)
{
    struct epoll_event want = {.events = EPOLLIN, .data.ptr = d};
    bool connecting = d->step == CONNECTING;

    if (connecting && (events & (EPOLLERR | EPOLLHUP)) != 0) {
        c->figures.refused++;
        one_pause(c, d, REFUSED_MAX_US);
        return;
    }
    if (connecting) {
        MUST(epoll_ctl(c->epoll, EPOLL_CTL_MOD, d->fd, &want) == 0);
        d->step = GREETED;
        d->until = later(HANDSHAKE_US);
        greeting_say(d);
    } else if (!bytes_hear(c, d)) {
        c->figures.broken++;
        one_pause(c, d, PAUSE_MAX_US);
    }
}

static void
one_look(struct crowd *c, struct one *d, struct mono now)
{
    if (d->step == OPEN && now.us >= d->ping.us) {
        ping_say(d);
    }
    if (now.us < d->until.us) {
        return;
    }
    if (d->step == PAUSED) {
        one_connect(c, d);
    } else if (d->step != OPEN) {
        c->figures.late++;
        one_pause(c, d, PAUSE_MAX_US);
    } else if (!d->answered) {
        word_say(c, d);
    }
}

void
crowd_turn(struct crowd *c, int ms)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(c->epoll, events, EVENTS, ms);
    size_t k;
    int i;

    for (i = 0; i < count; i++) {
        one_ready(c, events[i].data.ptr, events[i].events);
    }
    if (mono_since_us(c->looked) < LOOK_US) {
        return;
    }
    c->looked = mono_now();
    for (k = 0; k < c->count; k++) {
        one_look(c, &c->ones[k], c->looked);
    }
}
