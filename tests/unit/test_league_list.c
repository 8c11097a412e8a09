/* link: cli */
/* Who has a place in a league table, who has none and why, and what is never compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/league.h"
#include "tests/support/toy_claims.h"

/* A table of the toy province; nothing of it is in Redis. */
static void
fill(const struct toy *toy, const char *target, const char *period, struct league *l)
{
    struct league_ask ask = {.what = target,
                             .measure = "",
                             .with = "",
                             .period = period,
                             .min = -1,
                             .level = LEVEL_COMMUNE,
                             .command = "league"};

    memset(l, 0, sizeof *l);
    l->reading.catalogue = toy->c;
    l->reading.facts = toy->f;
    assert_int_equal(league_fill(l, &ask), 0);
}

/* "21040=1 21043=2 21046:too_small": places, or where there is none the state. */
static void
list_text(const struct league_list *list, struct buf *out)
{
    static const char *const states[] = {"in", "small", "x", "none"};
    size_t i;

    buf_clear(out);
    for (i = 0; i < list->count; i++) {
        const struct league_row *row = &list->rows[i];

        buf_format(out, "%s%s", i == 0 ? "" : " ",
                   list->league->catalogue.units[row->member->unit].id);
        if (row->place != 0) {
            buf_format(out, "=%zu", row->place);
        } else {
            buf_format(out, ":%s", states[row->member->state]);
        }
    }
}

static void
commune(struct toy *toy, int unit, const char *reports)
{
    toy_reports(toy, unit, TOY_DIGITISATION, reports);
}

/* Two of 50 %, written differently; 60 %; 40 %; the rest has no place. */
static void
year_2023(struct toy *toy)
{
    commune(toy, TOY_COMMUNE, "2023-06:100:50");
    commune(toy, TOY_COMMUNE_B, "2023-06:60:30");
    commune(toy, TOY_COMMUNE_C, "2023-06:1000:600");
    commune(toy, TOY_UNKNOWN, "2023-06:50:20");
    commune(toy, TOY_ASSUMED, "2023-06:29:29");
    commune(toy, TOY_EXEMPT, "2023-06:100:100");
}

static void
equals_share_a_place_and_small_ones_have_none(void **state)
{
    struct toy *toy = *state;
    struct league_list list;
    struct league l;

    year_2023(toy);
    fill(toy, "7c", "2023-06", &l);
    list = (struct league_list){.league = &l};
    league_list_make(&list);
    list_text(&list, &toy->line);
    /* 21061 is a unit from 2025 on; 21049 is exempt: counted, not listed */
    same_text("7c", "list", buf_str(&toy->line),
              "21046=1 21040=2 21043=2 21052=4 21055:small");
    same_number("7c", "exempt", (int64_t)l.exempt, 1);
    same_verdict("60 % has met the year", list.rows[0].score.verdict, VERDICT_MET);
    /* 44,9178… is required on 30/6 */
    same_verdict("40 % is behind", list.rows[3].score.verdict, VERDICT_BEHIND);
    league_list_fini(&list);
    league_fini(&l);
}

static void
who_said_nothing_or_that_it_does_not_apply_stands_apart(void **state)
{
    struct toy *toy = *state;
    struct league_list list;
    struct league l;

    commune(toy, TOY_COMMUNE, "2023-06:100:50");
    commune(toy, TOY_COMMUNE_B, "2023-06:x:x");
    commune(toy, TOY_COMMUNE_C, "2023-05:100:90"); /* not of this window */
    fill(toy, "7c", "2023-06", &l);
    list = (struct league_list){.league = &l};
    league_list_make(&list);
    list_text(&list, &toy->line);
    same_text("7c", "list", buf_str(&toy->line),
              "21040=1 21043:x 21046:none 21052:none 21055:none");
    league_list_fini(&list);
    league_fini(&l);
}

static void
lower_is_better_puts_the_smallest_first(void **state)
{
    struct toy *toy = *state;
    struct league_list list;
    struct league l;

    toy->c->indicators[TOY_DIGITISATION].better_up = false;
    toy->c->targets[TOY_7C].kind = TARGET_AT_MOST;
    toy->c->targets[TOY_7C].pace = PACE_FLAT;
    toy->c->targets[TOY_7C].threshold = (struct ratio){50, 1};
    year_2023(toy);
    fill(toy, "7c", "2023-06", &l);
    list = (struct league_list){.league = &l};
    league_list_make(&list);
    list_text(&list, &toy->line);
    same_text("7c", "list", buf_str(&toy->line),
              "21052=1 21040=2 21043=2 21046=4 21055:small");
    league_list_fini(&list);
    league_fini(&l);
}

static void
a_tie_is_not_cut_in_two(void **state)
{
    static const struct {
        size_t top;
        bool worst;
        size_t from;
        size_t count;
    } cases[] = {{0, false, 0, 4}, {1, false, 0, 1}, {2, false, 0, 3},
                 {9, false, 0, 4}, {1, true, 3, 1},  {2, true, 1, 3}};
    struct toy *toy = *state;
    struct league l;
    size_t i;

    year_2023(toy);
    fill(toy, "7c", "2023-06", &l);
    for (i = 0; i < COUNT(cases); i++) {
        struct league_list list = {
            .league = &l, .top = cases[i].top, .worst = cases[i].worst};
        size_t from;
        size_t count;

        league_list_make(&list);
        count = league_list_shown(&list, &from);
        same_number("shown", "from", (int64_t)from, (int64_t)cases[i].from);
        same_number("shown", "count", (int64_t)count, (int64_t)cases[i].count);
        league_list_fini(&list);
    }
    league_fini(&l);
}

static void
an_earlier_year_stands_beside_it(void **state)
{
    struct toy *toy = *state;
    struct league_list list;
    struct league then;
    struct league l;
    char why[512];

    year_2023(toy);
    commune(toy, TOY_COMMUNE, "2022-12:100:40");
    commune(toy, TOY_COMMUNE_B, "2022-12:100:45");
    fill(toy, "7c", "2023-06", &l);
    fill(toy, "7c", "2022-12", &then);
    assert_null(league_then_refused(&l, &then, why, sizeof why));
    list = (struct league_list){.league = &l, .then = &then};
    league_list_make(&list);
    same_number("21046", "place then", (int64_t)list.rows[0].then_place, 0);
    same_number("21040", "place then", (int64_t)list.rows[1].then_place, 2);
    same_number("21043", "place then", (int64_t)list.rows[2].then_place, 1);
    league_list_fini(&list);
    league_fini(&then);
    league_fini(&l);
}

/* Nothing to count: full marks or none, and no place among those who had something. */
static void
an_empty_denominator_is_listed_and_has_no_place(void **state)
{
    static const struct {
        enum empty empty;
        int64_t min;
        const char *list;
    } cases[] = {
        {EMPTY_FULL, 30, "21043=1 21040:small 21046:none 21052:none 21055:none"},
        {EMPTY_ZERO, 30, "21043=1 21040:small 21046:none 21052:none 21055:none"},
        {EMPTY_FULL, 0, "21043=1 21040:small 21046:none 21052:none 21055:none"},
        {EMPTY_NOT_APPLICABLE, 30, "21043=1 21040:x 21046:none 21052:none 21055:none"},
    };
    struct toy *toy = *state;
    size_t i;

    commune(toy, TOY_COMMUNE, "2023-06:0:0");
    commune(toy, TOY_COMMUNE_B, "2023-06:100:10");
    for (i = 0; i < COUNT(cases); i++) {
        struct league_list list;
        struct league l;

        toy->c->indicators[TOY_DIGITISATION].empty = cases[i].empty;
        toy->c->indicators[TOY_DIGITISATION].min_denominator = cases[i].min;
        fill(toy, "7c", "2023-06", &l);
        list = (struct league_list){.league = &l};
        league_list_make(&list);
        list_text(&list, &toy->line);
        same_text("7c", "list", buf_str(&toy->line), cases[i].list);
        league_list_fini(&list);
        league_fini(&l);
    }
}

/* Until 2022 results digitised, from 2023 on work files online: 7c, versions 1 and 2.
 */
static void
the_version_of_the_year_is_taken(void **state)
{
    static const struct {
        const char *period;
        int year;
        int version;
        int indicator;
        const char *window;
        const char *list;
    } cases[] = {
        {"2022-12", 0, 1, TOY_DIGITISATION, "2022-12",
         "21043=1 21040=2 21046:none 21052:none 21055:none"},
        {"2023-06", 0, 2, TOY_WORK, "2023-06",
         "21040=1 21043=2 21046:none 21052:none 21055:none"},
        {"", 2022, 1, TOY_DIGITISATION, "2022-12",
         "21043=1 21040=2 21046:none 21052:none 21055:none"},
        {"", 2023, 2, TOY_WORK, "2023-06",
         "21040=1 21043=2 21046:none 21052:none 21055:none"},
    };
    static const char *const commands[] = {"league", "table"};
    struct toy *toy = *state;
    size_t i;

    toy_versions(toy);
    commune(toy, TOY_COMMUNE, "2022-12:100:40");
    commune(toy, TOY_COMMUNE_B, "2022-12:100:45");
    toy_reports(toy, TOY_COMMUNE, TOY_WORK, "2023@2023-06-30:100:70");
    toy_reports(toy, TOY_COMMUNE_B, TOY_WORK, "2023@2023-06-30:100:60");
    for (i = 0; i < 2 * COUNT(cases); i++) {
        const char *period = cases[i / 2].period;
        struct league_ask ask = {.what = "7c",
                                 .measure = "",
                                 .with = "",
                                 .period = period,
                                 .year = cases[i / 2].year,
                                 .min = -1,
                                 .level = i % 2 == 0 ? LEVEL_COMMUNE : LEVEL_ALL,
                                 .command = commands[i % 2]};
        struct league_list list;
        struct league l = {.reading = {.catalogue = toy->c, .facts = toy->f}};

        l.reading.scorer.tick = (int64_t)day_from_civil(2023, 7, 10) * 24;
        assert_int_equal(league_fill(&l, &ask), 0);
        same_number(period, "version", l.target->version, cases[i / 2].version);
        same_number(period, "indicator", l.figures[0].indicator,
                    cases[i / 2].indicator);
        same_number(period, "last day", l.window.last,
                    toy_window(cases[i / 2].window).last);
        list = (struct league_list){.league = &l};
        league_list_make(&list);
        list_text(&list, &toy->line);
        same_text(period, "list", buf_str(&toy->line), cases[i / 2].list);
        league_list_fini(&list);
        league_fini(&l);
    }
}

/* 21043 ended on 30/6/2025: judged every month by then, or on 31/12 and so never. */
static void
who_ended_before_the_day_is_closed_not_judged(void **state)
{
    static const struct {
        enum pace pace;
        const char *today;
        enum closing closing;
        const char *cell;
    } cases[] = {
        {PACE_DUE, "2025-06-30", CLOSING_NONE, "not due yet"},
        {PACE_DUE, "2025-07-01", CLOSING_NOT_JUDGED, "not judged"},
        {PACE_FLAT, "2025-06-30", CLOSING_NONE, "not due yet"},
        {PACE_FLAT, "2025-07-01", CLOSING_WITH_UNIT, "not due yet; closed"},
    };
    struct toy *toy = *state;
    struct target *t = &toy->c->targets[TOY_7C];
    size_t i;

    t->kind = TARGET_AT_LEAST;
    t->threshold = (struct ratio){50, 1};
    t->due = day_from_civil(2025, 12, 31);
    toy->c->units[TOY_COMMUNE_B].to = day_from_civil(2025, 6, 30);
    commune(toy, TOY_COMMUNE, "2025-05:100:60");
    commune(toy, TOY_COMMUNE_B, "2025-05:100:40");
    for (i = 0; i < COUNT(cases); i++) {
        char cell[CLOSING_BYTES];
        struct league_list list;
        struct league l;

        t->pace = cases[i].pace;
        fill(toy, "7c", "2025-05", &l);
        assert_int_equal(day_parse(cases[i].today, &l.today), ST_OK);
        list = (struct league_list){.league = &l};
        league_list_make(&list);
        same_number(cases[i].today, "closing of 21043",
                    league_closing(&l, list.rows[1].member, &list.rows[1].score),
                    cases[i].closing);
        same_number(cases[i].today, "closing of 21040",
                    league_closing(&l, list.rows[0].member, &list.rows[0].score),
                    CLOSING_NONE);
        closing_say_short(cases[i].closing, "not due yet", cell);
        same_text(cases[i].today, "cell", cell, cases[i].cell);
        same_number(cases[i].today, "ends", list.rows[1].score.ends,
                    cases[i].pace == PACE_DUE ? day_from_civil(2025, 6, 30) : DAY_NONE);
        league_list_fini(&list);
        league_fini(&l);
    }
}

/* 50 % by the end of March 2023: reached then, 40 % in May. */
static void
a_date_that_was_met_is_met_in_later_tables(void **state)
{
    struct toy *toy = *state;
    struct target *t = &toy->c->targets[TOY_7C];
    struct league_list list;
    struct league l;

    t->kind = TARGET_AT_LEAST;
    t->pace = PACE_DUE;
    t->threshold = (struct ratio){50, 1};
    t->due = day_from_civil(2023, 3, 31);
    commune(toy, TOY_COMMUNE, "2023-03:100:50 2023-05:100:40");
    commune(toy, TOY_COMMUNE_B, "2023-03:100:49 2023-05:100:39");
    fill(toy, "7c", "2023-05", &l);
    list = (struct league_list){.league = &l};
    league_list_make(&list);
    same_verdict("21040", list.rows[0].score.verdict, VERDICT_MET);
    same_number("21040", "gap", list.rows[0].score.gap.den, 0);
    same_verdict("21043", list.rows[1].score.verdict, VERDICT_MISSED);
    league_list_fini(&list);
    league_fini(&l);
}

/* Of the year 2023; a report of July comes with the clock at 5 July or 20 August, the
 * due day is over on 7 August. */
static void
the_window_is_the_newest_that_the_level_has_sent(void **state)
{
    static const struct {
        const char *name;
        const char *today;
        int unit;
        const char *early;
        const char *window;
    } cases[] = {
        {"one department is early", "2023-08-02", TOY_DEPARTMENT, "2023-07:10:5",
         "2023-06"},
        {"and one commune", "2023-08-02", TOY_COMMUNE, "2023-07:10:5", "2023-06"},
        {"an exempt commune", "2023-09-20", TOY_EXEMPT, "2023-08:10:5", "2023-07"},
        {"the due day is over", "2023-08-20", TOY_COMMUNE_B, "2023-07:10:5", "2023-07"},
    };
    struct toy *toy = *state;
    size_t i;

    year_2023(toy);
    for (i = 0; i < COUNT(cases); i++) {
        struct league_ask ask = {.what = "7c",
                                 .measure = "",
                                 .with = "",
                                 .period = "",
                                 .year = 2023,
                                 .min = -1,
                                 .level = LEVEL_COMMUNE,
                                 .command = "league"};
        struct league l = {.reading = {.catalogue = toy->c, .facts = toy->f}};
        int32_t today;

        assert_int_equal(day_parse(cases[i].today, &today), ST_OK);
        l.reading.scorer.tick = (int64_t)today * 24;
        commune(toy, cases[i].unit, cases[i].early);
        assert_int_equal(league_fill(&l, &ask), 0);
        same_number(cases[i].name, "today", l.today, today);
        same_text(cases[i].name, "window", l.window.code, cases[i].window);
        league_fini(&l);
    }
}

/* A table of an indicator is of all levels: the newest of those who are asked for it.
 */
static void
who_is_not_asked_sets_no_window(void **state)
{
    struct league_ask ask = {.what = "",
                             .measure = "",
                             .with = "",
                             .period = "",
                             .year = 2023,
                             .min = -1,
                             .level = LEVEL_ALL,
                             .command = "table"};
    struct toy *toy = *state;
    struct league l = {.reading = {.catalogue = toy->c, .facts = toy->f}};

    year_2023(toy);
    ask.what = toy->c->indicators[TOY_DIGITISATION].id;
    toy->c->groups[TOY_DIGITISATION].reported_by = 1u << KIND_COMMUNE;
    commune(toy, TOY_DEPARTMENT, "2023-07:10:5");
    assert_int_equal(league_fill(&l, &ask), 0);
    same_text("table", "window", l.window.code, "2023-06");
    league_fini(&l);
}

/* 63 provinces until 2024, 34 since: 20th of 34 is no progress from 30th of 63. */
static void
ranks_of_two_pools_are_never_compared(void **state)
{
    struct toy *toy = *state;
    struct league then = {0};
    struct league l = {0};
    char why[512];

    toy->c->measures[2 * TOY_POINTS].pool = 34;
    l.catalogue = *toy->c;
    l.year = 2025;
    l.figures[0].indicator = TOY_POINTS;
    then.catalogue = *toy->c;
    then.year = 2024;
    then.figures[0].indicator = TOY_INDICES;
    assert_non_null(league_then_refused(&l, &then, why, sizeof why));
    assert_non_null(strstr(why, "in 2024 it is a place among 63"));
    assert_non_null(strstr(why, "in 2025 among 34"));
    then.figures[0].indicator = TOY_POINTS;
    assert_null(league_then_refused(&l, &then, why, sizeof why));
    toy->c->measures[2 * TOY_POINTS].pool = 63; /* one pool, two definitions */
    then.figures[0].indicator = TOY_INDICES;
    assert_non_null(league_then_refused(&l, &then, why, sizeof why));
    assert_non_null(strstr(why, "two definitions"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(equals_share_a_place_and_small_ones_have_none),
        CLAIM(who_said_nothing_or_that_it_does_not_apply_stands_apart),
        CLAIM(lower_is_better_puts_the_smallest_first),
        CLAIM(a_tie_is_not_cut_in_two),
        CLAIM(an_earlier_year_stands_beside_it),
        CLAIM(an_empty_denominator_is_listed_and_has_no_place),
        CLAIM(the_version_of_the_year_is_taken),
        CLAIM(who_ended_before_the_day_is_closed_not_judged),
        CLAIM(a_date_that_was_met_is_met_in_later_tables),
        CLAIM(ranks_of_two_pools_are_never_compared),
        CLAIM(the_window_is_the_newest_that_the_level_has_sent),
        CLAIM(who_is_not_asked_sets_no_window),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
