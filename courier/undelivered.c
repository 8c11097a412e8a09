/* What is in hand and not delivered: how much, for how long, why; and saying so. */
#include "courier/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/json.h"

#define LIST_EVERY_US 5000000
#define LIST_EXPIRES_S "86400"
#define LOOK_EVERY_US 1000000
#define ESCALATE_EVERY_US (INT64_C(3600) * 1000000)
#define KEY_BYTES_MAX 160
#define FIELD_BYTES (2 * LEADER_BYTES + 32)
#define LINE_BYTES 2048

static int64_t
age_s(const struct device *d, size_t *count)
{
    int64_t ms;

    *count = queue_undelivered(&d->queue, instant_now().ms, &ms);
    return ms / 1000;
}

/* A message that only now came out of a long backlog is under way, not stuck. */
static bool
is_stuck(const struct device *d)
{
    return d->failing_since.us != 0 || d->state != LINK_UP;
}

static bool
is_overdue(const struct courier *c, const struct device *d, size_t undelivered,
           int64_t age)
{
    return undelivered > 0 && is_stuck(d) &&
           age * 1000 >= c->settings->escalate_after_ms;
}

void
undelivered_sum(const struct courier *c, struct undelivered *out)
{
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; i < c->device_count; i++) {
        const struct device *d = c->devices[i];
        size_t count;
        int64_t age = age_s(d, &count);

        out->waiting[d->channel] += (int64_t)count;
        out->hours += (int64_t)(d->queue.count - count);
        out->failing += d->failing_since.us != 0;
        out->overdue += is_overdue(c, d, count, age);
        if (age > out->oldest_s[d->channel]) {
            out->oldest_s[d->channel] = age;
        }
    }
}

/* ---- escalation ---- */

static const struct device *
oldest_of(const struct courier *c, int64_t *oldest_s)
{
    const struct device *oldest = NULL;
    size_t count;
    size_t i;

    *oldest_s = -1;
    for (i = 0; i < c->device_count; i++) {
        int64_t age = age_s(c->devices[i], &count);

        if (count > 0 && is_stuck(c->devices[i]) && age > *oldest_s) {
            *oldest_s = age;
            oldest = c->devices[i];
        }
    }
    return oldest;
}

void
undelivered_escalate(struct courier *c)
{
    const struct device *d;
    struct undelivered sum;
    int64_t oldest_s;

    if (mono_since_us(c->looked_at) < LOOK_EVERY_US) {
        return;
    }
    c->looked_at = mono_now();
    d = oldest_of(c, &oldest_s);
    if (d == NULL || oldest_s * 1000 < c->settings->escalate_after_ms) {
        if (c->escalated_at.us != 0) {
            diag_info("undelivered_over", "province=%s", c->province);
        }
        c->escalated_at.us = 0;
        return;
    }
    if (c->escalated_at.us != 0 && mono_since_us(c->escalated_at) < ESCALATE_EVERY_US) {
        return;
    }
    c->escalated_at = mono_now();
    undelivered_sum(c, &sum);
    diag_error("undelivered",
               "province=%s devices=%" PRId64 " oldest_office=%s channel=%s id=%s "
               "age_s=%" PRId64 " attempts=%" PRIu32 " why=\"%s\" effect=\"the office "
               "hears nothing by this channel\" remedy=\"look at this server; "
               "dondoc:ops:undelivered:courier:%s lists them all\"",
               c->province, sum.overdue, d->leader, channel_name(d->channel),
               d->queue.items[0].id, oldest_s, d->attempt, d->why,
               service_instance(c->service));
}

/* ---- the list ---- */

/* NULL: nothing to be said of this one. */
static const char *
state_of(const struct device *d, size_t undelivered)
{
    if (d->admitted == NOT_SERVED) {
        return "not_served";
    }
    if (d->admitted == STANDBY) {
        return "standby";
    }
    if (undelivered > 0 && d->failing_since.us != 0) {
        return "delayed";
    }
    return d->queue.count > undelivered && undelivered == 0 ? "hours" : NULL;
}

static void
device_line(const struct device *d, const char *state, size_t undelivered, int64_t age,
            bool overdue, struct buf *out)
{
    const struct message *m = d->queue.count > 0 ? &d->queue.items[0] : NULL;
    char since[INSTANT_TEXT_BYTES] = "";

    if (m != NULL) {
        int64_t ms =
            undelivered > 0 ? instant_now().ms - age * 1000 : message_since_ms(m);

        instant_text_utc((struct instant){ms}, since);
    }
    buf_clear(out);
    buf_format(out, "{\"state\": \"%s\", \"id\": ", state);
    json_write_text(out, m == NULL ? "" : m->id);
    buf_format(out,
               ", \"since\": \"%s\", \"age_s\": %" PRId64 ", \"attempts\": %" PRIu32
               ", \"in_hand\": %zu, \"overdue\": %s, \"why\": ",
               since, age, d->attempt, d->queue.count, overdue ? "true" : "false");
    json_write_text(out, d->admitted == ADMITTED ? d->why : d->refusal);
    buf_char(out, '}');
}

/* Three commands a device at most, in one pipeline. */
static size_t
list_put(struct courier *c, const char *key)
{
    const char *del[] = {"DEL", key};
    const char *set[] = {"HSET", key, NULL, NULL};
    const char *expire[] = {"EXPIRE", key, LIST_EXPIRES_S};
    char field[FIELD_BYTES];
    struct buf line;
    size_t answers = 1;
    size_t i;

    redis_put(c->redis, 2, del, NULL);
    buf_init(&line, LINE_BYTES);
    for (i = 0; i < c->device_count; i++) {
        const struct device *d = c->devices[i];
        size_t count;
        int64_t age = age_s(d, &count);
        const char *state = state_of(d, count);

        if (state == NULL) {
            continue;
        }
        (void)snprintf(field, sizeof field, "%s/%s/%s", c->province, d->leader,
                       channel_name(d->channel));
        device_line(d, state, count, age, is_overdue(c, d, count, age), &line);
        set[2] = field;
        set[3] = buf_str(&line);
        redis_put(c->redis, 4, set, NULL);
        answers++;
    }
    buf_fini(&line);
    c->listed = answers > 1;
    if (c->listed) {
        redis_put(c->redis, 3, expire, NULL);
        answers++;
    }
    return answers;
}

static bool
list_wanted(const struct courier *c)
{
    size_t i;
    size_t count;

    for (i = 0; i < c->device_count; i++) {
        (void)age_s(c->devices[i], &count);
        if (state_of(c->devices[i], count) != NULL) {
            return true;
        }
    }
    return c->listed || c->listed_at.us == 0; /* of a life before */
}

enum status
undelivered_write(struct courier *c)
{
    char key[KEY_BYTES_MAX];
    enum status st = ST_OK;
    size_t answers;

    if (mono_since_us(c->listed_at) < LIST_EVERY_US || !list_wanted(c)) {
        return ST_OK;
    }
    (void)snprintf(key, sizeof key, "dondoc:ops:undelivered:courier:%.100s",
                   service_instance(c->service));
    answers = list_put(c, key);
    c->listed_at = mono_now();
    while (answers-- > 0 && st != ST_AGAIN) {
        struct reply *rep = NULL;

        st = redis_next(c->redis, &rep); /* a refusal of Redis is in its log */
        reply_free(&rep);
    }
    return st;
}
