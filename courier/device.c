/* One office and channel: handing over the first of the messages in hand. */
#include "courier/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "courier/hook.h"
#include "lib/backoff.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/fault.h"

struct device *
device_new(struct courier *c, const char *leader, enum channel channel)
{
    struct device *d = mem_alloc(sizeof *d);

    d->courier = c;
    d->channel = channel;
    d->credit = CREDIT;
    (void)snprintf(d->leader, sizeof d->leader, "%s", leader);
    (void)snprintf(d->language, sizeof d->language, "vi");
    link_open(d);
    return d;
}

static void
transfer_over(struct device *d)
{
    d->transfer = NULL;
    d->courier->under_way--;
    d->courier->mails_under_way -= d->channel == CHANNEL_MAIL;
}

void
device_free(struct device **d)
{
    if (*d == NULL) {
        return;
    }
    if ((*d)->transfer != NULL) {
        transfer_cancel(&(*d)->transfer);
        transfer_over(*d);
    }
    queue_fini(&(*d)->queue);
    link_close(*d);
    mem_free(d);
}

/* --- taking --- */

static bool
was_handed(const struct device *d, const struct wire_alert *a)
{
    size_t i;

    for (i = 0; i < HANDED; i++) {
        if (d->handed[i].position == a->position &&
            strcmp(d->handed[i].id, a->id) == 0) {
            return true;
        }
    }
    return false;
}

bool
device_take(struct device *d, const struct wire_alert *a, const uint8_t *reply,
            size_t bytes)
{
    /* Of a simulation neither time is that of our clock. */
    bool timed = a->at_ms > 0 && !a->simulated;
    struct message m = {.position = a->position,
                        .at_ms = timed ? a->at_ms : instant_now().ms,
                        .wait_until_ms = a->simulated ? 0 : a->wait_until_ms};

    if (queue_holds(&d->queue, a->position, a->id)) {
        return true; /* it is under way since before */
    }
    if (was_handed(d, a)) {
        return false;
    }
    if (d->queue.count == CREDIT_MOST || strlen(a->id) >= MESSAGE_ID_BYTES) {
        diag_warn("over_credit", "office=%s id=%.160s", d->leader, a->id);
        return true; /* not received, so it comes again */
    }
    FAULT("courier.taken");
    (void)snprintf(m.id, sizeof m.id, "%s", a->id);
    m.reply = mem_copy(reply, bytes);
    m.bytes = bytes;
    MUST(queue_put(&d->queue, &m));
    if (d->transfer == NULL && queue_hides(&d->queue, d->credit, instant_now().ms)) {
        d->credit = CREDIT_MOST; /* an urgent one behind them has to come through */
        link_again(d);
    }
    return true;
}

void
device_begin_anew(struct device *d)
{
    size_t kept = d->transfer != NULL ? 1 : 0;

    if (d->queue.count > kept) {
        queue_drop(&d->queue, kept, d->queue.count - kept);
    }
}

/* --- what became of it --- */

/* The first message is settled: the notifier may move the cursor over it. */
static void
first_settled(struct device *d)
{
    struct handed *h = &d->handed[d->handed_next];
    const struct message *m = &d->queue.items[0];

    d->handed_next = (d->handed_next + 1) % HANDED;
    h->position = m->position;
    (void)snprintf(h->id, sizeof h->id, "%s", m->id);
    d->received = m->position;
    queue_drop(&d->queue, 0, 1);
    if (d->queue.count == 0) {
        d->credit = CREDIT; /* from the next subscription on */
    }
}

/* It is settled when its dead letter stands. */
static void
message_dead(struct device *d, struct message *m, const char *why)
{
    if (m->dead == 0) {
        m->dead = dead_add(d->courier, d, m, why);
    }
    if (m->dead == 0) { /* Redis has been away for long: the same again later */
        d->retry_at.us = mono_now().us + d->courier->settings->max_ms * 1000;
    }
}

static void
dead_ones_settle(struct device *d)
{
    while (d->queue.count > 0 && d->queue.items[0].dead > 0 &&
           dead_stands(d->courier, d->queue.items[0].dead)) {
        first_settled(d);
    }
}

static void
handed_over(struct device *d, const struct handover *o)
{
    struct courier *c = d->courier;

    c->counters.handed_over[d->channel]++;
    if (o->refused > 0) {
        c->counters.addresses_refused += o->refused;
        diag_warn("addresses_refused",
                  "office=%s id=%s refused=%u effect=\"its other addresses got it\" "
                  "remedy=\"look at the addresses of this office in courier.yaml\"",
                  d->leader, d->queue.items[0].id, o->refused);
    }
    diag_info("handed_over", "office=%s channel=%s id=%s attempt=%" PRIu32 " us=%lld",
              d->leader, channel_name(d->channel), d->queue.items[0].id, d->attempt + 1,
              (long long)mono_since_us(d->began));
    d->failing_since.us = 0;
    d->why[0] = '\0';
    d->attempt = 0;
    first_settled(d);
}

/*
 * A channel that has failed all the time for as long as that does not get better by
 * waiting: what is that old itself is a dead letter. What is younger waits on.
 */
static void
old_ones_dead(struct device *d, const char *why)
{
    int64_t after_ms = d->courier->settings->dead_after_ms;
    int64_t now_ms = instant_now().ms;
    char text[HANDOVER_WHY_BYTES + 32];
    size_t i;

    (void)snprintf(text, sizeof text, "given up: %s", why);
    for (i = 0; i < d->queue.count; i++) {
        struct message *m = &d->queue.items[i];

        if (mono_since_us(d->failing_since) < after_ms * 1000 ||
            now_ms - message_since_ms(m) < after_ms) {
            return;
        }
        message_dead(d, m, text);
    }
}

static void
delayed(struct device *d, const struct handover *o)
{
    struct courier *c = d->courier;
    uint64_t chance;
    int64_t ms;

    crypto_random(&chance, sizeof chance);
    ms = backoff_delay_ms(d->attempt, c->settings->first_ms, c->settings->max_ms,
                          chance);
    d->attempt += d->attempt < 30;
    d->retry_at.us = mono_now().us + ms * 1000;
    d->failing_since = d->failing_since.us == 0 ? mono_now() : d->failing_since;
    (void)snprintf(d->why, sizeof d->why, "%s", o->why);
    c->counters.delayed[d->channel]++;
    (void)snprintf(c->last_error, sizeof c->last_error, "%s of %s: %s",
                   channel_name(d->channel), d->leader, o->why);
    diag_warn("delayed",
              "office=%s channel=%s id=%s attempt=%" PRIu32 " again_ms=%lld why=\"%s\"",
              d->leader, channel_name(d->channel), d->queue.items[0].id, d->attempt,
              (long long)ms, o->why);
    old_ones_dead(d, o->why);
}

static void
on_done(void *context, const struct handover *o)
{
    struct device *d = context;

    transfer_over(d);
    MUST(d->queue.count > 0);
    if (o->handed_over) {
        FAULT("courier.handed");
        handed_over(d, o);
    } else if (o->permanent) {
        d->failing_since.us = 0; /* the other side answers */
        d->why[0] = '\0';
        d->attempt++; /* this one; the dead letter says how many */
        message_dead(d, &d->queue.items[0], o->why);
        d->attempt = 0;
    } else {
        delayed(d, o);
    }
}

/* --- handing over --- */

static void
mail_begin(struct device *d, const struct wire_alert *a, const struct office *o)
{
    struct courier *c = d->courier;
    const struct mail_to to = {.leader = d->leader,
                               .title = d->title,
                               .language = d->language,
                               .addresses = o->mail,
                               .count = o->mail_count};
    struct mail mail;

    mail_make(&mail, a, &to, &c->settings->smtp, instant_now().ms);
    d->transfer = transfer_mail(c->transfers, &c->settings->smtp, o, &mail,
                                c->settings->timeout_ms, on_done, d);
    c->mails_under_way++;
    mail_fini(&mail);
}

static void
post_begin(struct device *d, const struct wire_alert *a, const struct office *o)
{
    struct courier *c = d->courier;
    char signature[HOOK_SIGNATURE_BYTES];
    struct buf body;
    struct post post = {
        .url = o->url, .ca_file = o->ca_file, .id = a->id, .leader = d->leader};

    buf_init(&body, 8u * BUS_MESSAGE_MAX); /* an escaped byte takes six at most */
    hook_body(&body, a, c->province, d->leader);
    hook_signature(o->secret, buf_str(&body), body.len, signature);
    post.signature = signature;
    post.body = buf_str(&body);
    post.bytes = body.len;
    d->transfer =
        transfer_post(c->transfers, &post, c->settings->timeout_ms, on_done, d);
    buf_fini(&body);
}

/* May the first message go, but for the time? */
static bool
device_ready(const struct device *d)
{
    const struct courier *c = d->courier;

    return !c->stopping && d->transfer == NULL && d->queue.count > 0 &&
           d->queue.items[0].dead == 0 && link_settled(d) &&
           (d->channel != CHANNEL_MAIL || c->mails_under_way < MAILS_AT_ONCE);
}

void
device_turn(struct device *d)
{
    struct courier *c = d->courier;
    const struct office *o = settings_office(c->settings, d->leader);
    struct leader_reply reply;

    if (d->transfer == NULL) {
        dead_ones_settle(d);
    }
    if (!device_ready(d) || o == NULL || mono_now().us < d->retry_at.us ||
        queue_due_ms(&d->queue) > instant_now().ms) {
        return;
    }
    arena_reset(c->arena);
    /* It was read when it came, in the same room, with the same key. */
    MUST(reply_read(c, d->queue.items[0].reply, d->queue.items[0].bytes, &reply) ==
         ST_OK);
    d->began = mono_now();
    c->under_way++;
    if (d->channel == CHANNEL_MAIL) {
        mail_begin(d, &reply.alert, o);
    } else {
        post_begin(d, &reply.alert, o);
    }
}

int
device_wait_ms(const struct device *d)
{
    int64_t us = d->retry_at.us - mono_now().us;
    bool dead = d->transfer == NULL && d->queue.count > 0 &&
                d->queue.items[0].dead > 0 &&
                dead_stands(d->courier, d->queue.items[0].dead);

    if (dead) {
        return 0;
    }
    /* What makes it ready wakes us; the office's hours are not that exact. */
    if (!device_ready(d) || us > 1000000 ||
        queue_due_ms(&d->queue) > instant_now().ms) {
        return 1000;
    }
    return us <= 0 ? 0 : (int)(us / 1000) + 1;
}
