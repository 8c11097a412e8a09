/*
 * How far each key of an office has come: on disk, and what is to go there. A cursor
 * never moves back.
 */
#include "notifier/notifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/fault.h"
#include "lib/keys.h"

#define CURSOR_FIELD_BYTES                                                             \
    (LEADER_ID_BYTES + KEYRING_FINGERPRINT_BYTES + CHANNEL_BYTES + 2)

static void
cursor_field(const struct session *s, char out[CURSOR_FIELD_BYTES])
{
    (void)snprintf(out, CURSOR_FIELD_BYTES, "%s/%s%s%s", s->leader, s->fingerprint,
                   s->channel[0] == '\0' ? "" : "/", s->channel);
}

enum status
session_cursor(const struct session *s, uint64_t *position)
{
    struct province *p = s->province;
    char key[KEY_BYTES];
    char field[CURSOR_FIELD_BYTES];
    const char *argv[3] = {"HGET", key, field};
    struct reply *rep = NULL;
    enum status st;

    key_make(key, p->slug, KEY_CURSOR);
    cursor_field(s, field);
    st = redis_call(p->redis, 3, argv, NULL, &rep);
    *position = (uint64_t)reply_int(rep);
    reply_free(&rep);
    return st;
}

static bool
same_cursor(const struct session *a, const struct session *b)
{
    return a->province == b->province && strcmp(a->key, b->key) == 0 &&
           strcmp(a->leader, b->leader) == 0 && strcmp(a->channel, b->channel) == 0;
}

/* Two windows of one key share its cursor: the one that is further decides. */
static bool
cursor_leads(const struct notifier *n, const struct session *s)
{
    size_t i;

    for (i = 0; i < n->session_count; i++) {
        const struct session *other = n->sessions[i];

        if (other != s && same_cursor(s, other) &&
            (other->received > s->received ||
             (other->received == s->received && other < s))) {
            return false;
        }
    }
    return true;
}

bool
sessions_cursor_waits(const struct province *p, const char *key, const char *leader)
{
    const struct notifier *n = p->notifier;
    size_t i;

    for (i = 0; p->cursors_since.us != 0 && i < n->session_count; i++) {
        const struct session *s = n->sessions[i];

        if (s->province == p && s->received > s->durable && strcmp(s->key, key) == 0 &&
            strcmp(s->leader, leader) == 0) {
            return true;
        }
    }
    return false;
}

size_t
sessions_cursors(struct province *p)
{
    struct notifier *n = p->notifier;
    char field[CURSOR_FIELD_BYTES];
    char value[24];
    size_t count = 0;
    size_t i;

    for (i = 0; i < n->session_count; i++) {
        const struct session *s = n->sessions[i];

        if (s->province != p || s->received <= s->durable || !cursor_leads(n, s)) {
            continue;
        }
        cursor_field(s, field);
        (void)snprintf(value, sizeof value, "%" PRIu64, s->received);
        effects_hset(&p->effects, &p->follow, KEY_CURSOR, NULL, field, value,
                     strlen(value));
        count++;
    }
    if (count > 0) {
        FAULT("notifier.cursor");
    }
    return count;
}

void
sessions_cursors_done(struct province *p)
{
    struct notifier *n = p->notifier;
    size_t i;
    size_t j;

    p->cursors_since.us = 0;
    for (i = 0; i < n->session_count; i++) {
        struct session *s = n->sessions[i];

        if (s->province != p || s->received <= s->durable) {
            continue;
        }
        for (j = 0; j < n->session_count; j++) {
            if (j != i && same_cursor(s, n->sessions[j]) &&
                n->sessions[j]->durable < s->received) {
                n->sessions[j]->durable = s->received;
            }
        }
        s->durable = s->received;
    }
}

/* What was said of positions holds no longer: from what stands on the disk on. */
static void
session_rewind(struct session *s)
{
    s->sent = s->durable;
    s->received = s->durable;
    s->in_flight_count = 0;
    s->confirm = 0;
    s->newest = 0;
    s->backlog_to = 0;
}

enum status
sessions_take_over(struct province *p)
{
    struct notifier *n = p->notifier;
    size_t i;

    for (i = 0; i < n->session_count; i++) {
        struct session *s = n->sessions[i];
        enum status st;

        if (s->province != p) {
            continue;
        }
        st = session_cursor(s, &s->durable);
        if (st != ST_OK) {
            return st;
        }
        if (s->sent / POSITION_EVENTS > p->follow.checkpoint) {
            session_rewind(
                s); /* a row is sent behind its commit: this is an older copy */
        }
        if (s->received > s->durable && p->cursors_since.us == 0) {
            p->cursors_since = mono_now();
        }
        s->more = true;
    }
    return ST_OK;
}
