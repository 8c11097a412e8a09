/*
 * What must hold, whatever went wrong: after every write that Redis does the scorer's
 * facts are those of the entries up to its checkpoint, computed here anew; at the end
 * the journal is one history that holds what was acknowledged, and nothing else.
 */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/crypto.h"
#include "lib/journal.h"
#include "lib/mem.h"
#include "lib/wire.h"

#define LINES_MAX 256

/* The newest revision of each key as facts:<unit> should have it. */
struct line {
    char key[64]; /* facts:<unit> */
    char field[48];
    uint32_t revision;
    char value[256];
};

static struct line lines[LINES_MAX];
static size_t line_count;
static int64_t folded; /* entries in `lines` */
static struct arena *arena;

static const struct text *
row_field(const struct row *row, const char *name)
{
    size_t i;

    for (i = 0; i < row->count; i++) {
        if (text_is(row->fields[i].name, name)) {
            return &row->fields[i].value;
        }
    }
    return NULL;
}

static const struct row *
entry_of(uint64_t seq)
{
    const struct object *o = store_get(store, SIM_PREFIX "reports");

    /* Dense from 1, which is checked at the end. */
    return o == NULL || seq == 0 || seq > o->count ? NULL : &o->rows[seq - 1];
}

/* ---- the fold ---- */

static int64_t
figure_of(const struct report_record *r, const char *measure)
{
    size_t i;

    for (i = 0; i < r->figure_count; i++) {
        if (strcmp(r->figures[i].measure, measure) == 0) {
            return r->figures[i].scaled;
        }
    }
    return -1;
}

static void
record_fold(const struct report_record *r, uint64_t entry, uint32_t index)
{
    char field[48];
    char first[DAY_TEXT_BYTES];
    char last[DAY_TEXT_BYTES];
    char key[64];
    size_t i;

    (void)snprintf(key, sizeof key, SIM_PREFIX "facts:%s", r->unit);
    (void)snprintf(field, sizeof field, "%s/%s", r->group, r->period);
    for (i = 0; i < line_count; i++) {
        if (strcmp(lines[i].key, key) == 0 && strcmp(lines[i].field, field) == 0) {
            break;
        }
    }
    if (i == LINES_MAX || (i < line_count && lines[i].revision >= r->revision)) {
        sim_fail("entry %" PRIu64 ":%u: revision %u of %s/%s is not above %u", entry,
                 index, r->revision, r->unit, field,
                 i < line_count ? lines[i].revision : 0);
        return;
    }
    line_count += i == line_count;
    (void)snprintf(lines[i].key, sizeof lines[i].key, "%s", key);
    (void)snprintf(lines[i].field, sizeof lines[i].field, "%s", field);
    lines[i].revision = r->revision;
    day_text(r->first_day, first);
    day_text(r->last_day, last);
    (void)snprintf(lines[i].value, sizeof lines[i].value,
                   "rev=%u at=%" PRIu64 ":%u from=%s to=%s received=%" PRId64
                   " results=%" PRId64 " digitised=%" PRId64,
                   r->revision, entry, index, first, last, r->received_at_ms,
                   figure_of(r, "results"), figure_of(r, "digitised"));
}

typedef void record_do(const struct report_record *r, uint64_t entry, uint32_t index);

static void
entry_records(const struct row *row, record_do *what)
{
    const struct text *body = row_field(row, "b");
    struct journal_cursor at;
    struct report_record r;
    const uint8_t *record;
    size_t bytes;
    uint32_t index;

    if (body == NULL || !text_is(*row_field(row, "k"), "reports")) {
        return;
    }
    at = (struct journal_cursor){(const uint8_t *)body->at, body->len};
    for (index = 0; journal_record_next(&at, &record, &bytes) == ST_OK; index++) {
        arena_reset(arena);
        if (report_record_decode(record, bytes, arena, &r) != ST_OK) {
            sim_fail("entry %" PRIu64 ":%u cannot be read", row->ms, index);
            return;
        }
        what(&r, row->ms, index);
    }
}

static int64_t
number_at(const char *key, const char *field)
{
    const struct text *t = store_hget(store, key, field);

    return t == NULL ? 0 : text_number(*t);
}

static void
facts_check(void)
{
    size_t all = 0;
    size_t i;

    for (i = 0; i < store->count; i++) {
        const struct object *o = store->objects[i];

        if (o->type == OBJECT_HASH && strstr(o->key.at, "}:facts:") != NULL) {
            all += o->count;
        }
    }
    for (i = 0; i < line_count; i++) {
        const struct text *t = store_hget(store, lines[i].key, lines[i].field);

        if (t == NULL || !text_is(*t, lines[i].value)) {
            sim_fail("%s %s is \"%s\", must be \"%s\" at checkpoint %" PRId64,
                     lines[i].key, lines[i].field, t == NULL ? "" : t->at,
                     lines[i].value, folded);
        }
    }
    if (all != line_count) {
        sim_fail("%zu facts, must be %zu at checkpoint %" PRId64, all, line_count,
                 folded);
    }
}

/* No effect of an epoch that is over. */
static void
epoch_check(const struct command *c, const struct rep *rep)
{
    const struct object *epoch;

    if (!text_is(c->argv[0], "FCALL") || strncmp(c->argv[1].at, "dd_apply", 8) != 0 ||
        rep->count == 0 || !text_is(rep->items[0]->str, "OK")) {
        return;
    }
    epoch = store_find(store, c->argv[3]);
    if (epoch == NULL ||
        !text_same(epoch->value, c->argv[4 + text_number(c->argv[2])])) {
        sim_fail("a call of an epoch that is over took effect: %s", c->argv[3].at);
    }
}

static void
scorer_check(void)
{
    const struct object *alerts = store_get(store, SIM_PREFIX "alerts");
    int64_t checkpoint = number_at(SIM_PREFIX "checkpoint:scorer", "seq");
    int64_t out = number_at(SIM_PREFIX "checkpoint:scorer", "out");

    if (out != (alerts == NULL ? 0 : (int64_t)alerts->last_ms)) {
        sim_fail("the alerts journal does not end at %" PRId64
                 " as the scorer's checkpoint says",
                 out);
    }
    if (checkpoint == folded) {
        return;
    }
    if (checkpoint < folded || checkpoint > number_at(SIM_PREFIX "head", "seq")) {
        sim_fail("the scorer's checkpoint %" PRId64 " came after %" PRId64
                 "; the journal ends at %" PRId64,
                 checkpoint, folded, number_at(SIM_PREFIX "head", "seq"));
        return;
    }
    while (folded < checkpoint) {
        entry_records(entry_of((uint64_t)++folded), record_fold);
    }
    facts_check();
}

void
oracle_executed(const struct command *c, const struct rep *rep)
{
    if (!world.quiet && !world.failed) {
        epoch_check(c, rep);
        scorer_check();
    }
}

void
oracle_rebuilt(void)
{
    line_count = 0;
    folded = 0;
    scorer_check();
}

void
oracle_begin(void)
{
    arena = arena_new(WIRE_ARENA_BYTES);
    line_count = 0;
    folded = 0;
}

/* ---- at the end ---- */

/* NULL: nothing is under way any more; else what is. */
const char *
oracle_undrained(void)
{
    const struct object *alerts = store_get(store, SIM_PREFIX "alerts");
    const char *who = server_up() ? actors_busy() : "redis is down";
    size_t i;

    if (who != NULL) {
        return who;
    }
    if (number_at(SIM_PREFIX "checkpoint:scorer", "seq") !=
        number_at(SIM_PREFIX "head", "seq")) {
        return "the scorer is behind";
    }
    if (number_at(SIM_PREFIX "checkpoint:notifier", "seq") !=
        (alerts == NULL ? 0 : (int64_t)alerts->last_ms)) {
        return "the notifier is behind";
    }
    for (i = 0; i < LEADERS; i++) {
        char key[64];
        const struct object *inbox;

        (void)snprintf(key, sizeof key, SIM_PREFIX "inbox:%s", leaders[i].office);
        inbox = store_get(store, key);
        if (leaders[i].count < (inbox == NULL ? 0 : inbox->count)) {
            return leaders[i].office;
        }
    }
    return NULL;
}

/* Every record of the journal, as it came by. */
static struct {
    struct sim_report *all;
    size_t count;
    size_t room;
} journal;

static void
record_check(const struct report_record *r, uint64_t entry, uint32_t index)
{
    struct sim_report *now;
    size_t i;

    if (journal.count == journal.room) {
        struct sim_report *more = world_take((journal.room + 256) * sizeof *more);

        if (journal.count > 0) {
            memcpy(more, journal.all, journal.count * sizeof *more);
        }
        journal.all = more;
        journal.room += 256;
    }
    now = &journal.all[journal.count];
    now->unit = text_copy(r->unit, strlen(r->unit)).at;
    (void)snprintf(now->period, sizeof now->period, "%s", r->period);
    now->results = figure_of(r, "results");
    now->digitised = figure_of(r, "digitised");
    now->revision = r->revision;
    now->entry = entry;
    now->index = index;
    crypto_hex(r->hash, 16, now->hash);
    if (sent_find(now->unit, now->period, now->results, now->digitised) == NULL) {
        sim_fail("entry %" PRIu64 ":%u was sent by nobody: %s %s", entry, index,
                 now->unit, now->period);
    }
    for (i = journal.count; i > 0; i--) {
        const struct sim_report *last = &journal.all[i - 1];

        if (strcmp(last->unit, now->unit) == 0 &&
            strcmp(last->period, now->period) == 0) {
            break;
        }
    }
    if (r->revision != (i > 0 ? journal.all[i - 1].revision : 0) + 1) {
        sim_fail("entry %" PRIu64 ":%u: revision %u of %s %s follows %u", entry, index,
                 r->revision, now->unit, now->period,
                 i > 0 ? journal.all[i - 1].revision : 0);
    } else if (i > 0 && strcmp(journal.all[i - 1].hash, now->hash) == 0) {
        sim_fail("entry %" PRIu64 ":%u: the content of revision %u of %s %s stood "
                 "already",
                 entry, index, r->revision, now->unit, now->period);
    }
    journal.count++;
}

static void
acked_check(const struct sim_report *a)
{
    size_t i;

    for (i = 0; i < journal.count; i++) {
        const struct sim_report *r = &journal.all[i];

        if (r->entry == a->entry && r->index == a->index) {
            if (strcmp(r->unit, a->unit) == 0 && strcmp(r->period, a->period) == 0 &&
                strcmp(r->hash, a->hash) == 0 && r->revision == a->revision &&
                r->results == a->results && r->digitised == a->digitised) {
                return;
            }
            break;
        }
    }
    sim_fail("acknowledged and not in the journal: %s %s revision %u at %" PRIu64 ":%u",
             a->unit, a->period, a->revision, a->entry, a->index);
}

/* Dense ids, one chain, and the head at its end. */
static void
journal_check(void)
{
    const struct object *o = store_get(store, SIM_PREFIX "reports");
    char chain[JOURNAL_CHAIN_BYTES] = "";
    size_t i;

    journal.count = journal.room = 0;
    for (i = 0; o != NULL && i < o->count && !world.failed; i++) {
        const struct row *row = &o->rows[i];
        const struct text *kind = row_field(row, "k");
        const struct text *body = row_field(row, "b");
        const struct text *link = row_field(row, "h");

        if (row->ms != i + 1 || row->seq != 0 || kind == NULL || body == NULL) {
            sim_fail("entry %zu of the journal has the id %" PRIu64 "-%" PRIu64, i + 1,
                     row->ms, row->seq);
            return;
        }
        journal_chain(chain, journal_kind_parse(kind->at, kind->len), body->at,
                      body->len, chain);
        if (link == NULL || !text_is(*link, chain)) {
            sim_fail("the chain breaks at entry %" PRIu64, row->ms);
        }
        entry_records(row, record_check);
    }
    if (o != NULL &&
        (number_at(SIM_PREFIX "head", "seq") != (int64_t)o->count ||
         !text_is(*store_hget(store, SIM_PREFIX "head", "chain"), chain))) {
        sim_fail("the head is not the journal's end");
    }
}

static void
acks_check(void)
{
    const struct object *o = store_get(store, SIM_PREFIX "reports");
    size_t i;
    size_t e;

    for (i = 0; i < ack_count; i++) {
        unsigned found = 0;

        for (e = 0; e < o->count; e++) {
            const struct text *body = row_field(&o->rows[e], "b");
            struct wire_act act;

            if (!text_is(*row_field(&o->rows[e], "k"), "act")) {
                continue;
            }
            arena_reset(arena);
            if (act_decode(body->at, body->len, arena, &act) == ST_OK &&
                strcmp(act.id, acks[i].id) == 0) {
                found++;
            }
        }
        if (found != 1) {
            sim_fail("the acknowledgement %s stands %u times", acks[i].id, found);
        }
    }
}

/* Codes of communes end in their unit; no target is about the province. */
static bool
concerns(const char *office, const char *code)
{
    const char *unit = strrchr(code, '-');

    return unit != NULL &&
           ((strcmp(office, "head-XB1") == 0 && strcmp(unit, "-XB1") == 0) ||
            (strcmp(office, "head-HA") == 0 && strncmp(unit, "-XA", 3) == 0));
}

static void
leader_check(const struct office *l)
{
    char key[64];
    const struct object *inbox;
    size_t i;
    size_t h;

    (void)snprintf(key, sizeof key, SIM_PREFIX "inbox:%s", l->office);
    inbox = store_get(store, key);
    if (l->count != (inbox == NULL ? 0 : inbox->count)) {
        sim_fail("%s has heard %zu alerts, its inbox holds %zu", l->office, l->count,
                 inbox == NULL ? 0 : inbox->count);
        return;
    }
    for (i = 0; i < l->count; i++) {
        const struct row *row = &inbox->rows[i];
        uint64_t position = row->ms * 1024 + row->seq;
        char id[96];

        (void)snprintf(id, sizeof id, "%s/%s", row_field(row, "code")->at,
                       row_field(row, "n")->at);
        for (h = 0; h < l->count && l->heard[h].position != position; h++) {
        }
        if (h == l->count || strcmp(l->heard[h].id, id) != 0) {
            sim_fail("%s has not heard %s", l->office, id);
        } else if (!concerns(l->office, row_field(row, "code")->at)) {
            sim_fail("%s was told of %s", l->office, id);
        }
    }
}

void
oracle_end(void)
{
    size_t i;

    journal_check();
    for (i = 0; i < acked_count && !world.failed; i++) {
        acked_check(&acked[i]);
    }
    if (!world.failed) {
        acks_check();
    }
    for (i = 0; i < LEADERS && !world.failed; i++) {
        leader_check(&leaders[i]);
    }
    if (store_get(store, SIM_PREFIX "parked") != NULL ||
        store_get(store, SIM_PREFIX "parked:notifier") != NULL) {
        sim_fail("something was parked");
    }
}
