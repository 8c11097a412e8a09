/* What operators see: counters, ages. A Redis that is away is no reason to wait with a
 * message. */
#include "courier/courier.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/version.h"

#define AWAY_US 30000000

void
report_open(struct courier *c)
{
    c->ops = ops_new("courier", service_instance(c->service), DONDOC_VERSION);
    if (conf_text(service_conf(c->service), "redis")[0] != '\0') {
        c->redis = service_redis_new(c->service);
    }
    dead_open(c);
}

void
report_close(struct courier *c)
{
    ops_free(&c->ops);
    redis_free(&c->redis);
    dead_close(c);
}

struct sums {
    int64_t up;
    int64_t unwanted;
    int64_t standby;
};

static void
sums_make(struct courier *c, struct sums *out)
{
    size_t i;

    memset(out, 0, sizeof *out);
    c->why[0] = '\0';
    for (i = 0; i < c->device_count; i++) {
        const struct device *d = c->devices[i];

        out->up += d->state == LINK_UP;
        out->unwanted += d->admitted == UNWANTED;
        out->standby += d->admitted == STANDBY;
        if (c->why[0] != '\0' || d->state == LINK_UP || d->admitted == UNWANTED) {
            continue; /* the first reason stands for all */
        }
        if (d->admitted == NOT_SERVED) {
            (void)snprintf(c->why, sizeof c->why, "notifier does not serve %s",
                           d->leader);
        } else if (d->admitted == STANDBY) {
            (void)snprintf(c->why, sizeof c->why,
                           "stands by: another courier carries to %s", d->leader);
        } else {
            (void)snprintf(c->why, sizeof c->why, "no connection to notifier yet");
        }
    }
}

/* False: Redis has gone away. */
static bool
counters_write(struct courier *c)
{
    const struct courier_counters *n = &c->counters;
    int64_t devices = (int64_t)c->device_count;
    struct undelivered u;
    struct sums s;

    sums_make(c, &s);
    undelivered_sum(c, &u);
    ops_why(c->ops, c->why);
    if (c->last_error[0] != '\0') {
        ops_error(c->ops, c->last_error);
        c->last_error[0] = '\0';
    }
    {
        struct ops_value values[] = {
            {"ready", s.up + s.unwanted == devices, true},
            {"channels", devices, false},
            {"subscribed", s.up, true},
            {"mail_sent", (int64_t)n->handed_over[CHANNEL_MAIL], true},
            {"web_sent", (int64_t)n->handed_over[CHANNEL_WEB], true},
            {"mail_delayed", (int64_t)n->delayed[CHANNEL_MAIL], false},
            {"web_delayed", (int64_t)n->delayed[CHANNEL_WEB], false},
            {"mail_waiting", u.waiting[CHANNEL_MAIL], true},
            {"web_waiting", u.waiting[CHANNEL_WEB], true},
            {"mail_oldest_s", u.oldest_s[CHANNEL_MAIL], true},
            {"web_oldest_s", u.oldest_s[CHANNEL_WEB], true},
            {"hours_waiting", u.hours, false},
            {"failing", u.failing, true},
            {"overdue", u.overdue, true},
            {"dead", (int64_t)n->dead, true},
            {"dead_unwritten", (int64_t)c->dead_count, true},
            {"addresses_refused", (int64_t)n->addresses_refused, true},
            {"not_served", (int64_t)n->denied, false},
            {"unwanted", s.unwanted, false},
            {"standby", s.standby, false},
        };
        size_t count = sizeof values / sizeof *values;
        size_t i;

        /* The plain numbers have no instance in their name: they are of who works. */
        for (i = 0; i < count && s.standby == devices; i++) {
            values[i].alarm = false;
        }
        return ops_write(c->ops, c->redis, values, count) != ST_AGAIN;
    }
}

void
report_turn(struct courier *c)
{
    bool dead = c->dead_count > 0 && mono_now().us >= c->dead_at.us;
    bool counters = ops_wait_ms(c->ops) == 0;
    bool there = true;

    undelivered_escalate(c);
    if (c->redis == NULL || mono_now().us < c->redis_at.us || (!dead && !counters)) {
        return;
    }
    if (counters) {
        there = ops_due(c->ops, c->redis) && counters_write(c) &&
                undelivered_write(c) != ST_AGAIN;
    }
    if (there && dead && redis_connected(c->redis)) {
        there = dead_write(c) != ST_AGAIN;
    }
    if (!there) {
        diag_warn(
            "redis_away",
            "why=\"%s\" effect=\"only what operators see waits, and a dead letter "
            "with those behind it\"",
            redis_error(c->redis));
        redis_close(c->redis);
        c->redis_at.us = mono_now().us + AWAY_US;
    }
}

int
report_wait_ms(const struct courier *c)
{
    int ms = ops_wait_ms(c->ops);

    return c->redis == NULL || mono_now().us < c->redis_at.us || ms == 0 ? 1000 : ms;
}
