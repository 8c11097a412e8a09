/* The loop of dondoc-ingest: wait, take what came, form batches, collect answers. */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/ops.h"
#include "lib/service.h"
#include "lib/version.h"

#define RECEIVE_MAX 512 /* messages taken between two looks at Redis */
/* Of one door: a push of a hundred reports costs; but so many in any case, since every
 * connection gets its turn and the clock also runs while we do not. */
#define RECEIVE_BUDGET_US 5000
#define RECEIVE_LEAST 64
#define SWEEP_MS 250  /* ticks, reconnects, what waited too long */
#define ITEMS_FIXED 5 /* sockets and signals; then the provinces */

int ingest_run(struct service *s);

struct loop {
    struct service *service;
    struct ingest in;
    struct ops *ops;
    struct redis *ops_redis; /* a connection of its own: display never waits for work */
    struct bus_poll_item *items;
    size_t item_count;
};

/* ---- start and end ---- */

static void
bind_or_die(struct loop *l, const char *setting, const char *domain, bool pub,
            struct bus_socket **out)
{
    struct bus *bus = service_bus(l->service);
    const struct bus_keys *keys = service_keys(l->service);
    const char *endpoint = conf_text(service_conf(l->service), setting);
    enum status st = pub ? bus_bind_pub(bus, endpoint, domain, keys, out)
                         : bus_bind_router(bus, endpoint, domain, keys, out);

    if (st != ST_OK) {
        diag_fatal(EXIT_UNAVAILABLE, "bind",
                   "setting=%s endpoint=%s why=\"%s\" remedy=\"is another instance "
                   "running? else choose another endpoint\"",
                   setting, endpoint, bus_error(bus));
    }
}

/* A receipt given under the key before proves what it did, as long as that is set. */
static void
seal_keys_derive(struct ingest *in)
{
    struct bus_keys old;

    seal_key_derive(service_keys(in->service)->secret_key, &in->seal_key);
    in->seal_key_old = in->seal_key;
    switch (service_old_keys(in->service, &old)) {
    case ST_OK:
        seal_key_derive(old.secret_key, &in->seal_key_old);
        crypto_wipe(&old, sizeof old);
        break;
    case ST_GONE:
        break;
    default:
        diag_fatal(EXIT_CONFIG, "no_old_key",
                   "setting=old-key-file remedy=\"mend it, or leave it out\"");
    }
}

static void
loop_init(struct loop *l, struct service *s)
{
    struct ingest *in = &l->in;
    size_t i;

    memset(l, 0, sizeof *l);
    l->service = s;
    in->service = s;
    seal_keys_derive(in);
    in->simulated = conf_switch(service_conf(s), "simulated");
    in->redis_timeout_ms = conf_int(service_conf(s), "redis-timeout-ms");
    in->bus = service_bus(s);
    in->scratch = arena_new(WIRE_ARENA_BYTES);
    in->ack_us = mem_alloc(sizeof *in->ack_us);
    buf_init(&in->out, BUS_MESSAGE_MAX * 4);
    in->province_count = service_province_count(s);
    in->provinces = mem_alloc(in->province_count * sizeof *in->provinces);
    for (i = 0; i < in->province_count; i++) {
        province_init(&in->provinces[i], in, service_province(s, i),
                      service_redis_new(s));
    }
    l->ops = ops_new("ingest", service_instance(s), DONDOC_VERSION);
    l->ops_redis = service_redis_new(s);
    bind_or_die(l, "listen", "units", false, &in->units);
    bind_or_die(l, "listen-ops", "ops", false, &in->ops);
    bind_or_die(l, "listen-hints", "services", true, &in->hints);
    service_old_router(s, "old-listen", "units", &in->units_old);
    service_old_router(s, "old-listen-ops", "ops", &in->ops_old);
    l->item_count = ITEMS_FIXED + in->province_count;
    l->items = mem_alloc(l->item_count * sizeof *l->items);
}

static void
loop_fini(struct loop *l)
{
    struct ingest *in = &l->in;
    size_t i;

    for (i = 0; i < in->province_count; i++) {
        province_fini(&in->provinces[i]);
    }
    mem_free(&in->provinces);
    for (i = 0; i < UPLOAD_MAX; i++) {
        buf_fini(&in->uploads[i].data);
    }
    bus_close(&in->units);
    bus_close(&in->ops);
    bus_close(&in->units_old);
    bus_close(&in->ops_old);
    bus_close(&in->hints);
    while (in->spare_count > 0) {
        arena_free(&in->spare[--in->spare_count]);
    }
    mem_free(&in->spare);
    mem_free(&in->ack_us);
    buf_fini(&in->out);
    arena_free(&in->scratch);
    ops_free(&l->ops);
    redis_free(&l->ops_redis);
    mem_free(&l->items);
}

/* ---- what operators see ---- */

static void
ops_show(struct loop *l)
{
    const struct ingest_counters *c = &l->in.counters;
    int64_t waiting = 0;
    int64_t ready = 1;
    int64_t stopped = 0;
    const char *why = "";
    size_t i;

    if (!ops_due(l->ops, l->ops_redis)) {
        return;
    }
    for (i = 0; i < l->in.province_count; i++) {
        const struct province *p = &l->in.provinces[i];

        waiting += (int64_t)(p->queue.count + p->batch_count);
        ready &= p->state == PROVINCE_READY;
        stopped += p->broken;
        why = p->state != PROVINCE_READY ? p->why : why;
    }
    ops_why(l->ops, why);
    if (l->in.last_error[0] != '\0') {
        ops_error(l->ops, l->in.last_error);
        l->in.last_error[0] = '\0';
    }
    {
        const struct ops_value values[] = {
            {"ready", ready, true},
            {"stopped", stopped, true},
            {"waiting", waiting, true},
            {"simulated", l->in.simulated, false},
            {"accepted", (int64_t)c->accepted, true},
            {"replaced", (int64_t)c->replaced, false},
            {"duplicate", (int64_t)c->duplicate, false},
            {"superseded", (int64_t)c->superseded, false},
            {"rejected", (int64_t)c->rejected, true},
            {"retry_later", (int64_t)c->retry_later, true},
            {"batches", (int64_t)c->batches, false},
            {"ticks", (int64_t)c->ticks, false},
            {"acts", (int64_t)c->acts, false},
            {"programmes", (int64_t)c->programmes, false},
            {"denied", (int64_t)c->denied, true},
            {"malformed", (int64_t)c->malformed, true},
            {"unknown_fields", (int64_t)c->unknown_fields, false},
            {"re_offer_asked", (int64_t)c->re_offer_asked, true},
            {"re_offered", (int64_t)c->re_offered, true},
            {"held_ignored", (int64_t)c->held_ignored, false},
            {"unsent", (int64_t)c->unsent, true},
            {"dropped", (int64_t)bus_dropped(l->in.bus), true},
            {"refused_handshakes", (int64_t)bus_refused(l->in.bus), true},
            {"ack_p50_us", stats_per_mille(l->in.ack_us, 500), false},
            {"ack_p99_us", stats_per_mille(l->in.ack_us, 990), true},
        };

        if (ops_write(l->ops, l->ops_redis, values, sizeof values / sizeof *values) ==
            ST_AGAIN) {
            redis_close(l->ops_redis);
        }
    }
}

/* ---- one turn ---- */

static bool
take_messages(struct loop *l, const struct bus_poll_item *item)
{
    struct bus_socket *socket = item->socket;
    struct mono began;
    struct bus_message m;
    int i;

    if (!item->readable) {
        return false;
    }
    began = mono_now();
    for (i = 0; i < RECEIVE_MAX &&
                (i < RECEIVE_LEAST || mono_since_us(began) < RECEIVE_BUDGET_US);
         i++) {
        if (bus_receive(socket, &m) != ST_OK) {
            return false;
        }
        ingest_request(&l->in, socket, &m);
        bus_message_close(&m);
    }
    return true; /* there may be more */
}

static bool
provinces_turn(struct loop *l)
{
    bool busy = false;
    size_t i;

    for (i = 0; i < l->in.province_count; i++) {
        struct province *p = &l->in.provinces[i];

        batch_collect(p);
        if (province_work(p)) {
            if (!p->in_flight) {
                ticks_append(p);
            }
            batch_run(p);
        } else {
            batch_give_up(p);
        }
        /* Something decided at once may leave the next batch ready to form. */
        busy |= p->state == PROVINCE_READY && !p->in_flight &&
                (p->queue.first != NULL || p->chores != NULL);
        busy |= p->state == PROVINCE_CHECKING;
    }
    return busy;
}

static void
provinces_resume(struct loop *l)
{
    size_t i;

    for (i = 0; i < l->in.province_count; i++) {
        province_resume(&l->in.provinces[i]);
    }
}

static void
poll_items(struct loop *l)
{
    size_t i;

    l->items[0] = (struct bus_poll_item){.socket = l->in.units};
    l->items[1] = (struct bus_poll_item){.socket = l->in.ops};
    l->items[2] = (struct bus_poll_item){.fd = service_wake_fd(l->service)};
    l->items[3] = (struct bus_poll_item){.socket = l->in.units_old, .fd = -1};
    l->items[4] = (struct bus_poll_item){.socket = l->in.ops_old, .fd = -1};
    for (i = 0; i < l->in.province_count; i++) {
        struct province *p = &l->in.provinces[i];
        int fd = p->in_flight ? redis_fd(p->redis) : -1;

        /* A descriptor is looked at only while an answer is awaited on it. */
        l->items[ITEMS_FIXED + i] =
            (struct bus_poll_item){.fd = fd >= 0 ? fd : service_wake_fd(l->service),
                                   .want_write = fd >= 0 && p->want_write};
    }
}

static int
wait_ms(const struct loop *l, bool busy)
{
    int ops = ops_wait_ms(l->ops);

    if (busy) {
        return 0;
    }
    return ops > 0 && ops < SWEEP_MS ? ops : SWEEP_MS;
}

static bool
provinces_drained(const struct loop *l)
{
    size_t i;

    for (i = 0; i < l->in.province_count; i++) {
        if (l->in.provinces[i].in_flight) {
            return false;
        }
    }
    return true;
}

/* After the signal: what is in flight gets its receipt, nothing new is taken. */
static void
drain(struct loop *l)
{
    struct mono began = mono_now();

    while (!provinces_drained(l) &&
           mono_since_us(began) < l->in.redis_timeout_ms * 1000) {
        size_t i;

        poll_items(l);
        if (bus_poll(l->in.bus, l->items, l->item_count, 50) != ST_OK) {
            return;
        }
        for (i = 0; i < l->in.province_count; i++) {
            batch_collect(&l->in.provinces[i]);
        }
    }
}

int
ingest_run(struct service *s)
{
    struct loop l;
    bool busy = true;

    loop_init(&l, s);
    (void)provinces_turn(&l);
    service_ready(s, "units=%s ops=%s hints=%s", bus_endpoint(l.in.units),
                  bus_endpoint(l.in.ops), bus_endpoint(l.in.hints));
    while (!service_stopping(s)) {
        poll_items(&l);
        if (bus_poll(l.in.bus, l.items, l.item_count, wait_ms(&l, busy)) != ST_OK) {
            diag_fatal(EXIT_BUG, "poll", "why=\"%s\"", bus_error(l.in.bus));
        }
        if (service_reload_wanted(s)) {
            service_reload(s);
            provinces_resume(&l);
        }
        busy = take_messages(&l, &l.items[0]);
        busy |= take_messages(&l, &l.items[1]);
        busy |= take_messages(&l, &l.items[3]);
        busy |= take_messages(&l, &l.items[4]);
        busy |= provinces_turn(&l);
        ops_show(&l);
    }
    drain(&l);
    loop_fini(&l);
    return EXIT_DONE;
}
