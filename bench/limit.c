/*
 * What libzmq can do alone, under CURVE: `echo` floods a server that answers without
 * looking (bench/floor --mode echo), `oneway` sends messages at a rate from one thread
 * to another and takes the time between.
 */
#define _GNU_SOURCE /* timerfd beside POSIX */
#include "bench/bench.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <zmq.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/stats.h"

#define STALL_MS 20000
#define ONEWAY_BYTES 200

/* ---- echo ---- */

struct echo {
    struct client client;
    struct plan plan;
    size_t share;
    size_t *next;     /* of each connection: sent */
    size_t *answered; /* and answered, in that order */
    int64_t *sent_us; /* of each request */
    size_t all;
    struct stats ack_us;
};

static void
echo_send(struct echo *e, size_t i)
{
    size_t k = i * e->share + e->next[i]++;
    size_t bytes;
    const void *request = plan_request(&e->plan, k, &bytes);

    e->sent_us[k] = mono_now().us;
    client_send(e->client.sockets[i], request, bytes);
}

static void
echo_take(struct echo *e, size_t i)
{
    char answer[512];

    while (zmq_recv(e->client.sockets[i], answer, sizeof answer, ZMQ_DONTWAIT) >= 0) {
        size_t k = i * e->share + e->answered[i]++;

        stats_add(&e->ack_us, mono_now().us - e->sent_us[k]);
        e->all++;
        if (e->next[i] < e->share) {
            echo_send(e, i);
        }
    }
    if (errno != EAGAIN && errno != EINTR) {
        FAIL("receive why=\"%s\"", zmq_strerror(errno));
    }
}

static void
echo_all(struct echo *e, size_t window)
{
    size_t count = e->client.count;
    zmq_pollitem_t *items = mem_alloc(count * sizeof *items);
    size_t i;
    size_t w;

    for (i = 0; i < count; i++) {
        items[i] =
            (zmq_pollitem_t){.socket = e->client.sockets[i], .events = ZMQ_POLLIN};
        for (w = 0; w < window && e->next[i] < e->share; w++) {
            echo_send(e, i);
        }
    }
    while (e->all < e->plan.count) {
        if (zmq_poll(items, (int)count, STALL_MS) <= 0) {
            FAIL("%zu of %zu answers, then silence", e->all, e->plan.count);
        }
        for (i = 0; i < count; i++) {
            if ((items[i].revents & ZMQ_POLLIN) != 0) {
                echo_take(e, i);
            }
        }
    }
    mem_free(&items);
}

void
echo_run(const struct conf *conf, FILE *out)
{
    struct echo *e = mem_alloc(sizeof *e);
    unsigned reporters = (unsigned)conf_int(conf, "reporters");
    long window = conf_int(conf, "window");
    struct usage before, after;
    int64_t began, acked;

    plan_days(&e->plan, "bench", (unsigned)conf_int(conf, "units"), reporters,
              (size_t)conf_int(conf, "reports"), (int)conf_int(conf, "from"), 0);
    e->share = e->plan.count / reporters;
    e->next = mem_alloc(reporters * sizeof *e->next);
    e->answered = mem_alloc(reporters * sizeof *e->answered);
    e->sent_us = mem_alloc(e->plan.count * sizeof *e->sent_us);
    client_open(&e->client, conf_text(conf, "server"), conf_text(conf, "server-key"),
                conf_text(conf, "key"), reporters);
    client_greet(&e->client, "bench");
    usage_look(&before);
    began = mono_now().us;
    echo_all(e, (size_t)window);
    acked = mono_now().us;
    usage_look(&after);
    (void)fprintf(out,
                  "{\"what\":\"echo c%u w%ld\",\"reports\":%zu,\"acked_per_s\":%.0f"
                  ",\"ack_p50_us\":%" PRId64 ",\"ack_p99_us\":%" PRId64,
                  reporters, window, e->plan.count,
                  (double)e->plan.count * 1e6 / (double)(acked - began),
                  stats_per_mille(&e->ack_us, 500), stats_per_mille(&e->ack_us, 990));
    usage_write(&before, &after, out);
    (void)fputs("}\n", out);
    client_close(&e->client);
    plan_fini(&e->plan);
    mem_free(&e->next);
    mem_free(&e->answered);
    mem_free(&e->sent_us);
    mem_free(&e);
}

/* ---- oneway ---- */

struct oneway {
    char endpoint[128];
    struct bus_keys keys;
    size_t count;
    struct stats us;
};

static void
option(void *socket, int name, const void *value, size_t bytes)
{
    MUST(zmq_setsockopt(socket, name, value, bytes) == 0);
}

static void *
oneway_hear(void *arg)
{
    struct oneway *o = arg;
    void *context = zmq_ctx_new();
    void *pull = zmq_socket(context, ZMQ_PULL);
    int wait_ms = STALL_MS;
    int64_t stamp[ONEWAY_BYTES / sizeof(int64_t)];
    size_t k;

    option(pull, ZMQ_CURVE_SERVERKEY, o->keys.public_key, BUS_KEY_BYTES);
    option(pull, ZMQ_CURVE_PUBLICKEY, o->keys.public_key, BUS_KEY_BYTES);
    option(pull, ZMQ_CURVE_SECRETKEY, o->keys.secret_key, BUS_KEY_BYTES);
    option(pull, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
    MUST(zmq_connect(pull, o->endpoint) == 0);
    for (k = 0; k < o->count; k++) {
        if (zmq_recv(pull, stamp, sizeof stamp, 0) != (int)sizeof stamp) {
            FAIL("message %zu did not come: %s", k, zmq_strerror(errno));
        }
        stats_add(&o->us, mono_now().us - stamp[0]);
    }
    (void)zmq_close(pull);
    (void)zmq_ctx_term(context);
    return NULL;
}

void
oneway_run(const struct conf *conf, FILE *out)
{
    struct oneway *o = mem_alloc(sizeof *o);
    long step_ns = 1000000000 / conf_int(conf, "rate");
    struct itimerspec spec = {.it_interval = {0, step_ns}, .it_value = {0, step_ns}};
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    void *context = zmq_ctx_new();
    void *push = zmq_socket(context, ZMQ_PUSH);
    int64_t stamp[ONEWAY_BYTES / sizeof(int64_t)] = {0};
    size_t endpoint_bytes = sizeof o->endpoint;
    struct usage before, after;
    pthread_t hearer;
    int yes = 1;
    size_t k;

    MUST(bus_keys_new(&o->keys) == ST_OK);
    o->count = (size_t)conf_int(conf, "reports");
    option(push, ZMQ_CURVE_SERVER, &yes, sizeof yes);
    option(push, ZMQ_CURVE_SECRETKEY, o->keys.secret_key, BUS_KEY_BYTES);
    MUST(zmq_bind(push, "tcp://127.0.0.1:*") == 0);
    MUST(zmq_getsockopt(push, ZMQ_LAST_ENDPOINT, o->endpoint, &endpoint_bytes) == 0);
    MUST(pthread_create(&hearer, NULL, oneway_hear, o) == 0);
    MUST(timer >= 0 && timerfd_settime(timer, 0, &spec, NULL) == 0);
    usage_look(&before);
    for (k = 0; k < o->count; k++) {
        uint64_t rings;

        MUST(read(timer, &rings, sizeof rings) == (ssize_t)sizeof rings);
        stamp[0] = mono_now().us;
        MUST(zmq_send(push, stamp, sizeof stamp, 0) == (int)sizeof stamp);
    }
    MUST(pthread_join(hearer, NULL) == 0);
    usage_look(&after);
    (void)fprintf(out,
                  "{\"what\":\"oneway\",\"messages\":%zu,\"oneway_p50_us\":%" PRId64
                  ",\"oneway_p99_us\":%" PRId64,
                  o->count, stats_per_mille(&o->us, 500), stats_per_mille(&o->us, 990));
    usage_write(&before, &after, out);
    (void)fputs("}\n", out);
    (void)close(timer);
    (void)zmq_close(push);
    (void)zmq_ctx_term(context);
    mem_free(&o);
}
