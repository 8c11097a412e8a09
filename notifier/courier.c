/* Couriers: which channels an office wants, and that one courier carries to each. */
#include "notifier/notifier.h"

#include <string.h>

#include "lib/diag.h"

/* An office that the programme does not name any more keeps what it had. */
static bool
channel_wanted(const struct catalogue *c, const char *leader, const char *channel)
{
    int l = c == NULL ? NONE : catalogue_leader(c, leader);
    int k;

    for (k = 0; l != NONE && k < CHANNEL_COUNT; k++) {
        if (strcmp(channel_name((enum channel)k), channel) == 0) {
            return (c->leaders[l].channels & 1u << (unsigned)k) != 0;
        }
    }
    return true;
}

static bool
same_peer(const struct bus_peer *a, const struct bus_peer *b)
{
    return a->len == b->len && memcmp(a->id, b->id, a->len) == 0;
}

enum courier_may
courier_may(struct province *p, const struct bus_peer *peer, const char *leader,
            const char *channel)
{
    struct notifier *n = p->notifier;
    struct leader_reply beat = {.version = WIRE_VERSION, .kind = LEADER_REPLY_BEAT};
    size_t i = n->session_count;

    if (!channel_wanted(p->catalogue, leader, channel)) {
        return COURIER_UNWANTED;
    }
    while (i-- > 0) {
        struct session *s = n->sessions[i];

        if (s->province != p || strcmp(s->channel, channel) != 0 ||
            strcmp(s->leader, leader) != 0 || same_peer(&s->peer, peer)) {
            continue;
        }
        if (reply_send(n, &s->peer, &beat) != ST_GONE) {
            return COURIER_BESIDE;
        }
        session_forget(n, s);
    }
    return COURIER_MAY;
}

void
couriers_check(struct province *p)
{
    struct notifier *n = p->notifier;
    size_t i = n->session_count;

    while (i-- > 0) {
        struct session *s = n->sessions[i];

        if (s->province == p && s->channel[0] != '\0' &&
            !channel_wanted(p->catalogue, s->leader, s->channel)) {
            diag_info("channel_unwanted", "province=%s leader=%s channel=%s", p->slug,
                      s->leader, s->channel);
            leader_refuse(n, &s->peer, 0, LEADER_CHANNEL_UNWANTED, "", "");
            session_forget(n, s);
        }
    }
}
