/* One office and channel: the messages in hand, and handing over the first of them. */
#include "courier/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "courier/hook.h"
#include "lib/backoff.h"
#include "lib/crypto.h"
#include "lib/diag.h"

struct device *
device_new(struct courier *c, const char *leader, enum channel channel)
{
    struct device *d = mem_alloc(sizeof *d);

    d->courier = c;
    d->channel = channel;
    (void)snprintf(d->leader, sizeof d->leader, "%s", leader);
    (void)snprintf(d->language, sizeof d->language, "vi");
    link_open(d);
    return d;
}

/* The first n of the queue go, whatever became of them. */
static void
queue_drop(struct device *d, size_t first, size_t count)
{
    size_t i;

    for (i = first; i < first + count; i++) {
        mem_free(&d->queue[i].reply);
    }
    memmove(&d->queue[first], &d->queue[first + count],
            (d->queue_count - first - count) * sizeof d->queue[0]);
    d->queue_count -= count;
    memset(&d->queue[d->queue_count], 0, count * sizeof d->queue[0]);
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
    queue_drop(*d, 0, (*d)->queue_count);
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
    struct message *m = &d->queue[d->queue_count];
    size_t i;

    for (i = 0; i < d->queue_count; i++) {
        if (d->queue[i].position == a->position && strcmp(d->queue[i].id, a->id) == 0) {
            return true; /* it is under way since before */
        }
    }
    if (was_handed(d, a)) {
        return false;
    }
    if (d->queue_count == CREDIT || strlen(a->id) >= MESSAGE_ID_BYTES) {
        diag_warn("over_credit", "office=%s id=%.160s", d->leader, a->id);
        return true; /* not received, so it comes again */
    }
    m->position = a->position;
    (void)snprintf(m->id, sizeof m->id, "%s", a->id);
    m->at_ms = a->at_ms > 0 && !a->simulated ? a->at_ms : instant_now().ms;
    m->reply = mem_copy(reply, bytes);
    m->bytes = bytes;
    d->queue_count++;
    return true;
}

void
device_begin_anew(struct device *d)
{
    size_t kept = d->transfer != NULL ? 1 : 0;

    queue_drop(d, kept, d->queue_count - kept);
}

/* --- what became of it --- */

/* The first message is settled: the notifier may move the cursor over it. */
static void
first_settled(struct device *d)
{
    struct handed *h = &d->handed[d->handed_next];

    d->handed_next = (d->handed_next + 1) % HANDED;
    h->position = d->queue[0].position;
    (void)snprintf(h->id, sizeof h->id, "%s", d->queue[0].id);
    d->received = d->queue[0].position;
    d->attempt = 0;
    queue_drop(d, 0, 1);
}

static void
first_dead(struct device *d, const char *why)
{
    report_dead(d->courier, d, &d->queue[0], why);
    first_settled(d);
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
                  d->leader, d->queue[0].id, o->refused);
    }
    diag_info("handed_over", "office=%s channel=%s id=%s attempt=%" PRIu32 " us=%lld",
              d->leader, channel_name(d->channel), d->queue[0].id, d->attempt + 1,
              (long long)mono_since_us(d->began));
    d->failing_since.us = 0;
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
    char text[HANDOVER_WHY_BYTES + 32];

    (void)snprintf(text, sizeof text, "given up: %s", why);
    while (d->queue_count > 0 && mono_since_us(d->failing_since) >= after_ms * 1000 &&
           instant_now().ms - d->queue[0].at_ms >= after_ms) {
        uint32_t attempt = d->attempt;

        first_dead(d, text);
        d->attempt = attempt; /* the channel is no better for it */
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
    c->counters.delayed[d->channel]++;
    (void)snprintf(c->last_error, sizeof c->last_error, "%s of %s: %s",
                   channel_name(d->channel), d->leader, o->why);
    diag_warn("delayed",
              "office=%s channel=%s id=%s attempt=%" PRIu32 " again_ms=%lld why=\"%s\"",
              d->leader, channel_name(d->channel), d->queue[0].id, d->attempt,
              (long long)ms, o->why);
    old_ones_dead(d, o->why);
}

static void
on_done(void *context, const struct handover *o)
{
    struct device *d = context;

    transfer_over(d);
    MUST(d->queue_count > 0);
    if (o->handed_over) {
        handed_over(d, o);
    } else if (o->permanent) {
        d->failing_since.us = 0; /* the other side answers */
        first_dead(d, o->why);
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
    struct post post = {.url = o->url, .ca_file = o->ca_file, .id = a->id};

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

void
device_turn(struct device *d)
{
    struct courier *c = d->courier;
    const struct office *o = settings_office(c->settings, d->leader);
    struct leader_reply reply;

    if (c->stopping || d->transfer != NULL || d->queue_count == 0 || o == NULL ||
        mono_now().us < d->retry_at.us ||
        (d->channel == CHANNEL_MAIL && c->mails_under_way >= MAILS_AT_ONCE)) {
        return;
    }
    arena_reset(c->arena);
    /* It was decoded when it came, in the same room. */
    MUST(leader_reply_decode(d->queue[0].reply, d->queue[0].bytes, c->arena, &reply) ==
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

    if (d->transfer != NULL || d->queue_count == 0 || us > 1000000) {
        return 1000;
    }
    if (d->channel == CHANNEL_MAIL && d->courier->mails_under_way >= MAILS_AT_ONCE) {
        return 1000; /* one that ends wakes us */
    }
    return us <= 0 ? 0 : (int)(us / 1000) + 1;
}

int64_t
device_age_s(const struct device *d)
{
    int64_t ms = d->queue_count == 0 ? 0 : instant_now().ms - d->queue[0].at_ms;

    return ms < 0 ? 0 : ms / 1000;
}
