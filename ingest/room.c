/*
 * Is there room in Redis, and does nobody hold us? Its start wrapper, which watches the
 * disk and the files, writes words into the field `hold` of dondoc:ops:redis when an
 * answer could not be kept. The one ops key that stops something; it never allows
 * anything. It counts for as long as it stands, however old: a wrapper that died said
 * it for a reason, and the next start of Redis writes it anew.
 */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HOLD_KEY "dondoc:ops:redis"
#define HOLD_OLD_MS 60000

/* "used_memory:123" in the answer to INFO; 0 when it is not there. */
static int64_t
info_number(const char *info, const char *name)
{
    const char *at = strstr(info, name);
    long long n = 0;

    if (at == NULL || sscanf(at + strlen(name), ":%lld", &n) != 1) {
        return 0;
    }
    return n;
}

static enum status
memory_judge(struct province *p, const struct reply *rep)
{
    int64_t used = info_number(reply_str(rep, NULL), "\nused_memory");
    int64_t most = info_number(reply_str(rep, NULL), "\nmaxmemory");

    if (most == 0 || used < most / 100 * MEMORY_FULL_PERCENT) {
        return ST_OK;
    }
    (void)snprintf(p->why, sizeof p->why,
                   "redis memory: %" PRId64 " of %" PRId64 " MiB used", used >> 20,
                   most >> 20);
    return ST_LIMIT;
}

static enum status
hold_judge(struct province *p, const struct reply *rep)
{
    const char *hold = reply_str(reply_at(rep, 0), NULL);
    int64_t age_ms = instant_now().ms - reply_int(reply_at(rep, 1));

    if (hold[0] == '\0') {
        return ST_OK;
    }
    if (age_ms > HOLD_OLD_MS) {
        (void)snprintf(p->why, sizeof p->why,
                       "redis hold: %.150s (said %" PRId64
                       " s ago: does its start wrapper still run?)",
                       hold, age_ms / 1000);
    } else {
        (void)snprintf(p->why, sizeof p->why, "redis hold: %.200s", hold);
    }
    return ST_LIMIT;
}

enum status
redis_room(struct province *p)
{
    static const char *const memory[] = {"INFO", "memory"};
    static const char *const hold[] = {"HMGET", HOLD_KEY, "hold", "updated"};
    struct reply *rep = NULL;
    enum status st = redis_call(p->redis, 2, memory, NULL, &rep);

    if (st == ST_OK) {
        st = memory_judge(p, rep);
    }
    reply_free(&rep);
    if (st != ST_OK) {
        return st;
    }
    st = redis_call(p->redis, 4, hold, NULL, &rep);
    if (st == ST_OK) {
        st = hold_judge(p, rep);
    }
    reply_free(&rep);
    return st;
}
