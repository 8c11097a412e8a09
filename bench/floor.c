/*
 * floor - the smallest program that keeps the promise of an acknowledgement: ROUTER
 * with CURVE, each push decoded as protobuf, the batch appended to a file, fdatasync,
 * then a receipt for each. Nothing is looked up, judged, counted or told apart, and
 * there is no Redis: what is below it is the machine. Driven by the same bench/load.
 *
 *   floor --key-file FILE --file FILE --ready-file FILE [--mode store|echo]
 *
 *   echo   no decoding, no file: the same answer to every message, the limit of libzmq
 *
 * The batch is whatever has come while the last one was written, BATCH_MAX at most.
 */
#include "bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/keyfile.h"

#define EXIT_USAGE 64
#define ARGUMENTS_MAX 16
#define BATCH_MAX 512
#define ROUTING_BYTES 16
#define QUEUE_MAX 8192 /* messages; more than any window here */

static const struct conf_setting settings[] = {
    {"key-file", CONF_TEXT, "", 0, 0, "the server's key"},
    {"file", CONF_TEXT, "", 0, 0, "where reports are appended"},
    {"ready-file", CONF_TEXT, "", 0, 0, "gets units=ENDPOINT"},
    {"mode", CONF_TEXT, "store", 0, 0, "store, or echo"},
};

struct peer {
    char id[ROUTING_BYTES];
    size_t id_bytes;
    size_t answer_at; /* in answers */
    size_t answer_bytes;
};

struct floor {
    void *socket;
    int fd;
    struct arena *arena;
    struct peer peers[BATCH_MAX];
    size_t count;       /* of this batch */
    struct buf journal; /* this batch: length and bytes of each request */
    struct buf answers;
    uint64_t entry;
};

static void
option(void *socket, int name, const void *value, size_t bytes)
{
    if (zmq_setsockopt(socket, name, value, bytes) != 0) {
        FAIL("option=%d why=\"%s\"", name, zmq_strerror(errno));
    }
}

static void
socket_open(struct floor *f, const struct conf *conf)
{
    void *context = zmq_ctx_new();
    char endpoint[128];
    size_t bytes = sizeof endpoint;
    struct bus_keys keys;
    char why[256];
    int queue = QUEUE_MAX;
    int yes = 1;
    FILE *ready;

    if (keyfile_read(conf_text(conf, "key-file"), &keys, why, sizeof why) != ST_OK) {
        FAIL("%s", why);
    }
    f->socket = zmq_socket(context, ZMQ_ROUTER);
    MUST(f->socket != NULL);
    option(f->socket, ZMQ_CURVE_SERVER, &yes, sizeof yes);
    option(f->socket, ZMQ_CURVE_SECRETKEY, keys.secret_key, BUS_KEY_BYTES);
    option(f->socket, ZMQ_SNDHWM, &queue, sizeof queue);
    option(f->socket, ZMQ_RCVHWM, &queue, sizeof queue);
    if (zmq_bind(f->socket, "tcp://127.0.0.1:*") != 0 ||
        zmq_getsockopt(f->socket, ZMQ_LAST_ENDPOINT, endpoint, &bytes) != 0) {
        FAIL("bind why=\"%s\"", zmq_strerror(errno));
    }
    ready = fopen(conf_text(conf, "ready-file"), "w");
    if (ready == NULL || fprintf(ready, "units=%s\n", endpoint) < 0 ||
        fclose(ready) != 0) {
        FAIL("cannot write %s", conf_text(conf, "ready-file"));
    }
}

static void
answer_send(struct floor *f, const struct peer *to, const void *p, size_t bytes)
{
    if (zmq_send(f->socket, to->id, to->id_bytes, ZMQ_SNDMORE) < 0 ||
        zmq_send(f->socket, p, bytes, 0) < 0) {
        FAIL("send why=\"%s\"", zmq_strerror(errno));
    }
}

static void
hello_answer(struct floor *f, const struct peer *to, uint64_t id)
{
    const struct unit_reply r = {
        .version = WIRE_VERSION,
        .request_id = id,
        .kind = UNIT_REPLY_SERVER_INFO,
        .info = {.server_version = "floor",
                 .log_id = "",
                 .state = "ready",
                 .programme_digest = "",
                 .principal = ""},
    };

    buf_clear(&f->answers);
    unit_reply_encode(&r, f->arena, &f->answers);
    answer_send(f, to, buf_str(&f->answers), f->answers.len);
    buf_clear(&f->answers);
}

/* One request: checked, put into the batch with its receipt. False: a Hello, which is
 * answered at once. */
static bool
request_take(struct floor *f, struct peer *from, const void *p, size_t bytes)
{
    uint32_t length = (uint32_t)bytes;
    struct wire_receipt receipt = {.outcome = OUTCOME_ACCEPTED,
                                   .revision = 1,
                                   .index = (uint32_t)f->count,
                                   .hash = "00000000000000000000000000000000",
                                   .due = "",
                                   .sealed = true};
    struct unit_reply r = {.version = WIRE_VERSION,
                           .kind = UNIT_REPLY_RECEIPTS,
                           .receipts = &receipt,
                           .receipt_count = 1};
    struct unit_request q;

    arena_reset(f->arena);
    if (unit_request_decode(p, bytes, f->arena, &q) != ST_OK ||
        (q.kind != UNIT_REQUEST_HELLO &&
         (q.kind != UNIT_REQUEST_PUSH || q.push.count != 1))) {
        FAIL("a request that bench/load does not send");
    }
    if (q.kind == UNIT_REQUEST_HELLO) {
        hello_answer(f, from, q.request_id);
        return false;
    }
    buf_add(&f->journal, &length, sizeof length);
    buf_add(&f->journal, p, bytes);
    r.request_id = q.request_id;
    receipt.unit = q.push.reports[0].unit;
    receipt.group = q.push.reports[0].group;
    receipt.period = q.push.reports[0].period;
    receipt.entry = f->entry;
    receipt.received_at_ms = instant_now().ms;
    from->answer_at = f->answers.len;
    unit_reply_encode(&r, f->arena, &f->answers);
    from->answer_bytes = f->answers.len - from->answer_at;
    return true;
}

/* The next message into *m and its sender; false: there is none. */
static bool
receive(struct floor *f, struct peer *from, zmq_msg_t *m)
{
    int bytes = zmq_recv(f->socket, from->id, sizeof from->id, ZMQ_DONTWAIT);

    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    MUST(bytes > 0 && bytes <= ROUTING_BYTES);
    from->id_bytes = (size_t)bytes;
    (void)zmq_msg_init(m); /* cannot fail */
    MUST(zmq_msg_recv(m, f->socket, 0) >= 0 && !zmq_msg_more(m));
    return true;
}

static void
batch_commit(struct floor *f)
{
    size_t i;

    if (write(f->fd, f->journal.data, f->journal.len) != (ssize_t)f->journal.len ||
        fdatasync(f->fd) != 0) {
        FAIL("append why=\"%s\"", strerror(errno));
    }
    for (i = 0; i < f->count; i++) {
        answer_send(f, &f->peers[i], f->answers.data + f->peers[i].answer_at,
                    f->peers[i].answer_bytes);
    }
    f->count = 0;
    f->entry++;
    buf_clear(&f->journal);
    buf_clear(&f->answers);
}

static void
store_turn(struct floor *f)
{
    zmq_msg_t m;

    while (f->count < BATCH_MAX && receive(f, &f->peers[f->count], &m)) {
        f->count +=
            request_take(f, &f->peers[f->count], zmq_msg_data(&m), zmq_msg_size(&m));
        (void)zmq_msg_close(&m);
    }
    if (f->count > 0) {
        batch_commit(f);
    }
}

/* Only the first message of a connection is read: its Hello wants to be answered. */
static void
echo_turn(struct floor *f)
{
    static const char answer[150];
    struct unit_request q;
    zmq_msg_t m;

    while (receive(f, &f->peers[0], &m)) {
        if (zmq_msg_size(&m) < 40) {
            arena_reset(f->arena);
            MUST(unit_request_decode(zmq_msg_data(&m), zmq_msg_size(&m), f->arena,
                                     &q) == ST_OK);
            hello_answer(f, &f->peers[0], q.request_id);
        } else {
            answer_send(f, &f->peers[0], answer, sizeof answer);
        }
        (void)zmq_msg_close(&m);
    }
}

int
main(int argc, char **argv)
{
    struct conf *conf = conf_new(settings, sizeof settings / sizeof *settings);
    struct floor *f = mem_alloc(sizeof *f);
    char *rest[ARGUMENTS_MAX];
    char why[256];
    int count = 0;
    bool echo;

    diag_init("floor");
    crypto_init();
    if (argc > ARGUMENTS_MAX ||
        conf_flags(conf, argc - 1, argv + 1, rest, &count, why, sizeof why) != ST_OK ||
        count != 0) {
        diag_fatal(EXIT_USAGE, "usage", "floor --key-file FILE --file FILE …");
    }
    echo = strcmp(conf_text(conf, "mode"), "echo") == 0;
    f->arena = arena_new(WIRE_ARENA_BYTES);
    f->entry = 1;
    buf_init(&f->journal, BATCH_MAX * (size_t)BUS_MESSAGE_MAX);
    buf_init(&f->answers, BATCH_MAX * (size_t)BUS_MESSAGE_MAX);
    f->fd = open(conf_text(conf, "file"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (f->fd < 0) {
        FAIL("file=%s why=\"%s\"", conf_text(conf, "file"), strerror(errno));
    }
    socket_open(f, conf);
    for (;;) { /* until a signal ends it: there is nothing to tidy up */
        zmq_pollitem_t item = {.socket = f->socket, .events = ZMQ_POLLIN};

        (void)zmq_poll(&item, 1, -1);
        if (echo) {
            echo_turn(f);
        } else {
            store_turn(f);
        }
    }
}
