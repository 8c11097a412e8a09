/* What operators see: counters, ages, dead letters. A Redis that is away is no reason
 * to wait with a message. */
#include "courier/courier.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/json.h"
#include "lib/version.h"

#define DEAD_KEY "dondoc:ops:dead:courier"
#define DEAD_AT_ONCE 50u
#define AWAY_US 30000000
#define LINE_BYTES 2048

void
report_open(struct courier *c)
{
    c->ops = ops_new("courier", service_instance(c->service), DONDOC_VERSION);
    if (conf_text(service_conf(c->service), "redis")[0] != '\0') {
        c->redis = service_redis_new(c->service);
    }
    c->dead = mem_alloc(DEAD_KEPT * sizeof *c->dead);
}

void
report_close(struct courier *c)
{
    ops_free(&c->ops);
    redis_free(&c->redis);
    mem_free(&c->dead);
}

void
report_dead(struct courier *c, const struct device *d, const struct message *m,
            const char *why)
{
    struct dead_letter *l;

    c->counters.dead++;
    diag_error("dead_letter",
               "office=%s channel=%s id=%s why=\"%s\" effect=\"not sent again by this "
               "channel; the office's inbox keeps it\"",
               d->leader, channel_name(d->channel), m->id, why);
    if (c->dead_count == DEAD_KEPT) { /* the log has them all */
        memmove(c->dead, c->dead + 1, (DEAD_KEPT - 1) * sizeof *c->dead);
        c->dead_count--;
    }
    l = &c->dead[c->dead_count++];
    l->at_ms = instant_now().ms;
    l->channel = d->channel;
    (void)snprintf(l->leader, sizeof l->leader, "%s", d->leader);
    (void)snprintf(l->id, sizeof l->id, "%s", m->id);
    (void)snprintf(l->why, sizeof l->why, "%s", why);
}

static void
dead_line(const struct courier *c, const struct dead_letter *l, struct buf *out)
{
    char at[INSTANT_TEXT_BYTES];

    instant_text_utc((struct instant){l->at_ms}, at);
    buf_clear(out);
    buf_format(out, "{\"at\": \"%s\", \"province\": ", at);
    json_write_text(out, c->province);
    buf_text(out, ", \"office\": ");
    json_write_text(out, l->leader);
    buf_format(out, ", \"channel\": \"%s\", \"id\": ", channel_name(l->channel));
    json_write_text(out, l->id);
    buf_text(out, ", \"why\": ");
    json_write_text(out, l->why);
    buf_char(out, '}');
}

/* The newest first, the last DEAD_KEPT. ST_AGAIN: they stay here for the next time. */
static enum status
dead_write(struct courier *c)
{
    char last[16];
    struct buf line;
    enum status st = ST_OK;
    size_t count = c->dead_count < DEAD_AT_ONCE ? c->dead_count : DEAD_AT_ONCE;
    size_t done = 0;

    (void)snprintf(last, sizeof last, "%u", DEAD_KEPT - 1);
    buf_init(&line, LINE_BYTES);
    while (done < count && st == ST_OK) {
        const char *push[] = {"LPUSH", DEAD_KEY, NULL};
        const char *trim[] = {"LTRIM", DEAD_KEY, "0", last};
        struct reply *rep = NULL;

        dead_line(c, &c->dead[done], &line);
        push[2] = buf_str(&line);
        st = redis_call(c->redis, 3, push, NULL, &rep);
        reply_free(&rep);
        if (st == ST_OK) {
            done++;
            st = redis_call(c->redis, 4, trim, NULL, &rep);
            reply_free(&rep);
        }
    }
    buf_fini(&line);
    memmove(c->dead, c->dead + done, (c->dead_count - done) * sizeof *c->dead);
    c->dead_count -= done;
    return st;
}

struct sums {
    int64_t waiting[CHANNEL_COUNT];
    int64_t oldest_s[CHANNEL_COUNT];
    int64_t up;
};

static void
sums_make(struct courier *c, struct sums *out)
{
    size_t i;

    memset(out, 0, sizeof *out);
    c->why[0] = '\0';
    for (i = 0; i < c->device_count; i++) {
        const struct device *d = c->devices[i];
        int64_t age = device_age_s(d);

        out->up += d->state == LINK_UP;
        out->waiting[d->channel] += (int64_t)d->queue_count;
        if (age > out->oldest_s[d->channel]) {
            out->oldest_s[d->channel] = age;
        }
        if (d->refused && c->why[0] == '\0') {
            (void)snprintf(c->why, sizeof c->why, "notifier does not serve %s",
                           d->leader);
        } else if (d->state != LINK_UP && c->why[0] == '\0') {
            (void)snprintf(c->why, sizeof c->why, "no connection to notifier yet");
        }
    }
}

/* False: Redis has gone away. */
static bool
counters_write(struct courier *c)
{
    const struct courier_counters *n = &c->counters;
    struct sums s;

    sums_make(c, &s);
    ops_why(c->ops, c->why);
    if (c->last_error[0] != '\0') {
        ops_error(c->ops, c->last_error);
        c->last_error[0] = '\0';
    }
    {
        const struct ops_value values[] = {
            {"ready", s.up == (int64_t)c->device_count, true},
            {"channels", (int64_t)c->device_count, false},
            {"subscribed", s.up, true},
            {"mail_sent", (int64_t)n->handed_over[CHANNEL_MAIL], true},
            {"web_sent", (int64_t)n->handed_over[CHANNEL_WEB], true},
            {"mail_delayed", (int64_t)n->delayed[CHANNEL_MAIL], false},
            {"web_delayed", (int64_t)n->delayed[CHANNEL_WEB], false},
            {"mail_waiting", s.waiting[CHANNEL_MAIL], true},
            {"web_waiting", s.waiting[CHANNEL_WEB], true},
            {"mail_oldest_s", s.oldest_s[CHANNEL_MAIL], true},
            {"web_oldest_s", s.oldest_s[CHANNEL_WEB], true},
            {"dead", (int64_t)n->dead, true},
            {"addresses_refused", (int64_t)n->addresses_refused, true},
            {"not_served", (int64_t)n->denied, false},
        };

        return ops_write(c->ops, c->redis, values, sizeof values / sizeof *values) !=
               ST_AGAIN;
    }
}

void
report_turn(struct courier *c)
{
    if (c->redis == NULL || mono_now().us < c->redis_at.us || ops_wait_ms(c->ops) > 0) {
        return;
    }
    if (!ops_due(c->ops, c->redis) || !counters_write(c) ||
        (c->dead_count > 0 && dead_write(c) == ST_AGAIN)) {
        diag_warn("redis_away", "why=\"%s\" effect=\"only what operators see waits\"",
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
