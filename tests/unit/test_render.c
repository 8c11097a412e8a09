// link: notifier
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/text.h"
#include "notifier/phrase.h"
#include "notifier/render.h"
#include "tests/support/alert_programme.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct fixture {
    struct catalogue *c;
    struct arena *a;
};

static int
setup(void **state)
{
    static struct fixture f;

    f.c = alert_programme_load();
    f.a = arena_new(RENDER_ARENA_BYTES);
    *state = &f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    catalogue_free(&f->c);
    arena_free(&f->a);
    return 0;
}

/* Noon of a day in Viet Nam. */
static int64_t
noon(int year, int month, int mday)
{
    return hour_start((int64_t)day_from_civil(year, month, mday) * 24 + 12).ms;
}

/* 1.130 of 2.386 on 30/9/2023: 35 + 20 * 273/365 percent were asked for. */
static struct alert_event
september(void)
{
    struct alert_event e = {
        .code = "QNG-2023-7c-21040",
        .number = 1,
        .kind = "behind",
        .reason = "new",
        .target = "7c",
        .subject = "21040",
        .year = 2023,
        .window = "2023-09",
        .first_day = day_from_civil(2023, 9, 1),
        .last_day = day_from_civil(2023, 9, 30),
        .numerator = 1130,
        .denominator = 2386,
        .required = ratio_pace(ratio_of(35, 1), ratio_of(55, 1), 273, 365),
        .step = {55, 1},
        .step_before = {35, 1},
        .step_before_year = 2022,
        .need_now = 63,
        .need_year = 183,
        .since_window = "2023-08",
        .windows = 2,
        .old_window = "",
        .at_ms = noon(2023, 10, 9),
        .opened_at_ms = noon(2023, 10, 9),
        .covered = 1,
        .units = 1,
    };

    return e;
}

static struct alert_event
papi(const char *target, int year, int64_t rank, int64_t ranked)
{
    static char window[8];
    struct alert_event e = {
        .code = "QNG-2025-1b-51",
        .number = 1,
        .kind = "behind",
        .reason = "new",
        .target = target,
        .subject = "51",
        .year = 2025,
        .window = window,
        .numerator = rank,
        .denominator = 1,
        .required = {strcmp(target, "1b") == 0 ? 5 : 30, 1},
        .step = {strcmp(target, "1b") == 0 ? 5 : 30, 1},
        .windows = 1,
        .old_window = "",
        .at_ms = noon(year + 1, 5, 2),
        .opened_at_ms = noon(year + 1, 5, 2),
        .ranked = ranked,
        .pool = 63,
    };

    (void)snprintf(window, sizeof window, "%d", year);
    return e;
}

static void
render(struct fixture *f, const struct alert_event *e, const char *leader,
       struct rendered *out)
{
    int i = leader == NULL ? NONE : catalogue_leader(f->c, leader);

    arena_reset(f->a);
    render_alert(f->c, e, i == NONE ? NULL : &f->c->leaders[i], false, f->a, out);
}

static void
want_text(const char *got, const char *want)
{
    if (strcmp(got, want) != 0) {
        fail_msg("got:\n%s\nwant:\n%s", got, want);
    }
}

static void
want_part(const char *got, const char *part)
{
    if (strstr(got, part) == NULL) {
        fail_msg("got:\n%s\nwithout:\n%s", got, part);
    }
}

static void
want_no_part(const char *got, const char *part)
{
    if (strstr(got, part) != NULL) {
        fail_msg("got:\n%s\nwith:\n%s", got, part);
    }
}

static void
behind_reads_as_the_golden_text(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    render(*state, &e, "head-21040", &r);
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
        "On the present number of results, your unit needs 63 more that count to be on "
        "schedule, and 183 to reach the target of 2023. Please look into it and give "
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
    render(*state, &e, "head-21040", &r);
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
    render(*state, &e, "head-21040", &r);
    want_part(r.text_vi, "chưa đến mức cảnh báo theo chương trình");
    want_no_part(r.text_vi, "không thấp hơn");
    want_part(r.text_vi, "thu hồi cảnh báo mã QNG-2023-7c-21040 gửi ngày 09/10/2023");
    e.numerator = 1130; /* the figure stands: the programme changed */
    render(*state, &e, "head-21040", &r);
    want_part(r.text_vi, "theo chương trình và số liệu hiện hành");
    want_no_part(r.text_vi, "đính chính");
    want_no_part(r.text_en, "corrected");
}

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
         "đạt 51,96% (1.240/2.386 kết quả), không thấp hơn mức tham chiếu 49,96% (cao "
         "hơn "
         "2,00 điểm phần trăm).",
         "not below the reference level of 49.96% (above it by 2.00 percentage "
         "points)."},
        {"resolved", "behind", 1400, "[Đã đạt chỉ tiêu năm 2023]",
         "Cảnh báo mã QNG-2023-7c-21040 được đóng.",
         "The alert QNG-2023-7c-21040 is closed."},
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
        render(*state, &e, "head-21040", &r);
        want_part(r.subject_vi, cases[i].tag);
        want_part(r.text_vi, cases[i].vi);
        want_part(r.text_en, cases[i].en);
        want_part(r.text_vi, "Thông báo tự động, mã QNG-2023-7c-21040/3.");
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
    render(*state, &e, "head-21040", &r);
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
    render(*state, &e, "head-21040", &r);
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
    render(*state, &e, "chair-province", &r);
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
    render(*state, &e, "chair-province", &r);
    want_part(r.subject_vi, "[Đã đúng tiến độ]"); /* met only in the span's last year */
    want_part(r.text_vi, "bình quân mỗi năm tăng 5,50 bậc (nếu là hạng 40: 5,00 bậc), "
                         "không thấp hơn mức tối thiểu 5 bậc mỗi năm.");

    e = papi("1b", 2021, 62, 63);
    render(*state, &e, "chair-province", &r);
    want_part(r.text_vi, "giảm 2,00 bậc, thấp hơn 7,00 bậc");
    want_no_part(r.text_vi, "có thể từ");

    e = papi("1d", 2025, 33, 0);
    e.kind = "missed";
    render(*state, &e, "chair-province", &r);
    want_part(r.text_vi, "là hạng 33, kém 3 bậc so với hạng 30.");
    want_part(r.text_vi, "chỉ tiêu là từ hạng 30 trở lên.");
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
    render(*state, &e, "chair-province", &r);
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
    render(*state, &e, "chair-province", &r);
    want_part(r.text_vi, "của toàn tỉnh (tính chung; 170/173 đơn vị có số liệu)");
}

static void
somebody_else_than_the_head_reads_the_units_name(void **state)
{
    struct alert_event e = september();
    struct rendered r;

    render(*state, &e, "head-530", &r);
    want_part(r.text_vi, "Kính gửi: Chủ tịch UBND huyện D.");
    want_part(r.text_vi, "còn hiệu lực của xã B đạt 47,35%");
    want_part(r.text_vi, "Đề nghị Chủ tịch UBND huyện D xem xét");
    want_part(r.text_en, "of B commune was 47.35%");
}

static void
simulations_and_illustrations_say_so(void **state)
{
    struct fixture *f = *state;
    struct alert_event e = september();
    struct rendered r;

    render(f, &e, "head-21040", &r);
    want_no_part(r.text_vi, "mô phỏng");
    want_no_part(r.text_en, "simul");
    e.simulated = true;
    render(f, &e, "head-21040", &r);
    want_part(r.subject_vi, "[MÔ PHỎNG] [Chậm tiến độ]");
    want_part(r.text_vi, "Đây là thông báo mô phỏng");
    want_part(r.text_vi, "mã QNG-2023-7c-21040/1 (mô phỏng).");
    want_part(r.subject_en, "[SIMULATED] [Behind schedule]");
    want_part(r.text_en, "QNG-2023-7c-21040/1 (simulated).");

    e.simulated = false;
    f->c->illustrative = true;
    f->c->targets[0].full_marks = true;
    render(f, &e, "head-21040", &r);
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
    render(*state, &e, NULL, &r);
    want_part(r.text_vi, "không có trong chương trình đang áp dụng");
    want_part(r.text_vi, "Thông báo tự động, mã QNG-2023-7c-21040/1.");
    e.reason = "withdrawn";
    e.number = 2;
    render(*state, &e, NULL, &r);
    want_part(r.text_vi, "thu hồi cảnh báo mã QNG-2023-7c-21040/1");
    e.reason = "resolved";
    e.window = "not-a-window";
    render(*state, &e, NULL, &r);
    want_part(r.text_vi, "được đóng.");
}

/* Text, values and UTF-8 of every sentence: no slot is misspelt, none is broken. */
static void
every_phrase_can_be_filled_in_both_languages(void **state)
{
    struct values v;
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
        cmocka_unit_test(other_reasons_say_what_changed),
        cmocka_unit_test(missed_compares_with_the_step_and_cuts_toward_the_worse_side),
        cmocka_unit_test(recovery_never_prints_a_negative_gap),
        cmocka_unit_test(a_rank_is_shown_with_its_range),
        cmocka_unit_test(a_level_and_a_province_are_spoken_of_as_such),
        cmocka_unit_test(somebody_else_than_the_head_reads_the_units_name),
        cmocka_unit_test(simulations_and_illustrations_say_so),
        cmocka_unit_test(what_the_programme_does_not_hold_still_gets_words),
        cmocka_unit_test(every_phrase_can_be_filled_in_both_languages),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
