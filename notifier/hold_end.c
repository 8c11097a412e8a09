/* How holds begin by a person, and how all of them end: released, over, or empty. */
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "notifier/hold_private.h"
#include "notifier/ladder.h"
#include "notifier/send_event.h"

/* Places of an entry in one inbox that a release leaves to everything else. */
#define PLACES_LEFT 64u

bool
kind_dropped(const char *drop, const char *kind)
{
    size_t bytes = strlen(kind);

    while (*drop != '\0') {
        size_t word = strcspn(drop, ", ");

        if (word > 0 && word == bytes && strncmp(drop, kind, word) == 0) {
            return true;
        }
        drop += word;
        drop += strspn(drop, ", ");
    }
    return false;
}

/* ---- released ---- */

/* Nobody is told of it. The end of what leaders were told is no alert any more: it is
 * never dropped, or they would go on believing the beginning. */
static bool
line_dropped(const struct held *l, const char *drop)
{
    return kind_dropped(drop, l->kind) && !reason_ends(l->reason);
}

static void
line_drop(struct batch *b, const struct held *l)
{
    char code[ALERT_CODE_BYTES];

    (void)snprintf(code, sizeof code, "%s", l->code);
    held_remove(b, code);
    ladder_stop(b, code);
}

/* Its lines are on their way out, or, while a person's hold stands, in that one. */
static void
hold_open(struct batch *b, struct hold *hold, const char *drop)
{
    struct holds *h = b->p->holds;
    size_t count;
    struct held **lines = held_of(h, hold->id, &count);
    size_t i;

    for (i = 0; i < count; i++) {
        if (line_dropped(lines[i], drop)) {
            line_drop(b, lines[i]);
            hold->dropped++;
        } else {
            hold->sent++;
            (void)snprintf(lines[i]->hold, sizeof lines[i]->hold, HOLD_NONE);
            h->leaving = true;
            h->moved = true;
        }
    }
    mem_free(&lines);
}

/* id NULL: all of them. */
static void
release(struct batch *b, const char *id, const char *drop, const char *by)
{
    struct holds *h = b->p->holds;
    size_t i;

    for (i = 0; i < h->count; i++) {
        struct hold *hold = h->items[i];

        if (!hold->over && (id == NULL || strcmp(hold->id, id) == 0)) {
            hold_open(b, hold, drop);
            hold->over = true;
            hold->released = true;
            hold->notice = "resolved";
            (void)snprintf(hold->ended_by, sizeof hold->ended_by, "%s", by);
            diag_info("released", "province=%s hold=%s by=%s", b->p->slug, hold->id,
                      by[0] != '\0' ? by : "-");
        }
    }
}

/* False: the question was not answered, and nothing of this batch will be. */
static bool
line_send(struct batch *b, const struct held *line)
{
    struct held l = *line;
    const struct alert_event *e;
    enum status st = event_find(b->p, l.at.seq, l.at.index, &e);

    if (st == ST_AGAIN) {
        b->lost = st;
        return false;
    }
    held_remove(b, l.code);
    if (st == ST_OK) {
        event_send(b, e, l.at, l.opened, l.told);
        ladder_released(b, l.code);
    } else {
        diag_warn("held_lost", "province=%s id=%s/%u why=\"not in the journal\"",
                  b->p->slug, l.code, l.number);
    }
    return b->lost == ST_OK;
}

/* Who was told of them before, in one question. */
static void
told_ask_all(struct batch *b, struct held **lines, size_t count)
{
    const char **codes = mem_alloc((count + 1) * sizeof *codes);
    size_t i;

    for (i = 0; i < count; i++) {
        codes[i] = lines[i]->code;
    }
    told_fetch(b, codes, count);
    mem_free(&codes);
}

/* What was released goes out, as much as the entry has places for. */
static void
leaving_send(struct batch *b)
{
    struct holds *h = b->p->holds;
    size_t room = b->events_in_hand + PLACES_LEFT < POSITION_EVENTS
                      ? POSITION_EVENTS - PLACES_LEFT - b->events_in_hand
                      : 0;
    bool person = hold_of_person(h);
    struct held **lines;
    size_t count;
    size_t i;

    if (!h->leaving) {
        return;
    }
    lines = held_of(h, HOLD_NONE, &count);
    h->leaving = false;
    if (!person) {
        told_ask_all(b, lines, count < room ? count : room);
    }
    for (i = 0; i < count && i < room && !person && b->lost == ST_OK; i++) {
        if (!line_send(b, lines[i])) {
            break;
        }
    }
    for (; i < count && b->lost == ST_OK; i++) {
        if (person) {
            (void)snprintf(lines[i]->hold, sizeof lines[i]->hold, HOLD_PERSON);
        }
        held_write(b, lines[i]);
    }
    mem_free(&lines);
}

/* ---- acts ---- */

/* Values under documented keys are ASCII; the reason in full is in the journal. */
static void
reason_fold(const char *note, char *out, size_t bytes)
{
    char *folded = text_fold(note);
    size_t i;

    for (i = 0; folded[i] != '\0' && i + 1 < bytes; i++) {
        out[i] = folded[i] >= ' ' && folded[i] <= '~' ? folded[i] : '?';
    }
    out[i] = '\0';
    if (i == 0) {
        (void)snprintf(out, bytes, "-");
    }
    mem_free(&folded);
}

/* What ingest would refuse changes nothing here. */
static void
person_holds(struct batch *b, const struct wire_act *act)
{
    struct holds *h = b->p->holds;
    struct hold *hold = hold_find(h, HOLD_PERSON);
    int32_t today = batch_today(b);
    int32_t until;

    if (day_parse(act->until, &until) != ST_OK || until < today) {
        return;
    }
    if (hold == NULL) {
        hold = hold_add(h, HOLD_PERSON, today, until);
        hold->notice = "new";
    } else if (hold->notice == NULL) {
        hold->notice = until > hold->until ? "escalated" : "repeat";
    }
    hold->until = until;
    hold->changed = true;
    (void)snprintf(hold->by, sizeof hold->by, "%s",
                   act->by[0] != '\0' ? act->by : HOLD_NONE);
    hold->act = b->seq_in_hand;
    reason_fold(act->note, hold->reason, sizeof hold->reason);
    diag_info("held", "province=%s until=%s by=%s", b->p->slug, act->until, hold->by);
}

void
hold_act(struct batch *b, const struct wire_act *act)
{
    if (strcmp(act->kind, "hold") == 0) {
        person_holds(b, act);
    } else if (strcmp(act->kind, "release") == 0) {
        release(b, act->subject[0] != '\0' ? act->subject : NULL, act->drop, act->by);
    }
}

/* ---- days ---- */

static void
prolong(struct batch *b, struct hold *hold, int32_t today)
{
    static const struct workdays ordinary; /* no programme: Monday to Friday */
    const struct workdays *wd = b->now != NULL ? &b->now->workdays : &ordinary;

    while (hold->until < today) {
        hold->until = workday_add(wd, hold->until, HOLD_DAYS);
    }
    hold->notice = "escalated";
    hold->changed = true;
}

void
hold_tick(struct batch *b, int32_t today, bool daily)
{
    struct holds *h = b->p->holds;
    struct hold *person = hold_find(h, HOLD_PERSON);
    size_t i;

    if (person != NULL && person->until < today) {
        release(b, HOLD_PERSON, "", "");
    }
    for (i = 0; daily && i < h->count; i++) {
        struct hold *hold = h->items[i];

        if (hold->over) {
            continue;
        }
        if (hold->until < today) {
            prolong(b, hold, today);
        } else if (hold->said < today && hold->notice == NULL) {
            hold->notice = "repeat";
        }
    }
}

/* How much is in each; one that began by itself ends when nothing is. */
static void
holds_count(struct batch *b)
{
    struct holds *h = b->p->holds;
    size_t i;

    for (i = 0; i < h->count; i++) {
        struct hold *hold = h->items[i];
        size_t count;
        struct held **lines;
        uint32_t units;

        if (hold->over) {
            continue;
        }
        lines = held_of(h, hold->id, &count);
        units = held_units(lines, count);
        if (count == 0 && hold_is_automatic(hold->id)) {
            hold->over = true; /* its notice says about how many units it was */
            hold->notice = "resolved";
        } else {
            hold->changed |= units != hold->units || hold->listed != 0;
            hold->units = units;
            hold->listed = 0;
        }
        mem_free(&lines);
    }
}

void
hold_entry_done(struct batch *b)
{
    struct holds *h = b->p->holds;
    size_t i;

    leaving_send(b);
    if (h->moved) {
        holds_count(b);
        h->moved = false;
    }
    hold_notices(b);
    for (i = h->count; i > 0; i--) {
        struct hold *hold = h->items[i - 1];

        if (hold->over) {
            hold_remove(b, hold);
        } else if (hold->changed) {
            hold_write(b, hold);
        }
    }
}
