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
        CLAIM(ranks_of_two_pools_are_never_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
