/* link: cli */
/* How all targets of a year stand: subjects counted by their newest verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/progress.h"
#include "cli/written.h"
#include "tests/support/toy_claims.h"

static const struct progress_row *
row_of(const struct progress *p, const char *id)
{
    size_t i;

    for (i = 0; i < p->count; i++) {
        if (strcmp(p->rows[i].target->id, id) == 0) {
            return &p->rows[i];
        }
    }
    fail_msg("no row of %s", id);
    return NULL;
}

static void
make(const struct toy *toy, int year, int32_t today, struct progress *p)
{
    static struct reading r;

    r = (struct reading){.catalogue = toy->c, .facts = toy->f};
    progress_make(p, &r, year, today);
}

static void
units_are_counted_by_their_newest_verdict(void **state)
{
    struct toy *toy = *state;
    const struct progress_row *row;
    struct progress p;

    /* On 30/9/2023 49,9589… % is required, 55 at the year's end. */
    toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, "2023-08:100:10 2023-09:2386:1130");
    toy_reports(toy, TOY_COMMUNE_B, TOY_DIGITISATION, "2023-09:1000:520");
    toy_reports(toy, TOY_COMMUNE_C, TOY_DIGITISATION, "2023-09:1000:450");
    toy_reports(toy, TOY_EXEMPT, TOY_DIGITISATION, "2023-09:1000:900");
    toy_reports(toy, TOY_UNKNOWN, TOY_DIGITISATION, "2023-09:1000:550");
    make(toy, 2023, day_from_civil(2023, 10, 10), &p);
    row = row_of(&p, "7c");
    same_number("7c", "units", (int64_t)row->units, 6); /* 21061 is not there yet */
    same_number("7c", "met", (int64_t)row->counts[VERDICT_MET], 1);
    same_number("7c", "on pace", (int64_t)row->counts[VERDICT_ON_PACE], 1);
    same_number("7c", "behind", (int64_t)row->counts[VERDICT_BEHIND], 2);
    same_number("7c", "no data", (int64_t)row->counts[VERDICT_NO_DATA], 1);
    same_number("7c", "exempt", (int64_t)row->counts[VERDICT_EXEMPT], 1);
    same_number("7c", "good", (int64_t)row->good, 2);
    same_number("7c", "judged", (int64_t)row->judged, 4);
    same_number("7c", "covered", (int64_t)row->covered, 4);
    same_number("7c", "of", (int64_t)row->of, 5);
    /* 45 % is 4,96 short, 47,36 % only 2,61 */
    same_number("7c", "worst", row->worst, TOY_COMMUNE_C);
    progress_fini(&p);
}

/* 21040 ended on 30/6/2023: with its last report, behind (44,9178… % was required), or
 * without: nobody waits for it any more. */
static void
a_unit_that_ended_without_its_last_report_is_not_waited_for(void **state)
{
    static const struct {
        const char *name;
        const char *reports;
        const char *today;
        int64_t no_data;
        int64_t behind;
        int64_t closed;
        int64_t of;
    } cases[] = {
        {"nothing at all, still a unit", "", "2023-06-10", 5, 0, 0, 5},
        {"nothing at all", "", "2023-10-10", 4, 0, 1, 4},
        {"without its last one", "2023-04:100:20", "2023-10-10", 4, 0, 1, 4},
        {"with its last one", "2023-06:100:20", "2023-10-10", 4, 1, 0, 5},
    };
    struct toy *toy = *state;
    size_t i;

    toy->c->units[TOY_COMMUNE].to = day_from_civil(2023, 6, 30);
    for (i = 0; i < COUNT(cases); i++) {
        const struct progress_row *row;
        struct progress p;
        int32_t today;

        assert_int_equal(day_parse(cases[i].today, &today), ST_OK);
        toy_reports(toy, TOY_COMMUNE, TOY_DIGITISATION, cases[i].reports);
        make(toy, 2023, today, &p);
        row = row_of(&p, "7c");
        same_number(cases[i].name, "units", (int64_t)row->units, 6);
        same_number(cases[i].name, "no data", (int64_t)row->counts[VERDICT_NO_DATA],
                    cases[i].no_data);
        same_number(cases[i].name, "behind", (int64_t)row->counts[VERDICT_BEHIND],
                    cases[i].behind);
        same_number(cases[i].name, "closed", (int64_t)row->closed, cases[i].closed);
        same_number(cases[i].name, "of", (int64_t)row->of, cases[i].of);
        progress_fini(&p);
    }
}

static void
what_is_set_for_a_whole_is_judged_as_a_whole(void **state)
{
    struct toy *toy = *state;
    const struct progress_row *row;
    struct progress p;

    toy_reports(toy, TOY_PROVINCE, TOY_INDICES, "2022:50:61");
    make(toy, 2023, day_from_civil(2023, 10, 10), &p);
    row = row_of(&p, "1b");
    same_number("1b", "whole", row->whole, true);
    /* (60 - 50) / 2 years: the rank of 2022 stands until that of 2023 is there */
    same_number("1b", "on pace", (int64_t)row->counts[VERDICT_ON_PACE], 1);
    same_number("1b", "year", row->score.year, 2022);
    row = row_of(&p, "9c");
    same_number("9c", "no data", (int64_t)row->counts[VERDICT_NO_DATA], 1);
    same_number("9c", "units", (int64_t)row->units, 1);
    progress_fini(&p);
}

static void
info_stands_apart_and_the_order_is_the_programmes(void **state)
{
    struct toy *toy = *state;
    struct progress p;

    make(toy, 2023, day_from_civil(2023, 10, 10), &p);
    same_number("all", "info", (int64_t)p.info_count, 1);
    same_text("all", "info", p.infos[0].target->id, "info");
    same_number("all", "count", (int64_t)p.count, TOY_TARGET_COUNT - 1);
    same_text("all", "first", p.rows[0].target->id, "7a");
    same_text("all", "last", p.rows[p.count - 1].target->id, "all");
    progress_fini(&p);
}

static void
a_target_of_other_years_is_not_counted(void **state)
{
    struct toy *toy = *state;
    struct progress p;

    toy->c->targets[TOY_7A].years_from = 2021;
    toy->c->targets[TOY_7A].years_to = 2022;
    make(toy, 2023, day_from_civil(2023, 10, 10), &p);
    same_number("7a", "elsewhere", (int64_t)p.elsewhere_count, 1);
    same_text("7a", "elsewhere", p.elsewhere[0]->id, "7a");
    same_text("7a", "first", p.rows[0].target->id, "7b");
    progress_fini(&p);
}

static void
the_year_is_todays_inside_the_programme(void **state)
{
    static const struct {
        int year;
        int month;
        int want;
    } cases[] = {{2023, 5, 2023}, {2031, 1, 2025}, {2019, 1, 2021}};
    struct toy *toy = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        struct progress p;

        make(toy, 0, day_from_civil(cases[i].year, cases[i].month, 1), &p);
        same_number("year", "of today", p.year, cases[i].want);
        progress_fini(&p);
    }
}

/* --- values for other programs --- */

static void
values_are_written_so_that_programs_read_them(void **state)
{
    struct toy *toy = *state;
    struct buf *out = &toy->line;

    buf_char(out, '{');
    json_text(out, "a", "x \"y\"");
    json_text(out, "b", NULL);
    json_int(out, "c", -3);
    json_open(out, "d", '[');
    json_next(out);
    buf_char(out, '1');
    json_next(out);
    buf_char(out, '2');
    json_close(out, ']');
    json_decimal(out, "e", ratio_of(123456, 100), 2);
    json_decimal(out, "f", ratio_of(0, 0), 2);
    json_ratio(out, "g", ratio_of(50, 100));
    json_day(out, "h", day_from_civil(2023, 9, 30));
    json_day(out, "i", DAY_NONE);
    json_close(out, '}');
    same_text("json", "object", buf_str(out),
              "{\"a\":\"x \\\"y\\\"\",\"b\":null,\"c\":-3,\"d\":[1,2],"
              "\"e\":\"1234.56\",\"f\":null,\"g\":{\"num\":1,\"den\":2},"
              "\"h\":\"2023-09-30\",\"i\":null}");
    buf_clear(out);
    csv_cell(out, "");
    csv_cell(out, "a,b");
    csv_cell(out, "say \"so\"");
    csv_int(out, 1200);
    csv_decimal(out, ratio_of(123456, 100), 2);
    csv_decimal(out, ratio_of(0, 0), 2);
    csv_end(out);
    same_text("csv", "line", buf_str(out),
              "\"\",\"a,b\",\"say \"\"so\"\"\",1200,1234.56,\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(units_are_counted_by_their_newest_verdict),
        CLAIM(a_unit_that_ended_without_its_last_report_is_not_waited_for),
        CLAIM(what_is_set_for_a_whole_is_judged_as_a_whole),
        CLAIM(info_stands_apart_and_the_order_is_the_programmes),
        CLAIM(a_target_of_other_years_is_not_counted),
        CLAIM(the_year_is_todays_inside_the_programme),
        CLAIM(values_are_written_so_that_programs_read_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
