/* What is timed. Nothing but the work itself stands between the two looks at the clock.
 */
#include "bench/score.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/subject.h"
#include "lib/sums.h"
#include "lib/walks.h"
#include "scorer/brake.h"
#include "scorer/missing.h"
#include "scorer/scorer.h"

#define TOLD_SEED 20230630u
#define NS 1000000000
#define WINDOWS_MAX (12 * SCORE_YEARS)
#define CIVIL_HOURS 7
#define DAYS_AFTER_ALL 45 /* everything due is over by then */

static int64_t
clock_ns(clockid_t clock)
{
    struct timespec t;

    MUST(clock_gettime(clock, &t) == 0);
    return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

static void
work_begin(struct work *w)
{
    w->wall_ns -= clock_ns(CLOCK_MONOTONIC);
    w->cpu_ns -= clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static void
work_end(struct work *w)
{
    w->cpu_ns += clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    w->wall_ns += clock_ns(CLOCK_MONOTONIC);
}

/* ---- verdicts ---- */

struct at {
    int year;
    struct window window;
};

static size_t
windows_of(const struct catalogue *c, const struct target *t, struct at *out)
{
    const struct group *g = subject_group(c, t);
    size_t count = 0;
    int year;
    size_t i;

    for (year = c->years_to - SCORE_YEARS + 1; year <= c->years_to; year++) {
        for (i = 0; i < cadence_count(g->cadence); i++) {
            out[count].year = year;
            cadence_window(g->cadence, year, i, g->rule, &out[count].window);
            count++;
        }
    }
    return count;
}

static bool
judgement(enum verdict v)
{
    return v != VERDICT_INFO && v != VERDICT_NO_DATA && v != VERDICT_NOT_APPLICABLE &&
           v != VERDICT_EXEMPT;
}

/*
 * A target of a level or the province shows its units and does not judge them; the
 * arithmetic is the same, and here it is asked for: each unit is judged by its figure.
 */
static void
unit_verdicts(const struct province *p, const struct facts *f, const struct target *t,
              int unit, const struct at *at, size_t count, struct work *out)
{
    struct subject_ref s = {unit, t->level, false};
    struct standing st;
    struct score score;
    size_t i;

    for (i = 0; i < count; i++) {
        if (t->subject == SUBJECT_EACH) {
            score_subject(p->catalogue, f, t, s, at[i].year, &at[i].window, &score);
        } else {
            score_standing(p->catalogue, f, t->indicator, unit, at[i].year,
                           &at[i].window, &st);
            score_base(p->catalogue, f, t, s, at[i].year, &st);
            score_judge(p->catalogue, t, true, false, at[i].year, &at[i].window, &st,
                        &score);
        }
        out->count++;
        out->more += judgement(score.verdict);
    }
}

void
verdicts_run(const struct province *p, const struct facts *f, struct work *out)
{
    const struct catalogue *c = p->catalogue;
    struct at at[WINDOWS_MAX];
    size_t t;
    size_t u;

    for (t = 0; t < c->target_count; t++) {
        const struct target *target = &c->targets[t];
        struct subject_ref all = {NONE, target->level, false};
        size_t count = windows_of(c, target, at);

        if (target->kind == TARGET_INFO) {
            continue; /* never judged */
        }
        work_begin(out);
        for (u = 0; u < c->unit_count; u++) {
            if (subject_has_member(c, target, all, (int)u)) {
                unit_verdicts(p, f, target, (int)u, at, count, out);
            }
        }
        work_end(out);
    }
}

void
wholes_run(const struct province *p, const struct facts *f, struct work *out)
{
    const struct catalogue *c = p->catalogue;
    struct at at[WINDOWS_MAX];
    struct score score;
    size_t t;
    size_t i;

    for (t = 0; t < c->target_count; t++) {
        const struct target *target = &c->targets[t];
        struct subject_ref all = {NONE, target->level, false};
        size_t count = windows_of(c, target, at);

        work_begin(out);
        for (i = 0; i < count; i++) {
            score_subject(c, f, target, all, at[i].year, &at[i].window, &score);
            out->count++;
            out->more += score.standing.units;
        }
        work_end(out);
    }
}

/* ---- recomputation: the scorer's own code, and nobody behind it ---- */

static void
scorer_begin(struct scorer *sc, struct state *s, const struct province *p)
{
    struct catalogue *c = p->catalogue;

    memset(sc, 0, sizeof *sc);
    sc->instance = "bench";
    sc->arena = arena_new(4 * WIRE_ARENA_BYTES);
    sc->event_arena = arena_new(64 * WIRE_ARENA_BYTES);
    buf_init(&sc->line, 4096);
    buf_init(&sc->body, JOURNAL_PROGRAMME_MAX + BUS_MESSAGE_MAX);
    state_init(s, sc, p->slug, NULL);
    effects_clear(&s->effects, &s->follow);
    s->catalogue = c;
    s->told = table_new(ALERTS_MAX, TOLD_SEED);
    s->missing = missing_new();
    s->openers = openers_new();
    s->facts = facts_new(c);
    sums_keep(c, s->facts);
    walks_keep(c, s->facts);
    s->latest = mem_alloc(c->unit_count * c->target_count + 1);
    s->latest_year =
        mem_alloc((c->unit_count * c->target_count + 1) * sizeof *s->latest_year);
    s->counts = mem_alloc(c->target_count * (VERDICT_INFO + 1) * sizeof *s->counts + 1);
}

static void
scorer_end(struct scorer *sc, struct state *s)
{
    s->catalogue = NULL; /* the province's */
    state_fini(s);
    arena_free(&sc->arena);
    arena_free(&sc->event_arena);
    buf_fini(&sc->line);
    buf_fini(&sc->body);
}

/* FNV-1a over what would have been written, in its order. */
static void
effects_digest(const struct effects *e, uint64_t *digest)
{
    struct args all;
    size_t i;
    size_t j;

    args_init(&all);
    args_all(&all, &e->keys);
    effects_args(e, &all);
    for (i = 0; i < all.argc; i++) {
        for (j = 0; j <= all.lens[i]; j++) {
            int byte = j < all.lens[i] ? (unsigned char)all.argv[i][j] : 256;

            *digest = (*digest ^ (uint64_t)byte) * 0x100000001B3u;
        }
    }
    args_fini(&all);
}

/* Where the scorer would commit. */
static void
commit(struct state *s, bool digest, struct work *out)
{
    effects_close(&s->effects);
    if (digest) {
        effects_digest(&s->effects, &out->digest);
    }
    s->follow.out_seq = s->effects.out_next;
    s->follow.checkpoint = s->seen;
    effects_clear(&s->effects, &s->follow);
}

void
batch_run(const struct province *p, bool digest, struct work *out)
{
    const struct window *newest = &p->reports[p->report_count - 1].fact.window;
    struct scorer sc;
    struct state s;
    size_t i;

    scorer_begin(&sc, &s, p);
    s.tick = (int64_t)(newest->last + DAYS_AFTER_ALL) * 24;
    work_begin(out);
    for (i = 0; i < p->report_count; i++) {
        const struct filled *r = &p->reports[i];

        MUST(facts_put(s.facts, r->unit, r->group, &r->fact, NULL) == ST_OK);
    }
    rescore_all(&s, 1, (s.tick - CIVIL_HOURS) * 3600 * 1000);
    out->more += s.effects.count;
    work_end(out);
    commit(&s, digest, out);
    out->count += p->report_count;
    out->alerts += sc.counters.alerts;
    scorer_end(&sc, &s);
}

void
entries_run(const struct province *p, bool digest, struct work *out)
{
    struct scorer sc;
    struct state s;
    size_t i;

    scorer_begin(&sc, &s, p);
    work_begin(out);
    for (i = 0; i < p->entry_count; i++) {
        const struct sealed *sealed = &p->entries[i];
        struct journal_entry e = {.seq = i + 1,
                                  .kind = sealed->tick ? JOURNAL_TICK : JOURNAL_REPORTS,
                                  .body = (const uint8_t *)p->bodies.data + sealed->at,
                                  .body_bytes = sealed->bytes,
                                  .chain = ""};
        bool barrier;
        uint64_t before = s.effects.count;

        MUST(entry_apply(&s, &e, &barrier) == ST_OK && !barrier);
        out->more += s.effects.count - before;
        if (s.effects.count > EFFECTS_A_COMMIT || i % ENTRIES_A_READ == 0) {
            commit(&s, digest, out);
        }
    }
    commit(&s, digest, out);
    work_end(out);
    MUST(sc.counters.parked == 0 && sc.counters.reports == p->report_count);
    out->count += p->report_count;
    out->alerts += sc.counters.alerts;
    scorer_end(&sc, &s);
}
