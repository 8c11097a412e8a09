/* What the actors share among themselves. */
#ifndef DONDOC_TESTS_SIM_ACTORS_H
#define DONDOC_TESTS_SIM_ACTORS_H

#include "lib/bus.h"
#include "lib/mem.h"
#include "lib/wire.h"
#include "tests/sim/sim.h"

enum actor_key {
    KEY_XA1,
    KEY_XA2,
    KEY_ONESTOP,
    KEY_OFFICE_OF,
    KEY_OPS,
    KEY_LEADER_FIRST,
    ACTOR_KEYS = KEY_LEADER_FIRST + LEADERS,
};

extern struct arena *actor_arena; /* one message */
extern struct buf actor_out;

const char *actor_key(enum actor_key which);
/* Sends a request over the actor's link, which is up. */
void actor_ask(struct actor *a, const struct unit_request *q);
int64_t actors_tick_gap(void); /* hours that no tick stands for yet */

#endif
