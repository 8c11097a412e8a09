/*
 * Leaders: each subscribes, stores what comes and says Received for it, sometimes late,
 * sometimes from the start again, and takes some alerts on. What was stored stands
 * outside everything that is killed; each id must be stored once, with one content.
 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/actors.h"

#define SILENCE_US 12000000
#define ANSWER_US 5000000
#define ACKS_A_LEADER 2

struct office leaders[LEADERS];
struct sim_ack *acks;
size_t ack_count;

static struct state {
    uint64_t received; /* what we have said */
    bool subscribed;
    int64_t heard_us; /* when anything came */
    int64_t asked_us; /* when we subscribed */
    uint64_t request;
    unsigned acks_left;
    bool acking;
    uint64_t ack_after; /* it was asked with higher request ids */
    char ack_id[40];
    char ack_code[96];
} states[LEADERS];

static struct state *
state_of(const struct office *l)
{
    return &states[l - leaders];
}

static void
leader_ask(struct office *l, struct leader_request *q)
{
    q->version = WIRE_VERSION;
    q->province = SIM_PROVINCE;
    q->request_id = ++state_of(l)->request;
    buf_clear(&actor_out);
    arena_reset(actor_arena);
    leader_request_encode(q, actor_arena, &actor_out);
    link_send(l->actor.link, buf_str(&actor_out), actor_out.len);
}

static void
subscribe(struct office *l)
{
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE,
                               .credit = (uint32_t)chance_between(0, 8),
                               .from_start = chance_of(100)};

    state_of(l)->subscribed = false;
    state_of(l)->heard_us = state_of(l)->asked_us = world.now_us;
    leader_ask(l, &q);
}

static void
received_say(struct office *l)
{
    struct leader_request q = {.kind = LEADER_REQUEST_RECEIVED};
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (l->heard[i].position > q.received) {
            q.received = l->heard[i].position;
        }
    }
    if (q.received > 0) {
        state_of(l)->received = q.received;
        leader_ask(l, &q);
    }
}

static void
acknowledge_say(struct office *l)
{
    struct state *s = state_of(l);
    struct leader_request q = {.kind = LEADER_REQUEST_ACKNOWLEDGE};

    q.acknowledge.id = s->ack_id;
    q.acknowledge.alert = s->ack_code;
    q.acknowledge.note = "taken on";
    q.acknowledge.until = "";
    leader_ask(l, &q);
}

static void
leader_act(void *context, uint64_t turn)
{
    struct actor *a = context;
    struct office *l = a->self;
    struct state *s = state_of(l);
    struct leader_request beat = {.kind = LEADER_REQUEST_BEAT};

    (void)turn;
    if (link_up(a->link) &&
        (world.now_us - s->heard_us > SILENCE_US ||
         (!s->subscribed && world.now_us - s->asked_us > ANSWER_US))) {
        link_close(a->link); /* as heartbeats would find out, or as an answer is due */
    }
    if (!link_up(a->link)) {
        if (link_open(a, PART_NOTIFIER, "", a->key) != NULL) {
            subscribe(l);
        }
    } else if (s->subscribed) {
        received_say(l);
        leader_ask(l, &beat);
        if (s->acking) {
            acknowledge_say(l);
        }
    }
    actor_later(a, chance_between(400, 1500) * US_A_MS);
}

/* ---- what comes ---- */

static void
alert_take(struct office *l, const struct wire_alert *alert)
{
    struct state *s = state_of(l);
    struct heard *h;
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (l->heard[i].position == alert->position) {
            if (strcmp(l->heard[i].id, alert->id) != 0) {
                sim_fail("%s: position %llu was %s and is %s", l->office,
                         (unsigned long long)alert->position, l->heard[i].id,
                         alert->id);
            }
            return;
        }
    }
    if (l->count == l->room) {
        struct heard *more = world_take((l->room + 64) * sizeof *more);

        if (l->count > 0) {
            memcpy(more, l->heard, l->count * sizeof *more);
        }
        l->heard = more;
        l->room += 64;
    }
    h = &l->heard[l->count++];
    h->position = alert->position;
    (void)snprintf(h->id, sizeof h->id, "%s", alert->id);
    TRACE(l->office, "hears %s at %llu", h->id, (unsigned long long)h->position);
    if (s->acks_left > 0 && !s->acking && chance_of(400)) {
        s->acks_left--;
        s->acking = true;
        s->ack_after = s->request;
        (void)snprintf(s->ack_id, sizeof s->ack_id, "ack-%s-%u", l->office,
                       s->acks_left);
        (void)snprintf(s->ack_code, sizeof s->ack_code, "%s", alert->code);
    }
}

static void
acknowledged_take(struct office *l, const struct leader_reply *r)
{
    struct state *s = state_of(l);

    if (!s->acking || r->request_id <= s->ack_after) { /* of an earlier one */
        return;
    }
    s->acking = false;
    (void)snprintf(acks[ack_count].id, sizeof acks->id, "%s", s->ack_id);
    acks[ack_count++].entry = r->acknowledged.entry;
}

static void
refused(struct office *l, const struct leader_reply *r)
{
    struct state *s = state_of(l);

    if (strcmp(r->refusal.code, "bad_act") == 0 ||
        strcmp(r->refusal.code, "not_yours") == 0) {
        sim_fail("%s: acknowledging what it was told of is refused: %s", l->office,
                 r->refusal.code);
    } else if (!s->subscribed || strcmp(r->refusal.code, "not_ready") == 0) {
        link_close(l->actor.link); /* another one, another time */
        actor_later(&l->actor, chance_between(300, 1500) * US_A_MS);
    }
}

static void
leader_hear(struct actor *a, const uint8_t *body, size_t bytes)
{
    struct office *l = a->self;
    struct leader_reply r;

    arena_reset(actor_arena);
    if (leader_reply_decode(body, bytes, actor_arena, &r) != ST_OK) {
        sim_fail("%s was sent something that is no reply", a->name);
        return;
    }
    state_of(l)->heard_us = world.now_us;
    switch (r.kind) {
    case LEADER_REPLY_SUBSCRIBED:
        state_of(l)->subscribed = true;
        break;
    case LEADER_REPLY_ALERT:
        alert_take(l, &r.alert);
        if (!chance_of(300)) {
            received_say(l);
        }
        break;
    case LEADER_REPLY_ACKNOWLEDGED:
        acknowledged_take(l, &r);
        break;
    case LEADER_REPLY_REFUSAL:
        refused(l, &r);
        break;
    case LEADER_REPLY_BACKLOG_END:
    case LEADER_REPLY_SEALED: /* not asked for here */
    case LEADER_REPLY_BEAT:
    case LEADER_REPLY_NONE:
        break;
    }
}

/* ---- beginning and end ---- */

void
leaders_begin(void)
{
    static const char *const offices[LEADERS] = {"chair", "head-HA", "head-XB1"};
    size_t i;

    memset(leaders, 0, sizeof leaders);
    memset(states, 0, sizeof states);
    acks = world_take(LEADERS * ACKS_A_LEADER * sizeof *acks);
    ack_count = 0;
    for (i = 0; i < LEADERS; i++) {
        struct office *l = &leaders[i];

        l->office = offices[i];
        l->actor = (struct actor){offices[i],
                                  actor_key((enum actor_key)(KEY_LEADER_FIRST + i)),
                                  .hear = leader_hear, .act = leader_act, .self = l};
        states[i].acks_left = ACKS_A_LEADER;
        actor_later(&l->actor, chance_between(1, 3000) * US_A_MS);
    }
}

bool
leaders_done(void)
{
    size_t i;

    for (i = 0; i < LEADERS; i++) {
        if (states[i].acking) {
            return false;
        }
    }
    return true;
}
