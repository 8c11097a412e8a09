/* link: cli */
/* One message on one line: what it holds, how it fits, what it never lets through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/flow.h"
#include "cli/language.h"
#include "cli/watch_desk.h"
#include "lib/text.h"

#define AT 1696827600000 /* 2023-10-09, noon in Viet Nam */
#define HOUR 3600000

static struct wire_alert
message(void)
{
    struct wire_alert a = {.id = "QNG-2023-7c-21040/1",
                           .code = "QNG-2023-7c-21040",
                           .kind = "behind",
                           .reason = "new",
                           .unit = "21040",
                           .target = "7c",
                           .window = "2023-09",
                           .subject_vi = "[Chậm tiến độ] Số hóa: Xã B, tháng 9/2023",
                           .subject_en = "[Behind] Digitising: B commune",
                           .text_vi = "Kính gửi: Chủ tịch UBND xã B.",
                           .text_en = "To: Chair.",
                           .brief_vi = "Xã B: 47,35% (1.130/2.386 kết quả); mức tham "
                                       "chiếu 49,96%",
                           .brief_en = "B commune: 47.35%",
                           .at_ms = AT};

    return a;
}

static void
line_of(const struct wire_alert *a, size_t columns, bool colour, struct buf *out)
{
    const struct watch_look look = {columns, colour, AT + 5 * HOUR};

    buf_clear(out);
    watch_line(a, 3, &look, out);
}

static void
a_line_holds_kind_unit_figure_age_and_code(void **state)
{
    struct wire_alert a = message();
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    assert_true(language_set("vi"));
    line_of(&a, 200, false, &out);
    assert_string_equal(
        buf_str(&out), "#3 [chậm tiến độ] Xã B: 47,35% (1.130/2.386 kết quả); mức tham "
                       "chiếu 49,96% · 5 giờ · QNG-2023-7c-21040/1\n");
    a.reason = "corrected";
    a.acknowledged = true;
    assert_true(language_set("en"));
    line_of(&a, 200, false, &out);
    assert_string_equal(buf_str(&out),
                        "#3 [behind, corrected] B commune: 47.35% · 5 h · "
                        "acknowledged · QNG-2023-7c-21040/1\n");
    a.brief_en = ""; /* of an older server */
    line_of(&a, 200, false, &out);
    assert_non_null(strstr(buf_str(&out), "[Behind] Digitising: B commune"));
    buf_fini(&out);
}

static void
a_line_is_never_wider_than_the_window(void **state)
{
    static const size_t columns[] = {200, 100, 90, 72, 60, 40, 30};
    struct wire_alert a = message();
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, 4096);
    assert_true(language_set("vi"));
    for (i = 0; i < sizeof columns / sizeof *columns; i++) {
        char text[4096];
        char *save = NULL;
        char *line;

        line_of(&a, columns[i], false, &out);
        assert_non_null(strstr(buf_str(&out), "QNG-2023-7c-21040/1\n")); /* whole */
        (void)snprintf(text, sizeof text, "%s", buf_str(&out));
        for (line = strtok_r(text, "\n", &save); line != NULL;
             line = strtok_r(NULL, "\n", &save)) {
            if (text_width(line) > columns[i]) {
                fail_msg("%zu of %zu columns: %s", text_width(line), columns[i], line);
            }
        }
    }
    buf_fini(&out);
}

static void
colour_tells_severity_and_what_is_over(void **state)
{
    static const struct {
        const char *kind;
        const char *reason;
        const char *colour;
    } cases[] = {
        {"missed", "new", "\033[1;31m"},         {"overdue", "new", "\033[31m"},
        {"behind", "worse", "\033[33m"},         {"reminder", "new", "\033[36m"},
        {"behind", "resolved", "\033[32m"},      {"missed", "withdrawn", "\033[32m"},
        {"of later versions", "new", "\033[1m"},
    };
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, 4096);
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire_alert a = message();

        a.kind = cases[i].kind;
        a.reason = cases[i].reason;
        line_of(&a, 200, true, &out);
        assert_non_null(strstr(buf_str(&out), cases[i].colour));
        assert_non_null(strstr(buf_str(&out), "]\033[0m "));
        line_of(&a, 200, false, &out);
        assert_null(strchr(buf_str(&out), '\033'));
    }
    buf_fini(&out);
}

static void
a_text_cannot_command_the_terminal(void **state)
{
    const struct watch_look look = {80, false, AT};
    struct wire_alert a = message();
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    assert_true(language_set("en"));
    a.brief_en = "x\033[2Jy\rz\xc2\x9bm\x7f";
    line_of(&a, 200, false, &out);
    assert_non_null(strstr(buf_str(&out), "x?[2Jy?z?m?"));
    buf_clear(&out);
    watch_details("A\033B", "C\nD\bE", &look, &out);
    assert_string_equal(buf_str(&out), "    A?B\n    C\n    D?E\n");
    buf_fini(&out);
}

static void
ages_are_said_in_the_largest_unit_that_helps(void **state)
{
    static const struct {
        int64_t ms;
        bool simulated;
        const char *want;
    } cases[] = {
        {0, false, "0 phút"},
        {59 * 60000 + 59999, false, "59 phút"},
        {HOUR, false, "1 giờ"},
        {47LL * HOUR, false, "47 giờ"},
        {48LL * HOUR, false, "2 ngày"},
        {-1, false, "09/10/2023"},        /* a clock before ours */
        {5LL * HOUR, true, "09/10/2023"}, /* its time is the player's */
    };
    size_t i;

    (void)state;
    assert_true(language_set("vi"));
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire_alert a = message();
        char got[AGE_BYTES];

        a.simulated = cases[i].simulated;
        watch_age(&a, AT + cases[i].ms, got);
        assert_string_equal(got, cases[i].want);
    }
}

static void
a_filter_passes_what_it_names(void **state)
{
    static const struct {
        struct watch_filter filter;
        bool passes;
    } cases[] = {
        {{"", "", 0}, true},
        {{"21040", "", 0}, true},
        {{"21043", "", 0}, false},
        {{"", "behind", 0}, true},
        {{"", "missed", 0}, false},
        {{"", "", AT}, true},
        {{"", "", AT + 1}, false},
        {{"21040", "behind", AT}, true},
        {{"21040", "missed", AT}, false},
    };
    const struct wire_alert a = message();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(watch_passes(&cases[i].filter, &a), cases[i].passes);
    }
}

static void
days_are_taken_in_both_forms(void **state)
{
    static const struct {
        const char *text;
        const char *want; /* NULL: refused */
    } cases[] = {
        {"31/10/2026", "2026-10-31"}, {"2026-10-31", "2026-10-31"}, {"", ""},
        {"31/02/2026", NULL},         {"1/1/2026x", NULL},          {"mai", NULL},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[DAY_TEXT_BYTES];
        bool taken = watch_day(cases[i].text, got);

        assert_int_equal(taken, cases[i].want != NULL);
        if (taken) {
            assert_string_equal(got, cases[i].want);
        }
    }
}

static const struct wire_row rows[] = {
    {.code = "QNG-2023-7c-21040",
     .kind = "behind",
     .reason = "escalated",
     .unit_vi = "Xã B",
     .unit_en = "B commune",
     .about_vi = "Số hóa kết quả",
     .about_en = "Digitising",
     .figure_vi = "47,35%, mức tham chiếu 49,96%",
     .figure_en = "47.35%, level to reach 49.96%",
     .since_vi = "từ 09/10/2023",
     .since_en = "since 2023-10-09",
     .acknowledged = true},
    {.code = "QNG-2023-7c-21043",
     .kind = "missed",
     .reason = "new",
     .unit_vi = "Xã C",
     .unit_en = "",
     .about_vi = "\033[2JSố hóa",
     .figure_vi = "34,90%",
     .figure_en = "34.90%",
     .about_en = "",
     .since_vi = "",
     .since_en = ""},
};

static struct wire_alert
digest(void)
{
    struct wire_alert a = message();

    a.id = "QNG-2023-W41-TH-chair-province/1";
    a.code = "QNG-2023-W41-TH-chair-province";
    a.kind = "digest";
    a.brief_vi = "Bản tổng hợp tuần 41/2023";
    a.rows = rows;
    a.row_count = sizeof rows / sizeof rows[0];
    return a;
}

static void
a_digest_is_one_line_and_a_table_behind_it(void **state)
{
    const struct watch_look look = {100, false, AT};
    struct wire_alert a = digest();
    struct buf out;

    (void)state;
    buf_init(&out, 8192);
    assert_true(language_set("vi"));
    line_of(&a, 200, false, &out);
    assert_string_equal(buf_str(&out),
                        "#3 [bản tổng hợp, 2 mục] Bản tổng hợp tuần 41/2023 · 5 giờ · "
                        "QNG-2023-W41-TH-chair-province/1\n");
    buf_clear(&out);
    watch_rows(&a, &look, &out);
    assert_string_equal(
        buf_str(&out),
        "    Xã B: Số hóa kết quả: 47,35%, mức tham chiếu 49,96%; từ 09/10/2023\n"
        "        [chậm tiến độ, báo cáo cấp trên] QNG-2023-7c-21040 · đã nhận xử lý\n"
        "    Xã C: ?[2JSố hóa: 34,90%\n"
        "        [không đạt, cảnh báo mới] QNG-2023-7c-21043\n");
    buf_clear(&out);
    a.text_vi = "… mã QNG-2023-7c-21040 …"; /* the text has this line already */
    watch_rows(&a, &look, &out);
    assert_null(strstr(buf_str(&out), "21040"));
    assert_non_null(strstr(buf_str(&out), "21043"));
    buf_fini(&out);
}

static void
how_a_message_came_is_said(void **state)
{
    struct wire_alert a = message();
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    assert_true(language_set("en"));
    a.reason = "escalated";
    a.rung = 2;
    line_of(&a, 200, false, &out);
    assert_non_null(strstr(buf_str(&out), "[behind, escalated] "));
    a.reason = "repeat";
    line_of(&a, 200, false, &out);
    assert_non_null(strstr(buf_str(&out), "[behind, repeat, escalated] "));
    a.reason = "better";
    a.rung = 0;
    a.held = true;
    line_of(&a, 200, false, &out);
    assert_non_null(strstr(buf_str(&out), "[behind, better, was held] "));
    a.kind = "hold";
    a.reason = "new";
    a.held = false;
    line_of(&a, 200, false, &out);
    assert_non_null(strstr(buf_str(&out), "[messages held] "));
    assert_true(watch_is_list("hold") && watch_is_list("digest") &&
                watch_is_list("progress") && !watch_is_list("behind"));
    buf_fini(&out);
}

static void
what_others_typed_is_shown_and_never_obeyed(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    flow_plain(&out,
               "a\033[31m\x07\x7f\xc2\x9b"
               "b\xe2\x80\xae\tc\nđ",
               true);
    assert_string_equal(buf_str(&out), "a?[31m???b? c đ");
    buf_clear(&out);
    flow_plain(&out, "a\nb", false);
    assert_string_equal(buf_str(&out), "a\nb");
    buf_fini(&out);
}

/* A hold does not climb and is no alert that is closed: words of its own. */
static void
the_notice_of_a_hold_is_new_prolonged_or_ended(void **state)
{
    static const struct {
        const char *kind;
        const char *reason;
        const char *vi;
        const char *en;
    } cases[] = {
        {"hold", "new", "[tạm giữ thông báo]", "]"},
        {"hold", "escalated", ", gia hạn]", ", prolonged]"},
        {"hold", "resolved", ", kết thúc]", ", ended]"},
        {"behind", "escalated", ", báo cáo cấp trên]", ", escalated]"},
        {"behind", "resolved", ", được đóng]", ", resolved]"},
    };
    struct wire_alert a = message();
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, 4096);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        a.kind = cases[i].kind;
        a.reason = cases[i].reason;
        assert_true(language_set("vi"));
        line_of(&a, 200, false, &out);
        if (strstr(buf_str(&out), cases[i].vi) == NULL) {
            fail_msg("%s, %s: %s", cases[i].kind, cases[i].reason, buf_str(&out));
        }
        assert_true(language_set("en"));
        line_of(&a, 200, false, &out);
        if (strstr(buf_str(&out), cases[i].en) == NULL) {
            fail_msg("%s, %s: %s", cases[i].kind, cases[i].reason, buf_str(&out));
        }
    }
    buf_fini(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_digest_is_one_line_and_a_table_behind_it),
        cmocka_unit_test(how_a_message_came_is_said),
        cmocka_unit_test(what_others_typed_is_shown_and_never_obeyed),
        cmocka_unit_test(a_line_holds_kind_unit_figure_age_and_code),
        cmocka_unit_test(the_notice_of_a_hold_is_new_prolonged_or_ended),
        cmocka_unit_test(a_line_is_never_wider_than_the_window),
        cmocka_unit_test(colour_tells_severity_and_what_is_over),
        cmocka_unit_test(a_text_cannot_command_the_terminal),
        cmocka_unit_test(ages_are_said_in_the_largest_unit_that_helps),
        cmocka_unit_test(a_filter_passes_what_it_names),
        cmocka_unit_test(days_are_taken_in_both_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
