/*
 * As fast as a window allows: each of the reporters keeps `window` reports on their
 * way. The clock runs from the first send to the last receipt (durably acknowledged)
 * and to the moment when the scorer's checkpoint has reached the last entry (scored:
 * facts, scores and alerts of all of it are committed).
 */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <zmq.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/keys.h"
#include "lib/redis.h"
#include "lib/stats.h"

#define STALL_US 20000000
#define SILENCE_MS 1000 /* then what has no receipt is sent again */
#define LOOK_NS 500000  /* between two looks at the checkpoint */

struct flood {
    struct client client;
    struct plan plan;
    size_t share; /* requests of one reporter */
    size_t *next; /* of each reporter: how many it has sent */
    int64_t *sent_us;
    bool *answered;
    size_t acked;
    size_t resent;
    uint64_t first_entry;
    uint64_t last_entry;
    struct stats ack_us;
};

static void
send_next(struct flood *f, size_t reporter)
{
    size_t k = reporter * f->share + f->next[reporter]++;
    size_t bytes;
    const void *request = plan_request(&f->plan, k, &bytes);

    f->sent_us[k] = mono_now().us;
    client_send(f->client.sockets[reporter], request, bytes);
}

static void
answers_take(struct flood *f, size_t reporter)
{
    struct unit_reply r;
    uint64_t entry;

    while (client_reply(&f->client, reporter, &r)) {
        uint64_t id = client_accepted(&r, f->resent > 0, &entry);

        MUST(id >= 1 && id <= f->plan.count);
        if (f->answered[id - 1]) {
            continue; /* it was sent again while its receipt was on the way */
        }
        f->answered[id - 1] = true;
        stats_add(&f->ack_us, mono_now().us - f->sent_us[id - 1]);
        f->acked++;
        if (entry > f->last_entry) {
            f->last_entry = entry;
        }
        if (f->first_entry == 0 || entry < f->first_entry) {
            f->first_entry = entry;
        }
        if (f->next[reporter] < f->share) {
            send_next(f, reporter);
        }
    }
}

/* No receipt for a second: the same again, as the contract says; it is a DUPLICATE. */
static void
unanswered_resend(struct flood *f)
{
    size_t reporter;
    size_t j;

    for (reporter = 0; reporter < f->client.count; reporter++) {
        for (j = 0; j < f->next[reporter]; j++) {
            size_t k = reporter * f->share + j;
            size_t bytes;
            const void *request = plan_request(&f->plan, k, &bytes);

            if (!f->answered[k]) {
                client_send(f->client.sockets[reporter], request, bytes);
                f->resent++;
            }
        }
    }
}

static void
flood_all(struct flood *f, size_t window)
{
    size_t count = f->client.count;
    zmq_pollitem_t *items = mem_alloc(count * sizeof *items);
    struct mono heard = mono_now();
    size_t i;
    size_t w;

    for (i = 0; i < count; i++) {
        items[i] =
            (zmq_pollitem_t){.socket = f->client.sockets[i], .events = ZMQ_POLLIN};
        for (w = 0; w < window && f->next[i] < f->share; w++) {
            send_next(f, i);
        }
    }
    while (f->acked < f->plan.count) {
        if (zmq_poll(items, (int)count, SILENCE_MS) > 0) {
            heard = mono_now();
        } else if (mono_since_us(heard) > STALL_US) {
            FAIL("%zu of %zu reports were acknowledged, then silence", f->acked,
                 f->plan.count);
        } else {
            unanswered_resend(f);
        }
        for (i = 0; i < count; i++) {
            if ((items[i].revents & ZMQ_POLLIN) != 0) {
                answers_take(f, i);
            }
        }
    }
    mem_free(&items);
}

/* The first line of the setting's file; "" when it is not set. */
static void
password_read(const struct conf *conf, char *out, int bytes)
{
    const char *path = conf_text(conf, "redis-password-file");
    FILE *f = path[0] == '\0' ? NULL : fopen(path, "re");

    out[0] = '\0';
    if (path[0] != '\0' && (f == NULL || fgets(out, bytes, f) == NULL)) {
        FAIL("cannot read %s", path);
    }
    out[strcspn(out, "\r\n")] = '\0';
    if (f != NULL) {
        (void)fclose(f); /* only read */
    }
}

static void
scored_wait(const struct conf *conf, uint64_t entry)
{
    char password[256];
    struct redis_settings settings = {.address = conf_text(conf, "redis"),
                                      .user = conf_text(conf, "redis-user"),
                                      .password = password,
                                      .timeout_ms = 5000};
    struct redis *r;
    const struct timespec pause = {0, LOOK_NS};
    struct mono moved = mono_now();
    char key[KEY_BYTES];
    const char *argv[3] = {"HGET", key, "seq"};
    uint64_t seq = 0;

    password_read(conf, password, sizeof password);
    r = redis_new(&settings);
    key_make2(key, conf_text(conf, "province"), KEY_CHECKPOINT, "scorer");
    if (redis_connect(r, NULL, NULL) != ST_OK) {
        FAIL("%s", redis_error(r));
    }
    while (seq < entry) {
        struct reply *rep = NULL;
        uint64_t before = seq;

        if (redis_call(r, 3, argv, NULL, &rep) != ST_OK) {
            FAIL("%s", redis_error(r));
        }
        seq = (uint64_t)reply_int(rep);
        reply_free(&rep);
        if (seq != before) {
            moved = mono_now();
        }
        if (seq < entry) {
            if (mono_since_us(moved) > STALL_US) {
                FAIL("the scorer stands at %" PRIu64 ", not at %" PRIu64, seq, entry);
            }
            (void)nanosleep(&pause, NULL);
        }
    }
    redis_free(&r);
}

void
flood_run(const struct conf *conf, FILE *out)
{
    struct flood *f = mem_alloc(sizeof *f);
    unsigned reporters = (unsigned)conf_int(conf, "reporters");
    long window = conf_int(conf, "window");
    struct usage before, after;
    int64_t began, acked, scored;
    double reports;

    plan_flood(&f->plan, conf_text(conf, "province"), (unsigned)conf_int(conf, "units"),
               reporters, (size_t)conf_int(conf, "reports"));
    f->share = f->plan.count / reporters;
    f->next = mem_alloc(reporters * sizeof *f->next);
    f->sent_us = mem_alloc(f->plan.count * sizeof *f->sent_us);
    f->answered = mem_alloc(f->plan.count * sizeof *f->answered);
    client_open(&f->client, conf_text(conf, "server"), conf_text(conf, "server-key"),
                conf_text(conf, "key"), reporters);
    client_greet(&f->client, conf_text(conf, "province"));

    usage_look(&before);
    began = mono_now().us;
    flood_all(f, (size_t)window);
    acked = mono_now().us;
    scored_wait(conf, f->last_entry);
    scored = mono_now().us;
    usage_look(&after);

    reports = (double)f->plan.count;
    (void)fprintf(
        out,
        "{\"what\":\"flood c%u w%ld\",\"reports\":%zu,\"acked_per_s\":%.0f,"
        "\"scored_per_s\":%.0f,\"ack_p50_us\":%" PRId64 ",\"ack_p99_us\":%" PRId64
        ",\"seconds\":%.3f,\"batch\":%.1f"
        ",\"resent\":%zu",
        reporters, window, f->plan.count, reports * 1e6 / (double)(acked - began),
        reports * 1e6 / (double)(scored - began), stats_per_mille(&f->ack_us, 500),
        stats_per_mille(&f->ack_us, 990), (double)(scored - began) / 1e6,
        reports / (double)(f->last_entry - f->first_entry + 1), f->resent);
    usage_write(&before, &after, out);
    (void)fputs("}\n", out);
    client_close(&f->client);
    plan_fini(&f->plan);
    mem_free(&f->next);
    mem_free(&f->sent_us);
    mem_free(&f->answered);
    mem_free(&f);
}
