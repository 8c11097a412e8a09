/*
 * Walks that are kept beside the facts (lib/walks.h): whatever is reported, corrected
 * or late, and whatever day it is, each wish is the one that a walk over all windows of
 * the year makes of the same facts with nothing kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/diag.h"
#include "lib/facts.h"
#include "lib/programme_dir.h"
#include "lib/sums.h"
#include "lib/walks.h"
#include "tests/support/toy_claims.h"

#define FROM 2022
#define YEARS 4

/* The same reports twice: walks are kept with `kept` and not with `plain`. */
struct twins {
    struct catalogue *c;
    struct facts *kept;
    struct facts *plain;
    uint64_t entry;
    uint64_t chance;
    size_t compared;
};

static uint32_t
chance(struct twins *t, uint32_t below)
{
    t->chance = t->chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(t->chance >> 33) % below;
}

static void
twins_begin(struct twins *t, struct catalogue *c, uint64_t seed)
{
    memset(t, 0, sizeof *t);
    t->c = c;
    t->kept = facts_new(c);
    t->plain = facts_new(c);
    t->chance = seed;
    sums_keep(c, t->kept);
    walks_keep(c, t->kept);
}

static void
twins_end(struct twins *t)
{
    facts_free(&t->kept);
    facts_free(&t->plain);
}

/* ---- a report ---- */

static struct window
window_of(const char *code, enum calendar_rule rule)
{
    struct window w;

    assert_int_equal(window_parse(code, rule, &w, NULL), ST_OK);
    return w;
}

/* A day of `year`, or of the next one where its last days are the next year's. */
static void
any_window(struct twins *t, const struct group *g, int year, struct window *w)
{
    static const char *const parts[] = {"-Q1", "-Q2", "-Q3", "-Q4",
                                        "-H1", "-H2", "-9M", ""};
    char code[64];
    unsigned month = 1 + chance(t, 12);
    unsigned mday = 1 + chance(t, 28);
    int32_t day = day_from_civil(year, (int)month, (int)mday);

    switch (chance(t, 8)) {
    case 0:
        (void)snprintf(code, sizeof code, "%d%s", year, parts[chance(t, 8)]);
        break;
    case 1:
    case 2:
    case 3:
        (void)snprintf(code, sizeof code, "%d@%d-%02u-%02u",
                       day_rule_year(day, g->rule), year, month, mday);
        break;
    case 4:
        (void)snprintf(code, sizeof code, "%d-%02u-%02u", year, month, mday);
        break;
    default:
        (void)snprintf(code, sizeof code, "%d-%02u", year, month);
    }
    *w = window_of(code, g->rule);
}

static void
put(struct twins *t, int unit, int group, const struct window *w, uint64_t entry,
    int64_t part)
{
    const struct series *s = facts_series(t->plain, unit, group);
    struct fact fact = {.window = *w, .revision = 1, .entry = entry};
    size_t i;

    for (i = 0; i < s->count; i++) {
        if (strcmp(s->facts[i].window.code, w->code) == 0) {
            fact.revision = s->facts[i].revision + 1;
        }
    }
    fact.received_at_ms = (int64_t)entry * 1000;
    for (i = 0; i < t->c->groups[group].measure_count; i++) {
        const struct measure *m = &t->c->measures[t->c->groups[group].measures[i]];
        int64_t most = m->pool > 0 ? m->pool : 1000;

        if (chance(t, 40) == 0) {
            fact.figures[i].state =
                chance(t, 2) == 0 ? FIGURE_ABSENT : FIGURE_NOT_APPLICABLE;
            continue;
        }
        fact.figures[i].state = FIGURE_NUMBER;
        fact.figures[i].scaled = i == 0 && m->pool == 0 ? most : most * part / 100;
    }
    assert_int_equal(facts_put(t->plain, unit, group, &fact, NULL), ST_OK);
    assert_int_equal(facts_put(t->kept, unit, group, &fact, NULL), ST_OK);
}

/* ---- the same wishes ---- */

/* Every byte that is not padding: of a score the line, and what the line leaves out. */
static void
same_score(const struct twins *t, const struct target *of, const char *name,
           const struct score *got, const struct score *want)
{
    struct buf a;
    struct buf b;

    same_number(name, "verdict", got->verdict, want->verdict);
    same_number(name, "year", got->year, want->year);
    same_text(name, "window", got->window.code, want->window.code);
    same_number(name, "window's last", got->window.last, want->window.last);
    same_number(name, "num", got->standing.num, want->standing.num);
    same_number(name, "den", got->standing.den, want->standing.den);
    same_number(name, "entry", (int64_t)got->standing.entry,
                (int64_t)want->standing.entry);
    same_number(name, "need", got->need_now, want->need_now);
    same_number(name, "ends", got->ends, want->ends);
    if (got->window.code[0] == '\0') {
        return; /* none at all */
    }
    buf_init(&a, 4096);
    buf_init(&b, 4096);
    score_line(t->c, of, got, &a);
    score_line(t->c, of, want, &b);
    same_text(name, "line", buf_str(&a), buf_str(&b));
    buf_fini(&a);
    buf_fini(&b);
}

static void
same_wish(struct twins *t, size_t target, int unit, int year, int32_t day)
{
    const struct target *of = &t->c->targets[target];
    const struct subject_ref s = {unit, of->level, false};
    struct wanted got;
    struct wanted want;
    char name[200];

    score_wanted(t->c, t->kept, of, s, year, day, true, &got);
    score_wanted(t->c, t->plain, of, s, year, day, true, &want);
    (void)snprintf(name, sizeof name, "%s %s of %s in %d on day %d, entry %d",
                   t->c->digest, of->id, t->c->units[unit].id, year, (int)day,
                   (int)t->entry);
    same_number(name, "kind", got.kind, want.kind);
    same_number(name, "ever", got.ever, want.ever);
    same_number(name, "windows", got.windows, want.windows);
    same_text(name, "since", got.since.code, want.since.code);
    same_number(name, "since", got.since.last, want.since.last);
    same_number(name, "has latest", got.has_latest, want.has_latest);
    same_score(t, of, name, &got.at, &want.at);
    same_score(t, of, name, &got.latest, &want.latest);
    t->compared++;
}

/* All targets that a report of the unit's group is for, of its year and the next. */
static void
same_wishes(struct twins *t, int unit, int group, int year, int32_t day)
{
    size_t i;

    for (i = 0; i < t->c->target_count; i++) {
        const struct target *of = &t->c->targets[i];
        int first;
        int last;

        if (t->c->indicators[of->indicator].group != group) {
            continue;
        }
        target_span(t->c, of, year, &first, &last);
        same_wish(t, i, unit, last, day);
        same_wish(t, i, unit, last, day - (int32_t)chance(t, 200));
        if (first == last) {
            same_wish(t, i, unit, year + 1, day);
        }
    }
}

static void
reports_run(struct twins *t, size_t reports)
{
    int32_t day = day_from_civil(FROM, 1, 1);
    int units = (int)(t->c->unit_count < 6 ? t->c->unit_count : 6);
    size_t k;

    for (k = 0; k < reports; k++) {
        int unit = (int)chance(t, (uint32_t)units);
        int group = (int)chance(t, (uint32_t)t->c->group_count);
        int year = FROM + (int)chance(t, YEARS);
        struct window w;
        uint64_t entry = ++t->entry;

        day += (int32_t)chance(t, 1 + (uint32_t)(YEARS * 800 / (reports + 1)));
        any_window(t, &t->c->groups[group], year, &w);
        if (chance(t, 10) == 0) { /* one that was parked, and is taken up again */
            entry = 1 + chance(t, (uint32_t)t->entry);
        }
        put(t, unit, group, &w, entry, chance(t, 101));
        same_wishes(t, unit, group, w.year, day);
    }
}

/* ---- claims ---- */

#define VARIANTS 11

/* Each way of cutting a year into windows: statutory, by quarters, both, a statutory
 * year at once, and one whose windows are its reports. */
static void
years_vary(struct catalogue *c, int variant)
{
    size_t i;

    for (i = 0; i < c->group_count && variant >= 6; i++) {
        struct group *g = &c->groups[i];

        if (variant != 7) {
            g->rule = CALENDAR_STATUTORY;
        }
        if (variant == 7 || variant == 8) {
            g->cadence = CADENCE_QUARTERLY;
        } else if (variant == 9) {
            g->cadence = CADENCE_YEARLY;
        } else if (variant == 10) {
            g->cadence = CADENCE_NONE;
            g->cumulative = true;
        }
    }
}

/* The toy's targets, and variants of them: what opens and closes late, what must not
 * be kept, what is added up. */
static void
toy_vary(struct catalogue *c, int variant)
{
    size_t i;

    years_vary(c, variant);

    c->groups[TOY_INDICES].reported_by = ~0u;
    for (i = 0; i < c->target_count; i++) {
        struct target *t = &c->targets[i];

        if (variant % 2 == 1) {
            t->open_windows = 2;
            t->close_windows = 2;
            t->close_points = ratio_of(5, 1);
        }
        if (variant >= 2 && t->kind != TARGET_RANK_GAIN && t->kind != TARGET_INFO) {
            t->pace = PACE_FLAT;
        }
    }
    for (i = 0; i < c->measure_count && variant == 4; i++) {
        if (c->measures[i].nature == NATURE_STOCK) {
            c->measures[i].nature = NATURE_FLOW;
        }
    }
    for (i = 0; i < c->group_count && variant == 5; i++) {
        c->groups[i].cadence = CADENCE_NONE;
        c->groups[i].cumulative = true;
    }
    if (variant == 3) {
        c->targets[TOY_9C].kind = TARGET_IMPROVE;
        c->alerts_from = day_from_civil(2023, 8, 1);
    }
}

static void
any_report_leaves_the_wishes_of_a_fresh_walk(void **state)
{
    size_t compared = 0;
    int variant;

    (void)state;
    for (variant = 0; variant < VARIANTS; variant++) {
        struct toy *toy;
        struct twins t;

        assert_int_equal(toy_set_up((void **)&toy), 0);
        toy_vary(toy->c, variant);
        twins_begin(&t, toy->c, 20250630u + (uint64_t)variant);
        reports_run(&t, 1200);
        compared += t.compared;
        twins_end(&t);
        (void)toy_tear_down((void **)&toy);
    }
    assert_true(compared > 20000);
}

static void
so_do_those_of_the_shipped_programmes(void **state)
{
    static const char *const slugs[] = {"tien-giang",       "quang-ngai",
                                        "chuong-trinh-002", "tay-ninh",
                                        "bac-kan",          "phu-tho-illustration"};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(slugs); i++) {
        struct programme_dir dir;
        struct findings found = {0};
        struct catalogue *c = NULL;
        char folder[100];
        struct twins t;

        (void)snprintf(folder, sizeof folder, "programmes/%s", slugs[i]);
        assert_int_equal(programme_dir_read(folder, &dir, &found), ST_OK);
        assert_int_equal(catalogue_load(dir.files, dir.count, &c, &found), ST_OK);
        twins_begin(&t, c, 7 + i);
        reports_run(&t, 1000);
        twins_end(&t);
        programme_dir_fini(&dir);
        findings_fini(&found);
        catalogue_free(&c);
    }
}

/* Report k of a year that goes by in days or in months; from the second year on they
 * are corrections of the first. Around 60 percent, which is what the targets ask for.
 */
static void
in_order_run(struct twins *t, bool days, int32_t count)
{
    enum calendar_rule rule = t->c->groups[0].rule; /* of all of them */
    int32_t first;
    int32_t last;
    int32_t k;

    year_bounds(2023, rule, &first, &last);
    for (k = 0; k < 240; k++) {
        int32_t part = k % count;
        char day[DAY_TEXT_BYTES];
        char code[64];
        struct window w;
        int group;

        day_text(first + part, day);
        if (days) {
            (void)snprintf(code, sizeof code, "2023@%s", day);
        } else {
            (void)snprintf(code, sizeof code, "2023-%02d", (int)part + 1);
        }
        w = window_of(code, rule);
        t->entry++;
        for (group = 0; group < TOY_GROUP_COUNT; group++) {
            put(t, TOY_COMMUNE, group, &w, t->entry, 50 + chance(t, 25));
            same_wishes(t, TOY_COMMUNE, group, 2023, k < count ? w.last : first + 400);
        }
    }
}

static void
a_year_in_order_and_then_corrected(void **state)
{
    int variant;

    (void)state;
    for (variant = 0; variant < VARIANTS; variant++) {
        struct toy *toy;
        struct twins t;
        size_t i;

        assert_int_equal(toy_set_up((void **)&toy), 0);
        toy_vary(toy->c, variant);
        for (i = 0; i < toy->c->target_count; i++) {
            struct target *of = &toy->c->targets[i];

            if (of->kind == TARGET_AT_LEAST || of->kind == TARGET_STEPS) {
                of->kind =
                    variant == 3 || variant == 5 ? TARGET_AT_MOST : TARGET_AT_LEAST;
                of->threshold = ratio_of(60, 1);
            }
        }
        twins_begin(&t, toy->c, 1);
        in_order_run(&t, false, 12);
        twins_end(&t);
        twins_begin(&t, toy->c, 2);
        in_order_run(&t, true, 60);
        twins_end(&t);
        twins_begin(&t, toy->c, 3);
        in_order_run(&t, true, 5); /* so few that none makes up for another */
        twins_end(&t);
        (void)toy_tear_down((void **)&toy);
    }
}

static void
what_is_no_unit_and_no_single_year_is_not_kept(void **state)
{
    const struct subject_ref communes = {NONE, LEVEL_COMMUNE, false};
    const struct subject_ref commune = {TOY_COMMUNE, LEVEL_COMMUNE, false};
    struct toy *toy;
    struct twins t;
    const struct target *of;

    (void)state;
    assert_int_equal(toy_set_up((void **)&toy), 0);
    of = &toy->c->targets[TOY_7C];
    twins_begin(&t, toy->c, 1);
    assert_non_null(walks_find(t.c, t.kept, of, commune, 2023));
    assert_null(walks_find(t.c, t.plain, of, commune, 2023));
    assert_null(walks_find(t.c, t.kept, of, communes, 2023));
    twins_end(&t);
    toy->c->targets[TOY_7C].kind = TARGET_IMPROVE;
    twins_begin(&t, toy->c, 1);
    assert_null(walks_find(t.c, t.kept, of, commune, 2023));
    twins_end(&t);
    (void)toy_tear_down((void **)&toy);
}

/* So many marks that what is kept is dropped with the next question. They are wrong:
 * whoever still goes by them wishes something else. */
static void
flood(struct twins *t, const struct target *of, struct subject_ref s)
{
    struct kept_walk *k = walks_find(t->c, t->kept, of, s, 2023);
    int32_t last = day_from_civil(2023, 1, 1);
    size_t i;

    for (i = 0; i <= WALKS_BYTES_MAX / sizeof *k->marks; i++) {
        struct mark *m = walks_mark(t->kept, k, last + (int32_t)i);

        m->says = i % 2 == 0 ? SAYS_MISSED : SAYS_GOOD;
        m->due = true;
        m->firm = true;
    }
    k->upto = last + (int32_t)i;
}

static void
more_than_is_to_be_kept_is_dropped_and_kept_anew(void **state)
{
    const struct subject_ref flooded = {TOY_COMMUNE, LEVEL_COMMUNE, false};
    const struct subject_ref other = {TOY_COMMUNE_B, LEVEL_COMMUNE, false};
    struct toy *toy;
    struct twins t;
    const struct target *of;
    struct window w = window_of("2023-02", CALENDAR_CIVIL);
    int32_t day = day_from_civil(2023, 12, 31);
    int round;

    (void)state;
    assert_int_equal(toy_set_up((void **)&toy), 0);
    of = &toy->c->targets[TOY_7C];
    twins_begin(&t, toy->c, 5);
    for (round = 0; round < 3; round++) {
        int unit = round == 2 ? TOY_COMMUNE : TOY_COMMUNE_B;

        put(&t, TOY_COMMUNE_B, TOY_DIGITISATION, &w, ++t.entry, 40);
        put(&t, TOY_COMMUNE, TOY_DIGITISATION, &w, ++t.entry, 40);
        same_wishes(&t, TOY_COMMUNE_B, TOY_DIGITISATION, 2023, day);
        assert_true(walks_find(t.c, t.kept, of, other, 2023)->count > 0);
        assert_true(walks_find(t.c, t.kept, of, other, 2023)->count > 0);
        flood(&t, of, flooded);
        if (round == 1) { /* a report for what is about to be dropped */
            put(&t, TOY_COMMUNE, TOY_DIGITISATION, &w, ++t.entry, 70);
        }
        /* The first question drops all, whomever it is about. */
        same_wishes(&t, unit, TOY_DIGITISATION, 2023, day);
        assert_int_equal(
            walks_find(t.c, t.kept, of, unit == TOY_COMMUNE ? other : flooded, 2023)
                ->count,
            0);
        same_wishes(&t, TOY_COMMUNE, TOY_DIGITISATION, 2023, day);
        same_wishes(&t, TOY_COMMUNE_B, TOY_DIGITISATION, 2023, day);
    }
    reports_run(&t, 300);
    twins_end(&t);
    (void)toy_tear_down((void **)&toy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_report_leaves_the_wishes_of_a_fresh_walk),
        cmocka_unit_test(so_do_those_of_the_shipped_programmes),
        cmocka_unit_test(a_year_in_order_and_then_corrected),
        cmocka_unit_test(what_is_no_unit_and_no_single_year_is_not_kept),
        cmocka_unit_test(more_than_is_to_be_kept_is_dropped_and_kept_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
