/* What all actors share, the keyring, and the operator. */
#include "tests/sim/actors.h"

#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"

#define RETRY_US (500 * US_A_MS)

struct arena *actor_arena;
struct buf actor_out;

/* Keys are public texts of the right form, one letter each; nothing is encrypted. */
static const char *const lines[ACTOR_KEYS] = {
    "role=unit name=XA1 scope=XA1",
    "role=unit name=XA2 scope=XA2",
    "role=unit name=onestop scope=XA2,XB1",
    "role=office name=office",
    "role=ops name=operator",
    "role=leader name=chair",
    "role=leader name=head-HA",
    "role=leader name=head-XB1",
};

static char keys[ACTOR_KEYS][BUS_KEY_BYTES];
static char keyring[ACTOR_KEYS * (BUS_KEY_BYTES + 48)];

static void
keyring_write(void)
{
    size_t len = 0;
    size_t i;

    for (i = 0; i < ACTOR_KEYS; i++) {
        memset(keys[i], 'a' + (int)i, BUS_KEY_BYTES - 1);
        len += (size_t)snprintf(keyring + len, sizeof keyring - len, "%s %s\n", keys[i],
                                lines[i]);
    }
}

const char *
actors_keyring(void)
{
    return keyring;
}

const char *
actor_key(enum actor_key which)
{
    return keys[which];
}

/* ---- an actor's timer ---- */

static void
actor_timer(void *context, uint64_t turn)
{
    struct actor *a = context;

    if (a->turn == turn && !world.failed) {
        a->act(a, turn);
    }
}

void
actor_later(struct actor *a, int64_t us)
{
    a->turn++;
    event_in(us, actor_timer, a, a->turn);
}

void
actor_ask(struct actor *a, const struct unit_request *q)
{
    struct unit_request whole = *q;

    whole.version = WIRE_VERSION;
    whole.province = SIM_PROVINCE;
    buf_clear(&actor_out);
    arena_reset(actor_arena);
    unit_request_encode(&whole, actor_arena, &actor_out);
    link_send(a->link, buf_str(&actor_out), actor_out.len);
}

/* ---- the operator: one programme at the start, then confirmed ticks ---- */

static struct {
    struct actor actor;
    size_t put;    /* programmes in force so far, one after the other */
    size_t to_put; /* how many there are to be */
    int64_t next_us;
    uint64_t request;
    bool putting; /* what was asked last: a programme, else a confirmation */
    unsigned confirmed;
} operator;

int64_t
actors_tick_gap(void)
{
    const struct text *tick = store_hget(store, SIM_PREFIX "head", "tick");

    return tick == NULL
               ? 0
               : hour_of((struct instant){world_wall_ms()}) - text_number(*tick);
}

static void
programme_put(void)
{
    const struct programme *p = &programmes[operator.put];
    struct unit_request q = {.request_id = ++operator.request,
                             .kind = UNIT_REQUEST_PROGRAMME};

    operator.putting = true;
    q.programme.digest = p->digest;
    q.programme.total_bytes = (uint32_t)p->bundle.len;
    q.programme.data = (const uint8_t *)p->bundle.at;
    q.programme.data_bytes = p->bundle.len;
    actor_ask(&operator.actor, &q);
}

static void
tick_confirm(void)
{
    struct unit_request q = {.request_id = ++operator.request,
                             .kind = UNIT_REQUEST_ACT};
    char id[32];

    operator.putting = false;
    (void)snprintf(id, sizeof id, "confirm-%u", operator.confirmed);
    q.act =
        (struct wire_act){id, "tick-confirm", "", "the clock is right", "", "", 0, ""};
    actor_ask(&operator.actor, &q);
}

static void
operator_act(void *context, uint64_t turn)
{
    struct actor *a = context;

    (void)turn;
    if (!link_up(a->link)) {
        (void)link_open(a, PART_INGEST, ".ops", a->key);
    }
    if (link_up(a->link)) {
        if (operator.put<operator.to_put && world.now_us >= operator.next_us) {
            programme_put();
        } else if (actors_tick_gap() > 26) {
            tick_confirm();
        }
    }
    actor_later(a, RETRY_US + chance_between(0, RETRY_US));
}

static void
operator_hear(struct actor *a, const uint8_t *body, size_t bytes)
{
    struct unit_reply r;

    (void)a;
    arena_reset(actor_arena);
    if (unit_reply_decode(body, bytes, actor_arena, &r) != ST_OK) {
        sim_fail("the operator was sent something that is no reply");
    } else if (r.kind == UNIT_REPLY_DONE && r.request_id == operator.request) {
        if (operator.putting) {
            operator.put++;
            operator.next_us = world.now_us + chance_between(1, 5000) * US_A_MS;
        } else {
            operator.confirmed++;
        }
        operator.request++; /* an answer that comes twice is for nobody */
    }
}

/* ---- all of them ---- */

void
actors_begin(void)
{
    keyring_write();
    actor_arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&actor_out, BUS_MESSAGE_MAX);
    memset(&operator, 0, sizeof operator);
    operator.to_put = chance_of(300) ? 2 : 1;
    operator.actor =(struct actor){"operator", actor_key(KEY_OPS),
                                   .hear = operator_hear, .act = operator_act};
    actor_later(&operator.actor, chance_between(1, 100) * US_A_MS);
    units_begin();
    leaders_begin();
}

const char *
actors_busy(void)
{
    return operator.put<operator.to_put ? "the programme is not in force"
                                        : actors_tick_gap()> 0
               ? "ticks are missing"
           : !units_done()   ? "a unit has no receipt"
           : !leaders_done() ? "an acknowledgement has no answer"
                             : NULL;
}
