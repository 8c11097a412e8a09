// link: notifier
/* The words of an alert: each reason, kind of target and reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/render_case.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
other_reasons_say_what_changed(void **state)
{
    static const struct {
        const char *reason;
        const char *kind;
        int64_t numerator;
        const char *tag;
        const char *vi;
        const char *en;
    } cases[] = {
        {"worse", "behind", 1100, "[Chậm tiến độ, mức chênh lệch tăng]",
         "Mức chênh lệch đã tăng so với thông báo trước.",
         "The gap has grown since the message before."},
        {"better", "behind", 1140, "[Chậm tiến độ, mức chênh lệch giảm]",
         "Mức chênh lệch đã giảm so với thông báo trước.", "The gap has narrowed"},
        {"repeat", "behind", 1130, "[Nhắc lại: chậm tiến độ]",
         "Nội dung này đã được thông báo trước đây.", "You were told of this before."},
        {"corrected", "behind", 1140, "[Đính chính cảnh báo]",
         "Thông báo này thay thế thông báo mã QNG-2023-7c-21040/2. Thông báo đó căn cứ "
         "số "
         "liệu tháng 9/2023: 47,35% (1.130/2.386 kết quả); số liệu đã được đính chính, "
         "tiếp nhận ngày 11/10/2023. Đến ngày 30/9/2023, tỷ lệ",
         "This message replaces QNG-2023-7c-21040/2"},
        {"resolved", "behind", 1240, "[Đã đúng tiến độ]",
         "đạt 51,96% (1.240/2.386 kết quả), không thấp hơn mức tham chiếu 49,96%, cao "
         "hơn "
         "2,00 điểm phần trăm.",
         "not below the reference level of 49.96%, above it by 2.00 percentage "
         "points."},
        {"resolved", "behind", 1400, "[Đã đạt chỉ tiêu năm 2023]",
         "Cảnh báo mã QNG-2023-7c-21040 được đóng.",
         "The alert QNG-2023-7c-21040 is closed."},
        {"worse", "missed", 1300, "[Không đạt chỉ tiêu năm 2023]",
         "Nội dung này đã được thông báo chậm tiến độ (mã QNG-2023-7c-21040/2); kỳ báo "
         "cáo cuối cùng của năm 2023 đã kết thúc.",
         "the last period of 2023 is over."},
        {"worse", "missed", 1300, "[Không đạt chỉ tiêu năm 2023]", "đạt 54,48%",
         "was 54.48%"},
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        struct alert_event e = september();
        struct rendered r;

        e.reason = cases[i].reason;
        e.kind = cases[i].kind;
        e.numerator = cases[i].numerator;
        e.number = 3;
        e.old_numerator = 1130;
        e.old_denominator = 2386;
        e.old_window = "2023-09";
        e.at_ms = noon(2023, 10, 11);
        render_for(*state, &e, "head-21040", &r);
        want_part(r.subject_vi, cases[i].tag);
        want_part(r.text_vi, cases[i].vi);
        want_part(r.text_en, cases[i].en);
        want_part(r.text_vi, "Thông báo tự động, mã QNG-2023-7c-21040/3.");
        if (strcmp(cases[i].kind, "missed") == 0) { /* 2,61 points short before */
            want_no_part(r.text_vi, "chênh lệch đã tăng");
        }
    }
}

static void
missed_compares_with_the_step_and_cuts_toward_the_worse_side(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    e.kind = "missed";
    e.window = "2023-12";
    e.required = e.step;
    e.numerator = 5495;
    e.denominator = 10000;
    e.need_now = 5;
    e.need_year = 5;
    render_for(*state, &e, "head-21040", &r);
    want_part(r.text_vi, "Đến ngày 31/12/2023");
    want_part(r.text_vi,
              "đạt 54,95% (5.495/10.000 kết quả), thấp hơn 0,05 điểm phần trăm "
              "so với chỉ tiêu năm 2023 (55%).");
    want_part(r.text_vi,
              "Tính trên số kết quả tại ngày 31/12/2023, đơn vị còn thiếu 05 kết "
              "quả đạt yêu cầu.");
    want_no_part(r.text_vi, "tham chiếu");
    want_no_part(r.text_vi, "liên tiếp");
}

static void
recovery_never_prints_a_negative_gap(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    /* 49,9589 of 49,9589 asked for: met, yet 49,95 is printed against 49,96. */
    e.reason = "resolved";
    e.numerator = e.required.num;
    e.denominator = e.required.den * 100;
    render_for(*state, &e, "head-21040", &r);
    want_part(r.text_vi, "49,95%");
    want_part(r.text_vi, "không thấp hơn mức tham chiếu 49,96%.");
    want_no_part(r.text_vi, "cao hơn");
}

static void
a_rank_is_shown_with_its_range(void **state)
{
    struct alert_event e = papi("1b", 2023, 49, 61);
    struct rendered r;

    e.need_now = 4;
    render_for(*state, &e, "chair-province", &r);
    want_part(r.text_vi, "Kính gửi: Chủ tịch UBND tỉnh A.");
    want_part(
        r.text_vi,
        "Năm 2023, thứ hạng Chỉ số PAPI của tỉnh là hạng 49 (tính từ điểm công bố; "
        "có điểm: 61/63 tỉnh, thành phố; hạng có thể từ 49 đến 51). So với hạng 60 "
        "năm 2020, bình quân mỗi năm tăng 3,66 bậc (nếu là hạng 51: 3,00 bậc), thấp "
        "hơn 1,34 bậc so với mức tối thiểu 5 bậc mỗi năm.");
    want_part(r.text_vi, "thứ hạng cần cao hơn 04 bậc.");
    want_part(r.text_en, "that is a gain of 3.66 places a year on average (at rank 51: "
                         "3.00), 1.34 places below the minimum of 5 a year.");
    want_no_part(r.text_vi, "liên tiếp");

    e = papi("1b", 2024, 38, 61);
    e.reason = "resolved";
    render_for(*state, &e, "chair-province", &r);
    want_part(r.subject_vi, "[Đã đúng tiến độ]"); /* met only in the span's last year */
    want_part(r.text_vi, "bình quân mỗi năm tăng 5,50 bậc (nếu là hạng 40: 5,00 bậc), "
                         "không thấp hơn mức tối thiểu 5 bậc mỗi năm.");

    e = papi("1b", 2021, 62, 63);
    render_for(*state, &e, "chair-province", &r);
    want_part(r.text_vi, "giảm 2,00 bậc, thấp hơn 7,00 bậc");
    want_no_part(r.text_vi, "có thể từ");

    e = papi("1d", 2025, 33, 0);
    e.kind = "missed";
    render_for(*state, &e, "chair-province", &r);
    want_part(r.text_vi, "là hạng 33, kém 03 bậc so với hạng 30.");
    want_part(r.text_vi, "chỉ tiêu là từ hạng 30 trở lên.");
    e = papi("1d", 2025, 31, 0);
    e.kind = "missed";
    e.need_now = 1;
    render_for(*state, &e, "chair-province", &r);
    want_part(r.text_vi, "là hạng 31, kém 01 bậc so với hạng 30.");
    want_part(r.text_en, "is rank 31, worse than rank 30 by 1.");
    want_no_part(r.text_en, "1 places");
}

static void
a_level_and_a_province_are_spoken_of_as_such(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    e.code = "QNG-2025-9c-level-commune";
    e.target = "9c";
    e.subject = "level-commune";
    e.kind = "missed";
    e.year = 2025;
    e.window = "2025-12";
    e.required = e.step = ratio_of(60, 1);
    e.step_before_year = 0;
    e.covered = 170;
    e.units = 173;
    render_for(*state, &e, "chair-province", &r);
    want_part(r.subject_vi, ": cấp xã, tháng 12/2025");
    want_part(r.text_vi, "Kính gửi: Chủ tịch UBND tỉnh.");
    want_part(r.text_vi,
              "của cấp xã (tính chung; 170/173 đơn vị có số liệu) đạt 47,35%");
    want_part(r.text_vi, "so với chỉ tiêu đến ngày 31/12/2025 (60%)");
    want_part(r.text_vi, "chỉ tiêu của cấp xã là tối thiểu 60%, đánh giá tại ngày "
                         "31/12/2025.");
    want_part(r.text_en,
              "of the commune level as a whole (170 of 173 units with figures)");

    e.target = "10c";
    e.subject = "51";
    render_for(*state, &e, "chair-province", &r);
    want_part(r.text_vi, "của toàn tỉnh (tính chung; 170/173 đơn vị có số liệu)");
}

static void
a_correction_names_what_changed(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    /* The programme changed, the figures did not: nobody corrected anything. */
    e.reason = "corrected";
    e.number = 2;
    e.old_numerator = e.numerator;
    e.old_denominator = e.denominator;
    e.old_window = e.window;
    render_for(*state, &e, "head-21040", &r);
    want_part(r.text_vi,
              "thay thế thông báo mã QNG-2023-7c-21040/1, căn cứ chương trình "
              "hiện hành; số liệu tháng 9/2023 không thay đổi.");
    want_part(r.text_en,
              "replaces QNG-2023-7c-21040/1, with the programme as it stands");
    want_no_part(r.text_vi, "được đính chính");
    want_no_part(r.text_en, "were corrected");
}

static void
a_long_row_of_windows_is_counted_as_people_do(void **state)
{
    static const struct {
        uint32_t windows;
        const char *en;
        const char *vi;
    } cases[] = {
        {2, "the second month", "tháng thứ hai"}, {10, "the tenth month", "thứ mười"},
        {11, "the 11th month", "thứ 11"},         {12, "the 12th month", "thứ 12"},
        {21, "the 21st month", "thứ 21"},         {22, "the 22nd month", "thứ 22"},
        {23, "the 23rd month", "thứ 23"},         {24, "the 24th month", "thứ 24"},
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        struct alert_event e = september();
        struct rendered r;

        e.windows = cases[i].windows;
        render_for(*state, &e, "head-21040", &r);
        want_part(r.text_en, cases[i].en);
        want_part(r.text_vi, cases[i].vi);
    }
}

static void
somebody_else_than_the_head_reads_the_units_name(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    render_for(*state, &e, "head-530", &r);
    want_part(r.text_vi, "Kính gửi: Chủ tịch UBND huyện D.");
    want_part(r.text_vi, "còn hiệu lực của xã B đạt 47,35%");
    want_part(r.text_vi, "Đề nghị Chủ tịch UBND huyện D xem xét");
    want_part(r.text_en, "of B commune was 47.35%");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_reasons_say_what_changed),
        cmocka_unit_test(missed_compares_with_the_step_and_cuts_toward_the_worse_side),
        cmocka_unit_test(recovery_never_prints_a_negative_gap),
        cmocka_unit_test(a_rank_is_shown_with_its_range),
        cmocka_unit_test(a_level_and_a_province_are_spoken_of_as_such),
        cmocka_unit_test(a_correction_names_what_changed),
        cmocka_unit_test(a_long_row_of_windows_is_counted_as_people_do),
        cmocka_unit_test(somebody_else_than_the_head_reads_the_units_name),
    };

    return cmocka_run_group_tests(tests, render_setup, render_teardown);
}
