/* Names of verdicts and subjects, a score as one line, and the windows looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/score.h"
#include "tests/support/toy_claims.h"

static const struct subject_ref under_district = {TOY_DISTRICT, LEVEL_COMMUNE, true};

static void
verdicts_have_names(void **state)
{
    enum verdict v;
    enum verdict back = VERDICT_INFO;

    (void)state;
    for (v = VERDICT_NO_DATA; v <= VERDICT_INFO; v++) {
        assert_int_equal(verdict_parse(verdict_name(v), &back), ST_OK);
        assert_int_equal(back, v);
    }
    assert_int_equal(verdict_parse("onpace", &back), ST_BAD);
    assert_int_equal(verdict_parse("", &back), ST_BAD);
}

static void
subjects_have_names(void **state)
{
    static const struct {
        enum toy_target target;
        struct subject_ref s;
        const char *name;
    } cases[] = {
        {TOY_7C, {TOY_COMMUNE, LEVEL_COMMUNE, false}, "21040"},
        {TOY_7C, {TOY_DISTRICT, LEVEL_COMMUNE, true}, "530/under"},
        {TOY_7C, {NONE, LEVEL_COMMUNE, true}, "level-commune"},
        {TOY_9C, {NONE, LEVEL_COMMUNE, false}, "level-commune"},
        {TOY_10C, {NONE, LEVEL_ALL, false}, "51"},
        {TOY_10C, {NONE, LEVEL_DISTRICT, true}, "level-district"},
        {TOY_1B, {TOY_PROVINCE, LEVEL_PROVINCE, false}, "51"},
        {TOY_1B, {NONE, LEVEL_PROVINCE, false}, "51"},
    };
    const struct toy *toy = *state;
    char name[SUBJECT_NAME_BYTES];
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        subject_name(toy->c, &toy->c->targets[cases[i].target], cases[i].s, name);
        assert_string_equal(name, cases[i].name);
    }
}

struct line_case {
    const char *name;
    enum toy_target target;
    struct subject_ref s;
    const char *period;
    const char *line;
};

static const struct line_case lines[] = {
    {"behind",
     TOY_7C,
     {TOY_COMMUNE, LEVEL_COMMUNE, false},
     "2023-09",
     "behind value=47.35 required=49.96 gap=2.61 num=1130 den=2386 need_now=63 "
     "need_year=183 window=2023-09 first=2023-09-01 last=2023-09-30 covered=1/1 "
     "entry=1:0 programme=1f2e3d4c"},
    {"a missing window",
     TOY_7C,
     {TOY_COMMUNE, LEVEL_COMMUNE, false},
     "2023-10",
     "no_data value=47.35 required=51.66 num=1130 den=2386 window=2023-10 "
     "first=2023-09-01 last=2023-09-30 covered=0/1 entry=1:0 programme=1f2e3d4c"},
    {"nothing at all",
     TOY_7C,
     {TOY_COMMUNE_B, LEVEL_COMMUNE, false},
     "2023-09",
     "no_data required=49.96 window=2023-09 covered=0/1 programme=1f2e3d4c"},
    {"a rank gain",
     TOY_1B,
     {TOY_PROVINCE, LEVEL_PROVINCE, false},
     "2023",
     "behind value=3.66 required=5.00 gap=1.34 rank=49 ranked=61 need_now=4 "
     "need_year=4 "
     "window=2023 first=2023-01-01 last=2023-12-31 covered=1/1 entry=2:0 "
     "programme=1f2e3d4c"},
    {"a rank on the way",
     TOY_1D,
     {TOY_PROVINCE, LEVEL_PROVINCE, false},
     "2023",
     "on_way value=49 step=30 gap=19 ranked=61 need_year=19 window=2023 "
     "first=2023-01-01 last=2023-12-31 covered=1/1 entry=2:0 programme=1f2e3d4c"},
    {"a roll-up",
     TOY_7C,
     {TOY_DISTRICT, LEVEL_COMMUNE, true},
     "2023-09",
     "info value=47.35 required=49.96 num=1130 den=2386 window=2023-09 "
     "first=2023-09-01 last=2023-09-30 covered=1/3 entry=1:0 programme=1f2e3d4c"},
};

static void
a_score_is_one_readable_line(void **state)
{
    struct toy *toy = *state;
    struct score s;
    size_t i;

    toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_DIGITISATION, "2023-09", 2386, 1130);
    toy_report(toy->c, toy->f, TOY_PROVINCE, TOY_INDICES, "2023", 49, 61);
    for (i = 0; i < COUNT(lines); i++) {
        toy_score(toy, lines[i].target, lines[i].s, lines[i].period, &s);
        buf_clear(&toy->line);
        score_line(toy->c, &toy->c->targets[lines[i].target], &s, &toy->line);
        if (strcmp(buf_str(&toy->line), lines[i].line) != 0) {
            fail_msg("%s: got\n%s\nwant\n%s", lines[i].name, buf_str(&toy->line),
                     lines[i].line);
        }
    }
}

/* Due 31/12/2025, and the last day of the subject 30/6/2025, or the due day itself. */
static void
a_subject_that_ends_before_its_due_day_is_never_on_the_way_for_ever(void **state)
{
    static const struct {
        const char *name;
        const char *to;
        enum toy_target target;
        struct subject_ref s;
        const char *period;
        const char *ends; /* in the line; "": not there */
    } cases[] = {
        {"ends before",
         "2025-06-30",
         TOY_1D,
         {TOY_PROVINCE, LEVEL_PROVINCE, false},
         "2023",
         " ends=2025-06-30 entry="},
        {"asked of the whole",
         "2025-06-30",
         TOY_1D,
         {NONE, LEVEL_PROVINCE, false},
         "2023",
         " ends=2025-06-30 entry="},
        {"ends on the due day",
         "2025-12-31",
         TOY_1D,
         {NONE, LEVEL_PROVINCE, false},
         "2023",
         ""},
        {"no figure",
         "2025-06-30",
         TOY_1D,
         {NONE, LEVEL_PROVINCE, false},
         "2024",
         " covered=0/1 ends=2025-06-30"},
        {"judged every year",
         "2025-06-30",
         TOY_1B,
         {NONE, LEVEL_PROVINCE, false},
         "2023",
         ""},
    };
    struct toy *toy = *state;
    int32_t to;

    toy_report(toy->c, toy->f, TOY_PROVINCE, TOY_INDICES, "2023", 49, 61);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *at;
        struct score s;

        assert_int_equal(day_parse(cases[i].to, &to), ST_OK);
        toy->c->units[TOY_PROVINCE].to = to;
        toy_score(toy, cases[i].target, cases[i].s, cases[i].period, &s);
        same_number(cases[i].name, "ends", s.ends,
                    cases[i].ends[0] == '\0' ? DAY_NONE : to);
        buf_clear(&toy->line);
        score_line(toy->c, &toy->c->targets[cases[i].target], &s, &toy->line);
        at = strstr(buf_str(&toy->line),
                    cases[i].ends[0] == '\0' ? " ends=" : cases[i].ends);
        same_number(cases[i].name, buf_str(&toy->line), at != NULL,
                    cases[i].ends[0] != '\0');
    }
}

static void
same_windows(const char *name, const struct window *got, size_t count, const char *want)
{
    char text[512] = "";
    size_t len = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
                                i == 0 ? "" : " ", got[i].code);
    }
    if (strcmp(text, want) != 0) {
        fail_msg("%s: got \"%s\", want \"%s\"", name, text, want);
    }
}

static void
windows_are_those_of_the_cadence_and_the_reported_days(void **state)
{
    static const struct subject_ref commune = {TOY_COMMUNE, LEVEL_COMMUNE, false};
    static const struct subject_ref district = {TOY_DISTRICT, LEVEL_DISTRICT, false};
    static const struct subject_ref young = {TOY_YOUNG, LEVEL_COMMUNE, false};
    struct toy *toy = *state;
    const struct target *t = toy->c->targets;
    struct window out[400];
    int32_t march = day_from_civil(2025, 3, 31);
    size_t n;

    n = score_windows(toy->c, toy->f, &t[TOY_7C], commune, 2025, march - 1, out, 400);
    same_windows("before the month is over", out, n, "2025-01 2025-02");
    n = score_windows(toy->c, toy->f, &t[TOY_7C], commune, 2025, march, out, 400);
    same_windows("on its last day", out, n, "2025-01 2025-02 2025-03");
    n = score_windows(toy->c, toy->f, &t[TOY_7C], young, 2025, march, out, 400);
    same_windows("a unit that began on 1/3", out, n, "2025-03");
    n = score_windows(toy->c, toy->f, &t[TOY_7B], district, 2025, DAY_OPEN, out, 400);
    same_windows("a unit that ended on 30/6", out, n,
                 "2025-01 2025-02 2025-03 2025-04 2025-05 2025-06");
    n = score_windows(toy->c, toy->f, &t[TOY_FULL], commune, 2025, DAY_OPEN, out, 400);
    same_windows("nothing is due, nothing reported", out, n, "");
    toy_reports(toy, TOY_COMMUNE, TOY_WORK,
                "2025@2025-02-10:1:1 2025@2025-02-28:1:1 2025@2025-04-10:1:1");
    toy_reports(toy, TOY_COMMUNE_B, TOY_WORK,
                "2025@2025-02-10:1:1 2025@2025-03-10:1:1");
    n = score_windows(toy->c, toy->f, &t[TOY_WORK_C], commune, 2025, march, out, 400);
    same_windows("a day that ends with a month is the month's", out, n,
                 "2025-01 2025@2025-02-10 2025-02 2025-03");
    n = score_windows(toy->c, toy->f, &t[TOY_9C],
                      (struct subject_ref){NONE, LEVEL_COMMUNE, false}, 2025, march,
                      out, 400);
    same_windows("a whole has its members' days", out, n,
                 "2025-01 2025@2025-02-10 2025-02 2025@2025-03-10 2025-03");
    n = score_windows(toy->c, toy->f, &t[TOY_9C],
                      (struct subject_ref){NONE, LEVEL_COMMUNE, false}, 2025, march,
                      out, 2);
    same_windows("little room: the newest", out, n, "2025@2025-03-10 2025-03");
}

static void
as_of_days_of_a_whole_are_at_most_64(void **state)
{
    struct toy *toy = *state;
    struct window out[400];
    char period[PERIOD_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    int32_t first = day_from_civil(2025, 1, 1);
    size_t n;
    int i;

    for (i = 0; i < 100; i++) {
        day_text(first + i, day);
        (void)snprintf(period, sizeof period, "2025@%s", day);
        toy_report(toy->c, toy->f, TOY_COMMUNE, TOY_PORTAL, period, 100, 50);
    }
    n = score_windows(toy->c, toy->f, &toy->c->targets[TOY_FULL], under_district, 2025,
                      DAY_OPEN, out, 400);
    assert_int_equal(n, 64);
    assert_int_equal(out[0].last, first + 36);
    assert_int_equal(out[63].last, first + 99);
    n = score_windows(toy->c, toy->f, &toy->c->targets[TOY_FULL],
                      (struct subject_ref){TOY_COMMUNE, LEVEL_COMMUNE, false}, 2025,
                      DAY_OPEN, out, 400);
    assert_int_equal(n, 100);
    for (i = 119; i >= 50; i -= 3) { /* another member's, of which some are new */
        day_text(first + i, day);
        (void)snprintf(period, sizeof period, "2025@%s", day);
        toy_report(toy->c, toy->f, TOY_COMMUNE_B, TOY_PORTAL, period, 100, 50);
    }
    n = score_windows(toy->c, toy->f, &toy->c->targets[TOY_FULL], under_district, 2025,
                      DAY_OPEN, out, 400);
    assert_int_equal(n, 64);
    assert_int_equal(out[63].last, first + 119);
    assert_int_equal(out[57].last, first + 101); /* 119, 116, … 101: seven */
    assert_int_equal(out[56].last, first + 99);
    assert_int_equal(out[0].last, first + 43);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(verdicts_have_names),
        CLAIM(subjects_have_names),
        CLAIM(a_score_is_one_readable_line),
        CLAIM(a_subject_that_ends_before_its_due_day_is_never_on_the_way_for_ever),
        CLAIM(windows_are_those_of_the_cadence_and_the_reported_days),
        CLAIM(as_of_days_of_a_whole_are_at_most_64),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
