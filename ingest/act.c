/*
 * Acts of people: checked, and appended with their author and the hour. The id is made
 * by whoever acts, so the same again finds itself there and is harmless; another act
 * under an id that stands is refused.
 */
#include "ingest/act_check.h"
#include "ingest/chore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"

struct act_context {
    const struct wire_act *act;
    const struct province *province;
};

static void
act_fill(struct journal_append *a, const void *context)
{
    const struct act_context *x = context;
    char seq[24];

    (void)snprintf(seq, sizeof seq, "%" PRIu64, x->province->head.seq + 1);
    journal_append_guard(a, TABLE_ACTS, x->act->id, "");
    journal_append_set(a, TABLE_ACTS, x->act->id, seq);
}

/* ---- does it stand already? ---- */

enum act_standing { ACT_NEW, ACT_STANDS, ACT_OTHER };

static bool
act_same(const struct wire_act *a, const struct wire_act *b)
{
    return strcmp(a->kind, b->kind) == 0 && strcmp(a->subject, b->subject) == 0 &&
           strcmp(a->note, b->note) == 0 && strcmp(a->until, b->until) == 0 &&
           strcmp(a->drop, b->drop) == 0 && strcmp(a->by, b->by) == 0;
}

static enum status
act_compare(struct province *p, const struct wire_act *act, uint64_t seq,
            enum act_standing *out)
{
    struct journal_read rd;
    struct wire_act stands;
    enum status st;

    journal_read_init(&rd);
    st = journal_read_one(p->redis, p->slug, KEY_REPORTS, seq, &rd);
    if (st == ST_OK) {
        arena_reset(p->ingest->scratch);
        *out = act_decode(rd.entries[0].body, rd.entries[0].body_bytes,
                          p->ingest->scratch, &stands) == ST_OK &&
                       act_same(&stands, act)
                   ? ACT_STANDS
                   : ACT_OTHER;
    } else if (st == ST_GONE) { /* archived: ids are random, so it is this one */
        *out = ACT_STANDS;
        st = ST_OK;
    }
    journal_read_fini(&rd);
    return st;
}

/* Asked before the day and the state are looked at: what was done yesterday is told to
 * be done, not to be too late. */
static enum status
act_standing(struct province *p, const struct wire_act *act, enum act_standing *out)
{
    char key[KEY_BYTES];
    const char *argv[3] = {"HGET", key, act->id};
    struct reply *rep = NULL;
    int64_t seq = 0;
    enum status st;

    *out = ACT_NEW;
    key_make(key, p->slug, KEY_ACTS);
    st = redis_call(p->redis, 3, argv, NULL, &rep);
    if (st == ST_OK) {
        seq = reply_int(rep);
    }
    reply_free(&rep);
    return st == ST_OK && seq > 0 ? act_compare(p, act, (uint64_t)seq, out) : st;
}

/* ---- may it be done now? ---- */

/* Of a clock that nobody has confirmed yet the journal's own day counts. */
static int32_t
act_today(const struct province *p)
{
    return p->tick_waits && p->head.tick != 0 ? instant_day(hour_start(p->head.tick))
                                              : instant_day(province_now(p));
}

/* Only what is open can be paused. */
static enum status
alert_open(struct province *p, const char *code, bool *open)
{
    char key[KEY_BYTES];
    const char *argv[3] = {"HGET", key, "state"};
    struct reply *rep = NULL;
    enum status st;

    key_make2(key, p->slug, KEY_ALERT, code);
    st = redis_call(p->redis, 3, argv, NULL, &rep);
    *open = st == ST_OK && strcmp(reply_str(rep, NULL), "open") == 0;
    reply_free(&rep);
    return st;
}

static enum status
act_check(struct province *p, const struct wire_act *act, struct refused *why)
{
    enum status st;
    bool open;

    if (p->ingest->simulated && p->clock.ms == 0 && act->until[0] != '\0') {
        refused_set(why, REFUSAL_NOT_READY, "", "clock not set by the player", "");
        return ST_OK; /* no day can be held against one that is not known */
    }
    if (!act_kind_check(act, act_today(p), why) || strcmp(act->kind, "pause") != 0) {
        return ST_OK;
    }
    st = alert_open(p, act->subject, &open);
    if (st == ST_OK && !open) {
        refused_set(why, REFUSAL_ALERT_NOT_OPEN, "act.subject", act->subject, "");
    }
    return st;
}

/* ---- the chore ---- */

static enum status
act_append(struct province *p, const struct wire_act *act)
{
    struct act_context context = {act, p};
    struct buf body;
    enum status st;

    buf_init(&body, BUS_MESSAGE_MAX);
    arena_reset(p->ingest->scratch);
    act_encode(act, p->ingest->scratch, &body);
    st = append_repeat(p, JOURNAL_ACT, &body, act_fill, &context);
    buf_fini(&body);
    return st;
}

/* ST_STALE: its id stands since we looked. */
static enum status
act_do(struct province *p, const struct wire_act *act, enum act_standing *standing,
       struct refused *why)
{
    enum status st = act_standing(p, act, standing);

    if (st != ST_OK || *standing != ACT_NEW) {
        return st;
    }
    st = act_check(p, act, why);
    if (st != ST_OK || why->code != REFUSAL_NONE) {
        return st;
    }
    st = act_append(p, act);
    return st == ST_STALE ? act_standing(p, act, standing) : st;
}

static void
act_answer(struct province *p, const struct chore *c, const struct wire_act *act,
           enum act_standing standing)
{
    if (standing == ACT_OTHER) {
        chore_refuse(p, c, REFUSAL_ACT_TAKEN, "act.id", act->id, "");
        return;
    }
    /* Also when it stands from before: whoever repeats it must see its effect. */
    if (strcmp(act->kind, "tick-confirm") == 0) {
        p->tick_confirmed = true;
    }
    if (standing == ACT_STANDS) {
        chore_answer(p, c, 0, "this act stood before");
        return;
    }
    p->ingest->counters.acts++;
    diag_info("act", "province=%s entry=%" PRIu64 " kind=%s by=%s", p->slug,
              p->head.seq, act->kind, act->by);
    chore_answer(p, c, p->head.seq, "");
}

enum status
chore_act(struct province *p, struct chore *c)
{
    struct wire_act act = c->request.act;
    enum act_standing standing = ACT_NEW;
    struct refused why = {0};
    enum status st = ST_OK;

    act.by = c->who.name;
    act.at_ms = province_now(p).ms;
    if (act_form_check(&act, &why)) {
        st = act_do(p, &act, &standing, &why);
    }
    if (st == ST_OK && why.code != REFUSAL_NONE) {
        answer_refusal(p->ingest, c->socket, &c->peer, c->request.request_id, &why);
    } else if (st == ST_OK) {
        act_answer(p, c, &act, standing);
    }
    return st;
}
