/* link: scorer */
/*
 * The path of an entry through the scorer: reports are decoded and applied, what they
 * touch is scored, effects and alerts are written, and the commit's call is made and
 * formatted. No Redis: the sending itself is taken out at the linker.
 */
#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/redis_private.h"
#include "lib/sums.h"
#include "lib/walks.h"
#include "scorer/brake.h"
#include "scorer/missing.h"
#include "scorer/scorer.h"
#include "tests/perf/paths.h"

#define ENTRIES 4 /* counted, of 64 reports each: April to July */
#define FIRST 3
#define DAYS_AN_ENTRY 4 /* of 64 reports each */
#define DAYS_ENTRIES 10 /* counted; as many stand before */
#define FLIP_DAYS 20    /* of a unit, from one alert to the next */
#define BODIES (2 * DAYS_ENTRIES)
#define BODY_BYTES (1u << 20)
#define SEED 20250630u

/* --- what stands for Redis --- */

static char answer;
static char connected;
static struct redis output = {.context = (struct redisContext *)(void *)&connected};
static size_t arguments; /* of the last call */

void __wrap_redis_put(struct redis *r, size_t argc, const char *const *argv,
                      const size_t *lens);
void __real_redis_put(struct redis *r, size_t argc, const char *const *argv,
                      const size_t *lens);
enum status __wrap_redis_next(struct redis *r, struct reply **out);
enum status __wrap_reply_status(const struct reply *rep);
const char *__wrap_reply_str(const struct reply *rep, size_t *len);
void __wrap_reply_free(struct reply **rep);

void
__wrap_redis_put(struct redis *r, size_t argc, const char *const *argv,
                 const size_t *lens)
{
    __real_redis_put(r, argc, argv, lens); /* as it would be sent */
    arguments = argc;
}

enum status
__wrap_redis_next(struct redis *r, struct reply **out)
{
    r->out_used = 0;
    r->awaited = 0;
    *out = (struct reply *)(void *)&answer; /* only whether there is one */
    return ST_OK;
}

enum status
__wrap_reply_status(const struct reply *rep)
{
    (void)rep;
    return ST_OK;
}

const char *
__wrap_reply_str(const struct reply *rep, size_t *len)
{
    (void)rep;
    if (len != NULL) {
        *len = 2;
    }
    return "OK";
}

void
__wrap_reply_free(struct reply **rep)
{
    *rep = NULL;
}

/* --- a province, and entries for it --- */

struct scene {
    struct catalogue *c;
    struct scorer scorer;
    struct state s;
    struct buf bodies[BODIES];
    size_t from; /* entries to be applied now */
    size_t to;
    bool commits;
};

static void
scene_begin(struct scene *s, struct catalogue *c)
{
    struct scorer *sc = &s->scorer;
    size_t cells;

    memset(s, 0, sizeof *s);
    s->c = c;
    cells = s->c->unit_count * s->c->target_count;
    sc->instance = "perf";
    sc->simulated = true;
    sc->arena = arena_new(4 * WIRE_ARENA_BYTES);
    sc->event_arena = arena_new(64 * WIRE_ARENA_BYTES);
    buf_init(&sc->line, 4096);
    buf_init(&sc->body, BODY_BYTES);
    state_init(&s->s, sc, "perf", NULL);
    effects_clear(&s->s.effects, &s->s.follow);
    s->s.catalogue = s->c;
    s->s.told = table_new(ALERTS_MAX, SEED);
    s->s.missing = missing_new();
    s->s.openers = openers_new();
    s->s.facts = facts_new(s->c);
    sums_keep(s->c, s->s.facts);
    walks_keep(s->c, s->s.facts);
    s->s.latest = mem_alloc(cells + 1);
    s->s.latest_year = mem_alloc((cells + 1) * sizeof *s->s.latest_year);
    s->s.counts =
        mem_alloc(s->c->target_count * (VERDICT_INFO + 1) * sizeof *s->s.counts + 1);
    s->s.tick = (int64_t)day_from_civil(PERF_YEAR + 1, 2, 1) * 24;
}

static void
scene_end(struct scene *s)
{
    size_t i;

    state_fini(&s->s); /* and the catalogue */
    arena_free(&s->scorer.arena);
    arena_free(&s->scorer.event_arena);
    buf_fini(&s->scorer.line);
    buf_fini(&s->scorer.body);
    mem_free(&output.out);
    output.out_room = 0;
    for (i = 0; i < BODIES; i++) {
        buf_fini(&s->bodies[i]);
    }
}

static void
record_add(struct scene *s, size_t month, size_t unit, struct arena *a)
{
    static const uint8_t hash[] = {1, 2,  3,  4,  5,  6,  7,  8,
                                   9, 10, 11, 12, 13, 14, 15, 16};
    struct figure_record figures[] = {{.measure = "things_all"},
                                      {.measure = "things_done"},
                                      {.measure = "things_online"}};
    struct report_record r = {.unit = perf_unit(unit),
                              .group = "things",
                              .period = perf_period(month),
                              .first_day = day_from_civil(PERF_YEAR, (int)month + 1, 1),
                              .last_day = day_from_civil(PERF_YEAR, (int)month + 1, 28),
                              .revision = 1,
                              .figures = figures,
                              .figure_count = 3,
                              .received_at_ms = hour_start(s->s.tick).ms +
                                                (int64_t)(month * PERF_UNITS + unit),
                              .principal = "reporter",
                              .reason = "",
                              .source_system = "perf",
                              .hash = hash};

    perf_figures(month * PERF_UNITS + unit, &figures[0].scaled, &figures[1].scaled,
                 &figures[2].scaled);
    arena_reset(a);
    report_record_encode(&r, a, &s->bodies[month]);
}

static void
entries_make(struct scene *s)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    size_t month;
    size_t unit;

    for (month = 0; month < FIRST + ENTRIES; month++) {
        buf_init(&s->bodies[month], BODY_BYTES);
        for (unit = 0; unit < PERF_UNITS; unit++) {
            record_add(s, month, unit, a);
        }
        MUST(!s->bodies[month].cut);
    }
    arena_free(&a);
}

static void
commit(struct state *s)
{
    effects_seal(&s->effects, "0123456789abcdef0123456789abcdef");
    MUST(follow_apply(&s->follow, &output, &s->effects, s->seen, "5e7e71c0", s->tick) ==
         ST_OK);
    effects_clear(&s->effects, &s->follow);
}

static void
entries_apply(void *with)
{
    struct scene *s = with;
    size_t i;

    for (i = s->from; i < s->to; i++) {
        struct journal_entry e = {.seq = i + 1,
                                  .kind = JOURNAL_REPORTS,
                                  .body = (const uint8_t *)s->bodies[i].data,
                                  .body_bytes = s->bodies[i].len,
                                  .chain = ""};
        bool barrier;

        MUST(entry_apply(&s->s, &e, &barrier) == ST_OK && !barrier);
    }
    if (s->commits) {
        commit(&s->s);
    }
}

static void
commit_alone(void *with)
{
    commit(&((struct scene *)with)->s);
}

/* Three months stand already; the next four are counted. */
static size_t
entries_run(void (*applying)(void (*work)(void *with), void *with), bool commits)
{
    static struct scene s;

    scene_begin(&s, perf_programme());
    entries_make(&s);
    s.to = FIRST;
    s.commits = true;
    entries_apply(&s);
    s.from = FIRST;
    s.to = FIRST + ENTRIES;
    s.commits = false;
    applying(entries_apply, &s);
    MUST(s.s.effects.count > (size_t)ENTRIES * PERF_UNITS);
    MUST(s.scorer.counters.alerts > 0 && s.scorer.counters.parked == 0);
    if (commits) {
        counted(commit_alone, &s);
        MUST(arguments > (size_t)ENTRIES * PERF_UNITS);
    }
    scene_end(&s);
    return (size_t)ENTRIES * PERF_UNITS;
}

static void
plain(void (*work)(void *with), void *with)
{
    work(with);
}

static size_t
apply_run(void)
{
    return entries_run(counted, false);
}

static size_t
commit_run(void)
{
    return entries_run(plain, true);
}

/* --- a report a unit and day --- */

static void
day_add(struct scene *s, size_t day, size_t unit, struct arena *a)
{
    static const uint8_t hash[16] = {1};
    int32_t date = day_from_civil(PERF_YEAR, 1, 1) + (int32_t)day;
    int64_t things = 1000 + (int64_t)(unit + day);
    bool is_short = (day + unit) / FLIP_DAYS % 2 == 1;
    struct figure_record figures[] = {
        {.measure = "things_all", .scaled = things},
        {.measure = "things_done", .scaled = things * (is_short ? 20 : 90) / 100},
        {.measure = "things_shown", .scaled = things / 2}};
    char period[PERIOD_TEXT_BYTES];
    char text[DAY_TEXT_BYTES];
    struct report_record r = {.unit = perf_unit(unit),
                              .group = "things",
                              .period = period,
                              .first_day = day_from_civil(PERF_YEAR, 1, 1),
                              .last_day = date,
                              .revision = 1,
                              .figures = figures,
                              .figure_count = 3,
                              .received_at_ms = hour_start(s->s.tick).ms +
                                                (int64_t)(day * PERF_UNITS + unit),
                              .principal = "reporter",
                              .reason = "synthetic",
                              .made_at_ms = 1767225600000,
                              .source_system = "perf",
                              .hash = hash};

    day_text(date, text);
    (void)snprintf(period, sizeof period, "%d@%.10s", PERF_YEAR, text);
    arena_reset(a);
    report_record_encode(&r, a, &s->bodies[day / DAYS_AN_ENTRY]);
}

static void
days_make(struct scene *s)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    size_t day;
    size_t unit;

    for (day = 0; day < BODIES * DAYS_AN_ENTRY; day++) {
        if (day % DAYS_AN_ENTRY == 0) {
            buf_init(&s->bodies[day / DAYS_AN_ENTRY], BODY_BYTES);
        }
        for (unit = 0; unit < PERF_UNITS; unit++) {
            day_add(s, day, unit, a);
        }
    }
    arena_free(&a);
}

/* Forty days stand already; the next forty are counted, with their one call. */
static size_t
days_run(void)
{
    static struct scene s;

    scene_begin(&s, perf_programme_days());
    days_make(&s);
    s.commits = true;
    s.to = DAYS_ENTRIES;
    entries_apply(&s);
    s.from = DAYS_ENTRIES;
    s.to = BODIES;
    s.scorer.counters.alerts = 0;
    counted(entries_apply, &s);
    MUST(s.scorer.counters.alerts > 100 && s.scorer.counters.parked == 0);
    scene_end(&s);
    return (size_t)DAYS_ENTRIES * DAYS_AN_ENTRY * PERF_UNITS;
}

static const struct path paths[] = {
    {"scorer-apply", "report",
     "4 entries of 64 reports, one of 20 alerting: decoded, applied, scored, effects "
     "(entry_apply)",
     apply_run},
    {"scorer-commit", "report", "their one call made of the effects (follow_apply)",
     commit_run},
    {"scorer-days", "report",
     "10 entries of 256 reports, one a unit and day, one of 20 alerting, and their "
     "call",
     days_run},
};

int
main(int argc, char **argv)
{
    return paths_main(argc, argv, paths, sizeof paths / sizeof *paths);
}
