/*
 * peer - floods another system with the bytes that bench/load sends to dondoc: the
 * same connections, windows and sizes, each message acknowledged one by one.
 *
 *   peer NAME --address HOST:PORT|unix:PATH --out FILE [settings]
 *
 * NAME: rabbitmq nats beanstalkd mosquitto redis-xadd redis-fcall. Writes one line of
 * JSON. Sends for `seconds` after `warm-ms` that do not count, then waits for the rest.
 * `batch` reports go into one message (redis-fcall). What is sent is SYNTHETIC.
 */
#include "bench/peer.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/stats.h"

#define EXIT_USAGE 64
#define ARGUMENTS_MAX 48
#define BODIES 4096 /* different messages, sent round and round */
#define STALL_MS 20000

static const struct conf_setting settings[] = {
    {"out", CONF_TEXT, "/dev/stdout", 0, 0, "file for the result, one line of JSON"},
    {"address", CONF_TEXT, "", 0, 0, "HOST:PORT or unix:PATH"},
    {"user", CONF_TEXT, "", 0, 0, "redis: who writes"},
    {"password-file", CONF_TEXT, "", 0, 0, "redis: that user's password"},
    {"reporters", CONF_INT, "1", 1, 1024, "connections"},
    {"window", CONF_INT, "1", 1, 4096, "messages on their way, a connection"},
    {"batch", CONF_INT, "1", 1, 1024, "reports in one message"},
    {"seconds", CONF_INT, "2", 1, 600, "how long"},
    {"warm-ms", CONF_INT, "300", 0, 10000, "before the clock starts"},
    {"processes", CONF_TEXT, "", 0, 0, "whose processor time: server=PID"},
};

static const struct peer *const peers[] = {
    &peer_rabbitmq,  &peer_nats,       &peer_beanstalkd,
    &peer_mosquitto, &peer_redis_xadd, &peer_redis_fcall,
};

struct flood {
    const struct peer *peer;
    struct peer_link *links;
    size_t count;
    size_t window;
    size_t batch;
    struct plan plan;
    struct buf body; /* of several reports */
    size_t next;
    int64_t *sent_us; /* window of each link, a ring */
    size_t *sent;     /* of each link */
    size_t *acked;
    size_t acked_all;
    bool counting;
    bool stopping;
    struct stats ack_us;
};

static void
one_put(struct flood *f, size_t i)
{
    size_t bytes;
    const void *p = plan_request(&f->plan, f->next++ % f->plan.count, &bytes);
    size_t b;

    if (f->batch > 1) {
        buf_clear(&f->body);
        buf_add(&f->body, p, bytes);
        for (b = 1; b < f->batch; b++) {
            p = plan_request(&f->plan, f->next++ % f->plan.count, &bytes);
            buf_add(&f->body, p, bytes);
        }
        p = buf_str(&f->body);
        bytes = f->body.len;
    }
    f->sent_us[i * f->window + f->sent[i]++ % f->window] = mono_now().us;
    f->peer->put(&f->links[i], p, bytes);
}

static void
answers_take(struct flood *f, size_t i)
{
    size_t count = f->peer->take(&f->links[i]);
    int64_t now = mono_now().us;

    MUST(f->window > 0);
    MUST(f->acked[i] + count <= f->sent[i]);
    while (count-- > 0) {
        size_t at = i * f->window + f->acked[i]++ % f->window;

        if (f->counting) {
            f->acked_all += f->batch;
            stats_add(&f->ack_us, now - f->sent_us[at]);
        }
        if (!f->stopping) {
            one_put(f, i);
        }
    }
}

/* Until so many microseconds are over, or, stopping, until all is acknowledged. */
static void
flood_for(struct flood *f, struct pollfd *polls, int64_t us)
{
    struct mono began = mono_now();
    size_t waiting = 0;
    size_t i;

    for (i = 0; i < f->count; i++) {
        waiting += f->sent[i] > f->acked[i];
    }
    while (f->stopping ? waiting > 0 : mono_since_us(began) < us) {
        for (i = 0; i < f->count; i++) {
            polls[i].events =
                (short)(link_flush(&f->links[i]) ? POLLIN : POLLIN | POLLOUT);
        }
        if (poll(polls, (nfds_t)f->count, STALL_MS) == 0) {
            FAIL("%s: %zu acknowledged, then silence", f->peer->name, f->acked_all);
        }
        for (waiting = 0, i = 0; i < f->count; i++) {
            if ((polls[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
                link_fill(&f->links[i])) {
                answers_take(f, i);
            }
            waiting += f->sent[i] > f->acked[i];
        }
    }
}

static void
flood_open(struct flood *f, const struct conf *conf)
{
    size_t i;

    f->count = (size_t)conf_int(conf, "reporters");
    f->window = (size_t)conf_int(conf, "window");
    f->batch = (size_t)conf_int(conf, "batch");
    MUST(f->window > 0);
    f->links = mem_alloc(f->count * sizeof *f->links);
    f->sent = mem_alloc(f->count * sizeof *f->sent);
    f->acked = mem_alloc(f->count * sizeof *f->acked);
    f->sent_us = mem_alloc(f->count * f->window * sizeof *f->sent_us);
    buf_init(&f->body, f->batch * (size_t)BUS_MESSAGE_MAX);
    plan_days(&f->plan, "bench", 64, 1, BODIES, 2016, 0);
    for (i = 0; i < f->count; i++) {
        f->links[i].number = i;
        link_open(&f->links[i], conf_text(conf, "address"));
        f->peer->greet(&f->links[i], conf);
    }
}

static void
flood_close(struct flood *f)
{
    size_t i;

    for (i = 0; i < f->count; i++) {
        link_close(&f->links[i]);
    }
    plan_fini(&f->plan);
    buf_fini(&f->body);
    mem_free(&f->links);
    mem_free(&f->sent);
    mem_free(&f->acked);
    mem_free(&f->sent_us);
}

static void
flood_run_peer(const struct peer *peer, const struct conf *conf, FILE *out)
{
    struct flood *f = mem_alloc(sizeof *f);
    struct usage before, after;
    struct pollfd *polls;
    int64_t began, ended;
    size_t i;
    size_t w;

    f->peer = peer;
    flood_open(f, conf);
    polls = mem_alloc(f->count * sizeof *polls);
    for (i = 0; i < f->count; i++) {
        polls[i].fd = f->links[i].fd;
        for (w = 0; w < f->window; w++) {
            one_put(f, i);
        }
    }
    flood_for(f, polls, conf_int(conf, "warm-ms") * 1000);
    f->counting = true;
    usage_look(&before);
    began = mono_now().us;
    flood_for(f, polls, conf_int(conf, "seconds") * 1000000);
    ended = mono_now().us;
    usage_look(&after);
    f->counting = false;
    f->stopping = true;
    flood_for(f, polls, 0);
    (void)fprintf(out,
                  "{\"what\":\"%s c%zu w%zu\",\"reports\":%zu,\"acked_per_s\":%.0f"
                  ",\"ack_p50_us\":%" PRId64 ",\"ack_p99_us\":%" PRId64
                  ",\"bytes\":%.0f,\"seconds\":%.3f",
                  peer->name, f->count, f->window * f->batch, f->acked_all,
                  (double)f->acked_all * 1e6 / (double)(ended - began),
                  stats_per_mille(&f->ack_us, 500), stats_per_mille(&f->ack_us, 990),
                  (double)f->plan.offsets[f->plan.count] / (double)f->plan.count,
                  (double)(ended - began) / 1e6);
    usage_write(&before, &after, out);
    (void)fputs("}\n", out);
    flood_close(f);
    mem_free(&polls);
    mem_free(&f);
}

int
main(int argc, char **argv)
{
    struct conf *conf = conf_new(settings, sizeof settings / sizeof *settings);
    char *rest[ARGUMENTS_MAX];
    char why[256];
    int count = 0;
    FILE *out;
    size_t i;

    diag_init("peer");
    crypto_init();
    if (argc > ARGUMENTS_MAX ||
        conf_flags(conf, argc - 1, argv + 1, rest, &count, why, sizeof why) != ST_OK ||
        count != 1) {
        diag_fatal(EXIT_USAGE, "usage", "peer NAME --address HOST:PORT --out FILE");
    }
    usage_watch(conf_text(conf, "processes"));
    for (i = 0; i < sizeof peers / sizeof *peers; i++) {
        if (strcmp(peers[i]->name, rest[0]) == 0) {
            out = fopen(conf_text(conf, "out"), "w");
            if (out == NULL) {
                FAIL("file=%s cannot be written", conf_text(conf, "out"));
            }
            flood_run_peer(peers[i], conf, out);
            conf_free(&conf);
            return fclose(out) == 0 ? 0 : 1;
        }
    }
    diag_fatal(EXIT_USAGE, "usage", "there is no peer %s", rest[0]);
}
