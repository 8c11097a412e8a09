// link: notifier
/* The words about a report that is not there, and who hears them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/calendar.h"
#include "notifier/route.h"
#include "tests/support/render_case.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* September 2023 of Xã B (21040): due on Friday 06/10, five working days after 30/9. */
static struct alert_event
missing(const char *kind, const char *reason)
{
    return (struct alert_event){
        .code = "QNG-2023-09-BC-digitisation-21040",
        .number = 1,
        .kind = kind,
        .reason = reason,
        .target = "",
        .group = "digitisation",
        .subject = "21040",
        .year = 2023,
        .window = "2023-09",
        .first_day = day_from_civil(2023, 9, 1),
        .last_day = day_from_civil(2023, 9, 30),
        .due_day = day_from_civil(2023, 10, 6),
        .rule_day = day_from_civil(2023, 10, 6),
        .old_window = "",
        .at_ms = noon(2023, 10, 9) - 4 * 3600000, /* Monday, 8:00 */
        .opened_at_ms = noon(2023, 10, 9) - 4 * 3600000,
        .covered = 2,
        .units = 3,
    };
}

static int
setup(void **state)
{
    struct fixture *f;
    int failed = render_setup(state);
    struct group *g;

    f = *state;
    g = &f->c->groups[catalogue_group(f->c, "digitisation")];
    g->name_vi = "Số hóa kết quả giải quyết TTHC";
    g->name_en = "Digitisation of results";
    g->demanded_vi = "Quyết định của tỉnh";
    g->demanded_en = "decision of the province";
    g->demanded_section = "3";
    return failed;
}

#define HEAD_VI "Kính gửi: Chủ tịch UBND xã B.\n"

static void
a_reminder_says_until_when_and_blames_nobody(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = missing("reminder", "new");
    struct rendered out;

    e.at_ms = noon(2023, 10, 4) - 4 * 3600000;
    render_for(f, &e, "head-21040", &out);
    want_text(out.subject_vi, "[Nhắc việc] Số hóa kết quả giải quyết TTHC: Xã B, tháng "
                              "9/2023");
    want_part(
        out.text_vi,
        "Báo cáo “Số hóa kết quả giải quyết TTHC” tháng 9/2023 (số liệu từ ngày "
        "01/9/2023 đến ngày 30/9/2023) đến hạn gửi ngày 06/10/2023, còn 02 ngày "
        "làm việc. Đến 08 giờ 00 phút ngày 04/10/2023, hệ thống chưa nhận được báo "
        "cáo của đơn vị. Báo cáo này được quy định tại mục 3 Quyết định của tỉnh.\nĐề "
        "nghị đơn vị gửi báo "
        "cáo đúng thời hạn; trường hợp đã gửi, đề nghị kiểm tra biên nhận.");
    want_part(out.text_vi,
              "Thông báo tự động, mã QNG-2023-09-BC-digitisation-21040/1.");
    want_text(out.subject_en,
              "[Reminder] Digitisation of results: B commune, September 2023");
    want_part(out.text_en,
              "is due on 6 October 2023 (working days left: 2). Up to 08:00 on 4 "
              "October 2023 the system has not received the report");
    e.at_ms = noon(2023, 10, 6) - 4 * 3600000;
    render_for(f, &e, "head-21040", &out);
    want_part(out.text_vi, "đến hạn gửi hôm nay, ngày 06/10/2023. Đến 08 giờ 00 phút");
}

static void
an_overdue_report_is_told_with_its_date_and_what_to_do(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = missing("overdue", "new");
    struct rendered out;

    render_for(f, &e, "head-21040", &out);
    want_text(out.subject_vi,
              "[Quá hạn gửi báo cáo] Số hóa kết quả giải quyết TTHC: Xã B, "
              "tháng 9/2023");
    want_part(out.text_vi, HEAD_VI);
    want_part(out.text_vi,
              "đã quá hạn 01 ngày làm việc (hạn gửi: ngày 06/10/2023). Đến 08 giờ 00 "
              "phút ngày 09/10/2023, hệ thống chưa nhận được báo cáo của đơn vị.");
    want_part(out.text_vi, "\nĐề nghị Chủ tịch UBND xã B xem xét, chỉ đạo gửi báo cáo; "
                           "trường hợp đã gửi, đề nghị kiểm tra biên nhận.");
    want_no_part(out.text_vi, "gián đoạn");
    want_part(out.text_en,
              "is overdue (it was due on 6 October 2023; working days since then: 1)");
}

static void
a_date_that_moved_and_a_late_message_say_why(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = missing("overdue", "worse");
    struct rendered out;

    e.due_day = day_from_civil(2023, 10, 9);
    e.at_ms = noon(2023, 10, 10);
    e.late = true;
    render_for(f, &e, "head-21040", &out);
    want_part(
        out.text_vi,
        "Hạn gửi theo quy định là ngày 06/10/2023; vì ngày đó hệ thống bị gián đoạn "
        "nên hệ thống chỉ đôn đốc sau ngày 09/10/2023. Thông báo này được "
        "gửi muộn do hệ thống bị gián đoạn.");
    want_part(out.text_en,
              "the system was down on that day, so nobody is urged before 9 October "
              "2023 is over. This message comes late");
}

static void
a_silent_level_is_asked_about_and_not_accused(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = missing("overdue", "new");
    struct rendered out;

    e.code = "QNG-2023-09-BC-digitisation-level-commune";
    e.subject = "level-commune";
    e.covered = 0;
    e.units = 166;
    render_for(f, &e, "chair-province", &out);
    want_text(out.subject_vi,
              "[Quá hạn gửi báo cáo] Số hóa kết quả giải quyết TTHC: cấp "
              "xã, tháng 9/2023");
    want_part(out.text_vi,
              "chưa nhận được báo cáo nào của cấp xã (0/166 đơn vị). Nguyên "
              "nhân có thể ở đường truyền hoặc ở hệ thống; đề nghị kiểm tra "
              "trước khi đôn đốc từng đơn vị.");
    want_no_part(out.text_vi, "chỉ đạo gửi báo cáo");
    e.reason = "resolved";
    e.number = 2;
    e.covered = 1;
    render_for(f, &e, "chair-province", &out);
    want_text(out.subject_vi,
              "[Đã nhận được báo cáo] Số hóa kết quả giải quyết TTHC: cấp "
              "xã, tháng 9/2023");
    want_part(out.text_vi,
              "hệ thống đã bắt đầu nhận được báo cáo “Số hóa kết quả giải "
              "quyết TTHC” tháng 9/2023 của cấp xã (1/166 đơn vị). Cảnh báo "
              "mã QNG-2023-09-BC-digitisation-level-commune được đóng.");
}

static void
what_came_is_confirmed_and_what_was_wrong_is_withdrawn(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = missing("overdue", "resolved");
    struct rendered out;

    e.number = 2;
    e.at_ms = noon(2023, 10, 12);
    render_for(f, &e, "head-21040", &out);
    want_text(out.subject_vi,
              "[Đã nhận được báo cáo] Số hóa kết quả giải quyết TTHC: Xã B, "
              "tháng 9/2023");
    want_part(
        out.text_vi,
        "Ngày 12/10/2023, hệ thống đã nhận được báo cáo “Số hóa kết quả giải quyết "
        "TTHC” tháng 9/2023 của đơn vị. Cảnh báo mã "
        "QNG-2023-09-BC-digitisation-21040 được đóng.");
    e.reason = "withdrawn";
    render_for(f, &e, "head-21040", &out);
    want_part(out.subject_vi, "[Thu hồi cảnh báo]");
    want_part(
        out.text_vi,
        "Hệ thống thu hồi cảnh báo mã QNG-2023-09-BC-digitisation-21040/1 gửi ngày "
        "09/10/2023. Lý do: theo chương trình và số liệu hiện hành, cảnh báo này "
        "không còn căn cứ. Đề nghị không sử dụng nội dung cảnh báo đã thu hồi.");
}

/* A group that the programme does not hold any more still gets words. */
static void
a_group_that_is_gone_has_words_too(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = missing("overdue", "resolved");
    struct rendered out;

    e.group = "gone";
    render_for(f, &e, "head-21040", &out);
    want_text(out.subject_vi,
              "[Đã nhận được báo cáo] QNG-2023-09-BC-digitisation-21040");
    want_part(out.text_vi, "Cảnh báo mã QNG-2023-09-BC-digitisation-21040");
}

static void
hearers_are(const struct fixture *f, const struct alert_event *e, const char *want)
{
    const struct leaders none = {0};
    struct leaders out = {0};
    char got[400] = "";
    size_t i;

    assert_int_equal(route(f->c, e, &none, &out), ST_OK);
    for (i = 0; i < out.count; i++) {
        size_t len = strlen(got);

        (void)snprintf(got + len, sizeof got - len, "%s%s", i > 0 ? " " : "",
                       out.ids[i]);
    }
    assert_string_equal(got, want);
    leaders_fini(&out);
}

static void
a_reminder_is_the_units_own_matter(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = missing("reminder", "new");

    hearers_are(f, &e, "head-21040");
    e.kind = "overdue";
    hearers_are(f, &e, "head-530 head-21040");
    e.subject = "level-commune";
    hearers_are(f, &e, "chair-province");
    e.subject = "level-all";
    hearers_are(f, &e, "chair-province");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, render_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reminder_says_until_when_and_blames_nobody),
        TEST(an_overdue_report_is_told_with_its_date_and_what_to_do),
        TEST(a_date_that_moved_and_a_late_message_say_why),
        TEST(a_silent_level_is_asked_about_and_not_accused),
        TEST(what_came_is_confirmed_and_what_was_wrong_is_withdrawn),
        TEST(a_group_that_is_gone_has_words_too),
        TEST(a_reminder_is_the_units_own_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
