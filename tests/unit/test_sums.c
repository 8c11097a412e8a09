/*
 * Sums that are kept beside the facts (lib/sums.h): whatever is reported, corrected or
 * taken back, in whatever order, every answer is the one that a fresh sum gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/facts.h"
#include "lib/sums.h"
#include "tests/support/toy_claims.h"

#define WINDOWS_MAX 400

/* The same reports twice: sums are kept with `kept` and not with toy->f. */
struct twins {
    struct toy *toy;
    struct facts *kept;
    uint64_t entry;
    uint64_t chance;
};

static uint32_t
chance(struct twins *t, uint32_t below)
{
    t->chance = t->chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(t->chance >> 33) % below;
}

static int
set_up(void **state)
{
    static struct twins twins;

    memset(&twins, 0, sizeof twins);
    if (toy_set_up((void **)&twins.toy) != 0) {
        return -1;
    }
    twins.kept = facts_new(twins.toy->c);
    sums_keep(twins.toy->c, twins.kept);
    twins.chance = 20250630;
    *state = &twins;
    return 0;
}

static int
tear_down(void **state)
{
    struct twins *t = *state;

    facts_free(&t->kept);
    return toy_tear_down((void **)&t->toy);
}

static void
put(struct twins *t, int unit, int group, const char *period, uint64_t entry,
    const struct figure figures[2])
{
    const struct series *s = facts_series(t->kept, unit, group);
    struct fact fact = {.window = toy_window(period), .revision = 1, .entry = entry};
    size_t i;

    for (i = 0; i < s->count; i++) {
        if (strcmp(s->facts[i].window.code, period) == 0) {
            fact.revision = s->facts[i].revision + 1;
        }
    }
    fact.received_at_ms = (int64_t)entry * 1000;
    memcpy(fact.figures, figures, 2 * sizeof *figures);
    assert_int_equal(facts_put(t->toy->f, unit, group, &fact, NULL), ST_OK);
    assert_int_equal(facts_put(t->kept, unit, group, &fact, NULL), ST_OK);
}

static void
number(struct twins *t, int unit, int group, const char *period, int64_t a, int64_t b)
{
    const struct figure figures[2] = {{FIGURE_NUMBER, a}, {FIGURE_NUMBER, b}};

    put(t, unit, group, period, ++t->entry, figures);
}

/* ---- the same answers ---- */

static void
same_standing(const char *name, const struct standing *got, const struct standing *want)
{
    same_number(name, "has", got->has, want->has);
    same_number(name, "complete", got->complete, want->complete);
    same_number(name, "not applicable", got->not_applicable, want->not_applicable);
    same_number(name, "num", got->num, want->num);
    same_number(name, "den", got->den, want->den);
    same_number(name, "ranked", got->ranked, want->ranked);
    same_number(name, "first", got->first, want->first);
    same_number(name, "last", got->last, want->last);
    same_number(name, "covered to", got->covered_to, want->covered_to);
    same_number(name, "covered", got->covered, want->covered);
    same_number(name, "units", got->units, want->units);
    same_number(name, "entry", (int64_t)got->entry, (int64_t)want->entry);
    same_number(name, "index", got->index, want->index);
    same_number(name, "received", got->received_at_ms, want->received_at_ms);
}

static void
same_whole(const struct twins *t, int target, struct subject_ref s, int year,
           const struct window *w)
{
    const struct catalogue *c = t->toy->c;
    struct standing got;
    struct standing want;
    char name[160];

    (void)snprintf(name, sizeof name, "%s unit %d level %d under %d, %s, entry %d",
                   c->targets[target].id, s.unit, s.level, s.under, w->code,
                   (int)t->entry);
    score_whole(c, t->kept, &c->targets[target], s, year, w, &got);
    score_whole(c, t->toy->f, &c->targets[target], s, year, w, &want);
    same_standing(name, &got, &want);
}

static void
same_wish(const struct twins *t, int target, struct subject_ref s, int year)
{
    struct toy *toy = t->toy;
    const struct target *of = &toy->c->targets[target];
    int32_t day = day_from_civil(year + 1, 3, 1);
    struct buf want_line;
    struct wanted got;
    struct wanted want;

    score_wanted(toy->c, t->kept, of, s, year, day, false, &got);
    score_wanted(toy->c, toy->f, of, s, year, day, false, &want);
    same_number(of->id, "kind", got.kind, want.kind);
    same_number(of->id, "ever", got.ever, want.ever);
    same_number(of->id, "windows", got.windows, want.windows);
    same_number(of->id, "has latest", got.has_latest, want.has_latest);
    buf_init(&want_line, 4096);
    buf_clear(&toy->line);
    score_line(toy->c, of, &got.latest, &toy->line);
    score_line(toy->c, of, &want.latest, &want_line);
    same_text(of->id, "line", buf_str(&toy->line), buf_str(&want_line));
    buf_fini(&want_line);
}

/* Every whole that can be asked for, of one target. */
static size_t
wholes_of(enum level level, struct subject_ref out[8])
{
    out[0] = (struct subject_ref){NONE, level, false};
    out[1] = (struct subject_ref){NONE, LEVEL_ALL, false};
    out[2] = (struct subject_ref){NONE, LEVEL_PROVINCE, false};
    out[3] = (struct subject_ref){TOY_DISTRICT, LEVEL_COMMUNE, true};
    out[4] = (struct subject_ref){TOY_DISTRICT_B, LEVEL_COMMUNE, true};
    out[5] = (struct subject_ref){TOY_PROVINCE, LEVEL_COMMUNE, true};
    out[6] = (struct subject_ref){TOY_PROVINCE, level, false};
    return 7;
}

static void
all_the_same(const struct twins *t, int target)
{
    const struct target *of = &t->toy->c->targets[target];
    struct window got[WINDOWS_MAX];
    struct window want[WINDOWS_MAX];
    struct subject_ref refs[8];
    size_t count = wholes_of(of->level, refs);
    size_t windows;
    size_t i;
    size_t k;
    int year;

    count -= of->subject != SUBJECT_PROVINCE; /* else that unit is no whole */
    for (i = 0; i < count; i++) {
        for (year = 2022; year <= 2025; year++) {
            struct window w;

            windows = score_windows(t->toy->c, t->toy->f, of, refs[i], year, DAY_OPEN,
                                    want, WINDOWS_MAX);
            same_number(of->id, "windows",
                        (int64_t)score_windows(t->toy->c, t->kept, of, refs[i], year,
                                               DAY_OPEN, got, WINDOWS_MAX),
                        (int64_t)windows);
            for (k = 0; k < windows; k++) {
                same_text(of->id, "window", got[k].code, want[k].code);
                same_whole(t, target, refs[i], year, &want[k]);
            }
            window_make(PERIOD_YEAR, year, 0, CALENDAR_CIVIL, &w);
            same_whole(t, target, refs[i], year, &w);
            same_wish(t, target, refs[i], year);
        }
    }
}

/* ---- claims ---- */

static struct figure
any_figure(struct twins *t)
{
    switch (chance(t, 12)) {
    case 0:
        return (struct figure){.state = FIGURE_ABSENT};
    case 1:
        return (struct figure){.state = FIGURE_NOT_APPLICABLE};
    case 2:
        return (struct figure){.state = FIGURE_NUMBER};
    default:
        return (struct figure){FIGURE_NUMBER, chance(t, 3000)};
    }
}

static void
any_period(struct twins *t, char out[PERIOD_TEXT_BYTES])
{
    static const char *const parts[] = {"-Q1", "-Q2", "-Q3", "-Q4",
                                        "-H1", "-H2", "-9M", ""};
    unsigned year = 2022 + chance(t, 4);

    switch (chance(t, 8)) {
    case 0:
        (void)snprintf(out, PERIOD_TEXT_BYTES, "%u%s", year, parts[chance(t, 8)]);
        break;
    case 1:
        (void)snprintf(out, PERIOD_TEXT_BYTES, "%u@%u-%02u-%02u", year, year,
                       1 + chance(t, 12), 1 + chance(t, 28));
        break;
    default:
        (void)snprintf(out, PERIOD_TEXT_BYTES, "%u-%02u", year, 1 + chance(t, 12));
    }
}

static void
any_reports_in_any_order_sum_up_as_if_added_anew(void **state)
{
    struct twins *t = *state;
    struct catalogue *c = t->toy->c;
    int k;

    /* What compares with the year before, a level that is judged at half of it, and
     * several units that have a rank each. */
    c->groups[TOY_INDICES].reported_by = ~0u;
    c->targets[TOY_9C].kind = TARGET_IMPROVE;
    c->targets[TOY_9C].pace = PACE_FLAT;
    c->coverage = 50;
    for (k = 0; k < 4000; k++) {
        int unit = (int)chance(t, TOY_UNIT_COUNT);
        int group = (int)chance(t, TOY_GROUP_COUNT);
        int target = (int)chance(t, TOY_TARGET_COUNT);
        struct figure figures[2] = {any_figure(t), any_figure(t)};
        char period[PERIOD_TEXT_BYTES];
        uint64_t entry = ++t->entry;

        any_period(t, period);
        if (chance(t, 10) == 0) { /* one that was parked, and is taken up again */
            entry = 1 + chance(t, (uint32_t)t->entry);
        }
        put(t, unit, group, period, entry, figures);
        if (k % 16 == 0) {
            all_the_same(t, target);
        }
    }
    for (k = 0; k < TOY_TARGET_COUNT; k++) {
        all_the_same(t, k);
    }
}

static void
month_by_month_a_level_stays_the_same(void **state)
{
    struct twins *t = *state;
    int month;
    int unit;

    for (month = 0; month < 48; month++) {
        for (unit = 0; unit < TOY_UNIT_COUNT; unit++) {
            char period[PERIOD_TEXT_BYTES];

            (void)snprintf(period, sizeof period, "%d-%02d", 2022 + month / 12,
                           month % 12 + 1);
            number(t, unit, TOY_DIGITISATION, period, 1000 + month, 10 * unit + month);
            number(t, unit, TOY_WORK, period, 100, unit + month);
            all_the_same(t, TOY_7C);
            all_the_same(t, TOY_WORK_C);
        }
    }
}

/* The newest report of a level is corrected by one that says nothing: the one before
 * it is the newest now. Then the only unit that reported early is corrected. */
static void
what_was_the_newest_or_the_first_may_go(void **state)
{
    static const struct figure nothing[2] = {{.state = FIGURE_ABSENT},
                                             {.state = FIGURE_ABSENT}};
    const struct subject_ref communes = {NONE, LEVEL_COMMUNE, false};
    struct twins *t = *state;
    struct window w = toy_window("2023-06");
    const struct target *target = &t->toy->c->targets[TOY_7C];
    struct standing st;

    number(t, TOY_COMMUNE, TOY_DIGITISATION, "2023-06", 100, 40);
    number(t, TOY_COMMUNE_B, TOY_DIGITISATION, "2023-06", 200, 50);
    number(t, TOY_COMMUNE_C, TOY_DIGITISATION, "2023-06", 300, 60);
    score_whole(t->toy->c, t->kept, target, communes, 2023, &w, &st);
    assert_int_equal(st.num, 150);
    assert_int_equal(st.entry, 3);
    put(t, TOY_COMMUNE_C, TOY_DIGITISATION, "2023-06", 4, nothing);
    score_whole(t->toy->c, t->kept, target, communes, 2023, &w, &st);
    assert_int_equal(st.num, 90);
    assert_int_equal(st.den, 300);
    assert_int_equal(st.covered, 2);
    assert_int_equal(st.entry, 2);
    put(t, TOY_COMMUNE, TOY_DIGITISATION, "2023-06", 5, nothing);
    put(t, TOY_COMMUNE_B, TOY_DIGITISATION, "2023-06", 6, nothing);
    score_whole(t->toy->c, t->kept, target, communes, 2023, &w, &st);
    assert_int_equal(st.covered, 0);
    assert_int_equal(st.entry, 0);
    assert_false(st.has);
    all_the_same(t, TOY_7C);
}

/* More windows than are kept: what was dropped is added anew. */
static void
every_day_of_two_years_may_be_an_as_of_day(void **state)
{
    struct twins *t = *state;
    int year;
    int month;
    int mday;

    for (year = 2023; year <= 2024; year++) {
        for (month = 1; month <= 12; month++) {
            for (mday = 1; mday <= 28; mday++) {
                const struct subject_ref communes = {NONE, LEVEL_COMMUNE, false};
                char period[64];
                struct window w;

                (void)snprintf(period, sizeof period, "%d@%d-%02d-%02d", year, year,
                               month, mday);
                w = toy_window(period);
                number(t, TOY_COMMUNE + mday % 3, TOY_PORTAL, period,
                       100L * month + mday, month + mday);
                same_whole(t, TOY_FULL, communes, year, &w);
            }
        }
    }
    all_the_same(t, TOY_FULL);
}

/* Asked with another year than its own, a window shows nothing: never a kept sum. */
static void
a_window_outside_its_year_is_added_anew(void **state)
{
    const struct subject_ref communes = {NONE, LEVEL_COMMUNE, false};
    struct twins *t = *state;
    struct window w = toy_window("2024-06");

    number(t, TOY_COMMUNE, TOY_DIGITISATION, "2023-12", 100, 40);
    same_whole(t, TOY_7C, communes, 2023, &w);
    number(t, TOY_COMMUNE, TOY_DIGITISATION, "2024-03", 100, 50);
    same_whole(t, TOY_7C, communes, 2023, &w);
    same_whole(t, TOY_7C, communes, 2024, &w);
}

static void
nothing_is_kept_that_was_not_asked_for(void **state)
{
    struct twins *t = *state;
    const struct catalogue *c = t->toy->c;
    const struct subject_ref communes = {NONE, LEVEL_COMMUNE, false};
    const struct subject_ref commune = {TOY_COMMUNE, LEVEL_COMMUNE, false};
    struct sums_members m;

    assert_false(sums_members(c, t->toy->f, &c->targets[TOY_7C], communes, &m));
    assert_false(sums_members(c, t->kept, &c->targets[TOY_7C], commune, &m));
    assert_true(sums_members(c, t->kept, &c->targets[TOY_7C], communes, &m));
    assert_int_equal(m.reported_last, DAY_NONE);
    assert_false(m.as_of);
    number(t, TOY_EXEMPT, TOY_DIGITISATION, "2023-06", 1, 1); /* no member */
    assert_true(sums_members(c, t->kept, &c->targets[TOY_7C], communes, &m));
    assert_int_equal(m.reported_last, DAY_NONE);
    number(t, TOY_COMMUNE, TOY_DIGITISATION, "2023-06", 1, 1);
    assert_true(sums_members(c, t->kept, &c->targets[TOY_7C], communes, &m));
    assert_int_equal(m.reported_last, toy_window("2023-06").last);
}

#define TWINS(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TWINS(any_reports_in_any_order_sum_up_as_if_added_anew),
        TWINS(month_by_month_a_level_stays_the_same),
        TWINS(what_was_the_newest_or_the_first_may_go),
        TWINS(every_day_of_two_years_may_be_an_as_of_day),
        TWINS(a_window_outside_its_year_is_added_anew),
        TWINS(nothing_is_kept_that_was_not_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
