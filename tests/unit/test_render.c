// link: notifier
/* The words of an alert: the golden texts, and what every message must say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/text.h"
#include "lib/phrase.h"
#include "tests/support/render_case.h"

static void
behind_reads_as_the_golden_text(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    render_for(*state, &e, "head-21040", &r);
    want_text(r.subject_vi,
              "[Chậm tiến độ] Số hóa kết quả ở cấp xã: Xã B, tháng 9/2023");
    want_text(r.text_vi,
              "Kính gửi: Chủ tịch UBND xã B.\n"
              "Đến ngày 30/9/2023, tỷ lệ số hóa kết quả giải quyết TTHC còn hiệu lực "
              "của đơn vị "
              "đạt 47,35% (1.130/2.386 kết quả), thấp hơn 2,61 điểm phần trăm so với "
              "mức tham "
              "chiếu 49,96%; đây là tháng thứ hai liên tiếp chậm tiến độ. Mức tham "
              "chiếu do hệ "
              "thống tính đều theo ngày, từ 35% của năm 2022 đến 55% của năm 2023; văn "
              "bản không "
              "quy định mức này. Theo mục II.3(7) Nghị quyết Hội nghị Tỉnh ủy lần thứ "
              "5, khóa "
              "XX, chỉ tiêu năm 2023 của cấp xã là 55%.\n"
              "Tính trên số kết quả hiện có, đơn vị cần thêm 63 kết quả đạt yêu cầu để "
              "đúng tiến "
              "độ và 183 kết quả để đạt chỉ tiêu năm 2023. Đề nghị Chủ tịch UBND xã B "
              "xem xét, "
              "chỉ đạo thực hiện. Đầu mối liên hệ: Văn phòng UBND tỉnh. Trân trọng.\n"
              "Thông báo tự động, mã QNG-2023-7c-21040/1.");
    want_text(r.subject_en, "[Behind schedule] Digitising results, commune level: B "
                            "commune, September 2023");
    want_text(
        r.text_en,
        "To: Chair of the People's Committee of B commune.\n"
        "On 30 September 2023 the share of results in force that are digitised of your "
        "unit was 47.35% (1,130/2,386 results), 2.61 percentage points below the "
        "reference level of 49.96%; this is the second month in a row behind schedule. "
        "The reference level is computed by the system, evenly by the day from 35% of "
        "2022 to 55% of 2023; the document itself does not set it. Under section "
        "II.3(7) "
        "of the Resolution of the 5th conference of the Provincial Party Committee, "
        "XXth "
        "term, the target of 2023 for the commune level is 55%.\n"
        "On the present number of results, your unit is 63 short of being on "
        "schedule, and 183 short of the target of 2023. Please look into it and give "
        "direction. Contact: Office of the provincial People's Committee.\n"
        "Automatic message, code QNG-2023-7c-21040/1.");
}

static void
withdrawal_reads_as_the_golden_text(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    e.reason = "withdrawn";
    e.number = 2;
    e.old_numerator = 1130;
    e.old_denominator = 2386;
    e.old_window = "2023-09";
    e.numerator = 1240;
    e.at_ms = noon(2023, 10, 11);
    render_for(*state, &e, "head-21040", &r);
    want_text(r.subject_vi,
              "[Thu hồi cảnh báo] Số hóa kết quả ở cấp xã: Xã B, tháng 9/2023");
    want_text(
        r.text_vi,
        "Kính gửi: Chủ tịch UBND xã B.\n"
        "Hệ thống thu hồi cảnh báo mã QNG-2023-7c-21040/1 gửi ngày 09/10/2023. Lý do: "
        "số "
        "liệu tháng 9/2023 đã được đính chính, tiếp nhận ngày 11/10/2023: 51,96% "
        "(1.240/2.386 kết quả), không thấp hơn mức tham chiếu 49,96%. Đề nghị không sử "
        "dụng nội dung cảnh báo đã thu hồi. Đầu mối liên hệ: Văn phòng UBND tỉnh. Trân "
        "trọng.\n"
        "Thông báo tự động, mã QNG-2023-7c-21040/2.");
    want_part(r.text_en,
              "The alert QNG-2023-7c-21040/1 sent on 9 October 2023 is "
              "withdrawn. The figures of September 2023 were corrected, "
              "received on 11 October 2023: 51.96% (1,240/2,386 results), not "
              "below the reference level of 49.96%.");
}

static void
withdrawal_does_not_claim_what_is_not_so(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    e.reason = "withdrawn";
    e.number = 4;
    e.old_numerator = 1130;
    e.old_denominator = 2386;
    e.numerator = 1170; /* still below, but too little for an alert */
    render_for(*state, &e, "head-21040", &r);
    want_part(r.text_vi, "chưa đến mức cảnh báo theo chương trình");
    want_no_part(r.text_vi, "không thấp hơn");
    want_part(r.text_vi, "thu hồi cảnh báo mã QNG-2023-7c-21040 gửi ngày 09/10/2023");
    e.numerator = 1130; /* the figure stands: the programme changed */
    render_for(*state, &e, "head-21040", &r);
    want_part(r.text_vi, "theo chương trình và số liệu hiện hành");
    want_no_part(r.text_vi, "đính chính");
    want_no_part(r.text_en, "corrected");
}

static void
simulations_and_illustrations_say_so(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = september();
    struct rendered r;

    render_for(f, &e, "head-21040", &r);
    want_no_part(r.text_vi, "mô phỏng");
    want_no_part(r.text_en, "simul");
    e.simulated = true;
    render_for(f, &e, "head-21040", &r);
    want_part(r.subject_vi, "[MÔ PHỎNG] [Chậm tiến độ]");
    want_part(r.text_vi,
              "Đây là thông báo trong một lần chạy mô phỏng, không phải thông "
              "báo chính thức.");
    want_no_part(r.text_vi, "số liệu thực");
    want_part(r.text_en,
              "This is a message of a simulation run, not an official message.");
    want_part(r.text_vi, "mã QNG-2023-7c-21040/1 (mô phỏng).");
    want_part(r.subject_en, "[SIMULATED] [Behind schedule]");
    want_part(r.text_en, "QNG-2023-7c-21040/1 (simulated).");

    e.simulated = false;
    f->c->illustrative = true;
    f->c->targets[0].full_marks = true;
    render_for(f, &e, "head-21040", &r);
    want_part(r.subject_vi, "[Chưa đạt mức điểm tối đa]");
    want_part(r.text_vi, "minh họa, không phải chỉ tiêu của tỉnh");
    want_part(r.text_vi, "so với mức điểm tối đa (55%)");
    f->c->illustrative = false;
    f->c->targets[0].full_marks = false;
}

static void
what_the_programme_does_not_hold_still_gets_words(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    e.target = "99z";
    e.subject = "nobody";
    render_for(*state, &e, NULL, &r);
    want_part(r.text_vi, "không có trong chương trình đang áp dụng");
    want_part(r.text_vi, "Thông báo tự động, mã QNG-2023-7c-21040/1.");
    e.reason = "withdrawn";
    e.number = 2;
    render_for(*state, &e, NULL, &r);
    want_part(r.text_vi, "thu hồi cảnh báo mã QNG-2023-7c-21040/1");
    e.reason = "resolved";
    e.window = "not-a-window";
    render_for(*state, &e, NULL, &r);
    want_part(r.text_vi, "được đóng.");
}

/* Text, values and UTF-8 of every sentence: no slot is misspelt, none is broken. */
static void
every_phrase_can_be_filled_in_both_languages(void **state)
{
    struct values v = {0};
    int language;
    int p;
    int slot;

    (void)state;
    for (language = LANGUAGE_VI; language <= LANGUAGE_EN; language++) {
        for (slot = 0; slot < SLOT_COUNT; slot++) {
            v.text[slot] = "ă";
        }
        v.language = (enum language)language;
        for (p = 0; p < PHRASE_COUNT; p++) {
            struct buf out;
            char *nfc;

            buf_init(&out, 8192);
            phrase_add((enum phrase)p, &v, &out);
            assert_true(out.len > 0);
            assert_true(text_valid(out.data, out.len));
            assert_null(strpbrk(out.data, "{}<>!"));
            nfc = text_nfc(out.data);
            assert_string_equal(nfc, out.data);
            mem_free(&nfc);
            buf_fini(&out);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_reads_as_the_golden_text),
        cmocka_unit_test(withdrawal_reads_as_the_golden_text),
        cmocka_unit_test(withdrawal_does_not_claim_what_is_not_so),
        cmocka_unit_test(simulations_and_illustrations_say_so),
        cmocka_unit_test(what_the_programme_does_not_hold_still_gets_words),
        cmocka_unit_test(every_phrase_can_be_filled_in_both_languages),
    };

    return cmocka_run_group_tests(tests, render_setup, render_teardown);
}
