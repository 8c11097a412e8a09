/* What is kept of reports, and the line in which a report stands in Redis. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/facts.h"
#include "tests/support/toy_catalogue.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct fixture {
    struct catalogue *c;
    struct facts *f;
    struct buf line;
};

static int
set_up(void **state)
{
    static struct fixture fx;

    fx.c = toy_catalogue_new();
    fx.f = facts_new(fx.c);
    buf_init(&fx.line, 4096);
    *state = &fx;
    return 0;
}

static int
tear_down(void **state)
{
    struct fixture *fx = *state;

    buf_fini(&fx->line);
    facts_free(&fx->f);
    toy_catalogue_free(&fx->c);
    return 0;
}

static struct fact
fact_of(const char *period, uint32_t revision, int64_t whole)
{
    struct fact fact = {.window = toy_window(period), .revision = revision, .entry = 9};

    fact.figures[0] = (struct figure){FIGURE_NUMBER, whole};
    return fact;
}

static void
nothing_reported_is_an_empty_series(void **state)
{
    struct fixture *fx = *state;
    int unit;
    int group;

    for (unit = 0; unit < TOY_UNIT_COUNT; unit++) {
        for (group = 0; group < TOY_GROUP_COUNT; group++) {
            assert_int_equal(facts_series(fx->f, unit, group)->count, 0);
        }
    }
    facts_free(&fx->f);
    assert_null(fx->f);
    facts_free(&fx->f); /* NULL is accepted */
}

static void
series_are_in_the_order_of_their_last_days(void **state)
{
    static const char *const put[] = {"2023-06",         "2023",      "2022-12",
                                      "2023@2023-06-30", "2023-H1",   "2023-Q2",
                                      "2023-01",         "2023-06-30"};
    static const char *const want[] = {"2022-12",         "2023-01", "2023-H1",
                                       "2023@2023-06-30", "2023-Q2", "2023-06",
                                       "2023-06-30",      "2023"};
    struct fixture *fx = *state;
    const struct series *s = facts_series(fx->f, TOY_COMMUNE, TOY_WORK);
    struct fact before;
    size_t i;

    for (i = 0; i < COUNT(put); i++) {
        struct fact fact = fact_of(put[i], 1, (int64_t)i);

        assert_int_equal(facts_put(fx->f, TOY_COMMUNE, TOY_WORK, &fact, &before),
                         ST_OK);
        assert_int_equal(before.revision, 0);
    }
    assert_int_equal(s->count, COUNT(want));
    for (i = 0; i < COUNT(want); i++) {
        assert_string_equal(s->facts[i].window.code, want[i]);
    }
    assert_int_equal(series_until(s, toy_window("2022-11").last), 0);
    assert_int_equal(series_until(s, toy_window("2022-12").last), 1);
    assert_int_equal(series_until(s, toy_window("2023-05").last), 2);
    assert_int_equal(series_until(s, toy_window("2023-06").last), 7);
    assert_int_equal(series_until(s, toy_window("2024").last), 8);
    assert_int_equal(facts_series(fx->f, TOY_COMMUNE_B, TOY_WORK)->count, 0);
    assert_int_equal(facts_series(fx->f, TOY_COMMUNE, TOY_PORTAL)->count, 0);
}

static void
a_newer_revision_replaces_and_tells_what_stood(void **state)
{
    struct fixture *fx = *state;
    const struct series *s = facts_series(fx->f, TOY_COMMUNE, TOY_DIGITISATION);
    struct fact first = fact_of("2023-06", 1, 1204);
    struct fact third = fact_of("2023-06", 3, 1024);
    struct fact before;

    assert_int_equal(facts_put(fx->f, TOY_COMMUNE, TOY_DIGITISATION, &first, NULL),
                     ST_OK);
    assert_int_equal(facts_put(fx->f, TOY_COMMUNE, TOY_DIGITISATION, &third, &before),
                     ST_OK);
    assert_int_equal(before.revision, 1);
    assert_int_equal(before.figures[0].scaled, 1204);
    assert_int_equal(s->count, 1);
    assert_int_equal(s->facts[0].figures[0].scaled, 1024);
}

static void
an_older_or_equal_revision_changes_nothing(void **state)
{
    struct fixture *fx = *state;
    const struct series *s = facts_series(fx->f, TOY_COMMUNE, TOY_DIGITISATION);
    struct fact second = fact_of("2023-06", 2, 1204);
    struct fact other = fact_of("2023-06", 2, 7);

    assert_int_equal(facts_put(fx->f, TOY_COMMUNE, TOY_DIGITISATION, &second, NULL),
                     ST_OK);
    assert_int_equal(facts_put(fx->f, TOY_COMMUNE, TOY_DIGITISATION, &other, NULL),
                     ST_STALE);
    other.revision = 1;
    assert_int_equal(facts_put(fx->f, TOY_COMMUNE, TOY_DIGITISATION, &other, NULL),
                     ST_STALE);
    assert_int_equal(s->facts[0].figures[0].scaled, 1204);
}

#define SEPTEMBER "rev=1 at=57:3 from=2023-09-01 to=2023-09-30 received=1696000000000"

static void
a_line_goes_out_and_comes_back(void **state)
{
    static const struct {
        const char *name;
        enum toy_group group;
        const char *period;
        const char *line;
    } cases[] = {
        {"counts", TOY_DIGITISATION, "2023-09",
         SEPTEMBER " results_in_force=2386 results_in_force_digitised=1130"},
        {"zero is a number", TOY_DIGITISATION, "2023-09",
         SEPTEMBER " results_in_force=0 results_in_force_digitised=0"},
        {"absent is left out", TOY_DIGITISATION, "2023-09",
         SEPTEMBER " results_in_force=2386"},
        {"not applicable is x", TOY_DIGITISATION, "2023-09",
         SEPTEMBER " results_in_force=x results_in_force_digitised=x"},
        {"no figure at all", TOY_DIGITISATION, "2023-09", SEPTEMBER},
        {"cumulative", TOY_WORK, "2026@2026-09-26",
         "rev=4294967295 at=18446744073709551615:4294967295 from=2026-01-01 "
         "to=2026-09-26 received=9223372036854775807 work_files=597918 "
         "work_files_online=528684"},
        {"points keep their decimals", TOY_POINTS, "2023",
         "rev=2 at=1:0 from=2023-01-01 to=2023-12-31 received=0 points=70.05 "
         "points_spare=0.50"},
    };
    struct fixture *fx = *state;
    struct fact_loss loss;
    struct fact fact;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        if (fact_parse(fx->c, cases[i].group, cases[i].period, cases[i].line, &fact,
                       &loss) != ST_OK) {
            fail_msg("%s: refused: %s", cases[i].name, cases[i].line);
        }
        assert_int_equal(loss.words, 0);
        assert_int_equal(loss.figures, 0);
        buf_clear(&fx->line);
        fact_line(fx->c, cases[i].group, &fact, &fx->line);
        assert_string_equal(buf_str(&fx->line), cases[i].line);
        assert_string_equal(fact.window.code, cases[i].period);
    }
}

static void
a_line_is_read_as_it_says(void **state)
{
    struct fixture *fx = *state;
    struct fact_loss loss;
    struct fact fact;

    assert_int_equal(fact_parse(fx->c, TOY_DIGITISATION, "2023-09",
                                SEPTEMBER " results_in_force=x", &fact, &loss),
                     ST_OK);
    assert_int_equal(fact.revision, 1);
    assert_int_equal(fact.entry, 57);
    assert_int_equal(fact.index, 3);
    assert_int_equal(fact.received_at_ms, 1696000000000);
    assert_int_equal(fact.window.last, toy_window("2023-09").last);
    assert_int_equal(fact.figures[0].state, FIGURE_NOT_APPLICABLE);
    assert_int_equal(fact.figures[1].state, FIGURE_ABSENT);
    assert_int_equal(fact_parse(fx->c, TOY_POINTS, "2023",
                                "rev=2 at=1:0 from=2023-01-01 to=2023-12-31 received=0 "
                                "points=70.05",
                                &fact, &loss),
                     ST_OK);
    assert_int_equal(fact.figures[0].scaled, 7005);
}

#define OF_2023 "rev=2 at=1:0 from=2023-01-01 to=2023-12-31 received=0"

/* The programme dropped or renamed a measure, or gave it other decimals. */
static void
what_the_programme_changed_costs_that_figure_alone(void **state)
{
    static const struct {
        const char *name;
        enum toy_group group;
        const char *line;
        const char *kept; /* what is written again */
        size_t words;
        size_t figures;
    } cases[] = {
        {"a dropped measure", TOY_DIGITISATION,
         SEPTEMBER " results_in_force=2386 results_old=7 "
                   "results_in_force_digitised=1130",
         SEPTEMBER " results_in_force=2386 results_in_force_digitised=1130", 1, 0},
        {"dropped, not applicable", TOY_DIGITISATION,
         SEPTEMBER " results_old=x results_in_force=2386",
         SEPTEMBER " results_in_force=2386", 1, 0},
        {"dropped, with decimals", TOY_DIGITISATION,
         SEPTEMBER " results_in_force=2386 index_old=47.35",
         SEPTEMBER " results_in_force=2386", 1, 0},
        {"moved to another group", TOY_DIGITISATION,
         SEPTEMBER " work_files=1 work_files_online=1 results_in_force=2386",
         SEPTEMBER " results_in_force=2386", 2, 0},
        {"all of them", TOY_DIGITISATION, SEPTEMBER " results_old=7", SEPTEMBER, 1, 0},
        {"decimals 0, now 2", TOY_POINTS, OF_2023 " points=70 points_spare=0",
         OF_2023 " points=70.00 points_spare=0.00", 0, 0},
        {"decimals 1, now 2", TOY_POINTS, OF_2023 " points=70.5",
         OF_2023 " points=70.50", 0, 0},
        {"decimals 4, now 2", TOY_POINTS, OF_2023 " points=70.5000",
         OF_2023 " points=70.50", 0, 0},
        {"decimals 3, now 2, with loss", TOY_POINTS,
         OF_2023 " points=70.505 points_spare=0.50", OF_2023 " points_spare=0.50", 0,
         1},
        {"decimals 2, now 0", TOY_DIGITISATION,
         SEPTEMBER " results_in_force=2386.00 results_in_force_digitised=1130.00",
         SEPTEMBER " results_in_force=2386 results_in_force_digitised=1130", 0, 0},
        {"decimals 2, now 0, with loss", TOY_DIGITISATION,
         SEPTEMBER " results_in_force=2386.00 results_in_force_digitised=1130.01",
         SEPTEMBER " results_in_force=2386", 0, 1},
        {"larger than the new decimals allow", TOY_POINTS,
         OF_2023 " points=9223372036854775806 points_spare=1",
         OF_2023 " points_spare=1.00", 0, 1},
        {"both", TOY_POINTS, OF_2023 " points_old=3 points=0.001 points_spare=x",
         OF_2023 " points_spare=x", 1, 1},
    };
    struct fixture *fx = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *period = cases[i].group == TOY_POINTS ? "2023" : "2023-09";
        struct fact_loss loss = {77, 77};
        struct fact fact;

        if (fact_parse(fx->c, cases[i].group, period, cases[i].line, &fact, &loss) !=
            ST_OK) {
            fail_msg("%s: refused: %s", cases[i].name, cases[i].line);
        }
        buf_clear(&fx->line);
        fact_line(fx->c, cases[i].group, &fact, &fx->line);
        if (strcmp(buf_str(&fx->line), cases[i].kept) != 0 ||
            loss.words != cases[i].words || loss.figures != cases[i].figures) {
            fail_msg("%s: got \"%s\", %zu words, %zu figures; want \"%s\", %zu, %zu",
                     cases[i].name, buf_str(&fx->line), loss.words, loss.figures,
                     cases[i].kept, cases[i].words, cases[i].figures);
        }
    }
}

static void
a_line_that_is_not_ours_is_refused(void **state)
{
    static const struct {
        const char *name;
        const char *period;
        const char *line;
    } cases[] = {
        {"no period", "2023-13", SEPTEMBER},
        {"another period's days", "2023-08", SEPTEMBER},
        {"empty", "2023-09", ""},
        {"unknown word, no value", "2023-09", SEPTEMBER " results"},
        {"unknown word, empty value", "2023-09", SEPTEMBER " results="},
        {"unknown word, no figure", "2023-09", SEPTEMBER " results=1e3"},
        {"unknown word, negative", "2023-09", SEPTEMBER " results=-1"},
        {"unknown word, two values", "2023-09", SEPTEMBER " results=1=1"},
        {"no word", "2023-09", SEPTEMBER " =1"},
        {"no measure's word", "2023-09", SEPTEMBER " Results=1"},
        {"nor this", "2023-09", SEPTEMBER " 1results=1"},
        {"fixed word misspelt", "2023-09",
         "revision=1 at=57:3 from=2023-09-01 to=2023-09-30 received=1"},
        {"doubled figure, the first of them lost", "2023-09",
         SEPTEMBER " results_in_force=1.5 results_in_force=1"},
        {"doubled figure", "2023-09",
         SEPTEMBER " results_in_force=1 results_in_force=1"},
        {"doubled word", "2023-09", SEPTEMBER " rev=1"},
        {"word without a value", "2023-09", SEPTEMBER " results_in_force"},
        {"empty value", "2023-09", SEPTEMBER " results_in_force="},
        {"two blanks", "2023-09", SEPTEMBER "  results_in_force=1"},
        {"blank behind", "2023-09", SEPTEMBER " "},
        {"negative", "2023-09", SEPTEMBER " results_in_force=-1"},
        {"a point without decimals", "2023-09", SEPTEMBER " results_in_force=1."},
        {"five decimals", "2023-09", SEPTEMBER " results_in_force=1.00000"},
        {"two points", "2023-09", SEPTEMBER " results_in_force=1.0.0"},
        {"leading zero", "2023-09", SEPTEMBER " results_in_force=01"},
        {"too large", "2023-09", SEPTEMBER " results_in_force=9223372036854775808"},
        {"revision 0", "2023-09",
         "rev=0 at=57:3 from=2023-09-01 to=2023-09-30 received=1"},
        {"revision too large", "2023-09",
         "rev=4294967296 at=57:3 from=2023-09-01 to=2023-09-30 received=1"},
        {"no revision", "2023-09", "at=57:3 from=2023-09-01 to=2023-09-30 received=1"},
        {"no place", "2023-09", "rev=1 from=2023-09-01 to=2023-09-30 received=1"},
        {"half a place", "2023-09",
         "rev=1 at=57 from=2023-09-01 to=2023-09-30 received=1"},
        {"no first day", "2023-09", "rev=1 at=57:3 to=2023-09-30 received=1"},
        {"wrong last day", "2023-09",
         "rev=1 at=57:3 from=2023-09-01 to=2023-09-29 received=1"},
        {"no received", "2023-09", "rev=1 at=57:3 from=2023-09-01 to=2023-09-30"},
    };
    static const char *const points[] = {"70.",    ".50",   "70,50",
                                         "070.50", "70.5x", "7O.50"};
    struct fixture *fx = *state;
    struct fact fact = {.revision = 77};
    struct fact_loss loss = {77, 77};
    char line[256];
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        if (fact_parse(fx->c, TOY_DIGITISATION, cases[i].period, cases[i].line, &fact,
                       &loss) != ST_BAD) {
            fail_msg("%s: taken: %s", cases[i].name, cases[i].line);
        }
    }
    for (i = 0; i < COUNT(points); i++) {
        (void)snprintf(
            line, sizeof line,
            "rev=2 at=1:0 from=2023-01-01 to=2023-12-31 received=0 points=%s",
            points[i]);
        if (fact_parse(fx->c, TOY_POINTS, "2023", line, &fact, &loss) != ST_BAD) {
            fail_msg("taken: %s", line);
        }
    }
    assert_int_equal(fact.revision, 77); /* set only on ST_OK */
    assert_int_equal(loss.words, 77);
    assert_int_equal(loss.figures, 77);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_reported_is_an_empty_series, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(series_are_in_the_order_of_their_last_days,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_revision_replaces_and_tells_what_stood,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_or_equal_revision_changes_nothing,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_goes_out_and_comes_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_line_is_read_as_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_the_programme_changed_costs_that_figure_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_that_is_not_ours_is_refused, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
