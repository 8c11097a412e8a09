/*
 * mosquitto, MQTT 3.1.1: PUBLISH of QoS 1, PUBACK. A subscriber that is away must get
 * the messages later, so the broker has to keep them; the first connection makes it.
 */
#include "bench/peer.h"

#include <string.h>

#include "lib/diag.h"

#define TOPIC "bench/r"
#define CONNECT 0x10
#define PUBLISH_QOS1 0x32
#define PUBACK 0x40
#define SUBSCRIBE 0x82
#define DISCONNECT 0xe0

static void
byte_add(struct buf *b, unsigned byte)
{
    buf_char(b, (char)(unsigned char)byte);
}

static void
number_add(struct buf *b, size_t n)
{
    byte_add(b, (unsigned)(n >> 8 & 0xff));
    byte_add(b, (unsigned)(n & 0xff));
}

static void
head_add(struct buf *b, unsigned type, size_t bytes)
{
    byte_add(b, type);
    for (; bytes > 127; bytes >>= 7) {
        byte_add(b, (unsigned)(bytes & 127) | 128);
    }
    byte_add(b, (unsigned)bytes);
}

static void
text_add(struct buf *b, const char *text)
{
    number_add(b, strlen(text));
    buf_text(b, text);
}

/* Waits for an answer of `bytes` that begins with `type`, and takes it. */
static void
answer_expect(struct peer_link *l, unsigned type, size_t bytes)
{
    link_flush_all(l);
    while (l->in_len < bytes) {
        link_fill_wait(l);
    }
    if ((unsigned char)l->in[0] != type || l->in[bytes - 1] > 1) {
        FAIL("mosquitto answers %02x", (unsigned char)l->in[0]);
    }
    link_eat(l, bytes);
}

static void
connect_send(struct peer_link *l, const char *name, bool clean)
{
    head_add(&l->out, CONNECT, 12 + strlen(name));
    text_add(&l->out, "MQTT");
    byte_add(&l->out, 4); /* 3.1.1 */
    byte_add(&l->out, clean ? 2 : 0);
    number_add(&l->out, 0); /* keep alive: for ever */
    text_add(&l->out, name);
    answer_expect(l, 0x20, 4);
}

static void
keeper_make(const char *address)
{
    static const char FILTER[] = "bench/#";
    struct peer_link *l = mem_alloc(sizeof *l);

    link_open(l, address);
    connect_send(l, "keeper", false);
    head_add(&l->out, SUBSCRIBE, 2 + 2 + strlen(FILTER) + 1);
    number_add(&l->out, 1);
    text_add(&l->out, FILTER);
    byte_add(&l->out, 1); /* QoS 1 */
    answer_expect(l, 0x90, 5);
    head_add(&l->out, DISCONNECT, 0);
    link_flush_all(l);
    link_close(l);
    mem_free(&l);
}

static void
greet(struct peer_link *l, const struct conf *conf)
{
    char name[32];

    if (l->number == 0) {
        keeper_make(conf_text(conf, "address"));
    }
    (void)snprintf(name, sizeof name, "bench%zu", l->number);
    connect_send(l, name, true);
}

static void
put(struct peer_link *l, const void *p, size_t bytes)
{
    head_add(&l->out, PUBLISH_QOS1, 2 + strlen(TOPIC) + 2 + bytes);
    text_add(&l->out, TOPIC);
    l->last = l->last % 65535 + 1;
    number_add(&l->out, l->last);
    buf_add(&l->out, p, bytes);
}

static size_t
take(struct peer_link *l)
{
    size_t count = l->in_len / 4;
    size_t i;

    for (i = 0; i < count; i++) {
        if ((unsigned char)l->in[4 * i] != PUBACK || l->in[4 * i + 1] != 2) {
            FAIL("mosquitto answers %02x", (unsigned char)l->in[4 * i]);
        }
    }
    link_eat(l, 4 * count);
    return count;
}

const struct peer peer_mosquitto = {"mosquitto", greet, put, take};
