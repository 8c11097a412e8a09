/*
 * The turn of one province: entries out of hints or out of the journal, applied, and
 * committed together (commit.c) as soon as the commit before is answered.
 */
#include "scorer/scorer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/fault.h"
#include "lib/keys.h"

/*
 * What opened or changed no alert is waited for by nobody: it is committed together
 * with what comes in this time, so that a stream of quiet reports does not cost one
 * fsync each, in the way of those that acknowledge. Whoever looks at scores sees them
 * so much later. A tick, a programme and an act that are applied write alerts entries,
 * too: they never wait.
 */
#define LINGER_US 10000

/* ---- entries ---- */

/* Does the entry follow from the one before it? If not, what is good before it takes
 * effect, and nothing else. */
static bool
entry_chained(struct state *s, const struct journal_entry *e)
{
    char why[200];

    if (journal_entry_follows(e, s->chain)) {
        return true;
    }
    (void)snprintf(why, sizeof why,
                   "reports: entry %" PRIu64 "-0 is not as it was written: its chain "
                   "value does not follow from the entry before it",
                   e->seq);
    if (state_commit(s) && state_land(s)) {
        state_stop(s, why);
    }
    return false;
}

/* The next entry, its chain value looked at. False: the province is lost or stopped. */
static bool
entry_take(struct state *s, const struct journal_entry *e)
{
    bool barrier = false;
    enum status st;

    /* An answer that is here is news for the notifier; what Redis has not taken yet it
     * cannot answer. */
    if (!commit_collect(s) ||
        (s->effects.count > EFFECTS_A_COMMIT && !state_commit(s))) {
        return false;
    }
    if (s->seen == follow_seq(&s->follow)) {
        s->waits = mono_now();
    }
    st = entry_apply(s, e, &barrier);
    if (st == ST_OK && barrier) {
        if (!state_commit(s) || !state_land(s)) {
            return false;
        }
        st = entry_apply(s, e, &barrier); /* again, with nothing before it */
    }
    if (st == ST_BAD) {
        s->seen = s->follow.checkpoint;
        state_stop(s, redis_error(s->redis));
    } else if (st != ST_OK) {
        state_lost(s, redis_error(s->redis));
    }
    if (st != ST_OK) {
        return false;
    }
    memcpy(s->chain, e->chain, strlen(e->chain) + 1);
    return true;
}

/* What Redis has; true: there may be more. */
static bool
state_read(struct state *s)
{
    struct journal_read rd;
    enum status st;
    size_t i;
    bool good;

    if (!state_land(s)) {
        return false;
    }
    s->swept = mono_now();
    s->look = false;
    journal_read_init(&rd);
    st = journal_read_after(s->redis, s->slug, KEY_REPORTS, s->seen, ENTRIES_A_READ,
                            &rd);
    FAULT("scorer.read");
    good = st == ST_OK;
    if (st == ST_GONE || st == ST_BAD) {
        char why[200];

        (void)snprintf(why, sizeof why, "%s", redis_error(s->redis));
        if (state_commit(s) && state_land(s)) {
            state_stop(s, why);
        }
    } else if (st != ST_OK) {
        state_lost(s, redis_error(s->redis));
    }
    for (i = 0; good && i < rd.count; i++) {
        good = entry_chained(s, &rd.entries[i]) && entry_take(s, &rd.entries[i]);
    }
    /* Not full: it has shown the journal's end; behind that there are hints again. */
    s->look = good && (rd.count == ENTRIES_A_READ ||
                       (rd.count > 0 && s->scorer->hints_in == NULL));
    journal_read_fini(&rd);
    return s->look;
}

void
state_hinted(struct state *s, const struct hint *h)
{
    bool same = s->run_id[0] != '\0' && strcmp(h->run_id, s->run_id) == 0;
    size_t i;

    if (!s->ready) {
        return; /* it will read */
    }
    for (i = 0; same && i < h->count; i++) {
        const struct journal_entry *e = &h->entries[i];

        if (e->seq == s->seen + 1 &&
            (!journal_entry_follows(e, s->chain) || !entry_take(s, e))) {
            break;
        }
    }
    s->look |= s->seen < h->seq;
}

int64_t
state_wait_us(const struct state *s)
{
    int64_t left;

    if (!s->ready || s->follow.sent.waiting || s->seen == follow_seq(&s->follow)) {
        return INT64_MAX;
    }
    left = LINGER_US - mono_since_us(s->waits);
    return s->effects.out_next != s->effects.out_first || left < 0 ? 0 : left;
}

bool
state_turn(struct state *s, int sweep_ms)
{
    bool more = false;

    if (!state_work(s) || !commit_collect(s)) {
        return false;
    }
    if (s->look || mono_since_us(s->swept) >= (int64_t)sweep_ms * 1000) {
        more = state_read(s);
    }
    if (s->ready && state_wait_us(s) == 0) {
        (void)state_commit(s); /* lost or not, the others have their turn */
    }
    return more;
}
