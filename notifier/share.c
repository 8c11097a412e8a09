#include "notifier/share.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/table.h"

#define SECOND_US 1000000
#define KEYS_MAX 65536u /* that ask in one second; more are not counted */

struct shares {
    struct mono since;   /* the second in hand */
    struct table *taken; /* key -> cost so far * 2 + has it been said */
};

struct shares *
shares_new(uint64_t seed)
{
    struct shares *s = mem_alloc(sizeof *s);

    s->since = mono_now();
    s->taken = table_new(KEYS_MAX, seed);
    return s;
}

void
shares_free(struct shares **s)
{
    if (*s != NULL) {
        table_free(&(*s)->taken);
        mem_free(s);
    }
}

static uint64_t
taken_now(struct shares *s, const char *key)
{
    union table_value v = {.number = 0};

    if (mono_since_us(s->since) >= SECOND_US) {
        table_clear(s->taken);
        s->since = mono_now();
    }
    (void)table_get(s->taken, key, strlen(key), &v);
    return v.number;
}

/* One that finds no room is not counted: the others in it are. */
static void
taken_put(struct shares *s, const char *key, uint64_t taken)
{
    status_ignore(table_put_number(s->taken, key, strlen(key), taken));
}

bool
share_take(struct shares *s, enum role role, const char *key, unsigned cost)
{
    uint64_t most = role == ROLE_COURIER ? SHARE_A_COURIER : SHARE_A_SECOND;
    uint64_t taken = taken_now(s, key);

    if (taken / 2 + cost > most) {
        return false;
    }
    taken_put(s, key, taken + (uint64_t)cost * 2);
    return true;
}

void
share_back(struct shares *s, const char *key, unsigned cost)
{
    uint64_t taken = taken_now(s, key);

    if (taken / 2 >= cost) { /* else the second was another */
        taken_put(s, key, taken - (uint64_t)cost * 2);
    }
}

bool
share_say(struct shares *s, const char *key)
{
    uint64_t taken = taken_now(s, key);

    if (taken % 2 != 0) {
        return false;
    }
    taken_put(s, key, taken + 1);
    return true;
}

unsigned
share_cost(enum role role, const struct leader_request *q)
{
    switch (q->kind) {
    case LEADER_REQUEST_SUBSCRIBE:
        if (q->from_start) {
            return SHARE_FROM_START;
        }
        return role == ROLE_COURIER ? SHARE_ANY : SHARE_SUBSCRIBE;
    case LEADER_REQUEST_ACKNOWLEDGE:
        return SHARE_ACKNOWLEDGE;
    case LEADER_REQUEST_PREVIEW:
        return SHARE_PREVIEW;
    case LEADER_REQUEST_RECEIVED: /* what it costs is seen when it is looked at */
    case LEADER_REQUEST_BEAT:
    case LEADER_REQUEST_NONE:
        break;
    }
    return SHARE_ANY;
}
