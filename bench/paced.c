/*
 * At a rate, every report an alert: from the send to the receipt, and from the send to
 * the alert at a leader's client that is subscribed. Sends do not wait for answers, so
 * a slow system cannot slow down what measures it; how late the generator itself was
 * is shown. Only with --every a unit's next report waits for the receipt of the one
 * before, so that no batch holds both (an alert that opens and ends in one is told to
 * nobody); then the time of whatever had to wait counts from when it was due.
 */
#define _GNU_SOURCE /* timerfd beside POSIX */
#include "bench/bench.h"

#include <inttypes.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <zmq.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/refusal.h"
#include "lib/stats.h"

#define CREDIT 256
#define STALL_US 20000000
#define QUIET_US 3000000
#define WARM_MS 500     /* sent, but not counted */
#define TICK_US_MIN 250 /* above 4.000/s several are sent at a time */

struct paced {
    struct client units;
    struct client leader;
    struct plan plan;
    bool every; /* report must come back as an alert */
    size_t warm;
    size_t sent;
    size_t acked;
    size_t busy; /* told to come again: faster than it can take them */
    size_t alerted;
    uint64_t position; /* last one heard of */
    int64_t *sent_us;
    bool *ack_seen;
    bool *alert_seen;
    bool behind; /* what is due had to wait, and not all of it has gone out */
    struct mono heard;
    struct buf out;
    struct stats ack_us;
    int64_t slowest_us; /* acknowledgement, also of those that warm up */
    struct stats alert_us;
    struct stats late_us;
};

static void
leader_send(struct paced *p, struct leader_request *q)
{
    q->version = WIRE_VERSION;
    q->request_id = 1;
    q->province = p->plan.province;
    buf_clear(&p->out);
    leader_request_encode(q, p->leader.arena, &p->out);
    client_send(p->leader.sockets[0], buf_str(&p->out), p->out.len);
}

static void
subscribe(struct paced *p)
{
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE, .credit = CREDIT};
    struct mono began = mono_now();
    struct leader_reply r = {0};

    leader_send(p, &q);
    while (r.kind != LEADER_REPLY_BACKLOG_END) {
        zmq_pollitem_t item = {.socket = p->leader.sockets[0], .events = ZMQ_POLLIN};

        (void)zmq_poll(&item, 1, 100);
        if (client_leader_reply(&p->leader, 0, &r) && r.kind == LEADER_REPLY_REFUSAL) {
            FAIL("the leader is refused: %s", r.refusal.message_en);
        }
        if (mono_since_us(began) > STALL_US) {
            FAIL("the notifier does not answer");
        }
    }
}

static void
alert_take(struct paced *p, const struct wire_alert *alert)
{
    size_t k = plan_paced_find(&p->plan, alert->unit, alert->window);

    if (k >= p->sent || p->alert_seen[k]) {
        FAIL("alert %s %s of %s, window %s, answers no report or one for the second "
             "time",
             alert->id, alert->reason, alert->unit, alert->window);
    }
    p->alert_seen[k] = true;
    p->alerted++;
    p->position = alert->position;
    if (k >= p->warm) {
        stats_add(&p->alert_us, mono_now().us - p->sent_us[k]);
    }
}

/* All that is there, then one Received for it: as `dondoc watch` does. */
static void
alerts_take(struct paced *p)
{
    uint64_t before = p->position;
    struct leader_reply r;

    while (client_leader_reply(&p->leader, 0, &r)) {
        if (r.kind == LEADER_REPLY_REFUSAL) {
            FAIL("the leader is refused: %s", r.refusal.message_en);
        }
        if (r.kind == LEADER_REPLY_ALERT) {
            alert_take(p, &r.alert);
        }
    }
    if (p->position != before) {
        struct leader_request q = {.kind = LEADER_REQUEST_RECEIVED,
                                   .received = p->position};

        p->heard = mono_now();
        leader_send(p, &q);
    }
}

static void
receipts_take(struct paced *p, size_t reporter)
{
    struct unit_reply r;
    uint64_t entry;

    while (client_reply(&p->units, reporter, &r)) {
        size_t k;

        p->heard = mono_now();
        if (!p->every && r.kind == UNIT_REPLY_REFUSAL &&
            strcmp(r.refusal.code, refusal_name(REFUSAL_BUSY)) == 0) {
            p->busy++;
            continue;
        }
        k = (size_t)client_accepted(&r, false, false, &entry) - 1;
        MUST(k < p->sent);
        p->acked++;
        p->ack_seen[k] = true;
        if (p->heard.us - p->sent_us[k] > p->slowest_us) {
            p->slowest_us = p->heard.us - p->sent_us[k];
        }
        if (k >= p->warm) {
            stats_add(&p->ack_us, p->heard.us - p->sent_us[k]);
        }
    }
}

/* The same unit's report before the next one has no receipt yet. */
static bool
unit_waits(const struct paced *p)
{
    return p->every && p->sent >= p->plan.units &&
           !p->ack_seen[p->sent - p->plan.units];
}

/* Everything whose time has come. */
static void
due_send(struct paced *p, int64_t began_us, int64_t step_us)
{
    int64_t now = mono_now().us;

    MUST(p->units.count > 0);
    while (p->sent < p->plan.count && began_us + (int64_t)p->sent * step_us <= now) {
        size_t k = p->sent;
        int64_t due_us = began_us + (int64_t)k * step_us;
        size_t bytes;
        const void *request;

        if (unit_waits(p)) {
            p->behind = true;
            return;
        }
        request = plan_request(&p->plan, k, &bytes);
        p->sent++;
        p->sent_us[k] = p->behind ? due_us : mono_now().us;
        if (k >= p->warm && !p->behind) {
            stats_add(&p->late_us, p->sent_us[k] - due_us);
        }
        client_send(p->units.sockets[k % p->units.count], request, bytes);
    }
    p->behind = false;
}

static void
timer_start(int fd, int64_t step_us)
{
    struct itimerspec spec = {.it_interval = {0, (long)step_us * 1000},
                              .it_value = {0, (long)step_us * 1000}};

    MUST(fd >= 0 && timerfd_settime(fd, 0, &spec, NULL) == 0);
}

static void
paced_all(struct paced *p, int64_t step_us)
{
    size_t units = p->units.count;
    zmq_pollitem_t *items = mem_alloc((units + 2) * sizeof *items);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    int64_t began_us = mono_now().us;
    int64_t tick_us = step_us < TICK_US_MIN ? TICK_US_MIN : step_us;
    size_t i;

    for (i = 0; i < units; i++) {
        items[i] =
            (zmq_pollitem_t){.socket = p->units.sockets[i], .events = ZMQ_POLLIN};
    }
    items[units] =
        (zmq_pollitem_t){.socket = p->leader.sockets[0], .events = ZMQ_POLLIN};
    items[units + 1] = (zmq_pollitem_t){.fd = timer, .events = ZMQ_POLLIN};
    timer_start(timer, tick_us);
    p->heard = mono_now();
    while (p->alerted < p->plan.count || p->acked + p->busy < p->plan.count) {
        uint64_t rings;

        (void)zmq_poll(items, (int)units + 2, 1000); /* signals: look again */
        if ((items[units + 1].revents & ZMQ_POLLIN) != 0 &&
            read(timer, &rings, sizeof rings) > 0) {
            due_send(p, began_us, step_us);
        }
        if ((items[units].revents & ZMQ_POLLIN) != 0) {
            alerts_take(p);
        }
        for (i = 0; i < units; i++) {
            if ((items[i].revents & ZMQ_POLLIN) != 0) {
                receipts_take(p, i);
            }
        }
        if (!p->every && p->acked + p->busy == p->plan.count &&
            mono_since_us(p->heard) > QUIET_US) {
            break; /* opened and resolved within one batch: nobody is told */
        }
        if (mono_since_us(p->heard) > STALL_US) {
            FAIL("%zu sent, %zu acknowledged, the slowest after %" PRId64
                 " ms, %zu alerts, then silence",
                 p->sent, p->acked, p->slowest_us / 1000, p->alerted);
        }
    }
    (void)close(timer);
    mem_free(&items);
}

void
paced_run(const struct conf *conf, FILE *out)
{
    struct paced *p = mem_alloc(sizeof *p);
    long rate = conf_int(conf, "rate");
    size_t reports = (size_t)conf_int(conf, "reports");
    struct usage before, after;

    plan_paced(&p->plan, conf_text(conf, "province"), (unsigned)conf_int(conf, "units"),
               reports);
    p->every = conf_int(conf, "every") != 0;
    p->warm = (size_t)(rate * WARM_MS / 1000);
    p->sent_us = mem_alloc(reports * sizeof *p->sent_us);
    p->ack_seen = mem_alloc(reports * sizeof *p->ack_seen);
    p->alert_seen = mem_alloc(reports * sizeof *p->alert_seen);
    buf_init(&p->out, BUS_MESSAGE_MAX);
    client_open(&p->units, conf_text(conf, "server"), conf_text(conf, "server-key"),
                conf_text(conf, "key"), (size_t)conf_int(conf, "reporters"));
    client_open(&p->leader, conf_text(conf, "leaders"), conf_text(conf, "server-key"),
                conf_text(conf, "leader-key"), 1);
    client_greet(&p->units, p->plan.province);
    subscribe(p);

    usage_look(&before);
    paced_all(p, 1000000 / rate);
    usage_look(&after);

    (void)fprintf(out,
                  "{\"what\":\"paced %ld/s c%zu\",\"reports\":%zu,\"busy\":%zu,"
                  "\"alerts\":%zu,"
                  "\"ack_p50_us\":%" PRId64 ",\"ack_p99_us\":%" PRId64
                  ",\"alert_p50_us\":%" PRId64 ",\"alert_p99_us\":%" PRId64
                  ",\"alert_max_us\":%" PRId64 ",\"late_p99_us\":%" PRId64,
                  rate, p->units.count, reports, p->busy, p->alerted,
                  stats_per_mille(&p->ack_us, 500), stats_per_mille(&p->ack_us, 990),
                  stats_per_mille(&p->alert_us, 500),
                  stats_per_mille(&p->alert_us, 990), p->alert_us.max_us,
                  stats_per_mille(&p->late_us, 990));
    usage_write(&before, &after, out);
    (void)fputs("}\n", out);
    client_close(&p->units);
    client_close(&p->leader);
    plan_fini(&p->plan);
    buf_fini(&p->out);
    mem_free(&p->sent_us);
    mem_free(&p->ack_seen);
    mem_free(&p->alert_seen);
    mem_free(&p);
}
