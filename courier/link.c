/* An office's inbox at the notifier: subscribing, hearing, saying Received. */
#include "courier/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/sealed.h"

#define ANSWER_US 10000000  /* a Subscribe that is not answered is sent again */
#define SILENCE_US 25000000 /* the notifier beats every ten seconds */
#define AGAIN_US 1000000
#define REFUSED_US 30000000
#define STANDBY_US 3000000
#define REPLIES_A_TURN 32
#define CONNECT_LOOK_MS 100

void
link_open(struct device *d)
{
    struct courier *c = d->courier;
    const struct conf *conf = service_conf(c->service);

    if (bus_connect_dealer(c->bus, conf_text(conf, "notifier"),
                           conf_text(conf, "notifier-key"), service_keys(c->service),
                           &d->socket) != ST_OK) {
        diag_fatal(EXIT_CONFIG, "connect",
                   "setting=notifier why=\"%s\" remedy=\"give --notifier and "
                   "--notifier-key\"",
                   bus_error(c->bus));
    }
}

void
link_close(struct device *d)
{
    bus_close(&d->socket);
}

static void
link_lost(struct device *d, int64_t wait_us)
{
    d->state = LINK_DOWN;
    d->ask_at.us = mono_now().us + wait_us;
}

static enum status
request_send(struct device *d, struct leader_request *q)
{
    struct courier *c = d->courier;

    q->version = WIRE_VERSION;
    q->province = c->province;
    buf_clear(&c->out);
    leader_request_encode(q, NULL, &c->out);
    return bus_send(d->socket, buf_str(&c->out), c->out.len);
}

static void
subscribe(struct device *d)
{
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE,
                               .credit = d->credit,
                               .leader = d->leader,
                               .channel = channel_name(d->channel)};

    if (bus_handshakes(d->socket) == 0 || mono_now().us < d->ask_at.us) {
        return;
    }
    d->handshakes = bus_handshakes(d->socket);
    if (request_send(d, &q) == ST_OK) {
        d->state = LINK_ASKED;
        d->asked = mono_now();
        d->heard = mono_now();
    }
}

/* A no that stands for a while; true when it is another one than the last. */
static bool
denied(struct device *d, enum admitted admitted, const char *code, int64_t wait_us)
{
    bool fresh = d->admitted != admitted || strcmp(d->refusal, code) != 0;

    (void)snprintf(d->refusal, sizeof d->refusal, "%s", code);
    d->admitted = admitted;
    device_begin_anew(d); /* what we do not carry is not ours to hold */
    link_lost(d, wait_us);
    return fresh;
}

/* Said once for each office and reason in a row; shown until it is mended. */
static void
not_served(struct device *d, const char *code)
{
    struct courier *c = d->courier;

    c->counters.denied++;
    (void)snprintf(c->last_error, sizeof c->last_error, "notifier refused %s: %s",
                   d->leader, code);
    if (denied(d, NOT_SERVED, code, REFUSED_US)) {
        diag_warn("not_served",
                  "office=%s channel=%s code=%s effect=\"its messages wait in the "
                  "notifier's inbox\"",
                  d->leader, channel_name(d->channel), code);
    }
}

static void
refusal_take(struct device *d, const char *code)
{
    if (strcmp(code, "not_ready") == 0 || strcmp(code, "busy") == 0) {
        link_lost(d, AGAIN_US); /* that passes by itself */
    } else if (strcmp(code, "channel_unwanted") == 0) {
        if (denied(d, UNWANTED, code, REFUSED_US)) {
            diag_warn("unwanted",
                      "office=%s channel=%s effect=\"nothing is carried there\" "
                      "remedy=\"take the channel out of courier.yaml, or add it to the "
                      "office's channels in leaders.yaml\"",
                      d->leader, channel_name(d->channel));
        }
    } else if (strcmp(code, "other_courier") == 0) {
        if (denied(d, STANDBY, code, STANDBY_US)) {
            diag_info("standby",
                      "office=%s channel=%s why=\"another courier carries there\"",
                      d->leader, channel_name(d->channel));
        }
    } else {
        not_served(d, code);
    }
}

static void
subscribed_take(struct device *d, const struct leader_reply *reply)
{
    bool en = strcmp(reply->subscribed.language, "en") == 0;

    if (reply->subscribed.simulated && !d->courier->simulated) {
        not_served(d, "simulated (start the courier with --simulated to carry it)");
        return;
    }
    if (d->admitted != ADMITTED) {
        diag_info("served", "office=%s channel=%s", d->leader,
                  channel_name(d->channel));
    }
    d->admitted = ADMITTED;
    d->refusal[0] = '\0';
    d->state = LINK_UP;
    d->received = 0;
    d->said = false; /* if it was not committed, the message comes again */
    (void)snprintf(d->language, sizeof d->language, "%s", en ? "en" : "vi");
    (void)snprintf(d->title, sizeof d->title, "%s",
                   en ? reply->subscribed.title_en : reply->subscribed.title_vi);
    device_begin_anew(d);
    diag_info("subscribed",
              "office=%s channel=%s position=%" PRIu64 " waiting=%" PRIu64, d->leader,
              channel_name(d->channel), reply->subscribed.position,
              reply->subscribed.waiting);
}

enum status
reply_read(struct courier *c, const uint8_t *bytes, size_t len,
           struct leader_reply *reply)
{
    const struct bus_keys *keys = service_keys(c->service);
    enum status st = leader_reply_decode(bytes, len, c->arena, reply);

    return st == ST_OK
               ? sealed_open(reply, keys->public_key, keys->secret_key, c->arena)
               : st;
}

static void
reply_take(struct device *d, const struct bus_message *m)
{
    struct courier *c = d->courier;
    struct leader_reply reply;

    arena_reset(c->arena);
    if (reply_read(c, m->body, m->body_bytes, &reply) != ST_OK) {
        diag_warn("notifier_words",
                  "office=%s bytes=%zu why=\"neither of this protocol nor sealed to "
                  "our key\"",
                  d->leader, m->body_bytes);
        return;
    }
    d->heard = mono_now();
    switch (reply.kind) {
    case LEADER_REPLY_SUBSCRIBED:
        if (d->state == LINK_ASKED) {
            subscribed_take(d, &reply);
        }
        break;
    case LEADER_REPLY_ALERT:
        if (d->state != LINK_UP) {
            break; /* of a subscription that we gave up: it comes again */
        }
        if (reply.alert.simulated && !c->simulated) {
            not_served(d, "simulated (start the courier with --simulated to carry it)");
        } else if (!device_take(d, &reply.alert, m->body, m->body_bytes)) {
            d->received = reply.alert.position;
        }
        break;
    case LEADER_REPLY_REFUSAL:
        refusal_take(d, reply.refusal.code);
        break;
    case LEADER_REPLY_BEAT:
        if (d->said && reply.request_id == d->requests) {
            d->said = false; /* the cursor is on disk */
        }
        break;
    case LEADER_REPLY_NONE:
    case LEADER_REPLY_SEALED: /* opened before */
    case LEADER_REPLY_ACKNOWLEDGED:
    case LEADER_REPLY_BACKLOG_END:
        break;
    }
}

static void
received_send(struct device *d)
{
    struct leader_request q = {.kind = LEADER_REQUEST_RECEIVED,
                               .request_id = d->requests + 1,
                               .received = d->received};

    if (d->state == LINK_UP && d->received > 0 && request_send(d, &q) == ST_OK) {
        FAULT("courier.received");
        d->received = 0;
        d->requests++;
        d->said = true;
        d->said_at = mono_now();
    }
}

bool
link_settled(const struct device *d)
{
    return d->state == LINK_UP && d->received == 0 && !d->said;
}

void
link_again(struct device *d)
{
    link_lost(d, 0);
}

static bool
link_is_lost(const struct device *d)
{
    if (d->state != LINK_DOWN && bus_handshakes(d->socket) != d->handshakes) {
        return true; /* another connection, of which the notifier knows nothing */
    }
    if (d->state == LINK_UP && mono_since_us(d->heard) > SILENCE_US) {
        diag_info("silence", "office=%s channel=%s", d->leader,
                  channel_name(d->channel));
        return true;
    }
    if (d->state == LINK_UP && d->said && mono_since_us(d->said_at) > ANSWER_US) {
        return true; /* subscribing shows where the cursor stands */
    }
    return d->state == LINK_ASKED && mono_since_us(d->asked) > ANSWER_US;
}

void
link_turn(struct device *d)
{
    struct bus_message m;
    int i;

    for (i = 0; i < REPLIES_A_TURN && bus_receive(d->socket, &m) == ST_OK; i++) {
        reply_take(d, &m);
        bus_message_close(&m);
    }
    if (link_is_lost(d)) {
        link_lost(d, 0);
    }
    if (d->state == LINK_DOWN) {
        subscribe(d);
    }
    received_send(d);
}

int
link_wait_ms(const struct device *d)
{
    int64_t us = d->ask_at.us - mono_now().us;

    if (d->state != LINK_DOWN || us > AGAIN_US) {
        return 1000;
    }
    /* That a connection stands is not among what is polled. */
    return us <= 0 ? CONNECT_LOOK_MS : (int)(us / 1000) + 1;
}
