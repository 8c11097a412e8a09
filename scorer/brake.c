#include "scorer/brake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "lib/mem.h"

#define HOUR_MS 3600000
#define NAMES_SEED 5u /* names of our own keyring: nobody chooses them to collide */
#define FIELD_BYTES 256
#define NUMBER_BYTES 24
#define PERCENT 100

/* When a report of a key opened an alert about a unit last. */
struct opened {
    char unit[SUBJECT_NAME_BYTES];
    int index; /* NONE: the programme does not know it (any more) */
    int64_t at_ms;
};

struct opener {
    char *name;
    struct opened *items; /* a unit once */
    size_t count;
    size_t room;
    uint64_t entry;         /* the last entry in which it opened something; there: */
    int64_t at_ms;          /* received-at of its newest report that did, */
    bool held[LEVEL_COUNT]; /* and the levels for which the entry is held, */
    bool decided;           /* when that is known */
};

struct openers {
    struct table *names; /* key's name -> struct opener * */
};

/* ---- memory ---- */

struct openers *
openers_new(void)
{
    struct openers *o = mem_alloc(sizeof *o);

    o->names = table_new(ALERTS_MAX, NAMES_SEED);
    return o;
}

static void
opener_free(struct opener *k)
{
    mem_free(&k->name);
    mem_free(&k->items);
    mem_free(&k);
}

void
openers_free(struct openers **o)
{
    struct table_item item;
    size_t at = 0;

    if (*o == NULL) {
        return;
    }
    while (table_next((*o)->names, &at, &item)) {
        opener_free(item.value.pointer);
    }
    table_free(&(*o)->names);
    mem_free(o);
}

/* NULL: more keys than there can be alerts. */
static struct opener *
opener_get(struct openers *o, const char *name)
{
    struct opener *k = table_pointer(o->names, name, strlen(name));

    if (k == NULL) {
        k = mem_alloc(sizeof *k);
        k->name = mem_copy_text(name);
        if (table_put_pointer(o->names, name, strlen(name), k) != ST_OK) {
            opener_free(k);
            return NULL;
        }
    }
    return k;
}

static void
opened_put(struct opener *k, const char *unit, int index, int64_t at_ms)
{
    struct opened *item;
    size_t i;

    for (i = 0; i < k->count; i++) {
        if (strcmp(k->items[i].unit, unit) == 0) {
            k->items[i].at_ms = at_ms;
            return;
        }
    }
    mem_array_room((void **)&k->items, k->count, &k->room, sizeof *k->items);
    item = &k->items[k->count++];
    (void)snprintf(item->unit, sizeof item->unit, "%s", unit);
    item->index = index;
    item->at_ms = at_ms;
}

/* <key>/<unit>; false: too long to be kept. */
static bool
field_make(const char *name, const char *unit, char out[FIELD_BYTES])
{
    int len = snprintf(out, FIELD_BYTES, "%s/%s", name, unit);

    return len > 0 && len < FIELD_BYTES && strlen(unit) < SUBJECT_NAME_BYTES;
}

static void
field_take(struct openers *o, const char *field, const char *value,
           const struct catalogue *c)
{
    const char *slash = strrchr(field, '/');
    char name[FIELD_BYTES];
    struct opener *k;

    if (slash == NULL || strlen(field) >= sizeof name ||
        strlen(slash + 1) >= SUBJECT_NAME_BYTES) {
        return;
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)(slash - field), field);
    k = opener_get(o, name);
    if (k != NULL) {
        opened_put(k, slash + 1, c == NULL ? NONE : catalogue_unit(c, slash + 1),
                   strtoll(value, NULL, 10));
    }
}

enum status
openers_read(struct openers *o, struct redis *r, const char *slug,
             const struct catalogue *c)
{
    struct reply *rep = NULL;
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};
    enum status st;
    size_t i;

    key_make(key, slug, KEY_OPENED);
    st = redis_call(r, 2, argv, NULL, &rep);
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        field_take(o, reply_str(reply_at(rep, i), NULL),
                   reply_str(reply_at(rep, i + 1), NULL), c);
    }
    reply_free(&rep);
    return st;
}

void
brake_tick(struct state *s)
{
    int64_t before = hour_start(s->tick).ms - HOUR_MS;
    char field[FIELD_BYTES];
    struct table_item item;
    size_t at = 0;
    size_t i;

    while (s->openers != NULL && table_next(s->openers->names, &at, &item)) {
        struct opener *k = item.value.pointer;
        size_t kept = 0;

        for (i = 0; i < k->count; i++) {
            if (k->items[i].at_ms > before) {
                k->items[kept++] = k->items[i];
            } else if (field_make(k->name, k->items[i].unit, field)) {
                effects_hdel(&s->effects, &s->follow, KEY_OPENED, NULL, field);
            }
        }
        k->count = kept;
    }
}

/* ---- what opens ---- */

/* The unit that an event opens an alert about; NONE: it opens none, or of a whole. */
static int
opening_unit(const struct catalogue *c, const struct alert_event *ev)
{
    bool anew = strcmp(ev->reason, reason_name(REASON_NEW)) == 0;
    bool figures = strcmp(ev->kind, "behind") == 0 || strcmp(ev->kind, "missed") == 0 ||
                   strcmp(ev->kind, "falling") == 0;
    bool overdue = strcmp(ev->kind, "overdue") == 0 &&
                   (anew || strcmp(ev->reason, reason_name(REASON_WORSE)) == 0);
    int target;

    if (!(figures && anew) && !overdue) {
        return NONE;
    }
    target = ev->target == NULL ? NONE : catalogue_target(c, ev->target);
    if (target != NONE && c->targets[target].subject != SUBJECT_EACH) {
        return NONE; /* the province as a whole has its own unit's name */
    }
    return catalogue_unit(c, ev->subject);
}

/* Units of each level that there are on the day of the last tick. */
static void
units_count(const struct state *s, uint32_t units[LEVEL_COUNT])
{
    const struct catalogue *c = s->catalogue;
    int32_t day = state_day(s);
    size_t u;

    memset(units, 0, LEVEL_COUNT * sizeof *units);
    for (u = 0; u < c->unit_count; u++) {
        units[c->units[u].level] += unit_valid_on(&c->units[u], day);
    }
}

static bool
too_many(const struct catalogue *c, uint32_t opened, uint32_t units, int percent)
{
    return percent < PERCENT && units >= (uint32_t)c->brake.units &&
           (uint64_t)opened * PERCENT > (uint64_t)units * (uint64_t)percent;
}

/* ---- a programme, a tick ---- */

static void
entry_brake(struct state *s, int percent, const char *id)
{
    const struct catalogue *c = s->catalogue;
    bool *seen = mem_alloc(c->unit_count + 1);
    uint32_t opened[LEVEL_COUNT] = {0};
    uint32_t units[LEVEL_COUNT];
    char *text = arena_text(s->scorer->event_arena, id);
    size_t i;

    units_count(s, units);
    for (i = 0; i < s->event_count; i++) {
        int unit = opening_unit(c, &s->events[i]);

        if (unit != NONE && !seen[unit]) {
            seen[unit] = true;
            opened[c->units[unit].level]++;
        }
    }
    for (i = 0; i < s->event_count; i++) {
        int unit = opening_unit(c, &s->events[i]);
        enum level level = unit == NONE ? LEVEL_ALL : c->units[unit].level;

        if (unit != NONE && too_many(c, opened[level], units[level], percent)) {
            s->events[i].brake = text;
        }
    }
    mem_free(&seen);
}

/* ---- reports ---- */

/* The key whose report it is, with what it opens noted. */
static void
key_note(struct state *s, const struct alert_event *ev, int unit)
{
    const char *id = s->catalogue->units[unit].id;
    char field[FIELD_BYTES];
    char number[NUMBER_BYTES];
    struct opener *k;
    int len;

    if (!field_make(ev->by, id, field)) {
        return;
    }
    k = opener_get(s->openers, ev->by);
    if (k == NULL) {
        return;
    }
    opened_put(k, id, unit, ev->at_ms);
    if (k->entry != s->in_hand.seq || ev->at_ms > k->at_ms) {
        k->at_ms = ev->at_ms;
    }
    k->entry = s->in_hand.seq;
    k->decided = false;
    len = snprintf(number, sizeof number, "%" PRId64, ev->at_ms);
    effects_hset(&s->effects, &s->follow, KEY_OPENED, NULL, field, number, (size_t)len);
}

/* All that it opened in the hour around its newest report: a clock that was wrong for a
 * while leaves nothing that counts for ever. */
static void
key_decide(const struct state *s, struct opener *k, const uint32_t units[LEVEL_COUNT])
{
    const struct catalogue *c = s->catalogue;
    uint32_t opened[LEVEL_COUNT] = {0};
    enum level level;
    size_t i;

    for (i = 0; i < k->count; i++) {
        const struct opened *item = &k->items[i];

        if (item->index != NONE && item->at_ms > k->at_ms - HOUR_MS &&
            item->at_ms < k->at_ms + HOUR_MS) {
            opened[c->units[item->index].level]++;
        }
    }
    for (level = LEVEL_PROVINCE; level < LEVEL_ALL; level++) {
        k->held[level] = too_many(c, opened[level], units[level], c->brake.key);
    }
    k->decided = true;
}

static void
keys_brake(struct state *s)
{
    const struct catalogue *c = s->catalogue;
    uint32_t units[LEVEL_COUNT];
    char id[FIELD_BYTES];
    size_t noted = 0;
    size_t i;

    for (i = 0; i < s->event_count; i++) {
        const struct alert_event *ev = &s->events[i];
        int unit = ev->by == NULL || ev->by[0] == '\0' ? NONE : opening_unit(c, ev);

        if (unit != NONE) {
            key_note(s, ev, unit);
            noted++;
        }
    }
    if (noted == 0) {
        return;
    }
    units_count(s, units);
    for (i = 0; i < s->event_count; i++) {
        struct alert_event *ev = &s->events[i];
        int unit = ev->by == NULL || ev->by[0] == '\0' ? NONE : opening_unit(c, ev);
        struct opener *k =
            unit == NONE ? NULL
                         : table_pointer(s->openers->names, ev->by, strlen(ev->by));

        if (k == NULL || k->entry != s->in_hand.seq) {
            continue;
        }
        if (!k->decided) {
            key_decide(s, k, units);
        }
        if (k->held[c->units[unit].level]) {
            (void)snprintf(id, sizeof id, "key:%s", ev->by);
            ev->brake = arena_text(s->scorer->event_arena, id);
        }
    }
}

void
brake_events(struct state *s)
{
    const struct catalogue *c = s->catalogue;
    char id[FIELD_BYTES];

    if (c == NULL || s->event_count == 0) {
        return;
    }
    switch (s->in_hand.kind) {
    case JOURNAL_PROGRAMME:
        (void)snprintf(id, sizeof id, "programme:%.12s", s->programme);
        entry_brake(s, c->brake.programme, id);
        break;
    case JOURNAL_TICK:
        (void)snprintf(id, sizeof id, "tick:%" PRId64, s->tick);
        entry_brake(s, c->brake.tick, id);
        break;
    case JOURNAL_REPORTS:
    case JOURNAL_ACT: /* a parked report that is tried again */
        keys_brake(s);
        break;
    case JOURNAL_ALERTS:
    case JOURNAL_UNKNOWN:
        break;
    }
}
