/* link: cli */
/* The script of `dondoc play`: what is read, and what is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/play_script.h"
#include "lib/instant.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
parse(const char *text, struct play_script *s)
{
    struct play_fault fault;

    if (play_script_parse(text, s, &fault) != ST_OK) {
        fail_msg("line %zu: %s", fault.line, fault.en);
    }
}

static void
same_moment(int64_t ms, const char *civil)
{
    char text[INSTANT_TEXT_BYTES];

    instant_text_civil((struct instant){ms}, text);
    assert_string_equal(text, civil);
}

static void
each_line_is_a_step(void **state)
{
    struct play_script s;

    (void)state;
    parse("# a comment\n"
          "\n"
          "clock 2022-04-15 09:00\r\n"
          "programme programmes/quang-ngai # and another\n"
          "push \"my figures.csv\" ended reason \"a book was left out\"\n"
          "say Năm 2022: # is no comment here, nor is \" a quote\n"
          "expect alert QNG-2023-7c-21055 behind new window 2023-06\n"
          "expect none QNG-2025-1d-51\n"
          "expect told 3\n"
          "expect open 0\n"
          "expect score 51 1d 2025 on_way",
          &s);
    assert_int_equal(s.count, 9);
    assert_int_equal(s.steps[0].kind, PLAY_CLOCK);
    assert_int_equal(s.steps[0].line, 3);
    same_moment(s.steps[0].at_ms, "2022-04-15T09:00:00+07:00");
    assert_int_equal(s.steps[1].kind, PLAY_PROGRAMME);
    assert_string_equal(s.steps[1].path, "programmes/quang-ngai");
    assert_int_equal(s.steps[2].kind, PLAY_PUSH);
    assert_string_equal(s.steps[2].path, "my figures.csv");
    assert_true(s.steps[2].ended);
    assert_string_equal(s.steps[2].reason, "a book was left out");
    assert_int_equal(s.steps[3].kind, PLAY_SAY);
    assert_string_equal(s.steps[3].text,
                        "Năm 2022: # is no comment here, nor is \" a quote");
    assert_int_equal(s.steps[4].kind, PLAY_EXPECT_ALERT);
    assert_string_equal(s.steps[4].text, "QNG-2023-7c-21055");
    assert_string_equal(s.steps[4].alert, "behind");
    assert_string_equal(s.steps[4].reason, "new");
    assert_string_equal(s.steps[4].window, "2023-06");
    assert_int_equal(s.steps[5].kind, PLAY_EXPECT_NONE);
    assert_int_equal(s.steps[6].number, 3);
    assert_int_equal(s.steps[7].kind, PLAY_EXPECT_OPEN);
    assert_int_equal(s.steps[7].number, 0);
    assert_int_equal(s.steps[8].kind, PLAY_EXPECT_SCORE);
    assert_string_equal(s.steps[8].alert, "1d");
    assert_int_equal(s.steps[8].year, 2025);
    assert_string_equal(s.steps[8].verdict, "on_way");
    play_script_free(&s);
}

static void
months_are_written_out(void **state)
{
    struct play_script s;

    (void)state;
    parse("months 2021-11..2022-02 day 03 at 09:30 push f.csv ended\n", &s);
    assert_int_equal(s.count, 8);
    same_moment(s.steps[0].at_ms, "2021-11-03T09:30:00+07:00");
    same_moment(s.steps[2].at_ms, "2021-12-03T09:30:00+07:00");
    same_moment(s.steps[4].at_ms, "2022-01-03T09:30:00+07:00");
    same_moment(s.steps[6].at_ms, "2022-02-03T09:30:00+07:00");
    assert_int_equal(s.steps[7].kind, PLAY_PUSH);
    assert_int_equal(s.steps[7].line, 1);
    assert_true(s.steps[7].ended);
    assert_string_equal(s.steps[7].path, "f.csv");
    play_script_free(&s);
}

static void
a_wrong_line_is_named(void **state)
{
    static const struct {
        const char *text;
        size_t line;
        const char *why; /* part of the English sentence */
    } cases[] = {
        {"clok 2022-04-15 09:00", 1, "there is no “clok”"},
        {"\n\nclock 2022-02-30 09:00", 3, "no day"},
        {"clock 2022-04-15", 1, "no time"},
        {"clock 2022-04-15 24:00", 1, "no time"},
        {"clock 2022-04-15 09:00 sharp", 1, "too much"},
        {"programme", 1, "needs a folder"},
        {"push", 1, "needs a file"},
        {"push f.csv now", 1, "only ended and reason"},
        {"push f.csv reason", 1, "only ended and reason"},
        {"push \"f.csv", 1, "closing"},
        {"months 2021-01 day 3 at 09:00 push f", 1, "span of months"},
        {"months 2021-13..2022-01 day 3 at 09:00 push f", 1, "span of months"},
        {"months 2022-01..2021-01 day 3 at 09:00 push f", 1, "before the first"},
        {"months 2021-01..2021-02 day 31 at 09:00 push f", 1, "from 1 to 28"},
        {"months 2021-01..2021-02 day 3 at 09:00 say f", 1, "wanted: push"},
        {"expect", 1, "behind expect"},
        {"expect alert QNG-1 falling new", 1, "wanted: expect alert"},
        {"expect alert QNG-1 behind", 1, "wanted: expect alert"},
        {"expect none", 1, "behind expect"},
        {"expect told many", 1, "not a number"},
        {"expect score 51 1d 2025 on-way", 1, "no verdict"},
        {"expect score 51", 1, "wanted: expect score"},
    };
    struct play_fault fault;
    struct play_script s;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        if (play_script_parse(cases[i].text, &s, &fault) != ST_BAD ||
            fault.line != cases[i].line || strstr(fault.en, cases[i].why) == NULL ||
            fault.vi[0] == '\0' || s.steps != NULL) {
            fail_msg("\"%s\": line %zu \"%s\", want line %zu \"%s\"", cases[i].text,
                     fault.line, fault.en, cases[i].line, cases[i].why);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_a_step),
        cmocka_unit_test(months_are_written_out),
        cmocka_unit_test(a_wrong_line_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
