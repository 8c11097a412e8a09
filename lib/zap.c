/*
 * zap - the handler that ZeroMQ asks at each CURVE handshake (RFC 27). It sits on the
 * context of the bus and is answered inside bus_poll: a table look-up, never a call to
 * Redis, since all handshakes wait for it.
 */
#include "lib/bus_private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#include "lib/diag.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_FRAMES 7 /* version id domain address identity mechanism credentials */
#define ZAP_FRAME_BYTES 256
#define ZAP_TURN_MAX 64 /* handshakes answered before others get their turn */
#define ZAP_RAW_KEY_BYTES 32
#define FDS_WARN_PERCENT 80
#define FDS_REFUSE_PERCENT 95
#define FDS_WARN_EVERY_US 60000000
#define CAME_KEYS_MAX 65536
#define CAME_FEW 1024  /* no need to halve these */
#define CROWD_LEAST 64 /* who came so seldom is no crowd */
#define CROWD_PART 4   /* of all who came; one with more is one too many */

struct zap_request {
    char frame[ZAP_FRAMES][ZAP_FRAME_BYTES]; /* zero-terminated */
    size_t bytes[ZAP_FRAMES];
    bool whole; /* the right number of frames, none cut */
};

static const char *const domains[] = {"units", "leaders", "ops", "services"};

const char *
zap_domain(const char *domain)
{
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        if (strcmp(domain, domains[i]) == 0) {
            return domains[i];
        }
    }
    return NULL;
}

void
zap_open(struct bus *b)
{
    int zero = 0;

    b->zap = zmq_socket(b->context, ZMQ_REP);
    MUST(b->zap != NULL);
    MUST(zmq_setsockopt(b->zap, ZMQ_LINGER, &zero, sizeof zero) == 0);
    MUST(zmq_bind(b->zap, ZAP_ENDPOINT) == 0);
    b->came = table_new(CAME_KEYS_MAX, 0); /* keys of the keyring: nobody chose them */
}

void
zap_close(struct bus *b)
{
    (void)zmq_close(b->zap); /* fails only for what is no socket */
    b->zap = NULL;
    table_free(&b->came);
}

/* False when no request waits. */
static bool
zap_read(void *zap, struct zap_request *q)
{
    size_t count = 0;
    int more = 1;

    q->whole = true;
    memset(q->bytes, 0, sizeof q->bytes); /* the answer repeats the id, if any came */
    while (more) {
        char spare[ZAP_FRAME_BYTES];
        char *into = count < ZAP_FRAMES ? q->frame[count] : spare;
        size_t more_bytes = sizeof more;
        int len = zmq_recv(zap, into, ZAP_FRAME_BYTES - 1, ZMQ_DONTWAIT);

        if (len < 0) {
            return false;
        }
        if (len >= ZAP_FRAME_BYTES) {
            q->whole = false;
            len = ZAP_FRAME_BYTES - 1;
        }
        into[len] = '\0';
        if (count < ZAP_FRAMES) {
            q->bytes[count] = (size_t)len;
        }
        count++;
        MUST(zmq_getsockopt(zap, ZMQ_RCVMORE, &more, &more_bytes) == 0);
    }
    q->whole = q->whole && count == ZAP_FRAMES;
    return true;
}

static void
zap_reply(struct bus *b, const struct zap_request *q, const char *code,
          const char *text, const char *user)
{
    const void *frame[] = {"1.0", q->frame[1], code, text, user, ""};
    size_t bytes[] = {3, q->bytes[1], strlen(code), strlen(text), strlen(user), 0};

    for (size_t i = 0; i < 6; i++) {
        int flags = ZMQ_DONTWAIT | (i < 5 ? ZMQ_SNDMORE : 0);

        /* The asker may have gone meanwhile: then the reply goes nowhere, rightly. */
        if (zmq_send(b->zap, frame[i], bytes[i], flags) < 0) {
            return;
        }
    }
}

/*
 * How full the table of file descriptors is, in percent: the lowest free number tells,
 * since numbers are given densely. libzmq 4.3.4 spins at the limit, so we turn
 * newcomers away before.
 */
static int
zap_fds_percent(void *zap, uint64_t *used)
{
    struct rlimit limit;
    size_t bytes = sizeof(int);
    int fd;
    int copy;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur == 0 || zmq_getsockopt(zap, ZMQ_FD, &fd, &bytes) != 0) {
        return 0;
    }
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
        return 100;
    }
    (void)close(copy); /* a copy just made */
    *used = (uint64_t)copy;
    return (int)((rlim_t)copy * 100 / limit.rlim_cur);
}

/* --- one key that takes all the room --- */

/*
 * libzmq 4.3.4 does not say which connections a key has, nor when one of them ends: ZAP
 * knows no descriptor, the monitor no key. What is known is how often each key was
 * admitted. It is halved for all as it grows, so that the shares are those of lately.
 */
static void
zap_came(struct bus *b, const char *key, uint64_t fds)
{
    union table_value v = {.number = 0};
    struct table_item item;
    size_t at = 0;

    (void)table_get(b->came, key, strlen(key), &v);
    if (table_put_number(b->came, key, strlen(key), v.number + 1) != ST_OK) {
        table_clear(b->came); /* more keys than a keyring has: begins anew */
        b->came_total = 0;
        return;
    }
    if (++b->came_total < 2 * fds + CAME_FEW) {
        return;
    }
    b->came_total = 0;
    while (table_next(b->came, &at, &item)) {
        status_ignore(table_put_number(b->came, item.key, item.key_bytes,
                                       item.value.number / 2)); /* it is there */
        b->came_total += item.value.number / 2;
    }
}

/* Asked when descriptors are scarce: what is left is for the others. */
static bool
zap_crowds(struct bus *b, const char *key)
{
    union table_value v = {.number = 0};

    (void)table_get(b->came, key, strlen(key), &v);
    if (v.number < CROWD_LEAST || v.number * CROWD_PART < b->came_total) {
        return false;
    }
    if (b->crowd_warned.us == 0 || mono_since_us(b->crowd_warned) > FDS_WARN_EVERY_US) {
        b->crowd_warned = mono_now();
        diag_warn("one_key_crowds",
                  "begins=\"%.8s\" came=%llu of=%llu remedy=\"grep -F its beginning in "
                  "the keyring; dondoc keys revoke, and restart when it will not go\"",
                  key, (unsigned long long)v.number, (unsigned long long)b->came_total);
    }
    return true;
}

static bool
zap_room(struct bus *b, const char *key)
{
    uint64_t fds = 0;
    int percent = zap_fds_percent(b->zap, &fds);

    if (percent >= FDS_WARN_PERCENT &&
        (b->fds_warned.us == 0 || mono_since_us(b->fds_warned) > FDS_WARN_EVERY_US)) {
        b->fds_warned = mono_now();
        diag_warn("descriptors_scarce", "used_percent=%d remedy=\"raise LimitNOFILE\"",
                  percent);
    }
    if (percent >= FDS_REFUSE_PERCENT ||
        (percent >= FDS_WARN_PERCENT && zap_crowds(b, key))) {
        return false;
    }
    zap_came(b, key, fds);
    return true;
}

static void
zap_decide(struct bus *b, const struct zap_request *q)
{
    char key[BUS_KEY_BYTES];
    const char *domain;

    if (!q->whole || strcmp(q->frame[0], "1.0") != 0) {
        b->refused++;
        zap_reply(b, q, "500", "not a ZAP 1.0 request", "");
        return;
    }
    domain = zap_domain(q->frame[2]);
    if (domain == NULL || strcmp(q->frame[5], "CURVE") != 0 ||
        q->bytes[6] != ZAP_RAW_KEY_BYTES ||
        zmq_z85_encode(key, (const uint8_t *)q->frame[6], ZAP_RAW_KEY_BYTES) == NULL ||
        b->admit == NULL || !b->admit(b->admit_context, domain, key) ||
        !bus_key_valid(key)) { /* last: who is not admitted is said by admit */
        b->refused++;
        zap_reply(b, q, "400", "key not registered", "");
        return;
    }
    if (!zap_room(b, key)) {
        b->refused++;
        zap_reply(b, q, "300", "full", ""); /* temporary: the peer comes again */
        return;
    }
    zap_reply(b, q, "200", "OK", key);
}

void
zap_answer(struct bus *b)
{
    struct zap_request q;

    for (int i = 0; i < ZAP_TURN_MAX; i++) {
        if (!zap_read(b->zap, &q)) {
            return;
        }
        zap_decide(b, &q);
    }
}
