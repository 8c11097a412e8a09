/*
 * RabbitMQ, AMQP 0-9-1: a durable quorum queue, persistent messages, publisher
 * confirms. Frames are type, channel, size, payload, 0xce; numbers are big endian.
 */
#include "bench/peer.h"

#include <string.h>

#include "lib/diag.h"

#define QUEUE "bench"
#define FRAME_METHOD 1
#define FRAME_HEADER 2
#define FRAME_BODY 3
#define FRAME_HEARTBEAT 8
#define FRAME_END 0xce
#define FRAME_HEAD_BYTES 7

/* class << 16 | method */
#define CONNECTION_START (10u << 16 | 10)
#define CONNECTION_START_OK (10u << 16 | 11)
#define CONNECTION_TUNE (10u << 16 | 30)
#define CONNECTION_TUNE_OK (10u << 16 | 31)
#define CONNECTION_OPEN (10u << 16 | 40)
#define CONNECTION_OPEN_OK (10u << 16 | 41)
#define CHANNEL_OPEN (20u << 16 | 10)
#define CHANNEL_OPEN_OK (20u << 16 | 11)
#define QUEUE_DECLARE (50u << 16 | 10)
#define QUEUE_DECLARE_OK (50u << 16 | 11)
#define BASIC_PUBLISH (60u << 16 | 40)
#define BASIC_ACK (60u << 16 | 80)
#define CONFIRM_SELECT (85u << 16 | 10)
#define CONFIRM_SELECT_OK (85u << 16 | 11)

static void
number_add(struct buf *b, uint64_t n, unsigned bytes)
{
    while (bytes-- > 0) {
        buf_char(b, (char)(unsigned char)(n >> 8 * bytes & 0xff));
    }
}

static uint64_t
number_read(const char *p, unsigned bytes)
{
    uint64_t n = 0;

    while (bytes-- > 0) {
        n = n << 8 | (unsigned char)*p++;
    }
    return n;
}

static void
short_add(struct buf *b, const char *text)
{
    number_add(b, strlen(text), 1);
    buf_text(b, text);
}

static void
frame_add(struct buf *b, unsigned type, unsigned channel, const void *p, size_t bytes)
{
    number_add(b, type, 1);
    number_add(b, channel, 2);
    number_add(b, bytes, 4);
    buf_add(b, p, bytes);
    number_add(b, FRAME_END, 1);
}

/* Sends a method with its arguments, and waits for the one that answers it. */
static void
ask(struct peer_link *l, unsigned channel, uint32_t method, const struct buf *arguments,
    uint32_t answer)
{
    struct buf payload;
    size_t bytes;
    uint32_t got;

    buf_init(&payload, BUS_MESSAGE_MAX);
    if (method != 0) {
        number_add(&payload, method, 4);
        buf_add(&payload, buf_str(arguments), arguments->len);
        frame_add(&l->out, FRAME_METHOD, channel, payload.data, payload.len);
    }
    buf_fini(&payload);
    if (answer == 0) {
        return;
    }
    link_flush_all(l);
    while (l->in_len < FRAME_HEAD_BYTES + 4 ||
           l->in_len < FRAME_HEAD_BYTES + 1 + number_read(l->in + 3, 4)) {
        link_fill_wait(l);
    }
    bytes = FRAME_HEAD_BYTES + 1 + (size_t)number_read(l->in + 3, 4);
    got = (uint32_t)number_read(l->in + FRAME_HEAD_BYTES, 4);
    if (l->in[0] != FRAME_METHOD || got != answer) {
        FAIL("rabbitmq answers %u.%u: %.*s", got >> 16, got & 0xffff,
             bytes > 14 ? (int)bytes - 14 : 0, l->in + 13);
    }
    link_eat(l, bytes);
}

static void
connection_open(struct peer_link *l)
{
    struct buf a;

    buf_init(&a, BUS_MESSAGE_MAX);
    buf_add(&l->out, "AMQP\0\0\11\1", 8);
    ask(l, 0, 0, &a, CONNECTION_START); /* sends nothing: the server speaks first */
    number_add(&a, 0, 4);               /* no properties of the client */
    short_add(&a, "PLAIN");
    number_add(&a, 12, 4);
    buf_add(&a, "\0guest\0guest", 12);
    short_add(&a, "en_US");
    ask(l, 0, CONNECTION_START_OK, &a, CONNECTION_TUNE);
    buf_clear(&a);
    number_add(&a, 2047, 2);   /* channels */
    number_add(&a, 131072, 4); /* frame */
    number_add(&a, 0, 2);      /* no heartbeat */
    ask(l, 0, CONNECTION_TUNE_OK, &a, 0);
    buf_clear(&a);
    short_add(&a, "/");
    short_add(&a, "");
    number_add(&a, 0, 1);
    ask(l, 0, CONNECTION_OPEN, &a, CONNECTION_OPEN_OK);
    buf_clear(&a);
    short_add(&a, "");
    ask(l, 1, CHANNEL_OPEN, &a, CHANNEL_OPEN_OK);
    buf_clear(&a);
    number_add(&a, 0, 1);
    ask(l, 1, CONFIRM_SELECT, &a, CONFIRM_SELECT_OK);
    buf_fini(&a);
}

static void
queue_declare(struct peer_link *l)
{
    struct buf a;

    buf_init(&a, BUS_MESSAGE_MAX);
    number_add(&a, 0, 2);
    short_add(&a, QUEUE);
    number_add(&a, 2, 1);                  /* durable */
    number_add(&a, 1 + 12 + 1 + 4 + 6, 4); /* its arguments, a table */
    short_add(&a, "x-queue-type");
    buf_char(&a, 'S');
    number_add(&a, 6, 4);
    buf_text(&a, "quorum");
    ask(l, 1, QUEUE_DECLARE, &a, QUEUE_DECLARE_OK);
    buf_fini(&a);
}

static void
greet(struct peer_link *l, const struct conf *conf)
{
    (void)conf;
    connection_open(l);
    if (l->number == 0) {
        queue_declare(l);
    }
}

static void
put(struct peer_link *l, const void *p, size_t bytes)
{
    /* basic.publish to the default exchange, routing key QUEUE; a constant frame */
    static const char PUBLISH[] = "\1\0\1\0\0\0\16\0\74\0\50\0\0\0\5bench\0\316";

    _Static_assert(sizeof QUEUE == 6, "PUBLISH names the queue");
    buf_add(&l->out, PUBLISH, sizeof PUBLISH - 1);
    number_add(&l->out, FRAME_HEADER, 1);
    number_add(&l->out, 1, 2);
    number_add(&l->out, 15, 4);
    number_add(&l->out, 60, 2);
    number_add(&l->out, 0, 2);
    number_add(&l->out, bytes, 8);
    number_add(&l->out, 0x1000, 2); /* only the delivery mode: */
    number_add(&l->out, 2, 1);      /* persistent */
    number_add(&l->out, FRAME_END, 1);
    frame_add(&l->out, FRAME_BODY, 1, p, bytes);
}

/* How many of them were not confirmed yet. Single ones may come before their turn. */
static size_t
confirmed(struct peer_link *l, uint64_t tag, bool and_before)
{
    size_t count = 0;

    if (!and_before && tag != l->last + 1) {
        l->early[tag % PEER_EARLY] = true;
        return 1;
    }
    while (l->last < tag || l->early[(l->last + 1) % PEER_EARLY]) {
        bool *early = &l->early[++l->last % PEER_EARLY];

        count += !*early;
        *early = false;
    }
    return count;
}

/* Confirms: a tag, and whether it stands for all before it, too. */
static size_t
take(struct peer_link *l)
{
    size_t count = 0;
    size_t at = 0;

    for (;;) {
        const char *frame = l->in + at;
        size_t bytes;

        if (l->in_len - at < FRAME_HEAD_BYTES) {
            break;
        }
        bytes = FRAME_HEAD_BYTES + 1 + (size_t)number_read(frame + 3, 4);
        if (l->in_len - at < bytes) {
            break;
        }
        if (*frame == FRAME_METHOD) {
            uint64_t tag;

            if (number_read(frame + FRAME_HEAD_BYTES, 4) != BASIC_ACK) {
                FAIL("rabbitmq says %u", (unsigned)number_read(frame + 7, 4));
            }
            tag = number_read(frame + FRAME_HEAD_BYTES + 4, 8);
            count += confirmed(l, tag, frame[FRAME_HEAD_BYTES + 12] != 0);
        } else if (*frame != FRAME_HEARTBEAT) {
            FAIL("rabbitmq sends a frame of type %d", *frame);
        }
        at += bytes;
    }
    link_eat(l, at);
    return count;
}

const struct peer peer_rabbitmq = {"rabbitmq", greet, put, take};
