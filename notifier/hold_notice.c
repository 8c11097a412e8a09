/* What offices are told of a hold: when it begins, each working day, when it ends. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "notifier/hold_private.h"

#define FIELD_NUMBER "n"
#define WHY_BYTES (HOLD_LINE_BYTES + HOLD_ID_BYTES + LEADER_ID_BYTES + 128)

void
hold_code(const char *prefix, const struct hold *h, char out[ALERT_CODE_BYTES])
{
    char day[DAY_TEXT_BYTES];
    char *colon;

    day_text(h->since, day);
    (void)snprintf(out, ALERT_CODE_BYTES, "%.11s-%.10s-TG-%.100s", prefix, day, h->id);
    while ((colon = strchr(out, ':')) != NULL) {
        *colon = '-';
    }
}

void
hold_part(const char *code, uint32_t number, char out[HOLD_PART_BYTES])
{
    (void)snprintf(out, HOLD_PART_BYTES, "%s/%" PRIu32, code, number);
}

/* ---- numbers ---- */

/* The number of the last notice under a code; a hold of the same id that began on the
 * same day may have ended before. What goes wrong is in b->lost. */
static uint32_t
number_before(struct batch *b, const struct hold *hold, const char *code)
{
    struct holds *h = b->p->holds;
    char key[KEY_BYTES];
    const char *argv[3] = {"HGET", key, FIELD_NUMBER};
    struct reply *rep = NULL;
    uint32_t number = 0;
    enum status st;
    size_t i;

    for (i = 0; i < h->ended_count; i++) {
        if (h->ended[i].since == hold->since && strcmp(h->ended[i].id, hold->id) == 0) {
            number = h->ended[i].number; /* the last one is the newest */
        }
    }
    if (number > 0) {
        return number;
    }
    key_make2(key, b->p->slug, KEY_DIGEST, code);
    st = redis_call(b->p->redis, 3, argv, NULL, &rep);
    if (st != ST_OK) {
        b->lost = st;
    } else {
        number = (uint32_t)reply_int(rep);
    }
    reply_free(&rep);
    return number;
}

static void
ended_note(struct holds *h, const struct hold *hold)
{
    struct hold_ended *e;
    size_t kept = 0;
    size_t i;

    for (i = 0; i < h->ended_count; i++) { /* the days before cannot come back */
        if (h->ended[i].since >= hold->since) {
            h->ended[kept++] = h->ended[i];
        }
    }
    h->ended_count = kept;
    mem_array_room((void **)&h->ended, h->ended_count, &h->ended_room,
                   sizeof *h->ended);
    e = &h->ended[h->ended_count++];
    *e = (struct hold_ended){.since = hold->since, .number = hold->number};
    (void)snprintf(e->id, sizeof e->id, "%s", hold->id);
}

/* ---- one notice ---- */

static void
list_write(struct batch *b, const struct hold *hold, const char *part)
{
    size_t count;
    struct held **lines = held_of(b->p->holds, hold->id, &count);
    char at[SPOT_BYTES];
    char row[SPOT_BYTES + 32];
    size_t i;

    for (i = 0; i < count; i++) {
        spot_text(lines[i]->at, at);
        (void)snprintf(row, sizeof row, "at=%s reason=%s", at,
                       lines[i]->opened ? "new" : lines[i]->reason);
        effects_hset(&b->p->effects, &b->p->follow, KEY_DIGEST, part, lines[i]->code,
                     row, strlen(row));
    }
    mem_free(&lines);
}

static void
why_write(struct batch *b, const struct hold *hold, const char *code, const char *part)
{
    char line[HOLD_LINE_BYTES];
    char why[WHY_BYTES];
    char number[16];
    char today[DAY_TEXT_BYTES];
    char went[64] = "";
    bool kept = hold_of_person(b->p->holds) && strcmp(hold->id, HOLD_PERSON) != 0;

    hold_line(hold, line);
    day_text(batch_today(b), today);
    if (hold->released) { /* a person's hold takes over what another one lets go */
        (void)snprintf(went, sizeof went,
                       "sent=%" PRIu32 " dropped=%" PRIu32 " kept=%" PRIu32 " ",
                       kept ? 0 : hold->sent, hold->dropped, kept ? hold->sent : 0);
    }
    (void)snprintf(
        why, sizeof why, "notice=%s day=%s ended=%s id=%s %s%s", hold->notice, today,
        hold->ended_by[0] != '\0' ? hold->ended_by : "-", hold->id, went, line);
    effects_hset(&b->p->effects, &b->p->follow, KEY_DIGEST, part, HOLD_FIELD_WHY, why,
                 strlen(why));
    (void)snprintf(number, sizeof number, "%" PRIu32, hold->number);
    effects_hset(&b->p->effects, &b->p->follow, KEY_DIGEST, code, FIELD_NUMBER, number,
                 strlen(number));
}

static bool
anybody_hears(const struct catalogue *c)
{
    size_t i;

    for (i = 0; c != NULL && i < c->leader_count; i++) {
        if ((c->leaders[i].kinds & 1u << HEAR_HOLD) != 0) {
            return true;
        }
    }
    return false;
}

static void
notice_send(struct batch *b, struct hold *hold)
{
    char code[ALERT_CODE_BYTES];
    char part[HOLD_PART_BYTES];
    struct delivery d = {.kind = DELIVERY_NOTICE, .code = code};
    size_t i;

    hold_code(b->now->prefix, hold, code);
    if (hold->number == 0) {
        hold->number = number_before(b, hold, code);
    }
    hold->number++;
    hold_part(code, hold->number, part);
    if (hold->over) {
        hold->listed = 0;
    } else if (hold->listed == 0) {
        list_write(b, hold, part);
        hold->listed = hold->number;
    }
    hold->said = batch_today(b);
    hold->changed = true;
    why_write(b, hold, code, part);
    d.number = hold->number;
    for (i = 0; i < b->now->leader_count; i++) {
        if ((b->now->leaders[i].kinds & 1u << HEAR_HOLD) != 0) {
            deliver(b, b->now->leaders[i].id, &d);
        }
    }
}

static int
id_order(const void *a, const void *b)
{
    return strcmp((*(struct hold *const *)a)->id, (*(struct hold *const *)b)->id);
}

void
hold_notices(struct batch *b)
{
    struct holds *h = b->p->holds;
    bool heard = anybody_hears(b->now);
    size_t i;

    if (h->count > 1) { /* the same order after every taking over */
        qsort(h->items, h->count, sizeof(struct hold *), id_order);
    }
    for (i = 0; i < h->count && b->lost == ST_OK; i++) {
        struct hold *hold = h->items[i];

        if (hold->notice != NULL && heard && (!hold->over || hold->said != DAY_NONE)) {
            /* Who has heard nothing of it yet hears that it began. */
            hold->notice = hold->over || hold->said != DAY_NONE ? hold->notice : "new";
            notice_send(b, hold);
        }
        hold->notice = NULL;
        if (hold->over && hold->number > 0) {
            ended_note(h, hold);
        }
    }
}
