/* The loop of dondoc-scorer: a hint or a sweep, read, apply, commit. */
#include "scorer/scorer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/ops.h"
#include "lib/service.h"
#include "lib/version.h"

int scorer_run(struct service *s);

struct loop {
    struct service *service;
    struct scorer scorer;
    struct ops *ops;
    struct redis *ops_redis;
    int sweep_ms;
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
    sc->arena = arena_new(4 * WIRE_ARENA_BYTES);
    sc->event_arena = arena_new(64 * WIRE_ARENA_BYTES);
    buf_init(&sc->line, 4096);
    buf_init(&sc->body, JOURNAL_PROGRAMME_MAX + BUS_MESSAGE_MAX);
    sc->state_count = service_province_count(s);
    sc->states = mem_alloc(sc->state_count * sizeof *sc->states);
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
    bus_close(&sc->hints_out);
    bus_close(&sc->hints_in);
    arena_free(&sc->arena);
    arena_free(&sc->event_arena);
    buf_fini(&sc->line);
    buf_fini(&sc->body);
    ops_free(&l->ops);
    redis_free(&l->ops_redis);
}

static bool
commit(struct state *s)
{
    char hint[96];
    char facts[24];
    uint64_t out = s->follow.out_seq;
    enum status st;
    int len;

    if (s->seen == s->follow.checkpoint) {
        return true;
    }
    (void)snprintf(facts, sizeof facts, "%zu",
                   s->facts == NULL ? (size_t)0 : facts_count(s->facts));
    effects_hset(&s->effects, &s->follow, KEY_CHECKPOINT, "scorer", FIELD_FACTS, facts,
                 strlen(facts));
    effects_seal(&s->effects, s->chain);
    FAULT("scorer.computed");
    st =
        follow_apply(&s->follow, s->redis, &s->effects, s->seen, s->programme, s->tick);
    if (st != ST_OK) {
        s->fenced = st == ST_FENCED;
        state_lost(s, s->fenced ? "fenced: another scorer has taken over; standing by"
                                : redis_error(s->redis));
        return false;
    }
    effects_clear(&s->effects, &s->follow);
    s->scorer->counters.commits++;
    if (s->follow.out_seq != out) {
        len = snprintf(hint, sizeof hint, "%s %" PRIu64, s->slug, s->follow.out_seq);
        /* Only early news: the reader finds the entry by itself. */
        status_ignore(bus_send(s->scorer->hints_out, hint, (size_t)len));
        FAULT("scorer.hint_sent");
    }
    return true;
}

/* Does the entry follow from the one before it? If not, what is good before it takes
 * effect, and nothing else. */
static bool
entry_chained(struct state *s, const struct journal_entry *e)
{
    char why[200];

    if (journal_entry_follows(e, s->chain)) {
        return true;
    }
    (void)snprintf(why, sizeof why,
                   "reports: entry %" PRIu64 "-0 is not as it was written: its chain "
                   "value does not follow from the entry before it",
                   e->seq);
    if (commit(s)) {
        state_stop(s, why);
    }
    return false;
}

static bool
entries_apply(struct state *s, const struct journal_read *rd)
{
    size_t i;

    for (i = 0; i < rd->count; i++) {
        bool barrier = false;
        enum status st;

        if (s->effects.count > EFFECTS_A_COMMIT && !commit(s)) {
            return false;
        }
        if (!entry_chained(s, &rd->entries[i])) {
            return false;
        }
        st = entry_apply(s, &rd->entries[i], &barrier);
        if (st == ST_BAD) {
            s->seen = s->follow.checkpoint;
            state_stop(s, redis_error(s->redis));
        } else if (st != ST_OK) {
            state_lost(s, redis_error(s->redis));
        }
        if (st != ST_OK) {
            return false;
        }
        if (barrier) {
            if (!commit(s)) {
                return false;
            }
            i--; /* the same entry again, with nothing before it */
            continue;
        }
        memcpy(s->chain, rd->entries[i].chain, strlen(rd->entries[i].chain) + 1);
    }
    return commit(s);
}

/* True: there may be more. */
static bool
state_turn(struct state *s)
{
    struct journal_read rd;
    enum status st;
    bool more = false;

    if (!state_work(s)) {
        return false;
    }
    journal_read_init(&rd);
    st = journal_read_after(s->redis, s->slug, KEY_REPORTS, s->seen, ENTRIES_A_READ,
                            &rd);
    FAULT("scorer.read");
    if (st == ST_OK) {
        more = rd.count > 0 && entries_apply(s, &rd);
    } else if (st == ST_GONE || st == ST_BAD) {
        state_stop(s, redis_error(s->redis));
    } else {
        state_lost(s, redis_error(s->redis));
    }
    journal_read_fini(&rd);
    return more;
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

static void
hints_drain(struct bus_socket *hints)
{
    struct bus_message m;

    while (hints != NULL && bus_receive(hints, &m) == ST_OK) {
        FAULT("scorer.hinted");
        bus_message_close(&m);
    }
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
        struct bus_poll_item items[2] = {{.fd = service_wake_fd(s)},
                                         {.socket = l.scorer.hints_in}};
        size_t count = l.scorer.hints_in != NULL ? 2 : 1;
        int ops = ops_wait_ms(l.ops);
        int wait = ops > 0 && ops < l.sweep_ms ? ops : l.sweep_ms;

        if (bus_poll(service_bus(s), items, count, more ? 0 : wait) != ST_OK) {
            diag_fatal(EXIT_BUG, "poll", "why=\"%s\"", bus_error(service_bus(s)));
        }
        if (service_reload_wanted(s)) {
            service_reload(s);
            for (i = 0; i < l.scorer.state_count; i++) {
                state_resume(&l.scorer.states[i]);
            }
        }
        hints_drain(l.scorer.hints_in);
        more = false;
        for (i = 0; i < l.scorer.state_count; i++) {
            more |= state_turn(&l.scorer.states[i]);
        }
        ops_show(&l);
    }
    loop_fini(&l);
    return EXIT_DONE;
}
