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

static uint16_t *
overdue_of(struct missing *m, const struct catalogue *c, const struct told_missing *t)
{
    int unit = c == NULL ? NONE : catalogue_unit(c, t->subject);
    int group = c == NULL ? NONE : catalogue_group(c, t->group);

    return m->overdue == NULL || unit == NONE || group == NONE
               ? NULL
               : &m->overdue[(size_t)unit * c->group_count + (size_t)group];
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
        uint16_t *overdue;

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
        overdue = overdue_of(m, c, t);
        if (overdue != NULL && t->kind == MISSING_OVERDUE) {
            (*overdue)++;
        }
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
        const char *report = field + sizeof PARKED - 1;

        MUST(table_put_number(m->parked, report, strlen(report),
                              strtoull(value, NULL, 10)) == ST_OK);
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
        m->overdue = mem_alloc(c->unit_count * c->group_count * sizeof *m->overdue + 1);
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

void
missing_write(struct state *s, struct told_missing *t, enum missing_kind before,
              int32_t due)
{
    uint16_t *overdue = overdue_of(s->missing, s->catalogue, t);
    char line[LINE_BYTES];

    if (overdue != NULL &&
        (before == MISSING_OVERDUE) != (t->kind == MISSING_OVERDUE)) {
        *overdue = (uint16_t)(*overdue + (t->kind == MISSING_OVERDUE ? 1 : -1));
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
missing_from_write(struct state *s, const char *group, int32_t day)
{
    char field[FIELD_BYTES];
    char text[DAY_TEXT_BYTES];

    MUST(table_put_number(s->missing->from, group, strlen(group), (uint64_t)day) ==
         ST_OK);
    (void)snprintf(field, sizeof field, FROM "%s", group);
    day_text(day, text);
    due_write(s, field, text);
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

/* ---- parked ---- */

static bool
report_name(const char *unit, const char *group, const char *period,
            char out[FIELD_BYTES])
{
    int len = snprintf(out, FIELD_BYTES, PARKED "%s/%s/%s", unit, group, period);

    return len > 0 && len < FIELD_BYTES;
}

bool
missing_is_parked(const struct missing *m, const char *unit, const char *group,
                  const char *period)
{
    char field[FIELD_BYTES];
    union table_value value;

    return table_count(m->parked) > 0 && report_name(unit, group, period, field) &&
           table_get(m->parked, field + sizeof PARKED - 1,
                     strlen(field + sizeof PARKED - 1), &value);
}

/* Dropped, or applied after all. */
static void
parked_forget(struct state *s, uint64_t place)
{
    struct table_item item;
    size_t at = 0;

    while (table_next(s->missing->parked, &at, &item)) {
        if (item.value.number == place) {
            char field[FIELD_BYTES + sizeof PARKED];

            (void)snprintf(field, sizeof field, PARKED "%s", item.key);
            effects_hdel(&s->effects, &s->follow, KEY_DUE, NULL, field);
            (void)table_remove(s->missing->parked, item.key, item.key_bytes, NULL);
            return;
        }
    }
}

void
missing_parked(struct state *s, const struct report_record *r, uint64_t entry,
               uint32_t index)
{
    uint64_t place = entry * 1024u + index;
    char field[FIELD_BYTES];
    char text[24];

    if (r == NULL) {
        parked_forget(s, place);
        return;
    }
    if (!report_name(r->unit, r->group, r->period, field)) {
        return; /* no report of this province is called that */
    }
    if (table_put_number(s->missing->parked, field + sizeof PARKED - 1,
                         strlen(field + sizeof PARKED - 1), place) == ST_OK) {
        (void)snprintf(text, sizeof text, "%" PRIu64, place);
        due_write(s, field, text);
    }
}
