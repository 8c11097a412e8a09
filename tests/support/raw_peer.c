#include "tests/support/raw_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <sodium.h>
#include <zmq.h>

#include "lib/instant.h"

#define FRAME_LARGE 2
#define FRAME_COMMAND 4
#define GREETING_BYTES 64
#define HELLO_BYTES 200
#define WELCOME_BYTES 168
#define NONCE_BYTES 24
#define BODY_MAX 70000

/* ---- bytes ---- */

static bool
connected(struct raw_peer *p, const char *endpoint)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_un un;
    } at;
    socklen_t bytes;
    const char *rest = strstr(endpoint, "://") + 3;

    memset(&at, 0, sizeof at);
    if (strncmp(endpoint, "ipc", 3) == 0) {
        at.un.sun_family = AF_UNIX;
        (void)snprintf(at.un.sun_path, sizeof at.un.sun_path, "%s", rest);
        bytes = sizeof at.un;
    } else {
        at.in.sin_family = AF_INET;
        at.in.sin_port = htons((uint16_t)atoi(strrchr(rest, ':') + 1));
        at.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bytes = sizeof at.in;
    }
    p->fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return p->fd >= 0 && connect(p->fd, &at.any, bytes) == 0;
}

bool
raw_write(struct raw_peer *p, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;

    while (count > 0) {
        struct pollfd poller = {p->fd, POLLOUT, 0};
        ssize_t sent;

        if (p->fd < 0 || poll(&poller, 1, RAW_WAIT_MS) != 1) {
            return false;
        }
        sent = send(p->fd, at, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) {
            return false;
        }
        if (sent > 0) {
            at += sent;
            count -= (size_t)sent;
        }
    }
    return true;
}

static bool
read_all(struct raw_peer *p, void *out, size_t count, int wait_ms)
{
    uint8_t *at = out;
    struct mono began = mono_now();

    while (count > 0) {
        struct pollfd poller = {p->fd, POLLIN, 0};
        int left = wait_ms - (int)(mono_since_us(began) / 1000);
        ssize_t got;

        if (p->fd < 0 || left < 0 || poll(&poller, 1, left) != 1) {
            return false;
        }
        got = recv(p->fd, at, count, 0);
        if (got <= 0) {
            raw_close(p);
            return false;
        }
        at += got;
        count -= (size_t)got;
    }
    return true;
}

/* ---- frames ---- */

static bool
frame_write(struct raw_peer *p, unsigned flags, const void *body, size_t bytes)
{
    uint8_t head[9];
    size_t count = 2;
    int i;

    head[0] = (uint8_t)flags;
    head[1] = (uint8_t)bytes;
    if (bytes > 255) {
        head[0] |= FRAME_LARGE;
        for (i = 0; i < 8; i++) {
            head[1 + i] = (uint8_t)((uint64_t)bytes >> (56 - 8 * i));
        }
        count = 9;
    }
    return raw_write(p, head, count) && raw_write(p, body, bytes);
}

static long
frame_read(struct raw_peer *p, uint8_t *out, size_t room, int wait_ms)
{
    uint8_t head[9];
    uint64_t bytes;
    int i;

    if (!read_all(p, head, 2, wait_ms)) {
        return -1;
    }
    bytes = head[1];
    if ((head[0] & FRAME_LARGE) != 0) {
        if (!read_all(p, head + 2, 7, RAW_WAIT_MS)) {
            return -1;
        }
        for (bytes = 0, i = 1; i < 9; i++) {
            bytes = bytes << 8 | head[i];
        }
    }
    return bytes <= room && read_all(p, out, bytes, RAW_WAIT_MS) ? (long)bytes : -1;
}

/* ---- CURVE ---- */

/* The 16 (or 8) bytes of the name, then the number; returns it for the wire. */
static void
nonce_next(struct raw_peer *p, const char *name, uint8_t out[NONCE_BYTES])
{
    int i;

    p->nonce++;
    memcpy(out, name, 16);
    for (i = 0; i < 8; i++) {
        out[16 + i] = (uint8_t)(p->nonce >> (56 - 8 * i));
    }
}

static bool
greet(struct raw_peer *p, const char *mechanism)
{
    uint8_t out[GREETING_BYTES] = {0xff};
    uint8_t in[GREETING_BYTES];

    out[9] = 0x7f;
    out[10] = 3;
    out[11] = 1;
    memcpy(out + 12, mechanism, strlen(mechanism));
    return raw_write(p, out, sizeof out) && read_all(p, in, sizeof in, RAW_WAIT_MS);
}

static bool
hello(struct raw_peer *p)
{
    uint8_t body[HELLO_BYTES] = "\x05HELLO\x01";
    uint8_t zeros[64] = {0};
    uint8_t nonce[NONCE_BYTES];
    uint8_t in[256];
    uint8_t open[128];

    crypto_box_keypair(p->short_public, p->short_secret);
    nonce_next(p, "CurveZMQHELLO---", nonce);
    memcpy(body + 80, p->short_public, RAW_KEY_BYTES);
    memcpy(body + 112, nonce + 16, 8);
    if (crypto_box_easy(body + 120, zeros, sizeof zeros, nonce, p->server,
                        p->short_secret) != 0 ||
        !frame_write(p, FRAME_COMMAND, body, sizeof body) ||
        frame_read(p, in, sizeof in, RAW_WAIT_MS) != WELCOME_BYTES) {
        return false;
    }
    memcpy(nonce, "WELCOME-", 8);
    memcpy(nonce + 8, in + 8, 16);
    if (crypto_box_open_easy(open, in + 24, 144, nonce, p->server, p->short_secret) !=
        0) {
        return false;
    }
    memcpy(p->server_short, open, RAW_KEY_BYTES);
    memcpy(p->cookie, open + RAW_KEY_BYTES, sizeof p->cookie);
    return true;
}

static size_t
property(uint8_t *out, const char *name, const void *value, size_t bytes)
{
    size_t len = strlen(name);

    out[0] = (uint8_t)len;
    memcpy(out + 1, name, len);
    out[1 + len] = out[2 + len] = 0;
    out[3 + len] = (uint8_t)(bytes >> 8);
    out[4 + len] = (uint8_t)bytes;
    memcpy(out + 5 + len, value, bytes);
    return 5 + len + bytes;
}

static bool
initiate(struct raw_peer *p, const void *identity, size_t identity_bytes)
{
    uint8_t plain[128 + 512];
    uint8_t body[113 + 16 + sizeof plain] = "\x08INITIATE";
    uint8_t vouched[64];
    uint8_t nonce[NONCE_BYTES] = "VOUCH---";
    uint8_t in[512];
    size_t len = 128;

    memcpy(plain, p->own_public, RAW_KEY_BYTES);
    randombytes_buf(nonce + 8, 16);
    memcpy(plain + 32, nonce + 8, 16);
    memcpy(vouched, p->short_public, RAW_KEY_BYTES);
    memcpy(vouched + 32, p->server, RAW_KEY_BYTES);
    if (crypto_box_easy(plain + 48, vouched, sizeof vouched, nonce, p->server_short,
                        p->own_secret) != 0) {
        return false;
    }
    len += property(plain + len, "Socket-Type", "DEALER", 6);
    len += property(plain + len, "Identity", identity, identity_bytes);
    memcpy(body + 9, p->cookie, sizeof p->cookie);
    nonce_next(p, "CurveZMQINITIATE", nonce);
    memcpy(body + 105, nonce + 16, 8);
    return crypto_box_easy(body + 113, plain, len, nonce, p->server_short,
                           p->short_secret) == 0 &&
           frame_write(p, FRAME_COMMAND, body, 113 + 16 + len) &&
           frame_read(p, in, sizeof in, RAW_WAIT_MS) > 6 &&
           memcmp(in, "\x05READY", 6) == 0;
}

bool
raw_open(struct raw_peer *p, const char *endpoint, const char *server_key,
         const struct bus_keys *keys, const char *mechanism, const void *identity,
         size_t identity_bytes, enum raw_step until)
{
    memset(p, 0, sizeof *p);
    p->fd = -1;
    if (zmq_z85_decode(p->server, server_key) == NULL ||
        zmq_z85_decode(p->own_public, keys->public_key) == NULL ||
        zmq_z85_decode(p->own_secret, keys->secret_key) == NULL ||
        !connected(p, endpoint)) {
        return false;
    }
    return (until < RAW_GREETING || greet(p, mechanism)) &&
           (until < RAW_HELLO || hello(p)) &&
           (until < RAW_INITIATE || initiate(p, identity, identity_bytes));
}

void
raw_close(struct raw_peer *p)
{
    if (p->fd >= 0) {
        (void)close(p->fd); /* nothing of it is wanted any more */
    }
    p->fd = -1;
}

bool
raw_send(struct raw_peer *p, unsigned flags, const void *body, size_t bytes)
{
    uint8_t nonce[NONCE_BYTES];
    uint8_t *plain = malloc(1 + bytes);
    uint8_t *frame = malloc(16 + 16 + 1 + bytes);
    bool sent;

    if (plain == NULL || frame == NULL) {
        abort();
    }
    plain[0] = (uint8_t)flags;
    memcpy(plain + 1, body, bytes);
    nonce_next(p, "CurveZMQMESSAGEC", nonce);
    memcpy(frame, "\x07MESSAGE", 8);
    memcpy(frame + 8, nonce + 16, 8);
    sent = crypto_box_easy(frame + 16, plain, 1 + bytes, nonce, p->server_short,
                           p->short_secret) == 0 &&
           frame_write(p, 0, frame, 16 + 16 + 1 + bytes);
    free(plain);
    free(frame);
    return sent;
}

long
raw_receive(struct raw_peer *p, void *out, size_t room, int wait_ms)
{
    static uint8_t frame[BODY_MAX + 64];
    static uint8_t plain[BODY_MAX + 1];
    uint8_t nonce[NONCE_BYTES] = "CurveZMQMESSAGES";
    long got = frame_read(p, frame, sizeof frame, wait_ms);

    if (got < 33 || memcmp(frame, "\x07MESSAGE", 8) != 0) {
        return -1;
    }
    memcpy(nonce + 16, frame + 8, 8);
    if (crypto_box_open_easy(plain, frame + 16, (unsigned long long)got - 16, nonce,
                             p->server_short, p->short_secret) != 0 ||
        (size_t)got - 33 > room) {
        return -1;
    }
    memcpy(out, plain + 1, (size_t)got - 33);
    return got - 33;
}
