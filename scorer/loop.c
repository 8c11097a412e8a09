/* The loop of dondoc-scorer: a hint or a sweep, read, apply, commit. */
#include "scorer/scorer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/hint.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/ops.h"
#include "lib/service.h"
#include "lib/version.h"

#define HINTS_A_TURN 64u
#define ITEMS_FIXED 2u /* signals, hints */

int scorer_run(struct service *s);

struct loop {
    struct service *service;
    struct scorer scorer;
    struct ops *ops;
    struct redis *ops_redis;
    int sweep_ms;
    struct bus_poll_item *items; /* ITEMS_FIXED, and one for each province */
};

static void
loop_init(struct loop *l, struct service *s)
{
    struct scorer *sc = &l->scorer;
    const struct conf *conf = service_conf(s);
    struct bus *bus = service_bus(s);
    size_t i;

    memset(l, 0, sizeof *l);
    l->service = s;
    l->sweep_ms = (int)conf_int(conf, "sweep-ms");
    sc->instance = service_instance(s);
    sc->simulated = conf_switch(conf, "simulated");
    sc->redis_timeout_ms = conf_int(conf, "redis-timeout-ms");
    sc->arena = arena_new(4 * WIRE_ARENA_BYTES);
    sc->event_arena = arena_new(64 * WIRE_ARENA_BYTES);
    buf_init(&sc->line, 4096);
    buf_init(&sc->body, JOURNAL_PROGRAMME_MAX + BUS_MESSAGE_MAX);
    sc->state_count = service_province_count(s);
    sc->states = mem_alloc(sc->state_count * sizeof *sc->states);
    l->items = mem_alloc((ITEMS_FIXED + sc->state_count) * sizeof *l->items);
    for (i = 0; i < sc->state_count; i++) {
        state_init(&sc->states[i], sc, service_province(s, i), service_redis_new(s));
    }
    l->ops = ops_new("scorer", service_instance(s), DONDOC_VERSION);
    l->ops_redis = service_redis_new(s);
    if (bus_bind_pub(bus, conf_text(conf, "listen-hints"), "services", service_keys(s),
                     &sc->hints_out) != ST_OK) {
        diag_fatal(EXIT_UNAVAILABLE, "bind",
                   "setting=listen-hints why=\"%s\" remedy=\"is another instance "
                   "running? else choose another endpoint\"",
                   bus_error(bus));
    }
    if (conf_text(conf, "hints-from")[0] != '\0' &&
        conf_text(conf, "hints-from-key")[0] != '\0' &&
        bus_connect_sub(bus, conf_text(conf, "hints-from"),
                        conf_text(conf, "hints-from-key"), service_keys(s),
                        &sc->hints_in) != ST_OK) {
        diag_fatal(EXIT_CONFIG, "connect", "setting=hints-from why=\"%s\"",
                   bus_error(bus));
    }
}

static void
loop_fini(struct loop *l)
{
    struct scorer *sc = &l->scorer;
    size_t i;

    for (i = 0; i < sc->state_count; i++) {
        state_fini(&sc->states[i]);
    }
    mem_free(&sc->states);
    mem_free(&l->items);
    bus_close(&sc->hints_out);
    bus_close(&sc->hints_in);
    arena_free(&sc->arena);
    arena_free(&sc->event_arena);
    buf_fini(&sc->line);
    buf_fini(&sc->body);
    ops_free(&l->ops);
    redis_free(&l->ops_redis);
}

/* True: there may be more. */
static bool
hints_take(struct scorer *sc)
{
    struct bus_message m;
    struct hint h;
    size_t count;
    size_t i;

    for (count = 0; count < HINTS_A_TURN; count++) {
        enum status st;

        if (bus_receive(sc->hints_in, &m) != ST_OK) {
            return false;
        }
        FAULT("scorer.hinted");
        st = hint_read(m.body, m.body_bytes, &h);
        for (i = 0; i < sc->state_count; i++) {
            struct state *s = &sc->states[i];

            if (st != ST_OK) {
                s->look = true;
            } else if (strcmp(s->slug, h.province) == 0) {
                state_hinted(s, &h);
            }
        }
        bus_message_close(&m);
    }
    return true;
}

/* Who stands by for an instance of the same name must not keep its heartbeat alive. */
static bool
heartbeat_is_others(const struct loop *l)
{
    size_t i;

    for (i = 0; i < l->scorer.state_count; i++) {
        const struct state *s = &l->scorer.states[i];

        if (!s->fenced || strcmp(s->owner, l->scorer.instance) != 0) {
            return false;
        }
    }
    return true;
}

static void
ops_show(struct loop *l)
{
    const struct scorer_counters *c = &l->scorer.counters;
    const char *why = "";
    int64_t ready = 1;
    int64_t stopped = 0;
    size_t i;

    if (heartbeat_is_others(l) || !ops_due(l->ops, l->ops_redis)) {
        return;
    }
    for (i = 0; i < l->scorer.state_count; i++) {
        const struct state *s = &l->scorer.states[i];

        ready &= s->ready;
        stopped += s->stopped;
        why = s->stopped ? s->why : why;
    }
    ops_why(l->ops, why);
    if (l->scorer.last_error[0] != '\0') {
        ops_error(l->ops, l->scorer.last_error);
        l->scorer.last_error[0] = '\0';
    }
    {
        const struct ops_value values[] = {
            {"ready", ready, true},
            {"stopped", stopped, true},
            {"entries", (int64_t)c->entries, false},
            {"reports", (int64_t)c->reports, true},
            {"commits", (int64_t)c->commits, false},
            {"alerts", (int64_t)c->alerts, true},
            {"parked", (int64_t)c->parked, true},
            {"ticks", (int64_t)c->ticks, false},
            {"acts", (int64_t)c->acts, false},
        };

        if (ops_write(l->ops, l->ops_redis, values, sizeof values / sizeof *values) ==
            ST_AGAIN) {
            redis_close(l->ops_redis);
        }
    }
}

/* Nothing stays behind that has only waited for more. */
static void
commit_all(struct loop *l)
{
    size_t i;

    for (i = 0; i < l->scorer.state_count; i++) {
        if (l->scorer.states[i].ready) {
            (void)state_commit(&l->scorer.states[i]); /* lost: as after a kill */
        }
    }
    for (i = 0; i < l->scorer.state_count; i++) {
        if (l->scorer.states[i].ready) {
            (void)state_land(&l->scorer.states[i]);
        }
    }
}

/* Until the next sweep or commit, or what is shown to operators is due. */
static int
wait_ms(const struct loop *l)
{
    int ops = ops_wait_ms(l->ops);
    int64_t ms = l->sweep_ms;
    size_t i;

    for (i = 0; i < l->scorer.state_count; i++) {
        const struct state *s = &l->scorer.states[i];
        int64_t left = l->sweep_ms - mono_since_us(s->swept) / 1000;
        int64_t commit_us = state_wait_us(s);
        int64_t patience_us = commit_patience_us(s);

        commit_us = patience_us < commit_us ? patience_us : commit_us;

        if (s->ready && left < ms) {
            ms = left > 0 ? left : 0;
        }
        if (commit_us / 1000 < ms) {
            ms = (commit_us + 999) / 1000;
        }
    }
    return ops > 0 && ops < ms ? ops : (int)ms;
}

/* Returns how many there are. */
static size_t
poll_items(struct loop *l)
{
    int wake = service_wake_fd(l->service);
    size_t count = ITEMS_FIXED;
    size_t i;

    l->items[0] = (struct bus_poll_item){.fd = wake};
    l->items[1] = (struct bus_poll_item){.socket = l->scorer.hints_in, .fd = wake};
    for (i = 0; i < l->scorer.state_count; i++) {
        const struct state *s = &l->scorer.states[i];

        /* Redis is listened to only while a commit is to be answered. */
        if (s->ready && s->follow.sent.waiting) {
            l->items[count++] = (struct bus_poll_item){.fd = redis_fd(s->redis),
                                                       .want_write = s->want_write};
        }
    }
    return count;
}

int
scorer_run(struct service *s)
{
    struct loop l;
    bool more = true;
    size_t i;

    loop_init(&l, s);
    for (i = 0; i < l.scorer.state_count; i++) {
        (void)state_work(&l.scorer.states[i]);
    }
    service_ready(s, "hints=%s", bus_endpoint(l.scorer.hints_out));
    while (!service_stopping(s)) {
        size_t count = poll_items(&l);

        if (bus_poll(service_bus(s), l.items, count, more ? 0 : wait_ms(&l)) != ST_OK) {
            diag_fatal(EXIT_BUG, "poll", "why=\"%s\"", bus_error(service_bus(s)));
        }
        if (service_reload_wanted(s)) {
            commit_all(&l);
            service_reload(s);
            for (i = 0; i < l.scorer.state_count; i++) {
                state_resume(&l.scorer.states[i]);
            }
        }
        more =
            l.scorer.hints_in != NULL && l.items[1].readable && hints_take(&l.scorer);
        for (i = 0; i < l.scorer.state_count; i++) {
            more |= state_turn(&l.scorer.states[i], l.sweep_ms);
        }
        ops_show(&l);
    }
    commit_all(&l);
    loop_fini(&l);
    return EXIT_DONE;
}
