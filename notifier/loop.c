/* The loop of dondoc-notifier: a hint, a sweep or a leader; follow, commit, send. */
#include "notifier/notifier.h"

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/sealed.h"
#include "lib/version.h"
#include "notifier/render.h"
#include "notifier/share.h"

#define RECEIVE_MAX 256 /* messages taken between two looks at the journal */

int notifier_run(struct service *s);

/* ---- start and end ---- */

static void
sockets_open(struct notifier *n)
{
    const struct conf *conf = service_conf(n->service);
    const struct bus_keys *keys = service_keys(n->service);
    const char *from = conf_text(conf, "hints-from");
    const char *from_key = conf_text(conf, "hints-from-key");

    if (bus_bind_router(n->bus, conf_text(conf, "listen"), "leaders", keys,
                        &n->leaders) != ST_OK) {
        diag_fatal(EXIT_UNAVAILABLE, "bind",
                   "setting=listen endpoint=%s why=\"%s\" remedy=\"is another instance "
                   "running? else choose another endpoint\"",
                   conf_text(conf, "listen"), bus_error(n->bus));
    }
    service_old_router(n->service, "old-listen", "leaders", &n->leaders_old);
    if (from[0] == '\0' || from_key[0] == '\0') {
        diag_info("no_hints", "effect=\"alerts wait for the sweep\" sweep_ms=%d",
                  n->sweep_ms);
    } else if (bus_connect_sub(n->bus, from, from_key, keys, &n->hints) != ST_OK) {
        diag_fatal(EXIT_CONFIG, "connect", "setting=hints-from endpoint=%s why=\"%s\"",
                   from, bus_error(n->bus));
    }
}

static void
notifier_init(struct notifier *n, struct service *s)
{
    uint64_t seed;
    size_t i;

    memset(n, 0, sizeof *n);
    n->service = s;
    n->bus = service_bus(s);
    crypto_random(&seed, sizeof seed);
    n->shares = shares_new(seed);
    n->simulated = conf_switch(service_conf(s), "simulated");
    n->sweep_ms = (int)conf_int(service_conf(s), "sweep-ms");
    n->arena = arena_new(WIRE_ARENA_BYTES);
    n->words = arena_new(RENDER_ARENA_BYTES);
    n->table = arena_new(TABLE_ARENA_BYTES);
    buf_init(&n->out, BUS_MESSAGE_MAX * 2);
    n->seal = conf_switch(service_conf(s), "seal");
    buf_init(&n->plain, BUS_MESSAGE_MAX * 2);
    buf_init(&n->box, BUS_MESSAGE_MAX * 2 + SEALED_MORE_BYTES);
    n->alert_us = mem_alloc(sizeof *n->alert_us);
    n->hints_held = mem_alloc(HINTS_A_TURN * sizeof *n->hints_held);
    n->province_count = service_province_count(s);
    n->provinces = mem_alloc(n->province_count * sizeof *n->provinces);
    for (i = 0; i < n->province_count; i++) {
        province_init(&n->provinces[i], n, service_province(s, i));
    }
    n->ops = ops_new("notifier", service_instance(s), DONDOC_VERSION);
    n->ops_redis = service_redis_new(s);
    sockets_open(n);
}

static void
notifier_fini(struct notifier *n)
{
    size_t i;

    while (n->session_count > 0) {
        session_forget(n, n->sessions[0]);
    }
    mem_free(&n->sessions);
    for (i = 0; i < n->province_count; i++) {
        province_fini(&n->provinces[i]);
    }
    mem_free(&n->provinces);
    bus_close(&n->leaders);
    bus_close(&n->leaders_old);
    bus_close(&n->hints);
    arena_free(&n->arena);
    arena_free(&n->words);
    arena_free(&n->table);
    buf_fini(&n->out);
    buf_fini(&n->plain);
    buf_fini(&n->box);
    mem_free(&n->alert_us);
    mem_free(&n->hints_held);
    shares_free(&n->shares);
    ops_free(&n->ops);
    redis_free(&n->ops_redis);
}

/* ---- what operators see ---- */

/* Who stands by for an instance of the same name must not keep its heartbeat alive. */
static bool
heartbeat_is_others(const struct notifier *n)
{
    bool others = false;
    size_t i;

    for (i = 0; i < n->province_count; i++) {
        const struct province *p = &n->provinces[i];

        if (p->state == PROVINCE_READY) {
            return false;
        }
        others |= p->state == PROVINCE_STANDBY &&
                  strcmp(p->owner, service_instance(n->service)) == 0;
    }
    return others;
}

static void
ops_show(struct notifier *n)
{
    const struct notifier_counters *c = &n->counters;
    int64_t ready = 1;
    int64_t stopped = 0;
    const char *why = "";
    size_t i;

    if (heartbeat_is_others(n) || !ops_due(n->ops, n->ops_redis)) {
        return;
    }
    for (i = 0; i < n->province_count; i++) {
        const struct province *p = &n->provinces[i];

        ready &= p->state == PROVINCE_READY && !p->stopped;
        stopped += p->stopped;
        why = p->stopped ? p->why : why;
    }
    ops_why(n->ops, why);
    if (n->last_error[0] != '\0') {
        ops_error(n->ops, n->last_error);
        n->last_error[0] = '\0';
    }
    {
        const struct ops_value values[] = {
            {"ready", ready, true},
            {"stopped", stopped, true},
            {"sessions", (int64_t)n->session_count, true},
            {"entries", (int64_t)c->entries, false},
            {"events", (int64_t)c->events, true},
            {"routed", (int64_t)c->routed, false},
            {"parked", (int64_t)c->parked, true},
            {"commits", (int64_t)c->commits, false},
            {"sent", (int64_t)c->sent, true},
            {"received", (int64_t)c->received, true},
            {"acknowledged", (int64_t)c->acknowledged, false},
            {"refused", (int64_t)c->refused, false},
            {"cursor_beyond", (int64_t)c->beyond, true},
            {"busy", (int64_t)c->busy, true},
            {"malformed", (int64_t)c->malformed, true},
            {"unknown_fields", (int64_t)c->unknown_fields, false},
            {"dropped", (int64_t)bus_dropped(n->bus), true},
            {"refused_handshakes", (int64_t)bus_refused(n->bus), true},
            {"alert_p50_us", stats_per_mille(n->alert_us, 500), false},
            {"alert_p99_us", stats_per_mille(n->alert_us, 990), true},
        };

        if (ops_write(n->ops, n->ops_redis, values, sizeof values / sizeof *values) ==
            ST_AGAIN) {
            redis_close(n->ops_redis);
        }
    }
}

/* ---- one turn ---- */

static bool
messages_take(struct notifier *n, const struct bus_poll_item *item)
{
    struct mono began;
    struct bus_message m;
    int i;

    if (!item->readable) {
        return false;
    }
    began = mono_now();
    for (i = 0; i < RECEIVE_MAX && mono_since_us(began) < TAKE_US; i++) {
        if (bus_receive(item->socket, &m) != ST_OK) {
            return false;
        }
        leader_request_take(n, &m);
        bus_message_close(&m);
    }
    return true; /* there may be more */
}

/* Their entries are in hand until hints_done. True: there may be more. */
static bool
hints_take(struct notifier *n)
{
    struct hint h;
    size_t i;

    while (n->hints_held_count < HINTS_A_TURN) {
        struct bus_message *m = &n->hints_held[n->hints_held_count];
        enum status st;

        if (bus_receive(n->hints, m) != ST_OK) {
            return false;
        }
        n->hints_held_count++;
        st = hint_read(m->body, m->body_bytes, &h);
        for (i = 0; i < n->province_count; i++) {
            struct province *p = &n->provinces[i];

            if (st != ST_OK) {
                p->look = true;
            } else if (strcmp(p->slug, h.province) == 0) {
                inbox_hinted(p, &h);
            }
        }
    }
    return true;
}

static void
hints_done(struct notifier *n)
{
    size_t i;

    for (i = 0; i < n->province_count; i++) {
        inbox_hints_done(&n->provinces[i]);
    }
    while (n->hints_held_count > 0) {
        bus_message_close(&n->hints_held[--n->hints_held_count]);
    }
}

static bool
province_turn(struct province *p)
{
    bool more = false;

    if (!province_work(p)) {
        return false;
    }
    inbox_hints_follow(p);
    if (p->state == PROVINCE_READY &&
        (p->look || mono_since_us(p->swept) >= (int64_t)p->notifier->sweep_ms * 1000)) {
        p->swept = mono_now();
        more = inbox_follow(p);
    }
    inbox_cursors(p, false);
    if (p->state == PROVINCE_READY) {
        more |= sessions_send(p);
    }
    return more;
}

static bool
turn(struct notifier *n)
{
    bool more = false;
    size_t i;

    for (i = 0; i < n->province_count; i++) {
        more |= province_turn(&n->provinces[i]);
    }
    return more;
}

static int
wait_ms(const struct notifier *n, bool more)
{
    int ops = ops_wait_ms(n->ops);
    int ms = n->sweep_ms;
    size_t i;

    if (more) {
        return 0;
    }
    for (i = 0; i < n->session_count; i++) {
        int64_t us = n->sessions[i]->blocked_until.us - mono_now().us;

        if (us > 0 && us / 1000 < ms) {
            ms = (int)(us / 1000) + 1;
        }
    }
    for (i = 0; i < n->province_count; i++) {
        const struct province *p = &n->provinces[i];
        int64_t us = p->state == PROVINCE_READY
                         ? n->sweep_ms * (int64_t)1000 - mono_since_us(p->swept)
                         : p->retry_at.us - mono_now().us;

        int64_t cursors_us = inbox_cursors_wait_us(p);

        us = cursors_us < us ? cursors_us : us;
        if ((us > 0 || p->state == PROVINCE_READY) && us / 1000 < ms) {
            ms = us > 0 ? (int)(us / 1000) + 1 : 0;
        }
    }
    return ops > 0 && ops < ms ? ops : ms;
}

int
notifier_run(struct service *s)
{
    struct notifier n;
    bool more;
    size_t i;

    notifier_init(&n, s);
    more = turn(&n);
    service_ready(s, "leaders=%s", bus_endpoint(n.leaders));
    while (!service_stopping(s)) {
        struct bus_poll_item items[4] = {{.socket = n.leaders},
                                         {.fd = service_wake_fd(s)},
                                         {.socket = n.hints, .fd = -1},
                                         {.socket = n.leaders_old, .fd = -1}};

        if (bus_poll(n.bus, items, 4, wait_ms(&n, more)) != ST_OK) {
            diag_fatal(EXIT_BUG, "poll", "why=\"%s\"", bus_error(n.bus));
        }
        if (service_reload_wanted(s)) {
            service_reload(s);
            for (i = 0; i < n.province_count; i++) {
                inbox_resume(&n.provinces[i]);
            }
        }
        if (service_keys_changed(s)) {
            sessions_check_keys(&n);
        }
        more = n.hints != NULL && items[2].readable && hints_take(&n);
        more |= messages_take(&n, &items[0]);
        more |= messages_take(&n, &items[3]);
        more |= turn(&n);
        hints_done(&n);
        sessions_beat(&n);
        ops_show(&n);
    }
    for (i = 0; i < n.province_count; i++) {
        inbox_cursors(&n.provinces[i], true);
    }
    notifier_fini(&n);
    return EXIT_DONE;
}
