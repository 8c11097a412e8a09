/* link: cli */
/* What a list of alerts says of one: severity, order, figure in words, lines that fit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/alerts.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "tests/support/alert_programme.h"

static int
setup(void **state)
{
    *state = alert_programme_load();
    return 0;
}

static int
teardown(void **state)
{
    struct catalogue *c = *state;

    catalogue_free(&c);
    return 0;
}

static const struct target *
target_of(const struct catalogue *c, const char *id)
{
    return &c->targets[catalogue_target(c, id)];
}

static void
want_words(const struct catalogue *c, const char *target, const struct alert_figure *f,
           const char *language, const char *want)
{
    char got[FIGURE_WORDS_BYTES];

    assert_true(language_set(language));
    alert_figure_words(c, target == NULL ? NULL : target_of(c, target), f, got);
    assert_string_equal(got, want);
}

static void
a_line_of_scores_is_said_with_its_counts(void **state)
{
    static const char line[] =
        "behind value=47.35 required=49.96 gap=2.61 num=1130 den=2386 need_now=63 "
        "need_year=183 window=2023-09 first=2023-01-01 last=2023-09-30 covered=1/1";
    const struct catalogue *c = *state;
    struct alert_figure f;

    alert_figure_line(line, &f);
    assert_string_equal(f.window, "2023-09");
    assert_string_equal(f.gap, "2.61");
    want_words(c, "7c", &f, "vi", "47,35% (1.130/2.386), cần tối thiểu 49,96%");
    want_words(c, "7c", &f, "en", "47.35% (1,130/2,386), wanted: at least 49.96%");
    want_words(NULL, NULL, &f, "en", "47.35% (1,130/2,386), level to reach 49.96%");
}

static void
ranks_are_said_as_ranks(void **state)
{
    const struct catalogue *c = *state;
    struct alert_figure f;

    alert_figure_line("behind value=3.66 required=5.00 gap=1.34 rank=49 window=2023",
                      &f);
    want_words(c, "1b", &f, "vi",
               "hạng 49, bình quân 3,66 bậc mỗi năm, cần tối thiểu 5,00");
    alert_figure_line("missed value=31 step=30 gap=1 window=2025", &f);
    want_words(c, "1d", &f, "vi", "hạng 31, cần hạng 30 trở lên");
    want_words(c, "1d", &f, "en", "rank 31, wanted: rank 30 or better");
}

static void
what_has_no_figure_says_none(void **state)
{
    const struct catalogue *c = *state;
    struct alert_figure f;

    alert_figure_line("no_data window=2023-09 covered=0/1", &f);
    want_words(c, "7c", &f, "vi", "");
    alert_figure_line("", &f);
    want_words(c, "7c", &f, "vi", "");
    assert_int_equal(alert_gap_scaled(f.gap), 0);
}

/* 1.130 / 2.386 = 47,3595…; 35 + 20 × 273/365 = 49,9589…; cut against the unit. */
static void
an_event_is_said_as_its_message_did(void **state)
{
    const struct catalogue *c = *state;
    struct alert_event ev = {.target = "7c",
                             .year = 2023,
                             .window = "2023-09",
                             .numerator = 1130,
                             .denominator = 2386,
                             .required = {18235, 365},
                             .step = {55, 1}};
    struct alert_figure f;

    alert_figure_event(c, target_of(c, "7c"), &ev, &f);
    want_words(c, "7c", &f, "vi", "47,35% (1.130/2.386), cần tối thiểu 49,96%");
    assert_string_equal(f.gap, "2.61");
    /* (60 - 49) / (2023 - 2020) = 3,666…; 5 - 3,66 = 1,34 */
    ev = (struct alert_event){.target = "1b",
                              .year = 2025,
                              .window = "2023",
                              .numerator = 49,
                              .denominator = 1,
                              .required = {5, 1}};
    alert_figure_event(c, target_of(c, "1b"), &ev, &f);
    want_words(c, "1b", &f, "en",
               "rank 49, 3.66 places a year on average, wanted: at least 5.00");
    assert_string_equal(f.gap, "1.34");
    ev.denominator = 0;
    alert_figure_event(c, target_of(c, "1b"), &ev, &f);
    want_words(c, "1b", &f, "en", "");
}

static void
gaps_are_compared_as_numbers_not_as_texts(void **state)
{
    (void)state;
    assert_int_equal(alert_gap_scaled("2.61"), 26100);
    assert_int_equal(alert_gap_scaled("10"), 100000);
    assert_int_equal(alert_gap_scaled("0.00019"), 1);
    assert_true(alert_gap_scaled("10.05") > alert_gap_scaled("9.99"));
}

static void
the_gravest_comes_first_then_the_wider_gap_then_the_older(void **state)
{
    static const struct board_alert open = {.open = true, .code = "B"};
    static const struct board_alert other = {.open = true, .code = "A"};
    static const struct board_alert closed = {.code = "A"};
    static const struct alert_row rows[] = {
        {.alert = &open, .severity = SEVERITY_MISSED, .gap = 1, .age = 0},
        {.alert = &open, .severity = SEVERITY_OVERDUE, .age = 9},
        {.alert = &open, .severity = SEVERITY_OVERDUE, .age = 2},
        {.alert = &open, .severity = SEVERITY_BEHIND, .gap = 100500, .age = 1},
        {.alert = &open, .severity = SEVERITY_BEHIND, .gap = 26100, .age = 40},
        {.alert = &open, .severity = SEVERITY_FALLING, .gap = 900000, .age = 90},
        {.alert = &other, .severity = SEVERITY_REMINDER, .age = 1},
        {.alert = &open, .severity = SEVERITY_REMINDER, .age = 1},
        {.alert = &closed, .severity = SEVERITY_MISSED, .gap = 900000, .age = 90},
    };
    size_t i;

    (void)state;
    for (i = 0; i + 1 < sizeof rows / sizeof *rows; i++) {
        if (alert_row_compare(&rows[i], &rows[i + 1]) >= 0 ||
            alert_row_compare(&rows[i + 1], &rows[i]) <= 0) {
            fail_msg("row %zu must come before the next", i);
        }
    }
    assert_int_equal(alert_severity("missed"), SEVERITY_MISSED);
    assert_int_equal(alert_severity("falling"), SEVERITY_FALLING);
    assert_int_equal(alert_severity("sinking"), SEVERITY_OTHER); /* of later versions */
}

static void
a_filter_takes_a_unit_and_what_lies_under_it(void **state)
{
    static const struct {
        const char *name;
        struct alert_filter filter;
        bool open;
        const char *kind;
        const char *subject;
        bool passes;
    } cases[] = {
        {"everything open",
         {false, "", "", "", false, false, ""},
         true,
         "behind",
         "21040",
         true},
        {"closed",
         {false, "", "", "", false, false, ""},
         false,
         "behind",
         "21040",
         false},
        {"closed, asked for",
         {true, "", "", "", false, false, ""},
         false,
         "behind",
         "21040",
         true},
        {"the unit",
         {false, "", "21040", "", false, false, ""},
         true,
         "behind",
         "21040",
         true},
        {"its neighbour",
         {false, "", "21043", "", false, false, ""},
         true,
         "behind",
         "21040",
         false},
        {"its district",
         {false, "", "530", "", false, false, ""},
         true,
         "behind",
         "21040",
         true},
        {"another district",
         {false, "", "531", "", false, false, ""},
         true,
         "behind",
         "21040",
         false},
        {"the province",
         {false, "", "51", "", false, false, ""},
         true,
         "behind",
         "21040",
         true},
        {"another kind",
         {false, "missed", "", "", false, false, ""},
         true,
         "behind",
         "21040",
         false},
        {"its kind",
         {false, "behind", "", "", false, false, ""},
         true,
         "behind",
         "21040",
         true},
        {"a level",
         {false, "", "", "level-commune", false, false, ""},
         true,
         "overdue",
         "level-commune",
         true},
        {"a unit of it",
         {false, "", "", "level-commune", false, false, ""},
         true,
         "overdue",
         "21040",
         false},
        {"a level under a unit",
         {false, "", "530", "", false, false, ""},
         true,
         "overdue",
         "level-commune",
         false},
    };
    const struct catalogue *c = *state;
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct board_alert a = {.open = cases[i].open};

        (void)snprintf(a.kind, sizeof a.kind, "%s", cases[i].kind);
        (void)snprintf(a.subject, sizeof a.subject, "%s", cases[i].subject);
        if (alert_passes(c, &cases[i].filter, &a) != cases[i].passes) {
            fail_msg("%s: must %spass", cases[i].name, cases[i].passes ? "" : "not ");
        }
    }
}

static void
names_are_those_of_the_programme_or_the_ids(void **state)
{
    const struct catalogue *c = *state;
    char name[ALERT_NAME_BYTES];

    assert_true(language_set("vi"));
    alert_subject_words(c, "21040", name);
    assert_string_equal(name, "Xã B");
    alert_subject_words(c, "level-all", name);
    assert_string_equal(name, "toàn tỉnh (tính chung)");
    alert_subject_words(c, "99999", name);
    assert_string_equal(name, "99999");
    alert_subject_words(NULL, "21040", name);
    assert_string_equal(name, "21040");
    assert_string_equal(alert_title(c, "7c", ""), "Số hóa kết quả ở cấp xã");
    assert_string_equal(alert_title(c, "", "work"), "Nhóm work");
    assert_string_equal(alert_title(c, "gone", ""), "");
    assert_string_equal(office_words(c, "nobody"), "nobody");
}

/* --- lines --- */

static void
lines_break_at_blanks_by_width_not_by_bytes(void **state)
{
    /* "tiến độ" is 7 columns and 11 bytes. */
    static const struct {
        const char *text;
        size_t first;
        size_t rest;
        size_t columns;
        const char *want;
    } cases[] = {
        {"tiến độ chậm", 0, 2, 12, "tiến độ chậm\n"},
        {"tiến độ chậm", 0, 2, 11, "tiến độ\n  chậm\n"},
        {"a b c", 1, 1, 100, " a b c\n"},
        {"mộttừrấtdài x", 0, 1, 5, "mộttừrấtdài\n x\n"},
        {"hai\ndòng", 0, 2, 80, "hai\n  dòng\n"},
        {"", 0, 0, 10, "\n"},
    };
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, 1000);
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&out);
        flow_add(&out, cases[i].text, cases[i].first, cases[i].rest, cases[i].columns);
        assert_string_equal(buf_str(&out), cases[i].want);
    }
    buf_fini(&out);
}

static void
a_text_is_cut_to_its_columns_and_says_so(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *want;
    } cases[] = {
        {"Xã Bình Nguyên", 14, "Xã Bình Nguyên"},
        {"Xã Bình Nguyên", 13, "Xã Bình Nguy…"},
        {"Xã Bình Nguyên", 9, "Xã Bình…"}, /* no blank before the dots */
        {"Xã", 1, "…"},
        {"Xã", 0, ""},
        {"一二三", 5, "一二…"}, /* two columns each */
        {"一二三", 4, "一…"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = flow_fit(cases[i].text, cases[i].columns);

        assert_string_equal(got, cases[i].want);
        assert_true(text_width(got) <= cases[i].columns);
        mem_free(&got);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_scores_is_said_with_its_counts),
        cmocka_unit_test(ranks_are_said_as_ranks),
        cmocka_unit_test(what_has_no_figure_says_none),
        cmocka_unit_test(an_event_is_said_as_its_message_did),
        cmocka_unit_test(gaps_are_compared_as_numbers_not_as_texts),
        cmocka_unit_test(the_gravest_comes_first_then_the_wider_gap_then_the_older),
        cmocka_unit_test(a_filter_takes_a_unit_and_what_lies_under_it),
        cmocka_unit_test(names_are_those_of_the_programme_or_the_ids),
        cmocka_unit_test(lines_break_at_blanks_by_width_not_by_bytes),
        cmocka_unit_test(a_text_is_cut_to_its_columns_and_says_so),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
