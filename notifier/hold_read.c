/* Notices of a hold, read again to be put into words. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"
#include "notifier/hold_private.h"

/* A copy of a text, "" where the arena has no room: then the list is cut there. */
static const char *
keep(struct arena *a, const char *text)
{
    const char *copy = arena_text(a, text != NULL ? text : "");

    return copy != NULL ? copy : "";
}

/* The cache may let an entry go while others are looked up. */
static const struct alert_event *
event_keep(struct arena *a, const struct alert_event *e)
{
    struct alert_event *copy = arena_take(a, sizeof *copy);

    if (copy == NULL) {
        return NULL;
    }
    *copy = *e;
    copy->code = keep(a, e->code);
    copy->kind = keep(a, e->kind);
    copy->reason = keep(a, e->reason);
    copy->target = keep(a, e->target);
    copy->subject = keep(a, e->subject);
    copy->window = keep(a, e->window);
    copy->since_window = keep(a, e->since_window);
    copy->old_window = keep(a, e->old_window);
    copy->group = keep(a, e->group);
    copy->brake = keep(a, e->brake);
    copy->by = keep(a, e->by);
    copy->measure = keep(a, e->measure);
    copy->progress = NULL; /* progress is never in a list */
    copy->progress_count = 0;
    return copy;
}

static const char *
dash_gone(struct arena *a, const char *text)
{
    return strcmp(text, "-") == 0 ? "" : keep(a, text);
}

/* A person's reason as it was written; folded when the act cannot be read. */
static enum status
note_read(struct province *p, const struct hold *hold, struct arena *a,
          const char **note)
{
    struct journal_read rd;
    struct wire_act act;
    enum status st;

    *note = dash_gone(a, hold->reason);
    if (hold->act == 0) {
        return ST_OK;
    }
    journal_read_init(&rd);
    st = journal_read_one(p->redis, p->slug, KEY_ALERTS, hold->act, &rd);
    if (st == ST_OK && rd.entries[0].kind == JOURNAL_ACT &&
        act_decode(rd.entries[0].body, rd.entries[0].body_bytes, a, &act) == ST_OK) {
        *note = keep(a, act.note);
    }
    journal_read_fini(&rd);
    return st == ST_AGAIN ? st : ST_OK;
}

static enum status
why_parse(const char *line, struct arena *a, struct hold_notice *out, struct hold *hold)
{
    char reason[16];
    char day[DAY_TEXT_BYTES];
    char ended[LEADER_ID_BYTES];
    char id[HOLD_ID_BYTES];
    uint32_t sent = 0;
    uint32_t dropped = 0;
    uint32_t kept = 0;
    bool released;
    int used = 0;
    int went = 0;

    if (sscanf(line, "notice=%15s day=%15s ended=%95s id=%119s %n", reason, day, ended,
               id, &used) != 4 ||
        used == 0 || day_parse(day, &out->day) != ST_OK) {
        return ST_GONE;
    }
    released =
        sscanf(line + used, "sent=%" SCNu32 " dropped=%" SCNu32 " kept=%" SCNu32 " %n",
               &sent, &dropped, &kept, &went) == 3;
    if (hold_parse(id, line + used + went, hold) != ST_OK) {
        return ST_GONE;
    }
    out->why = (struct render_hold){
        .id = keep(a, id),
        .reason = keep(a, reason),
        .since = hold->since,
        .until = hold->until,
        .level = strcmp(hold->level, level_name(LEVEL_ALL)) == 0
                     ? ""
                     : dash_gone(a, hold->level),
        .units = hold->units,
        .of = hold->of,
        .number = hold->number,
        .by = dash_gone(a, hold->by),
        .ended_by = dash_gone(a, ended),
        .released = released,
        .sent = sent,
        .dropped = dropped,
        .kept = kept,
    };
    return ST_OK;
}

static enum status
notice_hash(struct province *p, const char *code, uint32_t number, struct reply **rep)
{
    char part[HOLD_PART_BYTES];
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};

    hold_part(code, number, part);
    key_make2(key, p->slug, KEY_DIGEST, part);
    return redis_call(p->redis, 2, argv, NULL, rep);
}

/* A line of the list as it was written. */
struct listed {
    struct spot at;
    char reason[16];
};

static int
listed_order(const void *a, const void *b)
{
    const struct listed *x = a;
    const struct listed *y = b;

    if (x->at.seq != y->at.seq) {
        return x->at.seq < y->at.seq ? -1 : 1;
    }
    return x->at.index < y->at.index ? -1 : x->at.index > y->at.index;
}

static bool
listed_parse(const char *line, struct listed *l)
{
    char at[SPOT_BYTES];

    return sscanf(line, "at=%39s reason=%15s", at, l->reason) == 2 &&
           spot_read(at, &l->at);
}

static int
row_order(const void *a, const void *b)
{
    const struct render_row *x = a;
    const struct render_row *y = b;
    int order = strcmp(x->event->subject, y->event->subject);

    return order != 0 ? order : strcmp(x->event->code, y->event->code);
}

/* The events, where they are in the journal still; each entry of it is read once. */
static enum status
list_take(struct province *p, const struct listed *list, size_t count, struct arena *a,
          struct hold_notice *out)
{
    enum status st = ST_OK;
    size_t i;

    out->items = arena_take(a, (count + 1) * sizeof *out->items);
    for (i = 0; out->items != NULL && i < count && st != ST_AGAIN; i++) {
        struct render_row *row = &out->items[out->count];
        const struct alert_event *e;

        st = event_find(p, list[i].at.seq, list[i].at.index, &e);
        row->event = st == ST_OK ? event_keep(a, e) : NULL;
        if (row->event != NULL) {
            row->reason = keep(a, list[i].reason);
            row->since = e->opened_at_ms > 0
                             ? instant_day((struct instant){e->opened_at_ms})
                             : DAY_NONE;
            out->count++;
        }
    }
    if (out->items != NULL && out->count > 1) {
        qsort(out->items, out->count, sizeof *out->items, row_order);
    }
    return st == ST_AGAIN ? st : ST_OK;
}

static enum status
list_read(struct province *p, const struct reply *rep, struct arena *a,
          struct hold_notice *out)
{
    struct listed *list = mem_alloc((reply_count(rep) / 2 + 1) * sizeof *list);
    enum status st;
    size_t count = 0;
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        count += listed_parse(reply_str(reply_at(rep, i + 1), NULL), &list[count]);
    }
    qsort(list, count, sizeof *list, listed_order);
    st = list_take(p, list, count, a, out);
    mem_free(&list);
    return st;
}

enum status
hold_notice_read(struct province *p, const char *code, uint32_t number, struct arena *a,
                 struct hold_notice *out)
{
    struct reply *rep = NULL;
    struct hold hold;
    uint32_t listed = 0;
    enum status st = notice_hash(p, code, number, &rep);

    memset(out, 0, sizeof *out);
    if (st == ST_OK) {
        st =
            why_parse(reply_str(reply_field(rep, HOLD_FIELD_WHY), NULL), a, out, &hold);
    }
    if (st == ST_OK) {
        listed = hold.listed;
        st = note_read(p, &hold, a, &out->why.note);
    }
    if (st == ST_OK && listed != 0 && listed != number) {
        reply_free(&rep);
        st = notice_hash(p, code, listed, &rep);
    }
    if (st == ST_OK && listed != 0) {
        st = list_read(p, rep, a, out);
    }
    reply_free(&rep);
    return st == ST_OK || st == ST_AGAIN ? st : ST_GONE;
}
