/*
 * As fast as a window allows: each of the reporters keeps `window` reports on their
 * way. The clock runs from the first send to the last receipt (durably acknowledged),
 * to the moment when the scorer's checkpoint has reached the last entry (scored: facts,
 * scores and alerts of all of it are committed), and to that when the notifier's has
 * reached the last alert (alerted: all messages stand in the inboxes of leaders).
 */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <zmq.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/stats.h"

#define STALL_US 20000000
#define SILENCE_MS 1000 /* then what has no receipt is sent again */
#define PACE_MS 1       /* how often more is sent at a pace */
#define NAME_BYTES 48   /* of a revision: "2/9f…" */

struct flood {
    struct client client;
    struct plan plan;
    size_t share; /* requests of one reporter */
    size_t *next; /* of each reporter: how many it has sent */
    int64_t *sent_us;
    bool *answered;
    size_t acked;
    size_t sent;
    size_t allowed; /* to be sent by now */
    size_t window;
    size_t resent;
    char (*names)[NAME_BYTES]; /* what stands, by key; NULL: nothing is corrected */
    struct arena *arena;
    struct buf out;
    uint64_t first_entry;
    uint64_t last_entry;
    struct stats ack_us;
};

static const void *
request_make(struct flood *f, size_t k, size_t *bytes)
{
    if (!plan_is_correction(&f->plan, k)) {
        return plan_request(&f->plan, k, bytes);
    }
    buf_clear(&f->out);
    plan_correct(&f->plan, k, f->names[plan_key(&f->plan, k)], f->arena, &f->out);
    *bytes = f->out.len;
    return buf_str(&f->out);
}

/* As much as window and pace leave room for. */
static void
send_more(struct flood *f, size_t reporter, size_t on_way)
{
    for (; on_way < f->window && f->next[reporter] < f->share && f->sent < f->allowed;
         on_way++) {
        size_t k = reporter * f->share + f->next[reporter]++;
        size_t bytes;
        const void *request = request_make(f, k, &bytes);

        f->sent++;
        f->sent_us[k] = mono_now().us;
        client_send(f->client.sockets[reporter], request, bytes);
    }
}

static void
receipt_keep(struct flood *f, size_t k, const struct unit_reply *r, uint64_t entry)
{
    f->answered[k] = true;
    f->acked++;
    stats_add(&f->ack_us, mono_now().us - f->sent_us[k]);
    if (entry > f->last_entry) {
        f->last_entry = entry;
    }
    if (f->first_entry == 0 || entry < f->first_entry) {
        f->first_entry = entry;
    }
    if (f->names != NULL) {
        (void)snprintf(f->names[plan_key(&f->plan, k)], NAME_BYTES, "%u/%s",
                       r->receipts[0].revision, r->receipts[0].hash);
    }
}

/* How many of a reporter's were answered. */
static size_t
answers_take(struct flood *f, size_t reporter)
{
    struct unit_reply r;
    uint64_t entry;
    size_t count = 0;

    while (client_reply(&f->client, reporter, &r)) {
        uint64_t id = client_accepted(&r, f->resent > 0, f->plan.corrects, &entry);

        MUST(id >= 1 && id <= f->plan.count);
        if (f->answered[id - 1]) {
            continue; /* it was sent again while its receipt was on the way */
        }
        receipt_keep(f, id - 1, &r, entry);
        count++;
        send_more(f, reporter, f->window - 1);
    }
    return count;
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

            if (!f->answered[k]) {
                const void *request = request_make(f, k, &bytes);

                client_send(f->client.sockets[reporter], request, bytes);
                f->resent++;
            }
        }
    }
}

/* Nothing came for a while. */
static void
silence_meet(struct flood *f, struct mono heard, struct mono *resent)
{
    if (mono_since_us(heard) > STALL_US) {
        FAIL("%zu of %zu reports were acknowledged, then silence", f->acked,
             f->plan.count);
    }
    if (f->sent > f->acked && mono_since_us(*resent) > (int64_t)SILENCE_MS * 1000) {
        *resent = mono_now();
        unanswered_resend(f);
    }
}

static void
flood_all(struct flood *f, int64_t pace)
{
    size_t count = f->client.count;
    zmq_pollitem_t *items = mem_alloc(count * sizeof *items);
    size_t *on_way = mem_alloc(count * sizeof *on_way);
    struct mono began = mono_now();
    struct mono heard = began;
    struct mono resent = began; /* or heard */
    size_t i;

    for (i = 0; i < count; i++) {
        items[i] =
            (zmq_pollitem_t){.socket = f->client.sockets[i], .events = ZMQ_POLLIN};
    }
    f->allowed = f->plan.count;
    while (f->acked < f->plan.count) {
        if (pace > 0) {
            f->allowed = (size_t)(mono_since_us(began) * pace / 1000000);
        }
        for (i = 0; i < count; i++) {
            size_t before = f->next[i];

            send_more(f, i, on_way[i]);
            on_way[i] += f->next[i] - before;
        }
        if (zmq_poll(items, (int)count, pace > 0 ? PACE_MS : SILENCE_MS) > 0) {
            heard = resent = mono_now();
        } else {
            silence_meet(f, heard, &resent);
        }
        for (i = 0; i < count; i++) {
            if ((items[i].revents & ZMQ_POLLIN) != 0) {
                size_t before = f->next[i];
                size_t answered = answers_take(f, i);

                on_way[i] += f->next[i] - before;
                MUST(answered <= on_way[i]);
                on_way[i] -= answered;
            }
        }
    }
    mem_free(&items);
    mem_free(&on_way);
}

/* When the services behind ingest were done; as they were, where nobody waited. */
static void
followed(const struct conf *conf, const struct flood *f, int64_t *scored,
         int64_t *alerted)
{
    if (strcmp(conf_text(conf, "until"), "acked") == 0) {
        return;
    }
    wait_open(conf);
    wait_scored(conf, f->last_entry);
    *scored = *alerted = mono_now().us;
    if (strcmp(conf_text(conf, "until"), "alerted") == 0) {
        wait_alerted(conf);
        *alerted = mono_now().us;
    }
    wait_close();
}

static void
plan_make(struct flood *f, const struct conf *conf, unsigned reporters)
{
    unsigned units = (unsigned)conf_int(conf, "units");
    size_t reports = (size_t)conf_int(conf, "reports");

    if (strcmp(conf_text(conf, "plan"), "days") == 0) {
        plan_days(&f->plan, conf_text(conf, "province"), units, reporters, reports,
                  (int)conf_int(conf, "from"), (unsigned)conf_int(conf, "skip"));
    } else {
        plan_flood(&f->plan, conf_text(conf, "province"), units, reporters, reports);
    }
    f->share = f->plan.count / reporters;
    f->next = mem_alloc(reporters * sizeof *f->next);
    f->sent_us = mem_alloc(f->plan.count * sizeof *f->sent_us);
    f->answered = mem_alloc(f->plan.count * sizeof *f->answered);
    f->window = (size_t)conf_int(conf, "window");
    f->arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&f->out, BUS_MESSAGE_MAX);
    if (f->plan.corrects) {
        f->names = mem_alloc(f->plan.keys * reporters * sizeof *f->names);
    }
}

static void
flood_free(struct flood *f)
{
    client_close(&f->client);
    plan_fini(&f->plan);
    buf_fini(&f->out);
    arena_free(&f->arena);
    mem_free(&f->next);
    mem_free(&f->sent_us);
    mem_free(&f->answered);
    mem_free(&f->names);
    mem_free(&f);
}

void
flood_run(const struct conf *conf, FILE *out)
{
    struct flood *f = mem_alloc(sizeof *f);
    unsigned reporters = (unsigned)conf_int(conf, "reporters");
    long window = conf_int(conf, "window");
    struct usage before, after;
    int64_t began, acked, scored, alerted;
    double reports;

    plan_make(f, conf, reporters);
    client_open(&f->client, conf_text(conf, "server"), conf_text(conf, "server-key"),
                conf_text(conf, "key"), reporters);
    client_greet(&f->client, conf_text(conf, "province"));

    usage_look(&before);
    began = mono_now().us;
    flood_all(f, conf_int(conf, "pace"));
    scored = alerted = acked = mono_now().us;
    followed(conf, f, &scored, &alerted);
    usage_look(&after);

    reports = (double)f->plan.count;
    (void)fprintf(
        out,
        "{\"what\":\"flood c%u w%ld\",\"reports\":%zu,\"acked_per_s\":%.0f"
        ",\"ack_p50_us\":%" PRId64 ",\"ack_p99_us\":%" PRId64
        ",\"ack_p999_us\":%" PRId64 ",\"seconds\":%.3f,\"batch\":%.1f,\"resent\":%zu",
        reporters, window, f->plan.count, reports * 1e6 / (double)(acked - began),
        stats_per_mille(&f->ack_us, 500), stats_per_mille(&f->ack_us, 990),
        stats_per_mille(&f->ack_us, 999), (double)(alerted - began) / 1e6,
        reports / (double)(f->last_entry - f->first_entry + 1), f->resent);
    if (scored > acked) {
        (void)fprintf(out, ",\"scored_per_s\":%.0f",
                      reports * 1e6 / (double)(scored - began));
    }
    if (alerted > scored) {
        (void)fprintf(out, ",\"alerted_per_s\":%.0f",
                      reports * 1e6 / (double)(alerted - began));
    }
    usage_write(&before, &after, out);
    (void)fputs("}\n", out);
    flood_free(f);
}
