/* What is remembered about missing reports, in memory and in Redis. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "scorer/missing.h"

#define DECIDED "decided"
#define PROGRESS "progress"
#define DOWN "down/"
#define FROM "from/"
#define PARKED "parked/"
#define NAMES_MAX 100000u
#define LINE_BYTES 512
#define FIELD_BYTES 192

struct missing *
missing_new(void)
{
    struct missing *m = mem_alloc(sizeof *m);
    uint64_t seed;

    crypto_random(&seed, sizeof seed);
    m->told = table_new(ALERTS_MAX, seed);
    m->parked = table_new(NAMES_MAX, seed);
    m->places = table_new(NAMES_MAX, seed);
    m->from = table_new(NAMES_MAX, seed);
    m->decided = DAY_NONE;
    return m;
}

void
missing_free(struct missing **m)
{
    struct table_item item;
    size_t at = 0;

    if (*m == NULL) {
        return;
    }
    while (table_next((*m)->told, &at, &item)) {
        mem_free(&item.value.pointer);
    }
    table_free(&(*m)->told);
    table_free(&(*m)->parked);
    at = 0;
    while (table_next((*m)->places, &at, &item)) {
        mem_free(&item.value.pointer);
    }
    table_free(&(*m)->places);
    table_free(&(*m)->from);
    outages_fini(&(*m)->outages);
    mem_free(&(*m)->overdue);
    mem_free(m);
}

struct told_missing *
missing_told(struct missing *m, const char *code, bool make)
{
    struct told_missing *t = table_pointer(m->told, code, strlen(code));

    if (t == NULL && make) {
        t = mem_alloc(sizeof *t);
        (void)snprintf(t->code, sizeof t->code, "%s", code);
        MUST(table_put_pointer(m->told, code, strlen(code), t) == ST_OK);
    }
    return t;
}

/* ---- lines ---- */

static void
line_make(const struct told_missing *t, char out[LINE_BYTES])
{
    (void)snprintf(out, LINE_BYTES,
                   "kind=%s n=%" PRIu32 " reason=%s group=%s period=%s subject=%s "
                   "opened=%" PRId64,
                   missing_kind_name(t->kind), t->number, reason_name(t->reason),
                   t->group, t->period, t->subject, t->opened_at_ms);
}

static bool
line_parse(const char *line, struct told_missing *t)
{
    char kind[16];
    char reason[16];

    return sscanf(line,
                  "kind=%15s n=%" SCNu32 " reason=%15s group=%47s period=%23s "
                  "subject=%63s opened=%" SCNd64,
                  kind, &t->number, reason, t->group, t->period, t->subject,
                  &t->opened_at_ms) == 7 &&
           missing_kind_parse(kind, &t->kind) == ST_OK &&
           reason_parse(reason, &t->reason) == ST_OK;
}

/* ---- the index: who is overdue ---- */

static int32_t *
overdue_of(struct missing *m, const struct catalogue *c, const struct told_missing *t)
{
    int unit = c == NULL ? NONE : catalogue_unit(c, t->subject);
    int group = c == NULL ? NONE : catalogue_group(c, t->group);

    return m->overdue == NULL || unit == NONE || group == NONE
               ? NULL
               : &m->overdue[(size_t)unit * c->group_count + (size_t)group];
}

static void
overdue_add(struct missing *m, const struct catalogue *c, const struct told_missing *t)
{
    int32_t *last = overdue_of(m, c, t);
    struct window w;

    if (c != NULL && last != NULL && t->kind == MISSING_OVERDUE &&
        window_parse(t->period, c->groups[catalogue_group(c, t->group)].rule, &w,
                     NULL) == ST_OK &&
        (*last == DAY_NONE || w.last > *last)) {
        *last = w.last;
    }
}

/* One less: which is the newest of those that are left? */
static void
overdue_again(struct missing *m, const struct catalogue *c,
              const struct told_missing *t)
{
    int32_t *last = overdue_of(m, c, t);
    struct table_item item;
    size_t at = 0;

    if (last == NULL) {
        return;
    }
    *last = DAY_NONE;
    while (table_next(m->told, &at, &item)) {
        const struct told_missing *other = item.value.pointer;

        if (strcmp(other->subject, t->subject) == 0 &&
            strcmp(other->group, t->group) == 0) {
            overdue_add(m, c, other);
        }
    }
}

/* ---- reading ---- */

static enum status
hash_read(struct redis *r, const char *slug, const char *name, struct reply **rep)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};

    key_make(key, slug, name);
    return redis_call(r, 2, argv, NULL, rep);
}

static void
told_take(struct missing *m, const struct reply *rep, const char *slug,
          const struct catalogue *c)
{
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        const char *code = reply_str(reply_at(rep, i), NULL);
        struct told_missing *t;

        if (strlen(code) >= sizeof t->code) {
            continue;
        }
        t = missing_told(m, code, true);
        if (!line_parse(reply_str(reply_at(rep, i + 1), NULL), t)) {
            diag_fatal(78, "missing_unreadable",
                       "province=%s code=%s remedy=\"a newer scorer wrote this: start "
                       "that version\"",
                       slug, code);
        }
        overdue_add(m, c, t);
    }
}

static void
due_take(struct missing *m, const char *field, const char *value)
{
    int32_t day;

    if (strcmp(field, DECIDED) == 0) {
        if (day_parse(value, &day) == ST_OK) {
            m->decided = day;
        }
    } else if (strcmp(field, PROGRESS) == 0) {
        (void)snprintf(m->progress, sizeof m->progress, "%s", value);
    } else if (strncmp(field, DOWN, sizeof DOWN - 1) == 0) {
        if (day_parse(field + sizeof DOWN - 1, &day) == ST_OK) {
            (void)outages_add(&m->outages, day, (uint32_t)strtoul(value, NULL, 10));
        }
    } else if (strncmp(field, FROM, sizeof FROM - 1) == 0) {
        const char *group = field + sizeof FROM - 1;

        if (group[0] != '\0' && day_parse(value, &day) == ST_OK) {
            MUST(table_put_number(m->from, group, strlen(group), (uint64_t)day) ==
                 ST_OK);
        }
    } else if (strncmp(field, PARKED, sizeof PARKED - 1) == 0) {
        missing_parked_add(m, field + sizeof PARKED - 1, value);
    }
}

enum status
missing_read(struct missing *m, struct redis *r, const char *slug,
             const struct catalogue *c)
{
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    if (c != NULL) {
        size_t places = c->unit_count * c->group_count;

        m->overdue = mem_alloc(places * sizeof *m->overdue + 1);
        for (i = 0; i < places; i++) {
            m->overdue[i] = DAY_NONE;
        }
    }
    st = hash_read(r, slug, KEY_MISSING, &rep);
    if (st == ST_OK) {
        told_take(m, rep, slug, c);
    }
    reply_free(&rep);
    if (st == ST_OK) {
        st = hash_read(r, slug, KEY_DUE, &rep);
    }
    for (i = 0; st == ST_OK && i + 1 < reply_count(rep); i += 2) {
        due_take(m, reply_str(reply_at(rep, i), NULL),
                 reply_str(reply_at(rep, i + 1), NULL));
    }
    reply_free(&rep);
    return st;
}

/* ---- writing ---- */

static void
alert_write(struct state *s, const struct told_missing *t, int32_t due)
{
    char number[24];
    char opened[24];
    char day[DAY_TEXT_BYTES];
    const char *fields[][2] = {
        {"state", t->kind == MISSING_NONE ? "closed" : "open"},
        {"kind", missing_kind_name(t->kind)},
        {"reason", reason_name(t->reason)},
        {"group", t->group},
        {"subject", t->subject},
        {"window", t->period},
        {"due", day},
        {"n", number},
        {"opened_at_ms", opened},
    };
    size_t i;

    day_text(due, day);
    (void)snprintf(number, sizeof number, "%" PRIu32, t->number);
    (void)snprintf(opened, sizeof opened, "%" PRId64, t->opened_at_ms);
    for (i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (i == 1 && t->kind == MISSING_NONE) {
            continue; /* what it was stays */
        }
        effects_hset(&s->effects, &s->follow, KEY_ALERT, t->code, fields[i][0],
                     fields[i][1], strlen(fields[i][1]));
    }
}

/* What was not told while the report was missing is looked at again: all years with
 * figures up to the window that was overdue, behind the one that still is. */
static void
unit_unmute(struct state *s, const struct told_missing *t, int32_t before)
{
    int unit = catalogue_unit(s->catalogue, t->subject);
    int group = catalogue_group(s->catalogue, t->group);
    const int32_t *last = overdue_of(s->missing, s->catalogue, t);
    const struct series *series;
    size_t i;

    if (last == NULL) {
        return;
    }
    series = facts_series(s->facts, unit, group);
    for (i = 0; i < series->count; i++) {
        const struct window *w = &series->facts[i].window;

        if (w->last <= before && w->last > *last) { /* DAY_NONE is before all days */
            touch(s, unit, group, w->year);
        }
    }
}

void
missing_write(struct state *s, struct told_missing *t, enum missing_kind before,
              int32_t due)
{
    char line[LINE_BYTES];

    if (t->kind == MISSING_OVERDUE) {
        overdue_add(s->missing, s->catalogue, t);
    } else if (before == MISSING_OVERDUE) {
        const int32_t *last = overdue_of(s->missing, s->catalogue, t);
        int32_t until = last == NULL ? DAY_NONE : *last;

        overdue_again(s->missing, s->catalogue, t);
        unit_unmute(s, t, until);
    }
    line_make(t, line);
    effects_hset(&s->effects, &s->follow, KEY_MISSING, NULL, t->code, line,
                 strlen(line));
    alert_write(s, t, due);
}

static void
due_write(struct state *s, const char *field, const char *value)
{
    effects_hset(&s->effects, &s->follow, KEY_DUE, NULL, field, value, strlen(value));
}

void
missing_decided_write(struct state *s, int32_t day)
{
    char text[DAY_TEXT_BYTES];

    s->missing->decided = day;
    day_text(day, text);
    due_write(s, DECIDED, text);
}

void
missing_progress_write(struct state *s, const char *quarter)
{
    (void)snprintf(s->missing->progress, sizeof s->missing->progress, "%s", quarter);
    if (quarter[0] == '\0') {
        effects_hdel(&s->effects, &s->follow, KEY_DUE, NULL, PROGRESS);
    } else {
        due_write(s, PROGRESS, quarter);
    }
}

void
missing_from_write(struct state *s, const char *name, int32_t day)
{
    char field[FIELD_BYTES];
    char text[DAY_TEXT_BYTES];

    MUST(table_put_number(s->missing->from, name, strlen(name), (uint64_t)day) ==
         ST_OK);
    (void)snprintf(field, sizeof field, FROM "%s", name);
    day_text(day, text);
    due_write(s, field, text);
}

void
missing_from_erase(struct state *s, const char *name)
{
    char field[FIELD_BYTES];

    (void)table_remove(s->missing->from, name, strlen(name), NULL);
    (void)snprintf(field, sizeof field, FROM "%s", name);
    effects_hdel(&s->effects, &s->follow, KEY_DUE, NULL, field);
}

void
missing_told_forget(struct state *s, struct told_missing *t)
{
    effects_hdel(&s->effects, &s->follow, KEY_MISSING, NULL, t->code);
    (void)table_remove(s->missing->told, t->code, strlen(t->code), NULL);
    mem_free(&t);
}

void
missing_outage_write(struct state *s, int32_t day, uint32_t minutes)
{
    uint32_t all = outages_add(&s->missing->outages, day, minutes);
    char field[FIELD_BYTES];
    char day_name[DAY_TEXT_BYTES];
    char text[24];

    day_text(day, day_name);
    (void)snprintf(field, sizeof field, DOWN "%s", day_name);
    (void)snprintf(text, sizeof text, "%" PRIu32, all);
    due_write(s, field, text);
}
