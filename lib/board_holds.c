/* What is kept back until somebody has looked: the hashes hold and held. */
#include "lib/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/wire.h"

#define PERSON "person"

bool
board_hold_of_person(const struct board_hold *h)
{
    return strcmp(h->id, PERSON) == 0;
}

const struct board_hold *
board_hold(const struct board_holds *l, const char *id)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (strcmp(l->items[i].id, id) == 0) {
            return &l->items[i];
        }
    }
    return NULL;
}

static int64_t
number_of(const char *line, const char *name)
{
    char text[24];

    return board_word(line, name, text, sizeof text) ? strtoll(text, NULL, 10) : 0;
}

/* The reason is a sentence: all that stands behind its name, to the end of the line. */
static void
reason_take(const char *line, char *out, size_t out_bytes)
{
    const char *at = strstr(line, " reason=");

    (void)snprintf(out, out_bytes, "%s", at == NULL ? "" : at + sizeof " reason=" - 1);
}

static void
hold_take(struct board_holds *l, const struct board_line *line)
{
    struct board_hold *h;

    mem_array_room((void **)&l->items, l->count, &l->room, sizeof *l->items);
    h = &l->items[l->count++];
    memset(h, 0, sizeof *h);
    (void)snprintf(h->id, sizeof h->id, "%s", line->field);
    (void)board_word(line->value, "since", h->since, sizeof h->since);
    (void)board_word(line->value, "until", h->until, sizeof h->until);
    (void)board_word(line->value, "level", h->level, sizeof h->level);
    (void)board_word(line->value, "by", h->by, sizeof h->by);
    h->units = number_of(line->value, "units");
    h->of = number_of(line->value, "of");
    reason_take(line->value, h->reason, sizeof h->reason);
}

/* As it was written, with its accents, from the act in the alerts journal; archived or
 * not readable: the folded one stays. */
static void
reason_read(struct redis *r, const char *province, uint64_t entry, char *out,
            size_t out_bytes)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct journal_read rd;
    struct wire_act act;

    journal_read_init(&rd);
    if (journal_read_one(r, province, KEY_ALERTS, entry, &rd) == ST_OK &&
        rd.entries[0].kind == JOURNAL_ACT &&
        act_decode(rd.entries[0].body, rd.entries[0].body_bytes, a, &act) == ST_OK &&
        act.note[0] != '\0') {
        (void)snprintf(out, out_bytes, "%s", act.note);
    }
    journal_read_fini(&rd);
    arena_free(&a);
}

static void
held_take(struct board_holds *l, const struct board_line *line)
{
    struct board_held *h;
    size_t i;

    if (strlen(line->field) >= sizeof h->code) {
        return; /* no code is as long */
    }
    mem_array_room((void **)&l->held, l->held_count, &l->held_room, sizeof *l->held);
    h = &l->held[l->held_count];
    memset(h, 0, sizeof *h);
    (void)snprintf(h->code, sizeof h->code, "%s", line->field);
    (void)board_word(line->value, "hold", h->hold, sizeof h->hold);
    (void)board_word(line->value, "kind", h->kind, sizeof h->kind);
    (void)board_word(line->value, "subject", h->subject, sizeof h->subject);
    h->opened = number_of(line->value, "opened") == 1;
    if (strcmp(h->hold, "-") == 0) {
        return; /* goes out with the next entry */
    }
    l->held_count++;
    for (i = 0; i < l->count; i++) {
        l->items[i].held += strcmp(l->items[i].id, h->hold) == 0;
    }
}

static int
hold_compare(const void *a, const void *b)
{
    const struct board_hold *x = a;
    const struct board_hold *y = b;

    if (board_hold_of_person(x) != board_hold_of_person(y)) {
        return board_hold_of_person(x) ? -1 : 1;
    }
    return strcmp(x->id, y->id);
}

enum status
board_holds(struct redis *r, const char *province, struct board_holds *out)
{
    struct board_lines holds;
    struct board_lines held = {0};
    enum status st = board_hold_lines(r, province, &holds);
    size_t i;

    memset(out, 0, sizeof *out);
    if (st == ST_OK) {
        st = board_held_lines(r, province, &held);
    }
    if (st == ST_OK) {
        for (i = 0; i < holds.count; i++) {
            uint64_t act = (uint64_t)number_of(holds.items[i].value, "act");

            hold_take(out, &holds.items[i]);
            if (act > 0) {
                reason_read(r, province, act, out->items[i].reason,
                            sizeof out->items[i].reason);
            }
        }
        if (out->count > 0) {
            qsort(out->items, out->count, sizeof *out->items, hold_compare);
        }
        for (i = 0; i < held.count; i++) {
            held_take(out, &held.items[i]);
        }
    }
    board_lines_fini(&holds);
    board_lines_fini(&held);
    return st;
}

void
board_holds_fini(struct board_holds *l)
{
    mem_free(&l->items);
    mem_free(&l->held);
    memset(l, 0, sizeof *l);
}
