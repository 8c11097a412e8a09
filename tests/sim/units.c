/*
 * Units that report: each has some pushes to make, one after the other, and sends each
 * again until every report of it has a receipt that is final. What was sent and what
 * was acknowledged stands outside everything that is killed.
 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/actors.h"

#define UNITS 4
#define KNOWN_MAX 48
#define PUSH_MAX 3
#define ANSWER_US 3000000

struct sim_report *sent;
size_t sent_count;
struct sim_report *acked;
size_t acked_count;

static size_t sent_room;
static size_t acked_room;

/* What stands for a key, as this unit knows it. */
struct known {
    const char *unit;
    char period[16];
    char name[64]; /* "2/0123…", what a correction replaces */
};

struct pushed {
    char replaces[64];
    bool reasoned;
    bool final;
};

struct unit {
    struct actor actor;
    const char *scope[2];
    size_t scope_count;
    bool office;
    unsigned pushes_left;
    bool pushing;
    bool asked; /* an office asks first what stands */
    struct sim_report reports[PUSH_MAX];
    struct pushed push[PUSH_MAX];
    size_t count;
    uint64_t request;
    struct known known[KNOWN_MAX];
    size_t known_count;
};

static struct unit units[UNITS];

static void
remember(struct sim_report **list, size_t *count, size_t *room,
         const struct sim_report *r)
{
    if (*count == *room) {
        struct sim_report *more = world_take((*room + 64) * sizeof *more);

        if (*count > 0) {
            memcpy(more, *list, *count * sizeof *more);
        }
        *list = more;
        *room += 64;
    }
    (*list)[(*count)++] = *r;
}

const struct sim_report *
sent_find(const char *unit, const char *period, int64_t results, int64_t digitised)
{
    size_t i;

    for (i = 0; i < sent_count; i++) {
        if (sent[i].results == results && sent[i].digitised == digitised &&
            strcmp(sent[i].unit, unit) == 0 && strcmp(sent[i].period, period) == 0) {
            return &sent[i];
        }
    }
    return NULL;
}

/* ---- what is known ---- */

static struct known *
known_of(struct unit *u, const char *unit, const char *period)
{
    size_t i;

    for (i = 0; i < u->known_count; i++) {
        if (strcmp(u->known[i].unit, unit) == 0 &&
            strcmp(u->known[i].period, period) == 0) {
            return &u->known[i];
        }
    }
    if (u->known_count == KNOWN_MAX) {
        return &u->known[0];
    }
    u->known[u->known_count] = (struct known){.unit = unit};
    (void)snprintf(u->known[u->known_count].period, sizeof u->known->period, "%s",
                   period);
    return &u->known[u->known_count++];
}

/* ---- making a push ---- */

static void
report_make(struct unit *u, size_t i)
{
    struct sim_report *r = &u->reports[i];
    struct pushed *p = &u->push[i];
    int months = sim_month - 1;
    int month = (int)chance_between(months > 4 ? months - 3 : 1, months);
    const struct known *k;

    memset(r, 0, sizeof *r);
    memset(p, 0, sizeof *p);
    r->unit = u->scope[chance_below(u->scope_count)];
    (void)snprintf(r->period, sizeof r->period, "2023-%02d", month);
    r->results = chance_between(2, 5) * 200;
    r->digitised = r->results * chance_between(1, 9) / 10;
    k = known_of(u, r->unit, r->period);
    (void)snprintf(p->replaces, sizeof p->replaces, "%s", k->name);
    p->reasoned = u->office || !chance_of(100);
    if (!chance_of(30)) {
        return;
    }
    r->digitised = r->results + 1; /* more than the whole: refused */
}

static void
push_make(struct unit *u)
{
    size_t i;

    u->count = u->office ? 1 : 1 + chance_below(PUSH_MAX);
    for (i = 0; i < u->count; i++) {
        report_make(u, i);
        remember(&sent, &sent_count, &sent_room, &u->reports[i]);
    }
    u->pushing = true;
    u->asked = !u->office;
    u->pushes_left--;
}

static void
push_send(struct unit *u)
{
    struct wire_figure figures[PUSH_MAX][2];
    struct wire_report reports[PUSH_MAX] = {{0}};
    struct unit_request q = {.request_id = ++u->request, .kind = UNIT_REQUEST_PUSH};
    size_t count = 0;
    size_t i;

    for (i = 0; i < u->count; i++) {
        const struct sim_report *r = &u->reports[i];

        if (u->push[i].final) {
            continue;
        }
        figures[count][0] = (struct wire_figure){"results", WIRE_COUNT, r->results, ""};
        figures[count][1] =
            (struct wire_figure){"digitised", WIRE_COUNT, r->digitised, ""};
        reports[count] =
            (struct wire_report){.unit = r->unit,
                                 .group = "digitisation",
                                 .period = r->period,
                                 .from = "",
                                 .to = "",
                                 .figures = figures[count],
                                 .figure_count = 2,
                                 .reason = u->push[i].reasoned ? "counted anew" : "",
                                 .source_system = "sim",
                                 .replaces = u->push[i].replaces};
        count++;
    }
    q.push.reports = reports;
    q.push.count = count;
    actor_ask(&u->actor, &q);
}

static void
standing_ask(struct unit *u)
{
    struct wire_key key = {u->reports[0].unit, "digitisation", u->reports[0].period};
    struct unit_request q = {.request_id = ++u->request, .kind = UNIT_REQUEST_STANDING};

    q.standing.keys = &key;
    q.standing.count = 1;
    actor_ask(&u->actor, &q);
}

/* Bytes that are no message, or a report for somebody else's unit. */
static void
mischief(struct unit *u)
{
    unsigned char noise[64];
    struct wire_figure figures[2] = {{"results", WIRE_COUNT, 77, ""},
                                     {"digitised", WIRE_COUNT, 77, ""}};
    struct wire_report report = {.unit = "XB1",
                                 .group = "digitisation",
                                 .period = "2023-01",
                                 .from = "",
                                 .to = "",
                                 .figures = figures,
                                 .figure_count = 2,
                                 .reason = "mine",
                                 .source_system = "",
                                 .replaces = ""};
    struct unit_request q = {.kind = UNIT_REQUEST_PUSH};
    size_t i;

    if (chance_of(500) && u->scope_count == 1) { /* 77 of 77 is never in `sent` */
        q.push.reports = &report;
        q.push.count = 1;
        actor_ask(&u->actor, &q);
        return;
    }
    for (i = 0; i < sizeof noise; i++) {
        noise[i] = (unsigned char)chance_below(256);
    }
    link_send(u->actor.link, noise, chance_below(sizeof noise));
}

static void
unit_act(void *context, uint64_t turn)
{
    struct actor *a = context;
    struct unit *u = a->self;

    (void)turn;
    if (!link_up(a->link) && link_open(a, PART_INGEST, "", a->key) == NULL) {
        actor_later(a, chance_between(50, 400) * US_A_MS);
        return;
    }
    if (!u->pushing) {
        if (u->pushes_left == 0) {
            return;
        }
        push_make(u);
    }
    if (chance_of(20)) {
        mischief(u);
    }
    if (!u->asked) {
        standing_ask(u);
    } else {
        push_send(u);
        if (chance_of(30)) {
            u->request--;
            push_send(u); /* twice, with the same number */
        }
    }
    actor_later(a, chance_of(100) ? 50000 : ANSWER_US + chance_between(0, US_A_S));
}

/* ---- answers ---- */

static void
receipt_take(struct unit *u, size_t i, const struct wire_receipt *r)
{
    struct sim_report got = u->reports[i];
    struct known *k = known_of(u, got.unit, got.period);

    if (strcmp(r->period, got.period) != 0 && r->outcome != OUTCOME_REJECTED) {
        sim_fail("%s: a receipt for %s came for %s", u->actor.name, r->period,
                 got.period);
    }
    if (r->outcome == OUTCOME_RETRY_LATER || r->outcome == OUTCOME_NONE) {
        return;
    }
    u->push[i].final = true;
    if (r->outcome == OUTCOME_REJECTED) {
        return;
    }
    (void)snprintf(k->name, sizeof k->name, "%u/%s", r->revision, r->hash);
    if (r->outcome == OUTCOME_SUPERSEDED) {
        return;
    }
    got.revision = r->revision;
    got.entry = r->entry;
    got.index = r->index;
    (void)snprintf(got.hash, sizeof got.hash, "%s", r->hash);
    TRACE(u->actor.name, "%s %s %s revision %u at %llu:%u", outcome_name(r->outcome),
          got.unit, got.period, got.revision, (unsigned long long)got.entry, got.index);
    remember(&acked, &acked_count, &acked_room, &got);
}

static void
receipts_take(struct unit *u, const struct unit_reply *r)
{
    size_t next = 0;
    size_t i;
    bool all = true;

    for (i = 0; i < u->count; i++) {
        if (!u->push[i].final && next < r->receipt_count) {
            receipt_take(u, i, &r->receipts[next++]);
        }
        all &= u->push[i].final;
    }
    u->pushing = !all;
    u->request++; /* an answer that comes twice is for nobody */
    actor_later(&u->actor, all ? chance_between(1, 1200) * US_A_MS
                               : chance_between(100, 600) * US_A_MS);
}

static void
unit_hear(struct actor *a, const uint8_t *body, size_t bytes)
{
    struct unit *u = a->self;
    struct unit_reply r;

    arena_reset(actor_arena);
    if (unit_reply_decode(body, bytes, actor_arena, &r) != ST_OK) {
        sim_fail("%s was sent something that is no reply", a->name);
        return;
    }
    if (r.request_id != u->request || !u->pushing) {
        return;
    }
    if (r.kind == UNIT_REPLY_RECEIPTS && u->asked) {
        receipts_take(u, &r);
    } else if (r.kind == UNIT_REPLY_STANDINGS && !u->asked) {
        u->asked = true;
        if (r.standing_count == 1 && r.standings[0].revision > 0) {
            (void)snprintf(u->push[0].replaces, sizeof u->push[0].replaces, "%u/%s",
                           r.standings[0].revision, r.standings[0].hash);
        }
        actor_later(a, chance_between(1, 300) * US_A_MS);
    } else if (r.kind == UNIT_REPLY_REFUSAL) {
        actor_later(a, chance_between(200, 900) * US_A_MS);
    }
}

/* ---- beginning and end ---- */

void
units_begin(void)
{
    static const struct {
        const char *name;
        enum actor_key key;
        const char *scope[2];
        size_t scope_count;
    } who[UNITS] = {
        {"XA1", KEY_XA1, {"XA1"}, 1},
        {"XA2", KEY_XA2, {"XA2"}, 1},
        {"onestop", KEY_ONESTOP, {"XA2", "XB1"}, 2},
        {"office", KEY_OFFICE_OF, {"XA1", "XB1"}, 2},
    };
    size_t i;

    sent = acked = NULL;
    sent_count = sent_room = acked_count = acked_room = 0;
    memset(units, 0, sizeof units);
    for (i = 0; i < UNITS; i++) {
        struct unit *u = &units[i];

        u->actor = (struct actor){who[i].name, actor_key(who[i].key), .hear = unit_hear,
                                  .act = unit_act, .self = u};
        memcpy(u->scope, who[i].scope, sizeof u->scope);
        u->scope_count = who[i].scope_count;
        u->office = who[i].key == KEY_OFFICE_OF;
        u->pushes_left = (unsigned)chance_between(1, 7);
        actor_later(&u->actor, chance_between(1, 2000) * US_A_MS);
    }
}

bool
units_done(void)
{
    size_t i;

    for (i = 0; i < UNITS; i++) {
        if (units[i].pushing || units[i].pushes_left > 0) {
            return false;
        }
    }
    return true;
}
